//! `feed`: what a feed of another portal says, read as it would be taken over, and its items as drafts.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use feeds::{Feed, Hints, Item, limits};
use serde_json::json;

use crate::calendar::Today;
use crate::clock::Clock;
use crate::items::kinds;
use crate::sources::draft::{self, Mapping};
use crate::sources::fetch::{Answer, Fetcher, Validators};
use crate::sources::read;
use crate::words::date;

/// What `feed` does.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Read feeds from files or addresses: RSS, RDF, Atom, JSON Feed, in any encoding, also broken ones
    Read(ReadArgs),
    /// Print the items of feeds as drafts, for the first import of a portal by `nhipcau issue -`
    Drafts(DraftsArgs),
}

/// What `feed read` takes.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  nhipcau feed read rss.xml\n  nhipcau feed read https://baochinhphu.vn/rss/home.rss\n  \
    nhipcau feed read rss.xml --json | jq -r '.items[] | .published + \" \" + .title'\n  \
    unzip -p cu.zip tin.xml | nhipcau feed read - --url https://a.gov.vn/rss.xml\n\n\
    Reads RSS 0.9 to 2.0, RSS 1.0 (RDF), CDF, Atom 0.3 and 1.0 with tombstones (RFC 6721), JSON Feed;\n\
    UTF-8, UTF-16, windows-1258, TCVN3, VNI and whatever else browsers read. What has one sensible\n\
    meaning is mended and told: a wrong charset, text before the document, brackets that are none,\n\
    an end that is missing. What is no feed is refused, with what it is instead. Addresses are called\n\
    with at most 5 redirects and 4 MB; this machine and private networks only with --private.\n\n\
    --json prints one object for each file, one on a line: file, format (rss, rdf, atom, json),\n\
    encoding, title, link, language, updated, complete, items, deleted (id, at), notes (note, vi, en).\n\
    items[] have id, link, title, published, updated, summary, content, authors, categories,\n\
    enclosures (url, type, length); what the feed does not say is null. Times are UTC. title_type,\n\
    summary_type and content_type say text or html; html has been cleaned, and its links are absolute\n\
    where their base is known: by xml:base, the feed's address or its own page. Of items that have no\n\
    id the link stands for it.\n\n\
    Exit code 1 if a file cannot be read or is no feed (the others are read all the same); what was\n\
    mended is no failure."
)]
struct ReadArgs {
    #[command(flatten)]
    sources: Sources,
    /// Print what was read as JSON, one object for each file
    #[arg(long)]
    json: bool,
}

/// Where feeds come from.
#[derive(clap::Args)]
struct Sources {
    /// Files, addresses (https://…), or - for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The address from which a file came: relative links stand against it
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// The Content-Type that came with a file, for its charset
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
    /// Call also addresses of this machine and of private networks
    #[arg(long)]
    private: bool,
}

/// What `feed drafts` takes.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  nhipcau feed drafts https://tinh-a.gov.vn/rss/tin.xml                look at them first\n  \
    nhipcau feed drafts rss.xml --map \"Thông báo=notice\" | nhipcau issue - --jobs 1\n\n\
    For the first import of an agency's own portal into its log: prints a draft for each item, one JSON\n\
    object on a line, oldest first, as nhipcau issue takes them (--jobs 1 keeps the order); that issues\n\
    nothing twice, and what needs a second person waits in the console (--dir or --node name the node).\n\
    The source of each draft is the feed and the item's address.\n\
    What comes twice in the feed (one page under several addresses, the same text), has no title, bears a\n\
    mark of secrecy or would be refused is put aside and told with the reason on standard error.\n\n\
    What the portal changes or deletes later is followed where its address is joined in the console\n\
    (/ban-lam-viec/nguon); this command takes it over once. Pictures of texts are not taken over."
)]
struct DraftsArgs {
    #[command(flatten)]
    sources: Sources,
    /// The kind of items of no category that is mapped
    #[arg(long, default_value = "news")]
    kind: String,
    /// Items of this category are of this kind; may be given often
    #[arg(long = "map", value_name = "CATEGORY=KIND")]
    maps: Vec<String>,
    /// The name of the source; else the feed's title
    #[arg(long)]
    name: Option<String>,
}

