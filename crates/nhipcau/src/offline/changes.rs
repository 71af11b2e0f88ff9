//! `/ban-luu.json?tu=…`: which items came to look as they do since then, and which have ended. A browser that keeps pages asks
//! for all that changed; it never says what it holds.

use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use crate::agencies::Portal;
use crate::app::App;
use crate::items::pages::kept;
use crate::open::next_of;
use crate::problem::Problem;
use crate::web::pages::{Drawn, Tag};
use crate::web::visitor::Visitor;

/// Items in one answer. Where more changed, a browser lets go of all that it holds: a list would weigh more than the pages.
const MOST: usize = 200;
/// Answers are told apart by minutes, so that many browsers get the same one.
const MINUTE: i64 = 60_000;
/// For how long an answer stands when nothing changes: what it says holds until then too.
const LASTS: i64 = 60_000_000;

/// `/ban-luu.json?tu={milliseconds}`
pub async fn told(State(app): State<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Lists, Tag::Directory], LASTS, async |portal: &Portal| {
        let since = match visitor.asked("tu") {
            None => 0,
            Some(text) => text
                .parse::<i64>()
                .ok()
                .filter(|at| (0..=i64::MAX / 1_000).contains(at))
                .ok_or_else(|| Problem::invalid("tu", "must be milliseconds since 1970"))?,
        };
        let since = since / MINUTE * MINUTE;
        let now = app.clock.micros() / 1_000;
        let mut conn = app.db.read().await?;
        let (told, more) = next_of(&mut conn, &portal.domain, since * 1_000, MOST).await?;
        let (mut here, mut ended) = (Vec::new(), Vec::new());
        for one in told {
            let path = format!("/muc/{}", one.reference());
            if one.stands.is_some() { here.push(path) } else { ended.push(path) }
        }
        let told = json!({ "at": now, "here": here, "ended": ended, "more": more });
        Ok(Drawn::whole(200, "application/json", &told.to_string()))
    })
    .await
}
