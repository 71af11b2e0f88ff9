//! Items in the database, as pages and commands read them; `feeds` as feeds and sitemaps do.

mod feeds;
pub mod own;

use std::fmt;
use std::str::FromStr;

use anyhow::Context;
use network::names::{ContentHash, Origin};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Card, State, kinds};
use crate::db::Conn;
use crate::{all, maybe, one};

pub use feeds::{
    Place, about_number, archived, between, changes, count_changes, ended, issuers, of_logs, places,
};

/// An item's name in addresses: the first 8 hex digits of its log's name hashed, and its id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reference {
    /// `SHA-256(origin)`, first 8 hex digits.
    pub log: String,
    /// The item.
    pub item: Uuid,
}

impl Reference {
    /// The name of `item` of the log `origin`.
    pub fn of(origin: &Origin, item: Uuid) -> Reference {
        Reference { log: origin.mirror_path().chars().take(8).collect(), item }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.log, self.item.simple())
    }
}

impl FromStr for Reference {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Reference, &'static str> {
        const SHAPE: &str = "a reference is 8 hexadecimal digits, a hyphen and 32 hexadecimal digits";
        let (log, item) = text.split_once('-').ok_or(SHAPE)?;
        let lower = |t: &str| t.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if log.len() != 8 || item.len() != 32 || !lower(log) || !lower(item) {
            return Err(SHAPE);
        }
        Ok(Reference { log: log.to_owned(), item: Uuid::try_parse(item).map_err(|_| SHAPE)? })
    }
}

/// An item as the database has it.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Our number for its log.
    pub log: i64,
    /// Its log.
    pub origin: Origin,
    /// Its id.
    pub item: Uuid,
    /// How it stands.
    pub state: State,
    /// The newest edition that is known.
    pub edition: i64,
    /// The edition whose text is here; 0 if none is.
    pub shown: i64,
    /// Index of the entry that acted last.
    pub index: u64,
    /// Index of the entry that issued it first.
    pub first_index: u64,
    /// When it was first issued, by its issuer, in microseconds.
    pub issued: i64,
    /// When it last changed, by its issuer, in microseconds.
    pub changed: i64,
    /// True if it asked for the urgent lane.
    pub urgent: bool,
    /// The content of the shown edition.
    pub content: Option<ContentHash>,
    /// The note that explains a withdrawal or an erasure.
    pub note: Option<ContentHash>,
    /// Its kind.
    pub kind: String,
    /// What lists show.
    pub card: Card,
    /// Why the shown edition came: `new`, `correct`, `update`, `replace`; empty if none is shown.
    pub change: String,
}

impl Standing {
    /// Its name in addresses.
    pub fn reference(&self) -> Reference {
        Reference::of(&self.origin, self.item)
    }
}

/// An item as its row has it.
#[derive(FromRow)]
pub(crate) struct Row {
    log: i64,
    origin: String,
    item: String,
    state: String,
    edition: i64,
    shown: i64,
    idx: i64,
    first_idx: i64,
    issued: i64,
    changed: i64,
    urgent: i64,
    sha256: Option<Vec<u8>>,
    note: Option<Vec<u8>>,
    kind: String,
    card: String,
    change: Option<String>,
}

impl TryFrom<Row> for Standing {
    type Error = anyhow::Error;
    fn try_from(row: Row) -> anyhow::Result<Standing> {
        let hash = |bytes: Option<Vec<u8>>| bytes.and_then(|b| b.try_into().ok()).map(ContentHash);
        Ok(Standing {
            log: row.log,
            origin: row.origin.parse().context("a stored origin is damaged")?,
            item: Uuid::try_parse(&row.item).context("a stored item id is damaged")?,
            state: State::of(&row.state).with_context(|| format!("unknown stored state {}", row.state))?,
            edition: row.edition,
            shown: row.shown,
            index: row.idx as u64,
            first_index: row.first_idx as u64,
            issued: row.issued,
            changed: row.changed,
            urgent: row.urgent != 0,
            content: hash(row.sha256),
            note: hash(row.note),
            kind: row.kind,
            card: serde_json::from_str(&row.card).context("a stored card is damaged")?,
            change: row.change.unwrap_or_default(),
        })
    }
}

fn standings(rows: Vec<Row>) -> anyhow::Result<Vec<Standing>> {
    rows.into_iter().map(Standing::try_from).collect()
}

