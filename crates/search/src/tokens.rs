//! How tantivy reads a folded text: its syllables, then its pairs of neighbours within a line.
//!
//! Vietnamese words are made of several syllables; pairs find them without a dictionary of words. A token is a piece of the
//! text; one buffer is reused, so nothing is allocated for a token.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// The name under which the index knows the tokenizer.
pub const NAME: &str = "syllables and pairs";

/// Reads what [`crate::fold`] wrote.
#[derive(Clone, Default)]
pub struct Syllables {
    token: Token,
}

/// One text being read.
pub struct Stream<'a> {
    text: &'a str,
    token: &'a mut Token,
    /// Where the syllable begins that is read next.
    at: usize,
    /// Where the syllable before it began, if it stands in the same line.
    before: Option<usize>,
    /// A pair that waits to be told, after its second syllable.
    pair: Option<(usize, usize)>,
    count: usize,
}

impl Tokenizer for Syllables {
    type TokenStream<'a> = Stream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream<'a> {
        self.token.reset();
        Stream { text, token: &mut self.token, at: 0, before: None, pair: None, count: 0 }
    }
}

impl Stream<'_> {
    fn tell(&mut self, from: usize, to: usize) -> bool {
        self.token.text.clear();
        self.token.text.push_str(&self.text[from..to]);
        self.token.offset_from = from;
        self.token.offset_to = to;
        self.token.position = self.count;
        self.count += 1;
        true
    }
}

impl TokenStream for Stream<'_> {
    fn advance(&mut self) -> bool {
        if let Some((from, to)) = self.pair.take() {
            return self.tell(from, to);
        }
        if self.at >= self.text.len() {
            return false;
        }
        let from = self.at;
        let rest = &self.text.as_bytes()[from..];
        let long = rest.iter().position(|b| matches!(b, b' ' | b'\n'));
        let to = long.map_or(self.text.len(), |long| from + long);
        self.at = to + 1;
        self.pair = self.before.map(|before| (before, to));
        let goes_on = long.is_some_and(|long| rest[long] == b' ');
        self.before = goes_on.then_some(from);
        self.tell(from, to)
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_stay_within_a_line() {
        let mut tokenizer = Syllables::default();
        let mut stream = tokenizer.token_stream("thu tuc dat\ndai");
        let mut all = Vec::new();
        stream.process(&mut |token| all.push(token.text.clone()));
        assert_eq!(all, ["thu", "tuc", "thu tuc", "dat", "tuc dat", "dai"]);
    }

    #[test]
    fn nothing_gives_nothing() {
        assert!(!Syllables::default().token_stream("").advance());
    }
}
