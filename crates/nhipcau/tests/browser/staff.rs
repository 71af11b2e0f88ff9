//! Somebody who works at an agency: signs in, makes a passkey and signs in by it, proves again who they are, and reads
//! every page of people on a desk and on the narrowest screen.

use fantoccini::{Client, Locator};
use serde_json::json;

use super::driver::{Driver, Kind, until};
use super::reader::{fits, says};
use super::{Nation, is_asked_for};

/// A password that is not guessed.
pub const PASSWORD: &str = "bốn con trâu gặm cỏ non";

pub async fn types_into(browser: &Client, name: &str, words: &str) {
    let field =
        browser.find(Locator::Css(&format!("main [name='{name}']:not([type='hidden'])"))).await.unwrap();
    field.send_keys(words).await.unwrap();
}

pub async fn presses(browser: &Client, words: &str) {
    let path = format!("//main//button[normalize-space()='{words}']");
    browser
        .find(Locator::XPath(&path))
        .await
        .unwrap_or_else(|e| panic!("{words}: {e}"))
        .click()
        .await
        .unwrap();
}

/// Waits until the page says something.
pub async fn reads(browser: &Client, words: &str) {
    // While one page takes the place of another there is nothing to read.
    until(words, async || {
        let said = browser.find(Locator::Css("body")).await.ok()?.text().await.ok()?;
        said.contains(words).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_sign_in_by_passkey_and_read_their_pages_on_any_screen() {
    if !is_asked_for() {
        return;
    }
    let nation = Nation::start().await;
    let here = nation.government();
    let person = json!({ "person": { "login": "lan.thu", "name": "Trần Thị Lan Thư", "roles": ["administrator", "publisher"] } });
    let link = nation.post("/api/v1/people", person).await["link"].as_str().unwrap().to_owned();

    let driver = Driver::start().await;
    let desk = driver.browser(Kind::Desk).await;
    driver.authenticator(&desk).await;
    desk.goto(&format!("{here}{link}")).await.unwrap();
    types_into(&desk, "mat-khau", PASSWORD).await;
    types_into(&desk, "mat-khau-lai", PASSWORD).await;
    presses(&desk, "Đặt mật khẩu và đăng nhập").await;
    reads(&desk, "nên có xác thực hai bước").await;

    says(&desk, &format!("{here}/ban-lam-viec/tai-khoan"), "Chưa có khóa nào").await;
    types_into(&desk, "ten-khoa", "máy ở bàn").await;
    presses(&desk, "Tạo khóa truy cập").await;
    reads(&desk, "Đã tạo khóa truy cập").await;
    desk.find(Locator::XPath("//button[normalize-space()='Đăng xuất']"))
        .await
        .unwrap()
        .click()
        .await
        .unwrap();
    reads(&desk, "Người đọc không cần đăng nhập").await;

    // No name, no password: the passkey knows whose it is.
    presses(&desk, "Đăng nhập bằng khóa truy cập").await;
    until("the console", async || {
        desk.current_url().await.ok()?.path().starts_with("/ban-lam-viec").then_some(())
    })
    .await;
    let mine = says(&desk, &format!("{here}/ban-lam-viec/tai-khoan"), "máy ở bàn").await;
    assert!(mine.contains("dùng lần cuối") && mine.contains("· khóa truy cập ·"), "{mine}");
    assert!(!says(&desk, &format!("{here}/ban-lam-viec"), "Bàn làm việc").await.contains("nên có xác thực"));

    let confirm = format!("{here}/ban-lam-viec/xac-nhan?tiep=%2Fban-lam-viec%2Fnhat-ky");
    says(&desk, &confirm, "Xác nhận đúng là bạn").await;
    presses(&desk, "Xác nhận bằng khóa truy cập").await;
    reads(&desk, "xác nhận lại đúng là mình").await;
    driver.is_clean(&desk).await;

    // Taken away, it opens nothing.
    desk.goto(&format!("{here}/ban-lam-viec/tai-khoan")).await.unwrap();
    let remove = "//form[contains(@action,'khoa-truy-cap/bo')]//button";
    desk.find(Locator::XPath(remove)).await.unwrap().click().await.unwrap();
    reads(&desk, "Đã bỏ khóa truy cập").await;
    desk.find(Locator::XPath("//button[normalize-space()='Đăng xuất']"))
        .await
        .unwrap()
        .click()
        .await
        .unwrap();
    reads(&desk, "Người đọc không cần đăng nhập").await;
    presses(&desk, "Đăng nhập bằng khóa truy cập").await;
    reads(&desk, "Khóa truy cập này không được nhận").await;

    // By password, also on the narrowest screen.
    let narrow = driver.browser(Kind::Narrow).await;
    for browser in [&desk, &narrow] {
        browser.goto(&format!("{here}/dang-nhap")).await.unwrap();
        types_into(browser, "ten", "lan.thu").await;
        types_into(browser, "mat-khau", PASSWORD).await;
        presses(browser, "Đăng nhập").await;
        for (path, words) in [
            ("/ban-lam-viec/tai-khoan", "Nơi đang đăng nhập"),
            ("/ban-lam-viec/can-bo", "Mời một người"),
            ("/ban-lam-viec/can-bo/lan.thu", "Đây là tài khoản của bạn"),
            ("/ban-lam-viec/nhat-ky", "xem nhật ký"),
            ("/ban-lam-viec/xac-nhan", "Mật khẩu"),
        ] {
            says(browser, &format!("{here}{path}"), words).await;
            shot(browser, path).await;
        }
        browser.goto(&format!("{here}/ban-lam-viec/can-bo")).await.unwrap();
        presses(browser, "Mời").await;
        reads(browser, "Hãy ghi họ tên").await;
        fits(browser).await;
        shot(browser, "/ban-lam-viec/can-bo-loi").await;
        browser.goto(&format!("{here}/ban-lam-viec/tai-khoan")).await.unwrap();
        presses(browser, "Thiết lập").await;
        reads(browser, "Bật xác thực hai bước").await;
        fits(browser).await;
        shot(browser, "/hai-buoc").await;
    }
    for browser in [desk, narrow] {
        browser.close().await.unwrap();
    }
}

/// Keeps a picture of the page for people to look at, where `NHIPCAU_SHOTS` names a folder.
async fn shot(browser: &Client, path: &str) {
    let Some(folder) = std::env::var_os("NHIPCAU_SHOTS") else { return };
    let width = browser.find(Locator::Css("html")).await.unwrap().rectangle().await.unwrap().2;
    let name = format!("{}-{width}.png", path.trim_start_matches('/').replace('/', "_"));
    std::fs::write(std::path::Path::new(&folder).join(name), browser.screenshot().await.unwrap()).unwrap();
}
