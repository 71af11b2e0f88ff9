//! Who published an item, and where that is recorded: in the issuer's own log, or nowhere, where it is carried.

use jiff::Timestamp;

use super::ItemPage;
use crate::words::{date, number};

/// The sentence of provenance.
#[derive(Clone, Debug)]
pub enum Provenance {
    /// The issuer signed it in its own log.
    Signed {
        /// Who published it: `Văn phòng Chính phủ`.
        by: String,
        /// The time that the entry states.
        at: Timestamp,
        /// The entry's number.
        entry: u64,
        /// The log: `chinhphu.vn/log`.
        origin: String,
        /// Nodes that store it, of all that follow the log.
        nodes: (u32, u32),
        /// Whether the log is signed with a key of the demonstration.
        demo_key: bool,
    },
    /// Taken from a site without a log; the issuer has not signed it.
    Carried {
        /// The site.
        site: String,
        /// Where it stood there.
        href: String,
        /// When it was taken.
        at: Timestamp,
    },
}

impl ItemPage {
    /// The provenance in a plain sentence.
    pub(super) fn provenance_sentence(&self) -> String {
        let (w, lang) = (self.shell.w(), self.shell.lang);
        match &self.provenance {
            Provenance::Signed { by, at, entry, nodes, .. } => w.provenance_signed(
                by,
                date::hour(*at),
                date::date(lang, date::day(*at)),
                number::whole(lang, *entry),
                number::whole(lang, nodes.0.into()),
                number::whole(lang, nodes.1.into()),
            ),
            Provenance::Carried { site, at, .. } => {
                w.provenance_carried(site, date::hour(*at), date::date(lang, date::day(*at)))
            }
        }
    }

    pub(super) fn demo_key(&self) -> bool {
        matches!(self.provenance, Provenance::Signed { demo_key: true, .. })
    }

    /// Whether the issuer signed it: only then is there anything to check.
    pub(super) fn signed(&self) -> bool {
        matches!(self.provenance, Provenance::Signed { .. })
    }

    pub(super) fn log_origin(&self) -> &str {
        match &self.provenance {
            Provenance::Signed { origin, .. } => origin,
            Provenance::Carried { .. } => "",
        }
    }
}
