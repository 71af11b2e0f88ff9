//! What may be done with a petition, by whom, and where it stands afterwards. Pure: facts in, one step out (`decisions`).

mod decisions;

use uuid::Uuid;

pub use decisions::{decide, sender};

/// Where a petition stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// At its agency; nobody has taken it on.
    New,
    /// Somebody works on it.
    Work,
    /// Its sender was asked for more.
    Asked,
    /// An answer waits for a second person.
    Review,
    /// It was answered; its sender may still reopen it.
    Answered,
    /// It has ended.
    Closed,
    /// Its sender took it back.
    Withdrawn,
}

impl State {
    const ALL: [State; 7] = [
        State::New,
        State::Work,
        State::Asked,
        State::Review,
        State::Answered,
        State::Closed,
        State::Withdrawn,
    ];

    /// The word that is stored.
    pub fn word(self) -> &'static str {
        match self {
            State::New => "new",
            State::Work => "work",
            State::Asked => "asked",
            State::Review => "review",
            State::Answered => "answered",
            State::Closed => "closed",
            State::Withdrawn => "withdrawn",
        }
    }

    /// That of a word; ended if there is none of it, so that nothing is done by mistake.
    pub fn of(word: &str) -> State {
        State::ALL.into_iter().find(|state| state.word() == word).unwrap_or(State::Closed)
    }

    /// True while an answer is due.
    pub fn is_open(self) -> bool {
        matches!(self, State::New | State::Work | State::Asked | State::Review)
    }
}

/// What somebody does in the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Takes it on.
    Claim,
    /// Lets it go again.
    Release,
    /// Writes something down for colleagues.
    Note,
    /// Asks its sender for more.
    Ask,
    /// Takes longer.
    Extend,
    /// Hands it to another agency.
    Pass,
    /// Gives it back to the agency that handed it over.
    Return,
    /// Takes it back while the other agency has not confirmed that it has it.
    Recall,
    /// Tells its sender how far it has come.
    Progress,
    /// Hands in an answer for approval.
    Submit,
    /// Sends an answer back to whoever wrote it.
    SendBack,
    /// Approves an answer: it is given.
    Approve,
    /// Ends what is no petition in the sense of the law.
    Outside,
    /// Gives it to a colleague.
    Assign,
    /// Lets its sender have the answer of another case of the same matter.
    Merge,
    /// Takes that back.
    Unmerge,
    /// Makes cases of their own of the several things that it asks.
    Split,
    /// Asks another agency to say its part, by a day.
    Help,
    /// Says of which kind it is.
    Sort,
}

/// How a case hangs together with others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ties {
    /// True while its sender gets the answer of another case.
    pub follows: bool,
    /// True while senders of others get its answer.
    pub leads: bool,
    /// True if it is a part of another.
    pub part: bool,
    /// True if it was split into parts.
    pub parted: bool,
    /// True while a part of it has no answer.
    pub waits: bool,
}

/// What its sender does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Writes something.
    Reply,
    /// Says whether the answer helped.
    Rate,
    /// Is not content.
    Reopen,
    /// Takes it back.
    Withdraw,
}

/// How a case stands.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Its state.
    pub state: State,
    /// Who took it on.
    pub handler: Option<Uuid>,
    /// Who wrote the answer that waits.
    pub writer: Option<Uuid>,
    /// How often it was extended, and how often it may be.
    pub extended: (u32, u32),
    /// True if another agency handed it over.
    pub handed: bool,
    /// True while it may be given back.
    pub returnable: bool,
    /// Who gave it to its handler, if that was the last that happened to it: they may take that back.
    pub given_by: Option<Uuid>,
    /// True while it is being handed over to another node: only one thing is done with it, and that is waiting.
    pub handing: bool,
    /// True while its sender may rate it, and has not.
    pub ratable: bool,
    /// True while its sender may reopen it, and has not.
    pub reopenable: bool,
    /// How it hangs together with others.
    pub ties: Ties,
}

/// Who acts.
#[derive(Clone, Copy, Debug)]
pub struct By {
    /// The person.
    pub account: Uuid,
    /// May handle petitions.
    pub handles: bool,
    /// May approve answers.
    pub approves: bool,
    /// Leads the agency.
    pub leads: bool,
}

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It has ended, or is answered.
    Over,
    /// The person's roles do not cover it.
    Role,
    /// Somebody else has taken it on.
    Taken,
    /// It must be taken on first.
    Unclaimed,
    /// An answer waits for approval.
    InReview,
    /// No answer waits.
    NoAnswer,
    /// Nobody approves their own answer.
    Own,
    /// It was extended as often as the rule allows.
    TooOften,
    /// Nobody handed it over, or the time to give it back is over.
    NotReturnable,
    /// The time for it is over, or it was done already.
    Late,
    /// It is being handed over.
    Handing,
    /// It gets the answer of another.
    Follows,
    /// It hangs together with others already.
    Tied,
    /// It gets no other's answer.
    Untied,
    /// Its parts come first.
    Parts,
}
