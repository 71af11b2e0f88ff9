//! What proves a second time who somebody is: an app's codes, recovery codes, and the proof before a grave act.

use nhipcau::people::session::FRESH;
use totp_rs::{Builder, Secret};

use super::world::{PASSWORD, Plan, Staff, World, hidden};

const MINE: &str = "/ban-lam-viec/tai-khoan";
const STEP: i64 = 30_000_000;

/// What an app shows now, from the secret that a page has shown.
fn code(world: &World, portal: &str, page: &str) -> String {
    let from = page.find("desk__secret\"><code>").unwrap() + 20;
    let secret: String = page[from..].split('<').next().unwrap().replace(' ', "");
    code_of(world, portal, &secret)
}

fn code_of(world: &World, portal: &str, secret: &str) -> String {
    let totp = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
    totp.generate(world.clock(portal).micros().unsigned_abs() / 1_000_000).to_string()
}

fn secret(page: &str) -> String {
    let from = page.find("desk__secret\"><code>").unwrap() + 20;
    page[from..].split('<').next().unwrap().replace(' ', "")
}

/// The cookie of what was begun, beside that of the session.
fn with_step(staff: &Staff, answer: &super::world::Answer) -> Staff {
    let step = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    assert!(step.starts_with("nhipcau-buoc="), "{step}");
    Staff { cookie: format!("{}; {step}", staff.cookie), ..staff.clone() }
}

