//! Directives and the answers to them, side by side, worked out when somebody looks.
//!
//! An answer counts if its log is that of an agency to which the edition it speaks of gives that task, and if the task still reads
//! the same today: what was said of another text is history.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use network::directory::Directory;
use network::names::{ContentHash, Origin};

use super::addressees::Roll;
use super::directive::{Directive, Given};
use super::opener::Opener;
use super::restricted::Reader;
use super::state::State;
use super::store::{self, Answer, Heard};
use crate::app::App;
use crate::calendar::{History, Reckoned, Stated};
use crate::clock::instant;
use crate::db::Conn;
use crate::items::State as ItemState;
use crate::items::store::{self as items, Standing};
use crate::words::date;

/// So many directives are read together.
const TOGETHER: usize = 256;

/// A directive that stands, with what has become of its tasks.
pub struct Board {
    /// The directive.
    pub standing: Standing,
    /// Its newest edition that is here.
    pub edition: u32,
    /// Its tasks.
    pub tasks: Vec<Row>,
}

/// A task and what has become of it.
pub struct Row {
    /// The task, and who was given it.
    pub given: Given,
    /// The answers that count, oldest first.
    pub answers: Vec<Answer>,
    /// The day of issue, from which working days are counted.
    since: Date,
    /// When the directive was issued, in microseconds.
    issued: i64,
}

/// A deadline of an agency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// Its minute; nothing if none is set.
    pub at: Option<DateTime>,
    /// How it was counted, if it was stated in working days.
    pub reckoned: Option<Reckoned>,
}

impl Row {
    /// How far an agency has come.
    pub fn state(&self, of: &Origin) -> State {
        let own = self.answers.iter().filter(|answer| answer.speaks_for == *of);
        State::after(own.map(|answer| (answer.act, instant(answer.at))))
    }

    /// How the task's deadline is stated in working days, if it is, for an agency that has done it at `closed`.
    pub fn stated(&self, closed: Option<i64>) -> Option<Stated> {
        let task = &self.given.task;
        let days = task.days.filter(|_| task.due.is_none())?;
        Some(Stated { since: self.since, days, opened: self.issued, closed })
    }

    /// The deadline of an agency that has come as far as `state`.
    pub fn due(&self, state: State, history: &History) -> Due {
        let Some(stated) = self.stated(state.done.map(Timestamp::as_microsecond)) else {
            return Due { at: self.given.task.due, reckoned: None };
        };
        let reckoned = history.reckon(&stated);
        Due { at: reckoned.minute(), reckoned: Some(reckoned) }
    }
}

impl Board {
    /// The task with a number that an agency was given.
    pub fn task(&self, of: &Origin, number: &str) -> Option<&Row> {
        let named = |row: &&Row| row.given.task.number == number && row.given.to.agencies.contains(of);
        self.tasks.iter().find(named)
    }

    /// How many agencies have done all that they were given, and how many were given anything.
    pub fn done(&self) -> (usize, usize) {
        let mut done: BTreeMap<&Origin, bool> = BTreeMap::new();
        for row in &self.tasks {
            for agency in &row.given.to.agencies {
                *done.entry(agency).or_insert(true) &= row.state(agency).is_done();
            }
        }
        (done.values().filter(|done| **done).count(), done.len())
    }
}

/// The boards of directives, in their order: of those that stand, are here, and give tasks. Their restricted tasks, and what is
/// said of them, are on them as far as `reader` opens them. Documents and answers of many are read together.
async fn boards(
    app: &App,
    conn: &mut Conn,
    directives: Vec<Standing>,
    reader: Option<&Reader>,
    fits: impl Fn(&Board) -> bool,
) -> anyhow::Result<Vec<Board>> {
    let directory = app.directory.load_full();
    let roll = Roll::new(&directory, date::day(app.clock.now()));
    let mut found = Vec::new();
    for some in directives.chunks(TOGETHER) {
        let hashes: Vec<ContentHash> = some.iter().filter_map(|standing| standing.content).collect();
        let documents = app.folder.read_all(conn, &hashes).await?;
        let mut heard = store::of_all(conn, some).await?;
        for standing in some.iter().filter(|standing| standing.state == ItemState::Standing) {
            let Some(document) = standing.content.and_then(|hash| documents.get(&hash)) else { continue };
            let heard = heard.remove(&(standing.origin.clone(), standing.item)).unwrap_or_default();
            let opener = Opener { app, reader, origin: &standing.origin, item: standing.item };
            let Some(directive) = opener.read(document) else { continue };
            let board = of(conn, (&directory, &roll), standing, &opener, directive, heard).await?;
            found.extend(Some(board).filter(&fits));
        }
    }
    Ok(found)
}

