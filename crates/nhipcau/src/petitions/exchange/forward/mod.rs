//! A portal that passes every petition on to another system, for example to the national public service portal, which answers it.
//!
//! Petitions are registered here as ever, so that their senders keep code, secret and promise, and follow them at any portal. A program of the
//! operator's hands each in there (`exchange`). What has no code there after a day calls for the administrator: nothing may wait unseen.

pub mod pages;
pub mod store;

pub use store::{Forward, of};

use super::super::store::Case;
use super::wrong_system;
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::logs::store as logs;
use crate::operate::alarms::{self, Alarm};
use crate::people::forms::Fields;
use crate::problem::{Fault, Problem};
use crate::words::{Lang, date};

/// What an alarm about it is called.
const ALARM: &str = "petition.forward";
/// What has waited so long calls for a person, in microseconds: a day.
const LATE: i64 = 86_400_000_000;
/// The most letters of what readers call a system.
const MOST_TITLE: usize = 100;

/// The name of a system and what readers call it, as they may be kept; what is wrong is told of the form's fields.
fn checked(typed: &Fields) -> Result<(String, String), Problem> {
    let (system, title) = (typed.get("he-thong").trim(), typed.get("ten-goi").trim());
    let mut faults: Vec<Fault> = wrong_system("he-thong", system).into_iter().collect();
    if title.is_empty() || title.chars().count() > MOST_TITLE || title.chars().any(char::is_control) {
        faults.push(Fault {
            field: "ten-goi".into(),
            vi: format!("Tên gọi: 1–{MOST_TITLE} ký tự, một dòng, như người dân gọi hệ thống đó."),
            en: format!("Its title: 1–{MOST_TITLE} characters, one line, as people call that system."),
        });
    }
    if faults.is_empty() { Ok((system.to_owned(), title.to_owned())) } else { Err(Problem::Invalid(faults)) }
}

/// Looks whether anything waits too long, and tells the administrator.
///
/// # Errors
/// The database's.
pub async fn look(app: &App) -> Result<(), Problem> {
    let mut conn = app.db.read().await?;
    let mut late = Vec::new();
    for forward in store::every(&mut conn).await? {
        let Some(head) = logs::head(&mut conn, forward.log).await? else { continue };
        let waiting = store::waiting(&mut conn, &forward).await?;
        let oldest = waiting.first().map(|first| first.registered);
        let due = oldest.filter(|at| app.clock.micros() - at > LATE);
        late.push((forward, head.origin.to_string(), due.map(|at| (waiting.len(), at))));
    }
    let standing = alarms::standing(&mut conn).await?;
    drop(conn);
    for (forward, origin, late) in late {
        let stands = standing.iter().find(|alarm| alarm.about == ALARM && alarm.origin == origin);
        let detail = late.map(|(waiting, at)| format!("{waiting} {}", date::machine(instant(at))));
        match detail {
            // Told again only where more or fewer wait by now.
            Some(detail) if stands.is_none_or(|stands| stands.detail != detail) => {
                alarms::tell(app, Alarm { about: ALARM.into(), peer: forward.system, origin, detail }).await;
            }
            None if stands.is_some() => alarms::clear(app, ALARM, String::new(), origin).await?,
            _ => {}
        }
    }
    Ok(())
}

/// What a page tells of a petition that is passed on: where it goes, and whether it has a code there. Nothing of one whose portal answers
/// itself, or did when it came.
///
/// # Errors
/// The database's.
pub async fn says(
    conn: &mut Conn,
    case: &Case,
    external: &[(String, String)],
    lang: Lang,
) -> sqlx::Result<Option<String>> {
    let forward = of(conn, case.asked).await?.filter(|forward| case.registered >= forward.since);
    let w = lang.petition_forward();
    Ok(forward.filter(|_| case.state().is_open()).map(|forward| {
        let there = external.iter().any(|(system, _)| *system == forward.system);
        if there { w.passed(&forward.name) } else { w.on_its_way(&forward.name) }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(system: &str, title: &str) -> Fields {
        let pairs = [("he-thong", system), ("ten-goi", title)];
        Fields::of(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec())
    }

    #[test]
    fn a_system_has_a_name_for_programs_and_one_for_people() {
        assert_eq!(
            checked(&typed(" dvcqg ", " Cổng Dịch vụ công quốc gia ")).unwrap(),
            ("dvcqg".into(), "Cổng Dịch vụ công quốc gia".into())
        );
        let fields = |system: &str, title: &str| match checked(&typed(system, title)) {
            Err(Problem::Invalid(faults)) => faults.into_iter().map(|fault| fault.field).collect(),
            other => panic!("{other:?}"),
        };
        let both: Vec<String> = fields("Cổng DVC", "");
        assert_eq!(both, ["he-thong", "ten-goi"]);
        assert_eq!(fields("dvcqg", "a\nb"), ["ten-goi"]);
        assert_eq!(fields("", &"a".repeat(MOST_TITLE)), ["he-thong"]);
    }
}
