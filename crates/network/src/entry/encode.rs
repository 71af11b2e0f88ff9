//! Entries to bytes, the fields in the order of the protocol page.

use super::{
    Act, Change, ContentRef, Enrolment, Entry, EntryError, Kind, Name, NodeKeys, TaskRef, annex, measure,
    petition,
};
use crate::json::Writer;

impl Entry {
    /// The entry as one line of JSON, checked to decode again to the same entry (the instant cut to the
    /// millisecond).
    ///
    /// # Errors
    /// If the kind is unknown, the line is too long, or a field holds what [`Entry::decode`] would refuse.
    pub fn encode(&self) -> Result<Vec<u8>, EntryError> {
        if let Kind::Other(word) = &self.kind {
            return Err(EntryError::UnknownKind(word.clone()));
        }
        let mut line = Writer::new();
        line.whole("v", 1).text("kind", self.kind.word()).text("at", format!("{:.3}", self.at));
        write_kind(&self.kind, &mut line);
        let bytes = line.end().into_bytes();
        let read = Entry::decode(&bytes)?;
        if read.kind != self.kind {
            return Err(EntryError::NotItself(self.kind.word().to_owned()));
        }
        Ok(bytes)
    }
}

fn write_kind(kind: &Kind, line: &mut Writer) {
    match kind {
        Kind::ItemIssued { item, edition, change, lane, content, files } => {
            line.text("item", item.hyphenated()).whole("edition", u64::from(*edition));
            line.text("change", change).text("lane", lane).raw("content", &pointer(content));
            write_files(files, line);
        }
        Kind::ItemCarried { item, edition, change, lane, content, files, site, taken } => {
            line.text("item", item.hyphenated()).whole("edition", u64::from(*edition));
            line.text("change", change).text("lane", lane).raw("content", &pointer(content));
            write_files(files, line);
            line.text("site", site).text("taken", format!("{taken:.3}"));
        }
        Kind::ItemSealed { item, edition, change, lane, content, files, commitment } => {
            line.text("item", item.hyphenated()).whole("edition", u64::from(*edition));
            line.text("change", change).text("lane", lane).raw("content", &pointer(content));
            write_files(files, line);
            line.text("commitment", commitment);
        }
        Kind::ItemOpened { item, edition, key, content, files } => {
            line.text("item", item.hyphenated()).whole("edition", u64::from(*edition));
            line.text("key", key.digits()).raw("content", &pointer(content));
            write_files(files, line);
        }
        Kind::ItemWithdrawn { item, mode, lane, note } => {
            line.text("item", item.hyphenated()).text("mode", mode).text("lane", lane);
            if let Some(note) = note {
                line.raw("note", &pointer(note));
            }
        }
        Kind::ItemErased { item, lane, basis } => {
            line.text("item", item.hyphenated()).text("lane", lane).raw("basis", &pointer(basis));
        }
        Kind::ItemOrdered { origin, item, act, basis } => {
            line.text("origin", origin).text("item", item.hyphenated());
            match act {
                Act::Withdraw { mode } => line.text("act", "withdraw").text("mode", mode),
                Act::Erase => line.text("act", "erase"),
            };
            line.raw("basis", &pointer(basis));
        }
        Kind::ItemAlone { item, edition, note } => {
            line.text("item", item.hyphenated()).whole("edition", u64::from(*edition));
            line.raw("note", &pointer(note));
        }
        Kind::TaskAcknowledged(of) => write_task(of, line),
        Kind::TaskReported { task: of, note, files } | Kind::TaskDone { task: of, note, files } => {
            write_task(of, line);
            line.raw("note", &pointer(note));
            write_files(files, line);
        }
        Kind::TaskSealed { origin, item, edition, content, files } => {
            line.text("origin", origin).text("item", item.hyphenated()).whole("edition", u64::from(*edition));
            line.raw("content", &pointer(content));
            write_files(files, line);
        }
        Kind::AnnexIssued(annex) => annex::write(annex, line),
        Kind::AnnexWithdrawn { annex, note } => {
            line.text("annex", annex.hyphenated()).raw("note", &pointer(note));
        }
        Kind::PetitionRegistered(said) => petition::write_registered(said, line),
        Kind::PetitionPassed(said) => petition::write_passed(said, line),
        Kind::PetitionAnswered(said) => petition::write_answered(said, line),
        Kind::PetitionReopened(said) => petition::write_reopened(said, line),
        Kind::PetitionClosed(said) => petition::write_closed(said, line),
        Kind::MeasureReported(said) => measure::write(said, line),
        Kind::AgencyEnrolled(enrolment) => write_enrolment(enrolment, line),
        Kind::AgencyChanged(change) => write_change(change, line),
        Kind::AgencyClosed { origin, successor, also, last_size } => {
            line.text("origin", origin).text_if("successor", successor.as_ref());
            if !also.is_empty() {
                line.texts("also", also);
            }
            line.whole_if("last_size", *last_size);
        }
        Kind::PortalCarries(scope) => {
            line.texts("issuers", &scope.issuers).texts("kinds", &scope.kinds).texts("fields", &scope.fields);
        }
        Kind::LogSplit { origin, a, b, bridge } => {
            line.text("origin", origin).text("a", a).text("b", b);
            if !bridge.is_empty() {
                line.texts("bridge", bridge);
            }
        }
        Kind::Head { checkpoint, .. } => {
            line.text("checkpoint", checkpoint);
        }
        Kind::Other(_) => {}
    }
}

