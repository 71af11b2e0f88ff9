//! Channels: an account is added, what is said there is written beside the draft, approved with it, posted once, corrected and taken down;
//! and whatever is lost, slow, refused or killed meanwhile, nothing is posted twice and nothing is passed over in silence.

mod reach;
mod service;

use std::time::Duration;

use channels::Kind;
use channels::fakes::Fault;

use super::newsroom::{Office, leads, office};
use super::world::{Answer, Staff, hidden, until};
use service::Service;

const PAGE: &str = "/ban-lam-viec/kenh";
const QUICK: Duration = Duration::ZERO;

/// An office with an administrator, and an account at a service.
struct Newsroom {
    office: Office,
    chief: Staff,
    account: String,
}

/// A newsroom whose agency has a channel at Telegram.
async fn newsroom(service: &Service) -> Newsroom {
    let office = office().await;
    let chief = office.world.staff("chinhphu", "chief", &["administrator"]).await;
    let account = adds(&office, &chief, "Kênh Chính phủ", &service.base).await;
    Newsroom { office, chief, account }
}

/// Adds an account at Telegram; returns its id.
async fn adds(office: &Office, chief: &Staff, name: &str, base: &str) -> String {
    adds_at(office, chief, Kind::Telegram, name, base).await
}

/// Adds an account at a service; returns its id.
async fn adds_at(office: &Office, chief: &Staff, kind: Kind, name: &str, base: &str) -> String {
    let typed = [
        ("dich-vu", kind.word()),
        ("ten", name),
        ("duong-dan", "https://t.me/tinh_a"),
        ("noi-dang", if kind == Kind::Telegram { "@tinh_a" } else { "77" }),
        ("nguoi-gui", "UBND"),
        ("ma-truy-cap", "token-1"),
        ("khoa-nhan-bao", "bao-mat"),
        ("may-chu", base),
        ("chinh-thuc", "1"),
    ];
    leads(&office.world.fills(chief, PAGE, &typed).await);
    let list = office.world.sees(chief, PAGE).await.text();
    let at = list.find(&format!(">{name}<")).unwrap();
    let href = list[..at].rfind("href=\"").unwrap() + 6;
    list[href..at].split('"').next().unwrap().rsplit('/').next().unwrap().to_owned()
}

impl Newsroom {
    /// Writes what a draft says on the account.
    async fn says(&self, path: &str, text: &str) -> Answer {
        self.says_at(path, &self.account, text).await
    }

    /// The same of any account.
    async fn says_at(&self, path: &str, account: &str, text: &str) -> Answer {
        let page = format!("{path}/kenh");
        let version = self.office.version(&self.office.lan, &page).await;
        let typed = [
            ("version", version.as_str()),
            ("viec", "luu"),
            ("kenh", account),
            ("loi", text),
            ("duong-dan", "https://chinhphu.vn/muc/1"),
        ];
        self.office.world.fills(&self.office.lan, &page, &typed).await
    }

    /// A draft of a notice with words for the channel, handed in by Lan.
    async fn hands_in(&self, title: &str, text: &str) -> String {
        let (office, lan) = (&self.office, &self.office.lan);
        let path = office.begins(lan, "notice").await;
        leads(&office.writes(lan, &path, &[("title", title), ("text", "Xã trực **24 giờ**.")]).await);
        leads(&self.says(&path, text).await);
        leads(&office.does(lan, &path, "submit", "").await);
        path
    }

    /// The same, approved and issued by Minh. Returns the path of the item in the console.
    async fn issues(&self, title: &str, text: &str) -> String {
        let path = self.hands_in(title, text).await;
        leads(&self.office.does(&self.office.minh, &path, "approve", "").await);
        leads(&self.office.does(&self.office.minh, &path, "issue", "").await)
    }

    /// Waits until the ledger of an item says something.
    async fn ledger(&self, item: &str, words: &str) -> String {
        until(words, async || {
            let page = self.office.world.sees(&self.office.minh, &format!("{item}/so-phat")).await;
            if page.says(words) { Ok(page.text()) } else { Err(page.text()) }
        })
        .await
    }

    /// Withdraws or erases an item: proposed by Ha, confirmed by Minh.
    async fn ends(&self, item: &str, how: &str) {
        let (office, world) = (&self.office, &self.office.world);
        let typed = [("viec", "de-xuat"), ("cach", how), ("ly-do", "Sai số liệu"), ("can-cu", "Điều 16")];
        leads(&world.fills(&office.ha, &format!("{item}/go"), &typed).await);
        let at = hidden(&world.sees(&office.minh, item).await.text(), "luc").unwrap();
        let typed = [("viec", "xac-nhan"), ("luc", at.as_str())];
        leads(&world.fills(&office.minh, &format!("{item}/go"), &typed).await);
    }

