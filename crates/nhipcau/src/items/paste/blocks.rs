//! A document as its structure, and the one who builds it from what HTML and Word say.

use std::collections::BTreeSet;

use super::Note;

/// How deep lists may be nested; deeper ones stand at this depth.
pub(super) const DEEPEST: usize = 6;
/// So many cells a row, and rows a table, may have; what is beyond stands as text in the last one.
const WIDEST: usize = 200;

/// A piece of text that looks alike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) text: String,
    pub(super) strong: bool,
    pub(super) em: bool,
    pub(super) link: Option<String>,
}

/// Spans, with `\n` in them where a line was broken.
pub(super) type Line = Vec<Span>;

/// A cell of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) line: Line,
    pub(super) heading: bool,
    pub(super) across: u16,
    pub(super) down: u16,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Block {
    Heading(u8, Line),
    Paragraph(Line),
    Quote(Line),
    /// Depth from 1, numbered or not.
    Element(usize, bool, Line),
    Code(String),
    Table(Vec<Vec<Cell>>),
    Rule,
}

/// What the text that comes next belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum As {
    Paragraph,
    Heading(u8),
    Quote,
    Element(usize, bool),
    Code,
}

/// What was left out, each said once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Left {
    Active,
    Hidden,
    Comments,
    Deleted,
    Links,
    Notes,
}

#[derive(Default)]
struct Table {
    rows: Vec<Vec<Cell>>,
}

/// A document being built, and built.
pub(super) struct Document {
    pub(super) blocks: Vec<Block>,
    pub(super) notes: Vec<Note>,
    now: As,
    line: Line,
    /// How the next text looks.
    pub(super) strong: usize,
    pub(super) em: usize,
    pub(super) link: Option<String>,
    table: Option<Table>,
    /// Tables within the table; their cells are text of it.
    inner: usize,
    left: BTreeSet<Left>,
    pub(super) pictures: usize,
}

impl Document {
    pub(super) fn new() -> Document {
        Document {
            blocks: Vec::new(),
            notes: Vec::new(),
            now: As::Paragraph,
            line: Vec::new(),
            strong: 0,
            em: 0,
            link: None,
            table: None,
            inner: 0,
            left: BTreeSet::new(),
            pictures: 0,
        }
    }

    /// Text; runs of spaces are one, as in HTML, but in code.
    pub(super) fn text(&mut self, text: &str) {
        let span =
            Span { text: String::new(), strong: self.strong > 0, em: self.em > 0, link: self.link.clone() };
        let code = self.now == As::Code && self.table.is_none();
        let line = self.target();
        let mut ends_in_space = line.last().is_none_or(|span| span.text.ends_with([' ', '\n']));
        let alike = line
            .last()
            .is_some_and(|last| last.strong == span.strong && last.em == span.em && last.link == span.link);
        if !alike {
            line.push(span);
        }
        let Some(last) = line.last_mut() else { return };
        for c in text.chars() {
            if code {
                if c == '\n' || c == '\t' || !c.is_control() {
                    last.text.push(c);
                }
            } else if c.is_whitespace() {
                if !ends_in_space {
                    last.text.push(' ');
                }
                ends_in_space = true;
            } else if !c.is_control() && c != '\u{200b}' && c != '\u{feff}' {
                last.text.push(c);
                ends_in_space = false;
            }
        }
    }

    /// A line break inside a block.
    pub(super) fn line_break(&mut self) {
        let line = self.target();
        if let Some(last) = line.last_mut() {
            let kept = last.text.trim_end_matches(' ').len();
            last.text.truncate(kept);
            last.text.push('\n');
        }
    }

    fn target(&mut self) -> &mut Line {
        match &mut self.table {
            Some(table) => {
                if table.rows.is_empty() {
                    table.rows.push(Vec::new());
                }
                let row = table.rows.len() - 1;
                if table.rows[row].is_empty() {
                    table.rows[row].push(Cell::default());
                }
                let cell = table.rows[row].len() - 1;
                &mut table.rows[row][cell].line
            }
            None => &mut self.line,
        }
    }

    /// Ends the block under way and begins another; in a table it is a line of the cell.
    pub(super) fn begin(&mut self, next: As) {
        if self.table.is_some() {
            let line = self.target();
            if line.iter().any(|span| !span.text.trim().is_empty())
                && !line.last().is_some_and(|s| s.text.ends_with('\n'))
            {
                self.line_break();
            }
            return;
        }
        let line = trimmed(std::mem::take(&mut self.line));
        let code = || line.iter().map(|span| span.text.as_str()).collect::<String>();
        if !line.is_empty() {
            self.blocks.push(match self.now {
                As::Paragraph => Block::Paragraph(line),
                As::Heading(level) => Block::Heading(level.clamp(1, 6), line),
                As::Quote => Block::Quote(line),
                As::Element(depth, numbered) => Block::Element(depth.clamp(1, DEEPEST), numbered, line),
                As::Code => Block::Code(code()),
            });
        }
        self.now = next;
    }

    pub(super) fn rule(&mut self) {
        self.begin(As::Paragraph);
        if self.table.is_none() && !self.blocks.is_empty() {
            self.blocks.push(Block::Rule);
        }
    }

