//! Official documents among each other: relations, and the legal status on any day.
//!
//! A text is in force or not by what its own dates say and by what *other* documents did to it, perhaps years later and from
//! another agency. [`status_on`] is the pure decision for one document: its [`Facts`], the [`Act`]s upon it, a day → a
//! [`Standing`], with the reasons and with what remains doubtful. [`Register`] holds many documents and their relations
//! and gathers the acts.
//!
//! ```
//! use jiff::civil::date;
//! use vietnam::documents::{Act, Effect, Facts, Status, status_on};
//!
//! let circular = Facts { issued: date(2012, 11, 15), effective: Some(date(2013, 1, 1)), expires: None };
//! let replaced = Act::new(Effect::Replaces, "164/2013/TT-BTC".parse()?).on(date(2014, 1, 1));
//! assert_eq!(status_on(&circular, &[replaced.clone()], date(2013, 12, 31)).status, Status::InForce);
//! assert_eq!(status_on(&circular, &[replaced], date(2014, 1, 1)).status, Status::Replaced);
//! # Ok::<(), vietnam::number::NumberError>(())
//! ```

mod outline;
mod places;
mod register;
mod relation;
mod status;
mod words;

pub use outline::{Level, Outline, Part, outline};
pub use places::{Places, anchor_of, article_cited_before};
pub use register::{Document, Register, Relation, Which};
pub use relation::{Effect, RelationWords};
pub use status::{Act, Doubt, Facts, Reason, Standing, Status, status_on};
