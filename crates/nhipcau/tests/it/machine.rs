//! An administrator's machine: the program that is shipped, run as a process, and nothing but its commands.

use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use super::world::{drop_database, free_port, new_database, until};

/// One administrator's machine: a folder, a port, perhaps a running node.
pub struct Machine {
    pub dir: PathBuf,
    pub url: String,
    database: Option<String>,
    serving: Option<Child>,
}

/// What a command said and how it ended.
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Said {
        Said {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Said {
    #[track_caller]
    pub fn well(self) -> String {
        assert_eq!(self.code, Some(0), "{}{}", self.out, self.err);
        self.out
    }

    /// Refused with these words.
    #[track_caller]
    pub fn refused(self, words: &str) {
        assert_eq!(self.code, Some(1), "{}{}", self.out, self.err);
        assert!(self.err.contains(words), "{}", self.err);
        assert!(!self.err.contains("panicked"), "{}", self.err);
    }
}

pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nhipcau"));
    for name in ["NHIPCAU_DATABASE", "NHIPCAU_DIR", "NHIPCAU_NODE", "NHIPCAU_TOKEN", "NHIPCAU_LOG"] {
        command.env_remove(name);
    }
    command
}

impl Machine {
    pub async fn new(folder: &tempfile::TempDir, label: &str) -> Machine {
        let _ = rustls::crypto::ring::default_provider().install_default();
        Machine {
            dir: folder.path().join(label),
            url: format!("http://127.0.0.1:{}", free_port()),
            database: new_database().await,
            serving: None,
        }
    }

    /// `nhipcau COMMAND … --dir <this machine's>`, not yet run.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = program();
        command.args(words).arg("--dir").arg(&self.dir);
        command
    }

    /// `nhipcau COMMAND … --dir <this machine's>`
    pub fn says(&self, words: &[&str]) -> Said {
        self.command(words).output().unwrap().into()
    }

    /// `nhipcau init` at its url; where it listens too, unless the words say otherwise.
    pub fn init(&self, words: &[&str]) -> Said {
        let listen = self.address();
        let mut all = vec!["init", "--private", "--issues-at-once", "--url", &self.url];
        if !words.contains(&"--listen") {
            all.extend(["--listen", &listen]);
        }
        if let Some(database) = &self.database {
            all.extend(["--database", database]);
        }
        all.extend(words);
        self.says(&all)
    }

    pub async fn serve(&mut self) {
        let child = program()
            .args(["serve", "--dir"])
            .arg(&self.dir)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.serving = Some(child);
        let at = format!("127.0.0.1:{}", self.port());
        until("the node to listen", async || {
            tokio::net::TcpStream::connect(&at).await.map(|_| ()).map_err(|e| e.to_string())
        })
        .await;
    }

    /// Host and port of its url.
    pub fn address(&self) -> String {
        self.url.split_once("://").unwrap().1.to_owned()
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.url.rsplit_once(':').unwrap().1.parse().unwrap()
    }

    /// Sends the serving node a signal.
    pub fn signal(&self, name: &str) {
        let id = self.serving.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    }

    pub async fn get(&self, host: &str, path: &str) -> Result<(u16, String), String> {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let call = client.get(format!("{}{path}", self.url)).header("host", host);
        let answer = call.send().await.map_err(|e| e.to_string())?;
        Ok((answer.status().as_u16(), answer.text().await.map_err(|e| e.to_string())?))
    }

    /// Waits until a page of one of its portals has these words.
    pub async fn shows(&self, host: &str, path: &str, words: &str) {
        until(words, async || match self.get(host, path).await {
            Ok((200, page)) if page.contains(words) => Ok(()),
            Ok((status, _)) => Err(format!("{status} without them")),
            Err(error) => Err(error),
        })
        .await;
    }

    /// SIGTERM; how it ended, and that it did not take long.
    pub fn stop(&mut self) -> Option<i32> {
        let asked = Instant::now();
        self.signal("-TERM");
        let code = self.serving.take().unwrap().wait().unwrap().code();
        assert!(asked.elapsed() < Duration::from_secs(20), "it took {:?} to stop", asked.elapsed());
        code
    }

    pub fn file(&self, name: &str) -> String {
        self.dir.join(name).display().to_string()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if let Some(mut child) = self.serving.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
        if let Some(database) = &self.database {
            let handle = tokio::runtime::Handle::current();
            tokio::task::block_in_place(|| handle.block_on(drop_database(database)));
        }
    }
}

#[cfg(unix)]
#[track_caller]
pub fn private(path: &str) {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{path} is open to others: {mode:o}");
}
