//! A look at a site before the first import: it is read once, nothing of it is kept.

use std::collections::{BTreeMap, HashSet};

use super::super::draft::{Fate, Found};
use super::super::fetch::{Fetcher, Validators};
use super::super::list::{self, Ask, Got};
use super::super::{Source, Way};
use super::{CATEGORIES, fault};
use crate::app::App;
use crate::items::kinds;
use crate::people::forms::Fields;
use crate::problem::{Fault, Problem};
use crate::web::visitor::Visitor;
use crate::words::date;

/// Lines of a preview.
const LINES: usize = 60;

/// A line of the preview.
pub(super) struct Line {
    pub(super) called: String,
    pub(super) says: String,
    pub(super) wrong: bool,
}

/// What a look at a site has shown.
pub(super) struct Preview {
    pub(super) says: String,
    pub(super) lines: Vec<Line>,
    pub(super) more: Option<String>,
    /// Categories with how often they occur, and the kind that was chosen for each.
    pub(super) categories: Vec<(String, String, String)>,
}

/// Reads a site once, keeps nothing, and says what would become of what it has.
pub(super) async fn look(
    app: &App,
    visitor: &Visitor,
    source: &Source,
    typed: &Fields,
) -> Result<Preview, Problem> {
    let (lang, w) = (visitor.lang, visitor.lang.source());
    if source.way.is_sent() {
        return Ok(Preview {
            says: if source.way == Way::Push { w.preview_push.into() } else { w.preview_packets.into() },
            lines: Vec::new(),
            more: None,
            categories: Vec::new(),
        });
    }
    let (fetcher, validators, known) = (Fetcher::of(app), Validators::default(), HashSet::new());
    let ask = Ask {
        fetcher: &fetcher,
        url: &source.url,
        validators: &validators,
        place: "",
        known: &known,
        now: app.clock.micros(),
        archives: false,
    };
    let listed = match list::read(source.way, &ask).await {
        Ok(Got::Listed(listed)) => listed,
        Ok(Got::Unchanged) => return Err(Problem::Invalid(vec![fault("dia-chi", |w| w.fault_url)])),
        Err(trouble) => {
            let field = "dia-chi".to_owned();
            return Err(Problem::Invalid(vec![Fault { field, vi: trouble.why.vi, en: trouble.why.en }]));
        }
    };
    let (today, of, from) = (app.calendar.on(date::day(app.clock.now())), listed.clone(), source.clone());
    let list = tokio::task::spawn_blocking(move || of.list(&from.name, &from.mapping, &today)).await;
    let list = list.map_err(|error| Problem::Ours(error.into()))?;
    let line = |one: &Found| {
        let kind = kinds::of(&one.draft.kind).map_or("", |kind| kind.name.of(lang));
        let (says, wrong) = match &one.fate {
            Fate::Good => (w.would_become(kind), false),
            Fate::Twin => (w.would_twin.to_owned(), false),
            Fate::Wrong(why) => (w.would_aside(why.of(lang)), true),
        };
        Line { called: one.called.clone(), says, wrong }
    };
    let good = list.found.iter().filter(|one| one.fate == Fate::Good).count();
    let wrong = list.found.iter().filter(|one| matches!(one.fate, Fate::Wrong(_))).count();
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    for category in listed.feed.items.iter().flat_map(|item| &item.categories) {
        *counted.entry(category.trim()).or_default() += 1;
    }
    let mut counted: Vec<(&str, usize)> = counted.into_iter().filter(|(name, _)| !name.is_empty()).collect();
    counted.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
    let chosen = |name: &str| {
        let pairs = typed.all("muc").zip(typed.all("loai-muc"));
        pairs.filter(|(muc, _)| *muc == name).map(|(_, kind)| kind.to_owned()).next().unwrap_or_default()
    };
    let categories = counted.into_iter().take(CATEGORIES);
    // What most readers look at first stands first: the newest, and of all what is wrong.
    let mut lines: Vec<&Found> = list.found.iter().rev().collect();
    lines.sort_by_key(|one| !matches!(one.fate, Fate::Wrong(_)));
    Ok(Preview {
        says: w.preview_says(list.found.len(), good, wrong),
        more: (lines.len() > LINES).then(|| w.preview_more(lines.len() - LINES)),
        lines: lines.into_iter().take(LINES).map(line).collect(),
        categories: categories
            .map(|(name, count)| (name.to_owned(), w.category_count(count), chosen(name)))
            .collect(),
    })
}
