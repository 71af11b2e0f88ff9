//! The authority table in the console: looked at by topic, changed by a row or as a whole, shown before it is loaded.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use jiff::civil::Date;
use routing::table::{CATCH_ALL, Level, Table};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;
use vietnam::units::Units;

use super::super::asking::check::clean;
use super::super::store::choice;
use super::{Bad, NewRow, Plan, ended, plan, store, unanswered, with_row};
use crate::app::App;
use crate::clock::instant;
use crate::db::Tx;
use crate::open::dumps::row as csv_row;
use crate::people::forms::{Fields, Filled, told};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, drawn, kept_elsewhere, see, shell};
use crate::people::{Duty, audit, store as people};
use crate::problem::Problem;
use crate::web::answer::{failure, saved};
use crate::web::routes::{Route, desk_form, desk_page};
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{AuthorityWords, Lang, number};

/// Where it is.
pub const PAGE: &str = "/ban-lam-viec/tham-quyen";
/// The longest table, in bytes: four times what ships.
const MOST: usize = 1 << 20;
/// The most choices of one export.
const MOST_CHOICES: i64 = 200_000;
/// So many rows of a change are shown.
const SHOWN: usize = 200;

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    vec![
        desk_page(PAGE, Duty::Node, "who must answer what: the authority table", get(show)),
        desk_page(
            "/ban-lam-viec/tham-quyen/lua-chon.csv",
            Duty::Node,
            "what clerks chose beside what was suggested, as CSV",
            get(choices),
        ),
        desk_form(PAGE, Duty::Node, "what a change of it would do, then loads it", post(change)),
    ]
}

/// A row of the table.
struct Row {
    /// Its number in the table, from 0.
    at: usize,
    level: &'static str,
    condition: String,
    agency: String,
    basis: String,
    days: String,
    note: String,
}

#[derive(Template)]
#[template(path = "petitions/authority.html")]
struct ShowPage {
    shell: Shell,
    desk: Desk,
    holds: String,
    share: String,
    unanswered: Vec<String>,
    editions: Vec<String>,
    /// Each topic: id and name.
    topics: Vec<(String, String)>,
    topic: String,
    rows: Vec<Row>,
    levels: [(&'static str, &'static str); 3],
    elsewhere: Option<String>,
    typed: Fields,
    wrong: Option<String>,
}

impl ShowPage {
    fn d(&self) -> &'static AuthorityWords {
        self.shell.lang.authority()
    }
}

#[derive(Template)]
#[template(path = "petitions/authority_plan.html")]
struct PlanPage {
    shell: Shell,
    desk: Desk,
    added: Vec<String>,
    dropped: Vec<String>,
    counts: String,
    table: String,
    after: i64,
    why: String,
}

impl PlanPage {
    fn d(&self) -> &'static AuthorityWords {
        self.shell.lang.authority()
    }
}

/// Which topic is looked at, and whether something was just done.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default, rename = "linh-vuc")]
    topic: String,
    #[serde(default)]
    xong: String,
}

