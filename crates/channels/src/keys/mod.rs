//! What opens an account, kept working: whether it works, until when, and its renewal.
//!
//! Pure, as [`crate::Delivery`]: [`Keys::on`] takes an event and the time. One [`Keys`] is kept for each account, sealed, since the secrets are
//! in it; whoever drives it holds the account's lock, so that one renewal is under way at a time. Promised:
//!
//! * a new token is durable before it is used, and the old one is kept until the new one has worked;
//! * a refresh token that works once (Zalo) is used once, unless nobody knows whether that use has arrived: then the same is tried again, which can
//!   do no harm, and if it is refused a person must open the account anew, which is said;
//! * what nobody can renew (a bot's token, a Page's) is said at once.

mod ask;
mod health;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::answer::{Cause, What};
use crate::call::{Call, Response};
use crate::kind::Kind;
use crate::secrets::{Secrets, Tokens};

pub use health::{Condition, Health};

/// The first and the longest wait before a renewal is tried again, in milliseconds.
const BACK_OFF: (u64, u64) = (30_000, 3_600_000);

/// So often a renewal is tried before a person is told. It goes on being tried.
const PATIENT: u32 = 5;

/// What is asked of a service about an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// New tokens.
    Renew,
    /// Whether the tokens work: changes nothing.
    Prove,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// New tokens.
    New(Tokens),
    /// They work, until then if that is said.
    Works {
        /// Until when.
        until: Option<Timestamp>,
    },
    /// They do not.
    Refused(Cause),
    /// It was certainly not done; ask again.
    Later {
        /// In so many milliseconds, if the service says so.
        after: Option<u64>,
        /// Why.
        cause: Cause,
    },
    /// Nobody knows.
    Doubt(Cause),
}

/// What happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyEvent {
    /// A delivery found that the token does not work, or it is time ([`Keys::due`]).
    Wanted,
    /// The service has answered the call of a [`KeyAction::Call`]; nothing answered counts as [`Said::Doubt`], a call that was not made as
    /// [`Said::Later`].
    Said {
        /// Of the call.
        attempt: u64,
        /// What.
        said: Said,
    },
    /// A person has given new secrets.
    Given(Box<Secrets>),
    /// The process has started again.
    Restarted,
    /// Time has passed.
    Tick,
}

/// What is to be done, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyAction {
    /// Seal and keep the keys; durable before the next action.
    Save,
    /// Make the call of [`Keys::call`], and say what came of it, once.
    Call {
        /// Names the call.
        attempt: u64,
        /// What is asked.
        ask: Ask,
    },
    /// The keys work: tell every delivery of the account that waits for them.
    Renewed,
    /// A person must: tell them, and every delivery that waits.
    NotRenewed(Cause),
    /// Say [`KeyEvent::Tick`] at this time.
    Wake {
        /// When.
        at: Timestamp,
    },
}

/// What opens an account, and how its renewal stands. Serialised to be sealed, and for nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    secrets: Secrets,
    /// The tokens before these, until these have worked.
    spare: Option<Tokens>,
    asking: Option<Ask>,
    under_way: bool,
    attempt: u64,
    tries: u32,
    /// A use of the refresh token may have arrived, and its answer was lost.
    doubt: bool,
    due: Option<Timestamp>,
    /// Why a person must give new secrets.
    dead: Option<Cause>,
}

impl Keys {
    /// The keys that a person has given.
    #[must_use]
    pub fn new(secrets: Secrets) -> Keys {
        Keys {
            secrets,
            spare: None,
            asking: None,
            under_way: false,
            attempt: 0,
            tries: 0,
            doubt: false,
            due: None,
            dead: None,
        }
    }

    /// What opens the account now.
    #[must_use]
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// The call of an [`KeyAction::Call`], or of a person who wants to know whether the account works.
    ///
    /// # Errors
    /// What the account or its secrets lack for it.
    pub fn call(&self, ask: Ask, account: &Account) -> Result<Call, Cause> {
        ask::call(ask, account, &self.secrets)
    }

    /// What an answer says. Never panics, whatever the answer.
    #[must_use]
    pub fn read(&self, ask: Ask, account: &Account, response: &Response, now: Timestamp) -> Said {
        ask::read(ask, account, &self.secrets, response, now)
    }

    /// When it is time to renew by itself; none where nothing is to be renewed.
    #[must_use]
    pub fn due(&self, kind: Kind) -> Option<Timestamp> {
        let until = self.secrets.tokens.access_until.filter(|_| self.renews(kind) && self.dead.is_none())?;
        Some(until.saturating_sub(health::before(kind)).unwrap_or(Timestamp::MIN))
    }

    /// True if new tokens can be asked for.
    fn renews(&self, kind: Kind) -> bool {
        let refresh = self.secrets.tokens.refresh.as_ref().is_some_and(|refresh| !refresh.is_empty());
        matches!(kind, Kind::Zalo | Kind::YouTube) && refresh
    }

