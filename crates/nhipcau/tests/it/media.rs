//! A draft's media: files that come in parts and go on after a break, a restart and a wrong sum; copies made in the background; captions;
//! pictures of figures.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use nhipcau::app::App;
use sha1::{Digest, Sha1};

use super::newsroom::{Office, leads, office};
use super::newsroom_files::{clip, picture_with_gps};
use super::world::{Answer, Staff, World, until};

/// A request of the script that sends files.
async fn tus(
    world: &World,
    staff: &Staff,
    method: &str,
    path: &str,
    headers: &[(&str, String)],
    body: Vec<u8>,
) -> Answer {
    let mut request = world
        .request(method, &staff.portal, path)
        .header("origin", format!("http://{}", world.host(&staff.portal)))
        .header("cookie", &staff.cookie)
        .header("nhipcau-khoa", &staff.key)
        .header("tus-resumable", "1.0.0");
    for (name, value) in headers {
        request = request.header(*name, value.as_str());
    }
    world.ask(request.body(body)).await
}

fn said(pairs: &[(&str, &str)]) -> String {
    pairs
        .iter()
        .map(|(key, value)| format!("{key} {}", BASE64_STANDARD.encode(value)))
        .collect::<Vec<_>>()
        .join(",")
}

async fn begins(office: &Office, who: &Staff, path: &str, size: usize, pairs: &[(&str, &str)]) -> Answer {
    let headers = [("upload-length", size.to_string()), ("upload-metadata", said(pairs))];
    tus(&office.world, who, "POST", &format!("{path}/tai-len"), &headers, Vec::new()).await
}

async fn part(
    office: &Office,
    who: &Staff,
    href: &str,
    at: usize,
    bytes: &[u8],
    sum: Option<&[u8]>,
) -> Answer {
    let mut headers = vec![
        ("content-type", "application/offset+octet-stream".to_owned()),
        ("upload-offset", at.to_string()),
    ];
    headers.extend(
        sum.map(|of| ("upload-checksum", format!("sha1 {}", BASE64_STANDARD.encode(Sha1::digest(of))))),
    );
    tus(&office.world, who, "PATCH", href, &headers, bytes.to_vec()).await
}

async fn until_page(office: &Office, who: &Staff, path: &str, words: &str) -> String {
    until(words, async || {
        let page = office.world.sees(who, &format!("{path}/tai-len")).await.text();
        if page.contains(words) { Ok(page) } else { Err(page) }
    })
    .await
}

