//! What the kinds promise: the files are whole, every example fits, every mistake is named by its field.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use jiff::civil::{Date, date};
use network::content::Details;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::facts::{Beside, Fact, Shown};
use super::*;
use crate::items::draft::{Draft, markdown_fields};
use crate::items::view::ValueView;
use crate::problem::Problem;

const DAY: Date = date(2026, 11, 26);

/// The faults of an item as handed in, by field, and in English.
fn faults(item: &Value) -> Vec<(String, String)> {
    let draft: Draft = serde_json::from_value(item.clone()).unwrap();
    match draft.check(Uuid::from_u128(1), 1, [0; 16], DAY) {
        Ok(_) => Vec::new(),
        Err(Problem::Invalid(faults)) => faults.into_iter().map(|f| (f.field, f.en)).collect(),
        Err(other) => panic!("{other}"),
    }
}

fn fields_of(item: &Value) -> Vec<String> {
    faults(item).into_iter().map(|(field, _)| field).collect()
}

#[test]
fn every_file_of_the_folder_is_a_kind_and_every_kind_a_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/kinds");
    let mut there: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "common.toml")
        .collect();
    there.sort();
    let mut known: Vec<String> =
        all().iter().chain(beside()).map(|kind| format!("{}.toml", kind.id)).collect();
    known.sort();
    assert_eq!(there, known);
    // The words that items have carried since the first version.
    for id in ["document", "directive", "press", "news", "notice"] {
        assert_eq!(of(id).map(|kind| kind.id.as_str()), Some(id));
    }
    assert_eq!(of_slug("chi-dao"), of("directive"));
    assert!(of("video").is_none());
    assert!(of(ANNEX).is_some() && of_slug("viet-them").is_none(), "an annex is no item");
}

#[test]
fn every_example_is_what_its_kind_asks_for_on_any_day() {
    for kind in all() {
        for day in [DAY, date(2027, 2, 3), date(2028, 12, 29)] {
            let draft = kind.example_draft(day).unwrap();
            if let Err(why) = draft.check(Uuid::from_u128(1), 1, [0; 16], day) {
                panic!("{} on {day}: {why}", kind.id);
            }
        }
        let file = kind.example_file(DAY).unwrap();
        let read = markdown_fields(&file).unwrap_or_else(|e| panic!("{}: {e}\n{file}", kind.id));
        let mut whole = kind.example(DAY);
        whole["text"] = whole["text"].as_str().unwrap_or_default().into();
        if !whole["files"].is_null() {
            whole["files"] = json!([example::FILE.0]);
        }
        assert_eq!(Value::Object(read), whole, "{}", kind.id);
    }
}

/// Puts `value` at a path such as `events[0].at`; null takes it away.
fn put(details: &mut Value, path: &str, value: Value) {
    let pointer = format!("/{}", path.replace('[', "/").replace(']', "").replace('.', "/"));
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    let parent = details.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value {
        Value::Null => _ = parent.remove(last),
        value => _ = parent.insert(last.to_owned(), value),
    }
}

/// Every field of a kind's details with its path; of lists, that of the first row.
fn paths(fields: &[Field], at: &str) -> Vec<(String, Field)> {
    let each = |field: &Field| {
        let path = format!("{at}{}", field.id);
        let within = match &field.shape {
            Shape::List { .. } => format!("{path}[0]."),
            _ => format!("{path}."),
        };
        [vec![(path, field.clone())], paths(field.inner(), &within)].concat()
    };
    fields.iter().flat_map(each).collect()
}

/// A value that fits no field of that shape.
fn wrong(shape: &Shape) -> Value {
    match shape {
        Shape::Line { mask: Some(_), .. } => json!("1.00119x"),
        Shape::Line { most, .. } => json!("x".repeat(most + 1)),
        Shape::Text { most } => json!("x".repeat(most + 1)),
        Shape::Date => json!("2026-02-30"),
        Shape::DateTime => json!("2026-11-26 8:00"),
        Shape::Choice(_) => json!("maybe"),
        Shape::Number { .. } => json!(-1),
        Shape::Address => json!("javascript:alert(1)"),
        Shape::Phone => json!("gọi sau"),
        Shape::Email => json!("vanphong at tinh"),
        Shape::Agency => json!("x\ny"),
        Shape::File => json!("khong-co.csv"),
        Shape::Item => json!("/muc/1"),
        Shape::Group(_) | Shape::List { .. } => json!("x"),
    }
}

