//! A paper is set on pages, in the order of Decree 30/2020/NĐ-CP, Annex I.

use crate::lines::{Line, lines};
use crate::page::{Align, BOTTOM, LEFT, Op, Page, RIGHT, TOP};
use crate::{Block, Paper, Run, Style, Table};

/// Letter sizes of the annex: 13 for the text, 12 for names of agencies and the state, 11 for who receives it.
const BODY: f32 = 13.0;
const NAMES: f32 = 12.0;
const MOTTO: f32 = 13.0;
const RECIPIENTS: f32 = 11.0;
const CELL: f32 = 11.0;
const FOOT: f32 = 9.0;
/// From base line to base line, as a part of the letter size.
const LEADING: f32 = 1.25;
/// Behind a paragraph.
const GAP: f32 = 6.0;
/// Where a paragraph's first line begins: 1 cm.
const INDENT: f32 = 28.35;
/// Inside a cell.
const PAD: f32 = 4.0;
/// Where a hand would sign.
const SIGNING: f32 = 54.0;

/// The pages of a paper, at least one.
pub fn pages(paper: &Paper) -> Vec<Page> {
    let mut sheet = Sheet { pages: vec![Page::default()], y: TOP };
    sheet.head(paper);
    for (at, block) in paper.blocks.iter().enumerate() {
        match block {
            Block::Heading(text) => {
                // A heading does not stand alone at the end of a page.
                let next = if at + 1 < paper.blocks.len() { 3.0 } else { 1.0 };
                sheet.need(BODY * LEADING * next);
                sheet.text(&[Run::bold(text.clone())], Align::Left, INDENT);
            }
            Block::Text(runs) => sheet.text(runs, Align::Both, INDENT),
            Block::Item(runs) => {
                let mut all = vec![Run::plain("- ")];
                all.extend(runs.iter().cloned());
                sheet.text(&all, Align::Both, INDENT);
            }
            Block::Table(table) => sheet.table(table),
        }
    }
    sheet.end(paper);
    sheet.margins(paper);
    sheet.pages
}

fn styled(text: &str, style: Style) -> [Run; 1] {
    [Run { text: text.to_owned(), style, link: None }]
}

struct Sheet {
    pages: Vec<Page>,
    /// Down to here the last page is full.
    y: f32,
}

impl Sheet {
    /// The last page; there is always one.
    fn page(&mut self) -> &mut Page {
        let last = self.pages.len() - 1;
        &mut self.pages[last]
    }

    /// Begins a new page unless so much room is left.
    fn need(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > TOP {
            self.pages.push(Page::default());
            self.y = TOP;
        }
    }

    /// Draws lines into a column from `y` on, without turning the page; says where they end.
    fn column(&mut self, all: &[Line], size: f32, align: Align, column: (f32, f32), mut y: f32) -> f32 {
        for line in all {
            y += size * LEADING;
            self.page().line(line, size, align, column, y - size * (LEADING - 1.0));
        }
        y
    }

    fn centred(&mut self, text: &str, style: Style, size: f32, column: (f32, f32), y: f32) -> (f32, f32) {
        let all = lines(&styled(text, style), size, column.1, 0.0);
        let widest = all.iter().map(|line| line.width).fold(0.0, f32::max);
        (self.column(&all, size, Align::Middle, column, y), widest)
    }

    fn rule(&mut self, middle: f32, width: f32, y: f32) {
        self.page().ops.push(Op::Rule { from: (middle - width / 2.0, y), to: (middle + width / 2.0, y) });
    }

    fn head(&mut self, paper: &Paper) {
        let width = RIGHT - LEFT;
        let (left, right) = ((LEFT, width * 0.42), (LEFT + width * 0.44, width * 0.56));
        let top = self.y;
        let (y, _) = self.centred(&paper.above, Style::Plain, NAMES, left, top);
        let (y, wide) = self.centred(&paper.agency, Style::Bold, NAMES, left, y);
        // A line of a third to a half of the name's length (Annex I, II.3).
        self.rule(left.0 + left.1 / 2.0, wide * 0.4, y + 3.0);
        let (y_left, _) = self.centred(&paper.number, Style::Plain, BODY, left, y + 6.0);
        let (y, _) = self.centred(&paper.nation[0], Style::Bold, NAMES, right, top);
        let (y, wide) = self.centred(&paper.nation[1], Style::Bold, MOTTO, right, y);
        self.rule(right.0 + right.1 / 2.0, wide, y + 3.0);
        let (y_right, _) = self.centred(&paper.place_and_day, Style::Italic, BODY, right, y + 6.0);
        self.y = y_left.max(y_right) + 14.0;
        let whole = (LEFT, width);
        for (text, size) in [(&paper.mark, NAMES), (&paper.kind, 14.0), (&paper.about, BODY)] {
            (self.y, _) = self.centred(text, Style::Bold, size, whole, self.y);
        }
        self.rule(LEFT + width / 2.0, width * 0.2, self.y + 4.0);
        self.y += 16.0;
    }

