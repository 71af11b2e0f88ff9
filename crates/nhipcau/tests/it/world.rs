//! The world of a conversation: nodes, portals, people who publish, readers, cables.
//!
//! `World::with(["chinhphu", "laocai"])` starts one node a label and enrols them: the first is the root,
//! `laocai` a province that hosts two communes (`xa-a.laocai`, `xa-b.laocai`), a label with a dot a commune
//! with a node of its own behind its province, anything else a ministry. When a world ends it fails the
//! test if a background task died or a log on any node does not verify.

use std::collections::HashMap;
use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use network::entry::Level;
use network::names::Origin;
use nhipcau::agencies::enrol;
use nhipcau::app::{App, Given};
use nhipcau::clock::{Clock, Dice};
use nhipcau::config::{Config, File, Neighbour, Role};
use nhipcau::db::{Conn, Place};
use nhipcau::logs::keys::{Keyring, Signing};
use nhipcau::logs::store::{self, Head};
use nhipcau::operate::{alarms, init, serve};
use nhipcau::peers::line::Cable;
use nhipcau::peers::receipts;
use serde_json::{Value, json};
use tlog::{Checkpoint, Frontier, Note, leaf_hash};
use uuid::Uuid;

use super::front::Front;

/// What comes at all comes within this time, on a machine that does other things too.
const PATIENCE: Duration = Duration::from_secs(60);

/// A small nation.
pub struct World {
    folder: tempfile::TempDir,
    nodes: Vec<Node>,
    client: reqwest::Client,
}

struct Node {
    label: String,
    port: u16,
    cable: Cable,
    clock: Clock,
    app: Option<App>,
    place: Place,
}

/// What is different in a world from the plain one.
#[derive(Default)]
pub struct Plan {
    labels: Vec<String>,
    ports: HashMap<String, u16>,
    urls: HashMap<String, String>,
    skews: HashMap<String, i64>,
}

