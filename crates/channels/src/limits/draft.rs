//! A first form, which a person then writes on.

use jiff::civil::Date;

use super::{count, limit, text_limit};
use crate::form::Form;
use crate::kind::Kind;
use crate::limits::count::septets;

/// So much of a text is looked at, in bytes: more than any service takes.
const MOST: usize = 70_000;

/// A form that fits: from the title, a summary, and the address of the item's page. Cut at a word, with `…` only where it is cut; the link
/// always whole. Media are for a person to choose, so what demands one (Zalo, YouTube) still has that fault.
#[must_use]
pub fn draft(kind: Kind, title: &str, summary: &str, link: &str, day: Date) -> Form {
    let tidy = |text: &str| {
        let text = &text[..floor(text, MOST)];
        text.lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let (title, summary) = (tidy(title).trim().to_string(), tidy(summary).trim().to_string());
    let mut form = Form {
        link: Some(link.trim().to_string()).filter(|link| !link.is_empty()),
        notify: true,
        ..Form::default()
    };
    let whole = match kind {
        Kind::Zalo | Kind::YouTube => {
            form.title = cut(&plain(kind, &title), |text| {
                limit(kind, "title", day).is_none_or(|limit| count(limit.unit, text) <= limit.most)
            });
            if summary.is_empty() { title } else { summary }
        }
        Kind::Sms => title,
        _ if summary.is_empty() || summary == title => title,
        _ => format!("{title}\n\n{summary}"),
    };
    form.text = cut(&plain(kind, &whole), |text| {
        // Beside media less is taken; whoever adds one is told.
        let sent = Form { text: text.into(), ..form.clone() }.wire(kind);
        text_limit(kind, &sent, kind == Kind::Viber, day)
            .is_none_or(|limit| count(limit.unit, &sent) <= limit.most)
    });
    form
}

/// YouTube takes no angle brackets.
fn plain(kind: Kind, text: &str) -> String {
    if kind == Kind::YouTube { text.replace(['<', '>'], " ") } else { text.into() }
}

/// The longest beginning of a text that fits, cut at a word.
fn cut(text: &str, fits: impl Fn(&str) -> bool) -> String {
    if fits(text) {
        return text.into();
    }
    let more = if septets(text).is_some() { "..." } else { "…" };
    let with = |end: usize| {
        format!("{}{more}", text[..end].trim_end_matches([' ', '\n', ',', ';', ':', '-', '–', '.']))
    };
    let longest = |ends: &[usize]| {
        let fitting = ends.partition_point(|end| fits(&with(*end)));
        fitting.checked_sub(1).map(|at| ends[at])
    };
    let words: Vec<usize> = text
        .char_indices()
        .filter(|(at, letter)| *at > 0 && letter.is_whitespace())
        .map(|(at, _)| at)
        .collect();
    // One word that is longer than everything is cut within.
    let letters = || text.char_indices().map(|(at, _)| at).skip(1).collect::<Vec<_>>();
    longest(&words).or_else(|| longest(&letters())).map(with).unwrap_or_default()
}

fn floor(text: &str, most: usize) -> usize {
    (0..=most.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
