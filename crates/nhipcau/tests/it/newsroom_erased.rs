//! An erasure leaves no byte in the newsroom either.

use super::erasure::files_with;
use super::newsroom::{Office, leads, office};
use super::world::{World, hidden, on_postgres, until};

const NAME: &str = "Lê-Văn-Phải-Xóa";

/// How many versions of drafts the Government's node holds with the words.
async fn drafts(world: &World) -> usize {
    let mut conn = world.app("chinhphu").db.read().await.unwrap();
    let kept = nhipcau::all!(&mut conn, (String,), "SELECT fields FROM draft_version").unwrap();
    kept.into_iter().filter(|(fields,)| fields.contains(NAME)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_on_the_way_to_an_erased_item_vanishes_with_it() {
    let office = office().await;
    let Office { world, lan, minh, .. } = &office;
    let item = office.issues(&format!("Quyết định về {NAME}")).await;
    let next = leads(&world.fills(lan, &format!("{item}/sua"), &[("change", "correct")]).await);
    leads(&office.writes(lan, &next, &[("text", &format!("Sửa cho {NAME}"))]).await);
    office.stands(&item, NAME).await;
    assert!(drafts(world).await > 0, "nothing to erase yet");
    let go = format!("{item}/go");
    let why = [("cach", "erase"), ("ly-do", "Lộ dữ liệu cá nhân"), ("can-cu", "Luật 91/2025/QH15, Điều 14")];
    leads(&world.fills(lan, &go, &why).await);
    let luc = hidden(&world.sees(minh, &item).await.text(), "luc").unwrap();
    leads(&world.fills(minh, &go, &[("viec", "xac-nhan"), ("luc", &luc)]).await);
    assert_eq!(world.sees(lan, &next).await.status, 404, "the draft of the next edition went too");
    assert!(!world.sees(lan, "/ban-lam-viec").await.says(NAME));
    assert_eq!(drafts(world).await, 0);
    if on_postgres() {
        return;
    }
    for label in ["chinhphu", "mof"] {
        until("no byte to be left", async || {
            let left = files_with(&world.home(label), NAME);
            if left.is_empty() { Ok(()) } else { Err(left.join(", ")) }
        })
        .await;
    }
}
