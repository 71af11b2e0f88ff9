//! Every page, for readers and for staff, in both languages, at 1280 and at 320 px: axe-core finds nothing wrong with it, and
//! it does not scroll sideways. A route or template that is not in the tour fails the test. Where `NHIPCAU_SHOTS` names a
//! folder, a picture of each at 320, 768 and 1280 px is kept there, so that people look at them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use fantoccini::Locator;
use nhipcau::web::routes::{self, Role};
use serde_json::{Value, json};

use super::beside;
use super::driver::{Driver, Kind, until};
use super::petitions;
use super::reader::text;
use super::tour::Tour;
use super::{Nation, is_asked_for};

const PASSWORD: &str = "bốn con trâu gặm cỏ non";

/// An annex stands beside an item and on no page of its own.
const ANNEX: &str = "annex";

/// The rules, fetched by npm into a folder of their own; `None` where they cannot be.
pub fn rules(folder: &Path) -> Option<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/axe");
    for name in ["package.json", "package-lock.json"] {
        std::fs::copy(source.join(name), folder.join(name)).unwrap();
    }
    let fetched = Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let fetched = fetched.is_ok_and(|status| status.success());
    fetched.then(|| std::fs::read_to_string(folder.join("node_modules/axe-core/axe.min.js")).unwrap())
}

/// True for a route that answers with a page for people.
fn is_page(path: &str) -> bool {
    const MACHINES: [&str; 46] = [
        "/sw.js",
        "/ban-luu.json",
        "/muc/{reference}/ban-luu.html",
        "/opensearch.xml",
        "/feed.",
        "/sitemap",
        "/robots",
        "/nhung/tin.html",
        "/qr/",
        "/proof/",
        "/log/",
        "/mirror/",
        "/content/",
        "/receipts",
        "/.well-known/",
        "/assets/",
        "/theme/",
        "/mark/",
        "/healthz",
        "/api/",
        "/mang/bang-chung/",
        "/muc/{reference}/akn.xml",
        "/muc/{reference}/van-ban.edxml",
        "/muc/{reference}/van-ban.json",
        "/muc/{reference}/dc.xml",
        "/muc/{reference}/cpsv.ttl",
        "/oai",
        "/oembed",
        "/du-lieu/dcat.",
        "/du-lieu/{name}",
        "/ban-lam-viec/su-co/{id}/du-lieu.json",
        "/ban-lam-viec/y-kien/{round}/tep/",
        "/ban-lam-viec/nhiem-vu/{reference}/tai-lieu",
        "/open311/",
        "/phan-anh/thong-ke.csv",
        "/phan-anh/bao-cao/{week}/tep",
        "/ban-lam-viec/phan-anh/bao-cao/tep",
        "/ban-lam-viec/phan-anh/{code}/tep/",
        "/ban-lam-viec/phan-anh/khan/tep",
        "/ban-lam-viec/tham-quyen/lua-chon.csv",
        "/ban-lam-viec/truyen-thanh/tep",
        "/kenh/tep/",
        "/nguon/{id}/hub/",
        "/ban-lam-viec/tin/{id}/tep/{sha256}",
        "/ban-lam-viec/tin/{id}/tai-len/{upload}",
        "/ban-lam-viec/tin/{id}/phu-de/{sha256}/tep",
    ];
    // These lead elsewhere.
    let leads = path.starts_with("/dang-nhap/nha-cung-cap") || path.starts_with("/n/");
    !leads && !MACHINES.iter().any(|begin| path.starts_with(begin))
}

/// The templates that are whole pages; what they are drawn in and from is seen with them.
fn templates() -> BTreeSet<String> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, found) } else { found.push(path) }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut found = Vec::new();
    walk(&root, &mut found);
    let frames = ["desk/frame.html", "people/door.html", "web/shell.html"];
    let name = |path: &PathBuf| path.strip_prefix(&root).unwrap().display().to_string();
    found
        .iter()
        .filter(|path| std::fs::read_to_string(path).unwrap().contains("{% extends"))
        .map(name)
        .filter(|name| !frames.contains(&name.as_str()))
        // Pages of a copy stand at no address; `copy` opens them from the disk, under the same rules.
        .filter(|name| !name.starts_with("offline/"))
        .collect()
}

