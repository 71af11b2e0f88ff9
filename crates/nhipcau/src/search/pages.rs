//! The page `/tim-kiem`, the same as JSON at `/api/search`, titles for what is being typed, and the door for browsers.

mod asked;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use network::directory::Directory;
use serde_json::{Value, json};

use self::asked::{Query, Question};
use super::find::{self, Answer, Asked, Row};
use super::view::{A_PAGE, Chosen, Hit, PAGES, ResultsPage, day_label, links};
use super::{State as Search, facets, spelled};
use crate::agencies::Portal;
use crate::api::Asked as Checked;
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::items::pages::{LONG, kept, portal, rows, title};
use crate::problem::Problem;
use crate::web::answer::{answered, failure, fault_html};
use crate::web::error_view::Fault;
use crate::web::pages::{Drawn, HTML, Tag};
use crate::web::shell::{Section, Shell};
use crate::web::visitor::Visitor;
use crate::words::Lang;

/// The address of the page.
pub const HERE: &str = "/tim-kiem";
/// Titles that are suggested.
const SUGGESTED: usize = 6;

/// `/tim-kiem`
pub async fn page(State(app): State<App>, visitor: Visitor) -> Response {
    let portal = match portal(&app, &visitor) {
        Ok(portal) => portal,
        Err(answer) => return *answer,
    };
    let drawn = async {
        let query = Query::read(&visitor)?;
        counted(&app, &visitor, &query.text)?;
        results(&app, &portal, &visitor, query).await
    };
    match drawn.await {
        Ok(page) => crate::people::pages::drawn(&app, &visitor, StatusCode::OK, &page),
        Err(Problem::TooOften { vi, en }) => {
            let what = if visitor.lang == Lang::Vi { vi } else { en };
            refused(&app, visitor, Fault::TooOften { what, again: true }).await
        }
        Err(problem) => failure(&app, &visitor, problem),
    }
}

/// The page of a network that searches too often, drawn once for all who get it: a refusal is to cost less than a search.
async fn refused(app: &App, mut visitor: Visitor, fault: Fault) -> Response {
    visitor.path = HERE.to_owned();
    // Nobody can ask for an address with a space in it.
    visitor.whole = format!("{} 429", visitor.lang.path(HERE));
    kept(app, &visitor, vec![Tag::Directory], LONG, async |_: &Portal| {
        let (status, html) = fault_html(app, &visitor, fault);
        Ok(Drawn::whole(status.as_u16(), HTML, &html))
    })
    .await
}

/// Each network may search so often and no more.
///
/// # Errors
/// When it searched too often just now.
pub(crate) fn counted(app: &App, visitor: &Visitor, text: &str) -> Result<(), Problem> {
    if text.is_empty() || app.search.limit.lets(visitor.client, text, app.clock.micros()) {
        return Ok(());
    }
    Err(Problem::TooOften {
        vi: "Mạng của bạn vừa gửi quá nhiều câu tìm khác nhau. Hãy đợi vài giây rồi tìm lại; đọc các trang khác không bị hạn chế. Cần tải nhiều dữ liệu, hãy dùng /api/v1/items.".into(),
        en: "Your network has just sent too many different searches. Wait a few seconds and repeat; reading is not limited. For data in bulk use /api/v1/items.".into(),
    })
}

