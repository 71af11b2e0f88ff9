//! Bulletins for a commune's loudspeakers: what a portal issued on a day, and what it corrected or took back, as an announcer
//! reads it; with numbers, days and abbreviations in words (`vietnam::spoken`).
//!
//! Nothing of a bulletin is stored: it is worked out from what stands when somebody asks. A correction or withdrawal is told in
//! the bulletins of its own day and of the day after, so that none falls between two bulletins. `voice` makes sound of one
//! by Debian's espeak-ng and ffmpeg.

mod desk;
mod pages;
mod store;
pub mod studio;
mod view;
pub mod voice;

use axum::routing::{get, post};
use jiff::civil::Date;
use serde::Serialize;
use vietnam::spoken::{day, ordinal, spoken};

use crate::people::Duty;
use crate::web::routes::{Route, desk_form, desk_page, open_page};
use crate::words::Lang;

pub use pages::api;
pub use store::of_day;

/// Where the console has its page of bulletins.
pub const DESK: &str = "/ban-lam-viec/truyen-thanh";
/// The longest text of one piece that is read in full, in characters; of a longer one its summary or its beginning.
const LONGEST: usize = 1_800;
/// Syllables that an announcer reads in a minute.
const A_MINUTE: usize = 170;

/// What happened to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Something in it was wrong.
    Corrected,
    /// The matter went on.
    Updated,
    /// Another text stands in its place.
    Replaced,
    /// It was taken back.
    Withdrawn,
    /// Its content vanished; nothing of it may be said.
    Erased,
}

/// An item as a bulletin needs it.
#[derive(Clone, Debug)]
pub struct Told {
    /// Its name in addresses.
    pub reference: String,
    /// What happened to it since; nothing for what is new.
    pub change: Option<Change>,
    /// What its title says.
    pub title: String,
    /// Its summary.
    pub summary: String,
    /// Its text, plain.
    pub text: String,
    /// What its issuer says of the change.
    pub note: Option<String>,
    /// Who says it, where that is not the portal itself.
    pub agency: Option<String>,
    /// On which day it was published.
    pub day: Date,
}

/// A piece of a bulletin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// The item, if it is of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What its title says; empty where there is none to be said.
    #[serde(skip)]
    pub title: String,
    /// True for a correction or withdrawal.
    #[serde(skip)]
    pub change: bool,
    /// As an announcer reads it: paragraphs.
    pub said: Vec<String>,
}

impl Piece {
    /// True for a piece of news, which may be left out.
    pub fn is_news(&self) -> bool {
        self.reference.is_some() && !self.change
    }
}

/// A bulletin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bulletin {
    /// The portal's domain.
    pub portal: String,
    /// Its day.
    pub day: Date,
    /// How many pieces are news, and how many corrections and withdrawals.
    pub news: usize,
    /// See `news`.
    pub changes: usize,
    /// About how long it takes to read, in seconds.
    pub seconds: usize,
    /// Opening, changes, news, closing.
    pub pieces: Vec<Piece>,
}

