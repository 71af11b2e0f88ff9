//! Other names for the same: abbreviations, names that places and agencies bore before, what people say for what rules call it.
//!
//! All are data of the crate `vietnam`, but for a short table of what people say. A name that something of today bears too
//! is left alone: only the reader knows which is meant. A short form that is also a word counts where it was typed in capitals.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use vietnam::agencies::Agencies;
use vietnam::number::Abbreviations;
use vietnam::plain;
use vietnam::text::is_folded_syllable;
use vietnam::units::{OldKind, ProvinceCode, Units};

use crate::fold::folded;

/// The longest name that is looked for, in syllables.
pub const LONGEST: usize = 10;
/// A unit that went to more than this is told of without saying where.
const NAMED: usize = 4;

/// A name of before, for telling the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    /// As it was called: `Tỉnh Hà Giang`.
    pub old: String,
    /// What it is today, or is in today: `Tỉnh Tuyên Quang`.
    pub new: Vec<String>,
}

/// What a name stands for.
#[derive(Clone, Debug, Default)]
pub struct Meaning {
    /// The other names, folded.
    pub also: Vec<String>,
    /// True if it counts only where it was typed in capitals.
    pub capitals: bool,
    /// What it was and is.
    pub before: Option<Before>,
}

/// What a folded name stands for, if it is known to stand for something else.
#[must_use]
pub fn meaning(name: &str) -> Option<&'static Meaning> {
    static KNOWN: LazyLock<HashMap<String, Meaning>> = LazyLock::new(build);
    KNOWN.get(name)
}

/// True if a folded run of syllables is the name of a place or agency, of today or of before: then it is no slip of the keyboard,
/// though nothing that is published may name it. A name of two syllables that only a commune bears counts with its kind.
#[must_use]
pub fn is_name(run: &str) -> bool {
    static TODAY: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let units = Units::shipped();
        let communes = units.communes().iter().flat_map(|c| [folded(&c.full_name()), folded(&c.name)]);
        let communes = communes.filter(|name| name.split(' ').count() > 2);
        units.provinces().iter().map(|p| folded(&p.name)).chain(communes).collect()
    });
    run.contains(' ') && (TODAY.contains(run) || meaning(run).is_some_and(|meaning| meaning.before.is_some()))
}

fn build() -> HashMap<String, Meaning> {
    let mut known = HashMap::new();
    places(&mut known);
    agencies(&mut known);
    shorts(&mut known);
    said(&mut known);
    known
}

/// A row of `data/search/synonyms.csv`.
#[derive(serde::Deserialize)]
struct Said {
    said: String,
    official: String,
}

fn said(known: &mut HashMap<String, Meaning>) {
    let table = include_str!("../../../data/search/synonyms.csv");
    for row in csv::Reader::from_reader(table.as_bytes()).deserialize::<Said>().flatten() {
        known.entry(folded(&row.said)).or_default().also.push(folded(&row.official));
    }
}

fn shorts(known: &mut HashMap<String, Meaning>) {
    let all = plain::abbreviations().map(|one| (one.short.as_str(), one.long.as_str()));
    let issuers = Abbreviations::shipped().issuers().iter().map(|one| (one.code.as_str(), one.name.as_str()));
    for (short, long) in all.chain(issuers) {
        // “Ban Chấp hành; hoặc Ban Chỉ huy”
        let long = folded(&long.replace(" hoặc ", "; "));
        let short = folded(short);
        if long == short || short.contains(' ') {
            continue;
        }
        for long in long.split('\n').map(|one| one.trim_start_matches("hoac ").to_owned()) {
            let capitals = is_folded_syllable(&short) || short.len() < 3;
            let meaning = known.entry(short.clone()).or_default();
            meaning.capitals = capitals;
            if !meaning.also.contains(&long) {
                meaning.also.push(long.clone());
            }
            // And back: who types it out finds where it is written short.
            if long.contains(' ') && !capitals {
                let back = known.entry(long).or_default();
                if !back.also.contains(&short) {
                    back.also.push(short.clone());
                }
            }
        }
    }
}

fn agencies(known: &mut HashMap<String, Meaning>) {
    let agencies = Agencies::shipped();
    for old in agencies.all() {
        let successor = old.successor.as_deref().and_then(|id| agencies.by_id(id));
        if let Some(new) = successor.filter(|new| new.name != old.name) {
            let before = Before { old: old.name.clone(), new: vec![new.name.clone()] };
            tell(known, folded(&old.name), vec![folded(&new.name)], before);
        }
    }
}

fn tell(known: &mut HashMap<String, Meaning>, name: String, also: Vec<String>, before: Before) {
    let meaning = known.entry(name).or_default();
    meaning.also.extend(also);
    meaning.before = Some(before);
}

/// A unit that is no more.
#[derive(Default)]
struct Old {
    full: String,
    /// Names of what it became, with the kind, and folded without it.
    new: BTreeSet<(String, String)>,
    /// In how many places one was called so.
    places: BTreeSet<String>,
}

