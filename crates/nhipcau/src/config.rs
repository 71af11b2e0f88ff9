//! The configuration: one TOML file, a few environment variables, checked once.
//!
//! Every error names the key and the cure. Paths in the file are relative to the file.

mod keys;
mod mail;
mod people;
mod push;
mod text;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use network::names::Origin;
use serde::{Deserialize, Serialize};

pub use keys::{LogKeyPlace, LogKeyRow};
pub use mail::{Mail, MailTable, MailTls};
pub use people::{People, PeopleTable, Provider};
pub use push::PushTable;

use crate::db::Place;
use crate::operate::rehearsal;

/// The name of the file in a node's folder.
pub const FILE: &str = "nhipcau.toml";

/// The file as it is written.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// This node's name, for example `laocai.gov.vn/node`.
    pub name: String,
    /// The address under which other nodes reach this one.
    pub url: String,
    /// Where to listen: `127.0.0.1:8080`, `[::]:443`.
    pub listen: Vec<String>,
    /// A path (SQLite) or a `postgres://` address.
    #[serde(default = "default_database")]
    pub database: String,
    /// The folder of large content.
    #[serde(default = "default_content")]
    pub content: PathBuf,
    /// The folder of keys.
    #[serde(default = "default_keys")]
    pub keys: PathBuf,
    /// The root note that this node pins.
    #[serde(default = "default_root")]
    pub root: PathBuf,
    /// True only in a demonstration: every page and proof says so.
    #[serde(default)]
    pub demo: bool,
    /// Allows plain http and calls to loopback and private addresses (a demonstration, the state's own network).
    #[serde(default)]
    pub private_addresses: bool,
    /// Proxies whose `X-Forwarded-*` headers are believed, by address.
    #[serde(default)]
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// Certificate authorities (PEM) that are trusted beside the machine's own when other nodes are called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<PathBuf>,
    /// Certificate and key, when this server speaks TLS itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<Tls>,
    /// True to mirror every log of the nation (ministries and provinces do); false for what the portals here show.
    #[serde(default)]
    pub follows_all: bool,
    /// Portals whose agency's own system sees to two people: what it hands in with the token is issued at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub issues_at_once: Vec<String>,
    /// Who must prove twice who they are, and the identity provider.
    #[serde(default)]
    pub people: PeopleTable,
    /// Where the people of this node's consoles rehearse; consoles lead there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rehearsal_portal: Option<String>,
    /// Keys of logs that lie in tokens.
    #[serde(default, rename = "log_key", skip_serializing_if = "Vec::is_empty")]
    pub log_keys: Vec<LogKeyRow>,
    /// The relay for mail to those who follow; none if no mail is offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<MailTable>,
    /// Notices to browsers; none if none are offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub push: Option<PushTable>,
    /// The nodes that this one talks to first, in order of preference.
    #[serde(default, rename = "neighbour", skip_serializing_if = "Vec::is_empty")]
    pub neighbours: Vec<Neighbour>,
}

fn default_database() -> String {
    "data/nhipcau.db".into()
}
fn default_content() -> PathBuf {
    "data/content".into()
}
fn default_keys() -> PathBuf {
    "keys".into()
}
fn default_root() -> PathBuf {
    "root.note".into()
}

/// TLS by files; they are read again when they change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate chain in PEM, the server's own first.
    pub certificate: PathBuf,
    /// Its private key in PEM.
    pub key: PathBuf,
    /// Where plain http is taken and sent on to https: `[::]:80`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redirect: Vec<SocketAddr>,
}

/// What a neighbour is to this node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Followed for everything.
    Primary,
    /// Followed when no primary can be.
    Backup,
    /// Followed for the logs that it hosts: what a parent's node does of itself, and what one that stands in
    /// for it does too.
    Child,
}

impl Role {
    /// The word in the file.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Role::Primary => "primary",
            Role::Backup => "backup",
            Role::Child => "child",
        }
    }
}

/// A node to talk to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Neighbour {
    /// Its name.
    pub name: String,
    /// Its address.
    pub url: String,
    /// What it is to this node.
    pub role: Role,
}

