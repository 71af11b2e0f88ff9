//! Cases and answers between a portal and another system, by codes that each gives.

use nhipcau::petitions::exchange::forward;
use serde_json::{Value, json};

use super::*;

const EXCHANGE: &str = "/api/v1/exchange/petitions";

async fn read(world: &World, query: &str) -> Value {
    let request = world.request("GET", "chinhphu", &format!("{EXCHANGE}{query}"));
    let answer = world.ask(request.bearer_auth(world.token("chinhphu"))).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

async fn sends(world: &World, path: &str, body: Value) -> Answer {
    let request = world.request("POST", "chinhphu", path).bearer_auth(world.token("chinhphu")).json(&body);
    world.ask(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_passes_everything_on_and_what_comes_back_is_approved_here() {
    let world = World::with(["chinhphu"]).await;
    let clerk = world.staff("chinhphu", "lan", &["clerk"]).await;
    let chief = world.staff("chinhphu", "chu.tich", &["leader"]).await;
    let named = [("dinh-danh", "named"), ("ho-ten", "Nguyễn An")];
    let first = asks(&world, "chinhphu", &named).await;
    let hidden =
        [("dinh-danh", "hidden"), ("ho-ten", "Lò Thị Khế"), ("lan", "60112233445566778899aabbccddeeff")];
    let second = asks(&world, "chinhphu", &hidden).await;
    let open = world.ask(world.request("GET", "chinhphu", EXCHANGE)).await;
    assert_eq!(open.status, 401, "nobody reads them without the token");

    // All that has no code there, in pieces, in the order in which it changed.
    let one = read(&world, "?without=dvcqg&limit=1").await;
    assert_eq!(one["petitions"][0]["code"], first.code.as_str());
    assert_eq!(one["petitions"][0]["contact"]["name"], "Nguyễn An");
    let next = one["next"].as_str().unwrap();
    let rest = read(&world, &format!("?without=dvcqg&after={next}")).await;
    assert_eq!(rest["petitions"][0]["code"], second.code.as_str());
    assert!(rest["petitions"][0]["contact"].is_null(), "who hid their name is known here alone");
    let end = rest["next"].as_str().unwrap().to_owned();
    assert_eq!(read(&world, &format!("?after={end}")).await["petitions"], json!([]));

    let code = |keys: &Keys| format!("{EXCHANGE}/{}/code", keys.code);
    let theirs = json!({ "system": "dvcqg", "code": "G22-0001" });
    for _ in 0..2 {
        let kept = sends(&world, &code(&first), theirs.clone()).await;
        assert_eq!(kept.status, 201, "{}", kept.text());
    }
    assert_eq!(sends(&world, &code(&second), theirs).await.status, 409, "one code is one petition");
    let odd = sends(&world, &code(&second), json!({ "system": "Cổng DVC", "code": "" })).await;
    assert_eq!(odd.status, 422, "{}", odd.text());
    assert_eq!(read(&world, "?without=dvcqg").await["petitions"].as_array().unwrap().len(), 1);
    for page in [follows(&world, "chinhphu", &first).await, world.sees(&clerk, &desk(&first)).await] {
        assert!(page.says("G22-0001"), "{}", page.text());
    }

    // Their answer waits for somebody of the agency, and goes out as any.
    let answer = json!({ "system": "dvcqg", "answer": "Đã thay bóng đèn cột 17.", "public": true });
    let to = |keys: &Keys| format!("{EXCHANGE}/{}/answer", keys.code);
    assert_eq!(sends(&world, &to(&second), answer.clone()).await.status, 409, "it was not handed in there");
    assert_eq!(sends(&world, &to(&first), answer.clone()).await.status, 201);
    assert_eq!(sends(&world, &to(&first), answer).await.status, 409, "one waits");
    assert!(!follows(&world, "chinhphu", &first).await.says("cột 17"), "nobody has approved it");
    went(&steps(&world, &chief, &first, "duyet", &[]).await);
    assert!(follows(&world, "chinhphu", &first).await.says("Đã thay bóng đèn cột 17."));
    let changed = read(&world, &format!("?after={end}")).await;
    assert_eq!(changed["petitions"][0]["answer"]["words"], "Đã thay bóng đèn cột 17.");
    assert_eq!(changed["petitions"][0]["codes"]["dvcqg"], "G22-0001");
    assert_eq!(changed["petitions"][0]["state"], "answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_in_another_system_comes_in_once_by_the_door_of_the_page() {
    let world = World::with(["chinhphu"]).await;
    let clerk = world.staff("chinhphu", "lan", &["clerk"]).await;
    let asked = json!({ "system": "dvcqg", "code": "G22-0009", "kind": "phan-anh", "identity": "anonymous",
        "words": "Ổ gà lớn trước cổng trường, xe máy ngã nhiều lần." });
    let first = sends(&world, EXCHANGE, asked.clone()).await;
    assert_eq!(first.status, 201, "{}", first.text());
    let mut again = asked.clone();
    again["words"] = "Ổ gà lớn trước cổng trường đã được sửa chưa?".into();
    assert_eq!(sends(&world, EXCHANGE, again).await.json(), first.json(), "one code, one petition");
    let code = first.json()["code"].as_str().unwrap().to_owned();
    let page = world.sees(&clerk, &format!("{DESK}/{code}")).await;
    assert!(page.says("Ổ gà lớn") && page.says("G22-0009"), "{}", page.text());
    let sore = json!({ "system": "dvcqg", "code": "G22-0010", "kind": "phan-anh", "identity": "anonymous",
        "words": "Tôi tố cáo ông A nhận tiền của dân." });
    assert_eq!(sends(&world, EXCHANGE, sore).await.status, 409, "explained, not kept");
    let short = json!({ "system": "dvcqg", "code": "G22-0011", "kind": "phan-anh", "identity": "anonymous", "words": "?" });
    let short = sends(&world, EXCHANGE, short).await;
    assert!(short.status == 422 && short.says("\"words\""), "{}", short.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_that_passes_everything_on_says_so_and_calls_when_nobody_takes_it() {
    const PAGE: &str = "/ban-lam-viec/chuyen-tiep";
    const PORTAL: &str = "Cổng Dịch vụ công quốc gia";
    let world = World::with(["chinhphu"]).await;
    let admin = world.staff("chinhphu", "quan.tri", &["administrator"]).await;
    let clerk = world.staff("chinhphu", "lan", &["clerk"]).await;
    let own = asks(&world, "chinhphu", &[]).await;
    assert_eq!(world.sees(&clerk, PAGE).await.status, 403, "an administrator decides it");
    assert!(world.sees(&admin, PAGE).await.says("Cổng này đang tự trả lời phản ánh."));
    let odd = world.fills(&admin, PAGE, &[("he-thong", "Cổng DVC"), ("ten-goi", "")]).await;
    assert!(
        odd.status == 422 && odd.says("value=\"Cổng DVC\"") && odd.says("Tên gọi: 1–100"),
        "{}",
        odd.text()
    );
    went(&world.fills(&admin, PAGE, &[("he-thong", "dvcqg"), ("ten-goi", PORTAL)]).await);

    // Who sends is told before, and follows it here; whoever handles sees where it goes.
    let form = world.get("chinhphu", "/phan-anh/gui").await;
    assert!(form.says(&format!("chuyển phản ánh sang {PORTAL}")), "{}", form.text());
    let sent = [("lan", "60112233445566778899aabbccddeeff")];
    let passed = asks(&world, "chinhphu", &sent).await;
    let goes = format!("Đang chuyển sang {PORTAL}, chưa có mã ở đó.");
    for page in [follows(&world, "chinhphu", &passed).await, world.sees(&clerk, &desk(&passed)).await] {
        assert!(page.says(&goes), "{}", page.text());
    }
    assert!(!follows(&world, "chinhphu", &own).await.says(PORTAL), "what came before is answered here");
    assert_eq!(read(&world, "").await["forward"], "dvcqg");

    // Nobody takes it for a day.
    assert!(world.sees(&admin, PAGE).await.says("Chưa có mã ở hệ thống kia (1)"));
    pass(&world, "chinhphu", 2).await;
    forward::look(world.app("chinhphu")).await.unwrap();
    world.alarmed("chinhphu", "petition.forward", None).await;
    let admin = world.again("chinhphu", "quan.tri").await;
    let late = world.sees(&admin, PAGE).await;
    assert!(late.says(&passed.code) && late.says("đã quá một ngày"), "{}", late.text());
    let code = json!({ "system": "dvcqg", "code": "G22-0001" });
    let kept = sends(&world, &format!("{EXCHANGE}/{}/code", passed.code), code).await;
    assert_eq!(kept.status, 201, "{}", kept.text());
    forward::look(world.app("chinhphu")).await.unwrap();
    assert!(world.alarms("chinhphu").await.is_empty(), "it was taken");
    assert!(follows(&world, "chinhphu", &passed).await.says(&format!("Đã chuyển sang {PORTAL}.")));
    assert!(world.sees(&admin, PAGE).await.says("đã có mã ở hệ thống kia."));
    went(&world.fills(&admin, PAGE, &[("viec", "dung")]).await);
    assert!(!world.get("chinhphu", "/phan-anh/gui").await.says(PORTAL));
    assert!(read(&world, "").await["forward"].is_null());
}
