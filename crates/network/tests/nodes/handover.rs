//! The hand-over as a node uses it: one conversation, the bytes of every letter, and what is kept.

use network::entry::{Case, Outcome};
use network::handover::{
    Action, Bounce, Desk, Event, Handover, Letter, Offer, Public, Question, Rating, Received, Refusal, Said,
    Settings, Stand, Status, What, Why,
};
use network::moment::Moment;
use network::names::Origin;
use network::petition::State;
use proptest::prelude::*;
use uuid::Uuid;

use crate::fixtures::{assert_fixture, fixture};

fn commune() -> Origin {
    "xa-b.tinh-a.gov.vn/log".parse().unwrap()
}
fn province() -> Origin {
    "tinh-a.gov.vn/log".parse().unwrap()
}
fn ministry() -> Origin {
    "moc.gov.vn/log".parse().unwrap()
}
fn government() -> Origin {
    "chinhphu.vn/log".parse().unwrap()
}

fn case() -> Case {
    Case { origin: commune(), code: "PAKN.20261123.0012.00004-K".parse().unwrap() }
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x019a_b3c4_d5e6_7f80_8123_4567_89ab_0000 + number)
}

fn said(number: u128, what: What, words: &str) -> Said {
    Said { id: id(number), epoch: 3, what, words: words.into() }
}

fn bounce(by: Origin, proposed: Option<Origin>) -> Bounce {
    Bounce { by, reason: "Đường này do Bộ quản lý.".into(), proposed }
}

fn letters() -> Vec<(&'static str, Letter)> {
    let offer = Offer {
        epoch: 4,
        to: ministry(),
        home: commune(),
        by: None,
        reopened: true,
        refusals: vec![bounce(province(), Some(ministry()))],
        thread: vec![said(1, What::Asks, "Thêm một ảnh."), said(2, What::Tells, "Đã nhận.")],
        owed: vec![id(2)],
    };
    let given = Offer {
        by: Some(government()),
        refusals: vec![],
        thread: vec![],
        owed: vec![],
        reopened: false,
        ..offer.clone()
    };
    let status = Status {
        epoch: 4,
        seq: 2,
        state: State::Open,
        handing: Some(province()),
        heard: [id(1)].into(),
        about: r#"{"due":"2026-12-21"}"#.into(),
    };
    let not_ours =
        Refusal::NotOurs { reason: "Đường này do Bộ quản lý.".into(), proposed: Some(ministry()) };
    vec![
        ("offer", Letter::Offer(offer)),
        ("offer-decided", Letter::Offer(given)),
        ("accept", Letter::Accept { epoch: 4, to: ministry() }),
        ("refuse", Letter::Refuse { epoch: 4, why: not_ours }),
        ("refuse-cancelled", Letter::Refuse { epoch: 4, why: Refusal::Cancelled }),
        ("cancel", Letter::Cancel { epoch: 4, to: ministry() }),
        (
            "decide",
            Letter::Decide(Question {
                epoch: 5,
                above: government(),
                refusals: vec![bounce(province(), None), bounce(ministry(), Some(province()))],
            }),
        ),
        ("decided", Letter::Decided { epoch: 5, owner: ministry() }),
        (
            "status-closed",
            Letter::Status(Status {
                state: State::Closed(Outcome::Answered),
                handing: None,
                about: String::new(),
                ..status.clone()
            }),
        ),
        ("status", Letter::Status(status)),
        ("message", Letter::Said(said(1, What::Asks, "Thêm một ảnh.\n\"Hố sâu\""))),
        ("message-owner", Letter::Said(said(2, What::Tells, "Xin gửi ảnh rõ hơn trong 5 ngày làm việc."))),
        ("answer", Letter::Said(said(3, What::Answers, "Đã sửa xong ngày 01/12/2026."))),
        ("rating", Letter::Said(said(4, What::Rates(Rating::Partly), ""))),
        ("reopen", Letter::Said(said(5, What::Reopens, "Hố vẫn còn."))),
        ("withdraw", Letter::Said(said(6, What::Withdraws, ""))),
        ("heard", Letter::Heard { epoch: 4, seq: 2, ids: vec![id(2), id(3)] }),
    ]
}

