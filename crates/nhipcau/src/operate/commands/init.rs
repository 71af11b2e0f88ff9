//! `init`: a node's folder, its keys, its first portals, and what it asks of its parent. `token`: a new token.

mod parent;
mod tokens;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use network::entry::Level;
use network::names::Origin;
use network::root::RootNote;
use vietnam::units::{ProvinceCode, Units};

use super::look;
use crate::agencies::enrol::request_of;
use crate::agencies::look as looks;
use crate::app::{App, Given};
use crate::clock::Dice;
use crate::config::{Config, File, PeopleTable, Tls};
use crate::logs::keys::{Keyring, private_folder, write_secret};
use crate::operate::init::{self, NewPortal};
use crate::people::appoint::{self, Newcomer};
use crate::people::audit::Who;
use crate::people::{self, Role};

/// What `init` takes.
#[derive(clap::Args)]
#[command(after_help = "A province with all its communes, behind the Government's node:\n  \
    curl -o root.note https://chinhphu.vn/.well-known/nhipcau/root/1\n  \
    nhipcau init --dir /var/lib/nhipcau --domain laocai.gov.vn --title \"Tỉnh Lào Cai\" --level province \\\n    \
    --url https://laocai.gov.vn --listen [::]:443 --tls-certificate tls/chain.pem --tls-key tls/key.pem \\\n    \
    --parent https://chinhphu.vn --root-note root.note --communes-of 15 --follows-all\n\
    A commune with a node of its own: --level commune, and the province as --parent.\n\
    A province that begins alone and joins a nation later: --new-root in place of --parent and --root-note.\n  \
    The main portal's key in a token: --log-key 'pkcs11:token=…;object=…?module-path=…&pin-source=file:…' (nhipcau keys --help)\n\n\
    Writes nhipcau.toml (each key explained), keys/, admin.token, root.note, join-request.json for the parent's\n\
    administrator, and communes/ with the communes' requests, which this node enrols itself. What is there already\n\
    stays: the command can be repeated. With --new-root, holders/ has five secret keys: give each to another\n\
    person, offline, and delete the folder.")]
pub struct Args {
    /// The node's folder
    #[arg(long)]
    dir: PathBuf,
    /// The main portal's domain
    #[arg(long)]
    domain: String,
    /// The agency's name in Vietnamese
    #[arg(long)]
    title: String,
    /// And in English
    #[arg(long, default_value = "")]
    title_en: String,
    /// central, ministry, province, commune or unit
    #[arg(long)]
    level: String,
    /// Its code (QCVN 102), for example H38
    #[arg(long)]
    code: Option<String>,
    /// The unit that answers for the portal: "Văn phòng Ủy ban nhân dân tỉnh"
    #[arg(long)]
    accountable: Option<String>,
    /// The act that makes it so: a decision's number
    #[arg(long, value_name = "ACT", requires = "accountable")]
    accountable_basis: Option<String>,
    /// Where other nodes reach this one
    #[arg(long)]
    url: String,
    /// Where to listen; [::]:443 takes IPv4 and IPv6
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: Vec<String>,
    /// TLS certificate chain in PEM, if this server speaks TLS itself
    #[arg(long, requires = "tls_key")]
    tls_certificate: Option<PathBuf>,
    /// Its private key in PEM
    #[arg(long, requires = "tls_certificate")]
    tls_key: Option<PathBuf>,
    /// A proxy in front of this server, whose X-Forwarded-* headers are believed
    #[arg(long)]
    trusted_proxy: Vec<std::net::IpAddr>,
    /// Certificate authorities (PEM) to trust as well when other nodes are called
    #[arg(long)]
    ca: Option<PathBuf>,
    /// The parent's node, followed first
    #[arg(long)]
    parent: Option<String>,
    /// The parent's node's name, if it cannot be asked now: chinhphu.vn/node
    #[arg(long, requires = "parent")]
    parent_name: Option<String>,
    /// The nation's root note
    #[arg(long, conflicts_with = "new_root")]
    root_note: Option<PathBuf>,
    /// Begin as a root of its own; a national root can enrol it later
    #[arg(long)]
    new_root: bool,
    /// Also host every commune of this province, by code
    #[arg(long)]
    communes_of: Option<String>,
    /// But not this one, by its label (mucangchai): it has a node of its own
    #[arg(long, requires = "communes_of")]
    except: Vec<String>,
    /// The portal's colour, #rrggbb
    #[arg(long, alias = "color")]
    colour: Option<String>,
    /// The portal's mark, an SVG or PNG file
    #[arg(long)]
    mark: Option<PathBuf>,
    /// The login of the console's first administrator, who gets a one-time link
    #[arg(long, value_name = "LOGIN", default_value = "quan-tri")]
    administrator: String,
    /// PostgreSQL's address instead of the embedded database
    #[arg(long)]
    database: Option<String>,
    /// Allow http and private addresses (the state's own network, a rehearsal)
    #[arg(long)]
    private: bool,
    /// Mirror every log of the nation (ministries and provinces do)
    #[arg(long)]
    follows_all: bool,
    /// Make the key of the main portal's log in a token: a PKCS#11 URI (see nhipcau keys --help)
    #[arg(long, value_name = "URI")]
    log_key: Option<String>,
    /// And the key of the heads log
    #[arg(long, value_name = "URI", requires = "new_root")]
    heads_key: Option<String>,
    /// Issue at once what is handed in with the token: only where the agency's own system sees to two people
    #[arg(long)]
    issues_at_once: bool,
}

