//! One piece of the index, and terms as it has them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tantivy::columnar::{Column, StrColumn};
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{SegmentPostings, TermInfo};
use tantivy::{DocSet, InvertedIndexReader, SegmentReader, TERMINATED, Term as Key_};

use crate::entry::{Key, day_number};
use crate::find::{Ask, days, detail};
use crate::index::IndexError;
use crate::plan::{Place, Term, Weights};
use crate::schema::{FACET, Fields};

/// The least that a term tells.
const LEAST_IDF: f32 = 0.1;

/// Rows that may hold a quoted phrase, at most.
const PHRASED: usize = 20_000;
/// Terms that are looked through for what is only begun.
const BEGUN: usize = 2_000;

/// A piece of the index, open for reading.
pub(crate) struct Piece<'a> {
    reader: &'a SegmentReader,
    fields: Fields,
    inverted: [Arc<InvertedIndexReader>; 3],
    norms: [FieldNormReader; 2],
    log: Column<i64>,
    high: Column<u64>,
    low: Column<u64>,
    part: Column<u64>,
    day: Column<i64>,
    facet: Option<StrColumn>,
}

/// What a text's length does to a term's count, by the code of the length.
pub(crate) struct Scale([f32; 256]);

impl<'a> Piece<'a> {
    pub fn open(reader: &'a SegmentReader, fields: &Fields) -> Result<Piece<'a>, IndexError> {
        let fast = reader.fast_fields();
        Ok(Piece {
            reader,
            fields: *fields,
            inverted: [
                reader.inverted_index(fields.body)?,
                reader.inverted_index(fields.title)?,
                reader.inverted_index(fields.number)?,
            ],
            norms: [reader.get_fieldnorms_reader(fields.body)?, reader.get_fieldnorms_reader(fields.title)?],
            log: fast.i64("log")?,
            high: fast.u64("high")?,
            low: fast.u64("low")?,
            part: fast.u64("part")?,
            day: fast.i64("day")?,
            facet: fast.str(FACET)?,
        })
    }

    /// Rows, those that were taken out among them.
    pub fn rows(&self) -> usize {
        self.reader.max_doc() as usize
    }

    fn inverted(&self, place: Place) -> &InvertedIndexReader {
        &self.inverted[place as usize]
    }

    fn key_of(&self, place: Place, text: &str) -> Key_ {
        let field = match place {
            Place::Body => self.fields.body,
            Place::Title => self.fields.title,
            Place::Number => self.fields.number,
        };
        Key_::from_field_text(field, text)
    }

    /// Rows that have a term in the text.
    pub fn count(&self, text: &str) -> Result<u64, IndexError> {
        let key = self.key_of(Place::Body, text);
        Ok(self.inverted(Place::Body).doc_freq(&key).map(u64::from)?)
    }

    /// Terms of titles that begin so and have no more syllables, with their rows.
    pub fn titles(&self, begun: &str, out: &mut HashMap<String, u64>) -> Result<(), IndexError> {
        let mut stream = self.inverted(Place::Title).terms().range().ge(begun).into_stream()?;
        let syllables = begun.matches(' ').count();
        let mut looked = 0;
        while stream.advance() && looked < BEGUN {
            looked += 1;
            let Some(text) = std::str::from_utf8(stream.key()).ok().filter(|text| text.starts_with(begun))
            else {
                break;
            };
            if text.matches(' ').count() == syllables {
                *out.entry(text.to_owned()).or_default() += u64::from(stream.value().doc_freq);
            }
        }
        Ok(())
    }

    pub fn postings(&self, place: Place, info: &TermInfo) -> Result<SegmentPostings, IndexError> {
        Ok(self.inverted(place).read_postings_from_terminfo(info, detail(place))?)
    }

    /// How lengths count at a place; nothing where they do not.
    pub fn scale(&self, place: Place, weights: &Weights) -> Option<Scale> {
        let b = match place {
            Place::Body => weights.b,
            Place::Title => weights.title_b,
            Place::Number => return None,
        };
        let mean = self.inverted(place).total_num_tokens() as f32 / self.rows().max(1) as f32;
        let one = |code: usize| {
            let long = FieldNormReader::id_to_fieldnorm(code as u8) as f32;
            weights.k1 * (1.0 - b + b * long / mean.max(1.0))
        };
        Some(Scale(std::array::from_fn(one)))
    }

    /// Rows that have a term of each of these lists, in order; nothing if no list is given.
    pub fn having_all(&self, lists: &[Vec<(Place, String)>]) -> Result<Option<Vec<u32>>, IndexError> {
        let mut all: Vec<Vec<(Place, TermInfo)>> = Vec::new();
        for list in lists {
            let mut infos = Vec::new();
            for (place, text) in list {
                let info = self.inverted(*place).get_term_info(&self.key_of(*place, text))?;
                infos.extend(info.map(|info| (*place, info)));
            }
            if infos.is_empty() {
                return Ok(Some(Vec::new()));
            }
            all.push(infos);
        }
        all.sort_by_key(|infos| infos.iter().map(|(_, info)| u64::from(info.doc_freq)).sum::<u64>());
        let mut lists = all.iter();
        let Some(first) = lists.next() else { return Ok(None) };
        let mut rows = Vec::new();
        for (place, info) in first {
            let mut postings = self.postings(*place, info)?;
            let most = rows.len() + PHRASED;
            while postings.doc() != TERMINATED && rows.len() < most {
                rows.push(postings.doc());
                postings.advance();
            }
        }
        rows.sort_unstable();
        rows.dedup();
        for infos in lists {
            let mut has = vec![false; rows.len()];
            for (place, info) in infos {
                let mut postings = self.postings(*place, info)?;
                for (row, has) in rows.iter().zip(&mut has) {
                    if postings.doc() < *row {
                        postings.seek(*row);
                    }
                    *has |= postings.doc() == *row;
                }
            }
            let mut kept = has.iter();
            rows.retain(|_| kept.next().is_some_and(|has| *has));
        }
        Ok(Some(rows))
    }

    pub fn key(&self, doc: u32) -> Key {
        let half = |column: &Column<u64>| u128::from(column.first(doc).unwrap_or(0));
        Key { log: self.log.first(doc).unwrap_or(0), item: half(&self.high) << 64 | half(&self.low) }
    }

    pub fn part(&self, doc: u32) -> usize {
        self.part.first(doc).unwrap_or(0) as usize
    }

    pub fn day(&self, doc: u32) -> i64 {
        self.day.first(doc).unwrap_or(0)
    }

    pub fn facets(&self, doc: u32, out: &mut Vec<String>) -> Result<(), IndexError> {
        let Some(column) = &self.facet else { return Ok(()) };
        for ord in column.ords().values_for_doc(doc) {
            let mut text = String::new();
            if column.ord_to_str(ord, &mut text)? {
                out.push(text);
            }
        }
        Ok(())
    }

    /// What a search is narrowed by, made ready for this piece.
    pub fn filter<'b>(&'b self, ask: &'b Ask<'_>) -> Result<Filter<'b, 'a>, IndexError> {
        let mut facets = Some(Vec::new());
        for facet in ask.facets {
            let ord = match &self.facet {
                Some(column) => column.dictionary().term_ord(facet.as_bytes())?,
                None => None,
            };
            facets = facets.zip(ord).map(|(mut all, ord)| {
                all.push(ord);
                all
            });
        }
        let fast = self.reader.fast_fields();
        let force = match ask.in_force {
            Some(day) => Some((day_number(day), fast.i64("from")?, fast.i64("until")?)),
            None => None,
        };
        Ok(Filter { piece: self, facets, logs: ask.logs, days: days(ask), force })
    }
}

