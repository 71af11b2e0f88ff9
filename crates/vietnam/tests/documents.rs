//! Legal status on any day, on real documents of the gazette.
//!
//! `gazette/` holds 43 documents and their 73 relations from congbao.chinhphu.vn; the whole set is read where it lies
//! beside the repository.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::HashMap;

use jiff::civil::{Date, date};
use proptest::prelude::*;
use vietnam::documents::{
    Act, Document, Doubt, Effect, Facts, Reason, Register, Relation, RelationWords, Standing, Status, Which,
    status_on,
};
use vietnam::number::DocumentNumber;

const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/documents");

fn number(text: &str) -> DocumentNumber {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn rows(text: &str) -> Vec<csv::StringRecord> {
    csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap).collect()
}

fn document(number_: &str, form: &str, issued: &str, effective: &str) -> Document {
    let facts = Facts { issued: issued.parse().unwrap(), effective: effective.parse().ok(), expires: None };
    Document { number: number(number_), form: form.to_owned(), agency: String::new(), facts }
}

fn relations(rows: &[csv::StringRecord]) -> Vec<Relation> {
    let read = |row: &csv::StringRecord| {
        RelationWords::shipped()
            .read(&number(&row[0]), &row[1], &number(&row[2]), None)
            .unwrap_or_else(|| panic!("unknown words: {}", &row[1]))
    };
    rows.iter().map(read).collect()
}

/// The documents and relations that ship with the tests.
fn sample() -> Register {
    let documents = rows(include_str!("gazette/documents.csv"));
    let documents = documents.iter().map(|row| document(&row[0], &row[1], &row[2], &row[3]));
    Register::new(documents, relations(&rows(include_str!("gazette/relations.csv"))))
}

fn standing(register: &Register, text: &str, day: Date) -> Standing {
    let number = number(text);
    let mut all = register.standing(&number, day);
    assert_eq!(all.len(), 1, "{text}");
    all.remove(0).1
}

#[test]
fn a_circular_lives_through_amendments_until_another_takes_its_place() {
    let register = sample();
    let status = |day| standing(&register, "193/2012/TT-BTC", day).status;
    assert_eq!(status(date(2012, 11, 14)), Status::NotYet, "not issued");
    assert_eq!(status(date(2012, 12, 31)), Status::NotYet);
    assert_eq!(status(date(2013, 1, 1)), Status::InForce);
    assert_eq!(status(date(2013, 4, 17)), Status::InForce);
    assert_eq!(status(date(2013, 4, 18)), Status::InForceChanged, "43/2013/TT-BTC ended a part of it");
    assert_eq!(status(date(2013, 12, 31)), Status::InForceChanged);
    assert_eq!(status(date(2014, 1, 1)), Status::Ended);
    assert_eq!(status(date(2026, 11, 25)), Status::Ended);
}

#[test]
fn the_reason_names_the_relation_the_number_and_the_day() {
    let register = sample();
    let last = standing(&register, "193/2012/TT-BTC", date(2013, 6, 25));
    let said: Vec<String> = last.reasons.iter().map(Reason::vi).collect();
    assert_eq!(
        said,
        [
            "được sửa đổi, bổ sung hoặc đính chính bởi 56/2013/TT-BTC từ ngày 20/06/2013",
            "được sửa đổi, bổ sung hoặc đính chính bởi 39/2013/TT-BTC từ ngày 24/05/2013",
            "được sửa đổi, bổ sung hoặc đính chính bởi 38/2013/TT-BTC từ ngày 19/05/2013",
            "bị thay thế, bãi bỏ, hủy bỏ hoặc đình chỉ một phần bởi 43/2013/TT-BTC từ ngày 18/04/2013",
            "có hiệu lực từ ngày 01/01/2013",
        ]
    );
    assert_eq!(
        last.next,
        Some(date(2013, 7, 7)),
        "71/2013/TT-BTC comes next: until then the answer may be kept"
    );
    let ended = standing(&register, "193/2012/TT-BTC", date(2014, 1, 1));
    assert_eq!(
        ended.vi(),
        "Ngày 01/01/2014: hết hiệu lực theo văn bản khác (bị thay thế, bãi bỏ, hủy bỏ hoặc đình chỉ bởi 164/2013/TT-BTC từ ngày 01/01/2014)."
    );
    assert_eq!(
        ended.en(),
        "On 2014-01-01: ended by another document (replaced, repealed, annulled or suspended by 164/2013/TT-BTC from 2014-01-01)."
    );
    assert_eq!(ended.next, None);
}

