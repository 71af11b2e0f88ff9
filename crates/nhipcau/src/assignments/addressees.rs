//! Whom a directive means: an agency by its domain or its name, a group of them ("các bộ, cơ quan ngang bộ"), or a list of both.
//!
//! A group is read as of the day of issue: a body that the law did not have yet on that day is not meant, and one that has
//! been closed since is meant in its successor. Within a province a group means the province's own. What nobody knows is
//! told as it stands, never guessed.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use jiff::civil::Date;
use network::directory::{Agency, Directory};
use network::entry::Level;
use network::names::{Domain, Origin};
use serde::Deserialize;
use vietnam::agencies::{Agencies, AgencyKind};
use vietnam::text::fold;

/// The most pieces of a list that one name is made of: "Bộ Văn hóa, Thể thao và Du lịch" has three.
const LONGEST_NAME: usize = 8;

/// Offices that stand for the body they lead, longest first, as [`key`] writes them.
const TITLES: [&str; 12] = [
    "bo truong chu nhiem",
    "thu truong cac don vi",
    "chanh van phong",
    "tong giam doc",
    "tong thanh tra",
    "bo truong",
    "chu nhiem",
    "chu tich",
    "giam doc",
    "thong doc",
    "thu truong",
    "lanh dao",
];

/// What a portal's name may have before the name of the body.
const BEFORE_NAMES: [&str; 4] =
    ["cong thong tin dien tu ", "trang thong tin dien tu ", "hoi dong nhan dan ", "uy ban nhan dan "];

#[derive(Deserialize)]
struct Row {
    phrase: String,
    levels: String,
    kind: String,
}

/// A group of agencies.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Group {
    levels: Vec<Level>,
    kind: Option<GroupKind>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum GroupKind {
    Ministry,
    Ministerial,
    OfGovernment,
}

/// The groups that are known, by [`key`]; a test reads every row.
static GROUPS: LazyLock<HashMap<String, Group>> = LazyLock::new(|| {
    let mut table =
        csv::Reader::from_reader(include_str!("../../../../data/directives/groups.csv").as_bytes());
    table.deserialize::<Row>().filter_map(Result::ok).filter_map(|row| group(&row)).collect()
});

fn group(row: &Row) -> Option<(String, Group)> {
    let levels = row.levels.split(' ').map(|word| word.parse().ok()).collect::<Option<Vec<Level>>>()?;
    let kind = match row.kind.as_str() {
        "" => None,
        "ministry" => Some(GroupKind::Ministry),
        "ministerial_agency" => Some(GroupKind::Ministerial),
        "government_agency" => Some(GroupKind::OfGovernment),
        _ => return None,
    };
    Some((key(&row.phrase), Group { levels, kind }))
}

/// Whom a phrase means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addressed {
    /// The logs of those agencies that are known.
    pub agencies: BTreeSet<Origin>,
    /// What nobody could say, as it is printed.
    pub unknown: Vec<String>,
}

impl Addressed {
    /// Both together.
    pub fn join(&mut self, other: Addressed) {
        self.agencies.extend(other.agencies);
        self.unknown.extend(other.unknown);
    }
}

/// The directory, ready to be asked by name.
pub struct Roll<'a> {
    directory: &'a Directory,
    today: Date,
    by_name: HashMap<String, Vec<&'a Agency>>,
}

