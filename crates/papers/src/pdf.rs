//! Pages become a PDF 1.7 file with its own letters.

use pdf_writer::types::{ActionType, AnnotationType, CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

use crate::letters::{Letters, letters, packed};
use crate::page::{HEIGHT, Op, Page, WIDTH};
use crate::sheet::pages;
use crate::{Paper, Style};

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PdfError {
    /// Bytes could not be packed.
    #[error("could not compress the PDF: {0}")]
    Packed(#[from] std::io::Error),
}

const STYLES: [Style; 3] = [Style::Plain, Style::Bold, Style::Italic];
/// What a glyph's number means: that of the font.
const IDENTITY: SystemInfo =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
/// Thickness of rules, in points.
const RULE: f32 = 0.6;

/// The paper as PDF.
///
/// # Errors
/// When bytes cannot be packed; never for what stands in a paper.
pub fn pdf(paper: &Paper) -> Result<Vec<u8>, PdfError> {
    let pages = pages(paper);
    let mut refs = Refs(1);
    let (catalog, tree, info) = (refs.next(), refs.next(), refs.next());
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree).lang(TextStr(&paper.lang));
    // No day of making: the same paper is the same file.
    pdf.document_info(info)
        .title(TextStr(&paper.name))
        .author(TextStr(&paper.agency))
        .creator(TextStr("Nhịp Cầu"));
    let mut fonts = Vec::new();
    for style in STYLES {
        fonts.push((style, font(&mut pdf, &mut refs, letters(style))));
    }
    let kids: Vec<(Ref, Ref)> = pages.iter().map(|_| (refs.next(), refs.next())).collect();
    pdf.pages(tree)
        .kids(kids.iter().map(|(page, _)| *page))
        .count(i32::try_from(kids.len()).unwrap_or(i32::MAX));
    for (page, (id, content)) in pages.iter().zip(&kids) {
        let mut links = Vec::new();
        for op in &page.ops {
            if let Op::Link { edges: [left, upper, right, lower], to } = op {
                let link = refs.next();
                let mut note = pdf.annotation(link);
                note.subtype(AnnotationType::Link);
                note.rect(Rect::new(*left, HEIGHT - lower, *right, HEIGHT - upper));
                note.border(0.0, 0.0, 0.0, None);
                note.action().action_type(ActionType::Uri).uri(Str(to.as_bytes()));
                note.finish();
                links.push(link);
            }
        }
        let mut drawn = pdf.page(*id);
        drawn.parent(tree).media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).contents(*content);
        if !links.is_empty() {
            drawn.annotations(links);
        }
        let mut resources = drawn.resources();
        let mut named = resources.fonts();
        for (style, font) in &fonts {
            named.pair(Name(name(*style)), *font);
        }
        named.finish();
        resources.finish();
        drawn.finish();
        pdf.stream(*content, &packed(&draw(page))?).filter(Filter::FlateDecode);
    }
    Ok(pdf.finish())
}

struct Refs(i32);

impl Refs {
    fn next(&mut self) -> Ref {
        let at = Ref::new(self.0);
        self.0 += 1;
        at
    }
}

fn name(style: Style) -> &'static [u8] {
    match style {
        Style::Plain => b"P",
        Style::Bold => b"B",
        Style::Italic => b"I",
    }
}

fn font(pdf: &mut Pdf, refs: &mut Refs, of: &Letters) -> Ref {
    let (font, cid, descriptor, file, cmap) =
        (refs.next(), refs.next(), refs.next(), refs.next(), refs.next());
    pdf.type0_font(font)
        .base_font(Name(of.name.as_bytes()))
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(cid)
        .to_unicode(cmap);
    let mut inner = pdf.cid_font(cid);
    inner.subtype(CidFontType::Type2).base_font(Name(of.name.as_bytes())).system_info(IDENTITY);
    inner.font_descriptor(descriptor).default_width(0.0).cid_to_gid_map_predefined(Name(b"Identity"));
    inner.widths().consecutive(0, (0..of.glyphs()).map(|glyph| of.glyph_width(glyph)));
    inner.finish();
    let ([left, low, right, high], ascent, descent, capitals, angle) = of.metrics();
    pdf.font_descriptor(descriptor)
        .name(Name(of.name.as_bytes()))
        .flags(FontFlags::SERIF | FontFlags::NON_SYMBOLIC)
        .bbox(Rect::new(left, low, right, high))
        .italic_angle(angle)
        .ascent(ascent)
        .descent(descent)
        .cap_height(capitals)
        .stem_v(80.0)
        .font_file2(file);
    pdf.stream(file, &of.packed).filter(Filter::FlateDecode);
    let mut unicode = UnicodeCmap::<u16>::new(Name(b"Tinos"), IDENTITY);
    for (glyph, letter) in &of.drawn {
        unicode.pair(*glyph, *letter);
    }
    pdf.cmap(cmap, &unicode.finish());
    font
}

/// What is drawn on a page, in PDF's words.
fn draw(page: &Page) -> Vec<u8> {
    let mut out = Content::new();
    out.set_line_width(RULE);
    for op in &page.ops {
        match op {
            Op::Rule { from, to } => {
                out.move_to(from.0, HEIGHT - from.1).line_to(to.0, HEIGHT - to.1).stroke();
            }
            Op::Text { x, y, size, style, text, extra } => {
                let of = letters(*style);
                out.begin_text().set_font(Name(name(*style)), *size).next_line(*x, HEIGHT - y);
                let mut shown = out.show_positioned();
                let mut items = shown.items();
                for word in text.split_inclusive(' ') {
                    let glyphs: Vec<u8> = word.chars().flat_map(|c| of.glyph(c).to_be_bytes()).collect();
                    items.show(Str(&glyphs));
                    if word.ends_with(' ') && *extra > 0.0 {
                        items.adjust(-extra * 1000.0 / size);
                    }
                }
                items.finish();
                shown.finish();
                out.end_text();
            }
            Op::Link { .. } => {}
        }
    }
    out.finish().to_vec()
}
