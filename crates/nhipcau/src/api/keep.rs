//! Keeping a node well over HTTP: the doctor's report, bundles out and in.

use std::convert::Infallible;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use network::flow::FlowRequest;
use tokio::sync::mpsc;
use tokio_stream::wrappers::{ReceiverStream, UnboundedReceiverStream};

use super::write::{Administrator, is_administrator};
use crate::app::App;
use crate::operate::doctor::{self, Line, Teller};
use crate::peers::bundles::give::{self, Bound};
use crate::peers::bundles::take::Import;
use crate::problem::Problem;
use crate::search;
use crate::web::answer::{answered, problem_json};

/// Lines of JSON: progress first, the answer last.
pub const LINES: &str = "application/x-ndjson";
/// The media type of a bundle.
pub const BUNDLE: &str = "application/vnd.nhipcau.bundle";

pub(crate) fn busy() -> Problem {
    Problem::NotNow {
        vi: "Máy chủ đang bận việc cùng loại; hãy thử lại sau ít phút.".into(),
        en: "The node is busy with work of this kind; repeat in a few minutes.".into(),
    }
}

/// `GET /api/v1/doctor`: the report as JSON, or with its progress as [`LINES`] for who accepts that.
pub async fn doctor(_: Administrator, State(app): State<App>, headers: HeaderMap) -> Response {
    if app.heavy.available_permits() == 0 {
        return problem_json(&app, busy());
    }
    let lines = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains(LINES));
    if !lines {
        let _permit = app.heavy.acquire().await;
        return Json(doctor::examine(&app, &Teller::default()).await).into_response();
    }
    let (channel, told) = mpsc::unbounded_channel();
    let working = app.clone();
    app.tasks.spawn("doctor", async move {
        let _permit = working.heavy.acquire().await;
        let report = doctor::examine(&working, &Teller::to(channel.clone())).await;
        // Whoever asked may have gone away.
        let _ = channel.send(Line::Report(report));
    });
    let lines = UnboundedReceiverStream::new(told).map(|line| {
        let mut text = serde_json::to_vec(&line).unwrap_or_default();
        text.push(b'\n');
        Ok::<_, Infallible>(Bytes::from(text))
    });
    ([(header::CONTENT_TYPE, LINES)], Body::from_stream(lines)).into_response()
}

/// `POST /api/v1/bundle`: what the body, written as that of `POST /flow`, asks for, as one file. A bundle holds only
/// what is public, so anybody may have one, within a bound; the administrator without.
pub async fn export(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Response {
    let planned = async {
        let wants = FlowRequest::parse(&body).map_err(|e| Problem::invalid("body", e.to_string()))?;
        if app.heavy.available_permits() == 0 {
            return Err(busy());
        }
        let bound = if is_administrator(&app, &headers) { Bound::NONE } else { Bound::READER };
        let directory = app.directory.load_full();
        let mut conn = app.db.read().await?;
        let by = (app.config.name.to_string(), app.clock.now().to_string());
        give::plan(&mut conn, &directory, &wants, by, bound).await
    };
    let plan = match planned.await {
        Ok(plan) => plan,
        Err(problem) => return problem_json(&app, problem),
    };
    let (channel, pieces) = mpsc::channel::<std::io::Result<Bytes>>(8);
    let working = app.clone();
    app.tasks.spawn("export", async move {
        let _permit = working.heavy.acquire().await;
        if let Err(error) = give::write(working.db.reading(), &working.folder, plan, &channel).await {
            tracing::warn!(error = format!("{error:#}"), "a bundle was broken off");
            // The answer ends in the middle, so nobody takes it for whole.
            let _ = channel.send(Err(std::io::Error::other("broken off"))).await;
        }
    });
    let head = [
        (header::CONTENT_TYPE, BUNDLE),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"nhipcau.bundle\""),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (head, Body::from_stream(ReceiverStream::new(pieces))).into_response()
}

/// `POST /api/v1/import`: a bundle as the body. Answers what became of each of its logs.
pub async fn import(_: Administrator, State(app): State<App>, body: Body) -> Response {
    let Ok(_alone) = app.importing.try_lock() else { return problem_json(&app, busy()) };
    let mut import = Import::new(&app);
    let mut body = body.into_data_stream();
    while let Some(piece) = body.next().await {
        // A line that breaks leaves a cut file: what came is as good as ever.
        let Ok(piece) = piece else { break };
        match import.feed(&piece).await {
            Ok(true) => {}
            Ok(false) => break,
            Err(problem) => return problem_json(&app, problem),
        }
    }
    answered(&app, import.finish().await.map(Json))
}

/// `POST /api/v1/reindex`: the search index is built anew, while the node goes on answering.
pub async fn reindex(_: Administrator, State(app): State<App>) -> Response {
    search::rebuild(&app);
    Json(serde_json::json!({ "state": "building" })).into_response()
}
