//! A case as it is read in the console.

use askama::Template;
use vietnam::masking;

use super::super::clock::percent;
use super::super::contact::Contact;
use super::super::following::stands;
use super::super::life::Act;
use super::super::receipt::Due;
use super::super::route::{self, Target};
use super::super::rules::{Emergency, Kind};
use super::super::similar::Like;
use super::super::store::draft::{self, Draft};
use super::super::store::{self, choice, steps};
use super::super::suggested::{Suggested, Told};
use super::super::ties::view::TiesView;
use super::super::verify::Stands;
use super::super::{DESK, Mode, exchange, facts, mail, place, templates, ties};
use super::acts::{self, by, may};
use super::path::{Line, lines, person};
use super::{Look, compose};
use crate::app::App;
use crate::clock::instant;
use crate::logs::store as logs;
use crate::people::forms::{Fields, Wrong};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, shell};
use crate::problem::Problem;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{
    PetitionBulkWords, PetitionDeskWords, PetitionMailWords, PetitionPassWords, PetitionTieWords, date,
};

/// How far back choices are counted, in microseconds: 90 days.
const LATELY: i64 = 90 * 86_400_000_000;
/// What somebody may do now.
struct May {
    claim: bool,
    release: bool,
    note: bool,
    ask: bool,
    extend: bool,
    pass: bool,
    give_back: bool,
    recall: bool,
    progress: bool,
    submit: bool,
    send_back: bool,
    approve: bool,
    outside: bool,
    assign: bool,
    merge: bool,
    unmerge: bool,
    split: bool,
    help: bool,
}

/// `/ban-lam-viec/phan-anh/{code}`
#[derive(Template)]
#[template(path = "petitions/desk.html")]
pub struct CasePage {
    shell: Shell,
    desk: Desk,
    code: String,
    version: i64,
    state: String,
    ours: bool,
    /// What its words make one think of, and whom to call.
    urgent: bool,
    call: Vec<Emergency>,
    suggested: Option<Suggested>,
    /// How often the suggested agency was chosen of late; nothing while nobody chose.
    agreed: Option<String>,
    names_stay: bool,
    sort: String,
    /// Where it came by mail: the kinds that it may be, words and names, and whether nobody has said which.
    kinds: Vec<(String, String)>,
    /// What other systems call it: systems and codes.
    external: Vec<(String, String)>,
    /// Where it goes, if its portal passes everything on.
    forward: Option<String>,
    unsure: bool,
    place: String,
    mode: &'static str,
    handler: String,
    due: Option<Due>,
    ran: Option<u32>,
    words: String,
    lines: Vec<Line>,
    /// True if this person may see who sent it, and there is somebody to see.
    asks_contact: bool,
    contact: Option<Contact>,
    /// Whether its sender reads the address.
    mail: Stands,
    targets: Vec<Target>,
    may: May,
    draft: Option<Draft>,
    question: String,
    preview: Option<(String, String)>,
    public: Option<String>,
    ties: TiesView,
    /// Published cases like it, which may be quoted.
    related: Vec<Like>,
    /// The agency's templates: ids and names.
    templates: Vec<(String, String)>,
    /// Who may be given it: ids and names.
    colleagues: Vec<(String, String)>,
    typed: Fields,
    wrong: Wrong,
}

