//! Open311 GeoReport v2 as programs of others use it: found, asked what may be reported, given a report, asked for what was answered.

use nhipcau::petitions::similar;
use serde_json::{Value, json};

use super::*;

const BASE: &str = "/open311/v2";

/// A key that the operator gives.
pub(super) async fn key(world: &World, portal: &str) -> Value {
    let given = world.post(portal, "/api/v1/open311/keys", &json!({ "name": "Ứng dụng thử" })).await;
    assert_eq!(given.status, 201, "{}", given.text());
    given.json()
}

/// A report that holds, with other or further arguments.
fn report<'a>(key: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("api_key", key),
        ("service_code", "giao-thong.mat-duong"),
        ("description", "Ổ gà lớn trước cổng trường tiểu học, xe máy ngã hai lần."),
        ("address_string", "trước số 12 đường Hoàng Liên"),
        ("lat", "22.48"),
        ("long", "103.97"),
    ];
    fields.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    fields.extend_from_slice(more);
    fields
}

async fn reports(world: &World, portal: &str, format: &str, fields: &[(&str, &str)]) -> Answer {
    let body: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = world
        .request("POST", portal, &format!("{BASE}/requests.{format}"))
        .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
        .body(body);
    world.ask(request).await
}

/// The one report in an answer's array.
#[track_caller]
fn only(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let all = answer.json();
    assert_eq!(all.as_array().map(Vec::len), Some(1), "{all}");
    all[0].clone()
}

/// What its sender takes along: the secret stands in the notice.
#[track_caller]
fn keys_of(created: &Value) -> Keys {
    let notice = created["service_notice"].as_str().unwrap();
    let secret = between(notice, "giữ kín: ", ".");
    Keys { code: created["service_request_id"].as_str().unwrap().to_owned(), secret }
}

