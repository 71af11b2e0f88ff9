//! Who else is here: which people have a draft open, as far as their browsers have said so lately.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

/// How long somebody counts as being here after the last word of their browser, in microseconds.
const HERE: i64 = 90_000_000;
/// After so long without a word of theirs somebody comes anew, in microseconds.
const VISIT: i64 = 3_600_000_000;
/// How many drafts are watched; beyond it the oldest words are forgotten.
const MOST: usize = 5_000;

/// People by account: their name, and the last word of their browser.
type People = HashMap<Uuid, (String, i64)>;

/// Who has which draft open. In memory: it is of no use after a restart.
#[derive(Default)]
pub struct Together(Mutex<HashMap<Uuid, People>>);

/// What somebody who has a draft open finds.
pub struct Here {
    /// The names of the others who have it open.
    pub others: Vec<String>,
    /// True if they come, false if they were here within the hour.
    pub comes: bool,
}

impl Together {
    /// Notes that somebody has a draft open.
    pub fn here(&self, draft: Uuid, account: Uuid, name: &str, now: i64) -> Here {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.retain(|_, people| people.values().any(|(_, at)| now - at < VISIT));
        }
        let people = all.entry(draft).or_default();
        people.retain(|_, (_, at)| now - *at < VISIT);
        let comes = people.insert(account, (name.to_owned(), now)).is_none();
        let here = people.iter().filter(|(id, (_, at))| **id != account && now - *at < HERE);
        let mut others: Vec<_> = here.map(|(_, (name, _))| name.clone()).collect();
        others.sort();
        Here { others, comes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_comes_once_within_the_hour() {
        let together = Together::default();
        let comes = |now| together.here(Uuid::from_u128(1), Uuid::from_u128(2), "Lan", now).comes;
        assert_eq!([0, HERE, VISIT, 3 * VISIT].map(comes), [true, false, false, true]);
    }

    #[test]
    fn others_are_named_while_they_are_here() {
        let together = Together::default();
        let (draft, lan, an) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        let others = |draft, account, name, now| together.here(draft, account, name, now).others;
        assert_eq!(others(draft, lan, "Lan", 0), Vec::<String>::new());
        assert_eq!(others(draft, an, "An", 1), ["Lan"]);
        assert_eq!(others(Uuid::from_u128(9), an, "An", 1), Vec::<String>::new());
        assert_eq!(others(draft, an, "An", HERE), Vec::<String>::new());
    }
}
