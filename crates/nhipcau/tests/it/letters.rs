//! Letters between portals: sent at once, through the parent while the recipient is away, once whatever breaks, and read
//! by nobody else.

use std::path::Path;

use network::letter::{Letter, LetterKeys, Sealed, Secret, key_name};
use network::names::Origin;
use nhipcau::db::Tx;
use nhipcau::one;
use nhipcau::peers::letters::send::{Posting, post};
use nhipcau::peers::letters::{MEDIA, kinds, store};
use nhipcau::problem::Problem;
use serde_json::json;
use tlog::{KeyKind, SignerKey};
use uuid::Uuid;

use super::crash::{Program, signs};
use super::world::{Answer, World, origin, until};

/// Words that stand in no file, no line and no table but the sender's and the recipient's.
const SECRET: &str = "chỉ riêng nơi nhận được đọc câu này";

/// A portal writes to another; returns the letter's name.
pub async fn writes(world: &World, from: &str, to: &str, body: &str) -> Uuid {
    let app = world.hosted(from);
    let log = app.portals.load().by_host(&format!("{from}.localhost")).unwrap().log;
    let posting = Posting::new(app, log, &origin(to), kinds::TRIED, body.to_owned().into()).unwrap();
    let posted = app
        .db
        .write("test.letter", async move |tx: &mut Tx| -> Result<Uuid, Problem> { post(tx, posting).await });
    posted.await.unwrap()
}

async fn state(world: &World, from: &str, id: Uuid) -> String {
    let app = world.hosted(from);
    store::outcome(&mut app.db.read().await.unwrap(), id).await.unwrap().unwrap().0
}

/// Waits until the recipient's receipt has come.
pub async fn held(world: &World, from: &str, id: Uuid) {
    until("the recipient's receipt", async || {
        let state = state(world, from, id).await;
        if state == "held" { Ok(()) } else { Err(format!("{id} is {state:?}")) }
    })
    .await;
}

async fn counts(world: &World, label: &str) -> store::Counts {
    store::counts(&mut world.app(label).db.read().await.unwrap()).await.unwrap()
}

/// What a portal of the world would send.
fn sealed(world: &World, from: &str, to: &str, id: u128, body: &str) -> Sealed {
    let app = world.hosted(from);
    let secrets = app.keys.letters(&origin(from), &app.dice).unwrap();
    letter(from, to, id, body).seal(&secrets.signer, &keys(world, to), app.dice.bytes().unwrap()).unwrap()
}

fn letter(from: &str, to: &str, id: u128, body: &str) -> Letter {
    let kind = kinds::TRIED.to_owned();
    Letter { from: origin(from), to: origin(to), id: Uuid::from_u128(id), heads: 1, kind, body: body.into() }
}

fn keys(world: &World, of: &str) -> LetterKeys {
    let directory = world.hosted(of).directory.load();
    *directory.agency(&origin(of)).unwrap().sealing.as_ref().unwrap().known().unwrap()
}

