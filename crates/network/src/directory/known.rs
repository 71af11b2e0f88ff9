//! The rules: what one statement does to what is known, or why it does nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Refusal;
use super::query::MAX_DEPTH;
use crate::entry::{Change, Enrolment, Kind, Level, Name, NodeKeys};
use crate::keys::Keys;
use crate::letter::Sealing;
use crate::names::{Domain, Origin};

/// An enrolled agency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agency {
    /// Its log.
    pub origin: Origin,
    /// The agency above it; its own for the root. Whoever enrolled it, or the successor of that one once it is closed.
    pub parent: Origin,
    /// The log that enrolled it, where its proof stands; its own for the root.
    pub enroller: Origin,
    /// Where its portal answers.
    pub domain: Domain,
    /// Its code.
    pub code: Option<String>,
    /// Its name; empty for a root that has not stated it yet.
    pub name: Name,
    /// Its level.
    pub level: Level,
    /// The keys of its log.
    pub keys: Keys,
    /// Where its log is served; empty for a root that has not stated it yet.
    pub log_url: String,
    /// The name of the node that hosts it; none for a root that has not stated it yet.
    pub node: Option<Origin>,
    /// The keys of its letters.
    pub sealing: Option<Sealing>,
    /// The log that it continues.
    pub predecessor: Option<Origin>,
    /// Its accountable unit.
    pub accountable: Option<String>,
    /// The act that makes that unit accountable.
    pub accountable_basis: Option<String>,
    /// Set once it is closed.
    pub closed: Option<Closing>,
}

/// The end of an agency's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    /// The log that takes its place.
    pub successor: Option<Origin>,
    /// The logs that take over a part beside it.
    pub also: Vec<Origin>,
    /// Entries from here on are evidence and shown by nobody.
    pub last_size: Option<u64>,
}

/// A node and what it hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name, keys and address.
    pub keys: NodeKeys,
    /// The agency that named it first; only statements about this agency change its keys.
    pub owner: Origin,
    /// The logs of the portals that it hosts.
    pub portals: BTreeSet<Origin>,
}

/// The state of the fold.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) root: Origin,
    pub(super) agencies: BTreeMap<Origin, Arc<Agency>>,
    pub(super) domains: BTreeMap<Domain, Origin>,
    pub(super) codes: BTreeMap<String, Origin>,
    pub(super) nodes: BTreeMap<Origin, Node>,
    pub(super) children: BTreeMap<Origin, BTreeSet<Origin>>,
    /// For each log those that it follows: closed, with this one as their successor or beside it.
    pub(super) before: BTreeMap<Origin, BTreeSet<Origin>>,
    pub(super) levels: BTreeMap<Level, BTreeSet<Origin>>,
    /// Honest sizes known from an earlier round: what these logs state beyond has no effect.
    pub(super) cuts: BTreeMap<Origin, u64>,
}

impl Known {
    pub(super) fn new(root: Origin, keys: Keys) -> Known {
        let agency = Agency {
            origin: root.clone(),
            parent: root.clone(),
            enroller: root.clone(),
            domain: root.domain(),
            code: None,
            name: Name { vi: String::new(), en: String::new() },
            level: Level::Central,
            keys,
            log_url: String::new(),
            node: None,
            sealing: None,
            predecessor: None,
            accountable: None,
            accountable_basis: None,
            closed: None,
        };
        Known {
            domains: BTreeMap::from([(agency.domain.clone(), root.clone())]),
            agencies: BTreeMap::from([(root.clone(), Arc::new(agency))]),
            codes: BTreeMap::new(),
            nodes: BTreeMap::new(),
            children: BTreeMap::new(),
            before: BTreeMap::new(),
            levels: BTreeMap::from([(Level::Central, BTreeSet::from([root.clone()]))]),
            cuts: BTreeMap::new(),
            root,
        }
    }

