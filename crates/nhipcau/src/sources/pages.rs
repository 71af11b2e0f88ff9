//! Joined sites in the console: what is joined and how it goes, a look at a site before the first import, what lies aside.

mod look;
mod one;
mod packet;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State as Given};
use axum::http::StatusCode;
use axum::response::Response;
use reqwest::Url;

use super::draft::Mapping;
use super::fetch::Validators;
use super::list::push;
use super::{Source, Way, store};
use crate::app::App;
use crate::clock::instant;
use crate::db::Tx;
use crate::items::kinds;
use crate::people::Duty;
use crate::people::audit;
use crate::people::forms::{Fields, Filled, Wrong};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, Done, drawn, see, shell};
use crate::problem::{Fault, Problem};
use crate::web::answer::failure;
use crate::web::routes::{Route, desk_form, desk_page, desk_upload};
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, SourceWords, date};

use look::{Preview, look};

/// Where they stand.
pub const PAGE: &str = "/ban-lam-viec/nguon";
/// Categories that a preview offers to map, the most frequent ones.
const CATEGORIES: usize = 30;
/// The most letters of a name.
const NAME: usize = 300;
/// The most sources of one log.
const MOST: usize = 2_000;

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    use axum::routing::{get, post};
    let page = |path, what, handler| desk_page(path, Duty::Approve, what, handler);
    let form = |path, what, handler| desk_form(path, Duty::Approve, what, handler);
    vec![
        page(PAGE, "existing portals that are joined", get(all)),
        form(PAGE, "look at a site before the first import, or join it", post(join)),
        page("/ban-lam-viec/nguon/{id}", "a joined site and what lies aside of it", get(one::show)),
        form("/ban-lam-viec/nguon/{id}", "read now, pause, remove, retry, discard", post(one::act)),
        desk_upload(
            "/ban-lam-viec/nguon/{id}/goi-tin",
            Duty::Approve,
            "look at an edXML packet, or take it",
            post(packet::sent),
        ),
    ]
}

/// A source on the console's home that a person must look at.
pub struct Reminder {
    /// Its page.
    pub path: String,
    /// What it is called.
    pub title: String,
    /// Why.
    pub says: String,
    /// Whether it cannot be read.
    pub presses: bool,
}

/// The sources of an agency that cannot be read, or of which something lies aside.
///
/// # Errors
/// The database's.
pub async fn reminders(app: &App, log: i64, lang: Lang) -> Result<Vec<Reminder>, Problem> {
    let mut conn = app.db.read().await?;
    let asides: BTreeMap<String, i64> = store::aside_counts(&mut conn, log).await?.into_iter().collect();
    let reminder = |source: Source| {
        let why = trouble(&source, lang);
        let aside = asides.get(&source.id.to_string()).map(|count| lang.source().aside_count(*count));
        let says: Vec<String> = why.iter().cloned().chain(aside).collect();
        (!says.is_empty()).then(|| Reminder {
            path: format!("{PAGE}/{}", source.id),
            title: if source.name.is_empty() { source.url } else { source.name },
            says: says.join(" · "),
            presses: why.is_some(),
        })
    };
    Ok(store::of_log(&mut conn, log).await?.into_iter().filter_map(reminder).collect())
}

/// A kind as a form offers it.
struct Choice {
    id: &'static str,
    name: String,
}

/// Kinds that a source may become; what is carried claims no signature, so it is no official document.
fn choices(own: bool, lang: Lang) -> Vec<Choice> {
    let kinds = kinds::all().iter().filter(|kind| own || !kind.official);
    kinds.map(|kind| Choice { id: &kind.id, name: kind.name.of(lang).to_owned() }).collect()
}

struct Row {
    href: String,
    title: String,
    url: String,
    says: String,
    trouble: Option<String>,
    aside: Option<String>,
}

#[derive(Template)]
#[template(path = "sources/list.html")]
struct ListPage {
    shell: Shell,
    desk: Desk,
    rows: Vec<Row>,
    ways: Vec<(&'static str, &'static str)>,
    choices: Vec<Choice>,
    typed: Fields,
    wrong: Wrong,
    preview: Option<Preview>,
}

