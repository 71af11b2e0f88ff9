//! What a browser holds of a draft that it could not send: offered again, until it is taken or let go of, and gone with whoever
//! signs out.

use fantoccini::{Client, Locator};
use serde_json::Value;

use super::driver::{Driver, Kind};
use super::staff::{presses, reads, types_into};
use super::{Nation, is_asked_for};

/// What stands in the field of the text.
async fn written(browser: &Client) -> String {
    let field = browser.find(Locator::Css("textarea[name='text']")).await.unwrap();
    field.prop("value").await.unwrap().unwrap_or_default()
}

async fn runs(browser: &Client, script: &str) -> Value {
    browser.execute(script, Vec::new()).await.unwrap()
}

/// How many copies of earlier visits the page offers.
async fn offered(browser: &Client) -> usize {
    browser.find_all(Locator::Css("[data-held]")).await.unwrap().len()
}

/// From now on nothing that this page sends arrives.
async fn cuts(browser: &Client) {
    runs(browser, "self.fetch = () => Promise.reject(new Error('cut'))").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_never_arrived_wait_in_the_browser_until_they_are_taken() {
    if !is_asked_for() {
        return;
    }
    let nation = Nation::start().await;
    let password = nation.opens_offices().await;
    let (driver, here) = (Driver::start().await, nation.government());
    let lan = driver.browser(Kind::Desk).await;
    lan.goto(&format!("{here}/dang-nhap")).await.unwrap();
    types_into(&lan, "ten", "lan").await;
    types_into(&lan, "mat-khau", &password).await;
    presses(&lan, "Đăng nhập").await;
    reads(&lan, "Vai trò của bạn:").await;
    lan.goto(&format!("{here}/ban-lam-viec/tin/moi")).await.unwrap();
    presses(&lan, "Thông báo").await;
    reads(&lan, "Bản nháp").await;
    let draft = lan.current_url().await.unwrap().to_string();

    // The line is cut, she writes, and the browser dies.
    cuts(&lan).await;
    types_into(&lan, "text", "Chữ viết khi mất mạng").await;
    reads(&lan, "Mất kết nối").await;
    lan.goto(&format!("{here}/ban-lam-viec")).await.unwrap();

    // She comes back, types a word before she sees the offer, and the page saves by itself: the offer stays.
    lan.goto(&draft).await.unwrap();
    reads(&lan, "Trình duyệt này còn giữ").await;
    types_into(&lan, "text", "Từ").await;
    reads(&lan, "Tự lưu lúc").await;
    assert_eq!(offered(&lan).await, 1);
    lan.goto(&draft).await.unwrap();
    reads(&lan, "Trình duyệt này còn giữ").await;
    assert_eq!(written(&lan).await, "Từ");
    presses(&lan, "Lấy lại").await;
    assert_eq!((written(&lan).await.as_str(), offered(&lan).await), ("Chữ viết khi mất mạng", 0));
    // Both changed the one field since, so a person decides: Save shows both, and nothing is lost.
    reads(&lan, "Chưa tự lưu được").await;
    presses(&lan, "Lưu").await;
    reads(&lan, "Người khác vừa sửa cùng chỗ").await;
    assert_eq!(written(&lan).await, "Chữ viết khi mất mạng");
    presses(&lan, "Lưu").await;
    reads(&lan, "Đã lưu.").await;
    lan.goto(&draft).await.unwrap();
    assert_eq!((written(&lan).await.as_str(), offered(&lan).await), ("Chữ viết khi mất mạng", 0));

    // Steady typing is saved at the latest ten seconds after the first key, however short the pauses are.
    let waits = runs(
        &lan,
        "const [waits, real, now] = [[], self.setTimeout, Date.now()]; let at = now;
         self.setTimeout = (f, wait) => (waits.push(wait), real(f, 1e9)); Date.now = () => at;
         for (let i = 0; i < 8; i++) { document.querySelector('[name=text]').dispatchEvent(new Event('input', { bubbles: true })); at += 1500; }
         return waits",
    )
    .await;
    assert_eq!(waits, serde_json::json!([2000, 2000, 2000, 2000, 2000, 2000, 1000, 0]));

    // A file that the server would refuse is told of before it is sent.
    let told = runs(
        &lan,
        "const input = document.querySelector('input[type=file]'), files = new DataTransfer();
         files.items.add(new File([new Uint8Array(65 << 20)], 'to.pdf')); input.files = files.files;
         input.dispatchEvent(new Event('change')); return input.validationMessage",
    )
    .await;
    assert!(told.as_str().unwrap().contains("64 MB"), "{told}");

    // Signing out tells of what was never sent, and leaves nothing of it in the browser.
    lan.goto(&draft).await.unwrap();
    cuts(&lan).await;
    types_into(&lan, "text", " nữa").await;
    let out = Locator::XPath("//button[normalize-space()='Đăng xuất']");
    lan.find(out).await.unwrap().click().await.unwrap();
    reads(&lan, "chữ chưa gửi của 1 bản nháp").await;
    lan.find(out).await.unwrap().click().await.unwrap();
    reads(&lan, "Người đọc không cần đăng nhập").await;
    let left = runs(&lan, "return Object.keys(localStorage).filter((key) => /draft|held/.test(key))").await;
    assert_eq!(left, serde_json::json!([]));
    lan.close().await.unwrap();
    nation.demo.close().await;
}
