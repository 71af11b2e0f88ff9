//! What was typed of a site that is to be watched.

use uuid::Uuid;

use super::super::find::is_template;
use super::super::{Watched, Way};
use crate::app::App;
use crate::open::cursor::Place;
use crate::outlets::{self, Kind};
use crate::people::forms::Fields;
use crate::people::gate::Staff;
use crate::problem::{Fault, Problem};
use crate::sources::{self, both, fetch};
use crate::words::{Lang, SightingWords};

/// The most letters of a name.
const NAME: usize = 300;

/// A fault of a field.
pub(super) fn fault(field: &str, says: fn(&'static SightingWords) -> &'static str) -> Fault {
    Fault { field: field.into(), vi: says(Lang::Vi.sighting()).into(), en: says(Lang::En.sighting()).into() }
}

/// A watched site that does not stand yet.
///
/// # Errors
/// What is wrong with which field; the database's.
pub(super) async fn watched(app: &App, staff: &Staff, typed: &Fields) -> Result<Watched, Problem> {
    let mut faults = Vec::new();
    let owner = Uuid::try_parse(typed.get("thuoc")).ok();
    let mut conn = app.db.read().await?;
    let outlets = outlets::store::of_log(&mut conn, staff.portal.log).await?;
    let outlet = outlets.into_iter().find(|outlet| Some(outlet.id) == owner);
    let source = match owner {
        Some(id) => sources::store::find(&mut conn, staff.portal.log, id).await?,
        None => None,
    };
    drop(conn);
    let way = Way::of(typed.get("cach-tim")).unwrap_or(Way::Template);
    let mut url = typed.get("dia-chi").trim().to_owned();
    match way {
        Way::Links => match outlet.as_ref().filter(|outlet| outlet.kind == Kind::WordPress) {
            Some(outlet) => url.clone_from(&outlet.url),
            None => faults.push(fault("thuoc", |w| w.fault_links)),
        },
        Way::Taken => match &source {
            Some(source) => url.clone_from(&source.url),
            None => faults.push(fault("thuoc", |w| w.fault_taken)),
        },
        Way::Template if !is_template(&url) => faults.push(fault("dia-chi", |w| w.fault_template)),
        Way::Template | Way::Feed | Way::Sitemap => {
            if let Err(refused) = fetch::may(app, &url.replace(['[', ']'], "")) {
                let why = both(&refused.to_string());
                faults.push(Fault { field: "dia-chi".into(), vi: why.vi, en: why.en });
            }
        }
    }
    let called = outlet.as_ref().map(|outlet| outlet.name.clone());
    let called = called.or_else(|| source.as_ref().map(|source| source.name.clone())).unwrap_or_default();
    let name = Some(typed.get("ten").trim().to_owned()).filter(|name| !name.is_empty()).unwrap_or(called);
    if name.is_empty() || name.chars().count() > NAME || name.chars().any(char::is_control) {
        faults.push(fault("ten", |w| w.fault_name));
    }
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    let at = if typed.get("tu-dau") == "dau" { 0 } else { app.clock.micros() };
    Ok(Watched {
        id: app.dice.id(&app.clock)?,
        log: staff.portal.log,
        // What an outlet is sent and what is watched of it are the same.
        own: outlet.as_ref().map_or(typed.get("canh-gi") != "tat-ca", |outlet| outlet.own),
        outlet: outlet.map(|outlet| outlet.id),
        source: source.map(|source| source.id),
        name,
        way,
        url,
        place: Place { at, log: 0, item: String::new() },
        next: 1,
        trouble: String::new(),
        told: None,
        told_at: 0,
    })
}