/// Two editions of an item, and a decree beside the one that amends it.
async fn two_texts(tour: &mut Tour<'_>, nation: &Nation) {
    let notice = |text: &str| json!({ "kind": "notice", "title": "Lịch cắt nước", "text": text, "change_note": "Sửa ngày" });
    let done = nation.post("/api/v1/items", json!({ "item": notice("Cắt nước thứ Hai.") })).await;
    let reference = done["reference"].as_str().unwrap();
    let next = json!({ "change": "correct", "item": notice("Cắt nước thứ Ba.") });
    nation.post(&format!("/api/v1/items/{reference}/editions"), next).await;
    tour.opens("/muc/{reference}/so-sanh", "items/compare.html", &format!("/muc/{reference}/so-sanh")).await;
    let decree = |number: &str, text: &str, issued: &str| {
        json!({ "kind": "document", "title": format!("Quy định {number}"), "form": "Nghị định", "agency": "Chính phủ",
            "number": number, "signer": "Nguyễn Văn A", "issued": issued, "effective": issued, "text": text })
    };
    let text = "### Điều 5. Lệ phí\n\n1. Năm đồng.\n\n### Điều 6. Hiệu lực\n\nTừ ngày ký.";
    let of =
        nation.post("/api/v1/items", json!({ "item": decree("942/2022/NĐ-CP", text, "2022-06-24") })).await;
    let text = "### Điều 1. Sửa đổi\n\nSửa đổi khoản 1 Điều 5 như sau: “1. Bảy đồng.”.";
    let mut amending = decree("988/2024/NĐ-CP", text, "2024-05-01");
    amending["relations"] = json!([{ "kind": "amends", "number": "942/2022/NĐ-CP" }]);
    let by = nation.post("/api/v1/items", json!({ "item": amending })).await;
    let name = |done: &Value| done["reference"].as_str().unwrap().to_owned();
    let path = format!("/muc/{}/so-sanh?voi={}", name(&of), name(&by));
    tour.opens("/muc/{reference}/so-sanh", "items/amended.html", &path).await;
}

/// Somebody follows one thing and was mailed the link for another: that link, and what the links of later mails open.
async fn follows(nation: &Nation) -> (String, String, String) {
    use nhipcau::subscriptions::door::{self, Opens};
    use nhipcau::subscriptions::{Often, Rhythm, Topic, store};
    let (_, app, _) = &nation.demo.nodes[0];
    let domain = app.portals.load().main().unwrap().domain.to_string();
    let address = "an@vidu.vn".parse().unwrap();
    let request = |topic| store::Request {
        id: door::new_id(app).unwrap(),
        portal: domain.clone(),
        mark: door::mark(app, &address),
        address: door::seal(app, &domain, &address).unwrap(),
        network: door::network(app, None),
        lang: nhipcau::words::Lang::Vi,
        topic,
        rhythm: Rhythm { often: Often::Daily, hour: 7 },
        via: store::Via::Mail,
    };
    let (first, second) = (request(Topic::All), request(Topic::Search("khai sinh".into())));
    let link = format!("/theo-doi/xac-nhan/{}", door::token(app, Opens::Request, &second.id));
    let (subscriber, mails) = (door::new_id(app).unwrap(), [0, 1].map(|_| door::new_id(app).unwrap()));
    let word = door::token(app, Opens::Mine, &subscriber);
    app.db
        .write(
            "tour.follows",
            async move |tx: &mut nhipcau::db::Tx| -> Result<(), nhipcau::problem::Problem> {
                let [one, other] = mails;
                store::ask(tx, &first, one).await?;
                store::confirm(tx, &first.id, subscriber).await?;
                store::ask(tx, &second, other).await?;
                Ok(())
            },
        )
        .await
        .unwrap();
    (link, format!("/theo-doi/cua-toi/{word}"), format!("/theo-doi/thoi/{word}"))
}