async fn brings(world: &World, to: &str, bytes: Vec<u8>) -> Answer {
    world.ask(world.request("POST", to, "/inbox").header("content-type", MEDIA).body(bytes)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_arrives_at_once_also_between_portals_of_one_node() {
    let world = World::with(["chinhphu", "mof", "laocai"]).await;
    for (from, to) in
        [("mof", "chinhphu"), ("laocai", "mof"), ("xa-a.laocai", "xa-b.laocai"), ("chinhphu", "xa-a.laocai")]
    {
        let id = writes(&world, from, to, SECRET).await;
        held(&world, from, id).await;
    }
    assert_eq!(counts(&world, "laocai").await.received, 2);
    // As an administrator tries it.
    let sent = world.post("mof", "/api/v1/letters", &json!({ "to": "laocai.localhost/log" })).await;
    assert_eq!(sent.status, 201, "{}", sent.text());
    let id: Uuid = sent.json()["id"].as_str().unwrap().parse().unwrap();
    held(&world, "mof", id).await;
    let path = format!("/api/v1/letters/{id}");
    let told = world.ask(world.request("GET", "mof", &path).bearer_auth(world.token("mof"))).await;
    assert_eq!(told.json()["state"], "held");
    assert_eq!(world.get("mof", &path).await.status, 401);
    let nobody = world.post("mof", "/api/v1/letters", &json!({ "to": "nobody.localhost/log" })).await;
    assert_eq!(nobody.status, 409, "{}", nobody.text());
    assert!(world.get("mof", "/mang").await.says("Không có thư nào chờ gửi."));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_parent_carries_what_it_cannot_read_until_its_child_is_back() {
    let mut world = World::with(["chinhphu", "laocai", "xa-c.laocai"]).await;
    world.cut("xa-c.laocai");
    let id = writes(&world, "chinhphu", "xa-c.laocai", SECRET).await;
    until("the parent to carry it", async || {
        let counts = counts(&world, "laocai").await;
        if counts.carried == 1 { Ok(()) } else { Err(format!("{counts:?}")) }
    })
    .await;
    assert_eq!(state(&world, "chinhphu", id).await, "", "a relay's receipt does not empty the outbox");
    assert!(world.get("laocai", "/mang").await.says("1 thư đang chuyển hộ cơ quan khác"));
    assert!(world.get("chinhphu", "/mang").await.says("1 thư chờ gửi, cũ nhất"));
    let (bytes,) = {
        let mut conn = world.app("laocai").db.read().await.unwrap();
        one!(&mut conn, (Vec<u8>,), "SELECT bytes FROM letter_relay").unwrap()
    };
    assert!(bytes.len() > 1_000 && !contains(&bytes, SECRET));
    // The sender is gone when the child comes back: the parent alone brings it.
    world.cut("chinhphu");
    world.mend("xa-c.laocai");
    until("the child to hold it", async || {
        let counts = counts(&world, "xa-c.laocai").await;
        if counts.received == 1 { Ok(()) } else { Err(format!("{counts:?}")) }
    })
    .await;
    until("the parent to be done", async || {
        let counts = counts(&world, "laocai").await;
        if counts.carried == 0 { Ok(()) } else { Err(format!("{counts:?}")) }
    })
    .await;
    world.mend("chinhphu");
    held(&world, "chinhphu", id).await;
    assert_eq!(counts(&world, "xa-c.laocai").await.received, 1, "twice on its way, kept once");
    world.stop("laocai").await;
    for file in files(&world.home("laocai")) {
        assert!(
            !contains(&std::fs::read(&file).unwrap(), SECRET),
            "{} has words of the letter",
            file.display()
        );
    }
    world.start("laocai").await;
    world.may_sign("laocai").await;
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all
}

fn contains(bytes: &[u8], words: &str) -> bool {
    bytes.windows(words.len()).any(|window| window == words.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_word_of_a_letter_is_in_any_line_that_nodes_log() {
    let mut world = World::with(["chinhphu", "mof"]).await;
    world.cut("mof");
    let id = writes(&world, "mof", "chinhphu", SECRET).await;
    let bytes = sealed(&world, "mof", "chinhphu", 1, SECRET).encode();
    world.stop("mof").await;
    world.stop("chinhphu").await;
    world.mend("mof");
    // The programs that are shipped, saying all that they can say.
    let lines = ["mof", "chinhphu"].map(|label| world.home(label).join("lines.txt"));
    let programs = ["mof", "chinhphu"].map(|label| {
        let lines = std::fs::File::create(world.home(label).join("lines.txt")).unwrap();
        Program::telling(&world, label, "trace", lines)
    });
    signs(&world, "chinhphu").await;
    let path = format!("/api/v1/letters/{id}");
    until("the recipient's receipt", async || {
        let request = world.request("GET", "mof", &path).bearer_auth(world.token("mof"));
        match request.send().await {
            Ok(answer) => match answer.text().await.unwrap() {
                told if told.contains("held") => Ok(()),
                told => Err(told),
            },
            Err(error) => Err(error.to_string()),
        }
    })
    .await;
    assert_eq!(brings(&world, "chinhphu", bytes[..bytes.len() - 1].to_vec()).await.status, 422);
    assert_eq!(brings(&world, "chinhphu", bytes).await.status, 200);
    programs.into_iter().for_each(Program::kill);
    for (label, path) in ["mof", "chinhphu"].into_iter().zip(lines) {
        let told = std::fs::read(&path).unwrap();
        assert!(contains(&told, "TRACE") && told.len() > 10_000, "{label}: nothing was heard");
        assert!(!contains(&told, SECRET), "{label} tells words of the letter");
        for key in files(&world.home(label).join("keys")) {
            let text = std::fs::read_to_string(&key).unwrap();
            assert!(!contains(&told, text.trim()), "{label} tells {}", key.display());
        }
    }
    world.start("chinhphu").await;
    world.start("mof").await;
    world.may_sign("mof").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_letter_gets_the_same_receipt_and_another_of_its_name_is_refused() {
    let world = World::with(["chinhphu", "mof"]).await;
    let first = brings(&world, "chinhphu", sealed(&world, "mof", "chinhphu", 7, "một").encode()).await;
    assert_eq!(first.status, 200, "{}", first.text());
    assert!(first.says("by chinhphu.localhost/log\n") && first.says("\nholds "), "{}", first.text());
    let again = brings(&world, "chinhphu", sealed(&world, "mof", "chinhphu", 7, "một").encode()).await;
    assert_eq!((again.status, again.text()), (200, first.text()));
    assert_eq!(counts(&world, "chinhphu").await.received, 1);
    let other = brings(&world, "chinhphu", sealed(&world, "mof", "chinhphu", 7, "hai").encode()).await;
    assert_eq!(other.status, 409, "{}", other.text());
    world.alarmed("chinhphu", "letter.contradicts", None).await;
    assert!(world.get("chinhphu", "/mang").await.says("hai thư khác nhau mang cùng một mã"));
    assert_eq!(counts(&world, "chinhphu").await.received, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_forgers_the_wrong_recipient_and_what_is_too_large_are_turned_away() {
    let world = World::with(["chinhphu", "mof", "moh"]).await;
    let app = world.app("moh");
    let chinhphu = keys(&world, "chinhphu");
    // A portal that nobody has enrolled.
    let stranger: Origin = "la.localhost/log".parse().unwrap();
    let signer = SignerKey::from_seed(&key_name(&stranger), KeyKind::Ed25519, [1; 32]).unwrap();
    let unknown = Letter { from: stranger, ..letter("mof", "chinhphu", 1, "x") };
    let unknown = unknown.seal(&signer, &chinhphu, [1; 32]).unwrap();
    assert_eq!(brings(&world, "chinhphu", unknown.encode()).await.status, 403);
    // One that writes in another's name: the key is not that name's.
    let secrets = app.keys.letters(&origin("moh"), &app.dice).unwrap();
    let forged = letter("mof", "chinhphu", 2, "x").seal(&secrets.signer, &chinhphu, [2; 32]).unwrap();
    assert_eq!(brings(&world, "chinhphu", forged.encode()).await.status, 403);
    // Sealed to somebody else, brought to a node that neither hosts it nor stands above it.
    let elsewhere = sealed(&world, "chinhphu", "moh", 3, "x").encode();
    assert_eq!(brings(&world, "mof", elsewhere).await.status, 403);
    // Sealed to another key than the recipient's: taken once it is sealed anew.
    let other = LetterKeys::new(&Secret::from_seed(&[9; 32]), &secrets.signer.verifier()).unwrap();
    let closed = letter("moh", "chinhphu", 4, "x").seal(&secrets.signer, &other, [4; 32]).unwrap();
    assert_eq!(brings(&world, "chinhphu", closed.encode()).await.status, 429);
    // Too large, and cut off.
    let mut large = sealed(&world, "moh", "chinhphu", 5, "x").encode();
    large.resize(20 << 20, 0);
    let status = world
        .request("POST", "chinhphu", "/inbox")
        .header("content-type", MEDIA)
        .body(large.clone())
        .send()
        .await
        .map_or(413, |answer| answer.status().as_u16());
    assert_eq!(status, 413);
    large.truncate(1_000);
    assert_eq!(brings(&world, "chinhphu", large).await.status, 422);
    assert_eq!(brings(&world, "chinhphu", vec![0xff; 100]).await.status, 422);
    assert_eq!(brings(&world, "chinhphu", Vec::new()).await.status, 422);
    assert_eq!(counts(&world, "chinhphu").await.received, 0);
    // Who brings too many has to wait.
    let many = (0..400).map(|id| sealed(&world, "moh", "chinhphu", 1_000 + id, "x").encode());
    let brought = futures::future::join_all(many.map(|one| brings(&world, "chinhphu", one))).await;
    let (taken, refused): (Vec<_>, Vec<_>) = brought.into_iter().partition(|answer| answer.status == 200);
    assert!(taken.len() > 250, "{} were taken", taken.len());
    assert!(!refused.is_empty(), "400 letters at once were taken");
    assert!(refused.iter().all(|answer| answer.status == 429 && answer.says("quá nhiều thư")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_to_a_closed_agency_goes_to_its_successor() {
    let mut world = World::with(["chinhphu", "mof", "moh"]).await;
    world.stop("mof").await;
    let id = writes(&world, "moh", "mof", SECRET).await;
    until("the parent to carry it", async || {
        let counts = counts(&world, "chinhphu").await;
        if counts.carried == 1 { Ok(()) } else { Err(format!("{counts:?}")) }
    })
    .await;
    let close = json!({ "origin": "mof.localhost/log", "successor": "chinhphu.localhost/log" });
    let closed = world.post("chinhphu", "/api/v1/agencies/close", &close).await;
    assert_eq!(closed.status, 201, "{}", closed.text());
    held(&world, "moh", id).await;
    assert_eq!(counts(&world, "chinhphu").await.received, 1);
    // And what is written from now on goes there at once.
    until("the closing to be known", async || {
        let directory = world.app("moh").directory.load();
        let closed = directory.agency(&origin("mof")).unwrap().closed.is_some();
        if closed { Ok(()) } else { Err("open".into()) }
    })
    .await;
    let id = writes(&world, "moh", "mof", "nữa").await;
    held(&world, "moh", id).await;
    world.start("mof").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_whose_receipt_was_lost_is_kept_once_through_a_restart() {
    let mut world = World::with(["chinhphu", "mof"]).await;
    // The letter goes out and is kept; the answer never comes back.
    world.loses("mof", 999);
    let id = writes(&world, "mof", "chinhphu", SECRET).await;
    until("the recipient to hold it", async || {
        let counts = counts(&world, "chinhphu").await;
        if counts.received == 1 { Ok(()) } else { Err(format!("{counts:?}")) }
    })
    .await;
    world.stop("chinhphu").await;
    world.stop("mof").await;
    world.loses("mof", 0);
    world.start("chinhphu").await;
    world.start("mof").await;
    held(&world, "mof", id).await;
    assert_eq!(counts(&world, "chinhphu").await.received, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_between_acceptance_and_receipt_loses_no_letter_and_doubles_none() {
    const LETTERS: usize = 40;
    let mut world = World::with(["chinhphu", "mof"]).await;
    world.stop("chinhphu").await;
    let mut ids = Vec::new();
    for round in 0..4 {
        let program = Program::start(&world, "chinhphu");
        signs(&world, "chinhphu").await;
        for number in 0..LETTERS / 4 {
            ids.push(writes(&world, "mof", "chinhphu", &format!("{SECRET} {round}.{number}")).await);
        }
        // Some are acknowledged, others are under way.
        until("some receipts", async || {
            let mut held = 0;
            for id in &ids {
                held += usize::from(state(&world, "mof", *id).await == "held");
            }
            let goal = round * LETTERS / 4 + 3;
            if held >= goal { Ok(()) } else { Err(format!("{held} of {goal}")) }
        })
        .await;
        program.kill();
    }
    let mut acknowledged = 0;
    for id in &ids {
        acknowledged += i64::from(state(&world, "mof", *id).await == "held");
    }
    world.start("chinhphu").await;
    let there = counts(&world, "chinhphu").await.received;
    assert!(there >= acknowledged, "{acknowledged} were acknowledged and {there} are there");
    for id in ids {
        held(&world, "mof", id).await;
    }
    assert_eq!(counts(&world, "chinhphu").await.received, LETTERS as i64);
    world.may_sign("chinhphu").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_enrolled_before_there_were_letters_gets_its_keys_into_the_directory() {
    let mut world = World::with(["chinhphu", "laocai"]).await;
    let before = keys(&world, "xa-a.laocai");
    // The key is lost; a new one is made, which the directory does not know.
    world.stop("laocai").await;
    for key in ["laocai.localhost_log_sealing.key", "xa-a.laocai.localhost_log_sealing.key"] {
        std::fs::remove_file(world.home("laocai").join("keys").join(key)).unwrap();
    }
    world.start("laocai").await;
    world.may_sign("laocai").await;
    // What the node may say itself it says; what its parent must say, the doctor asks for.
    until("the commune's new keys", async || {
        let after = keys(&world, "xa-a.laocai");
        if after == before { Err(after.to_string()) } else { Ok(()) }
    })
    .await;
    let report =
        world.ask(world.request("GET", "laocai", "/api/v1/doctor").bearer_auth(world.token("laocai"))).await;
    assert!(report.says("Danh bạ chưa có khóa thư của cổng laocai.localhost"), "{}", report.text());
    let app = world.app("laocai");
    let names = ("Cơ quan laocai", "Agency laocai");
    let level = network::entry::Level::Province;
    let request =
        nhipcau::agencies::enrol::request_of(app, &origin("laocai"), "laocai.localhost", names, level)
            .unwrap();
    let changed = world.post("chinhphu", "/api/v1/agencies/change", &json!({ "request": request })).await;
    assert_eq!(changed.status, 201, "{}", changed.text());
    let id = writes(&world, "chinhphu", "laocai", SECRET).await;
    held(&world, "chinhphu", id).await;
    let id = writes(&world, "chinhphu", "xa-a.laocai", SECRET).await;
    held(&world, "chinhphu", id).await;
}
