//! Rust text as nested tokens: just enough to find calls and the literals in them.

/// One token, or everything between two brackets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A name, a keyword, a number.
    Word(String),
    /// A string literal's value.
    Text(String),
    /// A character, a byte string: a literal that cannot be SQL.
    Literal,
    /// Any other sign.
    Sign(char),
    /// What stands between `(`, `[` or `{` and its end.
    Group(Vec<Token>),
}

/// The tokens of a source file. Comments are left out.
///
/// # Panics
/// If a bracket or a literal has no end: this is for sources that compile.
pub fn tokens(source: &str) -> Vec<Token> {
    let mut reader = Reader { rest: source };
    let all = reader.group(None);
    assert!(reader.rest.is_empty());
    all
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn take(&mut self, bytes: usize) -> &str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        taken
    }

    fn next(&mut self) -> Option<char> {
        let next = self.rest.chars().next()?;
        self.rest = &self.rest[next.len_utf8()..];
        Some(next)
    }

    /// Up to and with the end mark.
    fn past(&mut self, end: &str) -> &str {
        let at = self.rest.find(end).unwrap_or_else(|| panic!("no {end:?} in {:.80}", self.rest));
        let taken = &self.rest[..at];
        self.rest = &self.rest[at + end.len()..];
        taken
    }

    fn group(&mut self, end: Option<char>) -> Vec<Token> {
        let mut tokens = Vec::new();
        loop {
            let Some(first) = self.rest.chars().next() else {
                assert_eq!(end, None, "a bracket without its end");
                return tokens;
            };
            match first {
                c if Some(c) == end => {
                    self.next();
                    return tokens;
                }
                c if c.is_whitespace() => {
                    self.next();
                }
                '/' if self.rest.starts_with("//") => {
                    let line = self.rest.find('\n').unwrap_or(self.rest.len());
                    self.take(line);
                }
                '/' if self.rest.starts_with("/*") => self.comment(),
                '(' | '[' | '{' => {
                    self.next();
                    let end = match first {
                        '(' => ')',
                        '[' => ']',
                        _ => '}',
                    };
                    let inside = self.group(Some(end));
                    tokens.push(Token::Group(inside));
                }
                '"' => tokens.push(Token::Text(self.text())),
                '\'' => {
                    if self.character() {
                        tokens.push(Token::Literal);
                    }
                }
                c if c.is_alphanumeric() || c == '_' => tokens.push(self.word()),
                c => {
                    self.next();
                    tokens.push(Token::Sign(c));
                }
            }
        }
    }

    fn comment(&mut self) {
        let mut depth = 0;
        loop {
            if self.rest.starts_with("/*") {
                self.take(2);
                depth += 1;
            } else if self.rest.starts_with("*/") {
                self.take(2);
                depth -= 1;
            } else {
                self.next().expect("a comment without its end");
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// A character literal; false for a lifetime, which is passed over.
    fn character(&mut self) -> bool {
        self.next();
        let mut ahead = self.rest.chars();
        let (first, second) = (ahead.next(), ahead.next());
        if first == Some('\\') {
            self.take(2);
            self.past("'");
            return true;
        }
        if second == Some('\'') {
            self.next();
            self.next();
            return true;
        }
        false
    }

    /// A word, or the literal that its letters begin.
    fn word(&mut self) -> Token {
        let end = self.rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(self.rest.len());
        let word = self.take(end).to_owned();
        match word.as_str() {
            "r" | "br" | "cr" => {
                let hashes = self.rest.chars().take_while(|c| *c == '#').count();
                if self.rest[hashes..].starts_with('"') {
                    self.take(hashes + 1);
                    let text = self.past(&format!("\"{}", "#".repeat(hashes))).to_owned();
                    return if word == "r" { Token::Text(text) } else { Token::Literal };
                }
                if hashes == 1 {
                    // `r#type`: a name.
                    self.take(1);
                    return self.word();
                }
            }
            "b" | "c" if self.rest.starts_with('"') => {
                self.text();
                return Token::Literal;
            }
            "b" if self.rest.starts_with('\'') => {
                self.character();
                return Token::Literal;
            }
            _ => {}
        }
        Token::Word(word)
    }

    /// A string literal's value.
    fn text(&mut self) -> String {
        self.next();
        let mut text = String::new();
        loop {
            match self.next().expect("a string without its end") {
                '"' => return text,
                '\\' => match self.next().expect("a string without its end") {
                    'n' => text.push('\n'),
                    'r' => text.push('\r'),
                    't' => text.push('\t'),
                    '0' => text.push('\0'),
                    'x' => text.push(code(self.take(2))),
                    'u' => {
                        self.take(1);
                        let digits = self.past("}").to_owned();
                        text.push(code(&digits));
                    }
                    '\n' => self.rest = self.rest.trim_start(),
                    other => text.push(other),
                },
                other => text.push(other),
            }
        }
    }
}

fn code(digits: &str) -> char {
    u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).unwrap_or('\u{fffd}')
}

#[test]
fn literals_comments_and_lifetimes_are_told_apart() {
    use Token::{Group, Literal, Sign, Text, Word};
    let word = |text: &str| Word(text.to_owned());
    let text = |text: &str| Text(text.to_owned());
    assert_eq!(
        tokens("a /* \" /* */ ' */ // \"\n 'x' '\\'' '\"' &'a str b'\\'' b\"(\" r#type"),
        [
            word("a"),
            Literal,
            Literal,
            Literal,
            Sign('&'),
            word("a"),
            word("str"),
            Literal,
            Literal,
            word("type")
        ]
    );
    assert_eq!(
        tokens("f(\"a\\\"\\n\\u{111}\\x41 \\\n   b\", r\"\\\", r##\"\"#\"##)"),
        [word("f"), Group(vec![text("a\"\nđA b"), Sign(','), text("\\"), Sign(','), text("\"#")]),]
    );
}
