//! Texts that were copied out of columns: lines broken in the middle of a sentence, lists with commas inside brackets.

use crate::text::nfc;

/// The text with one paragraph a line: a line that goes on with a small letter, and bears no mark of a list (`a)`, `-`, `+`, `b.`),
/// belongs to the sentence before it. Twice is once.
///
/// ```
/// use vietnam::procedures::lines;
///
/// assert_eq!(lines("Bước 1: thông báo rộng\nrãi kế hoạch\nb) Bước 2: nộp"), "Bước 1: thông báo rộng rãi kế hoạch\nb) Bước 2: nộp");
/// ```
#[must_use]
pub fn lines(text: &str) -> String {
    let mut whole: Vec<String> = Vec::new();
    for line in nfc(text).lines() {
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        match whole.last_mut() {
            _ if line.is_empty() => {}
            Some(before) if goes_on(&line) && !before.ends_with(['.', ';', ':']) => {
                before.push(' ');
                before.push_str(&line);
            }
            _ => whole.push(line),
        }
    }
    whole.join("\n")
}

/// Whether a line begins in the middle of a sentence.
fn goes_on(line: &str) -> bool {
    let mut letters = line.chars();
    let small = letters.next().is_some_and(char::is_lowercase);
    let word = line.split(' ').next().unwrap_or_default();
    small && !(word.chars().count() <= 3 && word.ends_with([')', '.', ':', '/']))
}

/// The parts between commas that stand outside of brackets, trimmed, none empty.
///
/// ```
/// use vietnam::procedures::outside_brackets;
///
/// let parts: Vec<&str> = outside_brackets("Tổ chức (không kể doanh nghiệp, HTX), Doanh nghiệp").collect();
/// assert_eq!(parts, ["Tổ chức (không kể doanh nghiệp, HTX)", "Doanh nghiệp"]);
/// ```
pub fn outside_brackets(text: &str) -> impl Iterator<Item = &str> {
    let mut open = 0_u32;
    text.split(move |c: char| {
        match c {
            '(' => open += 1,
            ')' => open = open.saturating_sub(1),
            _ => {}
        }
        c == ',' && open == 0
    })
    .map(str::trim)
    .filter(|part| !part.is_empty())
}
