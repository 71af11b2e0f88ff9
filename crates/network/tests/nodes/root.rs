//! The root note: who pinned it, who may replace it, who makes the quorum.

use network::entry::KeyChange;
use network::root::{RootError, RootNote, RootText};
use proptest::prelude::*;
use tlog::{KeyKind, Note, cosign};

use crate::fixtures::{assert_fixture, checkpoint, signer};

fn log_key(origin: &str, from: u64) -> KeyChange {
    KeyChange { key: signer(origin, KeyKind::Ed25519).verifier(), from }
}

fn text(version: u64, holders: &[&str]) -> RootText {
    let cosigner = |name: &&str| signer(name, KeyKind::CosignatureEd25519).verifier();
    RootText {
        version,
        root: vec![log_key("chinhphu.vn/log", 0)],
        heads: vec![log_key("chinhphu.vn/heads", 0)],
        quorum: 2,
        cosigners: ["moh.gov.vn/mirror", "tinh-a.gov.vn/mirror", "tinh-b.gov.vn/mirror"]
            .iter()
            .map(cosigner)
            .collect(),
        threshold: 3,
        holders: holders.iter().map(|name| signer(name, KeyKind::Ed25519).verifier()).collect(),
    }
}

fn signed(text: &RootText, by: &[&str]) -> String {
    let mut note = Note { text: text.text(), signatures: vec![] };
    for name in by {
        let one = Note::sign(&note.text, &signer(name, KeyKind::Ed25519)).unwrap();
        one.signatures.into_iter().for_each(|signature| note.add(signature));
    }
    note.to_string()
}

const FIVE: [&str; 5] = ["giu-khoa-1", "giu-khoa-2", "giu-khoa-3", "giu-khoa-4", "giu-khoa-5"];

#[test]
fn a_root_note_has_exact_bytes_and_needs_its_threshold() {
    let note = signed(&text(1, &FIVE), &FIVE[..3]);
    assert_fixture("root-note.txt", note.as_bytes());
    let root = RootNote::open(&note).unwrap();
    assert_eq!(root.text(), &text(1, &FIVE));
    assert_eq!(root.note().to_string(), note);
    assert_eq!(root.text().heads_origin().unwrap(), "chinhphu.vn/heads");

    let too_few = RootNote::open(&signed(&text(1, &FIVE), &FIVE[..2])).unwrap_err();
    assert_eq!(too_few.to_string(), "only 2 of the 3 necessary holders of version 1 have signed");
}

#[test]
fn a_new_version_needs_the_holders_of_both() {
    let root = RootNote::open(&signed(&text(1, &FIVE), &FIVE)).unwrap();
    let new_holders = ["giu-khoa-3", "giu-khoa-4", "giu-khoa-6"];
    let mut next = text(2, &new_holders);
    next.root.push(KeyChange { from: 900, ..log_key("chinhphu.vn/log", 0) });

    let by_new_only = root.followed_by(&signed(&next, &new_holders)).unwrap_err();
    assert_eq!(by_new_only, RootError::Signatures { version: 1, got: 2, needed: 3 });
    let all = ["giu-khoa-1", "giu-khoa-3", "giu-khoa-4", "giu-khoa-6"];
    assert_eq!(root.followed_by(&signed(&next, &all)).unwrap().text(), &next);

    next.version = 3;
    assert_eq!(root.followed_by(&signed(&next, &all)), Err(RootError::Version { got: 3, after: 1 }));
}

#[test]
fn the_quorum_counts_each_node_once_and_strangers_never() {
    let root = RootNote::open(&signed(&text(1, &FIVE), &FIVE)).unwrap();
    let (_, heads) = checkpoint("chinhphu.vn/heads", 10, "x");
    let mut heads = Note::parse(&heads).unwrap();
    for (name, counted) in [("moh.gov.vn/mirror", 1), ("evil.example/mirror", 1), ("moh.gov.vn/mirror", 1)] {
        heads.add(cosign(&heads.text, &signer(name, KeyKind::CosignatureEd25519), 1_795_421_702).unwrap());
        assert_eq!(root.cosigned_by(&heads), counted, "{name}");
    }
    assert!(!root.quorum_has(&heads));
    heads.add(cosign(&heads.text, &signer("tinh-b.gov.vn/mirror", KeyKind::CosignatureEd25519), 7).unwrap());
    assert!(root.quorum_has(&heads));
}

#[test]
fn a_wrong_line_is_named() {
    let good = text(1, &FIVE).text();
    for (from, to, error) in [
        ("version 1", "version 01", "line 2 of the root note must be version and a number"),
        ("root 0", "root 1", "line 3 of the root note must begin at size 0"),
        ("quorum 2", "quorum 4", "asks for a quorum that its cosigners cannot make"),
        ("quorum 2", "quorum 0", "asks for a quorum that its cosigners cannot make"),
        ("cosigner moh", "witness moh", "line 6 of the root note must begin 1 to 64 lines of cosigner"),
        ("threshold 3", "threshold 0", "asks for more holders than it names, or none"),
        ("holder giu-khoa-5", "extra giu-khoa-5", "line 14 of the root note is not expected here"),
    ] {
        let message = RootText::parse(&good.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(message.contains(error), "{message} should say {error}");
    }
    let mut twice = text(1, &FIVE);
    twice.holders[4] = twice.holders[0].clone();
    assert!(RootText::parse(&twice.text()).unwrap_err().to_string().contains("holder's key twice"));
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "(nhipcau.root/v1\n)?(version 1\n)?(root 0 [a-z/+]{0,9}\n)?\\PC{0,40}\n?") {
        let _ = (RootText::parse(&text), RootNote::open(&text));
    }
}
