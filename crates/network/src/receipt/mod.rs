//! Receipts: a node's signed statement of what it holds and shows (protocol §5).
//!
//! A signed note of the node's report key, whose text is
//!
//! ```text
//! nhipcau.receipt/v1
//! node tinh-a.gov.vn/mirror
//! time 1795421702123
//! log chinhphu.vn/log 812 CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I= content 812 lacking 3,799
//! shown * chinhphu.vn/log 812
//! shown xa-b.tinh-a.gov.vn xa-b.tinh-a.gov.vn/log 40
//! ```
//!
//! and, beside it, one cosignature of the node per `log` line, over the checkpoint that the line describes
//! (origin, size, root, no extension lines). `content <size> lacking <indices>`: the content of all entries
//! below that size is held, except of those listed. `shown *` speaks for every portal that the node hosts
//! and that carries the log. What a receipt says is believed only after [`SignedReceipt::verify`].

mod read;

use std::fmt;

use tlog::{
    Checkpoint, Hash, Note, NoteError, NoteSignature, SignerKey, VerifierKey, cosign, verify_cosignature,
};

use crate::json::{self, FieldError, Object, Writer};
use crate::names::{Domain, Origin};

/// The most entries that a `log` line may list as lacking; whoever lacks more states a smaller content size.
pub const MAX_LACKING: usize = 256;
/// The most receipts in one `POST /receipts`.
pub const MAX_RECEIPTS: usize = 512;
/// The most bytes of a `POST /receipts`.
pub const MAX_POST: usize = 8 << 20;

/// What a node states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The node's name.
    pub node: Origin,
    /// When, by the node's clock, in Unix milliseconds; for people, never for order.
    pub time: u64,
    /// What it holds; each log once.
    pub logs: Vec<Held>,
    /// What its portals show.
    pub shown: Vec<Shown>,
}

/// One `log` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The log.
    pub origin: Origin,
    /// Entries up to here are durably applied.
    pub size: u64,
    /// The log's root at that size.
    pub root: Hash,
    /// Content of the entries below this size is held; at most `size`.
    pub content: u64,
    /// Except of these, ascending, each below `content`, at most [`MAX_LACKING`].
    pub lacking: Vec<u64>,
}

/// One `shown` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The portal, or every portal of the node that carries the log.
    pub portal: ShownBy,
    /// The log.
    pub origin: Origin,
    /// The next request for a page has what the log says up to here.
    pub size: u64,
}

/// Who shows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ShownBy {
    /// `*`: every portal that the node hosts and that carries the log.
    Every,
    /// One portal.
    Portal(Domain),
}

/// A receipt as it travels: note and cosignatures, not yet verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedReceipt {
    /// The note signed by the node's report key.
    pub note: Note,
    /// One cosignature per `log` line, in their order.
    pub cosignatures: Vec<NoteSignature>,
}

/// Why a receipt is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// A line of the note's text is wrong.
    #[error("line {line} of the receipt {problem}")]
    Line {
        /// Counts from 1.
        line: usize,
        /// What is wrong.
        problem: &'static str,
    },
    /// The note is signed by another node than it names.
    #[error("the receipt of {stated} is not signed by it but by {signer}")]
    Signer {
        /// The node that the receipt names.
        stated: String,
        /// The key that was to verify it.
        signer: String,
    },
    /// The signature or the note is wrong.
    #[error("the receipt's signature: {0}")]
    Note(#[from] NoteError),
    /// Not one cosignature per log line.
    #[error("the receipt has {logs} logs but {cosignatures} cosignatures")]
    Count {
        /// `log` lines.
        logs: usize,
        /// Cosignatures beside the note.
        cosignatures: usize,
    },
    /// A cosignature is wrong.
    #[error("the cosignature of {origin} at size {size}: {error}")]
    Cosignature {
        /// The log.
        origin: Origin,
        /// The size.
        size: u64,
        /// What is wrong.
        error: NoteError,
    },
    /// The body of a post is longer than [`MAX_POST`].
    #[error("the receipts have {0} bytes; at most 8 MiB are allowed")]
    TooLong(usize),
    /// The body of a post is not JSON.
    #[error("the receipts are not JSON: {0}")]
    NotJson(String),
    /// A field of the body is wrong.
    #[error(transparent)]
    Field(#[from] FieldError),
}

impl Held {
    /// The checkpoint whose cosignature stands beside this line.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            origin: self.origin.to_string(),
            size: self.size,
            root: self.root,
            extensions: Vec::new(),
        }
    }

    /// True if the content of this entry is held.
    #[must_use]
    pub fn has_content(&self, index: u64) -> bool {
        index < self.content && self.lacking.binary_search(&index).is_err()
    }
}

impl Receipt {
    /// The text to be signed.
    #[must_use]
    pub fn text(&self) -> String {
        use fmt::Write as _;
        let mut text = format!("nhipcau.receipt/v1\nnode {}\ntime {}\n", self.node, self.time);
        for held in &self.logs {
            let Held { origin, size, root, content, .. } = held;
            let _ = write!(text, "log {origin} {size} {root} content {content} lacking ");
            match held.lacking.as_slice() {
                [] => text.push('-'),
                list => {
                    let list: Vec<String> = list.iter().map(u64::to_string).collect();
                    text.push_str(&list.join(","));
                }
            }
            text.push('\n');
        }
        for Shown { portal, origin, size } in &self.shown {
            let _ = writeln!(text, "shown {portal} {origin} {size}");
        }
        text
    }

