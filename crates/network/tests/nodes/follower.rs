//! The follower, one conversation at a time: what it asks, what it believes, whom it blames.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use network::bridge::contradict;
use network::flow::NOT_WANTED;
use network::follower::{
    Action, Alarm, Batch, Bytes, Down, Event, Follower, GroupId, PeerId, Settings, Split, Trouble, Wanted,
    Why,
};
use network::keys::Keys;
use network::memo::Memo;
use network::moment::Moment;
use network::names::Origin;
use network::simulation::Ledger;
use tlog::{Checkpoint, Frontier, KeyKind, Note, cosign};

use crate::fixtures::signer;

const PRIMARY: PeerId = PeerId(1);
const BACKUP: PeerId = PeerId(2);
const LOG: &str = "chinhphu.vn/log";
const QUORUM_NODE: &str = "moh.gov.vn/mirror";

fn entry(text: &str) -> Bytes {
    Arc::from(format!("{{\"v\":1,\"t\":\"{text}\"}}").into_bytes())
}

fn ledger(origin: &str, size: u64) -> Ledger {
    let mut ledger = Ledger::new(origin.parse().unwrap(), signer(origin, KeyKind::Ed25519));
    grow(&mut ledger, size);
    ledger
}

fn grow(ledger: &mut Ledger, by: u64) {
    for _ in 0..by {
        let text = ledger.size().to_string();
        ledger.append(entry(&text));
    }
    ledger.sign().unwrap();
}

/// A follower, what it has asked for, and what it has applied.
struct Desk {
    follower: Follower,
    now: Moment,
    actions: Vec<Action>,
    applied: BTreeMap<Origin, Vec<Arc<Batch>>>,
    alarms: Vec<Alarm>,
    splits: Vec<Split>,
    /// Report batches as applied at once.
    prompt: bool,
}

impl Desk {
    fn new() -> Desk {
        Desk::with(Settings::default())
    }

    fn with(settings: Settings) -> Desk {
        let follower = Follower::new(settings, 7, Memo::new());
        let (actions, applied) = (Vec::new(), BTreeMap::new());
        Desk {
            follower,
            now: Moment(1),
            actions,
            applied,
            alarms: Vec::new(),
            splits: Vec::new(),
            prompt: true,
        }
    }

    /// A desk with primary and backup, the primary connected, following these logs from nothing.
    fn following(ledgers: &[&Ledger]) -> Desk {
        let mut desk = Desk::new();
        for ledger in ledgers {
            desk.adds(ledger, 0);
        }
        let peers = vec![PRIMARY, BACKUP];
        desk.tell(Event::Neighbours { group: GroupId(0), peers, wanted: Wanted::All });
        desk.tell(Event::Start);
        assert_eq!(desk.connects(), [PRIMARY]);
        desk.tell(Event::PeerUp { peer: PRIMARY });
        desk
    }

    fn adds(&mut self, ledger: &Ledger, size: u64) {
        let checkpoint = ledger.checkpoint(size).filter(|_| size > 0).map(|(_, note)| note.clone());
        self.tell(Event::LogAdded {
            origin: ledger.origin().clone(),
            keys: Keys::single(ledger.key().clone()),
            cosigners: Arc::new([signer(QUORUM_NODE, KeyKind::CosignatureEd25519).verifier()]),
            frontier: ledger.frontier(size),
            checkpoint,
            watched: ledger.origin().ends_with("heads"),
        });
    }

