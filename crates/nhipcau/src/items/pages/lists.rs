//! The home page and the lists.

use axum::extract::State as Given;
use axum::response::Response;
use network::directory::Directory;
use network::entry::Level;
use network::names::Origin;
use vietnam::documents::Status;
use vietnam::working_time::Calendar;

use super::{SHORT, html, kept, speaker, title};
use crate::agencies::{self, Portal};
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::documents::law;
use crate::items::store::{self, Filter, Standing};
use crate::items::view::{Day, HomePage, ItemRow, Kind, ListPage, Origin as Whose, RowChange, Urgency};
use crate::items::{Card, State};
use crate::logs::store as logs;
use crate::problem::Problem;
use crate::procedures::pages::catalogue;
use crate::web::pages::Tag;
use crate::web::shell::{Section, Shell};
use crate::web::visitor::Visitor;
use crate::words::{Lang, date};

const A_PAGE: i64 = 30;
/// How many of each the home page shows.
const FEW: i64 = 6;

/// `/`
pub async fn home(Given(app): Given<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Lists, Tag::Directory], SHORT, async |portal: &Portal| {
        let mut conn = app.db.read().await?;
        let directory = app.directory.load_full();
        let province = province(&mut conn, &directory, portal).await?;
        let beside = province.as_ref().map(|(log, _)| *log);
        let few = |own| Filter { own: Some(own), beside, news: true, most: FEW, ..Filter::default() };
        let directions = store::list(&mut conn, &portal.domain, portal.log, &few(false)).await?;
        let own = store::list(&mut conn, &portal.domain, portal.log, &few(true)).await?;
        let alarms = crate::operate::alarms::all(&app, &mut conn).await?.len() as u32;
        let shell = portal.shell(&app, &visitor, Section::Home);
        let above = match province {
            Some((log, origin)) => {
                let filter = Filter { log: Some(log), news: true, most: FEW, ..Filter::default() };
                let found = store::list(&mut conn, &portal.domain, portal.log, &filter).await?;
                let name = agencies::name(directory.agency(&origin), shell.lang, origin.as_str());
                Some((name, rows(&app, &mut conn, &shell, found).await?))
            }
            None => None,
        };
        let portals = directory.agencies().filter(|a| a.closed.is_none() && a.node.is_some()).count() as u32;
        html(&HomePage {
            directions: rows(&app, &mut conn, &shell, directions).await?,
            above,
            own: rows(&app, &mut conn, &shell, own).await?,
            services: catalogue::first_events(&mut conn, portal, shell.lang).await?,
            day_note: day_note(&app.calendar.now().days, shell.lang, date::day(shell.now)),
            portals,
            alarms,
            shell,
        })
    })
    .await
}

/// The province above a commune's portal: our number for its log, and its name.
async fn province(
    conn: &mut Conn,
    directory: &Directory,
    portal: &Portal,
) -> anyhow::Result<Option<(i64, Origin)>> {
    let Some(above) = directory.ancestors(&portal.origin).find(|agency| agency.level == Level::Province)
    else {
        return Ok(None);
    };
    let head = logs::by_origin(conn, above.origin.as_str()).await?;
    Ok(head.map(|head| (head.id, above.origin.clone())))
}

/// What is special about a day.
fn day_note(days: &Calendar, lang: Lang, day: jiff::civil::Date) -> Option<String> {
    let special = days.special_day(day)?;
    Some(if lang == Lang::Vi { special.name.clone() } else { special.name_en.clone() })
}

