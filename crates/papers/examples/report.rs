//! Sets a paper and writes `report.pdf` and `report.docx`, to be looked at: `cargo run -p papers --example report -- DIR`.

use papers::{Block, Paper, Run, Signer, Table, docx, pdf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = std::path::PathBuf::from(std::env::args().nth(1).ok_or("say into which folder")?);
    let long = "Trong tuần, các cơ quan đã tiếp nhận phản ánh, kiến nghị của người dân, doanh nghiệp và trả lời phần lớn đúng hạn; \
                các việc quá hạn tập trung ở lĩnh vực đất đai, giao thông. ";
    let paper = Paper {
        lang: "vi".into(),
        name: "Báo cáo tuần".into(),
        nation: ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM".into(), "Độc lập - Tự do - Hạnh phúc".into()],
        above: "ỦY BAN NHÂN DÂN TỈNH LÀO CAI".into(),
        agency: "VĂN PHÒNG".into(),
        number: "Số:      /BC-VP".into(),
        place_and_day: "Lào Cai, ngày 26 tháng 11 năm 2026".into(),
        mark: "DỰ THẢO".into(),
        kind: "BÁO CÁO".into(),
        about: "Kết quả tiếp nhận, trả lời phản ánh, kiến nghị tuần 48 năm 2026".into(),
        blocks: vec![
            Block::Heading("I. TÌNH HÌNH CHUNG".into()),
            Block::Text(vec![
                Run::plain(long.repeat(4)),
                Run::bold("Đúng hạn 96,5 %. "),
                Run::link("Trang công khai", "https://laocai.gov.vn/"),
            ]),
            Block::Item(vec![Run::plain(long)]),
            Block::Heading("II. CƠ QUAN CÓ VIỆC QUÁ HẠN".into()),
            Block::Table(Table {
                caption: "Bảng 1".into(),
                head: vec!["Cơ quan".into(), "Tiếp nhận".into(), "Quá hạn".into()],
                parts: vec![4, 1, 1],
                numbers: vec![false, true, true],
                rows: (0..40)
                    .map(|at| vec![format!("Ủy ban nhân dân xã số {at}"), "120".into(), at.to_string()])
                    .collect(),
            }),
        ],
        signer: Some(Signer {
            capacity: "CHÁNH VĂN PHÒNG".into(),
            says: "(đã duyệt ngày 26/11/2026)".into(),
            name: "Nguyễn Văn Mẫu".into(),
        }),
        recipients: vec!["Nơi nhận:".into(), "- Như trên;".into(), "- Lưu: VT.".into()],
        foot: "Kiểm tra tại https://laocai.gov.vn/phan-anh/bao-cao/2026-w48".into(),
    };
    std::fs::write(dir.join("report.pdf"), pdf(&paper)?)?;
    std::fs::write(dir.join("report.docx"), docx(&paper)?)?;
    Ok(())
}