    fn tell(&mut self, event: Event) {
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            for action in self.follower.on(event, self.now) {
                match action {
                    Action::Apply(batch) => {
                        if self.prompt {
                            events.push(Event::Applied { origin: batch.origin.clone(), size: batch.size() });
                        }
                        self.applied.entry(batch.origin.clone()).or_default().push(batch);
                    }
                    Action::Alarm(alarm) => self.alarms.push(alarm),
                    Action::Freeze(split) => self.splits.push(split),
                    Action::Wake { .. } => {}
                    action => self.actions.push(action),
                }
            }
        }
    }

    fn waits(&mut self, millis: u64) {
        for _ in 0..millis.div_ceil(500) {
            self.now = self.now + 500;
            self.tell(Event::Tick);
        }
    }

    /// The peer sends entries of the ledger in its flow, and the checkpoint at their end.
    fn flows(&mut self, peer: PeerId, ledger: &Ledger, from: u64, to: u64) {
        for (index, bytes) in (from..to).zip(ledger.entries(from, to)) {
            self.tell(Event::Entry { peer, origin: ledger.origin().clone(), index, bytes: bytes.clone() });
        }
        self.says(peer, ledger, to);
    }

    fn says(&mut self, peer: PeerId, ledger: &Ledger, size: u64) {
        let (at, note) = ledger.checkpoint(size).unwrap();
        assert_eq!(at, size, "no checkpoint there");
        self.tell(Event::Checkpoint { peer, origin: ledger.origin().clone(), note: note.clone() });
    }

    fn heads_say(&mut self, ledger: &Ledger) {
        let (size, note) = ledger.checkpoint(ledger.size()).unwrap();
        let (origin, root) = (ledger.origin().clone(), ledger.frontier(size).root());
        self.tell(Event::Head { origin, size, root, note: note.clone() });
    }

    /// Answers every fetch and comparison from the ledger that this peer serves; others are left.
    fn serves(&mut self, peer: PeerId, ledger: &Ledger) -> usize {
        let mut served = 0;
        while let Some(at) = self.actions.iter().position(|action| match action {
            Action::Fetch { peer: asked, .. } => *asked == peer,
            Action::Compare { peer: asked, .. } => *asked == Some(peer),
            _ => false,
        }) {
            served += 1;
            match self.actions.remove(at) {
                Action::Fetch { peer, origin, from, to, tree } => {
                    let entries = ledger.entries(from, to).to_vec();
                    self.tell(Event::Fetched {
                        peer,
                        origin,
                        from,
                        entries,
                        bridge: ledger.bridge(to, tree),
                    });
                }
                Action::Compare { peer, origin, old, new } => {
                    let bridge = [ledger.bridge(0, old), ledger.bridge(old, new)].concat();
                    self.tell(Event::Compared { peer, origin, bridge: Some(bridge) });
                }
                _ => {}
            }
        }
        served
    }

    fn connects(&mut self) -> Vec<PeerId> {
        let mut connects = vec![];
        self.actions.retain(|action| match action {
            Action::Connect { peer, .. } => {
                connects.push(*peer);
                false
            }
            _ => true,
        });
        connects
    }

    fn size(&self, ledger: &Ledger) -> u64 {
        self.follower.log(ledger.origin()).unwrap().size
    }

    fn blamed(&self) -> Vec<(Trouble, Option<PeerId>)> {
        self.alarms.iter().map(|alarm| (alarm.about, alarm.peer)).collect()
    }

    /// What was applied is the ledger's beginning, in order, without gap.
    fn has_the_truth(&self, ledger: &Ledger) {
        let mut at = 0;
        for batch in self.applied.get(ledger.origin()).into_iter().flatten() {
            assert_eq!(batch.from, at);
            assert_eq!(batch.entries, ledger.entries(at, batch.size()));
            at = batch.size();
            assert_eq!(batch.root, ledger.frontier(at).root());
        }
    }
}

#[test]
fn entries_wait_for_their_checkpoint_and_are_applied_in_order() {
    let log = ledger(LOG, 3);
    let mut desk = Desk::following(&[&log]);
    let send = |desk: &mut Desk, index: u64| {
        let bytes = log.entries(index, index + 1)[0].clone();
        desk.tell(Event::Entry { peer: PRIMARY, origin: log.origin().clone(), index, bytes });
    };
    (0..3).for_each(|index| send(&mut desk, index));
    assert!(desk.applied.is_empty() && desk.follower.buffered() > 0);
    desk.says(PRIMARY, &log, 3);
    assert_eq!(desk.size(&log), 3);
    assert_eq!(desk.follower.buffered(), 0);
    desk.has_the_truth(&log);
    assert!(desk.applied[log.origin()][0].complete());
}

