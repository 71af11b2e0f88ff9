//! Where a key lies in a token: a PKCS#11 URI (RFC 7512), as far as a log's key needs it.
//!
//! It names the module, the token and the object; the PIN it never holds, only where the PIN is read. What it does not know
//! it refuses by name, so that a word mistyped does not find another key.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// An example, for errors and help.
pub const EXAMPLE: &str = "pkcs11:token=nhipcau;object=laocai.gov.vn?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/nhipcau/pin";

/// Where the PIN of a token is read; it is read anew whenever it is needed, and kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PinSource {
    /// A file; a line end after the PIN does not count.
    File(PathBuf),
    /// A variable of the environment.
    Environment(String),
}

/// Which token, whoever asks: by its label, its serial number, or both.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TokenName {
    /// The vendor's library.
    pub module: PathBuf,
    /// The token's label.
    pub label: Option<String>,
    /// Its serial number.
    pub serial: Option<String>,
}

/// Which object within a token.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ObjectName {
    /// Its label (`CKA_LABEL`).
    pub label: Option<String>,
    /// Its id (`CKA_ID`).
    pub id: Option<Vec<u8>>,
}

/// A key in a token.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TokenUri {
    /// The token.
    pub token: TokenName,
    /// The key.
    pub object: ObjectName,
    /// Where the PIN is read; `None` for a token that asks for none.
    pub pin: Option<PinSource>,
}

impl FromStr for TokenUri {
    type Err = String;

    fn from_str(text: &str) -> Result<TokenUri, String> {
        let rest = text.strip_prefix("pkcs11:").ok_or_else(|| format!("it must begin like {EXAMPLE}"))?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (mut label, mut serial, mut object, mut id) = (None, None, None, None);
        let (mut module, mut pin) = (None, None);
        let path = path.split(';').map(|part| (part, false));
        let query = query.split('&').map(|part| (part, true));
        for (part, asked) in path.chain(query).filter(|(part, _)| !part.is_empty()) {
            let (name, value) =
                part.split_once('=').ok_or_else(|| format!("{part:?} is no name=value of a PKCS#11 URI"))?;
            let bytes = decoded(value).ok_or_else(|| format!("{name}: a % without two digits after it"))?;
            if name == "id" && !asked {
                once(&mut id, name, bytes)?;
                continue;
            }
            let value = String::from_utf8(bytes).map_err(|_| format!("{name}: is not UTF-8"))?;
            let fine = !value.is_empty() && !value.chars().any(char::is_control);
            if !fine {
                return Err(format!("{name}: is empty, or holds a control character"));
            }
            match (name, asked) {
                ("token", false) => once(&mut label, name, value)?,
                ("serial", false) => once(&mut serial, name, value)?,
                ("object", false) => once(&mut object, name, value)?,
                // The vendor's name and version find nothing more; a key that is no private one cannot sign.
                ("manufacturer" | "model", false) => {}
                ("type", false) if value == "private" => {}
                ("module-path", true) => once(&mut module, name, PathBuf::from(value))?,
                ("pin-source", true) => once(&mut pin, name, pin_source(&value)?)?,
                ("pin-value", true) => {
                    return Err("pin-value: a PIN does not belong where many read it; name a file with \
                                pin-source=file:/etc/nhipcau/pin, or a variable with pin-source=env:NHIPCAU_PIN"
                        .to_owned());
                }
                _ => return Err(format!("{name}={value}: not known here; it is written like {EXAMPLE}")),
            }
        }
        let module = module.ok_or_else(|| format!("module-path is missing: {EXAMPLE}"))?;
        if !module.is_absolute() {
            return Err(format!("module-path={}: name it from / on", module.display()));
        }
        if label.is_none() && serial.is_none() {
            return Err(format!("token (its label) or serial is missing: {EXAMPLE}"));
        }
        if object.is_none() && id.is_none() {
            return Err(format!("object (the key's label) or id is missing: {EXAMPLE}"));
        }
        let (token, object) = (TokenName { module, label, serial }, ObjectName { label: object, id });
        Ok(TokenUri { token, object, pin })
    }
}