impl<'a> Roll<'a> {
    /// The directory as it is today.
    pub fn new(directory: &'a Directory, today: Date) -> Roll<'a> {
        let mut by_name: HashMap<String, Vec<&Agency>> = HashMap::new();
        for agency in directory.agencies() {
            by_name.entry(body(&key(&agency.name.vi)).to_owned()).or_default().push(agency);
        }
        Roll { directory, today, by_name }
    }

    /// An agency, or whoever has taken its place.
    pub fn heir(&self, agency: &Origin) -> Origin {
        self.directory.successor(agency).map_or_else(|| agency.clone(), |heir| heir.origin.clone())
    }

    /// Whom a phrase of a document of `issuer`, issued on `day`, means.
    pub fn expand(&self, text: &str, issuer: &Origin, day: Date) -> Addressed {
        // "Ủy ban nhân dân các tỉnh, thành phố: Hà Nội, Lào Cai": the group says what the names are names of.
        if let Some((head, names)) = text.split_once(':')
            && let Some(group) = in_groups(&key(head), &key(head))
        {
            let before: &[&str] = match group.levels.as_slice() {
                [Level::Ministry] => &["", "bo "],
                [Level::Province] => &["", "tinh ", "thanh pho "],
                [Level::Commune] => &["", "xa ", "phuong ", "dac khu "],
                _ => &[""],
            };
            return walk(names, |_, name, _| {
                let found = before.iter().find_map(|word| self.one(&format!("{word}{name}"), issuer, day));
                found.map(|origin| Found::Agencies(BTreeSet::from([origin])))
            });
        }
        walk(text, |raw, name, first| {
            if let Some(group) = in_groups(name, first) {
                return Some(Found::Agencies(self.members(group, issuer, day)));
            }
            if let Some((group, whose)) = within(name, first) {
                let whose =
                    if whose.is_empty() { Some(issuer.clone()) } else { self.one(whose, issuer, day) };
                return whose.map(|whose| Found::Agencies(self.members(group, &whose, day)));
            }
            let agency = match raw.parse::<Domain>() {
                Ok(domain) if raw.contains('.') => self.at(&domain),
                _ => std::iter::once(name)
                    .chain(without_title(name, first))
                    .find_map(|name| self.one(name, issuer, day)),
            };
            let known = || LEGAL.contains_key(body(name)).then_some(Found::Ended);
            agency.map(|origin| Found::Agencies(BTreeSet::from([origin]))).or_else(known)
        })
    }

    /// The agency of a name: in the directory, or as the law called it on that day.
    fn one(&self, name: &str, issuer: &Origin, day: Date) -> Option<Origin> {
        let name = body(name);
        let named = self.by_name.get(name).into_iter().flatten();
        let open: BTreeSet<&Origin> = named.filter_map(|agency| self.open(agency)).collect();
        if let Some(origin) = only(open.iter().copied()) {
            return Some(origin.clone());
        }
        // Communes of one name stand in several provinces; the issuer means its own.
        let own = open.iter().copied().filter(|origin| self.directory.is_ancestor(issuer, origin));
        if !open.is_empty() {
            return only(own).cloned();
        }
        let shipped = Agencies::shipped();
        let then = only(LEGAL.get(name)?.iter().copied().filter(|agency| agency.exists_on(day)))?;
        let now = shipped.today(&then.id, self.today)?;
        self.at(&now.domain.as_deref()?.parse().ok()?)
    }

    /// The agency at a domain; of one that has ended, whoever has taken its place.
    fn at(&self, domain: &Domain) -> Option<Origin> {
        let ended = || self.directory.agencies().filter(|agency| agency.domain == *domain).last();
        self.open(self.directory.at_domain(domain).or_else(ended)?).cloned()
    }

    fn members(&self, group: &Group, issuer: &Origin, day: Date) -> BTreeSet<Origin> {
        let level = self.directory.agency(issuer).map(|agency| agency.level);
        let nationwide = matches!(level, Some(Level::Central | Level::Ministry));
        self.directory
            .agencies()
            .filter(|agency| group.levels.contains(&agency.level) && agency.origin != *issuer)
            .filter(|agency| match agency.level {
                Level::Unit => agency.parent == *issuer,
                _ => nationwide || self.directory.is_ancestor(issuer, &agency.origin),
            })
            .filter(|agency| group.kind.is_none_or(|kind| kind.fits(agency)))
            .filter(|agency| legal(agency).is_none_or(|known| known.from.is_none_or(|from| from <= day)))
            .filter_map(|agency| self.open(agency).cloned())
            .filter(|origin| origin != issuer)
            .collect()
    }

    /// The agency itself, or whoever has taken its place.
    fn open(&self, agency: &Agency) -> Option<&Origin> {
        let now = self.directory.successor(&agency.origin)?;
        now.closed.is_none().then_some(&now.origin)
    }
}

impl GroupKind {
    /// Ministries and the like are of one level in the directory; the shipped list and the name tell them apart.
    fn fits(self, agency: &Agency) -> bool {
        let called = key(&agency.name.vi).starts_with("bo ");
        match (self, legal(agency).map(|known| known.kind)) {
            (GroupKind::Ministry, Some(kind)) => kind == AgencyKind::Ministry,
            (GroupKind::Ministry, None) => called,
            (GroupKind::Ministerial, Some(kind)) => kind == AgencyKind::MinisterialAgency,
            (GroupKind::OfGovernment, Some(_)) => false,
            (GroupKind::Ministerial | GroupKind::OfGovernment, None) => !called,
        }
    }
}

/// The bodies that the law knows, by their names.
static LEGAL: LazyLock<HashMap<String, Vec<&vietnam::agencies::Agency>>> = LazyLock::new(|| {
    let mut by_name: HashMap<String, Vec<_>> = HashMap::new();
    for agency in Agencies::shipped().all() {
        by_name.entry(body(&key(&agency.name)).to_owned()).or_default().push(agency);
    }
    by_name
});

/// The body that the law has at an agency's domain.
fn legal(agency: &Agency) -> Option<&'static vietnam::agencies::Agency> {
    let at = |known: &&vietnam::agencies::Agency| known.domain.as_deref() == Some(agency.domain.as_str());
    Agencies::shipped().all().iter().find(at)
}

