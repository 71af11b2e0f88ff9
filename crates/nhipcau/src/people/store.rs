//! Accounts and appointments in the database.

use jiff::civil::Date;
use sqlx::FromRow;
use uuid::Uuid;

use super::{Account, Appointment, Role};
use crate::db::{Conn, Tx};
use crate::{all, maybe, run};

#[derive(FromRow)]
struct AccountRow {
    id: String,
    login: String,
    name: String,
    closed: i64,
    home: i64,
}

impl TryFrom<AccountRow> for Account {
    type Error = anyhow::Error;
    fn try_from(row: AccountRow) -> anyhow::Result<Account> {
        Ok(Account {
            id: row.id.parse()?,
            login: row.login,
            name: row.name,
            closed: row.closed != 0,
            home: row.home,
        })
    }
}

/// How somebody signs in by password.
#[derive(FromRow, Clone, Debug)]
pub struct Secret {
    /// The hash as a PHC string; empty until one was chosen.
    pub password: String,
    /// Failures since the last success.
    pub failed: i64,
    /// No try counts before this instant, in microseconds.
    pub free_at: i64,
}

/// An account by its id.
///
/// # Errors
/// The database's.
pub async fn account(conn: &mut Conn, id: Uuid) -> anyhow::Result<Option<Account>> {
    let row = maybe!(
        conn,
        AccountRow,
        "SELECT id, login, name, closed, home FROM account WHERE id = $1",
        id.to_string()
    )?;
    row.map(Account::try_from).transpose()
}

/// An account by what is typed to sign in.
///
/// # Errors
/// The database's.
pub async fn by_login(conn: &mut Conn, login: &str) -> anyhow::Result<Option<Account>> {
    let row = maybe!(
        conn,
        AccountRow,
        "SELECT id, login, name, closed, home FROM account WHERE login = $1",
        login.to_owned()
    )?;
    row.map(Account::try_from).transpose()
}

/// The accounts that a log's agency keeps or has given a role, by login.
///
/// # Errors
/// The database's.
pub async fn at_log(conn: &mut Conn, log: i64) -> anyhow::Result<Vec<Account>> {
    let rows = all!(
        conn,
        AccountRow,
        "SELECT id, login, name, closed, home FROM account
         WHERE home = $1 OR id IN (SELECT account FROM appointment WHERE log = $1) ORDER BY login",
        log
    )?;
    rows.into_iter().map(Account::try_from).collect()
}

/// How an account signs in by password.
///
/// # Errors
/// The database's.
pub async fn secret(conn: &mut Conn, id: Uuid) -> sqlx::Result<Option<Secret>> {
    maybe!(conn, Secret, "SELECT password, failed, free_at FROM account WHERE id = $1", id.to_string())
}

/// Adds an account that cannot sign in before it has chosen a password.
///
/// # Errors
/// The database's.
pub async fn add(tx: &mut Tx, account: &Account) -> sqlx::Result<()> {
    let now = tx.ledger.now();
    run!(
        tx,
        "INSERT INTO account (id, login, name, closed, password, failed, free_at, created, home)
         VALUES ($1, $2, $3, 0, '', 0, 0, $4, $5)",
        account.id.to_string(),
        account.login.clone(),
        account.name.clone(),
        now,
        account.home
    )?;
    Ok(())
}

/// Opens or closes an account.
///
/// # Errors
/// The database's.
pub async fn close(tx: &mut Tx, id: Uuid, closed: bool) -> sqlx::Result<()> {
    run!(tx, "UPDATE account SET closed = $2 WHERE id = $1", id.to_string(), i64::from(closed))?;
    Ok(())
}

/// Sets the password's hash; earlier failures are forgotten.
///
/// # Errors
/// The database's.
pub async fn set_password(tx: &mut Tx, id: Uuid, hash: String) -> sqlx::Result<()> {
    run!(
        tx,
        "UPDATE account SET password = $2, failed = 0, free_at = 0 WHERE id = $1",
        id.to_string(),
        hash
    )?;
    Ok(())
}

/// Counts a failure and says from when on the next try counts; or forgets all failures.
///
/// # Errors
/// The database's.
pub async fn set_failed(tx: &mut Tx, id: Uuid, failed: i64, free_at: i64) -> sqlx::Result<()> {
    run!(tx, "UPDATE account SET failed = $2, free_at = $3 WHERE id = $1", id.to_string(), failed, free_at)?;
    Ok(())
}

#[derive(FromRow)]
struct AppointmentRow {
    origin: String,
    role: String,
    below: i64,
    since: i64,
    until: Option<i64>,
}

/// What an account may do where, by agency and role. Words that this version does not know give nothing.
///
/// # Errors
/// The database's.
pub async fn appointments(conn: &mut Conn, id: Uuid) -> anyhow::Result<Vec<Appointment>> {
    let rows = all!(
        conn,
        AppointmentRow,
        "SELECT l.origin, a.role, a.below, a.since, a.until FROM appointment a JOIN log l ON l.id = a.log
         WHERE a.account = $1 ORDER BY l.origin, a.role",
        id.to_string()
    )?;
    rows.into_iter()
        .filter_map(|row| Some((Role::of(&row.role)?, row)))
        .map(|(role, row)| {
            Ok(Appointment {
                origin: row.origin.parse()?,
                role,
                below: row.below != 0,
                since: day(row.since),
                until: row.until.map(day),
            })
        })
        .collect()
}

/// Gives an account a role at a log; one that it has already is changed.
///
/// # Errors
/// The database's.
pub async fn appoint(
    tx: &mut Tx,
    id: Uuid,
    log: i64,
    role: Role,
    below: bool,
    (since, until): (Date, Option<Date>),
) -> sqlx::Result<()> {
    run!(
        tx,
        "INSERT INTO appointment (account, log, role, below, since, until) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (account, log, role) DO UPDATE
           SET below = excluded.below, since = excluded.since, until = excluded.until",
        id.to_string(),
        log,
        role.word(),
        i64::from(below),
        number(since),
        until.map(number)
    )?;
    Ok(())
}

/// Takes a role away; false if it was not there.
///
/// # Errors
/// The database's.
pub async fn dismiss(tx: &mut Tx, id: Uuid, log: i64, role: Role) -> sqlx::Result<bool> {
    let done = run!(
        tx,
        "DELETE FROM appointment WHERE account = $1 AND log = $2 AND role = $3",
        id.to_string(),
        log,
        role.word()
    )?;
    Ok(done > 0)
}

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// A stored day; one out of range becomes the nearest that is in it.
fn day(stored: i64) -> Date {
    EPOCH.saturating_add(jiff::Span::new().days(stored.clamp(-700_000, 2_900_000)))
}

fn number(day: Date) -> i64 {
    (day - EPOCH).get_days().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_stored_as_a_number() {
        for (date, stored) in [(jiff::civil::date(1970, 1, 1), 0), (jiff::civil::date(2026, 11, 26), 20_783)]
        {
            assert_eq!((number(date), day(stored)), (stored, date));
        }
    }
}
