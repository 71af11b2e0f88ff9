//! Readings, counted in memory between two writes.
//!
//! A visitor is a keyed hash (SipHash-2-4) of the first part of their network address and of what their browser calls itself. The key is
//! made anew each day and at each start, and is never written; neither are the hashes, nor the sketch that they go into. So what is
//! stored, two numbers for an item and a day, holds nobody that could be asked for. Who could read this memory could see the visits as
//! they come anyway.
//!
//! One visitor within one write (about a minute) is one reading, however often they reload; and of one network no more than
//! [`MOST_OF_A_NETWORK`] readings of one item are believed in that time.

use std::collections::{HashMap, HashSet};
use std::hash::Hasher;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwapOption;
use jiff::civil::Date;
use siphasher::sip::SipHasher24;
use uuid::Uuid;

use super::bots;
use super::sketch::Distinct;
use crate::clock::{Dice, instant};
use crate::words::date;

/// Places that are locked apart from each other.
const SHARDS: usize = 32;
/// Items that one place holds; of further ones nothing is counted until it has room again.
const MOST_OF_A_SHARD: usize = 2_048;
/// Visitors of one item who are remembered until the next write.
const MOST_SEEN: usize = 20_000;
/// Readings of one item from one network until the next write.
const MOST_OF_A_NETWORK: u16 = 120;
/// Bytes of a browser's name that are looked at.
const MOST_NAME: usize = 400;

/// What is read, and by which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Read {
    /// Our number for the log of the portal at which it is read.
    pub portal: i64,
    /// Our number for the item's log.
    pub log: i64,
    /// The item.
    pub item: Uuid,
    /// By which way.
    pub way: Way,
}

/// By which way something is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Way {
    /// Its page is opened.
    Page,
    /// The short link on this account of a channel is followed.
    Link(Uuid),
}

/// Who reads, as far as a request says.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// From which address.
    pub client: Option<IpAddr>,
    /// What the browser calls itself.
    pub agent: &'a str,
}

/// How often something was read on a day, and about by how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) views: u64,
    pub(super) viewers: u64,
}

/// Sums that are to be written, by what was read and the day.
pub(super) type Sums = HashMap<(Read, Date), Sum>;

/// What was read since the last write.
pub struct Counter {
    dice: Dice,
    today: ArcSwapOption<Day>,
    /// Days that are over; true once they were taken from.
    past: Mutex<Vec<(Arc<Day>, bool)>>,
    /// What could not be written.
    unwritten: Mutex<Sums>,
    /// True if there may be something to write.
    counted: AtomicBool,
}

struct Day {
    day: Date,
    /// From here, in microseconds, until there.
    from: i64,
    until: i64,
    key: [u8; 16],
    shards: [Mutex<HashMap<Read, Count>>; SHARDS],
}

#[derive(Default)]
struct Count {
    views: u64,
    visitors: Distinct,
    /// Of how many visitors it was told already.
    told: u64,
    /// Who has read it since the last write.
    seen: HashSet<u64>,
    networks: HashMap<u64, u16>,
}

impl Day {
    fn at(now: i64, dice: &Dice) -> anyhow::Result<Day> {
        let day = date::day(instant(now));
        let begins =
            |day: Date| day.to_zoned_datetime(date::zone()).map(|at| at.timestamp().as_microsecond());
        Ok(Day {
            day,
            from: begins(day)?,
            until: begins(day.tomorrow()?)?,
            key: dice.bytes()?,
            shards: std::array::from_fn(|_| Mutex::default()),
        })
    }

    fn holds(&self, now: i64) -> bool {
        (self.from..self.until).contains(&now)
    }

    fn shard(&self, read: &Read) -> MutexGuard<'_, HashMap<Read, Count>> {
        // The end of an id is chance.
        let at = read.item.as_u128() as usize % SHARDS;
        self.shards[at].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A visitor, and their network if one can be told from another.
    fn who(&self, reader: Reader<'_>) -> (u64, Option<u64>) {
        let mut hasher = SipHasher24::new_with_key(&self.key);
        let client = reader.client.map(|ip| ip.to_canonical());
        match client {
            Some(IpAddr::V4(ip)) => hasher.write(&ip.octets()[..3]),
            Some(IpAddr::V6(ip)) => hasher.write(&ip.octets()[..6]),
            None => {}
        }
        let network = client.filter(|ip| !ip.is_loopback()).map(|_| hasher.finish());
        let name = reader.agent.as_bytes();
        hasher.write(&name[..name.len().min(MOST_NAME)]);
        (hasher.finish(), network)
    }

