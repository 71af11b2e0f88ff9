//! How well the same linear models tell official titles apart: by field, level, ministry, agency; on titles at random, on fields that
//! were not trained on, and on what came later.

use std::collections::{BTreeMap, HashMap};

use crate::features::{Seen, see};
use crate::linear::{Sample, Schedule, Vector, train};
use crate::model::{RARITY_STEPS, Vocabulary};
use crate::number::{Chance, ln, softmax};

/// A title with what is right for it.
#[derive(Clone, Debug)]
pub struct Title {
    /// The title.
    pub text: String,
    /// What is to be told: a field, a level, a body.
    pub class: String,
    /// What it belongs to, for a split by groups.
    pub group: String,
    /// True if it came later, for a split by time.
    pub later: bool,
}

/// How titles are divided into those trained on and those judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// At random, in five parts, each judged once.
    Random,
    /// By group, in five parts: no group of a judged title was trained on.
    Group,
    /// The earlier ones are trained on, the later judged.
    Time,
}

/// What came out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Classes told apart.
    pub classes: usize,
    /// Titles judged.
    pub all: usize,
    /// With the first answer right.
    pub first: usize,
    /// With one of three right.
    pub among_three: usize,
    /// How many could be acted upon at a precision of 95 %.
    pub covered: usize,
}

const PARTS: usize = 5;

/// Trains and judges. Classes with fewer than `least` titles are left out. `form` gives the text that is judged.
#[must_use]
pub fn judged(titles: &[Title], split: Split, least: usize, form: &dyn Fn(&str, usize) -> String) -> Outcome {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for title in titles {
        *counts.entry(&title.class).or_default() += 1;
    }
    let classes: Vec<&str> =
        counts.into_iter().filter(|(_, count)| *count >= least).map(|(class, _)| class).collect();
    let kept: Vec<(&Title, usize)> =
        titles.iter().filter_map(|t| Some((t, classes.binary_search(&t.class.as_str()).ok()?))).collect();
    let mut groups: Vec<&str> = kept.iter().map(|(t, _)| t.group.as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    let mut chance = Chance::new(0x7469_746c);
    chance.shuffle(&mut groups);
    let of_group: HashMap<&str, usize> =
        groups.iter().enumerate().map(|(at, group)| (*group, at % PARTS)).collect();
    let part_of: Vec<usize> = kept
        .iter()
        .map(|(title, _)| match split {
            Split::Random => chance.below(PARTS),
            Split::Group => of_group[title.group.as_str()],
            Split::Time => usize::from(!title.later),
        })
        .collect();
    let parts = if split == Split::Time { 1 } else { PARTS };
    let mut outcome = Outcome { classes: classes.len(), ..Outcome::default() };
    let mut firsts: Vec<(f32, bool)> = Vec::new();
    for part in 0..parts {
        let seen: Vec<(Seen, usize)> = kept
            .iter()
            .zip(&part_of)
            .filter(|(_, of)| **of != part)
            .map(|((title, class), _)| (see(&title.text), *class))
            .collect();
        let vocabulary = vocabulary(&seen);
        let vectors: Vec<Vector> = seen.iter().map(|(seen, _)| vocabulary.vector(seen)).collect();
        let samples: Vec<Sample<'_>> = vectors
            .iter()
            .zip(&seen)
            .map(|(vector, (_, class))| Sample { vector, class: *class, weight: 1.0 })
            .collect();
        let schedule = Schedule { rounds: 12, step: 0.7, decay: 0.002 };
        let weights = train(&samples, vocabulary.keys.len(), classes.len(), schedule);
        for (number, ((title, class), _)) in
            kept.iter().zip(&part_of).filter(|(_, of)| **of == part).enumerate()
        {
            let mut p = weights.scores(&vocabulary.vector(&see(&form(&title.text, number))));
            softmax(&mut p);
            let mut order: Vec<usize> = (0..p.len()).collect();
            order.sort_by(|a, b| p[*b].total_cmp(&p[*a]));
            let first = order.first() == Some(class);
            outcome.all += 1;
            outcome.first += usize::from(first);
            outcome.among_three += usize::from(order.iter().take(3).any(|c| c == class));
            firsts.push((order.first().map_or(0.0, |at| p[*at]), first));
        }
    }
    firsts.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut right = 0;
    for (at, (_, is_right)) in firsts.iter().enumerate() {
        right += usize::from(*is_right);
        if right * 100 >= (at + 1) * 95 {
            outcome.covered = at + 1;
        }
    }
    outcome
}

fn vocabulary(seen: &[(Seen, usize)]) -> Vocabulary {
    let mut counts: HashMap<u32, u32> = HashMap::new();
    for feature in seen.iter().flat_map(|(seen, _)| &seen.features) {
        *counts.entry(feature.key).or_default() += 1;
    }
    let mut keys: Vec<u32> = counts.iter().filter(|(_, count)| **count >= 2).map(|(key, _)| *key).collect();
    keys.sort_unstable();
    let all = seen.len() as f32;
    let rarity =
        keys.iter().map(|key| (ln(1.0 + all / counts[key] as f32) * RARITY_STEPS).round() / RARITY_STEPS);
    Vocabulary { rarity: rarity.collect(), keys }
}
