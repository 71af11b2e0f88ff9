//! An erasure leaves no byte: every edition, every file, on every node, also one that was away.

use std::path::Path;

use base64::Engine;
use serde_json::json;

use super::world::{World, on_postgres, until};

const NAME: &str = "Trần-Thị-Xóa-Hết";

/// The files of a folder in which the words stand, however deep.
pub fn files_with(folder: &Path, words: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_with(&path, words));
        } else if std::fs::read(&path).unwrap_or_default().windows(words.len()).any(|w| w == words.as_bytes())
        {
            found.push(path.display().to_string());
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn every_edition_and_file_vanishes_also_where_the_cable_was_out() {
    let mut world = World::with(["chinhphu", "mof", "laocai"]).await;
    let attachment = format!("{NAME} {}", "phụ lục ".repeat(12_000));
    let draft = |text: &str| {
        json!({ "kind": "notice", "title": format!("Quyết định về {NAME}"), "text": text, "change_note": format!("Sửa tên {NAME}"),
            "files": [{ "name": "phu-luc.txt", "type": "text/plain", "base64": base64::engine::general_purpose::STANDARD.encode(&attachment) }] })
    };
    let item = world.issues("chinhphu", draft(&format!("Bản một: {NAME}."))).await;
    world.corrects(&item, draft(&format!("Bản hai: {NAME}. {}", "Điều khoản. ".repeat(8_000)))).await;
    world.settle().await;
    let told = world.told("laocai", &item).await;
    let file = told["document"]["files"][0]["sha256"].as_str().unwrap().to_owned();
    let editions: Vec<String> = told["editions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["sha256"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(editions.len(), 2);
    for hash in editions.iter().chain([&file]) {
        assert_eq!(
            world.get("laocai", &format!("/content/{hash}")).await.status,
            200,
            "nothing to erase yet"
        );
    }
    // Pages and feeds that are kept in memory hold it too.
    assert!(
        world.page("xa-a.laocai", &item).await.says(NAME) && world.get("mof", "/feed.atom").await.says(NAME)
    );
    let everywhere = ["chinhphu", "mof", "laocai"];
    if !on_postgres() {
        for label in everywhere {
            assert!(
                !files_with(&world.home(label), NAME).is_empty(),
                "{label}: the search finds nothing even before"
            );
        }
    }

    world.cut("laocai");
    world.erases(&item).await;
    world.settle().await;
    assert!(world.page("laocai", &item).await.says(NAME), "a node without a line cannot know");
    world.mend("laocai");
    world.settle().await;

    for label in everywhere {
        for portal in [label, if label == "laocai" { "xa-a.laocai" } else { label }] {
            let page = world.page(portal, &item).await;
            assert_eq!(page.status, 410, "{portal}");
            assert!(page.says("Luật Bảo vệ dữ liệu cá nhân"), "{portal}: the basis is not told");
            for path in ["/", "/thong-tin", "/feed.atom", "/feed.rss", "/sitemap.xml", "/en/"] {
                assert!(!world.get(portal, path).await.says(NAME), "{portal}{path}");
            }
            assert!(
                !world.get(portal, &format!("/muc/{}/lich-su", item.reference)).await.says(NAME),
                "{portal}: history"
            );
        }
        for hash in editions.iter().chain([&file]) {
            assert_eq!(world.get(label, &format!("/content/{hash}")).await.status, 410, "{label}: {hash}");
        }
        until("every byte to vanish from the disk", async || {
            let found = files_with(&world.home(label), NAME);
            if found.is_empty() { Ok(()) } else { Err(found.join(", ")) }
        })
        .await;
    }
    let why = json!({ "reason": "Lần nữa", "basis": "Điều 16" });
    let again = world.post("chinhphu", &format!("/api/v1/items/{}/erasure", item.reference), &why).await;
    assert_eq!(again.status, 409, "an erasure is final: {}", again.text());
    // Nor does a restart, which closes and empties the write-ahead log, bring a byte back.
    world.stop("laocai").await;
    assert_eq!(files_with(&world.home("laocai"), NAME), Vec::<String>::new());
    world.start("laocai").await;
    world.may_sign("laocai").await;
    world.settle().await;
    assert_eq!(world.page("laocai", &item).await.status, 410);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reason_of_an_earlier_withdrawal_vanishes_too() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let draft = json!({ "kind": "notice", "title": "Danh sách", "text": "x" });
    let item = world.issues("chinhphu", draft).await;
    let path = |verb: &str| format!("/api/v1/items/{}/{verb}", item.reference);
    let why = json!({ "reason": format!("Có tên {NAME}"), "gone": true });
    assert_eq!(world.post("chinhphu", &path("withdrawal"), &why).await.status, 201);
    world.settle().await;
    assert!(world.page("xa-a.laocai", &item).await.says(NAME), "nothing to erase yet");
    world.erases(&item).await;
    world.settle().await;
    for portal in ["chinhphu", "laocai", "xa-a.laocai"] {
        let page = world.page(portal, &item).await;
        assert!(page.says("Luật Bảo vệ dữ liệu cá nhân") && !page.says(NAME), "{portal}");
    }
    for label in ["chinhphu", "laocai"] {
        until("every byte to vanish from the disk", async || {
            let found = files_with(&world.home(label), NAME);
            if found.is_empty() { Ok(()) } else { Err(found.join(", ")) }
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_another_item_still_shows_stays() {
    let world = World::with(["chinhphu", "mof"]).await;
    let bytes = base64::engine::general_purpose::STANDARD.encode("Mẫu đơn dùng chung");
    let draft = |title: &str| json!({ "kind": "notice", "title": title, "text": "x", "files": [{ "name": "mau.txt", "type": "text/plain", "base64": bytes }] });
    world.cut("mof");
    let erased = world.issues("chinhphu", draft("Một")).await;
    let kept = world.issues("chinhphu", draft("Hai")).await;
    // The ministry learns of all three at once, before any content has come.
    world.erases(&erased).await;
    world.mend("mof");
    world.settle().await;
    let hash = world.told("mof", &kept).await["document"]["files"][0]["sha256"].as_str().unwrap().to_owned();
    for label in ["chinhphu", "mof"] {
        let file = world.get(label, &format!("/content/{hash}")).await;
        assert_eq!((file.status, file.text()), (200, "Mẫu đơn dùng chung".to_owned()), "{label}");
        assert_eq!(world.page(label, &erased).await.status, 410);
    }
}
