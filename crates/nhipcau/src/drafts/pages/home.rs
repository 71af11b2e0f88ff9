//! What waits, and the choice of what to write.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use uuid::Uuid;

use super::{below, by, change_name, hand, kind_name};
use crate::agencies;
use crate::annexes;
use crate::app::App;
use crate::breaches::pages as breaches;
use crate::clock::instant;
use crate::drafts::life::Stage;
use crate::drafts::store::{self, Line};
use crate::drafts::{acts, alone, ends};
use crate::items::kinds;
use crate::items::pages::title;
use crate::items::store as items;
use crate::operate::doctor::page::{self as doctor, Sum};
use crate::people::Duty;
use crate::people::forms::Filled;
use crate::people::gate::Staff;
use crate::people::pages::{Desk, Done, HOME, WRITE, drawn, see, shell};
use crate::petitions::{self, Glance};
use crate::problem::Problem;
use crate::sightings;
use crate::sources;
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, date};

/// In microseconds.
const DAY: i64 = 86_400_000_000;
const MONTH: i64 = 30 * DAY;
/// How many lines a list shows.
const MOST: i64 = 50;

/// A line of a list.
pub struct Row {
    pub(super) href: String,
    pub(super) title: String,
    /// Kind, who, when, in one sentence.
    pub(super) says: String,
    /// True for what calls for this person.
    pub(super) mine: bool,
}

/// A list under a heading.
pub struct List {
    title: String,
    rows: Vec<Row>,
    /// What to do first, if there is nothing.
    empty: &'static str,
}

#[derive(Template)]
#[template(path = "drafts/home.html")]
struct Home {
    shell: Shell,
    desk: Desk,
    writes: bool,
    roles: String,
    /// How often the agency has issued alone, if it has.
    alone: Option<String>,
    /// Where people rehearse, if there is such a place and this is not it.
    rehearsal: Option<String>,
    /// What the agency and those below it owe, for who leads it.
    week: Option<Glance>,
    /// How the node is, for its administrator.
    node: Option<Sum>,
    lists: Vec<List>,
}

