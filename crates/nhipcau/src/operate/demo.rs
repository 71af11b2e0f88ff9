//! `nhipcau demo`: a small nation on this machine – the Government, a ministry, a province with all its communes.
//!
//! Three real nodes with real content, on loopback, with embedded storage: nothing in it is simulated
//! but the keys, which are those of a demonstration. Each page says so.

mod content;
mod control;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use network::entry::Level;
use network::names::Origin;
use vietnam::agencies::Agencies;
use vietnam::units::Units;

use super::{init, serve};
use crate::agencies::enrol;
use crate::app::{App, Given};
use crate::clock::Dice;
use crate::config::{Config, File, Neighbour, Role};
use crate::logs::keys::{Keyring, Signing};
use crate::peers::line::Cable;
use crate::words::date;

/// What `demo` takes.
#[derive(clap::Args)]
pub struct Args {
    /// Where the demonstration keeps its data; a second start resumes it
    #[arg(long, default_value = "demo-data", global = true)]
    dir: PathBuf,
    /// The Government's port; the ministry and the province take the next two
    #[arg(long, default_value_t = 8000)]
    port: u16,
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

/// One of the three nodes.
struct Node {
    /// The label of its domain: `laocai`.
    label: &'static str,
    level: Level,
    name: String,
    name_en: String,
    accountable: &'static str,
    theme: &'static str,
    port: u16,
    communes: Vec<Commune>,
}

struct Commune {
    domain: String,
    name: String,
    name_en: String,
}

impl Node {
    fn domain(&self) -> String {
        format!("{}.localhost", self.label)
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn origin(&self) -> anyhow::Result<Origin> {
        Ok(format!("{}/log", self.domain()).parse()?)
    }

    fn node_name(&self) -> anyhow::Result<Origin> {
        Ok(format!("{}/node", self.domain()).parse()?)
    }
}

/// The three nodes, from the shipped directory as it stands on a day.
fn nation(port: u16, day: Date) -> anyhow::Result<[Node; 3]> {
    let agencies = Agencies::shipped();
    let at = |domain: &str| {
        agencies
            .by_domain(domain, day)
            .with_context(|| format!("{domain} is not in the shipped directory on {day}"))
    };
    let (government, ministry, province) = (at("chinhphu.vn")?, at("mof.gov.vn")?, at("laocai.gov.vn")?);
    let units = Units::shipped();
    let code = province.province.context("the province has no code in the shipped directory")?;
    let place = units.province(code).context("the province is not in the shipped units")?;
    let communes = units
        .communes_of(code)
        .iter()
        .map(|commune| Commune {
            domain: commune.domain_under("laocai.localhost"),
            name: commune.full_name(),
            name_en: commune.full_name_en(),
        })
        .collect();
    Ok([
        Node {
            label: "chinhphu",
            level: Level::Central,
            name: government.portal_name(),
            name_en: government.portal_name_en(),
            accountable: "Văn phòng Chính phủ",
            theme: "",
            port,
            communes: Vec::new(),
        },
        Node {
            label: "mof",
            level: Level::Ministry,
            name: ministry.name.clone(),
            name_en: ministry.name_en.clone(),
            accountable: "Văn phòng Bộ Tài chính",
            theme: "#0b5563",
            port: port.checked_add(1).context("--port is too large")?,
            communes: Vec::new(),
        },
        Node {
            label: "laocai",
            level: Level::Province,
            name: place.full_name(),
            name_en: place.full_name_en(),
            accountable: "Văn phòng Ủy ban nhân dân tỉnh",
            theme: "#7a3b00",
            port: port.checked_add(2).context("--port is too large")?,
            communes,
        },
    ])
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
    let started = Instant::now();
    let demo = Demo::start(&args.dir, args.port, true).await?;
    let control = control::listen(&args.dir, &demo).await?;
    demo.tour(&args.dir, started.elapsed());
    serve::stop_asked().await;
    println!("\nĐang dừng, dữ liệu được giữ ở {} …", args.dir.display());
    control.abort();
    demo.close().await;
    Ok(())
}

/// A running demonstration.
pub struct Demo {
    /// The nodes: the Government's, the ministry's, the province's.
    pub nodes: Vec<(String, App, Cable)>,
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
        lay_out(dir, &nation, &dice)?;
        let mut nodes = Vec::new();
        for node in &nation {
            bar.set_message(format!("khởi động {} · starting", node.label));
            let cable = Cable::default();
            let given = Given { line: cable.clone(), ..Given::default() };
            let config = Config::read(&dir.join(node.label))?;
            let app = App::open(config, given).await?;
            init::portals(&app, portals_of(node)?).await?;
            serve::start(&app).await?;
            nodes.push((node.label.to_owned(), app, cable));
        }
        let demo = Demo { nodes };
        demo.enrol(&nation, &bar).await?;
        content::issue(&demo, &bar).await?;
        bar.finish_and_clear();
        Ok(demo)
    }

