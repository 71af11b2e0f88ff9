//! What opens what: the words in the links of mails, and what is kept of addresses.
//!
//! A word is an id and its mark under the node's key (`keys/people.key`). None is stored, so nobody finds one in the
//! database or in a copy of it.

use std::net::IpAddr;

use lettre::Address;

use super::push::Place;
use crate::app::App;
use crate::search::network_of;

/// What a link opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opens {
    /// A request.
    Request,
    /// All that somebody follows.
    Mine,
    /// The proof that a petition's sender reads their mailbox.
    Petition,
}

impl Opens {
    fn word(self) -> &'static str {
        match self {
            Opens::Request => "follow.request",
            Opens::Mine => "follow.mine",
            Opens::Petition => "petition.verify",
        }
    }
}

/// An id that nobody guesses.
///
/// # Errors
/// When there is no randomness.
pub fn new_id(app: &App) -> anyhow::Result<String> {
    Ok(hex::encode(app.dice.bytes::<16>()?))
}

/// The word in a link.
pub fn token(app: &App, opens: Opens, id: &str) -> String {
    format!("{id}{}", hex::encode(&app.people.seal.mark(opens.word(), id)[..16]))
}

/// The id behind a word, if the word is ours.
pub fn opened(app: &App, opens: Opens, word: &str) -> Option<String> {
    let id = word.get(..32).filter(|_| word.len() == 64)?;
    let due = token(app, opens, id);
    // Whichever byte differs, it takes as long.
    let differs = due.bytes().zip(word.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
    (differs == 0).then(|| id.to_owned())
}

/// By this an address is found again.
pub fn mark(app: &App, address: &Address) -> Vec<u8> {
    app.people.seal.mark("follow.address", &address.to_string().to_lowercase()).to_vec()
}

/// By this a network is found again.
pub fn network(app: &App, from: Option<IpAddr>) -> Vec<u8> {
    let from = from.map(|ip| network_of(ip).to_string()).unwrap_or_default();
    app.people.seal.mark("follow.network", &from).to_vec()
}

/// An address as it is stored at a portal.
///
/// # Errors
/// When there is no randomness.
pub fn seal(app: &App, portal: &str, address: &Address) -> anyhow::Result<Vec<u8>> {
    app.people.seal.close(&app.dice, &about(portal), address.to_string().as_bytes())
}

/// The address that was stored; none under another key.
pub fn unseal(app: &App, portal: &str, sealed: &[u8]) -> Option<Address> {
    let bytes = app.people.seal.unlock(&about(portal), sealed)?;
    String::from_utf8(bytes).ok()?.parse().ok()
}

/// By this a browser is found again.
pub fn mark_of_browser(app: &App, place: &Place) -> Vec<u8> {
    app.people.seal.mark("follow.browser", &place.endpoint).to_vec()
}

/// Where a browser is reached, as it is stored at a portal.
///
/// # Errors
/// When there is no randomness.
pub fn seal_browser(app: &App, portal: &str, place: &Place) -> anyhow::Result<Vec<u8>> {
    app.people.seal.close(&app.dice, &about_browser(portal), &serde_json::to_vec(place)?)
}

/// Where a browser is reached; none under another key.
pub fn unseal_browser(app: &App, portal: &str, sealed: &[u8]) -> Option<Place> {
    serde_json::from_slice(&app.people.seal.unlock(&about_browser(portal), sealed)?).ok()
}

fn about_browser(portal: &str) -> String {
    format!("follow.browser {portal}")
}

fn about(portal: &str) -> String {
    format!("follow.address {portal}")
}
