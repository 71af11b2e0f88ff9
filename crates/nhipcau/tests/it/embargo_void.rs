//! What ends an embargo otherwise than by its hour: it is called off, erased, restored from a backup, or somebody lies.

use base64::Engine;
use network::content::ITEM_TYPE;
use network::entry::{ContentRef, Entry, ItemChange, Kind, Lane};
use network::names::ContentHash;
use network::sealing::{SEALED_TYPE, SealKey, Sealed};
use nhipcau::db::Tx;
use nhipcau::items::desk::{self, Request};
use nhipcau::items::publish::Done;
use nhipcau::items::store::Reference;
use nhipcau::logs::store;
use serde_json::json;

use super::embargo::{HOUR, TITLE, ciphertexts, files_with, keeps_quiet, reads, seals};
use super::newsroom::{Office, leads, office};
use super::world::{World, notice, on_postgres, origin, until};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_called_off_is_read_by_nobody_and_what_takes_its_place_is() {
    let office = office().await;
    let Office { world, lan, minh, .. } = &office;
    let (path, sealed) = office.seals(TITLE, "Câu sai không ai được đọc.").await;
    world.settle().await;
    let cipher = ciphertexts(world, "mof").await.remove(0);
    // Whoever only writes cannot call it off.
    assert!(office.does(lan, &path, "send-back", "Sai").await.says("Vai trò của bạn không bao gồm"));
    leads(&office.does(minh, &path, "send-back", "Sai một câu").await);
    world.settle().await;
    for label in ["chinhphu", "mof"] {
        assert_eq!(ciphertexts(world, label).await.len(), 0, "{label}");
        until("the ciphertext to leave the disk", async || {
            let found = files_with(&world.home(label), &cipher[..64]);
            if found.is_empty() { Ok(()) } else { Err(found.join(", ")) }
        })
        .await;
    }
    leads(&office.writes(lan, &path, &[("text", "Câu **đúng**."), ("viec", "submit")]).await);
    leads(&office.does(minh, &path, "approve", "").await);
    world.settle().await;
    keeps_quiet(world, "mof", &sealed, TITLE).await;
    let (other, thrown) = office.seals("Bỏ hẳn", "Không bao giờ.").await;
    leads(&office.does(minh, &other, "discard", "").await);
    let api = seals(world, "chinhphu", notice("Gỡ bằng lệnh", "Không bao giờ."), HOUR).await;
    world.withdraws(&api, true).await;
    world.clock("chinhphu").pass(2 * HOUR);
    reads(world, "mof", &sealed, "đúng").await;
    world.settle().await;
    assert!(!world.page("mof", &sealed).await.says("Câu sai"));
    for never in [&thrown, &api] {
        keeps_quiet(world, "mof", never, "Không bao giờ").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_wait_for_its_hour_is_opened_alone_and_everybody_is_told() {
    let office = office().await;
    let Office { world, minh, .. } = &office;
    let (path, sealed) = office.seals(TITLE, "Không chờ được nữa.").await;
    world.settle().await;
    leads(&office.does(minh, &path, "override", "Tin đã lộ ra ngoài").await);
    reads(world, "mof", &sealed, "Không chờ được nữa.").await;
    world.settle().await;
    assert!(world.page("mof", &sealed).await.says("Tin đã lộ ra ngoài"));
    world.clock("chinhphu").pass(2 * HOUR);
    until("the hour to pass without a second opening", async || {
        let app = world.app("chinhphu");
        let mut conn = app.db.read().await.unwrap();
        let (kept,): (i64,) = nhipcau::one!(&mut conn, (i64,), "SELECT COUNT(*) FROM embargo").unwrap();
        if kept == 0 { Ok(()) } else { Err(kept.to_string()) }
    })
    .await;
    assert!(world.alarms("mof").await.is_empty());
}

/// States something in a portal's own log.
async fn states(world: &World, portal: &str, kind: Kind, content: Vec<(ContentRef, Vec<u8>)>) {
    let app = world.app(portal);
    let log = app.portals.load().main().unwrap().log;
    let done = Done {
        reference: String::new(),
        origin: origin(portal).to_string(),
        entry: 0,
        edition: None,
        path: String::new(),
        number: None,
    };
    for (piece, bytes) in &content {
        app.folder.keep(&piece.sha256, bytes).await.unwrap();
    }
    let request = Request { log, kind, content, done, once: None, unique: None };
    let stated = app
        .db
        .write("test.states", async move |tx: &mut Tx| desk::carry_out(tx, &request).await.map(|_| ()))
        .await;
    stated.unwrap();
}

fn pointer(bytes: &[u8], media: &str) -> ContentRef {
    ContentRef { sha256: ContentHash::of(bytes), size: bytes.len() as u64, media: media.into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opening_that_is_not_of_what_was_sealed_shows_nothing_and_is_an_alarm() {
    let world = World::with(["chinhphu", "mof"]).await;
    let id = uuid::Uuid::from_u128(0x019a_b300_0000_7000_8000_0000_0000_0077);
    let text = json!({ "v": 1, "salt": "00".repeat(16), "id": id.to_string(), "edition": 1, "lang": "vi", "kind": "notice",
        "title": TITLE, "summary": "", "fields": [], "body": { "format": "markdown", "text": "Lừa", "layer": "original" } });
    let text = text.to_string().into_bytes();
    let (key, named) = (SealKey::new([3; 32]), pointer(&text, ITEM_TYPE));
    let of = Sealed { origin: origin("chinhphu"), item: id, edition: 1 };
    let opened = |key: &SealKey, content: &ContentRef| Kind::ItemOpened {
        item: id,
        edition: 1,
        key: key.clone(),
        content: content.clone(),
        files: Vec::new(),
    };
    let quiet = async |about: &str| {
        world.settle().await;
        for label in ["chinhphu", "mof"] {
            world.alarmed(label, about, None).await;
            let page = world.get(label, &format!("/muc/{}", Reference::of(&of.origin, id))).await;
            assert_eq!(page.status, 404, "{label}: {about}");
            assert!(!world.get(label, "/thong-tin").await.says(TITLE), "{label}: {about}");
        }
    };
    // Never sealed.
    states(&world, "chinhphu", opened(&key, &named), Vec::new()).await;
    quiet("embargo.unsealed").await;

    let cipher = key.close(&of, 0, &text).unwrap();
    let sealed = Kind::ItemSealed {
        item: id,
        edition: 1,
        change: ItemChange::New,
        lane: Lane::Normal,
        content: pointer(&cipher, SEALED_TYPE),
        files: Vec::new(),
        commitment: key.commitment(&of, &named, &[]),
    };
    states(&world, "chinhphu", sealed.clone(), vec![(pointer(&cipher, SEALED_TYPE), cipher.clone())]).await;
    // Another key; another text; another log.
    states(&world, "chinhphu", opened(&SealKey::new([4; 32]), &named), Vec::new()).await;
    quiet("embargo.other").await;
    states(&world, "chinhphu", opened(&key, &pointer(b"another text", ITEM_TYPE)), Vec::new()).await;
    quiet("embargo.other").await;
    states(&world, "mof", opened(&key, &named), Vec::new()).await;
    quiet("embargo.unsealed").await;
    let alarms = world.alarms("chinhphu").await;
    let named_mof = |(about, _, of): &(String, String, String)| {
        about == "embargo.unsealed" && *of == origin("mof").to_string()
    };
    assert!(alarms.iter().any(named_mof), "{alarms:?}");

    // A ciphertext that holds something else than was committed to: what it holds is shown by nobody.
    let lie = key
        .close(&of, 0, &String::from_utf8(text.clone()).unwrap().replace("Lừa", "Dối").into_bytes())
        .unwrap();
    let Kind::ItemSealed { item, edition, change, lane, files, commitment, .. } = sealed else { panic!() };
    let content = pointer(&lie, SEALED_TYPE);
    let other = Kind::ItemSealed { item, edition, change, lane, content: content.clone(), files, commitment };
    states(&world, "chinhphu", other, vec![(content, lie)]).await;
    world.settle().await;
    states(&world, "chinhphu", opened(&key, &named), Vec::new()).await;
    for label in ["chinhphu", "mof"] {
        world.alarmed(label, "embargo.damaged", None).await;
        let page = world.get(label, &format!("/muc/{}", Reference::of(&of.origin, id))).await;
        assert!(!page.says("Dối") && !page.says(TITLE), "{label}: {}", page.text());
        assert!(!world.get(label, "/thong-tin").await.says(TITLE), "{label}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_leaves_no_byte_of_text_or_ciphertext() {
    const NAME: &str = "Lê-Văn-Niêm-Phong";
    let mut world = World::with(["chinhphu", "mof"]).await;
    let paper = format!("{NAME} {}", "phụ lục ".repeat(12_000));
    let draft = |text: &str| {
        let paper = base64::engine::general_purpose::STANDARD.encode(&paper);
        json!({ "kind": "notice", "title": format!("Về {NAME}"), "text": text,
            "files": [{ "name": "phu-luc.txt", "type": "text/plain", "base64": paper }] })
    };
    let before = seals(&world, "chinhphu", draft("Gỡ trước giờ."), HOUR).await;
    let after = seals(&world, "chinhphu", draft("Xóa sau giờ."), HOUR).await;
    world.settle().await;
    let ciphers = ciphertexts(&world, "mof").await;
    assert_eq!(ciphers.len(), 4);
    let found = |label: &str| {
        let home = world.home(label);
        let mut found: Vec<String> = ciphers.iter().flat_map(|c| files_with(&home, &c[100..164])).collect();
        found.extend(files_with(&home, NAME.as_bytes()));
        found
    };
    if !on_postgres() {
        assert!(found("mof").len() >= 4, "the search finds nothing even before");
    }
    world.withdraws(&before, true).await;
    world.clock("chinhphu").pass(HOUR);
    reads(&world, "mof", &after, "Xóa sau giờ.").await;
    world.settle().await;
    assert_eq!(world.page("mof", &before).await.status, 404);
    world.erases(&after).await;
    world.settle().await;
    assert_eq!(world.page("mof", &after).await.status, 410);
    for label in ["chinhphu", "mof"] {
        until("every byte to vanish from the disk", async || {
            let found = found(label);
            if found.is_empty() { Ok(()) } else { Err(found.join(", ")) }
        })
        .await;
    }
    world.stop("mof").await;
    assert_eq!(files_with(&world.home("mof"), NAME.as_bytes()), Vec::<String>::new());
    world.start("mof").await;
    world.may_sign("mof").await;
    world.settle().await;
    assert_eq!(world.page("mof", &after).await.status, 410);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_backup_keeps_what_waits_and_lets_no_key_out_that_was_forgotten() {
    let mut world = World::with(["chinhphu", "mof"]).await;
    let waits = seals(&world, "chinhphu", notice("Còn chờ", "Vẫn mở đúng giờ."), HOUR).await;
    let off = seals(&world, "chinhphu", notice(TITLE, "Không bao giờ."), HOUR).await;
    world.settle().await;
    world.stop("chinhphu").await;
    let copy = world.back_up("chinhphu").await;
    world.start("chinhphu").await;
    world.may_sign("chinhphu").await;
    world.withdraws(&off, true).await;
    world.settle().await;
    world.stop("chinhphu").await;
    world.restore("chinhphu", &copy).await;
    world.clock("chinhphu").pass(HOUR);
    world.start("chinhphu").await;
    world.may_sign("chinhphu").await;
    reads(&world, "mof", &waits, "Vẫn mở đúng giờ.").await;
    world.settle().await;
    keeps_quiet(&world, "mof", &off, TITLE).await;
    let mut conn = world.app("mof").db.read().await.unwrap();
    let head = store::by_origin(&mut conn, origin("chinhphu").as_str()).await.unwrap().unwrap();
    let entries = store::entries(&mut conn, head.id, 0, head.size).await.unwrap();
    let kinds = entries.iter().map(|bytes| Entry::decode(bytes).unwrap().kind);
    let opened = kinds.filter(|kind| matches!(kind, Kind::ItemOpened { .. })).count();
    assert_eq!(opened, 1, "a key that was forgotten came out");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_taken_while_it_is_sealed_and_an_hour_that_was_is_refused() {
    let world = World::with(["chinhphu"]).await;
    let directive = json!({ "kind": "document", "title": "Nghị định", "text": "Điều 1.", "number": "99/2026/NĐ-CP",
        "form": "Nghị định", "agency": "Chính phủ", "signer": "Nguyễn Văn A", "issued": "2026-11-26" });
    let sealed = seals(&world, "chinhphu", directive.clone(), HOUR).await;
    let again = world.post("chinhphu", "/api/v1/items", &json!({ "item": directive })).await;
    assert_eq!(again.status, 422, "{}", again.text());
    let past = nhipcau::clock::instant(world.clock("chinhphu").micros() - 1).to_string();
    let late = json!({ "item": notice("Muộn", "x"), "embargo_until": past });
    let late = world.post("chinhphu", "/api/v1/items", &late).await;
    assert!(late.status == 422 && late.says("embargo_until"), "{}", late.text());
    world.clock("chinhphu").pass(HOUR);
    reads(&world, "chinhphu", &sealed, "99/2026/NĐ-CP").await;
}
