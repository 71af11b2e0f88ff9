//! A petition as its sender and a clerk of a commune see it, walked with the two of the demonstration and one that is sent.

use fantoccini::Locator;

use super::Nation;
use super::driver::until;
use super::reader::text;
use super::tour::Tour;

/// What readers see, a petition that is sent and followed, and the console; as Thu, who receives petitions.
pub async fn asked_and_answered(tour: &mut Tour<'_>, nation: &Nation, password: &str) {
    let government = std::mem::replace(&mut tour.here, nation.commune());
    tour.opens("/phan-anh", "petitions/list.html", "/phan-anh").await;
    tour.goes("/phan-anh").await;
    let case = tour.link("/phan-anh/ho-so/").await;
    tour.opens("/phan-anh/ho-so/{code}", "petitions/public.html", &case).await;
    tour.opens("/phan-anh/thong-ke", "petitions/figures.html", "/phan-anh/thong-ke").await;
    tour.opens("/phan-anh/tra-cuu", "petitions/follow.html", "/phan-anh/tra-cuu").await;
    tour.opens("/phan-anh/gui", "petitions/ask.html", "/phan-anh/gui").await;

    let over = "/phan-anh/xac-nhan/khong-con";
    tour.opens("/phan-anh/xac-nhan/{token}", "petitions/verify.html", over).await;

    // Refused with what is wrong, then registered, then followed.
    tour.goes("/phan-anh/gui").await;
    tour.types("chuyen-gi", "Ổ gà").await;
    tour.types("noi", "quận Ba Đình, Hà Nội").await;
    tour.presses("Gửi").await;
    tour.reads("Hãy viết rõ hơn").await;
    tour.looks("petitions/ask.html", "/phan-anh-gui-thieu").await;
    tour.types("chuyen-gi", " lớn trước cổng trường, xe máy ngã nhiều lần.").await;
    tour.browser.find(Locator::Css("main [name='noi']")).await.unwrap().clear().await.unwrap();
    tour.presses("Gửi").await;
    tour.reads("Mã tra cứu chỉ hiện một lần này").await;
    tour.looks("petitions/receipt.html", "/phan-anh-da-tiep-nhan").await;
    tour.presses("Theo dõi ngay").await;
    tour.reads("Quá trình xử lý").await;
    tour.looks("petitions/case.html", "/phan-anh-cua-toi").await;

    tour.signs_in("thu", password).await;
    tour.opens("/ban-lam-viec/phan-anh", "petitions/queue.html", "/ban-lam-viec/phan-anh").await;
    tour.goes("/ban-lam-viec/phan-anh").await;
    let open = tour.link("/ban-lam-viec/phan-anh/PAKN").await;
    tour.opens("/ban-lam-viec/phan-anh/{code}", "petitions/desk.html", &open).await;
    tour.goes(&open).await;
    tour.presses("Nhận xử lý").await;
    tour.reads("Trình duyệt").await;
    tour.looks("petitions/desk.html", "/phan-anh-dang-xu-ly").await;
    together(tour, nation, &open, password).await;
    tour.signs_out().await;

    // The weekly brief: looked at, approved by whoever may, read by everybody.
    const BRIEF: &str = "/ban-lam-viec/phan-anh/bao-cao";
    tour.signs_in("minh", password).await;
    tour.opens(BRIEF, "petitions/brief_desk.html", BRIEF).await;
    tour.goes(BRIEF).await;
    tour.presses("Duyệt và công khai báo cáo này").await;
    tour.reads("báo cáo đã công khai").await;

    // The day's bulletin for the loudspeakers, with its sound, or why there is none.
    const BULLETIN: &str = "/ban-lam-viec/truyen-thanh";
    tour.opens(BULLETIN, "bulletins/desk.html", BULLETIN).await;
    tour.goes(BULLETIN).await;
    tour.presses("Tạo âm thanh").await;
    until("the sound, or why there is none", async || {
        let said = text(&tour.browser).await;
        if said.contains("Bước ") || said.contains("Đang chờ") {
            tour.browser.refresh().await.ok()?;
        }
        (said.contains("Đã có âm thanh") || said.contains("apt install")).then_some(())
    })
    .await;
    tour.looks("bulletins/desk.html", "/ban-lam-viec-truyen-thanh-am-thanh").await;
    tour.signs_out().await;
    tour.opens("/phan-anh/bao-cao", "petitions/briefs.html", "/phan-anh/bao-cao").await;
    tour.goes("/phan-anh/bao-cao").await;
    let week = tour.link("/phan-anh/bao-cao/").await;
    tour.opens("/phan-anh/bao-cao/{week}", "petitions/brief.html", &week).await;
    tour.here = government;
}