#[test]
fn one_batch_is_in_flight_and_a_failed_one_comes_again() {
    let mut log = ledger(LOG, 2);
    grow(&mut log, 2);
    let mut desk = Desk::following(&[&log]);
    desk.prompt = false;
    desk.flows(PRIMARY, &log, 0, 2);
    desk.flows(PRIMARY, &log, 2, 4);
    assert_eq!(desk.applied[log.origin()].len(), 1, "the second waits");
    desk.tell(Event::ApplyFailed { origin: log.origin().clone() });
    desk.waits(4_000);
    let batches = &desk.applied[log.origin()];
    assert!(batches.len() == 2 && Arc::ptr_eq(&batches[0], &batches[1]));
    desk.prompt = true;
    desk.tell(Event::Applied { origin: log.origin().clone(), size: 2 });
    assert_eq!(desk.size(&log), 4);
}

#[test]
fn duplicates_and_overlaps_do_no_harm() {
    let mut log = ledger(LOG, 4);
    grow(&mut log, 4);
    let mut desk = Desk::following(&[&log]);
    desk.flows(PRIMARY, &log, 0, 4);
    desk.flows(PRIMARY, &log, 2, 8);
    desk.flows(PRIMARY, &log, 0, 8);
    desk.has_the_truth(&log);
    assert_eq!(desk.size(&log), 8);
    assert!(desk.alarms.is_empty());
}

#[test]
fn a_gap_is_fetched_in_parts_that_are_proven_one_by_one() {
    let log = ledger(LOG, 1_500);
    let mut desk = Desk::following(&[&log]);
    desk.flows(PRIMARY, &log, 1_490, 1_500);
    let asked: Vec<(u64, u64)> = desk
        .actions
        .iter()
        .filter_map(|action| match action {
            Action::Fetch { from, to, .. } => Some((*from, *to)),
            _ => None,
        })
        .collect();
    assert_eq!(asked, [(0, 256), (256, 512), (512, 768), (768, 1_024), (1_024, 1_280), (1_280, 1_500)]);
    desk.serves(PRIMARY, &log);
    assert_eq!(desk.size(&log), 1_500);
    desk.has_the_truth(&log);
    let complete: Vec<bool> = desk.applied[log.origin()].iter().map(|batch| batch.complete()).collect();
    assert_eq!(complete, [false, false, false, false, false, true]);
}

#[test]
fn behind_is_caught_up_and_the_flow_goes_on() {
    let mut log = ledger(LOG, 5_000);
    let mut desk = Desk::following(&[&log]);
    desk.tell(Event::Behind { peer: PRIMARY, origin: log.origin().clone(), size: 5_000 });
    assert!(matches!(desk.actions.pop(), Some(Action::Ask { peer: PRIMARY, .. })));
    grow(&mut log, 1);
    desk.tell(Event::Entry {
        peer: PRIMARY,
        origin: log.origin().clone(),
        index: 5_000,
        bytes: log.entries(5_000, 5_001)[0].clone(),
    });
    let note = log.checkpoint(5_000).unwrap().1.clone();
    desk.tell(Event::Asked { peer: PRIMARY, origin: log.origin().clone(), note: Some(note) });
    desk.serves(PRIMARY, &log);
    assert_eq!(desk.size(&log), 5_000);
    desk.says(PRIMARY, &log, 5_001);
    assert_eq!(desk.size(&log), 5_001, "from the flow, without another fetch");
    desk.has_the_truth(&log);
}

