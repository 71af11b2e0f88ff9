//! Bundles: the nation's news for a node without a line, and from it. The format is `network::bundle`'s.
//!
//! `give` writes one from what is here; `take` proves and applies one, by the rules of the follower.

pub mod give;
pub mod take;

use network::entry::{ContentRef, Kind};

/// What an entry points to.
fn contents(kind: &Kind) -> Vec<&ContentRef> {
    match kind {
        Kind::ItemIssued { content, files, .. } => std::iter::once(content).chain(files).collect(),
        Kind::ItemWithdrawn { note, .. } => note.iter().collect(),
        Kind::ItemErased { basis, .. } | Kind::ItemOrdered { basis, .. } => vec![basis],
        _ => Vec::new(),
    }
}
