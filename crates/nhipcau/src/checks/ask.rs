//! What was typed, read once: a number in any shape, an address, a reference, a file's SHA-256, the text of a QR code.

use ::search::Query;
use ::search::numbers::Asked;
use network::names::ContentHash;
use reqwest::Url;
use vietnam::number::{DocumentNumber, Mentioned, mentions};

use crate::items::store::Reference;
use crate::problem::{Fault, Problem};

/// Longer than any link that a portal makes, in bytes.
pub const LONGEST: usize = 2_048;

/// What is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// A document's number.
    Number(DocumentNumber),
    /// A number as people say it: `nd 42 2022`, "Thông tư 15 năm 2025". Several documents may be meant.
    Said(Asked),
    /// An item's name.
    Item(Reference),
    /// Bytes, by their SHA-256.
    Bytes(ContentHash),
    /// An address.
    Link(Link),
}

/// An address as a browser would open it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The host, in ASCII.
    pub host: String,
    /// What it leads to on a portal.
    pub to: To,
    /// True if something stood before an `@`.
    pub hidden: bool,
}

/// What an address of a portal leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum To {
    /// An item's page, proof or QR code.
    Item(Reference),
    /// A document's stable address, below `/vb/`.
    Document(String),
    /// Content.
    Bytes(ContentHash),
    /// Anything else.
    Elsewhere,
}

/// Reads what was typed.
///
/// # Errors
/// Says that it is nothing of these, and what may be typed.
pub fn read(typed: &str) -> Result<Question, Problem> {
    let text = typed.trim();
    if text.len() > LONGEST {
        return Err(wrong(
            format!("Dài quá {LONGEST} byte. Chỉ nhập số hiệu hoặc liên kết, không dán cả văn bản."),
            format!("Longer than {LONGEST} bytes. Give the number or the link, not the whole text."),
        ));
    }
    let bare = text.strip_prefix("sha256:").unwrap_or(text);
    if let Ok(hash) = bare.to_ascii_lowercase().parse() {
        return Ok(Question::Bytes(hash));
    }
    if let Ok(reference) = text.parse() {
        return Ok(Question::Item(reference));
    }
    if let Ok(number) = text.parse() {
        return Ok(Question::Number(number));
    }
    if let Some(link) = link(text) {
        return Ok(Question::Link(link));
    }
    let mut numbers = mentions(text).into_iter().filter_map(|mention| match mention.what {
        Mentioned::Number(number) => Some(number),
        Mentioned::Spoken { .. } => None,
    });
    if let Some(number) = numbers.next() {
        return Ok(Question::Number(number));
    }
    match Query::read(text).numbers.into_iter().next() {
        None => Err(nothing()),
        Some(asked) if asked.dated().is_none() => Err(wrong(
            "Số này còn thiếu năm. Hãy ghi thêm, ví dụ: nghị định 42 năm 2022, hoặc cả số hiệu: 42/2022/NĐ-CP.".into(),
            "The year is missing. Add it, as in nghị định 42 năm 2022, or give the whole number: 42/2022/NĐ-CP.".into(),
        )),
        Some(asked) => Ok(Question::Said(asked)),
    }
}

/// What may be typed.
pub fn nothing() -> Problem {
    wrong(
        "Chưa đọc được. Hãy nhập số hiệu (ví dụ 42/2022/NĐ-CP), một liên kết (https://…), hoặc chữ đọc được từ mã QR.".into(),
        "This cannot be read. Give a number (42/2022/NĐ-CP), a link (https://…) or the text of a QR code.".into(),
    )
}

fn wrong(vi: String, en: String) -> Problem {
    Problem::Invalid(vec![Fault { field: "hoi".into(), vi, en }])
}

/// An address, with or without its scheme; a word with a dot in it is one.
fn link(text: &str) -> Option<Link> {
    let lower = text.to_ascii_lowercase();
    let url = if lower.starts_with("https:") || lower.starts_with("http:") {
        Url::parse(text).ok()?
    } else {
        let host = text.split(['/', '?', '#']).next().unwrap_or_default();
        let dotted = host.trim_matches('.').contains(['.', '\u{3002}', '\u{ff0e}']);
        if !dotted || host.contains(char::is_whitespace) || text.contains("://") {
            return None;
        }
        Url::parse(&format!("https://{text}")).ok()?
    };
    let to = to(&url);
    Some(Link {
        host: url.host_str()?.to_owned(),
        to,
        hidden: !url.username().is_empty() || url.password().is_some(),
    })
}

