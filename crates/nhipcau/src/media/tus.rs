//! The headers of tus 1.0 (tus.io, resumable upload protocol 1.0.0: core, creation, termination, checksum, expiration). Pure.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// The version that is spoken.
pub const VERSION: &str = "1.0.0";
/// What is spoken beyond the core.
pub const EXTENSIONS: &str = "creation,termination,checksum,expiration";
/// How a part may be summed; the protocol demands the first.
pub const SUMS: &str = "sha1,sha256";
/// The body of a part.
const PART: &str = "application/offset+octet-stream";
/// The most bytes of what is said of a file.
const MOST_METADATA: usize = 48 << 10;

/// Why a request is not carried out, for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The status that the protocol gives it.
    pub status: u16,
    /// In Vietnamese.
    pub vi: &'static str,
    /// In English.
    pub en: &'static str,
}

impl Refused {
    /// The status that the protocol gives it.
    pub fn code(self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST)
    }
}

const fn no<T>(status: u16, vi: &'static str, en: &'static str) -> Result<T, Refused> {
    Err(Refused { status, vi, en })
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
}

/// Refuses a version that is not spoken.
///
/// # Errors
/// 412.
pub fn spoken(headers: &HeaderMap) -> Result<(), Refused> {
    match text(headers, "tus-resumable") {
        Some(VERSION) => Ok(()),
        _ => no(412, "Cần tus 1.0.0 (Tus-Resumable).", "tus 1.0.0 is needed (Tus-Resumable)."),
    }
}

fn whole(headers: &HeaderMap, name: &str) -> Option<u64> {
    text(headers, name)
        .filter(|text| text.bytes().all(|b| b.is_ascii_digit()))
        .and_then(|text| text.parse().ok())
}

/// What is said of a file that is to come: its size, and the words about it.
///
/// # Errors
/// 400: no size, or words that cannot be read.
pub fn creation(headers: &HeaderMap) -> Result<(u64, Metadata), Refused> {
    let Some(size) = whole(headers, "upload-length").filter(|size| *size > 0) else {
        return no(
            400,
            "Thiếu Upload-Length (số byte của tệp).",
            "Upload-Length is missing (the file's bytes).",
        );
    };
    let raw = text(headers, "upload-metadata").unwrap_or_default();
    let metadata = Metadata::read(raw);
    metadata.map_or_else(
        || no(400, "Không đọc được Upload-Metadata.", "Upload-Metadata cannot be read."),
        |metadata| Ok((size, metadata)),
    )
}

/// What whoever sends a file says of it: `filename`, and what the form beside it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// As it was sent.
    pub raw: String,
    pairs: Vec<(String, String)>,
}

impl Metadata {
    /// Reads keys with values in base64, parted by commas; `None` for anything else.
    pub fn read(raw: &str) -> Option<Metadata> {
        if raw.len() > MOST_METADATA {
            return None;
        }
        let mut pairs: Vec<(String, String)> = Vec::new();
        for pair in raw.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
            let value = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
            if pairs.iter().any(|(known, _)| known == key) {
                return None;
            }
            pairs.push((key.to_owned(), value));
        }
        Some(Metadata { raw: raw.to_owned(), pairs })
    }

    /// The value of a key; empty if it was not said.
    pub fn get(&self, key: &str) -> &str {
        self.pairs.iter().find(|(known, _)| known == key).map_or("", |(_, value)| value)
    }

    /// The same without blanks around it; `None` if nothing is left.
    pub fn some(&self, key: &str) -> Option<String> {
        Some(self.get(key).trim()).filter(|value| !value.is_empty()).map(str::to_owned)
    }
}

/// A part: where it begins, and what its bytes must sum to.
#[derive(Debug)]
pub struct Part {
    /// The byte at which it begins.
    pub offset: u64,
    /// Its sum, if it has one: only what matches is kept.
    pub sum: Option<Sum>,
}

