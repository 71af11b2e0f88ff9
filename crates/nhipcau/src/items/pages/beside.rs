//! Two texts beside each other: two editions of an item, or a document and what amends it.

use axum::extract::{Path, State as Given};
use axum::response::Response;
use network::content::Item;
use network::names::ContentHash;
use vietnam::documents::Outline;

use super::{LONG, html, kept, label, read, title};
use crate::agencies::Portal;
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::documents::{amended, panel, record};
use crate::items::body::{Text, blocks};
use crate::items::difference::{self, Sides};
use crate::items::store::{self, Edition, Reference, Standing};
use crate::items::view::{AmendedPage, Change, ComparePage, Edition as Step, FieldChange, Title};
use crate::items::{State, body};
use crate::problem::Problem;
use crate::web::pages::{Drawn, Tag};
use crate::web::shell::{Section, Shell};
use crate::web::visitor::Visitor;
use crate::words::{Lang, date};

/// `/muc/{reference}/so-sanh`: `?cu=1&moi=2` two editions, without either the last two; `?voi={reference}` what amends it.
pub async fn compare(Given(app): Given<App>, Path(name): Path<String>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Directory], LONG, async |portal: &Portal| {
        let mut conn = app.db.read().await?;
        let item = readable(&mut conn, &name).await?;
        let mut shell = portal.shell(&app, &visitor, Section::Elsewhere);
        let tag = Tag::Item(item.log, item.item.to_string());
        shell.title = Some(label(&item.card, visitor.lang));
        let drawn = match visitor.asked("voi") {
            Some(other) => amending(&app, &mut conn, shell, &item, other).await?,
            None => editions(&app, &mut conn, &visitor, shell, &item).await?,
        };
        Ok(drawn.of([tag]))
    })
    .await
}

/// An item whose text may be read.
pub(super) async fn readable(conn: &mut Conn, name: &str) -> Result<Standing, Problem> {
    let reference: Reference = name.parse().map_err(|_| Problem::NotFound("item"))?;
    let item = store::find(conn, &reference).await?.ok_or(Problem::NotFound("item"))?;
    match item.state {
        State::Standing | State::Withdrawn => Ok(item),
        State::Gone | State::Erased => Err(Problem::Gone),
    }
}

async fn editions(
    app: &App,
    conn: &mut Conn,
    visitor: &Visitor,
    shell: Shell,
    item: &Standing,
) -> Result<Drawn, Problem> {
    let all = store::editions(conn, item.log, item.item).await?;
    let number = |name: &str| -> Result<Option<i64>, Problem> {
        let asked = visitor.asked(name);
        asked.map(|text| text.parse().map_err(|_| Problem::NotFound("edition"))).transpose()
    };
    let new = number("moi")?.unwrap_or(item.shown);
    let old = number("cu")?.unwrap_or(new - 1);
    let find = |n: i64| all.iter().find(|edition| edition.edition == n).ok_or(Problem::NotFound("edition"));
    let (old, new) = (find(old)?, find(new)?);
    let (before, after) = (text_of(app, conn, old).await?, text_of(app, conn, new).await?);
    let lang = shell.lang;
    html(&ComparePage {
        reference: item.reference().to_string(),
        label: label(&item.card, lang),
        title: title(&item.card, lang),
        text_lang: after.document.lang.clone(),
        old: step(old, &before),
        new: step(new, &after),
        others: all.iter().skip(1).map(|edition| edition.edition as u32).collect(),
        fields: fields(&before.document, &after.document, lang),
        text: sides(&before, &after),
        shell,
    })
}

/// An edition's content; not found where this node does not hold it any more.
async fn text_of(app: &App, conn: &mut Conn, edition: &Edition) -> Result<std::sync::Arc<Text>, Problem> {
    let bytes: [u8; 32] = edition.sha256.clone().try_into().map_err(|_| Problem::NotFound("edition"))?;
    let hash = ContentHash(bytes);
    if app.folder.find(conn, &hash).await?.is_none() {
        return Err(Problem::NotFound("edition"));
    }
    app.pages.text(hash, async || read(app, conn, &hash).await).await
}