const DOSSIER: &[u8] = b"all that the owner has";

#[test]
fn every_letter_has_exact_bytes() {
    for (name, letter) in letters() {
        let body = letter.body(&case(), DOSSIER).unwrap();
        let dossier = if letter.has_dossier() { DOSSIER } else { b"" };
        // A length is not text: the fixture has what stands between it and the dossier.
        let text = if letter.has_dossier() { &body[4..body.len() - DOSSIER.len()] } else { &body[..] };
        assert_fixture(&format!("petition/{name}.json"), text);
        let mut kept = fixture(&format!("petition/{name}.json"));
        if letter.has_dossier() {
            let length = u32::try_from(kept.len()).unwrap().to_be_bytes();
            kept = [&length[..], &kept, dossier].concat();
        }
        let read = Received::read(letter.kind(), &kept).unwrap();
        assert_eq!(read, Received { case: case(), letter, dossier: dossier.to_vec() }, "{name}");
    }
}

#[test]
fn an_error_names_what_is_wrong_with_a_letter() {
    let body = |name: &str| String::from_utf8(fixture(&format!("petition/{name}.json"))).unwrap();
    for (name, kind, from, to, error) in [
        ("accept", "petition.accept", "\"epoch\":4", "\"epoch\":1", "epoch: must be from 2"),
        ("accept", "petition.accept", "moc.gov.vn/log", "moc.gov.vn", "to: must be an origin"),
        ("accept", "petition.accept", "PAKN.2026", "PAKN.2O26", "code: must be a code"),
        ("accept", "petition.approve", "", "", "\"petition.approve\" is no kind of letter"),
        ("refuse", "petition.refuse", "Đường này do Bộ quản lý.", " ", "reason: must say why"),
        ("refuse", "petition.refuse", "not-ours", "later", "why: must be one of cancelled, not-ours"),
        (
            "status",
            "petition.status",
            "\"state\":\"open\"",
            "\"state\":\"new\"",
            "state: must be one of open",
        ),
        ("status", "petition.status", "\"seq\":2", "\"seq\":0", "seq: must be from 1"),
        ("status", "petition.status", "019ab3c4", "019AB3C4", "heard: must be a UUID"),
        ("message", "petition.answer", "", "", "what: is nothing that a petition.answer says"),
        ("rating", "petition.rating", "partly", "maybe", "rating: must be one of yes, partly, no"),
        ("heard", "petition.heard", "{", "", "the letter is not JSON"),
        ("offer", "petition.offer", "", "", "the letter is shorter than it says"),
    ] {
        let bad = body(name).replacen(from, to, 1);
        let message = Received::read(kind, bad.as_bytes()).unwrap_err().to_string();
        assert!(message.contains(error), "{message} should say {error}");
    }
    let long = said(1, What::Asks, &"x".repeat(20_001));
    let message = Letter::Said(long).body(&case(), b"").unwrap_err().to_string();
    assert_eq!(message, "words: has more than 20000 characters");
    let later = body("accept").replacen("\"epoch\"", "\"later\":[1],\"epoch\"", 1);
    assert!(Received::read("petition.accept", later.as_bytes()).is_ok(), "what is new is ignored");
}

/// One portal, and what it posted.
struct Office {
    machine: Handover,
    now: u64,
}

impl Office {
    fn new(me: Origin) -> Office {
        let machine = Handover::of(Desk::new(me, case()), Settings::default(), 7);
        Office { machine, now: 1 }
    }

    fn does(&mut self, event: Event) -> Vec<Action> {
        self.now += 1;
        self.machine.on(event, Moment(self.now))
    }