/// The checked configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// The node's folder.
    pub folder: PathBuf,
    /// This node's name.
    pub name: Origin,
    /// Where others reach it, without trailing slash.
    pub url: String,
    /// Where it listens.
    pub listen: Vec<SocketAddr>,
    /// Where the data live.
    pub database: Place,
    /// The folder of large content.
    pub content: PathBuf,
    /// The folder of keys.
    pub keys: PathBuf,
    /// The pinned root note.
    pub root: PathBuf,
    /// True in a demonstration.
    pub demo: bool,
    /// True if plain http and private addresses may be called.
    pub private_addresses: bool,
    /// Proxies that are believed.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// Certificate authorities that are trusted beside the machine's own.
    pub ca: Option<PathBuf>,
    /// TLS, if this server speaks it itself.
    pub tls: Option<Tls>,
    /// True to mirror every log of the nation.
    pub follows_all: bool,
    /// Domains of the portals that issue what is handed in with the token at once; elsewhere it waits for a second person.
    pub issues_at_once: Vec<String>,
    /// What is said of people.
    pub people: People,
    /// Where its people rehearse.
    pub rehearsal_portal: Option<String>,
    /// True if this node is a rehearsal: its name says so, and nothing leaves it.
    pub rehearsal: bool,
    /// Keys of logs that lie in tokens.
    pub log_keys: Vec<LogKeyPlace>,
    /// How mail is sent, if it is.
    pub mail: Option<Mail>,
    /// How browsers are told, if they are.
    pub push: Option<PushTable>,
    /// The neighbours, in order of preference.
    pub neighbours: Vec<Neighbour>,
}

impl Config {
    /// Reads and checks the file in `folder`.
    ///
    /// # Errors
    /// Names the file, the key and the cure.
    pub fn read(folder: &Path) -> anyhow::Result<Config> {
        let path = folder.join(FILE);
        let text = std::fs::read_to_string(&path).with_context(|| {
            format!("read {}; a node is made by `nhipcau init --dir {}`", path.display(), folder.display())
        })?;
        let mut file: File = toml::from_str(&text)
            .with_context(|| format!("{} is not a configuration of this program", path.display()))?;
        if let Ok(place) = std::env::var("NHIPCAU_DATABASE") {
            file.database = place;
        }
        file.check(folder).with_context(|| format!("in {}", path.display()))
    }
}

impl File {
    /// Checks the file's values; relative paths start at `folder`.
    ///
    /// # Errors
    /// Names the key and the cure.
    pub fn check(self, folder: &Path) -> anyhow::Result<Config> {
        let name: Origin = self.name.parse().map_err(|e| anyhow::anyhow!("name = {:?}: {e}", self.name))?;
        let url = address(&self.url, self.private_addresses).context("url")?;
        let listen = listening(&self.listen)?;
        if let Some(tls) = &self.tls {
            ensure!(
                url.starts_with("https://"),
                "url = {url:?}: with [tls] this server speaks https; write https://"
            );
            let all: Vec<SocketAddr> = listen.iter().chain(&tls.redirect).copied().collect();
            apart(&all).context("tls.redirect")?;
        }
        for neighbour in &self.neighbours {
            neighbour
                .name
                .parse::<Origin>()
                .map_err(|e| anyhow::anyhow!("neighbour {:?}: {e}", neighbour.name))?;
            address(&neighbour.url, self.private_addresses)
                .with_context(|| format!("neighbour {}", neighbour.name))?;
        }
        for domain in &self.issues_at_once {
            let fits = !domain.is_empty()
                && domain.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c));
            ensure!(fits, "issues_at_once: {domain:?} is no portal's domain, for example laocai.gov.vn");
        }
        let place: Place = match self.database.parse() {
            Ok(place) => place,
            Err(never) => match never {},
        };
        let database = match place {
            Place::Sqlite(path) => Place::Sqlite(folder.join(path)),
            other => other,
        };
        let rehearsal_portal = self.rehearsal_portal.as_deref().map(|at| address(at, true));
        Ok(Config {
            folder: folder.to_owned(),
            rehearsal: rehearsal::named(&name),
            rehearsal_portal: rehearsal_portal.transpose().context("rehearsal_portal")?,
            name,
            url,
            listen,
            database,
            content: folder.join(self.content),
            keys: folder.join(self.keys),
            root: folder.join(self.root),
            demo: self.demo,
            private_addresses: self.private_addresses,
            trusted_proxies: self.trusted_proxies,
            ca: self.ca.map(|path| folder.join(path)),
            tls: self.tls.map(|tls| Tls {
                certificate: folder.join(tls.certificate),
                key: folder.join(tls.key),
                redirect: tls.redirect,
            }),
            follows_all: self.follows_all,
            issues_at_once: self.issues_at_once,
            people: self.people.check(folder, self.private_addresses)?,
            log_keys: self.log_keys.iter().map(LogKeyRow::check).collect::<anyhow::Result<_>>()?,
            mail: self.mail.map(|mail| mail.check(folder, self.private_addresses)).transpose()?,
            push: self.push.map(PushTable::check).transpose()?,
            neighbours: self.neighbours,
        })
    }
}

