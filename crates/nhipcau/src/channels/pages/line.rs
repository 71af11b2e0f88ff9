//! One delivery as pages show it, and what a person can do about it.

use channels::{Stage, Stands, Work};

use super::PAGE;
use crate::app::App;
use crate::channels::store::queue::Sending;
use crate::clock::instant;
use crate::items::State;
use crate::items::store::Standing;
use crate::words::{Lang, date};

/// A delivery as a list shows it.
pub(super) struct Line {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) href: Option<String>,
    pub(super) state: String,
    pub(super) at: String,
    pub(super) edition: i64,
    pub(super) remote: Option<String>,
    pub(super) url: Option<String>,
    pub(super) notes: Vec<String>,
    /// How far it has reached, as far as anybody counts.
    pub(super) reach: Vec<String>,
    /// True if a person must say whether it is there.
    pub(super) doubtful: bool,
    /// True if it can be sent again.
    pub(super) replays: bool,
    /// Where what is done about it is sent.
    pub(super) to: String,
    /// Since when it stands so: whoever acts has seen this.
    pub(super) changed: i64,
}

impl Line {
    /// That of a delivery of an item, as far as the item is here.
    pub(super) fn of(app: &App, sending: &Sending, item: Option<&Standing>, lang: Lang) -> Line {
        let (w, now, machine) = (lang.channel(), app.clock.now(), &sending.machine);
        let stage = machine.stage();
        let mut notes = Vec::new();
        let concerns = machine.due().is_some() || matches!(stage, Stage::Failed | Stage::Unconfirmed);
        if let Some(cause) = machine.cause().filter(|_| concerns) {
            let words = cause.words();
            notes.push(if lang == Lang::Vi { words.vi } else { words.en });
        }
        if machine.waits_for_keys() {
            notes.push(w.keys_wait.to_owned());
        } else if let Some(due) = machine.due().filter(|_| machine.cause().is_some()) {
            notes.push(w.tried_at(date::in_sentence(lang, due, now)));
        }
        let ends = sending.ends() && machine.work() != Work::Withdraw;
        if ends {
            notes.push(w.ends_waiting.to_owned());
        } else if machine.has_wish() || sending.corrects() {
            notes.push(w.corrects_waiting.to_owned());
        }
        if let Some(item) = item {
            if item.state == State::Standing && item.edition > sending.edition {
                notes.push(w.old_edition(sending.edition, item.edition));
            }
            if item.state != State::Standing && machine.stands() == Stands::There && !sending.is_under_way() {
                notes.push(w.gone_standing.to_owned());
            }
        }
        let place = machine.place();
        Line {
            id: sending.id.to_string(),
            title: String::new(),
            href: None,
            state: state(machine.work(), stage, lang),
            at: date::in_sentence(lang, instant(sending.changed), now),
            edition: sending.edition,
            remote: place.map(|place| place.id.clone()).filter(|id| !id.is_empty()),
            url: place.and_then(|place| place.url.clone()).filter(|url| url.starts_with("https://")),
            notes,
            reach: Vec::new(),
            doubtful: stage == Stage::Unconfirmed,
            replays: stage == Stage::Failed,
            to: lang.path(&format!("{PAGE}/{}/bai", sending.account)),
            changed: sending.changed,
        }
    }
}

/// What a state is called: that of a post, of its correction, or of its end.
fn state(work: Work, stage: Stage, lang: Lang) -> String {
    let w = lang.channel();
    let name = match stage {
        Stage::Queued => w.state_queued,
        Stage::Sent => w.state_sent,
        Stage::Accepted => w.state_accepted,
        Stage::Shown => w.state_shown,
        Stage::Failed => w.state_failed,
        Stage::Unconfirmed => w.state_unconfirmed,
    };
    match (work, stage) {
        (Work::Withdraw, Stage::Shown) => w.state_ended.to_owned(),
        (Work::Post, _) => name.to_owned(),
        (Work::Correct, _) => w.work_correct(name),
        (Work::Withdraw, _) => w.work_withdraw(name),
    }
}
