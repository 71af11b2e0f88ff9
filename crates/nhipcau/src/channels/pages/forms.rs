//! What a draft says on channels: a form for each account, proposed from the draft, counted as the service counts it, saved as a part of the
//! draft, so that whoever approves the draft approves this too.

use askama::Template;
use axum::extract::{Path, Query, State as Given};
use axum::http::StatusCode;
use axum::response::Response;
use channels::{Form, Kind, Media, Role};
use jiff::civil::Date;
use network::names::ContentHash;
use uuid::Uuid;
use vietnam::text::nfc;

use super::shown::{self, Shown};
use crate::agencies;
use crate::app::App;
use crate::channels::fields::{self, limit};
use crate::channels::{Held, Said, media, queue, store};
use crate::clock::instant;
use crate::db::Tx;
use crate::drafts::acts::{self, By, Saved};
use crate::drafts::{Attached, Work, store as drafts};
use crate::files;
use crate::people::Duty;
use crate::people::forms::{Fields, Filled, told};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, Done, HOME, drawn, see, shell};
use crate::problem::Problem;
use crate::reach::links;
use crate::web::answer::failure;
use crate::web::assets;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{ChannelWords, Lang, date};

/// A field of a form, with what of it is used.
struct Input {
    id: String,
    name: &'static str,
    label: &'static str,
    value: String,
    rows: u32,
    /// What is to be known of it; empty if nothing.
    hint: String,
    /// `12/160 …`; empty if the service sets no limit.
    limit: String,
    /// How the script counts: `chars`, `utf16`, `bytes`, `sms`.
    count: &'static str,
    most: u64,
    plus: u64,
}

struct Row {
    account: Uuid,
    name: String,
    kind: &'static str,
    says: String,
    wrong: Option<String>,
    faults: Vec<String>,
    inputs: Vec<Input>,
    /// Files of the draft that can go along: hash, name, whether it does.
    media: Vec<(String, String, bool)>,
    /// How many the service takes.
    media_limit: String,
    /// Whether people are told at once, where the service asks.
    notify: Option<bool>,
    /// True if it is saved with the draft.
    kept: bool,
    shown: Shown,
}

#[derive(Template)]
#[template(path = "channels/forms.html")]
struct FormsPage {
    shell: Shell,
    desk: Desk,
    back: String,
    here: String,
    title: String,
    version: i64,
    writes: bool,
    rows: Vec<Row>,
}

impl FormsPage {
    fn c(&self) -> &'static ChannelWords {
        self.shell.lang.channel()
    }

    fn counts(&self) -> &'static str {
        assets::channels()
    }
}

/// What was typed for one account and is not saved.
struct Typed {
    account: Uuid,
    form: Form,
    wrong: Option<String>,
    /// The version on which it was written; that which stands, if nothing was refused.
    version: Option<i64>,
}

async fn open(app: &App, staff: &Staff, id: &str) -> Result<Work, Problem> {
    let id: Uuid = id.parse().map_err(|_| Problem::NotFound("draft"))?;
    let work = acts::find(&mut app.db.read().await?, staff.portal.log, id).await?;
    // Words beside another's item are no news of the agency's own.
    if work.written.beside.is_some() { Err(Problem::NotFound("channels of this draft")) } else { Ok(work) }
}

