//! The follower under any events in any order, lies among them: nothing is applied that is not proven, nothing
//! honest freezes a log, and once a neighbour is honest everything comes.

use std::sync::Arc;

use network::follower::{Action, Bytes, Down, Event, Follower, GroupId, PeerId, Settings, Wanted};
use network::keys::Keys;
use network::memo::Memo;
use network::moment::Moment;
use network::simulation::Ledger;
use proptest::prelude::*;
use tlog::{Checkpoint, Frontier, Hash, KeyKind, Note, leaf_hash};

use crate::fixtures::signer;

const LOG: &str = "chinhphu.vn/log";
const PEERS: [PeerId; 3] = [PeerId(1), PeerId(2), PeerId(3)];

/// The log as it is: 700 entries, signed at every seventh.
fn truth() -> Ledger {
    let mut ledger = Ledger::new(LOG.parse().unwrap(), signer(LOG, KeyKind::Ed25519));
    for number in 0..700_u64 {
        ledger.append(Arc::from(format!("{{\"v\":1,\"n\":{number}}}").into_bytes()));
        if number % 7 == 6 {
            ledger.sign().unwrap();
        }
    }
    ledger
}

/// One move of the world: what happens, with two numbers that choose the particulars.
type Move = (u8, u16, u16);

struct Desk<'a> {
    truth: &'a Ledger,
    follower: Follower,
    now: u64,
    applied: u64,
    waiting: Vec<Action>,
}

