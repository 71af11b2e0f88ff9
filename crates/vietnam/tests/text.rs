//! Laws of the text functions, on any text.

#![allow(clippy::unwrap_used, clippy::panic)]

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;
use vietnam::text::{canonical, fold, label, nfc, same, slug};
use vietnam::units::Units;

/// Any text, and text rich in what Vietnamese keyboards produce.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-zA-ZàáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĐÂÊÔƠƯÀÁ '’\u{300}\u{301}\u{303}\u{309}\u{323}-]{0,24}",
    ]
}

proptest! {
    #[test]
    fn every_function_applied_twice_gives_what_it_gave_once(text in text()) {
        for f in [nfc, fold, slug, canonical] {
            let once = f(&text);
            prop_assert_eq!(f(&once), once);
        }
        if let Some(once) = label(&text) {
            prop_assert_eq!(label(&once), Some(once));
        }
    }

    #[test]
    fn normal_forms_make_no_difference(text in text()) {
        let (composed, decomposed): (String, String) = (text.nfc().collect(), text.nfd().collect());
        for f in [nfc, fold, slug, canonical] {
            prop_assert_eq!(f(&composed), f(&decomposed));
        }
        prop_assert!(same(&composed, &decomposed));
    }

    #[test]
    fn a_slug_is_safe_in_an_address(text in text()) {
        let slug = slug(&text);
        prop_assert!(slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
        prop_assert!(!slug.starts_with('-') && !slug.ends_with('-') && !slug.contains("--"));
    }

    #[test]
    fn canonical_spelling_changes_no_search(text in text()) {
        prop_assert_eq!(slug(&canonical(&text)), slug(&text));
    }

    #[test]
    fn looking_up_anything_never_fails(text in text()) {
        let units = Units::shipped();
        let _ = (units.commune_named(&text), units.old_commune_named(&text), units.province_named(&text));
    }

    #[test]
    fn every_commune_is_found_by_its_folded_name(index in 0usize..3321) {
        let units = Units::shipped();
        let commune = &units.communes()[index];
        for query in [commune.full_name(), fold(&commune.full_name()), commune.name.to_uppercase(), commune.full_name().nfd().collect()] {
            prop_assert!(units.commune_named(&query).all().contains(&commune), "{}", query);
        }
    }
}
