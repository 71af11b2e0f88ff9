//! The nation at dawn: keys, root note, who stands under whom, who follows whom.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use tlog::{KeyKind, Note, SignerKey, VerifierKey};

use super::node::{Kin, Node};
use super::truth::{Log, Read};
use super::{Ledger, MIN_MINUTES, Plan};
use crate::entry::{Enrolment, Entry, KeyChange, Kind, Level, Name, NodeKeys};
use crate::moment::Dice;
use crate::names::{Domain, Origin};
use crate::root::{RootNote, RootText};

/// How many nodes may cosign heads, and how many must.
const COSIGNERS: usize = 3;
const QUORUM: usize = 2;

/// All that is fixed at dawn.
#[derive(Debug)]
pub(super) struct Nation {
    pub(super) root_note: RootNote,
    pub(super) cosigners: Arc<[VerifierKey]>,
    pub(super) quorum: BTreeSet<usize>,
    pub(super) logs: Vec<Log>,
    pub(super) by_origin: HashMap<Origin, usize>,
    pub(super) heads: usize,
    pub(super) nodes: Vec<Node>,
}

fn words(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn key(seed: u64, name: &str, kind: KeyKind) -> Result<SignerKey, String> {
    let text = format!("{seed} {name} {}", kind.byte());
    SignerKey::from_seed(name, kind, crate::names::ContentHash::of(text.as_bytes()).0).map_err(words)
}

impl Nation {
    pub(super) fn new(plan: &Plan, dice: &mut Dice) -> Result<Nation, String> {
        if plan.full < 4 || plan.full > plan.nodes {
            return Err("a nation needs at least 4 full nodes, and no more full nodes than nodes".into());
        }
        if plan.minutes < MIN_MINUTES {
            return Err(format!("a day lasts at least {MIN_MINUTES} minutes"));
        }
        let kin = kinship(plan);
        let domains: Vec<Domain> = kin.iter().map(|kin| kin.domain.clone()).collect();
        let log_origin = |at: usize| format!("{}/log", domains[at]).parse::<Origin>().map_err(words);
        let mut logs = Vec::new();
        for at in 0..plan.nodes {
            let origin = log_origin(at)?;
            let signer = key(plan.seed, &origin, KeyKind::Ed25519)?;
            logs.push(Log::new(at, Ledger::new(origin, signer)));
        }
        let heads_origin: Origin = format!("{}/heads", domains[0]).parse().map_err(words)?;
        let heads_key = key(plan.seed, &heads_origin, KeyKind::Ed25519)?;
        let heads = logs.len();
        logs.push(Log::new(0, Ledger::new(heads_origin, heads_key)));

        let mut nodes = Vec::new();
        for (at, kin) in kin.iter().enumerate() {
            let name: Origin = format!("{}/mirror", domains[at]).parse().map_err(words)?;
            let reporter = key(plan.seed, &name, KeyKind::Ed25519)?;
            let cosigner = key(plan.seed, &name, KeyKind::CosignatureEd25519)?;
            nodes.push(Node::new(at, name, reporter, cosigner, kin.clone(), dice));
        }
        let quorum: BTreeSet<usize> = (1..=COSIGNERS).collect();
        let cosigners: Vec<VerifierKey> = quorum.iter().map(|at| nodes[*at].cosigner.verifier()).collect();
        let root_note = root_note(plan.seed, &logs[0], &logs[heads], cosigners.clone())?;
        enrol(&mut logs, &nodes, &kin)?;
        follow(plan, &mut nodes, heads);
        let by_origin =
            logs.iter().enumerate().map(|(at, log)| (log.ledger(0).origin().clone(), at)).collect();
        Ok(Nation { root_note, cosigners: cosigners.into(), quorum, logs, by_origin, heads, nodes })
    }
}

/// The first third of the full nodes after the root are ministries, the others provinces, over which the
/// rest is spread.
fn kinship(plan: &Plan) -> Vec<Kin> {
    let ministries = (plan.full - 1) / 3;
    let provinces = plan.full - 1 - ministries;
    let mut all: Vec<Kin> = Vec::new();
    for at in 0..plan.nodes {
        let (text, level, parent) = match at {
            0 => ("chinhphu.vn".to_owned(), Level::Central, 0),
            _ if at <= ministries => (format!("bo-{at}.gov.vn"), Level::Ministry, 0),
            _ if at < plan.full => (format!("tinh-{at}.gov.vn"), Level::Province, 0),
            _ => {
                let parent = ministries + 1 + (at - plan.full) % provinces;
                (format!("xa-{at}.tinh-{parent}.gov.vn"), Level::Commune, parent)
            }
        };
        // Made of digits, letters, dots and hyphens, so it parses.
        let Ok(domain) = text.parse() else { continue };
        all.push(Kin { domain, level, parent, children: Vec::new() });
    }
    for at in 1..all.len() {
        let parent = all[at].parent;
        all[parent].children.push(at);
    }
    all
}

fn root_note(seed: u64, root: &Log, heads: &Log, cosigners: Vec<VerifierKey>) -> Result<RootNote, String> {
    let holder = key(seed, "giu-khoa-1", KeyKind::Ed25519)?;
    let from_start = |log: &Log| vec![KeyChange { key: log.ledger(0).key().clone(), from: 0 }];
    let text = RootText {
        version: 1,
        root: from_start(root),
        heads: from_start(heads),
        quorum: QUORUM,
        cosigners,
        threshold: 1,
        holders: vec![holder.verifier()],
    };
    let note = Note::sign(&text.text(), &holder).map_err(words)?;
    RootNote::open(&note.to_string()).map_err(words)
}

/// Every parent enrols its children in its own log; the root states itself.
fn enrol(logs: &mut [Log], nodes: &[Node], kin: &[Kin]) -> Result<(), String> {
    for (at, one) in kin.iter().enumerate() {
        let node = &nodes[at];
        let url = format!("https://{}", one.domain);
        let enrolment = Enrolment {
            origin: logs[at].ledger(0).origin().clone(),
            domain: one.domain.clone(),
            code: None,
            name: Name { vi: format!("Cơ quan số {at}"), en: format!("Agency {at}") },
            level: one.level,
            log_key: logs[at].ledger(0).key().clone(),
            log_url: format!("{url}/log"),
            node: NodeKeys {
                name: node.name.clone(),
                cosigner: node.cosigner.verifier(),
                reporter: node.reporter.verifier(),
                url,
            },
            sealing: None,
            predecessor: None,
            accountable: None,
            accountable_basis: None,
        };
        let entry = Entry { at: jiff::Timestamp::UNIX_EPOCH, kind: Kind::AgencyEnrolled(enrolment) };
        let read = Read { entry, note: None, contents: Vec::new(), erases: Vec::new() };
        logs[one.parent].append(0, read, 0).map_err(words)?;
    }
    logs.iter_mut()
        .filter(|log| log.size() > 0)
        .try_for_each(|log| log.branches[0].ledger.sign().map(|_| ()).map_err(words))
}

/// Who follows what from whom: see the architecture page. Leaves follow all from the root, and have two
/// others in reserve; the root and every province follow each child for its log; the root has the children
/// of provinces from their province, or from themselves.
fn follow(plan: &Plan, nodes: &mut [Node], heads: usize) {
    let (full, count) = (plan.full, nodes.len());
    let other = |at: usize, step: usize| 1 + (at - 1 + step) % (full - 1);
    for at in 0..count {
        let mut groups: Vec<(Vec<usize>, Option<BTreeSet<usize>>)> = Vec::new();
        let children = nodes[at].kin.children.clone();
        if at == 0 {
            for child in children {
                groups.push((vec![child], Some(BTreeSet::from([child]))));
                let below = nodes[child].kin.children.clone();
                groups.extend(below.into_iter().map(|one| (vec![child, one], Some(BTreeSet::from([one])))));
            }
        } else if at < full {
            groups.push((vec![0, other(at, 1), other(at, 2)], None));
            groups.extend(children.into_iter().map(|child| (vec![child], Some(BTreeSet::from([child])))));
        } else {
            let parent = nodes[at].kin.parent;
            let siblings = nodes[parent].kin.children.iter().copied().filter(|sibling| *sibling != at);
            let always = [heads, 0, parent]
                .into_iter()
                .chain((1..full).filter(|one| nodes[*one].kin.level == Level::Ministry));
            let wanted: BTreeSet<usize> = always.chain(siblings).take(plan.scope + 1).collect();
            groups.push((vec![parent, other(parent, 1), 0], Some(wanted)));
        }
        nodes[at].groups = groups;
    }
    for node in nodes.iter_mut() {
        let first = node.groups.first().map(|(peers, _)| peers.clone());
        // The root asks some of those below what it signed last, and fetches contents there.
        node.neighbours = if node.at == 0 { (1..4).collect() } else { first.unwrap_or_default() };
    }
}
