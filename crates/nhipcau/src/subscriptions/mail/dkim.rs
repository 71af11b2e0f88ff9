//! DKIM signatures (RFC 6376; Ed25519 by RFC 8463), relaxed in header and body.
//!
//! The key is used through the TLS library's own signing, whose time does not tell what the key is. What RFC 8058 asks to be
//! covered, List-Unsubscribe and List-Unsubscribe-Post, is covered; From and Subject are named once more than they occur, so
//! that nobody can add another.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::sign::SigningKey;
use rustls::{SignatureAlgorithm, SignatureScheme};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;
use sha2::{Digest, Sha256};

/// What is signed of a header, as often as named.
const SIGNED: [&str; 15] = [
    "from",
    "from",
    "to",
    "subject",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "content-language",
    "auto-submitted",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "reply-to",
];

/// A key and the name under which its public half stands in DNS.
#[derive(Clone, Debug)]
pub struct Signer {
    domain: String,
    selector: String,
    key: Arc<dyn SigningKey>,
    /// The name of the algorithm: `rsa-sha256`, `ed25519-sha256`.
    algorithm: &'static str,
}

impl Signer {
    /// Opens the key of a domain.
    ///
    /// # Errors
    /// When the file cannot be read or holds no key that may sign.
    pub fn open(path: &Path, domain: &str, selector: &str) -> anyhow::Result<Signer> {
        let pem = std::fs::read(path).with_context(|| format!("mail.dkim_key: read {}", path.display()))?;
        Signer::of(&pem, domain, selector).with_context(|| format!("mail.dkim_key: {}", path.display()))
    }

    fn of(pem: &[u8], domain: &str, selector: &str) -> anyhow::Result<Signer> {
        let der = PrivateKeyDer::from_pem_slice(pem)
            .ok()
            .context("holds no private key in PEM; make one with `openssl genrsa 2048`")?;
        let key = any_supported_type(&der)
            .ok()
            .context("holds no key that may sign: RSA of 2,048 bits or more, or Ed25519")?;
        let algorithm = match key.algorithm() {
            SignatureAlgorithm::RSA => "rsa-sha256",
            SignatureAlgorithm::ED25519 => "ed25519-sha256",
            _ => bail!("DKIM knows RSA and Ed25519 keys alone"),
        };
        Ok(Signer { domain: domain.to_owned(), selector: selector.to_owned(), key, algorithm })
    }

    /// The message with its signature before it; `at` in seconds since 1970.
    ///
    /// # Errors
    /// When the message has no header, or the key does not sign.
    pub fn sign(&self, message: &[u8], at: i64) -> anyhow::Result<Vec<u8>> {
        let (header, body) = split(message)?;
        let hash = STANDARD.encode(Sha256::digest(relaxed_body(body)));
        let (algorithm, domain, selector) = (self.algorithm, &self.domain, &self.selector);
        let own = format!(
            "DKIM-Signature: v=1; a={algorithm}; c=relaxed/relaxed; d={domain};\r\n s={selector}; t={at};\r\n \
             h={};\r\n bh={hash};\r\n b=",
            SIGNED.join(":\r\n  ")
        );
        let signature = self.signature(&signed(header, &SIGNED, &own))?;
        let mut whole = own.into_bytes();
        for (at, piece) in STANDARD.encode(signature).into_bytes().chunks(72).enumerate() {
            whole.extend_from_slice(if at == 0 { b"" } else { b"\r\n  " });
            whole.extend_from_slice(piece);
        }
        whole.extend_from_slice(b"\r\n");
        whole.extend_from_slice(message);
        Ok(whole)
    }

    fn signature(&self, data: &[u8]) -> anyhow::Result<Vec<u8>> {
        let (scheme, data) = match self.algorithm {
            // The hash itself is what Ed25519 signs (RFC 8463, 3).
            "ed25519-sha256" => (SignatureScheme::ED25519, Sha256::digest(data).to_vec()),
            _ => (SignatureScheme::RSA_PKCS1_SHA256, data.to_vec()),
        };
        let signer = self.key.choose_scheme(&[scheme]).context("the DKIM key does not sign so")?;
        Ok(signer.sign(&data)?)
    }
}

