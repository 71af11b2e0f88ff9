//! Deliveries in the database: one for each item and account; `step` is what changes them.

mod step;

use channels::{Delivery, Event, Form, Place, Report, Stage};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use crate::db::{Conn, Tx};
use crate::{all, maybe, one, run};

pub(in crate::channels) use step::{Told, step};

/// So many deliveries of an account are looked at for one report, the youngest first.
const MOST_HEARD: i64 = 500;

/// What a delivery is still to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::channels) enum Wish {
    /// The item was issued.
    Begin,
    /// The item was corrected.
    Correct {
        /// What is to stand there.
        form: Box<Form>,
        /// What is posted where nothing can be changed.
        notice: Option<Box<Form>>,
    },
    /// The item stands no more.
    Withdraw {
        /// What is posted where nothing can be taken away.
        notice: Option<Box<Form>>,
    },
    /// A person has looked, and it stands there.
    There {
        /// Its id and public address, if the person gave them.
        place: Option<Place>,
    },
    /// A person has looked, and it does not.
    Absent,
    /// A person wants it tried again.
    Replay,
    /// The account has new keys.
    Renewed,
    /// The service has told something of itself.
    Report {
        /// What.
        report: Report,
    },
}

impl From<Wish> for Event {
    fn from(wish: Wish) -> Event {
        match wish {
            Wish::Begin => Event::Begin,
            Wish::Correct { form, notice } => Event::Correct { form, notice },
            Wish::Withdraw { notice } => Event::Withdraw { notice },
            Wish::There { place } => Event::There(place),
            Wish::Absent => Event::Absent,
            Wish::Replay => Event::Replay,
            Wish::Renewed => Event::Renewed,
            Wish::Report { report } => Event::Report(report),
        }
    }
}

/// A delivery with what is known around it.
#[derive(Clone, Debug)]
pub(in crate::channels) struct Sending {
    pub(in crate::channels) id: Uuid,
    pub(in crate::channels) account: Uuid,
    pub(in crate::channels) log: i64,
    pub(in crate::channels) item: String,
    /// The edition of which its form is.
    pub(in crate::channels) edition: i64,
    pub(in crate::channels) machine: Delivery,
    pub(in crate::channels) wishes: Vec<Wish>,
    /// True if a call was begun of which no answer was kept.
    pub(in crate::channels) doubt: bool,
    /// Since when it stands as it does, in microseconds.
    pub(in crate::channels) changed: i64,
}

impl Sending {
    /// True if it is still to be told that its item stands no more.
    pub(in crate::channels) fn ends(&self) -> bool {
        self.wishes.iter().any(|wish| matches!(wish, Wish::Withdraw { .. }))
    }

    /// True if it is still to be told of a correction.
    pub(in crate::channels) fn corrects(&self) -> bool {
        self.wishes.iter().any(|wish| matches!(wish, Wish::Correct { .. }))
    }

    /// True if something of it is done, or still to be done, without anybody.
    pub(in crate::channels) fn is_under_way(&self) -> bool {
        self.doubt || !self.wishes.is_empty() || self.machine.due().is_some()
    }
}

#[derive(FromRow)]
struct Row {
    id: String,
    account: String,
    log: i64,
    item: String,
    edition: i64,
    machine: String,
    wishes: String,
    doubt: i64,
    changed: i64,
}

impl TryFrom<Row> for Sending {
    type Error = anyhow::Error;
    fn try_from(row: Row) -> anyhow::Result<Sending> {
        Ok(Sending {
            id: row.id.parse()?,
            account: row.account.parse()?,
            log: row.log,
            item: row.item,
            edition: row.edition,
            machine: serde_json::from_str(&row.machine)?,
            wishes: serde_json::from_str(&row.wishes)?,
            doubt: row.doubt == 1,
            changed: row.changed,
        })
    }
}