/// `GET /ban-lam-viec`
pub async fn home(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Response {
    let w = visitor.lang.desk();
    let said = match done.word() {
        "go" => Some(w.done_ended.to_owned()),
        "bo" => Some(w.done_dropped.to_owned()),
        "dang" => Some(w.done_issued.to_owned()),
        "tra-lai" => Some(w.done_sent_back.to_owned()),
        _ => None,
    };
    match home_of(&app, &staff, &visitor, said).await {
        Ok(page) => drawn(&app, &visitor, StatusCode::OK, &page),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

async fn home_of(app: &App, staff: &Staff, visitor: &Visitor, said: Option<String>) -> Result<Home, Problem> {
    let (lang, log, now) = (visitor.lang, staff.portal.log, app.clock.now());
    let w = lang.desk();
    let mut conn = app.db.read().await?;
    let approves = staff.may(Duty::Approve);
    let mut lists = Vec::new();
    let used = alone::count(&mut conn, &staff.portal.origin, now.as_microsecond() - 365 * DAY).await?;
    if staff.may(Duty::Write) {
        let me = staff.account.id.to_string();
        let row = |line: Line, stage: Stage| {
            let mine = match stage {
                Stage::InReview => approves && line.account != me,
                Stage::Approved => approves,
                _ => line.account == me,
            };
            row(line, lang, now, mine)
        };
        for (stage, title, empty) in [
            (
                Stage::InReview,
                w.list_review,
                if approves { w.list_review_none } else { w.list_review_none_editor },
            ),
            (Stage::Approved, w.list_approved, ""),
            (Stage::Scheduled, w.list_scheduled, ""),
            (Stage::Sealed, lang.embargo().list_sealed, ""),
            (Stage::Draft, w.list_drafts, w.list_drafts_none),
            (Stage::Discarded, w.list_discarded, ""),
        ] {
            let rows = store::list(&mut conn, log, stage, MOST).await?;
            if rows.is_empty() && empty.is_empty() {
                continue;
            }
            let count = if rows.is_empty() {
                String::new()
            } else {
                format!(" · {}", store::count(&mut conn, log, stage).await?)
            };
            let rows = rows.into_iter().map(|line| row(line, stage)).collect();
            lists.push(List { title: format!("{title}{count}"), rows, empty });
        }
        let below = alone::below(&mut conn, app, &staff.portal.origin, now.as_microsecond() - MONTH).await?;
        if !below.is_empty() {
            let directory = app.directory.load();
            let mut rows = Vec::new();
            for (origin, id, at) in below {
                let reference = items::Reference::of(&origin, id);
                let found = items::find(&mut conn, &reference).await?;
                let name = found.map(|standing| title(&standing.card, lang).text).unwrap_or_default();
                let agency = agencies::name(directory.agency(&origin), lang, origin.as_str());
                rows.push(Row {
                    href: format!("/muc/{reference}"),
                    title: if name.is_empty() { w.untitled.to_owned() } else { name },
                    says: w.alone_by(agency, date::short(lang, instant(at), now)),
                    mine: true,
                });
            }
            lists.push(List { title: w.list_alone.to_owned(), rows, empty: "" });
        }
        let duty = below::rows(app, &mut conn, staff, lang).await?;
        if !duty.is_empty() {
            let title = lang.doors().below_count(duty.len());
            lists.insert(0, List { title, rows: duty, empty: "" });
        }
        let review = annexes::pages::to_review(app, &mut conn, log, lang).await?;
        if !review.is_empty() {
            let rows = review.into_iter().map(|annex| Row {
                href: annexes::HOME.to_owned(),
                title: annex.title,
                says: annex.says,
                mine: true,
            });
            lists.insert(
                0,
                List { title: lang.annex().review_title.to_owned(), rows: rows.collect(), empty: "" },
            );
        }
        let waiting = ends::all_waiting(&mut conn, log).await?;
        if !waiting.is_empty() {
            let mut rows = Vec::new();
            for ends::Listed { item, origin, how, name, at } in waiting {
                let id = Uuid::try_parse(&item).map_err(anyhow::Error::from)?;
                let of = match origin.as_str() {
                    "" => staff.portal.origin.clone(),
                    below => below.parse().map_err(|e| anyhow::anyhow!("a stored log's name: {e}"))?,
                };
                let reference = items::Reference::of(&of, id);
                let found = items::find(&mut conn, &reference).await?;
                let name_of = found.map(|standing| title(&standing.card, lang).text).unwrap_or_default();
                rows.push(Row {
                    href: format!("{HOME}/muc/{reference}"),
                    title: match (name_of.is_empty(), origin.is_empty()) {
                        (false, _) => name_of,
                        // An order may come before its item.
                        (true, false) => reference.to_string(),
                        (true, true) => w.untitled.to_owned(),
                    },
                    says: w.end_waits(
                        super::item::how_name(&how, w),
                        hand(name, lang),
                        date::short(lang, instant(at), now),
                    ),
                    mine: approves,
                });
            }
            lists.insert(0, List { title: w.list_ends.to_owned(), rows, empty: "" });
        }
    }
    if staff.may(Duty::Petitions) {
        let waiting = petitions::handling::at_home(app, &mut conn, staff, lang).await?.into_iter();
        let rows: Vec<Row> =
            waiting.map(|one| Row { href: one.path, title: one.title, says: one.says, mine: true }).collect();
        if !rows.is_empty() {
            lists.insert(0, List { title: lang.petition_desk().home.to_owned(), rows, empty: "" });
        }
    }
    if staff.may(Duty::Approve) {
        let due = sources::pages::reminders(app, log, lang).await?.into_iter();
        let rows: Vec<Row> = due
            .map(|one| Row { href: one.path, title: one.title, says: one.says, mine: one.presses })
            .collect();
        if !rows.is_empty() {
            lists.push(List { title: lang.source().home.to_owned(), rows, empty: "" });
        }
        let wrong = sightings::pages::reminders(app, log, lang).await?.into_iter();
        let rows: Vec<Row> =
            wrong.map(|one| Row { href: one.path, title: one.title, says: one.says, mine: true }).collect();
        if !rows.is_empty() {
            lists.push(List { title: lang.sighting().home.to_owned(), rows, empty: "" });
        }
    }
    if staff.may(Duty::Breaches) {
        let open = breaches::reminders(app, log, lang).await?.into_iter().map(|one| Row {
            href: one.path,
            title: one.title,
            says: one.says,
            mine: one.presses,
        });
        let rows: Vec<Row> = open.collect();
        if !rows.is_empty() {
            lists.insert(0, List { title: lang.breach().home.to_owned(), rows, empty: "" });
        }
    }
    let week = petitions::glance(app, &mut conn, staff, lang).await?;
    drop(conn);
    let node = doctor::at_home(app, staff, lang).await;
    Ok(Home {
        shell: shell(app, visitor, &staff.portal, w.console),
        desk: Desk::of(staff, lang, HOME, said),
        writes: staff.may(Duty::Write),
        alone: (used > 0).then(|| w.alone_own(used)),
        roles: staff.roles.iter().map(|role| role.name(lang)).collect::<Vec<_>>().join(", "),
        rehearsal: app.config.rehearsal_portal.clone().filter(|_| !app.config.rehearsal),
        week,
        node,
        lists,
    })
}

fn row(line: Line, lang: Lang, now: Timestamp, mine: bool) -> Row {
    let w = lang.desk();
    let stage = Stage::of(&line.stage).unwrap_or(Stage::Draft);
    let mut says = vec![kind_name(&line.kind, lang)];
    says.extend(change_name(&line.change, lang).map(str::to_owned));
    if let Some(due) = line.due.filter(|_| stage.is_open() || stage == Stage::Sealed) {
        says.push(w.row_due(date::short(lang, instant(due), now)));
    }
    says.push(w.row_saved(hand(line.name, lang), date::short(lang, instant(line.changed), now)));
    Row {
        href: format!("{HOME}/tin/{}", line.id),
        title: if line.title.is_empty() { w.untitled.to_owned() } else { line.title },
        says: says.join(" · "),
        mine,
    }
}

/// A kind that can be written.
pub struct Kind {
    id: String,
    name: String,
    says: String,
}

#[derive(Template)]
#[template(path = "drafts/choose.html")]
struct Choose {
    shell: Shell,
    desk: Desk,
    kinds: Vec<Kind>,
}

/// `GET /ban-lam-viec/tin/moi`
pub async fn choose(State(app): State<App>, staff: Staff, visitor: Visitor) -> Response {
    let lang = visitor.lang;
    let kinds = kinds::all().iter().map(|kind| Kind {
        id: kind.id.clone(),
        name: kind.name.of(lang).to_owned(),
        says: format!("{} {}", kind.help.of(lang), super::persons_say(&app, &kind.id, lang)),
    });
    let page = Choose {
        shell: shell(&app, &visitor, &staff.portal, lang.desk().choose_kind),
        desk: Desk::of(&staff, lang, WRITE, None),
        kinds: kinds.collect(),
    };
    drawn(&app, &visitor, StatusCode::OK, &page)
}

/// `POST /ban-lam-viec/tin/moi`
pub async fn begin(State(app): State<App>, staff: Staff, visitor: Visitor, Filled(form): Filled) -> Response {
    match acts::create(&app, &by(&staff), form.get("kind")).await {
        Ok(id) => see(visitor.lang, &format!("{HOME}/tin/{id}")),
        Err(problem) => failure(&app, &visitor, problem),
    }
}
