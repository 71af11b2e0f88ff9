//! What stands beside the newsroom, walked with real content: directories, open data and search for readers; translations, opinions,
//! annexes, mergers, breaches of personal data and the calendar for staff.

use fantoccini::Locator;

use super::Nation;
use super::driver::until;
use super::tour::Tour;

/// The directory, official portals, open data, search.
pub async fn for_readers(tour: &mut Tour<'_>) {
    tour.opens("/co-quan", "agencies/directory.html", "/co-quan").await;
    tour.opens("/co-quan/ra-soat", "agencies/findings.html", "/co-quan/ra-soat").await;
    tour.opens("/co-quan/{*agency}", "agencies/agency.html", "/co-quan/laocai.localhost").await;
    tour.opens("/cong-chinh-thuc", "checks/hosts.html", "/cong-chinh-thuc").await;
    tour.opens("/du-lieu", "open/data.html", "/du-lieu").await;
    tour.opens("/du-lieu/api", "open/api.html", "/du-lieu/api").await;
    for operation in ["records", "issue"] {
        tour.opens("/du-lieu/api/{name}", "open/operation.html", &format!("/du-lieu/api/{operation}")).await;
    }
    // Found, mistyped, and nothing.
    for asked in ["quyet+dinh", "nghi+dnih", "zzqqxx", "", "15/2026/N%C4%90-CP"] {
        tour.opens("/tim-kiem", "search/page.html", &format!("/tim-kiem?q={asked}")).await;
    }
}

/// A Word file for a draft.
fn word_file() -> tempfile::NamedTempFile {
    let document = r#"<w:document><w:body><w:p><w:r><w:t>Trực tại trụ sở</w:t></w:r></w:p>
        <w:p><w:r><w:drawing><wp:docPr descr="Cầu treo"/><a:blip r:embed="p"/></w:drawing></w:r></w:p></w:body></w:document>"#;
    let picture = image::RgbImage::from_pixel(32, 24, image::Rgb([40, 90, 60]));
    let mut png = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
    let leads = br#"<R><Relationship Id="p" Type="x/image" Target="media/cau.png"/></R>"#;
    let bytes = super::archive::archive(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("word/document.xml", document.as_bytes()),
        ("word/_rels/document.xml.rels", leads),
        ("word/media/cau.png", png.get_ref()),
    ]);
    let file = tempfile::Builder::new().suffix(".docx").tempfile().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    file
}

/// Figures that are drawn, a clip that is sent and made, its captions.
async fn a_draft_has_media(tour: &mut Tour<'_>, draft: &str) {
    let figures = format!("{draft}/so-lieu");
    tour.opens("/ban-lam-viec/tin/{id}/so-lieu", "media/figures.html", &figures).await;
    tour.goes(&figures).await;
    tour.types("tieu-de", "Sản lượng lúa").await;
    tour.types("so-lieu", "Tỉnh;Lúa\nAn Giang;2.310,5\nCà Mau;640").await;
    tour.presses("Xem thử").await;
    tour.reads("cao nhất là An Giang").await;
    tour.looks("media/figures.html", "/so-lieu-xem-thu").await;
    let uploads = format!("{draft}/tai-len");
    tour.opens("/ban-lam-viec/tin/{id}/tai-len", "media/uploads.html", &uploads).await;
    let Some(clip) = super::media::clip(1) else {
        panic!("the page of captions needs Debian's ffmpeg");
    };
    tour.goes(draft).await;
    tour.types("tep", clip.path().to_str().unwrap()).await;
    tour.presses("Thêm tệp").await;
    tour.reads("Xong: đã có trong bản nháp").await;
    tour.looks("media/uploads.html", "/tai-len-xong").await;
    let captions = tour.link(&format!("{draft}/phu-de/")).await;
    tour.opens("/ban-lam-viec/tin/{id}/phu-de/{sha256}", "media/captions.html", &captions).await;
    tour.goes(&captions).await;
    tour.presses("Thêm dòng đầu tiên").await;
    tour.reads("Thay đổi dưới đây chưa được lưu").await;
    tour.looks("media/captions.html", "/phu-de-dang-viet").await;
}

