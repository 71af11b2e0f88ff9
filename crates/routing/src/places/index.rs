//! The index of names: provinces, districts and communes, of today and of before July 2025.

use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

use vietnam::text::canonical;
use vietnam::units::{Commune, CommuneCode, ProvinceCode, Units};

use crate::phrases::Phrases;
use crate::words;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Province(usize),
    OldProvince(usize),
    District(usize),
    Commune(usize),
    Old(usize),
}

/// A unit of before July 2025 above communes.
#[derive(Debug)]
pub(super) struct Wide {
    pub(super) name: String,
    pub(super) full_name: String,
    pub(super) province: String,
    pub(super) communes: BTreeSet<CommuneCode>,
    pub(super) provinces: BTreeSet<ProvinceCode>,
}

/// The index of names.
#[derive(Debug)]
pub struct Gazetteer {
    pub(super) units: &'static Units,
    pub(super) names: Phrases<Unit>,
    pub(super) old_provinces: Vec<Wide>,
    pub(super) districts: Vec<Wide>,
    /// Names as compared, so that no search spells them anew: by kind of unit, in the order of each.
    spelled: [Vec<String>; 5],
    /// The names of former districts, as compared.
    district_names: HashSet<String>,
}

fn bare(full: &str) -> &str {
    const KINDS: [&str; 5] = ["Tỉnh ", "Thành phố ", "Huyện ", "Quận ", "Thị xã "];
    KINDS.iter().find_map(|kind| full.strip_prefix(kind)).unwrap_or(full)
}

pub(super) fn spelled(name: &str) -> String {
    canonical(name).to_lowercase()
}

impl Gazetteer {
    /// The index of the units that ship, made once.
    #[must_use]
    pub fn shipped() -> &'static Gazetteer {
        static SHIPPED: LazyLock<Gazetteer> = LazyLock::new(|| Gazetteer::of(Units::shipped()));
        &SHIPPED
    }

    fn of(units: &'static Units) -> Gazetteer {
        let mut all = Gazetteer {
            units,
            names: Phrases::default(),
            old_provinces: Vec::new(),
            districts: Vec::new(),
            spelled: Default::default(),
            district_names: HashSet::new(),
        };
        for (index, province) in units.provinces().iter().enumerate() {
            all.names.add(&province.name, Unit::Province(index));
            if province.name == "Hồ Chí Minh" {
                all.names.add("Sài Gòn", Unit::Province(index));
            }
        }
        for (index, commune) in units.communes().iter().enumerate() {
            all.names.add(&commune.name, Unit::Commune(index));
        }
        for (index, old) in units.old_communes().iter().enumerate() {
            all.names.add(&old.name, Unit::Old(index));
            let went: Vec<&Commune> = units.successors_of(old).collect();
            let wide = |list: &mut Vec<Wide>, full: &str, province: &str| {
                let at = list
                    .iter()
                    .rposition(|w| w.full_name == full && w.province == province)
                    .unwrap_or_else(|| {
                        list.push(Wide {
                            name: bare(full).to_owned(),
                            full_name: full.to_owned(),
                            province: province.to_owned(),
                            communes: BTreeSet::new(),
                            provinces: BTreeSet::new(),
                        });
                        list.len() - 1
                    });
                list[at].communes.extend(went.iter().map(|commune| commune.code));
                list[at].provinces.extend(went.iter().map(|commune| commune.province));
            };
            wide(&mut all.districts, &old.district, &old.province);
            wide(&mut all.old_provinces, &old.province, "");
        }
        for (index, district) in all.districts.iter().enumerate() {
            all.names.add(&district.name, Unit::District(index));
        }
        for (index, province) in all.old_provinces.iter().enumerate() {
            if !units.provinces().iter().any(|now| spelled(&now.name) == spelled(&province.name)) {
                all.names.add(&province.name, Unit::OldProvince(index));
            }
        }
        all.spelled = [
            units.provinces().iter().map(|p| spelled(&p.name)).collect(),
            all.old_provinces.iter().map(|p| spelled(&p.name)).collect(),
            all.districts.iter().map(|d| spelled(&d.name)).collect(),
            units.communes().iter().map(|c| spelled(&c.name)).collect(),
            units.old_communes().iter().map(|c| spelled(&c.name)).collect(),
        ];
        all.district_names = all.spelled[2].iter().cloned().collect();
        all
    }

    /// The name of a unit as compared.
    pub(super) fn spelled_name(&self, unit: Unit) -> &str {
        let (kind, at) = match unit {
            Unit::Province(at) => (0, at),
            Unit::OldProvince(at) => (1, at),
            Unit::District(at) => (2, at),
            Unit::Commune(at) => (3, at),
            Unit::Old(at) => (4, at),
        };
        self.spelled[kind].get(at).map_or("", String::as_str)
    }

    /// True if a former district bore the name of a unit.
    pub(super) fn is_district_name(&self, unit: Unit) -> bool {
        self.district_names.contains(self.spelled_name(unit))
    }

    /// True if the whole of a text is the name of a place.
    #[must_use]
    pub(crate) fn knows(&self, name: &str) -> bool {
        let words = words::of(name);
        self.names.find(&words).iter().any(|hit| {
            hit.length == words.len() && (name.is_ascii() || self.spelled_name(*hit.what) == spelled(name))
        })
    }

    pub(super) fn name(&self, unit: Unit) -> &str {
        match unit {
            Unit::Province(at) => &self.units.provinces()[at].name,
            Unit::OldProvince(at) => &self.old_provinces[at].name,
            Unit::District(at) => &self.districts[at].name,
            Unit::Commune(at) => &self.units.communes()[at].name,
            Unit::Old(at) => &self.units.old_communes()[at].name,
        }
    }
}
