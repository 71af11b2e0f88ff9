//! One step of the machine, whole or broken on purpose in one place: what the checker does not find here, it would not find
//! in the machine either.

use crate::handover::{Action, Desk, Event, Handover, Letter, Own, Refusal, Settings, Stand, Taken, What};
use crate::moment::Moment;
use crate::petition::State;

/// What is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// The owner goes on while it hands the case over.
    NotFrozen,
    /// What the asker says while the case is handed over is taken as if the case stayed.
    TakesEarly,
    /// A cancellation is granted after the acceptance.
    CancelsAccepted,
    /// A refused offer is forgotten.
    ForgetsRefusal,
    /// A refusal counts for whichever offer is open.
    AnyEpoch,
    /// A successor decides before it knows what was decided.
    BlindHeir,
    /// What was not answered is not sent again.
    NeverAgain,
    /// A late status counts.
    AnyStatus,
    /// The sender gives the case away when it offers it.
    GivesAtOffer,
    /// What was said is taken whenever it comes.
    TakesTwice,
    /// The agency above decides anew whenever it is asked.
    DecidesAnew,
    /// What the owner owes the asker stays behind when the case moves.
    LeavesDebts,
}

/// One step: the desk before, what it is told, the desk after and what is to be done.
pub fn step(desk: &Desk, event: Event, broken: Option<Broken>) -> (Desk, Vec<Action>) {
    let whole = |desk: Desk, event: Event| {
        let mut machine = Handover::of(desk, Settings::default(), 7);
        let actions = machine.on(event, Moment(1));
        (machine.desk().clone(), actions)
    };
    let mut desk = desk.clone();
    let Some(broken) = broken else { return whole(desk, event) };
    match (broken, &event) {
        (Broken::NotFrozen, Event::Answers { .. } | Event::Tells { .. }) => thawed(&mut desk, event, whole),
        (Broken::TakesEarly, Event::Came { letter: Letter::Said(said), .. }) if !said.by_owner() => {
            thawed(&mut desk, event, whole)
        }
        (Broken::CancelsAccepted, Event::Came { from, letter: Letter::Cancel { epoch, .. } }) => {
            if let Some(Taken::Accepted(_)) = desk.offers.get(epoch) {
                let refuse = Letter::Refuse { epoch: *epoch, why: Refusal::Cancelled };
                return (desk, vec![Action::Send { to: from.clone(), letter: refuse }]);
            }
            whole(desk, event)
        }
        (Broken::AnyEpoch, Event::Came { from, letter: Letter::Refuse { why, .. } }) => {
            let Stand::Owner(Own { out: Some(out), .. }) = &desk.stand else { return whole(desk, event) };
            let letter = Letter::Refuse { epoch: out.epoch, why: why.clone() };
            whole(desk, Event::Came { from: from.clone(), letter })
        }
        (Broken::NeverAgain, Event::Woken) => (desk, Vec::new()),
        (Broken::AnyStatus, Event::Came { letter: Letter::Status(_), .. }) => {
            if let Some(view) = &mut desk.view {
                (view.epoch, view.seq) = (0, 0);
            }
            whole(desk, event)
        }
        (Broken::TakesTwice, Event::Came { letter: Letter::Said(said), .. }) => {
            desk.heard.remove(&said.id);
            if let Stand::Owner(own) = &mut desk.stand
                && said.what == What::Reopens
                && own.reopened
            {
                (own.reopened, own.state, own.epoch) = (false, State::Answered, said.epoch);
            }
            whole(desk, event)
        }
        (Broken::DecidesAnew, Event::Came { letter: Letter::Decide(question), .. }) => {
            if let Some(docket) = desk.docket.get_mut(&question.epoch) {
                docket.decision = None;
            }
            whole(desk, event)
        }
        (Broken::BlindHeir, Event::Closed { agency, successor }) if *successor == desk.me => {
            let agency = agency.clone();
            let mut after = whole(desk, event);
            after.0.heir_of.insert(agency);
            after
        }
        _ => {
            let (mut after, actions) = whole(desk, event);
            match broken {
                Broken::ForgetsRefusal => {
                    after.offers.retain(|_, taken| !matches!(taken, Taken::Refused(_)));
                }
                Broken::GivesAtOffer => {
                    if let Stand::Owner(own) = &after.stand
                        && let Some(out) = own.out.clone()
                    {
                        after.stand = Stand::Former { epoch: out.epoch, to: out.to };
                    }
                }
                Broken::LeavesDebts => {
                    let ours = actions.iter().any(|action| matches!(action, Action::Ours { .. }));
                    if ours {
                        after.owed.clear();
                    }
                }
                _ => {}
            }
            (after, actions)
        }
    }
}

/// Does something as if nothing were offered to anybody.
fn thawed(
    desk: &mut Desk,
    event: Event,
    whole: impl Fn(Desk, Event) -> (Desk, Vec<Action>),
) -> (Desk, Vec<Action>) {
    let out = match &mut desk.stand {
        Stand::Owner(own) => own.out.take(),
        _ => None,
    };
    let (mut after, actions) = whole(desk.clone(), event);
    if let Stand::Owner(own) = &mut after.stand {
        own.out = out;
    }
    (after, actions)
}
