//! A reader whose line goes away: what was read is there with its age, what was not says so; and what its issuer withdrew
//! meanwhile is gone from the device as soon as there is a line again.

use std::sync::Arc;

use fantoccini::Client;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::driver::{Driver, Kind, free_ports, until};
use super::reader::{fits, says, text};
use super::{Nation, is_asked_for};

/// The line between a browser and a node.
struct Line {
    port: u16,
    cut: watch::Sender<bool>,
    /// Held once here, once where calls are taken, and once by each connection.
    held: Arc<()>,
}

impl Line {
    // It carries bytes beside the test and ends with it.
    #[allow(clippy::disallowed_methods)]
    async fn to(node: u16) -> Line {
        let port = free_ports(1);
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let (cut, state) = watch::channel(false);
        let held = Arc::new(());
        let holds = held.clone();
        tokio::spawn(async move {
            while let Ok((mut reader, _)) = listener.accept().await {
                let (mut state, connection) = (state.clone(), holds.clone());
                tokio::spawn(async move {
                    let carried = async {
                        let mut server = TcpStream::connect(("127.0.0.1", node)).await?;
                        tokio::io::copy_bidirectional(&mut reader, &mut server).await
                    };
                    tokio::select! { _ = state.wait_for(|cut| *cut) => {}, _ = carried => {} }
                    drop(connection);
                });
            }
        });
        Line { port, cut, held }
    }

    /// Cuts it; nothing is carried any more when this is done.
    async fn cuts(&self) {
        self.cut.send_replace(true);
        until("the line to be cut", async || (Arc::strong_count(&self.held) == 2).then_some(())).await;
    }

    fn mends(&self) {
        self.cut.send_replace(false);
    }
}

/// True if the browser keeps a page of this path.
async fn keeps(browser: &Client, path: &str) -> bool {
    let script = "const done = arguments[arguments.length - 1];
        caches.match(arguments[0], { ignoreVary: true }).then((held) => done(!!held), () => done(false))";
    browser.execute_async(script, vec![path.into()]).await.unwrap() == Value::Bool(true)
}

async fn opens(browser: &Client, url: &str) -> String {
    browser.goto(url).await.unwrap();
    text(browser).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_stays_readable_without_a_line_until_it_is_withdrawn() {
    if !is_asked_for() {
        return;
    }
    let nation = Nation::start().await;
    let driver = Driver::start().await;
    let browser = driver.browser(Kind::Narrow).await;
    let line = Line::to(nation.port + 2).await;
    let here = format!("http://mucangchai.laocai.localhost:{}", line.port);

    let item = json!({ "kind": "notice", "title": "Công điện về ứng phó mưa lũ", "text": "Mực nước 3,2 m." });
    let done = nation.post("/api/v1/items", json!({ "item": item })).await;
    let reference = done["reference"].as_str().unwrap();
    let (path, url) = (format!("/muc/{reference}"), format!("{here}/muc/{reference}"));
    says(&browser, &url, "Mực nước 3,2 m.").await;
    until("the worker", async || {
        let script = "return !!navigator.serviceWorker.controller";
        (browser.execute(script, Vec::new()).await.ok()? == Value::Bool(true)).then_some(())
    })
    .await;
    until("the page to be kept", async || {
        opens(&browser, &url).await;
        keeps(&browser, &path).await.then_some(())
    })
    .await;

    line.cuts().await;
    let page = opens(&browser, &url).await;
    assert!(page.contains("Bản lưu lúc") && page.contains("đang không có mạng"), "{page}");
    assert!(page.contains("Mực nước 3,2 m."), "{page}");
    fits(&browser).await;
    let page = opens(&browser, &format!("{here}/mang")).await;
    assert!(
        page.contains("chưa được lưu trên máy") && page.contains("Công điện về ứng phó mưa lũ"),
        "{page}"
    );
    fits(&browser).await;

    nation
        .post(
            &format!("/api/v1/items/{reference}/withdrawal"),
            json!({ "reason": "Đăng nhầm", "gone": true }),
        )
        .await;
    line.mends();
    until("the withdrawal at the commune", async || {
        let told = nation.http.get(format!("http://127.0.0.1:{}{path}", nation.port + 2));
        let told = told.header("host", "mucangchai.laocai.localhost").send().await.ok()?;
        (told.status() == 410).then_some(())
    })
    .await;
    // Another page is opened, not this one: the browser finds out by itself.
    opens(&browser, &format!("{here}/thong-tin")).await;
    until("the device to let go of it", async || (!keeps(&browser, &path).await).then_some(())).await;
    line.cuts().await;
    let page = opens(&browser, &url).await;
    assert!(page.contains("chưa được lưu trên máy") && !page.contains("Mực nước"), "{page}");
    browser.close().await.unwrap();
    nation.demo.close().await;
}
