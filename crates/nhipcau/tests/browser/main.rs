//! A real browser on the demonstration: reads an item of the Government on a commune's portal, has the
//! browser verify it, and sees its correction and its withdrawal arrive through a pulled and mended cable –
//! on a desk, on a telephone, by keyboard alone, and without JavaScript.
//!
//! Needs Chromium and its driver: run with `NHIPCAU_BROWSER=1`; otherwise it says that it was skipped.
//! `CHROMEDRIVER` and `CHROMIUM` name the programs if they are not on the path.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "../it/archive.rs"]
mod archive;
mod asking;
mod axe;
mod beside;
mod chair;
mod copy;
mod dictionary;
mod driver;
mod firefox;
mod held;
mod keyboard;
mod media;
mod offline;
mod petitions;
mod queue;
mod reader;
mod search;
mod staff;
mod tour;

use driver::{Driver, Kind, free_ports, until};
use fantoccini::{Client, Locator};
use nhipcau::operate::demo::Demo;
use reader::{fits, says, tabs_to, text, verdict, verifies};
use serde_json::{Value, json};

/// True if tests in a browser are to run; says so if they are not. The demonstration's lines need a provider of cryptography.
fn is_asked_for() -> bool {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let asked = std::env::var_os("NHIPCAU_BROWSER").is_some();
    if !asked {
        println!("skipped: the browser test needs Chromium and its driver; run it with NHIPCAU_BROWSER=1");
    }
    asked
}

/// The demonstration, and those who publish in it.
struct Nation {
    demo: Demo,
    port: u16,
    token: String,
    http: reqwest::Client,
    folder: tempfile::TempDir,
}

impl Nation {
    async fn start() -> Nation {
        let folder = tempfile::tempdir().unwrap();
        let port = free_ports(3);
        let demo = Demo::start(folder.path(), port, false).await.unwrap();
        let token = std::fs::read_to_string(folder.path().join("chinhphu/admin.token")).unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Nation { demo, port, token, http, folder }
    }

    /// The Government's system posts to the API.
    async fn post(&self, path: &str, body: Value) -> Value {
        self.sends(path, body, 201).await
    }

    /// What waits for a second person.
    async fn proposes(&self, path: &str, body: Value) -> Value {
        self.sends(path, body, 202).await
    }

    async fn sends(&self, path: &str, body: Value, status: u16) -> Value {
        let request = self
            .http
            .post(format!("http://127.0.0.1:{}{path}", self.port))
            .header("host", format!("chinhphu.localhost:{}", self.port))
            .bearer_auth(self.token.trim());
        let answer = request.json(&body).send().await.unwrap();
        let told = answer.status();
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(told, status, "{path}: {answer}");
        answer
    }

    /// Opens the demonstration's offices; returns the password of everybody in them.
    async fn opens_offices(&self) -> String {
        self.demo.offices(self.folder.path()).await.unwrap()
    }

    fn commune(&self) -> String {
        format!("http://mucangchai.laocai.localhost:{}", self.port + 2)
    }

    fn ministry(&self) -> String {
        format!("http://mof.localhost:{}", self.port + 1)
    }

    fn government(&self) -> String {
        format!("http://chinhphu.localhost:{}", self.port)
    }

    fn cable(&self, label: &str) -> nhipcau::peers::line::Cable {
        self.demo.nodes.iter().find(|(l, _, _)| l == label).unwrap().2.clone()
    }
}

/// A real document of the Government, found by clicking, on a commune's portal; verified by the browser's own
/// arithmetic, and a relay's lie found out.
async fn reads_and_verifies(browser: &Client, commune: &str) {
    let home = says(browser, &format!("{commune}/"), "Mù Cang Chải").await;
    assert!(home.contains("Bản trình diễn – không phải trang chính thức."), "{home}");
    browser.find(Locator::Css("main a[href^='/muc/']")).await.unwrap().click().await.unwrap();
    let page = text(browser).await;
    assert!(page.contains("máy chủ đang lưu") && page.contains("Ký bằng khóa trình diễn"), "{page}");
    fits(browser).await;
    let (passed, not, sum) = verifies(browser).await;
    assert!(passed >= 7 && not == 0 && sum.contains("Đúng bản do"), "{passed} passed, {not} did not: {sum}");
    fits(browser).await;
    let lie = "const honest = self.fetch; self.fetch = async (path, how) => { const answer = await honest(path, how);
        if (!path.startsWith('/proof/')) return answer;
        return new Response((await answer.text()).replace(/^index (\\d+)$/m, (_, n) => 'index ' + (n ^ 1))); };
        document.querySelector('[data-sum]').textContent = ''";
    browser.execute(lie, Vec::new()).await.unwrap();
    let (_, not, sum) = verifies(browser).await;
    assert!(not >= 1 && sum.contains("Không chứng minh được"), "{not} did not pass: {sum}");
}

