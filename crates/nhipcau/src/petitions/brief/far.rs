//! What other nodes' logs say of cases, for a brief of agencies that live there: counted from the public record, which names no sender, no
//! rating and no danger. A node that has not been read to its end is named with the day since when.

use std::collections::{BTreeMap, HashMap, HashSet};

use network::directory::Directory;
use network::names::Origin;
use serde::{Deserialize, Serialize};

use super::figures::Fact;
use crate::agencies::{self, Portal};
use crate::all;
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::logs::store as logs;
use crate::petitions::handover;
use crate::problem::Problem;
use crate::words::{Lang, date};

/// Nodes that are named; beyond that they are counted.
const MOST_NAMED: usize = 100;

/// A node of which not everything was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Behind {
    /// The agency whose node it is, by name; that of its first agency where that is unknown.
    pub node: String,
    /// Agencies of it that are counted and not read to their end.
    pub agencies: i64,
    /// The day on which the log of theirs that lags most grew here last; empty if one was never read.
    pub since: String,
}

/// Agencies below one that live at other nodes.
pub struct Far {
    /// The numbers of their logs here, whose they are, and their names.
    pub names: HashMap<i64, (Origin, String)>,
    /// What is counted of them.
    pub facts: Vec<Fact>,
    /// Nodes that are behind, by name.
    pub behind: Vec<Behind>,
    /// More of these than are named.
    pub more: i64,
    /// Cases whose record is still to be worked out.
    pub waiting: i64,
    /// How many agencies there are, those that were never read among them.
    pub agencies: i64,
}

/// A case by the public record.
type Row = (String, String, String, String, String, i64, i64);

/// Of the agencies below a portal's that live at other nodes, for the time between two instants in microseconds.
///
/// # Errors
/// The database's.
pub async fn of(
    app: &App,
    conn: &mut Conn,
    portal: &Portal,
    (from, end): (i64, i64),
) -> Result<Far, Problem> {
    let directory = app.directory.load_full();
    let below: Vec<_> = directory
        .agencies()
        .filter(|agency| agency.closed.is_none() && directory.is_ancestor(&portal.origin, &agency.origin))
        .filter(|agency| handover::seat(app, &agency.origin).is_none())
        .collect();
    let heads: HashMap<Origin, logs::Head> =
        logs::every(conn).await?.into_iter().map(|head| (head.origin.clone(), head)).collect();
    let longer: HashMap<String, u64> = app.status.load().behind.iter().cloned().collect();
    // A portal that has said nothing yet has an empty log: its node was read if anything of it was.
    let heard: HashSet<&Origin> = below
        .iter()
        .copied()
        .filter(|agency| heads.get(&agency.origin).is_some_and(|head| head.size > 0))
        .filter_map(|agency| agency.node.as_ref())
        .collect();
    let (mut far, mut nodes) = (Far::none(), BTreeMap::<String, Behind>::new());
    let mut numbers: HashMap<Origin, i64> = HashMap::new();
    for agency in below {
        far.agencies += 1;
        let name = agencies::name(Some(agency), Lang::Vi, agency.domain.as_ref());
        let head = heads.get(&agency.origin).filter(|head| head.size > 0);
        if let Some(head) = head {
            far.names.insert(head.id, (agency.origin.clone(), name.clone()));
            numbers.insert(agency.origin.clone(), head.id);
        }
        let read = match head {
            Some(head) => head.frozen.is_none() && !longer.contains_key(head.origin.as_str()),
            None => {
                agency.node.as_ref().is_some_and(|node| heard.contains(node))
                    && !longer.contains_key(agency.origin.as_str())
            }
        };
        // A portal that was never opened has no log, and nothing to be behind of.
        if read || agency.node.is_none() {
            continue;
        }
        let node = node_of(&directory, agency.node.as_ref()).unwrap_or(name);
        let since = head.map(|head| date::day(instant(head.changed)).to_string()).unwrap_or_default();
        let row = nodes.entry(node.clone()).or_insert(Behind { node, agencies: 0, since: since.clone() });
        row.agencies += 1;
        row.since = row.since.clone().min(since);
    }
    far.more = i64::try_from(nodes.len().saturating_sub(MOST_NAMED)).unwrap_or(i64::MAX);
    far.behind = nodes.into_values().take(MOST_NAMED).collect();
    far.waiting = handover::folded::waiting(conn).await?;
    for (code, owner, sort, state, due, registered, answered) in rows(conn, from, end).await? {
        let Ok(owner) = owner.parse::<Origin>() else { continue };
        let owner = directory.successor(&owner).map_or(owner, |heir| heir.origin.clone());
        let Some(owner) = numbers.get(&owner) else { continue };
        far.facts.push(Fact {
            code,
            owner: *owner,
            sort,
            state,
            due,
            registered,
            answered,
            ..Fact::default()
        });
    }
    Ok(far)
}

impl Far {
    fn none() -> Far {
        Far { names: HashMap::new(), facts: Vec::new(), behind: Vec::new(), more: 0, waiting: 0, agencies: 0 }
    }
}

/// The agency that runs a node, by name.
fn node_of(directory: &Directory, node: Option<&Origin>) -> Option<String> {
    let owner = directory.node(node?)?.owner.clone();
    let agency = directory.agency(&owner)?;
    Some(agencies::name(Some(agency), Lang::Vi, agency.domain.as_ref()))
}

async fn rows(conn: &mut Conn, from: i64, end: i64) -> Result<Vec<Row>, Problem> {
    Ok(all!(
        conn,
        Row,
        "SELECT code, owner, sort, state, due, registered, answered FROM petition_record
         WHERE registered < $1 AND state NOT IN ('', 'withdrawn')
           AND (registered >= $2 OR answered >= $2 OR state = 'new')
         ORDER BY registered, code",
        end,
        from
    )?)
}
