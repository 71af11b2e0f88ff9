//! Two have refused: the agency above decides, once.

use super::desk::{Asking, Docket, Out, Own, Stand};
use super::event::{Action, Why};
use super::letter::{Letter, Question};
use super::{Handover, MOST_REFUSALS};
use crate::names::Origin;
use crate::petition::State;

impl Handover {
    /// The owner asks.
    pub(super) fn ask_above(&mut self, above: Origin) {
        let why = match &self.desk.stand {
            Stand::Owner(Own { out: Some(_), .. }) => Some(Why::HandingOver),
            Stand::Owner(Own { state: State::Open, asking: None, refusals, .. })
                if refusals.len() >= MOST_REFUSALS =>
            {
                None
            }
            Stand::Owner(Own { asking: Some(_), .. }) => Some(Why::ForAbove),
            Stand::Owner(Own { state: State::Open, .. }) => Some(Why::NotAsked),
            Stand::Owner(_) => Some(Why::Ended),
            _ => Some(Why::NotOurs),
        };
        if let Some(why) = why {
            return self.not(why);
        }
        let epoch = self.next();
        if let Some(own) = self.own() {
            own.asking = Some(Asking { above: above.clone(), epoch });
        }
        self.question(&above, epoch);
    }

    /// Sends the question, again too.
    pub(super) fn question(&mut self, above: &Origin, epoch: u32) {
        let Some(own) = self.own() else { return };
        let refusals = own.refusals.clone();
        let question = Question { epoch, above: above.clone(), refusals };
        self.send(above, Letter::Decide(question));
    }

    /// The agency above is asked.
    pub(super) fn came_question(&mut self, from: Origin, question: Question) {
        let Question { epoch, above, refusals } = question;
        if let Some(docket) = self.desk.docket.get(&epoch) {
            let decision = docket.decision.clone();
            return decision.into_iter().for_each(|owner| self.decided(&from, epoch, owner));
        }
        self.desk.docket.insert(epoch, Docket { from, above, refusals, decision: None });
        self.actions.push(Action::Asked { epoch });
    }

    pub(super) fn decide(&mut self, epoch: u32, owner: Origin) {
        let why = match self.desk.docket.get(&epoch) {
            None => Why::NotAsked,
            Some(docket) if docket.decision.is_some() => Why::Decided,
            Some(docket) if !self.desk.is_us(&docket.above) => Why::NotInherited,
            Some(docket) => {
                let from = docket.from.clone();
                if let Some(docket) = self.desk.docket.get_mut(&epoch) {
                    docket.decision = Some(owner.clone());
                }
                return self.decided(&from, epoch, owner);
            }
        };
        self.not(why);
    }

    /// Tells both whom it concerns.
    fn decided(&mut self, asker: &Origin, epoch: u32, owner: Origin) {
        self.send(&owner.clone(), Letter::Decided { epoch, owner: owner.clone() });
        if self.desk.seat(&owner) != self.desk.seat(asker) {
            self.send(asker, Letter::Decided { epoch, owner });
        }
    }

    /// The agency above has decided: whoever asked hands the case over, whoever is given it takes it.
    pub(super) fn came_decision(&mut self, from: &Origin, epoch: u32, owner: Origin) {
        self.desk.orders.insert(epoch, from.clone());
        let asking = match &self.desk.stand {
            Stand::Owner(Own { asking: Some(asking), .. }) => Some(asking.clone()),
            _ => None,
        };
        let asking =
            asking.filter(|asking| asking.epoch == epoch && self.desk.speaks_for(from, &asking.above));
        if let Some(Asking { above, .. }) = asking {
            let stays = self.desk.is_us(&owner) || self.desk.seat(&owner) == self.desk.me;
            if let Some(own) = self.own() {
                own.asking = None;
                own.refusals.clear();
            }
            if stays {
                self.actions.push(Action::Stays);
                self.tell();
            } else {
                self.freeze(Out { to: owner, epoch, cancelling: false, by: Some(above) });
            }
        }
        self.take_ordered();
    }
}
