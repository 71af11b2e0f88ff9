//! A trained model: vocabulary, weights in a byte each, and what was measured for it. One file of a few megabytes.

use crate::features::{Block, Seen};
use crate::linear::{Vector, Weights};

/// The first bytes of a model's file; the number goes up when the form changes.
const MAGIC: &[u8; 8] = b"ncroute1";
/// How much runs of letters count beside words.
pub(crate) const LETTERS: f32 = 1.0;

/// The questions that a model answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Head {
    Topic,
    Kind,
    Urgency,
    Level,
    Danger,
    Complaint,
}

pub(crate) const HEADS: [Head; 6] =
    [Head::Topic, Head::Kind, Head::Urgency, Head::Level, Head::Danger, Head::Complaint];

/// Why bytes are no model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// They are something else, or of another version.
    #[error("these bytes are no model of this version; make one with `nhipcau suggest train --out FILE`")]
    Foreign,
    /// They end too early, or say what cannot be.
    #[error("the model is damaged at byte {0}; make it anew with `nhipcau suggest train --out FILE`")]
    Damaged(usize),
    /// They were trained with another table.
    #[error("the model knows {model} topics and the table has {table}; train it anew with this table")]
    OtherTable {
        /// In the model.
        model: usize,
        /// In the table.
        table: usize,
    },
}

/// How questions are put together, and from which confidence on answers are acted upon.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tuning {
    /// Weights of the model of rows.
    pub(crate) row: Vec<f32>,
    /// By question (field, level, agency, kind, urgency): the exponent that calibrates.
    pub(crate) sharpness: [f32; 5],
    /// By question: the confidence at which measured precision reaches 95 %; over 1 where it never does.
    pub(crate) floor: [f32; 5],
    /// By question: precision and coverage measured there.
    pub(crate) measured: [[f32; 2]; 5],
    /// Weights of what speaks for a kind.
    pub(crate) kind_weights: Vec<f32>,
    /// Weights of what speaks for danger.
    pub(crate) danger_weights: Vec<f32>,
    /// From which probability on danger is told.
    pub(crate) danger: f32,
    /// From which probability on a complaint is told.
    pub(crate) complaint: f32,
}

/// A trained model.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    pub(crate) keys: Vec<u32>,
    pub(crate) rarity: Vec<f32>,
    starts: Vec<u32>,
    entries: Vec<(u8, i8)>,
    heads: Vec<HeadWeights>,
    pub(crate) tuning: Tuning,
}

#[derive(Clone, Debug, PartialEq)]
struct HeadWeights {
    from: usize,
    scale: f32,
    bias: Vec<f32>,
}

/// Keys with their rarity.
#[derive(Clone, Debug, Default)]
pub(crate) struct Vocabulary {
    pub(crate) keys: Vec<u32>,
    pub(crate) rarity: Vec<f32>,
}

impl Vocabulary {
    /// A text as numbers; words and letters each of length one.
    pub(crate) fn vector(&self, seen: &Seen) -> Vector {
        vector(&self.keys, &self.rarity, seen)
    }
}

fn vector(keys: &[u32], rarity: &[f32], seen: &Seen) -> Vector {
    let mut out: Vector = Vec::with_capacity(seen.features.len());
    for (block, length) in [(Block::Words, 1.0), (Block::Letters, LETTERS)] {
        let from = out.len();
        let mut sum = 0.0f32;
        for feature in seen.features.iter().filter(|f| f.block == block) {
            if let Ok(at) = keys.binary_search(&feature.key) {
                let value = feature.count * rarity[at];
                sum += value * value;
                out.push((at as u32, value));
            }
        }
        let by = if sum > 0.0 { length / sum.sqrt() } else { 0.0 };
        for (_, value) in &mut out[from..] {
            *value *= by;
        }
    }
    out
}

