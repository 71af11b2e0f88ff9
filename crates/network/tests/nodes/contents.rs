//! Contents: what is fetched first, from whom, what is believed, and what a node may claim.

use network::contents::{Action, Claim, Contents, Event, Settings};
use network::entry::Lane;
use network::follower::PeerId;
use network::moment::Moment;
use network::names::{ContentHash, Origin};
use network::receipt::MAX_LACKING;
use proptest::prelude::*;

const ISSUER: PeerId = PeerId(1);
const NEIGHBOUR: PeerId = PeerId(2);

fn log() -> Origin {
    "chinhphu.vn/log".parse().unwrap()
}

fn hash(index: u64) -> ContentHash {
    ContentHash::of(&index.to_be_bytes())
}

struct Desk {
    contents: Contents,
    now: Moment,
}

impl Desk {
    fn with(settings: Settings) -> Desk {
        let mut desk = Desk { contents: Contents::new(settings, 1), now: Moment(0) };
        desk.tell(Event::Sources { origin: log(), sources: vec![ISSUER, NEIGHBOUR] });
        desk
    }

    fn tell(&mut self, event: Event) -> Vec<Action> {
        let mut actions = self.contents.on(event, self.now);
        actions.retain(|action| !matches!(action, Action::Wake { .. }));
        actions
    }

    fn wants(&mut self, index: u64, lane: Lane) -> Vec<Action> {
        self.tell(Event::Want { origin: log(), index, hash: hash(index), size: 8, lane })
    }

    fn brings(&mut self, index: u64, from: PeerId) -> Vec<Action> {
        let mut actions = self.tell(Event::Arrived { hash: hash(index), from, found: hash(index) });
        actions.extend(self.tell(Event::Kept { hash: hash(index) }));
        actions
    }

    fn claim(&self) -> Claim {
        self.contents.claim(&log())
    }
}

fn fetch(index: u64, from: PeerId) -> Action {
    Action::Fetch { hash: hash(index), size: 8, from }
}

#[test]
fn urgent_contents_come_first_and_few_at_a_time() {
    let mut desk = Desk::with(Settings { fetches: 1, ..Settings::default() });
    assert_eq!(desk.wants(0, Lane::Normal), [fetch(0, ISSUER)]);
    assert_eq!(desk.wants(1, Lane::Normal), []);
    assert_eq!(desk.wants(2, Lane::Urgent), []);
    let actions = desk.brings(0, ISSUER);
    assert_eq!(actions, [Action::Keep { hash: hash(0) }, fetch(2, ISSUER)]);
    assert_eq!(desk.brings(2, ISSUER)[1], fetch(1, ISSUER));
}

#[test]
fn texts_give_way_to_entries_and_urgent_ones_do_not() {
    let mut desk = Desk::with(Settings { fetches: 2, ..Settings::default() });
    let until = desk.now + 2_000;
    assert_eq!(desk.tell(Event::EntriesFirst { until }), []);
    let actions = desk
        .contents
        .on(Event::Want { origin: log(), index: 0, hash: hash(0), size: 8, lane: Lane::Normal }, desk.now);
    assert_eq!(actions, [Action::Wake { at: until }]);
    assert_eq!(desk.wants(1, Lane::Urgent), [fetch(1, ISSUER)]);
    // Nothing more is said: the texts come by themselves.
    desk.now = until;
    assert_eq!(desk.tell(Event::Tick), [fetch(0, ISSUER)]);
    desk.tell(Event::EntriesFirst { until: until + 2_000 });
    assert_eq!(desk.wants(2, Lane::Normal), []);
    assert_eq!(desk.brings(1, ISSUER), [Action::Keep { hash: hash(1) }]);
    assert_eq!(desk.tell(Event::EntriesFirst { until }), [fetch(2, ISSUER)]);
}

#[test]
fn bytes_that_do_not_match_come_from_elsewhere_and_name_their_source() {
    let mut desk = Desk::with(Settings::default());
    desk.wants(0, Lane::Normal);
    let lie = Event::Arrived { hash: hash(0), from: ISSUER, found: hash(9) };
    let alarm = Action::Alarm { hash: hash(0), from: ISSUER };
    assert_eq!(desk.tell(lie), [Action::Discard { hash: hash(0) }, alarm, fetch(0, NEIGHBOUR)]);
    assert_eq!(desk.brings(0, NEIGHBOUR), [Action::Keep { hash: hash(0) }]);
    assert_eq!(desk.contents.waiting(), 0);
}

#[test]
fn what_nobody_has_yet_is_asked_for_later() {
    let mut desk = Desk::with(Settings::default());
    desk.wants(0, Lane::Normal);
    assert_eq!(desk.tell(Event::Missing { hash: hash(0), from: ISSUER }), [fetch(0, NEIGHBOUR)]);
    assert_eq!(desk.tell(Event::Failed { hash: hash(0), from: NEIGHBOUR }), []);
    desk.now = Moment(1_000);
    assert_eq!(desk.tell(Event::Tick), []);
    desk.now = Moment(9_000);
    assert_eq!(desk.tell(Event::Tick), [fetch(0, ISSUER)]);
    desk.now = Moment(1_000_000);
    assert_eq!(desk.tell(Event::Tick), [fetch(0, NEIGHBOUR)], "an answer that never came is a failure");
    desk.tell(Event::Missing { hash: hash(0), from: NEIGHBOUR });
    let back = Event::Sources { origin: log(), sources: vec![ISSUER, NEIGHBOUR] };
    assert_eq!(desk.tell(back), [fetch(0, ISSUER)], "at once when a source is back");
}

