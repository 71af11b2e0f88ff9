//! What stands of an item, as a draft of its next edition begins.

use network::content::{Format, Item, Layer};
use network::names::ContentHash;

use crate::drafts::{Attached, Written};
use crate::items::draft::{Draft, DraftSource};

impl Written {
    /// What stands of an item, to go on from, and the hashes of its files.
    pub fn of(item: &Item) -> (Written, Vec<ContentHash>) {
        let format = match item.body.format {
            Format::Markdown => String::new(),
            other => other.word().to_owned(),
        };
        let draft = Draft {
            kind: item.kind.to_string(),
            title: item.title.clone(),
            title_en: item.title_en.clone(),
            summary: item.summary.clone(),
            lang: item.lang.clone(),
            number: item.number.clone(),
            form: item.form.clone(),
            agency: item.agency.clone(),
            signer: item.signer.clone(),
            issued: item.issued,
            effective: item.effective,
            expires: item.expires,
            urgency: item.urgency.map(|urgency| urgency.word().to_owned()),
            fields: item.fields.clone(),
            details: item.details.clone().map(|details| details.0).unwrap_or_default(),
            text: item.body.text.clone(),
            format,
            layer: if item.body.layer == Layer::Digitised { "digitised".into() } else { String::new() },
            source: item.source.as_ref().map(|s| DraftSource {
                name: s.name.clone(),
                url: s.url.clone(),
                taken: None,
            }),
            files: Vec::new(),
            change_note: None,
            sample: item.sample,
            urgent: false,
            relations: item.relations.iter().cloned().map(Into::into).collect(),
            translations: (!item.translations.is_empty())
                .then(|| item.translations.iter().map(Into::into).collect()),
            retroactive: item.effective.zip(item.issued).is_some_and(|(from, issued)| from < issued),
        };
        // Smaller copies of a picture are made anew from the largest.
        let mains: Vec<_> = item.files.iter().filter(|file| file.of.is_none()).collect();
        let files = mains.iter().map(|file| Attached::of(file)).collect();
        let source = draft.source();
        let follow = item.translations.iter().filter(|translation| translation.of == item.edition);
        let made_from = follow.map(|translation| (translation.lang.clone(), source.clone())).collect();
        let written = Written { draft, files, made_from, ..Written::default() };
        (written, mains.iter().map(|file| file.sha256).collect())
    }
}
