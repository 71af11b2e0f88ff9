//! One folder, one running node: an exclusive lock on `node.lock`, held for as long as the node runs.
//!
//! The system lets go of it when the process ends, however it ends, so nothing is left to clean up after a
//! crash. The file says who runs, for people and for commands; the lock, and not the file, decides.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Seek, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use crate::config::Config;

/// The name of the file in a node's folder.
pub const FILE: &str = "node.lock";

/// Who runs in a folder, as it wrote itself.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct Runs {
    /// The node's name.
    pub name: String,
    /// Its process.
    pub pid: u32,
    /// Where it can be called from this machine.
    pub url: String,
}

impl std::fmt::Display for Runs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} (process {}, {})", self.name, self.pid, self.url)
    }
}

/// The lock of a running node.
#[derive(Debug)]
pub struct Lock(Mutex<Option<File>>);

impl Lock {
    /// Takes the folder for the node of this configuration.
    ///
    /// # Errors
    /// Names the node that runs there already, or why the file cannot be written.
    pub fn take(config: &Config) -> anyhow::Result<Lock> {
        let path = config.folder.join(FILE);
        let mut file =
            OpenOptions::new().create(true).truncate(false).write(true).read(true).open(&path).with_context(
                || format!("open {}; may this user write to the node's folder?", path.display()),
            )?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                bail!("{}", in_use(&config.folder, who(&config.folder).as_ref()))
            }
            Err(TryLockError::Error(error)) => {
                return Err(error)
                    .with_context(|| format!("lock {}; does its disk know locks?", path.display()));
            }
        }
        let runs = Runs { name: config.name.to_string(), pid: std::process::id(), url: address_here(config) };
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(serde_json::to_string(&runs)?.as_bytes())
            .with_context(|| format!("write {}; is the disk full?", path.display()))?;
        Ok(Lock(Mutex::new(Some(file))))
    }

    /// Lets the folder go.
    pub fn release(&self) {
        if let Some(file) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // Closing it unlocks it; what it says of a node that has stopped is of no use any more.
            let _ = file.set_len(0);
        }
    }
}

/// Whether a node runs in a folder.
pub enum State {
    /// It does; what it says of itself, if that could be read.
    Running(Option<Runs>),
    /// It does not, and none can begin while this is held.
    Stopped(Option<File>),
}

/// Looks whether a node runs in `folder`, without leaving a trace there: a command that only reads may be run by
/// another user than the node's.
///
/// # Errors
/// When the lock file cannot be opened.
pub fn look(folder: &Path) -> anyhow::Result<State> {
    let path = folder.join(FILE);
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(State::Stopped(None)),
        Err(error) => return Err(error).with_context(|| format!("open {}", path.display())),
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(State::Stopped(Some(file))),
        Err(TryLockError::WouldBlock) => Ok(State::Running(who(folder))),
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("lock {}", path.display())),
    }
}

/// What stands where a folder is in use.
pub fn in_use(folder: &Path, runs: Option<&Runs>) -> String {
    let who = runs.map_or_else(|| "a node".to_owned(), ToString::to_string);
    format!(
        "{} is in use by {who}; one folder serves one node. Stop that one first (thư mục đang được máy chủ này dùng; hãy dừng nó trước)",
        folder.display()
    )
}

fn who(folder: &Path) -> Option<Runs> {
    serde_json::from_slice(&std::fs::read(folder.join(FILE)).ok()?).ok()
}

/// Where a node can be called from its own machine: plainly at an address that it listens on, or, where it speaks TLS,
/// under the name of its certificate.
fn address_here(config: &Config) -> String {
    match config.listen.first() {
        Some(address) if config.tls.is_none() => format!("http://{}", reachable(*address)),
        _ => config.url.clone(),
    }
}

fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(folder: &Path) -> Config {
        let text = "name = \"a.vn/node\"\nurl = \"https://a.vn\"\nlisten = [\"[::]:443\"]";
        toml::from_str::<crate::config::File>(text).unwrap().check(folder).unwrap()
    }

    #[test]
    fn a_folder_is_held_by_one_node_and_free_again_after_it() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(look(folder.path()).unwrap(), State::Stopped(None)));
        let lock = Lock::take(&config(folder.path())).unwrap();
        let State::Running(Some(runs)) = look(folder.path()).unwrap() else { panic!("it runs") };
        assert_eq!((&*runs.name, &*runs.url), ("a.vn/node", "http://[::1]:443"));
        let second = Lock::take(&config(folder.path())).unwrap_err().to_string();
        assert!(second.contains("a.vn/node") && second.contains("http://[::1]:443"), "{second}");
        lock.release();
        let State::Stopped(Some(held)) = look(folder.path()).unwrap() else { panic!("it stopped") };
        assert!(
            Lock::take(&config(folder.path())).is_err(),
            "a command that reads keeps a node from beginning"
        );
        drop(held);
        Lock::take(&config(folder.path())).unwrap();
    }
}
