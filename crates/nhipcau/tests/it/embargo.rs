//! Embargo: what is sealed reaches every node and is read nowhere, until its issuer opens it; then it stands everywhere.

use std::path::Path;

use base64::Engine;
use network::entry::{Entry, Kind};
use network::names::ContentHash;
use network::sealing::SEALED_TYPE;
use nhipcau::logs::store;
use serde_json::{Value, json};

use super::bundles::{export, import};
use super::crash::{Program, signs};
use super::front::Mode;
use super::newsroom::{Office, leads, office};
use super::world::{Item, Plan, World, item, notice, on_postgres, origin, until};

pub const HOUR: i64 = 3_600_000_000;
pub const TITLE: &str = "Thông cáo mật trước giờ";

/// An item sealed over HTTP, to be opened after so many microseconds.
pub async fn seals(world: &World, portal: &str, draft: Value, after: i64) -> Item {
    let until = nhipcau::clock::instant(world.clock(portal).micros() + after).to_string();
    let body = json!({ "item": draft, "embargo_until": until });
    let answer = world.post(portal, "/api/v1/items", &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    item(portal, &answer.json())
}

/// Ciphertexts that lie at a node.
pub async fn ciphertexts(world: &World, label: &str) -> Vec<Vec<u8>> {
    let app = world.app(label);
    let mut conn = app.db.read().await.unwrap();
    let rows =
        nhipcau::all!(&mut conn, (Vec<u8>,), "SELECT sha256 FROM content WHERE media = $1", SEALED_TYPE)
            .unwrap();
    let mut found = Vec::new();
    for (hash,) in rows {
        let hash = ContentHash(hash.try_into().unwrap());
        found.push(app.folder.read(&mut conn, &hash).await.unwrap().unwrap());
    }
    found
}

/// Nothing at a portal speaks of what is sealed.
pub async fn keeps_quiet(world: &World, portal: &str, sealed: &Item, words: &str) {
    assert_eq!(world.page(portal, sealed).await.status, 404, "{portal}");
    assert_eq!(world.told(portal, sealed).await, Value::Null, "{portal}");
    for path in
        ["/", "/thong-tin", "/feed.atom", "/feed.rss", "/sitemap.xml", "/en/", "/mang", "/api/v1/items"]
    {
        let page = world.get(portal, path).await;
        assert!(!page.says(words) && !page.says(&sealed.reference), "{portal}{path}");
    }
}

pub async fn reads(world: &World, portal: &str, opened: &Item, words: &str) {
    until(words, async || {
        let page = world.page(portal, opened).await;
        if page.status == 200 && page.says(words) {
            Ok(())
        } else {
            Err(format!("{portal}: {}", page.status))
        }
    })
    .await;
}

/// The files of a folder in which these bytes stand, however deep.
pub fn files_with(folder: &Path, bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_with(&path, bytes));
        } else if std::fs::read(&path).unwrap_or_default().windows(bytes.len()).any(|w| w == bytes) {
            found.push(path.display().to_string());
        }
    }
    found
}

impl Office {
    /// A notice of Lan's, to be opened in two hours, that Minh approved; its path in the console, and the item.
    pub async fn seals(&self, title: &str, text: &str) -> (String, Item) {
        let path = self.begins(&self.lan, "notice").await;
        let later = nhipcau::clock::instant(self.world.clock("chinhphu").micros() + 2 * HOUR);
        let hour = later.to_zoned_datetime(jiff::tz::TimeZone::get("Asia/Ho_Chi_Minh").unwrap());
        let hour = hour.strftime("%Y-%m-%dT%H:%M").to_string();
        let fields = [
            ("title", title),
            ("text", text),
            ("co-sealed", "1"),
            ("sealed", "1"),
            ("due", hour.as_str()),
            ("viec", "submit"),
        ];
        leads(&self.writes(&self.lan, &path, &fields).await);
        leads(&self.does(&self.minh, &path, "approve", "").await);
        let item = self.sealed_item().await;
        (path, item)
    }

