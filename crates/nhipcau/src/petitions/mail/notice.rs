//! What happens to a petition that came by mail, mailed to whoever wrote it: that it went to another agency, that more is wanted, that it
//! takes longer, that it is answered, that it is over. Each is threaded behind the mail with code and secret.
//!
//! Of what an agency has written a mail says a word only once the address is proven: until then it may be a stranger's.

use super::super::FOLLOW;
use super::super::following::{happened, name_of};
use super::super::handover::told;
use super::super::store::steps::{self, Step};
use super::super::store::{self as cases};
use super::super::verify::Stands;
use super::store;
use crate::app::App;
use crate::db::{Conn, Tx};
use crate::problem::Problem;
use crate::subscriptions::door::new_id;
use crate::subscriptions::letter::{Asks, Voice};
use crate::subscriptions::mail::Mail;
use crate::words::{Lang, date};

/// How a mailing about a step begins.
pub const ABOUT: &str = "petition-mail-step:";
/// That the agency needs more of its sender.
const ASKED: &str = "asked";
/// The steps of which somebody is told.
const TOLD: [&str; 8] =
    ["passed", "returned", "inherited", ASKED, "extended", "progress", "answered", "outside"];
/// That a case has ended by itself.
const ENDED: &str = "closed";
/// So many are put on their way at once.
const AT_ONCE: i64 = 200;

/// A step was added: its sender is told, if the petition came by mail.
///
/// # Errors
/// The database's.
pub async fn happens(tx: &mut Tx, petition: &str, seq: i64, step: &Step) -> sqlx::Result<()> {
    let told = TOLD.contains(&step.act.as_str()) || step.act == ENDED;
    if step.shown == 0 || !told || store::first(tx.conn(), petition).await?.is_none() {
        return Ok(());
    }
    store::wait(tx, petition, seq).await
}

/// Puts the mails about steps that wait on their way.
///
/// # Errors
/// The database's.
pub async fn post(app: &App) -> Result<(), Problem> {
    let Some(own) = app.config.mail.as_ref().map(|mail| mail.from.domain().to_owned()) else { return Ok(()) };
    if app.mailer.is_none() {
        return Ok(());
    }
    let waiting = store::waiting(&mut app.db.read().await?, AT_ONCE).await?;
    for (petition, seq) in waiting {
        let mailing = new_id(app)?;
        let answer = app.people.seal.mark("petition.mail", &format!("{mailing}@{own}")).to_vec();
        app.db
            .write("petition.notice", async move |tx: &mut Tx| -> Result<(), Problem> {
                if store::goes(tx, (&petition, seq), &mailing, answer).await? {
                    store::mail(tx, mailing, &format!("{ABOUT}{petition}:{seq}")).await?;
                }
                Ok(())
            })
            .await?;
    }
    Ok(())
}

/// The mail about a step; none if its sender is forgotten by now, or reads it elsewhere.
///
/// # Errors
/// The database's.
pub async fn compose(
    app: &App,
    conn: &mut Conn,
    mail: (&str, i64),
    about: &str,
) -> Result<Option<Mail>, Problem> {
    let Some((petition, seq)) = about.split_once(':') else { return Ok(None) };
    let (Some(first), Some(case)) =
        (store::first(conn, petition).await?, cases::of_id(conn, petition).await?)
    else {
        return Ok(None);
    };
    let step = steps::of(conn, petition).await?.into_iter().find(|step| step.seq.to_string() == seq);
    let contact = cases::contact(app, conn, petition).await?;
    let to = contact.as_ref().and_then(|contact| contact.mail.parse().ok());
    let (Some(step), Some(to)) = (step, to) else { return Ok(None) };
    let lang = Lang::of_code(&case.lang);
    let w = lang.petition_mail();
    let Some(voice) = Voice::to(app, &first.portal, to, lang) else { return Ok(None) };
    let who = name_of(app, conn, step.log, lang).await?;
    let named = match step.detail.parse() {
        Ok(log) if told::names_agency(&step.act) => name_of(app, conn, log, lang).await?,
        _ => step.detail.clone(),
    };
    let mut lead = format!("{}: {}.", case.code, happened(&step.act, &who, &named, lang));
    if let Some(due) = case.last_day(&app.calendar.now(), app.clock.micros())
        && case.state().is_open()
    {
        lead = format!("{lead} {}", w.step_due(date::date(lang, due)));
    }
    if step.act == ASKED {
        lead = format!("{lead} {}", w.step_answer);
    }
    let proven = Stands::of(app, conn, &case, contact.as_ref()).await? == Stands::Verified;
    let (subject, href) = (w.step_subject(&case.code), voice.href(FOLLOW));
    let more = if proven { step.words.as_str() } else { "" };
    let asks = Asks { subject: &subject, lead: &lead, action: (w.open, &href), more, foot: w.foot };
    let mail = voice.asks(mail, asks)?;
    Ok(Some(Mail { answers: Some(first.thread), ..mail }))
}
