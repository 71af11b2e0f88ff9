//! `enrol`, `change` and `close`: a parent vouches for a child, says what is different of it, or ends it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::{Value, json};

use super::call::{Client, Node};
use crate::agencies::enrol::JoinRequest;

/// How long `enrol` waits for its statements to have effect.
const PATIENCE: Duration = Duration::from_secs(15);

/// What `enrol` takes.
#[derive(clap::Args)]
#[command(
    after_help = "Examples, at the parent's node:\n  nhipcau enrol join-request.json --dir /var/lib/nhipcau\n  \
    nhipcau enrol communes/ --dir /var/lib/nhipcau        every request in a folder\n\n\
    Check who sent a request before you vouch: from now on the network trusts the key in it. Compare what\n\
    `nhipcau enrol --show FILE` prints with what the child's administrator reads to you.\n\
    A request that is enrolled already is passed over, so the command can be repeated."
)]
pub struct Args {
    #[command(flatten)]
    node: Node,
    /// Join requests as `nhipcau init` wrote them, or folders of them
    #[arg(required = true)]
    requests: Vec<PathBuf>,
    /// Only show who asks and with which key
    #[arg(long)]
    show: bool,
    /// Print what was written as JSON lines
    #[arg(long)]
    json: bool,
}

/// What `change` takes.
#[derive(clap::Args)]
#[command(
    after_help = "Examples, at the parent's node:\n  nhipcau change xa-b.tinh-a.gov.vn/log --name \"Phường B\" --name-en \"B Ward\" --dir /var/lib/nhipcau\n  \
    nhipcau change --request join-request.json --dir /var/lib/nhipcau     it moved to another node or domain\n  \
    nhipcau change xa-b.tinh-a.gov.vn/log --key 'xa-b.tinh-a.gov.vn/log+…' --dir /var/lib/nhipcau     its key changes\n\n\
    A key is stated only when the child's node signs with both, the old and the new one: see `nhipcau keys --help`.\n\
    A fresh join request is written by `nhipcau init` in the new node's folder, with the old keys/ in it."
)]
pub struct ChangeArgs {
    #[command(flatten)]
    node: Node,
    /// The child's log, for example xa-b.tinh-a.gov.vn/log
    #[arg(required_unless_present = "request", conflicts_with = "request")]
    origin: Option<String>,
    /// The child's fresh join request: all that differs from the directory is stated
    #[arg(long)]
    request: Option<PathBuf>,
    /// Its new name in Vietnamese
    #[arg(long)]
    name: Option<String>,
    /// And in English
    #[arg(long)]
    name_en: Option<String>,
    /// Its new code
    #[arg(long)]
    code: Option<String>,
    /// The new key of its log, as `nhipcau keys list` prints it at the child's node
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// The unit that answers for the portal now
    #[arg(long)]
    accountable: Option<String>,
    /// The act that makes it so: a decision's number
    #[arg(long, value_name = "ACT")]
    accountable_basis: Option<String>,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

/// What `close` takes.
#[derive(clap::Args)]
#[command(
    after_help = "Examples, at the parent's node:\n  nhipcau close xa-b.tinh-a.gov.vn/log --successor xa-c.tinh-a.gov.vn/log --dir /var/lib/nhipcau\n  \
    nhipcau close xa-b.tinh-a.gov.vn/log --last-size 812 --dir /var/lib/nhipcau    its key was stolen after entry 811\n\n\
    A closed log is never opened again: the agency goes on under a new one (xa-b.tinh-a.gov.vn/log2), whose join\n\
    request names its predecessor."
)]
pub struct CloseArgs {
    #[command(flatten)]
    node: Node,
    /// The child's log, for example xa-b.tinh-a.gov.vn/log
    origin: String,
    /// The log that takes its place
    #[arg(long, value_name = "ORIGIN")]
    successor: Option<String>,
    /// A log that takes over a part beside it, when the agency is divided; may be repeated
    #[arg(long, value_name = "ORIGIN", requires = "successor")]
    also: Vec<String>,
    /// For a compromised log: later entries are evidence and shown by nobody
    #[arg(long, value_name = "SIZE")]
    last_size: Option<u64>,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

impl Args {
    fn say(&self, line: String) {
        if !self.json {
            println!("{line}");
        }
    }
}

/// Prints what the node answered: as it is, or as a line for people.
fn tell(done: &Value, json: bool, line: impl FnOnce(&Value) -> String) {
    println!("{}", if json { done.to_string() } else { line(&done["entry"]) });
}

/// Enrols each request, and waits until the network counts them.
///
/// # Errors
/// When any was refused; the others are enrolled.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let files = files(&args.requests)?;
    if args.show {
        return files.iter().try_for_each(|path| show(&read(path)?));
    }
    let client = args.node.client()?;
    let before = directory(&client).await?;
    let (mut stated, mut failed) = (Vec::new(), 0);
    for path in &files {
        let done = async {
            let request = read(path)?;
            if before.get(&request.origin).is_some_and(|key| *key == request.log_key) {
                args.say(format!("{} đã được ghi danh từ trước · enrolled already", request.domain));
                return Ok(());
            }
            let body = json!({ "by": args.node.portal, "request": request });
            let done = client.post("/api/v1/agencies", &body, None).await?;
            if args.json {
                println!("{done}");
            }
            args.say(format!(
                "{} được ghi danh, mục số {} · enrolled, entry {}",
                request.domain, done["entry"], done["entry"]
            ));
            stated.push(request.origin);
            anyhow::Ok(())
        };
        if let Err(error) = done.await {
            eprintln!("{}: {error:#}", path.display());
            failed += 1;
        }
    }
    if !args.json {
        effect(&client, &stated).await?;
    }
    if failed > 0 {
        bail!("{failed} of {} were not enrolled (chưa ghi danh {failed})", files.len());
    }
    Ok(())
}

