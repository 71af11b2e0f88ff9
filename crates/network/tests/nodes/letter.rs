//! Letters: sealed so that only the recipient reads them and nobody can forge, readdress or change them.

use network::letter::{
    Decision, Gate, Letter, LetterError, LetterKeys, Limits, MAX_BODY, MAX_HEAD, MAX_SEALED, Receipt, Says,
    Sealed, Sealing, Secret, decide, key_name, padded,
};
use network::moment::Moment;
use network::names::{ContentHash, Origin};
use proptest::prelude::*;
use tlog::{KeyKind, Note, SignerKey};
use uuid::Uuid;

use crate::fixtures::{assert_fixture, fixture};

fn origin(domain: &str) -> Origin {
    format!("{domain}/log").parse().unwrap()
}

/// The keys of a portal that are the same in every run.
fn keys(domain: &str) -> (SignerKey, Secret, LetterKeys) {
    let seed = *ContentHash::of(domain.as_bytes()).0.first_chunk().unwrap();
    let signer = SignerKey::from_seed(&key_name(&origin(domain)), KeyKind::Ed25519, seed).unwrap();
    let secret = Secret::from_seed(&seed);
    let public = LetterKeys::new(&secret, &signer.verifier()).unwrap();
    (signer, secret, public)
}

fn letter(body: &[u8]) -> Letter {
    Letter {
        from: origin("mof.gov.vn"),
        to: origin("chinhphu.vn"),
        id: Uuid::from_u128(0x019a_b3c1_7c6e_7b1a_8f00_0123_4567_89ab),
        heads: 812,
        kind: "opinion.asked".into(),
        body: body.to_vec(),
    }
}

fn sealed(letter: &Letter, seed: u8) -> Sealed {
    letter.seal(&keys("mof.gov.vn").0, &keys("chinhphu.vn").2, [seed; 32]).unwrap()
}

fn opened(bytes: &[u8]) -> Result<Letter, LetterError> {
    let sender = keys("mof.gov.vn").2.verifier(&origin("mof.gov.vn"))?;
    Sealed::parse(bytes)?.open(&sender, &keys("chinhphu.vn").1)
}

#[test]
fn the_bytes_of_a_letter_its_keys_and_its_receipt() {
    let written = letter("Kính gửi Văn phòng Chính phủ".as_bytes());
    let bytes = sealed(&written, 1).encode();
    let lines: Vec<String> = bytes.chunks(48).map(hex::encode).collect();
    assert_fixture("letter.hex", lines.join("\n").as_bytes());
    assert_fixture("letter-inside.txt", written.text().trim_end().as_bytes());
    // What was written by an earlier program is still read.
    let kept: Vec<u8> = String::from_utf8(fixture("letter.hex"))
        .unwrap()
        .lines()
        .flat_map(|l| hex::decode(l).unwrap())
        .collect();
    assert_eq!(opened(&kept), Ok(written.clone()));
    let (signer, secret, public) = keys("chinhphu.vn");
    assert_fixture("letter-keys.txt", public.to_string().as_bytes());
    assert_eq!(secret.text().parse::<Secret>().unwrap().id(), public.id());
    let receipt = Receipt {
        by: origin("chinhphu.vn"),
        from: written.from.clone(),
        to: written.to.clone(),
        id: written.id,
        says: Says::Holds(written.hash()),
    };
    let note = receipt.sign(&signer).unwrap().to_string();
    assert_fixture("letter-receipt.txt", note.trim_end().as_bytes());
    let key = |by: &Origin| (*by == receipt.by).then(|| public.verifier(by).unwrap());
    assert_eq!(Receipt::open(note.as_bytes(), key).as_ref(), Ok(&receipt));
    let stranger = |by: &Origin| Some(keys("mof.gov.vn").2.verifier(by).unwrap());
    assert!(matches!(Receipt::open(note.as_bytes(), stranger), Err(LetterError::Note(_))));
    assert!(matches!(Receipt::open(note.as_bytes(), |_| None), Err(LetterError::Key(_))));
}

#[test]
fn sealed_twice_it_is_two_envelopes_and_one_letter() {
    let written = letter(b"one");
    let (a, b) = (sealed(&written, 1), sealed(&written, 2));
    assert_ne!(a.hash, b.hash);
    let (a, b) = (opened(&a.encode()).unwrap(), opened(&b.encode()).unwrap());
    assert_eq!(a.hash(), b.hash());
    assert_eq!(decide(None, a.hash()), Decision::Keep);
    assert_eq!(decide(Some(a.hash()), b.hash()), Decision::Again);
    assert_eq!(decide(Some(a.hash()), letter(b"two").hash()), Decision::Contradicts);
}

#[test]
fn only_the_recipient_opens_it_and_only_for_its_sender() {
    let envelope = sealed(&letter(b"for you alone"), 1);
    let sender = keys("mof.gov.vn").2.verifier(&origin("mof.gov.vn")).unwrap();
    let other = keys("moh.gov.vn");
    assert!(matches!(envelope.open(&sender, &other.1), Err(LetterError::OtherKey(_))));
    let forged = other.2.verifier(&origin("mof.gov.vn")).unwrap();
    assert!(matches!(envelope.open(&forged, &keys("chinhphu.vn").1), Err(LetterError::Note(_))));
    // Somebody takes the sealed bytes out of a letter and sends them on under a name of his own: the address
    // outside is part of what was encrypted.
    let bytes = envelope.encode();
    let length = u32::from_be_bytes(*bytes.first_chunk().unwrap()) as usize;
    let outside = Note::parse_bytes(&bytes[4..4 + length]).unwrap();
    let mine = Note::sign(&outside.text.replace("from mof.", "from moh."), &other.0).unwrap().to_string();
    let length = u32::try_from(mine.len()).unwrap().to_be_bytes();
    let stolen = [&length[..], mine.as_bytes(), &bytes[4 + outside.to_string().len()..]].concat();
    let verifier = other.2.verifier(&origin("moh.gov.vn")).unwrap();
    let opened = Sealed::parse(&stolen).unwrap().open(&verifier, &keys("chinhphu.vn").1);
    assert_eq!(opened, Err(LetterError::NotOpened));
    let text = String::from_utf8_lossy(&envelope.encode()).into_owned();
    assert!(!text.contains("for you alone") && text.contains("to chinhphu.vn/log"));
}

