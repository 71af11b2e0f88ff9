//! A real browser on the demonstration: reads an item of the Government on a commune's portal, has the
//! browser verify it, and sees its correction and its withdrawal arrive through a pulled and mended cable.
//!
//! Needs Chromium and its driver: run with `NHIPCAU_BROWSER=1`; otherwise it says that it was skipped.
//! `CHROMEDRIVER` and `CHROMIUM` name the programs if they are not on the path.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use nhipcau::operate::demo::Demo;
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(60);

/// The browser's driver, stopped with the test.
struct Driver {
    process: Child,
    port: u16,
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn until<T, F: Future<Output = Option<T>>>(what: &str, mut look: impl FnMut() -> F) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The first of `count` ports in a row that are all free, outside the range that the kernel hands out.
fn free_ports(count: u16) -> u16 {
    let free =
        |port| TcpListener::bind(("127.0.0.1", port)).is_ok() && TcpListener::bind(("::1", port)).is_ok();
    let from = 10_000 + (std::process::id() % 15_000) as u16;
    (from..from + 5_000).find(|first| (*first..first + count).all(free)).unwrap()
}

impl Driver {
    async fn start(http: &reqwest::Client) -> Driver {
        let port = free_ports(1);
        let program = std::env::var("CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".into());
        let process = Command::new(&program)
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|e| panic!("{program}: {e}; install chromium-driver"));
        let driver = Driver { process, port };
        until("the browser's driver", async || {
            let status: Value = http.get(driver.url("/status")).send().await.ok()?.json().await.ok()?;
            (status["value"]["ready"] == true).then_some(())
        })
        .await;
        driver
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// A browser; 390 CSS pixels wide like a telephone, if asked for.
    async fn browser(&self, telephone: bool) -> Client {
        let mut options = json!({
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps", "--window-size=1280,900"]
        });
        if telephone {
            options["mobileEmulation"] =
                json!({ "deviceMetrics": { "width": 390, "height": 844, "pixelRatio": 2.0 } });
        }
        if let Ok(program) = std::env::var("CHROMIUM") {
            options["binary"] = program.into();
        }
        let wanted = json!({ "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" } });
        ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted.as_object().unwrap().clone())
            .connect(&self.url(""))
            .await
            .unwrap()
    }

    /// What a browser has logged since it was asked last.
    async fn log(&self, http: &reqwest::Client, browser: &Client, kind: &str) -> Vec<Value> {
        let session = browser.session_id().await.unwrap().unwrap();
        let answer =
            http.post(self.url(&format!("/session/{session}/se/log"))).json(&json!({ "type": kind })).send();
        let answer: Value = answer.await.unwrap().json().await.unwrap();
        answer["value"].as_array().unwrap_or_else(|| panic!("{answer}")).clone()
    }

    /// No request went to a third party, and nothing was refused or failed on any page.
    async fn is_clean(&self, http: &reqwest::Client, browser: &Client) {
        let mut hosts = BTreeSet::new();
        for line in self.log(http, browser, "performance").await {
            let message: Value = serde_json::from_str(line["message"].as_str().unwrap()).unwrap();
            if message["message"]["method"] == "Network.requestWillBeSent" {
                let url = message["message"]["params"]["request"]["url"].as_str().unwrap().to_owned();
                if let Some(rest) = url.strip_prefix("http://") {
                    hosts.insert(rest.split(['/', ':']).next().unwrap().to_owned());
                } else {
                    assert!(
                        url.starts_with("data:") || url.starts_with("chrome:") || url.starts_with("about:"),
                        "the page asked for {url}"
                    );
                }
            }
        }
        assert!(!hosts.is_empty(), "the browser's log of requests is empty, so it shows nothing");
        for host in &hosts {
            assert!(host.ends_with(".localhost"), "a request went to {host}");
        }
        let complaints: Vec<String> = self
            .log(http, browser, "browser")
            .await
            .iter()
            .filter(|line| line["level"] == "SEVERE" || line["level"] == "WARNING")
            .map(|line| line["message"].to_string())
            .collect();
        assert_eq!(complaints, Vec::<String>::new(), "the browser complains");
    }
}

/// The text that a reader sees.
async fn text(browser: &Client) -> String {
    browser.find(Locator::Css("body")).await.unwrap().text().await.unwrap()
}

/// Loads a page again until it says something.
async fn says(browser: &Client, url: &str, words: &str) {
    until(words, async || {
        browser.goto(url).await.unwrap();
        text(browser).await.contains(words).then_some(())
    })
    .await;
}

/// Presses the button and waits for the verdict: how many steps passed, how many did not, what it says.
async fn verifies(browser: &Client) -> (usize, usize, String) {
    browser.find(Locator::Css("[data-run] button")).await.unwrap().click().await.unwrap();
    let sum = until("the verdict", async || {
        let sum = browser.find(Locator::Css("[data-sum]")).await.unwrap().text().await.unwrap();
        (!sum.trim().is_empty()).then_some(sum)
    })
    .await;
    let count = async |css: &str| browser.find_all(Locator::Css(css)).await.unwrap().len();
    let all = count("[data-steps] > li").await;
    let not = count("[data-steps] > .stop--failed, [data-steps] > .stop--awaited").await;
    (all - not, not, sum)
}

