//! How far a post reaches: by the short link that stands on its channel, by what the service says, with several pictures where it takes
//! them.

use channels::Kind;

use super::{Newsroom, PAGE, QUICK, Service, adds_at, newsroom, office, shows};
use crate::newsroom::leads;
use crate::newsroom_files::picture_with_gps;
use crate::world::{World, until};

const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// Follows a path as so many different browsers; returns the last answer's status and where it leads.
async fn follows(world: &World, path: &str, times: usize) -> (u16, String) {
    let mut last = (0, String::new());
    for at in 0..times {
        let agent = format!("{BROWSER} {at}");
        let answer = world.ask(world.request("GET", "chinhphu", path).header("user-agent", agent)).await;
        last = (answer.status, answer.header("location").to_owned());
    }
    last
}

/// The short link that the page of forms proposes for an account.
async fn proposed(room: &Newsroom, path: &str, account: &str) -> String {
    let forms = room.office.world.sees(&room.office.lan, &format!("{path}/kenh")).await.text();
    let form = &forms[forms.find(&format!("id=\"kenh-{account}\"")).unwrap()..];
    let link = form.split("name=\"duong-dan\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(link.contains("/n/"), "{link}");
    let hint = format!("dài {} ký tự", link.chars().count());
    assert!(form.contains(&hint), "{hint}: {form}");
    link.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_link_leads_to_its_item_alone_and_is_counted_for_its_channel() {
    let service = Service::new(Kind::Telegram, QUICK).await;
    let room = newsroom(&service).await;
    let (office, world) = (&room.office, &room.office.world);
    let path = office.begins(&office.lan, "notice").await;
    leads(&office.writes(&office.lan, &path, &[("title", "Lịch cắt điện"), ("text", "Ngày 27.")]).await);
    let link = proposed(&room, &path, &room.account).await;
    let short = &link[link.find("/n/").unwrap()..];
    let version = office.version(&office.lan, &format!("{path}/kenh")).await;
    let typed = [
        ("version", version.as_str()),
        ("viec", "luu"),
        ("kenh", &*room.account),
        ("loi", "Cắt điện ngày 27"),
        ("duong-dan", link.as_str()),
    ];
    leads(&world.fills(&office.lan, &format!("{path}/kenh"), &typed).await);
    leads(&office.does(&office.lan, &path, "submit", "").await);
    leads(&office.does(&office.minh, &path, "approve", "").await);
    assert_eq!(follows(world, short, 1).await.0, 404, "nobody is led to what is not issued");
    let item = leads(&office.does(&office.minh, &path, "issue", "").await);
    shows(&service, &[format!("Cắt điện ngày 27\n{link}").as_str()]).await;

    let public = format!("/muc/{}", item.rsplit('/').next().unwrap());
    assert_eq!(follows(world, short, 7).await, (302, public.clone()));
    assert_eq!(follows(world, &short.to_uppercase().replace("/N/", "/n/"), 1).await.0, 302);
    assert_eq!(follows(world, &format!("/en{short}"), 1).await.1, format!("/en{public}"));
    for forged in ["/n/0000000000", "/n/x", "/n/https:evil", "/n/%2e%2e%2fmuc", &format!("{short}0")] {
        assert_eq!(follows(world, forged, 3).await.0, 404, "{forged}");
    }
    // A link of one agency leads nowhere under the name of another.
    let other = world.request("GET", "mof", short).header("user-agent", BROWSER);
    assert_eq!(world.ask(other).await.status, 404);
    let bot = world.request("GET", "chinhphu", short).header("user-agent", "TelegramBot (like TwitterBot)");
    assert_eq!(world.ask(bot).await.status, 302, "a service that looks is led there, and is no reader");
    nhipcau::reach::settle(world.app("chinhphu")).await.unwrap();
    let ledger = room.ledger(&item, "Đường dẫn ngắn: ").await;
    assert!(ledger.contains("Đường dẫn ngắn: 7 lượt mở"), "{ledger}");
    assert!(ledger.contains("có biên nhận rằng đã hiện bản mới nhất") && ledger.contains("theo lời dịch vụ"));

    // It goes on leading to what a reader should see.
    room.ends(&item, "withdraw").await;
    assert_eq!(follows(world, short, 1).await, (302, public.clone()));
    assert!(world.get("chinhphu", &public).await.says("Sai số liệu"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_service_counts_is_kept_under_its_own_name_and_day() {
    let service = Service::new(Kind::Facebook, QUICK).await;
    let office = office().await;
    let chief = office.world.staff("chinhphu", "chief", &["administrator"]).await;
    let account = adds_at(&office, &chief, Kind::Facebook, "Trang", &service.base).await;
    let room = Newsroom { office, chief, account };
    let item = room.issues("Lịch cắt điện", "Cắt điện ngày 27").await;
    room.ledger(&item, "theo lời dịch vụ").await;
    let app = room.office.world.app("chinhphu");
    service.sees(1_234, 56);
    nhipcau::channels::insights::round(app).await.unwrap();
    let ledger = room.ledger(&item, "post_media_view").await;
    assert!(ledger.contains("(post_media_view): 1.234,"), "{ledger}");
    assert!(ledger.contains("(post_total_media_view_unique): 56,") && !ledger.contains("1.290"), "{ledger}");
    // Once a day, however often it is looked.
    let asked = service.calls("/insights");
    nhipcau::channels::insights::round(app).await.unwrap();
    assert_eq!(service.calls("/insights"), asked);
    room.office.world.clock("chinhphu").pass(86_400_000_000);
    service.sees(2_000, 90);
    nhipcau::channels::insights::round(app).await.unwrap();
    let mut conn = app.db.read().await.unwrap();
    let rows = nhipcau::all!(
        &mut conn,
        (String, i64),
        "SELECT metric, value FROM channel_insight ORDER BY day, metric"
    )
    .unwrap();
    let due = [
        ("post_media_view", 1_234),
        ("post_total_media_view_unique", 56),
        ("post_media_view", 2_000),
        ("post_total_media_view_unique", 90),
    ];
    assert_eq!(rows, due.map(|(name, value)| (name.to_owned(), value)));
}

#[tokio::test(flavor = "multi_thread")]
async fn several_pictures_go_along_where_the_service_takes_them() {
    let service = Service::new(Kind::Telegram, QUICK).await;
    let room = newsroom(&service).await;
    let (office, world) = (&room.office, &room.office.world);
    let viber = Service::new(Kind::Viber, QUICK).await;
    let one = adds_at(office, &room.chief, Kind::Viber, "Kênh Viber", &viber.base).await;
    let path = office.begins(&office.lan, "news").await;
    leads(&office.writes(&office.lan, &path, &[("title", "Khánh thành cầu"), ("text", "Cầu mới.")]).await);
    let jpeg = picture_with_gps();
    let mut second = Vec::new();
    let plain = image::RgbImage::from_pixel(60, 30, image::Rgb([20, 130, 40]));
    jpeg_encoder::Encoder::new(&mut second, 90).encode(&plain, 60, 30, jpeg_encoder::ColorType::Rgb).unwrap();
    for (name, bytes) in [("cau-1.jpg", &jpeg), ("cau-2.jpg", &second)] {
        let alt = [("alt", "Cầu mới nhìn từ bờ nam")];
        leads(&office.attaches(&office.lan, &path, &alt, Some((name, "image/jpeg", bytes))).await);
    }
    let page = format!("{path}/kenh");
    let forms = world.sees(&office.lan, &page).await.text();
    assert!(forms.contains("Nhận tối đa 10 ảnh hoặc 10 clip"), "{forms}");
    let form = &forms[forms.find(&format!("id=\"kenh-{}\"", room.account)).unwrap()..];
    let mut hashes: Vec<String> = form
        .split("name=\"anh\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .take(2)
        .collect();
    // Ticked the other way round, they go in the order of the draft.
    hashes.reverse();
    for account in [&room.account, &one] {
        let version = office.version(&office.lan, &page).await;
        let typed = [
            ("version", version.as_str()),
            ("viec", "luu"),
            ("kenh", account.as_str()),
            ("loi", "Cầu mới"),
            ("anh", hashes[0].as_str()),
            ("anh", hashes[1].as_str()),
        ];
        leads(&world.fills(&office.lan, &page, &typed).await);
    }
    let forms = world.sees(&office.lan, &page).await;
    assert!(forms.says("Viber nhận tối đa 1 ảnh"), "{}", forms.text());
    let version = office.version(&office.lan, &page).await;
    let off = [("version", version.as_str()), ("viec", "bo"), ("kenh", one.as_str())];
    leads(&world.fills(&office.lan, &page, &off).await);
    leads(&office.does(&office.lan, &path, "submit", "").await);
    leads(&office.does(&office.minh, &path, "approve", "").await);
    leads(&office.does(&office.minh, &path, "issue", "").await);
    until("both pictures", async || {
        let calls = service.calls("sendMediaGroup");
        if calls == 1 { Ok(()) } else { Err(format!("{calls} {:?}", service.shows())) }
    })
    .await;
    assert_eq!(service.files(), [2]);
    assert!(world.sees(&room.chief, PAGE).await.says("Kênh Viber"));
}
