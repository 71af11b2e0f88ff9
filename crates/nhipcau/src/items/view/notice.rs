//! What must be read before an item's text: that it was corrected, updated, replaced, withdrawn, or issued by one alone.

use jiff::Timestamp;

use super::ItemPage;
use crate::words::date;

/// What must be read before the text.
#[derive(Clone, Debug)]
pub enum Notice {
    /// A correction, with the editor's note.
    Corrected {
        /// When.
        at: Timestamp,
        /// What was corrected, in the issuer's words.
        note: Option<String>,
    },
    /// An update, with the editor's note.
    Updated {
        /// When.
        at: Timestamp,
        /// What is new, in the issuer's words.
        note: Option<String>,
    },
    /// Another item takes its place.
    Replaced {
        /// When.
        at: Timestamp,
        /// The new item: its path and its name.
        by: Option<(String, String)>,
    },
    /// Issued by one person in an emergency.
    Alone {
        /// Why, in the issuer's words.
        reason: Option<String>,
    },
    /// Withdrawn from the portals and still readable.
    Withdrawn {
        /// When.
        at: Timestamp,
        /// Why, in the issuer's words.
        reason: Option<String>,
        /// Who ordered it, when that was not the issuer.
        by: Option<String>,
    },
}

/// A notice as it is drawn.
pub struct NoticeLine {
    /// The bold sentence.
    pub says: String,
    /// The issuer's own words.
    pub note: Option<String>,
    /// A link: path and name.
    pub link: Option<(String, String)>,
}

impl ItemPage {
    /// The notices as they are drawn; before all of them, that nobody signed what is carried.
    pub(super) fn notice_lines(&self) -> Vec<NoticeLine> {
        let (w, lang, now) = (self.shell.w(), self.shell.lang, self.shell.now);
        let at = |instant: &Timestamp| date::in_sentence(lang, *instant, now);
        let line = |says, note: &Option<String>| NoticeLine { says, note: note.clone(), link: None };
        let unsigned = (!self.signed()).then(|| line(self.provenance_sentence(), &None));
        unsigned
            .into_iter()
            .chain(self.notices.iter().map(|notice| match notice {
                Notice::Corrected { at: t, note } => line(w.notice_corrected(at(t)), note),
                Notice::Updated { at: t, note } => line(w.notice_updated(at(t)), note),
                Notice::Replaced { at: t, by } => {
                    NoticeLine { says: w.notice_replaced(at(t)), note: None, link: by.clone() }
                }
                Notice::Alone { reason } => line(w.notice_alone.to_owned(), reason),
                Notice::Withdrawn { at: t, reason, by: None } => line(w.notice_withdrawn(at(t)), reason),
                Notice::Withdrawn { at: t, reason, by: Some(by) } => {
                    line(w.notice_withdrawn_by(by, at(t)), reason)
                }
            }))
            .collect()
    }
}
