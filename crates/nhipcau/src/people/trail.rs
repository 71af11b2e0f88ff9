//! The audit trail as people read it: newest first, by person and by act; and as a file for whoever must keep it.

mod facts;

use std::collections::{BTreeSet, HashMap};

use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::stream;
use serde::Deserialize;

use super::audit::{self, Kept, Sought};
use super::forms::Filled;
use super::gate::Staff;
use super::pages::{Desk, HOME, drawn, shell};
use super::store;
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{DeskWords, Lang, date};
use crate::{agencies, breaches, calendar, channels, drafts, outlets, petitions, sightings, sources, websub};

/// Where it is.
pub const PAGE: &str = "/ban-lam-viec/nhat-ky";
/// Lines on one page.
const MOST: i64 = 50;
/// Lines read at once for the file.
const STEP: i64 = 1_000;

/// What an act is called in both languages.
type Named = (&'static str, fn(&'static DeskWords) -> &'static str);

/// The acts that are named so far.
const ACTS: &[Named] = &[
    ("login", |w| w.act_login),
    ("login.failed", |w| w.act_login_failed),
    ("logout", |w| w.act_logout),
    ("confirm", |w| w.act_confirm),
    ("refused", |w| w.act_refused),
    ("account.add", |w| w.act_account_add),
    ("account.link", |w| w.act_account_link),
    ("account.close", |w| w.act_account_close),
    ("account.open", |w| w.act_account_open),
    ("role.appoint", |w| w.act_role_appoint),
    ("role.dismiss", |w| w.act_role_dismiss),
    ("session.end", |w| w.act_session_end),
    ("password.set", |w| w.act_password_set),
    ("totp.on", |w| w.act_totp_on),
    ("totp.off", |w| w.act_totp_off),
    ("recovery.new", |w| w.act_recovery_new),
    ("recovery.used", |w| w.act_recovery_used),
    ("passkey.add", |w| w.act_passkey_add),
    ("passkey.remove", |w| w.act_passkey_remove),
    ("factors.reset", |w| w.act_factors_reset),
    ("audit.seen", |w| w.act_audit_seen),
    ("audit.export", |w| w.act_audit_export),
    ("draft.begin", |w| w.act_draft_begin),
    ("draft.hand-in", |w| w.act_draft_hand_in),
    ("draft.seen", |w| w.act_draft_seen),
    ("draft.save", |w| w.act_draft_save),
    ("draft.submit", |w| w.act_draft_submit),
    ("draft.send-back", |w| w.act_draft_send_back),
    ("draft.approve", |w| w.act_draft_approve),
    ("draft.issue", |w| w.act_draft_issue),
    ("draft.override", |w| w.act_draft_override),
    ("draft.discard", |w| w.act_draft_discard),
    ("draft.restore", |w| w.act_draft_restore),
    ("task.acknowledge", |w| w.act_task_acknowledge),
    ("task.report", |w| w.act_task_report),
    ("task.close", |w| w.act_task_close),
    ("task.seen", |w| w.act_task_seen),
    ("task.evidence", |w| w.act_task_evidence),
    ("opinion.ask", |w| w.act_opinion_ask),
    ("opinion.remind", |w| w.act_opinion_remind),
    ("opinion.cancel", |w| w.act_opinion_cancel),
    ("opinion.answer", |w| w.act_opinion_answer),
    ("opinion.answered", |w| w.act_opinion_answered),
    ("opinion.read", |w| w.act_opinion_read),
    ("opinion.erase", |w| w.act_opinion_erase),
    ("end.propose", |w| w.act_end_propose),
    ("end.confirm", |w| w.act_end_confirm),
    ("end.drop", |w| w.act_end_drop),
    ("annex.withdraw", |w| w.act_annex_withdraw),
    ("preview.make", |w| w.act_preview_make),
    ("preview.end", |w| w.act_preview_end),
    ("preview.look", |w| w.act_preview_look),
];

