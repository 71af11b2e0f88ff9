//! A feed fetched from another site: at public addresses only, with few redirects, within bounds of size and time, and not at all if it is
//! what came last time.

use std::fmt;
use std::net::IpAddr;
use std::path::Path;

use feeds::limits;
use reqwest::header::{
    ACCEPT, CONTENT_LOCATION, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    LAST_MODIFIED, LINK, LOCATION, RETRY_AFTER,
};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url};

use crate::app::App;
use crate::peers::line::{self, Line};
use crate::peers::trust::Trust;

/// The most redirects that are followed for one feed.
const REDIRECTS: usize = 5;
/// The longest validator that is kept and sent back, in bytes.
const VALIDATOR: usize = 1_000;
const FEEDS: &str = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5";

/// By what a site says whether its feed is still what it was (RFC 9110): sent back with the next call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validators {
    /// The header `ETag`.
    pub etag: Option<String>,
    /// The header `Last-Modified`.
    pub modified: Option<String>,
}

/// What a site answered.
#[derive(Debug)]
pub enum Answer {
    /// The feed is what it was.
    Unchanged,
    /// The feed.
    Fetched(Fetched),
}

/// A feed as it came.
#[derive(Debug)]
pub struct Fetched {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The address that answered, after redirects.
    pub url: String,
    /// The header `Content-Type`.
    pub content_type: Option<String>,
    /// The header `Content-Location`.
    pub content_location: Option<String>,
    /// The headers `Link`, each as it came.
    pub links: Vec<String>,
    /// What to send with the next call.
    pub validators: Validators,
}

/// Why a feed was not fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is no address of http or https, or holds a password.
    Address(String),
    /// It leads to this machine or into a private network.
    Private(String),
    /// More than [`REDIRECTS`] redirects, or one from https to http.
    Redirects(String),
    /// The site answered with another status; how many seconds it asks to be left alone.
    Status(u16, Option<u64>),
    /// More than [`limits::BYTES`].
    TooLarge,
    /// No answer, or one that broke off: no such name, no line, a certificate that nobody knows, no answer in 15 s.
    Line(String),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Address(url) => write!(
                f,
                "{url} không phải địa chỉ http hoặc https không kèm mật khẩu · is no address of http or https without a password"
            ),
            Refused::Private(url) => write!(
                f,
                "{url} dẫn tới máy này hoặc mạng riêng nên không được gọi; nếu cổng ấy thật sự ở trong mạng của cơ quan, đặt private_addresses (lệnh feed: --private) · \
                 leads to this machine or into a private network and is not called; set private_addresses (the command feed: --private) if that \
                 portal is in your own network"
            ),
            Refused::Redirects(url) => write!(
                f,
                "{url}: bị chuyển hướng quá {REDIRECTS} lần, hoặc từ https sang http; hãy dùng địa chỉ cuối cùng · redirected more than \
                 {REDIRECTS} times, or from https to http; use the last address"
            ),
            Refused::Status(status, _) => write!(
                f,
                "máy chủ trả mã {status} thay cho nguồn tin; hãy mở địa chỉ ấy bằng trình duyệt · the server answered {status}; open the address \
                 in a browser"
            ),
            Refused::TooLarge => f.write_str(&feeds::Error::TooLarge.to_string()),
            Refused::Line(why) => write!(
                f,
                "không gọi được: {why}; hãy kiểm tra tên máy chủ, đường truyền và chứng thư · cannot be called; check the name, the line and \
                 the certificate"
            ),
        }
    }
}

impl std::error::Error for Refused {}

/// Who fetches: public addresses alone, unless it was told otherwise. Whoever typed an address may have meant a private one; whoever
/// answers there and leads elsewhere may not: behind a redirect to another host everything must be public.
#[derive(Clone)]
pub struct Fetcher {
    client: Client,
    elsewhere: Client,
    private: bool,
    line: Option<Line>,
}

impl Fetcher {
    /// One that also trusts the authorities in the PEM file `ca`; `private` lets it call this machine and private networks.
    ///
    /// # Errors
    /// When the TLS roots cannot be used.
    pub fn new(private: bool, ca: Option<&Path>) -> anyhow::Result<Fetcher> {
        let trust = Trust::read(ca)?;
        let (client, elsewhere) = (line::strict(private, &trust)?, line::strict(false, &trust)?);
        Ok(Fetcher { client, elsewhere, private, line: None })
    }

