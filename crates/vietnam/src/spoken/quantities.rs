//! Quantities, telephone numbers, ranges and shares at the beginning of a text: what is said, and how many bytes it takes.

use jiff::civil::Date;

use super::moments;
use super::numbers::{decimals, digits, number, written};
use super::table::Sayings;

/// Words before a short number that is dialled.
const DIALLED: [&str; 6] = ["so", "goi", "dai", "thoai", "nong", "may"];

/// Telephone numbers: `0913 123 456`, `024.3804.3804`, `1900 1234`, `+84 24 …`, and `113` where somebody is told to call.
pub(super) fn telephone(text: &str, before: &str) -> Option<(String, usize)> {
    let plus = text.starts_with('+');
    let mut end = usize::from(plus);
    let mut parts: Vec<&str> = Vec::new();
    loop {
        let long = text[end..].bytes().take_while(u8::is_ascii_digit).count();
        if long == 0 {
            break;
        }
        parts.push(&text[end..end + long]);
        end += long;
        let more = text[end..].starts_with([' ', '.', '-'])
            && text[end + 1..].starts_with(|c: char| c.is_ascii_digit());
        if !more || parts.concat().len() >= 11 {
            break;
        }
        end += 1;
    }
    let whole = parts.concat();
    let short = whole.len() == 3 && whole.starts_with("11") && DIALLED.contains(&before);
    let fits = match whole.as_str() {
        _ if plus => whole.starts_with("84") && (10..=12).contains(&whole.len()),
        number if number.starts_with("1800") || number.starts_with("1900") => {
            (8..=10).contains(&number.len())
        }
        number => number.starts_with('0') && (10..=11).contains(&number.len()),
    };
    if !(fits || short)
        || text[end..].starts_with(|c: char| c.is_alphanumeric() || matches!(c, '/' | ',')) && short
    {
        return None;
    }
    if text[end..].starts_with(char::is_alphanumeric) {
        return None;
    }
    // Without gaps of its own a number is said in fours and threes, so that it can be written down.
    if let ([one], false) = (&parts[..], short) {
        let (head, rest) = one.split_at(4);
        parts = std::iter::once(head).chain(thirds(rest)).collect();
    }
    let said = parts.into_iter().map(digits).collect::<Vec<_>>().join(", ");
    Some((if plus { format!("cộng {said}") } else { said }, end))
}

fn thirds(text: &str) -> impl Iterator<Item = &str> {
    (0..text.len()).step_by(3).map(|from| &text[from..text.len().min(from + 3)])
}

/// A number with what belongs to it: a range, a share, a unit, what each costs.
pub(super) fn quantity(text: &str, before: &str, on: Date) -> (String, usize) {
    let (first, mut end) = plain(text);
    let mut said = first.said;
    let simple = first.simple;
    if simple && let Some((second, used)) = share(&text[end..]) {
        let (a, b) =
            (text[..end].parse::<u64>().unwrap_or(0), text[end + 1..end + used].parse::<u64>().unwrap_or(0));
        let word = if a < b && b <= 10 { "phần" } else { "trên" };
        return (format!("{said} {word} {second}"), end + used);
    }
    if let Some((second, used)) = range(&text[end..]) {
        said = format!("{said} đến {second}");
        end += used;
    } else if simple && let Some(other) = moments::in_words(&text[..end], before, &text[end..]) {
        return (other, end);
    }
    let gap = text[end..].chars().next().filter(|c| matches!(c, ' ' | '\u{a0}')).map_or(0, char::len_utf8);
    if let Some((unit, used)) = Sayings::shipped().unit(&text[end + gap..], on) {
        end += gap + used;
        said = format!("{said} {unit}");
        // 5.000 đ/kg: what each costs.
        if let Some(rest) = text[end..].strip_prefix('/') {
            if let Some((unit, used)) = Sayings::shipped().unit(rest, on) {
                return (format!("{said} mỗi {unit}"), end + 1 + used);
            }
            if rest.starts_with(char::is_alphabetic) {
                return (format!("{said} mỗi"), end + 1);
            }
        }
    }
    (said, end)
}

struct Plain {
    said: String,
    /// True for digits alone.
    simple: bool,
}

/// Digits, grouped by dots, with decimals: `1.500.000`, `3,25`, `1.2`.
fn plain(text: &str) -> (Plain, usize) {
    let run = |from: usize| text[from..].bytes().take_while(u8::is_ascii_digit).count();
    let mut end = run(0);
    let mut whole = text[..end].to_owned();
    let grouped = |end: usize| text[end..].starts_with('.') && run(end + 1) == 3;
    if (1..=3).contains(&end) && !(whole.starts_with('0')) {
        while grouped(end) {
            whole.push_str(&text[end + 1..end + 4]);
            end += 4;
        }
    }
    let simple_end = end;
    let mut said = written(&whole);
    if text[end..].starts_with(',') && run(end + 1) > 0 {
        let behind = &text[end + 1..end + 1 + run(end + 1)];
        said = format!("{said} phẩy {}", decimals(behind));
        end += 1 + behind.len();
    } else {
        while text[end..].starts_with('.') && run(end + 1) > 0 {
            let behind = &text[end + 1..end + 1 + run(end + 1)];
            said = format!("{said} chấm {}", written(behind));
            end += 1 + behind.len();
        }
    }
    (Plain { said, simple: end == simple_end && end == whole.len() }, end)
}

/// `/3` of `1/3`.
fn share(text: &str) -> Option<(String, usize)> {
    let rest = text.strip_prefix('/')?;
    let long = rest.bytes().take_while(u8::is_ascii_digit).count();
    let ends = !rest[long..].starts_with(|c: char| c.is_alphanumeric() || matches!(c, '/' | '-'));
    (long > 0 && ends).then(|| (written(&rest[..long]), long + 1))
}

/// `-15` of `10-15`, also with blanks around a dash.
fn range(text: &str) -> Option<(String, usize)> {
    let rest = text
        .strip_prefix(['-', '–'])
        .or_else(|| text.strip_prefix(" - "))
        .or_else(|| text.strip_prefix(" – "))?;
    if !rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (second, used) = plain(rest);
    // One of a row as in 1-2-3 or a code is no range.
    let goes_on = rest[used..].starts_with(['-', '–', '/']);
    (!goes_on).then(|| (second.said, text.len() - rest.len() + used))
}

/// A Roman numeral in a row: the words for it after what is counted so.
pub(super) fn counted(value: u64, before: &str) -> String {
    match (before, value) {
        ("thu", 1) => "nhất".to_owned(),
        ("thu", 4) => "tư".to_owned(),
        _ => number(value),
    }
}
