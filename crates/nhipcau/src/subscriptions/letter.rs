//! What a mail says: of each item its title, one paragraph, its address and how it is proven; and how to end it.

use std::sync::Arc;

use askama::Template;
use lettre::Address;
use serde_json::json;

use super::gathered::{Gathered, Told, short};
use super::mail::Mail;
use super::push::Place;
use super::store::{self, Request, Subscriber, Via};
use super::{door, pages};
use crate::agencies::{self, Portal};
use crate::app::App;
use crate::clock::instant;
use crate::maybe;
use crate::petitions::mail::{self as by_mail, notice as by_step};
use crate::petitions::verify::letter as verify;
use crate::problem::Problem;
use crate::words::{Lang, date};

/// Characters of a notice's title and of what it says; titles that it joins.
const NOTICE_TITLE: usize = 150;
const NOTICE_BODY: usize = 400;
const TITLES: usize = 3;

/// One item as a mail writes it.
struct Line<'a> {
    told: &'a Told,
    href: String,
    proof: String,
}

#[derive(Template)]
#[template(path = "subscriptions/letter.html")]
struct Html<'a> {
    lang: Lang,
    subject: &'a str,
    lead: &'a str,
    items: &'a [Line<'a>],
    action: Option<(&'a str, &'a str)>,
    more: Option<&'a str>,
    foot: &'a [(String, Option<String>)],
}

/// A mail, or a notice to a browser.
pub enum Letter {
    /// A mail.
    Mail(Box<Mail>),
    /// A notice.
    Notice {
        /// Where the browser is reached.
        place: Place,
        /// What it is told: JSON that the service worker reads.
        said: Vec<u8>,
        /// True if something that was told before has changed.
        urgent: bool,
    },
}

/// A mail or a notice in words, as things stand now; none if there is nothing to say any more.
///
/// # Errors
/// The database's.
pub async fn compose(app: &App, id: &str) -> Result<Option<Letter>, Problem> {
    let mut conn = app.db.read().await?;
    let row = maybe!(
        &mut conn,
        (String, String, i64),
        "SELECT subscriber, request, made FROM mailing WHERE id = $1",
        id.to_owned()
    )?;
    let Some((subscriber, request, made)) = row else { return Ok(None) };
    if let Some(about) = request.strip_prefix(verify::ABOUT) {
        let mail = verify::compose(app, &mut conn, (id, made), about).await?;
        return Ok(mail.map(|mail| Letter::Mail(Box::new(mail))));
    }
    if let Some(about) = request.strip_prefix(by_mail::ABOUT) {
        let mail = by_mail::compose(app, &mut conn, (id, made), about).await?;
        return Ok(mail.map(|mail| Letter::Mail(Box::new(mail))));
    }
    if let Some(about) = request.strip_prefix(by_step::ABOUT) {
        let mail = by_step::compose(app, &mut conn, (id, made), about).await?;
        return Ok(mail.map(|mail| Letter::Mail(Box::new(mail))));
    }
    if !request.is_empty() {
        let request = store::request(&mut conn, &request, app.clock.micros()).await?;
        let Some(request) = request else { return Ok(None) };
        return Ok(asks(app, (id, made), &request)?.map(|mail| Letter::Mail(Box::new(mail))));
    }
    let Some(subscriber) = store::find(&mut conn, &subscriber).await? else { return Ok(None) };
    let gathered = Gathered::of(app, &mut conn, id, subscriber.lang).await?;
    Ok(match subscriber.via {
        Via::Mail => news(app, (id, made), &subscriber, &gathered)?.map(|mail| Letter::Mail(Box::new(mail))),
        Via::Push => notice(app, (id, made), &subscriber, &gathered)?,
    })
}

/// What a mail asks for.
pub struct Asks<'a> {
    /// Its subject.
    pub subject: &'a str,
    /// Its first sentences.
    pub lead: &'a str,
    /// What is to be done, and the address where.
    pub action: (&'a str, &'a str),
    /// What else is said; may be empty.
    pub more: &'a str,
    /// Its last sentence.
    pub foot: &'a str,
}

