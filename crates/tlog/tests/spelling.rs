//! One spelling each: what is made prints, and parses back to the same.
#![allow(clippy::unwrap_used, clippy::panic)]

use proptest::prelude::*;
use tlog::*;

fn seeded(name: &str, kind: KeyKind, byte: u8) -> SignerKey {
    SignerKey::from_seed(name, kind, [byte; 32]).unwrap()
}

fn hash() -> impl Strategy<Value = Hash> {
    any::<[u8; 32]>().prop_map(Hash)
}

fn line() -> impl Strategy<Value = String> {
    "[^\\x00-\\x1f]{1,20}"
}

fn signatures() -> impl Strategy<Value = Vec<NoteSignature>> {
    let name = "[a-zàạđệỗửỹ./0-9—]{1,12}";
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
