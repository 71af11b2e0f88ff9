//! Hostile and broken requests: a plain answer that names what is wrong; never a panic, a path, or a statement.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::world::{World, notice};

/// Sends bytes as they are and reads what comes. A server that waits for more gets the end of the line.
async fn raw(world: &World, portal: &str, bytes: &[u8]) -> String {
    let address = world.address(portal, "").replace("http://", "");
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The server may hang up in the middle of nonsense.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    if tokio::time::timeout(Duration::from_secs(2), stream.read_to_end(&mut answer)).await.is_err() {
        let _ = stream.shutdown().await;
        let read = tokio::time::timeout(Duration::from_secs(25), stream.read_to_end(&mut answer)).await;
        assert!(read.is_ok(), "no end for {:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(80)]));
    }
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("none")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_not_ours_is_answered_with_421_whatever_the_path() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let item = world.issues("chinhphu", notice("Công điện", "Một.")).await;
    world.settle().await;
    let port = world.host("laocai").rsplit_once(':').unwrap().1.to_owned();
    let item_path = format!("/muc/{}", item.reference);
    for host in [
        "evil.example",
        "laocai.localhost.evil.example",
        "chinhphu.localhost",
        "xa-zzz.laocai.localhost",
        "8.8.8.8",
        "[::2]",
        "%00",
        "a b",
    ] {
        for path in [
            "/",
            "/thong-tin",
            item_path.as_str(),
            "/feed.atom",
            "/robots.txt",
            "/log/checkpoint",
            "/nothing",
            "/muc/x",
            "/muc/00000000-00000000000000000000000000000000",
        ] {
            let answer = raw(
                &world,
                "laocai",
                format!("GET {path} HTTP/1.1\r\nhost: {host}:{port}\r\nconnection: close\r\n\r\n").as_bytes(),
            )
            .await;
            assert!(matches!(status(&answer), "421" | "400"), "{host} {path}: {answer}");
            assert!(
                !answer.contains("Lào Cai") && !answer.contains("Công điện"),
                "{host} {path}: somebody's portal"
            );
        }
    }
    // Nobody may speak for a proxy that was not named.
    let request = world
        .request("GET", "laocai", "/")
        .header("x-forwarded-host", "xa-a.laocai.localhost")
        .header("x-forwarded-proto", "https");
    let answer = world.ask(request).await;
    assert!(
        answer.says("Cơ quan laocai") && !answer.says("https://xa-a"),
        "a stranger's X-Forwarded-Host was believed"
    );
    for host in ["localhost", "127.0.0.1", "[::1]", "LAOCAI.LOCALHOST", "laocai.localhost."] {
        let answer = raw(
            &world,
            "laocai",
            format!("GET / HTTP/1.1\r\nhost: {host}:{port}\r\nconnection: close\r\n\r\n").as_bytes(),
        )
        .await;
        assert_eq!(status(&answer), "200", "{host}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_requests_do_no_harm() {
    let world = World::with(["chinhphu"]).await;
    let host = world.host("chinhphu");
    let long = "x".repeat(200_000);
    let many = (0..500).map(|n| format!("h{n}: v\r\n")).collect::<String>();
    let requests: Vec<(&str, Vec<u8>)> = vec![
        ("400", b"\x00\x01\x02\x03\r\n\r\n".to_vec()),
        ("400", b"GET\r\n\r\n".to_vec()),
        ("400", b"GET / HTTP/9.9\r\n\r\n".to_vec()),
        ("421", b"GET / HTTP/1.1\r\n\r\n".to_vec()),
        ("421", format!("GET / HTTP/1.1\r\nhost: {host}\r\nhost: evil.example\r\nconnection: close\r\n\r\n").into_bytes()),
        ("431", format!("GET /{long} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").into_bytes()),
        ("431", format!("GET / HTTP/1.1\r\nhost: {host}\r\nx: {long}\r\nconnection: close\r\n\r\n").into_bytes()),
        ("431", format!("GET / HTTP/1.1\r\nhost: {host}\r\n{many}connection: close\r\n\r\n").into_bytes()),
        ("413", format!("POST /flow HTTP/1.1\r\nhost: {host}\r\ncontent-length: 99999999999\r\nconnection: close\r\n\r\nx").into_bytes()),
        ("400", format!("POST /receipts HTTP/1.1\r\nhost: {host}\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\nconnection: close\r\n\r\nzz\r\n").into_bytes()),
        ("400", [b"GET /muc/".to_vec(), b"\xff\xfe\xc0\x80".to_vec(), format!(" HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").into_bytes()].concat()),
        ("400", format!("GET /muc/%ff%fe%00 HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").into_bytes()),
        ("405", format!("TRACE / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").into_bytes()),
        ("421", format!("GET http://evil.example/ HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").into_bytes()),
        ("200", format!("GET / HTTP/1.1\r\nhost: {host}\r\nif-none-match: \"\\\"\r\naccept-encoding: gzip;q=x,,;\r\nrange: bytes=9-1\r\nconnection: close\r\n\r\n").into_bytes()),
    ];
    for (due, request) in requests {
        let answer = raw(&world, "chinhphu", &request).await;
        let shown = String::from_utf8_lossy(&request[..request.len().min(90)]).into_owned();
        assert_eq!(status(&answer), due, "{shown:?}");
        for leak in ["panicked", "SELECT", "/src/", "sqlx", ".rs:"] {
            assert!(!answer.contains(leak), "{shown:?} shows {leak}");
        }
    }
    for nonsense in ["not a flow", "chinhphu.localhost/log -1\n", "*\n*\n", "a/b 1\na/b 2\n", "\u{0}"] {
        let answer = world.ask(world.request("POST", "chinhphu", "/flow").body(nonsense)).await;
        assert_eq!(answer.status, 422, "{nonsense:?}: {}", answer.text());
    }
    for (path, bytes, due) in
        [("/flow", 9 << 20, 413), ("/receipts", 9 << 20, 413), ("/api/v1/items", 99 << 20, 401)]
    {
        let request = world.request("POST", "chinhphu", path).header("content-length", bytes);
        // Refused by what is announced, or for want of a token; the body is not waited for.
        let pieces = futures::stream::pending::<Result<Vec<u8>, std::io::Error>>();
        let answer = world.ask(request.body(reqwest::Body::wrap_stream(pieces))).await;
        assert_eq!(answer.status, due, "{path}: {}", answer.text());
    }
    assert_eq!(world.get("chinhphu", "/healthz").await.status, 200, "not well after nonsense");
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_that_lead_nowhere_are_said_to() {
    let world = World::with(["chinhphu"]).await;
    world.issues("chinhphu", notice("Công điện", "Một.")).await;
    let mirror = super::world::origin("chinhphu").mirror_path();
    let paths = [
        "/nothing",
        "/muc/",
        "/muc/x",
        "/muc/..%2f..%2fetc%2fpasswd",
        "/muc/00000000-00000000000000000000000000000000",
        "/muc/%25-00000000000000000000000000000000",
        "/content/..%2f..%2fadmin.token",
        "/content/zz",
        "/content/%2e%2e/%2e%2e/admin.token",
        "/assets/..%2fadmin.token",
        "/assets/%2e%2e%2fnhipcau.toml",
        "/theme/zz.css",
        "/theme/..css",
        "/qr/..%2fx.svg",
        "/log/tile/9/000",
        "/log/tile/0/999",
        "/log/tile/0/x001/000",
        "/log/tile/0/000.p/0",
        "/log/tile/0/000.p/256",
        "/log/tile/0/000.p/255",
        "/log/tile/entries/000.p/999999999999999999999",
        "/log/..%2f..%2fkeys",
        "/mirror/zz/checkpoint",
        "/mirror//checkpoint",
        "/mang/bang-chung/zz",
        "/.well-known/nhipcau/root/999",
        "/.well-known/nhipcau/root/-1",
        "/receipts/zz",
        "/en/nothing",
        "/en/en/",
        "/thong-tin?trang=99999",
        "/.git/config",
        "/admin.token",
    ];
    for path in paths {
        let answer = world.get("chinhphu", path).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
        assert!(!answer.says("PRIVATE+KEY") && !answer.says("root:"), "{path}");
    }
    for path in [
        "/thong-tin?trang=0",
        "/thong-tin?trang=-1",
        "/thong-tin?trang=x",
        "/thong-tin?loai=%00",
        "/thong-tin?loai=khong-co",
        "/feed.atom?loai=x",
    ] {
        let answer = world.get("chinhphu", path).await;
        assert_eq!(answer.status, 400, "{path}: {}", answer.text());
    }
    for path in [
        "/log/checkpoint".to_owned(),
        format!("/mirror/{mirror}/checkpoint"),
        "/log/tile/entries/000.p/1".to_owned(),
    ] {
        assert_eq!(world.get("chinhphu", &path).await.status, 200, "{path}");
    }
    for (method, path) in [("DELETE", "/"), ("PUT", "/api/v1/items"), ("POST", "/muc/x"), ("GET", "/flow")] {
        assert_eq!(world.ask(world.request(method, "chinhphu", path)).await.status, 405, "{method} {path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_names_every_fault_and_writes_nothing() {
    let world = World::with(["chinhphu", "mof"]).await;
    let before = world.get("chinhphu", "/api/v1/status").await.json()["logs"].clone();
    let bodies: Vec<(Value, u16, &str)> = vec![
        (json!({}), 422, "item"),
        (json!({ "item": {} }), 422, "title"),
        (json!({ "item": { "title": "x".repeat(501) } }), 422, "title"),
        (json!({ "item": { "title": "x", "kind": "NEWS!" } }), 422, "kind"),
        (json!({ "item": { "title": "x", "issued": "2026-02-30" } }), 422, "item.issued"),
        (
            json!({ "item": { "title": "x", "files": [{ "name": "a", "type": "text/plain", "base64": "***" }] } }),
            422,
            "files[0].base64",
        ),
        (
            json!({ "item": { "title": "x", "files": [{ "name": "../../a", "type": "text/plain", "base64": "eA==" }] } }),
            422,
            "files",
        ),
        (json!({ "item": { "title": "x\u{0}y" } }), 422, "title"),
        (json!({ "item": { "title": "x", "nonsense": 1 } }), 422, "nonsense"),
        (json!({ "portal": "evil.example", "item": { "title": "x" } }), 404, "portal"),
    ];
    for (body, status, field) in bodies {
        let answer = world.post("chinhphu", "/api/v1/items", &body).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text());
        assert!(answer.says(field), "{body}: {field} is not named in {}", answer.text());
        assert!(answer.header("content-type").starts_with("application/problem+json"));
    }
    for token in ["", "x", "Bearer", "Bearer ", "Bearer 0000", "Basic YWRtaW46YWRtaW4="] {
        let request = world.request("POST", "chinhphu", "/api/v1/items").header("authorization", token);
        let answer = world.ask(request.json(&json!({ "item": notice("Kẻ gian", "Một.") }))).await;
        assert_eq!(answer.status, 401, "{token:?}");
        assert!(answer.says("admin.token"), "the answer does not say where the token is");
    }
    // The token of one node opens nothing at another.
    let request = world.request("POST", "mof", "/api/v1/items").bearer_auth(world.token("chinhphu"));
    assert_eq!(world.ask(request.json(&json!({ "item": notice("Kẻ gian", "Một.") }))).await.status, 401);
    let after = world.get("chinhphu", "/api/v1/status").await.json()["logs"].clone();
    let own = |logs: &Value| {
        logs.as_array().unwrap().iter().find(|l| l["origin"] == "chinhphu.localhost/log").unwrap()["size"]
            .clone()
    };
    assert_eq!(own(&before), own(&after), "something refused was written");

    // Withdrawals and erasures without their reasons; an item of somebody else's log.
    let item = world.issues("chinhphu", notice("Công điện", "Một.")).await;
    world.settle().await;
    let path = |verb: &str| format!("/api/v1/items/{}/{verb}", item.reference);
    let none = world.post("chinhphu", &path("withdrawal"), &json!({ "reason": " " })).await;
    assert!(none.status == 422 && none.says("reason"), "{}", none.text());
    let baseless = world.post("chinhphu", &path("erasure"), &json!({ "reason": "x" })).await;
    assert!(baseless.status == 422 && baseless.says("basis"), "{}", baseless.text());
    let silent = world
        .post(
            "chinhphu",
            &path("editions"),
            &json!({ "change": "correct", "item": notice("Công điện", "Hai.") }),
        )
        .await;
    assert!(silent.status == 422 && silent.says("change_note"), "{}", silent.text());
    let foreign = world.post("mof", &path("withdrawal"), &json!({ "reason": "x" })).await;
    assert!(foreign.status == 409 && foreign.says("chinhphu.localhost/log"), "{}", foreign.text());
    assert!(world.page("mof", &item).await.says("Một."));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_cannot_run_in_a_readers_browser() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let evil =
        "</title></script><script>alert(1)</script><img src=x onerror=alert(2)>\"' onmouseover=alert(3) x='";
    let bodies = [
        (
            "markdown",
            format!(
                "[x](javascript:alert(4)) {evil} <iframe src=//evil.example></iframe>\n\n![x](http://evil.example/x.png)"
            ),
        ),
        (
            "html",
            format!(
                "<p onclick=alert(5)>{evil}</p><a href=\"data:text/html,x\">x</a><svg onload=alert(6)><style>*{{}}</style><form action=//evil.example><base href=//evil.example>"
            ),
        ),
        ("text", evil.to_owned()),
    ];
    for (format, text) in bodies {
        let draft = json!({ "kind": "document", "title": format!("Tên {evil}"), "summary": evil, "agency": evil, "number": "1/2026/NĐ-CP", "form": "Nghị định", "issued": "2026-11-23", "format": format, "text": text });
        let answer = world.post("chinhphu", "/api/v1/items", &json!({ "item": draft })).await;
        // Refused with its fault named, or shown as harmless text.
        if answer.status == 422 {
            assert!(answer.says("faults"), "{}", answer.text());
            continue;
        }
        assert_eq!(answer.status, 201, "{}", answer.text());
        let item = super::world::item("chinhphu", &answer.json());
        world.settle().await;
        for path in [
            format!("/muc/{}", item.reference),
            format!("/en/muc/{}", item.reference),
            "/".into(),
            "/thong-tin".into(),
            format!("/muc/{}/noi-hien-thi", item.reference),
        ] {
            let page = world.get("xa-a.laocai", &path).await;
            assert_eq!(page.status, 200, "{path}");
            let html = page.text();
            let lower = html.to_lowercase();
            for bad in [
                "<script>alert",
                "<img src=x",
                "<iframe",
                "javascript:alert",
                "<svg onload",
                "<form action",
                "<base ",
                "href=\"data:",
                "src=\"http",
                "src=\"//",
            ] {
                assert!(!lower.contains(bad), "{format} {path}: {bad}");
            }
            assert!(
                !tags(&html).any(|tag| tag.contains("onerror=")
                    || tag.contains("onmouseover=")
                    || tag.contains("onclick=")),
                "{format} {path}: a handler"
            );
        }
        for feed in ["/feed.atom", "/feed.rss"] {
            assert!(!world.get("xa-a.laocai", feed).await.says("<script"), "{format} {feed}");
        }
    }
}

/// The opening tags of a page with their attributes, without quoted values.
fn tags(html: &str) -> impl Iterator<Item = String> {
    html.split('<')
        .skip(1)
        .filter_map(|part| part.split_once('>'))
        .map(|(tag, _)| tag.split('"').step_by(2).collect::<Vec<_>>().join("\"\"").to_lowercase())
}

#[tokio::test(flavor = "multi_thread")]
async fn content_is_served_by_ranges_and_never_as_a_page() {
    let world = World::with(["chinhphu"]).await;
    let draft = json!({ "kind": "notice", "title": "Tệp", "text": "x", "files": [
        { "name": "du-lieu.json", "type": "application/json", "base64": "eyJzY3JpcHQiOiI8c2NyaXB0PiJ9" }] });
    let answer = world.post("chinhphu", "/api/v1/items", &json!({ "item": draft })).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let item = super::world::item("chinhphu", &answer.json());
    let hash =
        world.told("chinhphu", &item).await["document"]["files"][0]["sha256"].as_str().unwrap().to_owned();
    let file = world.get("chinhphu", &format!("/content/{hash}")).await;
    assert_eq!(file.header("content-type"), "application/octet-stream");
    assert_eq!(file.header("content-disposition"), "attachment");
    assert_eq!(file.header("content-security-policy"), "sandbox; default-src 'none'");
    let part = world
        .ask(world.request("GET", "chinhphu", &format!("/content/{hash}")).header("range", "bytes=2-7"))
        .await;
    assert_eq!(
        (part.status, part.text().as_str(), part.header("content-range")),
        (206, "script", "bytes 2-7/21")
    );
    let outside = world
        .ask(world.request("GET", "chinhphu", &format!("/content/{hash}")).header("range", "bytes=999-"))
        .await;
    assert_eq!(outside.status, 416);
}
