//! Coverage: where an item is stored and shown, worked out from receipts when it is read.
//!
//! Never a row per portal and item: a portal shows an entry when its node's newest receipt says that it
//! shows the log beyond the entry and lacks no content of it.

use std::collections::{BTreeSet, HashMap};

use network::directory::{Agency, Directory};
use network::entry::Level;
use network::names::Origin;

use crate::agencies;
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::items::State;
use crate::items::store::{self as items, Standing};
use crate::logs::carriers::Carried;
use crate::logs::store::{self, Head};
use crate::logs::view::{
    Account, AccountOf, Cell, Exception, HolderRow, ProvinceRow, Shows, SiteRow, Summary,
};
use crate::peers::progress::{self, Progress};
use crate::sightings::{self, store::Sighting};
use crate::words::Lang;

/// How far an entry has come among the nodes that follow its log.
#[derive(Clone, Copy, Debug)]
pub struct Stored {
    /// Nodes whose receipt covers it.
    pub nodes: u32,
    /// Nodes that follow the log.
    pub of: u32,
    /// Milliseconds from the issue to the last of them, once all have it.
    pub last_after_ms: Option<u64>,
    /// Since when it stands here, in microseconds.
    pub here: Option<i64>,
}

/// A node's newest receipt, as far as coverage asks.
#[derive(Clone, Copy)]
struct Far {
    size: u64,
    shown: u64,
    received: i64,
    /// When it had the entry.
    had: Option<i64>,
}

impl Far {
    fn of(held: &Progress, index: u64) -> Far {
        let lacks = held.lacking.split(',').any(|one| one.parse() == Ok(index));
        let content = if lacks { 0 } else { held.content as u64 };
        let shown = (held.shown as u64).min(content);
        Far { size: held.size as u64, shown, received: held.received, had: held.had }
    }
}

/// The nodes that follow a log: those that host a portal which carries it, and those that gave a receipt for it.
fn followers<'a>(carried: &'a Carried, far: &'a HashMap<String, Far>) -> BTreeSet<&'a str> {
    carried.nodes.keys().chain(far.keys()).map(String::as_str).collect()
}

/// What the issuer's own node holds: whatever it has signed, as far as that has come here; it had an entry when it
/// said it.
fn issuer(directory: &Directory, origin: &Origin, head: Option<&Head>, said: i64) -> Option<(String, Far)> {
    let node = directory.agency(origin)?.node.as_ref()?;
    let head = head?;
    let far = Far { size: head.size, shown: head.size, received: head.changed, had: Some(said) };
    Some((node.to_string(), far))
}

/// How far an item's newest entry has come, and how many portals are as they should be, of all that should.
///
/// # Errors
/// The database's.
pub async fn of_item(app: &App, conn: &mut Conn, item: &Standing) -> anyhow::Result<(Stored, (u32, u32))> {
    let directory = app.directory.load_full();
    let far = far(conn, &directory, &item.origin, item.index, item.changed).await?;
    let nodes = app.carriers.of(&directory, &item.origin, "");
    let nodes = followers(&nodes, &far);
    let had = |node: &str| far.get(node)?.had;
    let last = nodes.iter().map(|node| had(node)).collect::<Option<Vec<i64>>>();
    let last = last.and_then(|all| all.into_iter().max());
    let stored = Stored {
        nodes: far.values().filter(|far| far.size > item.index).count() as u32,
        of: nodes.len() as u32,
        last_after_ms: last.map(|at| u64::try_from((at - item.changed) / 1000).unwrap_or(0)),
        here: had(app.config.name.as_str()),
    };
    let carried = app.carriers.of(&directory, &item.origin, &item.kind);
    let good = |(node, hosted): (&String, &u32)| {
        far.get(node).filter(|far| far.shown > item.index).map_or(0, |_| *hosted)
    };
    Ok((stored, (carried.nodes.iter().map(good).sum(), carried.portals)))
}

/// The nodes that hold an item's newest entry with its content, and when they came to have it, in microseconds, where that
/// is known.
///
/// # Errors
/// The database's.
pub async fn held(
    app: &App,
    conn: &mut Conn,
    item: &Standing,
) -> anyhow::Result<HashMap<String, Option<i64>>> {
    let directory = app.directory.load_full();
    let far = far(conn, &directory, &item.origin, item.index, item.changed).await?;
    let holds = far.into_iter().filter(|(_, far)| far.shown.max(far.size) > item.index);
    Ok(holds.map(|(node, far)| (node, far.had)).collect())
}