#[test]
fn altered_entries_are_the_relays_fault() {
    let mut log = ledger(LOG, 3);
    let mut desk = Desk::following(&[&log]);
    desk.flows(PRIMARY, &log, 0, 3);
    grow(&mut log, 1);
    let origin = log.origin().clone();
    desk.tell(Event::Entry { peer: PRIMARY, origin, index: 3, bytes: entry("forged") });
    desk.says(PRIMARY, &log, 4);
    assert_eq!(desk.size(&log), 3);
    desk.serves(PRIMARY, &log);
    assert_eq!(desk.blamed(), [(Trouble::WrongEntries, Some(PRIMARY))]);
    let closed = |action: &Action| matches!(action, Action::Disconnect { peer: PRIMARY, why: Why::Fault(_) });
    assert!(desk.actions.iter().any(closed));
    assert_eq!(desk.connects(), [BACKUP]);
    desk.serves(BACKUP, &log);
    assert_eq!(desk.size(&log), 4);
    desk.has_the_truth(&log);
    assert!(desk.splits.is_empty());
}

#[test]
fn a_forged_checkpoint_is_the_relays_fault() {
    let mut log = ledger(LOG, 2);
    let mut desk = Desk::following(&[&log]);
    desk.flows(PRIMARY, &log, 0, 2);
    grow(&mut log, 2);
    let mut forged = (**log.checkpoint(4).unwrap().1).clone();
    forged.text = forged.text.replace("\n4\n", "\n5\n");
    desk.tell(Event::Checkpoint { peer: PRIMARY, origin: log.origin().clone(), note: Arc::new(forged) });
    assert_eq!(desk.blamed(), [(Trouble::BadSignature, Some(PRIMARY))]);
    assert_eq!(desk.connects(), [BACKUP]);
}

#[test]
fn two_roots_at_one_size_freeze_the_log_with_evidence() {
    let mut log = ledger(LOG, 2);
    let mut fork = log.fork(2).unwrap();
    grow(&mut log, 1);
    fork.append(entry("another third"));
    fork.sign().unwrap();
    let mut desk = Desk::following(&[&log]);
    desk.flows(PRIMARY, &log, 0, 3);
    desk.says(PRIMARY, &fork, 3);
    let split = &desk.splits[0];
    let claim = |note: &Note| Checkpoint::open(note, log.key()).unwrap();
    assert!(contradict(&claim(&split.a), &claim(&split.b), &split.bridge));
    assert_eq!(desk.blamed(), [(Trouble::Split, None)]);
    grow(&mut log, 1);
    desk.flows(PRIMARY, &log, 3, 4);
    assert_eq!(desk.size(&log), 3, "frozen");
    desk.tell(Event::PeerDown { peer: PRIMARY, why: Down::Ended });
    let Some(Action::Connect { wants, .. }) = desk.actions.last() else { panic!("{:?}", desk.actions) };
    assert_eq!(wants.logs, [(log.origin().clone(), NOT_WANTED)]);
}

#[test]
fn a_larger_checkpoint_of_another_past_freezes_the_log_with_a_bridge() {
    let log = ledger(LOG, 300);
    let mut fork = log.fork(200).unwrap();
    (0..400).for_each(|index| fork.append(entry(&format!("other {index}"))));
    fork.sign().unwrap();
    let mut desk = Desk::following(&[&log]);
    desk.flows(PRIMARY, &log, 0, 300);
    desk.flows(PRIMARY, &fork, 300, 600);
    assert!(desk.splits.is_empty(), "it may be the relay");
    desk.serves(PRIMARY, &fork);
    let split = &desk.splits[0];
    let claim = |note: &Note| Checkpoint::open(note, log.key()).unwrap();
    assert!(contradict(&claim(&split.a), &claim(&split.b), &split.bridge));
    assert_eq!((claim(&split.a).size, claim(&split.b).size), (300, 600));
    desk.has_the_truth(&log);
}