#[test]
fn other_real_documents_end_when_their_successor_takes_effect() {
    let register = sample();
    for (text, last_day, first_changed) in [
        ("184/2010/TT-BTC", date(2011, 11, 13), Some(date(2011, 2, 11))),
        ("16/2010/TT-BXD", date(2016, 8, 14), Some(date(2013, 11, 5))),
        ("107/2012/TT-BTC", date(2016, 12, 31), Some(date(2013, 3, 15))),
        ("199/2010/TT-BTC", date(2012, 8, 14), None),
    ] {
        let status = |day| standing(&register, text, day).status;
        let expected = if first_changed.is_some() { Status::InForceChanged } else { Status::InForce };
        assert_eq!(status(last_day), expected, "{text}");
        assert_eq!(status(last_day.tomorrow().unwrap()), Status::Ended, "{text}");
        if let Some(first) = first_changed {
            assert_eq!(status(first.yesterday().unwrap()), Status::InForce, "{text}");
            assert_eq!(status(first), Status::InForceChanged, "{text}");
        }
    }
}

#[test]
fn an_end_without_a_day_makes_the_time_after_it_unknown() {
    // 39/2015/TT-BTC and 251/QĐ-BTC ended it; neither is in the gazette's set, so their days are not known.
    let register = sample();
    let on = |day| standing(&register, "205/2010/TT-BTC", day);
    // The decision has no year in its number: it may be of any day.
    let doubtful = on(date(2012, 1, 1));
    assert_eq!(doubtful.status, Status::Unknown);
    let said: Vec<String> = doubtful.doubts.iter().map(Doubt::en).collect();
    assert!(said.iter().any(|d| d.contains("by 251/QĐ-BTC: from which day is not known")), "{said:?}");
    assert!(said.iter().any(|d| d.contains("by 39/2015/TT-BTC")), "{said:?}");
    // With a year in the number, the time before that year is sure.
    let facts = Facts { issued: date(2010, 12, 15), effective: Some(date(2011, 1, 29)), expires: None };
    let act = Act::new(Effect::Ends, number("39/2015/TT-BTC"));
    let at = |day| status_on(&facts, std::slice::from_ref(&act), day);
    assert_eq!(at(date(2014, 12, 31)).status, Status::InForce);
    assert_eq!(at(date(2014, 12, 31)).next, Some(date(2015, 1, 1)));
    assert_eq!(at(date(2015, 1, 1)).status, Status::Unknown);
}

#[test]
fn a_relation_the_wrong_way_round_is_left_out_and_told() {
    // The gazette's page says that 03/2017/TT-BYT (March) replaces 36/2017/TT-BYT (September).
    let standing = standing(&sample(), "36/2017/TT-BYT", date(2020, 1, 1));
    assert_eq!(standing.status, Status::InForce);
    assert!(
        matches!(&standing.doubts[..], [Doubt::ActOlderThanDocument(act)] if act.by == number("03/2017/TT-BYT"))
    );
}

#[test]
fn of_two_documents_with_one_number_neither_is_ended_by_guessing() {
    let register = sample();
    let both = register.standing(&number("49/2010/QH12"), date(2020, 1, 1));
    assert_eq!(both.iter().map(|(d, _)| d.form.as_str()).collect::<Vec<_>>(), ["Luật", "Nghị quyết"]);
    for (_, standing) in both {
        assert!(
            matches!(&standing.doubts[..], [Doubt::WhichOfSeveral(act)] if act.by == number("67/2014/QH13"))
        );
    }
}

#[test]
fn relations_are_known_both_ways_and_once() {
    let register = sample();
    let (old, new) = (number("193/2012/TT-BTC"), number("164/2013/TT-BTC"));
    assert_eq!(
        register.done_by(&new).collect::<Vec<_>>(),
        [&Relation::new(new.clone(), Effect::Ends, old.clone())]
    );
    assert_eq!(
        register.done_to(&old).filter(|relation| relation.actor == new).count(),
        1,
        "both pages say it"
    );
}

