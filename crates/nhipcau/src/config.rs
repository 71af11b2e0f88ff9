//! The configuration: one TOML file, a few environment variables, checked once.
//!
//! Every error names the key and the cure. Paths in the file are relative to the file.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use network::names::Origin;
use serde::{Deserialize, Serialize};

use crate::db::Place;

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
    /// Certificate and key, when this server speaks TLS itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<Tls>,
    /// True to mirror every log of the nation (ministries and provinces do); false for what the portals here show.
    #[serde(default)]
    pub follows_all: bool,
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

/// Certificate and key in PEM.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate chain.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
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
    /// TLS, if this server speaks it itself.
    pub tls: Option<Tls>,
    /// True to mirror every log of the nation.
    pub follows_all: bool,
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
        let name = self.name.parse().map_err(|e| anyhow::anyhow!("name = {:?}: {e}", self.name))?;
        let url = address(&self.url, self.private_addresses).context("url")?;
        if self.listen.is_empty() {
            bail!("listen is empty; name at least one address, for example \"127.0.0.1:8080\"");
        }
        let listen = self
            .listen
            .iter()
            .map(|text| {
                text.parse().with_context(|| {
                    format!("listen: {text:?} is not an address such as 127.0.0.1:8080 or [::]:443")
                })
            })
            .collect::<anyhow::Result<_>>()?;
        for neighbour in &self.neighbours {
            neighbour
                .name
                .parse::<Origin>()
                .map_err(|e| anyhow::anyhow!("neighbour {:?}: {e}", neighbour.name))?;
            address(&neighbour.url, self.private_addresses)
                .with_context(|| format!("neighbour {}", neighbour.name))?;
        }
        let place: Place = match self.database.parse() {
            Ok(place) => place,
            Err(never) => match never {},
        };
        let database = match place {
            Place::Sqlite(path) => Place::Sqlite(folder.join(path)),
            other => other,
        };
        Ok(Config {
            folder: folder.to_owned(),
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
            tls: self
                .tls
                .map(|tls| Tls { certificate: folder.join(tls.certificate), key: folder.join(tls.key) }),
            follows_all: self.follows_all,
            neighbours: self.neighbours,
        })
    }
}

/// An address that may be called: https, or http too where `private` is allowed; no trailing slash.
///
/// # Errors
/// Says what is missing.
pub fn address(text: &str, private: bool) -> anyhow::Result<String> {
    let trimmed = text.trim_end_matches('/');
    if trimmed.starts_with("https://") || (private && trimmed.starts_with("http://")) {
        return Ok(trimmed.to_owned());
    }
    bail!("{text:?} must begin with https:// (http:// only where private_addresses = true)")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> anyhow::Result<Config> {
        toml::from_str::<File>(text)?.check(Path::new("/srv/node"))
    }

    #[test]
    fn paths_are_relative_to_the_file() {
        let config = file("name = \"a.vn/node\"\nurl = \"https://a.vn/\"\nlisten = [\"[::]:443\"]").unwrap();
        assert_eq!(config.database, Place::Sqlite("/srv/node/data/nhipcau.db".into()));
        assert_eq!(config.url, "https://a.vn");
    }

    #[test]
    fn an_error_names_the_key_and_the_cure() {
        let error = file("name = \"a.vn/node\"\nurl = \"http://a.vn\"\nlisten = [\"[::]:443\"]").unwrap_err();
        assert!(format!("{error:#}").contains("private_addresses"), "{error:#}");
        let error = file("name = \"a.vn/node\"\nurl = \"https://a.vn\"\nlisten = [\"here\"]").unwrap_err();
        assert!(format!("{error:#}").contains("127.0.0.1:8080"), "{error:#}");
        assert!(file("nam = \"a.vn/node\"").is_err());
    }
}