/// A draft whose text comes from a Word file, and a link by which somebody outside sees it; signed in as Lan at the Government's.
pub async fn a_draft_is_shown(tour: &mut Tour<'_>, password: &str) {
    tour.signs_in("lan", password).await;
    tour.goes("/ban-lam-viec/tin/moi").await;
    tour.browser.find(Locator::Css("main button[value='notice']")).await.unwrap().click().await.unwrap();
    tour.reads("Bản nháp").await;
    let draft = tour.browser.current_url().await.unwrap().path().to_owned();
    tour.types("title", "Lịch trực").await;
    tour.presses("Lưu").await;
    let word = format!("{draft}/word");
    tour.opens("/ban-lam-viec/tin/{id}/word", "drafts/word.html", &word).await;
    tour.goes(&word).await;
    let file = word_file();
    tour.types("tep", file.path().to_str().unwrap()).await;
    tour.presses("Xem nội dung").await;
    tour.reads("Chưa có gì được lưu").await;
    tour.looks("drafts/word.html", "/ban-nhap-word").await;
    tour.presses("Lấy vào bản nháp").await;
    tour.reads("Đã lấy văn bản từ tệp Word").await;
    tour.looks("drafts/draft.html", "/ban-nhap-co-anh").await;

    a_draft_has_media(tour, &draft).await;

    let links = format!("{draft}/duong-dan");
    tour.opens("/ban-lam-viec/tin/{id}/duong-dan", "drafts/links.html", &links).await;
    tour.goes(&links).await;
    tour.types("ten", "Trần Văn Bình, Sở Tư pháp").await;
    tour.types("viec-gi", "Góp ý").await;
    tour.presses("Tạo đường dẫn").await;
    tour.reads("Đường dẫn chỉ hiện một lần này").await;
    tour.looks("drafts/links.html", "/duong-dan-moi").await;
    let link = tour.browser.find(Locator::Css(".desk__secret code")).await.unwrap().text().await.unwrap();
    let link = link[link.find("/xem-truoc/").unwrap()..].to_owned();
    tour.signs_out().await;
    tour.opens("/xem-truoc/{link}", "drafts/shown.html", &link).await;
    tour.goes(&link).await;
    tour.reads("dành riêng cho Trần Văn Bình").await;
    tour.opens("/xem-truoc/{link}", "drafts/shown.html", "/xem-truoc/khong-co").await;
}

/// A draft in another language, and before another agency; signed in as Lan at the Government's.
pub async fn a_draft_goes_round(tour: &mut Tour<'_>, nation: &Nation, password: &str) {
    tour.signs_in("lan", password).await;
    tour.goes("/ban-lam-viec/tin/moi").await;
    tour.browser.find(Locator::Css("main button[value='notice']")).await.unwrap().click().await.unwrap();
    tour.reads("Bản nháp").await;
    let draft = tour.browser.current_url().await.unwrap().path().to_owned();
    tour.types("title", "Thông báo về giá điện").await;
    tour.types("text", "Áp dụng từ **tháng sau**.").await;
    tour.presses("Lưu").await;
    let translation = format!("{draft}/ban-dich/en");
    tour.opens("/ban-lam-viec/tin/{id}/ban-dich/{lang}", "drafts/translate.html", &translation).await;
    let asks = format!("{draft}/y-kien");
    tour.opens("/ban-lam-viec/tin/{id}/y-kien", "opinions/ask.html", &asks).await;
    tour.goes(&asks).await;
    tour.types("co-quan", "Bộ Tài chính").await;
    tour.types("noi-dung", "Có nên áp dụng lúc này?").await;
    tour.presses("Niêm phong và gửi").await;
    tour.reads("Ý kiến trước khi ban hành").await;
    tour.looks("drafts/draft.html", "/ban-nhap-xin-y-kien").await;
    tour.opens("/ban-lam-viec/y-kien", "opinions/list.html", "/ban-lam-viec/y-kien").await;
    tour.signs_out().await;
    tour.here = nation.ministry();
    tour.signs_in("ha", password).await;
    let asked = until("the question at the ministry", async || {
        tour.goes("/ban-lam-viec/y-kien").await;
        let link = tour.browser.find(Locator::Css("main a[href^='/ban-lam-viec/y-kien/']")).await.ok()?;
        link.attr("href").await.ok()?
    })
    .await;
    tour.opens("/ban-lam-viec/y-kien/{round}", "opinions/one.html", &asked).await;
    tour.signs_out().await;
    tour.here = nation.government();
}

