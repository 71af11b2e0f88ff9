//! What the nation costs: memory, disk, and bytes on the wire.

use std::path::Path;

use anyhow::Context;
use serde::Serialize;

use super::world::World;

/// What one kind of resource costs, over the nodes.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Each {
    /// The mean of all nodes, in bytes.
    pub mean: u64,
    /// The most, in bytes.
    pub most: u64,
    /// The node that needs the most.
    pub whose: String,
}

/// Memory and disk.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Burden {
    /// Resident memory of the process while everything ran, in bytes; 0 where the system does not tell.
    pub memory: u64,
    /// The most that it was.
    pub memory_peak: u64,
    /// Disk of a node at the end, in bytes.
    pub disk: Each,
}

/// Bytes over the wire while something was measured: everything that the nodes sent to each other, with
/// HTTP and its headers.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Wire {
    /// In all; each byte is sent by one node and received by another.
    pub bytes: u64,
    /// Per node, sent and received together: the mean.
    pub per_node: u64,
    /// Over the listening sockets of the Government's node.
    pub relay: u64,
}

impl Each {
    /// The mean and the most of what each node needs.
    fn of(all: Vec<(u64, String)>) -> Each {
        let mean = all.iter().map(|(bytes, _)| bytes).sum::<u64>() / (all.len() as u64).max(1);
        let (most, whose) = all.into_iter().max().unwrap_or_default();
        Each { mean, most, whose }
    }
}

impl Burden {
    /// Notes the memory of the process.
    ///
    /// # Errors
    /// When the system tells something that cannot be read.
    pub fn memory(&mut self) -> anyhow::Result<()> {
        let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return Ok(()) };
        let field = |name: &str| -> anyhow::Result<u64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or(" 0 kB");
            let kib = line.split_whitespace().next().unwrap_or("0");
            Ok(kib.parse::<u64>().with_context(|| format!("{name} in /proc/self/status"))? * 1024)
        };
        (self.memory, self.memory_peak) = (field("VmRSS:")?, field("VmHWM:")?);
        Ok(())
    }

    /// Notes what the folders of the nodes need.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn disk(&mut self, dir: &Path, world: &World) -> anyhow::Result<()> {
        let size = |domain: &str| Ok((folder(&dir.join(domain))?, domain.to_owned()));
        let all = world.nodes.iter().map(|node| size(&node.member.body.domain));
        self.disk = Each::of(all.collect::<anyhow::Result<_>>()?);
        Ok(())
    }
}

fn folder(path: &Path) -> anyhow::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(path).with_context(|| format!("read {}", path.display()))? {
        let entry = entry?;
        let data = entry.metadata()?;
        bytes += if data.is_dir() { folder(&entry.path())? } else { data.len() };
    }
    Ok(bytes)
}

/// How many processes waited for the processor, on average over the last minute; 0 where the system does not tell.
pub fn load() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|one| one.parse().ok()).unwrap_or(0.0)
}

/// Bytes in the unit that a person reads.
pub fn readable(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} B"),
        10_000..10_000_000 => format!("{:.0} KB", bytes as f64 / 1e3),
        _ => format!("{:.0} MB", bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_is_named() {
        let each = Each::of(vec![(10, "a.vn".into()), (30, "b.vn".into())]);
        assert_eq!((each.mean, each.most, each.whose.as_str()), (20, 30, "b.vn"));
        assert_eq!(Each::of(Vec::new()).most, 0);
    }

    #[test]
    fn a_folder_weighs_what_lies_in_it() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("in")).unwrap();
        std::fs::write(dir.path().join("in/a"), [0; 7]).unwrap();
        std::fs::write(dir.path().join("b"), [0; 5]).unwrap();
        assert_eq!(folder(dir.path()).unwrap(), 12);
    }
}
