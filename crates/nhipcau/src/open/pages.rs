//! `/du-lieu`: what open data there is, how to take it, and under which terms.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::dumps::{TABLES, Table};
use crate::agencies::Portal;
use crate::app::App;
use crate::items::pages::{LONG, html, kept};
use crate::web::pages::Tag;
use crate::web::shell::{Section, Shell};
use crate::web::visitor::Visitor;
use crate::words::OpenWords;

#[derive(Template)]
#[template(path = "open/data.html")]
struct DataPage {
    shell: Shell,
    base: String,
    tables: Vec<(&'static str, &'static str, &'static str)>,
}

impl DataPage {
    fn o(&self) -> &'static OpenWords {
        self.shell.lang.open()
    }
}

/// `/du-lieu`
pub async fn page(State(app): State<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Directory], LONG, async |portal: &Portal| {
        let mut shell = portal.shell(&app, &visitor, Section::Elsewhere);
        let w = shell.lang.open();
        shell.title = Some(w.title.to_owned());
        let tables = TABLES.map(|(table, name, _)| match table {
            Table::Items => (name, w.items, w.items_says),
            Table::Cards => (name, w.cards, w.cards_says),
            Table::Relations => (name, w.relations, w.relations_says),
            Table::Agencies => (name, w.agencies, w.agencies_says),
            Table::Readings => (name, w.readings, w.readings_says),
        });
        html(&DataPage { base: visitor.base.clone(), tables: tables.into(), shell })
    })
    .await
}
