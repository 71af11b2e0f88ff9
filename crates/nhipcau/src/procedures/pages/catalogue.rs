//! The catalogue: its home, by event, field and level, and its lists.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use form_urlencoded::Serializer;
use vietnam::text::slug;

use super::{Choice, PlaceLine, fields, no_choice};
use crate::agencies::Portal;
use crate::app::App;
use crate::db::Conn;
use crate::items::Card;
use crate::items::pages::{html, kept, title};
use crate::items::store::Reference;
use crate::items::view::Title;
use crate::people::forms::Fields;
use crate::problem::Problem;
use crate::procedures::HOME;
use crate::procedures::brief::Brief;
use crate::procedures::place::{ASKED, Place};
use crate::procedures::rules::{self, Group, Level, others};
use crate::procedures::store::{self, Filter, Row};
use crate::web::pages::{Drawn, Tag};
use crate::web::shell::{Section, Shell};
use crate::web::visitor::Visitor;
use crate::words::{Lang, ProcedureWords, number};

const A_PAGE: i64 = 30;
/// Fields that the home page names at once; the others unfold.
const FIRST_FIELDS: usize = 12;
/// How long a list is kept, in microseconds.
const LASTS: i64 = 60_000_000;

#[derive(Template)]
#[template(path = "procedures/home.html")]
struct Home {
    shell: Shell,
    p: &'static ProcedureWords,
    total: String,
    place: PlaceLine,
    noi: Option<String>,
    people: Vec<Choice>,
    business: Vec<Choice>,
    groups: Vec<Choice>,
    levels: Vec<Choice>,
    fields: Vec<Choice>,
    more_fields: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "procedures/list.html")]
struct List {
    shell: Shell,
    p: &'static ProcedureWords,
    heading: String,
    count: String,
    place: PlaceLine,
    name: String,
    /// Conditions in use, each with the list without it.
    dropped: Vec<Choice>,
    levels: Vec<Choice>,
    groups: Vec<Choice>,
    rows: Vec<Line>,
    before: Option<String>,
    after: Option<String>,
    /// Fields that the form carries along.
    held: Vec<(&'static str, String)>,
}

struct Line {
    href: String,
    title: Title,
    says: String,
}

/// `/dich-vu`
pub async fn catalogue(State(app): State<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Lists, Tag::Directory], LASTS, async |portal: &Portal| {
        let mut shell = portal.shell(&app, &visitor, Section::Procedures);
        let asked = Asked::read(&fields(&visitor))?;
        let mut conn = app.db.read().await?;
        let noi = Place::of(&visitor, &shell).query();
        shell.description = Some(shell.lang.procedures().find_hint.to_owned());
        match asked.is_all() {
            true => home(&mut conn, portal, &visitor, shell, noi).await,
            false => list(&mut conn, portal, &visitor, shell, &asked, noi).await,
        }
    })
    .await
}

/// What is asked for, checked.
#[derive(Clone, Default)]
struct Asked {
    event: Option<String>,
    group: Option<Group>,
    field: Option<String>,
    level: Option<Level>,
    name: Option<String>,
    page: Option<i64>,
}

impl Asked {
    fn read(fields: &Fields) -> Result<Asked, Problem> {
        let known = |name: &str, value: String, fits: bool| {
            if fits { Ok(value) } else { Err(no_choice(name, &value)) }
        };
        let event = fields.some("su-kien").map(|id| {
            let fits = rules::shipped().events.iter().any(|event| event.id == id)
                || Group::ALL.into_iter().any(|group| others(group) == id);
            known("su-kien", id, fits)
        });
        let group = fields.some("doi-tuong").map(|word| {
            Group::ALL
                .into_iter()
                .find(|group| group.slug() == word)
                .ok_or_else(|| no_choice("doi-tuong", &word))
        });
        let level = fields.some("cap").map(|word| {
            Level::ALL.into_iter().find(|level| level.slug() == word).ok_or_else(|| no_choice("cap", &word))
        });
        let field = fields.some("linh-vuc").map(|word| {
            let fits = slug(&word) == word;
            known("linh-vuc", word, fits)
        });
        let page = fields.some("trang").map(|text| {
            text.parse().ok().filter(|n| (1..=100_000).contains(n)).ok_or_else(|| no_choice("trang", &text))
        });
        Ok(Asked {
            event: event.transpose()?,
            group: group.transpose()?,
            field: field.transpose()?,
            level: level.transpose()?,
            name: fields.some("ten"),
            page: page.transpose()?,
        })
    }

