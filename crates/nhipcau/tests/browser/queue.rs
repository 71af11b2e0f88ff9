//! A queue of petitions by single keys, which are heard only while the focus stands in it; and the same without a script.

use fantoccini::key::Key;
use fantoccini::{Client, Locator};
use serde_json::Value;

use super::driver::{Driver, Kind, until};
use super::keyboard;
use super::reader::{fits, text, types};
use super::staff::{presses, reads, types_into};
use super::{Nation, is_asked_for};

const DESK: &str = "/ban-lam-viec/phan-anh";

/// What the focus stands on, as the number of its row from 0, and its tag; -1 outside of the list.
async fn focus(browser: &Client) -> (i64, String) {
    let look = "const e = document.activeElement, rows = [...document.querySelectorAll('.rows--desk > li')];
        return [rows.indexOf(e.closest('li')), e.tagName + (e.id ? '#' + e.id : '')]";
    let at: Value = browser.execute(look, Vec::new()).await.unwrap();
    (at[0].as_i64().unwrap(), at[1].as_str().unwrap().to_owned())
}

async fn key(browser: &Client, key: &str) {
    browser.active_element().await.unwrap().send_keys(key).await.unwrap();
}

async fn ticked(browser: &Client) -> u64 {
    let many = "return document.querySelectorAll('.rows--desk input:checked').length";
    browser.execute(many, Vec::new()).await.unwrap().as_u64().unwrap()
}

async fn sends(browser: &Client, portal: &str, words: &str) {
    browser.goto(&format!("{portal}/phan-anh/gui")).await.unwrap();
    types_into(browser, "chuyen-gi", words).await;
    presses(browser, "Gửi").await;
    reads(browser, "Mã tra cứu chỉ hiện một lần này").await;
}

async fn signs_in(browser: &Client, portal: &str, password: &str) {
    browser.goto(&format!("{portal}/dang-nhap")).await.unwrap();
    types_into(browser, "ten", "thu").await;
    types_into(browser, "mat-khau", password).await;
    presses(browser, "Đăng nhập").await;
    reads(browser, "Vai trò của bạn:").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_is_worked_by_single_keys_within_the_list_alone() {
    if !is_asked_for() {
        return;
    }
    let nation = Nation::start().await;
    let password = nation.opens_offices().await;
    let driver = Driver::start().await;
    let portal = nation.commune();
    let browser = driver.browser(Kind::Desk).await;
    for words in
        ["Ổ gà lớn trước cổng trường.", "Đèn đường ngõ 3 hỏng ba tuần.", "Rác ở chợ không ai dọn cả."]
    {
        sends(&browser, &portal, words).await;
    }
    signs_in(&browser, &portal, &password).await;
    browser.goto(&format!("{portal}{DESK}?hang=chua-nhan")).await.unwrap();
    fits(&browser).await;

    // Outside of the list a key does nothing.
    for outside in ["j", "x", "c", "?"] {
        browser.find(Locator::Css("body")).await.unwrap().send_keys(outside).await.unwrap();
    }
    assert_eq!((focus(&browser).await.0, ticked(&browser).await), (-1, 0));
    assert!(text(&browser).await.contains("Phím tắt trong danh sách"), "that there are keys is told");

    let first = "document.querySelector('.rows--desk > li a').focus()";
    browser.execute(first, Vec::new()).await.unwrap();
    key(&browser, "j").await;
    assert_eq!(focus(&browser).await, (1, "A".into()));
    types(&browser, Key::Down).await;
    key(&browser, "j").await;
    let last = focus(&browser).await.0;
    key(&browser, "j").await;
    assert_eq!(focus(&browser).await.0, last.max(2), "the end of the list is its end");
    types(&browser, Key::Up).await;
    key(&browser, "k").await;
    key(&browser, "x").await;
    assert_eq!(ticked(&browser).await, 1);
    key(&browser, "x").await;
    assert_eq!(ticked(&browser).await, 0);
    let at = focus(&browser).await.0;
    key(&browser, "?").await;
    assert_eq!(focus(&browser).await.1, "SUMMARY");
    assert!(text(&browser).await.contains("nhận xử lý"));
    fits(&browser).await;
    types(&browser, Key::Escape).await;
    assert_eq!(focus(&browser).await.0, at, "back where it was");
    key(&browser, "/").await;
    assert_eq!(focus(&browser).await.1, "INPUT#tim");
    // There a letter is a letter.
    let field = browser.active_element().await.unwrap();
    field.send_keys("den duong").await.unwrap();
    types(&browser, Key::Enter).await;
    reads(&browser, "Tìm thấy 1 phản ánh").await;
    assert!(text(&browser).await.contains("Đèn đường ngõ 3"));

    browser.execute(first, Vec::new()).await.unwrap();
    let code = "return document.querySelector('.rows--desk > li .code').firstChild.textContent.trim()";
    let code = browser.execute(code, Vec::new()).await.unwrap();
    key(&browser, "c").await;
    reads(&browser, "Đã làm với 1 phản ánh").await;
    browser.goto(&format!("{portal}{DESK}?hang=cua-toi")).await.unwrap();
    assert!(text(&browser).await.contains(code.as_str().unwrap()), "it is hers: {code}");
    browser.execute(first, Vec::new()).await.unwrap();
    types(&browser, Key::Enter).await;
    until("the case", async || {
        let at = browser.current_url().await.ok()?;
        at.path().contains("/PAKN.").then_some(())
    })
    .await;
    driver.is_clean(&browser).await;
    browser.close().await.unwrap();

    // Without a script: the same by buttons, and no word of keys that do nothing.
    let plain = driver.browser(Kind::Plain).await;
    // By the keyboard: where no script runs the driver was seen to wait for ever for a click.
    keyboard::signs_in(&plain, &portal, "thu", &password).await;
    plain.goto(&format!("{portal}{DESK}?hang=chua-nhan")).await.unwrap();
    let page = text(&plain).await;
    assert!(!page.contains("Phím tắt trong danh sách") && page.contains("Nhận xử lý"), "{page}");
    keyboard::presses(&plain, "Nhận xử lý", Key::Enter).await;
    reads(&plain, "Đã làm với 1 phản ánh").await;
    plain.close().await.unwrap();
    nation.demo.close().await;
}