/// Header and body of a message.
fn split(message: &[u8]) -> anyhow::Result<(&str, &[u8])> {
    let at = message.windows(4).position(|four| four == b"\r\n\r\n").context("a mail without a header")?;
    let header = std::str::from_utf8(&message[..at + 2])?;
    ensure!(header.is_ascii(), "a mail whose header is not ASCII");
    Ok((header, &message[at + 4..]))
}

/// What is signed: the named fields, each from the last that was not taken yet, then the signature's own without its value.
fn signed(header: &str, names: &[&str], own: &str) -> Vec<u8> {
    let mut fields: Vec<String> = Vec::new();
    for line in header.split_inclusive("\r\n") {
        match fields.last_mut() {
            Some(last) if line.starts_with([' ', '\t']) => last.push_str(line),
            _ => fields.push(line.to_owned()),
        }
    }
    let mut data = String::new();
    for name in names {
        let is =
            |field: &String| field.split(':').next().is_some_and(|own| own.trim().eq_ignore_ascii_case(name));
        if let Some(at) = fields.iter().rposition(is) {
            data.push_str(&relaxed(&fields.remove(at)));
            data.push_str("\r\n");
        }
    }
    data.push_str(&relaxed(own));
    data.into_bytes()
}

/// A field with its name in lower case, in one line, with single blanks.
fn relaxed(field: &str) -> String {
    let (name, value) = field.split_once(':').unwrap_or((field, ""));
    let value: Vec<&str> = value.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()).collect();
    format!("{}:{}", name.trim().to_ascii_lowercase(), value.join(" "))
}

/// A body with single blanks inside its lines, none at their ends, and no empty line at its own.
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(body.len());
    let mut rest = body;
    while !rest.is_empty() {
        let end = rest.windows(2).position(|two| two == b"\r\n").unwrap_or(rest.len());
        let mut blank = false;
        for byte in &rest[..end] {
            if matches!(byte, b' ' | b'\t') {
                blank = true;
                continue;
            }
            if std::mem::take(&mut blank) {
                out.push(b' ');
            }
            out.push(*byte);
        }
        out.extend_from_slice(b"\r\n");
        rest = rest.get(end + 2..).unwrap_or_default();
    }
    while out.ends_with(b"\r\n\r\n") {
        out.truncate(out.len() - 2);
    }
    if out == b"\r\n" { Vec::new() } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8463, appendix A: the message, its Ed25519 key and signature.
    const MESSAGE: &str = "From: Joe SixPack <joe@football.example.com>\r\nTo: Suzie Q <suzie@shopping.example.net>\r\n\
        Subject: Is dinner ready?\r\nDate: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n\
        Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n\r\n\
        Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n";
    const SEED: &str = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
    const OWN: &str = "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n d=football.example.com; i=@football.example.com;\r\n \
        q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n subject : date : message-id : from : subject : date;\r\n \
        bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n b=";

    fn ed25519() -> Signer {
        let mut der = hex::decode("302e020100300506032b657004220420").unwrap();
        der.extend(STANDARD.decode(SEED).unwrap());
        let pem =
            format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der));
        Signer::of(pem.as_bytes(), "football.example.com", "brisbane").unwrap()
    }

    #[test]
    fn the_published_message_is_signed_as_published() {
        let (header, body) = split(MESSAGE.as_bytes()).unwrap();
        let hash = STANDARD.encode(Sha256::digest(relaxed_body(body)));
        assert_eq!(hash, "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=");
        let names = ["from", "to", "subject", "date", "message-id", "from", "subject", "date"];
        let signature = ed25519().signature(&signed(header, &names, OWN)).unwrap();
        assert_eq!(
            STANDARD.encode(signature),
            "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw=="
        );
    }

    #[test]
    fn blanks_at_the_ends_are_none() {
        assert_eq!(relaxed_body(b"a \t b \r\n\r\n\r\n"), b"a b\r\n");
        assert_eq!(relaxed_body(b"a"), b"a\r\n");
        assert_eq!(relaxed_body(b"\r\n\r\n"), b"");
        assert_eq!(relaxed("Subject:  Two\r\n\t words  "), "subject:Two words");
    }
}
