//! Faults of the machine: a full disk, damaged pages, a wrong clock. Plain words, nothing acknowledged is lost, reading
//! goes on, nothing that is not verified is shown.

use nhipcau::app::App;
use nhipcau::config::Config;
use nhipcau::db::{Place, Tx};
use nhipcau::run;
use serde_json::{Value, json};

use super::keeping::{doctor, errors, found, into_database, program, well};
use super::world::{Answer, Plan, World, item, notice, on_postgres, until};

/// Lets the database have no more room than it has, or as much as it wants again.
async fn room(app: &App, home: &std::path::Path, enough: bool) {
    if on_postgres() {
        // A server whose disk is full takes no transaction that writes; it is told so, and its connections are cut.
        let name = "current_database()";
        let word = if enough { "off" } else { "on" };
        into_database(
            home,
            &format!(
                "BEGIN READ WRITE; DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = {word}', {name}); END $$; COMMIT"
            ),
        )
        .await;
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        into_database(home, cut).await;
        return;
    }
    let most = if enough { 1_073_741_823 } else { 1 };
    until("the pragma", async || {
        // Beside a step that fails for want of room this one fails too.
        app.db
            .write("test.room", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
                match most {
                    1 => run!(tx, "PRAGMA max_page_count = 1")?,
                    _ => run!(tx, "PRAGMA max_page_count = 1073741823")?,
                };
                Ok(())
            })
            .await
            .map_err(|error| error.to_string())
    })
    .await;
}

