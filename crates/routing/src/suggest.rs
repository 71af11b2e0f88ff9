//! The suggester: a text, perhaps a place, and a day in; field, level, agency, kind and urgency out, with reasons.

use std::sync::{Arc, LazyLock};

use jiff::civil::Date;

use crate::judge::{Engine, Judgement, Sign, calibrated};
use crate::model::{Head, Model, ModelError};
use crate::places::Gazetteer;
use crate::suggestion::{Answerer, Answers, Candidate, Kind, Suggestion, URGENCIES};
use crate::table::{CATCH_ALL, Level, Place, Table};

/// The model that ships, made by `nhipcau suggest train`.
pub const SHIPPED_MODEL: &[u8] = include_bytes!("../../../data/petitions/model.bin");
/// So many answers to a question are offered.
const OFFERED: usize = 3;
/// Of a longer text, so many bytes are read.
pub const LONGEST: usize = 40_000;

/// Suggests who must answer. Made once, shared by cloning.
///
/// ```
/// use jiff::civil::date;
/// use routing::Suggester;
///
/// let suggester = Suggester::shipped();
/// let suggestion = suggester.suggest("Đèn đường trong ngõ tắt cả tháng nay, tối om", None, date(2026, 11, 26));
/// assert_eq!(suggestion.field.candidates[0].id, "ha-tang.chieu-sang");
/// assert_eq!(suggestion.level.candidates[0].id, "commune");
/// ```
#[derive(Clone, Debug)]
pub struct Suggester(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    engine: Engine,
    model: Model,
}

/// Probabilities by level, and by agency (with the index of its likeliest row).
pub(crate) fn by_body<'a>(table: &'a Table, rows: &[(usize, f32)]) -> ([f32; 3], Vec<(&'a String, f32)>) {
    let mut levels = [0.0f32; 3];
    let mut agencies: Vec<(&String, f32)> = Vec::new();
    for (row, p) in rows {
        let facts = &table.rows()[*row];
        levels[facts.level as usize] += p;
        match agencies.iter_mut().find(|(agency, _)| **agency == facts.agency) {
            Some((_, sum)) => *sum += p,
            None => agencies.push((&facts.agency, *p)),
        }
    }
    (levels, agencies)
}

impl Suggester {
    /// From the table and the model that ship, made ready once.
    #[must_use]
    pub fn shipped() -> Suggester {
        static SHIPPED: LazyLock<Suggester> = LazyLock::new(|| {
            Suggester::load(Table::shipped().clone(), SHIPPED_MODEL)
                .expect("the shipped model fits the shipped table: a test loads it")
        });
        SHIPPED.clone()
    }

    /// From a table and the bytes of a model trained for it.
    ///
    /// # Errors
    /// If the bytes are no model, damaged, or trained for another list of topics.
    pub fn load(table: Table, model: &[u8]) -> Result<Suggester, ModelError> {
        Suggester::of(table, Model::from_bytes(model)?)
    }

    /// From a table and a model trained for it.
    ///
    /// # Errors
    /// If the model knows another number of topics.
    pub fn of(table: Table, model: Model) -> Result<Suggester, ModelError> {
        if model.topics() != table.topics().len() {
            return Err(ModelError::OtherTable { model: model.topics(), table: table.topics().len() });
        }
        Ok(Suggester(Arc::new(Inner { engine: Engine::new(table), model })))
    }

    /// The table that it answers from.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.0.engine.table
    }

    /// Suggests for a text. `place` is where it was sent or where the sender says that it happened, as people write it; what the
    /// text itself names is found beside it. Any text is taken; of a very long one the first 40,000 bytes are read.
    #[must_use]
    pub fn suggest(&self, text: &str, place: Option<&str>, day: Date) -> Suggestion {
        let text = beginning(text);
        let Inner { engine, model } = &*self.0;
        let judgement = engine.judge(model, text, day);
        let table = &engine.table;
        let (levels, agencies) = by_body(table, &judgement.rows);
        let tuning = &model.tuning;
        let answers = |question: usize, probabilities: &[f32], named: &dyn Fn(usize) -> (String, String)| {
            let p = calibrated(probabilities, tuning.sharpness[question]);
            let mut order: Vec<usize> = (0..p.len()).collect();
            order.sort_by(|a, b| p[*b].total_cmp(&p[*a]));
            let candidates: Vec<Candidate> = order
                .into_iter()
                .take(OFFERED)
                .map(|at| {
                    let (id, name) = named(at);
                    Candidate { id, name, confidence: p[at] }
                })
                .collect();
            // Of two words nobody can tell.
            let abstain = judgement.seen.words.len() < 3
                || candidates.first().is_none_or(|first| first.confidence < tuning.floor[question]);
            Answers { candidates, abstain }
        };
        let topics = table.topics();
        let mut field = answers(0, &judgement.topics, &|at| (topics[at].id.clone(), topics[at].name.clone()));
        let level =
            answers(1, &levels, &|at| (Level::ALL[at].id().to_owned(), Level::ALL[at].name().to_owned()));
        let of_agency: Vec<f32> = agencies.iter().map(|(_, p)| *p).collect();
        let mut agency = answers(2, &of_agency, &|at| (agency_id(agencies[at].0), agencies[at].0.clone()));
        if field.candidates.first().is_some_and(|first| first.id == CATCH_ALL) {
            // Whoever takes what is unclear does not answer it.
            (field.abstain, agency.abstain) = (true, true);
        }
        let kind = answers(3, &judgement.kinds, &|at| {
            (Kind::ALL[at].id().to_owned(), Kind::ALL[at].name().to_owned())
        });
        let danger = judgement.danger >= tuning.danger;
        let mut urgency =
            answers(4, &judgement.urgencies, &|at| ((at + 1).to_string(), URGENCIES[at].to_owned()));
        if danger {
            first_of_all(&mut urgency, "5", URGENCIES[4], judgement.danger);
        }
        let places = Gazetteer::shipped().find(text);
        let here = place
            .and_then(|place| Gazetteer::shipped().one(place))
            .or_else(|| crate::places::agreed(&places));
        let row =
            likeliest(table, &judgement.rows, agency.candidates.first().map(|first| first.name.as_str()));
        let answerer = row.and_then(|row| answerer(table, row, here, day));
        let reasons = self.reasons(text, &judgement, row, danger);
        Suggestion {
            field,
            level,
            agency,
            kind,
            urgency,
            answerer,
            danger,
            complaint: judgement.complaint >= tuning.complaint,
            places,
            reasons,
        }
    }

    fn reasons(&self, text: &str, judgement: &Judgement, row: Option<usize>, danger: bool) -> Vec<String> {
        let Inner { engine, model } = &*self.0;
        let table = &engine.table;
        let mut reasons = Vec::new();
        let Some(topic) = best(&judgement.topics) else { return reasons };
        let name = &table.topics()[topic].name;
        let mut ranges: Vec<std::ops::Range<usize>> = judgement
            .signs
            .iter()
            .filter(|(sign, ..)| matches!(sign, Sign::Topic(of) | Sign::Urgent(of) if *of == topic))
            .map(|(_, range, _)| range.clone())
            .collect();
        ranges
            .extend(model.evidence(&judgement.seen, Head::Topic, topic).into_iter().map(|(range, _)| range));
        let quotes = quoted(text, ranges, 3);
        if !quotes.is_empty() {
            reasons.push(format!("{quotes}: thường gặp ở lĩnh vực “{name}”."));
        }
        if let Some(facts) = row.map(|row| &table.rows()[row]) {
            let signs = judgement.signs.iter().filter(|(sign, ..)| match sign {
                Sign::Row(of) => Some(*of) == row,
                Sign::Policy => facts.is_policy(),
                _ => false,
            });
            let quotes = quoted(text, signs.map(|(_, range, _)| range.clone()).collect(), 3);
            if !facts.condition.is_empty() && !quotes.is_empty() {
                reasons
                    .push(format!("{quotes}: cho thấy “{}”, nên {} trả lời.", facts.condition, facts.agency));
            } else if facts.is_default() {
                reasons.push(format!(
                    "Không thấy điều kiện riêng nào trong bài, nên nơi trả lời trước là {}.",
                    facts.agency
                ));
            }
        }
        if danger {
            let quotes = quoted(
                text,
                model.evidence(&judgement.seen, Head::Danger, 1).into_iter().map(|(r, _)| r).collect(),
                3,
            );
            if !quotes.is_empty() {
                reasons.push(format!("{quotes}: có thể nguy hiểm tính mạng, cần người đọc ngay."));
            }
        }
        if let Some(kind) = best(&judgement.kinds).filter(|kind| *kind != Kind::Report.index()) {
            let quotes = quoted(
                text,
                model.evidence(&judgement.seen, Head::Kind, kind).into_iter().map(|(r, _)| r).collect(),
                2,
            );
            if !quotes.is_empty() {
                reasons.push(format!("{quotes}: viết như {}.", Kind::ALL[kind].name().to_lowercase()));
            }
        }
        reasons
    }
}

