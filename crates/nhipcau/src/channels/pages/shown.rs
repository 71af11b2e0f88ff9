//! What a draft says on channels, as whoever reads it before an approval sees it.

use channels::{Form, Kind};
use jiff::civil::Date;
use uuid::Uuid;

use crate::channels::{Said, store};
use crate::db::Conn;
use crate::drafts::Work;
use crate::drafts::merge::CHANNEL;
use crate::problem::{Fault, Problem};
use crate::words::Lang;

/// A form as its channel shows it.
pub struct Shown {
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) link: String,
    pub(crate) media: String,
}

impl Shown {
    /// That of a form.
    pub(super) fn of(form: &Form, kind: Kind) -> Shown {
        let text = form.wire(kind);
        let link = form.link.clone().filter(|link| !text.contains(link.as_str())).unwrap_or_default();
        let media = form.media.iter().map(|one| if one.alt.is_empty() { &one.media_type } else { &one.alt });
        Shown {
            title: form.title.clone(),
            link,
            media: media.map(String::as_str).collect::<Vec<_>>().join(" · "),
            text,
        }
    }
}

/// What is written for one account.
pub struct Row {
    /// Under this name faults point to it.
    pub(crate) anchor: String,
    /// Service and account.
    pub(crate) name: String,
    /// What the service would refuse.
    pub(crate) faults: Vec<String>,
    /// As it is seen there.
    pub(crate) shown: Shown,
}

/// What a draft says on each channel, in the order of the accounts.
///
/// # Errors
/// The database's.
pub async fn of(conn: &mut Conn, work: &Work, day: Date, lang: Lang) -> Result<Vec<Row>, Problem> {
    if work.written.channels.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows = Vec::new();
    for held in store::of_log(conn, work.log).await? {
        let Some(said) = work.written.channels.get(&held.id) else { continue };
        rows.push(Row {
            anchor: format!("{CHANNEL}{}", held.id),
            name: format!("{} · {}", said.kind.name(), held.name),
            faults: told(said, day, lang),
            shown: Shown::of(&said.form, said.kind),
        });
    }
    Ok(rows)
}

/// What a service would refuse of a form, in one language.
pub(super) fn told(said: &Said, day: Date, lang: Lang) -> Vec<String> {
    let faults = channels::faults(&said.form, said.kind, day).into_iter();
    faults.map(|fault| if lang == Lang::Vi { fault.words.vi } else { fault.words.en }).collect()
}

/// What services would refuse of what a draft says to them: it is mended before it is handed in.
pub fn faults(work: &Work, day: Date) -> Vec<Fault> {
    let mut all = Vec::new();
    for (account, said) in &work.written.channels {
        for fault in channels::faults(&said.form, said.kind, day) {
            let name = said.kind.name();
            all.push(Fault {
                field: field(*account),
                vi: format!("{name}: {}", fault.words.vi),
                en: format!("{name}: {}", fault.words.en),
            });
        }
    }
    all
}

fn field(account: Uuid) -> String {
    format!("{CHANNEL}{account}")
}