    /// Signs with the node's report key and cosigns every `log` line with its cosigner key. `time` in the
    /// cosignatures is the receipt's, in seconds.
    ///
    /// The caller must have committed durably what the receipt says, and must not call this before the
    /// node may sign ([`crate::startup`]).
    ///
    /// # Errors
    /// A receipt that would not be read back, or keys of the wrong kind.
    pub fn sign(&self, reporter: &SignerKey, cosigner: &SignerKey) -> Result<SignedReceipt, ReceiptError> {
        let text = self.text();
        Receipt::parse(&text)?;
        let note = Note::sign(&text, reporter)?;
        let cosigned = |held: &Held| cosign(&held.checkpoint().text(), cosigner, self.time / 1_000);
        Ok(SignedReceipt { note, cosignatures: self.logs.iter().map(cosigned).collect::<Result<_, _>>()? })
    }
}

impl SignedReceipt {
    /// The receipt, after both keys were found to have signed.
    ///
    /// # Errors
    /// What is malformed, or which signature is wrong.
    pub fn verify(&self, reporter: &VerifierKey, cosigner: &VerifierKey) -> Result<Receipt, ReceiptError> {
        let receipt = self.claim()?;
        self.check(&receipt, reporter, cosigner)?;
        Ok(receipt)
    }

    fn check(
        &self,
        receipt: &Receipt,
        reporter: &VerifierKey,
        cosigner: &VerifierKey,
    ) -> Result<(), ReceiptError> {
        let (logs, cosignatures) = (receipt.logs.len(), self.cosignatures.len());
        if logs != cosignatures {
            return Err(ReceiptError::Count { logs, cosignatures });
        }
        if receipt.node != *reporter.name() {
            return Err(ReceiptError::Signer {
                stated: receipt.node.to_string(),
                signer: reporter.name().to_owned(),
            });
        }
        self.note.verified_by(reporter)?;
        for (held, signature) in receipt.logs.iter().zip(&self.cosignatures) {
            let checkpoint = Note { text: held.checkpoint().text(), signatures: vec![signature.clone()] };
            verify_cosignature(&checkpoint, cosigner).map_err(|error| ReceiptError::Cosignature {
                origin: held.origin.clone(),
                size: held.size,
                error,
            })?;
        }
        Ok(())
    }

    /// What the receipt says of one log, after the report key and the cosignature of that log were found
    /// right: for receipts that are handed on log by log, with that log's cosignature alone beside the note.
    ///
    /// # Errors
    /// What is malformed, that the log is not named, or which signature is wrong.
    pub fn verify_for(
        note: Note,
        cosignature: NoteSignature,
        origin: &Origin,
        (reporter, cosigner): (&VerifierKey, &VerifierKey),
    ) -> Result<(Receipt, SignedReceipt), ReceiptError> {
        let mut receipt = Receipt::parse(&note.text)?;
        receipt.logs.retain(|held| held.origin == *origin);
        receipt.shown.retain(|shown| shown.origin == *origin);
        let signed = SignedReceipt { note, cosignatures: vec![cosignature] };
        signed.check(&receipt, reporter, cosigner)?;
        Ok((receipt, signed))
    }

    /// What the receipt claims, **not verified**: to find the node, and with it the keys.
    ///
    /// # Errors
    /// What is malformed.
    pub fn claim(&self) -> Result<Receipt, ReceiptError> {
        let receipt = Receipt::parse(&self.note.text)?;
        let (logs, cosignatures) = (receipt.logs.len(), self.cosignatures.len());
        if logs == cosignatures { Ok(receipt) } else { Err(ReceiptError::Count { logs, cosignatures }) }
    }

    /// The body of a `POST /receipts`.
    #[must_use]
    pub fn encode_post(receipts: &[SignedReceipt]) -> String {
        let one = |receipt: &SignedReceipt| {
            Writer::new().text("note", &receipt.note).texts("cosignatures", &receipt.cosignatures).end()
        };
        Writer::new().raws("receipts", receipts.iter().map(one)).end()
    }

    /// Reads the body of a `POST /receipts`.
    ///
    /// # Errors
    /// Names the field, for example `receipts[3].note`.
    pub fn parse_post(body: &[u8]) -> Result<Vec<SignedReceipt>, ReceiptError> {
        if body.len() > MAX_POST {
            return Err(ReceiptError::TooLong(body.len()));
        }
        let map = json::parse(body).map_err(ReceiptError::NotJson)?;
        let one = |object: &Object<'_>| -> Result<SignedReceipt, ReceiptError> {
            Ok(SignedReceipt {
                note: object.parsed("note")?,
                cosignatures: object.all_parsed("cosignatures", 10_000)?,
            })
        };
        Object::top(&map).objects("receipts", MAX_RECEIPTS)?.iter().map(one).collect()
    }
}

impl fmt::Display for ShownBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ShownBy::Every => f.write_str("*"),
            ShownBy::Portal(domain) => f.write_str(domain),
        }
    }
}
