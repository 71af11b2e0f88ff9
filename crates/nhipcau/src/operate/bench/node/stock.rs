//! What a node of the bench is filled with, and who works at it.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use futures::StreamExt;
use network::entry::Level;
use uuid::Uuid;

use super::{INDEXED, until};
use crate::agencies::enrol;
use crate::app::App;
use crate::drafts::acts::By;
use crate::drafts::life::Actor;
use crate::items::draft::Draft;
use crate::items::publish;
use crate::operate::nation::country::{self, Body, Size};
use crate::people::appoint::{self, Newcomer};
use crate::people::audit::Who;
use crate::people::session::{Token, Way};
use crate::people::{Role, login, store};
use crate::problem::Problem;

/// Enrols the portals of the nation in the root's log, all hosted by this node, so that counting portals
/// costs what it costs in a nation.
///
/// # Errors
/// When one is refused.
pub async fn enrol_nation(app: &App, communes: usize) -> anyhow::Result<usize> {
    let day = crate::words::date::day(app.clock.now());
    let size = Size { communes, ..Size::WHOLE };
    let members = country::members(day, size)?;
    let portal = app.portals.load().main().context("a node without a portal")?;
    let bodies: Vec<&Body> = members.iter().flat_map(country::Member::portals).collect();
    // The root's own enrolment first: it says where its node is.
    let mut levels = vec![Level::Central];
    levels.extend([Level::Ministry, Level::Province, Level::Commune]);
    for level in levels {
        let these = bodies.iter().filter(|body| body.level == level);
        let enrolled = futures::stream::iter(these.map(async |body| {
            let origin = if level == Level::Central { portal.origin.clone() } else { body.origin()? };
            let domain = if level == Level::Central { &portal.domain } else { body.domain.as_str() };
            let request = enrol::request_of(app, &origin, domain, (&body.name, &body.name_en), level)?;
            let enrolment = request.check().map_err(refused)?;
            enrol::enrol(app, portal.log, &portal.origin, enrolment).await.map_err(refused)
        }));
        let done: Vec<anyhow::Result<u64>> = enrolled.buffer_unordered(256).collect().await;
        done.into_iter().collect::<anyhow::Result<Vec<u64>>>()?;
    }
    let due = bodies.len();
    until("the nation is in the directory", async || app.directory.load().agencies().count() >= due).await?;
    Ok(due)
}

/// Issues `many` items, 512 at once, and returns the paths of their pages.
///
/// # Errors
/// When one is refused.
pub async fn issue(app: &App, many: usize, draft: impl Fn(usize) -> Draft) -> anyhow::Result<Vec<String>> {
    let portal = app.portals.load().main().context("a node without a portal")?;
    let issued = futures::stream::iter((0..many).map(async |number| {
        let done = publish::issue(app, portal.log, &portal.origin, draft(number), None).await;
        done.map(|done| done.path).map_err(refused)
    }));
    issued.buffer_unordered(512).collect::<Vec<_>>().await.into_iter().collect()
}

/// Waits until the search has nothing left to take in: what is measured next has the machine for itself.
///
/// # Errors
/// When it does not come to an end.
pub async fn searched(app: &App) -> anyhow::Result<()> {
    let began = Instant::now();
    while !crate::search::store::due(&mut app.db.read().await?, 1).await?.is_empty() {
        ensure!(began.elapsed() < INDEXED, "the search did not take in all items");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// Somebody who works at a node's portal, signed in.
pub struct Person {
    /// Whose account.
    pub account: Uuid,
    /// Who acts.
    pub by: By,
    /// The secret of their session.
    pub token: Token,
}

impl Person {
    /// The cookie that their browser sends.
    ///
    /// # Errors
    /// Never with a token of ours.
    pub fn cookie(&self) -> anyhow::Result<String> {
        let cookie = self.token.cookie(false).context("a cookie")?;
        Ok(cookie.to_str()?.split(';').next().unwrap_or_default().to_owned())
    }
}

/// Invites somebody to a node's portal and signs them in.
///
/// # Errors
/// When they are refused.
pub async fn person(app: &App, name: &str, role: Role) -> anyhow::Result<Person> {
    let portal = app.portals.load().main().context("a node without a portal")?;
    let new = Newcomer {
        login: name.to_owned(),
        name: name.to_owned(),
        roles: vec![role.word().to_owned()],
        below: false,
        since: None,
        until: None,
    };
    appoint::invite(app, &portal, Who::Token, new).await.map_err(refused)?;
    let account = store::by_login(&mut app.db.read().await?, name).await?.context("the account")?;
    let token = login::begin(app, &portal, account.id, Way::Password, "bench").await.map_err(refused)?;
    let by = By {
        actor: Actor::Person(account.id, [role].into()),
        who: Who::Account(account.id),
        log: portal.log,
        origin: portal.origin.clone(),
    };
    Ok(Person { account: account.id, by, token })
}

/// Why something was refused, as an error of the bench.
pub fn refused(problem: Problem) -> anyhow::Error {
    match problem {
        Problem::Ours(error) => error,
        other => anyhow::anyhow!("{other}"),
    }
}

/// A document of the length that most have: about two pages.
pub fn draft(number: usize) -> Draft {
    const SENTENCE: &str = "Các bộ, ngành, địa phương tập trung ứng phó mưa lũ, bảo đảm an toàn tính mạng, tài sản \
                            của nhân dân, chủ động di dời dân cư khỏi khu vực nguy hiểm. ";
    let article = |n: usize| {
        format!("## Điều {n}. Nhiệm vụ thứ {n} của văn bản số {number}\n\n{}\n\n", SENTENCE.repeat(6))
    };
    Draft {
        summary: "Tập trung ứng phó mưa lũ, sạt lở đất; bảo đảm an toàn cho nhân dân.".into(),
        text: (1..=6).map(article).collect(),
        ..short_draft(number)
    }
}

/// A document of one sentence.
pub fn short_draft(number: usize) -> Draft {
    Draft {
        kind: "document".into(),
        title: format!("Công điện về ứng phó thiên tai, số {number}"),
        number: Some(format!("{number}/CĐ-TTg")),
        form: Some("Công điện".into()),
        issued: Some(jiff::civil::date(2026, 11, 23)),
        text: format!("Các bộ, ngành, địa phương tập trung ứng phó mưa lũ; văn bản số {number}."),
        ..Draft::default()
    }
}
