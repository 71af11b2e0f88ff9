//! Where the page of an item is on a site: by a template of addresses, or by what the site itself lists.

use feeds::Text;
use uuid::Uuid;
use vietnam::text::slug;

use super::page::plainly;
use super::{Watched, Way};
use crate::clock::instant;
use crate::items::kinds::Both;
use crate::items::store::Reference;
use crate::sources::fetch::{Fetcher, Validators};
use crate::sources::list::{self, Ask, Got};
use crate::sources::plan::Extent;

/// What a template has in place of the item: its id, its name in addresses, its title as a part of an address.
const PARTS: [&str; 3] = ["[id]", "[ref]", "[title]"];

/// True if a template names the item.
pub(super) fn is_template(url: &str) -> bool {
    PARTS.iter().any(|part| url.contains(part))
}

/// The address that a template gives.
pub(super) fn filled(template: &str, reference: &Reference, title: &str) -> String {
    let id = reference.item.to_string();
    template.replace("[id]", &id).replace("[ref]", &reference.to_string()).replace("[title]", &slug(title))
}

/// What a site lists.
pub(super) struct Listing {
    entries: Vec<Entry>,
    /// True if what it does not list is not there.
    whole: bool,
    /// When its oldest entry was published, in microseconds, if that is known of all.
    oldest: Option<i64>,
}

struct Entry {
    id: String,
    url: String,
    title: String,
}

/// What a listing says of an item.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Listed {
    /// Its page.
    At(String),
    /// It should be in the list and is not.
    Lacks,
    /// The list does not reach back to it.
    Beyond,
}

impl Listing {
    /// Reads what a site lists now.
    ///
    /// # Errors
    /// Why it could not be read, in both languages.
    pub(super) async fn read(fetcher: &Fetcher, watched: &Watched, now: i64) -> Result<Listing, Both> {
        if watched.way == Way::Sitemap {
            let (urls, whole) =
                list::addresses(fetcher, &watched.url).await.map_err(|trouble| trouble.why)?;
            let entry = |url: String| Entry { id: String::new(), title: String::new(), url };
            return Ok(Listing { entries: urls.into_iter().map(entry).collect(), whole, oldest: None });
        }
        let (validators, known) = (Validators::default(), Default::default());
        let ask = Ask {
            fetcher,
            url: &watched.url,
            validators: &validators,
            place: "",
            known: &known,
            now,
            archives: false,
        };
        let got = list::read(crate::sources::Way::Feed, &ask).await.map_err(|trouble| trouble.why)?;
        let Got::Listed(listed) = got else {
            return Ok(Listing { entries: Vec::new(), whole: false, oldest: None });
        };
        let items = &listed.feed.items;
        let times: Option<Vec<i64>> =
            items.iter().map(|item| item.published.or(item.updated).map(|at| at.as_microsecond())).collect();
        let entry = |item: &feeds::Item| {
            Some(Entry {
                id: item.id.clone().unwrap_or_default(),
                url: item.link.clone()?,
                title: item.title.as_ref().map(Text::plain).unwrap_or_default(),
            })
        };
        Ok(Listing {
            entries: items.iter().filter_map(entry).collect(),
            whole: listed.extent == Extent::All,
            oldest: times.and_then(|times| times.into_iter().min()),
        })
    }

    /// Where an item of a title is that changed at `changed`, in microseconds.
    pub(super) fn find(&self, item: Uuid, title: &str, changed: i64) -> Listed {
        let (id, title, part) = (item.to_string(), plainly(title).to_lowercase(), slug(title));
        let named = |entry: &&Entry| entry.id.contains(&id) || entry.url.contains(&id);
        let titled = |entry: &&Entry| !title.is_empty() && plainly(&entry.title).to_lowercase() == title;
        let last = |url: &str| {
            let path = url.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
            let last = path.rsplit('/').next().unwrap_or_default();
            last.trim_end_matches(".html").trim_end_matches(".htm").trim_end_matches(".aspx").to_owned()
        };
        let slugged = |entry: &&Entry| entry.title.is_empty() && !part.is_empty() && last(&entry.url) == part;
        let mut all = self.entries.iter();
        let found =
            all.clone().find(named).or_else(|| all.clone().find(titled)).or_else(|| all.find(slugged));
        match found {
            Some(entry) => Listed::At(entry.url.clone()),
            None if self.whole || self.oldest.is_some_and(|oldest| oldest <= changed) => Listed::Lacks,
            None => Listed::Beyond,
        }
    }
}

/// How long ago something was, for a listing that was read at `now`: sites list what is new within an hour.
pub(super) fn is_due(changed: i64, now: i64) -> bool {
    instant(now).duration_since(instant(changed)).as_secs() >= 3_600
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: Uuid = Uuid::from_u128(0x019a_b000_0000_7000_8000_0000_0000_0001);

    fn listing(whole: bool) -> Listing {
        let entry =
            |id: &str, url: &str, title: &str| Entry { id: id.into(), url: url.into(), title: title.into() };
        Listing {
            entries: vec![
                entry("t1", "https://a.vn/1", "Lịch “tiêm” chủng"),
                entry(&format!("urn:uuid:{ID}"), "https://a.vn/2", "Khác"),
                entry("", "https://a.vn/tin/lich-cat-dien.html", ""),
            ],
            whole,
            oldest: Some(1_000),
        }
    }

    #[test]
    fn an_item_is_found_by_its_id_its_title_or_its_address() {
        let at = |item, title| listing(false).find(item, title, 5_000);
        assert_eq!(at(ID, "x"), Listed::At("https://a.vn/2".into()));
        assert_eq!(at(Uuid::nil(), "LỊCH \"tiêm\"  chủng"), Listed::At("https://a.vn/1".into()));
        assert_eq!(
            at(Uuid::nil(), "Lịch cắt điện"),
            Listed::At("https://a.vn/tin/lich-cat-dien.html".into())
        );
    }

    #[test]
    fn what_a_list_does_not_reach_back_to_is_not_said_to_be_missing() {
        assert_eq!(listing(false).find(Uuid::nil(), "Không có", 5_000), Listed::Lacks);
        assert_eq!(listing(false).find(Uuid::nil(), "Không có", 500), Listed::Beyond);
        assert_eq!(listing(true).find(Uuid::nil(), "Không có", 500), Listed::Lacks);
    }

    #[test]
    fn a_template_is_filled() {
        assert!(is_template("https://a.vn/bai/[id]") && !is_template("https://a.vn/bai"));
        let reference = Reference { log: "0123456789abcdef".into(), item: ID };
        assert_eq!(
            filled("https://a.vn/[title]-[id]", &reference, "Lịch cắt điện"),
            format!("https://a.vn/lich-cat-dien-{ID}")
        );
    }
}
