//! Servers that answer as the services do, for tests: stateful, pure, written from the published contracts and from nothing else. No connector was
//! ever run against a real service, so these say what we believe of it, not what it does.
//!
//! A [`Fake`] is given requests ([`Request::of`] makes one of a [`Call`]; a socket can make one of real bytes) and a script of [`Fault`]s, and says
//! afterwards what stands there, so that a test can tell that each stands there once.

mod facebook;
mod request;
mod sms;
mod telegram;
mod viber;
mod youtube;
mod zalo;

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::call::Response;
use crate::kind::Kind;

pub use request::Request;

#[cfg(doc)]
use crate::call::Call;

/// What goes wrong with one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// It does not leave, and that is known.
    NotSent,
    /// It does not arrive, and no answer comes.
    LostBefore,
    /// It arrives, and the answer is lost.
    LostAfter,
    /// It arrives so many milliseconds later, when nobody waits any more.
    Late(u64),
    /// The service fails (500) before it has done anything.
    FailsBefore,
    /// It fails (502) after it has done it.
    FailsAfter,
    /// Too many calls: ask again.
    Rate,
    /// The token has ended; until it is renewed, every call fails.
    Expired,
    /// An answer that is none: HTML of a proxy, before anything was done.
    Garbage,
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An answer.
    Answered(Response),
    /// None, and nobody knows whether it has arrived.
    Lost,
    /// It never left.
    NotSent,
}

/// What stands at a service, or stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// The service's id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its words and links.
    pub text: String,
    /// People see it.
    pub public: bool,
    /// It was taken away.
    pub gone: bool,
    /// When the service is done with it.
    pub ready: Timestamp,
    /// Files that came with it.
    pub files: usize,
}

/// What was put down and nobody sees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Draft {
    total: u64,
    received: u64,
    ready: Option<Timestamp>,
    body: Value,
    of: Option<String>,
}

/// A service with its state. The tokens that it takes are `token-1` and so on; [`Fake::token`] says the present one.
#[derive(Clone, Debug)]
pub struct Fake {
    kind: Kind,
    /// What goes wrong with the next requests, in their order.
    pub script: VecDeque<Fault>,
    /// How long the service works at what it has been given (transcoding, moderation), in milliseconds.
    pub works: u64,
    /// It refuses whatever is published from now on, after having looked at it.
    pub refuses: bool,
    /// How often each post was seen, and by how many.
    pub seen: (u64, u64),
    /// Where it is reached, as it says in upload addresses.
    pub base: String,
    posts: Vec<Post>,
    drafts: BTreeMap<String, Draft>,
    /// What was told to followers: ids of posts (Zalo).
    told: Vec<String>,
    /// Answers by idempotency key (SMS).
    keys: BTreeMap<String, Response>,
    reports: Vec<(String, String)>,
    token: u64,
    refresh: u64,
    expired: bool,
    hooked: Option<String>,
    next: u64,
    late: Vec<(Timestamp, Request)>,
    calls: u64,
}

impl Fake {
    /// A service with nothing on it.
    #[must_use]
    pub fn new(kind: Kind, base: impl Into<String>) -> Fake {
        Fake {
            kind,
            script: VecDeque::new(),
            works: 60_000,
            refuses: false,
            seen: (0, 0),
            base: base.into(),
            posts: Vec::new(),
            drafts: BTreeMap::new(),
            told: Vec::new(),
            keys: BTreeMap::new(),
            reports: Vec::new(),
            token: 1,
            refresh: 1,
            expired: false,
            hooked: None,
            next: 1_000,
            late: Vec::new(),
            calls: 0,
        }
    }

    /// The service.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Answers a request.
    pub fn answer(&mut self, request: &Request, now: Timestamp) -> Outcome {
        self.settle(now);
        self.calls += 1;
        match self.script.pop_front().unwrap_or(Fault::None) {
            Fault::None => Outcome::Answered(self.serve(request, now)),
            Fault::NotSent => Outcome::NotSent,
            Fault::LostBefore => Outcome::Lost,
            Fault::LostAfter => {
                self.serve(request, now);
                Outcome::Lost
            }
            Fault::Late(millis) => {
                self.late.push((later(now, millis), request.clone()));
                Outcome::Lost
            }
            Fault::FailsBefore => Outcome::Answered(status(500)),
            Fault::FailsAfter => {
                self.serve(request, now);
                Outcome::Answered(status(502))
            }
            Fault::Rate => Outcome::Answered(self.too_many()),
            Fault::Expired => {
                self.expired = true;
                Outcome::Answered(self.serve(request, now))
            }
            Fault::Garbage => Outcome::Answered(Response {
                status: 200,
                headers: vec![("content-type".into(), "text/html".into())],
                body: b"<html><body>503 Service Unavailable</body></html>".to_vec(),
            }),
        }
    }