impl Model {
    /// Puts trained weights into a model: a byte each, those that round to nothing left out.
    pub(crate) fn of(vocabulary: &Vocabulary, weights: &[Weights], tuning: Tuning) -> Model {
        let features = vocabulary.keys.len();
        let mut heads = Vec::new();
        let mut from = 0;
        for head in weights {
            let most = head.by_feature.iter().fold(0.0f32, |most, w| most.max(w.abs()));
            // Few weights are very great; these are cut so that the others keep their steps.
            let scale = (most * 0.6 / 127.0).max(1e-6);
            heads.push(HeadWeights { from, scale, bias: head.bias.clone() });
            from += head.classes;
        }
        let mut starts = Vec::with_capacity(features + 1);
        let mut entries = Vec::new();
        for feature in 0..features {
            starts.push(entries.len() as u32);
            for (head, out) in weights.iter().zip(&heads) {
                let row = &head.by_feature[feature * head.classes..(feature + 1) * head.classes];
                for (class, weight) in row.iter().enumerate() {
                    let steps = (weight / out.scale).round().clamp(-127.0, 127.0) as i8;
                    if steps.unsigned_abs() >= 2 {
                        entries.push(((out.from + class) as u8, steps));
                    }
                }
            }
        }
        starts.push(entries.len() as u32);
        Model {
            keys: vocabulary.keys.clone(),
            rarity: vocabulary.rarity.clone(),
            starts,
            entries,
            heads,
            tuning,
        }
    }

    /// How many topics it tells apart.
    #[must_use]
    pub fn topics(&self) -> usize {
        self.heads.first().map_or(0, |head| head.bias.len())
    }

    /// How many features it weighs.
    #[must_use]
    pub fn features(&self) -> usize {
        self.keys.len()
    }

    /// The scores of every question's classes.
    pub(crate) fn scores(&self, seen: &Seen) -> Vec<Vec<f32>> {
        let total: usize = self.heads.iter().map(|head| head.bias.len()).sum();
        let mut sums = vec![0.0f32; total];
        for (feature, value) in vector(&self.keys, &self.rarity, seen) {
            for (class, steps) in self.of_feature(feature) {
                sums[usize::from(*class)] += f32::from(*steps) * value;
            }
        }
        let scores = |head: &HeadWeights| {
            let sums = &sums[head.from..head.from + head.bias.len()];
            sums.iter().zip(&head.bias).map(|(sum, bias)| sum * head.scale + bias).collect()
        };
        self.heads.iter().map(scores).collect()
    }

    fn of_feature(&self, feature: u32) -> &[(u8, i8)] {
        let at = feature as usize;
        &self.entries[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// What each expression of a text says for a class of a question, the most first: bytes in the text, weight.
    pub(crate) fn evidence(
        &self,
        seen: &Seen,
        head: Head,
        class: usize,
    ) -> Vec<(std::ops::Range<usize>, f32)> {
        let Some(head) = self.heads.get(head as usize) else { return Vec::new() };
        let class = head.from + class;
        let mut out = Vec::new();
        for feature in seen.features.iter().filter(|f| f.block == Block::Words && !f.range.is_empty()) {
            let Ok(at) = self.keys.binary_search(&feature.key) else { continue };
            let found = self.of_feature(at as u32).iter().find(|(c, _)| usize::from(*c) == class);
            if let Some((_, steps)) = found.filter(|(_, steps)| *steps > 0) {
                out.push((feature.range.clone(), f32::from(*steps) * feature.count * self.rarity[at]));
            }
        }
        out.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.start.cmp(&b.0.start)));
        out
    }

