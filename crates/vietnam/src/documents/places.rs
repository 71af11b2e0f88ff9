//! Where one is in a legal text that is read line by line, and the name by which each place is found: `dieu-12-khoan-3`.
//!
//! The names do not depend on headings or on the order of parts, so a link into a text holds when a heading is corrected.

use super::outline::{Level, Part, begun};
use crate::text::{fold, slug};

/// The longest name of a place that is made of a heading's words.
const LONGEST: usize = 48;

/// Reads lines in their order and says which of them begin a part.
///
/// ```
/// use vietnam::documents::Places;
///
/// let mut places = Places::default();
/// assert!(places.begins("Điều 12. Phạm vi").is_some());
/// assert_eq!(places.anchor(), "dieu-12");
/// assert!(places.begins("1. Nghị định này:").is_some() && places.begins("đ) Một;").is_some());
/// assert_eq!(places.anchor(), "dieu-12-khoan-1-diem-dd");
/// assert!(places.begins("Điều 5 Nghị định này quy định").is_none(), "a sentence");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// The parts that are open with their numbers, each inside the one before.
    open: Vec<(Level, String)>,
    /// The last clause of the article that is open.
    clause: u32,
    /// Quotation marks that are open.
    quoted: i32,
}

impl Places {
    /// The part that begins with this line, if one does.
    pub fn begins(&mut self, line: &str) -> Option<Part> {
        self.reads(line, false)
    }

    /// The part that begins with a line that is marked as a heading.
    pub fn begins_heading(&mut self, line: &str) -> Option<Part> {
        self.reads(line, true)
    }

    fn reads(&mut self, line: &str, is_heading: bool) -> Option<Part> {
        let line = line.trim();
        let inside_annex = self.open.first().is_some_and(|(level, _)| *level == Level::Annex);
        let part = if self.quoted > 0 { None } else { begun(line, is_heading) };
        self.quoted = (self.quoted + balance(line)).max(0);
        let part = part
            .filter(|part| !inside_annex || part.level == Level::Annex)
            .filter(|part| self.follows(part))?;
        if part.level <= Level::Chapter {
            // A quotation that nobody closed ends here at the latest.
            self.quoted = 0;
        }
        match part.level {
            Level::Clause => self.clause += 1,
            Level::Point => {}
            _ => self.clause = 0,
        }
        while self.open.last().is_some_and(|(level, _)| *level >= part.level) {
            self.open.pop();
        }
        self.open.push((part.level, part.number.clone()));
        Some(part)
    }

    /// True if a part may begin here: clauses stand in articles and count up from one, points stand in articles.
    fn follows(&self, part: &Part) -> bool {
        let in_article = self.open.iter().any(|(level, _)| *level == Level::Article);
        match part.level {
            Level::Clause => in_article && part.number.parse() == Ok(self.clause + 1),
            Level::Point => in_article,
            _ => true,
        }
    }

    /// The name of the part that began last; empty before the first. What is inside an article is named from the article
    /// on, a section from its chapter on.
    #[must_use]
    pub fn anchor(&self) -> String {
        let Some((last, _)) = self.open.last() else { return String::new() };
        let from = match last {
            Level::Article | Level::Clause | Level::Point => Level::Article,
            Level::Section => Level::Chapter,
            level => *level,
        };
        let names = self.open.iter().filter(|(level, _)| *level >= from).map(|(level, number)| {
            let number = if number == "đ" { "dd".to_owned() } else { slug(number) };
            if number.is_empty() { word(*level).to_owned() } else { format!("{}-{number}", word(*level)) }
        });
        names.collect::<Vec<_>>().join("-")
    }
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Annex => "phu-luc",
        Level::Part => "phan",
        Level::Chapter => "chuong",
        Level::Section => "muc",
        Level::Article => "dieu",
        Level::Clause => "khoan",
        Level::Point => "diem",
    }
}

