//! Slugs and domain labels of any text are safe in an address.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vietnam::text::{label, slug};

fuzz_target!(|text: &str| {
    let slug_of_text = slug(text);
    assert!(slug_of_text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
    assert!(!slug_of_text.starts_with('-') && !slug_of_text.ends_with('-') && !slug_of_text.contains("--"));
    assert_eq!(slug(&slug_of_text), slug_of_text);
    if let Some(label) = label(text) {
        assert!((1..=63).contains(&label.len()) && label.bytes().all(|b| b.is_ascii_alphanumeric()));
    }
});
