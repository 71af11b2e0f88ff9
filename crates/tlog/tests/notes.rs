//! Notes, keys and cosignatures: what is refused, and by which name.
#![allow(clippy::unwrap_used, clippy::panic)]

use tlog::*;

const TEXT: &str = "a line\n";
const LINE: &str = "— a.example AAAAAQI=\n";

fn seeded(name: &str, kind: KeyKind, byte: u8) -> SignerKey {
    SignerKey::from_seed(name, kind, [byte; 32]).unwrap()
}

#[test]
fn notes_that_are_refused() {
    let many = |count: u32| {
        (0..count)
            .map(|n| format!("— a.example {}\n", base64_of(&[&n.to_be_bytes()[..], &[1]].concat())))
            .collect::<String>()
    };
    let note = |lines: &str| Note::parse(&format!("{TEXT}\n{lines}"));
    assert_eq!(note(&many(100)).unwrap().signatures.len(), 100);
    assert_eq!(note(&many(101)), Err(NoteError::TooManySignatures));
    assert_eq!(note(""), Err(NoteError::NoSignature));
    assert_eq!(note(LINE.trim_end()), Err(NoteError::Unterminated));
    let key_id = 1;
    assert_eq!(note(&LINE.repeat(2)), Err(NoteError::Duplicate { name: "a.example".into(), key_id }));
    assert_eq!(Note::parse(TEXT), Err(NoteError::NoSeparator));
    assert_eq!(Note::parse(&format!("{TEXT}{LINE}")), Err(NoteError::NoSeparator));
    assert_eq!(Note::parse(&format!("a\tb\n\n{LINE}")), Err(NoteError::ControlCharacter(9)));
    assert_eq!(Note::parse(&format!("a\r\n\n{LINE}")), Err(NoteError::ControlCharacter(13)));
    assert_eq!(Note::parse_bytes(b"\xff\n\n"), Err(NoteError::NotUtf8));
    let large = format!("{}\n\n{LINE}", "x".repeat(MAX_NOTE_BYTES - LINE.len() - 2));
    assert_eq!(Note::parse(&large).unwrap().text.len(), MAX_NOTE_BYTES - LINE.len() - 1);
    assert_eq!(Note::parse(&format!("x{large}")), Err(NoteError::TooLarge(MAX_NOTE_BYTES + 1)));
    for line in [
        "- a.example AAAAAQI=",        // a hyphen for the dash
        "—a.example AAAAAQI=",         // no space
        "—  AAAAAQI=",                 // no name
        "— a.example AAAAAQI= ",       // a space at the end
        "— a.example  AAAAAQI=",       // two spaces
        "— a.example AAAAAQJ=",        // stray bits
        "— a.example AAAAAQI",         // no padding
        "— a.example AAAAAQ==",        // an id without a signature
        "— a+example AAAAAQI=",        // a plus in the name
        "— a\u{a0}example AAAAAQI=",   // a Unicode space in the name
        "— a\u{2003}example AAAAAQI=", // another
        "— a.example",
        "",
    ] {
        assert_eq!(line.parse::<NoteSignature>(), Err(NoteError::SignatureLine(line.into())));
        assert!(note(&format!("{LINE}{line}\n")).is_err(), "{line:?}");
    }
}

fn base64_of(bytes: &[u8]) -> String {
    use base64::{Engine, engine::general_purpose::STANDARD};
    STANDARD.encode(bytes)
}

#[test]
fn the_last_empty_line_separates() {
    let note = Note::parse(&format!("a\n\nb\n\n{LINE}")).unwrap();
    assert_eq!(note.text, "a\n\nb\n");
    let inside = Note::parse(&format!("a\n\n{LINE}\n{LINE}")).unwrap();
    assert_eq!((inside.text, inside.signatures.len()), (format!("a\n\n{LINE}"), 1));
}

