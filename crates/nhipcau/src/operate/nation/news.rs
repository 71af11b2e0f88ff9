//! What is issued, corrected and withdrawn in the simulated nation, and how long it takes to every portal.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::Context;
use indicatif::ProgressBar;
use network::entry::ItemChange;
use network::names::{ContentHash, Origin};
use serde::Serialize;

use super::burden::{Wire, load};
use super::figures::Spread;
use super::truth::{self, Pages};
use super::world::{Node, Sent, World};
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
    /// The log in which it stands.
    pub origin: Origin,
    entry: u64,
    /// The item's name in addresses.
    pub reference: String,
    item: String,
    /// The content of the edition; a withdrawal has none.
    content: Option<ContentHash>,
    state: State,
    edition: i64,
    /// What a page says only once the act has reached it.
    pub words: String,
}

/// How long something took to all portals that show it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Reach {
    /// How many acts were measured.
    pub acts: usize,
    /// Portals that are to show each of them, those of nodes that are off not counted.
    pub portals: u64,
    /// Until the issuer's own node had it durably.
    pub issued: Spread,
    /// Until the portal's node stored the entry durably, over all portals.
    pub stored: Spread,
    /// Until the portal showed it, over all portals.
    pub shown: Spread,
    /// Until the last portal showed it, over all acts.
    pub everywhere: Spread,
    /// Portals that did not show it in time, or whose database says something else.
    pub missing: u64,
    /// Pages that were read over HTTP.
    pub pages: Pages,
    /// What went over the wire.
    pub wire: Wire,
    /// Load of the machine at the end.
    pub load: f64,
}

/// Acts that are measured together.
pub struct Series {
    /// The acts.
    pub acts: Vec<Act>,
    before: Sent,
}

/// A draft like those that offices write.
pub fn draft(number: usize, urgent: bool) -> Draft {
    Draft {
        kind: "document".into(),
        title: title(number),
        number: Some(format!("{number}/CĐ-TTg")),
        form: Some("Công điện".into()),
        issued: Some(jiff::civil::date(2026, 11, 23)),
        text: "Các bộ, ngành, địa phương tập trung ứng phó, bảo đảm an toàn cho nhân dân. ".repeat(12),
        urgent,
        ..Draft::default()
    }
}

fn title(number: usize) -> String {
    format!("Công điện về ứng phó thiên tai, số {number} của năm")
}

/// Issues a new item at a node's own portal.
///
/// # Errors
/// When the node refuses.
pub async fn issue(node: &Node, number: usize, urgent: bool) -> anyhow::Result<Act> {
    let (log, origin) = node.log()?;
    let began = Instant::now();
    let done = publish::issue(&node.app, log, &origin, draft(number, urgent), None).await.map_err(refused)?;
    act(node, began, done, title(number)).await
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
    act(node, began, done.map_err(refused)?, title(number)).await
}

/// Withdraws an item.
///
/// # Errors
/// When the node refuses.
pub async fn withdraw(node: &Node, item: &Act, number: usize) -> anyhow::Result<Act> {
    let standing = publish::own(&node.app, &item.reference).await.map_err(refused)?;
    let words = format!("Ban hành nhầm, theo biên bản số {number}.");
    let reason = Reason { reason: words.clone(), urgent: true, ..Reason::default() };
    let began = Instant::now();
    let done = publish::withdraw(&node.app, &standing, reason, None).await.map_err(refused)?;
    act(node, began, done, words).await
}

/// A refusal as an error of this command.
pub fn refused(problem: Problem) -> anyhow::Error {
    match problem {
        Problem::Ours(error) => error,
        other => anyhow::anyhow!("{other}"),
    }
}

async fn act(node: &Node, began: Instant, done: Done, words: String) -> anyhow::Result<Act> {
    let standing = standing(node, &done.reference).await?.context("what was issued is not there")?;
    Ok(Act {
        began,
        origin: standing.origin.clone(),
        entry: done.entry,
        reference: done.reference,
        item: standing.item.to_string(),
        // A withdrawal is shown once its note is here, for the page gives the reason.
        content: if standing.state == State::Standing { standing.content } else { standing.note },
        state: standing.state,
        edition: standing.edition,
        words,
    })
}

