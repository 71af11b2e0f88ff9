//! Asking: the page, the form as it comes, what is told when something is wrong with it. No account, no script.

pub mod check;
pub mod intake;
pub mod upload;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use vietnam::units::CommuneCode;

use self::intake::{Bad, Came, Sender};
use super::exchange::forward::{self, Forward};
use super::rules::{Emergency, Kind, Outside};
use super::similar::{self, Like};
use super::{Mode, place, receipt};
use crate::agencies::Portal;
use crate::app::App;
use crate::items::draft::attach;
use crate::items::pages::portal;
use crate::people::forms::{Fields, Wrong};
use crate::people::pages::drawn;
use crate::problem::{Fault, Problem};
use crate::web::answer::failure;
use crate::web::assets;
use crate::web::shell::{Section, Shell};
use crate::web::visitor::Visitor;
use crate::words::{Lang, PetitionWords, date};

/// The most files of one message, and the most bytes of one.
pub const MOST_FILES: usize = 5;
/// The most bytes of a file.
pub const MOST_FILE: usize = 20 << 20;
/// The most bytes of a form: its files, and what stands around them.
pub const MOST_BODY: usize = MOST_FILES * MOST_FILE + (1 << 20);
/// The field of the very form, by which one that is sent twice is known.
const ONCE: &str = "lan";
/// The field of a button that only looks for similar cases, and its value.
const STEP: &str = "buoc";
const LOOK: &str = "xem";

/// The frame of a page of petitions.
pub fn shell(app: &App, visitor: &Visitor, portal: &Portal, title: &str) -> Shell {
    let mut shell = portal.shell(app, visitor, Section::Petitions);
    shell.title = Some(title.to_owned());
    // The page in the other language begins anew: what was typed stands in no address.
    shell.path = visitor.path.split('?').next().unwrap_or_default().to_owned();
    shell
}

#[derive(Template)]
#[template(path = "petitions/ask.html")]
struct AskPage {
    shell: Shell,
    /// Who answers instead of the portal, where it passes everything on.
    forward: Option<String>,
    numbers: Vec<Emergency>,
    danger: Vec<Emergency>,
    kinds: Vec<Kind>,
    modes: Vec<(Mode, &'static str)>,
    /// The commune that is meant if nobody says another.
    here: String,
    /// Communes to choose from, each with its code.
    choices: Vec<(String, String)>,
    outside: Option<Outside>,
    /// Published cases like this one, where they were asked for.
    similar: Option<Vec<Like>>,
    /// True if this node sends mails.
    mails: bool,
    once: String,
    /// True if files must be chosen again.
    files_again: bool,
    typed: Fields,
    wrong: Wrong,
}

impl AskPage {
    fn mail_hint(&self) -> &'static str {
        if self.mails { self.p().mail_hint } else { self.p().mail_hint_none }
    }

    fn script(&self) -> &'static str {
        assets::ask()
    }

    fn p(&self) -> &'static PetitionWords {
        self.shell.lang.petition()
    }

    fn place_hint(&self) -> String {
        if self.here.is_empty() { self.p().place_hint.to_owned() } else { self.p().place_here(&self.here) }
    }

    fn is(&self, field: &str, value: &str) -> bool {
        self.typed.get(field) == value
    }

    /// What the law asks of a kind's sender, where it asks for anything.
    fn needs(&self, kind: &Kind) -> String {
        let p = self.p();
        let named = [("name", p.name), ("phone", p.phone), ("mail", p.mail), ("address", p.address)];
        let named: Vec<String> =
            named.iter().filter(|(word, _)| kind.needs(word)).map(|(_, name)| name.to_lowercase()).collect();
        if named.is_empty() { p.needs_nothing.to_owned() } else { p.needs_these(named.join(", ")) }
    }
}

/// What else a page of the form says.
#[derive(Default)]
struct Told {
    wrong: Wrong,
    choices: Vec<CommuneCode>,
    outside: Option<Outside>,
    similar: Option<Vec<Like>>,
    files_again: bool,
}

/// `/phan-anh/gui`
pub async fn page(State(app): State<App>, visitor: Visitor) -> Response {
    form(&app, &visitor, Fields::default(), StatusCode::OK, Told::default()).await
}

