//! An answer: what the index points to, as far as it stands, with the passages that show why it was found.

use std::net::IpAddr;

use ::search::passage::{Run, passage};
use ::search::{Ask, Found, Hit, Index, Order, Plan, Weights, parts};
use jiff::civil::Date;
use network::content::Item;
use vietnam::documents::Status;

use super::entry::{names, text};
use super::store;
use super::turns::Turn;
use crate::agencies::Portal;
use crate::app::App;
use crate::db::Conn;
use crate::documents::{self, law};
use crate::items::store::Standing;
use crate::problem::Problem;

/// How much sooner a portal's own items come, and those of the agencies above it.
const OWN: f32 = 1.15;
const ABOVE: f32 = 1.06;
/// What can be paged through of one search.
pub const MOST: usize = 200;

/// What is searched for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// As it was typed.
    pub text: String,
    /// What it is narrowed by: `kind:news`.
    pub facets: Vec<String>,
    /// The first and the last day of issue.
    pub issued: (Option<Date>, Option<Date>),
    /// The day on which it is in force.
    pub in_force: Option<Date>,
    /// The newest first.
    pub newest: bool,
    /// How many to pass over.
    pub skip: usize,
    /// How many to give.
    pub most: usize,
}

/// A passage of an item.
pub struct Passage {
    /// The heading of the article in which it stands, if it stands in one.
    pub article: Option<String>,
    /// What it says.
    pub runs: Vec<Run>,
}

/// A result.
pub struct Row {
    /// The item.
    pub item: Standing,
    /// Why it was found.
    pub passages: Vec<Passage>,
    /// How well it fits; comparable within one answer.
    pub score: f32,
}

/// An answer.
#[derive(Default)]
pub struct Answer {
    /// The results asked for.
    pub rows: Vec<Row>,
    /// How many there are.
    pub total: usize,
    /// True if there may be more.
    pub more: bool,
    /// How many have each facet.
    pub facets: Vec<(String, usize)>,
    /// How the query was read.
    pub plan: Plan,
    /// Its turn: whoever draws the answer holds it until the answer is gone.
    #[allow(dead_code, reason = "it is held, not read")]
    turn: Option<Turn>,
}

/// Answers a search at a portal that comes from an address, if from any. Who waits for a turn holds no connection: searches never keep
/// readers out.
///
/// # Errors
/// Not now, if there is no index; the database's.
pub async fn find(
    app: &App,
    portal: &Portal,
    from: Option<IpAddr>,
    asked: &Asked,
    begun: bool,
) -> Result<Answer, Problem> {
    let Some(index) = app.search.index() else { return Err(away()) };
    if asked.text.trim().is_empty() {
        return Ok(Answer::default());
    }
    let turn = Some(app.search.turns.take(from).await.map_err(anyhow::Error::from)?);
    let near = near(app, portal).await?;
    let question = asked.clone();
    let searched = tokio::task::spawn_blocking(move || ask(&index, &question, &near, begun))
        .await
        .map_err(anyhow::Error::from)?;
    let conn = &mut app.db.read().await?;
    let (plan, found) = match searched {
        Ok(searched) => searched,
        Err(error) => {
            app.search.damaged(&error);
            return Err(away());
        }
    };
    let mut answer =
        Answer { rows: Vec::new(), total: found.total, more: found.more, facets: found.facets, plan, turn };
    let hits = match asked.in_force {
        Some(day) => in_force(app, conn, found.hits, day, asked, &mut answer.total).await?,
        None => found.hits,
    };
    for hit in hits {
        // Between the index and this moment it may have been withdrawn.
        let Some(item) = store::standing(conn, hit.key).await? else {
            answer.total = answer.total.saturating_sub(1);
            continue;
        };
        match passages(app, conn, &item, &hit, &answer.plan).await? {
            Some(passages) => answer.rows.push(Row { item, passages, score: hit.score }),
            None => answer.total = answer.total.saturating_sub(1),
        }
    }
    Ok(answer)
}

fn away() -> Problem {
    Problem::NotNow {
        vi: "Tìm kiếm đang tạm nghỉ để lập lại chỉ mục; mọi trang khác vẫn đọc được. Hãy thử lại sau ít phút, hoặc xem danh sách theo ngày.".into(),
        en: "Search is away while its index is made; every other page can be read. Repeat in a few minutes, or read the list by day.".into(),
    }
}

