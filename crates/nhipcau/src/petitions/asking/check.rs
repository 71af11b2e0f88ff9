//! What somebody typed, read once. Pure.

use jiff::civil::Date;
use lettre::Address;
use vietnam::secret;
use vietnam::text::{is_hidden, nfc};
use vietnam::units::{CommuneCode, Units};

use super::super::Mode;
use super::super::contact::Contact;
use super::super::place::{Meant, at_domain, meant};
use super::super::rules::Kind;
use crate::people::forms::Fields;
use crate::problem::Fault;
use crate::words::{Lang, PetitionWords};

/// The most characters of a petition or a message.
pub const MOST_WORDS: usize = 4_000;
/// Fewer letters than these say nothing.
const LEAST_LETTERS: usize = 10;
/// The most characters of a name or an address.
const MOST_LINE: usize = 200;

/// What holds of a form.
pub struct Checked {
    /// The word of its kind.
    pub sort: String,
    /// How the sender appears.
    pub mode: Mode,
    /// Where it was, in their words.
    pub place: String,
    /// What happened.
    pub words: String,
    /// Who they are; nothing if they are to stay unknown.
    pub contact: Contact,
}

/// A commune's code; empty where none is meant.
#[derive(Debug, PartialEq, Eq)]
pub struct Place(pub String);

/// A text as it is kept: NFC, without characters of no width and without control characters but line ends, no more than one empty line
/// in a row.
pub fn clean(typed: &str) -> String {
    let plain: String = typed
        .chars()
        .map(|c| if c == '\t' || c == '\u{a0}' { ' ' } else { c })
        .filter(|c| *c == '\n' || !(c.is_control() || is_hidden(*c)))
        .collect();
    let plain = nfc(&plain);
    let mut lines: Vec<&str> = Vec::new();
    for line in plain.lines().map(str::trim) {
        if !(line.is_empty() && lines.last().is_none_or(|last| last.is_empty())) {
            lines.push(line);
        }
    }
    lines.join("\n").trim().to_owned()
}

/// The words of a field: some, not too many, no secret of the State; what is wrong goes to `faults`.
pub fn words(form: &Fields, field: &str, faults: &mut Vec<Fault>) -> String {
    let text = clean(form.get(field));
    let (letters, count) = (text.chars().filter(|c| c.is_alphabetic()).count(), text.chars().count());
    if letters < LEAST_LETTERS {
        faults.push(Fault::said(field, |lang| lang.petition().fault_words.to_owned()));
    } else if count > MOST_WORDS {
        faults.push(Fault::said(field, |lang| lang.petition().fault_long(count, MOST_WORDS)));
    } else if let Some(mark) = secret::in_text(&text) {
        faults.push(Fault::said(field, |lang| lang.petition().fault_secret(mark.degree)));
    }
    text
}

fn line(form: &Fields, field: &str, faults: &mut Vec<Fault>) -> String {
    let text = clean(form.get(field)).replace('\n', " ");
    if text.chars().count() > MOST_LINE {
        faults.push(Fault::said(field, |lang| lang.petition().fault_line(MOST_LINE)));
    }
    text
}

/// Reads a form; what is wrong goes to `faults`, and then nothing may come back. `later`: what its kind needs of its sender may be said later.
pub fn checked(form: &Fields, day: Date, later: bool, faults: &mut Vec<Fault>) -> Option<Checked> {
    let kind = Kind::of(form.get("loai"), day);
    if kind.is_none() {
        faults.push(Fault::said("loai", |lang| lang.petition().fault_kind.to_owned()));
    }
    let words = words(form, "chuyen-gi", faults);
    let place = line(form, "cho", faults);
    let mode = Mode::of(form.get("dinh-danh"));
    let contact = match mode {
        Some(Mode::Named | Mode::Hidden) => contact(form, kind.as_ref().filter(|_| !later), faults),
        _ => Contact::default(),
    };
    match (kind, mode) {
        (_, None) => faults.push(Fault::said("dinh-danh", |lang| lang.petition().fault_mode.to_owned())),
        (Some(kind), Some(mode)) if !kind.allows(mode) => {
            let says = |lang: Lang| lang.petition().fault_mode_kind(kind.name(lang), &kind.legal_basis);
            faults.push(Fault { field: "dinh-danh".into(), vi: says(Lang::Vi), en: says(Lang::En) });
        }
        (Some(kind), Some(mode))
            if mode == Mode::Hidden && contact.name.is_empty() && !kind.needs("name") =>
        {
            faults.push(Fault::said("ho-ten", |lang| lang.petition().fault_hidden.to_owned()));
        }
        (Some(kind), Some(mode)) => return Some(Checked { sort: kind.kind, mode, place, words, contact }),
        (None, Some(_)) => {}
    }
    None
}

