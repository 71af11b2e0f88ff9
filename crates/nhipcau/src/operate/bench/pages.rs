//! Item pages: kept ones beside nginx, while items are being issued; and ones that must be drawn.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::json;

use super::load::{self, Load};
use super::nginx::{self, Nginx, PAGE};
use super::node::{self, Place};
use super::report::{Budget, Line};
use super::{Part, Scale};

/// Connections that ask at once: as many on each server.
const CONNECTIONS: usize = 32;
/// Items that are issued each second meanwhile.
const ISSUED: u32 = 10;
/// Items that stand before.
const STANDING: usize = 200;

/// A node of the whole nation's directory, with items; their pages' paths.
async fn prepared(dir: &Path, scale: Scale, items: usize) -> anyhow::Result<(Place, usize, Vec<String>)> {
    let place = Place::init(dir, "chinhphu.vn", "central", None)?;
    let app = place.open().await?;
    let portals = node::enrol_nation(&app, scale.communes).await?;
    let paths = node::issue(&app, items, node::draft).await?;
    node::searched(&app).await?;
    app.close().await;
    Ok((place, portals, paths))
}

/// The kept page of one item.
pub async fn cached(dir: &Path, scale: Scale) -> anyhow::Result<Vec<Line>> {
    const WHAT: &str = "trang tin đã lưu, số lượt/giây so với nginx, khi đang đăng 10 tin/giây · \
                        cached item page, requests/s against nginx, 10 items/s being issued";
    const BUDGET: Budget = Budget::AtLeast(0.9);
    let (place, portals, paths) = prepared(dir, scale, STANDING.min(scale.drawn)).await?;
    let path = paths.first().context("no item")?;
    let mut node = place.serve(None)?;
    node.first_page().await?;
    node.settled().await?;
    let page = node::get(&place, path).await?;
    ensure!(page.status == 200, "the item's page answers {}", page.status);
    ensure!(page.head.to_ascii_lowercase().contains("content-encoding: gzip"), "the page came uncompressed");
    let nginx = match nginx::program() {
        Some(program) => Some(Nginx::start(program, dir, &page).await?),
        None => None,
    };
    let ours = (place.port, node::request(&place, path));
    let theirs = nginx.as_ref().map(|nginx| (nginx.port, node::request(&place, PAGE)));
    if let Some(theirs) = &theirs {
        let same = node::get(&Place { port: theirs.0, ..place.clone() }, PAGE).await?;
        ensure!(same.body == page.body, "nginx sends other bytes");
    }
    let issued = AtomicU64::new(0);
    let turns = async {
        let turn =
            async |whom: &(u16, Vec<u8>)| load::closed(whom.0, whom.1.clone(), CONNECTIONS, scale.turn).await;
        load::closed(ours.0, ours.1.clone(), CONNECTIONS, scale.turn / 4).await?;
        let mut pairs = Vec::new();
        for number in 0..scale.turns {
            let Some(theirs) = &theirs else {
                pairs.push((turn(&ours).await?, None));
                continue;
            };
            // A B, B A: whoever comes first has no advantage over the whole.
            pairs.push(if number % 2 == 0 {
                let a = turn(&ours).await?;
                (a, Some(turn(theirs).await?))
            } else {
                let b = turn(theirs).await?;
                (turn(&ours).await?, Some(b))
            });
        }
        anyhow::Ok(pairs)
    };
    let pairs = tokio::select! {
        pairs = turns => pairs?,
        stopped = issue_on(&place, &issued) => return Err(stopped),
    };
    let issued = issued.load(Ordering::Relaxed);
    let us: Vec<&Load> = pairs.iter().map(|(us, _)| us).collect();
    let them: Vec<&Load> = pairs.iter().filter_map(|(_, them)| them.as_ref()).collect();
    ensure!(us.iter().chain(&them).all(|load| load.failed == 0), "a server answered something else than 200");
    let facts = format!(
        "{} byte, {CONNECTIONS} kết nối · connections, {portals} cổng trong danh bạ · portals in the directory, \
         {issued} tin đăng trong lúc đo · items issued meanwhile",
        page.body.len()
    );
    let mut ratios: Vec<f64> =
        pairs.iter().filter_map(|(us, them)| Some(us.rate() / them.as_ref()?.rate())).collect();
    ratios.sort_by(f64::total_cmp);
    let mut lines = vec![match (ratios.first(), ratios.last()) {
        (Some(least), Some(most)) => Line::judged(Part::Pages, WHAT, middle(&ratios), "×", BUDGET)
            .beside(format!("{least:.2}–{most:.2}; {facts}")),
        _ => Line::missing(Part::Pages, WHAT, "×", BUDGET, nginx::CURE),
    }];
    for (who, loads) in [("nhipcau", us), ("nginx", them)] {
        if !loads.is_empty() {
            lines.extend(figures(who, &loads));
        }
    }
    Ok(lines)
}