/// `/thong-tin`
pub async fn list(Given(app): Given<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Lists, Tag::Directory], SHORT, async |portal: &Portal| {
        let asked = Asked::read(&visitor)?;
        let filter = Filter {
            kind: asked.kind.map(|kind| kind.word().to_owned()),
            own: asked.origin.map(|o| o == Whose::Own),
            // Thousands of procedures would bury what is new; who asks for a kind gets it.
            news: asked.kind.is_none(),
            skip: (i64::from(asked.page) - 1) * A_PAGE,
            most: A_PAGE,
            ..Filter::default()
        };
        let mut conn = app.db.read().await?;
        let total = store::count(&mut conn, &portal.domain, portal.log, &filter).await?;
        let found = store::list(&mut conn, &portal.domain, portal.log, &filter).await?;
        let section = match asked.origin {
            Some(Whose::Own) => Section::Own,
            Some(Whose::Network) => Section::Directions,
            None => Section::Elsewhere,
        };
        let mut shell = portal.shell(&app, &visitor, section);
        let pages = u32::try_from((total + A_PAGE - 1) / A_PAGE).unwrap_or(u32::MAX).max(1);
        if asked.page > pages {
            return Err(Problem::NotFound("page"));
        }
        let mut days: Vec<Day> = Vec::new();
        for row in rows(&app, &mut conn, &shell, found).await? {
            let day = date::day(row.at);
            match days.last_mut() {
                Some(last) if last.date == day => last.rows.push(row),
                _ => days.push(Day { date: day, rows: vec![row] }),
            }
        }
        let mut listed = ListPage {
            shell: shell.clone(),
            days,
            kind: asked.kind,
            origin: asked.origin,
            page: asked.page,
            pages,
            total: total as u64,
        };
        shell.title = Some(listed.heading().to_owned());
        shell.feeds = Some(listed.feeds());
        listed.shell = shell;
        html(&listed)
    })
    .await
}

struct Asked {
    kind: Option<Kind>,
    origin: Option<Whose>,
    page: u32,
}

impl Asked {
    fn read(visitor: &Visitor) -> Result<Asked, Problem> {
        let query = visitor.path.split_once('?').map_or("", |(_, query)| query);
        let mut asked = Asked { kind: None, origin: None, page: 1 };
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            let wrong = || {
                Problem::Invalid(vec![crate::problem::Fault {
                    field: name.to_owned(),
                    vi: format!("Không có lựa chọn “{value}” cho “{name}”. Hãy chọn trong danh sách."),
                    en: format!("There is no choice {value:?} for {name:?}. Choose from the list."),
                }])
            };
            match name {
                "loai" => asked.kind = Some(Kind::from_slug(value).ok_or_else(wrong)?),
                "cua" => asked.origin = Some(Whose::from_slug(value).ok_or_else(wrong)?),
                "trang" => {
                    asked.page = value.parse().ok().filter(|n| (1..=100_000).contains(n)).ok_or_else(wrong)?
                }
                _ => {}
            }
        }
        Ok(asked)
    }
}

pub(super) fn urgency(card: &Card) -> Urgency {
    match card.urgency.as_deref() {
        Some("urgent") => Urgency::Urgent,
        Some("very-urgent") => Urgency::VeryUrgent,
        Some("express") => Urgency::Flash,
        _ => Urgency::Ordinary,
    }
}

/// Items as rows of a list.
///
/// # Errors
/// The database's.
pub async fn rows(
    app: &App,
    conn: &mut Conn,
    shell: &Shell,
    items: Vec<Standing>,
) -> anyhow::Result<Vec<ItemRow>> {
    let subjects: Vec<_> = items.iter().map(|item| law::subject(&item.kind, &item.card)).collect();
    let numbers = subjects.iter().flatten().filter_map(|subject| Some(subject.number.as_ref()?.key()));
    let known = law::known(conn, &app.directory.load(), numbers.collect::<Vec<_>>()).await?;
    let today = date::day(shell.now);
    let status = |subject: &Option<law::Subject>| {
        subject.as_ref().and_then(|subject| law::told(&known.standing(subject, today)))
    };
    Ok(items.into_iter().zip(&subjects).map(|(item, of)| row(app, shell, item, status(of))).collect())
}

fn row(app: &App, shell: &Shell, item: Standing, legal: Option<Status>) -> ItemRow {
    let (lang, changed) = (shell.lang, instant(item.changed));
    let change = match item.state {
        State::Standing => match item.change.as_str() {
            "correct" => RowChange::Corrected(changed),
            "update" => RowChange::Updated(changed),
            "replace" => RowChange::Replaced(changed),
            _ => RowChange::None,
        },
        _ => RowChange::Withdrawn(changed),
    };
    ItemRow {
        href: format!("/muc/{}", item.reference()),
        title: title(&item.card, lang),
        issued: item.card.issued,
        kind: Kind::of(&item.kind),
        form: item.card.form.clone(),
        number: item.card.number.clone(),
        agency: speaker(app, &item, lang),
        at: instant(item.issued),
        urgency: urgency(&item.card),
        legal,
        change,
        sample: item.card.sample,
    }
}
