//! The editor of captions: rows beside the clip, saved as the clip's words with their times, from which the item's WebVTT is made.
//!
//! Without a script every button sends the form and gets it back changed; nothing is kept before it is saved.

mod rows;

use askama::Template;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use network::names::ContentHash;
use vietnam::text::nfc;

use super::pages::{open, title};
use super::rules::Readable;
use crate::app::App;
use crate::drafts::acts::{self, By, Saved};
use crate::drafts::{Attached, Work, store as drafts};
use crate::files::{cues, lasts};
use crate::items::draft::of_words;
use crate::people::Duty;
use crate::people::forms::{Fields, told};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, Done, HOME, drawn, see, shell};
use crate::people::upload;
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::assets;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, MediaWords, date};
use rows::Row;

/// The longest text of a clip, in characters, as items have it.
const MOST_TEXT: usize = 8_000;

struct Shown {
    row: Row,
    faults: Vec<String>,
}

#[derive(Template)]
#[template(path = "media/captions.html")]
struct Captions {
    shell: Shell,
    desk: Desk,
    back: String,
    here: String,
    clip: String,
    draft: String,
    name: String,
    lasts: String,
    version: i64,
    writes: bool,
    /// Words that have no times.
    untimed: Option<String>,
    wrong: Option<String>,
    unsaved: bool,
    by: String,
    rows: Vec<Shown>,
}

impl Captions {
    fn m(&self) -> &'static MediaWords {
        self.shell.lang.media()
    }

    fn script(&self) -> &'static str {
        assets::captions()
    }
}

/// A clip of a draft.
struct Clip {
    work: Work,
    file: Attached,
    /// How long it lasts, in milliseconds; what does not say so bounds nothing.
    lasts: u64,
}

async fn find(app: &App, staff: &Staff, id: &str, sha256: &str) -> Result<Clip, Problem> {
    let work = open(app, staff, id).await?;
    let file = work.written.files.iter().find(|file| file.sha256 == sha256 && file.media == "video/mp4");
    let file = file.cloned().ok_or(Problem::NotFound("clip"))?;
    let hash: ContentHash = sha256.parse().map_err(|_| Problem::NotFound("clip"))?;
    let bytes = drafts::file(&mut app.db.read().await?, work.id, &hash).await?;
    let lasts = lasts(&bytes.ok_or(Problem::NotFound("clip"))?).unwrap_or(u64::from(u32::MAX));
    Ok(Clip { work, file, lasts })
}

/// What was typed and is not saved.
struct Typed {
    rows: Vec<Row>,
    version: i64,
    by: String,
    wrong: Option<String>,
}

