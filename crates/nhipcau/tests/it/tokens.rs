//! A log's key in a token, with Debian's SoftHSM2 in the place of a device: published, followed, restarted, pulled out, a wrong
//! PIN, changed. Each conversation runs in a process of its own, with tokens of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use nhipcau::config::LogKeyRow;
use nhipcau::logs::keys::Away;
use nhipcau::logs::keys::uri::TokenUri;
use nhipcau::operate::commands::keys::placed;
use serde_json::json;

use super::log_keys::{changes, keys, publishes};
use super::world::{Plan, World, notice, origin, until};

const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
const PIN: &str = "87654321";

/// A token for one conversation.
struct Token {
    folder: PathBuf,
}

impl Token {
    /// The token of this process; in the first one, a process is begun that has it, and there is none.
    fn mine(test: &str) -> Option<Token> {
        if !Path::new(MODULE).exists() {
            println!("skipped: {test} needs Debian's softhsm2");
            return None;
        }
        if let Some(conf) = std::env::var_os("SOFTHSM2_CONF") {
            return Some(Token { folder: Path::new(&conf).parent().unwrap().to_owned() });
        }
        let folder = tempfile::tempdir().unwrap();
        let tokens = folder.path().join("tokens");
        std::fs::create_dir(&tokens).unwrap();
        let conf = folder.path().join("softhsm2.conf");
        std::fs::write(&conf, format!("directories.tokendir = {}\nlog.level = ERROR\n", tokens.display()))
            .unwrap();
        std::fs::write(folder.path().join("pin"), format!("{PIN}\n")).unwrap();
        let made = Command::new("softhsm2-util")
            .args(["--init-token", "--free", "--label", "nhipcau", "--so-pin", "12345678", "--pin", PIN])
            .env("SOFTHSM2_CONF", &conf)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let ran = Command::new(std::env::current_exe().unwrap())
            .args([&format!("tokens::{test}"), "--exact", "--nocapture"])
            .env("SOFTHSM2_CONF", &conf)
            .output()
            .unwrap();
        let said = [ran.stdout, ran.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(ran.status.success() && said.contains("1 passed"), "{said}");
        None
    }

    fn uri(&self, object: &str) -> String {
        let pin = self.folder.join("pin");
        format!("pkcs11:token=nhipcau;object={object}?module-path={MODULE}&pin-source=file:{}", pin.display())
    }

    fn pin(&self, pin: &str) {
        std::fs::write(self.folder.join("pin"), format!("{pin}\n")).unwrap();
    }

    /// Pulls it out.
    fn pull(&self) {
        std::fs::rename(self.folder.join("tokens"), self.folder.join("away")).unwrap();
        std::fs::create_dir(self.folder.join("tokens")).unwrap();
    }

    /// Plugs it back in.
    fn plug(&self) {
        std::fs::remove_dir(self.folder.join("tokens")).unwrap();
        std::fs::rename(self.folder.join("away"), self.folder.join("tokens")).unwrap();
    }

    /// What the token has written down of itself; a refused PIN changes it.
    fn state(&self) -> Vec<u8> {
        let inside = std::fs::read_dir(self.folder.join("tokens")).unwrap().next().unwrap().unwrap();
        std::fs::read(inside.path().join("token.object")).unwrap()
    }
}

/// The Government and a ministry, whose log's key lies in the token.
async fn ministry(token: &Token) -> (World, LogKeyRow) {
    let row = placed(&origin("mof"), &token.uri("mof"), false).unwrap();
    let of_mof = row.clone();
    let plan = Plan::of(["chinhphu", "mof"]).with(move |file| {
        if file.name.starts_with("mof") {
            file.log_keys = vec![of_mof.clone()];
        }
    });
    (plan.start().await, row)
}

async fn away(world: &World, which: impl Fn(&Away) -> bool) {
    until("the token away", async || {
        let away = world.app("mof").keys.away();
        if away.iter().any(|(_, why)| which(why)) { Ok(()) } else { Err(format!("{away:?}")) }
    })
    .await;
}

async fn back(world: &World) {
    until("the token back", async || {
        let away = world.app("mof").keys.away();
        if away.is_empty() { Ok(()) } else { Err(format!("{away:?}")) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_whose_key_lies_in_a_token_publishes_restarts_and_changes_its_key() {
    let Some(token) =
        Token::mine("a_portal_whose_key_lies_in_a_token_publishes_restarts_and_changes_its_key")
    else {
        return;
    };
    let (mut world, row) = ministry(&token).await;
    publishes(&world, "mof", "Ký trong thiết bị").await;
    assert!(!world.home("mof").join("keys/mof.localhost_log.key").exists(), "no secret lies in a file");
    let known = world.app("chinhphu").directory.load().keys_for(&origin("mof"), 1).unwrap().to_string();
    assert_eq!(known, row.key);
    let (told, text) = keys(&world, "mof", &["list"]);
    assert!(told && text.contains("token nhipcau") && text.contains("đang ký"), "{text}");
    assert!(!text.contains(PIN) && !text.contains('✗'), "{text}");

    world.stop("mof").await;
    world.start("mof").await;
    world.may_sign("mof").await;
    publishes(&world, "mof", "Sau khi khởi động lại").await;

    // Another key in the token, beside the first; a name that is taken makes none.
    let (made, text) = keys(&world, "mof", &["make", "mof.localhost/log", "--uri", &token.uri("mof")]);
    assert!(!made && text.contains("is there already"), "{text}");
    let (made, text) = keys(&world, "mof", &["make", "mof.localhost/log", "--uri", &token.uri("mof-2")]);
    assert!(made && !text.contains(PIN), "{text}");
    let lines = text.split("\n\n").find(|part| part.starts_with("[[log_key]]")).unwrap();
    let path = world.home("mof").join("nhipcau.toml");
    let before = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{before}\n{lines}\n")).unwrap();
    world.stop("mof").await;
    world.start("mof").await;
    world.may_sign("mof").await;
    let new = world.app("mof").config.log_keys[1].key.clone();
    changes(&world, &new).await;

    // The old key is taken out of the configuration.
    world.stop("mof").await;
    std::fs::write(&path, std::fs::read_to_string(&path).unwrap().replacen(&row.key, &new.to_string(), 1))
        .unwrap();
    let text = std::fs::read_to_string(&path).unwrap().replacen("object=mof?", "object=mof-2?", 1);
    std::fs::write(&path, text).unwrap();
    world.start("mof").await;
    world.may_sign("mof").await;
    publishes(&world, "mof", "Chỉ còn khóa mới").await;
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_pulled_out_stops_publishing_and_nothing_else() {
    let Some(token) = Token::mine("a_token_that_is_pulled_out_stops_publishing_and_nothing_else") else {
        return;
    };
    let (mut world, _) = ministry(&token).await;
    publishes(&world, "mof", "Trước").await;
    token.pull();
    let refused =
        world.post("mof", "/api/v1/items", &json!({ "item": notice("Không ký được", "Chưa đăng.") })).await;
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert!(
        refused.says("lies in a token that cannot sign now, so nothing was changed"),
        "{}",
        refused.text()
    );
    away(&world, |_| true).await;
    publishes(&world, "chinhphu", "Vẫn theo dõi, vẫn đọc được").await;
    assert_eq!(world.get("mof", "/").await.status, 200);
    let report =
        world.ask(world.request("GET", "mof", "/api/v1/doctor").bearer_auth(world.token("mof"))).await;
    assert!(report.says("key.away") && report.says("Plug it in"), "{}", report.text());
    let (told, text) = keys(&world, "mof", &["list"]);
    assert!(told && text.contains('✗'), "{text}");

    // A start without the token: the node serves and waits for it.
    world.stop("mof").await;
    world.start("mof").await;
    assert_eq!(world.get("mof", "/").await.status, 200);
    away(&world, |why| matches!(why, Away::Gone(_))).await;
    token.plug();
    back(&world).await;
    world.may_sign("mof").await;
    publishes(&world, "mof", "Thiết bị đã trở lại").await;
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_pin_is_tried_once_and_mended_without_a_restart() {
    let Some(token) = Token::mine("a_wrong_pin_is_tried_once_and_mended_without_a_restart") else { return };
    let (world, _) = ministry(&token).await;
    publishes(&world, "mof", "Trước").await;
    let gone = "pkcs11:token=nhipcau;object=mof".len();
    let uri = token.uri("mof");
    let other: TokenUri = format!("{};id=%01{}", &uri[..gone], &uri[gone..]).parse().unwrap();
    let none = nhipcau::logs::keys::token::public(&other).unwrap_err();
    assert!(format!("{none:#}").contains("holds no Ed25519 key mof"), "{none:#}");

    // Pulled out and plugged in, the node has to sign in again, and finds a wrong PIN.
    token.pull();
    world.post("mof", "/api/v1/items", &json!({ "item": notice("Không ký được", "Chưa đăng.") })).await;
    away(&world, |_| true).await;
    token.pin("00000000");
    token.plug();
    away(&world, |why| matches!(why, Away::WrongPin(_))).await;
    let refused =
        world.post("mof", "/api/v1/items", &json!({ "item": notice("Không ký được", "Chưa đăng.") })).await;
    assert!(refused.status == 503 && refused.says("Mend the PIN"), "{}", refused.text());
    assert!(!refused.says("00000000"));
    // SoftHSM notes each refused PIN in the token: no other follows while the node looks for the token again and again.
    let before = token.state();
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(token.state() == before, "the same wrong PIN was tried again");
    token.pin(PIN);
    back(&world).await;
    publishes(&world, "mof", "Đã sửa mã PIN").await;
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_node_makes_its_key_in_the_token() {
    let Some(token) = Token::mine("a_new_node_makes_its_key_in_the_token") else { return };
    let home = token.folder.join("node");
    let init = |object: &str| {
        let done = Command::new(env!("CARGO_BIN_EXE_nhipcau"))
            .args([
                "init",
                "--domain",
                "a.localhost",
                "--title",
                "Cơ quan A",
                "--level",
                "central",
                "--private",
            ])
            .args(["--url", "http://127.0.0.1:9", "--new-root"])
            .args(["--log-key", &token.uri(object), "--heads-key", &token.uri("heads"), "--dir"])
            .arg(&home)
            .output()
            .unwrap();
        (done.status.success(), String::from_utf8([done.stdout, done.stderr].concat()).unwrap())
    };
    let (done, text) = init("a");
    assert!(done, "{text}");
    let keys = |name: &str| home.join("keys").join(name).exists();
    assert!(
        !keys("a.localhost_log.key") && !keys("a.localhost_heads.key"),
        "no secret of a log lies in a file"
    );
    let file = std::fs::read_to_string(home.join("nhipcau.toml")).unwrap();
    assert!(file.matches("[[log_key]]").count() == 2 && !file.contains(PIN), "{file}");
    let request: serde_json::Value =
        serde_json::from_slice(&std::fs::read(home.join("join-request.json")).unwrap()).unwrap();
    assert!(file.contains(request["log_key"].as_str().unwrap()), "{request}");
    let (again, text) = init("a");
    assert!(again, "the command can be repeated: {text}");
    assert_eq!(json!(std::fs::read_to_string(home.join("nhipcau.toml")).unwrap()), json!(file));
}
