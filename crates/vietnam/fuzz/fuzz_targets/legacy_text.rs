#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| vietnam_fuzz::legacy_text(bytes));
