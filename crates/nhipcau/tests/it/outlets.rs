//! What changes on a portal is sent to sites that were named: signed, in order, again until it is taken, and again from wherever
//! somebody says; and another node takes it as what a site sends.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hkdf::hmac::{Hmac, KeyInit, Mac};
use nhipcau::sources::list::push;
use serde_json::Value;
use sha2::Sha256;

use super::newsroom::leads;
use super::sources::{Page, Site};
use super::world::{World, edition, hidden, notice, until};

const PAGE: &str = "/ban-lam-viec/noi-nhan";
const SECRET: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZg==";

/// The titles and the ends that a site has taken, one call after the other; every call must be signed.
fn taken(site: &Site) -> Vec<String> {
    let key = STANDARD.decode("MDEyMzQ1Njc4OWFiY2RlZg==").unwrap();
    let mut said = Vec::new();
    for (headers, body) in site.posted("/nhan") {
        let header = |name: &str| headers.get(name).unwrap().to_str().unwrap().to_owned();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{}.{}.", header("webhook-id"), header("webhook-timestamp")).as_bytes());
        mac.update(&body);
        let due = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        assert_eq!(header("webhook-signature"), due);
        let body: Value = serde_json::from_slice(&body).unwrap();
        let items = body["items"].as_array().unwrap();
        said.extend(
            items
                .iter()
                .map(|item| format!("{} {}", item["title"].as_str().unwrap(), item["_nhipcau"]["edition"])),
        );
        said.extend(body["_deleted"].as_array().unwrap().iter().map(|_| "gone".to_owned()));
    }
    said
}

async fn has_taken(site: &Site, due: &[&str]) {
    until("the site to take it", async || {
        let now = taken(site);
        if now == due { Ok(()) } else { Err(format!("{now:?}")) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_sent_in_order_until_it_is_taken_and_again_from_a_place() {
    let world = World::with(["chinhphu"]).await;
    let site = Site::new("nhan").await;
    site.shows("/nhan", Page::Body("text/plain", "ok".into()));
    let minh = world.staff("chinhphu", "minh", &["publisher"]).await;
    let typed = [
        ("viec", "them"),
        ("dia-chi", &*site.url("/nhan")),
        ("khoa-bi-mat", "whsec_ngan"),
        ("ten", "Cổng cũ"),
    ];
    let short = world.fills(&minh, PAGE, &typed).await;
    assert!(short.status == 422 && short.says("16 đến 64 byte") && short.says("Cổng cũ"), "{}", short.text());
    let typed =
        [("viec", "them"), ("dia-chi", &*site.url("/nhan")), ("khoa-bi-mat", SECRET), ("ten", "Cổng cũ")];
    leads(&world.fills(&minh, PAGE, &typed).await);

    let item = world.issues("chinhphu", notice("Lịch cắt điện", "Ngày 27.")).await;
    has_taken(&site, &["Lịch cắt điện 1"]).await;
    world.corrects(&item, edition("Lịch cắt điện", "Ngày 28.")).await;
    has_taken(&site, &["Lịch cắt điện 1", "Lịch cắt điện 2"]).await;

    // Away: what happens meanwhile comes in order once it is back, as things stand then.
    site.shows("/nhan", Page::Status(503));
    world.withdraws(&item, true).await;
    let page = until("the trouble to be told", async || {
        let page = world.sees(&minh, PAGE).await.text();
        if page.contains("503") { Ok(page) } else { Err(String::new()) }
    })
    .await;
    world.issues("chinhphu", notice("Lịch tiếp dân", "Thứ hai.")).await;
    let before = site.posted("/nhan").len();
    site.shows("/nhan", Page::Body("text/plain", "ok".into()));
    world.clock("chinhphu").pass(3_600_000_000);
    until("what was due", async || {
        let all = taken(&site);
        // Refused calls are recorded too: the same call under the same id comes again.
        if all.last().is_some_and(|last| last == "Lịch tiếp dân 1" || last == "gone")
            && site.posted("/nhan").len() > before
        {
            Ok(())
        } else {
            Err(format!("{all:?}"))
        }
    })
    .await;
    let ids: Vec<_> = site.posted("/nhan").iter().map(|(headers, _)| headers["webhook-id"].clone()).collect();
    assert!(ids.len() >= 4, "{ids:?}");

    // Again from the beginning: as things stand now.
    let outlet = hidden(&page, "noi").unwrap();
    let sent = site.posted("/nhan").len();
    leads(&world.fills(&minh, PAGE, &[("viec", "lai"), ("noi", &outlet), ("tu", "")]).await);
    until("all of it once more", async || {
        let all = site.posted("/nhan").len();
        if all > sent { Ok(()) } else { Err(format!("{all}")) }
    })
    .await;
    let (_, last) = site.posted("/nhan").pop().unwrap();
    let last: Value = serde_json::from_slice(&last).unwrap();
    assert_eq!(last["items"].as_array().unwrap().len(), 1, "{last}");
    assert_eq!(last["_deleted"].as_array().unwrap().len(), 1, "{last}");
    let nowhere = world.fills(&minh, PAGE, &[("viec", "lai"), ("noi", &outlet), ("tu", "hôm qua")]).await;
    assert!(nowhere.status == 422 && nowhere.says("2026-11-26"), "{}", nowhere.text());
    leads(&world.fills(&minh, PAGE, &[("viec", "go"), ("noi", &outlet)]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_network_sends_another_carries_and_takes_down_again() {
    let (sender, world) = (World::with(["chinhphu"]).await, World::with(["chinhphu"]).await);
    let lan = world.staff("chinhphu", "lan", &["publisher"]).await;
    let source = [
        ("dia-chi", "https://so-b.tinh-a.gov.vn/"),
        ("cach-doc", "push"),
        ("cua-ai", "khac"),
        ("ten", "Sở B"),
        ("loai", "notice"),
        ("viec", "bat-dau"),
    ];
    leads(&world.fills(&lan, "/ban-lam-viec/nguon", &source).await);
    let list = world.sees(&lan, "/ban-lam-viec/nguon").await.text();
    let path = list.split("href=\"").find(|href| href.starts_with("/ban-lam-viec/nguon/")).unwrap();
    let id = path.split(['"', '/']).nth(3).unwrap().parse().unwrap();
    let secret = push::secret(world.app("chinhphu"), id);
    let minh = sender.staff("chinhphu", "minh", &["publisher"]).await;
    let to = world.address("chinhphu", &push::path(id));
    let typed = [("viec", "them"), ("dia-chi", &*to), ("khoa-bi-mat", &*secret)];
    leads(&sender.fills(&minh, PAGE, &typed).await);
    let item = sender.issues("chinhphu", notice("Lịch cắt điện", "Ngày 27.")).await;
    let carried = async || {
        let told = world.get("chinhphu", "/api/v1/items?own=true").await.json();
        told["items"].as_array().unwrap().iter().filter(|item| item["card"]["carried"].is_object()).count()
    };
    until("it to be carried", async || if carried().await == 1 { Ok(()) } else { Err(String::new()) }).await;
    sender.withdraws(&item, false).await;
    until("it to be taken down", async || if carried().await == 0 { Ok(()) } else { Err(String::new()) })
        .await;
}
