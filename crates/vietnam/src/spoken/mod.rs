//! Texts as an announcer reads them: numbers, days, hours, document numbers, abbreviations, units, sums, Roman numerals and
//! telephone numbers in words, signs that are not said left out.
//!
//! What a word or unit is called is dated data (`data/text/spoken.csv`, the abbreviations of office work, the issuers of
//! documents). What may mean several things is said by its letters, never guessed. The words are Vietnamese; other languages
//! pass through with their numbers in Vietnamese.
//!
//! ```
//! use jiff::civil::date;
//! use vietnam::spoken::spoken;
//!
//! let said = spoken("UBND xã họp lúc 7h30 ngày 05/4/2026, gọi 113.", date(2026, 4, 1));
//! assert_eq!(said, "Ủy ban nhân dân xã họp lúc bảy giờ ba mươi phút ngày mùng năm tháng tư năm hai nghìn không trăm hai mươi sáu, gọi một một ba.");
//! ```

mod documents;
mod moments;
mod numbers;
mod quantities;
mod reader;
mod table;

pub use moments::{day, time};
pub use numbers::{digits, letters, number, ordinal};
pub use reader::spoken;
pub use table::Sayings;
