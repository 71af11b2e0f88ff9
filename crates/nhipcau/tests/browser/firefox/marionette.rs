//! Firefox's own remote protocol, Marionette: JSON behind its length, one answer to each command.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::driver::{free_ports, until};

/// A browser with an empty profile; it ends with this value.
pub struct Firefox {
    process: Child,
    line: TcpStream,
    commands: u64,
}

impl Drop for Firefox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Firefox {
    /// Starts one whose push service is at `socket`, and which calls nobody else by itself.
    pub async fn start(program: &str, under: &Path, socket: &str) -> Firefox {
        let (profile, port) = (under.join("firefox"), free_ports(1));
        std::fs::create_dir(&profile).unwrap();
        let settings = [
            ("marionette.port", json!(port)),
            // Whoever drives Firefox has it call nobody by itself, unless told.
            ("dom.push.connection.enabled", json!(true)),
            ("dom.push.serverURL", json!(socket)),
            ("dom.push.testing.allowInsecureServerURL", json!(true)),
            ("permissions.default.desktop-notification", json!(1)),
            ("alerts.useSystemBackend", json!(false)),
            ("services.settings.server", json!("data:,")),
            ("network.captive-portal-service.enabled", json!(false)),
            ("network.connectivity-service.enabled", json!(false)),
            ("datareporting.policy.dataSubmissionEnabled", json!(false)),
            ("app.update.enabled", json!(false)),
            ("browser.shell.checkDefaultBrowser", json!(false)),
        ];
        let lines = settings.map(|(name, value)| format!("user_pref({name:?}, {value});\n"));
        std::fs::write(profile.join("user.js"), lines.concat()).unwrap();
        let process = Command::new(program)
            .args(["--headless", "--marionette", "--no-remote", "--profile"])
            .arg(&profile)
            .env("HOME", &profile)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|e| panic!("{program}: {e}"));
        let line = until("Firefox", async || TcpStream::connect(("127.0.0.1", port)).await.ok()).await;
        let mut firefox = Firefox { process, line, commands: 0 };
        firefox.reads().await;
        firefox.does("WebDriver:NewSession", json!({ "capabilities": {} })).await.unwrap();
        firefox
    }

    async fn reads(&mut self) -> Value {
        let mut length = 0;
        loop {
            match self.line.read_u8().await.unwrap() {
                b':' => break,
                digit => length = length * 10 + usize::from(digit - b'0'),
            }
        }
        let mut bytes = vec![0; length];
        self.line.read_exact(&mut bytes).await.unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    async fn does(&mut self, command: &str, with: Value) -> Result<Value, Value> {
        self.commands += 1;
        let said = json!([0, self.commands, command, with]).to_string();
        self.line.write_all(format!("{}:{said}", said.len()).as_bytes()).await.unwrap();
        let told = self.reads().await;
        assert_eq!(told[1], self.commands, "{told}");
        if told[2].is_null() { Ok(told[3].clone()) } else { Err(told[2].clone()) }
    }

    /// Opens an address.
    pub async fn goes(&mut self, url: &str) {
        self.does("WebDriver:Navigate", json!({ "url": url })).await.unwrap();
    }

    /// The element of a selector, if there is one.
    pub async fn finds(&mut self, css: &str) -> Option<String> {
        let asked = json!({ "using": "css selector", "value": css });
        let found = self.does("WebDriver:FindElement", asked).await.ok()?;
        found["value"].as_object()?.values().next()?.as_str().map(str::to_owned)
    }

    /// Presses an element.
    pub async fn presses(&mut self, element: &str) {
        self.does("WebDriver:ElementClick", json!({ "id": element })).await.unwrap();
    }

    /// What a script returns; null while a page is leaving.
    pub async fn runs(&mut self, script: &str) -> Value {
        let told = self.does("WebDriver:ExecuteScript", json!({ "script": script, "args": [] })).await;
        told.unwrap_or_default()["value"].clone()
    }

    /// What a script hands to its last argument.
    pub async fn runs_until_done(&mut self, script: &str) -> Value {
        let asked = json!({ "script": script, "args": [] });
        self.does("WebDriver:ExecuteAsyncScript", asked).await.unwrap()["value"].clone()
    }
}
