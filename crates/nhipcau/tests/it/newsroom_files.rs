//! Files and words in the newsroom: pictures without their place, what is no file, texts that are looked at and pasted.

use super::newsroom::{Office, leads, office};
use super::world::{Answer, Staff, until};

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

/// Four seconds of a test picture with a tone; `None` without ffmpeg.
pub fn clip() -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let (picture, tone) = ("testsrc=size=640x360:rate=25:duration=4", "sine=frequency=440:duration=4");
    let made = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", tone, "-shortest"])
        .args(["-metadata", "artist=SECRETOWNER", "clip.mp4"])
        .current_dir(folder.path())
        .status();
    made.ok().filter(std::process::ExitStatus::success)?;
    Some(std::fs::read(folder.path().join("clip.mp4")).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clip_is_watched_heard_or_read_and_figures_are_read() {
    let Some(clip) = clip() else {
        println!("skipped: a clip needs Debian's ffmpeg");
        return;
    };
    let office = office().await;
    let Office { world, lan, minh, .. } = &office;
    let path = office.begins(lan, "news").await;
    leads(&office.writes(lan, &path, &[("title", "Họp báo"), ("text", "Xem dưới đây.")]).await);
    leads(&office.attaches(lan, &path, &[], Some(("hop-bao.mp4", "video/mp4", &clip))).await);
    let page = world.sees(lan, &path).await.text();
    assert!(page.contains("Tệp hop-bao.mp4: hãy ghi lời nói"), "{page}");
    let said = [("loi", "0:00 Kính thưa <b>bà con</b>.\n0:02 Lũ đang lên.")];
    leads(&office.attaches(lan, &path, &said, Some(("hop-bao.mp4", "video/mp4", &clip))).await);
    let figures = [("alt", "Mực nước"), ("loi", "7 giờ: 31,2 m\n13 giờ: 32,8 m")];
    leads(
        &office.attaches(lan, &path, &figures, Some(("nuoc.jpg", "image/jpeg", &picture_with_gps()))).await,
    );
    let page = world.sees(lan, &path).await.text();
    assert!(!page.contains("hãy ghi lời nói") && page.contains("Lũ đang lên."), "{page}");
    leads(&office.does(lan, &path, "submit", "").await);
    leads(&office.does(minh, &path, "approve", "").await);
    let item = leads(&office.does(minh, &path, "issue", "").await);
    office.stands(&item, "<video controls").await;
    let address = format!("/muc/{}", item.rsplit('/').next().unwrap());
    // Where it arrived: poster first, two copies by the width of the screen, captions, sound, sizes, words.
    let public = world.get("mof", &address).await.text();
    for words in [
        "poster=\"/content/",
        "preload=\"none\"",
        "<track kind=\"captions\"",
        "4 giây: ",
        "download=\"hop-bao.m4a\">chỉ nghe</a> (",
        "Kính thưa &#60;b&#62;bà con",
        "7 giờ: 31,2 m\n13 giờ: 32,8 m",
    ] {
        assert!(public.contains(words), "{words}: {public}");
    }
    let light = world.ask(world.request("GET", "mof", &address).header("save-data", "on")).await.text();
    assert!(!light.contains("<video") && light.contains("hop-bao.mp4"), "{light}");
    // A part of it is fetched, as players do; nothing tells who filmed.
    let after = |begin: &str| public.split(begin).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let src = after("<source src=\"");
    let part = until("the clip behind the text", async || {
        let part = world.ask(world.request("GET", "mof", &src).header("range", "bytes=0-99")).await;
        if part.status == 404 { Err(part.text()) } else { Ok(part) }
    })
    .await;
    assert_eq!((part.status, part.bytes.len(), part.header("content-type")), (206, 100, "video/mp4"));
    let whole = world.get("mof", &src).await.bytes;
    assert!(!whole.windows(11).any(|w| w == b"SECRETOWNER"));
    let captions = world.get("mof", &after("<track kind=\"captions\" src=\"")).await;
    assert_eq!(captions.header("content-type"), "text/vtt");
    assert!(captions.says("00:00:02.000 --> 00:00:04.000\nLũ đang lên."), "{}", captions.text());
}
