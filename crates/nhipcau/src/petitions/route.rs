//! To whom a case may go. Today: the portals of this node, of which a clerk names one.
//!
//! A suggestion of field, level and agency belongs here, beside the choice that a person makes: it would be made of the words of a
//! case and its place, and shown as a suggestion. There is none yet, and nothing pretends to be one.

use std::sync::Arc;

use network::names::Origin;

use crate::agencies::{self, Portal};
use crate::app::App;
use crate::words::Lang;

/// An agency to which a case may be passed.
pub struct Target {
    /// Its log.
    pub origin: String,
    /// Its name.
    pub name: String,
}

/// The portals of this node but the own one, by name; those of agencies that have ended are left out.
pub fn targets(app: &App, own: &Origin, lang: Lang) -> Vec<Target> {
    let directory = app.directory.load();
    let portals = app.portals.load().all();
    let open = portals
        .iter()
        .filter(|portal| portal.origin != *own)
        .filter(|portal| directory.agency(&portal.origin).is_some_and(|agency| agency.closed.is_none()));
    let mut all: Vec<Target> = open
        .map(|portal| Target {
            origin: portal.origin.to_string(),
            name: agencies::name(directory.agency(&portal.origin), lang, &portal.domain),
        })
        .collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

/// The portal of this node that was chosen.
pub fn chosen(app: &App, own: &Origin, typed: &str) -> Option<Arc<Portal>> {
    let directory = app.directory.load();
    let open = |portal: &Arc<Portal>| {
        portal.origin.as_str() == typed
            && portal.origin != *own
            && directory.agency(&portal.origin).is_some_and(|agency| agency.closed.is_none())
    };
    app.portals.load().all().into_iter().find(open)
}

/// Who decides where two agencies give a case back and forth: the nearest agency above both that has its portal here.
pub fn umpire(app: &App, a: &Origin, b: &Origin) -> Option<Arc<Portal>> {
    let directory = app.directory.load();
    let portals = app.portals.load().all();
    let above = directory.ancestors(a).find(|agency| directory.is_ancestor(&agency.origin, b))?;
    portals.into_iter().find(|portal| portal.origin == above.origin)
}