/// What a reader opens.
async fn for_readers(tour: &mut Tour<'_>, nation: &Nation) {
    tour.opens("/", "items/home.html", "/").await;
    tour.opens("/thong-tin", "items/list.html", "/thong-tin").await;
    tour.goes("/thong-tin").await;
    let item = tour.link("/muc/").await;
    tour.opens("/muc/{reference}", "items/item.html", &item).await;
    tour.opens("/muc/{reference}/doc", "bulletins/item.html", &format!("{item}/doc")).await;
    tour.opens("/truyen-thanh", "bulletins/day.html", "/truyen-thanh").await;
    tour.opens("/muc/{reference}/lich-su", "items/history.html", &format!("{item}/lich-su")).await;
    let where_it_stands = format!("{item}/noi-hien-thi");
    tour.opens("/muc/{reference}/noi-hien-thi", "logs/coverage.html", &where_it_stands).await;
    tour.opens("/mang", "logs/network.html", "/mang").await;
    tour.opens("/kiem-tra", "checks/check.html", "/kiem-tra").await;
    tour.opens("/nguon-tin", "items/feeds.html", "/nguon-tin").await;
    tour.opens("/theo-doi", "subscriptions/ask.html", "/theo-doi").await;
    let (link, mine, ends) = follows(nation).await;
    tour.opens("/theo-doi/xac-nhan/{token}", "subscriptions/confirm.html", &link).await;
    tour.opens("/theo-doi/cua-toi/{token}", "subscriptions/mine.html", &mine).await;
    tour.opens("/theo-doi/thoi/{token}", "subscriptions/mine.html", &ends).await;
    tour.opens("/vb/{*path}", "web/error.html", "/vb/khong-co-van-ban").await;
    tour.opens("/dich-vu", "procedures/home.html", "/dich-vu").await;
    tour.opens("/dich-vu", "procedures/list.html", "/dich-vu?cap=cap-xa").await;
    tour.opens("/dich-vu/noi-o", "procedures/place.html", "/dich-vu/noi-o?ten=hoa+an").await;
    let deadline = "/dich-vu/thoi-han?tu=2026-11-26&so=5";
    tour.opens("/dich-vu/thoi-han", "procedures/deadline.html", deadline).await;
    tour.opens("/dich-vu/{code}", "web/error.html", "/dich-vu/9.999999").await;

    // Two agencies gave the same number.
    let today = nhipcau::words::date::day(nhipcau::clock::Clock::system().now());
    for agency in ["Ủy ban nhân dân tỉnh Lào Cai", "Ủy ban nhân dân tỉnh Phú Thọ"] {
        let document = json!({ "kind": "document", "title": "Quy chế làm việc", "form": "Quyết định", "agency": agency,
            "number": "915/2026/QĐ-UBND", "signer": "Nguyễn Văn A", "issued": today, "effective": today, "text": "Điều 1." });
        nation.post("/api/v1/items", json!({ "item": document })).await;
    }
    tour.opens("/vb/{*path}", "documents/several.html", "/vb/915/2026/QĐ-UBND").await;

    two_texts(tour, nation).await;

    // Every kind of item has its page: one of each, as the teaching example says it.
    for kind in nhipcau::items::kinds::all().iter().filter(|kind| kind.id != ANNEX) {
        let mut example = kind.example(today);
        // The demonstration has documents of its own under such numbers.
        if let Some(number) = example["number"].as_str().map(|number| format!("9{number}")) {
            example["number"] = number.into();
        }
        let done = nation.post("/api/v1/items", json!({ "item": example })).await;
        let path = done["path"].as_str().unwrap();
        tour.goes(path).await;
        tour.looks("items/item.html", &format!("/muc-{}", kind.id)).await;
    }
    // Withdrawn so that nobody reads it any more.
    let notice = json!({ "kind": "notice", "title": "Thông báo đã gỡ", "text": "Nội dung." });
    let done = nation.post("/api/v1/items", json!({ "item": notice })).await;
    let reference = done["reference"].as_str().unwrap();
    let why = json!({ "reason": "Đăng nhầm", "gone": true });
    nation.post(&format!("/api/v1/items/{reference}/withdrawal"), why).await;
    tour.opens("/muc/{reference}", "items/gone.html", &format!("/muc/{reference}")).await;
}

