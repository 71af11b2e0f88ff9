//! Nodes for the bench: made and served by this very program, as a person would, each in its own process.

mod stock;
mod wire;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};

pub use self::stock::{Person, draft, enrol_nation, issue, person, refused, searched, short_draft};
pub use self::wire::{Answer, ask, fills, get, request};
use crate::app::{App, Given};
use crate::config::Config;
use crate::logs::keys::Signing;

/// The search has so long to take in all items.
pub const INDEXED: Duration = Duration::from_secs(600);
/// What a node says while it is served, in its folder.
const LOG: &str = "serve.err";
/// How long is waited for what must come.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A node's folder and where it answers.
#[derive(Clone)]
pub struct Place {
    /// The folder.
    pub folder: PathBuf,
    /// The domain of its one portal.
    pub domain: &'static str,
    /// Its port on loopback.
    pub port: u16,
}

/// A port that is free now.
pub fn free_port() -> anyhow::Result<u16> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).context("find a free port")?;
    Ok(listener.local_addr()?.port())
}

fn program() -> anyhow::Result<PathBuf> {
    std::env::current_exe().context("find this program")
}

impl Place {
    /// Makes a node with `nhipcau init`: a root of its own, or a child of `parent`.
    ///
    /// # Errors
    /// What `init` refuses.
    pub fn init(
        dir: &Path,
        domain: &'static str,
        level: &str,
        parent: Option<&Place>,
    ) -> anyhow::Result<Place> {
        Place::init_on(dir, domain, level, parent, None)
    }

    /// The same with its data in an empty database of a PostgreSQL server, by its address.
    ///
    /// # Errors
    /// What `init` refuses.
    pub fn init_on(
        dir: &Path,
        domain: &'static str,
        level: &str,
        parent: Option<&Place>,
        database: Option<&str>,
    ) -> anyhow::Result<Place> {
        let place = Place { folder: dir.join(domain), domain, port: free_port()? };
        let mut init = Command::new(program()?);
        init.args([
            "init",
            "--domain",
            domain,
            "--title",
            domain,
            "--level",
            level,
            "--private",
            "--issues-at-once",
            "--dir",
        ]);
        init.arg(&place.folder).args(["--url", &place.url()]);
        init.args(["--listen", &format!("127.0.0.1:{}", place.port)]);
        if let Some(database) = database {
            init.args(["--database", database]);
        }
        match parent {
            None => init.arg("--new-root"),
            Some(parent) => init
                .args(["--follows-all", "--parent", &parent.url(), "--parent-name"])
                .arg(format!("{}/node", parent.domain))
                .arg("--root-note")
                .arg(parent.folder.join("root.note")),
        };
        let done = init.output().context("run nhipcau init")?;
        ensure!(done.status.success(), "nhipcau init: {}", String::from_utf8_lossy(&done.stderr));
        Ok(place)
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The administrator's token.
    ///
    /// # Errors
    /// When it is not there.
    pub fn token(&self) -> anyhow::Result<String> {
        Ok(std::fs::read_to_string(self.folder.join("admin.token"))?.trim().to_owned())
    }

    /// The node inside this process, not listening, its log allowed to sign: to be filled.
    ///
    /// # Errors
    /// What keeps it from opening.
    pub async fn open(&self) -> anyhow::Result<App> {
        let app = App::open(Config::read(&self.folder)?, Given::default()).await?;
        app.begin();
        until("the log may sign", async || app.keys.all(Signing::Waiting).is_empty()).await?;
        Ok(app)
    }

    /// Serves it in a process of its own, on one core if `core` says which.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn serve(&self, core: Option<usize>) -> anyhow::Result<Node> {
        let program = program()?;
        let mut command = match core {
            None => Command::new(program),
            Some(core) => {
                let mut command = Command::new("taskset");
                command.args(["-c", &core.to_string()]).arg(program);
                command
            }
        };
        let log = std::fs::File::create(self.folder.join(LOG))?;
        command.args(["serve", "--dir"]).arg(&self.folder).stdout(Stdio::null()).stderr(log);
        let child = command.spawn().context("start nhipcau serve")?;
        Ok(Node { child, began: Instant::now(), place: self.clone() })
    }
}

/// A node in a process of its own; it ends with this value.
pub struct Node {
    child: Child,
    began: Instant,
    /// Where it is.
    pub place: Place,
}

impl Node {
    /// Waits for the first page, and says how long after the start it came.
    ///
    /// # Errors
    /// When the process ends, or nothing comes in two minutes.
    pub async fn first_page(&mut self) -> anyhow::Result<Duration> {
        loop {
            if let Ok(answer) = get(&self.place, "/").await
                && answer.status == 200
            {
                return Ok(self.began.elapsed());
            }
            if let Some(ended) = self.child.try_wait()? {
                let said = std::fs::read_to_string(self.place.folder.join(LOG)).unwrap_or_default();
                bail!("nhipcau serve ended: {ended}: {}", said.trim());
            }
            ensure!(self.began.elapsed() < PATIENCE, "no page in {} s", PATIENCE.as_secs());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Waits until it has done what a start brings with it: its followers wired, its lists read. What comes then is how it serves for
    /// months; how soon it serves at all is measured apart.
    ///
    /// # Errors
    /// When it does not come to rest in two minutes, or the system does not say in `/proc` how long it has run.
    pub async fn settled(&self) -> anyhow::Result<()> {
        let (mut before, mut quiet) = (self.ticks()?, 0);
        let began = Instant::now();
        while quiet < 5 {
            ensure!(began.elapsed() < PATIENCE, "the node is busy for {} s", PATIENCE.as_secs());
            tokio::time::sleep(Duration::from_millis(200)).await;
            let now = self.ticks()?;
            // A hundredth of a second now and then is what a node at rest takes.
            quiet = if now <= before + 1 { quiet + 1 } else { 0 };
            before = now;
        }
        Ok(())
    }

    /// Processor time that it has taken, in the system's ticks (hundredths of a second as a rule).
    fn ticks(&self) -> anyhow::Result<u64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))
            .context("read the process's time from /proc; this part runs on Linux")?;
        // Behind the name in brackets, which may hold anything: state, then numbers; the twelfth and thirteenth are the times.
        let (_, rest) = stat.rsplit_once(')').context("a line of /proc without a name")?;
        let times = rest.split_whitespace().skip(11).take(2).map(str::parse::<u64>);
        Ok(times.sum::<Result<u64, _>>()?)
    }

    /// Resident memory in bytes.
    ///
    /// # Errors
    /// Where the system does not say it in `/proc`.
    pub fn memory(&self) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))
            .context("read the process's memory from /proc; this part runs on Linux")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kib: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kib * 1024)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for something that must come.
///
/// # Errors
/// When it does not come in two minutes.
pub async fn until(what: &str, mut done: impl AsyncFnMut() -> bool) -> anyhow::Result<()> {
    let began = Instant::now();
    while !done().await {
        ensure!(began.elapsed() < PATIENCE, "waited {} s until {what}", PATIENCE.as_secs());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}