    pub(super) fn begin_table(&mut self) {
        if self.table.is_some() {
            self.inner += 1;
            return;
        }
        self.begin(As::Paragraph);
        self.table = Some(Table::default());
    }

    pub(super) fn row(&mut self) {
        match &mut self.table {
            Some(table) if self.inner == 0 && table.rows.len() < 50 * WIDEST => table.rows.push(Vec::new()),
            _ => self.begin(As::Paragraph),
        }
    }

    pub(super) fn cell(&mut self, heading: bool, across: u16, down: u16) {
        let Some(table) = self.table.as_mut().filter(|_| self.inner == 0) else { return };
        if table.rows.is_empty() {
            table.rows.push(Vec::new());
        }
        if let Some(row) = table.rows.last_mut().filter(|row| row.len() < WIDEST) {
            row.push(Cell {
                line: Vec::new(),
                heading,
                across: across.clamp(1, 200),
                down: down.clamp(1, 1_000),
            });
        }
    }

    pub(super) fn end_table(&mut self) {
        if self.inner > 0 {
            self.inner -= 1;
            return;
        }
        let Some(table) = self.table.take() else { return };
        let mut rows: Vec<Vec<Cell>> = table.rows;
        for cell in rows.iter_mut().flatten() {
            cell.line = trimmed(std::mem::take(&mut cell.line));
        }
        rows.retain(|row| row.iter().any(|cell| !cell.line.is_empty()));
        match rows.as_mut_slice() {
            [] => {}
            // A table of one cell is a frame around a paragraph.
            [row] if row.len() == 1 => {
                self.blocks.extend(row.pop().map(|cell| Block::Paragraph(cell.line)));
            }
            _ => self.blocks.push(Block::Table(rows)),
        }
    }

    pub(super) fn leave_out(&mut self, what: Left) {
        self.left.insert(what);
    }

    /// The document, ended, with notes on what was left out.
    pub(super) fn ended(mut self) -> Document {
        self.inner = 0;
        self.end_table();
        self.begin(As::Paragraph);
        for left in &self.left {
            let (vi, en) = match left {
                Left::Active => (
                    "Đã bỏ mã lệnh, biểu mẫu và nội dung nhúng.",
                    "Scripts, forms and embedded content were left out.",
                ),
                Left::Hidden => (
                    "Đã bỏ chữ ẩn. Hãy xem lại nếu cần.",
                    "Hidden text was left out; look whether it was needed.",
                ),
                Left::Comments => {
                    ("Đã bỏ nhận xét của người soạn.", "Comments of the authors were left out.")
                }
                Left::Deleted => (
                    "Đã bỏ chữ bị xóa trong chế độ theo dõi thay đổi; chữ thêm vào được giữ.",
                    "Text deleted under tracked changes was left out; what was added stays.",
                ),
                Left::Links => (
                    "Đã bỏ liên kết không phải http, https, mailto hoặc tel; chữ vẫn giữ.",
                    "Links other than http, https, mailto and tel were left out; their words stay.",
                ),
                Left::Notes => {
                    ("Chú thích cuối trang được đưa xuống cuối bài.", "Footnotes stand at the end.")
                }
            };
            self.notes.push(Note::new(vi, en));
        }
        if self.pictures > 0 {
            self.notes.push(Note::new(
                format!("Đã bỏ {} ảnh. Hãy tải ảnh lên riêng, kèm lời tả.", self.pictures),
                format!(
                    "{} pictures were left out. Upload them as files, with words for each.",
                    self.pictures
                ),
            ));
        }
        self
    }

    fn lines(&mut self) -> impl Iterator<Item = &mut Line> {
        self.blocks.iter_mut().flat_map(|block| -> Vec<&mut Line> {
            match block {
                Block::Heading(_, line)
                | Block::Paragraph(line)
                | Block::Quote(line)
                | Block::Element(_, _, line) => {
                    vec![line]
                }
                Block::Table(rows) => rows.iter_mut().flatten().map(|cell| &mut cell.line).collect(),
                Block::Code(_) | Block::Rule => Vec::new(),
            }
        })
    }

    /// All words of it.
    pub(super) fn all_text(&mut self) -> String {
        let mut all = String::new();
        for line in self.lines() {
            line.iter().for_each(|span| all.push_str(&span.text));
            all.push('\n');
        }
        all
    }

    /// Puts other words in the place of each span's.
    pub(super) fn map_text(&mut self, map: impl Fn(&str) -> String) {
        self.lines().flatten().for_each(|span| span.text = map(&span.text));
    }
}

/// Without spaces and breaks at its ends, and without empty spans.
fn trimmed(mut line: Line) -> Line {
    while let Some(last) = line.last_mut() {
        let kept = last.text.trim_end().len();
        last.text.truncate(kept);
        if kept > 0 {
            break;
        }
        line.pop();
    }
    let blank = line.iter().take_while(|span| span.text.trim().is_empty()).count();
    line.drain(..blank);
    if let Some(first) = line.first_mut() {
        first.text = first.text.trim_start().to_owned();
    }
    line.retain(|span| !span.text.is_empty());
    line
}