/// What an act is called; the word that is kept, if it has no name yet.
fn name(act: &str, lang: Lang) -> String {
    let named = ACTS.iter().find(|(word, _)| *word == act);
    let (merger, breach) = (agencies::merger::view::act_name(act, lang), breaches::act_name(act, lang));
    match named {
        Some((_, name)) => name(lang.desk()).to_owned(),
        None if act == "draft.word" => lang.word_file().act.to_owned(),
        None if act == "georeport.key" => lang.georeport().act_key.to_owned(),
        None => merger
            .or(breach)
            .or(calendar::act_name(act, lang))
            .or(sources::act_name(act, lang))
            .or(outlets::act_name(act, lang))
            .or(websub::act_name(act, lang))
            .or(sightings::act_name(act, lang))
            .or(channels::act_name(act, lang))
            .or(crate::media::act_name(act, lang))
            .or(petitions::act_name(act, lang))
            .unwrap_or(act)
            .to_owned(),
    }
}

/// What is looked for.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    /// A login.
    #[serde(default)]
    ai: String,
    /// An act.
    #[serde(default)]
    viec: String,
    /// Lines before this one.
    #[serde(default)]
    truoc: Option<i64>,
    /// Present if the whole trail is to be checked.
    #[serde(default, rename = "kiem-tra")]
    check: Option<String>,
}

/// A line on the page.
struct Row {
    seq: i64,
    at: String,
    who: String,
    act: String,
    /// On whom or what, if not on oneself.
    subject: String,
    /// Where that can be seen.
    href: Option<String>,
    /// Facts beside it.
    facts: String,
}

struct Choice {
    value: String,
    says: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "people/trail.html")]
struct Trail {
    shell: Shell,
    desk: Desk,
    rows: Vec<Row>,
    people: Vec<Choice>,
    acts: Vec<Choice>,
    older: Option<String>,
    /// What the check has found: whole or not, and in words.
    checked: Option<(bool, String)>,
}

