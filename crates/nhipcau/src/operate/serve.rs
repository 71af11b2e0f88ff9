//! `nhipcau serve`: one node, until it is told to stop.

use std::path::PathBuf;

use anyhow::Context;
use network::root::RootNote;

use crate::app::{App, Given};
use crate::config::Config;
use crate::db::trouble::Trouble;
use crate::logs::keys::Keyring;
use crate::peers::line::{Cable, Line};
use crate::subscriptions::mail::Mailer;
use crate::web;
use crate::web::tls::Certificate;

/// What `serve` takes.
#[derive(clap::Args)]
#[command(
    after_help = "Ctrl-C or SIGTERM stops it cleanly; SIGHUP reads the TLS certificate again (changed files are noticed by themselves).\n\
    As a service: the Debian package brings nhipcau.service, which serves /var/lib/nhipcau.\n\n\
    Environment:\n  NHIPCAU_LOG       what is logged: warn (default), info, debug, nhipcau::peers=debug\n  \
    NHIPCAU_DATABASE  the database's address, in place of the one in nhipcau.toml"
)]
pub struct Args {
    /// The node's folder, made by `nhipcau init`
    #[arg(long, default_value = ".")]
    pub dir: PathBuf,
    /// Only check configuration, keys, root note and certificates; nothing is opened or served
    #[arg(long)]
    check: bool,
}

/// Opens and serves a node until Ctrl-C or SIGTERM; or only checks what it would be served with.
///
/// # Errors
/// What keeps it from starting, and the cure.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let config = Config::read(&args.dir)?;
    check(&config)?;
    if args.check {
        println!("{}: cấu hình, khóa, thư gốc và chứng thư đều dùng được · all of it holds", config.name);
        return Ok(());
    }
    let app = App::open(config, Given::default()).await.map_err(in_trouble)?;
    whole(&app).await?;
    start(&app).await?;
    eprintln!("{} phục vụ tại {} (Ctrl-C để dừng)", app.config.name, app.config.url);
    stop_asked().await;
    eprintln!("Đang dừng…");
    app.close().await;
    Ok(())
}

/// Everything that is read from files at start holds; nothing is written.
fn check(config: &Config) -> anyhow::Result<()> {
    Keyring::of(config)?;
    let note = std::fs::read_to_string(&config.root)
        .with_context(|| format!("root: read {}; get it from who runs the root", config.root.display()))?;
    RootNote::open(&note).with_context(|| format!("root: {}", config.root.display()))?;
    config.tls.as_ref().map(Certificate::read).transpose()?;
    Line::new(Cable::default(), config)?;
    Mailer::open(config)?;
    Ok(())
}

/// A database of at most so many bytes is checked before its first page is served; that takes less than a second.
const CHECKED_FIRST: u64 = 512 << 20;

/// Lets the engine check its own pages. A node whose data are damaged is not served: what is not whole proves nothing,
/// every other portal shows the same news, and a restore takes minutes. A large database is checked while it is
/// served, and what is found is alarmed: contents and logs are verified by hash and root wherever they are used.
async fn whole(app: &App) -> anyhow::Result<()> {
    let reading = app.db.reading().clone();
    if reading.bytes().await.map_err(anyhow::Error::from).map_err(in_trouble)? > CHECKED_FIRST {
        let app_ = app.clone();
        app.tasks.spawn("self check", async move {
            let wrong = reading.self_check().await.unwrap_or_else(|error| vec![error.to_string()]);
            if !wrong.is_empty() {
                app_.db.troubles.note(Trouble::Damaged, wrong.join("; "), app_.clock.micros());
            }
        });
        return Ok(());
    }
    let wrong = reading.self_check().await.map_err(anyhow::Error::from).map_err(in_trouble)?;
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(damaged(&wrong.join("; "))),
    }
}

/// What keeps the node from starting, with the remedy if the database is damaged.
fn in_trouble(error: anyhow::Error) -> anyhow::Error {
    match Trouble::behind(&error) {
        Some(Trouble::Damaged) => damaged(&format!("{error:#}")),
        _ => error,
    }
}

fn damaged(detail: &str) -> anyhow::Error {
    anyhow::anyhow!(
        "the database is damaged and is not served: {detail}\nMove the folder data aside, restore a backup (nhipcau restore) and serve again; what is missing comes back from other nodes. nhipcau doctor says more.\n(Cơ sở dữ liệu bị hỏng nên không phục vụ: cất thư mục data sang chỗ khác, chạy nhipcau restore rồi nhipcau serve.)"
    )
}

/// Begins a node's background work and listens.
///
/// # Errors
/// What keeps it from listening, and the cure.
pub async fn start(app: &App) -> anyhow::Result<()> {
    let listeners = web::serve::bind(&app.config.listen)?;
    let plain = app.config.tls.as_ref().map_or(&[][..], |tls| &tls.redirect);
    let plain = web::serve::bind(plain)?;
    app.begin();
    web::serve::redirect(app, plain);
    web::serve::start(app, listeners, web::routes::router(app.clone()))
}

/// Resolves when a person or the system asks the program to stop.
pub async fn stop_asked() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut term) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = term.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
