//! Rules of issuing that are data: how many people a kind needs, and which kinds a signer answers for.

use jiff::civil::Date;

use crate::agencies::Portal;
use crate::config::Config;
use crate::items::kinds;

/// How many distinct people must take part in issuing an item of this kind on a day.
pub fn persons(kind: &str, day: Date) -> usize {
    kinds::of(kind).map_or(kinds::PERSONS, |kind| kind.persons(day)).into()
}

/// True if only a signer or a leader may approve it: official documents bear a signature (Decree 30/2020/NĐ-CP, Art. 13).
pub fn signed(kind: &str) -> bool {
    kinds::of(kind).is_some_and(|kind| kind.official)
}

/// True if what the node's token hands in of a kind waits in the console for a second person: unless one person may issue
/// it, or the configuration says that the agency's own system has two.
pub fn waits(config: &Config, portal: &Portal, kind: &str, day: Date) -> bool {
    let kind = if kind.is_empty() { "news" } else { kind };
    persons(kind, day) > 1 && !issues_at_once(config, portal)
}

/// True if the agency's own system sees to two people, as the configuration says of its portal.
pub fn issues_at_once(config: &Config, portal: &Portal) -> bool {
    config.issues_at_once.iter().any(|domain| **domain == *portal.domain)
}
