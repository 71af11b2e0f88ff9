//! What follows from a list that was read: what is new, changed, gone. Pure; nobody's word is taken for a deletion but the publisher's own
//! (a tombstone), or two complete lists in a row, and never that of an empty list or of one that has suddenly lost half.

use std::collections::{HashMap, HashSet};

use network::names::ContentHash;
use uuid::Uuid;

use super::draft::{Fate, Found};

/// So many lists in a row must lack an item before it is believed to be gone.
const LISTS: i64 = 2;
/// A list that lacks more than half of what was taken is doubted, unless that is no more than this.
const FEW: usize = 10;

/// What became of something that was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lot {
    /// It was taken over: issued, carried, or handed in to the console.
    Taken,
    /// It lies aside, with the reason.
    Aside,
    /// A person let it go.
    Dropped,
    /// It is there already, from elsewhere.
    Twin,
    /// It is gone there, and was withdrawn here.
    Ended,
    /// It was erased by law, and is never taken again.
    Erased,
}

impl Lot {
    const ALL: [Lot; 6] = [Lot::Taken, Lot::Aside, Lot::Dropped, Lot::Twin, Lot::Ended, Lot::Erased];

    /// The word that is stored.
    pub fn word(self) -> &'static str {
        match self {
            Lot::Taken => "taken",
            Lot::Aside => "aside",
            Lot::Dropped => "dropped",
            Lot::Twin => "twin",
            Lot::Ended => "ended",
            Lot::Erased => "erased",
        }
    }

    /// That of a stored word.
    pub fn of(word: &str) -> Option<Lot> {
        Lot::ALL.into_iter().find(|lot| lot.word() == word)
    }
}

/// Something that was met before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Of its name there.
    pub name: ContentHash,
    /// Of its page.
    pub page: Option<ContentHash>,
    /// Of its title and text.
    pub words: Option<ContentHash>,
    /// Of all that was taken over.
    pub digest: ContentHash,
    /// What became of it.
    pub item: Option<Uuid>,
    /// How that stands.
    pub lot: Lot,
    /// When it was published, in microseconds.
    pub published: Option<i64>,
    /// How many lists in a row lacked it.
    pub missing: i64,
}

/// What was read.
#[derive(Default)]
pub struct List {
    /// The items, oldest first.
    pub found: Vec<Found>,
    /// Names of what is there and was not read again.
    pub present: HashSet<ContentHash>,
    /// Names of what its publisher says to have deleted.
    pub deleted: HashSet<ContentHash>,
    /// How much of all there is it lists.
    pub extent: Extent,
}

/// How much of all there is a list has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// All: what it lacks is not there.
    All,
    /// The newest: what it lacks among them is not there, perhaps.
    #[default]
    Newest,
    /// Whatever has changed: what it lacks says nothing.
    Some,
}

