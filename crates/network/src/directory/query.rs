//! What can be asked of the directory.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use tlog::VerifierKey;

use super::{Agency, Directory, Node, Refusal};
use crate::entry::{Kind, NodeKeys};
use crate::keys::Keys;
use crate::names::{Domain, Origin};
use crate::root::RootNote;
use crate::scope::{Issuer, IssuerRule, Scope};

/// Deeper than any administration; ends a walk upwards.
pub(super) const MAX_DEPTH: usize = 16;

impl Directory {
    /// The root note in force.
    #[must_use]
    pub fn root_note(&self) -> &RootNote {
        &self.root
    }

    /// The root log.
    #[must_use]
    pub fn root(&self) -> &Origin {
        &self.known.root
    }

    /// The heads log.
    #[must_use]
    pub fn heads(&self) -> &Origin {
        &self.heads_origin
    }

    /// Heads below this size count.
    #[must_use]
    pub fn confirmed(&self) -> u64 {
        self.confirmed
    }

    /// The agency of a log.
    #[must_use]
    pub fn agency(&self, origin: &Origin) -> Option<&Agency> {
        self.known.agencies.get(origin).map(Arc::as_ref)
    }

    /// The open agency whose portal answers at this domain.
    #[must_use]
    pub fn at_domain(&self, domain: &Domain) -> Option<&Agency> {
        let agency = self.known.domains.get(domain).and_then(|origin| self.agency(origin));
        agency.filter(|agency| agency.closed.is_none())
    }

    /// The open agency with this code.
    #[must_use]
    pub fn with_code(&self, code: &str) -> Option<&Agency> {
        let agency = self.known.codes.get(code).and_then(|origin| self.agency(origin));
        agency.filter(|agency| agency.closed.is_none())
    }

    /// All agencies, closed ones too, in the order of their origins.
    pub fn agencies(&self) -> impl Iterator<Item = &Agency> {
        self.known.agencies.values().map(Arc::as_ref)
    }

    /// The agencies that this one enrolled.
    pub fn children(&self, origin: &Origin) -> impl Iterator<Item = &Agency> {
        self.known.children.get(origin).into_iter().flatten().filter_map(|child| self.agency(child))
    }

    /// The parent, its parent, and so on, the root last; nothing for the root and for strangers.
    pub fn ancestors(&self, origin: &Origin) -> impl Iterator<Item = &Agency> {
        let up = |agency: &&Agency| -> Option<&Agency> {
            if agency.origin == self.known.root { None } else { self.agency(&agency.parent) }
        };
        std::iter::successors(self.agency(origin), up).skip(1).take(MAX_DEPTH)
    }

    /// True if `ancestor` is the parent of `origin`, or its parent, and so on.
    #[must_use]
    pub fn is_ancestor(&self, ancestor: &Origin, origin: &Origin) -> bool {
        self.ancestors(origin).any(|agency| agency.origin == *ancestor)
    }

    /// True if an agency may take the place of one that `parent` closes: `parent` itself, or whoever stands below it. An
    /// heir speaks for what the closed log said and is given, and nobody else has agreed to that.
    #[must_use]
    pub fn may_inherit(&self, parent: &Origin, heir: &Origin) -> bool {
        self.known.may_inherit(parent, heir)
    }

    /// The log that stands in the place of a closed one, over any number of steps; the log itself if it is open.
    #[must_use]
    pub fn successor(&self, origin: &Origin) -> Option<&Agency> {
        let next = |agency: &&Agency| -> Option<&Agency> {
            let next = agency.closed.as_ref()?.successor.as_ref()?;
            self.agency(next).filter(|next| self.may_inherit(&agency.parent, &next.origin))
        };
        std::iter::successors(self.agency(origin), next).take(MAX_DEPTH).last()
    }

