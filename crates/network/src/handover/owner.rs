//! The owner: it hands over, answers, and ends the case.

use uuid::Uuid;

use super::desk::{Out, Own, Stand};
use super::event::{Action, Public, Why};
use super::letter::{Bounce, Letter, Refusal, Said, What};
use super::{Handover, MOST_REFUSALS};
use crate::entry::Outcome;
use crate::names::Origin;
use crate::petition::State;

impl Handover {
    pub(super) fn own(&mut self) -> Option<&mut Own> {
        match &mut self.desk.stand {
            Stand::Owner(own) => Some(own),
            _ => None,
        }
    }

    /// The case, if it is ours and nobody else is asked to take it.
    fn free(&mut self) -> Result<&mut Own, Why> {
        match &mut self.desk.stand {
            Stand::Owner(own) if own.out.is_some() => Err(Why::HandingOver),
            Stand::Owner(own) => Ok(own),
            _ => Err(Why::NotOurs),
        }
    }

    /// The case, if an answer is due.
    fn open(&mut self) -> Result<&mut Own, Why> {
        let own = self.free()?;
        if own.state == State::Open { Ok(own) } else { Err(Why::Ended) }
    }

    /// An epoch that nobody has used.
    pub(super) fn next(&mut self) -> u32 {
        self.desk.tried = self.desk.tried.max(self.desk.known()).saturating_add(1);
        self.desk.tried
    }

    /// Tells the asker's portal that something is different.
    pub(super) fn tell(&mut self) {
        let Stand::Owner(own) = &mut self.desk.stand else { return };
        own.seq = own.seq.saturating_add(1);
        own.told = false;
        let own = own.clone();
        let (home, status) = (self.desk.home.clone(), self.desk.status(&own));
        self.send(&home, Letter::Status(status));
    }

    pub(super) fn offer(&mut self, to: Origin) {
        let seat = self.desk.seat(&to);
        let ours = self.desk.is_us(&to) || seat == self.desk.me;
        let why = match self.open() {
            Err(why) => why,
            Ok(_) if ours => Why::Ours,
            Ok(own) if own.asking.is_some() || own.refusals.len() >= MOST_REFUSALS => Why::ForAbove,
            Ok(_) => {
                let epoch = self.next();
                return self.freeze(Out { to, epoch, cancelling: false, by: None });
            }
        };
        self.not(why);
    }

    /// From here on nothing is done with the case until the offer is decided.
    pub(super) fn freeze(&mut self, out: Out) {
        let Some(own) = self.own() else { return };
        own.out = Some(out.clone());
        let own = own.clone();
        let offer = self.desk.offer(&own, &out);
        self.tell();
        self.send(&out.to, Letter::Offer(offer));
    }

    pub(super) fn cancel(&mut self) {
        let why = match &mut self.desk.stand {
            Stand::Owner(Own { out: Some(out), .. }) if out.by.is_some() => Why::Ordered,
            Stand::Owner(Own { out: Some(out), .. }) => {
                out.cancelling = true;
                let (epoch, to) = (out.epoch, out.to.clone());
                return self.send(&to.clone(), Letter::Cancel { epoch, to });
            }
            Stand::Owner(_) => Why::NotHandingOver,
            _ => Why::NotOurs,
        };
        self.not(why);
    }

    /// The offer that `from` speaks of, if it was made to whom `from` speaks for.
    fn answered_by(&mut self, from: &Origin, epoch: u32) -> Option<Out> {
        let out = self.own()?.out.clone()?;
        (out.epoch == epoch && self.desk.speaks_for(from, &out.to)).then_some(out)
    }

    pub(super) fn came_accept(&mut self, from: &Origin, epoch: u32, to: Origin) {
        let Some(out) = self.answered_by(from, epoch) else { return };
        if !self.desk.speaks_for(&to, &out.to) {
            return self.actions.push(Action::Alarm(from.clone()));
        }
        self.desk.stand = Stand::Former { epoch, to: to.clone() };
        self.desk.early.clear();
        self.desk.owed.clear();
        let passed = Public::Passed { epoch, from: self.desk.me.clone(), to: to.clone(), by: out.by };
        self.actions.push(Action::Append(passed));
        self.actions.push(Action::Gone { to });
        self.take_ordered();
    }

    pub(super) fn came_refuse(&mut self, from: Origin, epoch: u32, why: Refusal) {
        if self.answered_by(&from, epoch).is_none() {
            return;
        }
        let Some(own) = self.own() else { return };
        own.out = None;
        if let Refusal::NotOurs { reason, proposed } = &why {
            let (reason, proposed) = (reason.clone(), proposed.clone());
            own.refusals.push(Bounce { by: from, reason, proposed });
        }
        let many = own.refusals.len() >= MOST_REFUSALS;
        self.actions.push(Action::Back(why));
        if many {
            self.actions.push(Action::FindAbove);
        }
        self.tell();
        self.settle();
    }

