//! Somebody who searches, on the narrowest screen, with script and without: finds a real document, narrows, and is led
//! into its article.

use fantoccini::key::Key;
use fantoccini::{Client, Locator};

use super::driver::{Driver, Kind, until};
use super::reader::{fits, follows, says, text};
use super::{Nation, is_asked_for};

/// Types into the box at the top of a page and sends it by Enter.
async fn searches(browser: &Client, words: &str) {
    let field = browser.find(Locator::Css("form[role='search'] input[name='q']")).await.unwrap();
    field.clear().await.unwrap();
    field.send_keys(words).await.unwrap();
    field.send_keys(&Key::Enter.to_string()).await.unwrap();
    until(words, async || {
        let url = browser.current_url().await.ok()?;
        (url.path() == "/tim-kiem" && text(browser).await.contains("kết quả")).then_some(())
    })
    .await;
    fits(browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_finds_a_document_with_and_without_script() {
    if !is_asked_for() {
        return;
    }
    let nation = Nation::start().await;
    let commune = nation.commune();
    let driver = Driver::start().await;
    for kind in [Kind::Telephone, Kind::Plain] {
        let browser = driver.browser(kind).await;
        // Until the demonstration's items have come and are in the index.
        says(&browser, &format!("{commune}/tim-kiem?q=ngan+hang+chinh+sach+xa+hoi"), "06/2026/NĐ-CP").await;
        browser.goto(&format!("{commune}/")).await.unwrap();
        searches(&browser, "ngan hang chinh sach xa hoi").await;
        let first = browser.find(Locator::Css(".found li h2 a")).await.unwrap();
        assert!(first.text().await.unwrap().contains("Ngân hàng Chính sách xã hội"));
        let article = browser.find(Locator::Css(".found__why a")).await.unwrap();
        let name = article.text().await.unwrap();
        assert!(name.starts_with("Điều "), "{name}");
        follows(&article).await;
        until("the article", async || {
            let url = browser.current_url().await.ok()?;
            url.fragment().is_some_and(|anchor| anchor.starts_with("dieu-")).then_some(())
        })
        .await;
        assert!(text(&browser).await.contains(&name), "the page shows {name}");
        fits(&browser).await;
        browser.goto(&format!("{commune}/tim-kiem?q=nghi+dnih+xu+phat")).await.unwrap();
        let meant = browser.find(Locator::Css(".meant a")).await.unwrap();
        let meant = vietnam::text::fold(&meant.text().await.unwrap());
        assert!(meant.contains("nghi dinh"), "{meant}");
        for empty in ["/tim-kiem", "/tim-kiem?q=zzqqxx", "/en/tim-kiem?q=quyet+dinh"] {
            browser.goto(&format!("{commune}{empty}")).await.unwrap();
            fits(&browser).await;
        }
        driver.is_clean(&browser).await;
        browser.close().await.unwrap();
    }
    nation.demo.close().await;
}
