//! What the configuration says of e-mail: the relay that takes it, who it is from, the key that signs it.
//!
//! Without the table `[mail]` nobody is offered mail; the pages then speak of feeds.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use lettre::Address;
use serde::{Deserialize, Serialize};

/// The table `[mail]` as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailTable {
    /// Host and port of the relay: `smtp.laocai.gov.vn:587`.
    pub relay: String,
    /// How the line to it is kept secret.
    #[serde(default)]
    pub tls: MailTls,
    /// The name under which the relay knows us; none if it asks for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// The file that holds the password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<PathBuf>,
    /// The sender's address: `tin@laocai.gov.vn`.
    pub from: String,
    /// The name under which the key stands in DNS: `nhipcau` for `nhipcau._domainkey.laocai.gov.vn`.
    pub dkim_selector: String,
    /// The private key that signs (PEM, PKCS #8; RSA of 2,048 bits or more, or Ed25519).
    pub dkim_key: PathBuf,
    /// The Maildir into which the relay puts what comes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounces: Option<PathBuf>,
    /// The Maildir into which the relay puts what people write to the petitions' address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub petitions: Option<PathBuf>,
}

/// How the line to the relay is kept secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// STARTTLS, and nothing without it (port 587).
    #[default]
    Starttls,
    /// TLS from the first byte (port 465).
    Wrapped,
    /// None: only to a relay on this machine, or where private addresses are allowed.
    None,
}

impl MailTls {
    /// The word in the file.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            MailTls::Starttls => "starttls",
            MailTls::Wrapped => "wrapped",
            MailTls::None => "none",
        }
    }
}

/// The same, checked.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The relay's host.
    pub host: String,
    /// The relay's port.
    pub port: u16,
    /// How the line to it is kept secret.
    pub tls: MailTls,
    /// Login and the file of the password.
    pub login: Option<(String, PathBuf)>,
    /// The sender's address.
    pub from: Address,
    /// The name of the key in DNS.
    pub selector: String,
    /// The file of the key.
    pub key: PathBuf,
    /// Where what comes back lies.
    pub bounces: Option<PathBuf>,
    /// Where petitions by mail lie.
    pub petitions: Option<PathBuf>,
}

impl MailTable {
    /// Checks the values; relative paths start at `folder`.
    ///
    /// # Errors
    /// Names the key and the cure.
    pub fn check(self, folder: &Path, private: bool) -> anyhow::Result<Mail> {
        let (host, port) = self
            .relay
            .rsplit_once(':')
            .and_then(|(host, port)| Some((host.trim_matches(['[', ']']).to_owned(), port.parse().ok()?)))
            .filter(|(host, _): &(String, u16)| !host.is_empty())
            .with_context(|| {
                format!("mail.relay = {:?}: write host and port, smtp.laocai.gov.vn:587", self.relay)
            })?;
        let here = host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
        ensure!(
            self.tls != MailTls::None || here || private,
            "mail.tls = \"none\": only for a relay on this machine; write \"starttls\" or \"wrapped\""
        );
        let login = match (self.login, self.password) {
            (None, None) => None,
            (Some(login), Some(password)) => Some((login, folder.join(password))),
            _ => {
                anyhow::bail!("mail.login and mail.password (a file) belong together; write both or neither")
            }
        };
        let from: Address = self
            .from
            .parse()
            .with_context(|| format!("mail.from = {:?}: write an address, tin@laocai.gov.vn", self.from))?;
        // What comes back is told apart by a word behind a plus sign, which must still fit (RFC 5321, 4.5.3.1.1).
        ensure!(from.user().len() <= 30, "mail.from: the part before @ has more than 30 characters");
        let label =
            |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        ensure!(
            self.dkim_selector.split('.').all(label),
            "mail.dkim_selector = {:?}: letters, digits, hyphens and dots, as it stands in DNS",
            self.dkim_selector
        );
        Ok(Mail {
            host,
            port,
            tls: self.tls,
            login,
            from,
            selector: self.dkim_selector,
            key: folder.join(self.dkim_key),
            bounces: self.bounces.map(|path| folder.join(path)),
            petitions: self.petitions.map(|path| folder.join(path)),
        })
    }

