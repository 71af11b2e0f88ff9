//! Personal data in a text that is about to be published, hidden so that everybody sees that something is hidden.
//!
//! Identity numbers (12 digits, and the former 9), telephones, mail addresses, number plates, account numbers; other long rows of
//! digits too, since whose they are cannot be told. It errs on the side of hiding: nine digits or more that belong together go,
//! unless they are a sum of money or a date. Names and addresses are not looked for here, and whoever publishes reads the
//! result first.

use std::ops::Range;

use crate::text::is_hidden;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A citizen's identity number (12 digits), or that of a former identity card (9).
    Identity,
    /// A telephone.
    Phone,
    /// A mail address that is no state body's.
    Mail,
    /// A number plate.
    Plate,
    /// An account.
    Account,
    /// A long row of digits of another kind.
    Digits,
}

impl Kind {
    /// What stands in its place, in Vietnamese.
    #[must_use]
    pub fn mask(self) -> &'static str {
        match self {
            Kind::Identity => "[đã che số giấy tờ]",
            Kind::Phone => "[đã che số điện thoại]",
            Kind::Mail => "[đã che thư điện tử]",
            Kind::Plate => "[đã che biển số]",
            Kind::Account => "[đã che số tài khoản]",
            Kind::Digits => "[đã che dãy số]",
        }
    }
}

/// Something to hide, in bytes of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it stands.
    pub range: Range<usize>,
    /// What it is.
    pub kind: Kind,
}

/// The text with each finding hidden under a mark that says of which kind it was.
#[must_use]
pub fn masked(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut from = 0;
    for Found { range, kind } in find(text) {
        masked.push_str(&text[from..range.start]);
        masked.push_str(kind.mask());
        from = range.end;
    }
    masked.push_str(&text[from..]);
    masked
}

/// All that is to be hidden, from left to right; no two overlap.
#[must_use]
pub fn find(text: &str) -> Vec<Found> {
    let signs: Vec<(usize, char)> = text.char_indices().collect();
    let sheet = Sheet { text, signs: &signs };
    let mut found = Vec::new();
    let mut at = 0;
    while at < signs.len() {
        match sheet.mail(at).or_else(|| sheet.plate(at)).or_else(|| sheet.row(at)) {
            Some((end, Some(kind))) => {
                found.push(Found { range: sheet.byte(at)..sheet.byte(end), kind });
                at = end;
            }
            Some((end, None)) => at = end,
            None => at += 1,
        }
    }
    found
}

/// Words before a number that say what it is, without marks.
const ACCOUNT: [&str; 5] = ["tai khoan", "stk", "so tk", "account", "ngan hang"];
const IDENTITY: [&str; 5] = ["cccd", "can cuoc", "cmnd", "chung minh", "dinh danh"];
/// How many characters before a number are read for them.
const LEAD: usize = 40;
/// Digits that together may be somebody's.
const LONG: usize = 9;
/// The least digits of an account.
const ACCOUNT_LONG: usize = 6;

struct Sheet<'a> {
    text: &'a str,
    signs: &'a [(usize, char)],
}

/// A digit, in whatever script people or their keyboards write it.
fn digit(c: char) -> Option<u32> {
    match c {
        '0'..='9' => c.to_digit(10),
        '\u{ff10}'..='\u{ff19}' => Some(c as u32 - 0xff10),
        '\u{660}'..='\u{669}' => Some(c as u32 - 0x660),
        '\u{6f0}'..='\u{6f9}' => Some(c as u32 - 0x6f0),
        '\u{1d7ce}'..='\u{1d7ff}' => Some((c as u32 - 0x1d7ce) % 10),
        _ => None,
    }
}

fn joins(c: char) -> bool {
    c == ' ' || c == '\u{a0}' || c == '\u{202f}' || ".-()‐‑‒–—−_·".contains(c) || is_hidden(c)
}

