//! What is suggested for a message.

use std::fmt;
use std::str::FromStr;

/// What kind of message it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Phản ánh: something is wrong.
    Report,
    /// Kiến nghị: something should be done.
    Proposal,
    /// Hỏi đáp: a question.
    Question,
    /// Góp ý: an opinion on rules or drafts.
    Opinion,
    /// Khen.
    Praise,
    /// Khiếu nại: a complaint by the law on complaints; explained, not registered.
    Complaint,
    /// Tố cáo: a denunciation; explained, not registered.
    Denunciation,
    /// Outside what petitions are for; where to go instead is told.
    Outside,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 8] = [
        Kind::Report,
        Kind::Proposal,
        Kind::Question,
        Kind::Opinion,
        Kind::Praise,
        Kind::Complaint,
        Kind::Denunciation,
        Kind::Outside,
    ];

    /// Its word in data.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Kind::Report => "phan_anh",
            Kind::Proposal => "kien_nghi",
            Kind::Question => "hoi_dap",
            Kind::Opinion => "gop_y",
            Kind::Praise => "khen",
            Kind::Complaint => "khieu_nai",
            Kind::Denunciation => "to_cao",
            Kind::Outside => "ngoai_pham_vi",
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Report => "Phản ánh",
            Kind::Proposal => "Kiến nghị",
            Kind::Question => "Hỏi đáp",
            Kind::Opinion => "Góp ý",
            Kind::Praise => "Khen, cảm ơn",
            Kind::Complaint => "Khiếu nại",
            Kind::Denunciation => "Tố cáo",
            Kind::Outside => "Ngoài phạm vi tiếp nhận",
        }
    }

    /// Its place in [`Kind::ALL`].
    #[must_use]
    pub fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(word: &str) -> Result<Kind, String> {
        Kind::ALL.into_iter().find(|kind| kind.id() == word).ok_or_else(|| {
            format!("kind `{word}`: phan_anh, kien_nghi, hoi_dap, gop_y, khen, khieu_nai, to_cao or ngoai_pham_vi expected")
        })
    }
}

/// The names of the degrees of urgency, from 1.
pub const URGENCIES: [&str; 5] = [
    "Có thể chờ",
    "Bình thường",
    "Nhiều người hoặc thiệt hại thật",
    "Nguy hiểm hoặc sát hạn",
    "Nguy hiểm tính mạng",
];

/// One of up to three answers to a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Its id in data.
    pub id: String,
    /// Its name in Vietnamese.
    pub name: String,
    /// How likely it is, 0 to 1, calibrated on messages that the model had not seen.
    pub confidence: f32,
}

/// The answers to one question about a message.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Answers {
    /// Up to three, the likeliest first.
    pub candidates: Vec<Candidate>,
    /// True if the first is not sure enough to act on without a person: measured precision would lie under 95 %.
    pub abstain: bool,
}

/// What is suggested for a message.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Suggestion {
    /// Its topic.
    pub field: Answers,
    /// The level of the body that must answer.
    pub level: Answers,
    /// That body.
    pub agency: Answers,
    /// What kind of message.
    pub kind: Answers,
    /// 1 to 5.
    pub urgency: Answers,
    /// The likeliest body with place and legal basis; nothing where it cannot be named.
    pub answerer: Option<Answerer>,
    /// True if it may tell of danger to life: show whom to call, before anything else. Found with high recall.
    pub danger: bool,
    /// True if it may be a complaint or a denunciation, which are explained and not registered. Found with high recall.
    pub complaint: bool,
    /// Places named in the text.
    pub places: Vec<crate::places::Mention>,
    /// Why, in Vietnamese, each a sentence.
    pub reasons: Vec<String>,
}

/// The body that must answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answerer {
    /// Its name at the place, or its generic name.
    pub name: String,
    /// The documents that give it the task.
    pub legal_basis: String,
    /// What to know or check; may be empty.
    pub note: String,
    /// Where to go instead, for what is not handled as a petition.
    pub outside: Option<String>,
}
