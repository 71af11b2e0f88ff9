//! How long and how much, in the few words of a list and of the first sentence. What the source does not say, or says differently for each
//! way, is told as that.

use serde::{Deserialize, Serialize};
use vietnam::procedures::{Channel, Term};
use vietnam::working_time::Period;

use super::told::{Fee, Procedure};
use crate::words::Lang;

/// A fee of at most so many characters stands in a sentence; a longer one is read further down.
const SHORT_FEE: usize = 40;

/// The same for every way, or told way by way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brief {
    /// The shortest period of any way, in Vietnamese as [`Term`] writes it; empty if none is said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub least: String,
    /// The longest.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub most: String,
    /// True if periods of different kinds are said, or something that is no period.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mixed: bool,
    /// The fee in few words: empty if none is said, or if it must be read way by way.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fee: String,
    /// True if nothing is to be paid by any way.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub free: bool,
    /// True if a fee is said that differs by way, or needs more words.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fees: bool,
    /// True if it may be handed in over the network.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub online: bool,
}

impl Brief {
    /// What the ways of a procedure have in common.
    pub fn of(procedure: &Procedure) -> Brief {
        let mut brief = Brief::default();
        let said: Vec<_> = procedure.offers.iter().filter(|offer| !offer.time.is_empty()).collect();
        let mut terms: Vec<Term> = said.iter().filter_map(|offer| offer.term).collect();
        terms.sort_by_key(|term| size(*term));
        let alike = terms.windows(2).all(|pair| size(pair[0]).0 == size(pair[1]).0);
        brief.mixed = !alike || terms.len() < said.len();
        if let (Some(least), Some(most), false) = (terms.first(), terms.last(), brief.mixed) {
            (brief.least, brief.most) = (least.to_string(), most.to_string());
        }
        let mut fees: Vec<&Fee> =
            procedure.offers.iter().map(|offer| &offer.fee).filter(|fee| **fee != Fee::Unsaid).collect();
        fees.dedup();
        // Free by one way and unsaid by another is not free.
        let unsaid = procedure.offers.iter().any(|offer| offer.fee == Fee::Unsaid);
        match fees[..] {
            [] => {}
            [Fee::Free] if !unsaid => brief.free = true,
            [Fee::Said(text)] if !unsaid && text.chars().count() <= SHORT_FEE => brief.fee = text.clone(),
            _ => brief.fees = true,
        }
        brief.online = procedure.channels().contains(&Channel::Online);
        brief
    }

    /// The one period of all ways, if they agree.
    pub fn term(&self) -> Option<Term> {
        Term::read(&self.most).filter(|_| self.least == self.most)
    }

    /// How long: `trong 20 ngày làm việc`.
    pub fn time(&self, lang: Lang) -> String {
        let w = lang.procedures();
        let word = |text: &str| match (lang, Term::read(text)) {
            (Lang::En, Some(term)) => term.en(),
            _ => text.to_owned(),
        };
        match (self.mixed, self.most.is_empty()) {
            (true, _) => w.time_by_way.to_owned(),
            (_, true) => w.time_unsaid.to_owned(),
            _ if self.least == self.most => w.time_in(word(&self.most)),
            _ => w.time_between(word(&self.least), word(&self.most)),
        }
    }

    /// What a list says of both: nothing where it must be read way by way, or is not said.
    pub fn short(&self, lang: Lang) -> Vec<String> {
        let time = (!self.most.is_empty()).then(|| self.time(lang));
        let cost = (self.free || !self.fee.is_empty()).then(|| self.cost(lang));
        time.into_iter().chain(cost).collect()
    }

    /// How much: `không mất phí`.
    pub fn cost(&self, lang: Lang) -> String {
        let w = lang.procedures();
        match (self.free, self.fees, self.fee.as_str()) {
            (true, ..) => w.fee_free.to_owned(),
            (_, true, _) => w.fee_by_way.to_owned(),
            (_, _, "") => w.fee_unsaid.to_owned(),
            (_, _, fee) => w.fee_is(fee),
        }
    }
}

/// The unit of a period, and how many of it.
fn size(term: Term) -> (u8, u32) {
    match term {
        Term::Period(Period::Hours(n)) => (0, n),
        Term::Period(Period::WorkingHours(n)) => (1, n),
        Term::Period(Period::CalendarDays(n)) => (2, n),
        Term::Period(Period::WorkingDays(n)) => (3, n),
        Term::Months(n) => (4, n),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::procedures::told::Offer;

    fn brief(offers: &[(&str, &str)]) -> Brief {
        let offer = |(time, fee): &(&str, &str)| Offer {
            channel: Channel::Direct,
            term: Term::read(time),
            time: (*time).to_owned(),
            fee: Fee::read(fee),
            note: String::new(),
        };
        Brief::of(&Procedure {
            code: String::new(),
            levels: Default::default(),
            field: String::new(),
            audience: String::new(),
            authority: String::new(),
            anywhere: None,
            offers: offers.iter().map(offer).collect(),
            papers: Vec::new(),
            result: String::new(),
            url: None,
            decision: String::new(),
            basis: Vec::new(),
            mentioned: Vec::new(),
        })
    }

    fn says(offers: &[(&str, &str)]) -> String {
        let brief = brief(offers);
        format!("{}, {}", brief.time(Lang::Vi), brief.cost(Lang::Vi))
    }

    #[test]
    fn a_sentence_says_no_more_than_the_source() {
        let two = ("20 ngày làm việc", "Miễn phí");
        assert_eq!(says(&[two, two]), "trong 20 ngày làm việc, không mất phí");
        assert_eq!(
            says(&[two, ("3 ngày làm việc", "Miễn phí")]),
            "trong 3 ngày làm việc đến 20 ngày làm việc tùy cách nộp, không mất phí"
        );
        assert_eq!(says(&[two, ("20 ngày", "")]), "thời hạn xem ở từng cách nộp, phí xem ở từng cách nộp");
        assert_eq!(says(&[("5", "10.000 đồng")]), "thời hạn xem ở từng cách nộp, phí 10.000 đồng");
        assert_eq!(says(&[]), "chưa rõ thời hạn, chưa rõ phí");
        assert_eq!(brief(&[two, ("3 ngày làm việc", "")]).term(), None, "no one day to count to");
    }
}
