//! How often items are read: counted for who reads and nobody else, kept as sums that name nobody, reported by each portal, added like with
//! like.

use jiff::civil::Date;
use network::entry::{Entry, Kind, Measured, Measures};
use nhipcau::all;
use nhipcau::clock::instant;
use nhipcau::db::Tx;
use nhipcau::logs::{ledger, store as logs};
use nhipcau::problem::Problem;
use nhipcau::reach;

use super::world::{Item, World, notice, origin, until};

const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const DAY: i64 = 86_400_000_000;

/// Opens the page of an item, each time with another browser.
async fn opens(world: &World, portal: &str, item: &Item, times: usize) {
    for at in 0..times {
        let agent = format!("{BROWSER} {at}");
        asks(world, portal, &format!("/muc/{}", item.reference), &[("user-agent", &agent)]).await;
    }
}

async fn asks(world: &World, portal: &str, path: &str, headers: &[(&str, &str)]) -> u16 {
    let mut request = world.request("GET", portal, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    world.ask(request).await.status
}

/// What is kept of an item's page on a node: for each day readings and readers.
async fn kept(world: &World, label: &str, item: &Item) -> Vec<(i64, i64)> {
    let app = world.app(label);
    reach::settle(app).await.unwrap();
    let mut conn = app.db.read().await.unwrap();
    all!(
        &mut conn,
        (i64, i64),
        "SELECT views, viewers FROM reading WHERE item = $1 AND way = '' ORDER BY day",
        item.id.to_string()
    )
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn readings_are_counted_for_who_reads_and_nobody_else() {
    let mut world = World::with(["chinhphu"]).await;
    let item = world.issues("chinhphu", notice("Lịch cắt điện", "Ngày 27.")).await;
    let path = format!("/muc/{}", item.reference);
    opens(&world, "chinhphu", &item, 6).await;
    // Most of these were answered from memory; so is this, with nothing but "not modified".
    let mut status = 0;
    for _ in 0..20 {
        // Drawn anew between the two, it is another page.
        let etag = world.page("chinhphu", &item).await.header("etag").to_owned();
        let held = [("user-agent", "Mozilla/5.0 another"), ("if-none-match", etag.as_str())];
        status = asks(&world, "chinhphu", &path, &held).await;
        if status == 304 {
            break;
        }
    }
    assert_eq!(status, 304);
    let english =
        asks(&world, "chinhphu", &format!("/en{path}"), &[("user-agent", "Mozilla/5.0 third")]).await;
    assert_eq!(english, 200);
    for (name, value) in [
        ("user-agent", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
        ("user-agent", "curl/8.9"),
        ("x-nobody", "1"),
    ] {
        asks(&world, "chinhphu", &path, &[(name, value)]).await;
    }
    for (name, value) in [("sec-fetch-mode", "cors"), ("sec-purpose", "prefetch")] {
        asks(&world, "chinhphu", &path, &[("user-agent", "Mozilla/5.0 fourth"), (name, value)]).await;
    }
    let head = world.request("HEAD", "chinhphu", &path).header("user-agent", "Mozilla/5.0 fifth");
    world.ask(head).await;
    // A flood by one who calls itself a program, and one by one that does not.
    for at in 0..100 {
        let bot = format!("Mozilla/5.0 (compatible; bingbot/2.{at})");
        asks(&world, "chinhphu", &path, &[("user-agent", &bot)]).await;
        asks(&world, "chinhphu", &path, &[("user-agent", BROWSER)]).await;
    }
    let first = kept(&world, "chinhphu", &item).await;
    // More than once only where a minute ended while they came.
    let [(views @ 9..=12, 9)] = first[..] else { panic!("{first:?}") };
    // What was not written when the node stops is written then; whoever comes back is somebody else.
    asks(&world, "chinhphu", &path, &[("user-agent", BROWSER)]).await;
    world.stop("chinhphu").await;
    world.start("chinhphu").await;
    assert_eq!(kept(&world, "chinhphu", &item).await, [(views + 1, 9)]);
    asks(&world, "chinhphu", &path, &[("user-agent", BROWSER)]).await;
    let restarted = [(views + 2, 10)];
    assert_eq!(kept(&world, "chinhphu", &item).await, restarted, "counted again, never known again");
    // After midnight it is another day.
    world.clock("chinhphu").pass(DAY);
    asks(&world, "chinhphu", &path, &[("user-agent", BROWSER)]).await;
    let tomorrow = [restarted[0], (1, 1)];
    assert_eq!(kept(&world, "chinhphu", &item).await, tomorrow);
    // What is withdrawn is not read any more.
    world.withdraws(&item, false).await;
    asks(&world, "chinhphu", &path, &[("user-agent", "Mozilla/5.0 late")]).await;
    assert_eq!(kept(&world, "chinhphu", &item).await, tomorrow);
}

/// What a node knows that portals have reported of an item: portal, readings, readers.
async fn reported(world: &World, label: &str, item: &Item) -> Vec<(String, i64, i64)> {
    let mut conn = world.app(label).db.read().await.unwrap();
    all!(
        &mut conn,
        (String, i64, i64),
        "SELECT l.origin, m.views, m.viewers FROM measure m JOIN log l ON l.id = m.portal WHERE m.item = $1
         ORDER BY l.origin",
        item.id.to_string()
    )
    .unwrap()
}

/// States measures in a portal's log, as only its node can.
async fn states(world: &World, label: &str, day: Date, item: &Item, views: u64) {
    let app = world.app(label);
    let one = Measured {
        origin: origin(&item.portal),
        item: item.id,
        views: Some(views),
        viewers: Some(views),
        links: None,
    };
    // A hostile one says the same item twice.
    let twice = (views >= Measures::FEWEST).then(|| Measured { views: Some(9_999), ..one.clone() });
    let said = Measures { day, part: 1, items: [one].into_iter().chain(twice).collect() };
    let entry = Entry { at: app.clock.now(), kind: Kind::MeasureReported(said) };
    let own = origin(label);
    app.db
        .write("test.states", async move |tx: &mut Tx| -> Result<(), Problem> {
            let head = logs::by_origin(tx.conn(), own.as_str()).await?.unwrap();
            ledger::append(tx, head.id, &entry).await?;
            Ok(())
        })
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn portals_report_the_day_before_and_the_issuer_adds_like_with_like() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let item = world.issues("chinhphu", notice("Lịch cắt điện", "Ngày 27.")).await;
    let quiet = world.issues("chinhphu", notice("Lịch cắt nước", "Ngày 28.")).await;
    until("the item at the province", async || match world.page("laocai", &quiet).await.status {
        200 => Ok(()),
        other => Err(other.to_string()),
    })
    .await;
    opens(&world, "chinhphu", &item, 6).await;
    opens(&world, "laocai", &item, 7).await;
    opens(&world, "laocai", &quiet, 4).await;
    let day = nhipcau::words::date::day(instant(world.clock("chinhphu").micros()));
    for label in ["chinhphu", "laocai"] {
        reach::settle(world.app(label)).await.unwrap();
        reach::report(world.app(label)).await.unwrap();
    }
    assert!(reported(&world, "chinhphu", &item).await.is_empty(), "a day is reported when it is over");
    for label in ["chinhphu", "laocai"] {
        world.clock(label).pass(DAY + 3_600_000_000);
        for _ in 0..2 {
            reach::report(world.app(label)).await.unwrap();
        }
    }
    let both = [("chinhphu", 6, 6), ("laocai", 7, 7)]
        .map(|(by, views, viewers)| (origin(by).to_string(), views, viewers));
    for label in ["chinhphu", "laocai"] {
        until("both reports", async || {
            let told = reported(&world, label, &item).await;
            if told == both { Ok(()) } else { Err(format!("{told:?}")) }
        })
        .await;
    }
    assert!(reported(&world, "chinhphu", &quiet).await.is_empty(), "four could be somebody");

    // Said once more of the same day, or of an item twice in one entry, it changes nothing; a small number is nobody's.
    states(&world, "laocai", day, &item, 500).await;
    states(&world, "laocai", day, &quiet, 3).await;
    states(&world, "laocai", day.tomorrow().unwrap(), &item, 20).await;
    until("the next day's report", async || {
        let told = reported(&world, "chinhphu", &item).await;
        if told.len() == 3 { Ok(()) } else { Err(format!("{told:?}")) }
    })
    .await;
    let told = reported(&world, "chinhphu", &item).await;
    assert_eq!(told.iter().map(|(_, views, _)| views).sum::<i64>(), 33, "{told:?}");
    assert!(reported(&world, "chinhphu", &quiet).await.is_empty());

    let shown = world.get("chinhphu", &format!("/muc/{}/noi-hien-thi", item.reference)).await;
    assert!(shown.says("Lượt đọc trên các cổng") && shown.says("<b>33</b>"), "{}", shown.text());
    let csv = world.get("laocai", "/du-lieu/luot-doc.csv.gz").await;
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::MultiGzDecoder::new(csv.bytes.as_slice()), &mut text)
        .unwrap();
    assert!(text.starts_with("portal,day,reference,origin,views,viewers,links\r\n"), "{text}");
    let line = format!("{},{day},{},{},7,7,\r\n", origin("laocai"), item.reference, origin("chinhphu"));
    assert!(text.contains(&line), "{line} in {text}");
}
