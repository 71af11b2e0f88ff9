//! Petitions by the API: the same functions as the pages, the secret in bodies alone.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::*;
use crate::api::{description, is_as_described};

const API: &str = "/api/v1/petitions";

/// Sends JSON without the token: nobody needs one.
async fn sends(world: &World, portal: &str, path: &str, body: &Value) -> Answer {
    world.ask(world.request("POST", portal, path).json(body)).await
}

fn asked(more: Value) -> Value {
    let mut all = json!({
        "kind": "phan-anh", "identity": "anonymous", "place": "ngõ 3",
        "words": "Đèn đường trước trường tiểu học hỏng ba tuần nay.",
    });
    for (name, value) in more.as_object().unwrap() {
        all[name] = value.clone();
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_petition_goes_its_whole_way_by_the_api() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let whole = description();
    let portal = "xa-a.laocai";
    let is = |operation: &str, answer: &Answer| is_as_described(&whole, operation, answer);
    let once = json!({ "once": "00112233445566778899aabbccddeeff" });
    let sent = sends(&world, portal, API, &asked(once.clone())).await;
    assert_eq!(sent.status, 201, "{}", sent.text());
    is("post /api/v1/petitions", &sent);
    assert!(sent.header("cache-control").contains("no-store"));
    let receipt = sent.json();
    assert_eq!(
        sends(&world, portal, API, &asked(once)).await.json(),
        receipt,
        "sent again, it is one petition"
    );
    let text = |name: &str| receipt[name].as_str().unwrap().to_owned();
    let keys = Keys { code: text("code"), secret: text("secret") };
    assert_eq!(record(&world, portal, &keys).await, ["registered"]);
    let at = |verb: &str| format!("{API}/{}/{verb}", keys.code);
    let with = |name: &str, value: Value| json!({ "secret": keys.secret, name: value });
    let case = |answer: &Answer, verb: &str| {
        assert_eq!(answer.status, 200, "{verb}: {}", answer.text());
        is(&format!("post {API}/{{code}}/{verb}"), answer);
        answer.json()
    };

    // At any portal of the node, and to nobody who does not hold the secret.
    let shown = case(&sends(&world, "laocai", &at("case"), &json!({ "secret": keys.secret })).await, "case");
    assert_eq!((&shown["state"], &shown["place"]), (&json!("new"), &json!("ngõ 3")), "{shown}");
    let other = format!("{API}/PAKN.20261126.0999.00004-X/case");
    let wrong = json!({ "secret": "0000-0000-0000-0000-0000-0000-00" });
    let denied = sends(&world, portal, &at("case"), &wrong).await;
    is("post /api/v1/petitions/{code}/case", &denied);
    let unknown = sends(&world, portal, &other, &wrong).await;
    assert!(denied.status == 403 && [403, 422].contains(&unknown.status), "{}", unknown.text());
    assert_eq!(world.get(portal, &format!("{API}/{}", keys.code)).await.status, 404, "nothing is published");

    // A message with a file, known by its bytes.
    let file = |name: &str, bytes: &[u8]| json!([{ "name": name, "base64": BASE64_STANDARD.encode(bytes) }]);
    let mut reply = with("words", json!("Cột số 17, đầu ngõ 3."));
    reply["files"] = file("a.exe", b"MZ\x90\x00");
    let refused = sends(&world, portal, &at("reply"), &reply).await;
    assert!(refused.status == 422 && refused.says("files") && refused.says("a.exe"), "{}", refused.text());
    is("post /api/v1/petitions/{code}/reply", &refused);
    reply["files"] = file("don.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n");
    let replied = case(&sends(&world, portal, &at("reply"), &reply).await, "reply");
    assert_eq!(replied["steps"][1]["words"], "Cột số 17, đầu ngõ 3.", "{replied}");
    assert_eq!(replied["steps"][1]["files"], json!(["don.pdf"]), "{replied}");

    let clerk = world.staff(portal, "lan", &["clerk"]).await;
    let chief = world.staff(portal, "chu.tich", &["leader"]).await;
    let early = sends(&world, portal, &at("rating"), &with("rating", json!("yes"))).await;
    assert_eq!(early.status, 409, "{}", early.text());
    is("post /api/v1/petitions/{code}/rating", &early);
    answers(&world, &clerk, &chief, &keys, "Đã sửa xong hôm qua.").await;
    let rated = case(&sends(&world, portal, &at("rating"), &with("rating", json!("no"))).await, "rating");
    assert_eq!(rated["rating"], "no");
    let published = world.get(portal, &format!("{API}/{}", keys.code)).await;
    is("get /api/v1/petitions/{code}", &published);
    assert_eq!(
        (&published.json()["question"], &published.json()["answer"]),
        (&json!("Đèn đường hỏng."), &json!("Đã sửa xong hôm qua."))
    );
    let list = world.get(portal, API).await;
    is("get /api/v1/petitions", &list);
    assert_eq!(list.json()["petitions"][0], published.json());
    let figures = world.get(portal, &format!("{API}/figures")).await;
    is("get /api/v1/petitions/figures", &figures);
    assert_eq!(figures.json()["agencies"][0]["all"], "<5", "{}", figures.text());

    let reopened =
        sends(&world, portal, &at("reopening"), &with("reason", json!("Đèn vẫn chưa sáng trở lại."))).await;
    assert_eq!(case(&reopened, "reopening")["state"], "new");
    let unsure = sends(&world, portal, &at("withdrawal"), &with("sure", json!(false))).await;
    assert!(unsure.status == 422 && unsure.says("\"sure\""), "{}", unsure.text());
    let gone =
        case(&sends(&world, portal, &at("withdrawal"), &with("sure", json!(true))).await, "withdrawal");
    assert_eq!((&gone["state"], &gone["words"]), (&json!("withdrawn"), &Value::Null), "{gone}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_refuses_what_the_page_refuses_in_its_own_names() {
    let world = World::with(["chinhphu"]).await;
    let whole = description();
    for (more, status, says) in [
        (json!({ "words": "rác" }), 422, "\"words\""),
        (json!({ "kind": "khen" }), 422, "\"kind\""),
        (json!({ "identity": "x" }), 422, "\"identity\""),
        (json!({ "kind": "kien-nghi" }), 422, "20/2008/NĐ-CP"),
        (json!({ "identity": "named", "mail": "a@b" }), 422, "\"mail\""),
        (json!({ "commune": "quận Ba Đình, Hà Nội" }), 422, "00004"),
        (json!({ "files": [{ "name": "a.pdf", "base64": "%%%" }] }), 422, "base64"),
        (json!({ "khac": 1 }), 422, "khac"),
        (json!({ "words": "Tôi tố cáo ông Trần Văn X nhận tiền để cấp phép" }), 409, "25/2018/QH14"),
        (json!({ "words": "Đã khiếu nại ba lần với tổ dân phố mà rác vẫn đầy ngõ." }), 409, "still: true"),
    ] {
        let refused = sends(&world, "chinhphu", API, &asked(more.clone())).await;
        assert!(
            refused.status == status && refused.says(says),
            "{more}: {} {}",
            refused.status,
            refused.text()
        );
        is_as_described(&whole, "post /api/v1/petitions", &refused);
    }
    assert!(entries(&world, "chinhphu").await.iter().all(|line| !line.contains("petition.")));
    // A page of another site cannot have its visitors send one: without our leave no browser says that it is JSON.
    let body = asked(json!({})).to_string();
    let plain = world.request("POST", "chinhphu", API).body(body.clone());
    assert_eq!(world.ask(plain).await.status, 415);
    let text = world.request("POST", "chinhphu", API).header("content-type", "text/plain").body(body);
    assert_eq!(world.ask(text).await.status, 415);
}
