//! Full-text search over Vietnamese public texts. The only crate that names tantivy.
//!
//! An item is [folded](fold) into syllables and pairs of neighbouring syllables, [part by part](parts); with or without
//! diacritics, both ways of typing find the same. What somebody types is [read](query::Query), [corrected](spelling) by its
//! neighbours, widened by [other names](names), and becomes a [plan](plan::Plan), which two bounded stages [carry
//! out](find). Decisions are pure; there is no clock, and the index can always be built again from what it was given.
//!
//! ```
//! use jiff::civil::date;
//! use search::{Ask, Entry, Index, Key};
//!
//! let folder = tempfile::tempdir()?;
//! let index = Index::begin(folder.path(), "an example")?;
//! let mut writer = index.writer(1)?;
//! let key = Key { log: 1, item: 7 };
//! writer.add(&Entry {
//!     key,
//!     title: "Nghị định quy định về đăng ký khai sinh",
//!     names: vec!["Chính phủ"],
//!     number: "42/2022/NĐ-CP".parse().ok(),
//!     summary: "",
//!     text: "Điều 1. Phạm vi\nNghị định này …",
//!     facets: vec!["kind:document".to_owned()],
//!     day: date(2022, 6, 24),
//!     from: None,
//!     until: None,
//! })?;
//! writer.commit()?;
//! for typed in ["dang ky khai sinh", "đăng kí khai sihn", "nd 42 2022", "dangkykhaisinh", "ddawng kys khai sinh"] {
//!     let found = index.search(typed, &Ask { most: 10, ..Ask::default() })?;
//!     assert_eq!(found.hits[0].key, key, "{typed}");
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod entry;
pub mod find;
pub mod fold;
pub mod index;
pub mod names;
pub mod numbers;
pub mod parts;
pub mod passage;
pub mod phrase;
pub mod plan;
pub mod query;
mod schema;
mod segment;
pub mod spelling;
mod tokens;

use std::cell::RefCell;
use std::collections::HashMap;

pub use entry::{Entry, Key};
pub use find::{Ask, Found, Hit, Order};
pub use index::{Index, IndexError, Writer};
pub use plan::{Plan, Weights};
pub use query::{Query, Word};
pub use schema::FORMAT;

use segment::Piece;
use spelling::Lexicon;

/// So many endings are looked for of what is only begun.
const ENDS: usize = 6;

impl Index {
    /// The plan for what was typed, by what stands in this index.
    ///
    /// # Errors
    /// When the index is damaged.
    pub fn plan(&self, typed: &str, weights: &Weights) -> Result<Plan, IndexError> {
        let searcher = self.reader.searcher();
        let pieces = searcher
            .segment_readers()
            .iter()
            .map(|reader| Piece::open(reader, &self.fields))
            .collect::<Result<Vec<_>, _>>()?;
        let known: RefCell<HashMap<String, u64>> = RefCell::default();
        let broken: RefCell<Option<IndexError>> = RefCell::default();
        let count = |term: &str| {
            if let Some(rows) = known.borrow().get(term) {
                return *rows;
            }
            let rows = pieces.iter().map(|piece| piece.count(term)).sum::<Result<u64, _>>();
            let rows = rows.unwrap_or_else(|error| {
                broken.borrow_mut().replace(error);
                0
            });
            known.borrow_mut().insert(term.to_owned(), rows);
            rows
        };
        let plan =
            Plan::of(&Query::read(typed), &Lexicon { rows: searcher.num_docs(), count: &count }, weights);
        match broken.into_inner() {
            Some(error) => Err(error),
            None => Ok(plan),
        }
    }

    /// The plan for what somebody is still typing: the last syllable may be only begun.
    ///
    /// # Errors
    /// When the index is damaged.
    pub fn begun(&self, typed: &str, weights: &Weights) -> Result<Plan, IndexError> {
        let mut plan = self.plan(typed, weights)?;
        let Some(last) = Query::read(typed).words.pop().filter(|_| !typed.ends_with(char::is_whitespace))
        else {
            return Ok(plan);
        };
        let before = plan.words.iter().rev().nth(1).map(|word| word.folded.clone());
        let text = match &before {
            Some(before) if !last.begins => format!("{before} {}", last.folded),
            _ => last.folded.clone(),
        };
        let searcher = self.reader.searcher();
        let mut ends: HashMap<String, u64> = HashMap::new();
        for reader in searcher.segment_readers() {
            Piece::open(reader, &self.fields)?.titles(&text, &mut ends)?;
        }
        let mut ends: Vec<(String, u64)> = ends.into_iter().collect();
        ends.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        plan.end(ends.into_iter().take(ENDS).map(|(text, _)| text), weights);
        Ok(plan)
    }

    /// Plans and finds.
    ///
    /// # Errors
    /// When the index is damaged.
    pub fn search(&self, typed: &str, ask: &Ask<'_>) -> Result<Found, IndexError> {
        let weights = Weights::default();
        self.find(&self.plan(typed, &weights)?, ask, &weights)
    }
}
