//! Official papers in the form of Viet Nam's Decree 30/2020/NĐ-CP, Annex I, as PDF and as DOCX.
//!
//! A [`Paper`] says what stands in it; [`pdf`] and [`docx`] set it: A4, the margins and letter sizes of the annex, the state's
//! name and motto, agency, number, place and day, the kind of paper and what it is about, text, tables, who signs and who
//! receives it, and the page's number from the second page on. The same paper gives the same bytes, so whoever computes it
//! again can compare.
//!
//! The PDF carries its letters (Tinos, as wide as Times New Roman) and their Unicode, so it can be searched and copied. It has no
//! tags for readers' software: publish a web page beside it.

mod docx;
mod letters;
mod lines;
mod model;
mod page;
mod pdf;
mod sheet;

pub use docx::{DocxError, docx};
pub use letters::font;
pub use model::{Block, Paper, Run, Signer, Style, Table};
pub use pdf::{PdfError, pdf};
