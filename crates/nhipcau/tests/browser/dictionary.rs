//! Chromium takes the compression dictionary by itself, and gets later pages as the difference from it (RFC 9842).

use std::time::Duration;

use fantoccini::{Client, Locator};

use super::driver::{Driver, Kind, until};
use super::reader::text;
use super::{Nation, is_asked_for};

/// Pages that say the same to everybody.
const PAGES: [&str; 10] = [
    "/thong-tin?trang=2",
    "/dich-vu",
    "/mang",
    "/kiem-tra",
    "/du-lieu",
    "/phan-anh",
    "/en/dich-vu",
    "/en/mang",
    "/en/kiem-tra",
    "/en/du-lieu",
];

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
    // It fetches the dictionary when it has nothing else to do, so the reader stays on a page for a while, longer each time. Each
    // look is at a page that was not opened yet: what a browser has already is not sent again.
    let mut pages = PAGES.iter();
    let mut stay = Duration::from_millis(500);
    until("a page by the dictionary", async || {
        tokio::time::sleep(stay).await;
        stay += Duration::from_millis(500);
        let page = pages.next().expect("no page of those came by the dictionary");
        browser.goto(&format!("{commune}{page}")).await.ok()?;
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
