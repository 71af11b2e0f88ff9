#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| search_fuzz::query(text));
