//! What is answered to a mail: code and secret of the petition that it became, or why it became none. Nothing that it said is repeated: its
//! address may be somebody else's.

use lettre::Address;

use super::super::rules::Kind;
use super::super::secret::{Secret, same};
use super::super::store as cases;
use super::super::{ASK, FOLLOW};
use super::{once, store};
use crate::app::App;
use crate::db::Conn;
use crate::problem::Problem;
use crate::subscriptions::letter::{Asks, Voice};
use crate::subscriptions::mail::Mail;
use crate::words::{Lang, date};

/// How a mailing about a mail that came begins.
pub const ABOUT: &str = "petition-mail:";
/// What is told of a mail that became a petition.
pub(super) const REGISTERED: &str = "registered";

fn about(id: &str) -> String {
    format!("petition.mail {id}")
}

/// An address as it is kept until it was answered.
///
/// # Errors
/// When there is no randomness.
pub(super) fn sealed(app: &App, id: &str, to: &Address) -> anyhow::Result<Vec<u8>> {
    app.people.seal.close(&app.dice, &about(id), to.to_string().as_bytes())
}

/// The answer; none if the contact was erased meanwhile.
///
/// # Errors
/// The database's.
pub async fn compose(
    app: &App,
    conn: &mut Conn,
    mail: (&str, i64),
    id: &str,
) -> Result<Option<Mail>, Problem> {
    let Some(row) = store::one(conn, id).await? else { return Ok(None) };
    let opened = app.people.seal.unlock(&about(id), &row.sealed);
    let to: Option<Address> = opened.and_then(|bytes| String::from_utf8(bytes).ok()?.parse().ok());
    let Some(to) = to.filter(|_| !row.told.is_empty()) else { return Ok(None) };
    let lang = Lang::Vi;
    let w = lang.petition_mail();
    let Some(voice) = Voice::to(app, &row.portal, to, lang) else { return Ok(None) };
    let speaker = voice.speaker().to_owned();
    if row.told != REGISTERED {
        let href = voice.href(ASK);
        let (subject, lead) = (w.not_subject(&speaker), w.not_lead(&speaker));
        let asks = Asks {
            subject: &subject,
            lead: &lead,
            action: (w.not_open, &href),
            more: &row.told,
            foot: w.foot,
        };
        return voice.asks(mail, asks).map(Some);
    }
    let Some(case) = cases::of_id(conn, &row.petition).await? else { return Ok(None) };
    // Worked out from the mail under the node's key, as it was when it was registered; nothing of it is stored.
    let secret = Secret::marked(app.people.seal.mark("petition.secret", &hex::encode(once(app, &row.mark))));
    if !same(&secret.kept(&case.code).0, &case.secret) {
        return Ok(None);
    }
    let href = voice.href(FOLLOW);
    let (subject, lead) = (w.subject(&case.code), w.lead(&speaker, &case.code));
    let mut more = w.secret(secret.shown());
    let contact = cases::contact(app, conn, &case.id).await?;
    if let (Some(kind), Some(contact)) = (Kind::of(&case.sort, date::day(app.clock.now())), contact)
        && ((kind.needs("phone") && contact.phone.is_empty())
            || (kind.needs("address") && contact.address.is_empty()))
    {
        more = format!("{more}\n\n{}", w.needs(kind.name(lang), &kind.legal_basis));
    }
    let asks = Asks { subject: &subject, lead: &lead, action: (w.open, &href), more: &more, foot: w.foot };
    voice.asks(mail, asks).map(Some)
}
