//! Scripted runs of a delivery against a service where everything goes wrong and the process stops anywhere: nothing is ever there twice, and nothing is
//! lost. Each run is a seed, which is printed when it fails.

mod judge;

use channels::fakes::{Fake, Fault, Outcome, Request};
use channels::keys::{Ask, KeyAction, KeyEvent, Said};
use channels::webhook;
use channels::{
    Account, Action, Answer, Cause, Delivery, Event, Form, Keys, Kind, Settings, Stage, Step, What,
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::world::{BASE, account, begin, form, secrets};
use judge::judge;

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.throw() % bound
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

struct Run {
    seed: u64,
    dice: Dice,
    now: Timestamp,
    account: Account,
    fake: Fake,
    keys: Keys,
    delivery: Delivery,
    /// What is durable.
    saved: String,
    /// What came of a call and is not told yet.
    pending: Option<Event>,
    wake: Option<Timestamp>,
    crashes: u64,
    stops: u64,
    link: String,
    replays: u32,
    looked: u32,
}

#[derive(Default)]
struct Told {
    shown: u64,
    accepted: u64,
    failed: u64,
    looked: u64,
    crashes: u64,
    calls: u64,
}

const SETTINGS: Settings = Settings {
    back_off: (30_000, 3_600_000),
    looks: [60_000, 300_000, 900_000],
    give_up: 24 * 3_600_000,
    watch: 7 * 24 * 3_600_000,
    repeats: 2,
};

impl Run {
    fn new(seed: u64) -> Run {
        let mut dice = Dice(seed);
        let kind = Kind::ALL[(seed % 6) as usize];
        let mut fake = Fake::new(kind, BASE);
        for _ in 0..dice.below(14) {
            let fault = match dice.below(12) {
                0 => Fault::NotSent,
                1 | 2 => Fault::LostBefore,
                3 | 4 => Fault::LostAfter,
                5 => Fault::Late(dice.below(600_000)),
                6 => Fault::FailsBefore,
                7 => Fault::FailsAfter,
                8 => Fault::Rate,
                9 => Fault::Expired,
                10 => Fault::Garbage,
                _ => Fault::None,
            };
            fake.script.push_back(fault);
        }
        fake.works = dice.below(3) * 120_000;
        let link = format!("https://xa-b.gov.vn/s/{seed}");
        let written = form(kind, dice.throw(), &link);
        let delivery = Delivery::new(Uuid::from_u128(u128::from(seed)), kind, written);
        let keys = Keys::new(secrets(&fake.token(), &fake.refresh_token()));
        let stops = dice.below(8);
        Run {
            seed,
            now: begin(),
            account: account(kind),
            saved: serde_json::to_string(&delivery).unwrap(),
            fake,
            keys,
            delivery,
            pending: None,
            wake: None,
            crashes: 0,
            stops,
            link,
            replays: 0,
            looked: 0,
            dice,
        }
    }

    /// The process stops at this point, perhaps; then it goes on from what is durable.
    fn stops(&mut self) -> bool {
        if self.stops == 0 || !self.dice.chance(15) {
            return false;
        }
        self.stops -= 1;
        self.crashes += 1;
        self.delivery = serde_json::from_str(&self.saved).unwrap();
        (self.pending, self.wake) = (None, None);
        self.now += SignedDuration::from_secs(self.dice.below(1_000) as i64);
        let actions = self.delivery.on(Event::Restarted, self.now, &SETTINGS);
        self.carry_out(actions);
        true
    }

    /// An event that people cause: kept together with what it changes, so that it cannot be lost.
    fn wanted(&mut self, event: Event) {
        let actions = self.delivery.on(event, self.now, &SETTINGS);
        self.saved = serde_json::to_string(&self.delivery).unwrap();
        self.carry_out(actions);
    }

    /// An event that is lost when the process stops before it is kept.
    fn happens(&mut self, event: Event) {
        if self.stops() {
            return;
        }
        let actions = self.delivery.on(event, self.now, &SETTINGS);
        if self.stops() {
            return;
        }
        self.carry_out(actions);
    }

    fn carry_out(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Save => self.saved = serde_json::to_string(&self.delivery).unwrap(),
                Action::Call { attempt, step } => {
                    assert_eq!(
                        self.saved,
                        serde_json::to_string(&self.delivery).unwrap(),
                        "kept before it is tried"
                    );
                    if self.stops() {
                        return;
                    }
                    let event = self.call(attempt, step);
                    self.count();
                    self.pending = Some(event);
                    if self.stops() {
                        return;
                    }
                }
                Action::Renew => {
                    let event = self.renew();
                    self.pending = Some(event);
                }
                Action::Wake { at } => self.wake = Some(at),
            }
        }
    }

    fn call(&mut self, attempt: u64, step: Step) -> Event {
        self.now += SignedDuration::from_millis(200);
        let call = match self.delivery.call(step, &self.account, self.keys.secrets()) {
            Ok(call) => call,
            Err(cause) => return Event::Answer { attempt, answer: Answer::Refused { cause } },
        };
        // A change that comes late could undo a later one: no service here knows an order of changes. What comes late is a post.
        let posts = matches!(step, Step::Publish | Step::Announce) && self.delivery.kind() != Kind::YouTube;
        if let Some(fault @ Fault::Late(_)) = self.fake.script.front_mut()
            && (!posts || (self.delivery.kind() == Kind::Zalo && step == Step::Publish))
        {
            *fault = Fault::LostBefore;
        }
        match self.fake.answer(&Request::of(&call).unwrap(), self.now) {
            Outcome::NotSent => Event::NotSent { attempt, until: None, cause: None },
            Outcome::Lost => Event::Lost { attempt },
            Outcome::Answered(response) => {
                let answer = self.delivery.read(step, &self.account, &response, self.now);
                Event::Answer { attempt, answer }
            }
        }
    }

    /// The keys are renewed by themselves, or by a person who is told.
    fn renew(&mut self) -> Event {
        let mut event = KeyEvent::Wanted;
        for _ in 0..40 {
            let mut next = None;
            for action in self.keys.on(event, &self.account, self.now) {
                match action {
                    KeyAction::Save => {}
                    KeyAction::Call { attempt, ask } => {
                        let said = self.ask(ask);
                        next = Some(KeyEvent::Said { attempt, said });
                    }
                    KeyAction::Renewed => return Event::Renewed,
                    KeyAction::NotRenewed(_) => {
                        self.fake.grant();
                        let given = secrets(&self.fake.token(), &self.fake.refresh_token());
                        next = Some(KeyEvent::Given(Box::new(given)));
                    }
                    KeyAction::Wake { at } => {
                        self.now = self.now.max(at);
                        next = next.or(Some(KeyEvent::Tick));
                    }
                }
            }
            event = next.unwrap_or(KeyEvent::Tick);
        }
        panic!("seed {}: keys never renewed", self.seed);
    }

    fn ask(&mut self, ask: Ask) -> Said {
        let call = self.keys.call(ask, &self.account).unwrap();
        match self.fake.answer(&Request::of(&call).unwrap(), self.now) {
            Outcome::Answered(response) => self.keys.read(ask, &self.account, &response, self.now),
            Outcome::Lost => Said::Doubt(Cause::new(What::Lost, "")),
            Outcome::NotSent => Said::Later { after: None, cause: Cause::new(What::Service, "") },
        }
    }

    /// Goes on until nothing happens by itself any more.
    fn runs(&mut self, until: Timestamp) {
        for _ in 0..5_000 {
            if let Some(event) = self.pending.take() {
                self.happens(event);
            } else if let Some(at) = self.wake.filter(|at| *at <= until) {
                self.wake = None;
                self.now = self.now.max(at);
                self.happens(Event::Tick);
            } else {
                if until < Timestamp::MAX {
                    self.now = self.now.max(until);
                }
                return;
            }
        }
        panic!("seed {}: never at rest: {:?}", self.seed, self.delivery);
    }

    fn notice(&self, words: &str) -> Form {
        Form {
            text: format!("Đính chính: {words}"),
            link: Some(self.link.clone()),
            notify: true,
            ..Form::default()
        }
    }
}

