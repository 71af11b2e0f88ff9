//! Vietnamese text: one form to store, one to search, one for addresses, one to compare.
//!
//! Store what [`nfc`] gives (TCVN 6909 is Unicode; portals exchange NFC). Search on [`fold`]. Build addresses with
//! [`slug`] and domain labels with [`label`]. Compare names of places and agencies with [`same`]: it sees through
//! letter case, spaces, apostrophes and the place of the tone mark (Hoà, Hòa). These functions take any text, never
//! fail, and applied twice give what they gave once. What was written before Unicode is read by [`legacy`].

pub mod legacy;
mod spelling;
mod syllable;
mod twins;

use unicode_normalization::UnicodeNormalization;

pub use spelling::{canonical, same};
pub use syllable::{is_folded_syllable, is_syllable};
pub use twins::latin_twin;

/// The longest label of a domain name, in bytes (RFC 1035, section 2.3.4).
const LONGEST_LABEL: usize = 63;

/// The text in Unicode normal form C: the form that is stored, signed and sent.
#[must_use]
pub fn nfc(text: &str) -> String {
    if unicode_normalization::is_nfc(text) { text.to_owned() } else { text.nfc().collect() }
}

/// True for characters that are not seen and that turn or part what stands beside them: of no width, marks and overrides of
/// direction, variation tags. `gia\u{202e}fdp.exe` reads `giaexe.pdf`.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// True for overrides of direction, after which letters stand in another order than they are stored (UAX 9, section 2).
#[must_use]
pub fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}')
}

/// The text as searched: lower case, without tone and vowel marks, `đ` as `d`. `"Đặc khu Phú Quốc"` gives
/// `"dac khu phu quoc"`. Punctuation, spaces and other scripts stay.
#[must_use]
pub fn fold(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .nfd()
        .filter(|c| !is_latin_mark(*c))
        .map(|c| if c == 'đ' { 'd' } else { c })
        .nfc()
        .collect()
}

/// The text as a part of an address: folded, `a`–`z`, `0`–`9` and single hyphens. `"Mù Cang Chải"` gives
/// `"mu-cang-chai"`. An apostrophe joins (`"Ea H'Leo"` gives `"ea-hleo"`), anything else separates. Empty if the text has
/// no Latin letter and no digit.
#[must_use]
pub fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    let mut gap = false;
    for c in fold(text).chars() {
        if c.is_ascii_alphanumeric() {
            if gap && !slug.is_empty() {
                slug.push('-');
            }
            gap = false;
            slug.push(c);
        } else if !is_apostrophe(c) {
            gap = true;
        }
    }
    slug
}

/// The text as a domain label, the form that Decree 224/2026, Art. 11(4) gives to names of places: `"Ba Đình"` gives
/// `"badinh"`. Nothing if no letter or digit is left, or more than 63 bytes.
#[must_use]
pub fn label(text: &str) -> Option<String> {
    let label = slug(text).replace('-', "");
    (!label.is_empty() && label.len() <= LONGEST_LABEL).then_some(label)
}

/// The marks that Vietnamese puts on Latin letters are all in this block.
fn is_latin_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{2bc}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_searched_without_its_marks() {
        assert_eq!(fold("Thủ tướng Chính phủ"), "thu tuong chinh phu");
        assert_eq!(fold("ĐẶC KHU"), "dac khu");
        assert_eq!(fold("Hòa Bình".nfd().collect::<String>().as_str()), "hoa binh");
        assert_eq!(fold("42/2022/NĐ-CP"), "42/2022/nd-cp");
    }

    #[test]
    fn other_scripts_keep_their_signs() {
        assert_eq!(fold("中文 한국 हिन्दी"), "中文 한국 हिन्दी");
    }

    #[test]
    fn addresses_are_plain() {
        assert_eq!(slug("Mù Cang Chải"), "mu-cang-chai");
        assert_eq!(slug("  Bà Rịa – Vũng Tàu "), "ba-ria-vung-tau");
        assert_eq!(slug("Phường B’Lao"), "phuong-blao");
        assert_eq!(slug("…"), "");
    }

    #[test]
    fn domain_labels_have_no_hyphen_and_fit() {
        assert_eq!(label("Ba Đình").as_deref(), Some("badinh"));
        assert_eq!(label("Đạ Huoai 2").as_deref(), Some("dahuoai2"));
        assert_eq!(label("–"), None);
        assert_eq!(label(&"a".repeat(64)), None);
    }

    #[test]
    fn decomposed_text_is_stored_composed() {
        let decomposed: String = "Nghị định".nfd().collect();
        assert_ne!(decomposed, "Nghị định");
        assert_eq!(nfc(&decomposed), "Nghị định");
    }
}
