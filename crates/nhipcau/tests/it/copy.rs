//! A portal on a stick: plain files in which every link leads to a file beside it, none asks a host for anything, and each page
//! says when it was made; what was withdrawn is not in it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use super::keeping::{errors, program, well};
use super::world::{World, notice};

/// Every file of a copy, by its path.
pub fn files(folder: &Path) -> BTreeSet<String> {
    fn walk(folder: &Path, root: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, found);
            } else {
                found.insert(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    let mut found = BTreeSet::new();
    walk(folder, folder, &mut found);
    found
}

/// The addresses in a page's attributes.
fn addresses(html: &str) -> Vec<String> {
    let all =
        ["href=\"", "src=\"", "action=\"", "poster=\""].into_iter().flat_map(|name| html.split(name).skip(1));
    all.map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&")).collect()
}

/// Every address leads to a file of the copy, and to a place in it that is there.
fn leads(folder: &Path) {
    let all = files(folder);
    let mut followed = 0;
    for page in all.iter().filter(|path| path.ends_with(".html")) {
        let html = std::fs::read_to_string(folder.join(page)).unwrap();
        assert!(
            html.contains("Bản sao ngoại tuyến của") && html.contains("lập lúc"),
            "{page} does not say its age"
        );
        for address in addresses(&html) {
            assert!(!address.contains("//") && !address.starts_with('/'), "{page} leads to {address}");
            if address.starts_with("tel:") || address.starts_with("mailto:") {
                continue;
            }
            let (path, anchor) = address.split_once('#').unwrap_or((&address, ""));
            let mut parts: Vec<&str> =
                Path::new(page).parent().unwrap().iter().map(|p| p.to_str().unwrap()).collect();
            for part in path.split('/') {
                if part == ".." {
                    parts.pop().unwrap();
                } else {
                    parts.push(part)
                }
            }
            let target = if path.is_empty() { page.clone() } else { parts.join("/") };
            assert!(all.contains(&target), "{page} leads to {address}, which is not there");
            if !anchor.is_empty() {
                let html = std::fs::read_to_string(folder.join(&target)).unwrap();
                assert!(html.contains(&format!("id=\"{anchor}\"")), "{page} leads to {address}");
            }
            followed += 1;
        }
    }
    assert!(followed > 60, "{followed}");
    for name in ["ban-sao.css", "ban-sao.js", "chi-muc.js"] {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        for asks in ["fetch(", "XMLHttpRequest", "@import", "url(", "http:", "https:", "innerHTML"] {
            assert!(!text.contains(asks), "{name} has {asks}");
        }
    }
}

fn made(world: &World, label: &str, to: &Path, more: &[&str]) -> String {
    let arguments = [&["offline", to.to_str().unwrap()], more].concat();
    let output = program(&arguments, &world.home(label));
    well(&output);
    String::from_utf8(output.stdout).unwrap()
}

fn page(folder: &Path, reference: &str) -> String {
    std::fs::read_to_string(folder.join(format!("muc/{reference}.html"))).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_lies_on_a_stick_whole_proven_and_without_a_host() {
    let mut world = World::with(["chinhphu", "laocai"]).await;
    let decree = json!({
        "kind": "document", "title": "Nghị định về <đăng ký> hộ tịch", "number": "42/2026/NĐ-CP", "form": "Nghị định",
        "agency": "Chính phủ", "issued": "2026-01-05", "effective": "2026-02-01",
        "text": "### Điều 1. Phạm vi\n\nQuy định chung.\n\n### Điều 2. Lệ phí\n\nMiễn lệ phí.",
    });
    let decree = world.issues("chinhphu", decree).await;
    let text = "Theo Điều 2 Nghị định số 42/2026/NĐ-CP, xem [trang](https://vi.du.vn/x) và [mạng](/mang), gọi <tel:113>.";
    let local = world.issues("xa-a.laocai", notice("Lịch tiêm chủng", text)).await;
    let withdrawn = world.issues("xa-a.laocai", notice("Tin sai lệch", "Đừng tin.")).await;
    world.withdraws(&withdrawn, true).await;
    world.settle().await;

    let stick = world.home("stick");
    let printed = made(&world, "laocai", &stick, &["--portal", "xa-a.laocai.localhost"]);
    assert!(printed.contains("Đã chép 2 mục") && printed.contains("KB"), "{printed}");
    leads(&stick);
    let item = page(&stick, &local.reference);
    assert!(
        item.contains(&format!("<a href=\"{}.html#dieu-2\">42/2026/NĐ-CP</a>", decree.reference)),
        "{item}"
    );
    assert!(item.contains("trang <span class=\"xa\">(https://vi.du.vn/x)</span> và mạng"), "{item}");
    assert!(page(&stick, &decree.reference).contains("Còn hiệu lực"));
    for path in files(&stick) {
        let bytes = std::fs::read(stick.join(&path)).unwrap();
        assert!(
            !String::from_utf8_lossy(&bytes).contains("Đừng tin") && !path.contains(&withdrawn.reference),
            "{path}"
        );
    }
    // The proof proves, without any node.
    let proof = stick.join(format!("bang-chung/{}.tlog-proof", decree.reference));
    let root = stick.join("root.note");
    let mut verify = Command::new(env!("CARGO_BIN_EXE_nhipcau"));
    let verified = verify
        .args(["verify", proof.to_str().unwrap(), "--root-note", root.to_str().unwrap()])
        .output()
        .unwrap();
    assert!(verified.status.success(), "{}", errors(&verified));
    // Found by number and by words, as the script looks them up.
    let index = std::fs::read_to_string(stick.join("chi-muc.js")).unwrap();
    assert!(
        index.contains("42 2026 nd cp") && index.contains("lich tiem chung") && index.contains("\"mien\""),
        "{index}"
    );

    // Nothing old stays beside the new, and what stands is not overwritten.
    let again = program(&["offline", stick.to_str().unwrap()], &world.home("laocai"));
    assert!(!again.status.success() && errors(&again).contains("is not empty"), "{}", errors(&again));
    let nobody = program(&["offline", "x.zip", "--portal", "khong-co.gov.vn"], &world.home("laocai"));
    assert!(!nobody.status.success() && errors(&nobody).contains("portal"), "{}", errors(&nobody));

    // Of a stopped node the same, as one file.
    world.stop("laocai").await;
    let zip: PathBuf = world.home("xa.zip");
    let printed = made(&world, "laocai", &zip, &["--portal", "xa-a.laocai.localhost", "--lang", "en"]);
    assert!(printed.contains("2 items"), "{printed}");
    let archive = std::fs::read(&zip).unwrap();
    let archive = nhipcau::files::Archive::open(&archive).unwrap();
    let home = String::from_utf8(archive.read("index.html", 1 << 20).unwrap()).unwrap();
    assert!(home.contains("Offline copy of") && home.contains("Lịch tiêm chủng"), "{home}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_beyond_the_limit_is_named_and_left_out() {
    let world = World::with(["chinhphu"]).await;
    use base64::Engine;
    let file = |name: &str, times: usize| {
        let text = "Một dòng của tệp.\n".repeat(times);
        json!({ "name": name, "type": "text/plain", "base64": base64::engine::general_purpose::STANDARD.encode(text) })
    };
    let mut item = notice("Số liệu", "Kèm hai tệp.");
    item["files"] = json!([file("nho.txt", 10), file("to.txt", 80_000)]);
    let item = world.issues("chinhphu", item).await;
    let stick = world.home("stick");
    let printed = made(&world, "chinhphu", &stick, &["--file-mb", "1"]);
    assert!(printed.contains("1 tệp quá lớn") && printed.contains("1 files"), "{printed}");
    let page = page(&stick, &item.reference);
    assert!(
        page.contains("nho.txt</a>")
            && page.contains("to.txt (")
            && page.contains("không có trong bản sao này"),
        "{page}"
    );
    assert_eq!(files(&stick).iter().filter(|path| path.starts_with("tep/")).count(), 1);
}
