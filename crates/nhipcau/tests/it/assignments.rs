//! Directives act: their tasks stand in the consoles of those who were given them, and the answers travel back.

use network::content::{NOTE_TYPE, Note, Salt};
use network::entry::{ContentRef, Kind, TaskRef};
use network::names::ContentHash;
use nhipcau::agencies::enrol;
use nhipcau::db::Tx;
use nhipcau::items::content;
use serde_json::{Value, json};

use super::world::{Answer, Item, Staff, World, origin, until};

const HOME: &str = "/ban-lam-viec/nhiem-vu";

/// A directive with a task for the ministry and one for all provinces.
fn directive() -> Value {
    json!({
        "kind": "directive", "title": "Tập trung ứng phó mưa lũ", "text": "Yêu cầu thực hiện.",
        "form": "Công điện", "number": "46/CĐ-TTg", "issued": "2020-01-01",
        "details": {
            "addressees": [{ "name": "Chủ tịch Ủy ban nhân dân các tỉnh, thành phố trực thuộc Trung ương" }],
            "tasks": [
                { "number": "1", "task": "Bố trí kinh phí.", "agency": "Cơ quan mof", "due": "2020-01-02T17:00" },
                { "number": "2.a", "task": "Di dời dân khỏi nơi sạt lở." },
            ],
        },
    })
}

fn task(item: &Item, number: &str) -> String {
    format!("{HOME}/{}?so={number}", item.reference)
}

async fn answers(world: &World, who: &Staff, item: &Item, fields: &[(&str, &str)], closes: bool) -> Answer {
    let end = if closes { "/xong" } else { "" };
    world.fills(who, &format!("{HOME}/{}{end}", item.reference), fields).await
}

