//! What word processors, browsers and attackers put on the clipboard.

use network::content::{Body, Layer};
use proptest::prelude::*;

use super::*;
use crate::files::tests::archive;
use crate::items::body;

fn cleaned(html: &str) -> Cleaned {
    clean(html.as_bytes(), "text/html", "").unwrap_or_else(|e| panic!("{html}: {e}"))
}

fn markdown(html: &str) -> String {
    let cleaned = cleaned(html);
    assert_eq!(cleaned.format, Format::Markdown, "{html}");
    cleaned.text
}

/// What a reader sees of it: HTML as the portal shows it.
fn shown(cleaned: &Cleaned) -> String {
    body::render(&Body { format: cleaned.format, text: cleaned.text.clone(), layer: Layer::Official }).html
}

const WORD: &str = r##"<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><title>Kế hoạch</title>
<style><!-- p.MsoNormal {margin:0cm} --></style><!--[if gte mso 9]><xml><w:WordDocument/></xml><![endif]--></head>
<body lang=VI><p class=MsoTitle align=center><b>KẾ HOẠCH</b><o:p></o:p></p>
<h1>I. Mục đích</h1>
<p class=MsoNormal style='text-indent:1cm'><b><span style='font-size:13.0pt'>Mục tiêu
chung</span></b>: nâng <i>chất lượng</i>, xem <a href="https://laocai.gov.vn/ke-hoach?a=1&amp;b=2">trang</a>.<o:p>&nbsp;</o:p></p>
<p class=MsoListParagraphCxSpFirst style='mso-list:l0 level1 lfo1'><![if !supportLists]><span style='font-family:Symbol;mso-list:
Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>Việc một</p>
<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>1.<span>&nbsp;</span></span>Việc nhỏ</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·</span>Việc hai</p>
<table class=MsoTableGrid><tr><td><p class=MsoNormal>Đơn vị</p></td><td><p>Số|lượng</p></td></tr>
<tr><td><p>Xã A</p></td><td><p>10</p></td></tr></table>
<p>Xem chú thích<a href="#_ftn1" name="_ftnref1"><span class=MsoFootnoteReference>[1]</span></a></p>
<p style='display:none'>ghi chú nội bộ</p>
<del cite="mailto:a"><span>câu đã xóa</span></del>
<div style='mso-element:footnote-list'><div style='mso-element:footnote' id=ftn1><p class=MsoFootnoteText><a href="#_ftnref1">[1]</a> Theo số liệu 2025.</p></div></div>
</body></html>"##;

#[test]
fn a_word_page_keeps_its_structure_and_loses_its_looks() {
    let cleaned = cleaned(WORD);
    assert_eq!(
        cleaned.text,
        "# **KẾ HOẠCH**\n\n# I. Mục đích\n\n**Mục tiêu chung**: nâng *chất lượng*, xem \
         [trang](<https://laocai.gov.vn/ke-hoach?a=1&b=2>).\n\n- Việc một\n    1. Việc nhỏ\n- Việc hai\n\n\
         | Đơn vị | Số\\|lượng |\n| --- | --- |\n| Xã A | 10 |\n\nXem chú thích\\[1\\]\n\n\\[1\\] Theo số liệu 2025."
    );
    let html = shown(&cleaned);
    for part in ["<li>Việc một\n<ol>\n<li>Việc nhỏ</li>", "<td>10</td>", "<strong>Mục tiêu chung</strong>"]
    {
        assert!(html.contains(part), "{part} in {html}");
    }
    let notes: String = cleaned.notes.iter().map(|note| note.vi.as_str()).collect();
    for word in ["chữ ẩn", "theo dõi thay đổi", "Chú thích"] {
        assert!(notes.contains(word), "{word} in {notes}");
    }
}

