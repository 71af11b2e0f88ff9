//! Rules of issuing that are data: how many people a kind needs, and which kinds a signer answers for.

use jiff::civil::Date;

use crate::items::kinds;

/// How many distinct people must take part in issuing an item of this kind on a day.
pub fn persons(kind: &str, day: Date) -> usize {
    kinds::of(kind).map_or(kinds::PERSONS, |kind| kind.persons(day)).into()
}

/// True if only a signer or a leader may approve it: official documents bear a signature (Decree 30/2020/NĐ-CP, Art. 13).
pub fn signed(kind: &str) -> bool {
    kinds::of(kind).is_some_and(|kind| kind.official)
}