impl Bulletin {
    /// A day's bulletin of a portal; `told` in the order in which it is read, within changes and news.
    pub fn of(portal: (&str, &str), on: Date, told: &[Told]) -> Bulletin {
        let (domain, name) = portal;
        let words = Lang::Vi.bulletin();
        let (changed, new): (Vec<&Told>, Vec<&Told>) = told.iter().partition(|one| one.change.is_some());
        let mut opening = vec![words.opening(name, day(on))];
        if !changed.is_empty() {
            opening.push(words.opening_changes(changed.len()));
        }
        if !new.is_empty() {
            opening.push(words.opening_counts(new.len()));
        }
        let piece = |one: Option<&Told>, texts: Vec<String>| {
            let change = one.and_then(|one| one.change);
            // Of what was erased not even the title is left to be said.
            let titled = one.filter(|_| change != Some(Change::Erased));
            Piece {
                reference: one.map(|one| one.reference.clone()),
                title: titled.map(|one| one.title.clone()).unwrap_or_default(),
                change: change.is_some(),
                said: texts.iter().flat_map(|text| paragraphs(text, on)).collect(),
            }
        };
        let mut pieces = vec![piece(None, vec![opening.join(" ")])];
        for (one, change) in changed.iter().filter_map(|one| Some((one, one.change?))) {
            pieces.push(piece(Some(one), changed_says(one, change, name)));
        }
        for (place, one) in new.iter().enumerate() {
            let mut texts = vec![stopped(&words.piece(ordinal(place as u64 + 1), &one.title))];
            texts.extend(one.agency.iter().map(|agency| words.issued_by(agency)));
            texts.extend(content(one, name));
            pieces.push(piece(Some(one), texts));
        }
        pieces.push(piece(None, vec![words.closing(name)]));
        let syllables: usize =
            pieces.iter().flat_map(|piece| &piece.said).map(|text| text.split_whitespace().count()).sum();
        let seconds = syllables * 60 / A_MINUTE;
        Bulletin {
            portal: domain.to_owned(),
            day: on,
            news: new.len(),
            changes: changed.len(),
            seconds,
            pieces,
        }
    }

    /// True if it has neither news nor changes.
    pub fn is_empty(&self) -> bool {
        self.news + self.changes == 0
    }

    /// All that is said, a paragraph a line, an empty line between pieces.
    pub fn said(&self) -> String {
        self.pieces.iter().map(|piece| piece.said.join("\n") + "\n").collect::<Vec<_>>().join("\n")
    }
}

/// What is said of a change; where the item still stands, what it says now.
fn changed_says(one: &Told, change: Change, portal: &str) -> Vec<String> {
    let words = Lang::Vi.bulletin();
    let on = day(one.day);
    let mut texts = vec![match change {
        Change::Corrected => words.corrected(&one.title, on),
        Change::Updated => words.updated(&one.title, on),
        Change::Replaced => words.replaced(&one.title, on),
        Change::Withdrawn => words.withdrawn(&one.title, on),
        Change::Erased => words.erased(on),
    }];
    if change == Change::Erased {
        return texts;
    }
    texts.extend(one.note.iter().map(|note| stopped(&words.change_says(note))));
    if change != Change::Withdrawn {
        texts.push(words.reads_now.to_owned());
        texts.extend(content(one, portal));
    }
    texts
}

/// What is read of an item: its text if it is short; else its summary, or its beginning up to the end of a paragraph.
fn content(one: &Told, portal: &str) -> Vec<String> {
    let rest = || Lang::Vi.bulletin().rest(portal);
    if one.text.chars().count() <= LONGEST {
        let text = if one.text.trim().is_empty() { &one.summary } else { &one.text };
        return if text.trim().is_empty() { Vec::new() } else { vec![text.clone()] };
    }
    if !one.summary.trim().is_empty() && one.summary != one.title {
        return vec![stopped(&one.summary), rest()];
    }
    let mut read = String::new();
    for line in one.text.lines() {
        if read.chars().count() + line.chars().count() > LONGEST && !read.is_empty() {
            break;
        }
        read.extend(line.chars().take(LONGEST).chain(['\n']));
    }
    vec![read, rest()]
}

/// The lines of a text as they are read, without empty ones.
fn paragraphs(text: &str, on: Date) -> Vec<String> {
    let said = spoken(text, on);
    said.lines().map(str::trim).filter(|line| line.chars().any(char::is_alphabetic)).map(stopped).collect()
}

/// With a stop at its end, so that a voice pauses there.
fn stopped(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?', ':', ';', '”']) { text.to_owned() } else { format!("{text}.") }
}

