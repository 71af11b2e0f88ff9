//! What an editor is told of the tasks of a draft: whom each will reach, and what nobody could say. Nothing of it keeps a draft
//! from being issued: documents are addressed to bodies outside the network, too.

use network::names::Origin;

use super::addressees::Roll;
use super::directive::Directive;
use super::restricted;
use crate::agencies;
use crate::app::App;
use crate::drafts::Work;
use crate::items::draft::Draft;
use crate::people::gate::Staff;
use crate::words::{Lang, date};

/// A sentence for each task, and for each phrase that is not known.
pub fn of(app: &App, staff: &Staff, work: &Work, lang: Lang) -> Vec<String> {
    let (w, draft) = (lang.desk(), &work.written.draft);
    let directive = Directive::read(&draft.details, work.base + 1, draft.issued, &|_, _| None);
    let Some(directive) = directive.filter(|_| draft.kind == "directive") else { return Vec::new() };
    let directory = app.directory.load();
    let today = date::day(app.clock.now());
    let roll = Roll::new(&directory, today);
    let mut says: Vec<String> =
        directive.repeated().into_iter().map(|number| w.task_repeated(number)).collect();
    for given in directive.given(&roll, &staff.portal.origin, today) {
        let number = &given.task.number;
        let count = given.to.agencies.len();
        if given.task.restricted.is_some() {
            let (readers, without) = restricted::keys(&directory, &given.to.agencies);
            says.push(lang.task().restricted_reaches(number, readers.len()));
            let named = |origin: &Origin| agencies::name(directory.agency(origin), lang, origin.as_str());
            says.extend(without.iter().map(|origin| lang.task().restricted_without(number, named(origin))));
        } else {
            says.push(w.task_reaches(number, count));
        }
        says.extend(given.to.unknown.iter().map(|phrase| w.task_exception_unknown(number, phrase)));
    }
    says
}

/// The tasks of a draft as readers will see them: of a restricted one, that there is one.
pub fn preview(draft: &Draft, lang: Lang) -> Vec<String> {
    let directive = Directive::read(&draft.details, 0, draft.issued, &|_, _| None);
    let tasks = directive.filter(|_| draft.kind == "directive").map(|directive| directive.tasks);
    let told = tasks.into_iter().flatten().map(|task| match task.restricted {
        Some(_) => lang.task().restricted_preview(&task.number),
        None => format!("{}. {}", task.number, task.text),
    });
    told.collect()
}
