//! Names on the network that cannot be wrong once parsed: domains, origins, content hashes.
//!
//! An origin is the name of a log and is never reused; a domain is where an agency's portal answers;
//! a content hash is the SHA-256 of bytes that an entry points to. All three are cheap to clone.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

/// Why a name was refused; the text fits after the name of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Not a host name in lower-case ASCII.
    #[error("must be a host name in lower-case ASCII letters, digits, hyphens and dots, at most 253 bytes")]
    Domain,
    /// Not `<domain>/<path>`.
    #[error(
        "must be an origin such as tinh-a.gov.vn/log: a host name, a slash and a path, at most 255 bytes"
    )]
    Origin,
    /// Not 64 lower-case hexadecimal digits.
    #[error("must be a SHA-256 as 64 lower-case hexadecimal digits")]
    Hash,
}

/// A host name in lower-case ASCII (an internationalised one in its `xn--` form), without port.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Domain(Arc<str>);

/// The name of a log (C2SP tlog-checkpoint "origin"): `<domain>/<path>`, for example `tinh-a.gov.vn/log`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(Arc<str>);

/// The SHA-256 of a content, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash(pub [u8; 32]);

impl Domain {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True if this domain is `parent` or lies under it, label by label: `xa-b.tinh-a.gov.vn` lies under
    /// `tinh-a.gov.vn`, `malicious-tinh-a.gov.vn` does not.
    #[must_use]
    pub fn lies_under(&self, parent: &Domain) -> bool {
        match self.0.strip_suffix(&*parent.0) {
            Some(front) => front.is_empty() || front.ends_with('.'),
            None => false,
        }
    }
}

impl Origin {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The directory of this log under a mirror's prefix: SHA-256 of the origin in lower-case hex
    /// (C2SP tlog-mirror).
    #[must_use]
    pub fn mirror_path(&self) -> String {
        tlog::origin_hash(&self.0)
    }

    /// A bound below every origin, for ranges; not an origin itself.
    pub(crate) fn least() -> Origin {
        Origin(Arc::from(""))
    }

    /// The host name in front of the first slash.
    #[must_use]
    pub fn domain(&self) -> Domain {
        Domain(Arc::from(self.0.split('/').next().unwrap_or_default()))
    }
}

impl ContentHash {
    /// The hash of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> ContentHash {
        ContentHash(Sha256::digest(bytes).into())
    }
}

fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    !text.is_empty() && text.len() <= 253 && text.split('.').all(label)
}

impl FromStr for Domain {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Domain, NameError> {
        if is_domain(text) { Ok(Domain(Arc::from(text))) } else { Err(NameError::Domain) }
    }
}

impl FromStr for Origin {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Origin, NameError> {
        let step = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b))
        };
        match text.split_once('/') {
            Some((domain, path)) if text.len() <= 255 && is_domain(domain) && path.split('/').all(step) => {
                Ok(Origin(Arc::from(text)))
            }
            _ => Err(NameError::Origin),
        }
    }
}

impl FromStr for ContentHash {
    type Err = NameError;
    fn from_str(text: &str) -> Result<ContentHash, NameError> {
        let mut bytes = [0; 32];
        if text.bytes().any(|b| b.is_ascii_uppercase()) || hex::decode_to_slice(text, &mut bytes).is_err() {
            return Err(NameError::Hash);
        }
        Ok(ContentHash(bytes))
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentHash({self})")
    }
}

macro_rules! text_name {
    ($name:ident) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                let text = Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(|error| D::Error::custom(format!("{text:?} {error}")))
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }
        impl Deref for $name {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                &*self.0 == other
            }
        }
        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                &*self.0 == *other
            }
        }
    };
}
text_name!(Domain);
text_name!(Origin);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    #[test]
    fn a_domain_lies_under_another_by_whole_labels() {
        let province: Domain = "tinh-a.gov.vn".parse().unwrap();
        assert!("xa-b.tinh-a.gov.vn".parse::<Domain>().unwrap().lies_under(&province));
        assert!(province.lies_under(&province));
        assert!(!"x-tinh-a.gov.vn".parse::<Domain>().unwrap().lies_under(&province));
    }

    #[test]
    fn names_that_could_be_misread_are_refused() {
        for bad in ["", "Tinh-a.gov.vn", "tinh a.gov.vn", "-a.vn", "a..vn", "a.vn.", "a.vn:80", "tỉnh.vn"] {
            assert_eq!(bad.parse::<Domain>(), Err(NameError::Domain), "{bad}");
        }
        for bad in ["tinh-a.gov.vn", "/log", "tinh-a.gov.vn/", "a.vn/log+1", "a.vn/l og", "a.vn//log"] {
            assert_eq!(bad.parse::<Origin>(), Err(NameError::Origin), "{bad}");
        }
        assert!("a.vn/log2".parse::<Origin>().is_ok());
        assert_eq!("AB".repeat(32).parse::<ContentHash>(), Err(NameError::Hash));
    }
}
