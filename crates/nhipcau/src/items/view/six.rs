//! What a reader asks of any paper, each answered in one sentence with the proof behind it: who issued it, is it
//! authentic, is it complete, is it in force, since when does it stand here, what has changed.

use super::{ItemPage, Layer, Provenance, Shown};
use crate::words::{date, number};

/// A question and its answer.
pub struct Answered {
    /// The question.
    pub asks: &'static str,
    /// The answer.
    pub says: String,
    /// Where the proof stands.
    pub proof: String,
}

impl ItemPage {
    /// The six answers; none for what nobody signed.
    pub(super) fn six(&self) -> Vec<Answered> {
        let (c, shell) = (self.shell.lang.checks(), &self.shell);
        let Provenance::Signed { by, entry, origin, .. } = &self.provenance else { return Vec::new() };
        let line = |asks, says, proof: String| Answered { asks, says, proof };
        let who = match self.agency == *by {
            true => c.six_who_one(by),
            false => c.six_who_two(&self.agency, by),
        };
        let force = match &self.law {
            Some(law) => c.six_force_says(law.label(shell.lang), law.day(shell.lang)),
            None => c.six_force_none.to_owned(),
        };
        let force_proof = if self.law.is_some() { "#hieu-luc".to_owned() } else { "#kiem-tra".to_owned() };
        vec![
            line(c.six_who, who, self.verify.proof.clone()),
            line(c.six_real, c.six_real_says(number::whole(shell.lang, *entry), origin), "#kiem-tra".into()),
            line(c.six_whole, self.whole(), shell.coverage(&self.reference)),
            line(c.six_force, force, force_proof),
            line(c.six_since, self.since(), shell.coverage(&self.reference)),
            line(c.six_changed, self.changed(), shell.history(&self.reference)),
        ]
    }

    fn whole(&self) -> String {
        let c = self.shell.lang.checks();
        let n = |count: usize| number::whole(self.shell.lang, count as u64);
        match (self.span.stored.lacking as usize, self.layer, self.files.len()) {
            (0, Layer::MetadataOnly, _) => c.six_whole_bare.to_owned(),
            (0, Layer::Digitised, _) => c.six_whole_scanned.to_owned(),
            (0, Layer::Issued, 0) => c.six_whole_text.to_owned(),
            (0, Layer::Issued, files) => c.six_whole_files(n(files)),
            (lacking, _, _) => c.six_whole_lacking(n(lacking)),
        }
    }

    fn since(&self) -> String {
        let (c, lang) = (self.shell.lang.checks(), self.shell.lang);
        let (good, of) = self.coverage.unwrap_or_default();
        let at = |at| date::in_sentence(lang, at, self.shell.now);
        match self.span.shown {
            Shown::Since(since) => {
                c.six_since_says(at(since), number::whole(lang, good.into()), number::whole(lang, of.into()))
            }
            Shown::Removed(since) => c.six_since_gone(at(since)),
            Shown::Awaited | Shown::Failed => c.six_since_not.to_owned(),
        }
    }

    fn changed(&self) -> String {
        let c = self.shell.lang.checks();
        match self.notice_lines().into_iter().next() {
            Some(notice) => notice.says,
            None if self.editions <= 1 => c.six_changed_none.to_owned(),
            None => c.six_changed_says(self.editions),
        }
    }
}
