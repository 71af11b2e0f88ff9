//! What a visitor or a caller may see when something fails.
//!
//! Everything else is logged once, where the answer is made, under a code that the visitor can quote.

pub mod json;

use network::names::Origin;

use crate::db::WriteError;
use crate::db::trouble::Trouble;
use crate::words::Lang;

/// A refusal or a failure, fit to be shown in both languages.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// There is no such thing here.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// It was here and must not be shown any more.
    #[error("it is no longer shown")]
    Gone,
    /// The caller may not do this.
    #[error("{en}")]
    Forbidden {
        /// In Vietnamese.
        vi: String,
        /// In English.
        en: String,
    },
    /// The request is understood and refused; the state of things is against it.
    #[error("{en}")]
    Refused {
        /// In Vietnamese.
        vi: String,
        /// In English.
        en: String,
    },
    /// The request is malformed; each fault names a field.
    #[error("{}", faults(.0))]
    Invalid(Vec<Fault>),
    /// Not now: repeat later.
    #[error("{en}")]
    NotNow {
        /// In Vietnamese.
        vi: String,
        /// In English.
        en: String,
    },
    /// Too often: repeat later.
    #[error("{en}")]
    TooOften {
        /// In Vietnamese.
        vi: String,
        /// In English.
        en: String,
    },
    /// Our fault. The message is for the log only.
    #[error(transparent)]
    Ours(#[from] anyhow::Error),
}

/// What is wrong with one field.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Fault {
    /// The field.
    pub field: String,
    /// What is wrong and how to mend it, in Vietnamese.
    pub vi: String,
    /// The same in English.
    pub en: String,
}

impl Fault {
    /// What is wrong with a field, in the words of each language.
    pub fn said<S: Into<String>>(field: &str, says: impl Fn(Lang) -> S) -> Fault {
        Fault { field: field.into(), vi: says(Lang::Vi).into(), en: says(Lang::En).into() }
    }

    /// What it says in a language.
    pub fn of(&self, lang: Lang) -> &str {
        match lang {
            Lang::Vi => &self.vi,
            Lang::En => &self.en,
        }
    }
}

fn faults(all: &[Fault]) -> String {
    all.iter().map(|f| format!("{}: {}", f.field, f.en)).collect::<Vec<_>>().join("; ")
}

impl Problem {
    /// One field is wrong; `why` stands in both languages.
    pub fn invalid(field: &str, why: impl Into<String>) -> Problem {
        let why = why.into();
        Problem::Invalid(vec![Fault { field: field.into(), vi: why.clone(), en: why }])
    }

    /// Refused, in both languages.
    pub fn refused(vi: impl Into<String>, en: impl Into<String>) -> Problem {
        Problem::Refused { vi: vi.into(), en: en.into() }
    }

    /// The same, with a trouble of the database or the disk said in words instead of as a fault without a name.
    pub fn told(self) -> (Problem, Option<(Trouble, anyhow::Error)>) {
        match self {
            Problem::Ours(error) => match Trouble::behind(&error) {
                Some(trouble) => (trouble.problem(), Some((trouble, error))),
                None => (Problem::Ours(error), None),
            },
            other => (other, None),
        }
    }

    /// A log of ours waits for a neighbour's word after start.
    pub fn not_yet_signing(origin: &Origin) -> Problem {
        Problem::NotNow {
            vi: format!(
                "Sổ {origin} chưa ký được: máy chủ vừa khởi động và đang chờ một máy chủ khác xác nhận bản nó đang giữ. Hãy thử lại sau ít giây; nếu kéo dài, xem trang Mạng hoặc chạy nhipcau doctor."
            ),
            en: format!(
                "{origin} may not sign yet: after its start this node waits until another node says what it holds of this log. Repeat in a few seconds; if it lasts, see the network page or run nhipcau doctor."
            ),
        }
    }

    /// A log of ours has two histories.
    pub fn frozen(origin: &Origin) -> Problem {
        Problem::Refused {
            vi: format!(
                "Sổ {origin} đã bị khóa vì có hai phiên bản lịch sử khác nhau. Xem bằng chứng ở trang Mạng và báo cơ quan cấp trên."
            ),
            en: format!(
                "{origin} is frozen because two histories of it exist. See the evidence on the network page and tell the parent agency."
            ),
        }
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Problem {
        Problem::Ours(error.into())
    }
}

impl From<WriteError> for Problem {
    fn from(error: WriteError) -> Problem {
        match error {
            WriteError::Stopped => Problem::NotNow {
                vi: "Máy chủ đang dừng; chưa có gì được thay đổi. Hãy thử lại sau ít phút.".into(),
                en: "The node is stopping; nothing was changed. Repeat in a few minutes.".into(),
            },
            WriteError::Unsigned(unsigned) => unsigned.away.problem(&unsigned.log),
            // The engine's own words are for the log; they may name paths.
            WriteError::Commit(_) => Problem::NotNow {
                vi: "Cơ sở dữ liệu không ghi được nên chưa có gì được thay đổi. Kiểm tra dung lượng đĩa và cơ sở dữ liệu (nhipcau doctor), rồi thử lại.".into(),
                en: "The database cannot write, so nothing was changed. Check disk space and the database (nhipcau doctor), then repeat.".into(),
            },
        }
    }
}