/// The files, and those in the folders, in order.
fn files(given: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in given {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let mut inside = Vec::new();
        for entry in std::fs::read_dir(path).with_context(|| format!("read {}", path.display()))? {
            inside.push(entry?.path());
        }
        inside.retain(|path| path.extension().is_some_and(|ext| ext == "json"));
        if inside.is_empty() {
            bail!("{} holds no join request (*.json)", path.display());
        }
        inside.sort();
        files.extend(inside);
    }
    Ok(files)
}

fn read(path: &Path) -> anyhow::Result<JoinRequest> {
    let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    serde_json::from_str(&text)
        .with_context(|| format!("{} is not a join request as `nhipcau init` writes it", path.display()))
}

fn show(request: &JoinRequest) -> anyhow::Result<()> {
    request.check().map_err(|problem| anyhow::anyhow!("{}: {problem}", request.domain))?;
    println!("{} · {} ({})", request.domain, request.name, request.level);
    println!("  sổ · log        {}", request.log_key);
    println!("  máy chủ · node  {} {}", request.node.cosigner, request.node.url);
    println!("                  {}", request.node.reporter);
    Ok(())
}

/// Each enrolled log that has stated where it is, with its key.
async fn directory(client: &Client) -> anyhow::Result<HashMap<String, String>> {
    let told = client.get("/api/v1/agencies").await?;
    let text = |agency: &Value, field: &str| agency[field].as_str().map(str::to_owned);
    let all = told["agencies"].as_array().into_iter().flatten();
    Ok(all
        .filter(|agency| agency["node"].is_string())
        .filter_map(|agency| Some((text(agency, "origin")?, text(agency, "key")?)))
        .collect())
}

/// Says when the statements count: a head that covers them and the quorum's word must come first.
async fn effect(client: &Client, stated: &[String]) -> anyhow::Result<()> {
    let began = Instant::now();
    let missing = loop {
        let known = directory(client).await?;
        let missing = stated.iter().filter(|origin| !known.contains_key(*origin)).count();
        if missing == 0 || began.elapsed() > PATIENCE {
            break missing;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    match (stated.len(), missing) {
        (0, _) => {}
        (all, 0) => println!("{all}/{all} có hiệu lực · in effect"),
        (all, _) => println!(
            "{}/{all} có hiệu lực; phần còn lại chờ các máy chủ xác nhận sổ heads – xem trang Mạng\n\
             {}/{all} in effect; the others wait for the nodes that confirm heads – see the network page",
            all - missing,
            all - missing
        ),
    }
    Ok(())
}

/// States what is different of a child.
///
/// # Errors
/// The node's refusal.
pub async fn change(args: ChangeArgs) -> anyhow::Result<()> {
    let request = args.request.as_deref().map(read).transpose()?;
    let of = args.origin.clone().or_else(|| Some(request.as_ref()?.origin.clone())).unwrap_or_default();
    let body = json!({
        "by": args.node.portal, "origin": args.origin, "request": request, "name": args.name,
        "name_en": args.name_en, "code": args.code, "key": args.key, "accountable": args.accountable,
        "accountable_basis": args.accountable_basis,
    });
    let done = args.node.client()?.post("/api/v1/agencies/change", &body, None).await?;
    tell(&done, args.json, |entry| {
        format!("{of} được sửa trong danh bạ, mục số {entry} · changed, entry {entry}")
    });
    Ok(())
}

/// Closes a child.
///
/// # Errors
/// The node's refusal.
pub async fn close(args: CloseArgs) -> anyhow::Result<()> {
    let body = json!({
        "by": args.node.portal, "origin": args.origin, "successor": args.successor, "also": args.also,
        "last_size": args.last_size,
    });
    let done = args.node.client()?.post("/api/v1/agencies/close", &body, None).await?;
    tell(&done, args.json, |entry| {
        format!("{} đã đóng, mục số {entry} · closed, entry {entry}", args.origin)
    });
    Ok(())
}
