//! `check-text`: what a reader of a text would stumble over, and what must not be published, told before it is.
//!
//! It needs no node: the rules are those of the crate `vietnam`.

use std::io::Read;
use std::path::PathBuf;

use anyhow::{Context, bail};
use jiff::civil::Date;
use serde_json::json;
use vietnam::plain::{self, Concern, Finding};
use vietnam::secret;
use vietnam::text::legacy;

use crate::clock::Clock;
use crate::files::{Kind, kind_of, text_of};
use crate::words::date;

/// The most bytes of a file that are read.
const MOST: u64 = 64 << 20;

/// What `check-text` takes.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  nhipcau check-text thong-bao.md\n  nhipcau check-text bao-cao.docx --json\n  \
    pbpaste | nhipcau check-text -\n\n\
    Reads plain text and Markdown in any Vietnamese encoding, Word, Excel, PowerPoint, OpenDocument and PDF with a text layer.\n\
    Finds long sentences, abbreviations without explanation, abolished provinces, districts, communes and ministries with their\n\
    successors, days that do not exist or fall on another day of the week, look-alike letters, and personal data.\n\n\
    --json prints one object per finding: line, column, start, end (bytes of the text), concern, weight (advice, mistake,\n\
    danger), vi, en, suggestion. Exit code 1 if the text bears a mark of secrecy or cannot be read; findings are no failure."
)]
pub struct Args {
    /// A file, or - for standard input
    file: PathBuf,
    /// The day on which the text is published; today if absent
    #[arg(long)]
    day: Option<Date>,
    /// Print the findings as JSON, one object per line
    #[arg(long)]
    json: bool,
}

/// Reads, checks and prints.
///
/// # Errors
/// When the file cannot be read, has no text, or bears a mark of secrecy.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let text = read(args)?;
    if let Some(mark) = secret::in_text(&text) {
        let line = text[..mark.range.start].matches('\n').count() + 1;
        bail!(
            "dòng {line}: có dấu độ mật “{degree}”; không được soạn, lưu hoặc đăng ở đây · line {line}: it bears the mark of secrecy “{degree}”",
            degree = mark.degree
        );
    }
    let day = args.day.unwrap_or_else(|| date::day(Clock::system().now()));
    let findings = plain::check(&text, day);
    let mut place = Place { line: 1, start: 0, seen: 0 };
    for finding in &findings {
        place.go_to(&text, finding.range.start);
        let column = text[place.start..finding.range.start].chars().count() + 1;
        if args.json {
            println!("{}", told(&text, finding, place.line, column));
        } else {
            println!("{}:{column}  {}", place.line, line(finding));
        }
    }
    if !args.json {
        println!("{} điểm cần xem · findings", findings.len());
    }
    Ok(())
}

fn read(args: &Args) -> anyhow::Result<String> {
    let name = args.file.display();
    let mut bytes = Vec::new();
    if args.file.as_os_str() == "-" {
        std::io::stdin().take(MOST + 1).read_to_end(&mut bytes).context("read standard input")?;
    } else {
        let file = std::fs::File::open(&args.file).with_context(|| format!("read {name}"))?;
        file.take(MOST + 1).read_to_end(&mut bytes).with_context(|| format!("read {name}"))?;
    }
    if bytes.len() as u64 > MOST {
        bail!("{name} is larger than 64 MB (tệp lớn hơn 64 MB)");
    }
    let kind = kind_of(&bytes);
    let text = match kind {
        Kind::Text | Kind::Html | Kind::Xml => legacy::read(&bytes).text,
        kind => text_of(kind, &bytes),
    };
    if text.trim().is_empty() {
        bail!("{name} ({}) has no text that can be read (không có chữ đọc được)", kind.name());
    }
    Ok(text)
}

/// Where in the text the newest finding begins; findings come in order, so the text is walked through once.
struct Place {
    line: usize,
    /// The byte at which the line begins.
    start: usize,
    seen: usize,
}

impl Place {
    fn go_to(&mut self, text: &str, at: usize) {
        for (newline, _) in text[self.seen..at].match_indices('\n') {
            self.line += 1;
            self.start = self.seen + newline + 1;
        }
        self.seen = at;
    }
}

fn line(finding: &Finding) -> String {
    let instead = finding.suggestion.as_deref().filter(|words| !words.trim().is_empty());
    let instead = instead.map_or(String::new(), |words| format!(" → {words}"));
    format!("{}  {}{instead}\n      {}", finding.concern, finding.vi, finding.en)
}

fn told(text: &str, finding: &Finding, line: usize, column: usize) -> serde_json::Value {
    let mut told = json!({
        "line": line, "column": column, "start": finding.range.start, "end": finding.range.end,
        "concern": finding.concern.as_str(), "weight": finding.weight.as_str(), "vi": finding.vi, "en": finding.en,
    });
    if let Some(suggestion) = &finding.suggestion {
        told["suggestion"] = suggestion.as_str().into();
    }
    // What is personal is not written out once more.
    if finding.concern != Concern::PersonalData {
        told["text"] = text[finding.range.clone()].into();
    }
    told
}