async fn issue(world: &World, title: &str) -> Answer {
    let body = json!({ "item": notice(title, &"Nội dung. ".repeat(900)) });
    world.post("mof", "/api/v1/items", &body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_in_words_loses_nothing_and_is_over_when_there_is_room() {
    let world = World::with(["chinhphu", "mof"]).await;
    let home = world.home("mof");
    let acknowledged = std::sync::Mutex::new(Vec::new());
    let refused = until("the disk to be full", async || {
        // The engine gives a connection up that ran out of room; the next one must be told again.
        room(world.app("mof"), &home, false).await;
        let answer = issue(&world, "Trước khi đầy").await;
        match answer.status {
            201 => {
                acknowledged.lock().unwrap().push(item("mof", &answer.json()));
                Err("it still takes".to_owned())
            }
            503 => Ok(answer),
            other => panic!("{other}: {}", answer.text()),
        }
    })
    .await;
    let acknowledged = acknowledged.into_inner().unwrap();
    let told: Value = refused.json();
    assert!(told["title_vi"].as_str().unwrap().contains("chưa có gì được thay đổi"), "{told}");
    let about = if on_postgres() { "write" } else { "disk.full" };
    let standing =
        |status: &Value| status["alarms"].as_array().unwrap().iter().any(|alarm| alarm["about"] == about);
    let alarm = format!("alarm.{about}");
    until("an alarm, and the doctor to name it", async || {
        room(world.app("mof"), &home, false).await;
        let refused = issue(&world, "Khi đầy").await.status;
        let status = world.get("mof", "/api/v1/status").await.json();
        let asked = world.request("GET", "mof", "/api/v1/doctor").bearer_auth(world.token("mof"));
        let report = world.ask(asked).await.json();
        match refused == 503 && standing(&status) && found(&report, &alarm) == ["hand"] {
            true => Ok(()),
            false => Err(format!("{refused} {} {:?}", status["alarms"], found(&report, &alarm))),
        }
    })
    .await;
    for item in &acknowledged {
        assert_eq!(world.page("mof", item).await.status, 200, "reading goes on");
    }

    room(world.app("mof"), &home, true).await;
    until("the node to go on by itself", async || {
        let answer = issue(&world, "Sau khi có chỗ").await;
        if answer.status == 201 { Ok(()) } else { Err(answer.text()) }
    })
    .await;
    assert!(!standing(&world.get("mof", "/api/v1/status").await.json()), "the alarm is over");
    world.settle().await;
    for item in &acknowledged {
        assert_eq!(world.told("chinhphu", item).await["state"], "standing", "an acknowledged item is lost");
    }
}

/// Overwrites bytes of a file.
fn overwrite(path: &std::path::Path, at: u64, bytes: &[u8]) {
    use std::io::{Seek, SeekFrom, Write};
    let mut file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(bytes).unwrap();
}

fn sqlite(home: &std::path::Path) -> Option<std::path::PathBuf> {
    match Config::read(home).unwrap().database {
        Place::Sqlite(path) => Some(path),
        Place::Postgres(_) => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_page_is_named_not_served_and_healed_by_a_backup() {
    let mut world = World::with(["chinhphu", "mof"]).await;
    let home = world.home("mof");
    // PostgreSQL keeps its own files; what it finds damaged it says itself.
    let Some(path) = sqlite(&home) else { return };
    for n in 0..30 {
        issue(&world, &format!("Văn bản {n}")).await;
    }
    // What others have confirmed by now is in the copy; they say it again only when the log grows.
    world.settle().await;
    let copy = world.home("copy");
    well(&program(&["backup", copy.to_str().unwrap()], &home));
    let after = world.issues("mof", notice("Sau sao lưu", "Phải còn.")).await;
    world.settle().await;
    world.stop("mof").await;
    let pages = std::fs::metadata(&path).unwrap().len() / 4096;
    for page in [3, pages / 2, pages - 2] {
        overwrite(&path, page * 4096, &[0xa5; 4096]);
    }
    let (report, all_well) = doctor(&home);
    assert!(!all_well);
    let damaged = report["findings"].as_array().unwrap().iter().find(|f| f["about"] == "database").unwrap();
    assert_eq!(damaged["severity"], "hand", "{report:#}");
    assert!(damaged["remedy"]["vi"].as_str().unwrap().contains("nhipcau restore"), "{damaged}");
    let serve = program(&["serve"], &home);
    assert_eq!(serve.status.code(), Some(1), "what is not whole is not served");
    assert!(errors(&serve).contains("nhipcau restore"), "{}", errors(&serve));

    std::fs::rename(home.join("data"), home.join("data.damaged")).unwrap();
    well(&program(&["restore", copy.to_str().unwrap()], &home));
    world.start("mof").await;
    world.may_sign("mof").await;
    // What others hold is known again as soon as they confirm something new.
    world.issues("mof", notice("Sau khôi phục", "Đã chạy lại.")).await;
    world.settle().await;
    assert_eq!(world.told("mof", &after).await["document"]["title"], "Sau sao lưu");
}

#[tokio::test(flavor = "multi_thread")]
async fn content_that_the_disk_has_altered_is_not_shown() {
    let mut world = World::with(["chinhphu", "mof"]).await;
    let home = world.home("mof");
    let Some(path) = sqlite(&home) else { return };
    let small = world.issues("mof", notice("Công điện", "Mức nước 12 mét.")).await;
    let sound = world.issues("mof", notice("Thông báo", "Không đổi.")).await;
    world.settle().await;
    world.stop("mof").await;
    let bytes = std::fs::read(&path).unwrap();
    let words = "Mức nước 12 mét.".as_bytes();
    let places: Vec<usize> =
        bytes.windows(words.len()).enumerate().filter(|(_, w)| *w == words).map(|(at, _)| at).collect();
    for at in &places {
        overwrite(&path, (at + words.len() - 7) as u64, b"9");
    }
    assert!(!places.is_empty());
    let (report, _) = doctor(&home);
    assert_eq!(found(&report, "content"), ["hand"], "{report:#}");
    world.start("mof").await;
    let page = world.page("mof", &small).await;
    assert_eq!(page.status, 503, "{}", page.text());
    assert!(!page.says("mét"), "altered words are shown");
    assert!(page.says("khôi phục bản sao lưu"), "{}", page.text());
    assert_eq!(world.page("mof", &sound).await.status, 200);
    let status = world.get("mof", "/api/v1/status").await.json();
    assert!(status["alarms"].to_string().contains("database.damaged"), "{}", status["alarms"]);
    assert!(world.page("chinhphu", &small).await.says("Mức nước 12 mét."), "the others have it whole");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_wrong_by_a_day_is_alarmed_and_nothing_depends_on_it() {
    let day = 24 * 3600 * 1000;
    let world = Plan::of(["chinhphu", "mof", "laocai"]).wrong_clock("mof", day).start().await;
    world.alarmed("mof", "clock", Some("chinhphu")).await;
    let (report, all_well) = {
        let answer = world
            .ask(world.request("GET", "mof", "/api/v1/doctor").bearer_auth(world.token("mof")))
            .await
            .json();
        let hands = found(&answer, "clock").iter().filter(|severity| *severity == "hand").count();
        (answer, hands == 0)
    };
    assert!(!all_well, "{report:#}");
    let item = world.issues("mof", notice("Từ ngày mai", "Đúng thứ tự.")).await;
    let answer = world.issues("chinhphu", notice("Từ hôm nay", "Cũng đúng.")).await;
    world.settle().await;
    for portal in ["chinhphu", "mof", "laocai"] {
        assert!(world.page(portal, &item).await.says("Đúng thứ tự."), "{portal}");
        assert!(world.page(portal, &answer).await.says("Cũng đúng."), "{portal}");
    }
    assert!(world.get("mof", "/mang").await.says("Đồng hồ của máy này lệch"));
    assert!(
        world.alarms("laocai").await.iter().all(|(about, _, _)| about != "clock"),
        "the others' clocks are right"
    );
}
