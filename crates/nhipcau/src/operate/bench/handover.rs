//! From the click that passes a petition on to the moment at which its sender's page says that another node's portal has taken it.
//!
//! Two processes, each with its own database on this disk. The petitions lie ready, taken on by a clerk; the click is the very form that
//! the clerk's browser sends, and the sender's page is asked again and again without a pause.

use std::net::Ipv4Addr;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};

use super::node::{self, Person, Place, refused};
use super::report::{Budget, Line};
use super::{Part, Scale};
use crate::app::App;
use crate::operate::nation::figures::Spread;
use crate::people::Role;
use crate::people::audit::Who;
use crate::people::forms::{Fields, KEY};
use crate::petitions::handling::{Actor, take};
use crate::petitions::life::By;
use crate::petitions::register::{Asked, Registered, register};
use crate::petitions::{Mode, store};
use crate::words::Lang;

/// Between two clicks: nobody passes on a hundred petitions a second by hand.
const BETWEEN: Duration = Duration::from_millis(50);
const WORDS: &str = "Quốc lộ đoạn qua xã hỏng nặng, xe tải sa lầy mỗi ngày. ";

/// Measures it.
pub async fn handover(dir: &Path, scale: Scale) -> anyhow::Result<Vec<Line>> {
    let source = Place::init(dir, "chinhphu.vn", "central", None)?;
    let app = source.open().await?;
    let clerk = node::person(&app, "lan", Role::Clerk).await?;
    let mut ready = Vec::new();
    for number in 0..scale.clicks {
        ready.push(asked(&app, &clerk, u16::try_from(number)?).await?);
    }
    app.close().await;
    let mut serving = source.serve(None)?;
    serving.first_page().await?;
    let place = Place::init(dir, "tinh-mau.vn", "province", Some(&source))?;
    let mut taker = place.serve(None)?;
    taker.first_page().await?;
    // The first one also waits until both have found each other; it is not counted.
    let mut cases = ready.into_iter();
    pass(&source, &place, &clerk, cases.next().context("nothing to pass on")?).await?;
    let mut taken = Vec::new();
    for case in cases {
        tokio::time::sleep(BETWEEN).await;
        taken.push((pass(&source, &place, &clerk, case).await?, 1));
    }
    let taken = Spread::of(taken);
    Ok(vec![
        Line::judged(
            Part::Handover,
            "chuyển phản ánh sang máy chủ khác, đến khi người gửi thấy nơi nhận, p99 · a petition passed to another node, seen by its sender, p99",
            taken.p99,
            "ms",
            Budget::AtMost(2_000.0),
        )
        .beside(format!("p50 {} ms, lâu nhất · longest {} ms, {} lần · times", taken.p50, taken.max, taken.count)),
    ])
}

/// A petition that a clerk has taken on.
async fn asked(app: &App, clerk: &Person, number: u16) -> anyhow::Result<Registered> {
    let portal = app.portals.load().main().context("a node without a portal")?;
    let [high, low] = number.to_be_bytes();
    let mut once = [0; 32];
    once[..2].copy_from_slice(&[high, low]);
    let asked = Asked {
        sort: "phan-anh".into(),
        mode: Mode::Anonymous,
        commune: String::new(),
        place: String::new(),
        words: WORDS.repeat(8),
        contact: Default::default(),
        files: Vec::new(),
        urgent: false,
        lang: Lang::Vi,
        once,
        client: Some(Ipv4Addr::new(10, high, low, 1).into()),
    };
    let registered = register(app, &portal, asked).await.map_err(refused)?;
    let Who::Account(account) = clerk.by.who else { bail!("a clerk is a person") };
    let by = By { account, handles: true, approves: false, leads: false };
    let actor = Actor { by, log: portal.log, origin: portal.origin.clone() };
    let fields = [("viec", "nhan"), ("ban", "1")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    take(app, &actor, &registered.code, &Fields::of(fields.into())).await.map_err(refused)?;
    let case = store::find(&mut app.db.read().await?, &registered.code).await?.context("the petition")?;
    Ok(Registered { case, ..registered })
}

/// Clicks, and says after how long its sender saw who has it.
async fn pass(source: &Place, to: &Place, who: &Person, ready: Registered) -> anyhow::Result<Duration> {
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair(KEY, &who.token.form_key())
        .append_pair("ban", &ready.case.version.to_string())
        .append_pair("viec", "chuyen")
        .append_pair("toi", to.domain)
        .append_pair("loi", "Tuyến đường này do tỉnh quản lý.")
        .finish();
    let follow = form_urlencoded::Serializer::new(String::new())
        .append_pair("ma", &ready.code)
        .append_pair("bi-mat", &ready.secret.shown())
        .finish();
    let (click, look) = (
        posted(source, &format!("/ban-lam-viec/phan-anh/{}", ready.code), &who.cookie()?, &form),
        posted(source, "/phan-anh/tra-cuu", "", &follow),
    );
    let came = Instant::now();
    let began = loop {
        let began = Instant::now();
        match node::ask(source, click.as_bytes()).await?.status {
            303 => break began,
            // The clerk's node has not heard of the other agency yet.
            422 if came.elapsed() < node::PATIENCE => tokio::time::sleep(BETWEEN).await,
            status => bail!("the click was answered {status}"),
        }
    };
    loop {
        let page = node::ask(source, look.as_bytes()).await?;
        ensure!(page.status == 200, "its sender's page was answered {}", page.status);
        if String::from_utf8_lossy(&page.body).contains("đã nhận, chịu trách nhiệm trả lời") {
            return Ok(began.elapsed());
        }
        ensure!(began.elapsed() < node::PATIENCE, "nobody has taken {}", ready.code);
    }
}

fn posted(place: &Place, path: &str, cookie: &str, form: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nCookie: {cookie}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len(),
        host = place.domain,
    )
}
