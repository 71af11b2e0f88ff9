//! Keys that are renewed, lost, and given anew.

use channels::fakes::{Fake, Fault, Outcome, Request};
use channels::keys::{Ask, Condition, KeyAction, KeyEvent, Said};
use channels::{Cause, Keys, Kind, What};
use jiff::{SignedDuration, Timestamp};

use super::world::{BASE, account, begin, secrets};

struct Story {
    keys: Keys,
    kept: String,
    fake: Fake,
    now: Timestamp,
    kind: Kind,
    wake: Option<Timestamp>,
    told: Vec<KeyAction>,
}

impl Story {
    fn of(kind: Kind) -> Story {
        let keys = Keys::new(secrets("token-1", "refresh-1"));
        let kept = serde_json::to_string(&keys).unwrap();
        Story { keys, kept, fake: Fake::new(kind, BASE), now: begin(), kind, wake: None, told: Vec::new() }
    }

    /// Says an event; the process stops behind the call of this number, if one is given.
    fn says(&mut self, event: KeyEvent, stop: Option<usize>) {
        let account = account(self.kind);
        let (mut next, mut calls) = (Some(event), 0);
        while let Some(event) = next.take() {
            for action in self.keys.on(event, &account, self.now) {
                match action {
                    KeyAction::Save => self.kept = serde_json::to_string(&self.keys).unwrap(),
                    KeyAction::Wake { at } => self.wake = Some(at),
                    KeyAction::Call { attempt, ask } => {
                        let said = self.ask(ask);
                        next = Some(KeyEvent::Said { attempt, said });
                        if stop == Some(calls) {
                            self.keys = serde_json::from_str(&self.kept).unwrap();
                            self.says(KeyEvent::Restarted, None);
                            return;
                        }
                        calls += 1;
                    }
                    told => self.told.push(told),
                }
            }
        }
    }

    fn ask(&mut self, ask: Ask) -> Said {
        let account = account(self.kind);
        let call = self.keys.call(ask, &account).unwrap();
        match self.fake.answer(&Request::of(&call).unwrap(), self.now) {
            Outcome::Answered(response) => self.keys.read(ask, &account, &response, self.now),
            Outcome::Lost => Said::Doubt(Cause::new(What::Lost, "")),
            Outcome::NotSent => Said::Later { after: None, cause: Cause::new(What::Service, "") },
        }
    }

    fn waits(&mut self) {
        if let Some(at) = self.wake.take() {
            self.now = self.now.max(at);
            self.says(KeyEvent::Tick, None);
        }
    }
}

#[test]
fn new_tokens_are_kept_before_they_are_used_and_then_proved() {
    for kind in [Kind::Zalo, Kind::YouTube] {
        let mut story = Story::of(kind);
        story.says(KeyEvent::Wanted, None);
        assert_eq!(story.told, [KeyAction::Renewed], "{kind}");
        assert_eq!(story.keys.secrets().tokens.access.reveal(), "token-2");
        let until = story.keys.secrets().tokens.access_until.unwrap();
        assert!(until > story.now && story.keys.due(kind).unwrap() < until);
    }
}

#[test]
fn a_lost_answer_is_asked_for_again_and_then_a_person_is_told() {
    // It never arrived: the same refresh token still works.
    let mut story = Story::of(Kind::Zalo);
    story.fake.script = [Fault::LostBefore].into();
    story.says(KeyEvent::Wanted, None);
    assert_eq!(story.told, []);
    story.waits();
    assert_eq!(story.told, [KeyAction::Renewed]);
    // It arrived: the token is used up, and its successor lost.
    let mut story = Story::of(Kind::Zalo);
    story.fake.script = [Fault::LostAfter].into();
    story.says(KeyEvent::Wanted, None);
    story.waits();
    assert_eq!(story.told, [KeyAction::NotRenewed(Cause::new(What::Token, "-14014 lost"))]);
    assert_eq!(story.keys.health(Kind::Zalo, story.now).condition, Condition::Dead);
    story.told.clear();
    let given = secrets(&story.fake.token(), &story.fake.refresh_token());
    story.says(KeyEvent::Given(Box::new(given)), None);
    assert_eq!(story.told, [KeyAction::Renewed]);
}

#[test]
fn a_process_that_stops_anywhere_loses_no_token_that_it_was_given() {
    for stop in 0..2 {
        let mut story = Story::of(Kind::Zalo);
        story.says(KeyEvent::Wanted, Some(stop));
        story.waits();
        match stop {
            // Behind the renewal, before its answer was kept: nothing can bring it back, and that is said.
            0 => assert!(matches!(story.told[..], [KeyAction::NotRenewed(_)]), "{:?}", story.told),
            _ => assert_eq!(story.told, [KeyAction::Renewed]),
        }
    }
    // Google's works again and again.
    let mut story = Story::of(Kind::YouTube);
    story.says(KeyEvent::Wanted, Some(0));
    assert_eq!(story.told, [KeyAction::Renewed]);
}

#[test]
fn tokens_that_never_worked_give_way_to_those_before() {
    let mut story = Story::of(Kind::Zalo);
    story.fake.script = [Fault::None, Fault::Expired].into();
    story.says(KeyEvent::Wanted, None);
    assert!(matches!(story.told[..], [KeyAction::NotRenewed(_)]));
    assert_eq!(story.keys.secrets().tokens.access.reveal(), "token-1");
}

#[test]
fn what_nobody_can_renew_is_said_at_once() {
    for kind in [Kind::Facebook, Kind::Viber, Kind::Telegram, Kind::Sms] {
        let mut story = Story::of(kind);
        story.says(KeyEvent::Wanted, None);
        assert!(matches!(story.told[..], [KeyAction::NotRenewed(_)]), "{kind}");
        assert_eq!(story.fake.calls(), 0);
    }
}

#[test]
fn the_end_of_a_token_is_said_a_fortnight_before() {
    let mut given = secrets("token-1", "refresh-1");
    given.tokens.refresh_until = Some(begin() + SignedDuration::from_hours(20 * 24));
    let keys = Keys::new(given);
    let on = |days: i64| keys.health(Kind::Zalo, begin() + SignedDuration::from_hours(days * 24)).condition;
    assert_eq!([on(0), on(7), on(21)], [Condition::Fine, Condition::Warned, Condition::Dead]);
}
