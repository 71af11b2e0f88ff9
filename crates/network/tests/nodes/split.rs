//! The letters by which a case is split for an owner at another node: their bytes, and what is refused.

use network::entry::Case;
use network::split::{Asked, Letter, Listed, MAX_ANSWER, MAX_PART, MOST, Received, Stage, Wanted, Why};
use proptest::prelude::*;
use uuid::Uuid;

use crate::fixtures::assert_fixture;

const ID: Uuid = Uuid::from_u128(0x019a_b3c4_d5e6_7f80_8123_4567_89ab_0001);

fn case() -> Case {
    Case {
        origin: "xa-b.tinh-a.gov.vn/log".parse().unwrap(),
        code: "PAKN.20261123.0012.00004-K".parse().unwrap(),
    }
}

fn letters() -> [(&'static str, Letter); 4] {
    let wanted = |to: &str, words: &str| Wanted { to: to.parse().unwrap(), words: words.into() };
    let listed = |code: &str, stage, answer: &str| Listed {
        code: code.parse().unwrap(),
        agency: "bo-y.gov.vn/log".parse().unwrap(),
        stage,
        answer: answer.into(),
    };
    let parts = vec![
        wanted("bo-x.gov.vn/log", "Hố sâu giữa quốc lộ."),
        wanted("xa-b.tinh-a.gov.vn/log", "Rác ở chợ không ai dọn."),
    ];
    let stands = vec![
        listed("PAKN.20261123.0012.00004-K", Stage::Answered, "Đã vá đường."),
        listed("PAKN.20261123.0012.00004-K", Stage::Open, ""),
    ];
    [
        ("split", Letter::Asks(Asked { epoch: 2, parts })),
        ("split-again", Letter::Asks(Asked { epoch: 2, parts: Vec::new() })),
        ("parts", Letter::Lists { version: 3, parts: stands }),
        ("split-refused", Letter::Refuses(Why::Tied)),
    ]
}

#[test]
fn each_letter_has_its_bytes_and_is_read_back() {
    for (name, letter) in letters() {
        let body = letter.body(&case(), ID).unwrap();
        assert_fixture(&format!("petition/{name}.json"), &body);
        assert_eq!(Received::about(&body), Some((case(), ID)));
        let read = Received::read(letter.kind(), &body).unwrap();
        assert_eq!((read.case, read.id, read.letter), (case(), ID, letter));
    }
}

#[test]
fn what_is_wrong_is_named() {
    let [(_, asks), (_, again), (_, lists), (_, refuses)] = letters();
    let text = |letter: &Letter| String::from_utf8(letter.body(&case(), ID).unwrap()).unwrap();
    let (asks, lists, refuses) = (text(&asks), text(&lists), text(&refuses));
    let long = "ă".repeat(MAX_PART + 1);
    for (kind, body, field) in [
        ("petition.split", asks.replace("\"epoch\":2", "\"epoch\":0"), "epoch"),
        ("petition.split", asks.replace("Hố sâu giữa quốc lộ.", " "), "parts[0].words"),
        ("petition.split", asks.replace("Hố sâu giữa quốc lộ.", &long), "parts[0].words"),
        ("petition.split", asks.replace("bo-x.gov.vn/log", "bo x"), "parts[0].to"),
        ("petition.split", asks.replace("019ab3c4", "019AB3C4"), "id"),
        ("petition.parts", lists.replace("\"version\":3", "\"version\":0"), "version"),
        ("petition.parts", lists.replace("\"open\"", "\"new\""), "parts[1].stage"),
        ("petition.parts", text(&again).replace("epoch", "version"), "parts"),
        ("petition.split-refused", refuses.replace("why", "wy"), "why"),
    ] {
        let why = Received::read(kind, body.as_bytes()).unwrap_err().to_string();
        assert!(why.contains(field), "{kind} {field}: {why}");
    }
    let later = refuses.replace("tied", "sealed");
    let read = Received::read("petition.split-refused", later.as_bytes()).unwrap();
    assert_eq!(read.letter, Letter::Refuses(Why::Other), "a later version's reason is a reason");
    assert!(Received::read("petition.splits", asks.as_bytes()).is_err());
    let odd = asks.replace("\"parts\":[", "\"parts\":[7,");
    assert!(Received::read("petition.split", odd.as_bytes()).is_err());
    assert_eq!(Received::about(odd.as_bytes()), Some((case(), ID)), "who asked can be answered all the same");
}

fn part() -> impl Strategy<Value = String> {
    prop_oneof!["[^\\s]\\PC{0,40}", Just("Đ".repeat(MAX_PART)), Just("\u{0}\"\\\n".repeat(MAX_PART / 4))]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn whatever_people_write_is_read_back(texts in prop::collection::vec(part(), 2..=MOST), version in 1..=u32::MAX) {
        let to: network::names::Origin = "bo-x.gov.vn/log".parse().unwrap();
        let wanted = texts.iter().map(|words| Wanted { to: to.clone(), words: words.clone() }).collect();
        let listed = texts.iter().map(|words| Listed {
            code: case().code,
            agency: to.clone(),
            stage: Stage::Ended,
            answer: words.chars().take(MAX_ANSWER).collect(),
        });
        let listed = listed.collect();
        for letter in [Letter::Asks(Asked { epoch: version, parts: wanted }), Letter::Lists { version, parts: listed }] {
            let body = letter.body(&case(), ID).unwrap();
            prop_assert!(body.len() < 1 << 20, "ten long parts are a small letter");
            let read = Received::read(letter.kind(), &body).unwrap();
            prop_assert_eq!(read.letter, letter);
        }
    }

    #[test]
    fn one_part_or_eleven_are_no_split(many in prop_oneof![Just(1_usize), Just(MOST + 1)]) {
        let to: network::names::Origin = "bo-x.gov.vn/log".parse().unwrap();
        let parts = vec![Wanted { to, words: "Đèn hỏng.".into() }; many];
        let why = Letter::Asks(Asked { epoch: 1, parts }).body(&case(), ID).unwrap_err().to_string();
        prop_assert!(why.contains("parts"), "{}", why);
    }
}
