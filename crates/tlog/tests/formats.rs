//! Checkpoints, paths, bundles, tiles and proof files: what is refused, and by which name.
#![allow(clippy::unwrap_used, clippy::panic)]

use tlog::*;

fn seeded(name: &str, kind: KeyKind, byte: u8) -> SignerKey {
    SignerKey::from_seed(name, kind, [byte; 32]).unwrap()
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

#[test]
fn frontiers_that_are_refused() {
    let bytes = |size: u64, hashes: usize| [&size.to_be_bytes()[..], &vec![7; 32 * hashes]].concat();
    assert_eq!(Frontier::from_bytes(&bytes(0, 0)), Ok(Frontier::new()));
    assert_eq!(Frontier::from_bytes(&bytes(6, 2)).map(|frontier| frontier.size()), Ok(6));
    let length = |expected, got| Err(FrontierError::Length { expected, got });
    assert_eq!(Frontier::from_bytes(&bytes(6, 1)), length(72, 40));
    assert_eq!(Frontier::from_bytes(&bytes(6, 3)), length(72, 104));
    assert_eq!(Frontier::from_bytes(&bytes(6, 2)[..71]), length(72, 71));
    assert_eq!(Frontier::from_bytes(b"short"), length(8, 5));
    assert_eq!(Frontier::from_bytes(&bytes(1 << 63, 1)), Err(FrontierError::Size(1 << 63)));
    assert_eq!(
        Frontier::from_bytes(&bytes(MAX_FRONTIER_SIZE, 63)).map(|frontier| frontier.size()),
        Ok(MAX_FRONTIER_SIZE)
    );
}
