//! The desk: what is handed in while a commit is under way goes into the next one together.
//!
//! A statement costs as much as the rows that it writes, so requests that wait are written by one step,
//! table by table: entries, then the content they name, then the answers that a repeat would get. If the
//! step is refused, each request is tried alone: nobody suffers for another's fault.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::anyhow;
use futures::future::join_all;
use network::entry::{ContentRef, Entry, Kind};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::content::{self, Piece};
use super::once::{self, Once};
use super::publish::Done;
use crate::app::App;
use crate::clock::instant;
use crate::db::Tx;
use crate::documents::{self, draft::taken};
use crate::embargo;
use crate::items::store::Reference;
use crate::logs::{ledger, store as logs};
use crate::problem::Problem;

/// How many requests go into one step at most.
const MOST_TOGETHER: usize = 256;
const QUEUE: usize = 1024;

/// One entry for a log of ours, with the content that it names.
pub struct Request {
    /// The log.
    pub log: i64,
    /// What the entry says.
    pub kind: Kind,
    /// Content, files first; large pieces must have been kept in their folder before.
    pub content: Vec<(ContentRef, Vec<u8>)>,
    /// What the caller is told, but for the entry's index.
    pub done: Done,
    /// Set if the request may be repeated.
    pub once: Option<Once>,
    /// The item and what makes it one of its kind, if it is a document: no other of its log may have the same.
    pub unique: Option<(Uuid, String)>,
}

struct Waiting {
    request: Request,
    answer: oneshot::Sender<Result<Done, Problem>>,
}

/// Where requests are handed in.
pub struct Desk {
    queue: mpsc::Sender<Waiting>,
    inbox: Mutex<Option<mpsc::Receiver<Waiting>>>,
}

impl Default for Desk {
    fn default() -> Desk {
        Desk::new()
    }
}

impl Desk {
    /// A desk at which nobody sits yet.
    pub fn new() -> Desk {
        let (queue, inbox) = mpsc::channel(QUEUE);
        Desk { queue, inbox: Mutex::new(Some(inbox)) }
    }
}

/// Hands a request in and waits until it is durable. With the first one somebody sits down at the desk.
///
/// # Errors
/// The request's own refusal, the database's errors, or that the node is stopping.
pub async fn submit(app: &App, request: Request) -> Result<Done, Problem> {
    let inbox = app.desk.inbox.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(inbox) = inbox {
        app.tasks.spawn("desk", run(app.clone(), inbox));
    }
    let stopping = || Problem::Ours(anyhow!("the node is stopping; nothing was changed"));
    let (answer, wait) = oneshot::channel();
    app.desk.queue.send(Waiting { request, answer }).await.map_err(|_| stopping())?;
    wait.await.unwrap_or_else(|_| Err(stopping()))
}

/// Works off what is handed in until the node stops.
async fn run(app: App, mut inbox: mpsc::Receiver<Waiting>) {
    let mut next = None;
    loop {
        let first = match next.take() {
            Some(waiting) => waiting,
            None => match inbox.recv().await {
                Some(waiting) => waiting,
                None => return,
            },
        };
        let mut repeatable = HashSet::new();
        let mut together = vec![first];
        repeatable.extend(together[0].request.once.as_ref().map(Once::key));
        while together.len() < MOST_TOGETHER
            && let Ok(waiting) = inbox.try_recv()
        {
            // A repeat must find the answer that the first one got.
            if waiting.request.once.as_ref().is_some_and(|once| !repeatable.insert(once.key())) {
                next = Some(waiting);
                break;
            }
            together.push(waiting);
        }
        let (requests, answers): (Vec<_>, Vec<_>) =
            together.into_iter().map(|waiting| (waiting.request, waiting.answer)).unzip();
        for (answer, done) in answers.into_iter().zip(write(&app, requests).await) {
            // A caller that has gone away is no reason to fail.
            let _ = answer.send(done);
        }
    }
}

