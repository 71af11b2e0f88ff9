//! Any text as a document's number: what is read prints, and what is printed reads the same.
#![no_main]

use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use vietnam::number::{Abbreviations, DocumentNumber};

fuzz_target!(|text: &str| {
    if let Ok(number) = text.parse::<DocumentNumber>() {
        let printed = number.to_string();
        assert_eq!(printed.parse::<DocumentNumber>().as_ref(), Ok(&number), "{printed}");
        assert_eq!(printed.parse::<DocumentNumber>().map(|n| n.to_string()), Ok(printed));
        assert!(!number.tokens().is_empty());
        let known = Abbreviations::shipped();
        let _ = (known.forms_of(&number, None), known.issuers_of(&number, Some(date(2026, 7, 1))));
        let _ = number.unique_key("Chính phủ", "Nghị định", date(2026, 7, 1)).to_string();
    }
});