/// Who speaks to whom, in which language.
pub struct Voice {
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
        Voice::to(app, domain, door::unseal(app, domain, sealed)?, lang)
    }

    /// A portal to an address; none if the portal is not ours any more.
    pub fn to(app: &App, domain: &str, to: Address, lang: Lang) -> Option<Voice> {
        let portal = app.portals.load().by_host(domain)?;
        let directory = app.directory.load();
        let base = agencies::address(&directory, &portal.origin);
        let base = base.unwrap_or_else(|| format!("https://{}", portal.domain));
        let speaker = agencies::name(directory.agency(&portal.origin), lang, &portal.domain);
        Some(Voice { portal, base, speaker, to, lang })
    }

    /// What its agency is called.
    pub fn speaker(&self) -> &str {
        &self.speaker
    }

    /// A mail that asks for one thing only.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn asks(self, mail: (&str, i64), asks: Asks<'_>) -> Result<Mail, Problem> {
        let Asks { subject, lead, action, more, foot } = asks;
        let (lang, foot) = (self.lang, [(foot.to_owned(), None)]);
        let more = Some(more).filter(|more| !more.is_empty());
        let after = more.map(|more| format!("{more}\n\n")).unwrap_or_default();
        let text = format!("{lead}\n\n{}\n{}\n\n{after}{}\n", action.0, action.1, foot[0].0);
        let html = Html { lang, subject, lead, items: &[], action: Some(action), more, foot: &foot };
        self.mail(mail, &html, text, None)
    }

    /// An address at the portal, in this language.
    pub fn href(&self, path: &str) -> String {
        format!("{}{}", self.base, self.lang.path(path))
    }

    fn line<'a>(&self, told: &'a Told) -> Line<'a> {
        let proof = format!("{}{}", self.base, told.proof);
        let proof = self.lang.subscription().mail_proof(&told.by, told.entry, &told.log, proof);
        Line { told, href: format!("{}{}", self.base, told.path), proof }
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
            answers: None,
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
    let subject = w.mail_asks_subject(&voice.speaker);
    let action = (w.mail_asks_open, href.as_str());
    let asks = Asks { subject: &subject, lead: &lead, action, more: "", foot: w.mail_asks_not_you };
    voice.asks(mail, asks).map(Some)
}

/// What a mail or a notice says of what was gathered, in one line.
fn subject(gathered: &Gathered, speaker: &str, made: i64, lang: Lang) -> Option<String> {
    let first = gathered.items.first()?;
    Some(match (gathered.total, &first.what) {
        (1, Some(what)) => format!("{what}: {}", first.title),
        (1, None) => first.title.clone(),
        (n, _) => lang.subscription().mail_digest(n, speaker, date::date(lang, date::day(instant(made)))),
    })
}

/// The mail that tells of items.
fn news(
    app: &App,
    (id, made): (&str, i64),
    subscriber: &Subscriber,
    gathered: &Gathered,
) -> Result<Option<Mail>, Problem> {
    let (lang, w) = (subscriber.lang, subscriber.lang.subscription());
    let voice = Voice::of(app, &subscriber.portal, &subscriber.address, lang);
    let Some(voice) = voice else { return Ok(None) };
    let speaker = &voice.speaker;
    let Some(subject) = subject(gathered, speaker, made, lang) else { return Ok(None) };
    let over = gathered.total - gathered.items.len();
    let more = (over > 0).then(|| w.mail_more(over));
    let lead = match gathered.again() {
        true => w.mail_again(speaker),
        false => w.mail_news(speaker),
    };
    let items: Vec<Line<'_>> = gathered.items.iter().map(|item| voice.line(item)).collect();
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

/// What a browser is told: the one item, or the titles of the first. Nothing of it says who is told.
fn notice(
    app: &App,
    (id, made): (&str, i64),
    subscriber: &Subscriber,
    gathered: &Gathered,
) -> anyhow::Result<Option<Letter>> {
    let lang = subscriber.lang;
    let Some(place) = door::unseal_browser(app, &subscriber.portal, &subscriber.address) else {
        return Ok(None);
    };
    let Some(portal) = app.portals.load().by_host(&subscriber.portal) else { return Ok(None) };
    let directory = app.directory.load();
    let speaker = agencies::name(directory.agency(&portal.origin), lang, &portal.domain);
    let Some(title) = subject(gathered, &speaker, made, lang) else { return Ok(None) };
    let (body, path) = match gathered.items.as_slice() {
        [one] => (one.paragraph.clone(), one.path.clone()),
        several => {
            let titles: Vec<&str> = several.iter().take(TITLES).map(|item| item.title.as_str()).collect();
            (titles.join(" · "), lang.path("/thong-tin"))
        }
    };
    let said = json!({
        "id": id, "lang": lang.code(), "title": short(&title, NOTICE_TITLE), "body": short(&body, NOTICE_BODY), "path": path,
    });
    Ok(Some(Letter::Notice { place, said: serde_json::to_vec(&said)?, urgent: gathered.again() }))
}

fn plain(lead: &str, items: &[Line<'_>], more: Option<&str>, foot: &[(String, Option<String>)]) -> String {
    let mut text = format!("{lead}\n");
    for Line { told: Told { what, title, paragraph, .. }, href, proof } in items {
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
