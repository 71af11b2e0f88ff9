//! The gate of the console: who is signed in here, with which roles, and whether that is enough for the route.
//!
//! It stands before every row of the route table that asks for staff. It asks the database at each request, so whoever was
//! dismissed, closed or signed out is out at once. A form must come from this very host and carry its session's key. What
//! somebody has typed is not lost when the session has ended meanwhile: it is asked for a new sign-in and kept in the page.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::audit::{self, Line, Who};
use super::forms::{Fields, MOST};
use super::session::{self, NOTED, Session, Token, Way};
use super::{Account, Duty, Role, confirm, mine, pages, roles, store, upload};
use crate::agencies::Portal;
use crate::app::App;
use crate::db::Tx;
use crate::problem::Problem;
use crate::web::answer::{Large, came_from, failure, fault_page, problem_of, too_large};
use crate::web::error_view::Fault;
use crate::web::routes::bounds::hear;
use crate::web::visitor::Visitor;
use crate::words::date;

/// Who is signed in at this portal. Only the gate makes one.
#[derive(Clone)]
pub struct Staff {
    /// Who.
    pub account: Account,
    /// With which roles at this portal, today.
    pub roles: BTreeSet<Role>,
    /// The portal.
    pub portal: Arc<Portal>,
    /// The session.
    pub session: Session,
    /// What its forms must carry.
    pub form_key: String,
    /// True if a role of this person asks for a second factor that this sign-in did not have.
    pub urged: bool,
    /// True if nothing else can be done before there is one.
    pub demanded: bool,
}

impl Staff {
    /// True if a duty may be done.
    pub fn may(&self, duty: Duty) -> bool {
        duty.met_by(&self.roles)
    }

    /// Who acts, for the audit trail.
    pub fn who(&self) -> Who {
        Who::Account(self.account.id)
    }

    /// A line of the audit trail in this person's name.
    pub fn line(&self, act: &'static str, subject: impl Into<String>) -> Line {
        Line::new(self.who(), self.portal.log, act, subject)
    }

    /// Notes that this person saw something.
    ///
    /// # Errors
    /// The database's.
    pub async fn saw(
        &self,
        app: &App,
        what: &'static str,
        subject: impl Into<String>,
    ) -> Result<(), Problem> {
        audit::saw(app, self.line(what, subject)).await
    }
}

impl FromRequestParts<App> for Staff {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Staff, Response> {
        match parts.extensions.get::<Staff>() {
            Some(staff) => Ok(staff.clone()),
            // A route that takes a Staff without asking for a duty: its row in the table is wrong.
            None => {
                let Ok(visitor) = Visitor::from_request_parts(parts, app).await;
                Err(failure(app, &visitor, Problem::Ours(anyhow::anyhow!("a route without its duty"))))
            }
        }
    }
}

