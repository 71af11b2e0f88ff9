//! The index on the disk: opened or begun, added to, taken from, read.
//!
//! It is a copy of what the logs hold and can always be built again: whatever is wrong with it, the cure is the same. What
//! was taken out leaves no byte once [`Writer::scrub`] has run.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::{IndexReader, IndexWriter, ReloadPolicy, Term};

use crate::entry::{Entry, Folder, Key};
use crate::schema::{FORMAT, Fields};
use crate::tokens::{self, Syllables};

/// The file that says which format the index has, and to which database it belongs.
const MARK: &str = "nhipcau-search";
/// Bytes that a writer gathers before it writes a piece, per thread.
const GATHERED: usize = 48 << 20;

/// Why the index cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// There is none, or one of another format or database: build it anew.
    #[error("there is no search index for this database in {0}; it is built anew")]
    Missing(PathBuf),
    /// Somebody else is writing it.
    #[error("the search index is being written by somebody else")]
    Busy,
    /// It cannot be read or written.
    #[error("the search index cannot be used: {0}")]
    Broken(tantivy::TantivyError),
    /// The folder cannot be read or written.
    #[error("the folder of the search index cannot be used: {0}")]
    Folder(#[from] std::io::Error),
}

impl From<tantivy::TantivyError> for IndexError {
    fn from(error: tantivy::TantivyError) -> IndexError {
        match error {
            tantivy::TantivyError::LockFailure(..) => IndexError::Busy,
            error => IndexError::Broken(error),
        }
    }
}

/// An open index.
pub struct Index {
    pub(crate) index: tantivy::Index,
    pub(crate) reader: IndexReader,
    pub(crate) fields: Fields,
    /// Buffers of finished searches, used again.
    pub(crate) spare: Mutex<Vec<Vec<f32>>>,
}

impl Index {
    /// Opens the index in a folder, if it belongs to the database named by `mark`.
    ///
    /// # Errors
    /// [`IndexError::Missing`] where it has to be built, [`IndexError::Broken`] where it is damaged.
    pub fn open(folder: &Path, mark: &str) -> Result<Index, IndexError> {
        let said = std::fs::read_to_string(folder.join(MARK)).unwrap_or_default();
        if said != format!("{FORMAT}\n{mark}\n") {
            return Err(IndexError::Missing(folder.to_owned()));
        }
        Index::ready(tantivy::Index::open_in_dir(folder)?)
    }

    /// Begins an empty index in a folder; what stood there is removed.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn begin(folder: &Path, mark: &str) -> Result<Index, IndexError> {
        match std::fs::remove_dir_all(folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        std::fs::create_dir_all(folder)?;
        let index = tantivy::Index::create_in_dir(folder, Fields::schema().0)?;
        // Last: a folder that was only half begun has no mark.
        std::fs::write(folder.join(MARK), format!("{FORMAT}\n{mark}\n"))?;
        Index::ready(index)
    }

    fn ready(index: tantivy::Index) -> Result<Index, IndexError> {
        index.tokenizers().register(tokens::NAME, Syllables::default());
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Index { index, reader, fields: Fields::schema().1, spare: Mutex::default() })
    }

    /// A writer; there is one at a time.
    ///
    /// # Errors
    /// When another is open, or the folder cannot be written.
    pub fn writer(&self, threads: usize) -> Result<Writer<'_>, IndexError> {
        let options = IndexWriterOptions::builder()
            .num_worker_threads(threads)
            .memory_budget_per_thread(GATHERED)
            .num_merge_threads(1)
            .build();
        let writer: IndexWriter = self.index.writer_with_options(options)?;
        let mut policy = LogMergePolicy::default();
        policy.set_del_docs_ratio_before_merge(0.3);
        writer.set_merge_policy(Box::new(policy));
        Ok(Writer { index: self, writer, folder: Folder::default() })
    }

    /// How many parts of items it holds.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.reader.searcher().num_docs()
    }
}

/// Adds and takes out; nothing of it is found before [`Writer::commit`].
pub struct Writer<'a> {
    index: &'a Index,
    writer: IndexWriter,
    folder: Folder,
}

impl Writer<'_> {
    /// Puts an item in; what was there under its name is not taken out, see [`Writer::remove`].
    ///
    /// # Errors
    /// When the disk is full or the index damaged.
    pub fn add(&mut self, entry: &Entry<'_>) -> Result<(), IndexError> {
        let mut failed = None;
        let writer = &self.writer;
        self.folder.rows(&self.index.fields, entry, |row| {
            if let Err(error) = writer.add_document(row) {
                failed = Some(error);
            }
        });
        failed.map_or(Ok(()), |error| Err(error.into()))
    }

    /// Takes an item out that was put in before.
    pub fn remove(&mut self, key: Key) {
        self.writer.delete_term(Term::from_field_text(self.index.fields.key, &key.term()));
    }

    /// What was added and taken out counts from now on, and lasts.
    ///
    /// # Errors
    /// As for [`Writer::add`].
    pub fn commit(&mut self) -> Result<(), IndexError> {
        self.writer.commit()?;
        Ok(self.index.reader.reload()?)
    }

    /// Writes every piece anew that holds something which was taken out, and removes the old files: no byte of it stays.
    ///
    /// # Errors
    /// As for [`Writer::add`].
    pub fn scrub(&mut self) -> Result<(), IndexError> {
        self.writer.commit()?;
        // Pieces may be merging at this moment; those that come of it are looked at again.
        for _ in 0..3 {
            let pieces = self.index.index.searchable_segment_metas()?;
            let stained: Vec<_> =
                pieces.iter().filter(|meta| meta.has_deletes()).map(|meta| meta.id()).collect();
            if stained.is_empty() {
                break;
            }
            // A merge that another merge has overtaken is no fault.
            let _ = self.writer.merge(&stained).wait();
        }
        self.index.reader.reload()?;
        self.writer.garbage_collect_files().wait()?;
        Ok(())
    }

    /// Ends the writer after what it has begun.
    ///
    /// # Errors
    /// As for [`Writer::add`].
    pub fn close(self) -> Result<(), IndexError> {
        self.writer.wait_merging_threads()?;
        Ok(self.index.reader.reload()?)
    }
}
