//! A mail relay that keeps what it is handed, and misbehaves when it is told to; and what a mail says, read as its receiver
//! reads it.

use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// The seed of RFC 8032's first test vector as PKCS #8: a key that everybody knows.
pub const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";
/// Its public half.
pub const PUBLIC: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

/// How the relay takes the next mails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Takes,
    /// Takes the mail and hangs up before it says so.
    HangsUp,
    /// Not now.
    Busy,
    /// No address is known here.
    KnowsNobody,
}

/// A mail as it came over the line.
#[derive(Clone, Debug)]
pub struct Got {
    pub from: String,
    pub to: String,
    pub raw: String,
}

#[derive(Clone)]
pub struct Sink {
    pub port: u16,
    got: Arc<Mutex<Vec<Got>>>,
    mood: Arc<Mutex<Mood>>,
}

impl Sink {
    pub async fn start() -> Sink {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let sink = Sink { port, got: Arc::default(), mood: Arc::new(Mutex::new(Mood::Takes)) };
        let here = sink.clone();
        #[allow(clippy::disallowed_methods, reason = "the relay is no part of a node")]
        tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                let here = here.clone();
                tokio::spawn(async move { here.talk(line).await });
            }
        });
        sink
    }

    pub fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// What came, the oldest first.
    pub fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    /// What came to an address.
    pub fn to(&self, address: &str) -> Vec<Got> {
        self.got().into_iter().filter(|got| got.to == address).collect()
    }

    async fn talk(&self, line: TcpStream) -> Option<()> {
        let (read, mut write) = line.into_split();
        let mut lines = BufReader::new(read).lines();
        let mut say = async |text: &str| write.write_all(format!("{text}\r\n").as_bytes()).await.ok();
        say("220 sink").await?;
        let (mut from, mut to) = (String::new(), String::new());
        while let Some(said) = lines.next_line().await.ok()? {
            let address = said.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
            match said.split([' ', ':']).next().unwrap_or_default() {
                "EHLO" => say("250-sink\r\n250 8BITMIME").await?,
                "MAIL" => {
                    from = address;
                    say("250 ok").await?;
                }
                "RCPT" if *self.mood.lock().unwrap() == Mood::KnowsNobody => {
                    say("550 5.1.1 no such user").await?;
                }
                "RCPT" => {
                    to = address;
                    say("250 ok").await?;
                }
                "DATA" => {
                    let mood = *self.mood.lock().unwrap();
                    if mood == Mood::Busy {
                        say("451 4.3.0 not now").await?;
                        continue;
                    }
                    say("354 go on").await?;
                    let mut raw = String::new();
                    while let Some(line) = lines.next_line().await.ok()?.filter(|line| line != ".") {
                        raw.push_str(line.strip_prefix('.').unwrap_or(&line));
                        raw.push_str("\r\n");
                    }
                    self.got.lock().unwrap().push(Got { from: from.clone(), to: to.clone(), raw });
                    if mood == Mood::HangsUp {
                        return None;
                    }
                    say("250 taken").await?;
                }
                "QUIT" => return say("221 bye").await,
                _ => say("250 ok").await?,
            }
        }
        None
    }
}