impl ListPage {
    fn s(&self) -> &'static SourceWords {
        self.shell.lang.source()
    }

    fn chosen(&self, field: &str, word: &str, usual: &str) -> bool {
        let typed = self.typed.get(field);
        if typed.is_empty() { word == usual } else { word == typed }
    }
}

/// What a way is called.
fn way_name(way: Way, w: &'static SourceWords) -> &'static str {
    match way {
        Way::Feed => w.way_feed,
        Way::WordPress => w.way_wordpress,
        Way::Sitemap => w.way_sitemap,
        Way::Oai => w.way_oai,
        Way::Push => w.way_push,
        Way::Packets => w.way_packets,
    }
}

/// How a source goes, in a sentence.
fn says(source: &Source, lang: Lang, now: jiff::Timestamp) -> String {
    let w = lang.source();
    let at = |micros: i64| date::in_sentence(lang, instant(micros), now);
    let read = match source.at {
        0 => w.never_read.to_owned(),
        micros => w.read_at(at(micros)),
    };
    match source.next {
        0 => format!("{} · {read}", w.paused),
        _ if source.way.is_sent() => format!("{read} · {}", w.waits_for_it),
        next => format!("{read} · {}", w.next_at(at(next.max(now.as_microsecond())))),
    }
}

/// Why a source could not be read, in one language.
fn trouble(source: &Source, lang: Lang) -> Option<String> {
    (!source.trouble.is_empty()).then(|| super::both(&source.trouble).of(lang).to_owned())
}

async fn all(Given(app): Given<App>, staff: Staff, visitor: Visitor, Query(done): Query<Done>) -> Response {
    let w = visitor.lang.source();
    let said = match done.word() {
        "them" => Some(w.said_added.to_owned()),
        "go" => Some(w.said_removed.to_owned()),
        _ => None,
    };
    page(&app, &staff, &visitor, said, Fields::default(), (Wrong::default(), StatusCode::OK), None).await
}

async fn page(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    said: Option<String>,
    typed: Fields,
    (wrong, status): (Wrong, StatusCode),
    preview: Option<Preview>,
) -> Response {
    let drawn_up = async {
        let (lang, now) = (visitor.lang, app.clock.now());
        let w = lang.source();
        let mut conn = app.db.read().await?;
        let counts = store::counts(&mut conn, staff.portal.log).await?;
        let taken: BTreeMap<String, i64> = counts
            .into_iter()
            .filter(|(_, lot, _)| lot == "taken")
            .map(|(id, _, count)| (id, count))
            .collect();
        let asides: BTreeMap<String, i64> =
            store::aside_counts(&mut conn, staff.portal.log).await?.into_iter().collect();
        let row = |source: Source| {
            let id = source.id.to_string();
            let taken = taken.get(&id).copied().unwrap_or_default();
            let whose = if source.own { w.becomes_own } else { w.becomes_carried };
            Row {
                href: lang.path(&format!("{PAGE}/{id}")),
                title: if source.name.is_empty() { source.url.clone() } else { source.name.clone() },
                says: format!("{whose} · {} · {}", w.taken(taken), says(&source, lang, now)),
                trouble: trouble(&source, lang),
                aside: asides.get(&id).map(|count| w.aside_count(*count)),
                url: source.url,
            }
        };
        let sources = store::of_log(&mut conn, staff.portal.log).await?;
        Ok::<_, Problem>(ListPage {
            shell: shell(app, visitor, &staff.portal, w.title),
            desk: Desk::of(staff, lang, PAGE, said),
            rows: sources.into_iter().map(row).collect(),
            ways: Way::ALL.map(|way| (way.word(), way_name(way, w))).into(),
            choices: choices(typed.get("cua-ai") != "khac", lang),
            typed,
            wrong,
            preview,
        })
    };
    match drawn_up.await {
        Ok(page) => drawn(app, visitor, status, &page),
        Err(problem) => failure(app, visitor, problem),
    }
}

fn fault(field: &str, says: fn(&'static SourceWords) -> &'static str) -> Fault {
    Fault { field: field.into(), vi: says(Lang::Vi.source()).into(), en: says(Lang::En.source()).into() }
}

/// True for the portal of an agency whose log tells by itself what it shows, and for any portal of this node.
fn is_in_the_network(app: &App, url: &str, own: bool) -> bool {
    let host = url.parse::<Url>().ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let here = app.portals.load().by_host(&host).is_some();
    here || !own && app.directory.load().agencies().any(|agency| agency.domain.as_str() == host)
}

/// What was typed, as a source that does not stand yet.
fn typed_source(app: &App, staff: &Staff, typed: &Fields) -> Result<Source, Problem> {
    let mut faults = Vec::new();
    let own = typed.get("cua-ai") != "khac";
    let (url, name) = (typed.get("dia-chi").trim().to_owned(), typed.get("ten").trim().to_owned());
    if url.is_empty() || url.len() > 2_000 {
        faults.push(fault("dia-chi", |w| w.fault_url));
    }
    if is_in_the_network(app, &url, own) {
        faults.push(fault("dia-chi", |w| w.fault_network));
    }
    let fits = name.chars().count() <= NAME && !name.chars().any(char::is_control);
    if !fits || !own && name.is_empty() {
        faults.push(fault("ten", |w| w.fault_name));
    }
    let way = Way::of(typed.get("cach-doc")).unwrap_or(Way::Feed);
    let kind = |word: &str| choices(own, Lang::Vi).iter().any(|choice| choice.id == word);
    let usual = match typed.get("loai") {
        "" => "news",
        word => word,
    };
    if !kind(usual) {
        faults.push(fault("loai", |w| w.fault_kind));
    }
    let categories: Vec<&str> = typed.all("muc").take(CATEGORIES).collect();
    let chosen: Vec<&str> = typed.all("loai-muc").take(CATEGORIES).collect();
    let mut mapped = Vec::new();
    for (category, word) in categories.iter().zip(&chosen).filter(|(_, word)| !word.is_empty()) {
        match kind(word) {
            true => mapped.push(((*category).to_owned(), (*word).to_owned())),
            false => faults.push(fault("loai", |w| w.fault_kind)),
        }
    }
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    let now = app.clock.micros();
    Ok(Source {
        id: app.dice.id(&app.clock)?,
        log: staff.portal.log,
        way,
        url,
        name,
        own,
        mapping: Mapping { usual: usual.to_owned(), kinds: mapped },
        begun: now,
        next: if way.is_sent() { push::NEVER } else { now },
        at: 0,
        failures: 0,
        trouble: String::new(),
        validators: Validators::default(),
        place: String::new(),
    })
}

async fn join(Given(app): Given<App>, staff: Staff, visitor: Visitor, Filled(typed): Filled) -> Response {
    let done = async {
        let source = typed_source(&app, &staff, &typed)?;
        let looked = look(&app, &visitor, &source, &typed).await?;
        if typed.get("viec") != "bat-dau" {
            return Ok(Some(looked));
        }
        let line = staff.line("source.add", source.id.to_string());
        let line = line.with(serde_json::json!({ "own": source.own, "way": source.way.word() }));
        app.db
            .write("source.add", async move |tx: &mut Tx| -> Result<(), Problem> {
                let there = store::of_log(tx.conn(), source.log).await?;
                if there.iter().any(|other| other.url == source.url) {
                    return Err(Problem::Invalid(vec![fault("dia-chi", |w| w.fault_there)]));
                }
                if there.len() >= MOST {
                    return Err(Problem::Invalid(vec![fault("dia-chi", |w| w.fault_many)]));
                }
                store::add(tx, &source).await?;
                Ok(audit::add(tx, line).await?)
            })
            .await?;
        Ok::<_, Problem>(None)
    };
    match done.await {
        Ok(None) => see(visitor.lang, &format!("{PAGE}?xong=them")),
        Ok(Some(preview)) => {
            let fine = (Wrong::default(), StatusCode::OK);
            page(&app, &staff, &visitor, None, typed, fine, Some(preview)).await
        }
        Err(problem) => match Wrong::of(problem, visitor.lang) {
            Ok((status, wrong)) => page(&app, &staff, &visitor, None, typed, (wrong, status), None).await,
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}