/// An item, as the person who published it knows it.
#[derive(Clone, Debug)]
pub struct Item {
    /// Label of the portal that issued it.
    pub portal: String,
    pub reference: String,
    pub origin: String,
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

/// Waits for what must come.
#[track_caller]
pub fn until<T: Debug, F>(what: &str, mut look: impl FnMut() -> F) -> impl Future<Output = T>
where
    F: Future<Output = Result<T, String>>,
{
    let caller = std::panic::Location::caller();
    async move {
        let began = Instant::now();
        loop {
            match look().await {
                Ok(found) => return found,
                Err(due) if began.elapsed() > PATIENCE => {
                    panic!("{caller}: waited in vain for {what}: {due}")
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    }
}

fn level(label: &str, first: bool) -> Level {
    match label {
        _ if first => Level::Central,
        "laocai" => Level::Province,
        _ if label.contains('.') => Level::Commune,
        _ => Level::Ministry,
    }
}

fn domain(label: &str) -> String {
    format!("{label}.localhost")
}

/// The log of a portal.
pub fn origin(label: &str) -> Origin {
    format!("{}/log", domain(label)).parse().unwrap()
}

fn node_name(label: &str) -> Origin {
    format!("{}/node", domain(label)).parse().unwrap()
}

/// The portals of a node, its own first.
fn portals(label: &str) -> Vec<String> {
    match label {
        "laocai" => ["laocai", "xa-a.laocai", "xa-b.laocai"].map(str::to_owned).into(),
        _ => vec![label.to_owned()],
    }
}

fn hosts(node: &str, portal: &str) -> bool {
    portals(node).iter().any(|p| p == portal)
}

/// A port that is free now, outside the range that the kernel hands out by itself.
pub fn free_port() -> u16 {
    free_ports(1)
}

/// The first of `count` such ports in a row.
pub fn free_ports(count: u16) -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let free = |port| std::net::TcpListener::bind(("127.0.0.1", port)).is_ok();
    loop {
        let step = NEXT.fetch_add(count.into(), Ordering::Relaxed);
        let port = 10_000 + (std::process::id().wrapping_mul(101).wrapping_add(step) % 20_000) as u16;
        if (port..port + count).all(free) {
            return port;
        }
    }
}

fn postgres() -> Option<String> {
    std::env::var("NHIPCAU_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

/// True if the nodes' data live in PostgreSQL.
pub fn on_postgres() -> bool {
    postgres().is_some()
}

/// A statement for the server itself: a database made, copied, dropped.
#[allow(clippy::disallowed_methods, reason = "what is said to the server is no statement of the program")]
async fn at_server(sql: String) {
    let pool = sqlx::PgPool::connect(&postgres().unwrap()).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.clone()))
        .execute(&pool)
        .await
        .unwrap_or_else(|e| panic!("{sql}: {e}"));
    pool.close().await;
}

fn database_name(url: &str) -> &str {
    url.rsplit_once('/').unwrap().1
}

/// An address of a database that is empty, if the data are to live in PostgreSQL.
pub async fn new_database() -> Option<String> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let server = postgres()?;
    let name = format!("nhipcau_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    at_server(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    at_server(format!("CREATE DATABASE {name}")).await;
    Some(format!("{}/{name}", server.rsplit_once('/').unwrap().0))
}

/// Removes what [`new_database`] made.
pub async fn drop_database(url: &str) {
    at_server(format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", database_name(url))).await;
}

impl Plan {
    /// One node a label.
    pub fn of<const N: usize>(labels: [&str; N]) -> Plan {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let labels: Vec<String> = labels.map(str::to_owned).into();
        let ports = labels.iter().map(|label| (label.clone(), free_port())).collect();
        Plan { labels, ports, ..Plan::default() }
    }

    /// Puts a relay before a node: everybody else reaches it only through the relay.
    pub async fn front(&mut self, label: &str) -> Front {
        let front = Front::before(format!("http://127.0.0.1:{}", self.ports[label])).await;
        self.urls.insert(label.to_owned(), front.url.clone());
        front
    }

    /// A node whose clock is wrong by so many milliseconds.
    pub fn wrong_clock(mut self, label: &str, milliseconds: i64) -> Plan {
        self.skews.insert(label.to_owned(), milliseconds);
        self
    }

    /// Starts the nodes, enrols everybody and waits until all know all.
    pub async fn start(self) -> World {
        if std::env::var_os("NHIPCAU_LOG").is_some() {
            let filter = tracing_subscriber::EnvFilter::from_env("NHIPCAU_LOG");
            let _ = tracing_subscriber::fmt().with_env_filter(filter).with_test_writer().try_init();
        }
        let folder = tempfile::tempdir().unwrap();
        let note = self.root_note(folder.path());
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(60))
            .build()
            .unwrap();
        let mut world = World { folder, nodes: Vec::new(), client };
        for label in &self.labels {
            let database = new_database().await.unwrap_or_else(|| "data/nhipcau.db".into());
            let file = self.file(label, database);
            let home = world.home(label);
            init::folder(&home, &file, &note, &Dice::system()).unwrap();
            let place = Config::read(&home).unwrap().database;
            world.nodes.push(Node {
                label: label.clone(),
                port: self.ports[label],
                cable: Cable::default(),
                clock: Clock::system().skewed(self.skews.get(label).copied().unwrap_or(0)),
                app: None,
                place,
            });
            let app = world.open(label).await;
            let own = portals(label)
                .iter()
                .enumerate()
                .map(|(at, portal)| init::NewPortal {
                    domain: domain(portal),
                    origin: origin(portal),
                    main: at == 0,
                    theme: String::new(),
                })
                .collect();
            init::portals(&app, own).await.unwrap();
            serve::start(&app).await.unwrap();
            world.node_mut(label).app = Some(app);
        }
        world.enrol(&self.labels).await;
        world.settle().await;
        world
    }

    fn root_note(&self, folder: &Path) -> String {
        let dice = Dice::system();
        let mut cosigners = Vec::new();
        for label in self.labels.iter().filter(|label| !label.contains('.')) {
            let keys = folder.join(label).join("keys");
            Keyring::create(&keys, &node_name(label), &dice).unwrap();
            cosigners.push(Keyring::open(&keys, &node_name(label)).unwrap().cosigner().verifier());
        }
        let first = &self.labels[0];
        let keyring = Keyring::open(&folder.join(first).join("keys"), &node_name(first)).unwrap();
        let root = keyring.own(&origin(first), &dice).unwrap();
        let heads = keyring.own(&format!("{}/heads", domain(first)).parse().unwrap(), &dice).unwrap();
        let quorum = cosigners.len().div_ceil(2);
        init::root_note(root, heads, cosigners, quorum, &dice).unwrap().0
    }

    fn url(&self, label: &str) -> String {
        self.urls.get(label).cloned().unwrap_or_else(|| format!("http://127.0.0.1:{}", self.ports[label]))
    }

    fn file(&self, label: &str, database: String) -> File {
        let commune = label.contains('.');
        let above = label.split_once('.').map(|(_, above)| above);
        let neighbours = self
            .labels
            .iter()
            .enumerate()
            .filter(|(_, other)| *other != label && *label != self.labels[0])
            .filter(|(_, other)| if commune { Some(other.as_str()) == above } else { !other.contains('.') })
            .map(|(at, other)| Neighbour {
                name: node_name(other).to_string(),
                url: self.url(other),
                role: if at == 0 || commune { Role::Primary } else { Role::Backup },
            })
            .collect();
        File {
            name: node_name(label).to_string(),
            url: self.url(label),
            listen: vec![format!("127.0.0.1:{}", self.ports[label])],
            database,
            content: "data/content".into(),
            keys: "keys".into(),
            root: "root.note".into(),
            demo: true,
            private_addresses: true,
            trusted_proxies: Vec::new(),
            ca: None,
            tls: None,
            follows_all: !commune,
            neighbours,
        }
    }
}

// Making and unmaking.
impl World {
    /// A plain nation.
    pub async fn with<const N: usize>(labels: [&str; N]) -> World {
        Plan::of(labels).start().await
    }

    /// The folder of a node.
    pub fn home(&self, label: &str) -> PathBuf {
        self.folder.path().join(label)
    }

    fn node(&self, label: &str) -> &Node {
        self.nodes.iter().find(|node| node.label == label).unwrap()
    }

    fn node_mut(&mut self, label: &str) -> &mut Node {
        self.nodes.iter_mut().find(|node| node.label == label).unwrap()
    }

    fn hosting(&self, portal: &str) -> &Node {
        self.nodes.iter().find(|node| hosts(&node.label, portal)).unwrap()
    }

    /// The running node of a label.
    pub fn app(&self, label: &str) -> &App {
        self.node(label).app.as_ref().unwrap()
    }

    /// Opens a node without starting it.
    pub async fn open(&self, label: &str) -> App {
        let node = self.node(label);
        let given = Given { clock: node.clock.clone(), line: node.cable.clone(), ..Given::default() };
        App::open(Config::read(&self.home(label)).unwrap(), given).await.unwrap()
    }

    async fn enrol(&mut self, labels: &[String]) {
        let first = labels[0].clone();
        for label in labels {
            until("the right to sign", async || {
                let waiting = self.app(label).keys.all(Signing::Waiting);
                if waiting.is_empty() { Ok(()) } else { Err(format!("{waiting:?} on {label}")) }
            })
            .await;
        }
        // The root's children first, then each one's own: a parent vouches only once it is known itself.
        let mut below: Vec<(String, String, String)> = Vec::new();
        for node in labels {
            for portal in portals(node) {
                let parent = match portal.split_once('.') {
                    Some((_, above)) => above.to_owned(),
                    None => first.clone(),
                };
                below.push((parent, node.clone(), portal));
            }
        }
        below.sort_by_key(|(_, _, portal)| portal.contains('.'));
        for (parent, node, portal) in &below {
            until("a parent in the directory", async || {
                let known =
                    *portal == first || self.app(parent).directory.load().agency(&origin(parent)).is_some();
                if known { Ok(()) } else { Err(parent.clone()) }
            })
            .await;
            let asks = self.app(node);
            let names = (format!("Cơ quan {portal}"), format!("Agency {portal}"));
            let request = enrol::request_of(
                asks,
                &origin(portal),
                &domain(portal),
                (&names.0, &names.1),
                level(portal, *portal == first),
            )
            .unwrap();
            let vouches = self.app(parent);
            let log = vouches.portals.load().main().unwrap().log;
            enrol::enrol(vouches, log, &origin(parent), request.check().unwrap()).await.unwrap();
        }
        for label in labels {
            until("the whole directory", async || {
                let directory = self.app(label).directory.load();
                let missing: Vec<_> = below
                    .iter()
                    .filter(|(_, _, portal)| {
                        directory.agency(&origin(portal)).is_none_or(|a| a.node.is_none())
                    })
                    .collect();
                if missing.is_empty() { Ok(()) } else { Err(format!("{missing:?} on {label}")) }
            })
            .await;
        }
    }

    /// Pulls a node's cable; readers still reach it.
    pub fn cut(&self, label: &str) {
        self.node(label).cable.cut();
    }

    /// Plugs it back in.
    pub fn mend(&self, label: &str) {
        self.node(label).cable.mend();
    }

    /// Stops a node.
    pub async fn stop(&mut self, label: &str) {
        let app = self.node_mut(label).app.take().unwrap();
        assert_eq!(app.tasks.died(), 0, "a background task of {label} died");
        app.close().await;
    }

    /// Starts a stopped node on what is on its disk.
    pub async fn start(&mut self, label: &str) {
        let app = self.open(label).await;
        serve::start(&app).await.unwrap();
        self.node_mut(label).app = Some(app);
    }

    /// Waits until a node may sign its logs again after a start.
    pub async fn may_sign(&self, label: &str) {
        until("the right to sign", async || {
            let waiting = self.app(label).keys.all(Signing::Waiting);
            if waiting.is_empty() { Ok(()) } else { Err(format!("{waiting:?}")) }
        })
        .await;
    }

    /// Copies what a stopped node has on its disk (its database and content, not its keys).
    pub async fn back_up(&self, label: &str) -> PathBuf {
        assert!(self.node(label).app.is_none(), "a copy is made of a stopped node");
        let copy = self.folder.path().join(format!("{label}.backup"));
        copy_folder(&self.home(label).join("data"), &copy);
        if let Place::Postgres(url) = &self.node(label).place {
            let name = database_name(url);
            at_server(format!("CREATE DATABASE {name}_copy TEMPLATE {name}")).await;
        }
        copy
    }

    /// Puts a copy back in the place of what a stopped node has.
    pub async fn restore(&self, label: &str, copy: &Path) {
        assert!(self.node(label).app.is_none(), "a copy is put back under a stopped node");
        let data = self.home(label).join("data");
        if data.exists() {
            std::fs::remove_dir_all(&data).unwrap();
        }
        copy_folder(copy, &data);
        if let Place::Postgres(url) = &self.node(label).place {
            let name = database_name(url);
            at_server(format!("DROP DATABASE {name} WITH (FORCE)")).await;
            at_server(format!("ALTER DATABASE {name}_copy RENAME TO {name}")).await;
        }
    }
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    let Ok(entries) = std::fs::read_dir(from) else { return };
    for entry in entries {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

// Publishing and reading, by HTTP as anybody would.
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

    /// Erases an item.
    pub async fn erases(&self, item: &Item) {
        let why = json!({ "reason": "Lộ dữ liệu cá nhân", "basis": "Điều 16, Luật Bảo vệ dữ liệu cá nhân" });
        self.acts(item, "erasure", why).await;
    }

    /// An item's page on a portal.
    pub async fn page(&self, portal: &str, item: &Item) -> Answer {
        self.get(portal, &format!("/muc/{}", item.reference)).await
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
    Item {
        portal: portal.to_owned(),
        origin: text("origin"),
        entry: done["entry"].as_u64().unwrap(),
        id,
        reference,
    }
}

// What is due, and what must be true at the end.
impl World {
    /// Waits until every plugged-in node holds and has confirmed what every other has to give.
    pub async fn settle(&self) {
        until("the world to settle", async || {
            let due = self.due().await;
            if due.is_empty() { Ok(()) } else { Err(due.join("; ")) }
        })
        .await;
    }

    async fn due(&self) -> Vec<String> {
        let mut due = Vec::new();
        let running: Vec<(&Node, &App)> = self
            .nodes
            .iter()
            .filter(|node| node.cable.plugged())
            .filter_map(|node| Some((node, node.app.as_ref()?)))
            .collect();
        for (node, app) in &running {
            let mut conn = app.db.read().await.unwrap();
            let heads = store::every(&mut conn).await.unwrap();
            let (wants,): (i64,) = nhipcau::one!(&mut conn, (i64,), "SELECT COUNT(*) FROM want").unwrap();
            drop(conn);
            if wants > 0 {
                due.push(format!("{} lacks {wants} contents", node.label));
            }
            for head in
                heads.iter().filter(|head| head.own && head.frozen.is_none() && head.checkpoint_size > 0)
            {
                for (other, follower) in running.iter().filter(|(other, _)| other.label != node.label) {
                    due.extend(lag(head, app, node, follower, other).await);
                }
            }
        }
        due
    }

    /// Every log on every running node is what its signed checkpoint says.
    async fn verify(&self) {
        for node in &self.nodes {
            let Some(app) = &node.app else { continue };
            let mut conn = app.db.read().await.unwrap();
            for head in store::every(&mut conn).await.unwrap() {
                verify(app, &mut conn, &node.label, &head).await;
            }
        }
    }
}

async fn lag(head: &Head, app: &App, node: &Node, follower: &App, other: &Node) -> Option<String> {
    let mut conn = follower.db.read().await.unwrap();
    let held = store::by_origin(&mut conn, head.origin.as_str()).await.unwrap();
    drop(conn);
    let Some(held) = held else {
        return follower.config.follows_all.then(|| format!("{} does not know {}", other.label, head.origin));
    };
    if held.size < head.size || held.checkpoint_size < head.size {
        return Some(format!(
            "{} has {} of {} of {}",
            other.label, held.checkpoint_size, head.size, head.origin
        ));
    }
    let mut conn = app.db.read().await.unwrap();
    let receipts = receipts::of_log(&mut conn, head.origin.as_str()).await.unwrap();
    let name = follower.config.name.to_string();
    let receipt = receipts.iter().find(|r| r.node == name);
    match receipt {
        Some(r) if r.size as u64 >= head.size && r.lacking.is_empty() => None,
        // A heads log grows as receipts are told of it; its own receipts are no reason to wait.
        _ if head.origin.as_str().ends_with("/heads") => None,
        Some(r) => Some(format!(
            "{}: {} confirmed {} of {} of {}, lacking {:?}",
            node.label, name, r.size, head.size, head.origin, r.lacking
        )),
        None => Some(format!("{}: {} has not confirmed {}", node.label, name, head.origin)),
    }
}

async fn verify(app: &App, conn: &mut Conn, label: &str, head: &Head) {
    let entries = store::entries(conn, head.id, 0, head.size).await.unwrap();
    assert_eq!(entries.len() as u64, head.size, "{label}: {} lacks entries", head.origin);
    let mut frontier = Frontier::new();
    let mut at_checkpoint = Frontier::new();
    for (index, entry) in entries.iter().enumerate() {
        frontier.push(leaf_hash(entry));
        if index as u64 + 1 == head.checkpoint_size {
            at_checkpoint = frontier.clone();
        }
    }
    assert_eq!(frontier.root(), head.root, "{label}: the root of {}", head.origin);
    assert_eq!(frontier, head.frontier().unwrap(), "{label}: the frontier of {}", head.origin);
    if head.checkpoint_size == 0 {
        return;
    }
    let note = Note::parse(&head.checkpoint).unwrap();
    let directory = app.directory.load();
    let key = app
        .keys
        .verifier(head.origin.as_str())
        .or_else(|| directory.keys_for(&head.origin, head.checkpoint_size).cloned())
        .unwrap_or_else(|| panic!("{label}: nobody vouches for {}", head.origin));
    let claim = Checkpoint::open(&note, &key).unwrap_or_else(|e| panic!("{label}: {}: {e}", head.origin));
    assert_eq!(
        (claim.size, claim.root),
        (head.checkpoint_size, at_checkpoint.root()),
        "{label}: {}",
        head.origin
    );
}

impl Drop for World {
    fn drop(&mut self) {
        let failed = std::thread::panicking();
        let handle = tokio::runtime::Handle::current();
        tokio::task::block_in_place(|| {
            handle.block_on(async {
                if !failed {
                    self.verify().await;
                }
                let mut died = Vec::new();
                for node in &mut self.nodes {
                    if let Some(app) = node.app.take() {
                        if app.tasks.died() > 0 {
                            died.push(node.label.clone());
                        }
                        app.close().await;
                    }
                    if let Place::Postgres(url) = &node.place {
                        drop_database(url).await;
                    }
                }
                assert!(failed || died.is_empty(), "background tasks died on {died:?}");
            });
        });
    }
}
