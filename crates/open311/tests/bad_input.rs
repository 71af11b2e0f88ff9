//! What people and programs send wrongly: every fault is named, at once, and nothing is guessed.
#![allow(clippy::unwrap_used, clippy::panic)]

use open311::{
    Attribute, Choice, Datatype, Definition, Fault, Format, MAX_BODY, Query, Status, Submission, When, faults,
};
use proptest::prelude::*;

fn fields(faults: &[Fault]) -> Vec<&str> {
    faults.iter().map(|fault| fault.field.as_str()).collect()
}

fn refused(body: &str) -> Vec<String> {
    let faults = Submission::parse(body.as_bytes()).unwrap_err();
    assert!(faults.iter().all(|fault| fault.code == 400));
    faults.iter().map(Fault::description).collect()
}

#[test]
fn every_fault_of_a_form_is_named_at_once() {
    let body = "lat=91&long=x&email=an&phone=abc&media_url=ftp%3A%2F%2Fa&first_name=a%0Ab&attribute=1&attribute[]=2&description=%00";
    let faults = Submission::parse(body.as_bytes()).unwrap_err();
    let mut names = fields(&faults);
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "attribute",
            "attribute[]",
            "description",
            "email",
            "first_name",
            "lat",
            "long",
            "media_url",
            "phone",
            "service_code"
        ]
    );
    let (status, answer) = faults_of(&faults);
    assert_eq!(status, 400);
    assert!(answer.contains("service_code: chưa có, cần điền. · service_code is missing and must be given."));
}

fn faults_of(all: &[Fault]) -> (u16, String) {
    let (status, document) = faults(all);
    (status, document.write(Format::Xml))
}

