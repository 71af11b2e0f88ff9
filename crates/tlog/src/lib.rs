//! C2SP transparency logs: signed notes, checkpoints, tiles, proofs, cosignatures.
//!
//! Everything here is a pure function of its arguments: no I/O, no clock, no randomness, no async, no
//! unsafe code. What comes from outside is parsed once, strictly, into types that print back to the
//! same bytes; what cannot be parsed is refused with an error that names what is wrong. Nothing panics
//! on any input.
//!
//! The specifications are those of c2sp.org (`signed-note`, `tlog-checkpoint`, `tlog-tiles`,
//! `tlog-cosignature`, `tlog-proof`), the tree is that of RFC 6962, section 2.1, with SHA-256, and
//! subtrees are those of draft-ietf-plants-merkle-tree-certs, section 4.
//!
//! A log appends by [`Frontier::push`] and signs a [`Checkpoint`]; a follower pushes the same leaves
//! into its own frontier and compares roots; a reader checks a [`TlogProof`].
//!
//! ```
//! use tlog::{Checkpoint, Frontier, KeyKind, SignerKey, cosign, leaf_hash, verify_cosignature};
//!
//! // The log: append, then sign the head.
//! let log = SignerKey::from_seed("a.gov.vn/log", KeyKind::Ed25519, [1; 32])?;
//! let mut tree = Frontier::new();
//! tree.push(leaf_hash(b"first entry"));
//! let origin = "a.gov.vn/log".to_owned();
//! let head = Checkpoint { origin, size: tree.size(), root: tree.root(), extensions: vec![] };
//! let mut note = head.sign(&log)?;
//!
//! // A mirror: push the same entries, compare roots, cosign.
//! let mirror = SignerKey::from_seed("b.gov.vn/mirror", KeyKind::CosignatureEd25519, [2; 32])?;
//! let mut copy = Frontier::new();
//! copy.push(leaf_hash(b"first entry"));
//! let seen = Checkpoint::open(&note, &log.verifier())?;
//! assert_eq!((seen.size, seen.root), (copy.size(), copy.root()));
//! note.add(cosign(&note.text, &mirror, 1_700_000_000)?);
//!
//! // A reader, with nothing but the note and the mirror's key.
//! assert_eq!(verify_cosignature(&note.to_string().parse()?, &mirror.verifier())?, 1_700_000_000);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bundle;
mod checkpoint;
mod cosignature;
mod decimal;
mod frontier;
mod hash;
mod key;
mod note;
mod proof;
mod prove;
mod signature;
mod signer;
mod tile;
mod tlog_proof;

pub use bundle::{
    BundleError, BundleId, MAX_ENTRY_BYTES, bundle_slices, bundles_for, decode_bundle, encode_bundle,
};
pub use checkpoint::{Checkpoint, CheckpointError, origin_hash};
pub use cosignature::{COSIGNATURE_BYTES, MAX_TIMESTAMP, cosign, verify_cosignature};
pub use frontier::{Frontier, FrontierError, MAX_FRONTIER_SIZE};
pub use hash::{EMPTY_ROOT, Hash, HashError, leaf_hash, node_hash};
pub use key::{KeyError, KeyKind, VerifierKey};
pub use note::{MAX_NOTE_BYTES, MAX_SIGNATURES, Note, NoteError};
pub use proof::{
    ProofError, verify_consistency, verify_inclusion, verify_subtree_consistency, verify_subtree_inclusion,
};
pub use prove::{
    HashReader, NotLoaded, ReadError, consistency_proof, frontier_from_reader, inclusion_proof,
    root_from_reader, subtree_consistency_proof, tiles_needed_for_consistency, tiles_needed_for_inclusion,
    tiles_needed_for_root,
};
pub use signature::NoteSignature;
pub use signer::SignerKey;
pub use tile::{TILE_WIDTH, TileError, TileId, decode_tile, encode_tile, root_of_tile, tiles_for};
pub use tlog_proof::{MAX_PROOF_HASHES, MAX_TLOG_PROOF_BYTES, TlogProof, TlogProofError};
