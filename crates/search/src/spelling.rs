//! What somebody meant to type, judged by the neighbours of each syllable.
//!
//! Of all mistakes of one letter a quarter gives another real syllable, so a list of syllables is not enough: one is doubted
//! if it is rare here, or makes no pair with the syllables beside it, and what would make frequent pairs is proposed. A word
//! that is no syllable at all may hold marks of Telex or VNI (`thur tucj`, `thu3`), or be several joined (`nghidinh`).

use vietnam::text::is_folded_syllable;

use crate::query::{MOST, Word};

/// How often something stands in the index, in rows.
pub struct Lexicon<'a> {
    /// Rows of the index.
    pub rows: u64,
    /// Rows that have a syllable or a pair (`thu tuc`).
    pub count: &'a dyn Fn(&str) -> u64,
}

impl Lexicon<'_> {
    fn count(&self, term: &str) -> u64 {
        (self.count)(term)
    }

    fn pair(&self, a: &str, b: &str) -> u64 {
        self.count(&format!("{a} {b}"))
    }

    /// How much it tells that two stand beside each other.
    fn bond(&self, a: &str, b: &str) -> f64 {
        (1.0 + self.pair(a, b) as f64).ln()
    }
}

/// Proposals for a syllable are at most this many.
const PROPOSED: usize = 6;
/// So many syllables of a query are doubted at most.
const DOUBTED: usize = 10;
/// What a proposal must tell more than what was typed, in natural logarithms of rows.
const MARGIN: f64 = 2.5;

/// Divides what was joined and reads what a keyboard left, where what was typed stands nowhere. Bounded by [`MOST`].
#[must_use]
pub fn mended(words: &[Word], lexicon: &Lexicon<'_>) -> Vec<Word> {
    let mut out: Vec<Word> = Vec::with_capacity(words.len());
    for word in words {
        let whole = is_folded_syllable(&word.folded) || word.folded.bytes().all(|b| b.is_ascii_digit());
        let mut parts = match whole || lexicon.count(&word.folded) > 2 {
            true => None,
            false => keyed(&word.folded).map(|one| vec![one]).or_else(|| divided(&word.folded, lexicon)),
        }
        .unwrap_or_else(|| vec![word.folded.clone()])
        .into_iter();
        let begins = word.begins;
        out.extend(parts.next().map(|folded| Word { folded, typed: word.typed.clone(), begins }));
        out.extend(parts.map(|folded| Word { typed: folded.clone(), folded, begins: false }));
    }
    out.truncate(MOST);
    out
}

/// What Telex or VNI keys were to give, folded: `thur`, `tucj`, `ddaats`, `thu3` → `thu`, `tuc`, `dat`, `thu`.
#[must_use]
pub fn keyed(word: &str) -> Option<String> {
    if !word.is_ascii() || word.len() > 12 {
        return None;
    }
    let mut plain = String::with_capacity(word.len());
    let mut vowel = false;
    let mut tones = 0;
    for c in word.chars() {
        let last = plain.chars().next_back();
        match c {
            'd' if last == Some('d') => {}
            'a' | 'e' | 'o' if last == Some(c) => {}
            // A doubled vowel may be typed after the rest: `dieuf` is plain, `nghietemj` is not.
            's' | 'f' | 'r' | 'x' | 'j' if vowel && tones == 0 => tones += 1,
            'w' if matches!(last, Some('a' | 'o' | 'u')) => {}
            'w' => plain.push('u'),
            '0'..='9' if !plain.is_empty() => {}
            _ => plain.push(c),
        }
        vowel |= "aeiouyw".contains(c);
    }
    (plain != word && is_folded_syllable(&plain)).then_some(plain)
}

