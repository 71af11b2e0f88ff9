//! Documents: exact bytes, and every fault at once.

use network::content::{
    Body, Details, Format, Item, ItemFile, ItemKind, ItemRelation, Layer, Note, Salt, Source, Taken,
    Translation, Urgency,
};
use network::names::ContentHash;
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::fixtures::{assert_fixture, fixture};

fn details(value: Value) -> Details {
    let Value::Object(map) = value else { panic!("details are an object") };
    Details(map)
}

fn directive() -> Item {
    Item {
        salt: Salt([0xa5; 16]),
        id: Uuid::from_u128(0x019a_b3c4_d5e6_7f80_8123_4567_89ab_cdef),
        edition: 2,
        lang: "vi".into(),
        kind: ItemKind::Directive,
        title: "Công điện về việc tập trung ứng phó bão".into(),
        title_en: Some("Urgent dispatch on responding to the storm".into()),
        summary: "Yêu cầu các tỉnh ven biển triển khai ngay.".into(),
        number: Some("46/CĐ-TTg".into()),
        form: Some("Công điện".into()),
        agency: Some("Thủ tướng Chính phủ".into()),
        signer: Some("Nguyễn Văn A".into()),
        issued: Some("2026-11-23".parse().unwrap()),
        effective: Some("2026-11-23".parse().unwrap()),
        expires: Some("2026-12-31".parse().unwrap()),
        urgency: Some(Urgency::Express),
        fields: vec!["phong-chong-thien-tai".into()],
        details: Some(details(json!({
            "tasks": [{ "who": "Bộ Quốc phòng", "number": 1 }, { "number": 2, "due": "2026-11-30" }],
            "addressees": "Chủ tịch UBND các tỉnh\nBộ trưởng các bộ",
            "balance": -7,
        }))),
        body: Body {
            format: Format::Markdown,
            text: "1. Bộ Quốc phòng…\n\n2. \"Các tỉnh\"…".into(),
            layer: Layer::Official,
        },
        source: Some(Source {
            name: "Cổng Chính phủ".into(),
            url: Some("https://chinhphu.vn/cd-46".into()),
            taken: None,
        }),
        files: vec![ItemFile {
            sha256: ContentHash::of(b"paper"),
            size: 5,
            media: "application/pdf".into(),
            name: "46-cđ-ttg.signed.pdf".into(),
            alt: None,
            pixels: None,
            of: None,
            text: None,
            seconds: None,
        }],
        change_note: Some("Đính chính thời hạn tại mục 3.".into()),
        sample: true,
        relations: vec![],
        translations: vec![],
    }
}

/// What a portal carries of a site whose agency has no log.
fn carried() -> Item {
    let taken =
        Taken { at: "2026-11-23T08:15:02.123Z".parse().unwrap(), sha256: ContentHash::of(b"<item/>") };
    let url = Some("https://SO-b.tinh-a.gov.vn:8443/tin/7?x=1".into());
    Item { source: Some(Source { name: "Sở B".into(), url, taken: Some(taken) }), ..news() }
}

#[test]
fn what_is_carried_names_the_site_from_which_it_was_taken() {
    let mut item = carried();
    assert_eq!(item.source.as_ref().unwrap().site().unwrap().as_str(), "so-b.tinh-a.gov.vn");
    let source = item.source.as_mut().unwrap();
    source.url = Some(r"https://so-b.vn\@tinh-a.gov.vn/tin/7".into());
    assert_eq!(source.site().unwrap().as_str(), "so-b.vn", "whoever follows it comes there");
    for url in [None, Some("https://[::1]/tin".into())] {
        item.source.as_mut().unwrap().url = url;
        let faults = item.encode().unwrap_err();
        assert_eq!(faults[0].field, "source.url");
    }
}

