//! From a plan to results, in two stages whose work is bounded whatever was typed.
//!
//! First the cheapest terms are read through, the rarest before the others and no more than [`READ`] rows in all, and the
//! best [`RANKED`] rows are taken. Then all terms are looked up in these few rows alone, which costs by the row and not by
//! how frequent a term is. Rows of one item become one result.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use tantivy::postings::Postings;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, Searcher, TERMINATED};

use crate::entry::{Key, day_number};
use crate::index::{Index, IndexError};
use crate::plan::{Place, Plan, Weights};
use crate::segment::{Piece, Sought};

/// Rows that the first stage reads, over all terms.
const READ: u64 = 80_000;
/// Rows that the second stage ranks.
const RANKED: usize = 200;
/// Rows that it ranks where those were of few items.
const RANKED_MORE: usize = 1_200;
/// So many items are enough.
const ITEMS: usize = 40;
/// Terms that the second stage looks up.
const TERMS: usize = 72;
/// Terms that a beginning of a number gives.
const BEGUN: usize = 24;
/// A result must have this much of the best one's score.
const FLOOR: f32 = 0.12;
/// Or of what was asked as much as this part of what the best one has; so much is also due to be sorted by its day.
const NEAR_ALL: f32 = 0.75;

/// In which order results come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The best first.
    #[default]
    Best,
    /// The newest first, of those that fit well.
    Newest,
}

/// What is asked beside the words.
#[derive(Clone, Debug, Default)]
pub struct Ask<'a> {
    /// Facets that a result has, all of them.
    pub facets: &'a [String],
    /// The logs whose items are shown; all if nothing.
    pub logs: Option<&'a HashSet<i64>>,
    /// Logs whose items come a little before others, with a factor for each.
    pub near: &'a [(i64, f32)],
    /// The first and the last day of issue.
    pub issued: (Option<Date>, Option<Date>),
    /// The day on which it is in force, as far as it says so itself.
    pub in_force: Option<Date>,
    /// The order.
    pub order: Order,
    /// How many results to pass over.
    pub skip: usize,
    /// How many to give.
    pub most: usize,
}

/// A result.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The item.
    pub key: Key,
    /// Its parts that fit best, the best first; 0 is the item's beginning.
    pub parts: Vec<usize>,
    /// How well it fits; comparable within one search.
    pub score: f32,
    /// How much of what was asked it has, from 0 to 1.
    pub cover: f32,
    day: i64,
    facets: Vec<String>,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The results asked for.
    pub hits: Vec<Hit>,
    /// How many there are.
    pub total: usize,
    /// True if there may be more than `total`.
    pub more: bool,
    /// How many of them have each facet.
    pub facets: Vec<(String, usize)>,
}

/// A row under way.
#[derive(Clone, Copy)]
struct Row {
    piece: usize,
    doc: u32,
    score: f32,
    mask: u64,
}

impl Index {
    /// The results for a plan.
    ///
    /// # Errors
    /// When the index is damaged.
    pub fn find(&self, plan: &Plan, ask: &Ask<'_>, weights: &Weights) -> Result<Found, IndexError> {
        let searcher = self.reader.searcher();
        let pieces = self.pieces(&searcher)?;
        let sought = self.sought(&pieces, plan, weights)?;
        if sought.is_empty() {
            return Ok(Found::default());
        }
        let mut rows = Vec::new();
        for (place, piece) in pieces.iter().enumerate() {
            self.gather(place, piece, &sought, plan, ask, weights, &mut rows)?;
        }
        let more = rows.len() > RANKED;
        rows.sort_unstable_by(|a: &Row, b| b.score.total_cmp(&a.score).then(a.doc.cmp(&b.doc)));
        let mut items = self.ranked(&pieces, &sought, plan, ask, weights, &rows[..rows.len().min(RANKED)])?;
        if items.len() < ITEMS && rows.len() > RANKED {
            let rows = &rows[..rows.len().min(RANKED_MORE)];
            items = self.ranked(&pieces, &sought, plan, ask, weights, rows)?;
        }
        Ok(page(items, more, ask))
    }

