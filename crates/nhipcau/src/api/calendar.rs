//! The calendar over HTTP: what holds, for anybody; what a table would change and the change, by the node's token.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vietnam::working_time::{Change, SpecialDay};

use super::asked::{Asked, Nothing, Sent};
use super::write::Administrator;
use crate::app::App;
use crate::calendar::acts::{self, Plan, Tables};
use crate::clock::instant;
use crate::people::audit::Who;
use crate::problem::Problem;
use crate::web::answer::answered;
use crate::words::{Lang, date};

fn day(special: &SpecialDay) -> Value {
    json!({
        "kind": if special.worked { "work" } else { "off" },
        "name": special.name, "name_en": special.name_en, "legal_basis": special.legal_basis,
    })
}

/// `GET /api/v1/calendar`
pub async fn read(State(app): State<App>, Asked(Nothing {}): Asked<Nothing>) -> Response {
    let history = app.calendar.history();
    let time = history.now();
    let (first, last) = time.days.years();
    let days = time.days.special_days().map(|(at, special)| {
        let mut told = day(special);
        told["date"] = at.to_string().into();
        told
    });
    Json(json!({
        "mark": time.mark(), "version": history.newest().seq, "first": first, "last": last,
        "loaded": history.loaded().map(|version| json!({
            "version": version.seq, "at": date::machine(instant(version.at)), "legal_basis": version.basis,
        })).collect::<Vec<_>>(),
        "days": days.collect::<Vec<_>>(),
    }))
    .into_response()
}

/// Tables that are laid over the calendar.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Laid {
    /// CSV of days: `date,kind,name,name_en,legal_basis`.
    #[serde(default)]
    pub days: String,
    /// CSV of office hours.
    #[serde(default)]
    pub hours: String,
    /// The version that the plan was made upon: the tables are loaded. Absent to be told what they would change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<i64>,
}

fn told(plan: &Plan, loaded: bool) -> Value {
    let change = |change: &Change| {
        json!({ "date": change.day.to_string(), "was": change.was.as_ref().map(day), "now": change.now.as_ref().map(day),
            "legal_basis": plan.bases.get(&change.day) })
    };
    let moved = plan.moved.iter().map(|moved| {
        json!({ "vi": moved.says(Lang::Vi), "en": moved.says(Lang::En), "was": moved.was.map(|day| day.to_string()),
            "now": moved.now.map(|day| day.to_string()), "signed": moved.signed })
    });
    json!({
        "loaded": loaded, "after": plan.after, "mark": plan.next.mark(),
        "days": plan.changes.iter().map(change).collect::<Vec<_>>(),
        "offices": plan.offices,
        "years": plan.years.iter().map(|(year, off)| json!({ "year": year, "off": off })).collect::<Vec<_>>(),
        "deadlines": moved.collect::<Vec<_>>(),
    })
}

/// `POST /api/v1/calendar`
pub async fn write(
    _: Administrator,
    State(app): State<App>,
    Asked(Nothing {}): Asked<Nothing>,
    Sent { said, .. }: Sent<Laid>,
) -> Response {
    let result = async {
        let tables = Tables { days: said.days, hours: said.hours };
        match said.after {
            None => Ok::<_, Problem>(told(&acts::plan(&app, &tables).await?, false)),
            Some(after) => {
                let plan = acts::load(&app, &tables, after, acts::line(&app, Who::Token)?).await?;
                Ok(told(&plan, !plan.is_empty()))
            }
        }
    };
    answered(&app, result.await.map(Json))
}