#[test]
fn too_long_is_refused_before_anything_is_sealed() {
    let long = Letter { body: vec![0; MAX_BODY + 1], ..letter(b"") };
    let (signer, _, public) = keys("chinhphu.vn");
    assert_eq!(long.seal(&signer, &public, [0; 32]), Err(LetterError::TooLong(MAX_BODY + 1)));
    let most = Letter { body: vec![0; MAX_BODY], ..long };
    assert!(most.seal(&signer, &public, [0; 32]).unwrap().encode().len() <= MAX_SEALED);
    for kind in ["", "Hoa", "a b", &"a".repeat(41)] {
        let wrong = Letter { kind: kind.into(), ..letter(b"") };
        assert!(matches!(wrong.seal(&signer, &public, [0; 32]), Err(LetterError::Line { line: 6, .. })));
    }
}

#[test]
fn who_is_known_by_the_first_bytes_need_not_be_read_to_the_end() {
    let bytes = sealed(&letter(&[7; 5_000]), 1).encode();
    assert_eq!(Sealed::announced(&bytes[..3]).unwrap().map(|it| it.address), None);
    assert_eq!(Sealed::announced(&bytes[..200]).unwrap().map(|it| it.address), None);
    let announced = Sealed::announced(&bytes[..MAX_HEAD]).unwrap().unwrap();
    assert_eq!(announced.address.from, origin("mof.gov.vn"));
    announced.verify(&keys("mof.gov.vn").2.verifier(&origin("mof.gov.vn")).unwrap()).unwrap();
    assert!(announced.verify(&keys("moh.gov.vn").2.verifier(&origin("mof.gov.vn")).unwrap()).is_err());
    assert_eq!(Sealed::announced(&u32::MAX.to_be_bytes()).map(|_| ()), Err(LetterError::Shape));
}

#[test]
fn keys_have_one_spelling_and_later_ones_are_handed_on() {
    let text = keys("chinhphu.vn").2.to_string();
    assert_eq!(text.parse::<Sealing>().unwrap().to_string(), text);
    let later: Sealing = "letter2:whatever".parse().unwrap();
    assert_eq!((later.to_string().as_str(), later.known()), ("letter2:whatever", None));
    for wrong in ["", "letter1:", "letter1:00:00", "a b", &text.to_uppercase().replace("LETTER1", "letter1")]
    {
        assert!(wrong.parse::<Sealing>().is_err(), "{wrong}");
    }
    assert!("nhipcau.sealing1:00".parse::<Secret>().is_err());
    assert!(!format!("{:?}", keys("chinhphu.vn").1).contains("nhipcau.sealing1"));
}

#[test]
fn a_sender_brings_so_much_and_no_more_until_time_has_passed() {
    let mut gate = Gate::new(Limits { letters: 3, bytes: 1_000, refill: 60_000 });
    let (a, b) = (origin("a.vn"), origin("b.vn"));
    assert_eq!(gate.admit(&a, 5_000, Moment(0)), Ok(()), "a large one comes through an empty gate");
    assert!(gate.admit(&a, 1, Moment(1)).is_err(), "but nothing behind it");
    assert_eq!(gate.admit(&b, 10, Moment(1)), Ok(()), "others are not held up");
    for _ in 0..2 {
        assert_eq!(gate.admit(&b, 10, Moment(2)), Ok(()));
    }
    let wait = gate.admit(&b, 10, Moment(3)).unwrap_err();
    assert_eq!(gate.admit(&b, 10, Moment(3 + wait)), Ok(()));
    assert!(gate.admit(&b, 10, Moment(4 + wait)).is_err());
    assert_eq!(gate.admit(&a, 900, Moment(600_000)), Ok(()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_sealed_is_opened_and_no_other_byte_is(
        body in proptest::collection::vec(any::<u8>(), 0..3_000),
        seed in any::<u8>(),
        at in any::<proptest::sample::Index>(),
        bit in 0..8_u8,
    ) {
        let written = letter(&body);
        let mut bytes = sealed(&written, seed).encode();
        prop_assert_eq!(opened(&bytes), Ok(written));
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        prop_assert!(opened(&bytes).is_err(), "byte {} may be changed", at);
        bytes[at] ^= 1 << bit;
        bytes.push(0);
        prop_assert!(opened(&bytes).is_err());
        bytes.truncate(at);
        prop_assert!(opened(&bytes).is_err());
    }

    #[test]
    fn padding_hides_the_size_and_costs_little(size in 0..(1_usize << 26)) {
        let to = padded(size);
        prop_assert!(to >= size && to >= 1_024);
        prop_assert!(size <= 1_024 || to <= size + size / 8);
        prop_assert_eq!(padded(to), to);
        prop_assert!(to.max(1).trailing_zeros() + 6 > to.ilog2(), "at most six bits of {} tell something", to);
    }
}
