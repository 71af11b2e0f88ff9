//! One log, one history: a restored backup takes its tail back, a second history freezes the log.

use std::time::Duration;

use nhipcau::items::draft::Draft;
use nhipcau::items::publish;
use nhipcau::logs::keys::Signing;
use nhipcau::peers::receipts;

use super::world::{World, notice, origin, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_backup_takes_back_what_was_signed_after_it() {
    let mut world = World::with(["chinhphu", "laocai"]).await;
    let before = world.issues("xa-a.laocai", notice("Trước bản sao lưu", "Một.")).await;
    world.settle().await;
    world.stop("laocai").await;
    let copy = world.back_up("laocai").await;
    world.start("laocai").await;
    world.may_sign("laocai").await;
    let lost = world.issues("xa-a.laocai", notice("Sau bản sao lưu", "Hai.")).await;
    world.withdraws(&before, true).await;
    world.settle().await;
    assert_eq!(world.told("chinhphu", &lost).await["state"], "standing");
    world.stop("laocai").await;
    world.restore("laocai", &copy).await;
    world.start("laocai").await;
    world.may_sign("laocai").await;
    world.alarmed("laocai", "log.taken_back", None).await;
    let after = world.issues("xa-a.laocai", notice("Sau khi khôi phục", "Ba.")).await;
    assert!(after.entry > lost.entry, "signed over what was lost");
    world.settle().await;
    assert!(world.page("xa-a.laocai", &lost).await.says("Hai."), "an acknowledged item is lost");
    assert_eq!(world.page("xa-a.laocai", &before).await.status, 410, "a withdrawal is lost");
    assert!(world.page("xa-a.laocai", &after).await.says("Ba."));
    assert!(world.alarms("chinhphu").await.iter().all(|(about, _, _)| about != "follower.split"));
}

#[tokio::test(flavor = "multi_thread")]
async fn until_another_node_has_spoken_nothing_is_signed() {
    let mut world = World::with(["chinhphu", "laocai"]).await;
    world.stop("laocai").await;
    world.cut("laocai");
    world.start("laocai").await;
    let refused =
        world.post("laocai", "/api/v1/items", &serde_json::json!({ "item": notice("Vội", "Một.") })).await;
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert!(refused.says("may not sign yet") && refused.header("retry-after") == "3", "{}", refused.text());
    assert_eq!(world.get("laocai", "/").await.status, 200, "reading goes on");
    world.mend("laocai");
    world.may_sign("laocai").await;
    world.issues("laocai", notice("Được rồi", "Hai.")).await;
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_and_cosignatures_wait_for_another_node_too() {
    let mut world = World::with(["chinhphu", "laocai"]).await;
    world.issues("chinhphu", notice("Công điện", "Một.")).await;
    world.settle().await;
    world.stop("laocai").await;
    world.cut("laocai");
    world.start("laocai").await;
    let started = world.app("laocai").clock.micros();
    let signed_since = async |world: &World| {
        let mut conn = world.app("laocai").db.read().await.unwrap();
        let kept = receipts::of_log(&mut conn, origin("chinhphu").as_str()).await.unwrap();
        let own = kept.iter().find(|kept| kept.node == "laocai.localhost/node").unwrap();
        own.received >= started
    };
    // Long enough for a node that does not wait: it signs everything anew within a moment of its start.
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(!signed_since(&world).await, "signed before anybody has said what it had signed");
    world.mend("laocai");
    until("new receipts", async || if signed_since(&world).await { Ok(()) } else { Err("none".to_owned()) })
        .await;
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_histories_freeze_the_log_here_and_there() {
    let mut world = World::with(["chinhphu", "mof", "laocai"]).await;
    world.issues("laocai", notice("Chung", "Một.")).await;
    world.settle().await;
    world.stop("laocai").await;
    let copy = world.back_up("laocai").await;
    world.start("laocai").await;
    world.may_sign("laocai").await;
    let seen = world.issues("laocai", notice("Lịch sử thứ nhất", "Hai.")).await;
    world.settle().await;
    world.stop("laocai").await;
    world.restore("laocai", &copy).await;

    // Somebody who holds the key signs on from the copy, past what the start-up rule would allow.
    let app = world.open("laocai").await;
    app.keys.set(origin("laocai").as_str(), Signing::Allowed);
    let portal = app.portals.load().main().unwrap();
    for title in ["Lịch sử thứ hai", "và thêm nữa"] {
        let draft = Draft { title: title.into(), ..Draft::default() };
        publish::issue(&app, portal.log, &portal.origin, draft, None).await.unwrap();
    }
    app.close().await;
    world.start("laocai").await;

    world.alarmed("laocai", "log.two_histories", None).await;
    let refused =
        world.post("laocai", "/api/v1/items", &serde_json::json!({ "item": notice("Ba", "Ba.") })).await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    assert!(refused.says("frozen"), "{}", refused.text());

    for label in ["chinhphu", "mof"] {
        world.alarmed(label, "follower.split", None).await;
        until("the frozen log", async || {
            let status = world.get(label, "/api/v1/status").await.json();
            let frozen = status["logs"]
                .as_array()
                .unwrap()
                .iter()
                .any(|l| l["origin"] == "laocai.localhost/log" && l["frozen"] == true);
            if frozen { Ok(()) } else { Err(status["logs"].to_string()) }
        })
        .await;
        assert_eq!(world.told(label, &seen).await["state"], "standing", "what was verified is lost");
        let network = world.get(label, "/mang").await;
        assert!(network.says("laocai.localhost/log") && network.says("đã ký hai bản khác nhau"), "{label}");
        let evidence =
            world.get(label, &format!("/mang/bang-chung/{}", origin("laocai").mirror_path())).await;
        assert_eq!(evidence.status, 200, "{label}");
        assert!(evidence.says("laocai.localhost/log\n"), "{label}: {}", evidence.text());
    }
}
