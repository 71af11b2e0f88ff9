//! To whom a case may go: any agency of the network that has a portal, here or elsewhere, of which a clerk names one.
//!
//! What is suggested stands in `suggested`; nothing is passed on without a person.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use network::directory::{Agency, Directory};
use network::names::Origin;
use vietnam::text::fold;

use crate::agencies;
use crate::app::App;
use crate::words::Lang;

/// So many agencies are offered while somebody types; any other is found by its name or domain.
const MOST_NEAR: usize = 150;

/// An agency to which a case may be passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its log.
    pub origin: Origin,
    /// Its name.
    pub name: String,
    /// The domain of its portal.
    pub domain: String,
}

impl Target {
    fn of(agency: &Agency, lang: Lang) -> Target {
        let domain = agency.domain.to_string();
        Target { origin: agency.origin.clone(), name: agencies::name(Some(agency), lang, &domain), domain }
    }

    /// As it stands in a form, so that two agencies of one name are told apart.
    pub fn typed(&self) -> String {
        format!("{} ({})", self.name, self.domain)
    }
}

/// True if a case can be handed to an agency: it has not ended, and it is here or its letters can be sealed.
fn takes(app: &App, agency: &Agency) -> bool {
    let here = || app.portals.load().iter().any(|portal| portal.origin == agency.origin);
    let sealed = || agency.sealing.as_ref().is_some_and(|sealing| sealing.known().is_some());
    agency.closed.is_none() && ((agency.node.is_some() && sealed()) || here())
}

/// The agencies that are offered first: those above, those of this node, those below and beside; by name.
pub fn near(app: &App, own: &Origin, lang: Lang) -> Vec<Target> {
    let directory = app.directory.load();
    let mut all: Vec<&Agency> = directory.ancestors(own).collect();
    let here = app.portals.load().all();
    all.extend(here.iter().filter_map(|portal| directory.agency(&portal.origin)));
    all.extend(directory.children(own));
    if let Some(agency) = directory.agency(own) {
        all.extend(directory.children(&agency.parent));
    }
    let mut near: Vec<Target> = Vec::new();
    for agency in all {
        if near.len() == MOST_NEAR {
            break;
        }
        let known = near.iter().any(|target| target.origin == agency.origin);
        if agency.origin != *own && !known && takes(app, agency) {
            near.push(Target::of(agency, lang));
        }
    }
    near.sort_by(|a, b| a.name.cmp(&b.name));
    near
}

/// The agency that somebody chose: by its log, the domain of its portal, or its name if no other has it.
pub fn chosen(app: &App, own: &Origin, typed: &str) -> Option<Target> {
    let directory = app.directory.load();
    let typed = typed.trim();
    let in_brackets =
        typed.strip_suffix(')').and_then(|text| text.rsplit_once('(')).map(|(_, domain)| domain);
    let by_domain = |word: &str| word.parse().ok().and_then(|domain| directory.at_domain(&domain));
    let by_log = |word: &str| word.parse().ok().and_then(|origin: Origin| directory.agency(&origin));
    let found = by_log(typed)
        .or_else(|| by_domain(in_brackets.unwrap_or(typed)))
        .or_else(|| named(app, typed).and_then(|origin| directory.agency(&origin)));
    let found = found.filter(|agency| agency.origin != *own && takes(app, agency))?;
    Some(Target::of(found, Lang::Vi))
}

/// The folded names of a directory's agencies, each with the log of the one that has it; none where several do.
struct Names {
    of: Arc<Directory>,
    logs: HashMap<String, Option<Origin>>,
}

/// Those of the directory that was asked last: a directory changes seldom, and its names are asked for each body that is suggested.
static NAMES: ArcSwapOption<Names> = ArcSwapOption::const_empty();

impl Names {
    fn of(directory: Arc<Directory>) -> Arc<Names> {
        if let Some(known) = NAMES.load_full().filter(|known| Arc::ptr_eq(&known.of, &directory)) {
            return known;
        }
        let mut logs: HashMap<String, Option<Origin>> = HashMap::new();
        for agency in directory.agencies().filter(|agency| agency.closed.is_none()) {
            // An agency may have one name in both languages.
            let names: BTreeSet<String> = [&agency.name.vi, &agency.name.en].map(|name| fold(name)).into();
            for name in names.into_iter().filter(|name| !name.is_empty()) {
                let several = logs.contains_key(&name);
                logs.insert(name, (!several).then(|| agency.origin.clone()));
            }
        }
        let names = Arc::new(Names { of: directory, logs });
        NAMES.store(Some(names.clone()));
        names
    }
}

/// The log of the agency of a name, if there is one alone.
pub(super) fn named(app: &App, name: &str) -> Option<Origin> {
    Names::of(app.directory.load_full()).logs.get(&fold(name.trim())).cloned().flatten()
}

/// An agency of the directory as a target, if a case can be handed to it.
pub(super) fn target(app: &App, agency: &Agency, lang: Lang) -> Option<Target> {
    takes(app, agency).then(|| Target::of(agency, lang))
}

/// Who decides where two agencies give a case back and forth: the nearest agency above both.
pub fn umpire(app: &App, a: &Origin, b: &Origin) -> Option<Target> {
    let directory = app.directory.load();
    let above = directory.ancestors(a).find(|agency| {
        directory.is_ancestor(&agency.origin, b) && agency.origin != *b && takes(app, agency)
    })?;
    Some(Target::of(above, Lang::Vi))
}