/// One run; what became of it.
fn run(seed: u64) -> Run {
    let mut run = Run::new(seed);
    run.wanted(Event::Begin);
    let (corrects, withdraws) = (run.dice.chance(35), run.dice.chance(30));
    let mut moments: Vec<(u64, bool)> = Vec::new();
    if corrects {
        moments.push((run.dice.below(4_000), false));
    }
    if withdraws {
        moments.push((run.dice.below(8_000), true));
    }
    moments.sort_unstable();
    let mut withdrawn = false;
    for (seconds, withdraw) in moments {
        run.runs(begin() + SignedDuration::from_secs(seconds as i64));
        if withdraw {
            withdrawn = true;
            let notice = run.notice("đã rút");
            run.wanted(Event::Withdraw { notice: Some(Box::new(notice)) });
        } else if !withdrawn {
            let kind = run.delivery.kind();
            let mut form = run.delivery.form().clone();
            form.text = "Nước đã rút".into();
            let notice = run.notice("sửa");
            let notice = (!kind.edits()).then(|| Box::new(notice));
            run.wanted(Event::Correct { form: Box::new(form), notice });
        }
    }
    run.settles();
    run.fake.settle(Timestamp::MAX);
    run.count();
    judge(&run, corrects, withdraws);
    run
}

#[test]
fn ten_thousand_runs_double_nothing_and_lose_nothing() {
    let mut told = Told::default();
    let seeds: u64 = std::env::var("CHANNELS_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(10_000);
    for seed in 0..seeds {
        let run = run(seed);
        match run.delivery.stage() {
            Stage::Shown => told.shown += 1,
            Stage::Accepted => told.accepted += 1,
            _ => told.failed += 1,
        }
        told.looked += u64::from(run.looked > 0);
        told.crashes += run.crashes;
        told.calls += run.fake.calls();
    }
    println!(
        "{seeds} runs: {} shown, {} accepted, {} failed with a cause; in {} a person had to look; {} stops, {} calls",
        told.shown, told.accepted, told.failed, told.looked, told.crashes, told.calls
    );
    // Most must arrive, and every way must have been gone, or the runs show nothing.
    assert!(told.shown + told.accepted > seeds * 9 / 10);
    assert!(told.looked > seeds / 100 && told.crashes > seeds && told.accepted > 0);
}

#[test]
fn reports_that_come_twice_and_the_wrong_way_round_settle_a_message() {
    let mut run = Run::new(5);
    run.fake.script = [Fault::LostAfter].into();
    run.stops = 0;
    run.wanted(Event::Begin);
    run.happens_now();
    assert_eq!(run.delivery.stage(), Stage::Sent);
    for sent in run.fake.reports("hook-secret") {
        for report in webhook::reports(&run.account, run.keys.secrets(), &sent, run.now).unwrap() {
            run.happens(Event::Report(report));
        }
    }
    assert_eq!(run.delivery.stage(), Stage::Shown);
    assert_eq!(run.fake.standing_with(&run.link), 1);
}

impl Run {
    fn happens_now(&mut self) {
        while let Some(event) = self.pending.take() {
            self.happens(event);
        }
    }
}