    /// Lets a statement of the log `stater` count; the agency that is new or different.
    pub(super) fn take(&mut self, stater: &Origin, index: u64, kind: &Kind) -> Result<Origin, Refusal> {
        let parent = self.agencies.get(stater).cloned().ok_or(Refusal::StaterNotEnrolled)?;
        let cut = self.cuts.get(stater).is_some_and(|size| index >= *size);
        let ended = parent.closed.as_ref().is_some_and(|end| end.last_size.is_none_or(|size| index >= size));
        if cut || ended {
            return Err(Refusal::StaterClosed);
        }
        match kind {
            Kind::AgencyEnrolled(enrolment) if enrolment.origin == self.root && *stater == self.root => {
                self.root_states_itself(enrolment)
            }
            Kind::AgencyEnrolled(enrolment) => self.enrol(&parent, enrolment),
            Kind::AgencyChanged(change) => self.change(&parent, change),
            Kind::AgencyClosed { origin, successor, also, last_size } => {
                self.close(&parent, origin, successor.as_ref(), also, *last_size)
            }
            _ => Err(Refusal::NotEnrolled(stater.clone())),
        }
    }

    /// Which logs are closed at which honest size.
    pub(super) fn honest_sizes(&self) -> BTreeMap<Origin, u64> {
        let size = |agency: &Arc<Agency>| Some((agency.origin.clone(), agency.closed.as_ref()?.last_size?));
        self.agencies.values().filter_map(size).collect()
    }

    fn enrol(&mut self, parent: &Agency, new: &Enrolment) -> Result<Origin, Refusal> {
        if !new.level.is_below(parent.level) {
            return Err(Refusal::Level { child: new.level, parent: parent.level });
        }
        self.may_name(parent, &new.domain)?;
        self.may_name(parent, &new.origin.domain())?;
        if self.agencies.contains_key(&new.origin) {
            return Err(Refusal::OriginTaken(new.origin.clone()));
        }
        if let Some(before) = &new.predecessor {
            let of_parent = self.agencies.get(before).is_some_and(|agency| agency.parent == parent.origin);
            if !of_parent {
                return Err(Refusal::Predecessor(before.clone()));
            }
        }
        let free = |holder: &Origin| {
            let held = self.agencies.get(holder);
            new.predecessor.as_ref() == Some(holder) || held.is_none_or(|agency| agency.closed.is_some())
        };
        self.domain_free(&new.domain, free)?;
        self.code_free(new.code.as_deref(), free)?;
        self.node_fits(parent, &new.origin, &new.node)?;

        let agency = Agency {
            origin: new.origin.clone(),
            parent: parent.origin.clone(),
            enroller: parent.origin.clone(),
            domain: new.domain.clone(),
            code: new.code.clone(),
            name: new.name.clone(),
            level: new.level,
            keys: Keys::single(new.log_key.clone()),
            log_url: new.log_url.clone(),
            node: None,
            sealing: new.sealing.clone(),
            predecessor: new.predecessor.clone(),
            accountable: new.accountable.clone(),
            accountable_basis: new.accountable_basis.clone(),
            closed: None,
        };
        self.children.entry(parent.origin.clone()).or_default().insert(new.origin.clone());
        self.put(agency, Some(&new.node));
        // It may have been named as a successor before it was enrolled.
        for closed in self.before.get(&new.origin).cloned().unwrap_or_default() {
            let end = self.agencies.get(&closed).and_then(|agency| agency.closed.as_ref());
            if end.is_some_and(|end| end.successor.as_ref() == Some(&new.origin)) {
                self.hand_over(&closed, &new.origin);
            }
        }
        Ok(new.origin.clone())
    }

    fn root_states_itself(&mut self, new: &Enrolment) -> Result<Origin, Refusal> {
        let Some(root) = self.agencies.get(&self.root).cloned() else {
            return Err(Refusal::NotEnrolled(self.root.clone()));
        };
        let free = |holder: &Origin| *holder == self.root;
        self.domain_free(&new.domain, free)?;
        self.code_free(new.code.as_deref(), free)?;
        self.node_fits(&root, &new.origin, &new.node)?;
        let agency = Agency {
            domain: new.domain.clone(),
            code: new.code.clone(),
            name: new.name.clone(),
            level: new.level,
            log_url: new.log_url.clone(),
            sealing: new.sealing.clone(),
            accountable: new.accountable.clone(),
            accountable_basis: new.accountable_basis.clone(),
            ..(*root).clone()
        };
        self.put(agency, Some(&new.node));
        Ok(new.origin.clone())
    }

