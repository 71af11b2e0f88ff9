//! The decisions: of somebody in the console, and of whoever sent it.

use super::{Act, By, Facts, Refused, Sent, State, Ties};

/// The step of somebody in the console.
///
/// # Errors
/// Why it is refused.
pub fn decide(act: Act, facts: &Facts, by: By) -> Result<State, Refused> {
    let state = facts.state;
    if !state.is_open() {
        // Colleagues may still leave a word.
        return if act == Act::Note && state != State::Withdrawn { Ok(state) } else { Err(Refused::Over) };
    }
    if facts.handing && !matches!(act, Act::Note | Act::Recall) {
        return Err(Refused::Handing);
    }
    if matches!(act, Act::Approve | Act::SendBack) {
        return approve(act, facts, by);
    }
    if !by.handles {
        return Err(Refused::Role);
    }
    if act == Act::Note {
        return Ok(state);
    }
    if act == Act::Recall {
        return if facts.handing { Ok(state) } else { Err(Refused::Late) };
    }
    if act == Act::Claim {
        return match facts.handler {
            Some(other) if other != by.account && !by.leads => Err(Refused::Taken),
            _ if state == State::New => Ok(State::Work),
            _ => Ok(state),
        };
    }
    let gave = facts.given_by == Some(by.account);
    if act == Act::Assign {
        return match facts.handler {
            Some(_) if gave => Ok(state),
            Some(handler) if handler != by.account && !by.leads => Err(Refused::Taken),
            None if !by.leads => Err(Refused::Unclaimed),
            _ if state == State::New => Ok(State::Work),
            _ => Ok(state),
        };
    }
    match facts.handler {
        None => return Err(Refused::Unclaimed),
        Some(_) if gave && act == Act::Release => {}
        Some(handler) if handler != by.account && !by.leads => return Err(Refused::Taken),
        Some(_) => {}
    }
    if state == State::Review {
        return Err(Refused::InReview);
    }
    tied(act, facts.ties)?;
    match act {
        Act::Release => Ok(if state == State::Work { State::New } else { state }),
        Act::Ask => Ok(State::Asked),
        Act::Extend if facts.extended.0 >= facts.extended.1 => Err(Refused::TooOften),
        Act::Return if !facts.handed || !facts.returnable => Err(Refused::NotReturnable),
        Act::Pass | Act::Return => Ok(State::New),
        Act::Submit => Ok(State::Review),
        Act::Outside => Ok(State::Closed),
        Act::Extend | Act::Progress | Act::Note | Act::Claim | Act::Recall | Act::Approve | Act::SendBack => {
            Ok(state)
        }
        Act::Assign | Act::Merge | Act::Unmerge | Act::Split | Act::Help | Act::Sort => Ok(state),
    }
}

/// What cannot be done with a case because of those that it hangs together with.
fn tied(act: Act, ties: Ties) -> Result<(), Refused> {
    match act {
        Act::Unmerge if !ties.follows => Err(Refused::Untied),
        Act::Pass | Act::Return | Act::Submit | Act::Outside if ties.follows => Err(Refused::Follows),
        Act::Pass | Act::Return | Act::Outside if ties.parted => Err(Refused::Parts),
        Act::Merge | Act::Split if ties != Ties::default() => Err(Refused::Tied),
        _ => Ok(()),
    }
}

fn approve(act: Act, facts: &Facts, by: By) -> Result<State, Refused> {
    match (by.approves, facts.state, facts.writer) {
        (false, ..) => Err(Refused::Role),
        (_, State::Review, Some(writer)) if act == Act::Approve && writer == by.account => Err(Refused::Own),
        (_, State::Review, Some(_)) if act == Act::Approve && facts.ties.waits => Err(Refused::Parts),
        (_, State::Review, Some(_)) if act == Act::Approve => Ok(State::Answered),
        (_, State::Review, _) => Ok(State::Work),
        _ => Err(Refused::NoAnswer),
    }
}