#[test]
fn every_mistake_in_every_field_of_every_kind_is_named_by_its_path() {
    let mut tried = 0;
    for kind in all() {
        let example = kind.example(DAY);
        for (path, field) in paths(&kind.fields, "") {
            let at = format!("details.{path}");
            let mut bad = example.clone();
            put(&mut bad["details"], &path, wrong(&field.shape));
            let found = faults(&bad);
            assert!(found.iter().any(|(field, _)| *field == at), "{} {at}: {found:?}", kind.id);
            put(&mut bad["details"], &path, Value::Null);
            // A row without a single value is a row that was left alone.
            let alone = bad["details"].to_string().contains("{}");
            assert!(alone || fields_of(&bad).contains(&at) == field.required, "{} {at} left out", kind.id);
            tried += 2;
        }
        for field in kind.common.iter().filter(|field| field.required) {
            let mut bad = example.clone();
            bad.as_object_mut().unwrap().remove(&field.id);
            assert!(fields_of(&bad).contains(&field.id), "{} without {}", kind.id, field.id);
        }
        let mut bad = example;
        bad["details"]["no_such_field"] = "x".into();
        assert_eq!(fields_of(&bad), ["details.no_such_field"], "{}", kind.id);
    }
    assert!(tried > 200, "only {tried} mistakes were tried");
}

#[test]
fn a_kind_that_nobody_knows_is_refused_with_the_list_of_those_that_are_known() {
    let found = faults(&json!({ "kind": "video", "title": "Phóng sự" }));
    assert_eq!(found[0].0, "kind");
    assert!(found[0].1.contains("directive (Directive), document (Document)"), "{}", found[0].1);
}

#[test]
fn planned_downtime_is_announced_seven_working_days_ahead_and_the_earliest_day_is_named() {
    let notice = |nature: &str, from: &str, until: &str| {
        let downtime = json!({ "nature": nature, "services": "Cổng", "from": from, "until": until });
        json!({ "kind": "notice", "title": "Tạm ngừng", "details": { "downtime": downtime } })
    };
    // From Thursday 2026-11-26: the seventh working day is Monday 7 December.
    let found = faults(&notice("planned", "2026-12-06T22:00", "2026-12-07T05:00"));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, "details.downtime.from");
    assert!(
        found[0].1.contains("7 working days") && found[0].1.contains("7 December 2026"),
        "{}",
        found[0].1
    );
    assert!(faults(&notice("planned", "2026-12-07T22:00", "2026-12-08T05:00")).is_empty());
    assert!(faults(&notice("incident", "2026-11-26T10:00", "2026-11-26T12:00")).is_empty());
    let found = fields_of(&notice("planned", "2026-12-08T22:00", "2026-12-08T05:00"));
    assert_eq!(found, ["details.downtime.until"]);
    // A correction of what was announced in time comes when it comes.
    let mut late = notice("planned", "2026-11-27T22:00", "2026-11-28T05:00");
    late["change_note"] = "Sửa giờ".into();
    let draft: Draft = serde_json::from_value(late).unwrap();
    assert!(draft.check(Uuid::from_u128(1), 2, [0; 16], DAY).is_ok());
}

#[test]
fn two_people_issue_unless_dated_data_say_otherwise() {
    let calendar = of("calendar").unwrap();
    assert_eq!((calendar.persons(date(2026, 6, 30)), calendar.persons(date(2026, 7, 1))), (2, 1));
    assert!(!calendar.persons_rules()[0].basis.is_empty());
    assert_eq!(of("directive").unwrap().persons(DAY), PERSONS);
}

#[test]
fn what_forms_send_is_made_ready() {
    let fields = &of("procedure").unwrap().fields;
    let sent = json!({
        "code": " 1.001193 ", "conditions": "", "papers": [{ "name": "Tơ\u{300} khai\r\nMẫu 1", "originals": "2", "copies": "" }, { "name": " " }],
        "ways": [{ "way": "online", "time": "3" }],
    });
    let Value::Object(sent) = sent else { unreachable!() };
    let ready = Value::Object(tidy::tidy(fields, sent));
    let due = json!({
        "code": "1.001193", "papers": [{ "name": "Tờ khai\nMẫu 1", "originals": 2 }], "ways": [{ "way": "online", "time": "3" }],
    });
    assert_eq!(ready, due);
}

#[test]
fn a_form_names_values_as_faults_do() {
    let mut details = Map::new();
    for (name, value) in [("from", "2026-12-14"), ("events[1].what", "Họp"), ("downtime.nature", "planned")]
    {
        posted::put(&mut details, name, value.into()).unwrap();
    }
    let due = json!({ "from": "2026-12-14", "events": [{}, { "what": "Họp" }], "downtime": { "nature": "planned" } });
    assert_eq!(Value::Object(details.clone()), due);
    for bad in [
        "from",
        "from.day",
        "from[0].day",
        "downtime[0].nature",
        "events.what",
        "events[1].what",
        "events[53].what",
        "events[-1].what",
        "events[0]what",
        "events[0]",
        "a.b.c",
        ".",
        "a.",
        ".a",
        "[0].a",
        "",
    ] {
        let before = details.clone();
        let taken = posted::put(&mut details, bad, "x".into());
        // A name without a dot is a key, if a strange one: the check says so with the list of those that are known.
        if taken.is_ok() {
            assert!(!bad.contains('.') && bad != "from", "{bad}");
            details = before;
        }
    }
}

fn drawn(kind: &str, details: Value, lang: Lang) -> Vec<Fact> {
    let Value::Object(map) = details else { unreachable!() };
    let agency = |domain: &str| (domain == "mof.gov.vn").then(|| "Bộ Tài chính".to_owned());
    facts::facts(of(kind).unwrap(), &Details(map), &Beside { lang, files: &[], agency: &agency })
}

