//! A system that takes documents as edXML, as far as this project believes that such systems work: it knows what it was sent by `DocumentId`,
//! takes a new one once, and updates and gives back only what it has. A test may have it answer otherwise.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use edxml::{Act, Code, Document, Message, Organ, Reference, Staff, Status};
use futures::stream;
use nhipcau::sources::webhook;

/// What it answers to the next call instead of what it should.
pub enum Instead {
    /// It does what it is asked, and the line breaks before its answer is read.
    Lost,
    /// It does what it is asked and says nothing.
    Nothing,
    /// It does nothing and answers this.
    Says(u16, String),
    /// It refuses, for this reason.
    Refuses(&'static str),
}

#[derive(Default)]
struct Stands {
    documents: BTreeMap<String, Document>,
    /// Each packet that came: its call's id and what it was.
    came: Vec<(String, Document)>,
    next: VecDeque<Instead>,
}

/// The system.
#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    secret: String,
    stands: Arc<Mutex<Stands>>,
}

/// A status packet.
pub fn status(id: &str, code: Code, words: &str) -> String {
    let of = Reference { organ: "H41".into(), id: id.into(), ..Reference::default() };
    let from = Organ { id: "H41.15".into(), name: "Sở Y tế".into(), ..Organ::default() };
    let staff = Staff { name: "Trần Thị Mẫu".into(), ..Staff::default() };
    let status = Status { of, from, code, description: words.into(), at: None, staff };
    edxml::write(&Message::Status(Box::new(status)))
}

impl Receiver {
    /// A system at an address of this machine, which knows callers by a secret.
    #[allow(clippy::disallowed_methods, reason = "the system is no node and has no tasks")]
    pub async fn new(secret: &str) -> Receiver {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://van-ban.localhost:{}/goi", listener.local_addr().unwrap().port());
        let receiver = Receiver { url, secret: secret.to_owned(), stands: Arc::default() };
        let router = Router::new().route("/goi", post(takes)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        receiver
    }

    /// Lets it answer the next call otherwise.
    pub fn next(&self, instead: Instead) {
        self.stands.lock().unwrap().next.push_back(instead);
    }

    /// What came so far, each with what it asks for: `0 Lịch cắt điện`.
    pub fn came(&self) -> Vec<String> {
        let stands = self.stands.lock().unwrap();
        let said = |one: &Document| format!("{} {}", one.business.act.number(), one.subject);
        stands.came.iter().map(|(_, one)| said(one)).collect()
    }

    /// The packet that came last, with its call's id.
    pub fn last(&self) -> (String, Document) {
        self.stands.lock().unwrap().came.last().cloned().unwrap()
    }

    /// The subjects of what it has now.
    pub fn has(&self) -> Vec<String> {
        let stands = self.stands.lock().unwrap();
        let mut all: Vec<String> = stands.documents.values().map(|one| one.subject.clone()).collect();
        all.sort();
        all
    }

    fn does(&self, call: String, one: Document) -> (Code, &'static str) {
        let mut stands = self.stands.lock().unwrap();
        stands.came.push((call, one.clone()));
        let had = stands.documents.contains_key(&one.business.document);
        match one.business.act {
            Act::New if stands.documents.contains_key(&one.id) => (Code::Received, "đã có"),
            Act::Update if !had => (Code::Refused, "chưa có văn bản này"),
            Act::Revoke if !had => (Code::RecallRefused, "chưa có văn bản này"),
            Act::Revoke => {
                stands.documents.remove(&one.business.document);
                (Code::RecallAgreed, "")
            }
            Act::New | Act::Update | Act::Replace => {
                for replaced in &one.business.replaced {
                    stands.documents.remove(&replaced.document);
                }
                stands.documents.insert(one.id.clone(), one);
                (Code::Received, "")
            }
        }
    }
}

async fn takes(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name: &str| headers.get(name).unwrap().to_str().unwrap().to_owned();
    let call = (header("webhook-id"), header("webhook-timestamp"));
    let key = webhook::key(&receiver.secret).unwrap();
    if !webhook::is_signed(&key, (&call.0, &call.1), &body, &header("webhook-signature")) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let Ok(Message::Document(one)) = edxml::read(&body) else { panic!("a document is sent") };
    let id = one.id.clone();
    let next = receiver.stands.lock().unwrap().next.pop_front();
    match next {
        Some(Instead::Says(number, said)) => {
            receiver.stands.lock().unwrap().came.push((call.0, *one));
            (StatusCode::from_u16(number).unwrap(), said).into_response()
        }
        Some(Instead::Refuses(why)) => {
            receiver.stands.lock().unwrap().came.push((call.0, *one));
            status(&id, Code::Refused, why).into_response()
        }
        Some(Instead::Lost) => {
            receiver.does(call.0, *one);
            let broken = stream::iter([Err::<Bytes, _>(std::io::Error::other("the line breaks"))]);
            Body::from_stream(broken).into_response()
        }
        Some(Instead::Nothing) => {
            receiver.does(call.0, *one);
            StatusCode::ACCEPTED.into_response()
        }
        None => {
            let (code, words) = receiver.does(call.0, *one);
            status(&id, code, words).into_response()
        }
    }
}