/// The step of its sender.
///
/// # Errors
/// Why it is refused.
pub fn sender(act: Sent, facts: &Facts) -> Result<State, Refused> {
    match (act, facts.state) {
        (Sent::Reply, State::Asked) => Ok(if facts.handler.is_some() { State::Work } else { State::New }),
        (Sent::Reply | Sent::Withdraw, state) if state.is_open() => {
            Ok(if act == Sent::Reply { state } else { State::Withdrawn })
        }
        (Sent::Rate, State::Answered | State::Closed) if facts.ratable => Ok(facts.state),
        (Sent::Reopen, State::Answered | State::Closed) if facts.reopenable => Ok(State::New),
        (Sent::Rate | Sent::Reopen, State::Answered | State::Closed) => Err(Refused::Late),
        _ => Err(Refused::Over),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const LAN: By = By { account: Uuid::from_u128(1), handles: true, approves: false, leads: false };
    const MINH: By = By { account: Uuid::from_u128(2), handles: true, approves: false, leads: false };
    const CHIEF: By = By { account: Uuid::from_u128(3), handles: true, approves: true, leads: true };
    const PRESS: By = By { account: Uuid::from_u128(4), handles: false, approves: true, leads: false };

    fn facts(state: State, handler: Option<By>) -> Facts {
        Facts {
            state,
            handler: handler.map(|by| by.account),
            writer: (state == State::Review).then_some(LAN.account),
            extended: (0, 2),
            handed: false,
            returnable: false,
            given_by: None,
            handing: false,
            ratable: false,
            reopenable: false,
            ties: Ties::default(),
        }
    }

    #[test]
    fn whoever_gave_a_case_away_takes_it_back_while_nothing_else_happened() {
        let given = Facts { given_by: Some(LAN.account), ..facts(State::Work, Some(MINH)) };
        assert_eq!(decide(Act::Assign, &given, LAN), Ok(State::Work));
        assert_eq!(decide(Act::Release, &given, LAN), Ok(State::New));
        assert_eq!(decide(Act::Progress, &given, LAN), Err(Refused::Taken), "nothing but that");
        for act in [Act::Assign, Act::Release] {
            assert_eq!(decide(act, &facts(State::Work, Some(MINH)), LAN), Err(Refused::Taken), "{act:?}");
        }
    }

    #[test]
    fn what_hangs_together_is_answered_together() {
        let with = |state, ties| Facts { ties, ..facts(state, Some(LAN)) };
        let follows = with(State::Work, Ties { follows: true, ..Ties::default() });
        for act in [Act::Pass, Act::Submit, Act::Outside] {
            assert_eq!(decide(act, &follows, LAN), Err(Refused::Follows), "{act:?}");
        }
        assert_eq!(decide(Act::Merge, &follows, LAN), Err(Refused::Tied));
        assert_eq!(decide(Act::Unmerge, &follows, LAN), Ok(State::Work));
        assert_eq!(decide(Act::Progress, &follows, LAN), Ok(State::Work));
        assert_eq!(decide(Act::Unmerge, &facts(State::Work, Some(LAN)), LAN), Err(Refused::Untied));
        let leads = with(State::Work, Ties { leads: true, ..Ties::default() });
        assert_eq!(decide(Act::Merge, &leads, LAN), Err(Refused::Tied), "no chains");
        assert_eq!(decide(Act::Submit, &leads, LAN), Ok(State::Review));
        let parted = Ties { parted: true, waits: true, ..Ties::default() };
        assert_eq!(decide(Act::Pass, &with(State::Work, parted), LAN), Err(Refused::Parts));
        assert_eq!(decide(Act::Approve, &with(State::Review, parted), CHIEF), Err(Refused::Parts));
        let done = Ties { waits: false, ..parted };
        assert_eq!(decide(Act::Approve, &with(State::Review, done), CHIEF), Ok(State::Answered));
    }

    #[test]
    fn a_case_is_given_to_a_colleague_by_who_has_it_or_leads() {
        let new = facts(State::New, None);
        assert_eq!(decide(Act::Assign, &new, LAN), Err(Refused::Unclaimed));
        assert_eq!(decide(Act::Assign, &new, CHIEF), Ok(State::Work));
        let taken = facts(State::Work, Some(LAN));
        assert_eq!(decide(Act::Assign, &taken, MINH), Err(Refused::Taken));
        assert_eq!(decide(Act::Assign, &taken, LAN), Ok(State::Work));
    }

    #[test]
    fn a_case_is_taken_on_before_anything_is_done_with_it() {
        let new = facts(State::New, None);
        assert_eq!(decide(Act::Claim, &new, LAN), Ok(State::Work));
        assert_eq!(decide(Act::Submit, &new, LAN), Err(Refused::Unclaimed));
        let taken = facts(State::Work, Some(LAN));
        assert_eq!(decide(Act::Claim, &taken, MINH), Err(Refused::Taken));
        assert_eq!(decide(Act::Pass, &taken, MINH), Err(Refused::Taken));
        assert_eq!(decide(Act::Claim, &taken, CHIEF), Ok(State::Work));
        assert_eq!(decide(Act::Pass, &taken, LAN), Ok(State::New));
        assert_eq!(decide(Act::Release, &taken, LAN), Ok(State::New));
        assert_eq!(decide(Act::Claim, &new, PRESS), Err(Refused::Role));
    }

    #[test]
    fn nobody_approves_their_own_answer() {
        let review = facts(State::Review, Some(LAN));
        let own = By { approves: true, ..LAN };
        assert_eq!(decide(Act::Approve, &review, own), Err(Refused::Own));
        assert_eq!(decide(Act::Approve, &review, MINH), Err(Refused::Role));
        assert_eq!(decide(Act::Approve, &review, PRESS), Ok(State::Answered));
        assert_eq!(decide(Act::SendBack, &review, CHIEF), Ok(State::Work));
        assert_eq!(decide(Act::Approve, &facts(State::Work, Some(LAN)), CHIEF), Err(Refused::NoAnswer));
        assert_eq!(decide(Act::Pass, &review, LAN), Err(Refused::InReview));
    }

    #[test]
    fn extensions_and_returns_have_their_bounds() {
        let work = facts(State::Work, Some(LAN));
        assert_eq!(decide(Act::Extend, &work, LAN), Ok(State::Work));
        assert_eq!(
            decide(Act::Extend, &Facts { extended: (2, 2), ..work.clone() }, LAN),
            Err(Refused::TooOften)
        );
        assert_eq!(decide(Act::Return, &work, LAN), Err(Refused::NotReturnable));
        let handed = Facts { handed: true, returnable: true, ..work };
        assert_eq!(decide(Act::Return, &handed, LAN), Ok(State::New));
        assert_eq!(
            decide(Act::Return, &Facts { returnable: false, ..handed }, LAN),
            Err(Refused::NotReturnable)
        );
    }

    #[test]
    fn a_sender_replies_rates_reopens_and_takes_back_in_time() {
        let asked = facts(State::Asked, Some(LAN));
        assert_eq!(sender(Sent::Reply, &asked), Ok(State::Work));
        assert_eq!(sender(Sent::Withdraw, &asked), Ok(State::Withdrawn));
        let answered = Facts { ratable: true, reopenable: true, ..facts(State::Answered, Some(LAN)) };
        assert_eq!(sender(Sent::Rate, &answered), Ok(State::Answered));
        assert_eq!(sender(Sent::Reopen, &answered), Ok(State::New));
        assert_eq!(sender(Sent::Withdraw, &answered), Err(Refused::Over));
        let late = Facts { ratable: false, reopenable: false, ..answered };
        assert_eq!(
            (sender(Sent::Rate, &late), sender(Sent::Reopen, &late)),
            (Err(Refused::Late), Err(Refused::Late))
        );
        assert_eq!(sender(Sent::Reply, &facts(State::Withdrawn, None)), Err(Refused::Over));
    }

    #[test]
    fn while_it_is_handed_over_nothing_is_done_but_to_take_it_back() {
        let handing = Facts { handing: true, ..facts(State::Work, Some(LAN)) };
        for act in [Act::Claim, Act::Ask, Act::Extend, Act::Pass, Act::Return, Act::Submit, Act::Outside] {
            assert_eq!(decide(act, &handing, LAN), Err(Refused::Handing), "{act:?}");
        }
        assert_eq!(
            decide(Act::Approve, &Facts { handing: true, ..facts(State::Review, Some(LAN)) }, CHIEF),
            Err(Refused::Handing)
        );
        assert_eq!(decide(Act::Note, &handing, MINH), Ok(State::Work));
        assert_eq!(decide(Act::Recall, &handing, LAN), Ok(State::Work));
        assert_eq!(decide(Act::Recall, &handing, PRESS), Err(Refused::Role));
        assert_eq!(decide(Act::Recall, &facts(State::Work, Some(LAN)), LAN), Err(Refused::Late));
        assert_eq!(sender(Sent::Reply, &handing), Ok(State::Work), "its sender may go on writing");
    }

    #[test]
    fn what_has_ended_stays_as_it_is() {
        for state in [State::Answered, State::Closed, State::Withdrawn] {
            for act in [Act::Claim, Act::Ask, Act::Extend, Act::Pass, Act::Submit, Act::Approve, Act::Outside]
            {
                assert_eq!(decide(act, &facts(state, Some(LAN)), CHIEF), Err(Refused::Over), "{act:?}");
            }
        }
        for state in State::ALL {
            assert_eq!(State::of(state.word()), state);
        }
        assert_eq!(State::of("x"), State::Closed);
    }
}
