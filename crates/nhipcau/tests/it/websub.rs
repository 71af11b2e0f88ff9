//! WebSub, both sides: a node tells another network's node of what changes as it happens, whatever is stopped in the middle; subscribers that
//! are slow, lead elsewhere or never end keep only themselves waiting; hubs that lie are not believed.

use hkdf::hmac::{Hmac, KeyInit, Mac};
use reqwest::header::HeaderMap;
use sha2::Sha256;

mod hub;

use super::newsroom::leads;
use super::sources::{Page, Site};
use super::world::{Answer, Staff, World, edition, notice, until};

const PAGE: &str = "/ban-lam-viec/noi-nhan/dang-ky";
const OUTLETS: &str = "/ban-lam-viec/noi-nhan";
const SOURCES: &str = "/ban-lam-viec/nguon";

/// Names a site to a portal's hub, so that what is at its private address may subscribe; nothing is sent there.
async fn names(world: &World, who: &Staff, url: &str) {
    leads(&world.fills(who, OUTLETS, &[("viec", "them"), ("dia-chi", url)]).await);
    let page = world.sees(who, OUTLETS).await.text();
    for part in page.split("name=\"noi\" value=\"").skip(1) {
        let id = part.split('"').next().unwrap();
        leads(&world.fills(who, OUTLETS, &[("viec", "dung"), ("noi", id)]).await);
    }
}

/// A page of a portal at the portal's own address.
fn own(world: &World, portal: &str, path: &str) -> String {
    format!("http://{}{path}", world.host(portal))
}

/// Asks a portal's hub for something.
async fn asks(world: &World, portal: &str, fields: &[(&str, &str)]) -> Answer {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = world.request("POST", portal, "/websub");
    world.ask(request.header("content-type", "application/x-www-form-urlencoded").body(body)).await
}

/// Subscribes a callback to a portal's Atom feed, with a secret and a lease.
async fn subscribes(world: &World, portal: &str, callback: &str, secret: &str, lease: &str) -> Answer {
    let topic = own(world, portal, "/feed.atom");
    let fields = [
        ("hub.mode", "subscribe"),
        ("hub.topic", &*topic),
        ("hub.callback", callback),
        ("hub.secret", secret),
        ("hub.lease_seconds", lease),
    ];
    asks(world, portal, &fields).await
}

/// Waits until the console says so of subscribers.
async fn says(world: &World, who: &Staff, words: &str) {
    until("the page of subscribers", async || {
        let page = world.sees(who, PAGE).await.text();
        if page.contains(words) { Ok(()) } else { Err(page) }
    })
    .await;
}

