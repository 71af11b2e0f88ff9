//! Relevance judgements built from real data, and how.
//!
//! - **titles → documents**: items are the records of the gazette; the query is a run of a third to two thirds of the
//!   syllables of one's abstract, somewhere in it; good is every record with the same abstract.
//! - **articles**: items are the articles of the codified law, title and text; the query is an article's title, where at
//!   most three articles bear it; the title is taken out of the item, so only the text can answer.
//! - **cited numbers → documents**: items are the records of the gazette with their abstracts; the query is a number that
//!   another record cites, in one of five shapes that people type; good is every record with that number.
//! - **questions → answers**: items are the answers of the Ministry of Health and the procedures; the query is the question;
//!   good is every answer given to a question of the same words.
//! - **questions → procedures**: items are the procedures; the query is a title from another portal's list of procedures;
//!   good are the procedures whose names have nine tenths of their syllables in common with it, of at most five.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use jiff::civil::date;
use search::fold::folded;
use search::{Entry, Key};
use serde_json::Value;
use vietnam::number::DocumentNumber;

/// Something that can be found.
#[derive(Clone, Default)]
pub struct Item {
    pub title: String,
    pub form: String,
    pub number: String,
    pub agency: String,
    pub summary: String,
    pub text: String,
}

impl Item {
    pub fn entry(&self, key: Key) -> Entry<'_> {
        let names = [&self.form, &self.number, &self.agency].into_iter().map(String::as_str);
        Entry {
            key,
            title: &self.title,
            names: names.filter(|name| !name.is_empty()).collect(),
            number: self.number.parse::<DocumentNumber>().ok(),
            summary: &self.summary,
            text: &self.text,
            facets: Vec::new(),
            day: date(2026, 1, 1),
            from: None,
            until: None,
        }
    }

    /// Title, form, number and agency: every system is given the same.
    pub fn whole_title(&self) -> String {
        [&self.title, &self.form, &self.number, &self.agency].map(String::as_str).join(" ")
    }
}

/// A query and what answers it.
pub struct Judged {
    pub text: String,
    pub good: Vec<usize>,
}

impl Judged {
    /// Half of all queries, by a hash of their text.
    pub fn held_out(&self) -> bool {
        hash(&self.text).is_multiple_of(2)
    }
}

/// Items and queries of one kind.
pub struct Set {
    pub name: &'static str,
    pub items: Vec<Item>,
    pub queries: Vec<Judged>,
}

/// So many queries of a set at most, taken evenly.
const MOST: usize = 600;

pub fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_default().trim().to_owned()
}

pub fn sets(data: &Path) -> Vec<Set> {
    vec![titles(data), articles(data), numbers(data), answers(data), procedures(data)]
}

fn spread(mut queries: Vec<Judged>) -> Vec<Judged> {
    queries.sort_by_key(|query| hash(&query.text));
    queries.dedup_by(|a, b| a.text == b.text);
    queries.truncate(2 * MOST);
    queries
}

fn records(data: &Path) -> Vec<Item> {
    lines(&data.join("documents/gazette.jsonl"))
        .iter()
        .map(|one| Item {
            title: text(one, "abstract"),
            form: text(one, "type"),
            number: text(one, "number"),
            agency: text(one, "agency"),
            ..Item::default()
        })
        .collect()
}

fn grouped(items: &[Item], by: impl Fn(&Item) -> String) -> HashMap<String, Vec<usize>> {
    let mut groups: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, item) in items.iter().enumerate() {
        groups.entry(by(item)).or_default().push(place);
    }
    groups
}

fn titles(data: &Path) -> Set {
    let items = records(data);
    let groups = grouped(&items, |item| folded(&item.title));
    let queries = items.iter().filter_map(|item| {
        let words: Vec<&str> = item.title.split_whitespace().collect();
        let seed = hash(&item.title) as usize;
        let long = words.len() / 3 + seed % (words.len() / 3).max(1);
        let from = (seed >> 16) % (words.len() - long).max(1);
        (words.len() >= 9 && long >= 4).then(|| Judged {
            text: words[from..from + long].join(" "),
            good: groups[&folded(&item.title)].clone(),
        })
    });
    Set { name: "titles → documents", queries: spread(queries.collect()), items }
}

fn articles(data: &Path) -> Set {
    let all = lines(&data.join("documents/codified_law_7topics.jsonl"));
    let titles: Vec<String> = all.iter().map(|one| text(one, "title")).collect();
    let mut groups: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, title) in titles.iter().enumerate() {
        groups.entry(folded(title)).or_default().push(place);
    }
    let items = all.iter().map(|one| Item { text: text(one, "text"), ..Item::default() }).collect();
    let queries = groups
        .into_values()
        .filter(|good| good.len() <= 3)
        .map(|good| Judged { text: titles[good[0]].clone(), good });
    let queries = queries.filter(|query| query.text.split_whitespace().count() >= 3);
    Set { name: "titles of articles → their texts", queries: spread(queries.collect()), items }
}

