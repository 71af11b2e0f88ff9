//! A photo of twelve megapixels and a clip of one minute, made into all that an item holds of them.
//!
//! The photo is drawn: fields of colour under the grain of a sensor, so that it weighs what a telephone's does. The clip is ffmpeg's test picture in full
//! HD with a voice, where espeak-ng is there to speak, else with tones. Times are of processors, this process's and its helpers'.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail, ensure};

use super::report::{Budget, Line};
use super::{Part, Scale};
use crate::files::{Upload, take};

/// Width and height of the photo.
const PHOTO: (u32, u32) = (4_000, 3_000);

const CURE: &str = "không có ffmpeg: cài bằng `apt-get install ffmpeg` rồi chạy lại · ffmpeg is not installed: \
                    `apt-get install ffmpeg` and run again";

/// Measures both.
pub fn media(dir: &Path, scale: Scale) -> anyhow::Result<Vec<Line>> {
    let photo = photo()?;
    let weight = photo.len();
    let upload = |name: &str, bytes| Upload {
        name: name.into(),
        bytes,
        alt: Some("Ảnh thử".into()),
        text: Some("0:00 Bản tin thử.".into()),
        ..Upload::default()
    };
    let began = processors()?;
    let copies = taken(Upload { text: None, ..upload("anh.jpg", photo) })?;
    let took = processors()? - began;
    let mut lines = vec![
        Line::judged(
            Part::Media,
            "ảnh 12 triệu điểm ảnh tới mọi bản · a photo of 12 megapixels to all copies, processor time",
            took,
            "s",
            Budget::AtMost(2.0),
        )
        .beside(format!("{weight} byte, {copies} bản · bytes, {copies} copies")),
    ];
    let (what, budget) = (
        "video một phút tới mọi bản · a clip of one minute to all copies, processor time",
        Budget::AtMost(40.0),
    );
    let Some(clip) = clip(dir, scale.clip)? else {
        lines.push(Line::missing(Part::Media, what, "s", budget, CURE));
        return Ok(lines);
    };
    let weight = clip.len();
    let began = processors()?;
    let copies = taken(Upload { alt: None, ..upload("phim.mp4", clip) })?;
    let took = processors()? - began;
    lines.push(Line::judged(Part::Media, what, took, "s", budget).beside(format!(
        "1920 × 1080, {} giây, {weight} byte, {copies} tệp · seconds, bytes, files",
        scale.clip
    )));
    Ok(lines)
}

fn taken(upload: Upload) -> anyhow::Result<usize> {
    match take(upload) {
        Ok(files) => Ok(files.len()),
        Err(refusals) => bail!(
            "the sample is refused: {}",
            refusals.iter().map(|r| r.en.as_str()).collect::<Vec<_>>().join(" ")
        ),
    }
}

/// Seconds of processors that this process and the helpers that have ended took so far.
fn processors() -> anyhow::Result<f64> {
    let told =
        std::fs::read_to_string("/proc/self/stat").context("read /proc/self/stat: the bench needs Linux")?;
    let (_, fields) = told.rsplit_once(')').context("/proc/self/stat is not as proc(5) says")?;
    // Fields 14 to 17 of proc(5): own and waited-for children's time in user and kernel mode, in hundredths of a second on every Linux.
    let ticks = fields.split_whitespace().skip(11).take(4).map(str::parse::<u64>).sum::<Result<u64, _>>()?;
    Ok(ticks as f64 / 100.0)
}

fn photo() -> anyhow::Result<Vec<u8>> {
    let (width, height) = PHOTO;
    let mut grain = 0x9e37_79b9_u32;
    let picture = image::RgbImage::from_fn(width, height, |x, y| {
        grain ^= grain << 13;
        grain ^= grain >> 17;
        grain ^= grain << 5;
        let noise = (grain % 13) as u8;
        let field = |a: u32, b: u32| (((x / a) * 37 + (y / b) * 91 + x * y / 40_000) % 200) as u8 + noise;
        image::Rgb([field(310, 270), field(190, 420), field(530, 160)])
    });
    let mut bytes = Vec::new();
    let (across, down) = (u16::try_from(width)?, u16::try_from(height)?);
    let encoder = jpeg_encoder::Encoder::new(&mut bytes, 90);
    encoder.encode(picture.as_raw(), across, down, jpeg_encoder::ColorType::Rgb)?;
    Ok(bytes)
}

/// The clip; `None` without ffmpeg.
fn clip(dir: &Path, seconds: u32) -> anyhow::Result<Option<Vec<u8>>> {
    let spoken = Command::new("espeak-ng")
        .args([
            "-v",
            "vi",
            "-w",
            "noi.wav",
            &"Kính thưa bà con, nước đang lên, đề nghị bà con sơ tán ngay. ".repeat(20),
        ])
        .current_dir(dir)
        .status()
        .is_ok_and(|status| status.success());
    let picture = format!("testsrc=size=1920x1080:rate=30:duration={seconds}");
    let tone = format!("sine=frequency=220:duration={seconds}");
    let sound: &[&str] =
        if spoken { &["-stream_loop", "-1", "-i", "noi.wav"] } else { &["-f", "lavfi", "-i", &tone] };
    let length = seconds.to_string();
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-f", "lavfi", "-i", &picture])
        .args(sound)
        .args(["-t", &length, "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "phim.mp4"])
        .current_dir(dir)
        .status();
    let Ok(made) = made else { return Ok(None) };
    ensure!(made.success(), "ffmpeg could not make the sample clip");
    Ok(Some(std::fs::read(dir.join("phim.mp4"))?))
}
