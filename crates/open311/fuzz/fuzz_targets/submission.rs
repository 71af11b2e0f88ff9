#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| open311_fuzz::submission(bytes));
