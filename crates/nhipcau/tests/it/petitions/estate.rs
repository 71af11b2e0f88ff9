//! A closed agency's cases go on at a successor of another node.

use super::super::world::until;
use super::*;

const WORDS: &str = "Cầu treo bản Phìn Hồ đứt cáp, học sinh không qua được.";
const PAGE: &str = "/ban-lam-viec/sap-nhap";

/// The Government merges the province into a ministry: another node.
pub(super) async fn merges_into_the_ministry(world: &World) {
    let admin = world.staff("chinhphu", "quan.tri", &["administrator"]).await;
    let leader = world.staff("chinhphu", "thu.tuong", &["leader"]).await;
    let merger = [
        ("ket-thuc", "laocai.localhost/log"),
        ("ke-thua", "mof.localhost/log"),
        ("can-cu", "Nghị quyết 1/NQ"),
        ("viec", "de-xuat"),
    ];
    let proposed = world.fills(&admin, PAGE, &merger).await;
    assert_eq!(proposed.status, 303, "{}", proposed.text());
    let page = proposed.header("location").split('?').next().unwrap().to_owned();
    assert_eq!(world.fills(&leader, &page, &[("viec", "xac-nhan")]).await.status, 303);
    until("the merger to be done", async || {
        let page = world.sees(&leader, &page).await;
        if page.says("<b>đã xong</b>") { Ok(()) } else { Err(page.text()) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_heir_at_another_node_answers_what_the_closed_agency_had() {
    let world = World::with(["chinhphu", "laocai", "mof"]).await;
    let lan = world.staff("laocai", "lan", &["clerk"]).await;
    let minh = world.staff("mof", "minh", &["clerk"]).await;
    let chief = world.staff("mof", "vu.truong", &["leader"]).await;
    let fields = [
        ("chuyen-gi", WORDS),
        ("dinh-danh", "hidden"),
        ("ho-ten", "Lò Thị Mai Khế"),
        ("dien-thoai", "0911222333"),
    ];
    let asked_there = asks(&world, "laocai", &fields).await;
    let passed_there = asks(&world, "xa-a.laocai", &[]).await;
    let ann = world.staff("xa-a.laocai", "an", &["clerk"]).await;
    passes(&world, &ann, &passed_there, "laocai").await;
    went(&steps(&world, &lan, &asked_there, "nhan", &[]).await);
    world.settle().await;

    merges_into_the_ministry(&world).await;
    until("the closing to be read", async || {
        nhipcau::petitions::handover::estate::bequeath(world.app("laocai")).await.unwrap();
        let queue = world.sees(&minh, DESK).await;
        let both = queue.says(&asked_there.code) && queue.says(&passed_there.code);
        if both { Ok(()) } else { Err(queue.text()) }
    })
    .await;
    // Both go on: with their words, their senders, their secrets.
    let page = world.sees(&minh, &desk(&asked_there)).await;
    assert!(page.says(WORDS), "{}", page.text());
    answers(&world, &minh, &chief, &asked_there, "Bộ đã thay cáp mới.").await;
    let own = follows(&world, "mof", &asked_there).await;
    assert!(own.says("Bộ đã thay cáp mới."), "its sender opens it there: {}", own.text());
    answers(&world, &minh, &chief, &passed_there, "Bộ đã thay bóng đèn.").await;
    told(&world, "xa-a.laocai", &passed_there, "Bộ đã thay bóng đèn.").await;
}
