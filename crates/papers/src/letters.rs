//! The letters that the PDF carries: how wide each is, and which glyph draws it.

use std::io::Write as _;
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use ttf_parser::Face;
use unicode_normalization::UnicodeNormalization;

use crate::Style;

/// Widths are in thousandths of the letter size, as PDF has them.
const UNIT: f32 = 1000.0;

/// The letters of one style.
pub struct Letters {
    /// The font's file, compressed once for all papers.
    pub packed: Vec<u8>,
    /// Every letter that it can draw, with its glyph, each glyph once.
    pub drawn: Vec<(u16, char)>,
    /// Its name in the PDF.
    pub name: &'static str,
    face: Face<'static>,
}

impl Letters {
    fn of(data: &'static [u8], name: &'static str) -> Letters {
        // Compiled in, and read by the tests.
        #[allow(clippy::expect_used)]
        let face = Face::parse(data, 0).expect("a font that is compiled in");
        #[allow(clippy::expect_used)]
        let packed = packed(data).expect("memory takes what is compiled in");
        Letters { packed, drawn: drawn(&face), name, face }
    }

    /// The glyph of a letter; a letter that the font lacks is drawn as its sign for that.
    pub fn glyph(&self, letter: char) -> u16 {
        self.face.glyph_index(letter).map_or(0, |glyph| glyph.0)
    }

    /// How wide a glyph is, in thousandths of the letter size.
    pub fn glyph_width(&self, glyph: u16) -> f32 {
        self.scaled(f32::from(self.face.glyph_hor_advance(ttf_parser::GlyphId(glyph)).unwrap_or_default()))
    }

    /// How wide a text is at a letter size, in points.
    pub fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|letter| self.glyph_width(self.glyph(letter))).sum::<f32>() * size / UNIT
    }

    /// How many glyphs it has.
    pub fn glyphs(&self) -> u16 {
        self.face.number_of_glyphs()
    }

    /// Box, ascent, descent, height of capitals in thousandths; angle in degrees.
    pub fn metrics(&self) -> ([f32; 4], f32, f32, f32, f32) {
        let of = |value: i16| self.scaled(f32::from(value));
        let b = self.face.global_bounding_box();
        (
            [of(b.x_min), of(b.y_min), of(b.x_max), of(b.y_max)],
            of(self.face.ascender()),
            of(self.face.descender()),
            of(self.face.capital_height().unwrap_or_else(|| self.face.ascender())),
            self.face.italic_angle(),
        )
    }

    fn scaled(&self, value: f32) -> f32 {
        value * UNIT / f32::from(self.face.units_per_em())
    }
}

/// Bytes compressed as PDF streams are.
///
/// # Errors
/// When there is no memory for them.
pub fn packed(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut out = ZlibEncoder::new(Vec::new(), Compression::best());
    out.write_all(bytes)?;
    out.finish()
}

fn drawn(face: &Face<'_>) -> Vec<(u16, char)> {
    let mut all: Vec<(u16, char)> = Vec::new();
    for table in face.tables().cmap.iter().flat_map(|cmap| cmap.subtables) {
        if !table.is_unicode() {
            continue;
        }
        table.codepoints(|code| {
            if let (Some(letter), Some(glyph)) = (char::from_u32(code), table.glyph_index(code)) {
                all.push((glyph.0, letter));
            }
        });
    }
    all.sort_unstable();
    all.dedup_by_key(|(glyph, _)| *glyph);
    all
}

const PLAIN: &[u8] = include_bytes!("../fonts/Tinos-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../fonts/Tinos-Bold.ttf");
const ITALIC: &[u8] = include_bytes!("../fonts/Tinos-Italic.ttf");

/// The font of a style as a TrueType file: Tinos (SIL Open Font License 1.1), the letters of Vietnamese and of Western Europe.
#[must_use]
pub fn font(style: Style) -> &'static [u8] {
    match style {
        Style::Plain => PLAIN,
        Style::Bold => BOLD,
        Style::Italic => ITALIC,
    }
}

/// The letters of a style.
pub fn letters(style: Style) -> &'static Letters {
    static ALL: LazyLock<[Letters; 3]> = LazyLock::new(|| {
        [
            Letters::of(PLAIN, "Tinos-Regular"),
            Letters::of(BOLD, "Tinos-Bold"),
            Letters::of(ITALIC, "Tinos-Italic"),
        ]
    });
    match style {
        Style::Plain => &ALL[0],
        Style::Bold => &ALL[1],
        Style::Italic => &ALL[2],
    }
}

/// A text as it is set: composed letters (the font has no others), and no sign that neither draws nor parts words.
pub fn set(text: &str) -> String {
    text.nfc().filter(|letter| !letter.is_control() || letter.is_whitespace()).collect()
}
