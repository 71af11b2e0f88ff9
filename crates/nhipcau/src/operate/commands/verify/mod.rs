//! `verify`: is it authentic, is it complete, is it in force? Three statements, never one "valid".
//!
//! A file is judged by itself, an item by the logs of a node, a portal by all that it shows; the verdicts
//! are made by `crate::verify`, this folder fetches and prints.

mod item;
mod portal;
mod read;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use network::root::RootNote;
use serde_json::{Map, Value, json};
use tlog::TlogProof;

use crate::logs::view::fingerprint;
use crate::verify::{Said, Verdict, proof};
use read::Reader;

/// What `verify` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Says three things apart, and says so when it cannot know one of them:
  authentic   its issuer said this, and the network vouches for the issuer, up to the root note
  complete    nothing is missing: every entry was recomputed, and the heads log knows nothing newer
  in force    it is the newest edition, and nobody who may has withdrawn, erased or ended it

Three things can be checked:
  a .tlog-proof file       authentic; the other two are not knowable from a file
  an item's address        its proof and content, then the logs above it as that node has them:
                           in force as of the entry that is named
  a portal's address       every log that it shows, recomputed to its signed root; every item that
                           stands, in its newest edition; content by its hash (a sample, or --all)

Examples:
  nhipcau verify nghi-dinh.tlog-proof --root-note root.note
  nhipcau verify http://mucangchai.laocai.localhost:8002/muc/8865acee-01a2…
  nhipcau verify https://laocai.gov.vn --all --json
  nhipcau verify https://laocai.gov.vn/muc/8865acee-01a2… --ask https://chinhphu.vn

Trust begins with the root note. --root-note pins it; without it the note that is offered is used, and its \
fingerprint printed: compare it with the printed one.

Exit code 0: a file or an item that is authentic and of which nothing is known to be wrong; a portal of \
which all three hold. 1: not so; the exceptions are named, each with the step that failed. 2: typed wrongly.")]
pub struct Args {
    /// A .tlog-proof file, an item's address, or a portal's address
    what: String,
    /// The root note that you trust
    #[arg(long, value_name = "FILE")]
    root_note: Option<PathBuf>,
    /// Read the logs from this node instead of the one that shows the item
    #[arg(long, value_name = "URL")]
    ask: Option<String>,
    /// Of a portal: fetch every content and page, not only a sample
    #[arg(long)]
    all: bool,
    /// Print the verdict as JSON
    #[arg(long)]
    json: bool,
}

/// What is to be checked.
enum What {
    File(PathBuf),
    Item { address: String, reference: String },
    Portal(String),
}

/// A verdict, and the facts that are told with it.
pub struct Report {
    /// What was judged, a word.
    what: &'static str,
    /// A first line for people.
    title: String,
    verdict: Verdict,
    /// The root note on which it rests, and whether the caller gave it.
    root: Option<(String, bool)>,
    /// Further facts, for machines.
    facts: Map<String, Value>,
    /// Further lines for people.
    lines: Vec<(&'static str, String)>,
}

/// Checks and prints.
///
/// # Errors
/// When it does not hold, naming the step, or when it cannot be read.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let pinned = match &args.root_note {
        Some(path) => Some(
            RootNote::open(
                &std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?,
            )
            .with_context(|| format!("{} is not a root note", path.display()))?,
        ),
        None => None,
    };
    let bar = bar(args.json);
    let report = match what(&args.what)? {
        What::File(path) => file(&path, pinned.as_ref())?,
        What::Item { address, reference } => {
            let shown = Reader::new(&address, bar.clone())?;
            let asked = match &args.ask {
                Some(node) => Reader::new(node, bar.clone())?,
                None => shown.clone(),
            };
            item::check(&shown, &asked, &reference, pinned.as_ref()).await?
        }
        What::Portal(address) => {
            let shown = Reader::new(&address, bar.clone())?;
            let asked = match &args.ask {
                Some(node) => Reader::new(node, bar.clone())?,
                None => shown.clone(),
            };
            portal::check(&shown, &asked, pinned.as_ref(), args.all).await?
        }
    };
    bar.finish_and_clear();
    let well = match report.what {
        "portal" => report.verdict.all_hold(),
        _ => report.verdict.nothing_wrong(),
    };
    if args.json {
        println!("{}", serde_json::to_string_pretty(&report.json())?);
    } else {
        report.print();
    }
    match report.verdict.exceptions.first() {
        _ if well => Ok(()),
        Some(first) => bail!("{first}"),
        None => bail!("not all three hold (không đủ cả ba điều)"),
    }
}

/// A file, an item's address, or a portal's; a bare host name is a portal's.
fn what(text: &str) -> anyhow::Result<What> {
    let path = Path::new(text);
    if path.is_file() {
        return Ok(What::File(path.to_owned()));
    }
    let host = text.split(['/', ':']).next().unwrap_or_default();
    let local =
        host == "localhost" || host.ends_with(".localhost") || host.parse::<std::net::IpAddr>().is_ok();
    let address = match text.contains("://") {
        true => text.to_owned(),
        false if local => format!("http://{text}"),
        false if host.contains('.') && !text.ends_with(".tlog-proof") => format!("https://{text}"),
        false => bail!("there is no file {text}, and it is no address such as https://laocai.gov.vn"),
    };
    if let Ok(reference) = super::call::reference(&address) {
        return Ok(What::Item { address, reference });
    }
    let rest = address.split_once("://").map_or("", |(_, rest)| rest);
    match rest.split_once('/').map_or("", |(_, path)| path) {
        "" | "en" | "en/" => Ok(What::Portal(address)),
        path => bail!(
            "/{path} names no item; give a portal's address, or one with a reference such as /muc/8865acee-01a2…"
        ),
    }
}

