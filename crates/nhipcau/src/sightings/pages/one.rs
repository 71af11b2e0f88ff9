//! One watched site: what is wrong there, and what can be done.

use askama::Template;
use axum::extract::{Path, Query, State as Given};
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::super::store::Sighting;
use super::super::{Watched, drift, store};
use super::{PAGE, counted, name, says, way_name};
use crate::app::App;
use crate::clock::instant;
use crate::db::{Conn, Tx};
use crate::items::pages::label;
use crate::items::store::{self as items, Reference};
use crate::people::audit;
use crate::people::forms::{Filled, Wrong};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, Done, drawn, see, shell};
use crate::problem::Problem;
use crate::sources::both;
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, SightingWords, date};

/// Items that are listed.
const LINES: i64 = 200;

/// An item, as it is seen there.
struct Line {
    compare: String,
    title: String,
    says: String,
    url: Option<String>,
    trouble: Option<String>,
    wrong: bool,
}

#[derive(Template)]
#[template(path = "sightings/one.html")]
struct OnePage {
    shell: Shell,
    desk: Desk,
    watched: Watched,
    way: &'static str,
    says: String,
    trouble: Option<String>,
    wrong_lines: Vec<Line>,
    lines: Vec<Line>,
    wrong: Wrong,
}

impl OnePage {
    fn s(&self) -> &'static SightingWords {
        self.shell.lang.sighting()
    }

    fn here(&self) -> String {
        self.shell.to(&format!("{PAGE}/{}", self.watched.id))
    }
}

/// A watched site of the portal.
pub(super) async fn found(app: &App, staff: &Staff, id: &str) -> Result<Watched, Problem> {
    let id = Uuid::try_parse(id).map_err(|_| Problem::NotFound("watched site"))?;
    let watched = store::of_id(&mut app.db.read().await?, id).await?;
    watched.filter(|watched| watched.log == staff.portal.log).ok_or(Problem::NotFound("watched site"))
}

/// `/ban-lam-viec/canh-trang/{id}`
pub(super) async fn show(
    Given(app): Given<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Response {
    let w = visitor.lang.sighting();
    let said = match done.word() {
        "dung" => Some(w.said_paused.to_owned()),
        "tiep" => Some(w.said_resumed.to_owned()),
        "xem" => Some(w.said_looked.to_owned()),
        _ => None,
    };
    page(&app, &staff, &visitor, &id, said, (Wrong::default(), StatusCode::OK)).await
}

async fn page(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    id: &str,
    said: Option<String>,
    (wrong, status): (Wrong, StatusCode),
) -> Response {
    let drawn_up = async {
        let watched = found(app, staff, id).await?;
        let lang = visitor.lang;
        let w = lang.sighting();
        let mut conn = app.db.read().await?;
        let counts = counted(&mut conn, staff.portal.log).await?;
        let mut all = Vec::new();
        for one in store::seen(&mut conn, watched.id, true, LINES).await? {
            all.push(line(app, &mut conn, lang, one).await?);
        }
        let (wrong_lines, lines) = all.into_iter().partition(|line| line.wrong);
        let told = says(counts.get(&watched.id.to_string()), lang);
        Ok::<_, Problem>(OnePage {
            shell: shell(app, visitor, &staff.portal, &watched.name),
            desk: Desk::of(staff, lang, PAGE, said),
            way: way_name(watched.way, w),
            says: if watched.next == 0 { format!("{} · {told}", w.paused) } else { told },
            trouble: (!watched.trouble.is_empty()).then(|| both(&watched.trouble).of(lang).to_owned()),
            wrong_lines,
            lines,
            watched,
            wrong,
        })
    };
    match drawn_up.await {
        Ok(page) => drawn(app, visitor, status, &page),
        Err(problem) => failure(app, visitor, problem),
    }
}

async fn line(app: &App, conn: &mut Conn, lang: Lang, one: Sighting) -> Result<Line, Problem> {
    let (w, now) = (lang.sighting(), app.clock.now());
    let reference = Reference::of(&one.origin, one.item);
    let item = items::find(conn, &reference).await?;
    let at = |micros: i64| date::in_sentence(lang, instant(micros), now);
    let looked = if one.at == 0 { w.never.to_owned() } else { w.looked_at(at(one.at)) };
    Ok(Line {
        compare: lang.path(&format!("{PAGE}/{}/{reference}", one.watched)),
        title: item.map_or_else(|| reference.to_string(), |item| label(&item.card, lang)),
        says: format!("{}, {} · {looked}", name(one.verdict, w), w.since_at(at(one.since))),
        url: Some(one.url).filter(|url| !url.is_empty()),
        trouble: (one.failures > 0).then(|| both(&one.trouble).of(lang).to_owned()),
        wrong: one.verdict.drifts(),
    })
}

/// A form of the page.
pub(super) async fn act(
    Given(app): Given<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
    Filled(typed): Filled,
) -> Response {
    let word = typed.get("viec").to_owned();
    let done = async {
        let watched = found(&app, &staff, &id).await?;
        let act = match word.as_str() {
            "dung" => "watched.pause",
            "tiep" => "watched.resume",
            "xem" => "watched.look",
            "go" => "watched.remove",
            _ => return Err(Problem::invalid("viec", "dung, tiep, xem, go")),
        };
        let (line, origin) = (staff.line(act, id.clone()), staff.portal.origin.clone());
        app.db
            .write("watched.act", async move |tx: &mut Tx| -> Result<(), Problem> {
                if act == "watched.remove" {
                    drift::end(tx, &watched, &origin).await?;
                    store::remove(tx, watched.id).await?;
                } else {
                    store::again(tx, watched.id, i64::from(act != "watched.pause")).await?;
                }
                Ok(audit::add(tx, line).await?)
            })
            .await
    };
    match done.await {
        Ok(()) if word == "go" => see(visitor.lang, &format!("{PAGE}?xong=go")),
        Ok(()) => see(visitor.lang, &format!("{PAGE}/{id}?xong={word}")),
        Err(problem) => match Wrong::of(problem, visitor.lang) {
            Ok((status, wrong)) => page(&app, &staff, &visitor, &id, None, (wrong, status)).await,
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}
