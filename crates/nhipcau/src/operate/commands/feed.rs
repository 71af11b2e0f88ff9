//! `feed`: what a feed of another portal says, read as it would be taken over.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use feeds::{Feed, Hints, Item, limits};
use serde_json::json;

use crate::sources::read;

/// What `feed` does.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Read feeds from files: RSS, RDF, Atom, JSON Feed, in any encoding, also broken ones
    Read(ReadArgs),
}

/// What `feed read` takes.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  nhipcau feed read rss.xml\n  nhipcau feed read rss.xml --json | jq -r '.items[] | .published + \" \" + .title'\n  \
    curl -s https://baochinhphu.vn/rss/home.rss | nhipcau feed read - --url https://baochinhphu.vn/rss/home.rss\n\n\
    Reads RSS 0.9 to 2.0, RSS 1.0 (RDF), CDF, Atom 0.3 and 1.0 with tombstones (RFC 6721), JSON Feed; UTF-8, UTF-16, windows-1258,\n\
    TCVN3, VNI and whatever else browsers read. What has one sensible meaning is mended and told: a wrong charset, text before\n\
    the document, brackets that are none, an end that is missing. What is no feed is refused, with what it is instead.\n\n\
    --json prints one object for each file, one on a line: file, format (rss, rdf, atom, json), encoding, title, link, language,\n\
    updated, complete, items, deleted (id, at), notes (note, vi, en). Each of items[] has id, link, title, published, updated,\n\
    summary, content, authors, categories, enclosures (url, type, length); what the feed does not say is null. Times are UTC.\n\
    title_type, summary_type and content_type say text or html; html has been cleaned and its links are absolute where their base\n\
    is known: by xml:base, --url or the feed's own page. Of items that have no id the link stands for it.\n\n\
    Exit code 1 if a file cannot be read or is no feed (the others are read all the same); what was mended is no failure."
)]
struct ReadArgs {
    /// Files, or - for standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Print what was read as JSON, one object for each file
    #[arg(long)]
    json: bool,
    /// The address from which the feed came: relative links stand against it
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// The Content-Type that came with it, for its charset
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
}

/// Runs what was asked for.
///
/// # Errors
/// When a file cannot be read or is no feed.
pub fn run(args: &Args) -> anyhow::Result<()> {
    match &args.what {
        What::Read(args) => read_all(args),
    }
}

fn read_all(args: &ReadArgs) -> anyhow::Result<()> {
    let mut failed = Vec::new();
    for file in &args.files {
        match read_one(file, args) {
            Ok(feed) if args.json => {
                let mut told = read::told(&feed);
                told["file"] = json!(file.display().to_string());
                println!("{told}");
            }
            Ok(feed) => show(file, &feed),
            Err(error) => failed.push(error),
        }
    }
    let Some(last) = failed.pop() else { return Ok(()) };
    for error in &failed {
        eprintln!("nhipcau: {error:#}");
    }
    Err(last)
}

fn read_one(file: &Path, args: &ReadArgs) -> anyhow::Result<Feed> {
    let name = file.display();
    let most = limits::BYTES as u64 + 1;
    let mut bytes = Vec::new();
    if file.as_os_str() == "-" {
        std::io::stdin().take(most).read_to_end(&mut bytes).context("read standard input")?;
    } else {
        if file.is_dir() {
            bail!(
                "{name}: đây là thư mục; hãy ghi tên các tệp, ví dụ {name}/*.xml · this is a folder; name its files, such as {name}/*.xml"
            );
        }
        let opened = std::fs::File::open(file)
            .with_context(|| format!("{name}: không mở được tệp · cannot be opened"))?;
        opened
            .take(most)
            .read_to_end(&mut bytes)
            .with_context(|| format!("{name}: không đọc được tệp · cannot be read"))?;
    }
    let hints = Hints {
        url: args.url.as_deref(),
        content_type: args.content_type.as_deref(),
        content_location: None,
    };
    read::read(&bytes, &hints).with_context(|| name.to_string())
}

fn show(file: &Path, feed: &Feed) {
    let title = feed.title.as_ref().map_or_else(|| "—".to_owned(), feeds::Text::plain);
    println!(
        "{}: {title} [{}, {}] · {} tin · items{}",
        file.display(),
        feed.format.as_str(),
        feed.encoding,
        feed.items.len(),
        if feed.deleted.is_empty() {
            String::new()
        } else {
            format!(", {} đã xoá · deleted", feed.deleted.len())
        },
    );
    for note in &feed.notes {
        println!("  ! {} · {}", note.vi(), note.en());
    }
    for item in &feed.items {
        println!(
            "  {}  {}",
            when(item),
            item.title.as_ref().map_or_else(|| "—".to_owned(), feeds::Text::plain)
        );
        if let Some(link) = &item.link {
            println!("                        {link}");
        }
    }
}

fn when(item: &Item) -> String {
    item.published
        .or(item.updated)
        .map_or_else(|| "—                   ".to_owned(), |at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}
