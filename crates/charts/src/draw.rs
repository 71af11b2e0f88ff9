//! Marks on a white sheet: boxes, lines, letters, in the colours of the house.

use std::fmt::Write;

use crate::letters::letters;

/// The width of every drawing, in pixels.
pub const WIDTH: f32 = 1280.0;
/// What is left free at each side.
pub const MARGIN: f32 = 56.0;
/// Letter sizes: a telephone shows the drawing at a quarter of its width, and the words beside it say the same.
pub const TITLE: f32 = 52.0;
/// That of labels and numbers.
pub const LABEL: f32 = 36.0;
/// That of the source and of scales.
pub const SMALL: f32 = 30.0;
/// From one line to the next, in letter sizes.
pub const LEADING: f32 = 1.25;

/// Colours, as red, green, blue.
pub type Colour = (u8, u8, u8);
/// Letters.
pub const INK: Colour = (0x1c, 0x1a, 0x18);
/// Letters of less weight.
pub const SOFT: Colour = (0x57, 0x50, 0x49);
/// Rules of a scale; they bear no meaning.
pub const RULE: Colour = (0xd9, 0xd3, 0xc8);
/// A ground behind what belongs together.
pub const WASH: Colour = (0xf6, 0xf3, 0xec);
/// What figures are drawn with; each stands out from white by at least 3 : 1 (WCAG 2.2, 1.4.11), and neighbours differ in lightness.
pub const SERIES: [Colour; 8] = [
    (0x9a, 0x1a, 0x1d),
    (0x0b, 0x4a, 0x8c),
    (0xa8, 0x62, 0x00),
    (0x1b, 0x67, 0x3b),
    (0x57, 0x50, 0x49),
    (0x7a, 0x3e, 0x8f),
    (0x2a, 0x7f, 0x93),
    (0x8a, 0x84, 0x7a),
];

/// Where a text stands beside its point.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// It begins there.
    Begins,
    /// Its middle is there.
    Middle,
    /// It ends there.
    Ends,
}

/// How a text looks.
#[derive(Clone, Copy)]
pub struct Ink {
    /// Letter size.
    pub size: f32,
    /// Bold or plain.
    pub bold: bool,
    /// Its colour.
    pub colour: Colour,
}

impl Ink {
    /// Plain letters of a size.
    pub fn plain(size: f32) -> Ink {
        Ink { size, bold: false, colour: INK }
    }

    /// Bold ones.
    pub fn bold(size: f32) -> Ink {
        Ink { bold: true, ..Ink::plain(size) }
    }

    /// The same, paler.
    pub fn soft(self) -> Ink {
        Ink { colour: SOFT, ..self }
    }

    /// How wide a text is.
    pub fn width(self, text: &str) -> f32 {
        letters(self.bold).width(text, self.size)
    }

    /// A text in lines of at most so many pixels.
    pub fn lines(self, text: &str, most: f32) -> Vec<String> {
        letters(self.bold).lines(text, self.size, most)
    }

    /// From one line to the next.
    pub fn leading(self) -> f32 {
        self.size * LEADING
    }
}

/// The sheet.
#[derive(Default)]
pub struct Sheet {
    marks: String,
}

fn hex((r, g, b): Colour) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

impl Sheet {
    /// A filled box.
    pub fn fills(&mut self, (x, y): (f32, f32), (width, height): (f32, f32), colour: Colour) {
        let _ = write!(
            self.marks,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{}\"/>",
            width.max(0.0),
            height.max(0.0),
            hex(colour)
        );
    }

    /// A line through points.
    pub fn line(&mut self, points: &[(f32, f32)], thick: f32, colour: Colour) {
        let Some(((x, y), rest)) = points.split_first() else { return };
        let mut data = format!("M{x:.1} {y:.1}");
        for (x, y) in rest {
            let _ = write!(data, "L{x:.1} {y:.1}");
        }
        let _ = write!(
            self.marks,
            "<path d=\"{data}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{thick:.1}\" stroke-linejoin=\"round\"/>",
            hex(colour)
        );
    }

    /// A mark of the `kind`th series: round, square, upright, pointed, so that colour is not all that tells them apart.
    pub fn mark(&mut self, (x, y): (f32, f32), kind: usize, colour: Colour) {
        let (r, fill) = (10.0, hex(colour));
        let data = match kind % 4 {
            0 => format!(
                "M{:.1} {y:.1}a{r} {r} 0 1 0 {:.1} 0a{r} {r} 0 1 0 -{:.1} 0Z",
                x - r,
                r * 2.0,
                r * 2.0
            ),
            1 => format!("M{:.1} {:.1}h{}v{}h-{}Z", x - r, y - r, r * 2.0, r * 2.0, r * 2.0),
            2 => format!(
                "M{x:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}Z",
                y - r * 1.2,
                x + r * 1.2,
                y + r,
                x - r * 1.2,
                y + r
            ),
            _ => format!(
                "M{x:.1} {:.1}L{:.1} {y:.1}L{x:.1} {:.1}L{:.1} {y:.1}Z",
                y - r * 1.3,
                x + r * 1.3,
                y + r * 1.3,
                x - r * 1.3
            ),
        };
        let _ = write!(self.marks, "<path d=\"{data}\" fill=\"{fill}\"/>");
    }

    /// A line of text.
    pub fn says(&mut self, text: &str, (x, y): (f32, f32), side: Side, ink: Ink) {
        let width = ink.width(text);
        let x = match side {
            Side::Begins => x,
            Side::Middle => x - width / 2.0,
            Side::Ends => x - width,
        };
        let data = letters(ink.bold).outlines(text, (x, y), ink.size);
        if !data.is_empty() {
            let _ = write!(self.marks, "<path d=\"{data}\" fill=\"{}\"/>", hex(ink.colour));
        }
    }

    /// Lines of text below each other, the first with its base at the point; the base of the line after the last.
    pub fn column(&mut self, lines: &[String], (x, y): (f32, f32), side: Side, ink: Ink) -> f32 {
        let mut at = y;
        for line in lines {
            self.says(line, (x, at), side, ink);
            at += ink.leading();
        }
        at
    }

    /// The drawing, of a height, with what it is called and says.
    pub fn ends(self, height: f32, title: &str, says: &str) -> crate::Svg {
        let high = height.ceil().max(1.0);
        let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let text = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{high}\" viewBox=\"0 0 {WIDTH} {high}\" role=\"img\"><title>{}</title><desc>{}</desc><rect width=\"{WIDTH}\" height=\"{high}\" fill=\"#ffffff\"/>{}</svg>",
            escaped(title),
            escaped(says),
            self.marks
        );
        crate::Svg { text, pixels: (WIDTH as u32, high as u32) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance (WCAG 2.2).
    fn light((r, g, b): Colour) -> f64 {
        let part = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b)
    }

    fn contrast(one: Colour, other: Colour) -> f64 {
        let (a, b) = (light(one), light(other));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn what_means_something_stands_out() {
        let white = (255, 255, 255);
        assert!(SERIES.iter().all(|colour| contrast(*colour, white) >= 3.0));
        assert!(contrast(INK, white) >= 7.0 && contrast(SOFT, white) >= 7.0 && contrast(INK, WASH) >= 7.0);
    }
}
