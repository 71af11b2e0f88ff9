//! A draft: its form, its faults, its notes, who else is here, and what may be done with it.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::Date;

use vietnam::plain;

use super::digest;
use super::translate::{Tongue, tongues};
use super::with::{Beside, Clash, Typed, With};
use super::{by, change_name, find, kind_name, persons_say, stage_name};
use crate::app::App;
use crate::channels;
use crate::clock::instant;
use crate::db::Conn;
use crate::drafts::acts;
use crate::drafts::form::{self, Group};
use crate::drafts::hours;
use crate::drafts::life::{self, Act, Facts, Stage};
use crate::drafts::{Attached, Work, notes};
use crate::items;
use crate::items::pages::title;
use crate::items::store::{self as standing, Reference};
use crate::media;
use crate::opinions::pages::{self as opinions, Round};
use crate::people::Duty;
use crate::people::gate::Staff;
use crate::people::pages::{Desk, Done, HOME, drawn, shell};
use crate::problem::{Fault, Problem};
use crate::web::answer::failure;
use crate::web::assets;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, date, number};

/// A button.
struct Button {
    act: &'static str,
    label: &'static str,
    /// True for the one that is expected.
    first: bool,
    /// True if it asks for words.
    asks: bool,
}

impl Button {
    fn alone(&self) -> bool {
        self.act == Act::Override.word()
    }
}

/// Words that a careful reader would stumble over.
struct Finding {
    /// What is meant, shortened.
    words: String,
    says: String,
    danger: bool,
}

/// How many findings a page shows.
const MOST_FINDINGS: usize = 25;

/// What plain language asks of the text, the gravest first.
fn findings(work: &Work, lang: Lang, today: Date) -> Vec<Finding> {
    let text = &work.written.draft.text;
    let mut found = plain::check(text, today);
    found.sort_by_key(|finding| std::cmp::Reverse(finding.weight));
    let shown = found.into_iter().take(MOST_FINDINGS).map(|finding| {
        let words = text.get(finding.range.clone()).unwrap_or_default();
        let short: String = words.chars().take(60).collect();
        Finding {
            words: if short.len() < words.len() { format!("{short}…") } else { short },
            says: if lang == Lang::Vi { finding.vi } else { finding.en },
            danger: finding.weight == plain::Weight::Danger,
        }
    });
    shown.collect()
}

/// A fault with the field that it belongs to.
struct Mend {
    field: String,
    label: String,
    says: String,
}

struct Said {
    who: String,
    text: String,
}

#[derive(Template)]
#[template(path = "drafts/draft.html")]
struct DraftPage {
    shell: Shell,
    desk: Desk,
    id: String,
    version: i64,
    kind: String,
    stage: &'static str,
    change: &'static str,
    persons: String,
    /// The languages that it has, and those that it may have.
    tongues: (Vec<Tongue>, Vec<Tongue>),
    /// For an annex: beside what it stands.
    beside: Option<BesideWhat>,
    writes: bool,
    groups: Vec<Group>,
    files: Vec<Attached>,
    findings: Vec<Finding>,
    buttons: Vec<Button>,
    mend: Vec<Mend>,
    reaches: Vec<String>,
    /// Where it lies sealed, and until when.
    sealed: Option<String>,
    clashes: Vec<Clash>,
    /// Why the last act was refused.
    wrong: Option<String>,
    /// True if the form holds what is not saved.
    unsaved: bool,
    /// What cannot be read of it.
    unread: Vec<Mend>,
    /// What was typed into a form that is no more.
    typed: Option<Typed>,
    /// What stood in the form of a file that was not taken.
    file: Beside,
    /// What happened meanwhile to the item of which this is the next edition.
    moved: Option<String>,
    /// True if a change of this person's would keep them from approving.
    warns: bool,
    /// True if the day's items can be put together.
    digests: bool,
    notes: Vec<Said>,
    others: Vec<String>,
    saved: String,
    approved: Vec<String>,
    compares: bool,
    /// What other agencies were asked, and say.
    rounds: Vec<Round>,
    /// What it says on channels.
    channels: Vec<channels::pages::shown::Row>,
    /// This person's files that have come in part, for the script that goes on with them.
    coming: String,
}

impl DraftPage {
    /// True if somebody may be harmed by what stands there.
    fn dangerous(&self) -> bool {
        self.findings.iter().any(|finding| finding.danger)
    }

    fn parts(&self) -> &'static str {
        assets::media(self.shell.lang)
    }

    fn size(&self, bytes: &u64) -> String {
        number::bytes(self.shell.lang, *bytes)
    }
}

