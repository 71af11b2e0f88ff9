//! A paper as an Office Open XML document (ECMA-376, transitional), as Word and LibreOffice open it.

mod body;
mod parts;
mod xml;

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::Paper;

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DocxError {
    /// The archive could not be written.
    #[error("could not pack the document: {0}")]
    Packed(#[from] zip::result::ZipError),
    /// Bytes could not be written.
    #[error("could not write the document: {0}")]
    Written(#[from] std::io::Error),
}

/// The paper as DOCX.
///
/// # Errors
/// When the archive cannot be written; never for what stands in a paper.
pub fn docx(paper: &Paper) -> Result<Vec<u8>, DocxError> {
    let mut links = Vec::new();
    let body = body::document(paper, &mut links);
    let files = [
        ("[Content_Types].xml", parts::CONTENT_TYPES.to_owned()),
        ("_rels/.rels", parts::PACKAGE_RELS.to_owned()),
        ("docProps/core.xml", parts::core(paper)),
        ("word/document.xml", body),
        ("word/_rels/document.xml.rels", parts::document_rels(&links)),
        ("word/styles.xml", parts::styles(&paper.lang)),
        ("word/header1.xml", parts::NUMBERED.to_owned()),
        ("word/header2.xml", parts::NO_NUMBER.to_owned()),
        ("word/footer1.xml", parts::footer(&paper.foot)),
    ];
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    // The archive's clock stands still: the same paper is the same file.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for (name, text) in files {
        out.start_file(name, options)?;
        out.write_all(text.as_bytes())?;
    }
    Ok(out.finish()?.into_inner())
}