async fn results(
    app: &App,
    portal: &Portal,
    visitor: &Visitor,
    query: Query,
) -> Result<ResultsPage, Problem> {
    let lang = visitor.lang;
    let mut shell = portal.shell(app, visitor, Section::Elsewhere);
    let state = app.search.state();
    let answer = match state {
        // Search down is not reading down: the page says so and leads on.
        Search::Away => Answer::default(),
        _ => find::find(app, portal, visitor.client, &query.asked(), false).await?,
    };
    let s = lang.search();
    shell.title = Some(if query.text.is_empty() { s.title.to_owned() } else { s.title_of(&query.text) });
    let directory = app.directory.load_full();
    let path = |query: &Query| lang.path(&query.path());
    let meant = meant(&answer, lang).filter(|_| query.page == 1).map(|text| {
        let other = Query { text: text.clone(), ..Query::default() };
        (text, path(&other))
    });
    let groups = facets::groups(&answer.facets, &query.facets, answer.total, &directory, lang);
    let last = answer.total.div_ceil(A_PAGE).min(PAGES);
    let at = |page: usize| path(&Query { page, ..query.clone() });
    Ok(ResultsPage {
        total: answer.total,
        more: answer.more,
        state,
        meant,
        before: answer.plan.before.clone(),
        cut: answer.plan.cut,
        groups: links(groups, |facet| path(&query.with(facet))),
        chosen: chosen(&query, &shell, &directory, path),
        kept: query.kept(),
        days: query.days,
        orders: [false, true]
            .map(|newest| (path(&Query { newest, page: 1, ..query.clone() }), query.newest == newest)),
        around: [
            (query.page > 1).then(|| at((query.page - 1).min(last.max(1)))),
            (query.page < last).then(|| at(query.page + 1)),
        ],
        plain: path(&Query { text: query.text.clone(), ..Query::default() }),
        text: query.text,
        hits: hits(app, &mut app.db.read().await?, &shell, answer.rows).await?,
        shell,
    })
}

/// What narrows a search, each with the search that it does not narrow.
fn chosen(
    query: &Query,
    shell: &Shell,
    directory: &Directory,
    path: impl Fn(&Query) -> String,
) -> Vec<Chosen> {
    let kind = facets::kind(&query.facets);
    let facets = query.facets.iter().map(|facet| Chosen {
        label: facets::label(facet, kind, directory, shell.lang),
        href: path(&query.without(facet)),
    });
    let days = query.days.iter().enumerate().filter_map(|(at, day)| {
        let mut other = Query { page: 1, ..query.clone() };
        other.days[at] = None;
        Some(Chosen { label: day_label(shell, at, (*day)?), href: path(&other) })
    });
    facets.chain(days).collect()
}

async fn hits(app: &App, conn: &mut Conn, shell: &Shell, found: Vec<Row>) -> Result<Vec<Hit>, Problem> {
    let (items, passages): (Vec<_>, Vec<_>) = found.into_iter().map(|row| (row.item, row.passages)).unzip();
    let rows = rows(app, conn, shell, items).await?;
    Ok(rows
        .into_iter()
        .zip(passages)
        .map(|(mut row, passages)| {
            let places = passages.iter().map(|passage| place(&row.href, passage.article.as_deref()));
            let places = places.map(|path| shell.to(&path)).collect();
            row.href = shell.to(&row.href);
            Hit { row, passages, places }
        })
        .collect())
}

/// Where an article is read: the page picks the part of a long text in which it stands.
fn place(item: &str, article: Option<&str>) -> String {
    let anchor = article.map(vietnam::documents::anchor_of).unwrap_or_default();
    if anchor.is_empty() { item.to_owned() } else { format!("{item}?dieu={anchor}#{anchor}") }
}

/// What was probably meant, spelled as what was found spells it.
fn meant(answer: &Answer, lang: Lang) -> Option<String> {
    let words = answer.plan.corrected()?;
    let mut texts: Vec<String> = Vec::new();
    for row in &answer.rows {
        texts.push(title(&row.item.card, lang).text);
        texts.extend(row.passages.iter().map(|p| p.runs.iter().map(|run| run.text.as_str()).collect()));
    }
    Some(spelled::spelled(&words, &texts.iter().map(String::as_str).collect::<Vec<_>>()))
}

/// `GET /api/search`
pub async fn api(State(app): State<App>, Checked(question): Checked<Question>, visitor: Visitor) -> Response {
    let told = async {
        let portal = visitor.portal.clone().ok_or(Problem::NotFound("portal"))?;
        let asked = question.asked()?;
        counted(&app, &visitor, &asked.text)?;
        let answer = find::find(&app, &portal, visitor.client, &asked, false).await?;
        let mut conn = app.db.read().await?;
        let shell = portal.shell(&app, &visitor, Section::Elsewhere);
        whole(&app, &mut conn, &shell, &asked, answer).await
    };
    answered(&app, told.await.map(Json))
}

