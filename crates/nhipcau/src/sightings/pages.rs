//! The watch in the console: which sites are watched and how they stand, one of them with what is wrong there, and the difference.

mod compare;
mod one;
mod typed;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State as Given};
use axum::http::StatusCode;
use axum::response::Response;

use super::letters::Drifts;
use super::{Verdict, Watched, Way, store};
use crate::agencies;
use crate::app::App;
use crate::clock::instant;
use crate::db::Tx;
use crate::outlets;
use crate::people::Duty;
use crate::people::audit;
use crate::people::forms::{Fields, Filled, Wrong};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, Done, drawn, see, shell};
use crate::problem::Problem;
use crate::sources;
use crate::sources::both;
use crate::web::answer::failure;
use crate::web::routes::{Route, desk_form, desk_page};
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, SightingWords, date};

/// Where they stand.
pub const PAGE: &str = "/ban-lam-viec/canh-trang";
/// The most sites that one portal watches.
const MOST: usize = 100;

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    use axum::routing::{get, post};
    vec![
        desk_page(PAGE, Duty::Approve, "pages of other sites that are watched", get(all)),
        desk_form(PAGE, Duty::Approve, "watch a site", post(add)),
        desk_page(
            "/ban-lam-viec/canh-trang/{id}",
            Duty::Approve,
            "a watched site and what is wrong there",
            get(one::show),
        ),
        desk_form(
            "/ban-lam-viec/canh-trang/{id}",
            Duty::Approve,
            "pause the watch of a site, look again, end it",
            post(one::act),
        ),
        desk_page(
            "/ban-lam-viec/canh-trang/{id}/{reference}",
            Duty::Approve,
            "an item beside its page on a watched site",
            get(compare::show),
        ),
    ]
}

/// What a verdict is called.
pub fn name(verdict: Verdict, w: &'static SightingWords) -> &'static str {
    match verdict {
        Verdict::Unseen => w.unseen,
        Verdict::Shown => w.shown,
        Verdict::Absent => w.absent,
        Verdict::Old => w.old,
        Verdict::Altered => w.altered,
        Verdict::Missing => w.missing,
        Verdict::Lingers => w.lingers,
    }
}

/// A site on whose pages something is wrong, as the console's first page says it.
pub struct Reminder {
    /// Its page.
    pub path: String,
    /// What it is called.
    pub title: String,
    /// How much is wrong.
    pub says: String,
}

/// The watched sites of an agency where items stand otherwise than they should.
///
/// # Errors
/// The database's.
pub async fn reminders(app: &App, log: i64, lang: Lang) -> Result<Vec<Reminder>, Problem> {
    let mut conn = app.db.read().await?;
    let counts = counted(&mut conn, log).await?;
    let wrong = |watched: Watched| {
        let of_it = counts.get(&watched.id.to_string())?;
        let count: i64 = of_it.iter().filter(|(verdict, _)| verdict.drifts()).map(|(_, count)| count).sum();
        let path = format!("{PAGE}/{}", watched.id);
        (count > 0).then(|| Reminder { path, title: watched.name, says: lang.sighting().home_says(count) })
    };
    Ok(store::of_log(&mut conn, log).await?.into_iter().filter_map(wrong).collect())
}

/// How many items of each site of a log have which verdict, by the site's id.
async fn counted(
    conn: &mut crate::db::Conn,
    log: i64,
) -> Result<BTreeMap<String, BTreeMap<Verdict, i64>>, Problem> {
    let mut counts: BTreeMap<String, BTreeMap<Verdict, i64>> = BTreeMap::new();
    for (watched, verdict, count) in store::counts(conn, log).await? {
        if let Some(verdict) = Verdict::of(&verdict) {
            counts.entry(watched).or_default().insert(verdict, count);
        }
    }
    Ok(counts)
}

/// Verdicts with how many items have each.
fn says(counts: Option<&BTreeMap<Verdict, i64>>, lang: Lang) -> String {
    let w = lang.sighting();
    let each = counts.into_iter().flatten().map(|(verdict, count)| w.count(name(*verdict, w), count));
    each.collect::<Vec<_>>().join(" · ")
}

struct Row {
    href: String,
    title: String,
    url: String,
    says: String,
    trouble: Option<String>,
    wrong: bool,
}

/// What an agency below has told of a site.
struct BelowRow {
    title: String,
    at: String,
    items: Vec<String>,
    more: Option<String>,
}

#[derive(Template)]
#[template(path = "sightings/list.html")]
struct ListPage {
    shell: Shell,
    desk: Desk,
    rows: Vec<Row>,
    below: Vec<BelowRow>,
    /// Outlets and sources to which a site may belong.
    owners: Vec<(String, String)>,
    ways: Vec<(&'static str, &'static str)>,
    typed: Fields,
    wrong: Wrong,
}

impl ListPage {
    fn s(&self) -> &'static SightingWords {
        self.shell.lang.sighting()
    }
}

