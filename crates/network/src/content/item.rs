//! An item: one edition of something published.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::check::{self, Check, Limit};
use super::details::{self, Details};
use super::file::{ItemFile, read_files, write_file};
use super::relation::{self, ItemRelation};
use super::source::{self, Source};
use super::translation::{self, Translation};
use super::{Fault, MAX_BODY, Salt};
use crate::json::Writer;
use crate::words::words;

const MAX_FIELDS: usize = 20;

/// A document of the type [`super::ITEM_TYPE`]. Lengths are in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Random bits.
    pub salt: Salt,
    /// The same id as in the entry.
    pub id: Uuid,
    /// The same edition as in the entry, from 1.
    pub edition: u32,
    /// Language of title, summary and body (BCP 47), usually `vi`.
    pub lang: String,
    /// What it is.
    pub kind: ItemKind,
    /// 1 to 500, one line.
    pub title: String,
    /// English title, 1 to 500, one line.
    pub title_en: Option<String>,
    /// At most 4,000.
    pub summary: String,
    /// Number and symbol of a document, for example `46/CĐ-TTg`, at most 100.
    pub number: Option<String>,
    /// Form of a document, for example `Nghị định`, at most 100.
    pub form: Option<String>,
    /// The body that issued the document, as printed, at most 300.
    pub agency: Option<String>,
    /// Who signed it, at most 500: joint circulars have a dozen signers.
    pub signer: Option<String>,
    /// Day of issue.
    pub issued: Option<Date>,
    /// Day from which it is in force.
    pub effective: Option<Date>,
    /// Last day; not before `effective`.
    pub expires: Option<Date>,
    /// The mark on the document.
    pub urgency: Option<Urgency>,
    /// Fields of administration, at most 20 of `a-z`, `0-9`, `-`, each at most 60.
    pub fields: Vec<String>,
    /// What its kind asks for beyond these fields.
    pub details: Option<Details>,
    /// The text.
    pub body: Body,
    /// Where it was taken from, if it was not written here.
    pub source: Option<Source>,
    /// Attachments, in the order of the entry's files.
    pub files: Vec<ItemFile>,
    /// What this edition changed, for readers, at most 2,000.
    pub change_note: Option<String>,
    /// True in demonstrations and rehearsals; shown with a mark.
    pub sample: bool,
    /// What this document does to others, at most 2,000.
    pub relations: Vec<ItemRelation>,
    /// Its text in other languages, at most 20.
    pub translations: Vec<Translation>,
}

/// What an item is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ItemKind {
    /// A legal or administrative document.
    Document,
    /// A document that gives tasks.
    Directive,
    /// A press release.
    Press,
    /// News.
    News,
    /// A notice.
    Notice,
    /// A kind that this version does not know: 1 to 40 of `a-z`, `0-9`, `-`.
    Other(String),
}

/// The mark of urgency on a document (Decree 30/2020 Art. 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Urgency {
    /// Khẩn.
    Urgent,
    /// Thượng khẩn.
    VeryUrgent,
    /// Hỏa tốc.
    Express,
}
words!(Urgency, Urgent = "urgent", VeryUrgent = "very-urgent", Express = "express");

/// The text of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// How `text` is marked up.
    pub format: Format,
    /// At most 8 MiB.
    pub text: String,
    /// How far the text may be trusted against the signed paper.
    pub layer: Layer,
}

/// Markup of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// HTML; whoever shows it cleans it.
    Html,
    /// CommonMark.
    Markdown,
    /// Plain text.
    Text,
}
words!(Format, Html = "html", Markdown = "markdown", Text = "text");

/// What the text of a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layer {
    /// The text that the issuer signed.
    Official,
    /// Read from a scan by people or machines; the scan decides.
    Digitised,
    /// There is no text; the files are the item.
    None,
}
words!(Layer, Official = "official", Digitised = "digitised", None = "none");

impl Item {
    /// Reads an item.
    ///
    /// # Errors
    /// Every fault found, never an empty list.
    pub fn parse(bytes: &[u8]) -> Result<Item, Vec<Fault>> {
        let map = check::object(bytes)?;
        let mut check = Check::default();
        let item = read(&map, &mut check);
        if check.faults.is_empty() { Ok(item) } else { Err(check.faults) }
    }

    /// The canonical bytes.
    ///
    /// # Errors
    /// Every fault that [`Item::parse`] would find.
    pub fn encode(&self) -> Result<Vec<u8>, Vec<Fault>> {
        let mut json = Writer::new();
        json.whole("v", 1).text("salt", self.salt).text("id", self.id.hyphenated());
        json.whole("edition", u64::from(self.edition)).text("lang", &self.lang).text("kind", &self.kind);
        json.text("title", &self.title).text_if("title_en", self.title_en.as_ref());
        json.text("summary", &self.summary).text_if("number", self.number.as_ref());
        json.text_if("form", self.form.as_ref()).text_if("agency", self.agency.as_ref());
        json.text_if("signer", self.signer.as_ref()).text_if("issued", self.issued);
        json.text_if("effective", self.effective).text_if("expires", self.expires);
        json.text_if("urgency", self.urgency).texts("fields", &self.fields);
        if let Some(details) = &self.details {
            json.raw("details", &details.canonical());
        }
        let mut body = Writer::new();
        body.text("format", self.body.format).text("text", &self.body.text).text("layer", self.body.layer);
        json.raw("body", &body.end());
        if let Some(source) = &self.source {
            json.raw("source", &source::write(source));
        }
        json.raws("files", self.files.iter().map(write_file));
        json.text_if("change_note", self.change_note.as_ref());
        json.raw("sample", if self.sample { "true" } else { "false" });
        if !self.relations.is_empty() {
            json.raws("relations", self.relations.iter().map(relation::write));
        }
        if !self.translations.is_empty() {
            json.raws("translations", self.translations.iter().map(translation::write));
        }
        let bytes = json.end().into_bytes();
        Item::parse(&bytes)?;
        Ok(bytes)
    }
}

