//! From a text to probabilities: the models' scores, the table's expressions and its conditions put together.

use std::collections::HashMap;
use std::ops::Range;

use jiff::civil::Date;

use crate::features::{Seen, read};
use crate::model::{Head, Model};
use crate::number::{exp, ln, softmax};
use crate::phrases::Phrases;
use crate::suggestion::Kind;
use crate::table::{EMERGENCY, Level, Table};

/// How much the table's expressions count beside the model's scores.
const EXPRESSIONS: f32 = 0.8;
/// How much sharper topics are taken when bodies are added up over them: many half-likely topics share one office.
const AS_ONE: f32 = 3.0;
/// How many numbers describe a row under a text.
pub(crate) const ROW_FEATURES: usize = 11;
/// How many numbers speak for danger to life.
pub(crate) const DANGER_FEATURES: usize = 6;
/// How many numbers describe a kind under a text.
pub(crate) const KIND_FEATURES: usize = 8;
/// Kinds that do not follow from the topic.
pub(crate) const OPEN: [Kind; 4] = [Kind::Report, Kind::Proposal, Kind::Question, Kind::Opinion];

/// What an expression found in a text speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// A topic.
    Topic(usize),
    /// A topic, urgently.
    Urgent(usize),
    /// The condition of a row.
    Row(usize),
    /// A proposal about rules.
    Policy,
    /// Danger to life, whatever the topic.
    Danger,
    /// A kind of message.
    Kind(Kind),
}

/// A table made ready for judging texts.
#[derive(Clone, Debug)]
pub(crate) struct Engine {
    pub(crate) table: Table,
    signs: Phrases<Sign>,
    complaint: Option<usize>,
    denunciation: Option<usize>,
    emergency: Option<usize>,
    praise: Option<usize>,
}

/// What was found for a text.
#[derive(Clone, Debug)]
pub(crate) struct Judgement {
    pub(crate) seen: Seen,
    /// Expressions of the table that stand in it, longest first.
    pub(crate) signs: Vec<(Sign, Range<usize>, usize)>,
    pub(crate) topics: Vec<f32>,
    pub(crate) kinds: Vec<f32>,
    pub(crate) urgencies: Vec<f32>,
    /// Rows that give an answer, with the probability of topic and row together.
    pub(crate) rows: Vec<(usize, f32)>,
    pub(crate) danger: f32,
    pub(crate) danger_features: [f32; DANGER_FEATURES],
    pub(crate) complaint: f32,
}

impl Engine {
    pub(crate) fn new(table: Table) -> Engine {
        let mut signs = Phrases::default();
        for (index, topic) in table.topics().iter().enumerate() {
            topic.words.iter().for_each(|word| signs.add(word, Sign::Topic(index)));
            topic.urgent_signs.iter().for_each(|word| signs.add(word, Sign::Urgent(index)));
        }
        for (index, row) in table.rows().iter().enumerate() {
            row.signs.iter().for_each(|sign| signs.add(sign, Sign::Row(index)));
        }
        table.policy_signs().iter().for_each(|sign| signs.add(sign, Sign::Policy));
        table.danger_signs().iter().for_each(|sign| signs.add(sign, Sign::Danger));
        table.kind_signs().iter().for_each(|(kind, sign)| signs.add(sign, Sign::Kind(*kind)));
        Engine {
            signs,
            complaint: table.topic("ngoai.khieu-nai"),
            denunciation: table.topic("ngoai.to-cao"),
            emergency: table.topic(EMERGENCY),
            praise: table.topic("hanh-chinh.khen"),
            table,
        }
    }

    /// The kind that a topic implies, for topics outside petitions and for praise.
    pub(crate) fn implied(&self, topic: usize) -> Option<Kind> {
        let topic = Some(topic);
        if topic == self.complaint {
            Some(Kind::Complaint)
        } else if topic == self.denunciation {
            Some(Kind::Denunciation)
        } else if topic == self.praise {
            Some(Kind::Praise)
        } else {
            topic.and_then(|t| self.table.topics()[t].outside.as_ref()).map(|_| Kind::Outside)
        }
    }

