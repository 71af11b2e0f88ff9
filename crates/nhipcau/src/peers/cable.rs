//! The cable of a node: pulled or plugged in, or with a loose contact; so that demonstrations and tests can cut a node off, and
//! say what name servers would.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use crate::clock::Dice;

/// A cable between this node and the rest; pulled or plugged in, or with a loose contact.
#[derive(Clone)]
pub struct Cable {
    plugged: watch::Sender<bool>,
    /// How many in a thousand connections are lost.
    loss: Arc<AtomicU32>,
    /// What is told of names instead of what name servers say: whether they have an address of IPv6.
    names: Arc<Mutex<HashMap<String, bool>>>,
    dice: Dice,
}

impl Default for Cable {
    fn default() -> Cable {
        Cable {
            plugged: watch::channel(true).0,
            loss: Arc::default(),
            names: Arc::default(),
            dice: Dice::system(),
        }
    }
}

impl Cable {
    /// Pulls the cable: calls fail, open flows end.
    pub fn cut(&self) {
        self.plugged.send_replace(false);
    }

    /// Plugs it back in.
    pub fn mend(&self) {
        self.plugged.send_replace(true);
    }

    /// Whether it is plugged in.
    pub fn plugged(&self) -> bool {
        *self.plugged.borrow()
    }

    /// From now on this is told of a name, and no name server is asked.
    pub fn names(&self, host: &str, ipv6: bool) {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).insert(host.to_owned(), ipv6);
    }

    pub(super) fn told_of(&self, host: &str) -> Option<bool> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).get(host).copied()
    }

    /// From now on so many in a thousand calls of this node lose their connection before the answer comes,
    /// and so many pieces of an open flow break it.
    pub fn lose(&self, per_thousand: u32) {
        self.loss.store(per_thousand, Ordering::Relaxed);
    }

    /// Whether every call is lost; then none is made, so that nobody has the work of answering.
    pub(super) fn is_deaf(&self) -> bool {
        self.loss.load(Ordering::Relaxed) >= 1_000
    }

    /// Whether this call, or this piece of a flow, is one of them.
    pub fn loses(&self) -> bool {
        let loss = self.loss.load(Ordering::Relaxed);
        loss > 0 && self.dice.bytes().is_ok_and(|bytes| u32::from_le_bytes(bytes) % 1_000 < loss)
    }

    /// Resolves when the cable is pulled.
    pub async fn pulled(&self) {
        let mut watch = self.plugged.subscribe();
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = watch.wait_for(|plugged| !plugged).await;
    }
}
