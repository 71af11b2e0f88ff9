//! Calls between sites, signed as Standard Webhooks say (standardwebhooks.com): what a joined site sends is checked here, and what a portal
//! sends on is signed here.

use anyhow::anyhow;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hkdf::hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A secret as people copy it: `whsec_…`.
pub fn secret(key: &[u8]) -> String {
    format!("whsec_{}", STANDARD.encode(key))
}

/// The bytes behind a secret, 16 to 64 of them; none if it has others. The sign before it may lack.
pub fn key(secret: &str) -> Option<Vec<u8>> {
    let bytes = STANDARD.decode(secret.trim().strip_prefix("whsec_").unwrap_or(secret.trim())).ok()?;
    (16..=64).contains(&bytes.len()).then_some(bytes)
}

fn mac(key: &[u8], (call, at): (&str, &str), body: &[u8]) -> anyhow::Result<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| anyhow!("a secret of no length"))?;
    mac.update(format!("{call}.{at}.").as_bytes());
    mac.update(body);
    Ok(mac)
}

/// The signature (v1) of a call by its id and time.
///
/// # Errors
/// When the key is none.
pub fn signature(key: &[u8], call: (&str, &str), body: &[u8]) -> anyhow::Result<String> {
    Ok(format!("v1,{}", STANDARD.encode(mac(key, call, body)?.finalize().into_bytes())))
}

/// Whether one of the signatures of a call with an id is that of the key; compared in constant time. The body is read once, however many
/// signatures there are: whoever cannot sign may send both long.
pub fn is_signed(key: &[u8], call: (&str, &str), body: &[u8], signatures: &str) -> bool {
    if call.0.is_empty() {
        return false;
    }
    let Ok(mac) = mac(key, call, body) else { return false };
    signatures.split(' ').filter_map(|one| one.strip_prefix("v1,")).any(|signature| {
        STANDARD.decode(signature).is_ok_and(|signature| mac.clone().verify_slice(&signature).is_ok())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_standard_webhooks() {
        // The example of the specification's own libraries.
        let key = key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = br#"{"test": 2432232314}"#;
        let call = ("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330");
        let good = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(signature(&key, call, body).unwrap(), good);
        assert!(is_signed(&key, call, body, good) && is_signed(&key, call, body, &format!("v1,x {good}")));
        assert!(!is_signed(&key, call, b"{}", good) && !is_signed(&key, (call.0, "1614265331"), body, good));
        assert!(!is_signed(&key, call, body, "") && !is_signed(&key, call, body, &good.replace("v1", "v2")));
    }

    #[test]
    fn a_secret_is_read_as_it_is_told_and_no_short_one() {
        let bytes = b"0123456789abcdef".to_vec();
        assert_eq!(key(&secret(&bytes)), Some(bytes));
        assert!(key("whsec_eA==").is_none() && key("không").is_none());
    }
}
