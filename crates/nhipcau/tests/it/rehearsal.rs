//! A rehearsal: the whole life of a text, marked on every page, on a node from which nothing leaves.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::path::Path;

use nhipcau::agencies::enrol;
use nhipcau::app::App;
use nhipcau::config::{Config, FILE};
use nhipcau::operate::rehearsal::{self, Office};
use nhipcau::peers::line::{Cable, Line};

use super::machine::program;
use super::world::{World, free_port, hidden, until};

const OWN: &str = "tap-duot.localhost";

fn office() -> Office {
    let text = str::to_owned;
    Office {
        title: text("UBND xã Mẫu"), title_en: text("Sample"), level: text("commune"), domain: text(OWN)
    }
}

/// Somebody at a browser.
struct Browser {
    at: String,
    host: String,
    cookie: String,
    http: reqwest::Client,
}

impl Browser {
    fn new(app: &App, host: &str) -> Browser {
        let port = app.config.listen[0].port();
        let none = reqwest::redirect::Policy::none();
        Browser {
            at: format!("http://127.0.0.1:{port}"),
            host: format!("{host}:{port}"),
            cookie: String::new(),
            http: reqwest::Client::builder().no_proxy().redirect(none).build().unwrap(),
        }
    }

    async fn calls(&self, method: &str, path: &str, fields: &[(&str, &str)]) -> (u16, String, String) {
        let method: reqwest::Method = method.parse().unwrap();
        let mut call =
            self.http.request(method.clone(), format!("{}{path}", self.at)).header("host", &self.host);
        if method == "POST" {
            let origin = format!("http://{}", self.host);
            let mut body = form_urlencoded::Serializer::new(String::new());
            body.extend_pairs(fields);
            let media = "application/x-www-form-urlencoded";
            call = call.header("origin", origin).header("content-type", media).body(body.finish());
        }
        let answer = call.header("cookie", &self.cookie).send().await.unwrap();
        let header = |name: &str| answer.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
        let cookie = header("set-cookie").unwrap_or_default();
        let told = header("location").unwrap_or_default();
        let status = answer.status().as_u16();
        let told = if status == 303 { format!("{told} {cookie}") } else { answer.text().await.unwrap() };
        (status, told, cookie)
    }

    async fn sees(&self, path: &str) -> String {
        let (status, page, _) = self.calls("GET", path, &[]).await;
        assert_eq!(status, 200, "{path}: {page}");
        page
    }

    /// A form of the page at `path`, sent to `to`.
    async fn fills(&self, path: &str, to: &str, fields: &[(&str, &str)]) -> String {
        let page = self.sees(path).await;
        let key = hidden(&page, "khoa").unwrap_or_default();
        let version = hidden(&page, "version").unwrap_or_default();
        let all: Vec<_> = [("khoa", key.as_str()), ("version", version.as_str())]
            .into_iter()
            .chain(fields.iter().copied())
            .collect();
        let (status, told, _) = self.calls("POST", to, &all).await;
        assert_eq!(status, 303, "{to}: {told}");
        told.split(' ').next().unwrap().to_owned()
    }

    async fn signs_in(app: &App, host: &str, login: &str, password: &str) -> Browser {
        let mut browser = Browser::new(app, host);
        let fields = [("ten", login), ("mat-khau", password)];
        let (status, told, cookie) = browser.calls("POST", "/dang-nhap", &fields).await;
        assert_eq!(status, 303, "{told}");
        browser.cookie = cookie.split(';').next().unwrap().to_owned();
        browser
    }
}

/// True if somebody has called since the last time.
fn called(listener: &TcpListener) -> bool {
    match listener.accept() {
        Ok(_) => true,
        Err(error) if error.kind() == ErrorKind::WouldBlock => false,
        Err(error) => panic!("{error}"),
    }
}

