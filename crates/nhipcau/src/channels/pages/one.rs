//! One account: how it is, what it has sent and is to send, and what its administrator can do.

use askama::Template;
use axum::extract::{Path, Query, State as Given};
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::line::Line;
use super::{PAGE, health, troubles};
use crate::app::App;
use crate::channels::fields::{self, Input};
use crate::channels::store::{self, queue};
use crate::channels::{Held, about, keys};
use crate::db::{Conn, Tx};
use crate::items::pages::label;
use crate::items::store::{self as items, Reference, Standing};
use crate::people::Duty;
use crate::people::audit;
use crate::people::forms::{Fields, Filled, Wrong};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, Done, HOME, drawn, see, shell};
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::ChannelWords;

/// The most lines of a queue that one page shows.
const LINES: i64 = 100;

#[derive(Template)]
#[template(path = "channels/one.html")]
struct OnePage {
    shell: Shell,
    desk: Desk,
    here: String,
    kind_name: &'static str,
    says: String,
    troubles: Vec<String>,
    facts: Vec<String>,
    webhook: Option<String>,
    /// True if this person keeps accounts.
    keeps: bool,
    /// True if they may settle and send again.
    acts: bool,
    paused: bool,
    official: bool,
    lines: Vec<Line>,
    more: bool,
    fields: Vec<Input>,
    wrong: Wrong,
}

impl OnePage {
    fn c(&self) -> &'static ChannelWords {
        self.shell.lang.channel()
    }

    /// True if the form of the account holds what could not be kept.
    fn mends(&self) -> bool {
        self.fields.iter().any(|field| self.wrong.at(field.id).is_some())
    }
}

async fn found(app: &App, staff: &Staff, id: &str) -> Result<Held, Problem> {
    let id = Uuid::try_parse(id).map_err(|_| Problem::NotFound("channel account"))?;
    let mut conn = app.db.read().await?;
    store::find(&mut conn, staff.portal.log, id).await?.ok_or(Problem::NotFound("channel account"))
}

