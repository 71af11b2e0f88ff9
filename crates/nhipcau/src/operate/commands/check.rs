//! `doctor`, `backup`, `restore`, `upgrade`: keeping a node well.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use tlog::{Frontier, leaf_hash};

use crate::app::{App, Given};
use crate::config::{Config, FILE};
use crate::db::{Place, pending_migrations};
use crate::logs::store;
use crate::operate::alarms;

/// What `doctor` takes.
#[derive(clap::Args)]
#[command(
    after_help = "Looks at keys, clock, disk, database, logs, neighbours and alarms, and says in words what to do.\n\
    Exit code 1 if anything needs a hand. It may run beside the node."
)]
pub struct Args {
    /// The node's folder
    #[arg(long, default_value = ".")]
    dir: PathBuf,
}

/// What `backup` takes.
#[derive(clap::Args)]
#[command(
    after_help = "Copies the database (consistent, also while the node runs), the content and the configuration.\n\
    Keys are left out: keep them apart, or add --with-keys and guard the copy like a key."
)]
pub struct BackupArgs {
    /// The node's folder
    #[arg(long, default_value = ".")]
    dir: PathBuf,
    /// A new folder for the copy
    target: PathBuf,
    /// Copy the keys and the token too
    #[arg(long)]
    with_keys: bool,
}

/// What `restore` takes.
#[derive(clap::Args)]
#[command(
    after_help = "After a restore the node asks its neighbours what it had signed since, and takes the tail back before it signs again."
)]
pub struct RestoreArgs {
    /// The copy
    source: PathBuf,
    /// The folder to restore into; it must not hold a database
    #[arg(long)]
    dir: PathBuf,
}

/// What `upgrade` takes.
#[derive(clap::Args)]
pub struct UpgradeArgs {
    /// The node's folder
    #[arg(long, default_value = ".")]
    dir: PathBuf,
    /// Only say what would be done
    #[arg(long)]
    check: bool,
}

struct Report {
    faults: u32,
}

impl Report {
    fn well(&self, what: &str) {
        println!("  ✓ {what}");
    }

    fn fault(&mut self, what: &str, remedy: &str) {
        self.faults += 1;
        println!("  ✗ {what}\n      → {remedy}");
    }
}

/// Looks a node over.
///
/// # Errors
/// When anything needs a hand.
pub async fn doctor(args: Args) -> anyhow::Result<()> {
    let mut report = Report { faults: 0 };
    let config = Config::read(&args.dir)?;
    report.well(&format!("cấu hình · configuration {}", args.dir.join(FILE).display()));
    let app = App::open(config, Given::default()).await?;
    report.well("khóa và thư gốc · keys and root note");
    disk(&app, &mut report);
    for wrong in app.db.self_check().await? {
        report.fault(
            &format!("cơ sở dữ liệu hỏng · the database is damaged: {wrong}"),
            "dừng máy chủ, khôi phục bản sao lưu; phần thiếu sẽ lấy lại từ máy chủ khác · stop, restore a backup; the tail comes back from the mirrors",
        );
    }
    logs(&app, &mut report).await?;
    neighbours(&app, &mut report).await;
    let mut conn = app.db.read().await?;
    for alarm in alarms::standing(&mut conn).await? {
        report.fault(
            &format!("{} {} {}: {}", alarm.about, alarm.peer, alarm.origin, alarm.detail),
            "xem trang Mạng lưới · see the network page",
        );
    }
    drop(conn);
    app.close().await;
    if report.faults > 0 {
        bail!("{} việc cần làm · things need a hand", report.faults);
    }
    println!("Mọi thứ ổn · all is well");
    Ok(())
}

fn disk(app: &App, report: &mut Report) {
    let output = std::process::Command::new("df").arg("-Pk").arg(&app.config.folder).output();
    let free = output
        .ok()
        .and_then(|o| String::from_utf8(o.stdout).ok())
        .and_then(|text| text.lines().nth(1)?.split_whitespace().nth(3)?.parse::<u64>().ok());
    match free {
        Some(kilobytes) if kilobytes < 1_000_000 => report.fault(
            &format!("đĩa chỉ còn {} MB · the disk has {} MB left", kilobytes / 1024, kilobytes / 1024),
            "giải phóng dung lượng; khi đầy đĩa máy chủ không ký và không nhận gì · free space; with a full disk nothing is signed or taken",
        ),
        Some(kilobytes) => report.well(&format!("đĩa còn {} GB · disk free", kilobytes / 1_048_576)),
        None => report.fault("không đọc được dung lượng đĩa · free space is unknown", "chạy df · run df"),
    }
}

async fn logs(app: &App, report: &mut Report) -> anyhow::Result<()> {
    let mut conn = app.db.read().await?;
    let mut checked = 0;
    for head in store::every(&mut conn).await? {
        if head.frozen.is_some() {
            report.fault(
                &format!("{} bị khóa · is frozen: two histories exist", head.origin),
                "xem bằng chứng ở trang Mạng lưới, báo cấp trên · see the evidence, tell the parent",
            );
            continue;
        }
        let mut frontier = Frontier::new();
        let mut from = 0;
        while from < head.size {
            let entries = store::entries(&mut conn, head.id, from, head.size.min(from + 4096)).await?;
            if entries.is_empty() {
                break;
            }
            entries.iter().for_each(|entry| frontier.push(leaf_hash(entry)));
            from += entries.len() as u64;
        }
        if frontier.size() != head.size || frontier.root() != head.root {
            report.fault(
                &format!("{}: các mục không ra gốc đã ký · the entries do not lead to the root", head.origin),
                "khôi phục bản sao lưu · restore a backup",
            );
        }
        checked += 1;
    }
    let (wanted,): (i64,) = crate::one!(&mut conn, (i64,), "SELECT COUNT(*) FROM want")?;
    report.well(&format!(
        "{checked} sổ được tính lại · logs recomputed; {wanted} nội dung đang chờ · contents awaited"
    ));
    Ok(())
}

