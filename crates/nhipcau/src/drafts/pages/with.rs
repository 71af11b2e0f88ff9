//! What a draft's page shows beside what is kept: what was typed and is not saved, and why.

use uuid::Uuid;

use super::super::form;
use crate::drafts::life::Stage;
use crate::drafts::{Work, Written};
use crate::items::store::Reference;
use crate::people::forms::{Fields, KEY};
use crate::problem::Fault;
use crate::words::Lang;
use network::names::Origin;

/// The field by which a form says that it carries words that were refused before.
pub(super) const CARRIED: &str = "co-viet";

/// A field that two people changed.
pub(super) struct Clash {
    pub(super) field: String,
    pub(super) label: String,
    pub(super) mine: String,
    pub(super) theirs: String,
}

/// What stood in the form of a file that was not taken.
#[derive(Default)]
pub(super) struct Beside {
    pub(super) alt: String,
    pub(super) decorative: bool,
    pub(super) text: String,
}

/// What the page shows beside what is kept.
#[derive(Default)]
pub(super) struct With<'a> {
    pub(super) typed: Option<&'a Fields>,
    /// What two people wrote, joined, to be decided in the form.
    pub(super) joined: Option<Written>,
    pub(super) faults: Vec<Fault>,
    pub(super) clashes: Vec<Clash>,
    pub(super) wrong: Option<String>,
    pub(super) said: Option<String>,
    /// The reason that was given for what was refused.
    pub(super) reason: Option<String>,
    pub(super) beside: Beside,
}

impl<'a> With<'a> {
    /// The page with what was wrong.
    pub(super) fn wrong(why: String) -> Self {
        With { wrong: Some(why), ..With::default() }
    }

    /// The page with what was typed and is not saved.
    pub(super) fn typed(form: &'a Fields) -> Self {
        With { typed: Some(form), ..With::default() }
    }

    /// The same with what two people wrote.
    pub(super) fn and_clashes(self, clashes: Vec<Clash>, joined: Written) -> Self {
        With { clashes, joined: Some(joined), ..self }
    }

    /// The same with what was wrong.
    pub(super) fn and_wrong(self, why: String) -> Self {
        With { wrong: Some(why), ..self }
    }

    /// The same with what cannot be read, each at its field.
    pub(super) fn and_faults(self, faults: Vec<Fault>) -> Self {
        With { faults, ..self }
    }

    /// The same with the reason that was given.
    pub(super) fn and_reason(self, reason: Option<String>) -> Self {
        With { reason, ..self }
    }

    /// The same with what stood in the form of a file.
    pub(super) fn and_beside(self, beside: Beside) -> Self {
        With { beside, ..self }
    }

    /// True if the form holds what is not saved.
    pub(super) fn unsaved(&self) -> bool {
        self.typed.is_some() || self.joined.is_some()
    }

    /// The draft as the form shows it: what is kept, and over it what was typed.
    pub(super) fn over(&self, work: &Work) -> Work {
        match (&self.joined, self.typed) {
            (Some(written), _) => Work { written: written.clone(), ..work.clone() },
            (None, Some(form)) => {
                let read = form::read(form, work);
                Work { written: read.written, due: read.hour.due, sealed: read.hour.sealed, ..work.clone() }
            }
            (None, None) => work.clone(),
        }
    }
}

/// A piece of what somebody typed.
pub(super) struct Piece {
    pub(super) label: String,
    pub(super) text: String,
}

/// What somebody typed into a form that is no more: shown to be copied, with a way on where there is one.
pub(super) struct Typed {
    pub(super) pieces: Vec<Piece>,
    /// The item from which a correction can begin that holds these words.
    pub(super) corrects: Option<String>,
    /// True if the draft can be taken back with these words.
    pub(super) restores: bool,
    /// What the form sent, to be sent on.
    pub(super) sent: Vec<(String, String)>,
}

impl Typed {
    /// What was typed and differs from what stands, if there is any; `writes` if there is a form that holds it.
    pub(super) fn of(
        with: &With<'_>,
        work: &Work,
        writes: bool,
        origin: &Origin,
        lang: Lang,
    ) -> Option<Typed> {
        let mut pieces = with.typed.filter(|_| !writes).map_or_else(Vec::new, |form| {
            form::changed(work, form, lang).into_iter().map(|(label, text)| Piece { label, text }).collect()
        });
        let written = !pieces.is_empty();
        if let Some(reason) = &with.reason {
            pieces.push(Piece { label: lang.desk().why.to_owned(), text: reason.clone() });
        }
        for (label, text) in
            [(lang.desk().file_alt, &with.beside.alt), (lang.desk().file_text, &with.beside.text)]
        {
            if !text.is_empty() && !writes {
                pieces.push(Piece { label: label.to_owned(), text: text.clone() });
            }
        }
        let reference = |item: Uuid| Reference::of(origin, item).to_string();
        let annex = work.written.beside.is_some();
        (!pieces.is_empty()).then(|| Typed {
            corrects: (written && !annex && work.stage == Stage::Issued).then(|| reference(work.item)),
            restores: written && work.stage == Stage::Discarded,
            sent: with.typed.map_or_else(Vec::new, |form| {
                let own = |name: &str| [KEY, "version", "viec", "change", CARRIED].contains(&name);
                form.pairs().iter().filter(|(name, _)| !own(name)).cloned().collect()
            }),
            pieces,
        })
    }
}
