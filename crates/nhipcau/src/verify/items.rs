//! What stands by the logs that were read: every item of a log in its newest edition, and what ended the others.
//!
//! The same rules as the fold at a node (`items::fold`), over entries in memory: the last entry by index
//! decides, an erasure is final, an ancestor's order holds for good.

use std::collections::BTreeMap;

use network::entry::{Act, ContentRef, Entry, ItemChange, Kind, Lane};
use network::names::Origin;
use network::sealing::{Sealed, Sealing};
use uuid::Uuid;

use super::nation::Nation;
use super::{Fault, Said, Step};
use crate::items::State;
use crate::items::store::Reference;

/// How an item stands by the logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stand {
    /// Its log.
    pub origin: Origin,
    /// Its id.
    pub item: Uuid,
    /// How it stands.
    pub state: State,
    /// The newest edition.
    pub edition: u32,
    /// Index of the entry that issued it.
    pub issued: u64,
    /// Its document.
    pub content: ContentRef,
    /// The entry that made it stand so: its log, its index, what it says.
    pub by: (Origin, u64, String),
}

impl Stand {
    /// Its name in addresses.
    pub fn reference(&self) -> Reference {
        Reference::of(&self.origin, self.item)
    }
}

/// Every item of a log, by what this log and those above it say.
pub fn of_log(nation: &Nation, origin: &Origin) -> BTreeMap<Uuid, Stand> {
    let mut items: BTreeMap<Uuid, Stand> = BTreeMap::new();
    let mut seals = BTreeMap::new();
    for (index, entry) in nation.honest(origin) {
        if let Some(entry) = unsealed(&mut seals, origin, entry) {
            own(&mut items, origin, index, entry);
        }
    }
    let above: Vec<Origin> = nation.directory().ancestors(origin).map(|a| a.origin.clone()).collect();
    for by in above {
        for (index, entry) in nation.honest(&by) {
            let Kind::ItemOrdered { origin: of, item, act, .. } = entry.kind else { continue };
            if of == *origin
                && let Some(stand) = items.get_mut(&item)
                && stand.state < State::from(act)
            {
                stand.state = act.into();
                let what = if act == Act::Erase { "orders its erasure" } else { "orders its withdrawal" };
                stand.by = (by.clone(), index, what.into());
            }
        }
    }
    items
}

/// What lies sealed: how each item will come to stand, and what must open it.
type Seals = BTreeMap<Uuid, (ItemChange, Sealing)>;

/// An opening of what was sealed is an issue; one of anything else says nothing. Whatever ends the item ends the sealing.
fn unsealed(seals: &mut Seals, origin: &Origin, entry: Entry) -> Option<Entry> {
    match entry.kind {
        Kind::ItemSealed { item, edition, change, files, commitment, .. } => {
            let of = Sealed { origin: origin.clone(), item, edition };
            seals.insert(item, (change, Sealing { of, files: files.len(), commitment }));
            None
        }
        Kind::ItemOpened { item, edition, key, content, files } => {
            let counts = |(_, sealing): &&(ItemChange, Sealing)| {
                sealing.of.edition == edition && sealing.is_opened_by(&key, &content, &files)
            };
            let change = seals.get(&item).filter(counts)?.0;
            seals.remove(&item);
            let lane = Lane::Normal;
            Some(Entry { kind: Kind::ItemIssued { item, edition, change, lane, content, files }, ..entry })
        }
        Kind::ItemWithdrawn { item, .. } | Kind::ItemErased { item, .. } => {
            seals.remove(&item);
            Some(entry)
        }
        _ => Some(entry),
    }
}

fn own(items: &mut BTreeMap<Uuid, Stand>, origin: &Origin, index: u64, entry: Entry) {
    match entry.kind {
        Kind::ItemIssued { item, edition, change, content, .. }
        | Kind::ItemCarried { item, edition, change, content, .. } => {
            let fresh = items
                .get(&item)
                .is_none_or(|before| before.state != State::Erased && before.edition < edition);
            if fresh {
                let what = match change {
                    ItemChange::New => "issues it",
                    ItemChange::Update => "updates it",
                    ItemChange::Correct => "corrects it",
                    ItemChange::Replace => "replaces it",
                };
                let by = (origin.clone(), index, what.into());
                let state = State::Standing;
                items.insert(
                    item,
                    Stand { origin: origin.clone(), item, state, edition, issued: index, content, by },
                );
            }
        }
        Kind::ItemWithdrawn { item, mode, .. } => {
            ends(items, origin, index, item, mode.into(), "withdraws it");
        }
        Kind::ItemErased { item, .. } => ends(items, origin, index, item, State::Erased, "erases it"),
        _ => {}
    }
}

fn ends(
    items: &mut BTreeMap<Uuid, Stand>,
    origin: &Origin,
    index: u64,
    item: Uuid,
    state: State,
    what: &str,
) {
    if let Some(stand) = items.get_mut(&item).filter(|stand| stand.state != State::Erased) {
        stand.state = state;
        stand.by = (origin.clone(), index, what.into());
    }
}

/// Whether the entry at `index` is still the last word about its item, and which log says otherwise.
///
/// # Errors
/// The entry is not in the log that was read, or lies beyond the honest size of a closed one.
pub fn in_force(
    nation: &Nation,
    origin: &Origin,
    index: u64,
    bytes: &[u8],
) -> Result<(Said, Option<Fault>), Fault> {
    if nation.honest_size(origin).is_some_and(|last| index >= last) {
        let why =
            format!("{origin} was closed as compromised; entry {index} lies beyond its last honest size");
        return Err(Fault::at(Step::Closed, why));
    }
    if nation.entry(origin, index) != Some(bytes) {
        return Err(Fault::at(
            Step::Split,
            format!("the log of {origin} has another entry {index} than the proof"),
        ));
    }
    let as_of = as_of(nation, origin);
    let entry = Entry::decode(bytes).map_err(|e| Fault::at(Step::Format, e))?;
    let (Kind::ItemIssued { item, .. } | Kind::ItemCarried { item, .. } | Kind::ItemOpened { item, .. }) =
        entry.kind
    else {
        let why = format!("mục này là {} · it is {}", entry.kind.word(), entry.kind.word());
        return Ok((Said::No(format!("{why}, {as_of}")), Some(Fault::at(Step::Ended, why))));
    };
    let items = of_log(nation, origin);
    let Some(stand) = items.get(&item) else {
        return Err(Fault::at(Step::Entries, format!("{origin} does not issue {item}")));
    };
    if stand.state == State::Standing && stand.issued == index {
        return Ok((Said::Yes(as_of), None));
    }
    let (log, at, what) = &stand.by;
    let fault = Fault::at(Step::Ended, format!("entry {at} of {log} {what}"));
    Ok((Said::No(format!("{fault}, {as_of}")), Some(fault)))
}

/// `tính đến mục 811 của chinhphu.vn/log · as of entry 811 of chinhphu.vn/log`, with the logs above it.
pub fn as_of(nation: &Nation, origin: &Origin) -> String {
    let last = |log: &Origin| nation.size(log).saturating_sub(1);
    let above: Vec<String> =
        nation.directory().ancestors(origin).map(|a| format!("{} {}", last(&a.origin), a.origin)).collect();
    let and = if above.is_empty() { String::new() } else { format!(" (+ {})", above.join(", ")) };
    format!("tính đến mục số {0} · as of entry {0} of {origin}{and}", last(origin))
}