fn numbers(data: &Path) -> Set {
    let items = records(data);
    let groups = grouped(&items, |item| item.number.clone());
    let relations = std::fs::read_to_string(data.join("documents/gazette_relations.csv")).unwrap();
    let cited: HashSet<&str> = relations.lines().skip(1).filter_map(|line| line.split(',').nth(2)).collect();
    let mut cited: Vec<&str> = cited.into_iter().filter(|number| groups.contains_key(*number)).collect();
    cited.sort_unstable();
    let queries = cited.iter().map(|number| {
        let parts: Vec<&str> = number.splitn(3, '/').collect();
        let form = items[groups[*number][0]].form.to_lowercase();
        let symbol = parts.last().unwrap_or(&"");
        let code = symbol.split('-').next().unwrap_or_default().to_lowercase();
        let typed = match (hash(number) % 5, parts.as_slice()) {
            (0, [serial, year, _]) => format!("{code} {serial} {year}"),
            (1, [serial, year, _]) => format!("{form} {serial} năm {year}"),
            (2, [serial, year, _]) => format!("{form} số {serial}/{year}"),
            (3, _) => number.to_lowercase(),
            _ => (*number).to_owned(),
        };
        Judged { text: typed, good: groups[*number].clone() }
    });
    let queries = spread(queries.collect());
    Set { name: "cited numbers → documents", queries, items }
}

fn answers(data: &Path) -> Set {
    let mut items = Vec::new();
    let mut asked: HashMap<String, (String, Vec<usize>)> = HashMap::new();
    let path = data.join("petitions/moh_public_service_qa.csv");
    let mut reader = csv::Reader::from_path(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    for row in reader.records().flatten() {
        let question = row[1].to_owned();
        asked.entry(folded(&question)).or_insert((question, Vec::new())).1.push(items.len());
        items.push(Item { text: row[2].to_owned(), ..Item::default() });
    }
    items.extend(lines(&data.join("procedures/procedures.jsonl")).iter().map(procedure));
    let queries = asked.into_values().map(|(text, good)| Judged { text, good });
    Set { name: "questions → answers", queries: spread(queries.collect()), items }
}

fn procedure(one: &Value) -> Item {
    Item {
        title: text(one, "name"),
        agency: text(one, "authority"),
        summary: text(one, "field"),
        text: ["steps", "how", "conditions"].map(|field| text(one, field)).join("\n"),
        ..Item::default()
    }
}

fn procedures(data: &Path) -> Set {
    let items: Vec<Item> = lines(&data.join("procedures/procedures.jsonl")).iter().map(procedure).collect();
    let sets: Vec<HashSet<String>> = items.iter().map(|item| syllables(&item.title)).collect();
    let path = data.join("petitions/public_service_titles.csv");
    let mut reader = csv::Reader::from_path(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut queries = Vec::new();
    for row in reader.records().flatten() {
        let title = row[1].to_owned();
        let own = syllables(&title);
        let alike = |other: &HashSet<String>| {
            own.intersection(other).count() as f64 >= 0.8 * own.union(other).count() as f64
        };
        let good: Vec<usize> = (0..items.len()).filter(|at| alike(&sets[*at])).collect();
        // The same words prove nothing: only other wordings are asked.
        let same = good.iter().any(|at| folded(&items[*at].title) == folded(&title));
        if (1..=5).contains(&good.len()) && !same {
            queries.push(Judged { text: title, good });
        }
    }
    Set { name: "other portals' wordings → procedures", queries: spread(queries), items }
}

fn syllables(text: &str) -> HashSet<String> {
    folded(text).split([' ', '\n']).map(str::to_owned).collect()
}

/// One letter of about every third word left out, doubled, changed for its neighbour on the keyboard, or moved.
pub fn mistyped(text: &str, seed: u64) -> String {
    let mut state = hash(text) ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize % below.max(1)
    };
    let word = |word: &str| -> String {
        let mut letters: Vec<char> = word.chars().collect();
        if letters.len() < 2 || !letters.iter().all(|c| c.is_alphabetic()) || next(10) >= 3 {
            return word.to_owned();
        }
        let at = next(letters.len());
        match next(4) {
            0 => {
                letters.remove(at);
            }
            1 => letters.insert(at, letters[at]),
            2 => letters[at] = "qwertyuiopasdfghjklzxcvbnm".chars().nth(next(26)).unwrap_or('x'),
            _ => {
                let other = (at + 1).min(letters.len() - 1);
                letters.swap(at, other);
            }
        }
        letters.into_iter().collect()
    };
    text.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}
