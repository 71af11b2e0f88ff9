//! Cases like the one that somebody writes: found while they type and on the page that looks first, only among what is published.

use nhipcau::petitions::similar;
use serde_json::{Value, json};

use super::*;

const SIMILAR: &str = "/api/v1/petitions/similar";

/// Publishes a case with its question and answer.
async fn publishes(world: &World, who: (&Staff, &Staff), portal: &str, question: &str, answer: &str) -> Keys {
    let keys = asks(world, portal, &[("chuyen-gi", question)]).await;
    steps(world, who.0, &keys, "nhan", &[]).await;
    let fields = [("tra-loi", answer), ("cau-hoi", question), ("cong-khai", "on")];
    went(&steps(world, who.0, &keys, "trinh", &fields).await);
    went(&steps(world, who.1, &keys, "duyet", &[]).await);
    keys
}

async fn like(world: &World, portal: &str, words: &str) -> Vec<Value> {
    let answer = world.ask(world.request("POST", portal, SIMILAR).json(&json!({ "words": words }))).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    crate::api::is_as_described(&crate::api::description(), &format!("post {SIMILAR}"), &answer);
    answer.json()["similar"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_before_is_shown_while_somebody_types() {
    let mut world = World::with(["chinhphu", "laocai"]).await;
    let portal = "xa-a.laocai";
    let clerk = world.staff(portal, "lan", &["clerk"]).await;
    let chief = world.staff(portal, "chu.tich", &["leader"]).await;
    let lamp = "Đèn đường trước trường tiểu học xã hỏng ba tuần nay, tối rất nguy hiểm cho các cháu.";
    let kept = publishes(&world, (&clerk, &chief), portal, lamp, "Đã thay bóng ngày 20/11.").await;
    publishes(
        &world,
        (&clerk, &chief),
        portal,
        "Rác chất đống ở đầu chợ, ba ngày không ai thu gom.",
        "Đã thu gom hết sáng nay.",
    )
    .await;
    let secret =
        asks(&world, portal, &[("chuyen-gi", "Đèn đường trước trạm y tế xã hỏng từ tháng trước.")]).await;
    similar::look(world.hosted(portal)).await.unwrap();

    // Begun, without diacritics, in other words of the same matter; at any portal of the node.
    for words in [
        lamp,
        "Đèn đường trước trường tiểu học bị hỏng",
        "den duong truoc truong tieu hoc hong",
        "Gần trường tiểu học có cái đèn đường hỏng mấy tuần",
    ] {
        let found = like(&world, "laocai", words).await;
        assert_eq!(found.first().map(|one| &one["code"]), Some(&json!(kept.code)), "{words}: {found:?}");
        assert_eq!(found[0]["answer"], "Đã thay bóng ngày 20/11.");
        let href = found[0]["href"].as_str().unwrap();
        assert_eq!(world.get("laocai", href).await.status, 200, "{href}");
        assert!(
            found.iter().all(|one| one["code"] != json!(secret.code)),
            "only what is published: {found:?}"
        );
    }
    for words in ["Xin hỏi thủ tục cấp đổi thẻ căn cước cho người già", "\"\" ((( đèn", "rác", ""]
    {
        assert_eq!(like(&world, portal, words).await, [] as [Value; 0], "{words}");
    }

    // Without a script: a button looks, and nothing is registered by it.
    let before = entries(&world, portal).await.len();
    let typed = form(&[("chuyen-gi", "Đèn đường trước trường tiểu học bị hỏng"), ("buoc", "xem")]);
    let looked = posts(&world, portal, ASK, &typed, None).await;
    assert!(
        looked.status == 200 && looked.says("Đã có người hỏi tương tự") && looked.says(&kept.code),
        "{}",
        looked.text()
    );
    assert!(looked.says("trường tiểu học bị hỏng") && looked.says("Đã thay bóng"), "{}", looked.text());
    assert_eq!(entries(&world, portal).await.len(), before);

    // What is published no more is not found; the index is built anew where it is lost.
    world.stop("laocai").await;
    std::fs::remove_dir_all(world.home("laocai").join("data/similar")).unwrap();
    world.start("laocai").await;
    similar::look(world.hosted(portal)).await.unwrap();
    assert_eq!(like(&world, portal, lamp).await.len(), 1);
}