    /// Who has taken the place of a closed log, wholly or in part, over any number of steps: the open ones, the main one
    /// first. Nothing for an open log.
    #[must_use]
    pub fn heirs(&self, origin: &Origin) -> Vec<&Agency> {
        let next = |agency: &'_ Agency| -> Vec<Origin> {
            let end = agency.closed.as_ref();
            let named = end.into_iter().flat_map(|end| end.successor.iter().chain(&end.also));
            named.filter(|heir| self.may_inherit(&agency.parent, heir)).cloned().collect()
        };
        let mut due: Vec<Origin> = self.agency(origin).map(next).unwrap_or_default();
        let (mut heirs, mut seen) = (Vec::new(), BTreeSet::from([origin.clone()]));
        due.reverse();
        while let Some(one) = due.pop() {
            let Some(agency) = self.agency(&one).filter(|_| seen.insert(one)) else { continue };
            match agency.closed {
                None => heirs.push(agency),
                Some(_) => due.extend(next(agency).into_iter().rev()),
            }
        }
        heirs
    }

    /// The closed logs whose place this one has taken, wholly or in part, over any number of steps.
    #[must_use]
    pub fn predecessors(&self, origin: &Origin) -> Vec<&Agency> {
        let left = |closed: &&Origin, heir: &Origin| {
            self.agency(closed).is_some_and(|closed| self.may_inherit(&closed.parent, heir))
        };
        let before = |heir: &Origin| -> Vec<Origin> {
            self.known.before.get(heir).into_iter().flatten().filter(|one| left(one, heir)).cloned().collect()
        };
        let mut due = before(origin);
        let (mut found, mut seen) = (Vec::new(), BTreeSet::from([origin.clone()]));
        while let Some(one) = due.pop() {
            if !seen.insert(one.clone()) {
                continue;
            }
            due.extend(before(&one));
            found.extend(self.agency(&one).filter(|agency| agency.closed.is_some()));
        }
        found.sort_by(|a, b| a.origin.cmp(&b.origin));
        found
    }

    /// The keys of a log; root and heads have theirs from the root note.
    #[must_use]
    pub fn keys(&self, origin: &Origin) -> Option<&Keys> {
        if *origin == self.heads_origin {
            return Some(&self.heads_keys);
        }
        self.agency(origin).map(|agency| &agency.keys)
    }

    /// The key that signs a log's checkpoint of this size.
    #[must_use]
    pub fn keys_for(&self, origin: &Origin, size: u64) -> Option<&VerifierKey> {
        self.keys(origin).map(|keys| keys.valid_for(size))
    }

    /// Whether an entry of a log may have effect: false beyond the honest size of a closed log.
    #[must_use]
    pub fn is_honest(&self, origin: &Origin, index: u64) -> bool {
        let last = self.agency(origin).and_then(|agency| agency.closed.as_ref()?.last_size);
        last.is_none_or(|size| index < size)
    }

    /// A node by its name.
    #[must_use]
    pub fn node(&self, name: &Origin) -> Option<&Node> {
        self.known.nodes.get(name)
    }

    /// All nodes.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.known.nodes.values()
    }

    /// The keys of a node that is known only from enrolments which do not count yet. The root needs them:
    /// the receipts of the first quorum come before there is a quorum.
    #[must_use]
    pub fn pending_node(&self, name: &Origin) -> Option<&NodeKeys> {
        let waiting = self.placed.range((self.confirmed, Origin::least(), 0)..).map(|(_, kind)| kind);
        let all = waiting.chain(self.unplaced.values().flat_map(|log| log.values()));
        all.filter_map(|kind| match kind.as_ref() {
            Kind::AgencyEnrolled(enrolment) => Some(&enrolment.node),
            Kind::AgencyChanged(change) => change.node.as_ref(),
            _ => None,
        })
        .find(|node| node.name == *name)
    }

    /// True if no statement waits for its head or for a quorum.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.unplaced.is_empty() && self.placed.range((self.confirmed, Origin::least(), 0)..).next().is_none()
    }

    /// Statements that do not count yet, as (log, index).
    #[must_use]
    pub fn pending(&self) -> Vec<(Origin, u64)> {
        let placed = self.placed.range((self.confirmed, Origin::least(), 0)..);
        let placed = placed.map(|((_, origin, index), _)| (origin.clone(), *index));
        let unplaced = self.unplaced.iter();
        let unplaced = unplaced.flat_map(|(origin, log)| log.keys().map(|index| (origin.clone(), *index)));
        placed.chain(unplaced).collect()
    }

    /// Statements without effect and why, as (log, index).
    pub fn refused(&self) -> impl Iterator<Item = (&(Origin, u64), &Refusal)> {
        self.refused.iter()
    }

    /// Why a statement that `stater` would make next has no effect, as far as is known now; `None` if it has.
    #[must_use]
    pub fn refuses(&self, stater: &Origin, statement: &Kind) -> Option<Refusal> {
        self.known.clone().take(stater, u64::MAX, statement).err()
    }

    /// A portal's scope; the default if it stated none, or stated it beyond the honest size of its log.
    #[must_use]
    pub fn scope(&self, portal: &Origin) -> &Scope {
        match self.scopes.get(portal) {
            Some((index, scope)) if self.is_honest(portal, *index) => scope,
            _ => &self.default_scope,
        }
    }

    /// True if the open portal shows an item of this issuer, kind and fields.
    #[must_use]
    pub fn carries(&self, portal: &Origin, issuer: &Origin, kind: &str, fields: &[String]) -> bool {
        let open = self.agency(portal).is_some_and(|agency| agency.closed.is_none());
        let seen = self.issuer_as_seen(portal, issuer);
        let by_scope = seen.is_some_and(|issuer| self.scope(portal).carries(issuer, kind, fields));
        // What a closed agency issued stands on at its successors.
        open && (by_scope || self.heirs(issuer).iter().any(|heir| heir.origin == *portal))
    }

    /// The open portals that show an item of this issuer, kind and fields, the issuer's own included.
    #[must_use]
    pub fn carriers_of(&self, issuer: &Origin, kind: &str, fields: &[String]) -> Vec<&Agency> {
        let Some(level) = self.agency(issuer).map(|agency| agency.level) else { return Vec::new() };
        let below = self.below(issuer);
        let heirs = self.heirs(issuer);
        let shows = |portal: &&Agency| {
            let (own, ancestor) = (portal.origin == *issuer, below.contains(&portal.origin));
            let seen = Issuer { origin: issuer, level, own, ancestor };
            let heir = || heirs.iter().any(|heir| heir.origin == portal.origin);
            portal.closed.is_none() && (self.scope(&portal.origin).carries(seen, kind, fields) || heir())
        };
        self.agencies().filter(shows).collect()
    }

    /// Every log below this one: those that it enrolled, those that they enrolled, and so on.
    fn below(&self, origin: &Origin) -> HashSet<&Origin> {
        let children = |parent: &Origin| self.known.children.get(parent).into_iter().flatten();
        let mut open: Vec<&Origin> = children(origin).collect();
        let mut below = HashSet::new();
        while let Some(origin) = open.pop() {
            if below.insert(origin) {
                open.extend(children(origin));
            }
        }
        below
    }

    /// The enrolled issuers of which a portal shows at least some items, itself included.
    #[must_use]
    pub fn issuers_carried_by(&self, portal: &Origin) -> BTreeSet<&Origin> {
        let itself = |origin| self.agency(origin).map(|agency| &agency.origin);
        let mut carried: BTreeSet<&Origin> = itself(portal).into_iter().collect();
        carried.extend(self.predecessors(portal).into_iter().map(|before| &before.origin));
        for rule in &self.scope(portal).issuers {
            match rule {
                IssuerRule::All => carried.extend(self.known.agencies.keys()),
                IssuerRule::Level(level) => {
                    carried.extend(self.known.levels.get(level).into_iter().flatten());
                }
                IssuerRule::Ancestors => carried.extend(self.ancestors(portal).map(|above| &above.origin)),
                IssuerRule::Own => {}
                IssuerRule::Origin(origin) => carried.extend(itself(origin)),
            }
        }
        carried
    }

    /// The logs that a node must follow for the portals that it hosts: root and heads, the portals' own,
    /// every log whose items one of them may show, and the ancestors of all these, in whose logs their keys stand.
    #[must_use]
    pub fn logs_needed_by(&self, portals: &[Origin]) -> BTreeSet<Origin> {
        let mut needed = BTreeSet::from([self.known.root.clone(), self.heads_origin.clone()]);
        let carried: BTreeSet<&Origin> =
            portals.iter().flat_map(|portal| self.issuers_carried_by(portal)).collect();
        for origin in carried {
            needed.insert(origin.clone());
            needed.extend(self.ancestors(origin).map(|ancestor| ancestor.origin.clone()));
        }
        needed
    }

    fn issuer_as_seen<'a>(&self, portal: &Origin, issuer: &'a Origin) -> Option<Issuer<'a>> {
        Some(Issuer {
            origin: issuer,
            level: self.agency(issuer)?.level,
            own: portal == issuer,
            ancestor: self.is_ancestor(issuer, portal),
        })
    }
}