/// The name of a place that a heading begins, by itself: `dieu-2` of "Điều 2. Lệ phí"; of a heading that begins no part of a
/// legal text its words.
///
/// ```
/// use vietnam::documents::anchor_of;
///
/// assert_eq!(anchor_of("Điều 2. Lệ phí"), "dieu-2");
/// assert_eq!(anchor_of("Lệ phí, và thời hạn"), "le-phi-va-thoi-han");
/// ```
#[must_use]
pub fn anchor_of(heading: &str) -> String {
    let mut places = Places::default();
    match places.begins_heading(heading) {
        Some(part) if part.level <= Level::Article => places.anchor(),
        _ => slug(heading).chars().take(LONGEST).collect(),
    }
}

/// The article that is named right before a place of a running text, as people cite it: `12` of "khoản 2 Điều 12 của Nghị
/// định số ". Nothing but the words between them may stand there.
///
/// ```
/// use vietnam::documents::article_cited_before;
///
/// assert_eq!(article_cited_before("theo khoản 2 Điều 12 của Nghị định số "), Some("12".to_owned()));
/// assert_eq!(article_cited_before("theo Điều 12; Nghị định số "), None);
/// ```
#[must_use]
pub fn article_cited_before(text: &str) -> Option<String> {
    let near: Vec<&str> = text.split_whitespace().rev().take(9).collect();
    let at = near.iter().position(|word| fold(word) == "dieu")?;
    let number = near.get(at.checked_sub(1)?)?;
    let between = &near[..at - 1];
    let plain = |word: &&&str| word.chars().all(|c| c.is_alphanumeric() || c == '-');
    let counts = !number.is_empty() && number.len() <= 5 && number.starts_with(|c: char| c.is_ascii_digit());
    (counts && number.chars().all(char::is_alphanumeric) && between.iter().all(|word| plain(&word)))
        .then(|| number.to_lowercase())
}

/// More opening than closing quotation marks.
fn balance(line: &str) -> i32 {
    line.chars().fold(0, |sum, c| match c {
        '“' => sum + 1,
        '”' => sum - 1,
        _ => sum,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anchors(text: &str) -> Vec<String> {
        let mut places = Places::default();
        text.lines().filter_map(|line| places.begins(line).map(|_| places.anchor())).collect()
    }

    #[test]
    fn places_are_named_by_their_numbers() {
        let text = "Phần thứ nhất\nChương II\nMục 1. Chung\nĐiều 5. Phí\n1. Một\na) A\nđ) Đ\n2. Hai\nĐiều 6a. Khác\na) A\nPHỤ LỤC II\nĐiều 1. Mẫu";
        assert_eq!(
            anchors(text),
            [
                "phan-thu-nhat",
                "chuong-ii",
                "chuong-ii-muc-1",
                "dieu-5",
                "dieu-5-khoan-1",
                "dieu-5-khoan-1-diem-a",
                "dieu-5-khoan-1-diem-dd",
                "dieu-5-khoan-2",
                "dieu-6a",
                "dieu-6a-diem-a",
                "phu-luc-ii",
            ]
        );
    }

    #[test]
    fn the_words_of_an_amended_article_are_no_places_of_the_text_that_amends_it() {
        assert_eq!(
            anchors("Điều 1. Sửa đổi\n1. Sửa Điều 9 như sau:\n“Điều 9. Mới\n1. Khoản mới.”.\n2. Sửa Điều 10"),
            ["dieu-1", "dieu-1-khoan-1", "dieu-1-khoan-2"]
        );
    }

    #[test]
    fn a_heading_needs_no_mark_behind_its_number() {
        assert_eq!(anchor_of("Chương I QUY ĐỊNH CHUNG"), "chuong-i");
        assert_eq!(anchor_of("Điều kiện"), "dieu-kien");
        assert_eq!(anchor_of("1. Phạm vi"), "1-pham-vi");
    }

    #[test]
    fn an_article_is_cited_only_by_the_words_right_before() {
        assert_eq!(article_cited_before("Điều 5a Luật số "), Some("5a".into()));
        for other in
            ["", "Điều ", "Điều này và Nghị định ", "Điều 5. Nghị định ", "các điều, khoản của Luật "]
        {
            assert_eq!(article_cited_before(other), None, "{other}");
        }
    }
}
