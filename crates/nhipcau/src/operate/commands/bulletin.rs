//! `bulletin`: a day's bulletin for a commune's loudspeakers, as text or as sound.

use std::path::PathBuf;

use anyhow::{Context, bail};
use jiff::civil::Date;

use super::call::Node;
use crate::bulletins::voice::{Form, sound};
use crate::clock::Clock;
use crate::words::{Lang, date, number};

/// What `bulletin` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  nhipcau bulletin ban-tin.mp3 --portal bache.quangninh.gov.vn
  nhipcau bulletin ban-tin.txt --day 2026-11-25
  nhipcau bulletin ban-tin.ogg --item 5bf19b2e-01a2…,8865acee-01a2…

The portal's own items of the day and what is urgent of others, with numbers, days and abbreviations in words; \
corrections and withdrawals of the day and of the day before come first. The ending says the form: .txt for a person \
who reads, .mp3, .ogg or .wav by Debian's espeak-ng (and ffmpeg). Listen before it goes out.")]
pub struct Args {
    /// The file to write; it must not exist: .txt, .mp3, .ogg or .wav
    to: PathBuf,
    #[command(flatten)]
    node: Node,
    /// The day in Viet Nam; today if it is not said
    #[arg(long)]
    day: Option<Date>,
    /// Only these items are read, in this order; by reference
    #[arg(long, value_delimiter = ',')]
    item: Vec<String>,
}

/// Writes a bulletin.
///
/// # Errors
/// There is nothing to read, a program is not installed, or the node does not answer.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let Args { to, node, .. } = &args;
    if to.exists() {
        bail!("{} exists already; name a new file (tệp đã có)", to.display());
    }
    let form = Form::of(to);
    if form.is_none() && to.extension().is_none_or(|ending| ending != "txt") {
        bail!("{}: the file ends in .txt, .mp3, .ogg or .wav (đuôi tệp chưa đúng)", to.display());
    }
    let day = args.day.unwrap_or_else(|| date::day(Clock::system().now()));
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("day", &day.to_string());
    query.extend_pairs(node.portal.iter().map(|portal| ("portal", portal)));
    if !args.item.is_empty() {
        query.append_pair("item", &args.item.join(","));
    }
    let told = node.client()?.get(&format!("/api/v1/bulletin?{}", query.finish())).await?;
    let count = |name: &str| told["bulletin"][name].as_u64().unwrap_or_default();
    let (news, changes) = (count("news"), count("changes"));
    if news + changes == 0 {
        let on = date::date(Lang::Vi, day);
        bail!("Ngày {on} không có tin, đính chính hay thu hồi để đọc · nothing to read on {day}");
    }
    let said = told["said"].as_str().context("the node's answer has no text")?.to_owned();
    let folder = tempfile::tempdir()?;
    let (from, seconds) = match form {
        None => {
            let path = folder.path().join("said.txt");
            std::fs::write(&path, &said)?;
            (path, count("seconds"))
        }
        Some(form) => {
            let place = folder.path().to_owned();
            tokio::task::spawn_blocking(move || sound(&said, form, &place, &|| {})).await??
        }
    };
    std::fs::copy(&from, to).with_context(|| format!("write {}", to.display()))?;
    let length = |lang| number::duration(lang, seconds * 1_000);
    println!(
        "{news} tin, {changes} đính chính hoặc thu hồi, dài {}: {} · {news} news, {changes} changes, {}",
        length(Lang::Vi),
        to.display(),
        length(Lang::En)
    );
    println!("Hãy nghe hoặc đọc lại trước khi phát · listen or read before it goes out");
    Ok(())
}
