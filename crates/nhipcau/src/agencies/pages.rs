//! The directory for people: all agencies (`/co-quan`), one of them, and what portals lack (`/co-quan/ra-soat`).

use askama::Template;
use axum::extract::{Path, State as Given};
use axum::response::Response;
use network::directory::{Agency, Directory};
use network::entry::Level;
use network::names::Origin;
use vietnam::agencies::PatternRule;

use super::findings::{Finding, Lack};
use super::register::{self, Channels, Register};
use super::{Portal, name};
use crate::app::App;
use crate::clock::instant;
use crate::items::pages::{html, kept};
use crate::problem::Problem;
use crate::subscriptions::Topic;
use crate::web::pages::Tag;
use crate::web::shell::{Section, Shell};
use crate::web::visitor::Visitor;
use crate::words::{AgencyWords, Lang, date, number};

/// The directory.
pub const HOME: &str = "/co-quan";
/// What portals lack.
pub const FINDINGS: &str = "/co-quan/ra-soat";
/// Answers of name servers come without a commit; the pages are drawn again after this, in microseconds.
const SHORT: i64 = 20_000_000;
/// The most rows of one list.
const MOST: usize = 100;

/// A link to an agency's page.
pub struct Link {
    href: String,
    name: String,
}

impl Link {
    pub(super) fn to(agency: &Agency, lang: Lang) -> Link {
        Link { href: lang.path(&path(agency)), name: name(Some(agency), lang, agency.domain.as_str()) }
    }
}

/// The path of an agency's page: its domain; for a log that does not carry the domain's first name, its origin.
fn path(agency: &Agency) -> String {
    let first = agency.origin.as_str() == format!("{}/log", agency.domain);
    match first {
        true => format!("{HOME}/{}", agency.domain),
        false => format!("{HOME}/{}", agency.origin),
    }
}

struct Line {
    link: Link,
    says: String,
}

struct Group {
    title: &'static str,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "agencies/directory.html")]
struct DirectoryPage {
    shell: Shell,
    count: String,
    groups: Vec<Group>,
    closed: Vec<Line>,
}

/// `/co-quan`
pub async fn directory(Given(app): Given<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Directory], SHORT, async |portal: &Portal| {
        let lang = visitor.lang;
        let w = lang.agency();
        let mut shell = portal.shell(&app, &visitor, Section::Network);
        shell.title = Some(w.directory_title.to_owned());
        let directory = app.directory.load_full();
        let below =
            |agency: &Agency| directory.children(&agency.origin).filter(|c| c.closed.is_none()).count();
        let says = |agency: &Agency| {
            let unit = agency.accountable.clone().unwrap_or_default();
            let below = Some(below(agency)).filter(|n| *n > 0 && agency.origin != *directory.root());
            let below = below.map(|n| w.below_count(number::whole(lang, n as u64))).unwrap_or_default();
            [agency.domain.to_string(), unit, below]
                .into_iter()
                .filter(|said| !said.is_empty())
                .collect::<Vec<_>>()
                .join(" · ")
        };
        let line = |agency: &Agency| Line { link: Link::to(agency, lang), says: says(agency) };
        let groups = [Level::Central, Level::Ministry, Level::Province].map(|level| Group {
            title: level_name(level, w),
            lines: directory
                .agencies()
                .filter(|agency| agency.closed.is_none() && agency.level == level)
                .map(line)
                .collect(),
        });
        let (open, ended): (Vec<&Agency>, Vec<&Agency>) =
            directory.agencies().partition(|agency| agency.closed.is_none());
        let ended_line =
            |agency: &&Agency| Line { link: Link::to(agency, lang), says: after(&directory, agency, lang) };
        html(&DirectoryPage {
            count: w.directory_count(
                number::whole(lang, open.len() as u64),
                number::whole(lang, ended.len() as u64),
            ),
            groups: groups.into_iter().filter(|group| !group.lines.is_empty()).collect(),
            closed: ended.iter().take(MOST).map(ended_line).collect(),
            shell,
        })
    })
    .await
}

/// Who follows a closed agency, in a sentence.
fn after(directory: &Directory, agency: &Agency, lang: Lang) -> String {
    let w = lang.agency();
    let heirs: Vec<String> = directory
        .heirs(&agency.origin)
        .iter()
        .map(|heir| name(Some(heir), lang, heir.domain.as_str()))
        .collect();
    match heirs.is_empty() {
        true => w.agency_ended_bare.to_owned(),
        false => w.agency_ended(heirs.join(", ")),
    }
}