    /// Takes in what others posted for it, by the bytes.
    fn reads(&mut self, from: &Origin, actions: &[Action]) -> Vec<Action> {
        let mut done = Vec::new();
        for action in actions {
            if let Action::Send { to, letter } = action
                && to == self.machine.desk().me()
            {
                let body = letter.body(&case(), DOSSIER).unwrap();
                let letter = Received::read(letter.kind(), &body).unwrap().letter;
                done.extend(self.does(Event::Came { from: from.clone(), letter }));
            }
        }
        done
    }
}

fn appended(actions: &[Action]) -> Vec<Public> {
    let public = |action: &Action| match action {
        Action::Append(public) => Some(public.clone()),
        _ => None,
    };
    actions.iter().filter_map(public).collect()
}

#[test]
fn a_commune_hands_a_case_to_the_ministry_that_answers_it() {
    let (mut here, mut there) = (Office::new(commune()), Office::new(ministry()));
    assert_eq!(appended(&here.does(Event::Registered)), [Public::Registered]);
    here.does(Event::Asks { id: id(1), what: What::Asks, words: "Hố sâu.".into() });

    let offered = here.does(Event::Offer { to: ministry() });
    let view = here.machine.desk().view().unwrap();
    assert_eq!(
        (&view.owner, &view.handing),
        (&commune(), &Some(ministry())),
        "it shows that it is handing over"
    );
    let refused = here.does(Event::Answers { id: id(2), words: "Không.".into() });
    assert_eq!(refused, [Action::Not(Why::HandingOver), refused[1].clone()]);

    let came = there.reads(&commune(), &offered);
    assert!(came.contains(&Action::Offered { epoch: 2 }));
    let taken = there.does(Event::Accept { epoch: 2 });
    let passed = Public::Passed { epoch: 2, from: commune(), to: ministry(), by: None };
    assert_eq!(appended(&taken), std::slice::from_ref(&passed));
    assert!(matches!(there.machine.desk().stand(), Stand::Owner(_)), "from this moment it is the ministry's");

    let told = here.reads(&ministry(), &taken);
    assert_eq!(appended(&told), [passed], "the commune confirms it");
    assert_eq!(here.machine.desk().view().unwrap().owner, ministry());
    there.reads(&commune(), &told);

    let answered = there.does(Event::Answers { id: id(3), words: "Đã sửa.".into() });
    let shown = here.reads(&ministry(), &answered);
    assert!(shown.iter().any(|action| matches!(action, Action::Show(said) if said.words == "Đã sửa.")));
    assert_eq!(here.machine.desk().view().unwrap().state, State::Answered);
    there.reads(&commune(), &shown);

    let again = here.does(Event::Asks { id: id(4), what: What::Reopens, words: "Vẫn còn hố.".into() });
    let reopened = there.reads(&commune(), &again);
    assert_eq!(appended(&reopened), [Public::Reopened { epoch: 3 }]);
    here.reads(&ministry(), &reopened);
    let twice = here.does(Event::Asks { id: id(5), what: What::Reopens, words: "Nữa.".into() });
    assert!(twice.contains(&Action::Not(Why::NotAnswered)));
    there.does(Event::Answers { id: id(6), words: "Sửa lại.".into() });
    let closed = there.does(Event::Ends(Outcome::Answered));
    assert_eq!(appended(&closed), [Public::Closed { epoch: 3, outcome: Outcome::Answered }]);
    here.reads(&ministry(), &closed);
    assert_eq!(here.machine.desk().view().unwrap().state, State::Closed(Outcome::Answered));
    let thrice = here.does(Event::Asks { id: id(7), what: What::Reopens, words: "Nữa.".into() });
    assert!(thrice.contains(&Action::Not(Why::Once)));
}