    fn change(&mut self, parent: &Agency, change: &Change) -> Result<Origin, Refusal> {
        let mut agency = self.child_of(parent, &change.origin)?;
        if agency.closed.is_some() {
            return Err(Refusal::Closed(change.origin.clone()));
        }
        let free = |holder: &Origin| {
            let held = self.agencies.get(holder);
            *holder == change.origin || held.is_none_or(|agency| agency.closed.is_some())
        };
        if let Some(domain) = &change.domain {
            self.may_name(parent, domain)?;
            self.domain_free(domain, free)?;
            agency.domain = domain.clone();
        }
        if change.code.is_some() {
            self.code_free(change.code.as_deref(), free)?;
            agency.code = change.code.clone();
        }
        if let Some(new) = &change.key {
            if change.origin == self.root {
                return Err(Refusal::RootNoteOnly);
            }
            agency.keys = agency.keys.with(new.clone()).ok_or(Refusal::KeyOrder)?;
        }
        if let Some(node) = &change.node {
            self.node_fits(parent, &change.origin, node)?;
        }
        if let Some(name) = &change.name {
            agency.name = name.clone();
        }
        if let Some(url) = &change.log_url {
            agency.log_url = url.clone();
        }
        agency.sealing = change.sealing.clone().or(agency.sealing);
        agency.accountable = change.accountable.clone().or(agency.accountable);
        agency.accountable_basis = change.accountable_basis.clone().or(agency.accountable_basis);
        self.put(agency, change.node.as_ref());
        Ok(change.origin.clone())
    }