/// A corrected text whose English follows it and whose Chinese does not yet.
fn translated() -> Item {
    let in_language = |lang: &str, title: &str, text: &str, of| Translation {
        lang: lang.into(),
        title: title.into(),
        summary: String::new(),
        format: Format::Markdown,
        text: text.into(),
        of,
    };
    let translations = vec![
        in_language("en", "Opening of the bridge", "The bridge is **open**.", 2),
        in_language("zh-Hans", "大桥落成典礼", "", 1),
    ];
    Item { edition: 2, translations, ..news() }
}

fn repeal() -> Item {
    let plain = ItemRelation {
        kind: "based_on".into(),
        done_to: false,
        number: "63/2025/QH15".into(),
        agency: None,
        issued: None,
        item: None,
        from: None,
        until: None,
        part: None,
    };
    let full = ItemRelation {
        kind: "suspends_in_part".into(),
        done_to: true,
        number: "42/2022/NĐ-CP".into(),
        agency: Some("Chính phủ".into()),
        issued: Some("2022-06-24".parse().unwrap()),
        item: Some(("chinhphu.vn/log".parse().unwrap(), Uuid::from_u128(7))),
        from: Some("2026-07-01".parse().unwrap()),
        until: Some("2026-12-31".parse().unwrap()),
        part: Some("Điều 5".into()),
    };
    Item { relations: vec![plain, full], ..news() }
}

fn news() -> Item {
    Item {
        edition: 1,
        kind: ItemKind::Other("video".into()),
        title: "Lễ khánh thành cầu".into(),
        title_en: None,
        summary: String::new(),
        number: None,
        form: None,
        agency: None,
        signer: None,
        issued: None,
        effective: None,
        expires: None,
        urgency: None,
        fields: vec![],
        details: None,
        body: Body { format: Format::Text, text: String::new(), layer: Layer::None },
        source: None,
        files: vec![],
        change_note: None,
        sample: false,
        ..directive()
    }
}

/// News with a picture, its smaller copy, and one that only decorates.
fn pictured() -> Item {
    let file = |bytes: &[u8], media: &str, name: &str, pixels| ItemFile {
        sha256: ContentHash::of(bytes),
        size: bytes.len() as u64,
        media: media.into(),
        name: name.into(),
        alt: None,
        pixels: Some(pixels),
        of: None,
        text: None,
        seconds: None,
    };
    let picture = file(b"large", "image/jpeg", "cau.jpg", (1280, 960));
    let of = Some(picture.sha256);
    let files = vec![
        ItemFile { alt: Some("Cầu mới bắc qua sông, nhìn từ bờ nam".into()), ..picture },
        ItemFile { of, ..file(b"small", "image/avif", "cau-320.avif", (320, 240)) },
        ItemFile { alt: Some(String::new()), ..file(b"frame", "image/jpeg", "hoa-van.jpg", (64, 64)) },
    ];
    Item { files, ..news() }
}

/// News with a clip, what is said in it and its lighter copy, and a picture full of figures.
fn filmed() -> Item {
    let file = |bytes: &[u8], media: &str, name: &str| ItemFile {
        sha256: ContentHash::of(bytes),
        size: bytes.len() as u64,
        media: media.into(),
        name: name.into(),
        alt: None,
        pixels: Some((854, 480)),
        of: None,
        text: None,
        seconds: None,
    };
    let clip = file(b"clip", "video/mp4", "hop-bao.mp4");
    let of = Some(clip.sha256);
    let said = Some("0:00 Xin chào.\n0:04 Lũ đang lên.".into());
    let figures = Some("Mực nước: 7 giờ 31,2 m; 13 giờ 32,8 m.".into());
    let files = vec![
        ItemFile { text: said, seconds: Some(61), ..clip },
        ItemFile { of, seconds: Some(61), ..file(b"light", "video/mp4", "hop-bao-240.mp4") },
        ItemFile {
            alt: Some("Mực nước trong ngày".into()),
            text: figures,
            ..file(b"figures", "image/jpeg", "nuoc.jpg")
        },
    ];
    Item { files, ..news() }
}

