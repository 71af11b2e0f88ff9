//! Any text as a domain: a pattern or a fault, whatever it is.
#![no_main]

use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use vietnam::agencies::{Agencies, domain_pattern};
use vietnam::units::Units;

fuzz_target!(|text: &str| {
    let _ = domain_pattern(text, Units::shipped(), Agencies::shipped(), date(2026, 11, 23));
    let _ = Agencies::shipped().named(text, date(2026, 11, 23));
});
