//! Keeping a node: one at a time in its folder, looked over, backed up, restored, upgraded, by the program itself.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use nhipcau::clock::Clock;
use nhipcau::config::Config;
use nhipcau::db::{Place, Reading};
use nhipcau::operate::backup::{self, Wants};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection, SqliteConnection};

use super::crash::{Program, signs};
use super::world::{World, notice, on_postgres, until};

/// Runs the program.
pub fn program(arguments: &[&str], dir: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nhipcau"))
        .args(arguments)
        .arg("--dir")
        .arg(dir)
        .env_remove("NHIPCAU_DATABASE")
        .env_remove("NHIPCAU_TOKEN")
        .output()
        .unwrap()
}

pub fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[track_caller]
pub fn well(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}\n{}", errors(output));
    text
}

/// The doctor's report, and whether it found all well.
pub fn doctor(dir: &Path) -> (Value, bool) {
    let output = program(&["doctor", "--json"], dir);
    let report =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", errors(&output)));
    (report, output.status.success())
}

/// How a thing was found: every severity that its findings have.
pub fn found(report: &Value, about: &str) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    let of = findings.filter(|finding| finding["about"] == about);
    of.map(|finding| finding["severity"].as_str().unwrap().to_owned()).collect()
}

/// A statement for a stopped node's database, whichever engine it has.
pub async fn into_database(home: &Path, sql: &str) {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    match Config::read(home).unwrap().database {
        Place::Sqlite(path) => {
            let mut conn = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut conn).await.unwrap();
            conn.close().await.unwrap();
        }
        Place::Postgres(url) => {
            let mut conn = PgConnection::connect(&url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut conn).await.unwrap();
            conn.close().await.unwrap();
        }
    }
}

/// Loses what a stopped node had on its disk: its data, not its keys.
pub async fn lose(home: &Path) {
    std::fs::remove_dir_all(home.join("data")).ok();
    if on_postgres() {
        into_database(home, "DROP SCHEMA public CASCADE; CREATE SCHEMA public").await;
    }
}

/// Every file below a folder with its bytes.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(tree(&path));
        } else {
            files.insert(path.clone(), std::fs::read(&path).unwrap());
        }
    }
    files
}