    /// True if it was counted.
    fn count(&self, read: Read, reader: Reader<'_>) -> bool {
        let (who, network) = self.who(reader);
        let mut shard = self.shard(&read);
        // Who has read it already is no program: they are looked at once.
        if shard.get(&read).is_some_and(|count| count.seen.contains(&who))
            || bots::is_bot(reader.agent, self.day)
        {
            return false;
        }
        if shard.len() >= MOST_OF_A_SHARD && !shard.contains_key(&read) {
            return false;
        }
        let count = shard.entry(read).or_default();
        if let Some(network) = network {
            let readings = count.networks.entry(network).or_default();
            if *readings >= MOST_OF_A_NETWORK {
                return false;
            }
            *readings += 1;
        }
        if count.seen.len() < MOST_SEEN {
            count.seen.insert(who);
        }
        count.views += 1;
        count.visitors.add(who);
        true
    }

    /// Adds what came since the last time.
    fn take(&self, sums: &mut Sums) {
        for shard in &self.shards {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            // Where room grows short, what nobody has read lately is let go: who comes back to it today counts as another.
            let short = shard.len() > MOST_OF_A_SHARD / 2;
            shard.retain(|read, count| {
                if count.views == 0 {
                    return !short;
                }
                let visitors = count.visitors.count();
                let sum = sums.entry((*read, self.day)).or_default();
                sum.views += std::mem::take(&mut count.views);
                sum.viewers += visitors.saturating_sub(count.told);
                count.told = count.told.max(visitors);
                count.seen = HashSet::new();
                count.networks = HashMap::new();
                true
            });
        }
    }
}

impl Counter {
    /// One that has counted nothing.
    pub fn new(dice: Dice) -> Counter {
        Counter {
            dice,
            today: ArcSwapOption::empty(),
            past: Mutex::default(),
            unwritten: Mutex::default(),
            counted: AtomicBool::new(false),
        }
    }

    /// Counts a reading at `now`, in microseconds, unless a program says that it is one.
    pub fn count(&self, now: i64, read: Read, reader: Reader<'_>) {
        let today = self.today.load();
        match today.as_deref() {
            Some(day) if day.holds(now) => self.count_on(day, read, reader),
            _ => match self.begin(now) {
                Ok(day) => self.count_on(&day, read, reader),
                Err(error) => tracing::warn!(%error, "a reading could not be counted"),
            },
        }
    }

    fn count_on(&self, day: &Day, read: Read, reader: Reader<'_>) {
        if !day.count(read, reader) {
            return;
        }
        // Looked at before it is written: a write would take the line from all other cores each time.
        if !self.counted.load(Ordering::SeqCst) {
            self.counted.store(true, Ordering::SeqCst);
        }
    }

    /// True if there may be something to write.
    pub(super) fn has_counted(&self) -> bool {
        self.counted.load(Ordering::SeqCst)
    }

    /// A day begins, with a key that nobody has seen.
    fn begin(&self, now: i64) -> anyhow::Result<Arc<Day>> {
        let mut past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(day) = self.today.load_full().filter(|day| day.holds(now)) {
            return Ok(day);
        }
        let day = Arc::new(Day::at(now, &self.dice)?);
        past.extend(self.today.swap(Some(day.clone())).map(|old| (old, false)));
        Ok(day)
    }

    /// Takes what came since the last time, and what could not be written then.
    pub(super) fn take(&self) -> Sums {
        // Whoever counts from here on says so again.
        self.counted.store(false, Ordering::SeqCst);
        let mut sums = std::mem::take(&mut *self.unwritten.lock().unwrap_or_else(PoisonError::into_inner));
        let mut past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever was just counting when a day ended is taken with the second look.
        past.retain_mut(|(day, taken)| {
            day.take(&mut sums);
            !std::mem::replace(taken, true)
        });
        drop(past);
        if let Some(day) = self.today.load_full() {
            day.take(&mut sums);
        }
        sums
    }

