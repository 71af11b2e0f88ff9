//! The text of the document.

use super::xml::escaped;
use crate::{Block, Paper, Run, Style, Table};

/// The number of the first link among the document's relations.
pub const FIRST_LINK: usize = 10;
/// Widths are in twentieths of a point: the text is 210 mm less 30 mm and 15 mm wide.
const WIDTH: f32 = 9354.0;

/// The document; links are collected in their order.
pub fn document(paper: &Paper, links: &mut Vec<String>) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:document \
         xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><w:body>",
    );
    out += &head(paper);
    if !paper.mark.is_empty() {
        out += &centred(&paper.mark, "<w:b/><w:sz w:val=\"24\"/>");
    }
    out += &format!(
        "<w:p><w:pPr><w:pStyle w:val=\"Title\"/></w:pPr>{}</w:p>",
        run(&Run::bold(paper.kind.clone()), "")
    );
    out += &centred(&paper.about, "<w:b/>");
    out += &centred("", "");
    for block in &paper.blocks {
        match block {
            Block::Heading(text) => out += &styled("Heading1", &run(&Run::plain(text.clone()), "")),
            Block::Text(runs) => out += &styled("Text", &all(runs, links)),
            Block::Item(runs) => {
                out += &styled("Text", &(run(&Run::plain("- "), "") + &all(runs, links)));
            }
            Block::Table(table) => out += &table_of(table),
        }
    }
    out += &end(paper);
    // A4 and the margins of Annex I, II.1; the first page has no number.
    out + "<w:sectPr><w:headerReference w:type=\"default\" r:id=\"rId2\"/><w:headerReference w:type=\"first\" r:id=\"rId3\"/>\
           <w:footerReference w:type=\"default\" r:id=\"rId4\"/><w:footerReference w:type=\"first\" r:id=\"rId4\"/>\
           <w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"1134\" w:right=\"851\" w:bottom=\"1134\" w:left=\"1701\" \
           w:header=\"567\" w:footer=\"567\" w:gutter=\"0\"/><w:titlePg/></w:sectPr></w:body></w:document>"
}

fn styled(style: &str, inside: &str) -> String {
    format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>{inside}</w:p>")
}

fn centred(text: &str, letters: &str) -> String {
    format!(
        "<w:p><w:pPr><w:jc w:val=\"center\"/></w:pPr><w:r><w:rPr>{letters}</w:rPr>{}</w:r></w:p>",
        said(text)
    )
}

fn said(text: &str) -> String {
    format!("<w:t xml:space=\"preserve\">{}</w:t>", escaped(text))
}

fn run(run: &Run, more: &str) -> String {
    let style = match run.style {
        Style::Plain => "",
        Style::Bold => "<w:b/>",
        Style::Italic => "<w:i/>",
    };
    format!("<w:r><w:rPr>{style}{more}</w:rPr>{}</w:r>", said(&run.text))
}

fn all(runs: &[Run], links: &mut Vec<String>) -> String {
    let mut out = String::new();
    for one in runs {
        match &one.link {
            None => out += &run(one, ""),
            Some(to) => {
                let id = FIRST_LINK + links.len();
                links.push(to.clone());
                out += &format!(
                    "<w:hyperlink r:id=\"rId{id}\">{}</w:hyperlink>",
                    run(one, "<w:u w:val=\"single\"/>")
                );
            }
        }
    }
    out
}

/// A table without lines: what stands side by side.
fn beside(left: (f32, &str), right: (f32, &str)) -> String {
    let cell = |(share, inside): (f32, &str)| {
        format!("<w:tc><w:tcPr><w:tcW w:w=\"{:.0}\" w:type=\"dxa\"/></w:tcPr>{inside}</w:tc>", WIDTH * share)
    };
    format!(
        "<w:tbl><w:tblPr><w:tblW w:w=\"{WIDTH:.0}\" w:type=\"dxa\"/><w:tblLayout w:type=\"fixed\"/></w:tblPr><w:tblGrid><w:gridCol \
         w:w=\"{:.0}\"/><w:gridCol w:w=\"{:.0}\"/></w:tblGrid><w:tr><w:trPr><w:cantSplit/></w:trPr>{}{}</w:tr></w:tbl>",
        WIDTH * left.0,
        WIDTH * right.0,
        cell(left),
        cell(right)
    )
}