/// What `token` takes.
#[derive(clap::Args)]
pub struct TokenArgs {
    /// The node's folder
    #[arg(long)]
    dir: PathBuf,
}

/// The unit that answers for a commune's portal, unless its parent states another, and the act by which communes have it.
const COMMUNE_OFFICE: &str = "Văn phòng HĐND và UBND";
const COMMUNE_OFFICE_BASIS: &str = "Nghị định 150/2025/NĐ-CP";

/// A portal that the new node will answer for.
struct Body {
    domain: String,
    origin: Origin,
    name: (String, String),
    level: Level,
}

/// Makes a node.
///
/// # Errors
/// What is wrong with the values, or cannot be written. Nothing is written before all values hold.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let bodies = bodies(&args)?;
    let login = people::login(&args.administrator)
        .map_err(|(vi, en)| anyhow::anyhow!("--administrator: {vi} · {en}"))?;
    let look = look::read(args.colour.clone(), args.mark.as_deref())?;
    let look = look.check().map_err(|problem| anyhow::anyhow!("--{problem}"))?;
    let mut file = file(&args)?;
    let config = file.clone().check(&args.dir)?;
    let there = args.dir.join(crate::config::FILE).exists();
    if !there {
        ensure!(
            args.root_note.is_some() || args.new_root || config.root.exists(),
            "--root-note FILE (the nation's, from who runs the root) or --new-root is needed"
        );
        if let Some(url) = &args.parent {
            file.neighbours = vec![parent::neighbour(&config, url, args.parent_name.as_deref()).await?];
        }
    }
    if !there {
        file.log_keys = tokens::log_keys(&args, &bodies[0])?;
    }
    let config = file.clone().check(&args.dir)?;
    let dice = Dice::system();
    let note = root_note(&args, &config, &bodies[0], &dice)?;
    init::folder(&args.dir, &file, &note, &dice)?;
    let app = App::open(Config::read(&args.dir)?, Given::default()).await?;
    let new = bodies.iter().enumerate().map(|(at, body)| NewPortal {
        domain: body.domain.clone(),
        origin: body.origin.clone(),
        main: at == 0,
        theme: String::new(),
    });
    init::portals(&app, new.collect()).await?;
    looks::set(&app, &args.domain, look).await.map_err(|problem| anyhow::anyhow!("{problem}"))?;
    requests(&app, &args, &bodies)?;
    let link = administrator(&app, login).await?;
    report(&app, &args, bodies.len(), there, link.as_deref());
    app.close().await;
    Ok(())
}

