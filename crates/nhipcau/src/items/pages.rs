//! The public pages of items: home, list, item, editions.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State as Given};
use axum::response::{IntoResponse, Redirect, Response};
use network::content::{Item, Layer as TextLayer, Note};
use network::names::ContentHash;

use super::body;
use super::store::{self, Edition, Filter, Reference, Standing};
use super::view::{
    Change, Day, FileLink, GonePage, GoneWhy, HistoryPage, HomePage, Issued, ItemPage, ItemRow, Kind, Layer,
    Legal, LegalFact, ListPage, Notice, Origin as Whose, Original, Parts, Provenance, RowChange, Shown, Span,
    Stored, TocLine, Urgency, Verify, qr_svg,
};
use super::{Card, State};
use crate::agencies::{self, Portal};
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::logs::coverage;
use crate::logs::view::fingerprint;
use crate::problem::Problem;
use crate::web::answer::{failure, fault_page, page};
use crate::web::error_view::Fault;
use crate::web::pages::{Drawn, Tag};
use crate::web::shell::{Section, Shell};
use crate::web::visitor::Visitor;
use crate::words::{Lang, date};

const HTML: &str = "text/html; charset=utf-8";
/// Pages that speak of "today" or of ages are drawn again after this, in microseconds.
const SHORT: i64 = 20_000_000;
const LONG: i64 = 600_000_000;
const A_PAGE: i64 = 30;

/// The visitor's portal, or the page that says that there is none.
///
/// # Errors
/// The page to be answered with.
pub fn portal(app: &App, visitor: &Visitor) -> Result<Arc<Portal>, Box<Response>> {
    visitor.portal.clone().ok_or_else(|| {
        let fault = Fault::UnknownHost { host: visitor.host.clone() };
        Box::new(fault_page(app, visitor, fault))
    })
}

/// Serves the kept page, or draws and keeps it.
pub async fn kept<F>(app: &App, visitor: &Visitor, tags: Vec<Tag>, lasts: i64, draw: F) -> Response
where
    F: AsyncFnOnce(&Portal) -> Result<Drawn, Problem>,
{
    let portal = match portal(app, visitor) {
        Ok(portal) => portal,
        Err(answer) => return *answer,
    };
    let now = app.clock.micros();
    // The base of absolute addresses differs between the ways by which a portal is reached.
    let path = format!("{} {}", visitor.base, visitor.whole);
    if let Some(kept) = app.pages.get(&portal.domain, &path, now) {
        return page(visitor, &kept);
    }
    let tags = app.pages.versions(tags);
    match draw(&portal).await {
        Ok(drawn) => page(visitor, &app.pages.keep(&portal.domain, &path, tags, now + lasts, drawn)),
        Err(problem) => failure(app, visitor, problem),
    }
}

fn html(template: &impl Template) -> Result<Drawn, Problem> {
    Ok(Drawn::whole(200, HTML, &template.render().map_err(anyhow::Error::from)?))
}

/// `/`
pub async fn home(Given(app): Given<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Lists, Tag::Directory], SHORT, async |portal: &Portal| {
        let mut conn = app.db.read().await?;
        let few = |own| Filter { own: Some(own), most: 8, ..Filter::default() };
        let directions = store::list(&mut conn, &portal.domain, portal.log, &few(false)).await?;
        let own = store::list(&mut conn, &portal.domain, portal.log, &few(true)).await?;
        let alarms = crate::operate::alarms::standing(&mut conn).await?.len() as u32;
        let shell = portal.shell(&app, &visitor, Section::Home);
        let count =
            app.directory.load().agencies().filter(|a| a.closed.is_none() && a.node.is_some()).count() as u32;
        html(&HomePage {
            directions: rows(&app, &shell, directions),
            own: rows(&app, &shell, own),
            day_note: day_note(shell.lang, date::day(shell.now)),
            portals: (count, count),
            alarms,
            shell,
        })
    })
    .await
}

/// What is special about a day, by the shipped calendar.
fn day_note(lang: Lang, day: jiff::civil::Date) -> Option<String> {
    let special = vietnam::working_time::Calendar::shipped().special_day(day)?;
    Some(if lang == Lang::Vi { special.name.clone() } else { special.name_en.clone() })
}

