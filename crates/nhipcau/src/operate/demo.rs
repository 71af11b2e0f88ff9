//! `nhipcau demo`: a small nation on this machine – the Government, a ministry, a province with all its communes.
//!
//! Three real nodes with real content, on loopback, with embedded storage: nothing in it is simulated
//! but the keys, which are those of a demonstration. Each page says so.

mod content;
mod control;
mod nation;
pub(super) mod office;
mod petitions;
mod tasks;
mod tour;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use network::entry::Level;
use network::names::Origin;

use self::nation::{Claim, Node, claim, kept_port, lay_out, nation, portals_of};
use self::tour::Tour;
use super::{init, serve};
use crate::agencies::enrol;
use crate::app::{App, Given};
use crate::clock::Dice;
use crate::config::Config;
use crate::logs::keys::Signing;
use crate::peers::line::Cable;
use crate::words::date;

/// What `demo` takes.
#[derive(clap::Args)]
pub struct Args {
    /// Where the demonstration keeps its data; a second start resumes it
    #[arg(long, default_value = "demo-data", global = true)]
    dir: PathBuf,
    /// The Government's port; the ministry and the province take the next two [default: 8000, or as at the first start]
    #[arg(long)]
    port: Option<u16>,
    #[command(subcommand)]
    act: Option<Act>,
}

#[derive(clap::Subcommand)]
enum Act {
    /// Pull the cable of a node of the running demonstration: chinhphu, mof, laocai
    Cut {
        /// The node
        node: String,
    },
    /// Plug it back in
    Mend {
        /// The node
        node: String,
    },
}

/// Runs the demonstration until Ctrl-C, or speaks to the one that runs.
///
/// # Errors
/// What keeps it from starting, and the cure.
pub async fn run(args: Args) -> anyhow::Result<()> {
    match args.act {
        Some(Act::Cut { node }) => return control::ask(&args.dir, "cut", &node).await,
        Some(Act::Mend { node }) => return control::ask(&args.dir, "mend", &node).await,
        None => {}
    }
    let port = args.port.or_else(|| kept_port(&args.dir)).unwrap_or(8000);
    let started = Instant::now();
    let demo = Demo::start(&args.dir, port, true).await?;
    let control = control::listen(&args.dir, &demo).await?;
    let password = demo.offices(&args.dir).await?;
    println!("{}{}", demo.tour(&args.dir, started.elapsed()).await?, console(&demo, &password));
    serve::stop_asked().await;
    println!("\nĐang dừng, dữ liệu được giữ ở {} …", args.dir.display());
    control.abort();
    demo.close().await;
    Ok(())
}

/// Where the console is and who can sign in.
fn console(demo: &Demo, password: &str) -> String {
    let port = demo.nodes.first().and_then(|(_, app, _)| app.config.listen.first()).map_or(0, |at| at.port());
    format!(
        "
  Bàn làm việc · console   http://chinhphu.localhost:{port}/ban-lam-viec   (cổng nào cũng có · every portal has one)
{}
",
        office::people_told(password)
    )
}

/// This program as it was called, so that a printed command can be pasted where it was started.
fn called() -> String {
    std::env::args().next().unwrap_or_else(|| "nhipcau".to_owned())
}

/// A running demonstration.
pub struct Demo {
    /// The nodes: the Government's, the ministry's, the province's.
    pub nodes: Vec<(String, App, Cable)>,
    _claim: Claim,
}

impl Demo {
    /// Makes what is missing, starts the three nodes and waits until the content stands everywhere.
    ///
    /// # Errors
    /// What keeps it from starting, and the cure.
    pub async fn start(dir: &Path, port: u16, show: bool) -> anyhow::Result<Demo> {
        let clock = crate::clock::Clock::system();
        let nation = nation(port, date::day(clock.now()))?;
        let bar = progress(show);
        bar.set_message("khóa và cấu hình · keys and configuration");
        let dice = Dice::system();
        let claim = claim(dir, port)?;
        lay_out(dir, &nation, &dice)?;
        let mut nodes = Vec::new();
        for node in &nation {
            bar.set_message(format!("khởi động {} · starting", node.label));
            let cable = Cable::default();
            let given = Given { line: cable.clone(), ..Given::default() };
            let config = Config::read(&dir.join(node.label))?;
            let app = App::open(config, given).await?;
            init::portals(&app, portals_of(node)?).await?;
            serve::start(&app).await.with_context(|| {
                format!(
                    "{} cannot serve at {}; choose three other ports in a row with --port (hãy chọn cổng khác bằng --port)",
                    node.label,
                    node.url()
                )
            })?;
            nodes.push((node.label.to_owned(), app, cable));
        }
        let demo = Demo { nodes, _claim: claim };
        demo.enrol(&nation, &bar).await?;
        content::issue(&demo, &bar).await?;
        bar.finish_and_clear();
        Ok(demo)
    }

