//! Personal names to mask: conservative, so that streets, schools and offices named after people stay readable.
//!
//! A name is taken behind a word that introduces one (`ông`, `tôi tên là`), or where it is written as a full name: a surname, a middle
//! name, a given name, each with a capital. Nicknames (`bà Sáu`) are no names here. Which surnames there are is data
//! (`data/petitions/surnames.csv`).

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;
use vietnam::text::fold;

use crate::places::Gazetteer;
use crate::read;

/// Names have up to so many words.
const LONGEST: usize = 5;

/// Words, folded, behind which a name may stand.
const TITLES: [&str; 40] = [
    "ong", "ba", "anh", "chi", "co", "chu", "bac", "chau", "em", "cau", "di", "thay", "be", "cu", "me", "bo",
    "cha", "ten", "la", "toi", "tui", "minh", "chong", "vo", "con", "ban", "su", "bs", "ts", "ths", "gv",
    "luat", "si", "truong", "doc", "tich", "thu", "chuc", "vien", "gui",
];
/// Words, folded, behind which a name is certainly meant: `tên là`, `tôi là`, `họ tên`.
const INTRODUCE: [&[&str]; 9] = [
    &["ten", "la"],
    &["toi", "la"],
    &["em", "la"],
    &["tui", "la"],
    &["toi", "ten"],
    &["em", "ten"],
    &["ho", "ten"],
    &["ho", "va", "ten"],
    &["ten", "toi", "la"],
];
/// Words, folded, behind which a person's name is a place's or an office's.
const PLACES: [&str; 42] = [
    "duong", "pho", "ngo", "ngach", "hem", "kiet", "truong", "thpt", "thcs", "hoc", "non", "xa", "phuong",
    "quan", "huyen", "tinh", "thon", "ap", "ban", "lang", "cho", "cau", "ubnd", "vien", "ty", "nha", "chua",
    "dinh", "den", "khu", "to", "dai", "lo", "song", "kenh", "ho", "deo", "nui", "tt", "p", "q", "cong",
];
const MIDDLES: [&str; 34] = [
    "van", "thi", "duc", "ngoc", "minh", "huu", "quang", "thanh", "dinh", "xuan", "hong", "kim", "thu",
    "bich", "tuan", "quoc", "cong", "dang", "trong", "viet", "hoang", "gia", "bao", "anh", "phuong", "my",
    "nhu", "hai", "manh", "tien", "the", "ba", "phuc", "tan",
];

/// Countries, folded, that begin like a surname.
const COUNTRIES: [&str; 4] = ["han quoc", "dai loan", "ha lan", "thai lan"];

#[derive(Deserialize)]
struct Surname {
    surname: String,
    common: u8,
}

/// Surnames as written, lower case; true if one is a sign of a name by itself.
fn surnames() -> &'static HashMap<String, bool> {
    static SURNAMES: LazyLock<HashMap<String, bool>> = LazyLock::new(|| {
        let rows: Vec<(u64, Surname)> =
            read::rows("petitions/surnames.csv", include_str!("../../../data/petitions/surnames.csv"))
                .expect("the compiled-in table parses: a test reads it");
        let mut all: HashMap<String, bool> = HashMap::new();
        for (_, row) in rows {
            for form in [vietnam::text::canonical(&row.surname).to_lowercase(), fold(&row.surname)] {
                let common = all.entry(form).or_insert(false);
                *common |= row.common == 1;
            }
        }
        all
    });
    &SURNAMES
}

struct Token {
    range: Range<usize>,
    /// Canonical spelling, lower case.
    lower: String,
    folded: String,
    capital: bool,
    /// Nothing but one space stands before it.
    close: bool,
}

/// The bytes of personal names in a text, in order, none overlapping; every range lies on character boundaries.
///
/// ```
/// let text = "Tôi là Nguyễn Văn Thử, ở đường Trần Hưng Đạo; bà Sáu biết.";
/// let found: Vec<_> = routing::names::find(text).into_iter().map(|range| &text[range]).collect();
/// assert_eq!(found, ["Nguyễn Văn Thử"]);
/// ```
#[must_use]
pub fn find(text: &str) -> Vec<Range<usize>> {
    let tokens = tokens(text);
    // A text all in capitals shows nothing by them.
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let shouted = text.chars().filter(|c| c.is_uppercase()).count() * 2 > letters;
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match name_at(&tokens, at, shouted) {
            Some(count) => {
                found.push(tokens[at].range.start..tokens[at + count - 1].range.end);
                at += count;
            }
            None => at += 1,
        }
    }
    found
}

fn tokens(text: &str) -> Vec<Token> {
    let inside =
        |c: char| c.is_alphabetic() || ('\u{300}'..='\u{36f}').contains(&c) || matches!(c, '\'' | '’');
    let mut out: Vec<Token> = Vec::new();
    let mut start = None;
    let mut end = 0;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        if inside(c) {
            start.get_or_insert(at);
        } else if let Some(from) = start.take() {
            let word = &text[from..at];
            let gap = text.get(end..from).unwrap_or_default();
            out.push(Token {
                range: from..at,
                lower: vietnam::text::canonical(word).to_lowercase(),
                folded: fold(word),
                capital: word.starts_with(char::is_uppercase),
                close: gap == " " || gap == "\u{a0}",
            });
            end = at;
        }
    }
    out
}

