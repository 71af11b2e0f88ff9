//! How long a suggestion takes: `cargo run --release -p routing --example latency`.

use std::time::Instant;

use routing::Suggester;
use routing::corpus::{SHIPPED_HELD_OUT, SHIPPED_MESSAGES, messages};
use routing::table::Table;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let table = Table::shipped();
    let started = Instant::now();
    let suggester = Suggester::shipped();
    let _ = suggester.suggest("đường hư", None, Table::AS_OF);
    println!("made ready in {:?}", started.elapsed());
    let mut texts: Vec<String> = Vec::new();
    for set in [SHIPPED_MESSAGES, SHIPPED_HELD_OUT] {
        texts.extend(messages(set, table)?.into_iter().map(|m| m.example.text));
    }
    // And as long as a petition may be.
    let long: Vec<String> =
        texts.chunks(24).map(|some| some.join(" ").chars().take(4_000).collect()).collect();
    for (name, texts) in [("messages", &texts), ("texts of 4,000 characters", &long)] {
        // The least of ten runs of each text: what else runs on the machine is no property of the text.
        let mut times: Vec<_> = texts
            .iter()
            .filter_map(|text| {
                let run = |_| {
                    let started = Instant::now();
                    let _ = suggester.suggest(text, None, Table::AS_OF);
                    started.elapsed()
                };
                (0..10).map(run).min()
            })
            .collect();
        times.sort_unstable();
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
        println!(
            "{name}, {} of them: median {:?}, p99 {:?}, longest {:?}",
            times.len(),
            at(0.5),
            at(0.99),
            at(1.0)
        );
    }
    Ok(())
}