fn signed(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

/// Waits until a site was sent a feed that says something; every delivery must be signed.
async fn is_sent(site: &Site, path: &str, secret: &str, words: &str) -> HeaderMap {
    until("a delivery", async || {
        let posted = site.posted(path);
        for (headers, body) in &posted {
            assert_eq!(headers["x-hub-signature"], *signed(secret, body));
        }
        let said = posted.iter().find(|(_, body)| String::from_utf8_lossy(body).contains(words));
        said.map(|(headers, _)| headers.clone()).ok_or_else(|| format!("{} deliveries", posted.len()))
    })
    .await
}

/// The titles of what a network carries.
async fn carried(world: &World) -> Vec<String> {
    let told = world.get("chinhphu", "/api/v1/items?own=true&limit=50").await.json();
    let items = told["items"].as_array().unwrap().clone();
    let standing = items.iter().filter(|item| item["state"] == "standing");
    standing.map(|item| item["card"]["title"].as_str().unwrap().to_owned()).collect()
}

async fn carries(world: &World, due: &[&str]) {
    until("it to be carried", async || {
        let now = carried(world).await;
        if now == due { Ok(()) } else { Err(format!("{now:?}")) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_tells_another_network_at_once_whatever_is_stopped_in_the_middle() {
    let (mut hub, mut world) = (World::with(["chinhphu", "mof"]).await, World::with(["chinhphu"]).await);
    let minh = hub.staff("mof", "minh", &["publisher"]).await;
    names(&hub, &minh, &own(&world, "chinhphu", "/khong-co")).await;
    let first = hub.issues("mof", notice("Lịch cắt điện", "Ngày 27.")).await;

    let feed = own(&hub, "mof", "/feed.atom");
    let lan = world.staff("chinhphu", "lan", &["publisher"]).await;
    let fields = [
        ("dia-chi", &*feed),
        ("cua-ai", "khac"),
        ("ten", "Cổng khác"),
        ("loai", "notice"),
        ("viec", "bat-dau"),
    ];
    leads(&world.fills(&lan, SOURCES, &fields).await);
    carries(&world, &["Lịch cắt điện"]).await;
    let list = world.sees(&lan, SOURCES).await.text();
    let path = list.split("href=\"").find(|href| href.starts_with("/ban-lam-viec/nguon/")).unwrap();
    let path = path.split('"').next().unwrap().to_owned();
    until("the hub to be asked and to ask back", async || {
        let page = world.sees(&lan, &path).await.text();
        if page.contains("báo ngay khi nguồn đổi") { Ok(()) } else { Err(page) }
    })
    .await;
    says(&hub, &minh, "1 nơi đăng ký, 0 nơi đang không nhận").await;

    // No clock moves: only by being told it is read before five minutes are over.
    hub.issues("mof", notice("Lịch tiếp dân", "Thứ hai.")).await;
    world.clock("chinhphu").pass(6_000_000);
    carries(&world, &["Lịch tiếp dân", "Lịch cắt điện"]).await;
    hub.corrects(&first, edition("Lịch cắt điện mới", "Ngày 28.")).await;
    world.clock("chinhphu").pass(6_000_000);
    carries(&world, &["Lịch tiếp dân", "Lịch cắt điện mới"]).await;

    // The hub is stopped and started: who subscribes is remembered.
    hub.stop("mof").await;
    hub.start("mof").await;
    hub.may_sign("mof").await;
    hub.withdraws(&first, false).await;
    world.clock("chinhphu").pass(6_000_000);
    carries(&world, &["Lịch tiếp dân"]).await;

    // The subscriber is away: it is tried again, and told once it is back.
    world.stop("chinhphu").await;
    hub.issues("mof", notice("Lịch tiêm chủng", "Thứ ba.")).await;
    says(&hub, &minh, "1 nơi đăng ký, 1 nơi đang không nhận").await;
    world.start("chinhphu").await;
    world.may_sign("chinhphu").await;
    world.clock("chinhphu").pass(6_000_000);
    hub.clock("mof").pass(3_600_000_000);
    carries(&world, &["Lịch tiêm chủng", "Lịch tiếp dân"]).await;
    says(&hub, &minh, "1 nơi đăng ký, 0 nơi đang không nhận").await;

    // The source is removed: the hub is told, asks back, and forgets.
    let lan = world.again("chinhphu", "lan").await;
    leads(&world.fills(&lan, &path, &[("viec", "go")]).await);
    says(&hub, &minh, "0 nơi đăng ký").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_of_the_hub_must_make_sense_and_be_meant() {
    let world = World::with(["chinhphu"]).await;
    let minh = world.staff("chinhphu", "minh", &["publisher"]).await;
    let (topic, site) = (own(&world, "chinhphu", "/feed.atom"), Site::new("nguoi-nhan").await);
    let feed = world.get("chinhphu", "/feed.atom").await;
    let hub = own(&world, "chinhphu", "/websub");
    assert_eq!(feed.header("link"), format!("<{hub}>; rel=\"hub\", <{topic}>; rel=\"self\""));
    assert!(feed.says(&format!("<link rel=\"hub\" href=\"{hub}\"/>")), "{}", feed.text());
    assert!(world.get("chinhphu", "/feed.rss").await.says("<atom:link rel=\"hub\""));
    assert_eq!(world.get("chinhphu", "/feed.json").await.json()["hubs"][0]["url"], hub);
    for none in ["/feed.atom?q=điện", "/nhung/tin.html"] {
        let answer = world.get("chinhphu", none).await;
        assert!(answer.header("link").is_empty() && !answer.says("rel=\"hub\""), "{none}");
    }

    let callback = site.url("/cb");
    let private = subscribes(&world, "chinhphu", &callback, "", "").await;
    assert!(
        private.status == 422 && private.says("hub.callback"),
        "nobody has named this site: {}",
        private.text()
    );
    names(&world, &minh, &site.url("/khong-co")).await;
    let whole = [("hub.mode", "subscribe"), ("hub.topic", &*topic), ("hub.callback", &*callback)];
    let long = "x".repeat(200);
    for (field, wrong) in [
        ("hub.mode", "publish"),
        ("hub.topic", "https://chinhphu.vn/feed.atom"),
        ("hub.topic", &format!("{topic}?q=x")),
        ("hub.topic", &format!("{topic}?tap=1")),
        ("hub.topic", &format!("{topic}?utm=x")),
        ("hub.topic", &own(&world, "chinhphu", "/thong-tin")),
        ("hub.callback", "ftp://a.vn/"),
        ("hub.callback", "http://ai:gi@a.vn/"),
        ("hub.callback", "http://10.0.0.1/"),
        ("hub.secret", &long),
    ] {
        let mut fields: Vec<_> = whole.iter().copied().filter(|(name, _)| *name != field).collect();
        fields.push((field, wrong));
        let refused = asks(&world, "chinhphu", &fields).await;
        assert!(refused.status == 422 && refused.says(field), "{field} {wrong}: {}", refused.text());
    }

    // Nobody there means it: the site says that it knows of nothing.
    site.begins("/cb", Page::Status(404));
    assert_eq!(asks(&world, "chinhphu", &whole).await.status, 202);
    until("the question", async || if site.asked("hub.challenge=") { Ok(()) } else { Err(String::new()) })
        .await;
    world.issues("chinhphu", notice("Lịch cắt điện", "Ngày 27.")).await;
    says(&world, &minh, "0 nơi đăng ký").await;
    assert!(site.posted("/cb").is_empty());

    // It means it; and somebody else who asks for another secret changes nothing.
    site.begins("/cb", Page::Challenge);
    assert_eq!(subscribes(&world, "chinhphu", &callback, "bí mật", "").await.status, 202);
    says(&world, &minh, "1 nơi đăng ký").await;
    world.issues("chinhphu", notice("Lịch tiếp dân", "Thứ hai.")).await;
    let headers = is_sent(&site, "/cb", "bí mật", "Lịch tiếp dân").await;
    assert_eq!(headers["content-type"], "application/atom+xml; charset=utf-8");
    assert_eq!(headers["link"], *format!("<{hub}>; rel=\"hub\", <{topic}>; rel=\"self\""));
    site.shows("/cb", Page::Challenge);
    site.begins("/cb", Page::Status(404));
    assert_eq!(subscribes(&world, "chinhphu", &callback, "khóa khác", "").await.status, 202);
    let before = site.calls("/cb").len();
    world.issues("chinhphu", notice("Lịch tiêm chủng", "Thứ ba.")).await;
    is_sent(&site, "/cb", "bí mật", "Lịch tiêm chủng").await;
    assert!(site.calls("/cb").len() > before);

    // It ends what it began, once it says so itself.
    let ends = [("hub.mode", "unsubscribe"), ("hub.topic", &*topic), ("hub.callback", &*callback)];
    assert_eq!(asks(&world, "chinhphu", &ends).await.status, 202);
    until(
        "the question",
        async || if site.asked("hub.mode=unsubscribe") { Ok(()) } else { Err(String::new()) },
    )
    .await;
    says(&world, &minh, "1 nơi đăng ký").await;
    site.begins("/cb", Page::Challenge);
    assert_eq!(asks(&world, "chinhphu", &ends).await.status, 202);
    says(&world, &minh, "0 nơi đăng ký").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_subscriber_keeps_only_itself_waiting_and_leads_nowhere() {
    let world = World::with(["chinhphu"]).await;
    let minh = world.staff("chinhphu", "minh", &["publisher"]).await;
    let labels = ["tot", "cham", "dan-di", "vo-tan", "het"];
    let mut sites = Vec::new();
    for label in labels {
        let site = Site::new(label).await;
        names(&world, &minh, &site.url("/khong-co")).await;
        site.begins("/cb", Page::Challenge);
        assert_eq!(subscribes(&world, "chinhphu", &site.url("/cb"), "s", "3600").await.status, 202);
        sites.push(site);
    }
    let [good, slow, leading, endless, gone] = &sites[..] else { panic!() };
    says(&world, &minh, "5 nơi đăng ký, 0 nơi").await;
    let inside = Site::new("ben-trong").await;
    inside.begins("/", Page::Body("text/plain", "bí mật".into()));
    slow.begins("/cb", Page::Silent);
    leading.begins("/cb", Page::To(inside.url("/quan-tri")));
    endless.begins("/cb", Page::Endless);
    gone.begins("/cb", Page::Status(410));
    world.issues("chinhphu", notice("Lịch cắt điện", "Ngày 27.")).await;
    is_sent(good, "/cb", "s", "Lịch cắt điện").await;
    // What an endless answer says is not read, only that it was taken.
    is_sent(endless, "/cb", "s", "Lịch cắt điện").await;
    world.issues("chinhphu", notice("Lịch tiếp dân", "Thứ hai.")).await;
    is_sent(good, "/cb", "s", "Lịch tiếp dân").await;
    is_sent(endless, "/cb", "s", "Lịch tiếp dân").await;
    until("the one that leads elsewhere to be told", async || {
        let page = world.sees(&minh, PAGE).await.text();
        // The one that is gone was ended; the slow one is still being called, or has failed by now.
        if page.contains("4 nơi đăng ký") && page.contains("trả mã 302") { Ok(()) } else { Err(page) }
    })
    .await;
    assert!(!inside.asked("/"), "no redirect is followed");
    assert!(slow.posted("/cb").len() <= 1, "one call at a time");
    let page = world.sees(&minh, PAGE).await.text();
    assert!(
        page.contains(&leading.host) && !page.contains("/cb"),
        "of a callback the host alone is shown: {page}"
    );

    // A lease ends, and nothing is sent any more.
    world.clock("chinhphu").pass(3_700_000_000);
    says(&world, &minh, "0 nơi đăng ký").await;
    let sent = good.posted("/cb").len();
    world.issues("chinhphu", notice("Lịch tiêm chủng", "Thứ ba.")).await;
    let again = Site::new("lai").await;
    names(&world, &minh, &again.url("/khong-co")).await;
    again.begins("/cb", Page::Challenge);
    subscribes(&world, "chinhphu", &again.url("/cb"), "s", "3600").await;
    says(&world, &minh, "1 nơi đăng ký").await;
    world.issues("chinhphu", notice("Lịch họp", "Thứ tư.")).await;
    is_sent(&again, "/cb", "s", "Lịch họp").await;
    assert_eq!(good.posted("/cb").len(), sent);
    // Somebody here ends the last one.
    let page = world.sees(&minh, PAGE).await.text();
    let one = super::world::hidden(&page, "dang-ky").unwrap();
    leads(&world.fills(&minh, PAGE, &[("dang-ky", &one)]).await);
    says(&world, &minh, "0 nơi đăng ký").await;
}
