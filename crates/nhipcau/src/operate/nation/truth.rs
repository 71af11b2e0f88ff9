//! Whether pages say what was counted: read over HTTP at the portals, as a browser would.

use futures::StreamExt;
use futures::stream;
use indicatif::ProgressBar;
use serde::Serialize;

use super::news::Act;
use super::world::World;

/// How many pages are read at the same time.
const AT_ONCE: usize = 8;
/// How many portals are read for each act but the last, which is read at all of them.
const SAMPLE: usize = 20;

/// Pages that were read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pages {
    /// In all.
    pub read: u64,
    /// Of which so many did not say what they should.
    pub wrong: u64,
}

/// Reads the page of the last act at every portal that carries it, and those of the others at a sample.
///
/// # Errors
/// When a client cannot be made.
pub async fn read(world: &World, acts: &[Act], bar: &ProgressBar) -> anyhow::Result<Pages> {
    let client = reqwest::Client::builder().no_proxy().gzip(true).build()?;
    let mut due = Vec::new();
    for (at, act) in acts.iter().enumerate() {
        let portals = world.portals_that_carry(&act.origin)?;
        let step = if at + 1 == acts.len() { 1 } else { (portals.len() / SAMPLE).max(1) };
        // Another sample for each act.
        let first = at % step;
        for (url, domain) in portals.into_iter().skip(first).step_by(step) {
            due.push((format!("{url}/muc/{}", act.reference), domain, act.words.as_str()));
        }
    }
    bar.set_message("đọc trang · reading pages");
    bar.set_length(due.len() as u64);
    bar.set_position(0);
    let looked = stream::iter(due).map(|(url, domain, words)| {
        let client = client.clone();
        async move {
            let answer =
                client.get(&url).header("host", domain).send().await.and_then(|a| a.error_for_status());
            let says = match answer {
                Ok(answer) => answer.text().await.is_ok_and(|text| text.contains(words)),
                Err(_) => false,
            };
            bar.inc(1);
            says
        }
    });
    let looked: Vec<bool> = looked.buffer_unordered(AT_ONCE).collect().await;
    let wrong = looked.iter().filter(|says| !**says).count() as u64;
    Ok(Pages { read: looked.len() as u64, wrong })
}
