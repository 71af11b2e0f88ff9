//! What differs between two texts: word by word in one, or paragraph by paragraph beside each other.
//!
//! All work is bounded: two long texts without anything in common are shown as taken out and put in.

use std::time::{Duration, Instant};

use similar::{ChangeTag, DiffOp, TextDiff};
use vietnam::documents::{Level, Places};

/// How long one comparison may look for the shortest answer.
const PATIENCE: Duration = Duration::from_millis(500);
/// Changed places that are shown beside each other; more are counted.
const MOST: usize = 300;

/// What became of a piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stays.
    Same,
    /// It is gone.
    Gone,
    /// It is new.
    New,
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What became of it.
    pub fate: Fate,
    /// Its words.
    pub text: String,
}

impl Piece {
    /// True if it is gone.
    pub fn gone(&self) -> bool {
        self.fate == Fate::Gone
    }

    /// True if it is new.
    pub fn added(&self) -> bool {
        self.fate == Fate::New
    }
}

/// Both texts as one, word by word.
pub fn words(old: &str, new: &str) -> Vec<Piece> {
    within(old, new, Instant::now() + PATIENCE)
}

fn within(old: &str, new: &str, until: Instant) -> Vec<Piece> {
    let diff = TextDiff::configure().deadline(until).diff_words(old, new);
    let mut pieces: Vec<Piece> = Vec::new();
    for change in diff.iter_all_changes() {
        let fate = match change.tag() {
            ChangeTag::Equal => Fate::Same,
            ChangeTag::Delete => Fate::Gone,
            ChangeTag::Insert => Fate::New,
        };
        match pieces.last_mut() {
            Some(last) if last.fate == fate => last.text.push_str(change.value()),
            _ => pieces.push(Piece { fate, text: change.value().to_owned() }),
        }
    }
    pieces
}

/// A place at which two texts differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The article in which it stands: `Điều 5. Lệ phí`.
    pub under: Option<String>,
    /// The paragraph in the old text; empty if there is none.
    pub old: Vec<Piece>,
    /// The paragraph in the new text; empty if there is none.
    pub new: Vec<Piece>,
}

/// Two texts beside each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sides {
    /// Where they differ, in order.
    pub changes: Vec<Change>,
    /// Places that differ and are not listed.
    pub more: usize,
    /// Paragraphs that are the same.
    pub same: usize,
}

/// Two texts by their paragraphs.
pub fn sides(old: &[String], new: &[String]) -> Sides {
    let until = Instant::now() + PATIENCE;
    let was: Vec<&str> = old.iter().map(String::as_str).collect();
    let is: Vec<&str> = new.iter().map(String::as_str).collect();
    let diff = TextDiff::configure().deadline(until).diff_slices(&was, &is);
    let (old_under, new_under) = (articles(old), articles(new));
    let mut sides = Sides::default();
    for op in diff.ops() {
        if let DiffOp::Equal { len, .. } = op {
            sides.same += len;
            continue;
        }
        let (was, is) = (op.old_range(), op.new_range());
        for at in 0..was.len().max(is.len()) {
            if sides.changes.len() == MOST {
                sides.more += 1;
                continue;
            }
            let (was, is) = (was.clone().nth(at), is.clone().nth(at));
            let under = is.and_then(|n| new_under.get(n)).or(was.and_then(|n| old_under.get(n)));
            let (was, is) = (was.and_then(|n| old.get(n)), is.and_then(|n| new.get(n)));
            let whole = |text: &String, fate| vec![Piece { fate, text: text.clone() }];
            let (before, after) = match (was, is) {
                (Some(was), Some(is)) => {
                    let pieces = within(was, is, until);
                    let side = |not| pieces.iter().filter(|piece| piece.fate != not).cloned().collect();
                    (side(Fate::New), side(Fate::Gone))
                }
                (was, is) => (
                    was.map(|text| whole(text, Fate::Gone)).unwrap_or_default(),
                    is.map(|text| whole(text, Fate::New)).unwrap_or_default(),
                ),
            };
            sides.changes.push(Change { under: under.cloned().flatten(), old: before, new: after });
        }
    }
    sides
}

/// Of each paragraph the article in which it stands.
fn articles(lines: &[String]) -> Vec<Option<String>> {
    let mut places = Places::default();
    let mut under = None;
    let one = |line: &String| {
        if let Some(part) = places.begins(line)
            && part.level <= Level::Article
        {
            under = Some(line.chars().take(160).collect::<String>());
        }
        under.clone()
    };
    lines.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.split('|').map(str::to_owned).collect()
    }

    fn said(pieces: &[Piece]) -> String {
        let mark = |piece: &Piece| match piece.fate {
            Fate::Same => piece.text.clone(),
            Fate::Gone => format!("[-{}]", piece.text),
            Fate::New => format!("[+{}]", piece.text),
        };
        pieces.iter().map(mark).collect()
    }

    #[test]
    fn a_changed_paragraph_stands_on_both_sides_under_its_article() {
        let old = lines("Điều 1. A|Một|Điều 2. Phí|Phí là 5 đồng.|Cuối");
        let new = lines("Điều 1. A|Một|Điều 2. Phí|Phí là 7 đồng.|Thêm|Cuối");
        let sides = sides(&old, &new);
        let told: Vec<_> =
            sides.changes.iter().map(|c| (c.under.as_deref(), said(&c.old), said(&c.new))).collect();
        assert_eq!(
            told,
            [
                (Some("Điều 2. Phí"), "Phí là [-5] đồng.".into(), "Phí là [+7] đồng.".into()),
                (Some("Điều 2. Phí"), String::new(), "[+Thêm]".into()),
            ]
        );
        assert_eq!((sides.same, sides.more), (4, 0));
    }

    #[test]
    fn what_is_gone_keeps_its_own_article_and_much_is_counted() {
        let sides = sides(&lines("Điều 9. Cũ|x|Cuối"), &lines("Cuối"));
        assert_eq!(sides.changes[1].under.as_deref(), Some("Điều 9. Cũ"));
        let many: Vec<String> = (0..MOST + 5).map(|n| n.to_string()).collect();
        let sides = super::sides(&many, &[]);
        assert_eq!((sides.changes.len(), sides.more), (MOST, 5));
        assert_eq!(super::sides(&many, &many).changes, []);
    }
}
