#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| edxml_fuzz::message(bytes));
