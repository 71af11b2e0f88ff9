//! Who must answer what people write.
//!
//! Pure: what ships is compiled in, and nothing here reads a file, asks a clock or opens a socket. The parts:
//!
//! - [`table`]: the dated authority table (topic × level × condition → body, with its legal basis), checked, and resolved at a place.
//! - [`Suggester`]: topic, level, body, kind and urgency of a message with confidences, reasons in words, and silence where it is
//!   not sure. Linear models over folded words and letters, trained by [`train::train`] on what ships, the same bytes each time.
//! - [`places`]: provinces, districts and communes, old and new, that a text names.
//! - [`names`]: personal names to mask.
//! - [`duplicates`]: signatures of texts that tell the same case.

pub mod corpus;
pub mod duplicates;
mod features;
mod judge;
mod linear;
pub mod measure;
mod mend;
mod model;
pub mod names;
pub mod noise;
mod number;
mod phrases;
pub mod places;
mod read;
mod suggest;
mod suggestion;
pub mod table;
pub mod titles;
pub mod train;
pub mod words;

pub use model::{Model, ModelError};
pub use number::Chance;
pub use suggest::{LONGEST, SHIPPED_MODEL, Suggester, agency_id};
pub use suggestion::{Answerer, Answers, Candidate, Kind, Suggestion, URGENCIES};
