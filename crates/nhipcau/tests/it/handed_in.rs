//! What people hand in by mistake: pictures that tell a place, documents that are secret, files that are not what they say.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::keeping::{errors, program, well};
use super::world::{World, item, notice, on_postgres};

/// Words that stand only beside the pixels of the photo.
const TRACES: [&str; 3] = ["GPSPLACE-21.0285-105.8542", "PHONE-OF-TRAN-THI-B", "Exif"];

/// A photo with EXIF that names a place and an owner, in a comment and behind its end too.
fn photo() -> Vec<u8> {
    let picture = image::RgbImage::from_fn(400, 240, |x, y| image::Rgb([(x / 2) as u8, y as u8, 90]));
    let mut plain = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut plain, image::ImageFormat::Jpeg).unwrap();
    let plain = plain.into_inner();
    let mut exif =
        b"Exif\0\0II\x2a\0\x08\0\0\0\x01\0\x25\x88\x04\0\x01\0\0\0\x1a\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec();
    exif.extend(TRACES[0].as_bytes());
    exif.extend(TRACES[1].as_bytes());
    let segment = |marker: u8, data: &[u8]| {
        let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker], length.as_slice(), data].concat()
    };
    [
        &plain[..2],
        &segment(0xe1, &exif),
        &segment(0xfe, TRACES[1].as_bytes()),
        &plain[2..],
        TRACES[0].as_bytes(),
    ]
    .concat()
}

/// The files of a folder in which the words stand, however deep.
fn files_with(folder: &Path, words: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_with(&path, words));
        } else if holds(&std::fs::read(&path).unwrap_or_default(), words) {
            found.push(path.display().to_string());
        }
    }
    found
}

