//! Pages in gzip, put together from parts that were compressed apart.
//!
//! A deflate stream may be joined from parts that each end in a full flush (RFC 1951, 3.2.4; RFC 1952),
//! so every portal wraps its own frame around the same long text, compressed once.

use std::cell::RefCell;

use flate2::{Compress, Compression, FlushCompress};

/// So far back a stream may point, in bytes (RFC 1951, 2): a frame around so long a text gains nothing by being compressed with it.
pub const WINDOW: usize = 32 << 10;
/// For what is drawn for one page. The levels above take more time for a page that is a hundredth smaller.
const QUICK: u32 = 4;

/// A text compressed so that it can stand between other parts.
#[derive(Clone)]
pub struct Part {
    deflate: Vec<u8>,
    crc: crc32fast::Hasher,
    length: usize,
}

impl Part {
    /// Compresses `text` as small as it gets: for what is compressed once and sent often.
    pub fn kept(text: &str) -> Part {
        Part::of(text.as_bytes(), Compression::best())
    }

    /// Compresses `text` quickly: for what is drawn anew for one page.
    pub fn drawn(text: &str) -> Part {
        Part::of(text.as_bytes(), Compression::new(QUICK))
    }

    fn of(text: &[u8], level: Compression) -> Part {
        let mut crc = crc32fast::Hasher::new();
        crc.update(text);
        Part { deflate: deflated(text, level), crc, length: text.len() }
    }

    /// Bytes that it takes in memory.
    pub fn weight(&self) -> usize {
        self.deflate.len()
    }
}

thread_local! {
    /// A compressor for each level that was asked for on this thread: its tables take longer to make than a short text to compress.
    static COMPRESSORS: RefCell<Vec<(u32, Compress)>> = const { RefCell::new(Vec::new()) };
}

/// Raw deflate that ends at a byte boundary and refers to nothing outside itself, so that it can be joined.
fn deflated(bytes: &[u8], level: Compression) -> Vec<u8> {
    COMPRESSORS.with_borrow_mut(|compressors| {
        let at = compressors.iter().position(|(of, _)| *of == level.level()).unwrap_or_else(|| {
            compressors.push((level.level(), Compress::new(level, false)));
            compressors.len() - 1
        });
        let compress = &mut compressors[at].1;
        compress.reset();
        flushed(compress, bytes)
    })
}

fn flushed(compress: &mut Compress, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() / 3 + 64);
    let mut taken = 0;
    loop {
        out.reserve(4096);
        let before = compress.total_in();
        // Compressing into a buffer that has room cannot fail; an error would only end the stream early.
        let done = compress.compress_vec(&bytes[taken..], &mut out, FlushCompress::Full);
        taken += (compress.total_in() - before) as usize;
        if done.is_err() || (taken == bytes.len() && out.len() < out.capacity()) {
            return out;
        }
    }
}

/// Joins parts into one gzip member.
pub fn join(parts: &[&Part]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.deflate.len()).sum();
    let mut gzip = Vec::with_capacity(length + 20);
    gzip.extend_from_slice(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
    let mut crc = crc32fast::Hasher::new();
    let mut length = 0_usize;
    for part in parts {
        gzip.extend_from_slice(&part.deflate);
        crc.combine(&part.crc);
        length += part.length;
    }
    gzip.extend_from_slice(&[3, 0]); // the last block, empty
    gzip.extend_from_slice(&crc.finalize().to_le_bytes());
    gzip.extend_from_slice(&(length as u32).to_le_bytes());
    gzip
}

/// Bytes as one gzip member.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    join(&[&Part::of(bytes, Compression::best())])
}

/// The plain bytes of a gzip member, for the few who cannot take it.
///
/// # Errors
/// When what was kept is damaged, which would be a fault of this program.
pub fn plain(gzip: &[u8]) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(gzip).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_join_into_one_gzip_that_any_reader_takes() {
        let long = "Điều 1. Phạm vi điều chỉnh. ".repeat(10_000);
        for body in ["", "x", &long] {
            let parts = [Part::drawn("<html>"), Part::kept(body), Part::drawn("</html>")];
            let gzip = join(&parts.each_ref());
            assert_eq!(plain(&gzip).unwrap(), format!("<html>{body}</html>").into_bytes());
        }
        assert_eq!(plain(&gzip(b"")).unwrap(), b"");
    }
}
