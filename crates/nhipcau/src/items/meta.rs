//! What machines read of an item: Dublin Core (Circular 24/2011/TT-BTTTT), the European Legislation Identifier, schema.org.

use jiff::civil::Date;
use network::content::{Item, ItemFile};
use serde_json::{Map, Value, json};
use vietnam::documents::{Effect, Status};

use super::kinds::Field;
use super::store::Standing;
use super::view::{Kind, Meta, in_language};
use crate::app::App;
use crate::clock::instant;
use crate::documents::panel::Panel;
use crate::documents::{self, form_of, number_of};
use crate::open;
use crate::procedures::schema as procedures;
use crate::procedures::told::Procedure;
use crate::web::visitor::Visitor;
use crate::words::{Lang, date};

const ELI: &str = "http://data.europa.eu/eli/ontology#";

/// Dublin Core of an item, without the prefix: `title`, `creator`, … The six that the circular makes mandatory come first
/// and are never empty, because each has something to fall back on:
///
/// | element | what it says | else |
/// |---|---|---|
/// | title | the item's title | (it always has one) |
/// | creator | the body that issued it, as printed | who published it |
/// | date | its day of issue | the day on which it was published, in Viet Nam |
/// | description | its summary | its title |
/// | publisher | the agency of the log | the log's name |
/// | identifier | its number and symbol | its reference |
///
/// Others are left out where nothing is known. Several values are separated by `;`.
pub fn dublin_core(standing: &Standing, item: &Item, publisher: &str) -> Vec<(&'static str, String)> {
    let day = item.issued.unwrap_or_else(|| date::day(instant(standing.issued)));
    let or =
        |text: &str, other: &str| if text.trim().is_empty() { other.to_owned() } else { text.to_owned() };
    let related: Vec<&str> = item.relations.iter().map(|relation| relation.number.as_str()).collect();
    let mut dc = vec![
        ("title", item.title.clone()),
        ("creator", or(item.agency.as_deref().unwrap_or_default(), publisher)),
        ("date", day.to_string()),
        ("description", or(&item.summary, &item.title)),
        ("publisher", or(publisher, standing.origin.as_str())),
        ("identifier", or(item.number.as_deref().unwrap_or_default(), &standing.reference().to_string())),
        ("language", languages(item).join(";")),
        ("source", item.source.as_ref().and_then(|s| s.url.clone()).unwrap_or_default()),
        ("contributor", item.signer.clone().unwrap_or_default()),
        ("subject", item.fields.join(";")),
        ("type", item.form.clone().unwrap_or_else(|| Kind::of(&standing.kind).label(Lang::Vi).to_owned())),
        ("format", "text/html".into()),
        ("relation", related.join(";")),
    ];
    dc.retain(|(_, value)| !value.trim().is_empty());
    dc
}

/// The languages in which an item may be read, its own first.
fn languages(item: &Item) -> Vec<&str> {
    let others = item.translations.iter().map(|translation| translation.lang.as_str());
    [item.lang.as_str()].into_iter().chain(others).collect()
}

/// The stable path of an item's document, if it is one: `/vb/nghi-dinh/2022/42-nd-cp`.
pub fn stable_path(item: &Item) -> Option<String> {
    let number = number_of(item)?;
    let issued = item.issued.or(item.effective)?;
    let form = form_of(item.form.as_deref(), &number, issued);
    Some(format!("/vb/{}", documents::address(&form, &number, issued)))
}

/// The metadata of an item as a portal shows it.
pub fn of(
    app: &App,
    visitor: &Visitor,
    standing: &Standing,
    item: &Item,
    publisher: &str,
    panel: &Panel,
) -> Meta {
    let path = format!("/muc/{}", standing.reference());
    let home = crate::agencies::address(&app.directory.load(), &standing.origin);
    let home = home.as_deref().unwrap_or(&visitor.base);
    let canonical = format!("{home}{path}");
    let core = dublin_core(standing, item, publisher);
    let said = |name: &str| core.iter().find(|(n, _)| *n == name).map_or("", |(_, v)| v.as_str());
    let stable = stable_path(item);
    let known = match Kind::of(&standing.kind) {
        Kind::Known(kind) => Some(kind),
        Kind::Other => None,
    };
    let type_of = known.map_or("Article", |kind| kind.schema_org.as_str());
    let mut schema = json!({
        "@context": "https://schema.org",
        "@type": type_of,
        "name": item.title,
        "headline": item.title.chars().take(110).collect::<String>(),
        "url": canonical,
        "inLanguage": item.lang,
        "identifier": said("identifier"),
        "datePublished": said("date"),
        "dateModified": instant(standing.changed).to_string(),
        "publisher": { "@type": "GovernmentOrganization", "name": said("publisher") },
        "author": { "@type": "GovernmentOrganization", "name": said("creator") },
    });
    if type_of == "Legislation" {
        legislation(
            &mut schema,
            item,
            said("creator"),
            panel,
            &stable.as_ref().map(|path| format!("{home}{path}")),
        );
    }
    if type_of == "Dataset" {
        let base = &visitor.base;
        let download = |file: &ItemFile| {
            let url = format!("{base}/content/{}", file.sha256);
            json!({ "@type": "DataDownload", "contentUrl": url, "encodingFormat": file.media, "name": file.name })
        };
        schema["distribution"] = item.files.iter().map(download).collect();
        schema["description"] = json!(said("description"));
    }
    if let Some((kind, details)) = known.zip(item.details.as_ref()) {
        properties(&kind.fields, &details.0, &mut schema);
    }
    let mut alternates = vec![(format!("{path}/dc.xml"), "application/xml", "Dublin Core")];
    if let Some(told) = Procedure::of(item) {
        procedures::describe(&mut schema, &told, said("creator"));
        alternates.push((format!("{path}/cpsv.ttl"), "text/turtle", "CPSV-AP"));
    }
    if app.config.demo {
        schema["creativeWorkStatus"] = json!("demonstration");
    }
    if stable.is_some() {
        alternates.push((format!("{path}/akn.xml"), "application/akn+xml", "Akoma Ntoso"));
        alternates.push((format!("{path}/van-ban.json"), "application/json", "JSON"));
    }
    if item.number.is_some() && standing.card.carried.is_none() {
        alternates.push((format!("{path}/van-ban.edxml"), "application/xml", "edXML"));
    }
    alternates.push((
        open::discovery(&format!("{}{path}", visitor.base)),
        "application/json+oembed",
        "oEmbed",
    ));
    Meta {
        eli: stable.as_ref().map(|_| eli(item, said("creator"), panel)).unwrap_or_default(),
        eli_about: stable.map(|path| format!("{home}{path}")).unwrap_or_default(),
        alternates,
        languages: match languages(item).as_slice() {
            [_] => Vec::new(),
            all => {
                let reference = standing.reference().to_string();
                let address = |tag: &str| format!("{home}{}", in_language(Lang::Vi, &reference, item, tag));
                all.iter().map(|tag| ((*tag).to_owned(), address(tag))).collect()
            }
        },
        dc: core.iter().map(|(name, value)| (format!("DC.{name}"), value.clone())).collect(),
        canonical,
        json_ld: schema.to_string().replace('<', "\\u003c"),
    }
}