#[test]
fn what_is_not_answered_is_sent_again_ever_more_seldom_and_no_more_once_it_is() {
    let mut here = Office::new(commune());
    here.does(Event::Registered);
    let mut due = wake(&here.does(Event::Offer { to: ministry() })).unwrap();
    let mut waits = Vec::new();
    for _ in 0..20 {
        assert!(here.machine.on(Event::Woken, Moment(due - 1)).is_empty(), "not before its time");
        let again = here.machine.on(Event::Woken, Moment(due));
        assert!(again.iter().any(|action| matches!(action, Action::Send { letter: Letter::Offer(_), .. })));
        let next = wake(&again).unwrap();
        waits.push(next - due);
        due = next;
    }
    let day = 24 * 3_600_000;
    assert!(
        waits[0] <= 180_000
            && *waits.iter().max().unwrap() <= day + day / 2
            && *waits.last().unwrap() >= day / 2
    );
    here.now = due;
    let accepted = Letter::Accept { epoch: 2, to: ministry() };
    let gone = here.does(Event::Came { from: ministry(), letter: accepted });
    assert!(gone.contains(&Action::Gone { to: ministry() }) && wake(&gone).is_none());
    assert!(here.machine.on(Event::Woken, Moment(due + 10 * day)).is_empty());
}

fn wake(actions: &[Action]) -> Option<u64> {
    actions.iter().find_map(|action| match action {
        Action::Wake { at } => Some(at.0),
        _ => None,
    })
}

#[test]
fn nobody_speaks_for_who_was_offered_the_case() {
    let mut here = Office::new(commune());
    here.does(Event::Registered);
    here.does(Event::Offer { to: ministry() });
    for (from, letter) in [
        (province(), Letter::Accept { epoch: 2, to: province() }),
        (province(), Letter::Accept { epoch: 2, to: ministry() }),
        (ministry(), Letter::Accept { epoch: 3, to: ministry() }),
        (province(), Letter::Refuse { epoch: 2, why: Refusal::Cancelled }),
        (ministry(), Letter::Refuse { epoch: 1, why: Refusal::Cancelled }),
        (government(), Letter::Decided { epoch: 2, owner: province() }),
    ] {
        here.does(Event::Came { from, letter });
        assert!(matches!(here.machine.desk().stand(), Stand::Owner(own) if own.out.is_some()));
    }
    let lie = Letter::Accept { epoch: 2, to: province() };
    let alarm = here.does(Event::Came { from: ministry(), letter: lie });
    assert!(alarm.contains(&Action::Alarm(ministry())), "it names somebody whom it does not speak for");
}

#[test]
fn a_desk_is_kept_as_exact_bytes() {
    let mut here = Office::new(commune());
    here.does(Event::Registered);
    here.does(Event::Asks { id: id(1), what: What::Asks, words: "Hố sâu.".into() });
    here.does(Event::Offer { to: ministry() });
    here.does(Event::Asks { id: id(2), what: What::Rates(Rating::Yes), words: String::new() });
    here.does(Event::Asks { id: id(3), what: What::Asks, words: "Thêm.".into() });
    let kept = here.machine.desk().encode().unwrap();
    assert_fixture("petition/desk.json", kept.as_bytes());
    let read = Desk::decode(std::str::from_utf8(&fixture("petition/desk.json")).unwrap()).unwrap();
    assert_eq!(&read, here.machine.desk());
    let broken = kept.replacen("xa-b.tinh-a.gov.vn/log", "Xã B", 1);
    assert!(Desk::decode(&broken).unwrap_err().to_string().contains("must be an origin"));
}

proptest! {
    #[test]
    fn damaged_letters_are_refused_or_read_the_same_twice(which in 0..letters().len(), at in 0..2_000_usize, byte in any::<u8>()) {
        let (_, letter) = letters().swap_remove(which);
        let mut body = letter.body(&case(), DOSSIER).unwrap();
        let at = at % body.len();
        body[at] = byte;
        if let Ok(read) = Received::read(letter.kind(), &body) {
            let again = read.letter.body(&read.case, &read.dossier).unwrap();
            prop_assert_eq!(Received::read(read.letter.kind(), &again).unwrap(), read);
        }
    }
}
