//! What of an item's text is read on its page: in which language, and which part of a long one.

use std::collections::BTreeSet;
use std::sync::Arc;

use network::content::{Body, Item, Translation};
use network::names::ContentHash;

use crate::app::App;
use crate::db::Conn;
use crate::documents;
use crate::items::body::{self, Links};
use crate::items::view::{Parts, TocLine};
use crate::problem::Problem;
use crate::web::pages::Tag;
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

/// The text with the documents that it mentions as links, as far as this node has them; and what the page depends on by that.
/// `own` is the number of the document itself. The text without links is kept under `hash`, and one with links beside it.
pub(super) async fn linked(
    app: &App,
    conn: &mut Conn,
    hash: ContentHash,
    text: Arc<body::Text>,
    lang: Lang,
) -> Result<(Arc<body::Text>, Vec<Tag>), Problem> {
    let own = text.document.number.as_ref().and_then(|number| number.parse().ok());
    let own = own.map(|number: vietnam::number::DocumentNumber| number.key());
    let named: Vec<String> =
        text.rendered.mentions.iter().filter(|key| Some(*key) != own.as_ref()).cloned().collect();
    let known = documents::store::standing(conn, &named).await.map_err(anyhow::Error::from)?;
    let tags = named.into_iter().map(Tag::Document).collect();
    if known.is_empty() {
        return Ok((text, tags));
    }
    let names = known.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
    let key = ContentHash::of(format!("{hash} {} {names}", lang.code()).as_bytes());
    let links = Links { known, lang: Some(lang) };
    let made = async || Ok::<_, Problem>(body::Text::linked(text.document.clone(), &links));
    Ok((app.pages.text(key, made).await?, tags))
}

/// Lines of the contents that stand on a page that reads one part; of more, only chapters and what this part holds.
const MANY: usize = 40;
/// Lines of the contents of any page that reads one part.
const MOST: usize = 120;

/// The contents of a long text beside one of its parts: whole if they are short; else the chapters, and of other parts that
/// begin none their first article. `lines` are beside the part in which each stands.
fn contents(lines: Vec<(usize, TocLine)>, this: usize) -> Vec<TocLine> {
    if lines.len() <= MANY {
        return lines.into_iter().map(|(_, line)| line).collect();
    }
    let chapters: BTreeSet<usize> =
        lines.iter().filter(|(_, l)| l.level == 1).map(|(home, _)| *home).collect();
    // Where every line is a chapter, as in a decree without any, they say no more than articles.
    let flat = lines.iter().all(|(_, line)| line.level == 1);
    let mut last = 0;
    let stands = |(home, line): &(usize, TocLine)| {
        let first = *home != last;
        last = *home;
        *home == this || (line.level == 1 && !flat) || (first && (flat || !chapters.contains(home)))
    };
    let mut kept: Vec<_> = lines.into_iter().filter(stands).collect();
    if kept.len() > MOST {
        let here = kept.iter().position(|(home, _)| *home == this).unwrap_or(0);
        kept = kept.split_off(here.saturating_sub(MOST / 2).min(kept.len() - MOST));
        kept.truncate(MOST);
    }
    kept.into_iter().map(|(_, line)| line).collect()
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
    let lines = toc.iter().map(|line| {
        let home = home(line.href.trim_start_matches('#'));
        let href = if home == this { line.href.clone() } else { format!("{}{}", at(home), line.href) };
        (home, TocLine { href, ..line.clone() })
    });
    let toc = contents(lines.collect(), this);
    let parts = Parts {
        this: this as u32,
        of: ranges.len() as u32,
        before: (this > 1).then(|| at(this - 1)),
        after: (this < ranges.len()).then(|| at(this + 1)),
        whole: to(Some("toan-van=1".into())),
        bytes: text.packed(ranges.len()).weight() as u64,
        within: text.rendered.within(ranges[this - 1].start).map(str::to_owned),
    };
    Ok(Reading { part: this - 1, toc, parts: Some(parts) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(chapters: usize, articles: usize) -> Vec<(usize, TocLine)> {
        let line = |level, text: String| TocLine { level, href: format!("#{text}"), text };
        let chapter = |c: usize| {
            let of = (0..articles)
                .map(move |a| (c * 2 + 1 + 2 * a / articles.max(1), line(2, format!("a{c}-{a}"))));
            std::iter::once((c * 2 + 1, line(1, format!("c{c}")))).chain(of)
        };
        (0..chapters).flat_map(chapter).collect()
    }

    #[test]
    fn long_contents_name_every_chapter_and_what_this_part_holds() {
        let said = contents(lines(10, 30), 3);
        assert_eq!(said.iter().filter(|line| line.level == 1).count(), 10);
        assert_eq!(
            said.iter().filter(|line| line.text.starts_with("a1-")).count(),
            16,
            "15 here, one of the next part"
        );
        assert!(said.iter().any(|line| line.text == "a5-15"), "a part without a chapter is reached too");
        assert!(said.len() < 40, "{}", said.len());
        assert_eq!(contents(lines(2, 10), 1).len(), 22);
    }

    #[test]
    fn contents_without_chapters_lead_to_every_part() {
        let flat: Vec<_> =
            lines(10, 30).into_iter().map(|(home, line)| (home, TocLine { level: 1, ..line })).collect();
        let said = contents(flat, 1);
        assert_eq!(said.len(), 16 + 19);
    }

    #[test]
    fn contents_have_an_end_and_hold_what_is_read() {
        for this in [1, 400, 799] {
            let said = contents(lines(400, 2), this);
            assert!(
                said.len() <= MOST && said.iter().any(|line| line.text == format!("c{}", this / 2)),
                "{this}"
            );
        }
    }
}
