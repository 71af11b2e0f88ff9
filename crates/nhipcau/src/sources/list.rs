//! What a site has, read by the way that it offers: one list, whichever it is.

use std::collections::HashSet;

use feeds::{Feed, Hints};
use network::content::Taken;
use network::names::ContentHash;

use super::draft::{self, Mapping};
use super::fetch::{Answer, Fetched, Fetcher, Refused, Validators};
use super::plan::List;
use super::{Way, both, read};
use crate::calendar::Today;
use crate::clock::instant;
use crate::items::kinds::Both;

/// What came of reading a site.
pub enum Got {
    /// It is what it was.
    Unchanged,
    /// What it has.
    Listed(std::sync::Arc<Listed>),
}

/// What a site has.
pub struct Listed {
    /// Its items, and whether these are all.
    pub feed: Feed,
    /// Names of what is there and was not read again.
    pub present: HashSet<ContentHash>,
    /// The hash of what was read.
    pub sha256: ContentHash,
    /// What to send with the next call.
    pub validators: Validators,
    /// How far it was read, in the words of its way.
    pub place: String,
}

/// Why a site could not be read.
#[derive(Debug)]
pub struct Trouble {
    /// In both languages.
    pub why: Both,
    /// For how many seconds it asks to be left alone.
    pub after: Option<u64>,
}

impl From<Refused> for Trouble {
    fn from(refused: Refused) -> Trouble {
        let after = match refused {
            Refused::Status(_, after) => after,
            _ => None,
        };
        Trouble { why: both(&refused.to_string()), after }
    }
}

/// Reads a site; from where `place` says, and not at all if it is what `known` says.
///
/// # Errors
/// Why it could not be read.
pub async fn read(
    fetcher: &Fetcher,
    (way, url): (Way, &str),
    known: &Validators,
    _place: &str,
) -> Result<Got, Trouble> {
    match way {
        Way::Feed => feed(fetcher, url, known).await,
    }
}

async fn feed(fetcher: &Fetcher, url: &str, known: &Validators) -> Result<Got, Trouble> {
    let fetched = match fetcher.fetch(url, known).await? {
        Answer::Unchanged => return Ok(Got::Unchanged),
        Answer::Fetched(fetched) => fetched,
    };
    let validators = fetched.validators.clone();
    let sha256 = ContentHash::of(&fetched.bytes);
    let feed = apart(move || {
        let Fetched { bytes, url, content_type, content_location, .. } = &fetched;
        let hints = Hints {
            url: Some(url),
            content_type: content_type.as_deref(),
            content_location: content_location.as_deref(),
        };
        read::read(bytes, &hints).map_err(|error| both(&error.to_string()))
    })
    .await?;
    Ok(Got::Listed(std::sync::Arc::new(Listed {
        feed,
        present: HashSet::new(),
        sha256,
        validators,
        place: String::new(),
    })))
}

/// Reading takes up to a second: beside the requests.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Both> + Send + 'static,
) -> Result<T, Trouble> {
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.map_err(|error| Trouble { why: both(&error.to_string()), after: None })?;
    done.map_err(|why| Trouble { why, after: None })
}

impl Listed {
    /// The list as it is compared with what is known. Checking thousands of drafts takes a moment: call it beside the requests.
    pub fn list(&self, name: &str, mapping: &Mapping, today: &Today) -> List {
        let name = Some(name).filter(|name| !name.is_empty());
        List {
            found: draft::found(&self.feed, name, mapping, today),
            present: self.present.clone(),
            deleted: self.feed.deleted.iter().map(|one| draft::id(&one.id)).collect(),
            complete: self.feed.complete,
        }
    }

    /// What is said of an item that is carried.
    pub fn taken(&self, now: i64) -> Taken {
        // The log says it to the millisecond.
        Taken { at: instant(now - now.rem_euclid(1_000)), sha256: self.sha256 }
    }
}
