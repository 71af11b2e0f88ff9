//! Training: vocabulary, heads, the model of rows, calibration. All of it from what ships, reproducible bit for bit.

use std::collections::HashMap;

use crate::corpus::{Example, Message, expressions};
use crate::features::{Block, Seen, see};
use crate::judge::{DANGER_FEATURES, Engine, KIND_FEATURES, OPEN, ROW_FEATURES, calibrated};
use crate::linear::{Sample, Schedule, Vector, Weights, train as train_head};
use crate::model::{HEADS, Head, Model, RARITY_STEPS, Tuning, Vocabulary};
use crate::noise;
use crate::number::{Chance, exp, ln, softmax};
use crate::suggestion::Kind;
use crate::table::{Level, Table};

/// What is trained on.
#[derive(Clone, Debug)]
pub struct Material {
    /// Examples in few words.
    pub examples: Vec<Example>,
    /// Messages as people write them; calibration is measured on them.
    pub messages: Vec<Message>,
}

/// How much work to put into it.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Rounds over all texts.
    pub rounds: usize,
    /// Into how many parts the texts are divided, each judged by a model that has not seen it, to calibrate.
    pub folds: usize,
}

impl Default for Effort {
    fn default() -> Effort {
        Effort { rounds: 14, folds: 5 }
    }
}

/// A text to train on.
struct Doc {
    seen: Seen,
    weight: f32,
    topic: usize,
    /// The rest is known of messages and examples, not of expressions.
    rest: Option<(Kind, u8, Level)>,
    /// A copy with typing errors: it teaches runs of letters and brings no words of its own.
    noisy: bool,
}

/// The questions in the order of [`Tuning`]: field, level, agency, kind, urgency.
pub(crate) const QUESTIONS: usize = 5;

impl Material {
    /// What ships.
    ///
    /// # Errors
    /// If the shipped files do not fit the table.
    pub fn shipped(table: &Table) -> Result<Material, vietnam::DataError> {
        Ok(Material {
            examples: crate::corpus::examples(crate::corpus::SHIPPED_EXAMPLES, table)?,
            messages: crate::corpus::messages(crate::corpus::SHIPPED_MESSAGES, table)?,
        })
    }

    /// All that is labelled: a group's number, the example.
    fn labelled(&self) -> Vec<(usize, &Example)> {
        let own = self.messages.iter().map(|m| (m.example.group, &m.example));
        own.chain(self.examples.iter().map(|e| (self.messages.len() + e.group, e))).collect()
    }
}

/// Trains a model for a table.
#[must_use]
pub fn train(table: &Table, material: &Material, effort: Effort) -> Model {
    let engine = Engine::new(table.clone());
    let labelled = material.labelled();
    let folds = effort.folds.max(2);
    let fold_of = fold_of(&labelled, folds);
    let plain = Tuning {
        row: vec![0.0; ROW_FEATURES],
        danger_weights: vec![0.0; DANGER_FEATURES],
        kind_weights: vec![0.0; KIND_FEATURES],
        sharpness: [1.0; QUESTIONS],
        floor: [1.1; QUESTIONS],
        measured: [[0.0; 2]; QUESTIONS],
        danger: 0.5,
        complaint: 0.5,
    };
    let mut models = Vec::new();
    for fold in 0..folds {
        let docs = docs(
            table,
            labelled.iter().enumerate().filter(|(at, _)| fold_of[*at] != fold).map(|(_, (_, e))| *e),
        );
        models.push(heads(table, &docs, effort, plain.clone()));
    }
    let row = row_weights(&engine, &models, &labelled, &fold_of);
    let kind_weights = kind_weights(&models, &engine, &labelled, &fold_of);
    let danger_weights = danger_weights(&engine, &models, &labelled, &fold_of);
    for model in &mut models {
        model.tuning.row.clone_from(&row);
        model.tuning.danger_weights.clone_from(&danger_weights);
        model.tuning.kind_weights.clone_from(&kind_weights);
    }
    let judged: Vec<(usize, &Model)> =
        (0..material.messages.len()).map(|at| (at, &models[fold_of[at]])).collect();
    let trained = Tuning { row, danger_weights, kind_weights, ..plain };
    let tuning = calibrate(&engine, material, &judged, trained);
    let docs = docs(table, labelled.iter().map(|(_, e)| *e));
    heads(table, &docs, effort, tuning)
}