    /// Judges a text.
    pub(crate) fn judge(&self, model: &Model, text: &str, day: Date) -> Judgement {
        let mut words = crate::words::of(text);
        model.mend(&mut words);
        let seen = read(words, text);
        let mut scores = model.scores(&seen);
        for head in [Head::Kind, Head::Urgency, Head::Level, Head::Danger, Head::Complaint] {
            softmax(&mut scores[head as usize]);
        }
        let signs = self.signs_in(&seen);
        let topics = self.topics(&scores, &signs);
        let kinds = self.kinds(model, &scores[Head::Kind as usize], &topics, &signs, text.contains('?'));
        let rows = self.rows(model, &scores, &topics, &signs, day);
        let urgencies = self.urgencies(&scores[Head::Urgency as usize], &topics, &kinds);
        let danger_features = self.danger_features(&scores, &topics, &urgencies, &signs);
        let danger: f32 = danger_features.iter().zip(&model.tuning.danger_weights).map(|(x, w)| x * w).sum();
        let outside_law: f32 =
            [self.complaint, self.denunciation].into_iter().flatten().map(|at| topics[at]).sum();
        Judgement {
            danger: 1.0 / (1.0 + exp(-danger)),
            danger_features,
            complaint: scores[Head::Complaint as usize][1] * 0.5 + outside_law * 0.5,
            seen,
            signs,
            topics,
            kinds,
            urgencies,
            rows,
        }
    }

    fn signs_in(&self, seen: &Seen) -> Vec<(Sign, Range<usize>, usize)> {
        let mut signs: Vec<_> =
            self.signs.find(&seen.words).into_iter().map(|hit| (*hit.what, hit.range, hit.length)).collect();
        signs.sort_by(|a, b| b.2.cmp(&a.2).then(a.1.start.cmp(&b.1.start)));
        signs
    }

    fn topics(&self, scores: &[Vec<f32>], signs: &[(Sign, Range<usize>, usize)]) -> Vec<f32> {
        let mut topics = scores[Head::Topic as usize].clone();
        let mut said: HashMap<usize, f32> = HashMap::new();
        for (sign, _, length) in signs {
            let (topic, weight) = match sign {
                Sign::Topic(topic) => (*topic, 1.0),
                Sign::Urgent(topic) => (*topic, 0.6),
                Sign::Row(_) | Sign::Policy | Sign::Danger | Sign::Kind(_) => continue,
            };
            *said.entry(topic).or_default() += weight
                * match length {
                    1 => 0.4,
                    2 => 1.0,
                    _ => 1.5,
                };
        }
        for (topic, score) in topics.iter_mut().enumerate() {
            if let Some(said) = said.get(&topic) {
                *score += EXPRESSIONS * ln(1.0 + said);
            }
        }
        softmax(&mut topics);
        topics
    }

    /// What describes an open kind (one that does not follow from the topic) under a text.
    pub(crate) fn kind_features(
        scores: &[f32],
        signs: &[(Sign, Range<usize>, usize)],
        asks: bool,
    ) -> [[f32; KIND_FEATURES]; 4] {
        OPEN.map(|kind| {
            let hits = signs.iter().filter(|(sign, ..)| *sign == Sign::Kind(kind)).count().min(3) as f32;
            let is = |other: Kind, value: f32| if kind == other { value } else { 0.0 };
            [
                ln(scores[kind.index()].max(1e-4)),
                is(Kind::Proposal, 1.0),
                is(Kind::Question, 1.0),
                is(Kind::Opinion, 1.0),
                is(Kind::Proposal, hits),
                is(Kind::Question, hits),
                is(Kind::Opinion, hits),
                is(Kind::Question, f32::from(u8::from(asks))),
            ]
        })
    }

    /// Outside petitions and for praise the kind follows from the topic; among the others it is told by the text.
    fn kinds(
        &self,
        model: &Model,
        scores: &[f32],
        topics: &[f32],
        signs: &[(Sign, Range<usize>, usize)],
        asks: bool,
    ) -> Vec<f32> {
        let mut kinds = vec![0.0f32; Kind::ALL.len()];
        let mut open = 0.0;
        for (topic, p) in calibrated(topics, 2.0).into_iter().enumerate() {
            match self.implied(topic) {
                Some(kind) => kinds[kind.index()] += p,
                None => open += p,
            }
        }
        let features = Engine::kind_features(scores, signs, asks);
        let mut shares =
            features.map(|row| row.iter().zip(&model.tuning.kind_weights).map(|(x, w)| x * w).sum());
        softmax(&mut shares);
        for (kind, share) in OPEN.into_iter().zip(shares) {
            kinds[kind.index()] += open * share;
        }
        kinds
    }

