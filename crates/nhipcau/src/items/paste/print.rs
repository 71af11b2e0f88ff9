//! A document as Markdown, or as HTML where Markdown has no words for it: joined cells, several lines in one.

use network::content::Format;

use super::blocks::{Block, Cell, Document, Line, Span};

/// The text, and how it is marked up.
pub(super) fn printed(document: &Document) -> (String, Format) {
    let plain_table = |rows: &Vec<Vec<Cell>>| {
        let width = rows.first().map_or(0, Vec::len);
        rows.iter().all(|row| row.len() == width)
            && rows.iter().flatten().all(|cell| {
                cell.across == 1 && cell.down == 1 && !cell.line.iter().any(|span| span.text.contains('\n'))
            })
    };
    let needs_html =
        document.blocks.iter().any(|block| matches!(block, Block::Table(rows) if !plain_table(rows)));
    if needs_html {
        (html(&document.blocks), Format::Html)
    } else {
        (markdown(&document.blocks), Format::Markdown)
    }
}

fn markdown(blocks: &[Block]) -> String {
    let mut out = String::new();
    for (at, block) in blocks.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| blocks.get(before));
        let same_list = matches!((before, block), (Some(Block::Element(..)), Block::Element(..)));
        if at > 0 {
            out.push_str(if same_list { "\n" } else { "\n\n" });
        }
        match block {
            Block::Heading(level, line) => {
                out.push_str(&"#".repeat(usize::from(*level)));
                out.push(' ');
                out.push_str(&inline(line, " "));
            }
            Block::Paragraph(line) => out.push_str(&guarded(&inline(line, "  \n"))),
            Block::Quote(line) => {
                out.push_str("> ");
                out.push_str(&guarded(&inline(line, "  \n> ")));
            }
            Block::Element(depth, numbered, line) => {
                // Four spaces fit below bullets and numbers alike.
                let indent = "    ".repeat(depth_within(blocks, at, *depth) - 1);
                let sign = if *numbered { format!("{}. ", number_of(blocks, at)) } else { "- ".to_owned() };
                let rest = format!("  \n{indent}    ");
                out.push_str(&format!("{indent}{sign}{}", guarded(&inline(line, &rest))));
            }
            Block::Code(code) => {
                let fence = "`".repeat(longest_run(code, '`').max(2) + 1);
                out.push_str(&format!("{fence}\n{}\n{fence}", code.trim_matches('\n')));
            }
            Block::Table(rows) => table(rows, &mut out),
            Block::Rule => out.push_str("* * *"),
        }
    }
    out
}

/// The depth of an element, at most one below the element before it: Markdown knows no jump.
fn depth_within(blocks: &[Block], at: usize, depth: usize) -> usize {
    let mut above = 0;
    let first = blocks[..at]
        .iter()
        .rposition(|block| !matches!(block, Block::Element(..)))
        .map_or(0, |last| last + 1);
    // A list is walked from its beginning; lists are short, and pieces of long ones are bounded.
    for block in &blocks[first.max(at.saturating_sub(200))..at] {
        if let Block::Element(depth, ..) = block {
            above = (*depth).min(above + 1);
        }
    }
    depth.min(above + 1).max(1)
}

/// The number of a numbered element: how many stand before it in the same list.
fn number_of(blocks: &[Block], at: usize) -> usize {
    let Some(Block::Element(depth, ..)) = blocks.get(at) else { return 1 };
    let mut number = 1;
    for block in blocks[..at].iter().rev().take(1_000) {
        match block {
            Block::Element(other, true, _) if other == depth => number += 1,
            Block::Element(other, ..) if other > depth => {}
            _ => break,
        }
    }
    number
}

fn table(rows: &[Vec<Cell>], out: &mut String) {
    for (at, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row.iter().map(|cell| inline(&cell.line, " ")).collect();
        out.push_str(&format!("| {} |", cells.join(" | ")));
        if at == 0 {
            out.push_str(&format!("\n|{}", " --- |".repeat(row.len())));
        }
        if at + 1 < rows.len() {
            out.push('\n');
        }
    }
}