/// What a search is narrowed by.
pub(crate) struct Filter<'b, 'a> {
    piece: &'b Piece<'a>,
    /// Facets by their numbers in this piece; nothing if one of them is not here.
    facets: Option<Vec<u64>>,
    logs: Option<&'b HashSet<i64>>,
    days: (i64, i64),
    force: Option<(i64, Column<i64>, Column<i64>)>,
}

impl Filter<'_, '_> {
    /// True if a row may be shown.
    pub fn lets(&self, doc: u32) -> bool {
        let piece = self.piece;
        let Some(facets) = &self.facets else { return false };
        let day = || {
            let day = piece.day(doc);
            self.days == (i64::MIN, i64::MAX) || self.days.0 <= day && day <= self.days.1
        };
        let has = |ord: &u64| {
            piece
                .facet
                .as_ref()
                .is_some_and(|column| column.ords().values_for_doc(doc).any(|one| one == *ord))
        };
        let forced = |(day, from, until): &(i64, Column<i64>, Column<i64>)| {
            from.first(doc).is_some_and(|from| from <= *day)
                && until.first(doc).is_none_or(|until| *day <= until)
        };
        !piece.reader.is_deleted(doc)
            && self.logs.is_none_or(|logs| logs.contains(&piece.log.first(doc).unwrap_or(0)))
            && day()
            && facets.iter().all(has)
            && self.force.as_ref().is_none_or(forced)
    }
}

