//! Orders of a superior: before the item, from a stranger, against a new edition.

use network::content::{NOTE_TYPE, Note, Salt};
use network::entry::{Act, ContentRef, Kind, Withdrawal};
use network::names::ContentHash;
use nhipcau::agencies::enrol;
use nhipcau::db::Tx;
use nhipcau::items::content;
use serde_json::{Value, json};

use super::world::{Item, World, edition, notice, origin};

async fn orders(world: &World, by: &str, item: &Item, act: &str) -> super::world::Answer {
    let order = json!({ "act": act, "reason": "Sai thẩm quyền", "basis": "Điều 5, Nghị định 42/2022/NĐ-CP", "gone": true });
    world.post(by, &format!("/api/v1/items/{}/order", item.reference), &order).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_comes_before_its_item_takes_effect_when_the_item_comes() {
    let world = World::with(["chinhphu", "mof", "laocai"]).await;
    world.cut("laocai");
    let item = world.issues("laocai", notice("Thông báo thu phí", "Mười nghìn đồng.")).await;
    let other = world.issues("laocai", notice("Lịch tiếp dân", "Thứ Năm.")).await;
    let ordered = orders(&world, "chinhphu", &item, "withdraw").await;
    assert_eq!(ordered.status, 201, "{}", ordered.text());
    world.settle().await;
    assert_eq!(world.told("mof", &item).await, Value::Null, "the item is not there yet");
    world.mend("laocai");
    world.settle().await;
    for label in ["chinhphu", "mof", "laocai"] {
        assert_eq!(world.told(label, &item).await["state"], "gone", "{label}");
        assert_eq!(world.told(label, &other).await["state"], "standing", "{label}");
    }
    for portal in ["laocai", "xa-a.laocai"] {
        assert_eq!(world.page(portal, &item).await.status, 410, "{portal}");
        assert!(world.page(portal, &item).await.says("Sai thẩm quyền"), "{portal}: the reason is not told");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_to_erase_outlasts_editions_that_come_after_it() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let item = world.issues("xa-a.laocai", notice("Danh sách hộ nghèo", "Ông Giàng A Bí Mật.")).await;
    world.settle().await;
    let waits = orders(&world, "chinhphu", &item, "erase").await;
    assert_eq!(waits.status, 202, "{}", waits.text());
    assert!(world.page("xa-a.laocai", &item).await.says("Bí Mật"), "nothing is erased by one alone");
    assert_eq!(world.confirms("chinhphu", &waits.json()).await.status, 201);
    world.settle().await;
    assert_eq!(world.page("xa-a.laocai", &item).await.status, 410);
    let path = format!("/api/v1/items/{}/editions", item.reference);
    let again = world
        .post(
            "xa-a.laocai",
            &path,
            &json!({ "change": "correct", "item": edition("Danh sách", "Ông Giàng A Bí Mật.") }),
        )
        .await;
    assert_eq!(again.status, 409, "{}", again.text());
    assert!(!world.page("xa-a.laocai", &item).await.says("Bí Mật"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_to_withdraw_outlasts_a_new_edition() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let item = world.issues("laocai", notice("Bảng giá đất", "Mười nghìn đồng.")).await;
    world.settle().await;
    assert_eq!(orders(&world, "chinhphu", &item, "withdraw").await.status, 201);
    world.settle().await;
    world.corrects(&item, edition("Bảng giá đất", "Hai mươi nghìn đồng.")).await;
    world.settle().await;
    for portal in ["chinhphu", "laocai", "xa-a.laocai"] {
        assert_eq!(world.page(portal, &item).await.status, 410, "{portal}: the order no longer holds");
        assert!(!world.get(portal, "/thong-tin").await.says(&item.reference), "{portal}: back on the list");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_order_is_refused_and_without_effect_if_written_anyway() {
    let world = World::with(["chinhphu", "mof", "laocai"]).await;
    let item = world.issues("laocai", notice("Giá đất", "Bảng giá.")).await;
    world.settle().await;
    let refused = orders(&world, "mof", &item, "erase").await;
    assert_eq!(refused.status, 409);
    assert!(refused.says("not an ancestor"), "{}", refused.text());

    // A ministry whose program has been changed writes it into its own, validly signed log.
    let app = world.app("mof");
    let note =
        Note {
            salt: Salt([7; 16]), text: "Xóa".into(), basis: Some("Không có".into()), files: Vec::new()
        };
    let bytes = note.encode().unwrap();
    let basis =
        ContentRef { sha256: ContentHash::of(&bytes), size: bytes.len() as u64, media: NOTE_TYPE.into() };
    let kept = basis.clone();
    app.db
        .write("test.note", async move |tx: &mut Tx| -> Result<bool, anyhow::Error> {
            content::arrive(tx, kept.sha256, kept.media, &bytes).await
        })
        .await
        .unwrap();
    let log = app.portals.load().main().unwrap().log;
    for act in [Act::Erase, Act::Withdraw { mode: Withdrawal::Gone }] {
        let kind = Kind::ItemOrdered { origin: origin("laocai"), item: item.id, act, basis: basis.clone() };
        enrol::write(app, log, kind).await.unwrap();
    }
    world.settle().await;
    for portal in ["chinhphu", "mof", "laocai", "xa-b.laocai"] {
        assert_eq!(world.told(portal, &item).await["state"], "standing", "{portal}");
    }
    assert!(world.page("xa-b.laocai", &item).await.says("Bảng giá."));
}
