//! What a packet says, done: by the same steps as what is read of a joined site.

use std::sync::Arc;

use edxml::{Act, Code, Document};
use network::content::Taken;
use network::entry::ItemChange;
use network::names::ContentHash;

use super::super::act::{Reader, Why};
use super::super::draft::{Fate, Found, reasons};
use super::super::plan::{Known, Lot, Step};
use super::super::store;
use super::super::{Source, Way};
use crate::app::App;
use crate::clock::instant;
use crate::items::kinds::Both;
use crate::problem::Problem;
use crate::words::date;

/// The most letters of a reason that readers are told.
const REASON: usize = 500;

/// What became of a packet, as its sender is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Came {
    /// As a code of the regulation.
    pub(crate) code: Code,
    /// In words.
    pub(crate) says: Both,
}

fn came(code: Code, vi: &str, en: &str) -> Came {
    Came { code, says: Both { vi: vi.into(), en: en.into() } }
}

/// What a packet would do, and what stands in the way; nothing is kept.
///
/// # Errors
/// The database's.
pub(crate) async fn look(
    app: &App,
    source: &Source,
    document: &Arc<Document>,
) -> Result<(Found, Plan), Problem> {
    let (today, of, from) = (app.calendar.on(date::day(app.clock.now())), document.clone(), source.clone());
    let found = tokio::task::spawn_blocking(move || super::found(&from, &of, &today)).await;
    let found = found.map_err(|error| Problem::Ours(error.into()))?;
    let mut conn = app.db.read().await?;
    let known = store::known(&mut conn, source.id).await?;
    let elsewhere = store::elsewhere(&mut conn, source, std::slice::from_ref(&found)).await?;
    let twin = found.words.is_some_and(|words| elsewhere.contains(&words));
    Ok((found.clone(), Plan::of(&known, document, &found, twin)))
}

/// What is to be done.
#[derive(Clone, Debug)]
pub(crate) enum Plan {
    /// It becomes an item, or takes the place of what was put aside.
    Take(Option<Known>),
    /// It becomes the next edition of the first, and the others end.
    Change(Known, Vec<Known>),
    /// The item ends.
    End(Known),
    /// Nothing: it is there already.
    There,
    /// Another source has brought it.
    Twin,
    /// It was erased by law, and is never taken again.
    Erased,
    /// It speaks of a document that was never taken here.
    Unknown,
}

impl Plan {
    fn of(known: &[Known], document: &Document, found: &Found, twin: bool) -> Plan {
        let spoken = super::about(document);
        let mut met: Vec<Known> =
            spoken.iter().filter_map(|name| known.iter().find(|one| one.name == *name)).cloned().collect();
        if met.iter().any(|one| one.lot == Lot::Erased) {
            return Plan::Erased;
        }
        let own = known.iter().find(|one| one.name == found.name).cloned();
        match document.business.act {
            Act::Revoke => match met.into_iter().find(|one| one.lot == Lot::Taken || one.lot == Lot::Aside) {
                Some(one) => Plan::End(one),
                None if spoken.iter().any(|name| known.iter().any(|one| one.name == *name)) => Plan::There,
                None => Plan::Unknown,
            },
            _ if own.as_ref().is_some_and(|own| own.digest == found.digest && own.lot != Lot::Ended) => {
                Plan::There
            }
            Act::Update if met.is_empty() => Plan::Unknown,
            Act::New if twin && own.is_none() => Plan::Twin,
            Act::New | Act::Update | Act::Replace => {
                met.retain(|one| one.lot == Lot::Taken || one.lot == Lot::Ended);
                met.sort_by_key(|one| one.item.is_none());
                match met.is_empty() {
                    true => Plan::Take(own),
                    false => Plan::Change(met.remove(0), met),
                }
            }
        }
    }
}

/// Does what a packet says; `sha256` is that of its bytes. One after the other: whoever calls holds `app.joining`.
///
/// # Errors
/// What hinders all of them: a log that may not sign now, the database.
pub(crate) async fn take(
    app: &App,
    source: &Source,
    document: &Arc<Document>,
    sha256: ContentHash,
) -> Result<Came, Problem> {
    let portal =
        app.portals.load().find(|portal| portal.log == source.log).ok_or(Problem::NotFound("portal"))?;
    let (found, plan) = look(app, source, document).await?;
    let now = app.clock.micros();
    let reason: String = document.business.reason.chars().take(REASON).collect();
    let change = if document.business.act == Act::Replace { ItemChange::Replace } else { ItemChange::Update };
    let reader = Reader {
        app,
        portal: &portal,
        source,
        // The log says it to the millisecond.
        taken: Taken { at: instant(now - now.rem_euclid(1_000)), sha256 },
        insists: true,
        why: Why { change, note: Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty()) },
    };
    let (known, others) = match plan {
        Plan::There => {
            let aside = store::aside(&mut app.db.read().await?, source.id, &found.name).await?;
            return Ok(match aside {
                Some(aside) => Came { code: Code::Refused, says: Both { vi: aside.vi, en: aside.en } },
                None => came(Code::Received, "văn bản này đã có ở đây", "it is here already"),
            });
        }
        Plan::Erased => {
            return Ok(came(
                Code::Refused,
                "văn bản này đã được xóa theo quy định của pháp luật và không được nhận lại",
                "it was erased by law and is not taken again",
            ));
        }
        Plan::Unknown => {
            let (vi, en) = (
                "chưa nhận văn bản mà gói tin nói tới (DocumentId); hãy gửi văn bản ấy trước",
                "the document of which it speaks (DocumentId) was never taken here; send that first",
            );
            let code = if document.business.act == Act::Revoke { Code::RecallRefused } else { Code::Refused };
            return Ok(came(code, vi, en));
        }
        Plan::Twin => {
            reader.step(None, &Step::Twin(&found)).await?;
            return Ok(came(
                Code::Received,
                "văn bản này đã có từ nguồn khác",
                "another source has brought it",
            ));
        }
        Plan::End(known) => return end(&reader, &known).await,
        Plan::Take(known) => (known, Vec::new()),
        Plan::Change(known, others) => (Some(known), others),
    };
    match (&found.fate, &known) {
        // What would have been replaced keeps its name.
        (Fate::Wrong(_), known) => {
            let own = known.as_ref().filter(|known| known.name == found.name);
            reader.step(None, &Step::Aside(own, &found)).await?
        }
        (_, Some(known)) => reader.step(None, &Step::Change(known, &found)).await?,
        (_, None) => reader.step(None, &Step::Take(&found)).await?,
    };
    let aside = store::aside(&mut app.db.read().await?, source.id, &found.name).await?;
    if let Some(aside) = aside {
        return Ok(Came { code: Code::Refused, says: Both { vi: aside.vi, en: aside.en } });
    }
    for other in &others {
        reader.step(None, &Step::End(other)).await?;
    }
    Ok(came(Code::Received, "đã tiếp nhận", "it was taken"))
}

async fn end(reader: &Reader<'_>, known: &Known) -> Result<Came, Problem> {
    if known.item.is_none() {
        reader.drop_aside(known.name).await?;
    } else if let Err(problem) = reader.step(None, &Step::End(known)).await {
        return match problem {
            // The reason that came with it may not be told to readers.
            problem @ (Problem::Invalid(_) | Problem::Refused { .. }) => {
                Ok(Came { code: Code::RecallRefused, says: reasons(problem) })
            }
            problem => Err(problem),
        };
    }
    Ok(came(Code::RecallAgreed, "đã thu hồi", "it was taken back"))
}

/// Whether a source takes packets.
pub(super) fn takes(source: &Source) -> bool {
    source.way == Way::Packets
}
