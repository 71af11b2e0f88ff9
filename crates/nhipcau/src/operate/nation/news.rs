//! What is issued, corrected and withdrawn in the simulated nation, and how long it takes to every portal.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::Context;
use indicatif::ProgressBar;
use network::entry::ItemChange;
use network::names::{ContentHash, Origin};
use serde::Serialize;

use super::figures::Spread;
use super::world::{Node, World};
use crate::items::State;
use crate::items::draft::Draft;
use crate::items::publish::{self, Done, Reason};
use crate::items::store::{self, Reference, Standing};
use crate::problem::Problem;

/// How long is waited for what is on its way.
const PATIENCE: Duration = Duration::from_secs(90);

/// One act of an issuer, and what shows that it has arrived.
pub struct Act {
    began: Instant,
    origin: Origin,
    entry: u64,
    reference: String,
    item: String,
    /// The content of the edition; a withdrawal has none.
    content: Option<ContentHash>,
    state: State,
    edition: i64,
}

/// How long something took to all portals that show it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Reach {
    /// How many acts were measured.
    pub acts: usize,
    /// Until the issuer's own node had it durably.
    pub issued: Spread,
    /// Until the portal's node stored the entry durably, over all portals.
    pub stored: Spread,
    /// Until the portal showed it, over all portals.
    pub shown: Spread,
    /// Until the last portal showed it, over all acts.
    pub everywhere: Spread,
    /// Portals that did not show it in time.
    pub missing: u64,
    /// Pages fetched over HTTP to check, and how many of them were not as they should be.
    pub pages: (u64, u64),
}

/// A draft like those that offices write.
pub fn draft(number: usize, urgent: bool) -> Draft {
    Draft {
        kind: "document".into(),
        title: format!("Công điện về ứng phó thiên tai, số {number}"),
        number: Some(format!("{number}/CĐ-TTg")),
        form: Some("Công điện".into()),
        text: "Các bộ, ngành, địa phương tập trung ứng phó, bảo đảm an toàn cho nhân dân. ".repeat(12),
        urgent,
        ..Draft::default()
    }
}

/// Issues a new item at a node's own portal.
///
/// # Errors
/// When the node refuses.
pub async fn issue(node: &Node, number: usize, urgent: bool) -> anyhow::Result<Act> {
    let (log, origin) = node.log()?;
    let began = Instant::now();
    let done = publish::issue(&node.app, log, &origin, draft(number, urgent), None).await.map_err(refused)?;
    act(node, began, done).await
}

/// Issues the next edition of an item.
///
/// # Errors
/// When the node refuses.
pub async fn correct(node: &Node, item: &Act, number: usize) -> anyhow::Result<Act> {
    let standing = publish::own(&node.app, &item.reference).await.map_err(refused)?;
    let draft = Draft { change_note: Some("Đính chính tại mục 3.".into()), ..draft(number, true) };
    let began = Instant::now();
    let done = publish::change(&node.app, &standing, ItemChange::Correct, draft, None).await;
    act(node, began, done.map_err(refused)?).await
}

/// Withdraws an item.
///
/// # Errors
/// When the node refuses.
pub async fn withdraw(node: &Node, item: &Act) -> anyhow::Result<Act> {
    let standing = publish::own(&node.app, &item.reference).await.map_err(refused)?;
    let reason = Reason { reason: "Ban hành nhầm.".into(), urgent: true, ..Reason::default() };
    let began = Instant::now();
    let done = publish::withdraw(&node.app, &standing, reason, None).await.map_err(refused)?;
    act(node, began, done).await
}

fn refused(problem: Problem) -> anyhow::Error {
    match problem {
        Problem::Ours(error) => error,
        other => anyhow::anyhow!("{other}"),
    }
}

async fn act(node: &Node, began: Instant, done: Done) -> anyhow::Result<Act> {
    let standing = standing(node, &done.reference).await?.context("what was issued is not there")?;
    Ok(Act {
        began,
        origin: standing.origin.clone(),
        entry: done.entry,
        reference: done.reference,
        item: standing.item.to_string(),
        content: standing.content.filter(|_| standing.state == State::Standing),
        state: standing.state,
        edition: standing.edition,
    })
}

async fn standing(node: &Node, reference: &str) -> anyhow::Result<Option<Standing>> {
    let reference: Reference = reference.parse().map_err(|e: &str| anyhow::anyhow!("{e}"))?;
    let mut conn = node.app.db.read().await?;
    store::find(&mut conn, &reference).await
}

