//! A request as a server sees it.

use std::collections::BTreeMap;

use serde_json::Value;
use url::Url;

use crate::call::{Body, Call, Method, Part};

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method: `POST`.
    pub method: String,
    /// The path, as it is written.
    pub path: String,
    /// The query.
    pub query: BTreeMap<String, String>,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

const EDGE: &str = "edge-of-a-part";

impl Request {
    /// What a call looks like on the line; the bytes of a medium are made up, in their right number. None for an address that is none.
    #[must_use]
    pub fn of(call: &Call) -> Option<Request> {
        let url = Url::parse(call.url.reveal()).ok()?;
        let mut headers: Vec<(String, String)> = call
            .headers
            .iter()
            .map(|(name, value)| ((*name).to_string(), value.reveal().to_string()))
            .collect();
        let mut typed = |media_type: String| headers.push(("content-type".into(), media_type));
        let body = match &call.body {
            Body::Empty => Vec::new(),
            Body::Json(json) => {
                typed("application/json".into());
                json.to_string().into_bytes()
            }
            Body::Form(fields) => {
                typed("application/x-www-form-urlencoded".into());
                let mut line = url::form_urlencoded::Serializer::new(String::new());
                for (name, value) in fields {
                    line.append_pair(name, value.reveal());
                }
                line.finish().into_bytes()
            }
            Body::Multipart(parts) => {
                typed(format!("multipart/form-data; boundary={EDGE}"));
                parts.iter().map(part).collect::<String>().into_bytes()
            }
            Body::Related { json, hash, media_type } => {
                typed(format!("multipart/related; boundary={EDGE}"));
                format!("--{EDGE}\r\ncontent-type: application/json\r\n\r\n{json}\r\n--{EDGE}\r\ncontent-type: {media_type}\r\n\r\n{hash}\r\n--{EDGE}--")
                    .into_bytes()
            }
            Body::Bytes { media_type, from, until, .. } => {
                typed(media_type.clone());
                vec![b'.'; usize::try_from(until.saturating_sub(*from)).ok()?]
            }
        };
        let query = url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        let method = match call.method {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Delete => "DELETE",
        };
        Some(Request { method: method.into(), path: url.path().to_string(), query, headers, body })
    }

    /// The first header of a name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(at, _)| at == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON; null if it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The fields of a form, and of files their names with the number of their bytes.
    #[must_use]
    pub fn fields(&self) -> BTreeMap<String, String> {
        let kind = self.header("content-type").unwrap_or_default();
        if let Some((_, edge)) = kind.split_once("boundary=") {
            return self.parts(edge.trim_matches('"'));
        }
        url::form_urlencoded::parse(&self.body)
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect()
    }

    fn parts(&self, edge: &str) -> BTreeMap<String, String> {
        let text = String::from_utf8_lossy(&self.body);
        let field = |part: &str| {
            let (head, body) = part.split_once("\r\n\r\n")?;
            let name = head.split_once("name=\"")?.1.split_once('"')?.0.to_string();
            let body = body.strip_suffix("\r\n").unwrap_or(body);
            let file = head.contains("filename=");
            Some((name, if file { body.len().to_string() } else { body.to_string() }))
        };
        text.split(&format!("--{edge}")).filter_map(field).collect()
    }
}

fn part(part: &Part) -> String {
    match part {
        Part::Text { name, value } => {
            format!(
                "--{EDGE}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{}\r\n",
                value.reveal()
            )
        }
        Part::Medium { name, file, hash, media_type } => format!(
            "--{EDGE}\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\ncontent-type: {media_type}\r\n\r\n{hash}\r\n"
        ),
    }
}