    /// The item of the newest sealing in the Government's log.
    async fn sealed_item(&self) -> Item {
        let mut conn = self.world.app("chinhphu").db.read().await.unwrap();
        let head = store::by_origin(&mut conn, origin("chinhphu").as_str()).await.unwrap().unwrap();
        let bytes = store::entry(&mut conn, head.id, head.size - 1).await.unwrap().unwrap();
        let Kind::ItemSealed { item, .. } = Entry::decode(&bytes).unwrap().kind else {
            panic!("the newest entry seals nothing")
        };
        let reference = nhipcau::items::store::Reference::of(&origin("chinhphu"), item).to_string();
        Item { portal: "chinhphu".into(), reference, id: item, entry: head.size - 1 }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_people_seal_lies_everywhere_and_is_read_everywhere_at_its_hour() {
    let office = office().await;
    let Office { world, lan, minh, .. } = &office;
    // A seal without an hour is told at its field; nothing typed is lost.
    let path = office.begins(lan, "notice").await;
    let bare = [("title", TITLE), ("text", "x"), ("co-sealed", "1"), ("sealed", "1"), ("viec", "submit")];
    let refused = office.writes(lan, &path, &bare).await;
    assert_eq!(refused.status, 409);
    let page = world.sees(lan, &path).await.text();
    assert!(page.contains("Niêm phong cần một giờ mở") && page.contains(TITLE), "{page}");

    let (path, sealed) = office.seals(TITLE, "Chữ **chưa ai** được đọc.").await;
    world.settle().await;
    let page = world.sees(minh, &path).await;
    assert!(page.says("Đã niêm phong, chờ giờ mở") && page.says("Gỡ niêm phong để sửa"), "{}", page.text());
    assert!(world.sees(lan, "/ban-lam-viec").await.says("Đã niêm phong, chờ giờ mở"));
    // Nothing can be changed behind the seal, and nobody opens it early.
    assert_eq!(office.writes(lan, &path, &[("text", "Chữ khác")]).await.status, 409);
    assert!(office.does(minh, &path, "issue", "").await.says("Chưa đến giờ hẹn"));
    for portal in ["chinhphu", "mof"] {
        keeps_quiet(world, portal, &sealed, TITLE).await;
        assert_eq!(ciphertexts(world, portal).await.len(), 1, "{portal}: the ciphertext is not here");
        assert!(world.get(portal, "/mang").await.says("1 mục đã niêm phong"), "{portal}");
    }
    if !on_postgres() {
        assert_eq!(files_with(&world.home("mof"), TITLE.as_bytes()), Vec::<String>::new());
    }

    // The ministry's clock stays where it is: the issuer alone says when.
    world.clock("chinhphu").pass(2 * HOUR);
    for portal in ["chinhphu", "mof"] {
        reads(world, portal, &sealed, "chưa ai").await;
        assert!(world.get(portal, "/feed.atom").await.says(TITLE), "{portal}");
        assert!(world.get(portal, "/thong-tin").await.says(TITLE), "{portal}");
        assert!(!world.get(portal, "/mang").await.says("1 mục đã niêm phong"), "{portal}");
    }
    world.settle().await;
    assert_eq!(world.coverage(&sealed).await, (2, 2));
    for portal in ["chinhphu", "mof"] {
        assert_eq!(
            ciphertexts(world, portal).await.len(),
            0,
            "{portal}: nothing needs the ciphertext any more"
        );
    }
    // What is opened is what was approved, and it is proven like an issue.
    let told = world.told("mof", &sealed).await;
    assert_eq!(told["document"]["body"]["text"].as_str().unwrap().trim(), "Chữ **chưa ai** được đọc.");
    let address = world.address("mof", &format!("/muc/{}", sealed.reference));
    let verify = ["verify", &address, "--json"];
    let verified = tokio::process::Command::new(env!("CARGO_BIN_EXE_nhipcau")).args(verify).output().await;
    let said = String::from_utf8(verified.unwrap().stdout).unwrap();
    let verified: Value = serde_json::from_str(&said).unwrap_or_else(|e| panic!("{e}: {said}"));
    assert!(said.contains(TITLE), "{said}");
    for claim in ["authentic", "complete", "in_force"] {
        assert_eq!(verified[claim], true, "{claim}: {verified}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_hour_nothing_is_fetched_and_who_lacks_the_ciphertext_gets_the_text() {
    let mut plan = Plan::of(["chinhphu", "mof", "laocai"]);
    let front = plan.front("chinhphu").await;
    front.lie_only_to("laocai");
    let world = plan.start().await;
    let paper = base64::engine::general_purpose::STANDARD.encode("Phụ lục. ".repeat(30_000));
    let draft = json!({ "kind": "notice", "title": TITLE, "text": "Nằm sẵn ở đây.",
        "files": [{ "name": "phu-luc.txt", "type": "text/plain", "base64": paper }] });
    let whole = seals(&world, "chinhphu", draft, HOUR).await;
    let long = seals(&world, "chinhphu", notice("Bài dài", &"Dòng dài. ".repeat(9_000)), HOUR).await;
    world.settle().await;
    // From here on nothing true comes to the province but the log itself.
    world.cut("mof");
    front.be(Mode::OtherContent);
    let missed = seals(&world, "chinhphu", notice("Bản chưa tới", "Đến sau cũng được."), HOUR).await;
    world.alarmed("laocai", "content.mismatch", Some("chinhphu")).await;
    let before = world.alarms("laocai").await;
    world.clock("chinhphu").pass(HOUR);
    reads(&world, "xa-a.laocai", &whole, "Nằm sẵn ở đây.").await;
    reads(&world, "xa-a.laocai", &long, "Dòng dài.").await;
    let told = world.told("laocai", &whole).await;
    let file = told["document"]["files"][0]["sha256"].as_str().unwrap().to_owned();
    until("the large file", async || {
        let got = world.get("laocai", &format!("/content/{file}")).await;
        if got.status == 200 && got.says("Phụ lục.") { Ok(()) } else { Err(got.status.to_string()) }
    })
    .await;
    assert_eq!(world.alarms("laocai").await, before);
    assert!(!world.page("xa-a.laocai", &missed).await.says("Đến sau"), "it cannot have come");
    // The ministry is not lied to; the province gets the text there.
    world.mend("mof");
    world.settle().await;
    reads(&world, "xa-a.laocai", &missed, "Đến sau cũng được.").await;
    for label in ["chinhphu", "mof", "laocai"] {
        assert_eq!(ciphertexts(&world, label).await.len(), 0, "{label}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_away_from_sealing_to_opening_reads_it_like_everybody() {
    let world = World::with(["chinhphu", "mof", "laocai"]).await;
    world.cut("laocai");
    let away = seals(&world, "chinhphu", notice(TITLE, "Mở rồi."), HOUR).await;
    let waits = seals(&world, "chinhphu", notice("Còn lâu mới mở", "Chưa ai đọc."), 24 * HOUR).await;
    world.settle().await;
    world.clock("chinhphu").pass(HOUR);
    reads(&world, "mof", &away, "Mở rồi.").await;
    world.mend("laocai");
    world.settle().await;
    reads(&world, "xa-a.laocai", &away, "Mở rồi.").await;
    keeps_quiet(&world, "xa-a.laocai", &waits, "Còn lâu mới mở").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_without_a_line_gets_seal_and_opening_by_file() {
    let world = World::with(["chinhphu", "laocai"]).await;
    world.settle().await;
    world.cut("laocai");
    let sealed = seals(&world, "chinhphu", notice(TITLE, "Theo tệp mà đến."), HOUR).await;
    let file = export(&world, "chinhphu", "a.bundle", &[]);
    assert!(import(&world, "laocai", &file).1);
    assert_eq!(ciphertexts(&world, "laocai").await.len(), 1);
    keeps_quiet(&world, "laocai", &sealed, TITLE).await;
    world.clock("chinhphu").pass(HOUR);
    reads(&world, "chinhphu", &sealed, "Theo tệp mà đến.").await;
    let since = export(&world, "chinhphu", "b.bundle", &["--since", file.to_str().unwrap()]);
    assert!(import(&world, "laocai", &since).1);
    reads(&world, "laocai", &sealed, "Theo tệp mà đến.").await;
    world.mend("laocai");
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_that_was_killed_before_the_hour_opens_at_once_and_says_that_it_is_late() {
    let mut world = World::with(["chinhphu", "mof"]).await;
    world.stop("chinhphu").await;
    let running = Program::start(&world, "chinhphu");
    signs(&world, "chinhphu").await;
    let sealed = seals(&world, "chinhphu", notice(TITLE, "Sống qua cú tắt máy."), HOUR).await;
    running.kill();
    world.start("chinhphu").await;
    world.may_sign("chinhphu").await;
    world.settle().await;
    keeps_quiet(&world, "mof", &sealed, TITLE).await;
    assert_eq!(ciphertexts(&world, "mof").await.len(), 1);
    world.stop("chinhphu").await;
    world.clock("chinhphu").pass(HOUR + HOUR / 4);
    world.start("chinhphu").await;
    reads(&world, "mof", &sealed, "Sống qua cú tắt máy.").await;
    world.alarmed("chinhphu", "embargo.late", None).await;
    assert!(world.get("chinhphu", "/mang").await.says("mở niêm phong muộn"));
    // The next one is in time, and nobody is late any more.
    seals(&world, "chinhphu", notice("Bản sau", "Đúng giờ."), HOUR).await;
    world.clock("chinhphu").pass(HOUR);
    until("the alarm to end", async || {
        let alarms = world.alarms("chinhphu").await;
        if alarms.iter().any(|(about, ..)| about == "embargo.late") {
            Err(format!("{alarms:?}"))
        } else {
            Ok(())
        }
    })
    .await;
    world.settle().await;
}
