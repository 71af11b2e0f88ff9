//! Media of a draft in a real browser: a clip that is sent in parts while the line is cut in the middle, and its captions written by the keyboard
//! alone, with script and without.

use std::process::Command;

use fantoccini::key::Key;
use fantoccini::{Client, Locator};
use serde_json::json;

use super::driver::{Driver, Kind};
use super::keyboard::{self, fills, goes_to, presses as keys};
use super::staff::{presses, reads, types_into};
use super::{Nation, is_asked_for};

/// Some seconds of a moving picture with a tone; about so many that it comes in several parts. `None` without ffmpeg.
pub fn clip(seconds: u32) -> Option<tempfile::NamedTempFile> {
    let file = tempfile::Builder::new().suffix(".mp4").tempfile().unwrap();
    let picture = format!("testsrc2=size=1280x720:rate=30:duration={seconds}");
    let tone = format!("sine=frequency=440:duration={seconds}");
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-f", "lavfi", "-i", &picture, "-f", "lavfi", "-i", &tone, "-shortest"])
        .args(["-c:v", "libx264", "-preset", "ultrafast", "-qp", "4", "-c:a", "aac"])
        .arg(file.path())
        .status();
    made.is_ok_and(|status| status.success()).then_some(file)
}

async fn signs_in(browser: &Client, here: &str, password: &str) {
    browser.goto(&format!("{here}/dang-nhap")).await.unwrap();
    types_into(browser, "ten", "lan").await;
    types_into(browser, "mat-khau", password).await;
    presses(browser, "Đăng nhập").await;
    reads(browser, "Vai trò của bạn:").await;
}

/// Opens captions, writes two rows, parts one and saves; nothing is clicked.
async fn writes_captions(browser: &Client, page: &str) {
    browser.goto(page).await.unwrap();
    keys(browser, "Thêm dòng đầu tiên", Key::Enter).await;
    reads(browser, "Thay đổi dưới đây chưa được lưu").await;
    goes_to(browser, "the words", "e.id === 'loi-1'").await;
    browser.active_element().await.unwrap().send_keys("Kính thưa bà con").await.unwrap();
    keys(browser, "Thêm dòng dưới Dòng 1", Key::Enter).await;
    reads(browser, "Dòng 2").await;
    // The page has jumped to the new row: the end of the first one is reached over all that follows.
    goes_to(browser, "the end of the first row", "e.id === 'den-1'").await;
    let field = browser.active_element().await.unwrap();
    field.send_keys(&format!("{}a{}0:01.5", Key::Control, Key::Null)).await.unwrap();
    goes_to(browser, "the second row", "e.id === 'tu-2'").await;
    let field = browser.active_element().await.unwrap();
    field.send_keys(&format!("{}a{}0:01", Key::Control, Key::Null)).await.unwrap();
    goes_to(browser, "its words", "e.id === 'loi-2'").await;
    browser.active_element().await.unwrap().send_keys("Nước đang lên").await.unwrap();
    keys(browser, "Lưu phụ đề", Key::Enter).await;
    // The second begins before the first ends: named at its row, and nothing is lost.
    reads(browser, "Chồng lên dòng trên").await;
    goes_to(browser, "the second row", "e.id === 'tu-2'").await;
    let field = browser.active_element().await.unwrap();
    field.send_keys(&format!("{}a{}0:01.5", Key::Control, Key::Null)).await.unwrap();
    goes_to(browser, "its end", "e.id === 'den-2'").await;
    let field = browser.active_element().await.unwrap();
    field.send_keys(&format!("{}a{}0:04.5", Key::Control, Key::Null)).await.unwrap();
    keys(browser, "Lưu phụ đề", Key::Enter).await;
    reads(browser, "Đã lưu phụ đề.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clip_is_sent_through_a_cut_line_and_given_captions_by_the_keyboard() {
    if !is_asked_for() {
        return;
    }
    let Some(file) = clip(6) else {
        println!("skipped: a clip needs Debian's ffmpeg");
        return;
    };
    let size = file.as_file().metadata().unwrap().len();
    assert!(size > 7 << 20, "it must come in several parts: {size} bytes");
    let nation = Nation::start().await;
    let password = nation.opens_offices().await;
    let (driver, here) = (Driver::start().await, nation.government());
    let lan = driver.browser(Kind::Desk).await;
    signs_in(&lan, &here, &password).await;
    lan.goto(&format!("{here}/ban-lam-viec/tin/moi")).await.unwrap();
    lan.find(Locator::Css("main button[value='news']")).await.unwrap().click().await.unwrap();
    reads(&lan, "Bản nháp").await;
    let draft = lan.current_url().await.unwrap().path().to_owned();

    // The line is slow, and cut in the middle of the file.
    driver.line(&lan, Some(1_500_000)).await;
    types_into(&lan, "tep", file.path().to_str().unwrap()).await;
    presses(&lan, "Thêm tệp").await;
    let half = format!("Đã gửi {} %", (2 << 20) * 100 / size);
    reads(&lan, &half).await;
    driver.line(&lan, Some(0)).await;
    reads(&lan, "Mất kết nối").await;
    driver.line(&lan, None).await;
    reads(&lan, "Xong: đã có trong bản nháp").await;
    assert_eq!(lan.current_url().await.unwrap().path(), format!("{draft}/tai-len"));

    let captions = lan
        .find(Locator::Css("main a[href*='/phu-de/']"))
        .await
        .unwrap()
        .attr("href")
        .await
        .unwrap()
        .unwrap();
    let captions = format!("{here}{captions}");
    writes_captions(&lan, &captions).await;
    let made = lan
        .execute_async(
            "const done = arguments[0]; fetch(location.pathname + '/tep').then((r) => r.text()).then(done)",
            Vec::new(),
        )
        .await
        .unwrap();
    assert_eq!(
        made,
        json!(
            "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nKính thưa bà con\n\n00:00:01.500 --> 00:00:04.500\nNước đang lên\n"
        )
    );
    lan.close().await.unwrap();

    // The same without script and on the narrowest screen; the rows that stand are moved and one is removed.
    let plain = driver.browser(Kind::Plain).await;
    // By the keyboard: where no script runs the driver was seen to wait for ever for a click.
    keyboard::signs_in(&plain, &here, "lan", &password).await;
    plain.goto(&captions).await.unwrap();
    fills(&plain, "giay", "0,5").await;
    keys(&plain, "Dời", Key::Enter).await;
    reads(&plain, "Thay đổi dưới đây chưa được lưu").await;
    keys(&plain, "Xóa Dòng 1", Key::Enter).await;
    reads(&plain, "Thay đổi dưới đây chưa được lưu").await;
    keys(&plain, "Lưu phụ đề", Key::Enter).await;
    reads(&plain, "Đã lưu phụ đề.").await;
    let from = plain.find(Locator::Css("#tu-1")).await.unwrap().attr("value").await.unwrap();
    assert_eq!(from.as_deref(), Some("0:02"));
    plain.close().await.unwrap();
    nation.demo.close().await;
}
