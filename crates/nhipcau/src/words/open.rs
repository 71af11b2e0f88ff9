//! The words of the pages of open data, in the order of their tables.

use super::table::{self, words};

words! {
    title,
    says,
    // Tables
    tables,
    tables_says,
    table_file,
    table_what,
    items,
    items_says,
    cards,
    cards_says,
    relations,
    relations_says,
    agencies,
    agencies_says,
    readings,
    readings_says,
    // Services
    api,
    api_says,
    oai,
    oai_says,
    catalogue,
    catalogue_says,
    embed,
    embed_says,
    embed_more,
    // Terms
    licence,
    licence_says,
}

/// The Vietnamese table.
pub(super) static VI: Words = Words::read(include_str!("../../words/open_vi.toml"));
/// The English table.
pub(super) static EN: Words = Words::read(include_str!("../../words/open_en.toml"));
