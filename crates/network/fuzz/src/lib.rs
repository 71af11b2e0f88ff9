//! What must hold for any bytes that a neighbour, an issuer or a visitor may send: no parser panics or
//! keeps more than its bounds, and what is accepted means the same when it is written and read again. One
//! function per fuzz target; `tests/corpus.rs` of `network` runs them too.

use std::fmt::Display;
use std::str::FromStr;

use network::bundle::{Reader, Record};
use network::content::{self, Item, MAX_BODY};
use network::door::Door;
use network::entry::{Entry, EntryError, Kind, MAX_ENTRY};
use network::flow::{
    Decoder, FlowError, FlowEvent, FlowRequest, MAX_EVENT, MAX_LINE, MAX_LOGS, encode_behind,
    encode_checkpoint, encode_entry,
};
use network::handover::{Desk, Received};
use network::help;
use network::letter::Receipt as LetterReceipt;
use network::letter::{Letter, LetterError, MAX_HEAD, Sealed, Sealing, Secret, padded};
use network::names::{ContentHash, Domain, Origin};
use network::receipt::{MAX_LACKING, MAX_RECEIPTS, Receipt, SignedReceipt};
use network::root::{RootError, RootNote, RootText};
use network::scope::{IssuerRule, Scope};
use network::split;
use tlog::{Checkpoint, Note, SignerKey, VerifierKey};

/// A node's keys, of this test alone.
const REPORTER: &str =
    "PRIVATE+KEY+tinh-a.gov.vn/mirror+7fb4d4ab+AQcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH";

/// Keys that signed nothing in any corpus.
fn strangers() -> Option<(VerifierKey, VerifierKey)> {
    let reporter: SignerKey = REPORTER.parse().ok()?;
    let cosigner = SignerKey::from_seed("tinh-a.gov.vn/mirror", tlog::KeyKind::CosignatureEd25519, [7; 32]);
    Some((reporter.verifier(), cosigner.ok()?.verifier()))
}

/// Parses `bytes` as text, and asserts that what is accepted has one spelling.
fn one_spelling<T: FromStr + Display>(bytes: &[u8]) -> Option<T> {
    let text = std::str::from_utf8(bytes).ok()?;
    let parsed: T = text.parse().ok()?;
    assert_eq!(parsed.to_string(), text);
    Some(parsed)
}

/// Log entries: known kinds are written and read as the same; unknown ones keep their word.
pub fn entry(bytes: &[u8]) {
    let entry = match Entry::decode(bytes) {
        Ok(entry) => entry,
        Err(error) => {
            assert_eq!(bytes.len() > MAX_ENTRY, matches!(error, EntryError::TooLong(_)));
            assert!(error.to_string().len() < 200_000, "an error as long as the harm");
            return;
        }
    };
    assert!(bytes.len() <= MAX_ENTRY && bytes.iter().all(|byte| *byte >= 0x20));
    assert!(entry.kind.contents().count() <= 401);
    match entry.encode() {
        Ok(line) => {
            let again = Entry::decode(&line).expect("what was written is read");
            assert_eq!(again.kind, entry.kind);
            assert_eq!(again.encode().expect("and written again"), line, "to the same bytes");
        }
        Err(EntryError::UnknownKind(word)) => assert_eq!(entry.kind, Kind::Other(word)),
        // Escapes may take more room than the letters that they were read from.
        Err(EntryError::TooLong(_)) => {}
        Err(error) => panic!("read, but not written: {error}"),
    }
}

/// Entries of the heads log say what their checkpoint says.
pub fn heads(bytes: &[u8]) {
    let Ok(Entry { kind: Kind::Head { origin, size, root, checkpoint }, .. }) = Entry::decode(bytes) else {
        return entry(bytes);
    };
    let note = Note::parse(&checkpoint).expect("checked while reading");
    let claim = Checkpoint::of(&note).expect("checked while reading");
    assert_eq!((claim.origin.as_str(), claim.size, claim.root), (origin.as_str(), size, root));
    entry(bytes);
}

/// Items: what is accepted is written canonically, and canonical bytes are a fixed point.
pub fn content_item(bytes: &[u8]) {
    match Item::parse(bytes) {
        Ok(item) => {
            assert!(item.body.text.len() <= MAX_BODY && item.edition > 0 && !item.title.trim().is_empty());
            let canonical = item.encode().expect("what is read can be written");
            assert_eq!(Item::parse(&canonical).as_ref(), Ok(&item));
            assert_eq!(item.encode().expect("twice"), canonical);
        }
        Err(faults) => named(&faults),
    }
}