#[test]
fn a_place_is_given_whole() {
    for (given, said) in [
        ("", "address_string: chưa có nơi xảy ra"),
        ("&lat=10.7", "long: chưa có"),
        ("&long=106.7", "lat: chưa có"),
        ("&lat=10.7&long=181", "long: phải là số độ từ -180 đến 180"),
        ("&lat=NaN&long=1", "lat: phải là số độ"),
        ("&lat=1e1&long=1", "lat: phải là số độ"),
        ("&lat=inf&long=1", "lat: phải là số độ"),
        ("&address_string=%20&lat=", "address_string: chưa có nơi xảy ra"),
        ("&lat=1&lat=2&long=3", "lat: chỉ được có một giá trị"),
    ] {
        let refused = refused(&format!("service_code=1{given}"));
        assert!(refused.iter().any(|fault| fault.starts_with(said)), "{given}: {refused:?}");
        assert_eq!(refused.len(), 1, "{given}: {refused:?}");
    }
    for fine in
        ["&lat=10.7&long=106.7", "&address_string=H%E1%BA%BBm+3", "&address_id=1", "&lat=-90&long=180"]
    {
        assert!(Submission::parse(format!("service_code=1{fine}").as_bytes()).is_ok(), "{fine}");
    }
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_read() {
    let faults = refused("service_code=1&address_id=1&description=%FF&first_name=%4&last_name=%zz");
    assert_eq!(faults.len(), 3, "{faults:?}");
    assert!(faults.iter().all(|fault| fault.contains("phải là UTF-8")));
    let many = format!("service_code=1&address_id=1{}", "&a=b".repeat(500));
    assert!(refused(&many)[0].contains("quá nhiều trường"));
    let large = vec![b'a'; MAX_BODY + 1];
    assert_eq!(Submission::parse(&large).unwrap_err().len(), 1);
    let long = format!("service_code=1&address_id=1&description={}", "%C3%AA".repeat(4_001));
    assert!(refused(&long)[0].contains("có 4001 ký tự; nhiều nhất 4000"));
    let fits = format!("service_code=1&address_id=1&description={}", "%C3%AA".repeat(4_000));
    assert!(Submission::parse(fits.as_bytes()).is_ok());
    let lines =
        Submission::parse(b"service_code=1&address_id=1&description=+a%0D%0Ab%0Dc+&unknown=1").unwrap();
    assert_eq!(lines.description.as_deref(), Some("a\nb\nc"), "line breaks are kept, as line feeds");
    assert_eq!(format!("{lines:?}"), "Submission(1, 0 attributes)", "nothing that somebody wrote is printed");
}

#[test]
fn attributes_are_what_the_service_asks_for() {
    let attribute = |code: &str, datatype, required| Attribute {
        variable: true,
        code: code.into(),
        datatype,
        required,
        datatype_description: String::new(),
        description: String::new(),
        values: vec![
            Choice { key: "a".into(), name: "A".into() },
            Choice { key: "b".into(), name: "B".into() },
        ],
    };
    let note = Attribute { variable: false, ..attribute("note", Datatype::Text, true) };
    let definition = Definition {
        service_code: "1".into(),
        attributes: vec![
            note,
            attribute("line", Datatype::String, true),
            attribute("number", Datatype::Number, false),
            attribute("day", Datatype::Datetime, false),
            attribute("one", Datatype::SingleValueList, false),
            attribute("any", Datatype::MultiValueList, true),
        ],
    };
    let check = |attributes: &str| {
        let body = format!("service_code=1&address_id=1{attributes}");
        Submission::parse(body.as_bytes()).unwrap().check(&definition)
    };
    assert_eq!(fields(&check("")), ["attribute[line]", "attribute[any]"]);
    let fine = "&attribute[line]=x&attribute[any][]=a&attribute[any][]=b&attribute[number]=-1.5&attribute[day]=2026-11-23&attribute[one]=b";
    assert_eq!(check(fine), []);
    let bad = "&attribute[line]=x%0Ay&attribute[any][]=c&attribute[number]=x&attribute[day]=32&attribute[one][]=a&attribute[one][]=b&attribute[note]=1&attribute[other]=1";
    let mut names: Vec<_> = check(bad).into_iter().map(|fault| fault.field).collect();
    names.sort();
    let expected =
        ["any", "day", "line", "note", "number", "one", "other"].map(|code| format!("attribute[{code}]"));
    assert_eq!(names, expected);
}

#[test]
fn a_query_is_read_and_its_faults_are_named() {
    let query = Query::parse(
        "start_date=2010-05-24T00:00:00Z&end_date=2010-06-24T00:00:00Z&status=open&jurisdiction_id=city.gov",
    )
    .unwrap();
    assert_eq!(
        (query.statuses.as_slice(), query.jurisdiction_id.as_deref()),
        (&[Status::Open][..], Some("city.gov"))
    );
    let many = Query::parse(
        "service_request_id=1,2,,3&service_request_id=4&service_code=a%2Cb&status=open,closed,open",
    )
    .unwrap();
    assert_eq!((many.ids.len(), many.service_codes.len(), many.statuses.len()), (4, 2, 2));
    assert_eq!(Query::parse("status=&start_date=").unwrap(), Query::default(), "without value is not given");
    for (query, field) in [
        ("status=new", "status"),
        ("start_date=2010-05-24", "start_date"),
        ("end_date=2010-05-24T00:00:00", "end_date"),
        ("start_date=2010-06-24T00:00:00Z&end_date=2010-05-24T00:00:00Z", "end_date"),
        ("start_date=2010-01-01T00:00:00Z&end_date=2010-04-01T00:00:01Z", "end_date"),
        ("start_date=2010-01-01T00:00:00Z&start_date=2010-01-01T00:00:00Z", "start_date"),
        ("jurisdiction_id=a&jurisdiction_id=b", "jurisdiction_id"),
    ] {
        assert_eq!(fields(&Query::parse(query).unwrap_err()), [field], "{query}");
    }
    let ids = format!("service_request_id={}", "1,".repeat(1_001));
    assert_eq!(fields(&Query::parse(&ids).unwrap_err()), ["service_request_id"]);
}

#[test]
fn a_query_looks_at_ninety_days() {
    let now = "2026-11-23T00:00:00Z".parse().unwrap();
    let span = |query: &str| {
        let (start, end) = Query::parse(query).unwrap().span(now);
        (start.to_string(), end.to_string())
    };
    let at = |start: &str, end: &str| (start.to_owned(), end.to_owned());
    assert_eq!(span(""), at("2026-08-25T00:00:00Z", "2026-11-23T00:00:00Z"));
    assert_eq!(span("start_date=2026-01-01T00:00:00Z"), at("2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z"));
    assert_eq!(span("start_date=2026-11-01T00:00:00Z"), at("2026-11-01T00:00:00Z", "2026-11-23T00:00:00Z"));
    assert_eq!(span("end_date=2026-04-01T00:00:00Z"), at("2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z"));
    let both = "start_date=2026-01-01T07:00:00+07:00&end_date=2026-01-31T23:59:59%2B07:00";
    assert_eq!(span(both), at("2026-01-01T00:00:00Z", "2026-01-31T16:59:59Z"));
}

#[test]
fn times_are_those_of_the_note() {
    for (text, same) in [
        ("1994-11-05T08:15:30-05:00", "1994-11-05T08:15:30-05:00"),
        ("1994-11-05T13:15:30Z", "1994-11-05T13:15:30Z"),
        ("2026-11-23T08:15+07:00", "2026-11-23T08:15:00+07:00"),
        ("2026-11-23T08:15:30.456+07:00", "2026-11-23T08:15:30+07:00"),
        ("2026-11-23T08:15:30 07:00", "2026-11-23T08:15:30+07:00"),
    ] {
        assert_eq!(When::parse(text).unwrap().to_string(), same);
    }
    for bad in [
        "",
        "2026-11-23",
        "2026-11-23T08:15:30",
        "2026-11-23 08:15:30Z",
        "2026-13-23T08:15:30Z",
        "2026-11-23T25:15:30Z",
        "2026-11-23T08:15:30+7:00",
        "2026-11-23T08:15:30+07:60",
        "20261123T081530Z",
        "2026-11-23T08:15:30z",
        "2026-11-23T08Z",
        "2026-11-23T08:15.5Z",
        "2026-11-23T08:15:30+24:00",
        "+002026-11-23T08:15:30Z",
        "ê",
    ] {
        assert_eq!(When::parse(bad), None, "{bad}");
    }
}

proptest! {
    #[test]
    fn any_form_is_read_or_refused_by_name(body in ".{0,200}") {
        if let Err(faults) = Submission::parse(body.as_bytes()) {
            prop_assert!(!faults.is_empty());
            prop_assert!(faults.iter().all(|fault| !fault.vi.is_empty() && !fault.en.is_empty()));
        }
    }

    /// Whatever stands in an answer, both formats are read and say the same.
    #[test]
    fn both_formats_say_the_same(name in any::<String>(), description in any::<String>(), notes in any::<Option<String>>()) {
        let services = [open311::Service {
            code: "1".into(), name: name.clone(), description: description.clone(), metadata: false,
            delivery: open311::Delivery::Batch, keywords: notes.into_iter().collect(), group: String::new(),
        }];
        let document = open311::services(&services);
        let json: serde_json::Value = serde_json::from_str(&document.write(Format::Json)).unwrap();
        let said = |key: &str| json[0][key].as_str().unwrap_or_default().to_owned();
        prop_assert_eq!(said("service_name"), name);
        prop_assert_eq!(said("description"), description);
        let read = elements(&document.write(Format::Xml));
        let plain = |text: String| -> String {
            text.chars().map(|letter| match letter {
                '\t' | '\n' | '\r' => letter,
                '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
                letter => letter,
            }).collect()
        };
        for (key, text) in read {
            if json[0][&key].is_string() || json[0][&key].is_null() {
                prop_assert_eq!(text, plain(said(&key)), "{}", key);
            }
        }
    }
}

/// The elements of the first entry, each with its text.
fn elements(xml: &str) -> Vec<(String, String)> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(xml);
    let (mut all, mut open): (Vec<(String, String)>, Vec<String>) = (Vec::new(), Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => {
                let name = tag.name().as_ref().to_owned();
                open.push(name.clone());
                all.push((name, String::new()));
            }
            Event::End(_) => drop(open.pop()),
            Event::Text(text) if open.len() == 3 => all.last_mut().unwrap().1.push_str(&text),
            Event::GeneralRef(entity) => {
                let letter = match &*entity {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "#13" => '\r',
                    other => panic!("the entity {other}"),
                };
                if open.len() == 3 {
                    all.last_mut().unwrap().1.push(letter);
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(open.is_empty());
    all
}
