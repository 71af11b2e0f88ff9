//! What pages say of how an item was read.

use jiff::civil::Date;
use network::entry::Measures;
use uuid::Uuid;

use super::counter::{Read, Sum, Way};
use super::store;
use crate::agencies;
use crate::app::App;
use crate::db::Conn;
use crate::items::store::Standing;
use crate::open::dumps;
use crate::problem::Problem;
use crate::words::{Lang, date, number};

/// So many days are shown.
const DAYS: i64 = 14;

/// How an item's page was read at the portal whose staff ask.
pub struct Own {
    /// In all, in a sentence; empty if nothing was read.
    pub whole: String,
    /// Days, the newest first: day, readings, readers.
    pub days: Vec<[String; 3]>,
}

/// What portals have reported of an item, like with like.
#[derive(Default)]
pub struct Network {
    /// Sums over all portals: readings, readers of each day and portal, short links followed; empty if nothing was reported.
    pub sums: Vec<String>,
    /// Portals, who reports most first: name, days, and the three.
    pub portals: Vec<[String; 5]>,
    /// How many portals there are beyond those.
    pub more: usize,
}

impl Network {
    /// Where all of it is, as open data.
    pub(crate) fn data(&self) -> String {
        format!("/du-lieu/{}", dumps::READINGS)
    }
}

/// The most portals that a page names.
const PORTALS: usize = 50;

/// A number of readings, or that there are few: few could be somebody.
fn said(n: u64, lang: Lang) -> String {
    match n {
        0 => "–".to_owned(),
        n if n < Measures::FEWEST => lang.reach().few.to_owned(),
        n => number::whole(lang, n),
    }
}

/// How an item's page was read at a portal of this node.
///
/// # Errors
/// The database's.
pub async fn own(conn: &mut Conn, portal: i64, item: &Standing, lang: Lang) -> Result<Own, Problem> {
    let read = Read { portal, log: item.log, item: item.item, way: Way::Page };
    let whole = store::whole_of(conn, &read).await?;
    let days = store::days(conn, portal, (item.log, item.item), DAYS).await?;
    let line =
        |(day, sum): (Date, Sum)| [date::date(lang, day), said(sum.views, lang), said(sum.viewers, lang)];
    let whole = match whole.views {
        0 => String::new(),
        views => lang.reach().own_whole(said(views, lang), said(whole.viewers, lang)),
    };
    Ok(Own { whole, days: days.into_iter().map(line).collect() })
}

/// How the short link of an item on an account was followed, in a sentence.
///
/// # Errors
/// The database's.
pub async fn link(
    conn: &mut Conn,
    item: &Standing,
    account: Uuid,
    lang: Lang,
) -> Result<Option<String>, Problem> {
    let read = Read { portal: item.log, log: item.log, item: item.item, way: Way::Link(account) };
    let sum = store::whole_of(conn, &read).await?;
    Ok((sum.views > 0).then(|| lang.reach().link(said(sum.views, lang), said(sum.viewers, lang))))
}

/// What portals have reported of an item.
///
/// # Errors
/// The database's.
pub async fn network(app: &App, conn: &mut Conn, item: &Standing, lang: Lang) -> anyhow::Result<Network> {
    let rows = store::reported(conn, &item.origin, item.item).await?;
    let directory = app.directory.load_full();
    let whole = |n: i64| said(u64::try_from(n).unwrap_or(0), lang);
    let sum = |of: fn(&store::Reported) -> i64| whole(rows.iter().map(of).fold(0, i64::saturating_add));
    let sums = match rows.is_empty() {
        true => Vec::new(),
        false => vec![sum(|row| row.views), sum(|row| row.viewers), sum(|row| row.links)],
    };
    let name = |origin: &str| {
        let agency = origin.parse().ok().and_then(|origin| directory.agency(&origin).cloned());
        agencies::name(agency.as_ref(), lang, origin)
    };
    let portals = rows.iter().take(PORTALS).map(|row| {
        let days = number::whole(lang, u64::try_from(row.days).unwrap_or(0));
        [name(&row.by_origin), days, whole(row.views), whole(row.viewers), whole(row.links)]
    });
    Ok(Network { sums, portals: portals.collect(), more: rows.len().saturating_sub(PORTALS) })
}
