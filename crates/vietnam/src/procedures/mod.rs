//! Administrative procedures as the national database prints them: how one is lodged, in what time, at what fee, with
//! which papers.
//!
//! Its pages run cells together (`Trực tiếp5 Ngày làm việcMiễn phí(…)`), and what stands in them was typed by hundreds of
//! offices. So a cell is read only as far as it says something certain; whatever is left stays as the text that it is, and
//! nothing is dropped. A number without a unit is not a period, and "free" with a remark is not free.

mod lines;
mod papers;
mod term;
mod ways;

pub use lines::{lines, outside_brackets};
pub use papers::{Paper, papers};
pub use term::Term;
pub use ways::{Channel, Cost, Currency, Time, Way, Ways, ways};
