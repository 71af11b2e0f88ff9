//! The life of an item, as one pure decision: what somebody may do in a stage, what follows, and why not.
//!
//! A draft goes draft → in review → approved (or scheduled, or sealed) → issued. From then on the item lives in its log: a correction,
//! an update or a replacement is a new draft beside it, a withdrawal or an erasure is proposed and confirmed. Approval binds
//! to exactly what was approved ([`Facts::approvals`] holds only those that still fit), so any change asks again.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::people::{Duty, Role};

/// Where a draft, or the item that it became, stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Being written.
    Draft,
    /// Handed in; somebody else is to look at it.
    InReview,
    /// Approved, to be issued by hand.
    Approved,
    /// Approved, to be issued at its hour.
    Scheduled,
    /// Approved, and sealed at every node until its hour.
    Sealed,
    /// In the log; it stands.
    Issued,
    /// Readable under a banner.
    Withdrawn,
    /// Not readable any more.
    Gone,
    /// Its content has vanished; final.
    Erased,
    /// Thrown away before it was issued; can be taken back.
    Discarded,
}

impl Stage {
    /// All of them.
    pub const ALL: [Stage; 10] = [
        Stage::Draft,
        Stage::InReview,
        Stage::Approved,
        Stage::Scheduled,
        Stage::Sealed,
        Stage::Issued,
        Stage::Withdrawn,
        Stage::Gone,
        Stage::Erased,
        Stage::Discarded,
    ];

    /// The word that is stored.
    pub fn word(self) -> &'static str {
        match self {
            Stage::Draft => "draft",
            Stage::InReview => "review",
            Stage::Approved => "approved",
            Stage::Scheduled => "scheduled",
            Stage::Sealed => "sealed",
            Stage::Issued => "issued",
            Stage::Withdrawn => "withdrawn",
            Stage::Gone => "gone",
            Stage::Erased => "erased",
            Stage::Discarded => "discarded",
        }
    }

    /// The stage behind a stored word.
    pub fn of(word: &str) -> Option<Stage> {
        Stage::ALL.into_iter().find(|stage| stage.word() == word)
    }

    /// True while it can still be written.
    pub fn is_open(self) -> bool {
        matches!(self, Stage::Draft | Stage::InReview | Stage::Approved | Stage::Scheduled)
    }
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// Save a change of text, files or hour.
    Save,
    /// Hand in for review.
    Submit,
    /// Give back to its writers, with a word of why.
    SendBack,
    /// Approve exactly what stands there.
    Approve,
    /// Issue what is approved.
    Issue,
    /// Issue alone in an emergency, with a reason that superiors and readers see.
    Override,
    /// Throw away.
    Discard,
    /// Take back what was thrown away.
    Restore,
    /// Begin the next edition: a correction, an update, a replacement.
    Begin,
    /// Propose to withdraw or erase.
    ProposeEnd,
    /// Confirm a proposal, so that it is carried out.
    ConfirmEnd,
    /// Drop a proposal.
    DropEnd,
}

impl Act {
    /// All of them.
    pub const ALL: [Act; 12] = [
        Act::Save,
        Act::Submit,
        Act::SendBack,
        Act::Approve,
        Act::Issue,
        Act::Override,
        Act::Discard,
        Act::Restore,
        Act::Begin,
        Act::ProposeEnd,
        Act::ConfirmEnd,
        Act::DropEnd,
    ];

    /// The word that is sent, stored and audited.
    pub fn word(self) -> &'static str {
        match self {
            Act::Save => "save",
            Act::Submit => "submit",
            Act::SendBack => "send-back",
            Act::Approve => "approve",
            Act::Issue => "issue",
            Act::Override => "override",
            Act::Discard => "discard",
            Act::Restore => "restore",
            Act::Begin => "begin",
            Act::ProposeEnd => "propose-end",
            Act::ConfirmEnd => "confirm-end",
            Act::DropEnd => "drop-end",
        }
    }

    /// The act behind a word.
    pub fn of(word: &str) -> Option<Act> {
        Act::ALL.into_iter().find(|act| act.word() == word)
    }
}

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A person with the roles that they hold at the item's agency today.
    Person(Uuid, BTreeSet<Role>),
    /// A program or command with the node's token: it hands in and proposes, and never approves or confirms.
    Token,
    /// The clock, for what is scheduled.
    Clock,
}

/// In the place of an account, for what came with the node's token: one hand among those who wrote or proposed it.
pub const TOKEN: Uuid = Uuid::nil();

