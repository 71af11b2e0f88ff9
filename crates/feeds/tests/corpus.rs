//! The fuzz targets, run on the committed corpus and on damaged copies of it.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../../fuzz_corpus.rs"]
mod fuzzed;
#[path = "../fuzz/src/lib.rs"]
mod targets;

use proptest::prelude::*;

use fuzzed::Target;

const TARGETS: [(&str, Target); 2] = [("date", targets::date), ("feed", targets::feed)];

fuzzed::holds!(cases: 2_000, edits: 6);

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn a_text_comes_back_as_it_was_written(title in "[^\\p{C}]{1,60}", body in "[^\\p{C}]{1,200}") {
        let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let document = format!(
            "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>{}</title><content type='text'>{}</content></entry></feed>",
            escaped(&title), escaped(&body)
        );
        let feed = feeds::read(document.as_bytes(), &feeds::Hints::default()).unwrap();
        let value = |text: &Option<feeds::Text>| text.as_ref().map(|text| text.value.clone()).unwrap_or_default();
        prop_assert_eq!(value(&feed.items[0].title), vietnam::text::nfc(title.trim()));
        prop_assert_eq!(value(&feed.items[0].content), vietnam::text::nfc(body.trim()));
        prop_assert_eq!(feed.notes, vec![]);
    }

    // From 1976 on: before, a part of Vietnam lay eight hours before UTC.
    #[test]
    fn every_instant_is_read_in_every_shape(second in 200_000_000i64..4_000_000_000) {
        let at = jiff::Timestamp::from_second(second).unwrap();
        for shape in ["%Y-%m-%dT%H:%M:%SZ", "%a, %d %b %Y %H:%M:%S GMT", "%d %B %Y %H:%M:%S +0000", "%A, %d-%b-%Y %H:%M:%S UTC"] {
            let written = at.strftime(shape).to_string();
            prop_assert_eq!(feeds::date(&written), Some(at), "{}", written);
        }
        let there = at.in_tz("Asia/Ho_Chi_Minh").unwrap();
        for shape in ["%d/%m/%Y %H:%M:%S", "%H:%M:%S %d/%m/%Y", "Ngày %d tháng %m năm %Y %H:%M:%S"] {
            let written = there.strftime(shape).to_string();
            prop_assert_eq!(feeds::date(&written), Some(at), "{}", written);
        }
    }
}