pub(super) fn level_name(level: Level, w: &'static AgencyWords) -> &'static str {
    match level {
        Level::Central => w.level_central,
        Level::Ministry => w.level_ministry,
        Level::Province => w.level_province,
        Level::Commune => w.level_commune,
        Level::Unit => w.level_unit,
    }
}

/// A line of a list of findings.
pub struct Lacking {
    link: Link,
    domain: String,
    says: String,
    mender: String,
}

/// A list of findings, cut to what a page can bear.
pub struct Findings {
    rows: Vec<Lacking>,
    more: Option<String>,
}

impl Findings {
    fn of(directory: &Directory, all: Vec<Finding>, lang: Lang) -> Findings {
        let w = lang.agency();
        let over = all.len().saturating_sub(MOST);
        let row = |finding: Finding| Lacking {
            link: match directory.agency(&finding.origin) {
                Some(agency) => Link::to(agency, lang),
                None => Link { href: String::new(), name: finding.domain.to_string() },
            },
            says: lack_says(&finding.lacks, w),
            mender: mender_says(directory, finding.mender.as_ref(), lang),
            domain: finding.domain.to_string(),
        };
        Findings {
            rows: all.into_iter().take(MOST).map(row).collect(),
            more: (over > 0).then(|| w.more_rows(number::whole(lang, over as u64))),
        }
    }
}

/// What a portal lacks, in words.
pub(super) fn lack_says(lack: &Lack, w: &'static AgencyWords) -> String {
    use vietnam::agencies::DomainFault;
    match lack {
        Lack::Enrolment => w.lacks_enrolment.to_owned(),
        Lack::OpenParent => w.lacks_open_parent.to_owned(),
        Lack::Province => w.lacks_province.to_owned(),
        Lack::Rule => w.lacks_rule.to_owned(),
        Lack::Ipv6 => w.lacks_ipv6.to_owned(),
        Lack::Pattern(fault) => match fault {
            DomainFault::NotGov(_) => w.lacks_not_gov.to_owned(),
            DomainFault::ProvinceName { expected, .. } => w.lacks_province_name(expected),
            DomainFault::UnknownBody(_) => w.lacks_unknown_body.to_owned(),
            DomainFault::TooDeep(_) => w.lacks_too_deep.to_owned(),
            DomainFault::Malformed(_) => w.lacks_malformed.to_owned(),
        },
    }
}

/// The unit that must mend something, with its agency.
pub(super) fn mender_says(directory: &Directory, mender: Option<&Origin>, lang: Lang) -> String {
    let Some(agency) = mender.and_then(|origin| directory.agency(origin)) else {
        return lang.agency().mender_unknown.to_owned();
    };
    let named = name(Some(agency), lang, agency.domain.as_str());
    match &agency.accountable {
        Some(unit) => format!("{unit} ({named})"),
        None => named,
    }
}

struct Rule {
    pattern: String,
    name: String,
    basis: String,
}

#[derive(Template)]
#[template(path = "agencies/findings.html")]
struct FindingsPage {
    shell: Shell,
    orphans: Findings,
    pattern: Findings,
    rules: Vec<Rule>,
    ipv6: Findings,
    unknown: Option<String>,
}

/// `/co-quan/ra-soat`
pub async fn lacking(Given(app): Given<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Directory], SHORT, async |portal: &Portal| {
        let lang = visitor.lang;
        let w = lang.agency();
        let mut shell = portal.shell(&app, &visitor, Section::Network);
        shell.title = Some(w.findings_title.to_owned());
        let directory = app.directory.load_full();
        let all = register::findings(&app).await?;
        let day = date::day(shell.now);
        let rules = PatternRule::shipped().iter().filter(|rule| rule.in_force(day)).map(|rule| Rule {
            pattern: rule.pattern.clone(),
            name: if lang == Lang::Vi { rule.name.clone() } else { rule.name_en.clone() },
            basis: rule.legal_basis.clone(),
        });
        html(&FindingsPage {
            orphans: Findings::of(&directory, all.orphans, lang),
            pattern: Findings::of(&directory, all.pattern, lang),
            rules: rules.collect(),
            ipv6: Findings::of(&directory, all.ipv6, lang),
            unknown: (all.unknown > 0).then(|| w.ipv6_open(number::whole(lang, all.unknown as u64))),
            shell,
        })
    })
    .await
}

/// What the directory says of an agency under one name.
enum Said {
    /// Plain words.
    Text(String),
    /// Other agencies.
    Links(Vec<Link>),
    /// A page elsewhere.
    Away(String),
}

struct Row {
    label: &'static str,
    said: Said,
}

/// What can be followed, and the query under which both the feeds and the page of following know it.
struct Follow {
    says: String,
    query: String,
}

impl Follow {
    /// An agency; and, where there are agencies below it, all of them with it.
    fn of(directory: &Directory, agency: &Agency, lang: Lang) -> Vec<Follow> {
        let place = directory.children(&agency.origin).next().map(|_| Topic::Place(agency.origin.clone()));
        let topics = [Some(Topic::Agency(agency.origin.clone())), place];
        let follow = |topic: Topic| Some(Follow { query: topic.feed()?, says: topic.says(directory, lang) });
        topics.into_iter().flatten().filter_map(follow).collect()
    }
}