/// The syllables that were joined into one word, if they make pairs that are known.
fn divided(word: &str, lexicon: &Lexicon<'_>) -> Option<Vec<String>> {
    if !word.is_ascii() || !(4..=32).contains(&word.len()) {
        return None;
    }
    // The best way to each place: how much its pairs tell, and where its last syllable begins.
    let mut ways: Vec<Option<(f64, Vec<&str>)>> = vec![None; word.len() + 1];
    ways[0] = Some((0.0, Vec::new()));
    for end in 1..=word.len() {
        for start in end.saturating_sub(7)..end {
            let Some((told, before)) = ways[start].clone() else { continue };
            let one = &word[start..end];
            if before.len() >= 6 || !is_folded_syllable(one) {
                continue;
            }
            // Each more syllable has to earn its place.
            let told = told - 3.0 + before.last().map_or(0.0, |last| lexicon.bond(last, one));
            if ways[end].as_ref().is_none_or(|(best, _)| told > *best) {
                ways[end] = Some((told, before.into_iter().chain([one]).collect()));
            }
        }
    }
    let (_, parts) = ways.pop()??;
    let known = parts.len() > 1 && parts.windows(2).all(|two| lexicon.pair(two[0], two[1]) > 0);
    known.then(|| parts.into_iter().map(str::to_owned).collect())
}

/// For each syllable what was probably meant instead, if anything.
#[must_use]
pub fn meant(words: &[Word], lexicon: &Lexicon<'_>) -> Vec<Option<String>> {
    let mut left = DOUBTED;
    let states: Vec<Vec<String>> = (0..words.len())
        .map(|at| {
            let doubted = left > 0 && is_doubtful(words, at, lexicon);
            left -= usize::from(doubted);
            let proposed = if doubted { proposals(words, at, lexicon) } else { Vec::new() };
            std::iter::once(words[at].folded.clone()).chain(proposed).collect()
        })
        .collect();
    if states.iter().all(|one| one.len() == 1) {
        return vec![None; words.len()];
    }
    // The best way through all states: what each is worth alone, and what each pair tells.
    let mut told: Vec<Vec<(f64, usize)>> = Vec::with_capacity(states.len());
    for (at, here) in states.iter().enumerate() {
        let row = here.iter().enumerate().map(|(state, one)| {
            let alone = 0.25 * (1.0 + lexicon.count(one) as f64).ln() - if state > 0 { MARGIN } else { 0.0 };
            let (mut best, mut from) = (0.0, 0);
            if at > 0 {
                best = f64::NEG_INFINITY;
                for (before, other) in states[at - 1].iter().enumerate() {
                    let bond = if words[at].begins { 0.0 } else { lexicon.bond(other, one) };
                    if told[at - 1][before].0 + bond > best {
                        (best, from) = (told[at - 1][before].0 + bond, before);
                    }
                }
            }
            (best + alone, from)
        });
        let row: Vec<(f64, usize)> = row.collect();
        told.push(row);
    }
    let mut meant = vec![None; words.len()];
    let last =
        told.last().map_or(0, |row| (0..row.len()).fold(0, |a, b| if row[b].0 > row[a].0 { b } else { a }));
    let mut state = last;
    for at in (0..words.len()).rev() {
        if state > 0 {
            meant[at] = Some(states[at][state].clone());
        }
        state = told[at][state].1;
    }
    meant
}

/// True if a syllable is so rare, or so strange beside its neighbours, that it may be mistyped.
fn is_doubtful(words: &[Word], at: usize, lexicon: &Lexicon<'_>) -> bool {
    let word = &words[at].folded;
    if word.len() < 2 || word.bytes().any(|b| b.is_ascii_digit()) || !word.is_ascii() || word.len() > 9 {
        return false;
    }
    let rows = lexicon.count(word);
    if rows == 0 {
        return true;
    }
    let before = (at > 0 && !words[at].begins).then(|| lexicon.pair(&words[at - 1].folded, word));
    let after = words.get(at + 1).filter(|next| !next.begins).map(|next| lexicon.pair(word, &next.folded));
    let bound = [before, after].into_iter().flatten().max();
    match bound {
        // Alone it can only be judged by how rare it is.
        None => rows < 2,
        Some(pairs) => pairs == 0 || pairs * 2_000 < rows.min(lexicon.rows / 4),
    }
}

