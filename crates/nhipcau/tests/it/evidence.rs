//! Evidence: files that an agency attaches to what it reports of a task, until whoever gave the task opens them.

use serde_json::{Value, json};

use super::newsroom_files::picture_with_gps;
use super::world::{Answer, Item, Staff, World, until};

const HOME: &str = "/ban-lam-viec/nhiem-vu";
const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

fn directive() -> Value {
    json!({
        "kind": "directive", "title": "Tập trung ứng phó mưa lũ", "text": "Yêu cầu thực hiện.",
        "form": "Công điện", "number": "46/CĐ-TTg", "issued": "2026-11-20",
        "details": { "tasks": [{ "number": "1", "task": "Bố trí kinh phí.", "agency": "Cơ quan mof" }] },
    })
}

fn page(item: &Item) -> String {
    format!("{HOME}/{}?so=1", item.reference)
}

/// Sends the form of the task, with or without a file.
async fn sends(
    world: &World,
    who: &Staff,
    item: &Item,
    fields: &[(&str, &str)],
    file: Option<(&str, &str, &[u8])>,
) -> Answer {
    let end = if fields.contains(&("viec", "xong")) { "/xong" } else { "" };
    let all: Vec<_> = [("so", "1")].into_iter().chain(fields.iter().copied()).collect();
    world.hands_in(who, &format!("{HOME}/{}{end}", item.reference), &all, file).await
}

async fn says(world: &World, who: &Staff, path: &str, words: &str) -> String {
    until(words, async || {
        let page = world.sees(who, path).await.text();
        if page.contains(words) { Ok(page) } else { Err(page) }
    })
    .await
}

