//! Channels: the services on which people read, and what an agency sends there.
//!
//! `fields` is what an account needs, `store` remembers accounts and deliveries, `queue` tells a delivery what becomes of its item, `deliver` carries
//! out what the delivery (crate `channels`, pure) says, `call` makes the calls, `keys` holds what opens an account, `report` hears services, `insights` asks them what
//! they count, `media` gives them what they fetch,
//! `pages` are the console's. One delivery for each item and account; nothing is posted twice: what nobody knows, a person settles.

mod call;
mod deliver;
mod fields;
pub mod insights;
mod keys;
mod media;
pub mod pages;
pub mod queue;
mod report;
mod store;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use channels::{Account, Form, Kind, Secrets};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::app::App;
use crate::db::Tx;
use crate::people::audit;
use crate::problem::Problem;
use crate::web::routes::Route;
use crate::words::Lang;

pub use deliver::run;
pub use pages::{PAGE, routes};

/// The most accounts of one agency.
const MOST: usize = 50;

/// An account of an agency at a service.
#[derive(Clone, Debug)]
pub struct Held {
    /// Its id.
    pub id: Uuid,
    /// Our number for the agency's log.
    pub log: i64,
    /// What the agency calls it.
    pub name: String,
    /// Where people open it; empty if nowhere.
    pub link: String,
    /// True if it stands in the public registry.
    pub official: bool,
    /// What its service calls it.
    pub about: Account,
    /// What opens it, sealed.
    secrets: Vec<u8>,
    /// When its token ends, as its administrator knows it.
    pub ends: Option<Timestamp>,
    /// True if nothing is sent.
    pub paused: bool,
    /// When it was checked last, in microseconds; 0 if never since it was changed.
    pub checked: i64,
    /// What that found, in both languages; empty if it works.
    pub trouble: String,
}

/// An account that is to be added.
pub(crate) struct New {
    /// Its id, under which its secrets are sealed.
    pub(crate) id: Uuid,
    /// What its service calls it.
    pub(crate) about: Account,
    /// What opens it.
    pub(crate) secrets: Secrets,
    /// Where people open it; empty if nowhere.
    pub(crate) link: String,
    /// True if it stands in the public registry.
    pub(crate) official: bool,
    /// When its token ends, if somebody knows.
    pub(crate) ends: Option<Timestamp>,
}

/// Adds an account to a log's agency, with its line in the audit trail.
///
/// # Errors
/// There are as many as there may be; the database's.
pub(crate) async fn add(app: &App, log: i64, new: New, line: audit::Line) -> Result<(), Problem> {
    let secrets = app.people.seal.close(&app.dice, &about(new.id), &keys::given(new.secrets)?)?;
    let held = Held {
        id: new.id,
        log,
        name: new.about.name.clone(),
        link: new.link,
        official: new.official,
        about: new.about,
        secrets,
        ends: new.ends,
        paused: false,
        checked: 0,
        trouble: String::new(),
    };
    app.db
        .write("channel.add", async move |tx: &mut Tx| -> Result<(), Problem> {
            if store::of_log(tx.conn(), held.log).await?.len() >= MOST {
                return Err(Problem::Invalid(vec![fields::fault("ten", |w| w.fault_many)]));
            }
            store::add(tx, &held).await?;
            Ok(audit::add(tx, line).await?)
        })
        .await
}

/// What a draft says on one channel; of which service stands beside it, so that its limits are known without asking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The service.
    pub kind: Kind,
    /// What is said.
    pub form: Form,
}

/// Whose turn it is at each account: what is sent and what is checked do not renew one token at once.
#[derive(Default)]
pub struct Turns(Mutex<HashMap<Uuid, Arc<tokio::sync::Mutex<()>>>>);

impl Turns {
    /// Waits for the turn at an account; it ends when what is returned is dropped.
    pub async fn turn(&self, account: Uuid) -> tokio::sync::OwnedMutexGuard<()> {
        let turn = self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(account).or_default().clone();
        turn.lock_owned().await
    }
}

/// The rows of the route table that services call.
pub fn machines() -> Vec<Route> {
    let mut machines = report::routes();
    machines.push(media::route());
    machines
}

/// Under which name the secrets of an account are sealed.
fn about(id: Uuid) -> String {
    format!("channel {id}")
}

/// What an act of the audit trail is called; none for acts of others.
pub fn act_name(act: &str, lang: Lang) -> Option<&'static str> {
    let w = lang.channel();
    Some(match act {
        "channel.add" => w.act_add,
        "channel.change" => w.act_change,
        "channel.pause" => w.act_pause,
        "channel.resume" => w.act_resume,
        "channel.remove" => w.act_remove,
        "channel.replay" => w.act_replay,
        "channel.settle" => w.act_settle,
        _ => return None,
    })
}
