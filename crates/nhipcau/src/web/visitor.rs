//! Who visits: which portal was asked for, in which language, by which path.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use crate::agencies::Portal;
use crate::app::App;
use crate::words::Lang;

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
    /// True if the visitor takes gzip.
    pub gzip: bool,
    /// The validator that the visitor holds.
    pub if_none_match: Option<String>,
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Visitor, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let trusted = peer.is_some_and(|ip| app.config.trusted_proxies.contains(&ip));
        let text = |name: &str| parts.headers.get(name).and_then(|v| v.to_str().ok());
        let authority = text("x-forwarded-host")
            .filter(|_| trusted)
            .or_else(|| parts.uri.authority().map(|a| a.as_str()))
            // Two hosts are none: a proxy and this server must not read one request in two ways (RFC 9112, 3.2).
            .or_else(|| text("host").filter(|_| parts.headers.get_all("host").iter().nth(1).is_none()))
            .unwrap_or_default()
            .to_ascii_lowercase();
        let secure = match text("x-forwarded-proto").filter(|_| trusted) {
            Some(proto) => proto == "https",
            None => app.config.tls.is_some(),
        };
        let host = host_of(&authority).to_owned();
        // A nested router has cut its prefix off; what was asked for is what counts.
        let asked = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
        let whole = asked.path_and_query().map_or("/", |p| p.as_str()).to_owned();
        let (lang, path) = Lang::of_path(&whole);
        let portals = app.portals.load();
        let portal = match host.parse::<IpAddr>() {
            // The bare loopback address, or an address of the machine, answers as the node's own portal.
            Ok(ip) if ip.is_loopback() => portals.main(),
            _ if host == "localhost" => portals.main(),
            _ => portals.by_host(&host),
        };
        Ok(Visitor {
            portal,
            base: format!("{}://{authority}", if secure { "https" } else { "http" }),
            host,
            lang,
            path: path.to_owned(),
            gzip: takes_gzip(&parts.headers),
            if_none_match: text("if-none-match").map(str::to_owned),
            whole,
        })
    }
}

/// The host of `host:port`, `[::1]:port`, `host`.
fn host_of(authority: &str) -> &str {
    if let Some(rest) = authority.strip_prefix('[') {
        return rest.split(']').next().unwrap_or_default();
    }
    authority.rsplit_once(':').map_or(authority, |(host, _)| host).trim_end_matches('.')
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()) else {
        return false;
    };
    value.split(',').any(|one| {
        let mut parts = one.trim().split(';');
        let name = parts.next().unwrap_or_default().trim();
        let refused = parts.any(|p| matches!(p.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
        (name.eq_ignore_ascii_case("gzip") || name == "*") && !refused
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
