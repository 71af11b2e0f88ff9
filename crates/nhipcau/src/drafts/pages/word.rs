//! A Word file made into a draft's text: what was read is shown with its pictures before anything is saved.
//!
//! The file itself is not kept. Its pictures go through the house's door ([`files::take`]) at once and lie beside the draft;
//! they are attached, each with its words, only when the text is taken over.

use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use network::content::{Body, Format, Layer};
use network::names::ContentHash;
use serde_json::json;

use super::{by, find};
use crate::app::App;
use crate::db::Tx;
use crate::drafts::acts::{self, Saved};
use crate::drafts::{Attached, Work, Written, store};
use crate::files::{Kind, Upload, kind_of, text_of};
use crate::items::body;
use crate::items::draft::{attach, of_words};
use crate::items::paste::{self, Cleaned, Picture};
use crate::people::audit;
use crate::people::forms::{Fields, told};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, HOME, drawn, see, shell};
use crate::people::upload;
use crate::problem::{Fault, Problem};
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, WordFileWords};

/// A picture that was read, kept beside the draft.
struct Kept {
    name: String,
    sha256: String,
    alt: String,
    decorative: bool,
    leave: bool,
}

/// What was read of a file, or typed over it.
struct Read {
    name: String,
    text: String,
    format: Format,
    /// The text as readers would see it.
    html: String,
    notes: Vec<String>,
    /// Words before and after, where the letters were of an old encoding.
    samples: Vec<(String, String)>,
    pictures: Vec<Kept>,
    /// Where it goes: in the place of what stands, or after it.
    after: bool,
}

#[derive(Template)]
#[template(path = "drafts/word.html")]
struct Page {
    shell: Shell,
    desk: Desk,
    f: &'static WordFileWords,
    id: String,
    version: i64,
    writes: bool,
    /// True if the draft has a text already.
    has_text: bool,
    read: Option<Read>,
    wrong: Option<String>,
}

