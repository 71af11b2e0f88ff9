//! A clip or a recording of an item: its copies, what is said in it, and how long it lasts.

use network::content::ItemFile;
use network::names::ContentHash;

use crate::files::cues;

/// The shorter side of the copy that telephones are given, in pixels, at most.
const LIGHT: u32 = 240;

/// One copy of a clip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its address.
    pub href: String,
    /// The name under which it is saved.
    pub name: String,
    /// Its bytes.
    pub bytes: u64,
}

/// A clip, or a recording without a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clip {
    /// The name of its file.
    pub name: String,
    /// How long it lasts.
    pub seconds: u32,
    /// True if there is only sound.
    pub is_sound: bool,
    /// Width and height.
    pub pixels: (u32, u32),
    /// The best copy.
    pub best: Version,
    /// A much smaller one.
    pub light: Option<Version>,
    /// The others, with the pixels of their shorter sides.
    pub others: Vec<(u32, Version)>,
    /// The sound alone.
    pub sound: Option<Version>,
    /// The address of the picture that stands before it begins.
    pub poster: Option<String>,
    /// The address of its captions.
    pub captions: Option<String>,
    /// What is said in it, in words.
    pub text: Option<String>,
}

impl Clip {
    /// Divides files into the clips among them and the others. A clip is a file whose length was measured; its copies name it.
    pub fn of<'a>(files: &[&'a ItemFile]) -> (Vec<Clip>, Vec<&'a ItemFile>) {
        let is_clip = |file: &ItemFile| {
            file.of.is_none()
                && file.seconds.is_some()
                && matches!(file.media.as_str(), "video/mp4" | "audio/mpeg")
        };
        let mains: Vec<ContentHash> =
            files.iter().filter(|file| is_clip(file)).map(|file| file.sha256).collect();
        let clips = files.iter().filter(|file| is_clip(file)).map(|file| Clip::drawn(file, files)).collect();
        let belongs = |file: &ItemFile| is_clip(file) || file.of.is_some_and(|of| mains.contains(&of));
        (clips, files.iter().copied().filter(|file| !belongs(file)).collect())
    }

    fn drawn(main: &ItemFile, files: &[&ItemFile]) -> Clip {
        let copy =
            |media: &str| files.iter().find(|file| file.of == Some(main.sha256) && file.media == media);
        let version =
            |file: &ItemFile| Version { href: href(file), name: file.name.clone(), bytes: file.size };
        let short = |file: &ItemFile| file.pixels.map_or(0, |(width, height)| width.min(height));
        let mut smaller: Vec<&ItemFile> = files
            .iter()
            .filter(|file| file.of == Some(main.sha256) && file.media == "video/mp4")
            .copied()
            .collect();
        smaller.sort_by_key(|file| std::cmp::Reverse(short(file)));
        let light = smaller.iter().position(|file| short(file) <= LIGHT).or(smaller.len().checked_sub(1));
        let light = light.map(|at| smaller.remove(at));
        Clip {
            name: main.name.clone(),
            seconds: main.seconds.unwrap_or_default(),
            is_sound: main.media != "video/mp4",
            pixels: main.pixels.unwrap_or((16, 9)),
            best: version(main),
            light: light.map(version),
            others: smaller.into_iter().map(|file| (short(file), version(file))).collect(),
            sound: copy("audio/mp4").map(|file| version(file)),
            poster: copy("image/jpeg").map(|file| href(file)),
            captions: copy("text/vtt").map(|file| href(file)),
            text: main.text.as_deref().map(cues::for_readers),
        }
    }
}

fn href(file: &ItemFile) -> String {
    format!("/content/{}", file.sha256)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, media: &str, of: Option<&ItemFile>) -> ItemFile {
        ItemFile {
            sha256: ContentHash::of(name.as_bytes()),
            size: 9,
            media: media.into(),
            name: name.into(),
            alt: None,
            pixels: None,
            of: of.map(|of| of.sha256),
            text: None,
            seconds: media.starts_with("video").then_some(61),
        }
    }

    #[test]
    fn copies_go_with_their_clip_and_nothing_is_lost() {
        let main = file("a.mp4", "video/mp4", None);
        let copies = [("a.m4a", "audio/mp4"), ("a.jpg", "image/jpeg"), ("a.vtt", "text/vtt")];
        let copies = copies.map(|(name, media)| file(name, media, Some(&main)));
        let sized =
            |name: &str, pixels| ItemFile { pixels: Some(pixels), ..file(name, "video/mp4", Some(&main)) };
        let sizes =
            [sized("a-144.mp4", (256, 144)), sized("a-240.mp4", (426, 240)), sized("a-360.mp4", (640, 360))];
        let paper = file("a.pdf", "application/pdf", None);
        let stray = file("b.m4a", "audio/mp4", Some(&paper));
        let unmeasured = ItemFile { seconds: None, ..file("c.mp4", "video/mp4", None) };
        let all: Vec<&ItemFile> =
            sizes.iter().chain(&copies).chain([&main, &paper, &stray, &unmeasured]).collect();
        let (clips, others) = Clip::of(&all);
        assert_eq!(others, [&paper, &stray, &unmeasured]);
        let [clip] = clips.as_slice() else { panic!("{clips:?}") };
        assert_eq!((clip.best.name.as_str(), clip.seconds, clip.is_sound), ("a.mp4", 61, false));
        let others: Vec<_> =
            clip.others.iter().map(|(short, version)| (*short, version.name.as_str())).collect();
        assert_eq!(clip.light.as_ref().map(|light| light.name.as_str()), Some("a-240.mp4"));
        assert_eq!(others, [(360, "a-360.mp4"), (144, "a-144.mp4")]);
        assert!(
            clip.light.is_some() && clip.sound.is_some() && clip.poster.is_some() && clip.captions.is_some()
        );
    }
}
