//! Pictures, made anew: decoded under limits, turned upright, encoded as JPEG at several widths, and as AVIF for telephones.
//!
//! What goes out is made of pixels alone. Nothing that came along beside them (EXIF, GPS, XMP, IPTC, comments, colour profiles,
//! thumbnails, whatever hangs behind the end) is ever copied, so no kind of metadata can be forgotten.

use std::io::Cursor;
use std::sync::{Mutex, PoisonError};

use fast_image_resize::images::Image as Pixels;
use fast_image_resize::{PixelType, Resizer};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};
use ravif::{Img, RGB8};

use super::heic;
use super::{Kind, Refusal, Wanted};

/// Widths of the copies, in pixels; a picture is never made wider than it is.
pub const WIDTHS: [u32; 3] = [320, 640, 1280];
/// The most pixels that are decoded: more than any telephone makes by default, and 192 MB of memory.
pub const MOST_PIXELS: u64 = 64_000_000;
/// The most bytes of one picture.
const MOST_BYTES: usize = 40 << 20;
/// The longest side, in pixels: beyond it a picture is a strip.
const LONGEST: u32 = 30_000;
/// The most memory of a decoder, in bytes.
const MOST_MEMORY: u64 = 400 << 20;
/// The most scans of a progressive JPEG: cameras and editors make about ten, bombs thousands.
const MOST_SCANS: usize = 100;

const JPEG_QUALITY: u8 = 82;
/// Tried in this order before a picture is made smaller, so many times at most.
const QUALITIES: [u8; 3] = [JPEG_QUALITY, 72, 60];
const SMALLER: usize = 8;
const AVIF_QUALITY: f32 = 62.0;
/// Of 10; the encoder has no assembler here, and a step slower takes twice the time for a fifth fewer bytes.
const AVIF_SPEED: u8 = 9;
/// The widest copy in AVIF: telephones show no more than that, and a copy of 1,280 pixels would take a processor longer than all others.
const AVIF_WIDEST: u32 = 640;

/// One copy of a picture.
pub(super) struct Copy {
    pub(super) bytes: Vec<u8>,
    pub(super) media: &'static str,
    /// Width and height.
    pub(super) pixels: (u32, u32),
}

/// One picture at a time in this process: decoding takes memory, encoding a processor.
static ONE: Mutex<()> = Mutex::new(());

/// The copies of a picture: JPEG from wide to narrow, then AVIF from wide to narrow.
pub(super) fn copies(bytes: &[u8], kind: Kind, wanted: Wanted) -> Result<Vec<Copy>, Refusal> {
    let _turn = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let (picture, turned) = match kind {
        // The converter turns it upright.
        Kind::Heic => {
            (decoded(&heic::as_png(heic::CONVERTER, bytes)?, ImageFormat::Png)?.0, Orientation::NoTransforms)
        }
        Kind::Png => decoded(bytes, ImageFormat::Png)?,
        Kind::WebP => decoded(bytes, ImageFormat::WebP)?,
        _ => decoded(bytes, ImageFormat::Jpeg)?,
    };
    let mut large = flat(picture);
    let sideways = matches!(
        turned,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    );
    // Made small before it is turned: that takes less memory.
    let across = if sideways { large.height() } else { large.width() };
    let widest = WIDTHS[WIDTHS.len() - 1].min(across);
    large = fitted(&large, scaled(large.width(), widest, across), scaled(large.height(), widest, across))?;
    let mut upright = DynamicImage::ImageRgb8(large);
    upright.apply_orientation(turned);
    let upright = upright.into_rgb8();
    if wanted == Wanted::First {
        return Ok(vec![as_jpeg(&upright)?]);
    }
    let mut sizes = vec![upright];
    for width in WIDTHS.into_iter().rev().filter(|width| *width < widest) {
        let height = scaled(sizes[0].height(), width, widest);
        let small = fitted(&sizes[0], width, height)?;
        sizes.push(small);
    }
    let jpeg = sizes.iter().map(as_jpeg);
    let avif = sizes.iter().filter(|size| size.width() <= AVIF_WIDEST).map(as_avif);
    jpeg.chain(avif).collect()
}

/// A still picture out of a clip, in PNG, as JPEG of at most 640 pixels across.
pub(super) fn still(png: &[u8]) -> Result<Copy, Refusal> {
    let picture = flat(decoded(png, ImageFormat::Png)?.0);
    let (width, height) = picture.dimensions();
    let to = width.min(WIDTHS[1]);
    as_jpeg(&fitted(&picture, to, scaled(height, to, width))?)
}

/// A picture that was made here, as JPEG of at most so many bytes: recompressed, then made smaller step by step. Bytes, width and height.
///
/// # Errors
/// It cannot be opened, or not even a small one has so few bytes.
pub fn within(bytes: &[u8], most: u64) -> Result<(Vec<u8>, (u32, u32)), Refusal> {
    let _turn = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut picture = flat(decoded(bytes, ImageFormat::Jpeg)?.0);
    for _ in 0..SMALLER {
        for quality in QUALITIES {
            let made = encoded(&picture, quality)?;
            if made.bytes.len() as u64 <= most {
                return Ok((made.bytes, made.pixels));
            }
        }
        let (width, height) = picture.dimensions();
        picture = fitted(&picture, scaled(width, 3, 4), scaled(height, 3, 4))?;
    }
    Err(Refusal::of_bytes(
        format!("Không thu nhỏ được ảnh xuống {most} byte; hãy chọn ảnh khác."),
        format!("The picture cannot be made as small as {most} bytes; choose another one."),
    ))
}

