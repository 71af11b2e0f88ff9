//! A draft looked at: as readers would see it, and what it changes.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::find;
use crate::app::App;
use crate::assignments::findings;
use crate::drafts::{Written, form, merge, store};
use crate::items::body;
use crate::items::difference::{Piece, words};
use crate::items::draft::Draft;
use crate::people::gate::Staff;
use crate::people::pages::{Desk, HOME, drawn, shell};
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{Lang, date};

/// A draft as readers would read it.
pub struct Reads {
    /// Its title, or that it has none.
    pub title: String,
    /// Its summary.
    pub summary: String,
    /// What stands above the text, each fact with its label.
    pub facts: Vec<(String, String)>,
    /// The text as HTML that is clean.
    pub body: String,
    /// The tasks of a directive, of restricted ones that there is one.
    pub tasks: Vec<String>,
}

impl Reads {
    /// What is written, in a language.
    pub fn of(draft: &Draft, lang: Lang) -> Reads {
        let day = |day: &Option<jiff::civil::Date>| day.map(|day| date::date(lang, day));
        let facts = [
            ("form", draft.form.clone()),
            ("number", draft.number.clone()),
            ("agency", draft.agency.clone()),
            ("signer", draft.signer.clone()),
            ("issued", day(&draft.issued)),
            ("effective", day(&draft.effective)),
            ("expires", day(&draft.expires)),
        ];
        let body = network::content::Body {
            format: draft.format.parse().unwrap_or(network::content::Format::Markdown),
            text: draft.text.clone(),
            layer: network::content::Layer::Official,
        };
        let facts = facts.into_iter();
        Reads {
            title: if draft.title.is_empty() { lang.desk().untitled } else { &draft.title }.to_owned(),
            summary: draft.summary.clone(),
            facts: facts
                .filter_map(|(name, value)| Some((form::label(&draft.kind, name, lang), value?)))
                .collect(),
            body: body::render(&body).html,
            tasks: findings::preview(draft, lang),
        }
    }
}

#[derive(Template)]
#[template(path = "drafts/preview.html")]
struct Preview {
    shell: Shell,
    desk: Desk,
    back: String,
    reads: Reads,
}

/// `GET /ban-lam-viec/tin/{id}/xem`
pub async fn preview(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Response {
    let lang = visitor.lang;
    match find(&app, &staff, &id).await {
        Ok(work) => {
            let reads = Reads::of(&work.written.draft, lang);
            let page = Preview {
                shell: shell(&app, &visitor, &staff.portal, &reads.title),
                desk: Desk::of(&staff, lang, HOME, None),
                back: lang.path(&format!("{HOME}/tin/{id}")),
                reads,
            };
            drawn(&app, &visitor, StatusCode::OK, &page)
        }
        Err(problem) => failure(&app, &visitor, problem),
    }
}

/// A field that differs.
struct Difference {
    label: String,
    pieces: Vec<Piece>,
}

#[derive(Template)]
#[template(path = "drafts/compare.html")]
struct Compare {
    shell: Shell,
    desk: Desk,
    back: String,
    against: String,
    differences: Vec<Difference>,
}

/// `GET /ban-lam-viec/tin/{id}/so-sanh`: against the first version, which for a further edition is what stands.
pub async fn compare(
    State(app): State<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Response {
    let page = async {
        let lang = visitor.lang;
        let w = lang.desk();
        let work = find(&app, &staff, &id).await?;
        let mut conn = app.db.read().await?;
        let first = store::version(&mut conn, work.id, 1).await?.ok_or(Problem::NotFound("version"))?;
        Ok::<_, Problem>(Compare {
            shell: shell(&app, &visitor, &staff.portal, w.compare_title),
            desk: Desk::of(&staff, lang, HOME, None),
            back: lang.path(&format!("{HOME}/tin/{id}")),
            against: if work.base > 0 { w.compare_edition(work.base) } else { w.compare_first.to_owned() },
            differences: differences(&first, &work.written, lang)?,
        })
    };
    match page.await {
        Ok(page) => drawn(&app, &visitor, StatusCode::OK, &page),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

fn differences(before: &Written, after: &Written, lang: Lang) -> Result<Vec<Difference>, Problem> {
    let kind = &after.draft.kind;
    let (before, after) = (merge::flat(before)?, merge::flat(after)?);
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let text = |value: Option<&serde_json::Value>| match value {
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let mut all = Vec::new();
    for name in names.into_iter().filter(|name| !name.starts_with(merge::MADE_FROM)) {
        let (old, new) = (text(before.get(name)), text(after.get(name)));
        if old == new {
            continue;
        }
        all.push(Difference { label: form::label(kind, name, lang), pieces: words(&old, &new) });
    }
    Ok(all)
}