#[test]
fn a_clip_lasts_a_day_at_most() {
    let good: Value = serde_json::from_slice(&fixture("content/item-clip.json")).unwrap();
    for (path, value, error) in [
        ("/files/0/seconds", json!(0), "files[0].seconds: Must be a whole number of 1 or more"),
        ("/files/0/seconds", json!(86_401), "files[0].seconds: At most 86,400 seconds"),
        ("/files/0/seconds", json!("61"), "files[0].seconds"),
        ("/files/0/text", json!("a".repeat(8_001)), "files[0].text"),
        ("/files/2/text", json!(7), "files[2].text: Must be a string"),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(path).unwrap() = value;
        let faults = Item::parse(bad.to_string().as_bytes()).unwrap_err();
        assert!(faults.iter().any(|f| f.to_string().contains(error)), "{faults:?} should say {error}");
    }
}

#[test]
fn a_translation_has_one_language_and_an_edition_that_there_is() {
    let good: Value = serde_json::from_slice(&fixture("content/item-translations.json")).unwrap();
    for (path, value, error) in [
        ("/translations/0/lang", json!("EN_us"), "translations[0].lang: Not a language tag"),
        ("/translations/0/lang", json!("VI"), "translations[0].lang: Each language has one translation"),
        ("/translations/1/lang", json!("EN"), "translations[1].lang: Each language has one translation"),
        ("/translations/0/of", json!(3), "translations[0].of: A translation is of an edition that there is"),
        ("/translations/0/of", json!(0), "translations[0].of: Must be a whole number of 1 or more"),
        (
            "/translations/0/of",
            json!(4_294_967_297_u64),
            "translations[0].of: A translation is of an edition",
        ),
        ("/translations/0/title", json!(" "), "translations[0].title: Must not be empty"),
        ("/translations/0/title", json!("a\u{202e}b\u{7}"), "translations[0].title: Has a control character"),
        ("/translations/0", json!("en"), "translations[0]: Must be a JSON object"),
        ("/translations", json!(vec![good["translations"][0].clone(); 21]), "translations: Has 21 elements"),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(path).unwrap() = value;
        let faults = Item::parse(bad.to_string().as_bytes()).unwrap_err();
        assert!(
            faults.iter().any(|fault| fault.to_string().contains(error)),
            "{faults:?} should say {error}"
        );
    }
    let item = Item::parse(good.to_string().as_bytes()).unwrap();
    assert_eq!(item.translation("zh-hans").map(|t| t.of), Some(1));
    assert!(item.translation("zh").is_none() && item.translation("vi").is_none());
}

#[test]
fn documents_have_exact_bytes() {
    for (name, item) in [
        ("item-full", directive()),
        ("item-bare", news()),
        ("item-carried", carried()),
        ("item-relations", repeal()),
        ("item-pictures", pictured()),
        ("item-clip", filmed()),
        ("item-translations", translated()),
    ] {
        assert_fixture(&format!("content/{name}.json"), &item.encode().unwrap());
        assert_eq!(Item::parse(&fixture(&format!("content/{name}.json"))).unwrap(), item);
    }
    let note = Note {
        files: vec![ItemFile {
            sha256: ContentHash::of(b"sheet"),
            size: 5,
            media: "application/pdf".into(),
            name: "bien-ban.pdf".into(),
            alt: None,
            pixels: None,
            of: None,
            text: None,
            seconds: None,
        }],
        salt: Salt([1; 16]),
        text: "Văn bản được gỡ để rà soát.".into(),
        basis: Some("Điều 32 Luật Tiếp cận thông tin".into()),
    };
    assert_fixture("content/note.json", &note.encode().unwrap());
    assert_eq!(Note::parse(&fixture("content/note.json")).unwrap(), note);
}

