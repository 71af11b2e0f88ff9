//! What must hold for any bytes that a portal may serve: nothing panics, what is read lies within its bounds and is read alike
//! each time, and what is refused is named. One function per fuzz target; `tests/corpus.rs` of `feeds` runs them too.

use feeds::{Hints, Kind, limits};

/// A feed of any kind.
pub fn feed(bytes: &[u8]) {
    let hints = Hints { url: Some("https://tinh-a.gov.vn/rss/tin.xml"), ..Hints::default() };
    match feeds::read(bytes, &hints) {
        Ok(feed) => {
            assert!(feed.items.len() <= limits::ITEMS);
            for item in &feed.items {
                for text in [&item.title, &item.summary, &item.content].into_iter().flatten() {
                    // NFC makes a text longer at most by a few letters of old scripts.
                    assert!(!text.value.is_empty() && text.value.len() <= 3 * limits::TEXT);
                    assert!(text.kind == Kind::Plain || text.value.matches('<').count() <= limits::TAGS);
                    assert!(!text.plain().contains('\n'));
                }
                for address in item.link.iter().chain(&item.id) {
                    assert!(!address.is_empty() && address.len() <= 3 * limits::ADDRESS + 100, "{address}");
                }
                if let Some(link) = &item.link {
                    let acts = ["javascript:", "data:", "vbscript:", "file:"];
                    assert!(
                        !acts.iter().any(|scheme| link.to_ascii_lowercase().starts_with(scheme)),
                        "{link}"
                    );
                }
            }
            assert!(feed.notes.iter().all(|note| !note.vi().is_empty() && !note.en().is_empty()));
            assert_eq!(feeds::read(bytes, &hints).as_ref(), Ok(&feed), "read alike each time");
        }
        Err(error) => assert!(!error.vi().is_empty() && error.en().len() < 2_000),
    }
}

/// A time.
pub fn date(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Some(at) = feeds::date(text) {
        assert_eq!(feeds::date(&at.to_string()), Some(at), "what is written is read");
    }
}
