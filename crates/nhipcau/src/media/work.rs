//! Makes of a whole file what the draft holds, and of a clip its copies, one file after the other; what was interrupted is begun again.
//!
//! Each step is a transaction of its own and changes nothing when it is done twice: the file's bytes are kept by their hash, the draft lists a file
//! once, copies replace copies.

use std::time::Duration;

use network::names::ContentHash;
use tokio::sync::mpsc;

use super::store::{self, File, Stage};
use super::{copies, folder, parts, place};
use crate::app::App;
use crate::db::Tx;
use crate::drafts::acts::{self, By, Saved};
use crate::drafts::life::{Actor, Stage as Life};
use crate::drafts::{Attached, Work, store as drafts};
use crate::files::{Making, Upload, ready};
use crate::items::draft::{MOST_FILE, attach, attach_clip};
use crate::people::audit::Who;
use crate::people::gate;
use crate::problem::{Fault, Problem};

/// Without a word it is looked so often for what is whole.
const LOOK: Duration = Duration::from_secs(5);
/// It is looked so many times between two looks at the folder.
const TIDIED: u32 = 120;
/// A file whose making was interrupted so often is not begun again by itself: it may be what stops the node.
const TRIES: i64 = 4;
/// Saving the draft is tried so often when others save it meanwhile.
const SAVES: usize = 5;
/// The media type of a clip.
const CLIP: &str = "video/mp4";

