//! The root note: what is pinned at installation, and from which all other trust follows (protocol §6).
//!
//! A signed note whose text is, line by line:
//!
//! ```text
//! nhipcau.root/v1
//! version 2
//! root 0 chinhphu.vn/log+…
//! root 8192 chinhphu.vn/log+…
//! heads 0 chinhphu.vn/heads+…
//! quorum 2
//! cosigner moh.gov.vn/mirror+…
//! cosigner tinh-a.gov.vn/mirror+…
//! threshold 3
//! holder giu-khoa-1+…
//! ```
//!
//! `root` and `heads` give the keys of these two logs, each from a size on. Promised: a [`RootNote`] in
//! hand is well formed and was signed by the threshold of its own holders, and one obtained by
//! [`RootNote::followed_by`] also by the threshold of the version before.

use std::collections::HashSet;
use std::str::FromStr;

use tlog::{KeyKind, Note, NoteError, VerifierKey, verify_cosignature};

use crate::entry::KeyChange;
use crate::names::Origin;

const FIRST_LINE: &str = "nhipcau.root/v1";
/// The most keys in each of the lists; a note may carry 100 signatures.
const MAX_KEYS: usize = 64;

/// The largest quorum: a served note carries at most 15 cosignatures (protocol §3).
const MAX_QUORUM: usize = 15;

/// What the holders state; see the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootText {
    /// Counts from 1.
    pub version: u64,
    /// The root log's keys, the first from size 0; all named by its origin.
    pub root: Vec<KeyChange>,
    /// The heads log's keys, the first from size 0; all named by its origin.
    pub heads: Vec<KeyChange>,
    /// How many cosigners must have cosigned a heads checkpoint before it counts; at least 1, at most 15.
    pub quorum: usize,
    /// Nodes that may cosign heads (kind 0x04).
    pub cosigners: Vec<VerifierKey>,
    /// How many holders must sign; at least 1.
    pub threshold: usize,
    /// The offline holders (kind 0x01).
    pub holders: Vec<VerifierKey>,
}

/// A root text that its holders signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootNote {
    text: RootText,
    note: Note,
}

