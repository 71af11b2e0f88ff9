//! What is due, and what must be true at the end.

use nhipcau::app::App;
use nhipcau::db::{Conn, Place};
use nhipcau::logs::store::{self, Head};
use nhipcau::peers::receipts;
use tlog::{Checkpoint, Frontier, Note, leaf_hash};

use super::{Node, World, drop_database, origin, until};

impl World {
    /// Waits until every plugged-in node holds and has confirmed what every other has to give.
    pub async fn settle(&self) {
        until("the world to settle", async || {
            let due = self.due().await;
            if due.is_empty() { Ok(()) } else { Err(due.join("; ")) }
        })
        .await;
    }

    async fn due(&self) -> Vec<String> {
        let mut due = Vec::new();
        let running: Vec<(&Node, &App)> = self
            .nodes
            .iter()
            .filter(|node| node.cable.plugged())
            .filter_map(|node| Some((node, node.app.as_ref()?)))
            .collect();
        for (node, app) in &running {
            let mut conn = app.db.read().await.unwrap();
            let heads = store::every(&mut conn).await.unwrap();
            let (wants,): (i64,) = nhipcau::one!(&mut conn, (i64,), "SELECT COUNT(*) FROM want").unwrap();
            drop(conn);
            if wants > 0 {
                due.push(format!("{} lacks {wants} contents", node.label));
            }
            for head in
                heads.iter().filter(|head| head.own && head.frozen.is_none() && head.checkpoint_size > 0)
            {
                for (other, follower) in running.iter().filter(|(other, _)| other.label != node.label) {
                    due.extend(lag(head, app, node, follower, other).await);
                }
            }
        }
        due
    }

    /// How many entries of a portal's log a node holds.
    pub async fn holds(&self, label: &str, portal: &str) -> u64 {
        let mut conn = self.app(label).db.read().await.unwrap();
        store::by_origin(&mut conn, origin(portal).as_str()).await.unwrap().map_or(0, |head| head.size)
    }

    /// Every log on every running node is what its signed checkpoint says.
    async fn verify(&self) {
        for node in &self.nodes {
            let Some(app) = &node.app else { continue };
            let mut conn = app.db.read().await.unwrap();
            for head in store::every(&mut conn).await.unwrap() {
                verify(app, &mut conn, &node.label, &head).await;
            }
        }
    }
}

async fn lag(head: &Head, app: &App, node: &Node, follower: &App, other: &Node) -> Option<String> {
    let mut conn = follower.db.read().await.unwrap();
    let held = store::by_origin(&mut conn, head.origin.as_str()).await.unwrap();
    drop(conn);
    let Some(held) = held else {
        return follower.config.follows_all.then(|| format!("{} does not know {}", other.label, head.origin));
    };
    if held.size < head.size || held.checkpoint_size < head.size {
        return Some(format!(
            "{} has {} of {} of {}",
            other.label, held.checkpoint_size, head.size, head.origin
        ));
    }
    let mut conn = app.db.read().await.unwrap();
    let receipts = receipts::of_log(&mut conn, head.origin.as_str()).await.unwrap();
    let name = follower.config.name.to_string();
    let receipt = receipts.iter().find(|r| r.node == name);
    match receipt {
        Some(r) if r.size as u64 >= head.size && r.lacking.is_empty() => None,
        // A heads log grows as receipts are told of it; its own receipts are no reason to wait.
        _ if head.origin.as_str().ends_with("/heads") => None,
        Some(r) => Some(format!(
            "{}: {} confirmed {} of {} of {}, lacking {:?}",
            node.label, name, r.size, head.size, head.origin, r.lacking
        )),
        None => Some(format!("{}: {} has not confirmed {}", node.label, name, head.origin)),
    }
}

async fn verify(app: &App, conn: &mut Conn, label: &str, head: &Head) {
    let entries = store::entries(conn, head.id, 0, head.size).await.unwrap();
    assert_eq!(entries.len() as u64, head.size, "{label}: {} lacks entries", head.origin);
    let mut frontier = Frontier::new();
    let mut at_checkpoint = Frontier::new();
    for (index, entry) in entries.iter().enumerate() {
        frontier.push(leaf_hash(entry));
        if index as u64 + 1 == head.checkpoint_size {
            at_checkpoint = frontier.clone();
        }
    }
    assert_eq!(frontier.root(), head.root, "{label}: the root of {}", head.origin);
    assert_eq!(frontier, head.frontier().unwrap(), "{label}: the frontier of {}", head.origin);
    if head.checkpoint_size == 0 {
        return;
    }
    let note = Note::parse(&head.checkpoint).unwrap();
    let directory = app.directory.load();
    let key = app
        .keys
        .verifier(head.origin.as_str())
        .or_else(|| directory.keys_for(&head.origin, head.checkpoint_size).cloned())
        .unwrap_or_else(|| panic!("{label}: nobody vouches for {}", head.origin));
    let claim = Checkpoint::open(&note, &key).unwrap_or_else(|e| panic!("{label}: {}: {e}", head.origin));
    assert_eq!(
        (claim.size, claim.root),
        (head.checkpoint_size, at_checkpoint.root()),
        "{label}: {}",
        head.origin
    );
}

impl Drop for World {
    fn drop(&mut self) {
        let failed = std::thread::panicking();
        let handle = tokio::runtime::Handle::current();
        tokio::task::block_in_place(|| {
            handle.block_on(async {
                if !failed {
                    self.verify().await;
                }
                let mut died = Vec::new();
                for node in &mut self.nodes {
                    if let Some(app) = node.app.take() {
                        if app.tasks.died() > 0 {
                            died.push(node.label.clone());
                        }
                        app.close().await;
                    }
                    if let Place::Postgres(url) = &node.place {
                        drop_database(url).await;
                    }
                }
                assert!(failed || died.is_empty(), "background tasks died on {died:?}");
            });
        });
    }
}