/// The accounts that have something due, in no order.
///
/// # Errors
/// The database's.
pub(in crate::channels) async fn due_accounts(conn: &mut Conn, now: i64) -> anyhow::Result<Vec<Uuid>> {
    let rows = all!(
        conn,
        (String,),
        "SELECT DISTINCT d.account FROM channel_delivery d JOIN channel_account a ON a.id = d.account
         WHERE a.paused = 0 AND d.next > 0 AND d.next <= $1",
        now
    )?;
    rows.into_iter().map(|(id,)| Ok(id.parse()?)).collect()
}

/// What of an account is due first.
///
/// # Errors
/// The database's.
pub(in crate::channels) async fn first_due(
    conn: &mut Conn,
    account: Uuid,
    now: i64,
) -> anyhow::Result<Option<Sending>> {
    let row = maybe!(
        conn,
        Row,
        "SELECT id, account, log, item, edition, machine, wishes, doubt, changed FROM channel_delivery
         WHERE account = $1 AND next > 0 AND next <= $2 ORDER BY next, made, id LIMIT 1",
        account.to_string(),
        now
    )?;
    row.map(Sending::try_from).transpose()
}

/// A delivery.
///
/// # Errors
/// The database's.
pub(in crate::channels) async fn of_id(conn: &mut Conn, id: Uuid) -> anyhow::Result<Option<Sending>> {
    let row = maybe!(
        conn,
        Row,
        "SELECT id, account, log, item, edition, machine, wishes, doubt, changed FROM channel_delivery WHERE id = $1",
        id.to_string()
    )?;
    row.map(Sending::try_from).transpose()
}

/// Those of an item, the oldest first.
///
/// # Errors
/// The database's.
pub(in crate::channels) async fn of_item(
    conn: &mut Conn,
    log: i64,
    item: &str,
) -> anyhow::Result<Vec<Sending>> {
    let rows = all!(
        conn,
        Row,
        "SELECT id, account, log, item, edition, machine, wishes, doubt, changed FROM channel_delivery
         WHERE log = $1 AND item = $2 ORDER BY made, id",
        log,
        item.to_owned()
    )?;
    rows.into_iter().map(Sending::try_from).collect()
}

/// Those of an account, what changed last first; what a person must look at before all else.
///
/// # Errors
/// The database's.
pub(in crate::channels) async fn of_account(
    conn: &mut Conn,
    account: Uuid,
    most: i64,
) -> anyhow::Result<Vec<Sending>> {
    let rows = all!(
        conn,
        Row,
        "SELECT id, account, log, item, edition, machine, wishes, doubt, changed FROM channel_delivery WHERE account = $1
         ORDER BY CASE WHEN state IN ('unconfirmed', 'failed') THEN 0 ELSE 1 END, changed DESC, id LIMIT $2",
        account.to_string(),
        most
    )?;
    rows.into_iter().map(Sending::try_from).collect()
}

/// How many of an account are in a state that is still of interest: `queued`, `sent`, `failed`, `unconfirmed`.
///
/// # Errors
/// The database's.
pub(in crate::channels) async fn count(conn: &mut Conn, account: Uuid, state: Stage) -> sqlx::Result<i64> {
    let (count,) = one!(
        conn,
        (i64,),
        "SELECT COUNT(*) FROM channel_delivery WHERE account = $1 AND state = $2",
        account.to_string(),
        state.word()
    )?;
    Ok(count)
}

/// Adds a delivery, to begin now.
///
/// # Errors
/// The database's.
pub(in crate::channels) async fn add(tx: &mut Tx, sending: &Sending) -> anyhow::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO channel_delivery (id, account, log, item, edition, state, machine, wishes, doubt, next, made, changed)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 1, $9, $9)",
        sending.id.to_string(),
        sending.account.to_string(),
        sending.log,
        sending.item.clone(),
        sending.edition,
        sending.machine.stage().word(),
        serde_json::to_string(&sending.machine)?,
        serde_json::to_string(&sending.wishes)?,
        now
    )?;
    Ok(())
}

