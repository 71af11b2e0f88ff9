//! `deadline` and `number`: the rules of office work, asked from a shell.
//!
//! Neither needs a node: both are pure functions of the crate `vietnam` and its dated data.

use std::io::{BufRead, BufWriter, IsTerminal, Write};
use std::path::PathBuf;

use anyhow::{Context, bail};
use jiff::civil::{Date, DateTime};
use serde_json::{Value, json};
use vietnam::number::{Abbreviations, DocumentNumber};
use vietnam::working_time::{Calendar, Deadline, OfficeHours, Period, Start};

/// What `deadline` takes.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  nhipcau deadline --from 2026-02-13 --working-days 1 --explain\n  \
    nhipcau deadline --from 2026-02-13T16:30 --hours 24\n  \
    nhipcau deadline --from 2026-11-02 --days 20 --json\n\n\
    The first day is left out. Days off are Saturdays, Sundays, public holidays and substitute days; make-up Saturdays are\n\
    worked. A period in days whose last day is off ends on the next working day (Civil Code 2015, Art. 147, 148).\n\
    Hours of the clock run on through nights and days off, from the moment given or, if only a day is given, from its\n\
    midnight; working hours count only while the office is open.\n\n\
    --calendar FILE amends the calendar that ships (2020 to 2030): a CSV table date,kind,name,name_en,legal_basis whose kind\n\
    is off, work or usual.\n\n\
    --json prints one object: from, unit, count, end (a day), ends_at (a moment, for hours), vi, en, and with --explain rule_vi,\n\
    rule_en and days; or from and error. Exit code 1 if there is no deadline.")]
