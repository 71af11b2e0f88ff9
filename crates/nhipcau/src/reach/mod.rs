//! Reach: how often what is published is read, by which way, and about by how many – without knowing who.
//!
//! `counter` counts in memory (`sketch` about how many, `bots` whom not), `store` keeps sums of a day, `links` are the short links that stand
//! on channels, `report` says the sums of a day in the portal's log, `shown` what pages say of them. What services say of their own posts is
//! read by `channels::insights`. Numbers of different kinds are never added. `docs/reach.md` says what is counted and what nobody can find out.

mod bots;
mod counter;
pub mod links;
mod report;
pub mod shown;
mod sketch;
pub mod store;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, Method, header};

use crate::app::App;
use crate::db::Tx;
use crate::problem::Problem;
use crate::web::routes::Route;
use crate::web::visitor::Visitor;

pub use counter::{Counter, Read, Reader, Way};
pub use report::report;

/// So often what was counted is written.
const EVERY: Duration = Duration::from_secs(60);

const PURPOSE: HeaderName = HeaderName::from_static("purpose");
const SEC_PURPOSE: HeaderName = HeaderName::from_static("sec-purpose");
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    vec![links::route()]
}

/// Writes what was counted, and reports what is over, until the node stops.
pub async fn run(app: App) {
    loop {
        tokio::time::sleep(EVERY).await;
        let done = async {
            settle(&app).await?;
            report(&app).await
        };
        if let Err(problem) = done.await {
            tracing::warn!(%problem, "what was read could not be written; it is tried again");
        }
    }
}

/// Writes what was counted and not written yet.
///
/// # Errors
/// The database's; then nothing is lost while the node runs.
pub async fn settle(app: &App) -> Result<(), Problem> {
    if !app.reach.has_counted() {
        return Ok(());
    }
    // It is taken by the writer itself: a caller that goes away before its turn has taken nothing.
    let taken = Arc::new(Mutex::new(None));
    let (theirs, counting) = (taken.clone(), app.reach.clone());
    let written = app.db.write("reach.settle", async move |tx: &mut Tx| -> Result<(), Problem> {
        let sums = counting.take();
        let done = store::add(tx, &sums).await;
        *theirs.lock().unwrap_or_else(PoisonError::into_inner) = Some(sums);
        Ok(done?)
    });
    let written = written.await;
    if written.is_err()
        && let Some(sums) = taken.lock().unwrap_or_else(PoisonError::into_inner).take()
    {
        app.reach.give_back(sums);
    }
    written
}

/// What the browser of somebody who reads calls itself; none where a program says that it is no reading: a page that is fetched before
/// anybody asks for it, or by a script.
pub fn agent<'a>(method: &Method, headers: &'a HeaderMap) -> Option<&'a str> {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let ahead =
        |said: &str| said.contains("prefetch") || said.contains("prerender") || said.contains("preview");
    let early = [SEC_PURPOSE, PURPOSE].iter().filter_map(text).any(ahead);
    let fetched = text(&SEC_FETCH_MODE).is_some_and(|mode| mode != "navigate");
    let counts = method == Method::GET && !early && !fetched;
    text(&header::USER_AGENT).filter(|agent| counts && !agent.is_empty())
}

/// Counts a reading by a visitor.
pub fn count(app: &App, read: Read, visitor: &Visitor) {
    if let Some(agent) = &visitor.agent {
        app.reach.count(app.clock.micros(), read, Reader { client: visitor.client, agent });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_fetched_ahead_or_by_a_script_is_no_reading() {
        let reads = |method: &str, pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, value.parse().unwrap());
            }
            agent(&method.parse().unwrap(), &headers).is_some()
        };
        let me = ("user-agent", "Mozilla/5.0");
        assert!(reads("GET", &[me]) && reads("GET", &[me, ("sec-fetch-mode", "navigate")]));
        assert!(!reads("HEAD", &[me]) && !reads("GET", &[]) && !reads("GET", &[("user-agent", "")]));
        assert!(!reads("GET", &[me, ("sec-fetch-mode", "cors")]), "a service worker keeps its copy fresh");
        assert!(!reads("GET", &[me, ("sec-purpose", "prefetch;prerender")]));
        assert!(!reads("GET", &[me, ("purpose", "prefetch")]));
    }
}