/// Makes files until the node stops.
pub async fn run(app: App) {
    let began = app.db.write("upload.interrupted", async |tx: &mut Tx| -> Result<(), Problem> {
        Ok(store::interrupted(tx).await?)
    });
    if let Err(problem) = began.await {
        tracing::warn!(%problem, "files that were being made could not be begun again");
    }
    for round in 0_u32.. {
        if round % TIDIED == 0
            && let Err(problem) = tidy(&app).await
        {
            tracing::warn!(%problem, "the folder of uploads could not be tidied");
        }
        if let Err(problem) = all(&app).await {
            tracing::warn!(%problem, "files of drafts could not be made");
        }
        tokio::select! {
            () = app.media.woken() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Forgets what has ended, and removes bytes that nobody needs.
async fn tidy(app: &App) -> Result<(), Problem> {
    app.db
        .write("upload.forget", async |tx: &mut Tx| -> Result<(), Problem> { Ok(store::forget(tx).await?) })
        .await?;
    // Listed before it is asked what is needed: a file that begins meanwhile is not among them.
    let mut held = Vec::new();
    match tokio::fs::read_dir(folder(app)).await {
        Ok(mut entries) => {
            while let Some(entry) = entries.next_entry().await.map_err(anyhow::Error::from)? {
                held.push(entry.path());
            }
        }
        Err(_) => return Ok(()),
    }
    let needed = store::needed(&mut app.db.read().await?).await?;
    for path in held {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if !needed.contains(&name) {
            tokio::fs::remove_file(&path).await.map_err(anyhow::Error::from)?;
        }
    }
    Ok(())
}

async fn all(app: &App) -> Result<(), Problem> {
    loop {
        let Some(file) = store::next(&mut app.db.read().await?).await? else { return Ok(()) };
        let id = file.id;
        let begun = app.db.write("upload.work", async move |tx: &mut Tx| -> Result<bool, Problem> {
            Ok(store::begin(tx, id).await?)
        });
        if !begun.await? {
            continue;
        }
        let made = if file.tries >= TRIES { Err(interrupted()) } else { make(app, &file).await };
        if let Err(problem) = made {
            let why = told(&problem);
            if let Problem::Ours(error) = &problem {
                tracing::warn!(upload = %id, error = format!("{error:#}"), "a file of a draft was not made");
            }
            app.db
                .write("upload.failed", async move |tx: &mut Tx| -> Result<(), Problem> {
                    Ok(store::failed(tx, id, &why).await?)
                })
                .await?;
        }
    }
}

fn interrupted() -> Problem {
    Problem::refused(
        "Máy chủ đã dừng nhiều lần trong lúc xử lý tệp này. Bấm Làm lại để thử lần nữa; nếu vẫn vậy, hãy báo quản trị máy chủ.",
        "The node stopped several times while this file was made. Try again; if it happens once more, tell the node's administrator.",
    )
}

/// Why something failed, for the page, in both languages.
fn told(problem: &Problem) -> (String, String) {
    match problem {
        Problem::Forbidden { vi, en }
        | Problem::Refused { vi, en }
        | Problem::NotNow { vi, en }
        | Problem::TooOften { vi, en } => (vi.clone(), en.clone()),
        Problem::Invalid(faults) => {
            let join = |of: fn(&Fault) -> &str| faults.iter().map(of).collect::<Vec<_>>().join(" ");
            (join(|fault| &fault.vi), join(|fault| &fault.en))
        }
        Problem::NotFound(_) | Problem::Gone | Problem::Ours(_) => (
            "Máy chủ gặp lỗi khi xử lý tệp này. Bấm Làm lại; nếu vẫn lỗi, hãy báo quản trị máy chủ.".into(),
            "The node failed to make this file. Try again; if it fails once more, tell the node's administrator.".into(),
        ),
    }
}

/// Tells the page what is being made, while it is.
struct Steps(mpsc::UnboundedSender<Making>);

impl Steps {
    /// Runs work that tells what it begins.
    async fn told<T>(app: &App, file: &File, work: impl AsyncFnOnce(Steps) -> T) -> T {
        let (send, mut begun) = mpsc::unbounded_channel();
        let id = file.id;
        let noting = async {
            while let Some(what) = begun.recv().await {
                let step = word(what);
                let noted = app.db.write("upload.step", async move |tx: &mut Tx| -> Result<(), Problem> {
                    Ok(store::step(tx, id, &step).await?)
                });
                if let Err(problem) = noted.await {
                    tracing::warn!(%problem, "how far a file is could not be noted");
                }
            }
        };
        // Noting ends when the work has dropped its end.
        tokio::join!(work(Steps(send)), noting).0
    }

    fn teller(&self) -> impl Fn(Making) + Send + 'static + use<> {
        let send = self.0.clone();
        move |what| {
            // Nobody may be left who shows it.
            let _ = send.send(what);
        }
    }
}

/// The word for what is being made, as it is stored: `best`, `360`, `sound`, `still`.
fn word(what: Making) -> String {
    match what {
        Making::Best => "best".into(),
        Making::Size(lines) => lines.to_string(),
        Making::Sound => "sound".into(),
        Making::Still => "still".into(),
    }
}

async fn make(app: &App, file: &File) -> Result<(), Problem> {
    let (attached, wanted) = match &file.attached {
        Some(attached) if !file.comes() => (attached.clone(), is_listed(app, file, attached).await?),
        attached => {
            // Whoever may not write any more costs no processor.
            let (by, _) = writer(app, file).await?;
            let attached = match attached {
                Some(attached) => attached.clone(),
                None => take(app, file).await?,
            };
            joins(app, file, &by, &attached).await?;
            (attached, true)
        }
    };
    let mut main = None;
    if wanted && attached.media == CLIP {
        let hash: ContentHash =
            attached.sha256.parse().map_err(|_| anyhow::anyhow!("a stored hash is damaged"))?;
        let bytes = drafts::file(&mut app.db.read().await?, file.draft, &hash).await?;
        let bytes = bytes.ok_or(Problem::NotFound("file of this draft"))?;
        let copies = Steps::told(app, file, async |steps| {
            let tell = steps.teller();
            tokio::task::spawn_blocking(move || ready(&bytes, &tell)).await
        });
        let copies = copies.await.map_err(|error| Problem::Ours(error.into()))?;
        let copies = copies.map_err(|refusal| Problem::Refused { vi: refusal.vi, en: refusal.en })?;
        main = copies.map(|copies| (hash, copies));
    }
    let done = file.clone();
    app.db
        .write("upload.done", async move |tx: &mut Tx| -> Result<(), Problem> {
            Ok(store::done(tx, &done, main).await?)
        })
        .await
}

/// True if a draft that can still be changed lists a file.
async fn is_listed(app: &App, file: &File, attached: &Attached) -> Result<bool, Problem> {
    let work = acts::find(&mut app.db.read().await?, file.log, file.draft).await?;
    Ok(work.stage.is_open() && work.written.files.iter().any(|one| one.sha256 == attached.sha256))
}

/// Whoever sent a file, with the roles of today, and the draft.
async fn writer(app: &App, file: &File) -> Result<(By, Work), Problem> {
    let portal =
        app.portals.load().find(|portal| portal.log == file.log).ok_or(Problem::NotFound("portal"))?;
    let mut conn = app.db.read().await?;
    let roles = gate::roles_at(app, &mut conn, file.account, &portal).await?;
    let by = By {
        actor: Actor::Person(file.account, roles),
        who: Who::Account(file.account),
        log: file.log,
        origin: portal.origin.clone(),
    };
    let work = acts::find(&mut conn, file.log, file.draft).await?;
    if !work.stage.is_open() {
        return Err(parts::closed());
    }
    let lists = |work: &Work| {
        file.attached.as_ref().is_some_and(|one| work.written.files.iter().any(|f| f.sha256 == one.sha256))
    };
    // Nobody approves what comes by itself afterwards.
    if work.stage != Life::Draft && !file.asked && !lists(&work) {
        return Err(Problem::refused(
            "Bản nháp đã được trình hoặc duyệt trong lúc tệp còn tải lên. Bấm Làm lại để thêm tệp; bản nháp sẽ phải duyệt lại.",
            "The draft was handed in or approved while the file was coming. Try again to add it; the draft must then be approved anew.",
        ));
    }
    Ok((by, work))
}

/// Takes a whole file through the house's door, and keeps what it becomes with the draft.
async fn take(app: &App, file: &File) -> Result<Attached, Problem> {
    let beside = parts::beside(&file.metadata);
    let path = place(app, file.id);
    let upload = Upload {
        name: file.name.clone(),
        media: String::new(),
        bytes: Vec::new(),
        alt: beside.some("alt"),
        decorative: beside.get("decorative") == "1",
        text: beside.some("loi"),
    };
    let is_clip = file.size > MOST_FILE as u64 || is_film(&path).await?;
    let (made, bytes) = match is_clip {
        true => {
            let path = std::path::absolute(path).map_err(anyhow::Error::from)?;
            Steps::told(app, file, async |steps| attach_clip(file.draft, upload, path, steps.teller()).await)
                .await?
        }
        false => {
            let bytes = tokio::fs::read(&path).await.map_err(anyhow::Error::from)?;
            attach(file.draft, Upload { bytes, ..upload }).await?
        }
    };
    let (attached, hash, id, draft) = (Attached::of(&made), made.sha256, file.id, file.draft);
    let became = attached.clone();
    app.db
        .write("upload.taken", async move |tx: &mut Tx| -> Result<(), Problem> {
            if !store::became(tx, id, &became).await? {
                return Err(Problem::NotFound("upload"));
            }
            Ok(drafts::keep_file(tx, draft, &hash, bytes).await?)
        })
        .await?;
    // What cannot be removed now, the next look at the folder removes.
    let _ = tokio::fs::remove_file(place(app, file.id)).await;
    Ok(attached)
}

async fn is_film(path: &std::path::Path) -> anyhow::Result<bool> {
    use tokio::io::AsyncReadExt;
    let mut head = Vec::new();
    tokio::fs::File::open(path).await?.take(64 << 10).read_to_end(&mut head).await?;
    Ok(crate::files::kind_of(&head) == crate::files::Kind::Mp4)
}

/// Adds a file to the draft's list, upon whatever others save meanwhile.
async fn joins(app: &App, file: &File, by: &By, attached: &Attached) -> Result<(), Problem> {
    for _ in 0..SAVES {
        let (_, work) = writer(app, &File { attached: Some(attached.clone()), ..file.clone() }).await?;
        if work.written.files.iter().any(|one| one.sha256 == attached.sha256) {
            return Ok(());
        }
        let mut written = work.written.clone();
        written.files.push(attached.clone());
        if let Saved::As(..) = acts::save(app, by, work.id, work.version, written, work.hour()).await? {
            return Ok(());
        }
    }
    Err(Problem::refused(
        "Người khác đang đổi danh sách tệp của bản nháp. Bấm Làm lại.",
        "Somebody else is changing the draft's files. Try again.",
    ))
}

/// Lets copies be made of a clip that is in the draft already; nothing if that is no clip, or they are made.
///
/// # Errors
/// The database's; no randomness for an id.
pub async fn copies_of(
    app: &App,
    draft: (uuid::Uuid, i64),
    account: uuid::Uuid,
    attached: &Attached,
) -> Result<(), Problem> {
    let hash: ContentHash =
        attached.sha256.parse().map_err(|_| anyhow::anyhow!("a stored hash is damaged"))?;
    if attached.media != CLIP || copies::are_made(&mut app.db.read().await?, draft.0, &hash).await? {
        return Ok(());
    }
    let file = File {
        id: app.dice.id(&app.clock)?,
        draft: draft.0,
        log: draft.1,
        account,
        name: attached.name.clone(),
        metadata: String::new(),
        size: attached.size,
        held: attached.size,
        stage: Stage::Waiting,
        step: String::new(),
        why: None,
        attached: Some(attached.clone()),
        tries: 0,
        asked: false,
        ends: 0,
    };
    app.db
        .write("upload.copies", async move |tx: &mut Tx| -> Result<(), Problem> {
            Ok(store::add(tx, &file).await?)
        })
        .await?;
    app.media.wake();
    Ok(())
}
