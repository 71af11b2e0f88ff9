//! After start: a restored backup must not split its log.

use std::sync::Arc;

use network::follower::PeerId;
use network::keys::Keys;
use network::simulation::Ledger;
use network::startup::{Decision, Own, Returned, decide};
use tlog::KeyKind;

use crate::fixtures::signer;

const LOG: &str = "xa-b.tinh-a.gov.vn/log";

fn ledger(what: &str, sizes: &[u64]) -> Ledger {
    let mut ledger = Ledger::new(LOG.parse().unwrap(), signer(LOG, KeyKind::Ed25519));
    for size in sizes {
        while ledger.size() < *size {
            let bytes =
                if ledger.size() < 3 { "same".to_owned() } else { format!("{what} {}", ledger.size()) };
            ledger.append(Arc::from(bytes.into_bytes()));
        }
        ledger.sign().unwrap();
    }
    ledger
}

fn held(ledger: &Ledger, size: u64) -> (PeerId, Returned) {
    (PeerId(size as u32), Returned::Checkpoint((**ledger.checkpoint(size).unwrap().1).clone()))
}

fn decide_for(disk: &Ledger, receipted: bool, answers: &[(PeerId, Returned)]) -> Decision {
    let own = Own {
        origin: disk.origin().clone(),
        keys: Keys::single(disk.key().clone()),
        size: disk.size(),
        root: disk.frontier(disk.size()).root(),
        receipted,
    };
    decide(&own, answers, |size| (size <= disk.size()).then(|| disk.frontier(size).root()))
}

#[test]
fn a_node_goes_on_once_another_has_returned_what_it_holds() {
    let disk = ledger("a", &[3, 5, 8]);
    assert_eq!(decide_for(&disk, true, &[]), Decision::WaitLonger);
    assert_eq!(decide_for(&disk, true, &[(PeerId(1), Returned::Nothing)]), Decision::WaitLonger);
    assert_eq!(decide_for(&disk, true, &[held(&disk, 8)]), Decision::Sign);
    assert_eq!(decide_for(&disk, true, &[held(&disk, 5)]), Decision::Sign);
    assert_eq!(decide_for(&disk, false, &[]), Decision::Sign);
}

#[test]
fn a_restored_backup_takes_its_tail_back() {
    let (disk, was) = (ledger("a", &[3, 5]), ledger("a", &[3, 5, 8, 9]));
    let Decision::TakeTail { peer, from, to, .. } = decide_for(&disk, true, &[held(&was, 8), held(&was, 9)])
    else {
        panic!("the disk is behind")
    };
    assert_eq!((peer, from, to), (PeerId(9), 5, 9));
    assert!(matches!(decide_for(&disk, false, &[held(&was, 9)]), Decision::TakeTail { .. }));
}

#[test]
fn what_was_signed_otherwise_freezes_the_log() {
    let (disk, was) = (ledger("a", &[3, 5, 8]), ledger("b", &[3, 5, 8]));
    for size in [5, 8] {
        let decision = decide_for(&disk, true, &[held(&disk, 8), held(&was, size)]);
        assert!(matches!(decision, Decision::Freeze { size: at, .. } if at == size), "{decision:?}");
    }
}

#[test]
fn what_we_did_not_sign_is_passed_over() {
    let disk = ledger("a", &[3, 5]);
    let mut stranger = Ledger::new(LOG.parse().unwrap(), signer("evil.example/log", KeyKind::Ed25519));
    (0..9).for_each(|_| stranger.append(Arc::from(b"x".as_slice())));
    stranger.sign().unwrap();
    assert_eq!(decide_for(&disk, true, &[held(&stranger, 9)]), Decision::WaitLonger);
    assert_eq!(decide_for(&disk, true, &[held(&stranger, 9), held(&disk, 5)]), Decision::Sign);
}

#[test]
fn a_log_is_cosigned_again_only_from_where_it_was_and_with_the_same_past() {
    use network::startup::{Cosigning, may_cosign};
    let root = |size: u64| tlog::leaf_hash(&size.to_be_bytes());
    let disk = |size: u64| (size <= 8).then(|| root(size));
    assert_eq!(may_cosign((5, root(5)), 8, disk), Cosigning::Allowed);
    assert_eq!(may_cosign((8, root(8)), 8, disk), Cosigning::Allowed);
    assert_eq!(may_cosign((9, root(9)), 8, disk), Cosigning::Behind, "a restored backup");
    assert_eq!(may_cosign((5, root(6)), 8, disk), Cosigning::Contradicts);
    assert_eq!(may_cosign((5, root(5)), 8, |_| None), Cosigning::Contradicts, "tiles that are not there");
}
