//! `export` and `import`: the nation's news in one file.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use futures::StreamExt;
use indicatif::{ProgressBar, ProgressStyle};
use network::bundle::{Header, Reader as BundleReader, Record};
use network::flow::FlowRequest;
use network::names::Origin;
use network::root::RootNote;
use tokio::sync::mpsc;

use super::call::{Found, Keeper};
use crate::agencies::fold;
use crate::app::{App, Given};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Reading;
use crate::items::content::Folder;
use crate::peers::bundles::fate::{Fate, Taken};
use crate::peers::bundles::give::{self, Bound};
use crate::peers::bundles::take::Import;
use crate::peers::line::Cable;

/// Bytes that are read or sent at a time.
const PIECE: usize = 1 << 16;

/// What `export` takes.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  nhipcau export tin-25-11.bundle --dir /var/lib/nhipcau\n  \
    nhipcau export tin-26-11.bundle --since tin-25-11.bundle\n  \
    nhipcau export bo.bundle --log mof.gov.vn/log --since 1200 --node https://mof.gov.vn\n\n\
    One file with logs, their signed checkpoints and the contents that they name. It holds only what is public, and proves\n\
    itself: whoever carries it need not be trusted. --since FILE takes what has come since an earlier bundle.")]
pub struct ExportArgs {
    /// The file to write; it must not exist
    file: PathBuf,
    #[command(flatten)]
    keeper: Keeper,
    /// An earlier bundle, or, with --log, the number of entries that the reader has
    #[arg(long)]
    since: Option<String>,
    /// Only this log; may be given several times
    #[arg(long)]
    log: Vec<String>,
}

/// What `import` takes.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  nhipcau import tin-25-11.bundle --dir /var/lib/nhipcau\n\n\
    Everything is proven before it is applied: signatures, places in the logs, hashes. A cut or altered file applies what\n\
    is proven before the damage, and says where the damage is. The same file twice does no harm. Pages then show as of\n\
    when the nation is known here. Exit code 1 if anything in the file was refused.")]
pub struct ImportArgs {
    /// The bundle
    file: PathBuf,
    #[command(flatten)]
    keeper: Keeper,
    /// Print what became of each log as JSON
    #[arg(long)]
    json: bool,
}

