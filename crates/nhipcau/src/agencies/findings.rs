//! What the rules ask of every portal and some lack: a parent, a domain of the patterns in force, an address of IPv6
//! (Decree 224/2026, Art. 11). Each finding says who must mend it.
//!
//! Pure: the directory, the rules, the day and what is known of names are given. What nobody knows is no finding.

use std::collections::BTreeMap;

use jiff::civil::Date;
use network::directory::{Agency, Directory};
use network::entry::Level;
use network::names::{Domain, Origin};
use vietnam::agencies::{Agencies, DomainFault, DomainPattern, PatternRule, domain_pattern};
use vietnam::units::Units;

use super::reach::Reach;

/// Something that a portal lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The portal's log.
    pub origin: Origin,
    /// Where it answers.
    pub domain: Domain,
    /// What it lacks.
    pub lacks: Lack,
    /// The agency whose accountable unit must mend it; none if nobody here knows it.
    pub mender: Option<Origin>,
}

/// What a portal lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lack {
    /// No agency has vouched for it.
    Enrolment,
    /// The agency above it is closed and has no successor that could take it.
    OpenParent,
    /// A commune that no province has vouched for.
    Province,
    /// Its domain follows no pattern.
    Pattern(DomainFault),
    /// Its domain follows a pattern that no rule of the day has.
    Rule,
    /// Its name has no address of IPv6.
    Ipv6,
}

impl Lack {
    /// The word by which programs know it.
    pub fn word(&self) -> &'static str {
        match self {
            Lack::Enrolment => "not-enrolled",
            Lack::OpenParent => "parent-closed",
            Lack::Province => "no-province",
            Lack::Pattern(_) | Lack::Rule => "domain-pattern",
            Lack::Ipv6 => "no-ipv6",
        }
    }
}

/// Portals without a parent: ours that nobody has enrolled, those whose parent is closed, communes of no province.
pub fn without_parent(directory: &Directory, ours: &[(Domain, Origin)]) -> Vec<Finding> {
    let strangers = ours.iter().filter(|(_, origin)| directory.agency(origin).is_none());
    let strangers = strangers.map(|(domain, origin)| Finding {
        origin: origin.clone(),
        domain: domain.clone(),
        lacks: Lack::Enrolment,
        mender: above(directory, domain),
    });
    let enrolled = open(directory).filter_map(|agency| orphan(directory, agency));
    strangers.chain(enrolled).collect()
}

/// What an enrolled agency lacks above it; `None` if its parent stands and is of the right level, or it has ended itself.
pub fn orphan(directory: &Directory, agency: &Agency) -> Option<Finding> {
    let parent = directory.agency(&agency.parent).filter(|_| agency.closed.is_none())?;
    let lacks = match (agency.level, parent.level) {
        _ if parent.closed.is_some() => Lack::OpenParent,
        (Level::Commune, Level::Central | Level::Ministry) => Lack::Province,
        _ => return None,
    };
    let mender = match lacks {
        // Whoever closed the parent can name its successor.
        Lack::OpenParent => Some(parent.parent.clone()),
        _ => above(directory, &agency.domain),
    };
    Some(Finding { origin: agency.origin.clone(), domain: agency.domain.clone(), lacks, mender })
}

/// Portals whose domain follows none of the patterns in force on a day.
pub fn off_pattern(directory: &Directory, rules: &[PatternRule], day: Date) -> Vec<Finding> {
    let fault = |agency: &Agency| pattern_of(&agency.domain, rules, day).err();
    open(directory)
        .filter_map(|agency| {
            Some(Finding {
                lacks: fault(agency)?,
                origin: agency.origin.clone(),
                domain: agency.domain.clone(),
                mender: Some(agency.origin.clone()),
            })
        })
        .collect()
}

/// The rule that a domain follows on a day; none for the Government Portal's own names.
///
/// # Errors
/// What it lacks, if it follows none.
pub fn pattern_of<'a>(
    domain: &Domain,
    rules: &'a [PatternRule],
    day: Date,
) -> Result<Option<&'a PatternRule>, Lack> {
    match domain_pattern(domain.as_str(), Units::shipped(), Agencies::shipped(), day) {
        Ok(DomainPattern::Government) => Ok(None),
        Ok(pattern) => PatternRule::of(rules, &pattern, day).map(Some).ok_or(Lack::Rule),
        Err(fault) => Err(Lack::Pattern(fault)),
    }
}

/// Portals without an address of IPv6, and how many are not known.
pub fn without_ipv6(directory: &Directory, known: &BTreeMap<String, Reach>) -> (Vec<Finding>, usize) {
    let (mut found, mut unknown) = (Vec::new(), 0);
    for agency in open(directory) {
        match known.get(agency.domain.as_str()).and_then(|reach| reach.v6) {
            Some(true) => {}
            Some(false) => found.push(Finding {
                origin: agency.origin.clone(),
                domain: agency.domain.clone(),
                lacks: Lack::Ipv6,
                // Whoever runs the machine on which it stands.
                mender: agency.node.as_ref().and_then(|node| directory.node(node)).map(|n| n.owner.clone()),
            }),
            None => unknown += 1,
        }
    }
    (found, unknown)
}

/// The open agencies that have stated where they are.
fn open(directory: &Directory) -> impl Iterator<Item = &Agency> {
    directory.agencies().filter(|agency| agency.closed.is_none() && agency.node.is_some())
}

/// The open agency under whose domain another lies most closely; the root if none does.
fn above(directory: &Directory, domain: &Domain) -> Option<Origin> {
    let mut rest = domain.as_str();
    while let Some((_, parent)) = rest.split_once('.') {
        if let Some(agency) = parent.parse().ok().and_then(|parent| directory.at_domain(&parent)) {
            return Some(agency.origin.clone());
        }
        rest = parent;
    }
    Some(directory.root().clone())
}