/// The part that each text belongs to; a group stays together.
fn fold_of(labelled: &[(usize, &Example)], folds: usize) -> Vec<usize> {
    let mut groups: Vec<usize> = labelled.iter().map(|(group, _)| *group).collect();
    groups.sort_unstable();
    groups.dedup();
    Chance::new(0x666f_6c64).shuffle(&mut groups);
    let of: HashMap<usize, usize> =
        groups.into_iter().enumerate().map(|(at, group)| (group, at % folds)).collect();
    labelled.iter().map(|(group, _)| of[group]).collect()
}

fn docs<'a>(table: &Table, examples: impl Iterator<Item = &'a Example>) -> Vec<Doc> {
    let mut chance = Chance::new(0x6e6f_6973);
    let mut docs = Vec::new();
    for example in examples {
        let rest = Some((example.kind, example.urgency, table.rows()[example.row].level));
        docs.push(Doc { seen: see(&example.text), weight: 1.0, topic: example.topic, rest, noisy: false });
        let noisy = noise::typed(&example.text, 3, &mut chance);
        docs.push(Doc { seen: see(&noisy), weight: 0.5, topic: example.topic, rest, noisy: true });
    }
    for (text, topic, weight) in expressions(table) {
        docs.push(Doc { seen: see(&text), weight, topic, rest: None, noisy: false });
    }
    docs
}

/// Words that occur, and what occurs in two texts or more, with how rare it is.
fn vocabulary(docs: &[Doc]) -> Vocabulary {
    let mut counts: HashMap<u32, (u32, bool)> = HashMap::new();
    for doc in docs.iter().filter(|doc| !doc.noisy) {
        for feature in &doc.seen.features {
            let words = feature.block == Block::Words;
            let count = counts.entry(feature.key).or_insert((0, words));
            count.0 += 1;
        }
    }
    let mut keys: Vec<u32> =
        counts.iter().filter(|(_, (count, _))| *count >= 2).map(|(key, _)| *key).collect();
    keys.sort_unstable();
    let all = docs.iter().filter(|doc| !doc.noisy).count() as f32;
    let rarity = keys.iter().map(|key| {
        let exact = ln(1.0 + all / counts[key].0 as f32);
        ((exact * RARITY_STEPS).round() / RARITY_STEPS).min(255.0 / RARITY_STEPS)
    });
    Vocabulary { rarity: rarity.collect(), keys }
}

fn heads(table: &Table, docs: &[Doc], effort: Effort, tuning: Tuning) -> Model {
    let vocabulary = vocabulary(docs);
    let vectors: Vec<Vector> = docs.iter().map(|doc| vocabulary.vector(&doc.seen)).collect();
    let mut weights: Vec<Weights> = Vec::new();
    for head in HEADS {
        let class = |doc: &Doc| -> Option<usize> {
            let rest = doc.rest.as_ref();
            match head {
                Head::Topic => Some(doc.topic),
                Head::Kind => rest.map(|(kind, ..)| kind.index()),
                Head::Urgency => rest.map(|(_, urgency, _)| usize::from(*urgency) - 1),
                Head::Level => rest.map(|(.., level)| *level as usize),
                Head::Danger => rest.map(|(_, urgency, _)| usize::from(*urgency == 5)),
                Head::Complaint => {
                    rest.map(|(kind, ..)| usize::from(matches!(kind, Kind::Complaint | Kind::Denunciation)))
                }
            }
        };
        let classes = match head {
            Head::Topic => table.topics().len(),
            Head::Kind => Kind::ALL.len(),
            Head::Urgency => 5,
            Head::Level => Level::ALL.len(),
            Head::Danger | Head::Complaint => 2,
        };
        let samples: Vec<Sample<'_>> = docs
            .iter()
            .zip(&vectors)
            .filter_map(|(doc, vector)| Some(Sample { vector, class: class(doc)?, weight: doc.weight }))
            .collect();
        let schedule = match head {
            Head::Topic => Schedule { rounds: effort.rounds, step: 0.7, decay: 0.004 },
            _ => Schedule { rounds: effort.rounds, step: 0.25, decay: 0.02 },
        };
        weights.push(train_head(&samples, vocabulary.keys.len(), classes, schedule));
    }
    Model::of(&vocabulary, &weights, tuning)
}

