//! Figures as people keep them: CSV with a line of names, read whole or refused with every cell that is wrong.

use unicode_normalization::UnicodeNormalization;

use crate::{Around, Cell, Chart, Row, Shape};

/// The most bytes of figures: what is larger is a data set, and published as one.
const MOST_BYTES: usize = 64 << 10;
/// The longest name of a row or column, in characters.
const MOST_NAME: usize = 120;

/// What is wrong with the figures and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line, from 1; 0 for the whole.
    pub line: usize,
    /// The column, from 1; 0 for the whole line.
    pub column: usize,
    /// In Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
}

impl Fault {
    fn at(line: usize, column: usize, vi: impl Into<String>, en: impl Into<String>) -> Fault {
        Fault { line, column, vi: vi.into(), en: en.into() }
    }

    fn whole(vi: impl Into<String>, en: impl Into<String>) -> Fault {
        Fault::at(0, 0, vi, en)
    }
}

/// How much a shape holds so that it can still be read: the most rows, the most columns of figures.
fn room(shape: Shape) -> (usize, usize) {
    match shape {
        Shape::Bar => (20, 4),
        Shape::Line => (24, 4),
        Shape::Share => (8, 1),
        Shape::Table => (30, 6),
        Shape::Figures => (6, 1),
    }
}

impl Chart {
    /// Reads figures: the first line names the columns, the first column names the rows.
    ///
    /// # Errors
    /// Every reason at once, each at its cell.
    pub fn read(shape: Shape, around: Around, figures: &str) -> Result<Chart, Vec<Fault>> {
        let mut faults = of_around(&around);
        let lines = match cells(figures) {
            Ok(lines) => lines,
            Err(fault) => {
                faults.push(fault);
                return Err(faults);
            }
        };
        let Some(((_, head), body)) = lines.split_first().filter(|(_, body)| !body.is_empty()) else {
            faults.push(Fault::whole(
                "Cần ít nhất hai dòng: dòng đầu là tên các cột, các dòng sau là số liệu.",
                "At least two lines are needed: the first names the columns, the others hold the figures.",
            ));
            return Err(faults);
        };
        faults.extend(of_size(shape, head.len().saturating_sub(1), body.len()));
        let mut rows = Vec::new();
        for (line, fields) in body {
            if fields.len() != head.len() {
                faults.push(Fault::at(
                    *line,
                    0,
                    format!(
                        "Dòng {line} có {} ô, dòng tên cột có {}: hãy thêm hoặc bớt ô.",
                        fields.len(),
                        head.len()
                    ),
                    format!(
                        "Line {line} has {} cells, the line of names {}: add or remove cells.",
                        fields.len(),
                        head.len()
                    ),
                ));
                continue;
            }
            let mut row = Row { label: fields[0].clone(), cells: Vec::new() };
            if row.label.is_empty() {
                faults.push(Fault::at(
                    *line,
                    1,
                    format!("Dòng {line} chưa có tên."),
                    format!("Line {line} has no name."),
                ));
            }
            for (at, field) in fields.iter().enumerate().skip(1) {
                match cell(shape, field) {
                    Some(cell) => row.cells.push(cell),
                    None => faults.push(unread(*line, at + 1, field)),
                }
            }
            rows.push(row);
        }
        for (line, fields) in &lines {
            for (at, field) in
                fields.iter().enumerate().filter(|(_, field)| field.chars().count() > MOST_NAME)
            {
                let start: String = field.chars().take(30).collect();
                faults.push(Fault::at(
                    *line,
                    at + 1,
                    format!("Dòng {line}, cột {}: “{start}…” dài quá {MOST_NAME} ký tự.", at + 1),
                    format!(
                        "Line {line}, column {}: “{start}…” is longer than {MOST_NAME} characters.",
                        at + 1
                    ),
                ));
            }
        }
        let mut names = head.iter();
        let first = names.next().cloned().unwrap_or_default();
        let chart = Chart { shape, around: tidy(around), first, columns: names.cloned().collect(), rows };
        if faults.is_empty() {
            faults.extend(of_sense(&chart));
        }
        if faults.is_empty() { Ok(chart) } else { Err(faults) }
    }
}

fn clean(text: &str) -> String {
    let words =
        text.nfc().filter(|letter| !letter.is_control() || letter.is_whitespace()).collect::<String>();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn tidy(around: Around) -> Around {
    Around { title: clean(&around.title), unit: clean(&around.unit), source: clean(&around.source) }
}

/// The lines that are not empty, numbered from 1, with their cells.
fn cells(figures: &str) -> Result<Vec<(usize, Vec<String>)>, Fault> {
    if figures.len() > MOST_BYTES {
        return Err(Fault::whole(
            "Số liệu lớn hơn 64 KB. Bảng lớn hãy đăng thành dữ liệu mở, và vẽ phần tóm tắt.",
            "The figures are larger than 64 KB. Publish a large table as open data, and draw a summary.",
        ));
    }
    let figures = figures.trim_start_matches('\u{feff}');
    let head = figures.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let delimiter = [b'\t', b';'].into_iter().find(|sign| head.bytes().any(|b| b == *sign)).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(figures.as_bytes());
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            Fault::whole(
                format!("Không đọc được số liệu: {error}."),
                format!("The figures cannot be read: {error}."),
            )
        })?;
        let line = record.position().map_or(0, |at| usize::try_from(at.line()).unwrap_or(0));
        let fields: Vec<String> = record.iter().map(clean).collect();
        if fields.iter().any(|field| !field.is_empty()) {
            lines.push((line, fields));
        }
    }
    Ok(lines)
}

