//! Petitions: how many are registered a second, each durable before its sender has the receipt; and how long a case takes from
//! the click that passes it on to the desk of another node's agency.

use std::net::IpAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use futures::StreamExt;

use super::node::{self, Person, Place, refused};
use super::report::{Budget, Line};
use super::{Part, Scale};
use crate::agencies::Portal;
use crate::agencies::enrol::{self, JoinRequest};
use crate::app::App;
use crate::operate::nation::figures::Spread;
use crate::people::Role;
use crate::people::forms::Fields;
use crate::petitions::handling::{Actor, take};
use crate::petitions::life::By;
use crate::petitions::register::{Asked, register};
use crate::petitions::{DESK, Mode, store};
use crate::words::Lang;

/// Senders whose forms are under way at once.
const AT_ONCE: usize = 64;
/// Between two clicks.
const BETWEEN: Duration = Duration::from_millis(50);

fn asked(number: usize) -> Asked {
    let mut once = [0; 32];
    once[..8].copy_from_slice(&(number as u64).to_be_bytes());
    Asked {
        via: None,
        sort: "phan-anh".into(),
        mode: Mode::Anonymous,
        commune: String::new(),
        place: format!("ngõ {number}"),
        words: format!(
            "Đèn đường ở đầu ngõ {number} hỏng từ tuần trước, buổi tối đi lại rất khó. Đề nghị cho sửa sớm."
        ),
        contact: Default::default(),
        files: Vec::new(),
        urgent: false,
        lang: Lang::Vi,
        once,
        client: Some(network(number)),
        knock: None,
    }
}

/// Senders of a whole nation: no more than ten of one network.
fn network(number: usize) -> IpAddr {
    let [.., a, b] = (number / 10).to_be_bytes();
    IpAddr::from([10, a, b, 1])
}

/// Registers many at once, as the form's handler does.
pub async fn intake(dir: &Path, scale: Scale) -> anyhow::Result<Vec<Line>> {
    let place = Place::init(dir, "tinh-mau.vn", "province", None)?;
    let app = place.open().await?;
    let portal = app.portals.load().main().context("a node without a portal")?;
    let (app_, portal_) = (&app, &portal);
    let began = Instant::now();
    let each = futures::stream::iter((0..scale.petitions).map(async |number| {
        let began = Instant::now();
        register(app_, portal_, asked(number)).await.map_err(refused)?;
        anyhow::Ok((began.elapsed(), 1))
    }));
    let times: anyhow::Result<Vec<_>> =
        each.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await.into_iter().collect();
    let took = began.elapsed();
    app.close().await;
    let times = Spread::of(times?);
    Ok(vec![
        Line::judged(
            Part::Intake,
            "phản ánh, kiến nghị được tiếp nhận, mỗi giây · petitions registered, durable, a second",
            scale.petitions as f64 / took.as_secs_f64(),
            "/s",
            Budget::AtLeast(200.0),
        )
        .beside(format!(
            "{} phản ánh · petitions, {AT_ONCE} cùng lúc · at once, p99 {} ms",
            scale.petitions, times.p99
        )),
    ])
}

/// Passes cases on from the node that they were asked at to another.
pub async fn hand_over(dir: &Path, scale: Scale) -> anyhow::Result<Vec<Line>> {
    let source = Place::init(dir, "chinhphu.vn", "central", None)?;
    let heir = Place::init(dir, "tinh-mau.vn", "province", Some(&source))?;
    let receiving = heir.open().await?;
    let taker = node::person(&receiving, "minh", Role::Clerk).await?;
    receiving.close().await;
    let app = source.open().await?;
    let portal = app.portals.load().main().context("a node without a portal")?;
    // The root states itself, then its child: letters go by what the directory says.
    for place in [&source, &heir] {
        let path = place.folder.join("join-request.json");
        let request = std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
        let request: JoinRequest = serde_json::from_str(&request).context("a join request")?;
        let enrolment = request.check().map_err(refused)?;
        enrol::enrol(&app, portal.log, &portal.origin, enrolment).await.map_err(refused)?;
    }
    node::until("both are in the directory", async || app.directory.load().agencies().count() >= 2).await?;
    let clerk = node::person(&app, "lan", Role::Clerk).await?;
    let mut cases = Vec::new();
    for number in 0..scale.handed {
        cases.push(claimed(&app, &portal, &clerk, number).await?);
    }
    app.close().await;
    let (mut one, mut other) = (source.serve(None)?, heir.serve(None)?);
    one.first_page().await?;
    other.first_page().await?;
    let mut cases = cases.into_iter();
    let first = cases.next().context("no case to pass on")?;
    // The first one also waits until the two nodes know each other; it is not counted.
    passed(&source, &clerk, (&heir, &taker), first).await?;
    let mut times = Vec::new();
    for case in cases {
        tokio::time::sleep(BETWEEN).await;
        times.push((passed(&source, &clerk, (&heir, &taker), case).await?, 1));
    }
    let times = Spread::of(times);
    Ok(vec![
        Line::judged(
            Part::HandOver,
            "từ lúc bấm chuyển đến khi cơ quan ở máy chủ khác giữ, p99 · from the click to the desk of another node's agency, p99",
            times.p99,
            "ms",
            Budget::AtMost(2_000.0),
        )
        .beside(format!("p50 {} ms, lâu nhất · longest {} ms, {} lần · times", times.p50, times.max, times.count)),
    ])
}

/// A case that a clerk has claimed: its code and version.
async fn claimed(app: &App, portal: &Portal, clerk: &Person, number: usize) -> anyhow::Result<(String, i64)> {
    let code = register(app, portal, asked(number)).await.map_err(refused)?.code;
    let version = async || -> anyhow::Result<i64> {
        Ok(store::find(&mut app.db.read().await?, &code).await?.context("the case")?.version)
    };
    let by = By { account: clerk.account, handles: true, approves: false, leads: false };
    let actor = Actor { by, log: portal.log, origin: portal.origin.clone() };
    let pairs = [("viec", "nhan".to_owned()), ("ban", version().await?.to_string())];
    let fields = Fields::of(pairs.map(|(name, value)| (name.to_owned(), value)).to_vec());
    take(app, &actor, &code, &fields).await.map_err(refused)?;
    let version = version().await?;
    Ok((code, version))
}

/// Clicks, and says after how long the other node's clerk has the case on the desk.
async fn passed(
    source: &Place,
    clerk: &Person,
    (heir, taker): (&Place, &Person),
    (code, version): (String, i64),
) -> anyhow::Result<Duration> {
    let (page, version) = (format!("{DESK}/{code}"), version.to_string());
    let why = "Tuyến đường này do tỉnh trực tiếp quản lý.";
    let fields = [("viec", "chuyen"), ("ban", &*version), ("toi", heir.domain), ("loi", why)];
    let looked =
        format!("GET {page} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\n\r\n", heir.domain, taker.cookie()?);
    let began = Instant::now();
    let answer = node::fills(source, clerk, &page, &fields).await?;
    ensure!(answer.status == 303, "the click was answered {}", answer.status);
    while node::ask(heir, looked.as_bytes()).await?.status != 200 {
        ensure!(began.elapsed() < node::PATIENCE, "the other node does not have {code}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Ok(began.elapsed())
}
