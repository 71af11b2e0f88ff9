//! The API against its description, and against callers who are careless.

use std::collections::BTreeSet;
use std::time::Duration;

use nhipcau::api::{MOST_BODY, openapi};
use nhipcau::items::kinds;
use nhipcau::web::routes::{self, Role};
use nhipcau::words::date;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::schema::{faults, resolved};
use super::world::{Answer, World, edition, notice};

pub(crate) fn description() -> Value {
    serde_json::from_str(openapi::text()).unwrap()
}

/// What the description must speak of: the API, and what other machines read.
fn described(path: &str) -> bool {
    path.starts_with("/api/")
        || [
            "/proof/",
            "/receipts/",
            "/.well-known/",
            "/log/",
            "/mirror/",
            "/content/",
            "/feed.",
            "/healthz",
            "/open311/",
        ]
        .iter()
        .any(|begin| path.starts_with(begin))
}

#[test]
fn the_description_names_every_route_and_no_other() {
    let due: BTreeSet<String> = routes::table()
        .iter()
        .filter(|route| described(route.path))
        .map(|route| format!("{} {}", route.method, route.path.replace("{*", "{")))
        .collect();
    let description = description();
    let mut found = BTreeSet::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            found.insert(format!("{} {path}", method.to_uppercase()));
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let named: BTreeSet<String> = parameters
                .iter()
                .map(|p| resolved(&description, p))
                .filter(|p| p["in"] == "path")
                .map(|p| format!("{{{}}}", p["name"].as_str().unwrap()))
                .collect();
            let asked: BTreeSet<String> =
                path.split('/').filter(|part| part.starts_with('{')).map(str::to_owned).collect();
            assert_eq!(named, asked, "{method} {path}");
            assert!(!operation["summary"].as_str().unwrap_or_default().is_empty(), "{method} {path}");
        }
    }
    assert_eq!(found, due);
    // Whoever writes needs the token, whoever reads does not.
    for route in routes::table().iter().filter(|route| route.path.starts_with("/api/v1/")) {
        let operation = &description["paths"][route.path][route.method.to_lowercase()];
        assert_eq!(operation["security"].is_array(), route.role == Role::Administrator, "{}", route.path);
    }
}

#[test]
fn every_reference_of_the_description_leads_somewhere() {
    fn walk(whole: &Value, value: &Value, seen: &mut usize) {
        match value {
            Value::Object(map) => {
                if map.contains_key("$ref") {
                    resolved(whole, value);
                    *seen += 1;
                }
                map.values().for_each(|one| walk(whole, one, seen));
            }
            Value::Array(all) => all.iter().for_each(|one| walk(whole, one, seen)),
            _ => {}
        }
    }
    let (description, mut seen) = (description(), 0);
    walk(&description, &description, &mut seen);
    assert!(seen > 100, "only {seen} references were found");
    // The examples of requests and answers are what they illustrate.
    for (path, methods) in description["paths"].as_object().unwrap() {
        for operation in methods.as_object().unwrap().values() {
            let bodies = std::iter::once(&operation["requestBody"])
                .chain(operation["responses"].as_object().unwrap().values());
            for body in bodies {
                for media in body["content"].as_object().into_iter().flatten().map(|(_, media)| media) {
                    if let Some(example) = media.get("example") {
                        let found = faults(&description, &media["schema"], example);
                        assert!(found.is_empty(), "{path}: {found:?}");
                    }
                }
            }
        }
    }
}

