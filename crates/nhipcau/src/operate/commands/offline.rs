//! `offline`: a portal as plain files, for a stick or a LAN without internet.

use std::fs::File;
use std::io::{BufReader, Seek, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use futures::StreamExt;

use super::call::{Found, Keeper};
use crate::app::{App, Given};
use crate::config::Config;
use crate::offline::api::{FILE_MB, FILES_MB, ITEMS, MADE, MOST_ITEMS, MOST_MB};
use crate::offline::copy::archive::lay_out;
use crate::offline::copy::{Ask, Made, packed};
use crate::peers::line::Cable;
use crate::words::{Lang, number};

/// What `offline` takes.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  nhipcau offline /media/usb/xa-ba-che --dir /var/lib/nhipcau --portal bache.quangninh.gov.vn\n  \
    nhipcau offline xa.zip --items 1000 --files-mb 800\n\n\
    Static pages: open index.html with any browser, from the folder or from any web server of a LAN. They ask nobody for\n\
    anything, say when they were made, and hold each item's proof and signed original. What is withdrawn later they do not\n\
    know: make a new copy and replace the old one."
)]
pub struct Args {
    /// A folder that is empty or not there yet; or a file that ends in .zip
    to: PathBuf,
    #[command(flatten)]
    keeper: Keeper,
    /// The portal, by domain, where the node hosts several
    #[arg(long, value_name = "DOMAIN")]
    portal: Option<String>,
    /// How many of the newest items; procedures and other pages that are looked up are all taken
    #[arg(long, default_value_t = ITEMS, value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_ITEMS)))]
    items: u32,
    /// The largest file that is taken, in megabytes
    #[arg(long, default_value_t = FILE_MB, value_parser = clap::value_parser!(u32).range(0..=i64::from(MOST_MB)))]
    file_mb: u32,
    /// All files together, in megabytes
    #[arg(long, default_value_t = FILES_MB, value_parser = clap::value_parser!(u32).range(0..=i64::from(MOST_MB)))]
    files_mb: u32,
    /// The language of what stands around the items: vi or en
    #[arg(long, default_value = "vi", value_parser = ["vi", "en"])]
    lang: String,
}

/// Makes a copy.
///
/// # Errors
/// Something stands where it shall be, there is no such portal, or the node refuses.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let to = &args.to;
    let zip = to.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"));
    if zip && to.exists() {
        bail!("{} exists already; name a new file (tệp đã có)", to.display());
    }
    if !zip
        && to.exists()
        && std::fs::read_dir(to).with_context(|| format!("read {}", to.display()))?.next().is_some()
    {
        bail!(
            "{} is not empty; name a new folder, so that nothing old stays in it (thư mục không trống)",
            to.display()
        );
    }
    let (mut archive, made) = archive(&args).await?;
    archive.rewind()?;
    let (place, bytes) = if zip { keep(archive, to)? } else { unpack(archive, to)? };
    let Made { items, looked_up, files, left_out } = made;
    let size = |lang| number::bytes(lang, bytes);
    println!(
        "Đã chép {items} mục, {looked_up} thủ tục và mục tra cứu, {files} tệp: {} · {items} items, {looked_up} looked up, {files} files: {}",
        size(Lang::Vi),
        size(Lang::En)
    );
    if left_out > 0 {
        println!("{left_out} tệp quá lớn, không chép · {left_out} files were too large and left out");
    }
    println!("Mở tệp này bằng trình duyệt · open with a browser: {}", place.display());
    Ok(())
}

/// The copy in a file without a name, and what it holds.
async fn archive(args: &Args) -> anyhow::Result<(File, Made)> {
    match args.keeper.find()? {
        Found::Running(client) => {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.append_pair("lang", &args.lang).append_pair("items", &args.items.to_string());
            query.append_pair("file_mb", &args.file_mb.to_string());
            query.append_pair("files_mb", &args.files_mb.to_string());
            query.extend_pairs(args.portal.iter().map(|portal| ("portal", portal)));
            let path = format!("/api/v1/offline?{}", query.finish());
            let answer = client.open(reqwest::Method::POST, &path, "*/*", Vec::new()).await?;
            let made = answer.headers().get(MADE).and_then(|made| made.to_str().ok());
            let made =
                made.context("the node says nothing of what the copy holds; is it of this version?")?;
            let (made, mut file) = (serde_json::from_str(made)?, tempfile::tempfile()?);
            let mut pieces = answer.bytes_stream();
            while let Some(piece) = pieces.next().await {
                file.write_all(&piece.context("the node broke off; nothing was kept, try again")?)?;
            }
            Ok((file, made))
        }
        Found::Stopped(held) => {
            // The node's own lock is taken next.
            drop(held);
            alone(args).await
        }
    }
}

/// From a stopped node's data: opened as it is when it runs, but nobody is called and nothing is signed.
async fn alone(args: &Args) -> anyhow::Result<(File, Made)> {
    let cable = Cable::default();
    cable.cut();
    let app = App::open(Config::read(&args.keeper.dir)?, Given { line: cable, ..Given::default() }).await?;
    app.begin_alone();
    let made = async {
        let portals = app.portals.load();
        let portal = match &args.portal {
            Some(domain) => portals.by_host(domain),
            None => portals.main(),
        };
        let portal =
            portal.context("there is no such portal here; `nhipcau.toml` names them (không có cổng này)")?;
        let ask = Ask {
            lang: Lang::of_code(&args.lang),
            items: args.items,
            per_file: u64::from(args.file_mb) << 20,
            files: u64::from(args.files_mb) << 20,
        };
        let (file, made, _) = packed(&app, &portal, &ask).await?;
        anyhow::Ok((file, made))
    };
    let made = made.await;
    app.close().await;
    made
}

/// The archive as a file, which is whole or not there.
fn keep(mut archive: File, to: &Path) -> anyhow::Result<(PathBuf, u64)> {
    let folder = to.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut whole = tempfile::NamedTempFile::new_in(folder)
        .with_context(|| format!("write into {}", folder.display()))?;
    let bytes = std::io::copy(&mut archive, &mut whole)?;
    whole.as_file().sync_all()?;
    whole.persist_noclobber(to).with_context(|| format!("write {}", to.display()))?;
    Ok((to.to_owned(), bytes))
}

/// The archive as a folder, and its first page.
fn unpack(archive: File, to: &Path) -> anyhow::Result<(PathBuf, u64)> {
    std::fs::create_dir_all(to).with_context(|| format!("make {}", to.display()))?;
    let (_, bytes) = lay_out(BufReader::new(archive), to)?;
    Ok((to.join("index.html"), bytes))
}
