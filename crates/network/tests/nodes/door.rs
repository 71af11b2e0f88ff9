//! The door: exact bytes, and what it refuses.

use network::door::{Door, DoorNode, DoorPortal};
use proptest::prelude::*;
use tlog::KeyKind;

use crate::fixtures::{assert_fixture, fixture, node, signer};

fn door() -> Door {
    let keys = node("tinh-a.gov.vn");
    Door {
        node: DoorNode {
            name: keys.name,
            cosigner: keys.cosigner,
            mirror: "/mirror".into(),
            flow: "/flow".into(),
            receipts: "/receipts".into(),
            inbox: "/inbox".into(),
        },
        portal: DoorPortal {
            domain: "tinh-a.gov.vn".parse().unwrap(),
            agency: Some("H56".into()),
            origin: "tinh-a.gov.vn/log".parse().unwrap(),
            key: signer("tinh-a.gov.vn/log", KeyKind::Ed25519).verifier(),
            log: "/log".into(),
        },
        portals: vec!["tinh-a.gov.vn".parse().unwrap(), "xa-b.tinh-a.gov.vn".parse().unwrap()],
        root: "chinhphu.vn/log".parse().unwrap(),
        software: "nhipcau 0.1.0".into(),
    }
}

#[test]
fn the_door_has_exact_bytes() {
    assert_fixture("door.json", door().encode().as_bytes());
    assert_eq!(Door::parse(&fixture("door.json")).unwrap(), door());
}

#[test]
fn a_path_that_leaves_the_node_is_refused() {
    for bad in ["flow", "//evil.example/flow", "/a/../b", "/flow/", "/flow?x=1"] {
        let mut wrong = door();
        wrong.node.flow = bad.into();
        let message = Door::parse(wrong.encode().as_bytes()).unwrap_err().to_string();
        assert_eq!(message, "node.flow: must be a path such as /flow", "{bad}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Door::parse(&bytes);
    }
}
