//! What the directory knows of one agency beside its entry: the legal basis that the shipped register has, the pattern of its
//! domain, what its name reaches, the official channels that it has published, and what it lacks.

use jiff::civil::Date;
use network::content::Item;
use network::directory::{Agency, Directory};
use network::names::{Domain, Origin};
use vietnam::agencies::{Agencies, DomainPattern, PatternRule, domain_pattern, of_commune};
use vietnam::units::Units;

use super::findings::{self, Finding, Lack};
use super::reach::{self, Reach};
use crate::app::App;
use crate::db::Conn;
use crate::drafts::alone;
use crate::items::kinds;
use crate::items::kinds::facts::{Beside, Fact};
use crate::items::pages::title;
use crate::items::store as items;
use crate::items::view::ValueView;
use crate::problem::Problem;
use crate::words::{Lang, date};

/// A year of 365 days, in microseconds.
const YEAR: i64 = 365 * 86_400_000_000;

/// What is known of an agency beside its entry in the directory.
pub struct Register {
    /// The act on which the body rests, by the shipped register.
    pub legal_basis: Option<String>,
    /// The pattern that its domain follows; none for the Government Portal's own names; or what it lacks.
    pub pattern: Result<Option<&'static PatternRule>, Lack>,
    /// What its name reaches.
    pub reach: Reach,
    /// What it lacks.
    pub findings: Vec<Finding>,
    /// How often one person issued alone there in an emergency, in a year.
    pub alone: i64,
}

/// A register of official channels that an agency has published.
pub struct Channels {
    /// Its title.
    pub title: String,
    /// The item's path.
    pub path: String,
    /// The item's language.
    pub lang: String,
    /// Every fact of it: the channels, the hotlines.
    pub facts: Vec<Fact>,
}

impl Channels {
    /// One fact's value as HTML.
    pub fn value<'a>(&'a self, fact: &'a Fact) -> ValueView<'a> {
        ValueView { value: &fact.value, own: &self.lang }
    }
}

/// All that portals lack.
pub struct All {
    /// Portals without a parent.
    pub orphans: Vec<Finding>,
    /// Portals off the patterns.
    pub pattern: Vec<Finding>,
    /// Portals without IPv6.
    pub ipv6: Vec<Finding>,
    /// Portals of which nobody could say whether they have it.
    pub unknown: usize,
}

/// What all portals lack, as far as this node knows.
///
/// # Errors
/// The database's.
pub async fn findings(app: &App) -> Result<All, Problem> {
    let mut conn = app.db.read().await?;
    let known = reach::known(&mut conn).await?;
    drop(conn);
    let directory = app.directory.load();
    let portals = app.portals.load().all();
    let ours: Vec<(Domain, Origin)> =
        portals.iter().filter_map(|p| Some((p.domain_name()?, p.origin.clone()))).collect();
    let day = date::day(app.clock.now());
    let (ipv6, unknown) = findings::without_ipv6(&directory, &known);
    Ok(All {
        orphans: findings::without_parent(&directory, &ours),
        pattern: findings::off_pattern(&directory, PatternRule::shipped(), day),
        ipv6,
        unknown,
    })
}

/// The agency that an address means: a log by its origin, else the open agency at a domain, else the last one that was there.
pub fn asked_for<'a>(directory: &'a Directory, asked: &str) -> Option<&'a Agency> {
    if let Some(agency) = asked.parse::<Origin>().ok().and_then(|origin| directory.agency(&origin)) {
        return Some(agency);
    }
    let domain: Domain = asked.parse().ok()?;
    directory.at_domain(&domain).or_else(|| directory.agencies().filter(|a| a.domain == domain).last())
}

/// What is known of an agency.
///
/// # Errors
/// The database's.
pub async fn of(
    app: &App,
    conn: &mut Conn,
    directory: &Directory,
    agency: &Agency,
) -> Result<Register, Problem> {
    let day = date::day(app.clock.now());
    let reach = reach::of(conn, agency.domain.as_str()).await?;
    let mut all: Vec<Finding> = findings::orphan(directory, agency).into_iter().collect();
    let pattern = findings::pattern_of(&agency.domain, PatternRule::shipped(), day);
    if agency.closed.is_none() {
        let lacks = pattern.as_ref().err().cloned().into_iter();
        let ipv6 = (reach.v6 == Some(false)).then_some(Lack::Ipv6);
        all.extend(lacks.chain(ipv6).map(|lacks| Finding {
            origin: agency.origin.clone(),
            domain: agency.domain.clone(),
            lacks,
            mender: Some(agency.origin.clone()),
        }));
    }
    let alone = alone::count(conn, &agency.origin, app.clock.micros() - YEAR).await?;
    Ok(Register { legal_basis: legal_basis(agency, day), pattern, reach, findings: all, alone })
}

/// The act on which a body rests, by its domain, on a day. Of a commune that which made all of them.
fn legal_basis(agency: &Agency, day: Date) -> Option<String> {
    let known = Agencies::shipped();
    let at = |known: &&vietnam::agencies::Agency| known.domain.as_deref() == Some(agency.domain.as_str());
    if let Some(body) = known.by_domain(agency.domain.as_str(), day).or_else(|| known.all().iter().find(at)) {
        return Some(body.legal_basis.clone());
    }
    let pattern = domain_pattern(agency.domain.as_str(), Units::shipped(), known, day).ok()?;
    let DomainPattern::Commune(code) = pattern else { return None };
    let commune = Units::shipped().commune(code)?;
    let province = known.of_province(commune.province, day)?;
    Some(of_commune(commune, province).legal_basis)
}

/// The registers of official channels that an agency has published and that stand: title, path, facts.
///
/// # Errors
/// The database's.
pub async fn channels(
    app: &App,
    conn: &mut Conn,
    origin: &Origin,
    lang: Lang,
) -> Result<Vec<Channels>, Problem> {
    let mut found = Vec::new();
    for standing in items::of_kind_by(conn, "channels", origin.as_str()).await? {
        let Some(hash) = standing.content else { continue };
        let Some(bytes) = app.folder.read(conn, &hash).await? else { continue };
        let Ok(item) = Item::parse(&bytes) else { continue };
        let beside = Beside { lang, files: &item.files, agency: &|_| None };
        let facts = kinds::of("channels").zip(item.details.as_ref());
        let facts =
            facts.map(|(kind, details)| kinds::facts::facts(kind, details, &beside)).unwrap_or_default();
        let path = lang.path(&format!("/muc/{}", standing.reference()));
        found.push(Channels {
            title: title(&standing.card, lang).text,
            path,
            lang: item.lang.clone(),
            facts,
        });
    }
    Ok(found)
}
