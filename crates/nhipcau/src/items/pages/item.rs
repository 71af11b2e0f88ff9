//! The page of one item: what stands, what was withdrawn, what is gone, what is still on its way.

use anyhow::Context;
use askama::Template;
use axum::extract::{Path, State as Given};
use axum::response::Response;
use network::content::{Item, Layer as TextLayer, Note};
use network::names::ContentHash;

use super::lists::urgency;
use super::reading::{in_words, key, linked, part_of, translation};
use super::{LONG, explained, find, kept, publisher, speaker, title};
use crate::agencies::{self, Portal};
use crate::annexes;
use crate::app::App;
use crate::assignments;
use crate::clock::instant;
use crate::db::Conn;
use crate::documents::view::SealLine;
use crate::documents::{panel, seal};
use crate::items::draft::MOST_FILE;
use crate::items::kinds::facts::{Beside, Fact};
use crate::items::store::{self, Edition, Reference, Standing};
use crate::items::view::{
    Clip, FileLink, GonePage, GoneWhy, Issued, ItemPage, Kind, Layer, Notice, Original, Picture, Provenance,
    Shown, Source, Span, Stored, Tongues, Verify, qr_svg,
};
use crate::items::{State, body, kinds, meta};
use crate::logs::coverage;
use crate::peers::inquiry;
use crate::problem::Problem;
use crate::procedures::lead;
use crate::reach::{Read, Way};
use crate::web::answer::failure;
use crate::web::error_view::{ErrorPage, Fault};
use crate::web::pages::{Drawn, HTML, Tag};
use crate::web::shell::{Section, Shell};
use crate::web::visitor::Visitor;
use crate::words::{Lang, date};