/// The addresses to listen at.
fn listening(all: &[String]) -> anyhow::Result<Vec<SocketAddr>> {
    ensure!(!all.is_empty(), "listen is empty; name at least one address, for example \"127.0.0.1:8080\"");
    let listen = all
        .iter()
        .map(|text| {
            text.parse().with_context(|| {
                format!("listen: {text:?} is not an address such as 127.0.0.1:8080 or [::]:443")
            })
        })
        .collect::<anyhow::Result<Vec<SocketAddr>>>()?;
    apart(&listen).context("listen")?;
    Ok(listen)
}

/// Refuses addresses of which one takes the other's connections: the same twice, or all of IPv4 beside `[::]`.
fn apart(all: &[SocketAddr]) -> anyhow::Result<()> {
    for (at, one) in all.iter().enumerate() {
        for other in &all[..at] {
            if one == other && one.port() != 0 {
                bail!("{one} stands there twice; leave one out");
            }
            let both = one.ip().is_unspecified() && other.ip().is_unspecified() && one.port() == other.port();
            if both && one.port() != 0 {
                bail!("[::]:{port} takes IPv4 too; leave 0.0.0.0:{port} out", port = one.port());
            }
        }
    }
    Ok(())
}

/// An address that may be called: https, or http too where `private` is allowed; no trailing slash, no path.
///
/// # Errors
/// Says what is missing.
pub fn address(text: &str, private: bool) -> anyhow::Result<String> {
    let trimmed = text.trim_end_matches('/');
    let Some((scheme, host)) = trimmed.split_once("://") else {
        bail!("{text:?} must begin with https://, for example https://laocai.gov.vn");
    };
    if scheme != "https" && !(private && scheme == "http") {
        bail!("{text:?} must begin with https:// (http:// only where private_addresses = true)");
    }
    if host.is_empty() || host.contains(['/', '?', '#', '@']) || host.contains(char::is_whitespace) {
        bail!("{text:?} must be a scheme and a host alone, for example https://laocai.gov.vn");
    }
    Ok(trimmed.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "name = \"a.vn/node\"\nurl = \"https://a.vn/\"\nlisten = [\"[::]:443\"]\n";

    fn file(text: &str) -> anyhow::Result<Config> {
        toml::from_str::<File>(text)?.check(Path::new("/srv/node"))
    }

    #[track_caller]
    fn refused(text: &str, cure: &str) {
        let error = format!("{:#}", file(text).unwrap_err());
        assert!(error.contains(cure), "{error}");
    }

    #[test]
    fn paths_are_relative_to_the_file() {
        let config = file(&format!(
            "{PLAIN}ca = \"ca.pem\"\n[tls]\ncertificate = \"chain.pem\"\nkey = \"/etc/key.pem\"\nredirect = [\"[::]:80\"]"
        ))
        .unwrap();
        assert_eq!(config.database, Place::Sqlite("/srv/node/data/nhipcau.db".into()));
        assert_eq!(config.url, "https://a.vn");
        assert_eq!(config.ca.unwrap(), Path::new("/srv/node/ca.pem"));
        let tls = config.tls.unwrap();
        assert_eq!(tls.certificate, Path::new("/srv/node/chain.pem"));
        assert_eq!(tls.key, Path::new("/etc/key.pem"));
    }

    #[test]
    fn an_error_names_the_key_and_the_cure() {
        let with = |from: &str, to: &str| PLAIN.replace(from, to);
        refused(&with("https://a.vn/", "http://a.vn"), "private_addresses");
        refused(&with("https://a.vn/", "a.vn"), "url: \"a.vn\" must begin with https://");
        refused(&with("https://a.vn/", "https://a.vn/cong"), "a host alone");
        refused(&with("a.vn/node", "A.vn"), "name = \"A.vn\"");
        refused(&with("[::]:443", "here"), "127.0.0.1:8080");
        refused(&with("[\"[::]:443\"]", "[]"), "listen is empty");
        refused(&with("[\"[::]:443\"]", "[\"[::]:443\", \"0.0.0.0:443\"]"), "leave 0.0.0.0:443 out");
        refused(&with("[\"[::]:443\"]", "[\"[::1]:443\", \"[::1]:443\"]"), "twice");
        refused(&format!("issues_at_once = [\"A b\"]\n{PLAIN}"), "issues_at_once: \"A b\"");
        refused(&with("name", "nam"), "unknown field `nam`");
        refused(&with("name = \"a.vn/node\"", ""), "missing field `name`");
        let tls = "[tls]\ncertificate = \"c.pem\"\nkey = \"k.pem\"\n";
        refused(&format!("{PLAIN}{tls}redirect = [\"0.0.0.0:443\"]"), "tls.redirect");
        let plain = with("https://a.vn/", "http://a.vn");
        refused(&format!("{plain}private_addresses = true\n{tls}"), "write https://");
    }
}
