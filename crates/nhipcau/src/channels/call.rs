//! A call to a service is carried out: at a public address by https, unless the configuration allows others; through the node's one
//! door; once. Its address holds secrets, so it stands in no error and no trace.

use channels::{Body, Call, Event, Method, Part, Response};
use network::names::ContentHash;
use reqwest::{Client, RequestBuilder, Url};
use std::time::Duration;

use crate::all;
use crate::app::App;
use crate::db::Conn;
use crate::peers::line::Undone;
use crate::sources::fetch;

/// What became of a call.
#[derive(Debug)]
pub(super) enum Became {
    /// The service has answered.
    Answered(Response),
    /// Nothing has left this node.
    NotSent,
    /// Nobody knows whether it arrived.
    Lost,
}

impl Became {
    /// What a delivery is told of it.
    pub(super) fn event(self, attempt: u64, read: impl FnOnce(&Response) -> channels::Answer) -> Event {
        match self {
            Became::Answered(response) => Event::Answer { attempt, answer: read(&response) },
            Became::NotSent => Event::NotSent { attempt, until: None, cause: None },
            Became::Lost => Event::Lost { attempt },
        }
    }
}

/// Whose files a call may send: the item's, by its log.
#[derive(Clone, Copy)]
pub(super) struct Of<'a> {
    /// Our number for the log.
    pub(super) log: i64,
    /// The item.
    pub(super) item: &'a str,
}

/// Who calls.
#[derive(Clone)]
pub(super) struct Caller {
    client: Client,
}

impl Caller {
    /// That of a node.
    pub(super) fn of(app: &App) -> Caller {
        Caller { client: app.line.strict(app.config.private_addresses).clone() }
    }

    /// Carries a call out.
    pub(super) async fn make(&self, app: &App, of: Option<Of<'_>>, call: Call) -> Became {
        let Some(url) = address(app, call.url.reveal()) else { return Became::NotSent };
        let Ok(request) = self.request(app, of, url, &call).await else { return Became::NotSent };
        let sent = app.line.once(request.timeout(Duration::from_millis(call.patience)).send()).await;
        let mut response = match sent {
            Ok(response) => response,
            Err(Undone::NotSent(_)) => return Became::NotSent,
            Err(Undone::Lost(_)) => return Became::Lost,
        };
        let mut answer = Response { status: response.status().as_u16(), ..Response::default() };
        for (name, value) in response.headers() {
            if let Ok(value) = value.to_str() {
                answer.headers.push((name.as_str().to_owned(), value.to_owned()));
            }
        }
        loop {
            match response.chunk().await {
                Ok(None) => return Became::Answered(answer),
                Ok(Some(chunk)) if answer.body.len() + chunk.len() <= call.most => {
                    answer.body.extend_from_slice(&chunk);
                }
                // Whatever it says, nobody has read it.
                Ok(Some(_)) | Err(_) => return Became::Lost,
            }
        }
    }

