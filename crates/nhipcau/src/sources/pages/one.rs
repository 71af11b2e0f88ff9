//! One joined site: how it goes, what lies aside of it, and what can be done.

use askama::Template;
use axum::extract::{Path, Query, State as Given};
use axum::http::StatusCode;
use axum::response::Response;
use feeds::{Kind as TextKind, Text};
use network::names::ContentHash;
use uuid::Uuid;

use super::super::list::push;
use super::super::{Source, Way, both, packet, poll, store};
use super::{Choice, PAGE, choices, fault, says, trouble, way_name};
use crate::app::App;
use crate::clock::instant;
use crate::db::Tx;
use crate::items::kinds;
use crate::people::audit;
use crate::people::forms::{Filled, Wrong};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, Done, drawn, see, shell};
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{SourceWords, date};

/// Lines of what lies aside.
const LINES: i64 = 200;

/// The first instant there is: due before everything else.
const SOON: i64 = 1;

/// What lies aside, as it is shown.
struct Line {
    name: String,
    called: String,
    url: Option<String>,
    why: String,
    at: String,
    kind: String,
    text: String,
}

#[derive(Template)]
#[template(path = "sources/one.html")]
struct OnePage {
    shell: Shell,
    desk: Desk,
    source: Source,
    says: String,
    whose: &'static str,
    way: &'static str,
    trouble: Option<String>,
    mapping: Vec<(String, String)>,
    lots: Vec<String>,
    lines: Vec<Line>,
    choices: Vec<Choice>,
    /// Where a site that sends what it has sends it, and the secret by which it signs.
    push: Option<(String, String)>,
    /// The hub that its feed names, how that does, and what is wrong with it.
    hub: Option<(String, String, Option<String>)>,
    wrong: Wrong,
}

impl OnePage {
    fn s(&self) -> &'static SourceWords {
        self.shell.lang.source()
    }

    /// True if it takes packets.
    fn packets(&self) -> bool {
        self.source.way == Way::Packets
    }

    fn here(&self) -> String {
        self.shell.to(&format!("{PAGE}/{}", self.source.id))
    }
}

pub(super) async fn found(app: &App, staff: &Staff, id: &str) -> Result<Source, Problem> {
    let id = Uuid::try_parse(id).map_err(|_| Problem::NotFound("source"))?;
    let mut conn = app.db.read().await?;
    store::find(&mut conn, staff.portal.log, id).await?.ok_or(Problem::NotFound("source"))
}

