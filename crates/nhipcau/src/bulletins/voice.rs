//! Sound of a bulletin, by Debian's espeak-ng (`-v vi`) and ffmpeg as processes of their own. Where they are not installed, the
//! text is as good: people read it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::files::process::{self, Failed};

/// The voice: Debian's package `espeak-ng`.
pub const VOICE: &str = "espeak-ng";
/// The converter: Debian's package `ffmpeg`.
pub const CONVERTER: &str = "ffmpeg";
/// Words a minute: slower than talk, for loudspeakers echo.
const PACE: &str = "145";
/// Either program is stopped after so long.
const LONGEST: Duration = Duration::from_secs(300);

/// In which form the sound is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// MP3, for any player.
    Mp3,
    /// Ogg Vorbis.
    Ogg,
    /// WAV as the voice gives it; needs no converter.
    Wav,
}

impl Form {
    /// The ending of its files, without the dot.
    pub fn ending(self) -> &'static str {
        match self {
            Form::Mp3 => "mp3",
            Form::Ogg => "ogg",
            Form::Wav => "wav",
        }
    }

    /// Its media type.
    pub fn media(self) -> &'static str {
        match self {
            Form::Mp3 => "audio/mpeg",
            Form::Ogg => "audio/ogg",
            Form::Wav => "audio/wav",
        }
    }

    /// The form of that ending.
    pub fn named(ending: &str) -> Option<Form> {
        [Form::Mp3, Form::Ogg, Form::Wav].into_iter().find(|form| form.ending() == ending)
    }

    /// The form that a file's ending names; nothing for any other.
    pub fn of(path: &Path) -> Option<Form> {
        Form::named(&path.extension()?.to_str()?.to_ascii_lowercase())
    }
}

/// Why there is no sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VoiceError {
    /// The voice is not installed.
    #[error(
        "máy này chưa có giọng đọc: cài gói espeak-ng (apt install espeak-ng), hoặc ghi ra tệp .txt để người đọc · espeak-ng is not installed; install it, or write a .txt for a person to read"
    )]
    NoVoice,
    /// The converter is not installed.
    #[error(
        "máy này chưa có ffmpeg để tạo MP3, OGG: cài gói ffmpeg (apt install ffmpeg), hoặc ghi ra tệp .wav · ffmpeg is not installed; install it, or write a .wav"
    )]
    NoConverter,
    /// One of them failed.
    #[error("không tạo được âm thanh: {0} báo lỗi hoặc quá lâu · {0} failed or took too long")]
    Failed(&'static str),
    /// Nothing can be written to the temporary folder.
    #[error(
        "không ghi được tệp tạm: kiểm tra dung lượng đĩa · the temporary folder cannot be written to; is the disk full?"
    )]
    NoRoom,
}

/// Has a text read: where the sound lies in `folder`, and its length in seconds; `packing` is told once the voice has read.
///
/// # Errors
/// A program is not installed, or fails.
pub fn sound(
    said: &str,
    form: Form,
    folder: &Path,
    packing: &dyn Fn(),
) -> Result<(PathBuf, u64), VoiceError> {
    by((VOICE, CONVERTER), said, form, folder, packing)
}

fn by(
    programs: (&'static str, &'static str),
    said: &str,
    form: Form,
    folder: &Path,
    packing: &dyn Fn(),
) -> Result<(PathBuf, u64), VoiceError> {
    let (voice, converter) = programs;
    let (text, wav) = (folder.join("said.txt"), folder.join("said.wav"));
    std::fs::write(&text, said).map_err(|_| VoiceError::Failed(voice))?;
    let arguments = ["-v", "vi", "-s", PACE, "-f", "said.txt", "-w", "said.wav"];
    process::run(voice, &arguments, folder, LONGEST).map_err(|failed| match failed {
        Failed::Absent => VoiceError::NoVoice,
        Failed::Broken => VoiceError::Failed(voice),
    })?;
    let seconds = seconds(&wav).ok_or(VoiceError::Failed(voice))?;
    let (name, codec, quality) = match form {
        Form::Wav => return Ok((wav, seconds)),
        // A voice needs no more.
        Form::Mp3 => ("said.mp3", "libmp3lame", ["-b:a", "48k"]),
        Form::Ogg => ("said.ogg", "libvorbis", ["-q:a", "2"]),
    };
    packing();
    let [flag, value] = quality;
    let arguments = [
        "-nostdin",
        "-y",
        "-i",
        "said.wav",
        "-map_metadata",
        "-1",
        "-ac",
        "1",
        "-c:a",
        codec,
        flag,
        value,
        name,
    ];
    process::run(converter, &arguments, folder, LONGEST).map_err(|failed| match failed {
        Failed::Absent => VoiceError::NoConverter,
        Failed::Broken => VoiceError::Failed(converter),
    })?;
    Ok((folder.join(name), seconds))
}

/// The length of a WAV file by its header: bytes of sound by bytes a second (RIFF WAVE). The voice writes a stream, and may leave
/// the sizes unknown: what counts is how long the file is.
fn seconds(wav: &Path) -> Option<u64> {
    use std::io::Read;
    let mut head = [0; 44];
    let mut file = std::fs::File::open(wav).ok()?;
    file.read_exact(&mut head).ok()?;
    let rate = u32::from_le_bytes(head[28..32].try_into().ok()?);
    let bytes = file.metadata().ok()?.len().checked_sub(44)?;
    let fits = &head[..4] == b"RIFF" && &head[8..12] == b"WAVE" && rate > 0;
    fits.then(|| bytes.div_ceil(rate.into()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_not_installed_is_named_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let error = by(("no-such-voice", "x"), "một", Form::Mp3, folder.path(), &|| {}).unwrap_err();
        assert_eq!(error, VoiceError::NoVoice);
        assert!(error.to_string().contains("apt install espeak-ng") && error.to_string().contains(".txt"));
        assert!(VoiceError::NoConverter.to_string().contains(".wav"));
    }

    #[test]
    fn a_voice_that_fails_gives_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(
            by(("false", "x"), "một", Form::Wav, folder.path(), &|| {}),
            Err(VoiceError::Failed("false"))
        );
        assert_eq!(
            by(("true", "x"), "một", Form::Wav, folder.path(), &|| {}),
            Err(VoiceError::Failed("true"))
        );
    }

    #[test]
    fn the_ending_of_a_file_says_its_form() {
        let of = |name: &str| Form::of(Path::new(name));
        assert_eq!(
            [of("a.mp3"), of("b.OGG"), of("c.wav"), of("d.txt")],
            [Some(Form::Mp3), Some(Form::Ogg), Some(Form::Wav), None]
        );
    }
}