fn contact(form: &Fields, kind: Option<&Kind>, faults: &mut Vec<Fault>) -> Contact {
    let contact = Contact {
        name: line(form, "ho-ten", faults),
        phone: line(form, "dien-thoai", faults),
        mail: line(form, "email", faults),
        address: line(form, "dia-chi", faults),
    };
    let digits = contact.phone.chars().filter(char::is_ascii_digit).count();
    let telephone = contact.phone.chars().all(|c| c.is_ascii_digit() || "+ .-()".contains(c));
    let callable = contact.phone.is_empty() || (telephone && (8..=15).contains(&digits));
    if !callable {
        faults.push(Fault::said("dien-thoai", |lang| lang.petition().fault_phone.to_owned()));
    }
    let sound = contact.mail.parse::<Address>().is_ok_and(|address| address.domain().contains('.'));
    let reachable = contact.mail.is_empty() || (sound && contact.mail.is_ascii());
    if !reachable {
        faults.push(Fault::said("email", |lang| lang.petition().fault_mail.to_owned()));
    }
    let said = [
        ("name", "ho-ten", &contact.name),
        ("phone", "dien-thoai", &contact.phone),
        ("mail", "email", &contact.mail),
        ("address", "dia-chi", &contact.address),
    ];
    for (what, field, text) in said {
        if let Some(kind) = kind.filter(|kind| kind.needs(what) && text.is_empty()) {
            faults.push(Fault::said(field, |lang| lang.petition().fault_needed(&kind.legal_basis)));
        }
    }
    contact
}

