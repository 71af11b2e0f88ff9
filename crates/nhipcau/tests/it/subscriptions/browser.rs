//! Following by notices of a browser: nothing to confirm by mail, the same people told of a correction or withdrawal, and
//! nobody sent anywhere but to a push service.

use nhipcau::config::{File, PushTable};

use super::HOUR;
use super::service::{Browser, Service};
use crate::erasure::files_with;
use crate::world::{Answer, Plan, World, edition, notice, on_postgres, until};

const PORTAL: &str = "chinhphu";

async fn with_push(service: &Service) -> World {
    let table =
        PushTable { contact: "mailto:quantri@cong.gov.vn".into(), services: vec![service.origin.clone()] };
    Plan::of([PORTAL]).with(move |file: &mut File| file.push = Some(table.clone())).start().await
}

async fn asks(world: &World, browser: &[(&str, String)], topic: &[(&str, &str)]) -> Answer {
    let own = browser.iter().map(|(name, value)| (*name, value.as_str()));
    let fields: Vec<(&str, &str)> = topic.iter().copied().chain(own).collect();
    world.sends(PORTAL, "/theo-doi/trinh-duyet", "", &fields).await
}

/// Follows; the page of all that the browser follows.
async fn follows(world: &World, browser: &Browser, topic: &[(&str, &str)]) -> String {
    let begun = asks(world, &browser.fields(), topic).await;
    assert_eq!(begun.status, 303, "{}", begun.text());
    begun.header("location").split('?').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_is_told_and_told_again_of_a_correction_and_a_withdrawal() {
    let service = Service::start().await;
    let mut world = with_push(&service).await;
    let page = world.get(PORTAL, "/theo-doi").await.text();
    let key = page.split("data-push=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    assert!(page.contains("hidden>Báo trên trình duyệt này"), "only the script shows the button: {page}");
    assert!(!page.contains("type=\"email\""), "no mail is offered here");
    let browser = Browser::new(&service, 1);
    let mine = follows(&world, &browser, &[("gi", "loai"), ("loai", "thong-bao"), ("deu", "ngay")]).await;
    let shown = world.get(PORTAL, &mine).await;
    assert!(shown.says("Loại tin: Thông báo") && shown.says("trình duyệt đã chọn"), "{}", shown.text());

    let item = world.issues(PORTAL, notice("Lịch tiêm chủng", "Thứ Sáu, tại trạm y tế.")).await;
    let told = service.comes(&browser, 1).await;
    let said = browser.opens(&told);
    assert_eq!((&said["title"], &said["lang"]), (&"Lịch tiêm chủng".into(), &"vi".into()), "{said}");
    assert_eq!(said["path"], format!("/muc/{}", item.reference));
    let claims = told.spoken(&key);
    assert_eq!(
        (&claims["aud"], &claims["sub"]),
        (&service.origin.clone().into(), &"mailto:quantri@cong.gov.vn".into())
    );
    let now = world.clock(PORTAL).micros() / 1_000_000;
    assert!((now..=now + 86_400).contains(&claims["exp"].as_i64().unwrap()), "{claims}");
    assert_eq!((told.headers["urgency"].as_str(), told.headers["ttl"].as_str()), ("normal", "604800"));
    assert!(!told.headers.contains_key("nhipcau-node"), "{:?}", told.headers);
    // Nothing of what is said names who follows.
    assert!(!said.to_string().contains("cua-toi") && said["id"].as_str().unwrap().len() == 32, "{said}");

    world.corrects(&item, edition("Lịch tiêm chủng (sửa)", "Thứ Bảy.")).await;
    let corrected = service.comes(&browser, 2).await;
    assert_eq!(browser.opens(&corrected)["title"], "Đính chính: Lịch tiêm chủng (sửa)");
    assert_eq!(corrected.headers["urgency"], "high");
    // A clock that is set back hides nothing.
    world.clock(PORTAL).pass(-24 * HOUR);
    world.withdraws(&item, false).await;
    let withdrawn = service.comes(&browser, 3).await;
    assert_eq!(browser.opens(&withdrawn)["title"], "Đã gỡ: Lịch tiêm chủng (sửa)");
    // From outside one is like the other.
    assert_eq!(told.body.len(), withdrawn.body.len());

    // A busy service is asked again; then the browser is there no more, and is forgotten.
    world.clock(PORTAL).pass(25 * HOUR);
    service.answers(503);
    world.issues(PORTAL, notice("Tin thứ hai", "Hai.")).await;
    service.comes(&browser, 4).await;
    assert_eq!(world.get(PORTAL, &mine).await.status, 200);
    service.answers(410);
    world.clock(PORTAL).pass(HOUR);
    let again = service.comes(&browser, 5).await;
    assert_eq!(browser.opens(&again)["id"], browser.opens(&service.comes(&browser, 4).await)["id"]);
    until("the browser to be forgotten", async || {
        let status = world.get(PORTAL, &mine).await.status;
        if status == 410 { Ok(()) } else { Err(status.to_string()) }
    })
    .await;
    if !on_postgres() {
        world.stop(PORTAL).await;
        assert_eq!(files_with(&world.home(PORTAL), &browser.endpoint), Vec::<std::path::PathBuf>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_has_digests_too_and_ends_them_on_its_page() {
    let service = Service::start().await;
    let world = with_push(&service).await;
    let clock = world.clock(PORTAL).clone();
    let soon = nhipcau::clock::instant(clock.micros() + 2 * HOUR);
    let soon = soon.to_zoned_datetime(nhipcau::words::date::zone()).hour().to_string();
    let (daily, other) = (Browser::new(&service, 2), Browser::new(&service, 3));
    let rhythm = [("gi", "tat-ca"), ("deu", "hang-ngay"), ("gio", soon.as_str())];
    let mine = follows(&world, &daily, &rhythm).await;
    world.issues(PORTAL, notice("Tin thứ nhất", "Một.")).await;
    world.issues(PORTAL, notice("Tin thứ hai", "Hai.")).await;
    follows(&world, &other, &[("gi", "tat-ca"), ("deu", "ngay")]).await;
    world.issues(PORTAL, notice("Tin thứ ba", "Ba.")).await;
    assert_eq!(other.opens(&service.comes(&other, 1).await)["title"], "Tin thứ ba");
    assert!(service.got().iter().all(|got| got.path != daily.path), "a digest has its hour");
    clock.pass(2 * HOUR);
    let digest = daily.opens(&service.comes(&daily, 1).await);
    assert!(digest["title"].as_str().unwrap().starts_with("3 tin từ"), "{digest}");
    assert_eq!(digest["body"], "Tin thứ nhất · Tin thứ hai · Tin thứ ba");
    let ended = world.sends(PORTAL, &mine, "", &[("viec", "het")]).await;
    assert!(ended.status == 200 && world.get(PORTAL, &mine).await.status == 410, "{}", ended.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_makes_the_node_call_what_is_no_push_service() {
    let service = Service::start().await;
    let world = with_push(&service).await;
    let browser = Browser::new(&service, 4);
    let topic = [("gi", "tat-ca"), ("deu", "ngay")];
    let here = format!("http://{}/", world.host(PORTAL));
    let long = format!("https://push.vidu.vn/{}", "a".repeat(2_000));
    for endpoint in [
        "",
        "x",
        "http://push.vidu.vn/a",
        "https://127.0.0.1/a",
        "https://[::1]/a",
        "https://10.0.0.1/a",
        "https://169.254.169.254/latest",
        "https://[::ffff:192.168.1.1]/a",
        "https://localhost/a",
        "https://may-chu/a",
        "https://a.localhost/a",
        "https://push.vidu.vn:22/a",
        "https://a:b@push.vidu.vn/a",
        "file:///etc/passwd",
        here.as_str(),
        long.as_str(),
    ] {
        let mut fields = browser.fields();
        fields[0].1 = endpoint.to_owned();
        let refused = asks(&world, &fields, &topic).await;
        assert!(
            refused.status == 409 && refused.says("nơi ấy không được phép gọi tới"),
            "{endpoint}: {}",
            refused.text()
        );
    }
    for (at, bad) in [(1, ""), (1, "AAAA"), (2, ""), (2, "%%")] {
        let mut fields = browser.fields();
        fields[at].1 = bad.to_owned();
        assert_eq!(asks(&world, &fields, &topic).await.status, 409, "{bad}");
    }
    let nothing = asks(&world, &browser.fields(), &[("gi", "tim"), ("tim", " ")]).await;
    assert!(nothing.status == 422 && nothing.says("điền ô bên dưới"), "{}", nothing.text());
    let elsewhere = world.request("POST", PORTAL, "/theo-doi/trinh-duyet").body("gi=tat-ca");
    assert_eq!(world.ask(elsewhere).await.status, 403, "no other site sends it");
    // From one network twenty begin in an hour, whether by mail or by a browser.
    for n in 10..30 {
        follows(&world, &Browser::new(&service, n), &topic).await;
    }
    let refused = asks(&world, &Browser::new(&service, 30).fields(), &topic).await;
    assert!(refused.status == 429 && refused.says("từ mạng của bạn"), "{}", refused.text());
    assert!(service.got().is_empty());

    let world = World::with([PORTAL]).await;
    assert!(!world.get(PORTAL, "/theo-doi").await.says("data-push"));
    assert_eq!(asks(&world, &browser.fields(), &topic).await.status, 409);
}
