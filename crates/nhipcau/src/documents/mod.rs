//! Official documents: what stands in the network as one, how it stands in law on any day, where it is found.
//!
//! `fold` keeps a row for each item that is a document and for each relation that it states, at every node and from every
//! log; `law` gathers from these what bears upon a number, and `vietnam::documents` decides. Nothing of a status is
//! stored: a text that comes, is corrected, withdrawn or erased changes the answer the moment it is asked again.

pub mod akn;
pub mod amended;
pub mod draft;
pub mod edxml;
pub mod fold;
pub mod gazette;
pub mod law;
pub mod pages;
pub mod panel;
pub mod record;
pub mod seal;
pub mod store;
pub mod view;

use jiff::civil::Date;
use network::content::Item;
use vietnam::documents::Facts;
use vietnam::number::{Abbreviations, DocumentNumber};
use vietnam::text::slug;

use crate::items::Card;

/// True for the kinds of items that are official documents.
pub fn is_document(kind: &str) -> bool {
    matches!(kind, "document" | "directive")
}

/// A document's number, as far as its item is one.
pub fn number_of(item: &Item) -> Option<DocumentNumber> {
    is_document(&item.kind.to_string()).then(|| item.number.as_deref()?.parse().ok()).flatten()
}

/// A document's dates as the law counts them. Without a day of issue the first day in force stands for it; with neither
/// nothing is known. The item's last day is the day before the first without force.
pub fn facts(issued: Option<Date>, effective: Option<Date>, last: Option<Date>) -> Option<Facts> {
    let issued = issued.or(effective)?;
    Some(Facts { issued, effective, expires: last.and_then(|day| day.tomorrow().ok()) })
}

/// A document's dates as its card has them.
pub fn facts_of(card: &Card) -> Option<Facts> {
    facts(card.issued, card.effective, card.expires)
}

/// The name of a document's form: as it says itself, else as its number does.
pub fn form_of(form: Option<&str>, number: &DocumentNumber, issued: Date) -> String {
    let named = || {
        let forms = Abbreviations::shipped().forms_of(number, Some(issued));
        forms.first().map_or_else(String::new, |form| form.name.clone())
    };
    form.map_or_else(named, str::to_owned)
}

/// A document's stable address below `/vb/`, in the manner of the European Legislation Identifier: form, year, number.
/// `nghi-dinh/2022/42-nd-cp`; the year is the number's, or that of its issue.
pub fn address(form: &str, number: &DocumentNumber, issued: Date) -> String {
    let form = Some(slug(form)).filter(|form| !form.is_empty()).unwrap_or_else(|| "van-ban".to_owned());
    let year = number.year().map_or(issued.year(), vietnam::number::Year::get);
    format!("{form}/{year}/{}", number.address())
}
