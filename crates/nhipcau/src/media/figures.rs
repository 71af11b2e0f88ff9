//! Pictures of figures: CSV that is typed or uploaded becomes a chart or a table, is looked at, and is attached as a picture with the same in
//! words. The drawing is the crate `charts`; nothing of the figures is kept but what the picture and its words say.

use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use charts::{Around, Chart, Shape, Twin};
use network::names::ContentHash;
use vietnam::text::nfc;

use super::pages::{open, title};
use super::parts::closed;
use crate::app::App;
use crate::db::Tx;
use crate::drafts::acts::{self, By, Saved};
use crate::drafts::{Attached, Work, store as drafts};
use crate::files::Upload;
use crate::items::draft::attach;
use crate::people::forms::{Fields, told};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, HOME, drawn, see, shell};
use crate::people::upload;
use crate::problem::{Fault, Problem};
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, MediaWords};

/// What stands in the form.
#[derive(Clone, Default)]
struct Typed {
    shape: Option<Shape>,
    around: Around,
    figures: String,
    alt: String,
    /// Of which figures `alt` was said: those of others say nothing of these.
    said_of: String,
}

impl Typed {
    fn of(form: &Fields) -> Typed {
        let text = |name: &str| nfc(form.get(name).trim());
        Typed {
            shape: Shape::of(form.get("kieu")),
            around: Around { title: text("tieu-de"), unit: text("don-vi"), source: text("nguon") },
            figures: nfc(form.get("so-lieu")),
            alt: text("alt"),
            said_of: form.get("cua").to_owned(),
        }
    }

    /// The mark of these very figures.
    fn mark(&self) -> String {
        let shape = self.shape.map_or("", Shape::word);
        let Around { title, unit, source } = &self.around;
        ContentHash::of(format!("{shape}\n{title}\n{unit}\n{source}\n{}", self.figures).as_bytes())
            .to_string()
    }

    fn drawn(&self) -> Result<Drawn, Vec<Fault>> {
        let shape = self.shape.unwrap_or(Shape::Bar);
        let chart = Chart::read(shape, self.around.clone(), &self.figures).map_err(|faults| {
            let fault = |fault: charts::Fault| Fault { field: "so-lieu".into(), vi: fault.vi, en: fault.en };
            faults.into_iter().map(fault).collect::<Vec<_>>()
        })?;
        let (svg, twin) = (charts::svg(&chart), charts::twin(&chart));
        let alt = if self.said_of == self.mark() && !self.alt.is_empty() {
            self.alt.clone()
        } else {
            twin.sentence.clone()
        };
        Ok(Drawn { svg, twin, alt })
    }
}

/// Figures as a picture and in words.
struct Drawn {
    svg: charts::Svg,
    twin: Twin,
    alt: String,
}

/// What is looked at before it is attached.
struct Preview {
    png: String,
    svg: String,
    alt: String,
    mark: String,
    text: String,
}

#[derive(Template)]
#[template(path = "media/figures.html")]
struct Page {
    shell: Shell,
    desk: Desk,
    back: String,
    here: String,
    draft: String,
    version: i64,
    shapes: Vec<(&'static str, &'static str, bool)>,
    around: Around,
    figures: String,
    wrong: Option<String>,
    faults: Vec<String>,
    preview: Option<Preview>,
}

impl Page {
    fn m(&self) -> &'static MediaWords {
        self.shell.lang.media()
    }
}

fn name(shape: Shape, m: &MediaWords) -> &'static str {
    match shape {
        Shape::Bar => m.shape_bar,
        Shape::Line => m.shape_line,
        Shape::Share => m.shape_share,
        Shape::Table => m.shape_table,
        Shape::Figures => m.shape_figures,
    }
}

/// A draft that still takes files.
async fn writable(app: &App, staff: &Staff, id: &str) -> Result<Work, Problem> {
    let work = open(app, staff, id).await?;
    if !work.stage.is_open() || work.written.beside.is_some() { Err(closed()) } else { Ok(work) }
}

