//! The pages of opinions: asking (`ask`, `send`), what was asked of whom (`list`), another agency's draft with the form to
//! answer (`one`, `answer`, `file`), and the part of a draft's page that says what others think (`rounds`).

mod asked;
mod asking;

use jiff::Timestamp;
use jiff::civil::Date;
use network::directory::Directory;
use network::names::ContentHash;

pub use asked::{answer, file, one};
pub use asking::{ask, list, send};

use super::{Verdict, store};
use crate::agencies;
use crate::app::App;
use crate::calendar::{History, Stated};
use crate::clock::instant;
use crate::db::Conn;
use crate::drafts::Work;
use crate::problem::Problem;
use crate::words::{Lang, date};

/// A round as the page of its draft shows it.
pub struct Round {
    /// Its id.
    pub id: String,
    /// When it was sent, until when it is to be answered.
    pub says: String,
    /// Whether what was looked at is what stands there.
    pub stands: &'static str,
    /// What was asked.
    pub question: String,
    /// Whom, and what they say.
    pub places: Vec<Place>,
    /// True if something can be done with it.
    pub acts: bool,
    same: bool,
    cancelled: bool,
}

/// An agency that is asked.
pub struct Place {
    /// What it is called.
    pub agency: String,
    /// How far it is, or what it says.
    pub says: String,
    /// True if its answer is late.
    pub late: bool,
    /// Its words.
    pub words: String,
    answered: bool,
}

impl Round {
    /// True if whoever approves should look twice.
    pub fn pressing(&self) -> bool {
        !self.cancelled && (!self.same || self.places.iter().any(|place| place.late))
    }

    /// True if somebody has not answered.
    pub fn waits(&self) -> bool {
        self.places.iter().any(|place| !place.answered)
    }
}

/// The rounds of a draft, the newest first. `writes` says whether this person may do something with them.
///
/// # Errors
/// The database's.
pub async fn rounds(
    app: &App,
    conn: &mut Conn,
    work: &Work,
    lang: Lang,
    writes: bool,
) -> Result<Vec<Round>, Problem> {
    let (w, now, hash) = (lang.opinion(), app.clock.now(), work.hash()?);
    let (directory, history) = (app.directory.load_full(), app.calendar.history());
    let mut rounds = Vec::new();
    let all = store::places_of(conn, work.id).await?;
    for round in store::of_draft(conn, work.id).await? {
        let asked: Vec<&store::Place> = all.iter().filter(|place| place.round == round.id).collect();
        let (due, why) = last(&round.due, round.stated(&asked), &history, lang);
        let places: Vec<Place> =
            asked.into_iter().map(|place| shown(&directory, place, due, lang, now)).collect();
        let cancelled = round.cancelled.is_some();
        let same = round.hash == hash.0.to_vec();
        rounds.push(Round {
            says: [Some(w.round(date::in_sentence(lang, instant(round.at), now), day(due, lang))), why]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" "),
            stands: match (cancelled, same) {
                (true, _) => w.taken_back,
                (false, true) => w.same,
                (false, false) => w.changed,
            },
            question: round.question,
            acts: writes && !cancelled,
            id: round.id,
            places,
            same,
            cancelled,
        });
    }
    Ok(rounds)
}

fn shown(
    directory: &Directory,
    place: &store::Place,
    due: Option<Date>,
    lang: Lang,
    now: Timestamp,
) -> Place {
    let w = lang.opinion();
    let at = |at: i64| date::in_sentence(lang, instant(at), now);
    let verdict = Verdict::of(&place.verdict);
    let late = verdict.is_none() && place.erased.is_none() && is_late(due, now);
    let mut says = match (verdict, place.answered) {
        (Some(verdict), Some(answered)) => w.place_answered(verdict.name(lang), &place.who, at(answered)),
        _ if late => w.place_late.to_owned(),
        _ if place.held == 1 => w.place_received.to_owned(),
        _ => w.place_sent.to_owned(),
    };
    let reminded = place.reminded.map(|when| w.place_reminded(at(when)));
    let erased = place.erased.map(|when| w.place_erased(at(when)));
    for more in [reminded, erased].into_iter().flatten() {
        says = format!("{says}; {more}");
    }
    Place {
        agency: called(directory, &place.agency, lang),
        words: place.words.clone(),
        answered: verdict.is_some(),
        says,
        late,
    }
}

/// The last day of a deadline that was told as `told`, and why it is another one now.
fn last(told: &str, stated: Option<Stated>, history: &History, lang: Lang) -> (Option<Date>, Option<String>) {
    let reckoned = stated.map(|stated| history.reckon(&stated)).unwrap_or_default();
    (reckoned.end.or_else(|| told.parse().ok()), reckoned.why(lang).map(|why| lang.calendar().sentence(why)))
}

/// True once the last day is over in Viet Nam.
fn is_late(due: Option<Date>, now: Timestamp) -> bool {
    due.is_some_and(|due| date::day(now) > due)
}

fn day(due: Option<Date>, lang: Lang) -> String {
    due.map(|due| date::date(lang, due)).unwrap_or_default()
}

/// What an agency is called, by its log.
fn called(directory: &Directory, origin: &str, lang: Lang) -> String {
    let agency = origin.parse().ok().and_then(|origin| directory.agency(&origin));
    agencies::name(agency, lang, origin)
}

/// The bytes of the file with this hash among files that stand one behind the other.
fn cut<'a>(files: &'a [u8], sizes: impl Iterator<Item = u64>, wanted: &ContentHash) -> Option<&'a [u8]> {
    let mut left = files;
    for size in sizes {
        let (bytes, rest) = left.split_at_checked(usize::try_from(size).ok()?)?;
        if ContentHash::of(bytes) == *wanted {
            return Some(bytes);
        }
        left = rest;
    }
    None
}
