//! A Word file becomes a draft's text: shown first, taken over with its pictures, and nothing that stood is lost.

use super::archive::archive;
use super::newsroom::{Office, leads, office};
use super::newsroom_files::picture_with_gps;
use super::world::multipart;
use super::world::{Answer, Staff, hidden};

/// A Word file with a heading, a list, a note, a link, a picture, and more paragraphs.
fn docx(more: &str) -> Vec<u8> {
    let document = format!(
        r#"<w:document><w:body><w:p><w:pPr><w:pStyle w:val="h"/></w:pPr><w:r><w:t>Kế hoạch</w:t></w:r></w:p>
        <w:p><w:r><w:rPr><w:b/></w:rPr><w:t>Trực</w:t></w:r><w:r><w:t> tại trụ sở</w:t></w:r><w:r><w:footnoteReference w:id="3"/></w:r></w:p>
        <w:p><w:r><w:drawing><wp:docPr descr=""/><a:blip r:embed="p"/></w:drawing></w:r><w:r><w:drawing><a:blip r:embed="q"/></w:drawing></w:r></w:p>{more}</w:body></w:document>"#
    );
    archive(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("word/document.xml", document.as_bytes()),
        ("word/styles.xml", br#"<w:styles><w:style w:styleId="h"><w:name w:val="heading 2"/></w:style></w:styles>"#),
        (
            "word/_rels/document.xml.rels",
            br#"<R><Relationship Id="p" Type="x/image" Target="media/cau.jpeg"/><Relationship Id="q" Type="x/image" Target="media/hinh.emf"/></R>"#,
        ),
        ("word/footnotes.xml", "<n><w:footnote w:id=\"3\"><w:p><w:r><w:t>Theo lịch.</w:t></w:r></w:p></w:footnote></n>".as_bytes()),
        ("word/media/cau.jpeg", &picture_with_gps()),
        ("word/media/hinh.emf", b"\x01\0\0\0 EMF"),
    ])
}

