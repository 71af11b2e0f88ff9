//! Agencies: who is who. The directory itself is a pure fold in `network`; here it is fed, stored and asked.
//!
//! `fold` notes the entries that shape it, `keeper` keeps the directory in step after each commit,
//! `enrol` is the door for parents, `key_change` for another key of a child's log, `register`, `findings` and `reach` what is known of each agency and what it lacks, `look` a portal's own colour and mark, and [`Portals`] are the ones that this node answers for.

pub mod enrol;
pub mod findings;
pub mod fold;
pub mod keeper;
pub mod key_change;
pub mod look;
pub mod merger;
pub mod moved;
pub mod pages;
#[cfg(test)]
pub mod paper;
pub mod reach;
pub mod register;
pub mod store;

use std::collections::HashMap;
use std::sync::Arc;

use network::directory::{Agency, Directory};
use network::entry::Level;
use network::names::{Domain, Origin};

use crate::app::App;
use crate::clock::{Dice, instant};
use crate::db::Conn;
use crate::logs::keys::Keyring;
use crate::logs::store as logs;
use crate::web::shell::{self, PortalKind, Section, Shell, Synced};
use crate::web::visitor::Visitor;
use crate::words::Lang;

/// A portal that this node answers for.
#[derive(Clone, Debug)]
pub struct Portal {
    /// Its domain; also the name under which its pages are kept.
    pub domain: Arc<str>,
    /// Our number for its log.
    pub log: i64,
    /// Its log.
    pub origin: Origin,
    /// True for the portal that answers at the bare address.
    pub main: bool,
    /// Its accent colour, `#rrggbb`; empty for the house's own.
    pub theme: String,
    /// Its own mark; the bridge if none.
    pub mark: Option<look::Mark>,
}

/// All portals of this node.
#[derive(Clone, Debug, Default)]
pub struct Portals {
    by_host: HashMap<Arc<str>, Arc<Portal>>,
    /// By domain.
    all: Vec<Arc<Portal>>,
    main: Option<Arc<Portal>>,
}

impl Portals {
    /// Reads the portals and opens their logs' keys.
    ///
    /// # Errors
    /// The database's, or a key that is missing.
    pub async fn load(conn: &mut Conn, keys: &Keyring, dice: &Dice) -> anyhow::Result<Portals> {
        let mut portals = Portals::default();
        for portal in store::portals(conn).await? {
            let begun = logs::head(conn, portal.log).await?.is_some_and(|head| head.size > 0);
            if begun {
                // A new key in the place of a lost one would sign what nobody believes.
                keys.kept(&portal.origin)?;
            }
            keys.own(&portal.origin, dice)?;
            let portal = Arc::new(portal);
            if portal.main || portals.main.is_none() {
                portals.main = Some(portal.clone());
            }
            portals.by_host.insert(portal.domain.clone(), portal);
        }
        portals.all = portals.by_host.values().cloned().collect();
        portals.all.sort_by(|a, b| a.domain.cmp(&b.domain));
        Ok(portals)
    }

    /// The portal at a host name.
    pub fn by_host(&self, host: &str) -> Option<Arc<Portal>> {
        self.by_host.get(host).cloned()
    }

    /// The node's own portal.
    pub fn main(&self) -> Option<Arc<Portal>> {
        self.main.clone()
    }

    /// All of them, by domain.
    pub fn all(&self) -> Vec<Arc<Portal>> {
        self.all.clone()
    }

    /// Each of them, by domain.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Portal>> {
        self.all.iter()
    }

    /// The first, by domain, that is as asked.
    pub fn find(&self, is: impl Fn(&Portal) -> bool) -> Option<Arc<Portal>> {
        self.all.iter().find(|portal| is(portal)).cloned()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_host.len()
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.by_host.is_empty()
    }
}

