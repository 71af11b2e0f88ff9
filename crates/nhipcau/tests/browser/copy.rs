//! A portal's copy, opened from the disk as from a stick: at 320 px no page is wider than the screen, none
//! asks for anything but files beside it, axe-core finds nothing wrong, and its search finds.

use std::path::{Path, PathBuf};

use fantoccini::{Client, Locator};
use nhipcau::offline::copy::{Ask, archive, packed};
use nhipcau::words::Lang;
use serde_json::{Value, json};

use super::axe::rules;
use super::driver::{Driver, Kind, until};
use super::reader::{fits, follows, text};
use super::{Nation, is_asked_for};

/// The commune's copy in a folder.
async fn copied(nation: &Nation) -> PathBuf {
    let (_, app, _) = nation.demo.nodes.iter().find(|(label, _, _)| label == "laocai").unwrap();
    let portal = app.portals.load().by_host("mucangchai.laocai.localhost").unwrap();
    let ask = Ask { lang: Lang::Vi, items: 200, per_file: 5 << 20, files: 50 << 20 };
    let (file, made, length) = packed(app, &portal, &ask).await.unwrap();
    assert!(made.items > 10, "{made:?}");
    let folder = nation.folder.path().join("copy");
    std::fs::create_dir(&folder).unwrap();
    let (files, bytes) = archive::lay_out(std::io::BufReader::new(file), &folder).unwrap();
    println!("{made:?}: {files} files, {bytes} bytes, {length} as an archive");
    folder
}

fn url(folder: &Path, path: &str) -> String {
    format!("file://{}/{path}", folder.display())
}

/// What axe-core finds. It fetches no style sheet again: a page from file:// may not.
async fn wrong(browser: &Client, axe: &str) -> Vec<String> {
    browser.execute(axe, Vec::new()).await.unwrap();
    let script = "const done = arguments[arguments.length - 1];
        axe.run(document, { resultTypes: ['violations'], preload: false }).then((r) => done(r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html).slice(0, 2).join(' | '))))";
    let found: Value = browser.execute_async(script, Vec::new()).await.unwrap();
    found.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stick_is_read_searched_and_asks_nobody() {
    if !is_asked_for() {
        return;
    }
    let nation = Nation::start().await;
    let item = json!({ "kind": "notice", "title": "Công điện về ứng phó mưa lũ", "text": "Mực nước dâng tại Nậm Khắt." });
    let done = nation.post("/api/v1/items", json!({ "item": item })).await;
    let reference = done["reference"].as_str().unwrap();
    until("the item at the commune", async || {
        let told = nation.http.get(format!("http://127.0.0.1:{}/muc/{reference}", nation.port + 2));
        let told = told.header("host", "mucangchai.laocai.localhost").send().await.ok()?;
        (told.status() == 200).then_some(())
    })
    .await;
    let folder = copied(&nation).await;
    // From here on there is no node.
    nation.demo.close().await;
    let driver = Driver::start().await;
    let fetched = tempfile::tempdir().unwrap();
    let axe = rules(fetched.path());
    if axe.is_none() {
        println!("skipped: npm cannot fetch axe-core (it needs Node, npm and a registry)");
    }
    let item = format!("muc/{reference}.html");
    let pages = [
        "index.html",
        "ngay.html",
        "loai.html",
        "so.html",
        "thu-tuc.html",
        "tim.html?q=nam+khat",
        "kiem-chung.html",
        &item,
    ];
    for kind in [Kind::Narrow, Kind::Plain] {
        let (browser, script) = (driver.browser(kind).await, kind == Kind::Narrow);
        for path in pages {
            browser.goto(&url(&folder, path)).await.unwrap();
            fits(&browser).await;
            let said = text(&browser).await;
            assert!(said.contains("Bản sao ngoại tuyến của") && said.contains("lập lúc"), "{path}: {said}");
            assert_eq!(said.contains("Bản sao lập hôm nay."), script, "{path}: {said}");
            if let Some(axe) = axe.as_ref().filter(|_| script) {
                assert_eq!(wrong(&browser, axe).await, Vec::<String>::new(), "{path}");
            }
        }
        match script {
            true => searches(&browser, &folder).await,
            false => leafs(&browser, &folder).await,
        }
        driver.asks_nobody(&browser).await;
        browser.close().await.unwrap();
    }
}

/// From the first page: typed without marks, found by its text, opened.
async fn searches(browser: &Client, folder: &Path) {
    browser.goto(&url(folder, "index.html")).await.unwrap();
    let field = browser.find(Locator::Css("input[name=q]")).await.unwrap();
    field.send_keys("muc nuoc nam khat").await.unwrap();
    browser.find(Locator::Css("form button")).await.unwrap().click().await.unwrap();
    let found = until("the result", async || browser.find(Locator::Css("#ket-qua a")).await.ok()).await;
    assert_eq!(found.text().await.unwrap(), "Công điện về ứng phó mưa lũ");
    found.click().await.unwrap();
    until("the item", async || text(browser).await.contains("Mực nước dâng").then_some(())).await;
}

/// Without script the search says so, and the lists lead to the same item.
async fn leafs(browser: &Client, folder: &Path) {
    browser.goto(&url(folder, "index.html")).await.unwrap();
    follows(&browser.find(Locator::Css("form button")).await.unwrap()).await;
    until("the way without script", async || {
        text(browser).await.contains("Ô tìm kiếm cần JavaScript").then_some(())
    })
    .await;
    follows(&browser.find(Locator::Css("nav a[href$='ngay.html']")).await.unwrap()).await;
    let title = Locator::LinkText("Công điện về ứng phó mưa lũ");
    follows(&until("the item's title", async || browser.find(title).await.ok()).await).await;
    until("the item", async || text(browser).await.contains("Mực nước dâng").then_some(())).await;
}
