//! What everybody may read: answered petitions without personal data, and how agencies answer.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use sqlx::FromRow;

use super::asking::shell;
use super::following::name_of;
use super::rules::Kind;
use super::store::draft::{self, Shown};
use super::{HOME, life, place};
use crate::agencies::Portal;
use crate::all;
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::items::pages::{html, kept};
use crate::open::dumps::row as csv_row;
use crate::problem::Problem;
use crate::web::pages::{Drawn, Tag};
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, PetitionWords, date};

/// For so long a page of answers, and one of figures, is kept, in microseconds.
const SHORT: i64 = 20_000_000;
pub(super) const LONG: i64 = 300_000_000;
/// Cases on one page.
const PAGE: i64 = 20;
/// A count under this one could tell of somebody.
pub(super) const LEAST: i64 = 5;
/// Fewer answers than these are not ranked.
const RANKED: i64 = 30;

/// A case in a list.
struct Line {
    href: String,
    code: String,
    begins: String,
    says: String,
}

fn says(case: &Shown, lang: Lang) -> String {
    let (asked, answered) = (date::day(instant(case.registered)), date::day(instant(case.at)));
    let p = lang.petition();
    let parts = [
        Kind::name_of(&case.sort, lang),
        place::name(&case.place, lang),
        p.public_days(date::date(lang, asked), date::date(lang, answered)),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

#[derive(Template)]
#[template(path = "petitions/list.html")]
struct ListPage {
    shell: Shell,
    lines: Vec<Line>,
    older: Option<String>,
}

impl ListPage {
    fn p(&self) -> &'static PetitionWords {
        self.shell.lang.petition()
    }
}

/// `/phan-anh?truoc=…`
pub async fn list(State(app): State<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Directory], SHORT, async |portal: &Portal| {
        let lang = visitor.lang;
        let before = visitor.asked("truoc").and_then(|at| at.parse().ok()).unwrap_or(i64::MAX);
        let mut conn = app.db.read().await?;
        let mut cases = draft::shown(&mut conn, portal.log, before, PAGE + 1).await?;
        let more = cases.len() > PAGE as usize;
        cases.truncate(PAGE as usize);
        let older = cases.last().filter(|_| more).map(|last| lang.path(&format!("{HOME}?truoc={}", last.at)));
        let line = |case: &Shown| Line {
            href: lang.path(&format!("{HOME}/ho-so/{}", case.code)),
            code: case.code.clone(),
            begins: case.question.lines().next().unwrap_or_default().chars().take(160).collect(),
            says: says(case, lang),
        };
        let lines = cases.iter().map(line).collect();
        html(&ListPage { shell: shell(&app, &visitor, portal, lang.petition().list_title), lines, older })
    })
    .await
}

#[derive(Template)]
#[template(path = "petitions/public.html")]
struct OnePage {
    shell: Shell,
    case: Shown,
    agency: String,
    says: String,
}

impl OnePage {
    fn p(&self) -> &'static PetitionWords {
        self.shell.lang.petition()
    }
}

/// `/phan-anh/ho-so/{code}`
pub async fn one(State(app): State<App>, visitor: Visitor, Path(code): Path<String>) -> Response {
    kept(&app, &visitor, vec![Tag::Directory], SHORT, async |portal: &Portal| {
        let mut conn = app.db.read().await?;
        let case = draft::shown_one(&mut conn, &code).await?.ok_or(Problem::NotFound("petition"))?;
        html(&OnePage {
            agency: name_of(&app, &mut conn, case.log, visitor.lang).await?,
            says: says(&case, visitor.lang),
            shell: shell(&app, &visitor, portal, &case.code),
            case,
        })
    })
    .await
}

#[derive(FromRow)]
struct Fact {
    owner: i64,
    state: String,
    due: String,
    answered: i64,
    rating: String,
}

/// How an agency answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Figures {
    all: i64,
    answered: i64,
    in_time: i64,
    open: i64,
    overdue: i64,
    yes: i64,
    partly: i64,
    no: i64,
}

impl Figures {
    fn count(&mut self, fact: &Fact, today: jiff::civil::Date) {
        let due: Option<jiff::civil::Date> = fact.due.parse().ok();
        let open = life::State::of(&fact.state).is_open();
        self.all += 1;
        self.open += i64::from(open);
        self.overdue += i64::from(open && due.is_some_and(|due| today > due));
        if fact.answered > 0 && !open {
            self.answered += 1;
            let day = date::day(instant(fact.answered));
            self.in_time += i64::from(due.is_none_or(|due| day <= due));
        }
        match fact.rating.as_str() {
            "yes" => self.yes += 1,
            "partly" => self.partly += 1,
            "no" => self.no += 1,
            _ => {}
        }
    }

    fn cells(&self) -> [i64; 8] {
        [self.all, self.answered, self.in_time, self.open, self.overdue, self.yes, self.partly, self.no]
    }

    /// The share of answers in time in per cent, where there are enough to be compared.
    fn ranked(&self) -> Option<i64> {
        (self.answered >= RANKED).then(|| self.in_time * 100 / self.answered)
    }
}

