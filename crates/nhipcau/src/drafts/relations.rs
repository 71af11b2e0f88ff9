//! What a document does to others, as lines of a form: `bãi bỏ Điều 5 của 42/2022/NĐ-CP từ 01/07/2026`.
//!
//! A line that nobody changes keeps what it does not show (which document of the number is meant).

use vietnam::documents::Effect;
use vietnam::text::fold;

use super::form::read::day;
use crate::documents::draft::DraftRelation;
use crate::problem::Fault;
use crate::words::{Lang, date};

/// The lines of relations, one each.
pub fn lines(relations: &[DraftRelation]) -> String {
    relations.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn line(relation: &DraftRelation) -> String {
    let word = match (relation.kind.parse::<Effect>(), relation.done_to) {
        (Ok(effect), false) => effect.does_vi(),
        (Ok(effect), true) => effect.done_vi(),
        (Err(_), _) => &relation.kind,
    };
    let mut line = word.to_owned();
    if let Some(part) = &relation.part {
        line.push_str(&format!(" {part} của"));
    }
    line.push_str(&format!(" {}", relation.number));
    for (word, day) in [("từ", relation.from), ("đến trước", relation.until)] {
        if let Some(day) = day {
            line.push_str(&format!(" {word} {}", date::date(Lang::Vi, day)));
        }
    }
    line
}

/// Reads lines over what stood there before. A line that cannot be read is named by its number and its words.
pub fn read(text: &str, before: &[DraftRelation], faults: &mut Vec<Fault>) -> Vec<DraftRelation> {
    let mut relations = Vec::new();
    for (at, written) in text.lines().map(str::trim).filter(|line| !line.is_empty()).enumerate() {
        if let Some(same) = before.iter().find(|relation| line(relation) == written) {
            relations.push(same.clone());
            continue;
        }
        match one(written) {
            Some(relation) => relations.push(relation),
            None => faults.push(Fault {
                field: "relations".into(),
                vi: format!(
                    "Dòng {} (“{written}”) không đọc được; ghi như: bãi bỏ 42/2022/NĐ-CP từ 01/07/2026.",
                    at + 1
                ),
                en: format!(
                    "Line {} ({written:?}) cannot be read; write it like: repeals 42/2022/NĐ-CP from 01/07/2026.",
                    at + 1
                ),
            }),
        }
    }
    relations
}

fn one(line: &str) -> Option<DraftRelation> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let folded: Vec<String> = words.iter().map(|word| fold(word)).collect();
    let (length, effect, done_to) = Effect::ALL
        .into_iter()
        .flat_map(|effect| {
            [
                (effect.as_str(), effect, false),
                (effect.does_vi(), effect, false),
                (effect.does_en(), effect, false),
                (effect.done_vi(), effect, true),
                (effect.done_en(), effect, true),
            ]
        })
        .filter_map(|(name, effect, done_to)| {
            let name: Vec<String> = name.split_whitespace().map(fold).collect();
            folded.starts_with(&name).then_some((name.len(), effect, done_to))
        })
        .max_by_key(|(length, ..)| *length)?;
    // Not folded: `Thông tư` is no `từ`.
    let plain: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let (mut rest, mut plain) = (&words[length..], &plain[length..]);
    let mut ends = |names: &[&[&str]]| -> Option<Option<jiff::civil::Date>> {
        for name in names {
            let Some(at) = plain.windows(name.len()).rposition(|window| window == *name) else { continue };
            let found = day(&rest[at + name.len()..].concat()).ok()??;
            (rest, plain) = (&rest[..at], &plain[..at]);
            return Some(Some(found));
        }
        Some(None)
    };
    let until = ends(&[&["đến", "trước", "ngày"], &["đến", "trước"], &["until"]])?;
    let from = ends(&[&["từ", "ngày"], &["từ"], &["from"]])?;
    let of = plain.iter().position(|word| word == "của" || word == "of");
    let (part, number) = match of {
        Some(at) => (Some(rest[..at].join(" ")), &rest[at + 1..]),
        None => (None, rest),
    };
    let number = number.join(" ");
    number.parse::<vietnam::number::DocumentNumber>().ok()?;
    let kind = effect.as_str().to_owned();
    Some(DraftRelation { kind, done_to, number, from, until, part, ..DraftRelation::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn back(text: &str) -> (Vec<DraftRelation>, usize) {
        let mut faults = Vec::new();
        (read(text, &[], &mut faults), faults.len())
    }

    #[test]
    fn a_line_says_what_is_done_to_which_document_and_when() {
        let (found, faults) = back(
            "Bãi bỏ Điều 5 của 42/2022/NĐ-CP từ ngày 01/07/2026\n\nrepeals Thông tư 1/2020/TT-BTC\nNgưng hiệu lực 7/2021/TT-BTC từ 2026-01-01 đến trước 01/02/2026\nbị thay thế bởi Nghị định số 9/2026/NĐ-CP",
        );
        assert_eq!(faults, 0);
        let said: Vec<(&str, bool, &str)> =
            found.iter().map(|r| (r.kind.as_str(), r.done_to, r.number.as_str())).collect();
        assert_eq!(
            said,
            [
                ("repeals", false, "42/2022/NĐ-CP"),
                ("repeals", false, "Thông tư 1/2020/TT-BTC"),
                ("suspends", false, "7/2021/TT-BTC"),
                ("replaces", true, "Nghị định số 9/2026/NĐ-CP"),
            ]
        );
        assert_eq!((found[0].part.as_deref(), found[0].from), (Some("Điều 5"), "2026-07-01".parse().ok()));
        assert_eq!(found[2].until, "2026-02-01".parse().ok());
        assert_eq!(lines(&back(&lines(&found)).0), lines(&found), "what is drawn reads the same");
    }

    #[test]
    fn what_cannot_be_read_is_told_and_what_is_not_shown_is_kept() {
        for bad in ["ăn 42/2022/NĐ-CP", "bãi bỏ", "bãi bỏ 42/2022", "bãi bỏ 42/2022/NĐ-CP từ mai"]
        {
            assert_eq!(back(bad), (vec![], 1), "{bad}");
        }
        let before = DraftRelation {
            kind: "amends".into(),
            number: "5/QĐ-UBND".into(),
            agency: Some("UBND xã A".into()),
            ..DraftRelation::default()
        };
        let kept = read(&lines(std::slice::from_ref(&before)), std::slice::from_ref(&before), &mut vec![]);
        assert_eq!(kept, [before]);
    }
}
