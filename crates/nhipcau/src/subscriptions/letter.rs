//! What a mail says: of each item its title, one paragraph, its address and how it is proven; and how to end it.

use std::sync::Arc;

use askama::Template;
use lettre::Address;

use super::mail::Mail;
use super::store::{self, Request, Subscriber};
use super::{door, pages};
use crate::agencies::{self, Portal};
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::items::State;
use crate::items::pages::{label, publisher, title};
use crate::items::store::{Reference, Standing, find};
use crate::items::view::Kind;
use crate::problem::Problem;
use crate::words::{Lang, date};
use crate::{all, maybe};

/// Items that one mail tells; more are counted.
const MOST: usize = 50;
/// Characters of a paragraph.
const PARAGRAPH: usize = 500;

/// One item as a mail tells it.
struct Told {
    /// What has become of it, if it was sent before.
    what: Option<String>,
    /// Its title; what is erased has none.
    title: String,
    paragraph: String,
    href: String,
    proof: String,
}

#[derive(Template)]
#[template(path = "subscriptions/letter.html")]
struct Html<'a> {
    lang: Lang,
    subject: &'a str,
    lead: &'a str,
    items: &'a [Told],
    action: Option<(&'a str, &'a str)>,
    more: Option<&'a str>,
    foot: &'a [(String, Option<String>)],
}

/// A mail in words, as things stand now; none if there is nothing to say any more.
///
/// # Errors
/// The database's.
pub async fn compose(app: &App, id: &str) -> Result<Option<Mail>, Problem> {
    let mut conn = app.db.read().await?;
    let row = maybe!(
        &mut conn,
        (String, String, i64),
        "SELECT subscriber, request, made FROM mailing WHERE id = $1",
        id.to_owned()
    )?;
    let Some((subscriber, request, made)) = row else { return Ok(None) };
    if !request.is_empty() {
        let request = store::request(&mut conn, &request, app.clock.micros()).await?;
        let Some(request) = request else { return Ok(None) };
        return asks(app, (id, made), &request);
    }
    let Some(subscriber) = store::find(&mut conn, &subscriber).await? else { return Ok(None) };
    news(app, &mut conn, id, made, &subscriber).await
}

/// Who speaks to whom, in which language.
struct Voice {
    portal: Arc<Portal>,
    /// The address of the portal.
    base: String,
    /// What its agency is called.
    speaker: String,
    to: Address,
    lang: Lang,
}

impl Voice {
    /// A portal to a sealed address; none if the one is not ours any more or the other does not open.
    fn of(app: &App, domain: &str, sealed: &[u8], lang: Lang) -> Option<Voice> {
        let portal = app.portals.load().by_host(domain)?;
        let to = door::unseal(app, domain, sealed)?;
        let directory = app.directory.load();
        let base = agencies::address(&directory, &portal.origin);
        let base = base.unwrap_or_else(|| format!("https://{}", portal.domain));
        let speaker = agencies::name(directory.agency(&portal.origin), lang, &portal.domain);
        Some(Voice { portal, base, speaker, to, lang })
    }

    /// An address at the portal, in this language.
    fn href(&self, path: &str) -> String {
        format!("{}{}", self.base, self.lang.path(path))
    }

    fn mail(
        self,
        (id, at): (&str, i64),
        html: &Html<'_>,
        text: String,
        unsubscribe: Option<String>,
    ) -> Result<Mail, Problem> {
        Ok(Mail {
            id: id.to_owned(),
            at,
            to: self.to,
            subject: html.subject.to_owned(),
            speaker: self.speaker,
            portal: self.portal.domain.to_string(),
            lang: self.lang,
            html: html.render().map_err(anyhow::Error::from)?,
            text,
            unsubscribe,
        })
    }
}

/// The mail with the one-time link. It may reach somebody who never asked: it says nothing that whoever asked has written.
fn asks(app: &App, mail: (&str, i64), request: &Request) -> Result<Option<Mail>, Problem> {
    let (lang, w) = (request.lang, request.lang.subscription());
    let voice = Voice::of(app, &request.portal, &request.address, lang);
    let Some(voice) = voice else { return Ok(None) };
    let token = door::token(app, door::Opens::Request, &request.id);
    let href = voice.href(&format!("/theo-doi/xac-nhan/{token}"));
    let topic = request.topic.says_to_a_stranger(&app.directory.load(), lang);
    let lead = w.mail_asks(topic, &voice.speaker, pages::rhythm(lang, request.rhythm));
    let foot = [(w.mail_asks_not_you.to_owned(), None)];
    let text = format!("{lead}\n\n{}\n{href}\n\n{}\n", w.mail_asks_open, foot[0].0);
    let action = Some((w.mail_asks_open, href.as_str()));
    let subject = w.mail_asks_subject(&voice.speaker);
    let html = Html { lang, subject: &subject, lead: &lead, items: &[], action, more: None, foot: &foot };
    voice.mail(mail, &html, text, None).map(Some)
}