/// Reads the headers of a part.
///
/// # Errors
/// 415 for another type of body; 400 for no offset or a sum that is not known.
pub fn part(headers: &HeaderMap) -> Result<Part, Refused> {
    if text(headers, header::CONTENT_TYPE.as_str()) != Some(PART) {
        return no(
            415,
            "Content-Type phải là application/offset+octet-stream.",
            "Content-Type must be application/offset+octet-stream.",
        );
    }
    let Some(offset) = whole(headers, "upload-offset") else {
        return no(400, "Thiếu Upload-Offset.", "Upload-Offset is missing.");
    };
    let sum = match text(headers, "upload-checksum") {
        None => None,
        Some(said) => match Sum::read(said) {
            Some(sum) => Some(sum),
            None => {
                return no(
                    400,
                    "Upload-Checksum: chỉ nhận sha1 hoặc sha256.",
                    "Upload-Checksum: sha1 or sha256 are taken.",
                );
            }
        },
    };
    Ok(Part { offset, sum })
}

/// What the bytes of a part must sum to, and what they have summed to so far.
#[derive(Debug)]
pub struct Sum {
    said: Vec<u8>,
    so_far: Summing,
}

#[derive(Debug)]
enum Summing {
    Sha1(Sha1),
    Sha256(Sha256),
}

impl Sum {
    fn read(said: &str) -> Option<Sum> {
        let (algorithm, sum) = said.split_once(' ')?;
        let so_far = match algorithm {
            "sha1" => Summing::Sha1(Sha1::new()),
            "sha256" => Summing::Sha256(Sha256::new()),
            _ => return None,
        };
        Some(Sum { said: STANDARD.decode(sum.trim()).ok()?, so_far })
    }

    /// Goes on with bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        match &mut self.so_far {
            Summing::Sha1(sum) => sum.update(bytes),
            Summing::Sha256(sum) => sum.update(bytes),
        }
    }

    /// Whether all that came sums to what was said.
    ///
    /// # Errors
    /// 460.
    pub fn holds(self) -> Result<(), Refused> {
        let sum = match self.so_far {
            Summing::Sha1(sum) => sum.finalize().to_vec(),
            Summing::Sha256(sum) => sum.finalize().to_vec(),
        };
        match sum == self.said {
            true => Ok(()),
            false => no(
                460,
                "Phần này tới nơi không nguyên vẹn; hãy gửi lại.",
                "This part did not come whole; send it again.",
            ),
        }
    }
}

/// A header's value of a number.
pub fn number(value: u64) -> HeaderValue {
    HeaderValue::from(value)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn what_the_protocol_says_is_read_and_nothing_else() {
        assert_eq!(spoken(&headers(&[("tus-resumable", "0.2.2")])).unwrap_err().status, 412);
        let said = [("upload-length", "11"), ("upload-metadata", "filename TMWpLm1wNA==,decorative")];
        let (size, metadata) = creation(&headers(&said)).unwrap();
        assert_eq!((size, metadata.get("filename"), metadata.get("decorative")), (11, "Lũ.mp4", ""));
        for bad in [
            vec![],
            vec![("upload-length", "0")],
            vec![("upload-length", "-1")],
            vec![("upload-length", "1"), ("upload-metadata", "a %%")],
            vec![("upload-length", "1"), ("upload-metadata", "a,a")],
        ] {
            assert_eq!(creation(&headers(&bad)).unwrap_err().status, 400, "{bad:?}");
        }
        let begin = ("content-type", "application/offset+octet-stream");
        assert_eq!(part(&headers(&[("upload-offset", "0")])).unwrap_err().status, 415);
        assert_eq!(part(&headers(&[begin])).unwrap_err().status, 400);
        assert_eq!(
            part(&headers(&[begin, ("upload-offset", "0"), ("upload-checksum", "md5 AA==")]))
                .unwrap_err()
                .status,
            400
        );
        // The protocol's own example: "hello world".
        let said = [begin, ("upload-offset", "0"), ("upload-checksum", "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=")];
        let mut sum = part(&headers(&said)).unwrap().sum.unwrap();
        sum.add(b"hello ");
        sum.add(b"world");
        assert!(sum.holds().is_ok());
        let mut sum = part(&headers(&said)).unwrap().sum.unwrap();
        sum.add(b"hello");
        assert_eq!(sum.holds().unwrap_err().status, 460);
    }
}
