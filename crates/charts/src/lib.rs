//! Charts and tables of a small set of figures: text in, a picture and the same in words out.
//!
//! [`Chart::read`] takes CSV as people keep it (comma, semicolon or tab; `1.234,5` as Vietnamese writes numbers) and names every cell that it
//! cannot read. [`svg`] draws it with letters as outlines (Tinos), so that it looks the same everywhere; [`png`] is the picture of that;
//! [`twin`] says the same in a sentence and in lines. Pure: the same figures give the same bytes.

mod draw;
mod letters;
mod number;
mod read;
mod shapes;
mod twin;

pub use number::Number;
pub use read::Fault;
pub use twin::{Twin, twin};

/// How figures are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Bars beside each other, for comparing.
    Bar,
    /// Lines, for what changes in time.
    Line,
    /// Parts of a whole.
    Share,
    /// A table.
    Table,
    /// A few figures, large.
    Figures,
}

impl Shape {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Shape; 5] = [Shape::Bar, Shape::Line, Shape::Share, Shape::Table, Shape::Figures];

    /// The word for it: `bar`, `line`, `share`, `table`, `figures`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Shape::Bar => "bar",
            Shape::Line => "line",
            Shape::Share => "share",
            Shape::Table => "table",
            Shape::Figures => "figures",
        }
    }

    /// That of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Shape> {
        Shape::ALL.into_iter().find(|shape| shape.word() == word)
    }
}

/// What stands around the figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Around {
    /// The heading.
    pub title: String,
    /// What is counted: `người`, `tỷ đồng`, `%`; may be empty.
    pub unit: String,
    /// Where the figures come from; may be empty.
    pub source: String,
}

/// A line of figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What it is about.
    pub label: String,
    /// Its cells, as many as there are columns.
    pub cells: Vec<Cell>,
}

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing is known.
    Empty,
    /// A number.
    Number(Number),
    /// Words; only in a table.
    Words(String),
}

impl Cell {
    /// The number, if it is one.
    #[must_use]
    pub fn number(&self) -> Option<Number> {
        match self {
            Cell::Number(number) => Some(*number),
            Cell::Empty | Cell::Words(_) => None,
        }
    }

    /// As it is read: `1.234,5`; a dash where nothing is known.
    #[must_use]
    pub fn say(&self) -> String {
        match self {
            Cell::Empty => "–".into(),
            Cell::Number(number) => number.to_string(),
            Cell::Words(words) => words.clone(),
        }
    }
}

/// Figures that can be drawn as their shape asks.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// How they are shown.
    pub shape: Shape,
    /// What stands around them.
    pub around: Around,
    /// What the first column is about; may be empty.
    pub first: String,
    /// The names of the other columns.
    pub columns: Vec<String>,
    /// The rows, at least one.
    pub rows: Vec<Row>,
}

/// A drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Svg {
    /// As SVG 1.1; letters are outlines.
    pub text: String,
    /// Width and height in pixels.
    pub pixels: (u32, u32),
}

/// Draws a chart, 1280 pixels wide, dark on white.
#[must_use]
pub fn svg(chart: &Chart) -> Svg {
    shapes::draw(chart)
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum PngError {
    /// The drawing is not what the renderer reads.
    #[error("the drawing cannot be rendered: {0}")]
    Drawing(#[from] resvg::usvg::Error),
    /// There is no memory for it.
    #[error("no picture of {0} × {1} pixels can be made")]
    Size(u32, u32),
    /// It cannot be encoded.
    #[error("the picture cannot be encoded: {0}")]
    Encoding(String),
}

/// A drawing as PNG, on white.
///
/// # Errors
/// [`PngError`]; not for what [`svg`] draws, but for memory.
pub fn png(drawing: &Svg) -> Result<Vec<u8>, PngError> {
    use resvg::{tiny_skia, usvg};
    let (width, height) = drawing.pixels;
    let tree = usvg::Tree::from_str(&drawing.text, &usvg::Options::default())?;
    let mut picture = tiny_skia::Pixmap::new(width, height).ok_or(PngError::Size(width, height))?;
    picture.fill(tiny_skia::Color::WHITE);
    resvg::render(&tree, tiny_skia::Transform::identity(), &mut picture.as_mut());
    picture.encode_png().map_err(|error| PngError::Encoding(error.to_string()))
}
