//! Somebody who writes a petition on a telephone: sees what was answered to others while typing, keeps the draft when the page is lost,
//! deletes it, sends; and somebody without script, who presses a button to look.

use fantoccini::{Client, Locator};

use super::driver::{Driver, Kind, until};
use super::reader::{fits, follows, text};
use super::staff::{presses, reads, types_into};
use super::{Nation, is_asked_for};

const WORDS: &str = "Đèn đường ở đầu bản Kim Nọi lại hỏng, buổi tối rất tối.";

async fn words(browser: &Client) -> String {
    let script = "return document.querySelector('[name=chuyen-gi]').value";
    browser.execute(script, Vec::new()).await.unwrap().as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_kept_on_the_device_and_similar_cases_are_shown() {
    if !is_asked_for() {
        return;
    }
    let nation = Nation::start().await;
    // With the offices come the petitions that were answered.
    nation.opens_offices().await;
    let ask = format!("{}/phan-anh/gui", nation.commune());
    let driver = Driver::start().await;

    let browser = driver.browser(Kind::Telephone).await;
    browser.goto(&ask).await.unwrap();
    assert!(!text(&browser).await.contains("Xóa bản nháp"), "nothing is kept yet");
    // The index of what was answered is written behind the start.
    let known = "const done = arguments[arguments.length - 1];
        fetch('/api/v1/petitions/similar', { method: 'POST', headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ words: 'Đèn đường hỏng ở bản Kim Nọi', commune: '', lang: 'vi' }) })
          .then((answer) => answer.json()).then((told) => done(told.similar.length), () => done(0))";
    until("the index of answered petitions", async || {
        let found = browser.execute_async(known, Vec::new()).await.unwrap();
        found.as_u64().filter(|found| *found > 0)
    })
    .await;
    types_into(&browser, "chuyen-gi", WORDS).await;
    reads(&browser, "Đã có người hỏi tương tự").await;
    reads(&browser, "thay ba bóng đèn").await;
    reads(&browser, "đang được giữ trên máy này").await;
    fits(&browser).await;
    // The page is lost; what was typed is not.
    browser.goto("about:blank").await.unwrap();
    browser.goto(&ask).await.unwrap();
    assert_eq!(words(&browser).await, WORDS);
    presses(&browser, "Xóa bản nháp").await;
    assert_eq!(words(&browser).await, "");
    browser.goto(&ask).await.unwrap();
    assert_eq!(words(&browser).await, "", "it was deleted");
    types_into(&browser, "chuyen-gi", WORDS).await;
    reads(&browser, "Xóa bản nháp").await;
    presses(&browser, "Gửi").await;
    reads(&browser, "Mã tra cứu chỉ hiện một lần này").await;
    browser.goto(&ask).await.unwrap();
    assert_eq!(words(&browser).await, "", "what was sent is kept no more");
    driver.is_clean(&browser).await;
    browser.close().await.unwrap();

    let browser = driver.browser(Kind::Plain).await;
    browser.goto(&ask).await.unwrap();
    assert!(!text(&browser).await.contains("đang được giữ trên máy này"), "without script nothing is kept");
    types_into(&browser, "chuyen-gi", WORDS).await;
    let look = "//main//button[normalize-space()='Xem trước: đã có ai hỏi tương tự chưa?']";
    follows(&browser.find(Locator::XPath(look)).await.unwrap()).await;
    reads(&browser, "Đã có người hỏi tương tự").await;
    reads(&browser, "thay ba bóng đèn").await;
    fits(&browser).await;
    let kept = browser.find(Locator::Css("[name='chuyen-gi']")).await.unwrap();
    assert_eq!(kept.text().await.unwrap().trim(), WORDS, "what was typed stands there still");
    driver.is_clean(&browser).await;
    browser.close().await.unwrap();
    nation.demo.close().await;
}