/// Lets a delivery be told something next; `edition` is that of its form from now on.
///
/// # Errors
/// The database's.
pub(in crate::channels) async fn wish(
    tx: &mut Tx,
    sending: &Sending,
    wish: Wish,
    edition: i64,
) -> anyhow::Result<()> {
    let mut wishes = sending.wishes.clone();
    wishes.push(wish);
    run!(
        tx,
        "UPDATE channel_delivery SET wishes = $1, edition = $2, next = 1 WHERE id = $3",
        serde_json::to_string(&wishes)?,
        edition,
        sending.id.to_string()
    )?;
    Ok(())
}

/// Lets a delivery be told something before all that it is still to be told.
///
/// # Errors
/// The database's.
pub(in crate::channels) async fn first(tx: &mut Tx, sending: &Sending, wish: Wish) -> anyhow::Result<()> {
    let mut wishes = sending.wishes.clone();
    wishes.insert(0, wish);
    run!(
        tx,
        "UPDATE channel_delivery SET wishes = $1, next = 1 WHERE id = $2",
        serde_json::to_string(&wishes)?,
        sending.id.to_string()
    )?;
    Ok(())
}

/// Keeps a delivery that was never begun, or whose words were forgotten, with what it is still to be told.
///
/// # Errors
/// The database's.
pub(in crate::channels) async fn replace(tx: &mut Tx, sending: &Sending) -> anyhow::Result<()> {
    run!(
        tx,
        "UPDATE channel_delivery SET machine = $1, wishes = $2, edition = $3, next = 1 WHERE id = $4",
        serde_json::to_string(&sending.machine)?,
        serde_json::to_string(&sending.wishes)?,
        sending.edition,
        sending.id.to_string()
    )?;
    Ok(())
}

/// After a start: whatever was under way is told so before anything else.
///
/// # Errors
/// The database's.
pub(in crate::channels) async fn restarted(tx: &mut Tx) -> sqlx::Result<()> {
    run!(tx, "UPDATE channel_delivery SET doubt = 1, next = 1 WHERE next > 0 OR doubt = 1")?;
    Ok(())
}

/// An account has new keys: what waits for them goes on.
///
/// # Errors
/// The database's.
pub(in crate::channels) async fn renewed(tx: &mut Tx, account: Uuid) -> anyhow::Result<()> {
    let rows = all!(
        tx,
        Row,
        "SELECT id, account, log, item, edition, machine, wishes, doubt, changed FROM channel_delivery
         WHERE account = $1 AND state IN ('queued', 'sent', 'accepted')",
        account.to_string()
    )?;
    for row in rows {
        let sending = Sending::try_from(row)?;
        if sending.machine.waits_for_keys() {
            first(tx, &sending, Wish::Renewed).await?;
        }
    }
    Ok(())
}

/// A service has told something of its posts: the deliveries that are meant are told it.
///
/// # Errors
/// The database's.
pub(in crate::channels) async fn heard(
    tx: &mut Tx,
    account: Uuid,
    reports: Vec<Report>,
) -> anyhow::Result<()> {
    let rows = all!(
        tx,
        Row,
        "SELECT id, account, log, item, edition, machine, wishes, doubt, changed FROM channel_delivery
         WHERE account = $1 AND state IN ('sent', 'accepted') ORDER BY changed DESC LIMIT $2",
        account.to_string(),
        MOST_HEARD
    )?;
    for row in rows {
        let mut sending = Sending::try_from(row)?;
        let reference = sending.machine.reference();
        let meant = |report: &Report| {
            let id = report.id.as_deref().is_some_and(|id| sending.machine.ids().any(|known| known == id));
            id || report.reference.as_deref() == Some(reference.as_str())
        };
        let told: Vec<Wish> = reports
            .iter()
            .filter(|report| meant(report))
            .map(|report| Wish::Report { report: report.clone() })
            .collect();
        if !told.is_empty() {
            sending.wishes.extend(told);
            replace(tx, &sending).await?;
        }
    }
    Ok(())
}
