//! The authority table: whether somebody answers for every topic today.

use super::{Finding, Said, Severity};
use crate::app::App;
use crate::petitions::authority::unanswered;
use crate::words::{Lang, date};

/// So many topics are named.
const NAMED: usize = 5;

/// What a running node says.
pub(super) fn of_running(app: &App) -> Vec<Finding> {
    let open = unanswered(&app.authority.table(), date::day(app.clock.now()));
    if open.is_empty() {
        return Vec::new();
    }
    let (many, names) = (open.len(), open.into_iter().take(NAMED).collect::<Vec<_>>().join("; "));
    let says = |lang: Lang| lang.authority().doctor(many, &names);
    let remedy = |lang: Lang| lang.authority().doctor_do.to_owned();
    vec![Finding {
        about: "authority".into(),
        severity: Severity::Hand,
        says: Said { vi: says(Lang::Vi), en: says(Lang::En) },
        remedy: Said { vi: remedy(Lang::Vi), en: remedy(Lang::En) },
    }]
}