/// How far each node has come that holds any of a log, and when it had entry `index`, said at `said`.
async fn far(
    conn: &mut Conn,
    directory: &Directory,
    origin: &Origin,
    index: u64,
    said: i64,
) -> anyhow::Result<HashMap<String, Far>> {
    let head = store::by_origin(conn, origin.as_str()).await?;
    let mut far: HashMap<String, Far> = issuer(directory, origin, head.as_ref(), said).into_iter().collect();
    for held in progress::of_log(conn, origin.as_str(), index).await? {
        let mut its = Far::of(&held, index);
        its.had = its.had.or_else(|| far.get(&held.node)?.had);
        far.insert(held.node, its);
    }
    Ok(far)
}

fn is_good(far: &HashMap<String, Far>, portal: &Agency, index: u64) -> bool {
    portal.node.as_ref().and_then(|node| far.get(node.as_str())).is_some_and(|far| far.shown > index)
}

/// All that the coverage page says of an item, besides its frame.
pub struct Told {
    /// What is counted.
    pub summary: Summary,
    /// Portals as they should be, of all.
    pub portals: (u32, u32),
    /// Each step and how far it came.
    pub accounts: Vec<Account>,
    /// Portals that are not as they should be.
    pub exceptions: Vec<Exception>,
    /// Portals by province.
    pub provinces: Vec<ProvinceRow>,
    /// Nodes.
    pub holders: Vec<HolderRow>,
    /// What this node has seen on pages of others.
    pub sites: Vec<SiteRow>,
}

/// What this node has seen of an item on pages of others. A sighting is no receipt: it is told beside them and counts in none of their
/// numbers.
async fn sites(conn: &mut Conn, item: &Standing) -> anyhow::Result<Vec<SiteRow>> {
    let row = |(name, one): (String, Sighting)| SiteRow {
        name,
        url: Some(one.url).filter(|url| item.state == State::Standing && !url.is_empty()),
        verdict: one.verdict,
        since: instant(one.since),
        looked: (one.at > 0).then(|| instant(one.at)),
    };
    Ok(sightings::store::of_item(conn, item.log, item.item).await?.into_iter().map(row).collect())
}

