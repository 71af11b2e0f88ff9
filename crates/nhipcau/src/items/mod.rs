//! Items: what is published. Issued in editions, corrected, withdrawn, erased.
//!
//! What stands is a fold over the logs (`fold`), the same for our own entries and for those of others.
//! `kinds` are what may be published, `store` remembers, `body` makes HTML that is safe to show, `publish` is the door for those who issue, `desk`
//! writes what they hand in.

pub mod body;
pub mod content;
pub mod desk;
pub mod difference;
pub mod digest;
pub mod draft;
pub mod feeds;
pub mod fold;
pub mod front_matter;
pub mod kinds;
pub mod meta;
pub mod once;
pub mod pages;
pub mod paste;
pub mod publish;
pub mod refold;
pub mod seen;
pub mod store;
pub mod tables;
pub mod view;

use network::content::{Item, Layer};
use network::entry::{Act, Withdrawal};
use serde::{Deserialize, Serialize};

/// How an item stands now. Greater is more severe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// In its newest edition.
    Standing,
    /// Readable under a banner.
    Withdrawn,
    /// Not readable any more.
    Gone,
    /// Its content has vanished; final.
    Erased,
}

impl State {
    /// The word that is stored.
    pub fn word(self) -> &'static str {
        match self {
            State::Standing => "standing",
            State::Withdrawn => "withdrawn",
            State::Gone => "gone",
            State::Erased => "erased",
        }
    }

    /// The state behind a stored word.
    pub fn of(word: &str) -> Option<State> {
        [State::Standing, State::Withdrawn, State::Gone, State::Erased].into_iter().find(|s| s.word() == word)
    }
}

impl From<Withdrawal> for State {
    fn from(mode: Withdrawal) -> State {
        match mode {
            Withdrawal::Banner => State::Withdrawn,
            Withdrawal::Gone => State::Gone,
        }
    }
}

impl From<Act> for State {
    fn from(act: Act) -> State {
        match act {
            Act::Withdraw { mode } => mode.into(),
            Act::Erase => State::Erased,
        }
    }
}

/// How an item stands after its own issuer's last word and the orders of those above it.
///
/// An order holds for good: the issuer of an item that was ordered away issues a new item.
pub fn standing(own: State, orders: impl IntoIterator<Item = State>) -> State {
    orders.into_iter().fold(own, State::max)
}

/// Where an item was taken from whose own agency has not signed it.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct Carried {
    /// The host.
    pub site: String,
    /// The address there.
    pub url: String,
    /// When it was read there.
    pub at: jiff::Timestamp,
}

impl Carried {
    /// Where a document says it was taken from, if it is carried.
    pub fn of(item: &Item) -> Option<Carried> {
        let source = item.source.as_ref()?;
        let taken = source.taken.as_ref()?;
        Some(Carried { site: source.site()?.to_string(), url: source.url.clone()?, at: taken.at })
    }
}

/// What lists show of an item without opening its text.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct Card {
    /// Title in its language.
    pub title: String,
    /// English title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title_en: Option<String>,
    /// The language of the title and the text (BCP 47); empty for Vietnamese.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub lang: String,
    /// The languages into which it is translated (BCP 47).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub langs: Vec<String>,
    /// Summary.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// Number and symbol.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Form, for example `Nghị định`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// The body that issued the document, as printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// Day of issue, ISO 8601.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued: Option<jiff::civil::Date>,
    /// Day from which it is in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective: Option<jiff::civil::Date>,
    /// Last day on which it is in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<jiff::civil::Date>,
    /// Mark of urgency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub urgency: Option<String>,
    /// True for a demonstration's sample.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sample: bool,
    /// Set if it is carried from a site whose agency has not signed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carried: Option<Carried>,
    /// True if there is no text, only a description.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub bare: bool,
}

impl From<&Item> for Card {
    fn from(item: &Item) -> Card {
        Card {
            title: item.title.clone(),
            title_en: item
                .title_en
                .clone()
                .or_else(|| item.translation("en").map(|english| english.title.clone())),
            langs: item.translations.iter().map(|translation| translation.lang.clone()).collect(),
            lang: Some(item.lang.clone()).filter(|lang| lang != "vi").unwrap_or_default(),
            summary: item.summary.clone(),
            number: item.number.clone(),
            form: item.form.clone(),
            agency: item.agency.clone(),
            issued: item.issued,
            effective: item.effective,
            expires: item.expires,
            urgency: item.urgency.map(|u| u.word().to_owned()),
            sample: item.sample,
            carried: Carried::of(item),
            bare: item.body.layer == Layer::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_from_above_outlasts_a_new_edition() {
        assert_eq!(standing(State::Standing, []), State::Standing);
        assert_eq!(standing(State::Standing, [State::Gone]), State::Gone);
        assert_eq!(standing(State::Erased, [State::Withdrawn]), State::Erased);
    }
}
