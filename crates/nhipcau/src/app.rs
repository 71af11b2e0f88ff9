//! `App`: all that a request or a job may use. Built once, by `serve`, by the demonstration and by tests.

use std::ops::Deref;
use std::sync::atomic::{AtomicI64, AtomicU64};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use arc_swap::ArcSwap;
use network::directory::Directory;
use network::names::Origin;
use network::root::RootNote;
use tokio::sync::{Semaphore, broadcast, mpsc, watch};

use crate::agencies::{self, Portals};
use crate::assignments::restricted::Opened;
use crate::bulletins::studio::Studio;
use crate::calendar;
use crate::clock::{Clock, Dice};
use crate::config::Config;
use crate::db::{Db, Tx};
use crate::drafts::together::Together;
use crate::items::content::Folder;
use crate::items::desk::Desk;
use crate::logs::carriers::Carriers;
use crate::logs::keys::Keyring;
use crate::logs::ledger::{Effects, Sealer};
use crate::logs::view::fingerprint;
use crate::logs::{startup, store};
use crate::operate::lock::Lock;
use crate::peers::bundles::take::AS_OF;
use crate::peers::letters::{self, Notice, Post};
use crate::peers::line::Line;
use crate::peers::{self, Status};
use crate::people::Door;
use crate::people::tries::Tries;
use crate::petitions::similar::Similar;
use crate::reach::Counter;
use crate::search::Search;
use crate::subscriptions::mail::Mailer;
use crate::subscriptions::push::Pusher;
use crate::tasks::Tasks;
use crate::web::pages::Pages;
use crate::web::traffic::Traffic;

/// How many commits a slow listener may fall behind before it reads from the database instead.
const TOLD: usize = 1024;

/// Exports and checks of health under way at once.
const HEAVY: usize = 2;

/// Everything of one running node. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// What [`App`] holds.
pub struct Inner {
    /// The checked configuration.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Chance.
    pub dice: Dice,
    /// This node's secrets.
    pub keys: Arc<Keyring>,
    /// The pinned root note.
    pub root: RootNote,
    /// Its fingerprint, as people compare it.
    pub root_fingerprint: String,
    /// Who is who, as committed.
    pub directory: Arc<ArcSwap<Directory>>,
    /// The portals that this node answers for.
    pub portals: ArcSwap<Portals>,
    /// Large content.
    pub folder: Folder,
    /// Commits, as they happen.
    pub told: broadcast::Sender<Arc<Effects>>,
    /// The way out to other nodes.
    pub line: Line,
    /// Bytes over the listening sockets.
    pub traffic: Arc<Traffic>,
    /// Rendered pages.
    pub pages: Arc<Pages>,
    /// What was read and is not written yet.
    pub reach: Arc<Counter>,
    /// Where items are handed in.
    pub desk: Desk,
    /// Which portals show what of whom, as far as it was asked for.
    pub carriers: Carriers,
    /// What the network looks like from here.
    pub status: ArcSwap<Status>,
    /// Events for the follower.
    pub follower: mpsc::Sender<peers::Event>,
    /// Heads checkpoints with cosignatures, for the keeper of the directory.
    pub cosigned: mpsc::Sender<tlog::Note>,
    /// Receipts of others that are to be handed on.
    pub onward: mpsc::Sender<peers::tellers::Onward>,
    /// Logs of which somebody reads who holds them.
    pub inquiries: mpsc::Sender<Origin>,
    inboxes: Mutex<Option<Inboxes>>,
    /// Counts the changes of `status`, so that whoever waits for one can.
    pub stirred: watch::Sender<u64>,
    /// Background work.
    pub tasks: Tasks,
    /// As of when bundles have told of the nation, in microseconds; 0 if none did.
    pub imported: AtomicI64,
    /// One import at a time.
    pub importing: tokio::sync::Mutex<()>,
    /// One reading of a joined site is acted upon at a time: two that meet the same item would both take it over.
    pub joining: tokio::sync::Mutex<()>,
    /// Whose turn it is at each account of a channel.
    pub channels: crate::channels::Turns,
    /// Files that come in parts, and what is made of them.
    pub media: crate::media::Desk,
    /// Exports and looks at the node's health that may be under way at once.
    pub heavy: Semaphore,
    /// Holds the folder.
    lock: Lock,
    /// Letters between portals.
    pub post: Post,
    /// The token that opens the API for writing.
    pub token: String,
    /// The door of the console.
    pub people: Door,
    /// What networks have tried at petitions that are not theirs.
    pub petition_tries: Tries,
    /// Who has which draft open.
    pub drafts: Together,
    /// Who must answer what, as it holds here.
    pub authority: Arc<crate::petitions::authority::Desk>,
    /// Sound of bulletins, made lately.
    pub studio: Studio,
    /// The calendar of working days.
    pub calendar: calendar::Desk,
    /// Restricted tasks that were opened lately.
    pub restricted: Opened,
    /// What finds items by their words.
    pub search: Search,
    /// What finds published petitions that are like another.
    pub similar: Similar,
    /// The way out by e-mail, if there is one.
    pub mailer: Option<Mailer>,
    /// The way out to browsers, if there is one.
    pub pusher: Option<Pusher>,
    /// Errors answered so far; part of the code that a visitor can quote.
    pub errors: AtomicU64,
}

