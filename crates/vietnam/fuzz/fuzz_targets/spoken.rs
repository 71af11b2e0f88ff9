#![no_main]
libfuzzer_sys::fuzz_target!(|text: &str| vietnam_fuzz::spoken(text));
