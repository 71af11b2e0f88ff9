//! How good suggestions are, on messages with known answers.

use std::collections::HashSet;

use jiff::civil::Date;

use crate::corpus::Message;
use crate::duplicates::{Index, Signature, signature};
use crate::places::agreed;
use crate::suggest::Suggester;
use crate::suggestion::{Answers, Kind};
use crate::table::Table;
use crate::train::{Effort, Material, train};

/// How often a question was answered rightly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// Messages.
    pub all: usize,
    /// With the first answer right.
    pub first: usize,
    /// With one of three right.
    pub among_three: usize,
    /// Not abstained from.
    pub acted: usize,
    /// Of these, right.
    pub acted_right: usize,
}

impl Score {
    fn add(&mut self, answers: &Answers, right: impl Fn(&str) -> bool) {
        let first = answers.candidates.first().is_some_and(|c| right(&c.id));
        self.all += 1;
        self.first += usize::from(first);
        self.among_three += usize::from(answers.candidates.iter().any(|c| right(&c.id)));
        if !answers.abstain {
            self.acted += 1;
            self.acted_right += usize::from(first);
        }
    }

    /// A share with its 95 % interval (Wilson): low, share, high.
    #[must_use]
    pub fn interval(right: usize, all: usize) -> [f64; 3] {
        if all == 0 {
            return [0.0, 0.0, 1.0];
        }
        let (n, p, z) = (all as f64, right as f64 / all as f64, 1.96f64);
        let middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
        let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        [middle - half, p, middle + half]
    }
}

/// How often something was found that should be, and told where it should not be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// That should be found.
    pub meant: usize,
    /// Of these, found.
    pub found: usize,
    /// The others.
    pub others: usize,
    /// Of these, told wrongly.
    pub false_alarms: usize,
}

impl Found {
    fn add(&mut self, meant: bool, told: bool) {
        if meant {
            self.meant += 1;
            self.found += usize::from(told);
        } else {
            self.others += 1;
            self.false_alarms += usize::from(told);
        }
    }
}

/// All figures of one run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The topic; a second matter of the message counts as right too.
    pub field: Score,
    /// The level.
    pub level: Score,
    /// The body.
    pub agency: Score,
    /// The kind.
    pub kind: Score,
    /// The urgency.
    pub urgency: Score,
    /// Urgency within one step.
    pub urgency_near: usize,
    /// Danger to life (urgency 5).
    pub danger: Found,
    /// Complaints and denunciations.
    pub complaint: Found,
    /// Messages that point to one commune, and whether it was found.
    pub place: Found,
}

impl Report {
    /// Adds what is suggested for a message. `text` may be the message in another form.
    pub fn add(&mut self, suggester: &Suggester, message: &Message, text: &str, day: Date) {
        let suggestion = suggester.suggest(text, None, day);
        let example = &message.example;
        let topics = suggester.table().topics();
        let right = [Some(example.topic), example.second_topic];
        self.field.add(&suggestion.field, |id| right.iter().flatten().any(|topic| topics[*topic].id == id));
        self.level.add(&suggestion.level, |id| id == message.level.id());
        let agency = crate::suggest::agency_id(&message.agency);
        self.agency.add(&suggestion.agency, |id| id == agency);
        self.kind.add(&suggestion.kind, |id| id == example.kind.id());
        let urgency = example.urgency.to_string();
        self.urgency.add(&suggestion.urgency, |id| id == urgency);
        let said: i32 = suggestion.urgency.candidates.first().and_then(|c| c.id.parse().ok()).unwrap_or(0);
        self.urgency_near += usize::from((said - i32::from(example.urgency)).abs() <= 1);
        self.danger.add(example.urgency == 5, suggestion.danger);
        self.complaint
            .add(matches!(example.kind, Kind::Complaint | Kind::Denunciation), suggestion.complaint);
        let commune = agreed(&suggestion.places)
            .and_then(|p| p.commune.map(|c| format!("{}, {}", c.full_name(), p.province.full_name())));
        match &message.place {
            Some(place) => {
                self.place.meant += 1;
                self.place.found +=
                    usize::from(commune.as_ref().is_some_and(|c| vietnam::text::same(c, place)));
            }
            None => {
                self.place.others += 1;
                self.place.false_alarms += usize::from(commune.is_some());
            }
        }
    }
}

/// In which form messages are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As they were written.
    Written,
    /// Without diacritics.
    Folded,
    /// With typing noise, from a seed.
    Noisy,
}

