//! Turns at the index: how many searches are under way at once, of all networks and of each.
//!
//! A search takes a processor for some milliseconds, and its answer another few while it is drawn. A network that asks much at once has
//! half of the turns, so that the searches of others come in between, and a processor is left to who only reads.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

use super::limit::network_of;

/// Networks above which those that ask nothing now are forgotten.
const MANY: usize = 1_024;

/// Turns at the index.
pub struct Turns {
    all: Arc<Semaphore>,
    of_a_network: usize,
    networks: Mutex<HashMap<IpAddr, Weak<Semaphore>>>,
}

/// The turn of one search: it ends when this is dropped.
pub struct Turn {
    // In this order they are given back: the next of the same network finds a turn of all free.
    _of_all: OwnedSemaphorePermit,
    _of_network: Option<OwnedSemaphorePermit>,
}

impl Turns {
    /// As many as there are processors, two at least.
    pub fn new(processors: usize) -> Turns {
        let all = processors.max(2);
        Turns { all: Arc::new(Semaphore::new(all)), of_a_network: all / 2, networks: Mutex::default() }
    }

    /// Waits for the turn of a search from an address; whoever came first is first among those of one network.
    ///
    /// # Errors
    /// None while the node runs.
    pub async fn take(&self, from: Option<IpAddr>) -> Result<Turn, AcquireError> {
        let of_network = match from.map(network_of) {
            Some(network) => Some(self.of(network).acquire_owned().await?),
            None => None,
        };
        Ok(Turn { _of_all: self.all.clone().acquire_owned().await?, _of_network: of_network })
    }

    /// The turns of a network; they stand as long as somebody holds one or waits for one.
    fn of(&self, network: IpAddr) -> Arc<Semaphore> {
        let mut networks = self.networks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turns) = networks.get(&network).and_then(Weak::upgrade) {
            return turns;
        }
        if networks.len() >= MANY {
            networks.retain(|_, turns| turns.strong_count() > 0);
        }
        let turns = Arc::new(Semaphore::new(self.of_a_network));
        networks.insert(network, Arc::downgrade(&turns));
        turns
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn a_network_that_asks_much_leaves_turns_to_others() {
        let turns = Turns::new(4);
        let (one, neighbour, other) = ("10.0.0.1", "10.0.0.2", "10.0.1.1");
        let take = async |from: &str| turns.take(from.parse().ok()).await.unwrap();
        let held = [take(one).await, take(neighbour).await];
        assert!(take(one).now_or_never().is_none(), "half of the turns is all that a network has");
        let others = [take(other).await, turns.take(None).await.unwrap()];
        assert!(take("10.0.2.1").now_or_never().is_none(), "no more than there are processors");
        drop(held);
        take(one).await;
        drop(others);
        take(other).await;
    }

    #[tokio::test]
    async fn networks_that_ask_nothing_are_forgotten() {
        let turns = Turns::new(1);
        for n in 0..5_000_u32 {
            turns.take(Some(std::net::Ipv4Addr::from(n << 8).into())).await.unwrap();
        }
        assert!(turns.networks.lock().unwrap().len() <= MANY);
    }
}