#[test]
fn google_docs_libreoffice_and_web_pages() {
    let google = r#"<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr"><span style="font-weight:700">Đậm</span><span> thường</span></p><ul><li><p>Một</p></li><ul><li>Trong</li></ul><li>Hai</li></ul></b>"#;
    assert_eq!(markdown(google), "**Đậm** thường\n\n- Một\n    - Trong\n- Hai");
    let libre = "<p style=\"margin: 0cm\"><font face=\"Times\"><font size=\"4\"><b>A</b></font></font><br/>\nB</p><ol start=3><li>x<li>y</ol>";
    assert_eq!(markdown(libre), "**A**  \nB\n\n1. x\n2. y");
    assert_eq!(
        markdown("<h2>T</h2><blockquote><p>q</p></blockquote><pre>a\n  b</pre><hr><p>c"),
        "## T\n\n> q\n\n```\na\n  b\n```\n\n* * *\n\nc"
    );
    assert_eq!(
        markdown("<p>1. không phải danh sách<p>- cũng không<p># nhé"),
        "1\\. không phải danh sách\n\n\\- cũng không\n\n\\# nhé"
    );
}

#[test]
fn tables_that_markdown_cannot_say_become_html() {
    let cleaned = cleaned(
        "<table><tr><th colspan=2>A</th></tr><tr><td>b<br>c</td><td><ul><li>d<li>e</ul></td></tr></table><ol><li>x</ol>",
    );
    assert_eq!(cleaned.format, Format::Html);
    assert_eq!(
        cleaned.text,
        "<table>\n<tr><th colspan=\"2\">A</th></tr>\n<tr><td>b<br>c</td><td>d<br>e</td></tr>\n</table>\n<ol><li>x</li></ol>"
    );
    let nested = cleaned_text("<table><tr><td>a<table><tr><td>b<td>c</table></td><td>d</td></tr></table>");
    assert!(
        nested.contains('a') && nested.contains('d') && nested.matches("<table>").count() <= 1,
        "{nested}"
    );
}

fn cleaned_text(html: &str) -> String {
    cleaned(html).text
}

#[test]
fn nothing_that_acts_survives() {
    for bad in [
        "x<script>alert(1)</script>",
        "x<svg onload=alert(1)><script>alert(1)</script></svg>",
        "x<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='java\nscript:alert(1)'>x</a>",
        "<a href='&#106;avascript:alert(1)'>x</a>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "<p onclick=alert(1) style='background:url(javascript:x)'>x</p>",
        "x<iframe src='https://evil'></iframe><object data=x></object><embed src=x>",
        "x<form action=/a><input name=q value=alert(1)><button>alert(1)</button></form>",
        "x<!--><script>alert(1)</script>-->",
        "x<![CDATA[<script>alert(1)</script>]]>",
        "<a href='https://a.vn/\"onmouseover=alert(1)'>x</a>",
        "<p>x &lt;script&gt;alert(1)&lt;/script&gt;</p>",
        "x<style>@import 'javascript:alert(1)'</style>",
        "x<textarea><script>alert(1)</script></textarea>",
        "<table><tr><td rowspan='2\" onmouseover=\"alert(1)'>x</td><td>y</td></tr></table>",
        "x[y](javascript:alert(1)) <https://a.vn> ![p](https://evil/p.png)",
    ] {
        let out = shown(&cleaned(bad)).to_lowercase();
        for word in [
            "<script",
            "<svg",
            "<img",
            "<iframe",
            "<form",
            "<input",
            "href=\"javascript",
            "href=\"data",
            "onerror=",
            " onclick=",
            "\"onmouse",
            "style=",
        ] {
            assert!(!out.contains(word), "{word} from {bad}: {out}");
        }
        assert!(out.contains('x'), "{bad}: {out}");
    }
}