fn to(url: &Url) -> To {
    // The address of a QR code has what it is about behind `#`, which no server is sent.
    let asked = url.fragment().filter(|fragment| fragment.starts_with('/')).unwrap_or(url.path());
    let path = asked.strip_prefix("/en/").map_or(asked, |rest| &asked[asked.len() - rest.len() - 1..]);
    let mut parts = path.trim_start_matches('/').splitn(2, '/');
    let (what, rest) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let first = rest.split('/').next().unwrap_or_default();
    match what {
        "muc" | "proof" => {
            first.trim_end_matches(".tlog-proof").parse().map(To::Item).unwrap_or(To::Elsewhere)
        }
        "content" => first.parse().map(To::Bytes).unwrap_or(To::Elsewhere),
        "vb" if !rest.is_empty() => To::Document(rest.trim_end_matches('/').to_owned()),
        _ => To::Elsewhere,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    const ITEM: &str = "5bf19b2e-01a20c02f50278caacfa8ee7c9f730dd";

    fn linked(text: &str) -> Link {
        match read(text).unwrap() {
            Question::Link(link) => link,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn a_number_is_read_in_any_shape() {
        for text in [
            "42/2022/NĐ-CP",
            " nghị định số 42 / 2022 / nđ-cp. ",
            "Theo Nghị định 42/2022/NĐ-CP ngày 24/6/2022 của Chính phủ",
        ] {
            let Question::Number(number) = read(text).unwrap() else { panic!("{text}") };
            assert_eq!(number.to_string(), "42/2022/NĐ-CP", "{text}");
        }
    }

    #[test]
    fn a_number_is_read_as_people_say_it() {
        for text in ["nd 42 2022", "nghị định 42 năm 2022", "Nghi dinh so 042/2022", "nđ42/2022"] {
            let Question::Said(asked) = read(text).unwrap() else { panic!("{text}") };
            assert_eq!(asked.dated(), Some("42/2022"), "{text}");
            assert!(asked.fits(&"42/2022/NĐ-CP".parse().unwrap()), "{text}");
        }
        assert!(matches!(read("42/2022").unwrap(), Question::Said(_)));
        let Err(Problem::Invalid(faults)) = read("nghị định 42") else { panic!("read") };
        assert!(faults[0].vi.contains("thiếu năm"), "{faults:?}");
    }

    #[test]
    fn an_address_is_read_as_a_browser_opens_it() {
        let item = To::Item(ITEM.parse().unwrap());
        for text in [
            format!("https://laocai.gov.vn/muc/{ITEM}"),
            format!("HTTPS://LaoCai.gov.vn/en/muc/{ITEM}/lich-su?x=1"),
            format!("laocai.gov.vn/muc/{ITEM}"),
            format!("https://laocai.gov.vn/kiem-tra#/proof/{ITEM}"),
            format!("https://laocai.gov.vn/proof/{ITEM}.tlog-proof"),
        ] {
            assert_eq!(
                linked(&text),
                Link { host: "laocai.gov.vn".into(), to: item.clone(), hidden: false },
                "{text}"
            );
        }
        let document = To::Document("nghi-dinh/2022/42-nd-cp".into());
        assert_eq!(linked("https://chinhphu.vn/vb/nghi-dinh/2022/42-nd-cp").to, document);
        // What stands before an @ is no host, and a backslash is a slash.
        for text in ["https://chinhphu.vn@evil.example/", "https://chinhphu.vn:80@evil.example/muc/x"] {
            let link = linked(text);
            assert_eq!((link.host.as_str(), link.hidden), ("evil.example", true), "{text}");
        }
        assert_eq!(linked("https://evil.example\\@chinhphu.vn/").host, "evil.example");
        assert_eq!(linked("https://chinhphu。vn/").host, "chinhphu.vn");
        assert_eq!(linked("https://\u{441}hinhphu.vn/").host, "xn--hinhphu-xjg.vn");
    }

    #[test]
    fn a_file_is_asked_for_by_its_hash() {
        let hash = "AB".repeat(32);
        assert!(matches!(read(&hash).unwrap(), Question::Bytes(_)));
        assert!(matches!(read(&format!("sha256:{}", "ab".repeat(32))).unwrap(), Question::Bytes(_)));
        assert_eq!(read(ITEM).unwrap(), Question::Item(ITEM.parse().unwrap()));
    }

    #[test]
    fn anything_else_is_told_what_may_be_typed() {
        for text in [
            "",
            "xin chào",
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://chinhphu.vn/",
            "https://",
            "\u{202e}",
        ] {
            let Err(Problem::Invalid(faults)) = read(text) else { panic!("{text} was read") };
            assert!(faults[0].vi.contains("42/2022/NĐ-CP"), "{text}");
        }
        let Err(Problem::Invalid(faults)) = read(&"9".repeat(10_000)) else { panic!("read") };
        assert!(faults[0].en.contains("2048 bytes"));
    }
}
