//! A whole portal: every log that it shows, read and recomputed, against every item that it lists.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::StreamExt;
use network::content::Item;
use network::names::Origin;
use network::root::RootNote;
use serde::Deserialize;

use super::Report;
use super::item::{read, take};
use super::read::Reader;
use crate::clock::Dice;
use crate::items::State;
use crate::verify::items::Stand;
use crate::verify::nation::Nation;
use crate::verify::portal::{self, Listed};
use crate::verify::{Fault, Step, Verdict};

/// Items whose content and page are fetched without `--all`.
const SAMPLE: usize = 40;
/// Calls under way at once.
const AT_ONCE: usize = 8;
/// How often a portal is looked at that moves while it is read.
const LOOKS: usize = 3;
/// Items on one page of the list.
const PAGE: usize = 500;

#[derive(Deserialize)]
struct List {
    total: usize,
    items: Vec<Listed>,
}

/// What was counted on the way.
#[derive(Default)]
struct Counts {
    logs: usize,
    entries: u64,
    heads: (u64, u64),
    standing: usize,
    ended: usize,
    fetched: usize,
}

/// Judges what `shown` shows by the logs that `asked` has.
///
/// # Errors
/// When a node does not answer as one of this network does.
pub async fn check(
    shown: &Reader,
    asked: &Reader,
    pinned: Option<&RootNote>,
    all: bool,
) -> anyhow::Result<Report> {
    let door = shown.door().await?;
    let portal = door.portal.origin;
    let title = format!("{} – {}", door.portal.domain, shown.base());
    let begun = match asked.beginning(pinned).await? {
        Ok(begun) => begun,
        Err(fault) => return Ok(Report::new("portal", title, Verdict::broken(fault))),
    };
    let mut look = 0;
    let (counts, faults) = loop {
        look += 1;
        let (counts, faults) = match once(shown, asked, &begun.root, &portal, all).await? {
            Ok(found) => found,
            Err(fault) => {
                let mut report = Report::new("portal", title, Verdict::broken(fault));
                report.rests_on(&begun.root, pinned.is_some());
                return Ok(report);
            }
        };
        // A portal that publishes while it is read seems to be ahead of the logs, or behind: look again.
        let moves = faults.iter().any(|f| matches!(f.step, Step::Missing | Step::Shown | Step::Content));
        if !moves || look == LOOKS {
            break (counts, faults);
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    };
    let verdict = Verdict::of(
        faults,
        [
            format!(
                "{} sổ, ghi danh và chữ ký đều đúng; {} nội dung khớp · {} logs enrolled and signed; {} contents match",
                counts.logs, counts.fetched, counts.logs, counts.fetched
            ),
            format!(
                "đã tính lại {} mục; không mục nào bị giữ lại; {} mục đều có mặt · \
                 {} entries recomputed, none withheld; all {} items are there",
                counts.entries, counts.standing, counts.entries, counts.standing
            ),
            format!(
                "{} mục ở bản mới nhất, {} mục đã gỡ không còn hiển thị; tính đến mục {} của sổ mốc chung · \
                 {} in their newest edition, {} ended ones not shown; as of heads entry {}",
                counts.standing,
                counts.ended,
                counts.heads.0.saturating_sub(1),
                counts.standing,
                counts.ended,
                counts.heads.0.saturating_sub(1)
            ),
        ],
    );
    let mut report = Report::new("portal", title, verdict);
    report.rests_on(&begun.root, pinned.is_some());
    report.fact("origin", portal.to_string());
    report.fact("logs", counts.logs);
    report.fact("entries", counts.entries);
    report.fact("heads", counts.heads.0);
    report.fact("heads_confirmed", counts.heads.1);
    report.fact("standing", counts.standing);
    report.fact("ended", counts.ended);
    report.fact("fetched", counts.fetched);
    report.fact("looks", look);
    Ok(report)
}

/// One look: the logs, the list, the contents and pages.
async fn once(
    shown: &Reader,
    asked: &Reader,
    root: &RootNote,
    portal: &Origin,
    all: bool,
) -> anyhow::Result<Result<(Counts, Vec<Fault>), Fault>> {
    shown.bar().set_length(0);
    shown.bar().set_position(0);
    let mut nation = match read(asked, root, portal).await? {
        Ok(nation) => nation,
        Err(fault) => return Ok(Err(fault)),
    };
    let mut faults = Vec::new();
    if nation.agency(portal).is_some_and(|agency| agency.closed.is_some()) {
        faults.push(Fault::at(Step::Closed, format!("{portal} was closed by its parent")));
    }
    let mut broken: Vec<Origin> = Vec::new();
    loop {
        let wanted = portal::carried(&nation, portal).into_iter().flat_map(|log| nation.wants(&log));
        let Some(next) = wanted.into_iter().find(|log| !broken.contains(log)) else { break };
        if let Err(fault) = take(asked, &mut nation, next.clone()).await? {
            faults.push(fault);
            broken.push(next);
        }
    }
    let due = portal::due(&nation, portal);
    let listed = list(shown).await?;
    faults.extend(portal::compare(&nation, portal, &due, &listed));
    let mut counts = counts(&nation, &due);
    counts.fetched = look_at(shown, &nation, portal, &due, all, &mut faults).await?;
    Ok(Ok((counts, faults)))
}

fn counts(nation: &Nation, due: &BTreeMap<String, Stand>) -> Counts {
    let standing = due.values().filter(|stand| stand.state == State::Standing).count();
    Counts {
        logs: nation.logs().count(),
        entries: nation.read(),
        heads: nation.heads(),
        standing,
        ended: due.len() - standing,
        fetched: 0,
    }
}

/// The whole list of a portal, page by page.
async fn list(shown: &Reader) -> anyhow::Result<Vec<Listed>> {
    let mut listed: Vec<Listed> = Vec::new();
    loop {
        let page: List = shown.json(&format!("/api/v1/items?limit={PAGE}&skip={}", listed.len())).await?;
        let end = page.items.len() < PAGE || listed.len() + page.items.len() >= page.total;
        listed.extend(page.items);
        if end {
            // An item that came meanwhile moves the others: the same may stand on two pages.
            listed.sort_by(|a, b| a.reference.cmp(&b.reference));
            listed.dedup_by(|a, b| a.reference == b.reference);
            return Ok(listed);
        }
    }
}

/// Fetches contents and pages, of all items or of a sample. Returns of how many.
async fn look_at(
    shown: &Reader,
    nation: &Nation,
    portal: &Origin,
    due: &BTreeMap<String, Stand>,
    all: bool,
    faults: &mut Vec<Fault>,
) -> anyhow::Result<usize> {
    let mut chosen: Vec<&Stand> =
        due.values().filter(|stand| !portal::may_lack(nation, portal, stand)).collect();
    if !all {
        chosen = sample(chosen)?;
    }
    shown.bar().set_message("nội dung · content");
    shown.bar().inc_length(chosen.len() as u64);
    let looks = futures::stream::iter(&chosen).map(|stand| one(shown, stand));
    let mut looks = looks.buffer_unordered(AT_ONCE);
    while let Some(found) = looks.next().await {
        shown.bar().inc(1);
        faults.extend(found?);
    }
    Ok(chosen.len())
}

/// A few of them, by chance: whoever hides something must not know which are looked at. Ended ones first,
/// up to half, because they are few.
fn sample(all: Vec<&Stand>) -> anyhow::Result<Vec<&Stand>> {
    let (mut ended, mut standing): (Vec<&Stand>, Vec<&Stand>) =
        all.into_iter().partition(|stand| stand.state != State::Standing);
    let dice = Dice::system();
    let mut few = Vec::new();
    for (pile, most) in [(&mut ended, SAMPLE / 2), (&mut standing, SAMPLE)] {
        while !pile.is_empty() && few.len() < most {
            let at = u64::from_le_bytes(dice.bytes()?) % pile.len() as u64;
            few.push(pile.swap_remove(at as usize));
        }
    }
    Ok(few)
}

/// One item's content and page.
async fn one(shown: &Reader, stand: &Stand) -> anyhow::Result<Vec<Fault>> {
    let mut faults = Vec::new();
    let (status, bytes) = shown.fetch(&format!("/content/{}", stand.content.sha256)).await?;
    let title = match (stand.state, status) {
        (State::Erased, 404 | 410) => None,
        (State::Erased, status) => {
            let why = format!("{}: its erased content answers {status}", stand.reference());
            faults.push(Fault::at(Step::Shown, why));
            None
        }
        (_, 200) => {
            faults.extend(portal::content(stand, &bytes));
            Item::parse(&bytes).ok().map(|item| item.title)
        }
        // A node may have dropped what nobody reads any more.
        (State::Gone, _) => None,
        (_, status) => {
            let why = format!("{}: its content answers {status}", stand.reference());
            faults.push(Fault::at(Step::Missing, why));
            None
        }
    };
    let (status, page) = shown.fetch(&format!("/muc/{}", stand.reference())).await?;
    faults.extend(portal::page(stand, title.as_deref(), status, &String::from_utf8_lossy(&page)));
    Ok(faults)
}