/// Where a page's link to a file leads.
fn link(page: &str, name: &str) -> String {
    let end = format!("\" download=\"{name}\"");
    let before = page.split(&end).next().filter(|before| before.len() < page.len());
    let before = before.unwrap_or_else(|| panic!("no link to {name}: {page}"));
    before.rsplit("href=\"").next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_closed_with_evidence_that_its_issuer_opens_on_another_node() {
    let mut world = World::with(["chinhphu", "mof"]).await;
    let lan = world.staff("chinhphu", "lan", &["editor"]).await;
    let ha = world.staff("mof", "ha", &["leader"]).await;
    let item = world.issues("chinhphu", directive()).await;
    says(&world, &ha, HOME, "1. Bố trí kinh phí.").await;

    // What is refused takes nothing with it: neither the words nor what was attached before.
    let words = ("noi-dung", "Đã cấp 20 tỷ đồng.\r\nXem biên bản.");
    let taken =
        sends(&world, &ha, &item, &[words, ("viec", "tep")], Some(("bien-ban.pdf", "application/pdf", PDF)))
            .await;
    assert_eq!(taken.status, 303, "{}", taken.text());
    let jpeg = picture_with_gps();
    let secret = "TỐI MẬT\nKế hoạch".as_bytes();
    for (fields, file, why) in [
        (vec![words, ("viec", "tep")], Some(("anh.jpg", "image/jpeg", jpeg.as_slice())), "tả ngắn gọn"),
        (
            vec![words, ("viec", "bao-cao")],
            Some(("a.pdf", "application/pdf", b"MZ\x90\0".as_slice())),
            "chương trình",
        ),
        (vec![words, ("viec", "xong")], Some(("ke-hoach.txt", "text/plain", secret)), "dấu độ mật"),
        (vec![words, ("viec", "tep")], None, "Hãy chọn tệp"),
    ] {
        let refused = sends(&world, &ha, &item, &fields, file).await;
        assert_eq!(refused.status, 422, "{why}: {}", refused.text());
        for words in [why, "Đã cấp 20 tỷ đồng.\nXem biên bản.", "bien-ban.pdf"] {
            assert!(refused.says(words), "{words}: {}", refused.text());
        }
    }
    let secret = sends(&world, &ha, &item, &[("noi-dung", "MẬT\nKế hoạch"), ("viec", "bao-cao")], None).await;
    assert!(secret.status == 422 && secret.says("dấu độ mật"), "{}", secret.text());
    let size = world.holds("mof", "mof").await;

    // A session that ends in between keeps the words in the page of the sign-in, and the evidence with the account.
    let gone = Staff { cookie: "nhipcau=khong-con".into(), ..ha.clone() };
    let kept =
        sends(&world, &gone, &item, &[words, ("viec", "bao-cao")], Some(("x.pdf", "application/pdf", PDF)))
            .await;
    assert!(kept.status == 401 && kept.says("Đã cấp 20 tỷ đồng."), "{}", kept.text());
    assert_eq!(world.holds("mof", "mof").await, size, "nothing of all this was said");

    let alt = ("alt", "Trao tiền tại xã A");
    sends(&world, &ha, &item, &[words, alt, ("viec", "tep")], Some(("anh.jpg", "image/jpeg", &jpeg))).await;
    assert!(world.sees(&ha, &page(&item)).await.says("Trao tiền tại xã A"));
    // The node dies while a report is half written, and the way to the issuer is cut while it is sent.
    world.stop("mof").await;
    world.start("mof").await;
    world.may_sign("mof").await;
    assert!(world.sees(&ha, &page(&item)).await.says("Đã cấp 20 tỷ đồng.\nXem biên bản."));
    world.cut("mof");
    let done = sends(&world, &ha, &item, &[words, ("viec", "xong")], None).await;
    assert_eq!(done.status, 303, "{}", done.text());
    world.mend("mof");

    let follow = format!("{HOME}/theo-doi/{}", item.reference);
    let report = until("links to the evidence", async || {
        let page = world.sees(&lan, &follow).await.text();
        if page.matches("download=").count() == 2 { Ok(page) } else { Err(page) }
    })
    .await;
    assert!(report.contains("Đã cấp 20 tỷ đồng.\nXem biên bản.") && report.contains("Trao tiền tại xã A"));
    let paper = world.get("chinhphu", &link(&report, "bien-ban.pdf")).await;
    assert_eq!((paper.status, paper.bytes.as_slice()), (200, PDF), "a paper keeps its bytes and its hash");
    let picture = world.get("chinhphu", &link(&report, "anh.jpg")).await.bytes;
    assert!(picture.starts_with(b"\xff\xd8") && !picture.windows(3).any(|w| w == b"GPS"), "made anew");
    // The entry has the files, and nothing waits to be said any more.
    let closed = world.sees(&ha, &page(&item)).await.text();
    assert_eq!(closed.matches("download=").count(), 2, "{closed}");
    assert!(!closed.contains("name=\"noi-dung\""), "{closed}");

    let paths: Vec<String> = ["bien-ban.pdf", "anh.jpg"].map(|name| link(&report, name)).into();
    world.erases(&item).await;
    world.settle().await;
    for (portal, path) in
        [("chinhphu", &paths[0]), ("mof", &paths[0]), ("chinhphu", &paths[1]), ("mof", &paths[1])]
    {
        assert_ne!(world.get(portal, path).await.status, 200, "{portal}: evidence of an erased directive");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_is_taken_off_again_and_belongs_to_one_person() {
    let world = World::with(["chinhphu", "mof"]).await;
    let ha = world.staff("mof", "ha", &["leader"]).await;
    let minh = world.staff("mof", "minh", &["editor"]).await;
    let item = world.issues("chinhphu", directive()).await;
    says(&world, &ha, HOME, "1. Bố trí kinh phí.").await;
    let tep = ("viec", "tep");
    sends(&world, &ha, &item, &[("noi-dung", "Nháp"), tep], Some(("a.pdf", "application/pdf", PDF))).await;
    let mine = world.sees(&ha, &page(&item)).await.text();
    assert!(mine.contains("a.pdf") && mine.contains(">Nháp</textarea>"), "{mine}");
    let hash = mine.split("name=\"bo\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert!(!world.sees(&minh, &page(&item)).await.says("a.pdf"), "what one begins is not another's");
    let bo = [("noi-dung", "Nháp khác"), ("bo", hash.as_str())];
    assert_eq!(sends(&world, &ha, &item, &bo, None).await.status, 303);
    let mine = world.sees(&ha, &page(&item)).await.text();
    assert!(!mine.contains("a.pdf") && mine.contains(">Nháp khác</textarea>"), "{mine}");
    // An editor reports with evidence, and may not close.
    let report = [("noi-dung", "Đang làm."), ("viec", "bao-cao")];
    let sent = sends(&world, &minh, &item, &report, Some(("b.pdf", "application/pdf", PDF))).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    says(&world, &minh, &page(&item), "download=\"b.pdf\"").await;
    assert_eq!(
        sends(&world, &minh, &item, &[("noi-dung", "Xong"), ("viec", "xong")], None).await.status,
        403
    );
}
