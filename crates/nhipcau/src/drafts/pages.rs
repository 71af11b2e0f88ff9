//! The pages of the newsroom: what waits (`home`), a draft and what is done with it (`draft`, `look`), what was issued (`issued`), an item that
//! stands (`item`).

mod below;
mod digest;
mod draft;
mod file;
mod home;
mod issued;
mod item;
mod look;
mod order;
mod save;
mod translate;
mod with;
mod word;

use uuid::Uuid;

use super::acts::{self, By};
use super::life::Stage;
use super::{Work, rules};
use crate::app::App;
use crate::items::kinds;
use crate::people::gate::Staff;
use crate::problem::Problem;
use crate::words::{Lang, date};

pub use below::{below, decide};
pub use draft::draft;
pub use file::{file, paste};
pub use home::{begin, choose, home};
pub use issued::issued;
pub use item::{end, item, next};
pub use look::{Reads, compare, preview};
pub use save::{act, save};
pub use translate::{save_translation, translate};
pub use word::{take_word, word};

/// A draft of this person's agency.
async fn find(app: &App, staff: &Staff, id: &str) -> Result<Work, Problem> {
    let id: Uuid = id.parse().map_err(|_| Problem::NotFound("draft"))?;
    let mut conn = app.db.read().await?;
    acts::find(&mut conn, staff.portal.log, id).await
}

/// What a stage is called.
pub fn stage_name(stage: Stage, lang: Lang) -> &'static str {
    let w = lang.desk();
    match stage {
        Stage::Sealed => lang.embargo().stage_sealed,
        Stage::Draft => w.stage_draft,
        Stage::InReview => w.stage_review,
        Stage::Approved => w.stage_approved,
        Stage::Scheduled => w.stage_scheduled,
        Stage::Issued => w.stage_issued,
        Stage::Withdrawn => w.stage_withdrawn,
        Stage::Gone => w.stage_gone,
        Stage::Erased => w.stage_erased,
        Stage::Discarded => w.stage_discarded,
    }
}

/// What a kind is called.
pub fn kind_name(kind: &str, lang: Lang) -> String {
    kinds::of(kind).map_or(kind, |known| known.name.of(lang)).to_owned()
}

/// What a change of something that was issued is called, by its stored word; none for what is new.
pub fn change_name(change: &str, lang: Lang) -> Option<&'static str> {
    let w = lang.desk();
    match change {
        "correct" => Some(w.change_correct),
        "update" => Some(w.change_update),
        "replace" => Some(w.change_replace),
        _ => None,
    }
}

/// How many people a kind needs today, as the page says it.
fn persons_say(app: &App, kind: &str, lang: Lang) -> String {
    let w = lang.desk();
    match (rules::persons(kind, date::day(app.clock.now())), rules::signed(kind)) {
        (1, _) => w.persons_one.to_owned(),
        (n, true) => w.persons_signed(n),
        (n, false) => w.persons_many(n),
    }
}

/// Whose hand it was: a person's name, or the node's token.
fn hand(name: String, lang: Lang) -> String {
    if name.is_empty() { lang.doors().by_token.to_owned() } else { name }
}

fn by(staff: &Staff) -> By {
    By::staff(staff)
}
