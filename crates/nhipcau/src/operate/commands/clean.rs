//! `clean`: what would be taken over from a file or a pasted page, to look at before it becomes an item.

use std::io::Read;
use std::path::PathBuf;

use anyhow::Context;
use serde_json::json;

use crate::items::paste::{self, MOST};

/// What `clean` takes.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  nhipcau clean bao-cao.docx > bao-cao.md\n  nhipcau clean trang.html --json\n  \
    nhipcau clean van-ban-cu.txt            TCVN3, VNI or Windows-1258 become Unicode\n\n\
    The text goes to standard output; what was recognised and left out to standard error. --json prints one object: format\n\
    (markdown, html, text), text, notes (vi, en), and where it was not Unicode: encoding, confidence (percent), samples."
)]
pub struct Args {
    /// A .docx, .html, .md or .txt file, or - for standard input
    file: PathBuf,
    /// The media type, where the bytes do not tell: text/html, text/markdown, text/plain
    #[arg(long, value_name = "TYPE", default_value = "")]
    media: String,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// Reads, cleans and prints.
///
/// # Errors
/// When the file cannot be read, or there is no text to take over.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let name = args.file.display().to_string();
    let mut bytes = Vec::new();
    let most = MOST as u64 + 1;
    if name == "-" {
        std::io::stdin().take(most).read_to_end(&mut bytes).context("read standard input")?;
    } else {
        let file = std::fs::File::open(&args.file).with_context(|| format!("read {name}"))?;
        file.take(most).read_to_end(&mut bytes).with_context(|| format!("read {name}"))?;
    }
    let html = name.to_ascii_lowercase().ends_with(".html") || name.to_ascii_lowercase().ends_with(".htm");
    let media = if args.media.is_empty() && html { "text/html" } else { &args.media };
    let cleaned = paste::clean(&bytes, media, &name).with_context(|| name.clone())?;
    if args.json {
        let notes: Vec<_> =
            cleaned.notes.iter().map(|note| json!({ "vi": note.vi, "en": note.en })).collect();
        let mut told = json!({ "format": cleaned.format.to_string(), "text": cleaned.text, "notes": notes });
        if let Some(found) = &cleaned.recognised {
            told["encoding"] = found.encoding.as_str().into();
            told["confidence"] = found.confidence.into();
            told["samples"] = json!(found.samples);
        }
        println!("{told}");
        return Ok(());
    }
    for note in &cleaned.notes {
        eprintln!("{}\n{}", note.vi, note.en);
    }
    for (before, after) in cleaned.recognised.iter().flat_map(|found| &found.samples) {
        eprintln!("  {before} → {after}");
    }
    println!("{}", cleaned.text);
    Ok(())
}
