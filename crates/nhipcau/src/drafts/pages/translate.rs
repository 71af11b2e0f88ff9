//! The panel of one language: the text of the draft, and beside it what is made of it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use vietnam::text::nfc;

use super::{by, find};
use crate::app::App;
use crate::drafts::acts::{self, Saved};
use crate::drafts::life::Stage;
use crate::drafts::translated::LANGUAGES;
use crate::drafts::{Work, store};
use crate::items::draft::DraftTranslation;
use crate::items::store::Reference;
use crate::people::Duty;
use crate::people::forms::{Fields, Filled, told};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, HOME, drawn, see, shell};
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, TranslationWords};

/// A language that can be written, or is.
pub struct Tongue {
    /// Its tag.
    pub(super) tag: String,
    /// What it is called.
    pub(super) name: String,
    /// How far its translation is; empty if there is none.
    pub(super) state: String,
}

/// The languages of a draft: those that it has, then those that it may have.
pub fn tongues(work: &Work, lang: Lang) -> (Vec<Tongue>, Vec<Tongue>) {
    let w = lang.translation();
    let there = work.written.draft.translations.iter().flatten().map(|said| Tongue {
        state: match said.of {
            _ if work.written.follows(&said.lang) => w.follows.to_owned(),
            Some(of) => w.behind_of(of),
            None => w.behind.to_owned(),
        },
        name: name(&said.lang, lang),
        tag: said.lang.clone(),
    });
    let there: Vec<Tongue> = there.collect();
    let own = if work.written.draft.lang.is_empty() { "vi" } else { &work.written.draft.lang };
    let others = LANGUAGES.iter().filter(|(tag, ..)| *tag != own && there.iter().all(|t| t.tag != *tag));
    let others = others.map(|(tag, ..)| Tongue {
        tag: (*tag).to_owned(),
        name: name(tag, lang),
        state: String::new(),
    });
    let others = others.collect();
    (there, others)
}

fn name(tag: &str, lang: Lang) -> String {
    let known = LANGUAGES.iter().find(|(known, ..)| *known == tag);
    known.map_or(tag, |(_, vi, en, _)| if lang == Lang::Vi { vi } else { en }).to_owned()
}

#[derive(Template)]
#[template(path = "drafts/translate.html")]
struct Panel {
    shell: Shell,
    desk: Desk,
    tr: &'static TranslationWords,
    id: String,
    version: String,
    tag: String,
    state: String,
    there: bool,
    writes: bool,
    wrong: Option<String>,
    /// True if words were typed that are not saved.
    typed: bool,
    /// The item from which a correction can begin that holds what was typed.
    corrects: Option<String>,
    /// Title, summary and text of the draft, and what is made of them.
    from: [String; 3],
    to: [String; 3],
}

/// A draft whose language `tag` may be written: one that the console offers, or that is there.
async fn open(app: &App, staff: &Staff, id: &str, tag: &str) -> Result<Work, Problem> {
    let work = find(app, staff, id).await?;
    let (there, others) = tongues(&work, Lang::En);
    let known = there.iter().chain(&others).any(|tongue| tongue.tag == tag);
    if known && work.written.beside.is_none() { Ok(work) } else { Err(Problem::NotFound("language")) }
}

/// `GET /ban-lam-viec/tin/{id}/ban-dich/{lang}`
pub async fn translate(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path((id, tag)): Path<(String, String)>,
) -> Response {
    answer(&app, &staff, &visitor, (&id, &tag), None).await
}

/// The panel; after a refusal with what was typed.
async fn answer(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    (id, tag): (&str, &str),
    refused: Option<(StatusCode, String, &Fields)>,
) -> Response {
    let lang = visitor.lang;
    let work = match open(app, staff, id, tag).await {
        Ok(work) => work,
        Err(problem) => return failure(app, visitor, problem),
    };
    let title = lang.translation().title(name(tag, lang));
    let draft = &work.written.draft;
    let said = draft.translations.iter().flatten().find(|said| said.lang == tag);
    let kept = said.map(|said| [said.title.clone(), said.summary.clone(), said.text.clone()]);
    let (status, wrong, to, version) = match refused {
        Some((status, wrong, form)) => {
            let typed = ["title", "summary", "text"].map(|field| form.get(field).to_owned());
            // What is carried over from another draft begins with the version that stands in this one.
            let version = form.some("version").unwrap_or_else(|| work.version.to_string());
            (status, Some(wrong), typed, version)
        }
        None => (StatusCode::OK, None, kept.clone().unwrap_or_default(), work.version.to_string()),
    };
    let (there, _) = tongues(&work, lang);
    let page = Panel {
        shell: shell(app, visitor, &staff.portal, &title),
        desk: Desk::of(staff, lang, HOME, None),
        tr: lang.translation(),
        state: there.into_iter().find(|tongue| tongue.tag == tag).map(|t| t.state).unwrap_or_default(),
        there: kept.is_some(),
        writes: work.stage.is_open() && staff.may(Duty::Write),
        typed: wrong.is_some() && to.iter().any(|said| !said.trim().is_empty()),
        corrects: (work.stage == Stage::Issued)
            .then(|| Reference::of(&staff.portal.origin, work.item).to_string()),
        from: [draft.title.clone(), draft.summary.clone(), draft.text.clone()],
        id: work.id.to_string(),
        tag: tag.to_owned(),
        version,
        wrong,
        to,
    };
    drawn(app, visitor, status, &page)
}

/// The panel with what was typed for another draft, to be saved in this one.
pub(super) async fn carried(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    place: (&str, &str),
    form: &Fields,
) -> Response {
    let says = visitor.lang.kept().unsaved_says.to_owned();
    answer(app, staff, visitor, place, Some((StatusCode::OK, says, form))).await
}

/// `POST /ban-lam-viec/tin/{id}/ban-dich/{lang}`
pub async fn save_translation(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path((id, tag)): Path<(String, String)>,
    Filled(form): Filled,
) -> Response {
    match saved(&app, &staff, (&id, &tag), &form).await {
        Ok(()) => see(visitor.lang, &format!("{HOME}/tin/{id}?xong=luu")),
        Err(problem) => match told(problem, visitor.lang) {
            Ok((status, why)) => {
                answer(&app, &staff, &visitor, (&id, &tag), Some((status, why, &form))).await
            }
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}

async fn saved(app: &App, staff: &Staff, (id, tag): (&str, &str), form: &Fields) -> Result<(), Problem> {
    let work = open(app, staff, id, tag).await?;
    let version: i64 = form.get("version").parse().unwrap_or(0);
    let mut conn = app.db.read().await?;
    // The translator saw the text of that version; what was changed meanwhile is joined, and seen to be newer.
    let mut written =
        store::version(&mut conn, work.id, version).await?.ok_or(Problem::NotFound("version"))?;
    drop(conn);
    match form.get("viec") {
        "bo" => written.take_off(tag),
        _ => written.translate(DraftTranslation {
            lang: tag.to_owned(),
            title: nfc(form.get("title").trim()),
            summary: nfc(form.get("summary").trim()),
            text: nfc(form.get("text").trim_end()),
            ..DraftTranslation::default()
        }),
    }
    match acts::save(app, &by(staff), work.id, version, written, work.hour()).await? {
        Saved::As(..) => Ok(()),
        Saved::Clash(..) => Err(Problem::refused(
            "Người khác vừa sửa một bản dịch của bản nháp này. Bản của bạn còn nguyên dưới đây: chép lại, mở lại trang, rồi lưu.",
            "Somebody has just changed a translation of this draft. Yours is still below: copy it, open the page again, and save.",
        )),
    }
}
