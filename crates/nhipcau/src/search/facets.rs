//! What results can be narrowed by, as a reader sees it.

use network::directory::Directory;

use crate::agencies;
use crate::items::kinds::{self, Shape};
use crate::items::view::Kind;
use crate::words::Lang;

/// How many choices of one group are offered.
const OFFERED: usize = 8;

/// One choice.
pub struct Choice {
    /// `kind:news`.
    pub facet: String,
    /// What it says.
    pub label: String,
    /// How many results have it.
    pub count: usize,
}

/// The choices of one sort.
pub struct Group {
    /// What they are.
    pub label: String,
    /// The most frequent first.
    pub choices: Vec<Choice>,
}

/// The choices that tell results apart, in groups; those of a kind's own only where that kind was chosen.
pub fn groups(
    counts: &[(String, usize)],
    chosen: &[String],
    total: usize,
    directory: &Directory,
    lang: Lang,
) -> Vec<Group> {
    let kind = kind(chosen);
    let own = kind.map(|kind| kind.facets.as_slice()).unwrap_or_default();
    let common = ["kind", "level", "place", "origin", "field"].map(str::to_owned);
    let paths = common.iter().chain(own.iter().filter(|path| *path != "fields"));
    paths
        .filter_map(|path| {
            let choices: Vec<Choice> = counts
                .iter()
                .filter(|(facet, count)| {
                    let of = facet.strip_prefix(path.as_str()).is_some_and(|rest| rest.starts_with(':'));
                    of && *count < total && !chosen.contains(facet)
                })
                .take(OFFERED)
                .map(|(facet, count)| Choice {
                    label: label(facet, kind, directory, lang),
                    facet: facet.clone(),
                    count: *count,
                })
                .collect();
            (!choices.is_empty()).then(|| Group { label: group(path, kind, lang), choices })
        })
        .collect()
}

fn group(path: &str, kind: Option<&kinds::Kind>, lang: Lang) -> String {
    let w = lang.search();
    match path {
        "kind" => w.facet_kind,
        "level" => w.facet_level,
        "place" => w.facet_place,
        "origin" => w.facet_origin,
        "field" => w.facet_field,
        "form" => w.facet_form,
        "agency" => w.facet_agency,
        "urgency" => w.facet_urgency,
        _ => {
            return kind
                .and_then(|kind| kind.field(path))
                .map_or(path, |field| field.label.of(lang))
                .to_owned();
        }
    }
    .to_owned()
}

/// What a choice says: `Xã, phường, đặc khu` for `level:commune`.
pub fn label(facet: &str, kind: Option<&kinds::Kind>, directory: &Directory, lang: Lang) -> String {
    let w = lang.search();
    let (path, value) = facet.split_once(':').unwrap_or(("", facet));
    match (path, value) {
        ("kind", _) => Kind::of(value).label(lang).to_owned(),
        ("level", "central") => w.level_central.to_owned(),
        ("level", "ministry") => w.level_ministry.to_owned(),
        ("level", "province") => w.level_province.to_owned(),
        ("level", "commune") => w.level_commune.to_owned(),
        ("level", "unit") => w.level_unit.to_owned(),
        ("origin" | "place", _) => {
            let agency = value.parse().ok().and_then(|origin| directory.agency(&origin).cloned());
            agencies::name(agency.as_ref(), lang, value)
        }
        ("urgency", "urgent") => lang.words().urgent.to_owned(),
        ("urgency", "very-urgent") => lang.words().urgent_very.to_owned(),
        ("urgency", "express") => lang.words().urgent_flash.to_owned(),
        ("field", _) => value.replace('-', " "),
        _ => {
            let field = kind.and_then(|kind| kind.field(path));
            let choice = field.and_then(|field| match &field.shape {
                Shape::Choice(choices) => choices.iter().find(|choice| choice.id == value),
                _ => None,
            });
            choice.map_or(value, |choice| choice.name.of(lang)).to_owned()
        }
    }
}

/// The kind that is among what was chosen.
pub fn kind(chosen: &[String]) -> Option<&'static kinds::Kind> {
    chosen.iter().find_map(|facet| kinds::of(facet.strip_prefix("kind:")?))
}