/// Makes the first account of the main portal. Returns its one-time link; `None` if somebody works there already.
async fn administrator(app: &App, login: String) -> anyhow::Result<Option<String>> {
    let main = app.portals.load().main().context("no portal was made")?;
    if !people::store::at_log(&mut app.db.read().await?, main.log).await?.is_empty() {
        return Ok(None);
    }
    let new = Newcomer {
        login,
        name: "Quản trị".to_owned(),
        roles: vec![Role::Administrator.word().to_owned()],
        below: true,
        since: None,
        until: None,
    };
    let invited = appoint::invite(app, &main, Who::Token, new).await;
    Ok(Some(invited.map_err(|problem| anyhow::anyhow!("{problem}"))?.link))
}

/// The portals that are asked for, the main one first.
fn bodies(args: &Args) -> anyhow::Result<Vec<Body>> {
    let level: Level = args.level.parse().map_err(|e: String| anyhow::anyhow!("--level {e}"))?;
    ensure!(!args.title.trim().is_empty(), "--title is empty");
    let body = |domain: String, name, level| {
        let origin =
            format!("{domain}/log").parse().map_err(|e| anyhow::anyhow!("--domain {domain:?} {e}"))?;
        anyhow::Ok(Body { domain, origin, name, level })
    };
    let mut bodies = vec![body(args.domain.clone(), (args.title.clone(), args.title_en.clone()), level)?];
    let Some(code) = &args.communes_of else { return Ok(bodies) };
    let code: ProvinceCode = code.parse().map_err(|e| anyhow::anyhow!("--communes-of {code}: {e}"))?;
    let communes = Units::shipped().communes_of(code);
    if communes.is_empty() {
        let known = Units::shipped().provinces().iter().map(|p| format!("{} {}", p.code, p.name));
        bail!(
            "--communes-of: no province has the code {code}; there are {}",
            known.collect::<Vec<_>>().join(", ")
        );
    }
    for label in &args.except {
        ensure!(
            communes.iter().any(|commune| commune.label() == label),
            "--except {label}: no commune of the province {code} has this label; labels look like {}",
            communes[0].label()
        );
    }
    for commune in communes.iter().filter(|commune| !args.except.iter().any(|label| label == commune.label()))
    {
        let name = (commune.full_name(), commune.full_name_en());
        bodies.push(body(commune.domain_under(&args.domain), name, Level::Commune)?);
    }
    Ok(bodies)
}

fn file(args: &Args) -> anyhow::Result<File> {
    // Paths that were typed start where the person is; those in the file start at the file.
    let absolute = |path: &PathBuf| std::path::absolute(path).with_context(|| path.display().to_string());
    let tls = match (&args.tls_certificate, &args.tls_key) {
        (Some(certificate), Some(key)) => {
            Some(Tls { certificate: absolute(certificate)?, key: absolute(key)?, redirect: Vec::new() })
        }
        _ => None,
    };
    Ok(File {
        name: format!("{}/node", args.domain),
        url: args.url.clone(),
        listen: args.listen.clone(),
        database: args.database.clone().unwrap_or_else(|| "data/nhipcau.db".into()),
        content: "data/content".into(),
        keys: "keys".into(),
        root: "root.note".into(),
        demo: false,
        rehearsal_portal: None,
        private_addresses: args.private,
        trusted_proxies: args.trusted_proxy.clone(),
        ca: args.ca.as_ref().map(absolute).transpose()?,
        tls,
        follows_all: args.follows_all || args.new_root,
        issues_at_once: args.issues_at_once.then(|| args.domain.clone()).into_iter().collect(),
        people: PeopleTable::default(),
        log_keys: Vec::new(),
        mail: None,
        push: None,
        neighbours: Vec::new(),
    })
}

/// The note that this node will pin: the one that is there, the one that was given, or a new root's.
fn root_note(args: &Args, config: &Config, main: &Body, dice: &Dice) -> anyhow::Result<String> {
    if config.root.exists() {
        return std::fs::read_to_string(&config.root)
            .with_context(|| format!("read {}", config.root.display()));
    }
    if let Some(path) = &args.root_note {
        let note =
            std::fs::read_to_string(path).with_context(|| format!("--root-note: read {}", path.display()))?;
        RootNote::open(&note).with_context(|| format!("--root-note {}", path.display()))?;
        return Ok(note);
    }
    private_folder(&args.dir)?;
    Keyring::create(&config.keys, &config.name, dice)?;
    let keyring = Keyring::of(config)?;
    let heads: Origin = format!("{}/heads", args.domain).parse()?;
    let cosigners = vec![keyring.cosigner().verifier()];
    let (note, holders) =
        init::root_note(keyring.own(&main.origin, dice)?, keyring.own(&heads, dice)?, cosigners, 1, dice)?;
    let folder = args.dir.join("holders");
    private_folder(&folder)?;
    for (n, holder) in holders.iter().enumerate() {
        write_secret(&folder.join(format!("holder-{}.key", n + 1)), &holder.secret_text())?;
    }
    Ok(note)
}