/// `GET /ban-lam-viec/nhat-ky`
pub async fn page(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Response {
    match show(&app, &staff, &visitor, &asked).await {
        Ok(page) => drawn(&app, &visitor, StatusCode::OK, &page),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

async fn show(app: &App, staff: &Staff, visitor: &Visitor, asked: &Asked) -> Result<Trail, Problem> {
    if asked.truoc.is_none() {
        staff.saw(app, "audit.seen", "").await?;
    }
    let (lang, log) = (visitor.lang, staff.portal.log);
    let w = lang.desk();
    let mut conn = app.db.read().await?;
    let accounts = store::at_log(&mut conn, log).await?;
    let known: HashMap<String, (String, String)> =
        accounts.into_iter().map(|account| (account.id.to_string(), (account.login, account.name))).collect();
    let who = known.iter().find(|(_, (login, _))| *login == asked.ai).map(|(id, _)| id.clone());
    let sought = Sought {
        // A login that nobody has here finds nothing, rather than everything.
        who: if asked.ai.is_empty() { None } else { Some(who.unwrap_or_else(|| "-".into())) },
        act: Some(asked.viec.clone()).filter(|act| !act.is_empty()),
        before: asked.truoc.unwrap_or(i64::MAX),
    };
    let mut lines = audit::sought(&mut conn, log, &sought, MOST + 1).await?;
    let done = audit::acts(&mut conn, log).await?;
    let checked = match asked.check {
        Some(_) => Some(match audit::broken(&mut conn).await? {
            None => (true, w.trail_whole.to_owned()),
            Some(seq) => (false, w.trail_broken(seq)),
        }),
        None => None,
    };
    let drafts = drafts_of(&mut conn, log, &lines).await?;
    drop(conn);
    let more = i64::try_from(lines.len()).is_ok_and(|found| found > MOST);
    lines.truncate(usize::try_from(MOST).unwrap_or_default());
    let older = lines.last().filter(|_| more).map(|last| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("ai", &asked.ai).append_pair("viec", &asked.viec);
        let query = query.append_pair("truoc", &last.seq.to_string()).finish();
        format!("{}?{query}", lang.path(PAGE))
    });
    let mut people: Vec<Choice> = known
        .values()
        .map(|(login, name)| Choice {
            chosen: *login == asked.ai,
            value: login.clone(),
            says: format!("{name} ({login})"),
        })
        .collect();
    people.sort_by(|a, b| a.value.cmp(&b.value));
    Ok(Trail {
        shell: shell(app, visitor, &staff.portal, w.trail_title),
        desk: Desk::of(staff, lang, PAGE, None),
        rows: lines.iter().map(|line| row(app, lang, &known, &drafts, line)).collect(),
        people,
        acts: done
            .into_iter()
            .map(|act| Choice { says: name(&act, lang), chosen: act == asked.viec, value: act })
            .collect(),
        older,
        checked,
    })
}

/// The titles of the drafts that lines are about, by their ids, as far as they are kept.
async fn drafts_of(conn: &mut Conn, log: i64, lines: &[Kept]) -> Result<HashMap<String, String>, Problem> {
    let mut titles = HashMap::new();
    let about = lines.iter().filter(|line| line.act.starts_with("draft.")).map(|line| &line.subject);
    for draft in about.collect::<BTreeSet<_>>() {
        let Ok(id) = draft.parse() else { continue };
        if let Some(title) = drafts::store::title(conn, log, id).await? {
            titles.insert(draft.clone(), title);
        }
    }
    Ok(titles)
}

fn row(
    app: &App,
    lang: Lang,
    known: &HashMap<String, (String, String)>,
    drafts: &HashMap<String, String>,
    line: &Kept,
) -> Row {
    let w = lang.desk();
    let named = |id: &str| known.get(id).map(|(login, name)| format!("{name} ({login})"));
    let who = match line.account.as_str() {
        "" => w.trail_nobody.to_owned(),
        "token" => w.trail_token.to_owned(),
        // Somebody from above, or who works here no more.
        id => named(id).unwrap_or_else(|| w.trail_other.to_owned()),
    };
    let draft = drafts.get(&line.subject);
    let subject = match draft {
        Some(title) if title.is_empty() => w.untitled.to_owned(),
        Some(title) => title.clone(),
        None if line.subject == line.account => String::new(),
        None => named(&line.subject).unwrap_or_else(|| line.subject.clone()),
    };
    Row {
        seq: line.seq,
        at: date::short(lang, instant(line.at), app.clock.now()),
        who,
        act: name(&line.act, lang),
        subject,
        href: draft.map(|_| lang.path(&format!("{HOME}/tin/{}", line.subject))),
        facts: facts::facts(&line.detail, &line.subject, lang, named),
    }
}

/// `POST /ban-lam-viec/nhat-ky`: every line of the agency, oldest first, as JSON lines. That it was taken is a line too.
pub async fn export(State(app): State<App>, staff: Staff, visitor: Visitor, Filled(_): Filled) -> Response {
    if let Err(problem) = staff.saw(&app, "audit.export", "").await {
        return failure(&app, &visitor, problem);
    }
    let (log, day) = (staff.portal.log, date::day(app.clock.now()));
    let lines = stream::try_unfold((app, log, 0), next_lines);
    let name = format!("attachment; filename=\"nhat-ky-{}-{day}.jsonl\"", staff.portal.domain);
    let head = [(header::CONTENT_TYPE, "application/jsonl".to_owned()), (header::CONTENT_DISPOSITION, name)];
    (head, Body::from_stream(lines)).into_response()
}

/// The next lines of the file, and from where to go on.
async fn next_lines((app, log, after): (App, i64, i64)) -> anyhow::Result<Option<(Bytes, (App, i64, i64))>> {
    let mut conn = app.db.read().await?;
    let lines = audit::after(&mut conn, log, after, STEP).await?;
    drop(conn);
    let Some(last) = lines.last().map(|line| line.seq) else { return Ok(None) };
    let mut text = Vec::new();
    for line in &lines {
        serde_json::to_writer(&mut text, line)?;
        text.push(b'\n');
    }
    Ok(Some((Bytes::from(text), (app, log, last))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_has_a_name_of_its_own_in_both_languages() {
        for lang in [Lang::Vi, Lang::En] {
            let names: std::collections::BTreeSet<_> = ACTS.iter().map(|(act, _)| name(act, lang)).collect();
            assert_eq!(names.len(), ACTS.len());
        }
        assert_eq!(name("petition.of-tomorrow", Lang::Vi), "petition.of-tomorrow");
    }
}
