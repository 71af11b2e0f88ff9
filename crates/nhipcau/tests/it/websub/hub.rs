//! The hub of a feed that is joined: believed only what it signed, done without where it is silent, told when nobody wants to hear of it.

use super::super::newsroom::leads;
use super::super::sources::{Page, Site};
use super::super::world::{Staff, World, until};
use super::{SOURCES, carried, carries, signed};

/// A feed of a site that names its hub.
fn with_hub(site: &Site, items: &[&str]) -> Page {
    let mut feed = format!(
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>Sở Y tế</title><link rel='hub' href='{}'/><link rel='self' href='{}'/>",
        site.url("/hub"),
        site.url("/tin.atom")
    );
    for (at, title) in items.iter().rev().enumerate() {
        let link = site.url(&format!("/bai/{at}"));
        feed.push_str(&format!(
            "<entry><id>{title}</id><link href='{link}'/><title>{title}</title><updated>2026-11-23T01:00:00Z</updated><published>2026-11-23T01:00:00Z</published><content>{title}.</content></entry>"
        ));
    }
    feed.push_str("</feed>");
    Page::Body("application/atom+xml", feed)
}

/// A network, its publisher, and a site whose feed it has joined: the feed names a hub, which takes what it is told.
async fn joined() -> (World, Staff, Site) {
    let world = World::with(["chinhphu"]).await;
    let lan = world.staff("chinhphu", "lan", &["publisher"]).await;
    let site = Site::new("so-y-te").await;
    site.shows("/tin.atom", with_hub(&site, &["Một"]));
    site.shows("/hub", Page::Status(202));
    let url = site.url("/tin.atom");
    let fields =
        [("dia-chi", &*url), ("cua-ai", "khac"), ("ten", "Sở Y tế"), ("loai", "notice"), ("viec", "bat-dau")];
    leads(&world.fills(&lan, SOURCES, &fields).await);
    (world, lan, site)
}

/// The page of the one source that is joined.
async fn page_of(world: &World, who: &Staff) -> String {
    let list = world.sees(who, SOURCES).await.text();
    let page = list.split("href=\"").find(|href| href.starts_with("/ban-lam-viec/nguon/")).unwrap();
    page.split('"').next().unwrap().to_owned()
}

/// The path of a callback's address.
fn path_of(callback: &str) -> String {
    format!("/{}", callback.split_once(".localhost:").unwrap().1.split_once('/').unwrap().1)
}

