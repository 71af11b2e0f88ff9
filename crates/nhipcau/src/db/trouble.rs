//! When the database itself is in trouble: a full disk, a damaged page, a server that is out of reach.
//!
//! Such an error is nobody's refusal. It is told apart here once, so that a visitor reads a sentence instead
//! of a code, the writer gives the whole transaction up, and people are told even while the alarm itself
//! cannot be written down.

use std::io::ErrorKind;
use std::sync::{Arc, Mutex, PoisonError};

use super::WriteError;
use crate::problem::Problem;

/// What kind of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// There is no room left.
    Full,
    /// The engine found its own pages damaged.
    Damaged,
    /// The engine cannot write now for another reason, or cannot be reached.
    Away,
}

impl Trouble {
    /// The code under which an alarm about it stands.
    pub fn about(self) -> &'static str {
        match self {
            Trouble::Full => "disk.full",
            Trouble::Damaged => "database.damaged",
            Trouble::Away => "write",
        }
    }

    /// Which trouble lies behind an error, if one does.
    pub fn behind(error: &anyhow::Error) -> Option<Trouble> {
        error.chain().find_map(|cause| {
            if let Some(error) = cause.downcast_ref::<sqlx::Error>() {
                return Trouble::of(error);
            }
            if cause.downcast_ref::<crate::items::content::Damaged>().is_some() {
                return Some(Trouble::Damaged);
            }
            let io = cause.downcast_ref::<std::io::Error>()?;
            matches!(io.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded).then_some(Trouble::Full)
        })
    }

    /// Which trouble an engine's error is, if it is one.
    pub fn of(error: &sqlx::Error) -> Option<Trouble> {
        let coded = match error {
            sqlx::Error::Database(error) => error,
            sqlx::Error::Io(error) if error.kind() == ErrorKind::StorageFull => return Some(Trouble::Full),
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed => {
                return Some(Trouble::Away);
            }
            _ => return None,
        };
        let code = coded.code()?;
        match code.parse::<i64>() {
            // SQLite's result codes; the low byte is the primary one (sqlite.org/rescode.html). PostgreSQL's have
            // five characters, and those that are all digits do not end in these.
            Ok(number) if code.len() < 5 => match number & 0xff {
                13 => Some(Trouble::Full),
                11 | 26 => Some(Trouble::Damaged),
                8 | 10 | 14 => Some(Trouble::Away),
                _ => None,
            },
            // PostgreSQL's (appendix A of its manual).
            _ => match &*code {
                "53100" => Some(Trouble::Full),
                "XX001" | "XX002" => Some(Trouble::Damaged),
                "25006" => Some(Trouble::Away),
                other if ["53", "57", "58", "08"].iter().any(|class| other.starts_with(class)) => {
                    Some(Trouble::Away)
                }
                _ => None,
            },
        }
    }

    /// What a visitor reads.
    pub fn problem(self) -> Problem {
        let (vi, en) = match self {
            Trouble::Full => (
                "Máy chủ đã hết chỗ lưu nên chưa có gì được thay đổi; việc đọc vẫn bình thường. Quản trị cần giải phóng dung lượng đĩa (nhipcau doctor), rồi thử lại.",
                "The server's disk is full, so nothing was changed; reading goes on. Its administrator has to free space (nhipcau doctor); then repeat.",
            ),
            Trouble::Damaged => (
                "Một phần dữ liệu của máy chủ này bị hỏng nên không hiển thị; có thể đọc ở cổng khác. Quản trị cần chạy nhipcau doctor và khôi phục bản sao lưu.",
                "Part of this server's data is damaged and is not shown; read it at another portal. Its administrator has to run nhipcau doctor and restore a backup.",
            ),
            Trouble::Away => (
                "Cơ sở dữ liệu tạm thời không ghi được nên chưa có gì được thay đổi. Quản trị cần kiểm tra cơ sở dữ liệu và đĩa (nhipcau doctor), rồi thử lại.",
                "The database cannot write now, so nothing was changed. Its administrator has to look at the database and the disk (nhipcau doctor); then repeat.",
            ),
        };
        Problem::NotNow { vi: vi.into(), en: en.into() }
    }
}

/// A trouble that stands: kept in memory, for it may be the very reason why nothing can be written down.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Which.
    pub trouble: Trouble,
    /// The engine's own words.
    pub detail: String,
    /// Since when, by the node's clock, in microseconds.
    pub since: i64,
}

/// The troubles of one open database.
#[derive(Clone, Default)]
pub struct Troubles(Arc<Mutex<Vec<Standing>>>);

impl Troubles {
    /// Notes that it stands. The first time counts as its beginning.
    pub fn note(&self, trouble: Trouble, detail: String, now: i64) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match all.iter_mut().find(|standing| standing.trouble == trouble) {
            Some(standing) => standing.detail = detail,
            None => {
                tracing::error!(?trouble, detail, "the database is in trouble; run nhipcau doctor");
                all.push(Standing { trouble, detail, since: now });
            }
        }
    }

    /// A commit went well: there is room, and the engine answers. Damage stays until the next start.
    pub fn written(&self) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.is_empty() {
            all.retain(|standing| standing.trouble == Trouble::Damaged);
        }
    }

    /// Those that stand.
    pub fn standing(&self) -> Vec<Standing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Why a step is refused, able to say that the engine is the reason.
pub trait Refusal: From<WriteError> + Send + 'static {
    /// The engine's trouble behind it and its words.
    fn trouble(&self) -> Option<(Trouble, String)>;
}

impl Refusal for anyhow::Error {
    fn trouble(&self) -> Option<(Trouble, String)> {
        Trouble::behind(self).map(|trouble| (trouble, format!("{self:#}")))
    }
}

impl Refusal for Problem {
    fn trouble(&self) -> Option<(Trouble, String)> {
        match self {
            Problem::Ours(error) => error.trouble(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn a_full_disk_is_found_behind_any_context() {
        let full = std::io::Error::from(ErrorKind::StorageFull);
        let error = Err::<(), _>(full).context("keep content").unwrap_err();
        assert_eq!(Trouble::behind(&error), Some(Trouble::Full));
        assert_eq!(Trouble::behind(&anyhow::anyhow!("anything else")), None);
        assert_eq!(Trouble::of(&sqlx::Error::PoolTimedOut), Some(Trouble::Away));
        assert_eq!(Trouble::of(&sqlx::Error::RowNotFound), None);
    }

    #[test]
    fn a_commit_clears_everything_but_damage() {
        let troubles = Troubles::default();
        troubles.note(Trouble::Full, "no room".into(), 1);
        troubles.note(Trouble::Damaged, "page 7".into(), 2);
        troubles.note(Trouble::Full, "still no room".into(), 3);
        assert_eq!(troubles.standing().len(), 2);
        assert_eq!(troubles.standing()[0].since, 1);
        troubles.written();
        assert_eq!(troubles.standing().iter().map(|s| s.trouble).collect::<Vec<_>>(), [Trouble::Damaged]);
    }
}
