//! Looks up what a question is about, and decides the answer.

use std::collections::HashSet;

use ::search::numbers::Asked;
use network::entry::Kind;
use network::names::ContentHash;
use tlog::TlogProof;
use uuid::Uuid;
use vietnam::hosts::{Hosts, Judged};
use vietnam::number::DocumentNumber;

use super::ask::{Link, Question, To};
use super::{About, Address, Answer, Held, store};
use crate::agencies;
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::documents::{panel, store as documents};
use crate::items::State;
use crate::items::pages::publisher;
use crate::items::store::{Reference, Standing, find};
use crate::problem::Problem;
use crate::verify::proof as proofs;
use crate::words::{Lang, date};

/// So many documents of one number are told apart; more are asked for by their links.
pub const MOST: usize = 20;

/// The answer to what was typed; `bytes` is the SHA-256 of a file that came with it.
///
/// # Errors
/// The database's.
pub async fn answer(
    app: &App,
    conn: &mut Conn,
    lang: Lang,
    question: Option<&Question>,
    bytes: Option<&ContentHash>,
) -> Result<Answer, Problem> {
    if let Some(hash) = bytes {
        if let Some(known) = held(app, conn, lang, hash).await? {
            return Ok(known);
        }
        let Some(question) = question else { return Ok(Answer::Unknown { number: None, named: false }) };
        // The file is none of ours: what was typed says which paper it wants to be.
        return Ok(match named(app, conn, lang, question).await? {
            Answer::Known(of) => {
                let mut compared = false;
                for about in &of {
                    compared |= store::has_files(conn, about.item.log, &about.item.item.to_string()).await?;
                }
                Answer::Altered { of, compared }
            }
            other => other,
        });
    }
    match question {
        Some(question) => named(app, conn, lang, question).await,
        None => Ok(Answer::Unknown { number: None, named: false }),
    }
}

async fn named(app: &App, conn: &mut Conn, lang: Lang, question: &Question) -> Result<Answer, Problem> {
    match question {
        Question::Number(number) => numbered(app, conn, lang, number).await,
        Question::Said(asked) => said(app, conn, lang, asked).await,
        Question::Item(reference) => item(app, conn, lang, reference).await,
        Question::Bytes(hash) => {
            let known = held(app, conn, lang, hash).await?;
            Ok(known.unwrap_or(Answer::Unknown { number: None, named: false }))
        }
        Question::Link(link) => linked(app, conn, lang, link).await,
    }
}

async fn numbered(
    app: &App,
    conn: &mut Conn,
    lang: Lang,
    number: &DocumentNumber,
) -> Result<Answer, Problem> {
    let all = of_numbers(app, conn, lang, std::slice::from_ref(number)).await?;
    if all.is_empty() {
        let named = store::is_named(conn, number).await?;
        return Ok(Answer::Unknown { number: Some(number.clone()), named });
    }
    Ok(Answer::Known(all))
}

/// The documents that somebody may mean.
async fn said(app: &App, conn: &mut Conn, lang: Lang, asked: &Asked) -> Result<Answer, Problem> {
    let numbers = store::dated(conn, asked.dated().unwrap_or_default()).await?;
    let numbers = numbers.iter().filter_map(|number| number.parse().ok());
    let numbers: Vec<DocumentNumber> = numbers.filter(|number| asked.fits(number)).collect();
    let all = of_numbers(app, conn, lang, &numbers).await?;
    Ok(if all.is_empty() { Answer::Unknown { number: None, named: false } } else { Answer::Known(all) })
}

/// What is known of documents of these numbers.
async fn of_numbers(
    app: &App,
    conn: &mut Conn,
    lang: Lang,
    numbers: &[DocumentNumber],
) -> Result<Vec<About>, Problem> {
    let mut rows = Vec::new();
    for number in numbers {
        rows.extend(store::of_number(conn, number).await?);
    }
    one_each(app, conn, lang, rows.iter().map(|row| (&*row.uniq, &*row.origin, &*row.item))).await
}

/// What is known of the first of these, one of each document: a portal may carry on what another has published first.
async fn one_each<'a>(
    app: &App,
    conn: &mut Conn,
    lang: Lang,
    rows: impl Iterator<Item = (&'a str, &'a str, &'a str)>,
) -> Result<Vec<About>, Problem> {
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for (_, origin, item) in rows.filter(|(uniq, ..)| seen.insert(*uniq)).take(MOST) {
        all.extend(about(app, conn, lang, (origin, item), Held::Name).await?);
    }
    Ok(all)
}

async fn item(app: &App, conn: &mut Conn, lang: Lang, reference: &Reference) -> Result<Answer, Problem> {
    match find(conn, reference).await? {
        Some(item) => Ok(Answer::Known(vec![of(app, conn, lang, item, Held::Name).await?])),
        None => Ok(Answer::Unknown { number: None, named: false }),
    }
}

/// Who holds these bytes, or held them.
async fn held(app: &App, conn: &mut Conn, lang: Lang, hash: &ContentHash) -> Result<Option<Answer>, Problem> {
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for row in store::holding(conn, hash).await? {
        if seen.insert((row.origin.clone(), row.item.clone())) && all.len() < MOST {
            let held = Held::Bytes { edition: row.edition, newest: 0 };
            all.extend(about(app, conn, lang, (&row.origin, &row.item), held).await?);
        }
    }
    if !all.is_empty() {
        return Ok(Some(Answer::Known(all)));
    }
    Ok(store::erased(conn, hash).await?.map(|at| Answer::ErasedBytes { at }))
}