/// `GET /ban-lam-viec/tin/{id}/kenh`
pub(super) async fn show(
    Given(app): Given<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Response {
    let w = visitor.lang.channel();
    let said = match done.word() {
        "luu" => Some(w.said_saved.to_owned()),
        "bo" => Some(w.said_dropped.to_owned()),
        _ => None,
    };
    page(&app, &staff, &visitor, &id, said, (None, StatusCode::OK)).await
}

async fn page(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    id: &str,
    said: Option<String>,
    (typed, status): (Option<Typed>, StatusCode),
) -> Response {
    let drawn_up = async {
        let lang = visitor.lang;
        let work = open(app, staff, id).await?;
        let mut conn = app.db.read().await?;
        let standing = match work.base {
            0 => Default::default(),
            _ => queue::stand(&mut conn, work.log, work.item).await?,
        };
        let writes = work.stage.is_open() && staff.may(Duty::Write);
        let day = day(app, &work);
        let mut rows = Vec::new();
        for held in store::of_log(&mut conn, work.log).await? {
            let kept = work.written.channels.get(&held.id);
            if !writes && kept.is_none() {
                continue;
            }
            let typed = typed.as_ref().filter(|typed| typed.account == held.id);
            let old =
                kept.filter(|_| typed.is_none()).is_some_and(|kept| standing.get(&held.id) == Some(kept));
            rows.push(row(app, staff, &work, &held, (kept, typed), old, (day, lang)));
        }
        let w = lang.channel();
        Ok::<_, Problem>(FormsPage {
            shell: shell(app, visitor, &staff.portal, w.forms),
            desk: Desk::of(staff, lang, HOME, said),
            back: lang.path(&format!("{HOME}/tin/{}", work.id)),
            here: lang.path(&format!("{HOME}/tin/{}/kenh", work.id)),
            title: match work.title() {
                "" => lang.desk().untitled.to_owned(),
                title => title.to_owned(),
            },
            version: typed.as_ref().and_then(|typed| typed.version).unwrap_or(work.version),
            writes,
            rows,
        })
    };
    match drawn_up.await {
        Ok(page) => drawn(app, visitor, status, &page),
        Err(problem) => failure(app, visitor, problem),
    }
}

/// The day whose limits hold: that of the issue.
fn day(app: &App, work: &Work) -> Date {
    let now = app.clock.micros();
    date::day(instant(work.due.map_or(now, |due| due.max(now))))
}

fn row(
    app: &App,
    staff: &Staff,
    work: &Work,
    held: &Held,
    (kept, typed): (Option<&Said>, Option<&Typed>),
    old: bool,
    (day, lang): (Date, Lang),
) -> Row {
    let (w, kind) = (lang.channel(), held.about.kind);
    let form = match (typed, kept) {
        (Some(typed), _) => typed.form.clone(),
        (None, Some(kept)) => kept.form.clone(),
        (None, None) => proposed(app, staff, work, held),
    };
    let said = Said { kind, form };
    let form = &said.form;
    let input = |name: &'static str, label, value: &str, rows, field| {
        let limit = limit(form, kind, field, day, lang);
        let (count, most, plus) =
            limit.as_ref().map_or(("", 0, 0), |limit| (limit.count, limit.most, limit.plus));
        Input {
            id: format!("{name}-{}", held.id),
            name,
            label,
            value: value.to_owned(),
            rows,
            hint: String::new(),
            limit: limit.map(|limit| limit.says).unwrap_or_default(),
            count,
            most,
            plus,
        }
    };
    let mut inputs = Vec::new();
    if matches!(kind, Kind::Zalo | Kind::YouTube) {
        inputs.push(input("tieu-de", w.form_title, &form.title, 1, "title"));
    }
    inputs.push(input("loi", w.form_text, &form.text, 6, "text"));
    let mut link = input("duong-dan", w.form_link, form.link.as_deref().unwrap_or_default(), 1, "link");
    let short = links::address(&base(app, staff), work.item, held.id);
    if form.link.as_ref() == Some(&short) {
        link.hint = w.form_short(short.chars().count());
    }
    inputs.push(link);
    let chosen =
        |file: &Attached| form.media.iter().any(|one| *one.of.as_ref().unwrap_or(&one.hash) == file.sha256);
    let media = work.written.files.iter().filter(|file| role(file).is_some());
    Row {
        account: held.id,
        name: held.name.clone(),
        kind: kind.name(),
        says: match (typed, kept) {
            (Some(_), _) => w.forms_not_saved.to_owned(),
            (None, Some(_)) if old => w.form_unchanged.to_owned(),
            (None, Some(_)) => w.forms_kept.to_owned(),
            (None, None) => w.forms_first.to_owned(),
        },
        wrong: typed.and_then(|typed| typed.wrong.clone()),
        faults: shown::told(&said, day, lang),
        inputs,
        media: media.map(|file| (file.sha256.clone(), file.name.clone(), chosen(file))).collect(),
        media_limit: fields::media_limit(kind, day, lang),
        notify: matches!(kind, Kind::Zalo | Kind::Telegram).then_some(form.notify),
        kept: kept.is_some(),
        shown: Shown::of(form, kind),
    }
}

/// The form with which one begins: the draft's title and summary, and the short link by which the item will be reached from there.
fn proposed(app: &App, staff: &Staff, work: &Work, held: &Held) -> Form {
    let link = links::address(&base(app, staff), work.item, held.id);
    let draft = &work.written.draft;
    let summary = if draft.summary.is_empty() { &draft.text } else { &draft.summary };
    channels::draft(held.about.kind, &draft.title, summary, &link, day(app, work))
}

fn role(file: &Attached) -> Option<Role> {
    match file.media.as_str() {
        "video/mp4" => Some(Role::Clip),
        media if media.starts_with("image/") => Some(Role::Picture),
        _ => None,
    }
}

