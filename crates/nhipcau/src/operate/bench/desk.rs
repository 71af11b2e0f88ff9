//! The console over a large portal: its pages at a steady rate, and a draft that is saved again and again.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, bail, ensure};

use super::node::{self, Place, refused};
use super::report::{Budget, Line};
use super::{Part, Scale, load};
use crate::app::App;
use crate::drafts::acts::{self, By, Saved};
use crate::drafts::life::Actor;
use crate::operate::nation::figures::Spread;
use crate::people::appoint::{self, Newcomer};
use crate::people::audit::Who;
use crate::people::session::{Token, Way};
use crate::people::{Role, login, store};

/// Pages of the console that are asked for in turns.
const RATE: u32 = 100;
/// A text as long as a decree's.
const PARAGRAPHS: usize = 60;

/// Measures both.
pub async fn desk(dir: &Path, scale: Scale) -> anyhow::Result<Vec<Line>> {
    let place = Place::init(dir, "chinhphu.vn", "central", None)?;
    let app = place.open().await?;
    let items = node::issue(&app, scale.desk, node::short_draft).await?;
    let (by, cookie) = editor(&app).await?;
    let id = acts::create(&app, &by, "news").await.map_err(refused)?;
    let mut times = Vec::new();
    let mut version = 1;
    for number in 0..scale.alone {
        let log = by.log;
        let mut work = acts::find(&mut app.db.read().await?, log, id).await.map_err(refused)?;
        work.written.draft.title = format!("Bản lưu thứ {number}");
        work.written.draft.text = "Một đoạn văn dài vừa phải của một văn bản.\n\n".repeat(PARAGRAPHS);
        let began = Instant::now();
        let saved = acts::save(&app, &by, id, version, work.written, None).await.map_err(refused)?;
        times.push((began.elapsed(), 1));
        version = match saved {
            Saved::As(version, _) => version,
            Saved::Clash(..) => bail!("nobody else saves here"),
        };
    }
    app.close().await;
    let saves = Spread::of(times);

    let mut served = place.serve(None)?;
    served.first_page().await?;
    let item = items.first().and_then(|path| path.rsplit('/').next()).context("no item")?;
    let paths = [
        "/ban-lam-viec".to_owned(),
        "/ban-lam-viec/da-dang".to_owned(),
        "/ban-lam-viec/da-dang?trang=40".to_owned(),
        format!("/ban-lam-viec/muc/{item}"),
        format!("/ban-lam-viec/tin/{id}"),
        format!("/ban-lam-viec/tin/{id}/so-sanh"),
    ];
    let ask = |number: usize| {
        let path = &paths[number % paths.len()];
        format!("GET {path} HTTP/1.1\r\nhost: chinhphu.vn\r\ncookie: {cookie}\r\n\r\n").into_bytes()
    };
    let asked = load::paced(place.port, (0..scale.drawn.min(2_000)).map(ask).collect(), RATE).await?;
    ensure!(asked.failed == 0, "{} pages of the console did not answer 200", asked.failed);
    Ok(vec![
        Line::judged(
            Part::Desk,
            "trang bàn làm việc, p99 · pages of the console, p99",
            asked.times.p99,
            "ms",
            Budget::AtMost(30.0),
        )
        .beside(format!(
            "{} tin · items, {RATE} trang mỗi giây · pages/s, p50 {} ms",
            items.len(),
            asked.times.p50
        )),
        Line::judged(
            Part::Desk,
            "lưu một bản nháp, p99 · saving a draft, p99",
            saves.p99,
            "ms",
            Budget::AtMost(20.0),
        )
        .beside(format!("p50 {} ms, {} lần · saves", saves.p50, scale.alone)),
    ])
}

/// Somebody who writes, and the cookie of their session.
async fn editor(app: &App) -> anyhow::Result<(By, String)> {
    let portal = app.portals.load().main().context("a node without a portal")?;
    let new = Newcomer {
        login: "lan".to_owned(),
        name: "Lan".to_owned(),
        roles: vec![Role::Editor.word().to_owned()],
        below: false,
        since: None,
        until: None,
    };
    appoint::invite(app, &portal, Who::Token, new).await.map_err(refused)?;
    let account = store::by_login(&mut app.db.read().await?, "lan").await?.context("the account")?;
    let token: Token =
        login::begin(app, &portal, account.id, Way::Password, "bench").await.map_err(refused)?;
    let by = By {
        actor: Actor::Person(account.id, [Role::Editor].into()),
        who: Who::Account(account.id),
        log: portal.log,
        origin: portal.origin.clone(),
    };
    let cookie = token.cookie(false).context("a cookie")?;
    let cookie = cookie.to_str()?.split(';').next().unwrap_or_default().to_owned();
    Ok((by, cookie))
}