/// `GET /ban-lam-viec/kenh/{id}`
pub(super) async fn show(
    Given(app): Given<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Response {
    let w = visitor.lang.channel();
    let said = match done.word() {
        "kiem-tra" => Some(w.said_checked.to_owned()),
        "sua" => Some(w.said_saved.to_owned()),
        "dung" => Some(w.said_paused.to_owned()),
        "tiep" => Some(w.said_resumed.to_owned()),
        "lai" => Some(w.said_replayed.to_owned()),
        "xong" => Some(w.said_settled.to_owned()),
        _ => None,
    };
    page(&app, &staff, &visitor, &id, said, (None, Wrong::default(), StatusCode::OK)).await
}

/// The page with why something was refused.
pub(super) async fn refused(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    id: &str,
    (wrong, status): (Wrong, StatusCode),
) -> Response {
    page(app, staff, visitor, id, None, (None, wrong, status)).await
}

async fn page(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    id: &str,
    said: Option<String>,
    (typed, wrong, status): (Option<&Fields>, Wrong, StatusCode),
) -> Response {
    let drawn_up = async {
        let lang = visitor.lang;
        let held = found(app, staff, id).await?;
        let mut conn = app.db.read().await?;
        let mut lines = Vec::new();
        let sendings = queue::of_account(&mut conn, held.id, LINES + 1).await?;
        let more = sendings.len() as i64 > LINES;
        for sending in sendings.into_iter().take(LINES as usize) {
            let item = item(&mut conn, staff, &sending.item).await?;
            let mut line = Line::of(app, &sending, item.as_ref(), lang);
            let reference = item.as_ref().map(Standing::reference);
            line.title = item.map_or_else(|| sending.item.clone(), |item| label(&item.card, lang));
            line.href = reference.map(|reference| lang.path(&format!("{HOME}/muc/{reference}/so-phat")));
            lines.push(line);
        }
        let w = lang.channel();
        let mut says = vec![health(app, &held, lang)];
        if held.paused {
            says.insert(0, w.paused.to_owned());
        }
        let facts = match keys::open(app, &held) {
            Ok(keys) => keys::facts(app, &mut conn, &held, &keys, lang).await?,
            Err(_) => Vec::new(),
        };
        Ok::<_, Problem>(OnePage {
            shell: shell(app, visitor, &staff.portal, &held.name),
            desk: Desk::of(staff, lang, PAGE, said),
            here: lang.path(&format!("{PAGE}/{}", held.id)),
            kind_name: held.about.kind.name(),
            says: says.join(" · "),
            troubles: troubles(app, &held, lang),
            facts,
            webhook: held.about.webhook.clone(),
            keeps: staff.may(Duty::People),
            acts: staff.may(Duty::Approve),
            paused: held.paused,
            official: typed.map_or(held.official, |typed| typed.has("chinh-thuc")),
            lines,
            more,
            fields: fields::inputs(held.about.kind, Some(&held), typed, lang),
            wrong,
        })
    };
    match drawn_up.await {
        Ok(page) => drawn(app, visitor, status, &page),
        Err(problem) => failure(app, visitor, problem),
    }
}

async fn item(conn: &mut Conn, staff: &Staff, item: &str) -> Result<Option<Standing>, Problem> {
    let id = Uuid::try_parse(item).map_err(anyhow::Error::from)?;
    Ok(items::find(conn, &Reference::of(&staff.portal.origin, id)).await?)
}

/// `POST /ban-lam-viec/kenh/{id}`
pub(super) async fn act(
    Given(app): Given<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
    Filled(typed): Filled,
) -> Response {
    let word = typed.get("viec").to_owned();
    match acted(&app, &staff, &id, &word, &typed).await {
        Ok(()) if word == "go" => see(visitor.lang, &format!("{PAGE}?xong=go")),
        Ok(()) => see(visitor.lang, &format!("{PAGE}/{id}?xong={word}")),
        Err(problem) => match Wrong::of(problem, visitor.lang) {
            Ok((status, wrong)) => {
                let typed = (word == "sua").then_some(&typed);
                page(&app, &staff, &visitor, &id, None, (typed, wrong, status)).await
            }
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}

async fn acted(app: &App, staff: &Staff, id: &str, word: &str, typed: &Fields) -> Result<(), Problem> {
    let held = found(app, staff, id).await?;
    let act = match word {
        "kiem-tra" => return keys::check(app, held.id).await,
        "sua" => "channel.change",
        "dung" => "channel.pause",
        "tiep" => "channel.resume",
        "go" => "channel.remove",
        _ => return Err(Problem::invalid("viec", "kiem-tra, sua, dung, tiep, go")),
    };
    // Whoever sends keeps the turn until what came of it is kept: no token is changed under a call.
    let _turn = app.channels.turn(held.id).await;
    let held = found(app, staff, id).await?;
    let changed = match act {
        "channel.change" => {
            let old = keys::open(app, &held)?;
            let kind = held.about.kind;
            let read = fields::read(app, (held.id, &staff.portal.origin), kind, Some(old.secrets()), typed)?;
            let sealed = keys::given(read.secrets)?;
            let secrets = app.people.seal.close(&app.dice, &about(held.id), &sealed)?;
            let name = read.about.name.clone();
            let official = typed.has("chinh-thuc");
            let (link, ends) = (read.link, read.ends);
            Some(Held { name, link, official, about: read.about, secrets, ends, ..held.clone() })
        }
        _ => None,
    };
    let (id, line) = (held.id, staff.line(act, held.id.to_string()));
    app.db
        .write("channel.act", async move |tx: &mut Tx| -> Result<(), Problem> {
            match (act, &changed) {
                (_, Some(changed)) => {
                    store::change(tx, changed).await?;
                    queue::renewed(tx, id).await?;
                }
                ("channel.remove", None) => store::remove(tx, id).await?,
                (act, None) => store::pause(tx, id, act == "channel.pause").await?,
            }
            Ok(audit::add(tx, line).await?)
        })
        .await
}
