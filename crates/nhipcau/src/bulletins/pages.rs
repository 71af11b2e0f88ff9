//! The pages of bulletins: a day's, an item's; and the same for programs.

use axum::Json;
use axum::extract::{Path, State as Given};
use axum::response::Response;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;
use vietnam::spoken::spoken;

use super::store::{of_day, told};
use super::view::{DayPage, ItemPage};
use crate::agencies::Portal;
use crate::api::{Asked, portal_of};
use crate::app::App;
use crate::items::State;
use crate::items::pages::{LONG, awaited, fresh, html, kept};
use crate::items::store::{self, Reference};
use crate::problem::Problem;
use crate::web::answer::answered;
use crate::web::pages::Tag;
use crate::web::shell::Section;
use crate::web::visitor::Visitor;
use crate::words::date;

/// Microseconds for which a day's page stands when nothing changes.
const LASTS: i64 = 60_000_000;

/// `/truyen-thanh?ngay=2026-11-26`
pub async fn day(Given(app): Given<App>, visitor: Visitor) -> Response {
    let draw = async |portal: &Portal| {
        let today = date::day(app.clock.now());
        let on = match visitor.asked("ngay").filter(|asked| !asked.is_empty()) {
            None => today,
            Some(asked) => asked
                .parse::<Date>()
                .ok()
                .filter(|day| *day <= today)
                .ok_or_else(|| Problem::invalid("ngay", "a day such as 2026-11-26, not after today"))?,
        };
        let bulletin = of_day(&app, portal, on, None).await?;
        let mut shell = portal.shell(&app, &visitor, Section::Elsewhere);
        shell.title = Some(shell.lang.bulletin().title.to_owned());
        html(&DayPage { bulletin, today, shell })
    };
    // There are as many days as anybody asks for: only today's is kept.
    match visitor.path.contains('?') {
        true => fresh(&app, &visitor, draw).await,
        false => kept(&app, &visitor, vec![Tag::Lists, Tag::Directory], LASTS, draw).await,
    }
}

/// `/muc/{reference}/doc`
pub async fn item(Given(app): Given<App>, Path(reference): Path<String>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Directory], LONG, async |portal: &Portal| {
        let reference: Reference = reference.parse().map_err(|_| Problem::NotFound("item"))?;
        let mut conn = app.db.read().await?;
        let item = store::find(&mut conn, &reference).await?.ok_or(Problem::NotFound("item"))?;
        let tag = Tag::Item(item.log, item.item.to_string());
        if item.state != State::Standing {
            // What no longer stands is not read to anybody.
            return Err(Problem::Gone);
        }
        if item.content.is_none() {
            let shell = portal.shell(&app, &visitor, Section::Elsewhere);
            return Ok(awaited(shell, &item)?.of([tag]));
        }
        let one = told(&app, &mut conn, portal, &item, None).await?;
        let on = date::day(app.clock.now());
        let mut shell = portal.shell(&app, &visitor, Section::Elsewhere);
        shell.title = Some(shell.lang.bulletin().item_title.to_owned());
        let say = |text: &str| -> Vec<String> {
            spoken(text, on).lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
        };
        Ok(html(&ItemPage {
            reference: one.reference.clone(),
            title: spoken(&one.title, on),
            said: say(&format!("{}\n{}", if one.summary == one.title { "" } else { &one.summary }, one.text)),
            shell,
        })?
        .of([tag]))
    })
    .await
}

/// Which bulletin.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Of {
    /// A portal's domain; the host's own if absent.
    portal: Option<String>,
    /// The day in Viet Nam.
    day: Date,
    /// References with commas between: only these are its news, in that order.
    item: Option<String>,
}

/// `GET /api/v1/bulletin`: a day's bulletin, as an announcer reads it.
pub async fn api(Given(app): Given<App>, Asked(asked): Asked<Of>, visitor: Visitor) -> Response {
    let result = async {
        let portal = portal_of(&app, &visitor, asked.portal.as_deref())?;
        let chosen: Vec<String> = asked
            .item
            .iter()
            .flat_map(|all| all.split(','))
            .filter(|one| !one.is_empty())
            .map(str::to_owned)
            .collect();
        let chosen = Some(chosen.as_slice()).filter(|chosen| !chosen.is_empty());
        let bulletin = of_day(&app, &portal, asked.day, chosen).await?;
        let said = bulletin.said();
        Ok(Json(json!({ "bulletin": bulletin, "said": said })))
    };
    answered(&app, result.await)
}
