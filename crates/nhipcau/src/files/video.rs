//! A video that tells where it was taken.

use super::Refusal;

/// Names of boxes and keys under which phones write the place (3GPP TS 26.244, QuickTime).
const PLACES: [&[u8]; 3] = [b"\xa9xyz", b"loci", b"location.ISO6709"];

/// A refusal if the description of a film (its `moov` box) names a place. The film itself is not read.
pub(super) fn tells_where(bytes: &[u8]) -> Option<Refusal> {
    let mut rest = bytes;
    while let Some((head, _)) = rest.split_first_chunk::<8>() {
        let size = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as u64;
        let size = match size {
            0 => rest.len() as u64,
            1 => rest.get(8..16).and_then(|b| b.first_chunk::<8>()).map_or(0, |b| u64::from_be_bytes(*b)),
            size => size,
        };
        let size = usize::try_from(size).unwrap_or(usize::MAX).min(rest.len());
        if size < 8 {
            break;
        }
        let (this, after) = rest.split_at(size);
        if matches!(&head[4..], b"moov" | b"udta" | b"meta" | b"uuid")
            && PLACES.iter().any(|place| this.windows(place.len()).any(|window| window == *place))
        {
            return Some(Refusal::of_bytes(
                "Video ghi kèm nơi quay (tọa độ). Hãy xóa thông tin này trước khi gửi, ví dụ: ffmpeg -i video.mp4 -map_metadata -1 -c copy video-moi.mp4",
                "The video tells where it was taken. Remove that first, for example: ffmpeg -i video.mp4 -map_metadata -1 -c copy new.mp4",
            ));
        }
        rest = after;
    }
    None
}
