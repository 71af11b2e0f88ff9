//! What of an item's text is read on its page: in which language, and which part of a long one.

use network::content::{Body, Item, Translation};
use network::names::ContentHash;

use crate::items::body;
use crate::items::view::{Parts, TocLine};
use crate::problem::Problem;
use crate::web::visitor::Visitor;
use crate::words::Lang;

/// The translation that is asked for: `?lang=zh`; else English on English pages. `None` for the item's own language.
pub(super) fn translation<'a>(
    visitor: &Visitor,
    document: &'a Item,
) -> Result<Option<&'a Translation>, Problem> {
    match visitor.asked("lang") {
        None if visitor.lang == Lang::En => Ok(document.translation("en")),
        None => Ok(None),
        Some(tag) if tag.eq_ignore_ascii_case(&document.lang) => Ok(None),
        Some(tag) => document.translation(tag).map(Some).ok_or(Problem::NotFound("translation")),
    }
}

/// Under which hash the text of a translation is kept: it is made of that content, and of nothing else.
pub(super) fn key(content: &ContentHash, lang: &str) -> ContentHash {
    ContentHash::of(format!("{content} {lang}").as_bytes())
}

/// The text of a translation, rendered.
pub(super) fn in_words(document: &Item, said: &Translation) -> Result<body::Text, Problem> {
    let layer = document.body.layer;
    let body = Body { format: said.format, text: said.text.clone(), layer };
    Ok(body::Text::of(Item { body, translations: Vec::new(), ..document.clone() }))
}

/// What of a long text is read on this page.
pub(super) struct Reading {
    /// Which part, from 0; beyond the last for the whole.
    pub(super) part: usize,
    /// The contents.
    pub(super) toc: Vec<TocLine>,
    /// The parts, if there are several.
    pub(super) parts: Option<Parts>,
}

/// `?phan=2` reads one part of a long text, `?toan-van=1` the whole; without either the first part.
pub(super) fn part_of(visitor: &Visitor, reference: &str, text: &body::Text) -> Result<Reading, Problem> {
    let asked = |name: &str| visitor.asked(name);
    let (ranges, html, toc) = (&text.parts, &text.rendered.html, &text.rendered.toc);
    if ranges.len() == 1 || asked("toan-van").is_some() {
        return Ok(Reading { part: ranges.len(), toc: toc.clone(), parts: None });
    }
    // The part in which a heading stands, for whoever is led to an article.
    let home = |anchor: &str| {
        let place = html.find(&format!("id=\"{anchor}\"")).unwrap_or(0);
        ranges.iter().position(|r| r.contains(&place)).map_or(1, |n| n + 1)
    };
    let this: usize = match asked("phan") {
        None => asked("dieu").map_or(1, home),
        Some(text) => {
            text.parse().ok().filter(|n| (1..=ranges.len()).contains(n)).ok_or(Problem::NotFound("part"))?
        }
    };
    let tongue = asked("lang").filter(|tag| tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
    let tongue = tongue.map(|tag| format!("lang={tag}"));
    let to = |part: Option<String>| {
        let query: Vec<String> = tongue.iter().cloned().chain(part).collect();
        let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
        format!("/muc/{reference}{query}")
    };
    let at = |n: usize| to((n > 1).then(|| format!("phan={n}")));
    let toc = toc
        .iter()
        .map(|line| {
            let home = home(line.href.trim_start_matches('#'));
            let href = if home == this { line.href.clone() } else { format!("{}{}", at(home), line.href) };
            TocLine { href, ..line.clone() }
        })
        .collect();
    let parts = Parts {
        this: this as u32,
        of: ranges.len() as u32,
        before: (this > 1).then(|| at(this - 1)),
        after: (this < ranges.len()).then(|| at(this + 1)),
        whole: to(Some("toan-van=1".into())),
        within: text.rendered.within(ranges[this - 1].start).map(str::to_owned),
    };
    Ok(Reading { part: this - 1, toc, parts: Some(parts) })
}