#[test]
fn old_encodings_are_recognised_and_told() {
    let bytes = b"C\xe9ng ho\xb5 x\xb7 h\xe9i ch\xf1 ngh\xdca Vi\xd6t Nam";
    let plain = clean(bytes, "", "a.txt").unwrap();
    let found = plain.recognised.clone().unwrap();
    assert_eq!((plain.text.as_str(), plain.format), ("Cộng hoà xã hội chủ nghĩa Việt Nam", Format::Text));
    assert_eq!((found.encoding, found.samples[0].0.as_str()), (Encoding::Tcvn3, "Céng"));
    assert!(found.confidence > 80 && plain.notes[0].vi.contains("tcvn3"));
    // Pasted from a page in an old font, and with its letters as entities.
    let page = cleaned("<p><font face='.VnTime'>Céng hoµ x· héi <b>chñ nghÜa</b> ViÖt Nam</font>");
    assert_eq!(page.text, "Cộng hoà xã hội **chủ nghĩa** Việt Nam");
    let page = cleaned("<p>C&eacute;ng ho&micro; x&middot; h&eacute;i ch&#241; ngh&#220;a Vi&#214;t Nam");
    assert_eq!(page.text, "Cộng hoà xã hội chủ nghĩa Việt Nam");
    let page = clean(b"<html><p>C\xe9ng ho\xb5 x\xb7 h\xe9i ch\xf1 ngh\xdca Vi\xd6t Nam", "", "").unwrap();
    assert_eq!(page.text, "Cộng hoà xã hội chủ nghĩa Việt Nam");
    assert_eq!(cleaned("<p>Ho\u{300}a").text, "Hòa");
    assert_eq!(cleaned("<p>Việt Nam").recognised, None);
    let utf16: Vec<u8> = "\u{feff}Việt".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(
        matches!(clean(&utf16, "", "a.txt"), Ok(c) if c.text == "Việt")
            || clean(&utf16, "", "a.txt").is_err()
    );
}