/// `GET /ban-lam-viec/tin/{id}/phu-de/{sha256}`
pub(super) async fn show(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path((id, sha256)): Path<(String, String)>,
    Query(done): Query<Done>,
) -> Response {
    let said = (done.word() == "luu").then(|| visitor.lang.media().captions_saved.to_owned());
    match find(&app, &staff, &id, &sha256).await {
        Ok(clip) => page(&app, &staff, &visitor, &clip, None, (said, StatusCode::OK)),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

fn page(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    clip: &Clip,
    typed: Option<Typed>,
    (said, status): (Option<String>, StatusCode),
) -> Response {
    let (lang, work) = (visitor.lang, &clip.work);
    let (m, rule) = (lang.media(), Readable::on(date::day(app.clock.now())));
    let text = clip.file.text.as_deref().unwrap_or_default();
    let unsaved = typed.is_some();
    let kept = rows::kept(text, clip.lasts);
    let untimed = (kept.is_empty() && !text.is_empty()).then(|| text.to_owned());
    let typed = typed.unwrap_or(Typed { rows: kept, version: work.version, by: String::new(), wrong: None });
    let faults = rows::faults(&typed.rows, clip.lasts, rule);
    let shown = typed.rows.into_iter().zip(faults).map(|(row, faults)| Shown {
        row,
        faults: faults.into_iter().map(|fault| fault.says(m, rule)).collect(),
    });
    let here = lang.path(&format!("{HOME}/tin/{}/phu-de/{}", work.id, clip.file.sha256));
    let page = Captions {
        shell: shell(app, visitor, &staff.portal, m.captions_title),
        desk: Desk::of(staff, lang, HOME, said),
        back: lang.path(&format!("{HOME}/tin/{}", work.id)),
        clip: lang.path(&format!("{HOME}/tin/{}/tep/{}", work.id, clip.file.sha256)),
        here,
        draft: title(work, lang),
        name: clip.file.name.clone(),
        lasts: cues::moment_of(clip.lasts),
        version: typed.version,
        writes: work.stage.is_open() && staff.may(Duty::Write),
        untimed,
        wrong: typed.wrong,
        unsaved,
        by: typed.by,
        rows: shown.collect(),
    };
    drawn(app, visitor, status, &page)
}

/// `POST /ban-lam-viec/tin/{id}/phu-de/{sha256}`
pub(super) async fn save(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path((id, sha256)): Path<(String, String)>,
    request: Request,
) -> Response {
    let sent = match upload::sent(&app, &staff, &visitor, request).await {
        Ok(sent) => sent,
        Err(answer) => return answer,
    };
    let clip = match find(&app, &staff, &id, &sha256).await {
        Ok(clip) => clip,
        Err(problem) => return failure(&app, &visitor, problem),
    };
    let mut rows = rows::read(&sent.fields);
    let acted = match sent.fields.get("viec") {
        "luu" => saved(&app, &staff, &clip, &rows, &sent.fields).await.map(|()| true),
        "nap" => sent.file.and_then(|file| taken(file.map(|file| file.bytes))).map(|read| {
            rows = read;
            false
        }),
        act => changed(act, &mut rows, &clip, &sent.fields, Readable::on(date::day(app.clock.now())))
            .map(|()| false),
    };
    let (wrong, status) = match acted {
        Ok(true) => return see(visitor.lang, &format!("{HOME}/tin/{id}/phu-de/{sha256}?xong=luu")),
        Ok(false) => (None, StatusCode::OK),
        Err(problem) => match told(problem, visitor.lang) {
            Ok((status, why)) => (Some(why), status),
            Err(problem) => return failure(&app, &visitor, problem),
        },
    };
    let version = sent.fields.get("version").parse().unwrap_or(clip.work.version);
    let typed = Typed { rows, version, by: sent.fields.get("giay").to_owned(), wrong };
    page(&app, &staff, &visitor, &clip, Some(typed), (None, status))
}

/// The rows of a caption file.
fn taken(bytes: Option<Vec<u8>>) -> Result<Vec<Row>, Problem> {
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    let read = rows::of_file(&nfc(text.trim_start_matches('\u{feff}')));
    let says = |lang: Lang| lang.media().not_captions;
    if read.is_empty() { Err(Problem::refused(says(Lang::Vi), says(Lang::En))) } else { Ok(read) }
}

/// Carries out what a button of the form says, upon what was typed.
fn changed(
    act: &str,
    rows: &mut Vec<Row>,
    clip: &Clip,
    form: &Fields,
    rule: Readable,
) -> Result<(), Problem> {
    let (word, at) = act.split_once('-').map_or((act, None), |(word, at)| (word, at.parse::<usize>().ok()));
    match (word, at) {
        ("them", at) => rows::add(rows, at),
        ("bo", Some(at)) if at < rows.len() => drop(rows.remove(at)),
        ("tach", Some(at)) => rows::split(rows, at),
        ("chia", None) => {
            *rows = rows::spread(clip.file.text.as_deref().unwrap_or_default(), clip.lasts, rule)
        }
        ("doi", None) => {
            let seconds: Option<f64> =
                form.get("giay").trim().replace(',', ".").replace('−', "-").parse().ok();
            let says = |lang: Lang| lang.media().fault_shift;
            let seconds = seconds.filter(|by| by.abs() < 86_400.0);
            let seconds = seconds.ok_or_else(|| Problem::refused(says(Lang::Vi), says(Lang::En)))?;
            rows::shift(rows, (seconds * 1_000.0).round() as i64);
        }
        _ => return Err(Problem::NotFound("act")),
    }
    Ok(())
}

/// Saves the rows as the words of the clip.
async fn saved(app: &App, staff: &Staff, clip: &Clip, rows: &[Row], form: &Fields) -> Result<(), Problem> {
    let rule = Readable::on(date::day(app.clock.now()));
    let refused = |says: fn(&MediaWords) -> &'static str| {
        Problem::refused(says(Lang::Vi.media()), says(Lang::En.media()))
    };
    if rows::faults(rows, clip.lasts, rule).iter().flatten().any(|fault| fault.is_grave()) {
        return Err(refused(|m| m.captions_wrong));
    }
    let text = nfc(&rows::text(rows));
    if text.chars().count() > MOST_TEXT {
        return Err(refused(|m| m.captions_long));
    }
    if let Some(marked) = of_words(clip.work.item, "loi", &text) {
        return Err(Problem::Invalid(vec![marked]));
    }
    let version: i64 = form.get("version").parse().unwrap_or(0);
    let mut conn = app.db.read().await?;
    let written = drafts::version(&mut conn, clip.work.id, version).await?;
    drop(conn);
    let mut written = written.ok_or(Problem::NotFound("version"))?;
    for file in written.files.iter_mut().filter(|file| file.sha256 == clip.file.sha256) {
        file.text = (!text.is_empty()).then(|| text.clone());
    }
    match acts::save(app, &By::staff(staff), clip.work.id, version, written, clip.work.hour()).await? {
        Saved::As(..) => Ok(()),
        Saved::Clash(..) => Err(refused(|m| m.captions_clash)),
    }
}

/// `GET /ban-lam-viec/tin/{id}/phu-de/{sha256}/tep`: what is saved, as WebVTT.
pub(super) async fn file(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path((id, sha256)): Path<(String, String)>,
) -> Response {
    match find(&app, &staff, &id, &sha256).await {
        Ok(clip) => {
            let text = clip.file.text.as_deref().unwrap_or_default();
            let vtt = cues::vtt(&cues::whole(cues::of_lines(text), clip.lasts));
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static("text/vtt; charset=utf-8")),
                (
                    header::CONTENT_DISPOSITION,
                    HeaderValue::from_static("attachment; filename=\"phu-de.vtt\""),
                ),
                (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            ];
            (headers, vtt).into_response()
        }
        Err(problem) => failure(&app, &visitor, problem),
    }
}