/// Whether a count is so small that it could tell of somebody.
pub(super) fn is_small(count: i64) -> bool {
    (1..LEAST).contains(&count)
}

/// A count as it is published.
pub(super) fn published(count: i64) -> String {
    if is_small(count) { format!("<{LEAST}") } else { count.to_string() }
}

/// An agency with its figures as they are published: name, counts, share in time.
pub(super) struct Published {
    /// Its name.
    pub(super) name: String,
    /// The counts, in the order of the table; small ones as `<5`.
    pub(super) counts: Vec<String>,
    /// The share of answers in time in per cent, where there are enough.
    pub(super) share: Option<i64>,
}

/// The figures of every agency.
pub(super) async fn figures_of(app: &App, conn: &mut Conn, lang: Lang) -> Result<Vec<Published>, Problem> {
    let facts = all!(
        conn,
        Fact,
        "SELECT p.owner, p.state, p.due, p.answered, p.rating FROM petition p JOIN log l ON l.id = p.owner AND l.own = 1
         WHERE p.state <> 'withdrawn'"
    )?;
    let today = date::day(app.clock.now());
    let mut by_owner: BTreeMap<i64, Figures> = BTreeMap::new();
    for fact in &facts {
        by_owner.entry(fact.owner).or_default().count(fact, today);
    }
    let mut all = Vec::new();
    for (owner, figures) in by_owner {
        let counts = figures.cells().map(published).into();
        all.push(Published { name: name_of(app, conn, owner, lang).await?, counts, share: figures.ranked() });
    }
    // Who is ranked comes first, the best first; the others by name.
    all.sort_by(|a, b| b.share.cmp(&a.share).then_with(|| a.name.cmp(&b.name)));
    Ok(all)
}

#[derive(Template)]
#[template(path = "petitions/figures.html")]
struct FiguresPage {
    shell: Shell,
    agencies: Vec<Published>,
}

impl FiguresPage {
    fn p(&self) -> &'static PetitionWords {
        self.shell.lang.petition()
    }

    /// What the count at a place is of.
    fn head(&self, at: &usize) -> &'static str {
        let p = self.p();
        let heads = [
            p.figure_all,
            p.figure_answered,
            p.figure_in_time,
            p.figure_open,
            p.figure_overdue,
            p.figure_yes,
            p.figure_partly,
            p.figure_no,
        ];
        heads.get(*at).copied().unwrap_or_default()
    }
}

/// `/phan-anh/thong-ke`
pub async fn figures(State(app): State<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Directory], LONG, async |portal: &Portal| {
        let agencies = figures_of(&app, &mut app.db.read().await?, visitor.lang).await?;
        html(&FiguresPage {
            shell: shell(&app, &visitor, portal, visitor.lang.petition().figures_title),
            agencies,
        })
    })
    .await
}

/// `/phan-anh/thong-ke.csv`
pub async fn csv(State(app): State<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Directory], LONG, async |_: &Portal| {
        let mut text = String::new();
        let head = [
            "agency",
            "all",
            "answered",
            "in_time",
            "open",
            "overdue",
            "yes",
            "partly",
            "no",
            "in_time_percent",
        ];
        csv_row(&mut text, &head);
        for agency in figures_of(&app, &mut app.db.read().await?, Lang::Vi).await? {
            let share = agency.share.map(|share| share.to_string()).unwrap_or_default();
            let mut cells = vec![agency.name.as_str()];
            cells.extend(agency.counts.iter().map(String::as_str));
            cells.push(&share);
            csv_row(&mut text, &cells);
        }
        Ok(Drawn::whole(200, "text/csv; charset=utf-8", &text))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(state: &str, due: &str, answered: &str, rating: &str) -> Fact {
        let at = answered.parse::<jiff::Timestamp>().map_or(0, |at| at.as_microsecond());
        Fact { owner: 1, state: state.into(), due: due.into(), answered: at, rating: rating.into() }
    }

    #[test]
    fn small_counts_are_not_told_and_few_answers_are_not_ranked() {
        let mut figures = Figures::default();
        let today = jiff::civil::date(2026, 12, 20);
        for fact in [
            fact("answered", "2026-12-16", "2026-12-16T16:59:00Z", "yes"),
            fact("closed", "2026-12-16", "2026-12-16T17:00:00Z", "no"),
            fact("work", "2026-12-16", "", ""),
            fact("new", "2026-12-20", "", ""),
        ] {
            figures.count(&fact, today);
        }
        assert_eq!(figures.cells(), [4, 2, 1, 2, 1, 1, 0, 1]);
        assert_eq!(figures.cells().map(published), ["<5", "<5", "<5", "<5", "<5", "<5", "0", "<5"]);
        assert_eq!((figures.ranked(), published(5)), (None, "5".to_owned()));
        let many = Figures { answered: 30, in_time: 27, ..figures };
        assert_eq!(many.ranked(), Some(90));
    }
}