#[track_caller]
fn refused(answer: &Answer, status: u16, field: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    let errors = answer.json();
    let told = |error: &Value| {
        error["code"].as_u64() == Some(u64::from(status))
            && error["description"].as_str().unwrap().starts_with(field)
    };
    assert!(errors.as_array().unwrap().iter().any(told), "{field}: {errors}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_finds_the_interface_and_what_may_be_reported() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let found = world.get("xa-a.laocai", "/open311/discovery.json").await.json();
    let endpoint = &found["endpoints"][0];
    assert_eq!(endpoint["url"], format!("http://{}{BASE}", world.host("xa-a.laocai")), "{found}");
    assert_eq!(endpoint["formats"], json!(["text/xml", "application/json"]), "{found}");
    let xml = world.get("xa-a.laocai", "/open311/discovery.xml").await;
    assert!(xml.header("content-type").starts_with("text/xml") && xml.says("<discovery>"), "{}", xml.text());

    let services = world.get("xa-a.laocai", &format!("{BASE}/services.json")).await.json();
    let all = services.as_array().unwrap();
    assert!(all.iter().any(|one| one["service_code"] == "giao-thong.mat-duong" && one["type"] == "realtime"));
    assert!(
        !all.iter().any(|one| one["service_code"] == "ngoai.to-cao"),
        "what is no petition is no service"
    );
    let xml = world.get("xa-a.laocai", &format!("{BASE}/services.xml")).await;
    assert_eq!(xml.text().matches("<service>").count(), all.len());
    let path = format!("{BASE}/services/giao-thong.mat-duong");
    let asks = world.get("xa-a.laocai", &format!("{path}.json")).await.json();
    let modes = asks["attributes"].as_array().unwrap().iter().find(|one| one["code"] == "dinh-danh").unwrap();
    assert_eq!(modes["values"].as_array().map(Vec::len), Some(3), "{asks}");
    assert!(world.get("xa-a.laocai", &format!("{path}.xml")).await.says("<service_definition>"));

    // Any portal of the node may be meant by its domain.
    let there = format!("{BASE}/services.json?jurisdiction_id=laocai.localhost");
    assert_eq!(world.get("xa-a.laocai", &there).await.status, 200);
    for (path, status) in [
        ("services.json?jurisdiction_id=khong-co.vn", 404),
        ("services/khong-co.json", 404),
        ("services/ngoai.to-cao.json", 404),
        ("requests/PAKN.20261126.0001.00004-K.json", 404),
        ("tokens/12345.json", 404),
        ("nothing.json", 404),
        ("requests.json?status=lost", 400),
        ("requests.json?start_date=yesterday", 400),
        ("requests.json?start_date=2026-01-01T00:00:00Z&end_date=2026-11-01T00:00:00Z", 400),
    ] {
        let answer = world.get("xa-a.laocai", &format!("{BASE}/{path}")).await;
        refused(&answer, status, "");
        let xml = path.replace(".json", ".xml");
        let answer = world.get("xa-a.laocai", &format!("{BASE}/{xml}")).await;
        let says = format!("<code>{status}</code>");
        assert!(
            answer.status == status && answer.says("<errors><error>") && answer.says(&says),
            "{xml}: {}",
            answer.text()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_goes_its_whole_way_and_only_what_is_published_is_told() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let key = key(&world, "xa-a.laocai").await;
    let key = key["key"].as_str().unwrap();
    let media = ("media_url", "http://127.0.0.1:9/anh.jpg");
    let named = [("first_name", "An"), ("last_name", "Nguyễn"), ("phone", "0912345678"), media];
    let sent = reports(&world, "xa-a.laocai", "json", &report(key, &named)).await;
    assert!(sent.header("cache-control").contains("no-store"));
    let keys = keys_of(&only(&sent));

    // Nobody who only knows its number learns anything.
    let one = format!("{BASE}/requests/{}.json", keys.code);
    refused(&world.get("xa-a.laocai", &one).await, 404, "service_request_id");
    assert_eq!(world.get("xa-a.laocai", &format!("{BASE}/requests.json")).await.json(), json!([]));

    // Its sender follows it as any other; whoever handles it sees the address as words, and nothing was fetched.
    let page = follows(&world, "laocai", &keys).await;
    assert!(
        page.says("Ổ gà lớn") && page.says("trước số 12 đường Hoàng Liên · 22.48, 103.97 (WGS 84)"),
        "{}",
        page.text()
    );
    let clerk = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let chief = world.staff("xa-a.laocai", "chu.tich", &["leader"]).await;
    let seen = world.sees(&clerk, &desk(&keys)).await;
    assert!(seen.says("http://127.0.0.1:9/anh.jpg") && seen.says("không tải về"), "{}", seen.text());
    assert!(!seen.says("href=\"http://127.0.0.1:9"), "an address of a stranger is no link");

    answers(&world, &clerk, &chief, &keys, "Đã vá xong ngày 25/11.").await;
    similar::look(world.hosted("xa-a.laocai")).await.unwrap();
    let told = only(&world.get("xa-a.laocai", &one).await);
    for (name, is) in [
        ("service_request_id", json!(keys.code)),
        ("status", json!("closed")),
        ("service_code", json!("giao-thong.mat-duong")),
        ("service_name", json!("Mặt đường, cầu hư hỏng")),
        ("description", json!("Đèn đường hỏng.")),
        ("status_notes", json!("Đã vá xong ngày 25/11.")),
        ("lat", Value::Null),
        ("media_url", Value::Null),
    ] {
        assert_eq!(told[name], is, "{name}: {told}");
    }
    let text = told.to_string();
    for private in ["Nguyễn", "0912345678", "103.97", "số 12", "127.0.0.1"] {
        assert!(!text.contains(private), "{private}: {text}");
    }
    let xml = world.get("xa-a.laocai", &one.replace(".json", ".xml")).await;
    assert!(xml.says(&format!("<service_request_id>{}</service_request_id>", keys.code)), "{}", xml.text());

    // Found by each argument, and not by another value of it.
    let list = async |query: &str| {
        let answer = world.get("xa-a.laocai", &format!("{BASE}/requests.json?{query}")).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.text());
        answer.json().as_array().unwrap().len()
    };
    let id = format!("service_request_id={},X", keys.code);
    for (query, count) in [
        ("", 1),
        ("status=closed", 1),
        ("status=open", 0),
        ("service_code=giao-thong.mat-duong,x", 1),
        ("service_code=ha-tang.cho", 0),
        ("start_date=2020-01-01T00:00:00Z", 0),
        ("end_date=2020-01-01T00:00:00Z", 0),
        (id.as_str(), 1),
        ("jurisdiction_id=laocai.localhost", 0),
    ] {
        assert_eq!(list(query).await, count, "{query}");
    }
    // Older than the span, it is found by its own days alone.
    world.clock("laocai").pass(91 * DAY);
    assert_eq!((list("").await, list(id.as_str()).await), (0, 1));

    // By a page it is a petition like any other: what its text is about was read when it was published.
    let by_page =
        asks(&world, "xa-a.laocai", &[("chuyen-gi", "Rác chất đống ở đầu chợ, ba ngày không ai thu gom.")])
            .await;
    let again = world.signs_in("xa-a.laocai", "lan", super::super::world::PASSWORD).await;
    let clerk = world.signed_in("xa-a.laocai", &again).await;
    let again = world.signs_in("xa-a.laocai", "chu.tich", super::super::world::PASSWORD).await;
    let chief = world.signed_in("xa-a.laocai", &again).await;
    steps(&world, &clerk, &by_page, "nhan", &[]).await;
    let fields = [
        ("tra-loi", "Đã thu gom hết sáng nay."),
        ("cau-hoi", "Rác chất đống ở đầu chợ, ba ngày không ai thu gom."),
        ("cong-khai", "on"),
    ];
    went(&steps(&world, &clerk, &by_page, "trinh", &fields).await);
    went(&steps(&world, &chief, &by_page, "duyet", &[]).await);
    similar::look(world.hosted("xa-a.laocai")).await.unwrap();
    let told = only(&world.get("xa-a.laocai", &format!("{BASE}/requests/{}.json", by_page.code)).await);
    assert_eq!(told["service_code"], "moi-truong.rac-sinh-hoat", "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_report_is_told_by_argument_and_nothing_is_registered() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let given = key(&world, "xa-a.laocai").await;
    let good = given["key"].as_str().unwrap();
    let tries = vec![
        (report("0000", &[]), 403, "api_key"),
        (report("", &[]), 403, "api_key"),
        (report(good, &[("service_code", "khong-co")]), 404, "service_code"),
        (report(good, &[("service_code", "")]), 400, "service_code"),
        (report(good, &[("jurisdiction_id", "khong-co.vn")]), 404, "jurisdiction_id"),
        (report(good, &[("description", "")]), 400, "description"),
        (report(good, &[("description", "rác")]), 400, "description"),
        (report(good, &[("lat", "91")]), 400, "lat"),
        (report(good, &[("email", "a@b")]), 400, "email"),
        (report(good, &[("address_id", "99999")]), 400, "address_id"),
        (report(good, &[("media_url", "file:///etc/passwd")]), 400, "media_url"),
        (report(good, &[("attribute[loai]", "khen")]), 400, "attribute[loai]"),
        (report(good, &[("attribute[loai]", "kien-nghi")]), 400, "attribute[dinh-danh]"),
        (report(good, &[("attribute[loai]", "kien-nghi"), ("first_name", "An")]), 400, "phone"),
        (report(good, &[("service_code", "ngoai.to-cao")]), 400, "service_code"),
        (
            report(good, &[("description", "Tôi tố cáo ông Trần Văn X nhận tiền để cấp phép")]),
            400,
            "description",
        ),
        (
            report(good, &[("description", "Đã khiếu nại ba lần với tổ dân phố mà rác vẫn đầy ngõ.")]),
            400,
            "description",
        ),
    ];
    for (fields, status, field) in &tries {
        refused(&reports(&world, "xa-a.laocai", "json", fields).await, *status, field);
    }
    let xml = reports(&world, "xa-a.laocai", "xml", &tries[0].0).await;
    assert!(xml.status == 403 && xml.says("<error><code>403</code>"), "{}", xml.text());
    let json = world.request("POST", "xa-a.laocai", &format!("{BASE}/requests.json")).json(&json!({}));
    refused(&world.ask(json).await, 400, "Content-Type");
    assert!(entries(&world, "xa-a.laocai").await.iter().all(|line| !line.contains("petition.")));
    assert!(super::super::erasure::files_with(&world.home("laocai"), "Trần Văn X").is_empty());

    // Whoever insists after the question is registered; sent again with its number it is the same one.
    let doubt = [
        ("description", "Đã khiếu nại ba lần với tổ dân phố mà rác vẫn đầy ngõ."),
        ("attribute[van-la]", "co"),
        ("attribute[lan]", "00112233445566778899aabbccddeeff"),
    ];
    let first = only(&reports(&world, "xa-a.laocai", "json", &report(good, &doubt)).await);
    let again = only(&reports(&world, "xa-a.laocai", "json", &report(good, &doubt)).await);
    assert_eq!(first, again);

    // The operator sees who has keys, never the keys; an ended one is good no more.
    let list =
        world.request("GET", "xa-a.laocai", "/api/v1/open311/keys").bearer_auth(world.token("xa-a.laocai"));
    let list = world.ask(list).await;
    assert!(list.says("Ứng dụng thử") && !list.says(good), "{}", list.text());
    assert!(
        super::super::erasure::files_with(&world.home("laocai"), good).is_empty(),
        "only its hash is kept"
    );
    let at = format!("/api/v1/open311/keys/{}", given["id"].as_str().unwrap());
    assert_eq!(world.post("xa-a.laocai", &at, &json!({ "act": "end" })).await.status, 201);
    refused(&reports(&world, "xa-a.laocai", "json", &report(good, &[])).await, 403, "api_key");
    let nobody = world
        .ask(world.request("POST", "xa-a.laocai", "/api/v1/open311/keys").json(&json!({ "name": "x" })))
        .await;
    assert_eq!(nobody.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_of_one_network_are_counted_by_their_keys_and_people_beside_them() {
    let world = World::with(["chinhphu"]).await;
    let key = key(&world, "chinhphu").await;
    let key = key["key"].as_str().unwrap();
    // More than one network may send by the page in an hour: a city's program speaks for many people.
    for number in 0..25 {
        let words = format!("Ổ gà số {number} trên đường liên thôn.");
        let report = reports(&world, "chinhphu", "json", &report(key, &[("description", &words)])).await;
        assert!(report.status < 300, "{number}: {}", report.text());
    }
    // Whoever sits behind the same network is not stopped by it, and is stopped by what comes from there without a key.
    for number in 0..21 {
        let once = format!("{number:032x}");
        let asked = posts(&world, "chinhphu", ASK, &form(&[("lan", &once)]), None).await;
        assert_eq!(asked.status, if number < 20 { 200 } else { 429 }, "{number}");
    }
}
