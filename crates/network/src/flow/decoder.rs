//! Bytes of a flow to events, a piece at a time, holding no more than one line and one event.

use tlog::Note;

use super::{FlowError, MAX_EVENT, MAX_LINE};
use crate::names::Origin;
use crate::root::decimal;

/// What comes in a flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlowEvent {
    /// An entry's exact bytes.
    Entry {
        /// The log.
        origin: Origin,
        /// Its index.
        index: u64,
        /// The leaf.
        bytes: Vec<u8>,
    },
    /// A checkpoint, not verified.
    Checkpoint {
        /// The log that the id names; the note may say otherwise, which the follower finds out.
        origin: Origin,
        /// The size that the id names.
        size: u64,
        /// The signed note.
        note: Note,
    },
    /// Too far behind for the flow.
    Behind {
        /// The log.
        origin: Origin,
        /// The size that the neighbour has.
        size: u64,
    },
    /// A comment: the line is alive.
    Heartbeat,
}

/// Reads a flow. After an error the connection is of no use any more.
#[derive(Debug, Default)]
pub struct Decoder {
    line: Vec<u8>,
    event: Vec<u8>,
    id: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
}

impl Decoder {
    /// A decoder at the start of a stream.
    #[must_use]
    pub fn new() -> Decoder {
        Decoder::default()
    }

    /// Takes the next bytes, in pieces of any size, and gives each event that they complete to `out`.
    /// Events of unknown names are left out.
    ///
    /// # Errors
    /// The first thing that is wrong; events before it have been given out.
    pub fn push(&mut self, mut bytes: &[u8], mut out: impl FnMut(FlowEvent)) -> Result<(), FlowError> {
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            let (piece, rest) = bytes.split_at(end);
            bytes = &rest[1..];
            if self.line.len() + piece.len() > MAX_LINE {
                return Err(FlowError::LineTooLong);
            }
            if self.line.is_empty() {
                self.take_line(piece, &mut out)?;
            } else {
                let mut line = std::mem::take(&mut self.line);
                line.extend_from_slice(piece);
                self.take_line(&line, &mut out)?;
                line.clear();
                self.line = line;
            }
        }
        if self.line.len() + bytes.len() > MAX_LINE {
            return Err(FlowError::LineTooLong);
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    /// As [`Decoder::push`], the events in a list.
    ///
    /// # Errors
    /// As [`Decoder::push`]; the events before the error are lost.
    pub fn events(&mut self, bytes: &[u8]) -> Result<Vec<FlowEvent>, FlowError> {
        let mut events = Vec::new();
        self.push(bytes, |event| events.push(event))?;
        Ok(events)
    }

    /// How many bytes are held for what is not complete yet: never more than a line and an event.
    #[must_use]
    pub fn held(&self) -> usize {
        self.line.len() + self.data.len() + self.id.len() + self.event.len()
    }

    fn take_line(&mut self, line: &[u8], out: &mut impl FnMut(FlowEvent)) -> Result<(), FlowError> {
        let (field, value) = match line.iter().position(|byte| *byte == b':') {
            None if line.is_empty() => {
                if let Some(event) = self.complete()? {
                    out(event);
                }
                return Ok(());
            }
            None => (line, &b""[..]),
            Some(0) => {
                out(FlowEvent::Heartbeat);
                return Ok(());
            }
            Some(at) => (&line[..at], line[at + 1..].strip_prefix(b" ").unwrap_or(&line[at + 1..])),
        };
        match field {
            b"event" => replace(&mut self.event, value),
            b"id" => replace(&mut self.id, value),
            b"data" => {
                if self.data.len() + value.len() + 1 > MAX_EVENT {
                    return Err(FlowError::EventTooLong);
                }
                if self.has_data {
                    self.data.push(b'\n');
                }
                self.has_data = true;
                self.data.extend_from_slice(value);
            }
            _ => {}
        }
        Ok(())
    }

    /// The event that an empty line ends, if any. Unlike in a browser, an id is not kept for later events.
    fn complete(&mut self) -> Result<Option<FlowEvent>, FlowError> {
        let event = match self.event.as_slice() {
            b"entry" if self.has_data => {
                let (origin, index) = named(&self.id).ok_or(FlowError::Id)?;
                Some(FlowEvent::Entry { origin, index, bytes: std::mem::take(&mut self.data) })
            }
            b"checkpoint" if self.has_data => {
                let (origin, size) = named(&self.id).ok_or(FlowError::Id)?;
                self.data.push(b'\n');
                let note = Note::parse_bytes(&self.data).map_err(|_| FlowError::Data("checkpoint"))?;
                Some(FlowEvent::Checkpoint { origin, size, note })
            }
            b"behind" => {
                let (origin, size) = named(&self.data).ok_or(FlowError::Data("behind"))?;
                Some(FlowEvent::Behind { origin, size })
            }
            b"entry" => return Err(FlowError::Data("entry")),
            b"checkpoint" => return Err(FlowError::Data("checkpoint")),
            _ => None,
        };
        self.event.clear();
        self.id.clear();
        self.data.clear();
        self.has_data = false;
        Ok(event)
    }
}

fn replace(field: &mut Vec<u8>, value: &[u8]) {
    field.clear();
    field.extend_from_slice(value);
}

fn named(id: &[u8]) -> Option<(Origin, u64)> {
    let (origin, number) = std::str::from_utf8(id).ok()?.split_once(' ')?;
    Some((origin.parse().ok()?, decimal(number)?))
}
