//! Opinions: before it issues, an agency asks others what they think of exactly this draft, sealed and not in public.
//!
//! `letters` are the words between both sides, `acts` what people do (ask, remind, cancel, answer), `store` remembers both
//! sides, `pages` shows them. A round names the draft by the hash that an approval binds to; so whoever approves sees
//! whether what was looked at is what is approved. Text and files of a round are at its addressees until it is cancelled
//! or its draft is erased, which is ordered by letter and confirmed by letter.

pub mod acts;
pub mod letters;
pub mod pages;
pub mod store;

use axum::routing::{get, post};
use serde::{Deserialize, Serialize};

use crate::people::Duty;
use crate::web::routes::{Route, desk_form, desk_page};
use crate::words::Lang;

/// Where opinions stand in the console.
pub const HOME: &str = "/ban-lam-viec/y-kien";

/// What an agency thinks of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It may be issued as it is.
    Agree,
    /// It may, if what the words say is heeded.
    Conditions,
    /// It should not.
    Disagree,
}

impl Verdict {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Verdict; 3] = [Verdict::Agree, Verdict::Conditions, Verdict::Disagree];

    /// As it is written down and posted.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Agree => "agree",
            Verdict::Conditions => "conditions",
            Verdict::Disagree => "disagree",
        }
    }

    /// The one of a word.
    pub fn of(word: &str) -> Option<Verdict> {
        Verdict::ALL.into_iter().find(|verdict| verdict.word() == word)
    }

    /// What people call it.
    pub fn name(self, lang: Lang) -> &'static str {
        let w = lang.opinion();
        match self {
            Verdict::Agree => w.agree,
            Verdict::Conditions => w.conditions,
            Verdict::Disagree => w.disagree,
        }
    }
}

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    vec![
        desk_page(
            "/ban-lam-viec/tin/{id}/y-kien",
            Duty::Write,
            "ask for opinions on a draft",
            get(pages::ask),
        ),
        desk_form(
            "/ban-lam-viec/tin/{id}/y-kien",
            Duty::Write,
            "send a draft for opinion, remind, cancel",
            post(pages::send),
        ),
        desk_page(
            "/ban-lam-viec/y-kien",
            Duty::Work,
            "opinions asked of the agency, and by it",
            get(pages::list),
        ),
        desk_page("/ban-lam-viec/y-kien/{round}", Duty::Work, "a draft of another agency", get(pages::one)),
        desk_form(
            "/ban-lam-viec/y-kien/{round}",
            Duty::Approve,
            "answer with an opinion",
            post(pages::answer),
        ),
        desk_page(
            "/ban-lam-viec/y-kien/{round}/tep/{sha256}",
            Duty::Work,
            "a file of a draft of another agency",
            get(pages::file),
        ),
    ]
}
