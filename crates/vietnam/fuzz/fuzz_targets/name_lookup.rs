//! Looking up any text as a name: never fails, and an answer of several has several.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vietnam::units::{Found, Units};

fuzz_target!(|text: &str| {
    let units = Units::shipped();
    if let Found::Many(many) = units.commune_named(text) {
        assert!(many.len() > 1);
    }
    if let Found::Many(many) = units.old_commune_named(text) {
        assert!(many.len() > 1);
    }
    let _ = units.province_named(text);
});
