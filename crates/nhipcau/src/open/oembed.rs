//! oEmbed 1.0 (oembed.com): what another site shows of an item that somebody linked to.
//!
//! The answer is a quotation with a link, without script: whoever shows it need not trust us, and a withdrawal takes it away
//! the next time the site asks.

use std::fmt::Write;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use reqwest::Url;
use serde_json::{Value, json};

use crate::app::App;
use crate::items::State as Standing;
use crate::items::feeds::xml;
use crate::items::pages::{publisher, title};
use crate::items::store::{Reference, find};
use crate::problem::Problem;
use crate::web::answer::problem_json;
use crate::web::visitor::Visitor;
use crate::words::Lang;

/// How long another site may keep an answer, in seconds: a withdrawal is to be seen within the hour.
const AGE: u32 = 3_600;
/// As wide as the quotation is shown, in CSS pixels; it is text and takes what it gets.
const WIDTH: u32 = 600;
const HEIGHT: u32 = 200;

/// Where a page says that it can be asked for: path and query for an item's address.
pub fn discovery(address: &str) -> String {
    let encoded: String = form_urlencoded::byte_serialize(address.as_bytes()).collect();
    format!("/oembed?url={encoded}")
}

/// `/oembed?url=…&format=json|xml&maxwidth=…`
pub async fn asked(State(app): State<App>, visitor: Visitor) -> Response {
    match told(&app, &visitor).await {
        Ok((media, text)) => {
            ([(header::CONTENT_TYPE, media), (header::CACHE_CONTROL, "max-age=3600")], text).into_response()
        }
        Err(problem) => problem_json(&app, problem),
    }
}

async fn told(app: &App, visitor: &Visitor) -> Result<(&'static str, String), Problem> {
    let query = visitor.path.split_once('?').map_or("", |(_, query)| query);
    let value = |wanted: &str| {
        form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == wanted).map(|(_, v)| v.into_owned())
    };
    let format = value("format").unwrap_or_else(|| "json".into());
    if !matches!(format.as_str(), "json" | "xml") {
        return Err(Problem::invalid("format", "must be json or xml"));
    }
    let most = |name: &str, otherwise: u32| match value(name) {
        None => Ok(otherwise),
        Some(text) => match text.parse::<u32>() {
            Ok(most) if most > 0 => Ok(most.min(otherwise)),
            _ => Err(Problem::invalid(name, "must be a number of pixels")),
        },
    };
    let (width, height) = (most("maxwidth", WIDTH)?, most("maxheight", HEIGHT)?);
    let address =
        value("url").ok_or_else(|| Problem::invalid("url", "is missing: the address of an item's page"))?;
    let (reference, lang) = named(app, visitor, &address)?;
    let mut conn = app.db.read().await?;
    let item = find(&mut conn, &reference).await?.ok_or(Problem::NotFound("item"))?;
    if item.state != Standing::Standing || item.content.is_none() {
        return Err(Problem::NotFound("item that stands"));
    }
    let (title, by) = (title(&item.card, lang).text, publisher(app, &item, lang));
    let link = format!("{}{}", visitor.base, lang.path(&format!("/muc/{reference}")));
    let html = format!(
        "<blockquote cite=\"{0}\"><p><a href=\"{0}\">{1}</a></p><footer>{2}</footer></blockquote>",
        xml(&link),
        xml(&title),
        xml(&by)
    );
    let said = json!({
        "version": "1.0", "type": "rich", "title": title, "author_name": by, "provider_name": visitor.host, "provider_url": format!("{}/", visitor.base),
        "cache_age": AGE, "html": html, "width": width, "height": height,
    });
    match format.as_str() {
        "json" => Ok(("application/json", said.to_string())),
        _ => Ok(("text/xml; charset=utf-8", as_xml(&said)?)),
    }
}

/// The item behind an address of this portal.
fn named(app: &App, visitor: &Visitor, address: &str) -> Result<(Reference, Lang), Problem> {
    let wrong = || Problem::NotFound("item of this portal at that address");
    let url = Some(address)
        .filter(|text| text.len() <= 2_048)
        .and_then(|text| Url::parse(text).ok())
        .ok_or_else(wrong)?;
    let host = url.host_str().unwrap_or_default();
    let ours = host == visitor.host || app.portals.load().by_host(host).is_some();
    if !ours || !matches!(url.scheme(), "http" | "https") {
        return Err(wrong());
    }
    let (lang, path) = Lang::of_path(url.path());
    let name = path.strip_prefix("/muc/").and_then(|rest| rest.split('/').next());
    let reference = name.and_then(|name| name.parse().ok()).ok_or_else(wrong)?;
    Ok((reference, lang))
}

fn as_xml(said: &Value) -> Result<String, Problem> {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n<oembed>");
    for (name, value) in said.as_object().into_iter().flatten() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        write!(out, "<{name}>{}</{name}>", xml(&text)).map_err(anyhow::Error::from)?;
    }
    out.push_str("</oembed>\n");
    Ok(out)
}
