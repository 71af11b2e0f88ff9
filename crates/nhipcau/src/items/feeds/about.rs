//! What a feed tells of one thing that is followed: a place, a document, an item, a search. It tells of all that is here,
//! like a mail to whoever follows the same.

use ::search::Query;
use network::content::Item;
use network::directory::Directory;
use network::names::{ContentHash, Origin};

use super::{MOST, Told};
use crate::agencies::{self, Portal};
use crate::app::App;
use crate::db::Conn;
use crate::items::State;
use crate::items::store::{self, Reference, Standing};
use crate::items::view::Change;
use crate::problem::Problem;
use crate::search::{Asked, HERE, find};
use crate::subscriptions::{Said, Topic};
use crate::words::Lang;

/// What of a feed its topic decides.
#[derive(Default)]
pub(super) struct About {
    pub(super) title: String,
    /// The page that shows the same.
    pub(super) page: String,
    pub(super) items: Vec<Told>,
    /// What has ended beside these items, and when: an entry may have been told before.
    pub(super) ended: Vec<(String, i64)>,
}

impl About {
    /// Reads what is to be told of a topic.
    ///
    /// # Errors
    /// When it is not here; the database's.
    pub(super) async fn read(app: &App, portal: &Portal, topic: &Topic) -> Result<About, Problem> {
        let directory = app.directory.load();
        let mut conn = app.db.read().await?;
        let title = topic.says(&directory, Lang::Vi);
        let told = |items: &[Standing]| items.iter().map(|item| told(&directory, item)).collect();
        let search = |text: &str| {
            let pair = form_urlencoded::Serializer::new(String::new()).append_pair("q", text).finish();
            format!("{HERE}?{pair}")
        };
        match topic {
            Topic::Place(origin) => {
                let place = directory.agency(origin).ok_or(Problem::NotFound("agency"))?;
                let below =
                    |agency: &Origin| directory.ancestors(agency).any(|above| above.origin == *origin);
                let origins = directory.agencies().map(|agency| agency.origin.clone());
                let origins: Vec<Origin> =
                    origins.filter(|agency| agency == origin || below(agency)).collect();
                let mut items = store::of_logs(&mut conn, &origins).await?;
                items.sort_by(|a, b| b.changed.cmp(&a.changed).then_with(|| b.item.cmp(&a.item)));
                items.truncate(MOST as usize);
                let page = format!("/co-quan/{}", place.domain);
                Ok(About { title, page, items: told(&items), ended: Vec::new() })
            }
            Topic::Number(key) => {
                let items = store::about_number(&mut conn, key, MOST).await?;
                let ended = gone(&mut conn, &items).await?;
                Ok(About { title, page: search(key), items: told(&items), ended })
            }
            Topic::Search(text) => {
                drop(conn);
                let asked =
                    Asked { text: text.clone(), newest: true, most: MOST as usize, ..Asked::default() };
                let query = Query::read(text);
                let found = find(app, portal, None, &asked, false).await?;
                let mut conn = app.db.read().await?;
                let mut items = Vec::new();
                for row in found.rows {
                    if answers(app, &mut conn, &row.item, &query).await? {
                        items.push(row.item);
                    }
                }
                let mut ended = Vec::new();
                // The index has no words of what ended; what is left of it says whether it had been found.
                for item in store::ended(&mut conn, MOST).await? {
                    let erased = item.state == State::Erased;
                    let found = !erased
                        && (Said::of_card(&item.card).answers(&query)
                            || answers(app, &mut conn, &item, &query).await?);
                    match found {
                        true => items.push(item),
                        false => ended.push((urn(&item), item.changed)),
                    }
                }
                items.sort_by(|a, b| b.changed.cmp(&a.changed).then_with(|| b.item.cmp(&a.item)));
                Ok(About { title, page: search(text), items: told(&items), ended })
            }
            Topic::Item(reference) => editions(app, &mut conn, &directory, reference).await,
            Topic::All | Topic::Kind(_) | Topic::Field(_) | Topic::Agency(_) => Ok(About::default()),
        }
    }
}

fn told(directory: &Directory, item: &Standing) -> Told {
    Told::of(item, agencies::name(directory.agency(&item.origin), Lang::Vi, item.origin.as_str()))
}

fn urn(item: &Standing) -> String {
    format!("urn:uuid:{}", item.item)
}

/// What ended on this node beside these items: of what was erased nobody knows any more what it was about, so a feed tells
/// all of it, without a word.
async fn gone(conn: &mut Conn, items: &[Standing]) -> Result<Vec<(String, i64)>, Problem> {
    let known = |one: &Standing| items.iter().any(|item| item.log == one.log && item.item == one.item);
    let ended = store::ended(conn, MOST).await?;
    Ok(ended.iter().filter(|one| !known(one)).map(|one| (urn(one), one.changed)).collect())
}

async fn document(app: &App, conn: &mut Conn, hash: Option<ContentHash>) -> Result<Option<Item>, Problem> {
    let Some(hash) = hash else { return Ok(None) };
    // A damaged piece is the doctor's business; what else is told does not wait for it.
    let bytes = app.folder.read(conn, &hash).await.ok().flatten();
    Ok(bytes.and_then(|bytes| Item::parse(&bytes).ok()))
}

async fn answers(app: &App, conn: &mut Conn, item: &Standing, query: &Query) -> Result<bool, Problem> {
    Ok(document(app, conn, item.content).await?.is_some_and(|document| Said::of(&document).answers(query)))
}

/// An item's editions, the newest first, each an entry of its own. Once it has ended there is one entry that says so.
async fn editions(
    app: &App,
    conn: &mut Conn,
    directory: &Directory,
    reference: &Reference,
) -> Result<About, Problem> {
    let item = store::find(conn, reference).await?.ok_or(Problem::NotFound("item"))?;
    let whole = told(directory, &item);
    let page = format!("/muc/{reference}");
    let id = |edition: i64| format!("{}#{edition}", whole.id);
    let mut editions = store::editions(conn, item.log, item.item).await?;
    editions.reverse();
    editions.truncate(MOST as usize);
    if item.state != State::Standing {
        let ended = editions.iter().map(|edition| (id(edition.edition), item.changed)).collect();
        return Ok(About { title: whole.title.clone(), page, items: vec![whole], ended });
    }
    let mut items = Vec::new();
    for edition in editions {
        let hash = edition.sha256.clone().try_into().ok().map(ContentHash);
        let Some(document) = document(app, conn, hash).await? else { continue };
        let label = Change::of(&edition.change).label(Lang::Vi);
        let newest = edition.edition == item.shown;
        items.push(Told {
            id: id(edition.edition),
            title: format!("{label}: {}", document.title),
            path: if newest { page.clone() } else { format!("{page}/lich-su") },
            summary: document.change_note.unwrap_or(document.summary),
            issued: edition.at,
            changed: edition.at,
            langs: if newest { whole.langs.clone() } else { Vec::new() },
            ..whole.clone()
        });
    }
    Ok(About { title: whole.title, page, items, ended: Vec::new() })
}
