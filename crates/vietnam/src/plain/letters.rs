//! Letters that are not what they seem, and spaces too many.

use unicode_normalization::UnicodeNormalization;

use super::sheet::{Shape, Sheet, is_of_word};
use super::{Concern, Finding, MOST, Weight};
use crate::text::latin_twin;

pub(super) fn find(sheet: &Sheet<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for line in &sheet.lines {
        if found.len() > 2 * MOST {
            break;
        }
        let text = &sheet.text[line.range.clone()];
        if !text.is_ascii() {
            for word in &sheet.words[line.words.clone()] {
                found.extend(of_word(&sheet.text[word.clone()], word.start));
            }
            invisible(text, line.range.start, &mut found);
        }
        if matches!(line.shape, Shape::Text | Shape::Element) {
            spaces(text, line.range.start, &mut found);
        }
    }
    found
}

/// A word with a letter of another script among Latin ones, or decomposed.
fn of_word(word: &str, at: usize) -> Option<Finding> {
    if word.is_ascii() {
        return None;
    }
    let range = at..at + word.len();
    let strange = word.chars().filter(|c| latin_twin(*c).is_some()).count();
    let latin = word.nfd().any(|c| c.is_ascii_alphabetic());
    if strange > 0 && latin {
        let mended: String = word.chars().map(|c| latin_twin(c).unwrap_or(c)).collect();
        return Some(Finding {
            range,
            concern: Concern::Letters,
            weight: Weight::Mistake,
            vi: "Từ này có chữ cái của bảng chữ khác trông giống chữ Latinh (Kirin, Hy Lạp), nên không tìm kiếm được. Hãy gõ lại.".into(),
            en: "This word has letters of another script that look Latin; nobody will find it. Type it again.".into(),
            suggestion: Some(mended.nfc().collect()),
        });
    }
    (!unicode_normalization::is_nfc(word)).then(|| Finding {
        range,
        concern: Concern::Letters,
        weight: Weight::Advice,
        vi: "Chữ có dấu ở đây được ghép từ nhiều ký tự (Unicode tổ hợp). Khi lưu, hệ thống đổi sang Unicode dựng sẵn (TCVN 6909:2001).".into(),
        en: "Marks here are characters of their own (decomposed Unicode). When it is saved it becomes composed (TCVN 6909:2001).".into(),
        suggestion: Some(word.nfc().collect()),
    })
}

fn invisible(line: &str, at: usize, found: &mut Vec<Finding>) {
    for (place, c) in line.char_indices() {
        if matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
        {
            found.push(Finding {
                range: at + place..at + place + c.len_utf8(),
                concern: Concern::Letters,
                weight: Weight::Mistake,
                vi: format!(
                    "Có ký tự vô hình (U+{:04X}), thường do sao chép từ nơi khác. Hãy xóa.",
                    u32::from(c)
                ),
                en: format!(
                    "There is an invisible character (U+{:04X}), often copied from elsewhere. Remove it.",
                    u32::from(c)
                ),
                suggestion: Some(String::new()),
            });
        }
    }
}

/// Two spaces between words or signs of one line, and a space before a comma or a full stop.
fn spaces(line: &str, at: usize, found: &mut Vec<Finding>) {
    let inner = line.trim_end();
    let from = line.len() - line.trim_start().len();
    let mut place = from;
    while let Some(next) = inner[place..].find([' ', '\u{a0}']).map(|next| place + next) {
        let run = inner[next..].find(|c: char| c != ' ' && c != '\u{a0}').unwrap_or(inner.len() - next);
        let after = inner[next + run..].chars().next();
        place = next + run;
        let before = inner[..next].chars().next_back();
        // Behind the sign of a list spaces are markup.
        let between = before.is_some_and(|c| is_of_word(c) || ",.;:)”\"".contains(c));
        let many = inner[next..next + run].chars().count() > 1 && between;
        let before_sign = before.is_some_and(is_of_word)
            && after.is_some_and(|c| matches!(c, ',' | '.' | ';'))
            && inner[place + 1..].chars().next().is_none_or(char::is_whitespace);
        if many || before_sign {
            found.push(Finding {
                range: at + next..at + next + run,
                concern: Concern::Spaces,
                weight: Weight::Advice,
                vi: if before_sign {
                    "Thừa dấu cách trước dấu câu.".into()
                } else {
                    "Thừa dấu cách.".to_owned()
                },
                en: if before_sign {
                    "A space too many before the sign.".into()
                } else {
                    "A space too many.".to_owned()
                },
                suggestion: Some(if before_sign { String::new() } else { " ".to_owned() }),
            });
        }
    }
}
