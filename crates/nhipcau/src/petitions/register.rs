//! A petition gets its code, its secret, its place in the log. One transaction: what its sender was told survives whatever
//! happens then.

use anyhow::Context;
use jiff::civil::Date;
use network::content::ItemFile;
use network::handover::Event;
use network::names::ContentHash;
use routing::Suggester;
use serde::{Deserialize, Serialize};
use vietnam::petition_code::{Code, Unit};

use super::contact::Contact;
use super::handover::{self, Seat};
use super::record::{self, Said};
use super::rules::Clock;
use super::secret::Secret;
use super::store::knocks;
use super::store::steps::{self, Step};
use super::store::{self, Case};
use super::{Mode, place, urgent, verify};
use crate::agencies::Portal;
use crate::app::App;
use crate::clock::instant;
use crate::db::Tx;
use crate::problem::Problem;
use crate::run;
use crate::subscriptions::door::network;
use crate::words::{Lang, date};

const HOUR: i64 = 3_600_000_000;
/// Petitions from one network in an hour, and from all: an office or a school may stand behind one.
const FROM_ONE: i64 = 20;
const FROM_ALL: i64 = 20_000;
/// Petitions by one program's key in an hour: a city's own application speaks for many people.
const FROM_PROGRAM: i64 = 2_000;
/// Numbers in a row that have no code are two or three; more would be a fault.
const MOST_SKIPPED: u32 = 50;

/// What somebody sends, checked.
pub struct Asked {
    /// The word of its kind.
    pub sort: String,
    /// How they appear.
    pub mode: Mode,
    /// The code of the commune; empty if they named none.
    pub commune: String,
    /// The place in their words.
    pub place: String,
    /// What happened.
    pub words: String,
    /// Who they are.
    pub contact: Contact,
    /// What they attached.
    pub files: Vec<(ItemFile, Vec<u8>)>,
    /// True if somebody is known to be in danger; its words are read for that, too.
    pub urgent: bool,
    /// In which language they asked.
    pub lang: Lang,
    /// The very form: what is sent twice by it is one petition.
    pub once: [u8; 32],
    /// From where.
    pub client: Option<std::net::IpAddr>,
    /// By which program, if it is no page of ours.
    pub via: Option<Via>,
    /// By what floods are counted, where that is neither its network nor a program's key.
    pub knock: Option<Vec<u8>>,
}

/// The program by which it came.
pub struct Via {
    /// The topic that its sender has chosen.
    pub service: String,
    /// The id of the program's key.
    pub key: String,
}

/// What its sender takes along.
pub struct Registered {
    /// The code.
    pub code: String,
    /// The secret; nobody has it after this.
    pub secret: Secret,
    /// The case.
    pub case: Case,
}

/// What was sent, as it is committed to: its JSON, in this order of fields, stands behind the salt.
#[derive(Serialize, Deserialize)]
pub struct Committed {
    v: u32,
    code: String,
    sort: String,
    mode: String,
    commune: String,
    place: String,
    words: String,
    files: Vec<String>,
}

impl Committed {
    /// What a case was registered with.
    pub fn of(case: &Case, place: &str, words: &str, files: Vec<String>) -> Committed {
        Committed {
            v: 1,
            code: case.code.clone(),
            sort: case.sort.clone(),
            mode: case.mode.clone(),
            commune: case.place.clone(),
            place: place.to_owned(),
            words: words.to_owned(),
            files,
        }
    }

    /// Its JSON.
    ///
    /// # Errors
    /// None that can happen to text.
    pub fn json(&self) -> anyhow::Result<String> {
        Ok(serde_json::to_string(self)?)
    }
}

/// SHA-256 of a heading, a salt, and what is committed to.
pub fn commitment(salt: &[u8], what: &str) -> ContentHash {
    ContentHash::of(&[b"nhipcau petition\n", salt, what.as_bytes()].concat())
}

/// The short code of a portal's agency in petition codes: its commune's, else the agency's own without dots, else one that follows from
/// the name of its log.
pub fn unit(app: &App, portal: &Portal) -> Unit {
    let commune = place::at_domain(&portal.domain).map(|commune| commune.code.to_string());
    let directory = app.directory.load();
    let own = directory
        .agency(&portal.origin)
        .and_then(|agency| agency.code.as_ref())
        .map(|code| code.replace('.', ""));
    let known = [commune, own].into_iter().flatten().find_map(|code| code.parse().ok());
    known.unwrap_or_else(|| {
        let [a, b, c, d, ..] = ContentHash::of(portal.origin.as_str().as_bytes()).0;
        Unit::of_hash(u32::from_be_bytes([a, b, c, d]))
    })
}

