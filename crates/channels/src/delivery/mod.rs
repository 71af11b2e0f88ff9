//! One form, brought to one account and kept true there.
//!
//! Pure: [`Delivery::on`] takes an event and the time and answers with what is to be done. Promised, whatever is lost, comes late or
//! twice, and wherever the process stops, as long as [`Action::Save`] is durable before what follows it:
//!
//! * no post is made twice. What people see comes of one call that is kept as tried before it is made; when nobody knows whether it
//!   has arrived, the post is looked for by its mark where the service lets one look, and otherwise stands as unconfirmed until a person
//!   has looked;
//! * nothing is lost: each ends as accepted, shown, failed with a cause, or unconfirmed, and a person can go on from the last two;
//! * a correction or withdrawal that comes meanwhile waits until it is known what stands there, and is then carried out; where the service
//!   lets nothing be changed, as a post of its own.
//!
//! Reads, preparations that nobody sees, changes of a post whose id is known, and calls that the service knows again by a key are
//! repeated, ever more seldom. Refused: keeping, calling, quotas and keys; these are with whoever drives it.

mod event;
mod flow;
mod hear;
mod settle;
mod state;

use jiff::Timestamp;

pub use event::{Action, Event, News, Report, Step};
pub use state::{Delivery, Place, Settings, Stage, Stands, Work};

use crate::account::Account;
use crate::answer::{Answer, Cause};
use crate::call::{Call, Response};
use crate::secrets::Secrets;
use crate::services;

impl Delivery {
    /// Takes an event at a time and answers with what is to be done.
    pub fn on(&mut self, event: Event, now: Timestamp, settings: &Settings) -> Vec<Action> {
        let before = self.clone();
        self.hear(event, now, settings);
        let step = self.go(now, settings);
        let mut actions = Vec::new();
        if *self != before {
            actions.push(Action::Save);
        }
        if let Some(step) = step {
            actions.push(Action::Call { attempt: self.attempt, step });
        }
        if self.locked && (!before.locked || self.asks_again) {
            actions.push(Action::Renew);
        }
        self.asks_again = false;
        if let (None, Some(at)) = (step, self.due) {
            actions.push(Action::Wake { at });
        }
        actions
    }

    /// The call of a step, with the account's secrets in it.
    ///
    /// # Errors
    /// What the account, its secrets or the form lack for it; say it as [`Answer::Refused`].
    pub fn call(&self, step: Step, account: &Account, secrets: &Secrets) -> Result<Call, Cause> {
        services::call(self, step, account, secrets)
    }

    /// What the service's answer to a step means. Never panics, whatever the answer.
    #[must_use]
    pub fn read(&self, step: Step, account: &Account, response: &Response, now: Timestamp) -> Answer {
        services::read(self, step, account, response, now)
    }

    /// The name by which a service knows a repeated call again, and which a report gives back (SMS).
    #[must_use]
    pub fn reference(&self) -> String {
        format!("{}-{}", self.id, self.round)
    }
}
