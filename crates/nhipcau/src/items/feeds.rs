//! Feeds of a portal: Atom (RFC 4287) with tombstones (RFC 6721), RSS 2.0 and JSON Feed 1.1, whole or by kind, issuer and
//! whose (`asked`), or of one thing that is followed (`about`); the sitemaps; robots.
//!
//! A withdrawal is told twice: a tombstone for readers that know them, and a rewritten entry that says in words that
//! the item was withdrawn, for all others. An entry's id is the item's own, so the same item has the same id in the
//! feeds of every portal that carries it. Each feed but searches and archives names the node's hub (`websub`), in its head and in the
//! header `Link`.

mod about;
mod archives;
mod asked;
mod atom;
mod fragment;
mod json;
mod rss;
mod sitemap;

use std::borrow::Cow;

use askama::Template;
use axum::extract::State as Given;
use axum::response::Response;
use network::names::Origin;
use quick_xml::escape::escape;

use self::about::About;
use self::archives::Archives;
use self::asked::Asked;
use super::State;
use super::pages::{fresh, kept, label};
use super::store::{self, Standing};
use super::view::{FeedRow, FeedsPage, Kind, Origin as Whose};
use crate::agencies::{self, Portal};
use crate::app::App;
use crate::problem::Problem;
use crate::search::counted;
use crate::subscriptions::Topic;
use crate::web::pages::{Drawn, HTML, Tag};
use crate::web::shell::Section;
use crate::web::visitor::Visitor;
use crate::websub;
use crate::words::Lang;

pub use sitemap::{news, robots, sitemap};

/// Items that a feed tells of what changed last.
const MOST: i64 = 50;
const LASTS: i64 = 60_000_000;
/// The most issuers that the page of feeds lists; more have their feeds on their own portals.
const MOST_ISSUERS: usize = 40;

/// `/nguon-tin`
pub async fn page(Given(app): Given<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Directory], LASTS, async |portal: &Portal| {
        let mut shell = portal.shell(&app, &visitor, Section::Feeds);
        shell.title = Some(shell.w().feeds_title.to_owned());
        let (lang, directory) = (shell.lang, app.directory.load());
        let mut conn = app.db.read().await?;
        let issuers = store::issuers(&mut conn, &portal.domain, MOST_ISSUERS as i64).await?;
        let row = |name: String, query: String| FeedRow {
            name,
            atom: format!("/feed.atom{query}"),
            rss: format!("/feed.rss{query}"),
        };
        let mut feeds = vec![row(shell.w().filter_all.to_owned(), String::new())];
        feeds.extend(
            Kind::all().map(|kind| row(kind.label(lang).to_owned(), format!("?loai={}", kind.slug()))),
        );
        feeds.extend(issuers.iter().map(|origin| {
            let name = agencies::name(directory.agency(origin), lang, origin.as_str());
            row(name, format!("?nguon={origin}"))
        }));
        let page = FeedsPage { shell, feeds, sitemap: "/sitemap.xml".into() };
        Ok(Drawn::whole(200, HTML, &page.render().map_err(anyhow::Error::from)?))
    })
    .await
}

/// `/feed.atom`
pub async fn atom(Given(app): Given<App>, visitor: Visitor) -> Response {
    served(&app, &visitor, ATOM).await
}

/// `/feed.rss`
pub async fn rss(Given(app): Given<App>, visitor: Visitor) -> Response {
    served(&app, &visitor, RSS).await
}

/// `/feed.json`
pub async fn json(Given(app): Given<App>, visitor: Visitor) -> Response {
    served(&app, &visitor, JSON).await
}

/// `/nhung/tin.html`: a list of links for pages of other sites; `toi-da` says how many at most.
pub async fn fragment(Given(app): Given<App>, visitor: Visitor) -> Response {
    let (lang, most) = (visitor.lang, fragment::many(&visitor.path));
    let draw = async |portal: &Portal| {
        let feed = Feed::asked(&app, &visitor, portal).await?;
        let text = fragment::text(&feed, lang, most).map_err(anyhow::Error::from)?;
        Ok(Drawn::whole(200, HTML, &text))
    };
    match visitor.asked("q") {
        Some(_) => fresh(&app, &visitor, draw).await,
        None => kept(&app, &visitor, vec![Tag::Lists, Tag::Directory], LASTS, draw).await,
    }
}

