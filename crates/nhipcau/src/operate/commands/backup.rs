//! `backup` and `restore`.

use std::path::{Path, PathBuf};

use anyhow::{bail, ensure};
use indicatif::{ProgressBar, ProgressStyle};

use crate::clock::Clock;
use crate::config::Config;
use crate::db::Reading;
use crate::operate::backup::{self, Wants, check};
use crate::operate::doctor::free_bytes;
use crate::operate::lock::{self, State};

/// What `backup` takes.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  nhipcau backup --dir /var/lib/nhipcau /mnt/backup/2026-11-25\n\n\
    Copies the database at one moment (also while the node runs; PostgreSQL by its own pg_dump), the contents, the\n\
    configuration and the root note, and writes a manifest with the size and SHA-256 of every file. What was erased\n\
    before the backup was finished is not in it; what is erased later stays in it, so delete old backups.\n\
    Keys and token are left out: keep them apart, or add --with-keys and guard the copy like a key.")]
pub struct BackupArgs {
    /// The node's folder
    #[arg(long, default_value = ".")]
    dir: PathBuf,
    /// A new folder for the copy
    target: PathBuf,
    /// Copy the keys and the token too
    #[arg(long)]
    with_keys: bool,
    /// Print what was made as JSON
    #[arg(long)]
    json: bool,
}

/// What `restore` takes.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  nhipcau restore /mnt/backup/2026-11-25 --dir /var/lib/nhipcau\n\n\
    Every file is checked against the manifest before anything is written. Configuration, root note and keys that are\n\
    there already stay; a database that is there is never overwritten. After a restore the node asks its neighbours what\n\
    it had signed since, and takes the tail back before it signs again.")]
pub struct RestoreArgs {
    /// The backup
    source: PathBuf,
    /// The folder to restore into; it must not hold a database
    #[arg(long)]
    dir: PathBuf,
    /// Only check the backup
    #[arg(long)]
    check: bool,
}

/// A bar that shows parts of a long work by name.
pub(super) fn bar() -> (ProgressBar, impl FnMut(&str, u64, u64)) {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("  {spinner} {msg} {human_pos}/{human_len}") {
        bar.set_style(style);
    }
    let shown = bar.clone();
    (bar, move |doing: &str, done: u64, of: u64| {
        shown.set_message(match doing {
            "database" => "cơ sở dữ liệu · database",
            "content" => "nội dung · contents",
            "check" => "đối chiếu · checking",
            _ => "khôi phục · restoring",
        });
        shown.set_length(of);
        shown.set_position(done);
    })
}

/// Makes a backup and checks it.
///
/// # Errors
/// When it cannot be made, or there is too little room.
pub async fn backup(args: BackupArgs) -> anyhow::Result<()> {
    let config = Config::read(&args.dir)?;
    // A stopped node is held, so that none begins to migrate or write meanwhile. A running one goes on: the
    // database is read beside it, as its own readers do.
    let _held = match lock::look(&args.dir)? {
        State::Stopped(held) => held,
        State::Running(_) => None,
    };
    backup::ready(&config).await?;
    let reading = Reading::open(&config.database).await?;
    room(&reading, &args.target).await?;
    let (shown, tell) = bar();
    let wants = Wants { target: args.target.clone(), with_keys: args.with_keys };
    let made = backup::make(&config, &reading, &Clock::system(), &wants, tell).await;
    reading.close().await;
    shown.finish_and_clear();
    let made = made?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&made)?);
    } else {
        println!(
            "Đã sao lưu {} tệp, {} byte vào {} · backed up {} files",
            made.parts.len(),
            made.bytes(),
            args.target.display(),
            made.parts.len()
        );
        made.logs.iter().for_each(|log| println!("  {}: {} mục · entries", log.origin, log.size));
    }
    if !made.lacking.is_empty() {
        bail!(
            "the node itself lacks {} contents, or they are damaged; the backup is good but for these. Run nhipcau doctor (thiếu nội dung)",
            made.lacking.len()
        );
    }
    Ok(())
}

/// Refuses to begin what cannot end.
async fn room(reading: &Reading, target: &Path) -> anyhow::Result<()> {
    let needed = backup::space_needed(reading).await?;
    let above = target.ancestors().skip(1).find(|folder| folder.exists());
    let folder = above.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let free = free_bytes(folder)?;
    ensure!(
        free > needed,
        "{} has {} MB free and the backup needs about {} MB; name another disk (không đủ chỗ)",
        folder.display(),
        free >> 20,
        needed >> 20
    );
    Ok(())
}

/// Puts a backup back.
///
/// # Errors
/// The backup is not whole, or the place is not empty; then nothing was written.
pub async fn restore(args: RestoreArgs) -> anyhow::Result<()> {
    let (shown, tell) = bar();
    if args.check {
        let manifest = check(&args.source, tell)?;
        shown.finish_and_clear();
        println!(
            "Bản sao lưu trọn vẹn · the backup is whole: {} files of {}, made {}",
            manifest.parts.len(),
            manifest.node,
            manifest.made
        );
        return Ok(());
    }
    let _held = match lock::look(&args.dir)? {
        State::Stopped(held) => held,
        State::Running(runs) => bail!("{}", lock::in_use(&args.dir, runs.as_ref())),
    };
    let restored = backup::restore(&args.source, &args.dir, tell).await?;
    shown.finish_and_clear();
    let made = &restored.manifest;
    println!("Đã khôi phục {} vào {} · restored, as of {}", made.node, args.dir.display(), made.made);
    if !restored.keys {
        println!(
            "Chưa có khóa: chép thư mục keys/ và admin.token vào trước khi chạy · put keys/ and admin.token there before you serve"
        );
    }
    println!(
        "Khi chạy, máy chủ lấy lại phần thiếu từ máy chủ khác rồi mới ký · once served, it takes the missing tail back before it signs"
    );
    Ok(())
}
