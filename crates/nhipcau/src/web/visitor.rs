//! Who visits: which portal was asked for, in which language, by which path.

use std::borrow::Cow;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Uri, header};

use super::pages::Address;
use super::{dictionary, light};
use crate::agencies::Portal;
use crate::app::App;
use crate::config::Config;
use crate::reach;
use crate::words::Lang;

const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// What a request asks for, still borrowed from it: enough to find a page that is kept.
pub struct Asked<'a> {
    /// True for https.
    pub secure: bool,
    /// Host and port in lower case; empty if there is none, or two.
    pub authority: Cow<'a, str>,
    /// Path and query.
    pub whole: &'a str,
    /// True for the light mode.
    pub light: bool,
}

impl<'a> Asked<'a> {
    /// Reads a request's line and headers; those of a named proxy are believed.
    pub fn of(config: &Config, peer: Option<IpAddr>, uri: &'a Uri, headers: &'a HeaderMap) -> Asked<'a> {
        // A dual-stack listener sees 127.0.0.1 as ::ffff:127.0.0.1.
        let trusted = peer.is_some_and(|ip| config.trusted_proxies.contains(&ip.to_canonical()));
        let text = |name: &HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
        let forwarded = |name: &HeaderName| if trusted { text(name) } else { None };
        let said = forwarded(&FORWARDED_HOST)
            .or_else(|| uri.authority().map(|a| a.as_str()))
            // Two hosts are none: a proxy and this server must not read one request in two ways (RFC 9112, 3.2).
            .or_else(|| text(&header::HOST).filter(|_| headers.get_all(header::HOST).iter().nth(1).is_none()))
            .unwrap_or_default();
        let secure = match forwarded(&FORWARDED_PROTO) {
            Some(proto) => proto == "https",
            None => config.tls.is_some(),
        };
        let lower = !said.bytes().any(|b| b.is_ascii_uppercase());
        Asked {
            secure,
            authority: if lower { said.into() } else { said.to_ascii_lowercase().into() },
            whole: uri.path_and_query().map_or("/", |p| p.as_str()),
            light: light::asked(headers, secure),
        }
    }

    /// The address under which the page is kept.
    pub fn address(&self) -> Address<'_> {
        Address { secure: self.secure, light: self.light, authority: &self.authority, whole: self.whole }
    }
}

/// How a visitor takes a page.
pub struct Takes<'a> {
    /// True if it may come in gzip.
    pub gzip: bool,
    /// True if it may come as the difference from the dictionary.
    pub dictionary: bool,
    /// The validators that the visitor holds.
    held: Option<&'a str>,
}

impl<'a> Takes<'a> {
    /// Reads the headers that say so.
    pub fn of(headers: &'a HeaderMap) -> Takes<'a> {
        let held = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
        Takes { gzip: takes_gzip(headers), dictionary: dictionary::asked(headers), held }
    }

    /// True if the visitor holds the page with this validator already.
    pub fn holds(&self, etag: &str) -> bool {
        let holds = |one: &str| one.trim().trim_start_matches("W/") == etag || one.trim() == "*";
        self.held.is_some_and(|held| held.split(',').any(holds))
    }
}

/// A request, as pages see it.
#[derive(Clone)]
pub struct Visitor {
    /// The host name that was asked for, in lower case, without port.
    pub host: String,
    /// The portal behind it; `None` if no portal of this node has that name.
    pub portal: Option<Arc<Portal>>,
    /// Scheme and authority as the visitor wrote them, for absolute addresses: `https://a.vn`.
    pub base: String,
    /// The language of the path.
    pub lang: Lang,
    /// Path without the language's prefix, and query.
    pub path: String,
    /// The whole path and query, as asked for.
    pub whole: String,
    /// True for the light mode: pictures are links.
    pub light: bool,
    /// True if the visitor takes gzip.
    pub gzip: bool,
    /// True if the visitor holds the dictionary and takes what is compressed with it.
    dictionary: bool,
    /// From which network address, as far as it is known.
    pub client: Option<IpAddr>,
    /// What the browser calls itself, if this is a reading that is counted.
    pub agent: Option<String>,
    /// The validator that the visitor holds.
    if_none_match: Option<String>,
}

impl Visitor {
    /// The address under which the page is kept.
    pub fn address(&self) -> Address<'_> {
        let (scheme, authority) = self.base.split_once("://").unwrap_or_default();
        Address { secure: scheme == "https", light: self.light, authority, whole: &self.whole }
    }

