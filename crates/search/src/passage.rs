//! The piece of a text that shows why it was found, with what was looked for marked.

use std::collections::HashMap;

use crate::fold::{Syllable, syllables};
use crate::plan::{Place, Plan};

/// So many syllables are shown.
const SHOWN: usize = 44;
/// So much of a text is looked through, in bytes: an article has less, and a reader waits.
const READ: usize = 60_000;

/// A run of a passage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The text.
    pub text: String,
    /// True if it was looked for.
    pub marked: bool,
}

/// The passage of a text that says most of what a plan looks for; nothing if it has none of it.
#[must_use]
pub fn passage(text: &str, plan: &Plan) -> Option<Vec<Run>> {
    let text = beginning(text);
    let all: Vec<Syllable> = syllables(text).collect();
    let wanted = wanted(plan);
    let marks = marks(&all, &wanted);
    // The window in which the most different things that are looked for stand.
    let mut here: HashMap<usize, usize> = HashMap::new();
    let (mut told, mut best) = (0.0, (0.0_f32, 0));
    for at in 0..marks.len() {
        for (what, weight) in &marks[at] {
            let times = here.entry(*what).or_default();
            *times += 1;
            told += if *times == 1 { *weight } else { 0.0 };
        }
        if let Some(out) = at.checked_sub(SHOWN) {
            for (what, weight) in &marks[out] {
                let times = here.entry(*what).or_default();
                *times -= 1;
                told -= if *times == 0 { *weight } else { 0.0 };
            }
        }
        if told > best.0 + 1e-4 {
            best = (told, at);
        }
    }
    (best.0 > 0.0).then(|| shown(text, &all, &marks, best.1))
}

/// True if a phrase, folded, stands in a text.
#[must_use]
pub fn has_phrase(text: &str, phrase: &str) -> bool {
    let folded = crate::fold::folded(text);
    folded.match_indices(phrase).any(|(at, _)| {
        let ends = |c: Option<char>| c.is_none_or(|c| c == ' ' || c == '\n');
        ends(folded[..at].chars().next_back()) && ends(folded[at + phrase.len()..].chars().next())
    })
}

fn beginning(text: &str) -> &str {
    let mut end = text.len().min(READ);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Terms of the text with their weights; a syllable alone counts where nothing is looked for in pairs.
fn wanted(plan: &Plan) -> HashMap<&str, (usize, f32)> {
    let body = plan.terms.iter().filter(|term| term.place == Place::Body);
    let pairs = plan.terms.iter().any(|term| term.text.contains(' '));
    body.enumerate()
        .map(|(what, term)| {
            let alone = pairs && !term.text.contains(' ');
            (term.text.as_str(), (what, if alone { term.weight * 0.2 } else { term.weight }))
        })
        .collect()
}

/// For each syllable which terms end with it, and their weights; whether it is marked is told by a weight of a pair.
fn marks(all: &[Syllable], wanted: &HashMap<&str, (usize, f32)>) -> Vec<Vec<(usize, f32)>> {
    let mut pair = String::new();
    let one = |at: usize| {
        let here = &all[at];
        let mut found: Vec<(usize, f32)> = wanted.get(here.folded.as_str()).copied().into_iter().collect();
        if at > 0 && !here.begins {
            pair.clear();
            pair.push_str(&all[at - 1].folded);
            pair.push(' ');
            pair.push_str(&here.folded);
            found.extend(wanted.get(pair.as_str()).copied());
        }
        found
    };
    (0..all.len()).map(one).collect()
}

fn shown(text: &str, all: &[Syllable], marks: &[Vec<(usize, f32)>], last: usize) -> Vec<Run> {
    // From the beginning of the sentence where that is near, and a little beyond the last that was found.
    let mut from = (last + 1).saturating_sub(SHOWN);
    let first = (from..=last).find(|at| !marks[*at].is_empty()).unwrap_or(from);
    let begins = (first.saturating_sub(14)..=first).rev().find(|at| all[*at].begins);
    from = begins.unwrap_or(first.saturating_sub(6));
    let to = (from + SHOWN).min(all.len()).max(last + 1);
    // A pair is marked whole; a syllable alone if it is beside one, or nothing else was looked for.
    let strong =
        |at: usize| marks.get(at).is_some_and(|terms| terms.iter().any(|(_, weight)| *weight > 0.15));
    let paired = |at: usize| marks.get(at).is_some_and(|terms| terms.len() > 1);
    let marked = |at: usize| {
        strong(at) && !marks[at].is_empty()
            || paired(at + 1) && all.get(at + 1).is_some_and(|next| !next.begins)
    };
    let mut runs: Vec<Run> = Vec::new();
    let mut add = |text: &str, marked: bool| match runs.last_mut() {
        Some(run) if run.marked == marked => run.text.push_str(text),
        _ => runs.push(Run { text: text.to_owned(), marked }),
    };
    if from > 0 {
        add("… ", false);
    }
    for at in from..to {
        if at > from {
            let between = plain(&text[all[at - 1].range.end..all[at].range.start]);
            add(&between, marked(at - 1) && marked(at) && between == " ");
        }
        add(&text[all[at].range.clone()], marked(at));
    }
    add(if to < all.len() { " …" } else { "" }, false);
    runs.retain(|run| !run.text.is_empty());
    runs
}

/// What stands between two syllables, without the signs of Markdown and of HTML, on one line.
fn plain(between: &str) -> String {
    let kept: String =
        between.chars().map(|c| if c.is_whitespace() || "#*_`|~\\".contains(c) { ' ' } else { c }).collect();
    let mut out = String::with_capacity(kept.len());
    for c in kept.chars() {
        if c != ' ' || !out.ends_with(' ') {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Weights;
    use crate::query::Query;
    use crate::spelling::Lexicon;

    fn plan(typed: &str) -> Plan {
        let lexicon = Lexicon { rows: 1_000, count: &|_| 50 };
        Plan::of(&Query::read(typed), &lexicon, &Weights::default())
    }

    fn told(text: &str, typed: &str) -> String {
        let runs = passage(text, &plan(typed)).unwrap_or_default();
        runs.iter().map(|r| if r.marked { format!("[{}]", r.text) } else { r.text.clone() }).collect()
    }

    #[test]
    fn what_was_looked_for_is_marked_with_its_own_spelling() {
        let text = "Chương I. Quy định chung. Người dân nộp hồ sơ đăng ký khai sinh tại xã.";
        assert_eq!(told(text, "dang ky khai sinh"), "… Người dân nộp hồ sơ [đăng ký khai sinh] tại xã");
    }

    #[test]
    fn the_best_place_of_a_long_text_is_shown() {
        let text = format!(
            "{}\nLệ phí đăng ký khai sinh được miễn.\n{}",
            "Một câu khác. ".repeat(200),
            "Hết. ".repeat(200)
        );
        let told = told(&text, "le phi dang ky khai sinh");
        assert!(told.contains("[Lệ phí đăng ký khai sinh]") && told.len() < 400, "{told}");
    }

    #[test]
    fn markdown_is_not_shown_and_nothing_is_shown_for_nothing() {
        assert_eq!(told("## **Lệ  phí** đường", "lệ phí"), "[Lệ phí] đường");
        assert_eq!(told("Không có gì", "lệ phí"), "");
        assert_eq!(told("", "lệ phí"), "");
    }

    #[test]
    fn a_phrase_is_whole_words_in_order() {
        assert!(has_phrase("Nộp hồ sơ đăng ký xe.", "dang ky xe"));
        assert!(!has_phrase("đăng ký xem", "dang ky xe") && !has_phrase("xe đăng ký", "dang ky xe"));
    }
}
