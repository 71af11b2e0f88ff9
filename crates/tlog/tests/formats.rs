//! The formats, one spelling each: what is made prints and parses back, what departs is refused by name.
#![allow(clippy::unwrap_used, clippy::panic)]

use proptest::prelude::*;
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
    // The neutral element, with which one signature fits any text; a coordinate above the prime; no point.
    let mut bytes = [0; 32];
    for (first, last) in [(1, 0), (1, 0x80), (0, 0), (0xee, 0x7f), (2, 0)] {
        bytes[1..31].fill(if last == 0x7f { 0xff } else { 0 });
        (bytes[0], bytes[31]) = (first, last);
        assert_eq!(VerifierKey::new("a", KeyKind::Ed25519, &bytes), Err(KeyError::Point), "{first} {last}");
    }
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
fn checkpoints_that_are_refused() {
    let root = EMPTY_ROOT.to_string();
    let parse = |text: &str| Checkpoint::parse_text(&text.replace("ROOT", &root));
    assert_eq!(parse("o\n18446744073709551615\nROOT\n").unwrap().size, u64::MAX);
    assert_eq!(parse("o\n1\nROOT\nx\ny\n").unwrap().extensions, ["x", "y"]);
    assert_eq!(parse("o\n1\n"), Err(CheckpointError::Lines));
    assert_eq!(parse("\n1\nROOT\n"), Err(CheckpointError::Origin));
    assert_eq!(parse("o\n01\nROOT\n"), Err(CheckpointError::Size("01".into())));
    assert_eq!(
        parse("o\n18446744073709551616\nROOT\n"),
        Err(CheckpointError::Size("18446744073709551616".into()))
    );
    assert_eq!(parse("o\n1\nAAAA\n"), Err(CheckpointError::Root("AAAA".into())));
    assert_eq!(parse("o\n1\nROOT\n\n"), Err(CheckpointError::Extension));
    assert_eq!(parse("o\n1\nROOT\n\nx\n"), Err(CheckpointError::Extension));
    assert_eq!(parse("o\n1\nROOT"), Err(CheckpointError::Note(NoteError::TextEnd)));
    let signer = seeded("o", KeyKind::Ed25519, 1);
    let head = |origin: &str, extension: &str| Checkpoint {
        origin: origin.into(),
        size: 0,
        root: EMPTY_ROOT,
        extensions: vec![extension.into()],
    };
    assert_eq!(head("o\n9", "x").sign(&signer), Err(CheckpointError::Origin));
    assert_eq!(head("", "x").sign(&signer), Err(CheckpointError::Origin));
    assert_eq!(head("o", "").sign(&signer), Err(CheckpointError::Extension));
    assert_eq!(head("o", "x\ny").sign(&signer), Err(CheckpointError::Extension));
    assert_eq!(head("o", "x\0").sign(&signer), Err(CheckpointError::Note(NoteError::ControlCharacter(0))));
}

#[test]
fn paths() {
    for (path, id) in [
        ("tile/0/x001/x234/067", TileId { level: 0, index: 1_234_067, width: 256 }),
        ("tile/63/000.p/1", TileId { level: 63, index: 0, width: 1 }),
        ("tile/7/x018/x446/x744/x073/x709/x551/615.p/255", TileId { level: 7, index: u64::MAX, width: 255 }),
    ] {
        assert_eq!((id.path().as_str(), TileId::parse_path(path)), (path, Ok(id)));
    }
    let bundle = BundleId { index: 1000, width: 12 };
    assert_eq!(
        (bundle.path().as_str(), BundleId::parse_path("tile/entries/x001/000.p/12")),
        ("tile/entries/x001/000.p/12", Ok(bundle))
    );
    for place in [
        "",
        "0",
        "00",
        "0000",
        "x000",
        "x000/001",
        "001/002",
        "x001/x002",
        "x1/002",
        "x001//002",
        "/001",
        "001/",
        "000.p/0",
        "000.p/256",
        "000.p/01",
        "000.p/",
        "000.p",
        "000.p/1/",
        "+01",
        "x001/x234/067.p/-1",
        "000.p/1.p/1",
        "x018/x446/x744/x073/x709/x551/616",
        "x999/x999/x999/x999/x999/x999/x999/999",
        "٠٠٠",
    ] {
        for path in [format!("tile/0/{place}"), format!("tile/entries/{place}")] {
            assert!(TileId::parse_path(&path).is_err(), "{path}");
            assert!(BundleId::parse_path(&path).is_err(), "{path}");
        }
    }
    for path in
        ["tile/64/000", "tile/00/000", "tile//000", "tile/000", "/tile/0/000", "tile/0/000/", "tile/x/000"]
    {
        assert_eq!(TileId::parse_path(path), Err(TileError::Path(path.into())));
    }
}

