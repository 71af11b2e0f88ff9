//! Writing Turtle (W3C, 2014): what comes from items is escaped, whatever they say.

use std::fmt::Write;

use network::content::Item;

use super::duration;
use crate::procedures::HOME;
use crate::procedures::rules::{self, Group};
use crate::procedures::told::{Fee, Procedure};

const COUNTRY: &str = "<http://publications.europa.eu/resource/authority/country/VNM>";
const LANGUAGE: &str = "<http://publications.europa.eu/resource/authority/language/VIE>";

/// A procedure, and where it stands.
pub struct Service<'a> {
    /// Scheme and host of the portal.
    pub base: &'a str,
    /// Its name in addresses.
    pub reference: &'a str,
    /// Its item.
    pub item: &'a Item,
    /// What the item says.
    pub told: &'a Procedure,
    /// Who published it.
    pub publisher: &'a str,
}

/// The head of every answer.
pub fn prefixes() -> String {
    "@prefix cpsv: <http://purl.org/vocab/cpsv#> .\n\
     @prefix cv: <http://data.europa.eu/m8g/> .\n\
     @prefix dcat: <http://www.w3.org/ns/dcat#> .\n\
     @prefix dct: <http://purl.org/dc/terms/> .\n\
     @prefix eli: <http://data.europa.eu/eli/ontology#> .\n\
     @prefix foaf: <http://xmlns.com/foaf/0.1/> .\n\
     @prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n\
     @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
        .to_owned()
}

/// The catalogue itself, and the events by which it is arranged.
pub fn catalogue(text: &mut String, base: &str, name: &str) {
    let (place, title) = (iri(&format!("{base}{HOME}")), literal("Thủ tục hành chính"));
    let _ = writeln!(
        text,
        "\n{place} a dcat:Catalog ;\n  dct:title {title}@vi ;\n  dct:publisher [ a foaf:Agent ; foaf:name {}@vi ] .",
        literal(name)
    );
    for event in &rules::shipped().events {
        let kind = if event.group == Group::People { "cv:LifeEvent" } else { "cv:BusinessEvent" };
        let _ = writeln!(
            text,
            "{} a {kind} ;\n  dct:identifier {} ;\n  dct:title {}@vi, {}@en .",
            event_iri(base, &event.id),
            literal(&event.id),
            literal(&event.name.vi),
            literal(&event.name.en)
        );
    }
}

/// One procedure.
pub fn service(text: &mut String, service: &Service<'_>) {
    let Service { base, reference, item, told, publisher } = service;
    let about = iri(&format!("{base}/muc/{reference}"));
    let or = |said: &str, other: &str| literal(if said.trim().is_empty() { other } else { said });
    let mut says = vec![
        "a cpsv:PublicService".to_owned(),
        format!("dct:identifier {}", or(&told.code, reference)),
        format!("dct:title {}@vi", literal(&item.title)),
        format!("dct:description {}@vi", or(&item.summary, &item.title)),
        format!("dct:language {LANGUAGE}"),
        format!("dct:isPartOf {}", iri(&format!("{base}{HOME}"))),
        format!(
            "cv:hasCompetentAuthority [ a cv:PublicOrganisation ; dct:identifier {name} ; skos:prefLabel {name}@vi ; dct:spatial {COUNTRY} ]",
            name = or(&told.authority, publisher)
        ),
    ];
    if let Some(title) = &item.title_en {
        says.push(format!("dct:title {}@en", literal(title)));
    }
    if !told.field.is_empty() {
        says.push(format!("cv:thematicArea [ a skos:Concept ; skos:prefLabel {}@vi ]", literal(&told.field)));
    }
    if !told.audience.is_empty() {
        says.push(format!("dct:audience [ skos:prefLabel {}@vi ]", literal(&told.audience)));
    }
    let rules = rules::shipped();
    let events = rules.events_of(&item.title, &told.field, &rules.groups(&told.audience));
    for id in events.iter().filter(|id| rules.events.iter().any(|event| event.id == **id)) {
        says.push(format!("cv:isGroupedBy {}", event_iri(base, id)));
    }
    for offer in &told.offers {
        let mut channel = format!("[ a cv:Channel ; dct:type {}@vi", literal(offer.channel.vi()));
        match offer.term.and_then(duration) {
            Some(period) => {
                let _ = write!(channel, " ; cv:processingTime \"{period}\"^^xsd:duration");
            }
            None if !offer.time.is_empty() => {
                let _ = write!(channel, " ; dct:description {}@vi", literal(&offer.time));
            }
            None => {}
        }
        says.push(format!("cv:hasChannel {channel} ]"));
    }
    let mut fees: Vec<&Fee> = told.offers.iter().map(|offer| &offer.fee).collect();
    fees.dedup();
    for fee in fees {
        match fee {
            Fee::Unsaid => {}
            Fee::Free => says.push("cv:hasCost [ a cv:Cost ; cv:hasValue 0.0 ; cv:currency <http://publications.europa.eu/resource/authority/currency/VND> ]".to_owned()),
            Fee::Said(said) => {
                says.push(format!("cv:hasCost [ a cv:Cost ; dct:description {}@vi ]", literal(said)));
            }
        }
    }
    for paper in &told.papers {
        says.push(format!("cpsv:hasInput [ a cv:Evidence ; dct:title {}@vi ]", literal(&paper.name)));
    }
    if !told.result.is_empty() {
        says.push(format!("cpsv:produces [ a cv:Output ; dct:title {}@vi ]", literal(&told.result)));
    }
    for (number, name) in &told.basis {
        says.push(format!(
            "cv:hasLegalResource [ a eli:LegalResource ; eli:id_local {} ; eli:title {}@vi ]",
            literal(&number.to_string()),
            or(name, &number.to_string())
        ));
    }
    if let Some(url) = &told.url {
        says.push(format!("foaf:page {}", iri(url)));
    }
    let _ = writeln!(text, "\n{about} {} .", says.join(" ;\n  "));
}

fn event_iri(base: &str, id: &str) -> String {
    iri(&format!("{base}{HOME}?su-kien={id}"))
}

/// A string in quotation marks.
fn literal(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// An address in angle brackets; what an IRI may not hold is percent-encoded.
fn iri(address: &str) -> String {
    let mut text = String::with_capacity(address.len() + 2);
    text.push('<');
    for c in address.chars() {
        let not =
            c <= ' ' || c.is_control() || matches!(c, '<' | '>' | '"' | '{' | '}' | '|' | '^' | '`' | '\\');
        if not {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                let _ = write!(text, "%{byte:02X}");
            }
        } else {
            text.push(c);
        }
    }
    text.push('>');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_an_item_says_leaves_its_quotation_marks() {
        assert_eq!(literal("a\"b\\c\n\u{1}d"), "\"a\\\"b\\\\c\\n\\u0001d\"");
        assert_eq!(iri("https://a.vn/x> . <y \"z"), "<https://a.vn/x%3E%20.%20%3Cy%20%22z>");
    }
}
