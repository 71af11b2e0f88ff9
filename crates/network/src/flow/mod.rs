//! The flow: one open request per neighbour in which entries and checkpoints come as they are made (protocol §4).
//!
//! The request is text, one line per log; the answer is `text/event-stream` (WHATWG HTML, server-sent
//! events) with LF as the only line end. Written here: whole events. Read here: an incremental
//! [`Decoder`] that bounds what a peer can make it hold.

mod decoder;

use std::collections::HashSet;

use crate::names::Origin;
use crate::root::decimal;

pub use decoder::{Decoder, FlowEvent};

/// A follower that lacks more entries than this is told that it is behind and fetches tiles.
pub const MOST_IN_FLOW: u64 = 4_096;
/// The size that a follower states of a log that it does not want although it asks for all: its own, or a
/// frozen one. No log is larger.
pub const NOT_WANTED: u64 = i64::MAX as u64;
/// The heartbeat: a comment, sent every 15 s.
pub const HEARTBEAT: &[u8] = b":\n\n";
/// The most lines of a request.
pub const MAX_LOGS: usize = 50_000;
/// The longest line that a decoder accepts, in bytes without its end.
pub const MAX_LINE: usize = 128 << 10;
/// The most data bytes of one event that a decoder accepts.
pub const MAX_EVENT: usize = 128 << 10;

/// The body of a `POST /flow`: which logs, and how much of each the follower has.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct FlowRequest {
    /// Also every other log that the node mirrors or hosts, from its beginning, and those to come (`*`).
    pub all: bool,
    /// Each log once, with the size that the follower has.
    pub logs: Vec<(Origin, u64)>,
}

/// Why a request or a stream is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlowError {
    /// A line of the request is wrong.
    #[error("line {line} of the flow request must be * or an origin and a size, each log once")]
    Request {
        /// Counts from 1.
        line: usize,
    },
    /// More lines than [`MAX_LOGS`].
    #[error("the flow request has more than {MAX_LOGS} lines")]
    TooManyLogs,
    /// Not UTF-8 where text is due.
    #[error("the flow is not UTF-8")]
    NotUtf8,
    /// An entry with a control byte cannot stand in the flow; it is served in its bundle.
    #[error("the entry has a control byte and cannot be sent in the flow")]
    ControlByte,
    /// A line is longer than [`MAX_LINE`].
    #[error("a line of the flow is longer than {MAX_LINE} bytes")]
    LineTooLong,
    /// An event is longer than [`MAX_EVENT`].
    #[error("an event of the flow is longer than {MAX_EVENT} bytes")]
    EventTooLong,
    /// An event lacks its id, or the id is not an origin and a number.
    #[error("an event of the flow has no id of an origin and a number")]
    Id,
    /// The data of an event is not what its name asks for.
    #[error("the data of a {0} event of the flow is malformed")]
    Data(&'static str),
}

impl FlowRequest {
    /// The body as text.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut text = String::with_capacity(self.logs.len() * 32);
        if self.all {
            text.push_str("*\n");
        }
        for (origin, size) in &self.logs {
            text.push_str(&format!("{origin} {size}\n"));
        }
        text
    }

    /// Reads the body.
    ///
    /// # Errors
    /// Names the line.
    pub fn parse(body: &[u8]) -> Result<FlowRequest, FlowError> {
        let text = std::str::from_utf8(body).map_err(|_| FlowError::NotUtf8)?;
        let mut request = FlowRequest::default();
        let mut seen = HashSet::new();
        for (line, at) in text.split_terminator('\n').zip(1..) {
            if at > MAX_LOGS {
                return Err(FlowError::TooManyLogs);
            }
            let wrong = FlowError::Request { line: at };
            if line == "*" && !request.all {
                request.all = true;
                continue;
            }
            let (origin, size) = line.split_once(' ').ok_or(wrong.clone())?;
            let origin: Origin = origin.parse().map_err(|_| wrong.clone())?;
            let size = decimal(size).ok_or(wrong.clone())?;
            if !seen.insert(origin.clone()) {
                return Err(wrong);
            }
            request.logs.push((origin, size));
        }
        Ok(request)
    }
}

/// `event: entry` with the entry's exact bytes.
///
/// # Errors
/// [`FlowError::ControlByte`] or [`FlowError::NotUtf8`] for a leaf that is not a line of text; whoever
/// relays such a log says [`encode_behind`] instead, so that followers fetch the bundle.
pub fn encode_entry(origin: &Origin, index: u64, bytes: &[u8]) -> Result<Vec<u8>, FlowError> {
    if bytes.iter().any(|byte| *byte < 0x20) {
        return Err(FlowError::ControlByte);
    }
    if std::str::from_utf8(bytes).is_err() {
        return Err(FlowError::NotUtf8);
    }
    let mut event = format!("event: entry\nid: {origin} {index}\ndata: ").into_bytes();
    event.extend_from_slice(bytes);
    event.extend_from_slice(b"\n\n");
    Ok(event)
}

/// `event: checkpoint` with the signed note.
#[must_use]
pub fn encode_checkpoint(origin: &Origin, size: u64, note: &str) -> Vec<u8> {
    let mut event = format!("event: checkpoint\nid: {origin} {size}\n");
    for line in note.split_terminator('\n') {
        event.push_str("data: ");
        event.push_str(line);
        event.push('\n');
    }
    event.push('\n');
    event.into_bytes()
}

/// `event: behind`: the follower lacks more than [`MOST_IN_FLOW`] entries of this log, whose size is given.
/// The flow goes on with the entries from that size; those before are fetched from bundles.
#[must_use]
pub fn encode_behind(origin: &Origin, size: u64) -> Vec<u8> {
    format!("event: behind\ndata: {origin} {size}\n\n").into_bytes()
}