/// Writes what the parent is asked for, and what this node's own portal is asked for by its communes.
fn requests(app: &App, args: &Args, bodies: &[Body]) -> anyhow::Result<()> {
    for (at, body) in bodies.iter().enumerate() {
        let mut request =
            request_of(app, &body.origin, &body.domain, (&body.name.0, &body.name.1), body.level)?;
        let path = if at == 0 {
            request.code = args.code.clone();
            request.accountable = args.accountable.clone();
            request.accountable_basis = args.accountable_basis.clone();
            args.dir.join("join-request.json")
        } else {
            request.accountable = Some(COMMUNE_OFFICE.to_owned());
            request.accountable_basis = Some(COMMUNE_OFFICE_BASIS.to_owned());
            let folder = args.dir.join("communes");
            std::fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
            folder.join(format!("{}.json", body.domain))
        };
        std::fs::write(&path, serde_json::to_vec_pretty(&request)?)
            .with_context(|| format!("write {}", path.display()))?;
    }
    Ok(())
}

/// What was made, and what comes next.
fn report(app: &App, args: &Args, portals: usize, there: bool, link: Option<&str>) {
    let dir = args.dir.display();
    let name = &app.config.name;
    if there {
        println!(
            "Máy chủ {name} đã có trong {dir}; nhipcau.toml và khóa giữ nguyên · it was there, and stays"
        );
    } else {
        println!("Đã tạo máy chủ {name} trong {dir} với {portals} cổng · made, with {portals} portals");
    }
    println!(
        "Thư gốc · root note: {}\n  so dấu này với dấu do cơ quan giữ gốc công bố · compare it with what the root's keeper publishes",
        parent::fingerprint(&app.root)
    );
    println!("\nViệc tiếp theo · next:");
    let mut step = 0;
    let mut next = |text: String| {
        step += 1;
        println!("  {step}. {text}");
    };
    if args.new_root {
        next(format!(
            "{dir}/holders: năm khóa, giao năm người giữ ngoại tuyến, rồi xóa thư mục · five keys for five people, offline"
        ));
    } else {
        next(format!(
            "Gửi {dir}/join-request.json cho quản trị cấp trên; họ chạy: nhipcau enrol join-request.json · send it to the parent"
        ));
    }
    next(format!("nhipcau serve --dir {dir}"));
    if let Some(link) = link {
        next(format!(
            "Đặt mật khẩu quản trị trong ba ngày · choose the administrator's password within three days:\n     {}{link}\n     Cần liên kết mới · a new link: nhipcau people link {} --dir {dir}",
            app.config.url, args.administrator
        ));
    }
    if args.new_root {
        next(format!(
            "nhipcau enrol {dir}/join-request.json --dir {dir}   (gốc tự khai · the root states itself)"
        ));
    }
    if portals > 1 {
        next(format!(
            "Khi đã được ghi danh · once enrolled: nhipcau enrol {dir}/communes --dir {dir}   ({} cổng)",
            portals - 1
        ));
    }
}

/// Makes a new token; the old one opens nothing after the next start.
///
/// # Errors
/// When it cannot be written.
pub fn token(args: &TokenArgs) -> anyhow::Result<()> {
    ensure!(
        args.dir.join(crate::config::FILE).exists(),
        "{} holds no node; name its folder with --dir",
        Path::new(&args.dir).display()
    );
    init::token(&args.dir, &Dice::system(), true)?;
    println!(
        "Mã mới ở {}/admin.token; khởi động lại máy chủ để dùng · restart the node to use it",
        args.dir.display()
    );
    Ok(())
}