async fn at_the_door(tour: &mut Tour<'_>, nation: &Nation) {
    tour.opens("/dang-nhap", "people/sign_in.html", "/dang-nhap").await;
    let person =
        json!({ "person": { "login": "an.moi", "name": "An Mới", "roles": ["publisher", "administrator"] } });
    let link = nation.post("/api/v1/people", person).await["link"].as_str().unwrap().to_owned();
    tour.opens("/loi-moi/{link}", "people/choose.html", &link).await;
    tour.goes(&link).await;
    tour.types("mat-khau", PASSWORD).await;
    tour.types("mat-khau-lai", PASSWORD).await;
    tour.presses("Đặt mật khẩu và đăng nhập").await;
    tour.reads("Việc của tôi").await;
}

/// What only an administrator opens; signed in as An.
async fn for_administrators(tour: &mut Tour<'_>) {
    tour.opens("/ban-lam-viec/xac-nhan", "people/confirm.html", "/ban-lam-viec/xac-nhan").await;
    tour.opens("/ban-lam-viec/tai-khoan", "people/mine.html", "/ban-lam-viec/tai-khoan").await;
    tour.opens("/ban-lam-viec/can-bo", "people/accounts.html", "/ban-lam-viec/can-bo").await;
    tour.opens("/ban-lam-viec/can-bo/{login}", "people/account.html", "/ban-lam-viec/can-bo/minh").await;
    tour.opens("/ban-lam-viec/nhat-ky", "people/trail.html", "/ban-lam-viec/nhat-ky").await;
    petitions::who_must_answer(tour).await;
    petitions::all_are_passed_on(tour).await;
    beside::a_channel_is_added(tour).await;
    tour.goes("/ban-lam-viec/can-bo").await;
    tour.types("ten-dang-nhap", "binh.moi").await;
    tour.types("ho-ten", "Bình Mới").await;
    let role = tour.browser.find(Locator::Css("main input[type=checkbox][value=editor]")).await.unwrap();
    role.click().await.unwrap();
    tour.presses("Mời").await;
    tour.reads("/loi-moi/").await;
    tour.looks("people/link.html", "/can-bo-lien-ket").await;
    // The second step: set up, asked for at the door, and the codes that stand in for it.
    tour.goes("/ban-lam-viec/tai-khoan").await;
    tour.presses("Thiết lập").await;
    tour.reads("Bật xác thực hai bước").await;
    tour.looks("people/totp.html", "/hai-buoc").await;
    let secret = tour.browser.find(Locator::Css(".desk__secret code")).await.unwrap().text().await.unwrap();
    tour.types("ma", &code(&secret)).await;
    tour.presses("Bật xác thực hai bước").await;
    tour.reads("Mã dự phòng").await;
    tour.looks("people/codes.html", "/ma-du-phong").await;
    tour.signs_out().await;
    tour.goes("/dang-nhap").await;
    tour.types("ten", "an.moi").await;
    tour.types("mat-khau", PASSWORD).await;
    tour.presses("Đăng nhập").await;
    until("the second step", async || {
        tour.browser.find(Locator::Css("main [name='ma']")).await.ok().map(|_| ())
    })
    .await;
    tour.looks("people/second_step.html", "/dang-nhap-buoc-hai").await;
    tour.signs_out().await;
}

fn code(secret: &str) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret.replace(' ', "")).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    totp.generate(nhipcau::clock::Clock::system().micros().unsigned_abs() / 1_000_000).to_string()
}

