//! Multinomial logistic regression over sparse features, trained by gradient steps whose length adapts to each feature.
//!
//! One thread, a fixed order, no operation whose bits depend on the machine: trained twice, the same bytes come out.

use crate::number::{Chance, softmax};

/// A text as a row of numbers: place in the vocabulary, value.
pub(crate) type Vector = Vec<(u32, f32)>;

/// A text with its class.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample<'a> {
    pub(crate) vector: &'a Vector,
    pub(crate) class: usize,
    pub(crate) weight: f32,
}

/// How to train.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schedule {
    pub(crate) rounds: usize,
    pub(crate) step: f32,
    /// How much of each weight is given up a round.
    pub(crate) decay: f32,
}

/// Weights, feature by feature.
#[derive(Clone, Debug)]
pub(crate) struct Weights {
    pub(crate) classes: usize,
    pub(crate) bias: Vec<f32>,
    pub(crate) by_feature: Vec<f32>,
}

impl Weights {
    /// The scores of the classes.
    pub(crate) fn scores(&self, vector: &[(u32, f32)]) -> Vec<f32> {
        let mut scores = self.bias.clone();
        for (feature, value) in vector {
            let from = *feature as usize * self.classes;
            for (score, weight) in scores.iter_mut().zip(&self.by_feature[from..from + self.classes]) {
                *score += weight * value;
            }
        }
        scores
    }
}

/// Trains.
pub(crate) fn train(samples: &[Sample<'_>], features: usize, classes: usize, schedule: Schedule) -> Weights {
    let mut weights =
        Weights { classes, bias: vec![0.0; classes], by_feature: vec![0.0; features * classes] };
    let mut steps = vec![0.05f32; features];
    let mut chance = Chance::new(0x6e68_6970_6361_7530);
    let mut order: Vec<usize> = (0..samples.len()).collect();
    for round in 0..schedule.rounds {
        chance.shuffle(&mut order);
        let step = schedule.step / (1.0 + round as f32 * 0.15);
        for index in &order {
            let sample = samples[*index];
            let mut slope = weights.scores(sample.vector);
            softmax(&mut slope);
            slope[sample.class] -= 1.0;
            let mut size = 0.0;
            for s in &mut slope {
                *s *= sample.weight;
                size += *s * *s;
            }
            if size < 1e-8 {
                continue;
            }
            for (bias, s) in weights.bias.iter_mut().zip(&slope) {
                *bias -= 0.02 * step * s;
            }
            for (feature, value) in sample.vector {
                let at = *feature as usize;
                steps[at] += size * value * value;
                let by = step * value / steps[at].sqrt();
                let from = at * classes;
                for (weight, s) in weights.by_feature[from..from + classes].iter_mut().zip(&slope) {
                    *weight -= by * s;
                }
            }
        }
        let keep = 1.0 - schedule.decay;
        for weight in &mut weights.by_feature {
            *weight *= keep;
        }
    }
    weights
}
