//! Places named in a text: provinces, districts and communes, of today and of before July 2025, with diacritics or without.
//!
//! A name counts behind its kind (`xã Bản Lầu`, `p. Quy Nhơn`), beside a larger unit that it lies in (`Huy Khiêm, Tánh Linh`), or where it is
//! written as a name and no other commune bears it. What stays ambiguous is answered by all that it may be.

mod index;

use std::collections::BTreeSet;
use std::ops::Range;

use vietnam::units::{CommuneCode, OldCommune, OldKind, ProvinceCode, Units};

pub use index::Gazetteer;
use index::{Unit, Wide, spelled};

use crate::table::Place;
use crate::words::{self, Word};

/// A place that a text names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Its bytes in the text.
    pub range: Range<usize>,
    /// The communes of today that it may be, by code; all of a district's for a district, none for a province.
    pub communes: Vec<CommuneCode>,
    /// The provinces of today that it may lie in.
    pub provinces: Vec<ProvinceCode>,
    /// True if it is a district or a province.
    pub wide: bool,
}

/// How much a word for its kind speaks for a commune; more than all else together.
const KINDED: usize = 70;

/// What stands before a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    Province,
    City,
    District,
    Township,
    Commune,
    Nothing,
}

/// A name in a text with all that speaks for it.
struct Named {
    range: Range<usize>,
    length: usize,
    unit: Unit,
    before: Before,
    old: bool,
    /// Written with its own diacritics.
    exact: bool,
    /// Written without any.
    plain: bool,
    /// Each word begins with a capital.
    capital: bool,
}