    fn pieces<'a>(&self, searcher: &'a Searcher) -> Result<Vec<Piece<'a>>, IndexError> {
        searcher.segment_readers().iter().map(|reader| Piece::open(reader, &self.fields)).collect()
    }

    /// The plan's terms as far as the index has them, the rarest first.
    fn sought(
        &self,
        pieces: &[Piece<'_>],
        plan: &Plan,
        weights: &Weights,
    ) -> Result<Vec<Sought>, IndexError> {
        let mut all = Vec::new();
        for term in &plan.terms {
            all.extend(Sought::of(term.clone(), pieces)?);
        }
        for prefix in &plan.prefixes {
            all.extend(Sought::beginning(prefix, pieces, BEGUN)?);
        }
        Sought::weigh(&mut all, pieces, weights);
        all.sort_by(|a, b| a.rows.cmp(&b.rows).then_with(|| a.term.text.cmp(&b.term.text)));
        Ok(all)
    }

    /// The first stage in one piece of the index: rows that the cheapest terms find, the best of them.
    #[allow(clippy::too_many_arguments, reason = "one step of one search")]
    fn gather(
        &self,
        place: usize,
        piece: &Piece<'_>,
        sought: &[Sought],
        plan: &Plan,
        ask: &Ask<'_>,
        weights: &Weights,
        rows: &mut Vec<Row>,
    ) -> Result<(), IndexError> {
        let allowed = piece.having_all(&plan.required)?;
        let mut sums = self.spare.lock().ok().and_then(|mut spare| spare.pop()).unwrap_or_default();
        sums.resize(sums.len().max(piece.rows()), 0.0);
        let mut touched: Vec<u32> = Vec::new();
        let mut read = 0;
        for (nth, one) in sought.iter().enumerate() {
            read += one.rows;
            if nth > 0 && read > READ {
                break;
            }
            let Some(info) = &one.infos[place] else { continue };
            let scale = piece.scale(one.term.place, weights);
            let mut postings = piece.postings(one.term.place, info)?;
            while postings.doc() != TERMINATED {
                let doc = postings.doc();
                let sum = &mut sums[doc as usize];
                if *sum == 0.0 {
                    touched.push(doc);
                }
                *sum += one.score(scale.as_ref(), piece, doc, postings.term_freq());
                postings.advance();
            }
        }
        let filter = piece.filter(ask)?;
        let before = rows.len();
        for doc in touched {
            let score = std::mem::take(&mut sums[doc as usize]);
            let fits = allowed.as_ref().is_none_or(|allowed| allowed.binary_search(&doc).is_ok());
            if fits && filter.lets(doc) {
                rows.push(Row { piece: place, doc, score, mask: 0 });
            }
        }
        let new = &mut rows[before..];
        if new.len() > RANKED_MORE {
            new.select_nth_unstable_by(RANKED_MORE, |a, b| {
                b.score.total_cmp(&a.score).then(a.doc.cmp(&b.doc))
            });
            rows.truncate(before + RANKED_MORE);
        }
        if let Ok(mut spare) = self.spare.lock()
            && spare.len() < 2
        {
            spare.push(sums);
        }
        Ok(())
    }

    /// The second stage: rows by all terms, and items by their rows, the best first.
    fn ranked(
        &self,
        pieces: &[Piece<'_>],
        sought: &[Sought],
        plan: &Plan,
        ask: &Ask<'_>,
        weights: &Weights,
        rows: &[Row],
    ) -> Result<Vec<Hit>, IndexError> {
        let mut told: Vec<&Sought> = sought.iter().collect();
        told.sort_by(|a, b| b.worth().total_cmp(&a.worth()));
        told.truncate(TERMS);
        let mut rows: Vec<Row> = rows.iter().map(|row| Row { score: 0.0, ..*row }).collect();
        rows.sort_unstable_by_key(|row| (row.piece, row.doc));
        for (place, piece) in pieces.iter().enumerate() {
            let from = rows.partition_point(|row| row.piece < place);
            let to = rows.partition_point(|row| row.piece <= place);
            if from == to {
                continue;
            }
            for one in &told {
                let Some(info) = &one.infos[place] else { continue };
                let scale = piece.scale(one.term.place, weights);
                let mut postings = piece.postings(one.term.place, info)?;
                for row in &mut rows[from..to] {
                    if postings.doc() < row.doc {
                        postings.seek(row.doc);
                    }
                    if postings.doc() == row.doc {
                        row.score += one.score(scale.as_ref(), piece, row.doc, postings.term_freq());
                        row.mask |= one.mask();
                    }
                }
            }
        }
        let worth = importance(plan, sought);
        let whole: f32 = worth.iter().sum::<f32>().max(f32::MIN_POSITIVE);
        let near: HashMap<i64, f32> = ask.near.iter().copied().collect();
        let mut items: HashMap<Key, (Hit, f32)> = HashMap::new();
        for row in rows {
            let piece = &pieces[row.piece];
            let found =
                (0..worth.len()).filter(|at| row.mask >> at & 1 == 1).map(|at| worth[at]).sum::<f32>();
            let cover = if worth.is_empty() { 1.0 } else { found / whole };
            let key = piece.key(row.doc);
            let by = near.get(&key.log).copied().unwrap_or(1.0);
            let score = row.score * (1.0 - weights.cover + weights.cover * cover) * by;
            let part = piece.part(row.doc);
            let new = || {
                let (day, facets) = (piece.day(row.doc), Vec::new());
                (Hit { key, parts: Vec::new(), score: 0.0, cover: 0.0, day, facets }, 0.0)
            };
            let (hit, head) = items.entry(key).or_insert_with(new);
            if hit.facets.is_empty() {
                piece.facets(row.doc, &mut hit.facets)?;
            }
            if score > hit.score {
                hit.parts.insert(0, part);
            } else {
                hit.parts.push(part);
            }
            hit.score = hit.score.max(score);
            hit.cover = hit.cover.max(cover);
            if part == 0 {
                *head = score;
            }
        }
        let mut hits: Vec<Hit> = items
            .into_values()
            .map(|(mut hit, head)| {
                // The row with the title speaks for its articles.
                if hit.parts.first() != Some(&0) {
                    hit.score += weights.head * head;
                }
                hit.parts.truncate(4);
                hit
            })
            .collect();
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(b.day.cmp(&a.day)).then(a.key.cmp(&b.key)));
        Ok(hits)
    }
}

