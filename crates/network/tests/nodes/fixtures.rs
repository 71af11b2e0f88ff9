//! Fixtures: the exact bytes of every message, kept in `tests/fixtures`, one final newline added to each
//! file of one line. To write a new one, run with `WRITE_FIXTURES=1` and read the difference before you
//! commit it: a changed fixture is a changed protocol.

use std::path::PathBuf;

use network::entry::NodeKeys;
use network::names::Origin;
use tlog::{Checkpoint, KeyKind, SignerKey, leaf_hash};

/// Compares bytes with the fixture of that name.
pub fn assert_fixture(name: &str, bytes: &[u8]) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    let mut file = bytes.to_vec();
    if !file.ends_with(b"\n") {
        file.push(b'\n');
    }
    if std::env::var_os("WRITE_FIXTURES").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &file).unwrap();
    }
    let kept = std::fs::read(&path).unwrap_or_else(|_| panic!("no fixture {name}; see fixtures.rs"));
    assert_eq!(String::from_utf8_lossy(&file), String::from_utf8_lossy(&kept), "fixture {name}");
}

/// The fixture of that name without its final newline.
pub fn fixture(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    let mut bytes = std::fs::read(path).unwrap();
    assert_eq!(bytes.pop(), Some(b'\n'));
    bytes
}

/// A key pair that is the same in every run.
pub fn signer(name: &str, kind: KeyKind) -> SignerKey {
    let mut seed = [7; 32];
    let text = format!("{}{name}", kind.byte());
    seed[..text.len().min(32)].copy_from_slice(&text.as_bytes()[..text.len().min(32)]);
    SignerKey::from_seed(name, kind, seed).unwrap()
}

/// The keys of a node that is the same in every run.
pub fn node(domain: &str) -> NodeKeys {
    let name: Origin = format!("{domain}/mirror").parse().unwrap();
    NodeKeys {
        cosigner: signer(&name, KeyKind::CosignatureEd25519).verifier(),
        reporter: signer(&name, KeyKind::Ed25519).verifier(),
        url: format!("https://{domain}"),
        name,
    }
}

/// A signed checkpoint over a root made up from `what`.
pub fn checkpoint(origin: &str, size: u64, what: &str) -> (Checkpoint, String) {
    let checkpoint =
        Checkpoint { origin: origin.into(), size, root: leaf_hash(what.as_bytes()), extensions: vec![] };
    let note = checkpoint.sign(&signer(origin, KeyKind::Ed25519)).unwrap().to_string();
    (checkpoint, note)
}
