//! The public registry of an agency's official channels.

use askama::Template;
use axum::extract::State as Given;
use axum::response::Response;

use super::super::store::{self, Official};
use crate::agencies::Portal;
use crate::app::App;
use crate::items::pages::kept;
use crate::web::pages::{Drawn, HTML, Tag};
use crate::web::shell::{Section, Shell};
use crate::web::visitor::Visitor;

/// So long a page is kept, in microseconds: what is added shows within it.
const KEPT: i64 = 10_000_000;

#[derive(Template)]
#[template(path = "channels/registry.html")]
struct RegistryPage {
    shell: Shell,
    rows: Vec<Official>,
}

/// `GET /kenh`
pub(super) async fn page(Given(app): Given<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Directory], KEPT, async |portal: &Portal| {
        let rows = store::official(&mut app.db.read().await?, portal.log).await?;
        let mut shell = portal.shell(&app, &visitor, Section::Elsewhere);
        shell.title = Some(visitor.lang.channel().registry.to_owned());
        let html = RegistryPage { shell, rows }.render().map_err(anyhow::Error::from)?;
        Ok(Drawn::whole(200, HTML, &html))
    })
    .await
}
