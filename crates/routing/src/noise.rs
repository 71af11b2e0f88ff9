//! Typing as people do it: letters swapped, dropped, doubled, struck beside; words run together; short forms; the input method
//! off. For training and for measuring, from a seed.

use crate::number::Chance;

/// The keys beside a key.
const BESIDE: [(char, &str); 26] = [
    ('q', "wa"),
    ('w', "qes"),
    ('e', "wrd"),
    ('r', "etf"),
    ('t', "ryg"),
    ('y', "tuh"),
    ('u', "yij"),
    ('i', "uok"),
    ('o', "ipl"),
    ('p', "ol"),
    ('a', "qsz"),
    ('s', "adw"),
    ('d', "sfe"),
    ('f', "dgr"),
    ('g', "fht"),
    ('h', "gjy"),
    ('j', "hku"),
    ('k', "jli"),
    ('l', "kop"),
    ('z', "xa"),
    ('x', "zcs"),
    ('c', "xvd"),
    ('v', "cbf"),
    ('b', "vng"),
    ('n', "bmh"),
    ('m', "nj"),
];

const SHORT: [(&str, &str); 14] = [
    ("không", "ko"),
    ("được", "dc"),
    ("người", "ng"),
    ("rồi", "r"),
    ("với", "vs"),
    ("gì", "j"),
    ("trước", "trc"),
    ("nước", "nc"),
    ("nhiều", "nhìu"),
    ("giờ", "h"),
    ("quá", "wá"),
    ("công ty", "cty"),
    ("mọi người", "mn"),
    ("cũng", "cx"),
];

/// The text without any diacritics.
#[must_use]
pub fn without_diacritics(text: &str) -> String {
    vietnam::text::fold(text)
}

/// The text with about one typing error in `every` words, sometimes short forms.
#[must_use]
pub fn typed(text: &str, every: usize, chance: &mut Chance) -> String {
    let mut text = text.to_owned();
    if chance.once_in(2) {
        for (long, short) in SHORT {
            if chance.once_in(2) {
                text = text.replace(&format!(" {long} "), &format!(" {short} "));
            }
        }
    }
    let mut out = String::with_capacity(text.len());
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 && !chance.once_in(every * 12) {
            out.push(' ');
        }
        let letters: Vec<char> = word.chars().collect();
        if letters.len() < 3 || !letters.iter().all(|c| c.is_alphabetic()) || !chance.once_in(every) {
            out.push_str(word);
            continue;
        }
        let mut letters = letters;
        let at = 1 + chance.below(letters.len() - 2);
        match chance.below(4) {
            0 => letters.swap(at, at + 1),
            1 => {
                letters.remove(at);
            }
            2 => letters.insert(at, letters[at]),
            _ => {
                if let Some((_, beside)) = BESIDE.iter().find(|(key, _)| *key == letters[at]) {
                    let keys: Vec<char> = beside.chars().collect();
                    letters[at] = keys[chance.below(keys.len())];
                }
            }
        }
        out.extend(letters);
    }
    out
}
