//! Where something happened: a commune of today, by what people call it, the names of before July 2025 among them.
//!
//! Nothing is guessed. A name of several communes, or an old one whose area went to several, is answered with the choices.

use std::collections::BTreeSet;

use vietnam::text::fold;
use vietnam::units::{Commune, CommuneCode, Found, OldCommune, Units};

/// More choices than these are not offered: the larger unit is asked for instead.
const MOST: usize = 20;

/// What a name means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meant {
    /// This commune; true if an old name led there.
    One(CommuneCode, bool),
    /// One of these; true if an old name led there.
    Several(Vec<CommuneCode>, bool),
    /// Of these there are too many to offer.
    TooMany,
    /// Nothing that is known.
    Nothing,
}

/// What somebody typed as the place, with whatever stands before the commune's name (a house, a street, a village).
pub fn meant(typed: &str) -> Meant {
    let units = Units::shipped();
    let parts: Vec<&str> = typed.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    for from in 0..parts.len() {
        let name = parts[from..].join(", ");
        let new: Vec<CommuneCode> = codes(units.commune_named(&name));
        if !new.is_empty() {
            return of(new, false);
        }
        let old = successors(units, units.old_commune_named(&name).all());
        if !old.is_empty() {
            return of(old, true);
        }
        let district = successors(units, in_district(units, &parts[from..]));
        if !district.is_empty() {
            return of(district, true);
        }
    }
    Meant::Nothing
}

fn codes(found: Found<'_, Commune>) -> Vec<CommuneCode> {
    found.all().into_iter().map(|commune| commune.code).collect()
}

fn of(all: Vec<CommuneCode>, old: bool) -> Meant {
    match all.as_slice() {
        [] => Meant::Nothing,
        [one] => Meant::One(*one, old),
        several if several.len() <= MOST => Meant::Several(all, old),
        _ => Meant::TooMany,
    }
}

fn successors<'a>(units: &'a Units, old: impl IntoIterator<Item = &'a OldCommune>) -> Vec<CommuneCode> {
    let all: BTreeSet<CommuneCode> =
        old.into_iter().flat_map(|old| units.successors_of(old)).map(|commune| commune.code).collect();
    all.into_iter().collect()
}

/// The communes of a district of before July 2025 that is named by itself: `quận Ba Đình`, `Huyện Bát Xát, Lào Cai`.
fn in_district<'a>(units: &'a Units, parts: &[&str]) -> Vec<&'a OldCommune> {
    let bare = |name: &str| {
        let name = fold(name);
        let kinds = ["quan ", "huyen ", "thi xa ", "thanh pho ", "tp. ", "tp ", "tinh "];
        kinds.iter().find_map(|kind| name.strip_prefix(kind).map(str::to_owned)).unwrap_or(name)
    };
    let Some((district, within)) = parts.split_first() else { return Vec::new() };
    let (district, within): (String, Vec<String>) =
        (bare(district), within.iter().map(|part| bare(part)).collect());
    let fits = |old: &&OldCommune| {
        bare(&old.district) == district && within.iter().all(|part| *part == bare(&old.province))
    };
    units.old_communes().iter().filter(fits).collect()
}

/// A commune's name with its province's.
pub fn name(code: &str, lang: crate::words::Lang) -> String {
    let commune = code.parse().ok().and_then(|code| Units::shipped().commune(code));
    commune
        .map(|commune| crate::procedures::place::names(commune, lang))
        .map_or_else(String::new, |(name, province)| format!("{name}, {province}"))
}

/// A place as its sender said it, with its commune; either may be missing.
pub fn whole(said: &str, code: &str, lang: crate::words::Lang) -> String {
    let parts = [said.to_owned(), name(code, lang)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// The commune whose portal stands at a domain, by the rule of Decree 224/2026, Art. 11(4).
pub fn at_domain(domain: &str) -> Option<&'static Commune> {
    let (label, above) = domain.split_once('.')?;
    let units = Units::shipped();
    let province = units.provinces().iter().find(|province| province.domain() == above)?;
    units.commune_at(province.code, label)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::words::Lang;

    fn code(text: &str) -> CommuneCode {
        text.parse().unwrap()
    }

    #[test]
    fn a_place_is_found_by_the_names_of_today_and_of_before() {
        assert_eq!(meant("xã Mù Cang Chải"), meant("mu cang chai"));
        let Meant::One(ba_dinh, false) = meant("Số 5 ngõ 3, phường Ba Đình, Hà Nội") else {
            panic!("one ward of today")
        };
        assert_eq!(name(&ba_dinh.to_string(), Lang::Vi), "Phường Ba Đình, Thành phố Hà Nội");
        assert!(matches!(meant("xã Hòa Bình, huyện Vĩnh Bảo, Hải Phòng"), Meant::One(_, true)));
        let Meant::Several(wards, true) = meant("quận Ba Đình, Hà Nội") else {
            panic!("the district had several heirs")
        };
        assert!(wards.contains(&ba_dinh) && wards.len() > 2);
        assert!(matches!(meant("Hòa An"), Meant::Several(_, false)));
        assert_eq!(
            (meant(""), meant("nơi không có thật"), meant(",,,")),
            (Meant::Nothing, Meant::Nothing, Meant::Nothing)
        );
    }

    #[test]
    fn an_old_commune_that_was_divided_is_asked_about() {
        let units = Units::shipped();
        let old = units.old_communes().iter().find(|old| old.is_divided() && !old.is_disputed()).unwrap();
        let typed = format!("{}, {}, {}", old.full_name(), old.district, old.province);
        let Meant::Several(heirs, true) = meant(&typed) else { panic!("{typed}: {:?}", meant(&typed)) };
        assert_eq!(heirs.len(), old.successors.len());
    }

    #[test]
    fn a_domain_tells_its_commune() {
        assert_eq!(at_domain("badinh.hanoi.gov.vn").map(|commune| commune.code), Some(code("00004")));
        assert!(at_domain("xa-a.laocai.localhost").is_none() && at_domain("vn").is_none());
    }
}
