//! What is done with annexes in the console: begun, issued as what was approved, taken back.

use network::content::{ANNEX_TYPE, Item};
use network::entry::{Annex, ContentRef, ItemChange, Kind};
use network::names::{ContentHash, Origin};
use serde_json::json;
use uuid::Uuid;

use super::{Core, MOST_TEXT, store};
use crate::app::App;
use crate::db::{Conn, Tx};
use crate::drafts::acts::{self as drafts, By};
use crate::drafts::{Written, store as kept};
use crate::items::State;
use crate::items::desk::{self, Request};
use crate::items::draft::Draft;
use crate::items::kinds;
use crate::items::publish::{self, Done};
use crate::items::store::{self as items, Reference};
use crate::people::audit::{self, Line};
use crate::problem::{Fault, Problem};
use crate::words::date;

/// Why nobody issues an annex as an item.
pub fn not_an_item() -> Problem {
    Problem::Invalid(vec![Fault {
        field: "kind".into(),
        vi: "Phần viết thêm không phải một tin, bài riêng. Hãy mở mục Viết thêm trong bàn làm việc và chọn văn bản, tin mà nó đứng bên cạnh.".into(),
        en: "An annex is no item by itself. Open Annexes in the console and choose the item beside which it stands.".into(),
    }])
}

/// What must be mended in an annex beyond what any item must have.
pub fn faults(written: &Written, sealed: bool) -> Vec<Fault> {
    let mut faults = Vec::new();
    if sealed {
        faults.push(Fault {
            field: "sealed".into(),
            vi: "Phần viết thêm không niêm phong được: bản mà nó đứng bên cạnh ai cũng đọc được. Hãy bỏ dấu niêm phong.".into(),
            en: "An annex cannot be sealed: what it stands beside is read by everybody. Take the seal off.".into(),
        });
    }
    let length = written.draft.text.chars().count();
    if length > MOST_TEXT {
        faults.push(Fault {
            field: "text".into(),
            vi: format!("Phần viết thêm dài {length} ký tự, vượt giới hạn {MOST_TEXT}. Hãy viết gọn lại, hoặc đăng thành một tin riêng."),
            en: format!("The annex has {length} characters; at most {MOST_TEXT} are allowed. Shorten it, or publish it as an item of its own."),
        });
    }
    if !written.files.is_empty() {
        faults.push(Fault {
            field: "files".into(),
            vi: "Phần viết thêm không có tệp đính kèm. Hãy bỏ tệp ra, hoặc đăng thành một tin riêng.".into(),
            en: "An annex has no files. Take them off, or publish it as an item of its own.".into(),
        });
    }
    faults
}

/// The item that an address names: that of its page, with or without host and language, or the bare reference.
pub fn asked(text: &str) -> Option<Reference> {
    let words = text.split(|c: char| !(c.is_ascii_hexdigit() || c == '-'));
    words.filter_map(|word| word.parse().ok()).next()
}

/// Begins an annex beside the item that `text` names, or the next edition of the one that is there. If one is being written,
/// that one.
///
/// # Errors
/// The address names no item here, one of the agency's own, or one that no longer stands.
pub async fn begin(app: &App, by: &By, text: &str) -> Result<Uuid, Problem> {
    let fault = |vi: &str, en: &str| {
        Problem::Invalid(vec![Fault { field: "muc".into(), vi: vi.into(), en: en.into() }])
    };
    let missing = || {
        fault(
            "Không tìm thấy văn bản, tin nào theo địa chỉ này. Hãy mở văn bản, tin trên cổng rồi chép địa chỉ của trang.",
            "No item has this address here. Open the item on the portal and copy the address of its page.",
        )
    };
    let reference = asked(text).ok_or_else(missing)?;
    let mut conn = app.db.read().await?;
    let core = items::find(&mut conn, &reference).await?.ok_or_else(missing)?;
    if core.log == by.log {
        return Err(fault(
            "Đây là văn bản, tin của chính cơ quan mình: hãy mở mục Đã đăng và sửa ở đó.",
            "This is your own agency's item: open Published and change it there.",
        ));
    }
    if core.state != State::Standing || core.shown == 0 {
        return Err(fault(
            "Bản của cơ quan ban hành không còn đứng, hoặc chưa về đến máy chủ này, nên chưa viết thêm được.",
            "The issuing agency's item no longer stands, or has not come here yet; nothing can be added to it.",
        ));
    }
    if let Some(open) = store::open(&mut conn, by.log, &core.origin, core.item).await? {
        return Ok(open);
    }
    let beside = Some(Core {
        origin: core.origin.to_string(),
        item: core.item,
        edition: u32::try_from(core.shown).map_err(anyhow::Error::from)?,
    });
    let there = store::beside(&mut conn, std::slice::from_ref(&by.origin), &core.origin, core.item)
        .await?
        .into_iter()
        .next();
    let (annex, base, change, written) = match there {
        None => {
            let draft = Draft { kind: kinds::ANNEX.into(), ..Draft::default() };
            (app.dice.id(&app.clock)?, 0, ItemChange::New, Written { draft, ..Written::default() })
        }
        Some(annex) => {
            let bytes = app.folder.read(&mut conn, &annex.content).await?;
            let document = bytes.and_then(|bytes| Item::parse(&bytes).ok());
            let (written, _) = Written::of(&document.ok_or(Problem::NotFound("text of this annex"))?);
            (annex.id, annex.edition, ItemChange::Update, written)
        }
    };
    drop(conn);
    let id = app.dice.id(&app.clock)?;
    let work = kept::next_edition(by.log, annex, base, change, id, Written { beside, ..written });
    drafts::begin(app, by, work, Vec::new()).await
}

