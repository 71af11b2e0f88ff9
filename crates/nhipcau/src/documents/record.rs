//! A document as machines read it beside its page: JSON with its status, relations and parts; Dublin Core as XML.

use std::fmt::Write;

use network::content::Item;
use serde_json::{Value, json};
use vietnam::documents::{Level, Outline, Part, Standing as InLaw};

use super::panel::Panel;
use crate::items::body::Text;
use crate::items::feeds::xml;
use crate::items::meta::{dublin_core, stable_path};
use crate::items::store::Standing;

/// The parts of an item's text.
pub fn outline(text: &Text) -> Outline {
    let lines = lines(&text.rendered.html);
    vietnam::documents::outline(lines.iter().map(String::as_str))
}

/// Elements that begin or end a line.
const BLOCKS: [&str; 16] = [
    "p",
    "br",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "ul",
    "ol",
    "tr",
    "table",
    "blockquote",
    "pre",
    "dt",
    "dd",
];

/// The paragraphs of clean HTML as plain lines; the cells of a row stand in one line, and the number that a list gives to
/// an entry stands before it: clauses are written as lists.
fn lines(html: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let (mut line, mut number) = (String::new(), None);
    // Of each list that is open its next number, if it has numbers.
    let mut lists: Vec<Option<u32>> = Vec::new();
    let mut end = |line: &mut String, number: &mut Option<u32>| {
        let text = plain(&std::mem::take(line));
        if !text.is_empty() {
            lines.push(number.take().map_or_else(|| text.clone(), |number| format!("{number}. {text}")));
        }
    };
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        line.push_str(&rest[..at]);
        let (tag, after) = rest[at + 1..].split_once('>').unwrap_or((&rest[at + 1..], ""));
        rest = after;
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        if BLOCKS.contains(&name) {
            end(&mut line, &mut number);
        }
        match tag {
            "/td" | "/th" => line.push_str(" | "),
            "/ol" | "/ul" => drop(lists.pop()),
            "li" => {
                if let Some(Some(next)) = lists.last_mut() {
                    number = Some(*next);
                    *next = next.saturating_add(1);
                }
            }
            _ if name == "ul" => lists.push(None),
            _ if name == "ol" => {
                let start = tag.split_once("start=\"").and_then(|(_, text)| text.split('"').next());
                lists.push(Some(start.and_then(|text| text.parse().ok()).unwrap_or(1)));
            }
            _ => {}
        }
    }
    line.push_str(rest);
    end(&mut line, &mut number);
    lines
}

/// A line without entities and without more spaces than one.
fn plain(line: &str) -> String {
    let text = line
        .replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ").trim_end_matches(" |").to_owned()
}

/// The JSON record.
pub fn json(standing: &Standing, item: &Item, publisher: &str, panel: &Panel, text: &Outline) -> Value {
    let relations: Vec<Value> = panel
        .relations
        .iter()
        .map(|related| {
            json!({
                "effect": related.effect.as_str(),
                "done_to": related.done_to,
                "number": related.number,
                "path": related.href,
                "from": related.from,
                "until": related.until,
                "part": related.part,
                "counts": related.counts,
            })
        })
        .collect();
    let core = dublin_core(standing, item, publisher);
    json!({
        "reference": standing.reference().to_string(),
        "address": stable_path(item),
        "number": item.number,
        "form": item.form,
        "agency": item.agency,
        "signer": item.signer,
        "title": item.title,
        "summary": item.summary,
        "lang": item.lang,
        "issued": item.issued,
        "effective": item.effective,
        "expires": item.expires,
        "layer": item.body.layer.word(),
        "standing": panel.standing.as_ref().map(in_law),
        "relations": relations,
        "dublin_core": core.into_iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect::<serde_json::Map<_, _>>(),
        "text": { "before": text.before, "parts": text.parts.iter().map(part).collect::<Vec<_>>() },
    })
}

fn in_law(standing: &InLaw) -> Value {
    json!({
        "day": standing.day,
        "status": standing.status.as_str(),
        "vi": standing.vi(),
        "en": standing.en(),
        "doubts_vi": standing.doubts.iter().map(|doubt| doubt.vi()).collect::<Vec<_>>(),
        "doubts_en": standing.doubts.iter().map(|doubt| doubt.en()).collect::<Vec<_>>(),
        "until": standing.next,
    })
}

fn part(part: &Part) -> Value {
    json!({
        "level": level(part.level),
        "number": part.number,
        "heading": part.heading,
        "lines": part.lines,
        "parts": part.parts.iter().map(self::part).collect::<Vec<_>>(),
    })
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Annex => "annex",
        Level::Part => "part",
        Level::Chapter => "chapter",
        Level::Section => "section",
        Level::Article => "article",
        Level::Clause => "clause",
        Level::Point => "point",
    }
}

/// Dublin Core as XML (the form of OAI-PMH, `oai_dc`). Several values of one element are several elements.
///
/// # Errors
/// None in practice: writing into a string.
pub fn dublin_core_xml(standing: &Standing, item: &Item, publisher: &str) -> Result<String, std::fmt::Error> {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<oai_dc:dc xmlns:oai_dc=\"http://www.openarchives.org/OAI/2.0/oai_dc/\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n",
    );
    for (name, value) in dublin_core(standing, item, publisher) {
        let several = matches!(name, "subject" | "relation");
        let values: Vec<&str> = if several { value.split(';').collect() } else { vec![&value] };
        for value in values {
            writeln!(out, "<dc:{name}>{}</dc:{name}>", xml(value.trim()))?;
        }
    }
    out.push_str("</oai_dc:dc>\n");
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_become_lines() {
        let html = "<h2 id=\"a\">Chương I<br>CHUNG</h2>\n<p>Một &amp; <b>hai</b>&nbsp;ba</p><table><tr><td>A</td><td>B</td></tr></table><ul><li>x</li></ul><ol start=\"2\">\n<li><p>Khoản</p><p>tiếp</p></li><li>Ba<ol><li>trong</li></ol></li></ol>cuối";
        assert_eq!(
            lines(html),
            [
                "Chương I",
                "CHUNG",
                "Một & hai ba",
                "A | B",
                "x",
                "2. Khoản",
                "tiếp",
                "3. Ba",
                "1. trong",
                "cuối"
            ]
        );
    }
}
