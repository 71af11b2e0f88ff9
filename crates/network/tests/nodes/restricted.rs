//! Words for a few agencies: exact bytes, who reads them, and what must not be told or accepted.

use network::letter::{LetterKeys, Secret};
use network::restricted::{MAX_READERS, Place, Unread, Unsealed, sealed_size};
use proptest::prelude::*;
use tlog::KeyKind;
use uuid::Uuid;

use crate::fixtures::{assert_fixture, signer};

fn place() -> Place {
    Place {
        by: "chinhphu.vn/log".parse().unwrap(),
        origin: "chinhphu.vn/log".parse().unwrap(),
        item: Uuid::from_u128(0x019a_b3c4_d5e6_7f80_8123_4567_89ab_cdef),
        edition: 2,
        part: "task 2.a".into(),
    }
}

fn reader(number: u8) -> (Secret, LetterKeys) {
    let secret = Secret::from_seed(&[number; 32]);
    let letter = signer("mof.gov.vn/log/letters", KeyKind::Ed25519).verifier();
    let keys = LetterKeys::new(&secret, &letter).unwrap();
    (secret, keys)
}

fn keys(numbers: impl IntoIterator<Item = u8>) -> Vec<LetterKeys> {
    numbers.into_iter().map(|number| reader(number).1).collect()
}

const WORDS: &[u8] = "Rà soát việc bảo vệ đập trước 17 giờ.".as_bytes();

#[test]
fn sealed_words_have_exact_bytes() {
    let sealed = place().seal(WORDS, &keys([1, 2, 3]), [9; 32]).unwrap();
    assert_fixture("restricted.hex", hex::encode(&sealed).as_bytes());
    assert_eq!(sealed.len() as u64, sealed_size(WORDS.len() as u64, 3));
}

#[test]
fn each_reader_reads_them_and_nobody_else_at_no_other_place() {
    let sealed = place().seal(WORDS, &keys([1, 2, 3]), [9; 32]).unwrap();
    for number in [1, 2, 3] {
        assert_eq!(place().open(&sealed, &reader(number).0).unwrap(), WORDS);
    }
    assert_eq!(place().open(&sealed, &reader(4).0), Err(Unread::NotForUs));
    let elsewhere = [
        Place { by: "mof.gov.vn/log".parse().unwrap(), ..place() },
        Place { edition: 3, ..place() },
        Place { part: "task 2.b".into(), ..place() },
        Place { item: Uuid::from_u128(1), ..place() },
    ];
    for other in elsewhere {
        assert_eq!(other.open(&sealed, &reader(1).0), Err(Unread::NotForUs), "{other:?}");
    }
}

#[test]
fn what_everybody_sees_tells_neither_who_reads_nor_exactly_how_many_or_how_much() {
    let size = |words: &[u8], readers: u8| place().seal(words, &keys(1..=readers), [9; 32]).unwrap().len();
    assert_eq!(size(b"a", 5), size(&[b'a'; 900], 8), "five and eight readers, one letter and nine hundred");
    assert_ne!(size(b"a", 8), size(b"a", 9));
    let sealed = place().seal(WORDS, &keys([1, 2]), [9; 32]).unwrap();
    for number in [1, 2] {
        let key = *reader(number).1.sealing();
        assert!(!sealed.windows(32).any(|bytes| bytes == key));
    }
    let again = place().seal(WORDS, &keys([1, 2]), [8; 32]).unwrap();
    assert_ne!(sealed[20..], again[20..], "another seed gives other bytes");
}

#[test]
fn readers_are_one_to_many() {
    assert_eq!(place().seal(WORDS, &[], [9; 32]), Err(Unsealed::Readers));
    let twice = place().seal(WORDS, &keys([1, 1]), [9; 32]).unwrap();
    assert_eq!(twice.len() as u64, sealed_size(WORDS.len() as u64, 1), "the same reader twice is one");
    let mut claims = place().seal(WORDS, &keys([1]), [9; 32]).unwrap();
    claims[52..54].copy_from_slice(&(MAX_READERS as u16 + 1).to_be_bytes());
    assert_eq!(place().open(&claims, &reader(1).0), Err(Unread::Broken));
}

proptest! {
    #[test]
    fn any_words_come_back_and_no_damage_passes(
        words in prop::collection::vec(any::<u8>(), 0..5_000), at in any::<prop::sample::Index>(), bit in 0..8_u8
    ) {
        let mut sealed = place().seal(&words, &keys([1]), [9; 32]).unwrap();
        prop_assert_eq!(place().open(&sealed, &reader(1).0).unwrap(), words);
        let at = at.index(sealed.len());
        sealed[at] ^= 1 << bit;
        prop_assert!(place().open(&sealed, &reader(1).0).is_err());
        sealed.truncate(at);
        prop_assert!(place().open(&sealed, &reader(1).0).is_err());
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let whole = [b"nhipcau.restricted1\n".as_slice(), &bytes].concat();
        prop_assert!(place().open(&whole, &reader(1).0).is_err());
        prop_assert!(place().open(&bytes, &reader(1).0).is_err());
    }
}
