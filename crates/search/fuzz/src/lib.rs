//! What must hold for any text that somebody types.

use search::passage::passage;
use search::query::{MOST, Query};
use search::spelling::Lexicon;
use search::{Plan, Weights};

/// A query is read, planned and looked for within bounds, whatever an index holds.
pub fn query(text: &str) {
    let query = Query::read(text);
    assert!(query.words.len() <= MOST && query.words.iter().all(|word| !word.folded.is_empty()));
    // An index that has some of everything, and of nothing too much: every branch of the plan is taken.
    let count = |term: &str| term.bytes().map(u64::from).sum::<u64>() % 97 * 31;
    let plan = Plan::of(&query, &Lexicon { rows: 3_000, count: &count }, &Weights::default());
    assert!(plan.words.len() <= MOST && plan.meant.len() == plan.words.len());
    assert!(plan.terms.len() < MOST * 40, "{}", plan.terms.len());
    assert!(plan.terms.iter().all(|term| term.weight.is_finite() && term.weight >= 0.0));
    if let Some(runs) = passage(text, &plan) {
        assert!(runs.iter().any(|run| !run.text.is_empty()));
    }
}