/// The request that issues what was written: edition `edition` of the annex `id` in the log `origin`.
///
/// # Errors
/// Every fault of the draft.
pub async fn request(
    app: &App,
    (log, origin): (i64, &Origin),
    (id, edition): (Uuid, u32),
    core: &Core,
    draft: Draft,
) -> Result<Request, Problem> {
    let today = date::day(app.clock.now());
    let checked = draft.check_apart(id, edition, app.dice.bytes()?, app.calendar.on(today)).await?;
    let content = ContentRef {
        sha256: ContentHash::of(&checked.bytes),
        size: checked.bytes.len() as u64,
        media: ANNEX_TYPE.into(),
    };
    app.folder.keep(&content.sha256, &checked.bytes).await?;
    let annex = Annex {
        id,
        edition,
        origin: core.log()?,
        item: core.item,
        of: core.edition,
        content: content.clone(),
    };
    Ok(Request {
        log,
        kind: Kind::AnnexIssued(annex),
        content: vec![(content, checked.bytes)],
        done: done(core, origin, Some(edition))?,
        once: None,
        unique: None,
    })
}

fn done(core: &Core, origin: &Origin, edition: Option<u32>) -> Result<Done, Problem> {
    let reference = core.reference()?;
    Ok(Done {
        path: format!("/muc/{reference}"),
        reference: reference.to_string(),
        origin: origin.to_string(),
        entry: 0,
        edition,
        number: None,
    })
}

/// Refuses to issue what was written of an edition that no longer stands, or upon an annex that has moved on.
///
/// # Errors
/// Refused, with what to do.
pub async fn still(conn: &mut Conn, log: i64, (id, base): (Uuid, u32), core: &Core) -> Result<(), Problem> {
    let item = items::find(conn, &core.reference()?).await?;
    let Some(item) = item.filter(|item| item.state == State::Standing) else {
        return Err(Problem::refused(
            "Bản của cơ quan ban hành không còn đứng, nên không đăng phần viết thêm được. Hãy bỏ bản nháp này.",
            "The issuing agency's item no longer stands, so nothing can be added to it. Discard this draft.",
        ));
    };
    if item.edition != i64::from(core.edition) {
        return Err(Problem::refused(
            format!(
                "Cơ quan ban hành đã có bản {}, phần này viết theo bản {}. Mở bản nháp, đọc bản mới, đánh dấu ô “Đã đọc bản {}”, lưu rồi trình duyệt lại.",
                item.edition, core.edition, item.edition
            ),
            format!(
                "The issuing agency now has edition {}, and this was written of edition {}. Open the draft, read the new edition, tick “Edition {} was read”, save, and have it approved again.",
                item.edition, core.edition, item.edition
            ),
        ));
    }
    let newest = store::find(conn, log, id).await?.map_or(0, |annex| annex.edition);
    if newest != base {
        return Err(Problem::refused(
            format!(
                "Phần viết thêm nay đã là lần {newest}, bản nháp này dựa vào lần {base}. Hãy bắt đầu bản nháp mới."
            ),
            format!(
                "The annex is at edition {newest} by now; this draft is based on edition {base}. Begin a new draft."
            ),
        ));
    }
    Ok(())
}

/// Takes an annex back, with a reason.
///
/// # Errors
/// No such annex of this agency; refused without a reason, or when it was taken back before.
pub async fn withdraw(app: &App, by: &By, id: Uuid, reason: &str) -> Result<(), Problem> {
    let mut conn = app.db.read().await?;
    let annex = store::find(&mut conn, by.log, id).await?.ok_or(Problem::NotFound("annex"))?;
    drop(conn);
    let (note, bytes) = publish::reason_note(app, reason)?;
    let request = Request {
        log: by.log,
        kind: Kind::AnnexWithdrawn { annex: id, note: note.clone() },
        content: vec![(note, bytes)],
        done: done(&annex.core, &by.origin, None)?,
        once: None,
        unique: None,
    };
    let (log, line) = (by.log, Line::new(by.who, by.log, "annex.withdraw", request.done.reference.clone()));
    app.db
        .write("annex.withdraw", async move |tx: &mut Tx| -> Result<(), Problem> {
            let now = store::find(tx.conn(), log, id).await?.ok_or(Problem::NotFound("annex"))?;
            if now.withdrawn {
                return Err(Problem::refused(
                    "Phần viết thêm này đã được gỡ rồi. Hãy tải lại trang.",
                    "This annex was taken down already. Reload the page.",
                ));
            }
            desk::carry_out(tx, &request).await?;
            Ok(audit::add(tx, line.with(json!({ "annex": id }))).await?)
        })
        .await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_address_is_taken_as_people_paste_it() {
        let reference = "0a1b2c3d-019ab300000070008000000000000001";
        for text in [
            reference.to_owned(),
            format!("https://xa-a.gov.vn/muc/{reference}"),
            format!(" http://localhost:8080/en/muc/{reference}?phan=2#dieu-1 "),
            format!("xem: /muc/{reference}."),
        ] {
            assert_eq!(asked(&text).unwrap().to_string(), reference, "{text}");
        }
        for text in ["", "42/2022/NĐ-CP", "https://xa-a.gov.vn/", "0a1b2c3d-019ab3"] {
            assert!(asked(text).is_none(), "{text}");
        }
    }

    #[test]
    fn an_annex_is_short_and_has_no_files() {
        let mut written = Written::default();
        written.draft.text = "ạ".repeat(MOST_TEXT);
        assert!(faults(&written, false).is_empty());
        written.draft.text.push('x');
        assert_eq!(faults(&written, false)[0].field, "text");
        written.draft.text.clear();
        assert_eq!(faults(&written, true)[0].field, "sealed");
    }
}
