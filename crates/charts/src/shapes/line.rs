//! Lines over steps that follow each other.

use super::legend;
use super::scale::Scale;
use crate::Chart;
use crate::draw::{INK, Ink, LABEL, MARGIN, RULE, SERIES, SMALL, Sheet, Side, WIDTH};

const HIGH: f32 = 520.0;

/// Lines with a scale; the last number of each stands at its end.
pub fn lines(sheet: &mut Sheet, chart: &Chart, y: f32) -> f32 {
    let top = legend(sheet, chart, y) + 32.0;
    let (soft, ink) = (Ink::plain(SMALL).soft(), Ink::bold(LABEL));
    let numbers = chart.rows.iter().flat_map(|row| &row.cells).filter_map(|cell| cell.number());
    let scale = Scale::of(numbers.clone().map(|number| number.value()));
    let marks = scale.marks();
    let scaled = marks.iter().map(|(_, number)| soft.width(&number.to_string())).fold(0.0, f32::max);
    let last = numbers.map(|number| ink.width(&number.to_string())).fold(0.0, f32::max);
    let (left, right) = (MARGIN + scaled + 16.0, WIDTH - MARGIN - last - 20.0);
    let bottom = top + HIGH;
    let down = |value: f64| bottom - scale.at(value) * HIGH;
    for (value, number) in &marks {
        let y = down(*value);
        sheet.line(
            &[(left, y), (right, y)],
            if *value == 0.0 { 3.0 } else { 1.5 },
            if *value == 0.0 { INK } else { RULE },
        );
        sheet.says(&number.to_string(), (left - 12.0, y + SMALL * 0.34), Side::Ends, soft);
    }
    let steps = chart.rows.len().saturating_sub(1).max(1) as f32;
    let across = |at: usize| left + 16.0 + at as f32 / steps * (right - left - 32.0);
    for series in 0..chart.columns.len() {
        let colour = SERIES[series % SERIES.len()];
        let points: Vec<Option<(f32, f32)>> = chart
            .rows
            .iter()
            .enumerate()
            .map(|(at, row)| {
                row.cells.get(series).and_then(|cell| cell.number()).map(|n| (across(at), down(n.value())))
            })
            .collect();
        // Where nothing is known the line breaks.
        for run in points.split(Option::is_none) {
            let run: Vec<_> = run.iter().flatten().copied().collect();
            if run.len() > 1 {
                sheet.line(&run, 5.0, colour);
            }
        }
        points.iter().flatten().for_each(|point| sheet.mark(*point, series, colour));
    }
    ends(sheet, chart, &across, &down, ink);
    names(sheet, chart, bottom, (right - left) / (steps + 1.0), &across)
}

/// The last number of each line, moved apart where two would stand upon each other.
fn ends(
    sheet: &mut Sheet,
    chart: &Chart,
    across: &dyn Fn(usize) -> f32,
    down: &dyn Fn(f64) -> f32,
    ink: Ink,
) {
    let mut ends: Vec<(f32, f32, String, usize)> = Vec::new();
    for series in 0..chart.columns.len() {
        let known = chart.rows.iter().enumerate().rev();
        let last = known.filter_map(|(at, row)| Some((at, row.cells.get(series)?.number()?))).next();
        if let Some((at, number)) = last {
            ends.push((across(at) + 20.0, down(number.value()) + LABEL * 0.34, number.to_string(), series));
        }
    }
    ends.sort_by(|one, other| one.1.total_cmp(&other.1));
    let mut free = f32::MIN;
    for (x, y, says, series) in ends {
        let y = y.max(free);
        sheet.says(&says, (x, y), Side::Begins, Ink { colour: SERIES[series % SERIES.len()], ..ink });
        free = y + LABEL;
    }
}

/// The names of the steps; where they would not stand beside each other, only every so many of them, the last always.
fn names(sheet: &mut Sheet, chart: &Chart, bottom: f32, apart: f32, across: &dyn Fn(usize) -> f32) -> f32 {
    let ink = Ink::plain(SMALL);
    let longest = chart
        .rows
        .iter()
        .flat_map(|row| row.label.split(' '))
        .map(|word| ink.width(word))
        .fold(0.0, f32::max);
    let each = (((longest + 16.0) / apart).ceil() as usize).max(1);
    let shown = |at: usize| (chart.rows.len() - 1 - at).is_multiple_of(each);
    let mut below = bottom;
    for (at, row) in chart.rows.iter().enumerate().filter(|(at, _)| shown(*at)) {
        let lines = ink.lines(&row.label, apart * each as f32 - 8.0);
        let half = lines.iter().map(|line| ink.width(line)).fold(0.0, f32::max) / 2.0;
        // Names at the ends stay on the sheet.
        let middle = across(at).max(half + 16.0).min(WIDTH - half - 16.0);
        below = below.max(sheet.column(&lines, (middle, bottom + 46.0), Side::Middle, ink));
    }
    below - SMALL
}
