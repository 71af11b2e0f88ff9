//! The directory for people and programs: who answers for a portal, what portals lack, and who must mend it.

use serde_json::{Value, json};

use super::world::{World, until};

#[tokio::test(flavor = "multi_thread")]
async fn an_agencys_page_names_its_unit_its_basis_its_channels_and_its_parent() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let unit = json!({
        "origin": "laocai.localhost/log", "accountable": "Văn phòng Ủy ban nhân dân tỉnh",
        "accountable_basis": "Quyết định 12/2026/QĐ-UBND",
    });
    assert_eq!(world.post("chinhphu", "/api/v1/agencies/change", &unit).await.status, 201);
    let channels = json!({
        "kind": "channels", "title": "Kênh của tỉnh",
        "details": { "channels": [{ "platform": "zalo", "name": "UBND tỉnh Lào Cai", "address": "https://zalo.me/0123456789" }] },
    });
    let register = world.issues("laocai", channels).await;
    world.settle().await;
    let page = until("the agency's page", async || {
        let page = world.get("chinhphu", "/co-quan/laocai.localhost").await;
        if page.says("Quyết định 12/2026/QĐ-UBND") && page.says("zalo.me") {
            Ok(page)
        } else {
            Err(page.text())
        }
    })
    .await
    .text();
    for words in [
        "Văn phòng Ủy ban nhân dân tỉnh",
        "/co-quan/chinhphu.localhost\">",
        "laocai.localhost/log",
        "https://zalo.me/0123456789",
        "/co-quan/xa-a.laocai.localhost\">",
        "chưa biết: chưa tra cứu",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(page.contains(&format!("/muc/{}", register.reference)), "the register itself is linked");
    let english = world.get("chinhphu", "/en/co-quan/laocai.localhost").await;
    assert!(english.says("Accountable unit") && english.says("Agency above"));
    let told = world.get("chinhphu", "/api/v1/agencies/laocai.localhost").await.json();
    assert_eq!(told["accountable_basis"], "Quyết định 12/2026/QĐ-UBND");
    assert_eq!(told["channels"][0]["title"], "Kênh của tỉnh");
    assert_eq!(world.get("chinhphu", "/co-quan/khong-co.vn").await.status, 404);
    assert!(world.get("chinhphu", "/co-quan").await.says("Văn phòng Ủy ban nhân dân tỉnh"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_portals_lack_is_listed_with_who_must_mend_it_and_not_known_is_not_no() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let cable = &world.app("chinhphu").line.cable;
    cable.names("chinhphu.localhost", true);
    cable.names("xa-a.laocai.localhost", false);
    let told = until("what name servers say", async || {
        let told: Value = world.get("chinhphu", "/api/v1/agencies/findings").await.json();
        if told["without_ipv6"].as_array().unwrap().is_empty() { Err(told.to_string()) } else { Ok(told) }
    })
    .await;
    let ipv6 = told["without_ipv6"].as_array().unwrap();
    assert_eq!(ipv6.len(), 1, "{told}");
    assert_eq!(ipv6[0]["domain"], "xa-a.laocai.localhost");
    assert_eq!(ipv6[0]["mender"], "laocai.localhost/log", "whoever runs the node that hosts it");
    assert_eq!(told["ipv6_unknown"], 2, "nobody was asked about the province and the other commune: {told}");
    assert_eq!(told["off_pattern"].as_array().unwrap().len(), 4, "names of a laboratory follow no pattern");
    assert_eq!(told["without_parent"], json!([]));
    let page = world.get("chinhphu", "/co-quan/ra-soat").await.text();
    assert!(page.contains("không nằm dưới gov.vn") && page.contains("Chưa biết về 2 cổng"), "{page}");
    assert!(page.contains("khoản 4 Điều 11") && page.contains("Mọi cổng đều có cấp trên"), "{page}");

    // A province that ends without a successor leaves its communes without a parent.
    let end = json!({ "origin": "laocai.localhost/log" });
    assert_eq!(world.post("chinhphu", "/api/v1/agencies/close", &end).await.status, 201);
    until("communes without a parent", async || {
        let told: Value = world.get("chinhphu", "/api/v1/agencies/findings").await.json();
        let orphans = told["without_parent"].as_array().unwrap();
        let mended = orphans.iter().all(|one| one["mender"] == "chinhphu.localhost/log");
        if orphans.len() == 2 && mended { Ok(()) } else { Err(told.to_string()) }
    })
    .await;
}
