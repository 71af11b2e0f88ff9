//! A weekly report, set in both forms, and papers with whatever stands in them.
#![allow(clippy::unwrap_used)]

use std::io::{Cursor, Read};

use papers::{Block, Paper, Run, Signer, Table, docx, pdf};
use proptest::prelude::{ProptestConfig, prop_assert, proptest};

fn report(rows: usize) -> Paper {
    Paper {
        lang: "vi".into(),
        name: "Báo cáo tuần".into(),
        nation: ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM".into(), "Độc lập - Tự do - Hạnh phúc".into()],
        above: "ỦY BAN NHÂN DÂN TỈNH LÀO CAI".into(),
        agency: "VĂN PHÒNG".into(),
        number: "Số: 12/BC-VP".into(),
        place_and_day: "Lào Cai, ngày 26 tháng 11 năm 2026".into(),
        mark: "DỰ THẢO".into(),
        kind: "BÁO CÁO".into(),
        about: "Kết quả tiếp nhận, trả lời phản ánh, kiến nghị tuần 48 năm 2026".into(),
        blocks: vec![
            Block::Heading("I. TÌNH HÌNH CHUNG".into()),
            Block::Text(vec![
                Run::plain("Trong tuần, các cơ quan đã tiếp nhận "),
                Run::bold("1.204"),
                Run::plain(" phản ánh, kiến nghị; trả lời đúng hạn 96,5 %. Chi tiết tại "),
                Run::link("trang công khai", "https://laocai.gov.vn/phan-anh/thong-ke"),
                Run::plain("."),
            ]),
            Block::Item(vec![Run::plain("Xã Mù Cang Chải: 3 việc quá hạn, kéo dài nhất 12 ngày.")]),
            Block::Table(Table {
                head: vec!["Cơ quan".into(), "Tiếp nhận".into(), "Quá hạn".into()],
                parts: vec![4, 1, 1],
                numbers: vec![false, true, true],
                rows: (0..rows).map(|at| vec![format!("Xã số {at}"), "120".into(), at.to_string()]).collect(),
            }),
        ],
        signer: Some(Signer {
            capacity: "CHÁNH VĂN PHÒNG".into(),
            says: "(đã duyệt ngày 26/11/2026)".into(),
            name: "Hà (mẫu)".into(),
        }),
        recipients: vec!["Nơi nhận:".into(), "- Như trên;".into(), "- Lưu: VT.".into()],
        foot: "Kiểm tra tại https://laocai.gov.vn/phan-anh/bao-cao/2026-w48".into(),
    }
}

/// Every part of the document, read as XML.
fn parts(bytes: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut out = Vec::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        let mut reader = quick_xml::Reader::from_str(&text);
        while !matches!(reader.read_event().unwrap(), quick_xml::events::Event::Eof) {}
        out.push((file.name().unwrap().into_owned(), text));
    }
    out
}

#[test]
fn a_document_has_its_parts_its_words_and_its_links() {
    let bytes = docx(&report(3)).unwrap();
    let all = parts(&bytes);
    let part = |name: &str| all.iter().find(|(n, _)| n == name).map(|(_, text)| text.as_str()).unwrap();
    for words in [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "DỰ THẢO",
        "I. TÌNH HÌNH CHUNG",
        "1.204",
        "Nơi nhận:",
        "CHÁNH VĂN PHÒNG",
    ] {
        assert!(part("word/document.xml").contains(words), "{words}");
    }
    assert!(part("word/_rels/document.xml.rels").contains("https://laocai.gov.vn/phan-anh/thong-ke"));
    assert!(part("word/document.xml").contains("r:id=\"rId10\""));
    assert!(part("word/footer1.xml").contains("2026-w48"));
    assert_eq!(bytes, docx(&report(3)).unwrap(), "the same paper is the same file");
}

/// How often something stands in a file.
fn count(bytes: &[u8], what: &[u8]) -> usize {
    bytes.windows(what.len()).filter(|window| *window == what).count()
}

#[test]
fn a_long_table_goes_on_upon_further_pages() {
    let (short, long) = (pdf(&report(3)).unwrap(), pdf(&report(120)).unwrap());
    assert!(short.starts_with(b"%PDF-1.7"));
    assert_eq!(count(&short, b"/Type /Page\n"), 1);
    assert!(count(&long, b"/Type /Page\n") >= 4);
    assert_eq!(count(&short, b"https://laocai.gov.vn/phan-anh/thong-ke"), 1, "the link leads there");
    assert_eq!(short, pdf(&report(3)).unwrap(), "the same paper is the same file");
    assert!(short.len() < 150_000, "{} bytes", short.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn whatever_stands_in_a_paper_becomes_both(text in "\\PC{0,300}", control in "[\\x00-\\x1f<>&\"]{0,8}", columns in 0usize..6) {
        let mut paper = report(1);
        paper.blocks = vec![
            Block::Text(vec![Run::plain(text.clone()), Run::bold(control.clone())]),
            Block::Table(Table { head: vec![control; columns], rows: vec![vec![text; 3]], ..Table::default() }),
        ];
        paper.recipients.clear();
        paper.signer = None;
        parts(&docx(&paper).unwrap());
        prop_assert!(pdf(&paper).unwrap().starts_with(b"%PDF"));
    }
}
