//! The fields of a row. One row is a part of an item.

use tantivy::schema::{
    Field, IndexRecordOption, NumericOptions, STRING, Schema, TextFieldIndexing, TextOptions,
};

use crate::tokens;

/// Counts up when what stands in a row becomes another: an index of another format is built anew.
pub const FORMAT: &str = "1";

/// The name of the column of facets.
pub const FACET: &str = "facet";

/// The fields by their numbers.
#[derive(Clone, Copy, Debug)]
pub struct Fields {
    /// The item, for taking it out.
    pub key: Field,
    /// Title of an item, heading of a part: syllables and pairs.
    pub title: Field,
    /// The text: syllables and pairs.
    pub body: Field,
    /// Tokens of document numbers, an item's own with `=` before them.
    pub number: Field,
    /// What a result can be narrowed by.
    pub facet: Field,
    /// The item's log.
    pub log: Field,
    /// The item's id, in two halves.
    pub high: Field,
    /// See `high`.
    pub low: Field,
    /// Which part of the item.
    pub part: Field,
    /// The day of issue.
    pub day: Field,
    /// The first day in force.
    pub from: Field,
    /// The last day in force.
    pub until: Field,
}

impl Fields {
    /// The schema, and the fields in it.
    pub fn schema() -> (Schema, Fields) {
        let mut schema = Schema::builder();
        let text = |option| {
            let indexing = TextFieldIndexing::default().set_tokenizer(tokens::NAME).set_index_option(option);
            TextOptions::default().set_indexing_options(indexing)
        };
        let raw = TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_index_option(IndexRecordOption::Basic)
            .set_fieldnorms(false);
        let column = NumericOptions::default().set_fast();
        let fields = Fields {
            key: schema.add_text_field("key", STRING),
            title: schema.add_text_field("title", text(IndexRecordOption::WithFreqs)),
            body: schema.add_text_field("body", text(IndexRecordOption::WithFreqs)),
            number: schema.add_text_field("number", TextOptions::default().set_indexing_options(raw)),
            facet: schema.add_text_field(FACET, TextOptions::default().set_fast("raw")),
            log: schema.add_i64_field("log", column.clone()),
            high: schema.add_u64_field("high", column.clone()),
            low: schema.add_u64_field("low", column.clone()),
            part: schema.add_u64_field("part", column.clone()),
            day: schema.add_i64_field("day", column.clone()),
            from: schema.add_i64_field("from", column.clone()),
            until: schema.add_i64_field("until", column),
        };
        (schema.build(), fields)
    }
}
