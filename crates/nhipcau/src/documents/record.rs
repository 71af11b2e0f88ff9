//! A document as machines read it beside its page: JSON with its status, relations and parts; Dublin Core as XML.

use std::fmt::Write;

use network::content::Item;
use serde_json::{Value, json};
use vietnam::documents::{Level, Outline, Part, Standing as InLaw};

use super::panel::Panel;
use crate::items::body::{Text, blocks};
use crate::items::feeds::xml;
use crate::items::meta::{dublin_core, stable_path};
use crate::items::store::Standing;

/// The parts of an item's text.
pub fn outline(text: &Text) -> Outline {
    let lines = blocks::lines(&text.rendered.html);
    vietnam::documents::outline(lines.iter().map(|line| line.text.as_str()))
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
