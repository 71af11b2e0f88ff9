//! One step for several cases: looked at before it is taken, case by case, with what it will do or why it is left out; and taken back where
//! that is possible.
//!
//! Each case is a step of its own, decided, written down and told like any other: one that was changed meanwhile is left out with its reason
//! and holds up no other.

use askama::Template as Page;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use vietnam::masking;

use super::super::asking::check;
use super::super::following::state;
use super::super::life::{self, Act, Facts};
use super::super::store::{self, Case, draft, steps};
use super::super::templates::{self, Values, store as texts};
use super::super::{DESK, facts, ties};
use super::acts::{self, Actor, by, refusal};
use crate::app::App;
use crate::db::Conn;
use crate::people::forms::{Fields, Filled, told};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, drawn, shell};
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, PetitionBulkWords};

/// The most cases at once: as many as a queue shows.
const MOST: usize = 200;

/// What is done with several cases.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Deed {
    Claim,
    Release,
    /// To a colleague: the account's id, and the name.
    Assign(String, String),
    /// Back to whoever had it before it was given away: of each case by itself, see [`Deed::of`].
    Back,
    /// Under the case of a code.
    Merge(String),
    Unmerge,
    /// By the template of an id, with its words; and whether readers are to see it, too.
    Answer(String, String, bool),
}

impl Deed {
    /// The act in the console's form of one case.
    fn act(&self) -> (Act, &'static str) {
        match self {
            Deed::Claim => (Act::Claim, "nhan"),
            Deed::Release | Deed::Back => (Act::Release, "tha"),
            Deed::Assign(..) => (Act::Assign, "giao"),
            Deed::Merge(_) => (Act::Merge, "gop"),
            Deed::Unmerge => (Act::Unmerge, "go-gop"),
            Deed::Answer(..) => (Act::Submit, "trinh"),
        }
    }

    /// What it says, for whoever looks before it is done.
    fn says(&self, lang: Lang) -> String {
        let w = lang.petition_bulk();
        match self {
            Deed::Claim => w.will_claim.to_owned(),
            Deed::Release | Deed::Back => w.will_release.to_owned(),
            Deed::Assign(_, name) => w.will_assign(name),
            Deed::Merge(code) => w.will_merge(code),
            Deed::Unmerge => w.will_unmerge.to_owned(),
            Deed::Answer(..) => w.will_answer.to_owned(),
        }
    }

    /// What is done with the case of a code, by the form that was looked at: who had it before, whether its answer is published.
    fn of(&self, code: &str, typed: &Fields) -> Deed {
        match self {
            Deed::Back => {
                let had = typed.all("truoc").find_map(|value| value.strip_prefix(code)?.strip_prefix(':'));
                match had.filter(|account| !account.is_empty()) {
                    Some(account) => Deed::Assign(account.to_owned(), String::new()),
                    None => Deed::Release,
                }
            }
            Deed::Answer(id, words, _) if typed.get("viec") == "lam" => {
                let open = typed.all("cong-khai").any(|ticked| ticked == code);
                Deed::Answer(id.clone(), words.clone(), open)
            }
            deed => deed.clone(),
        }
    }
}

/// What a case would be answered with: the answer, and the question and the reply as readers would see them.
#[derive(Default)]
struct Said {
    answer: String,
    /// None where readers see nothing of it.
    public: Option<(String, String)>,
}

/// A case in the list: what will be done with it, or was, or why not.
struct Row {
    href: String,
    code: String,
    /// The version that was looked at.
    version: i64,
    says: String,
    /// What will be sent and what will be published, where that is an answer.
    said: Said,
}

#[derive(Page)]
#[template(path = "petitions/bulk.html")]
struct BulkPage {
    shell: Shell,
    desk: Desk,
    title: String,
    good: Vec<Row>,
    left_out: Vec<Row>,
    /// What the next form carries beside the cases: names and values.
    carries: Vec<(&'static str, String)>,
    /// What its button says; none if nothing can be done.
    button: Option<&'static str>,
    /// What is to be known beside it.
    hint: &'static str,
}

impl BulkPage {
    fn d(&self) -> &'static PetitionBulkWords {
        self.shell.lang.petition_bulk()
    }
}

