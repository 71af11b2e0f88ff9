//! Finding the SQL in Rust sources, token by token, so that comments and strings cannot mislead.
//!
//! A statement is what stands in `all!`, `maybe!`, `one!`, `run!`, however deep inside other macros: a
//! literal, a `concat!` of literals, or a constant that is one of these. A constant whose name ends in
//! `_SQLITE` or `_POSTGRES` is meant for that engine alone. Anything else (a variable, `format!`, a call)
//! cannot be looked at before the program runs, and is a fault. What is given to `sqlx` directly, past the
//! macros, is listed apart.

use std::collections::BTreeMap;
use std::path::Path;

use super::tokens::{Token, tokens};

/// An engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// One statement of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Where it stands.
    pub file: String,
    /// Its text.
    pub sql: String,
    /// How many values are bound to it.
    pub values: usize,
    /// The engine that it is meant for, if it is meant for one alone.
    pub only: Option<Engine>,
}

/// What sources hold.
#[derive(Debug, Default)]
pub struct Found {
    pub statements: Vec<Statement>,
    /// What cannot be checked, and why.
    pub faults: Vec<String>,
    /// Calls of `sqlx` past the macros, as file and function.
    pub direct: Vec<(String, String)>,
}

/// A constant's text, and the engine that its name ends in.
type Constants = BTreeMap<String, String>;

