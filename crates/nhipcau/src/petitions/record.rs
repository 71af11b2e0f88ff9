//! The public record of a case: one entry for each step that everybody may know of, in the log of whoever says it (protocol §2).

use jiff::civil::Date;
use network::entry::{
    Answered, Case as Named, Closed, Entry, Kind, Level, Outcome, Passed, Registered, Reopened,
};
use network::names::{ContentHash, Origin};

use super::store::Case;
use crate::app::App;
use crate::clock::instant;
use crate::db::Tx;
use crate::logs::{ledger, store as logs};
use crate::problem::Problem;
use crate::words::date;

/// What is said of a case.
pub enum Said {
    /// It was asked here.
    Registered,
    /// It is another agency's from now; said by both.
    Passed {
        /// Who had it.
        from: Origin,
        /// Who has it.
        to: Origin,
        /// Who decided so, if neither of both.
        by: Option<Origin>,
    },
    /// It was answered; what stands for the answer.
    Answered(ContentHash),
    /// Its sender was not content.
    Reopened,
    /// It has ended.
    Closed(Outcome),
}

/// Puts what is said of a case into a log; its place there.
///
/// # Errors
/// The log may not sign now; what is stored is damaged; the database's.
pub async fn append(app: &App, tx: &mut Tx, case: &Case, log: i64, said: Said) -> Result<i64, Problem> {
    let origin =
        logs::head(tx.conn(), case.asked).await?.map(|head| head.origin).ok_or_else(|| damaged(case))?;
    let code = case.code.parse().map_err(|_| damaged(case))?;
    let named = Named { origin, code };
    let epoch = u32::try_from(case.epoch).map_err(|_| damaged(case))?;
    let kind = match said {
        Said::Registered => Kind::PetitionRegistered(Registered {
            code: named.code,
            category: case.sort.clone(),
            level: level(app, &named.origin),
            received: date::day(instant(case.clock_from)),
            due: due(case)?,
            commitment: commitment(case)?,
        }),
        Said::Passed { from, to, by } => Kind::PetitionPassed(Passed {
            case: named,
            epoch,
            from,
            level: level(app, &to),
            to,
            by,
            category: case.kind().to_owned(),
            due: due(case)?,
        }),
        Said::Answered(answer) => {
            Kind::PetitionAnswered(Answered { case: named, epoch, content: None, commitment: Some(answer) })
        }
        Said::Reopened => Kind::PetitionReopened(Reopened { case: named, epoch, due: due(case)? }),
        Said::Closed(outcome) => Kind::PetitionClosed(Closed { case: named, epoch, outcome }),
    };
    let entry = Entry { at: instant(tx.ledger.now()), kind };
    Ok(ledger::append(tx, log, &entry).await? as i64)
}

/// The level of an agency; of one that the directory does not have yet, the lowest.
fn level(app: &App, agency: &Origin) -> Level {
    app.directory.load().agency(agency).map_or(Level::Unit, |agency| agency.level)
}

fn due(case: &Case) -> Result<Date, Problem> {
    let due = case.due.parse();
    due.map_err(|_| {
        Problem::Ours(anyhow::anyhow!("no rule of data/rules/petition_clocks.csv sets a day for the answer"))
    })
}

fn commitment(case: &Case) -> Result<ContentHash, Problem> {
    case.commitment.clone().try_into().map(ContentHash).map_err(|_| damaged(case))
}

fn damaged(case: &Case) -> Problem {
    Problem::Ours(anyhow::anyhow!("what is stored of petition {} is damaged; run nhipcau doctor", case.code))
}