impl Act {
    /// When the act was stored at a node, and when its portals showed it.
    fn at(&self, node: &Node) -> (Option<Instant>, Option<Instant>) {
        let seen = node.watch.seen();
        let shown = match &self.content {
            Some(hash) => seen.content(hash),
            None => seen.changed(&self.item, self.began),
        };
        (seen.stored(&self.origin, self.entry), shown)
    }

    /// Whether the node's database says the same: this edition, in this state, shown.
    async fn stands(&self, node: &Node) -> anyhow::Result<bool> {
        let found = standing(node, &self.reference).await?;
        Ok(found.is_some_and(|s| (s.state, s.edition, s.shown) == (self.state, self.edition, self.edition)))
    }
}

/// Waits until the acts are shown on every portal that carries them, and measures how long that took.
///
/// # Errors
/// When a database cannot be read, or the program itself failed.
pub async fn measure(world: &World, acts: &[Act], bar: &ProgressBar) -> anyhow::Result<Reach> {
    let root = world.root()?;
    let mut weights: HashMap<&Origin, Vec<u64>> = HashMap::new();
    for act in acts {
        weights.entry(&act.origin).or_insert_with(|| carriers(world, root, &act.origin));
    }
    let started = Instant::now();
    loop {
        let open = acts
            .iter()
            .flat_map(|act| world.nodes.iter().map(move |node| act.at(node)))
            .filter(|(stored, shown)| stored.is_none() || shown.is_none())
            .count();
        bar.set_message(format!("{open} lượt còn trên đường · on their way"));
        if open == 0 || started.elapsed() > PATIENCE {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let mut reach = Reach { acts: acts.len(), ..Reach::default() };
    let (mut issued, mut stored, mut shown, mut last) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for act in acts {
        let mut latest = Some(Duration::ZERO);
        for (node, weight) in world.nodes.iter().zip(&weights[&act.origin]) {
            let (at, visible) = act.at(node);
            if node.log().is_ok_and(|(_, origin)| origin == act.origin) {
                issued.extend(at.map(|at| (at.saturating_duration_since(act.began), 1)));
            }
            stored.extend(at.map(|at| (at.saturating_duration_since(act.began), *weight)));
            let took = visible.map(|at| at.saturating_duration_since(act.began));
            shown.extend(took.map(|took| (took, *weight)));
            latest = latest.zip(took).map(|(a, b)| a.max(b));
            // What was heard is checked against what a page would be drawn from.
            if took.is_none() || !act.stands(node).await? {
                reach.missing += weight;
            }
        }
        last.extend(latest.map(|latest| (latest, 1)));
    }
    (reach.issued, reach.stored) = (Spread::of(issued), Spread::of(stored));
    (reach.shown, reach.everywhere) = (Spread::of(shown), Spread::of(last));
    reach.pages = pages(world, acts).await;
    Ok(reach)
}

/// How many portals of each node show what this log issues.
fn carriers(world: &World, root: &Node, origin: &Origin) -> Vec<u64> {
    let directory = root.app.directory.load();
    let mut by_node: HashMap<Origin, u64> = HashMap::new();
    for portal in directory.carriers_of(origin, "document", &[]) {
        if let Some(node) = &portal.node {
            *by_node.entry(node.clone()).or_default() += 1;
        }
    }
    world.nodes.iter().map(|node| by_node.get(&node.app.config.name).copied().unwrap_or(0)).collect()
}

/// Fetches pages of a sample of portals as a browser would. Returns how many, and how many were wrong.
async fn pages(world: &World, acts: &[Act]) -> (u64, u64) {
    const EACH: usize = 20;
    let client = reqwest::Client::new();
    let (mut asked, mut wrong) = (0, 0);
    let step = (acts.len() / 3).max(1);
    for act in acts.iter().step_by(step) {
        let portals = world.nodes.iter().flat_map(|node| {
            let portals = node.app.portals.load().all();
            let at = act.entry as usize % portals.len().max(1);
            portals.get(at).map(|portal| (node, portal.domain.clone()))
        });
        for (node, domain) in portals.step_by((world.nodes.len() / EACH).max(1)) {
            let url = format!("{}/muc/{}", node.app.config.url, act.reference);
            let answer = client.get(url).header("host", &*domain).send().await;
            let status = answer.map(|a| a.status().as_u16()).unwrap_or(0);
            asked += 1;
            let due = if act.state == State::Gone { 410 } else { 200 };
            wrong += u64::from(status != due);
        }
    }
    (asked, wrong)
}