/// `POST /ban-lam-viec/phan-anh/nhieu`
pub async fn bulk(State(app): State<App>, staff: Staff, visitor: Visitor, Filled(typed): Filled) -> Response {
    let done = async {
        let deed = deed(&app, &staff, &typed).await?;
        match typed.get("viec") {
            "lam" => carried_out(&app, &staff, &visitor, deed, &typed).await,
            _ => preview(&app, &staff, &visitor, deed, &typed).await,
        }
    };
    let refused = match done.await {
        Ok(page) => return drawn(&app, &visitor, StatusCode::OK, &page),
        Err(problem) => problem,
    };
    // What is wrong with the choice above the queue is said above the queue; what was ticked stays ticked.
    match told(refused, visitor.lang) {
        Ok((status, why)) => super::queue::queue_again(&app, &staff, &visitor, &typed, (status, why)).await,
        Err(problem) => failure(&app, &visitor, problem),
    }
}

fn refused(says: impl Fn(&'static PetitionBulkWords) -> &'static str) -> Problem {
    Problem::refused(says(Lang::Vi.petition_bulk()), says(Lang::En.petition_bulk()))
}

async fn deed(app: &App, staff: &Staff, typed: &Fields) -> Result<Deed, Problem> {
    if typed.all("chon").next().is_none() {
        return Err(refused(|w| w.fault_none));
    }
    if typed.all("chon").count() > MOST {
        return Err(refused(|w| w.fault_too_many));
    }
    Ok(match typed.get("lam") {
        "nhan" => Deed::Claim,
        "tha" => Deed::Release,
        "tra-giao" => Deed::Back,
        "giao" => {
            let (log, origin) = (staff.portal.log, &staff.portal.origin);
            let all = acts::colleagues(app, &mut app.db.read().await?, log, origin).await?;
            let found = all.into_iter().find(|(id, _)| id == typed.get("cho"));
            let (id, name) = found.ok_or_else(|| refused(|w| w.fault_colleague))?;
            Deed::Assign(id, name)
        }
        "gop" => Deed::Merge(typed.some("vao").ok_or_else(|| refused(|w| w.fault_lead))?.to_uppercase()),
        "go-gop" => Deed::Unmerge,
        "mau" => {
            let found = texts::one(&mut app.db.read().await?, staff.portal.log, typed.get("mau")).await?;
            let found = found.ok_or_else(|| refused(|w| w.fault_template))?;
            Deed::Answer(found.id, found.words, typed.has("cong-khai"))
        }
        _ => return Err(refused(|w| w.fault_deed)),
    })
}

/// A ticked case: its code, and the version that was seen, once it was.
fn ticked(value: &str) -> (&str, Option<i64>) {
    match value.split_once('@') {
        Some((code, version)) => (code, version.parse().ok()),
        None => (value, None),
    }
}

/// How a case stands, with those that it hangs together with.
async fn stands(app: &App, conn: &mut Conn, case: &Case) -> Result<Facts, Problem> {
    let path = steps::of(conn, &case.id).await?;
    let waiting = draft::find(conn, &case.id).await?;
    let mut facts = facts::of(case, &path, waiting.as_ref(), &app.calendar.now(), app.clock.micros());
    facts.ties = ties::stand(conn, &case.id).await?;
    Ok(facts)
}

/// Why a deed cannot be done with a case, or the answer that it would be given; empty for deeds without words.
async fn judged(
    app: &App,
    conn: &mut Conn,
    (staff, lead): (&Staff, Option<&Case>),
    case: &Case,
    deed: &Deed,
) -> Result<Result<Said, Problem>, Problem> {
    if case.owner != staff.portal.log {
        let says = |lang: Lang| lang.petition_desk().refused_not_owner;
        return Ok(Err(Problem::refused(says(Lang::Vi), says(Lang::En))));
    }
    let facts = stands(app, conn, case).await?;
    let by = by(staff);
    if matches!(deed, Deed::Claim) && facts.handler == Some(by.account) {
        return Ok(Err(refused(|w| w.left_mine)));
    }
    if let Deed::Merge(_) = deed {
        // The lead itself is among what was ticked: it stays as it is.
        match lead {
            None => return Ok(Err(refused(|w| w.fault_lead))),
            Some(lead) if lead.id == case.id => return Ok(Err(refused(|w| w.left_lead))),
            Some(_) => {}
        }
    }
    if let Err(why) = life::decide(deed.act().0, &facts, by) {
        return Ok(Err(refusal(why)));
    }
    let Deed::Answer(_, words, open) = deed else { return Ok(Ok(Said::default())) };
    let filled = Values::of(app, conn, case).await?.fill(words);
    Ok(match templates::left(&filled) {
        Some(name) => {
            let says = |lang: Lang| {
                lang.petition_bulk().left_value(templates::pages::says(name, lang), format!("{{{name}}}"))
            };
            Err(Problem::Refused { vi: says(Lang::Vi), en: says(Lang::En) })
        }
        None => {
            let question = store::words(conn, &case.id).await?.unwrap_or_default().1;
            let public = (*open && !question.is_empty()).then(|| {
                (masking::masked(&check::clean(&question)), masking::masked(&check::clean(&filled)))
            });
            Ok(Said { answer: filled, public })
        }
    })
}

/// The case that others are to follow, if it can be followed.
async fn lead(conn: &mut Conn, staff: &Staff, deed: &Deed) -> Result<Option<Case>, Problem> {
    let Deed::Merge(code) = deed else { return Ok(None) };
    match ties::lead(conn, staff.portal.log, code).await {
        Ok(lead) => Ok(Some(lead)),
        Err(Problem::Invalid(_)) => Ok(None),
        Err(problem) => Err(problem),
    }
}

async fn preview(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    deed: Deed,
    typed: &Fields,
) -> Result<BulkPage, Problem> {
    let lang = visitor.lang;
    let w = lang.petition_bulk();
    let mut conn = app.db.read().await?;
    let lead = lead(&mut conn, staff, &deed).await?;
    let (mut good, mut left_out) = (Vec::new(), Vec::new());
    for value in typed.all("chon") {
        let (code, _) = ticked(value);
        let Some(case) = store::held(&mut conn, code, staff.portal.log).await? else { continue };
        let href = lang.path(&format!("{DESK}/{}", case.code));
        let row = |says, said| Row { href, code: case.code.clone(), version: case.version, says, said };
        let deed = deed.of(&case.code, typed);
        match judged(app, &mut conn, (staff, lead.as_ref()), &case, &deed).await? {
            Ok(said) => good.push(row(deed.says(lang), said)),
            Err(problem) => left_out.push(row(told(problem, lang)?.1, Said::default())),
        }
    }
    let mut carries = vec![("viec", "lam".to_owned())];
    carries.extend(asked_for(&deed, typed));
    Ok(BulkPage {
        shell: shell(app, visitor, &staff.portal, w.preview),
        desk: Desk::of(staff, lang, DESK, None),
        title: w.preview_title(good.len()),
        button: (!good.is_empty()).then_some(w.button_do),
        hint: match deed {
            Deed::Answer(_, _, true) => w.answer_open_hint,
            Deed::Answer(..) => w.answer_hint,
            _ => "",
        },
        good,
        left_out,
        carries,
    })
}

/// The fields that ask for a deed.
fn asked_for(deed: &Deed, typed: &Fields) -> Vec<(&'static str, String)> {
    let lam = typed.get("lam").to_owned();
    match deed {
        Deed::Assign(id, _) => vec![("lam", lam), ("cho", id.clone())],
        Deed::Merge(code) => vec![("lam", lam), ("vao", code.clone())],
        Deed::Answer(id, ..) => vec![("lam", lam), ("mau", id.clone())],
        Deed::Claim | Deed::Release | Deed::Back | Deed::Unmerge => vec![("lam", lam)],
    }
}

/// The form of one case's step.
fn form(deed: &Deed, version: i64, said: Said, lang: Lang) -> Fields {
    let mut pairs = vec![("viec", deed.act().1.to_owned()), ("ban", version.to_string())];
    match deed {
        Deed::Assign(id, _) => pairs.push(("cho", id.clone())),
        Deed::Merge(code) => pairs.push(("vao", code.clone())),
        Deed::Unmerge => pairs.push(("loi", lang.petition_bulk().unmerged.to_owned())),
        Deed::Answer(..) => {
            pairs.push(("tra-loi", said.answer));
            if let Some((question, reply)) = said.public {
                pairs.push(("cong-khai", "on".to_owned()));
                pairs.extend([("cau-hoi", question), ("tra-loi-cong-khai", reply)]);
            }
        }
        Deed::Claim | Deed::Release | Deed::Back => {}
    }
    Fields::of(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

async fn carried_out(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    deed: Deed,
    typed: &Fields,
) -> Result<BulkPage, Problem> {
    let lang = visitor.lang;
    let w = lang.petition_bulk();
    let (actor, agency) = (Actor::of(staff), staff_agency(app, staff, lang));
    let (mut good, mut left_out, mut had) = (Vec::new(), Vec::new(), Vec::new());
    for value in typed.all("chon") {
        let (code, version) = ticked(value);
        let mut conn = app.db.read().await?;
        let Some(case) = store::held(&mut conn, code, staff.portal.log).await? else { continue };
        let lead = lead(&mut conn, staff, &deed).await?;
        let href = lang.path(&format!("{DESK}/{}", case.code));
        let deed = deed.of(&case.code, typed);
        let judged = judged(app, &mut conn, (staff, lead.as_ref()), &case, &deed).await?;
        drop(conn);
        let done = match judged {
            Ok(said) => {
                let form = form(&deed, version.unwrap_or(case.version), said, Lang::of_code(&case.lang));
                acts::take(app, &actor, &case.code, &form).await
            }
            Err(problem) => Err(problem),
        };
        let row = |says, version| Row { href, code: case.code.clone(), version, says, said: Said::default() };
        match done {
            Ok(()) => {
                let now = store::find(&mut app.db.read().await?, &case.code).await?;
                let now = now.ok_or(Problem::NotFound("petition"))?;
                good.push(row(state(now.state(), &agency, lang), now.version));
                had.push(("truoc", format!("{}:{}", case.code, case.handler)));
            }
            Err(problem) => left_out.push(row(told(problem, lang)?.1, case.version)),
        }
    }
    // What can be taken back by one step is offered at once, for exactly what was done.
    let back = match deed {
        Deed::Claim => Some("tha"),
        Deed::Merge(_) => Some("go-gop"),
        Deed::Assign(..) => Some("tra-giao"),
        _ => None,
    };
    let button = back.filter(|_| !good.is_empty()).map(|_| w.button_undo);
    let mut carries: Vec<_> =
        back.iter().flat_map(|lam| [("viec", "lam".to_owned()), ("lam", (*lam).to_owned())]).collect();
    if back == Some("tra-giao") {
        carries.extend(had);
    }
    Ok(BulkPage {
        shell: shell(app, visitor, &staff.portal, w.done),
        desk: Desk::of(staff, lang, DESK, None),
        title: w.done_title(good.len()),
        hint: if button.is_none() && !good.is_empty() { w.no_undo } else { "" },
        button,
        good,
        left_out,
        carries,
    })
}

fn staff_agency(app: &App, staff: &Staff, lang: Lang) -> String {
    let origin = &staff.portal.origin;
    crate::agencies::name(app.directory.load().agency(origin), lang, origin.as_str())
}
