//! What an editor is told of the tasks of a draft: whom each will reach, and what nobody could say. Nothing of it keeps a draft
//! from being issued: documents are addressed to bodies outside the network, too.

use super::addressees::Roll;
use super::directive::Directive;
use crate::app::App;
use crate::drafts::Work;
use crate::people::gate::Staff;
use crate::words::{Lang, date};

/// A sentence for each task, and for each phrase that is not known.
pub fn of(app: &App, staff: &Staff, work: &Work, lang: Lang) -> Vec<String> {
    let (w, draft) = (lang.desk(), &work.written.draft);
    let directive = Directive::read(&draft.details, work.base + 1, draft.issued);
    let Some(directive) = directive.filter(|_| draft.kind == "directive") else { return Vec::new() };
    let directory = app.directory.load();
    let today = date::day(app.clock.now());
    let roll = Roll::new(&directory, today);
    let mut says: Vec<String> =
        directive.repeated().into_iter().map(|number| w.task_repeated(number)).collect();
    for given in directive.given(&roll, &staff.portal.origin, today) {
        let number = &given.task.number;
        says.push(w.task_reaches(number, given.to.agencies.len()));
        says.extend(given.to.unknown.iter().map(|phrase| w.task_exception_unknown(number, phrase)));
    }
    says
}