fn only<T>(mut all: impl Iterator<Item = T>) -> Option<T> {
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

/// A phrase without diacritics, case, marks and the word "và", with usual abbreviations written out.
fn key(text: &str) -> String {
    let plain: String = fold(text).chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words = plain.split_whitespace().filter(|word| *word != "va").map(|word| match word {
        "ubnd" => "uy ban nhan dan",
        "hdnd" => "hoi dong nhan dan",
        "tp" => "thanh pho",
        "tw" => "trung uong",
        word => word,
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The name of a body without what its portal or its committee is called.
fn body(name: &str) -> &str {
    BEFORE_NAMES.iter().fold(name, |name, before| name.strip_prefix(before).unwrap_or(name))
}

/// A name without the office before it: "Bộ trưởng Bộ Tài chính". An office that stands by itself in a list
/// ("Bộ trưởng, Thủ trưởng …") is a group and no title of what follows.
fn without_title<'a>(name: &'a str, first: &str) -> Option<&'a str> {
    let title = TITLES.iter().find(|title| name.starts_with(**title) && **title != first)?;
    name.strip_prefix(title)?.strip_prefix(' ')
}

fn in_groups(name: &str, first: &str) -> Option<&'static Group> {
    GROUPS.get(name).or_else(|| GROUPS.get(without_title(name, first)?))
}

/// Words before the place whose bodies a group means.
const WITHIN: [&str; 4] = [" tren dia ban", " thuoc", " truc thuoc", " cua"];

/// A group of one place and that place; an empty place is the issuer's own: "các xã, phường trên địa bàn tỉnh".
fn within<'a>(name: &'a str, first: &str) -> Option<(&'static Group, &'a str)> {
    WITHIN.iter().find_map(|word| {
        let (head, place) = name.split_once(word)?;
        let place = place.trim();
        let own = matches!(place, "" | "tinh" | "thanh pho" | "toan tinh" | "tinh thanh pho");
        Some((in_groups(head, first)?, if own { "" } else { place }))
    })
}

/// What a run of a list is.
enum Found {
    /// These.
    Agencies(BTreeSet<Origin>),
    /// A body that the law knows by this name, but not on that day: it is told whole.
    Ended,
}

/// Reads a list from its beginning: the longest run of pieces that `find` knows, then on from there. `find` is given a run as it
/// stands, its key, and the key of its first piece.
fn walk(text: &str, find: impl Fn(&str, &str, &str) -> Option<Found>) -> Addressed {
    let pieces = pieces(text);
    let mut addressed = Addressed::default();
    let mut at = 0;
    while let Some((from, end)) = pieces.get(at) {
        let first = key(&text[*from..*end]);
        let found = pieces[at..].iter().take(LONGEST_NAME).enumerate().rev().find_map(|(more, (_, to))| {
            let raw = text[*from..*to].trim();
            find(raw, &key(raw), &first).map(|found| (more + 1, raw, found))
        });
        match found {
            Some((count, _, Found::Agencies(agencies))) => {
                addressed.agencies.extend(agencies);
                at += count;
            }
            Some((count, raw, Found::Ended)) => {
                addressed.unknown.push(raw.to_owned());
                at += count;
            }
            None => {
                addressed.unknown.push(text[*from..*end].trim().to_owned());
                at += 1;
            }
        }
    }
    addressed
}

/// The pieces of a list between commas, semicolons and "và", as places in the text.
fn pieces(text: &str) -> Vec<(usize, usize)> {
    let marks = text.match_indices([',', ';', '\n']).chain(text.match_indices(" và "));
    let mut cuts: Vec<(usize, usize)> = marks.map(|(at, mark)| (at, at + mark.len())).collect();
    cuts.sort_unstable();
    let starts = std::iter::once(0).chain(cuts.iter().map(|(_, end)| *end));
    let ends = cuts.iter().map(|(start, _)| *start).chain([text.len()]);
    starts.zip(ends).filter(|(from, to)| from < to && !text[*from..*to].trim().is_empty()).collect()
}

#[cfg(test)]
mod tests;