    /// True for https.
    pub fn secure(&self) -> bool {
        self.base.starts_with("https://")
    }

    /// The value of a name in the query, as it was written.
    pub fn asked(&self, name: &str) -> Option<&str> {
        let (_, query) = self.path.split_once('?')?;
        query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }

    /// How the visitor takes a page.
    pub fn takes(&self) -> Takes<'_> {
        Takes { gzip: self.gzip, dictionary: self.dictionary, held: self.if_none_match.as_deref() }
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Visitor, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        // A nested router has cut its prefix off; what was asked for is what counts.
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
        let asked = Asked::of(&app.config, peer, uri, &parts.headers);
        let host = host_of(&asked.authority);
        let (lang, path) = Lang::of_path(asked.whole);
        let portals = app.portals.load();
        let portal = match host.parse::<IpAddr>() {
            // The bare loopback address, or an address of the machine, answers as the node's own portal.
            Ok(ip) if ip.is_loopback() => portals.main(),
            _ if host == "localhost" => portals.main(),
            _ => portals.by_host(host),
        };
        let Takes { gzip, dictionary, held } = Takes::of(&parts.headers);
        Ok(Visitor {
            portal,
            base: format!("{}://{}", if asked.secure { "https" } else { "http" }, asked.authority),
            host: host.to_owned(),
            lang,
            path: path.to_owned(),
            light: asked.light,
            gzip,
            dictionary,
            client: client(&app.config, peer, &parts.headers),
            agent: reach::agent(&parts.method, &parts.headers).map(str::to_owned),
            if_none_match: held.map(str::to_owned),
            whole: asked.whole.to_owned(),
        })
    }
}

/// The address behind a connection: the peer, or the last one before the proxies that are named in the configuration.
pub fn client(config: &Config, peer: Option<IpAddr>, headers: &HeaderMap) -> Option<IpAddr> {
    let peer = peer?.to_canonical();
    let named = |ip: &IpAddr| config.trusted_proxies.contains(&ip.to_canonical());
    if !named(&peer) {
        return Some(peer);
    }
    let lines = headers.get_all(&FORWARDED_FOR).into_iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<IpAddr> =
        lines.flat_map(|line| line.split(',')).filter_map(|hop| hop.trim().parse().ok()).collect();
    Some(hops.into_iter().rev().find(|hop| !named(hop)).unwrap_or(peer))
}

/// The host of `host:port`, `[::1]:port`, `host`.
pub fn host_of(authority: &str) -> &str {
    if let Some(rest) = authority.strip_prefix('[') {
        return rest.split(']').next().unwrap_or_default();
    }
    authority.rsplit_once(':').map_or(authority, |(host, _)| host).trim_end_matches('.')
}

/// True if the caller takes gzip.
pub fn takes_gzip(headers: &HeaderMap) -> bool {
    let value = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok());
    value.is_some_and(|value| takes(value, "gzip") || takes(value, "*"))
}

/// True if the value of `Accept-Encoding` names this encoding and does not refuse it.
pub fn takes(value: &str, encoding: &str) -> bool {
    value.split(',').any(|one| {
        let mut parts = one.trim().split(';');
        let name = parts.next().unwrap_or_default().trim();
        let refused = parts.any(|p| matches!(p.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
        name.eq_ignore_ascii_case(encoding) && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_read_from_every_form() {
        for (authority, host) in [
            ("a.vn", "a.vn"),
            ("a.vn:80", "a.vn"),
            ("[::1]:8000", "::1"),
            ("[::1]", "::1"),
            ("a.vn.", "a.vn"),
            ("", ""),
        ] {
            assert_eq!(host_of(authority), host, "{authority}");
        }
    }

    #[test]
    fn gzip_is_sent_only_to_those_who_take_it() {
        let says = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, value.parse().unwrap());
            takes_gzip(&headers)
        };
        assert!(says("gzip, deflate, br, zstd") && says("GZIP;q=0.5") && says("*"));
        assert!(!says("br") && !says("gzip;q=0") && !says("identity"));
    }
}
