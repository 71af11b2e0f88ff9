//! The life of an item across the nation.

use nhipcau::items::draft::Draft;
use nhipcau::items::publish::{self, Once, Reason};
use nhipcau::problem::Problem;

use crate::world::{World, until};

const NATION: [&str; 3] = ["chinhphu", "bo", "tinh"];
const COMMUNE: &str = "xa.tinh.localhost";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_once_stands_everywhere_and_is_counted() {
    let world = World::with(&NATION).await;
    let item = world.issues("chinhphu", "Công điện 46/CĐ-TTg", "Tập trung ứng phó mưa lũ.").await;
    world.settle().await;
    let (status, page) = world.get("tinh", COMMUNE, &item.path).await;
    assert_eq!(status, 200);
    for part in
        ["Công điện 46/CĐ-TTg", "Tập trung ứng phó mưa lũ", "Bản trình diễn – không phải trang chính thức"]
    {
        assert!(page.contains(part), "{part} is missing");
    }
    until("the closed account", || async {
        let (_, page) = world
            .get(
                "chinhphu",
                "chinhphu.localhost",
                &format!("/api/v1{}", item.path.replace("/muc/", "/items/")),
            )
            .await;
        let (_, told) = world
            .get("chinhphu", "chinhphu.localhost", &format!("/api/v1/items/{}/coverage", item.reference))
            .await;
        !page.is_empty() && told.contains("\"portals\":{\"good\":4,\"of\":4}")
    })
    .await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_and_a_withdrawal_reach_a_commune_that_was_cut_off() {
    let world = World::with(&NATION).await;
    let item = world.issues("chinhphu", "Nghị định về đất đai", "Điều 1.").await;
    let other = world.issues("bo", "Thông tư về thuế", "Điều 1.").await;
    world.settle().await;
    world.cut("tinh");
    world.corrects("chinhphu", &item, "Nghị định về đất đai, đã đính chính").await;
    world.withdraws("bo", &other, true).await.unwrap();
    world.settle().await;
    let (_, page) = world.get("tinh", COMMUNE, &item.path).await;
    assert!(!page.contains("đã đính chính"), "the cut node cannot know yet");
    assert_eq!(world.get("tinh", COMMUNE, &other.path).await.0, 200);
    assert_eq!(world.get("chinhphu", "chinhphu.localhost", &other.path).await.0, 410);
    world.mend("tinh");
    until("the correction at the commune", || async {
        world.get("tinh", COMMUNE, &item.path).await.1.contains("đã đính chính")
    })
    .await;
    until("the withdrawal at the commune", || async {
        world.get("tinh", COMMUNE, &other.path).await.0 == 410
    })
    .await;
    let (_, list) = world.get("tinh", COMMUNE, "/thong-tin").await;
    assert!(!list.contains("Thông tư về thuế"), "a withdrawn item must leave the list");
    let (_, feed) = world.get("tinh", COMMUNE, "/feed.atom").await;
    assert!(feed.contains("at:deleted-entry") && feed.contains("Đã gỡ khỏi cổng: Thông tư về thuế"));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_leaves_no_byte_of_content_anywhere() {
    let world = World::with(&NATION).await;
    let secret = "Bí-mật-7391-của-một-người";
    let small = world.issues("chinhphu", "Mục nhỏ", secret).await;
    let large =
        world.issues("chinhphu", "Mục lớn", &format!("{secret}\n\n{}", "Một đoạn dài. ".repeat(9_000))).await;
    world.settle().await;
    let seen = |name: &str| {
        let disk = world.disk(name);
        disk.windows(secret.len()).filter(|part| *part == secret.as_bytes()).count()
    };
    if !world.on_postgres() {
        assert!(NATION.iter().all(|name| seen(name) >= 2), "the text must be there before it can vanish");
    }
    assert!(world.get("tinh", COMMUNE, &small.path).await.1.contains(secret));
    for item in [&small, &large] {
        world.erases("chinhphu", item).await.unwrap();
    }
    world.settle().await;
    for item in [&small, &large] {
        until("410 at the commune", || async { world.get("tinh", COMMUNE, &item.path).await.0 == 410 }).await;
        let (_, page) = world.get("tinh", COMMUNE, &item.path).await;
        assert!(!page.contains(secret) && !page.contains("Mục nhỏ") && !page.contains("Mục lớn"));
        assert!(
            matches!(world.erases("chinhphu", item).await, Err(Problem::Refused { .. })),
            "an erasure is final"
        );
    }
    for name in NATION {
        until("every byte to vanish", || async { seen(name) == 0 }).await;
    }
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_superior_may_order_and_the_order_holds() {
    let world = World::with(&NATION).await;
    let item = world.issues("tinh", "Thông báo của tỉnh", "Nội dung.").await;
    let local = world.issues("bo", "Thông báo của bộ", "Nội dung.").await;
    world.settle().await;
    let reason = || Reason {
        reason: "Sai thẩm quyền.".into(),
        basis: Some("Nghị định 224/2026".into()),
        ..Reason::default()
    };
    let (root, ministry) = (world.app("chinhphu"), world.app("bo"));
    let act = network::entry::Act::Withdraw { mode: network::entry::Withdrawal::Banner };
    let id = uuid::Uuid::parse_str(item.reference.split_once('-').unwrap().1).unwrap();
    let stranger = ministry.portals.load().main().unwrap();
    let refused =
        publish::order(ministry, &stranger, &world.node("tinh").origin(), id, act, reason(), None).await;
    assert!(matches!(refused, Err(Problem::Refused { .. })));
    let portal = root.portals.load().main().unwrap();
    publish::order(root, &portal, &world.node("tinh").origin(), id, act, reason(), None).await.unwrap();
    world.settle().await;
    until("the order at the commune", || async {
        let (_, page) = world.get("tinh", COMMUNE, &item.path).await;
        page.contains("Sai thẩm quyền")
    })
    .await;
    world.corrects("tinh", &item, "Thông báo của tỉnh, bản mới").await;
    world.settle().await;
    let (_, list) = world.get("tinh", COMMUNE, "/thong-tin").await;
    assert!(!list.contains("Thông báo của tỉnh"), "an order outlasts a new edition");
    assert_eq!(world.get("tinh", COMMUNE, &local.path).await.0, 200);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_gets_the_same_answer() {
    let world = World::with(&["chinhphu"]).await;
    let app = world.app("chinhphu");
    let portal = app.portals.load().main().unwrap();
    let once = |digest| Some(Once { token: "admin".into(), name: "k1".into(), digest: [digest; 32] });
    let draft = || Draft { title: "Một lần".into(), ..Draft::default() };
    let first = publish::issue(app, portal.log, &portal.origin, draft(), once(1)).await.unwrap();
    let again = publish::issue(app, portal.log, &portal.origin, draft(), once(1)).await.unwrap();
    assert_eq!((first.reference, first.entry), (again.reference, again.entry));
    let other = publish::issue(app, portal.log, &portal.origin, draft(), once(2)).await;
    assert!(matches!(other, Err(Problem::Refused { .. })), "the same key for another request is refused");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_comes_back_to_what_it_had_and_signs_on() {
    let mut world = World::with(&NATION).await;
    let before = world.issues("chinhphu", "Trước khi dừng", "Điều 1.").await;
    world.settle().await;
    world.restart("chinhphu").await;
    world.restart("tinh").await;
    let app = world.app("chinhphu").clone();
    until("leave to sign again", || async { app.keys.all(nhipcau::logs::keys::Signing::Waiting).is_empty() })
        .await;
    let after = world.issues("chinhphu", "Sau khi dừng", "Điều 1.").await;
    world.settle().await;
    for item in [&before, &after] {
        until("both at the commune", || async { world.get("tinh", COMMUNE, &item.path).await.0 == 200 })
            .await;
    }
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_requests_get_plain_answers() {
    let world = World::with(&["chinhphu"]).await;
    let node = "chinhphu";
    assert_eq!(world.get(node, "evil.example", "/").await.0, 421);
    for path in [
        "/muc/..%2f..%2fetc",
        "/muc/00000000-0",
        "/content/zz",
        "/log/tile/0/x999/999",
        "/log/tile/9/000",
        "/mirror/ab/checkpoint",
        "/assets/x",
        "/qr/x.svg",
    ] {
        let (status, text) = world.get(node, "chinhphu.localhost", path).await;
        assert_eq!(status, 404, "{path}");
        assert!(!text.contains("panicked") && !text.contains("SELECT"), "{path}");
    }
    assert_eq!(world.get(node, "chinhphu.localhost", "/thong-tin?trang=0").await.0, 400);
    assert_eq!(world.get(node, "chinhphu.localhost", "/thong-tin?loai=%00").await.0, 400);
    let client = reqwest::Client::new();
    let post = |path: &str, body: &'static str| {
        client.post(format!("{}{path}", world.node(node).url())).body(body).send()
    };
    assert_eq!(post("/flow", "not a flow").await.unwrap().status(), 422);
    assert_eq!(post("/receipts", "{\"receipts\":[{}]}").await.unwrap().status(), 422);
    assert_eq!(post("/api/v1/items", "{}").await.unwrap().status(), 401);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_node_mirrors_what_its_portals_show_and_no_more() {
    let world = World::with(&["chinhphu", "bo", "tinh", "nho"]).await;
    let national = world.issues("chinhphu", "Nghị định cho mọi nơi", "Điều 1.").await;
    world.issues("tinh", "Tin riêng của tỉnh khác", "Nội dung.").await;
    let shown = async || world.get("nho", "xa.nho.localhost", &national.path).await.0 == 200;
    until("the national item at the small node's commune", shown).await;
    until("the other province's item at the root", async || {
        world.holds("chinhphu", "tinh.localhost/log").await == 2
    })
    .await;
    assert_eq!(
        world.holds("nho", "tinh.localhost/log").await,
        0,
        "another province's log is none of its business"
    );
    assert_eq!(world.holds("nho", "bo.localhost/log").await, world.holds("bo", "bo.localhost/log").await);
    world.close().await;
}