/// The newsroom; signed in as Lan, who writes, then as Minh, who approves.
async fn in_the_newsroom(tour: &mut Tour<'_>, nation: &Nation, password: &str) {
    tour.signs_in("lan", password).await;
    // Her roles do not reach that far.
    tour.goes("/ban-lam-viec/can-bo").await;
    tour.looks("people/not_yours.html", "/viec-cua-vai-tro-khac").await;
    tour.opens("/ban-lam-viec/tin/moi", "drafts/choose.html", "/ban-lam-viec/tin/moi").await;
    // A form of every kind.
    for kind in nhipcau::items::kinds::all().iter().filter(|kind| kind.id != ANNEX) {
        tour.goes("/ban-lam-viec/tin/moi").await;
        let css = format!("main button[value='{}']", kind.id);
        tour.browser.find(Locator::Css(&css)).await.unwrap().click().await.unwrap();
        tour.reads("Bản nháp").await;
        let path = tour.browser.current_url().await.unwrap().path().to_owned();
        match kind.id.as_str() {
            "directive" => tour.opens("/ban-lam-viec/tin/{id}", "drafts/draft.html", &path).await,
            _ => tour.looks("drafts/draft.html", &format!("/ban-lam-viec-tin-{}", kind.id)).await,
        }
    }
    tour.signs_out().await;
    tour.signs_in("minh", password).await;
    tour.opens("/ban-lam-viec", "drafts/home.html", "/ban-lam-viec").await;
    tour.goes("/ban-lam-viec").await;
    let draft = tour.link("/ban-lam-viec/tin/0").await;
    tour.opens("/ban-lam-viec/tin/{id}/xem", "drafts/preview.html", &format!("{draft}/xem")).await;
    tour.opens("/ban-lam-viec/tin/{id}/so-sanh", "drafts/compare.html", &format!("{draft}/so-sanh")).await;
    tour.opens("/ban-lam-viec/da-dang", "drafts/issued.html", "/ban-lam-viec/da-dang").await;
    tour.goes("/ban-lam-viec/da-dang").await;
    let item = tour.link("/ban-lam-viec/muc/").await;
    tour.opens("/ban-lam-viec/muc/{reference}", "drafts/item.html", &item).await;
    let ledger = format!("{item}/so-phat");
    tour.opens("/ban-lam-viec/muc/{reference}/so-phat", "channels/ledger.html", &ledger).await;
    tour.opens("/ban-lam-viec/nhiem-vu", "assignments/list.html", "/ban-lam-viec/nhiem-vu").await;
    tour.goes("/ban-lam-viec/nhiem-vu").await;
    let follow = tour.link("/ban-lam-viec/nhiem-vu/theo-doi/").await;
    let route = "/ban-lam-viec/nhiem-vu/theo-doi/{reference}";
    tour.opens(route, "assignments/follow.html", &follow).await;
    // An erasure that is ordered of an agency below.
    let below = until("an item of the ministry", async || {
        let list = reqwest::Client::builder().no_proxy().build().unwrap();
        let list = list.get(format!("http://127.0.0.1:{}/api/v1/items?own=true", nation.port + 1));
        let list = list.header("host", format!("mof.localhost:{}", nation.port + 1));
        let list: Value = list.send().await.ok()?.json().await.ok()?;
        Some(list["items"][0]["reference"].as_str()?.to_owned())
    })
    .await;
    let order = json!({ "act": "erase", "reason": "Lộ dữ liệu cá nhân", "basis": "Điều 16" });
    nation.proposes(&format!("/api/v1/items/{below}/order"), order).await;
    let path = format!("/ban-lam-viec/muc/{below}");
    tour.opens("/ban-lam-viec/muc/{reference}", "drafts/order.html", &path).await;
    // The session has ended while somebody wrote: what was sent is held, and goes on after the sign-in.
    tour.goes("/ban-lam-viec/da-dang").await;
    let item = tour.link("/ban-lam-viec/muc/").await;
    tour.goes(&item).await;
    tour.types("ly-do", "Đăng nhầm").await;
    tour.signs_out().await;
    tour.presses("Đề xuất").await;
    tour.reads("Những gì bạn vừa viết còn nguyên").await;
    tour.looks("people/sign_in.html", "/dang-nhap-giu-lai").await;
    tour.types("ten", "minh").await;
    tour.types("mat-khau", password).await;
    tour.presses("Đăng nhập").await;
    tour.reads("Gửi tiếp").await;
    tour.looks("people/go_on.html", "/gui-tiep").await;
    tour.signs_out().await;
}

