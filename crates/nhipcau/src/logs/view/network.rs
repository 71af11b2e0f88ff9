//! The network as this node sees it, for someone who administers it alone: first whether anything must be done, then
//! what, then the figures.

use askama::Template;
use jiff::Timestamp;

use crate::peers::letters::store as letters;
use crate::web::shell::Shell;
use crate::words::{Words, date, number};

/// The network page: `/mang`.
#[derive(Template)]
#[template(path = "logs/network.html")]
pub struct NetworkPage {
    /// The frame.
    pub shell: Shell,
    /// This node.
    pub node: NodeFacts,
    /// What calls for a hand, most pressing first.
    pub alarms: Vec<Alarm>,
    /// Nodes that this one speaks with.
    pub neighbours: Vec<Neighbour>,
    /// Logs that this node keeps.
    pub logs: Vec<LogRow>,
    /// What lies sealed here until its hour, a sentence for each issuer.
    pub sealed: Vec<String>,
    /// The heads log, which tells when a log is withheld.
    pub heads: Heads,
    /// Letters between portals: counts.
    pub letters: letters::Counts,
    /// Split views that were found; kept for ever.
    pub splits: Vec<Split>,
}

/// This node.
#[derive(Clone, Debug)]
pub struct NodeFacts {
    /// Its name: `quangninh.gov.vn/mirror`.
    pub name: String,
    /// Portals that it hosts.
    pub portals: u32,
    /// Domains of those that issue at once what their agencies' systems hand in, the shown one first.
    pub at_once: Vec<String>,
    /// Version of the software: `0.1.0`.
    pub version: String,
    /// Since when it runs.
    pub started: Timestamp,
}

/// Something that calls for a hand.
#[derive(Clone, Debug)]
pub struct Alarm {
    /// What is wrong and with whom, in one sentence in the shell's language.
    pub says: String,
    /// What to do about it.
    pub remedy: String,
    /// Since when.
    pub since: Timestamp,
    /// Whether it is pressing (red) or a thing to know.
    pub pressing: bool,
}

/// A node that this one speaks with.
#[derive(Clone, Debug)]
pub struct Neighbour {
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub agency: String,
    /// What it is to this node.
    pub role: NeighbourRole,
    /// How the line is.
    pub state: NeighbourState,
    /// Milliseconds from a checkpoint's time to its being applied, lately.
    pub lag_ms: Option<u64>,
    /// When its latest receipt came, or ours was taken by it.
    pub receipt_at: Option<Timestamp>,
    /// Entries that it is behind, or that we are behind it.
    pub behind: u64,
}

/// What a neighbour is to this node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NeighbourRole {
    /// This node follows it.
    Source,
    /// It follows this node.
    Follower,
    /// Both.
    Both,
}

/// How a line is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NeighbourState {
    /// Open and in step.
    InStep,
    /// Open, catching up.
    CatchingUp,
    /// Held in reserve: nothing has called for it.
    Reserve,
    /// Closed; tried again at intervals.
    Down {
        /// Since when.
        since: Timestamp,
    },
}

/// A log that this node keeps.
#[derive(Clone, Debug)]
pub struct LogRow {
    /// `chinhphu.vn/log`.
    pub origin: String,
    /// Whose it is.
    pub agency: String,
    /// Entries that are verified and applied.
    pub size: u64,
    /// Content that is still awaited.
    pub lacking: u64,
    /// The instant of the newest checkpoint.
    pub at: Option<Timestamp>,
    /// How it is.
    pub state: LogState,
    /// Whether it is the log of the portal that shows the page.
    pub this_portal: bool,
}

/// How a log is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogState {
    /// Our own.
    Own,
    /// Up to date.
    InStep,
    /// Behind by so many entries.
    Behind(u64),
    /// Frozen: a split view was found.
    Frozen,
    /// Closed by its parent.
    Closed,
}

/// The heads log.
#[derive(Clone, Debug)]
pub struct Heads {
    /// The instant of its newest entry; `None` before the first.
    pub at: Option<Timestamp>,
    /// Its size.
    pub size: u64,
    /// Cosignatures on its checkpoint, and how many make a quorum.
    pub quorum: (u32, u32),
}

/// A split view: two signed heads of a log that cannot both be true.
#[derive(Clone, Debug)]
pub struct Split {
    /// The log.
    pub origin: String,
    /// Whose it is.
    pub agency: String,
    /// The size at which the two differ.
    pub size: u64,
    /// When it was found.
    pub found_at: Timestamp,
    /// Where the evidence can be read.
    pub href: String,
}

