//! A day in the newsroom by the keyboard alone: writing, approving, issuing, correcting, acknowledging a task. Nothing is
//! clicked; where the focus stands is always to be seen. On a desk, on the narrowest screen, and there without script too.

use fantoccini::key::Key;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use super::driver::{Driver, Kind, until};
use super::reader::{fits, text, types};
use super::{Nation, is_asked_for};

/// The most steps of the tabulator on one page.
const MOST: usize = 200;

/// Goes by the tabulator to what `fits` describes, a condition of the element `e`; the focus must be to be seen.
pub async fn goes_to(browser: &Client, what: &str, condition: &str) {
    let look = format!(
        "const e = document.activeElement, s = getComputedStyle(e);
         return [!!({condition}), s.outlineStyle !== 'none' || s.boxShadow !== 'none', e.outerHTML.slice(0, 90)]"
    );
    let mut passed = Vec::new();
    for _ in 0..MOST {
        types(browser, Key::Tab).await;
        let at: Value = browser.execute(&look, Vec::new()).await.unwrap();
        if at[0] == true {
            assert_eq!(at[1], true, "the focus on {what} is not to be seen: {}", at[2]);
            return;
        }
        passed.push(at[2].as_str().unwrap_or_default().to_owned());
    }
    panic!("{what} is not reached by the keyboard; passed {passed:#?}");
}

/// Presses a link or button that says `words`.
pub async fn presses(browser: &Client, words: &str, key: Key) {
    let says = format!("e.matches('a, button, summary') && e.textContent.trim() === {}", json!(words));
    goes_to(browser, words, &says).await;
    types(browser, key).await;
}

/// Types into the field of a name in the place of what stands there.
pub async fn fills(browser: &Client, name: &str, words: &str) {
    goes_to(browser, name, &format!("e.name === {}", json!(name))).await;
    let field = browser.active_element().await.unwrap();
    field.send_keys(&format!("{}a{}", Key::Control, Key::Null)).await.unwrap();
    field.send_keys(words).await.unwrap();
}

/// Waits until the page says something; it must then fit the screen.
async fn reads(browser: &Client, words: &str) {
    until(words, async || {
        let said = browser.find(Locator::Css("body")).await.ok()?.text().await.ok()?;
        said.contains(words).then_some(())
    })
    .await;
    fits(browser).await;
}

/// Signs in, by the keyboard alone.
pub async fn signs_in(browser: &Client, portal: &str, login: &str, password: &str) {
    browser.goto(&format!("{portal}/dang-nhap")).await.unwrap();
    fills(browser, "ten", login).await;
    fills(browser, "mat-khau", password).await;
    types(browser, Key::Enter).await;
    reads(browser, "Vai trò của bạn:").await;
}

/// Lan writes, Minh approves and issues, Lan corrects, Minh lets the correction out.
async fn newsroom(lan: &Client, minh: &Client, portal: &str, title: &str) {
    presses(lan, "Soạn tin, văn bản", Key::Enter).await;
    reads(lan, "Thông báo").await;
    presses(lan, "Thông báo", Key::Enter).await;
    reads(lan, "Bản nháp").await;
    fills(lan, "title", title).await;
    fills(lan, "text", "Cắt điện **ngày 27**.").await;
    presses(lan, "Trình duyệt", Key::Enter).await;
    reads(lan, "Chờ duyệt").await;

    lets_out(minh, portal, title).await;
    reads(minh, "Đã đăng").await;
    minh.goto(&format!("{portal}/thong-tin?cua=cong")).await.unwrap();
    assert!(text(minh).await.contains(title), "it is issued");

    lan.goto(&format!("{portal}/ban-lam-viec/da-dang")).await.unwrap();
    presses(lan, title, Key::Enter).await;
    reads(lan, "Gỡ hoặc xóa").await;
    presses(lan, "Đính chính", Key::Space).await;
    reads(lan, "Bản nháp").await;
    fills(lan, "text", "Cắt điện **ngày 28**.").await;
    fills(lan, "change_note", "Sửa ngày cắt điện").await;
    presses(lan, "Trình duyệt", Key::Enter).await;
    reads(lan, "Chờ duyệt").await;
    lets_out(minh, portal, title).await;
    reads(minh, "Đã đăng").await;
    presses(minh, "Trang công khai", Key::Enter).await;
    reads(minh, "Sửa ngày cắt điện").await;
    assert!(text(minh).await.contains("ngày 28"), "the correction stands");
}

/// Opens what waits, approves it and issues it.
async fn lets_out(minh: &Client, portal: &str, title: &str) {
    minh.goto(&format!("{portal}/ban-lam-viec")).await.unwrap();
    presses(minh, title, Key::Enter).await;
    reads(minh, "Chờ duyệt").await;
    presses(minh, "Duyệt", Key::Enter).await;
    reads(minh, "Đã duyệt").await;
    presses(minh, "Đăng ngay", Key::Space).await;
}

/// Acknowledges a task that the Government has just given to the ministry.
async fn acknowledges(browser: &Client, nation: &Nation, password: &str, number: &str) {
    let task = format!("Báo cáo tình hình theo văn bản {number}");
    let item = json!({ "kind": "directive", "title": format!("Về việc báo cáo ({number})"), "form": "Công điện",
        "number": number, "agency": "Thủ tướng Chính phủ", "signer": "Nguyễn Văn A", "text": "Yêu cầu báo cáo.",
        "issued": nhipcau::words::date::day(nhipcau::clock::Clock::system().now()),
        "details": { "addressees": [{ "name": "Bộ Tài chính" }],
            "tasks": [{ "number": "1", "task": task, "agency": "Bộ Tài chính" }] } });
    nation.post("/api/v1/items", json!({ "item": item })).await;
    let portal = nation.ministry();
    signs_in(browser, &portal, "minh", password).await;
    until("the task at the ministry", async || {
        browser.goto(&format!("{portal}/ban-lam-viec/nhiem-vu")).await.ok()?;
        text(browser).await.contains(&task).then_some(())
    })
    .await;
    fits(browser).await;
    let says = format!("e.matches('a') && e.textContent.includes({})", json!(task));
    goes_to(browser, &task, &says).await;
    types(browser, Key::Enter).await;
    reads(browser, "Xác nhận đã nhận").await;
    presses(browser, "Xác nhận đã nhận nhiệm vụ", Key::Enter).await;
    reads(browser, "Đã xác nhận. Cơ quan giao nhiệm vụ nhận được").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newsroom_is_worked_by_the_keyboard_alone() {
    if !is_asked_for() {
        return;
    }
    let nation = Nation::start().await;
    let password = nation.opens_offices().await;
    let driver = Driver::start().await;
    let portal = nation.government();
    for (kind, title, number) in [
        (Kind::Desk, "Lịch cắt điện ở bàn", "101/CĐ-TTg"),
        (Kind::Narrow, "Lịch cắt điện trên điện thoại", "102/CĐ-TTg"),
        (Kind::Plain, "Lịch cắt điện không cần script", "103/CĐ-TTg"),
    ] {
        let (lan, minh) = (driver.browser(kind).await, driver.browser(kind).await);
        signs_in(&lan, &portal, "lan", &password).await;
        signs_in(&minh, &portal, "minh", &password).await;
        newsroom(&lan, &minh, &portal, title).await;
        acknowledges(&lan, &nation, &password, number).await;
        for browser in [lan, minh] {
            driver.is_clean(&browser).await;
            browser.close().await.unwrap();
        }
    }
    nation.demo.close().await;
}
