//! What machines read of an item: Dublin Core (Circular 24/2011/TT-BTTTT) and schema.org.

use network::content::{Item, ItemFile};
use serde_json::{Map, Value, json};

use super::kinds::Field;
use super::store::Standing;
use super::view::{Kind, Meta};
use crate::app::App;
use crate::clock::instant;
use crate::web::visitor::Visitor;
use crate::words::Lang;

/// The metadata of an item as a portal shows it.
pub fn of(app: &App, visitor: &Visitor, standing: &Standing, item: &Item, publisher: &str) -> Meta {
    let kind = Kind::of(&standing.kind);
    let path = format!("/muc/{}", standing.reference());
    let home = crate::agencies::address(&app.directory.load(), &standing.origin);
    let canonical = format!("{}{path}", home.as_deref().unwrap_or(&visitor.base));
    let creator = item.agency.as_deref().unwrap_or(publisher);
    let day = item
        .issued
        .map_or_else(|| crate::words::date::day(instant(standing.issued)).to_string(), |day| day.to_string());
    let description = if item.summary.is_empty() { &item.title } else { &item.summary };
    let identifier = item.number.clone().unwrap_or_else(|| standing.reference().to_string());
    // Mandatory ones first, never empty; several values are separated by ";".
    let mut dc: Vec<(String, String)> = [
        ("DC.title", item.title.clone()),
        ("DC.creator", creator.to_owned()),
        ("DC.date", day.clone()),
        ("DC.description", description.clone()),
        ("DC.publisher", publisher.to_owned()),
        ("DC.identifier", identifier.clone()),
        ("DC.language", item.lang.clone()),
        ("DC.source", item.source.as_ref().and_then(|s| s.url.clone()).unwrap_or_default()),
        ("DC.contributor", item.signer.clone().unwrap_or_default()),
        ("DC.subject", item.fields.join(";")),
        ("DC.type", item.form.clone().unwrap_or_else(|| kind.label(Lang::Vi).to_owned())),
        ("DC.format", "text/html".into()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    dc.retain(|(_, value)| !value.trim().is_empty());
    let known = match kind {
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
        "identifier": identifier,
        "datePublished": day,
        "dateModified": instant(standing.changed).to_string(),
        "publisher": { "@type": "GovernmentOrganization", "name": publisher },
        "author": { "@type": "GovernmentOrganization", "name": creator },
    });
    if type_of == "Legislation" {
        schema["legislationIdentifier"] = json!(identifier);
        schema["legislationDate"] = json!(day);
        schema["legislationPassedBy"] = json!({ "@type": "GovernmentOrganization", "name": creator });
        if let Some(form) = &item.form {
            schema["legislationType"] = json!(form);
        }
        if let Some(from) = item.effective {
            // An interval of ISO 8601; open while no last day is known.
            let last = item.expires.map_or_else(|| "..".to_owned(), |day| day.to_string());
            schema["temporalCoverage"] = json!(format!("{from}/{last}"));
        }
        if let Some(place) = item.source.as_ref().and_then(|source| source.url.as_ref()) {
            schema["isBasedOn"] = json!(place);
        }
    }
    if type_of == "Dataset" {
        let base = &visitor.base;
        let download = |file: &ItemFile| {
            let url = format!("{base}/content/{}", file.sha256);
            json!({ "@type": "DataDownload", "contentUrl": url, "encodingFormat": file.media, "name": file.name })
        };
        schema["distribution"] = item.files.iter().map(download).collect();
        schema["description"] = json!(description);
    }
    if let Some((kind, details)) = known.zip(item.details.as_ref()) {
        properties(&kind.fields, &details.0, &mut schema);
    }
    if app.config.demo {
        schema["creativeWorkStatus"] = json!("demonstration");
    }
    Meta { canonical, dc, json_ld: schema.to_string().replace('<', "\\u003c") }
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
