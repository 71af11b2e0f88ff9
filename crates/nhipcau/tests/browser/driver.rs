//! The browser's driver: desks, telephones, browsers without script; and what they asked for and complained about.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(60);

/// Which kind of browser reads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 1280 CSS pixels wide.
    Desk,
    /// 390 wide, with a touch screen.
    Telephone,
    /// 320 wide, the narrowest that pages promise.
    Narrow,
    /// The same without JavaScript.
    Plain,
}

/// The browser's driver, stopped with the test.
pub struct Driver {
    process: Child,
    port: u16,
    http: reqwest::Client,
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Waits for what must come.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The first of `count` ports in a row that are all free, outside the range that the kernel hands out.
pub fn free_ports(count: u16) -> u16 {
    let free =
        |port| TcpListener::bind(("127.0.0.1", port)).is_ok() && TcpListener::bind(("::1", port)).is_ok();
    // Two conversations that begin at once must not find the same ones.
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let from = 10_000 + (std::process::id() % 15_000) as u16;
    loop {
        let first = from + NEXT.fetch_add(count, Ordering::Relaxed);
        if (first..first + count).all(free) {
            return first;
        }
    }
}

impl Driver {
    /// Starts the driver.
    pub async fn start() -> Driver {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let port = free_ports(1);
        let program = std::env::var("CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".into());
        let process = Command::new(&program)
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|e| panic!("{program}: {e}; install chromium-driver"));
        let driver = Driver { process, port, http };
        until("the browser's driver", async || {
            let status: Value =
                driver.http.get(driver.url("/status")).send().await.ok()?.json().await.ok()?;
            (status["value"]["ready"] == true).then_some(())
        })
        .await;
        driver
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// A browser of its own, with an empty profile.
    pub async fn browser(&self, kind: Kind) -> Client {
        let mut options = json!({
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps", "--window-size=1280,900"]
        });
        // A window cannot be narrower than 500; an emulated screen can.
        let screen =
            |width: u32| json!({ "deviceMetrics": { "width": width, "height": 844, "pixelRatio": 2.0 } });
        match kind {
            Kind::Desk => {}
            Kind::Telephone => options["mobileEmulation"] = screen(390),
            Kind::Narrow => options["mobileEmulation"] = screen(320),
            Kind::Plain => {
                options["mobileEmulation"] = screen(320);
                options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
            }
        }
        if let Ok(program) = std::env::var("CHROMIUM") {
            options["binary"] = program.into();
        }
        // A page that hangs is a failure with a name, in minutes.
        let timeouts = json!({ "pageLoad": 120_000, "script": 60_000 });
        let wanted = json!({ "goog:chromeOptions": options, "timeouts": timeouts,
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" } });
        ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted.as_object().unwrap().clone())
            .connect(&self.url(""))
            .await
            .unwrap()
    }

    /// Gives a browser an authenticator that keeps passkeys and always knows its owner (WebDriver extension of Web
    /// Authentication, 11).
    pub async fn authenticator(&self, browser: &Client) {
        let session = browser.session_id().await.unwrap().unwrap();
        let path = self.url(&format!("/session/{session}/webauthn/authenticator"));
        let wanted = json!({ "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
            "hasUserVerification": true, "isUserVerified": true });
        let answer = self.http.post(path).json(&wanted).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// Gives a browser's pages another width in CSS pixels, as an emulated screen.
    pub async fn resizes(&self, browser: &Client, width: u32) {
        let session = browser.session_id().await.unwrap().unwrap();
        let path = self.url(&format!("/session/{session}/goog/cdp/execute"));
        let screen = json!({ "cmd": "Emulation.setDeviceMetricsOverride",
            "params": { "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 1000 } });
        let answer = self.http.post(path).json(&screen).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// Gives a browser a line of so many bytes a second upwards, none at all for 0, and its own again for `None`.
    pub async fn line(&self, browser: &Client, upwards: Option<u32>) {
        let session = browser.session_id().await.unwrap().unwrap();
        let path = self.url(&format!("/session/{session}/goog/cdp/execute"));
        let up = upwards.map_or(-1, i64::from);
        let line = json!({ "cmd": "Network.emulateNetworkConditions",
            "params": { "offline": up == 0, "latency": 0, "downloadThroughput": -1, "uploadThroughput": up } });
        let answer = self.http.post(path).json(&line).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// What a browser has logged since it was asked last.
    async fn log(&self, browser: &Client, kind: &str) -> Vec<Value> {
        let session = browser.session_id().await.unwrap().unwrap();
        let path = self.url(&format!("/session/{session}/se/log"));
        let answer = self.http.post(path).json(&json!({ "type": kind })).send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        answer["value"].as_array().unwrap_or_else(|| panic!("{answer}")).clone()
    }

    /// Nothing was asked for but files of this machine, and nothing was refused or failed.
    pub async fn asks_nobody(&self, browser: &Client) {
        let mut asked = 0;
        for line in self.log(browser, "performance").await {
            let message: Value = serde_json::from_str(line["message"].as_str().unwrap()).unwrap();
            if message["message"]["method"] == "Network.requestWillBeSent" {
                let url = message["message"]["params"]["request"]["url"].as_str().unwrap();
                assert!(
                    ["file:", "data:", "about:", "chrome:"].iter().any(|begin| url.starts_with(begin)),
                    "the page asked for {url}"
                );
                asked += usize::from(url.starts_with("file:"));
            }
        }
        assert!(asked > 0, "the browser's log of requests is empty, so it shows nothing");
        let severe: Vec<Value> =
            self.log(browser, "browser").await.into_iter().filter(|line| line["level"] == "SEVERE").collect();
        assert!(severe.is_empty(), "the browser complains: {severe:?}");
    }

    /// No request went to a third party, and nothing was refused or failed on any page.
    pub async fn is_clean(&self, browser: &Client) {
        let mut hosts = BTreeSet::new();
        for line in self.log(browser, "performance").await {
            let message: Value = serde_json::from_str(line["message"].as_str().unwrap()).unwrap();
            if message["message"]["method"] == "Network.requestWillBeSent" {
                let url = message["message"]["params"]["request"]["url"].as_str().unwrap().to_owned();
                if let Some(rest) = url.strip_prefix("http://") {
                    hosts.insert(rest.split(['/', ':']).next().unwrap().to_owned());
                } else {
                    assert!(
                        url.starts_with("data:") || url.starts_with("chrome:") || url.starts_with("about:"),
                        "the page asked for {url}"
                    );
                }
            }
        }
        assert!(!hosts.is_empty(), "the browser's log of requests is empty, so it shows nothing");
        for host in &hosts {
            assert!(host.ends_with(".localhost"), "a request went to {host}");
        }
        let complaints: Vec<String> = self
            .log(browser, "browser")
            .await
            .iter()
            .filter(|line| line["level"] == "SEVERE" || line["level"] == "WARNING")
            .map(|line| line["message"].to_string())
            // A first look may come before the text has: that page says so, and is loaded again.
            .filter(|message| !message.contains("503 (Service Unavailable)"))
            .collect();
        assert_eq!(complaints, Vec::<String>::new(), "the browser complains");
    }
}
