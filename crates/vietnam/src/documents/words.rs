//! Status and reasons in words, Vietnamese and English, as pages and records show them.

use jiff::civil::Date;

use super::{Act, Doubt, Effect, Reason, Standing, Status};

impl Status {
    /// Its word in data: `in_force_changed`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Status::NotYet => "not_yet",
            Status::InForce => "in_force",
            Status::InForceChanged => "in_force_changed",
            Status::Suspended => "suspended",
            Status::Expired => "expired",
            Status::Repealed => "repealed",
            Status::Replaced => "replaced",
            Status::Ended => "ended",
            Status::Unknown => "unknown",
        }
    }

    /// `còn hiệu lực`, in the words of the law.
    #[must_use]
    pub fn vi(self) -> &'static str {
        match self {
            Status::NotYet => "chưa có hiệu lực",
            Status::InForce => "còn hiệu lực",
            Status::InForceChanged => "còn hiệu lực, đã có thay đổi",
            Status::Suspended => "ngưng hiệu lực",
            Status::Expired => "hết hiệu lực",
            Status::Repealed => "bị bãi bỏ",
            Status::Replaced => "hết hiệu lực, bị thay thế",
            Status::Ended => "hết hiệu lực theo văn bản khác",
            Status::Unknown => "chưa xác định được hiệu lực",
        }
    }

    /// `in force`.
    #[must_use]
    pub fn en(self) -> &'static str {
        match self {
            Status::NotYet => "not yet in force",
            Status::InForce => "in force",
            Status::InForceChanged => "in force, changed",
            Status::Suspended => "suspended",
            Status::Expired => "expired",
            Status::Repealed => "repealed",
            Status::Replaced => "replaced",
            Status::Ended => "ended by another document",
            Status::Unknown => "not known",
        }
    }
}

impl Effect {
    /// What is done, said of the document that does it: `thay thế`.
    #[must_use]
    pub fn does_vi(self) -> &'static str {
        match self {
            Effect::Replaces => "thay thế",
            Effect::Repeals => "bãi bỏ",
            Effect::RepealsInPart => "bãi bỏ một phần",
            Effect::Suspends => "ngưng hiệu lực",
            Effect::SuspendsInPart => "ngưng hiệu lực một phần",
            Effect::Amends => "sửa đổi, bổ sung",
            Effect::Corrects => "đính chính",
            Effect::Ends => "thay thế, bãi bỏ, hủy bỏ hoặc đình chỉ",
            Effect::EndsInPart => "thay thế, bãi bỏ, hủy bỏ hoặc đình chỉ một phần",
            Effect::AmendsOrCorrects => "sửa đổi, bổ sung hoặc đính chính",
            Effect::Implements => "hướng dẫn",
            Effect::BasedOn => "căn cứ",
            Effect::RefersTo => "dẫn chiếu",
        }
    }

    /// The same in English: `replaces`.
    #[must_use]
    pub fn does_en(self) -> &'static str {
        match self {
            Effect::Replaces => "replaces",
            Effect::Repeals => "repeals",
            Effect::RepealsInPart => "repeals parts of",
            Effect::Suspends => "suspends",
            Effect::SuspendsInPart => "suspends parts of",
            Effect::Amends => "amends",
            Effect::Corrects => "corrects",
            Effect::Ends => "replaces, repeals, annuls or suspends",
            Effect::EndsInPart => "replaces, repeals, annuls or suspends parts of",
            Effect::AmendsOrCorrects => "amends or corrects",
            Effect::Implements => "gives guidance on",
            Effect::BasedOn => "rests on",
            Effect::RefersTo => "refers to",
        }
    }

    /// What was done, said of the document that it was done to: `bị thay thế bởi`.
    #[must_use]
    pub fn done_vi(self) -> &'static str {
        match self {
            Effect::Replaces => "bị thay thế bởi",
            Effect::Repeals => "bị bãi bỏ bởi",
            Effect::RepealsInPart => "bị bãi bỏ một phần bởi",
            Effect::Suspends => "bị ngưng hiệu lực bởi",
            Effect::SuspendsInPart => "bị ngưng hiệu lực một phần bởi",
            Effect::Amends => "được sửa đổi, bổ sung bởi",
            Effect::Corrects => "được đính chính bởi",
            Effect::Ends => "bị thay thế, bãi bỏ, hủy bỏ hoặc đình chỉ bởi",
            Effect::EndsInPart => "bị thay thế, bãi bỏ, hủy bỏ hoặc đình chỉ một phần bởi",
            Effect::AmendsOrCorrects => "được sửa đổi, bổ sung hoặc đính chính bởi",
            Effect::Implements => "được hướng dẫn bởi",
            Effect::BasedOn => "là căn cứ của",
            Effect::RefersTo => "được dẫn chiếu bởi",
        }
    }

    /// The same in English: `replaced by`.
    #[must_use]
    pub fn done_en(self) -> &'static str {
        match self {
            Effect::Replaces => "replaced by",
            Effect::Repeals => "repealed by",
            Effect::RepealsInPart => "repealed in part by",
            Effect::Suspends => "suspended by",
            Effect::SuspendsInPart => "suspended in part by",
            Effect::Amends => "amended by",
            Effect::Corrects => "corrected by",
            Effect::Ends => "replaced, repealed, annulled or suspended by",
            Effect::EndsInPart => "replaced, repealed, annulled or suspended in part by",
            Effect::AmendsOrCorrects => "amended or corrected by",
            Effect::Implements => "guided by",
            Effect::BasedOn => "the basis of",
            Effect::RefersTo => "referred to by",
        }
    }
}

