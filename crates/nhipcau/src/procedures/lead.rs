//! What the page of a procedure says before everything else: where it is done here, in what time, at what fee; a day counted from
//! today; the way online; and after everything else the documents that it names.

use std::collections::BTreeSet;

use jiff::civil::Date;
use network::content::Item;
use vietnam::number::DocumentNumber;
use vietnam::procedures::Channel;
use vietnam::working_time::Period;

use super::brief::Brief;
use super::handler::{Handler, Known, handler};
use super::place::Place;
use super::told::Procedure;
use super::{HOME, rules};
use crate::calendar::WorkingTime;
use crate::db::Conn;
use crate::documents::store;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, date};

/// The block of a procedure's page.
pub struct Lead {
    /// The sentence: `Làm tại …, trong 20 ngày làm việc, không mất phí.`
    pub says: String,
    /// How it is known where, if that needs words.
    pub known: Option<String>,
    /// For which place that is said.
    pub place: Option<String>,
    /// The link by which another place is chosen, where it makes a difference: address and words.
    pub choose: Option<(String, &'static str)>,
    /// By when, if handed in today, and the page that counts it.
    pub due: Option<(String, String)>,
    /// Its page at the national portal: address, words, and that one leaves.
    pub online: Option<(String, &'static str, String)>,
    /// Whether it may be lodged anywhere.
    pub anywhere: String,
    /// True if nothing is said of papers.
    pub no_papers: bool,
    /// The list of its field, and its name.
    pub field: (String, String),
    /// The documents that it names, by why it names them.
    pub laws: Vec<Laws>,
    /// Numbers from which the page was drawn, by key.
    pub numbers: BTreeSet<String>,
}

/// Documents that are named for one reason.
pub struct Laws {
    /// The reason.
    pub label: &'static str,
    /// Each with its number, where it stands here, and what it is called.
    pub lines: Vec<(String, Option<String>, String)>,
}

/// The block for an item; `None` if it is no procedure.
///
/// # Errors
/// The database's.
pub async fn of(
    conn: &mut Conn,
    time: &WorkingTime,
    visitor: &Visitor,
    shell: &Shell,
    item: &Item,
    reference: &str,
) -> sqlx::Result<Option<Lead>> {
    let Some(told) = Procedure::of(item) else { return Ok(None) };
    let (lang, today) = (shell.lang, date::day(shell.now));
    let w = lang.procedures();
    let place = Place::of(visitor, shell);
    let brief = Brief::of(&told);
    let found = handler(&told, &place.here, rules::shipped(), today, lang);
    let (laws, numbers) = laws(conn, &told, lang).await?;
    Ok(Some(Lead {
        says: says(&found, &brief, lang),
        known: match found.known {
            Known::Desk(basis) => Some(w.known_desk(basis)),
            Known::Publisher => Some(w.known_publisher.to_owned()),
            Known::Printed | Known::Not => None,
        },
        place: match place.name() {
            _ if found.needs_place => Some(w.place_unknown.to_owned()),
            name => name.filter(|_| found.of_place).map(|name| w.place_is(name)),
        },
        choose: (found.needs_place || found.of_place).then(|| {
            let words = if place.name().is_some() { w.place_change } else { w.place_choose };
            (shell.to(&format!("{HOME}/noi-o?ve=/muc/{reference}")), words)
        }),
        due: due(&brief, time, today, lang).map(|(says, path)| (says, shell.to(&path))),
        online: told.url.as_ref().map(|url| {
            let online = told.channels().contains(&Channel::Online);
            let site =
                url.split_once("://").map_or("", |(_, rest)| rest).split('/').next().unwrap_or_default();
            (url.clone(), if online { w.online } else { w.page_there }, w.online_leaves(site))
        }),
        anywhere: anywhere(told.anywhere, today, lang),
        no_papers: told.papers.is_empty(),
        field: (
            shell.to(&format!("{HOME}?linh-vuc={}", vietnam::text::slug(&told.field))),
            told.field.clone(),
        ),
        laws,
        numbers,
    }))
}

fn says(found: &Handler, brief: &Brief, lang: Lang) -> String {
    let (w, time, fee) = (lang.procedures(), brief.time(lang), brief.cost(lang));
    match found.at.as_str() {
        "" => w.lead_nowhere(time, fee),
        at => w.lead(at, time, fee),
    }
}

/// By when, if a complete file is handed in today; `None` where no one period in days is said, or the calendar ends before.
fn due(brief: &Brief, time: &WorkingTime, today: Date, lang: Lang) -> Option<(String, String)> {
    let period = brief.term()?.period()?;
    let (count, kind) = match period {
        Period::WorkingDays(count) => (count, "ngay-lam-viec"),
        Period::CalendarDays(count) => (count, "ngay"),
        Period::Hours(_) | Period::WorkingHours(_) => return None,
    };
    let deadline = time.days.deadline(today, period, time.usual()).ok()?;
    let says = lang.procedures().due(date::long_date(lang, deadline.end));
    Some((says, format!("{HOME}/thoi-han?tu={today}&so={count}&tinh={kind}")))
}

fn anywhere(said: Option<bool>, today: Date, lang: Lang) -> String {
    let w = lang.procedures();
    match (said, rules::shipped().anywhere(today)) {
        (Some(true), Some(rule)) => {
            w.anywhere_yes(rule.article.of(lang), &rule.basis, date::date(lang, rule.from))
        }
        (Some(false), _) => w.anywhere_no.to_owned(),
        _ => w.anywhere_unsaid.to_owned(),
    }
}

/// The documents that a procedure names, with links to those that stand here.
async fn laws(conn: &mut Conn, told: &Procedure, lang: Lang) -> sqlx::Result<(Vec<Laws>, BTreeSet<String>)> {
    let w = lang.procedures();
    let decision: Option<DocumentNumber> = told.decision.parse().ok();
    let named = told.basis.iter().map(|(number, name)| (number, name.as_str()));
    let groups: [(&'static str, Vec<(&DocumentNumber, &str)>); 3] = [
        (w.law_basis, named.collect()),
        (w.law_decision, decision.iter().map(|number| (number, "")).collect()),
        (w.law_mentioned, told.mentioned.iter().map(|number| (number, "")).collect()),
    ];
    let keys: BTreeSet<String> =
        groups.iter().flat_map(|(_, lines)| lines).map(|(number, _)| number.key()).collect();
    let rows = store::of_numbers(conn, &keys.iter().cloned().collect::<Vec<_>>()).await?;
    let here: BTreeSet<&str> = rows.iter().map(|row| row.number.as_str()).collect();
    let laws = groups
        .into_iter()
        .filter(|(_, lines)| !lines.is_empty())
        .map(|(label, lines)| Laws {
            label,
            lines: lines
                .into_iter()
                .map(|(number, name)| {
                    let printed = number.to_string();
                    let href = here.contains(number.key().as_str()).then(|| format!("/vb/{printed}"));
                    let name = if name == printed { String::new() } else { name.to_owned() };
                    (printed, href, name)
                })
                .collect(),
        })
        .collect();
    Ok((laws, keys))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_is_counted_only_from_one_period_of_days() {
        let brief =
            |least: &str, most: &str| Brief { least: least.into(), most: most.into(), ..Brief::default() };
        let today = date(2026, 11, 26);
        let (says, path) =
            due(&brief("20 ngày làm việc", "20 ngày làm việc"), &WorkingTime::shipped(), today, Lang::Vi)
                .unwrap();
        assert!(says.contains("24/12/2026") || says.contains("24 tháng 12"), "{says}");
        assert_eq!(path, "/dich-vu/thoi-han?tu=2026-11-26&so=20&tinh=ngay-lam-viec");
        assert_eq!(due(&brief("3 ngày", "20 ngày"), &WorkingTime::shipped(), today, Lang::Vi), None);
        assert_eq!(due(&brief("8 giờ", "8 giờ"), &WorkingTime::shipped(), today, Lang::Vi), None);
        assert_eq!(
            due(&brief("3650 ngày làm việc", "3650 ngày làm việc"), &WorkingTime::shipped(), today, Lang::Vi),
            None
        );
    }

    #[test]
    fn lodging_anywhere_is_said_by_the_rule_of_the_day() {
        assert!(anywhere(Some(true), date(2026, 8, 5), Lang::Vi).contains("309/2026/NĐ-CP"));
        let before = anywhere(Some(true), date(2026, 8, 4), Lang::Vi);
        assert!(!before.contains("309/2026"), "{before}");
    }
}
