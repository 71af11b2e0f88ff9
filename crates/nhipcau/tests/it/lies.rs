//! A neighbour that lies: nothing of it is shown, people are told who it was, the truth still comes.

use super::front::Mode;
use super::world::{Plan, edition, notice, until};

async fn lies(mode: Mode, about: &str) {
    let mut plan = Plan::of(["chinhphu", "mof", "laocai"]);
    let front = plan.front("chinhphu").await;
    front.lie_only_to("laocai");
    let world = plan.start().await;
    let item = world.issues("chinhphu", notice("Công điện", "Bản một.")).await;
    world.settle().await;
    front.be(mode);
    // The open flow goes on through the relay; the next commit is lied about.
    let lied_about = world.issues("chinhphu", notice("Bản tin thật", "Đúng từng chữ.")).await;
    world.alarmed("laocai", about, Some("chinhphu")).await;
    world.corrects(&item, edition("Công điện", "Bản hai.")).await;
    // The ministry has it from the root honestly, and the province from the ministry.
    world.settle().await;
    for portal in ["laocai", "xa-a.laocai"] {
        assert!(world.page(portal, &lied_about).await.says("Đúng từng chữ."), "{portal}");
        assert!(world.page(portal, &item).await.says("Bản hai."), "{portal}");
    }
    assert_eq!(world.told("laocai", &lied_about).await["edition"], 1);
    let page = world.get("laocai", "/mang").await;
    assert!(page.says("chinhphu.localhost/node"), "the network page does not name who lied");
    assert_eq!(
        world.alarms("mof").await.iter().filter(|(a, _, _)| a == about).count(),
        0,
        "who was not lied to is calm"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_entries_are_refused_and_alarmed() {
    lies(Mode::ForgedEntries, "follower.wrong_entries").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_checkpoint_is_refused_and_alarmed() {
    lies(Mode::ForgedCheckpoints, "follower.bad_signature").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_flow_is_refused_and_alarmed() {
    lies(Mode::Garbage, "follower.malformed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn content_that_does_not_match_its_hash_is_never_shown() {
    let mut plan = Plan::of(["chinhphu", "mof", "laocai"]);
    let front = plan.front("chinhphu").await;
    front.lie_only_to("laocai");
    let world = plan.start().await;
    world.cut("mof");
    front.be(Mode::OtherContent);
    let item = world.issues("chinhphu", notice("Công điện", "Đúng từng chữ.")).await;
    world.alarmed("laocai", "content.mismatch", Some("chinhphu")).await;
    let page = world.page("xa-a.laocai", &item).await;
    assert!(!page.says("Đúng từng chữ") && !page.says("Công điện"), "shown though it did not match");
    assert!(page.says("trên đường đến"), "the page does not say what is missing: {}", page.text());
    assert!(!world.get("xa-a.laocai", "/").await.says(&item.reference));
    until("the issuer to count itself and nobody else", async || match world.coverage(&item).await {
        (1, 5) => Ok(()),
        other => Err(format!("{other:?}")),
    })
    .await;

    // The ministry is not lied to; the province gets the right bytes there.
    world.mend("mof");
    world.settle().await;
    assert!(world.page("xa-a.laocai", &item).await.says("Đúng từng chữ."));
    assert_eq!(world.coverage(&item).await, (5, 5));
}
