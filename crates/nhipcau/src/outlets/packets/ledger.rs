//! Pushed packets as the ledger of an item and the page of outlets show them, and what a person says of them.

use channels::Stage;
use edxml::{Act, Code};
use uuid::Uuid;

use super::super::{Outlet, store as outlets};
use super::{Packet, store};
use crate::app::App;
use crate::clock::instant;
use crate::db::{Conn, Tx};
use crate::items::pages::label;
use crate::items::store::{Reference, Standing, find};
use crate::people::audit;
use crate::people::forms::Fields;
use crate::people::gate::Staff;
use crate::people::pages::HOME;
use crate::problem::Problem;
use crate::sources::both;
use crate::words::{Lang, PacketWords, date};

/// The most packets that the page of outlets names for one receiver.
const MOST: i64 = 20;

/// A packet as a list shows it.
pub struct Line {
    pub(crate) id: String,
    /// The receiver, or the document.
    pub(crate) title: String,
    pub(crate) href: Option<String>,
    /// What it asks for, and how it stands.
    pub(crate) state: String,
    pub(crate) at: String,
    pub(crate) edition: i64,
    pub(crate) notes: Vec<String>,
    /// What the receiver has said, in the order in which it came.
    pub(crate) statuses: Vec<String>,
    /// True if a person must say whether it is there.
    pub(crate) doubtful: bool,
    /// True if it can be sent again.
    pub(crate) replays: bool,
    /// Since when it stands so: whoever acts has seen this.
    pub(crate) changed: i64,
}

/// What a packet asks for.
fn work(act: Option<Act>, w: &PacketWords) -> &'static str {
    match act {
        None => w.act_none,
        Some(Act::New) => w.act_new,
        Some(Act::Update) => w.act_update,
        Some(Act::Replace) => w.act_replace,
        Some(Act::Revoke) => w.act_revoke,
    }
}

fn state(stage: Stage, w: &PacketWords) -> &'static str {
    match stage {
        Stage::Queued => w.state_queued,
        Stage::Sent => w.state_sent,
        Stage::Accepted => w.state_accepted,
        Stage::Shown => w.state_shown,
        Stage::Failed => w.state_failed,
        Stage::Unconfirmed => w.state_unconfirmed,
    }
}

fn code_name(code: Code, w: &PacketWords) -> &'static str {
    match code {
        Code::Arrived => w.code_01,
        Code::Refused => w.code_02,
        Code::Received => w.code_03,
        Code::Assigned => w.code_04,
        Code::InWork => w.code_05,
        Code::Done => w.code_06,
        Code::RecallAsked => w.code_13,
        Code::RecallAgreed => w.code_15,
        Code::RecallRefused => w.code_16,
    }
}

impl Line {
    async fn of(
        app: &App,
        conn: &mut Conn,
        all: &[Packet],
        one: &Packet,
        lang: Lang,
    ) -> Result<Line, Problem> {
        let (w, now) = (lang.packet(), app.clock.now());
        let at = |micros: i64| date::in_sentence(lang, instant(micros), now);
        let others = || all.iter().filter(|other| other.outlet == one.outlet && other.id != one.id);
        let mut notes = Vec::new();
        if !one.cause.is_empty() {
            notes.push(both(&one.cause).of(lang).to_owned());
        }
        if one.stage == Stage::Queued && others().any(|other| other.stage == Stage::Unconfirmed) {
            notes.push(w.waits.to_owned());
        }
        let mut statuses = Vec::new();
        for (code, said, said_at, came) in store::said_of(conn, one.id).await? {
            let Some(code) = Code::of(&code) else { continue };
            let when = at(if said_at > 0 { said_at } else { came });
            let told = w.status(code.number(), code_name(code, w), when);
            statuses.push(if said.is_empty() { told } else { format!("{told} {}", w.said(said)) });
        }
        let newest = others().all(|other| (other.made, other.id) < (one.made, one.id));
        Ok(Line {
            id: one.id.to_string(),
            title: String::new(),
            href: None,
            state: w.work_stands(work(one.act, w), state(one.stage, w)),
            at: at(one.changed),
            edition: one.edition,
            notes,
            statuses,
            doubtful: one.stage == Stage::Unconfirmed,
            replays: one.stage == Stage::Failed && newest,
            changed: one.changed,
        })
    }
}