/// A side of a picture whose width goes from `from` to `to`; at least one pixel.
fn scaled(side: u32, to: u32, from: u32) -> u32 {
    let side = u64::from(side) * u64::from(to) / u64::from(from.max(1));
    u32::try_from(side.max(1)).unwrap_or(u32::MAX)
}

/// Decodes a picture whose size is within the limits, and tells how it must be turned.
fn decoded(bytes: &[u8], format: ImageFormat) -> Result<(DynamicImage, Orientation), Refusal> {
    if bytes.len() > MOST_BYTES {
        return Err(Refusal::of_bytes(
            "Ảnh lớn hơn 40 MB. Hãy thu nhỏ rồi gửi lại.",
            "The picture is larger than 40 MB. Make it smaller.",
        ));
    }
    if format == ImageFormat::Jpeg
        && bytes.windows(2).filter(|pair| *pair == [0xff, 0xda]).count() > MOST_SCANS
    {
        return Err(damaged());
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST);
    limits.max_image_height = Some(LONGEST);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| refused(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS || decoder.total_bytes() > MOST_MEMORY {
        return Err(too_large(width, height));
    }
    if width == 0 || height == 0 {
        return Err(damaged());
    }
    let turned = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(|error| refused(&error))?;
    Ok((picture, turned))
}

fn refused(error: &image::ImageError) -> Refusal {
    match error {
        image::ImageError::Limits(_) => Refusal::of_bytes(
            "Ảnh có quá nhiều điểm ảnh (tối đa 64 triệu, mỗi cạnh tối đa 30.000). Hãy thu nhỏ rồi gửi lại.",
            "The picture has too many pixels (at most 64 million, each side at most 30,000). Make it smaller.",
        ),
        _ => damaged(),
    }
}

fn too_large(width: u32, height: u32) -> Refusal {
    Refusal::of_bytes(
        format!(
            "Ảnh {width} × {height} điểm ảnh, quá lớn (tối đa 64 triệu điểm ảnh). Hãy thu nhỏ rồi gửi lại."
        ),
        format!("The picture has {width} × {height} pixels; at most 64 million are taken. Make it smaller."),
    )
}

fn damaged() -> Refusal {
    Refusal::of_bytes(
        "Không mở được ảnh: tệp hỏng hoặc bị cắt cụt. Hãy mở bằng phần mềm xem ảnh, lưu lại thành JPEG hoặc PNG rồi gửi lại.",
        "The picture cannot be opened: it is damaged or cut short. Open it in a viewer, save it as JPEG or PNG, and hand it in again.",
    )
}

/// The picture in red, green and blue; what is transparent stands on white.
fn flat(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let picture = picture.into_rgba8();
    let (width, height) = picture.dimensions();
    let on_white = |colour: u8, alpha: u8| {
        let mixed = (u32::from(colour) * u32::from(alpha) + 255 * (255 - u32::from(alpha)) + 127) / 255;
        u8::try_from(mixed).unwrap_or(255)
    };
    RgbImage::from_fn(width, height, |x, y| {
        let [r, g, b, a] = picture.get_pixel(x, y).0;
        image::Rgb([on_white(r, a), on_white(g, a), on_white(b, a)])
    })
}

/// The picture at another size.
fn fitted(picture: &RgbImage, width: u32, height: u32) -> Result<RgbImage, Refusal> {
    if picture.dimensions() == (width, height) {
        return Ok(picture.clone());
    }
    let (from_width, from_height) = picture.dimensions();
    let from =
        fast_image_resize::images::ImageRef::new(from_width, from_height, picture.as_raw(), PixelType::U8x3)
            .map_err(|_| damaged())?;
    let mut to = Pixels::new(width, height, PixelType::U8x3);
    Resizer::new().resize(&from, &mut to, None).map_err(|_| damaged())?;
    RgbImage::from_raw(width, height, to.into_vec()).ok_or_else(damaged)
}

fn as_jpeg(picture: &RgbImage) -> Result<Copy, Refusal> {
    encoded(picture, JPEG_QUALITY)
}

fn encoded(picture: &RgbImage, quality: u8) -> Result<Copy, Refusal> {
    let (width, height) = picture.dimensions();
    let (Ok(across), Ok(down)) = (u16::try_from(width), u16::try_from(height)) else {
        return Err(too_large(width, height));
    };
    let mut bytes = Vec::new();
    // With the standard's own Huffman tables: tables made for one picture of few colours are misread by zune-jpeg 0.5.
    let encoder = jpeg_encoder::Encoder::new(&mut bytes, quality);
    encoder.encode(picture.as_raw(), across, down, jpeg_encoder::ColorType::Rgb).map_err(|_| damaged())?;
    Ok(Copy { bytes, media: Kind::Jpeg.media(), pixels: (width, height) })
}

fn as_avif(picture: &RgbImage) -> Result<Copy, Refusal> {
    let (width, height) = picture.dimensions();
    let pixels: Vec<RGB8> =
        picture.pixels().map(|pixel| RGB8 { r: pixel.0[0], g: pixel.0[1], b: pixel.0[2] }).collect();
    let image = Img::new(pixels.as_slice(), width as usize, height as usize);
    let encoder =
        ravif::Encoder::new().with_quality(AVIF_QUALITY).with_speed(AVIF_SPEED).with_num_threads(Some(1));
    let bytes = encoder.encode_rgb(image).map_err(|_| damaged())?.avif_file;
    Ok(Copy { bytes, media: Kind::Avif.media(), pixels: (width, height) })
}
