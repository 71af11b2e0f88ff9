//! What happens to a delivery, and what is to be done.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::state::Place;
use crate::answer::{Answer, Cause};
use crate::form::Form;

/// One thing that a service is asked to do. What each means at a service, its file below `services` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Make the account ready (Viber: set its webhook).
    Ready,
    /// Open the upload of a medium, by its place in the form.
    Open(usize),
    /// Ask how much of a medium has arrived.
    Ask(usize),
    /// Send a medium, or the next part of it.
    Upload(usize),
    /// Put down what nobody sees yet.
    Draft,
    /// Ask what has become of it.
    Verify,
    /// Make it seen. Where that is one call that cannot be told from a second one, it is the step that is never repeated.
    Publish,
    /// Tell followers of it (Zalo).
    Announce,
    /// Add a medium to what was put down, by its place in the form: captions, a poster.
    Attach(usize),
    /// Look for a post whose answer was lost.
    Look,
    /// Look whether it is seen as it should be.
    See,
    /// Change what stands there.
    Edit,
    /// Take away what stands there.
    Remove,
}

impl Step {
    /// True if people may see what comes of it.
    #[must_use]
    pub fn writes(self) -> bool {
        matches!(self, Step::Publish | Step::Announce | Step::Edit | Step::Remove)
    }
}

/// What happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// It is time: the item is issued. Said again, it changes nothing.
    Begin,
    /// The service has answered the call of an [`Action::Call`].
    Answer {
        /// Of the call.
        attempt: u64,
        /// What it says.
        answer: Answer,
    },
    /// Nobody knows whether the call has arrived: no answer, a broken one, a timeout.
    Lost {
        /// Of the call.
        attempt: u64,
    },
    /// The call was certainly not made: no name, no connection, no room in the quota.
    NotSent {
        /// Of the call.
        attempt: u64,
        /// Not before, if that is known.
        until: Option<Timestamp>,
        /// Why; [`crate::What::Service`] if nothing is said.
        cause: Option<Cause>,
    },
    /// The process has started again; said once of each delivery that is kept.
    Restarted,
    /// Time has passed.
    Tick,
    /// The service tells something of itself. Whoever says so has made sure that it comes from it.
    Report(Report),
    /// The account's keys are renewed.
    Renewed,
    /// They could not be renewed: a person must.
    NotRenewed(Cause),
    /// A person has looked: what was unconfirmed stands there. A correction: it stands there corrected. A withdrawal: it is gone.
    There(Option<Place>),
    /// A person has looked: it does not.
    Absent,
    /// A person wants what failed to be tried again.
    Replay,
    /// The item is corrected.
    Correct {
        /// What is to stand there.
        form: Box<Form>,
        /// What is posted where nothing can be changed; `form` if none is given.
        notice: Option<Box<Form>>,
    },
    /// The item is withdrawn.
    Withdraw {
        /// What is posted where nothing can be taken away; without it nothing is, and the withdrawal fails there.
        notice: Option<Box<Form>>,
    },
}

/// What a service tells of itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Report {
    /// The service's id of the post, one of [`super::Delivery::ids`].
    pub id: Option<String>,
    /// Our own name of the delivery, where a service gives it back (SMS).
    pub reference: Option<String>,
    /// What it tells.
    pub news: News,
}

/// What a service tells of a post.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// It has it.
    Accepted,
    /// It has reached people.
    Shown,
    /// It will not reach them.
    Failed(Cause),
}

/// What is to be done, in this order. What cannot be done any more (the process stops) is not made up for: the next start says
/// [`Event::Restarted`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Keep the delivery; durable before the next action.
    Save,
    /// Make the call of [`super::Delivery::call`], and say what came of it, once.
    Call {
        /// Names the call: given back with what came of it.
        attempt: u64,
        /// What is asked.
        step: Step,
    },
    /// Renew the account's keys, and say [`Event::Renewed`] or [`Event::NotRenewed`].
    Renew,
    /// Say [`Event::Tick`] at this time, if nothing else comes before. It replaces an earlier one.
    Wake {
        /// When.
        at: Timestamp,
    },
}
