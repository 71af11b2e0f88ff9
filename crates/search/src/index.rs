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

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn entry<'a>(item: u128, title: &'a str, text: &'a str) -> Entry<'a> {
        Entry {
            key: Key { log: 1, item },
            title,
            names: Vec::new(),
            number: None,
            summary: "",
            text,
            facets: vec![format!("kind:{item}")],
            day: date(2026, 1, 1),
            from: None,
            until: None,
        }
    }

    /// True if a dictionary on the disk has the term, though the row that had it is taken out.
    fn knows(index: &Index, term: &str) -> bool {
        let searcher = index.reader.searcher();
        searcher.segment_readers().iter().any(|reader| {
            let inverted = reader.inverted_index(index.fields.body).unwrap();
            inverted.get_term_info(&Term::from_field_text(index.fields.body, term)).unwrap().is_some()
        })
    }

    #[test]
    fn what_is_scrubbed_is_in_no_dictionary() {
        let folder = tempfile::tempdir().unwrap();
        let index = Index::begin(folder.path(), "a").unwrap();
        let mut writer = index.writer(1).unwrap();
        writer.add(&entry(1, "Một", "zzwvquy đất")).unwrap();
        writer.add(&entry(2, "Hai", "đất đai")).unwrap();
        writer.commit().unwrap();
        writer.remove(Key { log: 1, item: 1 });
        writer.commit().unwrap();
        assert!(knows(&index, "zzwvquy"), "taken out only in name");
        writer.scrub().unwrap();
        assert!(!knows(&index, "zzwvquy") && knows(&index, "dat dai"));
        writer.close().unwrap();
        assert_eq!(index.rows(), 1);
    }

    #[test]
    fn another_database_and_a_damaged_index_are_told() {
        let folder = tempfile::tempdir().unwrap();
        drop(Index::begin(folder.path(), "a").unwrap());
        assert!(Index::open(folder.path(), "a").is_ok());
        assert!(matches!(Index::open(folder.path(), "b"), Err(IndexError::Missing(_))));
        std::fs::write(folder.path().join("meta.json"), "x").unwrap();
        assert!(matches!(Index::open(folder.path(), "a"), Err(IndexError::Broken(_))));
        assert!(Index::begin(folder.path(), "a").is_ok());
    }

    #[test]
    fn results_are_narrowed_paged_and_come_once() {
        use crate::{Ask, Order};
        let folder = tempfile::tempdir().unwrap();
        let index = Index::begin(folder.path(), "a").unwrap();
        let mut writer = index.writer(1).unwrap();
        let long: String = (1..30).map(|n| format!("Điều {n}. Lệ phí\nLệ phí đăng ký xe.\n")).collect();
        writer.add(&entry(1, "Lệ phí đăng ký xe", &long)).unwrap();
        for item in 2..40 {
            let mut one = entry(item, "Lệ phí", "Lệ phí đăng ký khác.");
            one.day = date(2026, 2, 1);
            one.from = Some(date(2026, 3, 1));
            writer.add(&one).unwrap();
        }
        writer.commit().unwrap();
        let ask = |ask: Ask<'_>| index.search("lệ phí đăng ký", &Ask { most: 10, ..ask }).unwrap();
        let best = index.search("lệ phí đăng ký xe", &Ask { most: 1, ..Ask::default() }).unwrap();
        assert_eq!(best.hits[0].key.item, 1);
        assert!(best.hits[0].parts.iter().any(|part| *part > 0));
        let all = ask(Ask::default());
        assert_eq!((all.hits.len(), all.total), (10, 39));
        assert_eq!(ask(Ask { skip: 30, ..Ask::default() }).hits.len(), 9);
        assert!(ask(Ask { skip: 900, ..Ask::default() }).hits.is_empty());
        let facets = ["kind:7".to_owned()];
        assert_eq!(ask(Ask { facets: &facets, ..Ask::default() }).hits[0].key.item, 7);
        let in_force = ask(Ask { in_force: Some(date(2026, 4, 1)), ..Ask::default() });
        assert_eq!(in_force.total, 38, "the first says nothing of its days");
        assert_eq!(ask(Ask { in_force: Some(date(2026, 2, 2)), ..Ask::default() }).total, 0);
        let newest = ask(Ask { order: Order::Newest, ..Ask::default() });
        assert!(newest.total > 0);
        let logs = std::collections::HashSet::from([9]);
        assert_eq!(ask(Ask { logs: Some(&logs), ..Ask::default() }).total, 0);
        let phrase = index.search("\"đăng ký xe\"", &Ask { most: 10, ..Ask::default() }).unwrap();
        assert_eq!(phrase.total, 1);
    }
}
