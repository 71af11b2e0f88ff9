//! Reads a table of words while the crate is compiled.
//!
//! A table is the plainest TOML there is: `key = "value"` on a line of its own, `#` before a comment. Its keys stand
//! in the order in which `words!` names them, so that the two languages can be read side by side and one pass
//! suffices. A missing, unknown, misplaced or empty word, a value with a placeholder that its key does not declare
//! (or without one that it does), and a line that is none of these stop the build.

use std::fmt::Display;

/// The next word of `table` from byte `at`, which must be `key`; and the byte after it.
///
/// Fails the constant evaluation, and with it the build, when the table says something else there; `missing` is what
/// it then says.
pub(super) const fn next(
    table: &'static str,
    at: usize,
    key: &str,
    missing: &'static str,
    arguments: &[&str],
) -> (&'static str, usize) {
    let bytes = table.as_bytes();
    let mut from = skip_blank(bytes, at);
    assert!(starts_with(bytes, from, key.as_bytes()), "{}", missing);
    from += key.len();
    assert!(starts_with(bytes, from, b" = \""), "a word is not written as: key = \"value\"");
    from += 4;
    let mut to = from;
    while to < bytes.len() && bytes[to] != b'"' {
        assert!(bytes[to] != b'\n', "a word's closing quotation mark is missing");
        assert!(bytes[to] != b'\\', "a word uses an escape; write the character itself");
        to += 1;
    }
    assert!(to > from, "a word is empty");
    assert!(to + 1 < bytes.len() && bytes[to + 1] == b'\n', "something follows a word on its line");
    let (head, _) = table.split_at(to);
    let (_, value) = head.split_at(from);
    check_placeholders(value.as_bytes(), arguments);
    (value, to + 2)
}

/// Checks that nothing but blank lines and comments follows the last word.
pub(super) const fn end(table: &str, at: usize) {
    let bytes = table.as_bytes();
    assert!(skip_blank(bytes, at) == bytes.len(), "the table has a word that nobody names");
}

/// `text` with each `{name}` replaced by its value.
pub(super) fn fill(text: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut filled = String::with_capacity(text.len() + 24);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
            filled.push_str(&value.to_string());
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// The first byte from `at` that begins neither a blank line nor a comment.
const fn skip_blank(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        if bytes[at] == b'#' {
            while at < bytes.len() && bytes[at] != b'\n' {
                at += 1;
            }
        } else if bytes[at] == b'\n' {
            at += 1;
        } else {
            break;
        }
    }
    at
}

const fn starts_with(bytes: &[u8], at: usize, wanted: &[u8]) -> bool {
    if at + wanted.len() > bytes.len() {
        return false;
    }
    let mut i = 0;
    while i < wanted.len() {
        if bytes[at + i] != wanted[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// Checks that `value` has every argument as a placeholder, and no other.
const fn check_placeholders(value: &[u8], arguments: &[&str]) {
    let mut i = 0;
    while i < arguments.len() {
        assert!(has_placeholder(value, arguments[i].as_bytes()), "a word lacks a placeholder it must have");
        i += 1;
    }
    let mut at = 0;
    while at < value.len() {
        if value[at] == b'{' {
            let mut known = false;
            let mut i = 0;
            while i < arguments.len() {
                if is_placeholder(value, at, arguments[i].as_bytes()) {
                    known = true;
                }
                i += 1;
            }
            assert!(known, "a word has a placeholder that nothing fills");
        }
        at += 1;
    }
}

const fn has_placeholder(value: &[u8], name: &[u8]) -> bool {
    let mut at = 0;
    while at < value.len() {
        if is_placeholder(value, at, name) {
            return true;
        }
        at += 1;
    }
    false
}

const fn is_placeholder(value: &[u8], at: usize, name: &[u8]) -> bool {
    value[at] == b'{'
        && starts_with(value, at + 1, name)
        && at + 1 + name.len() < value.len()
        && value[at + 1 + name.len()] == b'}'
}

/// Names every word, in the order of the tables. `key(a, b)` is a sentence with the placeholders `{a}` and `{b}`.
macro_rules! words {
    ($($name:ident $(($($argument:ident),+))?),+ $(,)?) => {
        /// Every word of one language. Sentences with placeholders are methods of the same name.
        pub struct Words {
            $(pub(crate) $name: &'static str,)+
        }

        impl Words {
            const fn read(table: &'static str) -> Words {
                let at = 0;
                $(let ($name, at) = table::next(
                    table,
                    at,
                    stringify!($name),
                    concat!("the word `", stringify!($name), "` is missing from the table, or out of order"),
                    &[$($(stringify!($argument)),+)?],
                );)+
                table::end(table, at);
                Words { $($name),+ }
            }

            $($(
                pub(crate) fn $name(&self, $($argument: impl Display),+) -> String {
                    table::fill(self.$name, &[$((stringify!($argument), &$argument)),+])
                }
            )?)+
        }
    };
}
pub(super) use words;

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "# greeting\nhello = \"Xin chào\"\n\nnodes = \"{n} trên {of} máy chủ\"\n";

    #[test]
    fn words_are_read_in_order() {
        let (hello, at) = next(TABLE, 0, "hello", "", &[]);
        let (nodes, at) = next(TABLE, at, "nodes", "", &["n", "of"]);
        end(TABLE, at);
        assert_eq!((hello, nodes), ("Xin chào", "{n} trên {of} máy chủ"));
    }

    #[test]
    #[should_panic(expected = "`farewell` is missing")]
    fn a_missing_word_stops() {
        next(TABLE, 0, "farewell", "the word `farewell` is missing", &[]);
    }

    #[test]
    #[should_panic(expected = "a word that nobody names")]
    fn an_unnamed_word_stops() {
        let (_, at) = next(TABLE, 0, "hello", "", &[]);
        end(TABLE, at);
    }

    #[test]
    #[should_panic(expected = "nothing fills")]
    fn an_undeclared_placeholder_stops() {
        next("nodes = \"{n} máy chủ\"\n", 0, "nodes", "", &[]);
    }

    #[test]
    #[should_panic(expected = "lacks a placeholder")]
    fn a_forgotten_placeholder_stops() {
        next("nodes = \"máy chủ\"\n", 0, "nodes", "", &["n"]);
    }

    #[test]
    fn placeholders_are_filled() {
        assert_eq!(fill("{n} trên {of} máy chủ", &[("n", &2), ("of", &3)]), "2 trên 3 máy chủ");
        assert_eq!(fill("không có gì", &[]), "không có gì");
    }
}