/// `POST /ban-lam-viec/tin/{id}/kenh`
pub(super) async fn save(
    Given(app): Given<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
    Filled(form): Filled,
) -> Response {
    let word = if form.get("viec") == "bo" { "bo" } else { "luu" };
    match saved(&app, &staff, &id, &form).await {
        Ok(None) => see(visitor.lang, &format!("{HOME}/tin/{id}/kenh?xong={word}")),
        Ok(Some(typed)) => page(&app, &staff, &visitor, &id, None, (Some(typed), StatusCode::OK)).await,
        Err(problem) => match told(problem, visitor.lang) {
            Ok((status, why)) => {
                let typed = open(&app, &staff, &id).await.and_then(|work| typed(&app, &staff, &work, &form));
                match typed {
                    Ok((account, written)) => {
                        let version = form.get("version").parse().ok();
                        let typed = Typed { account, form: written, wrong: Some(why), version };
                        page(&app, &staff, &visitor, &id, None, (Some(typed), status)).await
                    }
                    Err(problem) => failure(&app, &visitor, problem),
                }
            }
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}

/// Where a picture or clip of the draft lies once it is issued.
fn place(app: &App, staff: &Staff, sha256: &str) -> String {
    format!("{}{}", base(app, staff), media::path(sha256))
}

fn base(app: &App, staff: &Staff) -> String {
    let own = agencies::address(&app.directory.load(), &staff.portal.origin);
    own.unwrap_or_else(|| app.config.url.clone())
}

/// What was typed, and for which account.
fn typed(app: &App, staff: &Staff, work: &Work, form: &Fields) -> Result<(Uuid, Form), Problem> {
    let account = Uuid::try_parse(form.get("kenh")).map_err(|_| Problem::NotFound("channel account"))?;
    // In the order of the draft's files, whatever the order of the ticks.
    let chosen = |file: &&Attached| form.all("anh").any(|hash| hash == file.sha256);
    let media = work.written.files.iter().filter(chosen).filter_map(|file| {
        Some(Media {
            role: role(file)?,
            hash: file.sha256.clone(),
            media_type: file.media.clone(),
            bytes: file.size,
            millis: None,
            pixels: None,
            url: Some(place(app, staff, &file.sha256)),
            alt: file.alt.clone().unwrap_or_default(),
            of: None,
        })
    });
    let written = Form {
        title: nfc(form.get("tieu-de").trim()),
        text: nfc(form.get("loi").trim()).replace("\r\n", "\n"),
        link: form.some("duong-dan").map(|link| link.trim().to_owned()).filter(|link| !link.is_empty()),
        media: media.collect(),
        notify: form.has("bao"),
        ..Form::default()
    };
    Ok((account, written))
}

/// Puts in the place of each picture that a service does not take a copy that it takes, kept with the draft.
async fn fitted(
    app: &App,
    staff: &Staff,
    work: &Work,
    kind: Kind,
    written: &mut Form,
) -> Result<(), Problem> {
    let day = day(app, work);
    let Some(most) = channels::limits::limits(kind, day).find(|limit| limit.field == "picture_bytes") else {
        return Ok(());
    };
    for medium in written.media.iter_mut().filter(|one| one.role == Role::Picture && one.bytes > most.most) {
        let hash: ContentHash = medium.hash.parse().map_err(|_| Problem::NotFound("file"))?;
        let bytes = drafts::file(&mut app.db.read().await?, work.id, &hash).await?;
        let (bytes, most) = (bytes.ok_or(Problem::NotFound("file"))?, most.most);
        let made = tokio::task::spawn_blocking(move || files::within(&bytes, most)).await;
        let made = made.map_err(|error| Problem::Ours(error.into()))?;
        let (bytes, pixels) = made.map_err(|refusal| Problem::Refused { vi: refusal.vi, en: refusal.en })?;
        let (copy, size, id) = (ContentHash::of(&bytes), bytes.len() as u64, work.id);
        app.db
            .write("channel.picture", async move |tx: &mut Tx| -> Result<(), Problem> {
                Ok(drafts::keep_file(tx, id, &copy, bytes).await?)
            })
            .await?;
        medium.of = Some(std::mem::replace(&mut medium.hash, copy.to_string()));
        (medium.bytes, medium.pixels) = (size, Some(pixels));
        (medium.media_type, medium.url) = ("image/jpeg".into(), Some(place(app, staff, &medium.hash)));
    }
    Ok(())
}

/// Saves what was typed as a part of the draft; or gives back what was only proposed.
async fn saved(app: &App, staff: &Staff, id: &str, form: &Fields) -> Result<Option<Typed>, Problem> {
    let work = open(app, staff, id).await?;
    let (account, mut written) = typed(app, staff, &work, form)?;
    let mut conn = app.db.read().await?;
    let held =
        store::find(&mut conn, work.log, account).await?.ok_or(Problem::NotFound("channel account"))?;
    let kind = held.about.kind;
    let version: i64 = form.get("version").parse().unwrap_or(0);
    if form.get("viec") == "de-xuat" {
        let form = proposed(app, staff, &work, &held);
        return Ok(Some(Typed { account, form, wrong: None, version: None }));
    }
    // The form was drawn from that version; what others changed since is joined.
    let mut next = drafts::version(&mut conn, work.id, version).await?.ok_or(Problem::NotFound("version"))?;
    drop(conn);
    if form.get("viec") != "bo" {
        fitted(app, staff, &work, kind, &mut written).await?;
    }
    match form.get("viec") {
        "bo" => drop(next.channels.remove(&account)),
        _ => drop(next.channels.insert(account, Said { kind, form: written })),
    }
    match acts::save(app, &By::staff(staff), work.id, version, next, work.hour()).await? {
        Saved::As(..) => Ok(None),
        Saved::Clash(..) => {
            Err(Problem::refused(Lang::Vi.channel().form_clash, Lang::En.channel().form_clash))
        }
    }
}
