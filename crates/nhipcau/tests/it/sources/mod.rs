//! Existing portals, joined as they are: a site changes, deletes, answers with an empty list, is away, leads into a private network; and
//! what it shows is followed, carried, put aside, never believed more than it says.

mod site;
mod ways;
mod wordpress;

pub use site::{Page, Site};

use nhipcau::sources::Source;
use nhipcau::sources::fetch::{Fetcher, Refused};
use nhipcau::sources::store;
use serde_json::json;

use super::newsroom::leads;
use super::world::{Plan, Staff, World, hidden, item, until};

const PAGE: &str = "/ban-lam-viec/nguon";

/// The source of a portal that reads an address.
async fn source(world: &World, portal: &str, url: &str) -> Option<Source> {
    let app = world.hosted(portal);
    let log = app.portals.load().by_host(&format!("{portal}.localhost")).unwrap().log;
    let all = store::of_log(&mut app.db.read().await.unwrap(), log).await.unwrap();
    all.into_iter().find(|source| source.url == url)
}

/// Waits until what is due was read.
async fn was_read(world: &World, portal: &str, url: &str) -> Source {
    until("the site to be read", async || match source(world, portal, url).await {
        Some(source) if source.next > 1 && source.next > world.hosted(portal).clock.micros() => Ok(source),
        other => Err(format!("{:?}", other.map(|source| source.next))),
    })
    .await
}

/// Joins a site, and waits until it was read for the first time.
async fn joins(world: &World, who: &Staff, url: &str, more: &[(&str, &str)]) -> Source {
    let mut fields = vec![("dia-chi", url), ("viec", "bat-dau")];
    fields.extend_from_slice(more);
    let joined = world.fills(who, PAGE, &fields).await;
    assert_eq!(joined.status, 303, "{}", joined.text());
    was_read(world, &who.portal, url).await
}

/// Has a site read now, and waits until it was.
async fn reads(world: &World, who: &Staff, source: &Source) -> Source {
    let asked = world.fills(who, &format!("{PAGE}/{}", source.id), &[("viec", "doc")]).await;
    assert_eq!(asked.status, 303, "{}", asked.text());
    was_read(world, &who.portal, &source.url).await
}