fn step(edition: &Edition, text: &Text) -> Step {
    Step {
        number: Some(edition.edition as u32),
        change: Change::of(&edition.change),
        at: instant(edition.at),
        entry: edition.idx as u64,
        log: None,
        note: text.document.change_note.clone(),
        href: None,
    }
}

fn sides(before: &Text, after: &Text) -> Sides {
    let lines = |text: &Text| {
        blocks::lines(&text.rendered.html).into_iter().map(|line| line.text).collect::<Vec<_>>()
    };
    difference::sides(&lines(before), &lines(after))
}

/// The fields that differ, in the order of an item's page.
fn fields(before: &Item, after: &Item, lang: Lang) -> Vec<FieldChange> {
    let w = lang.words();
    let day = |day: &Option<jiff::civil::Date>| day.map(|day| date::date(lang, day)).unwrap_or_default();
    let some = |text: &Option<String>| text.clone().unwrap_or_default();
    let files = |item: &Item| {
        let named = item.files.iter().filter(|file| file.of.is_none());
        named
            .map(|file| format!("{} ({})", file.name, &file.sha256.to_string()[..8]))
            .collect::<Vec<_>>()
            .join("; ")
    };
    let both = |of: &dyn Fn(&Item) -> String| (of(before), of(after));
    let r = lang.reading();
    [
        (r.field_title, both(&|item| item.title.clone())),
        (w.fact_number, both(&|item| some(&item.number))),
        (w.fact_form, both(&|item| some(&item.form))),
        (w.fact_agency, both(&|item| some(&item.agency))),
        (r.field_signer, both(&|item| some(&item.signer))),
        (w.fact_issued, both(&|item| day(&item.issued))),
        (r.field_effective, both(&|item| day(&item.effective))),
        (r.field_expires, both(&|item| day(&item.expires))),
        (r.field_summary, both(&|item| item.summary.clone())),
        (r.field_files, both(&files)),
    ]
    .into_iter()
    .filter(|(_, (old, new))| old != new)
    .map(|(label, (old, new))| FieldChange { label, pieces: difference::words(&old, &new) })
    .collect()
}

async fn amending(
    app: &App,
    conn: &mut Conn,
    shell: Shell,
    item: &Standing,
    other: &str,
) -> Result<Drawn, Problem> {
    let (lang, today) = (shell.lang, date::day(shell.now));
    let panel = panel::of(app, conn, lang, item, today, None).await?;
    let asked: Reference = other.parse().map_err(|_| Problem::NotFound("item"))?;
    // Only what says that it amends the text may stand beside it.
    let stated =
        |related: &&panel::Related| related.amends_this() && related.reference().as_ref() == Some(&asked);
    panel.relations.iter().find(stated).ok_or(Problem::NotFound("document"))?;
    let by = readable(conn, other).await?;
    let (own, acts) = (outline_of(app, conn, item).await?, outline_of(app, conn, &by).await?);
    let beside = amended::beside(&own, &acts);
    let tag = Tag::Item(by.log, by.item.to_string());
    let named = |item: &Standing| -> (String, String, Title) {
        (item.reference().to_string(), label(&item.card, lang), title(&item.card, lang))
    };
    let page = AmendedPage { text: named(item), by: named(&by), beside, shell };
    Ok(html(&page)?.of(panel.numbers.into_iter().map(Tag::Document).chain([tag])))
}

async fn outline_of(app: &App, conn: &mut Conn, item: &Standing) -> Result<Outline, Problem> {
    let hash = item.content.ok_or(Problem::NotFound("text"))?;
    let text = app
        .pages
        .text(hash, async || -> Result<body::Text, Problem> { read(app, conn, &hash).await })
        .await?;
    Ok(record::outline(&text))
}
