//! An agency's own look on its portal: one colour, weighed before it is taken, and a mark.
//!
//! It is the portal's own matter, told to its own node and to nobody else: other portals show the
//! agency's items in their own frame.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use network::names::ContentHash;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde::{Deserialize, Serialize};

use super::{Portals, store};
use crate::app::App;
use crate::db::Tx;
use crate::problem::{Fault, Problem};
use crate::web::answer::problem_json;
use crate::web::pages::Tag;
use crate::web::shell::Accent;
use crate::web::visitor::Visitor;

/// The largest mark, in bytes: it is part of every first page on a slow line.
pub const MOST: usize = 32 << 10;

/// The first bytes of a PNG (RFC 2083, 3.1).
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A portal's mark: an SVG without anything that runs or calls, or a PNG.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    bytes: Bytes,
    media: &'static str,
    name: String,
}

impl Mark {
    /// Takes a file's bytes.
    ///
    /// # Errors
    /// What is wrong with the picture, in Vietnamese and in English.
    pub fn read(bytes: Vec<u8>) -> Result<Mark, (String, String)> {
        if bytes.len() > MOST {
            let kilobytes = bytes.len().div_ceil(1024);
            return Err((
                format!("Biểu trưng nặng {kilobytes} KB; mọi trang đều tải nó, nên tối đa 32 KB."),
                format!("the mark has {kilobytes} KB; every page loads it, so at most 32 KB"),
            ));
        }
        let (media, ext) = match bytes.starts_with(PNG) {
            true => ("image/png", "png"),
            false => {
                drawing(&bytes).map_err(|why| {
                    (format!("Biểu trưng không dùng được: {why}."), format!("the mark cannot be used: {why}"))
                })?;
                ("image/svg+xml", "svg")
            }
        };
        let hash = ContentHash::of(&bytes).to_string();
        Ok(Mark { name: format!("{}.{ext}", &hash[..16]), bytes: bytes.into(), media })
    }

    /// Its address on the portal's host.
    #[must_use]
    pub fn href(&self) -> String {
        format!("/mark/{}", self.name)
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Refuses what is no SVG, and an SVG that runs, calls or embeds something.
fn drawing(bytes: &[u8]) -> Result<(), String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "neither PNG nor SVG in UTF-8".to_owned())?;
    let mut reader = Reader::from_str(text);
    let mut root = true;
    loop {
        match reader.read_event().map_err(|e| format!("not well-formed XML: {e}"))? {
            Event::Eof if root => return Err("neither PNG nor SVG".into()),
            Event::Eof => return Ok(()),
            Event::DocType(_) => return Err("a DOCTYPE is not taken; save it as plain SVG".into()),
            Event::Start(tag) | Event::Empty(tag) => {
                let name = tag.local_name().as_ref().to_owned();
                if std::mem::take(&mut root) && name != "svg" {
                    return Err(format!("its root is <{name}>, not <svg>"));
                }
                if matches!(&*name, "script" | "foreignObject" | "iframe" | "image" | "use" | "a") {
                    return Err(format!("<{name}> is not taken in a mark"));
                }
                for attribute in tag.attributes() {
                    let attribute = attribute.map_err(|e| format!("<{name}>: {e}"))?;
                    let key = attribute.key.local_name().as_ref().to_owned();
                    if key.starts_with("on") || key == "href" || key == "src" {
                        return Err(format!("the attribute {key} is not taken in a mark"));
                    }
                }
            }
            _ => {}
        }
    }
}

/// What an administrator asks for. What is absent stays; an empty text goes back to the house's own.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// `#rrggbb`, with a contrast of at least 4.5:1 on the page's ground.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
    /// An SVG or PNG in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
}

/// A look that can be taken.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    colour: Option<Option<Accent>>,
    mark: Option<Option<Mark>>,
}

