//! What a browser is told, sealed to it (RFC 8291 over RFC 8188, `aes128gcm`), and who says it (VAPID, RFC 8292). Pure: keys,
//! chance and time are arguments.

use aes_gcm::aead::{Aead, KeyInit};
use aes_gcm::{Aes128Gcm, Key};
use anyhow::{Context, anyhow, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{PublicKey, SecretKey};
use serde_json::json;
use sha2::Sha256;

/// The size of the one record (RFC 8291, 4): all that a push service must take.
const RECORD: u32 = 4096;
/// Sizes to which what is said is padded, so that its length says nothing; the last is the most that fits a record with
/// its header and tag.
const SIZES: [usize; 3] = [1024, 2048, 3993];
/// For so long a statement of who speaks is good, in seconds; RFC 8292 (2) allows a day.
const LASTS: i64 = 12 * 3_600;

/// To whom something is sealed: a browser's own key, and the secret that it shares with us.
#[derive(Clone, Debug)]
pub struct Browser {
    key: PublicKey,
    secret: [u8; 16],
}

impl Browser {
    /// Reads the two values as `PushSubscription.toJSON()` says them: base64url, with or without padding.
    ///
    /// # Errors
    /// When one of them is none.
    pub fn read(p256dh: &str, auth: &str) -> anyhow::Result<Browser> {
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('='));
        let key = PublicKey::from_sec1_bytes(&bytes(p256dh).context("p256dh is not base64url")?);
        let key = key.map_err(|_| anyhow!("p256dh is no point of P-256"))?;
        let secret = bytes(auth).context("auth is not base64url")?;
        let secret = secret.try_into().map_err(|_| anyhow!("auth has not 16 bytes"))?;
        Ok(Browser { key, secret })
    }
}

fn point(key: &PublicKey) -> Vec<u8> {
    key.to_sec1_point(false).as_bytes().to_vec()
}

/// Seals what is said, padded to one of three sizes: the body of a push message. `own` and `salt` are used once.
///
/// # Errors
/// When it is longer than a record holds.
pub fn seal(said: &[u8], to: &Browser, own: &SecretKey, salt: [u8; 16]) -> anyhow::Result<Vec<u8>> {
    let size = SIZES.into_iter().find(|size| said.len() < *size).context("more than one record holds")?;
    let mut padded = said.to_vec();
    // The delimiter of the last record, then nothing but zeros (RFC 8188, 2).
    padded.push(2);
    padded.resize(size, 0);
    sealed(&padded, to, own, salt)
}

fn sealed(padded: &[u8], to: &Browser, own: &SecretKey, salt: [u8; 16]) -> anyhow::Result<Vec<u8>> {
    let (theirs, ours) = (point(&to.key), point(&own.public_key()));
    let shared = p256::ecdh::diffie_hellman(own.to_nonzero_scalar(), to.key.as_affine());
    let expand = |salt: &[u8], from: &[u8], info: &[u8], out: &mut [u8]| {
        Hkdf::<Sha256>::new(Some(salt), from).expand(info, out).map_err(|error| anyhow!("HKDF: {error}"))
    };
    let mut input = [0; 32];
    let info = [b"WebPush: info\0".as_slice(), &theirs, &ours].concat();
    expand(&to.secret, shared.raw_secret_bytes(), &info, &mut input)?;
    let (mut key, mut nonce) = ([0; 16], [0; 12]);
    expand(&salt, &input, b"Content-Encoding: aes128gcm\0", &mut key)?;
    expand(&salt, &input, b"Content-Encoding: nonce\0", &mut nonce)?;
    let cipher = Aes128Gcm::new(&Key::<Aes128Gcm>::from(key));
    let text = cipher.encrypt(&nonce.into(), padded).map_err(|_| anyhow!("it cannot be sealed"))?;
    let length = u8::try_from(ours.len()).context("a point of P-256 has 65 bytes")?;
    let whole = [&salt[..], &RECORD.to_be_bytes(), &[length], &ours, &text].concat();
    ensure!(whole.len() <= RECORD as usize, "a message of {} bytes", whole.len());
    Ok(whole)
}

/// The key by which push services know who speaks.
pub struct Speaker {
    key: SigningKey,
    contact: String,
}