/// The mail that tells of items.
async fn news(
    app: &App,
    conn: &mut Conn,
    id: &str,
    made: i64,
    subscriber: &Subscriber,
) -> Result<Option<Mail>, Problem> {
    let (lang, w) = (subscriber.lang, subscriber.lang.subscription());
    let voice = Voice::of(app, &subscriber.portal, &subscriber.address, lang);
    let Some(voice) = voice else { return Ok(None) };
    let rows = all!(
        conn,
        (String, String, i64, String),
        "SELECT l.origin, t.item, t.again, t.state FROM telling t JOIN log l ON l.id = t.log
         WHERE t.mailing = $1 ORDER BY t.again DESC, t.at, t.item",
        id.to_owned()
    )?;
    let mut items = Vec::new();
    for (origin, item, again, state) in rows {
        let origin =
            origin.parse().map_err(|error| anyhow::anyhow!("a stored origin is damaged: {error}"))?;
        let reference = Reference::of(&origin, item.parse().map_err(anyhow::Error::from)?);
        let standing = find(conn, &reference).await?;
        // What has changed since is told by a row of its own.
        if let Some(item) = standing.filter(|item| item.state.word() == state) {
            items.push(told(app, &voice, &item, again != 0));
        }
    }
    let Some(first) = items.first() else { return Ok(None) };
    let speaker = &voice.speaker;
    let subject = match (items.len(), &first.what) {
        (1, Some(what)) => format!("{what}: {}", first.title),
        (1, None) => first.title.clone(),
        (n, _) => w.mail_digest(n, speaker, date::date(lang, date::day(instant(made)))),
    };
    let over = items.len().saturating_sub(MOST);
    items.truncate(MOST);
    let more = (over > 0).then(|| w.mail_more(over));
    let lead = match items.iter().any(|item| item.what.is_some()) {
        true => w.mail_again(speaker),
        false => w.mail_news(speaker),
    };
    let token = door::token(app, door::Opens::Mine, &subscriber.id);
    let (mine, ends) =
        (voice.href(&format!("/theo-doi/cua-toi/{token}")), voice.href(&format!("/theo-doi/thoi/{token}")));
    let foot = [(w.mail_mine.to_owned(), Some(mine)), (w.mail_end.to_owned(), Some(ends.clone()))];
    let html = Html {
        lang,
        subject: &subject,
        lead: &lead,
        items: &items,
        action: None,
        more: more.as_deref(),
        foot: &foot,
    };
    let text = plain(&lead, &items, more.as_deref(), &foot);
    voice.mail((id, made), &html, text, Some(ends)).map(Some)
}

fn told(app: &App, voice: &Voice, item: &Standing, again: bool) -> Told {
    let (lang, base) = (voice.lang, &voice.base);
    let w = lang.subscription();
    let reference = item.reference().to_string();
    let href = voice.href(&format!("/muc/{reference}"));
    let what = match (item.state, item.change.as_str()) {
        (State::Standing, _) if !again => None,
        (State::Standing, "correct") => Some(w.mail_corrected),
        (State::Standing, _) => Some(w.mail_updated),
        (State::Withdrawn | State::Gone, _) => Some(w.mail_withdrawn),
        (State::Erased, _) => Some(w.mail_erased),
    };
    let said = match item.state {
        // What the law has ordered removed is not repeated.
        State::Erased => w.mail_erased_title.to_owned(),
        _ => title(&item.card, lang).text,
    };
    let paragraph = match item.state {
        State::Standing if item.card.summary.is_empty() => {
            let kind = Kind::of(&item.kind).label(lang);
            let named = label(&item.card, lang);
            if named == said { kind.to_owned() } else { format!("{kind}: {named}") }
        }
        State::Standing => short(&item.card.summary),
        State::Withdrawn => w.mail_withdrawn_says.to_owned(),
        State::Gone => w.mail_gone_says.to_owned(),
        State::Erased => w.mail_erased_says.to_owned(),
    };
    let by = publisher(app, item, lang);
    let proof = w.mail_proof(by, item.index, item.origin.as_str(), format!("{base}/proof/{reference}"));
    Told { what: what.map(str::to_owned), title: said, paragraph, href, proof }
}

/// The beginning of a summary, in one paragraph.
fn short(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(PARAGRAPH) {
        Some((at, _)) => format!("{}…", &words[..at]),
        None => words,
    }
}

fn plain(lead: &str, items: &[Told], more: Option<&str>, foot: &[(String, Option<String>)]) -> String {
    let mut text = format!("{lead}\n");
    for Told { what, title, paragraph, href, proof } in items {
        let what = what.as_ref().map(|what| format!("{what}: ")).unwrap_or_default();
        text.push_str(&format!("\n{what}{title}\n{paragraph}\n{href}\n{proof}\n"));
    }
    if let Some(line) = more {
        text.push_str(&format!("\n{line}\n"));
    }
    text.push_str("\n-- \n");
    for (says, href) in foot {
        text.push_str(&format!(
            "{says}{}\n",
            href.as_ref().map(|href| format!(" {href}")).unwrap_or_default()
        ));
    }
    text
}