impl Form {
    /// The message in this form.
    #[must_use]
    pub fn of(self, text: &str, number: usize) -> String {
        match self {
            Form::Written => text.to_owned(),
            Form::Folded => crate::noise::without_diacritics(text),
            Form::Noisy => crate::noise::typed(text, 4, &mut crate::Chance::new(number as u64 + 1)),
        }
    }
}

/// Messages judged by models that saw neither them nor a message of their group: the set is divided, each part judged by a model
/// trained on the rest.
#[must_use]
pub fn crossed(table: &Table, material: &Material, parts: usize, effort: Effort, form: Form) -> Report {
    let mut report = Report::default();
    let parts = parts.max(2);
    for part in 0..parts {
        let (test, rest): (Vec<_>, Vec<_>) =
            material.messages.iter().cloned().partition(|m| m.example.group % parts == part);
        let material = Material { examples: material.examples.clone(), messages: regrouped(rest) };
        let Ok(suggester) = Suggester::of(table.clone(), train(table, &material, effort)) else { continue };
        for (number, message) in test.iter().enumerate() {
            report.add(&suggester, message, &form.of(&message.example.text, number), Table::AS_OF);
        }
    }
    report
}

/// Near-duplicates among texts put together anew from real sentences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Duplicates {
    /// Texts in the index.
    pub texts: usize,
    /// Distinct words among them, folded.
    pub words: usize,
    /// Of them, typed again with errors and looked for.
    pub sought: usize,
    /// Found among the five likest.
    pub found: usize,
    /// The same case told by somebody else, in other words: pairs.
    pub retold: usize,
    /// Of these, found among the five likest.
    pub retold_found: usize,
    /// Pairs that read alike and tell another case.
    pub alike: usize,
    /// Of these, as like as what counts as a duplicate (0.6).
    pub mistaken: usize,
}

/// Measures the signatures: `texts` texts of two or three sentences from `sentences`, no two alike; 1,000 of them typed again.
#[must_use]
pub fn duplicates(
    suggester: &Suggester,
    sentences: &[String],
    messages: &[Message],
    texts: usize,
) -> Duplicates {
    let mut chance = crate::Chance::new(0x6475_706c);
    let mut index = Index::default();
    let (mut made, mut known, mut words) = (Vec::new(), HashSet::new(), HashSet::new());
    let mut tried = 0;
    while made.len() < texts && !sentences.is_empty() && tried < texts * 4 {
        tried += 1;
        let count = 2 + chance.below(2);
        let text: Vec<&str> = (0..count).map(|_| sentences[chance.below(sentences.len())].as_str()).collect();
        let text = text.join(". ");
        if known.insert(text.clone()) {
            words.extend(crate::words::of(&text).into_iter().map(|word| word.text));
            index.add(signature(&text));
            made.push(text);
        }
    }
    let mut out = Duplicates { texts: made.len(), words: words.len(), ..Duplicates::default() };
    for number in 0..made.len().min(1_000) {
        let at = number * made.len() / made.len().min(1_000);
        let typed = crate::noise::typed(&made[at], 4, &mut chance);
        let typed = if number % 3 == 0 { crate::noise::without_diacritics(&typed) } else { typed };
        out.sought += 1;
        out.found += usize::from(index.near(&signature(&typed), 5).iter().any(|(found, _)| *found == at));
    }
    let mut cases = Index::default();
    let signatures: Vec<Signature> = messages
        .iter()
        .map(|message| {
            let suggestion = suggester.suggest(&message.example.text, None, Table::AS_OF);
            let commune: Vec<_> =
                agreed(&suggestion.places).and_then(|p| p.commune.map(|c| c.code)).into_iter().collect();
            Signature::of(
                &message.example.text,
                suggestion.field.candidates.first().map(|c| c.id.as_str()),
                &commune,
            )
        })
        .collect();
    for signature in &signatures {
        cases.add(signature.clone());
    }
    for (at, message) in messages.iter().enumerate() {
        if let Some(first) = message.duplicate_of {
            out.retold += 1;
            let near = cases.near(&signatures[at], 6);
            out.retold_found += usize::from(
                near.iter().filter(|(found, _)| *found != at).take(5).any(|(found, _)| *found == first),
            );
        }
        if let Some(other) = message.not_duplicate_of {
            out.alike += 1;
            out.mistaken += usize::from(signatures[at].similarity(&signatures[other]) >= 0.6);
        }
    }
    out
}

fn regrouped(mut messages: Vec<Message>) -> Vec<Message> {
    for message in &mut messages {
        message.duplicate_of = None;
        message.not_duplicate_of = None;
    }
    messages
}
