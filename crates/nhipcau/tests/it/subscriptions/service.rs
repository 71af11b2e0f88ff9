//! A push service and a browser behind it: what it is handed is kept, and opened with the browser's key as RFC 8291 has it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aes_gcm::aead::{Aead, KeyInit};
use aes_gcm::{Aes128Gcm, Key};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{PublicKey, SecretKey};
use serde_json::Value;
use sha2::Sha256;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::world::until;

/// A message as it came.
#[derive(Clone, Debug)]
pub struct Message {
    pub path: String,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

#[derive(Clone)]
pub struct Service {
    pub origin: String,
    got: Arc<Mutex<Vec<Message>>>,
    status: Arc<Mutex<u16>>,
}

impl Service {
    pub async fn start() -> Service {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let service = Service { origin, got: Arc::default(), status: Arc::new(Mutex::new(201)) };
        let here = service.clone();
        #[allow(clippy::disallowed_methods, reason = "the service is no part of a node")]
        tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                let here = here.clone();
                tokio::spawn(async move { here.talk(line).await });
            }
        });
        service
    }

    /// From now on it answers so.
    pub fn answers(&self, status: u16) {
        *self.status.lock().unwrap() = status;
    }

    pub fn got(&self) -> Vec<Message> {
        self.got.lock().unwrap().clone()
    }

    /// Waits for the `n`th message to a browser.
    pub async fn comes(&self, browser: &Browser, n: usize) -> Message {
        until("a message", async || {
            let got: Vec<Message> = self.got().into_iter().filter(|got| got.path == browser.path).collect();
            got.get(n - 1).cloned().ok_or(format!("{n} messages, {} came", got.len()))
        })
        .await
    }

    async fn talk(&self, line: TcpStream) -> Option<()> {
        let mut line = BufReader::new(line);
        loop {
            let mut first = String::new();
            line.read_line(&mut first).await.ok().filter(|read| *read > 0)?;
            let path = first.split(' ').nth(1)?.to_owned();
            let mut headers = HashMap::new();
            loop {
                let mut header = String::new();
                line.read_line(&mut header).await.ok()?;
                let Some((name, value)) = header.trim().split_once(':') else { break };
                headers.insert(name.to_lowercase(), value.trim().to_owned());
            }
            let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
            line.read_exact(&mut body).await.ok()?;
            self.got.lock().unwrap().push(Message { path, headers, body });
            let status = *self.status.lock().unwrap();
            line.write_all(format!("HTTP/1.1 {status} x\r\ncontent-length: 0\r\n\r\n").as_bytes())
                .await
                .ok()?;
        }
    }
}

/// A browser that has subscribed at a service.
pub struct Browser {
    pub endpoint: String,
    pub path: String,
    key: SecretKey,
    auth: [u8; 16],
}

impl Browser {
    pub fn new(service: &Service, n: u8) -> Browser {
        let path = format!("/gui/{n}");
        let endpoint = format!("{}{path}", service.origin);
        Browser { endpoint, path, key: SecretKey::from_slice(&[n; 32]).unwrap(), auth: [n; 16] }
    }

    /// What the script of the page adds to the form.
    pub fn fields(&self) -> [(&'static str, String); 3] {
        let key = self.key.public_key().to_sec1_point(false);
        [
            ("endpoint", self.endpoint.clone()),
            ("p256dh", URL_SAFE_NO_PAD.encode(key.as_bytes())),
            ("auth", URL_SAFE_NO_PAD.encode(self.auth)),
        ]
    }

    /// What a message says, if it is sealed to this browser.
    pub fn opens(&self, message: &Message) -> Value {
        assert_eq!(message.headers["content-encoding"], "aes128gcm");
        let (salt, rest) = message.body.split_at(16);
        let (size, rest) = rest.split_at(4);
        assert_eq!(u32::from_be_bytes(size.try_into().unwrap()), 4096);
        let (theirs, text) = rest[1..].split_at(usize::from(rest[0]));
        let shared = p256::ecdh::diffie_hellman(
            self.key.to_nonzero_scalar(),
            PublicKey::from_sec1_bytes(theirs).unwrap().as_affine(),
        );
        let own = self.key.public_key().to_sec1_point(false);
        let expand = |salt: &[u8], from: &[u8], info: &[u8], out: &mut [u8]| {
            Hkdf::<Sha256>::new(Some(salt), from).expand(info, out).unwrap();
        };
        let (mut input, mut key, mut nonce) = ([0; 32], [0; 16], [0; 12]);
        let info = [b"WebPush: info\0".as_slice(), own.as_bytes(), theirs].concat();
        expand(&self.auth, shared.raw_secret_bytes(), &info, &mut input);
        expand(salt, &input, b"Content-Encoding: aes128gcm\0", &mut key);
        expand(salt, &input, b"Content-Encoding: nonce\0", &mut nonce);
        let cipher = Aes128Gcm::new(&Key::<Aes128Gcm>::from(key));
        let padded = cipher.decrypt(&nonce.into(), text).expect("it is sealed to somebody else");
        let end = padded.iter().rposition(|byte| *byte != 0).unwrap();
        assert_eq!(padded[end], 2, "the delimiter of the last record");
        serde_json::from_slice(&padded[..end]).unwrap()
    }
}

impl Message {
    /// The claims of who speaks, if the signature of the key holds that a page gave its browsers.
    pub fn spoken(&self, key: &str) -> Value {
        let said = &self.headers["authorization"];
        let (token, by) = said.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        assert_eq!(by, key);
        let (said, signature) = token.rsplit_once('.').unwrap();
        let key = VerifyingKey::from_sec1_bytes(&URL_SAFE_NO_PAD.decode(key).unwrap()).unwrap();
        let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
        key.verify(said.as_bytes(), &signature).expect("the signature of who speaks");
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(said.split_once('.').unwrap().1).unwrap()).unwrap()
    }
}
