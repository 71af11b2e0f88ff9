//! A small nation that tests talk to.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use network::entry::{ItemChange, Level};
use network::names::Origin;
use nhipcau::agencies::enrol;
use nhipcau::app::{App, Given};
use nhipcau::clock::Dice;
use nhipcau::config::{Config, File, Neighbour, Role};
use nhipcau::items::draft::Draft;
use nhipcau::items::publish::{self, Done, Reason};
use nhipcau::logs::keys::{Keyring, Signing};
use nhipcau::operate::{init, serve};
use nhipcau::peers::line::Cable;
use nhipcau::problem::Problem;

/// One node of the nation: the first is the root's.
pub struct Node {
    pub name: String,
    pub dir: PathBuf,
    pub port: u16,
    pub app: Option<App>,
    pub cable: Cable,
}

pub struct World {
    pub nodes: Vec<Node>,
    folder: tempfile::TempDir,
    admin: Option<String>,
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub async fn until<F: Future<Output = bool>>(what: &str, mut done: impl FnMut() -> F) {
    let began = Instant::now();
    while !done().await {
        assert!(began.elapsed() < Duration::from_secs(60), "waited a minute for {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

impl World {
    /// Nodes of these names; the first is the root, the second a ministry, the others provinces. Each
    /// province also hosts one commune, `xa.<name>.localhost`.
    pub async fn with(names: &[&str]) -> World {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let admin = std::env::var("NHIPCAU_TEST_POSTGRES").ok();
        let folder = tempfile::tempdir().unwrap();
        let dice = Dice::system();
        let nodes: Vec<Node> = names
            .iter()
            .map(|name| Node {
                name: (*name).to_owned(),
                dir: folder.path().join(name),
                port: free_port(),
                app: None,
                cable: Cable::default(),
            })
            .collect();
        let mut world = World { nodes, folder, admin };
        let mut cosigners = Vec::new();
        for node in &world.nodes {
            Keyring::create(&node.dir.join("keys"), &node.node_name(), &dice).unwrap();
            cosigners.push(
                Keyring::open(&node.dir.join("keys"), &node.node_name()).unwrap().cosigner().verifier(),
            );
        }
        let root = Keyring::open(&world.nodes[0].dir.join("keys"), &world.nodes[0].node_name()).unwrap();
        let (log, heads) =
            (world.nodes[0].origin(), format!("{}.localhost/heads", names[0]).parse().unwrap());
        let quorum = cosigners.len().div_ceil(2);
        let (note, _) = init::root_note(
            root.own(&log, &dice).unwrap(),
            root.own(&heads, &dice).unwrap(),
            cosigners,
            quorum,
            &dice,
        )
        .unwrap();
        for at in 0..world.nodes.len() {
            let file = world.file(at).await;
            init::folder(&world.nodes[at].dir, &file, &note, &dice).unwrap();
            world.start(at).await;
        }
        world.enrol().await;
        world
    }

    async fn file(&self, at: usize) -> File {
        let node = &self.nodes[at];
        let neighbours = self
            .nodes
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != at && at != 0)
            .map(|(other, n)| Neighbour {
                name: n.node_name().to_string(),
                url: n.url(),
                role: if other == 0 { Role::Primary } else { Role::Backup },
            })
            .collect();
        let database = match &self.admin {
            None => "data/nhipcau.db".to_owned(),
            Some(url) => {
                let name = format!("t{}_{}", std::process::id(), node.port);
                let admin = sqlx::PgPool::connect(url).await.unwrap();
                sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))
                    .execute(&admin)
                    .await
                    .unwrap();
                admin.close().await;
                format!("{}/{name}", url.rsplit_once('/').unwrap().0)
            }
        };
        File {
            name: node.node_name().to_string(),
            url: node.url(),
            listen: vec![format!("127.0.0.1:{}", node.port)],
            database,
            content: "data/content".into(),
            keys: "keys".into(),
            root: "root.note".into(),
            demo: true,
            private_addresses: true,
            trusted_proxies: Vec::new(),
            ca: None,
            tls: None,
            // A small node mirrors only what its portals show.
            follows_all: node.name != "nho",
            neighbours,
        }
    }

    /// Starts a node on what its folder holds.
    pub async fn start(&mut self, at: usize) {
        let node = &mut self.nodes[at];
        let config = Config::read(&node.dir).unwrap();
        let given = Given { line: node.cable.clone(), ..Given::default() };
        let app = App::open(config, given).await.unwrap();
        let mut portals = vec![init::NewPortal {
            domain: node.domain(),
            origin: node.origin(),
            main: true,
            theme: String::new(),
        }];
        if at >= 2 {
            let domain = format!("xa.{}", node.domain());
            let origin = format!("{domain}/log").parse().unwrap();
            portals.push(init::NewPortal { domain, origin, main: false, theme: String::new() });
        }
        init::portals(&app, portals).await.unwrap();
        serve::start(&app).await.unwrap();
        node.app = Some(app);
    }

    pub async fn stop(&mut self, name: &str) {
        let at = self.at(name);
        if let Some(app) = self.nodes[at].app.take() {
            app.close().await;
        }
    }

    pub async fn restart(&mut self, name: &str) {
        self.stop(name).await;
        let at = self.at(name);
        self.start(at).await;
    }

    async fn enrol(&self) {
        let root = self.app(&self.nodes[0].name);
        for node in &self.nodes {
            let app = node.app.as_ref().unwrap();
            until("leave to sign", || async { app.keys.all(Signing::Waiting).is_empty() }).await;
        }
        let by = self.nodes[0].origin();
        let log = root.portals.load().main().unwrap().log;
        for (at, node) in self.nodes.iter().enumerate() {
            let level = [Level::Central, Level::Ministry].get(at).copied().unwrap_or(Level::Province);
            let app = node.app.as_ref().unwrap();
            let name = (node.name.as_str(), node.name.as_str());
            let request = enrol::request_of(app, &node.origin(), &node.domain(), name, level).unwrap();
            enrol::enrol(root, log, &by, request.check().unwrap()).await.unwrap();
        }
        for node in self.nodes.iter().skip(2) {
            let app = node.app.as_ref().unwrap();
            until("the province's enrolment", || async {
                app.directory.load().agency(&node.origin()).is_some()
            })
            .await;
            let domain = format!("xa.{}", node.domain());
            let origin: Origin = format!("{domain}/log").parse().unwrap();
            let request =
                enrol::request_of(app, &origin, &domain, ("Xã mẫu", "Sample"), Level::Commune).unwrap();
            let log = app.portals.load().main().unwrap().log;
            enrol::enrol(app, log, &node.origin(), request.check().unwrap()).await.unwrap();
        }
        for node in &self.nodes {
            // Who does not follow a province does not learn of its communes.
            let communes = if node.name == "nho" { 1 } else { self.nodes.len().saturating_sub(2) };
            let due = self.nodes.len() + communes;
            let app = node.app.as_ref().unwrap();
            until("the directory everywhere", || async {
                app.directory.load().agencies().filter(|a| a.node.is_some()).count() == due
            })
            .await;
        }
    }

    fn at(&self, name: &str) -> usize {
        self.nodes.iter().position(|n| n.name == name).unwrap()
    }

    pub fn node(&self, name: &str) -> &Node {
        &self.nodes[self.at(name)]
    }

    pub fn app(&self, name: &str) -> &App {
        self.node(name).app.as_ref().unwrap()
    }

    pub fn cut(&self, name: &str) {
        self.node(name).cable.cut();
    }

    pub fn mend(&self, name: &str) {
        self.node(name).cable.mend();
    }

    /// Issues an item at a node's own portal.
    pub async fn issues(&self, name: &str, title: &str, text: &str) -> Done {
        let app = self.app(name);
        let portal = app.portals.load().main().unwrap();
        let draft =
            Draft { title: title.into(), text: text.into(), kind: "document".into(), ..Draft::default() };
        publish::issue(app, portal.log, &portal.origin, draft, None).await.unwrap()
    }

    pub async fn corrects(&self, name: &str, item: &Done, title: &str) -> Done {
        let app = self.app(name);
        let standing = publish::own(app, &item.reference).await.unwrap();
        let draft = Draft {
            title: title.into(),
            text: "Đã đính chính.".into(),
            kind: "document".into(),
            change_note: Some("Đính chính tại mục 3.".into()),
            ..Draft::default()
        };
        publish::change(app, &standing, ItemChange::Correct, draft, None).await.unwrap()
    }

    pub async fn withdraws(&self, name: &str, item: &Done, gone: bool) -> Result<Done, Problem> {
        let app = self.app(name);
        let standing = publish::own(app, &item.reference).await?;
        let reason = Reason { reason: "Đăng nhầm.".into(), gone, ..Reason::default() };
        publish::withdraw(app, &standing, reason, None).await
    }

    pub async fn erases(&self, name: &str, item: &Done) -> Result<Done, Problem> {
        let app = self.app(name);
        let standing = publish::own(app, &item.reference).await?;
        let reason = Reason {
            reason: "Theo yêu cầu.".into(),
            basis: Some("Luật 91/2025/QH15".into()),
            ..Reason::default()
        };
        publish::erase(app, &standing, reason, None).await
    }

    /// Status and text of a page of a portal.
    pub async fn get(&self, node: &str, host: &str, path: &str) -> (u16, String) {
        let url = format!("{}{path}", self.node(node).url());
        let answer = reqwest::Client::new().get(url).header("host", host).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// How many entries of a log a node holds.
    pub async fn holds(&self, node: &str, origin: &str) -> u64 {
        let mut conn = self.app(node).db.read().await.unwrap();
        let head = nhipcau::logs::store::by_origin(&mut conn, origin).await.unwrap();
        head.map_or(0, |head| head.size)
    }

    /// Waits until every plugged-in node has every log as long as its owner has it, and all content.
    pub async fn settle(&self) {
        until("everything to stand everywhere", || async {
            let mut longest = std::collections::HashMap::new();
            let running: Vec<&Node> =
                self.nodes.iter().filter(|n| n.app.is_some() && n.cable.plugged()).collect();
            for node in &running {
                let mut conn = node.app.as_ref().unwrap().db.read().await.unwrap();
                for head in nhipcau::logs::store::every(&mut conn).await.unwrap() {
                    let size = longest.entry(head.origin).or_insert(0);
                    *size = head.size.max(*size);
                }
            }
            for node in &running {
                let mut conn = node.app.as_ref().unwrap().db.read().await.unwrap();
                let (wanted,): (i64,) =
                    nhipcau::one!(&mut conn, (i64,), "SELECT COUNT(*) FROM want").unwrap();
                let heads = nhipcau::logs::store::every(&mut conn).await.unwrap();
                let short =
                    heads.iter().any(|h| !h.origin.ends_with("/heads") && h.size < longest[&h.origin]);
                if wanted > 0 || short {
                    return false;
                }
            }
            true
        })
        .await;
    }

    /// Closes the nation: no background task may have died, every log must lead to its signed root.
    pub async fn close(mut self) {
        for node in &mut self.nodes {
            let Some(app) = node.app.take() else { continue };
            assert_eq!(app.tasks.died(), 0, "a task of {} died", node.name);
            let mut conn = app.db.read().await.unwrap();
            for head in nhipcau::logs::store::every(&mut conn).await.unwrap() {
                let entries = nhipcau::logs::store::entries(&mut conn, head.id, 0, head.size).await.unwrap();
                let mut frontier = tlog::Frontier::new();
                entries.iter().for_each(|entry| frontier.push(tlog::leaf_hash(entry)));
                assert_eq!((frontier.size(), frontier.root()), (head.size, head.root), "{}", head.origin);
            }
            drop(conn);
            app.close().await;
        }
    }

    /// Every byte that a node keeps on its disk.
    pub fn disk(&self, name: &str) -> Vec<u8> {
        fn walk(path: &std::path::Path, all: &mut Vec<u8>) {
            for entry in std::fs::read_dir(path).unwrap().flatten() {
                if entry.path().is_dir() {
                    walk(&entry.path(), all);
                } else {
                    all.extend(std::fs::read(entry.path()).unwrap());
                }
            }
        }
        let mut all = Vec::new();
        walk(&self.folder.path().join(name), &mut all);
        all
    }

    pub fn on_postgres(&self) -> bool {
        self.admin.is_some()
    }
}

impl Node {
    pub fn domain(&self) -> String {
        format!("{}.localhost", self.name)
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn origin(&self) -> Origin {
        format!("{}/log", self.domain()).parse().unwrap()
    }

    pub fn node_name(&self) -> Origin {
        format!("{}/node", self.domain()).parse().unwrap()
    }
}
