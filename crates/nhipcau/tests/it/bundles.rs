//! Bundles: a node without a line gets the nation's news in a file, proven, with its age; files that lie do not count.

use std::path::{Path, PathBuf};

use network::bundle::{Header, Listed, Writer};
use nhipcau::peers::bundles::fate::{Fate, Taken};
use tlog::{Checkpoint, Frontier, Hash, leaf_hash};

use super::keeping::{errors, program, well};
use super::world::{World, edition, notice, origin, until};

/// Exports from a node into a file.
pub fn export(world: &World, label: &str, name: &str, more: &[&str]) -> PathBuf {
    let file = world.home(name);
    let arguments = [&["export", file.to_str().unwrap()], more].concat();
    well(&program(&arguments, &world.home(label)));
    file
}

/// Imports a file; what became of it, and whether the command found nothing to complain of.
pub fn import(world: &World, label: &str, file: &Path) -> (Taken, bool) {
    let output = program(&["import", file.to_str().unwrap(), "--json"], &world.home(label));
    let taken = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", errors(&output)));
    (taken, output.status.success())
}

fn fate(taken: &Taken, label: &str) -> Fate {
    let origin = origin(label).to_string();
    taken.logs.iter().find(|log| log.origin == origin).unwrap_or_else(|| panic!("{taken:?}")).fate
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_without_a_line_gets_the_news_by_file_and_shows_its_age() {
    let mut world = World::with(["chinhphu", "mof", "laocai"]).await;
    let first = world.issues("chinhphu", notice("Bản tin thứ nhất", "Một.")).await;
    world.settle().await;
    world.stop("laocai").await;
    world.cut("laocai");
    world.start("laocai").await;

    let news = world.issues("chinhphu", notice("Công điện về mưa lũ", "Nước lên nhanh.")).await;
    let long = world.issues("mof", notice("Phụ lục", &"Dòng dài. ".repeat(9_000))).await;
    world.corrects(&first, edition("Bản tin thứ nhất", "Đã sửa.")).await;
    world.settle().await;
    let file = export(&world, "mof", "a.bundle", &[]);
    assert_eq!(world.page("xa-a.laocai", &news).await.status, 404, "it cannot have come otherwise");
    let (taken, clean) = import(&world, "laocai", &file);
    assert!(clean, "{taken:?}");
    assert_eq!((fate(&taken, "chinhphu"), fate(&taken, "mof")), (Fate::Applied, Fate::Applied));
    assert_eq!(fate(&taken, "laocai"), Fate::Own);
    for portal in ["laocai", "xa-a.laocai"] {
        assert!(world.page(portal, &news).await.says("Nước lên nhanh."), "{portal}");
        assert!(world.page(portal, &first).await.says("Đã sửa."), "{portal}");
        assert!(world.page(portal, &long).await.says("Dòng dài."), "{portal}");
    }
    let as_of = taken.as_of.clone().unwrap();
    until("the age of the news", async || {
        let synced = world.get("laocai", "/api/v1/status").await.json()["synced"].clone();
        if synced == *as_of { Ok(()) } else { Err(format!("{synced}, not {as_of}")) }
    })
    .await;

    // Twice is as good as once; what came since goes into the next file, and into a stopped node as well.
    let (again, clean) = import(&world, "laocai", &file);
    assert!(clean && again.logs.iter().all(|log| log.fate != Fate::Applied), "{again:?}");
    world.withdraws(&news, true).await;
    world.settle().await;
    let since = export(&world, "chinhphu", "b.bundle", &["--since", file.to_str().unwrap()]);
    let (small, large) = (std::fs::metadata(&since).unwrap().len(), std::fs::metadata(&file).unwrap().len());
    assert!(small < large, "{small} bytes since {large}");
    world.stop("laocai").await;
    let (taken, clean) = import(&world, "laocai", &since);
    assert!(clean && fate(&taken, "chinhphu") == Fate::Applied, "{taken:?}");
    world.start("laocai").await;
    assert!(!world.page("xa-a.laocai", &news).await.says("Nước lên nhanh."), "the withdrawal did not arrive");

    // With the line back the flow goes on from where the files ended.
    world.mend("laocai");
    let last = world.issues("chinhphu", notice("Nước rút", "Xong.")).await;
    world.settle().await;
    assert!(world.page("xa-a.laocai", &last).await.says("Xong."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_or_altered_file_applies_what_is_proven_and_says_where_it_is_damaged() {
    let world = World::with(["chinhphu", "mof", "laocai"]).await;
    world.cut("laocai");
    let item = world.issues("chinhphu", notice("Công điện", "Đúng từng chữ.")).await;
    world.settle().await;
    let file = export(&world, "chinhphu", "a.bundle", &[]);
    let bytes = std::fs::read(&file).unwrap();
    let words = "Đúng từng chữ.".as_bytes();
    let at = bytes.windows(words.len()).position(|window| window == words).unwrap();

    let mut altered = bytes.clone();
    altered[at] ^= 1;
    let bad = world.home("altered.bundle");
    std::fs::write(&bad, altered).unwrap();
    let (taken, clean) = import(&world, "laocai", &bad);
    let damage = taken.damage.clone().unwrap();
    assert!(!clean && damage.contains("byte") && damage.contains("hash"), "{damage}");
    assert_eq!(fate(&taken, "chinhphu"), Fate::Applied, "the log before the damage is proven");
    let page = world.page("xa-a.laocai", &item).await;
    assert!(!page.says("ng từng chữ."), "altered words are shown: {}", page.text());

    std::fs::write(&bad, &bytes[..at - 200]).unwrap();
    let (taken, clean) = import(&world, "laocai", &bad);
    assert!(!clean && taken.damage.unwrap().contains("cut off"));
    std::fs::write(&bad, b"PK\x03\x04 something else\n").unwrap();
    let (taken, clean) = import(&world, "laocai", &bad);
    assert!(!clean && taken.logs.is_empty() && taken.damage.unwrap().contains("not a bundle"));

    let (taken, clean) = import(&world, "laocai", &file);
    assert!(clean, "{taken:?}");
    assert!(world.page("xa-a.laocai", &item).await.says("Đúng từng chữ."));
    world.mend("laocai");
    world.settle().await;
}

/// A bundle of one log, made by whoever holds a key.
fn forged(root: &str, log: &str, key: &tlog::SignerKey, entries: &[&[u8]]) -> Vec<u8> {
    let mut frontier = Frontier::new();
    entries.iter().for_each(|entry| frontier.push(leaf_hash(entry)));
    let size = frontier.size();
    let name = origin(log);
    let head = Checkpoint { origin: name.to_string(), size, root: frontier.root(), extensions: Vec::new() };
    let note = head.sign(key).unwrap().to_string();
    let header = Header {
        node: "z.localhost/node".into(),
        made: "2026-11-25T00:00:00Z".into(),
        root: origin(root),
        logs: vec![Listed { origin: name.clone(), from: 0, size }],
    };
    let (mut writer, mut bytes) = Writer::open(&header);
    bytes.extend(writer.log(&name, &Frontier::new(), size, &note));
    let entries: Vec<Vec<u8>> = entries.iter().map(|entry| entry.to_vec()).collect();
    let none: [Hash; 0] = [];
    bytes.extend(writer.part(0, &entries, &none).unwrap());
    bytes.extend(writer.close());
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_others_and_forked_ones_do_not_count() {
    let world = World::with(["chinhphu", "mof", "laocai"]).await;
    let item = world.issues("mof", notice("Thông báo", "Bản thật.")).await;
    world.settle().await;
    world.cut("laocai");
    let secret = |label: &str| -> tlog::SignerKey {
        let path = world.app(label).keys.file(&origin(label));
        std::fs::read_to_string(path).unwrap().trim().parse().unwrap()
    };
    let (key, other) = (secret("mof"), secret("chinhphu"));
    let lies: Vec<Vec<u8>> = (0..40).map(|n| format!("{{\"v\":1,\"n\":{n}}}").into_bytes()).collect();
    let lies: Vec<&[u8]> = lies.iter().map(Vec::as_slice).collect();
    let file = world.home("lies.bundle");

    std::fs::write(&file, forged("mof", "mof", &key, &lies)).unwrap();
    let refused = program(&["import", file.to_str().unwrap()], &world.home("laocai"));
    assert!(errors(&refused).contains("nation"), "{}", errors(&refused));

    let stranger = tlog::SignerKey::from_seed("la.localhost/log", tlog::KeyKind::Ed25519, [9; 32]).unwrap();
    std::fs::write(&file, forged("chinhphu", "la", &stranger, &lies)).unwrap();
    let (taken, clean) = import(&world, "laocai", &file);
    assert!(!clean && fate(&taken, "la") == Fate::Unknown, "{taken:?}");

    std::fs::write(&file, forged("chinhphu", "mof", &other, &lies)).unwrap_or_default();
    let (taken, clean) = import(&world, "laocai", &file);
    assert!(!clean && fate(&taken, "mof") == Fate::NotProven, "{taken:?}");
    assert_eq!(world.told("laocai", &item).await["state"], "standing");

    std::fs::write(&file, forged("chinhphu", "mof", &key, &lies)).unwrap();
    let (taken, clean) = import(&world, "laocai", &file);
    assert!(!clean && fate(&taken, "mof") == Fate::Forked, "{taken:?}");
    world.alarmed("laocai", "follower.split", None).await;
    let status = world.get("laocai", "/api/v1/status").await.json();
    let log = status["logs"].as_array().unwrap().iter().find(|l| l["origin"] == "mof.localhost/log").unwrap();
    assert_eq!(log["frozen"], true);
    assert!(world.page("xa-a.laocai", &item).await.says("Bản thật."), "what was verified is lost");
    let evidence = world.get("laocai", &format!("/mang/bang-chung/{}", origin("mof").mirror_path())).await;
    assert_eq!(evidence.status, 200);
    let (taken, clean) = import(&world, "laocai", &file);
    assert!(!clean && fate(&taken, "mof") == Fate::Frozen, "{taken:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn anybody_may_export_and_only_the_administrator_imports() {
    let world = World::with(["chinhphu", "mof"]).await;
    world.issues("mof", notice("Thông báo", "Một.")).await;
    world.settle().await;
    let ask = |body: &'static str| world.ask(world.request("POST", "mof", "/api/v1/bundle").body(body));
    let whole = ask("*\n").await;
    assert_eq!((whole.status, whole.header("content-type")), (200, "application/vnd.nhipcau.bundle"));
    assert!(whole.bytes.starts_with(b"nhipcau-bundle 1 ") && whole.bytes.ends_with(b"\n"));
    let one = ask("mof.localhost/log 0\n").await;
    assert!(one.bytes.len() < whole.bytes.len());
    assert_eq!(ask("khong.localhost/log 0\n").await.status, 404);
    assert_eq!(ask("mof.localhost/log x\n").await.status, 422);
    assert_eq!(ask("").await.status, 409, "nothing was asked for");
    let refused = world.ask(world.request("POST", "mof", "/api/v1/import").body(whole.bytes.clone())).await;
    assert_eq!(refused.status, 401);
}
