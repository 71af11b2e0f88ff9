//! The page of results.

use ::search::names::Before;
use askama::Template;
use jiff::civil::Date;

use super::State;
use super::facets::Group;
use super::find::Passage;
use crate::items::view::ItemRow;
use crate::web::shell::Shell;
use crate::words::{SearchWords, date, number};

/// Results on a page.
pub const A_PAGE: usize = 10;
/// Pages of one search.
pub const PAGES: usize = 20;

/// A result.
pub struct Hit {
    /// The item as every list shows it.
    pub row: ItemRow,
    /// Why it was found.
    pub passages: Vec<Passage>,
    /// The path of the page on which it is read at this portal, at the passage's article where it has one.
    pub places: Vec<String>,
}

/// What a search is narrowed by, and how to take it off.
pub struct Chosen {
    /// What it says.
    pub label: String,
    /// The same search without it.
    pub href: String,
}

/// A form keeps what was chosen before.
pub struct Kept {
    /// Its name in the query.
    pub name: &'static str,
    /// Its value.
    pub value: String,
}

/// A choice, with the address to which it leads.
pub struct Link {
    /// The address.
    pub href: String,
    /// What it says.
    pub label: String,
    /// How many results it leaves.
    pub count: usize,
}

/// `/tim-kiem`
#[derive(Template)]
#[template(path = "search/page.html")]
pub struct ResultsPage {
    /// The frame.
    pub shell: Shell,
    /// What was typed.
    pub text: String,
    /// The results.
    pub hits: Vec<Hit>,
    /// How many there are.
    pub total: usize,
    /// True if there may be more.
    pub more: bool,
    /// How search is.
    pub state: State,
    /// What was probably meant, and the search for it.
    pub meant: Option<(String, String)>,
    /// Names of before that were typed.
    pub before: Vec<Before>,
    /// True if only the beginning was searched for.
    pub cut: bool,
    /// What it can be narrowed by.
    pub groups: Vec<(String, Vec<Link>)>,
    /// What it is narrowed by.
    pub chosen: Vec<Chosen>,
    /// What the form of days keeps.
    pub kept: Vec<Kept>,
    /// The first and the last day of issue, and the day in force, as they were given.
    pub days: [Option<Date>; 3],
    /// The two orders: address, whether it is the one in use.
    pub orders: [(String, bool); 2],
    /// The page before and the page after.
    pub around: [Option<String>; 2],
    /// The search without anything that narrows it.
    pub plain: String,
}

impl ResultsPage {
    /// Search's own words.
    pub fn s(&self) -> &'static SearchWords {
        self.shell.lang.search()
    }

    /// How many results there are.
    pub fn count(&self) -> String {
        let n = number::whole(self.shell.lang, self.total as u64);
        match (self.total, self.more) {
            (_, true) => self.s().count_more(n),
            (1, false) => self.s().count_one.to_owned(),
            (_, false) => self.s().count(n),
        }
    }

    /// What is said of search itself, if anything.
    pub fn trouble(&self) -> Option<String> {
        match self.state {
            State::Ready => None,
            State::Building(left) => Some(self.s().building(number::whole(self.shell.lang, left))),
            State::Away => Some(self.s().away.to_owned()),
        }
    }

    /// What a name of before is today.
    pub fn today(&self, before: &Before) -> String {
        match before.new.is_empty() {
            true => self.s().before_many(&before.old),
            false => self.s().before(&before.old, before.new.join("; ")),
        }
    }

    /// A day as a form has it.
    pub fn day(&self, at: usize) -> String {
        self.days[at].map(|day| day.to_string()).unwrap_or_default()
    }

    /// True if days narrow the search: their form is then open.
    pub fn timed(&self) -> bool {
        self.days.iter().any(Option::is_some)
    }
}

/// The choices of groups as links.
pub fn links(groups: Vec<Group>, href: impl Fn(&str) -> String) -> Vec<(String, Vec<Link>)> {
    let link = |choice: super::facets::Choice| Link {
        href: href(&choice.facet),
        label: choice.label,
        count: choice.count,
    };
    groups.into_iter().map(|group| (group.label, group.choices.into_iter().map(link).collect())).collect()
}

/// A day in a sentence about what narrows the search.
pub fn day_label(shell: &Shell, at: usize, day: Date) -> String {
    let (s, day) = (shell.lang.search(), date::date(shell.lang, day));
    match at {
        0 => s.since(day),
        1 => s.until(day),
        _ => s.in_force_on(day),
    }
}