    /// Takes an event at a time and answers with what is to be done.
    pub fn on(&mut self, event: KeyEvent, account: &Account, now: Timestamp) -> Vec<KeyAction> {
        let before = self.clone();
        let mut told = Vec::new();
        match event {
            KeyEvent::Wanted => self.wanted(account.kind, now, &mut told),
            KeyEvent::Said { attempt, said } if self.under_way && attempt == self.attempt => {
                self.under_way = false;
                self.said(said, now, &mut told);
            }
            KeyEvent::Said { .. } | KeyEvent::Tick => {}
            KeyEvent::Given(secrets) => {
                *self = Keys { attempt: self.attempt, ..Keys::new(*secrets) };
                (self.asking, self.due) = (Some(Ask::Prove), Some(now));
            }
            KeyEvent::Restarted => {
                if std::mem::take(&mut self.under_way) {
                    self.doubt |= self.asking == Some(Ask::Renew);
                    self.due = Some(now);
                }
            }
        }
        let call = self.go(now);
        let mut actions = Vec::new();
        if *self != before {
            actions.push(KeyAction::Save);
        }
        actions.extend(call.map(|ask| KeyAction::Call { attempt: self.attempt, ask }));
        actions.extend(told);
        if let (false, Some(at)) = (self.under_way, self.due) {
            actions.push(KeyAction::Wake { at });
        }
        actions
    }

    fn wanted(&mut self, kind: Kind, now: Timestamp, told: &mut Vec<KeyAction>) {
        if let Some(cause) = &self.dead {
            told.push(KeyAction::NotRenewed(cause.clone()));
        } else if self.asking.is_some() {
            // It is under way.
        } else if self.renews(kind) {
            (self.asking, self.due, self.tries) = (Some(Ask::Renew), Some(now), 0);
        } else {
            self.died(Cause::new(What::Token, ""), told);
        }
    }

    fn go(&mut self, now: Timestamp) -> Option<Ask> {
        let ask = self.asking.filter(|_| !self.under_way && self.due.is_none_or(|due| due <= now))?;
        self.attempt = self.attempt.saturating_add(1);
        (self.under_way, self.due) = (true, None);
        Some(ask)
    }

    fn said(&mut self, said: Said, now: Timestamp, told: &mut Vec<KeyAction>) {
        match (self.asking, said) {
            (Some(Ask::Renew), Said::New(tokens)) => {
                self.spare = Some(std::mem::replace(&mut self.secrets.tokens, tokens));
                (self.asking, self.due, self.tries, self.doubt) = (Some(Ask::Prove), Some(now), 0, false);
            }
            (Some(Ask::Prove), Said::Works { until }) => {
                if until.is_some() {
                    self.secrets.tokens.access_until = until;
                }
                (self.spare, self.asking, self.due, self.tries, self.dead) = (None, None, None, 0, None);
                told.push(KeyAction::Renewed);
            }
            (Some(Ask::Prove), Said::Refused(cause)) => {
                // The new one never worked: what was before is all that there is.
                if let Some(old) = self.spare.take() {
                    self.secrets.tokens = old;
                }
                self.died(cause, told);
            }
            (_, Said::Refused(cause)) => {
                let code = if self.doubt { format!("{} lost", cause.code) } else { cause.code };
                self.died(Cause::new(What::Token, code), told);
            }
            (asking, Said::Later { after, cause }) => self.again(asking, after, cause, now, told),
            (asking, Said::Doubt(cause)) => {
                self.doubt |= asking == Some(Ask::Renew);
                self.again(asking, None, cause, now, told);
            }
            // An answer to another question: asked again.
            (asking, Said::New(_) | Said::Works { .. }) => {
                self.again(asking, None, Cause::new(What::Unreadable, ""), now, told);
            }
        }
    }

    fn again(
        &mut self,
        asking: Option<Ask>,
        after: Option<u64>,
        cause: Cause,
        now: Timestamp,
        told: &mut Vec<KeyAction>,
    ) {
        let wait = BACK_OFF.0.saturating_mul(1 << self.tries.min(32)).min(BACK_OFF.1).max(after.unwrap_or(0));
        self.tries = self.tries.saturating_add(1);
        self.asking = asking;
        let wait = SignedDuration::from_millis(i64::try_from(wait).unwrap_or(i64::MAX));
        self.due = Some(now.saturating_add(wait).unwrap_or(Timestamp::MAX));
        if self.tries == PATIENT {
            told.push(KeyAction::NotRenewed(cause));
        }
    }

    fn died(&mut self, cause: Cause, told: &mut Vec<KeyAction>) {
        (self.asking, self.due, self.dead) = (None, None, Some(cause.clone()));
        told.push(KeyAction::NotRenewed(cause));
    }
}