/// `GET /ban-lam-viec/tin/{id}/word`
pub async fn word(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Response {
    shown(&app, &staff, &visitor, &id, None, None, StatusCode::OK).await
}

async fn shown(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    id: &str,
    read: Option<Read>,
    wrong: Option<String>,
    status: StatusCode,
) -> Response {
    let lang = visitor.lang;
    match find(app, staff, id).await {
        Ok(work) => {
            let f = lang.word_file();
            let page = Page {
                shell: shell(app, visitor, &staff.portal, f.title),
                desk: Desk::of(staff, lang, HOME, None),
                f,
                id: work.id.to_string(),
                version: work.version,
                writes: work.stage.is_open(),
                has_text: !work.written.draft.text.trim().is_empty(),
                read,
                wrong,
            };
            drawn(app, visitor, status, &page)
        }
        Err(problem) => failure(app, visitor, problem),
    }
}

/// `POST /ban-lam-viec/tin/{id}/word`: reads a file and shows it; or takes over what was shown (`viec=lay`).
pub async fn take_word(
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
    if sent.fields.get("viec") == "lay" {
        let typed = typed(&sent.fields);
        return match take_over(&app, &staff, &id, &sent.fields).await {
            Ok(()) => see(visitor.lang, &format!("{HOME}/tin/{id}?xong=word")),
            Err(problem) => refused(&app, &staff, &visitor, &id, Some(typed), problem).await,
        };
    }
    let read = async { read(&app, &staff, &id, visitor.lang, sent.file?).await };
    match read.await {
        Ok(read) => shown(&app, &staff, &visitor, &id, Some(read), None, StatusCode::OK).await,
        Err(problem) => refused(&app, &staff, &visitor, &id, None, problem).await,
    }
}

/// The page with what was wrong, and with what was typed.
async fn refused(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    id: &str,
    typed: Option<Read>,
    problem: Problem,
) -> Response {
    match told(problem, visitor.lang) {
        Ok((status, wrong)) => shown(app, staff, visitor, id, typed, Some(wrong), status).await,
        Err(problem) => failure(app, visitor, problem),
    }
}

fn fault(vi: &str, en: &str) -> Problem {
    Problem::Invalid(vec![Fault { field: "tep".into(), vi: vi.into(), en: en.into() }])
}

/// Reads a file: its text, and its pictures, which are kept beside the draft.
async fn read(app: &App, staff: &Staff, id: &str, lang: Lang, file: Option<Upload>) -> Result<Read, Problem> {
    let work = find(app, staff, id).await?;
    let Some(Upload { name, media, bytes, .. }) = file.filter(|file| !file.bytes.is_empty()) else {
        return Err(fault("Hãy chọn tệp Word rồi bấm Xem nội dung.", "Choose a Word file, then look at it."));
    };
    let called = name.clone();
    let read = tokio::task::spawn_blocking(move || match kind_of(&bytes) {
        // All that stands in the file, headers and boxes too: a mark of secrecy stands there as well.
        Kind::Docx => Ok((text_of(Kind::Docx, &bytes), paste::clean(&bytes, &media, &called)?)),
        // An older .doc, a PDF, anything else under the name of a Word file: said with what to do.
        other => Err(paste::not_word(other)),
    });
    let (whole, cleaned) = read.await.map_err(anyhow::Error::from)??;
    let Cleaned { text, format, recognised, notes, pictures } = cleaned;
    let mut draft = work.written.draft.clone();
    for text in [whole, text] {
        (draft.text, draft.format) = (text, format.to_string());
        let marked = draft.marks(work.id);
        if !marked.is_empty() {
            return Err(Problem::Invalid(marked));
        }
    }
    let mut says: Vec<String> =
        notes.into_iter().map(|note| if lang == Lang::Vi { note.vi } else { note.en }).collect();
    let (mut kept, mut files) = (Vec::new(), Vec::new());
    // An annex has no files.
    let pictures = if work.written.beside.is_some() { Vec::new() } else { pictures };
    for picture in pictures {
        match taken(&work, picture).await? {
            Ok((picture, hash, bytes)) => {
                kept.push(picture);
                files.push((hash, bytes));
            }
            Err(name) => says.push(lang.word_file().picture_refused(name)),
        }
    }
    let line = staff.line("draft.word", work.id.to_string()).with(json!({ "pictures": kept.len() }));
    let (log, draft_id) = (staff.portal.log, work.id);
    app.db
        .write("draft.word", async move |tx: &mut Tx| -> Result<(), Problem> {
            // Reading takes a while: nothing is laid beside a draft that was erased or issued meanwhile.
            if !acts::find(tx.conn(), log, draft_id).await?.stage.is_open() {
                return Err(Problem::refused(
                    "Bản này không còn là dự thảo nên không nhận tệp nữa.",
                    "This is not a draft any more: it takes no files.",
                ));
            }
            for (hash, bytes) in files {
                store::keep_file(tx, draft_id, &hash, bytes).await?;
            }
            Ok(audit::add(tx, line).await?)
        })
        .await?;
    Ok(Read {
        html: rendered(&draft.text, format),
        name,
        text: draft.text,
        format,
        notes: says,
        samples: recognised.map(|found| found.samples).unwrap_or_default(),
        pictures: kept,
        after: false,
    })
}

fn rendered(text: &str, format: Format) -> String {
    body::render(&Body { format, text: text.to_owned(), layer: Layer::Official }).html
}

/// A picture, made anew, with the bytes to be kept; or its name, if the house takes no such picture.
async fn taken(
    work: &Work,
    picture: Picture,
) -> Result<Result<(Kept, ContentHash, Vec<u8>), String>, Problem> {
    let Picture { name, bytes, alt } = picture;
    let short: String = alt.chars().take(crate::files::MOST_ALT).collect();
    // Its words are asked for on the page; here it only must be a picture.
    let upload =
        Upload { name: name.clone(), media: String::new(), bytes, decorative: true, ..Upload::default() };
    let (attached, bytes) = match attach(work.id, upload).await {
        Ok((file, bytes)) => (Attached::of(&file), bytes),
        Err(Problem::Invalid(_)) => return Ok(Err(name)),
        Err(problem) => return Err(problem),
    };
    if !attached.media.starts_with("image/") {
        return Ok(Err(name));
    }
    let hash = ContentHash::of(&bytes);
    let kept =
        Kept { name: attached.name, sha256: attached.sha256, alt: short, decorative: false, leave: false };
    Ok(Ok((kept, hash, bytes)))
}

/// What stands in the form, to be shown again.
fn typed(form: &Fields) -> Read {
    let format = form.get("dang").parse().unwrap_or(Format::Markdown);
    let (names, alts): (Vec<&str>, Vec<&str>) =
        (form.all("anh-ten").collect(), form.all("anh-loi").collect());
    let pictures = form.all("anh").zip(names).zip(alts).map(|((sha256, name), alt)| Kept {
        name: name.to_owned(),
        sha256: sha256.to_owned(),
        alt: alt.to_owned(),
        decorative: form.all("anh-trang-tri").any(|ticked| ticked == sha256),
        leave: form.all("anh-bo").any(|ticked| ticked == sha256),
    });
    Read {
        name: form.get("ten").to_owned(),
        html: rendered(form.get("text"), format),
        text: form.get("text").to_owned(),
        format,
        notes: Vec::new(),
        samples: Vec::new(),
        pictures: pictures.collect(),
        after: form.get("cho") == "sau",
    }
}

/// Takes over what was shown: the text, and the pictures with their words.
async fn take_over(app: &App, staff: &Staff, id: &str, form: &Fields) -> Result<(), Problem> {
    let work = find(app, staff, id).await?;
    let version: i64 = form.get("version").parse().unwrap_or(0);
    let read = typed(form);
    if read.text.trim().is_empty() {
        return Err(fault("Không còn chữ nào để lấy.", "There is no text left to take."));
    }
    let mut conn = app.db.read().await?;
    let mut written =
        store::version(&mut conn, work.id, version).await?.ok_or(Problem::NotFound("version"))?;
    let mut pictures = Vec::new();
    for picture in read.pictures.iter().filter(|picture| !picture.leave) {
        let alt = picture.alt.trim();
        if alt.is_empty() && !picture.decorative {
            return Err(fault(
                "Mỗi ảnh cần lời tả cho người không nhìn thấy ảnh; ảnh chỉ để trang trí thì đánh dấu, ảnh không cần thì bỏ.",
                "Each picture needs words for who does not see it; tick those that only decorate, and leave out those that are not needed.",
            ));
        }
        for words in [alt, picture.name.as_str()] {
            if let Some(marked) = of_words(work.item, "tep", words) {
                return Err(Problem::Invalid(vec![marked]));
            }
        }
        // Only what was read of a file for this very draft lies there.
        let hash: ContentHash =
            picture.sha256.parse().map_err(|_| Problem::invalid("anh", "is no picture of this draft"))?;
        let bytes =
            store::file(&mut conn, work.id, &hash).await?.ok_or(Problem::NotFound("file of this draft"))?;
        pictures.push(Attached {
            name: picture.name.clone(),
            media: kind_of(&bytes).media().to_owned(),
            sha256: picture.sha256.clone(),
            size: bytes.len() as u64,
            alt: Some(alt.to_owned()).filter(|alt| !alt.is_empty() && !picture.decorative),
            decorative: picture.decorative,
            text: None,
        });
    }
    drop(conn);
    put(&mut written, &read)?;
    written.files.retain(|file| pictures.iter().all(|picture| picture.sha256 != file.sha256));
    written.files.extend(pictures);
    match acts::save(app, &by(staff), work.id, version, written, work.hour()).await? {
        Saved::As(..) => Ok(()),
        Saved::Clash(..) => Err(Problem::refused(
            "Người khác vừa sửa văn bản của bản nháp. Nội dung đọc từ tệp vẫn ở dưới đây; hãy bấm lấy lần nữa để dùng nó, hoặc về bản nháp xem trước.",
            "Somebody has just changed the draft's text. What was read of the file still stands below; take it once more to use it, or look at the draft first.",
        )),
    }
}

/// Puts the text in the place of what stands, or after it.
fn put(written: &mut Written, read: &Read) -> Result<(), Problem> {
    let draft = &mut written.draft;
    let format = read.format.to_string();
    if !read.after || draft.text.trim().is_empty() {
        (draft.text, draft.format) = (read.text.trim().to_owned(), format);
        return Ok(());
    }
    if draft.format.parse().unwrap_or(Format::Markdown) != read.format {
        return Err(fault(
            "Văn bản đang có và văn bản trong tệp có cách trình bày khác nhau (bảng có ô gộp cần HTML), nên không nối được. Hãy thay văn bản hiện có.",
            "The text that stands and the one in the file are marked up differently (joined cells need HTML), so one cannot follow the other. Replace the text that stands.",
        ));
    }
    draft.text = format!("{}\n\n{}", draft.text.trim_end(), read.text.trim());
    Ok(())
}