async fn of(
    conn: &mut Conn,
    (directory, roll): (&Directory, &Roll<'_>),
    standing: &Standing,
    opener: &Opener<'_>,
    directive: Directive,
    mut heard: Heard,
) -> anyhow::Result<Board> {
    let day = date::day(instant(standing.issued));
    let given = directive.given(roll, &standing.origin, day);
    let since = directive.issued.unwrap_or(day);
    // Anybody's log can name a directive; only who is given a restricted task is listened to, before anything is opened.
    heard.sealed.retain(|sealed| {
        let by = directory.successor(&sealed.by).map_or(&sealed.by, |heir| &heir.origin);
        given.iter().any(|given| given.task.restricted.is_some() && given.to.agencies.contains(by))
    });
    let mut answers = heard.open;
    answers.extend(opener.answers(conn, heard.sealed).await?);
    answers.sort_by_key(|answer| answer.at);
    let mut editions: HashMap<i64, Vec<Given>> = HashMap::from([(i64::from(directive.edition), given)]);
    for edition in earlier(conn, standing, &answers).await? {
        let Ok(hash) = edition.sha256.try_into().map(ContentHash) else { continue };
        let Some(bytes) = opener.app.folder.read(conn, &hash).await? else { continue };
        let Some(then) = opener.read(&bytes) else { continue };
        editions.insert(edition.edition, then.given(roll, &standing.origin, day));
    }
    let honest = answers.into_iter().filter(|answer| directory.is_honest(&answer.by, answer.index));
    // What an agency said before it was merged into another is that one's word now.
    let heir = |mut answer: Answer| {
        if let Some(heir) = directory.successor(&answer.by) {
            answer.speaks_for = heir.origin.clone();
        }
        answer
    };
    let honest: Vec<Answer> = honest.map(heir).collect();
    let now = editions.get(&i64::from(directive.edition)).cloned().unwrap_or_default();
    let tasks = now.into_iter().map(|given| {
        let counts =
            |answer: &&Answer| editions.get(&answer.edition).is_some_and(|then| counts(answer, then, &given));
        let answers = honest.iter().filter(counts).cloned().collect();
        Row { answers, given, since, issued: standing.issued }
    });
    Ok(Board { edition: directive.edition, tasks: tasks.collect(), standing: standing.clone() })
}

/// Whether an answer counts for a task as it reads now, by the tasks of the edition that it speaks of.
fn counts(answer: &Answer, then: &[Given], now: &Given) -> bool {
    answer.task == now.task.number
        && now.to.agencies.contains(&answer.speaks_for)
        && then.iter().any(|given| {
            given.task.number == answer.task
                && given.task.text == now.task.text
                && given.to.agencies.contains(&answer.speaks_for)
        })
}

/// The editions of which answers speak, besides the newest.
async fn earlier(
    conn: &mut Conn,
    standing: &Standing,
    answers: &[Answer],
) -> anyhow::Result<Vec<items::Edition>> {
    if answers.iter().all(|answer| answer.edition == standing.shown) {
        return Ok(Vec::new());
    }
    let mut all = items::editions(conn, standing.log, standing.item).await?;
    all.retain(|edition| {
        edition.edition != standing.shown && answers.iter().any(|answer| answer.edition == edition.edition)
    });
    Ok(all)
}

/// The boards of all directives that give an agency a task, the newest first.
///
/// # Errors
/// The database's.
pub async fn given_to(app: &App, conn: &mut Conn, agency: &Origin) -> anyhow::Result<Vec<Board>> {
    let reader = Reader::of(app, agency)?;
    let directives = items::of_kind(conn, "directive").await?;
    let given = |board: &Board| board.tasks.iter().any(|row| row.given.to.agencies.contains(agency));
    boards(app, conn, directives, Some(&reader), given).await
}

/// True if an agency looks after what `issuer` has ordered: it is the same, or has taken its place.
pub fn looks_after(directory: &Directory, agency: &Origin, issuer: &Origin) -> bool {
    agency == issuer || directory.successor(issuer).is_some_and(|heir| heir.origin == *agency)
}

/// The boards of all directives that an agency has issued, or one whose place it took, the newest first.
///
/// # Errors
/// The database's.
pub async fn given_by(app: &App, conn: &mut Conn, agency: &Origin) -> anyhow::Result<Vec<Board>> {
    let reader = Reader::of(app, agency)?;
    let directory = app.directory.load_full();
    let mut directives = items::of_kind_by(conn, "directive", agency.as_str()).await?;
    for before in directory.predecessors(agency) {
        if looks_after(&directory, agency, &before.origin) {
            directives.extend(items::of_kind_by(conn, "directive", before.origin.as_str()).await?);
        }
    }
    directives.sort_by_key(|directive| std::cmp::Reverse((directive.issued, directive.item)));
    boards(app, conn, directives, Some(&reader), |_| true).await
}

/// The boards of all directives, the newest first, as everybody reads them.
///
/// # Errors
/// The database's.
pub async fn all(app: &App, conn: &mut Conn) -> anyhow::Result<Vec<Board>> {
    let directives = items::of_kind(conn, "directive").await?;
    boards(app, conn, directives, None, |_| true).await
}

/// How many agencies have done all that a directive gives them, and how many it gives anything; `None` if it gives nobody a task.
/// Restricted tasks are not counted: everybody reads this.
///
/// # Errors
/// The database's.
pub async fn progress(
    app: &App,
    conn: &mut Conn,
    standing: &Standing,
) -> anyhow::Result<Option<(usize, usize)>> {
    if standing.kind != "directive" {
        return Ok(None);
    }
    let board = boards(app, conn, vec![standing.clone()], None, |_| true).await?.pop();
    Ok(board.map(|board| board.done()).filter(|(_, of)| *of > 0))
}

/// The board of one directive, whoever issued it, as an agency of this node reads it.
///
/// # Errors
/// The database's, or a key of ours that cannot be read.
pub async fn find(
    app: &App,
    conn: &mut Conn,
    reference: &items::Reference,
    agency: &Origin,
) -> anyhow::Result<Option<Board>> {
    let Some(standing) = items::find(conn, reference).await? else { return Ok(None) };
    let reader = Reader::of(app, agency)?;
    Ok(boards(app, conn, vec![standing], Some(&reader), |_| true).await?.pop())
}
