//! What a search is asked for, read from an address, and written into one.

use jiff::civil::Date;
use serde::Deserialize;

use super::super::find::{Asked, MOST};
use super::super::view::{A_PAGE, Kept, PAGES};
use super::HERE;
use crate::items::kinds;
use crate::problem::{Fault, Problem};
use crate::web::visitor::Visitor;
use crate::words::Lang;

/// So many facets narrow a search at most.
const FACETS: usize = 12;
/// Names of the days in an address.
const DAYS: [&str; 3] = ["tu", "den", "hieu-luc"];

/// A search on the page for people.
#[derive(Clone, Debug)]
pub struct Query {
    /// What was typed.
    pub text: String,
    /// What it is narrowed by.
    pub facets: Vec<String>,
    /// First and last day of issue, day in force.
    pub days: [Option<Date>; 3],
    /// The newest first.
    pub newest: bool,
    /// The page, from 1.
    pub page: usize,
}

impl Default for Query {
    fn default() -> Query {
        Query { text: String::new(), facets: Vec::new(), days: [None; 3], newest: false, page: 1 }
    }
}

impl Query {
    /// Reads `?q=…&loai=…&loc=…&tu=…&den=…&hieu-luc=…&xep=moi&trang=…`. What is not known is passed over; an empty value is none.
    ///
    /// # Errors
    /// A day or a page that is none, in words.
    pub fn read(visitor: &Visitor) -> Result<Query, Problem> {
        let mut query = Query::default();
        let (_, asked) = visitor.path.split_once('?').unwrap_or_default();
        for (name, value) in form_urlencoded::parse(asked.as_bytes()) {
            let value = value.trim();
            match &*name {
                "q" => query.text = value.to_owned(),
                "loai" if query.facets.len() < FACETS => {
                    query.facets.extend(kinds::of_slug(value).map(|kind| format!("kind:{}", kind.id)));
                }
                "loc" if query.facets.len() < FACETS && value.contains(':') => {
                    query.facets.push(value.to_owned())
                }
                "xep" => query.newest = value == "moi",
                "trang" => {
                    query.page =
                        value.parse().ok().filter(|page| (1..=PAGES).contains(page)).ok_or_else(bad_page)?;
                }
                name => {
                    if let Some(at) = DAYS.iter().position(|day| *day == name)
                        && !value.is_empty()
                    {
                        query.days[at] = Some(value.parse().map_err(|_| bad_day(name))?);
                    }
                }
            }
        }
        query.facets.dedup();
        Ok(query)
    }

    /// As it is asked of the index.
    pub fn asked(&self) -> Asked {
        Asked {
            text: self.text.clone(),
            facets: self.facets.clone(),
            issued: (self.days[0], self.days[1]),
            in_force: self.days[2],
            newest: self.newest,
            skip: (self.page - 1) * A_PAGE,
            most: A_PAGE,
        }
    }

    /// The same narrowed by one more.
    pub fn with(&self, facet: &str) -> Query {
        let mut query = Query { page: 1, ..self.clone() };
        // Of each sort one is chosen.
        let sort = facet.split(':').next().unwrap_or_default().to_owned() + ":";
        query.facets.retain(|other| !other.starts_with(&sort));
        query.facets.push(facet.to_owned());
        query
    }

    /// The same without one.
    pub fn without(&self, facet: &str) -> Query {
        let mut query = Query { page: 1, ..self.clone() };
        query.facets.retain(|other| other != facet);
        query
    }

    fn pairs(&self) -> Vec<Kept> {
        let mut pairs = vec![Kept { name: "q", value: self.text.clone() }];
        for facet in &self.facets {
            let kind = facet.strip_prefix("kind:").and_then(kinds::of);
            pairs.push(match kind {
                Some(kind) => Kept { name: "loai", value: kind.slug.clone() },
                None => Kept { name: "loc", value: facet.clone() },
            });
        }
        if self.newest {
            pairs.push(Kept { name: "xep", value: "moi".to_owned() });
        }
        pairs
    }

    /// What a form keeps that asks for days.
    pub fn kept(&self) -> Vec<Kept> {
        self.pairs()
    }

    /// Its address, without the language.
    pub fn path(&self) -> String {
        let mut path = form_urlencoded::Serializer::new(format!("{HERE}?"));
        for one in self.pairs() {
            path.append_pair(one.name, &one.value);
        }
        for (name, day) in DAYS.iter().zip(self.days) {
            if let Some(day) = day {
                path.append_pair(name, &day.to_string());
            }
        }
        if self.page > 1 {
            path.append_pair("trang", &self.page.to_string());
        }
        path.finish().replacen("?&", "?", 1)
    }
}

fn bad_day(name: &str) -> Problem {
    let says = |lang: Lang| lang.search().bad_day(name);
    Problem::Invalid(vec![Fault { field: name.to_owned(), vi: says(Lang::Vi), en: says(Lang::En) }])
}

fn bad_page() -> Problem {
    let says = |lang: Lang| lang.search().bad_page.to_owned();
    Problem::Invalid(vec![Fault { field: "trang".to_owned(), vi: says(Lang::Vi), en: says(Lang::En) }])
}

/// A search of a program.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// What is searched for.
    #[serde(default)]
    q: String,
    /// How many results, 1 to 100; 10 if absent.
    limit: Option<usize>,
    /// How many to pass over.
    #[serde(default)]
    skip: usize,
    /// Facets, with commas between them: `kind:news,level:commune`.
    #[serde(default)]
    facet: String,
    /// The first day of issue.
    from: Option<String>,
    /// The last day of issue.
    to: Option<String>,
    /// The day on which it is in force.
    in_force: Option<String>,
    /// `best` or `newest`.
    sort: Option<String>,
}

impl Question {
    /// As it is asked of the index.
    ///
    /// # Errors
    /// Names the parameter and what it may be.
    pub fn asked(&self) -> Result<Asked, Problem> {
        let limit = self.limit.unwrap_or(A_PAGE);
        if !(1..=100).contains(&limit) {
            return Err(Problem::invalid("limit", "must be 1 to 100"));
        }
        let newest = match self.sort.as_deref() {
            None | Some("best") => false,
            Some("newest") => true,
            Some(_) => return Err(Problem::invalid("sort", "must be best or newest")),
        };
        let day = |name: &str, text: &Option<String>| -> Result<Option<Date>, Problem> {
            text.as_ref()
                .filter(|text| !text.is_empty())
                .map(|text| text.parse().map_err(|_| bad_day(name)))
                .transpose()
        };
        Ok(Asked {
            text: self.q.trim().to_owned(),
            facets: self
                .facet
                .split(',')
                .filter(|f| f.contains(':'))
                .take(FACETS)
                .map(str::to_owned)
                .collect(),
            issued: (day("from", &self.from)?, day("to", &self.to)?),
            in_force: day("in_force", &self.in_force)?,
            newest,
            skip: self.skip.min(MOST),
            most: limit,
        })
    }
}