/// What is to be done with one item.
#[derive(Debug)]
pub enum Step<'a> {
    /// It is new.
    Take(&'a Found),
    /// It reads otherwise now, or is back.
    Change(&'a Known, &'a Found),
    /// It is there already, from elsewhere.
    Twin(&'a Found),
    /// It cannot be taken over.
    Aside(Option<&'a Known>, &'a Found),
    /// It is there again after a list that lacked it.
    Back(&'a Known),
    /// This list lacks it, for the first time.
    Missing(&'a Known),
    /// It has left the middle of a list that is not complete: its own page decides.
    Ask(&'a Known),
    /// It is gone.
    End(&'a Known),
}

/// Why a list is not believed in what it lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It is empty.
    Empty,
    /// It lacks so many of so many.
    Half(usize, usize),
}

/// What is to be done, in the order in which it is done, and whether the list is doubted. `elsewhere` are the pages and words that other
/// sources of the log have brought.
pub fn decide<'a>(
    known: &'a [Known],
    list: &'a List,
    elsewhere: &HashSet<ContentHash>,
) -> (Vec<Step<'a>>, Option<Doubt>) {
    let names: HashMap<ContentHash, &Known> = known.iter().map(|one| (one.name, one)).collect();
    let listed: HashSet<ContentHash> = list.found.iter().map(|one| one.name).collect();
    // Under a new name on the same page it is the same, unless the old name is listed as well.
    let pages: HashMap<ContentHash, &Known> = known
        .iter()
        .filter(|one| !listed.contains(&one.name) && !list.present.contains(&one.name))
        .filter_map(|one| Some((one.page?, one)))
        .collect();
    let (mut steps, mut met) = (Vec::new(), HashSet::new());
    for found in list.found.iter().filter(|one| !list.deleted.contains(&one.name)) {
        let before = names.get(&found.name).or_else(|| pages.get(&found.page?)).copied();
        met.extend(before.map(|one| one.name));
        steps.extend(step(before, found, elsewhere));
    }
    let taken: Vec<&Known> = known.iter().filter(|one| one.lot == Lot::Taken).collect();
    let (ended, rest): (Vec<&Known>, Vec<&Known>) =
        taken.iter().partition(|one| list.deleted.contains(&one.name));
    steps.extend(ended.into_iter().map(Step::End));
    let times = list.found.iter().map(|one| one.published).collect::<Option<Vec<i64>>>();
    let oldest = times.and_then(|times| times.into_iter().min());
    let within = |one: &Known| one.published.zip(oldest).is_some_and(|(at, oldest)| at > oldest);
    let lacks = |one: &&Known| !met.contains(&one.name) && !list.present.contains(&one.name);
    let says = |one: &&Known| match list.extent {
        Extent::All => true,
        Extent::Newest => within(one),
        Extent::Some => false,
    };
    let (missing, old): (Vec<&Known>, Vec<&Known>) = rest.into_iter().filter(lacks).partition(says);
    let doubt = match missing.len() {
        _ if list.found.is_empty() && list.present.is_empty() && list.deleted.is_empty() => {
            (!taken.is_empty() && list.extent != Extent::Some).then_some(Doubt::Empty)
        }
        lost if lost > FEW && lost * 2 > taken.len() => Some(Doubt::Half(lost, taken.len())),
        _ => None,
    };
    if doubt.is_none() {
        steps.extend(missing.into_iter().map(|one| match one.missing + 1 >= LISTS {
            false => Step::Missing(one),
            true if list.extent == Extent::All => Step::End(one),
            true => Step::Ask(one),
        }));
        // What has grown old since a list lacked it is not waited for any more.
        if list.extent == Extent::Newest {
            steps.extend(old.into_iter().filter(|one| one.missing > 0).map(Step::Back));
        }
    }
    (steps, doubt)
}

fn step<'a>(
    before: Option<&'a Known>,
    found: &'a Found,
    elsewhere: &HashSet<ContentHash>,
) -> Option<Step<'a>> {
    let twin = [found.page, found.words].into_iter().flatten().any(|hash| elsewhere.contains(&hash));
    let same = before.is_some_and(|one| one.digest == found.digest);
    let back = before.filter(|one| one.missing > 0).map(Step::Back);
    match (&found.fate, before.map(|one| (one.lot, one))) {
        (_, Some((Lot::Erased, _))) => None,
        (Fate::Wrong(_), Some(_)) if same => back,
        (Fate::Wrong(_), _) => Some(Step::Aside(before, found)),
        (_, Some((Lot::Taken, _))) if same => back,
        (_, Some((Lot::Dropped, _))) if same => None,
        (Fate::Twin, Some((Lot::Taken | Lot::Ended, _))) => back,
        (Fate::Good, Some((Lot::Taken | Lot::Ended, one))) => Some(Step::Change(one, found)),
        (Fate::Twin, Some((Lot::Twin, _))) => None,
        (Fate::Good, Some((Lot::Twin, _))) if twin => None,
        (Fate::Twin, _) => Some(Step::Twin(found)),
        (Fate::Good, _) if twin => Some(Step::Twin(found)),
        (Fate::Good, Some((_, one))) if one.item.is_some() => Some(Step::Change(one, found)),
        (Fate::Good, _) => Some(Step::Take(found)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::items::draft::Draft;
    use crate::items::kinds::Both;

    fn hash(text: &str) -> ContentHash {
        ContentHash::of(text.as_bytes())
    }

    fn found(name: &str, text: &str, at: i64) -> Found {
        Found {
            name: hash(name),
            page: Some(hash(&format!("page {name}"))),
            words: Some(hash(text)),
            digest: hash(&format!("{name} {text}")),
            published: Some(at),
            called: name.into(),
            draft: Draft::default(),
            fate: Fate::Good,
        }
    }

    fn taken(one: &Found) -> Known {
        Known {
            name: one.name,
            page: one.page,
            words: one.words,
            digest: one.digest,
            item: Some(Uuid::nil()),
            lot: Lot::Taken,
            published: one.published,
            missing: 0,
        }
    }

    fn list(found: Vec<Found>, complete: bool) -> List {
        let extent = if complete { Extent::All } else { Extent::Newest };
        List { found, extent, ..List::default() }
    }

    fn said(known: &[Known], list: &List) -> Vec<String> {
        let (steps, _) = decide(known, list, &HashSet::new());
        steps
            .iter()
            .map(|step| format!("{step:?}").split(['(', ' ']).next().unwrap_or_default().to_owned())
            .collect()
    }

    #[test]
    fn new_changed_and_unchanged_are_told_apart() {
        let (a, b) = (found("a", "1", 1), found("b", "1b", 2));
        assert_eq!(said(&[], &list(vec![a.clone(), b.clone()], false)), ["Take", "Take"]);
        let known = [taken(&a), taken(&b)];
        assert!(said(&known, &list(vec![a.clone(), b.clone()], false)).is_empty());
        assert_eq!(said(&known, &list(vec![found("a", "2", 1), b.clone()], false)), ["Change"]);
        // Another name on the same page is the same item.
        let renamed = Found { name: hash("a2"), digest: hash("x"), ..a };
        assert_eq!(said(&known, &list(vec![renamed, b], true)), ["Change"]);
    }

    #[test]
    fn only_two_complete_lists_end_an_item_and_an_empty_one_never_does() {
        let (a, b) = (found("a", "1", 1), found("b", "2", 2));
        let mut known = [taken(&a), taken(&b)];
        let lacking = list(vec![a.clone()], true);
        assert_eq!(said(&known, &lacking), ["Missing"]);
        known[1].missing = 1;
        assert_eq!(said(&known, &lacking), ["End"]);
        assert_eq!(said(&known, &list(vec![a, b], true)), ["Back"]);
        let empty = list(Vec::new(), true);
        let (steps, doubt) = decide(&known, &empty, &HashSet::new());
        assert!(steps.is_empty() && doubt == Some(Doubt::Empty));
    }

    #[test]
    fn what_leaves_the_middle_of_a_feed_is_asked_for_and_what_grows_old_is_not() {
        let all: Vec<Found> = (0..4).map(|n| found(&n.to_string(), &format!("t{n}"), n)).collect();
        let mut known: Vec<Known> = all.iter().map(taken).collect();
        // The oldest has left the feed: nothing follows. The third has left its middle.
        let feed = list(vec![all[1].clone(), all[3].clone()], false);
        assert_eq!(said(&known, &feed), ["Missing"]);
        known[2].missing = 1;
        assert_eq!(said(&known, &feed), ["Ask"]);
        // Older than all that the feed still has, it is waited for no more.
        assert_eq!(said(&known, &list(vec![all[3].clone()], false)), ["Back"]);
    }

    #[test]
    fn a_list_that_has_suddenly_lost_half_is_doubted() {
        let all: Vec<Found> = (0..30).map(|n| found(&n.to_string(), &format!("t{n}"), n)).collect();
        let known: Vec<Known> = all.iter().map(|one| Known { missing: 1, ..taken(one) }).collect();
        let feed = list(all[..10].to_vec(), true);
        let (steps, doubt) = decide(&known, &feed, &HashSet::new());
        assert!(steps.iter().all(|step| matches!(step, Step::Back(_))));
        assert_eq!(doubt, Some(Doubt::Half(20, 30)));
    }

    #[test]
    fn a_tombstone_is_believed_at_once_also_beside_its_entry() {
        let a = found("a", "1", 1);
        let known = [taken(&a)];
        let feed = List { deleted: HashSet::from([a.name]), ..list(vec![a], false) };
        assert_eq!(said(&known, &feed), ["End"]);
    }

    #[test]
    fn what_another_source_has_brought_is_a_twin_and_what_was_let_go_stays_so_until_it_changes() {
        let a = found("a", "1", 1);
        let feed = list(vec![a.clone()], false);
        let elsewhere = HashSet::from([hash("1")]);
        assert!(matches!(decide(&[], &feed, &elsewhere).0[..], [Step::Twin(_)]));
        let dropped = [Known { lot: Lot::Dropped, item: None, ..taken(&a) }];
        assert!(said(&dropped, &feed).is_empty());
        assert_eq!(said(&dropped, &list(vec![found("a", "2", 1)], false)), ["Take"]);
        let wrong = Found { fate: Fate::Wrong(Both::default()), ..a.clone() };
        assert_eq!(said(&[], &list(vec![wrong.clone()], false)), ["Aside"]);
        let aside = [Known { lot: Lot::Aside, item: None, ..taken(&a) }];
        assert!(said(&aside, &list(vec![wrong], false)).is_empty(), "it lies there already");
        assert_eq!(said(&aside, &feed), ["Take"], "a mapping that was mended lets it in");
    }
}
