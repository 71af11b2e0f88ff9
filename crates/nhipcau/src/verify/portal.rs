//! What a portal shows, against what stands by the logs: every standing item in its newest edition, nothing else.

use std::collections::BTreeMap;

use network::names::{ContentHash, Origin};
use serde::Deserialize;

use super::items::{self, Stand};
use super::nation::Nation;
use super::{Fault, Step};
use crate::items::State;

/// An item as a portal's list names it.
#[derive(Clone, Debug, Deserialize)]
pub struct Listed {
    /// Its name in addresses.
    pub reference: String,
    /// Its log.
    pub origin: String,
    /// The edition that is shown.
    pub shown_edition: u32,
    /// The content of that edition.
    pub content: Option<String>,
    /// Its kind.
    #[serde(default)]
    pub kind: String,
}

/// The logs whose items a portal shows by its scope and that must have been read, its own first.
pub fn carried(nation: &Nation, portal: &Origin) -> Vec<Origin> {
    let mut logs = vec![portal.clone()];
    let carried = nation.directory().issuers_carried_by(portal).into_iter();
    logs.extend(carried.filter(|origin| *origin != portal).cloned());
    logs
}

/// What stands or has stood in the logs that a portal shows, by reference.
pub fn due(nation: &Nation, portal: &Origin) -> BTreeMap<String, Stand> {
    let logs = carried(nation, portal);
    let items = logs.iter().flat_map(|log| items::of_log(nation, log).into_values());
    items.map(|stand| (stand.reference().to_string(), stand)).collect()
}

/// True if the portal's scope may leave this item out: it is another's, and kinds or fields are named.
pub fn may_lack(nation: &Nation, portal: &Origin, stand: &Stand) -> bool {
    let scope = nation.directory().scope(portal);
    stand.origin != *portal && !(scope.kinds.is_empty() && scope.fields.is_empty())
}

/// Every difference between what is due and what the portal lists.
pub fn compare(
    nation: &Nation,
    portal: &Origin,
    due: &BTreeMap<String, Stand>,
    listed: &[Listed],
) -> Vec<Fault> {
    let shown: BTreeMap<&str, &Listed> = listed.iter().map(|one| (one.reference.as_str(), one)).collect();
    let mut faults = Vec::new();
    for (reference, stand) in due.iter().filter(|(_, stand)| stand.state == State::Standing) {
        match shown.get(reference.as_str()) {
            Some(one) => faults.extend(differs(stand, one)),
            None if may_lack(nation, portal, stand) => {}
            None => faults.push(Fault::at(
                Step::Missing,
                format!("{reference} stands by entry {} of {} and is not listed", stand.issued, stand.origin),
            )),
        }
    }
    for one in listed {
        match due.get(&one.reference) {
            Some(stand) if stand.state == State::Standing => {}
            Some(stand) => {
                let (log, index, what) = &stand.by;
                faults.push(Fault::at(
                    Step::Shown,
                    format!("{} is listed, though entry {index} of {log} {what}", one.reference),
                ));
            }
            None => faults.push(Fault::at(
                Step::Shown,
                format!("{} of {} is listed, and no log that was read issues it", one.reference, one.origin),
            )),
        }
    }
    faults
}

fn differs(stand: &Stand, one: &Listed) -> Option<Fault> {
    if one.shown_edition != stand.edition {
        return Some(Fault::at(
            Step::Shown,
            format!(
                "{} is listed in edition {}; entry {} of {} is edition {}",
                one.reference, one.shown_edition, stand.issued, stand.origin, stand.edition
            ),
        ));
    }
    let due = stand.content.sha256.to_string();
    (one.content.as_deref() != Some(&due)).then(|| {
        Fault::at(Step::Content, format!("{} is listed with another content than {due}", one.reference))
    })
}

/// Whether bytes are the content that an item's entry names.
pub fn content(stand: &Stand, bytes: &[u8]) -> Option<Fault> {
    (ContentHash::of(bytes) != stand.content.sha256 || bytes.len() as u64 != stand.content.size).then(|| {
        let why =
            format!("{}: the content that is served is not {}", stand.reference(), stand.content.sha256);
        Fault::at(Step::Content, why)
    })
}

/// Whether a page does what its item's state asks: shown with its title, or 410 once it is gone.
pub fn page(stand: &Stand, title: Option<&str>, status: u16, html: &str) -> Option<Fault> {
    let at = |why: String| Some(Fault::at(Step::Shown, format!("{}: {why}", stand.reference())));
    match stand.state {
        State::Gone | State::Erased if status == 410 => None,
        State::Gone | State::Erased => at(format!("its page answers {status}, and must answer 410")),
        _ if status != 200 => at(format!("its page answers {status}")),
        _ => match title.map(escaped) {
            Some(title) if !html.contains(&title) => {
                at(format!("its page does not show the title of edition {}", stand.edition))
            }
            _ => None,
        },
    }
}

/// A text as it stands in HTML.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&#38;"),
            '<' => html.push_str("&#60;"),
            '>' => html.push_str("&#62;"),
            '"' => html.push_str("&#34;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}
