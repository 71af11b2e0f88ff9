//! Letters as outlines, how wide they are, and where a Vietnamese line may break.

use std::fmt::Write;
use std::sync::LazyLock;

use papers::Style;
use ttf_parser::{Face, OutlineBuilder};

/// A font at hand.
pub struct Letters {
    face: Face<'static>,
}

/// The plain or the bold letters.
pub fn letters(bold: bool) -> &'static Letters {
    static BOTH: LazyLock<[Letters; 2]> = LazyLock::new(|| {
        [Style::Plain, Style::Bold].map(|style| {
            // Compiled in, and read by the tests.
            #[allow(clippy::expect_used)]
            let face = Face::parse(papers::font(style), 0).expect("a font that is compiled in");
            Letters { face }
        })
    });
    &BOTH[usize::from(bold)]
}

struct Path<'a> {
    out: &'a mut String,
    x: f32,
    y: f32,
    by: f32,
}

impl Path<'_> {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x * self.by, self.y - y * self.by)
    }
}

impl OutlineBuilder for Path<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        let _ = write!(self.out, "M{x:.1} {y:.1}");
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        let _ = write!(self.out, "L{x:.1} {y:.1}");
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        let _ = write!(self.out, "Q{x1:.1} {y1:.1} {x:.1} {y:.1}");
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        let _ = write!(self.out, "C{x1:.1} {y1:.1} {x2:.1} {y2:.1} {x:.1} {y:.1}");
    }

    fn close(&mut self) {
        self.out.push('Z');
    }
}

impl Letters {
    fn advance(&self, letter: char) -> f32 {
        let glyph = self.face.glyph_index(letter).unwrap_or_default();
        f32::from(self.face.glyph_hor_advance(glyph).unwrap_or_default())
            / f32::from(self.face.units_per_em())
    }

    /// How wide a text is at a letter size, in pixels.
    pub fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|letter| self.advance(letter)).sum::<f32>() * size
    }

    /// The outlines of a line of text whose base begins at a point; as data of a path.
    pub fn outlines(&self, text: &str, (x, y): (f32, f32), size: f32) -> String {
        let mut out = String::new();
        let mut at = x;
        for letter in text.chars() {
            let glyph = self.face.glyph_index(letter).unwrap_or_default();
            let by = size / f32::from(self.face.units_per_em());
            self.face.outline_glyph(glyph, &mut Path { out: &mut out, x: at, y, by });
            at += self.advance(letter) * size;
        }
        out
    }

    /// Text in lines of at most so many pixels. A line breaks between syllables; a number stays with what it counts, a short form with its
    /// name. Only what is too wide alone is cut within.
    pub fn lines(&self, text: &str, size: f32, most: f32) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut line = String::new();
        for piece in pieces(text) {
            let longer = if line.is_empty() { piece.clone() } else { format!("{line} {piece}") };
            if self.width(&longer, size) <= most {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for letter in piece.chars() {
                if !line.is_empty() && self.width(&format!("{line}{letter}"), size) > most {
                    lines.push(std::mem::take(&mut line));
                }
                line.push(letter);
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines
    }
}

/// The pieces of a text between which a line may break.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut glued = false;
    for word in text.split_whitespace() {
        match pieces.last_mut().filter(|last| glued && last.chars().count() + word.chars().count() < 24) {
            Some(last) => {
                last.push(' ');
                last.push_str(word);
            }
            None => pieces.push(word.to_owned()),
        }
        let is_number = word.ends_with(|c: char| c.is_ascii_digit())
            && word.starts_with(|c: char| c.is_ascii_digit() || c == '−');
        let is_short = word.ends_with('.')
            && (2..=4).contains(&word.chars().count())
            && word.starts_with(char::is_uppercase);
        glued = is_number || is_short;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_syllables_and_keep_numbers_with_their_units() {
        assert_eq!(
            pieces("Dân số TP. Hồ Chí Minh 9,5 triệu người"),
            ["Dân", "số", "TP. Hồ", "Chí", "Minh", "9,5 triệu", "người"]
        );
        let plain = letters(false);
        let lines = plain.lines("Ủy ban nhân dân tỉnh Thừa Thiên – Huế và 34 tỉnh, thành phố", 40.0, 420.0);
        assert!(lines.len() > 2 && lines.iter().all(|line| plain.width(line, 40.0) <= 420.0), "{lines:?}");
        assert_eq!(lines.join(" "), "Ủy ban nhân dân tỉnh Thừa Thiên – Huế và 34 tỉnh, thành phố");
        assert!(plain.lines(&"w".repeat(200), 40.0, 420.0).len() > 5);
        assert!(plain.lines("", 40.0, 420.0).is_empty());
    }

    #[test]
    fn every_vietnamese_letter_is_drawn() {
        let all =
            "ăâđêôơưĂÂĐÊÔƠƯáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ0123456789,.%−–“”";
        for bold in [false, true] {
            for letter in all.chars() {
                assert!(
                    !letters(bold).outlines(&letter.to_string(), (0.0, 0.0), 20.0).is_empty(),
                    "{letter}"
                );
            }
        }
    }
}
