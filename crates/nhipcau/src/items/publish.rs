//! The door for those who issue: new items, editions, withdrawals, orders from above. An erasure is only a request here:
//! two people stand behind it (`drafts::ends`).
//!
//! Each is one step: the content kept, the entry appended and signed, the item as it stands now –
//! together or not at all. A repeated request (same token and idempotency key) gets the same answer.

mod reason;

use network::content::{ITEM_TYPE, Item};
use network::entry::{Act, ContentRef, ItemChange, Kind, Lane, Withdrawal};
use network::names::{ContentHash, Origin};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::State;
use super::desk::{self, Request};
use super::draft::Draft;
use super::kinds;
pub use super::once::Once;
use super::store::{self, Reference, Standing};
use crate::agencies::Portal;
use crate::annexes;
use crate::app::App;
use crate::assignments::restricted;
use crate::documents::draft::unique;
use crate::problem::Problem;
use crate::words::date;

use reason::explanation;
pub use reason::{Reason, noted, reason_note};

/// What was done, as it is told to the caller.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Done {
    /// The item's name in addresses.
    pub reference: String,
    /// The log.
    pub origin: String,
    /// Index of the entry.
    pub entry: u64,
    /// The edition, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edition: Option<u32>,
    /// Where it can be read on the portal that issued it.
    pub path: String,
    /// The number of a document as it is shown, if it was written otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
}

/// Issues a new item in the log of `portal`.
///
/// # Errors
/// Every fault of the draft, or that the log may not sign now.
pub async fn issue(
    app: &App,
    log: i64,
    origin: &Origin,
    draft: Draft,
    once: Option<Once>,
) -> Result<Done, Problem> {
    let id = app.dice.id(&app.clock)?;
    edition(app, log, origin, id, 1, ItemChange::New, draft, once).await
}

/// Issues the next edition of an item: a correction, an update or a replacement.
///
/// # Errors
/// As [`issue`]; refused if the item was erased.
pub async fn change(
    app: &App,
    standing: &Standing,
    change: ItemChange,
    draft: Draft,
    once: Option<Once>,
) -> Result<Done, Problem> {
    if standing.state == State::Erased {
        return Err(erased());
    }
    let taken = draft.source.as_ref().is_some_and(|source| source.taken.is_some());
    if standing.card.carried.is_some() && !taken {
        return Err(carried());
    }
    let next = u32::try_from(standing.edition + 1).map_err(|e| Problem::Ours(e.into()))?;
    let draft = carry_on(app, standing, draft).await?;
    edition(app, standing.log, &standing.origin, standing.item, next, change, draft, once).await
}

/// The draft of the next edition with the translations that stand, if it says nothing of them.
///
/// # Errors
/// The database's, or a damaged file.
pub async fn carry_on(app: &App, standing: &Standing, draft: Draft) -> Result<Draft, Problem> {
    let Some(hash) = standing.content.filter(|_| draft.translations.is_none()) else { return Ok(draft) };
    let bytes = app.folder.read(&mut app.db.read().await?, &hash).await?;
    let before = bytes.and_then(|bytes| Item::parse(&bytes).ok());
    Ok(match before {
        Some(before) => draft.carry_on(&before),
        None => draft,
    })
}

#[allow(clippy::too_many_arguments, reason = "one call for the two doors above")]
async fn edition(
    app: &App,
    log: i64,
    origin: &Origin,
    id: Uuid,
    edition: u32,
    change: ItemChange,
    draft: Draft,
    once: Option<Once>,
) -> Result<Done, Problem> {
    let mut request = prepare(app, log, origin, id, edition, change, draft).await?;
    request.once = once;
    desk::submit(app, request).await
}

