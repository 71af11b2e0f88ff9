//! What a portal says of a day that is over: its sums for each item, in a few entries of its log (`measure.reported`).

use jiff::ToSpan;
use jiff::civil::Date;
use network::entry::{Entry, Kind, Measured, Measures};

use super::store::{self, OfDay};
use crate::app::App;
use crate::clock::instant;
use crate::db::Tx;
use crate::logs::ledger;
use crate::problem::Problem;
use crate::words::date;

/// So long after midnight the day before is whole, in microseconds: by then all of it was written.
const SETTLED: i64 = 600_000_000;
/// So many days later it is still reported by a node that was away.
const LATEST: i8 = 7;
/// The most bytes of items in one entry; what stands around them fits into the rest.
const MOST_BYTES: usize = network::entry::MAX_ENTRY - 1_024;

/// Reports what is over and was not reported.
///
/// # Errors
/// The database's.
pub async fn report(app: &App) -> Result<(), Problem> {
    let until = date::day(instant(app.clock.micros() - SETTLED));
    let since = until.checked_sub(LATEST.days()).map_err(anyhow::Error::from)?;
    let due = store::unreported(&mut app.db.read().await?, since, until).await?;
    for (portal, day) in due {
        // A portal that moved to another node, or whose log has ended, reports nothing here.
        if app.portals.load().find(|one| one.log == portal).is_none() {
            continue;
        }
        let now = app.clock.now();
        let done = app.db.write("reach.report", async move |tx: &mut Tx| -> Result<(), Problem> {
            if !store::report(tx, portal, day).await? {
                return Ok(());
            }
            let most = Measures::MOST_ITEMS * Measures::MOST_PARTS as usize;
            let items = store::of_day(tx.conn(), portal, day, most).await?;
            let items: Vec<Measured> = items.into_iter().map(measured).collect::<Result<_, _>>()?;
            let entries: Vec<Entry> = parts(day, items)
                .into_iter()
                .map(|said| Entry { at: now, kind: Kind::MeasureReported(said) })
                .collect();
            if !entries.is_empty() {
                ledger::append_all(tx, portal, &entries.iter().collect::<Vec<_>>()).await?;
            }
            Ok(())
        });
        if let Err(problem) = done.await {
            tracing::debug!(%problem, portal, %day, "how items were read is not reported yet");
        }
    }
    Ok(())
}

/// What of an item may be said: no number that is small enough to be somebody.
fn measured(row: OfDay) -> anyhow::Result<Measured> {
    let large = |n: i64| u64::try_from(n).ok().filter(|n| *n >= Measures::FEWEST);
    Ok(Measured {
        origin: row.origin.parse()?,
        item: row.item.parse()?,
        views: large(row.views),
        viewers: large(row.viewers),
        links: large(row.links),
    })
}

/// The entries of a day: as few as hold the items, and never more than there may be.
fn parts(day: Date, items: Vec<Measured>) -> Vec<Measures> {
    let mut parts: Vec<(usize, Measures)> = Vec::new();
    for one in items {
        let weight = one.weight();
        match parts.last_mut() {
            Some((bytes, part))
                if *bytes + weight <= MOST_BYTES && part.items.len() < Measures::MOST_ITEMS =>
            {
                *bytes += weight;
                part.items.push(one);
            }
            _ => {
                let part = parts.len() as u32 + 1;
                if part > Measures::MOST_PARTS {
                    break;
                }
                parts.push((weight, Measures { day, part, items: vec![one] }));
            }
        }
    }
    parts.into_iter().map(|(_, part)| part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_day_is_a_bounded_number_of_entries_that_can_be_written() {
        let day = jiff::civil::date(2026, 11, 26);
        let one = |n: u128| Measured {
            origin: "so-khoa-hoc-va-cong-nghe.tinh-a.gov.vn/log".parse().unwrap(),
            item: Uuid::from_u128(n),
            views: Some((1 << 53) - 1),
            viewers: Some((1 << 53) - 1),
            links: Some((1 << 53) - 1),
        };
        assert!(parts(day, Vec::new()).is_empty());
        assert_eq!(parts(day, vec![one(1)]).len(), 1);
        let all = parts(day, (0..5_000).map(one).collect());
        assert_eq!(all.len(), Measures::MOST_PARTS as usize);
        for (at, part) in all.into_iter().enumerate() {
            assert_eq!(part.part as usize, at + 1);
            let kind = Kind::MeasureReported(part);
            Entry { at: "2026-11-27T00:10:00Z".parse().unwrap(), kind }.encode().unwrap();
        }
    }

    #[test]
    fn a_number_that_could_be_somebody_is_not_said() {
        let row = OfDay {
            origin: "chinhphu.vn/log".into(),
            item: Uuid::from_u128(1).to_string(),
            views: 9,
            viewers: 4,
            links: 0,
        };
        let said = measured(row).unwrap();
        assert_eq!((said.views, said.viewers, said.links), (Some(9), None, None));
    }
}