/// Runs what was asked for.
///
/// # Errors
/// When a file cannot be read or is no feed.
pub async fn run(args: &Args) -> anyhow::Result<()> {
    match &args.what {
        What::Read(args) => {
            each(&args.sources, |file, feed| {
                if args.json {
                    let mut told = read::told(feed);
                    told["file"] = json!(file.display().to_string());
                    println!("{told}");
                } else {
                    show(file, feed);
                }
                Ok(())
            })
            .await
        }
        What::Drafts(args) => {
            let mapping = mapping(args)?;
            let today = Today::shipped(date::day(Clock::system().now()));
            each(&args.sources, |_, feed| {
                let (drafts, aside) = draft::drafts(feed, args.name.as_deref(), &mapping, &today);
                for draft in &drafts {
                    println!("{}", serde_json::to_string(draft)?);
                }
                for one in &aside {
                    eprintln!("! {}: {}", one.item, one.why);
                }
                eprintln!("{} bản thảo · drafts, {} để riêng · put aside", drafts.len(), aside.len());
                Ok(())
            })
            .await
        }
    }
}

/// The kinds that were named, all of which there are.
fn mapping(args: &DraftsArgs) -> anyhow::Result<Mapping> {
    let known = |kind: &str| -> anyhow::Result<()> {
        if !kinds::all().iter().any(|one| one.id == kind) {
            let all: Vec<&str> = kinds::all().iter().map(|kind| kind.id.as_str()).collect();
            bail!(
                "không có loại “{kind}”; hãy chọn một trong · there is no kind `{kind}`; take one of: {}",
                all.join(", ")
            );
        }
        Ok(())
    };
    known(&args.kind)?;
    let mut mapping = Mapping { usual: args.kind.clone(), kinds: Vec::new() };
    for map in &args.maps {
        let Some((category, kind)) = map.rsplit_once('=') else {
            bail!("--map {map}: hãy ghi CHUYÊN MỤC=LOẠI · write CATEGORY=KIND, such as \"Thông báo=notice\"");
        };
        known(kind.trim())?;
        mapping.kinds.push((category.trim().to_owned(), kind.trim().to_owned()));
    }
    Ok(mapping)
}

/// Reads one feed after the other and goes on after faults.
async fn each(
    sources: &Sources,
    mut then: impl FnMut(&Path, &Feed) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut failed = Vec::new();
    for file in &sources.files {
        let read = match address(file) {
            Some(url) => read_address(url, sources).await,
            None => read_file(file, sources),
        };
        match read {
            Ok(feed) => then(file, &feed)?,
            Err(error) => failed.push(error.context(file.display().to_string())),
        }
    }
    let Some(last) = failed.pop() else { return Ok(()) };
    for error in &failed {
        eprintln!("nhipcau: {error:#}");
    }
    Err(last)
}

/// An argument that is an address and no file.
fn address(file: &Path) -> Option<&str> {
    file.to_str().filter(|text| text.starts_with("https://") || text.starts_with("http://"))
}

async fn read_address(url: &str, args: &Sources) -> anyhow::Result<Feed> {
    let fetcher = Fetcher::new(args.private, None)?;
    match fetcher.fetch(url, &Validators::default()).await? {
        Answer::Fetched(fetched) => {
            let hints = Hints {
                url: Some(&fetched.url),
                content_type: fetched.content_type.as_deref(),
                content_location: fetched.content_location.as_deref(),
            };
            Ok(read::read(&fetched.bytes, &hints)?)
        }
        Answer::Unchanged => bail!(
            "máy chủ nói nguồn tin không đổi dù chưa từng gửi · the server says that nothing has changed, though it was never asked before"
        ),
    }
}

fn read_file(file: &Path, args: &Sources) -> anyhow::Result<Feed> {
    let most = limits::BYTES as u64 + 1;
    let mut bytes = Vec::new();
    if file.as_os_str() == "-" {
        std::io::stdin().take(most).read_to_end(&mut bytes).context("read standard input")?;
    } else {
        if file.is_dir() {
            bail!(
                "đây là thư mục; hãy ghi tên các tệp, ví dụ {0}/*.xml · this is a folder; name its files, such as {0}/*.xml",
                file.display()
            );
        }
        let opened = std::fs::File::open(file).context("không mở được tệp · cannot be opened")?;
        opened.take(most).read_to_end(&mut bytes).context("không đọc được tệp · cannot be read")?;
    }
    let hints = Hints {
        url: args.url.as_deref(),
        content_type: args.content_type.as_deref(),
        content_location: None,
    };
    Ok(read::read(&bytes, &hints)?)
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