async fn about(
    app: &App,
    conn: &mut Conn,
    lang: Lang,
    (origin, item): (&str, &str),
    held: Held,
) -> Result<Option<About>, Problem> {
    let (Ok(origin), Ok(id)) = (origin.parse(), Uuid::try_parse(item)) else { return Ok(None) };
    match find(conn, &Reference::of(&origin, id)).await? {
        Some(item) => Ok(Some(of(app, conn, lang, item, held).await?)),
        None => Ok(None),
    }
}

async fn of(app: &App, conn: &mut Conn, lang: Lang, item: Standing, held: Held) -> Result<About, Problem> {
    let publisher = publisher(app, &item, lang);
    let held = match held {
        Held::Bytes { edition, .. } => Held::Bytes { edition, newest: item.edition },
        other => other,
    };
    let (mut law, mut reasons) = (None, Vec::new());
    if item.state == State::Standing {
        let today = date::day(app.clock.now());
        let panel = panel::of(app, conn, lang, &item, today, None).await?;
        if let Some(said) = panel.law {
            (law, reasons) = (Some(said.status), said.reasons);
        }
    }
    Ok(About { item, publisher, law, reasons, held })
}

async fn linked(app: &App, conn: &mut Conn, lang: Lang, link: &Link) -> Result<Answer, Problem> {
    let is = address(app, lang, &link.host);
    if !matches!(is, Address::Official { .. } | Address::Closed { .. }) {
        return Ok(Answer::Address { host: link.host.clone(), is });
    }
    let found = match &link.to {
        To::Item(reference) => item(app, conn, lang, reference).await?,
        To::Bytes(hash) => {
            held(app, conn, lang, hash).await?.unwrap_or(Answer::Unknown { number: None, named: false })
        }
        To::Document(path) => stable(app, conn, lang, path).await?,
        To::Elsewhere => return Ok(Answer::Address { host: link.host.clone(), is }),
    };
    Ok(found)
}

/// The documents at a stable address, or of the number that stands in its place.
async fn stable(app: &App, conn: &mut Conn, lang: Lang, path: &str) -> Result<Answer, Problem> {
    let rows = documents::at_address(conn, path).await?;
    let rows = rows.iter().map(|row| (&*row.uniq, &*row.origin, &*row.item));
    let all = one_each(app, conn, lang, rows).await?;
    match path.parse::<DocumentNumber>() {
        Ok(number) if all.is_empty() => numbered(app, conn, lang, &number).await,
        _ if all.is_empty() => Ok(Answer::Unknown { number: None, named: false }),
        _ => Ok(Answer::Known(all)),
    }
}

/// What the signed directory says of a host.
pub fn address(app: &App, lang: Lang, host: &str) -> Address {
    let directory = app.directory.load();
    if let Some(agency) = host.parse().ok().and_then(|domain| directory.at_domain(&domain)) {
        return Address::Official { agency: agencies::name(Some(agency), lang, host) };
    }
    let name = |host: &str| {
        let agency = host.parse().ok().and_then(|domain| directory.at_domain(&domain));
        agencies::name(agency, lang, host)
    };
    let open = directory.agencies().filter(|agency| agency.closed.is_none());
    match Hosts::new(open.map(|agency| agency.domain.as_str())).judge(host) {
        Judged::Official(host) => Address::Official { agency: name(&host) },
        Judged::Below(real) => {
            closed(&directory, lang, host).unwrap_or_else(|| Address::Below { agency: name(&real), real })
        }
        Judged::Like { real, how } => {
            closed(&directory, lang, host).unwrap_or_else(|| Address::Like { agency: name(&real), real, how })
        }
        Judged::Unknown => closed(&directory, lang, host).unwrap_or(Address::Strange),
    }
}

fn closed(directory: &network::directory::Directory, lang: Lang, host: &str) -> Option<Address> {
    let agency =
        directory.agencies().find(|agency| agency.closed.is_some() && agency.domain.as_str() == host)?;
    let next = directory.successor(&agency.origin).filter(|next| next.closed.is_none());
    Some(Address::Closed {
        agency: agencies::name(Some(agency), lang, host),
        successor: next.map(|next| next.domain.to_string()),
    })
}

/// What a proof is about, if it holds under this node's root note.
///
/// # Errors
/// The database's.
pub async fn proven(app: &App, conn: &mut Conn, lang: Lang, text: &str) -> Result<Answer, Problem> {
    let proof: TlogProof = match text.parse() {
        Ok(proof) => proof,
        Err(error) => return Ok(Answer::BadProof { why: format!("{error}") }),
    };
    let proven = match proofs::check(&proof, Some(&app.root)) {
        Ok(proven) => proven,
        Err(fault) => return Ok(Answer::BadProof { why: fault.to_string() }),
    };
    if let Some(case) = proven.entry.kind.petition(&proven.origin) {
        return Ok(Answer::Petition {
            code: case.code.to_string(),
            step: proven.entry.kind.word().to_owned(),
            agency: agencies::name(app.directory.load().agency(&proven.origin), lang, &proven.agency),
            index: proven.index,
            at: proven.entry.at,
        });
    }
    let (Kind::ItemIssued { item, .. }
    | Kind::ItemCarried { item, .. }
    | Kind::ItemOpened { item, .. }
    | Kind::ItemWithdrawn { item, .. }
    | Kind::ItemErased { item, .. }) = proven.entry.kind
    else {
        return Ok(Answer::Unknown { number: None, named: false });
    };
    match find(conn, &Reference::of(&proven.origin, item)).await? {
        Some(item) => Ok(Answer::Known(vec![of(app, conn, lang, item, Held::Proof).await?])),
        None => Ok(Answer::Unknown { number: None, named: false }),
    }
}

/// As of when this node knows the network.
pub fn as_of(app: &App) -> Option<jiff::Timestamp> {
    app.status.load().synced.map(instant)
}