/// A term of the plan as the index has it.
pub(crate) struct Sought {
    pub term: Term,
    /// Where each piece has it.
    pub infos: Vec<Option<TermInfo>>,
    /// Rows that have it.
    pub rows: u64,
    /// What its rarity tells.
    pub idf: f32,
    /// What one occurrence counts at most.
    top: f32,
}

impl Sought {
    /// A term in all pieces; nothing if none has it.
    pub fn of(term: Term, pieces: &[Piece<'_>]) -> Result<Option<Sought>, IndexError> {
        let mut infos = Vec::with_capacity(pieces.len());
        for piece in pieces {
            infos.push(piece.inverted(term.place).get_term_info(&piece.key_of(term.place, &term.text))?);
        }
        let rows = infos.iter().flatten().map(|info| u64::from(info.doc_freq)).sum();
        Ok((rows > 0).then_some(Sought { term, infos, rows, idf: 0.0, top: 0.0 }))
    }

    /// Numbers that begin so.
    pub fn beginning(prefix: &str, pieces: &[Piece<'_>], most: usize) -> Result<Vec<Sought>, IndexError> {
        let mut texts: HashSet<String> = HashSet::new();
        for piece in pieces {
            let mut stream = piece.inverted(Place::Number).terms().range().ge(prefix).into_stream()?;
            while stream.advance() && texts.len() < most {
                match std::str::from_utf8(stream.key()) {
                    Ok(text) if text.starts_with(prefix) => texts.insert(text.to_owned()),
                    _ => break,
                };
            }
        }
        let mut all = Vec::new();
        for text in texts {
            let term = Term { place: Place::Number, text, weight: 30.0, at: 0, span: 0 };
            all.extend(Sought::of(term, pieces)?);
        }
        Ok(all)
    }

    /// Works out what each term tells.
    pub fn weigh(all: &mut [Sought], pieces: &[Piece<'_>], weights: &Weights) {
        let rows = pieces.iter().map(Piece::rows).sum::<usize>() as f32;
        for one in all {
            let with = one.rows as f32;
            // What nearly every row has still tells a little: in a small index nothing else is asked for.
            one.idf = (1.0 + (rows - with + 0.5).max(0.0) / (with + 0.5)).ln().max(LEAST_IDF);
            one.top = match one.term.place {
                Place::Number => one.term.weight,
                Place::Body | Place::Title => one.term.weight * one.idf * (weights.k1 + 1.0),
            };
        }
    }

    /// What the term adds to a row that has it `times` times.
    pub fn score(&self, scale: Option<&Scale>, piece: &Piece<'_>, doc: u32, times: u32) -> f32 {
        match scale {
            Some(Scale(scale)) => {
                let norm = scale[piece.norms[self.term.place as usize].fieldnorm_id(doc) as usize];
                let times = times as f32;
                self.top * times / (times + norm)
            }
            None => self.top,
        }
    }

    /// How much it can add.
    pub fn worth(&self) -> f32 {
        self.top
    }

    /// The syllables of the query that it finds, as bits.
    pub fn mask(&self) -> u64 {
        (self.term.at..self.term.at + self.term.span).filter(|at| *at < 64).fold(0, |mask, at| mask | 1 << at)
    }
}
