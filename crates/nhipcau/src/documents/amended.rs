//! A text beside what amends it: each article that is amended, and the clauses that amend it.
//!
//! Pure. An amending clause says what it acts on in its own words, before the new words in quotation marks: "Sửa đổi, bổ sung
//! khoản 2 Điều 5 như sau:". What names no article stands by itself.

use std::collections::BTreeSet;

use vietnam::documents::{Level, Outline, Part};
use vietnam::text::fold;

/// Lines of one article or clause that are shown.
const MOST_LINES: usize = 60;

/// An article of the text and what is done to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Its number: `5`.
    pub article: String,
    /// The article's lines; empty if the text has none of that number (it is inserted).
    pub text: Vec<String>,
    /// The clauses that amend it.
    pub by: Vec<Vec<String>>,
}

/// Both texts beside each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// Articles that are amended, in the order of the text.
    pub pairs: Vec<Pair>,
    /// Clauses of the amending text that name no article of it.
    pub others: Vec<Vec<String>>,
}

/// The text beside what amends it.
pub fn beside(text: &Outline, amending: &Outline) -> Beside {
    let mut articles = Vec::new();
    each(&text.parts, &mut |part| {
        if part.level == Level::Article {
            articles.push((part.number.to_lowercase(), whole(part)));
        }
    });
    let mut clauses = Vec::new();
    each(&amending.parts, &mut |part| {
        let divided = part.level == Level::Article && part.parts.iter().any(|p| p.level == Level::Clause);
        if part.level == Level::Clause || (part.level == Level::Article && !divided) {
            clauses.push((cited(part), whole(part)));
        }
    });
    let inserted = clauses.iter().flat_map(|(cited, _)| cited.clone());
    let new: BTreeSet<String> =
        inserted.filter(|number| !articles.iter().any(|(of, _)| of == number)).collect();
    for number in new {
        // An article 5a comes behind article 5.
        let behind = |(other, _): &(String, _)| order(other) > order(&number);
        let at = articles.iter().position(behind).unwrap_or(articles.len());
        articles.insert(at, (number, Vec::new()));
    }
    // Where a rule that is issued with the text begins its articles anew, a number stands twice: nobody says which is meant, so
    // both are shown.
    let pairs = articles.into_iter().filter_map(|(article, text)| {
        let acts = clauses.iter().filter(|(cited, _)| cited.contains(&article));
        let by: Vec<_> = acts.map(|(_, lines)| lines.clone()).collect();
        (!by.is_empty()).then_some(Pair { article, text, by })
    });
    Beside {
        pairs: pairs.collect(),
        others: clauses
            .iter()
            .filter(|(cited, _)| cited.is_empty())
            .map(|(_, lines)| lines.clone())
            .collect(),
    }
}

fn order(number: &str) -> (u32, &str) {
    let digits = number.len() - number.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    (number[..digits].parse().unwrap_or(u32::MAX), &number[digits..])
}

fn each(parts: &[Part], see: &mut impl FnMut(&Part)) {
    for part in parts {
        see(part);
        each(&part.parts, see);
    }
}

/// The lines of a part with all that is in it.
fn whole(part: &Part) -> Vec<String> {
    let mut lines = Vec::new();
    fn add(part: &Part, lines: &mut Vec<String>) {
        let name = match part.level {
            Level::Article if part.heading.is_empty() => format!("Điều {}", part.number),
            Level::Article => format!("Điều {}. {}", part.number, part.heading),
            Level::Clause => format!("{}. ", part.number),
            Level::Point => format!("{}) ", part.number),
            _ => part.heading.clone(),
        };
        let mut own = part.lines.iter();
        match part.level {
            Level::Clause | Level::Point => {
                lines.push(name + own.next().map_or("", String::as_str));
            }
            _ => lines.push(name),
        }
        lines.extend(own.cloned());
        part.parts.iter().for_each(|part| add(part, lines));
    }
    add(part, &mut lines);
    if lines.len() > MOST_LINES {
        lines.truncate(MOST_LINES);
        lines.push("…".to_owned());
    }
    lines
}

/// The articles that an amending clause names in its own words: `Điều 5`, `các điều 5, 6 và 7`.
fn cited(part: &Part) -> BTreeSet<String> {
    let words: Vec<&String> = std::iter::once(&part.heading).chain(&part.lines).collect();
    let mut own = String::new();
    let mut quoted = 0_i32;
    for c in words.iter().flat_map(|line| line.chars().chain([' '])) {
        match c {
            '“' => quoted += 1,
            '”' => quoted -= 1,
            c if quoted <= 0 => own.push(c),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    let mut words = own.split_whitespace().peekable();
    while let Some(word) = words.next() {
        if fold(word.trim_matches(|c: char| !c.is_alphanumeric())) != "dieu" {
            continue;
        }
        while let Some(next) = words.peek() {
            let bare = next.trim_end_matches([',', ';', '.', ':']).to_lowercase();
            let joins = matches!(fold(&bare).as_str(), "va" | "dieu");
            let counts = bare.starts_with(|c: char| c.is_ascii_digit())
                && bare.len() <= 5
                && bare.chars().all(char::is_alphanumeric);
            if !counts && !joins {
                break;
            }
            let ends = next.ends_with([';', '.', ':']);
            if counts {
                found.insert(bare);
            }
            words.next();
            if ends {
                break;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use vietnam::documents::outline;

    #[test]
    fn an_article_stands_beside_the_clause_that_amends_it() {
        let text =
            outline("Điều 5. Phí\n1. Năm đồng.\n2. Miễn.\nĐiều 6. Hạn\nBảy ngày.\nĐiều 9. Khác".lines());
        let amending = "Điều 1. Sửa đổi, bổ sung một số điều\n1. Sửa đổi khoản 1 Điều 5 như sau:\n“1. Bảy đồng theo Điều 9.”.\n2. Bổ sung Điều 5a vào sau Điều 5 như sau:\n“Điều 5a. Mới”.\n3. Bãi bỏ các điều 6, 7 và 12.\nĐiều 2. Hiệu lực\nTừ ngày ký.";
        let beside = beside(&text, &outline(amending.lines()));
        let told: Vec<_> =
            beside.pairs.iter().map(|p| (p.article.as_str(), p.text.len(), p.by.len())).collect();
        assert_eq!(told, [("5", 3, 2), ("5a", 0, 1), ("6", 2, 1), ("7", 0, 1), ("12", 0, 1)]);
        assert_eq!(beside.pairs[0].text, ["Điều 5. Phí", "1. Năm đồng.", "2. Miễn."]);
        assert_eq!(
            beside.pairs[0].by[0],
            ["1. Sửa đổi khoản 1 Điều 5 như sau:", "“1. Bảy đồng theo Điều 9.”."]
        );
        assert_eq!(beside.others, [["Điều 2. Hiệu lực", "Từ ngày ký."]]);
    }
    #[test]
    fn a_number_that_stands_twice_is_shown_twice() {
        let text = outline("Điều 1. Ban hành quy chế\nĐiều 2. Hiệu lực\nĐiều 1. Phạm vi\nMọi xã.".lines());
        let beside = beside(&text, &outline("Điều 3. Sửa Điều 1 như sau:\n“Mọi xã, phường.”.".lines()));
        let told: Vec<_> = beside.pairs.iter().map(|pair| pair.text.concat()).collect();
        assert_eq!(told, ["Điều 1. Ban hành quy chế", "Điều 1. Phạm viMọi xã."]);
    }
}