/// What a commune says beside an item; signed in as Lan there.
pub async fn a_commune_adds(tour: &mut Tour<'_>, nation: &Nation, password: &str) {
    tour.here = nation.commune();
    tour.goes("/thong-tin").await;
    let item = tour.link("/muc/").await;
    tour.signs_in("lan", password).await;
    tour.goes("/ban-lam-viec/viet-them").await;
    tour.types("muc", &item).await;
    tour.presses("Viết thêm").await;
    until("the annex", async || {
        tour.browser.current_url().await.ok()?.path().starts_with("/ban-lam-viec/tin/").then_some(())
    })
    .await;
    tour.looks("drafts/draft.html", "/ban-lam-viec-tin-annex").await;
    tour.opens("/ban-lam-viec/viet-them", "drafts/annexes.html", "/ban-lam-viec/viet-them").await;
    tour.signs_out().await;
}

/// A merger of two communes, a breach, and the calendar; signed in as the administrator of the province.
pub async fn an_administrator_decides(tour: &mut Tour<'_>, nation: &Nation, password: &str) {
    tour.here = format!("http://laocai.localhost:{}", nation.port + 2);
    tour.signs_in("quan-tri", password).await;
    let page = "/ban-lam-viec/sap-nhap";
    tour.opens(page, "agencies/mergers.html", page).await;
    tour.goes(page).await;
    for (field, place) in [("ket-thuc", 1), ("ke-thua", 2)] {
        let path = format!("(//main//input[@name='{field}'])[{place}]");
        tour.browser.find(Locator::XPath(&path)).await.unwrap().click().await.unwrap();
    }
    tour.types("can-cu", "Nghị quyết 1656/NQ-UBTVQH15").await;
    tour.presses("Xem kế hoạch").await;
    tour.reads("Chưa có gì được thực hiện").await;
    tour.looks("agencies/plan.html", "/sap-nhap-ke-hoach").await;
    tour.presses("Đề xuất kế hoạch này").await;
    tour.reads("cần người khác").await;
    let one = tour.browser.current_url().await.unwrap().path().to_owned();
    tour.opens("/ban-lam-viec/sap-nhap/{id}", "agencies/merger.html", &one).await;

    let page = "/ban-lam-viec/su-co";
    tour.opens(page, "breaches/list.html", page).await;
    tour.goes(page).await;
    for (field, words) in [
        ("chuyen-gi", "Tệp danh sách gửi nhầm hộp thư."),
        ("cua-ai", "Người nộp hồ sơ tháng 11."),
        ("bao-nhieu", "khoảng 40"),
        ("da-lam", "Đã thu hồi thư."),
    ] {
        tour.types(field, words).await;
    }
    tour.presses("Mở hồ sơ và bắt đầu tính giờ").await;
    until("the record", async || {
        tour.browser.current_url().await.ok()?.path().starts_with("/ban-lam-viec/su-co/").then_some(())
    })
    .await;
    let one = tour.browser.current_url().await.unwrap().path().to_owned();
    tour.opens("/ban-lam-viec/su-co/{id}", "breaches/record.html", &one).await;
    let print = format!("{one}/ban-in");
    tour.opens("/ban-lam-viec/su-co/{id}/ban-in", "breaches/print.html", &print).await;

    let page = "/ban-lam-viec/may-chu";
    tour.opens(page, "desk/node.html", page).await;
    let page = "/ban-lam-viec/lich-nghi";
    tour.opens(page, "calendar/show.html", page).await;
    tour.goes(page).await;
    let table = "date,kind,name,name_en,legal_basis\n2027-04-29,off,Ngày nghỉ,Day off,Quyết định 9/QĐ-TTg\n";
    tour.types("noi-dung", table).await;
    tour.presses("Xem thay đổi").await;
    tour.reads("Chưa có gì được thay đổi").await;
    tour.looks("calendar/plan.html", "/lich-nghi-thay-doi").await;
    tour.signs_out().await;
}

