//! An agency is closed, and another takes its place: in what it owns, in what it is offered, and as the asker's portal.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::Handover;
use super::desk::{Desk, Own, Stand, Taken};
use super::event::{Action, Public};
use super::letter::{Letter, Said};
use crate::names::Origin;

impl Handover {
    /// What waits for the closed agency is sent to whoever sits in its place.
    pub(super) fn closed(&mut self, agency: Origin, successor: Origin) {
        if agency != self.desk.me && self.desk.seat(&successor) != agency {
            self.desk.seats.insert(agency, successor);
            self.send_again();
        }
    }

    /// All that the closed agency decided is ours from now, and what it had not decided is for us to decide.
    pub(super) fn inherits(&mut self, desk: Desk) {
        let me = self.desk.me.clone();
        if desk.me == me || self.desk.heir_of.contains(&desk.me) {
            return;
        }
        self.desk.seats.extend(desk.seats);
        self.desk.seats.remove(&me);
        self.desk.seats.insert(desk.me.clone(), me.clone());
        self.desk.heir_of.insert(desk.me);
        self.desk.heir_of.extend(desk.heir_of);
        self.desk.tried = self.desk.tried.max(desk.tried);
        self.desk.thread.extend(desk.thread);
        self.desk.heard.extend(desk.heard);
        self.desk.orders.extend(desk.orders);
        for (epoch, theirs) in desk.docket {
            let ours = self.desk.docket.entry(epoch).or_insert_with(|| theirs.clone());
            if ours.decision.is_none() {
                *ours = theirs;
            }
        }
        for (epoch, theirs) in desk.offers {
            self.offered_before(epoch, theirs);
        }
        self.owned_before(desk.stand, desk.owed, desk.early);
        if let Some(view) = desk.view {
            let newer = |ours: &super::View| (ours.epoch, ours.seq) > (view.epoch, view.seq);
            if !self.desk.view.as_ref().is_some_and(newer) {
                self.desk.view = Some(view);
                self.actions.push(Action::Changed);
            }
            self.desk.unheard.extend(desk.unheard);
        }
        // An offer between the two of us is none any more; whichever of us had decided it, that stands.
        if let Stand::Owner(Own { out: Some(out), .. }) = &self.desk.stand
            && self.desk.is_us(&out.to)
        {
            let (epoch, to) = (out.epoch, out.to.clone());
            self.send(&to.clone(), Letter::Cancel { epoch, to });
        }
        self.send_again();
        self.take_ordered();
    }

    /// An offer that was made to the closed agency.
    fn offered_before(&mut self, epoch: u32, theirs: Taken) {
        match (self.desk.offers.get(&epoch), &theirs) {
            (Some(Taken::Accepted(_) | Taken::Refused(_)), _) => {}
            (Some(Taken::Waiting { from, .. }), Taken::Accepted(to)) => {
                let (from, to) = (from.clone(), to.clone());
                self.desk.offers.insert(epoch, theirs);
                self.send(&from, Letter::Accept { epoch, to });
            }
            (Some(Taken::Waiting { from, .. }), Taken::Refused(why)) => {
                let (from, why) = (from.clone(), why.clone());
                self.desk.offers.insert(epoch, theirs);
                self.send(&from, Letter::Refuse { epoch, why });
            }
            (Some(Taken::Waiting { .. }), Taken::Waiting { .. }) => {}
            (None, _) => {
                if matches!(theirs, Taken::Waiting { .. }) {
                    self.actions.push(Action::Offered { epoch });
                }
                self.desk.offers.insert(epoch, theirs);
            }
        }
    }

    /// What the closed agency owned is ours, unless we know that the case has gone on since.
    fn owned_before(&mut self, theirs: Stand, owed: BTreeSet<Uuid>, early: BTreeMap<Uuid, Said>) {
        match theirs {
            Stand::Owner(own) if own.epoch >= self.desk.known() => {
                self.passed_before(own.epoch);
                self.desk.stand = Stand::Owner(own);
                self.desk.owed = owed;
                self.desk.early = early;
                self.tell();
            }
            Stand::Former { epoch, to } if epoch > self.desk.known() => {
                self.passed_before(epoch);
                self.desk.stand = Stand::Former { epoch, to };
            }
            _ => {}
        }
    }

    /// If we were handing the case over, and it has come as far as this epoch, the closed agency had taken it: that was not
    /// confirmed yet.
    fn passed_before(&mut self, epoch: u32) {
        let Stand::Owner(Own { out: Some(out), .. }) = &self.desk.stand else { return };
        if let Some(Taken::Accepted(to)) = self.desk.offers.get(&out.epoch)
            && out.epoch <= epoch
        {
            let (from, to, by) = (self.desk.me.clone(), to.clone(), out.by.clone());
            self.actions.push(Action::Append(Public::Passed { epoch: out.epoch, from, to, by }));
        }
    }
}