fn decree() -> Facts {
    Facts { issued: date(2020, 1, 15), effective: Some(date(2020, 3, 1)), expires: None }
}

fn act(effect: Effect, by: &str, from: Date) -> Act {
    Act::new(effect, number(by)).on(from)
}

#[test]
fn each_effect_has_its_status() {
    for (effect, status) in [
        (Effect::Replaces, Status::Replaced),
        (Effect::Repeals, Status::Repealed),
        (Effect::Ends, Status::Ended),
        (Effect::Suspends, Status::Suspended),
        (Effect::RepealsInPart, Status::InForceChanged),
        (Effect::SuspendsInPart, Status::InForceChanged),
        (Effect::EndsInPart, Status::InForceChanged),
        (Effect::Amends, Status::InForceChanged),
        (Effect::AmendsOrCorrects, Status::InForceChanged),
        (Effect::Corrects, Status::InForce),
        (Effect::Implements, Status::InForce),
        (Effect::BasedOn, Status::InForce),
        (Effect::RefersTo, Status::InForce),
    ] {
        let acts = [act(effect, "1/2021/NĐ-CP", date(2021, 5, 1))];
        assert_eq!(status_on(&decree(), &acts, date(2021, 4, 30)).status, Status::InForce, "{effect}");
        assert_eq!(status_on(&decree(), &acts, date(2021, 5, 1)).status, status, "{effect}");
        assert_eq!(effect.as_str().parse(), Ok(effect));
        assert!(!effect.done_vi().is_empty() && !effect.done_en().is_empty());
    }
}

#[test]
fn a_suspension_ends_and_an_expiry_stays() {
    let suspended =
        Act { until: Some(date(2021, 7, 1)), ..act(Effect::Suspends, "5/QĐ-TTg", date(2021, 6, 1)) };
    let on = |day| status_on(&decree(), std::slice::from_ref(&suspended), day);
    assert_eq!(on(date(2021, 6, 30)).status, Status::Suspended);
    assert_eq!(on(date(2021, 6, 30)).next, Some(date(2021, 7, 1)));
    assert_eq!(on(date(2021, 7, 1)).status, Status::InForce);
    assert_eq!(
        on(date(2021, 6, 1)).vi(),
        "Ngày 01/06/2021: ngưng hiệu lực (bị ngưng hiệu lực bởi 5/QĐ-TTg từ ngày 01/06/2021 đến trước ngày 01/07/2021)."
    );

    let limited = Facts { expires: Some(date(2022, 1, 1)), ..decree() };
    let repealed = [act(Effect::Repeals, "9/2022/NĐ-CP", date(2022, 6, 1))];
    assert_eq!(status_on(&limited, &repealed, date(2021, 12, 31)).status, Status::InForce);
    assert_eq!(status_on(&limited, &repealed, date(2022, 1, 1)).status, Status::Expired);
    assert_eq!(
        status_on(&limited, &repealed, date(2023, 1, 1)).status,
        Status::Expired,
        "what came first counts"
    );
    let earlier = [act(Effect::Repeals, "9/2021/NĐ-CP", date(2021, 6, 1))];
    assert_eq!(status_on(&limited, &earlier, date(2023, 1, 1)).status, Status::Repealed);
}

#[test]
fn a_document_may_be_repealed_before_it_ever_took_effect() {
    let acts = [act(Effect::Repeals, "2/2020/NĐ-CP", date(2020, 2, 1))];
    assert_eq!(status_on(&decree(), &acts, date(2020, 1, 31)).status, Status::NotYet);
    assert_eq!(status_on(&decree(), &acts, date(2020, 2, 1)).status, Status::Repealed);
    assert_eq!(status_on(&decree(), &acts, date(2020, 3, 1)).status, Status::Repealed);
}