/// A short line below a name.
fn ruled(text: &str, letters: &str, beside: u32) -> String {
    format!(
        "{}<w:p><w:pPr><w:pBdr><w:top w:val=\"single\" w:sz=\"6\" w:space=\"1\" w:color=\"000000\"/></w:pBdr><w:ind w:left=\"{beside}\" \
         w:right=\"{beside}\"/><w:rPr><w:sz w:val=\"12\"/></w:rPr></w:pPr></w:p>",
        centred(text, letters)
    )
}

fn head(paper: &Paper) -> String {
    let mut left = String::new();
    if !paper.above.is_empty() {
        left += &centred(&paper.above, "<w:sz w:val=\"24\"/>");
    }
    left += &ruled(&paper.agency, "<w:b/><w:sz w:val=\"24\"/>", 1250);
    left += &centred(&paper.number, "");
    let mut right = centred(&paper.nation[0], "<w:b/><w:sz w:val=\"24\"/>");
    right += &ruled(&paper.nation[1], "<w:b/>", 1350);
    right += &centred(&paper.place_and_day, "<w:i/>");
    beside((0.42, &left), (0.58, &right)) + &centred("", "")
}

fn table_of(table: &Table) -> String {
    // A row without cells is none: Word refuses the document.
    if table.head.is_empty() {
        return String::new();
    }
    const LINE: &str = "w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"";
    let mut out = format!("<w:tbl><w:tblPr><w:tblW w:w=\"{WIDTH:.0}\" w:type=\"dxa\"/><w:tblBorders>");
    for edge in ["top", "left", "bottom", "right", "insideH", "insideV"] {
        out += &format!("<w:{edge} {LINE}/>");
    }
    out += "</w:tblBorders><w:tblLayout w:type=\"fixed\"/></w:tblPr><w:tblGrid>";
    for at in 0..table.head.len() {
        out += &format!("<w:gridCol w:w=\"{:.0}\"/>", WIDTH * table.share(at));
    }
    out += "</w:tblGrid>";
    let row = |cells: &[String], head: bool| {
        let mark = if head { "<w:cantSplit/><w:tblHeader/>" } else { "<w:cantSplit/>" };
        let mut row = format!("<w:tr><w:trPr>{mark}</w:trPr>");
        for at in 0..table.head.len() {
            let side = match (head, table.is_number(at)) {
                (true, _) => "center",
                (false, true) => "right",
                (false, false) => "left",
            };
            let text = cells.get(at).map_or("", String::as_str);
            let bold = if head { Run::bold(text) } else { Run::plain(text) };
            row += &format!(
                "<w:tc><w:tcPr><w:tcW w:w=\"{:.0}\" w:type=\"dxa\"/></w:tcPr><w:p><w:pPr><w:jc w:val=\"{side}\"/></w:pPr>{}</w:p></w:tc>",
                WIDTH * table.share(at),
                run(&bold, "<w:sz w:val=\"22\"/>")
            );
        }
        row + "</w:tr>"
    };
    out += &row(&table.head, true);
    for cells in &table.rows {
        out += &row(cells, false);
    }
    out + "</w:tbl>" + &centred("", "")
}

fn end(paper: &Paper) -> String {
    let mut left = String::new();
    for (at, line) in paper.recipients.iter().enumerate() {
        let letters = if at == 0 { "<w:b/><w:i/><w:sz w:val=\"24\"/>" } else { "<w:sz w:val=\"22\"/>" };
        left += &format!("<w:p><w:r><w:rPr>{letters}</w:rPr>{}</w:r></w:p>", said(line));
    }
    let mut right = String::new();
    if let Some(signer) = &paper.signer {
        right += &centred(&signer.capacity, "<w:b/>");
        right += &centred(&signer.says, "<w:i/><w:sz w:val=\"22\"/>");
        right += &[centred("", ""), centred("", "")].concat();
        right += &centred(&signer.name, "<w:b/>");
    }
    // A cell holds a paragraph at least.
    for side in [&mut left, &mut right] {
        if side.is_empty() {
            side.push_str("<w:p/>");
        }
    }
    beside((0.48, &left), (0.52, &right)) + "<w:p/>"
}