fn once<T>(slot: &mut Option<T>, name: &str, value: T) -> Result<(), String> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(format!("{name} stands there twice")),
    }
}

fn pin_source(value: &str) -> Result<PinSource, String> {
    let file = value.strip_prefix("file:").map_or(value, |path| path.trim_start_matches("//"));
    match value.strip_prefix("env:") {
        Some(name) if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !name.is_empty() => {
            Ok(PinSource::Environment(name.to_owned()))
        }
        None if file.starts_with('/') => Ok(PinSource::File(file.into())),
        _ => Err(format!(
            "pin-source={value}: name a file (file:/etc/nhipcau/pin) or a variable (env:NHIPCAU_PIN)"
        )),
    }
}

/// Bytes behind `%xx`.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => hex::decode([bytes.next()?, bytes.next()?]).ok()?[0],
            byte => byte,
        });
    }
    Some(out)
}

impl fmt::Display for TokenName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.label.as_deref().or(self.serial.as_deref()).unwrap_or_default();
        write!(f, "{name} ({})", self.module.display())
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.label, &self.id) {
            (Some(label), _) => f.write_str(label),
            (None, id) => write!(f, "id {}", hex::encode(id.as_deref().unwrap_or_default())),
        }
    }
}

impl fmt::Display for PinSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PinSource::File(path) => write!(f, "{}", path.display()),
            PinSource::Environment(name) => write!(f, "${name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_names_module_token_object_and_where_the_pin_is() {
        let uri: TokenUri = EXAMPLE.parse().unwrap();
        assert_eq!(uri.token.label.as_deref(), Some("nhipcau"));
        assert_eq!(uri.pin, Some(PinSource::File("/etc/nhipcau/pin".into())));
        let uri: TokenUri =
            "pkcs11:serial=7b%3A01;id=%01%ff;type=private?module-path=/m.so&pin-source=env:PIN"
                .parse()
                .unwrap();
        assert_eq!(uri.token.serial.as_deref(), Some("7b:01"));
        assert_eq!(uri.object.id, Some(vec![1, 255]));
        assert_eq!(uri.pin, Some(PinSource::Environment("PIN".into())));
        let named: TokenUri = "pkcs11:token=S%E1%BB%95;object=a%2Flog?module-path=/m.so".parse().unwrap();
        assert_eq!((named.token.label.as_deref(), named.object.to_string().as_str()), (Some("Sổ"), "a/log"));
        assert_eq!(named.pin, None);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, says) in [
            ("keys/a.key", "must begin like pkcs11:"),
            ("pkcs11:token=a;object=b", "module-path is missing"),
            ("pkcs11:token=a;object=b?module-path=m.so", "from / on"),
            ("pkcs11:object=b?module-path=/m.so", "token (its label) or serial"),
            ("pkcs11:token=a?module-path=/m.so", "object (the key's label) or id"),
            ("pkcs11:token=a;token=b;object=c?module-path=/m.so", "token stands there twice"),
            ("pkcs11:token=a;object=b?module-path=/m.so&pin-value=1234", "pin-source=file:"),
            ("pkcs11:token=a;object=b?module-path=/m.so&pin-source=1234", "name a file"),
            ("pkcs11:token=a;object=b?module-path=/m.so&pin-source=|cat", "name a file"),
            ("pkcs11:token=a;objekt=b?module-path=/m.so", "objekt=b: not known here"),
            ("pkcs11:token=a;object=b;type=public?module-path=/m.so", "type=public"),
            ("pkcs11:token=%4;object=b?module-path=/m.so", "a % without"),
            ("pkcs11:token=%ff;object=b?module-path=/m.so", "not UTF-8"),
            ("pkcs11:token=%00;object=b?module-path=/m.so", "control character"),
        ] {
            let error = text.parse::<TokenUri>().unwrap_err();
            assert!(error.contains(says) && !error.contains("1234;"), "{text}: {error}");
        }
        let pin = "pkcs11:token=a;object=b?module-path=/m.so&pin-value=87654321";
        assert!(!pin.parse::<TokenUri>().unwrap_err().contains("87654321"), "a PIN is in no error");
    }
}