/// Filter, page, item and check by the keyboard alone, each with its focus to be seen.
async fn goes_by_keyboard(browser: &Client, commune: &str) {
    browser.goto(&format!("{commune}/")).await.unwrap();
    tabs_to(browser, "Đến nội dung chính").await;
    assert!(browser.current_url().await.unwrap().as_str().ends_with("#noi-dung"));
    browser.goto(&format!("{commune}/thong-tin")).await.unwrap();
    tabs_to(browser, "Văn bản").await;
    until("the filtered list", async || text(browser).await.contains("trang 1/").then_some(())).await;
    tabs_to(browser, "Cũ hơn →").await;
    until("the second page", async || text(browser).await.contains("trang 2/").then_some(())).await;
    let first = browser.find(Locator::Css("main .rows a")).await.unwrap();
    let title = first.text().await.unwrap();
    tabs_to(browser, title.trim()).await;
    until("the item", async || text(browser).await.contains("máy chủ đang lưu").then_some(())).await;
    tabs_to(browser, "Kiểm tra ngay trên máy này").await;
    let (_, not, sum) = verdict(browser).await;
    assert!(not == 0 && sum.contains("Đúng bản do"), "{sum}");
}

/// The page that a QR code opens: at the issuer's own host, with the proof named in the fragment.
async fn opens_the_code(browser: &Client, nation: &Nation, reference: &str) {
    browser.goto(&format!("{}/muc/{reference}", nation.commune())).await.unwrap();
    let code = browser.find(Locator::Css(".qr a")).await.unwrap().attr("href").await.unwrap().unwrap();
    assert_eq!(code, format!("{}/kiem-tra#/proof/{reference}", nation.government()));
    browser.goto(&code).await.unwrap();
    let (passed, not, sum) = verdict(browser).await;
    assert!(passed >= 7 && not == 0 && sum.contains("Đúng bản do"), "{sum}");
    fits(browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_sees_verifies_and_is_told_the_truth() {
    if !is_asked_for() {
        return;
    }
    let nation = Nation::start().await;
    let driver = Driver::start().await;
    let (desk, telephone, plain) = (
        driver.browser(Kind::Desk).await,
        driver.browser(Kind::Telephone).await,
        driver.browser(Kind::Plain).await,
    );
    let commune = nation.commune();
    for browser in [&desk, &telephone] {
        reads_and_verifies(browser, &commune).await;
    }
    goes_by_keyboard(&desk, &commune).await;

    // Issue, cut, correct, mend: the correction arrives, and nobody was told anything untrue meanwhile.
    let item = |text: &str| json!({ "kind": "notice", "title": "Công điện về ứng phó mưa lũ", "text": text, "change_note": "Sửa mực nước" });
    let done = nation.post("/api/v1/items", json!({ "item": item("Mực nước 3,2 m.") })).await;
    let reference = done["reference"].as_str().unwrap();
    let url = format!("{commune}/muc/{reference}");
    says(&telephone, &url, "Mực nước 3,2 m.").await;
    opens_the_code(&telephone, &nation, reference).await;
    nation.cable("laocai").cut();
    let path = |verb: &str| format!("/api/v1/items/{reference}/{verb}");
    nation.post(&path("editions"), json!({ "change": "correct", "item": item("Mực nước 4,7 m.") })).await;
    says(&desk, &format!("{}/muc/{reference}", nation.ministry()), "Mực nước 4,7 m.").await;
    let lagging = says(&telephone, &url, "đang mất kết nối với mạng lưới").await;
    assert!(lagging.contains("Mực nước 3,2 m."), "a node without a line cannot know");
    says(
        &desk,
        &format!("{}/muc/{reference}/noi-hien-thi", nation.ministry()),
        "Máy chủ của Tỉnh Lào Cai: 100 cổng",
    )
    .await;
    nation.cable("laocai").mend();
    for browser in [&telephone, &plain] {
        let page = says(browser, &url, "Mực nước 4,7 m.").await;
        assert!(page.contains("Đã đính chính lúc") && page.contains("Sửa mực nước"), "{page}");
    }
    let (_, not, sum) = verifies(&telephone).await;
    assert!(not == 0 && sum.contains("Đúng bản do"), "{sum}");
    // Without JavaScript: the text, who published it, and the proof as a file; no button that does nothing.
    let page = text(&plain).await;
    assert!(page.contains("máy chủ đang lưu") && page.contains("nhipcau verify"), "{page}");
    assert!(!page.contains("In trang này"), "{page}");

    // The withdrawal, in each browser and both languages; then every other page.
    nation.post(&path("withdrawal"), json!({ "reason": "Đã có công điện thay thế" })).await;
    for browser in [&telephone, &plain] {
        let page = says(browser, &url, "Đã có công điện thay thế").await;
        assert!(page.contains("gỡ khỏi cổng"), "{page}");
    }
    says(&desk, &format!("{commune}/en/muc/{reference}"), "Đã có công điện thay thế").await;
    let of_item = ["", "/lich-su", "/noi-hien-thi"].map(|page| format!("/muc/{reference}{page}"));
    let others = ["/", "/thong-tin", "/mang", "/nguon-tin", "/kiem-tra"].map(str::to_owned);
    for path in of_item.iter().chain(&others) {
        for (browser, lang) in [(&telephone, ""), (&plain, "/en")] {
            browser.goto(&format!("{commune}{lang}{path}")).await.unwrap();
            fits(browser).await;
        }
    }

    for browser in [desk, telephone, plain] {
        driver.is_clean(&browser).await;
        browser.close().await.unwrap();
    }
    for (label, app, _) in &nation.demo.nodes {
        assert_eq!(app.tasks.died(), 0, "a background task of {label} died");
    }
    nation.demo.close().await;
}
