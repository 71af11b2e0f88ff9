//! A post to six channels: from the issue of its item until the last of six services has it.
//!
//! The services are the fakes of `channels` behind sockets of this process, and each takes a fifth of a second for an answer. The node runs
//! in this process too and does all that it does otherwise: what two people have approved is issued, its deliveries are kept, and each step
//! is durable before its call is made.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use channels::fakes::{Fake, Outcome, Request};
use channels::{Account, Form, Kind, Media, Role as Of, Secret, Secrets, Tokens};
use network::names::ContentHash;
use uuid::Uuid;

use super::node::{self, Person, Place, refused};
use super::report::{Budget, Line};
use super::{Part, Scale};
use crate::app::App;
use crate::channels::{New, Said, add};
use crate::db::Tx;
use crate::drafts::Hour;
use crate::drafts::acts::{self, Saved};
use crate::drafts::life::Act;
use crate::drafts::store::keep_file;
use crate::operate::nation::figures::Spread;
use crate::people::Role;
use crate::people::audit;
use crate::problem::Problem;
use crate::tasks::Tasks;

/// How long a service takes to answer.
const ANSWERS: Duration = Duration::from_millis(200);
/// How long is waited for a post.
const PATIENCE: Duration = Duration::from_secs(60);
/// The clip that YouTube is sent.
const CLIP: &[u8] = &[0; 64 << 10];

type Services = Vec<(Kind, Uuid, Arc<Mutex<Fake>>)>;

/// Measures it.
pub async fn channels(dir: &Path, scale: Scale) -> anyhow::Result<Vec<Line>> {
    let place = Place::init(dir, "chinhphu.vn", "central", None)?;
    let app = place.open().await?;
    let writer = node::person(&app, "lan", Role::Editor).await?;
    let approver = node::person(&app, "mai", Role::Publisher).await?;
    let tasks = Tasks::default();
    let mut services = Services::new();
    for kind in Kind::ALL {
        services.push(service(&app, &approver, kind, &tasks).await?);
    }
    let mut took = Vec::new();
    for number in 0..scale.posts {
        took.push((post(&app, &writer, &approver, &services, number).await?, 1));
    }
    app.close().await;
    tasks.stop().await;
    let took = Spread::of(took);
    Ok(vec![
        Line::judged(
            Part::Channels,
            "từ lúc ban hành đến khi cả 6 kênh nhận bài, lâu nhất · from the issue until all 6 channels have the post, longest",
            took.max / 1_000.0,
            "s",
            Budget::AtMost(5.0),
        )
        .beside(format!(
            "p50 {} ms, {} lần; mỗi dịch vụ trả lời sau 200 ms · times; each service answers after 200 ms",
            took.p50, took.count
        )),
    ])
}

/// A service behind a socket, and the account at it.
async fn service(
    app: &App,
    who: &Person,
    kind: Kind,
    tasks: &Tasks,
) -> anyhow::Result<(Kind, Uuid, Arc<Mutex<Fake>>)> {
    let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    let base = format!("http://127.0.0.1:{}", listener.local_addr()?.port());
    let mut fake = Fake::new(kind, base.clone());
    fake.works = 0;
    let token = Secret::new(fake.token());
    let refresh = Some(Secret::new(fake.refresh_token()));
    let fake = Arc::new(Mutex::new(fake));
    let (theirs, clock) = (fake.clone(), app.clock.clone());
    let answer = async move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
        tokio::time::sleep(ANSWERS).await;
        let request = request(&method, &uri, &headers, &body);
        let outcome = theirs.lock().unwrap_or_else(PoisonError::into_inner).answer(&request, clock.now());
        let Outcome::Answered(answered) = outcome else { return StatusCode::BAD_GATEWAY.into_response() };
        let mut response = Response::new(Body::from(answered.body));
        *response.status_mut() = StatusCode::from_u16(answered.status).unwrap_or_default();
        for (name, value) in answered.headers {
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse()) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    };
    tasks.spawn("service", async move {
        if let Err(error) = axum::serve(listener, Router::new().fallback(answer)).await {
            tracing::error!(%error, "a service of the measure ended");
        }
    });
    let id = app.dice.id(&app.clock)?;
    let about = Account {
        kind,
        name: kind.name().to_owned(),
        target: "target".to_owned(),
        app: "app".to_owned(),
        sender: "sender".to_owned(),
        base: Some(base),
        // Viber takes an address of https alone; nothing is reported in this measure.
        webhook: Some("https://chinhphu.vn/kenh/bao".to_owned()),
    };
    let tokens = Tokens { access: token, refresh, access_until: None, refresh_until: None };
    let secrets = Secrets { tokens, app: Some(Secret::new("app-secret")), webhook: None };
    let new = New { id, about, secrets, link: String::new(), official: false, ends: None };
    let line = audit::Line::new(who.by.who, who.by.log, "channel.add", id.to_string());
    add(app, who.by.log, new, line).await.map_err(refused)?;
    Ok((kind, id, fake))
}

