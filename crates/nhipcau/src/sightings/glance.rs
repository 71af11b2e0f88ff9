//! One look at one page, and many of them: hosts side by side, and of one host one page after the other.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::stream;
use network::names::ContentHash;
use reqwest::Url;
use uuid::Uuid;

use super::judge::{Said, Seen, Verdict, judge};
use super::page::Page;
use crate::app::App;
use crate::db::Conn;
use crate::items::body::Text;
use crate::items::pages::parsed;
use crate::items::store::{self as items, Standing};
use crate::problem::Problem;
use crate::sources::fetch::{Answer, Fetcher, Refused, Validators};

/// The most hosts that are called at once.
const HOSTS: usize = 64;
/// Between two calls of one host at least so long passes, and at least as long as the last one took.
const POLITE: Duration = Duration::from_millis(500);
/// One host is called for so long in one look; the others must not wait for it.
const TURN: Duration = Duration::from_secs(30);
/// The newest editions that are looked for.
const EDITIONS: usize = 5;

/// Does a piece of work for each page: hosts side by side, and of each host one after the other with a pause between them, for no longer
/// than its turn lasts.
pub(crate) async fn by_host<T, F: Future<Output = ()>>(
    all: Vec<T>,
    url: impl Fn(&T) -> &str,
    work: impl Fn(T) -> F,
) {
    let mut hosts: BTreeMap<String, Vec<T>> = BTreeMap::new();
    for one in all {
        let host = url(&one).parse::<Url>().ok().and_then(|url| url.host_str().map(str::to_owned));
        hosts.entry(host.unwrap_or_default()).or_default().push(one);
    }
    let work = &work;
    let turn = |all: Vec<T>| async move {
        let began = Instant::now();
        let mut wait = Duration::ZERO;
        for one in all {
            if began.elapsed() > TURN {
                break;
            }
            tokio::time::sleep(wait).await;
            let called = Instant::now();
            work(one).await;
            wait = called.elapsed().max(POLITE);
        }
    };
    stream::iter(hosts.into_values()).for_each_concurrent(HOSTS, turn).await;
}

/// What was seen at an address.
pub(crate) enum Glance {
    /// The page is what it was.
    Same,
    /// A verdict, and by what the page says later that it is unchanged.
    Is(Verdict, Validators),
}

/// Looks at one page.
///
/// # Errors
/// Why it could not be looked at.
pub(crate) async fn glance(
    fetcher: &Fetcher,
    (home, url): (&str, &str),
    known: &Validators,
    item: Uuid,
    (stands, editions): (bool, Arc<Vec<Said>>),
) -> Result<Glance, Refused> {
    let fetched = match fetcher.fetch_known(home, url, known).await {
        Ok(Answer::Unchanged) => return Ok(Glance::Same),
        Ok(Answer::Fetched(fetched)) => fetched,
        Err(Refused::Status(404 | 410, _)) => {
            return Ok(Glance::Is(judge(stands, &editions, &Seen::Nothing), Validators::default()));
        }
        Err(refused) => return Err(refused),
    };
    let validators = fetched.validators.clone();
    let judged = tokio::task::spawn_blocking(move || {
        let page = Page::read(&feeds::page(&fetched.bytes, fetched.content_type.as_deref()), item);
        judge(stands, &editions, &Seen::Page(&page))
    });
    let verdict = judged.await.map_err(|error| Refused::Line(error.to_string()))?;
    Ok(Glance::Is(verdict, validators))
}

/// The newest editions of an item whose text is here, the newest first.
///
/// # Errors
/// The database's, and a damaged content.
pub(super) async fn said(app: &App, conn: &mut Conn, item: &Standing) -> Result<Vec<Said>, Problem> {
    let mut all = Vec::new();
    for edition in items::editions(conn, item.log, item.item).await?.into_iter().rev().take(EDITIONS) {
        let hash =
            ContentHash(edition.sha256.try_into().map_err(|_| anyhow::anyhow!("a stored hash is damaged"))?);
        let Some(bytes) = app.folder.read(conn, &hash).await? else { continue };
        let document = parsed(&hash, &bytes)?;
        let title = document.title.clone();
        all.push(Said::of(edition.edition, &title, &Text::of(document).rendered.html));
    }
    Ok(all)
}
