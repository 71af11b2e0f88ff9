//! Numbers of documents in a text as links, where the node has the document.

use std::collections::{BTreeSet, HashSet};

use vietnam::documents::article_cited_before;
use vietnam::number::{Mentioned, mentions};

use crate::items::feeds::xml;
use crate::words::Lang;

/// Documents of one text that may become links; a text that mentions more is read without further links.
const MOST: usize = 300;
/// Elements inside which nothing becomes a link.
const CLOSED: [&str; 8] = ["a", "code", "h2", "h3", "h4", "h5", "h6", "pre"];

/// Which documents become links, and in which language their pages are opened.
#[derive(Clone, Default)]
pub struct Links {
    /// The keys of their numbers.
    pub known: BTreeSet<String>,
    /// The language of the page; Vietnamese if it is not said.
    pub lang: Option<Lang>,
}

/// The same HTML with links on the numbers that are known, and the keys of all that it mentions, each once.
pub(super) fn link(html: &str, links: &Links) -> (String, Vec<String>) {
    let (mut out, mut keys, mut seen) = (String::with_capacity(html.len() + 256), Vec::new(), HashSet::new());
    let mut closed: Option<&str> = None;
    let mut rest = html;
    while !rest.is_empty() {
        let (text, tag) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        if closed.is_some() {
            out.push_str(text);
        } else {
            in_text(text, links, &mut out, |key| {
                if keys.len() < MOST && seen.insert(key.clone()) {
                    keys.push(key);
                }
            });
        }
        let (tag, after) = tag.split_at(tag.find('>').map_or(tag.len(), |end| end + 1));
        out.push_str(tag);
        rest = after;
        let name = tag.trim_start_matches(['<', '/']).split([' ', '>', '/']).next().unwrap_or_default();
        match closed {
            Some(open) if tag.starts_with("</") && name == open => closed = None,
            None if !tag.starts_with("</") => closed = CLOSED.into_iter().find(|one| *one == name),
            _ => {}
        }
    }
    (out, keys)
}

fn in_text(text: &str, links: &Links, out: &mut String, mut mentioned: impl FnMut(String)) {
    let lang = links.lang.unwrap_or(Lang::Vi);
    let mut from = 0;
    for mention in mentions(text) {
        let Mentioned::Number(number) = mention.what else { continue };
        let key = number.key();
        if links.known.contains(&key) {
            let before = &text[from..mention.range.start];
            let place =
                article_cited_before(before).map(|n| format!("?dieu=dieu-{n}#dieu-{n}")).unwrap_or_default();
            let path = lang.path(&format!("/vb/{number}{place}"));
            out.push_str(before);
            out.push_str(&format!("<a href=\"{}\">{}</a>", xml(&path), &text[mention.range.clone()]));
            from = mention.range.end;
        }
        mentioned(key);
    }
    out.push_str(&text[from..]);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use vietnam::number::DocumentNumber;

    use super::*;

    fn known(numbers: &[&str], lang: Lang) -> Links {
        let key = |number: &&str| number.parse::<DocumentNumber>().unwrap().key();
        Links { known: numbers.iter().map(key).collect(), lang: Some(lang) }
    }

    #[test]
    fn a_number_that_is_known_becomes_a_link_and_others_stay() {
        let html = "<h2>Sửa 42/2022/NĐ-CP</h2><p>Căn cứ Nghị định số 42/2022/NĐ-CP và <b>Thông tư 9/2024/TT-BTC</b>; <a href=\"/x\">42/2022/NĐ-CP</a></p>";
        let (out, keys) = link(html, &known(&["42/2022/NĐ-CP"], Lang::Vi));
        assert_eq!(out.matches("<a href=\"/vb/42/2022/NĐ-CP\">42/2022/NĐ-CP</a>").count(), 1, "{out}");
        assert_eq!(out.matches("<a ").count(), 2, "{out}");
        assert_eq!(keys.len(), 2, "{keys:?}");
        assert_eq!(link(html, &Links::default()).0, html);
    }

    #[test]
    fn a_link_leads_to_the_article_that_is_cited() {
        let (out, _) = link(
            "<p>theo khoản 2 Điều 5 Nghị định số 42/2022/NĐ-CP</p>",
            &known(&["42/2022/NĐ-CP"], Lang::En),
        );
        assert!(out.contains("href=\"/en/vb/42/2022/NĐ-CP?dieu=dieu-5#dieu-5\""), "{out}");
    }
}
