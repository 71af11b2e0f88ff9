//! Outlets in the console: where what changes is sent, how that goes, from where it is sent again.

use askama::Template;
use axum::extract::{Query, State as Given};
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::typed::{self, fault, from};
use super::{Kind, about, packets, store, told};
use crate::agencies;
use crate::app::App;
use crate::clock::instant;
use crate::db::Tx;
use crate::people::Duty;
use crate::people::audit;
use crate::people::forms::{Fields, Filled, Wrong};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, Done, drawn, see, shell};
use crate::problem::Problem;
use crate::sightings;
use crate::sources::{both, webhook};
use crate::web::answer::failure;
use crate::web::routes::{Route, desk_form, desk_page};
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{OutletWords, date};

/// Where they stand.
pub const PAGE: &str = "/ban-lam-viec/noi-nhan";
/// The most outlets of one portal.
const MOST: usize = 50;

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    use axum::routing::{get, post};
    vec![
        desk_page(PAGE, Duty::Approve, "sites to which this portal sends what changes", get(all)),
        desk_form(PAGE, Duty::Approve, "add such a site, pause it, send again from a place", post(act)),
    ]
}

struct Row {
    id: String,
    title: String,
    url: String,
    says: String,
    trouble: Option<String>,
    secret: Option<String>,
    place: String,
    paused: bool,
    /// Where a receiver of packets tells statuses.
    door: Option<String>,
    /// Packets that a person must look at.
    packets: Vec<packets::ledger::Line>,
}

#[derive(Template)]
#[template(path = "outlets/list.html")]
struct ListPage {
    shell: Shell,
    desk: Desk,
    rows: Vec<Row>,
    typed: Fields,
    wrong: Wrong,
}

impl ListPage {
    fn o(&self) -> &'static OutletWords {
        self.shell.lang.outlet()
    }

    /// As what a post can be put, with the name of each.
    fn statuses(&self) -> [(&'static str, &'static str); 3] {
        let o = self.o();
        let [publish, pending, draft] = typed::STATUSES;
        [(publish, o.status_publish), (pending, o.status_pending), (draft, o.status_draft)]
    }
}

async fn all(Given(app): Given<App>, staff: Staff, visitor: Visitor, Query(done): Query<Done>) -> Response {
    let w = visitor.lang.outlet();
    let said = match done.word() {
        "them" => Some(w.said_added.to_owned()),
        "dung" => Some(w.said_paused.to_owned()),
        "tiep" => Some(w.said_resumed.to_owned()),
        "go" => Some(w.said_removed.to_owned()),
        "lai" => Some(w.said_replayed.to_owned()),
        _ => None,
    };
    page(&app, &staff, &visitor, said, Fields::default(), (Wrong::default(), StatusCode::OK)).await
}

