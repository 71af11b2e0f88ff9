//! The shape of a Vietnamese syllable: what can be one, whatever it means.
//!
//! An initial, a rime of the spelling, and a tone that the ending allows. Some 17,000 shapes of which about 7,000 are
//! in use: good for telling Vietnamese from noise, not for spelling.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::spelling::{INITIALS, letter};

/// The rimes of the spelling, without tone marks.
const RIMES: &str = "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo ep et \
    ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu o oa oac oach oai oam oan oang oanh \
    oao oap oat oay oăc oăm oăn oăng oăp oăt oc oe oem oen oeo oet oi om on ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ \
    ơi ơm ơn ơp ơt u ua uân uâng uât uây uc uê uêch uên uênh ui um un ung uơ uôc uôi uôm uôn uông uôt up ut uy uya uych \
    uyên uyêt uynh uyp uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu y yêm yên yêng yêt yêu ynh ych yt";

/// The longest initial and rime together, in letters: `nghiêng`.
const LONGEST: usize = 7;

/// True if a word has the shape of a Vietnamese syllable, in any letter case and normal form: `nghiêng`, `ĐƯỢC`, `oái`.
/// A stop at the end (c, ch, p, t) takes no other tone than sắc and nặng.
///
/// ```
/// use vietnam::text::is_syllable;
///
/// assert!(is_syllable("Nghị") && is_syllable("quyết") && is_syllable("ưu"));
/// assert!(!is_syllable("Vi\u{f6}t") && !is_syllable("học̀") && !is_syllable("café"));
/// ```
#[must_use]
pub fn is_syllable(word: &str) -> bool {
    static KNOWN: LazyLock<HashSet<&str>> = LazyLock::new(|| RIMES.split_ascii_whitespace().collect());
    let word = super::nfc(word).to_lowercase();
    if word.chars().count() > LONGEST {
        return false;
    }
    let Some(letters) = word.chars().map(letter).collect::<Option<Vec<_>>>() else { return false };
    let mut tones = letters.iter().filter_map(|l| l.tone);
    let (tone, None) = (tones.next(), tones.next()) else { return false };
    let plain: String = letters.iter().map(|l| l.plain).collect();
    let stopped = ["c", "ch", "p", "t"].iter().any(|stop| plain.ends_with(stop));
    if stopped && tone.is_some_and(|tone| !matches!(tone, '\u{301}' | '\u{323}')) {
        return false;
    }
    INITIALS
        .iter()
        .chain(&["x", "gi", "q", "qu"])
        .any(|initial| plain.strip_prefix(initial).is_some_and(|rime| KNOWN.contains(rime)))
}

/// True for what [`super::fold`] leaves of a syllable: `nghi`, `duoc`. What it is not was mistyped, joined, or is no
/// Vietnamese.
///
/// ```
/// use vietnam::text::is_folded_syllable;
///
/// assert!(is_folded_syllable("truong") && is_folded_syllable("gi") && is_folded_syllable("quyet"));
/// assert!(!is_folded_syllable("thur") && !is_folded_syllable("nghidinh") && !is_folded_syllable("Nghi"));
/// ```
#[must_use]
pub fn is_folded_syllable(word: &str) -> bool {
    static KNOWN: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let rimes: HashSet<String> = RIMES.split_ascii_whitespace().map(super::fold).collect();
        let initials = INITIALS.iter().chain(&["x", "gi", "q", "qu"]).map(|initial| super::fold(initial));
        initials.flat_map(|initial| rimes.iter().map(move |rime| format!("{initial}{rime}"))).collect()
    });
    word.len() <= LONGEST && KNOWN.contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_of_an_official_text_are_syllables() {
        let text = "Cộng hòa xã hội chủ nghĩa Việt Nam Độc lập Tự do Hạnh phúc Căn cứ Nghị định quy định chức năng quyền hạn \
                    của Ủy ban nhân dân thuế khuyến khích giải quyết giếng gì quốc huỳnh hoạch khuỷu ngoằn ngoèo xoong ưu yêu";
        for word in text.split_whitespace() {
            assert!(is_syllable(word), "{word}");
        }
    }

    #[test]
    fn other_words_are_not() {
        for word in [
            "",
            "Vieät",
            "ngµy",
            "strong",
            "für",
            "très",
            "ĐƯỢCC",
            "họcc",
            "b",
            "ầm̀",
            "zô",
            "nghiêngg",
            "mộtt",
            "tầc",
        ] {
            assert!(!is_syllable(word), "{word}");
        }
    }
}
