//! What became visible with one commit, as the rest of the program hears of it.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use axum::body::Bytes;
use network::names::{ContentHash, Origin};
use tlog::Frontier;
use uuid::Uuid;

use crate::web::pages::Tag;

/// Entries that a commit added to one log, as followers get them.
#[derive(Debug)]
pub struct Added {
    /// The log.
    pub log: i64,
    /// Its origin.
    pub origin: Origin,
    /// Index of the first entry.
    pub from: u64,
    /// Their exact bytes.
    pub entries: Vec<Arc<[u8]>>,
    /// The signed checkpoint that covers exactly these entries and all before; none in the middle of a catch-up.
    pub checkpoint: Option<Arc<str>>,
    /// The frontier after them.
    pub frontier: Frontier,
    /// True for a log of ours.
    pub own: bool,
    /// True if any of them asks for the urgent lane.
    pub urgent: bool,
    /// The events of the flow, encoded once for all followers.
    pub flow: OnceLock<Bytes>,
}

/// What became visible with one commit.
#[derive(Debug, Default)]
pub struct Effects {
    /// Logs that grew.
    pub added: Vec<Added>,
    /// Items that look different now: log and id.
    pub items: Vec<(i64, String)>,
    /// Keys of the numbers of documents about which something else is to be said now.
    pub documents: Vec<String>,
    /// Content that is wanted since.
    pub wants: Vec<Want>,
    /// Content that came or went.
    pub content: Vec<ContentHash>,
    /// Content erased: the files that must be removed from the disk.
    pub erased: Vec<ContentHash>,
    /// Logs of which content has come: what their receipts say is different.
    pub settled: Vec<i64>,
    /// Openings whose large pieces are to be read: log and entry.
    pub opened: Vec<(i64, u64)>,
    /// About what receipts said something new.
    pub receipts: Vec<News>,
    /// Letters that wait since, or do not any more.
    pub letters: Vec<Uuid>,
}

/// Entries of a log about which a receipt said something new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// The log.
    pub log: i64,
    /// The entries; more than are here if it concerns all.
    pub entries: Range<u64>,
}

/// News about more entries than this is news about all.
const MANY: u64 = 512;

impl Effects {
    /// What pages show something else now.
    pub(super) fn tags(&self) -> Vec<Tag> {
        let mut tags: Vec<Tag> = self.items.iter().map(|(log, item)| Tag::Item(*log, item.clone())).collect();
        if !tags.is_empty() {
            tags.push(Tag::Lists);
        }
        tags.extend(self.documents.iter().cloned().map(Tag::Document));
        for News { log, entries } in &self.receipts {
            if entries.end.saturating_sub(entries.start) > MANY {
                tags.push(Tag::Receipts(*log));
            } else {
                tags.extend(entries.clone().map(|index| Tag::Reach(*log, index)));
            }
        }
        tags
    }
}

/// Content that an applied entry names and that is not here.
#[derive(Clone, Debug)]
pub struct Want {
    /// Its hash.
    pub sha256: ContentHash,
    /// Its size in bytes, as the entry says.
    pub size: u64,
    /// The log whose entry names it.
    pub origin: Origin,
    /// That entry's index.
    pub index: u64,
    /// True if it is to be fetched before others.
    pub urgent: bool,
}
