//! What is done next.

use jiff::{SignedDuration, Timestamp};

use super::event::Step;
use super::state::{Delivery, Settings, Stage, Stands, UnderWay, Wish, Work};
use crate::answer::{Cause, What};
use crate::form::Form;
use crate::services;

/// So many milliseconds later.
pub(super) fn later(at: Timestamp, millis: u64) -> Timestamp {
    let millis = i64::try_from(millis).unwrap_or(i64::MAX);
    at.saturating_add(SignedDuration::from_millis(millis)).unwrap_or(Timestamp::MAX)
}

impl Delivery {
    /// The step to be called now, which is then under way.
    pub(super) fn go(&mut self, now: Timestamp, settings: &Settings) -> Option<Step> {
        self.carry_out_wish(now);
        let since = self.since?;
        if self.under_way.is_some() {
            return None;
        }
        if matches!(self.stage, Stage::Shown | Stage::Failed | Stage::Unconfirmed) {
            self.due = None;
            return None;
        }
        let over = now >= later(since, settings.give_up);
        if over && (self.tries > 0 || self.locked) && self.stage != Stage::Accepted {
            self.give_up();
            return None;
        }
        if self.locked {
            self.due = Some(later(since, settings.give_up));
            return None;
        }
        if self.due.is_some_and(|due| due > now) {
            return None;
        }
        let next = if self.doubt.is_some() { Some(Step::Look) } else { services::next(self) };
        let watched = self.stage == Stage::Accepted && now >= later(since, settings.watch);
        let Some(step) = next.filter(|_| !watched) else {
            self.due = None;
            return None;
        };
        if step.writes() {
            self.stage = Stage::Sent;
        }
        self.attempt = self.attempt.saturating_add(1);
        self.under_way = Some(UnderWay { attempt: self.attempt, step });
        self.due = None;
        Some(step)
    }

    /// A correction or withdrawal that waits is begun as soon as it is known what stands there.
    fn carry_out_wish(&mut self, now: Timestamp) {
        if self.wish.is_none() || !self.settled() {
            return;
        }
        match self.wish.take() {
            Some(Wish::Correct { form, .. }) if self.untold() => {
                // A failed post stays failed until somebody replays it, then with the corrected words.
                self.form = form;
            }
            Some(Wish::Correct { form, notice }) => {
                self.form = form.clone();
                let notice = (!self.kind.edits()).then(|| notice.unwrap_or(form));
                self.start(Work::Correct, notice, now);
            }
            Some(Wish::Withdraw { notice }) => self.withdraw(notice, now),
            None => {}
        }
    }

    fn withdraw(&mut self, notice: Option<Form>, now: Timestamp) {
        // What was put down unseen is taken away, too.
        let nothing = !matches!(self.stands, Stands::There) && self.fact("id").is_none();
        if nothing {
            let stands = self.stands;
            self.start(Work::Withdraw, None, now);
            (self.stage, self.stands) = (Stage::Shown, stands);
        } else if self.kind.deletes() {
            self.start(Work::Withdraw, None, now);
        } else {
            let silent = notice.is_none();
            self.start(Work::Withdraw, notice, now);
            if silent {
                self.fail(Cause::new(What::Impossible, ""));
            }
        }
    }

    fn start(&mut self, work: Work, notice: Option<Form>, now: Timestamp) {
        if notice.is_some() {
            self.facts.retain(|name, _| name == "ready");
        } else {
            self.facts.retain(|name, _| !matches!(name.as_str(), "edited" | "removed" | "seen"));
        }
        (self.work, self.notice) = (work, notice);
        self.round = self.round.saturating_add(1);
        self.anew(now);
    }

    /// True if it is known what stands there, and no call is under way that could change it. A change of what is known by its id
    /// may be overtaken by the next.
    fn settled(&self) -> bool {
        let being_made = self.under_way.is_some_and(|under_way| under_way.step.writes());
        let overtaken = self.work != Work::Post && self.kind.edits();
        !being_made
            && self.doubt.is_none()
            && match self.stage {
                Stage::Accepted | Stage::Shown | Stage::Failed => true,
                Stage::Queued => true,
                Stage::Sent | Stage::Unconfirmed => overtaken,
            }
    }

    pub(super) fn fail(&mut self, cause: Cause) {
        (self.stage, self.due, self.cause) = (Stage::Failed, None, Some(cause));
        (self.doubt, self.locked, self.unsure) = (None, false, false);
    }

    /// It was tried long enough. What may have arrived is for a person to look at.
    fn give_up(&mut self) {
        let cause = self.cause.clone().unwrap_or_else(|| Cause::new(What::Service, ""));
        if self.stage == Stage::Sent {
            self.unconfirm(cause);
        } else {
            self.fail(cause);
        }
    }

    pub(super) fn unconfirm(&mut self, cause: Cause) {
        (self.stage, self.due, self.cause) = (Stage::Unconfirmed, None, Some(cause));
        if self.work == Work::Post && self.stands == Stands::Nothing {
            self.stands = Stands::Unknown;
        }
        self.locked = false;
    }
}
