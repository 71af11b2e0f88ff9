//! A table, and a few figures set large.

use super::ROOM;
use crate::draw::{INK, Ink, LABEL, MARGIN, RULE, SERIES, SMALL, Sheet, Side, WASH, WIDTH};
use crate::{Cell, Chart};

/// A table: words begin at the left, numbers end below each other.
pub fn table(sheet: &mut Sheet, chart: &Chart, y: f32) -> f32 {
    let (ink, head) = (Ink::plain(LABEL), Ink::bold(LABEL));
    let columns = chart.columns.len() + 1;
    // The names of rows take what numbers need not.
    let need = |at: usize| {
        let cells = chart.rows.iter().filter_map(|row| row.cells.get(at));
        let words = std::iter::once(head.width(&chart.columns[at]).min(240.0));
        cells.map(|cell| ink.width(&cell.say())).chain(words).fold(0.0, f32::max) + 24.0
    };
    let most = ROOM * 0.68 / chart.columns.len().max(1) as f32;
    let mut widths: Vec<f32> = (0..chart.columns.len()).map(|at| need(at).clamp(90.0, most)).collect();
    let rest = ROOM - widths.iter().sum::<f32>();
    widths.insert(0, rest);
    let left = |at: usize| MARGIN + widths[..at].iter().sum::<f32>();
    let is_number = |at: usize| chart.rows.iter().all(|row| !matches!(row.cells[at], Cell::Words(_)));
    let numbers: Vec<bool> = std::iter::once(false).chain((0..chart.columns.len()).map(is_number)).collect();
    let mut draws = |texts: Vec<String>, y: f32, ink: Ink| {
        let mut below = y;
        for at in 0..columns {
            let lines = ink.lines(&texts[at], widths[at] - 20.0);
            let (x, side) =
                if numbers[at] { (left(at) + widths[at], Side::Ends) } else { (left(at), Side::Begins) };
            below = below.max(sheet.column(&lines, (x, y + LABEL), side, ink) - LABEL);
        }
        below + 14.0
    };
    let heads = std::iter::once(chart.first.clone()).chain(chart.columns.iter().cloned()).collect();
    let mut at = draws(heads, y + 12.0, head);
    let mut rules = vec![(at, 3.0, INK)];
    for row in &chart.rows {
        let texts = std::iter::once(row.label.clone()).chain(row.cells.iter().map(Cell::say)).collect();
        at = draws(texts, at + 8.0, ink);
        rules.push((at, 1.5, RULE));
    }
    for (y, thick, colour) in rules {
        sheet.line(&[(MARGIN, y), (WIDTH - MARGIN, y)], thick, colour);
    }
    at
}

/// Figures in cards, two beside each other.
pub fn figures(sheet: &mut Sheet, chart: &Chart, y: f32) -> f32 {
    const GAP: f32 = 32.0;
    let width = if chart.rows.len() == 1 { ROOM } else { (ROOM - GAP) / 2.0 };
    let (label, unit) = (Ink::plain(LABEL), Ink::plain(SMALL).soft());
    let mut at = y + 16.0;
    for pair in chart.rows.chunks(2) {
        let texts: Vec<_> = pair.iter().map(|row| label.lines(&row.label, width - 64.0)).collect();
        let units = unit.lines(&chart.around.unit, width - 64.0);
        let lines = texts.iter().map(Vec::len).max().unwrap_or(0) as f32;
        let high = 150.0 + units.len() as f32 * unit.leading() + lines * label.leading();
        for (place, (row, text)) in pair.iter().zip(texts).enumerate() {
            let x = MARGIN + place as f32 * (width + GAP);
            let says = row.cells.first().map_or_else(String::new, Cell::say);
            let wide = Ink::bold(96.0).width(&says);
            let size = 96.0 * ((width - 64.0) / wide.max(1.0)).min(1.0);
            sheet.fills((x, at), (width, high), WASH);
            sheet.fills((x, at), (10.0, high), SERIES[0]);
            sheet.says(&says, (x + 36.0, at + 112.0), Side::Begins, Ink::bold(size));
            let below = sheet.column(&units, (x + 36.0, at + 112.0 + SMALL * 1.4), Side::Begins, unit);
            let from = if units.is_empty() { at + 112.0 + LABEL * 1.4 } else { below + LABEL * 0.2 };
            sheet.column(&text, (x + 36.0, from), Side::Begins, label);
        }
        at += high + GAP;
    }
    at - GAP
}