/// What a hub asks at a callback before it believes a subscription or its end.
fn question(path: &str, (mode, topic): (&str, &str), challenge: &str, lease: u32) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("hub.mode", mode)
        .append_pair("hub.topic", topic)
        .append_pair("hub.challenge", challenge)
        .append_pair("hub.lease_seconds", &lease.to_string())
        .finish();
    format!("{path}?{query}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_is_believed_only_what_it_signed_and_read_on_without_it() {
    let (world, lan, site) = joined().await;
    let url = site.url("/tin.atom");
    let asked = until("the hub to be asked", async || {
        let posted = site.posted("/hub").pop();
        posted.map(|(_, body)| String::from_utf8(body).unwrap()).ok_or_else(String::new)
    })
    .await;
    let said = |name: &str| {
        let mut pairs = form_urlencoded::parse(asked.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap()
    };
    assert_eq!((said("hub.mode").as_str(), said("hub.topic").as_str()), ("subscribe", url.as_str()));
    let (callback, secret) = (said("hub.callback"), said("hub.secret"));
    let path = path_of(&callback);

    // What the hub has not confirmed yet, and what nobody signed, has nothing read.
    let question = |topic: &str, mode: &str| question(&path, (mode, topic), "<b>x</b>", 3_600);
    for (topic, mode) in [("https://khac.vn/", "subscribe"), (&*url, "unsubscribe"), (&*url, "publish")] {
        assert_eq!(world.get("chinhphu", &question(topic, mode)).await.status, 404, "{topic} {mode}");
    }
    let other = path.replace("/hub/", "/hub/0");
    assert_eq!(world.get("chinhphu", &other).await.status, 404);
    let confirmed = world.get("chinhphu", &question(&url, "subscribe")).await;
    assert_eq!((confirmed.status, confirmed.text().as_str()), (200, "<b>x</b>"));
    assert!(confirmed.header("content-type").starts_with("text/plain"));
    assert_eq!(confirmed.header("x-content-type-options"), "nosniff");

    world.clock("chinhphu").pass(6_000_000);
    carries(&world, &["Một"]).await;
    until("it to be read again after the confirmation", async || {
        let read = site.calls("/tin.atom").len();
        // A look before nothing was joined yet, the first reading, and that of the confirmation.
        if read >= 3 { Ok(()) } else { Err(format!("{read}")) }
    })
    .await;
    site.shows("/tin.atom", with_hub(&site, &["Hai", "Một"]));
    let tells = async |body: &str, signature: &str| {
        let request = world.request("POST", "chinhphu", &path).header("x-hub-signature", signature);
        world.ask(request.body(body.to_owned())).await.status
    };
    let read = site.calls("/tin.atom").len();
    for wrong in ["", "sha256=00", &signed("khác", b"<feed/>"), &signed(&secret, b"<feed>"), "sha1=00"] {
        assert_eq!(tells("<feed/>", wrong).await, 204);
    }
    world.clock("chinhphu").pass(6_000_000);
    assert_eq!(site.calls("/tin.atom").len(), read, "nothing was read for it");
    // What it delivers is not what is taken over: the feed itself is read.
    let lie = "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>Ba</id><title>Ba</title></entry></feed>";
    assert_eq!(tells(lie, &signed(&secret, lie.as_bytes())).await, 204);
    carries(&world, &["Hai", "Một"]).await;

    // The hub dies: the feed is read in time.
    site.shows("/hub", Page::Status(503));
    site.shows("/tin.atom", with_hub(&site, &["Bốn", "Hai", "Một"]));
    // A reading that is under way ends by the new time, and its five minutes begin there.
    until("it to be read without the hub", async || {
        world.clock("chinhphu").pass(10_000_000);
        let now = carried(&world).await;
        if now == ["Bốn", "Hai", "Một"] { Ok(()) } else { Err(format!("{now:?}")) }
    })
    .await;
    let page = page_of(&world, &lan).await;
    world.clock("chinhphu").pass(3_600_000_000);
    until("the dead hub to be told", async || {
        let page = world.sees(&lan, &page).await.text();
        if page.contains("hub trả mã 503") && page.contains("chưa được hub xác nhận") {
            Ok(())
        } else {
            Err(page)
        }
    })
    .await;
    // Of a source that was removed the hub hears that it is gone.
    leads(&world.fills(&lan, &page, &[("viec", "go")]).await);
    assert_eq!(tells("<feed/>", &signed(&secret, b"<feed/>")).await, 410);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_is_left_is_told_a_few_times_and_then_left_alone() {
    let (world, lan, site) = joined().await;
    let url = site.url("/tin.atom");
    let posted = |mode: &str| {
        let all = site.posted("/hub").into_iter().map(|(_, body)| String::from_utf8(body).unwrap());
        all.filter(|body| body.contains(&format!("hub.mode={mode}&"))).collect::<Vec<_>>()
    };
    let told = async |mode: &str, times: usize| {
        until("the hub to be told", async || {
            let all = posted(mode);
            if all.len() == times { Ok(all.last().cloned().unwrap()) } else { Err(format!("{all:?}")) }
        })
        .await
    };
    let asked = told("subscribe", 1).await;
    let callback = form_urlencoded::parse(asked.as_bytes()).find(|(key, _)| key == "hub.callback").unwrap().1;
    let path = path_of(&callback);
    let question = |mode: &str| question(&path, (mode, &url), "chữ", 600_000);
    assert_eq!(world.get("chinhphu", &question("subscribe")).await.status, 200);
    assert_eq!(world.get("chinhphu", &question("unsubscribe")).await.status, 404, "nobody wants that");
    let page = page_of(&world, &lan).await;
    site.shows("/hub", Page::Status(503));
    leads(&world.fills(&lan, &page, &[("viec", "go")]).await);
    for times in 1..=5 {
        let body = told("unsubscribe", times).await;
        let said: Vec<_> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        assert!(said.contains(&("hub.topic".into(), url.clone())), "{said:?}");
        assert!(said.contains(&("hub.callback".into(), callback.to_string())), "{said:?}");
        if times == 3 {
            // Asked back for something else, nothing ends.
            let other = question("unsubscribe").replace("tin.atom", "khac.atom");
            assert!(matches!(world.get("chinhphu", &other).await.status, 404 | 410));
        }
        world.clock("chinhphu").pass(6 * 3_600_000_000);
    }
    // Given up: it is not told again, and asking back ends nothing any more.
    let source = path.split('/').nth(2).unwrap().parse().unwrap();
    until("it to be given up", async || {
        let mut conn = world.app("chinhphu").db.read().await.unwrap();
        match nhipcau::sources::store::left(&mut conn, source, &url).await.unwrap() {
            None => Ok(()),
            Some(left) => Err(format!("{left:?}")),
        }
    })
    .await;
    assert_eq!(world.get("chinhphu", &question("unsubscribe")).await.status, 410);
    assert_eq!(posted("unsubscribe").len(), 5);
}