async fn standing(node: &Node, reference: &str) -> anyhow::Result<Option<Standing>> {
    let reference: Reference = reference.parse().map_err(|e: &str| anyhow::anyhow!("{e}"))?;
    let mut conn = node.app.db.read().await?;
    store::find(&mut conn, &reference).await
}

impl Act {
    /// When the act was stored at a node.
    fn stored_at(&self, node: &Node) -> Option<Instant> {
        node.watch.seen().stored(&self.origin, self.entry)
    }

    /// When a node's portals showed it: entry and content are durable, and the next page says so.
    pub fn shown_at(&self, node: &Node) -> Option<Instant> {
        let seen = node.watch.seen();
        let stored = seen.stored(&self.origin, self.entry)?;
        let here = self.content.map(|hash| seen.content(&hash));
        let changed = seen.changed(&self.item, self.began)?;
        match here {
            Some(content) => Some(content?.max(stored)),
            None => Some(changed.max(stored)),
        }
    }

    /// Whether the node's database says the same: this edition, in this state, shown.
    async fn stands(&self, node: &Node) -> anyhow::Result<bool> {
        let found = standing(node, &self.reference).await?;
        Ok(found.is_some_and(|s| (s.state, s.edition, s.shown) == (self.state, self.edition, self.edition)))
    }
}

impl Series {
    /// From here on, with nothing seen yet.
    pub fn begin(world: &World) -> Series {
        world.forget();
        Series { acts: Vec::new(), before: world.sent() }
    }

    /// Waits until the acts are shown on every portal that carries them, and says how long that took. What
    /// was heard of is looked up in every node's database, and read as pages over HTTP.
    ///
    /// # Errors
    /// When a database cannot be read, or the program itself failed.
    pub async fn end(self, world: &World, bar: &ProgressBar) -> anyhow::Result<(Reach, Vec<Act>)> {
        let Series { acts, before } = self;
        wait(world, &acts, bar).await;
        let wire = world.wire(&before);
        let mut weights: HashMap<&Origin, Vec<u64>> = HashMap::new();
        for act in &acts {
            if !weights.contains_key(&act.origin) {
                weights.insert(&act.origin, world.carriers(&act.origin)?);
            }
        }
        let mut reach = Reach { acts: acts.len(), wire, load: load(), ..Reach::default() };
        let (mut issued, mut stored, mut shown, mut last) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for act in &acts {
            let mut latest = Some(Duration::ZERO);
            let after = |at: Instant| at.saturating_duration_since(act.began);
            for (node, weight) in world.nodes.iter().zip(&weights[&act.origin]) {
                if !node.present() {
                    continue;
                }
                let (came, visible) = (act.stored_at(node).map(after), act.shown_at(node).map(after));
                if node.log().is_ok_and(|(_, origin)| origin == act.origin) {
                    issued.extend(came.map(|took| (took, 1)));
                }
                stored.extend(came.map(|took| (took, *weight)));
                shown.extend(visible.map(|took| (took, *weight)));
                latest = latest.zip(visible).map(|(a, b)| a.max(b));
                if visible.is_none() || !act.stands(node).await? {
                    reach.missing += weight;
                }
            }
            last.extend(latest.map(|latest| (latest, 1)));
        }
        let there = |weights: &Vec<u64>| {
            let present = world.nodes.iter().zip(weights).filter(|(node, _)| node.present());
            present.map(|(_, weight)| weight).sum::<u64>()
        };
        reach.portals = weights.values().map(there).max().unwrap_or(0);
        (reach.issued, reach.stored) = (Spread::of(issued), Spread::of(stored));
        (reach.shown, reach.everywhere) = (Spread::of(shown), Spread::of(last));
        reach.pages = truth::read(world, &acts, bar).await?;
        Ok((reach, acts))
    }
}

async fn wait(world: &World, acts: &[Act], bar: &ProgressBar) {
    let began = Instant::now();
    loop {
        let present = || world.nodes.iter().filter(|node| node.present());
        let open = acts.iter().flat_map(|act| present().map(move |node| act.shown_at(node)));
        let open = open.filter(Option::is_none).count();
        bar.set_message(format!("{open} lượt trên đường · on their way"));
        if open == 0 || began.elapsed() > PATIENCE {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
