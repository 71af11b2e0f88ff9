//! Bytes to entries: tolerant of what is new, exact about what is known.

use jiff::Timestamp;
use tlog::{Checkpoint, KeyKind, Note, VerifierKey};
use uuid::Uuid;

use super::{
    Act, Change, ContentRef, Enrolment, Entry, EntryError, KeyChange, Kind, MAX_ENTRY, Name, NodeKeys,
    TaskRef, annex, measure, petition,
};
use crate::json::{self, FieldError, Object};
use crate::names::Origin;
use crate::scope::Scope;

/// The most files that one item may have.
const MAX_FILES: usize = 400;
/// The most characters of a task's number.
const MAX_TASK: usize = 20;
/// The most rules in each list of a scope.
const MAX_RULES: usize = 1_000;

impl Entry {
    /// Reads an entry.
    ///
    /// # Errors
    /// Names what is wrong: length, control byte, JSON, or the field. An unknown kind is no error.
    pub fn decode(bytes: &[u8]) -> Result<Entry, EntryError> {
        if bytes.len() > MAX_ENTRY {
            return Err(EntryError::TooLong(bytes.len()));
        }
        if let Some(at) = bytes.iter().position(|byte| *byte < 0x20) {
            return Err(EntryError::ControlByte { at, byte: bytes[at] });
        }
        let map = json::parse(bytes).map_err(EntryError::NotJson)?;
        let top = Object::top(&map);
        if top.whole("v")? != 1 {
            return Err(top.error("v", "must be 1").into());
        }
        let word = top.text("kind")?;
        let at = instant(&top, "at")?;
        Ok(Entry { at, kind: kind(word, &top)? })
    }
}

fn kind(word: &str, top: &Object<'_>) -> Result<Kind, FieldError> {
    Ok(match word {
        "item.issued" => Kind::ItemIssued {
            item: item(top)?,
            edition: edition(top)?,
            change: top.parsed("change")?,
            lane: top.parsed("lane")?,
            content: content(&top.object("content")?)?,
            files: files(top)?,
        },
        "item.carried" => Kind::ItemCarried {
            item: item(top)?,
            edition: edition(top)?,
            change: top.parsed("change")?,
            lane: top.parsed("lane")?,
            content: content(&top.object("content")?)?,
            files: files(top)?,
            site: top.parsed("site")?,
            taken: instant(top, "taken")?,
        },
        "item.sealed" => Kind::ItemSealed {
            item: item(top)?,
            edition: edition(top)?,
            change: top.parsed("change")?,
            lane: top.parsed("lane")?,
            content: content(&top.object("content")?)?,
            files: files(top)?,
            commitment: top.parsed("commitment")?,
        },
        "item.opened" => Kind::ItemOpened {
            item: item(top)?,
            edition: edition(top)?,
            key: top.parsed("key")?,
            content: content(&top.object("content")?)?,
            files: files(top)?,
        },
        "item.withdrawn" => Kind::ItemWithdrawn {
            item: item(top)?,
            mode: top.parsed("mode")?,
            lane: top.parsed("lane")?,
            note: top.object_if("note")?.as_ref().map(content).transpose()?,
        },
        "item.erased" => Kind::ItemErased {
            item: item(top)?,
            lane: top.parsed("lane")?,
            basis: content(&top.object("basis")?)?,
        },
        "item.ordered" => Kind::ItemOrdered {
            origin: top.parsed("origin")?,
            item: item(top)?,
            act: match top.text("act")? {
                "withdraw" => Act::Withdraw { mode: top.parsed("mode")? },
                "erase" => Act::Erase,
                _ => return Err(top.error("act", "must be one of withdraw, erase")),
            },
            basis: content(&top.object("basis")?)?,
        },
        "item.alone" => {
            Kind::ItemAlone { item: item(top)?, edition: edition(top)?, note: content(&top.object("note")?)? }
        }
        "task.acknowledged" => Kind::TaskAcknowledged(task(top)?),
        "task.reported" => {
            Kind::TaskReported { task: task(top)?, note: content(&top.object("note")?)?, files: files(top)? }
        }
        "task.done" => {
            Kind::TaskDone { task: task(top)?, note: content(&top.object("note")?)?, files: files(top)? }
        }
        "task.sealed" => Kind::TaskSealed {
            origin: top.parsed("origin")?,
            item: item(top)?,
            edition: edition(top)?,
            content: content(&top.object("content")?)?,
            files: files(top)?,
        },
        "annex.issued" => annex::issued(top)?,
        "annex.withdrawn" => annex::withdrawn(top)?,
        "petition.registered" => petition::registered(top)?,
        "petition.passed" => petition::passed(top)?,
        "petition.answered" => petition::answered(top)?,
        "petition.reopened" => petition::reopened(top)?,
        "petition.closed" => petition::closed(top)?,
        "measure.reported" => measure::reported(top)?,
        "agency.enrolled" => Kind::AgencyEnrolled(enrolment(top)?),
        "agency.changed" => Kind::AgencyChanged(change(top)?),
        "agency.closed" => Kind::AgencyClosed {
            origin: top.parsed("origin")?,
            successor: top.parsed_if("successor")?,
            also: top.all_parsed("also", MAX_RULES)?,
            last_size: top.whole_if("last_size")?,
        },
        "portal.carries" => Kind::PortalCarries(Scope {
            issuers: top.all_parsed("issuers", MAX_RULES)?,
            kinds: top.all_parsed("kinds", MAX_RULES)?,
            fields: top.all_parsed("fields", MAX_RULES)?,
        }),
        "log.split" => Kind::LogSplit {
            origin: top.parsed("origin")?,
            a: note(top, "a")?.to_owned(),
            b: note(top, "b")?.to_owned(),
            bridge: top.all_parsed("bridge", 128)?,
        },
        "log.head" => head(top)?,
        other => Kind::Other(other.to_owned()),
    })
}