/// The syllables one letter away that pair best with the neighbours.
fn proposals(words: &[Word], at: usize, lexicon: &Lexicon<'_>) -> Vec<String> {
    let word = &words[at].folded;
    let before = (at > 0 && !words[at].begins).then(|| words[at - 1].folded.as_str());
    let after = words.get(at + 1).filter(|next| !next.begins).map(|next| next.folded.as_str());
    let mut worth: Vec<(f64, String)> = Vec::new();
    for one in near(word) {
        let count = lexicon.count(&one);
        if count == 0 {
            continue;
        }
        let bonds = before.map_or(0.0, |before| lexicon.bond(before, &one))
            + after.map_or(0.0, |after| lexicon.bond(&one, after));
        worth.push((bonds + 0.25 * (1.0 + count as f64).ln(), one));
    }
    worth.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    worth.truncate(PROPOSED);
    worth.into_iter().map(|(_, one)| one).collect()
}

/// Every syllable that one letter more, less, other or moved makes of a word.
fn near(word: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut add = |text: String| {
        if text != word && is_folded_syllable(&text) && !all.contains(&text) {
            all.push(text);
        }
    };
    for at in 0..=word.len() {
        let (head, tail) = word.split_at(at);
        for c in 'a'..='z' {
            add(format!("{head}{c}{tail}"));
            if !tail.is_empty() {
                add(format!("{head}{c}{}", &tail[1..]));
            }
        }
        if !tail.is_empty() {
            add(format!("{head}{}", &tail[1..]));
        }
        if tail.len() > 1 {
            add(format!("{head}{}{}{}", &tail[1..2], &tail[..1], &tail[2..]));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::folded;
    use crate::query::Query;
    use std::collections::HashMap;

    fn with<T>(what: impl FnOnce(&Lexicon<'_>) -> T) -> T {
        let mut counts: HashMap<String, u64> = HashMap::new();
        for text in ["thu tuc dat dai", "nghi dinh chinh phu", "dang ky khai sinh", "thu tuc dang ky"] {
            let words: Vec<&str> = text.split(' ').collect();
            for word in &words {
                *counts.entry((*word).to_owned()).or_default() += 900;
            }
            for two in words.windows(2) {
                *counts.entry(two.join(" ")).or_default() += 400;
            }
        }
        counts.insert("tun".to_owned(), 300);
        what(&Lexicon { rows: 10_000, count: &|term| counts.get(term).copied().unwrap_or(0) })
    }

    fn corrected(typed: &str) -> String {
        with(|lexicon| {
            let words = mended(&Query::read(typed).words, lexicon);
            let meant = meant(&words, lexicon);
            let one = |(word, meant): (&Word, Option<String>)| meant.unwrap_or(word.folded.clone());
            words.iter().zip(meant).map(one).collect::<Vec<_>>().join(" ")
        })
    }

    #[test]
    fn a_mistyped_syllable_is_judged_by_its_neighbours() {
        assert_eq!(corrected("thu tucc dat dai"), "thu tuc dat dai");
        // A real syllable, but not here.
        assert_eq!(corrected("thu tun dat dai"), "thu tuc dat dai");
        assert_eq!(corrected("dang kyu khai sihn"), "dang ky khai sinh");
    }

    #[test]
    fn what_is_right_stays() {
        for right in ["thu tuc dat dai", "nghi dinh", "tun", "42 2022", "xyzxyzxyz"] {
            assert_eq!(corrected(right), folded(right));
        }
    }

    #[test]
    fn telex_vni_and_joined_words_are_read() {
        assert_eq!(corrected("thur tucj ddaats ddai"), "thu tuc dat dai");
        assert_eq!(corrected("thu3 tuc5"), "thu tuc");
        assert_eq!(corrected("nghidinh"), "nghi dinh");
        assert_eq!(corrected("dangkykhaisinh"), "dang ky khai sinh");
        assert_eq!(keyed("nghij").as_deref(), Some("nghi"));
        assert_eq!(keyed("dduwowcj").as_deref(), Some("duoc"));
        assert_eq!(keyed("thu"), None);
    }
}