#[test]
fn a_late_smaller_checkpoint_of_another_past_freezes_the_log_too() {
    let log = ledger(LOG, 300);
    let mut fork = log.fork(200).unwrap();
    (0..50).for_each(|index| fork.append(entry(&format!("other {index}"))));
    fork.sign().unwrap();
    let mut desk = Desk::following(&[&log]);
    desk.flows(PRIMARY, &log, 0, 300);
    desk.says(PRIMARY, &fork, 250);
    let Some(Action::Compare { peer: None, origin, old: 250, new: 300 }) = desk.actions.pop() else {
        panic!("our own tiles tell")
    };
    let bridge = Some([log.bridge(0, 250), log.bridge(250, 300)].concat());
    desk.tell(Event::Compared { peer: None, origin, bridge });
    assert_eq!(desk.splits.len(), 1);
}

#[test]
fn tiles_that_prove_nothing_are_the_fault_of_whoever_served_them() {
    let mut log = ledger(LOG, 300);
    let mut desk = Desk::following(&[&log]);
    desk.flows(PRIMARY, &log, 0, 300);
    grow(&mut log, 300);
    let mut lie = log.fork(100).unwrap();
    (0..500).for_each(|index| lie.append(entry(&format!("lie {index}"))));
    desk.says(PRIMARY, &log, 600);
    desk.serves(PRIMARY, &lie);
    assert_eq!(desk.blamed(), [(Trouble::WrongTiles, Some(PRIMARY))]);
    desk.serves(BACKUP, &log);
    assert_eq!(desk.size(&log), 600);
    assert_eq!(desk.blamed()[1], (Trouble::WrongEntries, Some(PRIMARY)));
    assert!(desk.splits.is_empty());
    desk.has_the_truth(&log);
}

#[test]
fn heads_find_out_a_relay_that_withholds() {
    let mut logs: Vec<Ledger> = (0..3).map(|n| ledger(&format!("xa-{n}.gov.vn/log"), 1)).collect();
    let mut desk = Desk::following(&logs.iter().collect::<Vec<_>>());
    for log in &mut logs {
        desk.flows(PRIMARY, log, 0, 1);
        grow(log, 2);
        desk.heads_say(log);
        assert_eq!(desk.follower.log(log.origin()).unwrap().exists, 3, "we know that we are behind");
    }
    assert!(desk.actions.is_empty(), "the flow has a while");
    for _ in 0..16 {
        desk.waits(500);
        desk.tell(Event::Heartbeat { peer: PRIMARY });
    }
    logs.iter().for_each(|log| {
        desk.actions.retain(|action| !matches!(action, Action::Disconnect { .. }));
        let of_log =
            |action: &Action| matches!(action, Action::Fetch { origin, .. } if origin == log.origin());
        let at = desk.actions.iter().position(of_log).unwrap();
        let fetch = desk.actions.remove(at);
        desk.actions.insert(0, fetch);
        let Action::Fetch { peer, origin, from, to, .. } = desk.actions.remove(0) else { panic!() };
        assert_eq!(peer, BACKUP);
        let entries = log.entries(from, to).to_vec();
        desk.tell(Event::Fetched { peer, origin, from, entries, bridge: vec![] });
        assert_eq!(desk.size(log), 3);
    });
    assert_eq!(desk.blamed().iter().filter(|(about, _)| *about == Trouble::Withholding).count(), 3);
    assert_eq!(desk.connects(), [BACKUP], "after three, another takes its place");
}

#[test]
fn the_heads_log_itself_is_asked_for_elsewhere() {
    let mut heads = ledger("chinhphu.vn/heads", 2);
    let mut desk = Desk::following(&[&heads]);
    desk.flows(PRIMARY, &heads, 0, 2);
    grow(&mut heads, 5);
    for _ in 0..20 {
        desk.waits(5_000);
        desk.tell(Event::Heartbeat { peer: PRIMARY });
        if let Some(at) = desk.actions.iter().position(|action| matches!(action, Action::Ask { .. })) {
            let Action::Ask { peer, origin } = desk.actions.remove(at) else { panic!() };
            assert_eq!(peer, BACKUP);
            let note = Some(heads.checkpoint(7).unwrap().1.clone());
            desk.tell(Event::Asked { peer, origin, note });
        }
        desk.serves(BACKUP, &heads);
    }
    assert_eq!(desk.size(&heads), 7);
    assert_eq!(desk.blamed(), [(Trouble::Withholding, Some(PRIMARY))]);
}