/// `/muc/{reference}`
pub async fn item(Given(app): Given<App>, Path(reference): Path<String>, visitor: Visitor) -> Response {
    if let Some(elsewhere) = agencies::moved::item(&app, &visitor, &reference).await {
        return elsewhere;
    }
    kept(&app, &visitor, vec![Tag::Directory], LONG, async |portal: &Portal| {
        let reference: Reference = reference.parse().map_err(|_| Problem::NotFound("item"))?;
        let mut conn = app.db.read().await?;
        let item = store::find(&mut conn, &reference).await?.ok_or(Problem::NotFound("item"))?;
        let tags = [
            Tag::Item(item.log, item.item.to_string()),
            Tag::Reach(item.log, item.index),
            Tag::Receipts(item.log),
        ];
        let drawn = match item.state {
            State::Gone | State::Erased => gone(&app, &visitor, portal, &mut conn, item).await?,
            State::Withdrawn => standing_page(&app, &visitor, portal, &mut conn, item).await?,
            State::Standing => {
                let read = Read { portal: portal.log, log: item.log, item: item.item, way: Way::Page };
                let drawn = standing_page(&app, &visitor, portal, &mut conn, item).await?;
                // What is still awaited is not read yet.
                if drawn.status() == 200 { drawn.read(read) } else { drawn }
            }
        };
        Ok(drawn.of(tags))
    })
    .await
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
        // The note with the basis comes right behind the entry; until then the sentence stands without it.
        State::Erased => GoneWhy::Erased { at, basis: note.and_then(|n| n.basis) },
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
    let text = app.pages.text(hash, async || read(app, conn, &hash).await).await?;
    let document = &text.document;
    let said = translation(visitor, document)?;
    let (hash, body) = match said.filter(|said| !said.text.trim().is_empty()) {
        Some(said) => {
            let key = key(&hash, &said.lang);
            (key, app.pages.text(key, async || in_words(document, said)).await?)
        }
        None => (hash, text.clone()),
    };
    let (body, mentioned) = linked(app, conn, hash, body, lang).await?;
    let editions = store::editions(conn, item.log, item.item).await?;
    let shown = editions.iter().find(|e| e.edition == item.shown);
    let reference = item.reference().to_string();
    let reading = part_of(visitor, &reference, &body)?;
    let note = explained(app, conn, item.note).await?;
    let (stored, coverage) = coverage::of_item(app, conn, &item).await?;
    if stored.nodes < stored.of {
        inquiry::hint(app, &item.origin);
    }
    let span = span(app, &item, shown, stored, lang);
    let tongues = Tongues::of(&shell, &reference, document, said);
    let summary = said.map_or(&document.summary, |said| &said.summary);
    shell.title = Some(said.map_or_else(|| title(&item.card, lang).text, |said| said.title.clone()));
    shell.description = Some(summary.clone()).filter(|s| !s.is_empty());
    let today = date::day(shell.now);
    let panel = panel::of(app, conn, lang, &item, today, visitor.asked("ngay")).await?;
    let by = publisher(app, &item, lang);
    let stored = span.stored;
    let verify = verify(app, visitor, &item);
    let mut notices = notices(&item, shown, document, note, orderer(app, conn, &item, lang).await?);
    if let Some(why) = shown.and_then(Edition::alone) {
        // The reason comes right behind the entry; until then the sentence stands without it.
        let reason = explained(app, conn, Some(why)).await?.map(|note| note.text);
        notices.push(Notice::Alone { reason });
    }
    let lead = lead::of(conn, &app.calendar.now(), visitor, &shell, document, &reference).await?;
    let is_procedure = lead.is_some();
    let named = lead.iter().flat_map(|lead| lead.numbers.clone()).collect::<Vec<_>>();
    let (pictures, others) = Picture::of(&document.files);
    let (clips, others) = Clip::of(&others);
    let page = ItemPage {
        title: said.map_or(&document.title, |said| &said.title).clone(),
        title_en: document.title_en.clone(),
        lang: document.lang.clone(),
        tongues,
        kind: Kind::of(&item.kind),
        form: document.form.clone(),
        number: document.number.clone(),
        agency: speaker(app, &item, lang),
        signer: document.signer.clone(),
        issued_on: document.issued,
        effective_on: document.effective,
        expires_on: document.expires,
        meta: meta::of(app, visitor, &item, document, &by, &panel),
        law: panel.law,
        related: panel.related,
        urgency: urgency(&item.card),
        sample: item.card.sample,
        layer: match document.body.layer {
            TextLayer::Official => Layer::Issued,
            TextLayer::Digitised => Layer::Digitised,
            // Facts of its own are what such an item is.
            TextLayer::None if document.details.is_some() => Layer::Issued,
            TextLayer::None => Layer::MetadataOnly,
        },
        source: document.source.as_ref().map(|source| Source {
            name: source.name.clone(),
            original: source.url.clone().map(|href| {
                let site = site_of(&href).unwrap_or(&source.name).to_owned();
                Original { attribution: site == "congbao.chinhphu.vn", site, href }
            }),
        }),
        facts: [facts(app, &item, document, lang), progress(app, conn, &item, lang).await?].concat(),
        annexes: annexes::view::of(app, conn, portal, &item, lang).await?,
        pictures,
        clips,
        files: others
            .into_iter()
            .map(|file| FileLink {
                href: format!("/content/{}", file.sha256),
                name: file.name.clone(),
                format: file.name.rsplit_once('.').map_or("", |(_, end)| end).to_uppercase(),
                bytes: file.size,
            })
            .collect(),
        provenance: match &item.card.carried {
            Some(carried) => {
                Provenance::Carried { site: carried.site.clone(), href: carried.url.clone(), at: carried.at }
            }
            None => Provenance::Signed {
                by: by.clone(),
                at: instant(shown.map_or(item.changed, |e| e.at)),
                entry: shown.map_or(item.index, |e| e.idx as u64),
                origin: item.origin.to_string(),
                nodes: (stored.nodes, stored.of),
                demo_key: app.config.demo,
            },
        },
        seals: seals(app, conn, document, lang).await?,
        span,
        notices,
        lead,
        summary: Some(summary.clone()).filter(|s| !s.is_empty() && *s != document.title),
        toc: reading.toc,
        parts: reading.parts,
        coverage: Some(coverage),
        editions: editions.len() as u32,
        has_body: document.body.layer != TextLayer::None && !document.body.text.trim().is_empty(),
        verify,
        reference,
        shell: Shell { section: if is_procedure { Section::Procedures } else { shell.section }, ..shell },
    };
    let around = page.around().map_err(anyhow::Error::from)?;
    let tags = panel.numbers.into_iter().chain(named).map(Tag::Document).chain(mentioned);
    Ok(Drawn::around(200, &around.before, body.part(reading.part), &around.after).of(tags))
}