impl Gazetteer {
    /// The places that a text names, in their order; no two overlap.
    #[must_use]
    pub fn find(&self, text: &str) -> Vec<Mention> {
        let words = words::of(text);
        let plain_text = text.is_ascii();
        // Whoever writes some names with capitals writes all so.
        let capitals =
            text.split_whitespace().skip(1).filter(|word| word.starts_with(char::is_uppercase)).count() >= 2;
        let named: Vec<Named> = self
            .names
            .find(&words)
            .into_iter()
            // A name of one word counts only behind its kind, but for a province's.
            .filter(|hit| {
                hit.length > 1
                    || matches!(hit.what, Unit::Province(_))
                    || before(&words, hit.at) != Before::Nothing
            })
            .map(|hit| self.read(text, &words, &hit))
            .collect();
        let provinces: Vec<&Named> = named.iter().filter(|n| self.is_province(n, plain_text)).collect();
        let mut in_provinces: BTreeSet<ProvinceCode> = BTreeSet::new();
        let mut old_provinces: Vec<&str> = Vec::new();
        for one in &provinces {
            in_provinces.extend(self.provinces_of(one.unit));
            if let Unit::OldProvince(at) = one.unit {
                old_provinces.push(&self.old_provinces[at].full_name);
            }
        }
        let districts: Vec<&Named> =
            named.iter().filter(|n| self.is_district(n, &in_provinces, plain_text)).collect();
        let mut mentions: Vec<(usize, Mention)> = Vec::new();
        let mut by_spot: Vec<(Range<usize>, Vec<&Named>)> = Vec::new();
        for one in named.iter().filter(|n| matches!(n.unit, Unit::Commune(_) | Unit::Old(_))) {
            match by_spot.iter_mut().find(|(range, _)| *range == one.range) {
                Some((_, at)) => at.push(one),
                None => by_spot.push((one.range.clone(), vec![one])),
            }
        }
        // Districts that say which commune another name means: no commune of today is meant there.
        let mut leaning: Vec<Range<usize>> = Vec::new();
        for (range, units) in by_spot {
            if let Some((weight, communes, by)) =
                self.communes_meant(&units, capitals, &districts, &in_provinces, &old_provinces)
            {
                let provinces =
                    communes.iter().filter_map(|code| self.units.commune(*code)).map(|c| c.province);
                let provinces: BTreeSet<ProvinceCode> = provinces.collect();
                let communes = communes.into_iter().collect();
                leaning.extend(by);
                mentions.push((
                    weight,
                    Mention { range, communes, provinces: provinces.into_iter().collect(), wide: false },
                ));
            }
        }
        mentions.retain(|(weight, mention)| *weight >= KINDED || !leaning.contains(&mention.range));
        for one in &districts {
            let Unit::District(at) = one.unit else { continue };
            let district = &self.districts[at];
            let fits = in_provinces.is_empty() || district.provinces.iter().any(|p| in_provinces.contains(p));
            if fits {
                // A commune of today that bears the name of the former district is meant before the district.
                let weight = 8 + one.length * 2 + usize::from(one.before != Before::Nothing || one.old) * 60;
                self.push_wide(&mut mentions, weight, &one.range, &district.communes, &district.provinces);
            }
        }
        for one in &provinces {
            let weight = 64 + one.length * 2 + usize::from(one.before != Before::Nothing) * 30;
            self.push_wide(&mut mentions, weight, &one.range, &BTreeSet::new(), &self.provinces_of(one.unit));
        }
        mentions.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.range.start.cmp(&b.1.range.start)));
        let mut taken: Vec<Mention> = Vec::new();
        for (_, mention) in mentions {
            if taken.iter().all(|t| mention.range.end <= t.range.start || t.range.end <= mention.range.start)
            {
                taken.push(mention);
            }
        }
        taken.sort_by_key(|mention| mention.range.start);
        taken
    }

    fn push_wide(
        &self,
        all: &mut Vec<(usize, Mention)>,
        weight: usize,
        range: &Range<usize>,
        communes: &BTreeSet<CommuneCode>,
        provinces: &BTreeSet<ProvinceCode>,
    ) {
        if let Some((_, same)) = all.iter_mut().find(|(w, m)| *w == weight && m.wide && m.range == *range) {
            same.communes.extend(communes);
            same.provinces.extend(provinces);
            same.communes.sort_unstable();
            same.communes.dedup();
            same.provinces.sort_unstable();
            same.provinces.dedup();
            return;
        }
        let (communes, provinces) = (communes.iter().copied().collect(), provinces.iter().copied().collect());
        all.push((weight, Mention { range: range.clone(), communes, provinces, wide: true }));
    }

    fn read(&self, text: &str, words: &[Word], hit: &crate::phrases::Hit<'_, Unit>) -> Named {
        let slice = text.get(hit.range.clone()).unwrap_or_default();
        let written = spelled(slice);
        let before = before(words, hit.at);
        let next = words.get(hit.at + hit.length).map_or("", |w| w.text.as_str());
        Named {
            range: hit.range.clone(),
            length: hit.length,
            unit: *hit.what,
            before,
            old: next == "cu",
            exact: written == self.spelled_name(*hit.what),
            plain: slice.is_ascii(),
            capital: slice
                .split_whitespace()
                .all(|word| word.chars().next().is_some_and(|c| c.is_uppercase() || c.is_numeric())),
        }
    }

    fn provinces_of(&self, unit: Unit) -> BTreeSet<ProvinceCode> {
        match unit {
            Unit::Province(at) => [self.units.provinces()[at].code].into(),
            Unit::OldProvince(at) => self.old_provinces[at].provinces.clone(),
            Unit::District(at) => self.districts[at].provinces.clone(),
            Unit::Commune(at) => [self.units.communes()[at].province].into(),
            Unit::Old(at) => {
                self.units.successors_of(&self.units.old_communes()[at]).map(|c| c.province).collect()
            }
        }
    }

    fn is_province(&self, named: &Named, plain_text: bool) -> bool {
        if !matches!(named.unit, Unit::Province(_) | Unit::OldProvince(_)) {
            return false;
        }
        match named.before {
            Before::Province => named.exact || named.plain,
            Before::City | Before::Nothing => {
                let peace = self.spelled_name(named.unit) == "hòa bình";
                if peace && named.before == Before::Nothing {
                    return named.exact && named.capital;
                }
                named.exact || named.plain && (plain_text || named.capital)
            }
            Before::District | Before::Township | Before::Commune => false,
        }
    }

    fn is_district(&self, named: &Named, provinces: &BTreeSet<ProvinceCode>, plain_text: bool) -> bool {
        let Unit::District(at) = named.unit else { return false };
        let district = &self.districts[at];
        let spelled_so = named.exact || named.plain && (plain_text || named.capital);
        if !spelled_so {
            return false;
        }
        let inside = district.provinces.iter().any(|p| provinces.contains(p));
        let number = district.name.bytes().all(|b| b.is_ascii_digit());
        match named.before {
            Before::District | Before::City => true,
            Before::Nothing if named.old && !number => true,
            Before::Nothing => {
                !number
                    && named.length >= 2
                    && (inside || named.capital || self.only_district(&district.name))
            }
            Before::Province | Before::Township | Before::Commune => false,
        }
    }

    fn only_district(&self, name: &str) -> bool {
        self.districts.iter().filter(|d| d.name == name).count() == 1
    }

    /// The communes that the units of one spot may be, and how much speaks for it.
    fn communes_meant(
        &self,
        units: &[&Named],
        capitals: bool,
        districts: &[&Named],
        provinces: &BTreeSet<ProvinceCode>,
        old_provinces: &[&str],
    ) -> Option<(usize, BTreeSet<CommuneCode>, Vec<Range<usize>>)> {
        let first = units.first()?;
        let kinded = matches!(first.before, Before::Commune | Before::Township);
        if matches!(first.before, Before::Province | Before::District | Before::City) && !first.old {
            return None;
        }
        let number = self.name(first.unit).bytes().all(|b| b.is_ascii_digit());
        if !kinded && (first.length < 2 || number) || first.length < 2 && !number && !first.capital {
            return None;
        }
        // “Yên Mỹ cũ” is the former district, if there was one.
        let district = self.is_district_name(first.unit);
        if !kinded && first.old && district || !kinded && first.plain && !first.capital && capitals {
            return None;
        }
        let exact: Vec<&&Named> = units.iter().filter(|n| n.exact).collect();
        let units: Vec<&Named> = match (exact.is_empty(), first.plain) {
            (false, _) => exact.into_iter().copied().collect(),
            (true, true) => units.to_vec(),
            (true, false) => return None,
        };
        let old_only = first.old || first.before == Before::Township;
        // Districts that stand elsewhere in the text.
        let around: Vec<(&Wide, &Range<usize>)> = districts
            .iter()
            .filter(|d| d.range.end <= first.range.start || first.range.end <= d.range.start)
            .filter_map(|d| {
                if let Unit::District(at) = d.unit { Some((&self.districts[at], &d.range)) } else { None }
            })
            .collect();
        let mut by: Vec<Range<usize>> = Vec::new();
        let (mut near, mut inside, mut any) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let (mut now_inside, mut now_any) = (BTreeSet::new(), BTreeSet::new());
        for one in &units {
            match one.unit {
                Unit::Commune(at) if !old_only => {
                    let commune = &self.units.communes()[at];
                    now_any.insert(commune.code);
                    if provinces.contains(&commune.province) {
                        now_inside.insert(commune.code);
                    }
                    for (_, range) in around.iter().filter(|(d, _)| d.communes.contains(&commune.code)) {
                        near.insert(commune.code);
                        by.push((*range).clone());
                    }
                }
                Unit::Old(at) => {
                    let old = &self.units.old_communes()[at];
                    if first.before == Before::Township && old.kind != OldKind::Township {
                        continue;
                    }
                    let went: Vec<CommuneCode> = self.units.successors_of(old).map(|c| c.code).collect();
                    for (_, range) in around
                        .iter()
                        .filter(|(d, _)| d.full_name == old.district && d.province == old.province)
                    {
                        near.extend(&went);
                        by.push((*range).clone());
                    }
                    if self.lies_in(old, provinces, old_provinces) {
                        inside.extend(&went);
                    }
                    any.extend(&went);
                }
                _ => {}
            }
        }
        let weight = first.length * 4 + usize::from(kinded) * KINDED + usize::from(first.old) * 10 + 10;
        if !near.is_empty() {
            return Some((weight + 20, near, by));
        }
        if !provinces.is_empty() {
            let chosen = if now_inside.is_empty() { inside } else { now_inside };
            return (!chosen.is_empty()
                && (kinded || first.old || first.capital || first.plain || units.iter().any(|n| n.exact)))
            .then_some((weight + 10, chosen, Vec::new()));
        }
        let chosen = if now_any.is_empty() { any } else { now_any };
        let one = chosen.len() == 1;
        let accepted = kinded || first.old || one && first.capital && units.iter().any(|n| n.exact);
        (accepted && !chosen.is_empty()).then_some((weight, chosen, Vec::new()))
    }

    fn lies_in(&self, old: &OldCommune, provinces: &BTreeSet<ProvinceCode>, old_provinces: &[&str]) -> bool {
        if !old_provinces.is_empty() {
            return old_provinces.contains(&old.province.as_str());
        }
        self.units.successors_of(old).any(|c| provinces.contains(&c.province))
    }

    /// The one place that an address means: `Xã Bản Lầu, Tỉnh Lào Cai`, `phường 2 Cai Lậy cũ`; nothing if none, or several.
    #[must_use]
    pub fn one(&self, address: &str) -> Option<Place<'static>> {
        if let Some(commune) = self.units.commune_named(address).one() {
            let province = self.units.province(commune.province)?;
            return Some(Place { province, commune: Some(commune) });
        }
        if let Some(province) = self.units.province_named(address).one() {
            return Some(Place { province, commune: None });
        }
        agreed(&self.find(address))
    }
}

