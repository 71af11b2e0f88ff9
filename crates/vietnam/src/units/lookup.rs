//! Finding units by what people write: with or without diacritics, in either spelling, with or without the kind, and
//! with the larger unit after a comma.
//!
//! A query with diacritics prefers names that bear the same ones; a kind (`xã`, `phường`) narrows, but a kind that fits
//! nothing is passed over, for kinds change (ten communes of Đồng Nai became wards in 2026). What stays ambiguous is
//! answered as ambiguous.

use std::collections::HashMap;

use super::{Commune, CommuneKind, OldCommune, OldKind, Province, ProvinceKind, Units};
use crate::text;

/// What a lookup by name found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<'a, T> {
    /// Exactly one.
    One(&'a T),
    /// Several: ask which, or ask for the larger unit.
    Many(Vec<&'a T>),
    /// Nothing.
    None,
}

impl<'a, T> Found<'a, T> {
    /// The one found; nothing if there are several or none.
    #[must_use]
    pub fn one(&self) -> Option<&'a T> {
        match self {
            Found::One(one) => Some(one),
            Found::Many(_) | Found::None => None,
        }
    }

    /// All that fit.
    #[must_use]
    pub fn all(self) -> Vec<&'a T> {
        match self {
            Found::One(one) => vec![one],
            Found::Many(many) => many,
            Found::None => Vec::new(),
        }
    }

    fn of(mut all: Vec<&'a T>) -> Found<'a, T> {
        match (all.pop(), all.is_empty()) {
            (None, _) => Found::None,
            (Some(one), true) => Found::One(one),
            (Some(last), false) => {
                all.push(last);
                Found::Many(all)
            }
        }
    }
}

const PROVINCE_KINDS: [(&str, ProvinceKind); 4] = [
    ("tỉnh", ProvinceKind::Province),
    ("thành phố", ProvinceKind::City),
    ("tp.", ProvinceKind::City),
    ("tp", ProvinceKind::City),
];
const COMMUNE_KINDS: [(&str, CommuneKind); 3] =
    [("xã", CommuneKind::Commune), ("phường", CommuneKind::Ward), ("đặc khu", CommuneKind::SpecialZone)];
pub(super) const OLD_KINDS: [(&str, OldKind); 4] = [
    ("xã", OldKind::Commune),
    ("phường", OldKind::Ward),
    ("thị trấn", OldKind::Township),
    ("huyện", OldKind::IslandDistrict),
];
const DISTRICT_KINDS: [(&str, ()); 5] =
    [("quận", ()), ("huyện", ()), ("thị xã", ()), ("thành phố", ()), ("tp.", ())];

impl Units {
    /// The province that a name means: `Lào Cai`, `tinh lao cai`, `TP. Hồ Chí Minh`.
    #[must_use]
    pub fn province_named(&self, query: &str) -> Found<'_, Province> {
        let wanted = Wanted::of(query, &PROVINCE_KINDS);
        let fits = |name: &str| wanted.iter().any(|w| w.key == text::slug(name));
        let all = self.provinces.iter().filter(|p| fits(&p.name)).collect();
        Found::of(narrow(all, &wanted, |p| (&p.name, p.kind)))
    }

    /// The communes that a name means: `Mù Cang Chải`, `xa mu cang chai`, `Phường Tân Hoà, Tây Ninh`. What stands after a
    /// comma names the province.
    #[must_use]
    pub fn commune_named(&self, query: &str) -> Found<'_, Commune> {
        let (name, within) = parts(query);
        let wanted = Wanted::of(name, &COMMUNE_KINDS);
        let provinces: Vec<Vec<&Province>> = within.map(|part| self.province_named(part).all()).collect();
        let inside = |c: &Commune| provinces.iter().all(|some| some.iter().any(|p| p.code == c.province));
        let all = indexed(&self.by_name, &self.communes, &wanted).filter(|c| inside(c)).collect();
        Found::of(narrow(all, &wanted, |c| (&c.name, c.kind)))
    }

    /// The communes before July 2025 that a name means: `Phường 4, Tân An`, `xã Hòa Bình, huyện Vĩnh Bảo, Hải Phòng`. What
    /// stands after commas names the district or the province of then, in any order.
    #[must_use]
    pub fn old_commune_named(&self, query: &str) -> Found<'_, OldCommune> {
        let (name, within) = parts(query);
        let wanted = Wanted::of(name, &OLD_KINDS);
        let within: Vec<&str> = within.collect();
        let inside = |c: &OldCommune| {
            within.iter().all(|part| {
                fits_part(part, &c.district, &DISTRICT_KINDS) || fits_part(part, &c.province, &PROVINCE_KINDS)
            })
        };
        let all = indexed(&self.old_by_name, &self.old, &wanted).filter(|c| inside(c)).collect();
        Found::of(narrow(all, &wanted, |c| (&c.name, c.kind)))
    }
}