/// `/ban-lam-viec/nguon/{id}`
pub(super) async fn show(
    Given(app): Given<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Response {
    let w = visitor.lang.source();
    let said = match done.word() {
        "doc" => Some(w.said_now.to_owned()),
        "dung" => Some(w.said_paused.to_owned()),
        "tiep" => Some(w.said_resumed.to_owned()),
        "lai" => Some(w.said_retried.to_owned()),
        "bo" => Some(w.said_dropped.to_owned()),
        _ => None,
    };
    page(&app, &staff, &visitor, &id, said, (Wrong::default(), StatusCode::OK)).await
}

pub(super) async fn page(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    id: &str,
    said: Option<String>,
    (wrong, status): (Wrong, StatusCode),
) -> Response {
    let drawn_up = async {
        let source = found(app, staff, id).await?;
        let (lang, now) = (visitor.lang, app.clock.now());
        let w = lang.source();
        let mut conn = app.db.read().await?;
        let counts = store::counts(&mut conn, staff.portal.log).await?;
        let count = |lot: &str| {
            let id = source.id.to_string();
            counts.iter().find(|(of, word, _)| *of == id && word == lot).map_or(0, |(_, _, count)| *count)
        };
        let kind = |word: &str| kinds::of(word).map_or(word, |kind| kind.name.of(lang)).to_owned();
        let usual = (w.others.to_owned(), kind(&source.mapping.usual));
        let mapped = source.mapping.kinds.iter().map(|(category, word)| (category.clone(), kind(word)));
        let line = |aside: store::Aside| {
            let kept: Option<store::Kept> = serde_json::from_str(&aside.draft).ok();
            let draft = kept.map(|kept| kept.draft).unwrap_or_default();
            Line {
                name: hex::encode(&aside.name),
                called: aside.called,
                url: aside.url,
                why: if lang == crate::words::Lang::Vi { aside.vi } else { aside.en },
                at: date::in_sentence(lang, instant(aside.at), now),
                kind: draft.kind,
                text: Text { kind: TextKind::Html, value: draft.text.replace('<', " <"), base: None }.plain(),
            }
        };
        let lots = [
            w.taken(count("taken")),
            w.twins(count("twin")),
            w.ended(count("ended")),
            w.dropped(count("dropped")),
        ];
        let lines = store::asides(&mut conn, source.id, LINES).await?.into_iter().map(line).collect();
        let hub = store::hub(&mut conn, source.id).await?.map(|hub| {
            let says = match hub.until > now.as_microsecond() {
                true => w.hub_until(date::in_sentence(lang, instant(hub.until), now)),
                false => w.hub_waits.to_owned(),
            };
            let trouble = (!hub.trouble.is_empty()).then(|| both(&hub.trouble).of(lang).to_owned());
            (hub.hub, says, trouble)
        });
        let title = if source.name.is_empty() { &source.url } else { &source.name };
        Ok::<_, Problem>(OnePage {
            shell: shell(app, visitor, &staff.portal, title),
            desk: Desk::of(staff, lang, PAGE, said),
            says: says(&source, lang, now),
            whose: if source.own { w.becomes_own } else { w.becomes_carried },
            way: way_name(source.way, w),
            trouble: trouble(&source, lang),
            mapping: mapped.chain([usual]).collect(),
            lots: lots.into(),
            lines,
            choices: choices(source.own, lang),
            push: source.way.is_sent().then(|| {
                let path =
                    if source.way == Way::Push { push::path(source.id) } else { packet::path(source.id) };
                (format!("{}{path}", visitor.base), push::secret(app, source.id))
            }),
            hub,
            source,
            wrong,
        })
    };
    match drawn_up.await {
        Ok(page) => drawn(app, visitor, status, &page),
        Err(problem) => failure(app, visitor, problem),
    }
}

/// A form of the page.
pub(super) async fn act(
    Given(app): Given<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
    Filled(typed): Filled,
) -> Response {
    let done = async {
        let source = found(&app, &staff, &id).await?;
        let name = || typed.get("ten").parse::<ContentHash>().map_err(|_| Problem::NotFound("item aside"));
        Ok::<_, Problem>(match typed.get("viec") {
            "doc" if source.way.is_sent() => {
                return Err(Problem::invalid("viec", "dung, tiep, go, lai, bo"));
            }
            "doc" => {
                reading(&app, staff.line("source.read", id.clone()), source, SOON).await?;
                "doc"
            }
            "dung" => {
                reading(&app, staff.line("source.pause", id.clone()), source, 0).await?;
                "dung"
            }
            "tiep" => {
                let next = if source.way.is_sent() { push::NEVER } else { SOON };
                reading(&app, staff.line("source.resume", id.clone()), source, next).await?;
                "tiep"
            }
            "go" => {
                let line = staff.line("source.remove", id.clone());
                let removed =
                    app.db.write("source.remove", async move |tx: &mut Tx| -> Result<(), Problem> {
                        store::remove(tx, source.id).await?;
                        Ok(audit::add(tx, line).await?)
                    });
                removed.await?;
                "go"
            }
            "lai" => {
                let kind = typed.get("loai");
                if !kind.is_empty() && !choices(source.own, visitor.lang).iter().any(|one| one.id == kind) {
                    return Err(Problem::Invalid(vec![fault("loai", |w| w.fault_kind)]));
                }
                poll::retry(&app, &source, name()?, kind).await?;
                let line = staff.line("source.retry", id.clone());
                let noted = app.db.write("source.retry", async move |tx: &mut Tx| -> Result<(), Problem> {
                    Ok(audit::add(tx, line).await?)
                });
                noted.await?;
                "lai"
            }
            "bo" => {
                let (name, line) = (name()?, staff.line("source.drop", id.clone()));
                let dropped = app.db.write("source.drop", async move |tx: &mut Tx| -> Result<(), Problem> {
                    store::drop_aside(tx, source.id, &name).await?;
                    Ok(audit::add(tx, line).await?)
                });
                dropped.await?;
                "bo"
            }
            _ => return Err(Problem::invalid("viec", "doc, dung, tiep, go, lai, bo")),
        })
    };
    match done.await {
        Ok("go") => see(visitor.lang, &format!("{PAGE}?xong=go")),
        Ok(word) => see(visitor.lang, &format!("{PAGE}/{id}?xong={word}")),
        Err(problem) => match Wrong::of(problem, visitor.lang) {
            Ok((status, wrong)) => page(&app, &staff, &visitor, &id, None, (wrong, status)).await,
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}

/// Lets a source be read at once, or (0) not any more.
async fn reading(app: &App, line: audit::Line, source: Source, next: i64) -> Result<(), Problem> {
    let noted = app.db.write("source.next", async move |tx: &mut Tx| -> Result<(), Problem> {
        store::again(tx, source.id, next).await?;
        Ok(audit::add(tx, line).await?)
    });
    noted.await
}
