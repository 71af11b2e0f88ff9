//! What people do with opinions: each act is one transaction with its letters and its lines of the audit trail.

use std::collections::BTreeSet;

use axum::body::Bytes;
use network::letter::MAX_BODY;
use network::names::{ContentHash, Origin};
use serde_json::json;
use uuid::Uuid;
use vietnam::working_time::Period;

use super::letters::{self, Answered, Asked, MOST_WORDS, about};
use super::{Verdict, store};
use crate::app::App;
use crate::assignments::addressees::Roll;
use crate::assignments::restricted;
use crate::calendar::WorkingTime;
use crate::db::Tx;
use crate::drafts::{self, Work, acts};
use crate::items::draft::of_words;
use crate::peers::letters::send::{Posting, drop_letter, post};
use crate::people::audit;
use crate::people::gate::Staff;
use crate::problem::{Fault, Problem};
use crate::words::date;

/// The most agencies that one round asks.
const MOST_ASKED: usize = 40;
/// The most working days that a round may last.
const MOST_DAYS: u32 = 60;

/// What is asked, as it was typed.
pub struct Question<'a> {
    /// The version of the draft that was looked at.
    pub version: i64,
    /// Whom: names, groups or domains, one a line.
    pub whom: &'a str,
    /// What.
    pub words: &'a str,
    /// Working days for the answer.
    pub days: &'a str,
}

/// Sends a draft for opinion. Returns the round.
///
/// # Errors
/// Each field that is wrong; somebody saved meanwhile; the draft is not open.
pub async fn ask(app: &App, staff: &Staff, id: &str, asks: Question<'_>) -> Result<Uuid, Problem> {
    let missing = || Problem::NotFound("draft");
    let id: Uuid = id.parse().map_err(|_| missing())?;
    let mut conn = app.db.read().await?;
    let work = acts::find(&mut conn, staff.portal.log, id).await?;
    open(&work, asks.version)?;
    let today = date::day(app.clock.now());
    let mut faults = Vec::new();
    let whom = whom(app, staff, asks.whom, &mut faults);
    let words = words(asks.words, "noi-dung", &mut faults);
    let (due, days) = deadline(asks.days, today, &app.calendar.now(), &mut faults);
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    let size: u64 = work.written.files.iter().map(|file| file.size).sum();
    if size > MAX_BODY as u64 {
        let most = MAX_BODY >> 20;
        return Err(Problem::refused(
            format!("Các tệp đính kèm dài hơn {most} MB nên không gửi kèm được. Hãy bớt tệp rồi gửi lại."),
            format!(
                "The attached files are larger than {most} MB in all and cannot be sent. Attach less, then send again."
            ),
        ));
    }
    let mut files = Vec::new();
    for file in &work.written.files {
        let hash: ContentHash =
            file.sha256.parse().map_err(|_| anyhow::anyhow!("a stored hash is damaged"))?;
        files.push(drafts::store::file(&mut conn, id, &hash).await?.ok_or_else(missing)?);
    }
    drop(conn);
    let (round, hash) = (app.dice.id(&app.clock)?, work.hash()?);
    let mut written = work.written;
    // Who is asked for an opinion is not therefore given the task.
    restricted::hide(&mut written.draft.details);
    let said = Asked {
        round,
        hash: hash.to_string(),
        question: words.clone(),
        due,
        since: Some(today),
        days: Some(days),
        written,
    };
    let body = Bytes::from(letters::asked(&said, &files)?);
    let mut postings = Vec::new();
    for agency in whom {
        let letter = Posting::new(app, staff.portal.log, &agency, letters::ASKED, body.clone())?;
        postings.push((agency, letter));
    }
    let (log, account, version) = (staff.portal.log, staff.account.id, asks.version);
    let line = staff.line("opinion.ask", id.to_string());
    app.db
        .write("opinion.ask", async move |tx: &mut Tx| -> Result<Uuid, Problem> {
            // What was read must still be what stands there.
            let now = acts::find(tx.conn(), log, id).await?;
            open(&now, version)?;
            store::begin(tx, round, log, account, (id, version, hash), (&words, due), (today, days)).await?;
            let agencies: Vec<String> = postings.iter().map(|(agency, _)| agency.to_string()).collect();
            for (agency, letter) in postings {
                let letter = post(tx, letter).await?;
                store::ask(tx, round, &agency, letter).await?;
            }
            let detail =
                json!({ "round": round, "version": version, "hash": hash.to_string(), "agencies": agencies });
            audit::add(tx, line.with(detail)).await?;
            Ok(round)
        })
        .await
}

