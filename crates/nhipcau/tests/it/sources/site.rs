//! A site of somebody else's, whose pages a test changes as it goes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// What stands under a path.
#[derive(Clone, Debug)]
pub enum Page {
    /// A body with its media type; its `ETag` is its hash.
    Body(&'static str, String),
    /// A status alone.
    Status(u16),
    /// A way elsewhere.
    To(String),
    /// What a hub asks for is said back; whatever is posted is taken.
    Challenge,
    /// A body without an end.
    Endless,
    /// No answer for as long as a test lasts.
    Silent,
}

#[derive(Default)]
struct Stands {
    pages: HashMap<String, Page>,
    /// What stands under every path that begins so.
    begins: Vec<(String, Page)>,
    /// Each call: its path with the query, and the answer's status.
    calls: Vec<(String, u16)>,
    /// What was posted: path, headers, body.
    posted: Vec<(String, HeaderMap, Vec<u8>)>,
}

/// The site.
#[derive(Clone)]
pub struct Site {
    pub host: String,
    stands: Arc<Mutex<Stands>>,
}

impl Site {
    /// A site under a name of this machine.
    #[allow(clippy::disallowed_methods, reason = "the site is no node and has no tasks")]
    pub async fn new(name: &str) -> Site {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = format!("{name}.localhost:{}", listener.local_addr().unwrap().port());
        let site = Site { host, stands: Arc::default() };
        let router = Router::new().fallback(answer).with_state(site.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        site
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.host)
    }

    /// Lets a path show something from now on.
    pub fn shows(&self, path: &str, page: Page) {
        self.stands.lock().unwrap().pages.insert(path.to_owned(), page);
    }

    /// Lets every path that begins so show something from now on.
    pub fn begins(&self, path: &str, page: Page) {
        let mut stands = self.stands.lock().unwrap();
        stands.begins.retain(|(begin, _)| begin != path);
        stands.begins.push((path.to_owned(), page));
    }

    /// What was posted to a path so far.
    pub fn posted(&self, path: &str) -> Vec<(HeaderMap, Vec<u8>)> {
        let stands = self.stands.lock().unwrap();
        let posted = stands.posted.iter().filter(|(at, ..)| at == path);
        posted.map(|(_, headers, body)| (headers.clone(), body.clone())).collect()
    }

    /// Whether a path with these words was asked for.
    pub fn asked(&self, words: &str) -> bool {
        self.stands.lock().unwrap().calls.iter().any(|(path, _)| path.contains(words))
    }

    /// Lets `/rss.xml` list items: number, title, text.
    pub fn lists(&self, items: &[(u32, &str, &str)], complete: bool) {
        let mut rss = String::from(
            "<rss version=\"2.0\" xmlns:fh=\"http://purl.org/syndication/history/1.0\"><channel>",
        );
        rss.push_str("<title>Sở Y tế</title>");
        if complete {
            rss.push_str("<fh:complete/>");
        }
        for (number, title, text) in items {
            rss.push_str(&format!(
                "<item><title>{title}</title><link>http://{}/tin/{number}</link><guid isPermaLink=\"false\">t{number}</guid>\
                 <pubDate>Mon, 23 Nov 2026 08:{number:02}:00 +0700</pubDate><category>Thông báo</category>\
                 <description>&lt;p&gt;{text}&lt;/p&gt;</description></item>",
                self.host
            ));
        }
        rss.push_str("</channel></rss>");
        self.shows("/rss.xml", Page::Body("application/rss+xml", rss));
    }

    /// The statuses of the calls of a path so far.
    pub fn calls(&self, path: &str) -> Vec<u16> {
        let stands = self.stands.lock().unwrap();
        stands.calls.iter().filter(|(at, _)| at == path).map(|(_, status)| *status).collect()
    }
}

/// The challenge in a hub's question.
fn challenge(query: &str) -> String {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(name, _)| name == "hub.challenge").map(|(_, value)| value.into_owned()).unwrap_or_default()
}

async fn answer(
    State(site): State<Site>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let (response, silent) = site.answers(&uri, path, headers, &body);
    if silent {
        tokio::time::sleep(std::time::Duration::from_secs(600)).await;
    }
    response
}

impl Site {
    /// What is answered, and whether it is kept back.
    fn answers(
        &self,
        uri: &axum::http::Uri,
        path: String,
        headers: HeaderMap,
        body: &Bytes,
    ) -> (Response, bool) {
        let mut stands = self.stands.lock().unwrap();
        let begins =
            || stands.begins.iter().find(|(begin, _)| path.starts_with(begin)).map(|(_, page)| page.clone());
        let page = stands.pages.get(&path).cloned().or_else(begins).unwrap_or(Page::Status(404));
        let silent = matches!(page, Page::Silent);
        let response = match page {
            Page::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
            Page::To(to) => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
            Page::Challenge => challenge(uri.query().unwrap_or_default()).into_response(),
            Page::Endless => {
                let parts = futures::stream::repeat(Ok::<_, std::convert::Infallible>(Bytes::from_static(
                    &[b'x'; 4096],
                )));
                Body::from_stream(parts).into_response()
            }
            Page::Silent => StatusCode::OK.into_response(),
            Page::Body(media, body) => {
                let tag = format!("\"{}\"", network::names::ContentHash::of(body.as_bytes()));
                match headers.get(header::IF_NONE_MATCH).is_some_and(|known| *known == *tag) {
                    true => StatusCode::NOT_MODIFIED.into_response(),
                    false => ([(header::CONTENT_TYPE, media.to_owned()), (header::ETAG, tag)], body)
                        .into_response(),
                }
            }
        };
        if !body.is_empty() {
            stands.posted.push((path.clone(), headers, body.to_vec()));
        }
        stands.calls.push((path, response.status().as_u16()));
        (response, silent)
    }
}
