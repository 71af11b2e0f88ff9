//! Rules of issuing that are data: how many people a kind needs, and which kinds a signer answers for.

/// How many distinct people must take part in issuing an item of this kind.
pub fn persons(kind: &str) -> usize {
    let _ = kind;
    2
}

/// True if only a signer or a leader may approve it: official documents bear a signature (Decree 30/2020/NĐ-CP, Art. 13).
pub fn signed(kind: &str) -> bool {
    matches!(kind, "document" | "directive")
}
