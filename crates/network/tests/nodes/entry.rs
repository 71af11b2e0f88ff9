//! Entries: exact bytes, and errors that name the field.

use jiff::civil::date;
use network::entry::{
    Act, Annex, Answered, Case, Change, Closed, ContentRef, Enrolment, Entry, EntryError, ItemChange,
    KeyChange, Kind, Lane, Level, Measured, Measures, Name, Outcome, Passed, Registered, Reopened, TaskRef,
    Withdrawal,
};
use network::names::ContentHash;
use network::scope::{IssuerRule, Scope};
use network::sealing::{SEALED_TYPE, SealKey, Sealed};
use proptest::prelude::*;
use tlog::KeyKind;
use uuid::Uuid;

use crate::fixtures::{assert_fixture, checkpoint, fixture, node, signer};

const ITEM: Uuid = Uuid::from_u128(0x019a_b3c4_d5e6_7f80_8123_4567_89ab_cdef);

fn pointer(what: &str, media: &str) -> ContentRef {
    ContentRef { sha256: ContentHash::of(what.as_bytes()), size: what.len() as u64, media: media.into() }
}

fn enrolment() -> Enrolment {
    Enrolment {
        origin: "tinh-a.gov.vn/log2".parse().unwrap(),
        domain: "tinh-a.gov.vn".parse().unwrap(),
        code: Some("H56".into()),
        name: Name { vi: "Ủy ban nhân dân tỉnh A".into(), en: "Province A".into() },
        level: Level::Province,
        log_key: signer("tinh-a.gov.vn/log2", KeyKind::Ed25519).verifier(),
        log_url: "https://tinh-a.gov.vn/log".into(),
        node: node("tinh-a.gov.vn"),
        sealing: Some("xwing1AAAA".parse().unwrap()),
        predecessor: Some("tinh-a.gov.vn/log".parse().unwrap()),
        accountable: Some("Văn phòng Ủy ban nhân dân tỉnh".into()),
        accountable_basis: Some("Quyết định 12/2026/QĐ-UBND".into()),
    }
}

fn task() -> TaskRef {
    TaskRef { origin: "chinhphu.vn/log".parse().unwrap(), item: ITEM, edition: 2, task: "1.a".into() }
}

fn case() -> Case {
    let code = "PAKN.20261123.0012.00004-K".parse().unwrap();
    Case { origin: "xa-b.tinh-a.gov.vn/log".parse().unwrap(), code }
}

fn sealed() -> Kind {
    let of = Sealed { origin: "chinhphu.vn/log".parse().unwrap(), item: ITEM, edition: 1 };
    let (text, paper) =
        (pointer("text", "application/vnd.nhipcau.item+json"), pointer("paper", "application/pdf"));
    Kind::ItemSealed {
        item: ITEM,
        edition: 1,
        change: ItemChange::New,
        lane: Lane::Normal,
        content: pointer("sealed text", SEALED_TYPE),
        files: vec![pointer("sealed paper", SEALED_TYPE)],
        commitment: SealKey::new([9; 32]).commitment(&of, &text, &[paper]),
    }
}