async fn form(app: &App, visitor: &Visitor, typed: Fields, status: StatusCode, told: Told) -> Response {
    let portal = match portal(app, visitor) {
        Ok(portal) => portal,
        Err(answer) => return *answer,
    };
    let (lang, day) = (visitor.lang, date::day(app.clock.now()));
    let once = match typed.get(ONCE) {
        "" => app.dice.bytes::<16>().map(hex::encode),
        once => Ok(once.to_owned()),
    };
    let once = match once {
        Ok(once) => once,
        Err(error) => return failure(app, visitor, error.into()),
    };
    let forward = match forwarded(app, portal.log).await {
        Ok(forward) => forward.map(|forward| lang.petition_forward().ask_says(&forward.name)),
        Err(problem) => return failure(app, visitor, problem),
    };
    let choices = told.choices.iter().map(|code| (code.to_string(), place::name(&code.to_string(), lang)));
    let here = place::at_domain(&portal.domain).map(|commune| place::name(&commune.code.to_string(), lang));
    let page = AskPage {
        shell: shell(app, visitor, &portal, lang.petition().ask_title),
        forward,
        numbers: Emergency::all(day),
        danger: Emergency::read(typed.get("chuyen-gi"), day),
        kinds: Kind::all(day),
        modes: Mode::ALL.map(|mode| (mode, mode.name(lang))).into(),
        here: here.unwrap_or_default(),
        choices: choices.collect(),
        outside: told.outside,
        similar: told.similar,
        mails: app.mailer.is_some(),
        once,
        files_again: told.files_again,
        typed,
        wrong: told.wrong,
    };
    drawn(app, visitor, status, &page)
}

async fn forwarded(app: &App, log: i64) -> Result<Option<Forward>, Problem> {
    Ok(forward::of(&mut app.db.read().await?, log).await?)
}

/// `POST /phan-anh/gui`
pub async fn sent(State(app): State<App>, visitor: Visitor, request: Request) -> Response {
    let came = match upload::read(&app, &visitor, request).await {
        Ok(came) => came,
        Err(answer) => return *answer,
    };
    let typed = came.fields;
    let Some(portal) = visitor.portal.clone() else {
        return failure(&app, &visitor, Problem::NotFound("portal"));
    };
    let some_files = came.files.as_ref().map_or(true, |files| !files.is_empty());
    let mut told = Told { files_again: some_files, ..Told::default() };
    if typed.get(STEP) == LOOK {
        // Nothing is registered yet: without a script, too, one sees what was answered to others before.
        let commune = similar::commune_of(&portal.domain, typed.get("noi"));
        return match similar::find(&app, typed.get("chuyen-gi"), &commune, visitor.lang).await {
            Ok(found) => {
                told.similar = Some(found);
                form(&app, &visitor, typed, StatusCode::OK, told).await
            }
            Err(problem) => failure(&app, &visitor, problem),
        };
    }
    let sender = Sender { lang: visitor.lang, client: visitor.client, via: None, mail: None };
    match intake::take(&app, &portal, &typed, came.files, sender).await {
        Ok(Came::Registered(registered)) => receipt::first(&app, &visitor, &portal, &registered, &typed),
        Ok(Came::Outside(outside)) => {
            told.outside = Some(outside);
            form(&app, &visitor, typed, StatusCode::OK, told).await
        }
        Err(Bad { problem, choices }) => match Wrong::of(problem, visitor.lang) {
            Ok((status, wrong)) => form(&app, &visitor, typed, status, Told { wrong, choices, ..told }).await,
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}

/// The files as they are kept: known by their bytes, pictures made anew; what is wrong with one goes to `faults`.
pub async fn taken(
    app: &App,
    files: Vec<crate::files::Upload>,
    faults: &mut Vec<Fault>,
) -> Result<Vec<(network::content::ItemFile, Vec<u8>)>, Problem> {
    use crate::files::Kind as File;
    let mut all = Vec::new();
    for file in files {
        let kind = crate::files::kind_of(&file.bytes);
        let fits =
            kind.is_picture() || matches!(kind, File::Pdf | File::Doc | File::Docx | File::Xls | File::Xlsx);
        let name: String = file.name.chars().take(100).collect();
        if !fits || file.bytes.len() > MOST_FILE {
            let says = |lang: Lang| {
                let p = lang.petition();
                if fits { p.fault_file_large(&name) } else { p.fault_file_kind(&name, kind.name()) }
            };
            faults.push(Fault { field: "tep".into(), vi: says(Lang::Vi), en: says(Lang::En) });
            continue;
        }
        match attach(app.dice.id(&app.clock)?, file).await {
            Ok(kept) => all.push(kept),
            Err(Problem::Invalid(why)) => faults.extend(why.into_iter().map(|fault| Fault {
                field: "tep".into(),
                vi: format!("{name}: {}", fault.vi),
                en: format!("{name}: {}", fault.en),
            })),
            Err(problem) => return Err(problem),
        }
    }
    Ok(all)
}
