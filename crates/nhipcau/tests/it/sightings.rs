//! The watch: an item should stand on a page of somebody else's site, and whoever is responsible hears what stands there.

use serde_json::Value;

use super::newsroom::leads;
use super::sources::{Page, Site};
use super::world::{Item, Staff, World, edition, notice, until};

const PAGE: &str = "/ban-lam-viec/canh-trang";
const MINUTE: i64 = 60_000_000;

/// What the portal says of an item's pages elsewhere: site and verdict.
pub async fn seen(world: &World, item: &Item) -> Vec<(String, String)> {
    let told = world.get(&item.portal, &format!("/api/v1/items/{}/coverage", item.reference)).await.json();
    let text = |site: &Value, field: &str| site[field].as_str().unwrap().to_owned();
    told["sites"].as_array().unwrap().iter().map(|site| (text(site, "name"), text(site, "seen"))).collect()
}

/// Lets time pass until a site is seen to show an item so.
pub async fn is_seen(world: &World, item: &Item, name: &str, verdict: &str) {
    until(verdict, async || {
        world.clock(&item.portal).pass(MINUTE);
        tokio::time::sleep(std::time::Duration::from_millis(400)).await;
        let now = seen(world, item).await;
        let found = now.iter().any(|(site, seen)| site == name && seen == verdict);
        if found { Ok(()) } else { Err(format!("{now:?}")) }
    })
    .await;
}

async fn watches(world: &World, who: &Staff, name: &str, way: &str, url: &str) {
    let typed = [("viec", "them"), ("cach-tim", way), ("dia-chi", url), ("ten", name), ("tu-dau", "dau")];
    leads(&world.fills(who, PAGE, &typed).await);
}

fn html(title: &str, text: &str) -> Page {
    Page::Body(
        "text/html; charset=utf-8",
        format!(
            "<title>{title} – Sở</title><nav>Trang chủ</nav><article><h1>{title}</h1><p>{text}</p></article><footer>Chia sẻ</footer>"
        ),
    )
}