/// Waits until a page of somebody's console says something.
async fn says(world: &World, who: &Staff, path: &str, words: &str) {
    until(words, async || {
        let page = world.sees(who, path).await;
        if page.says(words) { Ok(()) } else { Err(page.text()) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_reaches_its_addressees_and_their_answers_come_back() {
    let world = World::with(["chinhphu", "mof", "laocai"]).await;
    let lan = world.staff("chinhphu", "lan", &["editor"]).await;
    let minh = world.staff("mof", "minh", &["editor"]).await;
    let ha = world.staff("mof", "ha", &["leader"]).await;
    let binh = world.staff("laocai", "binh", &["publisher"]).await;
    let commune = world.staff("xa-a.laocai", "xuan", &["publisher"]).await;
    assert!(world.sees(&minh, HOME).await.says("Chưa có văn bản nào giao nhiệm vụ"));

    let item = world.issues("chinhphu", directive()).await;
    says(&world, &minh, HOME, "1. Bố trí kinh phí.").await;
    says(&world, &binh, HOME, "2.a. Di dời dân khỏi nơi sạt lở.").await;
    let list = world.sees(&minh, HOME).await.text();
    assert!(list.contains("1 nhiệm vụ chưa xong, trong đó 1 nhiệm vụ quá hạn"), "{list}");
    assert!(list.contains("Hạn 17:00 ngày 02/01/2020, quá hạn") && !list.contains("2.a."), "{list}");
    assert!(
        !world.sees(&commune, HOME).await.says("2.a."),
        "the provinces were given it, not their communes"
    );

    // Nobody answers for others, and nobody closes what they may not.
    assert_eq!(world.sees(&commune, &task(&item, "2.a")).await.status, 404);
    for fields in [[("so", "2.a"), ("viec", "nhan")], [("so", "1"), ("viec", "nhan")]] {
        assert_eq!(answers(&world, &commune, &item, &fields, false).await.status, 404);
    }
    let close = [("so", "1"), ("noi-dung", "Đã cấp 20 tỷ đồng.")];
    assert_eq!(answers(&world, &minh, &item, &close, true).await.status, 403);

    let page = world.sees(&minh, &task(&item, "1")).await.text();
    assert!(page.contains("Bố trí kinh phí.") && page.contains("Xác nhận đã nhận nhiệm vụ"), "{page}");
    let acknowledge = [("so", "1"), ("viec", "nhan")];
    assert_eq!(answers(&world, &minh, &item, &acknowledge, false).await.status, 303);
    let size = world.holds("mof", "mof").await;
    assert_eq!(answers(&world, &minh, &item, &acknowledge, false).await.status, 303);
    assert_eq!(world.holds("mof", "mof").await, size, "to acknowledge twice says nothing new");
    let empty =
        answers(&world, &minh, &item, &[("so", "1"), ("viec", "bao-cao"), ("noi-dung", " ")], false).await;
    assert!(empty.status == 422 && empty.says("Hãy ghi kết quả"), "{}", empty.text());

    let follow = format!("{HOME}/theo-doi/{}", item.reference);
    says(
        &world,
        &lan,
        &follow,
        "2 lượt giao: 2 đã về máy chủ của cơ quan nhận, 1 đã xác nhận, 0 đang thực hiện",
    )
    .await;
    assert!(world.sees(&lan, &follow).await.says("Nhiệm vụ 1, Cơ quan mof: quá hạn, Đã xác nhận"));
    let report = [("so", "2.a"), ("viec", "bao-cao"), ("noi-dung", "Đã di dời 120 hộ.")];
    assert_eq!(answers(&world, &binh, &item, &report, false).await.status, 303);
    assert_eq!(answers(&world, &ha, &item, &close, true).await.status, 303);
    says(&world, &lan, &follow, "0 đã xác nhận, 1 đang thực hiện, 1 đã xong, 0 quá hạn").await;
    says(&world, &lan, HOME, "đã xong 1/2 cơ quan").await;
    assert!(world.sees(&ha, &task(&item, "1")).await.says("Đã cấp 20 tỷ đồng."));
    until("the public count", async || {
        let page = world.page("mof", &item).await;
        if page.says("1/2 cơ quan được giao đã báo cáo xong") { Ok(()) } else { Err(page.text()) }
    })
    .await;
    let late =
        answers(&world, &minh, &item, &[("so", "1"), ("viec", "bao-cao"), ("noi-dung", "Thêm")], false).await;
    assert!(late.status == 409 && late.says("đã được báo cáo hoàn thành"), "{}", late.text());
    // Whoever did not issue it does not follow it.
    assert_eq!(world.sees(&minh, &follow).await.status, 404);
}

/// A changed program writes an answer into its own, validly signed log.
async fn claims(world: &World, portal: &str, item: &Item, number: &str) -> ContentHash {
    let app = world.app(portal);
    let note =
        Note { salt: Salt([7; 16]), text: "Tôi đã làm xong thay".into(), basis: None, files: Vec::new() };
    let bytes = note.encode().unwrap();
    let hash = ContentHash::of(&bytes);
    let note = ContentRef { sha256: hash, size: bytes.len() as u64, media: NOTE_TYPE.into() };
    let kept = note.clone();
    app.db
        .write("test.note", async move |tx: &mut Tx| -> Result<bool, anyhow::Error> {
            content::arrive(tx, kept.sha256, kept.media, &bytes).await
        })
        .await
        .unwrap();
    let task = TaskRef { origin: origin("chinhphu"), item: item.id, edition: 1, task: number.into() };
    let log = app.portals.load().main().unwrap().log;
    enrol::write(app, log, Kind::TaskDone { task, note, files: Vec::new() }).await.unwrap();
    hash
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_says_who_was_not_given_the_task_does_not_count() {
    let world = World::with(["chinhphu", "mof", "laocai"]).await;
    let lan = world.staff("chinhphu", "lan", &["editor"]).await;
    let item = world.issues("chinhphu", directive()).await;
    claims(&world, "mof", &item, "2.a").await;
    claims(&world, "laocai", &item, "1").await;
    claims(&world, "laocai", &item, "3").await;
    world.settle().await;
    let follow = format!("{HOME}/theo-doi/{}", item.reference);
    let page = world.sees(&lan, &follow).await;
    assert!(page.says("0 đã xác nhận, 0 đang thực hiện, 0 đã xong, 1 quá hạn"), "{}", page.text());
    claims(&world, "laocai", &item, "2.a").await;
    says(&world, &lan, &follow, "0 đang thực hiện, 1 đã xong").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_was_cut_catches_up_and_a_task_of_another_text_begins_anew() {
    let world = World::with(["chinhphu", "mof", "laocai"]).await;
    let lan = world.staff("chinhphu", "lan", &["editor"]).await;
    let binh = world.staff("laocai", "binh", &["publisher"]).await;
    world.cut("laocai");
    let item = world.issues("chinhphu", directive()).await;
    let follow = format!("{HOME}/theo-doi/{}", item.reference);
    says(&world, &lan, &follow, "2 lượt giao: 1 đã về máy chủ").await;
    assert!(
        world
            .sees(&lan, &follow)
            .await
            .says("Nhiệm vụ 2.a, Cơ quan laocai: máy chủ của cơ quan chưa báo đã nhận")
    );
    world.mend("laocai");
    says(&world, &binh, HOME, "2.a. Di dời dân").await;
    // Cut again while it answers: what it said arrives when the way is open.
    world.cut("laocai");
    let report = [("so", "2.a"), ("viec", "bao-cao"), ("noi-dung", "Đã di dời 120 hộ.")];
    assert_eq!(answers(&world, &binh, &item, &report, false).await.status, 303);
    world.mend("laocai");
    says(&world, &lan, &follow, "2 đã về máy chủ của cơ quan nhận, 0 đã xác nhận, 1 đang thực hiện").await;

    let mut next = directive();
    next["details"]["tasks"][1]["task"] = "Di dời dân trước 17 giờ.".into();
    next["change_note"] = "Thêm giờ".into();
    world.corrects(&item, next).await;
    says(&world, &lan, &follow, "0 đã xác nhận, 0 đang thực hiện").await;
    says(&world, &binh, &task(&item, "2.a"), "Chưa xác nhận").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directive_that_is_withdrawn_or_erased_takes_its_tasks_with_it() {
    let world = World::with(["chinhphu", "mof"]).await;
    let minh = world.staff("mof", "minh", &["publisher"]).await;
    let item = world.issues("chinhphu", directive()).await;
    says(&world, &minh, HOME, "1. Bố trí kinh phí.").await;
    let note = claims(&world, "mof", &item, "1").await;
    world.settle().await;
    let path = format!("/content/{note}");
    assert_eq!(world.get("chinhphu", &path).await.status, 200);
    world.erases(&item).await;
    world.settle().await;
    assert!(world.sees(&minh, HOME).await.says("Chưa có văn bản nào giao nhiệm vụ"));
    assert_eq!(world.sees(&minh, &task(&item, "1")).await.status, 404);
    for portal in ["chinhphu", "mof"] {
        assert_ne!(
            world.get(portal, &path).await.status,
            200,
            "{portal}: the words about it are still there"
        );
    }
    // What comes after it about the same task is not kept either.
    claims(&world, "mof", &item, "1").await;
    world.settle().await;
    assert_ne!(world.get("chinhphu", &path).await.status, 200);
    let other = world.issues("chinhphu", directive()).await;
    says(&world, &minh, HOME, "1. Bố trí kinh phí.").await;
    world.withdraws(&other, false).await;
    world.settle().await;
    assert!(world.sees(&minh, HOME).await.says("Chưa có văn bản nào giao nhiệm vụ"));
    let refused = answers(&world, &minh, &other, &[("so", "1"), ("viec", "nhan")], false).await;
    assert_eq!(refused.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_editor_is_told_whom_each_task_will_reach() {
    let world = World::with(["chinhphu", "mof"]).await;
    let lan = world.staff("chinhphu", "lan", &["editor"]).await;
    let begun = world.fills(&lan, "/ban-lam-viec/tin/moi", &[("kind", "directive")]).await;
    let path = begun.header("location").to_owned();
    let fields = [
        ("version", "1"),
        ("title", "Ứng phó mưa lũ"),
        ("details.addressees[0].name", "Cơ quan mof"),
        ("details.tasks[0].number", "1"),
        ("details.tasks[0].task", "Bố trí kinh phí."),
        ("details.tasks[1].number", "1"),
        ("details.tasks[1].task", "Trực ban."),
        ("details.tasks[1].agency", "Cơ quan mof và các tỉnh có mưa lũ"),
    ];
    let saved = world.fills(&lan, &path, &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.text());
    let page = world.sees(&lan, &path).await.text();
    for words in [
        "Nhiệm vụ 1: 1 cơ quan trong mạng sẽ nhận.",
        "Nhiệm vụ 1: chưa xác định được cơ quan “các tỉnh có mưa lũ”",
        "Số 1 được dùng cho nhiều nhiệm vụ",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
}
