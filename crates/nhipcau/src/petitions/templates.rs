//! Texts that an agency answers with again and again. What differs from case to case stands in braces: `{ma}` is the code, and so on. A
//! name that nobody knows is refused when the text is saved, and one that a case has no value for is never sent.

pub mod pages;
pub mod store;

use super::store::Case;
use super::{following, place, rules};
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::people::store as people;
use crate::problem::Problem;
use crate::words::{Lang, date};

/// What may stand in braces: the name, and what it is replaced by.
pub const NAMES: [&str; 7] = ["ma", "ngay-gui", "loai", "noi", "co-quan", "han", "can-bo"];

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Odd {
    /// There is no such name.
    Unknown(String),
    /// A brace is opened and not closed, or closed and not opened.
    Brace,
}

/// The pieces of a text: words, or a name.
enum Piece<'a> {
    Words(&'a str),
    Name(&'a str),
}

fn pieces(text: &str) -> Result<Vec<Piece<'_>>, Odd> {
    let (mut all, mut rest) = (Vec::new(), text);
    while let Some(at) = rest.find(['{', '}']) {
        let (before, after) = rest.split_at(at);
        let inside = after.strip_prefix('{').and_then(|after| after.split_once('}')).ok_or(Odd::Brace)?;
        let name = inside.0.trim();
        if !NAMES.contains(&name) {
            let known = name.chars().count() <= 40 && !name.contains(['{', '\n']);
            return Err(if known { Odd::Unknown(name.to_owned()) } else { Odd::Brace });
        }
        all.extend([Piece::Words(before), Piece::Name(name)]);
        rest = inside.1;
    }
    all.push(Piece::Words(rest));
    Ok(all)
}

/// Reads a text that somebody wrote.
///
/// # Errors
/// A name that nobody knows; a brace that stands alone.
pub fn check(text: &str) -> Result<(), Odd> {
    pieces(text).map(|_| ())
}

/// A name in braces that stands in a text still; an answer with one is not handed in.
pub fn left(text: &str) -> Option<&'static str> {
    NAMES.into_iter().find(|name| text.contains(&format!("{{{name}}}")))
}

/// What a case puts in place of each name; empty where it has nothing.
#[derive(Clone, Debug, Default)]
pub struct Values([String; NAMES.len()]);

impl Values {
    /// Of a case, in the language of its sender.
    ///
    /// # Errors
    /// The database's.
    pub async fn of(app: &App, conn: &mut Conn, case: &Case) -> Result<Values, Problem> {
        let lang = Lang::of_code(&case.lang);
        let handler = match case.handler() {
            Some(id) => people::account(conn, id).await?.map(|account| account.name).unwrap_or_default(),
            None => String::new(),
        };
        let due = case.last_day(&app.calendar.now(), app.clock.micros());
        Ok(Values([
            case.code.clone(),
            date::date(lang, date::day(instant(case.registered))),
            rules::Kind::name_of(case.kind(), lang),
            place::name(&case.place, lang),
            following::name_of(app, conn, case.owner, lang).await?,
            due.map(|day| date::date(lang, day)).unwrap_or_default(),
            handler,
        ]))
    }

    /// A text with what the case has; names that it has nothing for stay in their braces.
    pub fn fill(&self, text: &str) -> String {
        let Ok(pieces) = pieces(text) else { return text.to_owned() };
        let mut filled = String::new();
        for piece in pieces {
            match piece {
                Piece::Words(words) => filled.push_str(words),
                Piece::Name(name) => {
                    let at = NAMES.iter().position(|known| *known == name);
                    match at.and_then(|at| self.0.get(at)).filter(|value| !value.is_empty()) {
                        Some(value) => filled.push_str(value),
                        None => filled.push_str(&format!("{{{name}}}")),
                    }
                }
            }
        }
        filled
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_nobody_knows_is_named_and_what_a_case_lacks_is_left() {
        assert_eq!(check("Phản ánh {ma} gửi ngày {ngay-gui}."), Ok(()));
        assert_eq!(check("Kính gửi {ten}"), Err(Odd::Unknown("ten".into())));
        for odd in ["{", "}", "{ma", "ma}", "{{ma}}", "a { b\nc } d"] {
            assert!(check(odd).is_err(), "{odd}");
        }
        let mut values = Values::default();
        values.0[0] = "PAKN.1".into();
        let filled = values.fill("{ma} ở {noi}");
        assert_eq!(filled, "PAKN.1 ở {noi}");
        assert_eq!((left(&filled), left("PAKN.1")), (Some("noi"), None));
    }

    proptest! {
        #[test]
        fn a_text_of_any_kind_is_answered_and_a_good_one_is_filled_whole(text in "[a-zđ{} \n-]{0,40}") {
            let values = Values(NAMES.map(str::to_uppercase));
            if check(&text).is_ok() {
                prop_assert_eq!(left(&values.fill(&text)), None);
            } else {
                prop_assert_eq!(values.fill(&text), text);
            }
        }
    }
}
