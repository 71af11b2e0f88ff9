//! What the documents' tables hold, worked out from items as they come to stand: at every node alike, from every log.
//!
//! The rows of an item are those of its newest shown edition. They go when it is erased; whether it stands is asked of
//! the item when they are read. All is rebuilt from the contents where an older version has not kept it.

use std::collections::BTreeSet;

use network::content::Item;
use vietnam::documents::Effect;
use vietnam::number::DocumentNumber;

use super::{address, form_of, number_of};
use crate::db::Tx;
use crate::{all, fill, run};

/// Counts up when what this file writes becomes another: then everything is written anew at the next start.
pub const VERSION: &str = "1";
/// Under which name it is remembered what wrote the tables.
pub const MARK: &str = "documents";

struct Document {
    log: i64,
    item: String,
    number: DocumentNumber,
    form: String,
    agency: String,
    issued: jiff::civil::Date,
    effective: Option<String>,
    expires: Option<String>,
}

struct Stated {
    log: i64,
    item: String,
    place: i64,
    number: DocumentNumber,
    effect: Effect,
    done_to: bool,
    agency: Option<String>,
    issued: Option<String>,
    other: Option<(String, String)>,
    starts: Option<String>,
    ends: Option<String>,
    part: Option<String>,
}

/// An item that now stands on the pages.
pub struct Shown {
    /// Its log.
    pub log: i64,
    /// What it says.
    pub item: Item,
    /// True if another edition of it was shown before.
    pub again: bool,
}

/// Keeps the rows of items that now stand on the pages.
///
/// # Errors
/// The database's.
pub async fn keep(tx: &mut Tx, shown: &[&Shown]) -> sqlx::Result<()> {
    for one in shown.iter().filter(|one| one.again) {
        forget(tx, one.log, &one.item.id.to_string()).await?;
    }
    let documents: Vec<Document> = shown.iter().copied().filter_map(document).collect();
    fill!(
        tx,
        "INSERT INTO document (log, item, number, printed, form, agency, issued, effective, expires, uniq, address, dated)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        &documents,
        |row| row.log,
        row.item.clone(),
        row.number.key(),
        row.number.to_string(),
        row.form.clone(),
        row.agency.clone(),
        row.issued.to_string(),
        row.effective.clone(),
        row.expires.clone(),
        row.number.unique_key(&row.agency, &row.form, row.issued).to_string(),
        address(&row.form, &row.number, row.issued),
        row.number.dated().unwrap_or_default()
    )?;
    let stated: Vec<Stated> =
        shown.iter().copied().filter(|one| document(one).is_some()).flat_map(relations).collect();
    fill!(
        tx,
        "INSERT INTO relation (log, item, place, number, printed, effect, done_to, agency, issued, origin, other, starts, ends, part)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        &stated,
        |row| row.log,
        row.item.clone(),
        row.place,
        row.number.key(),
        row.number.to_string(),
        row.effect.as_str(),
        i64::from(row.done_to),
        row.agency.clone(),
        row.issued.clone(),
        row.other.as_ref().map(|(origin, _)| origin.clone()),
        row.other.as_ref().map(|(_, item)| item.clone()),
        row.starts.clone(),
        row.ends.clone(),
        row.part.clone()
    )?;
    let numbers: BTreeSet<String> = documents
        .iter()
        .map(|row| row.number.key())
        .chain(stated.iter().map(|row| row.number.key()))
        .collect();
    tx.ledger.effects.documents.extend(numbers);
    Ok(())
}

/// The row of an item, if it is a document whose number and days are known.
fn document(shown: &Shown) -> Option<Document> {
    let Shown { log, item, .. } = shown;
    let number = number_of(item)?;
    let issued = item.issued.or(item.effective)?;
    Some(Document {
        log: *log,
        item: item.id.to_string(),
        form: form_of(item.form.as_deref(), &number, issued),
        agency: item.agency.clone().unwrap_or_default(),
        issued,
        effective: item.effective.map(|day| day.to_string()),
        expires: item.expires.map(|day| day.to_string()),
        number,
    })
}

/// What an item states of others; words and numbers that this version cannot read are left out.
fn relations(shown: &Shown) -> Vec<Stated> {
    let Shown { log, item, .. } = shown;
    let each = item.relations.iter().enumerate().filter_map(|(place, relation)| {
        let effect: Effect = relation.kind.parse().ok()?;
        Some(Stated {
            log: *log,
            item: item.id.to_string(),
            place: place as i64,
            number: relation.number.parse().ok()?,
            effect: if relation.part.is_some() { effect.in_part() } else { effect },
            done_to: relation.done_to,
            agency: relation.agency.clone(),
            issued: relation.issued.map(|day| day.to_string()),
            other: relation.item.as_ref().map(|(origin, id)| (origin.to_string(), id.to_string())),
            starts: relation.from.map(|day| day.to_string()),
            ends: relation.until.map(|day| day.to_string()),
            part: relation.part.clone(),
        })
    });
    each.collect()
}

/// An item stands otherwise than before: pages that speak of its number, or of those that it acts upon, say something else.
///
/// # Errors
/// The database's.
pub async fn touched(tx: &mut Tx, log: i64, item: &str) -> sqlx::Result<()> {
    let numbers = all!(
        tx,
        (String,),
        "SELECT number FROM document WHERE log = $1 AND item = $2
         UNION SELECT number FROM relation WHERE log = $1 AND item = $2",
        log,
        item.to_owned()
    )?;
    tx.ledger.effects.documents.extend(numbers.into_iter().map(|(number,)| number));
    Ok(())
}

/// Removes the rows of an item: its text has vanished, or another edition takes its place.
///
/// # Errors
/// The database's.
pub async fn forget(tx: &mut Tx, log: i64, item: &str) -> sqlx::Result<()> {
    touched(tx, log, item).await?;
    run!(tx, "DELETE FROM document WHERE log = $1 AND item = $2", log, item.to_owned())?;
    run!(tx, "DELETE FROM relation WHERE log = $1 AND item = $2", log, item.to_owned())?;
    Ok(())
}

/// Removes every row, before all are worked out anew.
///
/// # Errors
/// The database's.
pub async fn clear(tx: &mut Tx) -> sqlx::Result<()> {
    run!(tx, "DELETE FROM document")?;
    run!(tx, "DELETE FROM relation")?;
    Ok(())
}
