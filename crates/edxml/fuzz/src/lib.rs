//! What must hold for any bytes that a system may send: nothing panics, what is refused is named, and what is read and written is read again as
//! the same. `tests/corpus.rs` of `edxml` runs it too.

/// A packet of any kind.
pub fn message(bytes: &[u8]) {
    match edxml::read(bytes) {
        Ok(message) => {
            let written = edxml::write(&message);
            // What is only escaped may grow beyond what is read.
            if written.len() <= edxml::limits::TEXT {
                assert_eq!(edxml::read(written.as_bytes()).as_ref(), Ok(&message), "{written}");
            }
        }
        Err(error) => assert!(!error.vi().is_empty() && error.en().len() < 1_000),
    }
}
