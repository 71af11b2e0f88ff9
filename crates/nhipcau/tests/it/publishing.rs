//! What is published once stands everywhere: issue, correct, withdraw, repeat.

use serde_json::json;

use super::world::{World, edition, item, notice};

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_stands_on_every_portal_and_its_account_closes() {
    let world = World::with(["chinhphu", "mof", "laocai"]).await;
    let item = world.issues("chinhphu", notice("Công điện 46/CĐ-TTg", "Mưa lũ còn phức tạp.")).await;
    world.settle().await;
    for portal in ["chinhphu", "mof", "laocai", "xa-a.laocai", "xa-b.laocai"] {
        let page = world.page(portal, &item).await;
        assert_eq!(page.status, 200, "{portal}");
        assert!(page.says("Công điện 46/CĐ-TTg") && page.says("Mưa lũ còn phức tạp."), "{portal}");
        assert!(page.says("3/3 máy chủ"), "{portal} does not say who holds it");
        let home = world.get(portal, "/").await;
        assert!(home.says(&item.reference), "{portal}: not on the first page");
    }
    assert_eq!(world.coverage(&item).await, (5, 5));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_issues_sees_it_on_the_very_next_page() {
    let world = World::with(["chinhphu", "mof"]).await;
    for number in 0..20 {
        let item = world.issues("chinhphu", notice(&format!("Thông báo số {number}"), "Một.")).await;
        assert!(world.get("chinhphu", "/").await.says(&item.reference), "{number} is not on the first page");
        assert!(world.page("chinhphu", &item).await.says("Một."));
        world.corrects(&item, edition(&format!("Thông báo số {number}"), "Hai.")).await;
        let page = world.page("chinhphu", &item).await;
        assert!(
            page.says("Hai.") && !page.says("Một."),
            "{number}: an old page after the correction was confirmed"
        );
        world.withdraws(&item, true).await;
        assert_eq!(
            world.page("chinhphu", &item).await.status,
            410,
            "{number}: still readable after it was gone"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_lives_in_a_file_stands_at_its_issuer_too() {
    let world = World::with(["chinhphu", "mof"]).await;
    let item = world.issues("chinhphu", notice("Luật dài", &"Điều khoản. ".repeat(10_000))).await;
    assert!(world.page("chinhphu", &item).await.says("Luật dài"), "its own portal does not show it");
    assert_eq!(world.told("chinhphu", &item).await["shown_edition"], 1);
    world.settle().await;
    assert!(world.page("mof", &item).await.says("Luật dài"));
    assert_eq!(world.coverage(&item).await, (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_reaches_a_province_that_was_offline() {
    let world = World::with(["chinhphu", "mof", "laocai"]).await;
    let item = world.issues("chinhphu", notice("Công điện 46/CĐ-TTg", "Mức nước 3,2 m.")).await;
    world.settle().await;
    world.cut("laocai");
    world.corrects(&item, edition("Công điện 46/CĐ-TTg", "Mức nước 4,7 m.")).await;
    world.settle().await;

    assert!(world.page("mof", &item).await.says("Mức nước 4,7 m."));
    assert!(
        world.page("xa-a.laocai", &item).await.says("Mức nước 3,2 m."),
        "reading goes on from what was verified"
    );
    assert_eq!(world.coverage(&item).await, (2, 5));

    world.mend("laocai");
    world.settle().await;
    for portal in ["laocai", "xa-a.laocai", "xa-b.laocai"] {
        let page = world.page(portal, &item).await;
        assert!(page.says("Mức nước 4,7 m.") && !page.says("Mức nước 3,2 m."), "{portal}");
        assert!(page.says("Đã đính chính lúc") && page.says("Sửa số liệu tại mục 3"), "{portal}");
        let history = world.get(portal, &format!("/muc/{}/lich-su", item.reference)).await;
        assert!(history.says("Đính chính") && history.says("Đăng lần đầu"), "{portal}");
    }
    assert_eq!(world.coverage(&item).await, (5, 5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_reaches_whatever_the_issue_reached() {
    let world = World::with(["chinhphu", "mof", "laocai"]).await;
    let kept = world.issues("chinhphu", notice("Lịch tiếp dân", "Thứ Năm hằng tuần.")).await;
    let item = world.issues("chinhphu", notice("Dự thảo nghị định", "Chưa ban hành.")).await;
    world.settle().await;
    world.cut("laocai");
    world.withdraws(&item, false).await;
    world.settle().await;
    world.mend("laocai");
    world.settle().await;
    for portal in ["chinhphu", "mof", "laocai", "xa-a.laocai", "xa-b.laocai"] {
        let page = world.page(portal, &item).await;
        assert!(page.says("gỡ khỏi cổng") && page.says("Đăng nhầm bản dự thảo"), "{portal}");
        assert!(
            !world.get(portal, "/").await.says(&item.reference),
            "{portal}: withdrawn and still on the first page"
        );
        assert!(world.get(portal, "/").await.says(&kept.reference), "{portal}: the other item is gone too");
        assert!(!world.get(portal, "/thong-tin").await.says(&item.reference), "{portal}: still listed");
        let feed = world.get(portal, "/feed.atom").await;
        assert!(feed.says("at:deleted-entry") && feed.says("Đã gỡ khỏi cổng: Dự thảo nghị định"), "{portal}");
    }
    assert_eq!(world.coverage(&item).await, (5, 5));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_gone_is_answered_with_410_everywhere() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let item =
        world.issues("chinhphu", notice("Danh sách thí sinh", "Nguyễn Văn Bí Mật, sinh năm 1990.")).await;
    world.settle().await;
    world.withdraws(&item, true).await;
    world.settle().await;
    for portal in ["chinhphu", "laocai", "xa-a.laocai"] {
        let page = world.page(portal, &item).await;
        assert_eq!(page.status, 410, "{portal}");
        assert!(!page.says("Bí Mật"), "{portal}");
        assert!(page.says("Đăng nhầm bản dự thảo"), "{portal}: the reason is not told");
        let english = world.get(portal, &format!("/en/muc/{}", item.reference)).await;
        assert_eq!(english.status, 410, "{portal}");
        assert!(
            world.told(portal, &item).await.get("document").is_none(),
            "{portal}: the API still hands it out"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_gets_the_same_answer_and_issues_nothing_twice() {
    let world = World::with(["chinhphu", "mof"]).await;
    let body = json!({ "item": notice("Thông báo", "Một lần.") });
    let token = world.token("chinhphu");
    let ask = |key: &'static str, body: &serde_json::Value| {
        let request = world
            .request("POST", "chinhphu", "/api/v1/items")
            .bearer_auth(&token)
            .header("idempotency-key", key);
        world.ask(request.json(body))
    };
    let first = ask("k-1", &body).await;
    assert_eq!(first.status, 201);
    let (again, and_again) = tokio::join!(ask("k-1", &body), ask("k-1", &body));
    assert_eq!((again.json(), and_again.json()), (first.json(), first.json()));
    let other = ask("k-1", &json!({ "item": notice("Thông báo", "Khác.") })).await;
    assert_eq!(other.status, 409, "the same key for another request: {}", other.text());
    let total = world.get("chinhphu", "/api/v1/items").await.json()["total"].clone();
    assert_eq!(total, json!(1));
    world.settle().await;
    assert!(world.page("mof", &item("chinhphu", &first.json())).await.says("Một lần."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_in_the_middle_carries_issue_correction_and_receipts() {
    let mut plan = super::world::Plan::of(["chinhphu", "laocai", "xa-c.laocai"]);
    let front = plan.front("chinhphu").await;
    front.refuse("xa-c.laocai");
    let world = plan.start().await;
    let item = world.issues("chinhphu", notice("Công điện", "Bản một.")).await;
    world.settle().await;
    assert!(world.page("xa-c.laocai", &item).await.says("Bản một."));
    world.corrects(&item, edition("Công điện", "Bản hai.")).await;
    world.settle().await;
    assert!(world.page("xa-c.laocai", &item).await.says("Bản hai."));
    assert_eq!(world.coverage(&item).await, (5, 5), "the commune's receipt did not come through the relay");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_a_day_wrong_changes_nothing() {
    let day = 24 * 3600 * 1000;
    let world = super::world::Plan::of(["chinhphu", "mof", "laocai"])
        .wrong_clock("laocai", -day)
        .wrong_clock("mof", day)
        .start()
        .await;
    let national = world.issues("chinhphu", notice("Nghị định", "Bản một.")).await;
    let local = world.issues("xa-a.laocai", notice("Lịch họp", "Tám giờ.")).await;
    world.corrects(&national, edition("Nghị định", "Bản hai.")).await;
    world.corrects(&local, edition("Lịch họp", "Chín giờ.")).await;
    world.settle().await;
    for portal in ["chinhphu", "mof", "laocai", "xa-a.laocai"] {
        assert!(world.page(portal, &national).await.says("Bản hai."), "{portal}");
    }
    assert!(world.page("xa-a.laocai", &local).await.says("Chín giờ."));
    assert_eq!(world.coverage(&national).await, (5, 5));
    world.withdraws(&national, true).await;
    world.settle().await;
    assert_eq!(world.page("xa-b.laocai", &national).await.status, 410);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_restarts_goes_on_where_it_was() {
    let mut world = World::with(["chinhphu", "laocai"]).await;
    let before = world.issues("chinhphu", notice("Trước khi dừng", "Một.")).await;
    world.settle().await;
    world.stop("laocai").await;
    let meanwhile = world.issues("chinhphu", notice("Trong lúc dừng", "Hai.")).await;
    world.start("laocai").await;
    world.may_sign("laocai").await;
    world.stop("chinhphu").await;
    world.start("chinhphu").await;
    world.may_sign("chinhphu").await;
    let national = world.issues("chinhphu", notice("Sau khi máy chủ gốc chạy lại", "Bốn.")).await;
    let own = world.issues("xa-b.laocai", notice("Sau khi chạy lại", "Ba.")).await;
    world.settle().await;
    for item in [&before, &meanwhile, &national, &own] {
        assert_eq!(world.page("xa-b.laocai", item).await.status, 200);
    }
    assert_eq!(world.coverage(&meanwhile).await, (4, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_node_mirrors_what_its_portals_show_and_no_more() {
    let world = World::with(["chinhphu", "mof", "laocai", "xa-c.laocai"]).await;
    let national = world.issues("chinhphu", notice("Nghị định cho mọi nơi", "Điều 1.")).await;
    let provincial = world.issues("laocai", notice("Tin của tỉnh", "Nội dung.")).await;
    world.issues("xa-a.laocai", notice("Tin riêng của xã bên", "Nội dung.")).await;
    world.settle().await;
    for item in [&national, &provincial] {
        assert_eq!(world.page("xa-c.laocai", item).await.status, 200, "{}", item.portal);
    }
    assert_eq!(world.holds("chinhphu", "xa-a.laocai").await, 1, "who mirrors all has it");
    assert_eq!(
        world.holds("xa-c.laocai", "xa-a.laocai").await,
        0,
        "another commune's log is none of its business"
    );
    assert_eq!(world.holds("xa-c.laocai", "mof").await, world.holds("mof", "mof").await);
}
