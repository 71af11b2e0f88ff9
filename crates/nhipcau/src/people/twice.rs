//! Setting up what proves a second time who one is: an authenticator app, recovery codes, passkeys. Whoever does so has
//! just proved who they are, so that a session left open gives nobody a key of their own.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use base64::Engine;
use vietnam::text::nfc;

use super::audit;
use super::ceremony::{self, What};
use super::confirm::{self, ANSWER, options};
use super::forms::{Fields, Filled};
use super::gate::Staff;
use super::mine::{done, refused};
use super::pages::{Desk, drawn, shell};
use super::session::{self, Way};
use super::{factors, passkey};
use crate::app::App;
use crate::db::Tx;
use crate::items::view::qr_svg;
use crate::problem::{Fault, Problem};
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;

#[derive(Template)]
#[template(path = "people/totp.html")]
struct Totp {
    shell: Shell,
    desk: Desk,
    wrong: Option<String>,
    /// The code as a picture, inside its address.
    picture: Option<String>,
    secret: String,
}

#[derive(Template)]
#[template(path = "people/codes.html")]
struct Codes {
    shell: Shell,
    desk: Desk,
    codes: Vec<String>,
}

/// `POST /ban-lam-viec/tai-khoan/hai-buoc`: begins with an app, confirms it, or takes it away.
pub async fn totp(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    headers: HeaderMap,
    Filled(form): Filled,
) -> Response {
    if let Some(answer) = confirm::asked(&app, &visitor, &staff, &form).await {
        return answer;
    }
    let result = match form.get("viec") {
        "xac-nhan" => confirm_app(&app, &visitor, &headers, &staff, &form).await,
        "bo" => forget(&app, &visitor, &staff).await,
        _ => begin(&app, &visitor, &staff).await,
    };
    match result {
        Ok(response) => response,
        Err(problem) => refused(&app, &visitor, &staff, problem).await,
    }
}

async fn begin(app: &App, visitor: &Visitor, staff: &Staff) -> Result<Response, Problem> {
    let secret = factors::secret(&app.dice)?;
    let account = staff.account.id;
    let sealed = app.people.seal.close(&app.dice, &account.to_string(), &secret)?;
    let state = hex::encode(sealed);
    let cookie = ceremony::begin(app, visitor, What::Totp, Some(account), staff.portal.log, state).await?;
    let mut response = scan(app, visitor, staff, &secret, StatusCode::OK, None);
    response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    Ok(response)
}

fn scan(
    app: &App,
    visitor: &Visitor,
    staff: &Staff,
    secret: &[u8],
    status: StatusCode,
    wrong: Option<String>,
) -> Response {
    let address = factors::address(secret, &staff.account.login, &staff.portal.domain);
    let picture = qr_svg(&address).map(|svg| {
        format!("data:image/svg+xml;base64,{}", base64::engine::general_purpose::STANDARD.encode(svg))
    });
    let page = Totp {
        shell: shell(app, visitor, &staff.portal, visitor.lang.desk().totp_title),
        desk: Desk::of(staff, visitor.lang, super::mine::PAGE, None),
        wrong,
        picture,
        secret: factors::typed(secret),
    };
    drawn(app, visitor, status, &page)
}

async fn confirm_app(
    app: &App,
    visitor: &Visitor,
    headers: &HeaderMap,
    staff: &Staff,
    form: &Fields,
) -> Result<Response, Problem> {
    let account = staff.account.id;
    let begun = ceremony::of(app, visitor, headers, What::Totp, (staff.portal.log, account)).await?;
    let sealed = hex::decode(&begun.state).map_err(anyhow::Error::from)?;
    let secret = app.people.seal.reveal(&account.to_string(), &sealed)?;
    let Some(step) = factors::step_of(&secret, form.get("ma"), app.clock.micros())? else {
        let why = visitor.lang.desk().totp_wrong.to_owned();
        return Ok(scan(app, visitor, staff, &secret, StatusCode::UNPROCESSABLE_ENTITY, Some(why)));
    };
    let codes = factors::codes(&app.dice)?;
    let (kept, session) = (codes.clone(), staff.session.token.clone());
    let (line, working) = (staff.line("totp.on", account.to_string()), app.clone());
    app.db
        .write("totp.on", async move |tx: &mut Tx| -> Result<(), Problem> {
            begun.end(tx).await?;
            factors::keep_totp(tx, account, sealed, step).await?;
            factors::keep_codes(tx, &working.people.seal, account, &kept).await?;
            session::proved(tx, session, Way::SecondFactor).await?;
            Ok(audit::add(tx, line).await?)
        })
        .await?;
    Ok(show_codes(app, visitor, staff, codes, visitor.lang.desk().totp_done))
}

async fn forget(app: &App, visitor: &Visitor, staff: &Staff) -> Result<Response, Problem> {
    let (account, line) = (staff.account.id, staff.line("totp.off", staff.account.id.to_string()));
    app.db
        .write("totp.off", async move |tx: &mut Tx| -> Result<(), Problem> {
            factors::forget(tx, account).await?;
            Ok(audit::add(tx, line).await?)
        })
        .await?;
    Ok(done(visitor.lang, "bo-ung-dung"))
}