/// How many words the name that begins at a word has.
fn name_at(tokens: &[Token], at: usize, shouted: bool) -> Option<usize> {
    let first = &tokens[at];
    let before =
        |back: usize| at.checked_sub(back).and_then(|b| tokens.get(b)).map_or("", |t| t.folded.as_str());
    let adjoining = first.close || at == 0;
    let introduced = INTRODUCE.iter().any(|words| {
        words.len() <= at && words.iter().rev().enumerate().all(|(back, word)| before(back + 1) == *word)
    });
    let titled = introduced || TITLES.contains(&before(1));
    let known = surnames().get(&first.lower).copied();
    let place = adjoining
        && PLACES.contains(&before(1))
        && !introduced
        && !(matches!(
            (before(2), before(1)),
            ("hieu", "truong")
                | ("nhan" | "giao" | "hoc" | "sinh", "vien")
                | ("to" | "thon" | "ap" | "ban" | "xom", "truong")
        ));
    let middle = tokens.get(at + 1).filter(|t| t.close);
    let has_middle = middle.is_some_and(|t| MIDDLES.contains(&t.folded.as_str()));
    // “chủ tịch xã Đàm Văn …”: an office stands before the place's kind.
    let office = matches!(before(2), "tich" | "thu" | "bo" | "an" | "chuc" | "truong") && has_middle;
    if place && !office {
        return None;
    }
    if first.capital && !shouted {
        let count =
            1 + tokens[at + 1..].iter().take(LONGEST - 1).take_while(|t| t.close && t.capital).count();
        let full = known == Some(true) && count >= 3 || known.is_some() && count >= 3 && has_middle;
        let accepted = match known {
            Some(_) if titled && count >= 2 => true,
            Some(_) => full && (!starts_sentence(tokens, at) || has_middle),
            // A highland name (`Y Thử Niê`, `H'Ví Byă`), or any that is introduced as one.
            None => {
                introduced && count >= 2
                    || titled && count >= 3 && matches!(first.folded.as_str(), "y" | "h" | "a" | "k")
            }
        };
        // “quê tôi là Hà Giang” introduces a place.
        let sure =
            introduced && count >= 3 || middle.is_some_and(|t| matches!(t.folded.as_str(), "thi" | "van"));
        let words = tokens[at..at + count].iter().map(|t| t.lower.as_str()).collect::<Vec<_>>().join(" ");
        let place =
            !sure && (Gazetteer::shipped().knows(&words) || COUNTRIES.contains(&fold(&words).as_str()));
        return (accepted && !place).then_some(count);
    }
    // Without capitals: a surname, Thị or Văn and one word, and only behind a title.
    let told = middle.is_some_and(|t| match t.lower.as_str() {
        "thị" | "văn" => true,
        "thi" | "van" => first.lower.is_ascii(),
        _ => false,
    });
    let named = known == Some(true)
        && told
        && (titled && !matches!(before(1), "co" | "la" | "con" | "vien" | "thu") || introduced);
    (named && tokens.get(at + 2).is_some_and(|t| t.close)).then_some(3)
}

fn starts_sentence(tokens: &[Token], at: usize) -> bool {
    at == 0 || !tokens[at].close
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&str> {
        find(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn full_names_are_found() {
        assert_eq!(names("Em là Nông Văn Ví, 0900 000 063, bản ở Chí Viễn cũ"), ["Nông Văn Ví"]);
        assert_eq!(names("mẹ bé là Lương Thị Ví, 0900 000 037"), ["Lương Thị Ví"]);
        assert_eq!(names("Tui tố cáo ông Cao Văn Tỉ Dụ cán bộ xã"), ["Cao Văn Tỉ Dụ"]);
        assert_eq!(names("bạn trực quầy tên Y Thử Niê chạy ra"), ["Y Thử Niê"]);
        assert_eq!(names("toi la tran thi mau o thon 3"), ["tran thi mau"]);
    }

    #[test]
    fn what_bears_a_persons_name_is_none() {
        for text in [
            "ngập ở đường Nguyễn Văn Linh và phố Trần Duy Hưng",
            "trường THPT Lê Quý Đôn, phường Trần Hưng Đạo, chợ Bà Chiểu",
            "xã Trần Phú, Hồ Chí Minh",
            "bà Sáu với ông Tư biết, anh Hai cũng biết",
            "Trần nhà dột, Lê thê ba tháng",
            "anh trai tôi là công nhân",
            "quê tôi là Hà Giang, cơ quan bảo hiểm y tế thì ở Châu Thành, phí thì cao",
        ] {
            assert!(names(text).is_empty(), "{text}: {:?}", names(text));
        }
    }
}
