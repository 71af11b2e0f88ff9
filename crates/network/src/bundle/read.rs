//! Bytes to records, in pieces of any size, holding no more than one record.

use sha2::{Digest, Sha256};
use tlog::{Frontier, Hash, Note, bundle_slices};

use super::{Header, MAX_CONTENT, MAX_HEADER, MAX_LOGS, MAX_PART, MAX_RECORD_LINE, MAX_SECTION};
use crate::bridge::spans;
use crate::follower::Bytes;
use crate::names::{ContentHash, Origin};
use crate::root::decimal;

/// What stands in a bundle. Nothing of it is proven yet, but that content matches its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// The first.
    Header(Header),
    /// A log begins.
    Log {
        /// The log.
        origin: Origin,
        /// Where the bundle takes it up.
        frontier: Frontier,
        /// The size of its checkpoint.
        size: u64,
        /// The checkpoint.
        note: Note,
    },
    /// The next entries of the log that began last.
    Part {
        /// The first.
        from: u64,
        /// Their bytes.
        entries: Vec<Bytes>,
        /// The hashes of the spans from their end to the log's size.
        bridge: Vec<Hash>,
    },
    /// A content whose bytes have this hash.
    Content {
        /// The hash.
        sha256: ContentHash,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// The last: the file is whole.
    End,
}

/// Where a bundle is damaged, and how.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("damaged in the record at byte {at}: {what}")]
pub struct Damage {
    /// Offset of the record in the file.
    pub at: u64,
    /// What is wrong with it.
    pub what: Wrong,
}

/// What is wrong with a record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// Not a bundle, or of another version.
    #[error("this is not a bundle of this version")]
    NotABundle,
    /// No such record, or malformed.
    #[error("the line of the record is malformed")]
    Line,
    /// Longer than anything that may stand there.
    #[error("the record is longer than its kind may be")]
    TooLong,
    /// The header cannot be read, or lists too many logs.
    #[error("the header cannot be read")]
    Header,
    /// A frontier or a note cannot be read.
    #[error("the frontier or the checkpoint of the log cannot be read")]
    Section,
    /// Entries or bridge cannot be read, or come where none are due.
    #[error("the entries do not follow, or cannot be read")]
    Part,
    /// The content has another hash.
    #[error("the content has another hash than its record says")]
    Content,
    /// The hash at the end is another: something before was altered.
    #[error("the hash at the end does not match; something before it was altered")]
    End,
    /// Something follows the end.
    #[error("something follows the end")]
    AfterEnd,
    /// The file ends within a record, or before the last.
    #[error("the file was cut off here")]
    CutOff,
}

#[derive(Clone, Debug)]
enum Line {
    Header,
    Log { origin: Origin, from: u64, size: u64 },
    Part { from: u64, to: u64 },
    Content(ContentHash),
}

/// What follows in the file.
enum Next {
    /// A record's payload.
    Payload,
    /// Nothing: the file is whole.
    End,
    /// Too little has come to tell.
    More,
}

/// Reads a bundle. After an error it is of no use any more; what it gave out before stands.
#[derive(Debug, Default)]
pub struct Reader {
    buffer: Vec<u8>,
    /// Offset in the file of the record under way.
    at: u64,
    /// The line of the record under way, its own length, and the payload's.
    open: Option<(Line, usize, usize)>,
    begun: bool,
    ended: bool,
    /// The log that began last: where it goes on, and its size.
    log: Option<(u64, u64)>,
    digest: Sha256,
    records: u64,
}

impl Reader {
    /// A reader at the start of a file.
    #[must_use]
    pub fn new() -> Reader {
        Reader::default()
    }