fn read(map: &Map<String, Value>, check: &mut Check) -> Item {
    check.version(map);
    let nothing = Map::new();
    let item = Item {
        salt: check.parsed(map, "salt", "Muối phải gồm 32 chữ số thập lục phân viết thường.", Salt([0; 16])),
        id: check.parsed(map, "id", "Mã tin, bài phải là một UUID.", Uuid::nil()),
        edition: u32::try_from(check.whole(map, "edition", 1)).unwrap_or(0),
        lang: check.text(map, "lang", Limit::line(35)),
        kind: check.parsed(
            map,
            "kind",
            "Loại phải gồm 1 đến 40 ký tự a–z, 0–9 hoặc dấu gạch nối.",
            ItemKind::News,
        ),
        title: check.text(map, "title", Limit::line(500)),
        title_en: check.text_if(map, "title_en", Limit::line(500)),
        summary: check.text_if(map, "summary", Limit::text(4_000)).unwrap_or_default(),
        number: check.text_if(map, "number", Limit::line(100)),
        form: check.text_if(map, "form", Limit::line(100)),
        agency: check.text_if(map, "agency", Limit::line(300)),
        signer: check.text_if(map, "signer", Limit::line(500)),
        issued: check.day_if(map, "issued"),
        effective: check.day_if(map, "effective"),
        expires: check.day_if(map, "expires"),
        urgency: check.parsed_if(
            map,
            "urgency",
            "Độ khẩn phải là urgent (khẩn), very-urgent (thượng khẩn) hoặc express (hỏa tốc).",
        ),
        fields: read_fields(map, check),
        details: details::read(map, check),
        body: match check.object_if(map, "body") {
            Some(body) => check.within("body", |check| read_body(body, check)),
            None => {
                if check.faults.iter().all(|fault| fault.field != "body") {
                    check.fault("body", "Trường này là bắt buộc.", "This field is required.");
                }
                read_body(&nothing, &mut Check::default())
            }
        },
        source: check
            .object_if(map, "source")
            .map(|source| check.within("source", |check| source::read(source, check))),
        files: read_files(map, check),
        change_note: check.text_if(map, "change_note", Limit::text(2_000)),
        sample: check.flag(map, "sample"),
        relations: relation::read_all(map, check),
        translations: translation::read_all(map, check),
    };
    if item.edition == 0 {
        check.fault("edition", "Số lần ban hành quá lớn.", "The edition is too large.");
    }
    translation::fit(&item, check);
    if !item.lang.is_empty() && !fits_language(&item.lang) {
        check.fault("lang", "Mã ngôn ngữ không hợp lệ (ví dụ: vi).", "Not a language tag (for example: vi).");
    }
    if let (Some(from), Some(to)) = (item.effective, item.expires)
        && to < from
    {
        check.fault(
            "expires",
            "Ngày hết hiệu lực phải từ ngày có hiệu lực trở đi.",
            "The last day must not be before the day from which it is in force.",
        );
    }
    item
}

/// True for a language tag by its shape (BCP 47).
pub(super) fn fits_language(tag: &str) -> bool {
    let subtag =
        |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    tag.split('-').all(subtag)
}

fn read_body(map: &Map<String, Value>, check: &mut Check) -> Body {
    let body = Body {
        format: check.parsed(map, "format", "Định dạng phải là html, markdown hoặc text.", Format::Text),
        text: check.text(map, "text", Limit::text(MAX_BODY)),
        layer: check.parsed(map, "layer", "Lớp văn bản phải là official, digitised hoặc none.", Layer::None),
    };
    if body.text.len() > MAX_BODY {
        check.fault("text", "Nội dung vượt giới hạn 8 MiB.", "The text is longer than 8 MiB.");
    }
    body
}

fn read_fields(map: &Map<String, Value>, check: &mut Check) -> Vec<String> {
    let mut fields = Vec::new();
    for (at, value) in check.list(map, "fields", MAX_FIELDS).iter().enumerate() {
        match value.as_str().filter(|word| is_word(word, 60)) {
            Some(word) => fields.push(word.to_owned()),
            None => check.fault(
                &format!("fields[{at}]"),
                "Lĩnh vực phải gồm 1 đến 60 ký tự a–z, 0–9 hoặc dấu gạch nối.",
                "A field must be 1 to 60 of a-z, 0-9 and hyphens.",
            ),
        }
    }
    fields
}

fn is_word(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

impl fmt::Display for ItemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ItemKind::Document => "document",
            ItemKind::Directive => "directive",
            ItemKind::Press => "press",
            ItemKind::News => "news",
            ItemKind::Notice => "notice",
            ItemKind::Other(word) => word,
        })
    }
}

impl FromStr for ItemKind {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<ItemKind, &'static str> {
        Ok(match text {
            "document" => ItemKind::Document,
            "directive" => ItemKind::Directive,
            "press" => ItemKind::Press,
            "news" => ItemKind::News,
            "notice" => ItemKind::Notice,
            _ if is_word(text, 40) => ItemKind::Other(text.to_owned()),
            _ => return Err("must be 1 to 40 of a-z, 0-9 and hyphens"),
        })
    }
}