    fn is_all(&self) -> bool {
        let Asked { event, group, field, level, name, page } = self;
        [event.is_none(), group.is_none(), field.is_none(), level.is_none(), name.is_none(), page.is_none()]
            .iter()
            .all(|none| *none)
    }

    fn filter(&self) -> Filter {
        let name = self.name.clone().unwrap_or_default();
        // `1.001193` is a code, and stands in no name.
        let code = name.contains('.') && name.chars().all(|c| c.is_ascii_digit() || c == '.');
        Filter {
            event: self.event.clone(),
            group: self.group,
            field: self.field.clone(),
            level: self.level,
            code: code.then(|| name.clone()),
            name: (!code).then_some(name),
            own: false,
            skip: (self.page.unwrap_or(1) - 1) * A_PAGE,
            most: A_PAGE,
        }
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let pairs = [
            ("su-kien", self.event.clone()),
            ("doi-tuong", self.group.map(|group| group.slug().to_owned())),
            ("linh-vuc", self.field.clone()),
            ("cap", self.level.map(|level| level.slug().to_owned())),
            ("ten", self.name.clone()),
            ("trang", self.page.map(|page| page.to_string())),
        ];
        pairs.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    fn href(&self, shell: &Shell, noi: &Option<String>) -> String {
        shell.to(&self.path(noi))
    }

    fn path(&self, noi: &Option<String>) -> String {
        let mut query = Serializer::new(String::new());
        query.extend_pairs(self.pairs());
        let parts = [Some(query.finish()).filter(|text| !text.is_empty()), noi.clone()];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let mark = if parts.is_empty() { "" } else { "?" };
        format!("{HOME}{mark}{}", parts.join("&"))
    }
}

/// The name of an event, also of what fits none.
fn event_name(id: &str, lang: Lang) -> String {
    let known = rules::shipped().events.iter().find(|event| event.id == id);
    known.map_or(lang.procedures().others, |event| event.name.of(lang)).to_owned()
}

/// A level's name in the interface.
pub(super) fn level_name(level: Level, lang: Lang) -> &'static str {
    let w = lang.procedures();
    match level {
        Level::Commune => w.level_commune,
        Level::Province => w.level_province,
        Level::Ministry => w.level_ministry,
        Level::Other => w.level_other,
    }
}

fn group_name(group: Group, lang: Lang) -> &'static str {
    let w = lang.procedures();
    match group {
        Group::People => w.group_people,
        Group::Business => w.group_business,
        Group::Organisation => w.group_organisation,
    }
}

/// How many occasions a portal's home page names.
const FIRST_EVENTS: usize = 8;

/// The first occasions on which people need a procedure that the portal has: the address of the list, and the name.
///
/// # Errors
/// The database's.
pub async fn first_events(
    conn: &mut Conn,
    portal: &Portal,
    lang: Lang,
) -> sqlx::Result<Vec<(String, String)>> {
    let by_event = store::by_event(conn, &portal.domain).await?;
    let of_people = rules::shipped().events.iter().filter(|event| event.group == Group::People);
    let there = of_people.filter(|event| by_event.iter().any(|(id, n)| *id == event.id && *n > 0));
    let link = |event: &rules::Event| {
        let asked = Asked { event: Some(event.id.clone()), ..Asked::default() };
        (lang.path(&asked.path(&None)), event.name.of(lang).to_owned())
    };
    Ok(there.take(FIRST_EVENTS).map(link).collect())
}