/// A cell; `None` if a shape cannot show what stands in it.
fn cell(shape: Shape, field: &str) -> Option<Cell> {
    match field {
        "" | "-" | "–" | "…" => Some(Cell::Empty),
        field => match (field.parse(), shape) {
            (Ok(number), _) => Some(Cell::Number(number)),
            (Err(()), Shape::Table) => Some(Cell::Words(field.to_owned())),
            (Err(()), _) => None,
        },
    }
}

fn unread(line: usize, column: usize, field: &str) -> Fault {
    let start: String = field.chars().take(30).collect();
    Fault::at(
        line,
        column,
        format!(
            "Dòng {line}, cột {column}: “{start}” không phải là số viết theo lối Việt Nam (1.234,5). Phần thập phân sau dấu phẩy, hàng nghìn cách bằng dấu chấm; ô không có số thì để trống."
        ),
        format!(
            "Line {line}, column {column}: “{start}” is no number as Vietnamese writes it (1.234,5). Decimals follow a comma, thousands are parted by dots; leave a cell without a number empty."
        ),
    )
}

fn of_around(around: &Around) -> Vec<Fault> {
    let mut faults = Vec::new();
    let title = clean(&around.title);
    if title.is_empty() {
        faults.push(Fault::whole("Hãy đặt tiêu đề: hình nói điều gì.", "Give it a heading: what it says."));
    }
    for (text, vi, en, most) in [
        (&title, "Tiêu đề", "The heading", 160),
        (&clean(&around.unit), "Đơn vị", "The unit", 40),
        (&clean(&around.source), "Nguồn", "The source", 160),
    ] {
        if text.chars().count() > most {
            faults.push(Fault::whole(
                format!("{vi} dài quá {most} ký tự."),
                format!("{en} is longer than {most} characters."),
            ));
        }
    }
    faults
}

fn of_size(shape: Shape, columns: usize, rows: usize) -> Vec<Fault> {
    let (most_rows, most_columns) = room(shape);
    let mut faults = Vec::new();
    if columns == 0 {
        faults.push(Fault::at(
            1,
            0,
            "Chỉ có một cột: cần cột tên và ít nhất một cột số. Các cột cách nhau bằng dấu chấm phẩy, dấu phẩy hoặc tab.",
            "There is only one column: names and at least one column of figures are needed, parted by semicolon, comma or tab.",
        ));
    }
    if columns > most_columns {
        faults.push(Fault::whole(
            format!("Kiểu hình này đọc được với nhiều nhất {most_columns} cột số; đang có {columns}. Hãy bớt cột hoặc chọn kiểu bảng."),
            format!("This shape can be read with at most {most_columns} columns of figures; there are {columns}. Leave some out, or choose the table."),
        ));
    }
    if rows > most_rows {
        faults.push(Fault::whole(
            format!("Kiểu hình này đọc được với nhiều nhất {most_rows} dòng; đang có {rows}. Hãy gộp các dòng nhỏ."),
            format!("This shape can be read with at most {most_rows} rows; there are {rows}. Put small ones together."),
        ));
    }
    faults
}

/// What can be read and still says nothing true in that shape.
fn of_sense(chart: &Chart) -> Vec<Fault> {
    let numbers: Vec<f64> =
        chart.rows.iter().flat_map(|row| &row.cells).filter_map(|c| c.number()).map(|n| n.value()).collect();
    let mut faults = Vec::new();
    if numbers.is_empty() && chart.shape != Shape::Table {
        faults.push(Fault::whole("Chưa có số nào.", "There is no number yet."));
    }
    if chart.shape == Shape::Share
        && !numbers.is_empty()
        && (numbers.iter().any(|n| *n < 0.0) || numbers.iter().sum::<f64>() <= 0.0)
    {
        faults.push(Fault::whole(
            "Phần của một tổng không thể âm, và tổng phải lớn hơn 0. Hãy chọn kiểu cột.",
            "Parts of a whole cannot be negative, and the whole must be more than 0. Choose bars.",
        ));
    }
    if chart.shape == Shape::Line && chart.rows.len() < 2 {
        faults.push(Fault::whole("Đường cần ít nhất hai mốc.", "A line needs at least two points."));
    }
    faults
}
