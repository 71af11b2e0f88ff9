//! Sealed content: exact bytes, what opens it, and what must not.

use network::entry::ContentRef;
use network::names::ContentHash;
use network::sealing::{SealKey, Sealed, Sealing, Unopened, sealed_size};
use proptest::prelude::*;
use uuid::Uuid;

use crate::fixtures::assert_fixture;

fn of(edition: u32) -> Sealed {
    let item = Uuid::from_u128(0x019a_b3c4_d5e6_7f80_8123_4567_89ab_cdef);
    Sealed { origin: "chinhphu.vn/log".parse().unwrap(), item, edition }
}

fn pointer(bytes: &[u8]) -> ContentRef {
    ContentRef { sha256: ContentHash::of(bytes), size: bytes.len() as u64, media: "text/plain".into() }
}

#[test]
fn a_sealing_has_exact_bytes() {
    let (key, text) = (SealKey::new([9; 32]), "Thông cáo báo chí".as_bytes());
    let sealed = key.close(&of(1), 0, text).unwrap();
    assert_fixture("sealed.txt", ContentHash::of(&sealed).to_string().as_bytes());
    let commitment = key.commitment(&of(1), &pointer(text), &[pointer(b"paper")]);
    assert_fixture("commitment.txt", commitment.to_string().as_bytes());
}

#[test]
fn only_its_key_opens_it_and_only_at_its_place() {
    let (key, text) = (SealKey::new([9; 32]), "Thông cáo báo chí".as_bytes());
    let sealed = key.close(&of(1), 0, text).unwrap();
    let named = pointer(text);
    assert_eq!(key.open(&of(1), 0, &sealed, &named).unwrap(), text);
    let stranger = Sealed { origin: "mof.gov.vn/log".parse().unwrap(), ..of(1) };
    for (other, at, place) in [
        (SealKey::new([8; 32]), of(1), 0),
        (key.clone(), of(2), 0),
        (key.clone(), of(1), 1),
        (key.clone(), stranger, 0),
    ] {
        assert_eq!(other.open(&at, place, &sealed, &named), Err(Unopened::Key));
    }
    assert_eq!(key.open(&of(1), 0, &sealed, &pointer(b"another text")), Err(Unopened::Other));
    let longer = ContentRef { size: named.size + 1, ..named };
    assert_eq!(key.open(&of(1), 0, &sealed, &longer), Err(Unopened::Other));
}

#[test]
fn what_is_opened_is_what_was_sealed() {
    let (key, text, paper) = (SealKey::new([9; 32]), pointer(b"text"), pointer(b"paper"));
    let files = [paper.clone()];
    let sealing = Sealing { of: of(1), files: 1, commitment: key.commitment(&of(1), &text, &files) };
    assert!(sealing.is_opened_by(&key, &text, &files));
    assert!(!sealing.is_opened_by(&SealKey::new([8; 32]), &text, &files));
    assert!(!sealing.is_opened_by(&key, &paper, &files));
    assert!(!sealing.is_opened_by(&key, &text, &[]));
    let renamed = ContentRef { media: "application/pdf".into(), ..text };
    assert!(!sealing.is_opened_by(&key, &renamed, &files));
}

#[test]
fn a_key_is_not_printed_and_sizes_tell_little() {
    let key = SealKey::new([9; 32]);
    assert!(!format!("{key:?}").contains("09"));
    assert!("9".repeat(63).parse::<SealKey>().is_err() && "AB".repeat(32).parse::<SealKey>().is_err());
    assert_eq!(key.digits().parse::<SealKey>().unwrap(), key);
    // A word and two pages look alike.
    assert_eq!(sealed_size(5), sealed_size(4_000));
    let told: std::collections::BTreeSet<u64> = (0..1_000_000).step_by(97).map(sealed_size).collect();
    assert!(told.len() < 200, "{}", told.len());
}

proptest! {
    #[test]
    fn any_bytes_come_back_and_no_damage_passes(
        text in proptest::collection::vec(any::<u8>(), 0..9_000),
        key in any::<[u8; 32]>(),
        place in 0..401_u32,
        at in any::<prop::sample::Index>(),
        flip in 1..=255_u8,
    ) {
        let key = SealKey::new(key);
        let mut sealed = key.close(&of(3), place, &text).unwrap();
        prop_assert_eq!(sealed.len() as u64, sealed_size(text.len() as u64));
        prop_assert!(sealed.len() <= 4_096 + 16 || sealed.len() <= text.len() * 9 / 8 + 64);
        prop_assert_eq!(key.open(&of(3), place, &sealed, &pointer(&text)).unwrap(), text.clone());
        let at = at.index(sealed.len());
        sealed[at] ^= flip;
        prop_assert_eq!(key.open(&of(3), place, &sealed, &pointer(&text)), Err(Unopened::Key));
    }

    #[test]
    fn no_bytes_make_the_opener_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(SealKey::new([9; 32]).open(&of(1), 0, &bytes, &pointer(b"x")).is_err());
    }
}
