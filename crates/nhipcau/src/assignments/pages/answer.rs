//! What an agency says of a task, as its form sends it: first what was typed and attached is kept, then it is said.

use axum::extract::{Path, Request, State};
use axum::response::Response;
use network::names::ContentHash;

use super::task::{Typed, With, shown};
use super::{path, place};
use crate::app::App;
use crate::assignments::acts::{self, Telling};
use crate::assignments::answering::{self, Place};
use crate::assignments::board;
use crate::assignments::state::Act;
use crate::db::Tx;
use crate::drafts::acts::By;
use crate::files::Upload;
use crate::items::draft::{attach, of_words};
use crate::items::store::Reference;
use crate::people::forms::{Fields, told};
use crate::people::gate::Staff;
use crate::people::pages::see;
use crate::people::upload::{self, Sent};
use crate::problem::{Fault, Problem};
use crate::web::answer::failure;
use crate::web::visitor::Visitor;

/// The most files of one report.
const MOST_FILES: usize = 20;
/// The most bytes of all of them together.
const MOST_BYTES: u64 = 128 << 20;

/// What a form asks for.
enum Wish {
    /// To attach a file, or only to keep what was typed.
    Attach,
    /// To take a file off again.
    Detach(ContentHash),
    /// To say something.
    Say(Act),
}

/// `POST /ban-lam-viec/nhiem-vu/{reference}`: acknowledges, attaches, or reports.
pub async fn answer(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(reference): Path<String>,
    request: Request,
) -> Response {
    let sent = match upload::sent(&app, &staff, &visitor, request).await {
        Ok(sent) => sent,
        Err(answer) => return answer,
    };
    let wish = match (sent.fields.get("bo").parse(), sent.fields.get("viec")) {
        (Ok(hash), _) => Wish::Detach(hash),
        (_, "bao-cao") => Wish::Say(Act::Reported),
        (_, "nhan") => Wish::Say(Act::Acknowledged),
        _ => Wish::Attach,
    };
    done(&app, &staff, &visitor, &reference, sent, wish).await
}

/// `POST /ban-lam-viec/nhiem-vu/{reference}/xong`
pub async fn close(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(reference): Path<String>,
    request: Request,
) -> Response {
    match upload::sent(&app, &staff, &visitor, request).await {
        Ok(sent) => done(&app, &staff, &visitor, &reference, sent, Wish::Say(Act::Done)).await,
        Err(answer) => answer,
    }
}

async fn done(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    reference: &str,
    sent: Sent,
    wish: Wish,
) -> Response {
    let Sent { fields, file, .. } = sent;
    let number = fields.get("so").to_owned();
    match carry_out(app, staff, reference, &number, &fields, file, wish).await {
        Ok(to) => see(visitor.lang, &to),
        // Whoever may not answer has no form to be shown again.
        Err(problem @ Problem::Forbidden { .. }) => failure(app, visitor, problem),
        Err(problem) => match told(problem, visitor.lang) {
            Ok((status, why)) => {
                let typed = Typed { words: fields.get("noi-dung").into(), alt: fields.get("alt").into() };
                let with = With { wrong: Some(why), typed: Some(typed), said: None };
                shown(app, staff, visitor, (reference, &number), status, with).await
            }
            Err(problem) => failure(app, visitor, problem),
        },
    }
}

/// Does what a form asks for. Returns where to go then.
async fn carry_out(
    app: &App,
    staff: &Staff,
    reference: &str,
    number: &str,
    fields: &Fields,
    file: Result<Option<Upload>, Problem>,
    wish: Wish,
) -> Result<String, Problem> {
    let reference: Reference = reference.parse().map_err(|_| Problem::NotFound("directive"))?;
    let path = path(&reference, number);
    let by = By::staff(staff);
    if let Wish::Say(act @ Act::Acknowledged) = wish {
        acts::answer(app, &by, &reference, number, act, Telling::default()).await?;
        return Ok(format!("{path}&xong=nhan"));
    }
    let missing = || Problem::NotFound("task of this agency");
    let board = board::find(app, &mut app.db.read().await?, &reference, &staff.portal.origin)
        .await?
        .ok_or_else(missing)?;
    board.task(&staff.portal.origin, number).ok_or_else(missing)?;
    let begun = place(staff, &board.standing, number);
    let attached = keep(app, &begun, fields.get("noi-dung"), file?, &wish).await?;
    let (act, said) = match wish {
        Wish::Attach if !attached => {
            return Err(Problem::Invalid(vec![Fault {
                field: "tep".into(),
                vi: "Hãy chọn tệp rồi bấm Thêm tệp. Nội dung đã gõ được giữ lại.".into(),
                en: "Choose a file, then add it. What you typed is kept.".into(),
            }]));
        }
        Wish::Attach => return Ok(format!("{path}&xong=tep")),
        Wish::Detach(_) => return Ok(path),
        Wish::Say(Act::Done) => (Act::Done, "xong"),
        Wish::Say(act) => (act, "bao-cao"),
    };
    let files = answering::whole(&mut app.db.read().await?, &begun).await?;
    let telling = Telling { words: fields.get("noi-dung").to_owned(), files, begun: Some(begun) };
    acts::answer(app, &by, &reference, number, act, telling).await?;
    Ok(format!("{path}&xong={said}"))
}

/// Keeps what was typed, and the file if it is one that can be taken; then what came before is not lost, whatever is wrong with
/// the rest. Returns whether there was a file.
async fn keep(
    app: &App,
    at: &Place,
    words: &str,
    file: Option<Upload>,
    wish: &Wish,
) -> Result<bool, Problem> {
    // A secret is not even kept until it is said.
    if let Some(marked) = of_words(at.item, "noi-dung", words) {
        return Err(Problem::Invalid(vec![marked]));
    }
    let (place, words) = (at.clone(), words.to_owned());
    let drop = match wish {
        Wish::Detach(hash) => Some(*hash),
        _ => None,
    };
    app.db
        .write("answering.keep", async move |tx: &mut Tx| -> Result<(), Problem> {
            answering::keep(tx, &place, words).await?;
            if let Some(hash) = drop {
                answering::detach(tx, &place, &hash).await?;
            }
            Ok(())
        })
        .await?;
    let Some(upload) = file.filter(|_| drop.is_none()) else { return Ok(false) };
    let (file, bytes) = attach(at.item, upload).await?;
    let before = answering::files(&mut app.db.read().await?, at).await?;
    let others = before.iter().filter(|other| other.sha256 != file.sha256);
    let (count, size) = others.fold((1, file.size), |(count, size), other| (count + 1, size + other.size));
    if count > MOST_FILES || size > MOST_BYTES {
        return Err(Problem::refused(
            format!("Một báo cáo có nhiều nhất {MOST_FILES} tệp, tổng cộng 128 MB. Hãy bỏ bớt tệp."),
            format!("A report has at most {MOST_FILES} files, 128 MB in all. Take some off."),
        ));
    }
    let place = at.clone();
    app.db
        .write("answering.attach", async move |tx: &mut Tx| -> Result<(), Problem> {
            Ok(answering::attach(tx, &place, file, bytes).await?)
        })
        .await?;
    Ok(true)
}
