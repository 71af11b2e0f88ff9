//! How a root note is told apart by eye.

use sha2::{Digest, Sha256};

/// The fingerprint of a root note as it is printed and as the verifier computes it: SHA-256 of the note's text (with
/// its last newline, without the signatures) in groups of four hexadecimal digits.
pub fn fingerprint(root_text: &str) -> String {
    let digits = hex::encode(Sha256::digest(root_text.as_bytes()));
    let groups: Vec<&str> = (0..digits.len()).step_by(4).map(|at| &digits[at..at + 4]).collect();
    groups.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_sixteen_groups_of_four() {
        let print = fingerprint("nhipcau.root/v1\n");
        assert_eq!(print.len(), 16 * 4 + 15);
        assert!(print.split(' ').all(|group| group.len() == 4));
    }
}