fn files(top: &Object<'_>) -> Result<Vec<ContentRef>, FieldError> {
    top.objects("files", MAX_FILES)?.iter().map(content).collect()
}

pub(super) fn item(object: &Object<'_>) -> Result<Uuid, FieldError> {
    uuid(object, "item")
}

pub(super) fn uuid(object: &Object<'_>, key: &str) -> Result<Uuid, FieldError> {
    let text = object.text(key)?;
    let id = Uuid::try_parse(text).ok().filter(|id| id.hyphenated().to_string() == text);
    id.ok_or_else(|| object.error(key, "must be a UUID in lower-case hyphenated form"))
}

pub(super) fn edition(object: &Object<'_>) -> Result<u32, FieldError> {
    let number = u32::try_from(object.whole("edition")?).ok().filter(|number| *number > 0);
    number.ok_or_else(|| object.error("edition", "must be from 1 to 4,294,967,295"))
}

fn task(top: &Object<'_>) -> Result<TaskRef, FieldError> {
    let number = top.text("task")?;
    if !(1..=MAX_TASK).contains(&number.chars().count()) || number.trim() != number {
        return Err(top.error("task", "must have 1 to 20 characters, without blanks around them"));
    }
    Ok(TaskRef {
        origin: top.parsed("origin")?,
        item: item(top)?,
        edition: edition(top)?,
        task: number.to_owned(),
    })
}

/// An instant as RFC 3339 in UTC with capital T and Z, nothing else.
pub(crate) fn instant(object: &Object<'_>, key: &str) -> Result<Timestamp, FieldError> {
    let text = object.text(key)?;
    let shape = |(at, byte): (usize, u8)| match at {
        4 | 7 => byte == b'-',
        10 => byte == b'T',
        13 | 16 => byte == b':',
        19 if byte == b'.' => true,
        _ if at + 1 == text.len() => byte == b'Z',
        _ => byte.is_ascii_digit(),
    };
    let well_formed = (text.len() == 20 || (22..=30).contains(&text.len()))
        && text.bytes().enumerate().all(shape)
        && (text.len() == 20 || text.as_bytes()[19] == b'.');
    let instant = if well_formed { text.parse().ok() } else { None };
    instant.ok_or_else(|| object.error(key, "must be an instant in UTC such as 2026-11-23T08:15:02.123Z"))
}

/// A pointer to content.
pub(crate) fn content(object: &Object<'_>) -> Result<ContentRef, FieldError> {
    let media = object.text("type")?;
    let part = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    if media.len() > 127 || !media.split_once('/').is_some_and(|(a, b)| part(a) && part(b)) {
        return Err(object.error("type", "must be a media type such as application/pdf"));
    }
    Ok(ContentRef { sha256: object.parsed("sha256")?, size: object.whole("size")?, media: media.to_owned() })
}

fn enrolment(top: &Object<'_>) -> Result<Enrolment, FieldError> {
    let origin: Origin = top.parsed("origin")?;
    Ok(Enrolment {
        domain: top.parsed("domain")?,
        code: code(top)?,
        name: name(&top.object("name")?)?,
        level: top.parsed("level")?,
        log_key: key(top, "key", KeyKind::Ed25519, &origin)?,
        log_url: url(top, "log")?,
        node: node(&top.object("node")?)?,
        sealing: top.parsed_if("sealing")?,
        predecessor: top.parsed_if("predecessor")?,
        accountable: short(top, "accountable")?,
        accountable_basis: short(top, "accountable_basis")?,
        origin,
    })
}

