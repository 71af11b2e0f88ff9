//! Whether one value has the shape that its field asks for; what is wrong is said in both languages.

use jiff::civil::{Date, DateTime};
use network::content::ItemFile;
use serde_json::Value;
use vietnam::text::turns;

use super::Both;
use super::shape::{Choice, Shape};
use crate::items::store::Reference;
use crate::words::{Lang, number};

const LONGEST_ADDRESS: usize = 2_000;
const LONGEST_AGENCY: usize = 300;
const LONGEST_EMAIL: usize = 254;

/// Checks a value of a field that is neither group nor list; `files` are the item's.
pub(super) fn fits(shape: &Shape, value: &Value, files: &[ItemFile]) -> Result<(), Both> {
    if let Shape::Number { least, greatest, .. } = shape {
        let fine = value.as_i64().is_some_and(|number| (*least..=*greatest).contains(&number));
        return told(fine, || {
            both(
                format!("Phải là số nguyên từ {least} đến {greatest}."),
                format!("Must be a whole number from {least} to {greatest}."),
            )
        });
    }
    let Some(text) = value.as_str() else {
        return Err(both("Phải là một chuỗi ký tự.", "Must be a string."));
    };
    match shape {
        Shape::Line { most, mask } => {
            line(text, *most)?;
            told(mask.as_ref().is_none_or(|mask| is_masked(text, mask)), || {
                let mask = mask.as_deref().unwrap_or_default();
                both(
                    format!("Phải viết theo mẫu {mask}, mỗi số 0 là một chữ số."),
                    format!("Must look like {mask}, with a digit for each 0."),
                )
            })
        }
        Shape::Text { most } => long(text, *most),
        Shape::Date => told(day(text).is_some(), || {
            both(
                "Phải là một ngày có thật, viết theo dạng 2026-11-23.",
                "Must be a real day, written like 2026-11-23.",
            )
        }),
        Shape::DateTime => told(minute(text).is_some(), || {
            both(
                "Phải là ngày giờ có thật, giờ Việt Nam, viết theo dạng 2026-11-23T15:00.",
                "Must be a real day and minute in Viet Nam, written like 2026-11-23T15:00.",
            )
        }),
        Shape::Choice(choices) => told(choices.iter().any(|choice| choice.id == text), || {
            let list = |name: fn(&Choice) -> String| choices.iter().map(name).collect::<Vec<_>>().join(", ");
            both(
                format!("Phải là một trong: {}.", list(|c| format!("{} ({})", c.id, c.name.vi))),
                format!("Must be one of: {}.", list(|c| format!("{} ({})", c.id, c.name.en))),
            )
        }),
        Shape::Address => told(is_address(text), || {
            both(
                "Phải là địa chỉ web bắt đầu bằng https:// hoặc http://, không có dấu cách.",
                "Must be a web address that begins with https:// or http://, without spaces.",
            )
        }),
        Shape::Phone => told(is_phone(text), || {
            both(
                "Phải là số điện thoại: 3 đến 15 chữ số, có thể có dấu +, dấu cách, dấu chấm, gạch nối, ngoặc.",
                "Must be a telephone number: 3 to 15 digits, perhaps with +, spaces, dots, hyphens, brackets.",
            )
        }),
        Shape::Email => told(is_email(text), || {
            both(
                "Phải là địa chỉ thư điện tử, ví dụ vanphong@tinh.gov.vn.",
                "Must be an e-mail address, for example vanphong@tinh.gov.vn.",
            )
        }),
        Shape::Agency => line(text, LONGEST_AGENCY),
        Shape::File => told(files.iter().any(|file| file.name == text), || {
            both(
                format!("Không có tệp “{text}” trong các tệp đính kèm; hãy đính kèm hoặc sửa tên."),
                format!("No file {text:?} is attached; attach it or mend the name."),
            )
        }),
        Shape::Item => told(text.parse::<Reference>().is_ok(), || {
            both(
                "Phải là mã của một mục: 8 chữ số thập lục phân, gạch nối, 32 chữ số thập lục phân (phần sau /muc/ của địa chỉ).",
                "Must be an item's reference: 8 hexadecimal digits, a hyphen and 32 (what follows /muc/ in its address).",
            )
        }),
        Shape::Number { .. } | Shape::Group(_) | Shape::List { .. } => Ok(()),
    }
}

pub(super) fn both(vi: impl Into<String>, en: impl Into<String>) -> Both {
    Both { vi: vi.into(), en: en.into() }
}

fn told(fine: bool, why: impl FnOnce() -> Both) -> Result<(), Both> {
    if fine { Ok(()) } else { Err(why()) }
}

/// A day as `2026-11-23`, and in no other spelling.
pub(super) fn day(text: &str) -> Option<Date> {
    text.parse::<Date>().ok().filter(|day| day.to_string() == text)
}

/// A minute as `2026-11-23T15:00`, and in no other spelling.
pub fn minute(text: &str) -> Option<DateTime> {
    let moment = text.parse::<DateTime>().ok().filter(|_| text.contains('T'));
    moment.filter(|moment| moment.strftime("%Y-%m-%dT%H:%M").to_string() == text)
}

fn line(text: &str, most: usize) -> Result<(), Both> {
    told(!text.chars().any(char::is_control), || {
        both("Chỉ được một dòng, không có ký tự điều khiển.", "Must be one line, without control characters.")
    })?;
    long(text, most)
}

/// Refuses what is read in another order than it is written.
pub(super) fn straight(text: &str) -> Result<(), Both> {
    told(!text.chars().any(turns), || {
        both(
            "Có ký tự ẩn đảo chiều chữ (U+202A đến U+202E): chữ hiện ra không đúng thứ tự đã gõ. Hãy xóa rồi gõ lại.",
            "Has hidden characters that turn the direction of letters (U+202A to U+202E): it shows in another order than it was typed. Type it again.",
        )
    })
}

fn long(text: &str, most: usize) -> Result<(), Both> {
    straight(text)?;
    let count = text.chars().count();
    told(count <= most, || {
        let said = |lang, n: usize| number::whole(lang, n as u64);
        both(
            format!("Dài {} ký tự, vượt giới hạn {} ký tự.", said(Lang::Vi, count), said(Lang::Vi, most)),
            format!(
                "Has {} characters; at most {} are allowed.",
                said(Lang::En, count),
                said(Lang::En, most)
            ),
        )
    })
}

fn is_masked(text: &str, mask: &str) -> bool {
    text.len() == mask.len()
        && text.bytes().zip(mask.bytes()).all(|(b, m)| if m == b'0' { b.is_ascii_digit() } else { b == m })
}

fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    text.len() <= LONGEST_ADDRESS
        && rest.is_some_and(|rest| {
            !rest.is_empty()
                && !rest.chars().any(|c| c.is_whitespace() || c.is_control() || "\"<>\\".contains(c))
        })
}

fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (3..=15).contains(&digits)
        && text.len() <= 30
        && text
            .char_indices()
            .all(|(at, c)| c.is_ascii_digit() || " .-()".contains(c) || (c == '+' && at == 0))
}

fn is_email(text: &str) -> bool {
    let fine = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b))
    };
    text.len() <= LONGEST_EMAIL
        && text.split_once('@').is_some_and(|(name, host)| {
            let label = |label: &str| {
                !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            };
            fine(name) && host.contains('.') && host.split('.').all(label)
        })
}
