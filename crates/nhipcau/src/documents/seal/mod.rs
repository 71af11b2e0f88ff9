//! Digital signatures inside PDF files (ISO 32000, 12.8), read so that readers see who signed.
//!
//! What is checked: whether what was signed is still what the file holds, whether it is all of the file, and whether the key
//! of the certificate in the file made the signature. What is not: whether that certificate is one to trust, was valid
//! then, or was revoked. The page says both.
//!
//! The reader takes any bytes and does bounded work: no parser of PDF runs, only the places that name a signed range.

mod cms;
mod der;

use jiff::Timestamp;

/// More signatures than this are not read.
const MOST: usize = 16;
/// A signature block is no longer than this, in bytes.
const LONGEST: usize = 1 << 20;
const RANGE: &[u8] = b"/ByteRange";

/// The outcome of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// It is as it should be.
    Right,
    /// It is not.
    Wrong,
    /// It could not be checked: a method that is not known here.
    Unknown,
}

/// A signature in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// The common name of the signer's certificate.
    pub signer: Option<String>,
    /// The organisation in it.
    pub organisation: Option<String>,
    /// Who issued that certificate.
    pub issuer: Option<String>,
    /// When it was signed, as the signer says.
    pub at: Option<Timestamp>,
    /// True if all of the file was signed; false if something stands before or after it.
    pub whole: bool,
    /// Whether what was signed is what the file holds.
    pub digest: Found,
    /// Whether the key of the certificate made the signature.
    pub signature: Found,
}

/// The signatures of a PDF in the order of the file; none for any other bytes.
pub fn seals(file: &[u8]) -> Vec<Seal> {
    if !file.starts_with(b"%PDF-") {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut from = 0;
    while found.len() < MOST
        && let Some(at) = find(&file[from..], RANGE)
    {
        from += at + RANGE.len();
        found.extend(seal(file, &file[from..]));
    }
    found
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    // Every place begins with a slash; the rest is compared only there.
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|b| *b == wanted[0]) {
        if bytes[from + at..].starts_with(wanted) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

/// The signature whose range is named here: `[0 840 960 240]`. Between the two pieces stands the block in hexadecimal.
fn seal(file: &[u8], named: &[u8]) -> Option<Seal> {
    let text: String = named.iter().take(120).map(|b| char::from(*b)).collect();
    let inner = text.trim_start().strip_prefix('[')?.split(']').next()?.to_owned();
    let numbers: Vec<usize> = inner.split_whitespace().map(str::parse).collect::<Result<_, _>>().ok()?;
    let [start, length, again, rest] = numbers[..] else { return None };
    let (end, last) = (start.checked_add(length)?, again.checked_add(rest)?);
    let (first, gap, second) = (file.get(start..end)?, file.get(end..again)?, file.get(again..last)?);
    let block = hexadecimal(gap)?;
    let mut seal = cms::read(&block, [first, second])?;
    let after = file.get(last..)?;
    seal.whole = start == 0 && after.iter().all(u8::is_ascii_whitespace);
    Some(seal)
}

fn hexadecimal(gap: &[u8]) -> Option<Vec<u8>> {
    let digits = gap.strip_prefix(b"<")?.strip_suffix(b">")?;
    if digits.len() / 2 > LONGEST {
        return None;
    }
    let digits: Vec<u8> = digits.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
    hex::decode(digits).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Made by `openssl cms` with a key that signed nothing else; nobody of that name exists.
    const SIGNED: &[u8] = include_bytes!("../../../fuzz/corpus/seals/signed.pdf");

    #[test]
    fn a_signature_says_who_and_when_and_that_nothing_was_changed() {
        let [seal] = &seals(SIGNED)[..] else { panic!("one signature") };
        assert_eq!(seal.signer.as_deref(), Some("Cổng Thông tin thử nghiệm"));
        assert_eq!(seal.organisation.as_deref(), Some("Văn phòng thử nghiệm"));
        assert_eq!(seal.issuer.as_deref(), Some("Cổng Thông tin thử nghiệm"));
        assert!(seal.at.is_some());
        assert_eq!((seal.whole, seal.digest, seal.signature), (true, Found::Right, Found::Right));
    }

    fn find_back(bytes: &[u8], wanted: &[u8]) -> usize {
        bytes.windows(wanted.len()).rposition(|window| window == wanted).unwrap()
    }

    #[test]
    fn what_was_changed_or_added_is_told() {
        let mut changed = SIGNED.to_vec();
        changed[9] ^= 1;
        assert_eq!(seals(&changed)[0].digest, Found::Wrong);
        let added = [SIGNED, b"\n1 0 obj"].concat();
        let seal = &seals(&added)[0];
        assert_eq!((seal.whole, seal.digest), (false, Found::Right), "what came after is not signed");
        // The signature's own bytes stand last in the block, before what fills it up.
        let end = find_back(SIGNED, b"> >>");
        let last = SIGNED[..end].iter().rposition(|b| *b != b'0').unwrap();
        let mut forged = SIGNED.to_vec();
        forged[last - 20] = if forged[last - 20] == b'0' { b'1' } else { b'0' };
        assert_eq!((seals(&forged)[0].digest, seals(&forged)[0].signature), (Found::Right, Found::Wrong));
    }

    #[test]
    fn other_bytes_have_no_signature() {
        for bytes in [
            &b""[..],
            b"%PDF-1.7 /ByteRange",
            b"%PDF-1.7 /ByteRange [0 1 2]",
            b"%PDF-1.7 /ByteRange [0 9 18446744073709551615 9]",
            b"%PDF-1.7 /ByteRange [0 5 7 1] <>",
        ] {
            assert!(seals(bytes).is_empty());
        }
        assert!(seals(&SIGNED[1..]).is_empty(), "no PDF");
    }
}
