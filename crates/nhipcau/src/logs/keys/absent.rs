//! Tokens in a build without the feature `pkcs11`: what names one is told how to get it.

use anyhow::bail;
use tlog::VerifierKey;

use super::away::Away;
use super::uri::TokenUri;

/// A key in a token; in this build there is none.
pub enum TokenKey {}

const HOW: &str = "this build of nhipcau has no PKCS#11: install the Debian package, or build it with \
                   `cargo build --release -p nhipcau --features pkcs11`";

impl TokenKey {
    /// # Errors
    /// Always: says how to get a build that can.
    pub fn open(_: &TokenUri, _: VerifierKey) -> anyhow::Result<TokenKey> {
        bail!(HOW)
    }

    /// Its public half.
    pub fn verifier(&self) -> &VerifierKey {
        match *self {}
    }

    /// Looks for the token.
    pub fn look(&self) {
        match *self {}
    }

    /// Why it cannot sign now.
    pub fn away(&self) -> Option<Away> {
        match *self {}
    }

    /// Signs.
    ///
    /// # Errors
    /// None: there is no such key.
    pub fn sign(&self, _: &[u8]) -> Result<[u8; 64], Away> {
        match *self {}
    }
}

/// The public half of a key in a token.
///
/// # Errors
/// Always, as [`TokenKey::open`].
pub fn public(_: &TokenUri) -> anyhow::Result<[u8; 32]> {
    bail!(HOW)
}

/// Makes a key in a token.
///
/// # Errors
/// Always, as [`TokenKey::open`].
pub fn make(_: &TokenUri) -> anyhow::Result<[u8; 32]> {
    bail!(HOW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_names_a_token_is_told_how_to_get_a_build_that_knows_them() {
        let uri: TokenUri = super::super::uri::EXAMPLE.parse().unwrap();
        let key = VerifierKey::new("laocai.gov.vn/log", tlog::KeyKind::Ed25519, &[1; 32]).unwrap();
        let refused = [public(&uri).err(), make(&uri).err(), TokenKey::open(&uri, key).err()];
        for error in refused.map(Option::unwrap) {
            let says = error.to_string();
            assert!(says.contains("Debian package") && says.contains("--features pkcs11"), "{says}");
        }
    }
}
