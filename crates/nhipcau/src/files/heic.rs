//! Pictures of telephones in HEIC, through Debian's converter as a process of its own.
//!
//! The format has no decoder in Rust that could be trusted with strangers' bytes; a process can be stopped, and its faults
//! stay in it. Without the program a HEIC picture is refused, and the refusal names the package.

use std::path::Path;
use std::time::Duration;

use super::Refusal;
use super::process::{self, Failed};

/// The converter's program, in Debian's package `libheif-examples`.
pub(super) const CONVERTER: &str = "heif-convert";
/// It is stopped after so long.
const LONGEST: Duration = Duration::from_secs(20);
/// The most bytes that it may make of one picture.
const MOST_MADE: u64 = 256 << 20;

/// The picture as PNG.
pub(super) fn as_png(converter: &str, bytes: &[u8]) -> Result<Vec<u8>, Refusal> {
    let folder = tempfile::tempdir().map_err(|_| not_converted())?;
    let (from, to) = (folder.path().join("picture.heic"), folder.path().join("picture.png"));
    std::fs::write(&from, bytes).map_err(|_| not_converted())?;
    let arguments = ["picture.heic", "picture.png"];
    match process::run(converter, &arguments, folder.path(), LONGEST) {
        Ok(_) => made(&to, folder.path()),
        Err(Failed::Absent) => Err(no_converter()),
        Err(Failed::Broken) => Err(not_converted()),
    }
}

/// What the converter wrote: the named file, or of several pictures in one file the first.
fn made(to: &Path, folder: &Path) -> Result<Vec<u8>, Refusal> {
    let first = folder.join("picture-1.png");
    let file = if to.exists() { to } else { first.as_path() };
    let size = std::fs::metadata(file).map_err(|_| not_converted())?.len();
    if size > MOST_MADE {
        return Err(not_converted());
    }
    std::fs::read(file).map_err(|_| not_converted())
}

fn no_converter() -> Refusal {
    Refusal::of_bytes(
        "Máy chủ chưa đọc được ảnh HEIC. Hãy lưu ảnh thành JPEG rồi gửi lại; hoặc đề nghị người quản trị cài gói libheif-examples (lệnh heif-convert).",
        "This node cannot read HEIC. Save the picture as JPEG, or ask the administrator to install the package libheif-examples (command heif-convert).",
    )
}

fn not_converted() -> Refusal {
    Refusal::of_bytes(
        "Không chuyển được ảnh HEIC: tệp hỏng hoặc quá lớn. Hãy lưu ảnh thành JPEG rồi gửi lại.",
        "The HEIC picture cannot be converted: it is damaged or too large. Save it as JPEG and hand it in again.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn program(folder: &Path, script: &str) -> String {
        let path = folder.join("convert");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path.to_str().unwrap().to_owned()
    }

    #[test]
    fn the_converter_is_a_process_that_may_fail() {
        let folder = tempfile::tempdir().unwrap();
        let good = program(folder.path(), "cp \"$1\" \"$2\"");
        assert_eq!(as_png(&good, b"pixels").unwrap(), b"pixels");
        let several = program(folder.path(), "cp \"$1\" \"${2%.png}-1.png\"");
        assert_eq!(as_png(&several, b"first").unwrap(), b"first");
        let fails = program(folder.path(), "exit 1");
        assert_eq!(as_png(&fails, b"x").unwrap_err(), not_converted());
        let silent = program(folder.path(), "exit 0");
        assert_eq!(as_png(&silent, b"x").unwrap_err(), not_converted());
    }

    /// A picture of four colours with the maker of the telephone and a place in it, made by `heif-enc` of libheif 1.15.
    const TELEPHONE: &[u8] = include_bytes!("../../tests/pictures/telephone.heic");

    #[test]
    fn a_real_picture_of_a_telephone_comes_out_without_its_place() {
        if std::process::Command::new(CONVERTER).arg("--version").output().is_err() {
            println!("skipped: a real HEIC picture needs Debian's libheif-examples");
            return;
        }
        let holds = |bytes: &[u8], words: &[u8]| bytes.windows(words.len()).any(|part| part == words);
        let traces: [&[u8]; 3] = [b"SECRETPHONEMAKE", b"GPSPLACEHANOI", b"Exif"];
        assert!(traces.iter().all(|trace| holds(TELEPHONE, trace)), "nothing to take away");
        let upload = super::super::Upload {
            name: "IMG_0001.HEIC".into(),
            bytes: TELEPHONE.to_vec(),
            alt: Some("Cầu mới".into()),
            ..Default::default()
        };
        let made = super::super::take(upload).unwrap();
        let media: Vec<_> = made.iter().map(|(file, _)| file.media.as_str()).collect();
        assert!(media.contains(&"image/jpeg") && media.contains(&"image/avif"), "{media:?}");
        for (file, bytes) in &made {
            assert!(!traces.iter().any(|trace| holds(bytes, trace)), "{}: a trace is left", file.name);
        }
        let (_, jpeg) = made.iter().find(|(file, _)| file.media == "image/jpeg").unwrap();
        let seen = image::load_from_memory(jpeg).unwrap().to_rgb8();
        assert_eq!(seen.dimensions(), (480, 320));
        for (x, y, due) in [(100, 80, [220, 20, 20]), (380, 80, [20, 200, 20]), (100, 240, [20, 20, 220])] {
            let near = seen.get_pixel(x, y).0.iter().zip(due).all(|(a, b)| a.abs_diff(b) < 24);
            assert!(near, "{x},{y}: {:?}", seen.get_pixel(x, y));
        }
        let broken = &TELEPHONE[..TELEPHONE.len() / 2];
        assert_eq!(as_png(CONVERTER, broken).unwrap_err(), not_converted());
    }

    #[test]
    fn without_it_the_package_is_named() {
        let refusal = as_png("no-such-converter-here", b"x").unwrap_err();
        assert!(refusal.vi.contains("libheif-examples") && refusal.en.contains("libheif-examples"));
    }
}