async fn neighbours(app: &App, report: &mut Report) {
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build();
    let Ok(client) = client else { return };
    for neighbour in &app.config.neighbours {
        match client.get(format!("{}/.well-known/nhipcau", neighbour.url)).send().await {
            Ok(answer) if answer.status().is_success() => {
                report.well(&format!("{} trả lời · answers", neighbour.name));
                let date = answer.headers().get("date").and_then(|v| v.to_str().ok());
                let theirs =
                    date.and_then(|d| jiff::fmt::rfc2822::parse(d).ok()).map(|z| z.timestamp().as_second());
                let apart = theirs.map(|at| (app.clock.now().as_second() - at).abs());
                if apart.is_some_and(|seconds| seconds > 60) {
                    report.fault(
                        &format!(
                            "đồng hồ lệch {} giây so với {} · clocks are apart",
                            apart.unwrap_or(0),
                            neighbour.name
                        ),
                        "bật đồng bộ giờ (chrony, systemd-timesyncd) · switch time synchronisation on",
                    );
                }
            }
            Ok(answer) => report.fault(
                &format!("{} trả lời {} · answered {}", neighbour.name, answer.status(), answer.status()),
                "báo quản trị máy chủ đó · tell its administrator",
            ),
            Err(_) => report.fault(
                &format!("{} không trả lời · does not answer at {}", neighbour.name, neighbour.url),
                "kiểm tra mạng, tường lửa, địa chỉ · check line, firewall, address",
            ),
        }
    }
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    if from.is_dir() {
        std::fs::create_dir_all(to)?;
        for entry in std::fs::read_dir(from)? {
            let entry = entry?;
            copy(&entry.path(), &to.join(entry.file_name()))?;
        }
    } else if from.exists() {
        std::fs::copy(from, to).with_context(|| format!("copy {}", from.display()))?;
    }
    Ok(())
}

/// Copies a node's data.
///
/// # Errors
/// When the copy cannot be written.
pub async fn backup(args: BackupArgs) -> anyhow::Result<()> {
    let config = Config::read(&args.dir)?;
    if args.target.exists() {
        bail!("{} exists already; name a new folder", args.target.display());
    }
    std::fs::create_dir_all(args.target.join("data"))?;
    let app = App::open(config.clone(), Given::default()).await?;
    if matches!(config.database, Place::Sqlite(_)) {
        app.db.copy_to(&args.target.join("data/nhipcau.db")).await.context("copy the database")?;
    } else {
        println!(
            "PostgreSQL: pg_dump sao lưu cơ sở dữ liệu · back the database up by pg_dump; files are copied here"
        );
    }
    app.close().await;
    copy(&config.content, &args.target.join("data/content"))?;
    copy(&args.dir.join(FILE), &args.target.join(FILE))?;
    copy(&config.root, &args.target.join("root.note"))?;
    if args.with_keys {
        copy(&config.keys, &args.target.join("keys"))?;
        copy(&args.dir.join("admin.token"), &args.target.join("admin.token"))?;
    }
    println!("Đã sao lưu vào {} · backed up", args.target.display());
    Ok(())
}

/// Puts a copy into a folder that holds no database.
///
/// # Errors
/// When there is one already, or the copy is not whole.
pub fn restore(args: &RestoreArgs) -> anyhow::Result<()> {
    if !args.source.join(FILE).exists() {
        bail!("{} holds no backup of a node", args.source.display());
    }
    if args.dir.join("data/nhipcau.db").exists() {
        bail!(
            "{} holds a database already; nothing was overwritten – restore into an empty folder",
            args.dir.display()
        );
    }
    std::fs::create_dir_all(&args.dir)?;
    for part in ["data", FILE, "root.note", "keys", "admin.token"] {
        let target = args.dir.join(part);
        if part == "data" || !target.exists() {
            copy(&args.source.join(part), &target)?;
        }
    }
    println!("Đã khôi phục vào {} · restored", args.dir.display());
    if !args.dir.join("keys").exists() {
        println!("Chưa có khóa: chép thư mục keys/ vào trước khi chạy · put keys/ there before you serve");
    }
    Ok(())
}

/// Says or makes what a new version needs.
///
/// # Errors
/// When the database cannot be read or migrated.
pub async fn upgrade(args: UpgradeArgs) -> anyhow::Result<()> {
    let config = Config::read(&args.dir)?;
    let pending = pending_migrations(&config.database).await?;
    if pending.is_empty() {
        println!("Không có gì phải làm · nothing to do: the schema is that of this version");
        return Ok(());
    }
    pending.iter().for_each(|name| println!("  {name}"));
    if args.check {
        println!(
            "{} bước chuyển đổi đang chờ · migrations wait; `nhipcau upgrade` backs up and makes them",
            pending.len()
        );
        return Ok(());
    }
    if let Place::Sqlite(path) = &config.database
        && path.exists()
    {
        let saved =
            path.with_extension(format!("before-{}.db", crate::clock::Clock::system().now().as_second()));
        std::fs::copy(path, &saved).with_context(|| format!("back up to {}", saved.display()))?;
        println!("Bản sao trước khi chuyển đổi · backed up: {}", saved.display());
    }
    App::open(config, Given::default()).await?.close().await;
    println!("Đã chuyển đổi · migrated");
    Ok(())
}
