//! The page from which a form that waited is sent on: after a sign-in, after proving who one is, or because the session is
//! another than the one that drew the form.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::forms::Fields;
use super::gate::Staff;
use super::pages::{HELD, drawn, hold, next, shell};
use crate::agencies::Portal;
use crate::app::App;
use crate::web::assets;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;

/// The page from which a form that waited is sent on, with the key of the session that is now.
pub fn go_on(
    app: &App,
    visitor: &Visitor,
    portal: &Portal,
    (form_key, by_itself): (String, bool),
    to: &str,
    held: &[(String, String)],
) -> Response {
    let w = visitor.lang.desk();
    let page = GoOn {
        script: by_itself.then(assets::passkey),
        shell: shell(app, visitor, portal, w.go_on_title),
        says: w.go_on_says.to_owned(),
        to: visitor.lang.path(to),
        form_key,
        held: let_go(held),
    };
    drawn(app, visitor, StatusCode::OK, &page)
}

/// The answer to a form of this portal's own page that carries the key of another session: somebody signed in again in another
/// tab. Nothing is done; what was typed is shown, and sent on by whoever is signed in now, if they want to. The gate has seen
/// before that the form is none of another site's.
pub fn other_session(app: &App, visitor: &Visitor, staff: &Staff, sent: &Fields) -> Response {
    let w = visitor.lang.kept();
    let page = GoOn {
        script: None,
        shell: shell(app, visitor, &staff.portal, w.other_title),
        says: w.other_says(&staff.account.name),
        to: visitor.lang.path(&next(&visitor.path)),
        form_key: staff.form_key.clone(),
        held: let_go(&hold(sent, &visitor.path)).into_iter().filter(|(name, _)| !is_secret(name)).collect(),
    };
    drawn(app, visitor, StatusCode::FORBIDDEN, &page)
}

/// True for a field that no page may show or hold for whoever is signed in now.
fn is_secret(name: &str) -> bool {
    name.contains("mat-khau")
}

/// The fields of a form that was held, as it sent them.
fn let_go(held: &[(String, String)]) -> Vec<(String, String)> {
    let fields = held.iter().filter_map(|(name, value)| Some((name.strip_prefix(HELD)?, value)));
    fields.map(|(name, value)| (name.to_owned(), value.clone())).collect()
}

#[derive(Template)]
#[template(path = "people/go_on.html")]
struct GoOn {
    /// The script that sends the form by itself, where nobody need be asked again.
    script: Option<&'static str>,
    shell: Shell,
    says: String,
    to: String,
    form_key: String,
    held: Vec<(String, String)>,
}

impl GoOn {
    /// What is to be seen of what was typed: words, and no ids or passwords.
    fn words(&self) -> Vec<&str> {
        let seen = |(name, value): &&(String, String)| !is_secret(name) && value.trim().contains(' ');
        self.held.iter().filter(seen).map(|(_, value)| value.trim()).collect()
    }
}
