//! Limits, faults and first forms.

use channels::limits::{count, stays, text_limit};
use channels::{Form, Kind, Role, draft, faults};
use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::world::{form, medium};

const TODAY: Date = date(2026, 11, 26);
const LINK: &str = "https://xa-b.gov.vn/s/k7";

fn named(form: &Form, kind: Kind) -> Vec<&'static str> {
    faults(form, kind, TODAY).iter().map(|fault| fault.field).collect()
}

#[test]
fn forms_that_fit_have_no_fault() {
    for kind in Kind::ALL {
        for shape in 0..8 {
            let form = form(kind, shape, LINK);
            assert_eq!(faults(&form, kind, TODAY), [], "{kind} {form:?}");
        }
    }
}

#[test]
fn every_fault_is_named_in_both_languages() {
    let long = |kind, shape| Form { text: "lũ ".repeat(30_000), ..form(kind, shape, LINK) };
    for kind in Kind::ALL {
        let found = faults(&long(kind, 0), kind, TODAY);
        assert!(found.iter().any(|fault| fault.field == "text"), "{kind}");
        assert!(found.iter().all(|fault| fault.words.vi != fault.words.en && !fault.words.vi.is_empty()));
    }
    assert_eq!(
        named(&Form { link: Some("xa-b".into()), ..form(Kind::Telegram, 0, LINK) }, Kind::Telegram),
        ["link"]
    );
    assert_eq!(named(&Form { title: "Tin".into(), ..form(Kind::Viber, 0, LINK) }, Kind::Viber), ["title"]);
    assert_eq!(named(&Form { media: vec![], ..form(Kind::Zalo, 0, LINK) }, Kind::Zalo), ["media"]);
    assert_eq!(named(&Form { media: vec![], ..form(Kind::YouTube, 0, LINK) }, Kind::YouTube), ["media"]);
    assert_eq!(
        named(&Form { media: vec![medium(Role::Picture)], ..form(Kind::Sms, 0, LINK) }, Kind::Sms),
        ["media"]
    );
    assert_eq!(
        named(&Form { title: "a < b".into(), ..form(Kind::YouTube, 0, LINK) }, Kind::YouTube),
        ["title"]
    );
    let mut reel = form(Kind::Facebook, 7, LINK);
    assert!(reel.reel && reel.clip().is_some());
    reel.media[0].millis = Some(91_000);
    assert_eq!(named(&reel, Kind::Facebook), ["media"]);
    // A caption is shorter than a message.
    let words = Form { text: "a".repeat(1_025), ..form(Kind::Telegram, 1, LINK) };
    assert_eq!(named(&words, Kind::Telegram), ["text"]);
    assert_eq!(named(&Form { media: vec![], ..words }, Kind::Telegram), [""; 0]);
}

#[test]
fn whoever_corrects_is_told_what_stays() {
    for kind in Kind::ALL {
        let before = form(kind, 1, LINK);
        let words = Form { text: "Nước đã rút".into(), ..before.clone() };
        assert_eq!(stays(&before, &words, kind), None);
        let bare = Form { media: vec![], ..before.clone() };
        let fixed = matches!(kind, Kind::Facebook | Kind::YouTube | Kind::Telegram);
        assert_eq!(stays(&before, &bare, kind).is_some(), fixed, "{kind}");
    }
}

#[test]
fn a_message_with_diacritics_has_seventy_letters() {
    let plain = Form { text: "a".repeat(160), link: None, ..Form::default() };
    assert_eq!(faults(&plain, Kind::Sms, TODAY), []);
    let marked = Form { text: "ạ".repeat(71), link: None, ..Form::default() };
    let fault = &faults(&marked, Kind::Sms, TODAY)[0];
    assert!(
        fault.words.vi.contains("dài 71, tối đa 70") && fault.words.vi.ends_with("bớt 1"),
        "{}",
        fault.words.vi
    );
}

#[test]
fn a_first_form_is_cut_at_a_word_only_where_it_must_be() {
    let short = draft(Kind::Telegram, "Công điện 46", "Chủ động ứng phó lũ", LINK, TODAY);
    assert_eq!(short.text, "Công điện 46\n\nChủ động ứng phó lũ");
    let zalo = draft(Kind::Zalo, &"Công điện số bốn mươi sáu ".repeat(10), "Tóm tắt", LINK, TODAY);
    assert!(zalo.title.ends_with('…') && zalo.title.chars().count() <= 150 && zalo.text == "Tóm tắt");
    let whole = "Công điện số bốn mươi sáu ".repeat(10);
    assert!(whole.starts_with(zalo.title.trim_end_matches('…')) && !zalo.title.ends_with("số…bố"));
    let sms = draft(
        Kind::Sms,
        "Công điện của Chủ tịch Ủy ban nhân dân tỉnh về chủ động ứng phó mưa lũ",
        "",
        LINK,
        TODAY,
    );
    assert!(
        sms.wire(Kind::Sms).ends_with(LINK) && sms.wire(Kind::Sms).chars().count() <= 70,
        "{}",
        sms.wire(Kind::Sms)
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn a_first_form_always_fits(title in "\\PC{1,300}", summary in "[\\PC\\n]{0,3000}", kind in 0usize..6) {
        let kind = Kind::ALL[kind];
        let form = draft(kind, &title, &summary, LINK, TODAY);
        let sent = form.wire(kind);
        let limit = text_limit(kind, &sent, false, TODAY).unwrap();
        prop_assert!(count(limit.unit, &sent) <= limit.most);
        prop_assert_eq!(form.link.as_deref(), Some(LINK));
        let left: Vec<_> = faults(&form, kind, TODAY).into_iter().filter(|fault| fault.field != "media").collect();
        let blank = title.trim().is_empty();
        prop_assert!(blank || left.iter().all(|fault| !fault.words.en.contains("long, at most")), "{:?}", left);
    }
}