#[test]
fn an_act_that_never_took_effect_did_nothing_and_a_repealed_repeal_revives_nothing() {
    let [a, b, c] = [
        ("1/2019/NĐ-CP", "2019-01-10", "2019-03-01"),
        ("2/2020/NĐ-CP", "2020-01-10", "2020-06-01"),
        ("3/2020/NĐ-CP", "2020-02-10", "2020-05-01"),
    ]
    .map(|(n, issued, from)| document(n, "Nghị định", issued, from));
    let repeals = |actor: &Document, target: &Document| {
        Relation::new(actor.number.clone(), Effect::Repeals, target.number.clone())
    };
    // C repeals B before B was to repeal A.
    let register = Register::new([a.clone(), b.clone(), c.clone()], [repeals(&b, &a), repeals(&c, &b)]);
    assert_eq!(standing(&register, "1/2019/NĐ-CP", date(2021, 1, 1)).status, Status::InForce);
    // C repeals B after it repealed A: A stays repealed.
    let late = Document { facts: Facts { effective: Some(date(2020, 9, 1)), ..c.facts }, ..c };
    let register = Register::new(
        [a, b.clone(), late.clone()],
        [repeals(&b, &number_only("1/2019/NĐ-CP")), repeals(&late, &b)],
    );
    assert_eq!(standing(&register, "1/2019/NĐ-CP", date(2021, 1, 1)).status, Status::Repealed);
    // A faulty source may even go round in a circle.
    let circle = Register::new([b.clone(), late.clone()], [repeals(&b, &late), repeals(&late, &b)]);
    assert!(!standing(&circle, "2/2020/NĐ-CP", date(2021, 1, 1)).reasons.is_empty());
}

#[test]
fn agency_and_day_tell_which_of_several_is_meant() {
    let [mut finance, mut home] =
        ["2020-01-10", "2020-02-10"].map(|issued| document("5/2020/TT-LT", "Thông tư", issued, "2020-06-01"));
    finance.agency = "Bộ Tài chính".to_owned();
    home.agency = "BỘ NỘI VỤ".to_owned();
    let by = document("9/2021/NĐ-CP", "Nghị định", "2021-01-10", "2021-03-01");
    let plain = Relation::new(by.number.clone(), Effect::Repeals, home.number.clone());
    let status = |relation: Relation| {
        let register = Register::new([finance.clone(), home.clone(), by.clone()], [relation]);
        [&finance, &home].map(|one| {
            let standing = register.standing_of(one, date(2021, 3, 1));
            (standing.status, standing.doubts.len())
        })
    };
    let sure = [(Status::InForce, 0), (Status::Repealed, 0)];
    assert_eq!(status(plain.clone()), [(Status::InForce, 1); 2], "who knows which");
    let minister = Which { agency: Some("Bộ trưởng Bộ Nội vụ".to_owned()), issued: None };
    assert_eq!(status(Relation { which_target: minister, ..plain.clone() }), sure);
    let day = Which { issued: Some(date(2020, 2, 10)), agency: None };
    assert_eq!(status(Relation { which_target: day, ..plain.clone() }), sure);
    let later = Relation { from: Some(date(2021, 3, 2)), ..plain };
    let register = Register::new([home.clone(), by], [later]);
    assert_eq!(register.standing_of(&home, date(2021, 3, 1)).status, Status::InForce, "the day it names");
    assert_eq!(register.standing_of(&home, date(2021, 3, 2)).status, Status::Repealed);
}

fn number_only(text: &str) -> Document {
    document(text, "", "2000-01-01", "")
}

#[test]
fn faulty_days_are_doubts_not_guesses() {
    let nothing = Facts { effective: None, ..decree() };
    let unknown = status_on(&nothing, &[], date(2021, 1, 1));
    assert_eq!((unknown.status, &unknown.doubts[..]), (Status::Unknown, &[Doubt::NoEffectiveDay][..]));
    let gazette = Facts { effective: Some(date(1900, 1, 1)), ..decree() };
    assert_eq!(
        status_on(&gazette, &[], date(2021, 1, 1)).status,
        Status::Unknown,
        "how the gazette says unknown"
    );
    let early = Facts { effective: Some(date(2020, 1, 1)), ..decree() };
    let standing = status_on(&early, &[], date(2020, 1, 10));
    assert_eq!(standing.status, Status::NotYet, "nobody obeys what is not issued");
    assert_eq!(standing.doubts, [Doubt::EffectiveBeforeIssue(date(2020, 1, 1))]);
    assert_eq!(status_on(&early, &[], date(2020, 1, 15)).status, Status::InForce);
}