fn holds(folder: &Path, words: &str) -> bool {
    tree(folder).values().any(|bytes| bytes.windows(words.len()).any(|window| window == words.as_bytes()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_node_in_the_same_folder_or_database_is_refused_by_name() {
    let mut world = World::with(["chinhphu", "mof"]).await;
    let home = world.home("chinhphu");
    let second = program(&["serve"], &home);
    assert_eq!(second.status.code(), Some(1));
    assert!(errors(&second).contains("chinhphu.localhost/node"), "{}", errors(&second));
    let upgrade = program(&["upgrade"], &home);
    assert!(well(&upgrade).contains("nothing to do"), "beside a running node it only looks");
    if on_postgres() {
        // The same database from another folder.
        let other = tempfile::tempdir().unwrap();
        for (path, bytes) in tree(&home) {
            let copy = other.path().join(path.strip_prefix(&home).unwrap());
            std::fs::create_dir_all(copy.parent().unwrap()).unwrap();
            std::fs::write(copy, bytes).unwrap();
        }
        let second = program(&["serve"], other.path());
        assert!(errors(&second).contains("in use by nhipcau chinhphu.localhost/node"), "{}", errors(&second));
    }
    world.stop("chinhphu").await;
    world.start("chinhphu").await;
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_tells_of_a_running_and_of_a_stopped_node_and_changes_nothing() {
    let mut world = World::with(["chinhphu", "mof"]).await;
    let text = "Nội dung dài. ".repeat(8_000);
    world.issues("mof", notice("Thông báo", &text)).await;
    world.settle().await;
    let home = world.home("mof");
    let (report, _) = doctor(&home);
    assert_eq!(report["running"], true);
    for about in
        ["config", "keys", "root", "database", "schema", "logs", "receipts", "contents", "neighbour", "clock"]
    {
        assert_eq!(found(&report, about), ["well"], "{about}: {report:#}");
    }
    let refused = world.ask(world.request("GET", "mof", "/api/v1/doctor")).await;
    assert_eq!(refused.status, 401, "the report is the administrator's");

    world.stop("mof").await;
    let before = tree(&home);
    let (report, _) = doctor(&home);
    assert_eq!(report["running"], false);
    for about in ["keys", "database", "logs", "contents", "neighbour"] {
        assert_eq!(found(&report, about), ["well"], "{about}: {report:#}");
    }
    let after = tree(&home);
    let changed: Vec<_> = before.iter().filter(|(path, bytes)| after.get(*path) != Some(bytes)).collect();
    assert!(changed.is_empty(), "changed: {:?}", changed.iter().map(|(path, _)| path).collect::<Vec<_>>());
    assert!(after.keys().all(|path| before.contains_key(path)), "a file was made: {:?}", after.keys());

    // One fault of each kind.
    use std::os::unix::fs::PermissionsExt;
    let key = home.join("keys/reporter.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let lost = before.keys().find(|path| path.starts_with(home.join("data/content"))).unwrap();
    std::fs::remove_file(lost).unwrap();
    into_database(
        &home,
        "UPDATE entry SET leaf = (SELECT leaf FROM entry WHERE idx = 1 LIMIT 1) WHERE idx = 0",
    )
    .await;
    into_database(
        &home,
        "UPDATE receipt SET size = size + 5 WHERE origin = 'mof.localhost/log' AND node LIKE 'chinhphu%'",
    )
    .await;
    let (report, all_well) = doctor(&home);
    assert!(!all_well, "exit code 1 if anything needs a hand");
    for about in ["key.mode", "content", "log.entries", "receipts.ahead"] {
        assert!(found(&report, about).contains(&"hand".to_owned()), "{about}: {report:#}");
    }
    let said = report["findings"].as_array().unwrap().iter().find(|f| f["about"] == "key.mode").unwrap();
    assert!(said["remedy"]["vi"].as_str().unwrap().contains("chmod 600"), "{said}");
    assert!(said["remedy"]["en"].as_str().unwrap().contains("chmod 600"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_drill_issue_back_up_issue_more_lose_the_disk_restore_serve() {
    let mut world = World::with(["chinhphu", "mof"]).await;
    world.stop("mof").await;
    let home = world.home("mof");
    let copy = world.home("copy");
    let copy = copy.to_str().unwrap();
    let node = Program::start(&world, "mof");
    let before = signs(&world, "mof").await;
    let long = world.issues("mof", notice("Dài", &"Nội dung dài. ".repeat(8_000))).await;
    let made = well(&program(&["backup", copy], &home));
    assert!(made.contains("mof.localhost/log"), "{made}");
    assert!(!Path::new(copy).join("keys").exists() && !Path::new(copy).join("admin.token").exists());
    let whole = well(&program(&["restore", copy, "--check"], &home));
    assert!(whole.contains("the backup is whole"), "{whole}");
    let again = program(&["backup", copy], &home);
    assert!(errors(&again).contains("exists already"), "{}", errors(&again));
    let after = world.issues("mof", notice("Sau sao lưu", "Phải còn.")).await;
    world.corrects(&before, super::world::edition("Dấu hiệu sống", "Hai.")).await;
    until("the government to hold what came after the backup", async || {
        let (told, corrected) = (world.told("chinhphu", &after).await, world.told("chinhphu", &before).await);
        let holds = told["document"]["title"] == "Sau sao lưu" && corrected["document"]["edition"] == 2;
        if holds { Ok(()) } else { Err(format!("{told} {corrected}")) }
    })
    .await;
    node.kill();

    lose(&home).await;
    let saved = Path::new(copy).join(if on_postgres() { "nhipcau.pgdump" } else { "nhipcau.db" });
    let whole = std::fs::read(&saved).unwrap();
    let mut bad = whole.clone();
    bad[whole.len() / 2] ^= 1;
    std::fs::write(&saved, bad).unwrap();
    let altered = program(&["restore", copy], &home);
    assert_eq!(altered.status.code(), Some(1));
    assert!(!home.join("data").exists(), "an altered backup writes nothing");
    std::fs::write(&saved, whole).unwrap();
    well(&program(&["restore", copy], &home));
    let twice = program(&["restore", copy], &home);
    assert!(errors(&twice).contains("nothing was overwritten"), "{}", errors(&twice));

    let node = Program::start(&world, "mof");
    let anew = signs(&world, "mof").await;
    assert!(anew.entry > after.entry, "entry {} was signed twice", anew.entry);
    node.kill();
    world.start("mof").await;
    world.may_sign("mof").await;
    world.settle().await;
    for item in [&before, &long, &after, &anew] {
        for portal in ["mof", "chinhphu"] {
            assert_eq!(world.told(portal, item).await["state"], "standing", "{portal} lost {}", item.entry);
        }
    }
    assert_eq!(world.told("mof", &before).await["edition"], 2, "the correction came back");
    for label in ["mof", "chinhphu"] {
        let alarms = world.alarms(label).await;
        let bad = |about: &str| about.contains("split") || about.contains("two_histories");
        assert!(alarms.iter().all(|(about, _, _)| !bad(about)), "{label}: {alarms:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_holds_nothing_that_was_erased_before_it_was_finished() {
    let world = World::with(["chinhphu", "mof"]).await;
    let secret = "Số căn cước 001099012345";
    let small = world.issues("mof", notice("Danh sách", secret)).await;
    let large = world.issues("mof", notice("Phụ lục", &format!("{secret} ").repeat(4_000))).await;
    let kept = world.issues("mof", notice("Còn lại", &"Được giữ. ".repeat(8_000))).await;
    world.settle().await;
    let config = Config::read(&world.home("mof")).unwrap();
    let reading = Reading::open(&config.database).await.unwrap();
    let target = world.home("copy");
    let wants = Wants { target: target.clone(), with_keys: false };
    let handle = tokio::runtime::Handle::current();
    let (mut copies, mut hurry) = (0, true);
    let made = backup::make(&config, &reading, &Clock::system(), &wants, |doing, done, _| {
        copies += i32::from(doing == "database" && done == 1);
        // The database and a file are copied already when the law says that they must not be anywhere.
        if doing == "content" && std::mem::take(&mut hurry) {
            tokio::task::block_in_place(|| {
                handle.block_on(async {
                    world.erases(&small).await;
                    world.erases(&large).await;
                });
            });
        }
    })
    .await
    .unwrap();
    reading.close().await;
    assert_eq!(copies, 2, "the copy was made anew");
    assert!(made.lacking.is_empty(), "{:?}", made.lacking);
    assert!(!hurry && made.parts.iter().any(|part| part.path.starts_with("content/")));
    if !on_postgres() {
        // A dump of PostgreSQL is packed; there the count of copies tells.
        assert!(!holds(&target, secret), "erased words are in the backup");
    }
    backup::check(&target, |_, _, _| {}).unwrap();
    assert_eq!(world.told("mof", &kept).await["state"], "standing");
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_schema_is_backed_up_and_migrated_and_a_newer_one_is_refused() {
    let mut world = World::with(["chinhphu", "mof"]).await;
    let item = world.issues("mof", notice("Từ phiên bản cũ", "Phải còn.")).await;
    world.settle().await;
    world.stop("mof").await;
    let home = world.home("mof");
    // As it was before the fourth migration.
    into_database(
        &home,
        "DROP TABLE receipt; DROP TABLE reach; DROP TABLE alarm; DELETE FROM _sqlx_migrations WHERE version = 4",
    )
    .await;
    let serve = program(&["serve"], &home);
    assert!(errors(&serve).contains("nhipcau upgrade"), "{}", errors(&serve));
    assert_eq!(found(&doctor(&home).0, "schema"), ["hand"]);
    let check = well(&program(&["upgrade", "--check"], &home));
    assert!(check.contains("0004 peers") && check.contains("a backup can be made"), "{check}");
    let still = program(&["serve"], &home);
    assert!(!still.status.success(), "--check changes nothing");
    let done = well(&program(&["upgrade"], &home));
    assert!(done.contains("0004 peers") && done.contains("backed up and checked"), "{done}");
    let saved = std::fs::read_dir(home.join("backups")).unwrap().next().unwrap().unwrap().path();
    backup::check(&saved, |_, _, _| {}).unwrap();
    assert!(well(&program(&["upgrade"], &home)).contains("nothing to do"));
    world.start("mof").await;
    world.may_sign("mof").await;
    assert_eq!(world.told("mof", &item).await["document"]["title"], "Từ phiên bản cũ");
    let next = world.issues("mof", notice("Từ phiên bản mới", "Một.")).await;
    world.settle().await;
    assert_eq!(world.told("chinhphu", &next).await["state"], "standing");

    world.stop("mof").await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', TRUE, '', 0)";
    into_database(&home, newer).await;
    for command in [&["serve"][..], &["upgrade"], &["upgrade", "--check"]] {
        let refused = program(command, &home);
        assert_eq!(refused.status.code(), Some(1), "{command:?}");
        assert!(errors(&refused).contains("newer version"), "{command:?}: {}", errors(&refused));
    }
    assert_eq!(found(&doctor(&home).0, "schema"), ["hand"]);
    into_database(&home, "DELETE FROM _sqlx_migrations WHERE version = 9999").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_lost_is_not_made_anew() {
    let mut world = World::with(["chinhphu", "mof"]).await;
    world.issues("mof", notice("Một", "Một.")).await;
    world.settle().await;
    world.stop("mof").await;
    let home = world.home("mof");
    let key = home.join("keys/mof.localhost_log.key");
    let kept = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    let serve = program(&["serve"], &home);
    assert!(errors(&serve).contains("mof.localhost_log.key"), "{}", errors(&serve));
    assert!(!key.exists(), "another key would sign what nobody believes");
    std::fs::write(&key, kept).unwrap();
    world.start("mof").await;
    world.settle().await;
    let answer = world.post("mof", "/api/v1/items", &json!({ "item": notice("Hai", "Hai.") })).await;
    assert!(answer.status == 201 || answer.status == 503, "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sees_in_the_console_how_the_node_is() {
    const PAGE: &str = "/ban-lam-viec/may-chu";
    let world = World::with(["chinhphu", "laocai"]).await;
    let chief = world.staff("laocai", "an", &["administrator"]).await;
    let below = world.staff("xa-a.laocai", "binh", &["administrator"]).await;
    let editor = world.staff("laocai", "lan", &["editor"]).await;
    let page = world.sees(&chief, PAGE).await;
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(page.says("Đang ổn") && page.says("nhipcau doctor"), "{}", page.text());
    assert!(world.sees(&chief, "/ban-lam-viec").await.says("Tình trạng máy chủ"));
    assert!(world.sees(&chief, &format!("/en{PAGE}")).await.says("How the server is"));
    // Who administers one of the node's other portals learns who looks after it, and nothing of it.
    let other = world.sees(&below, PAGE).await;
    assert!(other.says("do quản trị của cổng") && !other.says("Đang ổn"), "{}", other.text());
    assert!(!world.sees(&below, "/ban-lam-viec").await.says("Tình trạng máy chủ"));
    assert_eq!(world.sees(&editor, PAGE).await.status, 403);
}
