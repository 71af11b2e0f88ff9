//! A push service as Firefox speaks to it (the WebSocket protocol of autopush: hello, register, notification, ack; RFC 6455), and as
//! senders do (RFC 8030: a POST to the browser's address). What it is handed it passes on unread.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

#[derive(Default)]
struct Known {
    greeted: bool,
    browser: Option<mpsc::UnboundedSender<Value>>,
    bodies: Vec<Vec<u8>>,
    acknowledged: Vec<u64>,
}

/// The service.
#[derive(Clone)]
pub struct Service {
    /// Where senders reach it: scheme, host and port.
    pub origin: String,
    /// Where browsers do.
    pub socket: String,
    known: Arc<Mutex<Known>>,
}

impl Service {
    pub async fn start() -> Service {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let service =
            Service { origin: format!("http://{at}"), socket: format!("ws://{at}/"), known: Arc::default() };
        let here = service.clone();
        #[allow(clippy::disallowed_methods, reason = "the service is no part of a node")]
        tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                let here = here.clone();
                tokio::spawn(async move { here.talks(line).await });
            }
        });
        service
    }

    /// True once a browser has said hello.
    pub fn greeted(&self) -> bool {
        self.known.lock().unwrap().greeted
    }

    /// What became of the notifications, as the browser says: 100 was delivered.
    pub fn acknowledged(&self) -> Vec<u64> {
        self.known.lock().unwrap().acknowledged.clone()
    }

    /// What senders handed in.
    pub fn bodies(&self) -> Vec<Vec<u8>> {
        self.known.lock().unwrap().bodies.clone()
    }

    async fn talks(&self, line: TcpStream) -> Option<()> {
        let mut line = BufReader::new(line);
        let mut first = String::new();
        line.read_line(&mut first).await.ok()?;
        let mut headers = HashMap::new();
        loop {
            let mut header = String::new();
            line.read_line(&mut header).await.ok()?;
            let Some((name, value)) = header.trim_end().split_once(": ") else { break };
            headers.insert(name.to_ascii_lowercase(), value.to_owned());
        }
        match headers.get("sec-websocket-key") {
            Some(key) => {
                let accept =
                    STANDARD.encode(Sha1::digest(format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
                let mut answer = format!(
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n"
                );
                if let Some(protocol) = headers.get("sec-websocket-protocol") {
                    answer.push_str(&format!("Sec-WebSocket-Protocol: {protocol}\r\n"));
                }
                line.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
                self.serves(line).await
            }
            None => {
                let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
                line.read_exact(&mut body).await.ok()?;
                let channel = first.split(' ').nth(1)?.strip_prefix("/push/")?.to_owned();
                self.passes_on(&channel, body);
                line.write_all(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n").await.ok()
            }
        }
    }

    fn passes_on(&self, channel: &str, body: Vec<u8>) {
        let mut known = self.known.lock().unwrap();
        let data = URL_SAFE_NO_PAD.encode(&body);
        known.bodies.push(body);
        let version = format!("v{}", known.bodies.len());
        let told = json!({ "messageType": "notification", "channelID": channel, "version": version, "data": data, "headers": { "encoding": "aes128gcm" } });
        if let Some(browser) = &known.browser {
            let _ = browser.send(told);
        }
    }

    /// One browser's line, until it ends.
    async fn serves(&self, mut line: BufReader<TcpStream>) -> Option<()> {
        let (give, mut given) = mpsc::unbounded_channel();
        self.known.lock().unwrap().browser = Some(give);
        loop {
            tokio::select! {
                // A frame is begun by its first byte; nothing is lost when the other arm is taken before it.
                first = line.read_u8() => {
                    let payload = rest(&mut line).await?;
                    match first.ok()? & 15 {
                        1 => if let Some(answer) = self.answers(&serde_json::from_slice(&payload).ok()?) {
                            sends(&mut line, 0x81, answer.to_string().as_bytes()).await?;
                        },
                        9 => sends(&mut line, 0x8a, &payload).await?,
                        8 => return None,
                        _ => {}
                    }
                }
                told = given.recv() => sends(&mut line, 0x81, told?.to_string().as_bytes()).await?,
            }
        }
    }

    fn answers(&self, said: &Value) -> Option<Value> {
        let mut known = self.known.lock().unwrap();
        let channel = said["channelID"].as_str().unwrap_or_default();
        match said["messageType"].as_str() {
            Some("hello") => {
                known.greeted = true;
                Some(
                    json!({ "messageType": "hello", "uaid": "a".repeat(32), "status": 200, "use_webpush": true }),
                )
            }
            Some("register") => {
                let endpoint = format!("{}/push/{channel}", self.origin);
                Some(
                    json!({ "messageType": "register", "channelID": channel, "status": 200, "pushEndpoint": endpoint }),
                )
            }
            Some("unregister") => {
                Some(json!({ "messageType": "unregister", "channelID": channel, "status": 200 }))
            }
            Some("ack") => {
                let updates = said["updates"].as_array().cloned().unwrap_or_default();
                known.acknowledged.extend(updates.iter().filter_map(|one| one["code"].as_u64()));
                None
            }
            // A ping of the protocol's own is an empty object.
            None => Some(json!({})),
            Some(_) => None,
        }
    }
}

/// The rest of a frame behind its first byte: what it carries, unmasked.
async fn rest(line: &mut BufReader<TcpStream>) -> Option<Vec<u8>> {
    let length = match line.read_u8().await.ok()? & 127 {
        126 => usize::from(line.read_u16().await.ok()?),
        127 => usize::try_from(line.read_u64().await.ok()?).ok()?,
        short => usize::from(short),
    };
    let mut mask = [0; 4];
    line.read_exact(&mut mask).await.ok()?;
    let mut payload = vec![0; length];
    line.read_exact(&mut payload).await.ok()?;
    payload.iter_mut().zip(mask.iter().cycle()).for_each(|(byte, mask)| *byte ^= mask);
    Some(payload)
}

async fn sends(line: &mut BufReader<TcpStream>, first: u8, payload: &[u8]) -> Option<()> {
    let mut frame = vec![first];
    match u16::try_from(payload.len()).ok()? {
        short @ 0..126 => frame.push(short as u8),
        long => {
            frame.push(126);
            frame.extend(long.to_be_bytes());
        }
    }
    frame.extend(payload);
    line.write_all(&frame).await.ok()
}
