//! The node's folder: configuration, keys and who may read them, token, root note, room on the disk.

use std::path::Path;

use network::root::RootNote;

use super::{Finding, Said, Severity};
use crate::config::{Config, FILE};
use crate::db::Place;
use crate::logs::keys::Keyring;
use crate::logs::view::fingerprint;
use crate::words::Lang;

/// Below this many free bytes somebody should make room: a day of a nation with its pictures fits into it.
pub const LOW: u64 = 1 << 30;

pub(super) fn config(config: &Config) -> Vec<Finding> {
    let path = config.folder.join(FILE).display().to_string();
    let mut findings = vec![Finding::well("config", |w| w.doctor_config_ok(&path))];
    if !config.issues_at_once.is_empty() {
        let (vi, en) = (Lang::Vi.doors(), Lang::En.doors());
        let named = |more: &dyn Fn(usize) -> String| named(&config.issues_at_once, more);
        let (in_vi, in_en) = (named(&|n| vi.doctor_at_once_more(n)), named(&|n| en.doctor_at_once_more(n)));
        findings.push(Finding {
            about: "issues_at_once".into(),
            severity: Severity::Note,
            says: Said { vi: vi.doctor_at_once(&in_vi), en: en.doctor_at_once(&in_en) },
            remedy: Said { vi: vi.doctor_at_once_do.to_owned(), en: en.doctor_at_once_do.to_owned() },
        });
    }
    findings
}

/// The first of some portals by name, and how many more there are: a province has a hundred.
fn named(portals: &[String], more: impl Fn(usize) -> String) -> String {
    const NAMED: usize = 5;
    let names = portals.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match portals.len().saturating_sub(NAMED) {
        0 => names,
        rest => format!("{names} {}", more(rest)),
    }
}

/// Keys and token: there, whole, and read by nobody else.
pub(super) fn secrets(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Err(error) = Keyring::of(config) {
        let detail = format!("{error:#}");
        findings.push(Finding::hand("key", |w| w.doctor_key_bad(&detail), |w| w.doctor_key_do.to_owned()));
    }
    let mut keys = 0;
    for entry in std::fs::read_dir(&config.keys).into_iter().flatten().flatten() {
        keys += 1;
        findings.extend(open_to_others(&entry.path()));
    }
    findings.extend(open_to_others(&config.keys));
    let token = config.folder.join("admin.token");
    let enough = std::fs::read_to_string(&token).is_ok_and(|text| text.trim().len() >= 32);
    match enough {
        true => findings.extend(open_to_others(&token)),
        false => {
            let path = token.display().to_string();
            findings.push(Finding::hand(
                "token",
                |w| w.doctor_token_bad(&path),
                |w| w.doctor_token_do.to_owned(),
            ));
        }
    }
    if findings.is_empty() {
        findings.push(Finding::well("keys", |w| w.doctor_keys_ok(keys)));
    }
    findings
}

#[cfg(unix)]
pub(super) fn open_to_others(path: &Path) -> Option<Finding> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).ok()?.permissions().mode() & 0o777;
    let (path, mode, due) =
        (path.display(), format!("{mode:04o}"), if path.is_dir() { "700" } else { "600" });
    (!mode.ends_with("00"))
        .then(|| Finding::hand("key.mode", |w| w.doctor_mode(&path, &mode), |w| w.doctor_mode_do(due, &path)))
}

#[cfg(not(unix))]
pub(super) fn open_to_others(_path: &Path) -> Option<Finding> {
    None
}

/// The pinned root note and what it says.
pub(super) fn root(config: &Config) -> (Vec<Finding>, Option<RootNote>) {
    let read =
        || -> anyhow::Result<RootNote> { Ok(RootNote::open(&std::fs::read_to_string(&config.root)?)?) };
    match read() {
        Ok(root) => {
            let (print, version) = (fingerprint(&root.text().text()), root.text().version);
            let says = |w: &'static crate::words::Words| w.doctor_root_ok(version, &print);
            (vec![Finding::well("root", says)], Some(root))
        }
        Err(error) => {
            let (path, detail) = (config.root.display(), format!("{error:#}"));
            let says = |w: &'static crate::words::Words| w.doctor_root_bad(&path, &detail);
            (vec![Finding::hand("root", says, |w| w.doctor_root_do.to_owned())], None)
        }
    }
}

/// Free bytes where a path lies, for a user without special rights.
///
/// # Errors
/// When the system does not tell.
pub fn free_bytes(path: &Path) -> std::io::Result<u64> {
    let told = rustix::fs::statvfs(path)?;
    Ok(told.f_bavail.saturating_mul(told.f_frsize))
}

pub(super) fn disk(config: &Config) -> Vec<Finding> {
    let mut places = vec![config.folder.as_path()];
    places.extend(config.content.exists().then_some(config.content.as_path()));
    if let Place::Sqlite(path) = &config.database {
        places.extend(path.parent().filter(|folder| folder.exists()));
    }
    let least = places.into_iter().map(free_bytes).collect::<Result<Vec<_>, _>>();
    match least.map(|all| all.into_iter().min().unwrap_or(0)) {
        Ok(free) if free < LOW => {
            let free = size(free);
            vec![Finding::hand("disk", |w| w.doctor_disk_low(&free), |w| w.doctor_disk_do.to_owned())]
        }
        Ok(free) => {
            let free = size(free);
            vec![Finding::well("disk", |w| w.doctor_disk_ok(&free))]
        }
        Err(error) => {
            vec![Finding::hand("disk", |w| w.doctor_disk_unknown(&error), |w| w.doctor_disk_do.to_owned())]
        }
    }
}

/// A number of bytes as people say it: the same in both languages.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1_048_576 => format!("{} KB", bytes / 1024),
        1_048_576..10_737_418_240 => format!("{} MB", bytes / 1_048_576),
        _ => format!("{} GB", bytes / 1_073_741_824),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_of_portals_is_cut_and_counted() {
        let portals: Vec<String> = (1..=7).map(|n| format!("xa{n}.vn")).collect();
        let more = |n: usize| format!("+{n}");
        assert_eq!(named(&portals, more), "xa1.vn, xa2.vn, xa3.vn, xa4.vn, xa5.vn +2");
        assert_eq!(named(&portals[..5], more), "xa1.vn, xa2.vn, xa3.vn, xa4.vn, xa5.vn");
        assert_eq!(named(&[], more), "");
    }
}
