//! Urgent briefs in the console: listed, marked as read, as an official paper.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use papers::{Block, Paper, Run, Signer};
use serde::Deserialize;

use super::super::brief::paper::{BLANK, above, bytes};
use super::super::following::name_of;
use super::super::handling::Done;
use super::super::rules::Kind;
use super::super::{DESK, place};
use super::HOME;
use super::store::{self, Brief};
use crate::app::App;
use crate::clock::instant;
use crate::db::{Conn, Tx};
use crate::people::forms::Filled;
use crate::people::gate::Staff;
use crate::people::pages::{Desk, drawn, see, shell};
use crate::people::{Role, audit};
use crate::problem::Problem;
use crate::web::answer::{failure, saved};
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, PetitionUrgentWords, date};

/// So many are listed.
const MOST: i64 = 100;

/// One, as the page shows it.
struct Row {
    code: String,
    /// The case, if it is the agency's own.
    href: Option<String>,
    says: String,
    due: String,
    unread: bool,
}

#[derive(Template)]
#[template(path = "petitions/urgent.html")]
struct ListPage {
    shell: Shell,
    desk: Desk,
    rows: Vec<Row>,
    leads: bool,
}

impl ListPage {
    fn d(&self) -> &'static PetitionUrgentWords {
        self.shell.lang.petition_urgent()
    }
}

/// Kind, place and agency of a case, in a line.
async fn says(app: &App, conn: &mut Conn, brief: &Brief, lang: Lang) -> Result<String, Problem> {
    let parts = [
        Kind::name_of(&brief.sort, lang),
        place::name(&brief.place, lang),
        name_of(app, conn, brief.owner, lang).await?,
        date::short(lang, instant(brief.at), app.clock.now()),
    ];
    Ok(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "))
}

fn due(brief: &Brief, lang: Lang) -> String {
    let due: Option<Date> = brief.due.parse().ok();
    due.map_or_else(|| lang.petition_urgent().no_due.to_owned(), |due| date::date(lang, due))
}

/// `GET /ban-lam-viec/phan-anh/khan`
pub async fn list(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Response {
    let lang = visitor.lang;
    let page = async {
        let mut conn = app.db.read().await?;
        let mut rows = Vec::new();
        for brief in store::of(&mut conn, staff.portal.log, MOST).await? {
            rows.push(Row {
                says: says(&app, &mut conn, &brief, lang).await?,
                due: due(&brief, lang),
                href: (brief.owner == staff.portal.log).then(|| lang.path(&format!("{DESK}/{}", brief.code))),
                unread: brief.seen == 0,
                code: brief.code,
            });
        }
        let said = done.is_done().then(|| lang.petition_desk().said.to_owned());
        Ok(ListPage {
            shell: shell(&app, &visitor, &staff.portal, lang.petition_urgent().title),
            desk: Desk::of(&staff, lang, DESK, said),
            rows,
            leads: staff.roles.contains(&Role::Leader),
        })
    };
    match page.await {
        Ok(page) => drawn(&app, &visitor, StatusCode::OK, &page),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

/// `POST /ban-lam-viec/phan-anh/khan`
pub async fn seen(State(app): State<App>, staff: Staff, visitor: Visitor, Filled(typed): Filled) -> Response {
    let done = async {
        if !staff.roles.contains(&Role::Leader) {
            let says = |lang: Lang| lang.petition_urgent().refused_role;
            return Err(Problem::refused(says(Lang::Vi), says(Lang::En)));
        }
        let (log, account, code) =
            (staff.portal.log, staff.account.id.to_string(), typed.get("ma").to_owned());
        let line = staff.line("petition.urgent", code.clone());
        app.db
            .write("petition.urgent", async move |tx: &mut Tx| -> Result<(), Problem> {
                match store::read(tx, log, &code, &account).await? {
                    true => Ok(audit::add(tx, line).await?),
                    // Somebody else who leads was quicker, which is as good.
                    false => Ok(()),
                }
            })
            .await
    };
    match done.await {
        Ok(()) => see(visitor.lang, &format!("{HOME}?xong=1")),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

/// Which one, and in which form.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    ma: String,
    #[serde(default)]
    dang: String,
}

/// `GET /ban-lam-viec/phan-anh/khan/tep?ma=…&dang=pdf|docx`
pub async fn file(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Response {
    let file = async {
        let mut conn = app.db.read().await?;
        let all = store::of(&mut conn, staff.portal.log, MOST).await?;
        let missing = || Problem::NotFound("urgent brief");
        let brief = all.into_iter().find(|brief| brief.code == asked.ma).ok_or_else(missing)?;
        let paper = paper(&app, &mut conn, &staff, &brief).await?;
        let bytes = bytes(&paper, &asked.dang)?.ok_or_else(missing)?;
        Ok(saved(&format!("bao-cao-nhanh-{}.{}", brief.code, asked.dang), bytes))
    };
    file.await.unwrap_or_else(|problem| failure(&app, &visitor, problem))
}

/// The brief as an official paper (Decree 30/2020/NĐ-CP), in Vietnamese: a draft until somebody signs it on paper.
async fn paper(app: &App, conn: &mut Conn, staff: &Staff, brief: &Brief) -> Result<Paper, Problem> {
    let (w, b) = (Lang::Vi.petition_urgent(), Lang::Vi.brief());
    let above = above(&app.directory.load(), &staff.portal.origin);
    let agency = name_of(app, conn, staff.portal.log, Lang::Vi).await?;
    let owner = name_of(app, conn, brief.owner, Lang::Vi).await?;
    let year = date::day(app.clock.now()).year();
    let at = date::in_sentence(Lang::Vi, instant(brief.at), app.clock.now());
    let place = place::name(&brief.place, Lang::Vi);
    let place = if place.is_empty() { w.no_place.to_owned() } else { place };
    let line = |words: String| Block::Text(vec![Run::plain(words)]);
    let mut recipients = vec![b.to.to_owned()];
    if !above.is_empty() {
        recipients.push(b.to_above(&above));
    }
    recipients.push(b.to_archive.to_owned());
    Ok(Paper {
        lang: "vi".into(),
        name: w.about(&brief.code),
        nation: [b.nation.to_owned(), b.motto.to_owned()],
        above: above.to_uppercase(),
        agency: agency.to_uppercase(),
        number: b.number(BLANK),
        place_and_day: b.on_day(BLANK, BLANK, year),
        mark: b.draft.to_owned(),
        kind: w.kind.to_owned(),
        about: w.about(&brief.code),
        blocks: vec![
            line(w.came(&owner, at, Kind::name_of(&brief.sort, Lang::Vi))),
            line(w.where_says(place)),
            line(w.until_says(due(brief, Lang::Vi))),
            line(w.nothing_personal.to_owned()),
        ],
        signer: Some(Signer { capacity: b.signer.to_owned(), ..Signer::default() }),
        recipients,
        foot: String::new(),
    })
}