fn bytes_bar(of: Option<u64>) -> ProgressBar {
    let (bar, template) = match of {
        Some(of) => (ProgressBar::new(of), "  {bar:30} {bytes}/{total_bytes}"),
        None => (ProgressBar::no_length(), "  {spinner} {bytes}"),
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

/// Writes a bundle.
///
/// # Errors
/// The file exists, there is nothing to export, or the node refuses.
pub async fn export(args: ExportArgs) -> anyhow::Result<()> {
    if args.file.exists() {
        bail!("{} exists already; name a new file (tệp đã có)", args.file.display());
    }
    let wants = wants(&args)?;
    let folder = args.file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut whole = tempfile::NamedTempFile::new_in(folder)
        .with_context(|| format!("write into {}", folder.display()))?;
    let bar = bytes_bar(None);
    match args.keeper.find()? {
        Found::Running(client) => {
            let body = wants.encode();
            let answer = client.open(reqwest::Method::POST, "/api/v1/bundle", "*/*", body).await?;
            let mut pieces = answer.bytes_stream();
            while let Some(piece) = pieces.next().await {
                let piece = piece.context("the node broke off; nothing was kept, try again")?;
                whole.write_all(&piece)?;
                bar.inc(piece.len() as u64);
            }
        }
        Found::Stopped(_held) => {
            let config = Config::read(&args.keeper.dir)?;
            let root = RootNote::open(&std::fs::read_to_string(&config.root)?)?;
            let reading = Reading::open(&config.database).await?;
            reading.schema().await?.fits(&config.database)?;
            let mut conn = reading.read().await?;
            let (directory, _) = fold::rebuild(&mut conn, &root).await?;
            let by = (config.name.to_string(), Clock::system().now().to_string());
            let plan = give::plan(&mut conn, &directory, &wants, by, Bound::NONE).await?;
            drop(conn);
            let (out, mut pieces) = mpsc::channel(8);
            let folder = Folder(config.content.clone());
            let given = async {
                let given = give::write(&reading, &folder, plan, &out).await;
                drop(out);
                given
            };
            let written = async {
                while let Some(piece) = pieces.recv().await {
                    let piece: bytes::Bytes = piece?;
                    whole.write_all(&piece)?;
                    bar.inc(piece.len() as u64);
                }
                anyhow::Ok(())
            };
            tokio::try_join!(given, written)?;
            reading.close().await;
        }
    }
    whole.as_file().sync_all()?;
    let size = whole.as_file().metadata()?.len();
    bar.finish_and_clear();
    let header = header(whole.path())?;
    whole.persist_noclobber(&args.file).with_context(|| format!("write {}", args.file.display()))?;
    println!(
        "Đã xuất {} sổ, {size} byte vào {} · exported {} logs as of {}",
        header.logs.len(),
        args.file.display(),
        header.logs.len(),
        header.made
    );
    Ok(())
}

/// What is asked for, from the arguments.
fn wants(args: &ExportArgs) -> anyhow::Result<FlowRequest> {
    let named: Vec<Origin> = args
        .log
        .iter()
        .map(|text| text.parse().map_err(|e| anyhow::anyhow!("--log {text}: {e}")))
        .collect::<anyhow::Result<_>>()?;
    let size = args.since.as_deref().and_then(|text| text.parse::<u64>().ok());
    let earlier = match (&args.since, size) {
        (Some(path), None) => header(Path::new(path)).context("--since")?.logs,
        (Some(_), Some(_)) if named.is_empty() => {
            bail!("--since with a number needs --log; name an earlier bundle instead")
        }
        _ => Vec::new(),
    };
    let mut wants = FlowRequest { all: named.is_empty(), logs: Vec::new() };
    match named.is_empty() {
        true => wants.logs = earlier.into_iter().map(|listed| (listed.origin, listed.size)).collect(),
        false => {
            wants.logs = named
                .into_iter()
                .map(|origin| {
                    let held =
                        earlier.iter().find(|listed| listed.origin == origin).map(|listed| listed.size);
                    (origin, size.or(held).unwrap_or(0))
                })
                .collect();
        }
    }
    Ok(wants)
}

/// The header of a bundle.
fn header(path: &Path) -> anyhow::Result<Header> {
    let mut file = File::open(path).with_context(|| format!("read {}", path.display()))?;
    let (mut reader, mut records, mut piece) = (BundleReader::new(), Vec::new(), vec![0; PIECE]);
    loop {
        let read = file.read(&mut piece)?;
        let damage = reader.push(&piece[..read], &mut records).err();
        if let Some(Record::Header(header)) = records.into_iter().next() {
            return Ok(header);
        }
        records = Vec::new();
        if let Some(damage) = damage {
            return Err(damage).with_context(|| path.display().to_string());
        }
        if read == 0 {
            bail!("{} ends before its header does", path.display());
        }
    }
}

/// Takes a bundle in.
///
/// # Errors
/// It belongs to another nation, or something in it was refused.
pub async fn import(args: ImportArgs) -> anyhow::Result<()> {
    let size = std::fs::metadata(&args.file).with_context(|| format!("read {}", args.file.display()))?.len();
    let bar = bytes_bar(Some(size));
    let taken: Taken = match args.keeper.find()? {
        Found::Running(client) => {
            let file = tokio::fs::File::open(&args.file).await?;
            let shown = bar.clone();
            let pieces = tokio_util::io::ReaderStream::with_capacity(file, PIECE).map(move |piece| {
                shown.inc(piece.as_ref().map_or(0, |piece| piece.len() as u64));
                piece
            });
            let body = reqwest::Body::wrap_stream(pieces);
            client
                .open(reqwest::Method::POST, "/api/v1/import", "application/json", body)
                .await?
                .json()
                .await?
        }
        Found::Stopped(held) => {
            // The node's own lock is taken next.
            drop(held);
            alone(&args, &bar).await?
        }
    };
    bar.finish_and_clear();
    match args.json {
        true => println!("{}", serde_json::to_string_pretty(&taken)?),
        false => print(&taken),
    }
    if taken.is_bad() {
        bail!("có phần không được nhập; xem ở trên · not everything in the file was taken; see above");
    }
    Ok(())
}

/// Imports into a stopped node: opened as it is when it runs, but nobody is called and nothing is signed.
async fn alone(args: &ImportArgs, bar: &ProgressBar) -> anyhow::Result<Taken> {
    let cable = Cable::default();
    cable.cut();
    let app = App::open(Config::read(&args.keeper.dir)?, Given { line: cable, ..Given::default() }).await?;
    app.begin_alone();
    let taken = async {
        let mut file = File::open(&args.file)?;
        let (mut import, mut piece) = (Import::new(&app), vec![0; PIECE]);
        loop {
            let read = file.read(&mut piece)?;
            bar.inc(read as u64);
            if read == 0 || !import.feed(&piece[..read]).await? {
                break;
            }
        }
        anyhow::Ok(import.finish().await?)
    };
    let taken = taken.await;
    app.close().await;
    taken
}

fn print(taken: &Taken) {
    println!("Tệp do {} lập lúc {} · made by {}, as it says itself", taken.node, taken.made, taken.node);
    let mut passed = 0;
    for log in &taken.logs {
        let says = match log.fate {
            Fate::Applied => {
                format!("{} mục mới, nay có {} · new, now {}", log.to - log.from, log.to, log.to)
            }
            Fate::Known => "đã có đủ · was here already".to_owned(),
            Fate::NotFollowed | Fate::Own => {
                passed += 1;
                continue;
            }
            Fate::Unknown => "không có trong danh bạ · unknown".to_owned(),
            Fate::Gap => "thiếu phần đầu · begins too late".to_owned(),
            Fate::NotProven => "không chứng minh được · not proven".to_owned(),
            Fate::Frozen => "đã bị khóa từ trước · frozen before".to_owned(),
            Fate::Forked => "hai lịch sử khác nhau, đã khóa · two histories, frozen now".to_owned(),
            Fate::Unsettled => "chưa xác định · unsettled".to_owned(),
        };
        let mark = if log.fate.is_bad() { "✗" } else { "✓" };
        println!(
            "  {mark} {}: {says}{}",
            log.origin,
            if log.detail.is_empty() { String::new() } else { format!("\n      {}", log.detail) }
        );
    }
    if passed > 0 {
        println!("  · {passed} sổ không cần ở đây · logs not needed here");
    }
    println!("  {} nội dung mới · new contents", taken.contents);
    if let Some(as_of) = &taken.as_of {
        println!("Tin của cả nước tính đến {as_of} · the nation is known as of then");
    }
    if let Some(damage) = &taken.damage {
        println!("✗ Tệp bị hỏng · the file is {damage}");
    }
}
