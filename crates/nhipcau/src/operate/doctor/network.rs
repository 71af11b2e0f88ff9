//! The others: do they answer, what do their clocks say, what do they hold of our logs; and are we enrolled?

use ::network::directory::Directory;
use futures::StreamExt;
use tlog::{Checkpoint, Note};

use super::{Finding, Teller, data};
use crate::agencies::store::portals;
use crate::clock::Clock;
use crate::config::{Config, Neighbour};
use crate::db::Reading;
use crate::logs::keys::Keyring;
use crate::logs::store;
use crate::peers::line::{self, Line};
use crate::words::Words;

/// Clocks further apart than so many seconds are set wrong; receipts and pages would tell wrong hours.
pub const APART: i64 = 60;
/// Own logs that one neighbour is asked about, at most.
const MOST_ASKED: usize = 500;
/// Questions to one neighbour under way at once.
const AT_ONCE: usize = 8;

/// By how many seconds this machine's clock is ahead of a neighbour's; or why that cannot be known.
pub async fn clocks<'a>(
    config: &'a Config,
    line: &Line,
    clock: &Clock,
) -> Vec<(&'a Neighbour, anyhow::Result<i64>)> {
    let mut told = Vec::new();
    for neighbour in &config.neighbours {
        let theirs = line.clock(&format!("{}/.well-known/nhipcau", neighbour.url)).await;
        told.push((neighbour, theirs.map(|theirs| clock.now().as_second() - theirs)));
    }
    told
}

/// The neighbours from whose clocks ours is too far apart, and by how many seconds.
pub fn apart<'a>(told: &[(&'a Neighbour, anyhow::Result<i64>)]) -> Vec<(&'a Neighbour, i64)> {
    let known = told.iter().filter_map(|(neighbour, ahead)| Some((*neighbour, *ahead.as_ref().ok()?)));
    known.filter(|(_, ahead)| ahead.abs() > APART).collect()
}

pub(super) async fn all(
    reading: &Reading,
    config: &Config,
    directory: &Directory,
    line: &Line,
    clock: &Clock,
    teller: &Teller,
) -> Vec<Finding> {
    let told = clocks(config, line, clock).await;
    let mut findings = Vec::new();
    for (neighbour, answer) in &told {
        let (name, url) = (&neighbour.name, &neighbour.url);
        findings.push(match answer {
            Ok(_) => Finding::well("neighbour", |w| w.doctor_peer_ok(name)),
            Err(error) => match error.downcast_ref::<line::Status>().map(|answer| answer.status) {
                Some(status) => Finding::hand(
                    "neighbour",
                    |w| w.doctor_peer_answers(name, status),
                    |w| w.doctor_peer_answers_do(name),
                ),
                None => Finding::hand(
                    "neighbour",
                    |w| w.doctor_peer_away(name, url),
                    |w| w.unreachable_do.to_owned(),
                ),
            },
        });
    }
    for (neighbour, ahead) in apart(&told) {
        let name = &neighbour.name;
        findings.push(Finding::hand("clock", |w| w.clock_says(name, ahead.abs()), |w| w.clock_do(name)));
    }
    let reachable: Vec<&Neighbour> =
        told.iter().filter(|(_, answer)| answer.is_ok()).map(|(neighbour, _)| *neighbour).collect();
    if !reachable.is_empty() && findings.iter().all(|finding| finding.about != "clock") {
        findings.push(Finding::well("clock", |w| w.doctor_clock_ok(reachable.len())));
    }
    match ahead(reading, config, line, &reachable, teller).await {
        Ok(found) => findings.extend(found),
        Err(error) => findings.push(data::damaged(&format!("{error:#}"))),
    }
    findings.extend(enrolment(reading, directory).await);
    findings
}

/// Asks neighbours what they hold of our own logs.
async fn ahead(
    reading: &Reading,
    config: &Config,
    line: &Line,
    neighbours: &[&Neighbour],
    teller: &Teller,
) -> anyhow::Result<Vec<Finding>> {
    let Ok(keys) = Keyring::of(config) else { return Ok(Vec::new()) };
    let mut conn = reading.read().await?;
    let own: Vec<store::Head> =
        store::every(&mut conn).await?.into_iter().filter(|head| head.own).take(MOST_ASKED).collect();
    drop(conn);
    let mut questions = Vec::new();
    for neighbour in neighbours {
        for head in &own {
            let url = format!("{}/mirror/{}/checkpoint", neighbour.url, head.origin.mirror_path());
            questions.push((neighbour.name.clone(), head.clone(), url, line.clone()));
        }
    }
    let of = questions.len() as u64;
    let mut answers = futures::stream::iter(questions)
        .map(|(neighbour, head, url, line)| async move {
            let note = line.get(&url, 1 << 20).await.ok().and_then(|bytes| Note::parse_bytes(&bytes).ok());
            (neighbour, head, note)
        })
        .buffer_unordered(AT_ONCE);
    let (mut findings, mut done) = (Vec::new(), 0);
    while let Some((neighbour, head, note)) = answers.next().await {
        done += 1;
        teller.tell("neighbours", done, of);
        let (Ok(own), Some(note)) = (keys.kept(&head.origin), note) else { continue };
        let Some(claim) = own.iter().find_map(|key| Checkpoint::open(&note, key).ok()) else { continue };
        if claim.size > head.size {
            // It may have grown since we read our own size.
            let mut conn = reading.read().await?;
            let now = store::head(&mut conn, head.id).await?.map_or(0, |head| head.size);
            if claim.size > now {
                findings.push(data::beyond(head.origin.as_str(), &neighbour, claim.size, now));
            }
        } else if claim.size == head.size && claim.root != head.root {
            let says = |w: &'static Words| w.split_says(&head.origin);
            findings.push(Finding::hand("log.split", says, |w| w.split_do.to_owned()));
        }
    }
    Ok(findings)
}

async fn enrolment(reading: &Reading, directory: &Directory) -> Vec<Finding> {
    let mut findings = Vec::new();
    let known = async {
        let mut conn = reading.read().await?;
        portals(&mut conn).await
    };
    for portal in known.await.unwrap_or_default() {
        if directory.agency(&portal.origin).is_none_or(|agency| agency.node.is_none()) {
            let domain = portal.domain.clone();
            let says = |w: &'static Words| w.doctor_not_enrolled(&domain);
            findings.push(Finding::note("enrolment", says, |w| w.doctor_not_enrolled_do.to_owned()));
        }
    }
    let pending = directory.pending().len();
    if pending > 0 {
        let says = |w: &'static Words| w.doctor_pending(pending);
        findings.push(Finding::note("enrolment.pending", says, |w| w.doctor_pending_do.to_owned()));
    }
    findings
}
