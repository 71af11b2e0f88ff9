//! The same as a chart in Vietnamese words: a sentence that says what stands out, and every figure in lines.

use crate::{Chart, Number, Shape};

/// A chart in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twin {
    /// What it shows, in one sentence of at most 480 characters: for those who do not see it.
    pub sentence: String,
    /// The table: the line of names first.
    pub table: Vec<Vec<String>>,
}

/// The longest sentence, in characters.
const MOST: usize = 480;

impl Twin {
    /// Sentence and table in lines, each row on its own: `Hà Nội: dân số 8.587,1; diện tích 3.359,8`.
    #[must_use]
    pub fn text(&self) -> String {
        let mut lines = vec![self.sentence.clone()];
        if let Some((head, rows)) = self.table.split_first() {
            for row in rows {
                let named = head.iter().zip(row).skip(1);
                let cells: Vec<String> = match head.len() {
                    2 => named.map(|(_, cell)| cell.clone()).collect(),
                    _ => named.map(|(name, cell)| format!("{name} {cell}")).collect(),
                };
                lines.push(format!("{}: {}", row[0], cells.join("; ")));
            }
        }
        lines.join("\n")
    }
}

/// A chart in words.
#[must_use]
pub fn twin(chart: &Chart) -> Twin {
    let head = std::iter::once(chart.first.clone()).chain(chart.columns.iter().cloned()).collect();
    let rows = chart.rows.iter().map(|row| {
        std::iter::once(row.label.clone()).chain(row.cells.iter().map(crate::Cell::say)).collect::<Vec<_>>()
    });
    let table = std::iter::once(head).chain(rows).collect();
    let mut sentence = sentence(chart);
    if sentence.chars().count() > MOST {
        let short: String = sentence.chars().take(MOST - 1).collect();
        sentence = format!("{}…", short.rsplit_once(' ').map_or(short.as_str(), |(kept, _)| kept));
    }
    Twin { sentence, table }
}

fn with_unit(number: Number, unit: &str) -> String {
    if unit.is_empty() { number.to_string() } else { format!("{number} {unit}") }
}

fn sentence(chart: &Chart) -> String {
    let kind = match chart.shape {
        Shape::Bar => "Biểu đồ cột",
        Shape::Line => "Biểu đồ đường",
        Shape::Share => "Biểu đồ cơ cấu",
        Shape::Table => "Bảng",
        Shape::Figures => "Số liệu chính",
    };
    let begin = format!("{kind} “{}”", chart.around.title);
    let says: Vec<String> = match chart.shape {
        Shape::Bar => (0..chart.columns.len()).filter_map(|series| highest(chart, series)).collect(),
        Shape::Line => (0..chart.columns.len()).filter_map(|series| course(chart, series)).collect(),
        Shape::Share => share(chart),
        Shape::Table => {
            vec![format!("{} dòng, {} cột số liệu", chart.rows.len(), chart.columns.len())]
        }
        Shape::Figures => {
            let unit = chart.around.unit.as_str();
            let figure = |row: &crate::Row| {
                Some(format!("{} {}", row.label, with_unit(row.cells.first()?.number()?, unit)))
            };
            chart.rows.iter().filter_map(figure).collect()
        }
    };
    format!("{begin}: {}.", says.join("; "))
}

/// What stands before the words of a column, where there are several.
fn named(chart: &Chart, series: usize) -> String {
    if chart.columns.len() > 1 { format!("{} – ", chart.columns[series]) } else { String::new() }
}

fn known(chart: &Chart, series: usize) -> Vec<(&str, Number)> {
    chart.rows.iter().filter_map(|row| Some((row.label.as_str(), row.cells.get(series)?.number()?))).collect()
}

fn ends<'a>(known: &[(&'a str, Number)]) -> Option<[(&'a str, Number); 2]> {
    let by = |one: &&(&str, Number), other: &&(&str, Number)| one.1.value().total_cmp(&other.1.value());
    Some([*known.iter().rev().max_by(by)?, *known.iter().min_by(by)?])
}

fn highest(chart: &Chart, series: usize) -> Option<String> {
    let (known, unit) = (known(chart, series), chart.around.unit.as_str());
    let [(most, high), (least, low)] = ends(&known)?;
    let begin = named(chart, series);
    Some(match known.len() {
        1 => format!("{begin}{most} {}", with_unit(high, unit)),
        _ => format!(
            "{begin}cao nhất là {most} ({}), thấp nhất là {least} ({})",
            with_unit(high, unit),
            with_unit(low, unit)
        ),
    })
}

fn course(chart: &Chart, series: usize) -> Option<String> {
    let (known, unit) = (known(chart, series), chart.around.unit.as_str());
    let ((first, from), (last, to)) = (*known.first()?, *known.last()?);
    let [(most, high), (least, low)] = ends(&known)?;
    let way = match to.value().total_cmp(&from.value()) {
        std::cmp::Ordering::Greater => "tăng từ",
        std::cmp::Ordering::Less => "giảm từ",
        std::cmp::Ordering::Equal => "bằng nhau:",
    };
    Some(format!(
        "{}{way} {} ({first}) {} {} ({last}), cao nhất {} ({most}), thấp nhất {} ({least})",
        named(chart, series),
        with_unit(from, unit),
        if from.value() == to.value() { "và" } else { "đến" },
        with_unit(to, unit),
        with_unit(high, unit),
        with_unit(low, unit)
    ))
}

fn share(chart: &Chart) -> Vec<String> {
    let mut parts = known(chart, 0);
    let whole: f64 = parts.iter().map(|(_, number)| number.value()).sum();
    parts.sort_by(|one, other| other.1.value().total_cmp(&one.1.value()));
    parts
        .iter()
        .map(|(name, number)| format!("{name} {} %", Number::new(number.value() / whole * 100.0, 1)))
        .collect()
}
