//! A nation as it is planned, made and enrolled.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use nhipcau::agencies::enrol;
use nhipcau::clock::{Clock, Dice};
use nhipcau::config::{Config, File, Neighbour, PeopleTable, Role};
use nhipcau::logs::keys::{Keyring, Signing};
use nhipcau::operate::{init, serve};
use nhipcau::peers::line::Cable;

use super::{Node, World, domain, level, new_database, node_name, origin, portals, until};
use crate::front::Front;

/// A change of a node's configuration before it is written.
type Change = Box<dyn Fn(&mut File)>;

/// What is different in a world from the plain one.
#[derive(Default)]
pub struct Plan {
    labels: Vec<String>,
    ports: HashMap<String, u16>,
    urls: HashMap<String, String>,
    skews: HashMap<String, i64>,
    changes: Vec<Change>,
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

    /// Every node's configuration with a change.
    pub fn with(mut self, change: impl Fn(&mut File) + 'static) -> Plan {
        self.changes.push(Box::new(change));
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
        let mut file = File {
            name: node_name(label).to_string(),
            url: self.url(label),
            listen: vec![format!("127.0.0.1:{}", self.ports[label])],
            database,
            content: "data/content".into(),
            keys: "keys".into(),
            root: "root.note".into(),
            demo: true,
            rehearsal_portal: None,
            private_addresses: true,
            trusted_proxies: Vec::new(),
            ca: None,
            tls: None,
            follows_all: !commune,
            // The world's agencies have systems of their own with two people; `it/two_people` takes that away.
            issues_at_once: portals(label).iter().map(|portal| domain(portal)).collect(),
            people: PeopleTable::default(),
            log_keys: Vec::new(),
            mail: None,
            push: None,
            neighbours,
        };
        for change in &self.changes {
            change(&mut file);
        }
        file
    }
}

impl World {
    pub(super) async fn enrol(&mut self, labels: &[String]) {
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
}
