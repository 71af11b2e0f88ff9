//! What happened to a case, line by line, as those read it who handle it.

use super::super::following::{happened, name_of};
use super::super::store::{Case, steps};
use super::super::{DESK, handover, ties};
use super::short;
use crate::app::App;
use crate::db::Conn;
use crate::people::store as people;
use crate::problem::Problem;
use crate::words::Lang;

/// One thing that happened.
pub(super) struct Line {
    pub(super) head: String,
    pub(super) by: String,
    pub(super) words: String,
    /// Files: address, name, size in kilobytes; no size while it is on its way from another node.
    pub(super) files: Vec<(String, String, Option<i64>)>,
    pub(super) inside: bool,
}

/// The name of somebody who works here; empty if nobody is known by that.
///
/// # Errors
/// The database's.
pub(super) async fn person(conn: &mut Conn, account: &str) -> Result<String, Problem> {
    let Ok(id) = uuid::Uuid::try_parse(account) else { return Ok(String::new()) };
    Ok(people::account(conn, id).await?.map(|account| account.name).unwrap_or_default())
}

/// The path of a case: at its agency all of it, at one that had it what its sender reads, without words and files.
///
/// # Errors
/// The database's.
pub(super) async fn lines(
    app: &App,
    conn: &mut Conn,
    (case, path): (&Case, &[steps::Step]),
    (log, ours): (i64, bool),
    lang: Lang,
) -> Result<Vec<Line>, Problem> {
    let w = lang.petition_desk();
    let files = steps::files(conn, &case.id).await?;
    let mut lines = Vec::new();
    for step in path {
        // How it was rated is nobody's business here; notes of another agency are that agency's.
        if step.act == "rated" || (step.shown == 0 && step.log != log) {
            continue;
        }
        let who = name_of(app, conn, step.log, lang).await?;
        let to = match step.detail.parse() {
            Ok(to) if handover::told::names_agency(&step.act) => name_of(app, conn, to, lang).await?,
            _ => step.detail.clone(),
        };
        let head = match step.act.as_str() {
            "released" => w.did_released.to_owned(),
            "noted" => w.did_noted.to_owned(),
            "idle" => lang.petition_bulk().did_idle(&step.detail),
            "assigned" => lang.petition_tie().did_assigned(&step.detail),
            "parting" => lang.petition_tie().did_parting(&step.detail),
            "unparted" => {
                lang.petition_tie().did_unparted(ties::afar::why(&step.detail, lang.petition_tie()))
            }
            "submitted" => w.did_submitted.to_owned(),
            "recalling" => lang.petition_pass().recall.to_owned(),
            "sent-back" => w.did_sent_back.to_owned(),
            "replied" => w.did_replied.to_owned(),
            "reopened" => w.did_reopened.to_owned(),
            "withdrawn" => w.did_withdrawn.to_owned(),
            "forgotten" => w.did_forgotten.to_owned(),
            "reminded" => w.did_reminded(&step.detail),
            act => happened(act, &who, &to, lang),
        };
        let person = if step.log == log { person(conn, &step.account).await? } else { String::new() };
        let at = short(app, lang, step.at);
        let own = |file: &&steps::Named| ours && file.seq == step.seq;
        let file = |file: &steps::Named| {
            let href = lang.path(&format!("{DESK}/{}/tep/{}/{}", case.code, file.seq, file.n));
            (href, file.name.clone(), (file.size > 0).then(|| file.size.div_euclid(1024) + 1))
        };
        lines.push(Line {
            head,
            by: if person.is_empty() { at } else { format!("{person} · {at}") },
            words: if ours || step.log == log { step.words.clone() } else { String::new() },
            files: files.iter().filter(own).map(file).collect(),
            inside: step.shown == 0,
        });
    }
    Ok(lines)
}
