//! One call that carries a packet, and what came of it: at the receiver's address alone, by no redirect, with a small answer.

use std::time::Duration;

use axum::http::StatusCode;
use edxml::{Document, Message, Status};
use network::names::ContentHash;

use super::super::Outlet;
use super::store::Said;
use super::time;
use crate::app::App;
use crate::peers::line::Undone;
use crate::sources::fetch;

/// The most bytes of an answer: a status says little.
pub(super) const ANSWER: usize = 256 << 10;
/// The most letters of a receiver's words that are kept.
const WORDS: usize = 1_000;
/// So long the receiver has for a packet with its files.
const PATIENCE: Duration = Duration::from_secs(60);

/// What came of a call.
#[derive(Debug)]
pub(super) enum Came {
    /// A status.
    Said(Said),
    /// The receiver has it, and says nothing yet.
    Taken,
    /// It was certainly not taken, for a reason that lies with the address or the line: every packet waits.
    Later(String),
    /// This packet was certainly not taken, and will not be as it is.
    Refused(String),
    /// Nobody knows.
    Doubt(String),
}

/// Posts a packet, signed by the outlet's key.
pub(super) async fn post(
    app: &App,
    outlet: &Outlet,
    headers: &[(&str, String)],
    body: String,
    of: &Document,
) -> Came {
    if let Err(refused) = fetch::may(app, &outlet.url) {
        return Came::Later(refused.to_string());
    }
    let client = app.line.strict(app.config.private_addresses);
    let mut call = client.post(outlet.url.trim()).timeout(PATIENCE).body(body);
    for (name, value) in headers {
        call = call.header(*name, value);
    }
    let lost = || {
        Came::Doubt(
            "lời gọi đã đi nhưng không có câu trả lời đọc được · the call left, and no answer came that can be read".into(),
        )
    };
    let mut response = match app.line.once(call.send()).await {
        Ok(response) => response,
        Err(Undone::NotSent(why)) => {
            return Came::Later(fetch::Refused::Line(why.root_cause().to_string()).to_string());
        }
        Err(Undone::Lost(_)) => return lost(),
    };
    let (status, mut answer) = (response.status(), Vec::new());
    loop {
        match response.chunk().await {
            Ok(None) => break,
            Ok(Some(chunk)) if answer.len() + chunk.len() <= ANSWER => answer.extend_from_slice(&chunk),
            // Whatever it says, nobody has read it; an answer that says no by its status alone is believed all the same.
            Ok(Some(_)) | Err(_) if status.is_success() || status.is_server_error() => return lost(),
            Ok(Some(_)) | Err(_) => {
                answer.clear();
                break;
            }
        }
    }
    came(status, answer, of).await
}

/// What an answer means.
async fn came(status: StatusCode, answer: Vec<u8>, of: &Document) -> Came {
    let number = status.as_u16();
    if status.is_success() && answer.iter().all(u8::is_ascii_whitespace) {
        return Came::Taken;
    }
    if status.is_success() || status.is_client_error() {
        let sha256 = ContentHash::of(&answer);
        let read = tokio::task::spawn_blocking(move || edxml::read(&answer)).await;
        match read {
            Ok(Ok(Message::Status(said))) if is_of(&said, of) => return Came::Said(words(&said, sha256)),
            _ if !status.is_success() => {}
            Ok(Ok(Message::Status(_))) => {
                return Came::Doubt(
                    "nơi nhận trả về trạng thái của một văn bản khác · it answered with the status of another document".into(),
                );
            }
            Ok(Ok(Message::Document(_))) | Err(_) => {
                return Came::Doubt(
                    "nơi nhận không trả về gói tin trạng thái · it did not answer with a status packet"
                        .into(),
                );
            }
            Ok(Err(why)) => {
                return Came::Doubt(format!(
                    "câu trả lời không đọc được: {} · its answer cannot be read: {}",
                    why.vi(),
                    why.en()
                ));
            }
        }
    }
    match number {
        400 | 409 | 413 | 415 | 422 => Came::Refused(format!(
            "nơi nhận từ chối gói tin này (mã {number}) · it refused this packet ({number})"
        )),
        // These say that it was not even looked at; everything else of a broken server may have come after it was.
        503 | 100..=499 => Came::Later(format!(
            "nơi nhận trả mã {number}, nên sẽ được gửi lại · it answered {number} and is sent it again"
        )),
        _ => Came::Doubt(format!(
            "nơi nhận trả mã {number}: có thể đã nhận, có thể chưa · it answered {number}: it may have it, or not"
        )),
    }
}

/// Whether a status is that of this very document.
fn is_of(said: &Status, of: &Document) -> bool {
    if said.of.id.is_empty() {
        !of.code().is_empty() && said.of.code == of.code()
    } else {
        said.of.id == of.id
    }
}

/// What a status says, as it is kept.
pub(super) fn words(said: &Status, sha256: ContentHash) -> Said {
    let plain = said.description.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = plain.chars().filter(|letter| !letter.is_control()).take(WORDS).collect();
    Said { sha256, code: said.code, words, at: said.at.map_or(0, time) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use edxml::{Code, Organ, Reference, Staff};

    fn document() -> Document {
        Document {
            id: "urn:uuid:a".into(),
            number: "46".into(),
            notation: "TB".into(),
            ..Document::default()
        }
    }

    fn status(id: &str, code: &str) -> Vec<u8> {
        let of = Reference { id: id.into(), code: code.into(), ..Reference::default() };
        let status = Status {
            of,
            from: Organ::default(),
            code: Code::Refused,
            description: "Sai\n  thể thức".into(),
            at: None,
            staff: Staff::default(),
        };
        edxml::write(&Message::Status(Box::new(status))).into_bytes()
    }

    async fn word(number: u16, answer: &[u8]) -> &'static str {
        match came(StatusCode::from_u16(number).unwrap(), answer.to_vec(), &document()).await {
            Came::Said(said) => {
                assert_eq!((said.code, said.words.as_str()), (Code::Refused, "Sai thể thức"));
                "said"
            }
            Came::Taken => "taken",
            Came::Later(_) => "later",
            Came::Refused(_) => "refused",
            Came::Doubt(_) => "doubt",
        }
    }

    #[tokio::test]
    async fn an_answer_means_what_it_says_and_nothing_is_guessed() {
        let own = status("urn:uuid:a", "");
        assert_eq!(word(200, &own).await, "said");
        assert_eq!(word(200, &status("", "46/TB")).await, "said", "some name it by its number alone");
        assert_eq!(word(422, &own).await, "said", "some refuse by both");
        assert_eq!(word(200, &status("urn:uuid:b", "46/TB")).await, "doubt");
        assert_eq!(word(200, &status("", "")).await, "doubt");
        assert_eq!(word(202, b" \n").await, "taken");
        for hostile in ["ok", "{}", "<!DOCTYPE x [<!ENTITY a 'b'>]><edXML>&a;</edXML>", "<edXML/>", "\u{0}"] {
            assert_eq!(word(200, hostile.as_bytes()).await, "doubt", "{hostile}");
        }
        assert_eq!(word(422, b"no").await, "refused");
        for away in [301, 401, 403, 404, 410, 429, 503] {
            assert_eq!(word(away, b"").await, "later", "{away}");
        }
        for broken in [500, 502, 504] {
            assert_eq!(word(broken, &own).await, "doubt", "{broken}");
        }
    }
}
