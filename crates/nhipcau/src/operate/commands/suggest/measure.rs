//! `suggest measure`: every figure with what was trained on what, and its 95 % interval.

use std::path::{Path, PathBuf};

use anyhow::Context;
use routing::corpus::{Message, SHIPPED_HELD_OUT, messages};
use routing::measure::{Form, Found, Report, Score, crossed, duplicates};
use routing::table::Table;
use routing::titles::{Split, Title, judged};
use routing::train::{Effort, Material, train};
use routing::{Suggester, names};
use serde_json::Value;

use crate::petitions::rules::Emergency;

/// What `suggest measure` takes.
#[derive(clap::Args)]
pub struct Args {
    /// A folder with procedures/procedures.jsonl and documents/gazette.jsonl, to measure on official titles too
    #[arg(long)]
    data: Option<PathBuf>,
    /// Another set of messages, one JSON object a line, as data/petitions/held_out.jsonl has them
    #[arg(long)]
    set: Option<PathBuf>,
    /// Only the messages held out
    #[arg(long)]
    quick: bool,
}

const FORMS: [(Form, &str); 3] =
    [(Form::Written, "as written"), (Form::Folded, "without diacritics"), (Form::Noisy, "with typing noise")];

/// Measures and prints.
///
/// # Errors
/// When a file cannot be read.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let table = Table::shipped();
    let suggester = Suggester::shipped();
    if let Some(path) = &args.set {
        let set = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
        let set = messages(&set, table)?;
        println!("## {} ({} messages), the shipped model", path.display(), set.len());
        all_forms(&suggester, &set);
        return Ok(());
    }
    let held_out = messages(SHIPPED_HELD_OUT, table)?;
    println!(
        "## Held out ({} messages written before tuning, by the writer of the examples), the shipped model",
        held_out.len()
    );
    all_forms(&suggester, &held_out);
    if args.quick {
        return Ok(());
    }
    let material = Material::shipped(table)?;
    println!(
        "\n## Informal messages ({}) in four parts by case, each judged by a model trained on the examples and the other parts",
        material.messages.len()
    );
    for (form, name) in FORMS {
        show(name, &crossed(table, &material, 4, Effort::default(), form));
    }
    println!("\n## The same messages, judged by a model trained without any of them: another writer's words");
    let alone = Material { examples: material.examples.clone(), messages: Vec::new() };
    let model = train(table, &alone, Effort::default());
    all_forms(&Suggester::of(table.clone(), model)?, &material.messages);
    let mut found = Found::default();
    for message in &material.messages {
        personal_names(message, &mut found);
    }
    println!(
        "\n## Personal names in these messages: {} of {} found, {} false",
        found.found, found.meant, found.false_alarms
    );
    let sentences: Vec<String> = material
        .messages
        .iter()
        .flat_map(|m| m.example.text.split(['.', '!', '?', ';']))
        .chain(material.examples.iter().map(|e| e.text.as_str()))
        .map(|sentence| sentence.trim().to_owned())
        .filter(|sentence| sentence.split_whitespace().count() >= 4)
        .collect();
    println!("\n## Near-duplicates, texts put together anew from {} sentences", sentences.len());
    for texts in [2_000, 20_000] {
        let d = duplicates(&suggester, &sentences, &material.messages, texts);
        println!(
            "  {} texts, {} distinct words: recall@5 typed again {}",
            d.texts,
            d.words,
            share(d.found, d.sought)
        );
        if texts == 20_000 {
            println!("  the same case retold in other words: recall@5 {}", share(d.retold_found, d.retold));
            println!("  alike in words, another case: {} of {} at 0.6 or more", d.mistaken, d.alike);
        }
    }
    if let Some(data) = &args.data {
        titles(data)?;
    }
    Ok(())
}

fn all_forms(suggester: &Suggester, set: &[Message]) {
    for (form, name) in FORMS {
        let (mut report, mut urgent) = (Report::default(), Found::default());
        for (number, message) in set.iter().enumerate() {
            let text = form.of(&message.example.text, number);
            report.add(suggester, message, &text, Table::AS_OF);
            registered_urgent(suggester, message, &text, &mut urgent);
        }
        show(name, &report);
        println!(
            "    danger to life, as petitions are registered (the model, or a phrase of data/rules/emergency.csv): {} of {} found, {} false alarms in {}",
            urgent.found, urgent.meant, urgent.false_alarms, urgent.others
        );
    }
}

fn registered_urgent(suggester: &Suggester, message: &Message, text: &str, found: &mut Found) {
    let told =
        suggester.suggest(text, None, Table::AS_OF).danger || !Emergency::read(text, Table::AS_OF).is_empty();
    if message.example.urgency == 5 {
        found.meant += 1;
        found.found += usize::from(told);
    } else {
        found.others += 1;
        found.false_alarms += usize::from(told);
    }
}