/// Why a root note is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RootError {
    /// Not a note, or not one with this first line.
    #[error("not a root note: {0}")]
    NotRoot(String),
    /// A line is wrong.
    #[error("line {line} of the root note {problem}")]
    Line {
        /// Counts from 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// The lines are fine one by one, but not together.
    #[error("the root note {0}")]
    Whole(&'static str),
    /// Too few holders signed.
    #[error("only {got} of the {needed} necessary holders of version {version} have signed")]
    Signatures {
        /// The version whose holders are counted.
        version: u64,
        /// How many signed.
        got: usize,
        /// How many must.
        needed: usize,
    },
    /// A holder's signature is wrong.
    #[error("a holder's signature does not verify: {0}")]
    BadSignature(NoteError),
    /// Not the version that must follow.
    #[error("version {got} cannot follow version {after}")]
    Version {
        /// The version of the note offered.
        got: u64,
        /// The version in hand.
        after: u64,
    },
}

impl RootText {
    /// The text to be signed.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{FIRST_LINE}\nversion {}\n", self.version);
        for (word, keys) in [("root", &self.root), ("heads", &self.heads)] {
            for key in keys {
                text.push_str(&format!("{word} {} {}\n", key.from, key.key));
            }
        }
        text.push_str(&format!("quorum {}\n", self.quorum));
        self.cosigners.iter().for_each(|key| text.push_str(&format!("cosigner {key}\n")));
        text.push_str(&format!("threshold {}\n", self.threshold));
        self.holders.iter().for_each(|key| text.push_str(&format!("holder {key}\n")));
        text
    }

    /// Reads a text; signatures are not looked at.
    ///
    /// # Errors
    /// Names the line, or what does not fit together.
    pub fn parse(text: &str) -> Result<RootText, RootError> {
        let mut lines = Lines { lines: text.split_terminator('\n').collect(), at: 0 };
        if lines.next() != Some(FIRST_LINE) {
            return Err(RootError::NotRoot(format!("the first line is not {FIRST_LINE}")));
        }
        let parsed = RootText {
            version: lines.number("version")?,
            root: lines.keys_from("root")?,
            heads: lines.keys_from("heads")?,
            quorum: lines.number("quorum")? as usize,
            cosigners: lines.keys("cosigner", KeyKind::CosignatureEd25519)?,
            threshold: lines.number("threshold")? as usize,
            holders: lines.keys("holder", KeyKind::Ed25519)?,
        };
        if lines.next().is_some() {
            return Err(lines.wrong("is not expected here"));
        }
        parsed.check()?;
        Ok(parsed)
    }

    fn check(&self) -> Result<(), RootError> {
        let distinct = |keys: &[VerifierKey]| {
            keys.iter().map(VerifierKey::public_bytes).collect::<HashSet<_>>().len() == keys.len()
        };
        let whole = |fine: bool, problem| if fine { Ok(()) } else { Err(RootError::Whole(problem)) };
        whole(self.version > 0, "has the version 0; versions count from 1")?;
        whole(
            (1..=self.cosigners.len().min(MAX_QUORUM)).contains(&self.quorum),
            "asks for a quorum that its cosigners cannot make",
        )?;
        whole(
            (1..=self.holders.len()).contains(&self.threshold),
            "asks for more holders than it names, or none",
        )?;
        whole(distinct(&self.cosigners), "names a cosigner's key twice")?;
        whole(distinct(&self.holders), "names a holder's key twice")?;
        whole(self.root[0].key.name() != self.heads[0].key.name(), "gives root and heads the same origin")
    }

    /// The origin of the root log.
    ///
    /// # Errors
    /// If the key's name is not an origin, which [`RootText::parse`] has refused already.
    pub fn root_origin(&self) -> Result<Origin, RootError> {
        origin(&self.root)
    }

    /// The origin of the heads log.
    ///
    /// # Errors
    /// As [`RootText::root_origin`].
    pub fn heads_origin(&self) -> Result<Origin, RootError> {
        origin(&self.heads)
    }
}

fn origin(keys: &[KeyChange]) -> Result<Origin, RootError> {
    let name = keys.first().and_then(|key| key.key.name().parse().ok());
    name.ok_or(RootError::Whole("names a log by something that is not an origin"))
}

impl RootNote {
    /// Accepts a note signed by the threshold of its own holders. That alone makes nobody a root: whoever
    /// installs a node pins the note that it was given, later ones come by [`RootNote::followed_by`].
    ///
    /// # Errors
    /// What is malformed, or who has not signed.
    pub fn open(note: &str) -> Result<RootNote, RootError> {
        let note = Note::parse(note).map_err(|error| RootError::NotRoot(error.to_string()))?;
        let text = RootText::parse(&note.text)?;
        signed_by(&note, &text)?;
        Ok(RootNote { text, note })
    }

    /// Accepts the next version, signed by the thresholds of both.
    ///
    /// # Errors
    /// As [`RootNote::open`]; also another version than the next one, or other origins.
    pub fn followed_by(&self, note: &str) -> Result<RootNote, RootError> {
        let next = RootNote::open(note)?;
        if self.text.version.checked_add(1) != Some(next.text.version) {
            return Err(RootError::Version { got: next.text.version, after: self.text.version });
        }
        signed_by(&next.note, &self.text)?;
        if next.text.root_origin()? != self.text.root_origin()?
            || next.text.heads_origin()? != self.text.heads_origin()?
        {
            return Err(RootError::Whole("changes the origin of root or heads; origins are never reused"));
        }
        Ok(next)
    }

    /// What it says.
    #[must_use]
    pub fn text(&self) -> &RootText {
        &self.text
    }

