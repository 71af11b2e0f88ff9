//! The pages of those who follow: asking, the one-time link, all that an address follows. They need no script and no
//! account; what opens them stands in the mails.

mod asked;
mod mine;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

pub(super) use self::asked::topic_of;
use self::asked::{Asking, asking};
pub use self::mine::{changed, ended, mine};
use super::door::{self, Opens};
use super::push::Pusher;
use super::store::{self, Request, Taken, Via};
use super::{Often, PAGE, Rhythm, Topic};
use crate::agencies;
use crate::agencies::Portal;
use crate::app::App;
use crate::db::Tx;
use crate::items::pages::portal;
use crate::items::store::issuers;
use crate::items::view::Kind;
use crate::people::forms::{Fields, Wrong};
use crate::people::gate::Open;
use crate::people::pages::{Done, drawn};
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::assets;
use crate::web::shell::{Section, Shell};
use crate::web::visitor::Visitor;
use crate::words::{Lang, SubscriptionWords};

/// Issuers that the form offers.
const MOST_ISSUERS: i64 = 200;
/// When a digest comes if nobody says so.
const MORNING: i8 = 7;

/// How often, in words.
pub fn rhythm(lang: Lang, rhythm: Rhythm) -> String {
    let (w, hour) = (lang.subscription(), format!("{:02}:00", rhythm.hour));
    match rhythm.often {
        Often::Once => w.rhythm_once.to_owned(),
        Often::Daily => w.rhythm_daily(hour),
        Often::Weekly => w.rhythm_weekly(hour),
    }
}

/// The choices of how often and when.
struct Choices {
    often: Vec<(&'static str, &'static str, bool)>,
    hours: Vec<(i8, String, bool)>,
}

impl Choices {
    fn of(lang: Lang, chosen: Rhythm) -> Choices {
        let w = lang.subscription();
        let often = Often::ALL.map(|often| {
            let says = match often {
                Often::Once => w.often_once,
                Often::Daily => w.often_daily,
                Often::Weekly => w.often_weekly,
            };
            (often.word(), says, often == chosen.often)
        });
        let hours = (0..24).map(|hour| (hour, format!("{hour:02}:00"), hour == chosen.hour));
        Choices { often: often.into(), hours: hours.collect() }
    }
}

/// How often and when, as a form says it.
pub(super) fn rhythm_of(form: &Fields) -> Rhythm {
    let hour = form.get("gio").parse().ok().filter(|hour| (0..24).contains(hour)).unwrap_or(MORNING);
    Rhythm { often: Often::of(form.get("deu")), hour }
}

#[derive(Template)]
#[template(path = "subscriptions/ask.html")]
struct AskPage {
    shell: Shell,
    offered: bool,
    /// The key that a browser asks for before it takes notices from us, if we give any.
    push: Option<String>,
    sent: bool,
    /// What is to be followed, if the page was opened for it: its word, and what it is called.
    chosen: Option<(String, String)>,
    feeds: Vec<(&'static str, String)>,
    kinds: Vec<(String, String, bool)>,
    issuers: Vec<(String, String, bool)>,
    choices: Choices,
    typed: Fields,
    wrong: Wrong,
}

impl AskPage {
    fn push_js(&self) -> &'static str {
        assets::push()
    }

    fn s(&self) -> &'static SubscriptionWords {
        self.shell.lang.subscription()
    }

    fn is(&self, what: &str) -> bool {
        self.typed.get("gi") == what
    }
}

fn shell(app: &App, visitor: &Visitor, portal: &Portal, title: &str) -> Shell {
    let mut shell = portal.shell(app, visitor, Section::Elsewhere);
    shell.title = Some(title.to_owned());
    shell
}

/// `/theo-doi`
pub async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    axum::extract::Query(done): axum::extract::Query<Done>,
) -> Response {
    let query = visitor.path.split_once('?').map_or("", |(_, query)| query);
    let typed = Fields::read(query.as_bytes());
    form(&app, &visitor, typed, Wrong::default(), StatusCode::OK, done.word() == "thu").await
}

async fn form(
    app: &App,
    visitor: &Visitor,
    typed: Fields,
    wrong: Wrong,
    status: StatusCode,
    sent: bool,
) -> Response {
    let portal = match portal(app, visitor) {
        Ok(portal) => portal,
        Err(answer) => return *answer,
    };
    let page = async {
        let (lang, directory) = (visitor.lang, app.directory.load());
        let mut conn = app.db.read().await?;
        let origins = issuers(&mut conn, &portal.domain, MOST_ISSUERS).await?;
        let chosen = asked::opened_for(&typed);
        let feeds = chosen.as_ref().unwrap_or(&Topic::All).feeds();
        let issuers = origins.iter().map(|origin| {
            let name = agencies::name(directory.agency(origin), lang, origin.as_str());
            (origin.to_string(), name, typed.get("co-quan") == origin.as_str())
        });
        let kinds = Kind::all().map(|kind| {
            (kind.slug().to_owned(), kind.label(lang).to_owned(), typed.get("loai") == kind.slug())
        });
        Ok::<_, Problem>(AskPage {
            shell: shell(app, visitor, &portal, lang.subscription().title),
            offered: app.mailer.is_some(),
            push: app.pusher.as_ref().map(Pusher::public),
            sent,
            chosen: chosen.map(|topic| (topic.word(), topic.says(&directory, lang))),
            feeds,
            kinds: kinds.collect(),
            issuers: issuers.collect(),
            choices: Choices::of(lang, rhythm_of(&typed)),
            typed,
            wrong,
        })
    };
    match page.await {
        Ok(page) => drawn(app, visitor, status, &page),
        Err(problem) => failure(app, visitor, problem),
    }
}

