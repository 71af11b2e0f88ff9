//! Who sent a petition and how they are reached: sealed under the node's key, in a table of its own, read by few.

use serde::{Deserialize, Serialize};

use crate::app::App;

/// What a sender says of themselves; empty where they said nothing.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Contact {
    /// The name.
    pub name: String,
    /// The telephone.
    pub phone: String,
    /// The mail address.
    pub mail: String,
    /// Where they live.
    pub address: String,
}

impl Contact {
    /// True if nothing was said.
    pub fn is_empty(&self) -> bool {
        [&self.name, &self.phone, &self.mail, &self.address].iter().all(|said| said.is_empty())
    }

    /// As it is kept of a petition.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn sealed(&self, app: &App, id: &str) -> anyhow::Result<Vec<u8>> {
        app.people.seal.close(&app.dice, &about(id), &serde_json::to_vec(self)?)
    }

    /// What was kept; nothing under another key.
    pub fn opened(app: &App, id: &str, sealed: &[u8]) -> Option<Contact> {
        serde_json::from_slice(&app.people.seal.unlock(&about(id), sealed)?).ok()
    }
}

fn about(id: &str) -> String {
    format!("petition.contact {id}")
}
