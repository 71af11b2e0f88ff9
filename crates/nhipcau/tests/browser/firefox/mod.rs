//! Real Firefox follows a portal by notices of the browser: it registers at a push service (of this test, for none may be called), an
//! issue is sealed to it, the service hands it on, and the service worker of the portal shows what it opened. Then its correction.
//!
//! Headless Chromium has no push. Firefox is driven by its own remote protocol, so that no geckodriver is needed. `FIREFOX` names
//! the program if it is not `firefox-esr` on the path.

mod marionette;
mod service;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::driver::{free_ports, until};
use marionette::Firefox;
use service::Service;

const DOMAIN: &str = "congtin.localhost";

/// A node of its own, made and served by the commands that people use.
struct Node {
    folder: PathBuf,
    port: u16,
    process: Child,
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nhipcau"));
    command.args(arguments);
    command
}

impl Node {
    /// A node that offers notices and may call the test's push service.
    async fn start(under: &Path, service: &str) -> Node {
        let (folder, port) = (under.join("node"), free_ports(1));
        let place = folder.to_str().unwrap().to_owned();
        let (url, listen) = (format!("http://{DOMAIN}:{port}"), format!("127.0.0.1:{port}"));
        let made =
            program(&["init", "--domain", DOMAIN, "--title", "Cổng thử", "--level", "commune", "--private"])
                .args(["--issues-at-once", "--new-root", "--dir", &place, "--url", &url, "--listen", &listen])
                .output()
                .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let config = folder.join("nhipcau.toml");
        let push = format!("\n[push]\ncontact = \"mailto:quantri@cong.gov.vn\"\nservices = [{service:?}]\n");
        std::fs::write(&config, std::fs::read_to_string(&config).unwrap() + &push).unwrap();
        let process =
            program(&["serve", "--dir", &place]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let node = Node { folder, port, process };
        until("the node", async || node.call("GET", "/", None).await.ok().filter(|told| told.0 == 200)).await;
        let enrolled =
            program(&["enrol", &format!("{place}/join-request.json"), "--dir", &place]).output().unwrap();
        assert!(enrolled.status.success(), "{}", String::from_utf8_lossy(&enrolled.stderr));
        node
    }

    async fn call(&self, method: &str, path: &str, body: Option<Value>) -> reqwest::Result<(u16, String)> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        let token = std::fs::read_to_string(self.folder.join("admin.token")).unwrap();
        let mut request =
            client.request(method.parse().unwrap(), format!("http://127.0.0.1:{}{path}", self.port));
        request = request.header("host", format!("{DOMAIN}:{}", self.port)).bearer_auth(token.trim());
        let request = if let Some(body) = &body { request.json(body) } else { request };
        let answer = request.send().await?;
        Ok((answer.status().as_u16(), answer.text().await?))
    }

    async fn posts(&self, path: &str, body: Value) -> Value {
        let (status, told) = self.call("POST", path, Some(body)).await.unwrap();
        assert_eq!(status, 201, "{path}: {told}");
        serde_json::from_str(&told).unwrap()
    }
}

/// The titles and addresses of the notices that the portal's service worker shows.
async fn shown(firefox: &mut Firefox) -> Vec<(String, String)> {
    let script = "const done = arguments[arguments.length - 1];
        navigator.serviceWorker.ready.then((worker) => worker.getNotifications())
          .then((all) => done(all.map((one) => [one.title, String(one.data)])), () => done([]));";
    let told = firefox.runs_until_done(script).await;
    let text = |one: &Value, at: usize| one[at].as_str().unwrap_or_default().to_owned();
    told.as_array().unwrap().iter().map(|one| (text(one, 0), text(one, 1))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn firefox_is_told_of_an_issue_and_of_its_correction_through_a_push_service() {
    let program = std::env::var("FIREFOX").unwrap_or_else(|_| "firefox-esr".into());
    let there = Command::new(&program).arg("--version").output().is_ok();
    if std::env::var_os("NHIPCAU_BROWSER").is_none() || !there {
        println!("skipped: push in a browser needs firefox-esr; run it with NHIPCAU_BROWSER=1");
        return;
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (folder, service) = (tempfile::tempdir().unwrap(), Service::start().await);
    let node = Node::start(folder.path(), &service.origin).await;
    let mut firefox = Firefox::start(&program, folder.path(), &service.socket).await;
    // What is registered before the browser has greeted its push service hangs.
    until("the browser's greeting", async || service.greeted().then_some(())).await;

    firefox.goes(&format!("http://{DOMAIN}:{}/theo-doi", node.port)).await;
    let button = until("the button", async || firefox.finds("[data-push]:not([hidden])").await).await;
    firefox.runs("document.querySelector('[name=deu][value=ngay]').click()").await;
    firefox.presses(&button).await;
    until("the subscription", async || {
        let said = firefox.runs("return document.body.innerText").await;
        said.as_str().is_some_and(|said| said.contains("Đã bắt đầu theo dõi")).then_some(())
    })
    .await;

    let item = |text: &str| json!({ "kind": "notice", "title": "Lịch cắt nước", "text": text, "change_note": "Sửa giờ" });
    let issued = node.posts("/api/v1/items", json!({ "item": item("Cắt từ 7 giờ.") })).await;
    let path = issued["path"].as_str().unwrap().to_owned();
    until("the notice", async || {
        shown(&mut firefox).await.contains(&("Lịch cắt nước".to_owned(), path.clone())).then_some(())
    })
    .await;
    let edition = json!({ "change": "correct", "item": item("Cắt từ 8 giờ.") });
    node.posts(&format!("/api/v1/items/{}/editions", issued["reference"].as_str().unwrap()), edition).await;
    until("the notice of the correction", async || {
        shown(&mut firefox)
            .await
            .contains(&("Đính chính: Lịch cắt nước".to_owned(), path.clone()))
            .then_some(())
    })
    .await;
    // 100: the worker took and opened it. Nobody but the browser can read what went through the service.
    assert_eq!(service.acknowledged(), [100, 100]);
    for body in service.bodies() {
        assert!(!String::from_utf8_lossy(&body).contains("muc/"), "{} bytes can be read", body.len());
    }
}
