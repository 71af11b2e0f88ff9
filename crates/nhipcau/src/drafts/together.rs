//! Who else is here: which people have a draft open, as far as their browsers have said so lately.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

/// How long somebody counts as being here after the last word of their browser, in microseconds.
const HERE: i64 = 90_000_000;
/// How many drafts are watched; beyond it the oldest words are forgotten.
const MOST: usize = 5_000;

/// People by account: their name, and the last word of their browser.
type People = HashMap<Uuid, (String, i64)>;

/// Who has which draft open. In memory: it is of no use after a restart.
#[derive(Default)]
pub struct Together(Mutex<HashMap<Uuid, People>>);

impl Together {
    /// Notes that somebody has a draft open, and returns the names of the others.
    pub fn here(&self, draft: Uuid, account: Uuid, name: &str, now: i64) -> Vec<String> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.retain(|_, people| people.values().any(|(_, at)| now - at < HERE));
        }
        let people = all.entry(draft).or_default();
        people.retain(|_, (_, at)| now - *at < HERE);
        people.insert(account, (name.to_owned(), now));
        let mut others: Vec<_> =
            people.iter().filter(|(id, _)| **id != account).map(|(_, (name, _))| name.clone()).collect();
        others.sort();
        others
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_are_named_while_they_are_here() {
        let together = Together::default();
        let (draft, lan, an) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        assert_eq!(together.here(draft, lan, "Lan", 0), Vec::<String>::new());
        assert_eq!(together.here(draft, an, "An", 1), ["Lan"]);
        assert_eq!(together.here(Uuid::from_u128(9), an, "An", 1), Vec::<String>::new());
        assert_eq!(together.here(draft, an, "An", HERE), Vec::<String>::new());
    }
}