/// `GET /ban-lam-viec/tin/{id}/so-lieu`
pub(super) async fn show(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Response {
    match writable(&app, &staff, &id).await {
        Ok(work) => page(&app, &staff, &visitor, &work, (Typed::default(), work.version), (None, false)),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

fn page(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    work: &Work,
    (typed, version): (Typed, i64),
    (wrong, looks): (Option<(StatusCode, String)>, bool),
) -> Response {
    let lang = visitor.lang;
    let m = lang.media();
    let (mut faults, mut preview) = (Vec::new(), None);
    if looks {
        match typed.drawn() {
            Ok(drawn) => match charts::png(&drawn.svg) {
                Ok(png) => {
                    preview = Some(Preview {
                        png: STANDARD.encode(png),
                        svg: STANDARD.encode(drawn.svg.text),
                        alt: drawn.alt,
                        mark: typed.mark(),
                        text: drawn.twin.text(),
                    });
                }
                Err(error) => return failure(app, visitor, Problem::Ours(error.into())),
            },
            Err(found) => faults = found.iter().map(|fault| fault.of(lang).to_owned()).collect(),
        }
    }
    let status = match &wrong {
        Some((status, _)) => *status,
        None if faults.is_empty() => StatusCode::OK,
        None => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let chosen = typed.shape.unwrap_or(Shape::Bar);
    let page = Page {
        shell: shell(app, visitor, &staff.portal, m.figures_title),
        desk: Desk::of(staff, lang, HOME, None),
        back: lang.path(&format!("{HOME}/tin/{}", work.id)),
        here: lang.path(&format!("{HOME}/tin/{}/so-lieu", work.id)),
        draft: title(work, lang),
        version,
        shapes: Shape::ALL.map(|shape| (shape.word(), name(shape, m), shape == chosen)).into(),
        around: typed.around,
        figures: typed.figures,
        wrong: wrong.map(|(_, why)| why),
        faults,
        preview,
    };
    drawn(app, visitor, status, &page)
}

/// `POST /ban-lam-viec/tin/{id}/so-lieu`
pub(super) async fn act(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let sent = match upload::sent(&app, &staff, &visitor, request).await {
        Ok(sent) => sent,
        Err(answer) => return answer,
    };
    let work = match writable(&app, &staff, &id).await {
        Ok(work) => work,
        Err(problem) => return failure(&app, &visitor, problem),
    };
    let version: i64 = sent.fields.get("version").parse().unwrap_or(0);
    let mut typed = Typed::of(&sent.fields);
    let done = match sent.file {
        Err(problem) => Err(problem),
        Ok(Some(file)) => taken(&file.bytes).map(|figures| {
            typed.figures = figures;
            false
        }),
        Ok(None) if sent.fields.get("viec") == "them" && typed.drawn().is_ok() => {
            attached(&app, &staff, &work, version, &typed).await.map(|()| true)
        }
        Ok(None) => Ok(false),
    };
    match done {
        Ok(true) => see(visitor.lang, &format!("{HOME}/tin/{id}?xong=tep")),
        Ok(false) => page(&app, &staff, &visitor, &work, (typed, version), (None, true)),
        Err(problem) => match told(problem, visitor.lang) {
            Ok(wrong) => page(&app, &staff, &visitor, &work, (typed, version), (Some(wrong), false)),
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}

/// The text of a file of figures.
fn taken(bytes: &[u8]) -> Result<String, Problem> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\0'));
    let says = |lang: Lang| lang.media().not_csv;
    let text = text.ok_or_else(|| Problem::refused(says(Lang::Vi), says(Lang::En)))?;
    Ok(nfc(text.trim_start_matches('\u{feff}')))
}

/// Attaches the picture to the draft, with the same in words.
async fn attached(app: &App, staff: &Staff, work: &Work, version: i64, typed: &Typed) -> Result<(), Problem> {
    let drawn = typed.drawn().map_err(Problem::Invalid)?;
    let (svg, text) = (drawn.svg, drawn.twin.text());
    let png = tokio::task::spawn_blocking(move || charts::png(&svg)).await.map_err(anyhow::Error::from)?;
    let kept = typed.around.title.chars().filter(|sign| !matches!(sign, '/' | '\\') && !sign.is_control());
    let name: String = kept.take(80).collect();
    let upload = Upload {
        name: format!("{}.png", name.trim().trim_end_matches('.')),
        media: "image/png".into(),
        bytes: png.map_err(anyhow::Error::from)?,
        alt: Some(drawn.alt),
        decorative: false,
        text: Some(text),
    };
    let (file, bytes) = attach(work.id, upload).await?;
    let (attached, hash, id) = (Attached::of(&file), file.sha256, work.id);
    let mut conn = app.db.read().await?;
    let written = drafts::version(&mut conn, id, version).await?;
    drop(conn);
    let mut written = written.ok_or(Problem::NotFound("version"))?;
    app.db
        .write("draft.figures", async move |tx: &mut Tx| -> Result<(), Problem> {
            Ok(drafts::keep_file(tx, id, &hash, bytes).await?)
        })
        .await?;
    written.files.retain(|file| file.sha256 != attached.sha256);
    written.files.push(attached);
    match acts::save(app, &By::staff(staff), id, version, written, work.hour()).await? {
        Saved::As(..) => Ok(()),
        Saved::Clash(..) => {
            let says = |lang: Lang| lang.media().captions_clash;
            Err(Problem::refused(says(Lang::Vi), says(Lang::En)))
        }
    }
}
