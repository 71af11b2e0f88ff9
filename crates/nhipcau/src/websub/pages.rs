//! Who subscribes to the feeds of a portal, in the console: how many there are, and who takes nothing. Of a callback its host alone is shown:
//! whoever knows all of it could speak in the hub's name.

use askama::Template;
use axum::extract::{Query, State as Given};
use axum::http::StatusCode;
use axum::response::Response;
use network::names::ContentHash;

use super::{Subscription, store};
use crate::app::App;
use crate::clock::instant;
use crate::db::Tx;
use crate::people::Duty;
use crate::people::audit;
use crate::people::forms::Filled;
use crate::people::gate::Staff;
use crate::people::pages::{Desk, Done, drawn, see, shell};
use crate::problem::Problem;
use crate::sources::both;
use crate::web::answer::failure;
use crate::web::routes::{Route, desk_form, desk_page};
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{WebsubWords, date};

/// Where they stand.
pub const PAGE: &str = "/ban-lam-viec/noi-nhan/dang-ky";
/// Lines of the page.
const LINES: i64 = 200;

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    use axum::routing::{get, post};
    vec![
        desk_page(PAGE, Duty::Approve, "who subscribes to this portal's feeds (WebSub)", get(all)),
        desk_form(PAGE, Duty::Approve, "end such a subscription", post(end)),
    ]
}

struct Row {
    name: String,
    host: String,
    topic: String,
    says: String,
    trouble: Option<String>,
}

#[derive(Template)]
#[template(path = "websub/list.html")]
struct ListPage {
    shell: Shell,
    desk: Desk,
    counts: String,
    rows: Vec<Row>,
    more: Option<String>,
}

impl ListPage {
    fn s(&self) -> &'static WebsubWords {
        self.shell.lang.websub()
    }
}

/// By which a form names a subscription.
fn name(one: &Subscription) -> String {
    ContentHash::of(format!("{}\n{}", one.topic, one.callback).as_bytes()).to_string()
}

async fn all(Given(app): Given<App>, staff: Staff, visitor: Visitor, Query(done): Query<Done>) -> Response {
    let drawn_up = async {
        let (lang, now) = (visitor.lang, app.clock.now());
        let w = lang.websub();
        let mut conn = app.db.read().await?;
        let (count, failing) = store::count_of_log(&mut conn, staff.portal.log).await?;
        let at = |micros: i64| date::in_sentence(lang, instant(micros), now);
        let row = |one: Subscription| {
            let taken = match one.at {
                0 => w.never.to_owned(),
                micros => w.taken_at(at(micros)),
            };
            let trouble = (one.failures > 0 && !one.trouble.is_empty())
                .then(|| format!("{} · {}", both(&one.trouble).of(lang), w.tried_at(at(one.next))));
            Row {
                name: name(&one),
                says: format!("{taken} · {}", w.until(at(one.until))),
                host: one.host,
                topic: one.topic,
                trouble,
            }
        };
        let rows = store::of_log(&mut conn, staff.portal.log, LINES).await?.into_iter().map(row).collect();
        let said = (done.word() == "go").then(|| w.said_removed.to_owned());
        Ok::<_, Problem>(ListPage {
            shell: shell(&app, &visitor, &staff.portal, w.title),
            desk: Desk::of(&staff, lang, crate::outlets::PAGE, said),
            counts: w.counts(count, failing),
            rows,
            more: (count > LINES).then(|| w.more(count - LINES)),
        })
    };
    match drawn_up.await {
        Ok(page) => drawn(&app, &visitor, StatusCode::OK, &page),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

async fn end(Given(app): Given<App>, staff: Staff, visitor: Visitor, Filled(typed): Filled) -> Response {
    let log = staff.portal.log;
    let ended = async {
        let asked = typed.get("dang-ky");
        let there = store::of_log(&mut app.db.read().await?, log, i64::MAX).await?;
        let one =
            there.into_iter().find(|one| name(one) == asked).ok_or(Problem::NotFound("subscription"))?;
        let line = staff.line("websub.remove", one.host.clone());
        app.db
            .write("websub.remove", async move |tx: &mut Tx| -> Result<(), Problem> {
                store::remove(tx, &one.topic, &one.callback).await?;
                Ok(audit::add(tx, line).await?)
            })
            .await
    };
    match ended.await {
        Ok(()) => see(visitor.lang, &format!("{PAGE}?xong=go")),
        Err(problem) => failure(&app, &visitor, problem),
    }
}