fn places(known: &mut HashMap<String, Meaning>) {
    let units = Units::shipped();
    let provinces: HashMap<ProvinceCode, (String, String)> =
        units.provinces().iter().map(|p| (p.code, (p.full_name(), folded(&p.name)))).collect();
    let province_now: HashSet<String> = units.provinces().iter().map(|p| folded(&p.name)).collect();
    let commune_now: HashSet<String> = units.communes().iter().map(|c| folded(&c.name)).collect();
    let mut old: [HashMap<String, Old>; 3] = Default::default();
    for commune in units.old_communes() {
        let went: Vec<_> = units.successors_of(commune).collect();
        let into = went.iter().filter_map(|c| provinces.get(&c.province)).cloned();
        let province = bare(&commune.province);
        if !province_now.contains(&province) {
            let one = old[0].entry(province).or_default();
            one.full.clone_from(&commune.province);
            one.new.extend(into);
        }
        let communes = || went.iter().map(|c| (full(c.full_name(), &provinces, c.province), folded(&c.name)));
        let district = folded(&commune.district);
        let one = old[1].entry(district).or_default();
        one.full.clone_from(&commune.district);
        one.places.insert(commune.province.clone());
        one.new.extend(communes());
        if commune.kind != OldKind::IslandDistrict && !commune_now.contains(&folded(&commune.name)) {
            let one = old[2].entry(folded(&commune.full_name())).or_default();
            one.full = format!("{}, {}", commune.full_name(), commune.district);
            one.places.insert(format!("{}{}", commune.district, commune.province));
            one.new.extend(communes());
        }
    }
    for (level, units) in old.into_iter().enumerate() {
        for (name, old) in units {
            let short = bare(&name);
            // Two districts of one name, and a town that is a city or a ward of today, say too little.
            if old.places.len() > 1 || level == 1 && province_now.contains(&short) {
                continue;
            }
            let few = old.new.len() <= NAMED;
            let also = old.new.iter().filter(|_| few).map(|(_, name)| name.clone()).filter(|n| *n != short);
            let also: Vec<String> = also.collect();
            let new = old.new.iter().filter(|_| few).map(|(full, _)| full.clone()).collect();
            let before = Before { old: old.full.clone(), new };
            if level == 0 {
                for kind in ["tinh ", "thanh pho "] {
                    tell(known, format!("{kind}{name}"), also.clone(), before.clone());
                }
            }
            tell(known, name, also, before);
        }
    }
}

fn full(name: String, provinces: &HashMap<ProvinceCode, (String, String)>, of: ProvinceCode) -> String {
    match provinces.get(&of) {
        Some((province, _)) => format!("{name}, {province}"),
        None => name,
    }
}

/// A name folded, without its kind.
fn bare(name: &str) -> String {
    let name = folded(name);
    let kinds = ["tinh ", "thanh pho ", "thi xa ", "huyen ", "quan ", "thi tran ", "phuong ", "xa "];
    kinds.iter().find_map(|kind| name.strip_prefix(kind)).unwrap_or(&name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_province_leads_to_the_new_one() {
        for name in ["ha giang", "tinh ha giang"] {
            let meaning = meaning(name).unwrap();
            assert_eq!(meaning.also, ["tuyen quang"]);
            assert_eq!(meaning.before.as_ref().unwrap().new, ["Tỉnh Tuyên Quang"]);
        }
        assert!(meaning("tuyen quang").is_none(), "it stands today");
    }

    #[test]
    fn names_of_places_are_names_and_pairs_of_common_words_are_none() {
        for name in ["mu cang chai", "xa mu cang chai", "lao cai", "yen bai", "bo ke hoach va dau tu"] {
            assert!(is_name(name), "{name}");
        }
        for none in ["lao", "tan tien", "cong khai", "thu tuc"] {
            assert!(!is_name(none), "{none}");
        }
    }

    #[test]
    fn a_merged_ministry_leads_to_its_successor() {
        let meaning = meaning("bo ke hoach va dau tu").unwrap();
        assert!(meaning.also.contains(&"bo tai chinh".to_owned()));
    }

    #[test]
    fn abbreviations_count_both_ways_unless_they_are_words() {
        assert!(meaning("ubnd").unwrap().also.contains(&"uy ban nhan dan".to_owned()));
        assert!(meaning("uy ban nhan dan").unwrap().also.contains(&"ubnd".to_owned()));
        assert!(meaning("ai").unwrap().capitals && !meaning("bhxh").unwrap().capitals);
    }

    #[test]
    fn the_table_of_what_people_say_is_whole() {
        let table = include_str!("../../../data/search/synonyms.csv");
        let rows: Vec<Said> =
            csv::Reader::from_reader(table.as_bytes()).deserialize().collect::<Result<_, _>>().unwrap();
        assert!(rows.len() > 30 && rows.iter().all(|r| !r.said.is_empty() && !r.official.is_empty()));
        assert!(meaning("so do").is_some());
    }
}
