//! What the page of an item says of its document: the status on the day that is asked for, its reasons with links, and
//! related documents both ways.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use vietnam::documents::{Act, Doubt, Effect, Reason, Standing as InLaw};
use vietnam::number::DocumentNumber;

use super::law::{self, Known};
use super::store::{self, DocumentRow, RelationRow};
use super::view::{Group, Law, Line, Said};
use crate::app::App;
use crate::db::Conn;
use crate::items::Card;
use crate::items::pages::title;
use crate::items::store::{Reference, Standing};
use crate::words::{Lang, date};

/// Related documents of one kind that are listed; more are counted.
const MOST_LINES: usize = 60;

/// What is said of an item's document.
#[derive(Default)]
pub struct Panel {
    /// How it stands on the day asked for.
    pub law: Option<Law>,
    /// The same, as the law computes it.
    pub standing: Option<InLaw>,
    /// Related documents.
    pub related: Vec<Group>,
    /// The relations themselves, both ways.
    pub relations: Vec<Related>,
    /// Numbers from which all this was drawn.
    pub numbers: BTreeSet<String>,
}

/// A relation, seen from the item's document.
pub struct Related {
    /// What is done.
    pub effect: Effect,
    /// True if it is done to this document.
    pub done_to: bool,
    /// The other document's number as printed.
    pub number: String,
    /// Where the other document is found.
    pub href: Option<String>,
    /// The other document, where one alone can be meant.
    other: Option<DocumentRow>,
    /// First day of the effect, if it is stated.
    pub from: Option<String>,
    /// First day without it again.
    pub until: Option<String>,
    /// The part that is concerned.
    pub part: Option<String>,
    /// False if its portal may not speak of the document.
    pub counts: bool,
}

impl Related {
    /// The other document's item, where one alone can be meant.
    pub fn reference(&self) -> Option<Reference> {
        self.other.as_ref().and_then(reference)
    }

    /// True if the other document changes words of this one.
    pub fn amends_this(&self) -> bool {
        self.done_to && amends(self.effect)
    }
}

/// True for what changes words of a text and leaves it.
fn amends(effect: Effect) -> bool {
    use Effect::{Amends, AmendsOrCorrects, Corrects, EndsInPart, RepealsInPart, SuspendsInPart};
    matches!(effect, Amends | AmendsOrCorrects | Corrects | EndsInPart | RepealsInPart | SuspendsInPart)
}

/// Reads and decides for an item; `asked` is what was given as the day, if anything was.
///
/// # Errors
/// The database's.
pub async fn of(
    app: &App,
    conn: &mut Conn,
    lang: Lang,
    item: &Standing,
    today: Date,
    asked: Option<&str>,
) -> anyhow::Result<Panel> {
    let Some(subject) = law::subject(&item.kind, &item.card) else { return Ok(Panel::default()) };
    let directory = app.directory.load();
    let number = subject.number.as_ref().map(DocumentNumber::key);
    let known = law::known(conn, &directory, number.clone()).await?;
    let given = asked.and_then(|text| text.parse::<Date>().ok());
    let on = given.unwrap_or(today);
    let standing = known.standing(&subject, on);
    let mut panel = Panel { numbers: known.numbers.clone(), ..Panel::default() };
    if number.is_some() {
        panel.relations = both_ways(conn, item, &known, &directory).await?;
        panel.numbers.extend(panel.relations.iter().filter_map(|r| key(&r.number)));
    }
    let find = |act: &Act| found(&panel.relations, &act.by);
    if subject.number.is_some() || law::told(&standing).is_some() {
        panel.law = Some(Law {
            status: standing.status,
            on,
            today: on == today,
            reasons: standing
                .reasons
                .iter()
                .filter(|reason| !matches!(reason, Reason::EffectiveOn(_)))
                .map(|reason| {
                    let text = if lang == Lang::Vi { reason.vi() } else { reason.en() };
                    match reason {
                        Reason::Act(act) => said(text, act, find(act)),
                        _ => plain(text),
                    }
                })
                .collect(),
            doubts: standing
                .doubts
                .iter()
                .map(|doubt| {
                    let text = if lang == Lang::Vi { doubt.vi() } else { doubt.en() };
                    match doubt {
                        Doubt::ActWithoutDay(act)
                        | Doubt::ActOlderThanDocument(act)
                        | Doubt::WhichOfSeveral(act) => said(text, act, find(act)),
                        _ => plain(text),
                    }
                })
                .collect(),
            wrong: asked.filter(|_| given.is_none()).map(|text| text.chars().take(40).collect()),
        });
    }
    panel.related = groups(&panel.relations, &item.reference(), lang);
    panel.standing = Some(standing);
    Ok(panel)
}

fn key(number: &str) -> Option<String> {
    number.parse::<DocumentNumber>().ok().map(|number| number.key())
}

fn plain(text: String) -> Said {
    Said { before: text, link: None, after: String::new() }
}

