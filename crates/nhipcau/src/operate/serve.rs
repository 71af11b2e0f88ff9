//! `nhipcau serve`: one node, until it is told to stop.

use std::path::Path;

use crate::app::{App, Given};
use crate::config::Config;
use crate::web;

/// What `serve` takes.
#[derive(clap::Args)]
pub struct Args {
    /// The node's folder, made by `nhipcau init`
    #[arg(long, default_value = ".")]
    pub dir: std::path::PathBuf,
}

/// Opens and serves the node in `folder` until Ctrl-C or SIGTERM.
///
/// # Errors
/// What keeps it from starting, and the cure.
pub async fn run(folder: &Path) -> anyhow::Result<()> {
    let config = Config::read(folder)?;
    let app = App::open(config, Given::default()).await?;
    start(&app).await?;
    eprintln!("{} phục vụ tại {} (Ctrl-C để dừng)", app.config.name, app.config.url);
    stop_asked().await;
    eprintln!("Đang dừng…");
    app.close().await;
    Ok(())
}

/// Begins a node's background work and listens.
///
/// # Errors
/// What keeps it from listening, and the cure.
pub async fn start(app: &App) -> anyhow::Result<()> {
    let listeners = web::serve::bind(&app.config.listen).await?;
    app.begin();
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
