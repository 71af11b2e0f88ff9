//! Text as the index has it: folded syllables, lower case, without marks, `đ` as `d`.
//!
//! Neighbours are parted by one space, and a line ends where a sentence does: a pair of syllables is then a piece of the
//! folded text itself, and nothing is copied to make one. One pass, and nothing is allocated for a syllable.

use std::sync::LazyLock;

use vietnam::text;

/// The longest syllable that is kept, in bytes; what is longer (a hash, an address) is cut.
pub const LONGEST: usize = 32;

/// Letters of Latin Extended and of the block for Vietnamese, as ASCII; 0 where there is none.
static LATIN: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| [plain(0xC0, 0x24F), plain(0x1E00, 0x1EFF)]);

fn plain(from: u32, to: u32) -> Vec<u8> {
    let one = |code| {
        let folded = text::fold(char::from_u32(code)?.encode_utf8(&mut [0; 4]));
        match folded.as_bytes() {
            [letter] if letter.is_ascii_alphanumeric() => Some(*letter),
            _ => None,
        }
    };
    (from..=to).map(|code| one(code).unwrap_or(0)).collect()
}

/// What a character is to the index.
enum Sign {
    Letter(u8),
    Other(char),
    /// Belongs to what stands before it, or is not seen at all.
    Nothing,
    Space,
    /// A sentence ends.
    Stop,
    /// A sentence ends, or a number goes on: `10.000`.
    Dot,
}

fn sign(c: char) -> Sign {
    let code = c as u32;
    let letter = |table: &[u8], from: u32| match table.get((code - from) as usize) {
        Some(0) | None => None,
        Some(letter) => Some(Sign::Letter(*letter)),
    };
    match c {
        'a'..='z' | '0'..='9' => Sign::Letter(c as u8),
        'A'..='Z' => Sign::Letter(c.to_ascii_lowercase() as u8),
        '.' => Sign::Dot,
        ';' | ':' | '!' | '?' | '\n' | '|' | '#' | '(' | ')' | '…' => Sign::Stop,
        _ if c.is_ascii() => Sign::Space,
        // Marks; and what writes in the other direction, joins, or has no width.
        '\u{300}'..='\u{36f}'
        | '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => Sign::Nothing,
        '\u{c0}'..='\u{24f}' => letter(&LATIN[0], 0xC0).unwrap_or(other(c)),
        '\u{1e00}'..='\u{1eff}' => letter(&LATIN[1], 0x1E00).unwrap_or(other(c)),
        _ => other(c),
    }
}

fn other(c: char) -> Sign {
    match text::latin_twin(c) {
        Some(twin) => Sign::Letter(twin.to_ascii_lowercase() as u8),
        None if c.is_alphanumeric() => Sign::Other(c),
        None => Sign::Space,
    }
}

/// Adds a text to `out`, folded. What stands there already is ended by a line.
pub fn fold_into(text: &str, out: &mut String) {
    let mut gap = if out.is_empty() { None } else { Some('\n') };
    let mut long = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let letter = match sign(c) {
            Sign::Nothing => continue,
            Sign::Space => {
                gap = gap.or(Some(' '));
                continue;
            }
            Sign::Stop => {
                gap = Some('\n');
                continue;
            }
            Sign::Dot => {
                let ends = chars.peek().is_none_or(|next| next.is_whitespace());
                gap = if ends { Some('\n') } else { gap.or(Some(' ')) };
                continue;
            }
            Sign::Letter(letter) => letter as char,
            Sign::Other(c) => c,
        };
        if let Some(gap) = gap.take() {
            if !out.is_empty() {
                out.push(gap);
            }
            long = 0;
        }
        if long >= LONGEST {
            continue;
        }
        let before = out.len();
        if letter.is_ascii() {
            out.push(letter)
        } else {
            out.extend(letter.to_lowercase())
        }
        long += out.len() - before;
    }
}

/// A text, folded.
#[must_use]
pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// A syllable where it stands in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Syllable {
    /// Its first and last byte in the text.
    pub range: std::ops::Range<usize>,
    /// As the index has it.
    pub folded: String,
    /// True if a line begins with it: it makes no pair with the one before.
    pub begins: bool,
}

/// The syllables of a text with their places: the same that [`fold_into`] writes.
pub fn syllables(text: &str) -> impl Iterator<Item = Syllable> + '_ {
    let mut chars = text.char_indices().peekable();
    let mut begins = true;
    std::iter::from_fn(move || {
        let mut found: Option<Syllable> = None;
        while let Some((at, c)) = chars.peek().copied() {
            let letter = match sign(c) {
                Sign::Letter(letter) => letter as char,
                Sign::Other(c) => c,
                Sign::Nothing => {
                    chars.next();
                    continue;
                }
                _ if found.is_some() => break,
                Sign::Stop => {
                    begins = true;
                    chars.next();
                    continue;
                }
                Sign::Dot => {
                    chars.next();
                    begins |= chars.peek().is_none_or(|(_, next)| next.is_whitespace());
                    continue;
                }
                Sign::Space => {
                    chars.next();
                    continue;
                }
            };
            chars.next();
            let end = at + c.len_utf8();
            let one = found.get_or_insert_with(|| Syllable {
                range: at..end,
                folded: String::new(),
                begins: std::mem::take(&mut begins),
            });
            one.range.end = end;
            if one.folded.len() < LONGEST {
                one.folded.extend(letter.to_lowercase());
            }
        }
        found
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_typing_give_the_same() {
        assert_eq!(folded("Thủ tướng  Chính phủ"), "thu tuong chinh phu");
        assert_eq!(folded("Đường “Điện Biên”"), "duong dien bien");
        assert_eq!(folded("Nghi\u{323} đi\u{323}nh"), "nghi dinh");
        assert_eq!(folded("42/2022/NĐ-CP"), "42 2022 nd cp");
    }

    #[test]
    fn a_sentence_ends_a_line_and_a_number_does_not() {
        assert_eq!(
            folded("Điều 1. Phạm vi; đối tượng: 10.000 đồng."),
            "dieu 1\npham vi\ndoi tuong\n10 000 dong"
        );
    }

    #[test]
    fn what_is_not_seen_parts_nothing() {
        assert_eq!(folded("thu\u{200b} tuc\u{202e}"), "thu tuc");
        assert_eq!(folded("th\u{ad}ủ tục"), "thu tuc");
        // Cyrillic letters that look like Latin ones.
        assert_eq!(folded("Тhu tuс"), "thu tuc");
    }

    proptest::proptest! {
        #[test]
        fn both_readings_of_a_text_agree(text in "[ a-zA-Zđăê\u{300}.;,\n“\u{202e}0-9Ж]{0,60}") {
            let mut joined = String::new();
            for one in syllables(&text) {
                if !joined.is_empty() {
                    joined.push(if one.begins { '\n' } else { ' ' });
                }
                joined.push_str(&one.folded);
                proptest::prop_assert!(text.get(one.range).is_some());
            }
            proptest::prop_assert_eq!(joined, folded(&text));
        }
    }

    #[test]
    fn nothing_grows_without_end() {
        assert_eq!(folded(&"a".repeat(10_000)).len(), LONGEST);
        assert_eq!(folded("…!?"), "");
    }
}