/// Writes all requests in one step, or each in its own if that is refused.
async fn write(app: &App, requests: Vec<Request>) -> Vec<Result<Done, Problem>> {
    let requests = Arc::new(requests);
    let all = requests.clone();
    let together = app.db.write("items.publish", async move |tx: &mut Tx| step(tx, &all).await).await;
    match together {
        Ok(done) => done.into_iter().map(Ok).collect(),
        Err(refused) if requests.len() == 1 => vec![Err(refused)],
        Err(_) => {
            let alone = (0..requests.len()).map(|at| {
                let requests = requests.clone();
                app.db.write("items.publish", async move |tx: &mut Tx| {
                    let done = step(tx, requests.get(at..=at).unwrap_or_default()).await?;
                    done.into_iter().next().ok_or_else(|| Problem::Ours(anyhow!("a step without an answer")))
                })
            });
            join_all(alone).await
        }
    }
}

/// Carries one request out within a step of somebody else's: whatever else that step says commits with it.
///
/// # Errors
/// The request's own refusal, or the database's.
pub async fn carry_out(tx: &mut Tx, request: &Request) -> Result<Done, Problem> {
    let done = step(tx, std::slice::from_ref(request)).await?;
    done.into_iter().next().ok_or_else(|| Problem::Ours(anyhow!("a step without an answer")))
}

/// One step: the repeat check, the entries, the content.
async fn step(tx: &mut Tx, requests: &[Request]) -> Result<Vec<Done>, Problem> {
    let now = tx.ledger.now();
    let mut answers: Vec<Done> = requests.iter().map(|request| request.done.clone()).collect();
    let mut new: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (at, request) in requests.iter().enumerate() {
        match &request.once {
            Some(once) if let Some(answer) = once.answered(tx.conn()).await? => answers[at] = answer,
            _ => new.entry(request.log).or_default().push(at),
        }
    }
    numbers_are_free(tx, requests, &new).await?;
    for (log, these) in &new {
        let entry = |at: &usize| Entry { at: instant(now), kind: requests[*at].kind.clone() };
        let entries: Vec<Entry> = these.iter().map(entry).collect();
        let first = ledger::append_all(tx, *log, &entries.iter().collect::<Vec<_>>()).await?;
        for (index, at) in (first..).zip(these) {
            answers[*at].entry = index;
        }
    }
    // After the entries that want it, as at any other node: what arrives is what is shown.
    let new: Vec<usize> = new.into_values().flatten().collect();
    let content = new.iter().flat_map(|at| &requests[*at].content);
    let pieces: Vec<Piece<'_>> =
        content.map(|(piece, bytes)| Piece { sha256: piece.sha256, media: &piece.media, bytes }).collect();
    content::arrive_all(tx, &pieces).await?;
    let repeatable = new.iter().filter_map(|at| Some((requests[*at].once.as_ref()?, &answers[*at])));
    once::remember_all(tx, &repeatable.collect::<Vec<_>>()).await?;
    Ok(answers)
}

/// Within one step too: of two that come together with one number the step is refused, and each is tried alone.
async fn numbers_are_free(
    tx: &mut Tx,
    requests: &[Request],
    new: &BTreeMap<i64, Vec<usize>>,
) -> Result<(), Problem> {
    for (log, these) in new {
        let mut together: HashMap<&str, Uuid> = HashMap::new();
        for (item, unique) in these.iter().filter_map(|at| requests[*at].unique.as_ref()) {
            let here =
                together.insert(unique, *item).filter(|other| other != item).map(|other| other.to_string());
            let there = documents::store::taken(tx.conn(), *log, &item.to_string(), unique).await?;
            let sealed = embargo::store::taken(tx.conn(), *log, &item.to_string(), unique).await?;
            let Some(other) = here.or(there).or(sealed) else { continue };
            let head = logs::head(tx.conn(), *log).await?.ok_or(Problem::NotFound("log"))?;
            let other = Uuid::try_parse(&other).map_err(anyhow::Error::from)?;
            return Err(Problem::Invalid(vec![taken(unique, &Reference::of(&head.origin, other))]));
        }
    }
    Ok(())
}