async fn home(
    conn: &mut Conn,
    portal: &Portal,
    visitor: &Visitor,
    mut shell: Shell,
    noi: Option<String>,
) -> Result<Drawn, Problem> {
    let (lang, p) = (shell.lang, shell.lang.procedures());
    let total = store::count(conn, &portal.domain, portal.log, &Filter::default()).await?;
    let by_event = store::by_event(conn, &portal.domain).await?;
    let (by_level, by_group) = store::by_level_and_group(conn, &portal.domain).await?;
    let choice = |label: &str, n: i64, asked: Asked| {
        let label = p.counted(label, number::whole(lang, n.unsigned_abs()));
        (n > 0).then(|| Choice { href: asked.href(&shell, &noi), label, current: false })
    };
    let events = |group: Group| -> Vec<Choice> {
        let of_group = rules::shipped().events.iter().filter(|event| event.group == group);
        of_group
            .map(|event| event.id.as_str())
            .chain([others(group)])
            .filter_map(|id| {
                let n = by_event.iter().find(|(event, _)| event == id).map_or(0, |(_, n)| *n);
                choice(&event_name(id, lang), n, Asked { event: Some(id.to_owned()), ..Asked::default() })
            })
            .collect()
    };
    let mut fields: Vec<Choice> = store::by_field(conn, &portal.domain)
        .await?
        .into_iter()
        .filter_map(|(slug, name, n)| choice(&name, n, Asked { field: Some(slug), ..Asked::default() }))
        .collect();
    let more_fields = fields.split_off(fields.len().min(FIRST_FIELDS));
    let levels = Level::ALL.into_iter().zip(by_level).filter_map(|(level, n)| {
        choice(level_name(level, lang), n, Asked { level: Some(level), ..Asked::default() })
    });
    let groups = Group::ALL.into_iter().zip(by_group).filter_map(|(group, n)| {
        choice(group_name(group, lang), n, Asked { group: Some(group), ..Asked::default() })
    });
    let (people, business) = (events(Group::People), events(Group::Business));
    let (levels, groups) = (levels.collect(), groups.collect());
    shell.title = Some(p.catalogue.to_owned());
    html(&Home {
        p,
        total: p.catalogue_says(number::whole(lang, total.unsigned_abs())),
        place: PlaceLine::of(visitor, &shell),
        noi: noi.as_deref().and_then(|query| query.split_once('=')).map(|(_, code)| code.to_owned()),
        people,
        business,
        groups,
        levels,
        fields,
        more_fields,
        shell,
    })
}

