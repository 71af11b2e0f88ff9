//! An item as the index is given it.

use ::search::{Entry, Key};
use jiff::civil::Date;
use network::content::{Body, Format, Item, Layer};
use network::directory::Directory;
use network::entry::Level;
use network::names::Origin;
use serde_json::Value;

use crate::documents;
use crate::items::{body, kinds};

/// The longest value that a result can be narrowed by, in bytes.
const LONGEST: usize = 120;

/// An item with what is worked out of it.
pub struct Loaded {
    /// Its name in the index.
    pub key: Key,
    /// What it says.
    pub item: Item,
    /// Its text without markup that only shows.
    pub text: String,
    /// What a search can be narrowed by.
    pub facets: Vec<String>,
    /// The day of issue.
    pub day: Date,
}

impl Loaded {
    /// Works an item out; `issued` is the day on which its portal published it.
    pub fn of(key: Key, item: Item, origin: &Origin, directory: &Directory, issued: Date) -> Loaded {
        let facets = facets(&item, origin, directory);
        let text = text(&item.body);
        Loaded { key, day: item.issued.unwrap_or(issued), text, facets, item }
    }

    /// As the index takes it.
    pub fn entry(&self) -> Entry<'_> {
        let item = &self.item;
        Entry {
            key: self.key,
            title: &item.title,
            names: names(item).collect(),
            number: documents::number_of(item),
            summary: &item.summary,
            text: &self.text,
            facets: self.facets.clone(),
            day: self.day,
            from: item.effective,
            until: item.expires,
        }
    }
}

/// What an item is called beside its title.
pub(super) fn names(item: &Item) -> impl Iterator<Item = &str> {
    let names = [&item.form, &item.number, &item.agency, &item.title_en, &item.signer];
    names.into_iter().filter_map(|name| name.as_deref())
}

/// The text of a body as it is searched and quoted.
pub fn text(of: &Body) -> String {
    match (of.layer, of.format) {
        (Layer::None, _) => String::new(),
        (_, Format::Html) => {
            body::plain(&of.text.replace("</p>", "</p>\n").replace("<br", "\n<br").replace("</h", "\n</h"))
        }
        (_, Format::Markdown | Format::Text) => of.text.clone(),
    }
}

/// What a search can be narrowed by: what every item has, and what the data say of its kind.
fn facets(item: &Item, origin: &Origin, directory: &Directory) -> Vec<String> {
    let mut all = vec![format!("kind:{}", item.kind), format!("origin:{origin}")];
    if let Some(agency) = directory.agency(origin) {
        all.push(format!("level:{}", agency.level));
    }
    let above = std::iter::once(origin.clone()).chain(directory.ancestors(origin).map(|a| a.origin.clone()));
    let province = above.filter_map(|origin| directory.agency(&origin)).find(|a| a.level == Level::Province);
    all.extend(province.map(|province| format!("place:{}", province.origin)));
    all.extend(item.fields.iter().map(|field| format!("field:{field}")));
    for path in kinds::of(&item.kind.to_string()).into_iter().flat_map(|kind| &kind.facets) {
        all.extend(value(item, path).map(|value| format!("{path}:{value}")));
    }
    all.retain(|facet| facet.len() <= LONGEST);
    all.sort();
    all.dedup();
    all
}

/// What an item has at a path that the data of its kind name. Days are narrowed by the search's own range of days.
fn value(item: &Item, path: &str) -> Option<String> {
    match path {
        "form" => item.form.clone(),
        "agency" => item.agency.clone(),
        "urgency" => item.urgency.map(|urgency| urgency.word().to_owned()),
        _ => {
            let mut keys = path.strip_prefix("details.")?.split('.');
            let details = item.details.as_ref()?;
            let mut here: &Value = details.0.get(keys.next()?)?;
            for key in keys {
                here = here.get(key)?;
            }
            here.as_str().filter(|text| text.parse::<Date>().is_err()).map(str::to_owned)
        }
    }
}
