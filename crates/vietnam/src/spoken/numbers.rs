//! Numbers as they are said: `24` is hai mươi tư, `105` một trăm linh năm, `1.000.005` một triệu không trăm linh năm.

const DIGITS: [&str; 10] = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];
/// Names of the letters in Vietnamese schools.
const LETTERS: [(char, &str); 33] = [
    ('a', "a"),
    ('ă', "á"),
    ('â', "ớ"),
    ('b', "bê"),
    ('c', "xê"),
    ('d', "dê"),
    ('đ', "đê"),
    ('e', "e"),
    ('ê', "ê"),
    ('f', "ép"),
    ('g', "giê"),
    ('h', "hát"),
    ('i', "i"),
    ('j', "gi"),
    ('k', "ca"),
    ('l', "e-lờ"),
    ('m', "em-mờ"),
    ('n', "en-nờ"),
    ('o', "o"),
    ('ô', "ô"),
    ('ơ', "ơ"),
    ('p', "pê"),
    ('q', "quy"),
    ('r', "e-rờ"),
    ('s', "ét-sì"),
    ('t', "tê"),
    ('u', "u"),
    ('ư', "ư"),
    ('v', "vê"),
    ('w', "vê kép"),
    ('x', "ích-xì"),
    ('y', "i dài"),
    ('z', "dét"),
];

/// A whole number in words.
///
/// ```
/// use vietnam::spoken::number;
///
/// assert_eq!(number(21), "hai mươi mốt");
/// assert_eq!(number(2_026), "hai nghìn không trăm hai mươi sáu");
/// assert_eq!(number(1_500_000_000), "một tỷ năm trăm triệu");
/// ```
#[must_use]
pub fn number(n: u64) -> String {
    if n == 0 {
        return DIGITS[0].to_owned();
    }
    let mut said = Vec::new();
    // Each nine digits end with tỷ once more: nghìn tỷ, tỷ tỷ.
    let pieces = [n / 1_000_000_000_000_000_000, n / 1_000_000_000 % 1_000_000_000, n % 1_000_000_000];
    for (place, piece) in pieces.into_iter().enumerate() {
        if piece == 0 {
            continue;
        }
        let scales = [(piece / 1_000_000, "triệu"), (piece / 1_000 % 1_000, "nghìn"), (piece % 1_000, "")];
        for (three, scale) in scales.into_iter().filter(|(three, _)| *three > 0) {
            said.push(below_thousand(three as usize, !said.is_empty()));
            if !scale.is_empty() {
                said.push(scale.to_owned());
            }
        }
        said.extend(std::iter::repeat_n("tỷ".to_owned(), 2 - place));
    }
    said.join(" ")
}

/// Three digits; `whole` if digits stand before them, so that no hundreds are said as none.
fn below_thousand(n: usize, whole: bool) -> String {
    let (hundreds, tens, ones) = (n / 100, n / 10 % 10, n % 10);
    let mut said = Vec::new();
    if hundreds > 0 || whole {
        said.push(DIGITS[hundreds]);
        said.push("trăm");
    }
    match tens {
        0 if ones > 0 && !said.is_empty() => said.push("linh"),
        0 => {}
        1 => said.push("mười"),
        tens => said.extend([DIGITS[tens], "mươi"]),
    }
    match ones {
        0 => {}
        1 if tens > 1 => said.push("mốt"),
        4 if tens > 1 || (tens == 0 && !said.is_empty()) => said.push("tư"),
        5 if tens > 0 => said.push("lăm"),
        ones => said.push(DIGITS[ones]),
    }
    said.join(" ")
}

/// Digits one by one, as telephone numbers are said; what is no digit is left out.
///
/// ```
/// assert_eq!(vietnam::spoken::digits("113"), "một một ba");
/// ```
#[must_use]
pub fn digits(text: &str) -> String {
    let said = text.chars().filter_map(|c| c.to_digit(10)).map(|digit| DIGITS[digit as usize]);
    said.collect::<Vec<_>>().join(" ")
}

/// Which in a row: `thứ nhất`, `thứ tư`, `thứ mười bốn`.
///
/// ```
/// assert_eq!(vietnam::spoken::ordinal(1), "thứ nhất");
/// ```
#[must_use]
pub fn ordinal(n: u64) -> String {
    match n {
        1 => "thứ nhất".to_owned(),
        4 => "thứ tư".to_owned(),
        n => format!("thứ {}", number(n)),
    }
}

/// Digits as they are written: a number, or one by one where it begins with zeros as codes do, or is longer than any quantity.
pub(super) fn written(digits_: &str) -> String {
    let plain = digits_.trim_start_matches('0');
    let code = digits_.len() > 15 || (digits_.len() > plain.len() && digits_.len() > 3);
    match plain.parse() {
        Ok(n) if !code => number(n),
        _ if code => digits(digits_),
        _ => DIGITS[0].to_owned(),
    }
}

/// What stands behind a decimal comma: `25` is hai mươi lăm, `05` không năm.
pub(super) fn decimals(behind: &str) -> String {
    match behind.parse() {
        Ok(n) if behind.len() <= 2 && !behind.starts_with('0') => number(n),
        _ => digits(behind),
    }
}

/// Letters by their names: `xê đê` for `CĐ`. Others are said as they stand.
#[must_use]
pub fn letters(word: &str) -> String {
    let name = |c: char| {
        let lower: String = c.to_lowercase().collect();
        let known = LETTERS.iter().find(|(letter, _)| lower == letter.to_string());
        known.map_or(lower, |(_, name)| (*name).to_owned())
    };
    word.chars().map(name).collect::<Vec<_>>().join(" ")
}

/// The value of a Roman numeral from I to XCIX, written as it should be.
pub(super) fn roman(word: &str) -> Option<u64> {
    // Only what writing gives back is one: IXV and the like are none.
    let made = !word.is_empty() && word.bytes().all(|letter| b"IVXLC".contains(&letter));
    (1..=99).filter(|_| made).find(|value| written_roman(*value) == word)
}

fn written_roman(value: u64) -> String {
    const TENS: [&str; 10] = ["", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX", "XC"];
    const ONES: [&str; 10] = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"];
    let at = |table: [&'static str; 10], n: u64| table.get(n as usize).copied().unwrap_or_default();
    format!("{}{}", at(TENS, value / 10), at(ONES, value % 10))
}
