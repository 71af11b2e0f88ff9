//! What subscribers ask of the hub: a form with `hub.mode`, `hub.topic`, `hub.callback`, `hub.lease_seconds`, `hub.secret` (WebSub,
//! section 5.1). What is wrong is answered at once; what is right is accepted, and the callback asked whether it means it.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use network::names::ContentHash;

use super::{PATH, Subscription, Verify, about, host, lease, post, store};
use crate::app::App;
use crate::db::Tx;
use crate::items::feeds;
use crate::people::forms::Fields;
use crate::problem::Problem;
use crate::sources::fetch;
use crate::web::answer::problem_json;
use crate::web::routes::{Route, program};
use crate::web::visitor::Visitor;

/// The most bytes of what is asked.
const BYTES: usize = 16 << 10;
/// A secret has fewer bytes than this (section 5.1).
const SECRET: usize = 200;
/// The most bytes of an address.
const ADDRESS: usize = 2_000;
/// The most subscriptions of one node, of one host's callbacks, and of each those that nobody has confirmed yet.
const MOST: i64 = 10_000;
const MOST_OF_HOST: i64 = 50;
const MOST_WAITING: i64 = 1_000;
const MOST_OF_HOST_WAITING: i64 = 20;
/// The most feeds to which anybody subscribes: each is drawn after every change of an item.
const MOST_TOPICS: usize = 500;

/// The row of the route table.
pub fn routes() -> Vec<Route> {
    vec![program(PATH, "the hub of this node's feeds (WebSub)", axum::routing::post(ask), BYTES)]
}

/// `POST /websub`
async fn ask(State(app): State<App>, visitor: Visitor, body: Bytes) -> Response {
    match asked(&app, &visitor, &Fields::read(&body)).await {
        Ok(()) => StatusCode::ACCEPTED.into_response(),
        Err(problem) => problem_json(&app, problem),
    }
}

async fn asked(app: &App, visitor: &Visitor, typed: &Fields) -> Result<(), Problem> {
    let verify = Verify::of(typed.get("hub.mode")).filter(|verify| *verify != Verify::Nothing);
    let verify = verify.ok_or_else(|| Problem::invalid("hub.mode", "subscribe, unsubscribe"))?;
    let topic = typed.get("hub.topic");
    let path = topic.strip_prefix(&visitor.base).filter(|_| topic.len() <= ADDRESS);
    let path = path.filter(|path| feeds::topic(path).is_some());
    let (Some(portal), Some(path)) = (&visitor.portal, path) else {
        return Err(Problem::invalid(
            "hub.topic",
            "the address of a feed of this portal, as its link `self` has it",
        ));
    };
    let callback = typed.get("hub.callback");
    let host = host(callback).filter(|_| callback.len() <= ADDRESS);
    let home = post::home(app, callback).await?;
    let Some(host) = host.filter(|_| fetch::may_of(app, &home, callback).is_ok()) else {
        return Err(Problem::invalid("hub.callback", "a public address of http or https without a password"));
    };
    let secret = typed.get("hub.secret");
    if secret.len() >= SECRET {
        return Err(Problem::invalid("hub.secret", "fewer than 200 bytes"));
    }
    if !app.search.limit.lets(visitor.client, &format!("websub {topic} {callback}"), app.clock.micros()) {
        return Err(Problem::TooOften {
            vi: "Mạng của bạn vừa gửi quá nhiều yêu cầu đăng ký. Hãy đợi vài giây rồi gửi lại.".into(),
            en: "Your network has just sent too many requests. Wait a few seconds and repeat.".into(),
        });
    }
    let wanted = match secret {
        "" => None,
        secret => Some(app.people.seal.close(&app.dice, &about(topic, callback), secret.as_bytes())?),
    };
    // What it can have read by now; what changes between this question and its answer is delivered.
    let (_, now) = feeds::document(app, portal, &visitor.base, path).await?;
    let asked = Subscription {
        topic: topic.to_owned(),
        callback: callback.to_owned(),
        log: portal.log,
        host,
        verify,
        lease: lease(typed.some("hub.lease_seconds").as_deref()),
        wanted,
        secret: None,
        until: 0,
        sent: Some(ContentHash::of(now.as_bytes()).0.to_vec()),
        next: app.clock.micros(),
        at: 0,
        failures: 0,
        trouble: String::new(),
    };
    app.db
        .write("websub.asked", async move |tx: &mut Tx| -> Result<(), Problem> { noted(tx, asked).await })
        .await
}

/// Notes a question, unless there are too many subscriptions; whoever has one may always ask about it, and nobody may end what is not there.
async fn noted(tx: &mut Tx, asked: Subscription) -> Result<(), Problem> {
    let there = store::find(tx.conn(), &asked.topic, &asked.callback).await?;
    if there.is_none() {
        if asked.verify == Verify::Unsubscribe {
            return Ok(());
        }
        let counts = store::counts(tx.conn(), &asked.host).await?;
        let topics = store::topics(tx.conn()).await?;
        let many = counts.all >= MOST
            || counts.waiting >= MOST_WAITING
            || counts.of_host >= MOST_OF_HOST
            || counts.of_host_waiting >= MOST_OF_HOST_WAITING
            || topics.len() >= MOST_TOPICS && !topics.contains(&asked.topic);
        if many {
            return Err(Problem::NotNow {
                vi: "Hiện đã có quá nhiều đăng ký; hãy bỏ bớt đăng ký của máy chủ nhận hoặc thử lại sau."
                    .into(),
                en: "There are too many subscriptions now; end some of that host's, or try again later."
                    .into(),
            });
        }
    }
    Ok(store::ask(tx, &asked).await?)
}