#[test]
fn a_note_is_signed_only_by_the_right_kind_of_key() {
    let log = seeded("a.example", KeyKind::Ed25519, 1);
    let mirror = seeded("a.example", KeyKind::CosignatureEd25519, 1);
    let mut note = Note::sign(TEXT, &log).unwrap();
    assert_eq!(note.verified_by(&log.verifier()), Ok(()));
    assert_ne!(log.id(), mirror.id(), "one secret, two kinds, two ids");
    assert_eq!(note.verified_by(&mirror.verifier()), Err(NoteError::Missing("a.example".into())));
    assert_eq!(Note::sign(TEXT, &mirror), Err(NoteError::WrongKind("a.example".into())));
    assert_eq!(Note::sign("no newline", &log), Err(NoteError::TextEnd));
    assert_eq!(Note::sign("a\0\n", &log), Err(NoteError::ControlCharacter(0)));
    assert!(matches!(cosign(TEXT, &mirror, 1), Err(NoteError::NotACheckpoint(_))));
    assert_eq!(cosign(TEXT, &log, 1), Err(NoteError::WrongKind("a.example".into())));

    // A right signature beside a wrong one of the same key does not save the note.
    let mut wrong = note.signatures[0].clone();
    wrong.signature[0] ^= 1;
    note.signatures.push(wrong.clone());
    assert_eq!(note.verified_by(&log.verifier()), Err(NoteError::Bad("a.example".into())));
    note.signatures.pop();
    note.add(wrong.clone());
    assert_eq!(note.signatures, [wrong], "added in the place of the old one");
}

#[test]
fn cosignatures_cover_time_and_text() {
    let head = Checkpoint { origin: "o".into(), size: 3, root: EMPTY_ROOT, extensions: vec!["more".into()] };
    let (log, mirror) = (seeded("o", KeyKind::Ed25519, 1), seeded("m", KeyKind::CosignatureEd25519, 2));
    let mut note = head.sign(&log).unwrap();
    assert_eq!(verify_cosignature(&note, &mirror.verifier()), Err(NoteError::Missing("m".into())));
    assert_eq!(cosign(&note.text, &mirror, MAX_TIMESTAMP + 1), Err(NoteError::Timestamp(MAX_TIMESTAMP + 1)));
    note.add(cosign(&note.text, &mirror, 7).unwrap());
    note.add(cosign(&note.text, &mirror, MAX_TIMESTAMP).unwrap());
    assert_eq!(note.signatures[1].signature.len(), COSIGNATURE_BYTES);
    assert_eq!(verify_cosignature(&note, &mirror.verifier()), Ok(MAX_TIMESTAMP));
    assert_eq!(note.verified_by(&mirror.verifier()), Ok(()));
    assert_eq!(verify_cosignature(&note, &log.verifier()), Err(NoteError::WrongKind("o".into())));
    note.text = note.text.replace("more", "less");
    assert_eq!(note.verified_by(&mirror.verifier()), Err(NoteError::Bad("m".into())));
}

#[test]
fn ml_dsa_44_is_read_but_not_verified() {
    let key = VerifierKey::new("w.example", KeyKind::CosignatureMlDsa44, &[7; 1312]).unwrap();
    assert_eq!(key.to_string().parse(), Ok(key.clone()));
    let mut note =
        Note::sign("o\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", &seeded("o", KeyKind::Ed25519, 1))
            .unwrap();
    note.add(NoteSignature { name: "w.example".into(), key_id: key.id(), signature: vec![0; 2428] });
    assert_eq!(note.verified_by(&key), Err(NoteError::Unsupported("w.example".into())));
    assert_eq!(VerifierKey::new("w", KeyKind::CosignatureMlDsa44, &[7; 32]), Err(KeyError::Length(32)));
    assert_eq!(
        SignerKey::from_seed("w", KeyKind::CosignatureMlDsa44, [7; 32]).unwrap_err(),
        KeyError::Kind(6)
    );
}

#[test]
fn keys_that_are_refused() {
    let good = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    let parse = |text: &str| text.parse::<VerifierKey>().map(|key| key.to_string());
    assert_eq!(parse(good).as_deref(), Ok(good));
    assert_eq!(
        parse(&good.replace("3a+", "3b+")),
        Err(KeyError::WrongId { written: 0x530d903b, computed: 0x530d903a })
    );
    assert_eq!(parse(&good.replace("3a+", "3A+")), Err(KeyError::Id("530d903A".into())));
    assert_eq!(parse(&good.replace("+5", "+05")), Err(KeyError::Id("0530d903a".into())));
    assert_eq!(parse(&good.replace("/foo", " foo")), Err(KeyError::Name("example.com foo".into())));
    assert_eq!(parse(&good.replace("example.com/foo", "")), Err(KeyError::Name(String::new())));
    assert_eq!(parse(&good.replace("AekyeR", "AukyeR")), Err(KeyError::Kind(2)));
    assert_eq!(parse(&format!("{good}=")), Err(KeyError::Base64));
    assert_eq!(parse(&format!("{good}\n")), Err(KeyError::Base64));
    assert_eq!(parse("example.com/foo+530d903a+"), Err(KeyError::Length(0)));
    assert_eq!(parse("example.com/foo+530d903a+AQ=="), Err(KeyError::Length(0)));
    assert_eq!(parse("example.com/foo"), Err(KeyError::Malformed));
    assert_eq!(VerifierKey::new("a\u{1}", KeyKind::Ed25519, &[0; 32]), Err(KeyError::Name("a\u{1}".into())));
}

