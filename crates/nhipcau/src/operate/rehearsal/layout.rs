//! The folder of a rehearsal: three agencies on one node with a root of its own.

use std::path::Path;

use anyhow::{Context, bail};
use network::entry::Level;
use network::names::Origin;
use serde::{Deserialize, Serialize};

use super::STEP;
use crate::clock::Dice;
use crate::config::{Config, FILE, File, PeopleTable};
use crate::logs::keys::{Keyring, private_folder, write_secret};
use crate::operate::init;
use crate::operate::lock::{self, State};

/// Stands in the folder from its first moment: who rehearses, and that the folder may be erased.
const MARK: &str = "tap-duot.toml";
/// The agency's own place among [`of`].
pub(super) const OWN: usize = 1;

/// The agency that rehearses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Office {
    /// Its name.
    pub title: String,
    /// And in English.
    pub title_en: String,
    /// Its level, as the command takes it.
    pub level: String,
    /// The host name under which its portal is opened.
    pub domain: String,
}

/// One of the three agencies.
pub(super) struct Body {
    pub domain: String,
    pub origin: Origin,
    pub title: String,
    pub title_en: String,
    pub level: Level,
    /// Its parent's place; its own for the root.
    pub above: usize,
}

fn name(domain: &str, last: &str) -> anyhow::Result<Origin> {
    format!("{domain}/{STEP}/{last}")
        .parse()
        .map_err(|e| anyhow::anyhow!("--domain {domain:?}: {e}; write it like tap-duot.localhost"))
}

fn bodies(office: &Office) -> anyhow::Result<[Body; 3]> {
    let body = |domain: String, title: &str, title_en: &str, level, above| {
        anyhow::Ok(Body {
            origin: name(&domain, "log")?,
            domain,
            title: title.to_owned(),
            title_en: title_en.to_owned(),
            level,
            above,
        })
    };
    let Office { title, title_en, level, domain } = office;
    let level: Level = level.parse().map_err(|e: String| anyhow::anyhow!("--level {e}"))?;
    if level == Level::Central {
        bail!("--level: the agency stands below another here; give ministry, province, commune or unit");
    }
    let above = format!("cap-tren.{domain}");
    let below = format!("don-vi.{domain}");
    Ok([
        body(above, "Cơ quan cấp trên (tập dượt)", "Superior agency (rehearsal)", Level::Central, 0)?,
        body(domain.clone(), title, title_en, level, 0)?,
        body(
            below,
            "Đơn vị trực thuộc (tập dượt)",
            "Unit below (rehearsal)",
            Level::Unit,
            unit_above(level),
        )?,
    ])
}

/// Where the unit hangs: under the agency, unless that is a unit itself.
fn unit_above(level: Level) -> usize {
    if level == Level::Unit { 0 } else { OWN }
}

/// The agencies of the rehearsal in a node's folder: the one above, the own one, the one below.
///
/// # Errors
/// The folder is no rehearsal's.
pub(super) fn of(config: &Config) -> anyhow::Result<[Body; 3]> {
    bodies(&read(&config.folder)?)
}

fn read(dir: &Path) -> anyhow::Result<Office> {
    let path = dir.join(MARK);
    let text = std::fs::read_to_string(&path).with_context(|| {
        format!(
            "{} holds no rehearsal; nothing was touched (thư mục này không phải bản tập dượt)",
            dir.display()
        )
    })?;
    toml::from_str(&text).with_context(|| format!("{} is damaged", path.display()))
}

/// Writes the folder, or finds it as it was written before.
///
/// # Errors
/// The folder holds something else; nothing in it is touched.
pub(super) fn lay_out(dir: &Path, office: &Office, listen: &str, dice: &Dice) -> anyhow::Result<Config> {
    // The configuration comes after the keys: without it the first start broke off, and begins again.
    if dir.join(FILE).exists() && dir.join(MARK).exists() {
        // Who rehearses stands in signed logs: what is typed at a second start does not change it.
        return Config::read(dir);
    }
    std::fs::create_dir_all(dir).with_context(|| format!("create {}", dir.display()))?;
    let begun = dir.join(MARK).exists();
    if !begun && std::fs::read_dir(dir).with_context(|| format!("read {}", dir.display()))?.next().is_some() {
        bail!(
            "{} holds other things; nothing was touched. Name an empty or a new folder with --dir \
             (thư mục này đang chứa thứ khác; hãy chọn thư mục trống)",
            dir.display()
        );
    }
    let [above, ..] = bodies(office)?;
    let at: std::net::SocketAddr = listen
        .parse()
        .with_context(|| format!("--listen {listen:?} is not an address such as 127.0.0.1:8090"))?;
    let file = File {
        name: name(&office.domain, "node")?.to_string(),
        url: format!("http://{}:{}", office.domain, at.port()),
        listen: vec![listen.to_owned()],
        database: "data/nhipcau.db".into(),
        content: "data/content".into(),
        keys: "keys".into(),
        root: "root.note".into(),
        demo: false,
        private_addresses: true,
        trusted_proxies: Vec::new(),
        ca: None,
        tls: None,
        follows_all: false,
        // As in the real console: two people.
        issues_at_once: Vec::new(),
        people: PeopleTable::default(),
        rehearsal_portal: None,
        log_keys: Vec::new(),
        mail: None,
        push: None,
        neighbours: Vec::new(),
    };
    let config = file.clone().check(dir)?;
    private_folder(dir)?;
    write_secret(&dir.join(MARK), &toml::to_string(office)?)?;
    Keyring::create(&config.keys, &config.name, dice)?;
    let keyring = Keyring::open(&config.keys, &config.name)?;
    let heads = keyring.own(&name(&above.domain, "heads")?, dice)?;
    let cosigners = vec![keyring.cosigner().verifier()];
    // The holders' secrets are thrown away at once: a rehearsal never changes its root.
    let (note, _) = init::root_note(keyring.own(&above.origin, dice)?, heads, cosigners, 1, dice)?;
    init::folder(dir, &file, &note, dice)?;
    Config::read(dir)
}

/// Erases a rehearsal that does not run.
///
/// # Errors
/// The folder is no rehearsal's, or it runs; nothing is touched.
pub(super) fn clear(dir: &Path) -> anyhow::Result<()> {
    read(dir)?;
    if dir.join(FILE).exists() {
        let config = Config::read(dir)?;
        if !config.rehearsal {
            bail!("{} is the node {}; it is not erased (đây là máy chủ thật)", dir.display(), config.name);
        }
        if let State::Running(_) = lock::look(dir)? {
            bail!(
                "the rehearsal in {} runs; stop it with Ctrl-C first (bản tập dượt đang chạy; hãy dừng trước)",
                dir.display()
            );
        }
    }
    std::fs::remove_dir_all(dir).with_context(|| format!("erase {}", dir.display()))
}