/// The clause with the actor's number as a link.
fn said(text: String, act: &Act, href: Option<String>) -> Said {
    let number = act.by.to_string();
    match href.and_then(|href| Some((text.split_once(&number)?, href))) {
        Some(((before, after), href)) => {
            Said { before: before.to_owned(), link: Some((href, number)), after: after.to_owned() }
        }
        None => plain(text),
    }
}

fn found(relations: &[Related], by: &DocumentNumber) -> Option<String> {
    let this = |related: &&Related| related.number.parse::<DocumentNumber>().as_ref() == Ok(by);
    relations.iter().filter(this).find_map(|related| related.href.clone())
}

/// All relations of the document whose number alone was asked for, those it states and those that others state, each once.
async fn both_ways(
    conn: &mut Conn,
    item: &Standing,
    known: &Known,
    directory: &network::directory::Directory,
) -> sqlx::Result<Vec<Related>> {
    let id = item.item.to_string();
    let own = known.stated.iter().filter(|row| row.log == item.log && row.own_item == id).cloned();
    let mut rows: Vec<(RelationRow, String, bool)> = own
        .map(|row| {
            let (other, done_to) = (row.printed.clone(), row.done_to != 0);
            (row, other, done_to)
        })
        .collect();
    rows.extend(known.naming.iter().cloned().map(|row| {
        let (other, done_to) = (row.own.clone(), row.done_to == 0);
        (row, other, done_to)
    }));
    let keys: BTreeSet<String> = rows.iter().filter_map(|(_, other, _)| key(other)).collect();
    let mut documents: BTreeMap<String, Vec<DocumentRow>> = BTreeMap::new();
    for row in store::of_numbers(conn, &keys.into_iter().collect::<Vec<_>>()).await? {
        documents.entry(row.number.clone()).or_default().push(row);
    }
    let mut seen = BTreeSet::new();
    let mut relations = Vec::new();
    for (row, other, done_to) in rows {
        let (Some(effect), Some(other_key)) = (row.effect(), key(&other)) else { continue };
        if !seen.insert((effect, done_to, other_key.clone())) {
            continue;
        }
        let candidates = law::distinct(documents.get(&other_key).map_or(&[][..], Vec::as_slice));
        let (href, one) = match candidates[..] {
            [] => (None, None),
            [one] => (reference(one).map(|reference| format!("/muc/{reference}")), Some(one.clone())),
            _ => (Some(format!("/vb/{other}")), None),
        };
        let counts = !done_to || row.may(directory, &known.documents);
        let RelationRow { starts: from, ends: until, part, .. } = row;
        relations.push(Related {
            effect,
            done_to,
            number: other,
            href,
            other: one,
            from,
            until,
            part,
            counts,
        });
    }
    relations.sort_by_key(|related| (!related.done_to, related.effect));
    Ok(relations)
}

/// The name of a document's item in addresses.
pub fn reference(row: &DocumentRow) -> Option<Reference> {
    let id = uuid::Uuid::try_parse(&row.item).ok()?;
    Some(Reference::of(&row.origin.parse().ok()?, id))
}

fn groups(relations: &[Related], this: &Reference, lang: Lang) -> Vec<Group> {
    let mut groups: Vec<((bool, Effect), Group)> = Vec::new();
    for related in relations {
        let kind = (related.done_to, related.effect);
        if groups.last().is_none_or(|(last, _)| *last != kind) {
            groups.push((kind, Group { label: label(lang, kind), lines: Vec::new(), more: 0 }));
        }
        let Some((_, group)) = groups.last_mut() else { continue };
        if group.lines.len() == MOST_LINES {
            group.more += 1;
            continue;
        }
        let card = related.other.as_ref().and_then(|row| serde_json::from_str::<Card>(&row.card).ok());
        group.lines.push(Line {
            number: related.number.clone(),
            href: related.href.clone(),
            title: card.map(|card| title(&card, lang)),
            note: note(related, lang),
            beside: related.reference().filter(|_| amends(related.effect)).map(|other| {
                let (text, by) = if related.done_to { (this, &other) } else { (&other, this) };
                format!("/muc/{text}/so-sanh?voi={by}")
            }),
        });
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

fn label(lang: Lang, (done_to, effect): (bool, Effect)) -> String {
    let word = match (lang, done_to) {
        (Lang::Vi, true) => effect.done_vi(),
        (Lang::Vi, false) => effect.does_vi(),
        (Lang::En, true) => effect.done_en(),
        (Lang::En, false) => effect.does_en(),
    };
    let mut letters = word.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

fn note(related: &Related, lang: Lang) -> Option<String> {
    let w = lang.words();
    let day = |text: &Option<String>| text.as_ref()?.parse().ok().map(|day| date::date(lang, day));
    let notes: Vec<String> = related
        .part
        .clone()
        .into_iter()
        .chain(day(&related.from).map(|day| w.related_from(day)))
        .chain(day(&related.until).map(|day| w.related_until(day)))
        .chain((!related.counts).then(|| w.related_uncounted.to_owned()))
        .collect();
    (!notes.is_empty()).then(|| notes.join("; "))
}