    fn close(
        &mut self,
        parent: &Agency,
        origin: &Origin,
        successor: Option<&Origin>,
        also: &[Origin],
        last_size: Option<u64>,
    ) -> Result<Origin, Refusal> {
        if *origin == self.root {
            return Err(Refusal::RootNoteOnly);
        }
        let mut agency = self.child_of(parent, origin)?;
        // A second closing may name the successor, and may find that an earlier entry was dishonest already.
        let before =
            agency.closed.take().unwrap_or(Closing { successor: None, also: Vec::new(), last_size: None });
        let end = Closing {
            successor: successor.cloned().or(before.successor.clone()),
            also: if also.is_empty() { before.also.clone() } else { also.to_vec() },
            last_size: match (before.last_size, last_size) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            },
        };
        for log in before.successor.iter().chain(&before.also) {
            self.before.get_mut(log).map(|all| all.remove(origin));
        }
        for log in end.successor.iter().chain(&end.also) {
            self.before.entry(log.clone()).or_default().insert(origin.clone());
        }
        let next = end.successor.clone();
        agency.closed = Some(end);
        self.put(agency, None);
        if let Some(next) = next {
            self.hand_over(origin, &next);
        }
        Ok(origin.clone())
    }

    /// See [`super::Directory::may_inherit`].
    pub(super) fn may_inherit(&self, parent: &Origin, heir: &Origin) -> bool {
        let up = |origin: &&Origin| {
            self.agencies
                .get(*origin)
                .filter(|agency| agency.origin != self.root)
                .map(|agency| &agency.parent)
        };
        std::iter::successors(Some(heir), up).take(MAX_DEPTH).any(|above| above == parent)
    }

    /// The agencies below a closed one stand below its successor from now on, if that is of a higher level than they: an
    /// origin cannot be enrolled twice, and without this nobody could speak of them any more. What the closed log
    /// stated of them stands.
    fn hand_over(&mut self, closed: &Origin, successor: &Origin) {
        let Some(level) = self.agencies.get(successor).map(|next| next.level) else { return };
        let parent = self.agencies.get(closed).map(|agency| agency.parent.clone());
        if parent.is_none_or(|parent| !self.may_inherit(&parent, successor)) {
            return;
        }
        for origin in self.children.get(closed).cloned().unwrap_or_default() {
            let Some(child) = self.agencies.get(&origin) else { continue };
            if origin == *successor || !child.level.is_below(level) {
                continue;
            }
            let child = Agency { parent: successor.clone(), ..Agency::clone(child) };
            self.agencies.insert(origin.clone(), Arc::new(child));
            self.children.get_mut(closed).map(|all| all.remove(&origin));
            self.children.entry(successor.clone()).or_default().insert(origin);
        }
    }

    fn child_of(&self, parent: &Agency, origin: &Origin) -> Result<Agency, Refusal> {
        let agency = self.agencies.get(origin).ok_or_else(|| Refusal::NotEnrolled(origin.clone()))?;
        if agency.parent != parent.origin {
            return Err(Refusal::NotTheParent { child: origin.clone(), parent: agency.parent.clone() });
        }
        Ok((**agency).clone())
    }

    /// The root may name any domain, others those under their own.
    fn may_name(&self, parent: &Agency, domain: &Domain) -> Result<(), Refusal> {
        if parent.origin == self.root || domain.lies_under(&parent.domain) {
            return Ok(());
        }
        Err(Refusal::Domain { child: domain.clone(), parent: parent.domain.clone() })
    }

    fn domain_free(&self, domain: &Domain, free: impl Fn(&Origin) -> bool) -> Result<(), Refusal> {
        match self.domains.get(domain) {
            Some(holder) if !free(holder) => {
                Err(Refusal::DomainTaken { domain: domain.clone(), holder: holder.clone() })
            }
            _ => Ok(()),
        }
    }

    fn code_free(&self, code: Option<&str>, free: impl Fn(&Origin) -> bool) -> Result<(), Refusal> {
        match code.and_then(|code| self.codes.get_key_value(code)) {
            Some((code, holder)) if !free(holder) => {
                Err(Refusal::CodeTaken { code: code.clone(), holder: holder.clone() })
            }
            _ => Ok(()),
        }
    }

    /// A node is new and named under the parent's domain, or known with these very keys, or the agency's own.
    fn node_fits(&self, parent: &Agency, origin: &Origin, keys: &NodeKeys) -> Result<(), Refusal> {
        match self.nodes.get(&keys.name) {
            None => self.may_name(parent, &keys.name.domain()),
            Some(node) if node.keys == *keys || node.owner == *origin => Ok(()),
            Some(node) => Err(Refusal::NodeTaken { node: keys.name.clone(), owner: node.owner.clone() }),
        }
    }

    /// Stores an agency that passed all rules, and keeps the indexes in step.
    fn put(&mut self, mut agency: Agency, node: Option<&NodeKeys>) {
        let origin = agency.origin.clone();
        if let Some(keys) = node {
            if let Some(before) = agency.node.as_ref().and_then(|name| self.nodes.get_mut(name)) {
                before.portals.remove(&origin);
            }
            let fresh = || Node { keys: keys.clone(), owner: origin.clone(), portals: BTreeSet::new() };
            let node = self.nodes.entry(keys.name.clone()).or_insert_with(fresh);
            node.keys = keys.clone();
            node.portals.insert(origin.clone());
            agency.node = Some(keys.name.clone());
        }
        if let Some(before) = self.agencies.get(&origin) {
            if before.domain != agency.domain && self.domains.get(&before.domain) == Some(&origin) {
                self.domains.remove(&before.domain);
            }
            if let Some(code) = &before.code
                && before.code != agency.code
                && self.codes.get(code) == Some(&origin)
            {
                self.codes.remove(code);
            }
        }
        match self.agencies.get(&origin).map(|before| before.level) {
            Some(level) if level == agency.level => {}
            before => {
                before.and_then(|level| self.levels.get_mut(&level)).map(|logs| logs.remove(&origin));
                self.levels.entry(agency.level).or_default().insert(origin.clone());
            }
        }
        if agency.closed.is_none() {
            self.domains.insert(agency.domain.clone(), origin.clone());
            if let Some(code) = &agency.code {
                self.codes.insert(code.clone(), origin.clone());
            }
        }
        self.agencies.insert(origin, Arc::new(agency));
    }
}
