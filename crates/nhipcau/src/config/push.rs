//! What the configuration says of notices to browsers: who speaks, and which services of closed networks are called.
//!
//! Without the table `[push]` no browser is offered notices.

use std::fmt::Write;

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};

/// The table `[push]`, as it is written and as it is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushTable {
    /// How push services reach whoever runs the node: `mailto:quantri@laocai.gov.vn`.
    pub contact: String,
    /// Push services of a closed network, by scheme, host and port; others are called only at public addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
}

impl PushTable {
    /// Checks the values.
    ///
    /// # Errors
    /// Names the key and the cure.
    pub fn check(self) -> anyhow::Result<PushTable> {
        let contact = &self.contact;
        let known = contact.strip_prefix("mailto:").is_some_and(|address| address.contains('@'))
            || contact.starts_with("https://");
        ensure!(
            known,
            "push.contact = {contact:?}: write mailto:quantri@laocai.gov.vn, or an address with https"
        );
        for service in &self.services {
            let url: reqwest::Url =
                service.parse().with_context(|| format!("push.services: {service:?} is no address"))?;
            let here = url.host_str().is_some_and(|host| {
                host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
            });
            ensure!(url.scheme() == "https" || here, "push.services: {service:?} is not https");
            ensure!(
                url.origin().ascii_serialization() == *service,
                "push.services: {service:?}: write scheme, host and port alone, as {:?}",
                url.origin().ascii_serialization()
            );
        }
        Ok(self)
    }

    /// The table as it is written into the file.
    pub(super) fn lines(&self) -> String {
        let mut lines = format!("[push]\ncontact = {}\n", toml::Value::from(self.contact.as_str()));
        if !self.services.is_empty() {
            // Writing to a String cannot fail.
            let _ = writeln!(lines, "services = {}", toml::Value::from(self.services.clone()));
        }
        lines
    }
}

/// What is said above the table, and an example of it.
pub(super) const SAYS: &str = "Thông báo qua trình duyệt (Web Push): máy chủ gọi dịch vụ thông báo của hãng trình duyệt (https, địa chỉ công cộng);\nnội dung được niêm phong tới trình duyệt. contact để dịch vụ ấy liên hệ; services: dịch vụ trong mạng kín được gọi thêm.\nNotices to browsers (Web Push): the node calls the push services of their makers (https, public addresses); what is said\nis sealed to the browser. contact is how they reach you; services: those of a closed network that are called, too.";
/// The example.
pub(super) const EXAMPLE: &str = "[push]\ncontact = \"mailto:quantri@laocai.gov.vn\"";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_key_and_the_cure() {
        let with = |contact: &str, services: &[&str]| {
            let services = services.iter().map(|text| (*text).to_owned()).collect();
            PushTable { contact: contact.into(), services }.check()
        };
        with("mailto:a@b.vn", &["https://push.b.vn", "http://127.0.0.1:8081"]).unwrap();
        for (contact, services, cure) in [
            ("a@b.vn", vec![], "push.contact = \"a@b.vn\": write mailto:"),
            ("mailto:a@b.vn", vec!["push.b.vn"], "is no address"),
            ("mailto:a@b.vn", vec!["http://push.b.vn"], "is not https"),
            ("mailto:a@b.vn", vec!["https://push.b.vn/x"], "write scheme, host and port alone"),
        ] {
            let error = format!("{:#}", with(contact, &services).unwrap_err());
            assert!(error.contains(cure), "{error}");
        }
    }
}