    /// What somebody says of a delivery, as the page of the ledger offers it.
    async fn settles(&self, item: &str, says: &str, id: &str) -> Answer {
        let page = format!("{item}/so-phat");
        let text = self.office.world.sees(&self.office.minh, &page).await.text();
        let (post, at) = (hidden(&text, "bai").unwrap(), hidden(&text, "luc").unwrap());
        let typed = [("bai", post.as_str()), ("luc", at.as_str()), ("viec", says), ("ma", id)];
        self.office.world.fills(&self.office.minh, &page, &typed).await
    }
}

/// Waits until a channel shows exactly this.
async fn shows(service: &Service, due: &[&str]) {
    until("the channel to show it", async || {
        let now = service.shows();
        if now == due { Ok(()) } else { Err(format!("{now:?}")) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_approved_is_posted_once_corrected_and_taken_down() {
    let service = Service::new(Kind::Telegram, QUICK).await;
    let room = newsroom(&service).await;
    let (office, world) = (&room.office, &room.office.world);
    let path = office.begins(&office.lan, "notice").await;
    leads(&office.writes(&office.lan, &path, &[("title", "Lịch cắt điện"), ("text", "Ngày 27.")]).await);
    let forms = world.sees(&office.lan, &format!("{path}/kenh")).await;
    assert!(forms.says("Bài đề xuất từ bản nháp") && forms.says("Lịch cắt điện"), "{}", forms.text());
    leads(&room.says(&path, "Cắt điện ngày 27").await);
    leads(&office.does(&office.lan, &path, "submit", "").await);
    let read = world.sees(&office.minh, &path).await;
    assert!(read.says("Cắt điện ngày 27"), "who approves reads what is said on channels: {}", read.text());
    leads(&office.does(&office.minh, &path, "approve", "").await);

    // Another word on the channel is not what was approved.
    leads(&room.says(&path, "Cắt điện ngày 28").await);
    let refused = office.does(&office.minh, &path, "issue", "").await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    leads(&office.does(&office.minh, &path, "approve", "").await);
    assert_eq!(service.calls("sendMessage"), 0, "nothing leaves before the issue");
    let item = leads(&office.does(&office.minh, &path, "issue", "").await);
    shows(&service, &["Cắt điện ngày 28\nhttps://chinhphu.vn/muc/1"]).await;
    let ledger = room.ledger(&item, "đang hiển thị").await;
    assert!(ledger.contains("https://t.me/xa_b/1001") && ledger.contains("Kênh Chính phủ"), "{ledger}");

    // The next edition begins with what stands there.
    let next = leads(&world.fills(&office.lan, &format!("{item}/sua"), &[("change", "correct")]).await);
    let forms = world.sees(&office.lan, &format!("{next}/kenh")).await;
    assert!(forms.says("Cắt điện ngày 28") && forms.says("chưa được sửa theo"), "{}", forms.text());
    leads(&office.writes(&office.lan, &next, &[("text", "Ngày 29."), ("change_note", "Sửa ngày")]).await);
    leads(&room.says(&next, "Cắt điện ngày 29").await);
    leads(&office.does(&office.lan, &next, "submit", "").await);
    leads(&office.does(&office.minh, &next, "approve", "").await);
    leads(&office.does(&office.minh, &next, "issue", "").await);
    shows(&service, &["Cắt điện ngày 29\nhttps://chinhphu.vn/muc/1"]).await;
    assert_eq!(service.calls("sendMessage"), 1, "a correction changes what stands there");

    room.ends(&item, "withdraw").await;
    shows(&service, &[]).await;
    room.ledger(&item, "đã gỡ khỏi kênh").await;
    assert_eq!(service.calls("sendMessage"), 1);
    let registry = world.get("chinhphu", "/kenh").await;
    assert!(registry.says("Kênh Chính phủ") && registry.says("https://t.me/tinh_a"), "{}", registry.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_knows_is_said_and_a_person_settles_it() {
    let service = Service::new(Kind::Telegram, QUICK).await;
    let room = newsroom(&service).await;
    service.fails(&[Fault::LostAfter]);
    let item = room.issues("Lịch cắt điện", "Cắt điện ngày 27").await;
    let page = room.ledger(&item, "chưa rõ đã tới hay chưa").await;
    assert!(page.contains("Đã có ở đó") && page.contains("Không có ở đó"), "{page}");
    room.office.world.clock("chinhphu").pass(3 * 86_400_000_000);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(service.calls("sendMessage"), 1, "nobody posts it again by itself");
    let (world, login) = (&room.office.world, "minh");
    let minh = world.again("chinhphu", login).await;
    let room = Newsroom { office: Office { minh, ..room.office }, ..room };
    leads(&room.settles(&item, "co", "https://t.me/xa_b/1001").await);
    room.ledger(&item, "đang hiển thị").await;
    assert_eq!(service.calls("sendMessage"), 1);
    let ha = room.office.world.again("chinhphu", "ha").await;
    let room = Newsroom { office: Office { ha, ..room.office }, ..room };
    room.ends(&item, "withdraw").await;
    shows(&service, &[]).await;

    // What is not there is posted again, once a person has said so.
    let lan = room.office.world.again("chinhphu", "lan").await;
    let room = Newsroom { office: Office { lan, ..room.office }, ..room };
    service.fails(&[Fault::LostAfter]);
    let item = room.issues("Lịch cắt nước", "Cắt nước ngày 27").await;
    let page = room.ledger(&item, "chưa rõ đã tới hay chưa").await;
    let (post, at) = (hidden(&page, "bai").unwrap(), hidden(&page, "luc").unwrap());
    leads(&room.settles(&item, "khong", "").await);
    until("the post", async || {
        let calls = service.calls("sendMessage");
        if calls == 3 { Ok(()) } else { Err(calls.to_string()) }
    })
    .await;
    let late = [("bai", post.as_str()), ("luc", at.as_str()), ("viec", "khong")];
    let late = room.office.world.fills(&room.office.minh, &format!("{item}/so-phat"), &late).await;
    assert!(late.status == 409 && late.says("vừa thay đổi"), "twice said is once done: {}", late.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_stops_in_the_middle_of_a_call_does_not_repeat_it() {
    let service = Service::new(Kind::Telegram, QUICK).await;
    let mut room = newsroom(&service).await;
    service.holds(true);
    let item = room.issues("Lịch cắt điện", "Cắt điện ngày 27").await;
    until("the call", async || if service.calls("sendMessage") == 1 { Ok(()) } else { Err(String::new()) })
        .await;
    room.office.world.stop("chinhphu").await;
    service.holds(false);
    room.office.world.start("chinhphu").await;
    room.ledger(&item, "chưa rõ đã tới hay chưa").await;
    assert_eq!(service.calls("sendMessage"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_does_not_work_is_said_in_words_and_nothing_is_lost() {
    let service = Service::new(Kind::Telegram, QUICK).await;
    let room = newsroom(&service).await;
    let world = &room.office.world;
    let new = service.grants();
    let item = room.issues("Lịch cắt điện", "Cắt điện ngày 27").await;
    let ledger = room.ledger(&item, "Mã truy cập không còn dùng được").await;
    assert!(!ledger.contains("token-1"), "no token on a page");
    assert!(service.shows().is_empty());

    // Who keeps accounts is another than who approves; what is typed is never shown again.
    let one = format!("{PAGE}/{}", room.account);
    let typed = [
        ("viec", "sua"),
        ("ten", "Kênh Chính phủ"),
        ("noi-dang", "@tinh_a"),
        ("ma-truy-cap", new.as_str()),
        ("may-chu", &*service.base),
    ];
    assert_eq!(world.fills(&room.office.minh, &one, &typed).await.status, 403);
    leads(&world.fills(&room.chief, &one, &typed).await);
    let page = world.sees(&room.chief, &one).await;
    assert!(!page.says("token-2") && !page.says("token-1"), "{}", page.text());
    if world.sees(&room.office.minh, &format!("{item}/so-phat")).await.says("value=\"lai\"") {
        leads(&room.settles(&item, "lai", "").await);
    }
    shows(&service, &["Cắt điện ngày 27\nhttps://chinhphu.vn/muc/1"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_service_puts_off_waits_its_time() {
    let service = Service::new(Kind::Telegram, QUICK).await;
    let room = newsroom(&service).await;
    service.fails(&[Fault::Rate]);
    let item = room.issues("Lịch cắt điện", "Cắt điện ngày 27").await;
    room.ledger(&item, "tự thử lại").await;
    assert!(service.shows().is_empty());
    room.office.world.clock("chinhphu").pass(601_000_000);
    shows(&service, &["Cắt điện ngày 27\nhttps://chinhphu.vn/muc/1"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_leaves_no_word_in_a_queue() {
    let service = Service::new(Kind::Telegram, QUICK).await;
    let room = newsroom(&service).await;
    let item = room.issues("Danh sách hộ nghèo", "Bà Giàng Thị Xuân").await;
    room.ledger(&item, "đang hiển thị").await;
    room.ends(&item, "erase").await;
    shows(&service, &[]).await;
    room.ledger(&item, "đã gỡ khỏi kênh").await;
    let app = room.office.world.app("chinhphu");
    let mut conn = app.db.read().await.unwrap();
    let rows =
        nhipcau::all!(&mut conn, (String, String), "SELECT machine, wishes FROM channel_delivery").unwrap();
    assert_eq!(rows.len(), 1);
    assert!(!format!("{rows:?}").contains("Giàng"), "{rows:?}");
    let secrets = nhipcau::all!(&mut conn, (Vec<u8>,), "SELECT secrets FROM channel_account").unwrap();
    assert!(!secrets[0].0.windows(7).any(|bytes| bytes == b"token-1"), "sealed at rest");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_checked_before_it_is_kept() {
    let service = Service::new(Kind::Telegram, QUICK).await;
    let room = newsroom(&service).await;
    let world = &room.office.world;
    let typed =
        [("dich-vu", "telegram"), ("ten", ""), ("duong-dan", "http://t.me/x"), ("may-chu", "ftp://a")];
    let refused = world.fills(&room.chief, PAGE, &typed).await;
    assert_eq!(refused.status, 422);
    for words in ["Tên gọi một dòng", "https://", "Dịch vụ này cần ô này", "http hoặc https"]
    {
        assert!(refused.says(words), "{words}: {}", refused.text());
    }
    // Paused, nothing leaves; going on, it does.
    let one = format!("{PAGE}/{}", room.account);
    leads(&world.fills(&room.chief, &one, &[("viec", "dung")]).await);
    let item = room.issues("Lịch cắt điện", "Cắt điện ngày 27").await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(service.calls("sendMessage"), 0);
    room.ledger(&item, "đang chờ").await;
    leads(&world.fills(&room.chief, &one, &[("viec", "tiep")]).await);
    shows(&service, &["Cắt điện ngày 27\nhttps://chinhphu.vn/muc/1"]).await;
    leads(&world.fills(&room.chief, &one, &[("viec", "go")]).await);
    assert!(
        !world.get("chinhphu", "/kenh").await.says("Kênh Chính phủ")
            || !world.sees(&room.chief, PAGE).await.says("Kênh Chính phủ")
    );
    assert_eq!(service.shows().len(), 1, "what stands there stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn six_channels_have_a_post_each_beside_each_other() {
    const SLOW: Duration = Duration::from_millis(200);
    // Viber takes no post before an https address is its webhook, Zalo none without a picture, YouTube none without a clip.
    let kinds = [Kind::Telegram, Kind::Facebook, Kind::Sms, Kind::Telegram, Kind::Facebook, Kind::Sms];
    let first = Service::new(Kind::Telegram, SLOW).await;
    let room = newsroom(&first).await;
    let (office, lan) = (&room.office, &room.office.lan);
    let mut all = vec![(first, room.account.clone())];
    for (at, kind) in kinds.into_iter().enumerate().skip(1) {
        let service = Service::new(kind, SLOW).await;
        let account = adds_at(office, &room.chief, kind, &format!("Kênh {at}"), &service.base).await;
        all.push((service, account));
    }
    let path = office.begins(lan, "notice").await;
    leads(&office.writes(lan, &path, &[("title", "Lịch cắt điện"), ("text", "Ngày 27.")]).await);
    for (_, account) in &all {
        leads(&room.says_at(&path, account, "Cat dien ngay 27").await);
    }
    leads(&office.does(lan, &path, "submit", "").await);
    leads(&office.does(&office.minh, &path, "approve", "").await);
    let item = leads(&office.does(&office.minh, &path, "issue", "").await);
    // How long it takes on a machine that does nothing else is for the measure; here, that nothing is lacking.
    for (service, _) in &all {
        until("each to show it", async || {
            let now = service.shows();
            if now.len() == 1 && now[0].starts_with("Cat dien ngay 27") {
                Ok(())
            } else {
                Err(format!("{now:?}"))
            }
        })
        .await;
    }
    let page = room.office.world.sees(&office.minh, &format!("{item}/so-phat")).await.text();
    for name in ["Kênh Chính phủ", "Kênh 1", "Kênh 2", "Kênh 3", "Kênh 4", "Kênh 5"] {
        assert!(page.contains(name), "one line for each: {page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_believed_if_it_is_signed_and_once() {
    let service = Service::new(Kind::Sms, QUICK).await;
    service.works(86_400_000);
    let office = office().await;
    let chief = office.world.staff("chinhphu", "chief", &["administrator"]).await;
    let account = adds_at(&office, &chief, Kind::Sms, "Tin nhắn", &service.base).await;
    let room = Newsroom { office, chief, account };
    let item = room.issues("Lịch cắt điện", "Cat dien ngay 27").await;
    let ledger = format!("{item}/so-phat");
    until(
        "the gateway to have it",
        async || if service.shows().len() == 1 { Ok(()) } else { Err(String::new()) },
    )
    .await;
    let world = &room.office.world;
    let address = format!("/kenh/{}/bao", room.account);
    let tells = async |report: &channels::Response, to: &str| {
        let mut request = world.request("POST", "chinhphu", to).body(report.body.clone());
        for (name, value) in &report.headers {
            request = request.header(name, value);
        }
        world.ask(request).await.status
    };
    room.ledger(&item, "dịch vụ đã nhận").await;
    let good = service.reports("bao-mat");
    assert!(!good.is_empty());
    for report in &good {
        let mut hostile = report.clone();
        hostile.body.push(b' ');
        assert_eq!(tells(&hostile, &address).await, 403, "another's words under that signature");
        assert_eq!(tells(report, "/kenh/0198c2a4-0000-7000-8000-000000000000/bao").await, 403);
    }
    // Refused before it is read whole: nothing more comes over that connection.
    let headers = vec![("connection".to_owned(), "close".to_owned())];
    let long = channels::Response { body: vec![b'x'; 100_000], headers, ..channels::Response::default() };
    assert_eq!(tells(&long, &address).await, 413);
    assert_eq!(tells(&channels::Response::default(), "/kenh/khong-co/bao").await, 403);
    let page = world.sees(&room.office.minh, &ledger).await;
    assert!(page.says("dịch vụ đã nhận"), "nothing of that was believed: {}", page.text());
    // The newest first, and some twice.
    for report in good.iter().chain(&good) {
        assert_eq!(tells(report, &address).await, 200);
    }
    until("the reports to be believed", async || {
        let page = world.sees(&room.office.minh, &ledger).await;
        if page.says("dịch vụ đã nhận") { Err(page.text()) } else { Ok(()) }
    })
    .await;
    shows(&service, &["Cat dien ngay 27 https://chinhphu.vn/muc/1"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_a_service_does_not_take_is_made_smaller_for_it() {
    let service = Service::new(Kind::Viber, QUICK).await;
    let office = office().await;
    let chief = office.world.staff("chinhphu", "chief", &["administrator"]).await;
    let account = adds_at(&office, &chief, Kind::Viber, "Viber", &service.base).await;
    let (world, lan) = (&office.world, &office.lan);
    let path = office.begins(lan, "news").await;
    leads(&office.writes(lan, &path, &[("title", "Lũ"), ("text", "Nước lên.")]).await);
    // Grain that no encoder makes small.
    let mut grain = 7_u32;
    let picture = image::RgbImage::from_fn(1_280, 1_500, |_, _| {
        grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        image::Rgb([(grain >> 8) as u8, (grain >> 16) as u8, (grain >> 24) as u8])
    });
    let mut jpeg = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut jpeg, 90);
    encoder.encode(picture.as_raw(), 1_280, 1_500, jpeg_encoder::ColorType::Rgb).unwrap();
    leads(&office.attaches(lan, &path, &[("alt", "Nước lên")], Some(("lu.jpg", "image/jpeg", &jpeg))).await);
    let page = format!("{path}/kenh");
    let shown = world.sees(lan, &page).await.text();
    let hash = shown.split("name=\"anh\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(hash.len(), 64, "{shown}");
    let version = office.version(lan, &page).await;
    let typed = [
        ("version", version.as_str()),
        ("viec", "luu"),
        ("kenh", &account),
        ("loi", "Lũ lên"),
        ("anh", &hash),
    ];
    leads(&world.fills(lan, &page, &typed).await);
    let shown = world.sees(lan, &page).await.text();
    assert!(shown.contains(&format!("name=\"anh\" value=\"{hash}\" checked>")), "{shown}");
    assert!(!shown.contains("1048576") && !shown.contains("1.048.576"), "nothing is too large: {shown}");
    let again = office.version(lan, &page).await;
    assert_ne!(version, again, "it is saved");
}