/// Registers a petition at a portal.
///
/// # Errors
/// Too much comes from this network; the log may not sign now; the database's.
pub async fn register(app: &App, portal: &Portal, asked: Asked) -> Result<Registered, Problem> {
    let day = date::day(app.clock.now());
    let unit = unit(app, portal);
    // Worked out from the form, which only its sender has, under the node's key: whoever never saw the answer sends it again and
    // gets the same.
    let mark = app.people.seal.mark("petition.secret", &hex::encode(asked.once));
    let secret = Secret::marked(mark);
    let once = app.people.seal.mark("petition.once", &hex::encode(asked.once)).to_vec();
    let id = app.dice.id(&app.clock)?.to_string();
    let salt: [u8; 32] = app.dice.bytes()?;
    let sealed = match asked.contact.is_empty() {
        true => None,
        false => Some(asked.contact.sealed(app, &id)?),
    };
    // Programs have keys, so each counts by itself, whatever network it shares.
    let (network, most) = match (&asked.via, asked.knock) {
        (None, Some(knock)) => (knock, FROM_ONE),
        (Some(via), _) => (app.people.seal.mark("petition.program", &via.key).to_vec(), FROM_PROGRAM),
        (None, None) => (network(app, asked.client), FROM_ONE),
    };
    let urgent = asked.urgent || tells_of_danger(asked.words.clone(), day).await?;
    let answer = Clock::of("answer", day);
    let seat = Seat::from(portal);
    let (kept, domain, proof) = (secret.clone(), portal.domain.clone(), verify::New::of(app)?);
    let (app, db) = (app.clone(), app.db.clone());
    let case = db
        .write("petition.register", async move |tx: &mut Tx| -> Result<Case, Problem> {
            if let Some(case) = store::by_once(tx.conn(), &once).await? {
                return Ok(case);
            }
            let now = tx.ledger.now();
            let (of_all, of_network) = knocks::counted(tx, &network, "ask", now - HOUR).await?;
            if of_all >= FROM_ALL || of_network >= most {
                let says = |lang: Lang| lang.petition().too_often.to_owned();
                return Err(Problem::TooOften { vi: says(Lang::Vi), en: says(Lang::En) });
            }
            knocks::add(tx, &id, network, "ask").await?;
            let case = Case {
                id: id.clone(),
                clock_from: now,
                sort: asked.sort,
                place: asked.commune,
                mode: asked.mode.word().to_owned(),
                lang: asked.lang.code().to_owned(),
                salt: salt.to_vec(),
                once,
                urgent: i64::from(urgent),
                clock_days: answer.as_ref().map_or(0, |clock| i64::from(clock.count)),
                clock_unit: answer.as_ref().map_or("calendar", Clock::unit).to_owned(),
                ..Case::default()
            };
            let (place, words, files) = (&*asked.place, &*asked.words, &*asked.files);
            let new = New { unit: &unit, secret: &kept, place, words, files };
            let case = enter(&app, tx, &seat, case, new).await?;
            if let Some(sealed) = sealed {
                store::keep_contact(tx, &id, sealed).await?;
                verify::ask(&app, tx, (&id, &domain), Some(&asked.contact), proof).await?;
            }
            if let Some(via) = asked.via {
                run!(
                    tx,
                    "INSERT INTO petition_service (petition, service, via) VALUES ($1, $2, $3)",
                    id.clone(),
                    via.service,
                    via.key
                )?;
            }
            Ok(case)
        })
        .await?;
    Ok(Registered { code: case.code.clone(), secret, case })
}

/// What a case begins with.
pub(super) struct New<'a> {
    /// The short code of the body at which it is asked.
    pub unit: &'a Unit,
    /// What opens it.
    pub secret: &'a Secret,
    /// The place in its sender's words.
    pub place: &'a str,
    /// What is asked.
    pub words: &'a str,
    /// What came with it.
    pub files: &'a [(ItemFile, Vec<u8>)],
}

/// Gives a case its code and its place in the log, and keeps it, within a transaction.
///
/// # Errors
/// The log may not sign now; no number is left; the database's.
pub(super) async fn enter(
    app: &App,
    tx: &mut Tx,
    seat: &Seat,
    case: Case,
    new: New<'_>,
) -> Result<Case, Problem> {
    let now = tx.ledger.now();
    let day = date::day(instant(now));
    let (code, number) = code(tx, day, new.unit).await?;
    let files: Vec<String> = new.files.iter().map(|(file, _)| file.sha256.to_string()).collect();
    let mut case = Case {
        code: code.to_string(),
        asked: seat.log,
        owner: seat.log,
        owned: now,
        registered: now,
        state: "new".into(),
        version: 1,
        epoch: 1,
        ..case
    };
    case.secret = new.secret.kept(&case.code).0.to_vec();
    case.count(&app.calendar.now(), now);
    let json = Committed::of(&case, new.place, new.words, files).json()?;
    case.commitment = commitment(&case.salt, &json).0.to_vec();
    case.idx = record::append(app, tx, &case, seat.log, Said::Registered).await?;
    store::add(tx, &case, (day, new.unit.as_str(), number)).await?;
    store::hold(tx, &case.id, seat.log).await?;
    store::keep_words(tx, &case.id, new.place, new.words).await?;
    let step = Step { log: seat.log, act: "registered".into(), shown: 1, ..Step::default() };
    let seq = steps::add(tx, &case.id, &step).await?;
    steps::attach(tx, &case.id, seq, new.files).await?;
    let named = handover::named(tx.conn(), &case).await?;
    handover::happens(app, tx, seat, &named, Event::Registered).await?;
    urgent::tell(app, tx, seat, &case).await?;
    Ok(case)
}

/// True if words may tell of danger to life, as the model that ships reads them. About a millisecond; where it is asked for the first time
/// since the start, the model is made ready, which takes longer and holds nobody else up.
async fn tells_of_danger(words: String, day: Date) -> anyhow::Result<bool> {
    let read = tokio::task::spawn_blocking(move || Suggester::shipped().suggest(&words, None, day).danger);
    read.await.context("the words of a petition were not read to their end")
}

/// The next code of a day at a body. A number without a code is passed over.
async fn code(tx: &mut Tx, day: Date, unit: &Unit) -> Result<(Code, u32), Problem> {
    let first = store::next_number(tx, unit.as_str(), day).await?;
    (first..first.saturating_add(MOST_SKIPPED))
        .find_map(|number| Some((Code::new(day, number, unit.clone())?, number)))
        .ok_or_else(|| Problem::Ours(anyhow::anyhow!("no number is left at {} on {day}", unit.as_str())))
}