fn change(top: &Object<'_>) -> Result<Change, FieldError> {
    let origin: Origin = top.parsed("origin")?;
    let new_key = |key| -> Result<KeyChange, FieldError> { Ok(KeyChange { key, from: top.whole("from")? }) };
    Ok(Change {
        key: top
            .has("key")
            .then(|| key(top, "key", KeyKind::Ed25519, &origin).and_then(new_key))
            .transpose()?,
        domain: top.parsed_if("domain")?,
        code: code(top)?,
        name: top.object_if("name")?.as_ref().map(name).transpose()?,
        log_url: top.has("log").then(|| url(top, "log")).transpose()?,
        node: top.object_if("node")?.as_ref().map(node).transpose()?,
        sealing: top.parsed_if("sealing")?,
        accountable: short(top, "accountable")?,
        accountable_basis: short(top, "accountable_basis")?,
        origin,
    })
}

fn name(object: &Object<'_>) -> Result<Name, FieldError> {
    let vi = short(object, "vi")?.ok_or_else(|| object.error("vi", "is missing"))?;
    Ok(Name { vi, en: short(object, "en")?.unwrap_or_default() })
}

fn node(object: &Object<'_>) -> Result<NodeKeys, FieldError> {
    let name: Origin = object.parsed("name")?;
    Ok(NodeKeys {
        cosigner: key(object, "cosigner", KeyKind::CosignatureEd25519, &name)?,
        reporter: key(object, "reporter", KeyKind::Ed25519, &name)?,
        url: url(object, "url")?,
        name,
    })
}

/// A verifier key of the kind and name that are expected at this place.
pub(crate) fn key(
    object: &Object<'_>,
    field: &str,
    kind: KeyKind,
    name: &Origin,
) -> Result<VerifierKey, FieldError> {
    let key: VerifierKey = object.parsed(field)?;
    if key.kind() != kind {
        return Err(object.error(field, format!("must be a key of the kind {:#04x}", kind.byte())));
    }
    if key.name() != name.as_str() {
        return Err(object.error(field, format!("must be a key named {name}")));
    }
    Ok(key)
}

/// An http(s) address without trailing slash. Whether plain http or that host may be called is for the
/// caller to decide.
pub(crate) fn url(object: &Object<'_>, key: &str) -> Result<String, FieldError> {
    let text = object.text(key)?;
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let fine = rest.is_some_and(|rest| {
        !rest.is_empty()
            && !rest.starts_with(['/', ':'])
            && !rest.ends_with('/')
            && rest.bytes().all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}@?#".contains(&b))
    });
    if !fine || text.len() > 500 {
        return Err(object.error(key, "must be an http(s) address without trailing slash, at most 500 bytes"));
    }
    Ok(text.to_owned())
}

fn code(object: &Object<'_>) -> Result<Option<String>, FieldError> {
    match object.text_if("code")? {
        Some(code)
            if code.is_empty()
                || code.len() > 35
                || !code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'.') =>
        {
            Err(object.error("code", "must be 1 to 35 of A-Z, 0-9 and dots"))
        }
        code => Ok(code.map(str::to_owned)),
    }
}

fn short(object: &Object<'_>, key: &str) -> Result<Option<String>, FieldError> {
    match object.text_if(key)? {
        Some(text) if text.chars().count() > 300 || text.chars().any(char::is_control) => {
            Err(object.error(key, "must be one line of at most 300 characters"))
        }
        text => Ok(text.map(str::to_owned)),
    }
}

fn note<'a>(object: &Object<'a>, key: &str) -> Result<&'a str, FieldError> {
    let text = object.text(key)?;
    Note::parse(text).map_err(|error| object.error(key, error.to_string()))?;
    Ok(text)
}

fn head(top: &Object<'_>) -> Result<Kind, FieldError> {
    let text = top.text("checkpoint")?;
    let wrong = |problem: String| top.error("checkpoint", problem);
    let note = Note::parse(text).map_err(|error| wrong(error.to_string()))?;
    let checkpoint = Checkpoint::of(&note).map_err(|error| wrong(error.to_string()))?;
    Ok(Kind::Head {
        origin: checkpoint
            .origin
            .parse()
            .map_err(|error: crate::names::NameError| wrong(error.to_string()))?,
        size: checkpoint.size,
        root: checkpoint.root,
        checkpoint: text.to_owned(),
    })
}
