//! All that an address or a browser follows, how it changes that, and how it ends it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::super::door::{self, Opens};
use super::super::store::{self, Subscriber, Via};
use super::{Choices, plain, rhythm_of, shell};
use crate::app::App;
use crate::db::Tx;
use crate::items::pages::portal;
use crate::people::gate::Open;
use crate::people::pages::{Done, drawn};
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, SubscriptionWords};

#[derive(Template)]
#[template(path = "subscriptions/mine.html")]
struct MinePage {
    shell: Shell,
    token: String,
    /// The address, as far as its owner needs it; none of a browser.
    address: Option<String>,
    said: Option<String>,
    topics: Vec<(String, String)>,
    choices: Choices,
    english: bool,
}

impl MinePage {
    fn s(&self) -> &'static SubscriptionWords {
        self.shell.lang.subscription()
    }
}

/// Who a word belongs to, at this portal.
async fn whose(app: &App, visitor: &Visitor, token: &str) -> Result<Option<Subscriber>, Problem> {
    let Some(id) = door::opened(app, Opens::Mine, token) else { return Err(Problem::NotFound("page")) };
    let found = store::find(&mut app.db.read().await?, &id).await?;
    Ok(found.filter(|found| visitor.portal.as_ref().is_some_and(|portal| *portal.domain == *found.portal)))
}

/// `/theo-doi/cua-toi/{token}` and, for whoever opens what is meant for one click, `/theo-doi/thoi/{token}`
pub async fn mine(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    axum::extract::Query(done): axum::extract::Query<Done>,
) -> Response {
    let w = visitor.lang.subscription();
    let portal = match portal(&app, &visitor) {
        Ok(portal) => portal,
        Err(answer) => return *answer,
    };
    let page = async {
        let Some(subscriber) = whose(&app, &visitor, &token).await? else { return Ok(None) };
        let topics = store::topics(&mut app.db.read().await?, &subscriber.id).await?;
        let directory = app.directory.load();
        let topics = topics.iter().map(|topic| (topic.word(), topic.says(&directory, visitor.lang)));
        let said = match done.word() {
            "theo-doi" => Some(w.mine_begun.to_owned()),
            "doi" => Some(w.mine_changed.to_owned()),
            "day" => Some(w.mine_full(store::MOST_TOPICS)),
            _ => None,
        };
        let address = door::unseal(&app, &subscriber.portal, &subscriber.address);
        let address = address.map(|address| masked(&address)).unwrap_or_default();
        Ok::<_, Problem>(Some(MinePage {
            shell: shell(&app, &visitor, &portal, w.mine),
            address: (subscriber.via == Via::Mail).then_some(address),
            said,
            topics: topics.collect(),
            choices: Choices::of(visitor.lang, subscriber.rhythm),
            english: subscriber.lang == Lang::En,
            token,
        }))
    };
    match page.await {
        Ok(Some(page)) => drawn(&app, &visitor, StatusCode::OK, &page),
        Ok(None) => plain(&app, &visitor, StatusCode::GONE, w.nothing),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

/// Enough of an address for whoever owns it: `a…@vidu.vn`.
fn masked(address: &lettre::Address) -> String {
    let first: String = address.user().chars().take(1).collect();
    format!("{first}…@{}", address.domain())
}

/// `POST /theo-doi/cua-toi/{token}`
pub async fn changed(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    Open(typed): Open,
) -> Response {
    let subscriber = match whose(&app, &visitor, &token).await {
        Ok(Some(subscriber)) => subscriber,
        Ok(None) => return plain(&app, &visitor, StatusCode::GONE, visitor.lang.subscription().nothing),
        Err(problem) => return failure(&app, &visitor, problem),
    };
    let (rhythm, lang) = (rhythm_of(&typed), Lang::of_code(typed.get("ngon-ngu")));
    let (what, topic) = (typed.get("viec").to_owned(), typed.get("chu-de").to_owned());
    let left = app
        .db
        .write("follow.change", async move |tx: &mut Tx| -> Result<bool, Problem> {
            match what.as_str() {
                "thoi" => store::leave(tx, &subscriber.id, &topic).await?,
                "het" => store::forget(tx, &subscriber.id).await?,
                _ => store::change(tx, &subscriber.id, rhythm, lang).await?,
            }
            Ok(store::find(tx.conn(), &subscriber.id).await?.is_some())
        })
        .await;
    match left {
        Ok(true) => {
            Redirect::to(&visitor.lang.path(&format!("/theo-doi/cua-toi/{token}?xong=doi"))).into_response()
        }
        Ok(false) => plain(&app, &visitor, StatusCode::OK, visitor.lang.subscription().ended),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

/// `POST /theo-doi/thoi/{token}`: what a mail program sends at one click. The word in the address is all that it needs; asked
/// twice, it has ended.
pub async fn ended(State(app): State<App>, visitor: Visitor, Path(token): Path<String>) -> Response {
    let Some(id) = door::opened(&app, Opens::Mine, &token) else {
        return failure(&app, &visitor, Problem::NotFound("page"));
    };
    let done = app
        .db
        .write("follow.end", async move |tx: &mut Tx| -> Result<(), Problem> {
            Ok(store::forget(tx, &id).await?)
        })
        .await;
    match done {
        Ok(()) => plain(&app, &visitor, StatusCode::OK, visitor.lang.subscription().ended),
        Err(problem) => failure(&app, &visitor, problem),
    }
}