#[test]
fn cosignatures_that_come_later_are_stored_without_entries() {
    let heads = ledger("chinhphu.vn/heads", 2);
    let mut desk = Desk::following(&[&heads]);
    desk.flows(PRIMARY, &heads, 0, 2);
    let mut note = (**heads.checkpoint(2).unwrap().1).clone();
    let cosigned = |name: &str| {
        let key = signer(name, KeyKind::CosignatureEd25519);
        cosign(&heads.checkpoint(2).unwrap().1.text, &key, 1_795_421_702).unwrap()
    };
    note.add(cosigned("evil.example/mirror"));
    let send = |desk: &mut Desk, note: &Note| {
        let (origin, note) = (heads.origin().clone(), Arc::new(note.clone()));
        desk.tell(Event::Checkpoint { peer: PRIMARY, origin, note });
    };
    send(&mut desk, &note);
    assert_eq!(desk.applied[heads.origin()].len(), 1, "of strangers, nothing is kept");
    note.add(cosigned(QUORUM_NODE));
    send(&mut desk, &note);
    send(&mut desk, &note);
    let batches = &desk.applied[heads.origin()];
    assert_eq!(batches.len(), 2);
    assert!(batches[1].entries.is_empty() && batches[1].checkpoint.signatures.len() == 2);
}

#[test]
fn when_the_primary_dies_the_backup_serves_until_it_is_back() {
    let log = ledger(LOG, 3);
    let mut desk = Desk::following(&[&log]);
    desk.tell(Event::PeerDown { peer: PRIMARY, why: Down::Ended });
    assert_eq!(desk.connects(), [BACKUP]);
    desk.tell(Event::PeerUp { peer: BACKUP });
    desk.flows(BACKUP, &log, 0, 3);
    assert_eq!(desk.size(&log), 3);
    desk.waits(2_000);
    assert_eq!(desk.connects(), [PRIMARY], "tried again after a while");
    desk.tell(Event::PeerDown { peer: PRIMARY, why: Down::Unreachable });
    for _ in 0..12 {
        desk.waits(10_000);
        desk.tell(Event::Heartbeat { peer: BACKUP });
        if desk.connects() == [PRIMARY] && desk.now > Moment(60_000) {
            break;
        }
    }
    desk.actions.clear();
    desk.tell(Event::PeerUp { peer: PRIMARY });
    let released =
        |action: &Action| matches!(action, Action::Disconnect { peer: BACKUP, why: Why::NotNeeded });
    assert!(desk.actions.iter().any(released), "{:?}", desk.actions);
}

#[test]
fn a_silent_line_is_given_up() {
    let log = ledger(LOG, 3);
    let mut desk = Desk::following(&[&log]);
    desk.waits(30_000);
    desk.tell(Event::Heartbeat { peer: PRIMARY });
    desk.waits(40_000);
    assert!(desk.connects().is_empty());
    desk.waits(5_000);
    assert!(desk.actions.iter().any(|action| matches!(action, Action::Disconnect { why: Why::Silent, .. })));
    assert_eq!(desk.connects(), [BACKUP]);
}

#[test]
fn what_waits_is_bounded() {
    let mut desk = Desk::with(Settings { buffer: 10_000, ..Settings::default() });
    let log = ledger(LOG, 10);
    desk.adds(&log, 0);
    desk.tell(Event::Neighbours { group: GroupId(0), peers: vec![PRIMARY], wanted: Wanted::All });
    desk.tell(Event::Start);
    desk.tell(Event::PeerUp { peer: PRIMARY });
    for index in 0..100_000 {
        let (origin, bytes) = (log.origin().clone(), entry("x"));
        desk.tell(Event::Entry { peer: PRIMARY, origin, index, bytes });
        assert!(desk.follower.buffered() <= 10_000);
    }
    desk.says(PRIMARY, &log, 10);
    desk.serves(PRIMARY, &log);
    assert_eq!(desk.size(&log), 10, "fetched once its checkpoint came");
}

