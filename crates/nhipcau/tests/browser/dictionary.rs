//! Chromium takes the compression dictionary by itself, and gets later pages as the difference from it (RFC 9842).

use std::time::Duration;

use fantoccini::Locator;

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
        driver.encodings(&browser).await.contains("dcz").then_some(())
    })
    .await;
    assert!(text(&browser).await.contains("trang"), "what came by the dictionary is read as it is");
    browser.find(Locator::Css("main a[href^='/muc/']")).await.unwrap().click().await.unwrap();
    until("the item", async || text(&browser).await.contains("máy chủ đang lưu").then_some(())).await;
    driver.is_clean(&browser).await;
    browser.close().await.unwrap();
    nation.demo.close().await;
}
