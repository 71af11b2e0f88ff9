//! What hangs together, on the page of a case: in the console, and for its sender.

use jiff::civil::Date;
use network::split::Stage;
use routing::duplicates::Signature;

use super::super::DESK;
use super::super::following::{name_of, state, state_until};
use super::super::handling::short;
use super::super::life::State;
use super::super::similar::begins;
use super::super::store::steps;
use super::super::store::{self as cases, Case};
use super::afar::Afar;
use super::store::{self, Tied};
use super::{FOLLOWS, PART, afar, help};
use crate::agencies;
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
    /// Why its parts were not registered where it was asked, at another node.
    pub refused: Option<String>,
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
            && self.refused.is_none()
    }

    /// Of a case with its words. Whoever may let it follow another (`merges`) is offered those that it is like.
    ///
    /// # Errors
    /// The database's.
    pub async fn of(
        app: &App,
        conn: &mut Conn,
        (case, words): (&Case, &str),
        merges: bool,
        lang: Lang,
    ) -> Result<TiesView, Problem> {
        let mut view = TiesView::default();
        for tie in store::of(conn, &case.id).await? {
            let mut other = other(app, conn, &tie, lang).await?;
            if tie.is_part_of(&case.id) {
                other.answer = answer(conn, &tie.petition, tie.state()).await?;
            }
            match (tie.sort.as_str(), tie.lead == case.id) {
                (FOLLOWS, false) => view.follows = Some(other),
                (FOLLOWS, true) => view.followers.push(other),
                (PART, false) => view.whole = Some(other),
                _ => view.parts.push(other),
            }
        }
        for part in afar::elsewhere(conn, &case.id).await? {
            view.parts.push(afar_part(app, conn, case, part, lang).await?);
        }
        if let Some(code) = afar::store::whole(conn, &case.id).await?.filter(|_| view.whole.is_none()) {
            let href = lang.path(&format!("{DESK}/{code}"));
            view.whole = Some(Other { href, code, says: String::new(), answer: String::new() });
        }
        if view.parts.is_empty() {
            view.refused = Afar::of(conn, case, lang).await?.refused;
        }
        if !view.parts.is_empty()
            && view.parts.iter().all(|part| !part.code.is_empty() && !part.answer.is_empty())
        {
            let said: Vec<String> =
                view.parts.iter().map(|part| format!("{}:\n{}", part.code, part.answer)).collect();
            view.together = said.join("\n\n");
        }
        let today = date::day(app.clock.now());
        for help in store::helps(conn, &case.id).await? {
            view.helps.push(asked(app, conn, help, today, lang).await?);
        }
        if merges && !words.is_empty() {
            view.like = like(conn, case, words, lang).await?;
        }
        Ok(view)
    }
}

async fn other(app: &App, conn: &mut Conn, tie: &Tied, lang: Lang) -> Result<Other, Problem> {
    let agency = name_of(app, conn, tie.owner, lang).await?;
    let says = state_until(tie.state(), &agency, tie.due.parse().ok(), lang);
    let href = lang.path(&format!("{DESK}/{}", tie.code));
    Ok(Other { href, code: tie.code.clone(), says, answer: String::new() })
}

/// A part that is registered at another node, or is to be.
async fn afar_part(
    app: &App,
    conn: &mut Conn,
    whole: &Case,
    part: afar::store::Part,
    lang: Lang,
) -> Result<Other, Problem> {
    let w = lang.petition_tie();
    if part.code.is_empty() {
        let home = name_of(app, conn, whole.asked, lang).await?;
        let says = w.part_opening(w.split_part(part.n), home);
        return Ok(Other { href: String::new(), code: String::new(), says, answer: part.words });
    }
    let directory = app.directory.load_full();
    let agency = part.agency.parse().ok().and_then(|origin| directory.agency(&origin));
    let agency = agencies::name(agency, lang, &part.agency);
    let stands = match part.stage() {
        Stage::Open => w.part_open(agency),
        Stage::Answered => state(State::Answered, &agency, lang),
        Stage::Ended => state(State::Closed, &agency, lang),
    };
    // A page has the part only where its agency is the one of the whole.
    let held = cases::held(conn, &part.code, whole.owner).await?.is_some();
    let href = if held { lang.path(&format!("{DESK}/{}", part.code)) } else { String::new() };
    Ok(Other { href, code: part.code, says: stands, answer: part.answer })
}

/// What was answered to a part; empty while nothing was.
///
/// # Errors
/// The database's.
pub async fn answer(conn: &mut Conn, id: &str, state: State) -> Result<String, Problem> {
    if !matches!(state, State::Answered | State::Closed) {
        return Ok(String::new());
    }
    let path = steps::of(conn, id).await?;
    let given = path.into_iter().rev().find(|step| matches!(step.act.as_str(), "answered" | "outside"));
    Ok(given.map(|step| step.words).unwrap_or_default())
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
        (at, _) => w.asked_said(agency, short(app, lang, at)),
    };
    Ok(Asked { id: help.id, head, question: help.question, said: help.said, late })
}

/// Other open cases of the agency whose words are like those of a case, the likest first.
async fn like(conn: &mut Conn, case: &Case, words: &str, lang: Lang) -> Result<Vec<Other>, Problem> {
    let open = cases::open_words(conn, case.owner, LOOKED_AT).await?;
    let (id, place, words) = (case.id.clone(), case.place.clone(), words.to_owned());
    // Some hundred texts are read for it, which takes longer than a page may hold a thread of others.
    let found = tokio::task::spawn_blocking(move || {
        let commune = |place: &str| place.parse().ok().into_iter().collect::<Vec<_>>();
        let own = Signature::of(&words, None, &commune(&place));
        let others = open.into_iter().filter(|(other, ..)| *other != id).map(|(_, code, place, words)| {
            (own.similarity(&Signature::of(&words, None, &commune(&place))), code, words)
        });
        let mut found: Vec<_> = others.filter(|(similar, ..)| *similar >= LIKE).collect();
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        found
    });
    let found = found.await.map_err(anyhow::Error::from)?;
    let shown = |(_, code, words): (f32, String, String)| Other {
        href: lang.path(&format!("{DESK}/{code}")),
        says: begins(&words, SNIPPET),
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
    match tied.iter().any(|tie| tie.is_part_of(&whole.id) && tie.code == code) {
        true => Ok(cases::find(conn, code).await?),
        false => Ok(None),
    }
}