#[derive(Template)]
#[template(path = "agencies/agency.html")]
struct AgencyPage {
    shell: Shell,
    name: String,
    level: &'static str,
    ended: Option<String>,
    rows: Vec<Row>,
    /// The register's title and path, and the channels in it.
    channels: Vec<Channels>,
    /// What of it can be followed.
    follow: Vec<Follow>,
    children: Vec<Line>,
    more: Option<String>,
    lacks: Vec<String>,
}

/// `/co-quan/{domain}` or `/co-quan/{origin}`
pub async fn agency(Given(app): Given<App>, Path(asked): Path<String>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Directory, Tag::Lists], SHORT, async |portal: &Portal| {
        let lang = visitor.lang;
        let w = lang.agency();
        let directory = app.directory.load_full();
        let found = register::asked_for(&directory, &asked).ok_or(Problem::NotFound("agency"))?;
        let mut conn = app.db.read().await?;
        let about = register::of(&app, &mut conn, &directory, found).await?;
        let channels = register::channels(&app, &mut conn, &found.origin, lang).await?;
        let mut shell = portal.shell(&app, &visitor, Section::Network);
        let title = name(Some(found), lang, found.domain.as_str());
        shell.title = Some(title.clone());
        let children: Vec<&Agency> =
            directory.children(&found.origin).filter(|c| c.closed.is_none()).collect();
        let over = children.len().saturating_sub(MOST);
        let child = |agency: &&Agency| Line { link: Link::to(agency, lang), says: agency.domain.to_string() };
        html(&AgencyPage {
            name: title,
            level: level_name(found.level, w),
            ended: found.closed.as_ref().map(|_| after(&directory, found, lang)),
            rows: rows(&directory, found, &about, lang, shell.now),
            channels,
            follow: Follow::of(&directory, found, lang),
            children: children.iter().take(MOST).map(child).collect(),
            more: (over > 0).then(|| w.more_rows(number::whole(lang, over as u64))),
            lacks: about.findings.iter().map(|finding| lack_says(&finding.lacks, w)).collect(),
            shell,
        })
    })
    .await
}

fn rows(
    directory: &Directory,
    agency: &Agency,
    about: &Register,
    lang: Lang,
    now: jiff::Timestamp,
) -> Vec<Row> {
    let w = lang.agency();
    let links = |all: Vec<&Agency>| Said::Links(all.into_iter().map(|one| Link::to(one, lang)).collect());
    let unit = agency.accountable.clone().unwrap_or_else(|| w.fact_unit_none.to_owned());
    let mut rows = vec![Row { label: w.fact_unit, said: Said::Text(unit) }];
    let mut add = |label, said| rows.push(Row { label, said });
    if let Some(basis) = &agency.accountable_basis {
        add(w.fact_unit_basis, Said::Text(basis.clone()));
    }
    if let Some(basis) = &about.legal_basis {
        add(w.fact_basis, Said::Text(format!("{basis} ({})", w.fact_basis_source)));
    }
    if let Some(parent) = directory.ancestors(&agency.origin).next() {
        add(w.fact_parent, links(vec![parent]));
    }
    let (before, heirs) = (directory.predecessors(&agency.origin), directory.heirs(&agency.origin));
    if !before.is_empty() {
        add(w.fact_before, links(before));
    }
    if !heirs.is_empty() {
        add(w.fact_after, links(heirs));
    }
    if let Some(code) = &agency.code {
        add(w.fact_code, Said::Text(code.clone()));
    }
    if let Some(address) = super::address(directory, &agency.origin) {
        add(w.fact_host, Said::Away(address));
    }
    if let Ok(Some(rule)) = &about.pattern {
        add(w.fact_pattern, Said::Text(format!("{} ({})", rule.pattern, rule.legal_basis)));
    }
    let last = agency.closed.as_ref().and_then(|end| end.last_size);
    let last = last.map(|size| format!(" · {}", w.fact_last(number::whole(lang, size)))).unwrap_or_default();
    add(w.fact_log, Said::Text(format!("{}{last}", agency.origin)));
    add(w.fact_alone, Said::Text(w.alone_count(number::whole(lang, about.alone.unsigned_abs()))));
    if let Some(node) = &agency.node {
        add(w.fact_node, Said::Text(node.to_string()));
    }
    if agency.closed.is_none() {
        let at = date::short(lang, instant(about.reach.at), now);
        let said = match about.reach.v6 {
            Some(true) => w.ipv6_yes(at),
            Some(false) => w.ipv6_no(at),
            None => w.ipv6_unknown.to_owned(),
        };
        add(w.fact_ipv6, Said::Text(said));
    }
    rows
}

/// The rows of the route table.
pub fn routes() -> Vec<crate::web::routes::Route> {
    use crate::web::routes::door_page;
    use axum::routing::get;
    vec![
        door_page(HOME, "the directory of agencies", get(directory)),
        door_page(FINDINGS, "portals without a parent, off the patterns, without IPv6", get(lacking)),
        door_page("/co-quan/{*agency}", "an agency by its domain or its log", get(agency)),
    ]
}