    /// A node by its label.
    pub fn node(&self, label: &str) -> Option<&App> {
        self.nodes.iter().find(|(l, _, _)| l == label).map(|(_, app, _)| app)
    }

    /// The tour in words, with real addresses and commands; the correction that it needs is written into `dir`.
    ///
    /// # Errors
    /// When no text of the Government stands any more, or `dir` cannot be written.
    pub async fn tour(&self, dir: &Path, took: Duration) -> anyhow::Result<String> {
        Ok(Tour::plan(self, dir).await?.text(dir, &called(), took))
    }

    fn government(&self) -> anyhow::Result<&App> {
        self.node("chinhphu").context("the Government's node")
    }

    /// Enrols everybody, each by its parent, and waits until all three nodes know it.
    async fn enrol(&self, nation: &[Node; 3], bar: &ProgressBar) -> anyhow::Result<()> {
        for (_, app, _) in &self.nodes {
            until("một máy chủ khác xác nhận bản của sổ · another node's word", || {
                app.keys.all(Signing::Waiting).is_empty()
            })
            .await?;
        }
        let root = self.government()?;
        let by = nation[0].origin()?;
        settled(root, &by).await?;
        bar.set_message("ghi danh cơ quan · enrolling agencies");
        for node in nation {
            let app = self.node(node.label).context("a node of the demonstration")?;
            let origin = node.origin()?;
            if enrolled(root, &origin) {
                continue;
            }
            let mut request =
                enrol::request_of(app, &origin, &node.domain(), (&node.name, &node.name_en), node.level)?;
            request.accountable = Some(node.accountable.to_owned());
            let log = root.portals.load().main().context("the root's portal")?.log;
            enrol::enrol(root, log, &by, request.check()?).await?;
        }
        for node in nation {
            let (app, parent) = (self.node(node.label).context("a node")?, node.origin()?);
            until("danh bạ có hiệu lực · the directory", || enrolled(app, &parent)).await?;
            settled(app, &parent).await?;
            let log = app.portals.load().main().context("a portal")?.log;
            bar.set_length(node.communes.len() as u64);
            for commune in &node.communes {
                bar.inc(1);
                let origin: Origin = format!("{}/log", commune.domain).parse()?;
                if enrolled(app, &origin) {
                    continue;
                }
                let mut request = enrol::request_of(
                    app,
                    &origin,
                    &commune.domain,
                    (&commune.name, &commune.name_en),
                    Level::Commune,
                )?;
                request.accountable = Some("Văn phòng HĐND và UBND".to_owned());
                enrol::enrol(app, log, &parent, request.check()?).await?;
            }
        }
        let all: Vec<Origin> = nation
            .iter()
            .flat_map(|node| node.communes.iter().map(|c| format!("{}/log", c.domain).parse()))
            .collect::<Result<_, _>>()?;
        for (_, app, _) in &self.nodes {
            until("danh bạ đến mọi máy chủ · the directory everywhere", || {
                all.iter().all(|origin| enrolled(app, origin))
            })
            .await?;
        }
        Ok(())
    }

    /// Stops the three nodes.
    pub async fn close(&self) {
        for (_, app, _) in &self.nodes {
            app.close().await;
        }
    }
}

/// Waits until what an interrupted start has written into a parent's log has its effect, so that nobody is enrolled
/// a second time.
pub(super) async fn settled(app: &App, parent: &Origin) -> anyhow::Result<()> {
    until("ghi danh của lần trước · the enrolments of an earlier start", || {
        app.directory.load().pending().iter().all(|(log, _)| log != parent)
    })
    .await
}

pub(super) fn enrolled(app: &App, origin: &Origin) -> bool {
    let directory = app.directory.load();
    directory.agency(origin).is_some_and(|agency| agency.node.is_some())
}

/// Waits for something that must come within a minute.
pub(super) async fn until(what: &str, mut done: impl FnMut() -> bool) -> anyhow::Result<()> {
    let began = Instant::now();
    while !done() {
        if began.elapsed() > Duration::from_secs(60) {
            bail!("waited a minute for {what}; start again with NHIPCAU_LOG=info to see why");
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

fn progress(show: bool) -> ProgressBar {
    let bar = if show { ProgressBar::new(0) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("  {spinner} {pos}/{len}  {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}