fn samples() -> Vec<(&'static str, Kind)> {
    let (a, note_a) = checkpoint("xa-b.tinh-a.gov.vn/log", 12, "a");
    let (_, note_b) = checkpoint("xa-b.tinh-a.gov.vn/log", 14, "b");
    let change = |change: Change| Kind::AgencyChanged(change);
    let origin = || "tinh-a.gov.vn/log2".parse().unwrap();
    vec![
        (
            "item.issued",
            Kind::ItemIssued {
                item: ITEM,
                edition: 2,
                change: ItemChange::Correct,
                lane: Lane::Urgent,
                content: pointer("text", "application/vnd.nhipcau.item+json"),
                files: vec![pointer("paper", "application/pdf")],
            },
        ),
        (
            "item.issued-bare",
            Kind::ItemIssued {
                item: ITEM,
                edition: 1,
                change: ItemChange::New,
                lane: Lane::Normal,
                content: pointer("text", "application/vnd.nhipcau.item+json"),
                files: vec![],
            },
        ),
        (
            "item.carried",
            Kind::ItemCarried {
                item: ITEM,
                edition: 1,
                change: ItemChange::New,
                lane: Lane::Normal,
                content: pointer("text", "application/vnd.nhipcau.item+json"),
                files: vec![],
                site: "so-b.tinh-a.gov.vn".parse().unwrap(),
                taken: "2026-11-23T08:15:02.123Z".parse().unwrap(),
            },
        ),
        ("item.sealed", sealed()),
        (
            "item.opened",
            Kind::ItemOpened {
                item: ITEM,
                edition: 1,
                key: SealKey::new([9; 32]),
                content: pointer("text", "application/vnd.nhipcau.item+json"),
                files: vec![pointer("paper", "application/pdf")],
            },
        ),
        (
            "item.withdrawn",
            Kind::ItemWithdrawn {
                item: ITEM,
                mode: Withdrawal::Banner,
                lane: Lane::Urgent,
                note: Some(pointer("why", "application/vnd.nhipcau.note+json")),
            },
        ),
        (
            "item.erased",
            Kind::ItemErased {
                item: ITEM,
                lane: Lane::Urgent,
                basis: pointer("basis", "application/vnd.nhipcau.note+json"),
            },
        ),
        (
            "item.ordered",
            Kind::ItemOrdered {
                origin: "xa-b.tinh-a.gov.vn/log".parse().unwrap(),
                item: ITEM,
                act: Act::Withdraw { mode: Withdrawal::Gone },
                basis: pointer("basis", "application/vnd.nhipcau.note+json"),
            },
        ),
        (
            "item.alone",
            Kind::ItemAlone {
                item: ITEM,
                edition: 2,
                note: pointer("why", "application/vnd.nhipcau.note+json"),
            },
        ),
        ("task.acknowledged", Kind::TaskAcknowledged(task())),
        (
            "task.reported",
            Kind::TaskReported {
                task: task(),
                note: pointer("report", "application/vnd.nhipcau.note+json"),
                files: vec![pointer("sheet", "application/pdf")],
            },
        ),
        (
            "task.done",
            Kind::TaskDone {
                task: task(),
                note: pointer("done", "application/vnd.nhipcau.note+json"),
                files: vec![pointer("paper", "application/pdf")],
            },
        ),
        (
            "task.sealed",
            Kind::TaskSealed {
                origin: "chinhphu.vn/log".parse().unwrap(),
                item: ITEM,
                edition: 2,
                content: pointer("answer", "application/vnd.nhipcau.restricted"),
                files: vec![pointer("evidence", "application/vnd.nhipcau.restricted")],
            },
        ),
        (
            "annex.issued",
            Kind::AnnexIssued(Annex {
                id: Uuid::from_u128(0x019a_b3c4_d5e6_7f80_8123_4567_89ab_0001),
                edition: 3,
                origin: "chinhphu.vn/log".parse().unwrap(),
                item: ITEM,
                of: 2,
                content: pointer("beside", "application/vnd.nhipcau.annex+json"),
            }),
        ),
        (
            "annex.withdrawn",
            Kind::AnnexWithdrawn {
                annex: Uuid::from_u128(0x019a_b3c4_d5e6_7f80_8123_4567_89ab_0001),
                note: pointer("why", "application/vnd.nhipcau.note+json"),
            },
        ),
        (
            "petition.registered",
            Kind::PetitionRegistered(Registered {
                code: case().code,
                category: "giao-thong.mat-duong".into(),
                level: Level::Commune,
                received: date(2026, 11, 23),
                due: date(2026, 12, 21),
                commitment: ContentHash::of(b"salt and words"),
            }),
        ),
        (
            "petition.passed",
            Kind::PetitionPassed(Passed {
                case: case(),
                epoch: 2,
                from: "xa-b.tinh-a.gov.vn/log".parse().unwrap(),
                to: "tinh-a.gov.vn/log".parse().unwrap(),
                by: None,
                category: "giao-thong.mat-duong".into(),
                level: Level::Province,
                due: date(2026, 12, 21),
            }),
        ),
        (
            "petition.passed-decided",
            Kind::PetitionPassed(Passed {
                case: case(),
                epoch: 5,
                from: "xa-b.tinh-a.gov.vn/log".parse().unwrap(),
                to: "moc.gov.vn/log".parse().unwrap(),
                by: Some("chinhphu.vn/log".parse().unwrap()),
                category: "giao-thong.mat-duong".into(),
                level: Level::Ministry,
                due: date(2027, 1, 4),
            }),
        ),
        (
            "petition.answered",
            Kind::PetitionAnswered(Answered {
                case: case(),
                epoch: 2,
                content: Some(pointer("answer", "application/vnd.nhipcau.note+json")),
                commitment: None,
            }),
        ),
        (
            "petition.answered-unpublished",
            Kind::PetitionAnswered(Answered {
                case: case(),
                epoch: 1,
                content: None,
                commitment: Some(ContentHash::of(b"answer")),
            }),
        ),
        (
            "petition.reopened",
            Kind::PetitionReopened(Reopened { case: case(), epoch: 3, due: date(2027, 1, 11) }),
        ),
        (
            "petition.closed",
            Kind::PetitionClosed(Closed { case: case(), epoch: 3, outcome: Outcome::Answered }),
        ),
        (
            "measure.reported",
            Kind::MeasureReported(Measures {
                day: date(2026, 11, 22),
                part: 1,
                items: vec![
                    Measured {
                        origin: "chinhphu.vn/log".parse().unwrap(),
                        item: ITEM,
                        views: Some(1_200),
                        viewers: Some(640),
                        links: Some(75),
                    },
                    Measured { origin: origin(), item: ITEM, views: Some(6), viewers: None, links: None },
                ],
            }),
        ),
        ("agency.enrolled", Kind::AgencyEnrolled(enrolment())),
        (
            "agency.changed",
            change(Change {
                key: Some(KeyChange {
                    key: signer("tinh-a.gov.vn/log2", KeyKind::Ed25519).verifier(),
                    from: 1_024,
                }),
                ..Change::of(origin())
            }),
        ),
        (
            "agency.changed-all",
            change(Change {
                domain: Some("a.gov.vn".parse().unwrap()),
                code: Some("H57".into()),
                name: Some(Name { vi: "Tỉnh Á".into(), en: String::new() }),
                log_url: Some("http://127.0.0.1:8080/log".into()),
                node: Some(node("a.gov.vn")),
                sealing: Some("xwing1BBBB".parse().unwrap()),
                accountable: Some("Sở \"Văn hóa\"".into()),
                accountable_basis: Some("Quyết định 7/QĐ-UBND".into()),
                ..Change::of(origin())
            }),
        ),
        (
            "agency.closed",
            Kind::AgencyClosed {
                origin: "tinh-a.gov.vn/log".parse().unwrap(),
                successor: Some(origin()),
                also: Vec::new(),
                last_size: Some(77),
            },
        ),
        (
            "agency.closed-divided",
            Kind::AgencyClosed {
                origin: "tinh-a.gov.vn/log".parse().unwrap(),
                successor: Some("tinh-b.gov.vn/log".parse().unwrap()),
                also: vec!["tinh-c.gov.vn/log".parse().unwrap()],
                last_size: Some(77),
            },
        ),
        (
            "portal.carries",
            Kind::PortalCarries(Scope {
                issuers: vec![
                    IssuerRule::Level(Level::Central),
                    IssuerRule::Ancestors,
                    IssuerRule::Own,
                    IssuerRule::Origin("moh.gov.vn/log".parse().unwrap()),
                ],
                kinds: vec!["directive".into()],
                fields: vec!["y-te".into()],
            }),
        ),
        (
            "log.split",
            Kind::LogSplit {
                origin: "xa-b.tinh-a.gov.vn/log".parse().unwrap(),
                a: note_a.clone(),
                b: note_b,
                bridge: vec![a.root],
            },
        ),
        (
            "log.head",
            Kind::Head {
                origin: "xa-b.tinh-a.gov.vn/log".parse().unwrap(),
                size: 12,
                root: a.root,
                checkpoint: note_a,
            },
        ),
    ]
}

