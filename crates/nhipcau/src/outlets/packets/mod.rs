//! Documents pushed as edXML packets (QCVN 102:2016/BTTTT) to a system that takes them so: new, updated, in the place of others, revoked.
//!
//! `send` walks through the portal's own items as every outlet does and queues one packet for each document that came, changed or ended; then it
//! sends what is queued, one call at a time (`call`). A packet is kept as sent before the call is made; a call of which nobody knows whether it
//! arrived is made by nobody again: it stays unconfirmed until a status comes or a person says (`ledger`), and what follows of the same document
//! waits for that. What the receiver says, at once or later by the `door`, is laid beside the packet and never merged with another.
//!
//! What is carried is never pushed: in a packet an agency speaks.

mod call;
mod door;
pub mod ledger;
mod send;
pub mod store;

use channels::Stage;
use edxml::{Act, Code};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::app::App;
use crate::items::State;
use crate::items::store::Standing;
use crate::problem::Problem;
use crate::words::date;

pub(crate) use door::{path, routes};
pub(super) use send::sends;

/// So far a receiver's clock may be behind ours before what it says is taken to be of an earlier packet, in microseconds.
const SKEW: i64 = 300_000_000;

/// Who receives, as `To` names them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The agency's identifier (`OrganId`).
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A packet to one receiver, and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Its id, which the call's own is made of.
    pub id: Uuid,
    /// To whom.
    pub outlet: Uuid,
    /// Our number for the log of its item.
    pub log: i64,
    /// Its item.
    pub item: Uuid,
    /// Of which edition it is.
    pub edition: i64,
    /// What it asks for; none before it was sent first.
    pub act: Option<Act>,
    /// How it stands.
    pub stage: Stage,
    /// True if it is to be sent though nothing has changed.
    pub again: bool,
    /// Where the walk met its item.
    pub seen: i64,
    /// How often a person has had it sent.
    pub round: i64,
    /// True while its call is under way.
    pub doubt: bool,
    /// The status that counts.
    pub code: Option<Code>,
    /// When its sender says that it was so, in microseconds; 0 if it does not say.
    pub said_at: i64,
    /// Why it stands so, in both languages; empty where the status says it.
    pub cause: String,
    /// When it was queued.
    pub made: i64,
    /// Since when it stands so.
    pub changed: i64,
}

impl Packet {
    /// One that is to be sent, of which nothing is decided yet.
    fn queued(id: Uuid, outlet: Uuid, (log, item): (i64, Uuid), edition: i64) -> Packet {
        Packet {
            id,
            outlet,
            log,
            item,
            edition,
            act: None,
            stage: Stage::Queued,
            again: false,
            seen: 0,
            round: 1,
            doubt: false,
            code: None,
            said_at: 0,
            cause: String::new(),
            made: 0,
            changed: 0,
        }
    }
}

/// An instant that a packet says by the clock in Viet Nam, in microseconds; 0 if there is none such.
fn time(said: jiff::civil::DateTime) -> i64 {
    said.to_zoned_datetime(date::zone()).map_or(0, |at| at.timestamp().as_microsecond())
}

/// The name under which calls of an outlet are signed: that of the packet and the round, so that the same call is the same id.
fn call_id(packet: &Packet) -> String {
    format!("{}-{}", packet.id.simple(), packet.round)
}

/// Whether an item is a document of the agency's own that can be pushed now.
fn is_document(standing: &Standing) -> bool {
    let stands = standing.state == State::Standing && standing.content.is_some();
    stands && standing.card.number.is_some() && standing.card.carried.is_none()
}

/// True if a receiver has a document by what it was sent, or may have it.
fn holds(history: &[Packet]) -> bool {
    let there = |one: &&Packet| !matches!(one.stage, Stage::Queued | Stage::Failed);
    history
        .iter()
        .filter(there)
        .rfind(|one| one.act.is_some())
        .is_some_and(|one| one.act != Some(Act::Revoke))
}

/// What a receiver is due of a document, by the packets that it was sent before, the oldest first; `stands` is the edition that stands, none if
/// it ended. `again` if somebody wants everything once more: then it is told as if it had nothing, for it may have lost what it had.
fn due(history: &[Packet], stands: Option<i64>, again: bool) -> Option<Act> {
    let last = history.iter().rfind(|one| one.act.is_some() && one.stage != Stage::Queued);
    match stands {
        Some(_) if again => Some(Act::New),
        Some(edition)
            if last.is_some_and(|last| last.edition == edition && last.act != Some(Act::Revoke)) =>
        {
            None
        }
        Some(_) if holds(history) => Some(Act::Update),
        Some(_) => Some(Act::New),
        None if again => last.map(|_| Act::Revoke),
        None if last.is_some_and(|last| last.act == Some(Act::Revoke)) => None,
        None => holds(history).then_some(Act::Revoke),
    }
}

/// How a packet stands once its receiver has said this. Progress at the receiver is no more than that it has the document.
fn stage(code: Code) -> Stage {
    match code {
        Code::Refused | Code::RecallRefused => Stage::Failed,
        Code::Arrived
        | Code::Received
        | Code::Assigned
        | Code::InWork
        | Code::Done
        | Code::RecallAsked
        | Code::RecallAgreed => Stage::Accepted,
    }
}