/// Pages for people.
pub fn routes() -> Vec<Route> {
    vec![
        open_page("/truyen-thanh", "a day's bulletin for the loudspeakers, as text", get(pages::day)),
        open_page("/muc/{reference}/doc", "an item as an announcer reads it", get(pages::item)),
        desk_page(DESK, Duty::Work, "a day's bulletin, its pieces and its sound", get(desk::page)),
        desk_form(DESK, Duty::Work, "have a bulletin read", post(desk::make)),
        desk_page(
            "/ban-lam-viec/truyen-thanh/tep",
            Duty::Work,
            "a bulletin's sound or text",
            get(desk::file),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const ON: Date = date(2026, 11, 26);

    fn told(title: &str, text: &str) -> Told {
        Told {
            reference: "r".into(),
            change: None,
            title: title.into(),
            summary: String::new(),
            text: text.into(),
            note: None,
            agency: None,
            day: ON,
        }
    }

    fn said(told: &[Told]) -> Bulletin {
        Bulletin::of(("bache.quangninh.gov.vn", "Xã Ba Chẽ"), ON, told)
    }

    #[test]
    fn a_bulletin_opens_counts_reads_and_closes() {
        let bulletin =
            said(&[told("Lịch cắt nước 27/11", "Cắt nước từ 7h đến 11h30."), told("Họp thôn", "")]);
        let text = bulletin.said();
        assert!(
            text.starts_with("Đây là bản tin truyền thanh của Xã Ba Chẽ, ngày hai mươi sáu tháng mười một"),
            "{text}"
        );
        assert!(text.contains("Bản tin có hai tin."), "{text}");
        assert!(text.contains("Cắt nước từ bảy giờ đến mười một giờ ba mươi phút."), "{text}");
        assert!(text.contains("Tin thứ hai: Họp thôn."), "{text}");
        assert!(text.trim_end().ends_with("Cảm ơn bà con đã lắng nghe."), "{text}");
        assert!(!text.contains(|c: char| c.is_ascii_digit()), "{text}");
        assert!((10..60).contains(&bulletin.seconds), "{}", bulletin.seconds);
        assert!(said(&[]).is_empty());
    }

    #[test]
    fn corrections_and_withdrawals_come_first_and_of_what_was_erased_no_word_is_said() {
        let old = date(2026, 11, 25);
        let change = |change, title: &str| Told {
            change: Some(change),
            day: old,
            note: Some("Sửa giờ".into()),
            ..told(title, "Nội dung.")
        };
        let all = [
            change(Change::Corrected, "Lịch tiêm"),
            change(Change::Withdrawn, "Tin sai"),
            change(Change::Erased, "Bí mật"),
            told("Tin mới", "Nội dung mới."),
        ];
        let bulletin = said(&all);
        let text = bulletin.said();
        assert_eq!((bulletin.changes, bulletin.news), (3, 1));
        assert!(text.find("Xin đính chính").unwrap() < text.find("Tin thứ nhất").unwrap(), "{text}");
        assert!(
            text.contains("Nội dung sửa: Sửa giờ.") && text.contains("Nay xin đọc lại như sau.\nNội dung."),
            "{text}"
        );
        assert!(text.contains("Tin Tin sai, đăng") && text.contains("đã được thu hồi"), "{text}");
        assert!(!text.contains("Bí mật") && text.contains("đã bị xóa theo quy định"), "{text}");
    }

    #[test]
    fn of_a_long_text_the_summary_or_the_beginning_is_read() {
        let long = "Một đoạn dài của văn bản.\n".repeat(200);
        let whole = told("Nghị quyết", &long);
        let text = said(&[Told { summary: "Tóm tắt ngắn".into(), ..whole.clone() }]).said();
        assert!(text.contains("Tóm tắt ngắn.\nToàn văn có trên cổng thông tin của Xã Ba Chẽ."), "{text}");
        let text = said(&[whole]).said();
        assert!(
            text.matches("Một đoạn dài").count() < 80 && text.contains("Toàn văn có trên cổng"),
            "{text}"
        );
    }
}
