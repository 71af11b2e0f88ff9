//! Numbers inside any text: places in order, inside the text, and each found number reads as itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vietnam::number::{DocumentNumber, Mentioned, mentions};

fuzz_target!(|text: &str| {
    let mut end = 0;
    for mention in mentions(text) {
        assert!(mention.range.start >= end && mention.range.start < mention.range.end);
        end = mention.range.end;
        let written = &text[mention.range];
        if let Mentioned::Number(number) = &mention.what {
            assert_eq!(written.parse::<DocumentNumber>().as_ref(), Ok(number));
        }
        assert!(!mention.what.tokens().is_empty());
    }
});