/// The titles of a portal's own items by state, newest first.
async fn titles(world: &World, portal: &str) -> Vec<String> {
    let told = world.get(portal, "/api/v1/items?own=true&limit=50").await;
    assert_eq!(told.status, 200, "{}", told.text());
    let items = told.json()["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["card"]["title"].as_str().unwrap().to_owned()).collect()
}

const OTHER: [(&str, &str); 3] = [("cua-ai", "khac"), ("ten", "Sở Y tế tỉnh A"), ("loai", "notice")];

#[tokio::test(flavor = "multi_thread")]
async fn what_a_site_without_a_log_shows_is_carried_and_nowhere_called_authentic() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let site = Site::new("so-y-te").await;
    site.lists(&[(1, "Lịch tiêm chủng", "Tiêm tại trạm y tế.")], false);
    let minh = world.staff("laocai", "minh", &["publisher"]).await;
    joins(&world, &minh, &site.url("/rss.xml"), &OTHER).await;
    world.settle().await;

    let told = world.get("laocai", "/api/v1/items?own=true").await.json();
    let item = &told["items"][0];
    let reference = item["reference"].as_str().unwrap();
    assert_eq!(item["card"]["carried"]["site"], "so-y-te.localhost");
    assert_eq!(item["card"]["carried"]["url"], site.url("/tin/1"));
    // At the portal that carries it and at every other node alike.
    for portal in ["laocai", "chinhphu"] {
        let page = world.get(portal, &format!("/muc/{reference}")).await.text();
        assert!(page.contains("Tiêm tại trạm y tế."), "{page}");
        assert!(
            page.contains("Đăng lại từ so-y-te.localhost lúc") && page.contains("cơ quan ban hành chưa ký"),
            "{page}"
        );
        assert!(
            !page.contains("data-verify") && !page.contains("data-proof"),
            "nothing is offered to be checked"
        );
        assert!(!page.contains("sau-cau-hoi"), "no question is answered that only a signature answers");
    }
    const SAYS: &str = "đăng lại từ so-y-te.localhost; cơ quan ban hành chưa ký";
    for path in ["/thong-tin", "/feed.atom", "/feed.rss", "/feed.json"] {
        assert!(world.get("laocai", path).await.says(SAYS), "{path}");
    }
    until("the search to know it", async || {
        let found = world.get("laocai", "/tim-kiem?q=tiêm+chủng").await;
        if found.says("Lịch tiêm chủng") { Ok(found) } else { Err(String::new()) }
    })
    .await
    .says(SAYS)
    .then_some(())
    .expect("a result says whose it is");
    let english = world.get("laocai", &format!("/en/muc/{reference}")).await;
    assert!(
        english.says("its issuing agency has not signed it")
            || english.says("the issuing agency has not signed it")
    );

    // "Is this real?" does not say yes, whatever is brought: the name, or the proof that it stands in the log.
    let proof = world.get("laocai", &format!("/proof/{reference}")).await;
    assert_eq!(proof.status, 200);
    let asked = form_urlencoded::Serializer::new(String::new())
        .append_pair("hoi", &format!("http://laocai.localhost/muc/{reference}"))
        .finish();
    let checked = world.get("laocai", &format!("/kiem-tra?{asked}")).await;
    assert!(checked.says("chưa được xác thực") && !checked.says("Có thật"), "{}", checked.text());

    // Nobody writes on in its name; it may be withdrawn.
    let body = json!({ "change": "correct", "item": { "kind": "notice", "title": "Khác", "text": "x", "change_note": "x" } });
    let refused = world.post("laocai", &format!("/api/v1/items/{reference}/editions"), &body).await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    assert!(refused.says("đăng lại từ cổng khác"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_is_followed_as_it_changes_and_deletes_and_is_away() {
    let world = World::with(["chinhphu"]).await;
    let site = Site::new("so-y-te").await;
    let minh = world.staff("chinhphu", "minh", &["publisher"]).await;
    let all = [(1, "Một", "Bài một."), (2, "Hai", "Bài hai."), (3, "Ba", "Bài ba.")];
    site.lists(&all, true);
    let source = joins(&world, &minh, &site.url("/rss.xml"), &OTHER).await;
    assert_eq!(titles(&world, "chinhphu").await, ["Ba", "Hai", "Một"]);

    // Unchanged: the site is asked whether it is, and answers without a body.
    let before = world.get("chinhphu", "/log/checkpoint").await.text();
    reads(&world, &minh, &source).await;
    // "Read now" reads whole; the clock's own reading does not.
    world.clock("chinhphu").pass(400_000_000);
    until("an answer without a body", async || match site.calls("/rss.xml").last() {
        Some(304) => Ok(()),
        other => Err(format!("{other:?}")),
    })
    .await;
    was_read(&world, "chinhphu", &source.url).await;
    assert_eq!(world.get("chinhphu", "/log/checkpoint").await.text(), before, "nothing is written twice");

    // Changed.
    site.lists(&[(1, "Một", "Bài một, đã sửa."), all[1], all[2]], true);
    reads(&world, &minh, &source).await;
    let told = world.get("chinhphu", "/api/v1/items?own=true").await.json();
    let one =
        told["items"].as_array().unwrap().iter().find(|item| item["card"]["title"] == "Một").unwrap().clone();
    assert_eq!(one["edition"], 2);
    assert!(one["card"]["carried"]["site"].is_string(), "the next edition is carried as well");

    // Away, then empty: nothing is taken to be gone.
    site.shows("/rss.xml", Page::Status(503));
    let away = reads(&world, &minh, &source).await;
    assert!(away.failures == 1 && away.trouble.contains("503"), "{away:?}");
    site.lists(&[], true);
    for _ in 0..3 {
        let empty = reads(&world, &minh, &source).await;
        assert!(empty.trouble.contains("danh sách trống"), "{empty:?}");
    }
    assert_eq!(titles(&world, "chinhphu").await.len(), 3);
    assert!(world.sees(&minh, PAGE).await.says("danh sách trống"));

    // Deleted: believed with the second complete list.
    site.lists(&[all[1], all[2]], true);
    reads(&world, &minh, &source).await;
    assert_eq!(titles(&world, "chinhphu").await.len(), 3, "one list is not enough");
    reads(&world, &minh, &source).await;
    assert_eq!(titles(&world, "chinhphu").await, ["Ba", "Hai"]);
    let gone = world.get("chinhphu", &format!("/muc/{}", one["reference"].as_str().unwrap())).await;
    assert!(gone.says("Cổng nguồn đã gỡ bài này."), "{}", gone.text());
    // And back.
    site.lists(&all, true);
    reads(&world, &minh, &source).await;
    assert_eq!(titles(&world, "chinhphu").await.len(), 3);

    // Into the machine itself: refused, and told.
    let port = site.host.split_once(':').unwrap().1;
    site.shows("/rss.xml", Page::To(format!("http://127.0.0.1:{port}/hidden.xml")));
    site.shows(
        "/hidden.xml",
        Page::Body(
            "application/rss+xml",
            "<rss><channel><item><title>x</title></item></channel></rss>".into(),
        ),
    );
    let led = reads(&world, &minh, &source).await;
    assert!(led.trouble.contains("mạng riêng"), "{led:?}");
    assert!(site.calls("/hidden.xml").is_empty(), "and never called");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agencys_own_site_is_looked_at_first_and_what_cannot_be_taken_lies_aside() {
    let world = World::with(["chinhphu"]).await;
    let site = Site::new("cong").await;
    let minh = world.staff("chinhphu", "minh", &["publisher"]).await;
    site.lists(
        &[(1, "Lịch tiếp dân", "Thứ hai."), (2, "", "Không tên."), (3, "Công điện", "TUYỆT MẬT")],
        false,
    );
    let url = site.url("/rss.xml");
    let look = [("dia-chi", url.as_str()), ("cua-ai", "minh"), ("loai", "news"), ("viec", "xem")];
    let seen = world.fills(&minh, PAGE, &look).await;
    assert_eq!(seen.status, 200, "{}", seen.text());
    assert!(
        seen.says("Đọc được 3 bài") && seen.says("không có tiêu đề") && seen.says("Thông báo"),
        "{}",
        seen.text()
    );
    assert!(
        source(&world, "chinhphu", &url).await.is_none() && titles(&world, "chinhphu").await.is_empty(),
        "nothing is kept"
    );

    let mapped = [("cua-ai", "minh"), ("loai", "news"), ("muc", "Thông báo"), ("loai-muc", "notice")];
    let joined = joins(&world, &minh, &url, &mapped).await;
    let told = world.get("chinhphu", "/api/v1/items?own=true").await.json();
    assert_eq!(told["total"], 1, "{told}");
    assert_eq!(
        (&told["items"][0]["kind"], &told["items"][0]["card"]["carried"]),
        (&"notice".into(), &json!(null))
    );
    let here = format!("{PAGE}/{}", joined.id);
    let page = world.sees(&minh, &here).await.text();
    assert!(page.contains("không có tiêu đề") && page.contains("Không tên."), "{page}");
    assert!(
        !page.contains("TUYỆT MẬT</p>") && !page.contains("Công điện"),
        "a secret is not even kept aside: {page}"
    );

    // Tried again it lies there still; let go it does not come back until it changes.
    let name = |page: &str, words: &str| {
        let at = page.find(words).unwrap();
        hidden(&page[at..], "ten").unwrap()
    };
    let one = name(&page, "không có tiêu đề");
    leads(&world.fills(&minh, &here, &[("viec", "lai"), ("ten", &one), ("loai", "notice")]).await);
    assert!(
        world.sees(&minh, &here).await.says("không được để trống")
            || world.sees(&minh, &here).await.says("Không được để trống")
    );
    leads(&world.fills(&minh, &here, &[("viec", "bo"), ("ten", &one)]).await);
    reads(&world, &minh, &joined).await;
    assert!(!world.sees(&minh, &here).await.says("Không tên."));
    site.lists(&[(1, "Lịch tiếp dân", "Thứ hai."), (2, "Có tên", "Không tên.")], false);
    reads(&world, &minh, &joined).await;
    assert_eq!(titles(&world, "chinhphu").await, ["Có tên", "Lịch tiếp dân"]);

    // The same page by another feed, under another address of it, is there already.
    let rss = format!(
        "<rss version=\"2.0\"><channel><title>Khác</title><item><title>Có tên khác</title><link>https://{}/tin/2/?utm_source=zalo</link>\
         <guid>k2</guid><description>Tóm tắt.</description></item><item><title>Lịch tiếp dân</title><link>http://{}/khac/9</link>\
         <guid>k9</guid><description>&lt;p&gt;Thứ hai.&lt;/p&gt;</description></item></channel></rss>",
        site.host, site.host
    );
    site.shows("/khac.xml", Page::Body("application/rss+xml", rss));
    let other = joins(&world, &minh, &site.url("/khac.xml"), &mapped).await;
    assert_eq!(
        titles(&world, "chinhphu").await.len(),
        2,
        "one document under two addresses, one text on two pages"
    );
    assert!(world.sees(&minh, &format!("{PAGE}/{}", other.id)).await.says("2 bài trùng"));

    // Joined twice, or what is no feed: told at its field, and what was typed stands.
    let twice = world.fills(&minh, PAGE, &[("dia-chi", &url), ("viec", "bat-dau")]).await;
    assert!(twice.status == 422 && twice.says("đã được nối"), "{}", twice.text());
    site.shows("/trang", Page::Body("text/html", "<!DOCTYPE html><html><title>Cổng</title></html>".into()));
    let page = world.fills(&minh, PAGE, &[("dia-chi", &site.url("/trang")), ("viec", "xem")]).await;
    assert!(page.status == 422 && page.says("trang HTML") && page.says("/trang\""), "{}", page.text());

    // Paused it is not read, removed it is forgotten; what was issued stays.
    leads(&world.fills(&minh, &here, &[("viec", "dung")]).await);
    let calls = site.calls("/rss.xml").len();
    world.clock("chinhphu").pass(3_600_000_000);
    was_read(&world, "chinhphu", &other.url).await;
    assert_eq!(site.calls("/rss.xml").len(), calls);
    leads(&world.fills(&minh, &here, &[("viec", "go")]).await);
    assert_eq!(world.sees(&minh, &here).await.status, 404);
    assert_eq!(titles(&world, "chinhphu").await.len(), 2);
    let editor = world.staff("chinhphu", "lan", &["editor"]).await;
    assert_eq!(world.sees(&editor, PAGE).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_two_people_issue_what_a_site_shows_waits_in_the_console() {
    let world = Plan::of(["chinhphu"]).with(|file| file.issues_at_once.clear()).start().await;
    let site = Site::new("cong").await;
    let minh = world.staff("chinhphu", "minh", &["publisher"]).await;
    site.lists(&[(1, "Lịch tiếp dân", "Thứ hai.")], false);
    let source = joins(&world, &minh, &site.url("/rss.xml"), &[]).await;
    assert!(titles(&world, "chinhphu").await.is_empty());
    let home = world.sees(&minh, "/ban-lam-viec").await.text();
    assert_eq!(home.matches("Lịch tiếp dân").count(), 1, "{home}");
    // Changed meanwhile: one draft at a time, the rest when that is decided.
    site.lists(&[(1, "Lịch tiếp dân", "Thứ ba.")], false);
    reads(&world, &minh, &source).await;
    assert_eq!(world.sees(&minh, "/ban-lam-viec").await.text().matches("Lịch tiếp dân").count(), 1);
    let path = home.split("href=\"").find(|href| href.starts_with("/ban-lam-viec/tin/0")).unwrap();
    let path = path.split('"').next().unwrap();
    for act in ["approve", "issue"] {
        let version = hidden(&world.sees(&minh, path).await.text(), "version").unwrap();
        leads(
            &world
                .fills(&minh, &format!("{path}/viec"), &[("version", version.as_str()), ("viec", act)])
                .await,
        );
    }
    assert_eq!(titles(&world, "chinhphu").await, ["Lịch tiếp dân"]);
    reads(&world, &minh, &source).await;
    assert_eq!(
        world.sees(&minh, "/ban-lam-viec").await.text().matches("Lịch tiếp dân").count(),
        1,
        "the change waits now"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_sites_have_stays_while_one_has_it_and_what_was_erased_never_comes_again() {
    let world = World::with(["chinhphu"]).await;
    let site = Site::new("so-y-te").await;
    let minh = world.staff("chinhphu", "minh", &["publisher"]).await;
    let both = [(1, "Lịch tiêm chủng", "Tại trạm y tế."), (2, "Lịch khám", "Thứ hai.")];
    site.lists(&both, true);
    let first = joins(&world, &minh, &site.url("/rss.xml"), &OTHER).await;
    let again = format!(
        "<rss version=\"2.0\"><channel><title>Tỉnh</title><item><title>Lịch tiêm chủng</title><link>http://{0}/tin/1</link><guid>a</guid>\
         <description>Tóm tắt.</description></item></channel></rss>",
        site.host
    );
    site.shows("/tinh.xml", Page::Body("application/rss+xml", again.clone()));
    let second = joins(&world, &minh, &site.url("/tinh.xml"), &OTHER).await;
    assert_eq!(titles(&world, "chinhphu").await.len(), 2);
    // Gone at the first, it is still there at the second: it stays.
    site.lists(&both[1..], true);
    for _ in 0..2 {
        reads(&world, &minh, &first).await;
    }
    assert_eq!(titles(&world, "chinhphu").await.len(), 2);

    let told = world.get("chinhphu", "/api/v1/items?own=true").await.json();
    let at = |title: &str| {
        let items = told["items"].as_array().unwrap();
        item("chinhphu", items.iter().find(|item| item["card"]["title"] == title).unwrap())
    };
    world.erases(&at("Lịch tiêm chủng")).await;
    world.erases(&at("Lịch khám")).await;
    // Changed, under another address, or in the other list: it is not taken.
    site.lists(&[(1, "Lịch tiêm chủng", "Tại trường."), (2, "Lịch khám", "Thứ ba.")], true);
    site.shows("/tinh.xml", Page::Body("application/rss+xml", again.replace("Tóm tắt.", "Khác.")));
    for source in [&first, &second] {
        let read = reads(&world, &minh, source).await;
        assert_eq!(read.trouble, "", "{read:?}");
    }
    assert!(titles(&world, "chinhphu").await.is_empty());
    let rows = world.sees(&minh, &format!("{PAGE}/{}", first.id)).await;
    assert!(!rows.says("Tại trường") && !rows.says("Thứ ba"), "{}", rows.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_site_names_is_called_at_that_site_or_in_public_alone() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let site = Site::new("cong").await;
    site.shows("/tin/1", Page::Body("text/html", "<title>x</title>".into()));
    let fetcher = Fetcher::new(true, None).unwrap();
    let home = site.url("/sitemap.xml");
    assert!(fetcher.fetch_of(&home, &site.url("/tin/1")).await.is_ok(), "an address was typed there");
    let port = site.host.split_once(':').unwrap().1;
    for elsewhere in [
        format!("http://127.0.0.1:{port}/tin/1"),
        format!("http://khac.localhost:{port}/tin/1"),
        "http://cong.localhost:1/tin/1".to_owned(),
        "http://169.254.169.254/latest".to_owned(),
    ] {
        let refused = fetcher.fetch_of(&home, &elsewhere).await;
        assert!(matches!(refused, Err(Refused::Private(_))), "{elsewhere}: {refused:?}");
    }
}