    /// Lets what comes late arrive until a time.
    pub fn settle(&mut self, now: Timestamp) {
        let (due, later): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.late).into_iter().partition(|(at, _)| *at <= now);
        self.late = later;
        for (at, request) in due {
            self.serve(&request, at);
        }
    }

    /// All that people see.
    pub fn standing(&self) -> impl Iterator<Item = &Post> {
        self.posts.iter().filter(|post| post.public && !post.gone)
    }

    /// How many posts people see whose text or title holds this.
    #[must_use]
    pub fn standing_with(&self, mark: &str) -> usize {
        self.standing().filter(|post| post.text.contains(mark) || post.title.contains(mark)).count()
    }

    /// The ids of what was told to followers, each as often as it was told (Zalo).
    #[must_use]
    pub fn told(&self) -> &[String] {
        &self.told
    }

    /// How many requests have come.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.calls
    }

    /// The access token that works now.
    #[must_use]
    pub fn token(&self) -> String {
        format!("token-{}", self.token)
    }

    /// The refresh token that works now.
    #[must_use]
    pub fn refresh_token(&self) -> String {
        format!("refresh-{}", self.refresh)
    }

    /// A person grants access anew: earlier tokens work no more.
    pub fn grant(&mut self) {
        self.token += 1;
        self.refresh += 1;
        self.expired = false;
    }

    /// Reports that the service sends of itself (SMS), as they go to the webhook, signed by `secret`: the last first, and each twice.
    pub fn reports(&mut self, secret: &str) -> Vec<Response> {
        let mut all: Vec<Response> = std::mem::take(&mut self.reports)
            .into_iter()
            .flat_map(|(id, reference)| {
                let report = |word| sms::report(&id, &reference, word, secret);
                [report("accepted"), report("delivered"), report("delivered")]
            })
            .collect();
        all.reverse();
        all
    }

    fn serve(&mut self, request: &Request, now: Timestamp) -> Response {
        match self.kind {
            Kind::Facebook => facebook::serve(self, request, now),
            Kind::Zalo => zalo::serve(self, request, now),
            Kind::Viber => viber::serve(self, request, now),
            Kind::YouTube => youtube::serve(self, request, now),
            Kind::Telegram => telegram::serve(self, request, now),
            Kind::Sms => sms::serve(self, request, now),
        }
    }

    fn too_many(&self) -> Response {
        match self.kind {
            Kind::Facebook => {
                reply(400, &json!({"error": {"code": 32, "message": "Page request limit reached"}}))
            }
            Kind::Zalo => reply(200, &json!({"error": -32, "message": "limit"})),
            Kind::Viber => reply(200, &json!({"status": 12, "status_message": "tooManyRequests"})),
            Kind::Telegram => {
                reply(429, &json!({"ok": false, "error_code": 429, "parameters": {"retry_after": 7}}))
            }
            Kind::YouTube => {
                reply(403, &json!({"error": {"code": 403, "errors": [{"reason": "rateLimitExceeded"}]}}))
            }
            Kind::Sms => Response { headers: vec![("retry-after".into(), "9".into())], ..status(429) },
        }
    }

    /// True if a token works.
    fn admits(&self, token: Option<&str>) -> bool {
        !self.expired && token == Some(self.token().as_str())
    }

    fn name(&mut self) -> String {
        self.next += 1;
        self.next.to_string()
    }

    fn post(&mut self, id: String, title: &str, text: &str, public: bool, files: usize, now: Timestamp) {
        let ready = later(now, self.works);
        self.posts.push(Post {
            id,
            title: title.into(),
            text: text.into(),
            public,
            gone: false,
            ready,
            files,
        });
    }

    fn find(&mut self, id: &str) -> Option<&mut Post> {
        self.posts.iter_mut().find(|post| post.id == id && !post.gone)
    }
}

fn later(at: Timestamp, millis: u64) -> Timestamp {
    at.saturating_add(SignedDuration::from_millis(i64::try_from(millis).unwrap_or(i64::MAX)))
        .unwrap_or(Timestamp::MAX)
}

fn reply(status: u16, body: &Value) -> Response {
    let headers = vec![("content-type".into(), "application/json".into())];
    Response { status, headers, body: body.to_string().into_bytes() }
}

fn status(status: u16) -> Response {
    Response { status, ..Response::default() }
}
