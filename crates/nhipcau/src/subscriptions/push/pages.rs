//! Following by notices of a browser: the script of the page adds where the browser is reached to the form.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use super::Place;
use crate::app::App;
use crate::db::Tx;
use crate::people::gate::Open;
use crate::problem::Problem;
use crate::subscriptions::door::{self, Opens};
use crate::subscriptions::pages::{refused, rhythm_of, topic_of};
use crate::subscriptions::store::{self, Request, Via};
use crate::web::visitor::Visitor;
use crate::words::Lang;

/// Where the form is sent.
pub const PATH: &str = "/theo-doi/trinh-duyet";

/// `POST /theo-doi/trinh-duyet`: the browser has asked its user, so there is no link to be opened first.
pub async fn asked(State(app): State<App>, visitor: Visitor, Open(typed): Open) -> Response {
    let says = |of: fn(Lang) -> &'static str| Problem::refused(of(Lang::Vi), of(Lang::En));
    let begun = async {
        let pusher = app.pusher.as_ref().ok_or_else(|| says(|lang| lang.subscription().no_push))?;
        let portal = visitor.portal.clone().ok_or(Problem::NotFound("portal"))?;
        let topic = topic_of(&app, &typed)?;
        let text = |name: &str| typed.get(name).to_owned();
        let place = Place { endpoint: text("endpoint"), p256dh: text("p256dh"), auth: text("auth") };
        if !pusher.takes(&place) {
            return Err(says(|lang| lang.subscription().bad_browser));
        }
        let request = Request {
            id: door::new_id(&app)?,
            portal: portal.domain.to_string(),
            mark: door::mark_of_browser(&app, &place),
            address: door::seal_browser(&app, &portal.domain, &place)?,
            network: door::network(&app, visitor.client),
            lang: visitor.lang,
            topic,
            rhythm: rhythm_of(&typed),
            via: Via::Push,
        };
        let new = door::new_id(&app)?;
        let begun = app
            .db
            .write("follow.browser", async move |tx: &mut Tx| -> Result<Option<store::Begun>, Problem> {
                Ok(store::begin_at_once(tx, &request, new).await?)
            })
            .await?;
        begun.ok_or_else(|| {
            let (vi, en) = (Lang::Vi.subscription().too_often, Lang::En.subscription().too_often);
            Problem::TooOften { vi: vi.into(), en: en.into() }
        })
    };
    match begun.await {
        Ok(begun) => {
            let word = door::token(&app, Opens::Mine, &begun.subscriber);
            let done = if begun.full { "day" } else { "theo-doi" };
            Redirect::to(&visitor.lang.path(&format!("/theo-doi/cua-toi/{word}?xong={done}"))).into_response()
        }
        Err(problem) => refused(&app, &visitor, typed, problem).await,
    }
}
