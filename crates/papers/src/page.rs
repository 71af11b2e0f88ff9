//! What is drawn on a page, in points from its upper left corner.

use crate::Style;
use crate::lines::Line;

/// A4.
pub const WIDTH: f32 = 595.28;
/// A4.
pub const HEIGHT: f32 = 841.89;
/// Margins that Decree 30/2020, Annex I, II.1 allows: 20–25 mm above and below, 30–35 mm left, 15–20 mm right.
pub const TOP: f32 = 20.0 * MM;
pub const BOTTOM: f32 = HEIGHT - 20.0 * MM;
pub const LEFT: f32 = 30.0 * MM;
pub const RIGHT: f32 = WIDTH - 15.0 * MM;

const MM: f32 = 72.0 / 25.4;

/// One thing that is drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// Letters on a base line; each space is `extra` wider.
    Text { x: f32, y: f32, size: f32, style: Style, text: String, extra: f32 },
    /// A line from one point to another.
    Rule { from: (f32, f32), to: (f32, f32) },
    /// A rectangle that leads somewhere: left, upper, right and lower edge.
    Link { edges: [f32; 4], to: String },
}

/// A page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// What is drawn, in the order of reading.
    pub ops: Vec<Op>,
}

/// How a line stands in its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// From the left edge.
    Left,
    /// In the middle.
    Middle,
    /// To the right edge.
    Right,
    /// Stretched from edge to edge, but for the last line of a paragraph.
    Both,
}

impl Page {
    /// Draws a line of text into a column that begins at `x` and is `width` wide; `y` is its base line.
    pub fn line(&mut self, line: &Line, size: f32, align: Align, (x, width): (f32, f32), y: f32) {
        let free = (width - line.width).max(0.0);
        let spaces = line.spaces();
        let extra = if align == Align::Both && !line.last && spaces > 0 { free / spaces as f32 } else { 0.0 };
        let mut at = match align {
            Align::Left | Align::Both => x,
            Align::Middle => x + free / 2.0,
            Align::Right => x + free,
        };
        for piece in &line.pieces {
            let letters = crate::letters::letters(piece.style);
            let wide = letters.width(&piece.text, size) + extra * piece.text.matches(' ').count() as f32;
            self.ops.push(Op::Text { x: at, y, size, style: piece.style, text: piece.text.clone(), extra });
            if let Some(to) = &piece.link {
                self.ops.push(Op::Rule { from: (at, y + 1.5), to: (at + wide, y + 1.5) });
                self.ops.push(Op::Link {
                    edges: [at, y - size * 0.8, at + wide, y + size * 0.25],
                    to: to.clone(),
                });
            }
            at += wide;
        }
    }
}
