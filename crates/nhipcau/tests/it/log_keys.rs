//! A log's key is changed: made, shown to the parent, vouched for, and the old one retired – while the portal publishes.

use std::process::Command;

use nhipcau::config::Config;
use nhipcau::logs::store;
use serde_json::json;
use tlog::{Checkpoint, Note, VerifierKey};

use super::world::{Answer, World, notice, origin, until};

/// The newest head of a log as a node holds it.
async fn head(world: &World, at: &str, of: &str) -> (u64, Note) {
    let mut conn = world.app(at).db.read().await.unwrap();
    let head = store::by_origin(&mut conn, origin(of).as_str()).await.unwrap().unwrap();
    (head.checkpoint_size, Note::parse(&head.checkpoint).unwrap())
}

/// Runs `nhipcau keys` on the folder of a node.
pub fn keys(world: &World, label: &str, arguments: &[&str]) -> (bool, String) {
    let dir = world.home(label);
    let done = Command::new(env!("CARGO_BIN_EXE_nhipcau"))
        .arg("keys")
        .args(arguments)
        .arg("--dir")
        .arg(dir)
        .output()
        .unwrap();
    let text = [done.stdout, done.stderr].concat();
    (done.status.success(), String::from_utf8(text).unwrap())
}

/// The parent states another key of a child's log.
pub async fn vouches(world: &World, of: &str, key: &str) -> Answer {
    world
        .post("chinhphu", "/api/v1/agencies/change", &json!({ "origin": origin(of).to_string(), "key": key }))
        .await
}

/// Publishes at a portal, and waits until it stands at another.
pub async fn publishes(world: &World, at: &str, title: &str) {
    let item = world.issues(at, notice(title, "Nội dung.")).await;
    let reader = if at == "chinhphu" { "mof" } else { "chinhphu" };
    until("the item at the other portal", async || {
        let page = world.page(reader, &item).await;
        if page.status == 200 { Ok(()) } else { Err(page.text()) }
    })
    .await;
}

/// The whole change: `mof` has made `new` beside its old key and is restarted; the parent vouches; the old one retires.
pub async fn changes(world: &World, new: &VerifierKey) {
    let old = world.app("chinhphu").directory.load().keys_for(&origin("mof"), u64::MAX).unwrap().clone();
    assert_ne!(old, *new);
    // Its node shows by itself that it has both.
    until("a head that both have signed", async || {
        let (_, note) = head(world, "mof", "mof").await;
        let both = [&old, new].map(|key| Checkpoint::open(&note, key).is_ok());
        if both == [true, true] { Ok(()) } else { Err(format!("{both:?}")) }
    })
    .await;
    let (told, text) = keys(world, "mof", &["list"]);
    assert!(told && text.contains(&format!("nhipcau change mof.localhost/log --key '{new}'")), "{text}");
    // While the parent has not spoken, everybody goes on believing the old one, and publishing goes on.
    publishes(world, "mof", "Trước khi đổi").await;

    let stranger = tlog::SignerKey::from_seed("mof.localhost/log", tlog::KeyKind::Ed25519, [7; 32]).unwrap();
    let refused = vouches(world, "mof", &stranger.verifier().to_string()).await;
    assert_eq!(refused.status, 409, "a key that the child's node does not hold: {}", refused.text());
    assert!(refused.says("does not sign with both keys"), "{}", refused.text());
    let refused = vouches(world, "mof", &old.to_string()).await;
    assert!(refused.status == 409 && refused.says("has this key"), "{}", refused.text());
    let refused = vouches(world, "mof", "mof.localhost/log+0+x").await;
    assert!(refused.status == 422 && refused.says("nhipcau keys list"), "{}", refused.text());

    let stated = vouches(world, "mof", &new.to_string()).await;
    assert_eq!(stated.status, 201, "{}", stated.text());
    for at in ["chinhphu", "mof"] {
        until("the new key in the directory", async || {
            let known = world.app(at).directory.load().keys_for(&origin("mof"), u64::MAX).cloned();
            if known.as_ref() == Some(new) { Ok(()) } else { Err(format!("{known:?} at {at}")) }
        })
        .await;
    }
    publishes(world, "mof", "Sau khi đổi").await;
    let (_, note) = head(world, "chinhphu", "mof").await;
    assert!(Checkpoint::open(&note, new).is_ok() && Checkpoint::open(&note, &old).is_err(), "{note}");
    let (_, text) = keys(world, "mof", &["list"]);
    assert!(text.contains("đã thôi ký từ mục") && !text.contains("nhipcau change"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logs_key_is_changed_while_its_portal_publishes() {
    let mut world = World::with(["chinhphu", "mof"]).await;
    publishes(&world, "mof", "Thông báo đầu").await;
    let (made, text) = keys(&world, "mof", &["make", "mof.localhost/log"]);
    assert!(made && text.contains("mof.localhost_log.next.key"), "{text}");
    let (again, _) = keys(&world, "mof", &["make", "mof.localhost/log"]);
    assert!(again, "what was begun stays");
    world.stop("mof").await;
    world.start("mof").await;
    world.may_sign("mof").await;
    let ring = nhipcau::logs::keys::Keyring::of(&world.app("mof").config).unwrap();
    let new = ring.kept(&origin("mof")).unwrap().pop().unwrap();
    changes(&world, &new).await;

    // The old key is taken away: the new one alone serves, also after a restart.
    world.stop("mof").await;
    std::fs::remove_file(ring.file(&origin("mof"))).unwrap();
    world.start("mof").await;
    world.may_sign("mof").await;
    publishes(&world, "mof", "Chỉ còn khóa mới").await;
    assert!(world.get("mof", "/.well-known/nhipcau").await.says(&new.to_string()));
    // And it can be changed again.
    let (made, says) = keys(&world, "mof", &["make", "mof.localhost/log"]);
    assert!(made, "{says}");
    let kept = ring.kept(&origin("mof")).unwrap();
    assert!(kept.len() == 2 && kept[0] == new && kept[1] != new, "another one comes next");
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_whose_valid_key_was_taken_away_signs_nothing_and_says_so() {
    let mut world = World::with(["chinhphu", "mof"]).await;
    publishes(&world, "mof", "Thông báo đầu").await;
    let (made, _) = keys(&world, "mof", &["make", "mof.localhost/log"]);
    assert!(made);
    world.stop("mof").await;
    let ring = nhipcau::logs::keys::Keyring::of(&Config::read(&world.home("mof")).unwrap()).unwrap();
    let [old, next] = [ring.file(&origin("mof")), ring.next_file(&origin("mof"))];
    let kept = std::fs::read(&old).unwrap();
    std::fs::rename(&next, &old).unwrap();
    world.start("mof").await;
    world.may_sign("mof").await;
    let refused =
        world.post("mof", "/api/v1/items", &json!({ "item": notice("Quá sớm", "Chưa được.") })).await;
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert!(refused.says("has another key for mof.localhost/log"), "{}", refused.text());
    publishes(&world, "chinhphu", "Vẫn theo dõi").await;
    world.stop("mof").await;
    std::fs::write(&old, kept).unwrap();
    world.start("mof").await;
    world.may_sign("mof").await;
    publishes(&world, "mof", "Khóa đúng đã về").await;
    world.settle().await;
}