    /// That of a node: through its line, and to private addresses only if its configuration says so.
    pub fn of(app: &App) -> Fetcher {
        let (line, private) = (app.line.clone(), app.config.private_addresses);
        let (client, elsewhere) = (line.strict(private).clone(), line.strict(false).clone());
        Fetcher { client, elsewhere, private, line: Some(line) }
    }

    /// Fetches an address that somebody typed, unless it is still what `known` says.
    ///
    /// # Errors
    /// Why it did not come.
    pub async fn fetch(&self, url: &str, known: &Validators) -> Result<Answer, Refused> {
        let at = checked(url, self.private)?;
        self.follow(&at.clone(), at, known).await
    }

    /// Fetches an address that the site at `home` has named. What a stranger names is called only where everybody may, or at that very site.
    ///
    /// # Errors
    /// Why it did not come.
    pub async fn fetch_of(&self, home: &str, url: &str) -> Result<Answer, Refused> {
        self.fetch_known(home, url, &Validators::default()).await
    }

    /// The same, unless it is still what `known` says.
    ///
    /// # Errors
    /// As [`Fetcher::fetch_of`].
    pub async fn fetch_known(&self, home: &str, url: &str, known: &Validators) -> Result<Answer, Refused> {
        let (at, home, _) = checked_of(self.private, home, url)?;
        self.follow(&home, at, known).await
    }

    /// Follows redirects from `at`; everywhere but at the site of `first` addresses must be public.
    async fn follow(&self, first: &Url, mut at: Url, known: &Validators) -> Result<Answer, Refused> {
        let asked = at.to_string();
        for _ in 0..=REDIRECTS {
            let response = self.call(&at, is_at(first, &at), known).await?;
            match response.status() {
                StatusCode::OK => return self.taken(response).await.map(Answer::Fetched),
                StatusCode::NOT_MODIFIED if *known != Validators::default() => return Ok(Answer::Unchanged),
                status if status.is_redirection() => {
                    let location = header(response.headers(), &LOCATION)
                        .ok_or(Refused::Status(status.as_u16(), None))?;
                    let next = at.join(&location).map_err(|_| Refused::Address(location.clone()))?;
                    if at.scheme() == "https" && next.scheme() == "http" {
                        return Err(Refused::Redirects(at.into()));
                    }
                    at = checked(next.as_str(), self.private && is_at(first, &next))?;
                }
                status => {
                    // A date in this header is rare, and then the usual pause does.
                    let after =
                        header(response.headers(), &RETRY_AFTER).and_then(|after| after.trim().parse().ok());
                    return Err(Refused::Status(status.as_u16(), after));
                }
            }
        }
        Err(Refused::Redirects(asked))
    }

    /// Posts to an address; redirects are not followed, for a body is meant for one place.
    ///
    /// # Errors
    /// Why it was not taken.
    pub async fn post(&self, url: &str, headers: &[(&str, String)], body: Vec<u8>) -> Result<(), Refused> {
        let mut call = self.client.post(checked(url, self.private)?).body(body);
        for (name, value) in headers {
            call = call.header(*name, value);
        }
        let response = self.sent(call).await?;
        match response.status() {
            status if status.is_success() => Ok(()),
            status => Err(Refused::Status(status.as_u16(), None)),
        }
    }

    /// Calls an address that the site at `home` has named, by any method, and comes back with the status and the body, whatever the status;
    /// redirects are not followed. Only at that very site may it be private.
    ///
    /// # Errors
    /// Why there was no answer, or that it has more than [`limits::BYTES`].
    pub async fn ask(
        &self,
        home: &str,
        method: Method,
        url: &str,
        headers: &[(&str, String)],
        body: Vec<u8>,
    ) -> Result<(u16, Vec<u8>), Refused> {
        let response = self.called(home, method, url, headers, body).await?;
        let status = response.status().as_u16();
        Ok((status, self.taken(response).await?.bytes))
    }

    /// Posts as [`Fetcher::ask`] does and reads nothing of the answer but its status: whoever is told of something has nothing to say.
    ///
    /// # Errors
    /// Why there was no answer.
    pub async fn tell(
        &self,
        home: &str,
        url: &str,
        headers: &[(&str, String)],
        body: Vec<u8>,
    ) -> Result<u16, Refused> {
        Ok(self.called(home, Method::POST, url, headers, body).await?.status().as_u16())
    }