/// The item behind a reference, in whichever state.
///
/// # Errors
/// The database's.
pub async fn find(conn: &mut Conn, reference: &Reference) -> anyhow::Result<Option<Standing>> {
    maybe!(
        conn,
        Row,
        "SELECT i.log, l.origin, i.item, i.state, i.edition, i.shown, i.idx, i.first_idx, i.issued, i.changed,
                i.urgent, i.sha256, i.note, i.kind, i.card, e.change
         FROM log l JOIN item i ON i.log = l.id AND i.item = $1
         LEFT JOIN edition e ON e.log = i.log AND e.item = i.item AND e.edition = i.shown
         WHERE l.origin_hash >= $2 AND l.origin_hash < $3",
        reference.item.to_string(),
        reference.log.clone(),
        // No hexadecimal digit comes after `f`, so this is the end of what begins so.
        format!("{}g", reference.log)
    )?
    .map(Standing::try_from)
    .transpose()
}

/// Which items a list shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only items of these kinds, as SQL text: empty means all.
    pub kind: Option<String>,
    /// `Some(true)`: only the portal's own; `Some(false)`: only others'.
    pub own: Option<bool>,
    /// Only of the log with this number of ours.
    pub log: Option<i64>,
    /// None of the log with this number of ours.
    pub beside: Option<i64>,
    /// Only what is news: without the kinds that are looked up ([`kinds::Kind::reference`]).
    pub news: bool,
    /// How many to pass over.
    pub skip: i64,
    /// How many to return at most.
    pub most: i64,
}

impl Filter {
    /// The kinds that are left out, with a blank around each.
    fn left_out(&self) -> String {
        let kinds = kinds::all().iter().filter(|kind| self.news && kind.reference);
        kinds.fold(" ".to_owned(), |all, kind| all + &kind.id + " ")
    }
}

/// Items that stand on a portal, newest first.
///
/// # Errors
/// The database's.
pub async fn list(
    conn: &mut Conn,
    portal: &str,
    own_log: i64,
    filter: &Filter,
) -> anyhow::Result<Vec<Standing>> {
    standings(all!(
        conn,
        Row,
        "SELECT i.log, l.origin, i.item, i.state, i.edition, i.shown, i.idx, i.first_idx, i.issued, i.changed,
                i.urgent, i.sha256, i.note, i.kind, i.card, e.change
         FROM item i JOIN log l ON l.id = i.log
         LEFT JOIN edition e ON e.log = i.log AND e.item = i.item AND e.edition = i.shown
         WHERE i.state = 'standing' AND i.shown > 0
           AND i.log IN (SELECT c.log FROM carries c WHERE c.portal = $1)
           AND ($2 = '' OR i.kind = $2)
           AND ($3 = 0 OR ($3 = 1 AND i.log = $4) OR ($3 = 2 AND i.log <> $4))
           AND ($5 = 0 OR i.log = $5) AND i.log <> $6 AND $7 NOT LIKE '% ' || i.kind || ' %'
         ORDER BY i.issued DESC, i.item DESC LIMIT $8 OFFSET $9",
        portal.to_owned(),
        filter.kind.clone().unwrap_or_default(),
        whose(filter.own),
        own_log,
        filter.log.unwrap_or(0),
        filter.beside.unwrap_or(0),
        filter.left_out(),
        filter.most,
        filter.skip
    )?)
}

/// The items of a kind that stand of one log, the newest first.
///
/// # Errors
/// The database's.
pub async fn of_kind_by(conn: &mut Conn, kind: &str, origin: &str) -> anyhow::Result<Vec<Standing>> {
    // `+ 0`: by the index of kinds; without statistics SQLite takes one of those that hold `shown`, and reads all that was issued.
    standings(all!(
        conn,
        Row,
        "SELECT i.log, l.origin, i.item, i.state, i.edition, i.shown, i.idx, i.first_idx, i.issued, i.changed,
                i.urgent, i.sha256, i.note, i.kind, i.card, e.change
         FROM item i JOIN log l ON l.id = i.log
         LEFT JOIN edition e ON e.log = i.log AND e.item = i.item AND e.edition = i.shown
         WHERE i.kind = $1 AND i.state = 'standing' AND i.shown + 0 > 0
           AND i.log + 0 = (SELECT id FROM log WHERE origin = $2)
         ORDER BY i.issued DESC, i.item DESC",
        kind.to_owned(),
        origin.to_owned()
    )?)
}

/// The items of a kind that stand, of every log that is here, the newest first.
///
/// # Errors
/// The database's.
pub async fn of_kind(conn: &mut Conn, kind: &str) -> anyhow::Result<Vec<Standing>> {
    // `+ 0` as in [`of_kind_by`].
    standings(all!(
        conn,
        Row,
        "SELECT i.log, l.origin, i.item, i.state, i.edition, i.shown, i.idx, i.first_idx, i.issued, i.changed,
                i.urgent, i.sha256, i.note, i.kind, i.card, e.change
         FROM item i JOIN log l ON l.id = i.log
         LEFT JOIN edition e ON e.log = i.log AND e.item = i.item AND e.edition = i.shown
         WHERE i.kind = $1 AND i.state = 'standing' AND i.shown + 0 > 0
         ORDER BY i.issued DESC, i.item DESC",
        kind.to_owned()
    )?)
}

