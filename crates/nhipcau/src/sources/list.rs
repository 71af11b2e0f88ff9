//! What a site has, read by the way that it offers: one list, whichever it is.

mod oai;
pub mod push;
mod sitemap;
mod wordpress;

use std::collections::HashSet;
use std::sync::Arc;

use feeds::{Deleted, Feed, Format, Hints, Item, Kind, Text, limits};
use network::content::Taken;
use network::names::ContentHash;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::draft::{self, Mapping};
use super::fetch::{Answer, Fetched, Fetcher, Refused, Validators};
use super::plan::{Extent, List};
use super::{Way, both, hub, read};
use crate::calendar::Today;
use crate::clock::instant;
use crate::items::kinds::Both;

/// What came of reading a site.
pub enum Got {
    /// It is what it was.
    Unchanged,
    /// What it has.
    Listed(Arc<Listed>),
}

impl Got {
    fn listed(listed: Listed) -> Got {
        Got::Listed(Arc::new(listed))
    }
}

/// What a site has.
pub struct Listed {
    /// Its items.
    pub feed: Feed,
    /// How much of all there is they are.
    pub extent: Extent,
    /// Names of what is there and was not read again.
    pub present: HashSet<ContentHash>,
    /// The hash of what was read.
    pub sha256: ContentHash,
    /// What to send with the next call.
    pub validators: Validators,
    /// How far it was read, in the words of its way.
    pub place: String,
    /// The hub that tells of its changes, and how that calls it.
    pub hub: Option<(String, String)>,
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

impl From<Both> for Trouble {
    fn from(why: Both) -> Trouble {
        Trouble { why, after: None }
    }
}

/// What is asked of a site.
pub struct Ask<'a> {
    /// Who calls.
    pub fetcher: &'a Fetcher,
    /// The address that was typed.
    pub url: &'a str,
    /// By what it said that it is unchanged.
    pub validators: &'a Validators,
    /// How far it was read; empty to read it whole.
    pub place: &'a str,
    /// Names of what was met there.
    pub known: &'a HashSet<ContentHash>,
    /// Now, in microseconds.
    pub now: i64,
    /// Whether archives of a feed are read too, where it is read whole.
    pub archives: bool,
}

impl Ask<'_> {
    /// How far the site was read; the beginning if that is not known.
    fn before<T: Default + DeserializeOwned>(&self) -> T {
        serde_json::from_str(self.place).unwrap_or_default()
    }
}

/// Reads a site.
///
/// # Errors
/// Why it could not be read.
pub async fn read(way: Way, ask: &Ask<'_>) -> Result<Got, Trouble> {
    match way {
        Way::Feed => feed(ask).await,
        Way::WordPress => wordpress::read(ask).await,
        Way::Sitemap => sitemap::read(ask).await,
        Way::Oai => oai::read(ask).await,
        // It comes by itself.
        Way::Push | Way::Packets => Ok(Got::Unchanged),
    }
}

/// The addresses that a sitemap lists, and whether these are all that the site has.
///
/// # Errors
/// Why it could not be read.
pub async fn addresses(fetcher: &Fetcher, url: &str) -> Result<(Vec<String>, bool), Trouble> {
    Ok(sitemap::Map::read(fetcher, url).await?.addresses())
}

/// The most archives that one reading goes back through (RFC 5005).
const ARCHIVES: usize = 200;

async fn feed(ask: &Ask<'_>) -> Result<Got, Trouble> {
    let fetched = match ask.fetcher.fetch(ask.url, ask.validators).await? {
        Answer::Unchanged => return Ok(Got::Unchanged),
        Answer::Fetched(fetched) => fetched,
    };
    let (validators, sha256) = (fetched.validators.clone(), ContentHash::of(&fetched.bytes));
    let (hub, own) = hub::found(&fetched);
    let mut feed = parsed(fetched).await?;
    let own = own.or_else(|| feed.own.clone()).unwrap_or_else(|| ask.url.to_owned());
    let hub = hub.or_else(|| feed.hub.clone()).map(|hub| (hub, own));
    let mut place = ask.place.to_owned();
    // What lies in archives is read once; after that what changes comes in the feed itself.
    if ask.archives && ask.place.is_empty() && feed.previous.is_some() && archived(ask, &mut feed).await {
        ARCHIVED.clone_into(&mut place);
    }
    let extent = if feed.complete { Extent::All } else { Extent::Newest };
    Ok(Got::listed(Listed { feed, extent, present: HashSet::new(), sha256, validators, place, hub }))
}

