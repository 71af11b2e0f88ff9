//! "Is this paper genuine?": what the check proves, what it cannot, and the check itself in the reader's browser.

use askama::Template;
use sha2::{Digest, Sha256};

use crate::web::shell::Shell;

/// The page where the QR code's address opens and where a `.tlog-proof` can be pasted or chosen: `/kiem-tra`.
///
/// The proof stands in the address's fragment, which no browser sends to a server:
/// `#proof=<base64url of the gzipped proof>`, or `#<path of a proof on this host>`.
#[derive(Template)]
#[template(path = "logs/check.html")]
pub struct CheckPage {
    /// The frame.
    pub shell: Shell,
    /// The `fingerprint` of the root note that this node was installed with.
    pub root_fingerprint: String,
    /// The root note's version.
    pub root_version: u32,
    /// The path of that root note: `/.well-known/nhipcau/root/1`.
    pub root_href: String,
}

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
