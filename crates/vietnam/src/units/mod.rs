//! Administrative units: 34 provinces, 3,321 communes, and the communes of the 63 provinces before July 2025.
//!
//! Codes identify; names do not: 3,321 communes share 2,848 names. A lookup by name therefore answers [`Found`]. Every
//! commune has a domain label of its own within its province ([`Commune::label`]). Units are data as of
//! [`Units::AS_OF`]; a later change needs newer tables, not newer code.

mod centre;
mod code;
mod lookup;
mod old;
mod read;

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::civil::{Date, date};

pub use centre::{Centre, Centres};
pub use code::{CodeError, CommuneCode, ProvinceCode};
pub use lookup::Found;
pub use old::{OldCommune, OldKind, Successor};

use crate::DataError;
use crate::text;

/// What a unit at province level is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProvinceKind {
    /// Tỉnh.
    Province,
    /// Thành phố trực thuộc trung ương.
    City,
}

/// What a unit at commune level is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CommuneKind {
    /// Xã.
    Commune,
    /// Phường.
    Ward,
    /// Đặc khu.
    SpecialZone,
}

/// A province or city at province level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Province {
    /// Its code.
    pub code: ProvinceCode,
    /// Province or city.
    pub kind: ProvinceKind,
    /// Its name without the kind: `Lào Cai`.
    pub name: String,
    /// Its name in English without the kind: `Lao Cai`.
    pub name_en: String,
}

/// A commune, ward or special zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commune {
    /// Its code.
    pub code: CommuneCode,
    /// The province it belongs to.
    pub province: ProvinceCode,
    /// Commune, ward or special zone.
    pub kind: CommuneKind,
    /// Its name without the kind: `Mù Cang Chải`.
    pub name: String,
    label: String,
}

impl Province {
    /// The name as officials write it: `Tỉnh Lào Cai`, `Thành phố Huế`.
    #[must_use]
    pub fn full_name(&self) -> String {
        match self.kind {
            ProvinceKind::Province => format!("Tỉnh {}", self.name),
            ProvinceKind::City => format!("Thành phố {}", self.name),
        }
    }

    /// The name in English: `Lao Cai Province`, `Hue City`.
    #[must_use]
    pub fn full_name_en(&self) -> String {
        match self.kind {
            ProvinceKind::Province => format!("{} Province", self.name_en),
            ProvinceKind::City => format!("{} City", self.name_en),
        }
    }

    /// The portal's domain by Decree 224/2026, Art. 11(4): the full name without diacritics, and `hochiminhcity.gov.vn`.
    #[must_use]
    pub fn domain(&self) -> String {
        match text::slug(&self.name).replace('-', "") {
            label if label == "hochiminh" => "hochiminhcity.gov.vn".to_owned(),
            label => format!("{label}.gov.vn"),
        }
    }
}

impl Commune {
    /// The name as officials write it: `Xã Mù Cang Chải`, `Phường Ba Đình`, `Đặc khu Côn Đảo`.
    #[must_use]
    pub fn full_name(&self) -> String {
        let kind = match self.kind {
            CommuneKind::Commune => "Xã",
            CommuneKind::Ward => "Phường",
            CommuneKind::SpecialZone => "Đặc khu",
        };
        format!("{kind} {}", self.name)
    }

    /// The name in English: `Mu Cang Chai Commune`, `Ba Dinh Ward`, `Con Dao Special Zone`.
    #[must_use]
    pub fn full_name_en(&self) -> String {
        let kind = match self.kind {
            CommuneKind::Commune => "Commune",
            CommuneKind::Ward => "Ward",
            CommuneKind::SpecialZone => "Special Zone",
        };
        format!("{} {kind}", self.name_en())
    }

    /// The name in English without the kind: the name without diacritics.
    #[must_use]
    pub fn name_en(&self) -> String {
        use unicode_normalization::UnicodeNormalization;
        let plain = |c: char| match c {
            'đ' => 'd',
            'Đ' => 'D',
            other => other,
        };
        self.name.nfd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)).map(plain).collect()
    }

    /// Its domain label, unique within its province: `mucangchai`. Where communes of one province would share a label,
    /// each of them takes its code along: `vanlang-02143` (the rule of Decree 224/2026 gives no answer there, so the
    /// domain is data).
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Its portal's domain under that of its province: `mucangchai.laocai.gov.vn`.
    #[must_use]
    pub fn domain_under(&self, province_domain: &str) -> String {
        format!("{}.{province_domain}", self.label)
    }
}