#[test]
fn facts_are_shown_as_readers_use_them() {
    let press =
        json!({ "contact": { "name": "Lan", "phone": "+84 24 3943 1234", "email": "bc@mof.gov.vn" } });
    let facts = drawn("press", press, Lang::En);
    assert_eq!(facts[0].label, "Press contact");
    let Shown::Groups(groups) = &facts[0].value else { panic!("{facts:?}") };
    let hrefs: Vec<&str> = groups[0]
        .iter()
        .filter_map(|fact| match &fact.value {
            Shown::Link(link) => Some(link.href.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(hrefs, ["tel:+842439431234", "mailto:bc@mof.gov.vn"]);
    let facts = drawn("consultation", json!({ "deadline": "2027-01-05", "drafter": "mof.gov.vn" }), Lang::Vi);
    assert_eq!(facts[0].value, Shown::Plain("05/01/2027".into()));
    assert_eq!(facts[1].value, Shown::Plain("Bộ Tài chính".into()));
    let rows =
        json!({ "channels": [{ "platform": "zalo", "name": "UBND xã", "address": "https://zalo.me/1" }] });
    let facts = drawn("channels", rows, Lang::Vi);
    let Shown::Table(heads, rows) = &facts[0].value else { panic!("{facts:?}") };
    assert_eq!(heads, &["Nền tảng", "Địa chỉ"]);
    assert!(matches!(&rows[0][1], Some(Shown::Link(link)) if link.text == "UBND xã" && link.outside));
}

#[test]
fn a_value_of_another_shape_is_shown_as_text_and_never_as_a_link() {
    let hostile = json!({
        "channels": [{ "platform": "<b>", "name": "Mở", "address": "javascript:alert(1)" }, "x", 7],
        "hotlines": "gọi ngay", "unknown": { "a": 1 },
    });
    let facts = drawn("channels", hostile, Lang::Vi);
    assert_eq!(facts.len(), 1);
    let Shown::Table(_, rows) = &facts[0].value else { panic!("{facts:?}") };
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0][1], Some(Shown::Own(vec!["javascript:alert(1)".into()])));
}

/// Any value, most often a text that would like to be a link.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!("javascript:alert(1)")),
        Just(json!("\"><script>alert(1)</script>")),
        "[ -~\u{c0}-\u{1ef9}\n]{0,30}".prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::btree_map("[a-z]{1,9}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    /// Whatever an issuer put into a kind's fields, a page draws it and nothing of it acts.
    #[test]
    fn no_details_make_a_page_act(kind in 0..FILES.len(), values in proptest::collection::vec((any::<prop::sample::Index>(), anything()), 1..6)) {
        let kind = &all()[kind];
        let mut details = kind.example(DAY)["details"].clone();
        let paths = paths(&kind.fields, "");
        for (at, value) in values {
            let (path, _) = at.get(&paths);
            // A path may have vanished under a value that was put above it.
            let pointer = format!("/{}", path.replace('[', "/").replace(']', "").replace('.', "/"));
            if let Some(place) = details.pointer_mut(&pointer) {
                *place = value;
            }
        }
        let Value::Object(map) = details else { unreachable!() };
        let beside = Beside { lang: Lang::En, files: &[], agency: &|_| None };
        for fact in facts::facts(kind, &Details(map), &beside) {
            let html = ValueView { value: &fact.value, own: "vi" }.to_string();
            prop_assert!(!html.contains("<script") && !html.contains("href=\"javascript"), "{html}");
        }
    }
}

#[test]
fn a_file_that_is_not_whole_is_refused_with_its_name() {
    let common = COMMON;
    let good = FILES[1].1;
    for (from, to, why) in [
        ("id = \"document\"", "id = \"Document\"", "must be words"),
        ("slug = \"van-ban\"", "slug = \"văn bản\"", "must be words"),
        ("type = \"line\"", "type = \"list\"", "most is missing"),
        ("form = \"required\"", "form = \"wanted\"", "neither required nor offered"),
        ("form = \"required\"", "colour = \"required\"", "no such field"),
        ("\"effective\", \"fields\"]", "\"details.colour\"]", "leads to no field"),
        ("basis = \"", "basis = \"\" #", "must not be empty"),
        ("official = true", "offical = true", "unknown field"),
        ("label = { vi = \"Công báo\"", "label = { vi = \" \"", "both languages"),
    ] {
        assert!(good.contains(from), "{from}");
        let bad = good.replacen(from, to, 1);
        // A list without rows has its own complaint; both are fine.
        let Err(said) = read::all(common, &[("document", &bad)]) else { panic!("{to} was taken") };
        assert!(said.starts_with("document.toml: "), "{said}");
        assert!(said.contains(why) || said.contains("lacks its parts"), "{to}: {said}");
    }
    let twice = [("document", good), ("document", good)];
    assert!(read::all(common, &twice).unwrap_err().contains("stands in another file too"));
}
