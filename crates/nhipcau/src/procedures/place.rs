//! Where the reader lives: what was chosen (`?noi=` with a commune's code), else where the portal itself stands.
//!
//! The choice travels in the address: no cookie, no account, and a page can be sent to somebody with it.

use vietnam::units::{Commune, CommuneCode, Province, Units};

use super::handler::Here;
use crate::web::shell::{PortalKind, Shell};
use crate::web::visitor::Visitor;
use crate::words::Lang;

/// The name of the choice in the query.
pub const ASKED: &str = "noi";

/// Where a page takes its reader to live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Names for sentences.
    pub here: Here,
    /// The commune that was chosen, if one was.
    pub chosen: Option<CommuneCode>,
}

impl Place {
    /// Reads the choice, or takes the portal's own place; a code of no commune is no choice.
    pub fn of(visitor: &Visitor, shell: &Shell) -> Place {
        match visitor.asked(ASKED).and_then(|code| code.parse().ok()).and_then(|code| named(code, shell.lang))
        {
            Some((code, here)) => Place { here, chosen: Some(code) },
            None => Place { here: own(shell), chosen: None },
        }
    }

    /// The place in a sentence: `xã Mù Cang Chải, tỉnh Lào Cai`; `None` where it is not known.
    pub fn name(&self) -> Option<String> {
        let names = [self.here.commune.clone(), self.here.province.clone()];
        let names: Vec<String> = names.into_iter().flatten().collect();
        (!names.is_empty()).then(|| names.join(", "))
    }

    /// What a link on the same subject carries along: `noi=03334`.
    pub fn query(&self) -> Option<String> {
        self.chosen.map(|code| format!("{ASKED}={code}"))
    }
}

/// A name in the middle of a Vietnamese sentence: `Xã Mù Cang Chải` → `xã Mù Cang Chải`.
pub fn inside(lang: Lang, name: &str) -> String {
    let mut letters = name.chars();
    match lang {
        Lang::Vi => letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect(),
        Lang::En => name.to_owned(),
    }
}

/// A province's name.
pub fn province_name(province: &Province, lang: Lang) -> String {
    match lang {
        Lang::Vi => province.full_name(),
        Lang::En => province.full_name_en(),
    }
}

/// A commune's name and its province's.
pub fn names(commune: &Commune, lang: Lang) -> (String, String) {
    let province = Units::shipped().province(commune.province);
    let province = province.map(|province| province_name(province, lang)).unwrap_or_default();
    match lang {
        Lang::Vi => (commune.full_name(), province),
        Lang::En => (commune.full_name_en(), province),
    }
}

fn named(code: CommuneCode, lang: Lang) -> Option<(CommuneCode, Here)> {
    let commune = Units::shipped().commune(code)?;
    let (name, province) = names(commune, lang);
    let here = Here { commune: Some(inside(lang, &name)), province: Some(inside(lang, &province)) };
    Some((commune.code, here))
}

fn own(shell: &Shell) -> Here {
    let name = |text: &str| Some(inside(shell.lang, text)).filter(|text| !text.is_empty());
    match shell.portal.kind {
        PortalKind::Commune | PortalKind::Ward | PortalKind::SpecialZone => {
            Here { commune: name(&shell.portal.name), province: name(shell.parent()) }
        }
        PortalKind::Province | PortalKind::City => Here { commune: None, province: name(&shell.portal.name) },
        PortalKind::Government | PortalKind::Ministry | PortalKind::Unit => Here::default(),
    }
}
