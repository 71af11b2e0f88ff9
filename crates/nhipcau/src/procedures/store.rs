//! Procedures in the database, as the catalogue's pages and its API ask for them. Only what stands on a portal is found.
//!
//! A cross join keeps SQLite from reading every item first: procedures are few.

use sqlx::FromRow;
use vietnam::text::slug;

use super::rules::{Group, Level};
use crate::db::Conn;
use crate::{all, one};

/// The most words of a name that are looked for.
const MOST_WORDS: usize = 4;

/// Which procedures a list shows; whatever is `None` or empty narrows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// An event's id.
    pub event: Option<String>,
    /// For whom.
    pub group: Option<Group>,
    /// A field of administration, as [`slug`] writes it.
    pub field: Option<String>,
    /// A level that handles it.
    pub level: Option<Level>,
    /// Words of its name, or the beginnings of words.
    pub name: Option<String>,
    /// Its code.
    pub code: Option<String>,
    /// `true`: only the portal's own.
    pub own: bool,
    /// How many to pass over.
    pub skip: i64,
    /// How many to return at most.
    pub most: i64,
}

impl Filter {
    /// What the words of a name must hold, each as SQL's `LIKE` wants it: a slug has neither `%` nor `_`.
    fn words(&self) -> [String; MOST_WORDS] {
        let name = self.name.as_deref().map(slug).unwrap_or_default();
        let mut words = name.split('-').filter(|word| !word.is_empty());
        std::array::from_fn(|_| words.next().map_or_else(|| "%".to_owned(), |word| format!("%-{word}%")))
    }

    fn text(of: &Option<String>) -> String {
        of.clone().unwrap_or_default()
    }

    fn level(&self) -> &'static str {
        self.level.map_or("", Level::word)
    }

    fn group(&self) -> &'static str {
        self.group.map_or("", Group::slug)
    }
}

/// A procedure as lists show it.
#[derive(Clone, Debug, FromRow)]
pub struct Row {
    /// Our number for its log.
    pub log: i64,
    /// Its log, by name.
    pub origin: String,
    /// Its item.
    pub item: String,
    /// Its code.
    pub code: String,
    /// Its field, as printed.
    pub field: String,
    /// 1 if a ministry handles it.
    pub ministry: i64,
    /// 1 if a province does.
    pub province: i64,
    /// 1 if a commune does.
    pub commune: i64,
    /// 1 if anybody else does.
    pub other: i64,
    /// 1 if it is for people.
    pub people: i64,
    /// 1 if it is for businesses.
    pub business: i64,
    /// 1 if it is for organisations.
    pub organisation: i64,
    /// How long and how much ([`super::brief::Brief`]).
    pub brief: String,
    /// What lists show of its item.
    pub card: String,
    /// The content of its item.
    pub sha256: Option<Vec<u8>>,
}

impl Row {
    /// The levels that handle it.
    pub fn levels(&self) -> Vec<Level> {
        let of = |level: &Level| match level {
            Level::Ministry => self.ministry,
            Level::Province => self.province,
            Level::Commune => self.commune,
            Level::Other => self.other,
        };
        Level::ALL.into_iter().filter(|level| of(level) != 0).collect()
    }

    /// For whom it is.
    pub fn groups(&self) -> Vec<Group> {
        let of = |group: &Group| match group {
            Group::People => self.people,
            Group::Business => self.business,
            Group::Organisation => self.organisation,
        };
        Group::ALL.into_iter().filter(|group| of(group) != 0).collect()
    }
}

/// Procedures that stand on a portal, by name.
///
/// # Errors
/// The database's.
pub async fn list(conn: &mut Conn, portal: &str, own_log: i64, filter: &Filter) -> sqlx::Result<Vec<Row>> {
    let [first, second, third, fourth] = filter.words();
    all!(
        conn,
        Row,
        "SELECT p.log, l.origin, p.item, p.code, p.field, p.ministry, p.province, p.commune, p.other, p.people,
                p.business, p.organisation, p.brief, i.card, i.sha256
         FROM procedure p CROSS JOIN item i JOIN log l ON l.id = p.log
         WHERE i.log = p.log AND i.item = p.item AND i.state = 'standing' AND i.shown > 0
           AND p.log IN (SELECT c.log FROM carries c WHERE c.portal = $1)
           AND ($2 = '' OR EXISTS (SELECT 1 FROM procedure_event e
                                   WHERE e.log = p.log AND e.item = p.item AND e.event = $2))
           AND ($3 = '' OR ($3 = 'nguoi-dan' AND p.people = 1) OR ($3 = 'doanh-nghiep' AND p.business = 1)
                OR ($3 = 'to-chuc' AND p.organisation = 1))
           AND ($4 = '' OR p.field_slug = $4)
           AND ($5 = '' OR ($5 = 'ministry' AND p.ministry = 1) OR ($5 = 'province' AND p.province = 1)
                OR ($5 = 'commune' AND p.commune = 1) OR ($5 = 'other' AND p.other = 1))
           AND ($6 = '' OR p.code = $6)
           AND ($7 = 0 OR p.log = $8)
           AND p.words LIKE $9 AND p.words LIKE $10 AND p.words LIKE $11 AND p.words LIKE $12
         ORDER BY p.words, p.code, p.log, p.item LIMIT $13 OFFSET $14",
        portal.to_owned(),
        Filter::text(&filter.event),
        filter.group(),
        Filter::text(&filter.field),
        filter.level(),
        Filter::text(&filter.code),
        i64::from(filter.own),
        own_log,
        first,
        second,
        third,
        fourth,
        filter.most,
        filter.skip
    )
}

