//! Measures of a ranking, and how sure a difference between two is.

/// What one query's ten results are worth.
#[derive(Clone, Copy, Debug, Default)]
pub struct Score {
    pub ndcg: f64,
    pub recall: f64,
    pub mrr: f64,
}

impl Score {
    /// Of the items found, best first, against those that are good.
    pub fn of(found: &[usize], good: &[usize]) -> Score {
        let gain = |at: usize| 1.0 / (at as f64 + 2.0).log2();
        let at: Vec<usize> = (0..found.len().min(10)).filter(|at| good.contains(&found[*at])).collect();
        let best: f64 = (0..good.len().min(10)).map(gain).sum();
        Score {
            ndcg: at.iter().map(|at| gain(*at)).sum::<f64>() / best,
            recall: at.len() as f64 / good.len().min(10) as f64,
            mrr: at.first().map_or(0.0, |at| 1.0 / (*at as f64 + 1.0)),
        }
    }
}

/// The mean of each measure.
pub fn mean(all: &[Score]) -> Score {
    let n = all.len().max(1) as f64;
    Score {
        ndcg: all.iter().map(|s| s.ndcg).sum::<f64>() / n,
        recall: all.iter().map(|s| s.recall).sum::<f64>() / n,
        mrr: all.iter().map(|s| s.mrr).sum::<f64>() / n,
    }
}

/// The mean difference in nDCG@10 over the same queries, with the bounds between which 95 % of 2,000 resamplings lie.
pub fn difference(ours: &[Score], other: &[Score]) -> (f64, f64, f64) {
    let each: Vec<f64> = ours.iter().zip(other).map(|(a, b)| a.ndcg - b.ndcg).collect();
    let n = each.len();
    if n == 0 {
        return (0.0, 0.0, 0.0);
    }
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut means: Vec<f64> = (0..2_000)
        .map(|_| {
            let sum: f64 = (0..n)
                .map(|_| {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    each[state as usize % n]
                })
                .sum();
            sum / n as f64
        })
        .collect();
    means.sort_by(f64::total_cmp);
    (means[50], each.iter().sum::<f64>() / n as f64, means[1_949])
}
