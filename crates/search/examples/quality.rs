//! How well search finds, beside SQLite's FTS5 and plain BM25 over syllables, on relevance judgements built from real data.
//!
//!     cargo run --release -p search --example quality -- DATA
//!
//! DATA holds `documents`, `procedures` and `petitions` (see `quality/judgements.rs` for how each judgement is made).
//! Queries are divided by a hash of their text: those to tune by, and those held out, of which alone the figures speak.
//! Printed are nDCG@10, recall@10 and MRR, intact, without diacritics, and with one edit in a third of the words, and the
//! difference in nDCG@10 to the better of the two others with its 95 % interval by bootstrap.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a measurement on a developer's machine: what is missing ends it"
)]

#[path = "quality/judgements.rs"]
mod judgements;
#[path = "quality/others.rs"]
mod others;
#[path = "quality/score.rs"]
mod score;

use judgements::{Judged, Set};
use others::{Bm25, Fts};
use search::{Ask, Index, Key, Weights};

/// What a way of typing makes of a query; the number makes each mistake another.
type Way = fn(&str, u64) -> String;

/// How a query is typed.
const WAYS: [(&str, Way); 4] = [
    ("intact", |text, _| text.to_owned()),
    ("no diacritics", |text, _| vietnam::text::fold(text)),
    ("one edit in 3 words", judgements::mistyped),
    ("both", |text, seed| vietnam::text::fold(&judgements::mistyped(text, seed))),
];

#[tokio::main]
async fn main() {
    let mut args = std::env::args().skip(1);
    let data = args.next().expect("usage: quality DATA [tune]");
    let tune = args.next().is_some();
    for set in judgements::sets(std::path::Path::new(&data)) {
        measure(&set, tune).await;
    }
}

async fn measure(set: &Set, tune: bool) {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::begin(folder.path(), "quality").unwrap();
    let mut writer = index.writer(1).unwrap();
    for (place, item) in set.items.iter().enumerate() {
        writer.add(&item.entry(Key { log: 1, item: place as u128 })).unwrap();
    }
    writer.commit().unwrap();
    writer.close().unwrap();
    let bm25 = Bm25::of(&set.items);
    let mut fts = Fts::of(&set.items).await;
    let queries: Vec<&Judged> = set.queries.iter().filter(|query| query.held_out() != tune).collect();
    println!(
        "\n{} – {} items, {} queries {}",
        set.name,
        set.items.len(),
        queries.len(),
        if tune { "to tune by" } else { "held out" }
    );
    println!(
        "{:>20} | {:^23} | {:^23} | {:^23} | ours − better other, 95 %",
        "", "ours", "FTS5 (OR, bm25)", "BM25 over syllables"
    );
    println!("{:>20} | nDCG@10 recall@10   MRR | nDCG@10 recall@10   MRR | nDCG@10 recall@10   MRR |", "");
    let weights = Weights::default();
    for (way, typed) in WAYS {
        let mut told: [Vec<score::Score>; 3] = Default::default();
        for (seed, query) in queries.iter().enumerate() {
            let text = typed(&query.text, seed as u64 + 1);
            let plan = index.plan(&text, &weights).unwrap();
            let found = index.find(&plan, &Ask { most: 10, ..Ask::default() }, &weights).unwrap();
            let ours: Vec<usize> = found.hits.iter().map(|hit| hit.key.item as usize).collect();
            for (told, found) in told.iter_mut().zip([ours, fts.find(&text).await, bm25.find(&text)]) {
                told.push(score::Score::of(&found, &query.good));
            }
        }
        let means = told.each_ref().map(|all| score::mean(all));
        let other = if means[1].ndcg >= means[2].ndcg { &told[1] } else { &told[2] };
        let (low, middle, high) = score::difference(&told[0], other);
        let shown = means.map(|m| format!("  {:.3}     {:.3}   {:.3}", m.ndcg, m.recall, m.mrr));
        println!(
            "{way:>20} | {} | {} | {} | {middle:+.3} [{low:+.3}, {high:+.3}]",
            shown[0], shown[1], shown[2]
        );
    }
}