/// `/thong-tin`
pub async fn list(Given(app): Given<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Lists, Tag::Directory], SHORT, async |portal: &Portal| {
        let asked = Asked::read(&visitor)?;
        let filter = Filter {
            kind: asked.kind.map(stored_kind).map(str::to_owned),
            own: asked.origin.map(|o| o == Whose::Own),
            skip: (i64::from(asked.page) - 1) * A_PAGE,
            most: A_PAGE,
        };
        let mut conn = app.db.read().await?;
        let total = store::count(&mut conn, &portal.domain, portal.log, &filter).await?;
        let found = store::list(&mut conn, &portal.domain, portal.log, &filter).await?;
        let section = match asked.origin {
            Some(Whose::Own) => Section::Own,
            Some(Whose::Network) => Section::Directions,
            None => Section::Elsewhere,
        };
        let mut shell = portal.shell(&app, &visitor, section);
        let pages = u32::try_from((total + A_PAGE - 1) / A_PAGE).unwrap_or(u32::MAX).max(1);
        if asked.page > pages {
            return Err(Problem::NotFound("page"));
        }
        let mut days: Vec<Day> = Vec::new();
        for row in rows(&app, &shell, found) {
            let day = date::day(row.at);
            match days.last_mut() {
                Some(last) if last.date == day => last.rows.push(row),
                _ => days.push(Day { date: day, rows: vec![row] }),
            }
        }
        let mut listed = ListPage {
            shell: shell.clone(),
            days,
            kind: asked.kind,
            origin: asked.origin,
            page: asked.page,
            pages,
            total: total as u64,
        };
        shell.title = Some(listed.heading().to_owned());
        listed.shell = shell;
        html(&listed)
    })
    .await
}

struct Asked {
    kind: Option<Kind>,
    origin: Option<Whose>,
    page: u32,
}

impl Asked {
    fn read(visitor: &Visitor) -> Result<Asked, Problem> {
        let query = visitor.path.split_once('?').map_or("", |(_, query)| query);
        let mut asked = Asked { kind: None, origin: None, page: 1 };
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            let wrong = || {
                Problem::Invalid(vec![crate::problem::Fault {
                    field: name.to_owned(),
                    vi: format!("Không có lựa chọn “{value}” cho “{name}”. Hãy chọn trong danh sách."),
                    en: format!("There is no choice {value:?} for {name:?}. Choose from the list."),
                }])
            };
            match name {
                "loai" => asked.kind = Some(Kind::from_slug(value).ok_or_else(wrong)?),
                "cua" => asked.origin = Some(Whose::from_slug(value).ok_or_else(wrong)?),
                "trang" => {
                    asked.page = value.parse().ok().filter(|n| (1..=100_000).contains(n)).ok_or_else(wrong)?
                }
                _ => {}
            }
        }
        Ok(asked)
    }
}

/// A kind of the interface as it is stored.
pub fn stored_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Document => "document",
        Kind::Directive => "directive",
        Kind::Press => "press",
        Kind::News => "news",
        Kind::Notice => "notice",
        Kind::Other => "other",
    }
}

/// A stored kind as the interface groups it.
pub fn shown_kind(kind: &str) -> Kind {
    match kind {
        "document" => Kind::Document,
        "directive" => Kind::Directive,
        "press" => Kind::Press,
        "news" => Kind::News,
        "notice" => Kind::Notice,
        _ => Kind::Other,
    }
}

fn urgency(card: &Card) -> Urgency {
    match card.urgency.as_deref() {
        Some("urgent") => Urgency::Urgent,
        Some("very-urgent") => Urgency::VeryUrgent,
        Some("express") => Urgency::Flash,
        _ => Urgency::Ordinary,
    }
}

/// Items as rows of a list.
pub fn rows(app: &App, shell: &Shell, items: Vec<Standing>) -> Vec<ItemRow> {
    items.into_iter().map(|item| row(app, shell.lang, item)).collect()
}

fn row(app: &App, lang: Lang, item: Standing) -> ItemRow {
    let changed = instant(item.changed);
    let change = match item.state {
        State::Standing if item.edition > 1 => RowChange::Corrected(changed),
        State::Standing => RowChange::None,
        _ => RowChange::Withdrawn(changed),
    };
    ItemRow {
        href: format!("/muc/{}", item.reference()),
        title: title(&item.card, lang),
        kind: shown_kind(&item.kind),
        form: item.card.form.clone(),
        number: item.card.number.clone(),
        agency: speaker(app, &item, lang),
        at: instant(item.issued),
        urgency: urgency(&item.card),
        legal: None,
        change,
        sample: item.card.sample,
    }
}

