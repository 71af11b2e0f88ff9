//! The demonstration: laid out once, resumed afterwards, toured with commands that work, careful with folders and ports.

use std::time::Duration;

use nhipcau::items::draft::from_markdown;
use nhipcau::operate::demo::Demo;
use tokio::net::TcpListener;

use super::world::free_ports;

/// What `main` does first; a second time does no harm.
fn tls_at_hand() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// How long each log of a node is.
async fn sizes(demo: &Demo) -> Vec<(String, u64)> {
    let mut sizes = Vec::new();
    for (label, app, _) in &demo.nodes {
        let mut conn = app.db.read().await.unwrap();
        for head in nhipcau::logs::store::every(&mut conn).await.unwrap() {
            // Heads grow on by themselves.
            if head.own && !head.origin.as_str().ends_with("/heads") {
                sizes.push((format!("{label}: {}", head.origin), head.size));
            }
        }
    }
    sizes
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_resumes_and_the_tour_can_be_pasted() {
    tls_at_hand();
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("demo");
    let port = free_ports(3);
    let demo = Demo::start(&dir, port, false).await.unwrap();
    let before = sizes(&demo).await;
    let tour = demo.tour(&dir, Duration::from_millis(6_540)).await.unwrap();
    assert!(tour.contains("sẵn sàng sau 6,6 giây") && !tour.contains(['<', '…']), "{tour}");
    // The item of the tour stands where the tour says, and its correction is ready and right.
    let address = tour.lines().find_map(|line| line.trim().strip_prefix("http://mucangchai.")).unwrap();
    let path = &address[address.find('/').unwrap()..];
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let page = http.get(format!("http://127.0.0.1:{}{path}", port + 2));
    let page = page.header("host", format!("mucangchai.laocai.localhost:{}", port + 2)).send().await.unwrap();
    assert_eq!(page.status(), 200, "{path}");
    let file = std::fs::read_to_string(dir.join("dinh-chinh.md")).unwrap();
    let draft = from_markdown(&file).unwrap();
    assert!(draft.layer == "digitised" && draft.text.len() > 1_000, "{file}");
    draft.check(uuid::Uuid::from_u128(1), 2, [0; 16], jiff::civil::date(2026, 11, 26)).unwrap();
    demo.close().await;
    drop(demo);

    let again = Demo::start(&dir, port, false).await.unwrap();
    assert_eq!(sizes(&again).await, before, "a second start issued something again");
    again.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_port_and_a_foreign_folder_are_refused_in_words() {
    tls_at_hand();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("luan-van.odt"), "x").unwrap();
    let refused = Demo::start(folder.path(), free_ports(3), false).await.err().unwrap().to_string();
    assert!(refused.contains("holds other things"), "{refused}");

    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port();
    let refused = Demo::start(&folder.path().join("demo"), port, false).await.err().unwrap();
    let words = format!("{refused:#}");
    assert!(words.contains(&port.to_string()) && words.contains("--port"), "{words}");
}