/// Only what may still be changed is asked about, and only as it was looked at.
fn open(work: &Work, version: i64) -> Result<(), Problem> {
    if !work.stage.is_open() {
        return Err(Problem::refused(
            "Bản này không còn là dự thảo nên không xin ý kiến nữa.",
            "This is not a draft any more: opinions on it are not asked for.",
        ));
    }
    if work.version != version {
        return Err(Problem::refused(
            "Bản nháp vừa được sửa. Hãy tải lại trang, đọc lại rồi gửi xin ý kiến.",
            "The draft has just been changed. Reload the page, read it again, then send it.",
        ));
    }
    Ok(())
}

fn fault(field: &str, vi: String, en: String) -> Fault {
    Fault { field: field.to_owned(), vi, en }
}

fn whom(app: &App, staff: &Staff, text: &str, faults: &mut Vec<Fault>) -> BTreeSet<Origin> {
    let directory = app.directory.load();
    let today = date::day(app.clock.now());
    let roll = Roll::new(&directory, today);
    let mut all = BTreeSet::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let code = directory.with_code(line).map(|agency| agency.origin.clone());
        let meant = roll.expand(line, &staff.portal.origin, today);
        if code.is_none() && (!meant.unknown.is_empty() || meant.agencies.is_empty()) {
            faults.push(fault(
                "co-quan",
                format!("Không rõ “{line}” là cơ quan nào; ghi đúng tên, tên miền hoặc mã trong danh bạ."),
                format!("Nobody knows which agency “{line}” is; give its name, domain or code as in the directory."),
            ));
        }
        all.extend(code);
        all.extend(meant.agencies);
    }
    all.remove(&staff.portal.origin);
    if all.is_empty() && faults.is_empty() {
        faults.push(fault("co-quan", "Hãy ghi cơ quan cần hỏi.".into(), "Say which agency is asked.".into()));
    }
    if all.len() > MOST_ASKED {
        faults.push(fault(
            "co-quan",
            format!("Mỗi lượt hỏi nhiều nhất {MOST_ASKED} cơ quan."),
            format!("One round asks {MOST_ASKED} agencies at most."),
        ));
    }
    all
}

fn words(text: &str, field: &str, faults: &mut Vec<Fault>) -> String {
    let text = text.trim();
    if text.is_empty() {
        faults.push(fault(field, "Hãy ghi nội dung.".into(), "Say it in words.".into()));
    } else if text.chars().count() > MOST_WORDS {
        faults.push(fault(
            field,
            format!("Nhiều nhất {MOST_WORDS} ký tự."),
            format!("{MOST_WORDS} characters at most."),
        ));
    }
    faults.extend(of_words(None, field, text));
    text.to_owned()
}

/// The last day of so many working days from `today`, and how many they are.
fn deadline(
    text: &str,
    today: jiff::civil::Date,
    time: &WorkingTime,
    faults: &mut Vec<Fault>,
) -> (jiff::civil::Date, u32) {
    let days = text.trim().parse::<u32>().ok().filter(|days| (1..=MOST_DAYS).contains(days));
    let Some(days) = days else {
        faults.push(fault(
            "ngay",
            format!("Số ngày làm việc từ 1 đến {MOST_DAYS}."),
            format!("Working days: 1 to {MOST_DAYS}."),
        ));
        return (today, 0);
    };
    match time.days.deadline(today, Period::WorkingDays(days), time.usual()) {
        Ok(deadline) => (deadline.end, days),
        Err(error) => {
            faults.push(fault("ngay", error.to_string(), error.to_string()));
            (today, days)
        }
    }
}

/// A round of a draft of somebody's agency, with whom it asks.
async fn round_of(app: &App, staff: &Staff, round: &str) -> Result<(Uuid, Vec<store::Place>), Problem> {
    let round: Uuid = round.parse().map_err(|_| Problem::NotFound("round"))?;
    let places = store::places(&mut app.db.read().await?, staff.portal.log, round).await?;
    if places.is_empty() { Err(Problem::NotFound("round")) } else { Ok((round, places)) }
}

/// Takes a round back; its addressees' copies go.
///
/// # Errors
/// Not found at this agency.
pub async fn cancel(app: &App, staff: &Staff, round: &str) -> Result<(), Problem> {
    let (round, places) = round_of(app, staff, round).await?;
    let (log, line) = (staff.portal.log, staff.line("opinion.cancel", round.to_string()));
    app.db
        .write("opinion.cancel", async move |tx: &mut Tx| -> Result<(), Problem> {
            if !store::cancel(tx, round).await? {
                return Ok(());
            }
            for place in places {
                unsent(tx, &place).await?;
                tell(tx, log, &place, letters::CANCELLED, 0).await?;
            }
            Ok(audit::add(tx, line).await?)
        })
        .await
}

