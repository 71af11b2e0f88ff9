//! The three nodes of the demonstration: who they are, and their folders on disk.

use std::fs::{File, TryLockError};
use std::path::Path;

use anyhow::{Context, bail};
use jiff::civil::Date;
use network::entry::Level;
use network::names::Origin;
use vietnam::agencies::Agencies;
use vietnam::units::Units;

use crate::clock::Dice;
use crate::config::{self, FILE, Neighbour, Role};
use crate::logs::keys::{Keyring, write_secret};
use crate::operate::init;

/// Stands in the demonstration's folder from its first moment, so that no other folder is ever taken for one.
const MARK: &str = "ban-trinh-dien.txt";
const MARK_SAYS: &str = "Dữ liệu của bản trình diễn Nhịp Cầu. Muốn làm lại từ đầu: dừng bản trình diễn, xóa cả thư mục này.\n\
                         Data of the Nhịp Cầu demonstration. To begin anew: stop it and delete this whole folder.\n";

/// One of the three nodes.
pub(super) struct Node {
    /// The label of its domain: `laocai`.
    pub label: &'static str,
    pub level: Level,
    pub name: String,
    pub name_en: String,
    /// The unit that answers for its portal.
    pub accountable: &'static str,
    theme: &'static str,
    port: u16,
    pub communes: Vec<Commune>,
}

pub(super) struct Commune {
    pub domain: String,
    pub name: String,
    pub name_en: String,
}

impl Node {
    pub fn domain(&self) -> String {
        format!("{}.localhost", self.label)
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn origin(&self) -> anyhow::Result<Origin> {
        Ok(format!("{}/log", self.domain()).parse()?)
    }

    fn node_name(&self) -> anyhow::Result<Origin> {
        Ok(format!("{}/node", self.domain()).parse()?)
    }
}

/// The three nodes, from the shipped directory as it stands on a day.
pub(super) fn nation(port: u16, day: Date) -> anyhow::Result<[Node; 3]> {
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

/// The portals that a node hosts.
pub(super) fn portals_of(node: &Node) -> anyhow::Result<Vec<init::NewPortal>> {
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

/// The port with which the demonstration in `dir` was made, if there is one.
pub(super) fn kept_port(dir: &Path) -> Option<u16> {
    std::fs::read_to_string(dir.join(MARK)).ok()?.lines().last()?.strip_prefix("port ")?.parse().ok()
}

/// A folder that this process alone uses; another may, once this is dropped or the process has ended.
pub(super) struct Claim {
    _locked: File,
}

/// Takes a folder for the demonstration: a new or empty one, or one that it has taken before.
///
/// # Errors
/// When the folder holds something else, was made with another port, or a demonstration runs there; nothing in it is
/// touched.
pub(super) fn claim(dir: &Path, port: u16) -> anyhow::Result<Claim> {
    std::fs::create_dir_all(dir).with_context(|| format!("create {}", dir.display()))?;
    let mark = dir.join(MARK);
    if !mark.exists() {
        empty(dir)?;
        write_secret(&mark, &format!("{MARK_SAYS}port {port}\n"))?;
    }
    // The nodes' addresses stand in signed logs and in QR codes; they do not change with a flag.
    if let Some(kept) = kept_port(dir).filter(|kept| *kept != port) {
        bail!(
            "the demonstration in {} was made with --port {kept}; start it with that, or name a new folder with --dir \
             (bản trình diễn trong thư mục này dùng --port {kept})",
            dir.display()
        );
    }
    let locked = File::open(&mark).with_context(|| format!("open {}", mark.display()))?;
    // Two that write the same logs would sign two histories.
    match locked.try_lock() {
        Ok(()) => Ok(Claim { _locked: locked }),
        Err(TryLockError::WouldBlock) => bail!(
            "a demonstration runs in {} already; stop it with Ctrl-C, or name another folder with --dir \
             (bản trình diễn đang chạy trong thư mục này)",
            dir.display()
        ),
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("lock {}", mark.display())),
    }
}

fn empty(dir: &Path) -> anyhow::Result<()> {
    let mut inside = std::fs::read_dir(dir).with_context(|| format!("read {}", dir.display()))?;
    if inside.next().is_some() {
        bail!(
            "{} holds other things; nothing was touched. Name an empty or a new folder with --dir \
             (thư mục này đang chứa thứ khác; hãy chọn thư mục trống hoặc thư mục mới)",
            dir.display()
        );
    }
    Ok(())
}

/// Writes the folders of the three nodes, with one root note that all pin. What is there stays.
///
/// # Errors
/// When the folder cannot be written.
pub(super) fn lay_out(dir: &Path, nation: &[Node; 3], dice: &Dice) -> anyhow::Result<()> {
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
        write_secret(&kept, &note)?;
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
        let file = config::File {
            name: node.node_name()?.to_string(),
            url: node.url(),
            listen: vec![format!("127.0.0.1:{}", node.port), format!("[::1]:{}", node.port)],
            database: "data/nhipcau.db".into(),
            content: "data/content".into(),
            keys: "keys".into(),
            root: "root.note".into(),
            demo: true,
            rehearsal_portal: None,
            private_addresses: true,
            trusted_proxies: Vec::new(),
            ca: None,
            tls: None,
            follows_all: true,
            // Its guided commands stand for the agencies' own systems.
            issues_at_once: std::iter::once(node.domain())
                .chain(node.communes.iter().map(|commune| commune.domain.clone()))
                .collect(),
            people: config::PeopleTable::default(),
            log_keys: Vec::new(),
            mail: None,
            push: None,
            neighbours,
        };
        let folder = dir.join(node.label);
        // The configuration is this program's own: a newer version may write it otherwise.
        let path = folder.join(FILE);
        if path.exists() {
            std::fs::remove_file(&path)?;
        }
        init::folder(&folder, &file, &note, dice)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_folder_of_something_else_is_left_alone() {
        let other = tempfile::tempdir().unwrap();
        std::fs::write(other.path().join("luan-van.odt"), "x").unwrap();
        let refused = claim(other.path(), 8000).err().unwrap().to_string();
        assert!(refused.contains("holds other things") && refused.contains("--dir"), "{refused}");
        assert_eq!(std::fs::read_dir(other.path()).unwrap().count(), 1);

        let ours = other.path().join("moi");
        assert_eq!(kept_port(&ours), None);
        let first = claim(&ours, 8000).unwrap();
        std::fs::write(ours.join("root.note"), "").unwrap();
        let second = claim(&ours, 8000).err().unwrap().to_string();
        assert!(second.contains("runs in") && second.contains("Ctrl-C"), "{second}");
        drop(first);
        let moved = claim(&ours, 9000).err().unwrap().to_string();
        assert!(moved.contains("--port 8000"), "{moved}");
        assert_eq!(kept_port(&ours), Some(8000));
        claim(&ours, 8000).unwrap();
    }
}
