//! Receipts: exact bytes, both signatures, and what a dishonest node cannot say.

use network::receipt::{Held, Receipt, ReceiptError, Shown, ShownBy, SignedReceipt};
use proptest::prelude::*;
use tlog::{KeyKind, SignerKey, leaf_hash};

use crate::fixtures::{assert_fixture, fixture, node, signer};

fn keys() -> (SignerKey, SignerKey) {
    let name = "tinh-a.gov.vn/mirror";
    (signer(name, KeyKind::Ed25519), signer(name, KeyKind::CosignatureEd25519))
}

fn receipt() -> Receipt {
    let held = |origin: &str, size, content, lacking: &[u64]| Held {
        origin: origin.parse().unwrap(),
        size,
        root: leaf_hash(origin.as_bytes()),
        content,
        lacking: lacking.to_vec(),
    };
    let shown = |portal, origin: &str, size| Shown { portal, origin: origin.parse().unwrap(), size };
    Receipt {
        node: "tinh-a.gov.vn/mirror".parse().unwrap(),
        time: 1_795_421_702_123,
        logs: vec![held("chinhphu.vn/log", 812, 812, &[3, 799]), held("moh.gov.vn/log", 40, 12, &[])],
        shown: vec![
            shown(ShownBy::Every, "chinhphu.vn/log", 812),
            shown(ShownBy::Portal("xa-b.tinh-a.gov.vn".parse().unwrap()), "moh.gov.vn/log", 12),
        ],
    }
}

#[test]
fn a_receipt_has_exact_bytes_and_verifies_with_the_keys_of_its_node() {
    let (reporter, cosigner) = keys();
    let signed = receipt().sign(&reporter, &cosigner).unwrap();
    assert_fixture("receipt.txt", signed.note.to_string().as_bytes());
    assert_fixture(
        "receipts-post.json",
        SignedReceipt::encode_post(std::slice::from_ref(&signed)).as_bytes(),
    );

    let received = SignedReceipt::parse_post(&fixture("receipts-post.json")).unwrap();
    assert_eq!(received, std::slice::from_ref(&signed));
    assert_eq!(received[0].verify(&reporter.verifier(), &cosigner.verifier()).unwrap(), receipt());
    let held = &receipt().logs[0];
    assert!(held.has_content(2) && !held.has_content(3) && !held.has_content(812));

    let stranger = node("evil.example");
    assert!(matches!(
        signed.verify(&stranger.reporter, &stranger.cosigner),
        Err(ReceiptError::Signer { .. })
    ));
}

#[test]
fn what_a_receipt_says_of_one_log_is_proven_by_that_log_s_cosignature_alone() {
    let (reporter, cosigner) = keys();
    let signed = receipt().sign(&reporter, &cosigner).unwrap();
    let about = |origin: &str, cosignature: usize| {
        let keys = (&reporter.verifier(), &cosigner.verifier());
        let cosignature = signed.cosignatures[cosignature].clone();
        SignedReceipt::verify_for(signed.note.clone(), cosignature, &origin.parse().unwrap(), keys)
    };
    let (told, kept) = about("moh.gov.vn/log", 1).unwrap();
    assert_eq!((told.logs.as_slice(), told.shown.as_slice()), (&receipt().logs[1..], &receipt().shown[1..]));
    assert_eq!(kept.note, signed.note);
    assert!(matches!(about("moh.gov.vn/log", 0), Err(ReceiptError::Cosignature { .. })));
    assert!(matches!(about("mof.gov.vn/log", 0), Err(ReceiptError::Count { logs: 0, .. })));
    let stranger = node("evil.example");
    let keys = (&stranger.reporter, &stranger.cosigner);
    let origin = "moh.gov.vn/log".parse().unwrap();
    let said = SignedReceipt::verify_for(signed.note.clone(), signed.cosignatures[1].clone(), &origin, keys);
    assert!(matches!(said, Err(ReceiptError::Signer { .. })));
}

#[test]
fn a_cosignature_of_something_else_is_found_out() {
    let (reporter, cosigner) = keys();
    let mut signed = receipt().sign(&reporter, &cosigner).unwrap();
    signed.cosignatures.swap(0, 1);
    let error = signed.verify(&reporter.verifier(), &cosigner.verifier()).unwrap_err();
    assert!(error.to_string().starts_with("the cosignature of chinhphu.vn/log at size 812"), "{error}");
    signed.cosignatures.pop();
    assert_eq!(signed.claim(), Err(ReceiptError::Count { logs: 2, cosignatures: 1 }));
}

#[test]
fn a_wrong_line_is_named() {
    let good = receipt().text();
    for (from, to, error) in [
        ("time 1795421702123", "time 12.5", "line 3 of the receipt must give the time"),
        ("lacking 3,799", "lacking 799,3", "line 4 of the receipt must list lacking entries ascending"),
        ("lacking 3,799", "lacking 812", "line 4 of the receipt must list lacking entries ascending"),
        ("content 812", "content 813", "line 4 of the receipt claims content beyond its size"),
        ("log moh.gov.vn", "log chinhphu.vn", "line 5 of the receipt names a log for the second time"),
        ("shown *", "seen *", "line 6 of the receipt must begin with log or shown"),
    ] {
        let message = Receipt::parse(&good.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(message.starts_with(error), "{message} should say {error}");
    }
}

proptest! {
    #[test]
    fn any_text_is_refused_or_written_back_as_it_was(
        lines in proptest::collection::vec("(log|shown) [a-z*./]{1,9} [0-9]{1,3} [A-Za-z0-9+/=]{44} content [0-9] lacking [0-9,-]{1,5}", 0..4),
    ) {
        let text = format!("nhipcau.receipt/v1\nnode a.vn/mirror\ntime 5\n{}", lines.iter().map(|l| format!("{l}\n")).collect::<String>());
        if let Ok(receipt) = Receipt::parse(&text) {
            prop_assert_eq!(receipt.text(), text);
        }
    }

    #[test]
    fn no_bytes_make_the_readers_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = SignedReceipt::parse_post(&bytes);
        let _ = Receipt::parse(&String::from_utf8_lossy(&bytes));
    }
}
