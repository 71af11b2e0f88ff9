//! Files and words in the newsroom: pictures without their place, what is no file, texts that are looked at and pasted.

use super::newsroom::{Office, leads, office};
use super::world::{Answer, Staff};

/// A picture of one colour, with a place in its metadata.
pub fn picture_with_gps() -> Vec<u8> {
    let plain = image::RgbImage::from_pixel(40, 30, image::Rgb([200, 30, 40]));
    let mut jpeg = Vec::new();
    jpeg_encoder::Encoder::new(&mut jpeg, 90).encode(&plain, 40, 30, jpeg_encoder::ColorType::Rgb).unwrap();
    let exif = b"Exif\0\0GPSLatitude 21.0285 Ha Noi";
    let mut whole = jpeg[..2].to_vec();
    whole.extend_from_slice(&[0xff, 0xe1]);
    whole.extend_from_slice(&(exif.len() as u16 + 2).to_be_bytes());
    whole.extend_from_slice(exif);
    whole.extend_from_slice(&jpeg[2..]);
    whole
}

impl Office {
    /// Attaches a file to a draft.
    pub async fn attaches(
        &self,
        who: &Staff,
        path: &str,
        fields: &[(&str, &str)],
        file: Option<(&str, &str, &[u8])>,
    ) -> Answer {
        let version = self.version(who, path).await;
        let all: Vec<_> = [("version", version.as_str())].into_iter().chain(fields.iter().copied()).collect();
        self.world.hands_in(who, &format!("{path}/tep"), &all, file).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_attached_without_its_place_and_what_is_no_file_is_named() {
    let office = office().await;
    let Office { world, lan, minh, .. } = &office;
    let path = office.begins(lan, "news").await;
    leads(&office.writes(lan, &path, &[("title", "Khánh thành cầu"), ("text", "Cầu mới.")]).await);
    let jpeg = picture_with_gps();
    for (fields, file, why) in [
        (vec![], Some(("cau.jpg", "image/jpeg", jpeg.as_slice())), "Ảnh"),
        (vec![("alt", "x")], Some(("cau.jpg", "image/jpeg", b"<svg onload=alert(1)>".as_slice())), "ảnh SVG"),
        (vec![("alt", "x")], Some(("cau.exe", "image/jpeg", b"MZ\x90\0".as_slice())), "chương trình"),
        (vec![], None, "Hãy chọn tệp"),
    ] {
        let refused = office.attaches(lan, &path, &fields, file).await;
        assert_eq!(refused.status, 422, "{}", refused.text());
        assert!(refused.says(why), "{why}: {}", refused.text());
    }
    let alt = [("alt", "Cầu mới nhìn từ bờ nam")];
    leads(&office.attaches(lan, &path, &alt, Some(("cau.jpg", "image/jpeg", &jpeg))).await);
    assert!(world.sees(lan, &path).await.says("Cầu mới nhìn từ bờ nam"));
    leads(&office.does(lan, &path, "submit", "").await);
    leads(&office.does(minh, &path, "approve", "").await);
    let item = leads(&office.does(minh, &path, "issue", "").await);
    office.stands(&item, "alt=\"Cầu mới nhìn từ bờ nam\"").await;
    let public = world.get("chinhphu", &format!("/muc/{}", item.rsplit('/').next().unwrap())).await.text();
    let src = public.split("src=\"/content/").nth(1).unwrap().split('"').next().unwrap();
    let bytes = world.get("chinhphu", &format!("/content/{src}")).await.bytes;
    assert!(bytes.starts_with(b"\xff\xd8") && !bytes.windows(3).any(|w| w == b"GPS"), "made anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_looked_at_and_what_is_pasted_is_made_plain() {
    let office = office().await;
    let Office { world, lan, .. } = &office;
    let path = office.begins(lan, "directive").await;
    let fields = [
        ("title", "Trực ban"),
        ("text", "Liên hệ số 0912345678 trước ngày 31/02/2027."),
        ("details.tasks[0].number", "1"),
        ("details.tasks[0].task", "Rà soát hồ đập"),
        ("details.addressees[0].name", "Bộ Tài chính"),
    ];
    leads(&office.writes(lan, &path, &fields).await);
    let page = world.sees(lan, &path).await.text();
    assert!(page.contains("Câu chữ:") && page.contains("31/02/2027"), "{page}");
    assert!(page.contains("name=\"details.tasks[1].task\"") && page.contains("Rà soát hồ đập"), "{page}");
    let word = "<html><p class=MsoNormal><b>Điều 1.</b> Phạm vi<o:p></o:p></p><script>alert(1)</script><ul><li>một</ul>";
    let cleaned = world.fills(lan, "/ban-lam-viec/dan", &[("html", word)]).await;
    assert_eq!(cleaned.status, 200, "{}", cleaned.text());
    let text = cleaned.json()["text"].as_str().unwrap().to_owned();
    assert!(text.contains("**Điều 1.**") && text.contains("một") && !text.contains("alert"), "{text}");
}