/// schema.org's own words for legislation (schema.org/Legislation, made after the ELI ontology).
fn legislation(schema: &mut Value, item: &Item, creator: &str, panel: &Panel, stable: &Option<String>) {
    schema["legislationIdentifier"] = schema["identifier"].clone();
    schema["legislationDate"] = schema["datePublished"].clone();
    schema["legislationPassedBy"] = json!({ "@type": "GovernmentOrganization", "name": creator });
    if let Some(form) = &item.form {
        schema["legislationType"] = json!(form);
    }
    if let Some(stable) = stable {
        schema["@id"] = json!(stable);
    }
    if let Some(from) = item.effective {
        // An interval of ISO 8601; open while no last day is known.
        let last = item.expires.map_or_else(|| "..".to_owned(), |day| day.to_string());
        schema["temporalCoverage"] = json!(format!("{from}/{last}"));
    }
    if let Some(place) = item.source.as_ref().and_then(|source| source.url.as_ref()) {
        schema["isBasedOn"] = json!(place);
    }
    if let Some(force) = panel.standing.as_ref().and_then(|standing| force(standing.status)) {
        schema["legislationLegalForce"] = json!(format!("https://schema.org/{force}"));
    }
    for (name, of) in [
        ("legislationRepeals", &[Effect::Repeals, Effect::Replaces, Effect::Ends][..]),
        (
            "legislationAmends",
            &[Effect::Amends, Effect::AmendsOrCorrects, Effect::RepealsInPart, Effect::EndsInPart],
        ),
        ("legislationCorrects", &[Effect::Corrects]),
        ("legislationApplies", &[Effect::Implements]),
    ] {
        let numbers = panel.relations.iter().filter(|r| !r.done_to && of.contains(&r.effect));
        let numbers: Vec<Value> =
            numbers.map(|r| json!({ "@type": "Legislation", "legislationIdentifier": r.number })).collect();
        if !numbers.is_empty() {
            schema[name] = json!(numbers);
        }
    }
}

/// How the two ontologies call a status; they know no more than these.
fn force(status: Status) -> Option<&'static str> {
    match status {
        Status::InForce => Some("InForce"),
        Status::InForceChanged => Some("PartiallyInForce"),
        Status::NotYet
        | Status::Suspended
        | Status::Expired
        | Status::Repealed
        | Status::Replaced
        | Status::Ended => Some("NotInForce"),
        Status::Unknown => None,
    }
}

/// Properties of the ELI ontology, as RDFa with their full names.
fn eli(item: &Item, creator: &str, panel: &Panel) -> Vec<(String, String)> {
    let day = |day: Option<Date>| day.map(|day| day.to_string());
    let in_force = panel.standing.as_ref().and_then(|standing| force(standing.status));
    let said = [
        ("id_local", item.number.clone()),
        ("type_document", item.form.clone()),
        ("title", Some(item.title.clone())),
        ("passed_by", Some(creator.to_owned())),
        ("date_document", day(item.issued)),
        ("first_date_entry_in_force", day(item.effective)),
        ("date_no_longer_in_force", day(item.expires.and_then(|last| last.tomorrow().ok()))),
        (
            "in_force",
            in_force.map(|word| {
                let word: String =
                    word.chars().take(1).flat_map(char::to_lowercase).chain(word.chars().skip(1)).collect();
                format!("{ELI}InForce-{word}")
            }),
        ),
    ];
    said.into_iter().filter_map(|(name, value)| Some((format!("{ELI}{name}"), value?))).collect()
}

/// Fills the properties of schema.org that the kind's fields name, from values that are texts.
fn properties(fields: &[Field], details: &Map<String, Value>, schema: &mut Value) {
    for field in fields {
        match (&field.property, details.get(&field.id)) {
            (Some(name), Some(Value::String(text))) => schema[name.as_str()] = json!(text),
            (None, Some(Value::Object(inner))) => properties(field.inner(), inner, schema),
            _ => {}
        }
    }
}
