//! Document numbers: `Nghị định số 42/2022/NĐ-CP` is "Nghị định số bốn mươi hai năm hai nghìn không trăm hai mươi hai của Chính
//! phủ". What the text itself says around the number (the form before, "của …" behind) is not said twice.

use jiff::civil::Date;

use super::numbers::{letters, number};
use super::table::group;
use crate::number::{Abbreviations, DocumentNumber, Mentioned, Serial};
use crate::text::fold;

/// A mention in words; `heard` is what was said right before, folded, `behind` the text that follows.
pub(super) fn mention(what: &Mentioned, heard: &str, behind: &str, on: Date) -> String {
    match what {
        Mentioned::Number(one) => whole(one, heard, behind, on),
        Mentioned::Spoken { serial, year, .. } => {
            format!("{}{} năm {}", so(heard), said(serial), number(year.get().unsigned_abs().into()))
        }
    }
}

fn so(heard: &str) -> &'static str {
    if heard.ends_with("so") || heard.ends_with("so:") { "" } else { "số " }
}

/// `42`, `8a` as tám a.
fn said(serial: &Serial) -> String {
    let plain = serial.plain();
    let digits = plain.bytes().take_while(u8::is_ascii_digit).count();
    let behind: Vec<String> = plain[digits..]
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().map_or_else(|_| spelled(part), number))
        .collect();
    std::iter::once(number(serial.number().into())).chain(behind).collect::<Vec<_>>().join(" ")
}

/// Letters by name, digits among them one by one.
fn spelled(part: &str) -> String {
    part.chars()
        .map(|c| if c.is_ascii_digit() { super::digits(&c.to_string()) } else { letters(&c.to_string()) })
        .collect::<Vec<_>>()
        .join(" ")
}

fn whole(one: &DocumentNumber, heard: &str, behind: &str, on: Date) -> String {
    let forms = Abbreviations::shipped().forms();
    let first = one.symbol().first();
    let code = first.trim_end_matches(|c: char| c.is_ascii_digit());
    let named = |form: &&crate::number::Form| {
        form.code == code
            && form.from.is_none_or(|from| from <= on)
            && form.until.is_none_or(|until| on < until)
    };
    let before = heard.trim_end_matches([':', ' ']).trim_end_matches("so").trim_end();
    let leads = forms.iter().any(|form| before.ends_with(&fold(&form.name)));
    // QH15 is no form: laws, codes and resolutions share it.
    let is_form = forms.iter().any(|form| form.code == first);
    let form = forms.iter().find(named).filter(|_| is_form && !leads).map(|form| form.name.to_lowercase());
    let issuers: Vec<String> = one
        .symbol()
        .groups()
        .skip(usize::from(is_form))
        .filter(|text| !text.is_empty())
        .map(|text| group(text, on))
        .collect();
    let of = behind.trim_start().starts_with("của ") || issuers.is_empty();
    let of = if of { String::new() } else { format!(" của {}", issuers.join(", ")) };
    let year = one
        .year()
        .map(|year| format!(" năm {}", number(year.get().unsigned_abs().into())))
        .unwrap_or_default();
    let serial = said(one.serial());
    match form {
        // "Số: 42/2022/NĐ-CP": the form comes behind.
        Some(form) if so(heard).is_empty() => format!("{serial}{year}, {form}{of}"),
        Some(form) => format!("{form} số {serial}{year}{of}"),
        None => format!("{}{serial}{year}{of}", so(heard)),
    }
}
