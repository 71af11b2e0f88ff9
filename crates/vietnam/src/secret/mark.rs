//! Whether one line, title or file name bears a mark.

use super::Degree;
use crate::text::fold;

/// So many written lines are a document's head, where a mark may also stand in small letters.
pub(super) const HEAD: usize = 30;

/// What frames a mark on paper and in markup.
const FRAME: &[char] = &[
    ' ', '\t', '*', '_', '#', '|', '[', ']', '(', ')', '{', '}', '"', '“', '”', '«', '»', '\'', '‘', '’',
    '-', '–', '—', '=', '~', '.', ':', '!', '/', '\\', '+', '>', '·', '•', '`', ',', ';',
];

/// Marks of urgency, which stand beside the mark (Decree 30/2020/NĐ-CP, Art. 4), and what else is stamped there.
const BESIDE: [&str; 9] = [
    "HỎA TỐC HẸN GIỜ",
    "HOẢ TỐC HẸN GIỜ",
    "HỎA TỐC",
    "HOẢ TỐC",
    "THƯỢNG KHẨN",
    "KHẨN",
    "VĂN BẢN",
    "TÀI LIỆU",
    "HỒ SƠ",
];

/// What a heading goes on with where two columns were read as one line.
const HEADING: [&str; 3] = ["CỘNG H", "Cộng h", "Độc lập"];

/// The mark of a line in its normal form. `head`: it is among the first of its text.
pub(super) fn of_line(line: &str, head: bool) -> Option<Degree> {
    let trimmed = line.trim();
    if trimmed.is_empty() || !has_letter_m(trimmed) {
        return None;
    }
    stands_alone(trimmed, head)
        .or_else(|| {
            trimmed.split(['\t', '|']).flat_map(|cell| cell.split("  ")).find_map(|c| stands_alone(c, false))
        })
        .or_else(|| before_heading(trimmed))
        .or_else(|| labelled(trimmed))
        .or_else(|| behind_symbol(trimmed))
}

/// The beginning of a text, longer than any mark with what is around it: what is looked for from many places must not be
/// looked for to the end of the line from each.
fn near(text: &str) -> &str {
    &text[..text.floor_char_boundary(160)]
}

/// Cheap: most lines of a text have no M that begins a word.
fn has_letter_m(line: &str) -> bool {
    line.contains(['m', 'M'])
}

/// A line or a cell that is the mark and nothing else but its frame and the urgency.
fn stands_alone(cell: &str, head: bool) -> Option<Degree> {
    let mut inner = cell.trim_matches(FRAME);
    // A bullet before small letters is a list of degrees, in a law.
    let bare = cell.trim().trim_end_matches(['.', '!', '*']).trim_start_matches('*') == inner;
    // In brackets of its own it is no item of a list either.
    let framed = cell.trim().starts_with(['(', '[']) && cell.trim().ends_with([')', ']']);
    for word in BESIDE {
        inner = inner
            .strip_prefix(word)
            .or_else(|| inner.strip_suffix(word))
            .unwrap_or(inner)
            .trim_matches(FRAME);
    }
    // The longest mark, each letter with spaces around it.
    if inner.len() > 80 {
        return None;
    }
    let squeezed: String =
        inner.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '*' | '_' | '-' | '–')).collect();
    // The copy's number, which every copy of a secret document bears: `TUYỆT MẬT số 2`.
    let word = squeezed.trim_end_matches(|c: char| c.is_ascii_digit());
    let word = [":", "BẢNSỐ", "Bảnsố", "bảnsố", "SỐ", "Số", "số"]
        .iter()
        .fold(word, |word, end| word.strip_suffix(end).unwrap_or(word));
    match word {
        "MẬT" => Some(Degree::Secret),
        // Without diacritics only what can be nothing else.
        "TỐIMẬT" | "TOIMAT" => Some(Degree::VerySecret),
        "TUYỆTMẬT" | "TUYETMAT" => Some(Degree::TopSecret),
        _ if framed || head && bare => match inner {
            "Mật" => Some(Degree::Secret),
            "Tối mật" | "Tối Mật" => Some(Degree::VerySecret),
            "Tuyệt mật" | "Tuyệt Mật" => Some(Degree::TopSecret),
            _ => None,
        },
        _ => None,
    }
}

/// `MẬT CỘNG HÒA XÃ HỘI …`: the left column ran into the right one.
fn before_heading(line: &str) -> Option<Degree> {
    let (degree, rest) = leading(line)?;
    let rest = rest.strip_prefix(' ')?.trim_start();
    HEADING.iter().any(|heading| rest.starts_with(heading)).then_some(degree)
}

/// The mark in capitals at the front, and what follows.
fn leading(line: &str) -> Option<(Degree, &str)> {
    let marks = [("TUYỆT MẬT", Degree::TopSecret), ("TỐI MẬT", Degree::VerySecret), ("MẬT", Degree::Secret)];
    marks.into_iter().find_map(|(mark, degree)| Some((degree, line.strip_prefix(mark)?)))
}