    /// Takes the next bytes and gives the records that they complete, in order.
    ///
    /// # Errors
    /// Where the file is damaged first; `out` has what lies before.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<Record>) -> Result<(), Damage> {
        self.buffer.extend_from_slice(bytes);
        loop {
            let at = self.at;
            let wrong = |what| Damage { at, what };
            let Some((line, head, length)) = self.open.clone() else {
                match self.next_line().map_err(wrong)? {
                    Next::Payload => continue,
                    Next::End => {
                        self.ended = true;
                        out.push(Record::End);
                        return Ok(());
                    }
                    Next::More => return Ok(()),
                }
            };
            let whole = head + length + 1;
            if self.buffer.len() < whole {
                return Ok(());
            }
            if self.buffer[whole - 1] != b'\n' {
                return Err(wrong(Wrong::Line));
            }
            let record = self.record(line, head..head + length).map_err(wrong)?;
            self.digest.update(&self.buffer[..whole]);
            self.records += 1;
            self.at += whole as u64;
            self.buffer.drain(..whole);
            self.open = None;
            out.push(record);
        }
    }

    /// Says whether the file was whole.
    ///
    /// # Errors
    /// It was cut off.
    pub fn finish(&self) -> Result<(), Damage> {
        if self.ended { Ok(()) } else { Err(Damage { at: self.at, what: Wrong::CutOff }) }
    }

    /// How many bytes of the file lie before the record under way.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.at
    }

    /// Reads the line of the next record.
    fn next_line(&mut self) -> Result<Next, Wrong> {
        let unknown = if self.begun { Wrong::Line } else { Wrong::NotABundle };
        if self.ended {
            return if self.buffer.is_empty() { Ok(Next::More) } else { Err(Wrong::AfterEnd) };
        }
        let Some(end) = self.buffer.iter().take(MAX_RECORD_LINE).position(|byte| *byte == b'\n') else {
            return if self.buffer.len() >= MAX_RECORD_LINE { Err(unknown) } else { Ok(Next::More) };
        };
        if self.begun && self.buffer.starts_with(b"end ") {
            let due = format!("end {} {}", self.records, hex::encode(self.digest.clone().finalize()));
            let whole = self.log.is_none_or(|(at, size)| at == size);
            if self.buffer[..end] != *due.as_bytes() || !whole {
                return Err(Wrong::End);
            }
            if self.buffer.len() > end + 1 {
                return Err(Wrong::AfterEnd);
            }
            self.buffer.clear();
            return Ok(Next::End);
        }
        let text = std::str::from_utf8(&self.buffer[..end]).map_err(|_| unknown.clone())?;
        let words: Vec<&str> = text.split(' ').collect();
        let number = |word: &str| decimal(word).ok_or(Wrong::Line);
        let (line, most) = match (self.begun, &words[..]) {
            (false, ["nhipcau-bundle", "1", _]) => (Line::Header, MAX_HEADER as u64),
            (true, ["log", origin, from, size, _]) => {
                let origin = origin.parse().map_err(|_| Wrong::Line)?;
                (Line::Log { origin, from: number(from)?, size: number(size)? }, MAX_SECTION as u64)
            }
            (true, ["part", from, to, _]) => {
                (Line::Part { from: number(from)?, to: number(to)? }, MAX_PART as u64)
            }
            (true, ["content", sha256, _]) => {
                (Line::Content(sha256.parse().map_err(|_| Wrong::Line)?), MAX_CONTENT)
            }
            _ => return Err(unknown),
        };
        let length = words.last().map_or(Err(Wrong::Line), |word| number(word))?;
        if length > most {
            return Err(Wrong::TooLong);
        }
        self.open = Some((line, end + 1, length as usize));
        Ok(Next::Payload)
    }

    fn record(&mut self, line: Line, range: std::ops::Range<usize>) -> Result<Record, Wrong> {
        let payload = &self.buffer[range];
        match line {
            Line::Header => {
                let header: Header = serde_json::from_slice(payload).map_err(|_| Wrong::Header)?;
                if header.logs.len() > MAX_LOGS {
                    return Err(Wrong::Header);
                }
                self.begun = true;
                Ok(Record::Header(header))
            }
            Line::Log { origin, from, size } => {
                let whole = self.log.is_none_or(|(at, size)| at == size);
                let (hashes, note) = hashes(payload, from.count_ones() as usize).ok_or(Wrong::Section)?;
                let frontier = Frontier::from_parts(from, hashes).map_err(|_| Wrong::Section)?;
                let note = Note::parse_bytes(note).map_err(|_| Wrong::Section)?;
                if from > size || !whole {
                    return Err(Wrong::Section);
                }
                self.log = Some((from, size));
                Ok(Record::Log { origin, frontier, size, note })
            }
            Line::Part { from, to } => {
                let (at, size) = self.log.ok_or(Wrong::Part)?;
                let due = (from / tlog::TILE_WIDTH + 1).saturating_mul(tlog::TILE_WIDTH).min(size);
                if from != at || to != due || from >= to {
                    return Err(Wrong::Part);
                }
                let (bridge, entries) = hashes(payload, spans(to, size).count()).ok_or(Wrong::Part)?;
                let entries: Vec<Bytes> =
                    bundle_slices(entries).map_err(|_| Wrong::Part)?.into_iter().map(Bytes::from).collect();
                if entries.len() as u64 != to - from {
                    return Err(Wrong::Part);
                }
                self.log = Some((to, size));
                Ok(Record::Part { from, entries, bridge })
            }
            Line::Content(sha256) => {
                if ContentHash::of(payload) != sha256 {
                    return Err(Wrong::Content);
                }
                Ok(Record::Content { sha256, bytes: payload.to_vec() })
            }
        }
    }
}

/// The first `count` hashes of the bytes, and the rest.
fn hashes(bytes: &[u8], count: usize) -> Option<(Vec<Hash>, &[u8])> {
    let (raw, rest) = bytes.split_at_checked(count * 32)?;
    let hashes = raw.chunks_exact(32).filter_map(|chunk| chunk.try_into().ok().map(Hash)).collect();
    Some((hashes, rest))
}
