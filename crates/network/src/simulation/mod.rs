//! The network as a deterministic simulation: the same state machines, a virtual clock, a printed seed.
//!
//! A nation of nodes lives through a day: items are issued, corrected, withdrawn, erased and ordered away,
//! while lines break, frames come twice or out of order, nodes crash at any step, relays lie, a log is
//! split, a backup is restored, and some nodes are cut off for good. [`run`] then says what happened and
//! what was violated: every node that can be complete must be, what nodes claim must be true all the time,
//! nothing unverified may ever be applied, and a split log must be frozen, with evidence. The same plan and
//! seed give the same report.

mod check;
mod day;
mod embargo;
mod heads;
mod ledger;
mod links;
mod messages;
mod node;
mod setup;
mod truth;
mod world;

use std::collections::BTreeMap;
use std::fmt;

use crate::follower::Trouble;

pub use ledger::Ledger;

/// Fewer nodes have no room for the faults of a bad day.
pub const MIN_NODES: usize = 24;

/// Shorter days have no room for morning and evening.
pub const MIN_MINUTES: u64 = 10;

/// What is to be simulated.
#[derive(Clone, Debug)]
pub struct Plan {
    /// All nodes; each has one log, and the first is the root's and has the heads log too.
    pub nodes: usize,
    /// How many of them follow all logs: the root, ministries, provinces. The others stand under provinces.
    pub full: usize,
    /// How many logs the others follow, beside heads.
    pub scope: usize,
    /// Items issued over the day, one in twelve under embargo; a tenth more entries correct, withdraw, erase or order them away.
    pub items: usize,
    /// The length of the day in minutes.
    pub minutes: u64,
    /// Chooses everything that is left to chance.
    pub seed: u64,
    /// What goes wrong.
    pub faults: Faults,
}

/// What goes wrong in a day.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    /// One frame in so many breaks its line; 0 for never.
    pub broken_line: u64,
    /// One frame in so many comes twice.
    pub twice: u64,
    /// One frame in so many overtakes others.
    pub overtaking: u64,
    /// One batch in so many cannot be applied at first.
    pub unapplied: u64,
    /// Crashes, each of a node that comes back after a while.
    pub crashes: usize,
    /// Times in which a third of the nodes is cut off from the others.
    pub partitions: usize,
    /// Relays that lie, each in another way: altered, truncated, withheld, stale, wrong content.
    pub liars: usize,
    /// Provinces that show another log to the nodes under them than to the root.
    pub forks: usize,
    /// Nodes that go back to a backup.
    pub restored: usize,
    /// Nodes that are cut off for good.
    pub unreachable: usize,
}

impl Faults {
    /// Some of everything.
    #[must_use]
    pub fn all() -> Faults {
        Faults {
            broken_line: 700,
            twice: 150,
            overtaking: 150,
            unapplied: 200,
            crashes: 20,
            partitions: 2,
            liars: 5,
            forks: 1,
            restored: 2,
            unreachable: 2,
        }
    }
}

impl Plan {
    /// A small nation on a bad day of two hours.
    #[must_use]
    pub fn small(seed: u64) -> Plan {
        Plan { nodes: 80, full: 14, scope: 20, items: 200, minutes: 120, seed, faults: Faults::all() }
    }

    /// The size of the country: 52 nodes that follow everything, 3,348 that follow some 60 logs, 5,000 items.
    #[must_use]
    pub fn nation(seed: u64) -> Plan {
        Plan::of(3_400, 5_000, 480, seed)
    }

    /// A nation of any size from [`MIN_NODES`] and [`MIN_MINUTES`] up, with some of every fault, in proportion.
    #[must_use]
    pub fn of(nodes: usize, items: usize, minutes: u64, seed: u64) -> Plan {
        let faults = Faults {
            crashes: nodes / 17,
            unreachable: nodes / 170,
            restored: (nodes / 850).clamp(1, 4),
            ..Faults::all()
        };
        let (full, scope) = ((nodes / 6).clamp(4, 52), (nodes / 4).clamp(4, 60));
        Plan { nodes, full, scope, items, minutes, seed, faults }
    }
}

/// What happened.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The seed, to see it again.
    pub seed: u64,
    /// Nodes and logs.
    pub nodes: usize,
    /// Items issued.
    pub items: usize,
    /// Entries in all logs, heads apart.
    pub entries: u64,
    /// Entries in the heads log.
    pub heads: u64,
    /// Messages and timers that were handled.
    pub events: u64,
    /// Batches applied, over all nodes.
    pub applied: u64,
    /// Contents kept, over all nodes.
    pub kept: u64,
    /// Signatures verified, and verifications remembered.
    pub verified: (u64, u64),
    /// Virtual milliseconds.
    pub lasted: u64,
    /// Milliseconds from issue to being applied elsewhere: half of all, 99 in a hundred, the longest.
    pub delays: (u64, u64, u64),
    /// Crashes, and nodes at the end that cannot be complete.
    pub crashes: u64,
    /// Nodes that are cut off for good.
    pub cut_off: usize,
    /// Logs frozen, over all nodes.
    pub frozen: u64,
    /// Tails taken back after a restore.
    pub tails: u64,
    /// Alarms by what they are about.
    pub alarms: BTreeMap<Trouble, u64>,
    /// What must never happen. Empty if all is well; at most a hundred are listed.
    pub violations: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (half, most, longest) = self.delays;
        writeln!(f, "seed {}: {} nodes, {} items", self.seed, self.nodes, self.items)?;
        writeln!(
            f,
            "  {} entries, {} heads, {} s of virtual time",
            self.entries,
            self.heads,
            self.lasted / 1_000
        )?;
        writeln!(
            f,
            "  {} events, {} batches applied, {} contents kept",
            self.events, self.applied, self.kept
        )?;
        writeln!(f, "  {} signatures verified, {} remembered", self.verified.0, self.verified.1)?;
        writeln!(f, "  issue to applied elsewhere: p50 {half} ms, p99 {most} ms, longest {longest} ms")?;
        writeln!(
            f,
            "  {} crashes, {} nodes cut off, {} logs frozen, {} tails taken back",
            self.crashes, self.cut_off, self.frozen, self.tails
        )?;
        for (about, count) in &self.alarms {
            writeln!(f, "  alarm {about:?}: {count}")?;
        }
        for violation in &self.violations {
            writeln!(f, "  VIOLATION {violation}")?;
        }
        write!(f, "  {} violations", self.violations.len())
    }
}

/// Lives through the day and says what happened.
///
/// # Errors
/// A plan that makes no nation: fewer than 4 full nodes, more full nodes than nodes, a day of less than
/// [`MIN_MINUTES`]; in words.
pub fn run(plan: &Plan) -> Result<Report, String> {
    run_telling(plan, |_| {})
}

/// As [`run`]; tells the virtual time in milliseconds now and then.
///
/// # Errors
/// As [`run`].
pub fn run_telling(plan: &Plan, mut tell: impl FnMut(u64)) -> Result<Report, String> {
    let mut world = world::World::new(plan)?;
    world.live(&mut tell);
    Ok(world.report())
}
