//! The span under a title: issued — stored on n of n nodes — shown here. The one ornament of the house.
//!
//! A stop is proven, awaited or failed; the sentence beside it says the same, so that colour is never alone.

use jiff::Timestamp;

use crate::words::{Lang, date, number};

/// The facts behind the three stops.
#[derive(Clone, Debug)]
pub struct Span {
    /// The first stop.
    pub issued: Issued,
    /// The second stop.
    pub stored: Stored,
    /// The third stop.
    pub shown: Shown,
}

/// The item's entry in its issuer's log.
#[derive(Clone, Debug)]
pub struct Issued {
    /// Who published it: `Văn phòng Chính phủ`.
    pub by: String,
    /// The time its entry states.
    pub at: Timestamp,
    /// The entry's number in the issuer's log.
    pub entry: u64,
}

/// On how many nodes the latest edition is stored, by their receipts.
#[derive(Clone, Copy, Debug)]
pub struct Stored {
    /// Nodes whose receipt covers it.
    pub nodes: u32,
    /// Nodes that follow the log.
    pub of: u32,
    /// Milliseconds from the issue to the last of those receipts, where it is known.
    pub last_after_ms: Option<u64>,
    /// Its files that have not come to this node.
    pub lacking: u32,
}

/// Whether this portal shows the latest edition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shown {
    /// Since then, and its content matches the hash in the entry.
    Since(Timestamp),
    /// The entry is here, its content is awaited.
    Awaited,
    /// The content that came did not match the hash: the remedy stands on the network page.
    Failed,
    /// Withdrawn or erased since then.
    Removed(Timestamp),
}

/// One stop as it is drawn.
pub struct Stop {
    /// How its point is drawn.
    pub state: StopState,
    /// The bold line.
    pub title: String,
    /// The soft line.
    pub note: String,
    /// Whether the next stop is reached as well: the line to it is then drawn through.
    pub leads_on: bool,
}

/// How a stop's point is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StopState {
    /// Filled, green.
    Proven,
    /// Hollow.
    Awaited,
    /// Red.
    Failed,
}

impl Stop {
    /// The classes of its point and of the line that leads on from it.
    pub fn class(&self) -> &'static str {
        match (self.state, self.leads_on) {
            (StopState::Proven, true) => "stop",
            (StopState::Proven, false) => "stop stop--open",
            (StopState::Awaited, _) => "stop stop--awaited stop--open",
            (StopState::Failed, _) => "stop stop--failed stop--open",
        }
    }
}

impl Span {
    /// The three stops, said at `now`.
    pub fn stops(&self, lang: Lang) -> [Stop; 3] {
        let w = lang.words();
        let moment = |at| format!("{}, {}", date::hour_to_second(at), date::date(lang, date::day(at)));
        let Stored { nodes, of, last_after_ms, .. } = self.stored;
        let all = nodes >= of && of > 0;
        let issued = Stop {
            state: StopState::Proven,
            title: w.span_issued(&self.issued.by),
            note: w.span_issued_note(moment(self.issued.at), number::whole(lang, self.issued.entry)),
            leads_on: all,
        };
        let stored = Stop {
            state: if all { StopState::Proven } else { StopState::Awaited },
            title: w.span_stored(number::whole(lang, nodes.into()), number::whole(lang, of.into())),
            note: match last_after_ms {
                _ if !all => w.span_stored_waiting(number::whole(lang, of.saturating_sub(nodes).into())),
                Some(after) => w.span_stored_last(number::duration(lang, after)),
                None => w.span_stored_all.to_owned(),
            },
            leads_on: matches!(self.shown, Shown::Since(_) | Shown::Removed(_)),
        };
        let (state, title, note) = match self.shown {
            Shown::Since(at) => (StopState::Proven, w.span_shown, w.span_shown_since(moment(at))),
            Shown::Awaited => (StopState::Awaited, w.span_awaited, w.span_awaited_note.to_owned()),
            Shown::Failed => (StopState::Failed, w.span_failed, w.span_failed_note.to_owned()),
            Shown::Removed(at) => (StopState::Proven, w.span_removed, w.span_removed_since(moment(at))),
        };
        [issued, stored, Stop { state, title: title.to_owned(), note, leads_on: true }]
    }
}
