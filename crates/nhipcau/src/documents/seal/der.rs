//! The little of DER (ITU-T X.690) that a signature block needs: elements with definite lengths, read without copying.

/// One element.
#[derive(Clone, Copy, Debug)]
pub struct Element<'a> {
    /// Its tag byte; tags of more than one byte do not occur in what is read here.
    pub tag: u8,
    /// What is in it.
    pub inner: &'a [u8],
    /// All of it, with tag and length.
    pub whole: &'a [u8],
}

pub const INTEGER: u8 = 0x02;
pub const BIT_STRING: u8 = 0x03;
pub const OCTET_STRING: u8 = 0x04;
pub const OBJECT: u8 = 0x06;
pub const UTC_TIME: u8 = 0x17;
pub const GENERALIZED_TIME: u8 = 0x18;
pub const SEQUENCE: u8 = 0x30;
pub const SET: u8 = 0x31;

/// A context-specific, constructed tag: `[0]`.
pub const fn context(number: u8) -> u8 {
    0xa0 | number
}

/// Reads one element after the other.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// A reader of elements that stand one after the other.
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader(bytes)
    }

    /// The next element if it has this tag; else nothing is read.
    pub fn tagged(&mut self, tag: u8) -> Option<Element<'a>> {
        let mut ahead = *self;
        let element = ahead.next().filter(|element| element.tag == tag)?;
        *self = ahead;
        Some(element)
    }

    /// The inside of the next element, which must have this tag.
    pub fn enter(&mut self, tag: u8) -> Option<Reader<'a>> {
        self.tagged(tag).map(|element| Reader(element.inner))
    }
}

impl<'a> Iterator for Reader<'a> {
    type Item = Element<'a>;

    /// The next element, if one begins here and is whole.
    fn next(&mut self) -> Option<Element<'a>> {
        let (&tag, rest) = self.0.split_first()?;
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81..=0x84 => {
                let (digits, rest) = rest.split_at_checked(usize::from(first & 0x0f))?;
                (digits.iter().fold(0_usize, |sum, digit| sum << 8 | usize::from(*digit)), rest)
            }
            // An indefinite length is no DER, and longer ones do not fit a signature block.
            _ => return None,
        };
        let (inner, after) = rest.split_at_checked(length)?;
        let whole = &self.0[..self.0.len() - after.len()];
        self.0 = after;
        Some(Element { tag, inner, whole })
    }
}

/// The text of a string element, whichever of the string types it has.
pub fn text(element: Element<'_>) -> Option<String> {
    match element.tag {
        // BMPString: UTF-16, high byte first.
        0x1e => {
            let units =
                element.inner.chunks_exact(2).map(|pair| u16::from(pair[0]) << 8 | u16::from(pair[1]));
            char::decode_utf16(units).collect::<Result<String, _>>().ok()
        }
        // UTF8String, PrintableString, T61String, IA5String.
        0x0c | 0x13 | 0x14 | 0x16 => std::str::from_utf8(element.inner).ok().map(str::to_owned),
        _ => None,
    }
}