async fn list(
    conn: &mut Conn,
    portal: &Portal,
    visitor: &Visitor,
    mut shell: Shell,
    asked: &Asked,
    noi: Option<String>,
) -> Result<Drawn, Problem> {
    let (lang, p) = (shell.lang, shell.lang.procedures());
    let filter = asked.filter();
    let total = store::count(conn, &portal.domain, portal.log, &filter).await?;
    let (page, pages) = (asked.page.unwrap_or(1), ((total + A_PAGE - 1) / A_PAGE).max(1));
    if page > pages {
        return Err(Problem::NotFound("page"));
    }
    let rows = store::list(conn, &portal.domain, portal.log, &filter).await?;
    let field = match &asked.field {
        Some(slug) => {
            let known = store::by_field(conn, &portal.domain).await?;
            known.into_iter().find(|(known, ..)| known == slug).map(|(_, name, _)| name)
        }
        None => None,
    };
    let first = Asked { page: None, ..asked.clone() };
    let conditions = [
        asked.event.as_ref().map(|id| (event_name(id, lang), Asked { event: None, ..first.clone() })),
        asked.field.as_ref().map(|slug| {
            (field.clone().unwrap_or_else(|| slug.clone()), Asked { field: None, ..first.clone() })
        }),
        asked.group.map(|group| (group_name(group, lang).to_owned(), Asked { group: None, ..first.clone() })),
        asked.level.map(|level| (level_name(level, lang).to_owned(), Asked { level: None, ..first.clone() })),
        asked.name.as_ref().map(|name| (p.named(name), Asked { name: None, ..first.clone() })),
    ];
    let conditions: Vec<(String, Asked)> = conditions.into_iter().flatten().collect();
    let names: Vec<String> = conditions.iter().map(|(name, _)| name.clone()).collect();
    let choice = |label: &str, current: bool, asked: Asked| Choice {
        href: asked.href(&shell, &noi),
        label: label.to_owned(),
        current,
    };
    let all = shell.w().filter_all;
    let levels = std::iter::once(choice(all, asked.level.is_none(), Asked { level: None, ..first.clone() }))
        .chain(Level::ALL.into_iter().map(|level| {
            let narrowed = Asked { level: Some(level), ..first.clone() };
            choice(level_name(level, lang), asked.level == Some(level), narrowed)
        }));
    let groups = std::iter::once(choice(all, asked.group.is_none(), Asked { group: None, ..first.clone() }))
        .chain(Group::ALL.into_iter().map(|group| {
            let narrowed = Asked { group: Some(group), ..first.clone() };
            choice(group_name(group, lang), asked.group == Some(group), narrowed)
        }));
    let (levels, groups) = (levels.collect(), groups.collect());
    let dropped =
        conditions.into_iter().map(|(name, without)| choice(&p.drop(name), false, without)).collect();
    let at =
        |page: i64| Asked { page: Some(page).filter(|page| *page > 1), ..first.clone() }.href(&shell, &noi);
    let n = |n: i64| number::whole(lang, n.unsigned_abs());
    let heading = if names.is_empty() { p.list_all.to_owned() } else { names.join(" · ") };
    let (before, after) = ((page > 1).then(|| at(page - 1)), (page < pages).then(|| at(page + 1)));
    let rows = rows.iter().filter_map(|row| line(row, lang, &noi)).collect();
    let mut held = Asked { name: None, ..first }.pairs();
    held.extend(noi.as_deref().and_then(|noi| noi.split_once('=')).map(|(_, code)| (ASKED, code.to_owned())));
    shell.title = Some(heading.clone());
    html(&List {
        p,
        heading,
        count: if pages > 1 {
            p.list_count_paged(n(total), n(page), n(pages))
        } else {
            p.list_count(n(total))
        },
        place: PlaceLine::of(visitor, &shell),
        name: asked.name.clone().unwrap_or_default(),
        dropped,
        levels,
        groups,
        rows,
        before,
        after,
        held,
        shell,
    })
}

/// A row of a list: what it is called, and in one line field, levels, time, fee.
fn line(row: &Row, lang: Lang, noi: &Option<String>) -> Option<Line> {
    let card: Card = serde_json::from_str(&row.card).ok()?;
    let id = uuid::Uuid::try_parse(&row.item).ok()?;
    let reference = Reference::of(&row.origin.parse().ok()?, id);
    let brief: Brief = serde_json::from_str(&row.brief).unwrap_or_default();
    let p = lang.procedures();
    let levels: Vec<&str> = row.levels().into_iter().map(|level| level_name(level, lang)).collect();
    let mut says = vec![row.field.clone(), levels.join(", ")];
    says.extend(brief.short(lang));
    if brief.online {
        says.push(p.row_online.to_owned());
    }
    says.push(p.row_code(&row.code));
    says.retain(|text| !text.is_empty());
    let query = noi.as_ref().map(|noi| format!("?{noi}")).unwrap_or_default();
    Some(Line {
        href: lang.path(&format!("/muc/{reference}{query}")),
        title: title(&card, lang),
        says: says.join("\u{a0}· "),
    })
}