fn holds(bytes: &[u8], words: &str) -> bool {
    bytes.windows(words.len()).any(|window| window == words.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_byte_of_a_place_passes_any_door() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let photo = photo();
    assert!(TRACES.iter().all(|trace| holds(&photo, trace)), "nothing to lose yet");
    let draft = json!({ "kind": "news", "title": "Khánh thành cầu", "text": "Cầu đã thông xe.", "files": [
        { "name": "cầu.jpg", "type": "image/jpeg", "alt": "Cầu mới <nhìn> từ bờ nam", "base64": STANDARD.encode(&photo) }] });
    let by_api = world.issues("chinhphu", draft).await;

    // The same from a folder, by the command line.
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("hoa-van.jpg"), &photo).unwrap();
    let text = "---\ntitle: Cầu thứ hai\nkind: news\nfiles: hoa-van.jpg | Cầu thứ hai\n---\nĐã thông xe.\n";
    std::fs::write(folder.path().join("cau.md"), text).unwrap();
    let said = program(&["issue", folder.path().to_str().unwrap(), "--json"], &world.home("chinhphu"));
    well(&said);
    let by_command = item("chinhphu", &serde_json::from_slice(&said.stdout).unwrap());
    world.settle().await;

    let bundle = world.home("all.bundle");
    well(&program(&["export", bundle.to_str().unwrap()], &world.home("chinhphu")));
    let bundle = std::fs::read(bundle).unwrap();
    assert!(holds(&bundle, "Cầu mới <nhìn>"), "the bundle carries the item");
    assert!(TRACES.iter().all(|trace| !holds(&bundle, trace)), "the bundle carries more than pixels");
    for item in [&by_api, &by_command] {
        for portal in ["chinhphu", "xa-a.laocai"] {
            let told = world.told(portal, item).await;
            let files = told["document"]["files"].as_array().unwrap();
            assert_eq!(files.len(), 4, "two widths, two formats: {files:?}");
            for file in files {
                let hash = file["sha256"].as_str().unwrap();
                let content = world.get(portal, &format!("/content/{hash}")).await;
                assert_eq!(content.header("content-type"), file["type"].as_str().unwrap());
                assert!(TRACES.iter().all(|trace| !holds(&content.bytes, trace)), "{file}");
            }
            let page = world.page(portal, item).await;
            assert!(TRACES.iter().all(|trace| !page.says(trace)) && !told.to_string().contains(TRACES[1]));
        }
    }
    let page = world.page("xa-a.laocai", &by_api).await.text();
    let files = world.told("laocai", &by_api).await["document"]["files"].clone();
    let hash = |at: usize| files[at]["sha256"].as_str().unwrap().to_owned();
    assert!(page.contains(r#"width="400" height="240" alt="Cầu mới &#60;nhìn&#62; từ bờ nam""#), "{page}");
    assert!(
        page.contains(&format!(r#"srcset="/content/{} 400w, /content/{} 320w""#, hash(2), hash(3))),
        "AVIF: {page}"
    );
    assert!(
        page.contains(&format!(r#"<img src="/content/{}" srcset="/content/{} 400w"#, hash(0), hash(0))),
        "{page}"
    );
    if !on_postgres() {
        for label in ["chinhphu", "laocai"] {
            assert!(
                !files_with(&world.home(label), "Cầu thứ hai").is_empty(),
                "{label}: the search finds nothing"
            );
            for trace in TRACES {
                assert_eq!(files_with(&world.home(label), trace), Vec::<String>::new(), "{label}: {trace}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_hands_its_pictures_in_again() {
    let world = World::with(["chinhphu"]).await;
    let picture = |of: Option<&str>| json!({ "name": "a.jpg", "alt": "Cầu", "base64": STANDARD.encode(photo()), "of": of });
    let draft = |files: Value| json!({ "kind": "news", "title": "Cầu", "text": "x", "change_note": "Sửa", "files": files });
    let item = world.issues("chinhphu", draft(json!([picture(None)]))).await;
    // Copies are made anew from the picture, not taken as they come.
    world.corrects(&item, draft(json!([picture(None), picture(Some("a.jpg"))]))).await;
    assert_eq!(world.told("chinhphu", &item).await["document"]["files"].as_array().unwrap().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_marked_document_is_refused_at_every_door() {
    let world = World::with(["chinhphu"]).await;
    let before = world.issues("chinhphu", notice("Trước", "x")).await;
    let secret = "Phương án PHONG-THU-77";
    let text = format!("BỘ QUỐC PHÒNG\n**TỐI MẬT**\n\n{secret}");
    let file = |name: &str, text: &str| json!([{ "name": name, "type": "text/plain", "base64": STANDARD.encode(text) }]);
    for (field, draft) in [
        ("text", json!({ "title": "Phương án", "text": text })),
        ("title", json!({ "title": "Phương án (Tuyệt mật)", "text": "x" })),
        ("number", json!({ "title": "Phương án", "number": "15/BC-BQP (M)", "text": "x" })),
        ("summary", json!({ "title": "Phương án", "summary": "Độ mật: Mật", "text": "x" })),
        ("files[0]", json!({ "title": "Phương án", "text": "x", "files": file("a.txt", &text) })),
        (
            "files[0]",
            json!({ "title": "Phương án", "text": "x", "files": json!([{ "name": "a.csv", "type": "text/csv",
                "base64": STANDARD.encode("Tên,Mức\nĐộ mật,\"TUYỆT MẬT\"\n") }]) }),
        ),
        (
            "files[0].name",
            json!({ "title": "Phương án", "text": "x", "files": file("Phương án (MẬT).txt", "x") }),
        ),
    ] {
        let answer = world.post("chinhphu", "/api/v1/items", &json!({ "item": draft })).await;
        assert_eq!(answer.status, 422, "{field}: {}", answer.text());
        assert!(answer.says(&format!("\"{field}\"")) && answer.says("độ mật"), "{field}: {}", answer.text());
        assert!(!answer.says("PHONG-THU"), "the answer repeats it: {}", answer.text());
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.md"), format!("---\ntitle: Phương án\n---\n{text}\n")).unwrap();
    for more in [&["--dry-run"][..], &[]] {
        let arguments = [&["issue", folder.path().to_str().unwrap()], more].concat();
        let said = program(&arguments, &world.home("chinhphu"));
        assert!(!said.status.success());
        let told = errors(&said);
        assert!(told.contains("text") && !told.contains("PHONG-THU"), "{told}");
    }
    // What is said of an item stands on pages too.
    let path = |what: &str| format!("/api/v1/items/{}/{what}", before.reference);
    for (field, what, why) in [
        ("reason", "withdrawal", json!({ "reason": text })),
        ("reason", "erasure", json!({ "reason": text, "basis": "Điều 16" })),
        ("basis", "erasure", json!({ "reason": "Lộ dữ liệu cá nhân", "basis": "TUYỆT MẬT số 2\nĐiều 16" })),
    ] {
        let answer = world.post("chinhphu", &path(what), &why).await;
        assert_eq!(answer.status, 422, "{what}: {}", answer.text());
        assert!(answer.says(&format!("\"{field}\"")) && answer.says("độ mật"), "{what}: {}", answer.text());
        assert!(!answer.says("PHONG-THU"), "the answer repeats it: {}", answer.text());
    }
    let speaks =
        json!({ "title": "Luật Bảo vệ bí mật nhà nước", "text": "Ba độ: Tuyệt mật, Tối mật và Mật." });
    let after = world.issues("chinhphu", speaks).await;
    assert_eq!(after.entry, before.entry + 1, "only what speaks of it was issued");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_says_why_a_file_is_not_taken() {
    let world = World::with(["chinhphu"]).await;
    for (name, media, bytes, field, words) in [
        ("a.pdf", "application/pdf", "<!DOCTYPE html><script>x</script>", "files[0].base64", "HTML"),
        ("a.jpg", "image/jpeg", "<svg onload='x()'/>", "files[0].base64", "SVG"),
        ("a.jpg", "image/jpeg", "%PDF-1.7", "files[0].name", "PDF"),
        ("a.pdf", "image/png", "%PDF-1.7", "files[0].type", "image/png"),
        ("a.exe", "", "MZ\u{1}", "files[0].base64", "chương trình"),
        ("../a.pdf", "", "%PDF-1.7", "files[0].name", "gạch chéo"),
    ] {
        let draft = json!({ "title": "x", "text": "x", "files": [{ "name": name, "type": media, "base64": STANDARD.encode(bytes) }] });
        let answer = world.post("chinhphu", "/api/v1/items", &json!({ "item": draft })).await;
        assert_eq!(answer.status, 422, "{name}: {}", answer.text());
        assert!(answer.says(field) && answer.says(words), "{name}: {}", answer.text());
    }
    let bare = json!({ "title": "x", "text": "x", "files": [{ "name": "a.jpg", "base64": STANDARD.encode(photo()) }] });
    let answer = world.post("chinhphu", "/api/v1/items", &json!({ "item": bare })).await;
    assert!(answer.status == 422 && answer.says("files[0].alt"), "{}", answer.text());
}
