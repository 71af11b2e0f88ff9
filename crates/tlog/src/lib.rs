//! C2SP transparency logs: notes, checkpoints, tiles, proofs, cosignatures.
