//! The day's digest, put together from what the agency issued, in a draft whose text is still empty.

use axum::response::Response;
use jiff::civil::Date;

use super::draft::answer;
use super::with::With;
use super::{by, find};
use crate::agencies;
use crate::app::App;
use crate::drafts::Work;
use crate::drafts::acts::{self, Saved};
use crate::items::digest as digests;
use crate::people::forms::told;
use crate::people::gate::Staff;
use crate::people::pages::{HOME, see};
use crate::problem::{Fault, Problem};
use crate::web::answer::failure;
use crate::web::visitor::Visitor;
use crate::words::Lang;

/// The word of the button that fills the text in, after what was typed has been saved.
pub(super) const FILL: &str = "tong-hop";
const KIND: &str = "digest";

/// True for a draft of a digest.
pub(super) fn is_one(work: &Work) -> bool {
    work.written.draft.kind == KIND
}

/// Fills in what the agency issued on the day that the draft names; words that stand there already stay as they are.
pub(super) async fn fill(app: &App, staff: &Staff, visitor: &Visitor, id: &str, version: i64) -> Response {
    match filled(app, staff, id, version).await {
        Ok(()) => see(visitor.lang, &format!("{HOME}/tin/{id}?xong={FILL}")),
        Err(problem) => match told(problem, visitor.lang) {
            Ok((status, why)) => answer(app, staff, visitor, id, With::wrong(why), status).await,
            Err(problem) => failure(app, visitor, problem),
        },
    }
}

async fn filled(app: &App, staff: &Staff, id: &str, version: i64) -> Result<(), Problem> {
    let mut work = find(app, staff, id).await?;
    if !is_one(&work) {
        return Err(Problem::invalid("viec", "no such act"));
    }
    if work.version != version {
        return Err(moved());
    }
    let draft = &mut work.written.draft;
    let day = draft.details.get("day").and_then(|day| day.as_str()?.parse::<Date>().ok());
    let day = day.ok_or_else(|| {
        Problem::Invalid(vec![Fault {
            field: "details.day".into(),
            vi: "Hãy chọn ngày ở ô “Của ngày” trước, rồi bấm lại. Những gì đã gõ được lưu.".into(),
            en: "Choose the day in the field “Of the day” first, then press again. What was typed is saved."
                .into(),
        }])
    })?;
    if !draft.text.trim().is_empty() {
        return Err(Problem::refused(
            "Ô Nội dung đã có chữ nên không điền đè lên. Muốn điền từ các mục đã đăng thì xóa hết chữ trong ô Nội dung, rồi bấm lại. Những gì đã gõ được lưu.",
            "The text is not empty, so nothing is filled in over it. To fill it from what was issued, empty the text, then press again. What was typed is saved.",
        ));
    }
    let mut conn = app.db.read().await?;
    let entries = digests::of_day(&mut conn, staff.portal.log, day).await?;
    drop(conn);
    let origin = &staff.portal.origin;
    let directory = app.directory.load();
    let name = agencies::name(directory.agency(origin), Lang::Vi, origin.as_str());
    let made = digests::digest(&name, day, &entries)?;
    draft.text = made.text;
    for (slot, made) in [(&mut draft.title, made.title), (&mut draft.summary, made.summary)] {
        if slot.trim().is_empty() {
            *slot = made;
        }
    }
    let hour = work.hour();
    match acts::save(app, &by(staff), work.id, version, work.written, hour).await? {
        Saved::As(..) => Ok(()),
        Saved::Clash(..) => Err(moved()),
    }
}

fn moved() -> Problem {
    Problem::refused(
        "Bản nháp vừa được người khác sửa. Hãy xem bản mới nhất rồi bấm lại.",
        "Somebody has just changed this draft. Look at the newest version and press again.",
    )
}