fn title(card: &Card, lang: Lang) -> String {
    match (&card.title_en, lang) {
        (Some(title), Lang::En) => title.clone(),
        _ => card.title.clone(),
    }
}

/// The body that issued the document, as printed; else whoever published it.
fn speaker(app: &App, item: &Standing, lang: Lang) -> String {
    match &item.card.agency {
        Some(agency) => agency.clone(),
        None => publisher(app, item, lang),
    }
}

fn publisher(app: &App, item: &Standing, lang: Lang) -> String {
    agencies::name(app.directory.load().agency(&item.origin), lang, item.origin.as_str())
}

/// `/muc/{reference}`
pub async fn item(Given(app): Given<App>, Path(reference): Path<String>, visitor: Visitor) -> Response {
    let found = match find(&app, &reference).await {
        Ok(found) => found,
        Err(problem) => return failure(&app, &visitor, problem),
    };
    if let Err(answer) = portal(&app, &visitor) {
        return *answer;
    }
    let tags = vec![Tag::Item(found.log, found.item.to_string()), Tag::Receipts(found.log), Tag::Directory];
    kept(&app, &visitor, tags, LONG, async |portal: &Portal| {
        let mut conn = app.db.read().await?;
        // Read again under the versions of the tags, so that a change in between is not lost.
        let standing = store::find(&mut conn, &found.reference()).await?.ok_or(Problem::NotFound("item"))?;
        match standing.state {
            State::Gone | State::Erased => gone(&app, &visitor, portal, &mut conn, standing).await,
            State::Standing | State::Withdrawn => {
                standing_page(&app, &visitor, portal, &mut conn, standing).await
            }
        }
    })
    .await
}

async fn find(app: &App, reference: &str) -> Result<Standing, Problem> {
    let reference: Reference = reference.parse().map_err(|_| Problem::NotFound("item"))?;
    let mut conn = app.db.read().await?;
    store::find(&mut conn, &reference).await?.ok_or(Problem::NotFound("item"))
}

async fn explained(app: &App, conn: &mut Conn, note: Option<ContentHash>) -> Result<Option<Note>, Problem> {
    let Some(hash) = note else { return Ok(None) };
    let bytes = app.folder.read(conn, &hash).await?;
    Ok(bytes.and_then(|bytes| Note::parse(&bytes).ok()))
}

async fn gone(
    app: &App,
    visitor: &Visitor,
    portal: &Portal,
    conn: &mut Conn,
    item: Standing,
) -> Result<Drawn, Problem> {
    let note = explained(app, conn, item.note).await?;
    let at = instant(item.changed);
    let why = match item.state {
        State::Erased => {
            // The note with the basis comes right behind the entry; until then the sentence stands without it.
            GoneWhy::Erased { at, basis: note.and_then(|n| n.basis).unwrap_or_else(|| "…".to_owned()) }
        }
        _ => GoneWhy::Withdrawn { at, reason: note.map(|n| n.text) },
    };
    let mut shell = portal.shell(app, visitor, Section::Elsewhere);
    shell.title = Some(match item.state {
        State::Erased => shell.w().erased_title.to_owned(),
        _ => shell.w().gone_title.to_owned(),
    });
    let page = GonePage {
        reference: item.reference().to_string(),
        title: (!item.card.title.is_empty()).then(|| title(&item.card, visitor.lang)),
        agency: publisher(app, &item, visitor.lang),
        why,
        entry: item.index,
        shell,
    };
    Ok(Drawn::whole(410, HTML, &page.render().map_err(anyhow::Error::from)?))
}

