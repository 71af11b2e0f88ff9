//! Feeds and sitemaps that any reader takes: well formed, the same ids everywhere, withdrawals told twice.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::pages::a_nation_with_a_past;
use super::world::{World, notice};

#[tokio::test(flavor = "multi_thread")]
async fn feeds_are_well_formed_and_tell_a_withdrawal_twice() {
    let world = a_nation_with_a_past().await;
    let items = world.get("xa-a.laocai", "/api/v1/items?limit=500").await.json();
    let withdrawn = world.get("xa-a.laocai", "/feed.atom").await.text();
    let id =
        withdrawn.split_once("<at:deleted-entry ref=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
    assert!(id.starts_with("urn:uuid:"));
    assert!(
        withdrawn.contains(&format!("<entry><id>{id}</id><title>")),
        "no rewritten entry beside the tombstone"
    );
    assert!(withdrawn.contains("Đã gỡ khỏi cổng") && !withdrawn.contains("Lộ dữ liệu"));
    for path in ["/feed.atom", "/feed.rss", "/sitemap.xml"] {
        let answer = world.get("xa-a.laocai", path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.header("content-type").contains("xml"), "{path}: {}", answer.header("content-type"));
        let text = answer.text();
        let mut reader = Reader::from_str(&text);
        reader.config_mut().check_end_names = true;
        let (mut depth, mut entries) = (0_i64, 0);
        loop {
            match reader.read_event().unwrap_or_else(|e| panic!("{path}: {e}")) {
                Event::Start(tag) => {
                    depth += 1;
                    entries += u32::from(matches!(tag.name().as_ref(), "entry" | "item" | "url"));
                    for attribute in tag.attributes() {
                        attribute.unwrap_or_else(|e| panic!("{path}: {e}"));
                    }
                }
                Event::End(_) => depth -= 1,
                Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(depth, 0, "{path} is not closed");
        assert!(entries >= 40, "{path}: {entries} entries of {}", items["total"]);
        assert!(text.contains("&lt;b&gt;") || path == "/sitemap.xml", "{path}: a title is not escaped");
    }
    let robots = world.get("xa-a.laocai", "/robots.txt").await;
    assert!(robots.says("Disallow: /\n"), "a demonstration asks not to be indexed");
}

/// What stands between the first `start` and the next `end` of each occurrence.
fn each<'a>(text: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    text.split(start).skip(1).filter_map(|part| part.split(end).next()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_has_one_id_in_the_feeds_of_every_portal() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let item = world.issues("chinhphu", notice("Công điện", "Một.")).await;
    world.issues("xa-a.laocai", notice("Lịch họp", "Hai.")).await;
    world.settle().await;
    let id = format!("<id>urn:uuid:{}</id>", item.id);
    let mut feeds = Vec::new();
    for portal in ["chinhphu", "laocai", "xa-a.laocai", "xa-b.laocai"] {
        let atom = world.get(portal, "/feed.atom").await.text();
        assert!(atom.contains(&id), "{portal}:\n{atom}");
        feeds.push(each(&atom, "<id>", "</id>")[0].to_owned());
        assert!(
            world.get(portal, "/feed.rss").await.says(&format!("urn:uuid:{}</guid>", item.id)),
            "{portal}"
        );
    }
    feeds.sort();
    feeds.dedup();
    assert_eq!(feeds.len(), 4, "each feed has an id of its own: {feeds:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_tells_one_issuer_or_one_kind_and_is_not_sent_twice() {
    let world = World::with(["chinhphu", "laocai"]).await;
    world.issues("chinhphu", notice("Công điện", "Một.")).await;
    world.issues("xa-a.laocai", notice("Lịch họp", "Hai.")).await;
    world.settle().await;
    let page = world.get("xa-a.laocai", "/nguon-tin").await.text();
    for query in ["?nguon=chinhphu", "?nguon=xa-a.laocai"] {
        let listed =
            each(&page, "href=\"", "\"").into_iter().find(|h| h.starts_with(&format!("/feed.atom{query}")));
        let path = listed.unwrap_or_else(|| panic!("{query} is not listed:\n{page}"));
        let feed = world.get("xa-a.laocai", path).await;
        let titles = each(&feed.text(), "<entry><id>", "<updated>").len();
        assert_eq!((titles, feed.says("Công điện")), (1, query.contains("chinhphu")), "{}", feed.text());
        assert_eq!(each(&feed.text(), "rel=\"self\"", "/>").len(), 1);
    }
    assert!(!world.get("xa-a.laocai", "/feed.atom?loai=van-ban").await.says("<entry>"));
    for bad in ["/feed.atom?loai=bao", "/feed.rss?nguon=%20"] {
        let refused = world.get("xa-a.laocai", bad).await;
        assert!(refused.status == 400 && refused.says("trang Nguồn tin"), "{bad}: {}", refused.text());
    }
    let first = world.get("xa-a.laocai", "/feed.atom").await;
    let again =
        world.request("GET", "xa-a.laocai", "/feed.atom").header("if-none-match", first.header("etag"));
    assert_eq!(world.ask(again).await.status, 304);
}