#[test]
fn all_faults_come_at_once_in_both_languages() {
    let mut item = directive();
    item.title = String::new();
    item.expires = Some("2026-01-01".parse().unwrap());
    item.fields = vec!["Y tế".into()];
    item.files[0].name = "../etc".into();
    item.source = Some(Source { name: "x".into(), url: Some("javascript:alert(1)".into()), taken: None });
    let faults = item.encode().unwrap_err();
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["title", "fields[0]", "source.url", "files[0].name", "expires"]);
    assert_eq!(faults[0].problem_vi, "Không được để trống.");
    assert_eq!(faults[0].to_string(), "title: Must not be empty.");
}

#[test]
fn what_is_missing_or_of_the_wrong_type_is_named() {
    let faults = Item::parse(br#"{"v":1,"body":[],"issued":"2026-02-30","sample":"no"}"#).unwrap_err();
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    for line in [
        "salt: This field is required.",
        "edition: Must be a whole number of 1 or more.",
        "issued: Must be a real day, written like 2026-11-23.",
        "body: Must be a JSON object.",
        "sample: Must be true or false.",
    ] {
        assert!(said.contains(&line.to_owned()), "{line} in {said:#?}");
    }
    assert!(Item::parse(b"[]").unwrap_err()[0].to_string().contains("not a JSON object"));
}

#[test]
fn a_picture_has_both_sides_and_one_line_of_words() {
    let bytes = String::from_utf8(pictured().encode().unwrap()).unwrap();
    for (from, to, fault) in [
        (r#","height":960"#, "", "files[0].height: Must be a whole number of 1 or more."),
        (r#""width":320"#, r#""width":0"#, "files[1].width: Must be a whole number of 1 or more."),
        (r#""width":320"#, r#""width":65536"#, "files[1].width: The picture is too large."),
        (r#""alt":"C"#, r#""alt":"\nC"#, "files[0].alt: Has a control character that is not allowed."),
        (r#""of":""#, r#""of":"x"#, "files[1].of: It must be a SHA-256 as 64 lower-case hexadecimal digits."),
    ] {
        assert!(bytes.contains(from), "{from}");
        let faults = Item::parse(bytes.replacen(from, to, 1).as_bytes()).unwrap_err();
        assert_eq!(faults.iter().map(ToString::to_string).collect::<Vec<_>>(), [fault]);
    }
}

#[test]
fn faults_of_a_relation_are_named_with_its_place() {
    let mut item = repeal();
    item.relations[0].kind = "bãi bỏ".into();
    item.relations[1].until = item.relations[1].from;
    item.relations[1].number = String::new();
    let fields: Vec<String> = item.encode().unwrap_err().into_iter().map(|fault| fault.field).collect();
    assert_eq!(fields, ["relations[0].kind", "relations[1].number", "relations[1].until"]);
    let text = String::from_utf8(repeal().encode().unwrap()).unwrap();
    let half = text.replace(r#""origin":"chinhphu.vn/log","#, "");
    let faults = Item::parse(half.as_bytes()).unwrap_err();
    assert_eq!(faults[0].field, "relations[1].origin", "an id says nothing without its log");
    let later = text.replace("suspends_in_part", "consolidates");
    assert!(Item::parse(later.as_bytes()).is_ok(), "a word of a later version is no fault");
}

prop_compose! {
    fn relations()(
        kind in "[a-z][a-z0-9_]{0,39}", done_to: bool, number in "[0-9]{1,5}/[A-Z]{2}-[A-Zđ]{2,60}",
        agency in prop::option::of("[\\p{L}]{1,300}"), id in prop::option::of(any::<u128>()),
        from in 0_i16..4_000, lasts in 1_i16..400, dated in 0_u8..4, part in prop::option::of("Điều [1-9]{1,3}"),
    ) -> ItemRelation {
        let day = |offset: i16| {
            jiff::civil::date(2020, 1, 1).checked_add(jiff::Span::new().days(offset)).unwrap()
        };
        ItemRelation {
            kind, done_to, number, agency, part,
            issued: (dated == 3).then(|| day(from)),
            item: id.map(|id| ("xa-b.laocai.gov.vn/log".parse().unwrap(), Uuid::from_u128(id))),
            from: (dated > 0).then(|| day(from)),
            until: (dated > 1).then(|| day(from + lasts)),
        }
    }
}

#[test]
fn details_are_small_shallow_and_whole_or_named() {
    let mut item = news();
    let mut deep = json!("đáy");
    for _ in 0..6 {
        deep = json!({ "trong": [deep] });
    }
    let bad = json!({ "Kind": 1, "half": 0.5, "huge": 1_u64 << 53, "least": -(1_i64 << 53), "none": null, "list": [{ "bell": "\u{7}" }], "deep": deep });
    item.details = Some(details(bad));
    let faults = item.encode().unwrap_err();
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    let depths = "details.deep.trong[0].trong[0].trong";
    assert_eq!(
        fields,
        [
            "details",
            depths,
            "details.half",
            "details.huge",
            "details.least",
            "details.list[0].bell",
            "details.none"
        ]
    );
    item.details = Some(details(json!({ "a": "x".repeat(100_001) })));
    assert_eq!(item.encode().unwrap_err()[0].field, "details.a");
    item.details = Some(details(json!({ "a": vec!["x".repeat(99_999); 6] })));
    assert!(item.encode().unwrap_err()[0].problem_en.contains("at most 524288"));
    item.details = Some(details(json!({ "a": vec![Value::Null; 5_000] })));
    assert!(item.encode().unwrap_err().len() < 300, "faults without end");
    let list = Item::parse(br#"{"v":1,"details":[]}"#).unwrap_err();
    assert!(list.iter().any(|fault| fault.to_string() == "details: Must be a JSON object."));
}

#[test]
fn details_have_one_spelling_and_keep_keys_that_nobody_knows() {
    let bytes = news().encode().unwrap();
    let sent = String::from_utf8(bytes).unwrap().replace(
        r#","body":"#,
        r#", "details": { "z" : 1, "b": {"y":true,"x":"\u0110"}, "a_2027": [ ] },"body":"#,
    );
    let read = Item::parse(sent.as_bytes()).unwrap();
    assert_eq!(read.details.as_ref().unwrap().canonical(), r#"{"a_2027":[],"b":{"x":"Đ","y":true},"z":1}"#);
    assert_eq!(Item::parse(&read.encode().unwrap()).unwrap(), read);
    let twice = sent.replace(r#""z" : 1"#, r#""z":1,"z":2"#);
    assert!(Item::parse(twice.as_bytes()).unwrap_err()[0].to_string().contains("appears twice"));
}

/// Any value that details may hold.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        (-(1_i64 << 53) + 1..1 << 53).prop_map(Value::from),
        "[^\u{0}-\u{8}\u{b}\u{c}\u{e}-\u{1f}\u{7f}-\u{9f}]{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-z0-9_]{1,8}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_relation_survives(relations in prop::collection::vec(relations(), 0..4)) {
        let item = Item { relations, ..directive() };
        prop_assert_eq!(Item::parse(&item.encode().unwrap()).unwrap(), item);
    }

    #[test]
    fn any_details_within_bounds_survive(map in proptest::collection::btree_map("[a-z0-9_]{1,60}", value(), 0..5)) {
        let mut item = news();
        item.details = Some(Details(map.into_iter().collect()));
        let bytes = item.encode().unwrap();
        let again = Item::parse(&bytes).unwrap();
        prop_assert_eq!(again.encode().unwrap(), bytes);
        prop_assert_eq!(again, item);
    }

    #[test]
    fn any_text_survives(title in "\\PC{1,80}", text in "(?s)[^\u{0}-\u{8}\u{b}\u{c}\u{e}-\u{1f}\u{7f}-\u{9f}]{0,200}") {
        prop_assume!(!title.trim().is_empty());
        let mut item = news();
        item.title = title;
        item.body.text = text;
        prop_assert_eq!(Item::parse(&item.encode().unwrap()).unwrap(), item);
    }

    #[test]
    fn no_bytes_make_the_readers_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = (Item::parse(&bytes), Note::parse(&bytes));
    }
}