/// The packet of which a status speaks: it names the document alone, so it is the newest that was sent, of which that can be said, and that was
/// there when it was said (`at`, 0 if that is not known); a clock that is wrong altogether is not asked.
fn meant(history: &[Packet], code: Code, at: i64) -> Option<&Packet> {
    let can = |act: Act| match code {
        Code::RecallAgreed | Code::RecallRefused => act != Act::New,
        Code::Assigned | Code::InWork | Code::Done => act != Act::Revoke,
        Code::Arrived | Code::Refused | Code::Received | Code::RecallAsked => true,
    };
    let mut told = history.iter().filter(|one| one.stage != Stage::Queued && one.act.is_some_and(can));
    let then = told.clone().rfind(|one| at > 0 && one.made <= at + SKEW);
    then.or_else(|| told.next_back())
}

/// The key by which calls to a receiver, and its own, are signed.
///
/// # Errors
/// When `keys/people.key` does not open it.
fn key(app: &App, outlet: &super::Outlet) -> Result<Vec<u8>, Problem> {
    app.people.seal.reveal(&super::about(outlet.id), &outlet.secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(act: Option<Act>, edition: i64, stage: Stage) -> Packet {
        Packet { act, stage, ..Packet::queued(Uuid::nil(), Uuid::nil(), (1, Uuid::nil()), edition) }
    }

    #[test]
    fn what_is_due_follows_from_what_was_sent() {
        let new = packet(Some(Act::New), 1, Stage::Accepted);
        assert_eq!(due(&[], Some(3), false), Some(Act::New), "whoever has nothing is sent the whole");
        assert_eq!(due(&[], None, false), None, "whoever has nothing is asked for nothing back");
        let had = [new.clone()];
        assert_eq!(due(&had, Some(1), false), None, "the same edition is not sent twice");
        assert_eq!(due(&had, Some(2), false), Some(Act::Update));
        assert_eq!(due(&had, None, false), Some(Act::Revoke));
        let refused = [packet(Some(Act::New), 1, Stage::Failed)];
        assert_eq!(due(&refused, Some(1), false), None, "what was refused is not sent again by itself");
        assert_eq!(due(&refused, Some(2), false), Some(Act::New));
        assert_eq!(due(&refused, None, false), None);
        let not_changed = [new.clone(), packet(Some(Act::Update), 2, Stage::Failed)];
        assert_eq!(due(&not_changed, None, false), Some(Act::Revoke), "it still has the first edition");
        let over = [new.clone(), packet(Some(Act::Revoke), 1, Stage::Accepted)];
        assert_eq!(due(&over, None, false), None);
        assert_eq!(due(&over, Some(2), false), Some(Act::New), "what came back is new to it");
        let not_over = [new.clone(), packet(Some(Act::Revoke), 1, Stage::Failed)];
        assert_eq!(due(&not_over, Some(2), false), Some(Act::Update), "it was not given back");
        let perhaps = [packet(Some(Act::New), 1, Stage::Unconfirmed)];
        assert_eq!(due(&perhaps, None, false), Some(Act::Revoke), "it waits until that is known");
    }

    #[test]
    fn everything_once_more_is_told_as_to_somebody_who_has_nothing() {
        let had = [packet(Some(Act::New), 1, Stage::Accepted)];
        assert_eq!(due(&had, Some(1), true), Some(Act::New));
        assert_eq!(due(&had, None, true), Some(Act::Revoke));
        assert_eq!(due(&[], None, true), None);
    }

    #[test]
    fn a_status_is_of_the_newest_packet_of_which_it_can_be_said() {
        let all = [
            packet(Some(Act::New), 1, Stage::Accepted),
            packet(Some(Act::Update), 2, Stage::Sent),
            packet(Some(Act::Revoke), 2, Stage::Sent),
            packet(None, 3, Stage::Queued),
        ];
        let act = |code| meant(&all, code, 0).and_then(|one| one.act);
        assert_eq!(act(Code::Received), Some(Act::Revoke));
        assert_eq!(act(Code::RecallAgreed), Some(Act::Revoke));
        assert_eq!(act(Code::Done), Some(Act::Update));
        assert_eq!(meant(&all[..1], Code::RecallAgreed, 0), None, "nothing was asked back");
        assert_eq!(meant(&all[3..], Code::Received, 0), None, "nothing was sent");
        let late = [packet(Some(Act::New), 1, Stage::Accepted), {
            let mut update = packet(Some(Act::Update), 2, Stage::Unconfirmed);
            update.made = 10 * SKEW;
            update
        }];
        let edition = |at| meant(&late, Code::Received, at).map(|one| one.edition);
        assert_eq!(
            (edition(2 * SKEW), edition(11 * SKEW)),
            (Some(1), Some(2)),
            "the update was not there yet"
        );
    }

    #[test]
    fn every_status_has_one_stage_and_none_claims_that_anything_is_shown() {
        for code in Code::ALL {
            assert!(matches!(stage(code), Stage::Accepted | Stage::Failed), "{code:?}");
        }
    }
}
