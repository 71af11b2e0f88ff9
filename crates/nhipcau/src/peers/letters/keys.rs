//! The keys of our letters stand in the directory once our parents state them: in the enrolment, or, for a portal that was
//! enrolled before it had any, as a change.
//!
//! Where the parent is a portal of this very node, the node states it by itself: whoever holds the parent's key has made
//! both. Elsewhere the parent's administrator is asked, with a fresh join request; until then `doctor` says so.

use network::entry::{Change, Kind};
use network::letter::Sealing;

use crate::agencies::{Portal, enrol};
use crate::app::App;
use crate::logs::keys::Signing;
use crate::problem::Problem;

/// The portals of ours that are enrolled with other keys of letters than they have, or with none.
///
/// # Errors
/// When a key cannot be made or read.
pub fn untold(app: &App) -> anyhow::Result<Vec<(Portal, Sealing)>> {
    let directory = app.directory.load();
    let mut untold = Vec::new();
    for portal in app.portals.load().iter() {
        let Some(agency) =
            directory.agency(&portal.origin).filter(|a| a.closed.is_none() && a.node.is_some())
        else {
            continue;
        };
        let ours = Sealing::Known(app.keys.letters(&portal.origin, &app.dice)?.public);
        if agency.sealing.as_ref() != Some(&ours) {
            untold.push((Portal::clone(portal), ours));
        }
    }
    Ok(untold)
}

/// States the keys of those whose parent is a portal of this node, once.
///
/// # Errors
/// When a log may not sign now, or the directory would not take it.
pub async fn state(app: &App) -> Result<(), Problem> {
    let directory = app.directory.load_full();
    let waits = directory.pending();
    for (portal, sealing) in untold(app)? {
        let Some(parent) = directory.agency(&portal.origin).map(|agency| agency.parent.clone()) else {
            continue;
        };
        let portals = app.portals.load().all();
        let Some(above) = portals.iter().find(|above| above.origin == parent) else { continue };
        let may = app.keys.state(parent.as_str()) == Some(Signing::Allowed);
        // What it stated before waits for the word of heads; this may be among it.
        if !may || waits.iter().any(|(log, _)| *log == parent) {
            continue;
        }
        let change = Change { sealing: Some(sealing), ..Change::of(portal.origin.clone()) };
        enrol::state(app, above.log, &parent, Kind::AgencyChanged(change), None).await?;
    }
    Ok(())
}