    fn text(&mut self, runs: &[Run], align: Align, indent: f32) {
        let width = RIGHT - LEFT;
        for (at, line) in lines(runs, BODY, width, indent).iter().enumerate() {
            self.need(BODY * LEADING);
            let shift = if at == 0 { indent } else { 0.0 };
            let column = (LEFT + shift, width - shift);
            self.y = self.column(std::slice::from_ref(line), BODY, align, column, self.y);
        }
        self.y += GAP;
    }

    fn table(&mut self, table: &Table) {
        if table.head.is_empty() {
            return;
        }
        let head = self.cells(table, &table.head, Style::Bold);
        self.row(table, &head, true);
        for row in &table.rows {
            let cells = self.cells(table, row, Style::Plain);
            let tall = cells.iter().map(Vec::len).max().unwrap_or_default();
            if self.y + height(tall) > BOTTOM && self.y > TOP {
                self.need(BOTTOM);
                self.row(table, &head, true);
            }
            self.row(table, &cells, false);
        }
        self.y += GAP * 1.5;
    }

    fn cells(&self, table: &Table, row: &[String], style: Style) -> Vec<Vec<Line>> {
        let wide = |at: usize| (RIGHT - LEFT) * table.share(at) - 2.0 * PAD;
        (0..table.head.len())
            .map(|at| lines(&styled(row.get(at).map_or("", String::as_str), style), CELL, wide(at), 0.0))
            .collect()
    }

    /// Draws a row; one that is taller than the page goes on upon the next.
    fn row(&mut self, table: &Table, cells: &[Vec<Line>], head: bool) {
        let tall = cells.iter().map(Vec::len).max().unwrap_or_default().max(1);
        let mut done = 0;
        while done < tall {
            self.need(height(1));
            let room = ((BOTTOM - self.y - 2.0 * PAD) / (CELL * LEADING)).floor();
            let now = (tall - done).min(room.max(1.0) as usize);
            let (top, bottom) = (self.y, self.y + height(now));
            let mut x = LEFT;
            for (at, cell) in cells.iter().enumerate() {
                let wide = (RIGHT - LEFT) * table.share(at);
                let align = match (head, table.is_number(at)) {
                    (true, _) => Align::Middle,
                    (false, true) => Align::Right,
                    (false, false) => Align::Left,
                };
                let part = cell.get(done..(done + now).min(cell.len())).unwrap_or_default().to_vec();
                self.column(&part, CELL, align, (x + PAD, wide - 2.0 * PAD), top + PAD);
                let page = self.page();
                page.ops.push(Op::Rule { from: (x, top), to: (x, bottom) });
                x += wide;
            }
            let page = self.page();
            page.ops.push(Op::Rule { from: (x, top), to: (x, bottom) });
            page.ops.push(Op::Rule { from: (LEFT, top), to: (x, top) });
            page.ops.push(Op::Rule { from: (LEFT, bottom), to: (x, bottom) });
            self.y = bottom;
            done += now;
        }
    }

    /// Who receives it, and who signs, side by side.
    fn end(&mut self, paper: &Paper) {
        let width = RIGHT - LEFT;
        let (left, right) = ((LEFT, width * 0.48), (LEFT + width * 0.5, width * 0.5));
        let rows = paper.recipients.len() as f32 + 1.0;
        self.need((rows * RECIPIENTS * LEADING).max(SIGNING + 4.0 * BODY * LEADING) + 12.0);
        self.y += 12.0;
        let mut low = self.y;
        if let Some((first, others)) = paper.recipients.split_first() {
            let all = lines(&[Run { style: Style::Italic, ..Run::bold(first.clone()) }], NAMES, left.1, 0.0);
            low = self.column(&all, NAMES, Align::Left, left, low);
            for other in others {
                let all = lines(&styled(other, Style::Plain), RECIPIENTS, left.1, 0.0);
                low = self.column(&all, RECIPIENTS, Align::Left, left, low);
            }
        }
        let Some(signer) = &paper.signer else {
            self.y = low;
            return;
        };
        let (mut y, _) = self.centred(&signer.capacity, Style::Bold, BODY, right, self.y);
        let says = y + 8.0;
        (y, _) = self.centred(&signer.says, Style::Italic, RECIPIENTS, right, says);
        (y, _) = self.centred(&signer.name, Style::Bold, BODY, right, y.max(says + SIGNING - 8.0));
        self.y = y.max(low);
    }

    /// The page's number from the second page on, above; the line at the foot of each.
    fn margins(&mut self, paper: &Paper) {
        let column = (LEFT, RIGHT - LEFT);
        for (at, page) in self.pages.iter_mut().enumerate() {
            let number = styled(&(at + 1).to_string(), Style::Plain);
            for line in lines(&number, BODY, column.1, 0.0).iter().filter(|_| at > 0) {
                page.line(line, BODY, Align::Middle, column, TOP - 14.0);
            }
            // A line that is too long for the foot is cut there.
            if let Some(line) = lines(&styled(&paper.foot, Style::Plain), FOOT, column.1, 0.0).first() {
                page.line(line, FOOT, Align::Middle, column, BOTTOM + 24.0);
            }
        }
    }
}

fn height(rows: usize) -> f32 {
    rows as f32 * CELL * LEADING + 2.0 * PAD
}
