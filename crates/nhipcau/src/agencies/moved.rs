//! What an old address leads to once its agency has ended: its items that stand to the successor's portal, by a permanent
//! redirect; every other page stays readable and says at its top who has taken the agency's place.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use network::directory::Directory;
use network::names::Origin;

use super::{address, name};
use crate::app::App;
use crate::items::State;
use crate::items::store::{self as items, Reference};
use crate::web::visitor::Visitor;
use crate::words::Lang;

/// Who has taken an agency's place, the main one first: names and the addresses of their portals.
pub fn heirs(directory: &Directory, origin: &Origin, lang: Lang) -> Vec<(String, String)> {
    let heir = |agency: &network::directory::Agency| {
        let address = address(directory, &agency.origin)?;
        Some((name(Some(agency), lang, agency.domain.as_str()), lang.path_at(&address)))
    };
    directory.heirs(origin).into_iter().filter_map(heir).collect()
}

/// Where the page of an item of this portal is found now: at the main successor of an agency that has ended, while the item
/// stands. `None` for everything else, which is answered here.
pub async fn item(app: &App, visitor: &Visitor, reference: &str) -> Option<Response> {
    let portal = visitor.portal.as_ref()?;
    let directory = app.directory.load_full();
    let heir = *directory.heirs(&portal.origin).first()?;
    let reference: Reference = reference.parse().ok()?;
    let mut conn = app.db.read().await.ok()?;
    let found = items::find(&mut conn, &reference).await.ok()??;
    if found.origin != portal.origin || found.state != State::Standing {
        return None;
    }
    let own = directory.agency(&portal.origin).map(|agency| &agency.domain);
    if own == Some(&heir.domain) {
        return None; // The successor has taken over the address too: it would lead to itself.
    }
    let to = format!("{}{}", address(&directory, &heir.origin)?, visitor.whole);
    let headers = [(header::LOCATION, to), (header::CACHE_CONTROL, "max-age=300".to_owned())];
    Some((StatusCode::MOVED_PERMANENTLY, headers).into_response())
}