    async fn called(
        &self,
        home: &str,
        method: Method,
        url: &str,
        headers: &[(&str, String)],
        body: Vec<u8>,
    ) -> Result<Response, Refused> {
        let (at, _, own) = checked_of(self.private, home, url)?;
        let client = if own { &self.client } else { &self.elsewhere };
        let mut call = client.request(method, at).body(body);
        for (name, value) in headers {
            call = call.header(*name, value);
        }
        self.sent(call).await
    }

    async fn call(&self, url: &Url, first: bool, known: &Validators) -> Result<Response, Refused> {
        let client = if first { &self.client } else { &self.elsewhere };
        let mut call = client.get(url.clone()).header(ACCEPT, FEEDS);
        if let Some(etag) = &known.etag {
            call = call.header(IF_NONE_MATCH, etag);
        }
        if let Some(modified) = &known.modified {
            call = call.header(IF_MODIFIED_SINCE, modified);
        }
        self.sent(call).await
    }

    async fn sent(&self, call: RequestBuilder) -> Result<Response, Refused> {
        match &self.line {
            Some(line) => {
                line.stranger(call.send()).await.map_err(|error| match error.downcast::<reqwest::Error>() {
                    Ok(error) => broken(&error),
                    Err(other) => Refused::Line(other.to_string()),
                })
            }
            None => call.send().await.map_err(|error| broken(&error)),
        }
    }

    async fn taken(&self, mut response: Response) -> Result<Fetched, Refused> {
        let headers = response.headers();
        let validator = |name| header(headers, name).filter(|value| value.len() <= VALIDATOR);
        let mut fetched = Fetched {
            bytes: Vec::new(),
            url: response.url().to_string(),
            content_type: header(headers, &CONTENT_TYPE),
            content_location: header(headers, &CONTENT_LOCATION),
            links: headers
                .get_all(LINK)
                .iter()
                .filter_map(|link| Some(link.to_str().ok()?.to_owned()))
                .collect(),
            validators: Validators { etag: validator(&ETAG), modified: validator(&LAST_MODIFIED) },
        };
        while let Some(chunk) = response.chunk().await.map_err(|error| broken(&error))? {
            if fetched.bytes.len() + chunk.len() > limits::BYTES {
                return Err(Refused::TooLarge);
            }
            fetched.bytes.extend_from_slice(&chunk);
        }
        Ok(fetched)
    }
}

/// Whether an address may be called by a node, as far as it says so itself.
///
/// # Errors
/// Why not.
pub fn may(app: &App, url: &str) -> Result<(), Refused> {
    checked(url, app.config.private_addresses).map(drop)
}

/// The same for an address that the site at `home` has named: only at that very site it may be private.
///
/// # Errors
/// Why not.
pub fn may_of(app: &App, home: &str, url: &str) -> Result<(), Refused> {
    checked_of(app.config.private_addresses, home, url).map(drop)
}

/// An address that the site at `home` has named, if it may be called; with the site's own, and whether it lies there.
fn checked_of(private: bool, home: &str, url: &str) -> Result<(Url, Url, bool), Refused> {
    let home: Url = home.trim().parse().map_err(|_| Refused::Address(home.to_owned()))?;
    let at = checked(url, true)?;
    let own = is_at(&home, &at);
    Ok((checked(at.as_str(), private && own)?, home, own))
}

/// An address that may be called. Names are looked at once more when they are resolved.
fn checked(url: &str, private: bool) -> Result<Url, Refused> {
    let parsed: Url = url.trim().parse().map_err(|_| Refused::Address(url.to_owned()))?;
    let plain = parsed.username().is_empty() && parsed.password().is_none();
    if !matches!(parsed.scheme(), "http" | "https") || !plain {
        return Err(Refused::Address(parsed.host_str().unwrap_or(url).to_owned()));
    }
    let host = parsed.host_str().unwrap_or_default().trim_matches(['[', ']']).trim_end_matches('.');
    let here = host == "localhost" || host.ends_with(".localhost");
    let hidden = host.parse::<IpAddr>().is_ok_and(|ip| !line::is_public(ip));
    if !private && (here || hidden) {
        return Err(Refused::Private(parsed.into()));
    }
    Ok(parsed)
}

/// True for the host that was typed, also where it leads from http to https.
fn is_at(first: &Url, url: &Url) -> bool {
    let ports = (first.port_or_known_default(), url.port_or_known_default());
    first.host_str() == url.host_str() && (ports.0 == ports.1 || ports == (Some(80), Some(443)))
}

fn header(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// The innermost cause: what stands around it names only the address.
fn broken(error: &reqwest::Error) -> Refused {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    Refused::Line(cause.to_string())
}