#[test]
fn a_checkpoint_of_a_key_that_is_not_known_yet_waits_for_the_directory() {
    let old = ledger(LOG, 0);
    let new_signer = || tlog::SignerKey::from_seed(LOG, KeyKind::Ed25519, [9; 32]).unwrap();
    let mut rekeyed = Ledger::new(LOG.parse().unwrap(), new_signer());
    grow(&mut rekeyed, 2);
    let mut desk = Desk::following(&[&old]);
    desk.flows(PRIMARY, &rekeyed, 0, 2);
    assert_eq!(desk.blamed(), [(Trouble::UnknownKey, Some(PRIMARY))]);
    assert!(desk.connects().is_empty(), "the relay may know more than we do");
    let keys = Keys::single(new_signer().verifier());
    desk.tell(Event::KeysChanged { origin: LOG.parse().unwrap(), keys, cosigners: Arc::new([]) });
    assert_eq!(desk.size(&rekeyed), 2);
}

#[test]
fn a_node_that_wants_few_logs_names_them_and_asks_again_when_there_are_more() {
    let (a, b, c) = (ledger("a.vn/log", 1), ledger("b.vn/log", 1), ledger("c.vn/log", 1));
    let mut desk = Desk::new();
    let logs =
        |logs: &[&Ledger]| Wanted::Logs(logs.iter().map(|log| log.origin().clone()).collect::<BTreeSet<_>>());
    desk.adds(&a, 0);
    desk.adds(&c, 0);
    desk.tell(Event::Neighbours { group: GroupId(0), peers: vec![PRIMARY], wanted: logs(&[&a, &b]) });
    desk.tell(Event::Start);
    let Some(Action::Connect { wants, .. }) = desk.actions.pop() else { panic!() };
    assert_eq!((wants.all, wants.logs), (false, vec![(a.origin().clone(), 0)]));
    desk.tell(Event::PeerUp { peer: PRIMARY });
    desk.flows(PRIMARY, &a, 0, 1);
    desk.adds(&b, 0);
    desk.waits(1_000);
    let Some(Action::Connect { wants, .. }) = desk.actions.pop() else { panic!() };
    assert_eq!(wants.logs, [(a.origin().clone(), 1), (b.origin().clone(), 0)]);
}

#[test]
fn a_part_of_a_catch_up_survives_a_restart() {
    let log = ledger(LOG, 1_000);
    let mut desk = Desk::following(&[&log]);
    desk.says(PRIMARY, &log, 1_000);
    let Action::Fetch { peer, origin, from, to, tree } = desk.actions.remove(0) else { panic!() };
    let entries = log.entries(from, to).to_vec();
    desk.tell(Event::Fetched { peer, origin, from, entries, bridge: log.bridge(to, tree) });
    let stored = desk.applied[log.origin()].last().unwrap().clone();
    assert_eq!((stored.size(), stored.complete()), (256, false));

    let mut desk = Desk::new();
    desk.tell(Event::LogAdded {
        origin: log.origin().clone(),
        keys: Keys::single(log.key().clone()),
        cosigners: Arc::new([]),
        frontier: Frontier::from_bytes(&stored.frontier.to_bytes()).unwrap(),
        checkpoint: Some(stored.checkpoint.clone()),
        watched: false,
    });
    desk.tell(Event::Neighbours { group: GroupId(0), peers: vec![BACKUP], wanted: Wanted::All });
    desk.tell(Event::Start);
    desk.serves(BACKUP, &log);
    assert_eq!(desk.size(&log), 1_000, "without any new event");
}