/// All units, with the indexes to find them. Made from tables by [`Units::parse`]; what ships is [`Units::shipped`].
#[derive(Clone, Debug)]
pub struct Units {
    provinces: Vec<Province>,
    /// By province, then by code.
    communes: Vec<Commune>,
    aliases: HashMap<CommuneCode, CommuneCode>,
    old: Vec<OldCommune>,
    by_code: HashMap<CommuneCode, usize>,
    by_name: HashMap<String, Vec<usize>>,
    old_by_code: HashMap<CommuneCode, usize>,
    old_by_name: HashMap<String, Vec<usize>>,
}

/// The tables that [`Units::parse`] reads, as CSV with the headers of the files in `data/units`.
#[derive(Clone, Copy, Debug)]
pub struct Tables<'a> {
    /// `code,kind,name,name_en`
    pub provinces: &'a str,
    /// `code,province,kind,name`
    pub communes: &'a str,
    /// `alias,code,reason`
    pub code_aliases: &'a str,
    /// `code,province_code,province,name`
    pub old_districts: &'a str,
    /// `code,district,name,successors`
    pub old_communes: &'a str,
}

impl Units {
    /// The day as of which the shipped units are true.
    pub const AS_OF: Date = date(2026, 4, 30);

    /// The units that ship, read once.
    #[must_use]
    pub fn shipped() -> &'static Units {
        static SHIPPED: LazyLock<Units> = LazyLock::new(|| {
            let tables = Tables {
                provinces: include_str!("../../../../data/units/provinces.csv"),
                communes: include_str!("../../../../data/units/communes.csv"),
                code_aliases: include_str!("../../../../data/units/code_aliases.csv"),
                old_districts: include_str!("../../../../data/units/old_districts.csv"),
                old_communes: include_str!("../../../../data/units/old_communes.csv"),
            };
            Units::parse(&tables).expect("the compiled-in tables parse: a test reads them")
        });
        &SHIPPED
    }

    /// Units from tables. An error names the table, the line and what is wrong: a bad code or kind, a code twice, a
    /// province or successor that does not exist.
    pub fn parse(tables: &Tables<'_>) -> Result<Units, DataError> {
        read::units(tables)
    }

    /// All provinces, by code.
    #[must_use]
    pub fn provinces(&self) -> &[Province] {
        &self.provinces
    }

    /// All communes, by province and code.
    #[must_use]
    pub fn communes(&self) -> &[Commune] {
        &self.communes
    }

    /// The communes of a province, by code; empty if there is no such province.
    #[must_use]
    pub fn communes_of(&self, province: ProvinceCode) -> &[Commune] {
        let from = self.communes.partition_point(|c| c.province < province);
        let to = self.communes.partition_point(|c| c.province <= province);
        &self.communes[from..to]
    }

    /// The province with a code.
    #[must_use]
    pub fn province(&self, code: ProvinceCode) -> Option<&Province> {
        self.provinces.binary_search_by_key(&code, |p| p.code).ok().map(|i| &self.provinces[i])
    }

    /// The commune with a code, or with a code that circulates for it (Ba Chẽ has two).
    #[must_use]
    pub fn commune(&self, code: CommuneCode) -> Option<&Commune> {
        let code = self.aliases.get(&code).copied().unwrap_or(code);
        self.by_code.get(&code).map(|i| &self.communes[*i])
    }

    /// The commune with a domain label in a province.
    #[must_use]
    pub fn commune_at(&self, province: ProvinceCode, label: &str) -> Option<&Commune> {
        self.communes_of(province).iter().find(|c| c.label == label)
    }

    /// All communes before July 2025 (and the five island districts without communes).
    #[must_use]
    pub fn old_communes(&self) -> &[OldCommune] {
        &self.old
    }

    /// The commune that had a code before July 2025.
    #[must_use]
    pub fn old_commune(&self, code: CommuneCode) -> Option<&OldCommune> {
        self.old_by_code.get(&code).map(|i| &self.old[*i])
    }
}
