//! A plan in words, for the console and for the command line alike.

use super::State;
use super::plan::{Ending, Plan, Step};
use crate::words::{AgencyWords, Lang, number};

/// What becomes of one agency that ends.
pub struct EndingView {
    /// Its name.
    pub name: String,
    /// Everything that happens to it, a sentence each.
    pub lines: Vec<String>,
}

/// A plan as people read it.
pub struct PlanView {
    /// Who into whom.
    pub title: String,
    /// The legal basis.
    pub basis: String,
    /// Each agency that ends.
    pub ends: Vec<EndingView>,
    /// What each person must still do.
    pub todo: Vec<String>,
    /// The steps.
    pub steps: Vec<String>,
}

/// A step of a merger, and when it was done.
pub struct StepLine {
    /// What it does.
    pub says: String,
    /// When it was done; empty if it is not.
    pub done: Option<String>,
}

/// How far a merger has come, in words.
pub fn state_says(state: State, w: &'static AgencyWords) -> &'static str {
    match state {
        State::Proposed => w.merger_state_proposed,
        State::UnderWay => w.merger_state_under_way,
        State::Done => w.merger_state_done,
        State::Dropped => w.merger_state_dropped,
    }
}

/// What an act of the audit trail is called; none for acts of others.
pub fn act_name(act: &str, lang: Lang) -> Option<&'static str> {
    let w = lang.agency();
    Some(match act {
        "merger.propose" => w.act_merger_propose,
        "merger.confirm" => w.act_merger_confirm,
        "merger.drop" => w.act_merger_drop,
        "merger.step" => w.act_merger_step,
        "merger.done" => w.act_merger_done,
        _ => return None,
    })
}

fn named((vi, en): &(String, String), domain: &str, lang: Lang) -> String {
    match lang {
        Lang::En if !en.is_empty() => en.clone(),
        _ if !vi.is_empty() => vi.clone(),
        _ => domain.to_owned(),
    }
}

/// The name that a plan has for a log.
fn name_of(plan: &Plan, origin: &str, lang: Lang) -> String {
    let ends = plan.ends.iter().map(|end| (&end.origin, &end.name, &end.domain));
    let heirs = plan.heirs.iter().map(|heir| (&heir.origin, &heir.name, &heir.domain));
    let found = ends.chain(heirs).find(|(log, ..)| *log == origin);
    found.map_or_else(|| origin.to_owned(), |(_, name, domain)| named(name, domain, lang))
}

/// What a step does, in words.
pub fn step_says(plan: &Plan, step: &Step, lang: Lang) -> String {
    let w = lang.agency();
    let of = |origin: &str| name_of(plan, origin, lang);
    match step {
        Step::Close { origin, .. } => w.step_close(of(origin)),
        Step::Count { origin } => w.step_count(of(origin)),
        Step::Change { origin, .. } => w.step_change(of(origin)),
        Step::Drafts { from, .. } => w.step_drafts(of(from)),
        Step::Redirect { origin } => w.step_redirect(of(origin)),
    }
}

impl PlanView {
    /// Who into whom.
    pub fn title(plan: &Plan, lang: Lang) -> String {
        let join = |all: Vec<String>| all.join(", ");
        let from = join(plan.ends.iter().map(|end| named(&end.name, &end.domain, lang)).collect());
        let into = join(plan.heirs.iter().map(|heir| named(&heir.name, &heir.domain, lang)).collect());
        lang.agency().merger_row(from, into)
    }

    /// A plan in a language.
    pub fn of(plan: &Plan, lang: Lang) -> PlanView {
        let w = lang.agency();
        let main = plan.heirs.first().map(|heir| named(&heir.name, &heir.domain, lang)).unwrap_or_default();
        let end = |end: &Ending| EndingView {
            name: format!("{} ({})", named(&end.name, &end.domain, lang), end.domain),
            lines: ending(plan, end, &main, lang),
        };
        PlanView {
            title: PlanView::title(plan, lang),
            basis: w.merger_basis_is(&plan.asked.basis),
            ends: plan.ends.iter().map(end).collect(),
            todo: todo(plan, &main, lang),
            steps: plan.steps.iter().map(|step| step_says(plan, step, lang)).collect(),
        }
    }
}

fn ending(plan: &Plan, end: &Ending, main: &str, lang: Lang) -> Vec<String> {
    let w = lang.agency();
    let n = |n: u64| number::whole(lang, n);
    let to = plan.heirs.first().map(|heir| heir.domain.as_str()).unwrap_or_default();
    let moves = end.ours && plan.heirs.first().is_some_and(|heir| heir.ours);
    let mut lines = vec![w.merger_log(n(end.size)), w.merger_key.to_owned()];
    lines.extend(end.code.as_ref().map(|code| w.merger_code_freed(code)));
    lines.push(w.merger_redirect(&end.domain, to));
    let mut some = |count: u64, says: &dyn Fn(String) -> String| {
        if count > 0 {
            lines.push(says(n(count)));
        }
    };
    some(end.below, &|n| w.merger_below(n, main));
    match moves {
        true => some(end.drafts, &|n| w.merger_drafts(n, main)),
        false => some(end.drafts, &|n| w.merger_drafts_stay(n)),
    }
    some(end.editions, &|n| w.merger_editions(n));
    some(end.tasks, &|n| w.merger_tasks(n, main));
    if plan.divides() {
        let others = plan.heirs.iter().skip(1).map(|heir| named(&heir.name, &heir.domain, lang));
        lines.push(w.merger_also(others.collect::<Vec<_>>().join(", ")));
    }
    lines
}

fn todo(plan: &Plan, main: &str, lang: Lang) -> Vec<String> {
    let w = lang.agency();
    let mut todo = Vec::new();
    for end in &plan.ends {
        let of = named(&end.name, &end.domain, lang);
        if end.people > 0 {
            todo.push(w.merger_todo_people(number::whole(lang, end.people), &of, main));
        }
        todo.push(w.merger_todo_node(&of, &end.node));
        todo.push(w.merger_todo_feeds(&of));
    }
    todo.push(w.merger_todo_channels(main));
    todo
}