async fn standing_page(
    app: &App,
    visitor: &Visitor,
    portal: &Portal,
    conn: &mut Conn,
    item: Standing,
) -> Result<Drawn, Problem> {
    let lang = visitor.lang;
    let mut shell =
        portal.shell(app, visitor, if item.log == portal.log { Section::Own } else { Section::Directions });
    let Some(hash) = item.content else {
        return awaited(shell, &item);
    };
    let bytes =
        app.folder.read(conn, &hash).await?.ok_or_else(|| anyhow::anyhow!("content {hash} is not here"))?;
    let document = Item::parse(&bytes).map_err(|f| {
        anyhow::anyhow!("content {hash}: {}", f.first().map(ToString::to_string).unwrap_or_default())
    })?;
    let editions = store::editions(conn, item.log, item.item).await?;
    let shown = editions.iter().find(|e| e.edition == item.shown);
    let reference = item.reference().to_string();
    let rendered = body::render(&document.body);
    let read = part_of(visitor, &reference, &rendered)?;
    let body =
        app.pages.body(read.key(hash), || Ok::<_, Problem>(rendered.html[read.range.clone()].to_owned()))?;
    let note = explained(app, conn, item.note).await?;
    let span = span(app, conn, &item, shown, lang).await?;
    let coverage = coverage::count(app, conn, &item).await?;
    shell.title = Some(title(&item.card, lang));
    shell.description = Some(document.summary.clone()).filter(|s| !s.is_empty());
    let today = date::day(shell.now);
    let by = publisher(app, &item, lang);
    let stored = span.stored;
    let verify = verify(app, visitor, &item);
    let page = ItemPage {
        title: document.title.clone(),
        title_en: document.title_en.clone(),
        lang: document.lang.clone(),
        kind: shown_kind(&item.kind),
        form: document.form.clone(),
        number: document.number.clone(),
        agency: speaker(app, &item, lang),
        signer: document.signer.clone(),
        issued_on: document.issued,
        effective_on: document.effective,
        expires_on: document.expires,
        legal: document.effective.map(|from| LegalFact {
            status: match (from > today, document.expires.is_some_and(|last| last < today)) {
                (true, _) => Legal::NotYet,
                (_, true) => Legal::Expired,
                _ => Legal::InForce,
            },
            on: today,
        }),
        urgency: urgency(&item.card),
        sample: item.card.sample,
        layer: match document.body.layer {
            TextLayer::Official => Layer::Issued,
            TextLayer::Digitised => Layer::Digitised,
            TextLayer::None => Layer::MetadataOnly,
        },
        original: document.source.as_ref().and_then(|source| {
            let href = source.url.clone()?;
            let site = site_of(&href).unwrap_or(&source.name).to_owned();
            Some(Original { attribution: site == "congbao.chinhphu.vn", site, href })
        }),
        files: document
            .files
            .iter()
            .map(|file| FileLink {
                href: format!("/content/{}", file.sha256),
                name: file.name.clone(),
                format: file.name.rsplit_once('.').map_or("", |(_, end)| end).to_uppercase(),
                bytes: file.size,
            })
            .collect(),
        provenance: Provenance::Signed {
            by: by.clone(),
            at: instant(shown.map_or(item.changed, |e| e.at)),
            entry: shown.map_or(item.index, |e| e.idx as u64),
            origin: item.origin.to_string(),
            nodes: (stored.nodes, stored.of),
            demo_key: app.config.demo,
        },
        span,
        notices: notices(&item, shown, &document, note, orderer(app, conn, &item, lang).await?),
        summary: Some(document.summary.clone()).filter(|s| !s.is_empty() && *s != document.title),
        toc: read.toc,
        parts: read.parts,
        related: Vec::new(),
        coverage: Some(coverage),
        editions: editions.len() as u32,
        has_body: document.body.layer != TextLayer::None && !document.body.text.trim().is_empty(),
        verify,
        meta: super::meta::of(app, visitor, &item, &document, &by),
        reference,
        shell,
    };
    let around = page.around().map_err(anyhow::Error::from)?;
    Ok(Drawn::around(200, &around.before, &body, &around.after))
}

/// What of a long text is read on this page.
struct Reading {
    range: std::ops::Range<usize>,
    toc: Vec<TocLine>,
    parts: Option<Parts>,
}

impl Reading {
    /// The name under which the compressed body of this part is kept.
    fn key(&self, content: ContentHash) -> ContentHash {
        ContentHash::of(format!("{content} {:?}", self.range).as_bytes())
    }
}

