//! Who handles a procedure at a place: what the source prints of its authority, said of the reader's own commune and province.
//!
//! Where the source names nobody (more than half of it), the level says at which desk a file is handed in. Nothing here fetches.

use jiff::civil::Date;
use vietnam::number::{Abbreviations, DocumentNumber};
use vietnam::procedures::outside_brackets;

use super::rules::{Level, Rules};
use super::told::Procedure;
use crate::items::kinds::Both;
use crate::words::Lang;

/// More bodies than these are read further down, not in a sentence.
const MOST: usize = 3;

/// Where somebody lives, or a portal stands; names as they stand in the middle of a sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Here {
    /// The commune: `xã Mù Cang Chải`.
    pub commune: Option<String>,
    /// The province: `tỉnh Lào Cai`.
    pub province: Option<String>,
}

/// Who handles a procedure here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handler {
    /// Where one goes: `Ủy ban nhân dân xã Mù Cang Chải`; empty where even the level is not said.
    pub at: String,
    /// How that is known.
    pub known: Known,
    /// True if a commune or province stands in it that the page does not know.
    pub needs_place: bool,
    /// True if the reader's commune or province is named in it.
    pub of_place: bool,
}

/// How it is known who handles a procedure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// The source names the authority.
    Printed,
    /// The source names none; a file of this level is handed in at the desk that this act set up.
    Desk(String),
    /// The source names none; a ministry published it.
    Publisher,
    /// Not at all.
    Not,
}

/// Says who handles `procedure` on `day` for somebody who lives `here`.
pub fn handler(procedure: &Procedure, here: &Here, rules: &Rules, day: Date, lang: Lang) -> Handler {
    let mut said = Said { here, lang, names: Vec::new(), needs_place: false, of_place: false };
    for part in outside_brackets(&procedure.authority) {
        match rules.body(part) {
            Some(body) => said.local(body.level, &body.here, &body.any),
            None if rules.names_nobody(part) => {}
            None => said.name(part.trim_end_matches('.').to_owned()),
        }
    }
    let printed = !said.names.is_empty();
    let mut known = if printed { Known::Printed } else { Known::Not };
    if !printed {
        for level in &procedure.levels {
            if let Some(desk) = rules.desk(*level, day) {
                said.local(desk.level, &desk.here, &desk.any);
                known = Known::Desk(desk.basis.clone());
            }
        }
        let ministry = procedure.levels.contains(&Level::Ministry);
        if let Some(name) = publisher(&procedure.decision, day).filter(|_| ministry) {
            said.name(name);
            known = if let Known::Desk(basis) = known { Known::Desk(basis) } else { Known::Publisher };
        }
    }
    let w = lang.procedures();
    let at = match &said.names[..] {
        [before @ .., last] if !before.is_empty() && said.names.len() <= MOST => {
            w.or(before.join(", "), last)
        }
        [one] => one.clone(),
        [] => String::new(),
        many => w.or_others(many[..MOST].join(", ")),
    };
    Handler { at, known, needs_place: said.needs_place, of_place: said.of_place }
}

struct Said<'a> {
    here: &'a Here,
    lang: Lang,
    names: Vec<String>,
    needs_place: bool,
    of_place: bool,
}

impl Said<'_> {
    fn name(&mut self, name: String) {
        if !self.names.contains(&name) {
            self.names.push(name);
        }
    }

    /// A body that every place of a level has, by its name here.
    fn local(&mut self, level: Level, here: &Both, any: &Both) {
        let place = match level {
            Level::Commune => &self.here.commune,
            _ => &self.here.province,
        };
        match place {
            Some(place) => {
                self.of_place = true;
                let name = here.of(self.lang).replace("{commune}", place).replace("{province}", place);
                self.name(name);
            }
            None => {
                self.needs_place = true;
                self.name(any.of(self.lang).to_owned());
            }
        }
    }
}

/// The ministry whose decision published a procedure, where its number names one alone.
fn publisher(decision: &str, day: Date) -> Option<String> {
    let number: DocumentNumber = decision.parse().ok()?;
    match &Abbreviations::shipped().issuers_of(&number, Some(day))[..] {
        [one] => Some(one.name.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::procedures::rules::shipped;
    use jiff::civil::date;

    const TODAY: Date = date(2026, 11, 26);

    fn at(authority: &str, levels: &[Level], decision: &str, here: &Here) -> (String, Known, bool) {
        let procedure = Procedure {
            code: "1.000001".into(),
            levels: levels.iter().copied().collect::<BTreeSet<_>>(),
            field: String::new(),
            audience: String::new(),
            authority: authority.into(),
            anywhere: None,
            offers: Vec::new(),
            papers: Vec::new(),
            result: String::new(),
            url: None,
            decision: decision.into(),
            basis: Vec::new(),
            mentioned: Vec::new(),
        };
        let found = handler(&procedure, here, shipped(), TODAY, Lang::Vi);
        (found.at, found.known, found.needs_place)
    }

    fn mu_cang_chai() -> Here {
        Here { commune: Some("xã Mù Cang Chải".into()), province: Some("tỉnh Lào Cai".into()) }
    }

    #[test]
    fn a_printed_authority_is_said_of_the_readers_place() {
        let here = mu_cang_chai();
        let printed = |authority: &str| at(authority, &[], "", &here).0;
        assert_eq!(
            printed("Ủy ban Nhân dân\u{a0}xã,\u{a0}phường,\u{a0}thị trấn."),
            "Ủy ban nhân dân xã Mù Cang Chải"
        );
        assert_eq!(printed("Chủ tịch ủy ban nhân dân cấp tỉnh"), "Ủy ban nhân dân tỉnh Lào Cai");
        assert_eq!(
            printed("Cục cảnh sát giao thông, Công an tỉnh, Công an cấp Xã"),
            "Cục cảnh sát giao thông, Công an tỉnh Lào Cai hoặc Công an xã Mù Cang Chải"
        );
        assert_eq!(printed("Chi cục Hải quan khu vực"), "Chi cục Hải quan khu vực", "as printed");
        let (name, known, needs) = at("Công an cấp Xã", &[], "", &Here::default());
        assert_eq!((name.as_str(), known, needs), ("Công an cấp xã nơi bạn ở", Known::Printed, true));
    }

    #[test]
    fn where_the_source_names_nobody_the_level_says_the_desk() {
        let here = mu_cang_chai();
        let (name, known, _) = at("", &[Level::Commune, Level::Province], "", &here);
        assert_eq!(
            name,
            "Trung tâm Phục vụ hành chính công xã Mù Cang Chải hoặc Trung tâm Phục vụ hành chính công tỉnh Lào Cai"
        );
        assert_eq!(known, Known::Desk("118/2025/NĐ-CP".into()));
        let (name, known, needs) = at("", &[Level::Ministry], "1474/QĐ-BTC", &here);
        assert_eq!((name.as_str(), known, needs), ("Bộ Tài chính", Known::Publisher, false));
        assert_eq!(at("", &[Level::Other], "x", &here).1, Known::Not);
    }
}
