//! Any text as an agency code: what is read is canonical.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vietnam::agencies::AgencyCode;

fuzz_target!(|text: &str| {
    if let Ok(code) = text.parse::<AgencyCode>() {
        assert_eq!(code.as_str().parse::<AgencyCode>().as_ref(), Ok(&code));
    }
});
