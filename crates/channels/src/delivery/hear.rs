//! What each event changes.

use jiff::Timestamp;

use super::event::{Event, News, Report};
use super::state::{Delivery, Place, Settings, Stage, Stands, Wish, Work};
use crate::answer::{Cause, What};
use crate::form::Form;
use crate::services;

impl Delivery {
    pub(super) fn hear(&mut self, event: Event, now: Timestamp, settings: &Settings) {
        match event {
            Event::Begin => {
                if self.since.is_none() {
                    (self.since, self.due) = (Some(now), Some(now));
                }
            }
            Event::Answer { attempt, answer } => {
                if let Some(step) = self.take(attempt) {
                    self.answered(step, answer, now, settings);
                }
            }
            Event::Lost { attempt } => {
                if let Some(step) = self.take(attempt) {
                    self.lost(step, Cause::new(What::Lost, ""), now, settings);
                }
            }
            Event::NotSent { attempt, until, cause } => {
                if let Some(step) = self.take(attempt) {
                    let cause = cause.unwrap_or_else(|| Cause::new(What::Service, ""));
                    self.later(step, None, cause, now, settings);
                    self.due = self.due.max(until);
                }
            }
            Event::Restarted => self.restarted(now, settings),
            Event::Tick => {}
            Event::Report(report) => self.reported(report, now),
            Event::Renewed => {
                if self.locked {
                    (self.locked, self.renewed, self.due) = (false, true, Some(now));
                }
            }
            Event::NotRenewed(cause) => {
                if self.locked {
                    self.cause = Some(cause);
                }
            }
            Event::There(place) => self.there(place, now),
            Event::Absent => self.absent(now),
            Event::Replay => self.replay(now),
            Event::Correct { form, notice } => self.correct(*form, notice.map(|notice| *notice), now),
            // Said twice, it is one withdrawal; one that failed for want of a notice may be given one.
            Event::Withdraw { notice } if self.work != Work::Withdraw || self.stage == Stage::Failed => {
                self.wish = Some(Wish::Withdraw { notice: notice.map(|notice| *notice) });
            }
            Event::Withdraw { .. } => {}
        }
    }

    /// The step of the call of this attempt, which is not under way any more. Whoever speaks of an earlier call speaks too late.
    fn take(&mut self, attempt: u64) -> Option<super::event::Step> {
        let under_way = self.under_way.filter(|under_way| under_way.attempt == attempt)?;
        self.under_way = None;
        Some(under_way.step)
    }

    /// The process stopped: what was under way may have arrived.
    fn restarted(&mut self, now: Timestamp, settings: &Settings) {
        if let Some(under_way) = self.under_way.take() {
            if services::once(self, under_way.step) {
                self.lost(under_way.step, Cause::new(What::Stopped, ""), now, settings);
            } else {
                self.perhaps(under_way.step);
                // As after a failure: an upload first asks how much has arrived.
                (self.due, self.tries) = (Some(now), self.tries.saturating_add(1));
            }
        }
        self.asks_again = self.locked;
    }

    fn reported(&mut self, report: Report, now: Timestamp) {
        let by_reference = report.reference.as_deref() == Some(self.reference().as_str());
        let by_id = report
            .id
            .as_deref()
            .is_some_and(|id| self.fact("id") == Some(id) || self.fact("message") == Some(id));
        let open =
            matches!(self.stage, Stage::Sent | Stage::Accepted) || (by_reference && self.under_way.is_some());
        if !open || !(by_reference || by_id) || self.work == Work::Withdraw && self.notice.is_none() {
            return;
        }
        if let (true, Some(id)) = (by_reference, report.id) {
            self.facts.insert("id".into(), id);
        }
        match report.news {
            News::Accepted if self.stage == Stage::Accepted => {}
            News::Accepted => self.arrived(Stage::Accepted, now),
            News::Shown => self.arrived(Stage::Shown, now),
            News::Failed(cause) => {
                self.under_way = None;
                if self.notice.is_none() {
                    self.stands = Stands::Nothing;
                }
                self.fail(cause);
            }
        }
    }

    fn there(&mut self, place: Option<Place>, now: Timestamp) {
        let Some(step) = self.doubt.or_else(|| self.unconfirmed()) else { return };
        let taken = services::taken(step, place.as_ref());
        self.facts.extend(taken);
        if self.notice.is_none() && self.work == Work::Post && place.is_some() {
            self.place = place;
        }
        self.arrived(Stage::Shown, now);
    }

    fn absent(&mut self, now: Timestamp) {
        if self.stage != Stage::Unconfirmed {
            return;
        }
        if self.stands == Stands::Unknown {
            self.stands = Stands::Nothing;
        }
        self.anew(now);
    }

    /// The step about which an unconfirmed delivery is in doubt.
    fn unconfirmed(&self) -> Option<super::event::Step> {
        use super::event::Step;
        (self.stage == Stage::Unconfirmed).then_some(match self.work {
            Work::Correct if self.notice.is_none() => Step::Edit,
            Work::Withdraw if self.notice.is_none() => Step::Remove,
            _ => Step::Publish,
        })
    }

    fn replay(&mut self, now: Timestamp) {
        if self.stage != Stage::Failed {
            return;
        }
        // What a service has refused under a name it may refuse under that name for ever.
        self.round = self.round.saturating_add(1);
        if self.work == Work::Post && self.stands != Stands::There {
            (self.stands, self.place) = (Stands::Nothing, None);
            self.facts.clear();
        }
        self.anew(now);
    }

    /// The work from the beginning, with what is known.
    pub(super) fn anew(&mut self, now: Timestamp) {
        (self.under_way, self.doubt, self.cause, self.unsure) = (None, None, None, false);
        (self.looks, self.repeats, self.tries) = (0, 0, 0);
        (self.locked, self.renewed) = (false, false);
        (self.stage, self.since, self.due) = (Stage::Queued, Some(now), Some(now));
    }

    fn correct(&mut self, form: Form, notice: Option<Form>, now: Timestamp) {
        let nothing_new = self.wish.is_none() && form == self.form;
        if nothing_new || matches!(self.wish, Some(Wish::Withdraw { .. })) || self.work == Work::Withdraw {
            return;
        }
        if self.untold() {
            if form.media != self.form.media {
                // What was put down for other media is of no use; nobody has seen it.
                self.facts.clear();
                if self.under_way.take().is_some() {
                    self.due = Some(now);
                }
            }
            self.form = form;
        } else {
            self.wish = Some(Wish::Correct { form, notice });
        }
    }

    /// True if the post has certainly not reached anybody yet, and is not being made at this moment.
    pub(super) fn untold(&self) -> bool {
        let being_made = self.under_way.is_some_and(|under_way| under_way.step.writes());
        self.work == Work::Post
            && self.stands == Stands::Nothing
            && self.doubt.is_none()
            && !being_made
            && matches!(self.stage, Stage::Queued | Stage::Failed)
    }
}