/// The place of a feed whose archives were read.
const ARCHIVED: &str = "archives";

async fn parsed(fetched: Fetched) -> Result<Feed, Trouble> {
    apart(move || {
        let Fetched { bytes, url, content_type, content_location, .. } = &fetched;
        let hints = Hints {
            url: Some(url),
            content_type: content_type.as_deref(),
            content_location: content_location.as_deref(),
        };
        read::read(bytes, &hints).map_err(|error| both(&error.to_string()))
    })
    .await
}

/// Goes back through the archives of a feed, each named by the one after it, and adds what is not known yet: what came later counts. True if
/// the last of them was reached; one that cannot be read now is read by the next reading.
async fn archived(ask: &Ask<'_>, feed: &mut Feed) -> bool {
    let name = |item: &Item| item.id.clone().or_else(|| item.link.clone());
    let mut known: HashSet<String> = feed.items.iter().filter_map(name).collect();
    known.extend(feed.deleted.iter().map(|one| one.id.clone()));
    let mut seen = HashSet::from([ask.url.to_owned()]);
    let mut next = feed.previous.clone();
    while let Some(url) = next.filter(|url| seen.insert(url.clone())) {
        if seen.len() > ARCHIVES || feed.items.len() >= limits::ITEMS {
            break;
        }
        let Ok(Answer::Fetched(fetched)) = ask.fetcher.fetch_of(ask.url, &url).await else { return false };
        let Ok(archive) = parsed(fetched).await else { return false };
        for item in archive.items {
            if name(&item).is_none_or(|name| known.insert(name)) && feed.items.len() < limits::ITEMS {
                feed.items.push(item);
            }
        }
        let gone = archive.deleted.into_iter().filter(|one| known.insert(one.id.clone()));
        feed.deleted.extend(gone);
        next = archive.previous;
    }
    true
}

/// What was put together from several answers (`hashed` are their hashes), cleaned as a feed is.
async fn together(
    items: impl FnOnce() -> (Vec<Item>, Vec<Deleted>) + Send + 'static,
    hashed: &[u8],
    extent: Extent,
    present: HashSet<ContentHash>,
    place: &impl Serialize,
) -> Result<Got, Trouble> {
    let place = serde_json::to_string(place).map_err(|error| both(&error.to_string()))?;
    let feed = apart(move || {
        let (items, deleted) = items();
        let mut feed = Feed {
            format: Format::Json,
            title: None,
            link: None,
            language: None,
            updated: None,
            complete: false,
            previous: None,
            hub: None,
            own: None,
            items,
            deleted,
            encoding: "UTF-8".into(),
            notes: Vec::new(),
        };
        read::clean_all(&mut feed);
        Ok(feed)
    })
    .await?;
    let (sha256, validators) = (ContentHash::of(hashed), Validators::default());
    Ok(Got::listed(Listed { feed, extent, present, sha256, validators, place, hub: None }))
}

/// What a reference in XML stands for, by its name: `amp`, `#38`.
fn meant(name: &str) -> String {
    Text { value: format!("&{name};"), kind: Kind::Html, base: None }.plain()
}

/// Reading takes up to a second: beside the requests.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Both> + Send + 'static,
) -> Result<T, Trouble> {
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.map_err(|error| both(&error.to_string()))?;
    Ok(done?)
}

impl Listed {
    /// The list as it is compared with what is known. Checking thousands of drafts takes a moment: call it beside the requests.
    pub fn list(&self, name: &str, mapping: &Mapping, today: &Today) -> List {
        let name = Some(name).filter(|name| !name.is_empty());
        List {
            found: draft::found(&self.feed, name, mapping, today),
            present: self.present.clone(),
            deleted: self.feed.deleted.iter().map(|one| draft::id(&one.id)).collect(),
            extent: self.extent,
        }
    }

    /// What is said of an item that is carried.
    pub fn taken(&self, now: i64) -> Taken {
        // The log says it to the millisecond.
        Taken { at: instant(now - now.rem_euclid(1_000)), sha256: self.sha256 }
    }
}
