//! Logs that were read whole: each against its signed root, its key against the directory, its length against heads.
//!
//! Begun with the root note and the heads log; then the root's log and, level by level, those below it.
//! A log is taken only if its entries give the root that its valid key signed, if every head of it is a
//! beginning of what was read, and if heads knows nothing longer: then nothing of it is withheld.

use std::collections::BTreeMap;

use network::directory::{Agency, Directory};
use network::entry::{Entry, Kind};
use network::names::Origin;
use network::root::RootNote;
use tlog::{Checkpoint, Frontier, Hash, Note, leaf_hash};

use super::{Fault, Step};

/// A log as somebody served it: nothing of it is believed.
#[derive(Clone, Debug)]
pub struct Log {
    /// Its name.
    pub origin: Origin,
    /// The newest checkpoint.
    pub checkpoint: Note,
    /// Every entry below it.
    pub entries: Vec<Vec<u8>>,
}

/// What heads says of a log at one place.
#[derive(Clone, Debug)]
struct Head {
    place: u64,
    size: u64,
    root: Hash,
}

/// The logs that were read and found true.
#[derive(Clone, Debug)]
pub struct Nation {
    directory: Directory,
    heads: BTreeMap<Origin, Vec<Head>>,
    heads_size: u64,
    logs: BTreeMap<Origin, Vec<Vec<u8>>>,
}

impl Nation {
    /// Begins with the heads log, and its newest checkpoint that a quorum has cosigned.
    ///
    /// # Errors
    /// The heads log is not what its key signed, or the quorum's checkpoint is not one of it.
    pub fn begin(root: &RootNote, heads: &Log, quorum: &Note) -> Result<Nation, Fault> {
        let mut directory = Directory::new(root).map_err(|e| Fault::at(Step::Root, e))?;
        let at_heads = |why: String| Fault::at(Step::Heads, why);
        if heads.origin != *directory.heads() {
            return Err(at_heads(format!("{} is not {}", heads.origin, directory.heads())));
        }
        let confirmed = Checkpoint::of(quorum).map_err(|e| Fault::at(Step::Heads, e))?;
        let mut nation = Nation {
            heads: BTreeMap::new(),
            heads_size: heads.entries.len() as u64,
            logs: BTreeMap::new(),
            directory: directory.clone(),
        };
        let mut due = BTreeMap::from([(confirmed.size, ("the quorum's checkpoint".into(), confirmed.root))]);
        let size = nation.is_signed(heads, &mut due)?;
        if confirmed.size > size {
            return Err(Fault::at(
                Step::Withheld,
                format!("a quorum has cosigned {} heads, only {size} are served", confirmed.size),
            ));
        }
        directory.confirm(quorum).map_err(|e| Fault::at(Step::Heads, e))?;
        for (place, bytes) in heads.entries.iter().enumerate() {
            let entry = Entry::decode(bytes).map_err(|e| at_heads(format!("entry {place}: {e}")))?;
            if let Kind::Head { origin, size, root, .. } = entry.kind {
                let head = Head { place: place as u64, size, root };
                nation.heads.entry(origin).or_default().push(head);
            }
        }
        nation.directory = directory;
        Ok(nation)
    }

    /// Takes a log; its parents must have been taken before.
    ///
    /// # Errors
    /// The step that fails, and why; then nothing is taken.
    pub fn take(&mut self, log: Log) -> Result<(), Fault> {
        let origin = log.origin.clone();
        let mut due: BTreeMap<u64, (String, Hash)> = BTreeMap::new();
        // Beyond the honest size of a compromised log there may be any number of histories.
        let honest = self.honest_size(&origin).unwrap_or(u64::MAX);
        for head in self.heads.get(&origin).into_iter().flatten().filter(|head| head.size <= honest) {
            due.insert(head.size, (format!("entry {} of the heads log", head.place), head.root));
        }
        let newest = due.last_key_value().map(|(size, (what, _))| (*size, what.clone()));
        let size = self.is_signed(&log, &mut due)?;
        if let Some((newest, what)) = newest
            && newest > size
        {
            return Err(Fault::at(
                Step::Withheld,
                format!("{origin} has {newest} entries by {what}, only {size} are served"),
            ));
        }
        // Statements first, heads afterwards: so each finds the exact head that covers it.
        for (index, bytes) in log.entries.iter().enumerate() {
            if let Ok(entry) = Entry::decode(bytes) {
                self.directory.note(&origin, index as u64, &entry, None);
            }
        }
        self.directory.has_read(&origin, size);
        for head in self.heads.get(&origin).into_iter().flatten() {
            self.directory.head(head.place, &origin, head.size);
        }
        self.logs.insert(origin, log.entries);
        Ok(())
    }

    /// Takes a log as empty because nobody serves anything of it.
    ///
    /// # Errors
    /// Heads knows entries of it.
    pub fn take_empty(&mut self, origin: Origin) -> Result<(), Fault> {
        if let Some(head) = self.heads.get(&origin).and_then(|heads| heads.last()) {
            let why = format!(
                "{origin} has {} entries by entry {} of the heads log, none are served",
                head.size, head.place
            );
            return Err(Fault::at(Step::Withheld, why));
        }
        self.logs.insert(origin, Vec::new());
        Ok(())
    }