/// An agency's name in a language; its domain while it is not enrolled.
pub fn name(agency: Option<&Agency>, lang: Lang, otherwise: &str) -> String {
    match agency {
        Some(agency) if lang == Lang::En && !agency.name.en.is_empty() => agency.name.en.clone(),
        Some(agency) if !agency.name.vi.is_empty() => agency.name.vi.clone(),
        _ => otherwise.to_owned(),
    }
}

/// The address of a portal, as its enrolment tells: its domain, with the scheme and port of its node.
pub fn address(directory: &Directory, origin: &Origin) -> Option<String> {
    let agency = directory.agency(origin)?;
    let node = directory.node(agency.node.as_ref()?)?;
    let (scheme, authority) = node.keys.url.split_once("://")?;
    let port = authority
        .rsplit_once(':')
        .map(|(_, port)| port)
        .filter(|port| port.bytes().all(|b| b.is_ascii_digit()));
    Some(match port {
        Some(port) => format!("{scheme}://{}:{port}", agency.domain),
        None => format!("{scheme}://{}", agency.domain),
    })
}

/// The same, or the node's own address while the portal is not enrolled.
pub fn home(app: &App, origin: &Origin) -> String {
    address(&app.directory.load(), origin).unwrap_or_else(|| app.config.url.clone())
}

/// What kind of body an agency is, as its level and name say.
pub fn kind(agency: Option<&Agency>) -> PortalKind {
    let Some(agency) = agency else { return PortalKind::Unit };
    let begins = |with: &str| agency.name.vi.starts_with(with);
    match agency.level {
        Level::Central => PortalKind::Government,
        Level::Ministry => PortalKind::Ministry,
        Level::Province if begins("Thành phố") => PortalKind::City,
        Level::Province => PortalKind::Province,
        Level::Commune if begins("Phường") => PortalKind::Ward,
        Level::Commune if begins("Đặc khu") => PortalKind::SpecialZone,
        Level::Commune => PortalKind::Commune,
        Level::Unit => PortalKind::Unit,
    }
}

impl Portal {
    /// The frame of a page of this portal.
    pub fn shell(&self, app: &App, visitor: &Visitor, section: Section) -> Shell {
        let directory = app.directory.load();
        let lang = visitor.lang;
        let agency = directory.agency(&self.origin);
        let parent = directory.ancestors(&self.origin).next();
        let parent = match agency.map(|a| a.level) {
            Some(Level::Central) | None => Some(lang.words().state_name.to_owned()),
            // Ministries and provinces stand for themselves; communes and units name their parent.
            Some(Level::Ministry | Level::Province) => None,
            _ => Some(name(parent, lang, "")),
        };
        let status = app.status.load();
        Shell {
            lang,
            now: app.clock.now(),
            portal: shell::Portal {
                name: name(agency, lang, &self.domain),
                parent,
                kind: kind(agency),
                domain: self.domain.to_string(),
                unit: agency.and_then(|a| a.accountable.clone()).unwrap_or_default(),
                contacts: Vec::new(),
                mark: self.mark.as_ref().map(look::Mark::href),
                theme: (!self.theme.is_empty()).then(|| format!("/theme/{}.css", &self.theme[1..])),
            },
            home: visitor.base.clone(),
            path: visitor.path.clone(),
            title: None,
            description: None,
            section,
            demo: app.config.demo,
            rehearsal: app.config.rehearsal,
            synced: status.synced.map_or(Synced::Never, |at| Synced::At(instant(at))),
            nodes: (status.in_step, status.of),
            // A rehearsal has no feed that anybody could take for real.
            feeds: (!app.config.rehearsal).then(|| ("/feed.atom".into(), "/feed.rss".into())),
            moved: moved::heirs(&directory, &self.origin, lang),
            light: visitor.light,
            mails: app.mailer.is_some(),
        }
    }

    /// The domain as a name of the network.
    pub fn domain_name(&self) -> Option<Domain> {
        self.domain.parse().ok()
    }
}