impl Speaker {
    /// A key and how whoever runs the node is reached (`mailto:…` or `https:…`).
    pub fn new(key: &SecretKey, contact: String) -> Speaker {
        Speaker { key: SigningKey::from(key), contact }
    }

    /// The public half as browsers ask for it (`applicationServerKey`): base64url.
    pub fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.key.verifying_key().to_sec1_point(false).as_bytes())
    }

    /// The value of `Authorization` for the push service at `origin`; `now` in seconds since 1970.
    pub fn speaks(&self, origin: &str, now: i64) -> String {
        let said = stated(origin, now + LASTS, &self.contact);
        let signature: Signature = self.key.sign(said.as_bytes());
        format!("vapid t={said}.{}, k={}", URL_SAFE_NO_PAD.encode(signature.to_bytes()), self.public())
    }
}

/// Header and claims of the token, encoded.
fn stated(origin: &str, until: i64, contact: &str) -> String {
    let claims = json!({ "aud": origin, "exp": until, "sub": contact });
    let head = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"ES256"}"#);
    format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier;

    fn secret(text: &str) -> SecretKey {
        SecretKey::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
    }

    /// RFC 8291, appendix A.
    #[test]
    fn the_published_message_is_sealed_as_published() {
        let to = Browser::read(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "BTBZMqHH6r4Tts7J_aSIgg",
        )
        .unwrap();
        let salt = URL_SAFE_NO_PAD.decode("DGv6ra1nlYgDCS1FRnbzlw").unwrap().try_into().unwrap();
        let own = secret("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw");
        let said = sealed(b"When I grow up, I want to be a watermelon\x02", &to, &own, salt).unwrap();
        assert_eq!(
            URL_SAFE_NO_PAD.encode(said),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        );
    }

    #[test]
    fn lengths_say_nothing_and_too_much_is_refused() {
        let own = secret("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw");
        let to = Browser {
            key: secret("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94").public_key(),
            secret: [7; 16],
        };
        let length = |said: usize| seal(&vec![b'a'; said], &to, &own, [1; 16]).map(|whole| whole.len());
        assert_eq!(length(0).unwrap(), length(1023).unwrap());
        assert_eq!(length(3992).unwrap(), 4096 - 1, "one record, header and tag included");
        assert!(length(3993).is_err());
    }

    #[test]
    fn what_no_browser_says_is_refused() {
        let good = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
        assert!(Browser::read(&format!("{good}="), "BTBZMqHH6r4Tts7J_aSIgg==").is_ok());
        for (key, auth) in
            [("", "BTBZMqHH6r4Tts7J_aSIgg"), (good, ""), (good, "AAAA"), ("AAAA", "BTBZMqHH6r4Tts7J_aSIgg")]
        {
            assert!(Browser::read(key, auth).is_err(), "{key} {auth}");
        }
        // A point that is on no curve.
        let bad = URL_SAFE_NO_PAD.encode([[4].as_slice(), &[1; 64]].concat());
        assert!(Browser::read(&bad, "BTBZMqHH6r4Tts7J_aSIgg").is_err());
    }

    /// RFC 8292, 2.4: its key and token. A signature of ECDSA is another each time, so what is stated is compared, and the
    /// published signature and ours are verified.
    #[test]
    fn the_published_statement_is_stated_as_published() {
        let token = "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA";
        let key = "BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs";
        let (said, signature) = token.rsplit_once('.').unwrap();
        assert_eq!(stated("https://push.example.net", 1_453_523_768, "mailto:push@example.com"), said);
        let verify = |key: &str, said: &str, signature: &str| {
            let key = VerifyingKey::from_sec1_bytes(&URL_SAFE_NO_PAD.decode(key).unwrap()).unwrap();
            let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
            key.verify(said.as_bytes(), &signature)
        };
        verify(key, said, signature).unwrap();
        let own =
            Speaker::new(&secret("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "mailto:a@b.vn".into());
        let spoken = own.speaks("https://push.example.net", 0);
        let (token, key) = spoken.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        let (said, signature) = token.rsplit_once('.').unwrap();
        verify(key, said, signature).unwrap();
        assert_eq!(key, own.public());
    }
}
