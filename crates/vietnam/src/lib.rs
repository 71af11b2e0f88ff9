//! What any Vietnamese public software needs: text, document numbers, legal status, marks of secrecy, administrative
//! units, agencies, host names, procedures, working time.
//!
//! Pure: the data that ship are compiled in, and nothing here reads a file, asks a clock or opens a socket. Units,
//! agencies and holidays are dated data with their source (see `data/README.md` of the repository), never constants in
//! code. An ambiguous name is answered as ambiguous ([`units::Found::Many`]), never by a guess.
//!
//! ```
//! use vietnam::units::{Found, Units};
//!
//! let units = Units::shipped();
//! let Found::One(commune) = units.commune_named("xã Mù Cang Chải") else { panic!("one such commune") };
//! assert_eq!(commune.label(), "mucangchai");
//! assert!(matches!(units.commune_named("Hòa An"), Found::Many(_)));
//! assert!(matches!(units.commune_named("Hoà An, Cần Thơ"), Found::One(_)));
//! ```

pub mod agencies;
pub mod documents;
pub mod hosts;
pub mod masking;
pub mod number;
pub mod petition_code;
pub mod plain;
pub mod procedures;
pub mod secret;
pub mod spoken;
mod table;
pub mod text;
pub mod units;
pub mod working_time;

pub use table::DataError;