impl NetworkPage {
    fn w(&self) -> &'static Words {
        self.shell.w()
    }

    fn n(&self, n: &u64) -> String {
        number::whole(self.shell.lang, *n)
    }

    fn few(&self, n: &u32) -> String {
        number::whole(self.shell.lang, (*n).into())
    }

    /// Whether every line is open and every log is as it should be.
    fn calm(&self) -> bool {
        let in_step = |n: &Neighbour| matches!(n.state, NeighbourState::InStep | NeighbourState::Reserve);
        let fine = |l: &LogRow| !matches!(l.state, LogState::Behind(_) | LogState::Frozen);
        self.alarms.is_empty()
            && self.splits.is_empty()
            && self.neighbours.iter().all(in_step)
            && self.logs.iter().all(fine)
    }

    /// Whether anything must be done, first of all.
    fn lead(&self) -> String {
        match self.alarms.len() {
            0 if self.calm() => self.w().network_calm.to_owned(),
            0 => self.w().network_busy.to_owned(),
            n => self.w().network_alarms(number::whole(self.shell.lang, n as u64)),
        }
    }

    fn at(&self, at: &Timestamp) -> String {
        date::in_sentence(self.shell.lang, *at, self.shell.now)
    }

    fn short(&self, at: &Option<Timestamp>) -> String {
        at.map(|at| date::short(self.shell.lang, at, self.shell.now))
            .unwrap_or_else(|| self.w().never.to_owned())
    }

    /// How many letters wait, and for how long; how many are carried.
    fn letters_sentence(&self) -> String {
        letters::sentence(self.shell.lang, &self.letters, self.shell.now)
    }

    fn node_sentence(&self) -> String {
        let logs = number::whole(self.shell.lang, self.logs.len() as u64);
        self.w().network_node(
            &self.node.name,
            self.few(&self.node.portals),
            logs,
            self.at(&self.node.started),
        )
    }

    /// Where what comes with the token is issued without a second person here.
    fn at_once(&self) -> Option<String> {
        const MOST: usize = 3;
        let all = &self.node.at_once;
        let mut named = all.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
        if all.len() > MOST {
            named.push_str(&format!(" (+{})", number::whole(self.shell.lang, (all.len() - MOST) as u64)));
        }
        (!all.is_empty()).then(|| self.shell.lang.doors().network_at_once(named))
    }

    fn heads_sentence(&self) -> String {
        let w = self.w();
        let (have, need) = (self.few(&self.heads.quorum.0), self.few(&self.heads.quorum.1));
        match self.heads.at {
            None => w.heads_none.to_owned(),
            Some(at) if self.heads.quorum.0 >= self.heads.quorum.1 => {
                w.heads_good(self.at(&at), self.n(&self.heads.size), have, need)
            }
            Some(at) => w.heads_weak(self.at(&at), have, need),
        }
    }

    fn split_sentence(&self, split: &Split) -> String {
        self.w().split_sentence(&split.origin, &split.agency, self.n(&split.size), self.at(&split.found_at))
    }

    fn role(&self, neighbour: &Neighbour) -> &'static str {
        match neighbour.role {
            NeighbourRole::Source => self.w().role_source,
            NeighbourRole::Follower => self.w().role_follower,
            NeighbourRole::Both => self.w().role_both,
        }
    }

    fn line(&self, neighbour: &Neighbour) -> String {
        let w = self.w();
        match neighbour.state {
            NeighbourState::InStep => w.line_in_step.to_owned(),
            NeighbourState::CatchingUp => w.line_catching_up(self.n(&neighbour.behind)),
            NeighbourState::Reserve => w.line_reserve.to_owned(),
            NeighbourState::Down { since } => w.line_down(self.at(&since)),
        }
    }

    fn line_class(&self, neighbour: &Neighbour) -> &'static str {
        match neighbour.state {
            NeighbourState::InStep => "good",
            NeighbourState::CatchingUp => "due",
            NeighbourState::Reserve => "",
            NeighbourState::Down { .. } => "bad",
        }
    }

    fn lag(&self, neighbour: &Neighbour) -> String {
        neighbour.lag_ms.map(|ms| number::duration(self.shell.lang, ms)).unwrap_or_else(|| "–".to_owned())
    }

    /// The logs that a reader asks for first: this portal's, those that come from elsewhere, and any that is not well.
    fn first_logs(&self) -> impl Iterator<Item = &LogRow> {
        self.logs.iter().filter(|log| !self.is_quiet(log))
    }

    /// The other portals' logs of this node, while they are well.
    fn quiet_logs(&self) -> Vec<&LogRow> {
        self.logs.iter().filter(|log| self.is_quiet(log)).collect()
    }

    fn is_quiet(&self, log: &LogRow) -> bool {
        log.state == LogState::Own && log.lacking == 0 && !log.this_portal
    }

    fn quiet_says(&self, logs: &[&LogRow]) -> String {
        self.w().logs_others(number::whole(self.shell.lang, logs.len() as u64))
    }

    fn log_state(&self, log: &LogRow) -> String {
        let w = self.w();
        match log.state {
            LogState::Own => w.log_own.to_owned(),
            LogState::InStep => w.log_in_step.to_owned(),
            LogState::Behind(n) => w.log_behind(self.n(&n)),
            LogState::Frozen => w.log_frozen.to_owned(),
            LogState::Closed => w.log_closed.to_owned(),
        }
    }

    fn log_class(&self, log: &LogRow) -> &'static str {
        match log.state {
            LogState::Own | LogState::InStep => "good",
            LogState::Behind(_) => "due",
            LogState::Frozen => "bad",
            LogState::Closed => "",
        }
    }
}
