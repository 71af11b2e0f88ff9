//! One canonical spelling of each syllable, for comparing.
//!
//! Two conventions place the tone mark of open `oa`, `oe`, `uy`: on the first vowel (hòa, thủy; in the lists of the
//! Statistics Office) or on the second (hoà, thuỷ; in schoolbooks). Both are right; official data mix them. Here the first
//! wins. A mark that keyboards misplace (Qúy, hòan) is put where the rules of spelling want it. Only a syllable that has
//! the shape of a Vietnamese one and exactly one tone mark is touched; names in other tongues (Drắk) stay as they are.

use unicode_normalization::UnicodeNormalization;

use super::is_apostrophe;

/// The text in canonical spelling: NFC, single spaces, plain apostrophes, tone marks in one place. Letter case stays.
/// `"Hoà  Bình"` and `"Hòa Bình"` both give `"Hòa Bình"`. For comparing; show people the text as it was written.
#[must_use]
pub fn canonical(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut syllable = String::new();
    let mut space = false;
    for c in text.nfc() {
        if c.is_alphabetic() {
            if space && !out.is_empty() {
                out.push(' ');
            }
            space = false;
            syllable.push(c);
            continue;
        }
        finish(&mut out, &mut syllable);
        if c.is_whitespace() {
            space = true;
            continue;
        }
        if space && !out.is_empty() {
            out.push(' ');
        }
        space = false;
        out.push(if is_apostrophe(c) { '\'' } else { c });
    }
    finish(&mut out, &mut syllable);
    super::nfc(&out)
}

/// True if two names differ at most in spelling convention: letter case, spaces, apostrophes, normal form, and the
/// place of the tone mark. `same("xã Hoà An", "Xã Hòa An")`.
#[must_use]
pub fn same(a: &str, b: &str) -> bool {
    a == b || canonical(a).to_lowercase() == canonical(b).to_lowercase()
}

/// Moves a finished syllable to the text.
fn finish(out: &mut String, syllable: &mut String) {
    match placed(syllable) {
        Some(spelled) => out.push_str(&spelled),
        None => out.push_str(syllable),
    }
    syllable.clear();
}

/// A letter of the alphabet (vowel marks included, letter case kept) and the tone mark it bore.
pub(super) struct Letter {
    pub(super) plain: char,
    pub(super) tone: Option<char>,
}

/// Grave, acute, tilde, hook above, dot below.
const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];
const VOWELS: &str = "aăâeêioôơuưy";
/// Vowels that draw the tone mark wherever they stand; of `ươ` the last.
const STRONG: &str = "ăâêôơư";
pub(super) const INITIALS: [&str; 25] = [
    "", "b", "c", "ch", "d", "đ", "g", "gh", "h", "k", "kh", "l", "m", "n", "ng", "ngh", "nh", "p", "ph",
    "r", "s", "t", "th", "tr", "v",
];
const FINALS: [&str; 9] = ["", "c", "ch", "m", "n", "ng", "nh", "p", "t"];

/// The syllable with its tone mark in the canonical place; nothing if it is not a Vietnamese syllable with one mark.
fn placed(syllable: &str) -> Option<String> {
    if syllable.is_ascii() {
        return None;
    }
    let letters: Vec<Letter> = syllable.chars().map(letter).collect::<Option<_>>()?;
    let mut tones = letters.iter().filter_map(|l| l.tone);
    let (tone, None) = (tones.next()?, tones.next()) else { return None };
    let low: Vec<char> = letters.iter().flat_map(|l| l.plain.to_lowercase()).collect();
    if low.len() != letters.len() {
        return None;
    }
    let place = tone_place(&low)?;
    let mut out = String::with_capacity(syllable.len());
    for (index, letter) in letters.iter().enumerate() {
        out.push(letter.plain);
        if index == place {
            out.push(tone);
        }
    }
    Some(super::nfc(&out))
}

/// A character taken apart; nothing if it bears more than one tone mark.
pub(super) fn letter(c: char) -> Option<Letter> {
    let mut tone = None;
    let mut rest = String::new();
    for part in std::iter::once(c).nfd() {
        if TONES.contains(&part) {
            if tone.replace(part).is_some() {
                return None;
            }
        } else {
            rest.push(part);
        }
    }
    let mut plain = rest.nfc();
    match (plain.next(), plain.next()) {
        (Some(plain), None) => Some(Letter { plain, tone }),
        _ => None,
    }
}

/// Where the tone mark belongs in a syllable of lower-case letters without tone marks.
fn tone_place(low: &[char]) -> Option<usize> {
    let is_vowel = |index: usize| low.get(index).is_some_and(|c| VOWELS.contains(*c));
    // `qu` and `gi` before a vowel are consonants.
    let start = match low {
        ['q', 'u', ..] | ['g', 'i', ..] if is_vowel(2) => 2,
        _ => {
            let start = (0..low.len()).find(|i| is_vowel(*i))?;
            let initial: String = low[..start].iter().collect();
            if initial != "x" && !INITIALS.contains(&initial.as_str()) {
                return None;
            }
            start
        }
    };
    let end = (start..low.len()).find(|i| !is_vowel(*i)).unwrap_or(low.len());
    let ending: String = low[end..].iter().collect();
    if !FINALS.contains(&ending.as_str()) {
        return None;
    }
    let vowels = &low[start..end];
    let strong = vowels.iter().rposition(|c| STRONG.contains(*c));
    let inside = match (strong, vowels.len()) {
        (Some(index), 1..=3) => index,
        (None, 1) => 0,
        (None, 2) => usize::from(!ending.is_empty()),
        (None, 3) => 1,
        _ => return None,
    };
    Some(start + inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_conventions_become_one() {
        for (new, old) in [
            ("Hoà", "Hòa"),
            ("THUỶ", "THỦY"),
            ("khoẻ", "khỏe"),
            ("Uý", "Úy"),
            ("loè", "lòe"),
            ("Hoá Quỳ", "Hóa Quỳ"),
            ("Thuỵ Khuê", "Thụy Khuê"),
            ("xoá", "xóa"),
        ] {
            assert_eq!(canonical(new), old);
            assert_eq!(canonical(old), old);
        }
    }

    #[test]
    fn right_syllables_stay() {
        let text = "Quý quốc quả già gì gìn giữ giếng nghiêng yếu thuở khuỷu ngoéo quái huỳnh hoạch tuyển người rượu \
                    của mía thuế Huế tuần khoắng sửa ngửi lưỡi Nguyễn Đạo được Hoàn oái ăm";
        assert_eq!(canonical(text), text);
    }

    #[test]
    fn misplaced_marks_are_put_right() {
        assert_eq!(canonical("Qúy"), "Quý");
        assert_eq!(canonical("hòan"), "hoàn");
        assert_eq!(canonical("gỉa"), "giả");
    }

    #[test]
    fn foreign_names_stay() {
        assert_eq!(
            canonical("Krông Nô, M'Drắk, café, país, naïve, Ðà"),
            "Krông Nô, M'Drắk, café, país, naïve, Ðà"
        );
    }

    #[test]
    fn spaces_and_apostrophes_are_one() {
        assert_eq!(canonical(" Xã\t Hoà\u{a0}Khánh "), "Xã Hòa Khánh");
        assert!(same("Phường B’Lao", "phường B'lao"));
        assert!(!same("Tân Lập", "Tân Lạp"));
    }
}