/// An existing site is looked at and joined; signed in as who approves at the province.
pub async fn a_site_is_joined(tour: &mut Tour<'_>, nation: &Nation, password: &str) {
    tour.here = format!("http://laocai.localhost:{}", nation.port + 2);
    tour.signs_in("minh", password).await;
    let page = "/ban-lam-viec/nguon";
    tour.goes(page).await;
    tour.types("dia-chi", &format!("http://127.0.0.1:{}/feed.rss", nation.port + 1)).await;
    tour.browser.find(Locator::Css("main input[value='khac']")).await.unwrap().click().await.unwrap();
    tour.types("ten", "Bộ Tài chính (mẫu)").await;
    tour.presses("Xem thử").await;
    tour.reads("Chưa lưu gì cả").await;
    tour.looks("sources/list.html", "/nguon-xem-thu").await;
    tour.presses("Bắt đầu lấy bài").await;
    tour.reads("Đã nối").await;
    tour.opens(page, "sources/list.html", page).await;
    tour.goes(page).await;
    let one = tour.link("/ban-lam-viec/nguon/").await;
    tour.opens("/ban-lam-viec/nguon/{id}", "sources/one.html", &one).await;
    let page = "/ban-lam-viec/noi-nhan";
    tour.goes(page).await;
    tour.types("dia-chi", "https://cong.example/nhan").await;
    tour.presses("Thêm nơi nhận này").await;
    tour.reads("Đã thêm nơi nhận").await;
    tour.opens(page, "outlets/list.html", page).await;
    let page = "/ban-lam-viec/noi-nhan/dang-ky";
    tour.opens(page, "websub/list.html", page).await;
    let page = "/ban-lam-viec/canh-trang";
    tour.goes(page).await;
    tour.types("dia-chi", &format!("http://127.0.0.1:{}/muc/[ref]", nation.port + 1)).await;
    tour.types("ten", "Cổng cũ").await;
    tour.browser
        .find(Locator::Css("main input[name='tu-dau'][value='dau']"))
        .await
        .unwrap()
        .click()
        .await
        .unwrap();
    tour.presses("Canh nơi này").await;
    tour.reads("Đã thêm").await;
    tour.opens(page, "sightings/list.html", page).await;
    tour.goes(page).await;
    let one = tour.link("/ban-lam-viec/canh-trang/").await;
    until("the first item to be watched", async || {
        tour.goes(&one).await;
        let css = format!("main a[href^='{one}/']");
        tour.browser.find(Locator::Css(&css)).await.ok().map(drop)
    })
    .await;
    tour.opens("/ban-lam-viec/canh-trang/{id}", "sightings/one.html", &one).await;
    tour.goes(&one).await;
    let item = tour.link(&format!("{one}/")).await;
    tour.opens("/ban-lam-viec/canh-trang/{id}/{reference}", "sightings/compare.html", &item).await;
    tour.signs_out().await;
    tour.here = nation.government();
}

/// An account at a service is added, and something is written for it; signed in as who may do both.
pub async fn a_channel_is_added(tour: &mut Tour<'_>) {
    let page = "/ban-lam-viec/kenh";
    let adds = format!("{page}?dich-vu=telegram");
    tour.goes(&adds).await;
    tour.looks("channels/list.html", "/kenh-them").await;
    tour.types("ten", "Kênh tỉnh A").await;
    tour.types("noi-dang", "@tinh_a").await;
    tour.types("ma-truy-cap", "1:mau").await;
    tour.presses("Thêm tài khoản này").await;
    tour.reads("Đã thêm tài khoản").await;
    tour.opens(page, "channels/list.html", page).await;
    tour.goes(page).await;
    let one = tour.link("/ban-lam-viec/kenh/").await;
    tour.opens("/ban-lam-viec/kenh/{id}", "channels/one.html", &one).await;
    tour.opens("/kenh", "channels/registry.html", "/kenh").await;
    tour.goes("/ban-lam-viec/tin/moi").await;
    tour.browser.find(Locator::Css("main button[value='notice']")).await.unwrap().click().await.unwrap();
    tour.reads("Bản nháp").await;
    let draft = tour.browser.current_url().await.unwrap().path().to_owned();
    let forms = format!("{draft}/kenh");
    tour.opens("/ban-lam-viec/tin/{id}/kenh", "channels/forms.html", &forms).await;
}
