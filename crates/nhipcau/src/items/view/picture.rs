//! A picture of an item: one of its copies, whichever suits the reader's screen and browser.

use network::content::ItemFile;

/// A picture in all its copies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// What it shows; empty if it only decorates.
    pub alt: String,
    /// The address of the largest JPEG, for browsers that choose nothing.
    pub src: String,
    /// The bytes of that copy.
    pub bytes: u64,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// Addresses and widths of the copies in AVIF; empty if there are none.
    pub avif: String,
    /// True if no copy in AVIF is as wide as the picture: they are for narrow screens.
    pub avif_narrow: bool,
    /// The same in JPEG.
    pub jpeg: String,
    /// What it says, in words, if it is full of figures.
    pub text: Option<String>,
}

impl Picture {
    /// Divides an item's files into its pictures and the others. A picture is a JPEG with words or the sign that it needs
    /// none, and its size; its copies are the files that name it.
    pub fn of(files: &[ItemFile]) -> (Vec<Picture>, Vec<&ItemFile>) {
        let mut pictures = Vec::new();
        let is_picture = |file: &ItemFile| {
            file.of.is_none() && file.media == "image/jpeg" && file.alt.is_some() && file.pixels.is_some()
        };
        for file in files.iter().filter(|file| is_picture(file)) {
            let (Some(alt), Some((width, height))) = (&file.alt, file.pixels) else { continue };
            let copies = |media: &'static str| {
                let fits = move |copy: &&ItemFile| {
                    copy.media == media && (copy.of == Some(file.sha256) || copy.sha256 == file.sha256)
                };
                files.iter().filter(fits).filter_map(|copy| Some((copy.sha256, copy.pixels?.0)))
            };
            let set = |media| {
                let one = |(hash, width)| format!("/content/{hash} {width}w");
                copies(media).map(one).collect::<Vec<String>>().join(", ")
            };
            pictures.push(Picture {
                alt: alt.clone(),
                src: format!("/content/{}", file.sha256),
                bytes: file.size,
                width,
                height,
                avif: set("image/avif"),
                avif_narrow: copies("image/avif").all(|(_, its)| its < width),
                jpeg: set("image/jpeg"),
                text: file.text.clone(),
            });
        }
        let mains: Vec<_> = files.iter().filter(|file| is_picture(file)).map(|file| file.sha256).collect();
        let copy = |file: &ItemFile| file.of.is_some_and(|of| mains.contains(&of));
        let others = files.iter().filter(|file| !is_picture(file) && !copy(file)).collect();
        (pictures, others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use network::names::ContentHash;

    fn file(name: &str, media: &str, width: u32, of: Option<&ItemFile>) -> ItemFile {
        ItemFile {
            sha256: ContentHash::of(name.as_bytes()),
            size: 1,
            media: media.into(),
            name: name.into(),
            alt: of.is_none().then(|| "Cầu".into()),
            pixels: Some((width, width / 2)),
            of: of.map(|of| of.sha256),
            text: None,
            seconds: None,
        }
    }

    #[test]
    fn copies_go_with_their_picture_and_nothing_is_lost() {
        let main = file("cau.jpg", "image/jpeg", 1280, None);
        let small = file("cau-320.jpg", "image/jpeg", 320, Some(&main));
        let avif = file("cau.avif", "image/avif", 1280, Some(&main));
        let paper = ItemFile { alt: None, pixels: None, ..file("a.pdf", "application/pdf", 1, None) };
        let stray = file("la.jpg", "image/jpeg", 320, Some(&paper));
        let files = [main.clone(), small.clone(), avif.clone(), paper.clone(), stray.clone()];
        let (pictures, others) = Picture::of(&files);
        assert_eq!(others, [&paper, &stray], "a copy of what is no picture is a file");
        let [picture] = pictures.as_slice() else { panic!("{pictures:?}") };
        assert_eq!((picture.width, picture.height, picture.alt.as_str()), (1280, 640, "Cầu"));
        assert_eq!(picture.avif, format!("/content/{} 1280w", avif.sha256));
        assert!(!picture.avif_narrow);
        let narrow = file("cau-640.avif", "image/avif", 640, Some(&main));
        assert!(Picture::of(&[main.clone(), narrow]).0[0].avif_narrow, "no screen that is wide gets it");
        assert_eq!(picture.jpeg, format!("/content/{} 1280w, /content/{} 320w", main.sha256, small.sha256));
    }
}