#[test]
fn points_that_are_refused() {
    let key = |bytes: [u8; 32]| VerifierKey::new("a", KeyKind::Ed25519, &bytes);
    let low = |y: u8| std::array::from_fn(|place| if place == 0 { y } else { 0 });
    // The same number with the field's prime added: another encoding of the same point.
    let high = |y: u8| {
        std::array::from_fn(|place| [0xed + y, 0xff, 0x7f][usize::from(place > 0) + usize::from(place == 31)])
    };
    // Of small order, with which one signature fits any text.
    assert_eq!(key(low(0)), Err(KeyError::Point));
    assert_eq!(key(low(1)), Err(KeyError::Point));
    let usable: Vec<u8> = (2..19).filter(|y| key(low(*y)).is_ok()).collect();
    assert!(!usable.is_empty() && usable.len() < 17, "about half of all numbers are points: {usable:?}");
    assert_eq!((0..19).map(|y| key(high(y))).find(|key| *key != Err(KeyError::Point)), None);
}

#[test]
fn the_key_and_note_of_the_go_package() {
    // From the documentation of golang.org/x/mod/sumdb/note.
    let secret = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    let public = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    let note = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    let signer: SignerKey = secret.parse().unwrap();
    assert_eq!(*signer.secret_text(), secret);
    assert_eq!(signer.verifier().to_string(), public);
    let (text, _) = note.split_once("\n—").unwrap();
    assert_eq!(Note::sign(text, &signer).unwrap().to_string(), note);
    assert!(!format!("{signer:?}").contains("AYEKFALV"), "the secret is not printed");
    let wrong = secret.replace("c74f", "c74e").parse::<SignerKey>().unwrap_err();
    assert_eq!(wrong, KeyError::WrongId { written: 0xc74e_20a3, computed: 0xc74f_20a3 });
    assert_eq!(public.parse::<SignerKey>().unwrap_err(), KeyError::Malformed);
}

#[test]
fn signatures_have_one_encoding() {
    // The order of the group, little-endian: added to the second half of a signature, it changes nothing for
    // a verifier that does not ask for the canonical number (RFC 8032, section 5.1.7, does).
    let order =
        [0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14];
    let signer = seeded("a", KeyKind::Ed25519, 3);
    let mut note = Note::sign(TEXT, &signer).unwrap();
    let mut carry = 0;
    for (place, byte) in note.signatures[0].signature[32..].iter_mut().enumerate() {
        let sum = u16::from(*byte)
            + carry
            + order.get(place).copied().unwrap_or(if place == 31 { 0x10 } else { 0 });
        *byte = sum as u8;
        carry = sum >> 8;
    }
    assert_eq!(note.verified_by(&signer.verifier()), Err(NoteError::Bad("a".into())));
}

#[test]
fn a_signature_that_was_made_elsewhere_is_verified_before_it_stands_on_a_note() {
    let key = SignerKey::from_seed("a.vn/log", KeyKind::Ed25519, [1; 32]).unwrap();
    let note = Note::sign("a.vn/log\n1\nx\n", &key).unwrap();
    let made: [u8; 64] = note.signatures[0].signature.clone().try_into().unwrap();
    assert_eq!(Note::signed(&note.text, &key.verifier(), &made).unwrap(), note);
    let other = SignerKey::from_seed("a.vn/log", KeyKind::Ed25519, [2; 32]).unwrap();
    assert!(matches!(Note::signed(&note.text, &other.verifier(), &made), Err(NoteError::Bad(_))));
    assert!(matches!(Note::signed("another\n", &key.verifier(), &made), Err(NoteError::Bad(_))));
    let cosigner = SignerKey::from_seed("a.vn/log", KeyKind::CosignatureEd25519, [1; 32]).unwrap();
    assert!(matches!(Note::signed(&note.text, &cosigner.verifier(), &made), Err(NoteError::WrongKind(_))));
}
