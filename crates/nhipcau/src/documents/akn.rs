//! A document as Akoma Ntoso 3.0 (OASIS LegalDocML): what it is, what it does to others, and its text in parts.
//!
//! The parts are recognised from the text as it is published; where nothing is recognised the text stands in one container.
//! Names follow the Akoma Ntoso naming convention: `/akn/vn/act/nghi-dinh/2022-06-24/42-nd-cp`.

use std::fmt::Write;

use jiff::civil::Date;
use vietnam::documents::{Level, Outline, Part};
use vietnam::text::slug;

use super::panel::Related;
use crate::items::feeds::xml;

const NAMESPACE: &str = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0";

/// What stands in the file's head.
pub struct Head {
    /// The document's address below `/vb/`: `nghi-dinh/2022/42-nd-cp`.
    pub address: String,
    /// The same as a complete address.
    pub stable: String,
    /// Where this copy stands.
    pub place: String,
    /// Its number as printed.
    pub number: String,
    /// Its form.
    pub form: String,
    /// Who issued it.
    pub agency: String,
    /// Its title.
    pub title: String,
    /// Its day of issue.
    pub issued: Date,
    /// Its first day in force.
    pub effective: Option<Date>,
    /// The first day without force, by its own terms.
    pub ends: Option<Date>,
    /// The day on which this copy was made.
    pub made: Date,
    /// The language of its text (BCP 47).
    pub lang: String,
}

/// The whole file.
///
/// # Errors
/// None in practice: writing into a string.
pub fn document(head: &Head, outline: &Outline, relations: &[Related]) -> Result<String, std::fmt::Error> {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let mut names = head.address.splitn(3, '/');
    let (form, _, number) =
        (names.next().unwrap_or_default(), names.next(), names.next().unwrap_or_default());
    let work = format!("/akn/vn/act/{form}/{}/{number}", head.issued);
    let tongue = match head.lang.get(..2) {
        Some("vi") => "vie",
        Some("en") => "eng",
        _ => "und",
    };
    let expression = format!("{work}/{tongue}@{}", head.issued);
    writeln!(
        out,
        "<akomaNtoso xmlns=\"{NAMESPACE}\">\n<act name=\"{form}\" contains=\"originalVersion\">\n<meta>"
    )?;
    writeln!(out, "<identification source=\"#cong\">\n<FRBRWork>")?;
    names_of(&mut out, &work, "/!main")?;
    writeln!(out, "<FRBRalias value=\"{}\" name=\"eli\"/>", xml(&head.stable))?;
    writeln!(out, "<FRBRdate date=\"{}\" name=\"issue\"/>\n<FRBRauthor href=\"#co-quan\"/>", head.issued)?;
    writeln!(out, "<FRBRcountry value=\"vn\"/>\n<FRBRsubtype value=\"{form}\"/>")?;
    writeln!(out, "<FRBRnumber value=\"{}\"/>\n</FRBRWork>\n<FRBRExpression>", xml(&head.number))?;
    names_of(&mut out, &expression, "/!main")?;
    writeln!(out, "<FRBRdate date=\"{}\" name=\"issue\"/>\n<FRBRauthor href=\"#co-quan\"/>", head.issued)?;
    writeln!(out, "<FRBRlanguage language=\"{tongue}\"/>\n</FRBRExpression>\n<FRBRManifestation>")?;
    names_of(&mut out, &expression, ".xml")?;
    writeln!(out, "<FRBRdate date=\"{}\" name=\"markup\"/>\n<FRBRauthor href=\"#cong\"/>", head.made)?;
    writeln!(out, "<FRBRformat value=\"application/akn+xml\"/>\n</FRBRManifestation>\n</identification>")?;
    lifecycle(&mut out, head)?;
    writeln!(out, "<references source=\"#cong\">")?;
    writeln!(out, "<original eId=\"goc\" href=\"{}\" showAs=\"{}\"/>", xml(&head.place), xml(&head.number))?;
    for (at, related) in relations.iter().enumerate() {
        let side = if related.done_to { "passiveRef" } else { "activeRef" };
        writeln!(
            out,
            "<{side} eId=\"quan-he-{}\" href=\"/vb/{}\" showAs=\"{} ({})\"/>",
            at + 1,
            xml(&related.number),
            xml(&related.number),
            related.effect
        )?;
    }
    writeln!(
        out,
        "<TLCOrganization eId=\"co-quan\" href=\"/akn/ontology/organization/vn/{}\" showAs=\"{}\"/>",
        slug(&head.agency),
        xml(&head.agency)
    )?;
    writeln!(out, "<TLCOrganization eId=\"cong\" href=\"{}\" showAs=\"Nhịp Cầu\"/>", xml(&head.place))?;
    writeln!(out, "</references>\n</meta>\n<preface>")?;
    writeln!(
        out,
        "<p><docType>{}</docType> <docNumber>{}</docNumber> <docDate date=\"{}\">{}</docDate></p>",
        xml(&head.form),
        xml(&head.number),
        head.issued,
        head.issued.strftime("%d/%m/%Y")
    )?;
    writeln!(out, "<longTitle><p><docTitle>{}</docTitle></p></longTitle>\n</preface>", xml(&head.title))?;
    body(&mut out, outline)?;
    out.push_str("</act>\n</akomaNtoso>\n");
    Ok(out)
}

