//! Debian's ffmpeg and ffprobe, called as processes of their own within bounds of time, memory and processor.

use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use super::Refusal;
use super::clip::damaged;
use super::process::{self, Failed};

/// Making one copy is stopped after so long.
const LONGEST: Duration = Duration::from_secs(900);
/// A process may take so much memory, in bytes, and so many seconds of a processor.
const BOUNDS: [&str; 2] = ["--as=3221225472", "--cpu=1800"];
/// Picture and sound of what is as small as this stay as they are: shorter side in pixels, bits a second.
const SMALL: (u32, u64) = (480, 900_000);

#[derive(Deserialize)]
struct Probed {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    format: Format,
}

#[derive(Default, Deserialize)]
struct Format {
    duration: Option<String>,
    bit_rate: Option<String>,
}

#[derive(Deserialize)]
struct Stream {
    codec_type: Option<String>,
    codec_name: Option<String>,
    width: Option<u32>,
    height: Option<u32>,
}

/// What a clip or a recording is.
pub(super) struct Facts {
    /// How long it lasts, in seconds.
    pub(super) seconds: u32,
    /// Width and height, if there is a picture.
    pub(super) pixels: Option<(u32, u32)>,
    /// True if it has sound.
    pub(super) has_sound: bool,
    /// True if picture and sound may stay as they are.
    pub(super) is_small: bool,
}

/// What a file of the folder is, `in.mp4`, read as a format.
pub(super) fn facts(probe: &str, folder: &Path, format: &str) -> Result<Facts, Failed> {
    let asked = "format=duration,bit_rate:stream=codec_type,codec_name,width,height";
    let arguments = [
        "-v",
        "error",
        "-f",
        format,
        "-protocol_whitelist",
        "file",
        "-show_entries",
        asked,
        "-of",
        "json",
        "in.mp4",
    ];
    let told = process::run(probe, &arguments, folder, Duration::from_secs(30))?;
    let probed: Probed = serde_json::from_slice(&told).map_err(|_| Failed::Broken)?;
    let number = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<f64>().ok());
    let seconds = number(&probed.format.duration).filter(|s| *s > 0.0 && *s < 1e6).ok_or(Failed::Broken)?;
    let of = |kind: &str| probed.streams.iter().find(|stream| stream.codec_type.as_deref() == Some(kind));
    let (video, audio) = (of("video"), of("audio"));
    let pixels = video.and_then(|stream| stream.width.zip(stream.height)).filter(|(w, h)| *w > 0 && *h > 0);
    let plays = video.is_some_and(|stream| stream.codec_name.as_deref() == Some("h264"))
        && audio.is_none_or(|stream| stream.codec_name.as_deref() == Some("aac"))
        && probed.streams.len() <= 2;
    let light = number(&probed.format.bit_rate).is_some_and(|rate| rate <= SMALL.1 as f64);
    Ok(Facts {
        seconds: (seconds.round() as u32).max(1),
        pixels,
        has_sound: audio.is_some(),
        is_small: plays && light && pixels.is_some_and(|(w, h)| w.min(h) <= SMALL.0),
    })
}

/// Films a copy from the picture of the first file and the sound of the last.
pub(super) fn film(
    maker: &str,
    folder: &Path,
    from: &[&str],
    (width, height): (u32, u32),
    how: &[&str],
    to: &str,
) -> Result<(), Refusal> {
    // Downwards the quick filter sees every pixel of the original too, and takes half the time of the bicubic one.
    let size = format!("scale={width}:{height}:flags=bilinear");
    let sound = if from.len() > 1 { "1:a:0" } else { "0:a:0?" };
    let head = [
        "-map",
        "0:v:0",
        "-map",
        sound,
        "-vf",
        &size,
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-profile:v",
        "main",
        "-pix_fmt",
        "yuv420p",
        "-ac",
        "1",
    ];
    run(maker, folder, from, &[&head[..], how].concat(), to)
}

/// Runs the program once: from files of the folder into one of it.
pub(super) fn run(maker: &str, folder: &Path, from: &[&str], what: &[&str], to: &str) -> Result<(), Refusal> {
    let begin = [maker, "-v", "error", "-nostdin", "-y", "-filter_threads", "1"];
    // One thread reads, too: more take more time of processors in all, and the node has others to serve.
    let read = |from| ["-threads", "1", "-f", "mov", "-protocol_whitelist", "file", "-i", from];
    let read: Vec<&str> = from.iter().copied().flat_map(read).collect();
    // The same clip gives the same bytes, and nothing of its metadata.
    let end = [
        "-map_metadata",
        "-1",
        "-map_chapters",
        "-1",
        "-sn",
        "-dn",
        "-fflags",
        "+bitexact",
        "-flags:v",
        "+bitexact",
        "-flags:a",
        "+bitexact",
        "-movflags",
        "+faststart",
        "-threads",
        "1",
        to,
    ];
    let arguments = [&BOUNDS[..], &begin, &read, what, &end].concat();
    process::run("prlimit", &arguments, folder, LONGEST).map(|_| ()).map_err(|_| damaged())
}