fn before(words: &[Word], at: usize) -> Before {
    let word =
        |back: usize| at.checked_sub(back).and_then(|at| words.get(at)).map_or("", |w| w.text.as_str());
    match (word(2), word(1)) {
        ("thanh", "pho") => Before::City,
        ("thi", "xa") => Before::District,
        ("thi", "tran") | (_, "tt") => Before::Township,
        ("dac", "khu") | (_, "xa" | "phuong" | "p" | "x") => Before::Commune,
        (_, "huyen" | "quan" | "q") => Before::District,
        (_, "tinh") => Before::Province,
        _ => Before::Nothing,
    }
}

/// The one place on which all mentions agree: a commune, or only a province; nothing if they name none, or several.
#[must_use]
pub fn agreed(mentions: &[Mention]) -> Option<Place<'static>> {
    let units = Units::shipped();
    let mut communes: Option<BTreeSet<CommuneCode>> = None;
    for mention in mentions.iter().filter(|m| !m.wide) {
        let these: BTreeSet<CommuneCode> = mention.communes.iter().copied().collect();
        communes = Some(match communes {
            None => these,
            Some(before) => {
                let both: BTreeSet<CommuneCode> = before.intersection(&these).copied().collect();
                if both.is_empty() { before.union(&these).copied().collect() } else { both }
            }
        });
    }
    let mut provinces: Option<BTreeSet<ProvinceCode>> = None;
    for mention in mentions {
        let these: BTreeSet<ProvinceCode> = mention.provinces.iter().copied().collect();
        provinces = Some(match provinces {
            None => these,
            Some(before) => {
                let both: BTreeSet<ProvinceCode> = before.intersection(&these).copied().collect();
                if both.is_empty() { before.union(&these).copied().collect() } else { both }
            }
        });
    }
    if let Some(communes) = &communes
        && let (1, Some(commune)) = (communes.len(), communes.first().and_then(|code| units.commune(*code)))
    {
        return Some(Place { province: units.province(commune.province)?, commune: Some(commune) });
    }
    let provinces = provinces?;
    let one = provinces.first().filter(|_| provinces.len() == 1)?;
    Some(Place { province: units.province(*one)?, commune: None })
}
