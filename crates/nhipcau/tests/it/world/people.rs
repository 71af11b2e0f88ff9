//! Publishing and reading, by HTTP as anybody would.

use nhipcau::operate::alarms;
use serde_json::{Value, json};
use uuid::Uuid;

use super::staff::PASSWORD;
use super::{World, domain, node_name, until};

/// An item, as the person who published it knows it.
#[derive(Clone, Debug)]
pub struct Item {
    /// Label of the portal that issued it.
    pub portal: String,
    pub reference: String,
    pub id: Uuid,
    pub entry: u64,
}

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).unwrap()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    pub fn says(&self, words: &str) -> bool {
        self.text().contains(words)
    }
}

/// A notice with a title and a text.
pub fn notice(title: &str, text: &str) -> Value {
    json!({ "kind": "notice", "title": title, "text": text })
}

/// The next edition of [`notice`].
pub fn edition(title: &str, text: &str) -> Value {
    json!({ "kind": "notice", "title": title, "text": text, "change_note": "Sửa số liệu tại mục 3" })
}

impl World {
    /// `GET` at a portal.
    pub async fn get(&self, portal: &str, path: &str) -> Answer {
        self.ask(self.client.get(self.address(portal, path)).header("host", self.host(portal))).await
    }

    /// The address at which a portal's node listens.
    pub fn address(&self, portal: &str, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.hosting(portal).port)
    }

    /// The host name and port by which a portal is asked for.
    pub fn host(&self, portal: &str) -> String {
        format!("{}:{}", domain(portal), self.hosting(portal).port)
    }

    /// Any request.
    pub fn request(&self, method: &str, portal: &str, path: &str) -> reqwest::RequestBuilder {
        self.client
            .request(method.parse().unwrap(), self.address(portal, path))
            .header("host", self.host(portal))
    }

    /// Sends a request and reads the whole answer.
    pub async fn ask(&self, request: reqwest::RequestBuilder) -> Answer {
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Answer { status, headers, bytes: answer.bytes().await.unwrap().to_vec() }
    }

    /// The token of the node that hosts a portal.
    pub fn token(&self, portal: &str) -> String {
        let home = self.home(&self.hosting(portal).label);
        std::fs::read_to_string(home.join("admin.token")).unwrap().trim().to_owned()
    }

    /// `POST` with the node's token.
    pub async fn post(&self, portal: &str, path: &str, body: &Value) -> Answer {
        self.ask(self.request("POST", portal, path).bearer_auth(self.token(portal)).json(body)).await
    }

    /// Issues an item on a portal.
    #[track_caller]
    pub fn issues(&self, portal: &str, draft: Value) -> impl Future<Output = Item> {
        let caller = std::panic::Location::caller();
        async move {
            let answer = self.post(portal, "/api/v1/items", &json!({ "item": draft })).await;
            assert_eq!(answer.status, 201, "{caller}: {}", answer.text());
            item(portal, &answer.json())
        }
    }

    async fn acts(&self, item: &Item, verb: &str, body: Value) -> Value {
        let path = format!("/api/v1/items/{}/{verb}", item.reference);
        let answer = self.post(&item.portal, &path, &body).await;
        assert_eq!(answer.status, 201, "{verb}: {}", answer.text());
        answer.json()
    }

    /// Corrects an item.
    pub async fn corrects(&self, item: &Item, draft: Value) -> u64 {
        self.acts(item, "editions", json!({ "change": "correct", "item": draft })).await["entry"]
            .as_u64()
            .unwrap()
    }

    /// Withdraws an item under a banner, or so that nobody reads it any more.
    pub async fn withdraws(&self, item: &Item, gone: bool) {
        self.acts(item, "withdrawal", json!({ "reason": "Đăng nhầm bản dự thảo", "gone": gone })).await;
    }

    /// Erases an item: proposed with the token, confirmed by a signer of its portal who proves who they are.
    pub async fn erases(&self, item: &Item) {
        let why = json!({ "reason": "Lộ dữ liệu cá nhân", "basis": "Điều 16, Luật Bảo vệ dữ liệu cá nhân" });
        let path = format!("/api/v1/items/{}/erasure", item.reference);
        let waits = self.post(&item.portal, &path, &why).await;
        assert_eq!(waits.status, 202, "{}", waits.text());
        let done = self.confirms(&item.portal, &waits.json()).await;
        assert_eq!(done.status, 201, "{}", done.text());
    }

    /// Confirms what was proposed at a portal, as a signer of it whom nobody has met before.
    pub async fn confirms(&self, portal: &str, waits: &Value) -> Answer {
        let login = format!("ky-{}", waits["at"]);
        self.staff(portal, &login, &["signer"]).await;
        let who = json!({ "at": waits["at"], "login": login, "password": PASSWORD });
        let reference = waits["reference"].as_str().unwrap();
        self.post(portal, &format!("/api/v1/items/{reference}/confirmation"), &who).await
    }

    /// An item's page on a portal.
    pub async fn page(&self, portal: &str, item: &Item) -> Answer {
        self.get(portal, &format!("/muc/{}", item.reference)).await
    }

    /// What a page weighs on the line, as a browser asks for it: with its style sheets, and by itself.
    pub async fn weight(&self, portal: &str, path: &str) -> (usize, usize) {
        // The client of these tests unpacks what comes; this one does not.
        let line = reqwest::Client::builder().no_proxy().no_gzip().build().unwrap();
        let sent = async |path: &str| {
            let asked = line.get(self.address(portal, path)).header("host", self.host(portal));
            let answer = self.ask(asked.header("accept-encoding", "gzip, deflate, br, zstd")).await;
            assert_eq!(answer.header("content-encoding"), "gzip", "{path}: {}", answer.status);
            answer.bytes.len()
        };
        let page = self.get(portal, path).await;
        assert!(matches!(page.status, 200 | 404 | 410), "{path}: {}", page.status);
        let alone = sent(path).await;
        let mut all = alone;
        for link in page.text().split("rel=\"stylesheet\" href=\"").skip(1) {
            all += sent(link.split('"').next().unwrap()).await;
        }
        (all, alone)
    }

    /// What the API of a portal's node says of an item; `Null` if it does not know it.
    pub async fn told(&self, portal: &str, item: &Item) -> Value {
        let answer = self.get(portal, &format!("/api/v1/items/{}", item.reference)).await;
        if answer.status == 404 { Value::Null } else { answer.json() }
    }

    /// On how many portals an item is in order, and how many there are, as its issuer knows.
    pub async fn coverage(&self, item: &Item) -> (u64, u64) {
        let told = self.get(&item.portal, &format!("/api/v1/items/{}/coverage", item.reference)).await.json();
        (told["portals"]["good"].as_u64().unwrap(), told["portals"]["of"].as_u64().unwrap())
    }

    /// Alarms that stand on a node: what about, which peer, which log.
    pub async fn alarms(&self, label: &str) -> Vec<(String, String, String)> {
        let mut conn = self.app(label).db.read().await.unwrap();
        let standing = alarms::standing(&mut conn).await.unwrap();
        standing.into_iter().map(|a| (a.about, a.peer, a.origin)).collect()
    }

    /// Waits for an alarm about something, from one node about another (or none).
    pub async fn alarmed(&self, label: &str, about: &str, peer: Option<&str>) {
        let peer = peer.map(|p| node_name(p).to_string());
        until(about, async || {
            let alarms = self.alarms(label).await;
            let found =
                alarms.iter().any(|(a, p, _)| a == about && peer.as_ref().is_none_or(|peer| peer == p));
            if found { Ok(()) } else { Err(format!("{alarms:?}")) }
        })
        .await;
    }
}

/// The item that an answer names.
pub fn item(portal: &str, done: &Value) -> Item {
    let text = |field: &str| done[field].as_str().unwrap().to_owned();
    let reference = text("reference");
    let id = Uuid::try_parse(reference.split_once('-').unwrap().1).unwrap();
    Item { portal: portal.to_owned(), entry: done["entry"].as_u64().unwrap(), id, reference }
}