/// Lets through whoever may do `duty` at the portal that is asked for.
pub async fn gate(State((app, duty)): State<(App, Duty)>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(visitor): Result<Visitor, Infallible> = Visitor::from_request_parts(&mut parts, &app).await;
    let Some(portal) = visitor.portal.clone() else {
        return fault_page(&app, &visitor, Fault::UnknownHost { host: visitor.host.clone() });
    };
    let posted = parts.method != Method::GET && parts.method != Method::HEAD;
    if posted && !same_site(&parts.headers, &visitor) {
        return refused_form(&app, &visitor);
    }
    let staff = match find(&app, &parts.headers, &visitor, portal.clone()).await {
        Ok(Some(staff)) => staff,
        // A script reads no page that asks for a sign-in.
        Ok(None) if posted && parts.headers.contains_key("tus-resumable") => {
            return problem_of(
                StatusCode::UNAUTHORIZED,
                "Phiên làm việc đã hết; hãy đăng nhập lại.",
                "The session has ended; sign in again.",
            );
        }
        Ok(None) if posted => {
            let request = Request::from_parts(parts, body);
            return kept_for_later(&app, &visitor, &portal, request).await;
        }
        Ok(None) => return pages::sign_in_first(&visitor),
        Err(problem) => return failure(&app, &visitor, problem),
    };
    if !staff.may(duty) {
        let line = staff.line("refused", visitor.path.split('?').next().unwrap_or_default());
        let noted = app
            .db
            .write("audit.refused", async move |tx: &mut Tx| Ok::<_, Problem>(audit::add(tx, line).await?));
        if let Err(problem) = noted.await {
            return failure(&app, &visitor, problem);
        }
        return pages::not_yours(&app, &visitor, &staff, duty);
    }
    if staff.demanded && !stays_open(&visitor.path) {
        return pages::second_factor_first(&app, &visitor, &staff, posted);
    }
    note_use(&app, &staff);
    parts.extensions.insert(staff);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    // What staff see is for nobody else, and not for the next person at this machine.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What whoever must set up a second factor first can still do: that, and leave.
fn stays_open(path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    [mine::PAGE, confirm::PAGE].iter().any(|open| path.starts_with(open)) || path == pages::SIGN_OUT
}

/// Whoever holds a living session at this portal and any role there.
///
/// # Errors
/// The database's.
pub async fn find(
    app: &App,
    headers: &HeaderMap,
    visitor: &Visitor,
    portal: Arc<Portal>,
) -> Result<Option<Staff>, Problem> {
    let Some(token) = Token::of(headers, visitor.secure()) else { return Ok(None) };
    let mut conn = app.db.read().await?;
    let Some(session) = session::find(&mut conn, &token).await? else { return Ok(None) };
    if session.log != portal.log || !session.lives(app.clock.micros()) {
        return Ok(None);
    }
    let id: Uuid = session.account.parse().map_err(anyhow::Error::from)?;
    let Some(account) = store::account(&mut conn, id).await?.filter(|account| !account.closed) else {
        return Ok(None);
    };
    let roles = roles_at(app, &mut conn, id, &portal).await?;
    if roles.is_empty() {
        return Ok(None);
    }
    let once = session.way() == Way::Password;
    let holds = |asked: &[Role]| once && asked.iter().any(|role| roles.contains(role));
    let (urged, demanded) = (holds(&app.config.people.urged), holds(&app.config.people.demanded));
    let form_key = token.form_key();
    Ok(Some(Staff { account, roles, portal, session, form_key, urged: urged || demanded, demanded }))
}

/// The roles of an account at a portal, today.
///
/// # Errors
/// The database's.
pub async fn roles_at(
    app: &App,
    conn: &mut crate::db::Conn,
    account: Uuid,
    portal: &Portal,
) -> Result<BTreeSet<Role>, Problem> {
    let appointments = store::appointments(conn, account).await?;
    let directory = app.directory.load();
    let above = |origin: &network::names::Origin| directory.is_ancestor(origin, &portal.origin);
    Ok(roles(&appointments, &portal.origin, date::day(app.clock.now()), above))
}

/// True for a form that this host's own page has sent: browsers say so, and other sites cannot make them lie.
pub fn same_site(headers: &HeaderMap, visitor: &Visitor) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("origin"), text("sec-fetch-site")) {
        (Some(origin), _) => origin.eq_ignore_ascii_case(&visitor.base),
        (None, Some(site)) => site == "same-origin",
        (None, None) => false,
    }
}

/// The answer to a form that did not come from a page of this portal.
pub fn refused_form(app: &App, visitor: &Visitor) -> Response {
    failure(
        app,
        visitor,
        Problem::Forbidden {
            vi: "Biểu mẫu này không được gửi từ trang của cổng, hoặc phiên làm việc đã đổi. Chưa có gì được thay đổi. Hãy quay lại trang trước, tải lại và gửi lần nữa.".into(),
            en: "This form did not come from a page of this portal, or the session has changed. Nothing was changed. Go back, reload the page and send it again.".into(),
        },
    )
}

/// Notes once a minute that a session is in use; nobody waits for it.
fn note_use(app: &App, staff: &Staff) {
    if app.clock.micros() - staff.session.seen < NOTED {
        return;
    }
    let (working, token) = (app.clone(), staff.session.token.clone());
    app.tasks.spawn("session seen", async move {
        let noted = working.db.write("session.seen", async move |tx: &mut Tx| {
            Ok::<_, Problem>(session::seen(tx, token).await?)
        });
        // The next request tries again.
        let _ = noted.await;
    });
}

/// The session has ended while somebody was writing: the page asks for a new sign-in and holds what was sent.
async fn kept_for_later(app: &App, visitor: &Visitor, portal: &Arc<Portal>, request: Request) -> Response {
    if !upload::is_plain(request.headers()) {
        return match upload::typed(app, request).await {
            Some(typed) => pages::sign_in_again(app, visitor, portal, &typed),
            None => pages::sign_in_first(visitor),
        };
    }
    let back = came_from(request.headers(), visitor);
    match hear(request.into_body(), MOST).await {
        Some(body) => pages::sign_in_again(app, visitor, portal, &Fields::read(&body)),
        None => too_large(app, visitor, (MOST, Large::Form), back),
    }
}

/// A form of somebody who is not signed in yet, from this host's own page.
pub struct Open(pub Fields);

impl FromRequest<App> for Open {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Open, Response> {
        let (mut parts, body) = request.into_parts();
        let Ok(visitor): Result<Visitor, Infallible> = Visitor::from_request_parts(&mut parts, app).await;
        if !same_site(&parts.headers, &visitor) {
            return Err(refused_form(app, &visitor));
        }
        match Bytes::from_request(Request::from_parts(parts, body), app).await {
            Ok(body) => Ok(Open(Fields::read(&body))),
            Err(error) => Err(error.into_response()),
        }
    }
}