/// The item beside which an annex is written.
struct BesideWhat {
    reference: String,
    title: String,
    /// Which of its editions was read.
    read: String,
    /// The edition that stands, if it is another one, and what to do.
    moved: Option<(i64, String)>,
}

/// What happened to the item of which a draft is the next edition, since that was begun.
async fn moved(
    conn: &mut Conn,
    staff: &Staff,
    work: &Work,
    lang: Lang,
    now: Timestamp,
) -> Result<Option<String>, Problem> {
    if work.base == 0 || work.written.beside.is_some() || !work.stage.is_open() {
        return Ok(None);
    }
    let reference = Reference::of(&staff.portal.origin, work.item);
    let Some(item) = standing::find(conn, &reference).await? else { return Ok(None) };
    let (w, at) = (lang.kept(), date::short(lang, instant(item.changed), now));
    Ok(match item.state {
        items::State::Withdrawn => Some(w.moved_withdrawn(at)),
        items::State::Gone => Some(w.moved_gone(at)),
        items::State::Standing if item.edition > i64::from(work.base) => {
            Some(w.moved_edition(item.edition, work.base))
        }
        items::State::Standing | items::State::Erased => None,
    })
}

async fn beside(conn: &mut Conn, work: &Work, lang: Lang) -> Result<Option<BesideWhat>, Problem> {
    let Some(core) = &work.written.beside else { return Ok(None) };
    let (w, reference) = (lang.annex(), core.reference()?);
    let item = standing::find(conn, &reference).await?;
    let moved = item.as_ref().filter(|item| item.edition > i64::from(core.edition));
    Ok(Some(BesideWhat {
        read: w.draft_read(core.edition),
        moved: moved.map(|item| (item.edition, w.draft_moved(core.edition, item.edition))),
        title: item.map_or_else(|| reference.to_string(), |item| title(&item.card, lang).text),
        reference: reference.to_string(),
    }))
}