/// Trains how much a row's condition counts, on texts judged by models that had not seen them.
fn row_weights(
    engine: &Engine,
    models: &[Model],
    labelled: &[(usize, &Example)],
    fold_of: &[usize],
) -> Vec<f32> {
    let day = Table::AS_OF;
    let mut choices: Vec<(Vec<[f32; ROW_FEATURES]>, usize)> = Vec::new();
    for (at, (_, example)) in labelled.iter().enumerate() {
        let of: Vec<usize> = engine.table.leads(example.topic, day).map(|(row, _)| row).collect();
        let Some(right) = of.iter().position(|row| *row == example.row) else { continue };
        let model = &models[fold_of[at]];
        let judgement = engine.judge(model, &example.text, day);
        let mut scores = model.scores(&judgement.seen);
        softmax(&mut scores[Head::Level as usize]);
        softmax(&mut scores[Head::Kind as usize]);
        let features = of
            .iter()
            .map(|row| {
                engine.row_features(
                    *row,
                    &scores[Head::Level as usize],
                    &scores[Head::Kind as usize],
                    &judgement.signs,
                )
            })
            .collect();
        choices.push((features, right));
    }
    choice_weights(&choices)
}

/// Trains how much a sign of a kind counts, on texts judged by models that had not seen them.
fn kind_weights(
    models: &[Model],
    engine: &Engine,
    labelled: &[(usize, &Example)],
    fold_of: &[usize],
) -> Vec<f32> {
    let mut choices = Vec::new();
    for (at, (_, example)) in labelled.iter().enumerate() {
        let Some(right) = OPEN.iter().position(|kind| *kind == example.kind) else { continue };
        let model = &models[fold_of[at]];
        let judgement = engine.judge(model, &example.text, Table::AS_OF);
        let mut scores = model.scores(&judgement.seen);
        softmax(&mut scores[Head::Kind as usize]);
        let asks = example.text.contains('?');
        choices.push((
            Engine::kind_features(&scores[Head::Kind as usize], &judgement.signs, asks).to_vec(),
            right,
        ));
    }
    choice_weights(&choices)
}

/// Trains the weights under which what was right is chosen.
fn choice_weights<const N: usize>(choices: &[(Vec<[f32; N]>, usize)]) -> Vec<f32> {
    let mut weights = vec![0.0f32; N];
    for round in 0..60 {
        let step = 0.05 / (1.0 + round as f32 * 0.1);
        for (features, right) in choices {
            let mut p: Vec<f32> =
                features.iter().map(|row| row.iter().zip(&weights).map(|(x, w)| x * w).sum()).collect();
            softmax(&mut p);
            for (row, (features, p)) in features.iter().zip(&p).enumerate() {
                let slope = p - f32::from(u8::from(row == *right));
                for (weight, x) in weights.iter_mut().zip(features) {
                    *weight -= step * slope * x;
                }
            }
        }
    }
    weights
}

/// Trains what speaks for danger to life, on texts judged by models that had not seen them.
fn danger_weights(
    engine: &Engine,
    models: &[Model],
    labelled: &[(usize, &Example)],
    fold_of: &[usize],
) -> Vec<f32> {
    let facts: Vec<([f32; DANGER_FEATURES], f32)> = labelled
        .iter()
        .enumerate()
        .map(|(at, (_, example))| {
            let judgement = engine.judge(&models[fold_of[at]], &example.text, Table::AS_OF);
            (judgement.danger_features, f32::from(u8::from(example.urgency == 5)))
        })
        .collect();
    let mut weights = vec![0.0f32; DANGER_FEATURES];
    for round in 0..60 {
        let step = 0.05 / (1.0 + round as f32 * 0.1);
        for (features, meant) in &facts {
            let sum: f32 = features.iter().zip(&weights).map(|(x, w)| x * w).sum();
            let slope = 1.0 / (1.0 + exp(-sum)) - meant;
            for (weight, x) in weights.iter_mut().zip(features) {
                *weight -= step * slope * x;
            }
        }
    }
    weights
}

/// What was answered to a question, and whether it was right.
struct Answered {
    probabilities: Vec<f32>,
    right: Vec<usize>,
}