impl Got {
    /// A field of the header, unfolded, with its encoded words read.
    pub fn header(&self, name: &str) -> String {
        let (header, _) = self.raw.split_once("\r\n\r\n").unwrap();
        let unfolded = header.replace("\r\n ", " ").replace("\r\n\t", " ");
        let mut lines = unfolded.lines().filter_map(|line| line.split_once(':'));
        let found =
            lines.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned());
        words(&found.unwrap_or_default())
    }

    /// The two forms of what it says: plain text and HTML.
    pub fn says(&self) -> [String; 2] {
        let content = self.header("content-type");
        let boundary = content.split("boundary=\"").nth(1).unwrap().split('"').next().unwrap();
        let parts: Vec<&str> = self.raw.split(&format!("--{boundary}")).collect();
        [part(parts[1]), part(parts[2])]
    }

    /// The first address in its text that has these words.
    pub fn link(&self, has: &str) -> String {
        let text = self.says()[0].clone();
        let mut all = text.split_whitespace().filter(|word| word.starts_with("http") && word.contains(has));
        all.next().unwrap_or_else(|| panic!("no link with {has} in {text}")).to_owned()
    }

    /// The fields that its signature covers, if the signature of [`KEY`] holds.
    pub fn signed(&self) -> Vec<String> {
        let (header, body) = self.raw.split_once("\r\n\r\n").unwrap();
        let fields: Vec<String> =
            header.replace("\r\n ", "\u{1} ").split("\r\n").map(|f| f.replace('\u{1}', "\r\n")).collect();
        let own = fields.iter().find(|f| f.starts_with("DKIM-Signature:")).expect("no signature");
        let flat: String = own.split_once(':').unwrap().1.split_whitespace().collect();
        let tag = |name: &str| {
            flat.split(';').find_map(|tag| tag.strip_prefix(&format!("{name}="))).unwrap().to_owned()
        };
        // A run of blanks is one; none stands at a line's end.
        let single = |line: &str| {
            let words = line.split([' ', '\t']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
            if line.starts_with([' ', '\t']) { format!(" {words}") } else { words }
        };
        let mut lines: Vec<String> = body.split("\r\n").map(single).collect();
        while lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        assert_eq!(
            tag("bh"),
            STANDARD.encode(Sha256::digest(lines.join("\r\n") + "\r\n")),
            "the body's hash"
        );
        let relaxed = |field: &str| {
            let (name, value) = field.split_once(':').unwrap();
            format!("{}:{}", name.to_lowercase(), value.split_whitespace().collect::<Vec<_>>().join(" "))
        };
        let names: Vec<String> = tag("h").split(':').map(str::to_owned).collect();
        let mut rest = fields.clone();
        let mut data = String::new();
        for name in &names {
            let is = |f: &String| f.split(':').next().unwrap().eq_ignore_ascii_case(name);
            if let Some(at) = rest.iter().rposition(is) {
                data += &(relaxed(&rest.remove(at)) + "\r\n");
            }
        }
        let value = own.rfind("b=").unwrap() + 2;
        data += &relaxed(&own[..value]);
        let key: [u8; 32] = STANDARD.decode(PUBLIC).unwrap().try_into().unwrap();
        let signature = Signature::from_slice(&STANDARD.decode(tag("b")).unwrap()).unwrap();
        VerifyingKey::from_bytes(&key)
            .unwrap()
            .verify(&Sha256::digest(data), &signature)
            .expect("the signature holds");
        names
    }
}

/// A part of a mail, decoded.
fn part(raw: &str) -> String {
    let (header, body) = raw.split_once("\r\n\r\n").unwrap();
    let bytes = match header.to_lowercase() {
        header if header.contains("base64") => {
            STANDARD.decode(body.split_whitespace().collect::<String>()).unwrap()
        }
        header if header.contains("quoted-printable") => quoted(&body.replace("=\r\n", "")),
        _ => body.as_bytes().to_vec(),
    };
    String::from_utf8(bytes).unwrap()
}

fn quoted(text: &str) -> Vec<u8> {
    let mut pieces = text.split('=');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        bytes.push(u8::from_str_radix(&piece[..2], 16).unwrap());
        bytes.extend_from_slice(&piece.as_bytes()[2..]);
    }
    bytes
}

/// Encoded words (RFC 2047), as lettre writes them.
fn words(value: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("=?utf-8?b?") {
        if !before.trim().is_empty() {
            bytes.extend_from_slice(before.as_bytes());
        }
        let (word, more) = after.split_once("?=").unwrap();
        bytes.extend(STANDARD.decode(word).unwrap());
        rest = more;
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).unwrap()
}