/// Everything in a folder of sources.
pub fn in_folder(folder: &Path) -> Found {
    fn walk(folder: &Path, files: &mut Vec<(String, String)>) {
        let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_some_and(|e| e == "rs") {
                files.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let mut files = Vec::new();
    walk(folder, &mut files);
    in_files(&files)
}

/// Everything in these sources, each with its name. Constants are known in all of them.
pub fn in_files(files: &[(String, String)]) -> Found {
    let mut found = Found::default();
    let parsed: Vec<(&String, Vec<Token>)> = files.iter().map(|(file, text)| (file, tokens(text))).collect();
    let mut constants = Constants::new();
    for (file, tokens) in &parsed {
        collect_constants(file, tokens, &mut constants, &mut found.faults);
    }
    for (file, tokens) in &parsed {
        look(file, tokens, &constants, &mut found);
    }
    found
}

fn word(token: Option<&Token>) -> Option<&str> {
    match token? {
        Token::Word(word) => Some(word),
        _ => None,
    }
}

fn is(token: Option<&Token>, sign: char) -> bool {
    token == Some(&Token::Sign(sign))
}

fn inside(token: Option<&Token>) -> Option<&[Token]> {
    match token? {
        Token::Group(tokens) => Some(tokens),
        _ => None,
    }
}

/// `const NAME: &str = …;` at any depth. Two different texts under one name are a fault.
fn collect_constants(file: &str, tokens: &[Token], constants: &mut Constants, faults: &mut Vec<String>) {
    for (at, token) in tokens.iter().enumerate() {
        if let Some(inner) = inside(Some(token)) {
            collect_constants(file, inner, constants, faults);
        }
        if !matches!(word(Some(token)), Some("const" | "static")) {
            continue;
        }
        let Some(name) = word(tokens.get(at + 1)) else { continue };
        let rest = &tokens[at + 2..];
        let Some(end) = rest.iter().position(|t| is(Some(t), ';')) else { continue };
        let Some(equals) = rest[..end].iter().position(|t| is(Some(t), '=')) else { continue };
        let Some(text) = text_of(&rest[equals + 1..end], &Constants::new()) else { continue };
        match constants.insert(name.to_owned(), text.clone()) {
            Some(before) if before != text && looks_like_sql(&before) && looks_like_sql(&text) => {
                faults.push(format!("{file}: {name} names two different statements; give one another name"));
            }
            _ => {}
        }
    }
}

fn looks_like_sql(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"].contains(&first)
}

/// The text that these tokens are known to be: a literal, `concat!` of such, a constant.
fn text_of(tokens: &[Token], constants: &Constants) -> Option<String> {
    match tokens {
        [Token::Text(text)] => Some(text.clone()),
        [Token::Word(name), Token::Sign('!'), Token::Group(parts)] if name == "concat" => {
            split(parts).into_iter().map(|part| text_of(part, constants)).collect()
        }
        [.., Token::Word(name)] if is_path(tokens) => constants.get(name).cloned(),
        _ => None,
    }
}

/// `NAME`, `Self::NAME`, `a::b::NAME`; a variable's name is in small letters and not one of these.
fn is_path(tokens: &[Token]) -> bool {
    let parts = tokens.iter().all(|t| matches!(t, Token::Word(_) | Token::Sign(':')));
    let last = word(tokens.last()).unwrap_or_default();
    parts && last.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// The arguments between commas; nothing after a last comma.
fn split(tokens: &[Token]) -> Vec<&[Token]> {
    let mut parts = Vec::new();
    let (mut from, mut angle) = (0, 0_i32);
    for (at, token) in tokens.iter().enumerate() {
        // `collect::<Vec<_, _>>()`: the commas of type arguments separate nothing.
        let generic = is(Some(token), '<') && at > 0 && is(tokens.get(at - 1), ':');
        let nested = is(Some(token), '<') && angle > 0;
        let arrow = at > 0 && (is(tokens.get(at - 1), '-') || is(tokens.get(at - 1), '='));
        if generic || nested {
            angle += 1;
        } else if is(Some(token), '>') && angle > 0 && !arrow {
            angle -= 1;
        } else if is(Some(token), ',') && angle == 0 {
            parts.push(&tokens[from..at]);
            from = at + 1;
        }
    }
    if from < tokens.len() {
        parts.push(&tokens[from..]);
    }
    parts
}

fn look(file: &str, tokens: &[Token], constants: &Constants, found: &mut Found) {
    let mut at = 0;
    while at < tokens.len() {
        let name = word(Some(&tokens[at])).unwrap_or_default();
        let called = is(tokens.get(at + 1), '!').then(|| inside(tokens.get(at + 2))).flatten();
        if name == "macro_rules" {
            // The macros themselves: their `$sql` is what is given to them.
            at += 4;
            continue;
        }
        match (name, called) {
            ("all" | "maybe" | "one", Some(arguments)) => {
                statement(file, name, arguments, (2, 0), constants, found)
            }
            // Between the statement and its values stand the rows.
            ("fill", Some(arguments)) => statement(file, name, arguments, (1, 1), constants, found),
            ("among", Some(arguments)) => statement(file, name, arguments, (2, 1), constants, found),
            ("run", Some(arguments)) => statement(file, name, arguments, (1, 0), constants, found),
            ("query" | "query_as" | "query_scalar" | "raw_sql" | "query_with", None)
                if at >= 2 && is(tokens.get(at - 1), ':') && is(tokens.get(at - 2), ':') =>
            {
                found.direct.push((file.to_owned(), name.to_owned()));
            }
            _ => {}
        }
        if let Some(inner) = inside(Some(&tokens[at])) {
            look(file, inner, constants, found);
        }
        at += 1;
    }
}

/// The statement of one call; its text is the argument after `before` others, its values come `after` others.
fn statement(
    file: &str,
    name: &str,
    arguments: &[Token],
    (before, after): (usize, usize),
    constants: &Constants,
    found: &mut Found,
) {
    let parts = split(arguments);
    let Some(given) = parts.get(before) else {
        found.faults.push(format!("{file}: {name}! without a statement"));
        return;
    };
    let Some(sql) = text_of(given, constants) else {
        found.faults.push(format!(
            "{file}: {name}!(…, {given:?}): the statement is no literal and no constant, so nothing checks it"
        ));
        return;
    };
    let end = word(given.last()).unwrap_or_default();
    let only = match () {
        () if end.ends_with("_SQLITE") => Some(Engine::Sqlite),
        () if end.ends_with("_POSTGRES") => Some(Engine::Postgres),
        () => None,
    };
    let values = (parts.len() - before - 1).saturating_sub(after);
    found.statements.push(Statement { file: file.to_owned(), sql, values, only });
}
