//! Annexes: what a portal says of its own beside somebody else's item, for example what a decree means in its commune.
//!
//! An annex is written, approved and issued as an item is (`drafts`), in the portal's own log, and never changes the text beside
//! which it stands. It names the edition that its writers had read: once the core moves on, readers are told and the console
//! asks to look again. It is shown while the core stands, and vanishes with the core's erasure.
//!
//! Whose page shows it is decided in [`view`]: the portal's own, and those of agencies below it, to which it speaks as their
//! superior. No portal shows what an agency beside or below it wrote: nobody could tell three thousand voices from the issuer's.

pub mod acts;
pub mod pages;
pub mod store;
pub mod view;

use axum::routing::{get, post};
use network::names::Origin;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::items::store::Reference;
use crate::people::Duty;
use crate::problem::Problem;
use crate::web::routes::{Route, desk_form, desk_page};

/// Where the annexes of an agency stand in its console.
pub const HOME: &str = "/ban-lam-viec/viet-them";
/// The most characters of an annex: it explains, and does not compete with what it explains.
pub const MOST_TEXT: usize = 20_000;
/// The most bytes of an annex's document that a node takes from another.
pub const MOST_BYTES: u64 = 256 << 10;

/// The item beside which an annex stands, and which edition of it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Core {
    /// The name of its log.
    pub origin: String,
    /// Its id.
    pub item: Uuid,
    /// Its edition, as the writers of the annex have read it.
    pub edition: u32,
}

impl Core {
    /// The log that holds the item.
    ///
    /// # Errors
    /// When what is stored is damaged.
    pub fn log(&self) -> Result<Origin, Problem> {
        Ok(self.origin.parse().map_err(|_| anyhow::anyhow!("a stored origin is damaged"))?)
    }

    /// The item's name in addresses.
    ///
    /// # Errors
    /// When what is stored is damaged.
    pub fn reference(&self) -> Result<Reference, Problem> {
        Ok(Reference::of(&self.log()?, self.item))
    }
}

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    vec![
        desk_page(
            "/ban-lam-viec/viet-them",
            Duty::Work,
            "what the agency says beside others' items",
            get(pages::list),
        ),
        desk_form(
            "/ban-lam-viec/viet-them",
            Duty::Write,
            "begin an annex, or its next edition",
            post(pages::begin),
        ),
        desk_form("/ban-lam-viec/viet-them/{id}", Duty::Approve, "withdraw an annex", post(pages::withdraw)),
    ]
}