/// Works out the coverage of an item.
///
/// # Errors
/// The database's.
pub async fn told(app: &App, conn: &mut Conn, item: &Standing, lang: Lang) -> anyhow::Result<Told> {
    let directory = app.directory.load_full();
    let portals: Vec<&Agency> = directory.carriers_of(&item.origin, &item.kind, &[]);
    let far = far(conn, &directory, &item.origin, item.index, item.changed).await?;
    let status = app.status.load();
    let name = |agency: Option<&Agency>, otherwise: &str| agencies::name(agency, lang, otherwise);
    let good: Vec<bool> = portals.iter().map(|p| is_good(&far, p, item.index)).collect();

    let mut provinces: Vec<ProvinceRow> = Vec::new();
    let mut at: HashMap<String, usize> = HashMap::new();
    let mut exceptions: Vec<(String, Exception)> = Vec::new();
    let mut ordered: Vec<(usize, &&Agency)> = portals.iter().enumerate().collect();
    ordered.sort_by_key(|(_, p)| {
        (province_of(&directory, p).map(|a| a.origin.clone()), p.level, p.domain.clone())
    });
    for (index, portal) in ordered {
        let province = province_of(&directory, portal);
        let key = province.map(|p| p.origin.to_string()).unwrap_or_default();
        let row = *at.entry(key).or_insert_with(|| {
            let label = province.map_or_else(|| lang.words().central.to_owned(), |p| name(Some(p), ""));
            provinces.push(ProvinceRow { name: label, cells: Vec::new() });
            provinces.len() - 1
        });
        if let Some(row) = provinces.get_mut(row) {
            row.cells.push(if good[index] { Cell::Good } else { Cell::Behind });
        }
        if !good[index] {
            let node = portal.node.as_ref().map(|n| n.to_string()).unwrap_or_default();
            let line = status.neighbours.iter().find(|n| n.name == node);
            let cut_off = line.is_some_and(|n| !n.up && n.source);
            let last = far.get(&node);
            let here = (
                name(Some(portal), &portal.domain),
                agencies::address(&directory, &portal.origin)
                    .map(|at| format!("{at}/muc/{}", item.reference())),
            );
            // What holds for one portal of a node holds for all: they share its logs, its content and its line.
            if let Some((_, one)) = exceptions.iter_mut().find(|(n, _)| *n == node && !node.is_empty()) {
                one.portals.push(here);
                continue;
            }
            let owner = node.parse::<Origin>().ok().and_then(|n| directory.node(&n)).map(|n| n.owner.clone());
            let owner = owner.as_ref().and_then(|owner| directory.agency(owner)).or(Some(*portal));
            let exception = Exception {
                node: name(owner, &node),
                portals: vec![here],
                since: if cut_off { line.map(|n| instant(n.since)) } else { Some(instant(item.changed)) },
                cut_off,
                shows: match last {
                    None => Shows::Unknown,
                    Some(last) if last.shown > item.first_index => {
                        Shows::Earlier { synced: instant(last.received) }
                    }
                    Some(_) => Shows::Nothing,
                },
                // The agency that runs the node; it is named whether or not its line is open.
                carer: name(owner, portal.parent.as_str()),
                told_at: None,
            };
            exceptions.push((node, exception));
        }
    }

    let carried = app.carriers.of(&directory, &item.origin, "");
    let holders = followers(&carried, &far)
        .into_iter()
        .map(|node| {
            let here: Vec<usize> = (0..portals.len())
                .filter(|i| portals[*i].node.as_ref().is_some_and(|n| n.as_str() == node))
                .collect();
            let well = here.iter().filter(|i| good[**i]).count();
            let owner = node.parse::<Origin>().ok().and_then(|n| directory.node(&n)).map(|n| n.owner.clone());
            let held = far.get(node);
            HolderRow {
                agency: name(owner.as_ref().and_then(|o| directory.agency(o)), node),
                stored_at: held.filter(|f| f.size > item.index).map(|f| instant(f.had.unwrap_or(f.received))),
                size: held.map(|f| f.size),
                portals: (well as u32, here.len() as u32),
                shown_at: held.and_then(|f| f.had).filter(|_| well == here.len()).map(instant),
                name: node.to_owned(),
            }
        })
        .collect();

    let mut accounts = Vec::new();
    for edition in items::editions(conn, item.log, item.item).await? {
        let of = match edition.change.as_str() {
            "correct" => AccountOf::Correction,
            "update" => AccountOf::Update,
            "replace" => AccountOf::Replacement,
            _ => AccountOf::Issue,
        };
        accounts.push(
            account(conn, &directory, &item.origin, &portals, of, (edition.idx as u64, edition.at)).await?,
        );
    }
    let (summary, end) = match item.state {
        State::Standing => (Summary::Shown, None),
        State::Withdrawn | State::Gone => (Summary::Withdrawn, Some(AccountOf::Withdrawal)),
        State::Erased => (Summary::Erased, Some(AccountOf::Erasure)),
    };
    if let Some(end) = end {
        accounts
            .push(account(conn, &directory, &item.origin, &portals, end, (item.index, item.changed)).await?);
    }
    accounts.reverse();
    let count = (good.iter().filter(|g| **g).count() as u32, portals.len() as u32);
    let exceptions = exceptions.into_iter().map(|(_, exception)| exception).collect();
    let sites = sites(conn, item).await?;
    Ok(Told { summary, portals: count, accounts, exceptions, provinces, holders, sites })
}

/// The province in which a portal stands; none for the central ones.
fn province_of<'a>(directory: &'a Directory, portal: &'a Agency) -> Option<&'a Agency> {
    if portal.level == Level::Province {
        return Some(portal);
    }
    directory.ancestors(&portal.origin).find(|agency| agency.level == Level::Province)
}

async fn account(
    conn: &mut Conn,
    directory: &Directory,
    origin: &Origin,
    portals: &[&Agency],
    of: AccountOf,
    (index, said): (u64, i64),
) -> anyhow::Result<Account> {
    let far = far(conn, directory, origin, index, said).await?;
    let timed = |portal: &&&Agency| {
        portal.node.as_ref().is_some_and(|n| far.get(n.as_str()).is_some_and(|far| far.had.is_some()))
    };
    // Whoever was only heard of later has it too; when it came there is not known here.
    let have = portals.iter().filter(|portal| timed(portal) || is_good(&far, portal, index)).count();
    let mut times: Vec<i64> =
        portals.iter().filter_map(|portal| far.get(portal.node.as_ref()?.as_str())?.had).collect();
    times.sort_unstable();
    let after =
        |n: usize| times.get(n.saturating_sub(1)).map(|at| u64::try_from((at - said) / 1000).unwrap_or(0));
    let all = portals.len();
    let closed = times.len() == all && all > 0;
    Ok(Account {
        of,
        at: instant(said),
        reached: (have as u32, all as u32),
        half_ms: (times.len() * 2 >= all && all > 0).then(|| after(all.div_ceil(2))).flatten(),
        most_ms: (times.len() * 100 >= all * 99 && all > 0)
            .then(|| after((all * 99).div_ceil(100)))
            .flatten(),
        closed_at: closed.then(|| times.last().copied().map(instant)).flatten(),
    })
}
