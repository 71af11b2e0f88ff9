//! Ministries and other bodies that ended, with who took over.

use std::sync::LazyLock;

use jiff::civil::Date;

use super::names::Names;
use super::sheet::Sheet;
use super::{Concern, Finding, Weight};
use crate::agencies::{Agencies, Agency};

/// Bodies that ended, by name.
fn ended() -> &'static Names<&'static Agency> {
    static ENDED: LazyLock<Names<&'static Agency>> = LazyLock::new(|| {
        let mut names = Names::default();
        for agency in Agencies::shipped().all().iter().filter(|agency| agency.until.is_some()) {
            names.entry(&agency.name).or_insert(agency);
        }
        names
    });
    &ENDED
}

pub(super) fn find(sheet: &Sheet<'_>, day: Date) -> Vec<Finding> {
    let mut found = Vec::new();
    for line in sheet.readable() {
        let mut index = line.words.start;
        while index < line.words.end {
            let Some((agency, end)) = ended().at(sheet, index) else {
                index += 1;
                continue;
            };
            let gone = agency.until.is_some_and(|until| until <= day);
            if gone && end <= line.words.end {
                found.push(finding(sheet, index, end, agency, day));
            }
            index = end;
        }
    }
    found
}

fn finding(sheet: &Sheet<'_>, from: usize, end: usize, agency: &Agency, day: Date) -> Finding {
    let until = agency.until.map_or(String::new(), |until| until.strftime("%d/%m/%Y").to_string());
    let now = Agencies::shipped().today(&agency.id, day);
    let (vi, en) = match now {
        Some(now) => (format!(" Nay là {}.", now.name), format!(" Now the {}.", now.name_en)),
        None => (String::new(), String::new()),
    };
    // “… của Bộ Kế hoạch và Đầu tư (cũ)”, “… năm 2023 của …”: the name of then is right.
    let earlier = (from.saturating_sub(8)..(end + 8).min(sheet.words.len())).any(|index| {
        let word = sheet.word(index);
        word == "cũ" || word.len() == 4 && word.parse::<i16>().is_ok_and(|year| (1945..2025).contains(&year))
    });
    Finding {
        range: sheet.words[from].start..sheet.words[end - 1].end,
        concern: Concern::OldAgency,
        weight: if earlier { Weight::Advice } else { Weight::Mistake },
        vi: format!("{} không còn từ ngày {until} ({}).{vi}", agency.name, agency.legal_basis),
        en: format!("{} is no more since {until} ({}).{en}", agency.name_en, agency.legal_basis),
        suggestion: now.filter(|_| !earlier).map(|now| now.name.clone()),
    }
}