fn request(method: &Method, uri: &Uri, headers: &HeaderMap, body: &Bytes) -> Request {
    let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned();
    let header = |(name, value): (&HeaderName, &HeaderValue)| {
        (name.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned())
    };
    Request {
        method: method.to_string(),
        path: uri.path().to_owned(),
        query: pairs.collect::<BTreeMap<_, _>>(),
        headers: headers.iter().map(header).collect(),
        body: body.to_vec(),
    }
}

/// What is said at a service, of the shape that it asks for.
fn form(kind: Kind, mark: &str) -> Form {
    let medium = |role, media_type: &str, bytes: &[u8]| Media {
        role,
        hash: ContentHash::of(bytes).to_string(),
        media_type: media_type.to_owned(),
        bytes: bytes.len() as u64,
        millis: None,
        pixels: None,
        url: Some("https://chinhphu.vn/anh.jpg".to_owned()),
        alt: String::new(),
        of: None,
    };
    Form {
        title: if matches!(kind, Kind::Zalo | Kind::YouTube) {
            "Cong dien".to_owned()
        } else {
            String::new()
        },
        text: "Mua lu".to_owned(),
        link: Some(mark.to_owned()),
        media: match kind {
            // Zalo fetches the picture itself.
            Kind::Zalo => vec![medium(Of::Picture, "image/jpeg", b"picture")],
            Kind::YouTube => vec![medium(Of::Clip, "video/mp4", CLIP)],
            _ => Vec::new(),
        },
        reel: false,
        notify: true,
    }
}

/// Issues one item and says after how long all services had it.
async fn post(
    app: &App,
    writer: &Person,
    approver: &Person,
    services: &Services,
    number: usize,
) -> anyhow::Result<Duration> {
    let id = acts::create(app, &writer.by, "notice").await.map_err(refused)?;
    app.db
        .write("bench.clip", async move |tx: &mut Tx| -> Result<(), Problem> {
            Ok(keep_file(tx, id, &ContentHash::of(CLIP), CLIP.to_vec()).await?)
        })
        .await
        .map_err(refused)?;
    let mut work = acts::find(&mut app.db.read().await?, writer.by.log, id).await.map_err(refused)?;
    let mark = format!("https://chinhphu.vn/n/{number:010}");
    work.written.draft.title = format!("Thông báo thứ {number}");
    work.written.draft.text = "Nội dung của thông báo, dài vừa phải.\n\n".repeat(8);
    for (kind, account, _) in services {
        work.written.channels.insert(*account, Said { kind: *kind, form: form(*kind, &mark) });
    }
    let saved = acts::save(app, &writer.by, id, work.version, work.written, Hour::default())
        .await
        .map_err(refused)?;
    let Saved::As(version, _) = saved else { bail!("nobody else saves here") };
    acts::act(app, &writer.by, id, version, Act::Submit, None).await.map_err(refused)?;
    acts::act(app, &approver.by, id, version, Act::Approve, None).await.map_err(refused)?;
    let began = Instant::now();
    acts::act(app, &approver.by, id, version, Act::Issue, None).await.map_err(refused)?;
    let has = |fake: &Arc<Mutex<Fake>>| {
        fake.lock().unwrap_or_else(PoisonError::into_inner).standing_with(&mark) == 1
    };
    loop {
        let lacking: Vec<&str> =
            services.iter().filter(|(.., fake)| !has(fake)).map(|(kind, ..)| kind.name()).collect();
        if lacking.is_empty() {
            return Ok(began.elapsed());
        }
        ensure!(began.elapsed() < PATIENCE, "no post at {}", lacking.join(", "));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
