//! An item's address: its proof and content, then the logs above it, as a node has them.

use network::content::Item;
use network::entry::Kind;
use network::names::{ContentHash, Origin};
use network::root::RootNote;
use tlog::TlogProof;

use super::Report;
use super::read::Reader;
use crate::verify::nation::Nation;
use crate::verify::{Claim, Fault, Said, Step, Verdict, items, proof};

/// Judges an item that `shown` shows by the logs that `asked` has.
///
/// # Errors
/// When a node does not answer as one of this network does.
pub async fn check(
    shown: &Reader,
    asked: &Reader,
    reference: &str,
    pinned: Option<&RootNote>,
) -> anyhow::Result<Report> {
    let text = String::from_utf8(shown.get(&format!("/proof/{reference}")).await?)?;
    let brought: TlogProof = text.parse()?;
    let proven = match proof::check(&brought, pinned) {
        Ok(proven) => proven,
        Err(fault) => return Ok(Report::new("item", reference.to_owned(), Verdict::broken(fault))),
    };
    let mut verdict = proof::verdict(&proven);
    let mut title = format!("{} {}", proven.entry.kind.word(), reference);
    let mut content = "mục này không có nội dung · its entry names none".to_owned();
    if let Kind::ItemIssued { content: named, item, .. }
    | Kind::ItemCarried { content: named, item, .. }
    | Kind::ItemOpened { content: named, item, .. } = &proven.entry.kind
    {
        let (status, bytes) = shown.fetch(&format!("/content/{}", named.sha256)).await?;
        let named_otherwise = !reference.ends_with(&item.simple().to_string());
        if status != 200 {
            content = format!("máy chủ trả lời {status} · the node answers {status}");
        } else if named_otherwise || ContentHash::of(&bytes) != named.sha256 {
            let why = match named_otherwise {
                true => format!("the proof is of another item than {reference}"),
                false => {
                    format!("what is served is not {}, which entry {} names", named.sha256, proven.index)
                }
            };
            let fault = Fault::at(Step::Content, why);
            verdict.authentic = Said::No(fault.to_string());
            verdict.exceptions.push(fault);
            content = "KHÔNG khớp · does NOT match".into();
        } else {
            content = "khớp dấu vân tay · matches its hash".into();
            if let Ok(document) = Item::parse(&bytes) {
                title = document.title;
            }
        }
    }
    judge(asked, &proven, &mut verdict).await?;
    let mut report = Report::new("item", title, verdict);
    report.fact("reference", reference);
    report.lines.push(("Nội dung · content", content));
    report.proven(&proven);
    Ok(report)
}

/// Reads the item's log and those above it, and says whether the entry is still the last word.
async fn judge(asked: &Reader, proven: &proof::Proven, verdict: &mut Verdict) -> anyhow::Result<()> {
    let nation = match read(asked, &proven.root, &proven.origin).await? {
        Ok(nation) => nation,
        Err(fault) => {
            verdict.in_force = Said::Unknown("chưa kiểm tra được · not reached".into());
            against(verdict, fault);
            return Ok(());
        }
    };
    let (heads, confirmed) = nation.heads();
    let size = nation.size(&proven.origin);
    verdict.complete = Said::Yes(format!(
        "đã đọc đủ {size} mục; sổ mốc chung ({heads} mục, {confirmed} được xác nhận) không biết mục nào mới hơn · \
         all {size} entries recomputed; the heads log ({heads} entries, {confirmed} by a quorum) knows none newer"
    ));
    match items::in_force(&nation, &proven.origin, proven.index, &proven.bytes) {
        Ok((said, fault)) => {
            verdict.in_force = said;
            verdict.exceptions.extend(fault);
        }
        Err(fault) => against(verdict, fault),
    }
    Ok(())
}

fn against(verdict: &mut Verdict, fault: Fault) {
    let said = match fault.step.claim() {
        Claim::Authentic => &mut verdict.authentic,
        Claim::Complete => &mut verdict.complete,
        Claim::InForce => &mut verdict.in_force,
    };
    *said = Said::No(fault.to_string());
    verdict.exceptions.push(fault);
}

/// The heads log, and every log from the root down to `origin`.
///
/// # Errors
/// When the node does not answer; `Ok(Err(…))` names the step that fails.
pub async fn read(asked: &Reader, root: &RootNote, origin: &Origin) -> anyhow::Result<Result<Nation, Fault>> {
    let begun = match asked.beginning(Some(root)).await? {
        Ok(begun) => begun,
        Err(fault) => return Ok(Err(fault)),
    };
    let Some(heads) = asked.log(&begun.heads).await? else {
        return Ok(Err(Fault::at(Step::Heads, "the node serves no heads log")));
    };
    let mut nation = match Nation::begin(&begun.root, &heads, &begun.quorum) {
        Ok(nation) => nation,
        Err(fault) => return Ok(Err(fault)),
    };
    while let Some(next) = nation.wants(origin).into_iter().next() {
        if let Err(fault) = take(asked, &mut nation, next).await? {
            return Ok(Err(fault));
        }
    }
    if nation.agency(origin).is_none() {
        let why = format!("{origin} is not enrolled, as of {} heads", nation.heads().1);
        return Ok(Err(Fault::at(Step::Enrolment, why)));
    }
    Ok(Ok(nation))
}

/// Reads one log and lets the nation judge it.
///
/// # Errors
/// As [`read`].
pub async fn take(asked: &Reader, nation: &mut Nation, origin: Origin) -> anyhow::Result<Result<(), Fault>> {
    Ok(match asked.log(&origin).await? {
        Some(log) => nation.take(log),
        None => nation.take_empty(origin),
    })
}
