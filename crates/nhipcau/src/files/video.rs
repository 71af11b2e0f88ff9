//! What stands in an MP4 beside picture and sound.

use super::Refusal;

/// Names of boxes and keys under which phones write the place (3GPP TS 26.244, QuickTime).
const PLACES: [&[u8]; 3] = [b"\xa9xyz", b"loci", b"location.ISO6709"];

/// A refusal if the description of a film (its `moov` box) names a place. The film itself is not read.
pub(super) fn tells_where(bytes: &[u8]) -> Option<Refusal> {
    let tells = boxes(bytes).any(|(name, whole)| {
        matches!(name, b"moov" | b"udta" | b"meta" | b"uuid")
            && PLACES.iter().any(|place| holds(whole, place))
    });
    tells.then(|| {
        Refusal::of_bytes(
            "Video ghi kèm nơi quay (tọa độ). Hãy xóa thông tin này trước khi gửi, ví dụ: ffmpeg -i video.mp4 -map_metadata -1 -c copy video-moi.mp4",
            "The video tells where it was taken. Remove that first, for example: ffmpeg -i video.mp4 -map_metadata -1 -c copy new.mp4",
        )
    })
}

/// How long a film lasts by its own description (`mvhd`, ISO/IEC 14496-12), in milliseconds; `None` if it does not say.
pub fn lasts(bytes: &[u8]) -> Option<u64> {
    let (_, moov) = boxes(bytes).find(|(name, _)| *name == b"moov")?;
    let (_, head) = boxes(moov.get(8..)?).find(|(name, _)| *name == b"mvhd")?;
    let number = |at: usize, wide: bool| -> Option<u64> {
        let width = if wide { 8 } else { 4 };
        Some(head.get(at..at + width)?.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    };
    // Version 1 has its times in eight bytes each.
    let wide = *head.get(8)? == 1;
    let (scale, length) =
        if wide { (number(28, false)?, number(32, true)?) } else { (number(20, false)?, number(24, false)?) };
    (scale > 0).then(|| u64::try_from(u128::from(length) * 1_000 / u128::from(scale)).ok()).flatten()
}

/// The empty list of facts that ffmpeg writes where it may write none.
const EMPTY: &[u8] =
    b"\0\0\0=udta\0\0\x005meta\0\0\0\0\0\0\0!hdlr\0\0\0\0\0\0\0\0mdirappl\0\0\0\0\0\0\0\0\0\0\0\0\x08ilst";

/// True for a film without any box in which somebody could have written something.
pub(super) fn is_bare(bytes: &[u8]) -> bool {
    boxes(bytes).all(|(name, whole)| match name {
        b"ftyp" | b"mdat" => true,
        b"free" => whole.len() == 8,
        b"moov" => {
            let at = whole.windows(EMPTY.len()).position(|window| window == EMPTY);
            let (before, after) =
                at.map_or((whole, &[][..]), |at| (&whole[..at], &whole[at + EMPTY.len()..]));
            let told = |name: &&[u8; 4]| holds(before, *name) || holds(after, *name);
            ![b"udta", b"meta", b"uuid"].iter().any(told)
        }
        _ => false,
    })
}

fn holds(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len()).any(|window| window == words)
}

/// The outermost boxes with their names, as far as they can be read.
fn boxes(bytes: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (head, _) = rest.split_first_chunk::<8>()?;
        let size = match u32::from_be_bytes([head[0], head[1], head[2], head[3]]) {
            0 => rest.len() as u64,
            1 => rest.get(8..16).and_then(|b| b.first_chunk::<8>()).map_or(0, |b| u64::from_be_bytes(*b)),
            size => u64::from(size),
        };
        let size = usize::try_from(size).unwrap_or(usize::MAX).min(rest.len());
        if size < 8 {
            rest = &[];
            return None;
        }
        let (this, after) = rest.split_at(size);
        rest = after;
        Some((this[4..].first_chunk::<4>()?, this))
    })
}