/// What the item's kind asks for, as far as this version knows the kind.
pub(crate) fn facts(app: &App, item: &Standing, document: &Item, lang: Lang) -> Vec<Fact> {
    let directory = app.directory.load();
    let agency = |text: &str| {
        let domain = directory.agencies().find(|agency| agency.domain.as_str() == text && text.contains('.'));
        domain.map(|agency| agencies::name(Some(agency), lang, agency.origin.as_str()))
    };
    let beside = Beside { lang, files: &document.files, agency: &agency };
    let known = kinds::of(&item.kind).zip(document.details.as_ref());
    known.map(|(kind, details)| kinds::facts::facts(kind, details, &beside)).unwrap_or_default()
}

/// How many agencies have done what a directive gave them.
async fn progress(app: &App, conn: &mut Conn, item: &Standing, lang: Lang) -> Result<Vec<Fact>, Problem> {
    let Some((done, of)) = assignments::board::progress(app, conn, item).await? else {
        return Ok(Vec::new());
    };
    let w = lang.words();
    let value = kinds::facts::Shown::Plain(w.item_tasks_done(done, of));
    Ok(vec![Fact { label: w.item_tasks.to_owned(), value }])
}

/// The text of an item's content, read and rendered.
pub(crate) async fn read(app: &App, conn: &mut Conn, hash: &ContentHash) -> Result<body::Text, Problem> {
    Ok(body::Text::of(parsed(hash, &stored(app, conn, hash).await?)?))
}

/// The bytes of a content that is here.
pub(crate) async fn stored(app: &App, conn: &mut Conn, hash: &ContentHash) -> anyhow::Result<Vec<u8>> {
    app.folder.read(conn, hash).await?.with_context(|| format!("content {hash} is not here"))
}

/// The document that a content's bytes are.
pub(crate) fn parsed(hash: &ContentHash, bytes: &[u8]) -> anyhow::Result<Item> {
    Item::parse(bytes).map_err(|f| {
        anyhow::anyhow!("content {hash}: {}", f.first().map(ToString::to_string).unwrap_or_default())
    })
}

/// What the signatures in the item's PDF files say, as far as the files are here.
async fn seals(app: &App, conn: &mut Conn, document: &Item, lang: Lang) -> Result<Vec<SealLine>, Problem> {
    let mut lines = Vec::new();
    for file in document.files.iter().filter(|f| f.media == "application/pdf" && f.size <= MOST_FILE as u64) {
        let found = app
            .pages
            .seals(file.sha256, async || -> anyhow::Result<_> {
                let Some(bytes) = app.folder.read(conn, &file.sha256).await? else { return Ok(None) };
                Ok(Some(tokio::task::spawn_blocking(move || seal::seals(&bytes)).await?))
            })
            .await?;
        lines.extend(found.iter().map(|seal| SealLine::of(lang, &file.name, seal)));
    }
    Ok(lines)
}

/// The entry is here and its text is not: the page says so, and when to come back.
pub(crate) fn awaited(shell: Shell, item: &Standing) -> Result<Drawn, Problem> {
    tracing::debug!(item = %item.reference(), "asked for before its content has come");
    let lang = shell.lang;
    let mut page = ErrorPage { shell, fault: Fault::Awaited };
    page.shell.title = Some(ErrorPage::title_of(&page.fault, lang).to_owned());
    Ok(Drawn::whole(503, HTML, &page.render().map_err(anyhow::Error::from)?))
}

fn site_of(href: &str) -> Option<&str> {
    href.split_once("://")?.1.split('/').next()
}

fn span(app: &App, item: &Standing, shown: Option<&Edition>, stored: coverage::Stored, lang: Lang) -> Span {
    let lacking = shown.map_or(0, |e| u32::try_from(e.lacking).unwrap_or(u32::MAX));
    Span {
        issued: Issued {
            by: publisher(app, item, lang),
            at: instant(shown.map_or(item.issued, |e| e.at)),
            entry: shown.map_or(item.first_index, |e| e.idx as u64),
        },
        stored: Stored { nodes: stored.nodes, of: stored.of, last_after_ms: stored.last_after_ms, lacking },
        shown: match item.state {
            State::Standing if item.shown < item.edition => Shown::Awaited,
            State::Standing => Shown::Since(instant(stored.here.unwrap_or(item.changed))),
            _ => Shown::Removed(instant(item.changed)),
        },
    }
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
        root_fingerprint: app.root_fingerprint.clone(),
    }
}

/// What the QR code of an item opens. A page cannot vouch for itself: it is the issuer's own host.
pub(super) fn qr_href(app: &App, visitor: &Visitor, item: &Standing) -> String {
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
