//! How long the keys of an account will do, said before they do not.

use jiff::{SignedDuration, Timestamp};

use super::Keys;
use crate::kind::{Kind, Words};

/// So long before a token ends that a person must renew, it is warned.
const WARNED: SignedDuration = SignedDuration::from_hours(14 * 24);

/// How the keys of an account are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Condition {
    /// They work, as far as is known.
    Fine,
    /// They are being renewed.
    Renewing,
    /// They end soon, and a person must see to it.
    Warned,
    /// They do not work: a person must give new ones.
    Dead,
}

/// The health of the keys of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// How they are.
    pub condition: Condition,
    /// When they end for good, if that is known: of those that are renewed, the refresh token.
    pub until: Option<Timestamp>,
    /// From when on it is warned.
    pub warned_from: Option<Timestamp>,
    /// For a person, in both languages.
    pub words: Words,
}

/// So long before its end an access token is renewed: while there is time for more than one try.
pub(super) fn before(kind: Kind) -> SignedDuration {
    match kind {
        // It lasts about 25 hours.
        Kind::Zalo => SignedDuration::from_hours(4),
        // An hour.
        _ => SignedDuration::from_mins(10),
    }
}

impl Keys {
    /// How the keys are at a time.
    #[must_use]
    pub fn health(&self, kind: Kind, now: Timestamp) -> Health {
        let tokens = &self.secrets.tokens;
        let until = if self.renews(kind) { tokens.refresh_until } else { tokens.access_until };
        let warned_from = until.map(|until| until.saturating_sub(WARNED).unwrap_or(Timestamp::MIN));
        let over = until.is_some_and(|until| until <= now);
        let (condition, vi, en) = if self.dead.is_some() || over {
            (
                Condition::Dead,
                "Mã truy cập không còn dùng được: cấp lại ở dịch vụ rồi nhập mã mới.",
                "The keys do not work any more: grant access at the service and enter the new ones.",
            )
        } else if warned_from.is_some_and(|from| from <= now) {
            (
                Condition::Warned,
                "Mã truy cập sắp hết hạn: cấp lại ở dịch vụ rồi nhập mã mới trước ngày đó.",
                "The keys end soon: grant access at the service and enter new ones before that day.",
            )
        } else if self.asking.is_some() {
            (Condition::Renewing, "Đang tự gia hạn mã truy cập.", "The keys are being renewed.")
        } else {
            (Condition::Fine, "Mã truy cập còn dùng được.", "The keys work.")
        };
        Health { condition, until, warned_from, words: Words::new(vi, en) }
    }
}