/// How a proposed end ends the item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Readable under a banner.
    Withdraw,
    /// Not readable any more.
    Gone,
    /// Content vanishes everywhere, by a legal basis.
    Erase,
}

/// All that a decision asks for.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Who acts.
    pub actor: Actor,
    /// Who wrote what stands there ([`writers`]).
    pub writers: BTreeSet<Uuid>,
    /// Who has approved exactly what stands there.
    pub approvals: BTreeSet<Uuid>,
    /// How many distinct people issuing needs (a rule of the kind, with dates and legal basis).
    pub persons: usize,
    /// True if only a signer or leader may approve it: official documents.
    pub signed: bool,
    /// True if the check at the origin finds nothing to mend.
    pub sound: bool,
    /// True if it is to be issued at an hour that has not come.
    pub later: bool,
    /// True if until then it is to lie sealed at every node.
    pub sealed: bool,
    /// For an end: what is proposed, by whom.
    pub end: Option<(End, Uuid)>,
}

/// What follows a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The stage from now on. After [`Act::Begin`] that of the new draft; the item stays as it is.
    pub next: Stage,
    /// True if earlier approvals no longer count.
    pub asks_again: bool,
}

/// Why something may not be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refused {
    /// Not in this stage.
    Stage,
    /// Not with this person's roles.
    Role,
    /// Only a signer or leader.
    Signer,
    /// A second person is needed: this one wrote it, or proposed it.
    SecondPerson,
    /// Its faults must be mended first.
    Unsound,
    /// Its hour has not come.
    TooEarly,
}

/// Decides one act.
///
/// # Errors
/// Why it may not be done; nothing changes then.
pub fn decide(stage: Stage, act: Act, facts: &Facts) -> Result<Step, Refused> {
    let to = |next| Ok(Step { next, asks_again: false });
    let again = |next| Ok(Step { next, asks_again: true });
    match (act, stage) {
        (Act::Save, Stage::Draft) => facts.needs(Duty::Write).and(again(Stage::Draft)),
        // Whoever changes what was handed in or approved, hands it in anew with the change.
        (Act::Save, Stage::InReview | Stage::Approved | Stage::Scheduled) => {
            facts.needs(Duty::Write).and(again(Stage::InReview))
        }
        (Act::Submit, Stage::Draft) => {
            facts.needs(Duty::Write)?;
            facts.is_sound().and(to(Stage::InReview))
        }
        // Out of the seal nothing is written: it is called off first, and whoever does that answers for it.
        (Act::SendBack, Stage::InReview | Stage::Approved | Stage::Scheduled | Stage::Sealed) => {
            facts.needs(Duty::Approve).and(again(Stage::Draft))
        }
        (Act::Approve, Stage::InReview) => {
            facts.may_approve()?;
            facts.is_sound()?;
            let me = facts.person()?;
            if facts.people(Some(me)) < facts.persons {
                // Not yet enough people; the approval is kept all the same if it is a second person's.
                return if facts.writers.contains(&me) {
                    Err(Refused::SecondPerson)
                } else {
                    to(Stage::InReview)
                };
            }
            to(match (facts.later, facts.sealed) {
                (true, true) => Stage::Sealed,
                (true, false) => Stage::Scheduled,
                (false, _) => Stage::Approved,
            })
        }
        (Act::Issue, Stage::Approved | Stage::Scheduled | Stage::Sealed) => {
            match facts.actor {
                Actor::Clock if stage == Stage::Approved => return Err(Refused::Role),
                Actor::Clock => {}
                Actor::Person(..) | Actor::Token => facts.needs(Duty::Approve)?,
            }
            if facts.later {
                return Err(Refused::TooEarly);
            }
            if facts.people(None) < facts.persons {
                return Err(Refused::SecondPerson);
            }
            facts.is_sound().and(to(Stage::Issued))
        }
        (
            Act::Override,
            Stage::Draft | Stage::InReview | Stage::Approved | Stage::Scheduled | Stage::Sealed,
        ) => {
            facts.needs(Duty::Approve)?;
            facts.may_approve()?;
            facts.is_sound().and(to(Stage::Issued))
        }
        (Act::Discard, Stage::Draft | Stage::InReview | Stage::Approved | Stage::Scheduled) => {
            let writes = facts.person().is_ok_and(|me| facts.writers.contains(&me));
            facts.needs(if writes { Duty::Write } else { Duty::Approve }).and(again(Stage::Discarded))
        }
        (Act::Discard, Stage::Sealed) => facts.needs(Duty::Approve).and(again(Stage::Discarded)),
        (Act::Restore, Stage::Discarded) => facts.needs(Duty::Write).and(again(Stage::Draft)),
        (Act::Begin, Stage::Issued | Stage::Withdrawn | Stage::Gone) => {
            facts.needs(Duty::Write).and(again(Stage::Draft))
        }
        (Act::ProposeEnd, Stage::Issued | Stage::Withdrawn | Stage::Gone) => {
            facts.needs(Duty::Write).and(to(stage))
        }
        (Act::ConfirmEnd, Stage::Issued | Stage::Withdrawn | Stage::Gone) => {
            facts.may_approve()?;
            let (end, proposer) = facts.end.ok_or(Refused::Stage)?;
            if facts.person()? == proposer {
                return Err(Refused::SecondPerson);
            }
            to(match end {
                End::Withdraw => Stage::Withdrawn,
                End::Gone => Stage::Gone,
                End::Erase => Stage::Erased,
            })
        }
        (Act::DropEnd, Stage::Issued | Stage::Withdrawn | Stage::Gone) => {
            let (_, proposer) = facts.end.ok_or(Refused::Stage)?;
            let mine = facts.person()? == proposer;
            facts.needs(if mine { Duty::Write } else { Duty::Approve }).and(to(stage))
        }
        _ => Err(Refused::Stage),
    }
}