    fn urgencies(&self, scores: &[f32], topics: &[f32], kinds: &[f32]) -> Vec<f32> {
        let mut usual = [0.04f32; 5];
        let asks = kinds[Kind::Question.index()] + kinds[Kind::Praise.index()];
        for (topic, p) in topics.iter().enumerate() {
            let urgency = usize::from(self.table.topics()[topic].urgency) - 1;
            usual[urgency] += p * (1.0 - asks);
            usual[urgency.saturating_sub(1).min(1)] += p * asks;
        }
        let mut out: Vec<f32> =
            scores.iter().zip(usual).map(|(a, b)| ln(a.max(1e-5)) + 0.5 * ln(b)).collect();
        softmax(&mut out);
        out
    }

    /// What speaks for danger to life.
    fn danger_features(
        &self,
        scores: &[Vec<f32>],
        topics: &[f32],
        urgencies: &[f32],
        signs: &[(Sign, Range<usize>, usize)],
    ) -> [f32; DANGER_FEATURES] {
        let at_once: f32 =
            topics.iter().zip(self.table.topics()).filter(|(_, t)| t.urgency == 5).map(|(p, _)| p).sum();
        let mut spots: Vec<&Range<usize>> =
            signs.iter().filter(|(sign, ..)| *sign == Sign::Danger).map(|(_, range, _)| range).collect();
        spots.sort_by_key(|range| (range.start, range.end));
        spots.dedup();
        let p = scores[Head::Danger as usize][1].clamp(0.001, 0.999);
        [
            1.0,
            ln(p / (1.0 - p)),
            at_once,
            self.emergency.map_or(0.0, |at| topics[at]),
            spots.len().min(4) as f32 / 2.0,
            urgencies[4],
        ]
    }

    /// What describes a row under a text.
    pub(crate) fn row_features(
        &self,
        row: usize,
        levels: &[f32],
        kinds: &[f32],
        signs: &[(Sign, Range<usize>, usize)],
    ) -> [f32; ROW_FEATURES] {
        let facts = &self.table.rows()[row];
        let (mut hits, mut longest) = (0usize, 0usize);
        let mut policy = 0usize;
        let mut last = usize::MAX..usize::MAX;
        for (sign, range, length) in signs {
            match sign {
                Sign::Row(of) if *of == row => {
                    if *range != last {
                        hits += 1;
                    }
                    last = range.clone();
                    longest = longest.max(*length);
                }
                Sign::Policy => policy += 1,
                _ => {}
            }
        }
        let rule = facts.level == Level::Central && facts.condition.contains("chính sách");
        let proposes = kinds[Kind::Proposal.index()] + kinds[Kind::Opinion.index()];
        let on = |yes: bool| if yes { 1.0 } else { 0.0 };
        [
            on(facts.is_default()),
            on(longest == 1),
            on(longest == 2),
            on(longest >= 3),
            hits.saturating_sub(1).min(3) as f32,
            ln(levels[facts.level as usize].max(1e-3)),
            on(rule),
            on(rule) * policy.min(3) as f32,
            on(rule) * proposes,
            on(facts.level == Level::Central && !rule),
            on(facts.is_default() && facts.level == Level::Province),
        ]
    }

    fn rows(
        &self,
        model: &Model,
        scores: &[Vec<f32>],
        topics: &[f32],
        signs: &[(Sign, Range<usize>, usize)],
        day: Date,
    ) -> Vec<(usize, f32)> {
        let mut out = Vec::new();
        let topics = &calibrated(topics, AS_ONE)[..];
        let (levels, kinds) = (&scores[Head::Level as usize], &scores[Head::Kind as usize]);
        for (topic, p) in topics.iter().enumerate().filter(|(_, p)| **p > 1e-4) {
            let of: Vec<usize> = self.table.leads(topic, day).map(|(row, _)| row).collect();
            let mut weights: Vec<f32> = of
                .iter()
                .map(|row| {
                    let features = self.row_features(*row, levels, kinds, signs);
                    features.iter().zip(&model.tuning.row).map(|(x, w)| x * w).sum()
                })
                .collect();
            if weights.is_empty() {
                continue;
            }
            softmax(&mut weights);
            out.extend(of.into_iter().zip(weights).map(|(row, weight)| (row, weight * p)));
        }
        out
    }
}

/// Probabilities made sharper (over 1) or flatter (under 1), so that they agree with what is measured.
pub(crate) fn calibrated(probabilities: &[f32], sharpness: f32) -> Vec<f32> {
    let mut out: Vec<f32> = probabilities.iter().map(|p| exp(sharpness * ln(p.max(1e-9)))).collect();
    let sum: f32 = out.iter().sum();
    for p in &mut out {
        *p /= sum.max(1e-9);
    }
    out
}