impl Sheet<'_> {
    fn at(&self, index: usize) -> Option<char> {
        self.signs.get(index).map(|(_, c)| *c)
    }

    fn byte(&self, index: usize) -> usize {
        self.signs.get(index).map_or(self.text.len(), |(byte, _)| *byte)
    }

    fn begins_word(&self, index: usize) -> bool {
        index.checked_sub(1).and_then(|before| self.at(before)).is_none_or(|c| !c.is_alphanumeric())
    }

    /// What stands before, without marks.
    fn lead(&self, index: usize) -> String {
        let from = index.saturating_sub(LEAD);
        let lead = &self.text[self.byte(from)..self.byte(index)];
        crate::text::fold(lead.rsplit(['\n', ';']).next().unwrap_or_default())
    }

    /// A row of digits from `start` on: its end, and what it is if it must be hidden.
    fn row(&self, start: usize) -> Option<(usize, Option<Kind>)> {
        digit(self.at(start)?)?;
        let (mut groups, mut digits, mut at, mut end) = (vec![0_usize], String::new(), start, start);
        let mut plain = true;
        loop {
            while let Some(value) = self.at(at).and_then(digit) {
                digits.extend(char::from_digit(value, 10));
                if let Some(last) = groups.last_mut() {
                    *last += 1;
                }
                at += 1;
            }
            end = end.max(at);
            // At most three signs between two groups: `(024) 38`, `0912 - 345`.
            let gap = (at..at + 4).take_while(|next| self.at(*next).is_some_and(joins)).count();
            let visible = (at..at + gap).filter(|next| self.at(*next).is_some_and(|c| !is_hidden(c))).count();
            if gap == 0 || visible > 3 || self.at(at + gap).and_then(digit).is_none() {
                break;
            }
            if visible > 0 {
                plain &= visible == 1 && self.at(at).is_some_and(|c| c == '.' || c == ' ' || c == '\u{a0}');
                groups.push(0);
            }
            at += gap;
        }
        Some((end, self.kind(start, &digits, &groups, plain)))
    }

    fn kind(&self, start: usize, digits: &str, groups: &[usize], plain: bool) -> Option<Kind> {
        let lead = self.lead(start);
        let says = |words: &[&str]| words.iter().any(|word| lead.contains(word));
        if digits.len() >= ACCOUNT_LONG && says(&ACCOUNT) {
            return Some(Kind::Account);
        }
        if digits.len() < LONG || is_date(digits, groups) || is_sum(digits, groups, plain) {
            return None;
        }
        let international = digits.starts_with("84") && (11..=12).contains(&digits.len());
        Some(match digits.len() {
            12 if says(&IDENTITY) => Kind::Identity,
            _ if international && !says(&IDENTITY) => Kind::Phone,
            12 => Kind::Identity,
            9 if says(&IDENTITY) => Kind::Identity,
            10 | 11 if digits.starts_with('0') => Kind::Phone,
            _ => Kind::Digits,
        })
    }

    /// A mail address that begins at `start`.
    fn mail(&self, start: usize) -> Option<(usize, Option<Kind>)> {
        let of_name = |c: char| c.is_ascii_alphanumeric() || "._%+-".contains(c) || is_hidden(c);
        let begins = start.checked_sub(1).and_then(|before| self.at(before)).is_none_or(|c| !of_name(c));
        if !begins || !self.at(start).is_some_and(of_name) {
            return None;
        }
        let mut at = start;
        while self.at(at).is_some_and(of_name) {
            at += 1;
        }
        if !matches!(self.at(at), Some('@' | '\u{ff20}')) {
            return None;
        }
        at += 1;
        let host = at;
        while self.at(at).is_some_and(|c| c.is_alphanumeric() || "-.".contains(c) || is_hidden(c)) {
            at += 1;
        }
        while at > host && matches!(self.at(at - 1), Some('.' | '-')) {
            at -= 1;
        }
        let name: String = (host..at).filter_map(|i| self.at(i)).filter(|c| !is_hidden(*c)).collect();
        let name = name.to_lowercase();
        if !name.contains('.') {
            return None;
        }
        let official =
            ["gov.vn", "chinhphu.vn"].iter().any(|end| name == *end || name.ends_with(&format!(".{end}")));
        Some((at, (!official).then_some(Kind::Mail)))
    }

    /// A number plate: `29A-123.45`, `59-X1 234.56`, `30G 12345`, `80-NG-123-45` (Circular 79/2024/TT-BCA, Annex).
    fn plate(&self, start: usize) -> Option<(usize, Option<Kind>)> {
        if !self.begins_word(start) {
            return None;
        }
        let two = |at: usize| Some((self.at(at).and_then(digit)?, self.at(at + 1).and_then(digit)?));
        let (tens, _) = two(start)?;
        if tens == 0 {
            return None;
        }
        let gap = |at: usize| at + usize::from(self.at(at).is_some_and(|c| " -.–".contains(c)));
        let mut at = gap(start + 2);
        let letters = (at..at + 2)
            .take_while(|i| self.at(*i).is_some_and(|c| c.is_ascii_alphabetic() || c == 'Đ' || c == 'đ'));
        let count = letters.count();
        if count == 0 {
            return None;
        }
        at += count;
        // The series of a motorcycle: a letter and a digit, with something between it and the number.
        let series = count == 1
            && self.at(at).and_then(digit).is_some()
            && self.at(at + 1).is_some_and(|c| " -.–".contains(c));
        if series {
            at += 1;
        }
        at = gap(at);
        let (mut digits, mut end) = (0, at);
        loop {
            match self.at(end) {
                Some(c) if digit(c).is_some() => digits += 1,
                Some('.' | '-') if digits == 3 && self.at(end + 1).and_then(digit).is_some() => {}
                _ => break,
            }
            end += 1;
        }
        let ends = self.at(end).is_none_or(|c| !c.is_alphanumeric());
        ((4..=5).contains(&digits) && ends).then_some((end, Some(Kind::Plate)))
    }
}

