//! How fast search is, at 50,000 and at 1 million items recombined from real articles.
//!
//!     cargo run --release -p search --example speed -- DATA [ITEMS…]
//!
//! DATA holds `documents` and `petitions`. An item is made of sentences of several real articles of one topic, so that it
//! reads like one and none stands twice; how the vocabulary grows is printed, and that there are no duplicates. Queries are
//! the titles of articles and the questions of the Ministry of Health, with and without diacritics, one after another on one
//! thread, warm, ten results each. The index stands in a temporary folder and is removed at the end.
#![allow(clippy::unwrap_used, reason = "a measurement on a developer's machine: what is missing ends it")]

use std::collections::HashSet;
use std::path::Path;
use std::time::Instant;

use jiff::civil::date;
use search::fold::folded;
use search::{Ask, Entry, Index, Key};
use serde_json::Value;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let data = args.first().expect("usage: speed DATA [ITEMS…]");
    let sizes: Vec<usize> = args[1..].iter().filter_map(|n| n.parse().ok()).collect();
    let articles = articles(Path::new(data));
    let queries = queries(Path::new(data), &articles);
    for size in if sizes.is_empty() { vec![50_000, 1_000_000] } else { sizes } {
        measure(size, &articles, &queries);
    }
}

struct Article {
    title: String,
    topic: String,
    sentences: Vec<String>,
}

fn articles(data: &Path) -> Vec<Article> {
    let text = std::fs::read_to_string(data.join("documents/codified_law_7topics.jsonl")).unwrap();
    let all = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let field = |one: &Value, name: &str| one[name].as_str().unwrap_or_default().to_owned();
    let mut articles: Vec<Article> = all
        .map(|one| Article {
            title: field(&one, "title"),
            topic: field(&one, "topic"),
            sentences: field(&one, "text")
                .split_inclusive(['.', ';', '\n'])
                .filter(|s| s.trim().chars().count() > 20)
                .map(|s| s.trim().to_owned())
                .collect(),
        })
        .filter(|article| !article.sentences.is_empty())
        .collect();
    articles.sort_by(|a, b| a.topic.cmp(&b.topic));
    articles
}

/// Chance that is the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % most.max(1)
    }
}

/// An item's title and text: a real title, its number, and four to nine sentences of articles near it.
fn item(n: usize, articles: &[Article], dice: &mut Dice) -> (String, String) {
    let base = dice.below(articles.len());
    let near = |dice: &mut Dice| {
        let at = (base + dice.below(40)).min(articles.len() - 1);
        let article = &articles[at];
        article.sentences[dice.below(article.sentences.len())].clone()
    };
    let count = 4 + dice.below(6);
    let sentences: Vec<String> = (0..count).map(|_| near(dice)).collect();
    let title = format!("{} – {}/{}/QĐ-UBND", articles[base].title, n % 9_000 + 1, 2000 + n / 9_000 % 26);
    (title, sentences.join("\n"))
}

fn queries(data: &Path, articles: &[Article]) -> Vec<String> {
    let mut all: Vec<String> = articles.iter().step_by(7).map(|article| article.title.clone()).collect();
    let mut reader = csv::Reader::from_path(data.join("petitions/moh_public_service_qa.csv")).unwrap();
    all.extend(reader.records().flatten().map(|row| row[1].to_owned()));
    let plain: Vec<String> = all.iter().map(|text| vietnam::text::fold(text)).collect();
    all.extend(plain);
    all
}

fn measure(size: usize, articles: &[Article], queries: &[String]) {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::begin(folder.path(), "speed").unwrap();
    let mut writer = index.writer(2).unwrap();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let (mut seen, mut vocabulary) = (HashSet::new(), HashSet::new());
    let (mut twice, mut bytes, mut made) = (0, 0, 0.0);
    let began = Instant::now();
    for n in 0..size {
        let start = Instant::now();
        let (title, text) = item(n, articles, &mut dice);
        bytes += title.len() + text.len();
        let whole = folded(&text);
        twice += usize::from(!seen.insert(judged(&title, &whole)));
        if n % 50 == 0 {
            let words: Vec<&str> = whole.split([' ', '\n']).collect();
            vocabulary.extend(words.windows(2).map(|two| two.join(" ")));
        }
        if (n + 1) % (size / 5).max(1) == 0 {
            println!("  {:>9} items: {} pairs in every fiftieth of them", n + 1, vocabulary.len());
        }
        made += start.elapsed().as_secs_f64();
        writer
            .add(&Entry {
                key: Key { log: (n % 3_400) as i64, item: n as u128 },
                title: &title,
                names: Vec::new(),
                number: None,
                summary: "",
                text: &text,
                facets: vec![format!("kind:{}", ["document", "news", "notice"][n % 3])],
                day: date(2000 + (n / 9_000 % 26) as i16, 1 + (n % 12) as i8, 1 + (n % 28) as i8),
                from: None,
                until: None,
            })
            .unwrap();
    }
    writer.commit().unwrap();
    let indexed = began.elapsed().as_secs_f64() - made;
    writer.close().unwrap();
    println!(
        "{size} items of {} bytes in the mean, {twice} twice; indexed at {:.0} items/s",
        bytes / size,
        size as f64 / indexed
    );
    let (mut clock, mut worked) = (Vec::new(), Vec::new());
    for round in 0..2 {
        for query in queries {
            let (start, began) = (Instant::now(), on_processor());
            let found = index.search(query, &Ask { most: 10, ..Ask::default() }).unwrap();
            if round == 1 {
                clock.push(start.elapsed().as_secs_f64() * 1e3);
                worked.push((on_processor() - began) * 1e3);
            }
            assert!(found.hits.len() <= 10);
        }
    }
    for (name, mut times) in [("by the clock", clock), ("on the processor", worked)] {
        times.sort_by(f64::total_cmp);
        let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
        let (p50, p90, p99, most) = (at(0.5), at(0.9), at(0.99), at(1.0));
        println!(
            "{} queries {name}: p50 {p50:.2} ms, p90 {p90:.2} ms, p99 {p99:.2} ms, most {most:.2} ms",
            times.len()
        );
    }
}

/// Seconds that this thread has been on a processor, where Linux tells: on a busy machine the clock tells of others' work.
fn on_processor() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    told.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

fn judged(title: &str, text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    (title, text).hash(&mut hasher);
    hasher.finish()
}