/// What is done with several cases, with others, and with texts of the house; at a case that Thu has taken on.
async fn together(tour: &mut Tour<'_>, nation: &Nation, open: &str, password: &str) {
    const TEMPLATES: &str = "/ban-lam-viec/phan-anh/mau";
    tour.goes(TEMPLATES).await;
    tour.types("ten", "Đã xong").await;
    tour.types("loi", "Phản ánh {ma} đã được giải quyết.").await;
    tour.presses("Lưu").await;
    tour.reads("Đã ghi nhận").await;
    tour.opens(TEMPLATES, "petitions/templates.html", TEMPLATES).await;
    tour.opens("/ban-lam-viec/phan-anh/khan", "petitions/urgent.html", "/ban-lam-viec/phan-anh/khan").await;

    const RECOMMEND: &str = "/ban-lam-viec/phan-anh/kien-nghi";
    tour.opens(RECOMMEND, "petitions/recommend.html", RECOMMEND).await;

    // Several at once, by keyboard: ticked with the space bar, looked at before anything is done.
    tour.goes("/ban-lam-viec/phan-anh").await;
    let tick = tour.browser.find(Locator::Css("main [name='chon']")).await.unwrap();
    tick.send_keys(" ").await.unwrap();
    tour.presses("Xem trước").await;
    tour.reads("Về hàng đợi").await;
    tour.looks("petitions/bulk.html", "/phan-anh-nhieu").await;

    tour.opens("/ban-lam-viec/phan-anh/{code}/tach", "petitions/split.html", &format!("{open}/tach")).await;
    // The province is asked for its part.
    tour.goes(&format!("{open}#phoi-hop")).await;
    let opens = "document.querySelector('details#phoi-hop').open = true;
        document.querySelector('#phoi-hop [name=han]').value = arguments[0];";
    let today = nhipcau::words::date::day(nhipcau::clock::Clock::system().now());
    let due = today.saturating_add(jiff::Span::new().days(3)).to_string();
    tour.browser.execute(opens, vec![due.into()]).await.unwrap();
    let to = tour.browser.find(Locator::Css("#phoi-hop [name='toi']")).await.unwrap();
    to.send_keys("laocai.localhost").await.unwrap();
    let words = tour.browser.find(Locator::Css("#phoi-hop [name='loi']")).await.unwrap();
    words.send_keys("Đoạn đường này tỉnh hay xã quản lý?").await.unwrap();
    tour.presses("Đề nghị phối hợp").await;
    tour.reads("Đã đề nghị phối hợp").await;
    tour.looks("petitions/desk.html", "/phan-anh-dang-phoi-hop").await;
    tour.signs_out().await;
    let commune = std::mem::replace(&mut tour.here, format!("http://laocai.localhost:{}", nation.port + 2));
    tour.signs_in("thu", password).await;
    const HELPS: &str = "/ban-lam-viec/phan-anh/phoi-hop";
    tour.opens(HELPS, "petitions/helps.html", HELPS).await;
    tour.goes(HELPS).await;
    let one = tour.link(&format!("{HELPS}/")).await;
    tour.opens("/ban-lam-viec/phan-anh/phoi-hop/{id}", "petitions/help.html", &one).await;
    tour.here = commune;
}

/// Everything is passed on to another system, then nothing any more; as an administrator.
pub async fn all_are_passed_on(tour: &mut Tour<'_>) {
    const PAGE: &str = "/ban-lam-viec/chuyen-tiep";
    tour.opens(PAGE, "petitions/forward.html", PAGE).await;
    tour.goes(PAGE).await;
    tour.types("he-thong", "dvcqg").await;
    tour.types("ten-goi", "Cổng Dịch vụ công quốc gia").await;
    tour.presses("Chuyển tiếp từ bây giờ").await;
    tour.reads("đang chuyển mọi phản ánh").await;
    tour.looks("petitions/forward.html", "/ban-lam-viec/chuyen-tiep-di").await;
    tour.presses("Dừng chuyển tiếp").await;
    tour.reads("đang tự trả lời phản ánh").await;
}

/// The authority table; as an administrator of the node's own portal.
pub async fn who_must_answer(tour: &mut Tour<'_>) {
    const PAGE: &str = "/ban-lam-viec/tham-quyen";
    tour.opens(PAGE, "petitions/authority.html", PAGE).await;
    tour.goes(PAGE).await;
    let opens = "document.querySelector('details#them').open = true;
        document.querySelector('#them [name=cap]').value = 'province';
        document.querySelector('#them [name=tu]').value = '2026-01-01';";
    tour.browser.execute(opens, Vec::new()).await.unwrap();
    for (name, words) in [
        ("co-quan", "Sở Xây dựng"),
        ("dieu-kien", "đường do tỉnh giao"),
        ("can-cu", "Quyết định 12/2026/QĐ-UBND"),
        ("ly-do", "Tỉnh giao lại tuyến đường."),
    ] {
        let css = format!("#them [name='{name}']");
        tour.browser.find(Locator::Css(&css)).await.unwrap().send_keys(words).await.unwrap();
    }
    let button = tour.browser.find(Locator::Css("#them button")).await.unwrap();
    button.click().await.unwrap();
    tour.reads("Chưa có gì thay đổi").await;
    tour.looks("petitions/authority_plan.html", "/tham-quyen-xem-truoc").await;
}
