//! A service behind a socket: what stands there and what goes wrong is decided by the fakes of `channels`, written from the published contracts.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use channels::Kind;
use channels::fakes::{Fake, Fault, Outcome, Request};
use jiff::Timestamp;

/// The service.
#[derive(Clone)]
pub struct Service {
    /// Where it is reached.
    pub base: String,
    fake: Arc<Mutex<Fake>>,
    latency: Duration,
    /// True while calls are held back.
    held: Arc<tokio::sync::watch::Sender<bool>>,
    paths: Arc<Mutex<Vec<String>>>,
}

impl Service {
    /// One with nothing on it, which takes so long for each answer.
    #[allow(clippy::disallowed_methods, reason = "the service is no node and has no tasks")]
    pub async fn new(kind: Kind, latency: Duration) -> Service {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let mut fake = Fake::new(kind, base.clone());
        fake.works = 0;
        let held = Arc::new(tokio::sync::watch::Sender::new(false));
        let (fake, paths) = (Arc::new(Mutex::new(fake)), Arc::default());
        let service = Service { base, fake, latency, held, paths };
        let router = Router::new().fallback(answer).with_state(service.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        service
    }

    /// The next calls go wrong so, in their order.
    pub fn fails(&self, faults: &[Fault]) {
        self.fake.lock().unwrap().script.extend(faults.iter().copied());
    }

    /// The service works so long, in milliseconds, at what it was given.
    pub fn works(&self, millis: u64) {
        self.fake.lock().unwrap().works = millis;
    }

    /// Holds calls back after they have arrived, or lets them go.
    pub fn holds(&self, held: bool) {
        self.held.send_replace(held);
    }

    /// Takes the token back: another one works from now on, which is returned.
    pub fn grants(&self) -> String {
        let mut fake = self.fake.lock().unwrap();
        fake.grant();
        fake.token()
    }

    /// The words of what people see there.
    pub fn shows(&self) -> Vec<String> {
        self.fake.lock().unwrap().standing().map(|post| post.text.clone()).collect()
    }

    /// Each post was seen so often, and by so many.
    pub fn sees(&self, views: u64, viewers: u64) {
        self.fake.lock().unwrap().seen = (views, viewers);
    }

    /// How many files came with each post that people see there.
    pub fn files(&self) -> Vec<usize> {
        self.fake.lock().unwrap().standing().map(|post| post.files).collect()
    }

    /// How many calls were made whose path ends so.
    pub fn calls(&self, end: &str) -> usize {
        self.paths.lock().unwrap().iter().filter(|path| path.ends_with(end)).count()
    }

    /// Reports of the service, signed, as it sends them of itself: the newest first, some twice.
    pub fn reports(&self, secret: &str) -> Vec<channels::Response> {
        self.fake.lock().unwrap().reports(secret)
    }
}

#[allow(clippy::disallowed_methods, reason = "the service has a clock of its own")]
async fn answer(
    State(service): State<Service>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    tokio::time::sleep(service.latency).await;
    service.paths.lock().unwrap().push(uri.path().to_owned());
    let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned();
    let header = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
        (name.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned())
    };
    let request = Request {
        method: method.to_string(),
        path: uri.path().to_owned(),
        query: pairs.collect::<BTreeMap<_, _>>(),
        headers: headers.iter().map(header).collect(),
        body: body.to_vec(),
    };
    let mut held = service.held.subscribe();
    held.wait_for(|held| !held).await.unwrap();
    let outcome = service.fake.lock().unwrap().answer(&request, Timestamp::now());
    match outcome {
        Outcome::Answered(answered) => {
            let mut response = Response::new(Body::from(answered.body));
            *response.status_mut() = StatusCode::from_u16(answered.status).unwrap();
            for (name, value) in answered.headers {
                let name: axum::http::HeaderName = name.parse().unwrap();
                response.headers_mut().insert(name, value.parse().unwrap());
            }
            response
        }
        // Nobody who has a connection can be told that it was never sent.
        Outcome::Lost | Outcome::NotSent => {
            let broken = futures::stream::once(async { Err::<Bytes, _>(std::io::Error::other("broken")) });
            Response::new(Body::from_stream(broken))
        }
    }
}
