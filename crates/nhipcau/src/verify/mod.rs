//! Is it authentic, is it complete, is it in force? Three statements, never one "valid".
//!
//! Facts in, verdict out: [`proof`] judges one `.tlog-proof`, [`nation`] logs that were read whole, [`items`]
//! what stands by them, [`portal`] what a portal shows of it. Nothing here fetches, asks the time or rolls
//! dice; whoever has the facts, from a node, a bundle or a file, gets the same verdict. Who is who is
//! decided by `network::directory`, as at every node.

pub mod items;
pub mod nation;
pub mod portal;
pub mod proof;

use std::fmt;

use serde::Serialize;

/// Where a check can fail, in the order in which it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// The file or the answer is not what it should be.
    Format,
    /// The root note: its holders, or another one than the pinned.
    Root,
    /// The heads log and its quorum.
    Heads,
    /// An enrolment on the way from the root.
    Enrolment,
    /// The signature under a checkpoint.
    Signature,
    /// An entry's place in its log.
    Place,
    /// The entries of a log, recomputed to its signed root.
    Entries,
    /// Two histories of one log.
    Split,
    /// Something newer is held back.
    Withheld,
    /// The log was closed before that entry.
    Closed,
    /// The content and its hash.
    Content,
    /// A later entry, or an order from above, has ended it.
    Ended,
    /// Something that stands is not shown.
    Missing,
    /// What is shown is not what stands.
    Shown,
}

/// Which of the three statements a failed step speaks against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Its issuer said it.
    Authentic,
    /// Nothing is missing.
    Complete,
    /// It is the newest.
    InForce,
}

impl Step {
    /// What people are told of the step, in Vietnamese and in English.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Step::Format => ("đọc dữ liệu", "reading it"),
            Step::Root => ("thư gốc", "root note"),
            Step::Heads => ("sổ mốc chung", "heads log"),
            Step::Enrolment => ("ghi danh", "enrolment"),
            Step::Signature => ("chữ ký", "signature"),
            Step::Place => ("vị trí trong sổ", "place in the log"),
            Step::Entries => ("các mục của sổ", "entries of the log"),
            Step::Split => ("hai lịch sử", "split view"),
            Step::Withheld => ("bản mới bị giữ lại", "withheld"),
            Step::Closed => ("sổ đã đóng", "closed log"),
            Step::Content => ("nội dung", "content"),
            Step::Ended => ("không còn là bản mới nhất", "ended"),
            Step::Missing => ("thiếu", "missing"),
            Step::Shown => ("trang hiển thị", "what is shown"),
        }
    }

    /// Which statement it speaks against when it fails.
    pub fn claim(self) -> Claim {
        match self {
            Step::Format | Step::Root | Step::Heads | Step::Enrolment => Claim::Authentic,
            Step::Signature | Step::Place | Step::Closed | Step::Content => Claim::Authentic,
            Step::Entries | Step::Split | Step::Withheld | Step::Missing => Claim::Complete,
            Step::Ended | Step::Shown => Claim::InForce,
        }
    }
}

/// The step that failed, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
pub struct Fault {
    /// Which.
    pub step: Step,
    /// Why; names the log, the entry or the item.
    pub why: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (vi, en) = self.step.words();
        write!(f, "{vi} · {en}: {}", self.why)
    }
}

impl Fault {
    /// A fault.
    pub fn at(step: Step, why: impl fmt::Display) -> Fault {
        Fault { step, why: why.to_string() }
    }
}

/// One of the three statements.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "holds", content = "why")]
pub enum Said {
    /// It holds, as far as these facts go.
    Yes(String),
    /// It does not hold.
    No(String),
    /// These facts do not tell.
    Unknown(String),
}

impl Said {
    /// True if it holds.
    pub fn holds(&self) -> bool {
        matches!(self, Said::Yes(_))
    }

    /// `Some` where the facts tell.
    pub fn known(&self) -> Option<bool> {
        match self {
            Said::Yes(_) => Some(true),
            Said::No(_) => Some(false),
            Said::Unknown(_) => None,
        }
    }
}

/// The three statements, and every exception.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Its issuer said this, and the network vouches for the issuer.
    pub authentic: Said,
    /// Nothing is missing.
    pub complete: Said,
    /// It is the newest, and nobody who may has ended it.
    pub in_force: Said,
    /// What does not hold, one by one.
    pub exceptions: Vec<Fault>,
}

impl Verdict {
    /// True if nothing is known to be wrong, and the text is authentic.
    pub fn nothing_wrong(&self) -> bool {
        self.authentic.holds()
            && self.complete.known() != Some(false)
            && self.in_force.known() != Some(false)
            && self.exceptions.is_empty()
    }

    /// True if all three hold.
    pub fn all_hold(&self) -> bool {
        self.authentic.holds() && self.complete.holds() && self.in_force.holds() && self.exceptions.is_empty()
    }

    /// What these faults leave of three statements: `yes` says what holds without them.
    pub fn of(faults: Vec<Fault>, yes: [String; 3]) -> Verdict {
        let said = |claim: Claim, yes: String| {
            let mut against = faults.iter().filter(|fault| fault.step.claim() == claim);
            match (against.next(), against.count()) {
                (None, _) => Said::Yes(yes),
                (Some(first), 0) => Said::No(first.to_string()),
                (Some(first), more) => Said::No(format!("{first} (+{more})")),
            }
        };
        let [authentic, complete, in_force] = yes;
        Verdict {
            authentic: said(Claim::Authentic, authentic),
            complete: said(Claim::Complete, complete),
            in_force: said(Claim::InForce, in_force),
            exceptions: faults,
        }
    }

    /// One fault that ended the check: what it speaks against does not hold, the rest is not known.
    pub fn broken(fault: Fault) -> Verdict {
        let said = |claim: Claim| match fault.step.claim() == claim {
            true => Said::No(fault.to_string()),
            false => Said::Unknown("chưa kiểm tra được · not reached".into()),
        };
        Verdict {
            authentic: said(Claim::Authentic),
            complete: said(Claim::Complete),
            in_force: said(Claim::InForce),
            exceptions: vec![fault],
        }
    }
}
