//! The examples that the C2SP specifications print.
#![allow(clippy::unwrap_used, clippy::panic)]

use tlog::*;

const TEXT: &str = "This is an example message.\n";
const KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const NOTE: &str = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

#[test]
fn the_note_of_the_specification_verifies() {
    let (note, key): (Note, VerifierKey) = (NOTE.parse().unwrap(), KEY.parse().unwrap());
    assert_eq!(note.text, TEXT);
    assert_eq!(note.to_string(), NOTE);
    assert_eq!(key.to_string(), KEY);
    assert_eq!(note.verified_by(&key), Ok(()));

    let mut forged = note.clone();
    forged.text.insert(0, 'x');
    assert_eq!(forged.verified_by(&key), Err(NoteError::Bad("example.com/foo".into())));
    forged.signatures[0].key_id ^= 1;
    assert_eq!(forged.verified_by(&key), Err(NoteError::Missing("example.com/foo".into())));
}

#[test]
fn what_is_signed_here_verifies_here() {
    let log = SignerKey::from_seed("a.gov.vn/log", KeyKind::Ed25519, [1; 32]).unwrap();
    let mirror = SignerKey::from_seed("b.gov.vn/mirror", KeyKind::CosignatureEd25519, [2; 32]).unwrap();
    let mut tree = Frontier::new();
    tree.push(leaf_hash(b"one"));
    let head =
        Checkpoint { origin: "a.gov.vn/log".into(), size: 1, root: tree.root(), extensions: Vec::new() };
    let mut note = head.sign(&log).unwrap();
    note.add(cosign(&note.text, &mirror, 1_700_000_000).unwrap());
    let note: Note = note.to_string().parse().unwrap();
    assert_eq!(Checkpoint::open(&note, &log.verifier()), Ok(head));
    assert_eq!(verify_cosignature(&note, &mirror.verifier()), Ok(1_700_000_000));
    assert_eq!(verify_inclusion(&leaf_hash(b"one"), 0, 1, &[], &tree.root()), Ok(()));
}
