//! The portal at which it was asked: it shows how the case stands, and carries what the asker says to whoever owns it.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::Handover;
use super::desk::{Own, Stand, View};
use super::event::{Action, Public, Why};
use super::letter::{Letter, Said, Status, What};
use crate::entry::Outcome;
use crate::names::Origin;
use crate::petition::State;

impl Handover {
    pub(super) fn registered(&mut self) {
        if self.desk.stand != Stand::Stranger || self.desk.me != self.desk.case.origin {
            return self.not(if self.desk.view.is_some() { Why::Ours } else { Why::NotHome });
        }
        self.desk.tried = 1;
        self.desk.view = Some(View {
            owner: self.desk.me.clone(),
            epoch: 1,
            seq: 0,
            state: State::Open,
            handing: None,
            about: String::new(),
        });
        self.desk.stand = Stand::Owner(Own {
            epoch: 1,
            state: State::Open,
            reopened: false,
            refusals: Vec::new(),
            out: None,
            asking: None,
            seq: 0,
            told: true,
            about: String::new(),
        });
        self.actions.push(Action::Append(Public::Registered));
        self.actions.push(Action::Changed);
    }

    pub(super) fn asks(&mut self, id: Uuid, what: What, words: String) {
        let Some(view) = &self.desk.view else { return self.not(Why::NotHome) };
        if self.desk.thread.contains_key(&id) {
            return;
        }
        let answered = matches!(view.state, State::Answered | State::Closed(Outcome::Answered));
        let again = || self.desk.thread.values().any(|said| said.what == What::Reopens);
        let why = match what {
            What::Tells | What::Answers => Some(Why::NotOurs),
            What::Rates(_) | What::Reopens if !answered => Some(Why::NotAnswered),
            What::Reopens if again() => Some(Why::Once),
            What::Withdraws if view.state != State::Open => Some(Why::Ended),
            _ => None,
        };
        if let Some(why) = why {
            return self.not(why);
        }
        let (said, owner) = (Said { id, epoch: view.epoch, what, words }, view.owner.clone());
        self.desk.thread.insert(id, said.clone());
        self.desk.unheard.insert(id);
        self.send(&owner, Letter::Said(said));
    }

    pub(super) fn came_status(&mut self, from: Origin, status: Status) {
        let Some(view) = &mut self.desk.view else { return };
        let Status { epoch, seq, state, handing, heard, about } = status;
        if (epoch, seq) > (view.epoch, view.seq) {
            let moved = view.owner != from;
            *view = View { owner: from.clone(), epoch, seq, state, handing, about };
            self.desk.unheard = self.desk.unheard.difference(&heard).copied().collect::<BTreeSet<Uuid>>();
            self.actions.push(Action::Changed);
            if moved {
                self.asker_again();
            }
        }
        self.send(&from, Letter::Heard { epoch, seq, ids: Vec::new() });
    }

    pub(super) fn came_from_owner(&mut self, from: Origin, said: Said) {
        if self.desk.view.is_none() {
            return;
        }
        let id = said.id;
        if self.desk.heard.insert(id) {
            self.desk.thread.entry(id).or_insert_with(|| said.clone());
            self.actions.push(Action::Show(said));
        }
        self.send(&from, Letter::Heard { epoch: 0, seq: 0, ids: vec![id] });
    }

    /// True while something that the asker said is not heard.
    pub(super) fn asker_waits(&self) -> bool {
        self.desk.view.is_some() && !self.desk.unheard.is_empty()
    }

    pub(super) fn asker_again(&mut self) {
        let Some(view) = &self.desk.view else { return };
        let owner = view.owner.clone();
        let unheard: Vec<Said> =
            self.desk.unheard.iter().filter_map(|id| self.desk.thread.get(id)).cloned().collect();
        unheard.into_iter().for_each(|said| self.send(&owner, Letter::Said(said)));
    }
}