    /// A node by its label.
    pub fn node(&self, label: &str) -> Option<&App> {
        self.nodes.iter().find(|(l, _, _)| l == label).map(|(_, app, _)| app)
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

    fn tour(&self, dir: &Path, took: Duration) {
        let port =
            |label: &str| self.node(label).map_or(0, |a| a.config.listen.first().map_or(0, |l| l.port()));
        let (p, m, l) = (port("chinhphu"), port("mof"), port("laocai"));
        let dir = dir.display();
        let item = "…";
        println!(
            "\n  Bản trình diễn đã sẵn sàng sau {:.1} giây · ready. Ctrl-C để dừng; dữ liệu ở {dir}\n
  Cổng Thông tin điện tử Chính phủ   http://chinhphu.localhost:{p}/
  Bộ Tài chính                       http://mof.localhost:{m}/
  Tỉnh Lào Cai                       http://laocai.localhost:{l}/
  Xã Mù Cang Chải                    http://mucangchai.laocai.localhost:{l}/   (và 98 xã, phường khác)\n
  Năm bước · five steps
  1 Đọc · read      Mở cổng xã Mù Cang Chải, đọc một nghị định của Chính phủ.
  2 Kiểm tra        Bấm “Kiểm tra ngay trên máy này”: chữ ký và vị trí trong sổ được kiểm tra trong trình duyệt.
    · verify        Hoặc: nhipcau verify http://mucangchai.laocai.localhost:{l}/muc/{item}
  3 Rút cáp · cut   nhipcau demo cut laocai --dir {dir}
  4 Đính chính      nhipcau correct <mã> sửa.md --node http://127.0.0.1:{p} --dir {dir}/chinhphu
    · correct       nhipcau withdraw <mã> --reason \"…\" --node http://127.0.0.1:{p} --dir {dir}/chinhphu
  5 Cắm lại · mend  nhipcau demo mend laocai --dir {dir}   rồi tải lại trang: bản đính chính đã đến.\n",
            took.as_secs_f32()
        );
    }

    /// Stops the three nodes.
    pub async fn close(&self) {
        for (_, app, _) in &self.nodes {
            app.close().await;
        }
    }
}

fn enrolled(app: &App, origin: &Origin) -> bool {
    let directory = app.directory.load();
    directory.agency(origin).is_some_and(|agency| agency.node.is_some())
}

/// Waits for something that must come within a minute.
async fn until(what: &str, mut done: impl FnMut() -> bool) -> anyhow::Result<()> {
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

fn portals_of(node: &Node) -> anyhow::Result<Vec<init::NewPortal>> {
    let mut portals = vec![init::NewPortal {
        domain: node.domain(),
        origin: node.origin()?,
        main: true,
        theme: node.theme.to_owned(),
    }];
    for commune in &node.communes {
        portals.push(init::NewPortal {
            domain: commune.domain.clone(),
            origin: format!("{}/log", commune.domain).parse()?,
            main: false,
            theme: node.theme.to_owned(),
        });
    }
    Ok(portals)
}

/// Writes the folders of the three nodes, with one root note that all pin. What is there stays.
fn lay_out(dir: &Path, nation: &[Node; 3], dice: &Dice) -> anyhow::Result<()> {
    std::fs::create_dir_all(dir).with_context(|| format!("create {}", dir.display()))?;
    let kept = dir.join("root.note");
    let mut cosigners = Vec::new();
    for node in nation {
        let keys = dir.join(node.label).join("keys");
        Keyring::create(&keys, &node.node_name()?, dice)?;
        cosigners.push(Keyring::open(&keys, &node.node_name()?)?.cosigner().verifier());
    }
    let note = if kept.exists() {
        std::fs::read_to_string(&kept)?
    } else {
        let keyring = Keyring::open(&dir.join(nation[0].label).join("keys"), &nation[0].node_name()?)?;
        let root = keyring.own(&nation[0].origin()?, dice)?;
        let heads = keyring.own(&format!("{}/heads", nation[0].domain()).parse()?, dice)?;
        // In the demonstration the holders' secrets are thrown away at once: it never changes its root.
        let (note, _) = init::root_note(root, heads, cosigners, 2, dice)?;
        std::fs::write(&kept, &note)?;
        note
    };
    for (at, node) in nation.iter().enumerate() {
        let neighbours = nation
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != at && at != 0)
            .map(|(other, neighbour)| {
                Ok(Neighbour {
                    name: neighbour.node_name()?.to_string(),
                    url: neighbour.url(),
                    role: if other == 0 { Role::Primary } else { Role::Backup },
                })
            })
            .collect::<anyhow::Result<Vec<_>>>()?;
        let file = File {
            name: node.node_name()?.to_string(),
            url: node.url(),
            listen: vec![format!("127.0.0.1:{}", node.port), format!("[::1]:{}", node.port)],
            database: "data/nhipcau.db".into(),
            content: "data/content".into(),
            keys: "keys".into(),
            root: "root.note".into(),
            demo: true,
            private_addresses: true,
            trusted_proxies: Vec::new(),
            tls: None,
            follows_all: true,
            neighbours,
        };
        let folder = dir.join(node.label);
        // The ports may differ from one start to the next; everything else stays.
        let path = folder.join(crate::config::FILE);
        if path.exists() {
            std::fs::remove_file(&path)?;
        }
        init::folder(&folder, &file, &note, dice)?;
    }
    Ok(())
}
