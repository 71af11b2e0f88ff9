//! Near-duplicates: a short signature of a text, alike where the texts are alike, however they were typed.
//!
//! MinHash over runs of four letters of the folded words, with topic and places beside it. [`Signature::keys`] are for look-up in a
//! table of a database (a row for each key); [`Index`] does the same in memory. What two signatures say of each other is
//! [`Signature::similarity`].

use std::collections::{BTreeSet, HashMap};

use vietnam::units::CommuneCode;

use crate::number::Chance;
use crate::phrases::{key, step};
use crate::words;

/// Bands, and hashes in each: two texts that share half of their runs meet in one with probability 0.986, two that share a
/// twentieth with 0.004.
const BANDS: usize = 32;
const IN_BAND: usize = 3;
const HASHES: usize = BANDS * IN_BAND;
const RUN: usize = 4;
/// Of a text this many words count.
const READ: usize = 600;

/// What a text is recognised by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    least: [u16; HASHES],
    /// Topic, as a hash; 0 if it is unknown.
    topic: u32,
    communes: Vec<CommuneCode>,
}

/// The signature of a text alone.
#[must_use]
pub fn signature(text: &str) -> Signature {
    Signature::of(text, None, &[])
}

impl Signature {
    /// The signature of a text with its topic's id and the communes that it may tell of, where these are known.
    #[must_use]
    pub fn of(text: &str, topic: Option<&str>, communes: &[CommuneCode]) -> Signature {
        let mut letters = String::new();
        for word in words::of(text).iter().take(READ) {
            letters.push_str(&word.text);
        }
        let starts: Vec<usize> = letters.char_indices().map(|(at, _)| at).chain([letters.len()]).collect();
        let mut runs: BTreeSet<u64> = BTreeSet::new();
        for (number, from) in starts.iter().enumerate() {
            if let Some(to) = starts.get(number + RUN) {
                runs.insert(key(&letters[*from..*to]));
            }
        }
        if runs.is_empty() {
            runs.insert(key(&letters));
        }
        let mut least = [u64::MAX; HASHES];
        let mut chance = Chance::new(0x6475_7065);
        let mixers: Vec<(u64, u64)> = (0..HASHES).map(|_| (chance.roll() | 1, chance.roll())).collect();
        for run in runs {
            for (least, (by, plus)) in least.iter_mut().zip(&mixers) {
                let mixed = (run ^ (run >> 29)).wrapping_mul(*by).wrapping_add(*plus);
                *least = (*least).min(mixed ^ (mixed >> 32));
            }
        }
        // The low bits of a minimum are spread evenly.
        let least = least.map(|hash| (hash ^ (hash >> 16)) as u16);
        let topic = topic.map_or(0, |id| key(id) as u32 | 1);
        let mut communes = communes.to_vec();
        communes.sort_unstable();
        communes.dedup();
        Signature { least, topic, communes }
    }

    /// Keys under which it is to be found: two texts that are alike share at least one, almost always. 32 of them, 33 if topic
    /// and one commune are known (the same matter at the same place, in whatever words).
    #[must_use]
    pub fn keys(&self) -> Vec<u64> {
        let mut keys: Vec<u64> = self
            .least
            .chunks(IN_BAND)
            .enumerate()
            .map(|(band, hashes)| {
                let text = hashes.iter().map(|hash| format!("{hash:04x}")).collect::<String>();
                step(key(&band.to_string()), &text)
            })
            .collect();
        if let (true, [commune]) = (self.topic != 0, self.communes.as_slice()) {
            keys.push(step(key("place"), &format!("{}|{commune}", self.topic)));
        }
        keys
    }

    /// The estimated share of runs of letters that two texts have in common, 0 to 1.
    #[must_use]
    pub fn overlap(&self, other: &Signature) -> f32 {
        let same = self.least.iter().zip(&other.least).filter(|(a, b)| a == b).count();
        same as f32 / HASHES as f32
    }

    /// How likely two texts tell the same case, 0 to 1: their overlap; raised where topic and place agree, lowered where both
    /// places are known and lie apart.
    #[must_use]
    pub fn similarity(&self, other: &Signature) -> f32 {
        let overlap = self.overlap(other);
        let topic = self.topic != 0 && self.topic == other.topic;
        let placed = !self.communes.is_empty() && !other.communes.is_empty();
        let shared =
            placed && self.communes.iter().any(|commune| other.communes.binary_search(commune).is_ok());
        match (topic, placed, shared) {
            (_, true, false) => overlap * 0.5,
            (true, true, true) => 0.5 + overlap * 0.5,
            (true, _, _) => 0.1 + overlap * 0.9,
            _ => overlap,
        }
    }
}

/// Signatures in memory, found by what is like them.
#[derive(Clone, Debug, Default)]
pub struct Index {
    signatures: Vec<Signature>,
    by_key: HashMap<u64, Vec<u32>>,
}

impl Index {
    /// Adds one; gives its number, from 0.
    pub fn add(&mut self, signature: Signature) -> usize {
        let number = self.signatures.len();
        for key in signature.keys() {
            self.by_key.entry(key).or_default().push(number as u32);
        }
        self.signatures.push(signature);
        number
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.signatures.len()
    }

    /// True if there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.signatures.is_empty()
    }

    /// Up to `most` that are most like a signature, each with its similarity, the likest first.
    #[must_use]
    pub fn near(&self, signature: &Signature, most: usize) -> Vec<(usize, f32)> {
        let mut met: Vec<u32> =
            signature.keys().iter().filter_map(|key| self.by_key.get(key)).flatten().copied().collect();
        met.sort_unstable();
        met.dedup();
        let mut near: Vec<(usize, f32)> = met
            .into_iter()
            .map(|number| (number as usize, self.signatures[number as usize].similarity(signature)))
            .collect();
        near.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        near.truncate(most);
        near
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_typed_otherwise_is_alike() {
        let text = "Cống trước nhà số 12 nghẹt cả tháng nay, nước đen tràn lên đường, xin phường cho người xuống thông";
        let other =
            "cong truoc nha so 12 nghet ca thag nay, nc den tran len duog, xin phuong cho ng xuong thong";
        let stranger = "Trường thu quỹ phụ huynh hai triệu đồng một em mà không có biên lai";
        assert!(signature(text).overlap(&signature(other)) > 0.6);
        assert!(signature(text).overlap(&signature(stranger)) < 0.15);
        assert!((signature(text).similarity(&signature(text)) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn the_same_words_at_another_place_are_another_case() {
        let text = "Đèn đường tắt, đầu chợ tối om";
        let (here, there) = ("00004".parse().unwrap(), "00008".parse().unwrap());
        let one = Signature::of(text, Some("ha-tang.chieu-sang"), &[here]);
        assert!(one.similarity(&Signature::of(text, Some("ha-tang.chieu-sang"), &[there])) < 0.6);
        let mut index = Index::default();
        index.add(one);
        let told = Signature::of("bóng điện cao áp hư rồi", Some("ha-tang.chieu-sang"), &[here]);
        assert_eq!(
            index.near(&told, 5).len(),
            1,
            "the same matter at the same place is offered in whatever words"
        );
    }
}