/// The middle of figures in order; the mean of the two in the middle if they are even.
fn middle(sorted: &[f64]) -> f64 {
    let (half, odd) = (sorted.len() / 2, sorted.len() % 2 == 1);
    match sorted {
        [] => 0.0,
        _ if odd => sorted[half],
        _ => f64::midpoint(sorted[half - 1], sorted[half]),
    }
}

fn figures(who: &str, loads: &[&Load]) -> [Line; 2] {
    let mut rates: Vec<f64> = loads.iter().map(|load| load.rate()).collect();
    let mut p99: Vec<f64> = loads.iter().map(|load| load.times.p99).collect();
    rates.sort_by(f64::total_cmp);
    p99.sort_by(f64::total_cmp);
    [
        Line::noted(Part::Pages, &format!("{who}: lượt mỗi giây · requests a second"), middle(&rates), "/s"),
        Line::noted(Part::Pages, &format!("{who}: p99"), middle(&p99), "ms"),
    ]
}

/// Issues items through the node's own door, ten a second, until it is dropped; returns only what goes wrong.
async fn issue_on(place: &Place, issued: &AtomicU64) -> anyhow::Error {
    let going = async {
        let (token, client) = (place.token()?, reqwest::Client::new());
        let mut tick = tokio::time::interval(Duration::from_secs(1) / ISSUED);
        for number in 1_000_000.. {
            tick.tick().await;
            let answer = client
                .post(format!("{}/api/v1/items", place.url()))
                .header("host", place.domain)
                .bearer_auth(&token)
                .json(&json!({ "item": node::draft(number) }))
                .send()
                .await?;
            ensure!(answer.status().as_u16() == 201, "an item was refused: {}", answer.text().await?);
            issued.fetch_add(1, Ordering::Relaxed);
        }
        anyhow::Ok(())
    };
    match going.await {
        Ok(()) => anyhow::anyhow!("there are no numbers left"),
        Err(error) => error.context("issue an item while pages are read"),
    }
}

/// Pages that nobody asked for before.
pub async fn drawn(dir: &Path, scale: Scale) -> anyhow::Result<Vec<Line>> {
    const WHAT: &str = "trang chưa lưu, 1.000 lượt/giây, p99 · uncached page, 1,000 requests/s, p99";
    let (place, portals, paths) = prepared(dir, scale, scale.drawn).await?;
    let mut node = place.serve(None)?;
    node.first_page().await?;
    node.settled().await?;
    let requests: Vec<Vec<u8>> = paths.iter().map(|path| node::request(&place, path)).collect();
    let load = load::paced(place.port, requests, scale.rate).await?;
    ensure!(load.failed == 0, "{} pages did not answer 200", load.failed);
    let facts = format!(
        "{} trang · pages, {:.0}/s, p50 {} ms, {portals} cổng trong danh bạ · portals in the directory",
        load.answered,
        load.rate(),
        load.times.p50
    );
    Ok(vec![Line::judged(Part::Uncached, WHAT, load.times.p99, "ms", Budget::AtMost(5.0)).beside(facts)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_not_moved_by_one_bad_turn() {
        assert_eq!(middle(&[0.2, 0.9, 1.0]), 0.9);
        assert_eq!(middle(&[0.2, 0.8, 1.0, 1.1]), 0.9);
        assert_eq!(middle(&[]), 0.0);
    }
}
