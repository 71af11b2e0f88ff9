//! Media of a draft: files that come in parts (tus 1.0), what is made of them in the background, captions, and pictures of figures.
//!
//! `tus` reads the protocol's headers, `parts` is the door and `landing` lays what comes on the disk, `store` remembers how much is held, `work`
//! makes of a whole file what the draft and later the item hold; a node that stops goes on where it stood. `copies` keeps what was made of clips.
//! `pages` says how far it is. `captions` is the editor of what is said in a clip, `figures` draws what is typed as CSV. The bytes of a file that
//! is still coming lie in a folder beside the content and in no backup.

mod captions;
pub mod copies;
mod figures;
mod landing;
mod pages;
mod parts;
mod rules;
pub mod store;
mod tus;
mod work;

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use axum::routing::{delete, get, patch, post};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::app::App;
use crate::people::Duty;
use crate::web::routes::{Route, desk_form, desk_page, desk_part, desk_upload};

pub use pages::coming;
pub use work::{copies_of, run};

/// The most bytes of a clip that comes in parts: a quarter of an hour as telephones film it.
pub const MOST_CLIP: u64 = 2 << 30;
/// The most files of one person, and of one agency, that are coming at once.
const MOST_OF_PERSON: i64 = 5;
const MOST_OF_AGENCY: i64 = 20;
/// The most bytes that the files of one agency may come to that are coming or waiting.
const MOST_BYTES: i64 = 8 << 30;
/// So much of the disk stays free of what is coming, in bytes.
const SPARE: u64 = 2 << 30;
/// A file of which nothing more comes is forgotten after so long, in microseconds; so is what failed.
const LASTS: i64 = 24 * 3_600_000_000;
/// What is done stays on the page for so long.
const SHOWN: i64 = 7 * LASTS;

/// Where the files of one node stand that are coming.
#[derive(Clone, Default)]
pub struct Desk {
    taken: Arc<Mutex<HashSet<Uuid>>>,
    wake: Arc<Notify>,
}

/// The turn at one file; it ends when this is dropped.
pub struct Turn {
    id: Uuid,
    taken: Arc<Mutex<HashSet<Uuid>>>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

impl Desk {
    /// The turn at a file; `None` while somebody else has it.
    pub fn turn(&self, id: Uuid) -> Option<Turn> {
        let first = self.taken.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        first.then(|| Turn { id, taken: self.taken.clone() })
    }

    /// Tells whoever makes files that one is whole.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Waits for that.
    pub async fn woken(&self) {
        self.wake.notified().await;
    }
}

/// What an act of the audit trail is called; none for acts of others.
pub fn act_name(act: &str, lang: crate::words::Lang) -> Option<&'static str> {
    pages::act_name(act, lang)
}

/// Where the bytes of files lie that are coming.
fn folder(app: &App) -> PathBuf {
    app.config.content.with_file_name("uploads")
}

/// Where those of one file lie.
fn place(app: &App, id: Uuid) -> PathBuf {
    folder(app).join(id.to_string())
}

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    let all = "/ban-lam-viec/tin/{id}/tai-len";
    let one = "/ban-lam-viec/tin/{id}/tai-len/{upload}";
    vec![
        desk_page(all, Duty::Write, "files of a draft that are coming or being made", get(pages::show)),
        desk_part(
            "POST",
            all,
            Duty::Write,
            "begin a file that comes in parts (tus 1.0)",
            post(parts::begin).options(parts::able),
        ),
        desk_page(one, Duty::Write, "how much of a file has come (tus 1.0)", get(parts::offset)),
        desk_part("PATCH", one, Duty::Write, "a part of a file (tus 1.0)", patch(parts::part)),
        desk_part("DELETE", one, Duty::Write, "leave a file that was coming (tus 1.0)", delete(parts::end)),
        desk_form(one, Duty::Write, "make a file again, or leave it", post(pages::act)),
        desk_page(
            "/ban-lam-viec/tin/{id}/phu-de/{sha256}",
            Duty::Work,
            "captions of a clip of a draft",
            get(captions::show),
        ),
        desk_upload(
            "/ban-lam-viec/tin/{id}/phu-de/{sha256}",
            Duty::Write,
            "change captions, or take them from a file",
            post(captions::save),
        ),
        desk_page(
            "/ban-lam-viec/tin/{id}/phu-de/{sha256}/tep",
            Duty::Work,
            "captions of a clip as WebVTT",
            get(captions::file),
        ),
        desk_page(
            "/ban-lam-viec/tin/{id}/tep/{sha256}",
            Duty::Work,
            "a picture or clip of a draft",
            get(pages::file),
        ),
        desk_page(
            "/ban-lam-viec/tin/{id}/so-lieu",
            Duty::Write,
            "figures for a picture of them",
            get(figures::show),
        ),
        desk_upload(
            "/ban-lam-viec/tin/{id}/so-lieu",
            Duty::Write,
            "draw figures, or attach the picture",
            post(figures::act),
        ),
    ]
}
