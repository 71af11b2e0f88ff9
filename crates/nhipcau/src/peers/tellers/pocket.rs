//! What is due to one neighbour, however long it is away: bounded, each log once, and of others the newest receipt.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use network::names::Origin;
use network::receipt::SignedReceipt;
use tokio::sync::Notify;

/// Receipts of others that wait for one neighbour; of more, some are told only when they change again.
const MOST_ONWARD: usize = 1_024;

/// A receipt of somebody else that is to be handed on.
#[derive(Clone, Debug)]
pub struct Onward {
    /// To whom.
    pub url: String,
    /// Whose it is.
    pub node: Origin,
    /// The logs for the sake of which it is handed on.
    pub logs: Vec<Origin>,
    /// The receipt.
    pub receipt: SignedReceipt,
}

/// What is due to one neighbour.
#[derive(Default)]
pub(super) struct Pocket {
    due: Mutex<Due>,
    filled: Notify,
}

/// What is due: logs of which is to be told, and receipts of others.
#[derive(Default)]
pub(super) struct Due {
    pub logs: BTreeSet<i64>,
    pub onward: Handed,
}

/// Receipts of others, the newest by its node and the logs for which it is handed on, and how often each was
/// refused.
pub(super) type Handed = BTreeMap<(Origin, Vec<Origin>), (SignedReceipt, u32)>;

impl Pocket {
    pub fn change(&self, change: impl FnOnce(&mut Due)) {
        change(&mut self.due.lock().unwrap_or_else(PoisonError::into_inner));
        self.filled.notify_one();
    }

    /// Waits until something is due, and takes it.
    pub async fn take(&self) -> Due {
        loop {
            let due = std::mem::take(&mut *self.due.lock().unwrap_or_else(PoisonError::into_inner));
            if !due.logs.is_empty() || !due.onward.is_empty() {
                return due;
            }
            self.filled.notified().await;
        }
    }

    /// Puts back what was not taken; what has come since is newer.
    pub fn put_back(&self, left: Due) {
        self.change(|due| {
            due.logs.extend(left.logs);
            for (key, receipt) in left.onward {
                due.onward.entry(key).or_insert(receipt);
            }
            due.bound();
        });
    }
}

impl Due {
    pub fn hand_on(&mut self, onward: Onward) {
        self.onward.insert((onward.node, onward.logs), (onward.receipt, 0));
        self.bound();
    }

    fn bound(&mut self) {
        while self.onward.len() > MOST_ONWARD {
            self.onward.pop_last();
        }
    }
}

#[cfg(test)]
mod tests {
    use network::receipt::Receipt;
    use tlog::{KeyKind, SignerKey};

    use super::*;

    fn onward(node: &str, time: u64) -> Onward {
        let key = |kind| SignerKey::from_seed(node, kind, [7; 32]).unwrap();
        let receipt = Receipt { node: node.parse().unwrap(), time, logs: Vec::new(), shown: Vec::new() };
        let receipt = receipt.sign(&key(KeyKind::Ed25519), &key(KeyKind::CosignatureEd25519)).unwrap();
        let (url, logs) = ("https://a.vn".to_owned(), vec!["a.vn/log".parse().unwrap()]);
        Onward { url, node: node.parse().unwrap(), logs, receipt }
    }

    #[tokio::test]
    async fn a_pocket_holds_each_log_once_and_of_others_the_newest() {
        let pocket = Pocket::default();
        pocket.change(|due| due.logs.extend([1, 2, 1]));
        let (old, new) = (onward("b.vn/node", 1), onward("b.vn/node", 2));
        pocket.change(|due| due.hand_on(old.clone()));
        let taken = pocket.take().await;
        assert_eq!((taken.logs.len(), taken.onward.len()), (2, 1));
        // It was not taken by the neighbour; meanwhile a newer one has come.
        pocket.change(|due| due.hand_on(new.clone()));
        pocket.put_back(taken);
        let taken = pocket.take().await;
        assert_eq!(taken.logs, BTreeSet::from([1, 2]));
        assert_eq!(taken.onward.into_values().collect::<Vec<_>>(), [(new.receipt, 0)]);
    }

    #[tokio::test]
    async fn however_long_a_neighbour_is_away_its_pocket_is_bounded() {
        let pocket = Pocket::default();
        for node in 0..MOST_ONWARD + 50 {
            pocket.change(|due| due.hand_on(onward(&format!("n{node}.vn/node"), 1)));
            pocket.change(|due| {
                due.logs.insert(node as i64 % 7);
            });
        }
        let taken = pocket.take().await;
        assert_eq!((taken.logs.len(), taken.onward.len()), (7, MOST_ONWARD));
    }
}
