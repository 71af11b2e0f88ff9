//! A node whose program has been changed: what its validly signed log may say, and what a known node may claim.

use std::sync::Arc;

use network::content::NOTE_TYPE;
use network::entry::{ContentRef, Entry, Kind, Lane, Level, Withdrawal};
use network::follower::Batch;
use nhipcau::agencies::enrol;
use nhipcau::db::Tx;
use nhipcau::logs::{ledger, store};
use serde_json::json;
use tlog::{Checkpoint, leaf_hash};

use super::world::{World, edition, notice, origin, until};

/// Writes any bytes into the own log of a portal, signed with its key.
async fn writes(world: &World, label: &str, bytes: &[u8]) {
    let app = world.app(label);
    let mut conn = app.db.read().await.unwrap();
    let head = store::by_origin(&mut conn, origin(label).as_str()).await.unwrap().unwrap();
    drop(conn);
    let mut frontier = head.frontier().unwrap();
    let leaf = leaf_hash(bytes);
    frontier.push(leaf);
    let (size, root) = (frontier.size(), frontier.root());
    let checkpoint = Checkpoint { origin: head.origin.to_string(), size, root, extensions: Vec::new() };
    let batch = Batch {
        origin: head.origin.clone(),
        from: head.size,
        entries: vec![bytes.into()],
        leaves: vec![leaf],
        frontier,
        root,
        checkpoint: Arc::new(app.keys.sign(&checkpoint, None).unwrap()),
        checkpoint_size: size,
        peer: None,
    };
    let written = app
        .db
        .write("test.bytes", async move |tx: &mut Tx| -> Result<bool, anyhow::Error> {
            ledger::extend(tx, head.id, &batch).await
        })
        .await;
    assert!(written.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enrolment_spelled_otherwise_counts_alike_before_and_after_a_restart() {
    let mut world = World::with(["chinhphu", "laocai"]).await;
    let app = world.app("laocai");
    let unit = "so-y-te.laocai";
    let names = ("Sở Y tế", "Department of Health");
    let request =
        enrol::request_of(app, &origin(unit), &format!("{unit}.localhost"), names, Level::Unit).unwrap();
    let kind = Kind::AgencyEnrolled(request.check().unwrap());
    let line = Entry { at: app.clock.now(), kind }.encode().unwrap();
    let line = String::from_utf8(line).unwrap();
    let spelled = line.replace("\"kind\":\"agency.enrolled\"", "\"kind\" : \"\\u0061gency\\u002eenrolled\"");
    assert_ne!(line, spelled);
    writes(&world, "laocai", spelled.as_bytes()).await;
    let known = async |world: &World, label: &str| {
        until("the unit in the directory", async || {
            match world.app(label).directory.load().agency(&origin(unit)) {
                Some(_) => Ok(()),
                None => Err(label.to_owned()),
            }
        })
        .await;
    };
    known(&world, "laocai").await;
    known(&world, "chinhphu").await;
    world.stop("laocai").await;
    world.start("laocai").await;
    known(&world, "laocai").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_is_no_line_of_text_stops_nobody() {
    let world = World::with(["chinhphu", "mof", "laocai"]).await;
    world.cut("laocai");
    writes(&world, "mof", b"{\"v\":1,\n\x01\xff}").await;
    let ministry = world.issues("mof", notice("Thông tư", "Của bộ.")).await;
    let national = world.issues("chinhphu", notice("Nghị định", "Của Chính phủ.")).await;
    // One node had it in its open flow, the other comes back to it.
    world.mend("laocai");
    writes(&world, "mof", b"\x00").await;
    let local = world.issues("xa-a.laocai", notice("Lịch họp", "Của xã.")).await;
    world.settle().await;
    for item in [&ministry, &national, &local] {
        assert_eq!(world.page("xa-a.laocai", item).await.status, 200, "{}", item.portal);
        assert_eq!(world.told("chinhphu", item).await["state"], "standing", "{}", item.portal);
    }
    let faults = ["malformed", "bad_signature", "wrong_entries", "wrong_tiles", "split"]
        .map(|f| format!("follower.{f}"));
    let blamed = world.alarms("laocai").await;
    assert!(
        blamed.iter().all(|(about, _, _)| !faults.contains(about)),
        "who relayed it is blamed: {blamed:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_closed_log_said_beyond_its_honest_size_is_shown_by_nobody() {
    let world = World::with(["chinhphu", "mof", "laocai"]).await;
    let long = "Điều khoản. ".repeat(8_000);
    let honest = world.issues("mof", notice("Thông tư thật", &format!("Bản thật. {long}"))).await;
    let small = world.issues("mof", notice("Thông báo thật", "Còn nguyên.")).await;
    world.settle().await;
    let size = world.holds("mof", "mof").await;
    // Somebody has stolen the key.
    world.corrects(&honest, edition("Thông tư thật", &format!("Bản giả. {long}"))).await;
    world.withdraws(&small, true).await;
    let forged = world.issues("mof", notice("Thông tư giả", "Toàn văn giả.")).await;
    world.settle().await;
    assert!(world.page("xa-a.laocai", &honest).await.says("Bản giả"), "nobody could know");
    assert_eq!(world.page("xa-a.laocai", &small).await.status, 410);

    let end = json!({ "origin": origin("mof").as_str(), "last_size": size });
    let closed = world.post("chinhphu", "/api/v1/agencies/close", &end).await;
    assert_eq!(closed.status, 201, "{}", closed.text());
    for portal in ["chinhphu", "mof", "laocai", "xa-a.laocai"] {
        until("the honest state", async || {
            let page = world.page(portal, &honest).await;
            let other = world.page(portal, &small).await;
            if page.says("Bản thật") && other.says("Còn nguyên") {
                Ok(())
            } else {
                Err(format!("{portal}: {}, {}", page.status, other.status))
            }
        })
        .await;
        assert!(!world.page(portal, &honest).await.says("Bản giả"), "{portal}");
        assert_eq!(world.page(portal, &forged).await.status, 404, "{portal}");
        assert!(!world.get(portal, "/thong-tin").await.says(&forged.reference), "{portal}");
    }
    // An honest program refuses to go on with a closed log.
    let later = world.post("mof", "/api/v1/items", &json!({ "item": notice("Lại giả", "Vẫn giả.") })).await;
    assert_eq!(later.status, 409, "{}", later.text());
    world.settle().await;
    for portal in ["chinhphu", "mof", "xa-a.laocai"] {
        assert!(world.page(portal, &honest).await.says("Bản thật"), "{portal}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_makes_anothers_file_vanish_by_erasing_an_item_that_names_it() {
    use base64::Engine;
    let world = World::with(["chinhphu", "mof", "laocai"]).await;
    let bytes = base64::engine::general_purpose::STANDARD.encode("Mẫu tờ khai quốc gia");
    let draft = |title: &str| json!({ "kind": "notice", "title": title, "text": "x", "files": [{ "name": "mau.txt", "type": "text/plain", "base64": bytes }] });
    // The province and the ministry learn of the erasure before they learn of the Government's item.
    world.cut("chinhphu");
    let bait = world.issues("laocai", draft("Mồi")).await;
    world.erases(&bait).await;
    world.settle().await;
    let national = world.issues("chinhphu", draft("Tờ khai")).await;
    world.mend("chinhphu");
    world.settle().await;
    let hash = world.told("chinhphu", &national).await["document"]["files"][0]["sha256"]
        .as_str()
        .unwrap()
        .to_owned();
    for label in ["chinhphu", "mof", "laocai"] {
        let file = world.get(label, &format!("/content/{hash}")).await;
        assert_eq!(file.status, 200, "{label}");
        assert_eq!(world.page(label, &bait).await.status, 410, "{label}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_makes_anothers_text_vanish_by_calling_it_a_reason_of_their_own() {
    let world = World::with(["chinhphu", "mof", "laocai"]).await;
    let national = world.issues("chinhphu", notice("Nghị định", "Phải còn ở mọi nơi.")).await;
    let bait = world.issues("laocai", notice("Mồi", "x")).await;
    world.settle().await;
    let sha256 =
        world.told("chinhphu", &national).await["editions"][0]["sha256"].as_str().unwrap().to_owned();
    let app = world.app("laocai");
    let log = app.portals.load().main().unwrap().log;
    let note = ContentRef { sha256: sha256.parse().unwrap(), size: 1, media: NOTE_TYPE.into() };
    for kind in [
        Kind::ItemAlone { item: bait.id, edition: 1, note: note.clone() },
        Kind::ItemWithdrawn { item: bait.id, mode: Withdrawal::Banner, lane: Lane::Urgent, note: Some(note) },
    ] {
        enrol::write(app, log, kind).await.unwrap();
    }
    world.erases(&bait).await;
    world.settle().await;
    for label in ["chinhphu", "mof", "laocai"] {
        assert_eq!(world.page(label, &bait).await.status, 410, "{label}");
        assert!(world.page(label, &national).await.says("Phải còn ở mọi nơi"), "{label}");
        assert_eq!(world.get(label, &format!("/content/{sha256}")).await.status, 200, "{label}");
    }
}
