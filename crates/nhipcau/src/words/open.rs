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
    api_all,
    // The API's own pages
    api_lead,
    api_file,
    api_what,
    api_where,
    api_token,
    api_needs_token,
    api_needs_key,
    api_needs_nothing,
    api_asked,
    api_parameters,
    api_body,
    api_name,
    api_takes,
    api_must,
    api_answers,
    api_status,
    join,
    join_says,
    join_read,
    join_read_says,
    join_sent,
    join_sent_says,
    join_written,
    join_written_says,
    join_told,
    join_told_says,
    join_shown,
    join_shown_says,
    // Other services
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
