//! What a bulletin tells: the portal's own items of a day, what is urgent of others, and what was changed or taken back.

use jiff::ToSpan;
use jiff::civil::Date;
use network::content::Item;

use super::{Bulletin, Change, Told};
use crate::agencies::{self, Portal};
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::items::pages::{explained, publisher};
use crate::items::store::{Standing, between};
use crate::items::{State, body, kinds};
use crate::problem::Problem;
use crate::words::{Lang, date};

/// Items of a day that are looked at.
const LOOKED_AT: i64 = 1_000;
/// Pieces of one bulletin.
const MOST: usize = 60;

/// The bulletin of a portal on a day. With `chosen`, only these items are its news, in that order, and be it none; changes are
/// always told.
///
/// # Errors
/// Something chosen is none of the day's items; the database's.
pub async fn of_day(
    app: &App,
    portal: &Portal,
    on: Date,
    chosen: Option<&[String]>,
) -> Result<Bulletin, Problem> {
    let mut conn = app.db.read().await?;
    let conn = &mut conn;
    let start = |day: Date| -> anyhow::Result<i64> {
        Ok(day.to_zoned_datetime(date::zone())?.timestamp().as_microsecond())
    };
    let (day, next) = (start(on)?, start(on.tomorrow().map_err(anyhow::Error::from)?)?);
    let before = start(on.yesterday().map_err(anyhow::Error::from)?)?;
    let found = between(conn, &portal.domain, portal.log, (day, next), (before, next), LOOKED_AT).await?;
    let (mut ended, mut new) = (Vec::new(), Vec::new());
    // As they were issued, the first first.
    for item in found.iter().rev() {
        if kinds::of(&item.kind).is_some_and(|kind| kind.reference) {
            continue;
        }
        match what(item, on) {
            Some(None) => new.push((item, None)),
            Some(change) => ended.push((item, change)),
            None => {}
        }
    }
    if let Some(chosen) = chosen {
        let picked = chosen.iter().map(|reference| {
            let found = new.iter().find(|(item, _)| item.reference().to_string() == *reference).copied();
            found.ok_or_else(|| Problem::invalid("item", format!("{reference} is no item of {on} here")))
        });
        new = picked.collect::<Result<_, _>>()?;
    }
    let mut pieces = Vec::new();
    for (item, change) in ended.into_iter().chain(new).take(MOST) {
        pieces.push(told(app, conn, portal, item, change).await?);
    }
    let name = agencies::name(app.directory.load().agency(&portal.origin), Lang::Vi, &portal.domain);
    Ok(Bulletin::of((&portal.domain, &name), on, &pieces))
}

/// What an item is to the bulletin of a day: nothing, news, or a change of that day or of the one before.
fn what(item: &Standing, on: Date) -> Option<Option<Change>> {
    let (issued, changed) = (date::day(instant(item.issued)), date::day(instant(item.changed)));
    let lately = changed == on || changed.checked_add(1.day()).is_ok_and(|next| next == on);
    let ended = match item.state {
        State::Standing => None,
        State::Withdrawn | State::Gone => Some(Change::Withdrawn),
        State::Erased => Some(Change::Erased),
    };
    if let Some(change) = ended {
        return lately.then_some(Some(change));
    }
    let edited = match item.change.as_str() {
        "correct" => Some(Change::Corrected),
        "update" => Some(Change::Updated),
        "replace" => Some(Change::Replaced),
        _ => None,
    };
    match edited {
        // What was corrected on its own day is news as it stands now; who heard it in the morning hears what changed.
        Some(change) if lately => Some(Some(change)),
        _ => (issued == on).then_some(None),
    }
}

/// An item as it is told.
pub(super) async fn told(
    app: &App,
    conn: &mut Conn,
    portal: &Portal,
    item: &Standing,
    change: Option<Change>,
) -> Result<Told, Problem> {
    let mut one = Told {
        reference: item.reference().to_string(),
        change,
        title: item.card.title.clone(),
        summary: String::new(),
        text: String::new(),
        note: None,
        agency: (item.log != portal.log).then(|| publisher(app, item, Lang::Vi)),
        day: date::day(instant(item.issued)),
    };
    match change {
        Some(Change::Erased) => return Ok(one),
        Some(Change::Withdrawn) => {
            one.note = explained(app, conn, item.note).await?.map(|note| note.text);
            return Ok(one);
        }
        _ => {}
    }
    let bytes = match item.content {
        Some(hash) => app.folder.read(conn, &hash).await?,
        None => None,
    };
    if let Some(document) = bytes.and_then(|bytes| Item::parse(&bytes).ok()) {
        one.summary = document.summary.clone();
        one.text = lines(&document);
        one.note = document.change_note.filter(|_| change.is_some());
    }
    Ok(one)
}

/// The text of an item, a block a line.
fn lines(document: &Item) -> String {
    let html = body::render(&document.body).html;
    let broken =
        ["</p>", "</li>", "</tr>", "<br>", "</h2>", "</h3>", "</h4>", "</h5>", "</h6>", "</dd>", "</dt>"]
            .into_iter()
            .fold(html, |html, end| html.replace(end, &format!("{end}\n")));
    let cells = broken.replace("</td>", "</td>, ").replace("</th>", "</th>, ");
    body::plain(&cells)
}
