//! The hand-over of a case as `network::handover` does it, asked for every situation and event.

use network::entry::{Case, Outcome};
use network::handover::{
    Action, Desk, Event, Handover, Letter, Offer, Public, Question, Refusal, Said, Settings, Stand, Taken,
    What,
};
use network::moment::Moment;
use network::names::Origin;
use network::petition::State;
use uuid::Uuid;

use super::{stands, table};

fn portal(name: &str) -> Origin {
    format!("{name}.gov.vn/log").parse().unwrap()
}

fn case() -> Case {
    Case { origin: portal("asked"), code: "PAKN.20261123.0012.H01-K".parse().unwrap() }
}

fn came(from: &str, letter: Letter) -> Event {
    Event::Came { from: portal(from), letter }
}

fn offer() -> Event {
    came(
        "other",
        Letter::Offer(Offer {
            epoch: 7,
            to: portal("here"),
            home: portal("asked"),
            by: None,
            reopened: false,
            refusals: Vec::new(),
            thread: Vec::new(),
            owed: Vec::new(),
        }),
    )
}

fn not_ours() -> Refusal {
    Refusal::NotOurs { reason: "no".into(), proposed: None }
}

fn said(what: What) -> Event {
    came("asked", Letter::Said(Said { id: Uuid::from_u128(9), epoch: 7, what, words: String::new() }))
}

/// How the case stands here, in words.
fn situation(desk: &Desk) -> &'static str {
    match desk.stand() {
        Stand::Owner(own) if own.out.as_ref().is_some_and(|out| out.cancelling) => "ours, asked for back",
        Stand::Owner(own) if own.out.is_some() => "ours, being handed over",
        Stand::Owner(own) if own.asking.is_some() => "ours, asked above",
        Stand::Owner(own) if own.state == State::Answered => "ours, answered",
        Stand::Owner(own) if own.state != State::Open => "ours, ended",
        Stand::Owner(own) if own.refusals.len() >= 2 => "ours, refused twice",
        Stand::Owner(_) => "ours, open",
        _ if desk.offers().values().any(|taken| matches!(taken, Taken::Waiting { .. })) => "offered to us",
        Stand::Former { .. } => "another's",
        Stand::Stranger => "not ours",
    }
}

/// What is done, in words.
fn done(action: &Action) -> Option<String> {
    Some(match action {
        Action::Send { letter, .. } => format!("`{}`", letter.kind()),
        Action::Append(Public::Passed { .. }) => "says `petition.passed` in the log".into(),
        Action::Append(Public::Answered { .. }) => "says `petition.answered` in the log".into(),
        Action::Append(Public::Reopened { .. }) => "says `petition.reopened` in the log".into(),
        Action::Append(Public::Closed { .. }) => "says `petition.closed` in the log".into(),
        Action::FindAbove => "looks for who stands above".into(),
        Action::Show(_) => "shows it to the handler".into(),
        Action::Alarm(_) => "alarms".into(),
        _ => return None,
    })
}

#[test]
fn the_hand_over_of_a_case_is_that_of_the_program() {
    let accept = || Event::Accept { epoch: 7 };
    let hand = |to: &str| Event::Offer { to: portal(to) };
    let refused = |from: &str, epoch: u32| came(from, Letter::Refuse { epoch, why: not_ours() });
    let twice = || vec![offer(), accept(), hand("b"), refused("b", 8), hand("c"), refused("c", 9)];
    let answer = || Event::Answers { id: Uuid::from_u128(5), words: "!".into() };
    let situations = [
        vec![],
        vec![offer()],
        vec![offer(), accept()],
        vec![offer(), accept(), hand("b")],
        vec![offer(), accept(), hand("b"), Event::Cancel],
        twice(),
        [twice(), vec![Event::Above { agency: portal("above") }]].concat(),
        vec![offer(), accept(), answer()],
        vec![offer(), accept(), answer(), Event::Ends(Outcome::Answered)],
        vec![offer(), accept(), hand("b"), came("b", Letter::Accept { epoch: 8, to: portal("b") })],
    ];
    let question = Question { epoch: 9, above: portal("here"), refusals: Vec::new() };
    let events = [
        ("`petition.offer` comes", offer()),
        ("`petition.cancel` comes", came("other", Letter::Cancel { epoch: 7, to: portal("here") })),
        ("`petition.decide` comes", came("other", Letter::Decide(question))),
        ("a person accepts", accept()),
        ("a person refuses", Event::Refuse { epoch: 7, reason: "no".into(), proposed: None }),
        ("a person passes it on", hand("d")),
        ("a person wants it back", Event::Cancel),
        ("`petition.accept` comes", came("b", Letter::Accept { epoch: 8, to: portal("b") })),
        ("`petition.refuse` comes", refused("b", 8)),
        ("who stands above is found", Event::Above { agency: portal("above") }),
        (
            "`petition.decided` comes: another's",
            came("above", Letter::Decided { epoch: 10, owner: portal("d") }),
        ),
        (
            "`petition.decided` comes: ours",
            came("above", Letter::Decided { epoch: 10, owner: portal("here") }),
        ),
        ("a person answers", Event::Answers { id: Uuid::from_u128(6), words: "!".into() }),
        ("a person ends it", Event::Ends(Outcome::Declined)),
        ("its time to be opened again is over", Event::Ends(Outcome::Answered)),
        ("`petition.message` comes", said(What::Asks)),
        ("`petition.reopen` comes", said(What::Reopens)),
        ("`petition.withdraw` comes", said(What::Withdraws)),
        ("nobody has answered for a while", Event::Woken),
    ];
    let mut rows = Vec::new();
    for way in situations {
        for (what, event) in &events {
            let desk = Desk::new(portal("here"), case());
            let mut machine = Handover::of(desk, Settings::default(), 7);
            way.iter().cloned().for_each(|step| drop(machine.on(step, Moment(1))));
            let before = machine.desk().clone();
            let actions = machine.on(event.clone(), Moment(u64::MAX / 2));
            let follows: Vec<String> = actions.iter().filter_map(done).collect();
            if *machine.desk() == before && follows.is_empty() {
                continue;
            }
            let row = [situation(&before), what, situation(machine.desk()), &follows.join(", ")];
            rows.push(row.map(str::to_owned));
        }
    }
    let head = ["the case is", "what happens", "then it is", "and is sent or said"];
    stands("ARCHITECTURE.md", "handover", &table(head, rows));
}
