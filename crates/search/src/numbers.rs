//! Document numbers as people type them into a search box: `nd 42 2022`, `42/2022`, `nghi dinh 42 nam 2022`, `tt15/2025/bgddt`.
//!
//! What stands in a text is read more strictly by `vietnam::number::mentions`; here a number is expected, so less is asked.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use vietnam::number::{Abbreviations, DocumentNumber, Mentioned};

use crate::query::Word;

/// A number that is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Tokens of it, the most exact first.
    pub tokens: Vec<String>,
    /// What its tokens begin with, where the year was not said: `nd:42/`.
    pub prefix: Option<String>,
}

impl Asked {
    /// What a mention asks for.
    #[must_use]
    pub fn of(what: &Mentioned) -> Asked {
        let mut tokens = what.tokens();
        if let Mentioned::Number(number) = what
            && number.year().is_some()
            && tokens.len() == 3
        {
            // Serial and year alone are shared by too many, when more was said.
            tokens.swap(1, 2);
        }
        Asked { tokens, prefix: None }
    }

    /// Serial and year, if both were said: `42/2022`.
    #[must_use]
    pub fn dated(&self) -> Option<&str> {
        let plain = |part: &str| part.starts_with(|c: char| c.is_ascii_digit());
        let is_dated = |token: &&String| {
            token
                .split_once('/')
                .is_some_and(|(serial, year)| plain(serial) && year.len() == 4 && year.parse::<u16>().is_ok())
        };
        self.tokens.iter().find(is_dated).map(String::as_str)
    }

    /// True if this number is one of those that are looked for: what was said of it fits.
    #[must_use]
    pub fn fits(&self, number: &DocumentNumber) -> bool {
        let said = number.tokens();
        self.tokens.first().is_some_and(|most| said.contains(most))
    }

    /// The token that says most: with the whole symbol, or with form and year; nothing where too little was said to tell one
    /// document from others.
    #[must_use]
    pub(crate) fn exact(&self) -> Option<&str> {
        let symbol = |token: &&String| {
            token.contains('/') && !token.contains(':') && token.contains(char::is_alphabetic)
        };
        let dated = |token: &&String| token.contains('/');
        let form = |token: &&String| token.contains('/') && token.contains(':');
        let tokens = || self.tokens.iter();
        tokens()
            .find(symbol)
            .or_else(|| tokens().find(form))
            .or_else(|| tokens().find(dated))
            .map(String::as_str)
    }
}

/// Folded abbreviation of a form → itself; folded name of a form → its abbreviation.
fn form(name: &str) -> Option<&'static str> {
    static FORMS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
        let forms = Abbreviations::shipped().forms().iter().filter(|form| !form.code.is_empty());
        forms
            .flat_map(|form| {
                let code = vietnam::text::fold(&form.code);
                [(vietnam::text::fold(&form.name), code.clone()), (code.clone(), code)]
            })
            .collect()
    });
    FORMS.get(name).map(String::as_str)
}

fn issuer(name: &str) -> bool {
    static ISSUERS: LazyLock<std::collections::HashSet<String>> = LazyLock::new(|| {
        Abbreviations::shipped().issuers().iter().map(|issuer| vietnam::text::fold(&issuer.code)).collect()
    });
    ISSUERS.contains(name) || name.strip_prefix("qh").is_some_and(|term| term.parse::<u8>().is_ok())
}

/// The numbers in a query, each with its words.
#[must_use]
pub fn asked(words: &[Word]) -> Vec<(Range<usize>, Asked)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() && found.len() < 3 {
        match at_place(words, at) {
            Some((asked, next)) => {
                found.push((at..next, asked));
                at = next;
            }
            None => at += 1,
        }
    }
    found
}