/// `23.11.2026 15` and what stands behind a date: a day, a month, a year. What may as well be a telephone or an identity number, `05 1-2000-000`, is
/// none: to hide a date too many is mended by whoever reads it, to show a number is not.
fn is_date(digits: &str, groups: &[usize]) -> bool {
    let [day @ 1..=2, month @ 1..=2, 4, rest @ ..] = groups else { return false };
    if digits.starts_with('0') && digits.len() > LONG {
        return false;
    }
    let number = |from: usize, length: usize| {
        digits.get(from..from + length).and_then(|part| part.parse::<u16>().ok())
    };
    let fits = number(0, *day).is_some_and(|day| (1..=31).contains(&day))
        && number(*day, *month).is_some_and(|month| (1..=12).contains(&month))
        && number(day + month, 4).is_some_and(|year| (1900..=2100).contains(&year));
    fits && rest.iter().sum::<usize>() < LONG - 4
}

/// `1.500.000.000`: groups of three behind a first one that does not begin with zero.
fn is_sum(digits: &str, groups: &[usize], plain: bool) -> bool {
    let [1..=3, rest @ ..] = groups else { return false };
    let telephone = digits.starts_with('0') || digits.len() == 11 && digits.starts_with("84");
    plain && !rest.is_empty() && rest.iter().all(|group| *group == 3) && !telephone
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_somebodys_is_hidden_under_its_kind() {
        for (text, kind) in [
            ("CCCD 001 099 012345 của tôi", Kind::Identity),
            ("số 036095001234", Kind::Identity),
            ("CMND 012345678", Kind::Identity),
            ("gọi 0912.345.678 nhé", Kind::Phone),
            ("gọi (024) 3804 1234", Kind::Phone),
            ("+84 912 345 678", Kind::Phone),
            ("０９１２３４５６７８", Kind::Phone),
            ("09\u{200b}12345678", Kind::Phone),
            ("0912 - 345 - 678", Kind::Phone),
            ("gọi 05 1-2000-000", Kind::Phone),
            ("số 03 01 2000 1234", Kind::Identity),
            ("thư lan.nguyen+a@gmail.com.", Kind::Mail),
            ("xe 29A-123.45 chạy", Kind::Plate),
            ("xe 59-X1 234.56", Kind::Plate),
            ("xe 30g12345", Kind::Plate),
            ("STK 123456 ngân hàng", Kind::Account),
            ("số tài khoản: 1.234.567", Kind::Account),
            ("mã 99887766554", Kind::Digits),
        ] {
            let found = find(text);
            assert_eq!(found.iter().map(|found| found.kind).collect::<Vec<_>>(), [kind], "{text}: {found:?}");
        }
        assert_eq!(masked("Gọi 0912345678, cảm ơn"), "Gọi [đã che số điện thoại], cảm ơn");
    }

    #[test]
    fn what_is_nobodys_stays() {
        for text in [
            "Quyết định 1234/QĐ-UBND ngày 23/11/2026",
            "từ 23-11-2026 15:00 đến 24.11.2026 08:00",
            "1.500.000.000 đồng và 12 000 000 đồng",
            "gọi 1900 1234 hoặc 113",
            "ubnd@laocai.gov.vn",
            "giai đoạn 2021 - 2025, số nhà 12A ngõ 345",
            "Điều 12, khoản 3, năm 2021, 2022, 2023",
            "",
        ] {
            assert_eq!(masked(text), text);
        }
    }

    fn around() -> impl Strategy<Value = (String, String)> {
        ("[a-zàđ ,:\n]{0,12} ", " [a-zàđ ,:\n]{0,12}")
    }

    proptest! {
        #[test]
        fn a_telephone_is_hidden_however_it_is_written(
            (before, after) in around(), digits in "0[35789][0-9]{8}", seps in prop::collection::vec("[ .\u{200b}-]?", 9),
        ) {
            let mut written = String::new();
            for (at, sign) in digits.chars().enumerate() {
                written.push(sign);
                if let Some(sep) = seps.get(at) { written.push_str(sep); }
            }
            let text = masked(&format!("{before}{written}{after}"));
            let left: String = text.chars().filter(char::is_ascii_digit).collect();
            prop_assert!(left.is_empty(), "{text}");
        }

        #[test]
        fn an_identity_number_is_hidden((before, after) in around(), digits in "0[0-9]{11}") {
            let text = masked(&format!("{before}{digits}{after}"));
            prop_assert!(!text.chars().any(|c| c.is_ascii_digit()), "{text}");
        }

        #[test]
        fn a_mail_address_is_hidden((before, after) in around(), mail in "[a-z][a-z0-9._]{0,12}@[a-z]{2,8}\\.(com|vn|net)") {
            let text = masked(&format!("{before}{mail}{after}"));
            prop_assert!(!text.contains('@'), "{text}");
        }

        #[test]
        fn any_text_is_masked_once_and_stays_so(text in "\\PC{0,200}") {
            let once = masked(&text);
            prop_assert_eq!(masked(&once), once);
        }

        #[test]
        fn findings_are_in_order_and_within_the_text(text in "[0-9a-zA-Z@. ()\n-]{0,200}") {
            let mut end = 0;
            for found in find(&text) {
                prop_assert!(found.range.start >= end && found.range.end > found.range.start);
                end = found.range.end;
                prop_assert!(text.get(found.range).is_some());
            }
        }
    }
}