/// A line in Markdown; `broken` stands where it breaks.
fn inline(line: &Line, broken: &str) -> String {
    let mut out = String::new();
    for span in line {
        // Marks stand at words, not at spaces.
        let inner = span.text.trim();
        let lead = &span.text[..span.text.len() - span.text.trim_start().len()];
        let tail = &span.text[span.text.trim_end().len()..];
        out.push_str(&escaped(lead).replace('\n', broken));
        if !inner.is_empty() {
            let mark = match (span.strong, span.em) {
                (true, true) => "***",
                (true, false) => "**",
                (false, true) => "*",
                (false, false) => "",
            };
            // A mark between two letters is no mark.
            let glued = out.chars().next_back().is_some_and(char::is_alphanumeric);
            let mark = if glued { "" } else { mark };
            let words = escaped(inner).replace('\n', broken);
            match &span.link {
                Some(href) => {
                    out.push_str(&format!("[{mark}{words}{mark}](<{}>)", href.replace(['<', '>', '\\'], "")))
                }
                None => out.push_str(&format!("{mark}{words}{mark}")),
            }
        }
        if !inner.is_empty() || lead.is_empty() {
            out.push_str(&escaped(tail).replace('\n', broken));
        }
    }
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '#') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// What at the beginning of a line would be read as a list or a rule.
fn guarded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            out.push('\n');
        }
        let inner = line.trim_start_matches([' ', '>']);
        out.push_str(&line[..line.len() - inner.len()]);
        let digits = inner.bytes().take_while(u8::is_ascii_digit).count();
        if inner.starts_with(['-', '+', '=', ':']) {
            out.push('\\');
            out.push_str(inner);
        } else if (1..=9).contains(&digits) && inner[digits..].starts_with(['.', ')']) {
            out.push_str(&format!("{}\\{}", &inner[..digits], &inner[digits..]));
        } else {
            out.push_str(inner);
        }
    }
    out
}

fn longest_run(text: &str, wanted: char) -> usize {
    let (mut longest, mut run) = (0, 0);
    for c in text.chars() {
        run = if c == wanted { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

fn html(blocks: &[Block]) -> String {
    let mut out = String::new();
    let mut lists: Vec<bool> = Vec::new();
    for block in blocks {
        let depth = if let Block::Element(depth, ..) = block { (*depth).min(lists.len() + 1) } else { 0 };
        let numbered = matches!(block, Block::Element(_, true, _));
        while lists.len() > depth
            || lists.len() == depth && lists.last().is_some_and(|last| *last != numbered)
        {
            out.push_str(if lists.pop() == Some(true) { "</li></ol>" } else { "</li></ul>" });
        }
        if depth > 0 && lists.len() == depth {
            out.push_str("</li>");
        }
        match block {
            Block::Heading(level, line) => {
                out.push_str(&format!("<h{level}>{}</h{level}>\n", inline_html(line)))
            }
            Block::Paragraph(line) => out.push_str(&format!("<p>{}</p>\n", inline_html(line))),
            Block::Quote(line) => {
                out.push_str(&format!("<blockquote><p>{}</p></blockquote>\n", inline_html(line)))
            }
            Block::Element(_, numbered, line) => {
                if lists.len() < depth {
                    lists.push(*numbered);
                    out.push_str(if *numbered { "<ol>" } else { "<ul>" });
                }
                out.push_str(&format!("<li>{}", inline_html(line)));
            }
            Block::Code(code) => out.push_str(&format!("<pre>{}</pre>\n", text_html(code))),
            Block::Table(rows) => table_html(rows, &mut out),
            Block::Rule => out.push_str("<hr>\n"),
        }
    }
    while let Some(numbered) = lists.pop() {
        out.push_str(if numbered { "</li></ol>" } else { "</li></ul>" });
    }
    out
}

fn table_html(rows: &[Vec<Cell>], out: &mut String) {
    out.push_str("<table>\n");
    for row in rows {
        out.push_str("<tr>");
        for cell in row {
            let name = if cell.heading { "th" } else { "td" };
            out.push_str(&format!("<{name}"));
            if cell.across > 1 {
                out.push_str(&format!(" colspan=\"{}\"", cell.across));
            }
            if cell.down > 1 {
                out.push_str(&format!(" rowspan=\"{}\"", cell.down));
            }
            out.push_str(&format!(">{}</{name}>", inline_html(&cell.line)));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</table>\n");
}

fn inline_html(line: &Line) -> String {
    line.iter().map(span_html).collect()
}

fn span_html(span: &Span) -> String {
    let mut out = text_html(&span.text).replace('\n', "<br>");
    if span.em {
        out = format!("<em>{out}</em>");
    }
    if span.strong {
        out = format!("<strong>{out}</strong>");
    }
    match &span.link {
        Some(href) => format!("<a href=\"{}\">{out}</a>", text_html(href)),
        None => out,
    }
}

fn text_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
