//! One case, handed from portal to portal: who owns it, who is offered it, and what asker and owner say (protocol §7).
//!
//! Pure: [`Handover::on`] takes an event and the time and answers with what is to be done, in the transaction that keeps the new
//! [`Desk`]. A desk is all that one portal knows of one case. Promised, whatever is lost, comes twice, late or in another order,
//! whoever stops at any moment or is closed:
//!
//! * a case has exactly one owner. An offer freezes the sender, who still owns it; the receiver's durable acceptance is the one
//!   moment of transfer;
//! * an offer is decided once: accepted, refused, or taken back, which the receiver decides, too. It stays decided;
//! * each offer and each reopening has an epoch greater than any before, so nothing that comes late counts for another;
//! * a case is answered at most once in an epoch;
//! * what the asker says is heard by the owner, and what the owner says by the asker, once, however often the case moves;
//! * whoever takes the place of a closed agency decides for it, and not before it knows what that had decided;
//! * after two refusals the agency above decides, once, and who is given the case then cannot refuse it;
//! * in the end the asker's portal shows what is.
//!
//! Nothing here relies on letters being kept: what is not answered is sent again, ever more seldom, and every letter may come
//! any number of times. Refused: who stands above or below whom, whose word is believed ([`Event::Came`]), time limits of the
//! law, dossiers, and what people see.

mod above;
mod asker;
mod desk;
mod event;
mod heir;
mod letter;
mod owner;
mod taker;
#[cfg(test)]
mod tests;
pub(crate) mod wire;

use std::collections::VecDeque;

use crate::moment::{Dice, Moment};
use crate::names::Origin;

pub use desk::{Asking, Desk, Docket, Out, Own, Stand, Taken, View};
pub use event::{Action, Event, Public, Why};
pub use letter::{Bounce, Letter, Offer, Question, Rating, Refusal, Said, Status, What};
pub use wire::{MAX_WORDS, Received, WireError};

/// So many refusals, and the agency above decides.
pub const MOST_REFUSALS: usize = 2;

/// Times in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The first and the longest wait before what was not answered is sent again.
    pub again: (u64, u64),
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { again: (60_000, 24 * 3_600_000) }
    }
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Handover {
    desk: Desk,
    settings: Settings,
    dice: Dice,
    now: Moment,
    due: Option<Moment>,
    tries: u32,
    actions: Vec<Action>,
    /// Letters of ours to ourselves: the asker's portal is often the owner, too.
    local: VecDeque<Letter>,
}

impl Handover {
    /// Goes on from what is durable. `seed` spreads what is sent again.
    #[must_use]
    pub fn of(desk: Desk, settings: Settings, seed: u64) -> Handover {
        Handover {
            desk,
            settings,
            dice: Dice::new(seed),
            now: Moment(0),
            due: None,
            tries: 0,
            actions: Vec::new(),
            local: VecDeque::new(),
        }
    }

    /// What must be durable before any action is taken.
    #[must_use]
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// Takes an event at a time and answers with what is to be done. A time before that of an earlier event counts as that one.
    pub fn on(&mut self, event: Event, now: Moment) -> Vec<Action> {
        self.now = self.now.max(now);
        let again = matches!(event, Event::Woken);
        self.hear(event);
        while let Some(letter) = self.local.pop_front() {
            let me = self.desk.me.clone();
            self.came(me, letter);
        }
        if !again {
            self.tries = 0;
        }
        self.arm(again);
        std::mem::take(&mut self.actions)
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::Came { from, letter } => self.came(from, letter),
            Event::Closed { agency, successor } => self.closed(agency, successor),
            Event::Inherits(desk) => self.inherits(*desk),
            Event::Started => self.send_again(),
            Event::Woken => {
                if self.due.is_none_or(|due| due <= self.now) {
                    self.send_again();
                    self.tries = self.tries.saturating_add(1);
                    self.due = None;
                }
            }
            Event::Registered => self.registered(),
            Event::Asks { id, what, words } => self.asks(id, what, words),
            Event::Offer { to } => self.offer(to),
            Event::Cancel => self.cancel(),
            Event::Above { agency } => self.ask_above(agency),
            Event::Tells { id, words } => self.tells(id, words),
            Event::Answers { id, words } => self.answers(id, words),
            Event::Ends(outcome) => self.ends(outcome),
            Event::About(about) => self.about(about),
            Event::Accept { epoch } => self.accept(epoch),
            Event::Refuse { epoch, reason, proposed } => self.refuse(epoch, reason, proposed),
            Event::Decide { epoch, owner } => self.decide(epoch, owner),
        }
    }

    fn came(&mut self, from: Origin, letter: Letter) {
        match letter {
            Letter::Offer(offer) => self.came_offer(from, offer),
            Letter::Accept { epoch, to } => self.came_accept(&from, epoch, to),
            Letter::Refuse { epoch, why } => self.came_refuse(from, epoch, why),
            Letter::Cancel { epoch, to } => self.came_cancel(&from, epoch, &to),
            Letter::Decide(question) => self.came_question(from, question),
            Letter::Decided { epoch, owner } => self.came_decision(&from, epoch, owner),
            Letter::Status(status) => self.came_status(from, status),
            Letter::Said(said) if said.by_owner() => self.came_from_owner(from, said),
            Letter::Said(said) => self.came_from_asker(said),
            Letter::Heard { epoch, seq, ids } => self.came_heard(epoch, seq, &ids),
        }
    }

    /// Sends a letter to whoever sits in that place; to ourselves at once.
    fn send(&mut self, to: &Origin, letter: Letter) {
        let to = self.desk.seat(to);
        if to == self.desk.me {
            self.local.push_back(letter);
        } else {
            self.actions.push(Action::Send { to, letter });
        }
    }

    fn not(&mut self, why: Why) {
        self.actions.push(Action::Not(why));
    }

    /// Sends whatever was not answered once more.
    fn send_again(&mut self) {
        self.owner_again();
        self.asker_again();
    }

    /// Asks to be woken while something is not answered.
    fn arm(&mut self, again: bool) {
        if !self.owner_waits() && !self.asker_waits() {
            (self.due, self.tries) = (None, 0);
            return;
        }
        if !again || self.due.is_none() {
            let (first, longest) = self.settings.again;
            let doubled = first.saturating_mul(1 << self.tries.min(32)).min(longest);
            let due = self.now + self.dice.around(doubled);
            self.due = Some(due);
            self.actions.push(Action::Wake { at: due });
        }
    }
}