/// Notes of reasons.
pub fn content_note(bytes: &[u8]) {
    match content::Note::parse(bytes) {
        Ok(note) => {
            let canonical = note.encode().expect("what is read can be written");
            assert_eq!(content::Note::parse(&canonical).as_ref(), Ok(&note));
        }
        Err(faults) => named(&faults),
    }
}

/// A refusal names at least one fault, each in both languages, and not without end.
fn named(faults: &[content::Fault]) {
    assert!((1..=10_000).contains(&faults.len()));
    assert!(faults.iter().all(|fault| !fault.problem_vi.is_empty() && !fault.problem_en.is_empty()));
}

/// Root notes: one spelling of the text; nobody's signature is enough.
pub fn root_note(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(root) = RootText::parse(text) {
        assert_eq!(RootText::parse(&root.text()).as_ref(), Ok(&root));
        assert!(root.root_origin().is_ok() && root.heads_origin().is_ok());
        assert!((1..=root.cosigners.len()).contains(&root.quorum));
        assert!((1..=root.holders.len()).contains(&root.threshold));
    }
    match RootNote::open(text) {
        Ok(note) => {
            let signed = note.text().holders.iter().filter(|key| note.note().verified_by(key).is_ok());
            assert!(signed.count() >= note.text().threshold, "accepted without its holders");
            assert_eq!(RootNote::open(&note.note().to_string()).as_ref(), Ok(&note));
            assert!(matches!(note.followed_by(text), Err(RootError::Version { .. })), "it follows itself");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// Doors.
pub fn door(bytes: &[u8]) {
    if let Ok(door) = Door::parse(bytes) {
        assert_eq!(Door::parse(door.encode().as_bytes()), Ok(door));
    }
}

/// The body of a request for a flow.
pub fn flow_request(bytes: &[u8]) {
    if let Ok(request) = FlowRequest::parse(bytes) {
        assert!(request.logs.len() <= MAX_LOGS);
        let text = request.encode();
        assert!(text.len() <= bytes.len() + 1, "larger than what it was read from");
        assert_eq!(FlowRequest::parse(text.as_bytes()), Ok(request));
    }
}

/// A flow, in one piece and in pieces: the first byte says how large they are, the rest is the stream.
pub fn flow_decoder(bytes: &[u8]) {
    let Some((cut, stream)) = bytes.split_first() else { return };
    let whole = decoded(std::iter::once(stream));
    assert_eq!(whole, decoded(stream.chunks(usize::from(*cut).max(1))), "where it is cut does not matter");
    assert_eq!(whole, decoded(stream.chunks(1)), "byte by byte");
    let (events, ended) = whole;
    // What was understood is written and understood as the same.
    let mut written = Vec::new();
    let mut kept = Vec::new();
    for event in events {
        let line = match &event {
            FlowEvent::Entry { origin, index, bytes } => encode_entry(origin, *index, bytes),
            FlowEvent::Checkpoint { origin, size, note } => {
                Ok(encode_checkpoint(origin, *size, &note.to_string()))
            }
            FlowEvent::Behind { origin, size } => Ok(encode_behind(origin, *size)),
            FlowEvent::Heartbeat => Ok(network::flow::HEARTBEAT.to_vec()),
        };
        match line {
            Ok(line) => {
                written.extend(line);
                kept.push(event);
            }
            // An entry of several data lines, or not of text: no such entry is ever sent.
            Err(error) => assert!(matches!(error, FlowError::ControlByte | FlowError::NotUtf8)),
        }
    }
    assert_eq!(decoded(std::iter::once(&written[..])), (kept, None));
    let _ = ended;
}

/// The events of a stream that comes in pieces, and the error that ended it.
fn decoded<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<FlowEvent>, Option<FlowError>) {
    let mut decoder = Decoder::new();
    let mut events = Vec::new();
    for piece in pieces {
        if let Err(error) = decoder.push(piece, |event| events.push(event)) {
            return (events, Some(error));
        }
        assert!(decoder.held() <= 3 * MAX_LINE + MAX_EVENT, "holds more than its bounds");
    }
    (events, None)
}

/// The text of a receipt, and the note around it.
pub fn receipt(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(receipt) = Receipt::parse(text) {
        assert_eq!(receipt.text().trim_end(), text.trim_end(), "two spellings");
        assert_eq!(Receipt::parse(&receipt.text()).as_ref(), Ok(&receipt));
        for held in &receipt.logs {
            assert!(held.content <= held.size && held.lacking.len() <= MAX_LACKING);
            assert!(!held.has_content(held.content));
            assert!(held.lacking.iter().all(|index| !held.has_content(*index)));
        }
    }
    if let Ok(note) = Note::parse(text) {
        unverified(&SignedReceipt { note, cosignatures: Vec::new() });
    }
}

/// Nobody whose key is not in the corpus has signed it.
fn unverified(signed: &SignedReceipt) {
    let _ = signed.claim();
    if let Some((reporter, cosigner)) = strangers() {
        assert!(signed.verify(&reporter, &cosigner).is_err(), "a stranger's key verifies");
    }
}

/// The body of a post of receipts.
pub fn receipts_post(bytes: &[u8]) {
    if let Ok(receipts) = SignedReceipt::parse_post(bytes) {
        assert!(receipts.len() <= MAX_RECEIPTS);
        receipts.iter().for_each(unverified);
        let body = SignedReceipt::encode_post(&receipts);
        assert_eq!(SignedReceipt::parse_post(body.as_bytes()), Ok(receipts));
    }
}

/// Sealed letters, what stands in them, their keys, and what is said of them. Nobody here has the key.
pub fn letter(bytes: &[u8]) {
    let announced = Sealed::announced(&bytes[..bytes.len().min(MAX_HEAD)]);
    if let Ok(sealed) = Sealed::parse(bytes) {
        assert_eq!(sealed.encode(), bytes, "two spellings");
        let announced = announced.expect("the whole was read").expect("its head is short");
        assert_eq!(announced.address, sealed.address);
        let secret = Secret::from_seed(&[0; 32]);
        assert_ne!(sealed.address.key, secret.id(), "sealed to a key that nobody was given");
    }
    if let Ok((letter, note)) = Letter::read(bytes) {
        assert_eq!(letter.text(), note.text, "two spellings");
        assert_eq!(bytes.len(), padded(bytes.len()));
    }
    if let Ok(receipt) =
        Note::parse_bytes(bytes).map_err(LetterError::from).and_then(|note| LetterReceipt::of(&note))
    {
        assert!(receipt.by.len() <= 255);
    }
    one_spelling::<Sealing>(bytes);
}

/// The kinds of letters about a petition; a byte before the body chooses one.
const PETITION_KINDS: [&str; 13] = [
    "petition.offer",
    "petition.accept",
    "petition.refuse",
    "petition.cancel",
    "petition.decide",
    "petition.decided",
    "petition.status",
    "petition.message",
    "petition.answer",
    "petition.rating",
    "petition.reopen",
    "petition.withdraw",
    "petition.heard",
];

/// Letters about a petition, and what is kept of one.
pub fn petition(bytes: &[u8]) {
    let Some((kind, body)) = bytes.split_first() else { return };
    let kind = PETITION_KINDS[usize::from(*kind) % PETITION_KINDS.len()];
    match Received::read(kind, body) {
        Ok(read) => {
            assert_eq!(read.letter.kind(), kind);
            assert!(read.dossier.is_empty() || read.letter.has_dossier());
            let again = read.letter.body(&read.case, &read.dossier).expect("what is read can be written");
            assert_eq!(Received::read(kind, &again).as_ref(), Ok(&read));
            assert_eq!(read.letter.body(&read.case, &read.dossier).expect("twice"), again);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    for kind in ["petition.help", "petition.helped", "petition.help-ended"] {
        if let Ok(read) = help::Received::read(kind, body) {
            assert_eq!(read.letter.kind(), kind);
            let again = read.letter.body(&read.case, read.id).expect("what is read can be written");
            assert_eq!(help::Received::read(kind, &again), Ok(read));
        }
    }
    for kind in ["petition.split", "petition.parts", "petition.split-refused"] {
        if let Ok(read) = split::Received::read(kind, body) {
            assert_eq!(read.letter.kind(), kind);
            assert_eq!(split::Received::about(body), Some((read.case.clone(), read.id)));
            let again = read.letter.body(&read.case, read.id).expect("what is read can be written");
            assert_eq!(split::Received::read(kind, &again), Ok(read));
        }
    }
    if let Ok(text) = std::str::from_utf8(body)
        && let Ok(desk) = Desk::decode(text)
    {
        let kept = desk.encode().expect("what is read can be written");
        assert_eq!(Desk::decode(&kept), Ok(desk));
    }
}

/// Domains, origins and hashes of content.
pub fn names(bytes: &[u8]) {
    let domain = one_spelling::<Domain>(bytes);
    if let Some(domain) = &domain {
        assert!(domain.lies_under(domain) && domain.len() <= 253);
        let below: Domain = match format!("a.{domain}").parse() {
            Ok(below) => below,
            Err(_) => return, // Too long with one label more.
        };
        assert!(below.lies_under(domain) && !domain.lies_under(&below));
    }
    if let Some(origin) = one_spelling::<Origin>(bytes) {
        assert!(domain.is_none(), "a name is of one kind");
        assert!(origin.len() <= 255 && origin.starts_with(origin.domain().as_str()));
        assert_eq!(origin.mirror_path().len(), 64);
        // A key's file, a note's line, a path: no origin can step out of them.
        assert!(!origin.contains("//") && !origin.contains([' ', '+', '\n', '\\', '%']));
    }
    if let Some(hash) = one_spelling::<ContentHash>(bytes) {
        assert_eq!(bytes.len(), 64);
        assert_eq!(hash.to_string().parse(), Ok(hash));
    }
}

/// Rules of a scope, one a line, and as the entry that states them.
pub fn scope(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let issuers: Vec<IssuerRule> =
        text.lines().filter_map(|line| one_spelling::<IssuerRule>(line.as_bytes())).collect();
    let kinds: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    let stated = Kind::PortalCarries(Scope { issuers, kinds, fields: Vec::new() });
    let at = "2026-11-23T08:15:02Z".parse().expect("a constant that is an instant");
    if let Ok(line) = (Entry { at, kind: stated.clone() }).encode() {
        assert_eq!(Entry::decode(&line).map(|entry| entry.kind), Ok(stated));
    }
}

/// The strict reading of JSON: what it accepts, any reader takes for the same.
pub fn json(bytes: &[u8]) {
    let any = serde_json::from_slice::<serde_json::Value>(bytes);
    match network::json::parse(bytes) {
        Ok(map) => {
            let value = serde_json::Value::Object(map);
            assert_eq!(any.expect("JSON"), value);
            // A fraction may lose its last digit on the way; we read none, and never write what we did not read.
            if !has_fraction(&value) {
                let text = value.to_string();
                assert_eq!(network::json::parse(text.as_bytes()).map(serde_json::Value::Object), Ok(value));
            }
        }
        // Of what a lenient reader takes for an object, only a doubled key is refused.
        Err(why) if any.is_ok_and(|value| value.is_object()) => assert!(why.contains("twice"), "{why}"),
        Err(why) => assert!(!why.is_empty()),
    }
}

fn has_fraction(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Number(number) => number.is_f64(),
        serde_json::Value::Array(list) => list.iter().any(has_fraction),
        serde_json::Value::Object(map) => map.values().any(has_fraction),
        _ => false,
    }
}

/// Bundles: the same records whatever the pieces, each within its bounds, and an end only where all of it fits.
pub fn bundle(bytes: &[u8]) {
    let read = |piece: usize| {
        let (mut reader, mut records) = (Reader::new(), Vec::new());
        let damage = bytes.chunks(piece).find_map(|piece| reader.push(piece, &mut records).err());
        (records, damage.or_else(|| reader.finish().err()))
    };
    let (mut whole, mut pieces) = (read(usize::MAX), read(7));
    assert_eq!(whole.1.is_none(), pieces.1.is_none());
    if whole.1.is_none() {
        assert_eq!(whole.0.last(), Some(&Record::End), "whole is what has come to its end");
    }
    // That something follows the end may be seen a piece later.
    whole.0.retain(|record| *record != Record::End);
    pieces.0.retain(|record| *record != Record::End);
    assert_eq!(whole.0, pieces.0, "the records do not depend on the pieces");
    for record in &whole.0 {
        if let Record::Content { sha256, bytes } = record {
            assert_eq!(*sha256, ContentHash::of(bytes));
        }
    }
}
