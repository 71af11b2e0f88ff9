//! Two people at every door: what comes with the node's token waits for a second person, who proves who they are – in the
//! console of the portal, at the duty desk of an agency above, or at the command line.

use serde_json::{Value, json};

use super::newsroom::leads;
use super::world::{Answer, Item, PASSWORD, Plan, Staff, World, edition, hidden, item, notice};

/// A nation whose agencies have no system of their own with two people behind it.
async fn waiting<const N: usize>(labels: [&str; N]) -> World {
    Plan::of(labels).with(|file| file.issues_at_once.clear()).start().await
}

async fn hands_in(world: &World, portal: &str, path: &str, body: &Value, key: &str) -> Answer {
    let request = world.request("POST", portal, path).bearer_auth(world.token(portal));
    world.ask(request.header("idempotency-key", key).json(body)).await
}

/// Approves and issues a draft in the console; returns the item.
async fn lets_out(world: &World, who: &Staff, waits: &Value) -> Item {
    let path = waits["path"].as_str().unwrap();
    for act in ["approve", "issue"] {
        let version = hidden(&world.sees(who, path).await.text(), "version").unwrap();
        let fields = [("version", version.as_str()), ("viec", act)];
        leads(&world.fills(who, &format!("{path}/viec"), &fields).await);
    }
    let told =
        world.get(&who.portal, &format!("/api/v1/items/{}", waits["reference"].as_str().unwrap())).await;
    item(&who.portal, &told.json())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_token_hands_in_waits_for_a_second_person() {
    let world = waiting(["chinhphu", "mof"]).await;
    let minh = world.staff("chinhphu", "minh", &["publisher"]).await;
    let body = json!({ "item": notice("Lịch cắt điện", "Cắt điện **ngày 27**.") });
    let waits = hands_in(&world, "chinhphu", "/api/v1/items", &body, "một").await;
    assert_eq!(waits.status, 422, "a key is ASCII: {}", waits.text());
    let waits = hands_in(&world, "chinhphu", "/api/v1/items", &body, "mot").await;
    assert_eq!(waits.status, 202, "{}", waits.text());
    let again = hands_in(&world, "chinhphu", "/api/v1/items", &body, "mot").await;
    assert_eq!((again.status, again.json()), (202, waits.json()), "a repeat gets the same answer");
    assert!(!world.get("chinhphu", "/thong-tin").await.says("Lịch cắt điện"), "nothing is issued yet");
    let home = world.sees(&minh, "/ban-lam-viec").await;
    assert_eq!(home.text().matches("Lịch cắt điện").count(), 1, "one draft: {}", home.text());
    assert!(home.says("máy chủ (API hoặc dòng lệnh)"), "{}", home.text());
    let faulty = json!({ "item": { "kind": "notice", "title": "" } });
    let refused = world.post("chinhphu", "/api/v1/items", &faulty).await;
    assert_eq!(refused.status, 422, "faults are told to whoever hands it in: {}", refused.text());
    let item = lets_out(&world, &minh, &waits.json()).await;
    world.settle().await;
    assert!(world.page("mof", &item).await.says("Cắt điện"));

    // A further edition goes the same way, and only one at a time.
    let path = format!("/api/v1/items/{}/editions", item.reference);
    let body = json!({ "change": "correct", "item": edition("Lịch cắt điện", "Ngày 28.") });
    let waits = world.post("chinhphu", &path, &body).await;
    assert_eq!(waits.status, 202, "{}", waits.text());
    assert_eq!(world.post("chinhphu", &path, &body).await.status, 409, "a draft of it is open");
    lets_out(&world, &minh, &waits.json()).await;
    assert!(world.page("chinhphu", &item).await.says("Ngày 28."));

    // A kind that one person may issue does not wait.
    let now = nhipcau::words::date::day(world.app("chinhphu").clock.now());
    let calendar = nhipcau::items::kinds::of("calendar").unwrap().example(now);
    let issued = world.post("chinhphu", "/api/v1/items", &json!({ "item": calendar })).await;
    assert_eq!(issued.status, 201, "{}", issued.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_that_issues_at_once_says_so_to_everybody() {
    let world = World::with(["chinhphu"]).await;
    assert!(world.get("chinhphu", "/mang").await.says("được đăng ngay: cơ quan đó khai"));
    let doctor = world.request("GET", "chinhphu", "/api/v1/doctor").bearer_auth(world.token("chinhphu"));
    let doctor = world.ask(doctor).await;
    assert!(doctor.says("without a second person, at: chinhphu.localhost"), "{}", doctor.text());
    let world = waiting(["chinhphu"]).await;
    assert!(!world.get("chinhphu", "/mang").await.says("được đăng ngay"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_that_the_token_proposes_is_confirmed_in_the_console() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let ha = world.staff("chinhphu", "ha", &["signer"]).await;
    let lan = world.staff("chinhphu", "lan", &["editor"]).await;
    let item = world.issues("chinhphu", notice("Danh sách hộ nghèo", "Bà Giàng.")).await;
    let why = json!({ "reason": "Lộ dữ liệu cá nhân", "basis": "Điều 16" });
    let waits = world.post("chinhphu", &format!("/api/v1/items/{}/erasure", item.reference), &why).await;
    assert_eq!((waits.status, &waits.json()["confirm"]), (202, &json!(["ha"])), "{}", waits.text());
    let path = format!("/ban-lam-viec/muc/{}", item.reference);
    assert!(world.sees(&ha, "/ban-lam-viec").await.says("máy chủ (API hoặc dòng lệnh) đề xuất"));
    assert!(!world.sees(&lan, &path).await.says("value=\"xac-nhan\""), "an editor confirms nothing");
    let at = hidden(&world.sees(&ha, &path).await.text(), "luc").unwrap();
    leads(&world.fills(&ha, &format!("{path}/go"), &[("viec", "xac-nhan"), ("luc", &at)]).await);
    assert_eq!(world.told("chinhphu", &item).await["state"], "erased");

    // What is ordered of an agency below waits in the same list; it is read before it is confirmed.
    let below = world.issues("xa-a.laocai", notice("Sổ hộ khẩu", "Ông Sùng.")).await;
    let other = world.issues("xa-a.laocai", notice("Lịch tiếp dân", "Thứ Năm.")).await;
    world.settle().await;
    let propose = async |item: &Item| {
        let order = json!({ "act": "erase", "reason": "Lộ dữ liệu", "basis": "Điều 16" });
        world.post("chinhphu", &format!("/api/v1/items/{}/order", item.reference), &order).await
    };
    assert_eq!((propose(&below).await.status, propose(&other).await.status), (202, 202));
    let path = |item: &Item| format!("/ban-lam-viec/muc/{}", item.reference);
    assert!(world.sees(&ha, "/ban-lam-viec").await.says("Sổ hộ khẩu"));
    let page = world.sees(&ha, &path(&below)).await.text();
    assert!(page.contains("Yêu cầu xóa một mục của") && page.contains("Lộ dữ liệu"), "{page}");
    let decide = async |item: &Item, act: &str| {
        let at = hidden(&world.sees(&ha, &path(item)).await.text(), "luc").unwrap();
        leads(&world.fills(&ha, &format!("{}/go", path(item)), &[("viec", act), ("luc", &at)]).await)
    };
    assert_eq!(decide(&below, "xac-nhan").await, "/ban-lam-viec");
    decide(&other, "bo").await;
    world.settle().await;
    assert_eq!(world.page("xa-a.laocai", &below).await.status, 410);
    assert!(world.page("xa-a.laocai", &other).await.says("Thứ Năm."), "what was dropped stands");
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_at_a_confirmation_cost_time_and_erase_nothing() {
    let world = World::with(["chinhphu"]).await;
    world.staff("chinhphu", "ha", &["signer"]).await;
    let item = world.issues("chinhphu", notice("Danh sách", "Một.")).await;
    let path = |verb: &str| format!("/api/v1/items/{}/{verb}", item.reference);
    let why = json!({ "reason": "Lộ dữ liệu", "basis": "Điều 16" });
    let waits = world.post("chinhphu", &path("erasure"), &why).await.json();
    let tries = async |password: &str, at: &Value| {
        let who = json!({ "at": at, "login": "ha", "password": password });
        world.post("chinhphu", &path("confirmation"), &who).await.status
    };
    let mut told = Vec::new();
    for guess in 0..8 {
        told.push(tries(&format!("đoán lần {guess}"), &waits["at"]).await);
    }
    assert_eq!(told[0], 403);
    assert_eq!(told.last(), Some(&503), "failures cost time: {told:?}");
    assert_eq!(tries(PASSWORD, &waits["at"]).await, 503, "also the right one");
    world.clock("chinhphu").pass(16 * 60_000_000);
    assert_eq!(tries(PASSWORD, &json!(1)).await, 409, "what was confirmed is not what is proposed");
    assert_eq!(world.told("chinhphu", &item).await["state"], "standing");
    assert_eq!(tries(PASSWORD, &waits["at"]).await, 201);
    assert_eq!(world.told("chinhphu", &item).await["state"], "erased");
    let trail = world.request("GET", "chinhphu", "/api/v1/audit").bearer_auth(world.token("chinhphu"));
    let trail = world.ask(trail).await;
    for act in ["end.propose", "login.failed", "confirm", "end.confirm"] {
        assert!(trail.says(&format!("\"act\":\"{act}\"")), "{act}: {}", trail.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_duty_desk_above_approves_for_a_commune_of_one() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let chair = world.staff("xa-a.laocai", "chu-tich", &["editor", "leader"]).await;
    // A dated delegation: at the province, and below it.
    let person = json!({ "login": "truc", "name": "Trực ban", "roles": ["publisher"], "below": true,
        "until": nhipcau::words::date::day(world.app("laocai").clock.now()).to_string() });
    let link = world.post("laocai", "/api/v1/people", &json!({ "person": person })).await;
    let both = [("mat-khau", PASSWORD), ("mat-khau-lai", PASSWORD)];
    let begun = world.sends("laocai", link.json()["link"].as_str().unwrap(), "", &both).await;
    let duty = world.signed_in("laocai", &begun).await;
    let plain = world.staff("laocai", "nam", &["publisher"]).await;
    let stranger = world.staff("chinhphu", "minh", &["publisher"]).await;

    let path = leads(&world.fills(&chair, "/ban-lam-viec/tin/moi", &[("kind", "notice")]).await);
    let write = [("version", "1"), ("title", "Lịch tiêm chủng"), ("text", "Thứ Sáu."), ("viec", "submit")];
    leads(&world.fills(&chair, &path, &write).await);
    let alone = world.fills(&chair, &format!("{path}/viec"), &[("version", "2"), ("viec", "approve")]).await;
    assert!(alone.says("Cần một người thứ hai"), "{}", alone.text());

    // It stands in the desk's own list, and is read and approved there.
    let home = world.sees(&duty, "/ban-lam-viec").await.text();
    assert!(home.contains("Cấp dưới đang chờ duyệt: 1") && home.contains("Lịch tiêm chủng"), "{home}");
    let there = format!("/ban-lam-viec/cap-duoi/xa-a.laocai.localhost/{}", path.rsplit('/').next().unwrap());
    let page = world.sees(&duty, &there).await.text();
    assert!(page.contains("Thứ Sáu.") && page.contains("Ủy quyền của bạn ở Cơ quan xa-a.laocai"), "{page}");
    for who in [&plain, &stranger] {
        assert!(!world.sees(who, "/ban-lam-viec").await.says("Lịch tiêm chủng"), "{}", who.portal);
        assert_eq!(world.sees(who, &there).await.status, 404);
        let fields = [("version", "2"), ("viec", "approve")];
        assert_eq!(world.fills(who, &there, &fields).await.status, 404, "{}", who.portal);
    }
    let old = world.fills(&duty, &there, &[("version", "1"), ("viec", "approve")]).await;
    assert!(old.says("vừa được người khác sửa"), "{}", old.text());
    assert_eq!(leads(&world.fills(&duty, &there, &[("version", "2"), ("viec", "approve")]).await), there);
    assert!(world.sees(&chair, &path).await.says("Đã duyệt"));
    leads(&world.fills(&chair, &format!("{path}/viec"), &[("version", "2"), ("viec", "issue")]).await);
    assert!(world.get("xa-a.laocai", "/thong-tin").await.says("Lịch tiêm chủng"));

    // The day after the last one the desk has nothing to do with it.
    let path = leads(&world.fills(&chair, "/ban-lam-viec/tin/moi", &[("kind", "notice")]).await);
    let write = [("version", "1"), ("title", "Lịch họp thôn"), ("text", "Chủ nhật."), ("viec", "submit")];
    leads(&world.fills(&chair, &path, &write).await);
    assert!(world.sees(&duty, "/ban-lam-viec").await.says("Lịch họp thôn"));
    world.clock("laocai").pass(24 * 3_600_000_000);
    let again = world.signs_in("laocai", "truc", PASSWORD).await;
    assert_eq!(again.status, 403, "their only appointment has ended: {}", again.text());
}