/// What a way is called.
fn way_name(way: Way, w: &'static SightingWords) -> &'static str {
    match way {
        Way::Links => w.way_links,
        Way::Taken => w.way_taken,
        Way::Template => w.way_template,
        Way::Feed => w.way_feed,
        Way::Sitemap => w.way_sitemap,
    }
}

async fn all(Given(app): Given<App>, staff: Staff, visitor: Visitor, Query(done): Query<Done>) -> Response {
    let w = visitor.lang.sighting();
    let said = match done.word() {
        "them" => Some(w.said_added.to_owned()),
        "go" => Some(w.said_removed.to_owned()),
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
        let lang = visitor.lang;
        let (w, log) = (lang.sighting(), staff.portal.log);
        let mut conn = app.db.read().await?;
        let counts = counted(&mut conn, log).await?;
        let row = |watched: Watched| {
            let of_it = counts.get(&watched.id.to_string());
            let told = says(of_it, lang);
            Row {
                href: lang.path(&format!("{PAGE}/{}", watched.id)),
                says: if watched.next == 0 { format!("{} · {told}", w.paused) } else { told },
                trouble: (!watched.trouble.is_empty()).then(|| both(&watched.trouble).of(lang).to_owned()),
                wrong: of_it.is_some_and(|counts| counts.keys().any(|verdict| verdict.drifts())),
                title: watched.name,
                url: watched.url,
            }
        };
        let rows = store::of_log(&mut conn, log).await?.into_iter().map(row).collect();
        // A receiver of packets has no page on which anybody could look.
        let outlets = outlets::store::of_log(&mut conn, log).await?.into_iter();
        let outlets = outlets.filter(|outlet| outlet.kind != outlets::Kind::Packets).map(|outlet| {
            let called = if outlet.name.is_empty() { outlet.url } else { outlet.name };
            (outlet.id.to_string(), w.of_outlet(called))
        });
        let sources = sources::store::of_log(&mut conn, log).await?.into_iter().map(|source| {
            let called = if source.name.is_empty() { source.url } else { source.name };
            (source.id.to_string(), w.of_source(called))
        });
        Ok::<_, Problem>(ListPage {
            shell: shell(app, visitor, &staff.portal, w.title),
            desk: Desk::of(staff, lang, PAGE, said),
            rows,
            owners: outlets.chain(sources).collect(),
            below: below(app, &mut conn, log, lang).await?,
            ways: Way::ALL.map(|way| (way.word(), way_name(way, w))).into(),
            typed,
            wrong,
        })
    };
    match drawn_up.await {
        Ok(page) => drawn(app, visitor, status, &page),
        Err(problem) => failure(app, visitor, problem),
    }
}

async fn below(
    app: &App,
    conn: &mut crate::db::Conn,
    log: i64,
    lang: Lang,
) -> Result<Vec<BelowRow>, Problem> {
    let (w, now, directory) = (lang.sighting(), app.clock.now(), app.directory.load());
    let row = |one: store::Below| {
        let said: Drifts = serde_json::from_str(&one.said).ok()?;
        let agency = one.origin.parse().ok().and_then(|origin| directory.agency(&origin).cloned());
        let agency = agencies::name(agency.as_ref(), lang, &one.origin);
        let item = |drift: &super::letters::Drift| {
            let verdict = Verdict::of(&drift.verdict).map_or("", |verdict| name(verdict, w));
            let since = w.since_at(date::in_sentence(lang, instant(drift.since), now));
            let at = if drift.url.is_empty() { &drift.reference } else { &drift.url };
            format!("{verdict}, {since}: {at}")
        };
        (!said.items.is_empty()).then(|| BelowRow {
            title: w.below_row(agency, &said.name),
            at: date::in_sentence(lang, instant(one.at), now),
            items: said.items.iter().map(item).collect(),
            more: (said.more > 0).then(|| w.more(said.more)),
        })
    };
    Ok(store::below(conn, log).await?.into_iter().filter_map(row).collect())
}

async fn add(Given(app): Given<App>, staff: Staff, visitor: Visitor, Filled(typed): Filled) -> Response {
    let done = async {
        let watched = typed::watched(&app, &staff, &typed).await?;
        let line = staff.line("watched.add", watched.id.to_string());
        let line = line.with(serde_json::json!({ "way": watched.way.word() }));
        app.db
            .write("watched.add", async move |tx: &mut Tx| -> Result<(), Problem> {
                let there = store::of_log(tx.conn(), watched.log).await?;
                if there.len() >= MOST {
                    return Err(Problem::Invalid(vec![typed::fault("ten", |w| w.fault_many)]));
                }
                if there.iter().any(|other| other.name == watched.name) {
                    return Err(Problem::Invalid(vec![typed::fault("ten", |w| w.fault_name)]));
                }
                store::add(tx, &watched).await?;
                Ok(audit::add(tx, line).await?)
            })
            .await
    };
    match done.await {
        Ok(()) => see(visitor.lang, &format!("{PAGE}?xong=them")),
        Err(problem) => match Wrong::of(problem, visitor.lang) {
            Ok((status, wrong)) => page(&app, &staff, &visitor, None, typed, (wrong, status)).await,
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}
