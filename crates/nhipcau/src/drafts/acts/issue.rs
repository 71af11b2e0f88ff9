//! What is issued of a draft: the request with the bytes of its files, as far as it still fits what stands.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use network::names::{ContentHash, Origin};

use crate::annexes;
use crate::app::App;
use crate::db::Conn;
use crate::drafts::{Work, store};
use crate::items::desk::Request;
use crate::items::draft::{Draft, DraftFile};
use crate::items::publish;
use crate::items::store::{self as items, Reference};
use crate::problem::Problem;

/// The request that issues a draft.
pub(super) async fn request(
    app: &App,
    conn: &mut Conn,
    work: &Work,
    origin: &Origin,
) -> Result<Request, Problem> {
    let edition = work.base + 1;
    if let Some(core) = &work.written.beside {
        let draft = work.written.handed_in();
        return annexes::acts::request(app, (work.log, origin), (work.item, edition), core, draft).await;
    }
    let draft = whole(conn, work).await?;
    publish::prepare(app, work.log, origin, work.item, edition, work.change, draft).await
}

/// A draft with the bytes of its files, as it is handed in.
pub(super) async fn whole(conn: &mut Conn, work: &Work) -> Result<Draft, Problem> {
    let mut draft = work.written.handed_in();
    for file in &work.written.files {
        let hash: ContentHash =
            file.sha256.parse().map_err(|_| anyhow::anyhow!("a stored hash is damaged"))?;
        let bytes =
            store::file(conn, work.id, &hash).await?.ok_or(Problem::NotFound("file of this draft"))?;
        let ready = crate::media::copies::of(conn, work.id, &hash, &bytes).await?;
        let base64 = BASE64_STANDARD.encode(bytes);
        draft.files.push(DraftFile {
            name: file.name.clone(),
            media: file.media.clone(),
            base64,
            alt: file.alt.clone(),
            decorative: file.decorative,
            text: file.text.clone(),
            ready,
            ..DraftFile::default()
        });
    }
    Ok(draft)
}

/// Refuses a further edition of what has moved on since the draft was begun.
pub(super) async fn still_the_base(conn: &mut Conn, work: &Work, origin: &Origin) -> Result<(), Problem> {
    if let Some(core) = &work.written.beside {
        return annexes::acts::still(conn, work.log, (work.item, work.base), core).await;
    }
    let standing = items::find(conn, &Reference::of(origin, work.item)).await?;
    let edition = standing.map_or(0, |standing| standing.edition);
    if edition == i64::from(work.base) {
        return Ok(());
    }
    Err(Problem::refused(
        format!(
            "Bản đang đứng đã là lần ban hành {edition}, không còn là lần {} mà bản nháp này dựa vào. Hãy mở mục đó, xem thay đổi và bắt đầu bản nháp mới.",
            work.base
        ),
        format!(
            "Edition {edition} stands by now, not edition {} on which this draft is based. Open the item, look at what changed, and begin a new draft.",
            work.base
        ),
    ))
}