    async fn request(
        &self,
        app: &App,
        of: Option<Of<'_>>,
        url: Url,
        call: &Call,
    ) -> anyhow::Result<RequestBuilder> {
        let method = match call.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut request = self.client.request(method, url);
        for (name, value) in &call.headers {
            request = request.header(*name, value.reveal());
        }
        Ok(match &call.body {
            Body::Empty => request,
            Body::Json(json) => request.json(json),
            Body::Form(fields) => {
                let mut body = form_urlencoded::Serializer::new(String::new());
                body.extend_pairs(fields.iter().map(|(name, value)| (*name, value.reveal())));
                let media = "application/x-www-form-urlencoded";
                request.header("content-type", media).body(body.finish())
            }
            Body::Multipart(parts) => {
                let edge = edge(app)?;
                let mut body = Vec::new();
                for part in parts {
                    body.extend_from_slice(format!("--{edge}\r\n").as_bytes());
                    match part {
                        Part::Text { name, value } => {
                            let head =
                                format!("content-disposition: form-data; name=\"{}\"\r\n\r\n", plain(name));
                            body.extend_from_slice(head.as_bytes());
                            body.extend_from_slice(value.reveal().as_bytes());
                        }
                        Part::Medium { name, file, hash, media_type } => {
                            let head = format!(
                                "content-disposition: form-data; name=\"{}\"; filename=\"{}\"\r\ncontent-type: {}\r\n\r\n",
                                plain(name),
                                plain(file),
                                plain(media_type)
                            );
                            body.extend_from_slice(head.as_bytes());
                            body.extend_from_slice(&medium(app, of, hash).await?);
                        }
                    }
                    body.extend_from_slice(b"\r\n");
                }
                body.extend_from_slice(format!("--{edge}--\r\n").as_bytes());
                request.header("content-type", format!("multipart/form-data; boundary={edge}")).body(body)
            }
            Body::Related { json, hash, media_type } => {
                let edge = edge(app)?;
                let mut body =
                    format!("--{edge}\r\ncontent-type: application/json; charset=UTF-8\r\n\r\n{json}\r\n--{edge}\r\ncontent-type: {}\r\n\r\n", plain(media_type))
                        .into_bytes();
                body.extend_from_slice(&medium(app, of, hash).await?);
                body.extend_from_slice(format!("\r\n--{edge}--\r\n").as_bytes());
                request.header("content-type", format!("multipart/related; boundary={edge}")).body(body)
            }
            Body::Bytes { hash, media_type, from, until } => {
                let bytes = medium(app, of, hash).await?;
                let range = usize::try_from(*from)?..usize::try_from(*until)?.min(bytes.len());
                let piece = bytes.get(range).unwrap_or_default().to_vec();
                request.header("content-type", plain(media_type)).body(piece)
            }
        })
    }
}

/// Whether an account may name this address as its service's.
pub(super) fn may(app: &App, base: &str) -> Result<(), fetch::Refused> {
    fetch::may(app, base)
}

/// Whether a token may travel there: by https, or anyhow where the configuration allows private addresses.
pub(super) fn is_sealed(app: &App, base: &str) -> bool {
    app.config.private_addresses || base.trim().starts_with("https://")
}

fn address(app: &App, url: &str) -> Option<Url> {
    may(app, url).ok().filter(|()| is_sealed(app, url))?;
    url.parse().ok()
}

/// A boundary that stands in no file.
fn edge(app: &App) -> anyhow::Result<String> {
    Ok(hex::encode(app.dice.bytes::<16>()?))
}

/// A word within a header of a part.
fn plain(word: &str) -> String {
    word.chars().map(|c| if c.is_control() || c == '"' || c == '\\' { '_' } else { c }).collect()
}

/// The bytes of a file of the item: of its drafts, as they were approved.
async fn medium(app: &App, of: Option<Of<'_>>, hash: &str) -> anyhow::Result<Vec<u8>> {
    let of = of.ok_or_else(|| anyhow::anyhow!("this call sends no file"))?;
    let hash: ContentHash = hash.parse().map_err(|_| anyhow::anyhow!("a stored hash is damaged"))?;
    let mut conn = app.db.read().await?;
    bytes(&mut conn, of, &hash).await?.ok_or_else(|| anyhow::anyhow!("the file is not here any more"))
}

async fn bytes(conn: &mut Conn, of: Of<'_>, hash: &ContentHash) -> sqlx::Result<Option<Vec<u8>>> {
    let rows = all!(
        conn,
        (Vec<u8>,),
        "SELECT f.bytes FROM draft_file f JOIN draft d ON d.id = f.draft
         WHERE d.log = $1 AND d.item = $2 AND f.sha256 = $3 LIMIT 1",
        of.log,
        of.item.to_owned(),
        hash.0.to_vec()
    )?;
    Ok(rows.into_iter().next().map(|(bytes,)| bytes))
}
