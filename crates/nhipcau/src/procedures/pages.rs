//! The catalogue's public pages: home and lists (`catalogue`), where one lives (`place`), how a deadline is counted (`deadline`).

pub mod catalogue;
mod deadline;
mod place;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::HOME;
use super::place::Place;
use super::store::{self, Filter};
use crate::app::App;
use crate::items::pages::portal;
use crate::items::store::Reference;
use crate::people::forms::Fields;
use crate::problem::{Fault, Problem};
use crate::web::answer::failure;
use crate::web::visitor::Visitor;

pub use catalogue::catalogue;
pub use deadline::deadline;
pub use place::place;

/// The longest text that anybody types here, in characters; what is longer is cut.
const LONGEST: usize = 200;

/// A choice of a list: where it leads, what it says, how many it has, whether it is the one in use.
pub struct Choice {
    /// Where it leads.
    pub href: String,
    /// What it says.
    pub label: String,
    /// Whether it is in use.
    pub current: bool,
}

/// The line on where the reader lives.
pub struct PlaceLine {
    /// The place; nothing if it is not known.
    pub says: Option<String>,
    /// Where another is chosen.
    pub href: String,
    /// The link's words.
    pub label: &'static str,
}

impl PlaceLine {
    fn of(visitor: &Visitor, shell: &crate::web::shell::Shell) -> PlaceLine {
        let (w, place) = (shell.lang.procedures(), Place::of(visitor, shell));
        let name = place.name();
        PlaceLine {
            href: shell.to(&format!("{HOME}/noi-o?ve={HOME}")),
            label: if name.is_some() { w.place_change } else { w.place_choose },
            says: name.map(|name| w.place_is(name)),
        }
    }
}

/// What stands in the query, decoded and cut.
fn fields(visitor: &Visitor) -> Fields {
    let query = visitor.path.split_once('?').map_or("", |(_, query)| query);
    let cut = |text: &str| text.chars().take(LONGEST).collect::<String>();
    let read = Fields::read(query.as_bytes());
    Fields::of(read.pairs().iter().map(|(name, value)| (name.clone(), cut(value))).collect())
}

/// A value that no list offers.
fn no_choice(name: &str, value: &str) -> Problem {
    Problem::Invalid(vec![Fault {
        field: name.to_owned(),
        vi: format!("Không có lựa chọn “{value}” cho “{name}”. Hãy chọn trong danh sách."),
        en: format!("There is no choice {value:?} for {name:?}. Choose from the list."),
    }])
}

/// `/dich-vu/{code}`: a procedure by its code; several agencies may have issued one.
pub async fn by_code(State(app): State<App>, Path(code): Path<String>, visitor: Visitor) -> Response {
    let portal = match portal(&app, &visitor) {
        Ok(portal) => portal,
        Err(answer) => return *answer,
    };
    let found = async {
        let mut conn = app.db.read().await?;
        let filter =
            Filter { code: Some(code.chars().take(LONGEST).collect()), most: 2, ..Filter::default() };
        let rows = store::list(&mut conn, &portal.domain, portal.log, &filter).await?;
        let query = visitor.path.split_once('?').map(|(_, query)| format!("?{query}")).unwrap_or_default();
        match &rows[..] {
            [] => Err(Problem::NotFound("procedure")),
            [one] => {
                let origin = one.origin.parse().map_err(|_| anyhow::anyhow!("a stored origin is damaged"))?;
                let id = uuid::Uuid::try_parse(&one.item).map_err(anyhow::Error::from)?;
                Ok(format!("/muc/{}{query}", Reference::of(&origin, id)))
            }
            _ => Ok(format!("{HOME}?ten={}", rows[0].code)),
        }
    };
    match found.await {
        Ok(path) => {
            let to = visitor.lang.path(&path);
            (StatusCode::FOUND, [(header::LOCATION, to), (header::CACHE_CONTROL, "no-cache".to_owned())])
                .into_response()
        }
        Err(problem) => failure(&app, &visitor, problem),
    }
}