/// A save of a draft: whose, which version, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SavedBy {
    /// Who.
    pub account: Uuid,
    /// The version that it made.
    pub version: i64,
    /// When, in microseconds.
    pub at: i64,
}

/// Who wrote what stands there, for [`Facts::writers`]: everybody who has ever saved it – or, once somebody has saved and
/// handed in anew what was sent back (`sent_back`, the last time; `handed_in`, who did so when), only whoever did that. They
/// answer for all of it then, also for words of others that they left standing, so whoever mended a comma before may be
/// the second person again. Any doubt about the order, as after a clock that was set back, counts everybody.
pub fn writers(saves: &[SavedBy], sent_back: Option<i64>, handed_in: &[(Uuid, i64)]) -> BTreeSet<Uuid> {
    let everybody = || saves.iter().map(|save| save.account).collect();
    let Some(back) = sent_back else { return everybody() };
    let before = saves.iter().filter(|save| save.at <= back).map(|save| save.version).max().unwrap_or(0);
    let since: BTreeSet<Uuid> =
        saves.iter().filter(|save| save.version > before).map(|save| save.account).collect();
    let handed: BTreeSet<Uuid> =
        handed_in.iter().filter(|(_, at)| *at > back).map(|(account, _)| *account).collect();
    if since.is_empty() || handed.is_empty() || before == 0 {
        return everybody();
    }
    since.union(&handed).copied().collect()
}

impl Facts {
    fn person(&self) -> Result<Uuid, Refused> {
        match &self.actor {
            Actor::Person(id, _) => Ok(*id),
            Actor::Token => Ok(TOKEN),
            Actor::Clock => Err(Refused::Role),
        }
    }

    fn needs(&self, duty: Duty) -> Result<(), Refused> {
        match &self.actor {
            Actor::Person(_, roles) if duty.met_by(roles) => Ok(()),
            Actor::Token if duty == Duty::Write => Ok(()),
            _ => Err(Refused::Role),
        }
    }

    fn may_approve(&self) -> Result<(), Refused> {
        self.needs(Duty::Approve)?;
        match &self.actor {
            Actor::Person(_, roles)
                if self.signed && !roles.contains(&Role::Signer) && !roles.contains(&Role::Leader) =>
            {
                Err(Refused::Signer)
            }
            _ => Ok(()),
        }
    }

    fn is_sound(&self) -> Result<(), Refused> {
        if self.sound { Ok(()) } else { Err(Refused::Unsound) }
    }

    /// How many distinct people stand behind it: all who wrote it count for one, and each who approved it without having
    /// written it for one more, however many roles they hold.
    fn people(&self, and: Option<Uuid>) -> usize {
        let approvals = self.approvals.iter().copied().chain(and).collect::<BTreeSet<_>>();
        let others = approvals.difference(&self.writers).count();
        if approvals.is_empty() { 0 } else { others + 1 }
    }
}

#[cfg(test)]
mod tests;
