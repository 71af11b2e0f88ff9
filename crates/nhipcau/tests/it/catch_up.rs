//! Catch-up: thousands of entries behind, by tiles.

use futures::StreamExt;
use nhipcau::items::draft::Draft;
use nhipcau::items::publish;
use nhipcau::logs::store;
use nhipcau::peers::serve::BEHIND;

use super::world::{World, item, origin};

#[tokio::test(flavor = "multi_thread")]
async fn a_node_thousands_of_entries_behind_catches_up_by_tiles() {
    let world = World::with(["chinhphu", "mof", "laocai"]).await;
    world.cut("laocai");
    let many = BEHIND + 200;
    let app = world.app("chinhphu");
    let portal = app.portals.load().main().unwrap();
    let done: Vec<_> = futures::stream::iter(0..many)
        .map(|number| {
            let draft = Draft {
                title: format!("Văn bản số {number}"),
                text: format!("Nội dung {number}."),
                ..Draft::default()
            };
            publish::issue(app, portal.log, &portal.origin, draft, None)
        })
        .buffer_unordered(256)
        .map(|done| done.unwrap())
        .collect()
        .await;
    world.mend("laocai");
    world.settle().await;
    let mut conn = world.app("laocai").db.read().await.unwrap();
    let head = store::by_origin(&mut conn, origin("chinhphu").as_str()).await.unwrap().unwrap();
    assert!(head.checkpoint_size > many && head.pending.is_empty());
    drop(conn);
    assert_eq!(world.get("xa-a.laocai", "/api/v1/items?limit=1").await.json()["total"], many);
    for done in done.iter().step_by(997) {
        let item = item("chinhphu", &serde_json::to_value(done).unwrap());
        assert_eq!(world.page("xa-a.laocai", &item).await.status, 200);
        let proof = world.get("xa-a.laocai", &format!("/proof/{}", item.reference)).await;
        assert!(proof.says("c2sp.org/tlog-proof@v1"), "{}", proof.text());
    }
}
