//! How much of a request's body is read for a route, and what is said of more.

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Request, State};
use axum::http::{HeaderName, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::MethodRouter;
use futures::StreamExt;
use tower_http::limit::RequestBodyLimitLayer;

use super::{Role, Route};
use crate::app::App;
use crate::people::gate::Staff;
use crate::people::{forms, gate};
use crate::web::answer::{self, Large};
use crate::web::visitor::Visitor;
use crate::{api, drafts};

/// The most bytes that a reader's request may have.
const FROM_READERS: usize = 64 << 10;
/// The most bytes of a form of the console that are read, though less is kept, so that it can be said what is wrong with it.
const HEARD_OUT: usize = 4 * drafts::MOST_UPLOAD;

/// A route's handler, with the most bytes of body that are read for it. Readers send none. More is refused by
/// what is announced, and before it is kept.
pub(super) fn bounded(app: &App, route: Route) -> MethodRouter<App> {
    let words = |most, heard| from_fn_with_state((app.clone(), Bounds { most, heard }), in_words);
    let most = match route.role {
        Role::Administrator => FROM_READERS,
        Role::Reader if route.method != "POST" => FROM_READERS,
        _ => route.most,
    };
    match route.role {
        // After the token was found right; its own words say so. Programs without one are bounded before they are read.
        role if role != Role::Program && route.path.starts_with("/api/") => {
            route.handler.layer(DefaultBodyLimit::max(api::MOST_BODY))
        }
        // The body is read behind the gate, so nobody else can make us read much.
        Role::Staff(duty) => {
            let gate = from_fn_with_state((app.clone(), duty), gate::gate);
            let handler = match most > forms::MOST {
                // A form with a file is read as it comes: what was typed stands before the file, and is shown again.
                true => route.handler.layer(DefaultBodyLimit::max(HEARD_OUT)).layer(words(most, HEARD_OUT)),
                false => route.handler.layer(RequestBodyLimitLayer::new(most)).layer(words(most, most)),
            };
            handler.layer(gate)
        }
        _ => route.handler.layer(RequestBodyLimitLayer::new(most)).layer(words(most, most)),
    }
}

/// What a route takes of a body, in bytes.
#[derive(Clone, Copy)]
struct Bounds {
    /// The most that is taken.
    most: usize,
    /// The most that its handler reads, to say what is wrong with it.
    heard: usize,
}

/// The first `keep` bytes of a body; `None` if there are more, or it broke off. Of more, four times as many are read and thrown
/// away: a browser shows no answer that comes before it has sent all.
pub(crate) async fn hear(body: Body, keep: usize) -> Option<Vec<u8>> {
    let (mut pieces, mut bytes, mut size) = (body.into_data_stream(), Vec::new(), 0);
    while let Some(piece) = pieces.next().await {
        let piece = piece.ok()?;
        size += piece.len();
        if size <= keep {
            bytes.extend_from_slice(&piece);
        } else if size > 4 * keep {
            break;
        }
    }
    (size <= keep).then_some(bytes)
}

/// The limit's own answer says nothing of what to do: people get a page, programs a problem.
async fn in_words(
    State((app, Bounds { most, heard })): State<(App, Bounds)>,
    request: Request,
    next: Next,
) -> Response {
    if request.method() == Method::GET {
        let response = next.run(request).await;
        return if response.status() == StatusCode::PAYLOAD_TOO_LARGE {
            answer::too_large_json(most)
        } else {
            response
        };
    }
    let (mut parts, body) = request.into_parts();
    let Ok(visitor): Result<Visitor, Infallible> = Visitor::from_request_parts(&mut parts, &app).await;
    let says = |name: HeaderName, what: &str| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.contains(what))
    };
    let reads = visitor.portal.is_some() && says(header::ACCEPT, "text/html");
    let large = if says(header::CONTENT_TYPE, "multipart/") { Large::File } else { Large::Form };
    // A form without files is never more than forms are, on whatever route.
    let words = says(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let said = if words { most.min(forms::MOST) } else { most };
    let back = answer::came_from(&parts.headers, &visitor);
    let announced =
        parts.headers.get(header::CONTENT_LENGTH).and_then(|n| n.to_str().ok()?.parse::<usize>().ok());
    let known = reads || parts.extensions.get::<Staff>().is_some();
    if known && announced.is_some_and(|size| size > heard) {
        hear(body, most).await;
        return match reads {
            true => answer::too_large(&app, &visitor, (said, large), back),
            false => answer::too_large_json(said),
        };
    }
    let response = next.run(Request::from_parts(parts, body)).await;
    match response.status() {
        StatusCode::PAYLOAD_TOO_LARGE if reads => answer::too_large(&app, &visitor, (said, large), back),
        StatusCode::PAYLOAD_TOO_LARGE => answer::too_large_json(said),
        _ => response,
    }
}
