//! All that is known of one delivery. It is durable, and its form in JSON is pinned by a test.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::event::Step;
use crate::answer::Cause;
use crate::form::Form;
use crate::kind::Kind;

/// Times in milliseconds, and bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The first and the longest wait before a step is tried again.
    pub back_off: (u64, u64),
    /// When it is looked for what may have been lost, each counted from the look before. A service may take its time until a post
    /// is listed; only after the last look it counts as absent.
    pub looks: [u64; 3],
    /// So long a work is tried before it has failed.
    pub give_up: u64,
    /// So long it is asked whether what a service has is shown.
    pub watch: u64,
    /// So often what was looked for and not found is posted again.
    pub repeats: u32,
}

impl Default for Settings {
    fn default() -> Settings {
        let minute = 60_000;
        Settings {
            back_off: (30_000, 60 * minute),
            looks: [minute, 5 * minute, 15 * minute],
            give_up: 24 * 60 * minute,
            watch: 7 * 24 * 60 * minute,
            repeats: 2,
        }
    }
}

/// What is being done, or was done last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// The post.
    Post,
    /// A correction of it.
    Correct,
    /// Its withdrawal.
    Withdraw,
}

/// How far [`Delivery::work`] is. Of a withdrawal, `Shown` says that nothing is shown there any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nothing was tried that people would see.
    Queued,
    /// It is being tried.
    Sent,
    /// The service has it.
    Accepted,
    /// It stands there as it should.
    Shown,
    /// It has certainly failed, and why is said: a person can replay it.
    Failed,
    /// Nobody knows whether it stands there: a person must look.
    Unconfirmed,
}

impl Stage {
    /// All of them, in the order in which a page lists them.
    pub const ALL: [Stage; 6] =
        [Stage::Queued, Stage::Sent, Stage::Accepted, Stage::Shown, Stage::Failed, Stage::Unconfirmed];

    /// Its word in data: `queued`, `sent`, `accepted`, `shown`, `failed`, `unconfirmed`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Stage::Queued => "queued",
            Stage::Sent => "sent",
            Stage::Accepted => "accepted",
            Stage::Shown => "shown",
            Stage::Failed => "failed",
            Stage::Unconfirmed => "unconfirmed",
        }
    }
}

/// What of ours stands at the service, whatever work is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stands {
    /// Nothing.
    Nothing,
    /// Nobody knows.
    Unknown,
    /// The post.
    There,
    /// Nothing any more.
    Gone,
}

/// Where a post stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The service's id.
    pub id: String,
    /// Its public address, if it has one.
    pub url: Option<String>,
}

/// A call that was made, or is about to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UnderWay {
    pub attempt: u64,
    pub step: Step,
}

/// What is to be done when the work under way is settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Wish {
    Correct { form: Form, notice: Option<Form> },
    Withdraw { notice: Option<Form> },
}

/// One form, on its way to one account. See the module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    pub(crate) id: Uuid,
    pub(crate) kind: Kind,
    /// What is to stand there.
    pub(crate) form: Form,
    /// What is posted beside it where nothing can be changed or taken away.
    pub(crate) notice: Option<Form>,
    pub(crate) work: Work,
    /// Counts the works and the replays: part of the name by which a service knows a call again.
    pub(crate) round: u32,
    pub(crate) stage: Stage,
    pub(crate) stands: Stands,
    pub(crate) place: Option<Place>,
    /// What the service's plan has learnt.
    pub(crate) facts: BTreeMap<String, String>,
    pub(crate) attempt: u64,
    pub(crate) under_way: Option<UnderWay>,
    /// The step of which nobody knows whether it is done.
    pub(crate) doubt: Option<Step>,
    /// A call that may be repeated was lost, and has perhaps arrived: what comes then does not say that nothing is there.
    pub(crate) unsure: bool,
    pub(crate) looks: u32,
    pub(crate) repeats: u32,
    pub(crate) tries: u32,
    /// When the work was begun.
    pub(crate) since: Option<Timestamp>,
    /// Nothing is done before.
    pub(crate) due: Option<Timestamp>,
    /// It waits for new keys.
    pub(crate) locked: bool,
    /// Keys were renewed for the step under way, which must not be asked for twice.
    pub(crate) renewed: bool,
    pub(crate) cause: Option<Cause>,
    pub(crate) wish: Option<Wish>,
    /// Keys are asked for once more, after a restart.
    #[serde(skip)]
    pub(crate) asks_again: bool,
}

impl Delivery {
    /// A delivery that has not begun. `id` is new: an SMS gateway knows a repeated call by it.
    #[must_use]
    pub fn new(id: Uuid, kind: Kind, form: Form) -> Delivery {
        Delivery {
            id,
            kind,
            form,
            notice: None,
            work: Work::Post,
            round: 0,
            stage: Stage::Queued,
            stands: Stands::Nothing,
            place: None,
            facts: BTreeMap::new(),
            attempt: 0,
            under_way: None,
            doubt: None,
            unsure: false,
            looks: 0,
            repeats: 0,
            tries: 0,
            since: None,
            due: None,
            locked: false,
            renewed: false,
            cause: None,
            wish: None,
            asks_again: false,
        }
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// The service.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What is to stand there.
    #[must_use]
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// What is being done, or was done last.
    #[must_use]
    pub fn work(&self) -> Work {
        self.work
    }

    /// How far that is.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// What of ours stands there.
    #[must_use]
    pub fn stands(&self) -> Stands {
        self.stands
    }

    /// Where the post stands, once that is known.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// What went wrong last in the work under way; of a failed or unconfirmed one, why it is so.
    #[must_use]
    pub fn cause(&self) -> Option<&Cause> {
        self.cause.as_ref()
    }

    /// When it goes on by itself, if it does.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        self.due
    }

    /// True while it waits for the account's keys to be renewed.
    #[must_use]
    pub fn waits_for_keys(&self) -> bool {
        self.locked
    }

    /// True if a correction or withdrawal waits for the work under way to be settled.
    #[must_use]
    pub fn has_wish(&self) -> bool {
        self.wish.is_some()
    }

    /// Every id by which the service may name it in a report.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        let facts = self.facts.iter().filter(|(name, _)| matches!(name.as_str(), "id" | "message"));
        let place = self.place.iter().map(|place| place.id.as_str());
        facts.map(|(_, id)| id.as_str()).chain(place)
    }

    /// Forgets all words and media of the form, as an erasure wants; what stands where stays known. Say [`super::Event::Withdraw`] before:
    /// a notice that is still to be posted is kept until it is.
    pub fn forget(&mut self) {
        self.form.forget();
        if let Some(Wish::Correct { .. }) = &self.wish {
            self.wish = None;
        }
    }

    /// What is written in the work under way.
    pub(crate) fn written(&self) -> &Form {
        self.notice.as_ref().unwrap_or(&self.form)
    }

    /// What is known under a name; an empty fact is one that holds no more.
    pub(crate) fn fact(&self, name: &str) -> Option<&str> {
        self.facts.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}
