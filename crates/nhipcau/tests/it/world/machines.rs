//! Machines: cables pulled, nodes stopped and started, backups taken and put back.

use std::path::{Path, PathBuf};

use nhipcau::app::{App, Given};
use nhipcau::config::Config;
use nhipcau::db::Place;
use nhipcau::logs::keys::Signing;
use nhipcau::operate::serve;

use super::database::{at_server, database_name, rows};
use super::{World, until};

impl World {
    /// The folder of a node.
    pub fn home(&self, label: &str) -> PathBuf {
        self.folder.path().join(label)
    }

    /// Opens a node without starting it.
    pub async fn open(&self, label: &str) -> App {
        let node = self.node(label);
        let given = Given { clock: node.clock.clone(), line: node.cable.clone(), ..Given::default() };
        App::open(Config::read(&self.home(label)).unwrap(), given).await.unwrap()
    }

    /// Pulls a node's cable; readers still reach it.
    pub fn cut(&self, label: &str) {
        self.node(label).cable.cut();
    }

    /// Plugs it back in.
    pub fn mend(&self, label: &str) {
        self.node(label).cable.mend();
    }

    /// So many in a thousand calls of a node lose their connection before the answer comes.
    pub fn loses(&self, label: &str, per_thousand: u32) {
        self.node(label).cable.lose(per_thousand);
    }

    /// Stops a node.
    pub async fn stop(&mut self, label: &str) {
        let app = self.node_mut(label).app.take().unwrap();
        assert_eq!(app.tasks.died(), 0, "a background task of {label} died");
        app.close().await;
    }

    /// Starts a stopped node on what is on its disk.
    pub async fn start(&mut self, label: &str) {
        let app = self.open(label).await;
        serve::start(&app).await.unwrap();
        self.node_mut(label).app = Some(app);
    }

    /// Waits until a node may sign its logs again after a start.
    pub async fn may_sign(&self, label: &str) {
        until("the right to sign", async || {
            let waiting = self.app(label).keys.all(Signing::Waiting);
            if waiting.is_empty() { Ok(()) } else { Err(format!("{waiting:?}")) }
        })
        .await;
    }

    /// Every row of a node's database on PostgreSQL; on SQLite its rows are files in its folder.
    pub async fn rows(&self, label: &str) -> Option<String> {
        match &self.node(label).place {
            Place::Postgres(url) => Some(rows(url).await),
            _ => None,
        }
    }

    /// Copies what a stopped node has on its disk (its database and content, not its keys).
    pub async fn back_up(&self, label: &str) -> PathBuf {
        assert!(self.node(label).app.is_none(), "a copy is made of a stopped node");
        let copy = self.folder.path().join(format!("{label}.backup"));
        copy_folder(&self.home(label).join("data"), &copy);
        if let Place::Postgres(url) = &self.node(label).place {
            let name = database_name(url);
            at_server(format!("CREATE DATABASE {name}_copy TEMPLATE {name}")).await;
        }
        copy
    }

    /// Puts a copy back in the place of what a stopped node has.
    pub async fn restore(&self, label: &str, copy: &Path) {
        assert!(self.node(label).app.is_none(), "a copy is put back under a stopped node");
        let data = self.home(label).join("data");
        if data.exists() {
            std::fs::remove_dir_all(&data).unwrap();
        }
        copy_folder(copy, &data);
        if let Place::Postgres(url) = &self.node(label).place {
            let name = database_name(url);
            at_server(format!("DROP DATABASE {name} WITH (FORCE)")).await;
            at_server(format!("ALTER DATABASE {name}_copy RENAME TO {name}")).await;
        }
    }
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    let Ok(entries) = std::fs::read_dir(from) else { return };
    for entry in entries {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
