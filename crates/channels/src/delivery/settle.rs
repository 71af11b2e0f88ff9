//! What came of a call.

use jiff::Timestamp;

use super::event::Step;
use super::flow::later;
use super::state::{Delivery, Place, Settings, Stage, Stands, Work};
use crate::answer::{Answer, Cause, Reached, What};
use crate::services;

impl Delivery {
    pub(super) fn answered(&mut self, step: Step, answer: Answer, now: Timestamp, settings: &Settings) {
        if !matches!(answer, Answer::Locked { .. }) {
            self.renewed = false;
        }
        match answer {
            Answer::Done { facts, reached } => self.done(step, facts, reached, now),
            Answer::Pending { after } => {
                (self.tries, self.cause) = (0, None);
                self.due = Some(later(now, after.max(settings.back_off.0)));
            }
            Answer::Later { after, cause } => self.later(step, after, cause, now, settings),
            Answer::Doubt { cause } => self.lost(step, cause, now, settings),
            Answer::Locked { cause } => self.locked(step, cause, now, settings),
            Answer::Refused { cause } => self.refused(step, cause),
            Answer::Gone => self.gone(step),
            Answer::NotFound if step == Step::Look => self.not_found(now, settings),
            Answer::NotFound => self.gone(step),
        }
    }

    fn done(&mut self, step: Step, facts: Vec<(String, String)>, reached: Reached, now: Timestamp) {
        self.facts.extend(facts);
        (self.tries, self.cause) = (0, None);
        if step == Step::Look {
            self.doubt = None;
        }
        match reached {
            Reached::Nothing => {
                self.due = Some(now);
                if self.stage == Stage::Sent && self.doubt.is_none() {
                    self.unsent();
                }
            }
            Reached::Accepted => self.arrived(Stage::Accepted, now),
            Reached::Shown => self.arrived(Stage::Shown, now),
        }
    }

    /// It is with the service, or seen there.
    pub(super) fn arrived(&mut self, stage: Stage, now: Timestamp) {
        (self.stage, self.due) = (stage, Some(now));
        (self.doubt, self.under_way, self.cause, self.unsure) = (None, None, None, false);
        (self.looks, self.tries, self.locked) = (0, 0, false);
        if self.notice.is_some() {
            return;
        }
        self.stands = if self.work == Work::Withdraw { Stands::Gone } else { Stands::There };
        if self.work == Work::Post
            && let Some(id) = self.fact("id")
        {
            self.place = Some(Place { id: id.into(), url: self.fact("url").map(String::from) });
        }
    }

    /// It was certainly not done, and is tried again.
    pub(super) fn later(
        &mut self,
        step: Step,
        after: Option<u64>,
        cause: Cause,
        now: Timestamp,
        settings: &Settings,
    ) {
        self.again(after, cause, now, settings);
        if step.writes() {
            self.unsent();
        }
    }

    /// The step is tried again in a while that doubles.
    fn again(&mut self, after: Option<u64>, cause: Cause, now: Timestamp, settings: &Settings) {
        let (first, longest) = settings.back_off;
        let wait = first.saturating_mul(1 << self.tries.min(32)).min(longest).max(after.unwrap_or(0));
        self.tries = self.tries.saturating_add(1);
        (self.due, self.cause) = (Some(later(now, wait)), Some(cause));
    }

    /// A call that may be repeated has perhaps arrived.
    pub(super) fn perhaps(&mut self, step: Step) {
        if step.writes() {
            self.unsure = true;
            if self.work == Work::Post && self.stands == Stands::Nothing {
                self.stands = Stands::Unknown;
            }
        }
    }

    /// What was being tried is as it was before.
    fn unsent(&mut self) {
        if self.unsure {
            return;
        }
        let there = self.work == Work::Post && self.stands == Stands::There;
        self.stage = if there { Stage::Accepted } else { Stage::Queued };
    }

    /// Nobody knows whether the step is done.
    pub(super) fn lost(&mut self, step: Step, cause: Cause, now: Timestamp, settings: &Settings) {
        if !services::once(self, step) {
            self.perhaps(step);
            self.again(None, cause, now, settings);
            return;
        }
        self.doubt = Some(step);
        if services::findable(self) {
            self.stage = Stage::Sent;
            (self.looks, self.tries, self.cause) = (0, 0, Some(cause));
            self.due = Some(later(now, settings.looks[0]));
        } else {
            self.unconfirm(cause);
        }
    }

    fn locked(&mut self, step: Step, cause: Cause, now: Timestamp, settings: &Settings) {
        if self.renewed {
            self.renewed = false;
            // Whoever may not look learns nothing of the post: it is looked at again later.
            if step == Step::See {
                self.again(None, cause, now, settings);
            } else {
                self.refused(step, cause);
            }
            return;
        }
        (self.locked, self.cause) = (true, Some(cause));
        if step.writes() {
            self.unsent();
        }
    }

    fn refused(&mut self, step: Step, cause: Cause) {
        if step == Step::Look || self.unsure {
            self.unconfirm(cause);
        } else if step == Step::See {
            // The service has taken it, and now says that nobody will see it.
            if self.work == Work::Post {
                self.stands = Stands::Nothing;
            }
            self.fail(cause);
        } else {
            self.fail(cause);
        }
    }

    /// What was looked for is not there, however often it was looked for: then it was not posted.
    fn not_found(&mut self, now: Timestamp, settings: &Settings) {
        self.looks = self.looks.saturating_add(1);
        if let Some(wait) = settings.looks.get(self.looks as usize) {
            self.due = Some(later(now, *wait));
            return;
        }
        if self.repeats >= settings.repeats {
            self.unconfirm(Cause::new(What::Lost, ""));
            return;
        }
        self.repeats += 1;
        (self.doubt, self.looks, self.due) = (None, 0, Some(now));
        self.unsent();
    }

    fn gone(&mut self, step: Step) {
        self.stands = Stands::Gone;
        if self.work == Work::Withdraw {
            self.facts.insert("removed".into(), "1".into());
            (self.stage, self.due, self.cause) = (Stage::Shown, None, None);
        } else if step == Step::Look {
            self.unconfirm(Cause::new(What::Gone, ""));
        } else {
            self.fail(Cause::new(What::Gone, ""));
        }
    }
}