/// The ends of the queues that background work reads; taken when it begins.
struct Inboxes {
    follower: mpsc::Receiver<peers::Event>,
    cosigned: mpsc::Receiver<tlog::Note>,
    onward: mpsc::Receiver<peers::tellers::Onward>,
    inquiries: mpsc::Receiver<Origin>,
    notices: mpsc::Receiver<Notice>,
}

impl Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// What a caller may replace when it builds a node: tests and the demonstration do.
#[derive(Clone, Default)]
pub struct Given {
    /// The time; the machine's if default.
    pub clock: Clock,
    /// Chance; the machine's if default.
    pub dice: Dice,
    /// The cable; plugged in if default.
    pub line: crate::peers::line::Cable,
}

impl App {
    /// Opens a node's folder. Nothing runs yet (see [`App::begin`]), nothing is served (see `web::serve`).
    ///
    /// # Errors
    /// Says what cannot be opened, and the cure.
    pub async fn open(config: Config, given: Given) -> anyhow::Result<App> {
        let Given { clock, dice, line } = given;
        let lock = Lock::take(&config)?;
        let keys = Arc::new(Keyring::of(&config)?);
        let note = std::fs::read_to_string(&config.root).with_context(|| {
            format!(
                "read the root note {}; it is what this node trusts – get it from who runs the root",
                config.root.display()
            )
        })?;
        let root = RootNote::open(&note)
            .with_context(|| format!("{} is not a valid root note", config.root.display()))?;
        let directory = Arc::new(ArcSwap::from_pointee(Directory::new(&root)?));
        let (told, _) = broadcast::channel(TOLD);
        let pages = Arc::new(Pages::new());
        let sealer = Sealer {
            pages: pages.clone(),
            keys: keys.clone(),
            clock: clock.clone(),
            directory: directory.clone(),
            told: told.clone(),
        };
        let db = Db::open(&config.database, sealer).await?;
        let heads = root.text().heads_origin()?;
        if keys.has(&heads) {
            // This is the root's node: the heads log is ours too.
            keys.own(&heads, &dice)?;
            db.write("app.heads", async move |tx: &mut Tx| -> Result<i64, anyhow::Error> {
                let now = tx.ledger.now();
                store::ensure(tx.conn(), &heads, true, now).await
            })
            .await?;
        }
        crate::items::tables::rebuild(&db, &Folder(config.content.clone())).await?;
        let authority = Arc::new(crate::petitions::authority::Desk::open(&db).await?);
        if let Some(alarm) = authority.alarm() {
            tracing::error!(
                detail = alarm.detail,
                "the authority table that was loaded last cannot be read; the one that ships holds"
            );
            db.write("app.authority", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
                Ok(crate::operate::alarms::raise(tx, &alarm).await?)
            })
            .await?;
        }
        let calendar = calendar::Desk::new(calendar::store::open(&db).await?);
        let mut conn = db.read().await?;
        let (known, settled) = agencies::fold::rebuild(&mut conn, &root).await?;
        directory.store(Arc::new(known));
        let portals = Portals::load(&mut conn, &keys, &dice).await?;
        let imported = agencies::fold::remembered(&mut conn, AS_OF).await?;
        let imported = imported.and_then(|at| at.parse().ok()).unwrap_or(0);
        drop(conn);
        db.write("app.settled", async move |tx: &mut Tx| -> Result<(), anyhow::Error> {
            Ok(agencies::fold::remember(tx.conn(), agencies::fold::SETTLED, settled.to_string()).await?)
        })
        .await?;
        let token = std::fs::read_to_string(config.folder.join("admin.token"))
            .context("read admin.token in the node's folder; make a new one with `nhipcau token`")?
            .trim()
            .to_owned();
        let people = Door::open(&config, &dice)?;
        let line = Line::new(line, &config)?;
        let mailer = Mailer::open(&config)?;
        let pusher = Pusher::open(&config, &people.seal, &line)?;
        let (follower, inbox) = mpsc::channel(4096);
        let (cosigned, heads) = mpsc::channel(16);
        let (onward, passing) = mpsc::channel(1024);
        let (inquiries, hints) = mpsc::channel(64);
        let (post, notices) = Post::new();
        Ok(App(Arc::new(Inner {
            folder: Folder(config.content.clone()),
            pages,
            reach: Arc::new(Counter::new(dice.clone())),
            desk: Desk::new(),
            carriers: Carriers::new(),
            traffic: Arc::default(),
            status: ArcSwap::from_pointee(Status::default()),
            portals: ArcSwap::from_pointee(portals),
            stirred: watch::channel(0).0,
            tasks: Tasks::default(),
            errors: AtomicU64::new(0),
            search: Search::new(&config),
            similar: Similar::new(&config),
            mailer,
            pusher,
            config,
            db,
            clock,
            dice,
            keys,
            root_fingerprint: fingerprint(&root.text().text()),
            root,
            directory,
            told,
            line,
            follower,
            cosigned,
            onward,
            inquiries,
            inboxes: Mutex::new(Some(Inboxes {
                follower: inbox,
                cosigned: heads,
                onward: passing,
                inquiries: hints,
                notices,
            })),
            imported: AtomicI64::new(imported),
            importing: tokio::sync::Mutex::new(()),
            joining: tokio::sync::Mutex::new(()),
            channels: crate::channels::Turns::default(),
            media: crate::media::Desk::default(),
            heavy: Semaphore::new(HEAVY),
            lock,
            post,
            token,
            people,
            petition_tries: Tries::default(),
            drafts: Together::default(),
            authority,
            studio: Studio::default(),
            calendar,
            restricted: Opened::default(),
        })))
    }

    /// Starts the background work. Once; a second call does nothing.
    pub fn begin(&self) {
        let inboxes = self.inboxes.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Inboxes { follower: inbox, cosigned: heads, onward, inquiries, notices }) = inboxes else {
            return;
        };
        let app = self;
        app.tasks.spawn("aftermath", crate::operate::aftermath::run(app.clone()));
        app.tasks.spawn("keeper", agencies::keeper::run(app.clone(), heads));
        app.tasks.spawn("follower", peers::follow::run(app.clone(), inbox));
        app.tasks.spawn("tellers", peers::tellers::run(app.clone(), onward));
        app.tasks.spawn("inquiry", peers::inquiry::run(app.clone(), inquiries));
        app.tasks.spawn("letters", letters::run(app.clone(), notices));
        app.tasks.spawn("heads", crate::logs::heads::run(app.clone()));
        app.tasks.spawn("startup", startup::run(app.clone()));
        app.tasks.spawn("renew", crate::logs::renew::run(app.clone()));
        app.tasks.spawn("embargo", crate::embargo::run(app.clone()));
        app.tasks.spawn("hours", crate::drafts::hours::run(app.clone()));
        app.tasks.spawn("search", crate::search::run(app.clone()));
        app.tasks.spawn("subscriptions", crate::subscriptions::run(app.clone()));
        app.tasks.spawn("petitions", crate::petitions::run(app.clone()));
        app.tasks.spawn("mergers", agencies::merger::carry::run(app.clone()));
        app.tasks.spawn("sources", crate::sources::run(app.clone()));
        app.tasks.spawn("outlets", crate::outlets::run(app.clone()));
        app.tasks.spawn("websub", crate::websub::run(app.clone()));
        app.tasks.spawn("hubs", crate::sources::hub::run(app.clone()));
        app.tasks.spawn("sightings", crate::sightings::run(app.clone()));
        app.tasks.spawn("channels", crate::channels::run(app.clone()));
        app.tasks.spawn("media", crate::media::run(app.clone()));
        app.tasks.spawn("reach", agencies::reach::run(app.clone()));
        app.tasks.spawn("readings", crate::reach::run(app.clone()));
        app.tasks.spawn("watch", crate::operate::watch::run(app.clone()));
    }

    /// Starts only what a command needs that works on a stopped node's data: commits are followed, the directory is
    /// kept in step, nobody is called and nothing is signed.
    pub fn begin_alone(&self) {
        let inboxes = self.inboxes.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Inboxes { follower: mut inbox, cosigned: heads, .. }) = inboxes else { return };
        let app = self;
        app.tasks.spawn("aftermath", crate::operate::aftermath::run(app.clone()));
        app.tasks.spawn("embargo", crate::embargo::run(app.clone()));
        app.tasks.spawn("keeper", agencies::keeper::run(app.clone(), heads));
        // Nobody follows; what would be told to the follower is let go.
        app.tasks.spawn("no follower", async move { while inbox.recv().await.is_some() {} });
    }

    /// The origin of the root's log.
    pub fn root_origin(&self) -> Option<Origin> {
        self.root.text().root_origin().ok()
    }

    /// Stops the background work, closes the database and lets the folder go.
    pub async fn close(&self) {
        self.tasks.stop().await;
        if let Err(problem) = crate::reach::settle(self).await {
            tracing::warn!(%problem, "what was read since the last minute is not counted");
        }
        self.search.settled().await;
        self.db.close().await;
        self.lock.release();
    }
}
