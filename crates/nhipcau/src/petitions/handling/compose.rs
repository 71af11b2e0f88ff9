//! How an answer begins: with a template of the agency, or with what was answered to others, quoted with its link. Nothing is kept by looking.

use vietnam::masking;

use super::super::following::name_of;
use super::super::store::{self, draft};
use super::super::templates::{Values, store as texts};
use super::super::{HOME, similar};
use crate::agencies;
use crate::app::App;
use crate::clock::instant;
use crate::people::forms::Fields;
use crate::people::gate::Staff;
use crate::problem::Problem;
use crate::words::{Lang, date};

/// What the form of an answer begins with, where a template or a quotation was asked for.
///
/// # Errors
/// There is no such template or published case; the database's.
pub(super) async fn begun(
    app: &App,
    staff: &Staff,
    code: &str,
    (template, quoted): (&str, &str),
) -> Result<Option<Fields>, Problem> {
    if template.is_empty() && quoted.is_empty() {
        return Ok(None);
    }
    let case = super::held(app, staff, code).await?;
    if case.owner != staff.portal.log {
        return Ok(None);
    }
    let mut conn = app.db.read().await?;
    let waiting = draft::find(&mut conn, &case.id).await?;
    let mut parts = Vec::new();
    if !template.is_empty() {
        let found = texts::one(&mut conn, staff.portal.log, template).await?;
        let words = found.ok_or(Problem::NotFound("template"))?.words;
        parts.push(Values::of(app, &mut conn, &case).await?.fill(&words));
    }
    if !quoted.is_empty() {
        // What stands there already stays in front of the quotation.
        parts.extend(waiting.as_ref().map(|draft| draft.answer.clone()).filter(|_| template.is_empty()));
        let other = draft::shown_one(&mut conn, quoted).await?.ok_or(Problem::NotFound("petition"))?;
        let lang = Lang::of_code(&case.lang);
        let agency = name_of(app, &mut conn, other.log, lang).await?;
        let head =
            crate::logs::store::head(&mut conn, other.log).await?.ok_or(Problem::NotFound("agency"))?;
        let portal = agencies::address(&app.directory.load(), &head.origin).unwrap_or_default();
        let day = date::date(lang, date::day(instant(other.at)));
        let says = lang.petition_bulk().quoted(agency, day, &other.code);
        parts.push(format!("{says}\n“{}”\n{portal}{HOME}/ho-so/{}", other.reply, other.code));
    }
    let question = match waiting {
        Some(draft) => draft.question,
        None => masking::masked(&store::words(&mut conn, &case.id).await?.unwrap_or_default().1),
    };
    let pairs = [
        ("tra-loi", parts.join("\n\n")),
        ("cong-khai", "on".to_owned()),
        ("cau-hoi", question),
        ("tra-loi-cong-khai", String::new()),
    ];
    Ok(Some(Fields::of(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())))
}

/// Published cases like one that is to be answered.
///
/// # Errors
/// The database's.
pub(super) async fn related(
    app: &App,
    (words, commune, own): (&str, &str, &str),
    lang: Lang,
) -> Result<Vec<similar::Like>, Problem> {
    let mut found = similar::find(app, words, commune, lang).await?;
    found.retain(|like| like.code != own);
    Ok(found)
}