impl Desk<'_> {
    fn new(truth: &Ledger) -> Desk<'_> {
        let follower = Follower::new(Settings::default(), 7, Memo::new());
        let mut desk = Desk { truth, follower, now: 1, applied: 0, waiting: Vec::new() };
        desk.tell(Event::LogAdded {
            origin: truth.origin().clone(),
            keys: Keys::single(truth.key().clone()),
            cosigners: Arc::new([]),
            frontier: Frontier::new(),
            checkpoint: None,
            watched: true,
        });
        desk.tell(Event::Neighbours { group: GroupId(0), peers: PEERS.to_vec(), wanted: Wanted::All });
        desk.tell(Event::Start);
        desk
    }

    /// Tells an event; every batch that is handed out must be the truth, where the last one ended.
    fn tell(&mut self, event: Event) {
        for action in self.follower.on(event, Moment(self.now)) {
            match &action {
                Action::Apply(batch) => {
                    let to = batch.from + batch.entries.len() as u64;
                    assert_eq!(batch.from, self.applied, "a batch that does not begin where the last ended");
                    assert_eq!(
                        batch.entries,
                        self.truth.entries(batch.from, to),
                        "entries that nobody signed"
                    );
                    assert_eq!(batch.frontier, self.truth.frontier(to));
                    assert!(batch.checkpoint.verified_by(self.truth.key()).is_ok(), "an unsigned checkpoint");
                }
                Action::Freeze(split) => panic!("an honest log is frozen: {split:?}"),
                _ => {}
            }
            if !matches!(action, Action::Wake { .. } | Action::Alarm(_)) {
                self.waiting.push(action);
            }
        }
        assert!(self.follower.buffered() <= Settings::default().buffer + 65_535);
        assert!(self.waiting.len() < 10_000, "asks without end");
    }

    fn note(&self, size: u64) -> Arc<Note> {
        self.truth.checkpoint(size.max(7)).map(|(_, note)| note.clone()).unwrap()
    }

    /// A checkpoint that the log never signed.
    fn forged(&self, size: u64, how: u16) -> Arc<Note> {
        let root = leaf_hash(&size.to_be_bytes());
        let claim = Checkpoint { origin: LOG.into(), size, root, extensions: Vec::new() };
        let by_another = claim.sign(&signer("evil.vn/log", KeyKind::Ed25519));
        let mut note = match how % 3 {
            // The signature of another size under this text.
            0 => Note { text: claim.text(), signatures: self.note(size).signatures.clone() },
            1 => by_another.unwrap_or_else(|_| (*self.note(size)).clone()),
            _ => (*self.note(size)).clone(),
        };
        if how % 3 == 2 {
            note.signatures.iter_mut().for_each(|line| line.signature[40] ^= 1);
        }
        Arc::new(note)
    }

    fn makes(&mut self, (what, a, b): Move) {
        let origin = self.truth.origin().clone();
        let peer = PEERS[usize::from(b) % 3];
        let index = u64::from(a) % 700;
        match what {
            0..=5 => {
                let to = (index + u64::from(b) % 40).min(700);
                for (index, bytes) in (index..to).zip(self.truth.entries(index, to).to_vec()) {
                    self.tell(Event::Entry { peer, origin: origin.clone(), index, bytes });
                }
            }
            6 => {
                let bytes: Bytes = Arc::from(&b"{\"v\":1,\"forged\":true}"[..]);
                self.tell(Event::Entry { peer, origin, index, bytes });
            }
            // The right bytes under a wrong number.
            7 => {
                let bytes = self.truth.entries(index, index + 1)[0].clone();
                self.tell(Event::Entry { peer, origin, index: u64::from(b) % 700, bytes });
            }
            8..=11 => {
                let note = self.note(index);
                self.tell(Event::Checkpoint { peer, origin, note });
            }
            12 => {
                let note = self.forged(index + 1, b);
                self.tell(Event::Checkpoint { peer, origin, note });
            }
            13 => self.tell(Event::Behind { peer, origin, size: u64::from(b) << (a % 40) }),
            14 => {
                let (size, note) = (index + 1, self.forged(index + 1, b));
                self.tell(Event::Head { origin, size, root: leaf_hash(b"x"), note });
            }
            15 => {
                let note = self.note(index);
                let claim = Checkpoint::of(&note).unwrap();
                self.tell(Event::Head { origin, size: claim.size, root: claim.root, note });
            }
            16 => self.tell(Event::PeerUp { peer }),
            17 => {
                let why = [Down::Ended, Down::Unreachable, Down::Malformed][usize::from(a) % 3];
                self.tell(Event::PeerDown { peer, why });
            }
            18 => {
                self.now += u64::from(a);
                self.tell(Event::Tick);
            }
            // Something that was asked for is answered, out of turn, rightly or not.
            _ => {
                if !self.waiting.is_empty() {
                    let action = self.waiting.swap_remove(usize::from(a) % self.waiting.len());
                    self.answer(action, b % 4 == 0);
                }
            }
        }
    }

    fn answer(&mut self, action: Action, lie: bool) {
        match action {
            Action::Connect { peer, .. } if lie => {
                self.tell(Event::PeerDown { peer, why: Down::Unreachable })
            }
            Action::Connect { peer, .. } => self.tell(Event::PeerUp { peer }),
            Action::Ask { peer, origin } => {
                let note = if lie { self.forged(650, 0) } else { self.note(700) };
                self.tell(Event::Asked { peer, origin, note: Some(note) });
            }
            Action::Fetch { peer, origin, from, .. } if lie && from % 2 == 0 => {
                self.tell(Event::FetchFailed { peer, origin, from });
            }
            Action::Fetch { peer, origin, from, to, tree } if tree <= 700 => {
                let mut entries = self.truth.entries(from, to).to_vec();
                if lie && let Some(last) = entries.last_mut() {
                    *last = Arc::from(&b"{\"v\":1}"[..]);
                }
                let bridge = self.truth.bridge(to, tree);
                self.tell(Event::Fetched { peer, origin, from, entries, bridge });
            }
            Action::Fetch { peer, origin, from, .. } => {
                self.tell(Event::FetchFailed { peer, origin, from });
            }
            Action::Compare { peer, origin, old, new } => {
                let honest = || [self.truth.bridge(0, old), self.truth.bridge(old, new)].concat();
                let bridge: Option<Vec<Hash>> = (new <= 700).then(|| match lie {
                    true => honest().into_iter().rev().collect(),
                    false => honest(),
                });
                self.tell(Event::Compared { peer, origin, bridge });
            }
            Action::Apply(batch) if lie => self.tell(Event::ApplyFailed { origin: batch.origin.clone() }),
            Action::Apply(batch) => {
                // A batch that was handed out again is applied once.
                if batch.from == self.applied {
                    self.applied = batch.size();
                }
                self.tell(Event::Applied { origin: batch.origin.clone(), size: batch.size() });
            }
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn no_order_of_events_applies_what_is_not_proven_and_honesty_ends_it(
        moves in prop::collection::vec((0..30_u8, any::<u16>(), any::<u16>()), 0..250),
    ) {
        let truth = truth();
        let mut desk = Desk::new(&truth);
        moves.into_iter().for_each(|one| desk.makes(one));
        // From now on everybody is honest; however often a neighbour was caught, its time comes again.
        for _ in 0..2_000 {
            if desk.follower.log(truth.origin()).unwrap().size == 700 {
                break;
            }
            while let Some(action) = desk.waiting.pop() {
                desk.answer(action, false);
            }
            for peer in PEERS {
                desk.tell(Event::Heartbeat { peer });
                let note = desk.note(700);
                desk.tell(Event::Checkpoint { peer, origin: truth.origin().clone(), note });
            }
            desk.now += 10_000;
            desk.tell(Event::Tick);
        }
        prop_assert_eq!(desk.follower.log(truth.origin()).unwrap().size, 700);
        prop_assert_eq!(desk.applied, 700);
    }
}
