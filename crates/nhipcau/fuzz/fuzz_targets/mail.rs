#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| nhipcau_fuzz::mail(bytes));