/// Sharpness and floors, measured on messages judged by models that had not seen them.
fn calibrate(engine: &Engine, material: &Material, judged: &[(usize, &Model)], trained: Tuning) -> Tuning {
    let mut answered: [Vec<Answered>; QUESTIONS] = Default::default();
    let (mut danger, mut complaint) = (Vec::new(), Vec::new());
    for (at, model) in judged {
        let message = &material.messages[*at];
        let example = &message.example;
        let judgement = engine.judge(model, &example.text, Table::AS_OF);
        danger.push((judgement.danger, example.urgency == 5));
        complaint.push((judgement.complaint, matches!(example.kind, Kind::Complaint | Kind::Denunciation)));
        let (levels, agencies) = crate::suggest::by_body(&engine.table, &judgement.rows);
        let agency = agencies.iter().position(|(agency, _)| **agency == message.agency);
        let mut push = |question: usize, probabilities: Vec<f32>, right: Vec<usize>| {
            answered[question].push(Answered { probabilities, right });
        };
        push(
            0,
            judgement.topics,
            [Some(example.topic), example.second_topic].into_iter().flatten().collect(),
        );
        push(1, levels.to_vec(), vec![message.level as usize]);
        push(2, agencies.iter().map(|(_, p)| *p).collect(), agency.into_iter().collect());
        push(3, judgement.kinds, vec![example.kind.index()]);
        push(4, judgement.urgencies, vec![usize::from(example.urgency) - 1]);
    }
    let mut tuning = Tuning {
        danger: threshold(&danger, 0.95).max(alarms(&danger, 0.05)),
        complaint: threshold(&complaint, 0.97).max(alarms(&complaint, 0.02)),
        ..trained
    };
    for (question, answered) in answered.iter().enumerate() {
        let sharpness = sharpness(answered);
        let mut firsts: Vec<(f32, bool)> = answered.iter().map(|a| first(a, sharpness)).collect();
        firsts.sort_by(|a, b| b.0.total_cmp(&a.0));
        tuning.sharpness[question] = sharpness;
        let (mut right, all) = (0usize, firsts.len() as f32);
        for (at, (confidence, is_right)) in firsts.iter().enumerate() {
            right += usize::from(*is_right);
            let precision = right as f32 / (at + 1) as f32;
            if at + 1 >= 30 && precision >= 0.955 {
                tuning.floor[question] = *confidence;
                tuning.measured[question] = [precision, (at + 1) as f32 / all];
            }
        }
    }
    tuning
}

/// The confidence of the first answer, and whether it was right.
fn first(answered: &Answered, sharpness: f32) -> (f32, bool) {
    let p = calibrated(&answered.probabilities, sharpness);
    let best = (0..p.len()).max_by(|a, b| p[*a].total_cmp(&p[*b])).unwrap_or(0);
    (p.get(best).copied().unwrap_or(0.0), answered.right.contains(&best))
}

/// The exponent under which what happened was likeliest.
fn sharpness(answered: &[Answered]) -> f32 {
    let mut best = (f32::NEG_INFINITY, 1.0);
    for step in 4..=40 {
        let sharpness = step as f32 * 0.05;
        let mut sum = 0.0f32;
        for one in answered {
            let (confidence, right) = first(one, sharpness);
            let p = confidence.clamp(0.001, 0.999);
            sum += if right { ln(p) } else { ln(1.0 - p) };
        }
        if sum > best.0 {
            best = (sum, sharpness);
        }
    }
    best.1
}

/// The highest probability at which at least this share of what is meant is found.
fn threshold(scored: &[(f32, bool)], recall: f32) -> f32 {
    let mut scored: Vec<(f32, bool)> = scored.iter().copied().filter(|(_, meant)| *meant).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let wanted = (recall * scored.len() as f32).ceil() as usize;
    scored.get(wanted.saturating_sub(1)).map_or(0.5, |(p, _)| *p * 0.98)
}

/// The lowest probability at which at most this share of what is not meant is told.
fn alarms(scored: &[(f32, bool)], share: f32) -> f32 {
    let mut others: Vec<f32> = scored.iter().filter(|(_, meant)| !meant).map(|(p, _)| *p).collect();
    others.sort_by(|a, b| b.total_cmp(a));
    others.get((share * others.len() as f32) as usize).copied().unwrap_or(0.0)
}
