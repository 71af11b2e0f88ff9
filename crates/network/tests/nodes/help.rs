//! The letters by which another agency is asked for its part of an answer: their bytes, and what is refused.

use network::entry::Case;
use network::help::{Letter, Question, Received};
use uuid::Uuid;

use crate::fixtures::assert_fixture;

const ID: Uuid = Uuid::from_u128(0x019a_b3c4_d5e6_7f80_8123_4567_89ab_0001);

fn case() -> Case {
    Case {
        origin: "xa-b.tinh-a.gov.vn/log".parse().unwrap(),
        code: "PAKN.20261123.0012.00004-K".parse().unwrap(),
    }
}

fn letters() -> [(&'static str, Letter); 3] {
    let question = Question {
        epoch: 2,
        due: jiff::civil::date(2026, 12, 1),
        question: "Đoạn đường này ai quản lý?".into(),
        place: "gần chợ".into(),
        commune: "00004".into(),
        words: "Hố sâu giữa đường.".into(),
    };
    [
        ("help", Letter::Asks(question)),
        ("helped", Letter::Says { words: "Đường tỉnh.".into() }),
        ("help-ended", Letter::Ends),
    ]
}

#[test]
fn each_letter_has_its_bytes_and_is_read_back() {
    for (name, letter) in letters() {
        let body = letter.body(&case(), ID).unwrap();
        assert_fixture(&format!("petition/{name}.json"), &body);
        let read = Received::read(letter.kind(), &body).unwrap();
        assert_eq!((read.case, read.id, read.letter), (case(), ID, letter));
    }
}

#[test]
fn what_is_wrong_is_named() {
    let [(_, asks), (_, says), _] = letters();
    let (asks, says) = (asks.body(&case(), ID).unwrap(), says.body(&case(), ID).unwrap());
    let text = |body: &[u8]| String::from_utf8(body.to_vec()).unwrap();
    for (kind, body, field) in [
        ("petition.help", text(&asks).replace("\"epoch\":2", "\"epoch\":0"), "epoch"),
        ("petition.help", text(&asks).replace("2026-12-01", "mai"), "due"),
        ("petition.help", text(&asks).replace("Đoạn đường này ai quản lý?", " "), "question"),
        ("petition.helped", text(&says).replace("Đường tỉnh.", ""), "words"),
        ("petition.helped", text(&says).replace("019ab3c4", "019AB3C4"), "id"),
        ("petition.help", text(&asks).replace("gần chợ", &"a".repeat(401)), "place"),
    ] {
        let why = Received::read(kind, body.as_bytes()).unwrap_err().to_string();
        assert!(why.contains(field), "{kind} {field}: {why}");
    }
    assert!(Received::read("petition.helps", &says).is_err());
}