impl Look {
    /// Weighs the colour and reads the mark.
    ///
    /// # Errors
    /// Every field that is wrong, and how to mend it.
    pub fn check(&self) -> Result<Checked, Problem> {
        let (mut checked, mut faults) = (Checked::default(), Vec::new());
        match self.colour.as_deref() {
            None => {}
            Some("") => checked.colour = Some(None),
            Some(text) => match text.parse::<Accent>() {
                Ok(accent) => checked.colour = Some(Some(accent)),
                Err(error) => faults.push(Fault {
                    field: "colour".into(),
                    vi: format!("Màu {text:?} không dùng được; cần dạng #rrggbb và đủ đậm (tương phản từ 4,5:1 trên nền #f6f3ec)."),
                    en: error.to_string(),
                }),
            },
        }
        match self.mark.as_deref() {
            None => {}
            Some("") => checked.mark = Some(None),
            Some(text) => {
                let bytes = BASE64_STANDARD
                    .decode(text)
                    .map_err(|e| ("Biểu trưng phải ở dạng base64.".to_owned(), format!("not base64: {e}")));
                match bytes.and_then(Mark::read) {
                    Ok(mark) => checked.mark = Some(Some(mark)),
                    Err((vi, en)) => faults.push(Fault { field: "mark".into(), vi, en }),
                }
            }
        }
        if faults.is_empty() { Ok(checked) } else { Err(Problem::Invalid(faults)) }
    }
}

/// Gives a portal of ours its look; the next page has it.
///
/// # Errors
/// When there is no such portal, or the database's.
pub async fn set(app: &App, domain: &str, look: Checked) -> Result<(), Problem> {
    let name = domain.to_owned();
    let found = app
        .db
        .write("portal.look", async move |tx: &mut Tx| -> Result<bool, Problem> {
            let mut found = true;
            if let Some(colour) = look.colour {
                let colour = colour.map(|accent| accent.to_string()).unwrap_or_default();
                found &= store::set_theme(tx, &name, colour).await?;
            }
            if let Some(mark) = look.mark {
                found &= store::set_mark(tx, &name, mark.map(|mark| mark.bytes.to_vec())).await?;
            }
            Ok(found)
        })
        .await?;
    if !found {
        return Err(Problem::NotFound("portal"));
    }
    let mut conn = app.db.read().await?;
    let portals = Portals::load(&mut conn, &app.keys, &app.dice).await?;
    app.portals.store(std::sync::Arc::new(portals));
    app.pages.changed([Tag::Directory, Tag::Lists]);
    Ok(())
}

/// `GET /mark/{name}`: the mark of the host's portal.
pub async fn show(State(app): State<App>, Path(name): Path<String>, visitor: Visitor) -> Response {
    let mark = visitor.portal.as_ref().and_then(|p| p.mark.clone()).filter(|mark| mark.name == name);
    let Some(mark) = mark else { return problem_json(&app, Problem::NotFound("mark")) };
    let headers: [(HeaderName, &str); 4] = [
        (header::CONTENT_TYPE, mark.media),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Opened by itself it must not run either.
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'; style-src 'unsafe-inline'"),
    ];
    (headers, mark.bytes.clone()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BRIDGE: &str = r#"<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><path d="M0 0h4"/></svg>"#;

    #[test]
    fn a_mark_that_runs_or_calls_is_refused() {
        assert_eq!(Mark::read(BRIDGE.into()).unwrap().media, "image/svg+xml");
        for (part, with) in [
            ("<path", "<script>1</script><path"),
            ("<path", "<path onclick=\"1\""),
            ("<path d=\"M0 0h4\"/>", "<image href=\"https://elsewhere.example/x.png\"/>"),
            ("<svg", "<!DOCTYPE svg [<!ENTITY x \"y\">]><svg"),
            ("<svg", "<html"),
            ("<path", "<foreignObject/><path"),
            ("</svg>", "<"),
        ] {
            assert!(Mark::read(BRIDGE.replacen(part, with, 1).into()).is_err(), "{with}");
        }
        assert!(Mark::read(b"GIF89a".to_vec()).is_err() && Mark::read(Vec::new()).is_err());
        assert!(Mark::read(vec![b' '; MOST + 1]).unwrap_err().1.contains("33 KB"));
    }

    #[test]
    fn every_fault_of_a_look_is_named_at_once() {
        let look = Look { colour: Some("#ffcc00".into()), mark: Some("?".into()) };
        let Err(Problem::Invalid(faults)) = look.check() else { unreachable!("it was taken") };
        assert_eq!(faults.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), ["colour", "mark"]);
        assert!(faults[0].en.contains("4.5:1"), "{}", faults[0].en);
    }
}