/// How many items [`list`] has in all.
///
/// # Errors
/// The database's.
pub async fn count(conn: &mut Conn, portal: &str, own_log: i64, filter: &Filter) -> sqlx::Result<i64> {
    let (count,) = one!(
        conn,
        (i64,),
        "SELECT COUNT(*) FROM item i
         WHERE i.state = 'standing' AND i.shown > 0
           AND i.log IN (SELECT c.log FROM carries c WHERE c.portal = $1)
           AND ($2 = '' OR i.kind = $2)
           AND ($3 = 0 OR ($3 = 1 AND i.log = $4) OR ($3 = 2 AND i.log <> $4))
           AND ($5 = 0 OR i.log = $5) AND i.log <> $6 AND $7 NOT LIKE '% ' || i.kind || ' %'",
        portal.to_owned(),
        filter.kind.clone().unwrap_or_default(),
        whose(filter.own),
        own_log,
        filter.log.unwrap_or(0),
        filter.beside.unwrap_or(0),
        filter.left_out()
    )?;
    Ok(count)
}

fn whose(own: Option<bool>) -> i64 {
    match own {
        None => 0,
        Some(true) => 1,
        Some(false) => 2,
    }
}

/// One edition of an item.
#[derive(Clone, Debug, FromRow)]
pub struct Edition {
    /// Counts from 1.
    pub edition: i64,
    /// Index of its entry.
    pub idx: i64,
    /// Why it came.
    pub change: String,
    /// When, by its issuer, in microseconds.
    pub at: i64,
    /// Its content.
    pub sha256: Vec<u8>,
    /// The content's media type.
    pub media: String,
    /// The content's size.
    pub size: i64,
    /// Pieces of it that have not come yet.
    pub lacking: i64,
    /// The reason why one person issued it alone, as the hash of its note, if one did.
    alone: Option<Vec<u8>>,
}

impl Edition {
    /// The note with the reason why one person issued it alone, if one did.
    pub fn alone(&self) -> Option<ContentHash> {
        self.alone.as_deref().and_then(|hash| hash.try_into().ok()).map(ContentHash)
    }
}

/// The editions of an item, oldest first.
///
/// # Errors
/// The database's.
pub async fn editions(conn: &mut Conn, log: i64, item: Uuid) -> sqlx::Result<Vec<Edition>> {
    all!(
        conn,
        Edition,
        "SELECT e.edition, e.idx, e.change, e.at, e.sha256, e.media, e.size,
                (SELECT COUNT(*) FROM want w WHERE w.log = e.log AND w.idx = e.idx) AS lacking,
                (SELECT a.note FROM alone a WHERE a.log = e.log AND a.item = e.item AND a.edition = e.edition
                 ORDER BY a.idx DESC LIMIT 1) AS alone
         FROM edition e WHERE e.log = $1 AND e.item = $2 ORDER BY e.edition",
        log,
        item.to_string()
    )
}

/// An order of a superior about an item.
#[derive(Clone, Debug, FromRow)]
pub struct Order {
    /// What was ordered, as a state's word.
    pub act: String,
    /// The log in which it stands.
    pub origin: String,
    /// Index of its entry.
    pub by_idx: i64,
    /// When, by the orderer, in microseconds.
    pub at: i64,
}

/// The orders about an item.
///
/// # Errors
/// The database's.
pub async fn orders(conn: &mut Conn, log: i64, item: Uuid) -> sqlx::Result<Vec<Order>> {
    all!(
        conn,
        Order,
        "SELECT o.act, l.origin, o.by_idx, o.at FROM ordered o JOIN log l ON l.id = o.by_log
         WHERE o.log = $1 AND o.item = $2 AND o.counts = 1 ORDER BY o.at",
        log,
        item.to_string()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_prints_back() {
        let origin: Origin = "chinhphu.vn/log".parse().unwrap();
        let reference = Reference::of(&origin, Uuid::from_u128(0x019a_b300_0000_7000_8000_0000_0000_0001));
        assert_eq!(reference.to_string().parse::<Reference>().unwrap(), reference);
        for bad in [
            "",
            "-",
            "12345678-zz",
            "1234567-019ab300000070008000000000000001",
            "ABCDEF01-019ab300000070008000000000000001",
        ] {
            assert!(bad.parse::<Reference>().is_err(), "{bad}");
        }
    }
}