/// How many [`list`] has in all.
///
/// # Errors
/// The database's.
pub async fn count(conn: &mut Conn, portal: &str, own_log: i64, filter: &Filter) -> sqlx::Result<i64> {
    let [first, second, third, fourth] = filter.words();
    let (count,) = one!(
        conn,
        (i64,),
        "SELECT COUNT(*) FROM procedure p CROSS JOIN item i
         WHERE i.log = p.log AND i.item = p.item AND i.state = 'standing' AND i.shown > 0
           AND p.log IN (SELECT c.log FROM carries c WHERE c.portal = $1)
           AND ($2 = '' OR EXISTS (SELECT 1 FROM procedure_event e
                                   WHERE e.log = p.log AND e.item = p.item AND e.event = $2))
           AND ($3 = '' OR ($3 = 'nguoi-dan' AND p.people = 1) OR ($3 = 'doanh-nghiep' AND p.business = 1)
                OR ($3 = 'to-chuc' AND p.organisation = 1))
           AND ($4 = '' OR p.field_slug = $4)
           AND ($5 = '' OR ($5 = 'ministry' AND p.ministry = 1) OR ($5 = 'province' AND p.province = 1)
                OR ($5 = 'commune' AND p.commune = 1) OR ($5 = 'other' AND p.other = 1))
           AND ($6 = '' OR p.code = $6)
           AND ($7 = 0 OR p.log = $8)
           AND p.words LIKE $9 AND p.words LIKE $10 AND p.words LIKE $11 AND p.words LIKE $12",
        portal.to_owned(),
        Filter::text(&filter.event),
        filter.group(),
        Filter::text(&filter.field),
        filter.level(),
        Filter::text(&filter.code),
        i64::from(filter.own),
        own_log,
        first,
        second,
        third,
        fourth
    )?;
    Ok(count)
}

/// How many procedures of a portal each event has.
///
/// # Errors
/// The database's.
pub async fn by_event(conn: &mut Conn, portal: &str) -> sqlx::Result<Vec<(String, i64)>> {
    all!(
        conn,
        (String, i64),
        "SELECT e.event, COUNT(*) FROM procedure_event e
         CROSS JOIN item i
         WHERE i.log = e.log AND i.item = e.item AND i.state = 'standing' AND i.shown > 0
           AND e.log IN (SELECT c.log FROM carries c WHERE c.portal = $1)
         GROUP BY e.event ORDER BY e.event",
        portal.to_owned()
    )
}

/// How many procedures of a portal each field has: slug, one of its spellings, count; the largest first.
///
/// # Errors
/// The database's.
pub async fn by_field(conn: &mut Conn, portal: &str) -> sqlx::Result<Vec<(String, String, i64)>> {
    all!(
        conn,
        (String, String, i64),
        "SELECT p.field_slug, MIN(p.field), COUNT(*) FROM procedure p
         CROSS JOIN item i
         WHERE i.log = p.log AND i.item = p.item AND i.state = 'standing' AND i.shown > 0 AND p.field_slug <> ''
           AND p.log IN (SELECT c.log FROM carries c WHERE c.portal = $1)
         GROUP BY p.field_slug ORDER BY COUNT(*) DESC, p.field_slug",
        portal.to_owned()
    )
}

/// How many procedures of a portal a commune, a province, a ministry and anybody else handle, and how many there are for people,
/// businesses and organisations.
///
/// # Errors
/// The database's.
pub async fn by_level_and_group(conn: &mut Conn, portal: &str) -> sqlx::Result<([i64; 4], [i64; 3])> {
    let (commune, province, ministry, other, people, business, organisation) = one!(
        conn,
        (i64, i64, i64, i64, i64, i64, i64),
        "SELECT CAST(COALESCE(SUM(p.commune), 0) AS BIGINT), CAST(COALESCE(SUM(p.province), 0) AS BIGINT),
                CAST(COALESCE(SUM(p.ministry), 0) AS BIGINT), CAST(COALESCE(SUM(p.other), 0) AS BIGINT),
                CAST(COALESCE(SUM(p.people), 0) AS BIGINT), CAST(COALESCE(SUM(p.business), 0) AS BIGINT),
                CAST(COALESCE(SUM(p.organisation), 0) AS BIGINT)
         FROM procedure p CROSS JOIN item i
         WHERE i.log = p.log AND i.item = p.item AND i.state = 'standing' AND i.shown > 0
           AND p.log IN (SELECT c.log FROM carries c WHERE c.portal = $1)",
        portal.to_owned()
    )?;
    Ok(([commune, province, ministry, other], [people, business, organisation]))
}

/// Procedures of a portal behind one of them, in an order that no change disturbs: for those who take them all.
///
/// # Errors
/// The database's.
pub async fn after(
    conn: &mut Conn,
    portal: &str,
    (log, item): (i64, String),
    most: i64,
) -> sqlx::Result<Vec<Row>> {
    all!(
        conn,
        Row,
        "SELECT p.log, l.origin, p.item, p.code, p.field, p.ministry, p.province, p.commune, p.other, p.people,
                p.business, p.organisation, p.brief, i.card, i.sha256
         FROM procedure p CROSS JOIN item i JOIN log l ON l.id = p.log
         WHERE i.log = p.log AND i.item = p.item AND i.state = 'standing' AND i.shown > 0
           AND p.log IN (SELECT c.log FROM carries c WHERE c.portal = $1)
           AND (p.log > $2 OR (p.log = $2 AND p.item > $3))
         ORDER BY p.log, p.item LIMIT $4",
        portal.to_owned(),
        log,
        item,
        most
    )
}
