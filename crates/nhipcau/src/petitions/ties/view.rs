//! What hangs together, on the page of a case: in the console, and for its sender.

use jiff::civil::Date;
use routing::duplicates::Signature;

use super::super::DESK;
use super::super::following::{name_of, state};
use super::super::life::{Facts, State, Ties};
use super::super::store::steps;
use super::super::store::{self as cases, Case};
use super::store::{self, Tied};
use super::{FOLLOWS, PART, help};
use crate::app::App;
use crate::db::Conn;
use crate::problem::Problem;
use crate::words::{Lang, date};

/// So many open cases of the same matter are offered.
const MOST_LIKE: usize = 5;
/// So many open cases of an agency are looked at for that.
const LOOKED_AT: i64 = 500;
/// Two cases are of the same matter, perhaps, if they are as similar as this.
const LIKE: f32 = 0.35;
/// So much of a text is shown.
const SNIPPET: usize = 90;

/// Another case, in a line.
pub struct Other {
    /// Its page in the console.
    pub href: String,
    /// Its code.
    pub code: String,
    /// How it stands, or how it begins.
    pub says: String,
    /// What was answered; empty while nothing was.
    pub answer: String,
}

/// What another agency was asked.
pub struct Asked {
    /// Its id.
    pub id: String,
    /// Whom, by when, how it stands.
    pub head: String,
    /// What was asked.
    pub question: String,
    /// What was said.
    pub said: String,
    /// True if its day is over.
    pub late: bool,
}

/// What hangs together with a case, as its agency sees it.
#[derive(Default)]
pub struct TiesView {
    /// What it follows.
    pub follows: Option<Other>,
    /// What follows it.
    pub followers: Vec<Other>,
    /// The whole that it is a part of.
    pub whole: Option<Other>,
    /// Its parts.
    pub parts: Vec<Other>,
    /// What others were asked for it.
    pub helps: Vec<Asked>,
    /// Open cases of the agency that may tell of the same.
    pub like: Vec<Other>,
    /// The answers of its parts, where all have one: what an answer to the whole may begin with.
    pub together: String,
}

impl TiesView {
    /// True if there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.follows.is_none()
            && self.whole.is_none()
            && [&self.followers, &self.parts].iter().all(|list| list.is_empty())
            && self.helps.is_empty()
    }

    /// Of a case.
    ///
    /// # Errors
    /// The database's.
    pub async fn of(
        app: &App,
        conn: &mut Conn,
        (case, words): (&Case, &str),
        facts: &Facts,
        lang: Lang,
    ) -> Result<TiesView, Problem> {
        let mut view = TiesView::default();
        for tie in store::of(conn, &case.id).await? {
            let down = tie.lead == case.id;
            let other = other(app, conn, &tie, lang).await?;
            match (tie.sort.as_str(), down) {
                (FOLLOWS, false) => view.follows = Some(other),
                (FOLLOWS, true) => view.followers.push(other),
                (PART, false) => view.whole = Some(other),
                _ => view.parts.push(other),
            }
        }
        if !view.parts.is_empty() && view.parts.iter().all(|part| !part.answer.is_empty()) {
            let said: Vec<String> =
                view.parts.iter().map(|part| format!("{}:\n{}", part.code, part.answer)).collect();
            view.together = said.join("\n\n");
        }
        let today = date::day(app.clock.now());
        for help in store::helps(conn, &case.id).await? {
            view.helps.push(asked(app, conn, help, today, lang).await?);
        }
        if facts.state.is_open() && facts.ties == Ties::default() && !words.is_empty() {
            view.like = like(conn, case, words, lang).await?;
        }
        Ok(view)
    }
}

async fn other(app: &App, conn: &mut Conn, tie: &Tied, lang: Lang) -> Result<Other, Problem> {
    let agency = name_of(app, conn, tie.owner, lang).await?;
    let due: Option<Date> = tie.due.parse().ok();
    let due = due.filter(|_| tie.state().is_open());
    let mut says = state(tie.state(), &agency, lang);
    if let Some(due) = due {
        says = format!("{says} · {}", lang.petition_desk().due(date::date(lang, due)));
    }
    let answer = match tie.state() {
        State::Answered | State::Closed if tie.sort == PART && tie.lead != tie.petition => {
            let path = steps::of(conn, &tie.petition).await?;
            let given =
                path.into_iter().rev().find(|step| matches!(step.act.as_str(), "answered" | "outside"));
            given.map(|step| step.words).unwrap_or_default()
        }
        _ => String::new(),
    };
    let href = lang.path(&format!("{DESK}/{}", tie.code));
    Ok(Other { href, code: tie.code.clone(), says, answer })
}

