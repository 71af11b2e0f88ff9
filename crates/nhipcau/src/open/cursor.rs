//! Where a walk through the items has come to, as one word that its caller brings back.
//!
//! The word holds all that the walk needs, so it is good after a restart, on either engine, and for as long as anybody likes.
//! It is no secret and opens nothing: whoever makes one up asks a question that could be asked anyway.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

/// Longer than any cursor that is given out.
const LONGEST: usize = 1_024;

/// The place behind an item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// When it came to look as it does, in microseconds.
    pub at: i64,
    /// Our number for its log.
    pub log: i64,
    /// Its id.
    pub item: String,
}

/// A walk: what was asked for, and where it has come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The first moment that is told, in microseconds.
    pub from: i64,
    /// The last one.
    pub until: i64,
    /// Which form was asked for; the caller's own word.
    pub form: String,
    /// A kind of items, or nothing for all.
    pub kind: String,
    /// A log's name, or nothing for all.
    pub issuer: String,
    /// The last item told.
    pub after: Place,
    /// How many were told.
    pub told: u64,
}

impl Cursor {
    /// As it is given out.
    pub fn text(&self) -> String {
        let Place { at, log, item } = &self.after;
        let Cursor { from, until, form, kind, issuer, told, .. } = self;
        URL_SAFE_NO_PAD.encode(format!("1|{from}|{until}|{form}|{kind}|{issuer}|{at}|{log}|{item}|{told}"))
    }

    /// Reads one that came back; nothing for what was never given out.
    pub fn read(text: &str) -> Option<Cursor> {
        if text.len() > LONGEST {
            return None;
        }
        let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let parts: Vec<&str> = plain.split('|').collect();
        let ["1", from, until, form, kind, issuer, at, log, item, told] = parts[..] else { return None };
        let word = |text: &str| text.bytes().all(|b| b.is_ascii_graphic()).then(|| text.to_owned());
        Uuid::try_parse(item).ok()?;
        let cursor = Cursor {
            from: from.parse().ok()?,
            until: until.parse().ok()?,
            form: word(form)?,
            kind: word(kind)?,
            issuer: word(issuer)?,
            after: Place { at: at.parse().ok()?, log: log.parse().ok()?, item: item.to_owned() },
            told: told.parse().ok()?,
        };
        (cursor.text() == text).then_some(cursor)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_comes_back_as_it_went(from in any::<i64>(), at in any::<i64>(), log in any::<i64>(), item in any::<u128>(), told in any::<u64>()) {
            let after = Place { at, log, item: Uuid::from_u128(item).to_string() };
            let cursor = Cursor { from, until: at, form: "oai_dc".into(), kind: "document".into(), issuer: "a.vn/log".into(), after, told };
            prop_assert_eq!(Cursor::read(&cursor.text()), Some(cursor));
        }

        #[test]
        fn what_was_never_given_out_is_none(text in ".{0,80}", forged in "[0-9a-z|.-]{0,80}") {
            prop_assert_eq!(Cursor::read(&text), None);
            prop_assert_eq!(Cursor::read(&URL_SAFE_NO_PAD.encode(&forged)), None);
        }
    }

    #[test]
    fn one_that_was_changed_is_none() {
        let cursor = Cursor {
            after: Place { item: Uuid::nil().to_string(), ..Place::default() },
            ..Cursor::default()
        };
        let text = cursor.text();
        assert_eq!(Cursor::read(&format!("{text}=")), None);
        assert_eq!(Cursor::read(&"A".repeat(10_000)), None);
        let plain = URL_SAFE_NO_PAD.encode("1|0|0||\n||0|0|00000000-0000-0000-0000-000000000000|0");
        assert_eq!(Cursor::read(&plain), None, "no control character comes in");
    }
}