    /// Gives back what could not be written.
    pub(super) fn give_back(&self, sums: Sums) {
        let mut kept = self.unwritten.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, sum) in sums {
            let kept = kept.entry(key).or_default();
            kept.views += sum.views;
            kept.viewers += sum.viewers;
        }
        self.counted.store(true, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    fn read() -> Read {
        Read { portal: 1, log: 2, item: Uuid::from_u128(7), way: Way::Page }
    }

    fn clock() -> Clock {
        // 23:59:30 in Viet Nam.
        Clock::fixed("2026-11-26T16:59:30Z".parse().unwrap())
    }

    fn from(counter: &Counter, clock: &Clock, ip: &str, agent: &str) {
        counter.count(clock.micros(), read(), Reader { client: Some(ip.parse().unwrap()), agent });
    }

    fn told(counter: &Counter) -> Vec<(String, u64, u64)> {
        let mut all: Vec<_> = counter
            .take()
            .into_iter()
            .map(|((_, day), sum)| (day.to_string(), sum.views, sum.viewers))
            .collect();
        all.sort();
        all
    }

    #[test]
    fn one_visitor_is_one_reading_until_the_next_write() {
        let (counter, clock) = (Counter::new(Dice::seeded(1)), clock());
        for _ in 0..1_000 {
            from(&counter, &clock, "113.160.1.7", BROWSER);
        }
        // Of the same network by the same browser: nobody can tell them apart, and nobody tries.
        from(&counter, &clock, "113.160.1.200", BROWSER);
        from(&counter, &clock, "113.160.2.7", BROWSER);
        from(&counter, &clock, "2402:800:6100::1", BROWSER);
        assert_eq!(told(&counter), [("2026-11-26".into(), 3, 3)]);
        assert!(told(&counter).is_empty());
        from(&counter, &clock, "113.160.1.7", BROWSER);
        assert_eq!(told(&counter), [("2026-11-26".into(), 1, 0)], "another reading by the same visitor");
    }

    #[test]
    fn a_flood_of_programs_counts_nothing_or_little() {
        let (counter, clock) = (Counter::new(Dice::seeded(1)), clock());
        for n in 0..5_000 {
            from(&counter, &clock, "66.249.66.1", &format!("Mozilla/5.0 (compatible; Googlebot/2.{n})"));
        }
        assert!(told(&counter).is_empty());
        // One that gives itself another name each time is a network that reads too much.
        for n in 0..5_000 {
            from(&counter, &clock, "203.0.113.9", &format!("{BROWSER} {n}"));
        }
        let most = u64::from(MOST_OF_A_NETWORK);
        let (views, viewers) = (told(&counter)[0].1, 0..=most + most / 10);
        assert!(views == most && viewers.contains(&views), "{views}");
    }

    #[test]
    fn at_midnight_and_after_a_restart_the_same_visitor_is_somebody_else() {
        let (counter, clock) = (Counter::new(Dice::system()), clock());
        from(&counter, &clock, "113.160.1.7", BROWSER);
        let first = counter.today.load_full().unwrap();
        clock.pass(60_000_000);
        from(&counter, &clock, "113.160.1.7", BROWSER);
        let second = counter.today.load_full().unwrap();
        let reader = Reader { client: Some("113.160.1.7".parse().unwrap()), agent: BROWSER };
        assert_ne!(first.key, second.key);
        assert_ne!(first.who(reader), second.who(reader));
        // Who was counting at midnight still counts for the day that is over.
        first.count(Read { way: Way::Link(Uuid::nil()), ..read() }, reader);
        assert_eq!(told(&counter).len(), 3);
        first.count(read(), Reader { agent: "Mozilla/5.0 another", ..reader });
        assert_eq!(told(&counter), [("2026-11-26".into(), 1, 1)]);
        let restarted = Counter::new(Dice::system());
        from(&restarted, &clock, "113.160.1.7", BROWSER);
        let third = restarted.today.load_full().unwrap();
        assert_ne!(second.who(reader), third.who(reader));
        assert_eq!(told(&restarted), [("2026-11-27".into(), 1, 1)], "counted again, never known again");
    }

    #[test]
    fn what_could_not_be_written_comes_again() {
        let (counter, clock) = (Counter::new(Dice::seeded(1)), clock());
        from(&counter, &clock, "113.160.1.7", BROWSER);
        let sums = counter.take();
        counter.give_back(sums);
        from(&counter, &clock, "113.161.1.7", BROWSER);
        assert_eq!(told(&counter), [("2026-11-26".into(), 2, 2)]);
    }

    #[test]
    fn memory_is_bounded_whatever_is_asked_for() {
        let (counter, clock) = (Counter::new(Dice::seeded(1)), clock());
        let reader = Reader { client: None, agent: BROWSER };
        for n in 0..200_000_u128 {
            counter.count(clock.micros(), Read { item: Uuid::from_u128(n), ..read() }, reader);
        }
        assert_eq!(counter.take().len(), SHARDS * MOST_OF_A_SHARD);
        // What is not read any more makes room.
        counter.take();
        counter.count(clock.micros(), Read { item: Uuid::from_u128(199_999), ..read() }, reader);
        assert_eq!(counter.take().len(), 1);
    }
}