/// `POST /theo-doi`
pub async fn asked(State(app): State<App>, visitor: Visitor, Open(typed): Open) -> Response {
    let taken = async {
        if app.mailer.is_none() {
            return Err(Problem::refused(Lang::Vi.subscription().no_mail, Lang::En.subscription().no_mail));
        }
        let portal = visitor.portal.clone().ok_or(Problem::NotFound("portal"))?;
        let Asking { topic, address } = asking(&app, &typed)?;
        let request = Request {
            id: door::new_id(&app)?,
            portal: portal.domain.to_string(),
            mark: door::mark(&app, &address),
            address: door::seal(&app, &portal.domain, &address)?,
            network: door::network(&app, visitor.client),
            lang: visitor.lang,
            topic,
            rhythm: rhythm_of(&typed),
            via: Via::Mail,
        };
        let mailing = door::new_id(&app)?;
        let taken = app
            .db
            .write("follow.ask", async move |tx: &mut Tx| -> Result<Taken, Problem> {
                Ok(store::ask(tx, &request, mailing).await?)
            })
            .await?;
        match taken {
            Taken::TooOften => {
                let (vi, en) = (Lang::Vi.subscription().too_often, Lang::En.subscription().too_often);
                Err(Problem::TooOften { vi: vi.into(), en: en.into() })
            }
            // Whether an address was asked for before is nobody else's business: both are answered alike.
            Taken::Mailed | Taken::Enough => Ok(()),
        }
    };
    match taken.await {
        Ok(()) => Redirect::to(&visitor.lang.path(&format!("{PAGE}?xong=thu"))).into_response(),
        Err(problem) => refused(&app, &visitor, typed, problem).await,
    }
}

/// The form again, with what was typed and what is wrong with it.
pub(super) async fn refused(app: &App, visitor: &Visitor, typed: Fields, problem: Problem) -> Response {
    match Wrong::of(problem, visitor.lang) {
        Ok((status, wrong)) => form(app, visitor, typed, wrong, status, false).await,
        Err(problem) => failure(app, visitor, problem),
    }
}

#[derive(Template)]
#[template(path = "subscriptions/confirm.html")]
struct ConfirmPage {
    shell: Shell,
    /// The word of the link and what it is for; none if the link is good no more.
    asks: Option<(String, String)>,
    /// What was done, where there is nothing left to ask.
    said: &'static str,
}

impl ConfirmPage {
    fn s(&self) -> &'static SubscriptionWords {
        self.shell.lang.subscription()
    }
}

fn plain(app: &App, visitor: &Visitor, status: StatusCode, said: &'static str) -> Response {
    let portal = match portal(app, visitor) {
        Ok(portal) => portal,
        Err(answer) => return *answer,
    };
    let shell = shell(app, visitor, &portal, visitor.lang.subscription().title);
    drawn(app, visitor, status, &ConfirmPage { shell, asks: None, said })
}

/// `/theo-doi/xac-nhan/{token}`: asks once more, because programs that check mails open links, too.
pub async fn link(State(app): State<App>, visitor: Visitor, Path(token): Path<String>) -> Response {
    let w = visitor.lang.subscription();
    let portal = match portal(&app, &visitor) {
        Ok(portal) => portal,
        Err(answer) => return *answer,
    };
    let found = async {
        let Some(id) = door::opened(&app, Opens::Request, &token) else { return Ok(None) };
        store::request(&mut app.db.read().await?, &id, app.clock.micros()).await
    };
    match found.await {
        Ok(Some(request)) if *request.portal == *portal.domain => {
            let topic = request.topic.says(&app.directory.load(), visitor.lang);
            let says = w.confirm_says(topic, rhythm(visitor.lang, request.rhythm));
            let page = ConfirmPage {
                shell: shell(&app, &visitor, &portal, w.confirm),
                asks: Some((token, says)),
                said: "",
            };
            drawn(&app, &visitor, StatusCode::OK, &page)
        }
        Ok(_) => plain(&app, &visitor, StatusCode::GONE, w.confirm_over),
        Err(error) => failure(&app, &visitor, error.into()),
    }
}

/// `POST /theo-doi/xac-nhan/{token}`
pub async fn confirmed(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    Open(_): Open,
) -> Response {
    let begun = async {
        let Some(id) = door::opened(&app, Opens::Request, &token) else { return Ok(None) };
        let new = door::new_id(&app)?;
        app.db
            .write("follow.confirm", async move |tx: &mut Tx| -> Result<Option<store::Begun>, Problem> {
                Ok(store::confirm(tx, &id, new).await?)
            })
            .await
    };
    match begun.await {
        Ok(Some(begun)) => {
            let word = door::token(&app, Opens::Mine, &begun.subscriber);
            let done = if begun.full { "day" } else { "theo-doi" };
            Redirect::to(&visitor.lang.path(&format!("/theo-doi/cua-toi/{word}?xong={done}"))).into_response()
        }
        Ok(None) => plain(&app, &visitor, StatusCode::GONE, visitor.lang.subscription().confirm_over),
        Err(problem) => failure(&app, &visitor, problem),
    }
}
