//! `upgrade`: a stopped node's data to this version, after a backup that was checked.

use std::path::PathBuf;

use anyhow::{Context, bail};

use super::backup::bar;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::schema::{Schema, shown_place};
use crate::db::{Db, Reading};
use crate::operate::backup::{self, Wants, check};
use crate::operate::doctor::free_bytes;
use crate::operate::lock::{self, Lock, State};

/// What `upgrade` takes.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  nhipcau upgrade --check --dir /var/lib/nhipcau\n  \
    nhipcau upgrade --dir /var/lib/nhipcau\n\n\
    --check says which migrations wait and whether a backup can be made, and changes nothing; it may run beside the node.\n\
    Without it the node must be stopped: its data are backed up into backups/ of its folder, the backup is checked, and\n\
    only then the database is migrated. A database of a newer version is refused.")]
pub struct Args {
    /// The node's folder
    #[arg(long, default_value = ".")]
    dir: PathBuf,
    /// Only say what would be done
    #[arg(long)]
    check: bool,
}

/// Says or makes what this version needs.
///
/// # Errors
/// The database is newer than the program, the node runs, no backup can be made, or a migration fails.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let config = Config::read(&args.dir)?;
    let reading = Reading::open(&config.database).await?;
    let schema = reading.schema().await?;
    schema.not_newer(&config.database)?;
    if schema.pending.is_empty() {
        println!(
            "Không có gì phải làm · nothing to do: {} has the schema of this version",
            shown_place(&config.database)
        );
        return Ok(());
    }
    schema.pending.iter().for_each(|name| println!("  {name}"));
    if args.check {
        let can = possible(&config, &reading).await;
        println!("{} bước chuyển đổi đang chờ · migrations wait", schema.pending.len());
        can.context("but no backup could be made first (chưa sao lưu được)")?;
        println!(
            "Sao lưu được trước khi chuyển đổi · a backup can be made first: nhipcau upgrade --dir {}",
            args.dir.display()
        );
        return Ok(());
    }
    if let State::Running(runs) = lock::look(&args.dir)? {
        bail!("{}", lock::in_use(&args.dir, runs.as_ref()));
    }
    let lock = Lock::take(&config)?;
    let done = migrate(&config, &reading, &schema).await;
    reading.close().await;
    lock.release();
    done
}

async fn possible(config: &Config, reading: &Reading) -> anyhow::Result<()> {
    backup::ready(config).await?;
    let (needed, free) = (backup::space_needed(reading).await?, free_bytes(&config.folder)?);
    if free <= needed {
        bail!(
            "{} has {} MB free and a backup needs about {} MB",
            config.folder.display(),
            free >> 20,
            needed >> 20
        );
    }
    Ok(())
}

async fn migrate(config: &Config, reading: &Reading, schema: &Schema) -> anyhow::Result<()> {
    possible(config, reading).await.context("nothing was changed: a backup comes first")?;
    let clock = Clock::system();
    let name = format!("before-upgrade-{}", clock.now().strftime("%Y%m%dT%H%M%SZ"));
    let target = config.folder.join("backups").join(name);
    let (shown, tell) = bar();
    let wants = Wants { target: target.clone(), with_keys: false };
    let made = backup::make(config, reading, &clock, &wants, tell)
        .await
        .context("nothing was changed: the backup before it failed")?;
    let (checking, tell) = bar();
    check(&target, tell).context("nothing was changed: the backup before it is not whole")?;
    shown.finish_and_clear();
    checking.finish_and_clear();
    println!(
        "Đã sao lưu và đối chiếu {} tệp · backed up and checked: {}",
        made.parts.len(),
        target.display()
    );
    reading.close().await;
    Db::migrate(&config.database, config.name.as_str())
        .await
        .with_context(|| format!("the backup is in {}", target.display()))?;
    println!("Đã chuyển đổi {} bước · migrated", schema.pending.len());
    Ok(())
}