#[test]
fn gone_counts_only_with_an_erasure_in_a_log() {
    let mut desk = Desk::with(Settings::default());
    desk.wants(0, Lane::Normal);
    desk.tell(Event::Read { origin: log(), size: 1 });
    assert_eq!(desk.tell(Event::Gone { hash: hash(0), from: ISSUER }), [fetch(0, NEIGHBOUR)]);
    assert_eq!(desk.claim(), Claim { content: 1, lacking: vec![0] });
    assert_eq!(desk.tell(Event::Erased { hash: hash(0) }), [Action::Discard { hash: hash(0) }]);
    assert_eq!(desk.claim(), Claim { content: 1, lacking: vec![] });
    let late = Event::Arrived { hash: hash(0), from: NEIGHBOUR, found: hash(0) };
    assert_eq!(desk.tell(late), [Action::Discard { hash: hash(0) }]);
}

#[test]
fn an_entry_lacks_until_all_its_contents_are_held() {
    let mut desk = Desk::with(Settings::default());
    desk.wants(0, Lane::Normal);
    desk.tell(Event::Want { origin: log(), index: 0, hash: hash(7), size: 8, lane: Lane::Normal });
    desk.tell(Event::Want { origin: log(), index: 3, hash: hash(7), size: 8, lane: Lane::Normal });
    desk.tell(Event::Read { origin: log(), size: 4 });
    desk.brings(0, ISSUER);
    assert_eq!(desk.claim().lacking, [0, 3]);
    desk.brings(7, ISSUER);
    assert_eq!(desk.claim(), Claim { content: 4, lacking: vec![] });
}

#[test]
fn who_lacks_too_much_to_list_claims_less() {
    let mut desk = Desk::with(Settings::default());
    (0..1_000).for_each(|index| drop(desk.wants(index, Lane::Normal)));
    desk.tell(Event::Read { origin: log(), size: 1_000 });
    let claim = desk.claim();
    assert_eq!((claim.content, claim.lacking.len()), (256, MAX_LACKING));
}

#[test]
fn an_issuer_to_whom_all_is_urgent_does_not_fill_the_memory() {
    let mut desk = Desk::with(Settings { capacity: 10, ..Settings::default() });
    (0..100).for_each(|index| drop(desk.wants(index, Lane::Urgent)));
    desk.tell(Event::Read { origin: log(), size: 100 });
    assert_eq!(desk.contents.waiting(), 20);
    assert_eq!(desk.claim().lacking.len(), 100, "what is not remembered still lacks");
}

proptest! {
    /// Whatever the order of answers and with little room: everything is fetched in the end, the bounds
    /// hold, and the claim never says more than the truth.
    #[test]
    fn claims_are_true_and_everything_comes_in_the_end(
        capacity in 1..40_usize,
        moves in proptest::collection::vec((0..6_u8, 0..60_usize), 0..400),
    ) {
        let settings = Settings { capacity, fetches: 3, per_source: 2, ..Settings::default() };
        let mut desk = Desk::with(settings);
        let mut held = [false; 60];
        let mut open: Vec<Action> = vec![];
        for index in 0..60 {
            open.extend(desk.wants(index, Lane::Normal));
        }
        desk.tell(Event::Read { origin: log(), size: 60 });
        let of = |hash: ContentHash| (0..60).find(|index| crate::contents::hash(*index) == hash).unwrap() as usize;
        for (kind, pick) in moves.into_iter().chain(std::iter::repeat_n((0, 0), 4_000)) {
            if open.is_empty() {
                desk.now = desk.now + 10_000;
                open.extend(desk.tell(Event::Tick));
                continue;
            }
            let action = open.remove(pick % open.len());
            open.extend(match action {
                Action::Fetch { hash, from, .. } => match kind {
                    0..=2 => desk.tell(Event::Arrived { hash, from, found: hash }),
                    3 => desk.tell(Event::Missing { hash, from }),
                    4 => desk.tell(Event::Failed { hash, from }),
                    _ => desk.tell(Event::Arrived { hash, from, found: ContentHash([0; 32]) }),
                },
                Action::Keep { hash } if kind < 5 => {
                    held[of(hash)] = true;
                    desk.tell(Event::Kept { hash })
                }
                Action::Keep { hash } => desk.tell(Event::NotKept { hash }),
                Action::Recall { origin, index } => {
                    let mut actions = vec![];
                    if !held[index as usize] {
                        actions = desk.wants(index, Lane::Normal);
                    }
                    actions.extend(desk.tell(Event::Recalled { origin, index }));
                    actions
                }
                _ => vec![],
            });
            let fetches = open.iter().filter(|action| matches!(action, Action::Fetch { .. })).count();
            prop_assert!(fetches <= 3 && desk.contents.waiting() <= capacity);
            let truth: Vec<u64> = (0..60).filter(|index| !held[*index as usize]).collect();
            let claim = desk.claim();
            prop_assert!(truth.iter().all(|index| claim.lacking.contains(index)), "{truth:?} {claim:?}");
        }
        prop_assert_eq!(desk.claim(), Claim { content: 60, lacking: vec![] });
    }
}
