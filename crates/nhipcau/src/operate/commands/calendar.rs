//! `calendar`: the node's calendar of working days, shown; a newer file checked against it; the file loaded.

use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;

use anyhow::{Context, bail};
use serde_json::{Value, json};

use super::call::{Client, Node};

/// What `calendar` takes.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  nhipcau calendar show --year 2027\n  nhipcau calendar show --csv > lich.csv\n  \
    nhipcau calendar check lich-2027.csv --dir /var/lib/nhipcau\n  \
    nhipcau calendar load lich-2027.csv --dir /var/lib/nhipcau\n\n\
    A file is CSV with the columns date,kind,name,name_en,legal_basis; kind is off (a day off), work (a Saturday that is made\n\
    up for) or usual (a holiday taken back). Every row has its legal basis. Days that the file does not name stay.\n\
    --hours FILE has the columns of office_hours.csv; an office in it has its rows and no others.\n\n\
    Nothing is loaded before what changes was shown and confirmed: which days, and which open deadlines move from when to\n\
    when. Dates that an issuer signed stay. Closed deadlines stay. No restart is needed."
)]
pub struct Args {
    #[command(flatten)]
    node: Node,
    #[command(subcommand)]
    act: Act,
}

#[derive(clap::Subcommand)]
enum Act {
    /// Show what holds
    Show {
        /// Of one year
        #[arg(long)]
        year: Option<i16>,
        /// As a table that can be loaded
        #[arg(long, conflicts_with = "json")]
        csv: bool,
        /// As the API tells it
        #[arg(long)]
        json: bool,
    },
    /// Say what a file would change; nothing is changed
    Check(Files),
    /// Load a file, after showing what it changes
    Load {
        #[command(flatten)]
        files: Files,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

#[derive(clap::Args)]
struct Files {
    /// The days
    #[arg(required_unless_present = "hours")]
    file: Option<PathBuf>,
    /// Office hours
    #[arg(long, value_name = "FILE")]
    hours: Option<PathBuf>,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

impl Files {
    fn read(&self) -> anyhow::Result<Value> {
        let text = |path: &Option<PathBuf>| match path {
            None => Ok(String::new()),
            Some(path) => std::fs::read_to_string(path).with_context(|| {
                format!("read {} as UTF-8 text (tệp phải là văn bản UTF-8)", path.display())
            }),
        };
        Ok(json!({ "days": text(&self.file)?, "hours": text(&self.hours)? }))
    }
}

/// Shows, checks or loads.
///
/// # Errors
/// The node's refusal with every bad line; no word to go on where nobody can be asked.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let client = args.node.client()?;
    match args.act {
        Act::Show { year, csv, json } => show(&client, year, csv, json).await,
        Act::Check(files) => {
            let plan = client.post("/api/v1/calendar", &files.read()?, None).await?;
            if files.json {
                println!("{plan}")
            } else {
                tell(&plan)
            }
            Ok(())
        }
        Act::Load { files, yes } => load(&client, &files, yes).await,
    }
}

async fn load(client: &Client, files: &Files, yes: bool) -> anyhow::Result<()> {
    let mut laid = files.read()?;
    let plan = client.post("/api/v1/calendar", &laid, None).await?;
    if !files.json {
        tell(&plan);
    }
    if is_nothing(&plan) {
        if files.json {
            println!("{plan}");
        }
        return Ok(());
    }
    if !yes && !confirmed()? {
        bail!("nothing was loaded (chưa nạp)");
    }
    laid["after"] = plan["after"].clone();
    let done = client.post("/api/v1/calendar", &laid, None).await?;
    match files.json {
        true => println!("{done}"),
        false => println!("Đã nạp · loaded: {}", text(&done["mark"])),
    }
    Ok(())
}

fn confirmed() -> anyhow::Result<bool> {
    let input = std::io::stdin();
    if !input.is_terminal() {
        bail!("nobody can be asked: look at what changes above, then repeat with --yes (thêm --yes để nạp)");
    }
    print!("Nạp? · load? [c/y, N] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    input.lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "c" | "C" | "y" | "Y" | "có" | "yes"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn rows<'a>(plan: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    plan[name].as_array().into_iter().flatten()
}

fn is_nothing(plan: &Value) -> bool {
    ["days", "offices", "years"].iter().all(|name| rows(plan, name).next().is_none())
}

fn tell(plan: &Value) {
    if is_nothing(plan) {
        println!("Tệp không thay đổi gì · the file changes nothing");
        return;
    }
    for year in rows(plan, "years") {
        println!("+ {}: {} ngày nghỉ · days off", year["year"], year["off"]);
    }
    for day in rows(plan, "days") {
        let kind = |at: &Value| if at.is_null() { "usual".to_owned() } else { text(&at["kind"]).to_owned() };
        let name = if day["now"].is_null() { &day["was"]["name"] } else { &day["now"]["name"] };
        let (was, now) = (kind(&day["was"]), kind(&day["now"]));
        println!("{}  {was} → {now}  {} ({})", text(&day["date"]), text(name), text(&day["legal_basis"]));
    }
    for office in rows(plan, "offices") {
        println!("giờ làm việc · office hours: {}", text(office));
    }
    let dash = |at: &Value| at.as_str().unwrap_or("–").to_owned();
    let (signed, moved): (Vec<&Value>, Vec<&Value>) =
        rows(plan, "deadlines").partition(|moved| moved["signed"] == true);
    println!("\nThời hạn đang mở sẽ chuyển · open deadlines that move: {}", moved.len());
    for one in moved {
        println!(
            "  {} · {}: {} → {}",
            text(&one["vi"]),
            text(&one["en"]),
            dash(&one["was"]),
            dash(&one["now"])
        );
    }
    for one in signed {
        println!(
            "  {} · {}: {} (ngày đã ký, giữ nguyên, nay là ngày nghỉ · signed, stays, a day off now)",
            text(&one["vi"]),
            text(&one["en"]),
            dash(&one["was"])
        );
    }
}

async fn show(client: &Client, year: Option<i16>, csv: bool, json: bool) -> anyhow::Result<()> {
    let told = client.get("/api/v1/calendar").await?;
    if json {
        println!("{told}");
        return Ok(());
    }
    let prefix = year.map(|year| format!("{year:04}-")).unwrap_or_default();
    let days = rows(&told, "days").filter(|day| text(&day["date"]).starts_with(&prefix));
    if csv {
        let mut table = csv::Writer::from_writer(std::io::stdout().lock());
        table.write_record(["date", "kind", "name", "name_en", "legal_basis"])?;
        for day in days {
            table.write_record(
                ["date", "kind", "name", "name_en", "legal_basis"].map(|cell| text(&day[cell])),
            )?;
        }
        table.flush()?;
        return Ok(());
    }
    println!("{} – {}, mã lịch · mark {}", told["first"], told["last"], text(&told["mark"]));
    for version in rows(&told, "loaded") {
        println!("nạp · loaded {}: {}", text(&version["at"]), text(&version["legal_basis"]));
    }
    for day in days {
        let (at, kind, name) = (text(&day["date"]), text(&day["kind"]), text(&day["name"]));
        println!("{at}  {kind:<4}  {name} ({})", text(&day["legal_basis"]));
    }
    Ok(())
}
