//! The mail with the link and the digits. It may reach somebody who never asked: it says nothing that whoever asked has written.

use super::store;
use super::{LASTS, address_of, digits, mark};
use crate::app::App;
use crate::db::Conn;
use crate::petitions::store as cases;
use crate::problem::Problem;
use crate::subscriptions::door::{Opens, token};
use crate::subscriptions::letter::{Asks, Voice};
use crate::subscriptions::mail::Mail;
use crate::words::Lang;

/// How a mailing about a verification begins.
pub const ABOUT: &str = "petition:";

/// The mail, as things stand now; none if the contact was erased or the link is too old.
///
/// # Errors
/// The database's.
pub async fn compose(
    app: &App,
    conn: &mut Conn,
    mail: (&str, i64),
    about: &str,
) -> Result<Option<Mail>, Problem> {
    let since = app.clock.micros() - LASTS;
    let Some(row) = store::of_mail(conn, about, since).await?.filter(|row| row.verified == 0) else {
        return Ok(None);
    };
    let contact = cases::contact(app, conn, &row.petition).await?;
    let Some(address) =
        contact.as_ref().and_then(address_of).filter(|address| mark(app, address) == row.mark)
    else {
        return Ok(None);
    };
    let Some((lang, code)) = store::spoken(conn, &row.petition).await? else { return Ok(None) };
    let lang = Lang::of_code(&lang);
    let w = lang.petition();
    let Some(voice) = Voice::to(app, &row.portal, address, lang) else { return Ok(None) };
    let href = voice.href(&format!("{}/{}", super::pages::LINK, token(app, Opens::Petition, &row.id)));
    let subject = w.verify_subject(voice.speaker());
    let lead = w.verify_mail(voice.speaker(), &code);
    let shown = digits(app, &row.id);
    let typed = w.verify_mail_digits(&shown);
    let action = (w.verify_button, href.as_str());
    let asks = Asks { subject: &subject, lead: &lead, action, more: &typed, foot: w.verify_mail_not_you };
    voice.asks(mail, asks).map(Some)
}