#[test]
fn a_word_file_is_read_by_its_styles_and_lists() {
    let document = r#"<w:document><w:body>
      <w:p><w:pPr><w:pStyle w:val="u1"/></w:pPr><w:r><w:t>Mục đích</w:t></w:r></w:p>
      <w:p><w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">Đậm </w:t></w:r><w:r><w:t>và &lt;thường&gt;</w:t></w:r>
        <w:hyperlink r:id="rId9"><w:r><w:t>trang</w:t></w:r></w:hyperlink><w:r><w:footnoteReference w:id="2"/></w:r></w:p>
      <w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="4"/></w:numPr></w:pPr><w:r><w:t>Một</w:t></w:r></w:p>
      <w:p><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="4"/></w:numPr></w:pPr><w:r><w:t>Trong</w:t></w:r></w:p>
      <w:p><w:del><w:r><w:delText>xóa</w:delText></w:r></w:del><w:ins><w:r><w:t>thêm</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>ẩn</w:t></w:r></w:p>
      <w:tbl><w:tr><w:tc><w:p><w:r><w:t>A</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>B</w:t></w:r></w:p></w:tc></w:tr>
      <w:tr><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>
      <w:p><w:r><w:drawing/></w:r></w:p></w:body></w:document>"#;
    let numbering = r#"<w:numbering><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl>
      <w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum><w:num w:numId="4"><w:abstractNumId w:val="0"/></w:num></w:numbering>"#;
    let parts: [(&str, &[u8]); 6] = [
        ("[Content_Types].xml", b"<Types/>"),
        ("word/document.xml", document.as_bytes()),
        ("word/styles.xml", br#"<w:styles><w:style w:styleId="u1"><w:name w:val="heading 1"/></w:style></w:styles>"#),
        ("word/numbering.xml", numbering.as_bytes()),
        ("word/_rels/document.xml.rels", br#"<Relationships><Relationship Id="rId9" Target="https://a.gov.vn"/></Relationships>"#),
        (
            "word/footnotes.xml",
            r#"<w:footnotes><w:footnote w:id="2"><w:p><w:r><w:footnoteRef/><w:t>Nguồn.</w:t></w:r></w:p></w:footnote></w:footnotes>"#.as_bytes(),
        ),
    ];
    let cleaned = clean(&archive(&parts), "", "a.docx").unwrap();
    assert_eq!(
        cleaned.text,
        "# Mục đích\n\n**Đậm** và \\<thường\\>[trang](<https://a.gov.vn>)\\[1\\]\n\n1. Một\n    - Trong\n\nthêm\n\n\
         | A | B |\n| --- | --- |\n| 1 |  |\n\n\\[1\\] Nguồn."
    );
    let notes: String = cleaned.notes.iter().map(|note| note.vi.as_str()).collect();
    for word in ["chữ ẩn", "theo dõi thay đổi", "1 ảnh", "Chú thích"] {
        assert!(notes.contains(word), "{word} in {notes}");
    }
    let bomb = archive(&[("[Content_Types].xml", b""), ("word/document.xml", &vec![b' '; 60 << 20])]);
    assert!(clean(&bomb, "", "a.docx").unwrap_err().to_string().contains("too large"));
}

#[test]
fn pictures_and_notes_of_a_word_file_come_in_their_order_and_nothing_leads_out_of_it() {
    let rel = |id: &str, kind: &str, target: &str, mode: &str| {
        format!(r#"<Relationship Id="{id}" Type="http://x/{kind}" Target="{target}" {mode}/>"#)
    };
    let rels = [
        rel("a", "image", "media/image1.png", ""),
        rel("b", "image", "../../etc/passwd", ""),
        rel("c", "image", "https://evil.example/x.png", r#"TargetMode="External""#),
        rel("d", "image", "/word/media/image1.png", ""),
        rel("e", "hyperlink", "javascript:alert(1)", r#"TargetMode="External""#),
    ];
    let blip = |id: &str| {
        format!(
            r#"<w:r><w:drawing><wp:docPr descr="Cầu &amp; đường"/><a:blip r:embed="{id}"/></w:drawing></w:r>"#
        )
    };
    let document = format!(
        r#"<w:document><w:p><w:r><w:t>Một</w:t><w:endnoteReference w:id="7"/></w:r><w:r><w:footnoteReference w:id="1"/></w:r>{}{}{}{}<w:hyperlink r:id="e"><w:r><w:t>bấm</w:t></w:r></w:hyperlink></w:p></w:document>"#,
        blip("a"),
        blip("b"),
        blip("c"),
        blip("d")
    );
    let note = |kind: &str, id: u8, text: &str| {
        format!(
            r#"<w:n><w:{kind} w:id="0" w:type="separator"><w:p><w:r><w:separator/></w:r></w:p></w:{kind}><w:{kind} w:id="{id}"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:{kind}></w:n>"#
        )
    };
    let (foot, end, rels) =
        (note("footnote", 1, "chân"), note("endnote", 7, "cuối"), format!("<R>{}</R>", rels.concat()));
    let file = archive(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("word/document.xml", document.as_bytes()),
        ("word/_rels/document.xml.rels", rels.as_bytes()),
        ("word/footnotes.xml", foot.as_bytes()),
        ("word/endnotes.xml", end.as_bytes()),
        ("word/media/image1.png", b"png"),
        ("../../etc/passwd", b"root"),
    ]);
    let cleaned = clean(&file, "", "a.docx").unwrap();
    assert_eq!(cleaned.text, "Một\\[1\\]\\[2\\]bấm\n\n\\[2\\] chân\n\n\\[1\\] cuối");
    let seen: Vec<_> =
        cleaned.pictures.iter().map(|p| (p.name.as_str(), p.alt.as_str(), p.bytes.len())).collect();
    assert_eq!(seen, [("image1.png", "Cầu & đường", 3)]);
    let entities = archive(&[
        ("[Content_Types].xml", b""),
        ("word/document.xml", br#"<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><w:p><w:r><w:t>x&b;y</w:t></w:r></w:p>"#),
    ]);
    assert!(clean(&entities, "", "a.docx").unwrap().text.len() < 20, "no entity is expanded");
}

#[test]
fn what_has_no_text_is_refused_with_what_to_do() {
    for (bytes, words) in [
        (b"%PDF-1.7".as_slice(), "PDF"),
        (b"", "kind"),
        (b"<p> <br></p>", "no text"),
        (b"PK\x03\x04", "kind"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0", ".docx"),
    ] {
        let said = clean(bytes, "text/html", "x").unwrap_err().to_string();
        assert!(said.contains(words), "{words} in {said}");
    }
    assert!(clean(&vec![b'x'; MOST + 1], "", "").is_err());
}

#[test]
fn hostile_shapes_stay_bounded() {
    for html in [
        "<div>".repeat(100_000) + "x",
        "<ul><li>".repeat(20_000) + "x",
        "<table><tr><td>".repeat(20_000) + "x",
        "<a href='".repeat(50_000) + "x",
        "<!--".repeat(100_000) + "x",
        "<b><i>".repeat(50_000) + "x" + &"</i></b>".repeat(50_000),
        "&".repeat(300_000),
        "</p>".repeat(100_000) + "x",
        "<p>x".repeat(50_000),
        "<td>x".repeat(50_000),
        "<".repeat(200_000) + "x",
        "<li>x</li>".repeat(20_000),
    ] {
        if let Ok(cleaned) = clean(html.as_bytes(), "text/html", "") {
            assert!(cleaned.text.len() < 20 * html.len() + 1_000);
        }
    }
}

/// The letters and digits of a text: what a reader reads, whatever the markup.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    // Letters that no old encoding shares: a few words such as "êi" alone could be either, and are another test's matter.
    #[test]
    fn no_word_is_lost_or_becomes_markup(words in prop::collection::vec("[a-zđế0-9*_#>.\\-+|`~:&!\\[\\]()]{1,8}", 1..12)) {
        let html: String = words.iter().map(|word| format!("<p>{} <b>x{word}</b></p>", word.replace('&', "&amp;").replace('>', "&gt;"))).collect();
        let cleaned = cleaned(&html);
        let out = body::plain(&shown(&cleaned));
        let wanted: String = words.iter().map(|word| format!("{word} x{word}")).collect();
        prop_assert_eq!(letters(&out), letters(&wanted), "{}", cleaned.text);
    }

    #[test]
    fn any_bytes_are_cleaned_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300), html in any::<bool>()) {
        if let Ok(cleaned) = clean(&bytes, if html { "text/html" } else { "" }, "") {
            prop_assert!(!shown(&cleaned).to_lowercase().contains("<script"));
        }
    }

    // Words in any nest of Word's elements, ended or not, and damaged anywhere: read whole, or refused.
    #[test]
    fn any_word_file_is_read_or_refused_and_no_word_of_a_whole_one_is_lost(
        tags in prop::collection::vec((0_usize..9, "[a-z]{1,6}", any::<bool>()), 0..60),
        (at, byte) in (any::<prop::sample::Index>(), any::<u8>()),
    ) {
        const NAMES: [&str; 9] = ["w:p", "w:tbl", "w:tr", "w:tc", "w:hyperlink", "w:sdt", "w:ins", "w:footnote", "w:txbxContent"];
        let (mut xml, mut open, mut words) = (String::from("<w:body>"), Vec::new(), String::new());
        for (name, word, close) in &tags {
            xml += &format!("<{}>", NAMES[*name]);
            open.push(NAMES[*name]);
            xml += &format!("<w:p><w:r><w:t>q{word}</w:t></w:r></w:p>");
            words += &format!("q{word}");
            if *close {
                xml += &open.pop().map_or_else(String::new, |name| format!("</{name}>"));
            }
        }
        while let Some(name) = open.pop() {
            xml += &format!("</{name}>");
        }
        xml += "</w:body>";
        let mut file = archive(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", xml.as_bytes())]);
        if let Ok(cleaned) = clean(&file, "", "a.docx") {
            prop_assert_eq!(letters(&body::plain(&shown(&cleaned))), letters(&words), "{}", xml);
        } else {
            prop_assert!(words.is_empty(), "{}", xml);
        }
        *at.get_mut(&mut file) = byte;
        let _ = clean(&file, "", "a.docx");
    }
}