/// `Độ mật: Tối mật`, `| Mức độ mật | Mật |`. A list of all degrees to choose from is none.
fn labelled(line: &str) -> Option<Degree> {
    let line = line.to_lowercase();
    line.match_indices("độ mật").find_map(|(at, label)| {
        let rest = line[at + label.len()..].trim_start_matches([' ', '*', '_']);
        let value = near(rest.strip_prefix([':', '|', '=', '\t'])?);
        let end = value.trim_start_matches(FRAME);
        let end = end.find(['|', '\t', '.', '(']).map_or(end, |at| &end[..at]);
        let end = end.find("  ").map_or(end, |at| &end[..at]).trim_matches(FRAME);
        match end.strip_prefix("độ ").unwrap_or(end) {
            "mật" => Some(Degree::Secret),
            "tối mật" => Some(Degree::VerySecret),
            "tuyệt mật" => Some(Degree::TopSecret),
            _ => None,
        }
    })
}

/// `15/BC-UBND (M)`, `…/QĐ-UBND(TM)`, `15/BC-UBND MẬT`.
fn behind_symbol(line: &str) -> Option<Degree> {
    let mut from = 0;
    while let Some(slash) = line[from..].find('/').map(|at| from + at) {
        from = slash + 1;
        let after = near(&line[from..]);
        let length = after
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '/' | '.' | '&')))
            .unwrap_or(after.len());
        let symbol = &after[..length];
        if !is_symbol(symbol) {
            continue;
        }
        let rest = after[length..].trim_start();
        if let Some(inside) = rest.strip_prefix(['(', '[']).and_then(|r| r.split([')', ']']).next()) {
            let degree = match inside.trim() {
                "M" | "MẬT" | "Mật" | "mật" => Some(Degree::Secret),
                "TM" | "TốiM" | "TỐI MẬT" | "Tối mật" | "Tối Mật" => Some(Degree::VerySecret),
                "TuM" | "TuyệtM" | "TUYỆT MẬT" | "Tuyệt mật" | "Tuyệt Mật" => {
                    Some(Degree::TopSecret)
                }
                _ => None,
            };
            if degree.is_some() {
                return degree;
            }
        }
        if let Some((degree, after)) = leading(rest)
            && after.trim_matches(FRAME).is_empty()
        {
            return Some(degree);
        }
    }
    None
}

/// The part of a number behind its slash: `QĐ-UBND`, `TTr-BCA`.
fn is_symbol(symbol: &str) -> bool {
    let mut groups = symbol.split(['-', '/']).filter(|group| !group.chars().all(|c| c.is_ascii_digit()));
    let capital = |group: &str| group.starts_with(char::is_uppercase) && group.chars().count() > 1;
    groups.next().is_some_and(capital) && groups.next().is_some_and(|g| g.starts_with(char::is_uppercase))
}

/// A title: the mark before or behind it, set apart by a sign.
pub(super) fn of_title(title: &str) -> Option<Degree> {
    let title = title.trim();
    if let Some((degree, rest)) = leading(title.trim_start_matches(['[', '(', '*', '_'])) {
        let rest = rest.trim_start_matches(' ');
        if rest.starts_with([':', '-', '–', '—', ']', ')', '.', '|', '/', '_']) {
            return Some(degree);
        }
    }
    bracketed(title)
}

/// `… (Mật)`, `… [TỐI MẬT] …`.
fn bracketed(text: &str) -> Option<Degree> {
    text.match_indices(['(', '[']).find_map(|(at, _)| {
        let inside = near(&text[at + 1..]).split([')', ']']).next()?.trim();
        match inside {
            "MẬT" | "Mật" | "mật" => Some(Degree::Secret),
            "TỐI MẬT" | "Tối mật" | "Tối Mật" | "tối mật" => Some(Degree::VerySecret),
            "TUYỆT MẬT" | "Tuyệt mật" | "Tuyệt Mật" | "tuyệt mật" => Some(Degree::TopSecret),
            _ => None,
        }
    })
}

/// A file's name.
pub(super) fn of_name(name: &str) -> Option<Degree> {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    if let Some(degree) = bracketed(stem).or_else(|| behind_symbol(stem)) {
        return Some(degree);
    }
    let written: Vec<&str> = stem.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let folded: Vec<String> = written.iter().map(|word| fold(word)).collect();
    folded.iter().enumerate().filter(|(_, word)| *word == "mat").find_map(|(at, _)| {
        let lower = written[at].to_lowercase();
        if !matches!(lower.as_str(), "mật" | "mat") {
            return None;
        }
        let before = at.checked_sub(1).map(|before| folded[before].as_str());
        match before {
            Some("tuyet") => Some(Degree::TopSecret),
            Some("toi") => Some(Degree::VerySecret),
            _ if lower == "mat" => {
                (stem.contains("(MAT)") || stem.contains("[MAT]")).then_some(Degree::Secret)
            }
            _ => alone_in_name(stem, &written, &folded, at).then_some(Degree::Secret),
        }
    })
}

/// Whether the word `mật` of a file's name is a mark: set apart in capitals, behind a number, or behind the word for a
/// document that the name begins with.
fn alone_in_name(stem: &str, written: &[&str], folded: &[String], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| folded[before].as_str());
    let after = folded.get(at + 1).map(String::as_str);
    if matches!(before, Some("bi" | "bao")) || matches!(after, Some("ma" | "khau" | "ong" | "do")) {
        return false;
    }
    let capital = written[at] == "MẬT";
    let apart = at == 0 || !stem.ends_with(" MẬT") || stem.chars().any(char::is_lowercase);
    let numbered = before.is_some_and(|word| word.bytes().any(|b| b.is_ascii_digit()));
    let named = at <= 2 && matches!(before, Some("van" | "ban" | "lieu" | "so" | "cv"));
    let labelled = after.is_none() && matches!(before, Some("do" | "dau"));
    capital && apart || numbered && after.is_none() || named || labelled
}