impl Office {
    /// Sends a form to the page of Word files.
    async fn word(
        &self,
        who: &Staff,
        path: &str,
        fields: &[(&str, &str)],
        file: Option<(&str, &str, &[u8])>,
    ) -> Answer {
        let all: Vec<_> = [("khoa", who.key.as_str())].into_iter().chain(fields.iter().copied()).collect();
        let (media, body) = multipart(&all, file);
        let world = &self.world;
        let request = world
            .request("POST", &who.portal, &format!("{path}/word"))
            .header("origin", format!("http://{}", world.host(&who.portal)))
            .header("cookie", &who.cookie)
            .header("content-type", media)
            .body(body);
        world.ask(request).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_file_is_shown_before_it_becomes_the_text_and_nothing_is_lost() {
    let office = office().await;
    let Office { world, lan, .. } = &office;
    let path = office.begins(lan, "notice").await;
    leads(&office.writes(lan, &path, &[("title", "Lịch trực"), ("text", "Bản cũ")]).await);
    let seen = office.word(lan, &path, &[], Some(("ke-hoach.docx", "", &docx("")))).await;
    assert_eq!(seen.status, 200, "{}", seen.text());
    for words in
        ["Kế hoạch</h2>", "<strong>Trực</strong> tại trụ sở[1]", "[1] Theo lịch.", "hinh.emf", "Ảnh cau.jpg"]
    {
        assert!(seen.says(words), "{words} in {}", seen.text());
    }
    let page = world.sees(lan, &path).await;
    assert!(page.says("Bản cũ") && !page.says("Kế hoạch"), "nothing is replaced yet");

    // A picture without words is not taken; what was typed stays.
    let text = seen.text();
    let (version, picture) = (hidden(&text, "version").unwrap(), hidden(&text, "anh").unwrap());
    let form = |after: &'static str, words: &'static str, picture: &str| -> Vec<(String, String)> {
        [
            ("viec", "lay"),
            ("version", &version),
            ("dang", "markdown"),
            ("text", "## Kế hoạch\n\nđã sửa"),
            ("cho", after),
        ]
        .into_iter()
        .chain([("anh", picture), ("anh-ten", "cau.jpg"), ("anh-loi", words)])
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
    };
    let sends = async |form: Vec<(String, String)>| {
        let fields: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        office.word(lan, &path, &fields, None).await
    };
    let refused = sends(form("sau", "", &picture)).await;
    assert!(
        refused.status == 422 && refused.says("Mỗi ảnh cần lời tả") && refused.says("đã sửa"),
        "{}",
        refused.text()
    );
    let refused = sends(form("sau", "Cầu", &"0".repeat(64))).await;
    assert_eq!(refused.status, 404, "no file of elsewhere is attached: {}", refused.text());
    leads(&sends(form("sau", "Cầu mới", &picture)).await);
    let page = world.sees(lan, &path).await;
    assert!(
        page.says("Bản cũ\n\n## Kế hoạch\n\nđã sửa") && page.says("cau.jpg") && page.says("Cầu mới"),
        "{}",
        page.text()
    );

    // Somebody has changed the text meanwhile: nothing of either is lost.
    leads(&office.writes(lan, &path, &[("text", "Người khác sửa")]).await);
    let clash = sends(form("thay", "Cầu mới", &picture)).await;
    assert!(
        clash.status == 409 && clash.says("Người khác vừa sửa") && clash.says("đã sửa"),
        "{}",
        clash.text()
    );
    assert!(world.sees(lan, &path).await.says("Người khác sửa"));
    let mut again = form("thay", "Cầu mới", &picture);
    again[1].1 = hidden(&clash.text(), "version").unwrap();
    leads(&sends(again).await);
    let page = world.sees(lan, &path).await;
    assert!(page.says("đã sửa") && !page.says("Người khác sửa"), "{}", page.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_word_file_or_a_secret_is_refused_with_what_to_do() {
    let office = office().await;
    let Office { world, lan, .. } = &office;
    let path = office.begins(lan, "notice").await;
    let old = "<w:p><w:r><w:t>Céng hßa x· héi chñ nghÜa ViÖt Nam, §éc lËp Tù do H¹nh phóc, tr\u{AD}êng häc cña chóng ta ®\u{AD}îc x©y dùng</w:t></w:r></w:p>";
    let old = archive(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", old.as_bytes())]);
    let seen = office.word(lan, &path, &[], Some(("cu.docx", "", &old))).await;
    assert!(seen.says("Cộng hòa xã hội chủ nghĩa Việt Nam"), "{}", seen.text());
    assert!(
        seen.says("trường học của chúng ta được xây dựng") && seen.says("bảng mã tcvn3"),
        "{}",
        seen.text()
    );
    for (name, bytes, says) in [
        ("a.docx", b"%PDF-1.7\n%%EOF".as_slice(), "Không lấy được văn bản từ tệp loại PDF"),
        (
            "a.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0",
            "lưu thành .docx",
        ),
        ("a.docx", b"<p>xin ch\xc3\xa0o</p>", "Đây không phải tệp Word"),
        ("a.docx", b"PK\x03\x04 broken", "ệp"),
        ("a.docx", b"", "Hãy chọn tệp Word"),
        ("a.docx", &docx("<w:p><w:r><w:t>TỐI MẬT</w:t></w:r></w:p>"), "Có dấu độ mật"),
    ] {
        let refused = office.word(lan, &path, &[], Some((name, "", bytes))).await;
        assert!(refused.status == 422 && refused.says(says), "{says}: {} {}", refused.status, refused.text());
    }
    let stranger = world.staff("mof", "nam", &["editor"]).await;
    assert_eq!(office.word(&stranger, &path, &[], Some(("a.docx", "", &docx("")))).await.status, 404);
    assert_eq!(world.sees(&stranger, &format!("{path}/word")).await.status, 404);
}
