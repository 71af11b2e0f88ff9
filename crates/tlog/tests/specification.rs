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
fn the_checkpoint_of_the_specification_parses() {
    let checkpoint = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
    let note: Note = checkpoint.parse().unwrap();
    assert_eq!(note.to_string(), checkpoint);
    let head = Checkpoint::of(&note).unwrap();
    assert_eq!((head.origin.as_str(), head.size), ("example.com/behind-the-sofa", 20_852_163));
    assert_eq!(head.extensions.len(), 0);
    assert_eq!(head.text(), note.text);
    let cosignature = &note.signatures[1];
    assert_eq!((cosignature.key_id, cosignature.signature.len()), (0x8d66_cf3f, COSIGNATURE_BYTES));
    // "time 1679315147", as the specification shows the signed message.
    assert_eq!(cosignature.signature[..8], 1_679_315_147_u64.to_be_bytes());
}
