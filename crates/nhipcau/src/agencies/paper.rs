//! A nation on paper, for tests of decisions: statements that all count, and the directory that they make.

#![allow(clippy::unwrap_used)]

use network::directory::Directory;
use network::entry::{Enrolment, Entry, KeyChange, Kind, Level, Name, NodeKeys};
use network::names::Origin;
use network::root::{RootNote, RootText};
use tlog::{Checkpoint, KeyKind, Note, SignerKey, cosign, leaf_hash};

const ROOT: &str = "chinhphu.vn/log";
const HEADS: &str = "chinhphu.vn/heads";

fn signer(name: &str, kind: KeyKind) -> SignerKey {
    let mut seed = [7; 32];
    for (at, byte) in name.bytes().enumerate() {
        seed[at % 32] ^= byte.rotate_left(at as u32);
    }
    SignerKey::from_seed(name, kind, seed).unwrap()
}

fn root_note() -> RootNote {
    let key = |name| KeyChange { key: signer(name, KeyKind::Ed25519).verifier(), from: 0 };
    let text = RootText {
        version: 1,
        root: vec![key(ROOT)],
        heads: vec![key(HEADS)],
        quorum: 1,
        cosigners: vec![signer("a.vn/node", KeyKind::CosignatureEd25519).verifier()],
        threshold: 1,
        holders: vec![signer("giu-khoa", KeyKind::Ed25519).verifier()],
    };
    let note = Note::sign(&text.text(), &signer("giu-khoa", KeyKind::Ed25519)).unwrap();
    RootNote::open(&note.to_string()).unwrap()
}

/// What agencies state, in the order in which it counts.
#[derive(Clone, Default)]
pub struct Paper {
    said: Vec<(Origin, u64, Kind)>,
}

impl Paper {
    /// The enrolment of an agency with a node of its own.
    pub fn enrolled(domain: &str, name: &str, level: Level) -> Kind {
        let log = format!("{domain}/log");
        let node: Origin = format!("{domain}/node").parse().unwrap();
        Kind::AgencyEnrolled(Enrolment {
            origin: log.parse().unwrap(),
            domain: domain.parse().unwrap(),
            code: None,
            name: Name { vi: name.into(), en: String::new() },
            level,
            log_key: signer(&log, KeyKind::Ed25519).verifier(),
            log_url: format!("https://{domain}/log"),
            node: NodeKeys {
                cosigner: signer(node.as_str(), KeyKind::CosignatureEd25519).verifier(),
                reporter: signer(node.as_str(), KeyKind::Ed25519).verifier(),
                url: format!("https://{domain}"),
                name: node,
            },
            sealing: None,
            predecessor: None,
            accountable: None,
            accountable_basis: None,
        })
    }

    /// The agency at a domain states something in its log.
    pub fn says(&mut self, by: &str, kind: Kind) {
        let by: Origin = format!("{by}/log").parse().unwrap();
        let index = self.said.iter().filter(|(log, ..)| *log == by).count() as u64;
        self.said.push((by, index, kind));
    }

    /// Who is who by all that was stated.
    pub fn directory(&self) -> Directory {
        let mut directory = Directory::new(&root_note()).unwrap();
        let at = "2026-11-23T08:15:02Z".parse().unwrap();
        for (place, (log, index, kind)) in self.said.iter().enumerate() {
            directory.note(log, *index, &Entry { at, kind: kind.clone() }, None);
            directory.head(place as u64, log, index + 1);
        }
        let size = self.said.len() as u64 + 1;
        let heads =
            Checkpoint { origin: HEADS.into(), size, root: leaf_hash(b"heads"), extensions: Vec::new() };
        let mut note = heads.sign(&signer(HEADS, KeyKind::Ed25519)).unwrap();
        let witness = signer("a.vn/node", KeyKind::CosignatureEd25519);
        note.add(cosign(&note.text, &witness, 1_795_421_702).unwrap());
        directory.confirm(&note).unwrap();
        directory
    }
}
