//! Any bytes as text from before Unicode: a reading in NFC, and text that is Unicode already stays.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vietnam::text::legacy::{Encoding, SAMPLES, read, read_as, read_text};
use vietnam::text::nfc;

fuzz_target!(|bytes: &[u8]| {
    let reading = read(bytes);
    assert_eq!(nfc(&reading.text), reading.text);
    assert!(reading.confidence <= 100 && reading.samples.len() <= SAMPLES);
    for encoding in [Encoding::Tcvn3, Encoding::Vni, Encoding::Viqr, Encoding::Windows1258, Encoding::Unicode] {
        let _ = read_as(bytes, encoding);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let unicode = format!("{text} được");
        assert_eq!(read_text(&unicode).text, nfc(&unicode));
    }
});