    /// Its bytes: the same model, the same bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        let number = |out: &mut Vec<u8>, n: usize| out.extend((n as u32).to_le_bytes());
        let real = |out: &mut Vec<u8>, x: f32| out.extend(x.to_le_bytes());
        number(&mut out, self.heads.len());
        for head in &self.heads {
            number(&mut out, head.from);
            real(&mut out, head.scale);
            number(&mut out, head.bias.len());
            head.bias.iter().for_each(|bias| real(&mut out, *bias));
        }
        let tuning = &self.tuning;
        for weights in [&tuning.row, &tuning.danger_weights, &tuning.kind_weights] {
            number(&mut out, weights.len());
            weights.iter().for_each(|x| real(&mut out, *x));
        }
        tuning.sharpness.iter().chain(&tuning.floor).for_each(|x| real(&mut out, *x));
        tuning.measured.iter().flatten().for_each(|x| real(&mut out, *x));
        real(&mut out, tuning.danger);
        real(&mut out, tuning.complaint);
        number(&mut out, self.keys.len());
        let mut last = 0;
        for (at, key) in self.keys.iter().enumerate() {
            // Keys are sorted: the gap to the last one, in as few bytes as it needs.
            varint(&mut out, key - last);
            last = *key;
            out.push((self.rarity[at] * RARITY_STEPS).round() as u8);
            let entries = self.of_feature(at as u32);
            varint(&mut out, entries.len() as u32);
            for (class, steps) in entries {
                out.push(*class);
                out.push(*steps as u8);
            }
        }
        out
    }

    /// A model from its bytes.
    ///
    /// # Errors
    /// If they are no model of this version, or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Model, ModelError> {
        let mut reader = Reader { bytes, at: 0 };
        if reader.take(8).ok() != Some(MAGIC.as_slice()) {
            return Err(ModelError::Foreign);
        }
        let mut heads: Vec<HeadWeights> = Vec::new();
        if reader.number()? != HEADS.len() {
            return Err(ModelError::Damaged(reader.at));
        }
        for _ in HEADS {
            let (from, scale, count) = (reader.number()?, reader.real()?, reader.number()?);
            let expected = heads.last().map_or(0, |head| head.from + head.bias.len());
            if from != expected || count > 256 - from.min(256) {
                return Err(ModelError::Damaged(reader.at));
            }
            let bias = (0..count).map(|_| reader.real()).collect::<Result<_, _>>()?;
            heads.push(HeadWeights { from, scale, bias });
        }
        let classes = heads.last().map_or(0, |head| head.from + head.bias.len());
        let (row, danger_weights, kind_weights) = (reader.reals()?, reader.reals()?, reader.reals()?);
        let mut reals = [0.0; 22];
        for real in &mut reals {
            *real = reader.real()?;
        }
        let five = |from: usize| std::array::from_fn(|at| reals[from + at]);
        let tuning = Tuning {
            row,
            danger_weights,
            kind_weights,
            sharpness: five(0),
            floor: five(5),
            measured: std::array::from_fn(|at| [reals[10 + 2 * at], reals[11 + 2 * at]]),
            danger: reals[20],
            complaint: reals[21],
        };
        let features = reader.number()?;
        let mut model = Model {
            keys: Vec::new(),
            rarity: Vec::new(),
            starts: vec![0],
            entries: Vec::new(),
            heads,
            tuning,
        };
        let mut last = 0u32;
        for _ in 0..features {
            last = last.checked_add(reader.varint()?).ok_or(ModelError::Damaged(reader.at))?;
            model.keys.push(last);
            model.rarity.push(f32::from(reader.take(1)?[0]) / RARITY_STEPS);
            for _ in 0..reader.varint()? {
                let pair = reader.take(2)?;
                if usize::from(pair[0]) >= classes {
                    return Err(ModelError::Damaged(reader.at));
                }
                model.entries.push((pair[0], pair[1] as i8));
            }
            model.starts.push(model.entries.len() as u32);
        }
        if reader.at == bytes.len() { Ok(model) } else { Err(ModelError::Damaged(reader.at)) }
    }
}

/// Rarities are kept in sixteenths.
pub(crate) const RARITY_STEPS: f32 = 16.0;

fn varint(out: &mut Vec<u8>, mut n: u32) {
    while n >= 0x80 {
        out.push((n & 0x7f) as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], ModelError> {
        let taken = self.bytes.get(self.at..self.at + count).ok_or(ModelError::Damaged(self.at))?;
        self.at += count;
        Ok(taken)
    }

    fn four(&mut self) -> Result<[u8; 4], ModelError> {
        let at = self.at;
        self.take(4)?.try_into().map_err(|_| ModelError::Damaged(at))
    }

    fn number(&mut self) -> Result<usize, ModelError> {
        Ok(u32::from_le_bytes(self.four()?) as usize)
    }

    fn real(&mut self) -> Result<f32, ModelError> {
        let real = f32::from_le_bytes(self.four()?);
        if real.is_finite() { Ok(real) } else { Err(ModelError::Damaged(self.at)) }
    }

    /// A short list, its length before it.
    fn reals(&mut self) -> Result<Vec<f32>, ModelError> {
        let count = self.number()?;
        if count > 64 {
            return Err(ModelError::Damaged(self.at));
        }
        (0..count).map(|_| self.real()).collect()
    }

    fn varint(&mut self) -> Result<u32, ModelError> {
        let mut n = 0u32;
        for shift in (0..35).step_by(7) {
            let byte = self.take(1)?[0];
            n |= u32::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
            if byte < 0x80 {
                return Ok(n);
            }
        }
        Err(ModelError::Damaged(self.at))
    }
}