/// Writes a neighbour into a node's configuration, as somebody might who takes the rehearsal for a real node.
fn befriends(dir: &Path, url: &str) {
    let path = dir.join(FILE);
    let mut text = std::fs::read_to_string(&path).unwrap();
    text.push_str(&format!(
        "\n[[neighbour]]\nname = \"chinhphu.vn/node\"\nurl = \"{url}\"\nrole = \"primary\"\n"
    ));
    std::fs::write(path, text).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_life_is_rehearsed_and_nothing_leaves() {
    let world = World::with(["chinhphu"]).await;
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("tap-duot");
    let real = TcpListener::bind("127.0.0.1:0").unwrap();
    real.set_nonblocking(true).unwrap();
    let url = format!("http://{}", real.local_addr().unwrap());
    let listen = format!("127.0.0.1:{}", free_port());
    let (app, first) = rehearsal::start(&dir, office(), &listen).await.unwrap();
    app.close().await;
    befriends(&dir, &url);
    let (app, password) = rehearsal::start(&dir, office(), &listen).await.unwrap();
    assert_eq!(first, password, "a second start resumes");

    let lan = Browser::signs_in(&app, OWN, "lan", &password).await;
    let minh = Browser::signs_in(&app, OWN, "minh", &password).await;
    let home = lan.sees("/ban-lam-viec").await;
    for words in ["CHẾ ĐỘ TẬP DƯỢT", "<title>[TẬP DƯỢT] ", "noindex"] {
        assert!(home.contains(words), "{words}: {home}");
    }
    assert!(lan.sees("/en/ban-lam-viec").await.contains("REHEARSAL"));
    assert!(lan.sees("/ban-lam-viec/nhiem-vu").await.contains("Xác nhận đã nhận nhiệm vụ này"));

    // Written, approved, issued, shown: as it will be for real.
    let choose = "/ban-lam-viec/tin/moi";
    let path = lan.fills(choose, choose, &[("kind", "notice")]).await;
    let draft = path.split('?').next().unwrap();
    let text = [("title", "Thử đăng một thông báo"), ("text", "Nội dung thử.")];
    lan.fills(draft, draft, &text).await;
    let act = format!("{draft}/viec");
    lan.fills(draft, &act, &[("viec", "submit")]).await;
    minh.fills(draft, &act, &[("viec", "approve")]).await;
    minh.fills(draft, &act, &[("viec", "issue")]).await;
    let reader = Browser::new(&app, OWN);
    let list = reader.sees("/thong-tin").await;
    assert!(list.contains("Thử đăng một thông báo") && list.contains("CHẾ ĐỘ TẬP DƯỢT"), "{list}");
    let at = list.find("/muc/").unwrap();
    let item = list[at..].split('"').next().unwrap();
    let page = reader.sees(item).await;
    assert!(page.contains("không có bằng chứng để kiểm tra") && !page.contains("data-proof"), "{page}");

    // Nothing that others could take for real.
    let proof = item.replace("/muc/", "/proof/");
    for path in [
        "/feed.atom",
        "/feed.rss",
        "/log/checkpoint",
        "/sitemap.xml",
        "/oai",
        "/api/v1/items",
        "/receipts",
        &proof,
    ] {
        let (status, told, _) = reader.calls("GET", path, &[]).await;
        assert!(status == 403 && told.contains("rehearsal"), "{path}: {status} {told}");
    }
    for path in ["/flow", "/inbox", "/receipts"] {
        assert_eq!(reader.calls("POST", path, &[]).await.0, 403, "{path}");
    }
    let logs: Vec<String> = app.portals.load().all().iter().map(|portal| portal.origin.to_string()).collect();
    assert!(logs.len() == 3 && logs.iter().all(|log| log.contains("/tap-duot/")), "{logs:?}");
    let own = app.portals.load().main().unwrap();
    let asks = enrol::request_of(&app, &own.origin, &own.domain, ("Xã", ""), network::entry::Level::Commune);
    let asks = serde_json::json!({ "request": asks.unwrap() });
    let refused = world.post("chinhphu", "/api/v1/agencies", &asks).await;
    assert!(refused.status == 409 && refused.says("bản tập dượt"), "{}", refused.text());

    // Nobody called the neighbour, though it was written in; a node of another name does call by the same door.
    assert!(app.line.get(&url, 1).await.unwrap_err().to_string().contains("rehearsal"));
    assert!(app.line.has_ipv6("chinhphu.vn").await.unwrap_err().to_string().contains("rehearsal"));
    assert!(!called(&real), "something left the rehearsal");
    let config = Config { rehearsal: false, ..app.config.clone() };
    let line = Line::new(Cable::default(), &config).unwrap();
    let hangs_up = async {
        until("a call", async || if called(&real) { Ok(()) } else { Err("none".to_owned()) }).await;
        drop(real);
    };
    let (answer, ()) = tokio::join!(line.get(&url, 1), hangs_up);
    assert!(answer.is_err(), "nobody answered there");

    // Erased by one command, but never while it runs, and never another folder.
    let erase = |dir: &Path| {
        let said = program().args(["rehearse", "erase", "--dir"]).arg(dir).output().unwrap();
        (said.status.code(), String::from_utf8(said.stderr).unwrap())
    };
    let (code, said) = erase(&dir);
    assert!(code == Some(1) && said.contains("runs; stop it"), "{said}");
    let (code, said) = erase(&world.home("chinhphu"));
    assert!(code == Some(1) && said.contains("holds no rehearsal"), "{said}");
    app.close().await;
    assert_eq!(erase(&dir).0, Some(0));
    assert!(!dir.exists());
}