/// A number that begins at a place, and where the words after it begin.
fn at_place(words: &[Word], start: usize) -> Option<(Asked, usize)> {
    let word = |at: usize| words.get(at).map(|word| word.folded.as_str()).unwrap_or_default();
    let mut at = start;
    // A form by its name, the longest first, or by its abbreviation, perhaps joined with the serial: `nd42`.
    let named = (1..=3).rev().find_map(|long| {
        let name = words.get(at..at + long)?.iter().map(|w| w.folded.as_str()).collect::<Vec<_>>().join(" ");
        Some((form(&name)?, long))
    });
    let joined = word(at).find(|c: char| c.is_ascii_digit()).filter(|digit| *digit > 0);
    let (form, first) = match (named, joined) {
        (Some((form, long)), _) => {
            at += long;
            if word(at) == "so" {
                at += 1;
            }
            (Some(form), word(at))
        }
        (None, Some(digit)) => (Some(form(&word(at)[..digit])?), &word(at)[digit..]),
        (None, None) => (None, word(at)),
    };
    let serial = serial(first)?;
    at += 1;
    let said = word(at) == "nam";
    let year = word(at + usize::from(said)).parse().ok().filter(|y| (1945..=2100).contains(y));
    let year: Option<u16> = year.filter(|_| word(at + usize::from(said)).len() == 4);
    if year.is_some() {
        at += 1 + usize::from(said);
    }
    let mut symbol: Vec<&str> = Vec::new();
    while !word(at).is_empty() && symbol.len() < 3 && (issuer(word(at)) || self::form(word(at)).is_some()) {
        symbol.push(word(at));
        at += 1;
    }
    let form = form.or_else(|| symbol.first().copied().and_then(self::form));
    // `nd 42 2022 cp` lacks in its symbol what stands before.
    if let Some(form) = form.filter(|form| !symbol.is_empty() && symbol.first() != Some(form)) {
        symbol.insert(0, form);
    }
    let symbol = symbol.join("-");
    let mut tokens = Vec::new();
    let mut prefix = None;
    match (year, form) {
        (Some(year), form) => {
            // Two numbers without a form are a number only where they were typed as one: `42/2022`.
            if form.is_none() && symbol.is_empty() && said {
                return None;
            }
            if !symbol.is_empty() {
                tokens.push(format!("{serial}/{year}/{symbol}"));
            }
            tokens.extend(form.map(|form| format!("{form}:{serial}/{year}")));
            tokens.push(format!("{serial}/{year}"));
        }
        (None, Some(form)) => {
            if !symbol.is_empty() {
                tokens.push(format!("{serial}/{symbol}"));
            }
            tokens.push(format!("{form}:{serial}"));
            prefix = Some(format!("{form}:{serial}/"));
        }
        (None, None) => return None,
    }
    Some((Asked { tokens, prefix }, at))
}

/// `042` → `42`; with one letter behind, as some have: `8a`.
fn serial(word: &str) -> Option<String> {
    let digits = word.len() - word.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let letter = &word[digits..];
    let fits = (1..=5).contains(&digits) && letter.len() <= 1 && letter.is_ascii();
    let plain = word[..digits].trim_start_matches('0');
    (fits && !plain.is_empty()).then(|| format!("{plain}{letter}"))
}

#[cfg(test)]
mod tests {
    use crate::query::Query;

    fn first(typed: &str) -> Vec<String> {
        Query::read(typed).numbers.into_iter().next().map(|asked| asked.tokens).unwrap_or_default()
    }

    #[test]
    fn a_number_in_any_shape_asks_for_the_same() {
        for typed in
            ["nd 42 2022", "ND42/2022", "nghị định 42 năm 2022", "nghi dinh so 042/2022", "nđ-42-2022"]
        {
            assert!(first(typed).contains(&"nd:42/2022".to_owned()), "{typed}: {:?}", first(typed));
        }
        for typed in ["42/2022/NĐ-CP", "42/2022/nd-cp", "42 2022 nd cp", "nghị định 42/2022/nđ-cp"] {
            assert!(first(typed).contains(&"42/2022/nd-cp".to_owned()), "{typed}: {:?}", first(typed));
        }
        assert_eq!(first("42/2022"), ["42/2022"]);
        assert!(first("tt15/2025").contains(&"tt:15/2025".to_owned()));
        assert!(first("574/qd-ttg").contains(&"574/qd-ttg".to_owned()));
    }

    #[test]
    fn what_was_said_fits_the_numbers_that_it_may_mean() {
        for (typed, fits) in [
            ("nd 42 2022", [true, false, false]),
            ("42/2022", [true, true, false]),
            ("42 2022 nd cp", [true, false, false]),
            ("nghị định 42 năm 2023", [false, false, true]),
        ] {
            let query = Query::read(typed);
            let asked = &query.numbers[0];
            let numbers = ["42/2022/NĐ-CP", "42/2022/TT-BTC", "42/2023/NĐ-CP"];
            assert_eq!(numbers.map(|number| asked.fits(&number.parse().unwrap())), fits, "{typed}");
            assert_eq!(asked.dated(), Some(if fits[2] { "42/2023" } else { "42/2022" }), "{typed}");
        }
        assert_eq!(Query::read("nghị định 42").numbers[0].dated(), None);
    }

    #[test]
    fn without_a_year_all_years_are_asked_for() {
        let query = Query::read("nghị định 42");
        assert_eq!(query.numbers[0].prefix.as_deref(), Some("nd:42/"));
    }

    #[test]
    fn other_numbers_are_none() {
        for typed in
            ["thông tin 2022", "24/7", "phường 4 quận 5", "kế hoạch năm 2025", "12 con giáp", "3 năm 2020"]
        {
            assert!(Query::read(typed).numbers.is_empty(), "{typed}: {:?}", Query::read(typed).numbers);
        }
    }
}