impl Reason {
    /// In one clause: `bị thay thế bởi 164/2013/TT-BTC từ ngày 01/01/2014`.
    #[must_use]
    pub fn vi(&self) -> String {
        match self {
            Reason::IssuedOn(day) => format!("ban hành ngày {}", day_vi(*day)),
            Reason::EffectiveOn(day) => format!("có hiệu lực từ ngày {}", day_vi(*day)),
            Reason::ExpiredOn(day) => format!("hết hiệu lực từ ngày {} theo chính văn bản", day_vi(*day)),
            Reason::Act(act) => act_vi(act),
        }
    }

    /// The same in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Reason::IssuedOn(day) => format!("issued on {day}"),
            Reason::EffectiveOn(day) => format!("in force from {day}"),
            Reason::ExpiredOn(day) => format!("out of force from {day} by its own terms"),
            Reason::Act(act) => act_en(act),
        }
    }
}

impl Doubt {
    /// In one clause, with what a person should look at.
    #[must_use]
    pub fn vi(&self) -> String {
        match self {
            Doubt::NoEffectiveDay => "chưa rõ ngày có hiệu lực: cần xem lại văn bản".to_owned(),
            Doubt::EffectiveBeforeIssue(day) => {
                format!("ngày có hiệu lực {} trước ngày ban hành: cần xem lại", day_vi(*day))
            }
            Doubt::ActWithoutDay(act) => format!("{}: chưa rõ từ ngày nào", act_vi(act)),
            Doubt::ActOlderThanDocument(act) => {
                format!("nguồn ghi {}, nhưng văn bản đó ban hành trước: không tính, cần xem lại", act_vi(act))
            }
            Doubt::WhichOfSeveral(act) => {
                format!("{}: nhiều văn bản cùng số này, chưa rõ văn bản nào", act_vi(act))
            }
        }
    }

    /// The same in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Doubt::NoEffectiveDay => "its first day in force is not known: look into the text".to_owned(),
            Doubt::EffectiveBeforeIssue(day) => {
                format!("its first day in force, {day}, lies before its issue: look again")
            }
            Doubt::ActWithoutDay(act) => format!("{}: from which day is not known", act_en(act)),
            Doubt::ActOlderThanDocument(act) => {
                format!("the source says {}, which is older: left out, look again", act_en(act))
            }
            Doubt::WhichOfSeveral(act) => {
                format!("{}: several documents bear this number, which one is not known", act_en(act))
            }
        }
    }
}

impl Standing {
    /// In one sentence: `Ngày 01/01/2014: hết hiệu lực, bị thay thế (bị thay thế bởi …).`
    #[must_use]
    pub fn vi(&self) -> String {
        let reasons: Vec<String> = self.reasons.iter().map(Reason::vi).collect();
        sentence(&format!("Ngày {}", day_vi(self.day)), self.status.vi(), &reasons)
    }

    /// The same in English.
    #[must_use]
    pub fn en(&self) -> String {
        let reasons: Vec<String> = self.reasons.iter().map(Reason::en).collect();
        sentence(&format!("On {}", self.day), self.status.en(), &reasons)
    }
}

fn sentence(day: &str, status: &str, reasons: &[String]) -> String {
    match reasons {
        [] => format!("{day}: {status}."),
        reasons => format!("{day}: {status} ({}).", reasons.join("; ")),
    }
}

fn act_vi(act: &Act) -> String {
    let mut clause = format!("{} {}", act.effect.done_vi(), act.by);
    for (word, day) in [("từ ngày", act.from), ("đến trước ngày", act.until)] {
        if let Some(day) = day {
            clause.push_str(&format!(" {word} {}", day_vi(day)));
        }
    }
    clause
}

fn act_en(act: &Act) -> String {
    let mut clause = format!("{} {}", act.effect.done_en(), act.by);
    for (word, day) in [("from", act.from), ("until", act.until)] {
        if let Some(day) = day {
            clause.push_str(&format!(" {word} {day}"));
        }
    }
    clause
}

fn day_vi(day: Date) -> String {
    day.strftime("%d/%m/%Y").to_string()
}