fn uploads(app: &App) -> Vec<std::path::PathBuf> {
    let folder = app.config.content.with_file_name("uploads");
    std::fs::read_dir(folder).map(|all| all.map(|one| one.unwrap().path()).collect()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_in_parts_and_only_what_is_whole_counts() {
    let office = office().await;
    let Office { world, lan, minh, .. } = &office;
    let path = office.begins(lan, "news").await;
    let jpeg = picture_with_gps();
    let begun = begins(&office, lan, &path, jpeg.len(), &[("filename", "cau.jpg"), ("alt", "Cầu mới")]).await;
    assert_eq!((begun.status, begun.header("tus-resumable")), (201, "1.0.0"), "{}", begun.text());
    assert!(begun.header("upload-expires").ends_with("GMT"));
    let href = begun.header("location").to_owned();
    assert_eq!(
        part(&office, lan, &href, 0, &jpeg[..100], Some(&jpeg[..100])).await.header("upload-offset"),
        "100"
    );
    // A part that was altered on the way, one that begins elsewhere, one of another type: nothing is kept.
    assert_eq!(part(&office, lan, &href, 100, &jpeg[100..200], Some(b"other")).await.status, 460);
    assert_eq!(part(&office, lan, &href, 0, &jpeg[..100], None).await.status, 409);
    let plain = [("content-type", "text/plain".to_owned()), ("upload-offset", "100".to_owned())];
    assert_eq!(tus(world, lan, "PATCH", &href, &plain, vec![1]).await.status, 415);
    assert_eq!(part(&office, lan, &href, 100, &vec![0; jpeg.len()], None).await.status, 413);
    let held = tus(world, lan, "HEAD", &href, &[], Vec::new()).await;
    let told =
        (held.status, held.header("upload-offset").to_owned(), held.header("upload-length").to_owned());
    assert_eq!(told, (200, "100".to_owned(), jpeg.len().to_string()));
    assert_eq!(held.header("upload-metadata"), said(&[("filename", "cau.jpg"), ("alt", "Cầu mới")]));
    // It is nobody else's, and no other version's.
    assert_eq!(tus(world, minh, "HEAD", &href, &[], Vec::new()).await.status, 404);
    let old = world
        .request("PATCH", &lan.portal, &href)
        .header("cookie", &lan.cookie)
        .header("nhipcau-khoa", &lan.key);
    let old =
        old.header("origin", format!("http://{}", world.host(&lan.portal))).header("tus-resumable", "0.2.2");
    assert_eq!(world.ask(old.body(Vec::new())).await.status, 412);
    let page = world.sees(lan, &format!("{path}/tai-len")).await;
    assert!(page.says("Đã nhận ") && page.says("cau.jpg"), "{}", page.text());
    assert!(world.sees(lan, &path).await.text().contains(&href), "the draft's script knows where to go on");
    assert_eq!(part(&office, lan, &href, 100, &jpeg[100..], None).await.status, 204);
    until_page(&office, lan, &path, "Xong: đã có trong bản nháp").await;
    assert!(world.sees(lan, &path).await.says("Cầu mới"));
    assert_eq!(
        uploads(world.app("chinhphu")),
        Vec::<std::path::PathBuf>::new(),
        "its bytes are in the draft now"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_file_fails_with_its_reason_and_can_be_left() {
    let office = office().await;
    let Office { world, lan, .. } = &office;
    let path = office.begins(lan, "news").await;
    for (size, pairs, status) in [
        (3_usize << 30, &[("filename", "a.mp4")][..], 413),
        (65 << 20, &[("filename", "a.pdf")], 413),
        (5, &[("filename", "")], 400),
        (0, &[("filename", "a.pdf")], 400),
    ] {
        assert_eq!(begins(&office, lan, &path, size, pairs).await.status, status, "{pairs:?}");
    }
    let keyless = Staff { key: "00".into(), ..lan.clone() };
    assert_eq!(begins(&office, &keyless, &path, 5, &[("filename", "a.pdf")]).await.status, 403);
    let nobody = Staff { cookie: String::new(), ..lan.clone() };
    assert_eq!(begins(&office, &nobody, &path, 5, &[("filename", "a.pdf")]).await.status, 401);
    let begun = begins(&office, lan, &path, 5, &[("filename", "a.pdf")]).await;
    let href = begun.header("location").to_owned();
    assert_eq!(part(&office, lan, &href, 0, b"%PDFx", None).await.status, 204);
    let page = until_page(&office, lan, &path, "Chưa được: ").await;
    assert!(page.contains("value=\"lai\""), "{page}");
    leads(&world.fills(lan, &href, &[("viec", "lai")]).await);
    until_page(&office, lan, &path, "Chưa được: ").await;
    leads(&world.fills(lan, &href, &[("viec", "bo")]).await);
    assert!(world.sees(lan, &format!("{path}/tai-len")).await.says("Không có tệp nào"));
    assert_eq!(uploads(world.app("chinhphu")).len(), 0);
    // Five of one person at once, and no more; one that is left makes room.
    let mut hrefs = Vec::new();
    for at in 0..5 {
        let name = format!("{at}.pdf");
        let begun = begins(&office, lan, &path, 5, &[("filename", &name)]).await;
        assert_eq!(begun.status, 201, "{}", begun.text());
        hrefs.push(begun.header("location").to_owned());
    }
    assert_eq!(begins(&office, lan, &path, 5, &[("filename", "6.pdf")]).await.status, 429);
    assert_eq!(tus(world, lan, "DELETE", &hrefs[0], &[], Vec::new()).await.status, 204);
    assert_eq!(tus(world, lan, "HEAD", &hrefs[0], &[], Vec::new()).await.status, 404);
    assert_eq!(begins(&office, lan, &path, 5, &[("filename", "6.pdf")]).await.status, 201);
    // After a day nobody goes on with it.
    world.clock("chinhphu").pass(25 * 3_600_000_000);
    let again = world.again("chinhphu", "lan").await;
    assert_eq!(tus(world, &again, "HEAD", &hrefs[1], &[], Vec::new()).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_goes_on_after_the_node_was_stopped() {
    let mut office = office().await;
    let path = office.begins(&office.lan, "news").await;
    let jpeg = picture_with_gps();
    let begun =
        begins(&office, &office.lan, &path, jpeg.len(), &[("filename", "cau.jpg"), ("alt", "Cầu mới")]).await;
    let href = begun.header("location").to_owned();
    assert_eq!(part(&office, &office.lan, &href, 0, &jpeg[..150], None).await.status, 204);
    // What lies behind the part that is noted broke off and counts for nothing.
    let file = uploads(office.world.app("chinhphu")).remove(0);
    let mut bytes = std::fs::read(&file).unwrap();
    bytes.extend_from_slice(b"broken off");
    std::fs::write(&file, bytes).unwrap();
    office.world.stop("chinhphu").await;
    office.world.start("chinhphu").await;
    let lan = office.world.again("chinhphu", "lan").await;
    let held = tus(&office.world, &lan, "HEAD", &href, &[], Vec::new()).await;
    assert_eq!(held.header("upload-offset"), "150");
    assert_eq!(part(&office, &lan, &href, 150, &jpeg[150..], Some(&jpeg[150..])).await.status, 204);
    until_page(&office, &lan, &path, "Xong: đã có trong bản nháp").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_of_a_clip_are_made_beforehand_and_are_what_the_issue_would_make() {
    let Some(clip) = clip() else {
        println!("skipped: a clip needs Debian's ffmpeg");
        return;
    };
    let office = office().await;
    let Office { world, lan, minh, .. } = &office;
    let path = office.begins(lan, "news").await;
    leads(&office.writes(lan, &path, &[("title", "Họp báo"), ("text", "Xem dưới đây.")]).await);
    let begun = begins(
        &office,
        lan,
        &path,
        clip.len(),
        &[("filename", "hop-bao.mp4"), ("loi", "0:00 Kính thưa bà con.")],
    )
    .await;
    let href = begun.header("location").to_owned();
    for (at, bytes) in clip.chunks(40_000).enumerate() {
        assert_eq!(part(&office, lan, &href, at * 40_000, bytes, Some(bytes)).await.status, 204);
    }
    let page = until_page(&office, lan, &path, "Xong: đã có trong bản nháp").await;
    let captions = page.split("href=\"").find(|rest| rest.contains("/phu-de/")).unwrap();
    let captions = captions.split('"').next().unwrap().to_owned();
    // Captions: a row is parted, one overlaps and is not saved, then all is.
    let page = world.sees(lan, &captions).await;
    assert!(page.says("value=\"0:04") && page.says("Kính thưa bà con."), "{}", page.text());
    let version = office.version(lan, &captions).await;
    let rows = [("version", version.as_str()), ("tu", "0:00"), ("den", "0:03"), ("loi", "Kính thưa bà con.")];
    let more =
        [rows[0], rows[1], rows[2], rows[3], ("tu", "0:02"), ("den", "0:04"), ("loi", "Lũ lên <nhanh>.")];
    let split = world.fills(lan, &captions, &[&rows[..], &[("viec", "tach-0")]].concat()).await;
    assert!(split.says("id=\"dong-2\"") && split.says("chưa được lưu"), "{}", split.text());
    let wrong = world.fills(lan, &captions, &[&more[..], &[("viec", "luu")]].concat()).await;
    assert!(wrong.status == 409 && wrong.says("Chồng lên dòng trên"), "{}", wrong.text());
    let mut mended = more;
    mended[4].1 = "0:03";
    leads(&world.fills(lan, &captions, &[&mended[..], &[("viec", "luu")]].concat()).await);
    let vtt = world.sees(lan, &format!("{captions}/tep")).await;
    assert!(vtt.says("00:00:03.000 --> 00:00:04.000\nLũ lên &lt;nhanh&gt;."), "{}", vtt.text());
    let srt = b"1\n00:00:00,500 --> 00:00:02,000\nTu tep\n";
    let taken = world
        .hands_in(
            lan,
            &captions,
            &[("version", &version), ("viec", "nap")],
            Some(("a.srt", "text/plain", srt)),
        )
        .await;
    assert!(taken.says("value=\"0:00.5\"") && taken.says("Tu tep"), "{}", taken.text());
    leads(&office.does(lan, &path, "submit", "").await);
    leads(&office.does(minh, &path, "approve", "").await);
    let item = leads(&office.does(minh, &path, "issue", "").await);
    office.stands(&item, "<video controls").await;
    let public = world.get("chinhphu", &format!("/muc/{}", item.rsplit('/').next().unwrap())).await.text();
    assert!(public.contains("download=\"hop-bao-240.mp4\"") && public.contains("0:03 Lũ lên"), "{public}");
    let src = public.split("<track kind=\"captions\" src=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(world.get("chinhphu", src).await.text(), vtt.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_become_a_picture_with_their_words() {
    let office = office().await;
    let Office { world, lan, .. } = &office;
    let path = office.begins(lan, "news").await;
    let page = format!("{path}/so-lieu");
    assert!(world.sees(lan, &page).await.says("name=\"so-lieu\""));
    let version = office.version(lan, &path).await;
    let fields = |figures| {
        [
            ("version", version.as_str()),
            ("kieu", "bar"),
            ("tieu-de", "Sản lượng lúa"),
            ("don-vi", "nghìn tấn"),
            ("so-lieu", figures),
        ]
    };
    let bad = world.hands_in(lan, &page, &fields("Tỉnh;Lúa\nAn Giang;1.5"), None).await;
    assert!(bad.status == 422 && bad.says("Dòng 2, cột 2") && bad.says("An Giang;1.5"), "{}", bad.text());
    let good = fields("Tỉnh;Lúa\nAn Giang;2.310,5\nCà Mau;640");
    let shown = world.hands_in(lan, &page, &good, None).await.text();
    assert!(
        shown.contains("data:image/png;base64,")
            && shown.contains("cao nhất là An Giang (2.310,5 nghìn tấn)"),
        "{shown}"
    );
    leads(&world.hands_in(lan, &page, &[&good[..], &[("viec", "them")]].concat(), None).await);
    let draft = world.sees(lan, &path).await.text();
    assert!(
        draft.contains("Sản lượng lúa.jpg") && draft.contains("An Giang: 2.310,5\nCà Mau: 640"),
        "{draft}"
    );
}
