//! The expectations of feedparser: conjunctions of comparisons in Python.

/// The comparisons `path == value` of an expression; what is no comparison with a text or a tuple is left out.
pub fn comparisons(expression: &str) -> Vec<(String, Literal)> {
    let mut found = Vec::new();
    for term in split(expression, " and ") {
        let term = term.trim().trim_start_matches('(').to_owned();
        let parts = split(&term, " == ");
        let Some(value) = parts.last().filter(|_| parts.len() > 1).and_then(|last| literal(last.trim()))
        else {
            continue;
        };
        for path in &parts[..parts.len() - 1] {
            found.push((path.trim().to_owned(), value.clone()));
        }
    }
    found
}

/// A value of Python.
#[derive(Clone, Debug)]
pub enum Literal {
    Text(String),
    Numbers(Vec<i64>),
}

/// Splits outside of quotes.
fn split(expression: &str, at: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quote: Option<&str> = None;
    let mut rest = expression;
    while let Some(c) = rest.chars().next() {
        let mut length = c.len_utf8();
        match quote {
            Some(_) if c == '\\' => length += rest[1..].chars().next().map_or(0, char::len_utf8),
            Some(end) if rest.starts_with(end) => {
                length = end.len();
                quote = None;
            }
            Some(_) => {}
            None if rest.starts_with(at) => {
                parts.push(String::new());
                rest = &rest[at.len()..];
                continue;
            }
            None => {
                if let Some(begin) =
                    ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| rest.starts_with(quote))
                {
                    length = begin.len();
                    quote = Some(begin);
                }
            }
        }
        parts.last_mut().unwrap().push_str(&rest[..length]);
        rest = &rest[length..];
    }
    parts
}

fn literal(text: &str) -> Option<Literal> {
    let text = text.trim_end_matches(')').trim_end();
    if let Some(numbers) = text.strip_prefix('(') {
        let numbers = numbers.trim_end_matches(')').split(',').map(|number| number.trim().parse());
        return numbers.collect::<Result<_, _>>().ok().map(Literal::Numbers);
    }
    let parts = split(text, "' + '");
    if parts.len() == 1 && text.contains("' + '") {
        // Adjacent texts that are joined.
        return literal(&text.replace("' + '", ""));
    }
    let text = text.strip_prefix('u').filter(|rest| rest.starts_with(['"', '\''])).unwrap_or(text);
    for quote in ["\"\"\"", "'''", "\"", "'"] {
        if let Some(inner) = text.strip_prefix(quote) {
            return inner.strip_suffix(quote).map(|inner| Literal::Text(unescaped(inner)));
        }
    }
    None
}

fn unescaped(text: &str) -> String {
    let mut result = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            result.push(c);
            continue;
        }
        let hex = |chars: &mut std::str::Chars<'_>, count: usize| {
            let digits: String = chars.take(count).collect();
            u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32).unwrap_or('?')
        };
        match chars.next() {
            Some('n') => result.push('\n'),
            Some('t') => result.push('\t'),
            Some('r') => result.push('\r'),
            Some('x') => result.push(hex(&mut chars, 2)),
            Some('u') => result.push(hex(&mut chars, 4)),
            Some('U') => result.push(hex(&mut chars, 8)),
            Some(c) => result.push(c),
            None => {}
        }
    }
    result
}
