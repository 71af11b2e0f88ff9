//! Documents that an agency's own system sends as edXML (QCVN 102:2016/BTTTT; `edxml` reads the packets): new ones are taken over as what any
//! joined site shows, an update and a replacement become the next edition of the item, a revocation its withdrawal.
//!
//! A packet comes by the door for machines (`door`, signed as what sites send) or is uploaded in the console after a look (`pages::packet`).
//! `act` does what it says. Of the person who sent it (`StaffInfo`) nothing is kept.

mod act;
mod door;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use edxml::{Act, Attachment, Document};
use network::names::ContentHash;
use uuid::Uuid;
use vietnam::text::fold;

use super::Source;
use super::draft::{self, Fate, Found, reasons};
use crate::calendar::Today;
use crate::files::Archive;
use crate::items::draft::{Draft, DraftFile, DraftSource, MOST_FILE};

pub(super) use act::{Plan, look, take};
pub(super) use door::{path, read, routes};

/// How a packet's urgency (`Priority`) is called here; 0 is none.
const URGENCY: [(&str, &str); 3] = [("1", "urgent"), ("2", "very-urgent"), ("3", "express")];

/// The names of the documents that a packet speaks of, the one that it is about first: what is updated or revoked, what is replaced, itself.
pub(super) fn about(document: &Document) -> Vec<ContentHash> {
    let business = &document.business;
    let replaced = business.replaced.iter().map(|one| one.document.as_str());
    let spoken: Vec<&str> = match business.act {
        Act::New => vec![&document.id],
        Act::Update | Act::Revoke => vec![&business.document, &document.id],
        Act::Replace => [business.document.as_str()].into_iter().chain(replaced).collect(),
    };
    // An update may bear the very name of what it updates.
    let mut named: Vec<ContentHash> = Vec::new();
    for name in spoken.into_iter().filter(|id| !id.is_empty()).map(draft::id) {
        if !named.contains(&name) {
            named.push(name);
        }
    }
    named
}

/// What becomes of a packet's document, by a source's mapping; its form is its category. Checking takes a moment: call it beside the requests.
pub(super) fn found(source: &Source, document: &Document, today: &Today) -> Found {
    let draft = drafted(source, document);
    let own = match document.business.act {
        // What is updated keeps its name: whoever updates or revokes it next says the first one.
        Act::Update => about(document).first().copied(),
        _ => (!document.id.is_empty()).then(|| draft::id(&document.id)),
    };
    let digest = ContentHash::of(&serde_json::to_vec(&draft).unwrap_or_default());
    let number = draft.number.as_deref().unwrap_or("edXML");
    let called = if draft.title.is_empty() { number } else { &draft.title }.to_owned();
    Found {
        name: own.unwrap_or_else(|| draft::id(&format!("{},{}", document.from.id, document.code()))),
        page: None,
        words: draft::words(&draft),
        digest,
        published: None,
        called,
        fate: match draft.clone().check(Uuid::nil(), 1, [0; 16], today.clone()) {
            Ok(_) => Fate::Good,
            Err(problem) => Fate::Wrong(reasons(problem)),
        },
        draft,
    }
}

fn drafted(source: &Source, document: &Document) -> Draft {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let form = fold(&document.form_name);
    let kinds = source.mapping.kinds.iter();
    let mapped = kinds.clone().find(|(category, _)| fold(category.trim()) == form).map(|(_, kind)| kind);
    let says = document.content != document.subject && !document.content.is_empty();
    let urgency = URGENCY.iter().find(|(number, _)| *number == document.other.priority);
    Draft {
        kind: mapped.unwrap_or(&source.mapping.usual).clone(),
        title: document.subject.clone(),
        number: some(&document.code()),
        form: some(&document.form_name),
        agency: some(&document.from.name),
        signer: some(&document.signer.name),
        issued: document.issued,
        urgency: urgency.map(|(_, word)| (*word).to_owned()),
        text: if says { document.content.clone() } else { String::new() },
        format: if says { "text".into() } else { String::new() },
        files: document.attachments.iter().map(file).collect(),
        source: (!source.own).then(|| DraftSource {
            name: source.name.clone(),
            url: Some(source.url.clone()),
            taken: None,
        }),
        ..Draft::default()
    }
}