#[test]
fn broken_words_are_named_with_line_and_fault() {
    let header = "words,effect,actor,from,until,source\n";
    for (row, message) in [
        ("x,eats,this,,,s\n", "documents/relations.csv, line 2: effect `eats`: one of replaces, repeals"),
        ("x,ends,both,,,s\n", "actor `both`: this or related expected"),
        ("x,ends,this,,,\n", "must not be empty"),
        ("x,ends,this,2020-99-01,,s\n", "is not a day"),
    ] {
        let error = RelationWords::parse(&format!("{header}{row}")).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
    let dated = RelationWords::parse(&format!("{header}x,ends,this,2020-01-01,2021-01-01,s\n")).unwrap();
    let (a, b) = (number("1/CT-TTg"), number("2/CT-TTg"));
    assert!(dated.read(&a, "X", &b, Some(date(2020, 1, 1))).is_some());
    assert!(
        dated.read(&a, "x", &b, Some(date(2021, 1, 1))).is_none() && dated.read(&a, "y", &b, None).is_none()
    );
}

#[test]
fn the_whole_gazette_has_a_status_on_any_day() {
    let (Ok(documents), Ok(rows_)) = (
        std::fs::read_to_string(format!("{SHARED}/gazette.jsonl")),
        std::fs::read_to_string(format!("{SHARED}/gazette_relations.csv")),
    ) else {
        println!("skipped: {SHARED} is absent");
        return;
    };
    let documents: Vec<Document> = documents
        .lines()
        .map(|line| {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            let field = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
            document(&field("number"), &field("type"), &field("issued"), &field("effective"))
        })
        .collect();
    let relations = relations(&rows(&rows_));
    assert_eq!((documents.len(), relations.len()), (3525, 14097));
    let register = Register::new(documents.clone(), relations);
    let mut count: HashMap<Status, u32> = HashMap::new();
    let mut wrong_way = 0;
    for document in &documents {
        for (one, standing) in register.standing(&document.number, date(2026, 11, 25)) {
            if one == document {
                *count.entry(standing.status).or_default() += 1;
                wrong_way +=
                    standing.doubts.iter().filter(|d| matches!(d, Doubt::ActOlderThanDocument(_))).count();
            }
        }
        for (one, standing) in register.standing(&document.number, document.facts.issued.yesterday().unwrap())
        {
            assert!(one != document || standing.status == Status::NotYet, "{}", document.number);
        }
    }
    println!("on 2026-11-25: {count:?}; {wrong_way} relations are the wrong way round");
    assert_eq!(count.values().sum::<u32>(), 3525);
    assert!(count[&Status::Ended] > 350 && count[&Status::InForceChanged] > 100, "{count:?}");
    assert_eq!(wrong_way, 36);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn until_the_next_change_the_answer_stays(days in prop::collection::vec((0usize..13, 0i64..2000, prop::option::of(1i64..400), any::<bool>()), 0..6),
                                              asked in -50i64..2500, effective in 0i64..100, expires in prop::option::of(100i64..2000)) {
        let at = |offset: i64| date(2020, 1, 15).checked_add(jiff::Span::new().days(offset)).unwrap();
        let facts = Facts { issued: at(0), effective: Some(at(effective)), expires: expires.map(at) };
        let acts: Vec<Act> = days
            .iter()
            .map(|(effect, from, lasts, known)| Act {
                effect: Effect::ALL[*effect],
                by: number("7/2020/NĐ-CP"),
                issued: Some(at(*from)),
                from: known.then(|| at(*from)),
                until: lasts.map(|lasts| at(from + lasts)),
            })
            .collect();
        let standing = status_on(&facts, &acts, at(asked));
        let last = standing.next.unwrap_or(at(asked + 400));
        let mut day = at(asked);
        while day < last {
            let again = status_on(&facts, &acts, day);
            prop_assert_eq!(again.status, standing.status, "{} {}", at(asked), day);
            prop_assert_eq!(&again.reasons, &standing.reasons);
            day = day.tomorrow().unwrap();
        }
    }
}
