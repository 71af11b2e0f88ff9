//! An item beside its page on a watched site, as that is now. The page is fetched when this is asked for, and nothing of it is kept.

use askama::Template;
use axum::extract::{Path, State as Given};
use axum::http::StatusCode;
use axum::response::Response;
use feeds::page as decoded;

use super::super::page::{Page, lines};
use super::super::{round, store};
use super::PAGE;
use super::one::found;
use crate::app::App;
use crate::items::State;
use crate::items::body::Text;
use crate::items::difference::{Sides, sides};
use crate::items::pages::{label, parsed};
use crate::items::store::{self as items, Reference, Standing};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, drawn, shell};
use crate::problem::Problem;
use crate::sources::both;
use crate::sources::fetch::{Answer, Fetcher};
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{ReadingWords, SightingWords, date};

/// The most lines of a page that are set beside ours.
const LINES: usize = 5_000;

#[derive(Template)]
#[template(path = "sightings/compare.html")]
struct ComparePage {
    shell: Shell,
    desk: Desk,
    back: String,
    site: String,
    label: String,
    url: String,
    at: String,
    trouble: Option<String>,
    text: Sides,
}

impl ComparePage {
    fn s(&self) -> &'static SightingWords {
        self.shell.lang.sighting()
    }

    fn r(&self) -> &'static ReadingWords {
        self.shell.lang.reading()
    }
}

/// `/ban-lam-viec/canh-trang/{id}/{reference}`
pub(super) async fn show(
    Given(app): Given<App>,
    staff: Staff,
    visitor: Visitor,
    Path((id, reference)): Path<(String, String)>,
) -> Response {
    let drawn_up = async {
        let watched = found(&app, &staff, &id).await?;
        let reference: Reference = reference.parse().map_err(|_| Problem::NotFound("item"))?;
        let mut conn = app.db.read().await?;
        let item = items::find(&mut conn, &reference).await?.ok_or(Problem::NotFound("item"))?;
        let seen = store::seen_of(&mut conn, watched.id, item.log, item.item).await?;
        let seen = seen.ok_or(Problem::NotFound("item"))?;
        drop(conn);
        let (lang, w) = (visitor.lang, visitor.lang.sighting());
        let ours = ours(&app, &item).await?;
        let (mut trouble, mut theirs) = (None, Vec::new());
        match seen.url.as_str() {
            "" => trouble = Some(w.compare_none.to_owned()),
            url => match Fetcher::of(&app).fetch_of(&round::home(&app, &watched).await?, url).await {
                Ok(Answer::Fetched(fetched)) => {
                    let read = tokio::task::spawn_blocking(move || {
                        let page =
                            Page::read(&decoded(&fetched.bytes, fetched.content_type.as_deref()), seen.item);
                        page.likely().iter().take(LINES).cloned().collect()
                    });
                    theirs = read.await.map_err(|error| Problem::Ours(error.into()))?;
                }
                Ok(Answer::Unchanged) => {}
                Err(refused) => trouble = Some(both(&refused.to_string()).of(lang).to_owned()),
            },
        }
        let text = match trouble.is_some() {
            true => Sides::default(),
            false => tokio::task::spawn_blocking(move || sides(&ours, &theirs))
                .await
                .map_err(|error| Problem::Ours(error.into()))?,
        };
        Ok::<_, Problem>(ComparePage {
            shell: shell(&app, &visitor, &staff.portal, w.compare_title),
            desk: Desk::of(&staff, lang, PAGE, None),
            back: lang.path(&format!("{PAGE}/{id}")),
            site: watched.name,
            label: label(&item.card, lang),
            url: seen.url,
            at: date::in_sentence(lang, app.clock.now(), app.clock.now()),
            trouble,
            text,
        })
    };
    match drawn_up.await {
        Ok(page) => drawn(&app, &visitor, StatusCode::OK, &page),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

/// Our text line by line; nothing of what no longer stands.
async fn ours(app: &App, item: &Standing) -> Result<Vec<String>, Problem> {
    let Some(hash) = item.content.filter(|_| item.state == State::Standing) else { return Ok(Vec::new()) };
    let Some(bytes) = app.folder.read(&mut app.db.read().await?, &hash).await? else { return Ok(Vec::new()) };
    Ok(lines(&Text::of(parsed(&hash, &bytes)?).rendered.html))
}