fn file(path: &Path, pinned: Option<&RootNote>) -> anyhow::Result<Report> {
    let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    let proof: TlogProof =
        text.parse().with_context(|| format!("{} is not a .tlog-proof file", path.display()))?;
    Ok(match proof::check(&proof, pinned) {
        Ok(proven) => {
            let mut report = Report::new("proof", proven.agency.clone(), proof::verdict(&proven));
            report.proven(&proven);
            report.lines.push(("Nội dung · content", "không có trong tệp này · not in this file".into()));
            report
        }
        Err(fault) => Report::new("proof", path.display().to_string(), Verdict::broken(fault)),
    })
}

/// What moves while logs are read; nothing where a machine reads.
fn bar(json: bool) -> ProgressBar {
    let bar = if json { ProgressBar::hidden() } else { ProgressBar::new(0) };
    if let Ok(style) = ProgressStyle::with_template("  {bar:30} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    bar
}

impl Report {
    fn new(what: &'static str, title: String, verdict: Verdict) -> Report {
        Report { what, title, verdict, root: None, facts: Map::new(), lines: Vec::new() }
    }

    fn fact(&mut self, name: &str, value: impl Into<Value>) {
        self.facts.insert(name.to_owned(), value.into());
    }

    /// The facts that a proof brings.
    fn proven(&mut self, proven: &proof::Proven) {
        self.root = Some((proven.fingerprint.clone(), proven.pinned));
        self.fact("origin", proven.origin.to_string());
        self.fact("agency", proven.agency.clone());
        self.fact("entry", proven.index);
        self.fact("size", proven.size);
        self.fact("kind", proven.entry.kind.word());
        self.fact("at", proven.entry.at.to_string());
        self.fact("demo", proven.demo);
        if proven.demo {
            self.lines.push(("Khóa · keys", "khóa trình diễn · demonstration keys".into()));
        }
    }

    /// The root note on which the verdict rests.
    fn rests_on(&mut self, root: &RootNote, pinned: bool) {
        self.root = Some((fingerprint(&root.text().text()), pinned));
    }

    fn json(&self) -> Value {
        let why = |said: &Said| match said {
            Said::Yes(why) | Said::No(why) | Said::Unknown(why) => why.clone(),
        };
        let verdict = &self.verdict;
        let mut told = json!({
            "what": self.what,
            "title": self.title,
            "authentic": verdict.authentic.known(),
            "complete": verdict.complete.known(),
            "in_force": verdict.in_force.known(),
            "why": {
                "authentic": why(&verdict.authentic),
                "complete": why(&verdict.complete),
                "in_force": why(&verdict.in_force),
            },
            "exceptions": verdict.exceptions,
            "root_fingerprint": self.root.as_ref().map(|(print, _)| print),
            "root_pinned": self.root.as_ref().map(|(_, pinned)| pinned),
        });
        for (name, value) in &self.facts {
            told[name] = value.clone();
        }
        told
    }

    fn print(&self) {
        println!("{}", self.title);
        let verdict = &self.verdict;
        for (name, said) in [
            ("Đúng bản · authentic", &verdict.authentic),
            ("Đủ · complete", &verdict.complete),
            ("Còn hiệu lực · in force", &verdict.in_force),
        ] {
            match said {
                Said::Yes(why) => println!("  {name:<26} có · yes: {why}"),
                Said::No(why) => println!("  {name:<26} KHÔNG · NO: {why}"),
                Said::Unknown(why) => println!("  {name:<26} {why}"),
            }
        }
        for (name, line) in &self.lines {
            println!("  {name:<26} {line}");
        }
        match &self.root {
            Some((print, true)) => println!("  {:<26} {print} (--root-note)", "Thư gốc · root note"),
            Some((print, false)) => println!(
                "  {:<26} {print}\n  {:<26} hãy đối chiếu với bản in · compare it with the printed one",
                "Thư gốc · root note", ""
            ),
            None => {}
        }
        for fault in verdict.exceptions.iter().take(50) {
            println!("  – {fault}");
        }
        if verdict.exceptions.len() > 50 {
            println!("  – … {} nữa · more (--json)", verdict.exceptions.len() - 50);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> &'static str {
        match what(text) {
            Ok(What::File(_)) => "file",
            Ok(What::Item { .. }) => "item",
            Ok(What::Portal(_)) => "portal",
            Err(_) => "nothing",
        }
    }

    #[test]
    fn what_is_to_be_checked_is_told_from_its_form() {
        let reference = "8865acee-01a20c02f50278caacfa8ee7c9f730dd";
        assert_eq!(kind(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")), "file");
        assert_eq!(kind(&format!("https://a.vn/muc/{reference}")), "item");
        assert_eq!(kind(&format!("a.vn/en/muc/{reference}/lich-su?x=1")), "item");
        for portal in [
            "https://a.vn",
            "https://a.vn/",
            "a.vn",
            "xa.laocai.localhost:8002",
            "127.0.0.1:8000",
            "http://[::1]:80/",
        ] {
            assert_eq!(kind(portal), "portal", "{portal}");
        }
        for nothing in ["khong-co.tlog-proof", "x", "", "https://a.vn/thong-tin"] {
            assert_eq!(kind(nothing), "nothing", "{nothing}");
        }
    }
}
