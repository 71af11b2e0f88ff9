//! Bars, lying so that long names have room; and one bar in parts.

use super::scale::Scale;
use super::{ROOM, legend, percent};
use crate::Chart;
use crate::draw::{INK, Ink, LABEL, MARGIN, RULE, SERIES, SMALL, Sheet, Side, WIDTH};

const THICK: f32 = 44.0;
const THIN: f32 = 36.0;
const NAMES: f32 = 400.0;

/// Bars with their numbers.
pub fn bars(sheet: &mut Sheet, chart: &Chart, y: f32) -> f32 {
    let top = legend(sheet, chart, y) + 12.0;
    let ink = Ink::plain(LABEL);
    let numbers = chart.rows.iter().flat_map(|row| &row.cells).filter_map(|cell| cell.number());
    let scale = Scale::of(numbers.clone().map(|number| number.value()));
    let widest = numbers.map(|number| ink.width(&number.to_string())).fold(0.0, f32::max);
    let named: Vec<Vec<String>> = chart.rows.iter().map(|row| ink.lines(&row.label, NAMES)).collect();
    let names = named.iter().flatten().map(|line| ink.width(line)).fold(0.0, f32::max);
    // Numbers stand behind their bars: behind the longest at the right, and at the left if some are below zero.
    let left = MARGIN + names + 20.0 + if scale.from < 0.0 { widest + 12.0 } else { 0.0 };
    let right = (WIDTH - MARGIN - widest - 12.0).max(left + 80.0);
    let across = |value: f64| left + scale.at(value) * (right - left);
    let thick = if chart.columns.len() > 1 { THIN } else { THICK };
    let mut at = top;
    for (row, lines) in chart.rows.iter().zip(&named) {
        let bars = thick * row.cells.len() as f32;
        let high = bars.max(ink.leading() * lines.len() as f32);
        let first = at + (high - ink.leading() * lines.len() as f32) / 2.0 + LABEL;
        sheet.column(lines, (MARGIN + names, first), Side::Ends, ink);
        let mut y = at + (high - bars) / 2.0;
        for (series, cell) in row.cells.iter().enumerate() {
            let base = y + thick / 2.0 + LABEL * 0.34;
            match cell.number() {
                Some(number) => {
                    let (zero, end) = (across(0.0), across(number.value()));
                    let colour = SERIES[series % SERIES.len()];
                    sheet.fills((zero.min(end), y + 3.0), ((end - zero).abs().max(2.0), thick - 6.0), colour);
                    let below = number.value() < 0.0;
                    let (x, side) = if below { (end - 10.0, Side::Ends) } else { (end + 10.0, Side::Begins) };
                    sheet.says(&number.to_string(), (x, base), side, ink);
                }
                None => sheet.says(&cell.say(), (across(0.0) + 10.0, base), Side::Begins, ink),
            }
            y += thick;
        }
        at += high + 18.0;
    }
    sheet.line(&[(across(0.0), top - 6.0), (across(0.0), at - 10.0)], 3.0, INK);
    at
}

/// One bar in parts, and each part with its name, number and share.
pub fn share(sheet: &mut Sheet, chart: &Chart, y: f32) -> f32 {
    let ink = Ink::plain(LABEL);
    let parts: Vec<(&str, crate::Number)> = chart
        .rows
        .iter()
        .filter_map(|row| Some((row.label.as_str(), row.cells.first()?.number()?)))
        .collect();
    let whole: f64 = parts.iter().map(|(_, number)| number.value()).sum();
    let top = y + 20.0;
    let mut x = MARGIN;
    for (at, (_, number)) in parts.iter().enumerate() {
        let width = (number.value() / whole) as f32 * ROOM;
        sheet.fills((x, top), (width, 96.0), SERIES[at % SERIES.len()]);
        // Parts stand apart by white, not by colour alone.
        if at > 0 && width > 4.0 {
            sheet.fills((x - 2.0, top), (4.0, 96.0), (255, 255, 255));
        }
        let says = percent(number.value(), whole).to_string() + " %";
        let inside = Ink { colour: (255, 255, 255), ..Ink::bold(SMALL) };
        let light = matches!(at % SERIES.len(), 7);
        if !light && inside.width(&says) + 20.0 < width {
            sheet.says(&says, (x + width / 2.0, top + 58.0), Side::Middle, inside);
        }
        x += width;
    }
    let mut at = top + 96.0 + 28.0;
    for (part, (name, number)) in parts.iter().enumerate() {
        let says = format!("{number} ({} %)", percent(number.value(), whole));
        let lines = ink.lines(name, ROOM - 72.0 - ink.width(&says));
        sheet.fills((MARGIN, at + 8.0), (32.0, 32.0), SERIES[part % SERIES.len()]);
        sheet.says(&says, (WIDTH - MARGIN, at + LABEL), Side::Ends, Ink::bold(LABEL));
        let below = sheet.column(&lines, (MARGIN + 52.0, at + LABEL), Side::Begins, ink);
        at = below - LABEL + 16.0;
        sheet.line(&[(MARGIN, at - 6.0), (WIDTH - MARGIN, at - 6.0)], 1.5, RULE);
    }
    at
}