#[test]
fn bundles_and_tiles_that_are_refused() {
    let long = vec![0; MAX_ENTRY_BYTES];
    let one = encode_bundle([long.as_slice()].into_iter()).unwrap();
    assert_eq!(decode_bundle(&one), Ok(vec![long.clone()]));
    assert_eq!(decode_bundle(&one[..one.len() - 1]), Err(BundleError::Truncated(0)));
    let longer = [&long[..], &[0]].concat();
    assert_eq!(encode_bundle([longer.as_slice()].into_iter()), Err(BundleError::EntryTooLong(65_536)));
    let entries = |count| std::iter::repeat_n(&b"x"[..], count);
    let full = encode_bundle(entries(256)).unwrap();
    assert_eq!(decode_bundle(&full).map(|entries| entries.len()), Ok(256));
    assert_eq!(encode_bundle(entries(257)), Err(BundleError::TooMany));
    assert_eq!(decode_bundle(&[&full[..], b"\0\0"].concat()), Err(BundleError::TooMany));
    assert_eq!(encode_bundle(entries(0)), Err(BundleError::Empty));
    assert_eq!(decode_bundle(b""), Err(BundleError::Empty));
    assert_eq!(decode_bundle(b"\0\x01x\0"), Err(BundleError::Truncated(1)));
    let hashes = [EMPTY_ROOT, leaf_hash(b"x")];
    assert_eq!(decode_tile(&encode_tile(&hashes), 2).as_deref(), Ok(&hashes[..]));
    assert_eq!(decode_tile(&encode_tile(&hashes), 3), Err(TileError::Length { expected: 96, got: 64 }));
}

#[test]
fn proof_files_that_are_refused() {
    let log = seeded("o", KeyKind::Ed25519, 1);
    let (leaf, other) = (leaf_hash(b"one"), leaf_hash(b"two"));
    let root = node_hash(&leaf, &other);
    let checkpoint =
        Checkpoint { origin: "o".into(), size: 2, root, extensions: Vec::new() }.sign(&log).unwrap();
    let proof = TlogProof { extra: Some(b"xyz".to_vec()), index: 0, proof: vec![other], checkpoint };
    let text = proof.to_string();
    assert_eq!(
        text.lines().take(5).collect::<Vec<_>>(),
        ["c2sp.org/tlog-proof@v1", "extra eHl6", "index 0", &other.to_string(), ""]
    );
    assert_eq!(text.parse(), Ok(proof.clone()));
    assert_eq!(proof.verify(&leaf, &log.verifier()).unwrap().size, 2);
    assert_eq!(proof.verify(&other, &log.verifier()), Err(TlogProofError::Inclusion(ProofError::Root)));
    let stranger = seeded("o", KeyKind::Ed25519, 2).verifier();
    let missing = CheckpointError::Note(NoteError::Missing("o".into()));
    assert_eq!(proof.verify(&leaf, &stranger), Err(TlogProofError::Checkpoint(missing)));

    let with = |from: &str, to: &str| text.replacen(from, to, 1).parse::<TlogProof>();
    assert_eq!(with("@v1", "@v2"), Err(TlogProofError::FirstLine));
    assert_eq!(with("eHl6", "eHl"), Err(TlogProofError::Extra));
    assert_eq!(with("index 0", "index 00"), Err(TlogProofError::Index));
    assert_eq!(with("index 0\n", ""), Err(TlogProofError::Index));
    assert_eq!(with("extra eHl6\nindex 0", "index 0\nextra eHl6"), Err(TlogProofError::ProofLine(1)));
    let line = format!("{other}\n");
    assert_eq!(with(&line, &line.repeat(64)).unwrap().proof.len(), MAX_PROOF_HASHES);
    assert_eq!(with(&line, &line.repeat(65)), Err(TlogProofError::TooManyHashes));
    assert!(matches!(with("\n\n", "\n"), Err(TlogProofError::ProofLine(2))));
    assert!(matches!(
        with("\no\n2\n", "\no\n02\n"),
        Err(TlogProofError::Checkpoint(CheckpointError::Size(_)))
    ));
    let large = format!("{text}{}", " ".repeat(MAX_TLOG_PROOF_BYTES));
    assert_eq!(large.parse::<TlogProof>(), Err(TlogProofError::TooLarge(large.len())));
}

