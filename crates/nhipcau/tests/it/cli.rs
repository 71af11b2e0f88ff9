//! The real program, typed as people type it, against running nodes.

use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

use super::front::{Front, Mode};
use super::world::{Item, PASSWORD, World, item, notice, until};

/// What a command said, and how it ended.
#[derive(Debug)]
pub struct Said {
    code: i32,
    pub out: String,
    err: String,
}

impl Said {
    #[track_caller]
    pub fn well(self) -> Said {
        assert_eq!(self.code, 0, "{}\n{}", self.out, self.err);
        self
    }

    /// Ended with this code and named each of these on standard error.
    #[track_caller]
    fn refused(self, code: i32, names: &[&str]) -> Said {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        for name in names {
            assert!(self.err.contains(name), "{name:?} is not named in: {}", self.err);
        }
        for leak in ["panicked", "/src/", "RUST_BACKTRACE"] {
            assert!(!self.err.contains(leak), "{}", self.err);
        }
        self
    }

    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}", self.out))
    }
}

fn program(world: Option<(&World, &str)>, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nhipcau"));
    for name in ["NHIPCAU_NODE", "NHIPCAU_DIR", "NHIPCAU_TOKEN", "NHIPCAU_LOG"] {
        command.env_remove(name);
    }
    if let Some((world, label)) = world {
        command.env("NHIPCAU_DIR", world.home(label));
    }
    command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

pub async fn run(world: Option<(&World, &str)>, arguments: &[&str], typed: &str) -> Said {
    let mut child = program(world, arguments).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    // Whoever does not read it has hung up already.
    let _ = input.write_all(typed.as_bytes()).await;
    drop(input);
    ended(child).await
}

async fn ended(child: Child) -> Said {
    let ended = child.wait_with_output().await.unwrap();
    Said {
        code: ended.status.code().unwrap(),
        out: String::from_utf8(ended.stdout).unwrap(),
        err: String::from_utf8(ended.stderr).unwrap(),
    }
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

/// A file with a password that only this user may read.
fn secret(folder: &Path, name: &str, password: &str) -> String {
    let path = write(folder, name, &format!("{password}\n"));
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_lives_its_whole_life_at_the_command_line() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let folder = tempfile::tempdir().unwrap();
    let gov = Some((&world, "chinhphu"));
    let (address, below) = (world.address("chinhphu", ""), world.address("laocai", ""));
    write(folder.path(), "bang.csv", "xã,mưa\n");
    let file = write(
        folder.path(),
        "lich.md",
        "---\ntitle: Lịch trực mùa mưa lũ\nkind: notice\nfiles: bang.csv\n---\nXã trực **24/24 giờ**.\n",
    );
    run(gov, &["issue", &file, "--dry-run"], "").await.well();
    let issued = run(gov, &["issue", &file, "--json"], "").await.well().json();
    let once = run(gov, &["issue", &file, "--json"], "").await.well().json();
    assert_eq!(issued, once, "the same file was issued twice");
    let item: Item = item("chinhphu", &issued);
    let reference = item.reference.as_str();
    world.settle().await;

    let shown = run(None, &["show", &format!("{below}/muc/{reference}"), "--json"], "").await.well().json();
    assert_eq!((&shown["edition"], &shown["state"]), (&json!(1), &json!("standing")));
    assert_eq!(shown["document"]["files"][0]["name"], "bang.csv");

    // The file alone, the item as the province shows it, and the whole portal.
    let proof = world.get("laocai", &format!("/proof/{reference}")).await.text();
    let proof = write(folder.path(), "lich.tlog-proof", &proof);
    let root = world.home("chinhphu").join("root.note").display().to_string();
    let file_alone = run(None, &["verify", &proof, "--root-note", &root, "--json"], "").await.well().json();
    assert_eq!(
        (&file_alone["authentic"], &file_alone["complete"], &file_alone["root_pinned"]),
        (&json!(true), &Value::Null, &json!(true))
    );
    let at = format!("{below}/muc/{reference}");
    let verified = run(None, &["verify", &at, "--json"], "").await.well().json();
    for claim in ["authentic", "complete", "in_force"] {
        assert_eq!(verified[claim], true, "{claim}: {verified}");
    }
    let said = run(None, &["verify", &at, "--ask", &address], "").await.well();
    assert!(said.out.contains("as of entry") && said.out.contains("compare it"), "{}", said.out);

    let mended =
        write(folder.path(), "sua.md", "---\ntitle: Lịch trực mùa mưa bão\nkind: notice\n---\nXã trực.\n");
    let note = ["correct", reference, &mended];
    run(gov, &note, "").await.refused(1, &["change_note"]);
    run(gov, &[&note[..], &["--note", "Sửa tên"]].concat(), "").await.well();
    world.settle().await;
    let old = run(None, &["verify", &proof], "").await.well();
    assert!(old.out.contains("not knowable from this file"), "{}", old.out);
    let portal =
        run(None, &["verify", &below, "--all", "--root-note", &root, "--json"], "").await.well().json();
    assert_eq!(
        (&portal["authentic"], &portal["complete"], &portal["in_force"]),
        (&json!(true), &json!(true), &json!(true))
    );
    assert_eq!((&portal["standing"], &portal["root_pinned"]), (&json!(1), &json!(true)));

    let withdrawn = run(gov, &["withdraw", reference, "--reason", "Đăng nhầm", "--json"], "").await.well();
    assert_eq!(withdrawn.json()["reference"], reference);
    world.settle().await;
    let ended = run(None, &["verify", &at, "--json"], "").await.refused(1, &["item.withdrawn"]).json();
    assert_eq!((&ended["authentic"], &ended["in_force"]), (&json!(true), &json!(false)));
    let erase = ["erase", reference, "--reason", "Lộ dữ liệu", "--basis", "Điều 16"];
    run(gov, &erase, "no\n").await.refused(1, &["not repeated", "mưa bão"]);
    assert_eq!(world.told("chinhphu", &item).await["state"], "withdrawn");
    let proposed = run(gov, &erase, &format!("{reference}\n")).await.well();
    assert!(
        proposed.out.contains("nothing is erased") && proposed.out.contains("people add"),
        "{}",
        proposed.out
    );
    assert_eq!(world.told("chinhphu", &item).await["state"], "withdrawn");
    let waits = run(gov, &["show", reference], "").await.well();
    assert!(waits.out.contains("waits for a second person"), "{}", waits.out);
    // Somebody else proves who they are; their password is in no argument.
    world.staff("chinhphu", "lan", &["editor"]).await;
    world.staff("chinhphu", "ha", &["signer"]).await;
    let right = secret(folder.path(), "dung", PASSWORD);
    let wrong = secret(folder.path(), "sai", "một con trâu");
    let confirms =
        |login, file| ["erase", reference, "--confirm", "--yes", "--login", login, "--password-file", file];
    run(gov, &confirms("ha", &wrong), "").await.refused(1, &["mật khẩu chưa đúng"]);
    run(gov, &confirms("lan", &right), "").await.refused(1, &["roles do not cover"]);
    assert_eq!(world.told("chinhphu", &item).await["state"], "withdrawn");
    let done = run(gov, &confirms("ha", &right), "").await.well();
    assert!(done.out.contains("erased, entry"), "{}", done.out);
    world.settle().await;
    let shown = run(None, &["show", &at], "").await.well();
    assert!(shown.out.contains("erased"), "{}", shown.out);
    run(None, &["verify", &below, "--all"], "").await.well();

    // A superior ends what a portal below has issued; a stranger may not.
    let local = world.issues("xa-a.laocai", notice("Thu phí", "Mười nghìn đồng.")).await;
    world.settle().await;
    let order =
        ["order", "withdraw", &local.reference, "--reason", "Sai thẩm quyền", "--basis", "Điều 5", "--gone"];
    run(gov, &order, "").await.well();
    world.settle().await;
    assert_eq!(world.page("xa-a.laocai", &local).await.status, 410);
    run(Some((&world, "laocai")), &["order", "withdraw", reference, "--reason", "x", "--basis", "y"], "")
        .await
        .refused(1, &["not an ancestor"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_items_are_issued_once_and_each_fault_has_its_line() {
    let world = World::with(["chinhphu"]).await;
    let folder = tempfile::tempdir().unwrap();
    let gov = Some((&world, "chinhphu"));
    let mut lines: Vec<String> = (0..300)
        .map(|n| json!({ "kind": "notice", "title": format!("Thông báo số {n}"), "text": "x" }).to_string())
        .collect();
    lines[6] = json!({ "kind": "notice", "title": "" }).to_string();
    lines[41] = "{ not json".into();
    lines[99] = json!({ "title": "x", "nonsense": 1 }).to_string();
    lines[120] = json!({ "kind": "notice", "title": 5 }).to_string();
    let file = write(folder.path(), "nam.jsonl", &lines.join("\n"));
    let faults = [
        "nam.jsonl:7:",
        "title",
        "nam.jsonl:42:",
        "not an item in JSON",
        "nam.jsonl:100:",
        "nonsense",
        "nam.jsonl:121:",
        "title: Sai kiểu: ở đây phải là chuỗi chữ, đã nhận số nguyên `5`",
        "4 of 300",
    ];
    run(gov, &["issue", &file, "--dry-run"], "").await.refused(1, &faults);
    assert_eq!(world.get("chinhphu", "/api/v1/items").await.json()["total"], 0, "a dry run has issued");
    run(gov, &["issue", &file, "--jobs", "16"], "").await.refused(1, &faults);
    assert_eq!(world.get("chinhphu", "/api/v1/items").await.json()["total"], 296);
    for (at, line) in
        [(6, "Thông báo bảy"), (41, "Thông báo bốn mươi hai"), (99, "Thông báo một trăm"), (120, "Thông báo")]
    {
        lines[at] = json!({ "kind": "notice", "title": line }).to_string();
    }
    let said = run(gov, &["issue", "-", "--json"], &lines.join("\n")).await.well();
    assert_eq!(said.out.lines().count(), 300);
    assert_eq!(
        world.get("chinhphu", "/api/v1/items").await.json()["total"],
        300,
        "issued twice, or not at all"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_before_unicode_is_named_with_its_encoding_and_the_cure() {
    let world = World::with(["chinhphu"]).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cu.md");
    let old = b"---\nkind: notice\ntitle: C\xe9ng ho\xb5 x\xb7 h\xe9i ch\xf1 ngh\xdca Vi\xd6t Nam\n---\n\xa7\xe9c l\xcbp, t\xf9 do\n";
    std::fs::write(&file, old).unwrap();
    let said = ["tcvn3", "Céng → Cộng", "nhipcau clean"];
    run(Some((&world, "chinhphu")), &["issue", file.to_str().unwrap()], "").await.refused(1, &said);
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_stops_after_what_is_under_way_and_says_how_to_go_on() {
    let world = World::with(["chinhphu"]).await;
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<String> =
        (0..20_000).map(|n| json!({ "title": format!("Tin {n}") }).to_string()).collect();
    let file = write(folder.path(), "nhieu.jsonl", &lines.join("\n"));
    let child = program(Some((&world, "chinhphu")), &["issue", &file, "--jobs", "2"]).spawn().unwrap();
    let total =
        async || world.get("chinhphu", "/api/v1/items?limit=1").await.json()["total"].as_u64().unwrap();
    until("the first ones", async || if total().await > 20 { Ok(()) } else { Err("none yet".to_owned()) })
        .await;
    let process = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-INT", &process]).status().await.unwrap().success());
    let said = ended(child).await.refused(1, &["stopped: ", " of 20000 are issued", "type the same again"]);
    let issued =
        said.err.split("stopped: ").nth(1).unwrap().split(' ').next().unwrap().parse::<u64>().unwrap();
    assert_eq!(issued, total().await, "{}", said.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_wrongly_is_told_how_to_mend_it() {
    let world = World::with(["chinhphu"]).await;
    let folder = tempfile::tempdir().unwrap();
    let gov = Some((&world, "chinhphu"));
    let bare = write(folder.path(), "a.md", "Không có phần đầu.");
    let proof = write(folder.path(), "a.tlog-proof", "not a proof");
    let home = world.home("chinhphu").display().to_string();
    let unknown = "00000000-00000000000000000000000000000000";
    let cases: [(&[&str], i32, &[&str]); 16] = [
        (&["issue", "khong-co.md"], 1, &["khong-co.md"]),
        (&["issue", &bare], 1, &["front matter", "---"]),
        (&["issue", folder.path().to_str().unwrap(), "--jobs", "0"], 2, &["--jobs"]),
        (&["show", "x"], 1, &["holds no reference"]),
        (&["show", unknown], 1, &["404"]),
        (&["withdraw", unknown, "--reason", "x"], 1, &["no such item"]),
        (&["withdraw", unknown], 2, &["--reason"]),
        (&["erase", unknown, "--reason", "x"], 2, &["--basis"]),
        (&["order", "burn", unknown, "--reason", "x", "--basis", "y"], 2, &["withdraw", "erase"]),
        (
            &["order", "erase", unknown, "--reason", "x", "--basis", "y", "--yes"],
            1,
            &["no such enrolled log"],
        ),
        (&["enrol", &bare], 1, &["not a join request"]),
        (&["close", "khong-co.vn/log"], 1, &["was not enrolled by"]),
        (&["verify", &proof], 1, &["not a .tlog-proof"]),
        (&["verify", "khong-co.tlog-proof"], 1, &["there is no file"]),
        (&["verify", "http://127.0.0.1:1"], 1, &["does not answer"]),
        (&["nonsense"], 2, &["Usage"]),
    ];
    for (arguments, code, names) in cases {
        run(gov, arguments, "").await.refused(code, names);
    }
    let item = world.issues("chinhphu", notice("Thông báo", "x")).await;
    let reason = ["withdraw", item.reference.as_str(), "--reason", "x"];
    let node = world.address("chinhphu", "");
    run(None, &[&reason[..], &["--node", &node]].concat(), "").await.refused(1, &["token", "--dir"]);
    run(None, &[&reason[..], &["--dir", folder.path().to_str().unwrap()]].concat(), "")
        .await
        .refused(1, &["admin.token"]);
    run(None, &[&reason[..], &["--node", "http://127.0.0.1:1", "--dir", &home]].concat(), "")
        .await
        .refused(1, &["does not answer", "nhipcau serve"]);
    let teaches = run(None, &["--help"], "").await.well();
    assert!(teaches.out.contains("Exit codes") && teaches.out.contains("NHIPCAU_NODE"));
    for command in nhipcau::operate::cli::command().get_subcommands() {
        let said = run(None, &[command.get_name(), "--help"], "").await.well();
        assert!(said.out.contains("Usage:"), "{}", said.out);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_lies_is_found_out_and_the_step_is_named() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let item = world.issues("chinhphu", notice("Công điện", "Một.")).await;
    world.settle().await;
    let front = Front::before(world.address("laocai", "")).await;
    let at = format!("{}/muc/{}", front.url, item.reference);
    for what in [&at, &front.url] {
        run(None, &["verify", what], "").await.well();
    }
    front.be(Mode::OtherContent);
    for what in [&at, &front.url] {
        run(None, &["verify", what], "").await.refused(1, &["content"]);
    }
    front.be(Mode::ForgedEntries);
    for what in [&at, &front.url] {
        run(None, &["verify", what], "").await.refused(1, &["entries of the log", "chinhphu.localhost/log"]);
    }
    front.be(Mode::ForgedCheckpoints);
    for what in [&at, &front.url] {
        run(None, &["verify", what], "").await.refused(1, &["signature"]);
    }
    // Another node is asked, and the one that shows the item is left out of it.
    let asked = world.address("chinhphu", "");
    run(None, &["verify", &at, "--ask", &asked], "").await.well();
    let other = world.home("laocai").join("admin.token").display().to_string();
    run(None, &["verify", &at, "--root-note", &other], "").await.refused(1, &["not a root note"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_reset_and_the_trail_is_read_and_checked_by_command() {
    let world = World::with(["chinhphu"]).await;
    let node = Some((&world, "chinhphu"));
    let add = ["people", "add", "lan.tran", "--name", "Trần Thị Lan", "--role", "administrator"];
    run(node, &add, "").await.well();
    let list = run(node, &["people", "list"], "").await.well();
    assert!(list.out.contains("lan.tran") && list.out.contains("administrator"), "{}", list.out);
    run(node, &["people", "reset", "lan.tran"], "").await.well();
    let trail = run(node, &["audit", "--json"], "").await.well();
    let lines: Vec<Value> = trail.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let acts: Vec<_> = lines.iter().map(|line| line["act"].as_str().unwrap().to_owned()).collect();
    assert_eq!(acts, ["account.add", "factors.reset", "audit.export"]);
    assert!(run(node, &["audit"], "").await.well().out.contains("roles"), "{}", trail.out);
    let whole = run(node, &["audit", "--check"], "").await.well();
    assert!(whole.out.contains("the trail is whole"), "{}", whole.out);
    run(node, &["audit", "--portal", "la.vn"], "").await.refused(1, &["portal"]);

    // Somebody with the database in their hands takes the guard away and rewrites history.
    let forged = world.app("chinhphu").db.write("forge", async |tx: &mut nhipcau::db::Tx| {
        let nhipcau::db::Conn::Sqlite(sqlite) = tx.conn() else {
            return Ok::<_, nhipcau::problem::Problem>(false);
        };
        let forge = "DROP TRIGGER audit_stays; UPDATE audit SET subject = 'x' WHERE seq = 1";
        sqlx::raw_sql(forge).execute(&mut **sqlite).await?;
        Ok(true)
    });
    if !forged.await.unwrap() {
        return;
    }
    run(node, &["audit", "--check"], "").await.refused(1, &["line 1"]);
}
