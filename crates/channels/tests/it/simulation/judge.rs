//! What must hold of a run: what stands at the service, what a person who looks there says, and what the delivery says in the end.

use channels::{Event, Kind, Place, Stage, Stands, Work};
use jiff::{SignedDuration, Timestamp};

use super::Run;

/// Nothing twice, nothing lost: what the delivery says is what stands there.
pub(super) fn judge(run: &Run, corrects: bool, withdraws: bool) {
    let (seed, delivery) = (run.seed, &run.delivery);
    let standing = run.fake.standing_with(&run.link) - run.fake.standing_with("Đính chính");
    let notices = run.fake.standing_with("Đính chính");
    assert!(notices <= usize::from(corrects) + usize::from(withdraws), "seed {seed}: {notices} notices");
    let state = format!("seed {seed}: {standing} stand there, {notices} notices: {delivery:?}");
    match delivery.stage() {
        Stage::Failed => assert!(delivery.cause().is_some(), "{state}"),
        Stage::Accepted | Stage::Shown => {
            assert!(delivery.cause().is_none(), "{state}");
            let due = match (delivery.work(), delivery.kind().deletes()) {
                (Work::Withdraw, true) => 0,
                (Work::Withdraw, false) => usize::from(delivery.stands() == Stands::There),
                _ => 1,
            };
            assert_eq!(standing, due, "{state}");
            if delivery.work() == Work::Correct && delivery.kind().edits() {
                assert_eq!(run.fake.standing_with("Nước đã rút"), 1, "{state}");
            }
            if delivery.work() != Work::Post && !delivery.kind().edits() && standing == 1 {
                assert!(notices >= 1, "{state}");
            }
        }
        Stage::Queued | Stage::Sent | Stage::Unconfirmed => panic!("never settled: {state}"),
    }
    if delivery.work() == Work::Post
        && delivery.stage() == Stage::Failed
        && delivery.stands() == Stands::Nothing
    {
        assert_eq!(standing, 0, "{state}");
    }
}

impl Run {
    /// How many posts stand there now, and that it is one at most.
    pub(super) fn count(&mut self) {
        let standing = self.fake.standing_with(&self.link) - self.fake.standing_with("Đính chính");
        assert!(standing <= 1, "seed {}: {standing} posts stand there", self.seed);
        let mut told = self.fake.told().to_vec();
        told.sort();
        let twice = told.windows(2).any(|pair| pair[0] == pair[1]);
        assert!(!twice && told.len() <= 1, "seed {}: followers were told twice: {told:?}", self.seed);
    }

    /// Until it rests, a person looks where nobody knows, and replays what failed, a few times.
    pub(super) fn settles(&mut self) {
        for _ in 0..60 {
            self.runs(Timestamp::MAX);
            match self.delivery.stage() {
                Stage::Unconfirmed => self.looks(),
                Stage::Failed if self.replays < 3 => {
                    self.replays += 1;
                    self.wanted(Event::Replay);
                }
                _ => {
                    assert!(
                        !self.delivery.has_wish(),
                        "seed {}: a wish is left: {:?}",
                        self.seed,
                        self.delivery
                    );
                    return;
                }
            }
        }
        panic!("seed {}: never settled: {:?}", self.seed, self.delivery);
    }

    /// A person looks an hour later, when whatever was late has arrived, and says what is there.
    fn looks(&mut self) {
        self.looked += 1;
        self.now += SignedDuration::from_hours(1);
        self.fake.settle(self.now);
        self.count();
        let apart = self.delivery.work() != Work::Post && !self.delivery.kind().edits();
        let there = match self.delivery.kind() {
            Kind::Zalo if self.delivery.work() == Work::Post => !self.fake.told().is_empty(),
            _ if apart && self.delivery.work() == Work::Withdraw => {
                self.fake.standing_with("Đính chính: đã rút") > 0
            }
            _ if apart => self.fake.standing_with("Đính chính: sửa") > 0,
            _ => match self.delivery.work() {
                Work::Post => self.fake.standing_with(&self.link) > 0,
                Work::Correct => self.fake.standing_with("Nước đã rút") > 0,
                Work::Withdraw => self.fake.standing_with(&self.link) == 0,
            },
        };
        if there {
            let post = self.fake.standing().find(|post| post.text.contains(&self.link));
            let place = post.map(|post| Place { id: post.id.clone(), url: None });
            self.wanted(Event::There(place.filter(|_| self.delivery.work() == Work::Post)));
        } else {
            self.wanted(Event::Absent);
        }
    }
}