#[test]
fn keys_and_hashes_are_strings_in_json() {
    let key = seeded("a", KeyKind::Ed25519, 1).verifier();
    let json = serde_json::to_string(&(&key, EMPTY_ROOT)).unwrap();
    assert_eq!(json, format!("[\"{key}\",\"{EMPTY_ROOT}\"]"));
    assert_eq!(serde_json::from_str::<(VerifierKey, Hash)>(&json).unwrap(), (key, EMPTY_ROOT));
    assert!(serde_json::from_str::<VerifierKey>("\"a+00000000+AQ==\"").is_err());
    assert!(serde_json::from_str::<Hash>("\"AAAA\"").is_err());
}

fn hash() -> impl Strategy<Value = Hash> {
    any::<[u8; 32]>().prop_map(Hash)
}

fn line() -> impl Strategy<Value = String> {
    "[^\\x00-\\x1f]{1,20}"
}

fn signatures() -> impl Strategy<Value = Vec<NoteSignature>> {
    let name = "[a-zà-ỹ./0-9—]{1,12}";
    // Ids count up, so that none comes twice.
    prop::collection::vec((name, prop::collection::vec(any::<u8>(), 1..90)), 1..8).prop_map(|signatures| {
        let number = |(key_id, (name, signature))| NoteSignature { name, key_id, signature };
        (0..).zip(signatures).map(number).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn notes_print_and_parse_back(lines in prop::collection::vec("[^\\x00-\\x1f]{0,12}", 1..6), signatures in signatures()) {
        let note = Note { text: lines.join("\n") + "\n", signatures };
        prop_assert_eq!(Note::parse(&note.to_string()), Ok(note));
    }

    #[test]
    fn checkpoints_print_and_parse_back(origin in line(), size in any::<u64>(), root in hash(), extensions in prop::collection::vec(line(), 0..3)) {
        let checkpoint = Checkpoint { origin, size, root, extensions };
        prop_assert_eq!(Checkpoint::parse_text(&checkpoint.text()), Ok(checkpoint.clone()));
        let log = seeded("log", KeyKind::Ed25519, 1);
        let note = Note::parse(&checkpoint.sign(&log).unwrap().to_string()).unwrap();
        prop_assert_eq!(Checkpoint::open(&note, &log.verifier()), Ok(checkpoint));
    }

    #[test]
    fn proof_files_print_and_parse_back(extra in any::<Option<Vec<u8>>>(), index in any::<u64>(), proof in prop::collection::vec(hash(), 0..=64), root in hash(), signatures in signatures()) {
        let text = Checkpoint { origin: "o".into(), size: index, root, extensions: Vec::new() }.text();
        let proof = TlogProof { extra, index, proof, checkpoint: Note { text, signatures } };
        prop_assert_eq!(proof.to_string().parse(), Ok(proof));
    }

    #[test]
    fn keys_print_and_parse_back(name in "[^\\s+\\x00-\\x1f]{1,12}", seed in any::<[u8; 32]>(), cosigner in any::<bool>()) {
        let kind = if cosigner { KeyKind::CosignatureEd25519 } else { KeyKind::Ed25519 };
        let key = SignerKey::from_seed(&name, kind, seed).unwrap();
        prop_assert_eq!(key.verifier().to_string().parse(), Ok(key.verifier()));
        let copy: SignerKey = key.secret_text().parse().unwrap();
        prop_assert_eq!((copy.verifier(), copy.secret_text()), (key.verifier(), key.secret_text()));
    }

    #[test]
    fn paths_print_and_parse_back(level in 0..=63_u8, index in any::<u64>(), width in 1..=256_u16) {
        let (tile, bundle) = (TileId { level, index, width }, BundleId { index, width });
        prop_assert_eq!(TileId::parse_path(&tile.path()), Ok(tile));
        prop_assert_eq!(BundleId::parse_path(&bundle.path()), Ok(bundle));
    }

    #[test]
    fn bundles_print_and_parse_back(entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..=256)) {
        let bytes = encode_bundle(entries.iter().map(Vec::as_slice)).unwrap();
        prop_assert_eq!(decode_bundle(&bytes), Ok(entries));
    }

    #[test]
    fn no_bit_of_a_signed_note_may_change(bit in any::<prop::sample::Index>()) {
        let log = seeded("a.gov.vn/log", KeyKind::Ed25519, 9);
        let text = Note::sign("Công điện 46/CĐ-TTg\n", &log).unwrap().to_string();
        let mut bytes = text.into_bytes();
        let bit = bit.index(8 * bytes.len());
        bytes[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(Note::parse_bytes(&bytes).and_then(|note| note.verified_by(&log.verifier())).is_err());
    }
}