/// A file; one that lies alone in an archive is taken out of it.
fn file(of: &Attachment) -> DraftFile {
    let archived = !of.name.to_lowercase().ends_with(".zip");
    let inner = archived.then(|| Archive::open(&of.bytes).ok()).flatten().and_then(|archive| {
        let names: Vec<String> = archive.names().map(str::to_owned).collect();
        match &names[..] {
            [only] => archive.read(only, MOST_FILE).ok(),
            _ => None,
        }
    });
    DraftFile {
        name: of.name.clone(),
        base64: STANDARD.encode(inner.as_deref().unwrap_or(&of.bytes)),
        alt: Some(of.description.clone()).filter(|said| !said.is_empty()),
        ..DraftFile::default()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::sources::draft::Mapping;
    use crate::sources::fetch::Validators;
    use crate::sources::{Source, Way};
    use edxml::{Business, Replaced};

    fn source(own: bool) -> Source {
        Source {
            id: Uuid::nil(),
            log: 1,
            way: Way::Packets,
            url: "https://so.tinh-a.gov.vn/".into(),
            name: "Sở A".into(),
            own,
            mapping: Mapping {
                usual: "document".into(),
                kinds: vec![("Công điện".into(), "directive".into())],
            },
            begun: 0,
            next: 1,
            at: 0,
            failures: 0,
            trouble: String::new(),
            validators: Validators::default(),
            place: String::new(),
        }
    }

    fn document(act: Act) -> Document {
        Document {
            id: "H41,2026/11/23,46/CĐ-UBND".into(),
            number: "46".into(),
            notation: "CĐ-UBND".into(),
            form_name: "Công điện".into(),
            subject: "Ứng phó mưa lũ".into(),
            content: "Yêu cầu thực hiện ngay.".into(),
            issued: Some(jiff::civil::date(2026, 11, 23)),
            business: Business { act, ..Business::default() },
            ..Document::default()
        }
    }

    #[test]
    fn a_document_becomes_a_draft_with_all_that_it_says_and_none_of_who_sent_it() {
        let mut one = document(Act::New);
        one.business.staff.name = "Trần Thị Mẫu".into();
        one.other.priority = "3".into();
        one.attachments = vec![Attachment {
            name: "a.txt".into(),
            bytes: b"Ch\xc3\xa0o".to_vec(),
            ..Attachment::default()
        }];
        let today = Today::from(jiff::civil::date(2026, 11, 27));
        let found = found(&source(true), &one, &today);
        assert_eq!(found.fate, Fate::Good);
        assert_eq!(
            (found.draft.kind.as_str(), found.draft.number.as_deref()),
            ("directive", Some("46/CĐ-UBND"))
        );
        assert_eq!(found.draft.urgency.as_deref(), Some("express"));
        assert_eq!(STANDARD.decode(&found.draft.files[0].base64).unwrap(), "Chào".as_bytes());
        assert!(!serde_json::to_string(&found.draft).unwrap().contains("Trần Thị Mẫu"));
        let carried = super::found(&source(false), &one, &today);
        assert_eq!(carried.draft.source.unwrap().name, "Sở A");
    }

    #[test]
    fn each_act_names_what_it_is_about() {
        let first = draft::id("H41,2026/11/23,46/CĐ-UBND");
        assert_eq!(about(&document(Act::New)), [first]);
        let mut revoked = document(Act::Revoke);
        (revoked.id, revoked.business.document) = ("x".into(), "H41,2026/11/23,46/CĐ-UBND".into());
        assert_eq!(about(&revoked), [first, draft::id("x")]);
        let mut updated = document(Act::Update);
        updated.business.document = updated.id.clone();
        assert_eq!(about(&updated), [first], "what is named twice is meant once");
        let mut replacing = document(Act::Replace);
        replacing.business.replaced = vec![Replaced { document: "y".into(), organs: Vec::new() }];
        assert_eq!(about(&replacing), [draft::id("y")]);
    }
}