/// Where an item was pushed: a line for each packet, the oldest first.
///
/// # Errors
/// The database's.
pub async fn lines(app: &App, conn: &mut Conn, item: &Standing, lang: Lang) -> Result<Vec<Line>, Problem> {
    let all = store::of_item(conn, item.log, item.item).await?;
    let mut lines = Vec::new();
    for one in &all {
        let mut line = Line::of(app, conn, &all, one, lang).await?;
        line.title =
            outlets::of_id(conn, one.outlet).await?.map_or_else(String::new, |outlet| outlet.called());
        line.href = Some(lang.path(super::super::PAGE));
        lines.push(line);
    }
    Ok(lines)
}

/// What of a receiver a person must look at, each with the way to its item's ledger.
///
/// # Errors
/// The database's.
pub(in crate::outlets) async fn troubled(
    app: &App,
    conn: &mut Conn,
    staff: &Staff,
    outlet: &Outlet,
    lang: Lang,
) -> Result<Vec<Line>, Problem> {
    let mut lines = Vec::new();
    for one in store::troubled(conn, outlet.id, MOST).await? {
        let reference = Reference::of(&staff.portal.origin, one.item);
        let item = find(conn, &reference).await?;
        let mut line = Line::of(app, conn, &[], &one, lang).await?;
        line.title = item.map_or_else(String::new, |item| label(&item.card, lang));
        line.href = Some(lang.path(&format!("{HOME}/muc/{reference}/so-phat")));
        lines.push(line);
    }
    Ok(lines)
}

/// Carries out what somebody said of a packet; returns the word of what was done.
///
/// # Errors
/// It is none of this agency's, it stands otherwise by now, the word is none.
pub async fn settled(app: &App, staff: &Staff, typed: &Fields) -> Result<&'static str, Problem> {
    let id = Uuid::try_parse(typed.get("goi")).map_err(|_| Problem::NotFound("packet"))?;
    let seen: i64 = typed.get("luc").parse().unwrap_or(0);
    let (act, due, to, word) = match typed.get("viec") {
        "co" => ("outlet.settle", Stage::Unconfirmed, Stage::Accepted, "xong"),
        "khong" => ("outlet.settle", Stage::Unconfirmed, Stage::Queued, "lai"),
        "lai" => ("outlet.again", Stage::Failed, Stage::Queued, "lai"),
        _ => return Err(Problem::invalid("viec", "co, khong, lai")),
    };
    let cause = match to {
        Stage::Accepted => {
            "một cán bộ xác nhận nơi nhận đã có · a person has confirmed that the receiver has it"
        }
        _ => "",
    };
    let (log, line) = (staff.portal.log, staff.line(act, id.to_string()));
    app.db
        .write("packet.settle", async move |tx: &mut Tx| -> Result<(), Problem> {
            let packet = store::of_id(tx.conn(), id).await?.filter(|packet| packet.log == log);
            let packet = packet.ok_or(Problem::NotFound("packet"))?;
            let moved = || Problem::refused(Lang::Vi.channel().moved, Lang::En.channel().moved);
            if packet.changed != seen || packet.stage != due {
                return Err(moved());
            }
            let all = store::history(tx.conn(), packet.outlet, packet.log, packet.item).await?;
            // What failed and was followed by another is over; that other is what can be sent again.
            if to == Stage::Queued && due == Stage::Failed && all.last().is_some_and(|last| last.id != id) {
                return Err(moved());
            }
            store::settled(tx, id, to, cause).await?;
            Ok(audit::add(tx, line).await?)
        })
        .await?;
    Ok(word)
}