/// `?phan=2` reads one part of a long text, `?toan-van=1` the whole; without either the first part.
fn part_of(visitor: &Visitor, reference: &str, rendered: &body::Rendered) -> Result<Reading, Problem> {
    let query = visitor.path.split_once('?').map_or("", |(_, query)| query);
    let asked = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let ranges = rendered.parts();
    let whole = 0..rendered.html.len();
    if ranges.len() == 1 || asked("toan-van").is_some() {
        return Ok(Reading { range: whole, toc: rendered.toc.clone(), parts: None });
    }
    let this: usize = match asked("phan") {
        None => 1,
        Some(text) => {
            text.parse().ok().filter(|n| (1..=ranges.len()).contains(n)).ok_or(Problem::NotFound("part"))?
        }
    };
    let range = ranges[this - 1].clone();
    let at =
        |n: usize| if n == 1 { format!("/muc/{reference}") } else { format!("/muc/{reference}?phan={n}") };
    let toc = rendered
        .toc
        .iter()
        .map(|line| {
            let anchor = format!("id=\"{}\"", line.href.trim_start_matches('#'));
            let place = rendered.html.find(&anchor).unwrap_or(0);
            let home = ranges.iter().position(|r| r.contains(&place)).map_or(1, |n| n + 1);
            let href = if home == this { line.href.clone() } else { format!("{}{}", at(home), line.href) };
            TocLine { href, ..line.clone() }
        })
        .collect();
    let parts = Parts {
        this: this as u32,
        of: ranges.len() as u32,
        before: (this > 1).then(|| at(this - 1)),
        after: (this < ranges.len()).then(|| at(this + 1)),
        whole: format!("/muc/{reference}?toan-van=1"),
    };
    Ok(Reading { range, toc, parts: Some(parts) })
}

/// The entry is here and its text is not: the page says so, and when to come back.
fn awaited(shell: Shell, item: &Standing) -> Result<Drawn, Problem> {
    tracing::debug!(item = %item.reference(), "asked for before its content has come");
    let lang = shell.lang;
    let mut page = crate::web::error_view::ErrorPage { shell, fault: Fault::Awaited };
    page.shell.title = Some(crate::web::error_view::ErrorPage::title_of(&page.fault, lang).to_owned());
    Ok(Drawn::whole(503, HTML, &page.render().map_err(anyhow::Error::from)?))
}

fn site_of(href: &str) -> Option<&str> {
    href.split_once("://")?.1.split('/').next()
}

async fn span(
    app: &App,
    conn: &mut Conn,
    item: &Standing,
    shown: Option<&Edition>,
    lang: Lang,
) -> Result<Span, Problem> {
    let newest = item.index;
    let stored = coverage::stored(app, conn, &item.origin, newest, item.changed).await?;
    let entry = shown.map_or(item.first_index, |e| e.idx as u64);
    Ok(Span {
        issued: Issued {
            by: publisher(app, item, lang),
            at: instant(shown.map_or(item.issued, |e| e.at)),
            entry,
        },
        stored: Stored { nodes: stored.nodes, of: stored.of, last_after_ms: stored.last_after_ms },
        shown: match item.state {
            State::Standing if item.shown < item.edition => Shown::Awaited,
            State::Standing => Shown::Since(instant(stored.here.unwrap_or(item.changed))),
            _ => Shown::Removed(instant(item.changed)),
        },
    })
}

/// The agency above whose order stands over an item; `None` if its own issuer ended it.
async fn orderer(app: &App, conn: &mut Conn, item: &Standing, lang: Lang) -> Result<Option<String>, Problem> {
    if item.state == State::Standing {
        return Ok(None);
    }
    let orders = store::orders(conn, item.log, item.item).await?;
    let directory = app.directory.load();
    let named = |origin: &str| {
        let agency = origin.parse().ok().and_then(|o| directory.agency(&o).cloned());
        agencies::name(agency.as_ref(), lang, origin)
    };
    Ok(orders.iter().find(|order| order.act == item.state.word()).map(|order| named(&order.origin)))
}

fn notices(
    item: &Standing,
    shown: Option<&Edition>,
    document: &Item,
    note: Option<Note>,
    by: Option<String>,
) -> Vec<Notice> {
    let mut notices = Vec::new();
    if item.state == State::Withdrawn {
        let reason = note.map(|n| match n.basis {
            Some(basis) => format!("{} ({basis})", n.text),
            None => n.text,
        });
        notices.push(Notice::Withdrawn { at: instant(item.changed), reason, by });
    }
    if let Some(edition) = shown {
        let (at, note) = (instant(edition.at), document.change_note.clone());
        match edition.change.as_str() {
            "correct" => notices.push(Notice::Corrected { at, note }),
            "update" => notices.push(Notice::Updated { at, note }),
            "replace" => notices.push(Notice::Replaced { at, by: None }),
            _ => {}
        }
    }
    notices
}

/// The check in the reader's browser, and the QR code that opens it on another device.
fn verify(app: &App, visitor: &Visitor, item: &Standing) -> Verify {
    let proof = format!("/proof/{}", item.reference());
    Verify {
        qr: format!("/qr/{}.svg", item.reference()),
        qr_href: qr_href(app, visitor, item),
        proof,
        root_fingerprint: fingerprint(&app.root.text().text()),
    }
}