fn ask(
    index: &Index,
    asked: &Asked,
    near: &[(i64, f32)],
    begun: bool,
) -> Result<(Plan, Found), ::search::IndexError> {
    let weights = Weights::default();
    let plan = match begun {
        true => index.begun(&asked.text, &weights)?,
        false => index.plan(&asked.text, &weights)?,
    };
    let whole = asked.in_force.is_some();
    let ask = Ask {
        facets: &asked.facets,
        // One level: at a commune's portal all that its node carries is found.
        logs: None,
        near,
        issued: asked.issued,
        in_force: asked.in_force,
        order: if asked.newest { Order::Newest } else { Order::Best },
        skip: if whole { 0 } else { asked.skip },
        most: if whole { MOST } else { asked.most },
    };
    let found = index.find(&plan, &ask, &weights)?;
    Ok((plan, found))
}

/// The portal's own log and those of the agencies above it.
async fn near(app: &App, portal: &Portal) -> anyhow::Result<Vec<(i64, f32)>> {
    let mut conn = app.db.read().await?;
    let above: Vec<String> =
        app.directory.load().ancestors(&portal.origin).map(|agency| agency.origin.to_string()).collect();
    let mut near = vec![(portal.log, OWN)];
    for origin in above {
        if let Some(head) = crate::logs::store::by_origin(&mut conn, &origin).await? {
            near.push((head.id, ABOVE));
        }
    }
    Ok(near)
}

/// Those that are in force on a day, as all that is known of them says, and of these the page asked for.
async fn in_force(
    app: &App,
    conn: &mut Conn,
    hits: Vec<Hit>,
    day: Date,
    asked: &Asked,
    total: &mut usize,
) -> Result<Vec<Hit>, Problem> {
    let mut subjects = Vec::with_capacity(hits.len());
    for hit in hits {
        if let Some(item) = store::standing(conn, hit.key).await?
            && let Some(subject) = law::subject(&item.kind, &item.card)
        {
            subjects.push((hit, subject));
        }
    }
    let numbers = subjects.iter().filter_map(|(_, subject)| Some(subject.number.as_ref()?.key()));
    let known = law::known(conn, &app.directory.load(), numbers.collect::<Vec<_>>()).await?;
    subjects.retain(|(_, subject)| {
        matches!(known.standing(subject, day).status, Status::InForce | Status::InForceChanged)
    });
    *total = subjects.len();
    Ok(subjects.into_iter().map(|(hit, _)| hit).skip(asked.skip).take(asked.most).collect())
}

/// The passages of an item; nothing if it lacks a phrase that was quoted.
async fn passages(
    app: &App,
    conn: &mut Conn,
    item: &Standing,
    hit: &Hit,
    plan: &Plan,
) -> Result<Option<Vec<Passage>>, Problem> {
    let Some(hash) = item.content else { return Ok(Some(Vec::new())) };
    // A damaged piece is the doctor's business; the item itself can still be opened.
    let bytes = app.folder.read(conn, &hash).await.ok().flatten().unwrap_or_default();
    let Ok(document) = Item::parse(&bytes) else { return Ok(Some(Vec::new())) };
    let text = text(&document.body);
    let said = [&document.title, &document.summary, &text].map(String::as_str);
    let texts: Vec<&str> = said.into_iter().chain(names(&document)).collect();
    let number = documents::number_of(&document);
    if !plan.phrases.iter().all(|phrase| phrase.stands(&texts, number.as_ref())) {
        return Ok(None);
    }
    let mut passages = shown(&text, hit, plan);
    if passages.is_empty() && document.summary != document.title {
        passages.extend(passage(&document.summary, plan).map(|runs| Passage { article: None, runs }));
    }
    Ok(Some(passages))
}

/// The passages of a text that show best why it was found, two at most.
fn shown(text: &str, hit: &Hit, plan: &Plan) -> Vec<Passage> {
    let all = parts::parts(text);
    let told = hit.parts.iter().filter_map(|part| all.get(*part)).filter_map(|part| {
        let heading = &text[part.heading.clone()];
        let from = if heading.is_empty() { part.range.start } else { part.heading.end };
        let runs = passage(&text[from..part.range.end], plan).or_else(|| passage(heading, plan))?;
        let article = Some(heading.replace(['*', '_', '#'], "")).filter(|heading| !heading.is_empty());
        Some(Passage { article, runs })
    });
    told.take(2).collect()
}