async fn page(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    said: Option<String>,
    typed: Fields,
    (wrong, status): (Wrong, StatusCode),
) -> Response {
    let drawn_up = async {
        let (lang, now) = (visitor.lang, app.clock.now());
        let w = lang.outlet();
        let mut rows = Vec::new();
        let mut conn = app.db.read().await?;
        let home = agencies::home(app, &staff.portal.origin);
        for outlet in store::of_log(&mut conn, staff.portal.log).await? {
            let key = match outlet.kind {
                Kind::Webhook | Kind::Packets => {
                    Some(app.people.seal.reveal(&about(outlet.id), &outlet.secret)?)
                }
                Kind::WordPress => None,
            };
            let at = |micros: i64| date::in_sentence(lang, instant(micros), now);
            let taken = match outlet.at {
                0 => w.never.to_owned(),
                micros => w.taken_at(at(micros)),
            };
            let what = if outlet.own { w.sends_own } else { w.sends_all };
            let what = match outlet.kind {
                Kind::Webhook => what.to_owned(),
                Kind::WordPress => format!("WordPress · {what}"),
                Kind::Packets => lang.packet().what.to_owned(),
            };
            let state = match outlet.next {
                0 => format!("{} · {what} · {taken}", w.paused),
                _ => format!("{what} · {taken}"),
            };
            let trouble = (outlet.failures > 0)
                .then(|| format!("{} · {}", both(&outlet.trouble).of(lang), w.tried_at(at(outlet.next))));
            let (mut door, mut packets) = (None, Vec::new());
            if outlet.kind == Kind::Packets {
                door = Some(lang.packet().door(format!("{home}{}", packets::path(outlet.id))));
                packets = packets::ledger::troubled(app, &mut conn, staff, &outlet, lang).await?;
            }
            rows.push(Row {
                id: outlet.id.to_string(),
                title: outlet.called(),
                door,
                packets,
                says: state,
                trouble,
                secret: key.map(|key| webhook::secret(&key)),
                place: told(&outlet.place),
                paused: outlet.next == 0,
                url: outlet.url,
            });
        }
        Ok::<_, Problem>(ListPage {
            shell: shell(app, visitor, &staff.portal, w.title),
            desk: Desk::of(staff, lang, PAGE, said),
            rows,
            typed,
            wrong,
        })
    };
    match drawn_up.await {
        Ok(page) => drawn(app, visitor, status, &page),
        Err(problem) => failure(app, visitor, problem),
    }
}

async fn act(Given(app): Given<App>, staff: Staff, visitor: Visitor, Filled(typed): Filled) -> Response {
    let word = typed.get("viec").to_owned();
    let done = async {
        if word == "them" {
            let outlet = typed::outlet(&app, &staff, &typed).await?;
            let line = staff.line("outlet.add", outlet.id.to_string());
            let watched =
                (outlet.kind == Kind::WordPress).then(|| sightings::of_outlet(&app, &outlet)).transpose()?;
            return app
                .db
                .write("outlet.add", async move |tx: &mut Tx| -> Result<(), Problem> {
                    if store::of_log(tx.conn(), outlet.log).await?.len() >= MOST {
                        return Err(Problem::Invalid(vec![fault("dia-chi", |w| w.fault_many)]));
                    }
                    store::add(tx, &outlet).await?;
                    if let Some(watched) = &watched {
                        sightings::store::add(tx, watched).await?;
                    }
                    Ok(audit::add(tx, line).await?)
                })
                .await;
        }
        let id = Uuid::try_parse(typed.get("noi")).map_err(|_| Problem::NotFound("outlet"))?;
        let there = store::of_log(&mut app.db.read().await?, staff.portal.log).await?;
        if !there.iter().any(|outlet| outlet.id == id) {
            return Err(Problem::NotFound("outlet"));
        }
        let from = from(typed.get("tu")).ok_or_else(|| Problem::Invalid(vec![fault("tu", |w| w.fault_from)]));
        let act = match word.as_str() {
            "dung" => "outlet.pause",
            "tiep" => "outlet.resume",
            "go" => "outlet.remove",
            "lai" => "outlet.replay",
            _ => return Err(Problem::invalid("viec", "them, dung, tiep, go, lai")),
        };
        let origin = staff.portal.origin.clone();
        let (line, from) =
            (staff.line(act, id.to_string()), if act == "outlet.replay" { Some(from?) } else { None });
        app.db
            .write("outlet.act", async move |tx: &mut Tx| -> Result<(), Problem> {
                match (act, &from) {
                    (_, Some(from)) => store::replay(tx, id, from).await?,
                    ("outlet.remove", None) => {
                        sightings::outlet_goes(tx, &origin, id).await?;
                        store::remove(tx, id).await?;
                    }
                    (act, None) => store::again(tx, id, i64::from(act == "outlet.resume")).await?,
                }
                Ok(audit::add(tx, line).await?)
            })
            .await
    };
    match done.await {
        Ok(()) => see(visitor.lang, &format!("{PAGE}?xong={word}")),
        Err(problem) => match Wrong::of(problem, visitor.lang) {
            Ok((status, wrong)) => page(&app, &staff, &visitor, None, typed, (wrong, status)).await,
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}
