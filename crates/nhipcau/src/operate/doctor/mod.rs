//! Is the node well? One report, in words that a lone administrator understands, each trouble with its remedy.
//!
//! The node makes it itself while it runs (`GET /api/v1/doctor`); of a stopped node the command makes it from the
//! files. Either way nothing is written, migrated or made anew. What is kept is not believed but recomputed: every log
//! from its entries, every content by its hash.

mod authority;
mod data;
mod look;
mod mail;
mod network;
pub mod page;
mod place;
mod tokens;

use serde::{Deserialize, Serialize};

pub use look::{examine, of_folder};
pub use network::{apart, clocks};
pub use place::free_bytes;

use crate::words::{Lang, Words};

/// How a finding is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// In order.
    Well,
    /// Worth knowing; nothing need be done now.
    Note,
    /// Somebody has to do something.
    Hand,
}

/// A sentence in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// In Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which thing, as a word for machines: `disk`, `key.mode`, `log`.
    pub about: String,
    /// How it is to be taken.
    pub severity: Severity,
    /// What was found.
    pub says: Said,
    /// What to do; empty if nothing need be done.
    pub remedy: Said,
}

impl Finding {
    fn said(words: impl Fn(&'static Words) -> String) -> Said {
        Said { vi: words(Lang::Vi.words()), en: words(Lang::En.words()) }
    }

    /// Something in order.
    pub fn well(about: &str, says: impl Fn(&'static Words) -> String) -> Finding {
        let remedy = Said::default();
        Finding { about: about.into(), severity: Severity::Well, says: Finding::said(says), remedy }
    }

    /// Something worth knowing.
    pub fn note(
        about: &str,
        says: impl Fn(&'static Words) -> String,
        remedy: impl Fn(&'static Words) -> String,
    ) -> Finding {
        let (says, remedy) = (Finding::said(says), Finding::said(remedy));
        Finding { about: about.into(), severity: Severity::Note, says, remedy }
    }

    /// Something that calls for a hand.
    pub fn hand(
        about: &str,
        says: impl Fn(&'static Words) -> String,
        remedy: impl Fn(&'static Words) -> String,
    ) -> Finding {
        Finding { severity: Severity::Hand, ..Finding::note(about, says, remedy) }
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The node; empty if even its name could not be read.
    pub node: String,
    /// The version of the program that looked.
    pub version: String,
    /// When, by the clock of the machine that looked.
    pub at: String,
    /// True if the running node made it, false if it was made from a stopped node's files.
    pub running: bool,
    /// All findings, in the order in which they were looked at.
    pub findings: Vec<Finding>,
}

impl Report {
    /// How many things call for a hand.
    pub fn hands(&self) -> usize {
        self.findings.iter().filter(|finding| finding.severity == Severity::Hand).count()
    }

    /// All of it in one sentence.
    pub fn sum(&self, lang: Lang) -> String {
        match self.hands() {
            0 => lang.words().doctor_all_well.to_owned(),
            hands => lang.words().doctor_hands(hands),
        }
    }

    /// The report for people: what calls for a hand last, where the eye is, and a closing sentence.
    pub fn text(&self) -> String {
        let mut lines = Vec::new();
        let both = |said: &Said| format!("{}\n      {}", said.vi, said.en);
        let mut sorted: Vec<&Finding> = self.findings.iter().collect();
        sorted.sort_by_key(|finding| finding.severity);
        for finding in sorted {
            let mark = match finding.severity {
                Severity::Well => "✓",
                Severity::Note => "·",
                Severity::Hand => "✗",
            };
            lines.push(format!("  {mark}   {}", both(&finding.says)));
            if !finding.remedy.vi.is_empty() {
                lines.push(format!("    → {}", both(&finding.remedy)));
            }
        }
        lines.push(format!("{} · {}", self.sum(Lang::Vi), self.sum(Lang::En)));
        lines.join("\n")
    }
}

/// What is being looked at, for a progress display.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Which part: `logs`, `contents`, `neighbours`.
    pub doing: String,
    /// How much of it is done.
    pub done: u64,
    /// Of how much.
    pub of: u64,
}

/// A line of the long answer: progress, then the report.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// It goes on.
    Progress(Progress),
    /// It is done.
    Report(Report),
}

/// Where progress is told; nobody listening is no fault.
#[derive(Clone, Default)]
pub struct Teller(Option<tokio::sync::mpsc::UnboundedSender<Line>>);

impl Teller {
    /// Tells it there.
    pub fn to(channel: tokio::sync::mpsc::UnboundedSender<Line>) -> Teller {
        Teller(Some(channel))
    }

    fn tell(&self, doing: &str, done: u64, of: u64) {
        if let Some(channel) = &self.0 {
            let _ = channel.send(Line::Progress(Progress { doing: doing.into(), done, of }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_calls_for_a_hand_stands_last_and_is_counted() {
        let report = Report {
            node: "a.vn/node".into(),
            version: "0".into(),
            at: String::new(),
            running: false,
            findings: vec![
                Finding::hand("disk", |w| w.doctor_disk_low("1 MB"), |w| w.doctor_disk_do.to_owned()),
                Finding::well("keys", |w| w.doctor_keys_ok(3)),
            ],
        };
        let text = report.text();
        assert_eq!(report.hands(), 1);
        let (keys, disk) = (text.find("3 ").unwrap(), text.find("1 MB").unwrap());
        assert!(keys < disk && text.contains("→"), "{text}");
        let again: Report = serde_json::from_str(&serde_json::to_string(&report).unwrap()).unwrap();
        assert_eq!(again, report);
    }
}
