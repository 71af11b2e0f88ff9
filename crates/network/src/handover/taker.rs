//! Whoever is offered a case: it decides once, and says so as often as it is asked.

use super::Handover;
use super::desk::{Own, Stand, Taken};
use super::event::{Action, Public, Why};
use super::letter::{Letter, Offer, Refusal};
use crate::names::Origin;
use crate::petition::State;

impl Handover {
    pub(super) fn came_offer(&mut self, from: Origin, offer: Offer) {
        let epoch = offer.epoch;
        match self.desk.offers.get(&epoch) {
            Some(Taken::Accepted(to)) => {
                let to = to.clone();
                self.send(&from, Letter::Accept { epoch, to });
            }
            Some(Taken::Refused(why)) => {
                let why = why.clone();
                self.send(&from, Letter::Refuse { epoch, why });
            }
            Some(Taken::Waiting { .. }) => {}
            // The case has gone on since, so this was decided; by whom it was made to is not known here.
            None if epoch <= self.desk.known() => {}
            None => {
                let ours = matches!(&self.desk.stand, Stand::Owner(own) if own.out.is_none());
                if ours {
                    return self.actions.push(Action::Alarm(from));
                }
                self.desk.offers.insert(epoch, Taken::Waiting { from, offer: Box::new(offer) });
                self.actions.push(Action::Offered { epoch });
                self.take_ordered();
            }
        }
    }

    /// The offer of this epoch, if it may be decided now.
    fn undecided(&self, epoch: u32) -> Result<(Origin, Offer), Why> {
        match self.desk.offers.get(&epoch) {
            None => Err(Why::NotAsked),
            Some(Taken::Accepted(_) | Taken::Refused(_)) => Err(Why::Decided),
            Some(Taken::Waiting { .. }) if matches!(self.desk.stand, Stand::Owner(_)) => Err(Why::Ours),
            Some(Taken::Waiting { offer, .. }) if !self.desk.is_us(&offer.to) => Err(Why::NotInherited),
            Some(Taken::Waiting { .. }) if epoch <= self.desk.known() => Err(Why::Decided),
            Some(Taken::Waiting { from, offer }) => Ok((from.clone(), (**offer).clone())),
        }
    }

    pub(super) fn accept(&mut self, epoch: u32) {
        let (from, offer) = match self.undecided(epoch) {
            Ok(offer) => offer,
            Err(why) => return self.not(why),
        };
        // From here on the case is ours: the log says so in the same transaction.
        let me = self.desk.me.clone();
        self.desk.offers.insert(epoch, Taken::Accepted(me.clone()));
        self.desk.tried = self.desk.tried.max(epoch);
        self.desk.home = offer.home;
        for said in offer.thread {
            if !said.by_owner() {
                self.desk.heard.insert(said.id);
            }
            self.desk.thread.entry(said.id).or_insert(said);
        }
        self.desk.owed = offer.owed.into_iter().collect();
        self.desk.stand = Stand::Owner(Own {
            epoch,
            state: State::Open,
            reopened: offer.reopened,
            refusals: offer.refusals,
            out: None,
            asking: None,
            seq: 0,
            told: false,
            about: String::new(),
        });
        let passed = Public::Passed { epoch, from: from.clone(), to: me.clone(), by: offer.by };
        self.actions.push(Action::Append(passed));
        self.actions.push(Action::Ours { epoch });
        self.send(&from, Letter::Accept { epoch, to: me });
        self.tell();
    }

    pub(super) fn refuse(&mut self, epoch: u32, reason: String, proposed: Option<Origin>) {
        match self.undecided(epoch) {
            Ok((_, offer)) if offer.by.is_some() => self.not(Why::Ordered),
            Ok((from, _)) => self.decline(&from, epoch, Refusal::NotOurs { reason, proposed }),
            Err(why) => self.not(why),
        }
    }

    fn decline(&mut self, from: &Origin, epoch: u32, why: Refusal) {
        self.desk.offers.insert(epoch, Taken::Refused(why.clone()));
        self.send(from, Letter::Refuse { epoch, why });
    }

    pub(super) fn came_cancel(&mut self, from: &Origin, epoch: u32, to: &Origin) {
        // Of whom we have not inherited from we do not know what was decided: it will be asked again.
        if !self.desk.is_us(to) {
            return;
        }
        match self.desk.offers.get(&epoch) {
            Some(Taken::Accepted(to)) => {
                let to = to.clone();
                self.send(from, Letter::Accept { epoch, to });
            }
            // It may come before its offer, which is then never taken.
            None | Some(Taken::Waiting { .. }) => self.decline(from, epoch, Refusal::Cancelled),
            Some(Taken::Refused(why)) => {
                let why = why.clone();
                self.send(from, Letter::Refuse { epoch, why });
            }
        }
    }

    /// Takes what the agency above has given us.
    pub(super) fn take_ordered(&mut self) {
        let ordered = self.desk.offers.iter().find_map(|(epoch, taken)| match taken {
            Taken::Waiting { offer, .. } if offer.by.is_some() && self.desk.orders.contains_key(epoch) => {
                Some(*epoch)
            }
            _ => None,
        });
        if let Some(epoch) = ordered
            && self.undecided(epoch).is_ok()
        {
            self.accept(epoch);
        }
    }
}