/// How much each syllable of the query tells: what is rare tells more.
fn importance(plan: &Plan, sought: &[Sought]) -> Vec<f32> {
    let mut worth = vec![0.0_f32; plan.words.len()];
    for one in sought.iter().filter(|one| one.term.place == Place::Body && one.term.span == 1) {
        if let Some(worth) = worth.get_mut(one.term.at) {
            *worth = worth.max(one.idf);
        }
    }
    // What stands nowhere can be found by nothing.
    worth
}

fn page(mut hits: Vec<Hit>, more: bool, ask: &Ask<'_>) -> Found {
    let best = hits.first().map_or(0.0, |hit| hit.score);
    // What has nearly all that was asked stays, however far the best one is ahead.
    let most = hits.iter().map(|hit| hit.cover).fold(0.0, f32::max);
    hits.retain(|hit| hit.score >= best * FLOOR || hit.cover >= most * NEAR_ALL);
    if ask.order == Order::Newest {
        let cover = hits.iter().map(|hit| hit.cover).fold(0.0, f32::max);
        hits.retain(|hit| hit.cover >= cover * NEAR_ALL);
        hits.sort_by(|a, b| b.day.cmp(&a.day).then(b.score.total_cmp(&a.score)).then(a.key.cmp(&b.key)));
    }
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for facet in hits.iter().flat_map(|hit| &hit.facets) {
        *counts.entry(facet).or_default() += 1;
    }
    let mut facets: Vec<(String, usize)> = counts.into_iter().map(|(f, n)| (f.to_owned(), n)).collect();
    facets.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let total = hits.len();
    let hits = hits.into_iter().skip(ask.skip).take(ask.most).collect();
    Found { hits, total, more, facets }
}

/// Days as the index keeps them.
pub(crate) fn days(ask: &Ask<'_>) -> (i64, i64) {
    (ask.issued.0.map_or(i64::MIN, day_number), ask.issued.1.map_or(i64::MAX, day_number))
}

/// With how much detail a place is kept.
pub(crate) fn detail(place: Place) -> IndexRecordOption {
    match place {
        Place::Number => IndexRecordOption::Basic,
        Place::Body | Place::Title => IndexRecordOption::WithFreqs,
    }
}
