//! The agency's templates in the console: listed, written, changed, dropped.

use askama::Template as Page;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::super::DESK;
use super::super::asking::check;
use super::store::{self, Template};
use super::{NAMES, Odd};
use crate::app::App;
use crate::db::Tx;
use crate::people::audit;
use crate::people::forms::{Fields, Filled, Wrong};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, drawn, see, shell};
use crate::problem::{Fault, Problem};
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, PetitionBulkWords};

/// Where the console has them.
pub const HOME: &str = "/ban-lam-viec/phan-anh/mau";
/// The most letters of a name.
const MOST_NAME: usize = 100;
/// The most templates of one agency.
const MOST: usize = 500;

/// Which one is changed, and whether something was just done.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    sua: String,
    #[serde(default)]
    xong: String,
}

#[derive(Page)]
#[template(path = "petitions/templates.html")]
struct TemplatesPage {
    shell: Shell,
    desk: Desk,
    rows: Vec<Template>,
    /// Name in braces, what it stands for.
    names: Vec<(String, &'static str)>,
    typed: Fields,
    wrong: Wrong,
}

impl TemplatesPage {
    fn d(&self) -> &'static PetitionBulkWords {
        self.shell.lang.petition_bulk()
    }
}

/// What a name stands for.
pub fn says(name: &str, lang: Lang) -> &'static str {
    let w = lang.petition_bulk();
    match name {
        "ma" => w.value_code,
        "ngay-gui" => w.value_sent,
        "loai" => w.value_kind,
        "noi" => w.value_place,
        "co-quan" => w.value_agency,
        "han" => w.value_due,
        _ => w.value_handler,
    }
}

/// `GET /ban-lam-viec/phan-anh/mau`
pub async fn page(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Response {
    let typed = async {
        if asked.sua.is_empty() {
            return Ok(Fields::default());
        }
        let found = store::one(&mut app.db.read().await?, staff.portal.log, &asked.sua).await?;
        let found = found.ok_or(Problem::NotFound("template"))?;
        let pairs = [("id", found.id), ("ten", found.name), ("loi", found.words)];
        Ok(Fields::of(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()))
    };
    match typed.await {
        Ok(typed) => {
            let said = (!asked.xong.is_empty()).then(|| visitor.lang.petition_desk().said.to_owned());
            show(&app, &staff, &visitor, said, typed, (StatusCode::OK, Wrong::default())).await
        }
        Err(problem) => failure(&app, &visitor, problem),
    }
}

async fn show(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    said: Option<String>,
    typed: Fields,
    (status, wrong): (StatusCode, Wrong),
) -> Response {
    let lang = visitor.lang;
    let page = async {
        Ok(TemplatesPage {
            shell: shell(app, visitor, &staff.portal, lang.petition_bulk().templates),
            desk: Desk::of(staff, lang, DESK, said),
            rows: store::of(&mut app.db.read().await?, staff.portal.log).await?,
            names: NAMES.map(|name| (format!("{{{name}}}"), says(name, lang))).into(),
            typed,
            wrong,
        })
    };
    match page.await {
        Ok(page) => drawn(app, visitor, status, &page),
        Err(problem) => failure(app, visitor, problem),
    }
}

/// `POST /ban-lam-viec/phan-anh/mau`
pub async fn save(State(app): State<App>, staff: Staff, visitor: Visitor, Filled(typed): Filled) -> Response {
    match saved(&app, &staff, &typed).await {
        Ok(()) => see(visitor.lang, &format!("{HOME}?xong=1")),
        Err(problem) => match Wrong::of(problem, visitor.lang) {
            Ok(wrong) => show(&app, &staff, &visitor, None, typed, wrong).await,
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}

async fn saved(app: &App, staff: &Staff, typed: &Fields) -> Result<(), Problem> {
    let log = staff.portal.log;
    let all = store::of(&mut app.db.read().await?, log).await?;
    let old = typed.some("id");
    if old.as_ref().is_some_and(|id| !all.iter().any(|known| known.id == *id)) {
        return Err(Problem::NotFound("template"));
    }
    let drops = typed.get("viec") == "xoa";
    let mut faults = Vec::new();
    let name = check::clean(typed.get("ten")).replace('\n', " ");
    let taken = all.iter().any(|known| known.name == name && Some(&known.id) != old.as_ref());
    let mut words = String::new();
    if !drops {
        words = check::words(typed, "loi", &mut faults);
        match super::check(&words) {
            Ok(()) => {}
            Err(Odd::Unknown(name)) => {
                faults.push(Fault::said("loi", |lang| {
                    lang.petition_bulk()
                        .fault_placeholder(&name, NAMES.map(|n| format!("{{{n}}}")).join(", "))
                }));
            }
            Err(Odd::Brace) => {
                faults.push(Fault::said("loi", |lang| lang.petition_bulk().fault_brace.to_owned()))
            }
        }
        match name.chars().count() {
            0 => faults.push(Fault::said("ten", |lang| lang.petition_bulk().fault_name.to_owned())),
            many if many > MOST_NAME => {
                faults.push(Fault::said("ten", |lang| lang.petition_bulk().fault_name_long(MOST_NAME)))
            }
            _ if taken => {
                faults.push(Fault::said("ten", |lang| lang.petition_bulk().fault_name_taken.to_owned()))
            }
            _ if old.is_none() && all.len() >= MOST => {
                faults.push(Fault::said("ten", |lang| lang.petition_bulk().fault_many(MOST)));
            }
            _ => {}
        }
    }
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    let id = match old {
        Some(id) => id,
        None if drops => return Err(Problem::NotFound("template")),
        None => app.dice.id(&app.clock)?.to_string(),
    };
    let line = staff.line("petition.template", id.clone()).with(json!({ "dropped": drops }));
    let account = staff.account.id.to_string();
    app.db
        .write("petition.template", async move |tx: &mut Tx| -> Result<(), Problem> {
            match drops {
                true => store::drop(tx, log, &id).await?,
                false => store::keep(tx, log, &Template { id, name, words }, &account).await?,
            }
            Ok(audit::add(tx, line).await?)
        })
        .await
}
