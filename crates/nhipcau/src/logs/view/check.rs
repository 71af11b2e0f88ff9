//! "Is this paper genuine?": what the check proves, what it cannot, and the check itself in the reader's browser.

use askama::Template;

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
    /// The root note's fingerprint that this node was installed with, as it is printed: groups of hexadecimal digits.
    pub root_fingerprint: String,
    /// The root note's version.
    pub root_version: u32,
    /// The path of that root note: `/.well-known/nhipcau/root/1`.
    pub root_href: String,
}
