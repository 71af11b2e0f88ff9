//! The other ways by which a site is read: WordPress, a sitemap with its pages, OAI-PMH (another node's own), and what a site sends signed.

use hkdf::hmac::{Hmac, KeyInit, Mac};
use nhipcau::sources::list::push;
use serde_json::{Value, json};
use sha2::Sha256;

use super::super::newsroom::leads;
use super::super::world::{World, notice, until};
use super::site::{Page, Site};
use super::{OTHER, PAGE, joins, reads, source, titles, was_read};

fn with(way: &str) -> Vec<(&str, &str)> {
    [("cach-doc", way)].into_iter().chain(OTHER).collect()
}

/// Lets a WordPress answer with its posts: to any question for them, and to the one for all ids.
fn posts(site: &Site, posts: &[(u64, &str, &str)]) {
    let one = |(id, title, text): &(u64, &str, &str)| {
        json!({ "id": id, "link": site.url(&format!("/?p={id}")), "date_gmt": "2026-11-23T01:15:00", "modified_gmt": "2026-11-23T02:00:00",
            "title": { "rendered": title }, "content": { "rendered": format!("<p>{text}</p>"), "protected": false },
            "excerpt": { "rendered": "", "protected": false },
            "_embedded": { "wp:term": [[{ "taxonomy": "category", "name": "Tin" }]] } })
    };
    let all: Vec<Value> = posts.iter().map(one).collect();
    let ids: Vec<Value> = posts.iter().map(|(id, ..)| json!({ "id": id })).collect();
    site.begins(
        "/wp-json/wp/v2/posts?per_page=20&",
        Page::Body("application/json", Value::from(all).to_string()),
    );
    site.begins(
        "/wp-json/wp/v2/posts?per_page=100&",
        Page::Body("application/json", Value::from(ids).to_string()),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wordpress_is_followed_into_its_trash() {
    let world = World::with(["chinhphu"]).await;
    let site = Site::new("bao").await;
    let minh = world.staff("chinhphu", "minh", &["publisher"]).await;
    posts(&site, &[(7, "Một", "Bài một."), (8, "Hai", "Bài hai.")]);
    let home = site.url("");
    joins(&world, &minh, &home, &with("wordpress")).await;
    let mut all = titles(&world, "chinhphu").await;
    all.sort();
    assert_eq!(all, ["Hai", "Một"]);
    // What was modified comes with the clock's own reading; one that is in the trash is missed by the ids, an hour later and again.
    posts(&site, &[(8, "Hai", "Bài hai, đã sửa.")]);
    world.clock("chinhphu").pass(600_000_000);
    let source = was_read(&world, "chinhphu", &home).await;
    assert!(site.asked("modified_after=2026-11-22T02:00:00Z"), "only what was modified since");
    assert_eq!(titles(&world, "chinhphu").await.len(), 2);
    for _ in 0..2 {
        world.clock("chinhphu").pass(4_000_000_000);
        was_read(&world, "chinhphu", &home).await;
    }
    let minh = world.again("chinhphu", "minh").await;
    reads(&world, &minh, &source).await;
    assert_eq!(titles(&world, "chinhphu").await, ["Hai"]);
    let page = world
        .fills(&minh, PAGE, &[("dia-chi", &site.url("/khac")), ("cach-doc", "wordpress"), ("viec", "xem")])
        .await;
    assert!(page.status == 422 && page.says("404"), "{}", page.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sitemap_leads_to_pages_whose_text_is_taken() {
    let world = World::with(["chinhphu"]).await;
    let site = Site::new("xa").await;
    let minh = world.staff("chinhphu", "minh", &["publisher"]).await;
    let map = |pages: &[(&str, &str)]| {
        let url = |(path, day): &(&str, &str)| {
            format!("<url><loc>{}</loc><lastmod>{day}</lastmod></url>", site.url(path))
        };
        let urls: String = pages.iter().map(url).collect();
        // Another host's page is none of this site's.
        let foreign = "<url><loc>http://127.0.0.1:1/x</loc></url>";
        site.shows("/sitemap.xml", Page::Body("text/xml", format!("<urlset>{urls}{foreign}</urlset>")));
    };
    let page = |path: &str, title: &str, text: &str| {
        let html = format!(
            "<html><head><title>{title}</title></head><body><nav>Trang chủ</nav><main><p>{text}</p></main></body></html>"
        );
        site.shows(path, Page::Body("text/html", html));
    };
    page("/mot", "Một", "Trang một.");
    page("/hai", "Hai", "Trang hai.");
    map(&[("/mot", "2026-11-20"), ("/hai", "2026-11-21")]);
    let url = site.url("/sitemap.xml");
    joins(&world, &minh, &url, &with("sitemap")).await;
    let mut all = titles(&world, "chinhphu").await;
    all.sort();
    assert_eq!(all, ["Hai", "Một"]);
    // Only what its sitemap calls modified is called again.
    page("/hai", "Hai", "Trang hai, mới.");
    map(&[("/mot", "2026-11-20"), ("/hai", "2026-11-22")]);
    world.clock("chinhphu").pass(600_000_000);
    was_read(&world, "chinhphu", &url).await;
    assert_eq!(
        (site.calls("/mot").len(), site.calls("/hai").len()),
        (2, 3),
        "two at the look and the first reading"
    );
    let told = world.get("chinhphu", "/api/v1/items?own=true").await.json();
    let two =
        told["items"].as_array().unwrap().iter().find(|item| item["card"]["title"] == "Hai").unwrap().clone();
    assert_eq!(two["edition"], 2);
    // What left the sitemap is gone with the second reading.
    map(&[("/hai", "2026-11-22")]);
    for _ in 0..2 {
        world.clock("chinhphu").pass(600_000_000);
        was_read(&world, "chinhphu", &url).await;
    }
    assert_eq!(titles(&world, "chinhphu").await, ["Hai"]);
}

/// Lets a repository answer to any question with its records: identifier, title, and whether it is deleted.
fn records(site: &Site, records: &[(&str, &str, bool)]) {
    let one = |(name, title, deleted): &(&str, &str, bool)| {
        let (status, metadata) = match deleted {
            true => (" status=\"deleted\"", String::new()),
            false => (
                "",
                format!(
                    "<metadata><oai_dc:dc><dc:title>{title}</dc:title><dc:description>Tóm tắt.</dc:description></oai_dc:dc></metadata>"
                ),
            ),
        };
        let header = format!(
            "<header{status}><identifier>{name}</identifier><datestamp>2026-11-23T01:00:00Z</datestamp></header>"
        );
        format!("<record>{header}{metadata}</record>")
    };
    let all: String = records.iter().map(one).collect();
    let answer = format!("<OAI-PMH><ListRecords>{all}</ListRecords></OAI-PMH>");
    site.begins("/oai?verb=ListRecords", Page::Body("text/xml", answer));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_is_harvested_with_what_it_deletes() {
    let world = World::with(["chinhphu"]).await;
    let site = Site::new("kho").await;
    let minh = world.staff("chinhphu", "minh", &["publisher"]).await;
    records(&site, &[("oai:kho:1", "Lịch tiêm chủng", false), ("oai:kho:2", "Lịch cắt điện", false)]);
    let url = site.url("/oai");
    joins(&world, &minh, &url, &with("oai")).await;
    assert_eq!(titles(&world, "chinhphu").await.len(), 2);
    records(&site, &[("oai:kho:1", "", true)]);
    world.clock("chinhphu").pass(600_000_000);
    was_read(&world, "chinhphu", &url).await;
    assert!(site.asked("from=2026-11-23"), "only what is new");
    assert_eq!(titles(&world, "chinhphu").await, ["Lịch cắt điện"], "a deletion is its own word");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_network_has_already_is_not_carried_in_a_circle() {
    let world = World::with(["chinhphu", "laocai"]).await;
    world.issues("laocai", notice("Lịch tiêm chủng", "Tại trạm y tế.")).await;
    world.settle().await;
    let minh = world.staff("chinhphu", "minh", &["publisher"]).await;
    // An agency of the network needs nobody to carry what it says; nor does this node.
    for (host, whose) in [(world.host("laocai"), "khac"), (world.host("chinhphu"), "minh")] {
        let url = format!("http://{host}/feed.atom");
        let fields = [("dia-chi", url.as_str()), ("cua-ai", whose), ("ten", "Lào Cai"), ("viec", "bat-dau")];
        let refused = world.fills(&minh, PAGE, &fields).await;
        assert!(refused.status == 422 && refused.says("đã có trong mạng"), "{}", refused.text());
    }
    // By another name of the same site its items are known all the same.
    let url = world.address("laocai", "/feed.atom");
    let source = joins(&world, &minh, &url, &OTHER).await;
    assert!(titles(&world, "chinhphu").await.is_empty());
    assert!(world.sees(&minh, &format!("{PAGE}/{}", source.id)).await.says("1 bài trùng"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_site_sends_is_taken_by_its_signature_alone() {
    let world = World::with(["chinhphu"]).await;
    let minh = world.staff("chinhphu", "minh", &["publisher"]).await;
    let url = "https://so-b.tinh-a.gov.vn/";
    let joined: Vec<_> = [("dia-chi", url), ("viec", "bat-dau")].into_iter().chain(with("push")).collect();
    leads(&world.fills(&minh, PAGE, &joined).await);
    let source = source(&world, "chinhphu", url).await.unwrap();
    let app = world.app("chinhphu");
    let page = world.sees(&minh, &format!("{PAGE}/{}", source.id)).await;
    let secret = push::secret(app, source.id);
    assert!(page.says(&secret.replace('+', "&#43;")) || page.says(&secret), "{}", page.text());
    let key = app.people.seal.mark("source push", &source.id.to_string());
    let sends = async |body: &Value, at: i64, key: &[u8]| {
        let body = body.to_string();
        let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
        mac.update(format!("c1.{at}.{body}").as_bytes());
        use base64::Engine;
        let signature = base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes());
        let request = world.request("POST", "chinhphu", &push::path(source.id)).header("webhook-id", "c1");
        let request = request.header("webhook-timestamp", at.to_string());
        world.ask(request.header("webhook-signature", format!("v1,{signature}")).body(body)).await.status
    };
    let feed = |text: &str| {
        json!({ "version": "https://jsonfeed.org/version/1.1", "title": "Sở B", "items": [
            { "id": "1", "url": "https://so-b.tinh-a.gov.vn/1", "title": "Lịch trực", "content_html": text }] })
    };
    let now = app.clock.now().as_second();
    assert_eq!(sends(&feed("<p>Thứ hai.</p>"), now, b"khac").await, 403);
    assert_eq!(sends(&feed("<p>Thứ hai.</p>"), now - 4_000, &key).await, 409, "an old call");
    assert_eq!(sends(&json!({ "items": 3 }), now, &key).await, 409, "no feed");
    assert!(titles(&world, "chinhphu").await.is_empty());
    assert_eq!(sends(&feed("<p>Thứ hai.</p>"), now, &key).await, 204);
    assert_eq!(sends(&feed("<p>Thứ ba.</p>"), now + 1, &key).await, 204);
    assert_eq!(sends(&feed("<p>Thứ hai.</p>"), now, &key).await, 409, "a replay takes no correction back");
    let told = world.get("chinhphu", "/api/v1/items?own=true").await.json();
    assert_eq!((&told["total"], &told["items"][0]["edition"]), (&1.into(), &2.into()));
    assert_eq!(told["items"][0]["card"]["carried"]["site"], "so-b.tinh-a.gov.vn");
    let gone = json!({ "version": "https://jsonfeed.org/version/1.1", "title": "Sở B", "items": [], "_deleted": ["1"] });
    assert_eq!(sends(&gone, now + 2, &key).await, 204);
    assert!(titles(&world, "chinhphu").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_reading_of_a_feed_goes_back_through_its_archives() {
    let world = World::with(["chinhphu"]).await;
    let site = Site::new("luu-tru").await;
    let minh = world.staff("chinhphu", "minh", &["publisher"]).await;
    let document = |before: &str, items: &[(u32, &str)]| {
        let entries: String = items
            .iter()
            .map(|(number, title)| {
                format!(
                    "<entry><id>t{number}</id><title>{title}</title><link href=\"{}\"/><updated>2026-11-0{number}T01:00:00Z</updated>\
                     <content type=\"text\">Bài {number}.</content></entry>",
                    site.url(&format!("/tin/{number}"))
                )
            })
            .collect();
        let link = if before.is_empty() {
            String::new()
        } else {
            format!("<link rel=\"prev-archive\" href=\"{before}\"/>")
        };
        let text =
            format!("<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Sở</title>{link}{entries}</feed>");
        Page::Body("application/atom+xml", text)
    };
    // What came later counts, and archives that name each other end.
    site.shows("/rss.xml", document("/a2.xml", &[(4, "Bốn")]));
    site.shows("/a2.xml", document("/a1.xml", &[(3, "Ba"), (4, "Bốn, bản cũ")]));
    site.shows("/a1.xml", document("/a2.xml", &[(1, "Một"), (2, "Hai")]));
    let source = joins(&world, &minh, &site.url("/rss.xml"), &OTHER).await;
    let sorted = async || {
        let mut all = titles(&world, "chinhphu").await;
        all.sort();
        all
    };
    assert_eq!(sorted().await, ["Ba", "Bốn", "Hai", "Một"]);
    // Only once: later readings read the feed alone.
    let before = site.calls("/a1.xml").len();
    site.shows("/rss.xml", document("/a2.xml", &[(4, "Bốn"), (5, "Năm")]));
    world.clock("chinhphu").pass(400_000_000);
    until("the new item", async || match sorted().await {
        all if all.len() == 5 => Ok(()),
        all => Err(format!("{all:?}")),
    })
    .await;
    assert_eq!(site.calls("/a1.xml").len(), before, "{source:?}");
}