fn names_of(out: &mut String, name: &str, this: &str) -> std::fmt::Result {
    let whole = if this.starts_with('.') { this } else { "" };
    writeln!(out, "<FRBRthis value=\"{name}{this}\"/>\n<FRBRuri value=\"{name}{whole}\"/>")
}

fn lifecycle(out: &mut String, head: &Head) -> std::fmt::Result {
    writeln!(out, "<lifecycle source=\"#cong\">")?;
    let events = [
        ("ban-hanh", Some(head.issued), "generation"),
        ("hieu-luc", head.effective, "amendment"),
        ("het-hieu-luc", head.ends, "repeal"),
    ];
    for (id, day, kind) in events {
        if let Some(day) = day {
            writeln!(out, "<eventRef eId=\"{id}\" date=\"{day}\" source=\"#goc\" type=\"{kind}\"/>")?;
        }
    }
    writeln!(out, "</lifecycle>")
}

fn body(out: &mut String, outline: &Outline) -> std::fmt::Result {
    if outline.parts.is_empty() {
        writeln!(out, "<body>\n<hcontainer eId=\"hcontainer_1\" name=\"text\"><content>")?;
        lines(out, &outline.before)?;
        return writeln!(out, "</content></hcontainer>\n</body>");
    }
    if !outline.before.is_empty() {
        writeln!(out, "<preamble>")?;
        lines(out, &outline.before)?;
        writeln!(out, "</preamble>")?;
    }
    writeln!(out, "<body>")?;
    parts(out, &outline.parts, "")?;
    writeln!(out, "</body>")
}

/// Parts of one level; an id says where it stands, and a number that comes again gets a mark.
fn parts(out: &mut String, these: &[Part], above: &str) -> std::fmt::Result {
    let (mut used, empty) = (std::collections::HashMap::<String, u32>::new(), String::new());
    for part in these {
        let (element, short) = element(part.level);
        let number = Some(slug(&part.number.replace('đ', "dd"))).filter(|n| !n.is_empty());
        let mut id = format!("{above}{short}_{}", number.unwrap_or_else(|| "x".to_owned()));
        let times = used.entry(id.clone()).or_default();
        *times += 1;
        if *times > 1 {
            id = format!("{id}-{times}");
        }
        let name = if part.level == Level::Annex { " name=\"annex\"" } else { "" };
        writeln!(out, "<{element} eId=\"{id}\"{name}>")?;
        if !part.number.is_empty() {
            writeln!(out, "<num>{}{}</num>", word(part.level), xml(&part.number))?;
        }
        if !part.heading.is_empty() {
            writeln!(out, "<heading>{}</heading>", xml(&part.heading))?;
        }
        if part.parts.is_empty() {
            writeln!(out, "<content>")?;
            // A content must hold something.
            lines(out, if part.lines.is_empty() { std::slice::from_ref(&empty) } else { &part.lines })?;
            writeln!(out, "</content>")?;
        } else {
            if !part.lines.is_empty() {
                writeln!(out, "<intro>")?;
                lines(out, &part.lines)?;
                writeln!(out, "</intro>")?;
            }
            parts(out, &part.parts, &format!("{id}__"))?;
        }
        writeln!(out, "</{element}>")?;
    }
    Ok(())
}

