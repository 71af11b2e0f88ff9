//! Chromium takes the compression dictionary by itself, and gets later pages as the difference from it (RFC 9842).

use std::time::Duration;

use fantoccini::{Client, Locator};

use super::driver::{Driver, Kind, until};
use super::reader::text;
use super::{Nation, is_asked_for};

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_takes_the_dictionary_and_gets_pages_by_it() {
    if !is_asked_for() {
        return;
    }
    let nation = Nation::start().await;
    let driver = Driver::start().await;
    let browser = driver.browser(Kind::Telephone).await;
    let commune = nation.commune();
    browser.goto(&format!("{commune}/")).await.unwrap();
    // It fetches the dictionary when it has nothing else to do, so the reader stays on a page for a while, longer each
    // time; each look is at another page.
    let mut turn = 0;
    until("a page by the dictionary", async || {
        turn += 1;
        browser.goto(&format!("{commune}/thong-tin?trang={}", 1 + turn % 2)).await.ok()?;
        tokio::time::sleep(Duration::from_millis(500) * turn).await;
        by_dictionary(&browser).await.then_some(())
    })
    .await;
    // So it stays when the service worker fetches the pages: its calls have another destination than the browser's own.
    let controlled = "return navigator.serviceWorker.controller !== null;";
    until("the service worker", async || {
        (browser.execute(controlled, vec![]).await.ok()? == true).then_some(())
    })
    .await;
    browser.goto(&format!("{commune}/co-quan")).await.unwrap();
    assert!(by_dictionary(&browser).await, "a page through the service worker comes by the dictionary, too");
    browser.goto(&format!("{commune}/thong-tin")).await.unwrap();
    assert!(text(&browser).await.contains("trang"), "what came by the dictionary is read as it is");
    browser.find(Locator::Css("main a[href^='/muc/']")).await.unwrap().click().await.unwrap();
    until("the item", async || text(&browser).await.contains("máy chủ đang lưu").then_some(())).await;
    driver.is_clean(&browser).await;
    browser.close().await.unwrap();
    nation.demo.close().await;
}

/// True if the page that is open came as the difference from the dictionary.
async fn by_dictionary(browser: &Client) -> bool {
    let encoding = "return performance.getEntriesByType('navigation')[0].contentEncoding;";
    browser.execute(encoding, vec![]).await.unwrap() == "dcz"
}