/// What the QR code of an item opens. A page cannot vouch for itself: it is the issuer's own host.
fn qr_href(app: &App, visitor: &Visitor, item: &Standing) -> String {
    let host = agencies::address(&app.directory.load(), &item.origin).unwrap_or_else(|| visitor.base.clone());
    format!("{host}/kiem-tra#/proof/{}", item.reference())
}

/// `/qr/{reference}.svg`
pub async fn qr(Given(app): Given<App>, Path(name): Path<String>, visitor: Visitor) -> Response {
    let found = match find(&app, name.strip_suffix(".svg").unwrap_or(&name)).await {
        Ok(found) => found,
        Err(problem) => return failure(&app, &visitor, problem),
    };
    kept(&app, &visitor, vec![Tag::Directory], LONG, async |_: &Portal| {
        let svg = qr_svg(&qr_href(&app, &visitor, &found)).ok_or(Problem::NotFound("QR code"))?;
        Ok(Drawn::whole(200, "image/svg+xml", &svg))
    })
    .await
}

/// `/muc/{reference}/lich-su`
pub async fn history(Given(app): Given<App>, Path(reference): Path<String>, visitor: Visitor) -> Response {
    let found = match find(&app, &reference).await {
        Ok(found) => found,
        Err(problem) => return failure(&app, &visitor, problem),
    };
    let tags = vec![Tag::Item(found.log, found.item.to_string()), Tag::Directory];
    kept(&app, &visitor, tags, LONG, async |portal: &Portal| {
        let mut conn = app.db.read().await?;
        let item = store::find(&mut conn, &found.reference()).await?.ok_or(Problem::NotFound("item"))?;
        let mut steps = Vec::new();
        for edition in store::editions(&mut conn, item.log, item.item).await? {
            steps.push(super::view::Edition {
                number: Some(edition.edition as u32),
                change: match edition.change.as_str() {
                    "correct" => Change::Correct,
                    "update" => Change::Update,
                    "replace" => Change::Replace,
                    _ => Change::New,
                },
                at: instant(edition.at),
                entry: edition.idx as u64,
                log: None,
                note: edition_note(&app, &mut conn, &edition).await?,
                href: None,
            });
        }
        let order = store::orders(&mut conn, item.log, item.item).await?.into_iter().next();
        if let Some(change) = ended(item.state) {
            let note = explained(&app, &mut conn, item.note).await?;
            steps.push(super::view::Edition {
                number: None,
                change,
                at: instant(item.changed),
                entry: order.as_ref().map_or(item.index, |o| o.by_idx as u64),
                log: order.map(|o| o.origin),
                note: note.map(|n| n.text),
                href: None,
            });
        }
        steps.reverse();
        let mut shell = portal.shell(&app, &visitor, Section::Elsewhere);
        shell.title = Some(shell.w().history_title.to_owned());
        html(&HistoryPage {
            reference: item.reference().to_string(),
            title: (item.state != State::Erased).then(|| title(&item.card, visitor.lang)),
            label: label(&item.card, visitor.lang),
            log: item.origin.to_string(),
            editions: steps,
            shell,
        })
    })
    .await
}

fn ended(state: State) -> Option<Change> {
    match state {
        State::Standing => None,
        State::Withdrawn => Some(Change::Withdrawn),
        State::Gone => Some(Change::Gone),
        State::Erased => Some(Change::Erased),
    }
}

async fn edition_note(app: &App, conn: &mut Conn, edition: &Edition) -> Result<Option<String>, Problem> {
    let Ok(hash) = <[u8; 32]>::try_from(edition.sha256.clone()).map(ContentHash) else { return Ok(None) };
    let bytes = app.folder.read(conn, &hash).await?;
    Ok(bytes.and_then(|bytes| Item::parse(&bytes).ok()).and_then(|item| item.change_note))
}

/// Form and number, or the kind: what an item is called where its title is too long.
pub fn label(card: &Card, lang: Lang) -> String {
    match (&card.form, &card.number) {
        (Some(form), Some(number)) => format!("{form} {number}"),
        _ if card.title.is_empty() => lang.words().kind_document.to_owned(),
        _ => title(card, lang),
    }
}

/// Old and short addresses lead to the item: `/muc/{reference}/{slug}`.
pub async fn slugged(Path((reference, _)): Path<(String, String)>, visitor: Visitor) -> Response {
    Redirect::permanent(&visitor.lang.path(&format!("/muc/{reference}"))).into_response()
}
