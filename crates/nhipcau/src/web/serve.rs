//! Listening: plain HTTP behind a named proxy or on loopback, TLS by certificate files, HTTP/1.1 and 2.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::extract::ConnectInfo;
use futures::future::{Either, ready};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use super::answer;
use super::traffic::Counted;
use crate::app::App;
use crate::config::Tls;

/// Connections that are served at once; more wait in the kernel's queue.
const MOST_CONNECTIONS: usize = 8192;

/// Binds every configured address. Returns the addresses that were bound (a port 0 becomes a real one).
///
/// # Errors
/// Names the address that cannot be bound, and why.
pub async fn bind(addresses: &[SocketAddr]) -> anyhow::Result<Vec<TcpListener>> {
    let mut listeners = Vec::new();
    for address in addresses {
        let listener = TcpListener::bind(address).await.with_context(|| {
            format!("listen on {address}; is another program using this port? choose another in `listen`")
        })?;
        listeners.push(listener);
    }
    Ok(listeners)
}

/// Serves `router` on the listeners until the node stops.
///
/// # Errors
/// When the TLS files cannot be used.
pub fn start(app: &App, listeners: Vec<TcpListener>, router: Router) -> anyhow::Result<()> {
    let tls = app.config.tls.as_ref().map(acceptor).transpose()?;
    let slots = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    for listener in listeners {
        app.tasks
            .spawn("listener", accept(app.clone(), listener, router.clone(), tls.clone(), slots.clone()));
    }
    Ok(())
}

fn acceptor(tls: &Tls) -> anyhow::Result<TlsAcceptor> {
    let chain = CertificateDer::pem_file_iter(&tls.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| format!("tls.certificate: read {}", tls.certificate.display()))?;
    let key = PrivateKeyDer::from_pem_file(&tls.key)
        .with_context(|| format!("tls.key: read {}", tls.key.display()))?;
    let mut config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .context("tls: the certificate and the key do not belong together")?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

async fn accept(
    app: App,
    listener: TcpListener,
    router: Router,
    tls: Option<TlsAcceptor>,
    slots: Arc<Semaphore>,
) {
    loop {
        let Ok(slot) = slots.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, peer)) => {
                let visit = Visit { app: app.clone(), peer, router: router.clone() };
                let tls = tls.clone();
                app.tasks.spawn("connection", async move {
                    let _ = stream.set_nodelay(true);
                    let counted = Counted::new(stream, visit.app.traffic.clone());
                    connection(counted, visit, tls).await;
                    drop(slot);
                });
            }
            Err(error) => {
                // Out of file descriptors or the like: wait, so that closing connections can free some.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// One connection of somebody.
struct Visit {
    app: App,
    peer: SocketAddr,
    router: Router,
}

async fn connection(stream: Counted<TcpStream>, visit: Visit, tls: Option<TlsAcceptor>) {
    match tls {
        None => speak(TokioIo::new(stream), visit).await,
        Some(tls) => {
            let greeting = tokio::time::timeout(Duration::from_secs(10), tls.accept(stream));
            if let Ok(Ok(stream)) = greeting.await {
                speak(TokioIo::new(stream), visit).await;
            }
        }
    }
}

async fn speak<I>(io: I, visit: Visit)
where
    I: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
{
    let service = service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
        // A page at hand needs no way through the router.
        if let Some(answer) = answer::at_hand(&visit.app, visit.peer, &request) {
            return Either::Left(ready(Ok(answer)));
        }
        request.extensions_mut().insert(ConnectInfo(visit.peer));
        Either::Right(visit.router.clone().oneshot(request.map(axum::body::Body::new)))
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(20))
        .max_buf_size(64 * 1024)
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Duration::from_secs(30))
        .max_concurrent_streams(128);
    // A visitor who hangs up is no fault.
    let _ = builder.serve_connection(io, service).await;
}