/// Reminds those who have not answered.
///
/// # Errors
/// Not found at this agency.
pub async fn remind(app: &App, staff: &Staff, round: &str) -> Result<(), Problem> {
    let (round, places) = round_of(app, staff, round).await?;
    let (log, line) = (staff.portal.log, staff.line("opinion.remind", round.to_string()));
    app.db
        .write("opinion.remind", async move |tx: &mut Tx| -> Result<(), Problem> {
            let now = tx.ledger.now();
            for place in places.iter().filter(|place| place.verdict.is_empty()) {
                if tell(tx, log, place, letters::REMINDED, now).await? {
                    store::reminded(tx, place).await?;
                }
            }
            Ok(audit::add(tx, line).await?)
        })
        .await
}

/// Answers for the agency; a later answer takes the place of an earlier one.
///
/// # Errors
/// Not found; no opinion chosen, or no words where words are due; the question was taken back.
pub async fn answer(app: &App, staff: &Staff, round: &str, verdict: &str, text: &str) -> Result<(), Problem> {
    let missing = || Problem::NotFound("request for an opinion");
    let round: Uuid = round.parse().map_err(|_| missing())?;
    let log = staff.portal.log;
    let request = store::request(&mut app.db.read().await?, log, round).await?.ok_or_else(missing)?;
    let mut faults = Vec::new();
    let verdict = Verdict::of(verdict);
    if verdict.is_none() {
        faults.push(fault("y-kien", "Hãy chọn ý kiến.".into(), "Choose an opinion.".into()));
    }
    // Who agrees without more need not say more.
    let text = match verdict {
        Some(Verdict::Agree) if text.trim().is_empty() => String::new(),
        _ => words(text, "noi-dung", &mut faults),
    };
    let (Some(verdict), true) = (verdict, faults.is_empty()) else { return Err(Problem::Invalid(faults)) };
    let asker: Origin = request.asker.parse().map_err(anyhow::Error::from)?;
    let hash = hex::encode(&request.hash);
    let (account, who) = (staff.account.id, staff.account.name.clone());
    let line = staff.line("opinion.answer", round.to_string());
    app.db
        .write("opinion.answer", async move |tx: &mut Tx| -> Result<(), Problem> {
            if !store::answer(tx, log, round, verdict.word(), &text, account).await? {
                return Err(Problem::refused(
                    "Cơ quan hỏi đã rút lại, hoặc dự thảo đã bị xóa; không trả lời nữa.",
                    "The question was taken back, or the draft was erased: it is not to be answered any more.",
                ));
            }
            let said = tx.ledger.now();
            let answer = Answered { round, hash: hash.clone(), verdict, words: text, who, said };
            let body = serde_json::to_vec(&answer).map_err(anyhow::Error::from)?;
            let again = said.to_string();
            let letter = Posting::named(log, &asker, letters::ANSWERED, body.into(), &[&round.to_string(), &again]);
            post(tx, letter).await?;
            let detail = json!({ "asker": asker.to_string(), "verdict": verdict.word(), "hash": hash });
            Ok(audit::add(tx, line.with(detail)).await?)
        })
        .await
}

/// A question that has not arrived need not arrive any more.
async fn unsent(tx: &mut Tx, place: &store::Place) -> anyhow::Result<()> {
    drop_letter(tx, place.letter.parse()?).await?;
    Ok(())
}

/// Orders the copies of a draft's rounds gone, in the step that erases the draft.
///
/// # Errors
/// The database's.
pub async fn erase(tx: &mut Tx, draft: &str) -> anyhow::Result<()> {
    for (round, log) in store::forget(tx, draft).await? {
        for place in store::places(tx.conn(), log, round.parse()?).await? {
            unsent(tx, &place).await?;
            tell(tx, log, &place, letters::ERASE, 0).await?;
        }
    }
    Ok(())
}

/// Writes to one who is asked. False if it was closed for good: it has no node that could be told.
async fn tell(
    tx: &mut Tx,
    log: i64,
    place: &store::Place,
    kind: &'static str,
    again: i64,
) -> anyhow::Result<bool> {
    let (to, round): (Origin, Uuid) = (place.agency.parse()?, place.round.parse()?);
    match post(tx, about(log, &to, kind, round, again)).await {
        Ok(_) => Ok(true),
        Err(Problem::Refused { .. }) => Ok(false),
        Err(problem) => Err(problem.into()),
    }
}
