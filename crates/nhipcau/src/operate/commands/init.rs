//! `init`: a node's folder, its keys, its first portals, and what it asks of its parent. `token`: a new token.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use network::entry::Level;
use network::names::Origin;
use vietnam::units::{ProvinceCode, Units};

use crate::agencies::enrol::request_of;
use crate::app::{App, Given};
use crate::clock::Dice;
use crate::config::{Config, File, Neighbour, Role};
use crate::logs::keys::Keyring;
use crate::operate::init::{self, NewPortal};

/// What `init` takes.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  nhipcau init --dir /etc/nhipcau --domain laocai.gov.vn --title \"Tỉnh Lào Cai\" --level province \\\n    \
    --url https://laocai.gov.vn --listen [::]:443 --parent https://chinhphu.vn --root-note root.note --communes-of 15\n  \
    nhipcau init --dir ./goc --domain tinh-a.gov.vn --title \"Tỉnh A\" --level province --url https://tinh-a.gov.vn --new-root\n\n\
    Writes nhipcau.toml, keys/, admin.token, root.note and join-request-<domain>.json. Send the requests to the parent's\n\
    administrator, who runs `nhipcau enrol`. With --new-root, holders/ has five secret keys: give each to another person,\n\
    offline, and delete the folder."
)]
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
    /// Where other nodes reach this one
    #[arg(long)]
    url: String,
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: Vec<String>,
    /// The parent's node, followed first
    #[arg(long)]
    parent: Option<String>,
    /// The parent's node's name, for example chinhphu.vn/node
    #[arg(long)]
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
    /// PostgreSQL's address instead of the embedded database
    #[arg(long)]
    database: Option<String>,
    /// Allow http and private addresses (the state's own network, a rehearsal)
    #[arg(long)]
    private: bool,
    /// Mirror every log of the nation (ministries and provinces do)
    #[arg(long)]
    follows_all: bool,
}

/// What `token` takes.
#[derive(clap::Args)]
pub struct TokenArgs {
    /// The node's folder
    #[arg(long)]
    dir: PathBuf,
}

/// Makes a node.
///
/// # Errors
/// What is wrong with the values, or cannot be written.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let level: Level = args.level.parse().map_err(|e: String| anyhow::anyhow!("--level {e}"))?;
    let name: Origin = format!("{}/node", args.domain).parse().context("--domain")?;
    let origin: Origin = format!("{}/log", args.domain).parse()?;
    let dice = Dice::system();
    let note = root_note(&args, &name, &origin, &dice)?;
    let neighbours = match (&args.parent, &args.parent_name) {
        (Some(url), Some(name)) => {
            vec![Neighbour { name: name.clone(), url: url.clone(), role: Role::Primary }]
        }
        (Some(url), None) => {
            let host =
                url.split("://").nth(1).unwrap_or_default().split([':', '/']).next().unwrap_or_default();
            vec![Neighbour { name: format!("{host}/node"), url: url.clone(), role: Role::Primary }]
        }
        _ => Vec::new(),
    };
    let file = File {
        name: name.to_string(),
        url: args.url.clone(),
        listen: args.listen.clone(),
        database: args.database.clone().unwrap_or_else(|| "data/nhipcau.db".into()),
        content: "data/content".into(),
        keys: "keys".into(),
        root: "root.note".into(),
        demo: false,
        private_addresses: args.private,
        trusted_proxies: Vec::new(),
        tls: None,
        follows_all: args.follows_all || args.new_root,
        neighbours,
    };
    init::folder(&args.dir, &file, &note, &dice)?;
    let app = App::open(Config::read(&args.dir)?, Given::default()).await?;
    let mut portals = vec![(args.domain.clone(), args.title.clone(), args.title_en.clone(), level)];
    if let Some(code) = &args.communes_of {
        let code: ProvinceCode = code.parse().map_err(|e| anyhow::anyhow!("--communes-of {code}: {e}"))?;
        let communes = Units::shipped().communes_of(code);
        if communes.is_empty() {
            bail!("--communes-of: no province has the code {code}");
        }
        portals.extend(
            communes
                .iter()
                .map(|c| (c.domain_under(&args.domain), c.full_name(), c.full_name_en(), Level::Commune)),
        );
    }
    let mut new = Vec::new();
    for (domain, _, _, _) in &portals {
        let origin = format!("{domain}/log").parse()?;
        new.push(NewPortal {
            domain: domain.clone(),
            origin,
            main: *domain == args.domain,
            theme: String::new(),
        });
    }
    init::portals(&app, new).await?;
    for (domain, title, title_en, level) in &portals {
        let request = request_of(&app, &format!("{domain}/log").parse()?, domain, (title, title_en), *level)?;
        let path = args.dir.join(format!("join-request-{domain}.json"));
        std::fs::write(&path, serde_json::to_vec_pretty(&request)?)
            .with_context(|| format!("write {}", path.display()))?;
    }
    app.close().await;
    println!(
        "Đã tạo máy chủ {name} trong {} với {} cổng · made, with {} portals",
        args.dir.display(),
        portals.len(),
        portals.len()
    );
    println!("Gửi join-request-*.json cho quản trị cấp trên · send these to the parent's administrator");
    println!("Chạy: nhipcau serve --dir {}", args.dir.display());
    Ok(())
}

fn root_note(args: &Args, name: &Origin, origin: &Origin, dice: &Dice) -> anyhow::Result<String> {
    if let Some(path) = &args.root_note {
        return std::fs::read_to_string(path)
            .with_context(|| format!("--root-note: read {}", path.display()));
    }
    let kept = args.dir.join("root.note");
    if kept.exists() {
        return Ok(std::fs::read_to_string(kept)?);
    }
    if !args.new_root {
        bail!("--root-note FILE (the nation's, from who runs the root) or --new-root is needed");
    }
    let keys = args.dir.join("keys");
    Keyring::create(&keys, name, dice)?;
    let keyring = Keyring::open(&keys, name)?;
    let heads: Origin = format!("{}/heads", args.domain).parse()?;
    let cosigners = vec![keyring.cosigner().verifier()];
    let (note, holders) =
        init::root_note(keyring.own(origin, dice)?, keyring.own(&heads, dice)?, cosigners, 1, dice)?;
    let folder = args.dir.join("holders");
    std::fs::create_dir_all(&folder)?;
    for (n, holder) in holders.iter().enumerate() {
        secret(&folder.join(format!("holder-{}.key", n + 1)), &holder.secret_text())?;
    }
    Ok(note)
}

fn secret(path: &Path, text: &str) -> anyhow::Result<()> {
    let file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
    std::fs::write(file.path(), format!("{text}\n"))?;
    file.persist(path).with_context(|| format!("write {}", path.display()))?;
    Ok(())
}

/// Makes a new token; the old one opens nothing after the next start.
///
/// # Errors
/// When it cannot be written.
pub fn token(args: &TokenArgs) -> anyhow::Result<()> {
    init::token(&args.dir, &Dice::system(), true)?;
    println!(
        "Mã mới ở {}/admin.token; khởi động lại máy chủ để dùng · restart the node to use it",
        args.dir.display()
    );
    Ok(())
}
