//! What open data there is, as a catalogue of DCAT-AP 3: one set of statements, written as JSON-LD and as Turtle.

use std::fmt::Write;

use axum::extract::State;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::dumps::{TABLES, Table};
use crate::agencies::{self, Portal};
use crate::app::App;
use crate::clock::instant;
use crate::items::pages::kept;
use crate::problem::Problem;
use crate::web::pages::{Drawn, Tag};
use crate::web::visitor::Visitor;
use crate::words::{Lang, OpenWords};

/// How long a catalogue is kept, in microseconds.
const LASTS: i64 = 600_000_000;
const PREFIXES: [(&str, &str); 6] = [
    ("dcat", "http://www.w3.org/ns/dcat#"),
    ("dct", "http://purl.org/dc/terms/"),
    ("foaf", "http://xmlns.com/foaf/0.1/"),
    ("vcard", "http://www.w3.org/2006/vcard/ns#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
];
const PUBLIC: &str = "http://publications.europa.eu/resource/authority/access-right/PUBLIC";
const DAILY: &str = "http://publications.europa.eu/resource/authority/frequency/CONT";

/// What is said of a subject.
enum Object {
    /// Another subject or address.
    Iri(String),
    /// Words in a language.
    Text(String, &'static str),
    /// A moment.
    At(String),
}

/// A subject, its class, and what is said of it.
struct Node {
    id: String,
    class: &'static str,
    says: Vec<(&'static str, Object)>,
}

/// What each table is called and says of itself.
fn words(table: Table, w: &OpenWords) -> (&'static str, &'static str) {
    match table {
        Table::Items => (w.items, w.items_says),
        Table::Cards => (w.cards, w.cards_says),
        Table::Relations => (w.relations, w.relations_says),
        Table::Agencies => (w.agencies, w.agencies_says),
        Table::Readings => (w.readings, w.readings_says),
    }
}

/// The statements of a portal's catalogue.
fn catalogue(base: &str, name: &str, modified: &str) -> Vec<Node> {
    let both = |pick: fn(&OpenWords) -> &'static str| {
        [Object::Text(pick(Lang::Vi.open()).into(), "vi"), Object::Text(pick(Lang::En.open()).into(), "en")]
    };
    let (me, publisher) = (format!("{base}/du-lieu#danh-muc"), format!("{base}/#co-quan"));
    let licence = format!("{base}/du-lieu#giay-phep");
    let mut nodes = vec![
        Node {
            id: publisher.clone(),
            class: "foaf:Agent",
            says: vec![
                ("foaf:name", Object::Text(name.into(), "vi")),
                ("foaf:homepage", Object::Iri(format!("{base}/"))),
            ],
        },
        Node {
            id: licence.clone(),
            class: "dct:LicenseDocument",
            says: both(|w| w.licence_says).into_iter().map(|text| ("rdfs:label", text)).collect(),
        },
    ];
    let common = |says: &mut Vec<(&'static str, Object)>| {
        says.push(("dct:publisher", Object::Iri(publisher.clone())));
        says.push(("dct:license", Object::Iri(licence.clone())));
        says.push(("dct:modified", Object::At(modified.into())));
    };
    let mut says: Vec<(&'static str, Object)> =
        both(|w| w.title).into_iter().map(|text| ("dct:title", text)).collect();
    says.extend(both(|w| w.says).into_iter().map(|text| ("dct:description", text)));
    says.push(("foaf:homepage", Object::Iri(format!("{base}/du-lieu"))));
    says.push((
        "dct:language",
        Object::Iri("http://publications.europa.eu/resource/authority/language/VIE".into()),
    ));
    common(&mut says);
    let sets = [
        (Table::Items, "muc"),
        (Table::Relations, "quan-he"),
        (Table::Agencies, "co-quan"),
        (Table::Readings, "luot-doc"),
    ];
    says.extend(sets.map(|(_, id)| ("dcat:dataset", Object::Iri(format!("{base}/du-lieu#{id}")))));
    let services = [
        ("api", "/api/v1/records", "/api/v1/openapi.json", (|w| w.api) as fn(&OpenWords) -> &'static str),
        ("oai", "/oai", "/oai?verb=Identify", |w| w.oai),
    ];
    says.extend(
        services.iter().map(|(id, ..)| ("dcat:service", Object::Iri(format!("{base}/du-lieu#{id}")))),
    );
    nodes.push(Node { id: me, class: "dcat:Catalog", says });
    for (table, id) in sets {
        let mut says: Vec<(&'static str, Object)> = Vec::new();
        for (lang, code) in [(Lang::Vi, "vi"), (Lang::En, "en")] {
            let (title, about) = words(table, lang.open());
            says.push(("dct:title", Object::Text(title.into(), code)));
            says.push(("dct:description", Object::Text(about.into(), code)));
        }
        says.push(("dct:accrualPeriodicity", Object::Iri(DAILY.into())));
        says.push(("dct:accessRights", Object::Iri(PUBLIC.into())));
        says.push(("dcat:landingPage", Object::Iri(format!("{base}/du-lieu"))));
        common(&mut says);
        let of = |other: Table| other == table || (table == Table::Items && other == Table::Cards);
        for (_, file, media) in TABLES.into_iter().filter(|(other, ..)| of(*other)) {
            let distribution = format!("{base}/du-lieu/{file}#ban-phan-phoi");
            says.push(("dcat:distribution", Object::Iri(distribution.clone())));
            nodes.push(Node {
                id: distribution,
                class: "dcat:Distribution",
                says: vec![
                    ("dct:title", Object::Text(file.into(), "vi")),
                    ("dcat:accessURL", Object::Iri(format!("{base}/du-lieu/{file}"))),
                    ("dcat:downloadURL", Object::Iri(format!("{base}/du-lieu/{file}"))),
                    (
                        "dcat:mediaType",
                        Object::Iri(format!("https://www.iana.org/assignments/media-types/{media}")),
                    ),
                    (
                        "dcat:compressFormat",
                        Object::Iri("https://www.iana.org/assignments/media-types/application/gzip".into()),
                    ),
                    ("dct:license", Object::Iri(licence.clone())),
                ],
            });
        }
        nodes.push(Node { id: format!("{base}/du-lieu#{id}"), class: "dcat:Dataset", says });
    }
    for (id, endpoint, description, title) in services {
        let mut says: Vec<(&'static str, Object)> =
            both(title).into_iter().map(|text| ("dct:title", text)).collect();
        says.push(("dcat:endpointURL", Object::Iri(format!("{base}{endpoint}"))));
        says.push(("dcat:endpointDescription", Object::Iri(format!("{base}{description}"))));
        says.push(("dcat:servesDataset", Object::Iri(format!("{base}/du-lieu#muc"))));
        nodes.push(Node { id: format!("{base}/du-lieu#{id}"), class: "dcat:DataService", says });
    }
    nodes
}

fn as_json(nodes: &[Node]) -> Value {
    let graph: Vec<Value> = nodes
        .iter()
        .map(|node| {
            let mut map = Map::new();
            map.insert("@id".into(), json!(node.id));
            map.insert("@type".into(), json!(node.class));
            for (property, object) in &node.says {
                let value = match object {
                    Object::Iri(iri) => json!({ "@id": iri }),
                    Object::Text(text, lang) => json!({ "@value": text, "@language": lang }),
                    Object::At(at) => json!({ "@value": at, "@type": "xsd:dateTime" }),
                };
                if let Value::Array(all) = map.entry(*property).or_insert_with(|| json!([])) {
                    all.push(value);
                }
            }
            Value::Object(map)
        })
        .collect();
    let context: Map<String, Value> =
        PREFIXES.iter().map(|(name, iri)| ((*name).into(), json!(iri))).collect();
    json!({ "@context": context, "@graph": graph })
}

fn as_turtle(nodes: &[Node]) -> Result<String, std::fmt::Error> {
    let mut out = String::new();
    for (name, iri) in PREFIXES {
        writeln!(out, "@prefix {name}: <{iri}> .")?;
    }
    for node in nodes {
        write!(out, "\n<{}> a {}", iri(&node.id), node.class)?;
        for (property, object) in &node.says {
            match object {
                Object::Iri(to) => write!(out, " ;\n  {property} <{}>", iri(to))?,
                Object::Text(text, lang) => write!(out, " ;\n  {property} \"{}\"@{lang}", literal(text))?,
                Object::At(at) => write!(out, " ;\n  {property} \"{}\"^^xsd:dateTime", literal(at))?,
            }
        }
        out.push_str(" .\n");
    }
    Ok(out)
}

/// Text as it stands between quotation marks.
fn literal(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\r', "\\r")
}

/// An address without what Turtle forbids in one.
fn iri(text: &str) -> String {
    let bad =
        |c: char| c.is_control() || matches!(c, ' ' | '<' | '>' | '"' | '{' | '}' | '|' | '^' | '`' | '\\');
    text.chars().filter(|c| !bad(*c)).collect()
}

async fn nodes(app: &App, visitor: &Visitor, portal: &Portal) -> Result<Vec<Node>, Problem> {
    let mut conn = app.db.read().await?;
    let (newest,) = crate::one!(
        &mut conn,
        (Option<i64>,),
        "SELECT MAX(s.at) FROM seen s WHERE s.log IN (SELECT c.log FROM carries c WHERE c.portal = $1)",
        portal.domain.to_string()
    )?;
    let directory = app.directory.load();
    let name = agencies::name(directory.agency(&portal.origin), Lang::Vi, &portal.domain);
    Ok(catalogue(&visitor.base, &name, &instant(newest.unwrap_or(0)).to_string()))
}

/// `/du-lieu/dcat.jsonld`
pub async fn json_ld(State(app): State<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Lists, Tag::Directory], LASTS, async |portal: &Portal| {
        let nodes = nodes(&app, &visitor, portal).await?;
        Ok(Drawn::whole(200, "application/ld+json", &as_json(&nodes).to_string()))
    })
    .await
}

/// `/du-lieu/dcat.ttl`
pub async fn turtle(State(app): State<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Lists, Tag::Directory], LASTS, async |portal: &Portal| {
        let nodes = nodes(&app, &visitor, portal).await?;
        let text = as_turtle(&nodes).map_err(anyhow::Error::from)?;
        Ok(Drawn::whole(200, "text/turtle; charset=utf-8", &text))
    })
    .await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The mandatory properties of DCAT-AP 3 by class.
    const MANDATORY: [(&str, &[&str]); 5] = [
        ("dcat:Catalog", &["dct:title", "dct:description", "dct:publisher", "dcat:dataset"]),
        ("dcat:Dataset", &["dct:title", "dct:description", "dcat:distribution"]),
        ("dcat:Distribution", &["dcat:accessURL"]),
        ("dcat:DataService", &["dct:title", "dcat:endpointURL"]),
        ("foaf:Agent", &["foaf:name"]),
    ];

    #[test]
    fn every_class_has_what_the_profile_makes_mandatory_and_leads_somewhere() {
        let nodes = catalogue("https://a.vn", "Ủy ban \"A\"", "2026-11-26T00:00:00Z");
        for (class, properties) in MANDATORY {
            let of: Vec<&Node> = nodes.iter().filter(|node| node.class == class).collect();
            assert!(!of.is_empty(), "no {class}");
            for node in of {
                for property in properties {
                    assert!(
                        node.says.iter().any(|(name, _)| name == property),
                        "{} lacks {property}",
                        node.id
                    );
                }
            }
        }
        let known: Vec<&str> = nodes.iter().map(|node| node.id.as_str()).collect();
        for node in &nodes {
            for (property, object) in &node.says {
                let inner = [
                    "dct:publisher",
                    "dcat:dataset",
                    "dcat:distribution",
                    "dcat:service",
                    "dcat:servesDataset",
                    "dct:license",
                ];
                if let (true, Object::Iri(to)) = (inner.contains(property), object) {
                    assert!(known.contains(&to.as_str()), "{property} of {} leads to {to}", node.id);
                }
            }
        }
    }

    #[test]
    fn a_name_cannot_end_its_own_quotation() {
        let nodes = catalogue("https://a.vn", "A\" .\n<x> a <y> . \\", "2026-11-26T00:00:00Z");
        let turtle = as_turtle(&nodes).unwrap();
        assert!(turtle.contains("foaf:name \"A\\\" .\\n<x> a <y> . \\\\\"@vi"), "{turtle}");
        assert_eq!(as_json(&nodes)["@graph"][0]["foaf:name"][0]["@value"], "A\" .\n<x> a <y> . \\");
    }
}