    /// Checks that the entries give the root that the valid key signed, and every root that is due below it.
    fn is_signed(&self, log: &Log, due: &mut BTreeMap<u64, (String, Hash)>) -> Result<u64, Fault> {
        let origin = &log.origin;
        let claim = Checkpoint::of(&log.checkpoint)
            .map_err(|e| Fault::at(Step::Format, format!("the checkpoint of {origin}: {e}")))?;
        if claim.origin != *origin.as_str() {
            return Err(Fault::at(
                Step::Signature,
                format!("a checkpoint of {} was served as one of {origin}", claim.origin),
            ));
        }
        let key = self.directory.keys_for(origin, claim.size).ok_or_else(|| {
            Fault::at(
                Step::Enrolment,
                format!("{origin} is not enrolled, as of {} heads", self.directory.confirmed()),
            )
        })?;
        Checkpoint::open(&log.checkpoint, key).map_err(|e| {
            Fault::at(Step::Signature, format!("the checkpoint of {origin} at {} entries: {e}", claim.size))
        })?;
        if log.entries.len() as u64 != claim.size {
            return Err(Fault::at(
                Step::Entries,
                format!("{origin} has {} entries by its checkpoint, {} came", claim.size, log.entries.len()),
            ));
        }
        let (mut frontier, mut split) = (Frontier::new(), None);
        for entry in &log.entries {
            frontier.push(leaf_hash(entry));
            if let Some((what, root)) = due.remove(&frontier.size())
                && root != frontier.root()
            {
                split.get_or_insert((frontier.size(), what));
            }
        }
        if frontier.root() != claim.root {
            return Err(Fault::at(
                Step::Entries,
                format!(
                    "the {} entries of {origin} do not give the root that its checkpoint signs",
                    claim.size
                ),
            ));
        }
        // The entries are what the log signed, so it has signed two histories.
        if let Some((size, what)) = split {
            let why = format!("{origin} has another root at {size} entries than {what} says");
            return Err(Fault::at(Step::Split, why));
        }
        Ok(claim.size)
    }

    /// The logs above `origin` and itself that were not taken yet, as far as they are known, the root first.
    pub fn wants(&self, origin: &Origin) -> Vec<Origin> {
        let mut way = vec![self.directory.root().clone()];
        if self.directory.agency(origin).is_some() {
            let mut above: Vec<Origin> = self.directory.ancestors(origin).map(|a| a.origin.clone()).collect();
            above.reverse();
            way.extend(above);
            way.push(origin.clone());
        } else {
            // Not enrolled by what was read: whoever may have enrolled it has a domain above its own.
            let domain = origin.domain();
            let above = self.directory.agencies().filter(|agency| domain.lies_under(&agency.domain));
            let mut above: Vec<&Agency> = above.collect();
            above.sort_by_key(|agency| agency.domain.len());
            way.extend(above.into_iter().map(|agency| agency.origin.clone()));
        }
        let mut wanted: Vec<Origin> = Vec::new();
        for log in way {
            if !self.logs.contains_key(&log) && !wanted.contains(&log) {
                wanted.push(log);
            }
        }
        wanted
    }

    /// Who is who by the logs that were taken.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The agency of a log that was taken.
    pub fn agency(&self, origin: &Origin) -> Option<&Agency> {
        self.directory.agency(origin)
    }

    /// How many heads were read, and up to which of them a quorum has cosigned.
    pub fn heads(&self) -> (u64, u64) {
        (self.heads_size, self.directory.confirmed())
    }

    /// Entries of a log that was taken; 0 for others.
    pub fn size(&self, origin: &Origin) -> u64 {
        self.logs.get(origin).map_or(0, |entries| entries.len() as u64)
    }

    /// The logs that were taken.
    pub fn logs(&self) -> impl Iterator<Item = &Origin> {
        self.logs.keys()
    }

    /// Entries that were recomputed, heads included.
    pub fn read(&self) -> u64 {
        self.heads_size + self.logs.values().map(|entries| entries.len() as u64).sum::<u64>()
    }

    /// The last honest size of a log that was closed for being compromised.
    pub fn honest_size(&self, origin: &Origin) -> Option<u64> {
        self.directory.agency(origin)?.closed.as_ref()?.last_size
    }

    /// The exact bytes of an entry of a log that was taken.
    pub fn entry(&self, origin: &Origin, index: u64) -> Option<&[u8]> {
        self.logs.get(origin)?.get(usize::try_from(index).ok()?).map(Vec::as_slice)
    }

    /// The entries of a log that may have effect, with their indexes.
    pub fn honest(&self, origin: &Origin) -> impl Iterator<Item = (u64, Entry)> {
        let last = self.honest_size(origin).unwrap_or(u64::MAX);
        let entries = self.logs.get(origin).into_iter().flatten().enumerate();
        entries
            .map(|(index, bytes)| (index as u64, bytes))
            .take_while(move |(index, _)| *index < last)
            .filter_map(|(index, bytes)| Some((index, Entry::decode(bytes).ok()?)))
    }
}