    /// The table as it is written into the file.
    pub(super) fn lines(&self) -> String {
        let path = |path: &Path| toml::Value::from(path.display().to_string());
        let text = |text: &str| toml::Value::from(text);
        let mut lines = format!("[mail]\nrelay = {}\ntls = \"{}\"\n", text(&self.relay), self.tls.word());
        // Writing to a String cannot fail.
        for (key, value) in [
            ("login", self.login.as_deref().map(text)),
            ("password", self.password.as_deref().map(path)),
            ("from", Some(text(&self.from))),
            ("dkim_selector", Some(text(&self.dkim_selector))),
            ("dkim_key", Some(path(&self.dkim_key))),
            ("bounces", self.bounces.as_deref().map(path)),
            ("petitions", self.petitions.as_deref().map(path)),
        ] {
            if let Some(value) = value {
                let _ = writeln!(lines, "{key} = {value}");
            }
        }
        lines
    }
}

/// What is said above the table, and an example of it.
pub(super) const SAYS: &str = "Thư điện tử cho người theo dõi: máy chuyển thư (SMTP), tls là \"starttls\", \"wrapped\" (cổng 465) hoặc \"none\" (chỉ trên\ncùng máy); password là tệp; dkim_key là khóa riêng (PEM), khóa công khai đặt ở <dkim_selector>._domainkey trong DNS;\nbounces là Maildir mà máy chuyển thư bỏ thư trả lại vào (địa chỉ from có thêm +mã);\npetitions là Maildir nhận thư gửi tới địa chỉ phản ánh, ví dụ phan-anh@laocai.gov.vn: mỗi thư thành một phản ánh. Không có bảng này: không mời nhận thư.\nMail to those who follow: the SMTP relay; tls is \"starttls\", \"wrapped\" (port 465) or \"none\" (same machine only);\npassword is a file; dkim_key is a private key (PEM) whose public half stands at <dkim_selector>._domainkey in DNS;\nbounces is the Maildir into which the relay puts what comes back (to from's address with +code);\npetitions is the Maildir of the petitions' address, phan-anh@laocai.gov.vn: each mail becomes a petition. Without it no mail is offered.";
/// The example.
pub(super) const EXAMPLE: &str = "[mail]\nrelay = \"smtp.laocai.gov.vn:587\"\ntls = \"starttls\"\nlogin = \"nhipcau\"\npassword = \"keys/mail.password\"\nfrom = \"tin@laocai.gov.vn\"\ndkim_selector = \"nhipcau\"\ndkim_key = \"keys/dkim.pem\"\nbounces = \"data/bounces\"\npetitions = \"data/petitions-mail\"";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_key_and_the_cure() {
        let with = |from: &str, to: &str| {
            toml::from_str::<MailTable>(&EXAMPLE.replace("[mail]\n", "").replace(from, to))
                .unwrap()
                .check(Path::new("/srv/node"), false)
        };
        let good = with("", "").unwrap();
        assert_eq!((good.host.as_str(), good.port), ("smtp.laocai.gov.vn", 587));
        assert_eq!(good.key, Path::new("/srv/node/keys/dkim.pem"));
        let refused = |from: &str, to: &str, cure: &str| {
            let error = format!("{:#}", with(from, to).unwrap_err());
            assert!(error.contains(cure), "{error}");
        };
        refused(":587", "", "mail.relay");
        refused("starttls", "none", "only for a relay on this machine");
        refused("login = \"nhipcau\"\n", "", "belong together");
        refused("tin@laocai", "tin", "mail.from = \"tin.gov.vn\"");
        refused("selector = \"nhipcau\"", "selector = \"a b\"", "mail.dkim_selector");
    }
}