/// `GET /ban-lam-viec/tham-quyen`
pub async fn show(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Response {
    let said = (!asked.xong.is_empty()).then(|| visitor.lang.authority().loaded.to_owned());
    let typed = Fields::of(vec![("linh-vuc".into(), asked.topic)]);
    page(&app, &staff, &visitor, said, typed, (StatusCode::OK, None)).await
}

async fn page(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    said: Option<String>,
    typed: Fields,
    (status, wrong): (StatusCode, Option<String>),
) -> Response {
    match page_of(app, staff, visitor, said, typed, wrong).await {
        Ok(page) => drawn(app, visitor, status, &page),
        Err(problem) => failure(app, visitor, problem),
    }
}

async fn page_of(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    said: Option<String>,
    typed: Fields,
    wrong: Option<String>,
) -> Result<ShowPage, Problem> {
    let lang = visitor.lang;
    let w = lang.authority();
    let today = crate::words::date::day(app.clock.now());
    let table = app.authority.table();
    let topic = table.topic(typed.get("linh-vuc")).unwrap_or(0);
    let mut conn = app.db.read().await?;
    let mut editions = Vec::new();
    for edition in store::listed(&mut conn).await? {
        let who = match Uuid::try_parse(&edition.account) {
            Ok(id) => people::account(&mut conn, id).await?.map(|account| account.name).unwrap_or_default(),
            Err(_) => String::new(),
        };
        let at = crate::words::date::short(lang, instant(edition.at), app.clock.now());
        editions.push(w.edition(edition.seq, at, who, edition.why));
    }
    Ok(ShowPage {
        shell: shell(app, visitor, &staff.portal, w.title),
        desk: Desk::of(staff, lang, PAGE, said),
        holds: match app.authority.seq() {
            0 => w.holds_shipped(crate::words::date::date(lang, Table::AS_OF), table.rows().len()),
            seq => w.holds_edition(seq, table.rows().len()),
        },
        share: share(&table, lang),
        unanswered: unanswered(&table, today),
        editions,
        topics: table.topics().iter().map(|topic| (topic.id.clone(), topic.name.clone())).collect(),
        topic: table.topics().get(topic).map(|topic| topic.id.clone()).unwrap_or_default(),
        rows: rows(&table, topic, lang),
        levels: [Level::Commune, Level::Province, Level::Central].map(|level| (level.id(), level.name())),
        elsewhere: kept_elsewhere(app, staff, lang),
        typed,
        wrong,
    })
}

/// How many pairs of topic and commune there are, and how many of them only the catch-all takes.
fn share(table: &Table, lang: Lang) -> String {
    let units = Units::shipped();
    let communes: usize = units.provinces().iter().map(|one| units.communes_of(one.code).len()).sum();
    let open = table.topics().iter().filter(|topic| topic.id == CATCH_ALL).count();
    let tenths = (1000 * open).checked_div(table.topics().len()).unwrap_or(0);
    let whole = |many: usize| number::whole(lang, many as u64);
    lang.authority().share(whole(table.topics().len() * communes), number::tenths(lang, tenths as u64))
}

fn rows(table: &Table, topic: usize, lang: Lang) -> Vec<Row> {
    let w = lang.authority();
    let day = |day: Date| crate::words::date::date(lang, day);
    let of_topic = table.rows().iter().enumerate().filter(|(_, row)| row.topic == topic);
    let shown = of_topic.map(|(at, row)| Row {
        at,
        level: row.level.name(),
        condition: row.condition.clone(),
        agency: if row.lead { row.agency.clone() } else { w.takes_part(&row.agency) },
        basis: row.legal_basis.clone(),
        days: match row.to {
            Some(to) => w.days_from_to(day(row.from), day(to)),
            None => w.days_from(day(row.from)),
        },
        note: row.note.clone(),
    });
    shown.collect()
}

/// `GET /ban-lam-viec/tham-quyen/lua-chon.csv`: material for whoever corrects the table and trains the model. Of a petition nothing is in it but
/// the question that a second person approved for readers.
pub async fn choices(State(app): State<App>, staff: Staff, visitor: Visitor) -> Response {
    let file = async {
        if kept_elsewhere(&app, &staff, visitor.lang).is_some() {
            return Err(Problem::NotFound("choices of the node"));
        }
        staff.saw(&app, "authority.choices", "").await?;
        let mut text = String::new();
        csv_row(&mut text, &["at", "topic", "agency", "sure", "suggested", "chosen", "agreed", "question"]);
        for made in choice::made(&mut app.db.read().await?, 0, MOST_CHOICES).await? {
            let (at, sure) = (crate::words::date::machine(instant(made.at)), made.sure.to_string());
            let agreed = made.agreed.to_string();
            let (suggested, chosen) = (made.suggested.as_str(), made.chosen.as_str());
            csv_row(
                &mut text,
                &[&at, &made.topic, &made.agency, &sure, suggested, chosen, &agreed, &made.question],
            );
        }
        Ok(saved("lua-chon.csv", text.into_bytes()))
    };
    file.await.unwrap_or_else(|problem| failure(&app, &visitor, problem))
}

/// `POST /ban-lam-viec/tham-quyen`
pub async fn change(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Filled(typed): Filled,
) -> Response {
    let lang = visitor.lang;
    let done = async {
        if let (Some(vi), Some(en)) =
            (kept_elsewhere(&app, &staff, Lang::Vi), kept_elsewhere(&app, &staff, Lang::En))
        {
            let (vi, en) = (Lang::Vi.authority().other_portal(vi), Lang::En.authority().other_portal(en));
            return Err(Problem::Forbidden { vi, en });
        }
        let why = clean(typed.get("ly-do")).replace('\n', " ");
        if why.chars().filter(|c| c.is_alphabetic()).count() < 5 {
            return Err(refused(|w| w.fault_why.to_owned()));
        }
        let next = wanted(&app, &typed)?;
        if next.len() > MOST {
            return Err(refused(|w| w.fault_large.to_owned()));
        }
        let (now, today) = (app.authority.authorities(), crate::words::date::day(app.clock.now()));
        let planned = tokio::task::spawn_blocking(move || plan(&now, next, today)).await;
        let planned = planned.map_err(anyhow::Error::from)?.map_err(bad)?;
        if planned.added.is_empty() && planned.dropped.is_empty() {
            return Err(refused(|w| w.fault_nothing.to_owned()));
        }
        match typed.get("viec") {
            "nap" => load(&app, &staff, planned, &typed, why).await.map(|()| None),
            _ => Ok(Some((planned, why))),
        }
    };
    match done.await {
        Ok(None) => see(lang, &format!("{PAGE}?xong=1")),
        Ok(Some((planned, why))) => {
            let page = plan_page(&app, &staff, &visitor, planned, why);
            drawn(&app, &visitor, StatusCode::OK, &page)
        }
        Err(problem) => match told(problem, lang) {
            Ok((status, why)) => page(&app, &staff, &visitor, None, typed, (status, Some(why))).await,
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}

fn refused(says: impl Fn(&'static AuthorityWords) -> String) -> Problem {
    Problem::Refused { vi: says(Lang::Vi.authority()), en: says(Lang::En.authority()) }
}

fn bad(bad: Bad) -> Problem {
    match bad {
        Bad::Unread(why) => refused(|w| w.fault_unread(&why)),
        Bad::Unanswered(topics, day) => {
            let (names, many) = (topics.iter().take(5).cloned().collect::<Vec<_>>().join("; "), topics.len());
            let day = |lang| crate::words::date::date(lang, day);
            Problem::Refused {
                vi: Lang::Vi.authority().fault_unanswered(day(Lang::Vi), many, &names),
                en: Lang::En.authority().fault_unanswered(day(Lang::En), many, &names),
            }
        }
    }
}

/// The table that a form asks for.
fn wanted(app: &App, typed: &Fields) -> Result<String, Problem> {
    let now = app.authority.authorities();
    let cell = |name: &str| clean(typed.get(name)).replace('\n', " ");
    match typed.get("viec") {
        "them" => {
            let row: NewRow = [
                cell("linh-vuc"),
                cell("cap"),
                cell("dieu-kien"),
                cell("co-quan"),
                if typed.has("phoi-hop") { "no" } else { "yes" }.to_owned(),
                cell("can-cu"),
                cell("tu"),
                cell("den"),
                "high".to_owned(),
                cell("ghi-chu"),
            ];
            Ok(with_row(&now, &row)?)
        }
        "cham-dut" => {
            let at = typed.get("dong").parse().map_err(|_| Problem::NotFound("row"))?;
            let last: Date =
                typed.get("den").trim().parse().map_err(|_| refused(|w| w.fault_day.to_owned()))?;
            Ok(ended(&now, at, last)?)
        }
        "thay" | "nap" => Ok(typed.get("bang").trim().to_owned() + "\n"),
        _ => Err(Problem::NotFound("act")),
    }
}

fn plan_page(app: &App, staff: &Staff, visitor: &Visitor, planned: Plan, why: String) -> PlanPage {
    let lang = visitor.lang;
    let w = lang.authority();
    let c = &planned.coverage;
    let whole = |many: u64| number::whole(lang, many);
    let shown = |rows: Vec<String>| rows.into_iter().take(SHOWN).collect();
    PlanPage {
        shell: shell(app, visitor, &staff.portal, w.plan_title),
        desk: Desk::of(staff, lang, PAGE, None),
        counts: w.plan_counts(whole(c.pairs), whole(c.resolved), whole(c.catch_all), whole(c.missing)),
        added: shown(planned.added),
        dropped: shown(planned.dropped),
        table: planned.authorities,
        after: app.authority.seq(),
        why,
    }
}

async fn load(app: &App, staff: &Staff, planned: Plan, typed: &Fields, why: String) -> Result<(), Problem> {
    let after: i64 = typed.get("sau").parse().unwrap_or(-1);
    let account = staff.account.id.to_string();
    let line = staff.line("authority.load", (after + 1).to_string());
    let line = line.with(json!({ "added": planned.added.len(), "dropped": planned.dropped.len() }));
    let db = app.db.clone();
    let planned = db
        .write("authority.load", async move |tx: &mut Tx| -> Result<Plan, Problem> {
            if !store::add(tx, after, &planned, (&account, &why)).await? {
                return Err(refused(|w| w.fault_stale.to_owned()));
            }
            audit::add(tx, line).await?;
            Ok(planned)
        })
        .await?;
    app.authority.put(after + 1, planned.authorities, planned.table);
    // Whoever opens a case next does not wait for it.
    let desk = app.authority.clone();
    tokio::task::spawn_blocking(move || drop(desk.suggester())).await.map_err(anyhow::Error::from)?;
    Ok(())
}