async fn whole(
    app: &App,
    conn: &mut Conn,
    shell: &Shell,
    asked: &Asked,
    answer: Answer,
) -> Result<Value, Problem> {
    let corrected = meant(&answer, shell.lang);
    let items: Vec<_> = answer.rows.iter().map(|row| row.item.clone()).collect();
    let drawn = rows(app, conn, shell, items).await?;
    let results: Vec<Value> = answer
        .rows
        .iter()
        .zip(&drawn)
        .map(|(row, drawn)| {
            let passages = row.passages.iter().map(|passage| {
                json!({
                    "article": passage.article,
                    "text": passage.runs.iter().map(|run| run.text.as_str()).collect::<String>(),
                    "marked": passage.runs.iter().filter(|run| run.marked).map(|run| run.text.as_str()).collect::<Vec<_>>(),
                    "path": place(&drawn.href, passage.article.as_deref()),
                })
            });
            json!({
                "reference": row.item.reference().to_string(), "origin": row.item.origin.to_string(),
                "path": drawn.href, "title": drawn.title.text, "kind": row.item.kind,
                "number": row.item.card.number, "agency": drawn.agency,
                "issued": instant(row.item.issued).to_string(), "day": row.item.card.issued.map(|day| day.to_string()),
                "status": drawn.legal.map(|status| status.vi()), "score": row.score,
                "passages": passages.collect::<Vec<_>>(),
            })
        })
        .collect();
    let state = match app.search.state() {
        Search::Building(_) => "building",
        Search::Ready | Search::Away => "ready",
    };
    Ok(json!({
        "query": asked.text, "total": answer.total, "more": answer.more, "state": state,
        "corrected": corrected,
        "before": answer.plan.before.iter().map(|b| json!({ "old": b.old, "new": b.new })).collect::<Vec<_>>(),
        "facets": answer.facets.iter().take(100).map(|(facet, count)| json!({ "facet": facet, "count": count })).collect::<Vec<_>>(),
        "results": results,
    }))
}

/// `GET /api/search/suggest`: as OpenSearch has it, `[query, [titles], [], [addresses]]`.
pub async fn suggest(
    State(app): State<App>,
    Checked(question): Checked<Question>,
    visitor: Visitor,
) -> Response {
    let told = async {
        let portal = visitor.portal.clone().ok_or(Problem::NotFound("portal"))?;
        let asked = Asked { most: SUGGESTED, ..question.asked()? };
        counted(&app, &visitor, &asked.text)?;
        let answer = find::find(&app, &portal, visitor.client, &asked, true).await?;
        let titles: Vec<String> =
            answer.rows.iter().map(|row| title(&row.item.card, visitor.lang).text).collect();
        let places: Vec<String> =
            answer.rows.iter().map(|row| format!("{}/muc/{}", visitor.base, row.item.reference())).collect();
        Ok(json!([asked.text, titles, [], places]))
    };
    answered(&app, told.await.map(Json))
}

/// `GET /opensearch.xml`: browsers offer the portal's search beside their own.
pub async fn description(State(app): State<App>, visitor: Visitor) -> Response {
    let portal = match portal(&app, &visitor) {
        Ok(portal) => portal,
        Err(answer) => return *answer,
    };
    let shell = portal.shell(&app, &visitor, Section::Elsewhere);
    // OpenSearch asks for at most 16 characters of a short name.
    let name: String = shell.portal.name.chars().take(16).collect();
    let (name, base) = (quick_xml::escape::escape(&name), quick_xml::escape::escape(&visitor.base));
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <OpenSearchDescription xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\n\
         <ShortName>{name}</ShortName>\n<Description>{}</Description>\n<InputEncoding>UTF-8</InputEncoding>\n\
         <Url type=\"text/html\" template=\"{base}{HERE}?q={{searchTerms}}\"/>\n\
         <Url type=\"application/x-suggestions+json\" template=\"{base}/api/search/suggest?q={{searchTerms}}\"/>\n\
         </OpenSearchDescription>\n",
        quick_xml::escape::escape(visitor.lang.search().label)
    );
    let media = HeaderValue::from_static("application/opensearchdescription+xml; charset=utf-8");
    ([(header::CONTENT_TYPE, media)], xml).into_response()
}
