//! Listening: plain HTTP behind a named proxy or on loopback, TLS by certificate files, HTTP/1.1 and 2.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use futures::future::{Either, ready};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt;

use super::answer;
use super::patience::Patience;
use super::tls::Certificate;
use super::traffic::Counted;
use super::visitor::Visitor;
use crate::app::App;

/// Connections that are served at once; more wait in the kernel's queue.
const MOST_CONNECTIONS: usize = 8192;

/// Connections that the kernel keeps until they are taken, as far as it lets us (`net.core.somaxconn`): whoever finds no room tries again
/// only a second later.
const WAITING: u32 = 4096;

/// Binds every configured address. Returns the addresses that were bound (a port 0 becomes a real one).
///
/// # Errors
/// Names the address that cannot be bound, and why.
pub fn bind(addresses: &[SocketAddr]) -> anyhow::Result<Vec<TcpListener>> {
    let mut listeners = Vec::new();
    for address in addresses {
        let listener = listen_on(*address).with_context(|| {
            format!("listen on {address}; is another program using this port? choose another in `listen`")
        })?;
        listeners.push(listener);
    }
    Ok(listeners)
}

fn listen_on(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A node that is started again need not wait until the connections of the one before are forgotten.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(WAITING)
}

/// Serves `router` on the listeners until the node stops, by TLS where it is configured.
///
/// # Errors
/// When the TLS files cannot be used.
pub fn start(app: &App, listeners: Vec<TcpListener>, router: Router) -> anyhow::Result<()> {
    let tls = app.config.tls.as_ref().map(Certificate::read).transpose()?;
    if let Some(tls) = &tls {
        app.tasks.spawn("certificate", tls.clone().keep_fresh());
    }
    let https = app.config.url.starts_with("https://");
    listen(app, listeners, Door::Node { router, https }, tls.as_ref());
    Ok(())
}

/// Takes plain http on the listeners and sends readers on to https.
pub fn redirect(app: &App, listeners: Vec<TcpListener>) {
    listen(app, listeners, Door::Redirect(Router::new().fallback(to_https).with_state(app.clone())), None);
}

fn listen(app: &App, listeners: Vec<TcpListener>, door: Door, tls: Option<&Certificate>) {
    let slots = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    for listener in listeners {
        app.tasks.spawn("listener", accept(app.clone(), listener, door.clone(), tls.cloned(), slots.clone()));
    }
}

/// What stands behind a listener.
#[derive(Clone)]
enum Door {
    /// The node itself; `https` if that is how it is reached.
    Node { router: Router, https: bool },
    /// The way on to https.
    Redirect(Router),
}

/// A browser that was here by https comes back by nothing else (RFC 6797). Over plain http it ignores this.
fn https_only(response: &mut Response) {
    let year = HeaderValue::from_static("max-age=31536000");
    response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, year);
}

/// Only names that are served here are sent on: nobody is led elsewhere.
async fn to_https(State(app): State<App>, visitor: Visitor) -> Response {
    let Some(portal) = &visitor.portal else { return StatusCode::MISDIRECTED_REQUEST.into_response() };
    let authority = app.config.url.split_once("://").map_or("", |(_, authority)| authority);
    let port = authority.rsplit_once(':').map(|(_, port)| port).filter(|port| port.parse::<u16>().is_ok());
    let to = match port {
        Some(port) => format!("https://{}:{port}{}", portal.domain, visitor.whole),
        None => format!("https://{}{}", portal.domain, visitor.whole),
    };
    (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, to)]).into_response()
}

async fn accept(
    app: App,
    listener: TcpListener,
    door: Door,
    tls: Option<Certificate>,
    slots: Arc<Semaphore>,
) {
    loop {
        let Ok(slot) = slots.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, peer)) => {
                let visit = Visit { app: app.clone(), peer, door: door.clone() };
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
    door: Door,
}

async fn connection(stream: Counted<TcpStream>, visit: Visit, tls: Option<Certificate>) {
    match tls {
        None => speak(TokioIo::new(stream), visit).await,
        Some(tls) => {
            let greeting = tokio::time::timeout(Duration::from_secs(10), tls.acceptor().accept(stream));
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
        let (router, https) = match &visit.door {
            Door::Redirect(router) => (router, false),
            Door::Node { router, https } => {
                // A page at hand needs no way through the router.
                if let Some(mut answer) = answer::at_hand(&visit.app, visit.peer, &request) {
                    if *https {
                        https_only(&mut answer);
                    }
                    return Either::Left(ready(Ok(answer)));
                }
                (router, *https)
            }
        };
        request.extensions_mut().insert(ConnectInfo(visit.peer));
        let answer = router.clone().oneshot(request.map(axum::body::Body::new));
        Either::Right(answer.map(move |answer| {
            answer.map(|mut answer| {
                if https {
                    https_only(&mut answer);
                }
                answer
            })
        }))
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(Patience::new())
        .header_read_timeout(Duration::from_secs(20))
        .max_buf_size(64 * 1024)
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Duration::from_secs(30))
        .max_concurrent_streams(128);
    // A visitor who hangs up is no fault.
    let _ = builder.serve_connection(io, service).await;
}