/// Checks a draft as an edition and keeps its large content; what is left is one step in the writer.
///
/// # Errors
/// Every fault of the draft.
pub async fn prepare(
    app: &App,
    log: i64,
    origin: &Origin,
    id: Uuid,
    edition: u32,
    change: ItemChange,
    draft: Draft,
) -> Result<Request, Problem> {
    let request = drawn_up(app, log, origin, id, edition, change, draft).await?;
    for (content, bytes) in &request.content {
        app.folder.keep(&content.sha256, bytes).await?;
    }
    Ok(request)
}

/// Checks a draft as an edition; nothing of it is kept yet.
///
/// # Errors
/// Every fault of the draft.
pub async fn drawn_up(
    app: &App,
    log: i64,
    origin: &Origin,
    id: Uuid,
    edition: u32,
    change: ItemChange,
    mut draft: Draft,
) -> Result<Request, Problem> {
    if draft.kind == kinds::ANNEX {
        return Err(annexes::acts::not_an_item());
    }
    restricted::revealed(app, origin, (id, edition.saturating_sub(1)), &mut draft.details)?;
    let checked = draft
        .check_apart(id, edition, app.dice.bytes()?, app.calendar.on(date::day(app.clock.now())))
        .await?;
    let checked = restricted::closed(app, origin, checked)?;
    let document = ContentRef {
        sha256: ContentHash::of(&checked.bytes),
        size: checked.bytes.len() as u64,
        media: ITEM_TYPE.into(),
    };
    let mut content: Vec<(ContentRef, Vec<u8>)> = checked
        .files
        .into_iter()
        .map(|(f, bytes)| (ContentRef { sha256: f.sha256, size: f.size, media: f.media }, bytes))
        .collect();
    let files = content.iter().map(|(file, _)| file.clone()).collect();
    let lane = if checked.urgent { Lane::Urgent } else { Lane::Normal };
    let taken =
        checked.item.source.as_ref().and_then(|source| Some((source.site()?, source.taken.as_ref()?.at)));
    let kind = match taken {
        Some((site, taken)) => Kind::ItemCarried {
            item: id,
            edition,
            change,
            lane,
            content: document.clone(),
            files,
            site,
            taken,
        },
        None => Kind::ItemIssued { item: id, edition, change, lane, content: document.clone(), files },
    };
    let done = Done {
        reference: Reference::of(origin, id).to_string(),
        origin: origin.to_string(),
        entry: 0,
        edition: Some(edition),
        path: format!("/muc/{}", Reference::of(origin, id)),
        number: checked.written.and(checked.item.number.clone()),
    };
    content.push((document, checked.bytes));
    let unique = unique(&checked.item).map(|unique| (id, unique));
    Ok(Request { log, kind, content, done, once: None, unique })
}

/// Withdraws an item from every portal that shows it.
///
/// # Errors
/// Refused if it was erased, or the log may not sign.
pub async fn withdraw(
    app: &App,
    standing: &Standing,
    reason: Reason,
    once: Option<Once>,
) -> Result<Done, Problem> {
    let request = ending(app, standing, reason, false)?;
    desk::submit(app, Request { once, ..request }).await
}

/// The request that withdraws an item, or erases it by a named legal basis.
///
/// # Errors
/// Refused if it is erased already, or without a reason or the legal basis that is due.
pub fn ending(app: &App, standing: &Standing, reason: Reason, erase: bool) -> Result<Request, Problem> {
    if standing.state == State::Erased {
        return Err(erased());
    }
    let (kind, note) = ended(app, standing.item, &reason, erase)?;
    Ok(Request {
        log: standing.log,
        kind,
        content: vec![note],
        done: done(standing),
        once: None,
        unique: None,
    })
}

/// What the log says to end an item, and the reason as content.
///
/// # Errors
/// Refused without a reason or the legal basis that is due.
pub fn ended(
    app: &App,
    item: Uuid,
    reason: &Reason,
    erase: bool,
) -> Result<(Kind, (ContentRef, Vec<u8>)), Problem> {
    let (note, bytes) = explanation(app, reason, erase)?;
    let lane = lane(reason);
    let mode = if reason.gone { Withdrawal::Gone } else { Withdrawal::Banner };
    let kind = match erase {
        true => Kind::ItemErased { item, lane, basis: note.clone() },
        false => Kind::ItemWithdrawn { item, mode, lane, note: Some(note.clone()) },
    };
    Ok((kind, (note, bytes)))
}

