//! Personal data that are about to be published: identity numbers, telephones, mail addresses, bank accounts.
//!
//! A finding says what kind of data stands where and never repeats it. What a state body publishes of itself (addresses under
//! gov.vn, hotlines 1800 and 1900) is no personal datum.

use std::ops::Range;

use super::sheet::Sheet;
use super::{Concern, Finding, Weight};
use crate::text::fold;

/// How many words before a number may say what it is.
const LEAD: usize = 8;

pub(super) fn find(sheet: &Sheet<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for line in &sheet.lines {
        let text = &sheet.text[line.range.clone()];
        if text.contains('@') {
            mail(text, line.range.start, &mut found);
        }
        let mut index = line.words.start;
        while index < line.words.end {
            if !sheet.word(index).starts_with(|c: char| c.is_ascii_digit()) {
                index += 1;
                continue;
            }
            let (digits, end) = digits_from(sheet, index, line.words.end);
            let range = sheet.words[index].start..sheet.words[end - 1].end;
            let before = sheet.words[index.saturating_sub(LEAD).max(line.words.start)].start;
            let lead = fold(&sheet.text[before..range.start]);
            found.extend(number(&digits, &lead, range));
            index = end;
        }
    }
    found
}

/// Digits that belong together: groups with single spaces, dots or hyphens between them.
fn digits_from(sheet: &Sheet<'_>, index: usize, line: usize) -> (String, usize) {
    let mut digits = String::new();
    let mut end = index;
    while end < line && digits.len() < 20 {
        let word = sheet.word(end);
        if !word.bytes().all(|b| b.is_ascii_digit())
            || (end > index && !matches!(sheet.gap_before(end), " " | "." | "-"))
        {
            break;
        }
        digits.push_str(word);
        end += 1;
    }
    (digits, end.max(index + 1))
}

fn number(digits: &str, lead: &str, range: Range<usize>) -> Option<Finding> {
    let says = |words: &[&str]| words.iter().any(|word| lead.contains(word));
    let identity = says(&["cccd", "can cuoc", "dinh danh ca nhan", "cmnd", "chung minh nhan dan", "cmt"]);
    let account = says(&["tai khoan", "stk", "so tk"]);
    let phone = says(&["dien thoai", "sdt", "di dong", "dt:", "hotline", "lien he", "zalo", "tel"]);
    let province = digits.get(..3).and_then(|code| code.parse::<u16>().ok());
    let is_identity = match digits.len() {
        // Code of the province, century and sex, year of birth (Circular 59/2021/TT-BCA, Annex).
        12 => identity || province.is_some_and(|code| (1..=96).contains(&code)),
        9 => identity,
        _ => false,
    };
    if is_identity {
        return Some(danger(
            range,
            "số định danh cá nhân, căn cước hoặc chứng minh nhân dân",
            "a personal identity number",
        ));
    }
    if account && (6..=19).contains(&digits.len()) {
        return Some(danger(range, "số tài khoản ngân hàng", "a bank account"));
    }
    let international = digits.strip_prefix("84").filter(|rest| rest.len() == 9);
    let national = digits.strip_prefix('0').filter(|rest| rest.len() == 9);
    let mobile = national.or(international).is_some_and(|rest| rest.starts_with(['3', '5', '7', '8', '9']));
    let fixed = digits.starts_with("02") && (10..=11).contains(&digits.len()) && phone;
    if !mobile && !fixed {
        return None;
    }
    Some(Finding {
        range,
        concern: Concern::PersonalData,
        weight: if fixed { Weight::Advice } else { Weight::Danger },
        vi: "Có số điện thoại sắp được công khai. Chỉ để lại nếu là số của cơ quan hoặc người đó đồng ý; nếu không, hãy xóa.".into(),
        en: "A telephone number is about to be published. Keep it only if it is the office's or the person agrees; else remove it.".into(),
        suggestion: None,
    })
}

fn danger(range: Range<usize>, vi: &str, en: &str) -> Finding {
    Finding {
        range,
        concern: Concern::PersonalData,
        weight: Weight::Danger,
        vi: format!(
            "Có {vi} sắp được công khai. Hãy xóa hoặc che bớt, trừ khi pháp luật quy định phải công khai (Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15)."
        ),
        en: format!(
            "{} is about to be published. Remove or mask it, unless the law demands it (Law 91/2025/QH15 on personal data).",
            capital(en)
        ),
        suggestion: None,
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Mail addresses that are not under gov.vn.
fn mail(line: &str, at: usize, found: &mut Vec<Finding>) {
    let of_address = |c: char| c.is_ascii_alphanumeric() || "._%+-".contains(c);
    let mut from = 0;
    while let Some(place) = line[from..].find('@').map(|place| from + place) {
        let start = line[from..place].rfind(|c| !of_address(c)).map_or(from, |before| {
            from + before + line[from + before..].chars().next().map_or(1, char::len_utf8)
        });
        let rest = &line[place + 1..];
        let length =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-')).unwrap_or(rest.len());
        let domain = rest[..length].trim_end_matches(['.', '-']).to_ascii_lowercase();
        from = place + 1;
        if start == place
            || !domain.contains('.')
            || domain == "gov.vn"
            || domain.ends_with(".gov.vn")
            || domain.ends_with("chinhphu.vn")
        {
            continue;
        }
        found.push(Finding {
            range: at + start..at + place + 1 + domain.len(),
            concern: Concern::PersonalData,
            weight: Weight::Danger,
            vi: "Có địa chỉ thư điện tử ngoài hệ thống cơ quan nhà nước (gov.vn) sắp được công khai. Hãy dùng địa chỉ công vụ, hoặc xóa.".into(),
            en: "A mail address outside gov.vn is about to be published. Use the office's address, or remove it.".into(),
            suggestion: None,
        });
        from = place + 1 + length;
    }
}
