//! The fuzz target, run on the committed corpus and on damaged copies of it; and whatever can be written is read as the same.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../../fuzz_corpus.rs"]
mod fuzzed;
#[path = "../fuzz/src/lib.rs"]
mod targets;

use edxml::{
    Act, Attachment, Business, Code, Document, Message, Organ, Other, Reference, Replaced, Signer, Staff,
    Status, Trace,
};
use jiff::civil::{Date, DateTime};
use proptest::prelude::*;

use fuzzed::Target;

const TARGETS: [(&str, Target); 1] = [("message", targets::message)];

fuzzed::holds!(cases: 2_000, edits: 6);

/// A text as it is read: trimmed.
fn text() -> impl Strategy<Value = String> {
    "[^\\p{C}]{0,20}".prop_map(|text| text.trim().to_owned())
}

fn some() -> impl Strategy<Value = String> {
    "[A-Za-zÀ-ỹ0-9<>&\"'/.]{1,20}"
}

fn day() -> impl Strategy<Value = Option<Date>> {
    proptest::option::of(
        (1900_i16..2200, 1_i8..=12, 1_i8..=28).prop_map(|(y, m, d)| jiff::civil::date(y, m, d)),
    )
}

fn at() -> impl Strategy<Value = Option<DateTime>> {
    (day(), 0_i8..24, 0_i8..60, 0_i8..60).prop_map(|(day, h, m, s)| day.map(|day| day.at(h, m, s, 0)))
}

fn organ() -> impl Strategy<Value = Organ> {
    [(); 8].map(|()| text()).prop_map(|[id, in_charge, name, address, email, telephone, fax, website]| {
        Organ { id, in_charge, name, address, email, telephone, fax, website }
    })
}

fn staff() -> impl Strategy<Value = Staff> {
    [(); 4].map(|()| text()).prop_map(|[department, name, mobile, email]| Staff {
        department,
        name,
        mobile,
        email,
    })
}

fn reference() -> impl Strategy<Value = Reference> {
    ([(); 3].map(|()| text()), day()).prop_map(|([organ, code, id], issued)| Reference {
        organ,
        code,
        issued,
        id,
    })
}

fn business() -> impl Strategy<Value = Business> {
    let replaced = (text(), prop::collection::vec(some(), 0..3))
        .prop_map(|(document, organs)| Replaced { document, organs });
    let act = prop::sample::select(Act::ALL.to_vec());
    (act, text(), text(), prop::collection::vec(replaced, 0..3), staff(), any::<bool>()).prop_map(
        |(act, reason, document, replaced, staff, paper)| Business {
            act,
            reason,
            document,
            replaced,
            staff,
            paper,
        },
    )
}

fn attachments() -> impl Strategy<Value = Vec<Attachment>> {
    let file = ([(); 3].map(|()| some()), prop::collection::vec(any::<u8>(), 0..300));
    prop::collection::vec(file, 0..4).prop_map(|files| {
        let each = |(at, ([name, media, description], bytes)): (usize, ([String; 3], Vec<u8>))| Attachment {
            id: format!("tep-{at}"),
            name,
            media,
            description,
            bytes,
        };
        files.into_iter().enumerate().map(each).collect()
    })
}

fn document() -> impl Strategy<Value = Document> {
    let head = (organ(), prop::collection::vec(organ(), 0..3), [(); 10].map(|()| text()), day(), day());
    let other = ([(); 5].map(|()| text()), prop::collection::vec(some(), 0..3)).prop_map(
        |([priority, sphere, typist, copies, pages], appendixes)| Other {
            priority,
            sphere,
            typist,
            copies,
            pages,
            appendixes,
        },
    );
    let signer = [(); 3].map(|()| text());
    let signer = signer.prop_map(|[competence, position, name]| Signer { competence, position, name });
    let trace = (text(), at()).prop_map(|(organ, at)| Trace { organ, at });
    let rest = (
        signer,
        other,
        prop::collection::vec(reference(), 0..3),
        prop::collection::vec(trace, 0..3),
        prop::collection::vec(some(), 0..3),
        business(),
        attachments(),
    );
    (head, rest).prop_map(|((from, to, texts, issued, due), rest)| {
        let [id, number, notation, place, form, form_name, form_detail, subject, content, steering] = texts;
        let (signer, other, answers, traces, places, business, attachments) = rest;
        Document {
            from,
            to,
            id,
            number,
            notation,
            place,
            issued,
            form,
            form_name,
            form_detail,
            subject,
            content,
            signer,
            due,
            places,
            other,
            answers,
            steering,
            traces,
            business,
            attachments,
        }
    })
}

fn status() -> impl Strategy<Value = Status> {
    let code = prop::sample::select(Code::ALL.to_vec());
    (reference(), organ(), code, text(), at(), staff()).prop_map(
        |(of, from, code, description, at, staff)| Status { of, from, code, description, at, staff },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn a_document_comes_back_as_it_was_written(one in document()) {
        let message = Message::Document(Box::new(one));
        let written = edxml::write(&message);
        prop_assert_eq!(edxml::read(written.as_bytes()), Ok(message), "{}", written);
    }

    #[test]
    fn a_status_comes_back_as_it_was_written(one in status()) {
        let message = Message::Status(Box::new(one));
        let written = edxml::write(&message);
        prop_assert_eq!(edxml::read(written.as_bytes()), Ok(message), "{}", written);
    }
}