fn best(p: &[f32]) -> Option<usize> {
    (0..p.len()).max_by(|a, b| p[*a].total_cmp(&p[*b]).then(b.cmp(a)))
}

/// The likeliest row of an agency.
fn likeliest(table: &Table, rows: &[(usize, f32)], agency: Option<&str>) -> Option<usize> {
    let of = rows.iter().filter(|(row, _)| Some(table.rows()[*row].agency.as_str()) == agency);
    of.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map(|(row, _)| *row)
}

fn answerer(table: &Table, row: usize, here: Option<Place<'_>>, day: Date) -> Option<Answerer> {
    let topic = table.rows()[row].topic;
    let answer = table.resolve(topic, Some(row), here, day).ok()?;
    Some(Answerer {
        name: answer.here.unwrap_or_else(|| answer.agency.to_owned()),
        legal_basis: answer.legal_basis.to_owned(),
        note: answer.note.to_owned(),
        outside: table.topics()[topic].outside.clone(),
    })
}

/// An agency's id: its name as a slug.
#[must_use]
pub fn agency_id(name: &str) -> String {
    vietnam::text::slug(name)
}

fn first_of_all(answers: &mut Answers, id: &str, name: &str, confidence: f32) {
    if answers.candidates.first().is_some_and(|first| first.id == id) {
        return;
    }
    let known =
        answers.candidates.iter().find(|c| c.id == id).map_or(confidence, |c| c.confidence.max(confidence));
    answers.candidates.retain(|c| c.id != id);
    answers.candidates.insert(0, Candidate { id: id.to_owned(), name: name.to_owned(), confidence: known });
    answers.candidates.truncate(OFFERED);
    answers.abstain = true;
}

/// The expressions at ranges, the first ones, none within another.
fn quoted(text: &str, ranges: Vec<std::ops::Range<usize>>, most: usize) -> String {
    let mut taken: Vec<std::ops::Range<usize>> = Vec::new();
    for range in ranges {
        if taken.len() == most {
            break;
        }
        if !range.is_empty() && taken.iter().all(|other| range.end <= other.start || other.end <= range.start)
        {
            taken.push(range);
        }
    }
    let quote = |range: &std::ops::Range<usize>| text.get(range.clone()).map(|words| format!("“{words}”"));
    taken.iter().filter_map(quote).collect::<Vec<_>>().join(", ")
}

fn beginning(text: &str) -> &str {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