fn lines(out: &mut String, lines: &[String]) -> std::fmt::Result {
    lines.iter().try_for_each(|line| writeln!(out, "<p>{}</p>", xml(line)))
}

/// The element of a level, and how ids abbreviate it (Akoma Ntoso naming convention, 5.4).
fn element(level: Level) -> (&'static str, &'static str) {
    match level {
        Level::Annex => ("hcontainer", "hcontainer"),
        Level::Part => ("part", "part"),
        Level::Chapter => ("chapter", "chp"),
        Level::Section => ("section", "sec"),
        Level::Article => ("article", "art"),
        Level::Clause => ("clause", "cl"),
        Level::Point => ("point", "point"),
    }
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Annex => "Phụ lục ",
        Level::Part => "Phần ",
        Level::Chapter => "Chương ",
        Level::Section => "Mục ",
        Level::Article => "Điều ",
        Level::Clause | Level::Point => "",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::civil::date;
    use vietnam::documents::outline;

    use super::*;

    fn head() -> Head {
        Head {
            address: "nghi-dinh/2022/42-nd-cp".into(),
            stable: "https://chinhphu.vn/vb/nghi-dinh/2022/42-nd-cp".into(),
            place: "https://chinhphu.vn/muc/x".into(),
            number: "42/2022/NĐ-CP".into(),
            form: "Nghị định".into(),
            agency: "Chính phủ & \"<b>\"".into(),
            title: "Quy định <việc>".into(),
            issued: date(2022, 6, 24),
            effective: Some(date(2022, 8, 15)),
            ends: None,
            made: date(2026, 11, 26),
            lang: "vi".into(),
        }
    }

    /// Every id once, every element closed: what an XML reader insists on.
    fn read(text: &str) -> Vec<String> {
        let mut reader = quick_xml::Reader::from_str(text);
        reader.config_mut().check_end_names = true;
        let (mut depth, mut ids) = (0, Vec::new());
        loop {
            match reader.read_event().unwrap() {
                quick_xml::events::Event::Eof => break,
                quick_xml::events::Event::End(_) => depth -= 1,
                event @ (quick_xml::events::Event::Start(_) | quick_xml::events::Event::Empty(_)) => {
                    depth += i32::from(matches!(event, quick_xml::events::Event::Start(_)));
                    let (quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag)) = event
                    else {
                        continue;
                    };
                    if let Some(id) = tag.try_get_attribute("eId").unwrap() {
                        ids.push(id.value.into_owned());
                    }
                }
                _ => {}
            }
        }
        assert_eq!(depth, 0);
        let mut once = ids.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), ids.len(), "an id twice: {ids:?}");
        ids
    }

    #[test]
    fn a_decree_is_well_formed_and_its_parts_have_names() {
        let text = "Căn cứ Luật A;\nChương I\nQUY ĐỊNH\nĐiều 1. Phạm vi\n1. Một & hai:\na) A;\nđ) Đ.\nd) D.\nĐiều 2. Hiệu lực\nTừ ngày ký.\nPHỤ LỤC\nMẪU";
        let xml = document(&head(), &outline(text.lines()), &[]).unwrap();
        let ids = read(&xml);
        for id in
            ["chp_i__art_1__cl_1__point_a", "chp_i__art_1__cl_1__point_dd", "chp_i__art_2", "hcontainer_x"]
        {
            assert!(ids.iter().any(|one| one == id), "{id} in {ids:?}");
        }
        assert!(xml.contains("<FRBRuri value=\"/akn/vn/act/nghi-dinh/2022-06-24/42-nd-cp\"/>"));
        assert!(xml.contains("<num>Điều 1</num>\n<heading>Phạm vi</heading>"));
        assert!(xml.contains("<intro>\n<p>Một &amp; hai:</p>\n</intro>"));
    }

    #[test]
    fn any_text_is_well_formed() {
        for text in ["", "Kính gửi <các> bộ &\n1. Một", "Điều 1.\nĐiều 1.\nĐiều 1. Lại", "PHỤ LỤC\nPHỤ LỤC"]
        {
            read(&document(&head(), &outline(text.lines()), &[]).unwrap());
        }
    }
}
