//! `kinds`: which kinds of items there are, what each asks for, and a file to start from. Needs no node.

use anyhow::Context;
use serde_json::json;

use crate::clock::Clock;
use crate::items::kinds::{self, Field, Kind, Shape, example};
use crate::words::date;

/// What `kinds` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  nhipcau kinds                          all kinds, one a line
  nhipcau kinds procedure                its fields, in both languages
  nhipcau kinds procedure --example > thu-tuc.md && nhipcau issue thu-tuc.md --dry-run
  nhipcau kinds procedure --schema       its JSON Schema (2020-12), as /api/v1/kinds/procedure serves it

In front matter between --- and ---, a kind's own field is written details.deadline: 2026-12-31, and one of a row
details.events[0].at: 2026-12-31T08:00; many rows read better as TOML between +++ and +++, as --example prints it. An example that names a file needs it beside: its contents are printed
as the last comment.")]
pub struct Args {
    /// The word of a kind; all of them if absent
    kind: Option<String>,
    /// Print an example, as a file for `nhipcau issue`
    #[arg(long, requires = "kind")]
    example: bool,
    /// Print the JSON Schema
    #[arg(long, requires = "kind", conflicts_with = "example")]
    schema: bool,
    /// Print what a program may read
    #[arg(long, conflicts_with_all = ["example", "schema"])]
    json: bool,
}

/// Prints kinds.
///
/// # Errors
/// When there is no such kind.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let today = date::day(Clock::system().now());
    let Some(word) = &args.kind else {
        if args.json {
            let all: Vec<_> =
                kinds::all().iter().map(|kind| kind.described(today, "/api/v1/kinds")).collect();
            println!("{}", json!({ "kinds": all }));
            return Ok(());
        }
        for kind in kinds::all() {
            println!(
                "{:<14} {} · {}\n{:15}{}\n{:15}{}",
                kind.id, kind.name.vi, kind.name.en, "", kind.help.vi, "", kind.help.en
            );
        }
        return Ok(());
    };
    let kind = kinds::of(word).with_context(|| {
        let words: Vec<&str> = kinds::all().iter().map(|kind| kind.id.as_str()).collect();
        format!("there is no kind {word}; the kinds are {}", words.join(", "))
    })?;
    if args.json {
        println!("{}", kind.described(today, "/api/v1/kinds"));
    } else if args.schema {
        println!("{}", serde_json::to_string_pretty(&kind.json_schema("/api/v1/kinds"))?);
    } else if args.example {
        print!("{}", kind.example_file(today)?);
        if kind.example(today)["files"].is_array() {
            println!("\n<!-- {} holds for example:\n{}-->", example::FILE.0, example::FILE.1);
        }
    } else {
        teach(kind, kind.persons(today));
    }
    Ok(())
}

fn teach(kind: &Kind, persons: u8) {
    println!("{} · {}\n{}\n{}", kind.name.vi, kind.name.en, kind.help.vi, kind.help.en);
    println!("\nCăn cứ · legal basis: {}", kind.basis);
    println!("Số người cùng tham gia ban hành · people who take part in issuing: {persons}");
    println!("\nTrường chung · common fields (* bắt buộc · required)\n  * title — Tiêu đề · Title");
    kind.common.iter().for_each(|field| tell(field, "  ", ""));
    if !kind.fields.is_empty() {
        println!("\nTrường riêng · fields of its own");
        kind.fields.iter().for_each(|field| tell(field, "  ", "details."));
    }
    println!("\nTệp mẫu · an example: nhipcau kinds {} --example", kind.id);
}

fn tell(field: &Field, indent: &str, path: &str) {
    let mark = if field.required { "*" } else { " " };
    println!(
        "{indent}{mark} {path}{} ({}) — {} · {}",
        field.id,
        field.shape.name(),
        field.label.vi,
        field.label.en
    );
    if !field.help.vi.is_empty() {
        println!("{indent}      {}\n{indent}      {}", field.help.vi, field.help.en);
    }
    if let Shape::Choice(choices) = &field.shape {
        let words: Vec<String> = choices
            .iter()
            .map(|choice| format!("{} ({} · {})", choice.id, choice.name.vi, choice.name.en))
            .collect();
        println!("{indent}      {}", words.join("; "));
    }
    if let Some(ahead) = &field.ahead {
        let (days, basis) = (ahead.working_days, &ahead.basis);
        println!(
            "{indent}      trước ít nhất {days} ngày làm việc · at least {days} working days ahead ({basis})"
        );
    }
    field.inner().iter().for_each(|inner| tell(inner, &format!("{indent}    "), ""));
}