/// The name, and the larger units after it.
fn parts(query: &str) -> (&str, impl Iterator<Item = &str>) {
    let mut parts = query.split(',').map(str::trim);
    let name = parts.next().unwrap_or_default();
    (name, parts.filter(|part| !part.is_empty()))
}

/// One reading of a query: with the kind split off, or all of it as a name (`Xa Dung` is a commune's whole name).
struct Wanted<K> {
    name: String,
    key: String,
    kind: Option<K>,
}

impl<K: Copy> Wanted<K> {
    fn of(query: &str, kinds: &[(&str, K)]) -> Vec<Wanted<K>> {
        let query = text::canonical(query);
        let mut wanted = vec![Wanted { key: text::slug(&query), name: query.clone(), kind: None }];
        if let Some((kind, rest)) =
            kinds.iter().find_map(|(word, kind)| Some((*kind, without(&query, word)?)))
        {
            wanted.push(Wanted { key: text::slug(rest), name: rest.to_owned(), kind: Some(kind) });
        }
        wanted.retain(|w| !w.key.is_empty());
        wanted
    }
}

/// The query without a leading word: written as the word is, or wholly without diacritics.
fn without<'q>(query: &'q str, word: &str) -> Option<&'q str> {
    let length: usize = query.chars().take(word.chars().count()).map(char::len_utf8).sum();
    let (head, rest) = query.split_at(length);
    let written = head.to_lowercase();
    let fits = written == word || (written.is_ascii() && written == text::fold(word));
    let name = rest.trim_start();
    (fits && !name.is_empty() && (name.len() < rest.len() || word.ends_with('.'))).then_some(name)
}

fn indexed<'a, T, K>(
    index: &'a HashMap<String, Vec<usize>>,
    all: &'a [T],
    wanted: &[Wanted<K>],
) -> impl Iterator<Item = &'a T> {
    let mut places: Vec<usize> = wanted.iter().filter_map(|w| index.get(&w.key)).flatten().copied().collect();
    places.sort_unstable();
    places.dedup();
    places.into_iter().map(|place| &all[place])
}

/// Of the candidates those that fit best: first by diacritics, then by kind; a criterion that fits none is passed over.
fn narrow<'a, T, K: Copy + PartialEq>(
    mut all: Vec<&'a T>,
    wanted: &[Wanted<K>],
    facts: impl Fn(&'a T) -> (&'a String, K),
) -> Vec<&'a T> {
    let accented = |w: &Wanted<K>| w.name.to_lowercase() != text::fold(&w.name);
    if wanted.iter().any(accented) {
        keep_if_any(&mut all, |t| wanted.iter().any(|w| text::same(&w.name, facts(t).0)));
    }
    let kind = wanted.iter().find_map(|w| w.kind);
    if let Some(kind) = kind {
        let whole = wanted.first().map(|w| w.key.clone());
        keep_if_any(&mut all, |t| {
            let (name, its) = facts(t);
            its == kind || Some(text::slug(name)) == whole
        });
    }
    all
}

fn keep_if_any<'a, T>(all: &mut Vec<&'a T>, fits: impl Fn(&'a T) -> bool) {
    if all.iter().any(|t| fits(t)) {
        all.retain(|t| fits(t));
    }
}

/// True if a part of an address names this unit, whose name bears its kind.
fn fits_part<K: Copy>(part: &str, full_name: &str, kinds: &[(&str, K)]) -> bool {
    let keys = |text: &str| Wanted::of(text, kinds).into_iter().map(|w| w.key).collect::<Vec<_>>();
    let theirs = keys(full_name);
    keys(part).iter().any(|key| theirs.contains(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_is_split_off_only_as_a_word() {
        assert_eq!(without("Xã Hòa An", "xã"), Some("Hòa An"));
        assert_eq!(without("xa hoa an", "xã"), Some("hoa an"));
        assert_eq!(without("TP.Huế", "tp."), Some("Huế"));
        assert_eq!(without("Xa Dung", "xã"), Some("Dung"), "read both ways; the index decides");
        assert_eq!(without("Xạ Hòa An", "xã"), None);
        assert_eq!(without("Xãhòa", "xã"), None);
        assert_eq!(without("xã", "xã"), None);
        assert_eq!(without("", "xã"), None);
    }
}
