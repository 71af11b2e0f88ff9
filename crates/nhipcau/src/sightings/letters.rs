//! What a portal tells the agency above it of a site that it watches: all that has stood otherwise than it should for more than a day.
//! The newest letter about a site counts; one with an empty list says that all is well again.

use network::letter::Letter;
use network::names::{ContentHash, Origin};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::store::{self, Below};
use crate::agencies::Portal;
use crate::db::Tx;
use crate::operate::alarms::{self, Alarm};
use crate::peers::letters::send::Posting;
use crate::problem::Problem;

/// The kind of the letter.
pub const DRIFTS: &str = "sighting.drifts";
/// The most items that one letter names, and that of one are believed.
pub(super) const MOST: usize = 50;
/// The most letters of a name, an address or a word in it.
const LONGEST: usize = 2_000;
/// The alarm that it raises at the agency above.
pub(super) const ALARM: &str = "sighting.below";

/// What the letter says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drifts {
    /// The site, by its sender's id.
    pub watched: Uuid,
    /// What people call it.
    pub name: String,
    /// When it was so, by the sender's clock, in microseconds.
    pub at: i64,
    /// What stands otherwise.
    pub items: Vec<Drift>,
    /// How many more do.
    pub more: u64,
}

/// An item that stands otherwise than it should.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Drift {
    /// Its name in addresses.
    pub reference: String,
    /// Its page there; empty if none is known.
    pub url: String,
    /// What was seen.
    pub verdict: String,
    /// Since when, in microseconds.
    pub since: i64,
}

impl Drifts {
    /// What tells two letters of one site apart, whenever they were written; none if all is well.
    pub(super) fn hash(&self) -> Option<Vec<u8>> {
        let said = serde_json::to_vec(&(&self.items, self.more)).ok()?;
        (!self.items.is_empty()).then(|| ContentHash::of(&said).0.to_vec())
    }

    /// The letter.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub(super) fn posting(&self, log: i64, to: &Origin) -> anyhow::Result<Posting> {
        let body = serde_json::to_vec(self)?.into();
        Ok(Posting::named(log, to, DRIFTS, body, &[&self.watched.to_string(), &self.at.to_string()]))
    }
}

/// Takes a letter. What makes no sense, and what does not come from right below, is passed over.
///
/// # Errors
/// The database's.
pub async fn receive(tx: &mut Tx, portal: &Portal, letter: Letter) -> Result<(), Problem> {
    let child = tx.ledger.directory.agency(&letter.from).is_some_and(|agency| agency.parent == portal.origin);
    let said = serde_json::from_slice::<Drifts>(&letter.body).ok().filter(|said| {
        let short = |text: &str| text.chars().count() <= LONGEST && !text.chars().any(char::is_control);
        let each = |one: &Drift| short(&one.reference) && short(&one.url) && short(&one.verdict);
        said.items.len() <= MOST && short(&said.name) && said.items.iter().all(each)
    });
    let Some(said) = said.filter(|_| child && letter.kind == DRIFTS) else {
        tracing::warn!(kind = letter.kind, from = %letter.from, id = %letter.id, "a letter says nothing that can be done here");
        return Ok(());
    };
    let one = Below {
        origin: letter.from.to_string(),
        watched: said.watched.to_string(),
        at: said.at,
        said: serde_json::to_string(&said).map_err(anyhow::Error::from)?,
    };
    if !store::heard(tx, portal.log, &one).await? {
        return Ok(());
    }
    let all = store::below(tx.conn(), portal.log).await?;
    let of_it = all.iter().filter(|below| below.origin == one.origin);
    let count: u64 = of_it
        .filter_map(|below| serde_json::from_str::<Drifts>(&below.said).ok())
        .map(|said| said.items.len() as u64 + said.more)
        .sum();
    match count {
        0 => alarms::settle(tx, ALARM, &one.origin, portal.origin.as_str()).await?,
        count => {
            let (peer, origin) = (one.origin, portal.origin.to_string());
            alarms::raise(tx, &Alarm { about: ALARM.into(), peer, origin, detail: count.to_string() })
                .await?;
        }
    }
    Ok(())
}
