//! References: `&amp;`, `&#7893;`, `&nbsp;`, and what a document declares itself.

use std::collections::HashMap;

use quick_xml::escape::resolve_html5_entity;

use crate::limits;

/// The entities that a document declares, and how much they may still add to it.
pub(crate) struct Declared {
    values: HashMap<String, String>,
    left: usize,
}

impl Declared {
    pub(crate) fn none() -> Declared {
        Declared { values: HashMap::new(), left: limits::EXPANDED }
    }

    /// Takes the entities of a document type. Their values are text: what they refer to themselves, and what lies elsewhere, is
    /// not looked at.
    pub(crate) fn take(&mut self, doctype: &str) {
        for declaration in doctype.split("<!ENTITY").skip(1).take(limits::ENTITIES) {
            let mut rest = declaration.trim_start();
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let name = &rest[..end];
            rest = rest[end..].trim_start();
            let Some(quote @ ('"' | '\'')) = rest.chars().next() else { continue };
            let Some(value) = rest[1..].split(quote).next() else { continue };
            if !name.is_empty() && name != "%" && value.len() <= limits::ENTITY {
                let value = resolve(value, &mut Declared::none());
                self.values.entry(name.to_owned()).or_insert(value);
            }
        }
    }

    /// What `&name;` stands for; nothing if nobody knows.
    pub(crate) fn reference(&mut self, name: &str) -> Option<String> {
        if let Some(number) = name.strip_prefix('#') {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            return by_number(code).map(String::from);
        }
        if let Some(value) = self.values.get(name) {
            self.left = self.left.checked_sub(value.len())?;
            return Some(value.clone());
        }
        resolve_html5_entity(name).map(str::to_owned)
    }
}

/// A text with its references resolved; what is none stays.
pub(crate) fn resolve(text: &str, declared: &mut Declared) -> String {
    let mut resolved = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        resolved.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = named(rest);
        let known =
            length.and_then(|length| declared.reference(&rest[1..=length]).map(|value| (length, value)));
        match known {
            Some((length, value)) => {
                resolved.push_str(&value);
                rest = &rest[length + 2..];
            }
            None => {
                resolved.push('&');
                rest = &rest[1..];
            }
        }
    }
    resolved.push_str(rest);
    resolved
}

/// True if a reference that is known stands in a text.
pub(crate) fn any(text: &str) -> bool {
    text.match_indices('&').any(|(at, _)| {
        let rest = &text[at..];
        named(rest).is_some_and(|length| Declared::none().reference(&rest[1..=length]).is_some())
    })
}

/// The length of the name of a reference that begins at the ampersand, if it ends with a semicolon.
fn named(rest: &str) -> Option<usize> {
    let name = rest
        .bytes()
        .skip(1)
        .take(40)
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'#')
        .count();
    (name > 0 && rest.as_bytes().get(name + 1) == Some(&b';')).then_some(name)
}

/// A letter by its number. Numbers between 128 and 159 are what Windows-1252 means by them, as browsers read them.
pub(crate) fn by_number(code: u32) -> Option<char> {
    if let 0x80..=0x9f = code {
        let byte = [u8::try_from(code).ok()?];
        return encoding_rs::WINDOWS_1252
            .decode_without_bom_handling(&byte)
            .0
            .chars()
            .next()
            .filter(|c| !c.is_control());
    }
    char::from_u32(code).filter(|c| *c != '\0')
}