/// How a form of feed is written, with its media type.
type Form = (&'static str, fn(&Feed) -> Result<String, std::fmt::Error>);
const ATOM: Form = ("application/atom+xml; charset=utf-8", atom::text);
const RSS: Form = ("application/rss+xml; charset=utf-8", rss::text);
const JSON: Form = ("application/feed+json", |feed| Ok(json::text(feed)));

/// The form of a feed's path: its word there, and how it is written.
fn form(path: &str) -> Option<(&'static str, Form)> {
    let forms = [("atom", ATOM), ("rss", RSS), ("json", JSON)];
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    forms.into_iter().find(|(word, _)| path.strip_prefix("/feed.") == Some(word))
}

/// A feed's own path and query if a hub tells of its changes; none for a search and an archive, whatever is no feed, and a feed that is
/// asked for by another path than its `self` link says.
pub fn topic(path: &str) -> Option<String> {
    let (word, _) = form(path)?;
    let asked = Asked::read(path).ok().filter(Asked::is_told)?;
    Some(format!("/feed.{word}{}", asked.query())).filter(|own| own == path)
}

/// A feed as it stands now, by a path that [`topic`] knows: its media type and its text.
///
/// # Errors
/// When there is no such feed; the database's.
pub async fn document(
    app: &App,
    portal: &Portal,
    base: &str,
    path: &str,
) -> Result<(&'static str, String), Problem> {
    let (_, (media, write)) = form(path).ok_or(Problem::NotFound("feed"))?;
    let feed = Feed::read(app, portal, base, Asked::read(path)?).await?;
    Ok((media, write(&feed).map_err(anyhow::Error::from)?))
}

async fn served(app: &App, visitor: &Visitor, (media, write): Form) -> Response {
    let draw = async |portal: &Portal| {
        let feed = Feed::asked(app, visitor, portal).await?;
        let drawn = Drawn::whole(200, media, &write(&feed).map_err(anyhow::Error::from)?);
        Ok(match form(&visitor.path).and_then(|(word, _)| feed.leads(word)) {
            Some(link) => drawn.leading(&link),
            None => drawn,
        })
    };
    match visitor.asked("q") {
        Some(_) => fresh(app, visitor, draw).await,
        None => kept(app, visitor, vec![Tag::Lists, Tag::Directory], LASTS, draw).await,
    }
}

/// A feed before it is written in one form or the other.
struct Feed {
    /// The portal's name, and what of it this feed tells.
    title: String,
    /// The portal's domain: the feed's own name does not change with the way by which it was reached.
    domain: String,
    /// Scheme and authority as the visitor wrote them.
    base: String,
    /// The page that shows the same: `/thong-tin?loai=van-ban`.
    page: String,
    /// What of the portal's changes it tells, as asked for: `?loai=van-ban`.
    query: String,
    demo: bool,
    /// True if the node's hub tells of its changes.
    told: bool,
    items: Vec<Told>,
    /// Its archives, as far as it has any.
    archives: Archives,
    /// What else has ended, and when in microseconds: told to readers that know tombstones, without a word.
    ended: Vec<(String, i64)>,
}

/// One item as a feed tells it.
#[derive(Clone)]
struct Told {
    id: String,
    title: String,
    path: String,
    summary: String,
    author: String,
    kind: Option<Kind>,
    /// The languages into which it is translated; none of what no longer stands.
    langs: Vec<String>,
    /// In microseconds, by its issuer.
    issued: i64,
    changed: i64,
    stands: bool,
}

impl Feed {
    /// What a visitor asks for; searches are counted.
    async fn asked(app: &App, visitor: &Visitor, portal: &Portal) -> Result<Feed, Problem> {
        let asked = Asked::read(&visitor.path)?;
        if let Some(Topic::Search(text)) = &asked.about {
            counted(app, visitor, text)?;
        }
        Feed::read(app, portal, &visitor.base, asked).await
    }

    async fn read(app: &App, portal: &Portal, base: &str, asked: Asked) -> Result<Feed, Problem> {
        let feed = |title: String, page: String, items, ended| Feed {
            title,
            domain: portal.domain.to_string(),
            base: base.to_owned(),
            page,
            query: asked.query(),
            demo: app.config.demo,
            told: asked.is_told(),
            items,
            archives: Archives::default(),
            ended,
        };
        if let Some(topic) = &asked.about {
            let about = About::read(app, portal, topic).await?;
            let own = agencies::name(app.directory.load().agency(&portal.origin), Lang::Vi, &portal.domain);
            return Ok(feed(format!("{} – {own}", about.title), about.page, about.items, about.ended));
        }
        let kind = asked.kind.map(Kind::word).unwrap_or_default();
        let issuer = asked.issuer.as_ref().map(Origin::as_str).unwrap_or_default();
        let mut conn = app.db.read().await?;
        let own = asked.whose.map(|whose| whose == Whose::Own);
        let (whose, filters) = ((portal.log, own), (kind, issuer));
        let count = store::count_changes(&mut conn, &portal.domain, whose, kind, issuer).await?;
        let archives = Archives::of(count, asked.archive)?;
        let items = archives.items(&mut conn, &portal.domain, whose, filters).await?;
        let directory = app.directory.load();
        let name = |origin: &Origin| agencies::name(directory.agency(origin), Lang::Vi, origin.as_str());
        let mut title = name(&portal.origin);
        if let Some(kind) = asked.kind {
            title = format!("{title} – {}", kind.label(Lang::Vi));
        }
        if let Some(issuer) = &asked.issuer {
            title = format!("{title} – {}", name(issuer));
        }
        let page = match asked.filters().as_str() {
            "" => "/".to_owned(),
            filters => format!("/thong-tin?{filters}"),
        };
        let items = items.iter().map(|item| Told::of(item, name(&item.origin))).collect();
        Ok(Feed { archives, ..feed(title, page, items, Vec::new()) })
    }

    /// The address of one of its archives in a form (`atom`), or of the feed itself.
    fn address(&self, form: &str, archive: Option<i64>) -> String {
        let (base, query) = (&self.base, &self.query);
        match archive {
            None => format!("{base}/feed.{form}{query}"),
            Some(number) => {
                let joint = if query.is_empty() { '?' } else { '&' };
                format!("{base}/feed.{form}{query}{joint}tap={number}")
            }
        }
    }

    /// The hub that tells of its changes (WebSub, section 4); none of an archive and a search.
    fn hub(&self) -> Option<String> {
        self.told.then(|| format!("{}{}", self.base, websub::PATH))
    }

    /// The header `Link` that says so of a form.
    fn leads(&self, form: &str) -> Option<String> {
        let hub = self.hub()?;
        Some(websub::links(&hub, &self.address(form, None)))
    }

    /// The links of an archived feed (RFC 5005, section 4) in a form: relation and address.
    fn history(&self, form: &str) -> Vec<(&'static str, String)> {
        let of = |relation, archive| (relation, self.address(form, archive));
        let Archives { at, last } = self.archives;
        let before = at.map_or(last, |at| at - 1);
        let mut links = Vec::new();
        links.extend((before > 0).then(|| of("prev-archive", Some(before))));
        if let Some(at) = at {
            links.extend((at < last).then(|| of("next-archive", Some(at + 1))));
            links.push(of("current", None));
        }
        links
    }
}

impl Told {
    fn of(item: &Standing, publisher: String) -> Told {
        let card = &item.card;
        let stands = item.state == State::Standing;
        let title = ended_title(item).unwrap_or_else(|| card.title.clone());
        let summary = match (stands, card.summary.is_empty()) {
            (false, _) => title.clone(),
            (true, true) => label(card, Lang::Vi),
            (true, false) => card.summary.clone(),
        };
        Told {
            id: format!("urn:uuid:{}", item.item),
            path: format!("/muc/{}", item.reference()),
            author: match &card.carried {
                Some(carried) => Lang::Vi.words().provenance_site(&carried.site),
                None => card.agency.clone().filter(|_| item.state != State::Erased).unwrap_or(publisher),
            },
            kind: stands.then(|| Kind::of(&item.kind)),
            langs: if stands { card.langs.clone() } else { Vec::new() },
            issued: item.issued,
            changed: item.changed,
            title,
            summary,
            stands,
        }
    }
}

/// What an item that ended is called.
fn ended_title(item: &Standing) -> Option<String> {
    match item.state {
        State::Standing => None,
        // Never its old title after an erasure.
        State::Erased => Some("Nội dung đã được xóa theo quy định của pháp luật".to_owned()),
        State::Withdrawn | State::Gone => Some(format!("Đã gỡ khỏi cổng: {}", item.card.title)),
    }
}

/// Text as XML takes it: escaped, and without the two code points that XML 1.0 forbids and our own texts may hold.
pub(crate) fn xml(text: &str) -> Cow<'_, str> {
    if text.contains(['\u{fffe}', '\u{ffff}']) {
        let clean: String = text.chars().filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}')).collect();
        return Cow::Owned(escape(clean).into_owned());
    }
    escape(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_takes_every_title() {
        assert_eq!(xml("a < b & \"c\"\u{ffff}"), "a &lt; b &amp; &quot;c&quot;");
    }
}
