//! What a proposed end is about: an item of the agency's own, or one of an agency below, which it orders to be erased.

use std::sync::Arc;

use network::entry::Act;
use network::names::Origin;
use uuid::Uuid;

use super::Proposal;
use crate::agencies::Portal;
use crate::all;
use crate::app::App;
use crate::drafts::acts::stage_of;
use crate::drafts::life::{End, Stage};
use crate::items::desk::Request;
use crate::items::publish::{self, Reason};
use crate::items::store::{self, Reference, Standing};
use crate::problem::Problem;

/// What a proposal is about.
#[derive(Clone)]
pub enum Target {
    /// An item of the agency's own.
    Own(Box<Standing>),
    /// An item of an agency below; it need not have come yet.
    Below {
        /// The portal that orders.
        by: Portal,
        /// The log of the item.
        origin: Origin,
        /// The item.
        item: Uuid,
    },
}

impl Target {
    /// Our number for the log in which the end will stand.
    pub fn log(&self) -> i64 {
        match self {
            Target::Own(standing) => standing.log,
            Target::Below { by, .. } => by.log,
        }
    }

    /// The item.
    pub fn item(&self) -> Uuid {
        match self {
            Target::Own(standing) => standing.item,
            Target::Below { item, .. } => *item,
        }
    }

    /// The item's name in addresses.
    pub fn reference(&self) -> Reference {
        match self {
            Target::Own(standing) => standing.reference(),
            Target::Below { origin, item, .. } => Reference::of(origin, *item),
        }
    }

    /// What is stored of the item's log: nothing for the agency's own.
    pub(super) fn origin(&self) -> String {
        match self {
            Target::Own(_) => String::new(),
            Target::Below { origin, .. } => origin.to_string(),
        }
    }

    /// In which stage it is decided. What is ordered from above may be ordered at any time.
    pub(super) fn stage(&self) -> Stage {
        match self {
            Target::Own(standing) => stage_of(standing.state),
            Target::Below { .. } => Stage::Issued,
        }
    }

    /// The request that carries it out.
    ///
    /// # Errors
    /// Whatever refuses it: it is erased already; a reason or legal basis is missing; the one is not above the other.
    pub(super) fn request(&self, app: &App, reason: Reason, end: End) -> Result<Request, Problem> {
        match self {
            Target::Own(standing) => publish::ending(app, standing, reason, end == End::Erase),
            Target::Below { by, origin, item } => {
                publish::ordering(app, by, origin, *item, Act::Erase, reason)
            }
        }
    }
}

/// The proposal that waits about an item, and what it is about; only those of the portal `only`, if one is named.
///
/// # Errors
/// Nothing is proposed, or by two portals of this node and none was named.
pub async fn proposed(
    app: &App,
    reference: &str,
    only: Option<i64>,
) -> Result<(Arc<Portal>, Target, Proposal), Problem> {
    let named: Reference = reference.parse().map_err(|e: &str| Problem::invalid("reference", e))?;
    let mut conn = app.db.read().await?;
    let rows = all!(
        conn,
        (i64, String),
        "SELECT log, origin FROM ending WHERE item = $1 ORDER BY log",
        named.item.to_string()
    )?;
    let portals = app.portals.load().all();
    let mut found = Vec::new();
    for (log, origin) in rows {
        let Some(portal) = portals.iter().find(|portal| portal.log == log) else { continue };
        let of: Origin = match origin.as_str() {
            "" => portal.origin.clone(),
            other => other.parse().map_err(|e| anyhow::anyhow!("a stored log's name is damaged: {e}"))?,
        };
        if Reference::of(&of, named.item) == named && only.is_none_or(|only| only == log) {
            found.push((portal.clone(), of));
        }
    }
    let [(portal, origin)] = found.as_slice() else {
        return Err(match found.is_empty() {
            true => Problem::NotFound("proposal about this item"),
            false => Problem::invalid("portal", "two portals of this node propose its end; name one"),
        });
    };
    let proposal = super::waiting(&mut conn, portal.log, named.item).await?;
    let proposal = proposal.ok_or(Problem::NotFound("proposal about this item"))?;
    let target = if *origin == portal.origin {
        let standing = store::find(&mut conn, &named).await?.ok_or(Problem::NotFound("item"))?;
        Target::Own(Box::new(standing))
    } else {
        Target::Below { by: Portal::clone(portal), origin: origin.clone(), item: named.item }
    };
    Ok((portal.clone(), target, proposal))
}
