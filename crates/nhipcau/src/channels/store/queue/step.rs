//! A step of a delivery: it reads the newest state, tells it one event and keeps what comes of it, in one transaction, so that no answer
//! overwrites another.

use channels::quotas::{Spend, quotas};
use channels::{Action, Cause, Delivery, Event, Settings, Stage, What, Work};
use jiff::Timestamp;
use uuid::Uuid;

use super::{Sending, Wish, of_id};
use crate::channels::store;
use crate::clock::instant;
use crate::db::Tx;
use crate::run;
use crate::words::date;

/// Keys that could not be renewed are asked for again after this, in microseconds.
const KEYS_AGAIN: i64 = 600_000_000;

/// What a delivery is told in a step.
#[derive(Clone, Debug)]
pub(in crate::channels) enum Told {
    /// What is first due of it: that it was interrupted, what somebody wishes, or that time has passed.
    Due,
    /// What has happened.
    Now(Event),
}

/// One step: the newest state is told an event, and what comes of it is kept. None if the delivery is not there any more.
///
/// # Errors
/// The database's.
pub(in crate::channels) async fn step(
    tx: &mut Tx,
    id: Uuid,
    told: Told,
) -> anyhow::Result<Option<(Sending, Vec<Action>)>> {
    let Some(mut sending) = of_id(tx.conn(), id).await? else { return Ok(None) };
    let (now, settings): (Timestamp, _) = (instant(tx.ledger.now()), Settings::default());
    let event = match told {
        Told::Now(event) => event,
        Told::Due if sending.doubt => Event::Restarted,
        Told::Due if !sending.wishes.is_empty() => sending.wishes.remove(0).into(),
        // Asks for the keys once more.
        Told::Due if sending.machine.waits_for_keys() => Event::Restarted,
        Told::Due => Event::Tick,
    };
    let before = look(&sending.machine);
    // While a call is out its delivery hears of the end first: then its answer leads to no further call that shows anything.
    if matches!(event, Event::Answer { .. } | Event::Lost { .. } | Event::NotSent { .. }) {
        while let Some(at) = sending.wishes.iter().position(|wish| matches!(wish, Wish::Withdraw { .. })) {
            let end = sending.wishes.remove(at);
            sending.machine.on(end.into(), now, &settings);
        }
    }
    let mut actions = sending.machine.on(event, now, &settings);
    // Where a quota is used up the call is not made, and tried again when there is room.
    while let Some(Action::Call { attempt, step }) =
        actions.iter().find(|action| matches!(action, Action::Call { .. }))
    {
        let spends = sending.machine.spends(*step);
        let Some(until) = full(tx, &sending, &spends, now).await? else {
            for what in spends {
                store::spends(tx, sending.account, what).await?;
            }
            break;
        };
        let cause = Some(Cause::new(What::Quota, ""));
        let event = Event::NotSent { attempt: *attempt, until: Some(until), cause };
        actions = sending.machine.on(event, now, &settings);
    }
    sending.doubt = actions.iter().any(|action| matches!(action, Action::Call { .. }));
    let due = sending.machine.due().map_or(0, |due| due.as_microsecond().max(1));
    let due = match sending.machine.waits_for_keys() {
        true => due.min(now.as_microsecond() + KEYS_AGAIN),
        false => due,
    };
    // What is still to be told is told at once; so is what waits for the answer of a call that is never kept.
    let next = if sending.doubt || !sending.wishes.is_empty() { 1 } else { due };
    if look(&sending.machine) != before {
        sending.changed = now.as_microsecond();
    }
    run!(
        tx,
        "UPDATE channel_delivery SET state = $1, machine = $2, wishes = $3, doubt = $4, next = $5, changed = $6 WHERE id = $7",
        sending.machine.stage().word(),
        serde_json::to_string(&sending.machine)?,
        serde_json::to_string(&sending.wishes)?,
        i64::from(sending.doubt),
        next,
        sending.changed,
        sending.id.to_string()
    )?;
    Ok(Some((sending, actions)))
}

/// When there is room for what would be done, if there is none now.
async fn full(
    tx: &mut Tx,
    sending: &Sending,
    spends: &[Spend],
    now: Timestamp,
) -> anyhow::Result<Option<Timestamp>> {
    let mut latest = None;
    for quota in quotas(sending.machine.kind(), date::day(now)).filter(|quota| spends.contains(&quota.what)) {
        let done = store::spent(tx.conn(), sending.account, quota.what, quota.counts_from(now)).await?;
        latest = latest.max(quota.room_at(&done, now));
    }
    Ok(latest)
}

/// As what people see a delivery.
fn look(machine: &Delivery) -> (Work, Stage) {
    (machine.work(), machine.stage())
}