#[track_caller]
pub(crate) fn is_as_described(description: &Value, operation: &str, answer: &Answer) {
    let (method, path) = operation.split_once(' ').unwrap();
    let operation = &description["paths"][path][method];
    let told = resolved(description, &operation["responses"][answer.status.to_string()]);
    assert!(!told.is_null(), "{method} {path}: {} is not described: {}", answer.status, answer.text());
    let media = answer.header("content-type").split(';').next().unwrap().trim();
    let schema = &told["content"][media]["schema"];
    assert!(!schema.is_null(), "{method} {path}: {} as {media:?} is not described", answer.status);
    if media.ends_with("json") {
        let found = faults(description, schema, &answer.json());
        assert!(found.is_empty(), "{method} {path} {}: {found:#?}\n{}", answer.status, answer.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn real_answers_are_as_the_description_says() {
    let world = World::with(["chinhphu", "mof"]).await;
    let served = world.get("chinhphu", "/api/v1/openapi.json").await;
    let whole: Value = served.json();
    assert_eq!(whole, description());
    let full = json!({
        "kind": "document", "title": "Nghị định", "title_en": "Decree", "summary": "Tóm tắt", "number": "42/2026/NĐ-CP",
        "form": "Nghị định", "agency": "Chính phủ", "signer": "Thủ tướng", "issued": "2026-11-23", "effective": "2026-12-01",
        "expires": "2030-01-01", "urgency": "express", "fields": ["y-te"], "text": "Điều 1.", "urgent": true,
        "source": { "name": "Công báo", "url": "https://congbao.chinhphu.vn/1" },
        "files": [{ "name": "a.txt", "type": "text/plain", "base64": "eA==" }],
    });
    let found = faults(&whole, &whole["components"]["schemas"]["Issue"], &json!({ "item": full }));
    assert!(found.is_empty(), "{found:?}");
    let item = world.issues("chinhphu", full).await;
    let other = world.issues("chinhphu", notice("Lịch tiếp dân", "Thứ Năm.")).await;
    let day = date::day(world.app("chinhphu").clock.now());
    world.issues("chinhphu", kinds::of("procedure").unwrap().example(day)).await;
    world.settle().await;
    let (reference, path) = (&item.reference, "/api/v1/items/{reference}");
    let of = |verb: &str| format!("/api/v1/items/{reference}{verb}");
    let log = super::world::origin("chinhphu");
    let reads: Vec<(&str, String)> = vec![
        ("get /api/v1/items", "/api/v1/items?limit=1".into()),
        ("get /api/v1/items", "/api/v1/items?limit=0".into()),
        ("get /api/v1/items", "/api/v1/items?portal=khong-co.vn".into()),
        ("get /api/v1/items/{reference}", of("")),
        ("get /api/v1/items/{reference}", "/api/v1/items/x".into()),
        ("get /api/v1/items/{reference}", "/api/v1/items/00000000-00000000000000000000000000000000".into()),
        ("get /api/v1/items/{reference}/coverage", of("/coverage")),
        ("get /api/v1/kinds", "/api/v1/kinds".into()),
        ("get /api/v1/kinds", "/api/v1/kinds?x=1".into()),
        ("get /api/v1/kinds/{kind}", "/api/v1/kinds/procedure".into()),
        ("get /api/v1/kinds/{kind}", "/api/v1/kinds/video".into()),
        (
            "get /api/v1/digest",
            format!("/api/v1/digest?day={}", date::day(world.app("chinhphu").clock.now())),
        ),
        ("get /api/v1/bulletin", format!("/api/v1/bulletin?day={day}")),
        ("get /api/v1/bulletin", "/api/v1/bulletin?day=2001-01-01".into()),
        ("get /api/v1/bulletin", format!("/api/v1/bulletin?day={day}&item=x")),
        ("get /api/v1/bulletin", "/api/v1/bulletin?day=2026-11-25&portal=khong-co.vn".into()),
        ("get /api/v1/digest", "/api/v1/digest?day=2001-01-01".into()),
        ("get /api/v1/digest", "/api/v1/digest?day=hôm qua".into()),
        ("get /api/v1/digest", "/api/v1/digest?day=2026-11-25&portal=khong-co.vn".into()),
        ("get /api/v1/procedures", "/api/v1/procedures?limit=5&level=cap-xa".into()),
        ("get /api/v1/procedures", "/api/v1/procedures?level=x".into()),
        ("get /api/v1/procedures", "/api/v1/procedures?portal=khong-co.vn".into()),
        ("get /api/v1/procedures/cpsv", "/api/v1/procedures/cpsv".into()),
        ("get /api/v1/procedures/cpsv", "/api/v1/procedures/cpsv?portal=khong-co.vn".into()),
        ("get /api/v1/agencies", "/api/v1/agencies".into()),
        ("get /api/v1/agencies/findings", "/api/v1/agencies/findings".into()),
        ("get /api/v1/agencies/{domain}", "/api/v1/agencies/mof.localhost".into()),
        ("get /api/v1/agencies/{domain}", "/api/v1/agencies/khong-co.vn".into()),
        ("get /api/v1/entries", format!("/api/v1/entries?origin={log}&limit=2")),
        ("get /api/v1/entries", "/api/v1/entries?origin=x".into()),
        ("get /api/v1/heads", "/api/v1/heads".into()),
        ("get /api/v1/status", "/api/v1/status".into()),
        ("get /proof/{reference}", format!("/proof/{reference}")),
        ("get /proof/{reference}", "/proof/x".into()),
        ("get /receipts/{hash}", format!("/receipts/{}", log.mirror_path())),
        ("get /receipts/{hash}", "/receipts/x".into()),
        ("get /.well-known/nhipcau", "/.well-known/nhipcau".into()),
        ("get /.well-known/nhipcau/root/{version}", "/.well-known/nhipcau/root/1".into()),
        ("get /.well-known/nhipcau/root/{version}", "/.well-known/nhipcau/root/9".into()),
        ("get /log/{path}", "/log/tile/0/000.p/1".into()),
        ("get /mirror/{hash}/{path}", "/mirror/x/checkpoint".into()),
        ("get /feed.atom", "/feed.atom".into()),
        ("get /feed.rss", "/feed.rss".into()),
        ("get /healthz", "/healthz".into()),
        ("get /api/search", "/api/search?q=nghi+dinh+42+tỉnh+hà+giang&limit=5".into()),
        ("get /api/search", "/api/search?q=x&sort=oldest".into()),
        ("get /api/search/suggest", "/api/search/suggest?q=nghi+di".into()),
    ];
    for (operation, address) in reads {
        is_as_described(&whole, operation, &world.get("chinhphu", &address).await);
    }
    let post = async |verb: &str, body: Value| world.post("chinhphu", &of(verb), &body).await;
    for (verb, body) in [
        ("/editions", json!({ "change": "correct", "item": edition("Nghị định", "Điều 1a.") })),
        ("/editions", json!({ "change": "new", "item": edition("Nghị định", "Điều 1a.") })),
        ("/withdrawal", json!({ "reason": "Nhầm" })),
        ("/withdrawal", json!({})),
        ("/erasure", json!({ "reason": "Nhầm", "basis": "Điều 16" })),
        ("/erasure", json!({ "reason": "Nhầm", "basis": "Điều 16" })),
        ("/confirmation", json!({ "at": 1, "login": "ai-do", "password": "x" })),
        ("/order", json!({ "act": "withdraw", "reason": "Nhầm", "basis": "Điều 5" })),
        ("/order", json!({ "act": "x", "reason": "Nhầm", "basis": "Điều 5" })),
    ] {
        is_as_described(&whole, &format!("post {path}{verb}"), &post(verb, body).await);
    }
    let token = world.token("chinhphu");
    let proposal = world.request("GET", "chinhphu", &of("/proposal")).bearer_auth(&token);
    let proposal = world.ask(proposal).await;
    assert_eq!(proposal.status, 200, "{}", proposal.text());
    is_as_described(&whole, "get /api/v1/items/{reference}/proposal", &proposal);
    let confirmed = world.confirms("chinhphu", &proposal.json()).await;
    assert_eq!(confirmed.status, 201, "{}", confirmed.text());
    is_as_described(&whole, &format!("post {path}/confirmation"), &confirmed);
    world.withdraws(&other, false).await;
    world.settle().await;
    for (operation, address) in [
        ("get /api/v1/items/{reference}", of("")),
        ("get /api/v1/items/{reference}", format!("/api/v1/items/{}", other.reference)),
        ("get /api/v1/items/{reference}/coverage", of("/coverage")),
        ("get /api/v1/entries", "/api/v1/entries?limit=1000".into()),
    ] {
        is_as_described(&whole, operation, &world.get("chinhphu", &address).await);
    }
    let merger = |into: &str, propose| json!({ "merger": { "from": ["mof.localhost/log"], "into": [into], "basis": "NQ 1" }, "propose": propose });
    for (into, propose) in
        [("mof.localhost/log", false), ("chinhphu.localhost/log", false), ("chinhphu.localhost/log", true)]
    {
        let answer = world.post("chinhphu", "/api/v1/mergers", &merger(into, propose)).await;
        is_as_described(&whole, "post /api/v1/mergers", &answer);
        if answer.status == 201 {
            // The token has proposed it and cannot be the second person.
            let address = format!("/api/v1/mergers/{}", answer.json()["id"].as_str().unwrap());
            for (confirm, status) in [(true, 409), (false, 200)] {
                let decided = world.post("chinhphu", &address, &json!({ "confirm": confirm })).await;
                assert_eq!(decided.status, status, "{}", decided.text());
                is_as_described(&whole, "post /api/v1/mergers/{id}", &decided);
            }
        }
    }
    let mergers = world.request("GET", "chinhphu", "/api/v1/mergers").bearer_auth(world.token("chinhphu"));
    is_as_described(&whole, "get /api/v1/mergers", &world.ask(mergers).await);
    let close = json!({ "origin": "mof.localhost/log", "successor": null });
    is_as_described(
        &whole,
        "post /api/v1/agencies/close",
        &world.post("chinhphu", "/api/v1/agencies/close", &close).await,
    );
    let stranger = json!({ "origin": "khong-co.vn/log" });
    is_as_described(
        &whole,
        "post /api/v1/agencies/close",
        &world.post("chinhphu", "/api/v1/agencies/close", &stranger).await,
    );
    is_as_described(
        &whole,
        "post /api/v1/agencies",
        &world.post("chinhphu", "/api/v1/agencies", &json!({ "request": {} })).await,
    );
    let nobody = world.ask(world.request("POST", "chinhphu", "/api/v1/items").json(&json!({}))).await;
    is_as_described(&whole, "post /api/v1/items", &nobody);
}

#[tokio::test(flavor = "multi_thread")]
async fn careless_callers_are_told_in_json_what_to_mend() {
    let world = World::with(["chinhphu"]).await;
    let item = world.issues("chinhphu", notice("Thông báo", "Một.")).await;
    let problem = |answer: &Answer, status: u16, says: &str| {
        assert_eq!(answer.status, status, "{}", answer.text());
        assert_eq!(answer.header("content-type"), "application/problem+json", "{}", answer.text());
        let told = answer.json();
        assert!(told["title_vi"].is_string() && answer.says(says), "{told}");
    };
    for (path, says) in [
        ("/api/v1/items?limt=3", "limt"),
        ("/api/v1/items?limit=many", "whole number"),
        ("/api/v1/items?limit=501", "500"),
        ("/api/v1/items?own=maybe", "own"),
        ("/api/v1/items?kind=NEWS!", "kind"),
        ("/api/v1/status?x=1", "x"),
        ("/api/v1/entries?from=-1", "from"),
        ("/api/v1/entries?from=9223372036854775808", "from"),
        ("/api/v1/items/%ff%fe", "UTF-8"),
    ] {
        problem(&world.get("chinhphu", path).await, 422, says);
    }
    problem(&world.get("chinhphu", "/api/v1/nothing").await, 404, "openapi.json");
    for (method, path, allow) in [
        ("DELETE", "/api/v1/items", "POST"),
        ("PUT", "/api/v1/status", "GET"),
        ("GET", "/api/v1/agencies/close", "POST"),
        ("POST", "/proof/x", "GET"),
    ] {
        let answer = world.ask(world.request(method, "chinhphu", path)).await;
        problem(&answer, 405, "Allow");
        assert!(answer.header("allow").contains(allow), "{method} {path}: {:?}", answer.header("allow"));
    }
    let token = world.token("chinhphu");
    let send = |body: Vec<u8>, media: &'static str, key: Option<&'static str>| {
        let mut request = world.request("POST", "chinhphu", "/api/v1/items").bearer_auth(&token);
        request = request.header("content-type", media).body(body);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        world.ask(request)
    };
    problem(
        &send(b"title=x".to_vec(), "application/x-www-form-urlencoded", None).await,
        415,
        "application/json",
    );
    problem(&send(b"{".to_vec(), "application/json", None).await, 422, "body");
    problem(&send(b"{}".to_vec(), "application/json", Some("")).await, 422, "Idempotency-Key");
    let nobody = world.ask(world.request("POST", "chinhphu", "/api/v1/items")).await;
    problem(&nobody, 401, "admin.token");
    assert_eq!(nobody.header("www-authenticate"), "Bearer");
    // 128 MB and one byte are announced: refused before they are sent.
    let mut stream = TcpStream::connect(world.address("chinhphu", "").replace("http://", "")).await.unwrap();
    let head = format!(
        "POST /api/v1/items HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {token}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        world.host("chinhphu"),
        MOST_BODY + 1
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    tokio::time::timeout(Duration::from_secs(30), stream.read_to_end(&mut answer)).await.unwrap().unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("128 MB"), "{answer}");
    assert_eq!(world.page("chinhphu", &item).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_is_open_kept_and_paged() {
    let world = World::with(["chinhphu"]).await;
    for n in 0..5 {
        world.issues("chinhphu", notice(&format!("Thông báo {n}"), "Nội dung.")).await;
    }
    let mut seen = BTreeSet::new();
    let mut next = Some("/api/v1/items?limit=2".to_owned());
    let mut pages = 0;
    while let Some(path) = next {
        let page = world.get("chinhphu", &path).await.json();
        pages += 1;
        assert_eq!(page["total"], 5);
        seen.extend(
            page["items"].as_array().unwrap().iter().map(|i| i["reference"].as_str().unwrap().to_owned()),
        );
        next = page["next"].as_str().map(str::to_owned);
    }
    assert_eq!((pages, seen.len()), (3, 5));
    let entries = world.get("chinhphu", "/api/v1/entries?from=1&limit=2").await.json();
    assert_eq!(
        (entries["entries"][0]["index"].as_u64(), entries["entries"].as_array().unwrap().len()),
        (Some(1), 2)
    );
    assert!(entries["next"].as_str().unwrap().contains("from=3"));

    let path = "/api/v1/items?limit=500";
    let first = world.get("chinhphu", path).await;
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    let again = world.ask(world.request("GET", "chinhphu", path).header("if-none-match", &tag)).await;
    assert_eq!((again.status, again.bytes.len()), (304, 0));
    let head = world.ask(world.request("HEAD", "chinhphu", path)).await;
    assert_eq!((head.status, head.bytes.len(), head.header("etag")), (200, 0, tag.as_str()));
    let packed = world.ask(world.request("GET", "chinhphu", path).header("accept-encoding", "gzip")).await;
    assert_eq!(packed.header("etag"), tag);
    assert_eq!(packed.json(), first.json());
    world.issues("chinhphu", notice("Thông báo mới", "Nội dung.")).await;
    let changed = world.ask(world.request("GET", "chinhphu", path).header("if-none-match", &tag)).await;
    assert_eq!(changed.status, 200, "a validator outlived what it stood for");
    for path in
        [path, "/proof/x", "/log/checkpoint", "/.well-known/nhipcau", "/feed.atom", "/api/v1/items?limit=0"]
    {
        let answer = world.ask(world.request("GET", "chinhphu", path).header("origin", "https://a.vn")).await;
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
    }
    let write = world.post("chinhphu", "/api/v1/items", &json!({ "item": notice("Thông báo", "x") })).await;
    assert_eq!(write.header("access-control-allow-origin"), "", "a write is open to other sites' scripts");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_belongs_to_one_request_about_one_item() {
    let world = World::with(["chinhphu"]).await;
    let one = world.issues("chinhphu", notice("Thông báo một", "Một.")).await;
    let two = world.issues("chinhphu", notice("Thông báo hai", "Hai.")).await;
    let token = world.token("chinhphu");
    let erase = |reference: &str| {
        let path = format!("/api/v1/items/{reference}/erasure");
        let request =
            world.request("POST", "chinhphu", &path).bearer_auth(&token).header("idempotency-key", "k");
        world.ask(request.json(&json!({ "reason": "Lộ dữ liệu", "basis": "Điều 16" })))
    };
    let first = erase(&one.reference).await;
    assert_eq!(first.status, 202, "{}", first.text());
    assert_eq!(erase(&one.reference).await.json(), first.json());
    assert_eq!(world.confirms("chinhphu", &first.json()).await.status, 201);
    // The item is erased by now; the repeat still gets its answer.
    assert_eq!(erase(&one.reference).await.json(), first.json());
    assert_eq!(erase(&two.reference).await.status, 409, "the answer about one item was given for another");
    assert_eq!(world.told("chinhphu", &two).await["state"], "standing");
}
