//! A correction as a reader would write it: the index knows syllables without marks, the texts that were found have them.

use ::search::fold::syllables;

/// The words of a correction, with the spelling of the texts where they have it; `true` marks a word that was not typed so.
pub fn spelled(words: &[(String, bool)], texts: &[&str]) -> String {
    let folded: Vec<String> = words.iter().map(|(word, _)| vietnam::text::fold(word)).collect();
    let mut out: Vec<String> = words.iter().map(|(word, _)| word.clone()).collect();
    for at in (0..words.len()).filter(|at| words[*at].1) {
        let before = at.checked_sub(1).map(|before| folded[before].as_str());
        let after = folded.get(at + 1).map(String::as_str);
        // As it stands beside the same neighbours, else beside one of them, else anywhere.
        let mut best: Option<(usize, String)> = None;
        for text in texts {
            let all: Vec<_> = syllables(text).collect();
            for (place, one) in all.iter().enumerate().filter(|(_, one)| one.folded == folded[at]) {
                let beside = |other: Option<&str>, place: Option<usize>| {
                    let here = place.and_then(|place| all.get(place)).map(|one| one.folded.as_str());
                    usize::from(other.is_some() && other == here)
                };
                let fits = beside(before, place.checked_sub(1)) + beside(after, Some(place + 1));
                if best.as_ref().is_none_or(|(most, _)| fits > *most) {
                    best = Some((fits, text[one.range.clone()].to_lowercase()));
                }
            }
        }
        if let Some((_, spelling)) = best {
            out[at] = spelling;
        }
    }
    out.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_correction_takes_its_marks_from_what_was_found() {
        let words = [("thủ".to_owned(), false), ("tuc".to_owned(), true), ("dat".to_owned(), true)];
        let texts = ["Tức thì. THỦ TỤC ĐẤT đai", "đạt"];
        assert_eq!(spelled(&words, &texts), "thủ tục đất");
        assert_eq!(spelled(&words, &[]), "thủ tuc dat");
    }
}
