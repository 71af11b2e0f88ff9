//! Pulling and plugging the cables of a running demonstration, from another terminal.

use std::path::Path;

use anyhow::{Context, bail};
use axum::Router;
use axum::extract::Path as At;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::Demo;
use crate::clock::Dice;
use crate::peers::line::Cable;

const FILE: &str = "demo.control";

/// Listens on a free loopback port; port and secret stand in a file that only this user reads.
///
/// # Errors
/// When the file cannot be written.
#[allow(clippy::disallowed_methods, reason = "the demonstration ends this task itself")]
pub async fn listen(dir: &Path, demo: &Demo) -> anyhow::Result<JoinHandle<()>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let secret = hex::encode(Dice::system().bytes::<16>()?);
    let file = tempfile::NamedTempFile::new_in(dir)?;
    std::fs::write(file.path(), format!("{}\n{secret}\n", listener.local_addr()?.port()))?;
    file.persist(dir.join(FILE)).context("write demo.control")?;
    let cables: Vec<(String, Cable)> = demo.nodes.iter().map(|(l, _, c)| (l.clone(), c.clone())).collect();
    let router = Router::new().route(
        "/{act}/{node}",
        post(async move |At((act, node)): At<(String, String)>, headers: HeaderMap| {
            if headers.get("x-secret").and_then(|v| v.to_str().ok()) != Some(&secret) {
                return StatusCode::FORBIDDEN;
            }
            match (cables.iter().find(|(label, _)| *label == node), act.as_str()) {
                (Some((_, cable)), "cut") => cable.cut(),
                (Some((_, cable)), "mend") => cable.mend(),
                _ => return StatusCode::NOT_FOUND,
            }
            StatusCode::NO_CONTENT
        }),
    );
    Ok(tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "the demonstration's control has ended");
        }
    }))
}

/// Asks the running demonstration in `dir`.
///
/// # Errors
/// When none runs there, or it has no such node.
pub async fn ask(dir: &Path, act: &str, node: &str) -> anyhow::Result<()> {
    let path = dir.join(FILE);
    let text = std::fs::read_to_string(&path).with_context(|| {
        format!("read {}; is the demonstration running with --dir {}?", path.display(), dir.display())
    })?;
    let (port, secret) =
        text.trim().split_once('\n').context("demo.control is damaged; start the demonstration again")?;
    let answer = reqwest::Client::new()
        .post(format!("http://127.0.0.1:{port}/{act}/{node}"))
        .header("x-secret", secret)
        .send()
        .await
        .context("the demonstration does not answer; start it with `nhipcau demo`")?;
    match answer.status().as_u16() {
        204 if act == "cut" => println!(
            "Đã rút cáp của {node}: không nhận và không gửi gì cho máy chủ khác, người đọc vẫn vào được.\n\
             The cable of {node} is pulled: nothing comes from or goes to other nodes; readers still come.\n\
             Cắm lại · mend: {} demo mend {node} --dir {}",
            super::called(),
            dir.display()
        ),
        204 => println!(
            "Đã cắm lại cáp của {node}; những gì đã lỡ đang được bắt kịp.\n\
             The cable of {node} is plugged in; it is catching up on what it missed."
        ),
        404 => bail!("there is no node {node:?}; the nodes are chinhphu, mof and laocai"),
        other => bail!("the demonstration refused ({other})"),
    }
    Ok(())
}