fn show_codes(app: &App, visitor: &Visitor, staff: &Staff, codes: Vec<String>, said: &str) -> Response {
    let page = Codes {
        shell: shell(app, visitor, &staff.portal, visitor.lang.desk().codes_title),
        desk: Desk::of(staff, visitor.lang, super::mine::PAGE, Some(said.to_owned())),
        codes,
    };
    drawn(app, visitor, StatusCode::OK, &page)
}

/// `POST /ban-lam-viec/tai-khoan/ma-du-phong`: new recovery codes in the place of the old ones.
pub async fn codes(State(app): State<App>, staff: Staff, visitor: Visitor, Filled(form): Filled) -> Response {
    if let Some(answer) = confirm::asked(&app, &visitor, &staff, &form).await {
        return answer;
    }
    let result = async {
        let account = staff.account.id;
        let mut conn = app.db.read().await?;
        let twice = factors::has_totp(&mut conn, account).await?;
        drop(conn);
        if !twice {
            // Without a second step nothing would ever ask for one.
            return Err(Problem::refused(
                "Mã dự phòng thay cho ứng dụng xác thực; hãy thiết lập ứng dụng trước.",
                "A recovery code stands in for the authenticator app; set that up first.",
            ));
        }
        let codes = factors::codes(&app.dice)?;
        let (kept, working) = (codes.clone(), app.clone());
        let line = staff.line("recovery.new", account.to_string());
        app.db
            .write("recovery.new", async move |tx: &mut Tx| -> Result<(), Problem> {
                factors::keep_codes(tx, &working.people.seal, account, &kept).await?;
                Ok(audit::add(tx, line).await?)
            })
            .await?;
        Ok(codes)
    };
    match result.await {
        Ok(codes) => show_codes(&app, &visitor, &staff, codes, visitor.lang.desk().codes_done),
        Err(problem) => refused(&app, &visitor, &staff, problem).await,
    }
}

/// `POST /ban-lam-viec/tai-khoan/khoa-truy-cap/moi`: the challenge of a new passkey, for the page's script.
pub async fn passkey_challenge(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Filled(form): Filled,
) -> Response {
    if let Some(answer) = confirm::asked(&app, &visitor, &staff, &form).await {
        return answer;
    }
    let result = async {
        let mut conn = app.db.read().await?;
        let known = passkey::of(&mut conn, staff.account.id).await?;
        drop(conn);
        let known = known.into_iter().map(|kept| kept.id).collect();
        let asked = passkey::make(&visitor, &staff.portal, &staff.account, known)?;
        let account = Some(staff.account.id);
        let begun =
            ceremony::begin(&app, &visitor, What::PasskeyMade, account, staff.portal.log, asked.state);
        Ok((asked.options, begun.await?))
    };
    options(&app, &visitor, result.await)
}

/// `POST /ban-lam-viec/tai-khoan/khoa-truy-cap`: keeps the passkey that the browser has made, under a name.
pub async fn passkey_made(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    headers: HeaderMap,
    Filled(form): Filled,
) -> Response {
    if let Some(answer) = confirm::asked(&app, &visitor, &staff, &form).await {
        return answer;
    }
    match keep(&app, &visitor, &headers, &staff, &form).await {
        Ok(()) => done(visitor.lang, "khoa"),
        Err(problem) => refused(&app, &visitor, &staff, problem).await,
    }
}

async fn keep(
    app: &App,
    visitor: &Visitor,
    headers: &HeaderMap,
    staff: &Staff,
    form: &Fields,
) -> Result<(), Problem> {
    let (account, log) = (staff.account.id, staff.portal.log);
    let begun = ceremony::of(app, visitor, headers, What::PasskeyMade, (log, account)).await?;
    let name = form.some("ten-khoa").map(|name| nfc(&name)).unwrap_or_default();
    if name.is_empty() || name.chars().count() > 60 || name.chars().any(char::is_control) {
        return Err(Problem::Invalid(vec![Fault {
            field: "key".into(),
            vi: "Hãy đặt tên cho khóa, nhiều nhất 60 ký tự, ví dụ “điện thoại của tôi”.".into(),
            en: "Give the passkey a name, 60 characters at most, for example “my phone”.".into(),
        }]));
    }
    let credential = passkey::made(visitor, &staff.portal, form.get(ANSWER), &begun.state)?;
    let line = staff.line("passkey.add", account.to_string());
    app.db
        .write("passkey.add", async move |tx: &mut Tx| -> Result<(), Problem> {
            begun.end(tx).await?;
            passkey::keep(tx, account, name, &credential).await?;
            Ok(audit::add(tx, line).await?)
        })
        .await
}

/// `POST /ban-lam-viec/tai-khoan/khoa-truy-cap/bo`: takes a passkey away.
pub async fn passkey_gone(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Filled(form): Filled,
) -> Response {
    if let Some(answer) = confirm::asked(&app, &visitor, &staff, &form).await {
        return answer;
    }
    let (account, id) = (staff.account.id, hex::decode(form.get("khoa-truy-cap")).unwrap_or_default());
    let line = staff.line("passkey.remove", account.to_string());
    let gone = app.db.write("passkey.remove", async move |tx: &mut Tx| -> Result<(), Problem> {
        if !passkey::forget(tx, account, id).await? {
            return Err(Problem::NotFound("passkey"));
        }
        Ok(audit::add(tx, line).await?)
    });
    match gone.await {
        Ok(()) => done(visitor.lang, "bo-khoa"),
        Err(problem) => failure(&app, &visitor, problem),
    }
}