/// The page of the console about the first watched site.
async fn first(world: &World, who: &Staff) -> String {
    let list = world.sees(who, PAGE).await.text();
    list.split("href=\"")
        .find(|href| href.starts_with(&format!("{PAGE}/")))
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_site_is_seen_as_it_is_and_drift_is_told_to_its_administrator() {
    let world = World::with(["chinhphu"]).await;
    let site = Site::new("so-cu").await;
    let minh = world.staff("chinhphu", "minh", &["publisher"]).await;
    let none = world
        .fills(
            &minh,
            PAGE,
            &[("viec", "them"), ("cach-tim", "template"), ("dia-chi", "https://a.vn/bai"), ("ten", "A")],
        )
        .await;
    assert!(none.status == 422 && none.says("[id]"), "{}", none.text());
    watches(&world, &minh, "Sở cũ", "template", &site.url("/tin/[id]")).await;
    let item = world.issues("chinhphu", notice("Lịch cắt điện", "Ngày 27, từ 8 giờ.")).await;
    let at = format!("/tin/{}", item.id);
    site.shows(&at, html("Lịch cắt điện", "Ngày 27,\n từ <b>8 giờ</b>."));
    is_seen(&world, &item, "Sở cũ", "shown").await;
    let page = world.get("chinhphu", &format!("/muc/{}/noi-hien-thi", item.reference)).await;
    assert!(
        page.says("Trang của nơi khác")
            && page.says("đang hiển thị đúng")
            && page.says("không phải biên nhận")
    );
    // Unchanged pages are not sent again.
    until("a conditional request", async || {
        world.clock("chinhphu").pass(10 * MINUTE);
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        if site.calls(&at).contains(&304) { Ok(()) } else { Err(String::new()) }
    })
    .await;

    world.corrects(&item, edition("Lịch cắt điện", "Ngày 28, từ 8 giờ.")).await;
    is_seen(&world, &item, "Sở cũ", "old").await;
    until("the alarm", async || {
        world.clock("chinhphu").pass(5 * MINUTE);
        let alarms = world.alarms("chinhphu").await;
        let found = alarms.iter().any(|(about, peer, _)| about == "sighting.drift" && peer == "Sở cũ");
        if found { Ok(()) } else { Err(format!("{alarms:?}")) }
    })
    .await;
    assert!(world.get("chinhphu", "/mang").await.says("Sở cũ: 1 mục khác với bản của cổng"));
    // So much time has passed that the session has ended.
    let minh = world.again("chinhphu", "minh").await;
    assert!(world.sees(&minh, "/ban-lam-viec").await.says("1 mục khác với bản của cổng"));
    let one = first(&world, &minh).await;
    let page = world.sees(&minh, &one).await;
    assert!(page.says("bản cũ") && page.says(&at), "{}", page.text());
    let compared = world.sees(&minh, &format!("{one}/{}", item.reference)).await;
    assert!(compared.says("27") && compared.says("28") && compared.says("<del>"), "{}", compared.text());

    site.shows(&at, html("Lịch cắt điện", "Ngày 29, từ 8 giờ."));
    is_seen(&world, &item, "Sở cũ", "altered").await;
    site.shows(&at, html("Lịch cắt điện", "Ngày 28, từ 8 giờ."));
    is_seen(&world, &item, "Sở cũ", "shown").await;
    until("the alarm to end", async || {
        let alarms = world.alarms("chinhphu").await;
        if alarms.iter().all(|(about, ..)| about != "sighting.drift") {
            Ok(())
        } else {
            Err(format!("{alarms:?}"))
        }
    })
    .await;

    world.withdraws(&item, true).await;
    is_seen(&world, &item, "Sở cũ", "lingers").await;
    let page = world.get("chinhphu", &format!("/muc/{}/noi-hien-thi", item.reference)).await;
    assert!(page.says("đã gỡ ở đây mà vẫn còn") && !page.says(&at), "nobody is led to what was withdrawn");
    site.shows(&at, Page::Status(410));
    is_seen(&world, &item, "Sở cũ", "absent").await;
    let minh = world.again("chinhphu", "minh").await;
    leads(&world.fills(&minh, &one, &[("viec", "go")]).await);
    assert!(world.sees(&minh, PAGE).await.says("Chưa canh trang nào."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_found_in_what_the_site_lists() {
    let world = World::with(["chinhphu"]).await;
    let (feed, map) = (Site::new("so-a").await, Site::new("so-b").await);
    let minh = world.staff("chinhphu", "minh", &["publisher"]).await;
    feed.lists(&[(1, "Tin khác", "x")], true);
    let urls = |path: &str| format!("<urlset><url><loc>{}</loc></url></urlset>", map.url(path));
    map.shows("/sitemap.xml", Page::Body("text/xml", urls("/tin/khac.html")));
    watches(&world, &minh, "Sở A", "feed", &feed.url("/rss.xml")).await;
    watches(&world, &minh, "Sở B", "sitemap", &map.url("/sitemap.xml")).await;
    let item = world.issues("chinhphu", notice("Lịch tiếp dân", "Thứ hai.")).await;
    is_seen(&world, &item, "Sở A", "missing").await;
    is_seen(&world, &item, "Sở B", "missing").await;
    feed.lists(&[(1, "Tin khác", "x"), (2, "LỊCH tiếp dân", "Thứ hai.")], true);
    feed.shows("/tin/2", html("Lịch tiếp dân", "Thứ hai."));
    map.shows("/sitemap.xml", Page::Body("text/xml", urls("/tin/lich-tiep-dan.html")));
    map.shows("/tin/lich-tiep-dan.html", html("Lịch tiếp dân", "Thứ ba."));
    is_seen(&world, &item, "Sở A", "shown").await;
    is_seen(&world, &item, "Sở B", "altered").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_wrongly_for_a_day_is_told_to_the_agency_above_and_taken_back() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let site = Site::new("xa-cu").await;
    let minh = world.staff("laocai", "minh", &["publisher"]).await;
    watches(&world, &minh, "Xã cũ", "template", &site.url("/tin/[id]")).await;
    let item = world.issues("laocai", notice("Lịch cắt điện", "Ngày 27.")).await;
    is_seen(&world, &item, "Xã cũ", "missing").await;
    assert!(world.alarms("chinhphu").await.iter().all(|(about, ..)| about != "sighting.below"));
    let pass = |minutes: i64| ["chinhphu", "laocai"].map(|label| world.clock(label).pass(minutes * MINUTE));
    pass(25 * 60);
    let told = async |stands: bool| {
        until("what the agency above is told", async || {
            pass(61);
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            let alarms = world.alarms("chinhphu").await;
            let found = alarms
                .iter()
                .any(|(about, peer, _)| about == "sighting.below" && peer == "laocai.localhost/log");
            if found == stands { Ok(()) } else { Err(format!("{alarms:?}")) }
        })
        .await;
    };
    told(true).await;
    let lan = world.staff("chinhphu", "lan", &["publisher"]).await;
    let page = world.sees(&lan, PAGE).await;
    assert!(
        page.says("Cơ quan laocai: Xã cũ") && page.says("thiếu") && page.says(&item.id.to_string()),
        "{}",
        page.text()
    );
    site.shows(&format!("/tin/{}", item.id), html("Lịch cắt điện", "Ngày 27."));
    told(false).await;
    assert!(!world.sees(&lan, PAGE).await.says("Xã cũ"));
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_pages_harm_nobody_and_are_told_as_what_they_are() {
    let world = World::with(["chinhphu"]).await;
    let site = Site::new("xau").await;
    let minh = world.staff("chinhphu", "minh", &["publisher"]).await;
    watches(&world, &minh, "Xấu", "template", &site.url("/[id]")).await;
    let mut items = Vec::new();
    for title in ["Lớn", "Vòng", "Riêng", "Mã cũ", "Lồng nhau"] {
        items.push(world.issues("chinhphu", notice(title, "Một hai ba bốn năm.")).await);
    }
    let at = |n: usize| format!("/{}", items[n].id);
    site.shows(&at(0), Page::Body("text/html", "x".repeat(5 << 20)));
    site.shows(&at(1), Page::To(site.url(&at(1))));
    site.shows(&at(2), Page::To("http://169.254.169.254/latest".into()));
    site.shows(
        &at(3),
        Page::Body(
            "text/html; charset=khong-co",
            "<h1>M\u{e3}</h1>\u{fffd}<p>Một hai ba bốn năm.</p>".into(),
        ),
    );
    let deep = "<div><b><i>".repeat(100_000) + "<h1>Lồng nhau</h1><p>Một hai ba bốn năm.</p>";
    site.shows(&at(4), Page::Body("text/html", deep));
    is_seen(&world, &items[4], "Xấu", "shown").await;
    is_seen(&world, &items[3], "Xấu", "altered").await;
    let minh = world.again("chinhphu", "minh").await;
    let one = first(&world, &minh).await;
    let page = until("each trouble to be told", async || {
        world.clock("chinhphu").pass(MINUTE);
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        let page = world.sees(&minh, &one).await.text();
        let told = ["4 MB", "chuyển hướng quá 5 lần", "dẫn tới máy này hoặc mạng riêng"];
        if told.iter().all(|words| page.contains(words)) { Ok(page) } else { Err(page.len().to_string()) }
    })
    .await;
    assert!(page.contains("chưa xem"), "what could not be looked at has no verdict");
    let compared = world.sees(&minh, &format!("{one}/{}", items[2].reference)).await;
    assert!(compared.says("dẫn tới máy này hoặc mạng riêng"), "{}", compared.text());
}
