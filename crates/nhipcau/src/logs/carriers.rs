//! Which portals show what of whom: worked out once for each state of the directory.
//!
//! A nation has thousands of portals. Asking each whether it carries an item costs milliseconds, and the
//! answer changes with the directory alone, so a page that counts portals need not ask them again.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use network::directory::Directory;
use network::names::Origin;
use quick_cache::sync::Cache;

/// How many answers are kept: a few kinds of every issuer that is read about.
const KEPT: usize = 1024;

/// The answers that are kept.
pub struct Carriers(Cache<(Origin, String), (Weak<Directory>, Arc<Carried>)>);

/// The open portals that show items of one issuer and kind.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// How many they are.
    pub portals: u32,
    /// How many of them each node hosts, by the node's name.
    pub nodes: BTreeMap<String, u32>,
}

impl Default for Carriers {
    fn default() -> Carriers {
        Carriers::new()
    }
}

impl Carriers {
    /// Nothing asked yet.
    pub fn new() -> Carriers {
        Carriers(Cache::new(KEPT))
    }

    /// Who shows items of this issuer and kind; an empty kind asks for those without one.
    pub fn of(&self, directory: &Arc<Directory>, issuer: &Origin, kind: &str) -> Arc<Carried> {
        let asked = (issuer.clone(), kind.to_owned());
        if let Some((of, carried)) = self.0.get(&asked)
            && std::ptr::eq(of.as_ptr(), Arc::as_ptr(directory))
        {
            return carried;
        }
        let mut carried = Carried::default();
        for portal in directory.carriers_of(issuer, kind, &[]) {
            carried.portals += 1;
            if let Some(node) = &portal.node {
                *carried.nodes.entry(node.to_string()).or_default() += 1;
            }
        }
        let carried = Arc::new(carried);
        // A weak reference keeps the address from being given to another directory, but not the directory.
        self.0.insert(asked, (Arc::downgrade(directory), carried.clone()));
        carried
    }
}