impl CasePage {
    fn m(&self) -> &'static PetitionMailWords {
        self.shell.lang.petition_mail()
    }

    fn t(&self) -> &'static PetitionTieWords {
        self.shell.lang.petition_tie()
    }

    fn d(&self) -> &'static PetitionDeskWords {
        self.shell.lang.petition_desk()
    }

    fn s(&self) -> &'static PetitionPassWords {
        self.shell.lang.petition_pass()
    }

    /// The page with the form of passing on filled in for an agency.
    fn fill(&self, target: &Target) -> String {
        let query: String =
            form_urlencoded::Serializer::new(String::new()).append_pair("toi", &target.domain).finish();
        self.shell.to(&format!("{DESK}/{}?{query}#chuyen", self.code))
    }

    fn b(&self) -> &'static PetitionBulkWords {
        self.shell.lang.petition_bulk()
    }

    /// The page with an answer that quotes a published case.
    fn quoting(&self, code: &str) -> String {
        self.shell.to(&format!("{DESK}/{}?trich={code}#tra-loi-nguoi-gui", self.code))
    }

    /// What stands in a field: what was typed, else what waits, else nothing.
    fn filled(&self, field: &str) -> String {
        if self.typed.has(field) {
            return self.typed.get(field).to_owned();
        }
        match (field, &self.draft) {
            ("tra-loi", Some(draft)) => draft.answer.clone(),
            ("tra-loi-cong-khai", Some(draft)) => draft.reply.clone(),
            ("cau-hoi", Some(draft)) => draft.question.clone(),
            ("cau-hoi", None) => self.question.clone(),
            ("tra-loi", None) => self.ties.together.clone(),
            _ => String::new(),
        }
    }

    /// What was typed into the form of an act that was refused.
    fn said(&self, act: &str) -> &str {
        if self.typed.get("viec") == act { self.typed.get("loi") } else { "" }
    }

    /// The agency that was chosen in an act's form.
    fn chosen(&self, act: &str) -> &str {
        if self.typed.get("viec") == act { self.typed.get("toi") } else { "" }
    }

    /// What is wrong with a field of an act's form.
    fn fault(&self, act: &str, field: &str) -> Option<&str> {
        if self.typed.get("viec") == act { self.wrong.at(field) } else { None }
    }

    /// The acts that come with words and may be done now: word, name, hint.
    fn written(&self) -> Vec<(&'static str, &'static str, &'static str)> {
        let (d, may) = (self.d(), &self.may);
        let all = [
            (may.ask, "hoi", d.ask, d.ask_hint),
            (may.progress, "tien-do", d.progress, d.progress_hint),
            (may.extend, "gia-han", d.extend, d.extend_hint),
            (may.pass, "chuyen", d.pass, d.pass_hint),
            (may.help, "phoi-hop", self.t().help, self.t().help_hint),
            (may.give_back, "tra", d.give_back, d.give_back_hint),
            (may.outside, "ngoai", d.outside, d.outside_hint),
            (may.unmerge, "go-gop", self.t().unmerge, self.t().unmerge_hint),
            (may.note, "ghi-chu", d.note, d.note_hint),
        ];
        all.into_iter().filter(|(may, ..)| *may).map(|(_, act, name, hint)| (act, name, hint)).collect()
    }

    fn is_open(&self) -> bool {
        if self.typed.has("tra-loi") {
            return self.typed.has("cong-khai");
        }
        self.draft.as_ref().is_none_or(|draft| draft.open == 1)
    }

    /// The case as somebody may see it.
    pub(super) async fn of(
        app: &App,
        staff: &Staff,
        visitor: &Visitor,
        code: &str,
        look: Look,
    ) -> Result<CasePage, Problem> {
        let lang = visitor.lang;
        let w = lang.petition_desk();
        let mut conn = app.db.read().await?;
        let case =
            store::held(&mut conn, code, staff.portal.log).await?.ok_or(Problem::NotFound("petition"))?;
        let ours = case.owner == staff.portal.log;
        let (time, now) = (app.calendar.now(), app.clock.micros());
        let path = steps::of(&mut conn, &case.id).await?;
        let external = exchange::store::of(&mut conn, &case.id).await?;
        let draft = draft::find(&mut conn, &case.id).await?.filter(|_| ours);
        let mut facts = facts::of(&case, &path, draft.as_ref(), &time, now);
        facts.ties = ties::stand(&mut conn, &case.id).await?;
        let by = by(staff);
        let can = |act| ours && may(act, &facts, by);
        let words = store::words(&mut conn, &case.id).await?.filter(|_| ours);
        let hidden = case.mode == Mode::Hidden.word();
        let sees = ours && (by.leads || by.handles && !hidden);
        let has_contact = sees && store::contact(app, &mut conn, &case.id).await?.is_some();
        let due = Due::of(app, &case, lang).filter(|_| facts.state.is_open());
        let last = case.last_day(&time, now).filter(|_| facts.state.is_open());
        let public = draft::shown_one(&mut conn, &case.code).await?;
        let suggested = words.as_ref().filter(|_| facts.state.is_open() && by.handles).map(|(_, words)| {
            let told = Told { words, commune: &case.place };
            Suggested::of(app, &staff.portal, &told, date::day(instant(now)), lang)
        });
        let call = match (&suggested, case.urgent == 1 && facts.state.is_open() && ours) {
            (Some(suggested), _) if !suggested.call.is_empty() => suggested.call.clone(),
            (_, true) => Emergency::all(date::day(instant(now))),
            _ => Vec::new(),
        };
        let agreed = choice::agreed(&mut conn, staff.portal.log, now - LATELY).await?;
        let home = logs::head(&mut conn, case.asked).await?.is_some_and(|head| head.own);
        let state = stands(app, &mut conn, &case, facts.state, lang).await?;
        let place_said = words.as_ref().map(|(place, _)| place.clone()).unwrap_or_default();
        let text = words.map(|(_, words)| words).unwrap_or_default();
        let ties = match ours {
            true => TiesView::of(app, &mut conn, (&case, &text), can(Act::Merge), lang).await?,
            false => TiesView::default(),
        };
        let templates = match can(Act::Submit) {
            true => templates::store::of(&mut conn, staff.portal.log).await?,
            false => Vec::new(),
        };
        let colleagues = match can(Act::Assign) {
            true => acts::colleagues(app, &mut conn, staff.portal.log, &staff.portal.origin).await?,
            false => Vec::new(),
        };
        let kinds = match can(Act::Sort) && mail::became(&mut conn, &case.id).await? {
            true => {
                let all = Kind::all(date::day(instant(now))).into_iter();
                all.map(|kind| (kind.kind.clone(), kind.name(lang).to_owned())).collect()
            }
            false => Vec::new(),
        };
        let mut page = CasePage {
            shell: shell(app, visitor, &staff.portal, w.case_title),
            desk: Desk::of(staff, lang, DESK, look.said),
            code: case.code.clone(),
            version: case.version,
            state,
            ours,
            urgent: !call.is_empty(),
            call,
            agreed: (agreed.1 > 0).then(|| lang.petition_pass().agreed(agreed.0, agreed.1)),
            names_stay: ours && hidden && !home,
            suggested,
            sort: Kind::name_of(case.kind(), lang),
            kinds,
            forward: exchange::forward::says(&mut conn, &case, &external, lang).await?,
            external,
            unsure: ours && mail::is_unsure(&mut conn, &case.id).await?,
            place: place::whole(&place_said, &case.place, lang),
            mode: Mode::of(&case.mode).unwrap_or(Mode::Named).name(lang),
            handler: person(&mut conn, &case.handler).await?,
            ran: last.map(|last| percent(case.clock_from, last, now)),
            due,
            lines: lines(app, &mut conn, (&case, &path), (staff.portal.log, ours), lang).await?,
            asks_contact: has_contact && look.contact.is_none(),
            mail: Stands::of(app, &mut conn, &case, look.contact.as_ref()).await?,
            contact: look.contact,
            targets: route::near(app, &staff.portal.origin, lang),
            may: May {
                claim: can(Act::Claim) && case.handler != staff.account.id.to_string(),
                release: can(Act::Release),
                note: can(Act::Note),
                ask: can(Act::Ask),
                extend: can(Act::Extend),
                pass: can(Act::Pass),
                give_back: can(Act::Return),
                recall: can(Act::Recall),
                progress: can(Act::Progress),
                submit: can(Act::Submit),
                send_back: can(Act::SendBack),
                approve: can(Act::Approve),
                outside: can(Act::Outside),
                assign: can(Act::Assign),
                merge: can(Act::Merge),
                unmerge: can(Act::Unmerge),
                split: can(Act::Split),
                help: can(Act::Help),
            },
            draft,
            question: masking::masked(&text),
            words: text,
            preview: look.preview,
            ties,
            related: Vec::new(),
            templates: templates.into_iter().map(|one| (one.id, one.name)).collect(),
            colleagues,
            public: public.map(|_| lang.path(&format!("/phan-anh/ho-so/{}", case.code))),
            typed: look.typed,
            wrong: look.wrong,
        };
        // What is like it is looked up by a connection of its own; nobody holds two.
        drop(conn);
        if page.may.submit {
            page.related = compose::related(app, (&page.words, &case.place, &page.code), lang).await?;
        }
        Ok(page)
    }
}
