//! One value of an item's details as HTML; `items/value.html` calls it again for what stands inside.

use askama::Template;

use super::ItemPage;
use crate::items::kinds::facts::{Fact, Shown};

/// A value and the language of the item that it is from.
#[derive(Template)]
#[template(path = "items/value.html")]
pub struct ValueView<'a> {
    /// The value.
    pub value: &'a Shown,
    /// The item's language (BCP 47).
    pub own: &'a str,
}

impl ValueView<'_> {
    fn inner<'b>(&'b self, value: &'b Shown) -> ValueView<'b> {
        ValueView { value, own: self.own }
    }
}

impl ItemPage {
    /// The facts beside their names.
    pub(super) fn short_facts(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(|fact| fact.is_short())
    }

    /// The facts that need more room.
    pub(super) fn long_facts(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(|fact| !fact.is_short())
    }

    pub(super) fn value<'a>(&'a self, fact: &'a Fact) -> ValueView<'a> {
        ValueView { value: &fact.value, own: &self.lang }
    }
}
