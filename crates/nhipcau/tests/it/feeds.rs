//! Feeds and sitemaps that any reader takes: well formed, the same ids everywhere, withdrawals told twice.

use quick_xml::Reader;
use quick_xml::events::Event;

use serde_json::json;

use super::pages::a_nation_with_a_past;
use super::world::{World, edition, notice, until};

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

/// The feed to which a page leads, found as a reader's program finds it.
async fn leads_to(world: &World, portal: &str, page: &str, query: &str) -> String {
    let text = world.get(portal, page).await.text();
    let links = each(&text, "<link rel=\"alternate\" type=\"application/atom+xml\"", ">");
    let hrefs = links.iter().filter_map(|link| link.split("href=\"").nth(1)?.split('"').next());
    let found = hrefs.map(|href| href.replace("&#38;", "&")).find(|href| href.contains(query));
    found.unwrap_or_else(|| panic!("{page} leads to no feed with {query}: {links:?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_a_document_an_item_and_a_search_have_feeds_that_tell_what_ends() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let portal = "xa-a.laocai";
    let decree = json!({
        "kind": "document", "title": "Nghị định về lệ phí hộ tịch", "form": "Nghị định", "agency": "Chính phủ", "signer": "A",
        "number": "42/2022/NĐ-CP", "issued": "2022-06-05", "effective": "2022-08-01", "text": "Điều 1. Lệ phí đăng ký khai sinh.",
    });
    let decree = world.issues("chinhphu", decree).await;
    let repeal = json!({
        "kind": "document", "title": "Nghị định bãi bỏ", "form": "Nghị định", "agency": "Chính phủ", "signer": "A",
        "number": "7/2026/NĐ-CP", "issued": "2026-01-05", "effective": "2026-02-01", "text": "Điều 1. Miễn lệ phí đăng ký khai sinh.",
        "relations": [{ "kind": "repeals", "number": "42/2022/NĐ-CP" }],
    });
    let repeal = world.issues("chinhphu", repeal).await;
    let neighbour = world.issues("xa-b.laocai", notice("Lịch họp thôn", "Tối thứ Bảy.")).await;
    let own = world.issues(portal, notice("Thu lệ phí chợ", "Từ tháng Hai.")).await;
    world.corrects(&own, edition("Thu lệ phí chợ (sửa)", "Từ tháng Ba.")).await;
    world.settle().await;

    let place = leads_to(&world, portal, "/co-quan/laocai.localhost", "noi-log=").await;
    let agency = leads_to(&world, portal, "/co-quan/xa-b.laocai.localhost", "nguon=").await;
    let document = leads_to(&world, portal, &format!("/muc/{}", decree.reference), "so=").await;
    let item = leads_to(&world, portal, &format!("/muc/{}", own.reference), "muc=").await;
    let search = leads_to(&world, portal, "/tim-kiem?q=l%E1%BB%87+ph%C3%AD", "q=").await;
    let titles = async |path: &str| -> Vec<String> {
        let feed = world.get(portal, path).await;
        assert_eq!(feed.status, 200, "{path}: {}", feed.text());
        let text = feed.text();
        each(&text, "<entry>", "</entry>")
            .iter()
            .map(|entry| each(entry, "<title>", "</title>")[0].to_owned())
            .collect()
    };
    // One level: at a commune's portal its neighbour and all above it are followed, too.
    assert_eq!(titles(&agency).await, ["Lịch họp thôn"]);
    let told = titles(&place).await;
    assert!(
        told.contains(&"Lịch họp thôn".into()) && told.contains(&"Thu lệ phí chợ (sửa)".into()),
        "{told:?}"
    );
    assert_eq!(told.len(), 2, "what the Government says is not of this place: {told:?}");
    assert_eq!(titles(&document).await, ["Nghị định bãi bỏ", "Nghị định về lệ phí hộ tịch"]);
    assert_eq!(titles(&item).await, ["Đính chính: Thu lệ phí chợ (sửa)", "Đăng lần đầu: Thu lệ phí chợ"]);
    until("the index to have all", async || {
        let told = titles(&search).await;
        if told.len() == 3 { Ok(()) } else { Err(format!("{told:?}")) }
    })
    .await;
    for path in [&place, &agency, &document, &item, &search] {
        let first = world.get(portal, path).await;
        assert_eq!(each(&first.text(), "rel=\"self\"", "/>").len(), 1);
        let again = world.request("GET", portal, path).header("if-none-match", first.header("etag"));
        assert_eq!(world.ask(again).await.status, 304, "{path}");
        // The page of following offers the same feed, in each form.
        let follow = world.get(portal, &path.replace("/feed.atom", "/theo-doi")).await.text();
        for form in ["/feed.atom", "/feed.rss", "/feed.json"] {
            let href = path.replace("/feed.atom", form).replace("%20", "+");
            assert!(follow.contains(&format!("href=\"{href}\"")), "{href}: {follow}");
            assert_eq!(world.get(portal, &href).await.status, 200, "{href}");
        }
    }

    // What is withdrawn is told as withdrawn; what is erased without a word, by the ids under which it was told.
    world.withdraws(&repeal, false).await;
    world.withdraws(&own, true).await;
    world.erases(&neighbour).await;
    world.settle().await;
    assert_eq!(titles(&document).await[0], "Đã gỡ khỏi cổng: Nghị định bãi bỏ");
    assert_eq!(titles(&item).await, ["Đã gỡ khỏi cổng: Thu lệ phí chợ (sửa)"]);
    let ended = world.get(portal, &item).await.text();
    for edition in 1..=2 {
        assert!(
            ended.contains(&format!("<at:deleted-entry ref=\"urn:uuid:{}#{edition}\"", own.id)),
            "{ended}"
        );
    }
    let searched = titles(&search).await;
    assert!(searched.contains(&"Đã gỡ khỏi cổng: Nghị định bãi bỏ".into()), "{searched:?}");
    assert_eq!(titles(&agency).await, ["Nội dung đã được xóa theo quy định của pháp luật"]);
    for path in [&place, &agency, &document, &search] {
        let text = world.get(portal, path).await.text();
        assert!(
            text.contains(&format!("<at:deleted-entry ref=\"urn:uuid:{}\"", neighbour.id)),
            "{path}: {text}"
        );
        assert!(!text.contains("họp thôn"), "{path}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_is_none_is_told_so() {
    let world = World::with(["chinhphu"]).await;
    let unknown = format!("muc=00000000-{}", "0".repeat(32));
    for (query, status) in [
        ("q=%E2%80%A6", 400),
        ("so=m%E1%BA%A5y", 400),
        ("q=a&so=1/2020/N%C4%90-CP", 400),
        ("q=a&cua=cong", 400),
        (unknown.as_str(), 404),
        ("noi-log=khong.co/log", 404),
        (&format!("q={}", "a".repeat(10_000)), 200),
        ("so=99/2020/N%C4%90-CP", 200),
    ] {
        for form in ["atom", "rss", "json"] {
            let answer = world.get("chinhphu", &format!("/feed.{form}?{query}")).await;
            assert_eq!(answer.status, status, "{form} {query:.80}: {}", answer.text());
        }
    }
    // Who asks for feeds of ever other searches is slowed like who searches.
    let mut last = 0;
    for n in 0..200 {
        last = world.get("chinhphu", &format!("/feed.atom?q=tim{n}")).await.status;
        if last == 429 {
            break;
        }
    }
    assert_eq!(last, 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_and_its_archives_tell_every_item_and_nothing_that_was_erased() {
    let world = World::with(["chinhphu"]).await;
    let mut items = Vec::new();
    for number in 0..103 {
        items.push(world.issues("chinhphu", notice(&format!("Thông báo số {number}"), "x")).await);
    }
    let link = |text: &str, relation: &str| {
        each(text, &format!("<link rel=\"{relation}\""), "/>").first().map(|link| {
            let href = link.split("href=\"").nth(1).unwrap().split('"').next().unwrap();
            format!("/feed.{}", href.split("/feed.").nth(1).unwrap().replace("&amp;", "&"))
        })
    };
    let ids =
        |text: &str| each(text, "<entry><id>", "</id>").into_iter().map(str::to_owned).collect::<Vec<_>>();
    let feed = world.get("chinhphu", "/feed.atom?loai=thong-bao").await.text();
    let before = link(&feed, "prev-archive").unwrap();
    assert_eq!(before, "/feed.atom?loai=thong-bao&tap=1");
    assert!(link(&feed, "current").is_none() && !feed.contains("<fh:archive/>"));
    let archive = world.get("chinhphu", &before).await.text();
    assert!(archive.contains("<fh:archive/>") && link(&archive, "prev-archive").is_none());
    assert_eq!(link(&archive, "current").unwrap(), "/feed.atom?loai=thong-bao");
    assert_eq!(link(&archive, "self").unwrap(), before);
    assert_eq!(ids(&archive).len(), 100);
    let mut all: Vec<String> = ids(&feed).into_iter().chain(ids(&archive)).collect();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 103);
    for path in ["/feed.atom?tap=2", "/feed.atom?tap=0", "/feed.rss?tap=x", "/feed.json?tap=9"] {
        assert!([400, 404].contains(&world.get("chinhphu", path).await.status), "{path}");
    }
    let rss = world.get("chinhphu", "/feed.rss").await.text();
    assert!(rss.contains("<atom:link rel=\"prev-archive\""), "{rss}");
    let json = world.get("chinhphu", "/feed.json").await.json();
    assert!(json["next_url"].as_str().unwrap().ends_with("/feed.json?tap=1"));

    let listed = world.get("chinhphu", "/nhung/tin.html?toi-da=2").await;
    assert_eq!(listed.text().matches("<li").count(), 2, "{}", listed.text());
    assert!(listed.says("Thông báo số 102") && listed.says("href=\"http"), "{}", listed.text());

    world.erases(&items[3]).await;
    until("the archive to lose it", async || {
        let archive = world.get("chinhphu", &before).await;
        if archive.says("Thông báo số 3<") { Err(String::new()) } else { Ok(()) }
    })
    .await;
}