/// The request that orders, in the log of the ancestor `by`, that an item of another log be withdrawn or erased.
///
/// # Errors
/// Refused without a legal basis, or if `by` is not an ancestor of the item's log.
pub fn ordering(
    app: &App,
    by: &Portal,
    origin: &Origin,
    item: Uuid,
    act: Act,
    reason: Reason,
) -> Result<Request, Problem> {
    if !app.directory.load().is_ancestor(&by.origin, origin) {
        return Err(Problem::refused(
            format!(
                "{} không phải cơ quan cấp trên của {origin}, nên không thể yêu cầu gỡ hoặc xóa.",
                by.origin
            ),
            format!("{} is not an ancestor of {origin} and may not order it.", by.origin),
        ));
    }
    let (basis, bytes) = explanation(app, &reason, true)?;
    let kind = Kind::ItemOrdered { origin: origin.clone(), item, act, basis: basis.clone() };
    let done = Done {
        reference: Reference::of(origin, item).to_string(),
        origin: by.origin.to_string(),
        entry: 0,
        edition: None,
        path: format!("/muc/{}", Reference::of(origin, item)),
        number: None,
    };
    let (log, content) = (by.log, vec![(basis, bytes)]);
    Ok(Request { log, kind, content, done, once: None, unique: None })
}

fn lane(reason: &Reason) -> Lane {
    if reason.urgent { Lane::Urgent } else { Lane::Normal }
}

fn done(standing: &Standing) -> Done {
    let reference = standing.reference();
    Done {
        path: format!("/muc/{reference}"),
        reference: reference.to_string(),
        origin: standing.origin.to_string(),
        entry: 0,
        edition: None,
        number: None,
    }
}

/// Refuses to change what is carried: the words are those of the site, and follow it.
pub fn carried() -> Problem {
    Problem::refused(
        "Mục này được đăng lại từ cổng khác và đi theo cổng ấy, nên không sửa ở đây; có thể gỡ, hoặc đăng một mục riêng.",
        "This is carried from another site and follows it, so it is not changed here; withdraw it, or issue an item of your own.",
    )
}

/// Refuses a further edition or end of what was erased.
pub fn erased() -> Problem {
    Problem::refused(
        "Nội dung này đã được xóa theo pháp luật; việc xóa là cuối cùng. Nếu cần, hãy đăng một mục mới.",
        "This was erased by law, and an erasure is final. Issue a new item instead.",
    )
}

/// What a repeated request was answered, before anything is asked of the item: it may have ended since.
///
/// # Errors
/// Refused if the idempotency key was used for another request.
pub async fn answered_before<T: DeserializeOwned>(
    app: &App,
    once: Option<&Once>,
) -> Result<Option<T>, Problem> {
    let Some(once) = once else { return Ok(None) };
    once.answered(&mut app.db.read().await?).await
}

/// The item behind a reference, in a log of ours.
///
/// # Errors
/// Not found; or refused because its log belongs to another node.
pub async fn own(app: &App, reference: &str) -> Result<Standing, Problem> {
    let reference: Reference = reference.parse().map_err(|e: &str| Problem::invalid("reference", e))?;
    let mut conn = app.db.read().await?;
    let standing = store::find(&mut conn, &reference).await?.ok_or(Problem::NotFound("item"))?;
    if app.keys.verifier(standing.origin.as_str()).is_none() {
        return Err(Problem::refused(
            format!(
                "Mục này thuộc sổ {}, do máy chủ khác giữ khóa; hãy thực hiện ở cổng đã ban hành.",
                standing.origin
            ),
            format!(
                "This item belongs to {}, whose key another node holds; do this at the portal that issued it.",
                standing.origin
            ),
        ));
    }
    Ok(standing)
}
