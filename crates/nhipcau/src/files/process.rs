//! Converters of strangers' files, each as a process of its own: it can be stopped, and its faults stay in it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// A process is asked this often whether it has ended.
const TURN: Duration = Duration::from_millis(25);

/// Why a converter gave nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failed {
    /// The program is not on this machine.
    Absent,
    /// It failed, or took too long.
    Broken,
}

/// Runs a program in a folder, at most for `longest`; returns what it printed, at most 64 KiB.
///
/// # Errors
/// It is not there; it failed, or was stopped.
pub fn run(program: &str, arguments: &[&str], folder: &Path, longest: Duration) -> Result<Vec<u8>, Failed> {
    let told = folder.join("printed");
    let printed = std::fs::File::create(&told).map_err(|_| Failed::Broken)?;
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(printed)
        .stderr(Stdio::null())
        .spawn()
        .map_err(|_| Failed::Absent)?;
    for _ in 0..=longest.as_millis() / TURN.as_millis() {
        match child.try_wait() {
            Ok(None) => std::thread::sleep(TURN),
            Ok(Some(status)) if status.success() => {
                let mut bytes = std::fs::read(&told).map_err(|_| Failed::Broken)?;
                bytes.truncate(64 << 10);
                return Ok(bytes);
            }
            _ => return Err(Failed::Broken),
        }
    }
    // It may have ended meanwhile; either way nothing of it is used.
    let _ = child.kill();
    let _ = child.wait();
    Err(Failed::Broken)
}