#[command(group(clap::ArgGroup::new("period").required(true).args(["working_days", "days", "working_hours", "hours"])))]
pub struct DeadlineArgs {
    /// The day, or the moment in Viet Nam, from which the period runs: 2026-02-13, 13/02/2026 or 2026-02-13T16:30
    #[arg(long)]
    from: String,
    /// So many working days
    #[arg(long, value_name = "N")]
    working_days: Option<u32>,
    /// So many days of the calendar
    #[arg(long, value_name = "N")]
    days: Option<u32>,
    /// So many hours while the office is open
    #[arg(long, value_name = "N")]
    working_hours: Option<u32>,
    /// So many hours of the clock
    #[arg(long, value_name = "N")]
    hours: Option<u32>,
    /// Whose office hours
    #[arg(long, default_value = "usual")]
    office: String,
    /// Days that differ from the calendar that ships
    #[arg(long, value_name = "FILE")]
    calendar: Option<PathBuf>,
    /// Tell every day of the count, and why it counts or not
    #[arg(long)]
    explain: bool,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// What `number` takes.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  nhipcau number 'Thông tư số 01 / 2026/tt-btc'\n  \
    nhipcau number --json 42/2022/NĐCP 16-NQ/TW\n  cut -d, -f1 documents.csv | nhipcau number --json\n\n\
    Reads every way of writing that circulates: spaces, missing signs, lower case, Unicode composed or not. Without TEXT one\n\
    number is read from each line of standard input.\n\n\
    --json prints one object per input, in order: input, normalized, serial, year, symbol, form (if the symbol names one),\n\
    forms, issuers, party, tokens (for searching); or input and error. Exit code 1 if any could not be read.")]
pub struct NumberArgs {
    /// A document's number, perhaps with the name of its form before it
    text: Vec<String>,
    /// Print the results as JSON, one object per line
    #[arg(long)]
    json: bool,
}

/// Counts and prints.
///
/// # Errors
/// When the day, the office or the calendar cannot be read, or the calendar does not go that far.
pub fn deadline(args: &DeadlineArgs) -> anyhow::Result<()> {
    let counted = count(args);
    if args.json {
        let told = match &counted {
            Ok(deadline) => told(deadline, args.explain),
            Err(error) => json!({ "from": args.from, "error": format!("{error:#}") }),
        };
        println!("{told}");
    }
    let deadline = counted?;
    if !args.json {
        println!("{}\n{}\n{}", deadline.end, deadline.vi(), deadline.en());
        if args.explain {
            println!("\n{}\n{}\n", deadline.rule_vi(), deadline.rule_en());
            for step in &deadline.steps {
                println!("{}\n    {}", step.vi(), step.en());
            }
        }
    }
    Ok(())
}

fn count(args: &DeadlineArgs) -> anyhow::Result<Deadline> {
    let period = match (args.working_days, args.days, args.working_hours, args.hours) {
        (Some(n), ..) => Period::WorkingDays(n),
        (_, Some(n), ..) => Period::CalendarDays(n),
        (_, _, Some(n), _) => Period::WorkingHours(n),
        (.., Some(n)) => Period::Hours(n),
        (None, None, None, None) => {
            bail!("no period: give --working-days, --days, --working-hours or --hours")
        }
    };
    let from = start(&args.from)?;
    let office = OfficeHours::shipped(&args.office).with_context(|| {
        format!("--office {}: no such row in office_hours.csv; leave it out for the usual hours", args.office)
    })?;
    let amended = match &args.calendar {
        Some(path) => {
            let table = std::fs::read_to_string(path)
                .with_context(|| format!("read --calendar {}", path.display()))?;
            Some(
                Calendar::shipped()
                    .amended(&table)
                    .with_context(|| format!("--calendar {}", path.display()))?,
            )
        }
        None => None,
    };
    Ok(amended.as_ref().unwrap_or(Calendar::shipped()).deadline(from, period, office)?)
}

/// A day, or a moment with its minute.
fn start(text: &str) -> anyhow::Result<Start> {
    let (day, moment) = if text.contains(':') {
        (None, text.parse().or_else(|_| DateTime::strptime("%d/%m/%Y %H:%M", text)).ok())
    } else {
        (text.parse().or_else(|_| Date::strptime("%d/%m/%Y", text)).ok(), None)
    };
    day.map(Start::Day).or(moment.map(Start::Moment)).with_context(|| {
        format!(
            "--from {text}: expected a day such as 2026-02-13 or 13/02/2026, or a moment such as 2026-02-13T16:30 or \
             \"13/02/2026 16:30\""
        )
    })
}

fn told(deadline: &Deadline, explain: bool) -> Value {
    let (unit, count) = match deadline.period {
        Period::WorkingDays(n) => ("working_days", n),
        Period::CalendarDays(n) => ("days", n),
        Period::WorkingHours(n) => ("working_hours", n),
        Period::Hours(n) => ("hours", n),
    };
    let from = match deadline.from {
        Start::Day(day) => day.to_string(),
        Start::Moment(moment) => minute(moment),
    };
    let mut told = json!({ "from": from, "unit": unit, "count": count, "end": deadline.end.to_string(),
        "ends_at": deadline.ends_at.map(minute), "vi": deadline.vi(), "en": deadline.en() });
    if explain {
        told["rule_vi"] = deadline.rule_vi().into();
        told["rule_en"] = deadline.rule_en().into();
        told["days"] = deadline
            .steps
            .iter()
            .map(|step| {
                json!({ "day": step.day.to_string(), "free": step.free, "counted": step.counts(), "vi": step.vi(), "en": step.en(),
                    "legal_basis": step.special.as_ref().map(|special| &special.legal_basis) })
            })
            .collect();
    }
    told
}

fn minute(moment: DateTime) -> String {
    moment.strftime("%FT%H:%M").to_string()
}

/// Reads and prints.
///
/// # Errors
/// When any of the texts is no document's number, or standard input cannot be read.
pub fn number(args: &NumberArgs) -> anyhow::Result<()> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let (mut all, mut failed) = (0u64, 0u64);
    let mut each = |text: &str| -> anyhow::Result<()> {
        let read = text.parse::<DocumentNumber>();
        all += 1;
        failed += u64::from(read.is_err());
        match (read, args.json) {
            (Ok(number), true) => writeln!(out, "{}", parts(text, &number))?,
            (Ok(number), false) => writeln!(out, "{}", in_words(&number))?,
            (Err(error), true) => writeln!(out, "{}", json!({ "input": text, "error": error.to_string() }))?,
            (Err(error), false) => writeln!(out, "{text}\n    {error}")?,
        }
        Ok(())
    };
    if args.text.is_empty() {
        let input = std::io::stdin();
        if input.is_terminal() {
            bail!("no TEXT: give a number, such as 42/2022/NĐ-CP, or one per line on standard input");
        }
        let mut input = input.lock();
        let mut line = Vec::new();
        while input.read_until(b'\n', &mut line).context("read standard input")? > 0 {
            each(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']))?;
            line.clear();
        }
    } else {
        args.text.iter().try_for_each(|text| each(text))?;
    }
    out.flush()?;
    match failed {
        0 => Ok(()),
        failed => bail!("{failed} of {all} could not be read as a document's number"),
    }
}

fn parts(input: &str, number: &DocumentNumber) -> Value {
    let known = Abbreviations::shipped();
    let forms: Vec<&str> = known.forms_of(number, None).iter().map(|form| form.name.as_str()).collect();
    let issuers: Vec<&str> =
        known.issuers_of(number, None).iter().map(|issuer| issuer.name.as_str()).collect();
    let form = if let [one] = forms[..] { Some(one) } else { None };
    json!({ "input": input, "normalized": number.to_string(), "serial": number.serial().as_str(),
        "year": number.year().map(|year| year.get()), "symbol": number.symbol().as_str(), "form": form, "forms": forms,
        "issuers": issuers, "party": number.is_party(), "tokens": number.tokens() })
}

fn in_words(number: &DocumentNumber) -> String {
    let known = Abbreviations::shipped();
    let forms: Vec<String> =
        known.forms_of(number, None).iter().map(|form| format!("{} ({})", form.name, form.name_en)).collect();
    let issuers: Vec<&str> =
        known.issuers_of(number, None).iter().map(|issuer| issuer.name.as_str()).collect();
    let or = |list: String, or: &str| if list.is_empty() { or.to_owned() } else { list };
    let year = number.year().map_or_else(|| "–".to_owned(), |year| year.get().to_string());
    format!(
        "{number}\n    số · serial       {}\n    năm · year        {year}\n    ký hiệu · symbol  {}\n    \
         loại · form       {}\n    cơ quan · issuer  {}",
        number.serial(),
        number.symbol(),
        or(forms.join(" / "), "không rõ · not known"),
        or(issuers.join(", "), "không rõ · not known"),
    )
}