/// Sets an app up; returns its secret and the recovery codes.
async fn sets_up(world: &World, lan: &Staff) -> (String, Vec<String>) {
    let begun = world.fills(lan, "/ban-lam-viec/tai-khoan/hai-buoc", &[("viec", "bat-dau")]).await;
    assert!(begun.says("data:image/svg+xml;base64,"), "{}", begun.text());
    let (page, lan) = (begun.text(), with_step(lan, &begun));
    let wrong = [("viec", "xac-nhan"), ("ma", "000000")];
    let refused = world.fills(&lan, "/ban-lam-viec/tai-khoan/hai-buoc", &wrong).await;
    assert!(refused.status == 422 && secret(&refused.text()) == secret(&page), "the same secret again");
    let now = code(world, &lan.portal, &page);
    let done =
        world.fills(&lan, "/ban-lam-viec/tai-khoan/hai-buoc", &[("viec", "xac-nhan"), ("ma", &now)]).await;
    assert_eq!(done.status, 200, "{}", done.text());
    let text = done.text();
    let codes: Vec<String> =
        text.split("<li><code>").skip(1).map(|part| part.split('<').next().unwrap().to_owned()).collect();
    assert_eq!(codes.len(), 10);
    (secret(&page), codes)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_asks_for_the_apps_code_which_works_once() {
    let world = World::with(["chinhphu"]).await;
    let lan = world.staff("chinhphu", "lan.tran", &["editor"]).await;
    let (secret, _) = sets_up(&world, &lan).await;
    assert!(world.sees(&lan, MINE).await.says("đang bật"));

    world.clock("chinhphu").pass(STEP);
    let half = world.signs_in("chinhphu", "lan.tran", PASSWORD).await;
    assert!(half.status == 200 && half.says("Bước hai"), "{}", half.text());
    assert!(half.header("set-cookie").starts_with("nhipcau-buoc="), "no session yet");
    let step = half.header("set-cookie").split(';').next().unwrap().to_owned();
    let half_in = Staff { portal: "chinhphu".into(), cookie: step.clone(), key: String::new() };
    assert_eq!(world.sees(&half_in, "/ban-lam-viec").await.status, 303, "half a sign-in opens nothing");

    let now = code_of(&world, "chinhphu", &secret);
    let enters = async |cookie: &str, code: &str| {
        world.sends("chinhphu", "/dang-nhap/buoc-hai", cookie, &[("ma", code)]).await
    };
    assert_eq!(enters("", &now).await.status, 409, "a code without the browser that began is nothing");
    assert_eq!(enters(&step, "123").await.status, 403);
    let entered = enters(&step, &format!(" {} {} ", &now[..3], &now[3..])).await;
    let again = world.signed_in("chinhphu", &entered).await;
    assert!(world.sees(&again, MINE).await.says("mật khẩu và mã"));
    assert_eq!(enters(&step, &now).await.status, 409, "the step is used up");

    let half = world.signs_in("chinhphu", "lan.tran", PASSWORD).await;
    let step = half.header("set-cookie").split(';').next().unwrap().to_owned();
    assert_eq!(enters(&step, &now).await.status, 403, "and so is the code");
    // Ten minutes later the half is over.
    world.clock("chinhphu").pass(20 * STEP + 1);
    let late = code_of(&world, "chinhphu", &secret);
    assert_eq!(enters(&step, &late).await.status, 409);
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_codes_makes_the_account_wait() {
    let world = World::with(["chinhphu"]).await;
    let lan = world.staff("chinhphu", "lan.tran", &["editor"]).await;
    let (secret, _) = sets_up(&world, &lan).await;
    world.clock("chinhphu").pass(STEP);
    let half = world.signs_in("chinhphu", "lan.tran", PASSWORD).await;
    let step = half.header("set-cookie").split(';').next().unwrap().to_owned();
    for _ in 0..5 {
        let wrong = world.sends("chinhphu", "/dang-nhap/buoc-hai", &step, &[("ma", "000000")]).await;
        assert_eq!(wrong.status, 403);
    }
    let now = code_of(&world, "chinhphu", &secret);
    let waiting = world.sends("chinhphu", "/dang-nhap/buoc-hai", &step, &[("ma", &now)]).await;
    assert!(waiting.status == 429 && waiting.says("Hãy đợi"), "{}", waiting.text());
    assert_eq!(world.signs_in("chinhphu", "lan.tran", PASSWORD).await.status, 429, "the password door too");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_stands_in_once_and_an_administrator_is_the_last_way_back() {
    let world = World::with(["chinhphu"]).await;
    let chief = world.staff("chinhphu", "quan-tri", &["administrator"]).await;
    let lan = world.staff("chinhphu", "lan.tran", &["editor"]).await;
    let (_, codes) = sets_up(&world, &lan).await;
    let enters = async |code: &str| {
        let half = world.signs_in("chinhphu", "lan.tran", PASSWORD).await;
        let step = half.header("set-cookie").split(';').next().unwrap().to_owned();
        world.sends("chinhphu", "/dang-nhap/buoc-hai", &step, &[("ma", code)]).await
    };
    let entered = enters(&codes[3].to_uppercase()).await;
    let lan = world.signed_in("chinhphu", &entered).await;
    assert!(world.sees(&lan, MINE).await.says("còn 9 mã"));
    assert_eq!(enters(&codes[3]).await.status, 403, "a code works once");
    let new = world.fills(&lan, "/ban-lam-viec/tai-khoan/ma-du-phong", &[]).await;
    assert_eq!(new.text().matches("<li><code>").count(), 10);
    assert_eq!(enters(&codes[4]).await.status, 403, "new codes take the place of the old");

    // A one-time link sets the password, and does not stand in for the second step.
    let page = world.fills(&chief, "/ban-lam-viec/can-bo/lan.tran", &[("viec", "lien-ket")]).await.text();
    let link = page[page.find("/loi-moi/").unwrap()..].split('<').next().unwrap().to_owned();
    let both = [("mat-khau", PASSWORD), ("mat-khau-lai", PASSWORD)];
    assert!(world.sends("chinhphu", &link, "", &both).await.says("Bước hai"));
    let reset = world.fills(&chief, "/ban-lam-viec/can-bo/lan.tran", &[("viec", "dat-lai")]).await;
    assert_eq!(reset.status, 303, "{}", reset.text());
    assert_eq!(world.signs_in("chinhphu", "lan.tran", PASSWORD).await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grave_act_asks_who_it_is_again_and_loses_nothing() {
    let world = World::with(["chinhphu"]).await;
    let chief = world.staff("chinhphu", "quan-tri", &["administrator"]).await;
    world.clock("chinhphu").pass(FRESH);
    let person = [
        ("ho-ten", "Trần \"Lan\""),
        ("ten-dang-nhap", "lan.tran"),
        ("vai-tro", "editor"),
        ("vai-tro", "clerk"),
    ];
    let asked = world.fills(&chief, "/ban-lam-viec/can-bo", &person).await;
    assert!(asked.status == 401 && asked.says("còn nguyên"), "{}", asked.text());
    let page = asked.text();
    assert_eq!(hidden(&page, "giu.ho-ten").unwrap(), "Trần &#34;Lan&#34;");
    let mut again = vec![("gui-den", "/ban-lam-viec/can-bo"), ("mat-khau", "sai hoàn toàn")];
    let held = ["giu.ho-ten", "giu.ten-dang-nhap", "giu.vai-tro", "giu.vai-tro"];
    again.extend(held.into_iter().zip(["Trần \"Lan\"", "lan.tran", "editor", "clerk"]));
    let wrong = world.fills(&chief, "/ban-lam-viec/xac-nhan", &again).await;
    assert!(wrong.status == 403 && wrong.says("Mật khẩu chưa đúng") && wrong.says("giu.ho-ten"));
    again[1].1 = PASSWORD;
    let go_on = world.fills(&chief, "/ban-lam-viec/xac-nhan", &again).await;
    let page = go_on.text();
    assert!(page.contains("action=\"/ban-lam-viec/can-bo\"") && page.contains("value=\"clerk\""), "{page}");
    assert_eq!(
        world.fills(&chief, "/ban-lam-viec/can-bo", &person).await.status,
        200,
        "it holds for ten minutes"
    );
    let led = [("mat-khau", PASSWORD), ("tiep", "https://evil.vn/")];
    let on = world.fills(&chief, "/ban-lam-viec/xac-nhan", &led).await;
    assert_eq!(on.header("location"), "/ban-lam-viec", "and leads nowhere foreign");
}

#[tokio::test(flavor = "multi_thread")]
async fn my_password_and_my_sessions_are_mine_to_change_and_end() {
    let world = World::with(["chinhphu"]).await;
    let lan = world.staff("chinhphu", "lan.tran", &["editor"]).await;
    let answer = world.signs_in("chinhphu", "lan.tran", PASSWORD).await;
    let phone = world.signed_in("chinhphu", &answer).await;
    let page = world.sees(&lan, MINE).await.text();
    assert_eq!(page.matches("name=\"phien\"").count(), 1, "every session but this one can be ended: {page}");
    let other = hidden(&page, "phien").unwrap();
    let ended = world.fills(&lan, "/ban-lam-viec/tai-khoan/phien", &[("phien", &other)]).await;
    assert_eq!(ended.header("location"), "/ban-lam-viec/tai-khoan?xong=phien");
    assert_eq!(world.sees(&phone, MINE).await.status, 303);

    let new = "năm con cua bò ngang";
    let change = async |old: &str, new: &str, again: &str| {
        let fields = [("mat-khau-cu", old), ("mat-khau-moi", new), ("mat-khau-lai", again)];
        world.fills(&lan, "/ban-lam-viec/tai-khoan/mat-khau", &fields).await
    };
    assert!(change(PASSWORD, new, "khác").await.says("không giống nhau"));
    assert!(change(PASSWORD, "1234567890", "1234567890").await.says("dễ đoán"));
    assert!(change("sai mất rồi", new, new).await.says("Mật khẩu chưa đúng"));
    let answer = world.signs_in("chinhphu", "lan.tran", PASSWORD).await;
    let phone = world.signed_in("chinhphu", &answer).await;
    assert_eq!(change(PASSWORD, new, new).await.header("location"), "/ban-lam-viec/tai-khoan?xong=mat-khau");
    assert_eq!(world.sees(&phone, MINE).await.status, 303, "other sessions have ended");
    assert!(world.sees(&lan, "/ban-lam-viec/tai-khoan?xong=mat-khau").await.says("Đã đổi mật khẩu"));
    assert_eq!(world.signs_in("chinhphu", "lan.tran", new).await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_can_demand_a_second_factor_and_urges_one_anyway() {
    let demands =
        |file: &mut nhipcau::config::File| file.people.second_factor_demanded = vec!["leader".into()];
    let world = Plan::of(["chinhphu"]).with(demands).start().await;
    let duyet = world.staff("chinhphu", "duyet", &["publisher"]).await;
    assert!(world.sees(&duyet, "/ban-lam-viec").await.says("nên có xác thực hai bước"));
    let link = world.invites("chinhphu", "chu.tich", &["leader"]).await;
    let both = [("mat-khau", PASSWORD), ("mat-khau-lai", PASSWORD)];
    let answer = world.sends("chinhphu", &link, "", &both).await;
    let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    let mut chair = Staff { portal: "chinhphu".into(), cookie, key: String::new() };
    let home = world.sees(&chair, "/ban-lam-viec").await;
    assert_eq!((home.status, home.header("location")), (303, MINE));
    let page = world.sees(&chair, MINE).await;
    assert!(page.says("đòi hỏi xác thực hai bước"), "{}", page.text());
    chair.key = hidden(&page.text(), "khoa").unwrap();
    let refused = world.fills(&chair, "/ban-lam-viec/nhat-ky", &[]).await;
    assert!(refused.status == 403 && refused.says("Chưa có gì được thay đổi"));
    sets_up(&world, &chair).await;
    assert_eq!(world.sees(&chair, "/ban-lam-viec").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_command_line_a_second_step_is_asked_for_too_and_works_once() {
    let world = World::with(["chinhphu"]).await;
    let ha = world.staff("chinhphu", "ha", &["signer"]).await;
    let (secret, codes) = sets_up(&world, &ha).await;
    let item = world.issues("chinhphu", super::world::notice("Danh sách", "Một.")).await;
    let path = |verb: &str| format!("/api/v1/items/{}/{verb}", item.reference);
    let why = serde_json::json!({ "reason": "Lộ dữ liệu", "basis": "Điều 16" });
    let waits = world.post("chinhphu", &path("erasure"), &why).await.json();
    let confirms = async |code: Option<&str>, at: &serde_json::Value| {
        let who = serde_json::json!({ "at": at, "login": "ha", "password": PASSWORD, "code": code });
        world.post("chinhphu", &path("confirmation"), &who).await
    };
    let bare = confirms(None, &waits["at"]).await;
    assert!(bare.status == 422 && bare.says("\"code\""), "{}", bare.text());
    assert_eq!(confirms(Some("000000"), &waits["at"]).await.status, 403);
    world.clock("chinhphu").pass(16 * 60_000_000);
    let now = code_of(&world, "chinhphu", &secret);
    let other = confirms(Some(&now), &serde_json::json!(1)).await;
    assert_eq!(other.status, 409, "{}", other.text());
    assert_eq!(confirms(Some(&now), &waits["at"]).await.status, 403, "a code works once");
    world.clock("chinhphu").pass(16 * 60_000_000);
    assert_eq!(confirms(Some(&codes[0]), &waits["at"]).await.status, 201, "a recovery code does too");
    assert_eq!(world.told("chinhphu", &item).await["state"], "erased");
}
