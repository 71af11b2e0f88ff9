//! OAI-PMH 2.0 (openarchives.org/OAI/openarchivesprotocol.html) at `/oai`: libraries and archives take the records of a
//! portal and keep them in step. Withdrawn and erased items are told as deleted for ever.
//!
//! `request` reads what is asked and refuses it by the protocol's own codes, `write` puts the answer into XML.

mod request;
mod write;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use self::request::{Ask, Fault, Format, List, Verb};
use self::write::Writer;
use super::cursor::Cursor;
use super::store::{self, Told};
use crate::agencies::Portal;
use crate::app::App;
use crate::db::Conn;
use crate::documents::pages::akoma_ntoso_of;
use crate::documents::record;
use crate::items::pages::{portal, publisher, read};
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::visitor::Visitor;

/// Records in one answer.
const A_PAGE: usize = 100;
/// Records in one answer where each holds a whole document.
const A_PAGE_OF_TEXTS: usize = 20;

/// `GET /oai?verb=…`
pub async fn asked(State(app): State<App>, visitor: Visitor) -> Response {
    let query = visitor.path.split_once('?').map_or("", |(_, query)| query).to_owned();
    answer(app, visitor, query.as_bytes()).await
}

/// `POST /oai`, as the protocol asks for.
pub async fn sent(State(app): State<App>, visitor: Visitor, body: Bytes) -> Response {
    answer(app, visitor, &body).await
}

async fn answer(app: App, visitor: Visitor, query: &[u8]) -> Response {
    let portal = match portal(&app, &visitor) {
        Ok(portal) => portal,
        Err(answer) => return *answer,
    };
    match told(&app, &visitor, &portal, query).await {
        Ok(xml) => {
            ([(header::CONTENT_TYPE, "text/xml; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")], xml)
                .into_response()
        }
        Err(problem) => failure(&app, &visitor, problem),
    }
}

async fn told(app: &App, visitor: &Visitor, portal: &Portal, query: &[u8]) -> Result<String, Problem> {
    let now = app.clock.now();
    let directory = app.directory.load();
    let ask = Ask::read(query, app.clock.micros(), &portal.domain, &directory);
    let base = format!("{}/oai", visitor.base);
    let mut out = Writer::begin(now, &base, &portal.domain, ask.as_ref().ok().map(|ask| &ask.said[..]));
    let mut conn = app.db.read().await?;
    let mut harvest = Harvest { app, visitor, portal, conn: &mut conn };
    let done = match ask {
        Ok(ask) => harvest.carry_out(&mut out, ask.verb).await?,
        Err(fault) => Err(fault),
    };
    if let Err(fault) = done {
        out.error(&fault);
    }
    Ok(out.end())
}

/// What an answer is made from.
struct Harvest<'a> {
    app: &'a App,
    visitor: &'a Visitor,
    portal: &'a Portal,
    conn: &'a mut Conn,
}

impl Harvest<'_> {
    async fn carry_out(&mut self, out: &mut Writer, verb: Verb) -> Result<Result<(), Fault>, Problem> {
        match verb {
            Verb::Identify => {
                let earliest = store::earliest(self.conn, &self.portal.domain).await?;
                let directory = self.app.directory.load();
                let name = crate::agencies::name(
                    directory.agency(&self.portal.origin),
                    crate::words::Lang::Vi,
                    &self.portal.domain,
                );
                out.identify(&name, earliest);
            }
            Verb::Formats(None) => out.formats(&Format::ALL),
            Verb::Formats(Some(reference)) => match self.seen(&reference).await? {
                None => return Ok(Err(Fault::no_such_id())),
                Some(told) => {
                    let mut formats = vec![Format::Dc];
                    if self.akn(&told).await?.is_some() {
                        formats.push(Format::Akn);
                    }
                    out.formats(&formats);
                }
            },
            Verb::Sets => {
                let issuers = crate::items::store::issuers(self.conn, &self.portal.domain, 5_000).await?;
                out.sets(&self.app.directory.load(), &issuers);
            }
            Verb::Get(reference, format) => match self.seen(&reference).await? {
                None => return Ok(Err(Fault::no_such_id())),
                Some(told) => {
                    let metadata = self.metadata(&told, format).await?;
                    if told.stands.is_some() && metadata.is_none() {
                        return Ok(Err(Fault::no_format()));
                    }
                    out.one();
                    out.record(&self.app.directory.load(), &told, metadata.as_deref());
                }
            },
            Verb::List(list) => return self.list(out, list).await,
        }
        Ok(Ok(()))
    }

    async fn list(&mut self, out: &mut Writer, list: List) -> Result<Result<(), Fault>, Problem> {
        let List { walk, format, headers } = list;
        let documents = format == Format::Akn;
        let most = if documents && !headers { A_PAGE_OF_TEXTS } else { A_PAGE };
        let (told, more) = store::next(self.conn, &self.portal.domain, &walk, documents, most).await?;
        let Some(last) = told.last() else {
            return Ok(Err(if walk.told > 0 { Fault::bad_token() } else { Fault::none_match() }));
        };
        let next = Cursor { after: last.place.clone(), told: walk.told + told.len() as u64, ..walk.clone() };
        for one in &told {
            if headers {
                out.header(&self.app.directory.load(), one);
            } else {
                let metadata = self.metadata(one, format).await?;
                out.record(&self.app.directory.load(), one, metadata.as_deref());
            }
        }
        if more || walk.told > 0 {
            out.token(more.then(|| next.text()).as_deref(), walk.told);
        }
        Ok(Ok(()))
    }

    async fn seen(&mut self, reference: &crate::items::store::Reference) -> Result<Option<Told>, Problem> {
        Ok(store::seen(self.conn, &self.portal.domain, reference).await?)
    }

    /// A record in a format; nothing where it has none in that format, or where the item no longer stands.
    async fn metadata(&mut self, told: &Told, format: Format) -> Result<Option<String>, Problem> {
        match format {
            Format::Akn => self.akn(told).await,
            Format::Dc => {
                let Some((standing, hash)) = told.stands.as_ref().and_then(|s| Some((s, s.content?))) else {
                    return Ok(None);
                };
                let (app, conn) = (self.app, &mut *self.conn);
                let text = app.pages.text(hash, async || read(app, conn, &hash).await).await?;
                let by = publisher(app, standing, crate::words::Lang::Vi);
                let xml = record::dublin_core_xml(standing, &text.document, &by);
                Ok(Some(xml.map_err(anyhow::Error::from)?))
            }
        }
    }

    async fn akn(&mut self, told: &Told) -> Result<Option<String>, Problem> {
        if told.stands.is_none() {
            return Ok(None);
        }
        match akoma_ntoso_of(self.app, self.conn, self.visitor, &told.reference().to_string()).await {
            Ok(xml) => Ok(Some(xml)),
            Err(Problem::NotFound(_)) => Ok(None),
            Err(problem) => Err(problem),
        }
    }
}
