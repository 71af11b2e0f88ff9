//! `kill -9` at any moment: what was acknowledged is there.

use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use nhipcau::clock::Dice;
use serde_json::json;

use super::world::{Item, World, item, notice, until};

/// A node as a process of its own: the program that is shipped.
pub struct Program(Child);

impl Program {
    /// Serves the node of a label from its folder.
    pub fn start(world: &World, label: &str) -> Program {
        Program::telling(world, label, "warn", Stdio::null())
    }

    /// The same, with what it logs.
    pub fn telling(world: &World, label: &str, level: &str, lines: impl Into<Stdio>) -> Program {
        let child = Command::new(env!("CARGO_BIN_EXE_nhipcau"))
            .args(["serve", "--dir"])
            .arg(world.home(label))
            .env_remove("NHIPCAU_DATABASE")
            .env("NHIPCAU_LOG", level)
            .stderr(lines)
            .spawn()
            .unwrap();
        Program(child)
    }

    /// SIGKILL: no handler runs, nothing is flushed.
    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Issues an item as soon as the program may sign.
pub async fn signs(world: &World, portal: &str) -> Item {
    let body = json!({ "item": notice("Dấu hiệu sống", "Một.") });
    until("the program to sign", async || {
        let request =
            world.request("POST", portal, "/api/v1/items").bearer_auth(world.token(portal)).json(&body);
        match request.send().await {
            Ok(answer) if answer.status() == 201 => Ok(item(portal, &answer.json().await.unwrap())),
            Ok(answer) => Err(answer.status().to_string()),
            Err(error) => Err(error.to_string()),
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kill_9_at_random_moments() {
    const ROUNDS: usize = 5;
    const WRITERS: usize = 8;
    let mut world = World::with(["chinhphu", "mof"]).await;
    world.stop("chinhphu").await;
    let acknowledged: Mutex<Vec<(Item, String)>> = Mutex::default();
    let dice = Dice::system();
    let mut total = 0;
    for round in 0..ROUNDS {
        let program = Program::start(&world, "chinhphu");
        let alive = signs(&world, "chinhphu").await;
        acknowledged.lock().unwrap().push((alive, "Dấu hiệu sống".into()));
        // At some moment after the first few: while requests are read, written, committed and answered.
        let chance = u16::from_le_bytes(dice.bytes().unwrap());
        let (goal, moment) =
            (total + 3 + usize::from(chance % 61), Duration::from_micros(u64::from(chance % 20_011)));
        let dead = tokio_util::sync::CancellationToken::new();
        let writers = (0..WRITERS).map(|writer| {
            let (world, acknowledged, dead) = (&world, &acknowledged, dead.clone());
            async move {
                for number in 0.. {
                    let title = format!("Văn bản {round}.{writer}.{number}");
                    // Every third is large, so that files and rows are caught in the middle too.
                    let text = if number % 3 == 0 {
                        "Nội dung dài. ".repeat(6_000)
                    } else {
                        "Nội dung.".into()
                    };
                    let body = json!({ "item": notice(&title, &text) });
                    let request = world
                        .request("POST", "chinhphu", "/api/v1/items")
                        .bearer_auth(world.token("chinhphu"));
                    match request.json(&body).send().await {
                        Ok(answer) if answer.status() == 201 => {
                            if let Ok(done) = answer.json().await {
                                acknowledged.lock().unwrap().push((item("chinhphu", &done), title));
                            }
                        }
                        _ if dead.is_cancelled() => return,
                        _ => {}
                    }
                }
            }
        });
        let killer = async {
            until("acknowledgements", async || {
                let now = acknowledged.lock().unwrap().len();
                if now >= goal { Ok(()) } else { Err(format!("{now} of {goal}")) }
            })
            .await;
            tokio::time::sleep(moment).await;
            dead.cancel();
            program.kill();
        };
        tokio::join!(futures::future::join_all(writers), killer);
        total = acknowledged.lock().unwrap().len();
    }
    // The same data, opened in this process: every log verifies (the world looks when it ends), and every
    // acknowledged item stands with its text, here and at the ministry.
    world.start("chinhphu").await;
    world.may_sign("chinhphu").await;
    world.settle().await;
    let acknowledged = acknowledged.into_inner().unwrap();
    for (item, title) in &acknowledged {
        for portal in ["chinhphu", "mof"] {
            let told = world.told(portal, item).await;
            assert_eq!(
                told["state"], "standing",
                "{portal} lost {title}, acknowledged as entry {}",
                item.entry
            );
            assert_eq!(told["document"]["title"], **title, "{portal}");
        }
    }
    let mut entries: Vec<u64> = acknowledged.iter().map(|(item, _)| item.entry).collect();
    entries.sort_unstable();
    entries.dedup();
    assert_eq!(entries.len(), acknowledged.len(), "two items were acknowledged under one entry");
}
