//! Clips, made light: one that a cheap telephone plays, smaller ones down to half a megabyte a minute, the sound alone, and a still picture
//! to begin with; through Debian's ffmpeg as a process of its own.
//!
//! All are made anew without what came along beside picture and sound (place, camera, owner). Without the program a clip is
//! taken as it is, unless it tells where it was taken.

use std::path::Path;

use super::ffmpeg::{facts, film, run};
use super::process::Failed;
use super::{Kind, Refusal, Wanted, picture, video};

/// The programs, in Debian's package `ffmpeg`.
const MAKER: &str = "ffmpeg";
const PROBE: &str = "ffprobe";
/// The longest clip, in seconds.
const MOST_SECONDS: u32 = 1_800;

/// One of the files that a clip becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Media type.
    pub media: String,
    /// Width and height, if there is a picture.
    pub pixels: Option<(u32, u32)>,
    /// How long it lasts, if it does.
    pub seconds: Option<u32>,
    /// What stands behind the name's stem: `-240.mp4`.
    pub ending: String,
}

/// What is being made of a clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Making {
    /// The copy from which all others are made.
    Best,
    /// One whose shorter side has so many pixels.
    Size(u32),
    /// The sound alone.
    Sound,
    /// The still picture.
    Still,
}

/// A clip as it is handed in.
#[derive(Clone, Copy)]
pub enum Given<'a> {
    /// Its bytes.
    Bytes(&'a [u8]),
    /// The file that holds them, by its absolute path.
    File(&'a Path),
}

/// A copy below the best one.
struct Rung {
    /// Longer and shorter side at most.
    within: (u32, u32),
    ending: &'static str,
    rate: [&'static str; 8],
    /// How its sound is made; none: it is that of the sound alone.
    sound: Option<[&'static str; 6]>,
}

/// The best copy of a clip, the sound alone of one.
const MAIN: &str = "main.mp4";
const SOUND: &str = "sound.m4a";

/// Few lines in the country carry the best one all day: each of these takes about a third of what the one above takes.
const RUNGS: [Rung; 3] = [
    Rung {
        within: (640, 360),
        ending: "-360.mp4",
        rate: ["-crf", "30", "-maxrate", "240k", "-bufsize", "480k", "-fpsmax", "25"],
        sound: None,
    },
    Rung {
        within: (426, 240),
        ending: "-240.mp4",
        rate: ["-crf", "32", "-maxrate", "72k", "-bufsize", "144k", "-fpsmax", "15"],
        sound: Some(["-c:a", "aac", "-b:a", "24k", "-ar", "22050"]),
    },
    Rung {
        within: (256, 144),
        ending: "-144.mp4",
        rate: ["-crf", "34", "-maxrate", "40k", "-bufsize", "80k", "-fpsmax", "12"],
        sound: Some(["-c:a", "aac", "-b:a", "16k", "-ar", "16000"]),
    },
];

/// How long a recording lasts; `None` where that cannot be asked.
pub(super) fn lasts(bytes: &[u8]) -> Option<u32> {
    let folder = folder(Given::Bytes(bytes)).ok()?;
    facts(PROBE, folder.path(), "mp3").ok().map(|facts| facts.seconds)
}

/// The copies of a clip, the first in its place; `None` without the program. What is begun is told.
pub(super) fn copies(
    given: Given<'_>,
    wanted: Wanted,
    tell: &dyn Fn(Making),
) -> Result<Option<Vec<Copy>>, Refusal> {
    made((PROBE, MAKER), given, wanted, tell)
}

fn made(
    (probe, maker): (&str, &str),
    given: Given<'_>,
    wanted: Wanted,
    tell: &dyn Fn(Making),
) -> Result<Option<Vec<Copy>>, Refusal> {
    let folder = folder(given)?;
    let folder = folder.path();
    let facts = match facts(probe, folder, "mov") {
        Ok(facts) => facts,
        Err(Failed::Absent) => return Ok(None),
        Err(Failed::Broken) => return Err(damaged()),
    };
    let Some(pixels) = facts.pixels else { return Err(damaged()) };
    if facts.seconds > MOST_SECONDS {
        return Err(too_long());
    }
    let copy = |name: &str, media: &str, pixels, ending: &str| {
        let bytes = std::fs::read(folder.join(name)).map_err(|_| damaged())?;
        Ok(Copy {
            bytes,
            media: media.into(),
            pixels,
            seconds: Some(facts.seconds),
            ending: ending.to_owned(),
        })
    };
    tell(Making::Best);
    let size = if facts.is_small { pixels } else { fitted(pixels, (854, 480)) };
    match given {
        // As it was made here for an earlier edition: the same bytes again.
        Given::Bytes(bytes) if facts.is_small && video::is_bare(bytes) => {
            std::fs::write(folder.join(MAIN), bytes).map_err(|_| damaged())?;
        }
        _ if facts.is_small => {
            run(maker, folder, &["in.mp4"], &["-map", "0:v:0", "-map", "0:a:0?", "-c", "copy"], MAIN)?;
        }
        _ => {
            let rate = ["-crf", "28", "-maxrate", "600k", "-bufsize", "1200k", "-fpsmax", "30"];
            // At this rate of one voice the quick coder is as good, and takes a sixth of the time.
            let sound = ["-c:a", "aac", "-aac_coder", "fast", "-b:a", "48k", "-ar", "32000"];
            film(maker, folder, &["in.mp4"], size, &[&rate[..], &sound].concat(), MAIN)?;
        }
    }
    let mut copies = vec![copy(MAIN, "video/mp4", Some(size), ".mp4")?];
    // One that was not made anew has not been looked through yet: making its copies does that.
    if wanted == Wanted::First && !facts.is_small {
        return Ok(Some(copies));
    }
    if facts.has_sound {
        tell(Making::Sound);
        let sound = ["-map", "0:a:0", "-vn", "-c:a", "aac", "-ac", "1", "-b:a", "32k", "-ar", "24000"];
        run(maker, folder, &[MAIN], &sound, SOUND)?;
    }
    let (mut smallest, mut above) = (copies[0].bytes.len(), MAIN);
    for rung in &RUNGS {
        let pixels = fitted(size, rung.within);
        if pixels == size && rung.within.1 > 240 {
            continue;
        }
        tell(Making::Size(rung.within.1));
        // Each is made from the one above it: fewer pixels are read.
        let (from, sound): (&[&str], &[&str]) = match &rung.sound {
            _ if !facts.has_sound => (&[above], &[]),
            Some(sound) => (&[above], sound),
            None => (&[above, SOUND], &["-c:a", "copy"]),
        };
        let to = rung.ending.trim_start_matches('-');
        film(maker, folder, from, pixels, &[&rung.rate[..], sound].concat(), to)?;
        above = to;
        let made = copy(to, "video/mp4", Some(pixels), rung.ending)?;
        if made.bytes.len() * 5 < smallest * 4 {
            smallest = made.bytes.len();
            copies.push(made);
        }
    }
    if facts.has_sound {
        copies.push(copy(SOUND, "audio/mp4", None, ".m4a")?);
    }
    tell(Making::Still);
    // Not the very beginning, which is often black.
    let at = format!("{}", (facts.seconds / 3).min(5));
    let still = ["-ss", &at, "-map", "0:v:0", "-frames:v", "1", "-c:v", "png"];
    run(maker, folder, &[MAIN], &still, "still.png")?;
    let still = copy("still.png", Kind::Png.media(), None, ".jpg")?;
    let picture::Copy { bytes, media, pixels } = picture::still(&still.bytes)?;
    copies.push(Copy { bytes, media: media.into(), pixels: Some(pixels), seconds: None, ..still });
    Ok(Some(copies))
}

fn folder(given: Given<'_>) -> Result<tempfile::TempDir, Refusal> {
    let folder = tempfile::tempdir().map_err(|_| damaged())?;
    let place = folder.path().join("in.mp4");
    match given {
        Given::Bytes(bytes) => std::fs::write(place, bytes),
        Given::File(file) => std::os::unix::fs::symlink(file, place),
    }
    .map_err(|_| damaged())?;
    Ok(folder)
}

/// The size of a copy whose longer and shorter sides are at most these, both even; never larger than it is.
fn fitted((width, height): (u32, u32), (long, short): (u32, u32)) -> (u32, u32) {
    let most = if width >= height { (long, short) } else { (short, long) };
    let by = (f64::from(most.0) / f64::from(width)).min(f64::from(most.1) / f64::from(height)).min(1.0);
    let even = |side: u32| ((f64::from(side) * by / 2.0).round() as u32 * 2).max(2);
    (even(width), even(height))
}

fn too_long() -> Refusal {
    Refusal::of_bytes(
        "Video dài quá 30 phút. Hãy cắt thành nhiều đoạn, mỗi đoạn một ý.",
        "The clip is longer than 30 minutes. Cut it into several, one matter each.",
    )
}

pub(super) fn damaged() -> Refusal {
    Refusal::of_bytes(
        "Không mở được video: tệp hỏng, bị cắt cụt, hoặc không có hình. Hãy xuất lại thành MP4 (H.264) rồi gửi lại.",
        "The clip cannot be opened: it is damaged, cut short, or has no picture. Export it as MP4 (H.264) and hand it in again.",
    )
}

#[cfg(test)]
pub(super) mod tests {
    use std::process::Command;

    use super::*;

    /// Four seconds of a test picture with a tone, in HD, with a place in its metadata; `None` without ffmpeg.
    pub fn filmed() -> Option<Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        let picture = "testsrc=size=1280x720:rate=50:duration=4";
        let done = Command::new(MAKER)
            .args([
                "-v",
                "error",
                "-f",
                "lavfi",
                "-i",
                picture,
                "-f",
                "lavfi",
                "-i",
                "sine=frequency=440:duration=4",
            ])
            .args(["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-shortest"])
            .args(["-metadata", "artist=SECRETOWNER", "-metadata", "comment=NHARIENG", "clip.mp4"])
            .current_dir(folder.path())
            .status();
        match done {
            Ok(status) if status.success() => Some(std::fs::read(folder.path().join("clip.mp4")).unwrap()),
            _ => {
                println!("skipped: a real clip needs Debian's ffmpeg");
                None
            }
        }
    }

    fn holds(bytes: &[u8], words: &[u8]) -> bool {
        bytes.windows(words.len()).any(|part| part == words)
    }

    #[test]
    fn a_clip_becomes_light_copies_without_who_made_it() {
        let Some(clip) = filmed() else { return };
        assert!(holds(&clip, b"SECRETOWNER") && holds(&clip, b"NHARIENG"), "nothing to take away");
        let begun = std::cell::RefCell::new(Vec::new());
        let made =
            copies(Given::Bytes(&clip), Wanted::All, &|what| begun.borrow_mut().push(what)).unwrap().unwrap();
        let sizes = [360, 240, 144].map(Making::Size);
        assert_eq!(*begun.borrow(), [&[Making::Best, Making::Sound][..], &sizes, &[Making::Still]].concat());
        let told: Vec<_> =
            made.iter().map(|copy| (copy.ending.as_str(), copy.pixels, copy.seconds)).collect();
        assert_eq!(
            told,
            [
                (".mp4", Some((854, 480)), Some(4)),
                ("-360.mp4", Some((640, 360)), Some(4)),
                ("-240.mp4", Some((426, 240)), Some(4)),
                ("-144.mp4", Some((256, 144)), Some(4)),
                (".m4a", None, Some(4)),
                (".jpg", Some((640, 359)), None),
            ]
        );
        assert!(video::lasts(&made[0].bytes).is_some_and(|lasts| lasts.abs_diff(4_000) < 100));
        assert_eq!(video::lasts(b"no film"), None);
        for copy in &made {
            assert!(
                !holds(&copy.bytes, b"SECRETOWNER") && !holds(&copy.bytes, b"NHARIENG"),
                "{}",
                copy.ending
            );
        }
        assert!(made[2].bytes.len() * 60 / 4 < 1_200_000, "a minute: {}", made[2].bytes.len() * 15);
        let copies = |given, wanted| copies(given, wanted, &|_| ());
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &clip).unwrap();
        for given in [Given::Bytes(&clip), Given::File(file.path())] {
            let first = copies(given, Wanted::First).unwrap().unwrap();
            assert!(first.len() == 1 && first[0].bytes == made[0].bytes);
        }
        let again = copies(Given::Bytes(&made[0].bytes), Wanted::All).unwrap().unwrap();
        assert!(again.iter().zip(&made).all(|(one, other)| one.bytes == other.bytes));
        assert_eq!(copies(Given::Bytes(&clip[..clip.len() / 3]), Wanted::All).err(), Some(damaged()));
    }

    #[test]
    fn without_the_program_a_clip_is_taken_as_it_is() {
        assert!(
            made(("no-such-probe-here", "no-such-maker"), Given::Bytes(b"x"), Wanted::All, &|_| ())
                .unwrap()
                .is_none()
        );
    }

    #[test]
    fn a_telephone_held_upright_stays_upright() {
        assert_eq!(fitted((1080, 1920), (854, 480)), (480, 854));
        assert_eq!(fitted((320, 240), (854, 480)), (320, 240));
        assert_eq!(fitted((1, 1), (854, 480)), (2, 2));
    }
}