    /// Takes what came while the case was being handed over.
    pub(super) fn settle(&mut self) {
        for said in std::mem::take(&mut self.desk.early).into_values() {
            self.take(said);
        }
    }

    pub(super) fn tells(&mut self, id: Uuid, words: String) {
        match self.free() {
            Ok(own) => {
                let epoch = own.epoch;
                self.say(Said { id, epoch, what: What::Tells, words });
            }
            Err(why) => self.not(why),
        }
    }

    pub(super) fn answers(&mut self, id: Uuid, words: String) {
        if self.desk.thread.contains_key(&id) {
            return;
        }
        match self.open() {
            Ok(own) => {
                own.state = State::Answered;
                own.asking = None;
                let epoch = own.epoch;
                self.actions.push(Action::Append(Public::Answered { epoch }));
                self.say(Said { id, epoch, what: What::Answers, words });
                self.tell();
            }
            Err(why) => self.not(why),
        }
    }

    /// Says something to the asker, once.
    fn say(&mut self, said: Said) {
        if self.desk.thread.insert(said.id, said.clone()).is_none() {
            self.desk.owed.insert(said.id);
            let home = self.desk.home.clone();
            self.send(&home, Letter::Said(said));
        }
    }

    pub(super) fn ends(&mut self, outcome: Outcome) {
        let why = match self.free() {
            Err(why) => why,
            Ok(own) => match (own.state, outcome) {
                (State::Open, Outcome::Answered) => Why::NotAnswered,
                (State::Open, _) | (State::Answered, Outcome::Answered) => return self.close(outcome),
                (State::Answered | State::Closed(_), _) => Why::Ended,
            },
        };
        self.not(why);
    }

    fn close(&mut self, outcome: Outcome) {
        let Some(own) = self.own() else { return };
        own.state = State::Closed(outcome);
        own.asking = None;
        let epoch = own.epoch;
        self.actions.push(Action::Append(Public::Closed { epoch, outcome }));
        self.tell();
    }

    pub(super) fn about(&mut self, about: String) {
        match self.free() {
            Ok(own) if own.about == about => {}
            Ok(own) => {
                own.about = about;
                self.tell();
            }
            Err(why) => self.not(why),
        }
    }

    pub(super) fn came_from_asker(&mut self, said: Said) {
        let Stand::Owner(own) = &self.desk.stand else { return };
        if own.out.is_none() {
            return self.take(said);
        }
        // If it does not stay here, the asker's portal tells it to the new owner.
        if !self.desk.heard.contains(&said.id) {
            self.desk.early.insert(said.id, said);
        }
    }

    /// Hears what the asker says, once.
    fn take(&mut self, said: Said) {
        if !self.desk.heard.insert(said.id) {
            return;
        }
        self.desk.thread.insert(said.id, said.clone());
        let (what, of) = (said.what, said.epoch);
        self.actions.push(Action::Show(said));
        let Some(own) = self.own() else { return };
        let answered = matches!(own.state, State::Answered | State::Closed(Outcome::Answered));
        match what {
            What::Reopens if of == own.epoch && answered && !own.reopened => {
                let epoch = self.next();
                if let Some(own) = self.own() {
                    (own.epoch, own.state, own.reopened) = (epoch, State::Open, true);
                }
                self.actions.push(Action::Append(Public::Reopened { epoch }));
                self.tell();
            }
            What::Withdraws if own.state == State::Open => self.close(Outcome::Withdrawn),
            _ => self.tell(),
        }
    }

    pub(super) fn came_heard(&mut self, epoch: u32, seq: u32, ids: &[Uuid]) {
        let Some(own) = self.own() else { return };
        if (epoch, seq) == (own.epoch, own.seq) {
            own.told = true;
        }
        self.desk.owed.retain(|id| !ids.contains(id));
    }

    /// True while something that the owner sent is not answered.
    pub(super) fn owner_waits(&self) -> bool {
        match &self.desk.stand {
            Stand::Owner(own) => {
                own.out.is_some() || own.asking.is_some() || !own.told || !self.desk.owed.is_empty()
            }
            _ => false,
        }
    }

    pub(super) fn owner_again(&mut self) {
        let Stand::Owner(own) = self.desk.stand.clone() else { return };
        if let Some(out) = &own.out {
            let (epoch, to) = (out.epoch, out.to.clone());
            if out.cancelling {
                self.send(&out.to, Letter::Cancel { epoch, to });
            } else {
                let offer = self.desk.offer(&own, out);
                self.send(&out.to, Letter::Offer(offer));
            }
            if let Some(above) = &out.by {
                self.question(above, epoch);
            }
        }
        if let Some(asking) = &own.asking {
            self.question(&asking.above, asking.epoch);
        }
        let home = self.desk.home.clone();
        if !own.told {
            let status = self.desk.status(&own);
            self.send(&home, Letter::Status(status));
        }
        let owed: Vec<Said> =
            self.desk.owed.iter().filter_map(|id| self.desk.thread.get(id)).cloned().collect();
        owed.into_iter().for_each(|said| self.send(&home, Letter::Said(said)));
    }
}