fn write_task(of: &TaskRef, line: &mut Writer) {
    line.text("origin", &of.origin).text("item", of.item.hyphenated());
    line.whole("edition", u64::from(of.edition)).text("task", &of.task);
}

fn write_files(files: &[ContentRef], line: &mut Writer) {
    if !files.is_empty() {
        line.raws("files", files.iter().map(pointer));
    }
}

pub(super) fn pointer(content: &ContentRef) -> String {
    Writer::new()
        .text("sha256", content.sha256)
        .whole("size", content.size)
        .text("type", &content.media)
        .end()
}

fn write_enrolment(enrolment: &Enrolment, line: &mut Writer) {
    line.text("origin", &enrolment.origin).text("domain", &enrolment.domain);
    line.text_if("code", enrolment.code.as_ref()).raw("name", &name(&enrolment.name));
    line.text("level", enrolment.level).text("key", &enrolment.log_key).text("log", &enrolment.log_url);
    line.raw("node", &node(&enrolment.node)).text_if("sealing", enrolment.sealing.as_ref());
    line.text_if("predecessor", enrolment.predecessor.as_ref());
    line.text_if("accountable", enrolment.accountable.as_ref());
    line.text_if("accountable_basis", enrolment.accountable_basis.as_ref());
}

fn write_change(change: &Change, line: &mut Writer) {
    line.text("origin", &change.origin).text_if("domain", change.domain.as_ref());
    line.text_if("code", change.code.as_ref());
    if let Some(new) = &change.name {
        line.raw("name", &name(new));
    }
    if let Some(new) = &change.key {
        line.text("key", &new.key).whole("from", new.from);
    }
    line.text_if("log", change.log_url.as_ref());
    if let Some(new) = &change.node {
        line.raw("node", &node(new));
    }
    line.text_if("sealing", change.sealing.as_ref()).text_if("accountable", change.accountable.as_ref());
    line.text_if("accountable_basis", change.accountable_basis.as_ref());
}

fn name(name: &Name) -> String {
    Writer::new().text("vi", &name.vi).text("en", &name.en).end()
}

fn node(node: &NodeKeys) -> String {
    Writer::new()
        .text("name", &node.name)
        .text("cosigner", &node.cosigner)
        .text("reporter", &node.reporter)
        .text("url", &node.url)
        .end()
}