async fn fits(browser: &Client) {
    let widths = browser
        .execute("return [document.documentElement.scrollWidth, window.innerWidth]", Vec::new())
        .await
        .unwrap();
    assert!(widths[0].as_i64() <= widths[1].as_i64(), "the page is wider than the screen: {widths}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_sees_verifies_and_is_told_the_truth() {
    if std::env::var_os("NHIPCAU_BROWSER").is_none() {
        println!("skipped: the browser test needs Chromium and its driver; run it with NHIPCAU_BROWSER=1");
        return;
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let port = free_ports(3);
    let demo = Demo::start(folder.path(), port, false).await.unwrap();
    let token = std::fs::read_to_string(folder.path().join("chinhphu/admin.token")).unwrap();
    let post = async |path: &str, body: Value| -> Value {
        let request = http
            .post(format!("http://127.0.0.1:{port}{path}"))
            .header("host", format!("chinhphu.localhost:{port}"))
            .bearer_auth(token.trim());
        let answer = request.json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 201, "{path}");
        answer.json().await.unwrap()
    };
    let cable = |label: &str| demo.nodes.iter().find(|(l, _, _)| l == label).unwrap().2.clone();
    let driver = Driver::start(&http).await;
    let (desk, telephone) = (driver.browser(false).await, driver.browser(true).await);
    let portal = format!("http://mucangchai.laocai.localhost:{}", port + 2);

    // Read: a real document of the Government, found by clicking, on a commune's portal.
    for browser in [&desk, &telephone] {
        browser.goto(&format!("{portal}/")).await.unwrap();
        let home = text(browser).await;
        assert!(
            home.contains("Mù Cang Chải") && home.contains("Bản trình diễn – không phải trang chính thức."),
            "{home}"
        );
        fits(browser).await;
        browser.find(Locator::Css("main a[href^='/muc/']")).await.unwrap().click().await.unwrap();
        let page = text(browser).await;
        assert!(page.contains("máy chủ đang lưu") && page.contains("Ký bằng khóa trình diễn"), "{page}");
        fits(browser).await;
        // Verify, by the browser's own arithmetic.
        let (passed, not, sum) = verifies(browser).await;
        assert!(
            passed >= 8 && not == 0 && sum.contains("Đúng bản do"),
            "{passed} passed, {not} did not: {sum}"
        );
        // A relay that names another place in the log is found out.
        let lie = "const honest = self.fetch; self.fetch = async (path, how) => { const answer = await honest(path, how);
            if (!path.startsWith('/proof/')) return answer;
            return new Response((await answer.text()).replace(/^index (\\d+)$/m, (_, n) => 'index ' + (n ^ 1))); };
            document.querySelector('[data-sum]').textContent = ''";
        browser.execute(lie, Vec::new()).await.unwrap();
        let (_, not, sum) = verifies(browser).await;
        assert!(not >= 1 && sum.contains("Không chứng minh được"), "{not} did not pass: {sum}");
    }

    // Issue, cut, correct, mend: the correction arrives.
    let item = |text: &str| json!({ "kind": "notice", "title": "Công điện về ứng phó mưa lũ", "text": text, "change_note": "Sửa mực nước" });
    let done = post("/api/v1/items", json!({ "item": item("Mực nước 3,2 m.") })).await;
    let reference = done["reference"].as_str().unwrap();
    let url = format!("{portal}/muc/{reference}");
    says(&telephone, &url, "Mực nước 3,2 m.").await;
    cable("laocai").cut();
    let path = |verb: &str| format!("/api/v1/items/{reference}/{verb}");
    post(&path("editions"), json!({ "change": "correct", "item": item("Mực nước 4,7 m.") })).await;
    let ministry = format!("http://mof.localhost:{}/muc/{reference}", port + 1);
    says(&desk, &ministry, "Mực nước 4,7 m.").await;
    telephone.goto(&url).await.unwrap();
    assert!(text(&telephone).await.contains("Mực nước 3,2 m."), "a node without a line cannot know");
    cable("laocai").mend();
    says(&telephone, &url, "Mực nước 4,7 m.").await;
    assert!(text(&telephone).await.contains("Đã đính chính lúc"));
    let (_, not, sum) = verifies(&telephone).await;
    assert!(not == 0 && sum.contains("Đúng bản do"), "{sum}");

    // Where it stands, then the withdrawal, in both browsers and languages.
    telephone.goto(&format!("{url}/noi-hien-thi")).await.unwrap();
    fits(&telephone).await;
    post(&path("withdrawal"), json!({ "reason": "Đã có công điện thay thế" })).await;
    says(&telephone, &url, "Đã có công điện thay thế").await;
    assert!(text(&telephone).await.contains("gỡ khỏi cổng"));
    says(&desk, &format!("{portal}/en/muc/{reference}"), "Đã có công điện thay thế").await;
    for path in ["/", "/thong-tin", "/mang", "/nguon-tin", "/kiem-tra", "/en/", "/en/mang"] {
        telephone.goto(&format!("{portal}{path}")).await.unwrap();
        fits(&telephone).await;
    }

    for browser in [desk, telephone] {
        driver.is_clean(&http, &browser).await;
        browser.close().await.unwrap();
    }
    for (label, app, _) in &demo.nodes {
        assert_eq!(app.tasks.died(), 0, "a background task of {label} died");
    }
    demo.close().await;
}