/// `GET /ban-lam-viec/tin/{id}`
pub async fn draft(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Response {
    let w = visitor.lang.desk();
    let said = match done.word() {
        "luu" => Some(w.done_saved.to_owned()),
        "trinh" => Some(w.done_submitted.to_owned()),
        "duyet" => Some(w.done_approved.to_owned()),
        "tra-lai" => Some(w.done_sent_back.to_owned()),
        "tep" => Some(w.file_taken.to_owned()),
        "word" => Some(visitor.lang.word_file().done.to_owned()),
        "niem-phong" => Some(visitor.lang.embargo().done_sealed.to_owned()),
        "go-niem-phong" => Some(visitor.lang.embargo().done_unsealed.to_owned()),
        "gop" => Some(w.done_joined.to_owned()),
        "hoi" => Some(visitor.lang.opinion().done_sent.to_owned()),
        "nhac" => Some(visitor.lang.opinion().done_reminded.to_owned()),
        "tong-hop" => Some(visitor.lang.kept().digest_done.to_owned()),
        "rut" => Some(visitor.lang.opinion().done_cancelled.to_owned()),
        _ => None,
    };
    answer(&app, &staff, &visitor, &id, With { said, ..With::default() }, StatusCode::OK).await
}

pub(super) async fn answer(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    id: &str,
    with: With<'_>,
    status: StatusCode,
) -> Response {
    match page(app, staff, visitor, id, with).await {
        Ok(page) => drawn(app, visitor, status, &page),
        Err(problem) => failure(app, visitor, problem),
    }
}

async fn page(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    id: &str,
    with: With<'_>,
) -> Result<DraftPage, Problem> {
    let (lang, now) = (visitor.lang, app.clock.now());
    let w = lang.desk();
    let work = find(app, staff, id).await?;
    let open = work.stage.is_open();
    // The heading, the faults and the findings are of what the form shows, saved or not.
    let shown = with.over(&work);
    let mut faults = if open { acts::faults(app, &shown) } else { Vec::new() };
    faults.extend(hours::fault(&shown, now.as_microsecond()));
    let here = app.drafts.here(work.id, staff.account.id, &staff.account.name, now.as_microsecond());
    if here.comes {
        staff.saw(app, "draft.seen", work.id.to_string()).await?;
    }
    let mut conn = app.db.read().await?;
    let sound = faults.is_empty();
    let facts = acts::facts(&mut conn, &work, &by(staff), now.as_microsecond(), sound).await?;
    let mut approved = Vec::new();
    for account in &facts.approvals {
        let account = crate::people::store::account(&mut conn, *account).await?;
        approved.extend(account.map(|account| account.name));
    }
    let notes = notes::notes(&mut conn, work.id).await?.into_iter().map(|note| Said {
        who: w.note_by(note.name, date::short(lang, instant(note.at), now)),
        text: note.text,
    });
    let writes = open && staff.may(Duty::Write);
    // Beside a field only what could not be read; what is not written yet is told in the list.
    let name = match shown.title() {
        "" => w.untitled,
        title => title,
    };
    let mend = |fault: &Fault| Mend {
        label: form::label(&work.written.draft.kind, &fault.field, lang),
        says: fault.of(lang).to_owned(),
        field: form::place(&fault.field).to_owned(),
    };
    let buttons = buttons(&work, &facts, lang);
    let approves = buttons.iter().any(|button| button.act == Act::Approve.word());
    Ok(DraftPage {
        typed: Typed::of(&with, &work, writes, &staff.portal.origin, lang),
        unsaved: writes && with.unsaved(),
        unread: with.faults.iter().map(mend).collect(),
        moved: moved(&mut conn, staff, &work, lang, now).await?,
        warns: writes && approves && facts.persons > 1,
        digests: writes && digest::is_one(&work),
        shell: shell(app, visitor, &staff.portal, name),
        desk: Desk::of(staff, lang, HOME, with.said),
        id: work.id.to_string(),
        version: work.version,
        kind: kind_name(&work.written.draft.kind, lang),
        stage: stage_name(work.stage, lang),
        change: change_name(work.change.word(), lang).unwrap_or_default(),
        persons: persons_say(app, &work.written.draft.kind, lang),
        tongues: tongues(&work, lang),
        beside: beside(&mut conn, &work, lang).await?,
        writes,
        groups: match with.joined {
            Some(_) => form::groups(&shown, lang, None, &with.faults),
            None => form::groups(&work, lang, with.typed, &with.faults),
        },
        file: with.beside,
        files: work.written.files.clone(),
        findings: if writes { findings(&shown, lang, date::day(now)) } else { Vec::new() },
        buttons,
        mend: faults.iter().map(mend).collect(),
        reaches: crate::assignments::findings::of(app, staff, &work, lang),
        sealed: work
            .due
            .filter(|_| work.stage == Stage::Sealed)
            .map(|due| lang.embargo().sealed_until(date::short(lang, instant(due), now))),
        clashes: with.clashes,
        wrong: with.wrong,
        notes: notes.collect(),
        others: here.others,
        saved: w.saved_at(date::short(lang, instant(work.changed), now)),
        approved,
        compares: work.base > 0 || work.version > 1,
        rounds: opinions::rounds(app, &mut conn, &work, lang, writes).await?,
        channels: channels::pages::shown::of(&mut conn, &work, date::day(now), lang).await?,
        coming: media::coming(&mut conn, &work, staff.account.id, lang).await?,
    })
}

/// The word of approving and issuing at once, which are two acts in one step of a person's.
pub(super) const APPROVE_AND_ISSUE: &str = "approve-issue";

/// What this person may do now, the expected step first. What is refused only for its faults is offered all the same: the
/// list of faults stands above.
fn buttons(work: &Work, facts: &Facts, lang: Lang) -> Vec<Button> {
    let w = lang.desk();
    let ready = Facts { sound: true, ..facts.clone() };
    let offered = |act| life::decide(work.stage, act, &ready).is_ok();
    let mut buttons = Vec::new();
    let mut offer = |act: Act, label, asks| {
        if offered(act) {
            buttons.push(Button { act: act.word(), label, first: buttons.is_empty(), asks });
        }
    };
    offer(Act::Submit, w.act_submit, false);
    offer(Act::Approve, w.act_approve, false);
    // What waits for no hour is approved and issued by one tap: a chair has a telephone in one hand.
    if offered(Act::Approve) && work.due.is_none() {
        buttons.push(Button {
            act: APPROVE_AND_ISSUE,
            label: w.act_approve_issue,
            first: false,
            asks: false,
        });
    }
    let mut offer = |act: Act, label, asks| {
        if offered(act) {
            buttons.push(Button { act: act.word(), label, first: buttons.is_empty(), asks });
        }
    };
    offer(Act::Issue, w.act_issue, false);
    offer(Act::Restore, w.act_restore, false);
    let (e, sealed) = (lang.embargo(), work.stage == Stage::Sealed);
    offer(Act::SendBack, if sealed { e.act_unseal } else { w.act_send_back }, true);
    offer(Act::Discard, if sealed { e.act_unseal_discard } else { w.act_discard }, false);
    // Where the ordinary way is open nobody needs the other one.
    if !offered(Act::Issue) && work.written.beside.is_none() {
        offer(Act::Override, if sealed { e.act_open_now } else { w.act_override }, true);
    }
    buttons
}