    /// The note itself, as served at `/.well-known/nhipcau/root/<version>`.
    #[must_use]
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// How many of the quorum's nodes have cosigned this heads checkpoint; wrong and unknown signatures
    /// count for nothing.
    #[must_use]
    pub fn cosigned_by(&self, heads_checkpoint: &Note) -> usize {
        self.text.cosigners.iter().filter(|key| verify_cosignature(heads_checkpoint, key).is_ok()).count()
    }

    /// True if enough of them have.
    #[must_use]
    pub fn quorum_has(&self, heads_checkpoint: &Note) -> bool {
        self.cosigned_by(heads_checkpoint) >= self.text.quorum
    }
}

fn signed_by(note: &Note, text: &RootText) -> Result<(), RootError> {
    let mut got = 0;
    for holder in &text.holders {
        match note.verified_by(holder) {
            Ok(()) => got += 1,
            Err(NoteError::Missing(_)) => {}
            Err(error) => return Err(RootError::BadSignature(error)),
        }
    }
    if got < text.threshold {
        return Err(RootError::Signatures { version: text.version, got, needed: text.threshold });
    }
    Ok(())
}

/// The lines of a text, read in order.
struct Lines<'a> {
    lines: Vec<&'a str>,
    at: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<&'a str> {
        let line = self.lines.get(self.at).copied();
        self.at += 1;
        line
    }

    fn wrong(&self, problem: impl Into<String>) -> RootError {
        RootError::Line { line: self.at, problem: problem.into() }
    }

    /// The rest of the next line if it begins with `word` and a space.
    fn after(&mut self, word: &str) -> Option<&'a str> {
        let rest = self.lines.get(self.at)?.strip_prefix(word)?.strip_prefix(' ')?;
        self.at += 1;
        Some(rest)
    }

    fn number(&mut self, word: &str) -> Result<u64, RootError> {
        let Some(rest) = self.after(word) else {
            self.at += 1;
            return Err(self.wrong(format!("must be {word} and a number")));
        };
        decimal(rest).ok_or_else(|| self.wrong(format!("must be {word} and a number")))
    }

    fn keys(&mut self, word: &str, kind: KeyKind) -> Result<Vec<VerifierKey>, RootError> {
        let mut keys = Vec::new();
        while let Some(rest) = self.after(word) {
            keys.push(self.key(rest, kind)?);
        }
        self.some_of(word, keys)
    }

    fn keys_from(&mut self, word: &str) -> Result<Vec<KeyChange>, RootError> {
        let mut keys: Vec<KeyChange> = Vec::new();
        while let Some(rest) = self.after(word) {
            let parts = rest.split_once(' ').and_then(|(from, key)| Some((decimal(from)?, key)));
            let (from, key) = parts.ok_or_else(|| self.wrong(format!("must be {word}, a size and a key")))?;
            let key = self.key(key, KeyKind::Ed25519)?;
            if Origin::from_str(key.name()).is_err() {
                return Err(self.wrong("must hold a key named by an origin"));
            }
            let fits = match keys.last() {
                None => from == 0,
                Some(before) => from > before.from && key.name() == before.key.name(),
            };
            if !fits {
                return Err(
                    self.wrong("must begin at size 0 and go on with the same origin from larger sizes")
                );
            }
            keys.push(KeyChange { key, from });
        }
        self.some_of(word, keys)
    }

    fn key(&self, text: &str, kind: KeyKind) -> Result<VerifierKey, RootError> {
        let key: VerifierKey = text.parse().map_err(|error| self.wrong(format!("holds no key: {error}")))?;
        if key.kind() != kind {
            return Err(self.wrong(format!("must hold a key of the kind {:#04x}", kind.byte())));
        }
        Ok(key)
    }

    fn some_of<T>(&mut self, word: &str, keys: Vec<T>) -> Result<Vec<T>, RootError> {
        if keys.is_empty() || keys.len() > MAX_KEYS {
            self.at += 1;
            return Err(self.wrong(format!("must begin 1 to {MAX_KEYS} lines of {word}")));
        }
        Ok(keys)
    }
}

/// A decimal number in its only spelling.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let canonical = !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'));
    if canonical { text.parse().ok() } else { None }
}
