#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| routing_fuzz::suggest(bytes));
