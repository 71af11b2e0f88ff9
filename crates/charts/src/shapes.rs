//! The shapes: heading, figures, source, each as high as what stands in it.

mod bars;
mod line;
mod plain;
mod scale;

use crate::draw::{Ink, LABEL, MARGIN, SERIES, SMALL, Sheet, Side, TITLE, WIDTH};
use crate::{Chart, Number, Shape, Svg, twin};

/// What is between the margins.
const ROOM: f32 = WIDTH - 2.0 * MARGIN;

/// Draws a chart.
pub fn draw(chart: &Chart) -> Svg {
    let mut sheet = Sheet::default();
    let (title, soft) = (Ink::bold(TITLE), Ink::plain(SMALL).soft());
    let mut y = MARGIN + TITLE;
    y = sheet.column(&title.lines(&chart.around.title, ROOM), (MARGIN, y), Side::Begins, title);
    if !chart.around.unit.is_empty() && chart.shape != Shape::Figures {
        let says = format!("Đơn vị: {}", chart.around.unit);
        y = sheet.column(&soft.lines(&says, ROOM), (MARGIN, y), Side::Begins, soft);
    }
    y += 8.0;
    y = match chart.shape {
        Shape::Bar => bars::bars(&mut sheet, chart, y),
        Shape::Line => line::lines(&mut sheet, chart, y),
        Shape::Share => bars::share(&mut sheet, chart, y),
        Shape::Table => plain::table(&mut sheet, chart, y),
        Shape::Figures => plain::figures(&mut sheet, chart, y),
    };
    if !chart.around.source.is_empty() {
        let says = format!("Nguồn: {}", chart.around.source);
        y = sheet.column(&soft.lines(&says, ROOM), (MARGIN, y + 2.0 * SMALL), Side::Begins, soft)
            - soft.leading();
    }
    sheet.ends(y + MARGIN, &chart.around.title, &twin(chart).sentence)
}

/// The names of series with their marks, where there are several; the next free place below.
fn legend(sheet: &mut Sheet, chart: &Chart, y: f32) -> f32 {
    if chart.columns.len() < 2 {
        return y;
    }
    let ink = Ink::plain(LABEL);
    let (mut x, mut at) = (MARGIN, y + LABEL);
    for (series, name) in chart.columns.iter().enumerate() {
        let lines = ink.lines(name, ROOM - 48.0);
        let widest = lines.iter().map(|line| ink.width(line)).fold(0.0, f32::max);
        if x > MARGIN && x + 40.0 + widest > WIDTH - MARGIN {
            (x, at) = (MARGIN, at + ink.leading());
        }
        // Bars are square, whatever they count.
        let kind = if chart.shape == Shape::Line { series } else { 1 };
        sheet.mark((x + 14.0, at - LABEL * 0.3), kind, SERIES[series % SERIES.len()]);
        let below = sheet.column(&lines, (x + 36.0, at), Side::Begins, ink);
        at = below - ink.leading();
        x += 36.0 + widest + 40.0;
    }
    at + LABEL * 0.6
}

/// A share in percent, with one decimal.
fn percent(value: f64, whole: f64) -> Number {
    Number::new(value / whole * 100.0, 1)
}
