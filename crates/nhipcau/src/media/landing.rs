//! The bytes of a file that comes in parts, on the disk.
//!
//! What is held is what the database says, and it says so only of bytes that are synced. What lies behind them in the file, because a part broke
//! off, is cut away by the next one.

use std::path::Path;

use axum::body::BodyDataStream;
use futures::StreamExt;
use tokio::fs::OpenOptions;
use tokio::io::{AsyncSeekExt, AsyncWriteExt};
use uuid::Uuid;

use super::parts::No;
use super::store::{self, File};
use super::tus::{self, Refused};
use super::{SPARE, folder, place};
use crate::app::App;
use crate::db::Tx;
use crate::problem::Problem;

/// Without a sum, what came is synced and noted each time so many bytes have come.
const NOTED: u64 = 8 << 20;

/// Refuses what would fill the disk.
pub(super) async fn has_room(app: &App, size: u64) -> Result<(), No> {
    let folder = folder(app);
    tokio::fs::create_dir_all(&folder).await.map_err(anyhow::Error::from)?;
    let told = rustix::fs::statvfs(&folder).map_err(anyhow::Error::from)?;
    if told.f_bavail.saturating_mul(told.f_frsize) < size.saturating_add(SPARE) {
        return Err(No::Problem(Problem::NotNow {
            vi: "Ổ đĩa của máy chủ không đủ chỗ cho tệp này. Hãy báo quản trị máy chủ.".into(),
            en: "The node's disk has no room for this file. Tell the node's administrator.".into(),
        }));
    }
    Ok(())
}

/// Takes a part as it comes. How much is held then, and whether that is all.
pub(super) async fn receives(
    app: &App,
    file: File,
    mut part: tus::Part,
    mut body: BodyDataStream,
) -> Result<(u64, bool), No> {
    let Some(mut out) = opened(&place(app, file.id), file.held).await? else {
        // After a restore its bytes are gone: whoever sends it begins anew.
        leave(app, file.id).await?;
        return Err(Problem::NotFound("upload").into());
    };
    let (mut held, mut noted, mut broken) = (file.held, file.held, false);
    while let Some(piece) = body.next().await {
        let Ok(piece) = piece else {
            broken = true;
            break;
        };
        if held + piece.len() as u64 > file.size {
            return Err(Refused {
                status: 413,
                vi: "Phần này dài hơn tệp đã khai.",
                en: "This part is longer than the file was said to be.",
            }
            .into());
        }
        out.write_all(&piece).await.map_err(anyhow::Error::from)?;
        held += piece.len() as u64;
        match &mut part.sum {
            Some(sum) => sum.add(&piece),
            None if held - noted >= NOTED => {
                note(app, &mut out, file.id, held).await?;
                noted = held;
            }
            None => {}
        }
    }
    match part.sum {
        // Of what was to have a sum, only the whole can be known to be right.
        Some(_) if broken => return Ok((file.held, false)),
        Some(sum) => sum.holds()?,
        None => {}
    }
    note(app, &mut out, file.id, held).await?;
    Ok((held, held == file.size))
}

/// The file of an upload, where its next byte belongs; `None` if bytes that are held are not there.
async fn opened(path: &Path, held: u64) -> anyhow::Result<Option<tokio::fs::File>> {
    if let Some(folder) = path.parent() {
        tokio::fs::create_dir_all(folder).await?;
    }
    let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(path).await?;
    if file.metadata().await?.len() < held {
        return Ok(None);
    }
    file.set_len(held).await?;
    file.seek(std::io::SeekFrom::Start(held)).await?;
    Ok(Some(file))
}

/// Syncs what came, then notes it.
async fn note(app: &App, out: &mut tokio::fs::File, id: Uuid, held: u64) -> Result<(), Problem> {
    out.flush().await.map_err(anyhow::Error::from)?;
    out.sync_data().await.map_err(anyhow::Error::from)?;
    let noted = app.db.write("upload.part", async move |tx: &mut Tx| -> Result<bool, Problem> {
        Ok(store::holds(tx, id, held).await?)
    });
    if noted.await? { Ok(()) } else { Err(Problem::NotFound("upload")) }
}

/// Forgets a file and its bytes.
pub(super) async fn leave(app: &App, id: Uuid) -> Result<(), Problem> {
    let removed = app.db.write("upload.leave", async move |tx: &mut Tx| -> Result<bool, Problem> {
        Ok(store::remove(tx, id).await?)
    });
    if !removed.await? {
        return Err(Problem::refused(
            "Tệp đang được xử lý; hãy đợi xong bước này.",
            "The file is being made; wait until that is done.",
        ));
    }
    // If it cannot be removed now, the next look at the folder does that.
    let _ = tokio::fs::remove_file(place(app, id)).await;
    Ok(())
}
