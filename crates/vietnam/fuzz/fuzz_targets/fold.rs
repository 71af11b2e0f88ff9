//! Folding any text: never fails, and twice is once.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vietnam::text::{fold, nfc};

fuzz_target!(|text: &str| {
    let folded = fold(text);
    assert_eq!(fold(&folded), folded);
    assert_eq!(fold(&nfc(text)), folded);
});
