//! A commune of one: its official writes, and its chair approves and issues on a telephone, by a passkey and one tap.

use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use super::driver::{Driver, Kind, until};
use super::reader::{fits, says};
use super::staff::{PASSWORD, presses, reads, types_into};
use super::{Nation, is_asked_for};

const COMMUNE: &str = "mucangchai.laocai.localhost";

/// Invites somebody at the commune; the one-time link.
async fn invites(nation: &Nation, login: &str, name: &str, role: &str) -> String {
    let port = nation.port + 2;
    let token = std::fs::read_to_string(nation.folder.path().join("laocai/admin.token")).unwrap();
    let person = json!({ "portal": COMMUNE, "person": { "login": login, "name": name, "roles": [role] } });
    let request =
        nation.http.post(format!("http://127.0.0.1:{port}/api/v1/people")).bearer_auth(token.trim());
    let answer: Value = request.json(&person).send().await.unwrap().json().await.unwrap();
    answer["link"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

async fn chooses(browser: &Client, address: &str) {
    browser.goto(address).await.unwrap();
    types_into(browser, "mat-khau", PASSWORD).await;
    types_into(browser, "mat-khau-lai", PASSWORD).await;
    presses(browser, "Đặt mật khẩu và đăng nhập").await;
    until("the console", async || {
        browser.current_url().await.ok()?.path().starts_with("/ban-lam-viec").then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chair_approves_and_issues_by_one_tap_on_a_telephone() {
    if !is_asked_for() {
        return;
    }
    let nation = Nation::start().await;
    let here = nation.commune();
    let (writes, chairs) = (
        invites(&nation, "cong-chuc", "Giàng A Páo", "editor").await,
        invites(&nation, "chu-tich", "Lý Thị Sua", "leader").await,
    );
    let driver = Driver::start().await;
    let (desk, telephone) = (driver.browser(Kind::Desk).await, driver.browser(Kind::Narrow).await);

    // Once: the chair makes a passkey.
    driver.authenticator(&telephone).await;
    chooses(&telephone, &format!("{here}{chairs}")).await;
    says(&telephone, &format!("{here}/ban-lam-viec/tai-khoan"), "Chưa có khóa nào").await;
    types_into(&telephone, "ten-khoa", "điện thoại").await;
    presses(&telephone, "Tạo khóa truy cập").await;
    reads(&telephone, "Đã tạo khóa truy cập").await;
    telephone.delete_all_cookies().await.unwrap();

    chooses(&desk, &format!("{here}{writes}")).await;
    desk.goto(&format!("{here}/ban-lam-viec/tin/moi")).await.unwrap();
    desk.find(Locator::Css("main button[value='notice']")).await.unwrap().click().await.unwrap();
    reads(&desk, "Bản nháp").await;
    types_into(&desk, "title", "Lịch tiêm vắc-xin cho trâu bò").await;
    types_into(&desk, "text", "Sáng thứ Sáu, tại sân nhà văn hóa.").await;
    presses(&desk, "Trình duyệt").await;
    reads(&desk, "Chờ duyệt").await;
    let draft = desk.current_url().await.unwrap().path().to_owned();

    // The link is opened on the telephone: the passkey's prompt, then one tap.
    telephone.goto(&format!("{here}{draft}")).await.unwrap();
    presses(&telephone, "Đăng nhập bằng khóa truy cập").await;
    reads(&telephone, "Lịch tiêm vắc-xin cho trâu bò").await;
    fits(&telephone).await;
    presses(&telephone, "Duyệt và đăng ngay").await;
    reads(&telephone, "Đã đăng và vào sổ").await;
    fits(&telephone).await;
    let list = says(&desk, &format!("{here}/thong-tin"), "Lịch tiêm vắc-xin cho trâu bò").await;
    assert!(list.contains("Lịch tiêm vắc-xin"), "{list}");
    driver.is_clean(&telephone).await;
    for browser in [desk, telephone] {
        browser.close().await.unwrap();
    }
    nation.demo.close().await;
}
