//! `suggest`: who must answer what somebody wrote, with reasons; and the training and measuring of what suggests.
//!
//! It needs no node: table and model ship with the program.

mod lines;
mod measure;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use anyhow::{Context, bail};
use jiff::civil::Date;
use routing::Suggester;
use routing::table::Table;
use routing::train::{Effort, Material, train};

use crate::clock::Clock;
use crate::words::date;

/// What `suggest` takes.
#[derive(clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  nhipcau suggest \"Đèn đường trong ngõ tắt cả tháng nay\" --place \"Phường Ba Đình, Hà Nội\"\n  \
    nhipcau suggest < bai.txt                 # one message a line, told in words\n  \
    nhipcau suggest --json < bai.jsonl        # lines {\"text\":\"…\",\"place\":\"…\"}, one answer a line\n  \
    nhipcau suggest --coverage                # how much of the authority table names a body\n  \
    nhipcau suggest train --out model.bin     # the same bytes each time\n  \
    nhipcau suggest measure                   # how good it is, trained on what, judged on what\n\n\
    Answers five questions: field, level, agency, kind, urgency. Each has up to three candidates with id, name and confidence, and\n\
    abstain: true where a person must decide, because the measured precision lies under 95 %.\n\
    With --json each line also has danger (show the emergency numbers first), complaint (a complaint or denunciation: explained, not\n\
    registered), answerer (the body at the place, its legal basis), places and reasons (in Vietnamese).\n\
    A line that cannot be read gives {\"line\":N,\"error\":\"…\"}, and the next one is read. Nothing typed is stored or logged."
)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
    /// One message; without it, standard input is read, one message a line
    text: Option<String>,
    /// Where it happened or was sent, as people write it: "Phường Ba Đình, Hà Nội"
    #[arg(long)]
    place: Option<String>,
    /// Read and write JSON, one object a line
    #[arg(long)]
    json: bool,
    /// The day on which the table is asked; today if absent
    #[arg(long)]
    day: Option<Date>,
    /// A model made by `suggest train`, instead of the one that ships
    #[arg(long)]
    model: Option<PathBuf>,
    /// Print how many pairs of field and place resolve to a body, and the share of the catch-all
    #[arg(long)]
    coverage: bool,
}

#[derive(clap::Subcommand)]
enum What {
    /// Train the model anew from what ships: the same bytes each time
    Train(TrainArgs),
    /// Measure: fields, levels, agencies, kinds, with 95 % intervals
    Measure(measure::Args),
}

/// What `suggest train` takes.
#[derive(clap::Args)]
struct TrainArgs {
    /// Where the model is written
    #[arg(long, required_unless_present = "check")]
    out: Option<PathBuf>,
    /// Only say whether the model that ships is what training gives
    #[arg(long)]
    check: bool,
}

/// Suggests, trains or measures.
///
/// # Errors
/// When a file cannot be read or written, or the model is none.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let day = args.day.unwrap_or_else(|| date::day(Clock::system().now()));
    match &args.what {
        Some(What::Train(args)) => return train_model(args),
        Some(What::Measure(args)) => return measure::run(args),
        None => {}
    }
    if args.coverage {
        return coverage(args.json, day);
    }
    let suggester = match &args.model {
        None => Suggester::shipped(),
        Some(path) => {
            let bytes = std::fs::read(path).with_context(|| format!("read {}", path.display()))?;
            Suggester::load(Table::shipped().clone(), &bytes).with_context(|| path.display().to_string())?
        }
    };
    let ask = lines::Ask { suggester: &suggester, place: args.place.as_deref(), day, json: args.json };
    let mut out = std::io::stdout().lock();
    match &args.text {
        Some(text) => writeln!(out, "{}", ask.message(text, args.place.as_deref()))?,
        None => {
            if std::io::stdin().is_terminal() {
                eprintln!("Gõ mỗi dòng một bài, kết thúc bằng Ctrl-D · one message a line, end with Ctrl-D");
            }
            ask.all(&mut std::io::stdin().lock(), &mut out)?;
        }
    }
    Ok(())
}

fn train_model(args: &TrainArgs) -> anyhow::Result<()> {
    let table = Table::shipped();
    let material = Material::shipped(table)?;
    let model = train(table, &material, Effort::default());
    let bytes = model.to_bytes();
    if args.check {
        if bytes != routing::SHIPPED_MODEL {
            bail!(
                "the model that ships is not what training gives: write it anew with `nhipcau suggest train --out data/petitions/model.bin`"
            );
        }
        println!("Mô hình kèm theo đúng là kết quả huấn luyện · the shipped model is what training gives");
    }
    if let Some(out) = &args.out {
        std::fs::write(out, &bytes).with_context(|| format!("write {}", out.display()))?;
        println!(
            "{}: {} byte, {} đặc trưng; học từ {} ví dụ, {} bài và bảng thẩm quyền ngày {}",
            out.display(),
            bytes.len(),
            model.features(),
            material.examples.len(),
            material.messages.len(),
            Table::AS_OF
        );
    }
    Ok(())
}

fn coverage(json: bool, day: Date) -> anyhow::Result<()> {
    let table = Table::shipped();
    let c = table.coverage(day);
    let share = |part: u64, all: u64| 100.0 * part as f64 / all.max(1) as f64;
    if json {
        let told = serde_json::json!({
            "day": day, "table_as_of": Table::AS_OF, "pairs": c.pairs, "resolved": c.resolved, "named_at_place": c.named_here,
            "catch_all": c.catch_all, "missing": c.missing, "fields": c.fields, "fields_with_topic": c.fields_with_topic,
            "procedures": c.procedures, "procedures_with_topic": c.procedures_with_topic,
        });
        println!("{told}");
        return Ok(());
    }
    println!("Bảng thẩm quyền ngày {}, hỏi cho ngày {day}", Table::AS_OF);
    println!("  cặp lĩnh vực × xã                 {:>9}", c.pairs);
    println!("  có cơ quan trả lời                {:>9}  {:.2} %", c.resolved, share(c.resolved, c.pairs));
    println!(
        "    trong đó gọi được tên tại chỗ   {:>9}  {:.2} %",
        c.named_here,
        share(c.named_here, c.pairs)
    );
    println!("  chỉ có dòng hứng (chưa giải được) {:>9}  {:.2} %", c.catch_all, share(c.catch_all, c.pairs));
    println!("  không dòng nào có hiệu lực        {:>9}  {:.2} %", c.missing, share(c.missing, c.pairs));
    println!("  lĩnh vực thủ tục có chủ đề        {:>9} / {}", c.fields_with_topic, c.fields);
    println!("  thủ tục thuộc các lĩnh vực đó     {:>9} / {}", c.procedures_with_topic, c.procedures);
    Ok(())
}
