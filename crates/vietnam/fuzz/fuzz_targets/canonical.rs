//! Canonical spelling of any text: twice is once, and no search finds another text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vietnam::text::{canonical, same, slug};

fuzz_target!(|text: &str| {
    let spelled = canonical(text);
    assert_eq!(canonical(&spelled), spelled);
    assert_eq!(slug(&spelled), slug(text));
    assert!(same(&spelled, text));
});