/// The province's duty desk, with a draft of a commune before it, and its task.
async fn at_the_province(tour: &mut Tour<'_>, nation: &Nation, password: &str) {
    let province = format!("http://laocai.localhost:{}", nation.port + 2);
    tour.here = nation.commune();
    tour.signs_in("lan", password).await;
    tour.goes("/ban-lam-viec/tin/moi").await;
    tour.browser.find(Locator::Css("main button[value='notice']")).await.unwrap().click().await.unwrap();
    tour.reads("Bản nháp").await;
    tour.types("title", "Lịch tiêm chủng của xã").await;
    tour.types("text", "Thứ Sáu, tại trạm y tế.").await;
    tour.presses("Trình duyệt").await;
    tour.reads("Chờ duyệt").await;
    tour.signs_out().await;
    tour.here = province;
    tour.signs_in("minh", password).await;
    tour.goes("/ban-lam-viec").await;
    let below = tour.link("/ban-lam-viec/cap-duoi/").await;
    tour.opens("/ban-lam-viec/cap-duoi/{portal}/{id}", "drafts/below.html", &below).await;
    tour.goes("/ban-lam-viec/nhiem-vu").await;
    let task = tour.link("/ban-lam-viec/nhiem-vu/").await;
    tour.opens("/ban-lam-viec/nhiem-vu/{reference}", "assignments/task.html", &task).await;
    tour.signs_out().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_open_to_everybody_at_every_width() {
    if !is_asked_for() {
        return;
    }
    let fetched = tempfile::tempdir().unwrap();
    let Some(axe) = rules(fetched.path()) else {
        println!("skipped: npm cannot fetch axe-core (it needs Node, npm and a registry)");
        return;
    };
    let nation = Nation::start().await;
    let password = nation.opens_offices().await;
    let driver = Driver::start().await;
    let browser = driver.browser(Kind::Desk).await;
    let mut tour = Tour {
        driver: &driver,
        here: nation.government(),
        browser,
        axe,
        wrong: Vec::new(),
        routes: BTreeSet::new(),
        templates: BTreeSet::new(),
    };
    for_readers(&mut tour, &nation).await;
    beside::for_readers(&mut tour).await;
    at_the_door(&mut tour, &nation).await;
    for_administrators(&mut tour).await;
    in_the_newsroom(&mut tour, &nation, &password).await;
    beside::a_draft_is_shown(&mut tour, &password).await;
    beside::a_draft_goes_round(&mut tour, &nation, &password).await;
    at_the_province(&mut tour, &nation, &password).await;
    beside::a_commune_adds(&mut tour, &nation, &password).await;
    beside::a_site_is_joined(&mut tour, &nation, &password).await;
    beside::an_administrator_decides(&mut tour, &nation, &password).await;
    petitions::asked_and_answered(&mut tour, &nation, &password).await;
    assert!(text(&tour.browser).await.len() > 10, "the browser shows nothing");

    let due: BTreeSet<String> = routes::table()
        .iter()
        .filter(|route| route.method == "GET" && matches!(route.role, Role::Reader | Role::Staff(_)))
        .map(|route| route.path.to_owned())
        .filter(|path| is_page(path))
        .collect();
    let unseen: Vec<_> = due.difference(&tour.routes).collect();
    assert!(unseen.is_empty(), "routes that the tour leaves out: {unseen:?}");
    let all = templates();
    let unseen: Vec<_> = all.difference(&tour.templates).collect();
    assert!(unseen.is_empty(), "templates that the tour leaves out: {unseen:?}");
    assert!(tour.wrong.is_empty(), "{} faults:\n{}", tour.wrong.len(), tour.wrong.join("\n"));
    tour.browser.close().await.unwrap();
    nation.demo.close().await;
}