async fn asked(
    app: &App,
    conn: &mut Conn,
    help: store::Help,
    today: Date,
    lang: Lang,
) -> Result<Asked, Problem> {
    let w = lang.petition_tie();
    let agency = name_of(app, conn, help.log, lang).await?;
    let day = help.due.parse().map(|due| date::date(lang, due)).unwrap_or_default();
    let late = help::is_late(&help, today);
    let head = match (help.answered, help.ended) {
        (0, 0) if late => w.asked_late(agency, day),
        (0, 0) => w.asked_due(agency, day),
        (0, _) => w.asked_ended(agency),
        (at, _) => w.asked_said(agency, help::at(app, lang, at)),
    };
    Ok(Asked { id: help.id, head, question: help.question, said: help.said, late })
}

/// Other open cases of the agency whose words are like those of a case, the likest first.
async fn like(conn: &mut Conn, case: &Case, words: &str, lang: Lang) -> Result<Vec<Other>, Problem> {
    let commune = |place: &str| place.parse().ok().into_iter().collect::<Vec<_>>();
    let own = Signature::of(words, None, &commune(&case.place));
    let mut found = Vec::new();
    for (id, code, place, words) in cases::open_words(conn, case.owner, LOOKED_AT).await? {
        if id == case.id {
            continue;
        }
        let similar = own.similarity(&Signature::of(&words, None, &commune(&place)));
        if similar >= LIKE {
            found.push((similar, code, words));
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let shown = |(_, code, words): (f32, String, String)| Other {
        href: lang.path(&format!("{DESK}/{code}")),
        says: words.replace('\n', " ").chars().take(SNIPPET).collect(),
        code,
        answer: String::new(),
    };
    Ok(found.into_iter().take(MOST_LIKE).map(shown).collect())
}

/// A part, as the sender of the whole sees it.
pub struct PartSeen {
    /// Its code.
    pub code: String,
    /// Its own words.
    pub words: String,
    /// How it stands, in a sentence.
    pub says: String,
    /// Where it stands.
    pub state: State,
}

/// What hangs together with a case, as its sender sees it.
#[derive(Default)]
pub struct Seen {
    /// The code of the case whose answer they get.
    pub follows: Option<String>,
    /// The code of the whole.
    pub whole: Option<String>,
    /// The parts.
    pub parts: Vec<PartSeen>,
}

impl Seen {
    /// Of a case.
    ///
    /// # Errors
    /// The database's.
    pub async fn of(app: &App, conn: &mut Conn, case: &Case, lang: Lang) -> Result<Seen, Problem> {
        let mut seen = Seen::default();
        for tie in store::of(conn, &case.id).await? {
            match (tie.sort.as_str(), tie.lead == case.id) {
                (FOLLOWS, false) => seen.follows = Some(tie.code),
                (PART, false) => seen.whole = Some(tie.code),
                (PART, true) => {
                    let agency = name_of(app, conn, tie.owner, lang).await?;
                    let words = cases::words(conn, &tie.petition).await?;
                    let stands = tie.state();
                    let says = state(stands, &agency, lang);
                    let words = words.map(|(_, words)| words).unwrap_or_default();
                    seen.parts.push(PartSeen { code: tie.code, words, says, state: stands });
                }
                _ => {}
            }
        }
        Ok(seen)
    }
}

/// The part of a case with a code, if it has one.
///
/// # Errors
/// The database's.
pub async fn part(conn: &mut Conn, whole: &Case, code: &str) -> Result<Option<Case>, Problem> {
    let tied = store::of(conn, &whole.id).await?;
    match tied.iter().any(|tie| tie.sort == PART && tie.lead == whole.id && tie.code == code) {
        true => Ok(cases::find(conn, code).await?),
        false => Ok(None),
    }
}