/// The commune that is meant at a portal.
///
/// # Errors
/// What is wrong with what was typed, and the communes to choose from.
pub fn place(domain: &str, form: &Fields) -> Result<Place, (Fault, Vec<CommuneCode>)> {
    let typed = form.some("noi").unwrap_or_default();
    let wrong = |choices, says: fn(&'static PetitionWords) -> &'static str| {
        Err((Fault::said("noi", |lang| says(lang.petition()).to_owned()), choices))
    };
    if typed.is_empty() {
        return Ok(Place(at_domain(domain).map(|commune| commune.code.to_string()).unwrap_or_default()));
    }
    // A program names the commune by its code (Decision 19/2025/QĐ-TTg).
    if let Some(known) = typed.parse().ok().and_then(|code| Units::shipped().commune(code)) {
        return Ok(Place(known.code.to_string()));
    }
    match meant(&typed) {
        Meant::One(code, _) => Ok(Place(code.to_string())),
        Meant::Several(choices, old) => {
            let chosen =
                form.get("noi-chon").parse().ok().filter(|code: &CommuneCode| choices.contains(code));
            match chosen {
                Some(code) => Ok(Place(code.to_string())),
                None if old => wrong(choices, |p| p.fault_place_old),
                None => wrong(choices, |p| p.fault_place_several),
            }
        }
        Meant::TooMany => wrong(Vec::new(), |p| p.fault_place_many),
        Meant::Nothing => wrong(Vec::new(), |p| p.fault_place_none),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn form(pairs: &[(&str, &str)]) -> Fields {
        Fields::of(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    fn faults(pairs: &[(&str, &str)]) -> Vec<String> {
        let mut faults = Vec::new();
        let checked = checked(&form(pairs), jiff::civil::date(2026, 11, 26), false, &mut faults);
        assert_eq!(checked.is_none() || !faults.is_empty(), !faults.is_empty());
        faults.into_iter().map(|fault| fault.field).collect()
    }

    const WORDS: (&str, &str) = ("chuyen-gi", "Đèn đường hỏng ba tuần nay");

    #[test]
    fn each_kind_asks_of_its_sender_what_its_rule_says() {
        let report = ("loai", "phan-anh");
        let proposal = ("loai", "kien-nghi");
        assert_eq!(faults(&[report, WORDS, ("dinh-danh", "anonymous")]), [] as [&str; 0]);
        assert_eq!(faults(&[report, WORDS, ("dinh-danh", "named")]), [] as [&str; 0]);
        assert_eq!(faults(&[report, WORDS, ("dinh-danh", "hidden")]), ["ho-ten"]);
        assert_eq!(faults(&[proposal, WORDS, ("dinh-danh", "anonymous")]), ["dinh-danh"]);
        assert_eq!(faults(&[proposal, WORDS, ("dinh-danh", "named")]), ["ho-ten", "dien-thoai", "dia-chi"]);
        assert_eq!(faults(&[WORDS]), ["loai", "dinh-danh"]);
        let odd = [report, WORDS, ("dinh-danh", "named"), ("dien-thoai", "gọi tôi"), ("email", "a@b")];
        assert_eq!(faults(&odd), ["dien-thoai", "email"]);
    }

    #[test]
    fn words_that_say_nothing_or_too_much_are_refused() {
        let with =
            |words: &str| faults(&[("loai", "phan-anh"), ("dinh-danh", "anonymous"), ("chuyen-gi", words)]);
        for nothing in [
            "",
            "   ",
            "......",
            "\u{200b}\u{200b}\u{feff}\u{ad}",
            "1234567890 1234",
            "🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂",
            "rác",
        ] {
            assert_eq!(with(nothing), ["chuyen-gi"], "{nothing:?}");
        }
        assert_eq!(with(&"đ".repeat(4_001)), ["chuyen-gi"]);
        assert_eq!(with(&"đ".repeat(4_000)), [] as [&str; 0]);
        assert_eq!(with("BÁO CÁO\n\nTUYỆT MẬT\n\nvề việc bố trí lực lượng"), ["chuyen-gi"]);
    }

    #[test]
    fn an_old_name_of_several_heirs_is_asked_about_and_a_choice_is_taken() {
        let asks = |pairs: &[(&str, &str)]| place("xa-a.laocai.localhost", &form(pairs));
        let meant = |place: Result<Place, (Fault, Vec<CommuneCode>)>| place.map(|Place(code)| code).unwrap();
        let (fault, choices) = asks(&[("noi", "quận Ba Đình, Hà Nội")]).unwrap_err();
        assert!(fault.field == "noi" && choices.len() > 2);
        let chosen = choices[1].to_string();
        assert_eq!(meant(asks(&[("noi", "quận Ba Đình, Hà Nội"), ("noi-chon", &chosen)])), chosen);
        assert!(asks(&[("noi", "quận Ba Đình, Hà Nội"), ("noi-chon", "99999")]).is_err(), "not among them");
        assert_eq!(meant(asks(&[])), "");
        assert_eq!(meant(place("badinh.hanoi.gov.vn", &form(&[]))), "00004");
    }

    proptest! {
        #[test]
        fn a_text_is_cleaned_once_and_hides_nothing(text in "[a-zđ\u{200b}\u{202e}\u{feff}\u{7}\r\n\t ]{0,80}") {
            let once = clean(&text);
            prop_assert_eq!(clean(&once), once.clone());
            let hidden = once.chars().any(|c| "\u{200b}\u{202e}\u{feff}\u{7}\r\t".contains(c));
            prop_assert!(!hidden, "{:?}", once);
            prop_assert!(!once.contains("\n\n\n"));
        }
    }
}