#[test]
fn every_kind_has_exact_bytes() {
    for (name, kind) in samples() {
        let entry = Entry { at: "2026-11-23T08:15:02.123Z".parse().unwrap(), kind };
        let bytes = entry.encode().unwrap();
        assert_fixture(&format!("entry/{name}.json"), &bytes);
        assert_eq!(Entry::decode(&fixture(&format!("entry/{name}.json"))).unwrap(), entry, "{name}");
    }
}

#[test]
fn what_is_new_is_kept_and_ignored() {
    let newer =
        br#"{"v":1,"kind":"weather.measured","at":"2026-11-23T08:15:02Z","day":"2026-11-22","n":1.5}"#;
    let entry = Entry::decode(newer).unwrap();
    assert_eq!(entry.kind, Kind::Other("weather.measured".into()));
    assert_eq!(entry.encode(), Err(EntryError::UnknownKind("weather.measured".into())));

    let closed =
        br#"{"v":1,"kind":"agency.closed","at":"2026-11-23T08:15:02Z","origin":"a.vn/log","later":[{}]}"#;
    assert!(matches!(Entry::decode(closed).unwrap().kind, Kind::AgencyClosed { last_size: None, .. }));
}

#[test]
fn an_error_names_the_field() {
    let good = String::from_utf8(fixture("entry/item.issued.json")).unwrap();
    for (from, to, error) in [
        (r#""v":1"#, r#""v":2"#, "v: must be 1"),
        (r#""edition":2"#, r#""edition":0"#, "edition: must be from 1"),
        (r#""edition":2"#, r#""edition":2.5"#, "edition: must be a whole number"),
        (r#""edition":2,"#, "", "edition: is missing"),
        (
            r#""change":"correct""#,
            r#""change":"fix""#,
            "change: must be one of new, update, correct, replace",
        ),
        (r#""lane":"urgent""#, r#""lane":1"#, "lane: must be a string"),
        ("2026-11-23T08", "2026-11-23 08", "at: must be an instant in UTC"),
        ("02.123Z", "02.123+07:00", "at: must be an instant in UTC"),
        ("2026-11-23T08", "2026-02-30T08", "at: must be an instant in UTC"),
        ("\"size\":5", "\"size\":-5", "files[0].size: must be a whole number"),
        ("application/pdf", "pdf", "files[0].type: must be a media type"),
        ("019ab3c4-d5e6", "019AB3C4-d5e6", "item: must be a UUID"),
        (r#""edition":2"#, r#""edition":2,"edition":3"#, r#"the key "edition" appears twice"#),
        ("{\"v\"", "\t{\"v\"", "control byte 0x09 at offset 0"),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from}");
        let message = Entry::decode(bad.as_bytes()).unwrap_err().to_string();
        assert!(message.contains(error), "{message} should say {error}");
    }
}

#[test]
fn a_tasks_number_is_a_short_word() {
    let good = String::from_utf8(fixture("entry/task.done.json")).unwrap();
    for bad in ["", " 1", "123456789012345678901"] {
        let entry = good.replacen(r#""task":"1.a""#, &format!(r#""task":"{bad}""#), 1);
        let message = Entry::decode(entry.as_bytes()).unwrap_err().to_string();
        assert_eq!(message, "task: must have 1 to 20 characters, without blanks around them");
    }
}

#[test]
fn an_annex_names_the_edition_that_was_read() {
    let good = String::from_utf8(fixture("entry/annex.issued.json")).unwrap();
    for (from, to, error) in [
        (r#""of":2"#, r#""of":0"#, "of: must be from 1"),
        (r#""of":2,"#, "", "of: is missing"),
        (r#""of":2"#, r#""of":4294967296"#, "of: must be from 1"),
        (r#""edition":3"#, r#""edition":0"#, "edition: must be from 1"),
        ("\"annex\":\"019ab3c4", "\"annex\":\"019AB3C4", "annex: must be a UUID"),
        (r#""origin":"chinhphu.vn/log""#, r#""origin":"x y""#, "origin:"),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from}");
        let message = Entry::decode(bad.as_bytes()).unwrap_err().to_string();
        assert!(message.contains(error), "{message} should say {error}");
    }
    let later = good.replacen(r#""of":2"#, r#""of":2,"tone":"plain""#, 1);
    assert!(matches!(Entry::decode(later.as_bytes()).unwrap().kind, Kind::AnnexIssued(_)));
}

#[test]
fn a_petitions_entry_names_a_code_a_day_an_epoch_and_two_logs() {
    let passed = "entry/petition.passed.json";
    let registered = "entry/petition.registered.json";
    for (name, from, to, error) in [
        (registered, "PAKN.20261123.0012.00004-K", "PAKN.20261123.0012", "code: must be a code such as"),
        (registered, "PAKN.20261123.0012.00004-K", "PAKN.20261131.0012.00004-K", "code: must be a code"),
        (registered, "PAKN.20261123.0012.00004-K", "PAKN.20261123.012.00004-K", "code: must be a code"),
        (registered, "PAKN.20261123.0012.00004-K", "PAKN.20261123.0012.00004-k", "code: must be a code"),
        (registered, "PAKN.20261123.0012.00004-K", "PAKN.20261123.0012..-K", "code: must be a code"),
        (registered, "PAKN.20261123.0012.00004-K", "PÂKN.20261123.0012.1-K", "code: must be a code"),
        (registered, "2026-12-21", "2026-12-32", "due: must be a day such as 2026-12-21"),
        (registered, "2026-12-21", "20261221", "due: must be a day"),
        (registered, "giao-thong.mat-duong", "Mặt đường", "category: must be 1 to 80 of a-z"),
        (registered, "giao-thong.mat-duong", "", "category: must be 1 to 80 of a-z"),
        (registered, r#""level":"commune""#, r#""level":"ward""#, "level: must be one of central"),
        (passed, r#""epoch":2"#, r#""epoch":1"#, "epoch: must be from 2"),
        (
            passed,
            r#""to":"tinh-a.gov.vn/log""#,
            r#""to":"xa-b.tinh-a.gov.vn/log""#,
            "to: must be another log",
        ),
        (passed, r#""from":"xa-b.tinh-a.gov.vn/log","#, "", "from: is missing"),
        (
            "entry/petition.closed.json",
            r#":"answered""#,
            r#":"lost""#,
            "outcome: must be one of answered, withdrawn",
        ),
        ("entry/petition.answered.json", r#""epoch":2"#, r#""epoch":0"#, "epoch: must be from 1"),
        ("entry/petition.reopened.json", r#""epoch":3"#, r#""epoch":4294967296"#, "epoch: must be from 2"),
    ] {
        let good = String::from_utf8(fixture(name)).unwrap();
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from}");
        let message = Entry::decode(bad.as_bytes()).unwrap_err().to_string();
        assert!(message.contains(error), "{message} should say {error}");
    }
    let good = String::from_utf8(fixture(registered)).unwrap();
    let later = good.replacen(r#""level""#, r#""urgency":4,"level""#, 1);
    assert!(matches!(Entry::decode(later.as_bytes()).unwrap().kind, Kind::PetitionRegistered(_)));
}

#[test]
fn measures_name_their_day_and_are_bounded() {
    let name = "entry/measure.reported.json";
    for (from, to, error) in [
        (r#""part":1"#, r#""part":0"#, "part: must be from 1 to 4"),
        (r#""part":1"#, r#""part":5"#, "part: must be from 1 to 4"),
        ("2026-11-22", "2026-11-31", "day: must be a day"),
        (r#""views":6"#, r#""views":-6"#, "items[1].views: must be a whole number"),
        ("chinhphu.vn/log", "../log", "items[0].origin: "),
    ] {
        let good = String::from_utf8(fixture(name)).unwrap();
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from}");
        let message = Entry::decode(bad.as_bytes()).unwrap_err().to_string();
        assert!(message.contains(error), "{message} should say {error}");
    }
    // As much as may be said at once fits into an entry, by the weight that is reckoned.
    let at = "2026-11-23T08:15:02.123Z".parse().unwrap();
    let most = u64::pow(2, 53) - 1;
    let one = Measured {
        origin: "so-khoa-hoc-va-cong-nghe.tinh-a.gov.vn/log2".parse().unwrap(),
        item: ITEM,
        views: Some(most),
        viewers: Some(most),
        links: Some(most),
    };
    let items = vec![one.clone(); 60_000 / one.weight()];
    let said = Measures { day: date(2026, 11, 22), part: 4, items };
    let bytes = Entry { at, kind: Kind::MeasureReported(said) }.encode().unwrap();
    assert!(bytes.len() < 60_000, "{}", bytes.len());
}

#[test]
fn keys_must_be_those_of_their_place() {
    let good = String::from_utf8(fixture("entry/agency.enrolled.json")).unwrap();
    let other = signer("b.gov.vn/log", KeyKind::Ed25519).verifier().to_string();
    let own = signer("tinh-a.gov.vn/log2", KeyKind::Ed25519).verifier().to_string();
    let message = Entry::decode(good.replace(&own, &other).as_bytes()).unwrap_err().to_string();
    assert_eq!(message, "key: must be a key named tinh-a.gov.vn/log2");
    let keys = node("tinh-a.gov.vn");
    let swapped = good.replace(&keys.cosigner.to_string(), &keys.reporter.to_string());
    let message = Entry::decode(swapped.as_bytes()).unwrap_err().to_string();
    assert_eq!(message, "node.cosigner: must be a key of the kind 0x04");
}

#[test]
fn what_would_not_be_read_back_is_not_written() {
    let at = "2026-11-23T08:15:02.123Z".parse().unwrap();
    let (checkpoint, note) = checkpoint("a.gov.vn/log", 3, "x");
    let origin = "a.gov.vn/log".parse().unwrap();
    let lie = Kind::Head { origin, size: 4, root: checkpoint.root, checkpoint: note };
    assert_eq!(Entry { at, kind: lie }.encode(), Err(EntryError::NotItself("log.head".into())));

    let long = Change { accountable: Some("x".repeat(301)), ..Change::of("a.vn/log".parse().unwrap()) };
    let error = Entry { at, kind: Kind::AgencyChanged(long) }.encode().unwrap_err();
    assert_eq!(error.to_string(), "accountable: must be one line of at most 300 characters");
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Entry::decode(&bytes);
    }

    #[test]
    fn damaged_entries_are_refused_or_read_the_same_twice(which in 0..samples().len(), at in 0..2_000_usize, byte in 0x20..0x7f_u8) {
        let (name, _) = samples().swap_remove(which);
        let mut bytes = fixture(&format!("entry/{name}.json"));
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Ok(entry) = Entry::decode(&bytes) && !matches!(entry.kind, Kind::Other(_)) {
            let again = Entry::decode(&entry.encode().unwrap()).unwrap();
            prop_assert_eq!(again.kind, entry.kind);
        }
    }
}