fn personal_names(message: &Message, found: &mut Found) {
    let text = &message.example.text;
    let told: Vec<&str> = names::find(text).into_iter().filter_map(|range| text.get(range)).collect();
    let is_name = |data: &&String| data.chars().all(|c| c.is_alphabetic() || c == ' ' || c == '\'');
    let meant: Vec<&String> = message.personal_data.iter().filter(is_name).collect();
    found.meant += meant.len();
    found.found += meant.iter().filter(|name| told.iter().any(|told| told.contains(name.as_str()))).count();
    found.false_alarms += told
        .iter()
        .filter(|told| !meant.iter().any(|name| told.contains(name.as_str()) || name.contains(**told)))
        .count();
}

fn share(right: usize, all: usize) -> String {
    let [low, p, high] = Score::interval(right, all);
    format!("{p:.3} [{low:.3}–{high:.3}] ({right}/{all})")
}

fn show(name: &str, r: &Report) {
    println!("  {name}:");
    for (question, s) in [
        ("field", r.field),
        ("level", r.level),
        ("agency", r.agency),
        ("kind", r.kind),
        ("urgency", r.urgency),
    ] {
        println!(
            "    {question:8} first {}; among three {:.3}; acts on {:.2} of them, right {}",
            share(s.first, s.all),
            s.among_three as f64 / s.all.max(1) as f64,
            s.acted as f64 / s.all.max(1) as f64,
            share(s.acted_right, s.acted)
        );
    }
    println!("    urgency within one step {}", share(r.urgency_near, r.urgency.all));
    for (what, f) in [
        ("danger to life", r.danger),
        ("complaints and denunciations", r.complaint),
        ("places (one commune)", r.place),
    ] {
        println!(
            "    {what}: found {}; false alarms {}",
            share(f.found, f.meant),
            share(f.false_alarms, f.others)
        );
    }
}

fn rows(path: &Path) -> anyhow::Result<Vec<Value>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    text.lines().map(|line| serde_json::from_str(line).with_context(|| path.display().to_string())).collect()
}

/// The ministry whose decision publishes a procedure.
fn ministry(decision: &str) -> Option<&'static str> {
    match decision.split('-').nth(1)?.split('/').next()? {
        "BNNMT" => Some("Bộ Nông nghiệp và Môi trường"),
        "BTC" | "TCHQ" => Some("Bộ Tài chính"),
        "BXD" | "BGTVT" => Some("Bộ Xây dựng"),
        "NHNN" => Some("Ngân hàng Nhà nước"),
        "BTP" => Some("Bộ Tư pháp"),
        "BCA" => Some("Bộ Công an"),
        _ => None,
    }
}

fn titles(data: &Path) -> anyhow::Result<()> {
    let procedures = rows(&data.join("procedures/procedures.jsonl"))?;
    let cell =
        |row: &Value, name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
    let of = |class: &dyn Fn(&Value) -> String| -> Vec<Title> {
        procedures
            .iter()
            .map(|row| Title {
                text: cell(row, "name"),
                class: class(row),
                group: cell(row, "field"),
                later: false,
            })
            .filter(|title| !title.class.is_empty())
            .collect()
    };
    let sets = [
        ("ministry", of(&|row| ministry(&cell(row, "decision")).unwrap_or_default().to_owned()), 2),
        ("field", of(&|row| cell(row, "field")), 4),
        ("level", of(&|row| cell(row, "level").split(',').next().unwrap_or_default().trim().to_owned()), 20),
        ("agency", of(&|row| cell(row, "authority")), 3),
    ];
    println!(
        "\n## Titles of {} procedures, in five parts, each judged by a model trained on the others",
        procedures.len()
    );
    for (name, titles, least) in &sets {
        for (form, form_name) in FORMS {
            told(
                &format!("{name}, {form_name}"),
                &judged(titles, Split::Random, *least, &|text, number| form.of(text, number)),
            );
        }
    }
    println!("\n## The same, by field: no field of a judged title was trained on");
    for (name, titles, least) in sets.iter().filter(|(name, ..)| *name != "field") {
        told(name, &judged(titles, Split::Group, *least, &|text, _| text.to_owned()));
    }
    let gazette = rows(&data.join("documents/gazette.jsonl"))?;
    let documents: Vec<Title> = gazette
        .iter()
        .map(|row| {
            let day = ["issued", "date", "issue_date"]
                .iter()
                .map(|name| cell(row, name))
                .find(|day| !day.is_empty())
                .unwrap_or_default();
            Title {
                text: cell(row, "abstract"),
                class: cell(row, "agency"),
                group: String::new(),
                later: day.as_str() >= "2026",
            }
        })
        .filter(|title| !title.class.is_empty())
        .collect();
    println!("\n## Abstracts of documents, by time: trained on those before 2026, judged on those of 2026");
    told("issuing agency", &judged(&documents, Split::Time, 10, &|text, _| text.to_owned()));
    Ok(())
}

fn told(name: &str, o: &routing::titles::Outcome) {
    println!(
        "  {name} ({} classes): first {}; among three {:.3}; at 95 % precision {:.2} covered",
        o.classes,
        share(o.first, o.all),
        o.among_three as f64 / o.all.max(1) as f64,
        o.covered as f64 / o.all.max(1) as f64
    );
}
